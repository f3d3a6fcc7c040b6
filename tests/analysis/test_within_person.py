"""One person's own association: the same number by regression, and nothing said from too little."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from dashboard.analysis.within_person import (
    FEWEST_VISITS,
    partial_correlation,
    together,
    together_in_words,
    visits_with_both,
)
from dashboard.language import words_in
from tests.analysis.test_support import form
from tests.analysis.test_trajectory import START, scores_of, story_of

ENGLISH = words_in("en")


def grids(gaps: list[int], days: list[int] | None = None) -> pd.DataFrame:
    """A grid a visit: the need is 4, and the gap is as wanted."""
    places = days or [30 * place for place in range(len(gaps))]
    return pd.concat(
        [
            form(4, [4 - gap], day=str(START + timedelta(days=place))).assign(assessment_id=number)
            for number, (gap, place) in enumerate(zip(gaps, places, strict=True), start=1)
        ],
        ignore_index=True,
    )


@given(
    st.lists(
        st.tuples(st.integers(1, 60), st.integers(0, 27), st.integers(-4, 4)),
        min_size=10,
        max_size=25,
    )
)
def test_it_is_the_partial_correlation_of_a_regression(
    visits: list[tuple[int, int, int]],
) -> None:
    """r = t / sqrt(t² + df) of the slope of one on the other beside the day."""
    days = np.cumsum([step for step, _, _ in visits]).astype(float)
    one = np.array([score for _, score, _ in visits], dtype=float)
    other = np.array([gap for _, _, gap in visits], dtype=float)
    found = partial_correlation(days.tolist(), one.tolist(), other.tolist())
    design = sm.add_constant(np.column_stack([other, days]))
    left = [sm.OLS(values, sm.add_constant(days)).fit().ssr for values in (one, other)]
    if min(left) < 1e-8:
        assert found is None
        return
    assert found is not None
    fitted = sm.OLS(one, design).fit()
    t, df = fitted.tvalues[1], fitted.df_resid
    expected = np.sign(t) if fitted.ssr < 1e-8 else t / np.sqrt(t**2 + df)
    assert found[0] == pytest.approx(expected, abs=1e-6)
    low, high = (
        np.tanh(np.arctanh(found[0]) + side * 1.959964 / np.sqrt(len(days) - 4)) for side in (-1, 1)
    )
    assert found[1:] == pytest.approx((low, high))


def test_two_things_that_only_fade_together_do_not_go_together() -> None:
    days = [30.0 * place for place in range(12)]
    wobble = [1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1]
    other = [1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1]
    fading = [24 - 2 * place for place in range(12)]
    found = partial_correlation(
        days,
        [value + shift for value, shift in zip(fading, wobble, strict=True)],
        [value + shift for value, shift in zip(fading, other, strict=True)],
    )
    assert found is not None
    assert found[1] < 0 < found[2]


def test_gap_and_receipt_are_mirrors_where_the_need_stays() -> None:
    gaps = [0, 1, 3, 2, 4, 1, 0, 3, 2, 4, 1, 2]
    story = story_of(scores_of([float(2 * gap + 5) for gap in gaps]))
    gap, received = together(story, grids(gaps))
    assert (gap.asked, received.asked, gap.visits) == ("gap", "received", 12)
    assert gap.r == pytest.approx(1, abs=1e-6)
    assert received.r == pytest.approx(-1, abs=1e-6)
    said = together_in_words([gap, received], story, ENGLISH)
    assert "higher on visits with a larger gap in “Practical help”" in said
    assert "does not say that one causes the other" in said


def test_too_few_visits_give_no_number() -> None:
    gaps = [0, 1, 3, 2, 4, 1, 0, 3, 2]
    story = story_of(scores_of([float(gap) for gap in gaps]))
    found = together(story, grids(gaps))
    assert visits_with_both(story, grids(gaps)) == len(gaps) == FEWEST_VISITS - 1
    assert {one.r for one in found} == {None}
    assert "Nothing can be said" in together_in_words(found, story, ENGLISH)


def test_what_does_not_vary_gives_no_number() -> None:
    story = story_of(scores_of([5.0] * 12))
    assert {one.r for one in together(story, grids([1, 2] * 6))} == {None}


def test_a_grid_counts_once_and_only_near_a_score() -> None:
    story = story_of(scores_of([5.0, 6.0], [0, 60]))
    near_far_and_twice = grids([1, 2, 3, 1], [0, 30, 50, 60])
    assert visits_with_both(story, near_far_and_twice) == 2
