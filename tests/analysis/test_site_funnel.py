"""Funnel limits, written out by hand, and what they must do whatever the numbers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dashboard.analysis.site_funnel import FEWEST_SITES, Z_95, Z_998, funnel

SITE = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def named(sites: list[tuple[int, int]]) -> list[tuple[str, int, int]]:
    return [(f"site {number}", part, whole) for number, (part, whole) in enumerate(sites)]


def test_the_limits_by_hand() -> None:
    found = funnel([("North", 80, 100), ("East", 30, 60), ("Lakes", 45, 50)])
    assert found is not None
    assert found.centre == pytest.approx(155 / 210)
    assert not found.adjusted
    middle = math.asin(math.sqrt(155 / 210))
    low = math.sin(middle - stats.norm.ppf(0.999) / (2 * math.sqrt(60))) ** 2
    assert found.limits(60, Z_998)[0] == pytest.approx(low, rel=1e-6)
    east = found.sites[1]
    assert east.z == pytest.approx(2 * math.sqrt(60) * (math.asin(math.sqrt(0.5)) - middle))
    assert [site.verdict for site in found.sites] == ["inside", "far_below", "above"]


@pytest.mark.parametrize("sites", [[], [("North", 3, 5)], [("North", 3, 5), ("East", 0, 0)]])
def test_one_site_has_nothing_to_be_compared_with(sites: list[tuple[str, int, int]]) -> None:
    assert funnel(sites) is None


@given(st.lists(SITE, min_size=2, max_size=25))
def test_a_verdict_says_on_which_side_of_the_drawn_limit_a_site_lies(
    sites: list[tuple[int, int]],
) -> None:
    found = funnel(named(sites))
    assert found is not None
    for site in found.sites:
        low, high = found.limits(site.whole, Z_95)
        if site.verdict == "inside":
            assert low - 1e-9 <= site.share <= high + 1e-9
        else:
            assert site.share <= low + 1e-9 or site.share >= high - 1e-9
    assert found.adjusted == (len(sites) >= FEWEST_SITES)
    wide, narrow = found.limits(50, Z_95), found.limits(500, Z_95)
    assert wide[0] <= narrow[0] + 1e-12
    assert narrow[1] <= wide[1] + 1e-12


def test_sites_that_differ_by_chance_alone_are_rarely_called_different() -> None:
    chance = np.random.default_rng(5)
    verdicts = []
    for _ in range(200):
        whole = chance.integers(40, 300, 20)
        found = funnel(named(list(zip(chance.binomial(whole, 0.7), whole, strict=True))))
        assert found is not None
        verdicts += [site.verdict for site in found.sites]
    beyond = np.mean([verdict != "inside" for verdict in verdicts])
    far = np.mean([verdict.startswith("far") for verdict in verdicts])
    assert 0.02 < beyond < 0.06
    assert far < 0.006


def test_a_common_spread_widens_the_limits_and_one_odd_site_still_stands_out() -> None:
    chance = np.random.default_rng(6)
    whole = np.full(30, 400)
    shares = np.clip(chance.normal(0.6, 0.08, 30), 0, 1)
    sites = list(zip(chance.binomial(whole, shares).tolist(), whole.tolist(), strict=True))
    sites[0] = (40, 400)
    found = funnel(named(sites))
    assert found is not None
    assert found.spread > 0
    assert found.sites[0].verdict == "far_below"
    others = [site.verdict for site in found.sites[1:]]
    assert sum(verdict.startswith("far") for verdict in others) <= 1
