"""Estimates with their intervals below each other, against zero."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard.analysis.regression import Estimate
from dashboard.charts.canvas import SMALL, Drawing
from dashboard.charts.palette import Palette

ROW = 50
_PADDING = 0.08
# Pixels: of a letter on average, around names, and for a value with its interval.
_LETTER = 6.6
_AROUND = 26
_NUMBERS = 168


@dataclass(frozen=True)
class Row:
    """One estimate.

    Attributes:
        name, below: what it is, in two lines; ours, or made safe by `plain`.
        written: the numbers that stand beside the mark.
        main: drawn strong; the others are there for comparison.
    """

    name: str
    below: str
    estimate: Estimate
    written: str
    main: bool = True


def associations(
    rows: Sequence[Row], axis: str, sides: tuple[str, str], palette: Palette, *, narrow: bool
) -> go.Figure:
    """Filled: the interval leaves out zero. Open: it does not.

    Args:
        axis: what the estimates are, under the axis.
        sides: what lies left and right of zero, over the rows.
    """
    count = len(rows)
    drawing = Drawing(
        palette,
        [ROW * count],
        {
            "l": 16 if narrow else _room(rows),
            "r": 16 if narrow else _NUMBERS,
            "t": 34,
            "b": 48,
        },
    )
    low, high = _reach(rows)
    drawing.shape(
        1,
        type="line",
        x0=0,
        x1=0,
        y0=-0.6,
        y1=count - 0.4,
        line={"color": palette.soft_ink, "width": 1.4},
        layer="below",
    )
    for place, row in enumerate(rows):
        height = count - 1 - place
        _mark(drawing, row, height)
        _words(drawing, row, height, narrow)
    # On a phone the words at both sides of zero stand at the edges.
    for text, shift, beside, at_edge in ((sides[0], -8, "right", 0), (sides[1], 8, "left", 1)):
        drawing.write(
            text,
            colour=palette.soft_ink,
            xref="paper" if narrow else "x",
            yref="y",
            x=at_edge if narrow else 0,
            y=count - 0.4,
            xshift=0 if narrow else shift,
            xanchor=("left", "right")[at_edge] if narrow else beside,
            yanchor="bottom",
        )
    drawing.y_axis(1, range=[-0.6, count - 0.4], visible=False)
    drawing.x_axis(
        range=[low, high],
        nticks=6,
        title={"text": axis, "font": {"size": SMALL, "color": palette.soft_ink}},
        tickfont={"size": SMALL, "color": palette.soft_ink},
        gridcolor=palette.grid,
        linecolor=palette.axis,
    )
    return drawing.figure()


def _room(rows: Sequence[Row]) -> int:
    """Pixels that the names need."""
    longest = max(len(text) for row in rows for text in (row.name, row.below))
    return round(_AROUND + _LETTER * longest)


def _reach(rows: Sequence[Row]) -> tuple[float, float]:
    """Zero and all intervals, with room for the words at both sides of zero."""
    low = min([0.0, *(row.estimate.low for row in rows)])
    high = max([0.0, *(row.estimate.high for row in rows)])
    width = high - low or 1.0
    return min(low - _PADDING * width, -0.3 * width), max(high + _PADDING * width, 0.3 * width)


def _mark(drawing: Drawing, row: Row, height: int) -> None:
    palette = drawing.palette
    colour = palette.accent if row.main else palette.not_judged
    estimate = row.estimate
    drawing.draw(
        1,
        {
            "type": "scatter",
            "mode": "markers",
            "x": [estimate.value],
            "y": [height],
            "marker": {
                "symbol": "circle" if row.main else "diamond",
                "size": 13 if row.main else 10,
                "color": colour if estimate.clear else palette.ground,
                "line": {"color": colour, "width": 2},
            },
            "error_x": {
                "type": "data",
                "symmetric": False,
                "array": [estimate.high - estimate.value],
                "arrayminus": [estimate.value - estimate.low],
                "color": colour,
                "thickness": 2.2 if row.main else 1.4,
                "width": 0,
            },
            "hovertext": [f"{row.name}: {row.written}"],
            "hoverinfo": "text",
        },
    )


def _words(drawing: Drawing, row: Row, height: int, narrow: bool) -> None:
    """Name left and numbers right; on a phone both stand over the mark."""
    palette = drawing.palette
    ink = palette.ink if row.main else palette.soft_ink
    where: dict[str, Any] = {"xref": "paper", "yref": "y", "y": height, "yanchor": "middle"}
    if narrow:
        above = {**where, "colour": ink, "yshift": 17}
        drawing.write(row.name, x=0, xanchor="left", **above)
        drawing.write(row.written, x=1, xanchor="right", **above)
        return
    outside = {**where, "x": 0, "xshift": -10, "xanchor": "right"}
    drawing.write(row.name, colour=ink, bold=row.main, yshift=8 if row.below else 0, **outside)
    if row.below:
        drawing.write(row.below, colour=palette.soft_ink, yshift=-8, **outside)
    drawing.write(row.written, colour=ink, x=1, xshift=10, xanchor="left", **where)
