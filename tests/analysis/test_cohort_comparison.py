"""Differences of two cohorts against R, and what is said about who is compared."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq
from scipy.stats import nct
from statsmodels.stats.multitest import multipletests

from dashboard.analysis.cohort_comparison import (
    Overlap,
    apart,
    at_window,
    completers_beside,
    completers_in_words,
    difference,
    difference_in_words,
    holm,
    holm_in_words,
    leavers,
    leavers_in_words,
    overlap_in_words,
)
from dashboard.analysis.cohorts import Mask
from dashboard.analysis.regression import Estimate, Numbers
from dashboard.language import words_in
from tests.analysis.cohort_people import Person, courses_of

NAMES = {"a": "Group", "b": "Waiting list"}
ENGLISH = words_in("en")


def members(a: range, b: range) -> dict[str, Mask]:
    everybody = range(max(*a, *b) + 1)
    return {
        name: np.array([who in people for who in everybody])
        for name, people in (("a", a), ("b", b))
    }


def arms(reference_data: Path, variable: str) -> tuple[Numbers, Numbers]:
    wide = pd.read_csv(reference_data / "maps_breast_cancer_rct" / "maps_wide.csv")
    later, _, earlier = variable.partition("-")
    value = wide[later] - (wide[earlier] if earlier else 0)
    first = wide["interv_group"] == 1
    return value[first].dropna().to_numpy(float), value[~first].dropna().to_numpy(float)


@pytest.mark.parametrize(
    "variable", ["cesd1", "cesd2", "cesd3", "pss1", "pss2", "pss3", "cesd2-cesd1", "cesd3-cesd1"]
)
def test_the_arms_of_a_trial_as_in_r(reference_data: Path, variable: str) -> None:
    oracle = pd.read_csv(
        reference_data / "maps_breast_cancer_rct" / "oracle_group_comparison.csv"
    ).set_index("variable")
    told = oracle.loc[variable]
    found = difference(*arms(reference_data, variable))
    assert found is not None
    assert found.g is not None
    assert (found.n_a, found.n_b) == (told["n1"], told["n0"])
    assert found.mean_a == pytest.approx(told["m1"], rel=1e-6)
    assert found.mean_b == pytest.approx(told["m0"], rel=1e-6)
    assert found.g.value == pytest.approx(told["hedges_g"], rel=1e-6)
    assert found.difference.value / found.difference.se == pytest.approx(told["welch_t"], rel=1e-6)
    assert found.difference.df == pytest.approx(told["welch_df"], rel=1e-6)
    [p] = holm({"one": found.difference})["p"]
    assert p == pytest.approx(told["welch_p"], rel=1e-6)


def test_the_interval_of_g_is_close_to_the_exact_one(reference_data: Path) -> None:
    """The exact one from the non-central t distribution, for d and without its correction."""
    a, b = arms(reference_data, "cesd2")
    found = difference(a, b)
    assert found is not None
    assert found.g is not None
    df, size = len(a) + len(b) - 2, len(a) * len(b) / (len(a) + len(b))
    d = found.g.value / (1 - 3 / (4 * df - 1))

    def beyond(truth: float, share: float) -> float:
        return float(nct.cdf(d * size**0.5, df, truth * size**0.5)) - share

    low, high = (brentq(beyond, d - 1, d + 1, args=(share,)) for share in (0.975, 0.025))
    assert (found.g.low, found.g.high) == pytest.approx((low, high), abs=0.03)


def test_a_difference_of_few_is_not_told() -> None:
    ten = np.arange(10.0)
    assert difference(ten, ten[:9]) is None
    assert difference(ten, ten[:9], fewest=9) is not None
    assert difference(ten[:1], ten, fewest=1) is None
    assert difference_in_words(None, "PHQ-9", 6, NAMES, ENGLISH) == (
        "Too few to say: fewer than 10 people of one of the cohorts have a score after 6 months."
    )


def test_scores_that_never_vary_have_no_size_in_standard_deviations() -> None:
    found = difference(np.full(10, 5.0), np.full(10, 3.0))
    assert found is not None
    assert (found.difference.value, found.difference.se, found.g) == (2, 0, None)


def test_people_of_both_cohorts_are_left_out_of_both() -> None:
    kept, overlap = apart(members(range(30), range(25, 50)))
    assert overlap == Overlap(30, 25, 5, "left_out")
    assert np.flatnonzero(kept["a"]).tolist() == [*range(25)]
    assert np.flatnonzero(kept["b"]).tolist() == [*range(30, 50)]
    assert overlap_in_words(overlap, NAMES, ENGLISH).startswith(
        "5 people are in both Group and Waiting list and are left out of both"
    )


def test_cohorts_that_are_nearly_the_same_are_refused() -> None:
    _, overlap = apart(members(range(30), range(5, 40)))
    assert overlap.handling == "refused"
    assert "share fewer people" in overlap_in_words(overlap, NAMES, ENGLISH)


def test_cohorts_of_separate_people_stay_as_they_are() -> None:
    told = members(range(3), range(3, 5))
    kept, overlap = apart(told)
    assert overlap == Overlap(3, 2, 0, "none")
    assert all((kept[name] == told[name]).all() for name in "ab")
    assert overlap_in_words(overlap, NAMES, ENGLISH) == "Nobody is in both Group and Waiting list."


PEOPLE = [
    *(Person(c, 20.0, (10.0 + n, 8.0 + n, 6.0 + n, None)) for n in range(4) for c in "ab"),
    *(Person("a", 20.0, (20.0 + n, None, 15.0 + n, None)) for n in range(3)),
    *(Person("b", 20.0, (15.0 + n, 9.0, None, None)) for n in range(3)),
]
COURSES, INSIDE = courses_of(PEOPLE)


def test_completers_stand_beside_everyone() -> None:
    found = completers_beside(COURSES, INSIDE, 6.0, fewest=4)
    assert found.everyone is not None
    assert found.completers is not None
    assert (found.everyone.n_a, found.everyone.n_b) == (7, 4)
    assert (found.completers.n_a, found.completers.n_b) == (4, 4)
    assert found.completers.difference.value == 0
    assert found.everyone.difference.value == pytest.approx((4 * 7.5 + 3 * 16) / 7 - 7.5)
    said = completers_in_words(completers_beside(COURSES, INSIDE, 6.0, fewest=5), 6.0, ENGLISH)
    assert said.count("too few to say") == 2


def test_leavers_are_compared_by_how_they_began() -> None:
    found = leavers(COURSES, INSIDE, 6.0, fewest=3)
    assert found["a"] is None  # nobody of the first cohort is missing then
    assert found["b"] is not None
    assert (found["b"].n_a, found["b"].n_b) == (3, 4)
    assert found["b"].difference.value == pytest.approx(16 - 11.5)
    first, second = leavers_in_words(found, 6.0, NAMES, ENGLISH)
    assert first == "Group: too few to say how those without a score after 6 months had begun."
    assert second.startswith(
        "Waiting list: at the start, those without a score after 6 months stood +4.5 points"
    )


def test_one_planned_time_is_compared() -> None:
    found = at_window(COURSES, INSIDE, 3.0, fewest=4)
    assert found is not None
    assert (found.n_a, found.n_b) == (4, 7)
    said = difference_in_words(found, "PHQ-9", 3.0, NAMES, ENGLISH)
    assert "mean 9.5 in Group and 9.29 in Waiting list, a difference of +0.21" in said
    assert said.endswith("The interval holds 0: it could as well be chance.")


@pytest.mark.parametrize("seed", range(5))
def test_holm_as_in_statsmodels(seed: int) -> None:
    random = np.random.default_rng(seed)
    told = {
        f"m{place}": Estimate(value, 1.0, 30.0)
        for place, value in enumerate(random.normal(1.5, 1.5, 6))
    }
    found = holm(told)
    holds, corrected, *_ = multipletests(found["p"], method="holm")
    np.testing.assert_allclose(found["p_holm"], corrected)
    np.testing.assert_array_equal(found["holds"], holds)


def test_measures_that_hold_are_named() -> None:
    told = {"PHQ-9": Estimate(5, 1, 50), "GAD-7": Estimate(2.05, 1, 50), "EQ-5D": Estimate(0, 0, 9)}
    table = holm(told)
    assert list(table["holds"]) == [True, False, False]
    assert table["p"]["GAD-7"] < 0.05
    assert holm_in_words(table, ENGLISH).endswith("comparing several: PHQ-9.")
    assert holm_in_words(table.iloc[1:], ENGLISH).startswith("None of the 2 measures")
