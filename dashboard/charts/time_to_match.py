"""How long needs stand open: one survival curve a group, the others in grey behind it."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.analysis.time_to_match import (
    HORIZON,
    TICKS,
    Curve,
    Grouping,
    group_in_words,
)
from dashboard.charts.canvas import plain, shortened
from dashboard.charts.palette import Palette, see_through
from dashboard.charts.small_panels import SmallPanels
from dashboard.language import Words

HEIGHT = 168
_LONGEST_NAME = 22
# Days that a panel on a small screen has room for; the table has all of TICKS.
_WRITTEN = {0: "left", 180: "center", 360: "right"}


def time_to_match(
    told: Sequence[Curve],
    grouping: Grouping,
    words: Words,
    palette: Palette,
    *,
    narrow: bool = False,
) -> go.Figure:
    """Steps with their 95 % band, dotted to the day by which half were met; below the days, the
    number still followed."""
    panels = SmallPanels(palette, len(told), HORIZON, HEIGHT, below=44, narrow=narrow)
    for place, own in enumerate(told):
        panels.scale(place, [0, 0.5, 1], [words.share(value) for value in (0, 0.5, 1)], 1)
        panels.name(
            place,
            plain(shortened(group_in_words(own.group, grouping, words), _LONGEST_NAME)),
            _half_in_short(own, words),
        )
        for other in told:
            if other is not own:
                _draw(panels, place, _steps(other, other.still_open), palette.axis, 1)
        _band(panels, place, own)
        _draw(panels, place, _steps(own, own.still_open), palette.support, 2.2)
        _half(panels, place, own)
        for tick, followed in zip(TICKS, own.followed, strict=True):
            if tick in _WRITTEN:
                text = f"{words.number(tick)}<br>{words.number(followed)}"
                panels.tick(place, tick, text, _WRITTEN[tick])
    return panels.drawing.figure()


def _half_in_short(own: Curve, words: Words) -> str:
    """As wide as a panel of five; the sentence above and the table have the days in full."""
    if own.median is None:
        return words.say("mismatch.time.not_half")
    return words.say("mismatch.time.half_short", n=words.number(round(own.median)))


def _steps(curve: Curve, values: Sequence[float]) -> tuple[list[float], list[float]]:
    """The part of a curve within the panel, its last value held to the edge or to where the
    last opening was followed."""
    inside = [place for place, day in enumerate(curve.days) if day <= HORIZON]
    end = HORIZON if curve.followed[-1] else min(HORIZON, max(curve.days))
    days = [curve.days[place] for place in inside] + [end]
    return days, [values[place] for place in inside] + [values[inside[-1]]]


def _draw(
    panels: SmallPanels,
    place: int,
    steps: tuple[list[float], list[float]],
    colour: str,
    width: float,
    **more: Any,
) -> None:
    left = panels.left(place)
    panels.drawing.draw(
        panels.row(place),
        {
            "type": "scatter",
            "mode": "lines",
            "x": [left + day for day in steps[0]],
            "y": steps[1],
            "line": {"color": colour, "width": width, "shape": "hv"},
            "hoverinfo": "skip",
            **more,
        },
    )


def _band(panels: SmallPanels, place: int, own: Curve) -> None:
    fill = see_through(panels.drawing.palette.support, 0.2)
    clear = "rgba(0,0,0,0)"
    _draw(panels, place, _steps(own, own.low), clear, 0)
    _draw(panels, place, _steps(own, own.high), clear, 0, fill="tonexty", fillcolor=fill)


def _half(panels: SmallPanels, place: int, own: Curve) -> None:
    """A dotted line to the day by which half were met, where that is within the panel."""
    drawing, row, left = panels.drawing, panels.row(place), panels.left(place)
    if own.median is not None and own.median <= HORIZON:
        dotted = {"color": drawing.palette.ink, "width": 1, "dash": "dot"}
        middle = left + own.median
        drawing.shape(row, type="line", x0=left, x1=middle, y0=0.5, y1=0.5, line=dotted)
        drawing.shape(row, type="line", x0=middle, x1=middle, y0=0, y1=0.5, line=dotted)
