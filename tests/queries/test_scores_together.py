"""`scores_together` and `scales_in_use` against the forms in the sample's own files."""

from collections import Counter
from datetime import date
from statistics import mean

import pytest

from dashboard.store import Scope, Store
from tests.queries.comparison import Row, assert_same, rows_of
from tests.queries.questions import covariates, nearest, patients, scores_of
from tests.queries.raw_records import RawRecords
from tests.queries.test_gap_episodes import said
from tests.queries.test_mismatch_cells import TYPES, grids_until

GAP = 2


def unmet_by_day(raw: RawRecords, patient_id: str, as_of: date) -> dict[date, float]:
    """Types with a gap of 2 or more, on grids that judge all five."""
    counts = {}
    for form in grids_until(raw, patient_id, as_of):
        told = [said(form, kind) for kind in TYPES]
        if not any(one.why_not_judged for one in told):
            counts[form.completed_on] = float(
                sum((one.need or 0) - (one.most_received or 0) >= GAP for one in told)
            )
    return counts


def measured(raw: RawRecords, patient_id: str, scale: str, as_of: date) -> dict[date, float]:
    if scale == "support_grid/unmet":
        return unmet_by_day(raw, patient_id, as_of)
    return {
        one.completed_on: float(one.value or 0) for one in scores_of(raw, patient_id, scale, as_of)
    }


def expected_rows(
    raw: RawRecords, visible: set[str], as_of: date, outcome: str, beside: str, trait: str
) -> list[Row]:
    rows = []
    for patient in patients(raw, visible):
        patient_id = patient["patient_id"]
        others = measured(raw, patient_id, beside, as_of)
        traits = [one.value for one in scores_of(raw, patient_id, trait, as_of)]
        for one in scores_of(raw, patient_id, outcome, as_of):
            on = nearest(others, one.completed_on)
            rows.append(
                {
                    "patient_id": patient_id,
                    **covariates(patient, one.completed_on),
                    "completed_on": one.completed_on,
                    "outcome": one.value,
                    "beside": None if on is None else others[on],
                    "trait": mean(float(value or 0) for value in traits) if traits else None,
                }
            )
    return rows


@pytest.mark.parametrize(
    ("outcome", "beside", "trait"),
    [
        ("gad7/total", "support_grid/unmet", "brs/total"),
        ("distress_0_10/total", "mos_sss/tangible", "lot_r/total"),
        ("phq9/total", "care/total", ""),
    ],
)
def test_every_score_beside_the_nearest_other(
    sample_store: Store,
    raw: RawRecords,
    scope: Scope,
    visible: set[str],
    as_of: date,
    outcome: str,
    beside: str,
    trait: str,
) -> None:
    found = sample_store.query(
        "scores_together", scope, as_of=as_of, outcome=outcome, beside=beside, trait=trait
    )
    expected = expected_rows(raw, visible, as_of, outcome, beside, trait)
    assert_same(rows_of(found), expected)


def test_the_service_sees_the_same_forms_without_names(
    sample_store: Store, raw: RawRecords
) -> None:
    everyone = {row["patient_id"] for row in raw.patients}
    asked = ("gad7/total", "support_grid/unmet", "brs/total")
    found = sample_store.query(
        "scores_together",
        Scope("psychologist-1", "service"),
        as_of=raw.newest_on,
        outcome=asked[0],
        beside=asked[1],
        trait=asked[2],
    )
    assert not set(found["patient_id"]) & everyone
    expected = expected_rows(raw, everyone, raw.newest_on, *asked)

    def told(rows: list[Row]) -> Counter[tuple[object, ...]]:
        # Prorated scores add up in another order here.
        return Counter(
            (row["completed_on"], row["age"], round(row["outcome"], 6), row["beside"])
            for row in rows
        )

    assert told(rows_of(found)) == told(expected)


def test_every_scale_that_was_scored(
    sample_store: Store, raw: RawRecords, scope: Scope, visible: set[str], as_of: date
) -> None:
    forms: Counter[str] = Counter()
    people: dict[str, set[str]] = {}
    for one in raw.scores:
        patient_id = one.form.patient_id
        if patient_id in visible and one.value is not None and one.completed_on <= as_of:
            scale = f"{one.form.measure_key}/{one.scale.key}"
            forms[scale] += 1
            people.setdefault(scale, set()).add(patient_id)
    found = sample_store.query("scales_in_use", scope, as_of=as_of)
    assert rows_of(found) == [
        {"scale": scale, "patients": len(people[scale]), "forms": forms[scale]}
        for scale in sorted(forms)
    ]
