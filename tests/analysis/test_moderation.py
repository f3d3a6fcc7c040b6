"""Moderation, simple slopes and the Johnson–Neyman region, beside R and as properties."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.analysis.moderation import (
    Moderation,
    johnson_neyman,
    moderation,
    simple_slopes,
)

AGREES = 1e-4


@dataclass(frozen=True)
class Oracle:
    """What R says: estimate and standard error by kind and name."""

    est: dict[tuple[str, str], float]
    se: dict[tuple[str, str], float]


@pytest.fixture(scope="module")
def published(reference_data: Path) -> tuple[Moderation, Oracle]:
    folder = reference_data / "moderation_lq2002"
    rows = pd.read_csv(folder / "lq2002.csv")
    told = pd.read_csv(folder / "oracle_moderation.csv")
    names = list(zip(told["kind"], told["name"], strict=True))
    oracle = Oracle(
        dict(zip(names, told["est"], strict=True)), dict(zip(names, told["se"], strict=True))
    )
    return moderation(rows["HOSTILE"], rows["TSIG"], rows["LEAD"]), oracle


def test_coefficients_are_those_of_r(published: tuple[Moderation, Oracle]) -> None:
    fitted, oracle = published
    for term in ("intercept", "x", "m", "x:m"):
        estimate = fitted.fit.estimate(term)
        assert estimate.value == pytest.approx(oracle.est["coef", term], abs=AGREES)
        assert estimate.se == pytest.approx(oracle.se["coef", term], abs=AGREES)
    assert fitted.fit.rows == oracle.est["info", "n"]
    assert fitted.fit.df == oracle.est["info", "df_resid"]
    assert fitted.fit.r_squared == pytest.approx(oracle.est["info", "R2"], abs=AGREES)
    assert fitted.mean_m == pytest.approx(oracle.est["info", "mean_m"])
    assert fitted.sd_m == pytest.approx(oracle.est["info", "sd_m"])


def test_simple_slopes_are_those_of_r(published: tuple[Moderation, Oracle]) -> None:
    fitted, oracle = published
    for (_, slope), name in zip(simple_slopes(fitted), ("m_-1SD", "m_+0SD", "m_+1SD"), strict=True):
        assert slope.value == pytest.approx(oracle.est["simple_slope", name], abs=AGREES)
        assert slope.se == pytest.approx(oracle.se["simple_slope", name], abs=AGREES)


def test_the_region_is_that_of_r(published: tuple[Moderation, Oracle]) -> None:
    fitted, oracle = published
    region = johnson_neyman(fitted)
    assert region.where == "between"
    assert region.low == pytest.approx(oracle.est["info", "JN_low_raw_m"], rel=AGREES)
    assert region.high == pytest.approx(oracle.est["info", "JN_high_raw_m"], rel=AGREES)


@given(
    st.integers(0, 10_000),
    st.floats(-1, 1),
    st.floats(-1, 1),
    st.lists(st.floats(-30, 30), min_size=3, max_size=8),
)
def test_the_region_holds_where_the_slope_is_clear(
    seed: int, slope: float, interaction: float, at: list[float]
) -> None:
    rng = np.random.default_rng(seed)
    x, m, noise = rng.standard_normal((3, 40))
    y = slope * x + interaction * x * m + 2 * noise
    fitted = moderation(pd.Series(y), pd.Series(x), pd.Series(m))
    region = johnson_neyman(fitted)
    bounds = [bound for bound in (region.low, region.high) if bound is not None]
    for value in at:
        if all(abs(value - bound) > 1e-6 * (1 + abs(bound)) for bound in bounds):
            assert region.holds(value) == fitted.slope(value).clear


def test_expected_scores_do_not_hang_on_where_the_covariates_begin() -> None:
    rng = np.random.default_rng(1)
    table = pd.DataFrame(rng.standard_normal((60, 4)), columns=["y", "x", "m", "c"])
    moved = table.assign(c=table["c"] + 100)
    first, second = (
        moderation(one["y"], one["x"], one["m"], one[["c"]]).expected(0.5, 1.0)
        for one in (table, moved)
    )
    assert first.value == pytest.approx(second.value)
    assert first.se == pytest.approx(second.se)
