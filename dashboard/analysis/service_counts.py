"""Who is counted in the indicators of a service, from the rows of its questions."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.analysis.disclosure import SafeTable, safe_parts, safe_totals, shown_share
from dashboard.analysis.service_targets import ServiceTargets
from dashboard.analysis.service_teller import (
    Count,
    Gaps,
    People,
    Teller,
    counts_by_month,
    end_of,
    months_before,
    months_until,
    settle_days,
    settled,
    share_of,
    years_until,
)
from dashboard.analysis.service_told import Compared, CoverageCell, Month, Series, Share

_SPLIT = ["part", "rest"]

Flags = npt.NDArray[np.bool_]


class Ask(Protocol):
    """A named question with its parameters, over the whole service without names."""

    def __call__(self, name: str, **params: str | int | date) -> pd.DataFrame: ...


class Waits:
    """Waits for a contact, each judged by its own day: of a safety answer the next working day."""

    def __init__(self, ask: Ask, known: date, targets: ServiceTargets) -> None:
        self.targets = targets
        self.known = known
        self._settle = settle_days(targets)
        self.years = years_until(known, self._settle)
        self.rows = ask("service_waits", as_of=known, settle_days=self._settle)
        rows = self.rows
        opened = pd.to_datetime(rows["opened_on"])
        weekday = opened.dt.day_of_week
        # Monday is 0; from Friday on, the next working day is Monday.
        next_day = np.where(weekday >= 4, 7 - weekday, 1)
        within = np.where(rows["safety"].to_numpy(bool), next_day, targets.contact_days)
        days = rows["days"].to_numpy(np.int64)
        contacted = rows["contacted"].to_numpy(bool)
        self.month = opened.dt.to_period("M").dt.start_time.dt.date
        self.in_time: Flags = contacted & (days <= within)
        # Whoever left, or was found well, before the day came is not judged.
        self.judged: Flags = contacted | (days > within)
        self.year = rows["year"].fillna(0).to_numpy(np.int64)
        self.first_of_month = rows["first_of_month"].to_numpy(bool)

    def of_years(self, in_time: Flags) -> list[tuple[int, int]]:
        return [
            (int((in_time & here).sum()), int(here.sum()))
            for place in (1, 2)
            for here in [(self.year == place) & self.judged]
        ]

    def safety_of(self, totals: Sequence[tuple[int, int]], minimum: int) -> list[Count]:
        """After a safety answer only; hidden where it would tell a hidden number of the others."""
        safety = self.rows["safety"].to_numpy(bool)
        told: list[Count] = []
        for place, (in_time, whole) in enumerate(totals, start=1):
            here = (self.year == place) & self.judged & safety
            part, of = int((self.in_time & here).sum()), int(here.sum())
            apart = whole == of or shown_share(in_time - part, whole - of, minimum) is not None
            told.append((part, of) if apart else (None, None))
        return told

    def by_year(self, days: str, reached: str) -> list[People]:
        return people_by_year(self.rows, days, reached)

    def median_series(self, teller: Teller, days: str, reached: str) -> Series:
        key = "contact_days" if reached == "contacted" else "referral_days"
        rows = self.rows[self.first_of_month]
        of_month = rows.assign(month=self.month).groupby("month")
        months = []
        for month in months_until(settled(self.known, self._settle)):
            here = of_month.get_group(month) if month in of_month.groups else rows.iloc[:0]
            told = teller.median(key, here[days].tolist(), here[reached].tolist(), month, month)
            months.append(Month(month, told.value, told.numerator, told.denominator))
        return teller.of_months(key, months, "days")

    def share_series(self, teller: Teller) -> Series:
        here = self.first_of_month & self.judged
        counts = pd.DataFrame({"month": self.month[here], "part": self.in_time[here], "whole": 1})
        return teller.series(
            "contact_in_time",
            counts_by_month(counts, "part", "whole"),
            settled(self.known, self._settle),
        )

    def by_site(self) -> pd.DataFrame:
        here = (self.year == 1) & self.judged
        return split_by_site(self.rows.loc[here, "site"], self.in_time[here])


class Offers:
    """Offers of a referral, each judged after the same number of days."""

    def __init__(self, ask: Ask, known: date, targets: ServiceTargets) -> None:
        self.known = known
        self.settle = targets.attend_days
        self.years = years_until(known, self.settle)
        self.rows = ask("service_referrals", as_of=known, settle_days=self.settle)

    def of_years(self) -> list[tuple[int, int]]:
        return [
            (int(self.rows.loc[here, "attended"].sum()), int(here.sum()))
            for place in (1, 2)
            for here in [self.rows["year"].eq(place).fillna(False).astype(bool)]
        ]

    def series(self, teller: Teller) -> Series:
        first = self.rows[self.rows["first_of_month"].astype(bool)]
        counts = pd.DataFrame(
            {
                "month": pd.to_datetime(first["offered_on"]).dt.to_period("M").dt.start_time,
                "part": first["attended"].astype(bool),
                "whole": 1,
            }
        )
        return teller.series(
            "uptake", counts_by_month(counts, "part", "whole"), settled(self.known, self.settle)
        )

    def by_site(self) -> pd.DataFrame:
        here = self.rows[self.rows["year"].eq(1).fillna(False).astype(bool)]
        return split_by_site(here["site"], here["attended"].to_numpy(bool))


class Screening:
    """Whose form was awaited at the end of each month, by site: one table of counts and totals a
    month, from which every number about screening is taken."""

    def __init__(self, ask: Ask, known: date, minimum: int) -> None:
        rows = ask("service_screening", as_of=known)
        self._minimum = minimum
        self._months = months_until(known)
        self._tables: dict[date, SafeTable] = {}
        self._rest: dict[date, list[int | None]] = {}
        self._known = known
        days = pd.to_datetime(rows["month"]).dt.date
        for month in days.unique():
            here = rows[days == month]
            counts = pd.DataFrame(
                {
                    "part": here["screened"].to_numpy(),
                    "rest": (here["eligible"] - here["screened"]).to_numpy(),
                },
                index=here["site"],
            )
            self._tables[month] = safe_totals(counts, minimum)
            self._rest[month] = safe_parts(
                [int(here["declined"].sum()), int(here["overdue"].sum())], minimum
            )

    def share(self, month: date) -> Share:
        table = self._tables.get(month)
        if table is None:
            return Share(0, 0, None, None)
        return share_of(table.of_columns["part"], table.whole)

    def compared(self, teller: Teller) -> Compared:
        now, before = (
            teller.screening(self.share(month), self._declined(month), end_of(month))
            for month in (self._known.replace(day=1), months_before(self._known, 12).replace(day=1))
        )
        return Compared(now, before)

    def series(self, teller: Teller) -> Series:
        months = [
            Month(month, told.value, told.part, told.whole)
            for month in self._months
            for told in [self.share(month)]
        ]
        return teller.of_months("screening", months, "share")

    def cells(self) -> tuple[CoverageCell, ...]:
        return tuple(
            CoverageCell(str(site), month, share_of(table.cells.at[site, "part"], row))
            for month, table in sorted(self._tables.items())
            for site, row in table.of_rows.items()
        )

    def by_site(self) -> dict[str, Share]:
        last = self._known.replace(day=1)
        return {one.site: one.screened for one in self.cells() if one.month == last}

    def _declined(self, month: date) -> int | None:
        """Those who declined; hidden with the number of the overdue, and where the sum of the two
        is hidden."""
        table = self._tables.get(month)
        if table is None or pd.isna(table.of_columns["rest"]):
            return None
        return self._rest[month][0]


def split_by_site(sites: pd.Series, yes: Flags) -> pd.DataFrame:
    """How many did and did not, by site."""
    counted = pd.DataFrame({"site": sites.to_numpy(), "part": yes, "rest": ~yes})
    return counted.groupby("site")[_SPLIT].sum().astype(int)


def openings_of(rows: pd.DataFrame, known: date) -> pd.DataFrame:
    """Each person's first opening of a year: until all that were raised that day were met."""
    if rows.empty:
        return rows.assign(year=pd.Series(dtype="float64"))
    year = np.zeros(len(rows), dtype=np.int64)
    raised = pd.to_datetime(rows["raised_on"]).dt.date
    for place, (first, last) in enumerate(years_until(known, 0), start=1):
        year[((raised >= first) & (raised <= last)).to_numpy()] = place
    told = rows.assign(year=year)[year > 0]
    first_day = told.groupby(["patient_id", "year"])["raised_on"].transform("min")
    return (
        told[told["raised_on"] == first_day]
        .groupby(["patient_id", "year"], as_index=False)
        .agg(days=("days", "max"), met=("met", "all"))
    )


def people_by_year(rows: pd.DataFrame, days: str, reached: str) -> list[People]:
    return [
        (own[days].tolist(), own[reached].astype(bool).tolist())
        for place in (1, 2)
        for own in [rows[rows["year"].eq(place).fillna(False).astype(bool)]]
    ]


def gaps_of(ask: Ask, known: date) -> Gaps:
    rows = pd.concat(
        [ask("gap_trend", as_of=day) for day in (months_before(known, 12), known)],
        ignore_index=True,
    )
    summed = rows.groupby(["support_type", "day"], as_index=False)[["open_gaps", "judged"]].sum()
    months = pd.to_datetime(summed["day"]).dt.to_period("M").dt.start_time.dt.date
    return {
        (str(support_type), month): (int(open_gaps), int(judged))
        for support_type, month, open_gaps, judged in zip(
            summed["support_type"], months, summed["open_gaps"], summed["judged"], strict=True
        )
    }
