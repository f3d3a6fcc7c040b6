"""Estimating equations against statsmodels, and what follows from their definition."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from dashboard.analysis.marginal_model import fit_means
from dashboard.analysis.regression import least_squares


def visits(seed: int, people: int = 60, seen: float = 0.7) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    person = np.repeat(np.arange(people), 4)
    rows = pd.DataFrame({"person": person, "time": np.tile(np.arange(4.0), people)})
    rows["group"] = (rows["person"] % 2).astype(float)
    own = 2 * random.normal(size=people)[person]
    rows["score"] = 10 - rows["time"] + rows["group"] + own + random.normal(size=len(rows))
    return rows[random.uniform(size=len(rows)) < seen].sample(frac=1, random_state=seed)


@pytest.mark.parametrize("seed", [1, 2])
def test_coefficients_errors_and_correlation_as_in_statsmodels(seed: int) -> None:
    rows = visits(seed)
    x = rows[["time", "group"]]
    found = fit_means(rows["score"], x, rows["person"])
    structure = sm.cov_struct.Exchangeable()
    other = sm.GEE(rows["score"], sm.add_constant(x), rows["person"], cov_struct=structure).fit()
    n, k, people = len(rows), 3, rows["person"].nunique()
    # statsmodels' errors are without the factor for small samples.
    factor = people / (people - 1) * (n - 1) / (n - k)
    np.testing.assert_allclose(found.fit.values, other.params, rtol=1e-6)
    np.testing.assert_allclose(
        np.sqrt(np.diag(found.fit.covariance) / factor), other.bse, rtol=1e-6
    )
    assert found.correlation == pytest.approx(structure.dep_params, rel=1e-6)
    assert found.converged
    assert (found.fit.people, found.fit.rows, found.fit.df) == (people, n, people - 1)


def test_where_nobody_missed_a_visit_it_is_least_squares_with_clustered_errors() -> None:
    rows = visits(3, seen=1.0)
    x = rows[["time", "group"]]
    found = fit_means(rows["score"], x, rows["person"])
    plain = least_squares(rows["score"], x, rows["person"], "clustered")
    assert found.correlation > 0.5
    np.testing.assert_allclose(found.fit.values, plain.values)
    np.testing.assert_allclose(found.fit.covariance, plain.covariance)


def test_rows_with_anything_missing_and_terms_that_others_determine_are_left_out() -> None:
    rows = visits(4)
    x = rows[["time", "group"]].assign(double=2 * rows["time"])
    unknown = rows["score"].copy()
    unknown.iloc[:3] = np.nan
    found = fit_means(unknown, x, rows["person"])
    whole = rows.iloc[3:]
    other = fit_means(whole["score"], whole[["time", "group"]], whole["person"])
    assert found.fit.left_out == ("double",)
    np.testing.assert_allclose(found.fit.values, other.fit.values)
    np.testing.assert_allclose(found.fit.covariance, other.fit.covariance)


def test_scores_that_repel_each_other_more_than_a_correlation_can_say_are_told() -> None:
    """Two scores of everyone, one as far above as the other below: a correlation of -1."""
    people = np.repeat(np.arange(20), 2)
    away = np.random.default_rng(1).normal(size=20)
    score = 5 + np.repeat(away, 2) * np.tile([1.0, -1.0], 20)
    found = fit_means(score, pd.DataFrame({"group": people % 2.0}), people)
    assert not found.converged
