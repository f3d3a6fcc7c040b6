"""Every colour of the product, by what it means, in light and in dark.

Okabe and Ito's set (2008, "Color Universal Design") carries the meanings: orange
distress, yellow need, blue support received, vermillion under-provided, purple
over-provided, green met, gray not judged. No mark relies on its hue: a shape and a
word stand beside it. `.streamlit/config.toml` repeats these values for badges and
metrics, and a test holds the two files together.

Three kinds of token: `*` fills a mark (at least 3:1 on the ground, or it is drawn
inside an `*_edge` that is), `*_ink` writes text (at least 4.5:1), `*_tint` lies
under text.
"""

from dataclasses import dataclass
from typing import Literal

Theme = Literal["light", "dark"]


@dataclass(frozen=True)
class Palette:
    theme: Theme
    ground: str
    surface: str
    ink: str
    soft_ink: str
    grid: str
    axis: str
    accent: str
    second: str
    distress: str
    distress_ink: str
    distress_tint: str
    need: str
    need_edge: str
    need_ink: str
    support: str
    support_ink: str
    support_tint: str
    under: str
    under_ink: str
    over: str
    over_edge: str
    over_ink: str
    met: str
    met_ink: str
    not_judged: str
    not_judged_ink: str


LIGHT = Palette(
    theme="light",
    ground="#FCFBF8",
    surface="#F3F1EB",
    ink="#22302F",
    soft_ink="#566261",
    grid="#ECE8DF",
    axis="#DFDBD1",
    accent="#1F6F78",
    second="#6B4E9B",
    distress="#D55E00",
    distress_ink="#AD4C00",
    distress_tint="#FBEBDD",
    need="#E69F00",
    need_edge="#7F5700",
    need_ink="#7F5700",
    support="#0072B2",
    support_ink="#005A8E",
    support_tint="#E2EFF7",
    under="#A33E00",
    under_ink="#8A3400",
    over="#CC79A7",
    over_edge="#8C3F6B",
    over_ink="#8C3F6B",
    met="#009E73",
    met_ink="#006B4E",
    not_judged="#6F7B7B",
    not_judged_ink="#566261",
)

DARK = Palette(
    theme="dark",
    ground="#14191A",
    surface="#1F2627",
    ink="#E9E7E1",
    soft_ink="#B4BDBC",
    grid="#252E2F",
    axis="#354041",
    accent="#45A0AA",
    second="#B49AE0",
    distress="#F08A3C",
    distress_ink="#FFB27A",
    distress_tint="#382516",
    need="#F0B840",
    need_edge="#F5CB70",
    need_ink="#F5CB70",
    support="#56B4E9",
    support_ink="#8CCBF0",
    support_tint="#16303F",
    under="#E8703A",
    under_ink="#FF9B6E",
    over="#DE9FC2",
    over_edge="#EBBDD7",
    over_ink="#EBBDD7",
    met="#35B892",
    met_ink="#7AD3B8",
    not_judged="#98A3A2",
    not_judged_ink="#B4BDBC",
)

# WCAG 2.2 AA: text, and graphics that carry meaning.
READABLE = 4.5
VISIBLE = 3.0

_PALETTES: dict[str, Palette] = {"light": LIGHT, "dark": DARK}

_DOMAINS_OF_SUPPORT = frozenset({"support", "communication", "resource", "quality_of_life"})
_DOMAINS_OF_NEED = frozenset({"need"})
_DOMAINS_OF_DISTRESS = frozenset({"distress"})


@dataclass(frozen=True)
class Mark:
    """How one domain is drawn: the mark, its outline, and words of the same meaning."""

    fill: str
    edge: str
    ink: str


def palette_of(theme: str | None) -> Palette:
    """The palette of a theme; light where the browser has not said (first run, print)."""
    return _PALETTES.get(theme or "light", LIGHT)


def mark_of_domain(domain: str, palette: Palette) -> Mark:
    """Colours of a measure's domain. Coping is neither distress nor support: neutral ink."""
    if domain in _DOMAINS_OF_DISTRESS:
        return Mark(palette.distress, palette.distress, palette.distress_ink)
    if domain in _DOMAINS_OF_NEED:
        return Mark(palette.need, palette.need_edge, palette.need_ink)
    if domain in _DOMAINS_OF_SUPPORT:
        return Mark(palette.support, palette.support, palette.support_ink)
    return Mark(palette.soft_ink, palette.soft_ink, palette.ink)


def see_through(colour: str, alpha: float) -> str:
    """`#RRGGBB` and an opacity from 0 to 1 as a CSS rgba()."""
    red, green, blue = _channels(colour)
    return f"rgba({red},{green},{blue},{alpha:g})"


def blend(start: str, end: str, share: float) -> str:
    """The colour `share` (0 to 1) of the way from `start` to `end`."""
    mixed = (
        round(a + (b - a) * share) for a, b in zip(_channels(start), _channels(end), strict=True)
    )
    return "#" + "".join(f"{channel:02X}" for channel in mixed)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def ramp(fill: str, palette: Palette) -> tuple[str, str]:
    """Ends of a one-hue scale for filled cells.

    The strong end goes as far towards `fill` as the palette's ink can still be read on
    (4.5:1), so that every cell carries its number in the same ink.
    """
    shares = (share / 100 for share in range(90, 5, -1))
    strongest = next(
        share
        for share in shares
        if contrast(palette.ink, blend(palette.ground, fill, share)) >= READABLE
    )
    return blend(palette.ground, fill, 0.05), blend(palette.ground, fill, strongest)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    linear = []
    for channel in _channels(colour):
        share = channel / 255
        linear.append(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
