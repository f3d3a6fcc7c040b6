"""Scores before against scores after, counted in squares, with what counts as reliable change."""

import plotly.graph_objects as go

from dashboard.analysis.before_and_after import Grid
from dashboard.analysis.program_courses import OutcomeScale
from dashboard.charts.canvas import INSIDE, SMALL, TEXT, Drawing, plain
from dashboard.charts.palette import Palette, blend, ramp, see_through
from dashboard.language import Words

HEIGHT = 400


def before_and_after(
    counted: Grid, scale: OutcomeScale, words: Words, palette: Palette, *, narrow: bool = False
) -> go.Figure:
    """Darker squares hold more people; the number stands in each. Between the diagonals a change
    is within error."""
    drawing = Drawing(palette, [HEIGHT], {"l": 54, "r": 12, "t": 10, "b": 48})
    low, high = counted.edges[0], counted.edges[-1]
    _within_error(drawing, scale, low, high)
    weak, strong = ramp(palette.accent, palette)
    most = max([square.people or 0 for square in counted.squares] or [1])
    for square in counted.squares:
        people = square.people
        drawing.shape(
            1,
            type="rect",
            x0=square.before[0],
            x1=square.before[1],
            y0=square.after[0],
            y1=square.after[1],
            fillcolor=see_through(blend(weak, strong, people / most), 0.85)
            if people
            else "rgba(0,0,0,0)",
            line={
                "color": palette.ground if people else palette.not_judged,
                "width": 1,
                "dash": "solid" if people else "dot",
            },
        )
        drawing.write(
            words.say("disclosure.hidden") if people is None else words.number(people),
            colour=palette.soft_ink if people is None else palette.ink,
            row=1,
            size=INSIDE if people is None else TEXT,
            bold=people is not None,
            x=sum(square.before) / 2,
            y=sum(square.after) / 2,
            xanchor="center",
            yanchor="middle",
            bgcolor=see_through(palette.ground, 0.55),
        )
    _lines(drawing, scale, low, high, words)
    axis = {
        "range": [low, high],
        "tickfont": {"size": SMALL, "color": palette.soft_ink},
        "showgrid": False,
        "linecolor": palette.axis,
        "nticks": 7,
    }
    title = {"size": SMALL, "color": palette.soft_ink}
    drawing.x_axis(
        **axis,
        title={
            "text": words.say("programs.picture.before", scale=plain(scale.title)),
            "font": title,
        },
    )
    drawing.y_axis(
        1,
        **axis,
        title={
            "text": words.say("programs.picture.after", scale=plain(scale.title)),
            "font": title,
        },
    )
    return drawing.figure()


def _within_error(drawing: Drawing, scale: OutcomeScale, low: float, high: float) -> None:
    """The strip around no change, as one closed outline cut at the frame."""
    reach = scale.reliable
    drawing.draw(
        1,
        {
            "type": "scatter",
            "mode": "lines",
            "x": [low, low, high - reach, high, high, low + reach, low],
            "y": [low, low + reach, high, high, high - reach, low, low],
            "fill": "toself",
            "fillcolor": see_through(drawing.palette.soft_ink, 0.09),
            "line": {"width": 0},
            "hoverinfo": "skip",
        },
    )


def _lines(drawing: Drawing, scale: OutcomeScale, low: float, high: float, words: Words) -> None:
    palette = drawing.palette
    reach = scale.reliable
    for shift, dash in ((0.0, "solid"), (reach, "dash"), (-reach, "dash")):
        drawing.shape(
            1,
            type="line",
            x0=low + max(0.0, -shift),
            x1=high - max(0.0, shift),
            y0=low + max(0.0, shift),
            y1=high - max(0.0, -shift),
            line={"color": palette.soft_ink, "width": 1.1, "dash": dash},
        )
    for along in (True, False):
        ends = {"x0": low, "x1": high, "y0": scale.cut_off, "y1": scale.cut_off}
        if not along:
            ends = {"x0": scale.cut_off, "x1": scale.cut_off, "y0": low, "y1": high}
        drawing.shape(
            1, type="line", **ends, line={"color": palette.ink, "width": 1.2, "dash": "dot"}
        )
    drawing.write(
        words.say("chart.cut_off", cut_off=words.number(scale.cut_off)),
        colour=palette.soft_ink,
        row=1,
        size=INSIDE,
        x=high,
        y=scale.cut_off,
        xanchor="right",
        yanchor="bottom",
    )
