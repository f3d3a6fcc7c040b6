"""A quarter's numbers are those of the Service page, each of the day on which it tells them."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.analysis.service_indicators import service
from dashboard.analysis.service_quarter import Quarter, quarters_over, told_of
from dashboard.analysis.service_targets import ServiceTargets, targets_of
from dashboard.analysis.service_told import Service
from dashboard.errors import Refused
from dashboard.store import Scope, Store

NEWEST = date(2026, 6, 30)
DAYS = st.dates(date(1950, 1, 1), date(2100, 1, 1))


class Looks:
    """What the page tells of the sample, and on which days it was looked at."""

    def __init__(self, store: Store, targets: ServiceTargets) -> None:
        self._store = store
        self._targets = targets
        self.seen: dict[date, Service] = {}

    def __call__(self, day: date) -> Service:
        if day not in self.seen:
            self.seen[day] = service(self._ask, day, self._targets, 10)
        return self.seen[day]

    def _ask(self, name: str, **params: str | int | date) -> pd.DataFrame:
        return self._store.query(name, Scope("manager-1", "service"), snapshot=None, **params)


@pytest.fixture(scope="module")
def looks(sample_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Looks:
    return Looks(sample_store, targets_of(tmp_path_factory.mktemp("no-file")))


@given(day=DAYS)
def test_a_quarter_has_the_days_of_the_calendar(day: date) -> None:
    period = pd.Period(day, "Q")
    quarter = Quarter.named(f"{period.year}Q{period.quarter}")
    assert (quarter.first, quarter.last) == (period.start_time.date(), period.end_time.date())
    assert Quarter.named(quarter.name) == quarter


@pytest.mark.parametrize("name", ["2026Q5", "2026Q0", "2026-Q3", "Q3", "0000Q1", "2026q3", ""])
def test_anything_else_is_no_quarter(name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}$"):
        Quarter.named(name)


@given(day=DAYS)
def test_only_quarters_that_are_over_are_offered(day: date) -> None:
    offered = quarters_over(day, 3)
    assert offered[0].last <= day < offered[0].last + timedelta(days=93)
    assert [one.first - timedelta(days=1) for one in offered[:-1]] == [
        one.last for one in offered[1:]
    ]


def test_every_number_is_one_of_the_page_and_ends_with_the_quarter(looks: Looks) -> None:
    told = told_of(Quarter.named("2025Q4"), NEWEST, looks)
    assert told.late == ()
    assert told.service.indicators
    pages = [looks(day) for day in (date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28))]
    for one in told.service.indicators:
        assert one.now.last == date(2025, 12, 31)
        assert any(one in page.indicators for page in pages)
    for name, series in told.service.series.items():
        assert series.months[-1].month == date(2025, 12, 1)
        assert any(page.series.get(name) == series for page in pages)
    for row in told.service.sites:
        for key, share in row.shares.items():
            assert any(share == other.shares[key] for page in pages for other in page.sites)
    assert told.service.coverage == pages[0].coverage
    assert told.service.nurses == pages[1].nurses


def test_what_can_still_change_is_told_up_to_an_earlier_quarter(looks: Looks) -> None:
    last = date(2025, 12, 31)
    told = told_of(Quarter.named("2025Q4"), last, looks)
    assert told.service.indicators == looks(last).indicators
    assert {"contact_in_time", "uptake", "alerts_in_time"} <= set(told.late)
    assert not {"screening", "positive", "open_gaps"} & set(told.late)
    # An offer of the last day is judged after 56 days.
    assert told.complete_on == date(2026, 2, 28)


def test_a_quarter_that_is_not_over_is_refused_with_what_to_do(looks: Looks) -> None:
    with pytest.raises(Refused) as refused:
        told_of(Quarter.named("2026Q2"), NEWEST - timedelta(days=1), looks)
    assert "2026-06-30" in refused.value.what
    assert "2026Q1" in refused.value.what_to_do
