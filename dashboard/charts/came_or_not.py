"""Mean scores before and after, of those who came and of those who did not."""

import plotly.graph_objects as go

from dashboard.analysis.group_offers import Arm
from dashboard.analysis.questions import nice_step
from dashboard.charts.canvas import SMALL, TEXT, Drawing
from dashboard.charts.palette import Palette
from dashboard.language import Words

HEIGHT = 260
_APART = 0.04
_TICKS = 5


def came_or_not(
    came: Arm,
    stayed: Arm,
    scale: tuple[float, float],
    cut_off: tuple[float, str] | None,
    names: tuple[str, str],
    words: Words,
    palette: Palette,
    *,
    narrow: bool,
) -> go.Figure:
    """Two lines with the 95 % interval of each mean, named at their ends.

    Args:
        scale: the outcome's lowest and highest score. cut_off: with the words on its line.
        names: of those who came and of those who did not, in words.
    """
    drawing = Drawing(palette, [HEIGHT], {"l": 40, "r": 96 if narrow else 170, "t": 24, "b": 40})
    reached = max(
        [one.high for arm in (came, stayed) for one in (arm.before, arm.after)]
        + ([cut_off[0]] if cut_off else [])
    )
    step = nice_step(min(reached, scale[1]) - scale[0], _TICKS)
    styles = ((palette.accent, "circle", "solid"), (palette.not_judged, "square", "dash"))
    heights = _held_apart(came.after.value, stayed.after.value, reached - scale[0])
    for place, arm in enumerate((came, stayed)):
        colour, symbol, dash = styles[place]
        dodge = (-1, 1)[place] * _APART
        drawing.draw(
            1,
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [dodge, 1 + dodge],
                "y": [arm.before.value, arm.after.value],
                "line": {"color": colour, "width": 2.4, "dash": dash},
                "marker": {"symbol": symbol, "size": 10, "color": colour},
                "error_y": {
                    "type": "data",
                    "array": [one.high - one.value for one in (arm.before, arm.after)],
                    "color": colour,
                    "thickness": 1.6,
                    "width": 5,
                },
                "hovertext": [
                    f"{names[place]}: {words.number(round(one.value, 1))}"
                    for one in (arm.before, arm.after)
                ],
                "hoverinfo": "text",
            },
        )
        drawing.write(
            f"{words.number(round(arm.after.value, 1))} {names[place]}",
            colour=palette.ink if place == 0 else palette.soft_ink,
            size=TEXT,
            bold=place == 0,
            row=1,
            x=1 + _APART,
            y=heights[place],
            xshift=14,
            xanchor="left",
            yanchor="middle",
        )
    if cut_off:
        drawing.shape(
            1,
            type="line",
            xref="paper",
            x0=0,
            x1=1,
            y0=cut_off[0],
            y1=cut_off[0],
            line={"color": palette.soft_ink, "width": 1.1, "dash": "dot"},
            layer="below",
        )
        drawing.write(
            cut_off[1],
            colour=palette.soft_ink,
            row=1,
            x=_free(came, stayed, cut_off[0]),
            y=cut_off[0],
            yanchor="bottom",
        )
    drawing.y_axis(
        1,
        range=[scale[0], min(scale[1], scale[0] + step * (int((reached - scale[0]) / step) + 1))],
        dtick=step,
        tickfont={"size": SMALL, "color": palette.soft_ink},
        gridcolor=palette.grid,
    )
    drawing.x_axis(
        range=[-0.2, 1.12],
        tickvals=[0, 1],
        ticktext=[words.say("questions.groups.before"), words.say("questions.groups.after")],
        tickfont={"size": TEXT, "color": palette.ink},
        showgrid=False,
        linecolor=palette.axis,
    )
    return drawing.figure()


def _free(came: Arm, stayed: Arm, height: float) -> float:
    """Where along the lines both are farthest from a height: at an end or half way."""
    ends = [(arm.before.value, arm.after.value) for arm in (came, stayed)]
    return max(
        (0.0, 0.5, 1.0),
        key=lambda at: min(abs(first + (last - first) * at - height) for first, last in ends),
    )


def _held_apart(one: float, other: float, width: float) -> tuple[float, float]:
    """Where the two names stand: at their marks, or as far apart as a line is high."""
    needed = width * 22 / HEIGHT
    missing = needed - abs(one - other)
    if missing <= 0:
        return one, other
    shift = missing / 2 * (1 if one >= other else -1)
    return one + shift, other - shift
