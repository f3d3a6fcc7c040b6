"""Control charts against NHSRplotthedots, against a bare recomputation, and by their properties."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.analysis.control_charts import FEWEST, ControlChart, p_chart, xmr

VECTORS = ("vec_shift", "vec_trend", "vec_two_of_three", "vec_outlier")
RULE_OF = {
    "Common Cause": "",
    "Above UCL": "outside",
    "Below LCL": "outside",
    "7 Points Above CL": "one_side",
    "7 Points Below CL": "one_side",
    "7 Point Trend (Increasing)": "trend",
    "7 Point Trend (Decreasing)": "trend",
    "2 in 3 Above CL": "two_of_three",
    "2 in 3 Below CL": "two_of_three",
}
SERIES = st.lists(st.floats(-1000, 1000), min_size=2, max_size=40)


@pytest.fixture(scope="module")
def oracle(reference_data: Path) -> pd.DataFrame:
    return pd.read_csv(reference_data / "spc_xmr" / "oracle_xmr.csv")


@pytest.mark.parametrize("vector", VECTORS)
def test_limits_and_rules_are_those_of_plot_the_dots(oracle: pd.DataFrame, vector: str) -> None:
    expected = oracle[oracle["tag"] == vector]
    chart = xmr(expected["y"].tolist())
    for ours, theirs in ((chart.means, "mean_col"), (chart.lower, "lpl"), (chart.upper, "upl")):
        np.testing.assert_allclose(ours, expected[theirs], rtol=1e-12)
    for position, row in enumerate(expected.itertuples()):
        if row.y == pytest.approx(row.upl) or row.y == pytest.approx(row.lpl):
            assert chart.rules[position] == ""  # docs/deviations.md: on a limit is not beyond it
            continue
        assert chart.rules[position] == RULE_OF[str(row.special_cause_type)]
        better = chart.is_better(position, "lower")
        assert better == (row.point_type == "special_cause_improvement")


def test_an_outlier_widens_the_limits_only_where_ranges_are_not_screened(
    oracle: pd.DataFrame,
) -> None:
    y = oracle.loc[oracle["tag"] == "vec_outlier", "y"].tolist()
    wide = xmr(y, screened=False)
    assert (round(wide.lower[0], 2), round(wide.upper[0], 2)) == (3.94, 17.66)


def test_limits_begin_anew_only_where_a_change_was_declared() -> None:
    values = [10.0, 12, 11, 10, 12, 11, 10, 5, 6, 5, 6, 5, 6, 5]
    whole, two = xmr(values), xmr(values, changes=[7])
    assert len(whole.phases) == 1
    assert [(phase.first, phase.last) for phase in two.phases] == [(0, 6), (7, 13)]
    np.testing.assert_allclose(two.means[:7], xmr(values[:7]).means)
    np.testing.assert_allclose(two.upper[7:], xmr(values[7:]).upper)
    assert np.isnan(two.ranges[7])
    assert all(phase.provisional for phase in two.phases)
    assert xmr(values, changes=[0, 14, 90]).phases == whole.phases


def test_a_month_without_a_value_breaks_a_run_and_is_no_zero() -> None:
    nan = float("nan")
    chart = xmr([5.0, 6, 5, 6, 5, nan, 5, 6, 5, 6, 5, 6, 30])
    assert chart.means[0] == pytest.approx(np.mean([5, 6, 5, 6, 5, 5, 6, 5, 6, 5, 6, 30]))
    assert chart.rules[5] == ""
    assert chart.directions[5] == 0
    assert "one_side" not in chart.rules
    assert "one_side" in xmr([5.0, 6, 5, 6, 5, 6, 5, 6, 5, 6, 30]).rules
    assert not chart.phases[0].provisional
    assert sum(np.isfinite(chart.ranges)) == 10


@pytest.mark.parametrize("values", [[], [4.0], [float("nan")] * 3])
def test_too_little_gives_no_limits_and_no_alarm(values: list[float]) -> None:
    chart = xmr(values)
    assert not any(chart.rules)
    assert not np.isfinite(chart.upper).any()


@given(SERIES, st.floats(-50, 50), st.sampled_from([0.5, 2.0, 4.0]))
def test_another_unit_changes_no_verdict(values: list[float], shift: float, scale: float) -> None:
    whole = [float(round(value)) for value in values]
    moved = [value * scale for value in whole]
    assert xmr(moved).rules == xmr(whole).rules
    shifted = xmr([value + round(shift) for value in whole])
    np.testing.assert_allclose(shifted.means - round(shift), xmr(whole).means, atol=1e-6)


@given(SERIES)
def test_turned_upside_down_the_same_points_stand_out(values: list[float]) -> None:
    whole = [float(round(value)) for value in values]
    chart, turned = xmr(whole), xmr([-value for value in whole])
    assert [rule != "" for rule in chart.rules] == [rule != "" for rule in turned.rules]
    np.testing.assert_allclose(chart.upper, -turned.lower, atol=1e-9)


MEDIANS = [7.0, 8, 7, 7, 7, 7, 7, 7, 7, 7, 8, 8, 8, 7, 7, 7, 7, 7, 7, 7, 8, 7, 7, 7]


def test_medians_in_whole_days_that_hardly_move_raise_no_alarm() -> None:
    """By ranges alone the limits shrink to the mean, and nearly every month lies outside."""
    shrunk = xmr(MEDIANS)
    assert sum(rule == "outside" for rule in shrunk.rules) > 20
    assert not shrunk.phases[0].is_coarse
    chart = xmr(MEDIANS, steps=[1] * 24)
    mean = sum(MEDIANS) / len(MEDIANS)
    np.testing.assert_allclose(chart.lower, mean - 3)
    np.testing.assert_allclose(chart.upper, mean + 3)
    assert chart.phases[0].is_coarse
    assert set(chart.rules) == {""}


def test_a_clear_change_of_a_coarse_scale_still_stands_out() -> None:
    leap = xmr([*MEDIANS, 14], steps=[1] * 25)
    assert leap.phases[0].is_coarse
    assert leap.rules == [*([""] * len(MEDIANS)), "outside"]
    assert leap.directions[-1] == 1
    moved = xmr([*MEDIANS, *[9.0] * 7], steps=[1] * 31)
    assert moved.rules[-7:] == ["one_side"] * 7


@pytest.mark.parametrize("since", range(7, 18))
def test_a_lasting_shift_of_one_step_stands_out_however_long_ago_it_was(since: int) -> None:
    chart = xmr([*[7.0] * (24 - since), *[8.0] * since], steps=[1] * 24)
    assert "one_side" in chart.rules


def test_each_phase_has_the_step_of_its_own_months() -> None:
    """Many more people from a declared change on: there, one of them is a smaller step."""
    few, many = [36 / 40] * 14, [part / 120 for part in (108, 109, 107, 108, 110, 108, 107, 109)]
    chart = xmr([*few, *many, 100 / 120], [14], steps=[1 / 40] * 14 + [1 / 120] * 9)
    assert [phase.is_coarse for phase in chart.phases] == [True, False]
    assert chart.phases[0].step == 1 / 40
    assert chart.rules[-1] == "outside"
    one_more = [*few[:8], 37 / 40, 36 / 40]
    later = xmr([*[540 / 600] * 14, *one_more], [14], steps=[1 / 600] * 14 + [1 / 40] * 10)
    assert set(later.rules) == {""}


@given(st.lists(st.floats(-20, 20), min_size=13, max_size=40), st.sampled_from([0.5, 1.0, 4.0]))
def test_only_a_scale_too_coarse_for_its_ranges_changes_the_limits(
    values: list[float], step: float
) -> None:
    whole = [round(value / step) * step for value in values]
    plain, stepped = xmr(whole), xmr(whole, steps=[step] * len(whole))
    moves = np.abs(np.diff(whole))
    kept = moves[moves < 3.267 * moves.mean()] if moves.mean() > 0 else moves
    coarse = kept.mean() / 1.128 < step
    assert stepped.phases[0].is_coarse == coarse
    if not coarse:
        np.testing.assert_array_equal(stepped.upper, plain.upper)
        assert stepped.rules == plain.rules
        return
    for position, value in enumerate(whole):
        away = abs(value - np.mean(whole))
        assert (stepped.rules[position] == "outside") == (away > 3 * step + 1e-7)
        if away < step / 2 - 1e-7:
            assert stepped.rules[position] in ("", "trend")


def shares_by_hand(events: list[int], totals: list[int]) -> list[tuple[float, float, float]]:
    centre = sum(events) / sum(totals)
    found = []
    for n in totals:
        three = 3 * (centre * (1 - centre) / n) ** 0.5
        found.append((centre, max(0.0, centre - three), min(1.0, centre + three)))
    return found


@given(
    st.lists(
        st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
        min_size=1,
        max_size=30,
    )
)
def test_limits_of_shares_follow_their_totals(months: list[tuple[int, int]]) -> None:
    events, totals = [part for part, _ in months], [whole for _, whole in months]
    chart = p_chart(events, totals)
    by_hand = shares_by_hand(events, totals)
    np.testing.assert_allclose(
        np.column_stack([chart.means, chart.lower, chart.upper]), by_hand, atol=1e-12
    )
    for position, (_, low, high) in enumerate(by_hand):
        share = events[position] / totals[position]
        if share > high + 1e-9 or share < low - 1e-9:
            assert chart.rules[position] == "outside"


def test_a_month_in_which_nobody_was_counted_has_no_share() -> None:
    chart = p_chart([3, 0, 4], [10, 0, 10])
    assert np.isnan(chart.values[1])
    assert np.isnan(chart.upper[1])
    assert chart.means[0] == pytest.approx(7 / 20)
    assert isinstance(chart, ControlChart)
    assert chart.phases[0].provisional
    assert FEWEST == 12
