"""`gap_trend` against the forms in the sample's file, and the alerts worked out a second time."""

import calendar
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from functools import cache

import pytest

from dashboard.mismatch.rules import default_rules
from dashboard.store import Scope, Store
from dashboard.store.importing import catalogue_of
from tests.mismatch.independent_alerts import SupportOfType, alerts_on
from tests.mismatch.test_alerts_in_sql import histories_of
from tests.queries.comparison import Row, rows_of
from tests.queries.raw_records import RawRecords
from tests.queries.test_gap_episodes import said
from tests.queries.test_mismatch_cells import TYPES, grids_until, is_active


def month_ends(as_of: date) -> list[date]:
    ends = []
    for back in range(11, 0, -1):
        year, month = divmod(as_of.year * 12 + as_of.month - 1 - back, 12)
        ends.append(date(year, month + 1, calendar.monthrange(year, month + 1)[1]))
    return [*ends, as_of]


def is_judged(raw: RawRecords, patient_id: str, kind: str, day: date) -> bool:
    support = SupportOfType(default_rules())
    for form in grids_until(raw, patient_id, day):
        support.take(said(form, kind))
    return support.current(day) is not None


@pytest.fixture(scope="module")
def standing_on(sample_store: Store) -> Callable[[date], set[tuple[str, str]]]:
    """The open gaps of a day by the second road, worked out once for everyone who asks."""
    histories, catalogue = histories_of(sample_store), catalogue_of(sample_store.directory)

    @cache
    def on(day: date) -> set[tuple[str, str]]:
        told = alerts_on(day, histories, default_rules(), catalogue)
        told = told[told["rule"].isin(["under", "under_high"])]
        return set(zip(told["patient_id"], told["support_type"], strict=True))

    return on


def test_the_days_are_the_ends_of_twelve_months(sample_store: Store, scope: Scope) -> None:
    as_of = date(2026, 5, 20)
    found = sample_store.query("gap_trend", scope, as_of=as_of)
    assert sorted({day.date() for day in found["day"]}) == month_ends(as_of)


def test_judged_and_open_at_month_ends(
    sample_store: Store,
    raw: RawRecords,
    scope: Scope,
    visible: set[str],
    standing_on: Callable[[date], set[tuple[str, str]]],
) -> None:
    as_of = raw.newest_on
    days = [month_ends(as_of)[place] for place in (0, 6, 11)]
    expected: dict[tuple[object, ...], Row] = defaultdict(lambda: {"judged": 0, "open_gaps": 0})
    for day in days:
        standing = standing_on(day)
        for patient in raw.patients:
            patient_id = patient["patient_id"]
            if patient_id not in visible or not is_active(patient, day):
                continue
            nurse = raw.in_charge(patient_id, "nurse", as_of)
            for kind in TYPES:
                if is_judged(raw, patient_id, kind, day):
                    row = expected[day, patient["site"], nurse, kind]
                    row["judged"] += 1
                    row["open_gaps"] += (patient_id, kind) in standing
    found = {
        (row["day"], row["site"], row["nurse"], row["support_type"]): {
            "judged": row["judged"],
            "open_gaps": row["open_gaps"],
        }
        for row in rows_of(sample_store.query("gap_trend", scope, as_of=as_of))
        if row["day"] in days
    }
    assert found == dict(expected)
    assert sum(row["open_gaps"] for row in found.values()) > 20


def test_before_anything_nobody_is_judged(sample_store: Store, scope: Scope) -> None:
    assert sample_store.query("gap_trend", scope, as_of=date(2000, 1, 1)).empty
