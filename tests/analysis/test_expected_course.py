"""A course beside the band of those who began alike: on track, not, or not to be said."""

from datetime import timedelta

import pandas as pd
import pytest

from dashboard.analysis.expected_course import (
    Course,
    calibration_in_words,
    course,
    courses_in_words,
    has_a_band,
    verdict_in_words,
)
from dashboard.language import words_in
from tests.analysis.test_trajectory import START, scores_of, story_of

ENGLISH = words_in("en")
GRID = pd.DataFrame(
    {
        "start": 10.0,
        "month": [1, 3, 6],
        "patients": 40,
        "low80": [4.0, 3.0, 2.0],
        "low50": [6.0, 5.0, 4.0],
        "median": [8.0, 7.0, 6.0],
        "high50": [10.0, 9.0, 8.0],
        "high80": [12.0, 11.0, 10.0],
    }
)
CHECK = pd.DataFrame({"patients": [90], "forms": [200], "below80": [18], "above80": [24]})


def looked_at(*scores: float, days: list[int], grid: pd.DataFrame = GRID) -> Course:
    story = story_of(scores_of(list(scores), days))
    return course(story, grid, CHECK, START + timedelta(days=days[-1]))


# On day 91 (three months) the middle 80 % reach from 3 to 11; the error of the score is 2.2.
@pytest.mark.parametrize(
    ("score", "off"), [(11, False), (13, False), (13.2, False), (13.3, True), (1, False)]
)
def test_off_track_is_worse_than_the_band_by_more_than_error(score: float, off: bool) -> None:
    found = looked_at(10, score, days=[0, 91])
    assert found.off is off
    assert (found.low, found.high) == pytest.approx((3, 11), abs=0.05)


@pytest.mark.parametrize(
    "found",
    [
        looked_at(10, 20, days=[0, 400]),
        looked_at(2, 20, days=[0, 91]),
        looked_at(10, 20, days=[0, 91], grid=GRID.iloc[:0]),
    ],
    ids=["followed too short", "began otherwise", "no grid"],
)
def test_too_few_to_say_is_said(found: Course) -> None:
    assert found.off is None
    assert verdict_in_words(found, ENGLISH) == "too few to say"
    assert "to say: PHQ-9." in courses_in_words([found], ENGLISH)


def test_both_verdicts_with_the_middle_80_percent_and_how_many_stand_behind_it() -> None:
    good, bad = looked_at(10, 8, days=[0, 91]), looked_at(10, 20, days=[0, 91])
    said = courses_in_words([good, bad], ENGLISH)
    assert said.startswith("Not on track, worse by more than measurement error: PHQ-9 20 (3–11).")
    assert "On track: PHQ-9 8 (3–11)." in said
    assert "at least 40 patients here" in said


def test_the_share_that_fell_inside_is_of_patients_left_out() -> None:
    found = looked_at(10, 8, days=[0, 91])
    assert "PHQ-9 79 (of 200 scores); 80 would be exact" in calibration_in_words([found], ENGLISH)
    assert calibration_in_words([looked_at(2, 8, days=[0, 91])], ENGLISH) == ""


def test_only_scales_with_a_known_error_and_a_direction_have_a_band() -> None:
    assert has_a_band(story_of(scores_of([5.0])))
    assert not has_a_band(story_of(scores_of([5.0], reliable_change=None)))
    assert not has_a_band(story_of(scores_of([5.0], higher_is="neither")))
