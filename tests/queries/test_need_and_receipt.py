"""`need_and_receipt` against the forms in the sample's own files."""

from datetime import date

from dashboard.store import Scope, Store
from tests.queries.comparison import Row, assert_same, rows_of
from tests.queries.questions import covariates, nearest, patients, scores_of
from tests.queries.raw_records import RawRecords
from tests.queries.test_gap_episodes import said
from tests.queries.test_mismatch_cells import TYPES, grids_until

OUTCOME = "phq9/total"


def expected_rows(raw: RawRecords, visible: set[str], as_of: date) -> list[Row]:
    rows = []
    for patient in patients(raw, visible):
        patient_id = patient["patient_id"]
        scores = {one.completed_on: one.value for one in scores_of(raw, patient_id, OUTCOME, as_of)}
        for form in grids_until(raw, patient_id, as_of):
            on = nearest(scores, form.completed_on)
            for kind in TYPES:
                told = said(form, kind)
                if on is not None and not told.why_not_judged:
                    rows.append(
                        {
                            "patient_id": patient_id,
                            **covariates(patient, form.completed_on),
                            "support_type": kind,
                            "completed_on": form.completed_on,
                            "need": told.need,
                            "received": told.most_received,
                            "outcome": scores[on],
                        }
                    )
    return rows


def test_every_judged_form_beside_the_nearest_score(
    sample_store: Store, raw: RawRecords, scope: Scope, visible: set[str], as_of: date
) -> None:
    found = sample_store.query("need_and_receipt", scope, as_of=as_of, outcome=OUTCOME)
    assert_same(rows_of(found), expected_rows(raw, visible, as_of))
