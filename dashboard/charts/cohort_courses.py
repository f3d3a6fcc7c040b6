"""Two cohorts from time zero on: mean or median with its interval, and how many are behind it."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.analysis.cohort_view import CohortView
from dashboard.analysis.cohort_windows import COHORTS, PLANNED, AtWindow
from dashboard.charts.canvas import INSIDE, SMALL, Drawing, plain, shortened
from dashboard.charts.cohort_marks import mark_of_cohort
from dashboard.charts.palette import Palette, see_through
from dashboard.language import Words
from dashboard.measures.definition import Scale

HEIGHT = 330
_APART = 0.13
_ROOM = 0.8
_LONGEST_NAME = 26


def value_of(one: AtWindow, statistic: str) -> tuple[float, float | None, float | None] | None:
    """Mean or median at a planned time with its interval; None where nothing may be said."""
    middle = one.mean if statistic == "mean" else one.median
    return None if middle is None else (middle.value, middle.low, middle.high)


def shown_range(told: CohortView, scale: Scale, statistic: str) -> tuple[float, float]:
    """The part of the scale that is drawn: all intervals, and the cut-off where it is near."""
    found = [value for one in told.at if (value := value_of(one, statistic)) is not None]
    ends = [end for value in found for end in value if end is not None]
    if scale.screen is not None:
        ends.append(scale.screen.at_least)
    room = max((max(ends) - min(ends)) * 0.12, (scale.maximum - scale.minimum) * 0.02)
    low, high = float(np.floor(min(ends) - room)), float(np.ceil(max(ends) + room))
    return max(scale.minimum, low), min(scale.maximum, high)


def cohort_courses(
    told: CohortView,
    scale: Scale,
    statistic: str,
    names: Mapping[str, str],
    ticks: Sequence[str],
    cut_off: str,
    points: pd.DataFrame | None,
    words: Words,
    palette: Palette,
    *,
    narrow: bool = False,
) -> go.Figure:
    """Whiskers at planned times over a faint ribbon, with the people below the axis.

    Args:
        ticks: name of each planned time. cut_off: the words at its line, "" without one.
        points: scores to draw one by one (`CohortView.scores`), or None.
    """
    drawing = Drawing(palette, [HEIGHT], {"l": 34, "r": 12, "t": 12, "b": 104})
    low, high = shown_range(told, scale, statistic)
    if points is not None and len(points):
        low, high = min(low, float(points["score"].min())), max(high, float(points["score"].max()))
    room = (high - low) * 0.03
    drawing.y_axis(
        1,
        range=[low - room, high + room],
        gridcolor=palette.grid,
        tickfont={"size": SMALL, "color": palette.soft_ink},
    )
    drawing.x_axis(
        range=[PLANNED[0] - _ROOM, PLANNED[-1] + _ROOM],
        tickvals=list(PLANNED),
        ticktext=list(ticks),
        tickfont={"size": SMALL, "color": palette.soft_ink},
        showgrid=False,
        linecolor=palette.axis,
    )
    if scale.screen is not None:
        _cut_off(drawing, scale.screen.at_least, cut_off)
    for cohort, side in zip(COHORTS, (-_APART, _APART), strict=True):
        if points is not None:
            _points(drawing, points[points["cohort"] == cohort], cohort, side)
        _course(drawing, told, cohort, side, statistic, names[cohort], words)
    _people(drawing, told, names, words, narrow)
    return drawing.figure()


def _cut_off(drawing: Drawing, at: float, text: str) -> None:
    palette = drawing.palette
    drawing.shape(
        1,
        type="line",
        xref="paper",
        x0=0,
        x1=1,
        y0=at,
        y1=at,
        line={"color": palette.soft_ink, "width": 1.1, "dash": "dash"},
        layer="below",
    )
    drawing.write(
        plain(text),
        colour=palette.soft_ink,
        row=1,
        size=INSIDE,
        xref="paper",
        x=1,
        y=at,
        xanchor="right",
        yanchor="bottom",
    )


def _course(
    drawing: Drawing,
    told: CohortView,
    cohort: str,
    side: float,
    statistic: str,
    name: str,
    words: Words,
) -> None:
    mark = mark_of_cohort(cohort, drawing.palette)
    drawn = [
        (one, value) for one in told.of(cohort) if (value := value_of(one, statistic)) is not None
    ]
    if not drawn:
        return
    at = [one.window + side for one, _ in drawn]
    middle = [value[0] for _, value in drawn]
    lower = [value[0] if value[1] is None else value[1] for _, value in drawn]
    upper = [value[0] if value[2] is None else value[2] for _, value in drawn]
    # A line leads only from one planned time to the next: nothing is drawn across a missing one.
    for start, stop in _runs([one.window for one, _ in drawn]):
        _ribbon(drawing, at[start:stop], lower[start:stop], upper[start:stop], mark.colour)
        drawing.draw(
            1,
            {
                "type": "scatter",
                "mode": "lines",
                "x": at[start:stop],
                "y": middle[start:stop],
                "line": {"color": mark.colour, "width": 2.4, "dash": mark.dash},
                "hoverinfo": "skip",
            },
        )
    drawing.draw(
        1,
        {
            "type": "scatter",
            "mode": "markers",
            "x": at,
            "y": middle,
            "marker": {"symbol": mark.symbol, "size": 8.5, "color": mark.colour},
            "error_y": {
                "type": "data",
                "symmetric": False,
                "array": [up - value for up, value in zip(upper, middle, strict=True)],
                "arrayminus": [value - down for down, value in zip(lower, middle, strict=True)],
                "color": mark.colour,
                "thickness": 1.6,
                "width": 5,
            },
            "hovertext": [
                plain(f"{name}: {words.number(value)} ({words.number(down)} – {words.number(up)})")
                for value, down, up in zip(middle, lower, upper, strict=True)
            ],
            "hoverinfo": "text",
        },
    )
    _name(drawing, told, cohort, side, statistic, name)


def _name(
    drawing: Drawing, told: CohortView, cohort: str, side: float, statistic: str, name: str
) -> None:
    """Beside its own line, on the side away from the other one."""
    values = {one: {at.window: value_of(at, statistic) for at in told.of(one)} for one in COHORTS}
    other = "b" if cohort == "a" else "a"
    both = [w for w in PLANNED if values[cohort][w] and values[other][w]]
    there = both or [w for w in PLANNED if values[cohort][w]]
    # Where the lines are furthest apart there is most room.
    at = max(
        there,
        key=lambda w: abs(
            values[cohort][w][0] - (values[other][w] or values[cohort][w])[0]  # type: ignore[index]
        ),
    )
    own = values[cohort][at]
    beyond = values[other][at]
    assert own is not None
    above = beyond is None or own[0] > beyond[0] or (own[0] == beyond[0] and cohort == "a")
    first, last = at == PLANNED[0], at == PLANNED[-1]
    # At an edge the name reaches below or above the planned time beside it, too.
    under = PLANNED[:2] if first else PLANNED[-2:] if last else (at,)
    beneath = [value for one in COHORTS for w in under if (value := values[one].get(w))]
    ends = [end for value in beneath for end in value if end is not None]
    end = max(ends) if above else min(ends)
    mark = mark_of_cohort(cohort, drawing.palette)
    drawing.write(
        f"{cohort.upper()} · {plain(shortened(name, _LONGEST_NAME))}",
        colour=mark.colour,
        row=1,
        size=13,
        bold=True,
        x=at + side,
        y=end,
        yshift=4 if above else -4,
        xanchor="right" if last else ("left" if first else "center"),
        yanchor="bottom" if above else "top",
    )


def _ribbon(
    drawing: Drawing, at: list[float], lower: list[float], upper: list[float], colour: str
) -> None:
    if len(at) < 2:
        return
    drawing.draw(
        1,
        {
            "type": "scatter",
            "mode": "lines",
            "x": [*at, *at[::-1]],
            "y": [*upper, *lower[::-1]],
            "fill": "toself",
            "fillcolor": see_through(colour, 0.1),
            "line": {"width": 0},
            "hoverinfo": "skip",
        },
    )


def _points(drawing: Drawing, points: pd.DataFrame, cohort: str, side: float) -> None:
    """Every score, spread a little to the outside by its place among those of the planned time."""
    mark = mark_of_cohort(cohort, drawing.palette)
    place = points.groupby("window").cumcount() % 9
    drawing.draw(
        1,
        {
            "type": "scatter",
            "mode": "markers",
            "x": (points["window"] + side * (1.6 + place * 0.35)).tolist(),
            "y": points["score"].tolist(),
            "marker": {
                "symbol": f"{mark.symbol}-open",
                "size": 5,
                "color": see_through(mark.colour, 0.6),
            },
            "hoverinfo": "y",
        },
    )


def _people(
    drawing: Drawing, told: CohortView, names: Mapping[str, str], words: Words, narrow: bool
) -> None:
    """Under each planned time how many have a score, and how many are missing."""
    palette = drawing.palette
    drawing.write(
        words.say("cohorts.courses.people"),
        colour=palette.soft_ink,
        size=SMALL,
        xref="paper",
        yref="paper",
        x=0,
        y=0,
        xshift=-24,
        yshift=-30,
        xanchor="left",
        yanchor="top",
    )
    for cohort, down in zip(COHORTS, (-50, -70), strict=True):
        mark = mark_of_cohort(cohort, palette)
        drawing.write(
            f"{mark.glyph} {cohort.upper()}",
            colour=mark.colour,
            size=SMALL,
            bold=True,
            xref="paper",
            yref="paper",
            x=0,
            y=0,
            xshift=-24,
            yshift=down,
            xanchor="left",
            yanchor="top",
        )
        for one in told.of(cohort):
            n, missing = counts_in_words(told, one, words)
            drawing.write(
                f"{n} · {missing}",
                colour=palette.ink,
                size=INSIDE if narrow else SMALL,
                xref="x",
                yref="paper",
                x=one.window + (0.25 if one.window == PLANNED[0] else 0),
                y=0,
                yshift=down,
                xanchor="center",
                yanchor="top",
            )


def counts_in_words(told: CohortView, one: AtWindow, words: Words) -> tuple[str, str]:
    """How many have a score and how many have none, as far as that may be told."""
    may = told.told[one.window]
    hidden = words.say("cohorts.hidden")
    return (
        words.number(one.n) if may.scored else hidden,
        words.number(one.missing) if may.missing else hidden,
    )


def _runs(windows: Sequence[float]) -> list[tuple[int, int]]:
    places = [PLANNED.index(window) for window in windows]
    starts = [0, *(i for i in range(1, len(places)) if places[i] != places[i - 1] + 1)]
    return list(zip(starts, [*starts[1:], len(places)], strict=True))
