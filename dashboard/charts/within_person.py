"""How one person's support went with their distress from visit to visit, with intervals."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.analysis.within_person import Together
from dashboard.charts.canvas import SMALL, Drawing
from dashboard.charts.palette import Palette
from dashboard.language import Words

ROW_HEIGHT = 26
_BETWEEN = 34
_LEFT_GUTTER = 150
_RIGHT_GUTTER = 190


def within_person(
    found: Sequence[Together], words: Words, palette: Palette, *, narrow: bool = False
) -> go.Figure:
    """A panel for gaps and one for receipt: r with its interval on the range from -1 to 1.

    Filled where the interval leaves out zero; what cannot be said stands in words.
    """
    panels = [
        (asked, [one for one in found if one.asked == asked])
        for asked in ("gap", "received")
        if any(one.asked == asked for one in found)
    ]
    drawing = Drawing(
        palette,
        [ROW_HEIGHT * len(rows) for _, rows in panels],
        {
            "l": 104 if narrow else _LEFT_GUTTER,
            "r": 16 if narrow else _RIGHT_GUTTER,
            "t": 26,
            "b": 30,
        },
        gap=_BETWEEN,
    )
    for row, (asked, rows) in enumerate(panels, start=1):
        colour = palette.under if asked == "gap" else palette.support
        drawing.beside(
            row,
            f"<b>{words.say(f'within.panel_{asked}')}</b>",
            colour=palette.ink,
            x=0,
            xshift=-100 if narrow else -_LEFT_GUTTER,
            xanchor="left",
            y=1,
            yshift=5,
            yanchor="bottom",
        )
        last = len(rows) - 1
        drawing.y_axis(row, range=[-0.6, last + 0.6], visible=False)
        drawing.shape(
            row,
            type="line",
            x0=0,
            x1=0,
            y0=-0.6,
            y1=last + 0.6,
            line={"color": palette.soft_ink, "width": 1, "dash": "dot"},
            layer="below",
        )
        known = [(last - place, one) for place, one in enumerate(rows) if one.r is not None]
        drawing.draw(
            row,
            {
                "type": "scatter",
                "x": [one.r for _, one in known],
                "y": [height for height, _ in known],
                "mode": "markers",
                "marker": {
                    "symbol": [
                        "circle" if one.leaves_out_zero else "circle-open" for _, one in known
                    ],
                    "size": 10,
                    "color": colour,
                    "line": {"color": colour, "width": 1.8},
                },
                "error_x": {
                    "type": "data",
                    "symmetric": False,
                    "array": [(one.high or 0) - (one.r or 0) for _, one in known],
                    "arrayminus": [(one.r or 0) - (one.low or 0) for _, one in known],
                    "color": colour,
                    "thickness": 1.6,
                    "width": 4,
                },
                "hoverinfo": "skip",
                "name": asked,
            },
        )
        for place, one in enumerate(rows):
            _words_of(drawing, row, one, last - place, words, narrow)
    drawing.x_axis(
        range=[-1.04, 1.04],
        tickvals=[-1, -0.5, 0, 0.5, 1],
        tickfont={"size": SMALL, "color": palette.soft_ink},
        gridcolor=palette.grid,
        linecolor=palette.axis,
        zeroline=False,
    )
    return drawing.figure()


def _words_of(
    drawing: Drawing, row: int, one: Together, height: int, words: Words, narrow: bool
) -> None:
    drawing.write(
        words.say(f"type.{one.support_type}"),
        row=row,
        colour=drawing.palette.ink,
        xref="paper",
        x=0,
        xshift=-8,
        xanchor="right",
        y=height,
    )
    if narrow:
        return
    drawing.write(
        estimate_in_words(one, words),
        row=row,
        colour=drawing.palette.ink if one.leaves_out_zero else drawing.palette.soft_ink,
        xref="paper",
        x=1,
        xshift=12,
        xanchor="left",
        y=height,
    )


def estimate_in_words(one: Together, words: Words) -> str:
    """ "0.52 (−0.1 to 0.85), 12 visits", or why there is no number."""
    if one.r is None or one.low is None or one.high is None:
        return words.count("within.cannot", one.visits)
    return words.count(
        "within.estimate",
        one.visits,
        r=words.number(one.r),
        low=words.number(one.low),
        high=words.number(one.high),
    )
