"""Support wanted against support received, by type, from one support grid."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from dashboard.analysis.measurement_error import ErrorOfAnswer
from dashboard.analysis.readings import gap_in_words
from dashboard.analysis.support import HIGHEST_ANSWER, WANTED_FROM, Judged
from dashboard.charts.canvas import INSIDE, SMALL, Drawing
from dashboard.charts.palette import Palette, see_through
from dashboard.language import Words

ROW_HEIGHT = 52
_LEFT_GUTTER = 112
_RIGHT_GUTTER = 166
GLYPHS = {"under": "▼", "met": "●", "over": "▲", "no_need": "–", "not_judged": "○"}
# Marks closer than this, in answer points, are set apart vertically so both can be seen.
_TOUCHING = 0.35


def wanted_and_received(
    types: Sequence[Judged],
    errors: Mapping[str, ErrorOfAnswer],
    words: Words,
    palette: Palette,
    *,
    narrow: bool = False,
) -> go.Figure:
    """A dumbbell a support type: amber diamond wanted, blue circle received.

    Whiskers are one standard error of a single answer; `errors` has one for every type. A
    state is named at the right, with its glyph.
    """
    drawing = Drawing(
        palette,
        [ROW_HEIGHT * len(types)],
        {
            "l": 24 if narrow else _LEFT_GUTTER,
            "r": 24 if narrow else _RIGHT_GUTTER,
            "t": 34,
            "b": 58,
        },
    )
    last = len(types) - 1
    for position, judged in enumerate(types):
        height = last - position
        touching = judged.gap is not None and abs(judged.gap) < _TOUCHING
        _connector(drawing, judged, height)
        error = errors[judged.support_type]
        _mark(drawing, judged.need, error.need, height, "need", words)
        lower = height - (0.2 if touching else 0.0)
        _mark(drawing, judged.received, error.received, lower, "received", words)
        _row_words(drawing, judged, height, words, narrow)
    _key(drawing, words)
    _threshold(drawing, last, words)
    answers = range(HIGHEST_ANSWER + 1)
    drawing.x_axis(
        range=[-0.35, HIGHEST_ANSWER + 0.35],
        tickvals=list(answers),
        ticktext=[f"{answer}<br>{words.say(f'answer.{answer}')}" for answer in answers],
        tickfont={"size": SMALL, "color": palette.soft_ink},
        tickangle=0,
        gridcolor=palette.grid,
        linecolor=palette.axis,
    )
    drawing.y_axis(1, range=[-0.6, last + 0.6], visible=False)
    return drawing.figure()


def _connector(drawing: Drawing, judged: Judged, height: float) -> None:
    palette = drawing.palette
    colours = {"under": palette.under, "over": palette.over, "met": palette.met}
    if judged.gap is None or judged.state not in colours:
        return
    drawing.draw(
        1,
        {
            "type": "scatter",
            "x": [judged.need, judged.received],
            "y": [height, height],
            "mode": "lines",
            "line": {"color": see_through(colours[judged.state], 0.4), "width": 8},
            "hoverinfo": "skip",
        },
    )


def _mark(
    drawing: Drawing, answer: float | None, error: float, height: float, kind: str, words: Words
) -> None:
    """Wanted or received with one standard error either way, inside the range of answers."""
    if answer is None:
        return
    palette = drawing.palette
    need = kind == "need"
    edge = palette.need_edge if need else palette.support
    drawing.draw(
        1,
        {
            "type": "scatter",
            "x": [answer],
            "y": [height],
            "mode": "markers",
            "marker": {
                "symbol": "diamond" if need else "circle",
                "size": 14 if need else 12,
                "color": palette.need if need else palette.support,
                "line": {"color": edge, "width": 1.4},
            },
            "error_x": {
                "type": "data",
                "symmetric": False,
                "array": [min(error, HIGHEST_ANSWER - answer)],
                "arrayminus": [min(error, answer)],
                "color": edge,
                "thickness": 1.4,
                "width": 4,
            },
            "hovertemplate": f"{words.say(f'chart.{kind}')}: {words.number(answer)} "
            f"± {words.fixed(error, 2)}<extra></extra>",
        },
    )


def _row_words(drawing: Drawing, judged: Judged, height: float, words: Words, narrow: bool) -> None:
    palette = drawing.palette
    name = words.say(f"type.{judged.support_type}")
    colours = {
        "under": palette.under_ink,
        "met": palette.met_ink,
        "over": palette.over_ink,
        "no_need": palette.soft_ink,
        "not_judged": palette.not_judged_ink,
    }
    state = f"{GLYPHS[judged.state]} {gap_in_words(judged, words)}"
    if narrow:
        drawing.write(
            f"<b>{name}</b>  {state}",
            row=1,
            colour=palette.ink,
            xref="paper",
            x=0,
            xanchor="left",
            y=height,
            yshift=19,
        )
        return
    drawing.write(
        name,
        row=1,
        colour=palette.ink,
        size=13.5,
        bold=True,
        xref="paper",
        x=0,
        xshift=-_LEFT_GUTTER,
        xanchor="left",
        y=height,
    )
    drawing.write(
        state,
        row=1,
        colour=colours[judged.state],
        size=12.5,
        bold=judged.state in ("under", "over"),
        xref="paper",
        x=1,
        xshift=12,
        xanchor="left",
        y=height,
    )


def _key(drawing: Drawing, words: Words) -> None:
    """The two marks named once above the first row, in place of a legend."""
    palette = drawing.palette
    for text, colour, x in (
        (f"● {words.say('chart.received')}", palette.support_ink, 0.24),
        (f"◆ {words.say('chart.need')}", palette.need_ink, 0.76),
    ):
        drawing.write(text, colour=colour, x=x, y=1, yanchor="bottom", yshift=6)


def _threshold(drawing: Drawing, last: int, words: Words) -> None:
    """From which answer on support counts as wanted, and as received."""
    soft = drawing.palette.soft_ink
    between = WANTED_FROM - 0.5
    drawing.shape(
        1,
        type="line",
        x0=between,
        x1=between,
        y0=-0.6,
        y1=last + 0.6,
        line={"color": soft, "width": 1, "dash": "dot"},
        layer="below",
    )
    drawing.write(
        words.say("chart.counts_from", answer=words.number(WANTED_FROM)),
        row=1,
        colour=soft,
        size=INSIDE,
        x=between,
        xanchor="left",
        xshift=4,
        y=-0.48,
    )
