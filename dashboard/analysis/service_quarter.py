"""What is told of a service at the end of a quarter.

Some indicators are told only once nothing in them can change any more, weeks after the quarter is
over. Each is taken from the first month's end at which it is told of the year up to the quarter,
so every number here is one that the Service page shows as of some day, with the same ones hidden.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Self

import pandas as pd

from dashboard.analysis.disclosure import last_month_end, last_quarter_end
from dashboard.analysis.service_teller import settle_days
from dashboard.analysis.service_told import BY_SITE, INDICATORS, Service, Share, SiteRow
from dashboard.errors import Refused

_NAME = re.compile(r"(\d{4})Q([1-4])")
_NOBODY = Share(0, 0, None, None)


@dataclass(frozen=True)
class Quarter:
    """A quarter of a calendar year, named like 2026Q3."""

    year: int
    number: int

    @classmethod
    def named(cls, name: str) -> Self:
        """Raises ValueError for anything else than a year, Q and 1 to 4."""
        found = _NAME.fullmatch(name)
        if found is None or int(found[1]) == 0:
            raise ValueError(name)
        return cls(int(found[1]), int(found[2]))

    @property
    def name(self) -> str:
        return f"{self.year:04d}Q{self.number}"

    @property
    def first(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        month = date(self.year, 3 * self.number, 28)
        return (month + timedelta(days=4)).replace(day=1) - timedelta(days=1)


@dataclass(frozen=True)
class QuarterTold:
    """A service at the end of a quarter.

    Attributes:
        service: its indicators, each of the year up to the quarter's end, or of that day.
        late: keys of INDICATORS that are told only up to an earlier quarter yet.
        complete_on: as of this day, none is late.
    """

    quarter: Quarter
    service: Service
    late: tuple[str, ...]
    complete_on: date


def quarters_over(as_of: date, number: int) -> list[Quarter]:
    """The last quarters that were over on a day, newest first."""
    last = pd.Period(last_quarter_end(as_of), "Q")
    return [Quarter((last - back).year, (last - back).quarter) for back in range(number)]


def told_of(quarter: Quarter, as_of: date, look: Callable[[date], Service]) -> QuarterTold:
    """A quarter by what is known as of a day.

    Args:
        look: what is told of the service as of a day (`service_indicators.service`).

    Raises:
        Refused: the quarter is not over.
    """
    if quarter.last > as_of:
        raise Refused(
            quarter.name,
            f"the quarter ends on {quarter.last}, and this looks at {as_of}.",
            f"Ask for {quarters_over(as_of, 1)[0].name}, or again when the data of the whole "
            "quarter are in, as of its last day or later.",
        )
    first = look(quarter.last)
    found = dict.fromkeys(INDICATORS, first)
    late = _late(first, quarter)
    complete_on = _complete_on(quarter, first)
    known = min(last_month_end(as_of), complete_on)
    day = quarter.last
    while late and day < known:
        day = (pd.Period(day, "M") + 1).end_time.date()
        seen = look(day)
        found |= dict.fromkeys(late, seen)
        still = _late(seen, quarter)
        late = tuple(key for key in late if key in still)
    return QuarterTold(quarter, _together(found, first), late, complete_on)


def _late(seen: Service, quarter: Quarter) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(one.now.key for one in seen.indicators if one.now.last < quarter.last)
    )


def _complete_on(quarter: Quarter, seen: Service) -> date:
    """The end of the month by which the slowest indicator can no longer change."""
    slowest = max(settle_days(seen.targets), seen.targets.attend_days)
    return pd.Period(quarter.last + timedelta(days=slowest), "M").end_time.date()


def _together(found: dict[str, Service], first: Service) -> Service:
    """Each indicator from the look at which it is told."""
    rows = {key: {row.site: row for row in seen.sites} for key, seen in found.items()}
    any_row = {row.site: row for seen in found.values() for row in seen.sites}
    return replace(
        first,
        indicators=tuple(
            one for key in INDICATORS for one in found[key].indicators if one.now.key == key
        ),
        series={
            name: series
            for key in INDICATORS
            for name, series in found[key].series.items()
            if series.key == key
        },
        sites=tuple(
            SiteRow(
                site,
                {
                    key: rows[key][site].shares[key] if site in rows[key] else _NOBODY
                    for key in BY_SITE
                },
                rows["contact_days"].get(site, any_row[site]).contact_days,
            )
            for site in sorted(any_row)
        ),
        nurses=found["alerts_in_time"].nurses,
    )
