"""Kaplan-Meier against scipy's, its median by hand, and steps that tell of nobody."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from dashboard.analysis.waiting import curve, waiting

people = st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=120)


@given(people)
def test_it_is_the_estimate_of_scipy(told: list[tuple[int, bool]]) -> None:
    days = np.array([day for day, _ in told])
    reached = np.array([was for _, was in told])
    found = waiting(days.tolist(), reached.tolist())
    oracle = ecdf(CensoredData(uncensored=days[reached], right=days[~reached])).sf
    at = np.searchsorted(oracle.quantiles, found.days)
    assert np.allclose(found.still, oracle.probabilities[at])
    assert found.reached == reached.sum()
    assert found.happened.sum() == found.reached
    # Where everybody was reached scipy knows no interval, and says so.
    if found.reached and found.still[-1] > 0:
        band = oracle.confidence_interval(0.95, method="log-log")
        assert np.allclose(found.low, band.low.probabilities[at], atol=1e-6)
        assert np.allclose(found.high, band.high.probabilities[at], atol=1e-6)


def test_a_median_with_its_interval_by_hand() -> None:
    """Ten people, one a day: half are left after the fifth. The band is S ** exp(±1.96 se / log S):
    its lower end is 0.9 ** 7.1 = .47 on day 1, its upper end .3 ** .46 = .58 on day 7 and
    .2 ** .46 = .48 on day 8."""
    found = waiting(list(range(1, 11)), [True] * 10)
    assert (found.median, found.quartiles, found.interval) == (5, (3, 8), (1, 8))


def test_half_not_reached_is_not_made_up() -> None:
    found = waiting([3, 9, 9, 9], [True, False, False, False])
    assert found.median is None
    assert found.quartiles == (3, None)


def test_whoever_was_never_reached_is_not_left_out() -> None:
    with_them = waiting([1] * 10 + [50] * 10, [True] * 10 + [False] * 10)
    without = waiting([1] * 10, [True] * 10)
    assert with_them.still.tolist() == [0.5]
    assert without.still.tolist() == [0.0]


@given(people, st.integers(5, 12))
def test_each_step_stands_for_enough_people(told: list[tuple[int, bool]], minimum: int) -> None:
    days, reached = [day for day, _ in told], [was for _, was in told]
    found = curve(days, reached, (0, 10, 30), minimum)
    if len(told) < minimum:
        assert found is None
        return
    assert found is not None
    events = sorted(day for day, was in told if was)
    for earlier, later in zip(found.days, found.days[1:], strict=False):
        first = earlier == 0 and later == found.days[1]
        between = [day for day in events if (earlier < day or first) and day <= later]
        assert len(between) >= minimum
    known = [number for number in found.followed if number is not None]
    for number, after in zip(known, [*known[1:], 0], strict=True):
        assert not 0 < number < minimum
        assert not 0 < number - after < minimum


@pytest.mark.parametrize(("day", "share"), [(0, 1.0), (6, 1.0), (7, 0.5), (40, 0.5)])
def test_the_share_at_a_day_is_that_of_the_last_step(day: int, share: float) -> None:
    found = curve([7] * 10 + [40] * 10, [True] * 10 + [False] * 10, (0, 7, 14), 10)
    assert found is not None
    assert found.still_at(day) == share
