"""The median and the middle half of patients, month by month: one row a group, one scale only."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import plotly.graph_objects as go

from dashboard.analysis.readings import direction
from dashboard.analysis.trends import Course, FollowedScale, Month, Trend, group_in_words
from dashboard.charts.canvas import INSIDE, SMALL, Drawing, plain, shortened
from dashboard.charts.date_axis import date_axis
from dashboard.charts.palette import Mark, Palette, mark_of_domain, see_through
from dashboard.language import Words

HEIGHT = 230
HEIGHT_OF_GROUP = 110
_LONGEST_NAME = 30
_ROOM = 0.04
_MARGIN = timedelta(days=12)


def middle_by_month(
    told: Trend, words: Words, palette: Palette, *, narrow: bool = False
) -> go.Figure:
    """Rows on shared dates, each with the full range of the scale; a line breaks where a month
    has no number. Something must be known of at least one group."""
    courses = told.with_middle
    height = HEIGHT if len(courses) == 1 else HEIGHT_OF_GROUP
    drawing = Drawing(
        palette,
        [height] * len(courses),
        {"l": 36, "r": 46, "t": 30, "b": 44},
        gap=34,
    )
    for row, course in enumerate(courses, start=1):
        _frame(drawing, row, told.scale, words)
        _middle(drawing, row, course, told, words)
        _without(drawing, row, course, told.scale, words)
        _name(drawing, row, course, told, words)
    months = [month.month for month in told.total.months]
    date_axis(drawing, months[0], months[-1], words, most=5 if narrow else 8, margin=_MARGIN)
    return drawing.figure()


def _frame(drawing: Drawing, row: int, scale: FollowedScale, words: Words) -> None:
    palette = drawing.palette
    span = scale.maximum - scale.minimum
    marks = [scale.minimum, *([] if scale.cut_off is None else [scale.cut_off]), scale.maximum]
    if scale.cut_off is None:
        marks.insert(1, scale.minimum + span / 2)
    drawing.y_axis(
        row,
        range=[scale.minimum - _ROOM * span, scale.maximum + _ROOM * span],
        tickvals=marks,
        ticktext=[words.number(mark) for mark in marks],
        tickfont={"size": INSIDE, "color": palette.soft_ink},
        gridcolor=palette.grid,
    )
    if scale.cut_off is not None:
        drawing.shape(
            row,
            type="line",
            xref="paper",
            x0=0,
            x1=1,
            y0=scale.cut_off,
            y1=scale.cut_off,
            line={"color": palette.soft_ink, "width": 1.1, "dash": "dash"},
            layer="below",
        )


def _middle(drawing: Drawing, row: int, course: Course, told: Trend, words: Words) -> None:
    mark = mark_of_domain(told.scale.domain, drawing.palette)
    for run in _runs(course.months):
        days = [month.month.isoformat() for month in run]
        lower, median, upper = (
            [month.quartiles[place] for month in run if month.quartiles] for place in range(3)
        )
        _half(drawing, row, days, lower, upper, mark)
        drawing.draw(
            row,
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": days,
                "y": median,
                "line": {"color": mark.edge, "width": 2.2},
                "marker": {
                    "size": 6.5,
                    "color": drawing.palette.ground,
                    "line": {"color": mark.edge, "width": 1.8},
                },
                "hovertext": [_said(month, words) for month in run],
                "hoverinfo": "text",
            },
        )
    last = course.months[-1]
    if last.quartiles is not None:
        middle = last.quartiles[1]
        drawing.write_right(
            row, words.number(middle), middle, colour=mark.ink, away=4, size=SMALL, bold=True
        )


def _half(
    drawing: Drawing,
    row: int,
    days: list[str],
    lower: list[float],
    upper: list[float],
    mark: Mark,
) -> None:
    """The middle half as a ribbon; of one month alone as a bar of the same colour."""
    if len(days) == 1:
        drawing.shape(
            row,
            type="line",
            x0=days[0],
            x1=days[0],
            y0=lower[0],
            y1=upper[0],
            line={"color": see_through(mark.fill, 0.3), "width": 8},
            layer="below",
        )
        return
    drawing.draw(
        row,
        {
            "type": "scatter",
            "mode": "lines",
            "x": [*days, *days[::-1]],
            "y": [*upper, *lower[::-1]],
            "fill": "toself",
            "fillcolor": see_through(mark.fill, 0.18),
            "line": {"width": 0},
            "hoverinfo": "skip",
        },
    )


def _without(
    drawing: Drawing, row: int, course: Course, scale: FollowedScale, words: Words
) -> None:
    """A ring at the foot of each month without a number; the reason is in its hover and table."""
    months = [month for month in course.months if month.quartiles is None]
    drawing.draw(
        row,
        {
            "type": "scatter",
            "mode": "markers",
            "x": [month.month.isoformat() for month in months],
            "y": [scale.minimum] * len(months),
            "marker": {
                "symbol": "circle-open",
                "size": 7,
                "color": drawing.palette.not_judged,
                "line": {"width": 1.4},
            },
            "hovertext": [_said(month, words) for month in months],
            "hoverinfo": "text",
        },
    )


def _name(drawing: Drawing, row: int, course: Course, told: Trend, words: Words) -> None:
    name = plain(shortened(group_in_words(course.group, told.grouping, words), _LONGEST_NAME))
    last = course.months[-1]
    soft = [direction(told.scale.higher_is, words)]
    if last.is_hidden:
        soft.insert(0, words.say("disclosure.hidden"))
    else:
        soft.insert(0, words.say("trends.n", n=words.number(last.scored or 0)))
    palette = drawing.palette
    drawing.beside(
        row,
        f'<b>{name}</b>  <span style="color:{palette.soft_ink}">{" · ".join(soft)}</span>',
        colour=palette.ink,
        x=0,
        xshift=-30,
        xanchor="left",
        y=1,
        yshift=2,
        yanchor="bottom",
    )


def _said(month: Month, words: Words) -> str:
    name = f"{words.month(month.month)} {month.month.year}"
    if month.is_hidden:
        return f"{name}: {words.say('disclosure.hidden')}"
    if month.quartiles is None:
        return f"{name}: {words.say('trends.no_score')}"
    lower, median, upper = month.quartiles
    return words.say(
        "trends.middle_said",
        month=name,
        median=words.number(median),
        lower=words.number(lower),
        upper=words.number(upper),
        n=words.number(month.scored or 0),
    )


def _runs(months: Sequence[Month]) -> Iterator[list[Month]]:
    """Stretches of months with numbers."""
    run: list[Month] = []
    for month in months:
        if month.quartiles is None:
            if run:
                yield run
            run = []
        else:
            run.append(month)
    if run:
        yield run
