"""The share of judged patients with an open gap, month by month: one small picture a type."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.analysis.gap_trend import Trend
from dashboard.charts.palette import Palette
from dashboard.charts.small_panels import SmallPanels
from dashboard.language import Words

HEIGHT = 140
_STEP = 0.25


def gap_trend(
    told: Sequence[Trend], words: Words, palette: Palette, *, narrow: bool = False
) -> go.Figure:
    """All on one scale from 0. No line is drawn across a month in which nobody was judged."""
    months = max(len(one.days) for one in told) - 1
    panels = SmallPanels(palette, len(told), months, HEIGHT, below=26, narrow=narrow)
    highest = max([share for one in told for share in one.known], default=_STEP)
    top = min(1.0, _STEP * (int(highest / _STEP) + 1))
    for place, one in enumerate(told):
        panels.scale(place, [0, top / 2, top], [words.share(x) for x in (0, top / 2, top)], top)
        panels.name(
            place,
            words.say(f"type.{one.support_type}"),
            _today(one, words),
        )
        _line(panels, place, one, words)
        for at, anchor in ((0, "left"), (months, "right")):
            panels.tick(place, at, _month(one, at, words), anchor)
    return panels.drawing.figure()


def _line(panels: SmallPanels, place: int, one: Trend, words: Words) -> None:
    palette = panels.drawing.palette
    left = panels.left(place)
    shares = one.shares
    panels.drawing.draw(
        panels.row(place),
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": [left + month for month in range(len(shares))],
            "y": shares,
            "connectgaps": False,
            "line": {"color": palette.under, "width": 1.8},
            "marker": {"symbol": "triangle-down", "size": 6, "color": palette.under},
            "hovertext": [
                words.say(
                    "mismatch.trend.said",
                    type=words.say(f"type.{one.support_type}"),
                    date=words.date(day),
                    open=words.number(number),
                    judged=words.number(judged),
                )
                for day, number, judged in zip(one.days, one.open_gaps, one.judged, strict=True)
            ],
            "hoverinfo": "text",
        },
    )


def _today(one: Trend, words: Words) -> str:
    """The last share, and of how many."""
    share = one.shares[-1]
    if share is None:
        return words.say("mismatch.n", n=words.number(0))
    return words.say(
        "mismatch.trend.today", share=words.share(share), n=words.number(one.judged[-1])
    )


def _month(one: Trend, at: int, words: Words) -> str:
    day = one.days[at]
    return f"{words.month(day)} {day.year % 100:02d}"
