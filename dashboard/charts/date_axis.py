"""The axis of true dates that the pictures over time share."""

from datetime import date, timedelta

import pandas as pd

from dashboard.charts.canvas import SMALL, Drawing
from dashboard.language import Words


def date_axis(
    drawing: Drawing,
    start: date,
    end: date,
    words: Words,
    *,
    most: int,
    margin: timedelta = timedelta(0),
) -> None:
    """Dates from `start` to `end`, with months named below.

    most: how many months there is room to name. margin: room at both ends.
    """
    ticks = month_ticks(start, end, words, most)
    palette = drawing.palette
    drawing.x_axis(
        type="date",
        range=[(start - margin).isoformat(), (end + margin).isoformat()],
        showgrid=False,
        linecolor=palette.axis,
        tickvals=[day.isoformat() for day, _ in ticks],
        ticktext=[text for _, text in ticks],
        tickfont={"size": SMALL, "color": palette.soft_ink},
        ticks="outside",
        tickcolor=palette.axis,
    )


def month_ticks(start: date, end: date, words: Words, most: int) -> list[tuple[date, str]]:
    """First days of months, at most `most` of them, with the year where it begins."""
    months = pd.date_range(pd.Timestamp(start), pd.Timestamp(end), freq="MS")
    step = next((size for size in (1, 2, 3, 4, 6, 12) if len(months) / size <= most), 24)
    chosen = [day.date() for day in months if (day.month - 1) % step == 0]
    ticks = []
    for position, day in enumerate(chosen):
        new_year = position == 0 or day.year != chosen[position - 1].year
        ticks.append((day, f"{words.month(day)}<br>{day.year if new_year else ''}"))
    return ticks
