"""`service_screening` against the worklist of each month's last day, worked out on its own road."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from dashboard.store import OPERATOR, Store
from tests.queries import independent_panel
from tests.queries.comparison import rows_of
from tests.queries.raw_records import RawRecords
from tests.queries.small_store import csv_text, imported


@pytest.mark.parametrize("back", [0, 9])
def test_who_was_awaited_at_the_end_of_a_month(
    sample_store: Store, raw: RawRecords, back: int
) -> None:
    everyone = {row["patient_id"] for row in raw.patients}
    end = raw.newest_on + timedelta(days=1)
    for _ in range(back + 1):
        end = end.replace(day=1) - timedelta(days=1)
    expected: Counter[tuple[str, str]] = Counter()
    for row in independent_panel.panel(raw, everyone, end):
        due, form, declined = row["next_due_on"], row["last_form_on"], row["declined_on"]
        if due is None:
            continue
        if due <= end:
            state = "overdue"
        elif declined is not None and declined >= (form or declined):
            state = "declined"
        elif form is not None:
            state = "screened"
        else:
            continue
        expected[row["site"], state] += 1
    found = {
        (row["site"], state): row[state]
        for row in rows_of(sample_store.query("service_screening", OPERATOR, as_of=raw.newest_on))
        for state in ("screened", "declined", "overdue")
        if row["month"] == end.replace(day=1) and row[state]
    }
    assert found == dict(expected)
    assert {state for _, state in found} >= {"screened", "overdue"}


def test_the_states_add_up(sample_store: Store, raw: RawRecords) -> None:
    found = sample_store.query("service_screening", OPERATOR, as_of=raw.newest_on)
    parts = found["screened"] + found["declined"] + found["overdue"]
    assert (parts == found["eligible"]).all()
    assert found["declined"].any()


def test_months_begin_with_the_first_that_anybody_said_anything_in(
    tmp_path: Path,
) -> None:
    """A centre that begins in March has not failed to screen the winter before."""
    ids = [f"P-{place}" for place in range(4)]
    files = {
        "patients.csv": csv_text(
            ["patient_id", "site", "diagnosed_on"], [[one, "North", "2025-11-03"] for one in ids]
        ),
        "phq9.csv": csv_text(
            ["patient_id", "completed_on", *(f"phq9_{number}" for number in range(1, 10))],
            [[one, "2026-03-05", *[1] * 9] for one in ids[:2]],
        ),
    }
    store, report = imported(tmp_path, files, today=date(2026, 6, 30))
    assert report.stored, report.refused
    found = rows_of(store.query("service_screening", OPERATOR, as_of=date(2026, 6, 30)))
    months = sorted({row["month"] for row in found})
    assert months[0] == date(2026, 3, 1)
    [march] = [row for row in found if row["month"] == months[0]]
    assert (march["eligible"], march["screened"], march["overdue"]) == (4, 2, 2)


def test_only_whole_months(sample_store: Store, raw: RawRecords) -> None:
    found = sample_store.query("service_screening", OPERATOR, as_of=date(2026, 6, 29))
    assert max(row["month"] for row in rows_of(found)) == date(2026, 5, 1)
