"""What a row of each kind must be."""

import re
import unicodedata
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dashboard.intake.incoming import Refusal
from dashboard.intake.records import (
    DAY,
    KINDS,
    MOMENT,
    NUMBER,
    PLAIN_ID,
    Answer,
    Score,
    check_records,
    columns_of,
    text_table,
)


def check(kind: str, *rows: dict[str, str]) -> tuple[list[dict[str, Any]], list[Refusal]]:
    """Rows as if they stood in a file from row 2 on; the good ones without their blanks."""
    columns = {name: pa.array([row.get(name, "") for row in rows]) for name in columns_of(kind)}
    table = text_table(kind, columns, pa.array(range(2, 2 + len(rows)), pa.int64()))
    good, refusals = check_records(kind, table)
    kept = [
        {name: value for name, value in row.items() if value not in (None, [])}
        for row in good.to_pylist()
    ]
    return kept, refusals


GOOD: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "patients": (
        {
            "patient_id": " 00123 ",
            "initials": "A.B.",
            "birth_year": "1961",
            "sex": "female",
            "phase": "on_treatment",
            "diagnosed_on": "2024-02-29",
            "treatment_started_on": "2024-03-01",
            "treatment_ended_on": "2024-03-01",
            "status": "active",
            "lives_alone": "yes",
        },
        {
            "patient_id": "00123",
            "initials": "A.B.",
            "birth_year": 1961,
            "sex": "female",
            "phase": "on_treatment",
            "diagnosed_on": date(2024, 2, 29),
            "treatment_started_on": date(2024, 3, 1),
            "treatment_ended_on": date(2024, 3, 1),
            "status": "active",
            "lives_alone": True,
        },
    ),
    "staff": ({"person_id": "N1", "name": "Zoe\u0308", "role": "nurse"},) * 2,
    "panel": (
        {"person_id": "N1", "patient_id": "1", "from_on": "2026-01-05", "until_on": "2026-01-05"},
        {
            "person_id": "N1",
            "patient_id": "1",
            "from_on": date(2026, 1, 5),
            "until_on": date(2026, 1, 5),
        },
    ),
    "programs": (
        {"program_key": "walk", "name": "Walking", "support_types": "belonging; tangible"},
        {"program_key": "walk", "name": "Walking", "support_types": ["belonging", "tangible"]},
    ),
    "resources": (
        {
            "resource_key": "line",
            "name": "Night line",
            "support_types": "emotional",
            "source": "community",
            "min_age": "18",
            "max_age": "18",
            "languages": "English; Ελληνικά",
            "phases": "on_treatment;palliative",
            "site": " ",
        },
        {
            "resource_key": "line",
            "name": "Night line",
            "support_types": ["emotional"],
            "source": "community",
            "min_age": 18,
            "max_age": 18,
            "languages": ["English", "Ελληνικά"],
            "phases": ["on_treatment", "palliative"],
        },
    ),
    "events": (
        {"patient_id": "1", "occurred_on": "2026-01-05", "kind": "surgery", "detail": "<b>x</b>"},
        {
            "patient_id": "1",
            "occurred_on": date(2026, 1, 5),
            "kind": "surgery",
            "detail": "<b>x</b>",
        },
    ),
}


@pytest.mark.parametrize("kind", GOOD)
def test_good_rows_come_out_typed(kind: str) -> None:
    given_row, expected = GOOD[kind]
    kept, refusals = check(kind, given_row)
    assert refusals == []
    tidied = {
        name: unicodedata.normalize("NFC", value) if isinstance(value, str) else value
        for name, value in expected.items()
    }
    assert kept == [{**tidied, "source_row": 2}]


PATIENT = {"patient_id": "1"}
PANEL = {"person_id": "N1", "patient_id": "1"}
EVENT = {"patient_id": "1", "occurred_on": "2026-01-05", "kind": "surgery"}
PROGRAM = {"program_key": "walk", "name": "Walking"}
RESOURCE = {"resource_key": "line", "name": "Night line", "support_types": "emotional"}
STAFF = {"person_id": "N1", "name": "Ann", "role": "nurse"}

# kind, the good row, the column that is changed, its value, a word of the reason
BAD = [
    ("patients", PATIENT, "patient_id", " ", "empty"),
    ("patients", PATIENT, "patient_id", "1\u200b", "cannot be seen"),
    ("patients", PATIENT, "patient_id", "1\u00a02", "cannot be seen"),
    ("patients", PATIENT, "patient_id", "1\x072", "cannot be seen"),
    ("patients", PATIENT, "patient_id", "\u202e12", "cannot be seen"),
    ("patients", PATIENT, "patient_id", "١٢", "digits"),
    ("patients", PATIENT, "patient_id", "\uff11\uff12", "digits"),
    ("patients", PATIENT, "patient_id", "x" * 201, "longer"),
    ("patients", PATIENT, "birth_year", "61", "four digits"),
    ("patients", PATIENT, "birth_year", "1961.0", "four digits"),
    ("patients", PATIENT, "birth_year", "1899", "not between 1900"),
    ("patients", PATIENT, "birth_year", "2999", "not between 1900"),
    ("patients", PATIENT, "sex", "F", "'female'"),
    ("patients", PATIENT, "phase", "cured", "'follow_up'"),
    ("patients", PATIENT, "status", "Active", "'active'"),
    ("patients", PATIENT, "lives_alone", "true", "yes or no"),
    ("patients", PATIENT, "diagnosed_on", "03/04/2026", "YYYY-MM-DD"),
    ("patients", PATIENT, "diagnosed_on", "2026-02-30", "no such day"),
    ("patients", PATIENT, "diagnosed_on", "2026-1-5", "YYYY-MM-DD"),
    ("patients", PATIENT, "diagnosed_on", "20260105", "YYYY-MM-DD"),
    ("patients", PATIENT, "diagnosed_on", "٢٠٢٦-01-05", "YYYY-MM-DD"),
    ("patients", {**PATIENT, "birth_year": "2001"}, "diagnosed_on", "1999-01-01", "was born"),
    (
        "patients",
        {**PATIENT, "treatment_started_on": "2026-01-05"},
        "treatment_ended_on",
        "2026-01-04",
        "before treatment_started_on",
    ),
    ("staff", STAFF, "name", "", "empty"),
    ("staff", STAFF, "role", "doctor", "'steward'"),
    ("panel", PANEL, "patient_id", "", "empty"),
    ("panel", {**PANEL, "from_on": "2026-01-05"}, "until_on", "2026-01-04", "before from_on"),
    ("programs", PROGRAM, "kind", "club", "'group'"),
    ("programs", PROGRAM, "support_types", "emotional;money", "'tangible'"),
    ("programs", PROGRAM, "support_types", "esteem;esteem", "twice"),
    ("programs", PROGRAM, "source", "clinic", "'care_team'"),
    ("resources", RESOURCE, "resource_key", "", "empty"),
    ("resources", RESOURCE, "support_types", "", "empty"),
    ("resources", RESOURCE, "support_types", "money", "'tangible'"),
    ("resources", RESOURCE, "source", "clinic", "'care_team'"),
    ("resources", RESOURCE, "min_age", "-1", "whole years"),
    ("resources", RESOURCE, "max_age", "121", "whole years"),
    ("resources", RESOURCE, "max_age", "18.5", "whole years"),
    ("resources", {**RESOURCE, "min_age": "40"}, "max_age", "39", "below min_age"),
    ("resources", RESOURCE, "languages", "English;English", "twice"),
    ("resources", RESOURCE, "languages", "English;", "nothing between"),
    ("resources", RESOURCE, "phases", "cured", "'palliative'"),
    ("events", EVENT, "kind", "party", "'surgery'"),
    ("events", EVENT, "occurred_on", "", "empty"),
    ("events", EVENT, "ended_on", "2026-01-04", "before occurred_on"),
]


@pytest.mark.parametrize(("kind", "row", "column", "value", "reason"), BAD)
def test_a_bad_value_refuses_its_row(
    kind: str, row: dict[str, str], column: str, value: str, reason: str
) -> None:
    kept, refusals = check(kind, row, {**row, column: value})
    assert [row["source_row"] for row in kept] == [2]
    assert [(r.row, r.column, r.value) for r in refusals] == [(3, column, value)]
    assert reason in refusals[0].reason
    assert refusals[0].what_to_do
    assert len(value) < 3 or value not in refusals[0].reason + refusals[0].what_to_do


def test_every_reason_of_a_row_is_given() -> None:
    _, refusals = check("patients", {"patient_id": "", "sex": "F", "birth_year": "x"})
    assert {refusal.column for refusal in refusals} == {"patient_id", "sex", "birth_year"}


def test_a_row_said_twice_is_kept_once() -> None:
    kept, refusals = check(
        "patients",
        {"patient_id": "1", "site": "A"},
        {"patient_id": "2"},
        {"patient_id": " 1", "site": "A "},
    )
    assert [row["source_row"] for row in kept] == [2, 3]
    assert refusals == []


def test_rows_that_disagree_about_one_key_are_all_refused() -> None:
    kept, refusals = check(
        "patients", {"patient_id": "1", "site": "A"}, {"patient_id": "2"}, {"patient_id": "1"}
    )
    assert [row["source_row"] for row in kept] == [3]
    assert [(r.row, r.value) for r in refusals] == [(2, "1"), (4, "1")]
    assert "rows 2, 4 give different values" in refusals[0].reason


def test_events_without_an_id_are_kept_apart() -> None:
    kept, refusals = check(
        "events",
        EVENT,
        EVENT,
        {**EVENT, "event_id": "e1"},
        {**EVENT, "event_id": "e1", "detail": "x"},
    )
    assert [row["source_row"] for row in kept] == [2, 3]
    assert [r.row for r in refusals] == [4, 5]


ANSWER = {
    "patient_id": "1",
    "measure_key": "phq9",
    "completed_on": "2026-01-05",
    "item_key": "phq9_1",
    "answer": "3",
}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("answer", "3.0"),
        ("answer", " 3 "),
        ("answer", "declined"),
        ("answer", "not applicable"),
        ("answer", ""),
        ("wave", "baseline"),
        ("completed_on", "2026-01-05T10:30+02:00"),
        ("completed_on", "2026-01-05T10:30:59.123Z"),
    ],
)
def test_good_answers(column: str, value: str) -> None:
    assert getattr(Answer.model_validate({**ANSWER, column: value}), column) == value.strip()


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("answer", "NA", "not a number"),
        ("answer", "inf", "not a number"),
        ("answer", "nan", "not a number"),
        ("answer", "1e3", "not a number"),
        ("answer", "\uff14", "not a number"),
        ("answer", "٤", "not a number"),
        ("answer", "3,5", "not a number"),
        ("answer", "=1+1", "not a number"),
        ("item_key", "", "without its item"),
        ("completed_on", "", "empty"),
        ("completed_on", "2026-02-30", "no such day"),
        ("completed_on", "2026-01-05T25:30Z", "no such day or time"),
        ("completed_on", "2026-01-05T10:30", "no offset"),
        ("completed_on", "05/01/2026", "YYYY-MM-DD"),
        ("patient_id", "1\ufeff2", "cannot be seen"),
        ("measure_key", "", "empty"),
    ],
)
def test_bad_answers(column: str, value: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Answer.model_validate({**ANSWER, column: value})


def test_a_form_without_any_answer_is_an_assessment() -> None:
    empty = Answer.model_validate({**ANSWER, "item_key": "", "answer": ""})
    assert (empty.item_key, empty.answer) == ("", "")


def test_a_score_is_a_number() -> None:
    score = {
        "patient_id": "1",
        "measure_key": "k",
        "scale_key": "total",
        "completed_on": "2026-01-05",
    }
    assert Score.model_validate({**score, "score": "12.5"}).score == "12.5"
    for wrong in ("", "declined", "many"):
        with pytest.raises(ValidationError):
            Score.model_validate({**score, "score": wrong})


@given(
    st.text(
        st.characters(max_codepoint=0xFFFF, exclude_categories=("Cs", "Cn")), min_size=1, max_size=8
    )
)
def test_the_pattern_for_ids_says_what_the_check_says(text: str) -> None:
    tidied = unicodedata.normalize("NFC", text).strip(" \t")
    matches = pc.match_substring_regex(pa.scalar(tidied), PLAIN_ID).as_py()
    _, refusals = check("patients", {"patient_id": text})
    assert matches == (not refusals)


@pytest.mark.parametrize("pattern", [DAY, MOMENT, NUMBER])
@given(text=st.text("0123456789-+:.TZ ٤", max_size=26))
def test_patterns_mean_the_same_to_python_and_arrow(pattern: str, text: str) -> None:
    in_arrow = pc.match_substring_regex(pa.scalar(text), pattern).as_py()
    assert in_arrow == (re.fullmatch(pattern, text) is not None)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_every_real_day_is_a_date(day: date) -> None:
    kept, _ = check("events", {**EVENT, "occurred_on": day.isoformat()})
    assert kept[0]["occurred_on"] == day


@given(st.text("0123456789-/. ", max_size=11))
def test_no_other_text_is_a_date(text: str) -> None:
    kept, refusals = check("events", {**EVENT, "occurred_on": text})
    if kept:
        assert kept[0]["occurred_on"].isoformat() == text.strip(" ")
    else:
        assert refusals[0].column == "occurred_on"


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_is_described(kind: str) -> None:
    for name, field in KINDS[kind].model_fields.items():
        assert field.description, name
