"""`patient_header` and the picker's list against the sample's own patient list."""

import re
from datetime import date

from dashboard.store import Scope, Store
from dashboard.store.scope import OPERATOR
from tests.queries.comparison import assert_same, rows_of
from tests.queries.raw_records import RawRecords, day


def test_who_a_patient_is(
    sample_store: Store,
    raw: RawRecords,
    ref_of: dict[str, str],
    some_patients: list[str],
    scope: Scope,
    visible: set[str],
    as_of: date,
) -> None:
    listed = {row["patient_id"]: row for row in raw.patients}
    for patient_id in some_patients:
        patient = listed[patient_id]
        expected = {
            "patient_ref": ref_of[patient_id],
            "patient_id": patient_id,
            "age": as_of.year - int(patient["birth_year"]),
            **{
                column: patient[column] or None
                for column in ("initials", "sex", "diagnosis", "stage", "phase", "site")
            },
            "language": patient["language"] or None,
            "status": patient["status"],
            **{
                column: day(patient[column])
                for column in ("diagnosed_on", "treatment_started_on", "treatment_ended_on")
            },
            "status_on": day(patient["status_on"]),
            "lives_alone": {"yes": True, "no": False, "": None}[patient["lives_alone"]],
            "nurse": raw.in_charge(patient_id, "nurse", as_of),
            "psychologist": raw.in_charge(patient_id, "psychologist", as_of),
        }
        found = sample_store.query(
            "patient_header", scope, patient_ref=ref_of[patient_id], as_of=as_of
        )
        assert_same(rows_of(found), [expected] if patient_id in visible else [])


def test_the_picker_lists_whom_one_may_see(
    sample_store: Store, raw: RawRecords, scope: Scope, visible: set[str]
) -> None:
    found = sample_store.query("patients_in_scope", scope)
    expected = [
        {
            "patient_id": row["patient_id"],
            "initials": row["initials"] or None,
            "status": row["status"],
        }
        for row in sorted(raw.patients, key=lambda row: row["patient_id"])
        if row["patient_id"] in visible
    ]
    assert_same(rows_of(found), expected)


def test_a_reference_tells_nothing_about_the_patient(ref_of: dict[str, str]) -> None:
    assert len(set(ref_of.values())) == len(ref_of)
    for patient_id, reference in ref_of.items():
        assert re.fullmatch(r"[0-9a-f]{16}", reference)
        assert patient_id.lower() not in reference


def test_an_unknown_reference_finds_nobody(sample_store: Store) -> None:
    found = sample_store.query(
        "patient_header", OPERATOR, patient_ref="0" * 16, as_of=date(2026, 1, 1)
    )
    assert found.empty
