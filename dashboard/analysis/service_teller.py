"""Turns counts of people into what may be told of them: shares, medians, series of months."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd

from dashboard.analysis.control_charts import Better
from dashboard.analysis.disclosure import (
    last_month_end,
    last_quarter_end,
    shown_count,
    shown_share,
)
from dashboard.analysis.need_and_distress import wilson
from dashboard.analysis.service_targets import ServiceTargets
from dashboard.analysis.service_told import (
    INDICATORS,
    MONTHS,
    Compared,
    Indicator,
    Kind,
    Month,
    Series,
    Share,
    Unit,
)
from dashboard.analysis.support import TYPES
from dashboard.analysis.waiting import waiting

Years = tuple[tuple[date, date], tuple[date, date]]
Gaps = Mapping[tuple[str, date], tuple[int, int]]
"""Open and judged, by support type and first day of the month at whose end they stood."""
People = tuple[list[int], list[bool]]
Count = tuple[int, int] | tuple[None, None]

# A share above the cut-off tells of the patients, not of the service: neither way is better.
_BETTER: dict[str, Better | None] = {
    "screening": "higher",
    "positive": None,
    "contact_days": "lower",
    "contact_in_time": "higher",
    "safety_in_time": "higher",
    "referral_days": "lower",
    "uptake": "higher",
    "match_days": "lower",
    "open_gaps": "lower",
    "alerts_in_time": "higher",
}
# The same people are counted at the end of each month, so a share of them varies less than the
# binomial of a p chart; medians have no binomial at all.
_KIND: dict[str, Kind] = {
    name: "xmr" if name in {"screening", "open_gaps"} or name.endswith("_days") else "p"
    for name in INDICATORS
}


class Teller:
    """Indicators and series from counts, with what may not be told taken out."""

    def __init__(self, minimum: int, targets: ServiceTargets) -> None:
        self.minimum = minimum
        self.targets = targets

    def share(self, part: int | None, whole: int | None) -> Share:
        if part is None or whole is None:
            return Share(None, None, None, None)
        value = shown_share(part, whole, self.minimum)
        return Share(
            None if value is None else part,
            shown_count(whole, self.minimum),
            value,
            None if value is None else wilson(part, whole),
        )

    def shares(self, key: str, counts: Sequence[Count], years: Years) -> Compared:
        now, before = (
            self._of_share(key, "", self.share(*count), *year)
            for count, year in zip(counts, years, strict=True)
        )
        return Compared(now, before)

    def waits(self, key: str, people: Sequence[People], years: Years) -> Compared:
        now, before = (
            self.median(key, *one, *year) for one, year in zip(people, years, strict=True)
        )
        return Compared(now, before)

    def median(
        self, key: str, days: Sequence[int], reached: Sequence[bool], first: date, last: date
    ) -> Indicator:
        whole = shown_count(len(days), self.minimum)
        empty = Indicator(
            key,
            "",
            "days",
            None,
            None,
            None,
            None,
            None,
            whole,
            None,
            first,
            last,
            None,
            _BETTER[key],
        )
        if not whole:
            return empty
        told = waiting(days, reached)
        counted = self.share(told.reached, told.people)
        return replace(
            empty,
            value=told.median,
            low=told.interval[0],
            high=told.interval[1],
            quartiles=told.quartiles,
            numerator=counted.part,
        )

    def positives(self, rows: pd.DataFrame, years: Years) -> list[Compared]:
        """One for each scale, the one that most people answered first."""
        of_years = rows[rows["year"].notna()]
        found = {
            (measure, scale, int(year)): (int(positive), int(screened))
            for measure, scale, year, positive, screened in zip(
                *(
                    of_years[name]
                    for name in ("measure_key", "scale_key", "year", "positive", "screened")
                ),
                strict=True,
            )
        }
        told = []
        for measure, scale in scales_in(of_years[of_years["year"] == 1]):
            now, before = (
                self._of_share(
                    "positive",
                    f"{measure}/{scale}",
                    self.share(*found.get((measure, scale, place), (0, 0))),
                    *year,
                )
                for place, year in enumerate(years, start=1)
            )
            told.append(Compared(now, before))
        return told

    def open_gaps(self, gaps: Gaps, known: date) -> list[Compared]:
        """One for each support type, at the end of the month and a year before."""
        days = (known, months_before(known, 12))
        told = []
        for support_type in TYPES:
            now, before = (
                self._of_share(
                    "open_gaps",
                    support_type,
                    self.share(*gaps.get((support_type, day.replace(day=1)), (0, 0))),
                    day,
                    day,
                )
                for day in days
            )
            told.append(Compared(now, before))
        return told

    def positive_series(self, rows: pd.DataFrame, known: date) -> list[tuple[str, Series]]:
        of_months = rows[rows["month"].notna()]
        told = []
        for measure, scale in scales_in(of_months):
            own = of_months[
                (of_months["measure_key"] == measure) & (of_months["scale_key"] == scale)
            ]
            counts = counts_by_month(own, "positive", "screened")
            about = f"{measure}/{scale}"
            told.append((f"positive/{about}", self.series("positive", counts, known, about)))
        return told

    def gap_series(self, gaps: Gaps, known: date) -> list[tuple[str, Series]]:
        return [
            (
                f"open_gaps/{support_type}",
                self.series(
                    "open_gaps",
                    {month: count for (name, month), count in gaps.items() if name == support_type},
                    known,
                    support_type,
                ),
            )
            for support_type in TYPES
        ]

    def alert_series(self, rows: pd.DataFrame, known: date) -> Series:
        of_months = rows[rows["month"].notna()]
        return self.series(
            "alerts_in_time",
            counts_by_month(of_months, "in_time", "patients"),
            settled(known, settle_days(self.targets)),
        )

    def series(
        self, key: str, counts: Mapping[date, tuple[int, int]], known: date, about: str = ""
    ) -> Series:
        """A series of shares, up to a last month that is told."""
        months = [
            Month(month, told.value, told.part, told.whole)
            for month in months_until(known)
            for told in [self.share(*counts.get(month, (0, 0)))]
        ]
        return self.of_months(key, months, "share", about)

    def of_months(self, key: str, months: list[Month], unit: Unit, about: str = "") -> Series:
        first = next((at for at, one in enumerate(months) if one.value is not None), len(months))
        return Series(
            key,
            about,
            unit,
            _KIND[key],
            tuple(months[first:]),
            _BETTER[key],
            self.targets.share_of(key),
        )

    def _of_share(self, key: str, about: str, told: Share, first: date, last: date) -> Indicator:
        low, high = told.interval or (None, None)
        return Indicator(
            key,
            about,
            "share",
            told.value,
            low,
            high,
            None,
            told.part,
            told.whole,
            None,
            first,
            last,
            self.targets.share_of(key),
            _BETTER[key],
        )

    def screening(self, told: Share, declined: int | None, day: date) -> Indicator:
        return replace(self._of_share("screening", "", told, day, day), apart=declined)


def share_of(part: object, whole: object) -> Share:
    """A share of two numbers of a safe table."""
    shown_part = None if part is None or part is pd.NA else int(str(part))
    shown_whole = None if whole is None or whole is pd.NA else int(str(whole))
    if shown_part is None or not shown_whole:
        return Share(shown_part, shown_whole, None, None)
    return Share(shown_part, shown_whole, shown_part / shown_whole, wilson(shown_part, shown_whole))


def scales_in(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """Measure and scale, the one that most people answered first."""
    people = rows.groupby(["measure_key", "scale_key"])["screened"].sum()
    order = people.sort_index().sort_values(ascending=False, kind="stable")
    return [(str(measure), str(scale)) for measure, scale in order.index]


def counts_by_month(rows: pd.DataFrame, part: str, whole: str) -> dict[date, tuple[int, int]]:
    summed = rows.groupby(pd.to_datetime(rows["month"]).dt.date)[[part, whole]].sum()
    return {
        month: (int(one), int(other))
        for month, one, other in zip(summed.index, summed[part], summed[whole], strict=True)
    }


def settle_days(targets: ServiceTargets) -> int:
    """Days after which it is known of everybody whether they were reached in time: over a weekend
    the next working day is the third."""
    return max(targets.contact_days, 3) + 1


def months_until(known: date) -> list[date]:
    """The first days of the last MONTHS months that were over."""
    last = pd.Period(known, "M")
    return [(last - back).start_time.date() for back in range(MONTHS - 1, -1, -1)]


def settled(known: date, days: int) -> date:
    """The end of the last month that had been over for so many days."""
    return last_month_end(known - timedelta(days=days)) if days else known


def years_until(known: date, settle: int) -> Years:
    """The last four quarters that had been over for so many days, and the four before."""
    last = last_quarter_end(known - timedelta(days=settle))
    middle, first = months_before(last, 12), months_before(last, 24)
    return (
        (middle + timedelta(days=1), last),
        (first + timedelta(days=1), middle),
    )


def months_before(month_end: date, months: int) -> date:
    """The last day of the month so many months before."""
    return (pd.Period(month_end, "M") - months).end_time.date()


def end_of(month: date) -> date:
    return pd.Period(month, "M").end_time.date()
