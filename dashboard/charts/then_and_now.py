"""Scales of one measure then and now, where neither way is better: how a person copes."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.analysis.patient_readings import short_names
from dashboard.analysis.trajectory import Story
from dashboard.charts.canvas import SMALL, Drawing, plain, shortened
from dashboard.charts.palette import Palette, see_through
from dashboard.language import Words

ROW_HEIGHT = 22
_LEFT_GUTTER = 176
_RIGHT_GUTTER = 74


def then_and_now(
    told: Sequence[Story], words: Words, palette: Palette, *, narrow: bool = False
) -> go.Figure:
    """A row a scale over its full range: a ring on the form compared with, a dot now.

    told: scales with a score, which share one range.
    """
    drawing = Drawing(
        palette,
        [ROW_HEIGHT * len(told)],
        {
            "l": 130 if narrow else _LEFT_GUTTER,
            "r": _RIGHT_GUTTER,
            "t": 8,
            "b": 30,
        },
    )
    names = short_names(told)
    last = len(told) - 1
    rows = [
        (last - place, story, story.latest)
        for place, story in enumerate(told)
        if story.latest is not None
    ]
    changed = [(height, now) for height, _, now in rows if now.reference is not None]
    drawing.draw(
        1,
        {
            "type": "scatter",
            "x": [x for _, now in changed for x in (now.reference, now.score, None)],
            "y": [y for height, _ in changed for y in (height, height, None)],
            "mode": "lines",
            "line": {"color": see_through(palette.accent, 0.45), "width": 4},
            "hoverinfo": "skip",
        },
    )
    for key, symbol, points in (
        ("then", "circle-open", [(height, now.reference) for height, now in changed]),
        ("now", "circle", [(height, now.score) for height, _, now in rows]),
    ):
        drawing.draw(
            1,
            {
                "type": "scatter",
                "x": [score for _, score in points],
                "y": [height for height, _ in points],
                "mode": "markers",
                "marker": {
                    "symbol": symbol,
                    "size": 10 if key == "now" else 11,
                    "color": palette.accent,
                    "line": {"color": palette.accent, "width": 1.8},
                },
                "hovertemplate": f"{words.say(f'chart.{key}')}: %{{x}}<extra></extra>",
                "name": key,
            },
        )
    for height, story, now in rows:
        drawing.write(
            plain(shortened(names[story.scale_key], 20 if narrow else 30)),
            row=1,
            colour=palette.ink,
            xref="paper",
            x=0,
            xshift=-8,
            xanchor="right",
            y=height,
        )
        scores = [] if now.reference is None else [words.number(now.reference)]
        drawing.write_right(
            1,
            " → ".join([*scores, words.number(now.score)]),
            height,
            colour=palette.soft_ink,
            away=10,
        )
    low, high = told[0].minimum, told[0].maximum
    drawing.x_axis(
        range=[low - 0.04 * (high - low), high + 0.04 * (high - low)],
        tickvals=[low, (low + high) / 2, high],
        tickfont={"size": SMALL, "color": palette.soft_ink},
        gridcolor=palette.grid,
        linecolor=palette.axis,
    )
    drawing.y_axis(1, range=[-0.6, last + 0.6], visible=False)
    return drawing.figure()
