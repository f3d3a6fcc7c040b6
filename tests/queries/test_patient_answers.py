"""`patient_answers` against the cells of the sample's own files."""

from collections import Counter
from datetime import date

from dashboard.store import Scope, Store
from dashboard.store.scope import OPERATOR
from tests.queries.comparison import Row, assert_same, rows_of
from tests.queries.raw_records import Form, RawRecords


def expected_rows(form: Form, raw: RawRecords) -> list[Row]:
    measure = raw.catalogue[form.measure_key]
    safety = {safety.item for safety in measure.safety_items}
    return [
        {
            "measure_key": form.measure_key,
            "completed_on": form.completed_on,
            "wave": form.wave,
            "item_key": item.key,
            "position": position,
            "label": item.label,
            "answer": form.answers.get(item.key),
            "state": "answered"
            if item.key in form.answers
            else form.words.get(item.key, "missing"),
            "minimum": item.minimum,
            "maximum": item.maximum,
            "safety": item.key in safety,
            "file_name": form.file_name,
            "source_row": form.source_row,
        }
        for position, item in enumerate(measure.items, start=1)
    ]


def test_every_answer_of_a_patient(
    sample_store: Store,
    raw: RawRecords,
    ref_of: dict[str, str],
    some_patients: list[str],
    scope: Scope,
    visible: set[str],
    as_of: date,
) -> None:
    for patient_id in some_patients:
        known = [
            form
            for form in raw.forms_by_patient[patient_id]
            if form.completed_on <= as_of and form.brought_items and patient_id in visible
        ]
        known.sort(key=lambda form: (form.completed_on, form.measure_key))
        found = sample_store.query(
            "patient_answers", scope, patient_ref=ref_of[patient_id], as_of=as_of
        )
        assert_same(rows_of(found), [row for form in known for row in expected_rows(form, raw)])


def test_every_state_occurs_among_the_patients_compared(
    sample_store: Store, raw: RawRecords, ref_of: dict[str, str], some_patients: list[str]
) -> None:
    states: Counter[str] = Counter()
    for patient_id in some_patients:
        found = sample_store.query(
            "patient_answers", OPERATOR, patient_ref=ref_of[patient_id], as_of=raw.newest_on
        )
        states.update(found["state"])
        assert found.loc[found["state"] != "answered", "answer"].isna().all()
    assert set(states) == {"answered", "missing", "declined", "not_applicable"}
