"""Two answers of the same scale joined by a bar, one row a question."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from dashboard.charts.palette import LIGHT as PALETTE
from dashboard.paper.drawing import SMALL, Dash, Shape, Sheet, width_of

WIDTH = 226.0
_LEFT = 68.0
_RIGHT = 92.0
_TOP = 12.0
_ROW = 14.0
_FOOT = 11.0
_LETTERS_AT_THE_RIGHT = 25
_DIAMOND: Shape = "diamond"
_CIRCLE: Shape = "circle"


@dataclass(frozen=True)
class Dumbbell:
    """One row: a diamond, a circle, and in words how they stand to each other.

    Either may be missing; then there is no bar. error: either way of each answer, cut at the
    ends of the scale. dash: of the bar, so that its meaning does not hang on its colour.
    """

    title: str
    diamond: float | None
    circle: float | None
    says: str
    strong: bool
    colour: str
    error: float
    dash: Dash = ""


def dumbbells(rows: Sequence[Dumbbell], highest: int, diamond: str, circle: str) -> str:
    """The rows over the scale from 0 to `highest`; `diamond` and `circle` name the marks."""
    sheet = Sheet(WIDTH, _TOP + len(rows) * _ROW + _FOOT)
    foot = _TOP + len(rows) * _ROW

    def across(answer: float) -> float:
        return _LEFT + 5 + answer / highest * (WIDTH - _LEFT - _RIGHT - 10)

    for answer in range(highest + 1):
        x = across(answer)
        sheet.line([(x, _TOP), (x, foot)], colour=PALETTE.axis, width=0.4)
        sheet.text(str(answer), x, foot + 8, colour=PALETTE.soft_ink, size=SMALL, anchor="middle")
    sheet.mark(_DIAMOND, across(0) - 2, 5, 5.4, colour=PALETTE.need_edge)
    sheet.text(diamond, across(0) + 4, 7.4, size=SMALL)
    beside = across(0) + 16 + width_of(diamond, SMALL)
    sheet.mark(_CIRCLE, beside, 5, 5.4, colour=PALETTE.support)
    sheet.text(circle, beside + 6, 7.4, size=SMALL)
    for place, row in enumerate(rows):
        y = _TOP + (place + 0.5) * _ROW
        sheet.text(row.title, 0, y + 2.5, size=8, bold=True)
        if row.diamond is not None and row.circle is not None:
            ends = [(across(row.diamond), y), (across(row.circle), y)]
            sheet.line(ends, colour=row.colour, width=2.6 if row.strong else 1.4, dash=row.dash)
        # Where both answers are the same, both marks have to be seen.
        apart = 2.6 if row.diamond == row.circle else 0.0
        for given, shape, up, size, colour in (
            (row.diamond, _DIAMOND, -apart, 6.4, PALETTE.need_edge),
            (row.circle, _CIRCLE, apart, 5.4, PALETTE.support),
        ):
            if given is not None:
                low, high = max(given - row.error, 0), min(given + row.error, highest)
                ends = [(across(low), y + up), (across(high), y + up)]
                sheet.line(ends, colour=colour, width=0.8)
                sheet.mark(shape, across(given), y + up, size, colour=colour)
        lines = wrap(row.says, _LETTERS_AT_THE_RIGHT)[:2]
        for number, line in enumerate(lines):
            sheet.text(
                line,
                WIDTH - _RIGHT + 5,
                y + (2.5 if len(lines) == 1 else -0.8 + 7 * number),
                colour=PALETTE.ink if row.strong else PALETTE.soft_ink,
                size=7.6 if len(lines) == 1 else 6.8,
                bold=row.strong,
            )
    return sheet.svg()
