"""Least squares and its standard errors, beside statsmodels and by hand."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from dashboard.analysis.adjusting import covariates
from dashboard.analysis.regression import Estimate, Kind, least_squares, levels, standardised


@pytest.fixture
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    person = np.repeat(np.arange(40), 4)
    x = rng.standard_normal(160)
    y = 1 + 0.5 * x + rng.standard_normal(40)[person] + rng.standard_normal(160) * (1 + x**2)
    return pd.DataFrame({"y": y, "x": x, "z": rng.standard_normal(160), "person": person})


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("ordinary", {"use_t": True}),
        ("robust", {"cov_type": "HC0", "use_t": False}),
        (
            "clustered",
            {"cov_type": "cluster", "cov_kwds": {"groups": "person"}, "use_t": True},
        ),
    ],
)
def test_each_kind_is_that_of_statsmodels(
    rows: pd.DataFrame, kind: Kind, options: dict[str, object]
) -> None:
    if "cov_kwds" in options:
        options = {**options, "cov_kwds": {"groups": rows["person"].to_numpy()}}
    other = sm.OLS(rows["y"], sm.add_constant(rows[["x", "z"]])).fit(**options)
    fit = least_squares(rows["y"], rows[["x", "z"]], rows["person"], kind)
    assert fit.values == pytest.approx(other.params.to_numpy())
    assert fit.covariance == pytest.approx(other.cov_params().to_numpy())
    assert fit.r_squared == pytest.approx(other.rsquared)
    low, high = other.conf_int().loc["x"]
    assert fit.estimate("x").low == pytest.approx(low)
    assert fit.estimate("x").high == pytest.approx(high)


def test_maximum_likelihood_divides_by_every_row(rows: pd.DataFrame) -> None:
    ordinary = least_squares(rows["y"], rows[["x"]])
    likelihood = least_squares(rows["y"], rows[["x"]], kind="likelihood")
    assert likelihood.covariance == pytest.approx(ordinary.covariance * 158 / 160)


def test_a_sum_of_coefficients_has_the_error_of_the_sum(rows: pd.DataFrame) -> None:
    """The slope where x and z rise together is that of their sum in another model."""
    fit = least_squares(rows["y"], rows[["x", "z"]])
    turned = least_squares(
        rows["y"], pd.DataFrame({"x": rows["x"], "apart": rows["z"] - rows["x"]})
    )
    together = fit.combined({"x": 1.0, "z": 1.0})
    assert together.value == pytest.approx(turned.estimate("x").value)
    assert together.se == pytest.approx(turned.estimate("x").se)


def test_columns_that_say_nothing_new_are_left_out(rows: pd.DataFrame) -> None:
    more = rows[["x"]].assign(again=lambda f: 2 * f["x"] + 3, nothing=7.0)
    fit = least_squares(rows["y"], more)
    assert fit.left_out == ("again", "nothing")
    assert fit.estimate("x").value == pytest.approx(
        least_squares(rows["y"], rows[["x"]]).estimate("x").value
    )


def test_clear_means_that_zero_is_left_out() -> None:
    assert Estimate(1.0, 0.4, 1000).clear
    assert not Estimate(1.0, 0.6, 1000).clear
    assert not Estimate(1.0, 0.4, 2).clear
    assert Estimate(1.0, 0.4, 10).times(-2).low == pytest.approx(-2 * Estimate(1.0, 0.4, 10).high)


def test_levels_stand_against_the_most_frequent_and_hold_what_is_not_known() -> None:
    told = levels(pd.Series(["b", "a", "b", None]), "site")
    assert list(told) == ["site=a", "site=not known"]
    assert told["site=not known"].tolist() == [0, 0, 0, 1]


def test_nothing_varies() -> None:
    assert standardised(pd.Series([2.0, 2.0])).tolist() == [0, 0]


def test_adjusters_become_columns_without_a_gap() -> None:
    rows = pd.DataFrame(
        {
            "age": [60, None, 80],
            "sex": ["female", "male", None],
            "stage": ["I", "I", "II"],
            "site": ["A", "B", "A"],
            "months_since_diagnosis": [0.0, 12.0, None],
        }
    )
    columns = covariates(rows, ("age", "sex", "stage", "site", "time"))
    assert columns.notna().all().all()
    assert columns["age"].tolist() == [6, 7, 8]
    assert columns["age=not known"].tolist() == [0, 1, 0]
    assert columns["time"].iloc[1] == pytest.approx(np.log(13))
    assert covariates(rows, ()).shape == (3, 0)
