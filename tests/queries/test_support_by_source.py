"""`support_by_source` against the forms in the sample's own files."""

from datetime import date
from statistics import mean

import pytest

from dashboard.store import Scope, Store
from tests.queries.comparison import Row, assert_same, rows_of
from tests.queries.questions import covariates, nearest, patients, scores_of
from tests.queries.raw_records import Form, RawRecords
from tests.queries.test_mismatch_cells import SOURCES, TYPES, grids_until

OUTCOME = "distress_0_10/total"
MSPSS = ["family", "friends", "significant_other"]
FEWEST_TYPES = 3


def received_from(form: Form, source: str) -> tuple[float | None, bool | None]:
    keys = [f"received_{kind}_{source}" for kind in TYPES]
    given = [form.answers[key] for key in keys if key in form.answers]
    absent = any(form.words.get(key) == "not_applicable" for key in keys)
    amount = mean(given) if len(given) >= FEWEST_TYPES else None
    return amount, True if given else False if absent else None


def told_by(
    raw: RawRecords, patient_id: str, instrument: str, as_of: date
) -> dict[date, dict[str, tuple[float | None, bool | None]]]:
    """By day and source: the amount, and whether there is such a source."""
    if instrument == "support_grid":
        return {
            form.completed_on: {source: received_from(form, source) for source in SOURCES}
            for form in grids_until(raw, patient_id, as_of)
        }
    forms: dict[date, dict[str, tuple[float | None, bool | None]]] = {}
    for one in raw.scores_by_patient[patient_id]:
        of_source = one.form.measure_key == "mspss" and one.scale.key != "total"
        if of_source and one.completed_on <= as_of:
            applies = None if one.value is None else True
            forms.setdefault(one.completed_on, {})[one.scale.key] = one.value, applies
    return forms


def expected_rows(raw: RawRecords, visible: set[str], as_of: date, instrument: str) -> list[Row]:
    rows = []
    for patient in patients(raw, visible):
        patient_id = patient["patient_id"]
        forms = told_by(raw, patient_id, instrument, as_of)
        for one in scores_of(raw, patient_id, OUTCOME, as_of):
            on = nearest(forms, one.completed_on)
            for source in sorted(forms[on]) if on else []:
                support, applicable = forms[on][source]  # type: ignore[index]
                rows.append(
                    {
                        "patient_id": patient_id,
                        **covariates(patient, one.completed_on),
                        "completed_on": one.completed_on,
                        "outcome": one.value,
                        "source": source,
                        "support": support,
                        "applicable": applicable,
                    }
                )
    return rows


@pytest.mark.parametrize("instrument", ["support_grid", "mspss"])
def test_every_source_on_the_days_of_the_outcome(
    sample_store: Store,
    raw: RawRecords,
    scope: Scope,
    visible: set[str],
    as_of: date,
    instrument: str,
) -> None:
    found = sample_store.query(
        "support_by_source", scope, as_of=as_of, outcome=OUTCOME, instrument=instrument
    )
    assert_same(rows_of(found), expected_rows(raw, visible, as_of, instrument))


def test_the_service_hears_means_and_no_single_answer(sample_store: Store, raw: RawRecords) -> None:
    found = sample_store.query(
        "support_by_source",
        Scope("psychologist-1", "service"),
        as_of=raw.newest_on,
        outcome=OUTCOME,
        instrument="support_grid",
    )
    everyone = {row["patient_id"] for row in raw.patients}
    expected = expected_rows(raw, everyone, raw.newest_on, "support_grid")
    assert len(found) == len(expected)
    assert found["support"].mean() == pytest.approx(
        mean(row["support"] for row in expected if row["support"] is not None)
    )
    assert not set(found["patient_id"]) & everyone
    partly = [
        form
        for form in raw.forms
        if form.measure_key == "support_grid"
        and any(
            0 < sum(f"received_{kind}_{source}" in form.answers for kind in TYPES) < FEWEST_TYPES
            for source in SOURCES
        )
    ]
    assert partly, "a form with one or two answers on a source, whose mean is not told"
