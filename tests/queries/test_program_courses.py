"""`program_courses` and `changes_on_no_program` against the sample's own files."""

from collections import defaultdict
from datetime import date, timedelta
from statistics import median_low
from typing import Any

import pytest

from dashboard.store import OPERATOR, Scope, Store
from tests.queries.comparison import Row, assert_same, rows_of
from tests.queries.raw_records import RawRecords, day

WINDOWS: dict[str, Any] = {
    "start_within": 90,
    "before_within": 90,
    "after_from": 28,
    "after_until": 180,
}
SCALES: dict[str, Any] = {"first": "phq9/total", "second": "gad7/total"}
CAME = {"referral_attended", "group_session_attended"}

ByPerson = dict[str, list[tuple[date, float]]]
Courses = dict[tuple[str, str], set[date]]


def scores_of(raw: RawRecords, scale: str, as_of: date) -> ByPerson:
    """(day, score) of each person, in order."""
    measure, _, key = scale.partition("/")
    found: ByPerson = defaultdict(list)
    for one in raw.scores:
        form = one.form
        if (
            (form.measure_key, one.scale.key) == (measure, key)
            and one.value is not None
            and form.completed_on <= as_of
        ):
            found[form.patient_id].append((form.completed_on, one.value))
    return {patient: sorted(scores, key=lambda one: one[0]) for patient, scores in found.items()}


def of_programs(raw: RawRecords, as_of: date) -> tuple[Courses, Courses]:
    """Days of referral or contact, and days of contact, of each person and program."""
    asked: Courses = defaultdict(set)
    came: Courses = defaultdict(set)
    for event in raw.events:
        key = (event["patient_id"], event["program_key"])
        on = day(event["occurred_on"])
        if not event["program_key"] or on is None or on > as_of:
            continue
        if event["kind"] in CAME | {"referral_offered"}:
            asked[key].add(on)
        if event["kind"] in CAME:
            came[key].add(on)
    return asked, came


def last(scores: list[tuple[date, float]], first: date, end: date) -> float | None:
    held = [score for on, score in scores if first <= on <= end]
    return held[-1] if held else None


def expected_courses(raw: RawRecords, as_of: date) -> list[Row]:
    asked, came = of_programs(raw, as_of)
    patients = {row["patient_id"]: row for row in raw.patients}
    scores = {place: scores_of(raw, scale, as_of) for place, scale in SCALES.items()}
    started: dict[tuple[str, str], date | None] = {}
    waits = defaultdict(list)
    for key, days in asked.items():
        referred = min(days)
        in_time = [
            on for on in came[key] if on <= referred + timedelta(days=WINDOWS["start_within"])
        ]
        started[key] = min(in_time, default=None)
        if in_time:
            waits[quarter_of(referred)].append((min(in_time) - referred).days)
    rows = []
    for key, days in asked.items():
        patient, program = key
        referred, begun = min(days), started[key]
        usual = waits[quarter_of(referred)]
        from_on = begun or referred + timedelta(days=median_low(usual) if usual else 0)
        until = from_on + timedelta(days=WINDOWS["after_until"])
        others = [
            on
            for (who, what), contacts in came.items()
            if who == patient and (what != program or begun is None)
            for on in contacts
            if from_on <= on <= until
        ]
        row: dict[str, Any] = {
            "patient_id": patient,
            "program_key": program,
            "program_name": raw.programs[program]["name"],
            "program_kind": raw.programs[program]["kind"],
            **{
                name: patients[patient][name] or None
                for name in ("site", "sex", "language", "diagnosis", "stage")
            },
            "age": referred.year - int(patients[patient]["birth_year"]),
            "referred_on": referred,
            "started_on": begun,
            "contacts": len([on for on in came[key] if from_on <= on <= until]) if begun else 0,
            "attended_otherwise": bool(others),
        }
        for place in SCALES:
            mine = scores[place].get(patient, [])
            before = from_on - timedelta(days=WINDOWS["before_within"])
            after = from_on + timedelta(days=WINDOWS["after_from"])
            row[f"before_{place}"] = last(mine, before, from_on)
            row[f"after_{place}"] = last(mine, after, until)
        rows.append(row)
    return sorted(rows, key=lambda row: (row["program_key"], row["referred_on"], row["patient_id"]))


def quarter_of(on: date) -> tuple[int, int]:
    return on.year, (on.month - 1) // 3


@pytest.mark.parametrize("days_back", [0, 400])
def test_courses_are_those_of_the_files(
    sample_store: Store, raw: RawRecords, days_back: int
) -> None:
    as_of = raw.newest_on - timedelta(days=days_back)
    found = sample_store.query("program_courses", OPERATOR, as_of=as_of, **SCALES, **WINDOWS)
    expected = expected_courses(raw, as_of)
    assert len(expected) > 100
    assert_same(rows_of(found), expected)


def test_a_course_that_is_over_stays_as_it_was(sample_store: Store, raw: RawRecords) -> None:
    """Nothing that comes in after its last day changes it."""
    params: dict[str, Any] = {**SCALES, **WINDOWS}
    early = raw.newest_on - timedelta(days=200)
    then = sample_store.query("program_courses", OPERATOR, as_of=early, **params)
    now = sample_store.query("program_courses", OPERATOR, as_of=raw.newest_on, **params)
    last_referral = early - timedelta(days=WINDOWS["start_within"] + WINDOWS["after_until"])
    # Whole quarters: the usual wait is that of everyone referred in the same one.
    whole = last_referral.replace(month=(last_referral.month - 1) // 3 * 3 + 1, day=1)
    over = [rows_of(frame[frame["referred_on"].dt.date < whole]) for frame in (then, now)]
    assert len(over[0]) > 50
    assert over[0] == over[1]


@pytest.mark.parametrize("scale", ["phq9/total", "gad7/total"])
def test_changes_on_no_program_are_those_of_the_files(
    sample_store: Store, raw: RawRecords, scale: str
) -> None:
    from_on, until_on = date(2024, 10, 1), date(2025, 9, 30)
    _, came = of_programs(raw, raw.newest_on)
    first_contact: dict[str, date] = {}
    for (patient, _), days in came.items():
        if days:
            first_contact[patient] = min([*days, first_contact.get(patient, date.max)])
    expected = []
    for patient, scores in sorted(scores_of(raw, scale, raw.newest_on).items()):
        for on, score in scores:
            if not from_on <= on <= until_on:
                continue
            later = [
                (then, value)
                for then, value in scores
                if 28 <= (then - on).days <= 180
                and then <= until_on + timedelta(days=180)
                and then < first_contact.get(patient, date.max)
            ]
            if later:
                expected.append({"patient_id": patient, "before": score, "after": later[-1][1]})
    found = sample_store.query(
        "changes_on_no_program",
        OPERATOR,
        as_of=raw.newest_on,
        scale=scale,
        from_on=from_on,
        until_on=until_on,
        after_from=28,
        after_until=180,
    )
    assert len(expected) > 100
    assert_same(rows_of(found), expected)


def test_the_service_counts_the_same_courses(sample_store: Store, raw: RawRecords) -> None:
    params: dict[str, Any] = {"as_of": raw.newest_on, **SCALES, **WINDOWS}
    everyone = sample_store.query("program_courses", OPERATOR, **params)
    nameless = sample_store.query("program_courses", Scope("manager-1", "service"), **params)
    assert not set(nameless["patient_id"]) & set(everyone["patient_id"])
    told = ["program_key", "referred_on", "started_on", "contacts", "before_first", "after_first"]
    ordered = [
        frame[told].sort_values(told).reset_index(drop=True) for frame in (everyone, nameless)
    ]
    assert ordered[0].equals(ordered[1])
