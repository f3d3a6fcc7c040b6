"""Two visits side by side: what is sure comes first, and nothing is compared that is not there."""

from datetime import date, timedelta

import pandas as pd
import pytest

from dashboard.analysis.measurement_error import ASSUMED_SE_OF_GAP
from dashboard.analysis.trajectory import stories
from dashboard.analysis.visits import (
    RELIABLE_CHANGE_OF_A_GAP,
    days_of_visits,
    gap_in_words,
    gaps_between_visits,
    scores_between,
    scores_in_words,
)
from dashboard.language import words_in
from tests.analysis.test_support import NONE, form
from tests.analysis.test_trajectory import CATALOGUE, START, scores_of, story_of

ENGLISH = words_in("en")
LATER = START + timedelta(days=30)
NO_GRID = form(0, [0]).iloc[:0]


def said(scores: pd.DataFrame) -> list[str]:
    told = stories(scores, CATALOGUE, "first", LATER)
    return scores_in_words(scores_between(told, START, LATER), ENGLISH)


def grids(
    earlier: tuple[float, float], later: tuple[float, float], support_type: str = "tangible"
) -> pd.DataFrame:
    """Need and receipt on both visits."""
    return pd.concat(
        [
            form(need, [received], support_type, str(day)).assign(assessment_id=number)
            for number, ((need, received), day) in enumerate(
                [(earlier, START), (later, LATER)], start=1
            )
        ],
        ignore_index=True,
    )


def test_a_reliable_change_has_a_sentence_with_both_scores_and_how_sure_it_is() -> None:
    assert said(scores_of([17, 8])) == [
        "PHQ-9 went from 17 to 8, mild: 9 better, more than measurement error (6 needed)."
    ]


def test_what_is_not_sure_is_told_by_how_sure_it_is() -> None:
    scores = pd.concat(
        [
            scores_of([5, 9]),
            scores_of([4, 4], measure_key="gad7").assign(measure_title="GAD-7"),
            scores_of([1, 2], measure_key="k6", reliable_change=None).assign(measure_title="K6"),
        ],
        ignore_index=True,
    )
    assert said(scores) == [
        "Within measurement error: PHQ-9 +4.",
        "Measurement error not known: K6 +1.",
        "The same on both: GAD-7.",
    ]


def test_only_scores_of_both_days_are_compared() -> None:
    assert scores_between([story_of(scores_of([5, 9, 12], [0, 29, 31]))], START, LATER) == []


def test_of_two_forms_on_a_day_the_last_counts() -> None:
    (one,) = scores_between([story_of(scores_of([5, 20, 6], [0, 30, 30]))], START, LATER)
    assert one.change.score == 6


def test_the_steps_a_gap_has_to_change_by_follow_from_its_error() -> None:
    needed = 1.96 * 2**0.5 * ASSUMED_SE_OF_GAP
    assert RELIABLE_CHANGE_OF_A_GAP - 1 < needed <= RELIABLE_CHANGE_OF_A_GAP


@pytest.mark.parametrize(
    ("earlier", "later", "sentence"),
    [
        (
            (3, 3),
            (4, 1),
            "Practical help: need 3 then 4, receipt 3 then 1; the gap is 3 steps wider, more "
            "than measurement error (3 needed).",
        ),
        (
            (3, 1),
            (3, 2),
            "Practical help: need 3 on both, receipt 1 then 2; the gap is 1 step narrower, "
            "within measurement error (3 needed).",
        ),
        ((3, 1), (4, 2), "Practical help: need 3 then 4, receipt 1 then 2; the gap is the same."),
        (
            (NONE, 1),
            (4, 2),
            "Practical help: the earlier visit leaves the need blank, so the gap cannot be "
            "compared.",
        ),
        (
            (3, 1),
            (4, NONE),
            "Practical help: the later visit leaves what is received blank, so the gap cannot "
            "be compared.",
        ),
    ],
)
def test_a_gap_then_and_now(
    earlier: tuple[float, float], later: tuple[float, float], sentence: str
) -> None:
    (found,) = gaps_between_visits(grids(earlier, later), START, LATER)
    assert gap_in_words(found, ENGLISH) == sentence


def test_a_visit_without_a_grid_compares_no_gap() -> None:
    both = grids((3, 1), (4, 1))
    assert gaps_between_visits(both, START, LATER + timedelta(days=1)) == []
    assert gaps_between_visits(NO_GRID, START, LATER) == []


def test_any_form_makes_a_visit() -> None:
    assert days_of_visits(scores_of([5, None], [0, 10]), grids((3, 1), (4, 1))) == [
        START,
        date(2026, 1, 11),
        LATER,
    ]
