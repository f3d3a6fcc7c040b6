"""Who stands where on the worklist, case by case: one patient a case, all in one store."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from dashboard.store import Scope, Store
from dashboard.store.scope import OPERATOR
from tests.queries.comparison import Row, alike, rows_of
from tests.queries.small_store import csv_text, imported

TODAY = date(2026, 6, 30)

SAFETY, ABOVE_AND_WORSE, ABOVE, WORSE, OVERDUE, NOTHING_DUE, NO_SCORE = range(1, 8)


def before(days: int) -> date:
    return TODAY - timedelta(days=days)


@dataclass(frozen=True)
class Form:
    """One form; `on` may carry a time. `total` is one that came ready-made."""

    measure: str
    on: date | str
    answers: dict[str, object] = field(default_factory=dict)
    total: dict[str, float] = field(default_factory=dict)
    wave: str = ""


def spread(measure: str, items: int, total: int) -> dict[str, object]:
    """Answers of 0-3 to the first `items` items that add up to `total`."""
    answers: dict[str, object] = {}
    for number in range(1, items + 1):
        answers[f"{measure}_{number}"] = min(3, total)
        total -= min(3, total)
    assert total == 0, "more than the items can hold"
    return answers


def phq9(days_ago: int, total: int, *, safety: object = 0) -> Form:
    """A PHQ-9 whose first eight items add up to `total`; `safety` answers item 9, None not."""
    answers = spread("phq9", 8, total)
    if safety is not None:
        answers["phq9_9"] = safety
    return Form("phq9", before(days_ago), answers)


def gad7(days_ago: int, total: int) -> Form:
    return Form("gad7", before(days_ago), spread("gad7", 7, total))


def half_filled_phq9(days_ago: int) -> Form:
    return Form("phq9", before(days_ago), {"phq9_1": 0, "phq9_2": 0, "phq9_9": 0})


def declined_phq9(days_ago: int) -> Form:
    answers: dict[str, object] = {f"phq9_{number}": "declined" for number in range(1, 10)}
    return Form("phq9", before(days_ago), answers)


@dataclass(frozen=True)
class Case:
    """What is known of one patient, and what the worklist of `as_of` must say; None: nothing."""

    name: str
    forms: list[Form]
    expected: Row | None
    as_of: date = TODAY
    patient: dict[str, Any] = field(default_factory=dict)
    events: list[tuple[date, str]] = field(default_factory=list)
    nurses: list[tuple[str, date | None, date | None]] = field(default_factory=list)


SAFETY_CASES = [
    Case(
        "safety item endorsed although the total is missing",
        [Form("phq9", before(10), {"phq9_1": 0, "phq9_9": 1})],
        {
            "rank": SAFETY,
            "safety_title": "PHQ-9",
            "safety_item": "phq9_9",
            "safety_answer": 1,
            "safety_threshold": 1,
            "safety_on": before(10),
            "safety_unanswered": False,
            "score": None,
            "last_form_on": before(10),
        },
    ),
    Case(
        "safety item answered 0",
        [phq9(10, 3)],
        {"rank": NOTHING_DUE, "safety_item": None, "safety_unanswered": False},
    ),
    Case(
        "a later form answers 0",
        [phq9(40, 3, safety=3), phq9(10, 3)],
        {"rank": NOTHING_DUE, "safety_item": None, "safety_on": None},
    ),
    Case(
        "a later form endorses it",
        [phq9(40, 3), phq9(10, 3, safety=2)],
        {"rank": SAFETY, "safety_answer": 2, "safety_on": before(10)},
    ),
    Case(
        "the latest form leaves it blank, the one before answered 0",
        [phq9(40, 4), phq9(10, 8, safety=None)],
        {
            "rank": NOTHING_DUE,
            "safety_item": None,
            "safety_unanswered": True,
            # The total is estimated from the eight answers: 8 ÷ 8 × 9.
            "score": 9,
            "score_status": "prorated",
        },
    ),
    Case(
        "the latest form leaves it blank, the one before endorsed it",
        [phq9(40, 3, safety=1), phq9(10, 3, safety=None)],
        {"rank": SAFETY, "safety_on": before(40), "safety_unanswered": True},
    ),
    Case(
        "the latest form declines it",
        [phq9(10, 3, safety="declined")],
        {"rank": NOTHING_DUE, "safety_unanswered": True},
    ),
    Case(
        "the latest form declines everything",
        [phq9(40, 3), declined_phq9(10)],
        {"rank": NOTHING_DUE, "safety_unanswered": True, "declined_on": before(10)},
    ),
    Case(
        "blank once, answered 0 since",
        [phq9(40, 3, safety=None), phq9(10, 3)],
        {"rank": NOTHING_DUE, "safety_unanswered": False},
    ),
    Case(
        "endorsed two years ago and never asked again",
        [phq9(730, 3, safety=1)],
        {"rank": SAFETY, "safety_on": before(730), "days_overdue": 640},
    ),
    Case(
        "endorsed and denied on one day",
        [
            Form("phq9", before(10), spread("phq9", 8, 0) | {"phq9_9": 1}, wave="morning"),
            Form("phq9", before(10), spread("phq9", 8, 0) | {"phq9_9": 0}, wave="second"),
        ],
        {"rank": SAFETY, "safety_answer": 1},
    ),
    Case(
        "endorsed after the day looked at",
        [phq9(20, 3), phq9(10, 3, safety=3)],
        {"rank": NOTHING_DUE, "safety_item": None},
        as_of=before(11),
    ),
    Case(
        "a total came ready-made, without any item",
        [Form("phq9", before(10), total={"total": 12})],
        {
            "rank": ABOVE,
            "score": 12,
            "score_status": "imported",
            "safety_item": None,
            "safety_unanswered": False,
        },
    ),
    Case(
        "a total came ready-made, with the safety item alone",
        [Form("phq9", before(10), {"phq9_9": 2}, total={"total": 12})],
        {"rank": SAFETY, "safety_answer": 2, "score": 12, "score_status": "imported"},
    ),
]

SCORE_CASES = [
    Case(
        "exactly at the cut-off is above it",
        [phq9(10, 10)],
        {"rank": ABOVE, "above_cut_off": True, "cut_off": 10, "band": "moderate"},
    ),
    Case(
        "one below the cut-off",
        [phq9(10, 9)],
        {"rank": NOTHING_DUE, "above_cut_off": False, "band": "mild"},
    ),
    Case(
        "a rise of exactly the reliable change",
        [phq9(40, 3), phq9(10, 9)],
        {
            "rank": WORSE,
            "change": 6,
            "reliable_change": 6,
            "reliably_worse": True,
            "previous_score": 3,
            "previous_on": before(40),
        },
    ),
    Case(
        "a rise within measurement error",
        [phq9(40, 4), phq9(10, 9)],
        {"rank": NOTHING_DUE, "change": 5, "reliably_worse": False},
    ),
    Case(
        "a fall of exactly the reliable change",
        [phq9(40, 9), phq9(10, 3)],
        {"rank": NOTHING_DUE, "change": -6, "reliably_better": True, "reliably_worse": False},
    ),
    Case(
        "above the cut-off and reliably worse",
        [phq9(40, 4), phq9(10, 10)],
        {"rank": ABOVE_AND_WORSE, "above_cut_off": True, "reliably_worse": True},
    ),
    Case(
        "still above though reliably better",
        [phq9(40, 20), phq9(10, 12)],
        {"rank": ABOVE, "above_cut_off": True, "reliably_better": True},
    ),
    Case(
        "the first form has no change",
        [phq9(10, 12)],
        {"rank": ABOVE, "change": None, "reliably_worse": False, "reliably_better": False},
    ),
    Case(
        "above on one scale leads over worse on another",
        [phq9(40, 0), gad7(40, 8), phq9(10, 9), gad7(10, 8)],
        {"rank": ABOVE, "measure_key": "gad7", "reliably_worse": False},
    ),
    Case(
        "above and worse leads over a later form that is above only",
        [phq9(40, 4), phq9(10, 15), gad7(5, 20)],
        {"rank": ABOVE_AND_WORSE, "measure_key": "phq9", "completed_on": before(10)},
    ),
    Case(
        "of two calm scales the later leads",
        [gad7(40, 1), phq9(10, 1)],
        {"rank": NOTHING_DUE, "measure_key": "phq9"},
    ),
    Case(
        "of two calm scales of one day the first measure leads",
        [phq9(10, 1), gad7(10, 1)],
        {"rank": NOTHING_DUE, "measure_key": "gad7"},
    ),
    Case(
        "of the scales of one form the first leads",
        [Form("hads", before(10), total={"anxiety": 9, "depression": 9, "total": 18})],
        {"rank": ABOVE, "measure_key": "hads", "scale_key": "anxiety"},
    ),
    Case(
        "of two forms of one day the later by the clock is the latest",
        [
            Form("phq9", f"{before(10)}T18:00+02:00", spread("phq9", 9, 12)),
            Form("phq9", f"{before(10)}T09:00+02:00", spread("phq9", 9, 4)),
        ],
        {"rank": ABOVE_AND_WORSE, "score": 12, "previous_score": 4},
    ),
    Case(
        "the last six forms",
        [phq9(80 - 10 * number, number) for number in range(8)],
        {
            "recent_on": [before(60 - 10 * number) for number in range(6)],
            "recent_score": [2, 3, 4, 5, 6, 7],
        },
    ),
    Case(
        "a score one day short of a year old",
        [phq9(364, 20)],
        {"rank": ABOVE, "above_cut_off": True, "due_reason": "after_positive_screen"},
    ),
    Case(
        "a score of a year ago says nothing about today",
        [phq9(400, 4), phq9(365, 20)],
        {
            "rank": OVERDUE,
            "score": 20,
            "above_cut_off": False,
            "reliably_worse": False,
            "days_since": 365,
            "due_reason": "on_treatment",
            "days_overdue": 275,
        },
    ),
    Case(
        "too few answers are not less distress and put off nothing",
        [phq9(40, 12), half_filled_phq9(5)],
        {
            "rank": ABOVE,
            "score": 12,
            "completed_on": before(40),
            "reliably_better": False,
            "recent_on": [before(40), before(5)],
            "recent_score": [12, None],
            "last_form_on": before(5),
            "days_since": 5,
            "next_due_on": before(12),
            "days_overdue": 12,
        },
    ),
    Case(
        "a form with too few answers and no other",
        [half_filled_phq9(5)],
        {"rank": NO_SCORE, "score": None, "last_form_on": before(5), "recent_score": None},
    ),
    Case(
        "a form of a measure that does not screen",
        [Form("brs", before(5), {f"brs_{number}": 1 for number in range(1, 7)})],
        {"rank": NO_SCORE, "score": None, "last_form_on": None, "next_due_on": None},
    ),
    Case(
        "a past day uses only what was known",
        [phq9(200, 9), phq9(5, 20)],
        {
            "rank": OVERDUE,
            "score": 9,
            "recent_score": [9],
            "last_form_on": before(200),
            "days_since": 194,
            "days_overdue": 104,
        },
        as_of=before(6),
    ),
]

DUE_CASES = [
    Case(
        "no form yet",
        [],
        {
            "rank": NO_SCORE,
            "score": None,
            "last_form_on": None,
            "days_since": None,
            "next_due_on": None,
            "days_overdue": 0,
            "due_reason": None,
        },
    ),
    Case(
        "no form yet, due today",
        [],
        {"rank": NO_SCORE, "next_due_on": TODAY, "days_overdue": 0, "due_reason": "first_form"},
        patient={"diagnosed_on": before(14)},
    ),
    Case(
        "no form yet, since yesterday",
        [],
        {"rank": OVERDUE, "days_overdue": 1, "due_reason": "first_form"},
        patient={"diagnosed_on": before(15)},
    ),
    Case(
        "no form yet, and a second milestone grants no delay",
        [],
        {"rank": OVERDUE, "days_overdue": 16, "due_reason": "first_form"},
        events=[(before(30), "diagnosis"), (before(3), "surgery")],
    ),
    Case(
        "on treatment, due today",
        [phq9(90, 3)],
        {"rank": NOTHING_DUE, "next_due_on": TODAY, "days_overdue": 0},
    ),
    Case(
        "on treatment, due yesterday",
        [phq9(91, 3)],
        {"rank": OVERDUE, "days_overdue": 1, "due_reason": "on_treatment", "days_since": 91},
    ),
    Case(
        "in follow-up, due today",
        [phq9(180, 3)],
        {"rank": NOTHING_DUE, "next_due_on": TODAY, "due_reason": "follow_up"},
        patient={"phase": "follow_up"},
    ),
    Case(
        "in follow-up, due yesterday",
        [phq9(181, 3)],
        {"rank": OVERDUE, "days_overdue": 1, "due_reason": "follow_up"},
        patient={"phase": "follow_up"},
    ),
    Case(
        "of unknown phase, asked as often as on treatment",
        [phq9(91, 3)],
        {"rank": OVERDUE, "due_reason": "on_treatment"},
        patient={"phase": ""},
    ),
    Case(
        "a positive screen is asked again within four weeks",
        [phq9(30, 12)],
        {
            "rank": ABOVE,
            "next_due_on": before(2),
            "days_overdue": 2,
            "due_reason": "after_positive_screen",
        },
        patient={"phase": "follow_up"},
    ),
    Case(
        "a milestone after the last form",
        [phq9(40, 3)],
        {"rank": OVERDUE, "days_overdue": 6, "due_reason": "after_treatment_event"},
        events=[(before(20), "treatment_end")],
    ),
    Case(
        "of two milestones the first unanswered one counts",
        [phq9(40, 3)],
        {"rank": OVERDUE, "days_overdue": 6},
        events=[(before(20), "surgery"), (before(2), "treatment_start")],
    ),
    Case(
        "a milestone known from the patient list alone",
        [phq9(40, 3)],
        {"rank": OVERDUE, "days_overdue": 6, "due_reason": "after_treatment_event"},
        patient={"treatment_ended_on": before(20)},
        events=[(before(60), "surgery")],
    ),
    Case(
        "a milestone on the day of the form is answered",
        [phq9(40, 3)],
        {"rank": NOTHING_DUE, "due_reason": "on_treatment"},
        events=[(before(40), "surgery")],
    ),
    Case(
        "a milestone after the day looked at",
        [phq9(40, 3)],
        {"rank": NOTHING_DUE, "due_reason": "on_treatment"},
        as_of=before(21),
        events=[(before(20), "recurrence")],
    ),
    Case(
        "a contact is no milestone",
        [phq9(40, 3)],
        {"rank": NOTHING_DUE, "due_reason": "on_treatment"},
        events=[(before(30), "contact")],
    ),
    Case(
        "two rules for one day: the milestone is named",
        [phq9(20, 12)],
        {"next_due_on": TODAY + timedelta(days=8), "due_reason": "after_treatment_event"},
        events=[(before(6), "surgery")],
    ),
    Case(
        "someone who declined is not overdue",
        [phq9(200, 3), declined_phq9(10)],
        {
            "rank": NOTHING_DUE,
            "score": 3,
            "declined_on": before(10),
            "days_overdue": 0,
            "next_due_on": TODAY + timedelta(days=80),
        },
    ),
    Case(
        "someone who declined is asked again later",
        [phq9(200, 3), declined_phq9(91)],
        {"rank": OVERDUE, "days_overdue": 1},
    ),
    Case(
        "declined at the first form",
        [declined_phq9(10)],
        {"rank": NO_SCORE, "declined_on": before(10), "days_overdue": 0},
        patient={"diagnosed_on": before(100)},
    ),
    Case(
        "a form declined in part is no refusal",
        [
            phq9(200, 3),
            Form("phq9", before(10), {"phq9_1": 1, "phq9_2": "declined", "phq9_9": 0}),
        ],
        {"rank": OVERDUE, "declined_on": None, "days_overdue": 110},
    ),
]

LIST_CASES = [
    *(
        Case(
            f"{status}, the day before",
            [phq9(30, 12)],
            {"rank": ABOVE},
            as_of=before(1),
            patient={"status": status, "status_on": TODAY},
        )
        for status in ("deceased", "withdrawn", "discharged")
    ),
    *(
        Case(
            f"{status}, from that day",
            [phq9(30, 12, safety=3)],
            None,
            patient={"status": status, "status_on": TODAY},
        )
        for status in ("deceased", "withdrawn", "discharged")
    ),
    Case("deceased on an unknown day", [phq9(30, 12)], None, patient={"status": "deceased"}),
    Case(
        "the nurse of the day, before a change",
        [],
        {"nurse": "Zoe First"},
        as_of=before(100),
        nurses=[("zoe", None, before(100)), ("ada", before(99), None)],
    ),
    Case(
        "the nurse of the day, after a change",
        [],
        {"nurse": "Ada Second"},
        nurses=[("zoe", None, before(100)), ("ada", before(99), None)],
    ),
    Case("without a nurse", [], {"nurse": None}),
    Case("age from the year alone", [], {"age": 66}, patient={"birth_year": "1960"}),
    Case("nothing known but the phase", [], {"age": None, "site": None, "rank": NO_SCORE}),
]

CASES = [*SAFETY_CASES, *SCORE_CASES, *DUE_CASES, *LIST_CASES]


def id_of(case: Case) -> str:
    return f"case-{CASES.index(case):02}"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    columns = [
        "patient_id",
        "birth_year",
        "phase",
        "diagnosed_on",
        "treatment_started_on",
        "treatment_ended_on",
        "status",
        "status_on",
    ]
    patients, answers, scores, events, panel = [], [], [], [], []
    for case in CASES:
        known = {"patient_id": id_of(case), "phase": "on_treatment", **case.patient}
        patients.append([known.get(column, "") for column in columns])
        for form in case.forms:
            key = [id_of(case), form.measure, form.on, form.wave]
            answers += [[*key, item, answer] for item, answer in form.answers.items()]
            scores += [[*key, scale, total] for scale, total in form.total.items()]
        events += [[id_of(case), on, kind] for on, kind in case.events]
        panel += [
            [person, id_of(case), from_on or "", until_on or ""]
            for person, from_on, until_on in case.nurses
        ]
    key_columns = ["patient_id", "measure_key", "completed_on", "wave"]
    built, report = imported(
        tmp_path_factory.mktemp("panel-cases"),
        {
            "patients.csv": csv_text(columns, patients),
            "staff.csv": csv_text(
                ["person_id", "name", "role"],
                [["zoe", "Zoe First", "nurse"], ["ada", "Ada Second", "nurse"]],
            ),
            "panel.csv": csv_text(["person_id", "patient_id", "from_on", "until_on"], panel),
            "answers.csv": csv_text([*key_columns, "item_key", "answer"], answers),
            "scores.csv": csv_text([*key_columns, "scale_key", "score"], scores),
            "events.csv": csv_text(["patient_id", "occurred_on", "kind"], events),
        },
        today=TODAY,
    )
    assert report.stored, report.refused
    return built


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_where_a_patient_stands(store: Store, case: Case) -> None:
    found = rows_of(store.query("panel", OPERATOR, as_of=case.as_of))
    row = next((row for row in found if row["patient_id"] == id_of(case)), None)
    if case.expected is None:
        assert row is None
        return
    assert row is not None
    said = {column: row[column] for column in case.expected}
    differing = {
        column: value for column, value in said.items() if not alike(value, case.expected[column])
    }
    assert not differing, f"expected {case.expected}"


def test_the_most_pressing_come_first(store: Store) -> None:
    found = rows_of(store.query("panel", OPERATOR, as_of=TODAY))
    ranks = [row["rank"] for row in found]
    assert ranks == sorted(ranks)
    assert set(ranks) == set(range(1, 8))


def test_of_late_forms_the_most_overdue_comes_first(store: Store) -> None:
    found = rows_of(store.query("panel", OPERATOR, as_of=TODAY))
    late = [row["days_overdue"] for row in found if row["rank"] == OVERDUE]
    assert late == sorted(late, reverse=True)
    assert len(set(late)) > 2


def test_a_nurse_sees_only_patients_still_assigned_to_her(store: Store) -> None:
    after_the_change = next(case for case in CASES if case.name.endswith("after a change"))
    before_it = next(case for case in CASES if case.name.endswith("before a change"))
    found = store.query("panel", Scope("ada", "nurse"), as_of=TODAY)
    assert set(found["patient_id"]) == {id_of(after_the_change), id_of(before_it)}
    assert store.query("panel", Scope("zoe", "nurse"), as_of=TODAY).empty


def test_the_safety_answer_beside_a_ready_made_total_can_be_read(store: Store) -> None:
    """The Patient page lists a form's answers as soon as it brought one."""
    case = next(case for case in CASES if case.name.endswith("with the safety item alone"))
    listed = rows_of(store.query("patients_in_scope", OPERATOR))
    [patient_ref] = [row["patient_ref"] for row in listed if row["patient_id"] == id_of(case)]
    answers = store.query(
        "patient_answers", OPERATOR, patient_ref=patient_ref, as_of=TODAY
    ).set_index("item_key")
    assert answers.loc["phq9_9", "answer"] == 2
    assert set(answers.drop(index="phq9_9")["state"]) == {"missing"}
