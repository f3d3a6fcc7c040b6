"""The cross-lagged model: its likelihood by another road, and known paths found again."""

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.optimize import approx_fprime
from scipy.stats import multivariate_normal

from dashboard.analysis.lagged import Likelihood, implied_covariance, lagged_paths, series

THETA = np.array(
    [0.3, 0.2, 0.25, 0.35, 0.8, 0.1, 0.7, 0.9, 0.2, 0.8, 0.7, 0.1, 0.6],
)
STEP = np.array([[0.3, 0.2], [0.25, 0.35]])
NONE = np.zeros(2)


def drawn(
    people: int, waves: int, seed: int, error: tuple[float, float] = (0.0, 0.0)
) -> NDArray[np.float64]:
    """Scores under STEP, within variances of 1, that go missing the more, the worse the last."""
    rng = np.random.default_rng(seed)
    within = np.array([[1.0, 0.3], [0.3, 1.0]])
    innovation = within - STEP @ within @ STEP.T
    level = rng.multivariate_normal([0, 0], [[0.8, 0.25], [0.25, 0.6]], people)
    state = rng.multivariate_normal([0, 0], within, people)
    scores = np.empty((people, waves, 2))
    for wave in range(waves):
        noise = rng.standard_normal((people, 2)) * np.sqrt(error)
        scores[:, wave] = level + state + noise + [0.2 * wave, 1.0]
        state = state @ STEP.T + rng.multivariate_normal([0, 0], innovation, people)
    gone = np.zeros(people, dtype=bool)
    for wave in range(1, waves):
        gone |= rng.random(people) < 1 / (1 + np.exp(2.5 - scores[:, wave - 1, 0]))
        scores[gone, wave] = np.nan
    scores[rng.random((people, waves)) < 0.1] = np.nan
    return scores[~np.isnan(scores).all(axis=(1, 2))]


def test_the_likelihood_is_that_of_each_persons_own_normal_distribution() -> None:
    """Person by person from scipy, at the means that the model finds."""
    scores = drawn(60, 4, seed=1).reshape(-1, 8)
    error = np.array([0.1, 0.2])
    covariance = implied_covariance(THETA, 4, error)
    seen = ~np.isnan(scores)
    weight, weighed = np.zeros((8, 8)), np.zeros(8)
    for row, there in zip(scores, seen, strict=True):
        inverse = np.linalg.inv(covariance[np.ix_(there, there)])
        weight[np.ix_(there, there)] += inverse
        weighed[there] += inverse @ row[there]
    mean = np.linalg.solve(weight, weighed)
    alone = sum(
        multivariate_normal.logpdf(row[there], mean[there], covariance[np.ix_(there, there)])
        for row, there in zip(scores, seen, strict=True)
    )
    constant = seen.sum() * np.log(2 * np.pi) / 2
    told = Likelihood(scores, error).misfit(THETA)[0] * len(scores)
    assert -told - constant == pytest.approx(alone)


def test_the_gradient_is_the_slope_of_the_likelihood() -> None:
    data = Likelihood(drawn(80, 4, seed=2).reshape(-1, 8), NONE)
    slope = approx_fprime(THETA, lambda theta: data.misfit(theta)[0], 1e-6)
    assert data.misfit(THETA)[1] == pytest.approx(slope, abs=1e-5)


@pytest.mark.parametrize("error", [(0.0, 0.0), (0.2, 0.3)])
def test_known_paths_are_found_again(error: tuple[float, float]) -> None:
    """More often and with its bias and coverage: benchmarks/lagged_paths.py."""
    scores = drawn(2_500, 5, seed=4, error=error)
    shares = (1 - error[0] / (1.8 + error[0]), 1 - error[1] / (1.6 + error[1]))
    found = lagged_paths(scores, shares if any(error) else None)
    assert found.settled
    for path, planted in (
        (found.x_to_y, 0.25),
        (found.y_to_x, 0.2),
        (found.x_to_x, 0.3),
        (found.y_to_y, 0.35),
    ):
        assert abs(path.value - planted) < 2.6 * path.se
        assert 0.005 < path.se < 0.05


def test_paths_do_not_hang_on_the_units() -> None:
    scores = drawn(300, 4, seed=5)
    one, other = lagged_paths(scores), lagged_paths(scores * [10, 0.2] + [3, 50])
    assert one.x_to_y.value == pytest.approx(other.x_to_y.value, abs=1e-4)
    assert one.y_to_x.se == pytest.approx(other.y_to_x.se, rel=1e-3)


def rows(*told: tuple[str, str, str, float | None, float | None]) -> pd.DataFrame:
    return pd.DataFrame(told, columns=["person", "wave", "completed_on", "x", "y"]).assign(
        completed_on=lambda f: pd.to_datetime(f["completed_on"])
    )


def test_waves_keep_their_numbers_and_a_skipped_one_stays_open() -> None:
    scores = series(
        rows(
            ("a", "1", "2026-01-01", 1, 2),
            ("a", "3", "2026-05-01", 3, None),
            ("b", "2", "2026-02-01", 5, 6),
        )
    )
    assert scores.shape == (2, 3, 2)
    assert np.isnan(scores[0, 1]).all()
    assert scores[0, 2, 0] == 3
    assert np.isnan(scores[0, 2, 1])
    assert scores[1, 1].tolist() == [5, 6]


def test_without_numbers_the_order_of_the_days_counts() -> None:
    scores = series(
        rows(
            ("a", "follow-up", "2026-05-01", 3, 4),
            ("a", "baseline", "2026-01-01", 1, 2),
        )
    )
    assert scores[0, :, 0].tolist() == [1, 3]


def test_waves_that_few_have_reached_are_left_out() -> None:
    many = [(f"p{n}", "1", "2026-01-01", n, n) for n in range(10)]
    scores = series(rows(*many, ("p0", "2", "2026-02-01", 1, 1)))
    assert scores.shape == (10, 1, 2)
