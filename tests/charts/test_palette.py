"""Every word can be read and every mark can be seen, in both themes (WCAG 2.2 AA)."""

import dataclasses

import pytest

from dashboard.charts.palette import (
    DARK,
    LIGHT,
    READABLE,
    VISIBLE,
    Palette,
    blend,
    contrast,
    mark_of_domain,
    palette_of,
    ramp,
    see_through,
)

TOKENS = [field.name for field in dataclasses.fields(Palette) if field.name != "theme"]
INKS = [name for name in TOKENS if name == "ink" or name.endswith("_ink")]
EDGES = [name for name in TOKENS if name.endswith("_edge")]
# A fill either stands out by itself or is drawn inside an edge that does.
FILLS = ["accent", "second", "distress", "support", "under", "met", "not_judged", *EDGES]
TINTS = {"distress_tint": "distress_ink", "support_tint": "support_ink"}

both_themes = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def test_contrast_of_black_on_white_is_the_largest() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@both_themes
@pytest.mark.parametrize("ink", INKS)
def test_words_can_be_read_on_the_page_and_on_panels(palette: Palette, ink: str) -> None:
    colour = getattr(palette, ink)
    assert contrast(colour, palette.ground) >= READABLE
    assert contrast(colour, palette.surface) >= READABLE


@both_themes
@pytest.mark.parametrize("fill", FILLS)
def test_marks_can_be_seen(palette: Palette, fill: str) -> None:
    assert contrast(getattr(palette, fill), palette.ground) >= VISIBLE


@both_themes
@pytest.mark.parametrize("neutral", ["accent", "second"])
def test_the_neutral_hues_can_be_read_and_told_apart(palette: Palette, neutral: str) -> None:
    """Both write the names of cohorts beside their marks."""
    assert contrast(getattr(palette, neutral), palette.ground) >= READABLE
    assert palette.accent != palette.second


@both_themes
@pytest.mark.parametrize("tint", TINTS)
def test_words_can_be_read_on_their_tint(palette: Palette, tint: str) -> None:
    assert contrast(getattr(palette, TINTS[tint]), getattr(palette, tint)) >= READABLE


@both_themes
@pytest.mark.parametrize(
    "domain",
    ["distress", "support", "need", "coping", "resource", "communication", "quality_of_life"],
)
def test_every_domain_has_a_mark_that_shows(palette: Palette, domain: str) -> None:
    mark = mark_of_domain(domain, palette)
    assert contrast(mark.edge, palette.ground) >= VISIBLE
    assert contrast(mark.ink, palette.ground) >= READABLE


@both_themes
@pytest.mark.parametrize("hue", ["distress", "support", "need", "accent", "soft_ink"])
def test_numbers_can_be_read_on_every_cell(palette: Palette, hue: str) -> None:
    weak, strong = ramp(getattr(palette, hue), palette)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        assert contrast(palette.ink, blend(weak, strong, share)) >= READABLE


@both_themes
def test_meanings_keep_apart(palette: Palette) -> None:
    """Not by hue alone, but no two meanings share a colour either."""
    fills = [
        palette.distress,
        palette.need,
        palette.support,
        palette.under,
        palette.over,
        palette.met,
        palette.not_judged,
    ]
    assert len(set(fills)) == len(fills)


def test_a_colour_can_be_seen_through() -> None:
    assert see_through("#D55E00", 0.2) == "rgba(213,94,0,0.2)"


def test_the_light_palette_serves_where_the_theme_is_not_known() -> None:
    assert palette_of(None) is LIGHT
    assert palette_of("dark") is DARK
