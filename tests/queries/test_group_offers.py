"""`group_offers` against the events and forms in the sample's own files."""

from datetime import date, timedelta
from math import ceil

import pytest

from dashboard.store import Scope, Store
from tests.queries.comparison import Row, assert_same, rows_of
from tests.queries.questions import covariates, patients, scores_of
from tests.queries.raw_records import RawRecords

OUTCOME = "gad7/total"
FOLLOW_UP = 180
ATTENDED = {"referral_attended", "group_session_attended"}


def group_events(raw: RawRecords, patient_id: str, as_of: date) -> list[tuple[str, date]]:
    return [
        (event["kind"], date.fromisoformat(event["occurred_on"]))
        for event in raw.events_by_patient[patient_id]
        if raw.programs.get(event["program_key"], {}).get("kind") == "group"
        and date.fromisoformat(event["occurred_on"]) <= as_of
    ]


def offer_of(raw: RawRecords, patient_id: str, as_of: date) -> tuple[date, date | None] | None:
    """First offer, and the first session after it."""
    events = group_events(raw, patient_id, as_of)
    offered = min((on for kind, on in events if kind == "referral_offered"), default=None)
    if offered is None:
        return None
    came = min((on for kind, on in events if kind in ATTENDED and on >= offered), default=None)
    return offered, came


def at_share(waits: list[int], share: float) -> int:
    """The wait that at least this share of people do not exceed."""
    return sorted(waits)[max(0, ceil(share * len(waits)) - 1)]


def expected_rows(raw: RawRecords, visible: set[str], as_of: date) -> list[Row]:
    offers = {
        patient_id: offer
        for patient_id in visible
        if (offer := offer_of(raw, patient_id, as_of)) is not None
    }
    waits = [(came - offered).days for offered, came in offers.values() if came]
    rows = []
    for patient in patients(raw, visible):
        patient_id = patient["patient_id"]
        if patient_id not in offers or not waits:
            continue
        offered, came = offers[patient_id]
        if offered + timedelta(at_share(waits, 0.95)) > as_of:
            continue
        starts = came or offered + timedelta(at_share(waits, 0.5))
        scores = scores_of(raw, patient_id, OUTCOME, as_of)
        before = [one for one in scores if one.completed_on <= offered]
        after: list[tuple[date | None, float | None]] = [
            (one.completed_on, one.value)
            for one in scores
            if starts <= one.completed_on <= starts + timedelta(FOLLOW_UP)
        ]
        rows += [
            {
                "patient_id": patient_id,
                **covariates(patient, offered),
                "offered_on": offered,
                "came": came is not None,
                "starts_on": starts,
                "before": before[-1].value if before else None,
                "before_on": before[-1].completed_on if before else None,
                "completed_on": on,
                "outcome": value,
            }
            for on, value in after or [(None, None)]
        ]
    return rows


def test_before_and_after_of_everyone_offered_a_group(
    sample_store: Store, raw: RawRecords, scope: Scope, visible: set[str], as_of: date
) -> None:
    found = sample_store.query(
        "group_offers", scope, as_of=as_of, outcome=OUTCOME, follow_up_days=FOLLOW_UP
    )
    assert_same(rows_of(found), expected_rows(raw, visible, as_of))


@pytest.mark.parametrize("came", [True, False])
def test_the_sample_has_people_who_came_and_who_did_not(
    sample_store: Store, raw: RawRecords, scope: Scope, came: bool
) -> None:
    found = sample_store.query(
        "group_offers", scope, as_of=raw.newest_on, outcome=OUTCOME, follow_up_days=FOLLOW_UP
    )
    assert found.loc[found["came"] == came, "patient_id"].nunique() > 3
