"""Kaplan-Meier curves against a worked example and against statsmodels."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from dashboard.analysis.time_to_match import (
    GROUPINGS,
    TICKS,
    Grouping,
    curve,
    curves,
    half_in_words,
    time_in_words,
    time_rows,
)
from dashboard.language import words_in
from dashboard.store import OPERATOR, Store

ENGLISH = words_in("en")


def episodes(days: list[int], met: list[bool], **columns: object) -> pd.DataFrame:
    told = {"support_type": "tangible", "site": "North", "program_name": None, **columns}
    return pd.DataFrame({"days": days, "met": met, **told})


def test_a_worked_example() -> None:
    """By hand: 5 at risk on day 10, one met; 3 on day 30, one met; the rest censored."""
    found = curve("x", episodes([10, 20, 30, 40, 40], [True, False, True, False, False]))
    share = dict(zip(found.days, found.still_open, strict=True))
    assert share[0] == 1
    assert share[10] == pytest.approx(4 / 5)
    assert share[30] == pytest.approx(4 / 5 * 2 / 3)
    assert (found.openings, found.met, found.median) == (5, 2, None)
    assert found.followed == [5, 0, 0, 0, 0]


def test_half_is_the_first_day_on_which_half_or_fewer_are_open() -> None:
    found = curve("x", episodes([49, 49, 80, 80], [True, True, False, False]))
    assert found.median == 49
    assert half_in_words(found, ENGLISH) == "half by 49 days"


@pytest.mark.parametrize("met", [[True, True], [False, False]])
def test_the_interval_is_always_a_share(met: list[bool]) -> None:
    """Also where nothing, or everything, was met."""
    found = curve("x", episodes([0, 10], met))
    for low, share, high in zip(found.low, found.still_open, found.high, strict=True):
        assert 0 <= low <= share <= high <= 1


def test_the_sample_agrees_with_statsmodels(sample_store: Store) -> None:
    told = sample_store.query("gap_episodes", OPERATOR, as_of="2026-06-30")
    for found in curves(told, "type"):
        of_type = told[told["support_type"] == found.group]
        other = SurvfuncRight(of_type["days"], of_type["met"].astype(int))
        share = dict(
            zip(found.days, zip(found.still_open, found.low, found.high, strict=True), strict=True)
        )
        for day, survival, error in zip(
            other.surv_times, other.surv_prob, other.surv_prob_se, strict=True
        ):
            still_open, low, high = share[float(day)]
            assert still_open == pytest.approx(survival)
            if 0 < survival < 1:
                reach = 1.959964 * error / (survival * np.log(survival))
                expected = sorted([survival ** np.exp(reach), survival ** np.exp(-reach)])
                assert [low, high] == pytest.approx(expected, abs=1e-6)
        assert found.median == other.quantile(0.5)
        assert found.followed == [int((of_type["days"] >= tick).sum()) for tick in TICKS]


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_every_opening_is_in_one_group(sample_store: Store, grouping: Grouping) -> None:
    told = sample_store.query("gap_episodes", OPERATOR, as_of="2026-06-30")
    found = curves(told, grouping)
    assert sum(one.openings for one in found) == len(told)
    assert len(time_rows(found, grouping, ENGLISH)) == len(found) * len(TICKS)
    assert time_in_words(found, grouping, ENGLISH).startswith("Shortest: ")


def test_those_without_a_program_come_last() -> None:
    told = pd.concat([episodes([5], [True]), episodes([9], [False], program_name="Peer group")])
    assert [one.group for one in curves(told, "program")] == ["Peer group", ""]
