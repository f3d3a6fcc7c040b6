"""Sentences say the number, the comparison and how sure it is, and never mix up the direction."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from dashboard.analysis import readings
from dashboard.analysis.support import Judged, state_of
from dashboard.language import words_in
from tests.analysis.test_trajectory import scores_of, story_of

ENGLISH = words_in("en")
AS_OF = date(2026, 6, 30)


def row(**changed: object) -> pd.Series:
    """A row of the worklist above its cut-off; `changed` says what is different."""
    usual: dict[str, object] = {
        "reason": "above",
        "safety_title": None,
        "safety_label": None,
        "safety_answer": None,
        "safety_threshold": None,
        "safety_on": pd.NaT,
        "safety_unanswered": False,
        "measure_title": "PHQ-9",
        "score": 12.0,
        "band": "moderate",
        "cut_off": 10.0,
        "cut_off_source": "Kroenke 2001",
        "score_status": "scored",
        "completed_on": pd.Timestamp("2026-06-20"),
        "above_cut_off": True,
        "previous_score": 9.0,
        "previous_on": pd.Timestamp("2026-03-20"),
        "change": 3.0,
        "reliable_change": 6.0,
        "reliably_worse": False,
        "reliably_better": False,
        "recent_on": np.array(["2026-03-20", "2026-06-20"], dtype="datetime64[us]"),
        "recent_score": np.ma.array([9.0, 12.0], mask=[False, False]),
        "last_form_on": pd.Timestamp("2026-06-20"),
        "days_since": 10,
        "next_due_on": pd.Timestamp("2026-07-18"),
        "days_overdue": 0,
        "due_reason": "after_positive_screen",
        "declined_on": pd.NaT,
    }
    return pd.Series({**usual, **changed})


def test_a_change_within_error_is_called_that() -> None:
    assert readings.last_score(row(), ENGLISH) == (
        "12, moderate. 3 worse, within measurement error"
    )


def test_a_reliable_change_is_called_that() -> None:
    said = readings.last_score(row(change=-7.0, reliably_better=True), ENGLISH)
    assert said == "12, moderate. 7 better, more than measurement error"


def test_without_a_reliable_change_nothing_is_claimed() -> None:
    said = readings.last_score(row(reliable_change=None), ENGLISH)
    assert said.endswith("measurement error not known")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "PHQ-9 12 reaches cut-off 10."),
        (
            {"reliably_worse": True},
            "PHQ-9 12 reaches cut-off 10 and is reliably worse since 20 Mar 2026.",
        ),
        ({"above_cut_off": False, "score": 4.0}, "PHQ-9 4 is below cut-off 10."),
        (
            {"score": None, "last_form_on": pd.NaT},
            "No form of a screening measure yet.",
        ),
        ({"score": None}, "The form of 20 Jun 2026 has too few answers to score."),
        (
            {"score": None, "last_form_on": pd.NaT, "declined_on": pd.Timestamp("2026-06-01")},
            "Declined to answer on 1 Jun 2026.",
        ),
    ],
)
def test_a_patient_without_an_alert_in_words(changed: dict[str, object], said: str) -> None:
    assert readings.without_an_alert(row(**changed), ENGLISH) == [said]


def test_a_safety_answer_is_told_with_its_wording() -> None:
    said = readings.safety(
        row(
            safety_title="PHQ-9",
            safety_label="Thoughts of self-harm",
            safety_answer=1.0,
            safety_on=pd.Timestamp("2026-06-20"),
        ),
        ENGLISH,
    )
    assert said == "PHQ-9, “Thoughts of self-harm”: answered 1 on 20 Jun 2026."


def test_the_sparkline_in_words_keeps_its_dates_and_gaps() -> None:
    masked = row(
        recent_on=np.array(["2026-01-01", "2026-03-20", "2026-06-20"], dtype="datetime64[us]"),
        recent_score=np.ma.array([9.0, 0.0, 12.0], mask=[False, True, False]),
    )
    assert readings.recent_scores(masked, ENGLISH) == "9 on 1 Jan, – on 20 Mar, 12 on 20 Jun"
    assert readings.earlier_scores(masked, ENGLISH) == "–, 9"


def test_no_form_is_not_a_score() -> None:
    none = row(recent_on=None, recent_score=None, score=None, days_since=pd.NA)
    assert readings.recent_scores(none, ENGLISH) == "no score"
    assert readings.last_score(none, ENGLISH) == "no score"
    assert readings.since(none["days_since"], ENGLISH) == "never"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"days_overdue": 16, "next_due_on": pd.Timestamp("2026-06-14")},
            "16 days late, since 14 Jun",
        ),
        ({"next_due_on": pd.Timestamp(AS_OF)}, "today"),
        ({"next_due_on": pd.Timestamp("2026-07-02")}, "Thu 2 Jul"),
        ({"next_due_on": pd.Timestamp("2026-12-02")}, "2 Dec 2026"),
        ({"next_due_on": pd.NaT}, "nothing planned"),
    ],
)
def test_due_in_words(changed: dict[str, object], said: str) -> None:
    assert readings.due(row(**changed), AS_OF, ENGLISH) == said


def test_every_value_that_placed_a_patient_is_listed() -> None:
    named = dict(readings.inputs_on_the_list(row(), AS_OF, ENGLISH))
    assert named["Screening cut-off"] == "10 and over (Kroenke 2001)"
    assert named["Score before"] == "9 on 20 Mar 2026"
    assert named["Smallest reliable change"] == "6"
    assert named["Next form"] == "Sat 18 Jul (after a score above the cut-off)"


def test_the_panel_answers_with_count_and_denominator() -> None:
    assert readings.answer_on_the_panel(7, 84, 0, 0, ENGLISH) == "7 of 84 patients need you today."
    assert readings.answer_on_the_panel(3, 84, 2, 1, ENGLISH) == (
        "3 of 84 patients need you today. 2 are new, 1 of them with nobody assigned."
    )
    assert readings.answer_on_the_panel(3, 84, 2, 2, ENGLISH) == (
        "3 of 84 patients need you today. 2 are new, all of them with nobody assigned."
    )
    assert readings.answer_on_the_panel(0, 3, 1, 1, ENGLISH) == (
        "None of your 3 patients needs you today."
    )


def test_what_an_alert_rests_on_names_values_forms_rule_and_steps() -> None:
    alert = {
        "rule": "under",
        "rule_version": 3,
        "need": 4.0,
        "received": 0.0,
        "gap": 4.0,
        "earlier_gap": 1.0,
        "importance": None,
        "score": None,
        "earlier_score": None,
        "threshold": None,
        "measure_title": None,
        "assessment_ids": np.array([7, 5]),
        "tier_path": np.array(["under: medium", "persist: +1", "worse (gap): +1"]),
    }
    days = {5: date(2026, 3, 1), 7: date(2026, 6, 1)}
    named = dict(readings.inputs_of_alert(alert, days, ENGLISH))
    assert named == {
        "Needed, 0–4": "4",
        "Received, 0–4": "0",
        "Gap: needed less received": "4",
        "Gap on the form before": "1",
        "Forms of": "1 Mar 2026, 1 Jun 2026",
        "Rule": "support wanted, too little received, rules version 3",
        "Tier": ("too little received: Medium → it stays: one tier up → the gap grew: one tier up"),
    }


def test_a_distress_alert_rests_on_score_and_threshold() -> None:
    alert = {
        **dict.fromkeys(["need", "received", "gap", "earlier_gap", "importance"]),
        "rule": "distress",
        "rule_version": 1,
        "score": 12.0,
        "earlier_score": 5.0,
        "threshold": 10.0,
        "measure_title": "PHQ-9",
        "assessment_ids": None,
        "tier_path": np.array(["distress: medium", "worse (distress): +1"]),
    }
    named = dict(readings.inputs_of_alert(alert, {}, ENGLISH))
    assert (named["PHQ-9"], named["Score before"], named["Counts from"]) == ("12", "5", "10")
    assert named["Tier"].endswith("distress reliably worse: one tier up")


def test_the_patient_answer_names_day_change_and_certainty() -> None:
    told = [story_of(scores_of([9, 17]))]
    assert readings.answer_on_the_patient(told, ENGLISH) == (
        "PHQ-9 was 17, mild on 31 Jan 2026: "
        "8 worse than on 1 Jan 2026, more than measurement error (6 needed)."
    )


def test_a_rise_of_support_is_better() -> None:
    told = [story_of(scores_of([9, 17], higher_is="better", domain="support"))]
    assert "8 better than" in readings.answer_on_the_patient(told, ENGLISH)


def test_no_score_is_said() -> None:
    assert readings.answer_on_the_patient([], ENGLISH) == "There is no score to judge yet."
    unscored = [story_of(scores_of([None]))]
    assert readings.answer_on_the_patient(unscored, ENGLISH) == "There is no score to judge yet."


def test_the_most_pressing_scale_is_above_its_cut_off_and_worse() -> None:
    steady = story_of(scores_of([20, 20]))
    worse = story_of(scores_of([4, 12]))
    assert readings.most_pressing([steady, worse]) is worse


def judged(name: str, need: float | None, received: float | None) -> Judged:
    return Judged(name, need, received, state_of(need, received))


def test_support_names_what_falls_short_and_what_is_too_much() -> None:
    said = readings.support_in_words(
        [judged("tangible", 4, 0), judged("esteem", 0, 3), judged("belonging", None, 1)], ENGLISH
    )
    assert said == (
        "Less than wanted: Practical help. "
        "More than wanted: Esteem – worth checking the fit. "
        "Not judged: Belonging."
    )


def test_support_that_is_met_and_support_that_was_never_asked_are_told_apart() -> None:
    assert "is also received" in readings.support_in_words([judged("esteem", 2, 3)], ENGLISH)
    assert "No support grid" in readings.support_in_words([], ENGLISH)


@pytest.mark.parametrize(
    ("need", "received", "said"),
    [
        (4, 1, "under by 3"),
        (0, 2, "over by 2"),
        (3, 2, "met"),
        (None, 2, "not judged: need not answered"),
        (3, None, "not judged: receipt not answered"),
    ],
)
def test_a_gap_in_words(need: float | None, received: float | None, said: str) -> None:
    assert readings.gap_in_words(judged("tangible", need, received), ENGLISH) == said


def test_a_scale_without_a_cut_off_leads_only_where_there_is_no_other() -> None:
    without = story_of(scores_of([20, 20]).assign(screen_cut_off=None))
    with_one = story_of(scores_of([2, 2]))
    assert readings.most_pressing([without, with_one]) is with_one
    assert readings.most_pressing([without]) is without
