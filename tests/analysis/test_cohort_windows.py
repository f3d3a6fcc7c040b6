"""Two cohorts at planned times: counts, means and medians with their intervals."""

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.analysis.cohort_comparison import completers_beside, leavers
from dashboard.analysis.cohort_windows import (
    COHORTS,
    FEWEST,
    OVER,
    PLANNED,
    by_window,
    mean_of,
    median_of,
    when_in_words,
)
from dashboard.language import words_in
from tests.analysis.cohort_people import Person, courses_of

SCORE = st.one_of(st.none(), st.integers(0, 27).map(float))
PERSON = st.builds(
    Person,
    st.sampled_from("ab"),
    st.floats(-1, 30),
    st.tuples(SCORE, SCORE, SCORE, SCORE),
)


def test_missing_is_who_was_followed_until_the_planned_time_was_over_without_a_score() -> None:
    courses, inside = courses_of(
        [
            Person("a", 20.0, (5.0, 6.0, None, None)),
            Person("a", 20.0, (None, None, None, None)),
            Person("a", 4.0, (None, 7.0, None, None)),
            Person("b", 4.5, (None, None, None, None)),
        ]
    )
    told = {(one.cohort, one.window): (one.n, one.missing) for one in by_window(courses, inside)}
    assert told == {
        ("a", 0): (1, 2),
        ("a", 3): (2, 1),  # the second was; the third has a score and is not followed to the end
        ("a", 6): (0, 2),
        ("a", 12): (0, 2),
        ("b", 0): (0, 1),
        ("b", 3): (0, 1),
        ("b", 6): (0, 0),
        ("b", 12): (0, 0),
    }


@given(st.lists(PERSON, min_size=1, max_size=60))
def test_counts_means_completers_and_leavers_are_those_of_a_recount_person_by_person(
    people: list[Person],
) -> None:
    courses, inside = courses_of(people)
    for one in by_window(courses, inside, fewest=2):
        place = PLANNED.index(one.window)
        own = [who for who in people if who.cohort == one.cohort]
        given_scores = [score for who in own if (score := who.scores[place]) is not None]
        assert one.n == len(given_scores)
        assert one.missing == sum(
            who.scores[place] is None and who.followed >= OVER[one.window] for who in own
        )
        assert (one.mean is None) == (len(given_scores) < 2)
        if one.mean is not None:
            assert one.mean.value == pytest.approx(sum(given_scores) / len(given_scores))
    seen = [at for at in range(4) if any(who.scores[at] is not None for who in people)]
    for place, window in enumerate(PLANNED):
        up_to = [at for at in seen if at <= place]
        found = completers_beside(courses, inside, window, fewest=2).completers
        whole = {
            name: [
                who
                for who in people
                if who.cohort == name
                and who.scores[place] is not None
                and all(who.scores[at] is not None for at in up_to)
            ]
            for name in COHORTS
        }
        assert (found is None) == (min(map(len, whole.values())) < 2)
        if found is not None:
            assert (found.n_a, found.n_b) == (len(whole["a"]), len(whole["b"]))
        began = leavers(courses, inside, window, fewest=1)
        for name in COHORTS:
            first = [
                who
                for who in people
                if seen and who.cohort == name and who.scores[seen[0]] is not None
            ]
            here = [who for who in first if who.scores[place] is not None]
            gone = [
                who for who in first if who.scores[place] is None and who.followed >= OVER[window]
            ]
            one_of = began[name]
            assert (one_of is None) == (min(len(here), len(gone)) < 2)
            if one_of is not None:
                assert (one_of.n_a, one_of.n_b) == (len(gone), len(here))


def test_fewer_people_than_declared_are_too_few_to_say() -> None:
    people = [Person("a", 30.0, (float(score), None, None, None)) for score in range(FEWEST)]
    one = by_window(*courses_of(people))[0]
    few = by_window(*courses_of(people[1:]))[0]
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
