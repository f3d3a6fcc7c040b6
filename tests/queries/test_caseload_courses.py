"""`caseload_courses` against the sample's own forms."""

from datetime import date

import pytest

from dashboard.store import Scope, Store
from tests.queries.comparison import Row, assert_same, rows_of
from tests.queries.raw_records import RawRecords
from tests.queries.test_mismatch_cells import is_active
from tests.queries.test_trend_months import of_scale


@pytest.mark.parametrize(("measure", "scale"), [("phq9", "total"), ("mspss", "family")])
def test_every_course_of_who_is_in_care(
    sample_store: Store,
    raw: RawRecords,
    scope: Scope,
    visible: set[str],
    as_of: date,
    ref_of: dict[str, str],
    measure: str,
    scale: str,
) -> None:
    patients = {row["patient_id"]: row for row in raw.patients}
    wanted: list[Row] = []
    for patient, forms in of_scale(raw, measure, scale).items():
        until = [one for one in forms if one.completed_on <= as_of]
        if until and patient in visible and is_active(patients[patient], as_of):
            wanted.append(
                {
                    "patient_id": patient,
                    "patient_ref": ref_of[patient],
                    "initials": patients[patient]["initials"] or None,
                    "site": patients[patient]["site"] or None,
                    "days": [one.completed_on for one in until],
                    "scores": [one.value for one in until],
                }
            )
    found = sample_store.query(
        "caseload_courses", scope, measure_key=measure, scale_key=scale, as_of=as_of
    )
    assert_same(rows_of(found), sorted(wanted, key=lambda row: row["patient_id"]))
