"""Mean scores before and after: who came, who was offered it and did not, and what no program
would lead one to expect."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import plotly.graph_objects as go

from dashboard.analysis.program_courses import OutcomeScale
from dashboard.analysis.questions import nice_step
from dashboard.analysis.regression import Estimate
from dashboard.charts.canvas import SMALL, TEXT, Drawing, plain
from dashboard.charts.palette import Palette
from dashboard.language import Words

HEIGHT = 300
_APART = 0.035
_TICKS = 5
_LINE = 19

Who = Literal["came", "stayed", "expected"]


@dataclass(frozen=True)
class Line:
    """One group: a mean before and one after."""

    who: Who
    before: Estimate
    after: Estimate


def program_contrast(
    lines: Sequence[Line],
    scale: OutcomeScale,
    words: Words,
    palette: Palette,
    *,
    narrow: bool = False,
) -> go.Figure:
    """Each line with the 95 % interval of its means, named at its end."""
    drawing = Drawing(palette, [HEIGHT], {"l": 40, "r": 120 if narrow else 190, "t": 10, "b": 34})
    highest = max(
        [scale.cut_off, *(one.high for line in lines for one in (line.before, line.after))]
    )
    step = nice_step(highest - scale.minimum, _TICKS)
    top = min(scale.maximum, scale.minimum + step * (int((highest - scale.minimum) / step) + 1))
    drawn: dict[Who, tuple[str, str, str]] = {
        "came": (palette.accent, "circle", "solid"),
        "stayed": (palette.soft_ink, "square", "dash"),
        "expected": (palette.not_judged, "x-thin", "dot"),
    }
    heights = _apart([line.after.value for line in lines], (top - scale.minimum) * _LINE / HEIGHT)
    for place, line in enumerate(lines):
        colour, symbol, dash = drawn[line.who]
        dodge = (place - (len(lines) - 1) / 2) * _APART
        name = words.say(f"programs.line.{line.who}")
        drawing.draw(
            1,
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [dodge, 1 + dodge],
                "y": [line.before.value, line.after.value],
                "line": {"color": colour, "width": 2.4, "dash": dash},
                "marker": {
                    "symbol": symbol,
                    "size": 10,
                    "color": colour,
                    "line": {"color": colour, "width": 2 if symbol == "x-thin" else 0},
                },
                "error_y": {
                    "type": "data",
                    "array": [one.high - one.value for one in (line.before, line.after)],
                    "color": colour,
                    "thickness": 1.6,
                    "width": 5,
                },
                "hovertext": [
                    f"{name}: {words.fixed(one.value, 1)}" for one in (line.before, line.after)
                ],
                "hoverinfo": "text",
            },
        )
        drawing.write(
            f"{words.fixed(line.after.value, 1)} {name}",
            colour=palette.ink if line.who == "came" else palette.soft_ink,
            size=SMALL if narrow else TEXT,
            bold=line.who == "came",
            row=1,
            x=1 + _APART,
            y=heights[place],
            xshift=14,
            xanchor="left",
            yanchor="middle",
        )
    _cut_off(drawing, scale, words)
    drawing.y_axis(
        1,
        range=[scale.minimum, top],
        dtick=step,
        tickfont={"size": SMALL, "color": palette.soft_ink},
        gridcolor=palette.grid,
        title={
            "text": plain(scale.title),
            "font": {"size": SMALL, "color": palette.soft_ink},
            "standoff": 4,
        },
    )
    drawing.x_axis(
        range=[-0.15, 1.1],
        tickvals=[0, 1],
        ticktext=[words.say("programs.line.before"), words.say("programs.line.after")],
        tickfont={"size": TEXT, "color": palette.ink},
        showgrid=False,
        linecolor=palette.axis,
    )
    return drawing.figure()


def _cut_off(drawing: Drawing, scale: OutcomeScale, words: Words) -> None:
    drawing.shape(
        1,
        type="line",
        xref="paper",
        x0=0,
        x1=1,
        y0=scale.cut_off,
        y1=scale.cut_off,
        line={"color": drawing.palette.soft_ink, "width": 1.1, "dash": "dot"},
        layer="below",
    )
    drawing.write(
        words.say("chart.cut_off", cut_off=words.number(scale.cut_off)),
        colour=drawing.palette.soft_ink,
        xref="paper",
        yref="y",
        x=0,
        y=scale.cut_off,
        xshift=4,
        xanchor="left",
        yanchor="bottom",
    )


def _apart(values: Sequence[float], needed: float) -> list[float]:
    """Heights of the names: in the order of the values, and at least a line of text apart."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    heights = list(values)
    for below, above in zip(order, order[1:], strict=False):
        heights[above] = max(heights[above], heights[below] + needed)
    shift = sum(heights) / len(heights) - sum(values) / len(values)
    return [height - shift for height in heights]
