"""`panel` against the worklist worked out from the sample's own files."""

from datetime import date, timedelta

import pytest

from dashboard.store import OPERATOR, Scope, Store
from tests.queries import independent_panel
from tests.queries.comparison import assert_same, rows_of
from tests.queries.raw_records import RawRecords


def test_the_worklist(
    sample_store: Store,
    raw: RawRecords,
    ref_of: dict[str, str],
    scope: Scope,
    visible: set[str],
    as_of: date,
) -> None:
    expected = [
        {"patient_ref": ref_of[row["patient_id"]], **row}
        for row in independent_panel.panel(raw, visible, as_of)
    ]

    found = sample_store.query("panel", scope, as_of=as_of)

    assert set(found) == set(expected[0])
    assert_same(rows_of(found), expected)


@pytest.mark.parametrize("days_on", [-200, -33, 28, 364])
def test_when_the_next_form_is_due_on_any_other_day(
    sample_store: Store, raw: RawRecords, days_on: int
) -> None:
    """It is kept in stretches of days: what was known then, and what will be if nothing comes."""
    day = raw.newest_on + timedelta(days=days_on)
    everyone = {row["patient_id"] for row in raw.patients}
    columns = ["patient_id", "last_form_on", "declined_on", "next_due_on", "due_reason"]
    expected = [
        {name: row[name] for name in columns} for row in independent_panel.panel(raw, everyone, day)
    ]

    found = sample_store.query("panel", OPERATOR, as_of=day)

    assert_same(rows_of(found[columns]), expected)
