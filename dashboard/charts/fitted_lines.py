"""Expected scores along something, with their interval: one small panel a line."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.analysis.questions import nice_step
from dashboard.analysis.regression import Estimate
from dashboard.charts.canvas import INSIDE
from dashboard.charts.palette import Palette, see_through
from dashboard.charts.small_panels import SmallPanels
from dashboard.language import Words

HEIGHT = 250
_TICKS = 4


@dataclass(frozen=True)
class FittedLine:
    """One panel.

    Attributes:
        title: over the panel; ours, or made safe by `plain`.
        x, y: along the line.
    """

    title: str
    x: Sequence[float]
    y: Sequence[Estimate]


def fitted_lines(
    lines: Sequence[FittedLine],
    scale: tuple[float, float],
    cut_off: tuple[float, str] | None,
    along: str,
    words: Words,
    palette: Palette,
    *,
    narrow: bool,
) -> go.Figure:
    """All panels on one scale, from the lowest score to above the highest interval.

    Args:
        scale: the outcome's lowest and highest score. cut_off: with the words on its line.
        along: what x is.
    """
    start = min(min(line.x) for line in lines)
    width = max(max(line.x) for line in lines) - start
    lowest = scale[0]
    reached = max(
        [one.high for line in lines for one in line.y] + ([cut_off[0]] if cut_off else [])
    )
    step = nice_step(min(reached, scale[1]) - lowest, _TICKS)
    ticks = [lowest + step * place for place in range(_TICKS + 2)]
    ticks = [one for one in ticks if one - step < min(reached, scale[1])]
    panels = SmallPanels(palette, len(lines), width, HEIGHT, below=40, narrow=narrow)
    for place, line in enumerate(lines):
        panels.scale(
            place,
            [one - lowest for one in ticks],
            [words.number(one) for one in ticks],
            ticks[-1] - lowest,
        )
        panels.name(place, line.title, "")
        _draw(panels, place, line, start, lowest, (ticks[-1] - lowest) / 6, words)
        for at, anchor in ((0.0, "left"), (width, "right")):
            panels.tick(place, at, words.number(start + at), anchor)
        panels.tick(place, width / 2, along)
        if cut_off:
            _cut_off(panels, place, line, cut_off, lowest)
    return panels.drawing.figure()


def _draw(
    panels: SmallPanels,
    place: int,
    line: FittedLine,
    start: float,
    lowest: float,
    room: float,
    words: Words,
) -> None:
    """room: what a number under the line takes, in points of the outcome."""
    palette, row = panels.drawing.palette, panels.row(place)
    x = [panels.left(place) + value - start for value in line.x]
    clear = "rgba(0,0,0,0)"
    band = {"type": "scatter", "mode": "lines", "x": x, "hoverinfo": "skip"}
    panels.drawing.draw(
        row, {**band, "y": [one.low - lowest for one in line.y], "line": {"color": clear}}
    )
    panels.drawing.draw(
        row,
        {
            **band,
            "y": [one.high - lowest for one in line.y],
            "line": {"color": clear},
            "fill": "tonexty",
            "fillcolor": see_through(palette.distress, 0.2),
        },
    )
    panels.drawing.draw(
        row,
        {
            **band,
            "y": [one.value - lowest for one in line.y],
            "line": {"color": palette.distress, "width": 2.6},
        },
    )
    first, last = line.y[0], line.y[-1]
    # The lower end is named from below, the higher one from above: there the line is never.
    for at, one, other, anchor in ((x[0], first, last, "left"), (x[-1], last, first, "right")):
        below = one.value < other.value and one.low - lowest > room
        panels.drawing.write(
            words.number(round(one.value, 1)),
            colour=palette.distress_ink,
            bold=True,
            row=row,
            x=at,
            y=(one.low if below else one.high) - lowest,
            xanchor=anchor,
            yanchor="top" if below else "bottom",
            yshift=-2 if below else 2,
        )


def _cut_off(
    panels: SmallPanels, place: int, line: FittedLine, cut_off: tuple[float, str], lowest: float
) -> None:
    """Dashed, with its words in the first panel where the fitted line is farther away."""
    drawing, row, left = panels.drawing, panels.row(place), panels.left(place)
    height = cut_off[0] - lowest
    drawing.shape(
        row,
        type="line",
        x0=left,
        x1=left + panels.width,
        y0=height,
        y1=height,
        line={"color": drawing.palette.soft_ink, "width": 1.1, "dash": "dash"},
        layer="below",
    )
    if place == 0:
        ends = [line.y[0].value, line.y[-1].value]
        at_end = abs(ends[1] - cut_off[0]) > abs(ends[0] - cut_off[0])
        value = ends[at_end]
        drawing.write(
            cut_off[1],
            colour=drawing.palette.soft_ink,
            size=INSIDE,
            row=row,
            x=left + (panels.width if at_end else 0),
            y=height,
            xanchor="right" if at_end else "left",
            yanchor="top" if value > cut_off[0] else "bottom",
        )
