"""Scores placed at planned times, and means and medians with their intervals."""

from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.analysis.cohort_windows import (
    FEWEST,
    aligned,
    by_window,
    expected,
    mean_of,
    median_of,
    when_in_words,
)
from dashboard.language import words_in


def forms(*rows: tuple[str, str, float, float | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["patient_id", "cohort", "months", "score"]).astype(
        {"score": "float64"}
    )


def placed(months: float, windows: tuple[float, ...] = (0, 3, 6, 12)) -> list[float]:
    return list(aligned(forms(("p", "a", months, 5)), windows)["window"])


@pytest.mark.parametrize(
    ("months", "window"),
    [
        (-1.6, []),
        (-1.5, [0]),
        (0, [0]),
        (1.4, [0]),
        (1.5, [3]),
        (4.4, [3]),
        (8.9, [6]),
        (9, [12]),
        (14.9, [12]),
        (15, []),
    ],
)
def test_a_form_belongs_to_the_planned_time_it_is_nearest_to(
    months: float, window: list[float]
) -> None:
    assert placed(months) == window


def test_a_single_planned_time_reaches_as_far_as_the_default_ones() -> None:
    assert [placed(months, (6,)) for months in (4.4, 4.5, 7.4, 7.5)] == [[], [6], [6], []]


def test_of_several_forms_the_nearest_counts_and_of_equally_near_ones_the_earlier() -> None:
    scores = aligned(
        forms(
            ("p", "a", 2.0, 1),
            ("p", "a", 3.2, 2),
            ("p", "a", 5.5, 3),
            ("p", "a", 6.5, 4),
            ("p", "a", 3.0, None),
        )
    )
    assert list(zip(scores["window"], scores["score"], strict=True)) == [(3, 2), (6, 3)]


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.floats(-4, 20), st.integers(0, 27)), min_size=1, max_size=40
    )
)
def test_nobody_has_two_scores_at_one_time_and_none_is_further_than_another(
    given_forms: list[tuple[int, float, int]],
) -> None:
    told = forms(*((f"p{who}", "a", months, score) for who, months, score in given_forms))
    windows = (0.0, 3.0, 6.0, 12.0)
    scores = aligned(told, windows)
    assert not scores.duplicated(["patient_id", "window"]).any()
    for row in scores.to_dict("records"):
        away = abs(row["months"] - row["window"])
        assert away == min(abs(row["months"] - other) for other in windows)
        own = told.loc[told["patient_id"] == row["patient_id"], "months"]
        assert not [m for m in own if abs(m - row["window"]) < away]


def test_missing_is_who_was_followed_to_the_end_of_the_window_without_a_score() -> None:
    people = pd.DataFrame(
        {"patient_id": list("wxyz"), "cohort": list("aaab"), "followed": [20.0, 20.0, 4.0, 4.5]}
    )
    scores = aligned(forms(("w", "a", 0, 5), ("w", "a", 3, 6), ("y", "a", 3.5, 7)))
    told = {
        (one.cohort, one.window): (one.n, one.missing)
        for one in by_window(scores, expected(people))
    }
    assert told == {
        ("a", 0): (1, 2),
        ("a", 3): (2, 1),  # x was; y has a score and is not followed to the end
        ("a", 6): (0, 2),
        ("a", 12): (0, 2),
        ("b", 0): (0, 1),
        ("b", 3): (0, 1),
        ("b", 6): (0, 0),
        ("b", 12): (0, 0),
    }


def test_fewer_people_than_declared_are_too_few_to_say() -> None:
    rows = [(f"p{number}", "a", 0.0, float(number)) for number in range(FEWEST)]
    nobody = pd.DataFrame({"patient_id": [], "cohort": [], "followed": []})
    one = by_window(aligned(forms(*rows)), expected(nobody))[0]
    few = by_window(aligned(forms(*rows[1:])), expected(nobody))[0]
    assert one.mean is not None
    assert one.mean.value == 4.5
    assert (few.n, few.mean, few.median) == (FEWEST - 1, None, None)


def test_a_mean_has_the_t_interval() -> None:
    one = mean_of(np.array([1.0, 2, 3, 4, 10]))
    # 4 +- t(4) x 3.5355 / sqrt(5), with t = 2.7764 (tables)
    assert (one.low, one.high) == pytest.approx((4 - 4.390, 4 + 4.390), abs=2e-3)


@pytest.mark.parametrize(
    ("n", "place"),
    # Places of the lower bound in printed tables of the sign test's 95 % interval.
    [(6, 1), (8, 1), (9, 2), (10, 2), (20, 6), (25, 8), (50, 18)],
)
def test_a_median_lies_between_two_scores_equally_far_from_the_ends(n: int, place: int) -> None:
    scores = np.random.default_rng(n).permutation(np.arange(1.0, n + 1))
    one = median_of(scores)
    assert (one.value, one.low, one.high) == ((n + 1) / 2, place, n + 1 - place)
    missed = sum(comb(n, below) for below in range(place)) / 2**n
    assert missed <= 0.025 < missed + comb(n, place) / 2**n


def test_a_median_of_five_has_no_interval() -> None:
    one = median_of(np.array([1.0, 2, 3, 4, 5]))
    assert (one.value, one.low, one.high) == (3, None, None)


def test_times_in_words() -> None:
    english, greek = words_in("en"), words_in("el")
    assert when_in_words(0, english) == "at time zero"
    assert when_in_words(1, english) == "after 1 month"
    assert when_in_words(6.0, greek) == "μετά από 6 μήνες"
    assert when_in_words(1.5, english) == "after 1.5 months"
