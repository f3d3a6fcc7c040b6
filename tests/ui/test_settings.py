"""The settings file: safe to start with, and of the same colours as the charts."""

import tomllib
from pathlib import Path

import pytest

from dashboard.charts.palette import DARK, LIGHT, READABLE, VISIBLE, Palette, blend, contrast

SETTINGS = tomllib.loads(
    (Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text("utf-8")
)
# Streamlit's name of a colour and our meaning of it.
FILLS = {
    "red": "under",
    "orange": "distress",
    "yellow": "need",
    "blue": "support",
    "green": "met",
    "violet": "over",
    "gray": "not_judged",
}
both_themes = pytest.mark.parametrize(
    ("name", "palette"), [("light", LIGHT), ("dark", DARK)], ids=["light", "dark"]
)


def test_the_server_listens_to_this_machine_only() -> None:
    server = SETTINGS["server"]
    assert server["address"] == "127.0.0.1"
    assert server["allowedHosts"] == ["127.0.0.1", "localhost"]
    assert server["enableXsrfProtection"]
    assert server["enableCORS"]
    assert not server["enableStaticServing"]
    assert server["fileWatcherType"] == "none"


def test_nothing_is_told_to_others_and_no_error_text_is_shown() -> None:
    assert not SETTINGS["browser"]["gatherUsageStats"]
    assert SETTINGS["client"]["showErrorDetails"] == "none"
    assert not SETTINGS["client"]["showErrorLinks"]
    assert SETTINGS["client"]["disableDataExport"]
    assert not SETTINGS["logger"]["enableRich"]
    assert not SETTINGS["runner"]["magicEnabled"]


@both_themes
def test_named_colours_are_those_of_the_charts(name: str, palette: Palette) -> None:
    theme = SETTINGS["theme"][name]
    assert theme["backgroundColor"] == palette.ground
    assert theme["secondaryBackgroundColor"] == palette.surface
    assert theme["textColor"] == palette.ink
    assert theme["primaryColor"] == palette.accent
    for colour, meaning in FILLS.items():
        assert theme[f"{colour}Color"] == getattr(palette, meaning)
        assert theme[f"{colour}TextColor"] == getattr(palette, f"{meaning}_ink")


@both_themes
@pytest.mark.parametrize("colour", FILLS)
def test_coloured_words_can_be_read_on_page_and_badge(
    name: str, palette: Palette, colour: str
) -> None:
    theme = SETTINGS["theme"][name]
    ink = theme[f"{colour}TextColor"]
    assert contrast(ink, theme[f"{colour}BackgroundColor"]) >= READABLE
    assert contrast(ink, palette.ground) >= READABLE


@both_themes
def test_links_and_selected_options_can_be_read(name: str, palette: Palette) -> None:
    theme = SETTINGS["theme"][name]
    assert contrast(theme["linkColor"], palette.ground) >= READABLE
    # Streamlit writes a selected option in the primary colour on a thin layer of it.
    layer = blend(palette.ground, theme["primaryColor"], 0.1)
    assert contrast(theme["primaryColor"], layer) >= READABLE
    # The tick in a box is white in either theme.
    assert contrast("#FFFFFF", theme["primaryColor"]) >= VISIBLE


def test_main_buttons_are_filled_only_where_white_can_be_read_on_them() -> None:
    assert contrast("#FFFFFF", LIGHT.accent) >= READABLE
