"""An indicator month by month, with its limits, what stands out, and what was declared a change."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil

import numpy as np
import plotly.graph_objects as go

from dashboard.analysis.control_charts import ControlChart
from dashboard.analysis.service_targets import Change
from dashboard.analysis.service_told import Series
from dashboard.analysis.service_words import amount, bare, month_name, month_said, rule_at
from dashboard.charts.canvas import INSIDE, SMALL, Drawing, plain, shortened
from dashboard.charts.date_axis import date_axis
from dashboard.charts.palette import Palette, see_through
from dashboard.language import Words

HEIGHT = 280
HEIGHT_OF_RANGES = 84
_MARGIN = timedelta(days=16)
_HALF_A_MONTH = timedelta(days=15)
_SYMBOLS = {
    "outside": "diamond",
    "one_side": "square",
    "trend": "triangle-up",
    "two_of_three": "hexagon",
    "": "circle",
}
_ROOM = 0.16
# Of all months, the share that the words at one mark cover where the page is at its narrowest.
_WIDTH_OF_WORDS = 0.28
_LONGEST_LABEL = 34


def control_chart(
    series: Series,
    chart: ControlChart,
    changes: list[tuple[int, Change]],
    words: Words,
    palette: Palette,
    *,
    narrow: bool = False,
) -> go.Figure:
    """Points joined in time, the limits of each phase as a band; of an XmR chart the moving range
    below. A month without a number breaks the line. There is at least one month."""
    has_ranges = series.kind == "xmr" and bool(np.isfinite(chart.ranges).any())
    heights = [HEIGHT, HEIGHT_OF_RANGES] if has_ranges else [HEIGHT]
    drawing = Drawing(
        palette, heights, {"l": 52, "r": 76 if narrow else 122, "t": 46, "b": 44}, gap=34
    )
    months = [one.month for one in series.months]
    _limits(drawing, series, chart, words)
    _points(drawing, series, chart, words)
    _without(drawing, series, words)
    if not narrow:
        _named(drawing, series, chart, words)
    if has_ranges:
        _ranges(drawing, series, chart, words)
    _changes(drawing, months, changes, len(heights))
    _target(drawing, series, words)
    _scale(drawing, series, chart, words)
    date_axis(drawing, months[0], months[-1], words, most=5 if narrow else 10, margin=_MARGIN)
    return drawing.figure()


def _limits(drawing: Drawing, series: Series, chart: ControlChart, words: Words) -> None:
    """Mean, band and edges of each phase; of a p chart they step with the number of people."""
    palette = drawing.palette
    for phase in chart.phases:
        whole = range(phase.first, phase.last + 1)
        for here in _unbroken(
            [
                place
                for place in whole
                if np.isfinite(chart.lower[place]) and np.isfinite(chart.upper[place])
            ]
        ):
            edges = _edges(series, here)
            lower, upper = (
                [max(float(values[place]), 0.0) for place in here for _ in range(2)]
                for values in (chart.lower, chart.upper)
            )
            drawing.draw(
                1,
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": [*edges, *edges[::-1]],
                    "y": [*upper, *lower[::-1]],
                    "fill": "toself",
                    "fillcolor": see_through(palette.accent, 0.09),
                    "line": {"width": 0},
                    "hoverinfo": "skip",
                },
            )
            for values in (lower, upper):
                _level(drawing, edges, values, 1.3, "dash")
        if np.isfinite(phase.mean):
            edges = _edges(series, whole)
            _level(drawing, edges, [max(phase.mean, 0.0)] * len(edges), 1.8, "solid")
    _beside(drawing, series, chart, words)


def _unbroken(places: list[int]) -> list[list[int]]:
    """Runs of places without a gap: between them a limit is not known."""
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _edges(series: Series, places: Sequence[int]) -> list[str]:
    return [
        day.isoformat()
        for place in places
        for day in (
            series.months[place].month - _HALF_A_MONTH,
            series.months[place].month + _HALF_A_MONTH,
        )
    ]


def _level(
    drawing: Drawing, edges: list[str], values: list[float], width: float, dash: str
) -> None:
    drawing.draw(
        1,
        {
            "type": "scatter",
            "mode": "lines",
            "x": edges,
            "y": values,
            "line": {"color": drawing.palette.accent, "width": width, "dash": dash},
            "hoverinfo": "skip",
        },
    )


def _beside(drawing: Drawing, series: Series, chart: ControlChart, words: Words) -> None:
    """The figures of the newest limits, right of them, where they are not too close to be read."""
    last = chart.phases[-1]
    if not np.isfinite(last.mean):
        return
    lowest, highest = _extent(series, chart)
    apart = (highest - lowest) / HEIGHT * 15
    told = [("mean", last.mean)]
    if np.isfinite(last.upper) and last.upper - last.mean > apart:
        told.append(("upper", last.upper))
    if np.isfinite(last.lower) and last.mean - max(last.lower, 0.0) > apart:
        told.append(("lower", max(last.lower, 0.0)))
    for name, value in told:
        drawing.write_right(
            1,
            words.say(f"service.limit.{name}", value=bare(value, series.unit, words)),
            value,
            colour=drawing.palette.accent if name == "mean" else drawing.palette.soft_ink,
        )


def _points(drawing: Drawing, series: Series, chart: ControlChart, words: Words) -> None:
    palette = drawing.palette
    colours = [_colour(series, chart, place, palette) for place in range(len(series.months))]
    drawing.draw(
        1,
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": [one.month.isoformat() for one in series.months],
            "y": [one.value for one in series.months],
            "connectgaps": False,
            "line": {"color": palette.soft_ink, "width": 1.2},
            "marker": {
                "symbol": [
                    "triangle-down" if rule == "trend" and way < 0 else _SYMBOLS[rule]
                    for rule, way in zip(chart.rules, chart.directions.tolist(), strict=True)
                ],
                "size": [11 if rule else 7.5 for rule in chart.rules],
                # Marks of several sizes are see-through by default.
                "opacity": 1,
                "color": [
                    colour if rule else palette.ground
                    for rule, colour in zip(chart.rules, colours, strict=True)
                ],
                "line": {"color": colours, "width": 1.6},
            },
            "hovertext": [
                month_said(series, chart, place, words) for place in range(len(series.months))
            ],
            "hoverinfo": "text",
        },
    )


def _colour(series: Series, chart: ControlChart, place: int, palette: Palette) -> str:
    if not chart.rules[place] or series.better is None:
        return palette.ink
    return palette.accent if chart.is_better(place, series.better) else palette.distress


def _without(drawing: Drawing, series: Series, words: Words) -> None:
    """A gray ring at the foot of each month without a number, with the reason in its hover."""
    months = [one for one in series.months if one.value is None]
    drawing.draw(
        1,
        {
            "type": "scatter",
            "mode": "markers",
            "x": [one.month.isoformat() for one in months],
            "y": [0.02] * len(months),
            "yaxis": "y",
            "marker": {
                "symbol": "circle-open",
                "size": 7,
                "color": drawing.palette.not_judged,
                "line": {"width": 1.4},
            },
            "hovertext": [
                f"{month_name(one.month, words)}: "
                + words.say(
                    "disclosure.hidden" if one.whole is None or one.whole else "service.nobody"
                )
                for one in months
            ],
            "hoverinfo": "text",
            "cliponaxis": False,
        },
    )


def _named(drawing: Drawing, series: Series, chart: ControlChart, words: Words) -> None:
    """The rule in words at the newest point of each run that breaks it, where there is room."""
    ends = [
        place
        for place, rule in enumerate(chart.rules)
        if rule
        and (
            place + 1 == len(chart.rules)
            or chart.rules[place + 1] != rule
            or chart.directions[place + 1] != chart.directions[place]
        )
    ]
    taken: dict[bool, list[range]] = {True: [], False: []}
    for place in reversed(ends):
        up = bool(chart.directions[place] > 0)
        found = _room(series, chart, place, up, taken[up])
        if found is None:
            continue
        side, covered, height = found
        taken[up].append(covered)
        drawing.write(
            rule_at(series, chart, place, words),
            colour=drawing.palette.ink,
            size=INSIDE,
            row=1,
            x=series.months[place].month.isoformat(),
            y=height,
            xanchor=side,
            xshift={"left": -8, "center": 0, "right": 8}[side],
            yanchor="bottom" if up else "top",
            yshift=9 if up else -9,
        )


def _room(
    series: Series, chart: ControlChart, place: int, up: bool, taken: list[range]
) -> tuple[str, range, float] | None:
    """Where words at a mark stand clear of all that is drawn: the side by which they hang on it,
    the months they cover, and their height, as near to the mark as can be. None where others
    stand."""
    months = len(series.months)
    wide = ceil(months * _WIDTH_OF_WORDS)
    free = []
    for side, first in (("left", place), ("center", place - wide // 2), ("right", place - wide)):
        covered = range(first, first + wide + 1)
        if first < 0 or covered[-1] >= months:
            continue
        if any(first <= other[-1] and other[0] <= covered[-1] for other in taken):
            continue
        drawn = [
            value
            for values in (chart.values, chart.upper if up else chart.lower)
            for value in values[first : covered[-1] + 1].tolist()
            if value == value
        ]
        height = max(drawn) if up else max(min(drawn), 0.0)
        free.append((abs(height - float(chart.values[place])), side, covered, height))
    if not free:
        return None
    _, side, covered, height = min(free, key=lambda one: one[0])
    return side, covered, height


def _ranges(drawing: Drawing, series: Series, chart: ControlChart, words: Words) -> None:
    palette = drawing.palette
    drawing.draw(
        2,
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": [one.month.isoformat() for one in series.months],
            "y": [None if np.isnan(value) else float(value) for value in chart.ranges],
            "connectgaps": False,
            "line": {"color": palette.soft_ink, "width": 1.2},
            "marker": {
                "size": 5,
                "color": palette.ground,
                "line": {"color": palette.soft_ink, "width": 1.4},
            },
            "hovertext": [
                ""
                if np.isnan(value)
                else words.say(
                    "service.range_said",
                    month=month_name(one.month, words),
                    value=amount(float(value), series.unit, words),
                )
                for one, value in zip(series.months, chart.ranges, strict=True)
            ],
            "hoverinfo": "text",
        },
    )
    highest = float(np.nanmax(chart.ranges)) or 1.0
    drawing.y_axis(
        2,
        range=[-0.04 * highest, 1.15 * highest],
        tickvals=[0, highest],
        ticktext=[bare(value, series.unit, words) for value in (0, highest)],
        tickfont={"size": INSIDE, "color": palette.soft_ink},
        gridcolor=palette.grid,
    )
    drawing.beside(
        2,
        words.say("service.range"),
        colour=palette.soft_ink,
        x=0,
        xanchor="left",
        y=1,
        yshift=2,
        yanchor="bottom",
    )


def _changes(
    drawing: Drawing, months: list[date], changes: list[tuple[int, Change]], rows: int
) -> None:
    for place, change in changes:
        at = (months[place] - _HALF_A_MONTH).isoformat()
        for row in range(1, rows + 1):
            drawing.shape(
                row,
                type="line",
                yref=f"y{'' if row == 1 else row} domain",
                x0=at,
                x1=at,
                y0=0,
                y1=1,
                line={"color": drawing.palette.ink, "width": 1.2, "dash": "dot"},
            )
        late = place > len(months) * 0.6
        drawing.write(
            plain(shortened(change.label, _LONGEST_LABEL)),
            colour=drawing.palette.ink,
            size=SMALL,
            row=1,
            x=at,
            yref="y domain",
            y=1,
            yanchor="bottom",
            yshift=3,
            xanchor="right" if late else "left",
        )


def _target(drawing: Drawing, series: Series, words: Words) -> None:
    if series.target is None:
        return
    palette = drawing.palette
    drawing.shape(
        1,
        type="line",
        xref="paper",
        x0=0,
        x1=1,
        y0=series.target,
        y1=series.target,
        line={"color": palette.soft_ink, "width": 1.1, "dash": "dot"},
        layer="between",
    )
    drawing.write(
        words.say("service.target_at", share=words.share(series.target)),
        colour=palette.soft_ink,
        size=INSIDE,
        row=1,
        xref="paper",
        x=0,
        xshift=4,
        xanchor="left",
        y=series.target,
        yanchor="bottom",
    )


def _scale(drawing: Drawing, series: Series, chart: ControlChart, words: Words) -> None:
    palette = drawing.palette
    lowest, highest = _extent(series, chart)
    settings = {"tickformat": ".0%"} if series.unit == "share" else {}
    drawing.y_axis(
        1,
        range=[lowest, highest],
        nticks=6,
        tickfont={"size": SMALL, "color": palette.soft_ink},
        gridcolor=palette.grid,
        **settings,
    )
    way = series.better or "neither"
    drawing.beside(
        1,
        words.say(f"service.unit.{series.unit}") + f" · {words.say(f'service.better.{way}')}",
        colour=palette.soft_ink,
        x=0,
        xanchor="left",
        y=1,
        yshift=20,
        yanchor="bottom",
    )


def _extent(series: Series, chart: ControlChart) -> tuple[float, float]:
    """From zero to a little above the highest of everything drawn."""
    values = [value for value in (*chart.upper.tolist(), *chart.values.tolist()) if value == value]
    highest = max([*values, series.target or 0.0], default=1.0) or 1.0
    return -0.03 * highest, highest * (1 + _ROOM)
