"""`service_waits` against the sample's files, and the cases that decide when a wait ends."""

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from dashboard.store import OPERATOR, Scope, Store
from tests.queries.comparison import Row, assert_same, rows_of
from tests.queries.raw_records import RawRecords, day, screening_cut_off
from tests.queries.small_store import imported

SETTLE = 8
COLUMNS = (
    "opened_on",
    "site",
    "days",
    "contacted",
    "safety",
    "referred",
    "days_to_referral",
    "first_of_month",
    "year",
)


def quarter_of(on: date) -> int:
    return on.year * 4 + (on.month - 1) // 3


def year_of(on: date, as_of: date, settle: int) -> int | None:
    """1 for the last four quarters that had been over for so many days, 2 for the four before."""
    ago = quarter_of(as_of + timedelta(days=1 - settle)) - quarter_of(on)
    return {True: 1, False: 2}[ago <= 4] if 1 <= ago <= 8 else None


def screens_of(raw: RawRecords, patient_id: str, as_of: date) -> dict[date, tuple[bool, bool]]:
    """Each day on which somebody was screened: positive, and because of a safety answer."""
    found: dict[date, list[bool]] = defaultdict(lambda: [False, False])
    for one in raw.scores_by_patient[patient_id]:
        cut_off = screening_cut_off(one.scale)
        is_distress = raw.catalogue[one.form.measure_key].domain == "distress"
        if is_distress and cut_off is not None and one.value is not None:
            above = one.value >= cut_off
            below = one.value <= cut_off
            found[one.completed_on][0] |= above if one.scale.higher_is == "worse" else below
    for form in raw.forms_by_patient[patient_id]:
        for safety in raw.catalogue[form.measure_key].safety_items:
            if form.answers.get(safety.item, -1) >= safety.at_least:
                found[form.completed_on] = [True, True]
    return {on: (told[0], told[1]) for on, told in found.items() if on <= as_of}


def days_of(raw: RawRecords, patient_id: str, kind: str, as_of: date) -> list[date]:
    return sorted(
        on
        for event in raw.events_by_patient[patient_id]
        for on in [day(event["occurred_on"])]
        if event["kind"] == kind and on is not None and on <= as_of
    )


def waits_of(raw: RawRecords, patient: Row, as_of: date) -> list[Row]:
    patient_id = patient["patient_id"]
    screens = screens_of(raw, patient_id, as_of)
    contacts = days_of(raw, patient_id, "contact", as_of)
    offers = days_of(raw, patient_id, "referral_offered", as_of)
    left_on = None if patient["status"] == "active" else day(patient["status_on"])
    last_on = min(as_of, left_on or as_of)
    waits: list[Row] = []
    for on in sorted(on for on, (positive, _) in screens.items() if positive):
        contact = min((other for other in contacts if other >= on), default=None)
        calm = [other for other, (bad, _) in screens.items() if not bad and other > on]
        quiet = min(calm, default=None)
        if contact and quiet and contact > quiet:
            contact = None
        ends = (contact, None if contact else quiet)
        if waits and waits[-1]["ends"] == ends:
            waits[-1]["safety"] |= screens[on][1]
            continue
        waits.append({"ends": ends, "opened_on": on, "safety": screens[on][1]})
    seen: set[object] = set()
    for wait in waits:
        on, (contact, quiet) = wait["opened_on"], wait["ends"]
        offer = min((other for other in offers if other >= on), default=None)
        year = year_of(on, as_of, SETTLE)
        wait |= {
            "site": patient["site"],
            "contacted": contact is not None,
            "days": max((contact or min(quiet or last_on, last_on)) - on, timedelta(0)).days,
            "referred": offer is not None,
            "days_to_referral": max((offer or last_on) - on, timedelta(0)).days,
            "first_of_month": (on.year, on.month) not in seen,
            "year": None if year is None or ("year", year) in seen else year,
        }
        seen |= {(on.year, on.month), ("year", year)}
    return waits


def test_every_wait(
    sample_store: Store, raw: RawRecords, scope: Scope, visible: set[str], as_of: date
) -> None:
    def place(row: Row) -> tuple[str, ...]:
        return tuple(str(row[name]) for name in COLUMNS)

    first = quarter_of(as_of + timedelta(days=1 - SETTLE)) - 8
    expected = [
        {name: wait[name] for name in COLUMNS}
        for patient in raw.patients
        if patient["patient_id"] in visible
        for wait in waits_of(raw, patient, as_of)
        if quarter_of(wait["opened_on"]) >= first
    ]
    found = rows_of(sample_store.query("service_waits", scope, as_of=as_of, settle_days=SETTLE))
    assert_same(sorted(found, key=place), sorted(expected, key=place))
    if as_of == raw.newest_on and scope == OPERATOR:
        assert (
            {row["contacted"] for row in found} == {row["safety"] for row in found} == {True, False}
        )
        assert {row["year"] for row in found} == {1, 2, None}


def answered(*days: tuple[str, int]) -> str:
    """Forms of the PHQ-9 with the same answer to eight items, and 0 to the safety item."""
    items = ",".join(f"phq9_{number}" for number in range(1, 10))
    rows = "".join(f"P-1,{on}," + ",".join([str(answer)] * 8 + ["0"]) + "\n" for on, answer in days)
    return f"patient_id,completed_on,{items}\n{rows}"


@pytest.mark.parametrize(
    ("forms", "events", "status", "days", "contacted"),
    [
        ([("2026-01-05", 2)], ["2026-01-08"], "active,", [3], [True]),
        ([("2026-01-05", 2)], ["2026-01-04"], "active,", [25], [False]),
        ([("2026-01-05", 2)], [], "deceased,2026-01-20", [15], [False]),
        ([("2026-01-05", 2), ("2026-01-12", 0)], ["2026-01-20"], "active,", [7], [False]),
        ([("2026-01-05", 2), ("2026-01-12", 2)], ["2026-01-20"], "active,", [15], [True]),
        ([("2026-01-05", 2), ("2026-01-12", 2)], ["2026-01-08"], "active,", [3, 18], [True, False]),
        ([("2026-01-05", 0)], ["2026-01-08"], "active,", [], []),
    ],
    ids=["contacted", "not since", "died", "well again", "one wait", "another wait", "negative"],
)
def test_when_a_wait_ends(
    tmp_path: Path,
    forms: list[tuple[str, int]],
    events: list[str],
    status: str,
    days: list[int],
    contacted: list[bool],
) -> None:
    files = {
        "patients.csv": f"patient_id,site,status,status_on\nP-1,North,{status}\n",
        "phq9.csv": answered(*forms),
    }
    if events:
        files["events.csv"] = "event_id,patient_id,kind,occurred_on\n" + "".join(
            f"E-{place},P-1,contact,{on}\n" for place, on in enumerate(events)
        )
    store, report = imported(tmp_path, files, today=date(2026, 3, 1))
    assert report.stored, report.refused
    found = store.query("service_waits", OPERATOR, as_of=date(2026, 1, 30), settle_days=SETTLE)
    assert found["days"].tolist() == days
    assert found["contacted"].tolist() == contacted
