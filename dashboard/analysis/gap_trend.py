"""Open gaps over the last twelve months, as shares of the judged patients."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from dashboard.analysis.support import TYPES
from dashboard.language import Words


@dataclass(frozen=True)
class Trend:
    """One support type at the end of each month, oldest first.

    Attributes:
        shares: of the judged, 0 to 1; None in a month in which nobody was judged.
    """

    support_type: str
    days: list[date]
    judged: list[int]
    open_gaps: list[int]

    @property
    def shares(self) -> list[float | None]:
        return [
            number / judged if judged else None
            for number, judged in zip(self.open_gaps, self.judged, strict=True)
        ]

    @property
    def known(self) -> list[float]:
        return [share for share in self.shares if share is not None]


def trends(rows: pd.DataFrame, as_of: date) -> list[Trend]:
    """The types in their fixed order, each over the same twelve days.

    rows: of the query `gap_trend`; months and types without a row had nobody judged.
    """
    days = month_ends(as_of)
    told = rows.assign(day=pd.to_datetime(rows["day"]).dt.date)
    counted = told.groupby(["support_type", "day"])
    judged, open_gaps = (counted[name].sum().to_dict() for name in ("judged", "open_gaps"))
    return [
        Trend(
            name,
            days,
            [int(judged.get((name, day), 0)) for day in days],
            [int(open_gaps.get((name, day), 0)) for day in days],
        )
        for name in TYPES
    ]


def month_ends(as_of: date) -> list[date]:
    """The last days of the eleven months before, and the day itself."""
    this_month = pd.Period(as_of, "M")
    return [*((this_month - back).end_time.date() for back in range(11, 0, -1)), as_of]


def trend_in_words(told: list[Trend], words: Words) -> str:
    """The type whose share moved most, and by how much."""
    moving = [one for one in told if len(one.known) > 1]
    if not moving:
        return words.say("mismatch.trend.reading_none")
    most = max(moving, key=lambda one: abs(one.known[-1] - one.known[0]))
    if most.known[-1] == most.known[0]:
        return words.say("mismatch.trend.reading_still")
    return words.say(
        "mismatch.trend.reading",
        type=words.say(f"type.{most.support_type}"),
        start=words.share(most.known[0]),
        end=words.share(most.known[-1]),
    )


def trend_rows(told: list[Trend], words: Words) -> pd.DataFrame:
    """The numbers of the picture, one row a type and month."""
    return pd.DataFrame(
        [
            {
                words.say("mismatch.column.type"): words.say(f"type.{one.support_type}"),
                words.say("mismatch.column.day"): words.date(day),
                words.say("mismatch.column.judged"): judged,
                words.say("mismatch.column.open"): number,
                words.say("mismatch.column.share"): "" if share is None else words.share(share),
            }
            for one in told
            for day, judged, number, share in zip(
                one.days, one.judged, one.open_gaps, one.shares, strict=True
            )
        ]
    )
