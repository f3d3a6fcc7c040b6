"""What the Patient page says about safety and the next form is what the worklist says."""

from datetime import date
from typing import Any

import pandas as pd

from dashboard.analysis.missing_forms import next_form
from dashboard.analysis.safety_state import safety_left_blank, standing_safety
from dashboard.store import OPERATOR, Store
from tests.analysis.test_patient_readings import form
from tests.analysis.test_trajectory import CATALOGUE

NAMES = ("safety_title", "safety_item", "safety_answer", "safety_message", "safety_on")
PATIENTS = 12


def test_the_page_and_the_worklist_say_the_same(sample_store: Store) -> None:
    as_of = date(2026, 6, 30)
    panel = sample_store.query("panel", OPERATOR, as_of=as_of).set_index("patient_ref")
    watched = panel[panel["safety_item"].notna() | panel["safety_unanswered"]]
    some = [*watched.index[:PATIENTS], *panel.index[:: len(panel) // PATIENTS]]
    for ref in some:
        known = {
            name: sample_store.query(name, OPERATOR, patient_ref=ref, as_of=as_of)
            for name in (
                "patient_answers",
                "patient_scores",
                "patient_expected",
                "patient_header",
            )
        }
        answers, scores = known["patient_answers"], known["patient_scores"]
        standing = standing_safety(answers, CATALOGUE)
        row: Any = panel.loc[ref]
        if standing is None:
            assert pd.isna(row["safety_item"])
        else:
            assert [standing[name] for name in NAMES] == [row[name] for name in NAMES]
        assert safety_left_blank(answers, scores, CATALOGUE) == row["safety_unanswered"]
        due = next_form(known["patient_expected"], known["patient_header"].iloc[0], as_of).iloc[0]
        assert due["days_overdue"] == row["days_overdue"]
        assert pd.isna(due["next_due_on"]) == pd.isna(row["next_due_on"])
        assert pd.isna(due["next_due_on"]) or due["next_due_on"] == row["next_due_on"]


def test_only_a_newer_answer_takes_it_back() -> None:
    raised = form(*[0] * 8, 2, assessment_id=1, day="2020-01-01")
    blank = form(*[0] * 8, None, assessment_id=2, day="2026-01-01")
    lowest = form(*[0] * 9, assessment_id=3, day="2026-02-01")
    standing = standing_safety(pd.concat([raised, blank]), CATALOGUE)
    assert standing is not None
    assert standing["safety_answer"] == 2
    assert standing_safety(pd.concat([raised, lowest]), CATALOGUE) is None


def test_of_two_answers_on_a_day_the_higher_counts() -> None:
    both = [form(*[0] * 8, answer, assessment_id=number) for number, answer in ((1, 2), (2, 0))]
    standing = standing_safety(pd.concat(both), CATALOGUE)
    assert standing is not None
    assert standing["safety_answer"] == 2


def test_who_has_left_is_due_nothing() -> None:
    due = pd.DataFrame({"expected_on": pd.to_datetime(["2026-01-01"])})
    gone = pd.Series({"status": "deceased", "status_on": pd.Timestamp("2026-02-01")})
    assert next_form(due, gone, date(2026, 3, 1)).empty
    assert next_form(due, gone, date(2026, 1, 15))["days_overdue"].iloc[0] == 14
