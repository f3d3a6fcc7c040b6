"""`need_and_distress` against the forms in the sample's own files."""

from datetime import date

from dashboard.store import Scope, Store
from tests.queries.comparison import Row, assert_same, rows_of
from tests.queries.raw_records import RawRecords, screening_cut_off
from tests.queries.test_gap_episodes import said
from tests.queries.test_mismatch_cells import TYPES, grids_until

# The first screening measure of the catalogue's order that the sample holds.
MEASURE = "distress_0_10"
WINDOW = 14


def expected_rows(raw: RawRecords, visible: set[str], as_of: date) -> list[Row]:
    rows = []
    for patient in sorted(raw.patients, key=lambda row: row["patient_id"]):
        patient_id = patient["patient_id"]
        if patient_id not in visible:
            continue
        scores = [
            one
            for one in raw.scores_by_patient[patient_id]
            if one.form.measure_key == MEASURE
            and one.value is not None
            and one.completed_on <= as_of
        ]
        for kind in TYPES:
            for form in reversed(grids_until(raw, patient_id, as_of)):
                told = said(form, kind)
                near = [
                    one
                    for one in scores
                    if abs((one.completed_on - form.completed_on).days) <= WINDOW
                ]
                if told.why_not_judged or not near:
                    continue
                score = min(
                    near,
                    key=lambda one, on=form.completed_on: (  # type: ignore[misc]
                        abs((one.completed_on - on).days),
                        -one.completed_on.toordinal(),
                    ),
                )
                rows.append(
                    {
                        "patient_id": patient_id,
                        "site": patient["site"],
                        "nurse": raw.in_charge(patient_id, "nurse", as_of),
                        "support_type": kind,
                        "completed_on": form.completed_on,
                        "need": told.need,
                        "received": told.most_received,
                        "measure_key": MEASURE,
                        "distress": score.value,
                        "cut_off": screening_cut_off(score.scale),
                        "distress_on": score.completed_on,
                    }
                )
                break
    return rows


def test_the_latest_judged_form_beside_the_nearest_score(
    sample_store: Store, raw: RawRecords, scope: Scope, visible: set[str], as_of: date
) -> None:
    found = sample_store.query("need_and_distress", scope, as_of=as_of)
    assert_same(rows_of(found), expected_rows(raw, visible, as_of))


def test_the_sample_has_something_to_compare(
    sample_store: Store, raw: RawRecords, scope: Scope
) -> None:
    assert len(sample_store.query("need_and_distress", scope, as_of=raw.newest_on)) > 100
