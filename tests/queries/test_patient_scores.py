"""`patient_scores` against the sample's own files, for patients spread over the list."""

from datetime import date

import pytest

from dashboard.store import Scope, Store
from dashboard.store.scope import OPERATOR
from tests.queries.comparison import Row, assert_same, rows_of
from tests.queries.raw_records import (
    RawRecords,
    ScoreOfForm,
    error_of_measurement,
    reliable_change,
    screening_cut_off,
)


def expected_row(one: ScoreOfForm, raw: RawRecords) -> Row:
    measure = raw.catalogue[one.form.measure_key]
    screen = next((cut_off for cut_off in one.scale.cut_offs if cut_off.screen), None)
    stated = one.form.stated.get(one.scale.key)
    return {
        "measure_key": measure.key,
        "measure_title": measure.title,
        "domain": measure.domain,
        "scale_key": one.scale.key,
        "scale_title": one.scale.title,
        "higher_is": one.scale.higher_is,
        "trended": one.scale.trended,
        "minimum": one.scale.minimum,
        "maximum": one.scale.maximum,
        "completed_on": one.completed_on,
        "wave": one.form.wave,
        "score": one.value,
        "status": one.status,
        "items_answered": one.answered,
        "items_total": len(one.scale.items),
        "band": one.band,
        "stated": stated,
        "stated_differs": stated is not None and stated != one.value,
        "screen_cut_off": screening_cut_off(one.scale),
        "screen_cut_off_source": screen.source if screen else None,
        "sem": error_of_measurement(one.scale),
        "reliable_change": reliable_change(one.scale),
        "file_name": one.form.file_name,
        "source_row": one.form.source_row,
        "measure_version": measure.version,
    }


def in_reading_order(one: ScoreOfForm, raw: RawRecords) -> tuple[int, int, date]:
    """Measures in alphabetical order, scales as their measure lists them, oldest first."""
    measures = sorted(raw.catalogue)
    scales = [scale.key for scale in raw.catalogue[one.form.measure_key].scales]
    return measures.index(one.form.measure_key), scales.index(one.scale.key), one.completed_on


def test_every_score_of_a_patient(
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
            one
            for one in raw.scores_by_patient[patient_id]
            if one.completed_on <= as_of and patient_id in visible
        ]
        known.sort(key=lambda one: in_reading_order(one, raw))
        found = sample_store.query(
            "patient_scores", scope, patient_ref=ref_of[patient_id], as_of=as_of
        )
        assert_same(rows_of(found), [expected_row(one, raw) for one in known])


@pytest.fixture(scope="module")
def longest(
    sample_store: Store, raw: RawRecords, ref_of: dict[str, str], some_patients: list[str]
) -> list[Row]:
    """All score rows of the patient with most forms."""
    patient_id = max(some_patients, key=lambda one: len(raw.forms_by_patient[one]))
    return rows_of(
        sample_store.query(
            "patient_scores", OPERATOR, patient_ref=ref_of[patient_id], as_of=raw.newest_on
        )
    )


def test_the_scales_of_one_form_share_its_assessment(longest: list[Row]) -> None:
    form_of: dict[int, tuple[str, date, str]] = {}
    for row in longest:
        form = (row["measure_key"], row["completed_on"], row["wave"])
        assert form_of.setdefault(row["assessment_id"], form) == form
    assert len(set(form_of.values())) == len(form_of)


def test_a_reliable_change_never_comes_without_its_source(longest: list[Row]) -> None:
    for row in longest:
        assert (row["reliable_change"] is None) == (row["reliable_change_source"] is None)
    assert any(row["reliable_change_source"] for row in longest)


def test_each_score_names_the_import_it_came_with(sample_store: Store, longest: list[Row]) -> None:
    imported = sample_store.query("import_history", OPERATOR)
    assert {row["imported_at"] for row in longest} == set(imported["imported_at"])
