"""How a slope changes along a moderator, with its interval and where that leaves out zero."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.analysis.moderation import Moderation, Region
from dashboard.charts.canvas import INSIDE, SMALL, Drawing
from dashboard.charts.palette import Palette, see_through

HEIGHT = 330
_POINTS = 61
_ROOM = 0.12


@dataclass(frozen=True)
class Labels:
    """The words of the figure; ours, or made safe by `plain`.

    Attributes:
        up: what the slope is, along the y axis. along: the moderator, under the x axis.
        curve: beside the line. clear, unclear: over the stretches where the interval leaves
            zero out or not. counted: before the numbers of people.
    """

    up: str
    along: str
    curve: str
    clear: str
    unclear: str
    counted: str


def slope_along(
    fitted: Moderation,
    region: Region,
    unit: float,
    people: Sequence[tuple[float, float, str]],
    labels: Labels,
    palette: Palette,
    *,
    narrow: bool,
) -> go.Figure:
    """The slope for `unit` of x at each value of the moderator in the data.

    Args:
        people: stretches of the moderator with how many people are in each, in words.
    """
    low, high = fitted.low_m, fitted.high_m
    values = [low + (high - low) * place / (_POINTS - 1) for place in range(_POINTS)]
    slopes = [fitted.slope(value).times(unit) for value in values]
    bottom = min(0.0, *(slope.low for slope in slopes))
    top = max(0.0, *(slope.high for slope in slopes))
    room = _ROOM * (top - bottom or 1.0)
    drawing = Drawing(palette, [HEIGHT], {"l": 62, "r": 14, "t": 24, "b": 86})
    _stretches(drawing, fitted, region, labels)
    drawing.shape(
        1,
        type="line",
        xref="paper",
        x0=0,
        x1=1,
        y0=0,
        y1=0,
        line={"color": palette.soft_ink, "width": 1.4},
        layer="below",
    )
    clear = "rgba(0,0,0,0)"
    band = {"type": "scatter", "mode": "lines", "x": values, "hoverinfo": "skip"}
    drawing.draw(1, {**band, "y": [one.low for one in slopes], "line": {"color": clear}})
    drawing.draw(
        1,
        {
            **band,
            "y": [one.high for one in slopes],
            "line": {"color": clear},
            "fill": "tonexty",
            "fillcolor": see_through(palette.accent, 0.2),
        },
    )
    drawing.draw(
        1,
        {
            **band,
            "y": [one.value for one in slopes],
            "line": {"color": palette.accent, "width": 2.8},
        },
    )
    _name_curve(drawing, values, [one.high for one in slopes], labels.curve)
    _people(drawing, people, labels.counted, low, high)
    drawing.y_axis(
        1,
        range=[bottom - room, top + room],
        nticks=6,
        title={"text": labels.up, "font": {"size": SMALL, "color": palette.soft_ink}},
        tickfont={"size": SMALL, "color": palette.soft_ink},
        gridcolor=palette.grid,
    )
    drawing.x_axis(
        range=[low, high],
        nticks=4 if narrow else 8,
        title={"text": labels.along, "font": {"size": SMALL, "color": palette.soft_ink}},
        tickfont={"size": SMALL, "color": palette.soft_ink},
        showgrid=False,
        linecolor=palette.axis,
    )
    return drawing.figure()


def _stretches(drawing: Drawing, fitted: Moderation, region: Region, labels: Labels) -> None:
    """A tint where the interval leaves out zero, a dotted line at each bound, words over both."""
    palette = drawing.palette
    low, high = fitted.low_m, fitted.high_m
    bounds = [one for one in (region.low, region.high) if one is not None and low < one < high]
    ends = [low, *bounds, high]
    for start, end in zip(ends, ends[1:], strict=False):
        holds = region.holds((start + end) / 2)
        if holds:
            drawing.shape(
                1,
                type="rect",
                yref="paper",
                x0=start,
                x1=end,
                y0=0,
                y1=1,
                line={"width": 0},
                fillcolor=see_through(palette.accent, 0.07),
                layer="below",
            )
        if end - start > 0.22 * (high - low):
            drawing.write(
                labels.clear if holds else labels.unclear,
                colour=palette.soft_ink,
                size=INSIDE,
                row=1,
                yref="y domain",
                x=(start + end) / 2,
                y=1,
                yshift=4,
                yanchor="bottom",
            )
    for bound in bounds:
        drawing.shape(
            1,
            type="line",
            yref="paper",
            x0=bound,
            x1=bound,
            y0=0,
            y1=1,
            line={"color": palette.accent, "width": 1.4, "dash": "dot"},
        )


def _name_curve(
    drawing: Drawing, values: Sequence[float], upper: Sequence[float], text: str
) -> None:
    """Over the band where it is narrowest, so that nothing lies in the way."""
    place = len(values) // 2
    drawing.write(
        text,
        colour=drawing.palette.accent,
        bold=True,
        row=1,
        x=values[place],
        y=upper[place],
        yshift=4,
        yanchor="bottom",
    )


def _people(
    drawing: Drawing,
    people: Sequence[tuple[float, float, str]],
    counted: str,
    low: float,
    high: float,
) -> None:
    """How many people stand behind each stretch, under the axis."""
    for start, end, text in people:
        start, end = max(start, low), min(end, high)
        if end > start:
            drawing.write(
                text,
                colour=drawing.palette.soft_ink,
                size=INSIDE,
                row=1,
                yref="paper",
                x=(start + end) / 2,
                y=0,
                yshift=-68,
            )
    drawing.write(
        counted,
        colour=drawing.palette.soft_ink,
        size=INSIDE,
        x=0,
        y=0,
        xshift=-26,
        yshift=-68,
        xanchor="right",
    )
