"""`cohort_people` and `cohort_scores` against the sample's own files."""

from datetime import date
from typing import Any

import pytest

from dashboard.analysis.cohort_windows import PLANNED
from dashboard.store import OPERATOR, Scope, Store
from tests.queries.comparison import Row, assert_same, rows_of
from tests.queries.questions import patients, scores_of
from tests.queries.raw_records import RawRecords
from tests.queries.test_mismatch_cells import COUNTS_FROM, grids_until
from tests.queries.test_trend_months import support_of

SERVICE = Scope("psychologist-1", "service")
ATTENDED = {"group_session_attended", "referral_attended"}
TYPES = ("emotional", "informational", "tangible", "belonging", "esteem")
SOURCES = ("care_team", "community", "family", "friends", "partner")
MONTH = 30.4375


def sessions(raw: RawRecords, patient_id: str, as_of: date) -> list[tuple[date, str]]:
    return sorted(
        (date.fromisoformat(event["occurred_on"]), event["program_key"])
        for event in raw.events
        if event["patient_id"] == patient_id
        and event["kind"] in ATTENDED
        and event["program_key"]
        and date.fromisoformat(event["occurred_on"]) <= as_of
    )


def givers(raw: RawRecords, patient_id: str, as_of: date) -> list[str] | None:
    grids = grids_until(raw, patient_id, as_of)
    if not grids:
        return None
    answers = grids[-1].answers
    return [
        source
        for source in SOURCES
        if any(answers.get(f"received_{kind}_{source}", 0) >= COUNTS_FROM for kind in TYPES)
    ]


def expected_people(raw: RawRecords, visible: set[str], as_of: date) -> list[Row]:
    rows = []
    for patient in patients(raw, visible):
        patient_id = patient["patient_id"]
        came = sessions(raw, patient_id, as_of)
        rows.append(
            {
                **{
                    name: patient[name] or None
                    for name in ("sex", "diagnosis", "stage", "phase", "site", "language")
                },
                "patient_id": patient_id,
                "age": as_of.year - int(patient["birth_year"]) if patient["birth_year"] else None,
                "program": came[0][1] if came else None,
                "program_name": raw.programs[came[0][1]]["name"] if came else None,
                "support": support_of(raw, patient_id, as_of)[0],
                "sources": givers(raw, patient_id, as_of),
            }
        )
    return rows


def begun(raw: RawRecords, patient: Row, zero: str, scored: list[Any], as_of: date) -> date | None:
    if zero == "first":
        return scored[0].completed_on if scored else None
    if zero == "program":
        came = sessions(raw, patient["patient_id"], as_of)
        return came[0][0] if came else None
    told = patient["diagnosed_on" if zero == "diagnosis" else "treatment_started_on"]
    return date.fromisoformat(told) if told else None


def planned_for(months: float) -> float | None:
    """The planned time a form is nearest to, half-way going to the later one."""
    if not -1.5 <= months < 15:
        return None
    return min(PLANNED, key=lambda planned: (abs(months - planned), -planned))


def expected_scores(
    raw: RawRecords, visible: set[str], as_of: date, scale: str, zero: str
) -> list[Row]:
    rows = []
    for patient in patients(raw, visible):
        scored = scores_of(raw, patient["patient_id"], scale, as_of)
        zero_on = begun(raw, patient, zero, scored, as_of)
        if zero_on is None or zero_on > as_of:
            continue
        best: dict[float, tuple[float, float, float]] = {}
        for one in scored:
            months = (one.completed_on - zero_on).days / MONTH
            planned = planned_for(months)
            if planned is not None:
                told = (abs(months - planned), months, float(one.value or 0))
                best[planned] = min(best.get(planned, told), told)
        ended = patient["status_on"] if patient["status"] not in ("", "active") else ""
        until = min(as_of, date.fromisoformat(ended)) if ended else as_of
        diagnosed = patient["diagnosed_on"]
        rows.append(
            {
                "patient_id": patient["patient_id"],
                "followed": (until - zero_on).days / MONTH,
                "months_since_diagnosis": (zero_on - date.fromisoformat(diagnosed)).days / MONTH
                if diagnosed
                else None,
                **{f"at_{at:g}": best[at][2] if at in best else None for at in PLANNED},
            }
        )
    return rows


def test_who_everyone_is(
    sample_store: Store, raw: RawRecords, scope: Scope, visible: set[str], as_of: date
) -> None:
    found = sample_store.query("cohort_people", scope, as_of=as_of)
    assert_same(rows_of(found), expected_people(raw, visible, as_of))


@pytest.mark.parametrize(
    ("scale", "zero"),
    [
        ("distress_0_10/total", "diagnosis"),
        ("phq9/total", "treatment"),
        ("distress_0_10/total", "first"),
        ("gad7/total", "program"),
    ],
)
def test_what_they_scored_since_time_zero(
    sample_store: Store,
    raw: RawRecords,
    scope: Scope,
    visible: set[str],
    as_of: date,
    scale: str,
    zero: str,
) -> None:
    measure_key, scale_key = scale.split("/")
    found = sample_store.query(
        "cohort_scores",
        scope,
        as_of=as_of,
        measure_key=measure_key,
        scale_key=scale_key,
        zero=zero,
    )
    assert_same(rows_of(found), expected_scores(raw, visible, as_of, scale, zero))


def test_the_whole_service_is_the_same_people_without_names(
    sample_store: Store, raw: RawRecords
) -> None:
    as_of, everyone = raw.newest_on, {row["patient_id"] for row in raw.patients}
    asked: dict[str, Any] = {
        "as_of": as_of,
        "measure_key": "phq9",
        "scale_key": "total",
        "zero": "treatment",
    }
    for question, params in (("cohort_people", {"as_of": as_of}), ("cohort_scores", asked)):
        named = sample_store.query(question, OPERATOR, **params)
        hidden = sample_store.query(question, SERVICE, **params)
        assert not set(hidden["patient_id"]) & everyone
        told = [name for name in named if name not in ("patient_id", "sources")]
        by = [str(name) for name in told]
        assert_same(
            rows_of(hidden[told].sort_values(by, ignore_index=True)),
            rows_of(named[told].sort_values(by, ignore_index=True)),
        )
    assert sample_store.query("cohort_people", SERVICE, as_of=as_of)["sources"].isna().all()
