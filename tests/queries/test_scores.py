"""`scores` against the sample's own files, scored a second time."""

import pytest

from dashboard.errors import Refused
from dashboard.store import Scope, Store
from dashboard.store.scope import OPERATOR
from tests.queries.comparison import assert_same, rows_of
from tests.queries.raw_records import RawRecords

SCORE_ROW = [
    "patient_id",
    "measure_key",
    "scale_key",
    "completed_on",
    "score",
    "items_answered",
    "items_total",
    "status",
    "band",
    "wave",
]


def test_every_score_of_the_sample(
    sample_store: Store, raw: RawRecords, scope: Scope, visible: set[str]
) -> None:
    expected = [
        {
            "patient_id": one.form.patient_id,
            "measure_key": one.form.measure_key,
            "scale_key": one.scale.key,
            "completed_on": one.completed_on,
            "score": one.value,
            "items_answered": one.answered,
            "items_total": len(one.scale.items),
            "status": one.status,
            "band": one.band,
            "wave": one.form.wave,
        }
        for one in raw.scores
        if one.form.patient_id in visible
    ]
    order = ["patient_id", "completed_on", "measure_key", "scale_key", "wave"]
    expected.sort(key=lambda row: [row[column] for column in order])

    found = sample_store.query("scores", scope)

    assert list(found) == SCORE_ROW
    assert_same(rows_of(found), expected)


def test_every_status_occurs(sample_store: Store) -> None:
    """Else the comparison above would pass over a rule that nothing in the sample needs."""
    assert set(sample_store.query("scores", OPERATOR)["status"]) == {
        "scored",
        "prorated",
        "too_few_answers",
        "imported",
    }


def test_a_nurse_without_patients_gets_no_scores(sample_store: Store) -> None:
    assert sample_store.query("scores", Scope("nobody", "nurse")).empty


def test_it_takes_no_parameter(sample_store: Store) -> None:
    with pytest.raises(Refused, match="no parameter patient_ref"):
        sample_store.query("scores", OPERATOR, patient_ref="0123456789abcdef")
