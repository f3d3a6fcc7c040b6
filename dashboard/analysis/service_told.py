"""What is told of a service: its indicators, month by month and by site, with everything taken out
that small groups could be told from. What is hidden is None."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from dashboard.analysis.control_charts import Better, ControlChart, p_chart, xmr
from dashboard.analysis.service_targets import Change, ServiceTargets
from dashboard.analysis.waiting import Curve

Unit = Literal["share", "days"]
Kind = Literal["xmr", "p"]
Wait = Literal["contact", "referral", "match"]

MONTHS = 24
INDICATORS = (
    "screening",
    "positive",
    "contact_days",
    "contact_in_time",
    "safety_in_time",
    "referral_days",
    "uptake",
    "match_days",
    "open_gaps",
    "alerts_in_time",
)
BY_SITE = ("contact_in_time", "screening", "uptake")
WAITS: tuple[Wait, ...] = ("contact", "referral", "match")
TICKS: dict[Wait, tuple[int, ...]] = {
    "contact": (0, 7, 14, 21, 28, 35, 42),
    "referral": (0, 30, 60, 90, 120, 150, 180),
    "match": (0, 60, 120, 180, 240, 300, 360),
}


@dataclass(frozen=True)
class Share:
    """Part of a whole, each None where hidden, with Wilson's 95 % interval."""

    part: int | None
    whole: int | None
    value: float | None
    interval: tuple[float, float] | None

    @property
    def is_hidden(self) -> bool:
        """There are people, of whom this may not be told."""
        return self.value is None and self.whole != 0


@dataclass(frozen=True)
class Indicator:
    """One indicator over one period, everything None that may not be told.

    Attributes:
        key: one of INDICATORS, which is also the key of its definition in words.
        about: the scale or support type, where there are several; else empty.
        value: a share of 1, or median days (Kaplan-Meier); None also where there was nobody, or
            half were not reached.
        low, high: its 95 % interval (Wilson; Brookmeyer and Crowley), open ends None.
        quartiles: days by which a quarter and three quarters were reached.
        numerator: positives, people reached in time, people ever reached.
        denominator: people.
        apart: of screening, those who declined; they are in the denominator.
        first, last: the days of the period; of what stands at one day, that day twice.
        target: the centre's, a share of 1.
    """

    key: str
    about: str
    unit: Unit
    value: float | None
    low: float | None
    high: float | None
    quartiles: tuple[float | None, float | None] | None
    numerator: int | None
    denominator: int | None
    apart: int | None
    first: date
    last: date
    target: float | None
    better: Better | None

    @property
    def is_hidden(self) -> bool:
        """There are people, of whom this may not be told."""
        if self.unit == "days":
            return self.denominator is None
        return self.value is None and self.denominator != 0

    @property
    def meets_target(self) -> bool | None:
        if self.value is None or self.target is None:
            return None
        return self.value >= self.target


@dataclass(frozen=True)
class Compared:
    """An indicator of the newest period and of the one a year before."""

    now: Indicator
    before: Indicator


@dataclass(frozen=True)
class Month:
    """One month of a series; `whole` is None where hidden, and 0 where there was nobody."""

    month: date
    value: float | None
    part: int | None
    whole: int | None


@dataclass(frozen=True)
class Series:
    """An indicator month by month, from the first month of which anything is told."""

    key: str
    about: str
    unit: Unit
    kind: Kind
    months: tuple[Month, ...]
    better: Better | None
    target: float | None

    @property
    def steps(self) -> list[float]:
        """The least by which each month can differ from another: a day, or one of its people."""
        if self.unit == "days":
            return [1.0] * len(self.months)
        return [1 / one.whole if one.whole else np.nan for one in self.months]

    def chart(self, changes: Sequence[Change]) -> ControlChart:
        """Limits from the numbers that are told, drawn anew from each declared change on."""
        starts = [place for place, _ in self.changes_in(changes)]
        if self.kind == "xmr":
            values = [np.nan if one.value is None else one.value for one in self.months]
            return xmr(values, starts, steps=self.steps)
        told = [one.value is not None for one in self.months]
        parts = [one.part or 0 if seen else 0 for one, seen in zip(self.months, told, strict=True)]
        wholes = [
            one.whole or 0 if seen else 0 for one, seen in zip(self.months, told, strict=True)
        ]
        return p_chart(parts, wholes, starts)

    def changes_in(self, changes: Sequence[Change]) -> list[tuple[int, Change]]:
        """The declared changes within the series, with the position of their month."""
        months = [one.month for one in self.months]
        return [
            (months.index(change.on.replace(day=1)), change)
            for change in changes
            if change.on.replace(day=1) in months
        ]


@dataclass(frozen=True)
class SiteRow:
    """One site: its shares by the keys BY_SITE, and how long people waited for a contact there."""

    site: str
    shares: Mapping[str, Share]
    contact_days: Indicator


@dataclass(frozen=True)
class CoverageCell:
    """Screening at one site at the end of one month."""

    site: str
    month: date
    screened: Share


@dataclass(frozen=True)
class NurseRow:
    """One nurse in the last four quarters; empty where a patient had none.

    acted: patients for whom all alerts were acted on in time.
    alerts: raised for them, None where hidden: where it could be told of few patients.
    """

    nurse: str
    acted: Share
    alerts: int | None


@dataclass(frozen=True)
class WaitCurves:
    """How long people wait in the newest period and in the year before."""

    wait: Wait
    now: Curve | None
    before: Curve | None
    period: tuple[date, date]
    period_before: tuple[date, date]


@dataclass(frozen=True)
class Service:
    """Everything that is told of a service, as known on a last day of a month.

    Attributes:
        series: by the key of the indicator, or key and about with a slash between.
        positive_sources: title, cut-off and its source, by measure and scale.
    """

    as_of: date
    minimum: int
    targets: ServiceTargets
    indicators: tuple[Compared, ...]
    series: Mapping[str, Series]
    curves: Mapping[Wait, WaitCurves]
    sites: tuple[SiteRow, ...]
    coverage: tuple[CoverageCell, ...]
    nurses: tuple[NurseRow, ...]
    positive_sources: Mapping[str, tuple[str, float, str]]

    def indicator(self, key: str) -> Compared | None:
        """The first of its kind."""
        return next((one for one in self.indicators if one.now.key == key), None)
