"""The indicators against a second count of the same rows, and that none tells of a few people."""

import random
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from functools import cache
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.analysis.need_and_distress import wilson
from dashboard.analysis.service_indicators import acted_of, service
from dashboard.analysis.service_targets import Change, ServiceTargets, targets_of
from dashboard.analysis.service_told import Compared, Indicator, Series, Service, Share
from dashboard.analysis.service_words import funnel_of
from dashboard.store import Scope, Store
from tests.queries.comparison import rows_of

AS_OF = date(2026, 6, 30)
SERVICE = Scope("manager-1", "service")


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> ServiceTargets:
    return targets_of(tmp_path_factory.mktemp("no-file"))


class Asked:
    """The sample's answers, each asked for once and kept for a second count."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.answers: dict[tuple[Any, ...], pd.DataFrame] = {}

    def __call__(self, name: str, **params: str | int | date) -> pd.DataFrame:
        key = (name, *sorted(params.items()))
        if key not in self.answers:
            self.answers[key] = self._store.query(name, SERVICE, snapshot=None, **params)
        return self.answers[key]

    def rows(self, name: str) -> pd.DataFrame:
        return next(rows for key, rows in self.answers.items() if key[0] == name)


@pytest.fixture(scope="module")
def asked(sample_store: Store) -> Asked:
    return Asked(sample_store)


@pytest.fixture(scope="module")
def told(asked: Asked, targets: ServiceTargets) -> Service:
    return service(asked, AS_OF, targets, 10)


def of(told: Service, key: str) -> Compared:
    found = told.indicator(key)
    assert found is not None
    return found


def test_contacted_in_time_counted_again(told: Service, asked: Asked) -> None:
    in_time = whole = 0
    rows = asked.rows("service_waits")
    for row in rows_of(rows[rows["year"].eq(1).fillna(False)]):
        opened = row["opened_on"]
        due = opened + timedelta(days=7)
        if row["safety"]:
            due = opened + timedelta(days=1)
            while due.weekday() > 4:
                due += timedelta(days=1)
        ended = opened + timedelta(days=row["days"])
        in_time += row["contacted"] and ended <= due
        whole += row["contacted"] or ended > due
    now = of(told, "contact_in_time").now
    assert (now.numerator, now.denominator) == (in_time, whole)
    assert (now.low, now.high) == wilson(in_time, whole)
    assert (now.first, now.last) == (date(2025, 4, 1), date(2026, 3, 31))
    assert sum(row.shares["contact_in_time"].whole or 0 for row in told.sites) == whole


def test_time_to_contact_counted_again(told: Service, asked: Asked) -> None:
    """Half are reached on the first day by which the product of those left is no more than half."""
    rows = asked.rows("service_waits")
    own = rows[rows["year"] == 1]
    left = 1.0
    for day in sorted(set(own.loc[own["contacted"], "days"])):
        followed = (own["days"] >= day).sum()
        left *= 1 - ((own["days"] == day) & own["contacted"]).sum() / followed
        if left <= 0.5:
            break
    now = of(told, "contact_days").now
    assert now.value == day
    assert now.denominator == len(own)
    assert now.numerator == own["contacted"].sum()
    # Among those who were contacted it took less: the others are not left out.
    assert median(own.loc[own["contacted"], "days"]) < day


def test_uptake_positives_and_screening_counted_again(told: Service, asked: Asked) -> None:
    offers = asked.rows("service_referrals")
    own = offers[offers["year"] == 1]
    now = of(told, "uptake").now
    assert (now.numerator, now.denominator) == (own["attended"].sum(), len(own))
    assert now.last == date(2026, 3, 31)

    positives = asked.rows("service_positives")
    for one in told.indicators:
        if one.now.key == "positive" and one.now.value is not None:
            measure, scale = one.now.about.split("/")
            row = positives[
                (positives["measure_key"] == measure)
                & (positives["scale_key"] == scale)
                & (positives["year"] == 1)
            ].iloc[0]
            assert one.now.value == row["positive"] / row["screened"]

    screening = asked.rows("service_screening")
    last = screening[screening["month"] == pd.Timestamp(2026, 6, 1)]
    now = of(told, "screening").now
    assert (now.numerator, now.denominator) == (last["screened"].sum(), last["eligible"].sum())
    # Two people declined, which is hidden, and with it how many were late.
    assert 0 < last["declined"].sum() < 10
    assert now.apart is None


def test_time_to_match_counts_each_person_once(told: Service, asked: Asked) -> None:
    rows = asked.rows("gap_episodes")
    own = rows[(rows["raised_on"] >= "2025-07-01") & (rows["raised_on"] <= "2026-06-30")]
    met = 0
    for _, one in own.groupby("patient_id"):
        first = one[one["raised_on"] == one["raised_on"].min()]
        met += bool(first["met"].all())
    now = of(told, "match_days").now
    assert (now.numerator, now.denominator) == (met, own["patient_id"].nunique())


def test_months_are_told_only_once_nothing_in_them_can_change(told: Service) -> None:
    assert told.series["screening"].months[-1].month == date(2026, 6, 1)
    assert told.series["contact_in_time"].months[-1].month == date(2026, 5, 1)
    assert told.series["uptake"].months[-1].month == date(2026, 4, 1)


def test_a_later_look_gives_the_same_shares(asked: Asked, targets: ServiceTargets) -> None:
    """What was told of a month at the end of May is what is told of it at the end of June."""
    earlier = service(asked, date(2026, 5, 31), targets, 10)
    later = service(asked, AS_OF, targets, 10)
    for key in ("screening", "contact_in_time", "uptake", "positive/phq9/total"):
        then = {one.month: one for one in earlier.series[key].months}
        now = {one.month: one for one in later.series[key].months}
        shared = then.keys() & now.keys()
        assert len(shared) > 12
        assert all(then[month] == now[month] for month in shared), key
    assert of(earlier, "contact_in_time").now == of(later, "contact_in_time").now


def test_a_day_within_a_month_gives_the_month_before(
    asked: Asked, targets: ServiceTargets, told: Service
) -> None:
    assert service(asked, date(2026, 6, 29), targets, 10).as_of == date(2026, 5, 31)
    assert service(asked, date(2026, 7, 4), targets, 10).as_of == told.as_of


def test_limits_are_drawn_anew_only_from_declared_changes(told: Service) -> None:
    series = told.series["contact_days"]
    assert len(series.chart(()).phases) == 1
    change = Change(on=date(2025, 10, 12), label="Walk-in hour")
    chart = series.chart([change])
    assert series.months[chart.phases[1].first].month == date(2025, 10, 1)
    assert chart.phases[1].provisional
    before_anything = Change(on=date(2019, 1, 1), label="Long ago")
    assert len(series.chart([before_anything]).phases) == 1


def test_a_site_that_differs_is_found(told: Service) -> None:
    """The sample's third site contacts people later (sample_data/README.md)."""
    funnel = funnel_of(told, "contact_in_time")
    assert funnel is not None
    assert {one.name: one.verdict for one in funnel.sites}["Northgate"] == "far_below"
    assert not funnel.adjusted


def test_marks_hold_no_key() -> None:
    said = acted_of({"0123456789abcdef/under/emotional/2026-01-05": date(2026, 1, 7)})
    assert "0123456789abcdef" not in said
    assert "2026-01-07" in said


# --- nothing tells of a few people


def shown_counts(told: object) -> Iterator[tuple[int | None, int | None]]:
    """Every part and whole that stands anywhere in a result."""
    if isinstance(told, Share):
        yield told.part, told.whole
    elif isinstance(told, Indicator):
        yield told.numerator, told.denominator
        if told.denominator is None:
            assert told.value is None
    elif is_dataclass(told) and not isinstance(told, type):
        if hasattr(told, "part") and hasattr(told, "whole"):
            yield told.part, told.whole
        for field in fields(told):
            yield from shown_counts(getattr(told, field.name))
    elif isinstance(told, dict):
        for one in told.values():
            yield from shown_counts(one)
    elif isinstance(told, tuple | list):
        for one in told:
            yield from shown_counts(one)


def is_small(count: int | None, minimum: int) -> bool:
    return count is not None and 0 < count < minimum


def assert_nobody_can_be_told(told: Service) -> None:
    counted = 0
    for part, whole in shown_counts(told):
        counted += 1
        assert not is_small(part, told.minimum)
        assert not is_small(whole, told.minimum)
        if part is not None and whole is not None:
            assert not is_small(whole - part, told.minimum)
    assert counted > 10
    for one in told.curves.values():
        for drawn in (one.now, one.before):
            if drawn is not None:
                known = [drawn.people, *(n for n in drawn.followed if n is not None)]
                assert not any(is_small(number, told.minimum) for number in known)
    # A site is not what is left of all when the others are taken away.
    for key in ("contact_in_time", "uptake"):
        whole_service = of(told, key).now
        sites = [row.shares[key] for row in told.sites]
        for name, total in (
            ("part", whole_service.numerator),
            ("whole", whole_service.denominator),
        ):
            left = [getattr(site, name) for site in sites]
            hidden = left.count(None)
            if total is not None and sites:
                rest = total - sum(number for number in left if number is not None)
                assert not (hidden == 1 and 0 < rest < told.minimum)


@cache
def invented(seed: int, people: int, sites: int) -> dict[str, pd.DataFrame]:
    """Answers as the store could give them, of so many people."""
    chance = random.Random(seed)
    names = [f"S{place}" for place in range(sites)]
    days = [AS_OF - timedelta(days=chance.randrange(800)) for _ in range(people)]
    months = [pd.Timestamp(2025, 7, 1) + pd.DateOffset(months=back) for back in range(12)]

    def year(on: date) -> float:
        ago = (date(2026, 4, 1) - on).days / 365.25
        return 1.0 if 0 < ago <= 1 else 2.0 if 1 < ago <= 2 else np.nan

    screening = [
        {"month": month, "site": site, "screened": one, "declined": other, "overdue": late}
        for month in months
        for site in names
        for one, other, late in [[chance.randrange(people // 3 + 2) for _ in range(3)]]
    ]
    types = ("emotional", "informational", "tangible", "belonging", "esteem")
    gaps = [
        {
            "day": month + pd.offsets.MonthEnd(0),
            "support_type": name,
            "judged": judged,
            "open_gaps": chance.randrange(judged + 1),
        }
        for month in months
        for name in types
        for judged in [chance.randrange(people)]
    ]
    positives = [
        {
            "year": year_,
            "month": month,
            "measure_key": "phq9",
            "scale_key": "total",
            "scale_title": "PHQ-9",
            "screen_cut_off": 10.0,
            "screen_cut_off_source": "a source",
            "screened": screened,
            "positive": chance.randrange(screened + 1),
        }
        for year_, month in [(1.0, pd.NaT), (2.0, pd.NaT), *((np.nan, month) for month in months)]
        for screened in [chance.randrange(people)]
    ]
    responses = [
        {
            "year": year_,
            "month": month,
            "nurse": nurse,
            "patients": patients,
            "in_time": chance.randrange(patients + 1),
            "alerts": patients + chance.randrange(50),
        }
        for year_, month in [(1.0, pd.NaT), (2.0, pd.NaT), *((np.nan, month) for month in months)]
        for nurse in ("Ana", "Bea", "")
        for patients in [chance.randrange(1, people)]
    ]
    who = [chance.choice(names) for _ in days]
    yes = [[chance.random() < 0.6 for _ in days] for _ in range(3)]
    waited = [chance.randrange(60) for _ in days]
    return {
        "service_screening": pd.DataFrame(screening).assign(
            eligible=lambda rows: rows["screened"] + rows["declined"] + rows["overdue"]
        ),
        "service_positives": pd.DataFrame(positives),
        "service_waits": pd.DataFrame(
            {
                "site": who,
                "opened_on": pd.to_datetime(days),
                "safety": [one < 6 for one in waited],
                "contacted": yes[0],
                "days": waited,
                "referred": yes[1],
                "days_to_referral": waited,
                "first_of_month": True,
                "year": [year(on) for on in days],
            }
        ),
        "service_referrals": pd.DataFrame(
            {
                "site": who,
                "offered_on": pd.to_datetime(days),
                "accepted": yes[2],
                "attended": yes[2],
                "first_of_month": True,
                "year": [year(on) for on in days],
            }
        ),
        "gap_episodes": pd.DataFrame(
            {
                "patient_id": [f"p{place}" for place in range(people)],
                "raised_on": pd.to_datetime(days),
                "days": waited,
                "met": yes[1],
            }
        ),
        "gap_trend": pd.DataFrame(gaps),
        "alert_response": pd.DataFrame(responses),
    }


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(2, 160), st.integers(1, 5), st.sampled_from([5, 10]))
def test_no_number_stands_for_a_few_people(
    targets: ServiceTargets, seed: int, people: int, sites: int, minimum: int
) -> None:
    answers = invented(seed, people, sites)
    assert_nobody_can_be_told(service(lambda name, **_: answers[name], AS_OF, targets, minimum))


def test_nobody_can_be_told_on_the_sample(told: Service) -> None:
    assert_nobody_can_be_told(told)
    assert all(isinstance(one, Series) and one.months for one in told.series.values())


def test_nothing_is_told_of_a_day_before_anything(asked: Asked, targets: ServiceTargets) -> None:
    found = service(asked, date(2000, 1, 1), targets, 10)
    assert not found.series
    assert not found.sites
    assert all(one.now.value is None for one in found.indicators)
