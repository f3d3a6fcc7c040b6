"""The response surface beside the R package RSA, and what follows from it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.analysis.regression import Kind
from dashboard.analysis.response_surface import (
    agreement,
    hull,
    inside,
    response_surface,
    under_less_over,
)

AGREES = 1e-4
KINDS: dict[str, Kind] = {
    "OLS_lm": "ordinary",
    "ML_standard": "likelihood",
    "MLR_robust": "robust",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_of_rsa(reference_data: Path, kind: str) -> None:
    folder = reference_data / "rsa_motcon"
    rows = pd.read_csv(folder / "motcon.csv")
    oracle = pd.read_csv(folder / "oracle_rsa.csv")
    surface = response_surface(rows["postVA"], rows["ePow"], rows["iPow"], 0.0, kind=KINDS[kind])
    told = oracle[oracle["se_type"] == kind]
    assert len(told) >= 11
    for row in told.itertuples():
        name = str(row.label)
        estimate = surface.term(name) if name[0] in "ab" else surface.axis(name)
        assert estimate is not None
        # RSA's own search leaves its figures exact to about six places.
        assert estimate.value == pytest.approx(row.est, rel=AGREES, abs=AGREES), name
        assert estimate.se == pytest.approx(row.se, rel=AGREES, abs=AGREES), name


def test_the_fit_is_that_of_rsa(reference_data: Path) -> None:
    folder = reference_data / "rsa_motcon"
    rows = pd.read_csv(folder / "motcon.csv")
    oracle = pd.read_csv(folder / "oracle_fit.csv").iloc[0]
    fit = response_surface(rows["postVA"], rows["ePow"], rows["iPow"], 0.0).fit
    assert (fit.rows, fit.df) == (oracle["n"], oracle["df_resid"])
    assert fit.r_squared == pytest.approx(oracle["R2"], abs=AGREES)


def answers(seed: int = 2, n: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(rng.integers(0, 5, (n, 2)), columns=["need", "received"])


def test_a_known_surface_is_found_in_the_units_of_the_answers() -> None:
    rows = answers()
    n, r = rows["need"] - 2, rows["received"] - 2
    distress = 3 + 0.5 * n - 0.25 * r + 0.5 * (n - r) ** 2
    surface = response_surface(distress, rows["need"], rows["received"], 2.0)
    assert surface.term("a4").value == pytest.approx(2.0)
    assert surface.term("a1").value == pytest.approx(0.25)
    assert surface.expected(4, 0).value == pytest.approx(3 + 1 + 0.5 + 8)
    valley = surface.axis("p21")
    # Without curvature along the line of congruence, the surface has no stationary point.
    assert valley is None or valley.value == pytest.approx(1.0, abs=1e-3)


def test_the_valley_of_harm_by_mismatch_runs_along_congruence() -> None:
    rows = answers()
    n, r = rows["need"] - 2, rows["received"] - 2
    surface = response_surface(
        0.5 * (n - r) ** 2 + 0.1 * (n + r) ** 2, rows["need"], rows["received"], 2.0
    )
    slope, intercept = surface.axis("p21"), surface.axis("p20")
    assert slope is not None
    assert intercept is not None
    assert slope.value == pytest.approx(1.0)
    assert intercept.value == pytest.approx(0.0, abs=1e-6)


def test_only_the_third_order_tells_under_from_over() -> None:
    rows = answers()
    apart = rows["need"] - rows["received"]
    distress = apart.clip(lower=0) ** 3
    told = under_less_over(distress, rows["need"], rows["received"], 2.0, 2.0)
    assert told.value > 3 * told.se > 0
    even = under_less_over(apart.abs() ** 2, rows["need"], rows["received"], 2.0, 2.0)
    assert even.value == pytest.approx(0, abs=1e-9)


def test_the_third_order_agrees_with_the_difference_of_two_fitted_values() -> None:
    rows = answers()
    rng = np.random.default_rng(5)
    distress = pd.Series(rng.standard_normal(len(rows)) + rows["need"] ** 2)
    n, r = (rows["need"] - 2).to_numpy(), (rows["received"] - 2).to_numpy()
    powers = [(i, j) for i in range(4) for j in range(4) if i + j <= 3]
    columns = np.column_stack([n**i * r**j for i, j in powers])
    fitted = np.linalg.lstsq(columns, distress.to_numpy(), rcond=None)[0]

    pairs = list(zip(fitted, powers, strict=True))

    def at(need: float, received: float) -> float:
        return float(sum(b * need**i * received**j for b, (i, j) in pairs))

    told = under_less_over(distress, rows["need"], rows["received"], 2.0, 2.0)
    assert told.value == pytest.approx(at(1, -1) - at(-1, 1))


def test_answers_count_as_apart_beyond_half_a_standard_deviation() -> None:
    need, received = pd.Series([4.0, 2.0, 0.0, 2.0]), pd.Series([0.0, 2.0, 4.0, 2.5])
    assert agreement(need, received) == {"under": 1, "match": 2, "over": 1}


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=40))
def test_the_area_holds_every_answer_and_no_farther_corner(
    points: list[tuple[int, int]],
) -> None:
    need = pd.Series([x / 2 for x, _ in points])
    received = pd.Series([y / 2 for _, y in points])
    corners = hull(need, received)
    assert set(corners) <= set(zip(need, received, strict=True))
    if len(corners) > 2:
        assert all(inside(corners, x, y) for x, y in zip(need, received, strict=True))
    assert not inside(corners, 9.0, 9.0)
