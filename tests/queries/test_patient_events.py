"""`patient_events` against the sample's own file."""

from datetime import date, timedelta

from dashboard.store import Scope, Store
from dashboard.store.scope import OPERATOR
from tests.queries.comparison import Row, assert_same, rows_of
from tests.queries.raw_records import RawRecords, day


def in_order(rows: list[Row]) -> list[Row]:
    """By day, then by everything else: the ids that order events of one day are the store's."""
    return sorted(rows, key=lambda row: (row["occurred_on"], row["kind"], *map(repr, row.values())))


def test_every_event_of_a_patient(
    sample_store: Store,
    raw: RawRecords,
    ref_of: dict[str, str],
    some_patients: list[str],
    scope: Scope,
    visible: set[str],
    as_of: date,
) -> None:
    for patient_id in some_patients:
        expected = [
            {
                "occurred_on": date.fromisoformat(event["occurred_on"]),
                "ended_on": day(event["ended_on"]),
                "kind": event["kind"],
                "program_name": raw.programs[event["program_key"]]["name"]
                if event["program_key"]
                else None,
                "person_name": raw.staff[event["person_id"]]["name"]
                if event["person_id"]
                else None,
                "detail": event["detail"] or None,
            }
            for event in raw.events_by_patient[patient_id]
            if date.fromisoformat(event["occurred_on"]) <= as_of and patient_id in visible
        ]
        found = sample_store.query(
            "patient_events", scope, patient_ref=ref_of[patient_id], as_of=as_of
        ).drop(columns="event_id")
        assert list(found["occurred_on"]) == sorted(found["occurred_on"])
        assert_same(in_order(rows_of(found)), in_order(expected))


def test_events_without_an_id_are_given_one_each(
    sample_store: Store, raw: RawRecords, ref_of: dict[str, str], some_patients: list[str]
) -> None:
    found = [
        event_id
        for patient_id in some_patients
        for event_id in sample_store.query(
            "patient_events", OPERATOR, patient_ref=ref_of[patient_id], as_of=raw.newest_on
        )["event_id"]
    ]
    assert all(found)
    assert len(set(found)) == len(found) > 0


def test_an_event_is_known_from_its_day_on(
    sample_store: Store, raw: RawRecords, ref_of: dict[str, str], some_patients: list[str]
) -> None:
    patient_id = next(one for one in some_patients if raw.events_by_patient[one])
    days = [date.fromisoformat(event["occurred_on"]) for event in raw.events_by_patient[patient_id]]
    last = max(days)
    for as_of, expected in {
        last: len(days),
        last - timedelta(days=1): len(days) - days.count(last),
    }.items():
        found = sample_store.query(
            "patient_events", OPERATOR, patient_ref=ref_of[patient_id], as_of=as_of
        )
        assert len(found) == expected
