"""What to ask about, safety answers in words, ways of coping, and what lasts."""

from typing import Any

import pandas as pd

from dashboard.analysis.patient_readings import (
    safety_history_in_words,
    short_names,
    then_and_now_in_words,
    traits_in_words,
    worth_asking,
)
from dashboard.analysis.support import Judged, state_of
from dashboard.analysis.trajectory import Story, stories
from dashboard.language import words_in
from tests.analysis.test_trajectory import CATALOGUE, START, scores_of, story_of

ENGLISH = words_in("en")


def form(*answers: float | None, assessment_id: int = 1, day: str = "2026-06-11") -> pd.DataFrame:
    """Answers to the PHQ-9 as the query `patient_answers` gives them."""
    measure = CATALOGUE["phq9"]
    given = [*answers, *([0.0] * (9 - len(answers)))]
    return pd.DataFrame(
        {
            "assessment_id": assessment_id,
            "measure_key": "phq9",
            "completed_on": pd.Timestamp(day),
            "item_key": [item.key for item in measure.items],
            "position": range(1, 10),
            "label": [item.label for item in measure.items],
            "answer": pd.Series(given, dtype="float64"),
            "minimum": 0.0,
            "maximum": 3.0,
            "safety": [False] * 8 + [True],
        }
    )


def judged(support_type: str, need: float, received: float) -> Judged:
    return Judged(support_type, need, received, state_of(need, received))


def coping(*changes: tuple[float, float]) -> list[Story]:
    """Scales of the Brief COPE then and now."""
    keys = [scale.key for scale in CATALOGUE["brief_cope"].scales]
    rows: list[Any] = [
        scores_of(
            list(change),
            measure_key="brief_cope",
            scale_key=key,
            higher_is="neither",
            reliable_change=None,
            domain="coping",
        ).assign(scale_title=CATALOGUE["brief_cope"].scale(key).title)
        for key, change in zip(keys, changes, strict=False)
    ]
    return stories(pd.concat(rows, ignore_index=True), CATALOGUE, "first", START)


def test_the_most_pressing_comes_first_and_everything_has_its_number() -> None:
    said = worth_asking(
        story_of(scores_of([20.0])),
        [judged("tangible", 4, 1), judged("emotional", 3, 0), judged("belonging", 0, 3)],
        form(1, 2, 3, 3, 0, 0, None, None, 1),
        ENGLISH,
    )
    assert said == [
        "The safety answer: “Thoughts of being better off dead or of self-harm” was answered 1 "
        "on 11 Jun 2026.",
        "Practical help: needs 4, receives 1 (0–4).",
        "Emotional: needs 3, receives 0 (0–4).",
        "Belonging: receives 3, needs 0 (0–4). Does it fit?",
        "“Trouble sleeping, or sleeping too much” and “Feeling tired, little energy”: the highest "
        "answers on the PHQ-9 of 11 Jun 2026.",
        "2 answers left blank on the PHQ-9 of 11 Jun 2026.",
    ]


def test_only_the_newest_form_is_asked_about() -> None:
    older = form(3, 3, 3, 3, 3, 3, 3, 3, 3, assessment_id=1, day="2026-01-01")
    newer = form(assessment_id=2)
    story = story_of(scores_of([5.0]))
    assert worth_asking(story, [], pd.concat([older, newer]), ENGLISH) == []


def test_a_gap_within_error_is_nothing_to_ask_about() -> None:
    assert worth_asking(None, [judged("tangible", 3, 2)], form().iloc[:0], ENGLISH) == []


def test_safety_answers_are_counted_and_the_lowest_is_never_called_no_risk() -> None:
    given: list[tuple[float | None, str]] = [
        (0.0, "2026-01-01"),
        (1.0, "2026-02-01"),
        (None, "2026-03-01"),
    ]
    rows = pd.concat([form(*[0.0] * 8, answer, day=day) for answer, day in given])
    rows = rows[rows["safety"]]
    assert safety_history_in_words(rows, ENGLISH) == (
        "Above the lowest answer on 1 of 2 forms, last on 1 Feb 2026. Left blank once."
    )
    assert "does not mean no risk" in safety_history_in_words(rows.iloc[:1], ENGLISH)


def test_ways_of_coping_are_told_without_a_verdict() -> None:
    told = coping((2, 3), (2, 8), (4, 4))
    assert list(short_names(told).values()) == ["self-distraction", "active coping", "denial"]
    assert then_and_now_in_words(told, ENGLISH) == (
        "Changed most: active coping 2 to 8 and self-distraction 2 to 3. Neither way is better."
    )
    assert then_and_now_in_words(coping((2, 2)), ENGLISH) == "No way of coping changed."


def test_titles_that_share_no_first_word_stay_whole() -> None:
    told = [
        story_of(scores_of([5.0], scale_key=key).assign(scale_title=title))
        for key, title in (("anxiety", "Anxiety at night"), ("sleep", "Sleep at night"))
    ]
    assert list(short_names(told).values()) == ["Anxiety at night", "Sleep at night"]


def test_what_lasts_is_told_once_with_its_newest_score() -> None:
    scores = scores_of([14.0, 18.0], measure_key="lot_r", trended=False, domain="resource")
    scores = scores.assign(measure_title="LOT-R", band=None, higher_is="better", maximum=24.0)
    assert traits_in_words(scores, ENGLISH) == (
        "LOT-R was 18 of 0–24 on 31 Jan 2026 (higher = better); it is taken for lasting and not "
        "followed over time."
    )
