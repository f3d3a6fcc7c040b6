"""What the figures on paper are drawn with: lines, marks and words in points, written as SVG.

A point is 1/72 inch. Marks differ by shape and words by weight, so that a black-and-white
print says as much as a coloured one. There is no script, no link and no outside file in it.
"""

from collections.abc import Sequence
from html import escape
from typing import Literal

from dashboard.charts.palette import LIGHT as PALETTE
from dashboard.paper.letters import printable

# The PDF's own letters; a browser takes the nearest that it has.
FONT = "Libertinus Serif, Times New Roman, serif"
# The width of a paper's text, and the size of words beside marks.
FULL_WIDTH = 516.0
SMALL = 7.2
# Letters of this font are about half as wide as high.
_WIDTH_OF_A_LETTER = 0.47

WHITE = "#FFFFFF"
Dash = Literal["", "dashed", "dotted"]
Shape = Literal["ring", "circle", "diamond", "up", "down", "square", "hexagon"]
Anchor = Literal["start", "middle", "end"]

_SQUARE = ((-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8))
_HEXAGON = ((-0.5, -0.87), (0.5, -0.87), (1, 0), (0.5, 0.87), (-0.5, 0.87), (-1, 0))
_DASHES = {"dashed": "4 2.5", "dotted": "1 2"}


def width_of(text: str, size: float) -> float:
    """About how wide a text will be."""
    return len(text) * size * _WIDTH_OF_A_LETTER


class Sheet:
    """A drawing in the making; later marks lie over earlier ones."""

    def __init__(self, width: float, height: float) -> None:
        self.width = width
        self.height = height
        self._marks: list[str] = []

    def line(
        self,
        points: Sequence[tuple[float, float]],
        *,
        colour: str = PALETTE.ink,
        width: float = 0.6,
        dash: Dash = "",
    ) -> None:
        dashes = f' stroke-dasharray="{_DASHES[dash]}"' if dash else ""
        self._marks.append(
            f'<polyline points="{_places(points)}" fill="none" stroke="{colour}" '
            f'stroke-width="{width:g}" stroke-linejoin="round"{dashes}/>'
        )

    def area(self, points: Sequence[tuple[float, float]], *, colour: str, opacity: float) -> None:
        self._marks.append(
            f'<polygon points="{_places(points)}" fill="{colour}" fill-opacity="{opacity:g}"/>'
        )

    def mark(self, shape: Shape, x: float, y: float, size: float, *, colour: str) -> None:
        """A mark of `size` from side to side, centred on a place."""
        half = size / 2
        if shape in ("ring", "circle"):
            fill = WHITE if shape == "ring" else colour
            self._marks.append(
                f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{half:g}" fill="{fill}" '
                f'stroke="{colour}" stroke-width="1"/>'
            )
            return
        corners = {
            "diamond": [(x, y - half), (x + half, y), (x, y + half), (x - half, y)],
            "up": [(x, y - half), (x + half, y + half), (x - half, y + half)],
            "down": [(x, y + half), (x + half, y - half), (x - half, y - half)],
            "square": [(x + across * half, y + down * half) for across, down in _SQUARE],
            "hexagon": [(x + across * half, y + down * half) for across, down in _HEXAGON],
        }[shape]
        self._marks.append(
            f'<polygon points="{_places(corners)}" fill="{colour}" stroke="{colour}" '
            'stroke-width="0.8" stroke-linejoin="round"/>'
        )

    def text(
        self,
        text: str,
        x: float,
        y: float,
        *,
        colour: str = PALETTE.ink,
        size: float = SMALL,
        anchor: Anchor = "start",
        bold: bool = False,
        haloed: bool = False,
    ) -> None:
        """One line of text with its feet on `y`; a halo keeps it readable over lines."""
        weight = ' font-weight="bold"' if bold else ""
        halo = (
            f' paint-order="stroke" stroke="{WHITE}" stroke-width="2.4" stroke-linejoin="round"'
            if haloed
            else ""
        )
        self._marks.append(
            f'<text x="{x:.2f}" y="{y:.2f}" font-size="{size:g}" text-anchor="{anchor}" '
            f'fill="{colour}"{weight}{halo}>{escape(printable(text))}</text>'
        )

    def svg(self) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} '
            f'{self.height:g}" font-family="{FONT}">{"".join(self._marks)}</svg>'
        )


def _places(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
