"""`panel` against the worklist worked out from the sample's own files."""

from datetime import date

from dashboard.store import Scope, Store
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
