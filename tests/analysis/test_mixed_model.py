"""Mixed models against lme4, lmerTest and statsmodels, and against the likelihood written out."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.analysis import mixed_model
from dashboard.analysis.mixed_model import Fit, Method, fit

CLOSE = 1e-4


def table(path: Path, tag: str) -> pd.DataFrame:
    rows = pd.read_csv(path)
    return rows[rows["tag"] == tag]


def visits(
    seed: int, people: int = 30, waves: int = 5, *, seen: float = 0.7, level: float = 2.0
) -> pd.DataFrame:
    """Scores of people who came to some of the waves, the first one to all, at times of their
    own."""
    random = np.random.default_rng(seed)
    person = np.repeat(np.arange(people), waves)
    time = np.tile(np.arange(waves), people) + random.uniform(-0.3, 0.3, people * waves)
    age = random.normal(60, 10, people)[person]
    own = level * random.normal(size=people)[person]
    slope = 0.4 * level * random.normal(size=people)[person]
    score = 12 + 0.05 * age - 0.5 * time + own + slope * time + random.normal(size=len(person))
    rows = pd.DataFrame({"person": person, "time": time, "age": age, "score": score})
    came = (random.uniform(size=len(rows)) < seen) | (person == 0)
    return rows[came].reset_index(drop=True)


def fitted(rows: pd.DataFrame, *, slope: bool = True, method: Method = "reml") -> Fit:
    time = rows["time"] if slope else None
    return fit(rows["score"], rows[["time", "age"]], rows["person"], time, method)


def agrees_with_lme4(found: Fit, folder: Path, tag: str, terms: dict[str, str]) -> None:
    """terms: name in R to name here, the group as "group"."""
    for row in table(folder / "oracle_lmm_fixed.csv", tag).to_dict("records"):
        one = found.estimate(terms[row["term"]])
        assert one.value == pytest.approx(row["Estimate"], rel=CLOSE)
        assert one.se == pytest.approx(row["Std..Error"], rel=CLOSE)
        assert one.df == pytest.approx(row["df"], rel=CLOSE)
    here = {
        (terms["group"], "(Intercept)", ""): found.intercept_variance,
        (terms["group"], "Days", ""): found.slope_variance,
        (terms["group"], "(Intercept)", "Days"): found.intercept_slope_covariance,
        ("Residual", "", ""): found.residual_variance,
    }
    for row in table(folder / "oracle_lmm_varcomp.csv", tag).to_dict("records"):
        names = [row[key] if isinstance(row[key], str) else "" for key in ("grp", "var1", "var2")]
        value = here[names[0], names[1], names[2]]
        assert value == pytest.approx(row["vcov"], rel=CLOSE)
    [whole] = table(folder / "oracle_lmm_fit.csv", tag).to_dict("records")
    assert (found.rows, found.people) == (whole["n_obs"], whole["n_group"])
    assert found.log_likelihood == pytest.approx(whole["logLik"], rel=CLOSE)
    # Where the two part, it is because this one climbed a little higher.
    assert found.log_likelihood >= whole["logLik"] - 1e-8
    assert found.message == "converged"


@pytest.mark.parametrize(
    ("tag", "slope", "method"), [("ri", False, "reml"), ("rs", True, "reml"), ("rs_ML", True, "ml")]
)
def test_sleepstudy_as_in_lme4(reference_data: Path, tag: str, slope: bool, method: Method) -> None:
    folder = reference_data / "lme4_sleepstudy"
    rows = pd.read_csv(folder / "sleepstudy.csv")
    days = rows["Days"] if slope else None
    found = fit(rows["Reaction"], rows[["Days"]], rows["Subject"], days, method)
    terms = {"(Intercept)": "intercept", "Days": "Days", "group": "Subject"}
    agrees_with_lme4(found, folder, tag, terms)


def test_people_of_sleepstudy_as_in_lme4(reference_data: Path) -> None:
    folder = reference_data / "lme4_sleepstudy"
    rows = pd.read_csv(folder / "sleepstudy.csv")
    found = fit(rows["Reaction"], rows[["Days"]], rows["Subject"], rows["Days"]).by_person
    people = pd.read_csv(folder / "oracle_ranef.csv").set_index("Subject").loc[found.index]
    np.testing.assert_allclose(found["intercept"], people["(Intercept)"], rtol=CLOSE)
    np.testing.assert_allclose(found["slope"], people["Days"], rtol=CLOSE)


def test_slopes_in_units_of_their_error_as_in_lme4(reference_data: Path) -> None:
    """The reliable change of the method HLM is a person's slope over its standard error."""
    folder = reference_data / "reliable_change_claus"
    told = table(folder / "oracle_individual.csv", "claus_hamd_comb_HLM_c").set_index("id")
    rows = pd.read_csv(folder / "claus_2020.csv")
    rows = rows[rows["id"].isin(told.index)]
    found = fit(rows["hamd"], rows[["time"]], rows["id"], rows["time"])
    change = found.by_person["slope"] / found.by_person["slope_se"]
    np.testing.assert_allclose(change, told.loc[change.index, "rci"], rtol=CLOSE)
    assert found.message == "boundary"


@pytest.mark.parametrize("measure", ["cesd", "pss"])
def test_visits_by_arm_of_a_trial_as_in_lme4(reference_data: Path, measure: str) -> None:
    folder = reference_data / "maps_breast_cancer_rct"
    rows = pd.read_csv(folder / "maps_long.csv")
    arm = rows["interv_group"]
    x = pd.DataFrame({"2": rows["visit"] == 2, "3": rows["visit"] == 3, "arm": arm}).astype(float)
    x = x.assign(arm2=x["2"] * arm, arm3=x["3"] * arm)
    terms = {
        "(Intercept)": "intercept",
        "visit_f2": "2",
        "visit_f3": "3",
        "interv_group": "arm",
        "visit_f2:interv_group": "arm2",
        "visit_f3:interv_group": "arm3",
        "group": "id",
    }
    agrees_with_lme4(fit(rows[measure], x, rows["id"]), folder, f"{measure}_visit_x_arm", terms)


@pytest.mark.parametrize("method", ["reml", "ml"])
@pytest.mark.parametrize("slope", [False, True])
def test_random_data_as_in_statsmodels(slope: bool, method: Method) -> None:
    rows = visits(7, people=80)
    found = fitted(rows, slope=slope, method=method)
    x = sm.add_constant(rows[["time", "age"]])
    effects = x[["const", "time"]] if slope else x[["const"]]
    model = sm.MixedLM(rows["score"], x, rows["person"], effects)
    other = model.fit(reml=method == "reml", gtol=1e-8)
    np.testing.assert_allclose(found.values, other.fe_params, rtol=CLOSE)
    # With slopes statsmodels' errors also hold how coefficients and variances hang together in
    # this one sample; lme4's do not, nor do these.
    if not slope:
        np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), other.bse_fe, rtol=CLOSE)
    assert found.residual_variance == pytest.approx(other.scale, rel=CLOSE)
    assert found.intercept_variance == pytest.approx(other.cov_re.iloc[0, 0], rel=CLOSE)
    if slope:
        assert found.slope_variance == pytest.approx(other.cov_re.iloc[1, 1], rel=CLOSE)
        assert found.intercept_slope_covariance == pytest.approx(other.cov_re.iloc[0, 1], rel=CLOSE)
    assert found.log_likelihood == pytest.approx(other.llf, rel=CLOSE)
    person = other.random_effects[0]
    assert found.by_person.loc[0, "intercept"] == pytest.approx(person.iloc[0], rel=1e-3)


def log_likelihood(
    rows: pd.DataFrame, between: np.ndarray[Any, Any], residual: float, method: Method
) -> float:
    """The normal density of all scores, V written out row by row."""
    x = np.column_stack([np.ones(len(rows)), rows[["time", "age"]]])
    y, who = rows["score"].to_numpy(), rows["person"].to_numpy()
    z = np.column_stack([np.ones(len(rows)), rows["time"]])[:, : len(between)]
    v = residual * np.eye(len(rows)) + (z @ between @ z.T) * (who[:, None] == who)
    information = x.T @ np.linalg.solve(v, x)
    rest = y - x @ np.linalg.solve(information, x.T @ np.linalg.solve(v, y))
    size = len(rows) - (x.shape[1] if method == "reml" else 0)
    deviance = size * math.log(2 * math.pi) + np.linalg.slogdet(v)[1]
    deviance += rest @ np.linalg.solve(v, rest)
    return float(-(deviance + (np.linalg.slogdet(information)[1] if method == "reml" else 0)) / 2)


@settings(max_examples=12)
@given(
    seed=st.integers(0, 10_000),
    seen=st.sampled_from([0.4, 0.7, 1.0]),
    level=st.sampled_from([0.0, 0.5, 3.0]),
    slope=st.booleans(),
    method=st.sampled_from(["reml", "ml"]),
)
def test_no_other_variances_are_likelier(
    seed: int, seen: float, level: float, slope: bool, method: Method
) -> None:
    """On its own likelihood, and one step further in every direction; many of these people came
    once only, and where level is 0 the best variance is often 0."""
    rows = visits(seed, people=15, seen=seen, level=level)
    found = fitted(rows, slope=slope, method=method)
    assert found.message in ("converged", "boundary")
    between = np.array([[found.intercept_variance]])
    if found.slope_variance is not None and found.intercept_slope_covariance is not None:
        across = found.intercept_slope_covariance
        between = np.array([[found.intercept_variance, across], [across, found.slope_variance]])
    residual = found.residual_variance
    best = log_likelihood(rows, between, residual, method)
    assert found.log_likelihood == pytest.approx(best, abs=1e-6)
    random = np.random.default_rng(seed)
    for _ in range(8):
        step = 0.05 * random.normal(size=between.shape)
        moved = (np.eye(len(between)) + step) @ between @ (np.eye(len(between)) + step).T
        moved += 0.01 * residual * step @ step.T
        size = residual * float(np.exp(0.05 * random.normal()))
        assert log_likelihood(rows, moved, size, method) <= best + 1e-6


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), shift=st.floats(-500, 500), factor=st.floats(0.01, 100))
def test_a_shift_moves_the_intercept_and_a_factor_the_units(
    seed: int, shift: float, factor: float
) -> None:
    rows = visits(seed, people=15)
    one, other = fitted(rows), fitted(rows.assign(score=shift + factor * rows["score"]))
    moved = factor * one.values + [shift, 0, 0]
    np.testing.assert_allclose(other.values, moved, rtol=1e-5, atol=1e-4 * factor)
    assert other.residual_variance == pytest.approx(factor**2 * one.residual_variance, rel=1e-4)
    assert other.estimate("time").df == pytest.approx(one.estimate("time").df, rel=1e-3)


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_rows_and_the_zero_of_time_do_not_matter(seed: int) -> None:
    rows = visits(seed, people=15)
    mixed = rows.sample(frac=1, random_state=seed)
    later = mixed.assign(time=mixed["time"] + 24)
    one, other = fitted(rows), fitted(later)
    assert other.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-6)
    assert other.estimate("time").value == pytest.approx(one.estimate("time").value, rel=1e-4)
    slopes = other.by_person["slope"].loc[one.by_person.index]
    np.testing.assert_allclose(slopes, one.by_person["slope"], atol=1e-3)


def test_a_missing_wave_is_a_row_that_is_not_there() -> None:
    rows = visits(3)
    unknown = rows.copy()
    unknown.loc[5, "score"] = np.nan
    unknown.loc[9, "age"] = np.nan
    one, other = fitted(rows.drop(index=[5, 9])), fitted(unknown)
    assert other.rows == len(rows) - 2
    np.testing.assert_array_equal(other.values, one.values)


def test_a_term_that_others_determine_is_left_out_and_named() -> None:
    rows = visits(3)
    x = rows[["time"]].assign(always=1.0, half=rows["time"] / 2, age=rows["age"])
    found = fit(rows["score"], x, rows["person"])
    assert found.left_out == ("always", "half")
    assert found.terms == ("intercept", "time", "age")
    np.testing.assert_allclose(found.values, fitted(rows, slope=False).values)


def test_a_sum_of_coefficients_is_the_coefficient_of_another_coding() -> None:
    rows = visits(3)
    x = rows[["time", "age"]]
    told = fit(rows["score"], x, rows["person"]).combined({"time": 1.0, "age": 2.0})
    recoded = x.assign(age=x["age"] - 2 * x["time"])
    direct = fit(rows["score"], recoded, rows["person"]).estimate("time")
    assert (told.value, told.se, told.df) == pytest.approx((direct.value, direct.se, direct.df))


def test_people_without_differences_are_told_as_a_limit() -> None:
    rows = visits(1, level=0.0)
    # Everyone has the same mean: the variance between people is 0.
    rows["score"] -= rows.groupby("person")["score"].transform("mean")
    found = fitted(rows, slope=False)
    assert (found.converged, found.message) == (True, "boundary")
    assert found.intercept_variance == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(found.by_person["intercept"], 0, atol=1e-6)


@pytest.mark.parametrize(("came", "slope"), [(1, False), (2, True)])
def test_too_few_visits_are_told_and_nothing_is_estimated(came: int, slope: bool) -> None:
    rows = visits(1, seen=1.0).groupby("person").head(came)
    found = fitted(rows, slope=slope)
    assert (found.converged, found.message) == (False, "too_few_visits")
    assert np.isnan(found.estimate("time").value)
    assert (found.people, found.rows) == (30, 30 * came)


def test_visits_at_one_time_show_no_slopes() -> None:
    found = fitted(visits(1).assign(time=lambda rows: rows["person"] * 1.0))
    assert found.message == "too_few_visits"


@pytest.mark.parametrize("of_people", [False, True])
def test_scores_that_do_not_vary_are_told(of_people: bool) -> None:
    rows = visits(1)
    rows["score"] = rows["person"] % 7.0 if of_people else 5.0
    assert fitted(rows, slope=False).message == "no_variation"


def test_no_rows_at_all() -> None:
    found = fitted(visits(1).iloc[:0])
    assert (found.message, found.people, found.rows) == ("too_few_visits", 0, 0)


def test_a_search_that_does_not_come_to_rest_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mixed_model, "_LOOSE", 0.5)
    found = fitted(visits(1))
    assert (found.converged, found.message) == (False, "not_converged")
