"""Which of two things comes first within a person: the one now with the other next time?

Random-intercept cross-lagged panel model (Hamaker, Kuiper and Grasman 2015, 10.1037/a0038889).
Of person i at wave t, with y both scores:

    y_it = mean_t + b_i + w_it + e_it        b ~ N(0, B)    e ~ N(0, E)
    w_i1 ~ N(0, S)     w_it = A w_i,t-1 + u_it     u ~ N(0, Q)

b is what stays with a person, w how far they are from their own usual level, and A how the next
wave goes with this one; A and Q are the same from wave to wave. E holds the questionnaires' error
of measurement: none, or what their reliabilities say, never estimated (that is rarely possible).

Full-information maximum likelihood: each person counts with the waves that are there, and nothing
is filled in; right as long as what is missing hangs on what was seen. The means are profiled out.
Errors are of the sandwich kind (Huber and White), since scores are rarely normal. Waves count as
equally far apart. An association from one wave to the next is not a cause.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, nan, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.analysis.regression import Estimate

Numbers = npt.NDArray[np.float64]
Either = npt.NDArray[Any]
"""Numbers, or complex numbers where a derivative is taken."""

REACHED = 0.2
"""Waves that fewer than this share of people have reached are left out."""
_TINY = 1e-30
"""Step of a derivative along the imaginary axis: exact, since nothing is subtracted."""
_STEP = 1e-4
"""Step of the gradient's own derivative."""


@dataclass(frozen=True)
class Paths:
    """Paths from one wave to the next, in standard deviations within persons.

    Attributes:
        x_to_y: x now and y at the next wave, at equal y now; y_to_x the other way round.
        x_to_x, y_to_y: how much of a deviation is left at the next wave.
        forms: waves at which at least one of the two was given, over all people.
        settled: whether the search for the most likely values came to rest. Nothing is to be
            read off otherwise.
    """

    x_to_y: Estimate
    y_to_x: Estimate
    x_to_x: Estimate
    y_to_y: Estimate
    people: int
    forms: int
    waves: int
    settled: bool


def series(rows: pd.DataFrame) -> Numbers:
    """People × waves × two scores, NaN where there is none.

    Args:
        rows: person, wave, completed_on, x and y. Waves are numbered by what they are called
            where all are called by numbers, else by the order of each person's forms.
    """
    told = rows[rows["x"].notna() | rows["y"].notna()].sort_values(["person", "completed_on"])
    number = pd.to_numeric(told["wave"], errors="coerce")
    if number.isna().any():
        number = told.groupby("person").cumcount() + 1
    told = told.assign(number=number).drop_duplicates(["person", "number"])
    people = told["person"].nunique()
    reached = told["number"].value_counts()
    kept = sorted(reached.index[reached >= REACHED * people])
    wide = [
        told.pivot(index="person", columns="number", values=name).reindex(columns=kept)
        for name in ("x", "y")
    ]
    both = np.stack([one.to_numpy(float) for one in wide], axis=2)
    return both[~np.isnan(both).all(axis=(1, 2))]


def lagged_paths(scores: Numbers, reliabilities: tuple[float, float] | None = None) -> Paths:
    """Fit the model.

    Args:
        scores: as of `series`, with at least three waves.
        reliabilities: share of the spread of x and y that is no error of measurement.
    """
    # Loaded here for the sake of pages that do not need it.
    from scipy.optimize import minimize

    people, waves, _ = scores.shape
    spread = np.nanstd(scores, axis=(0, 1))
    error = np.zeros(2) if reliabilities is None else 1 - np.array(reliabilities)
    data = Likelihood((scores / spread).reshape(people, -1), error)
    found = minimize(
        data.misfit, _start(error), jac=True, method="BFGS", options={"gtol": 1e-6, "maxiter": 300}
    )
    covariance = data.covariance(found.x)
    settled = covariance is not None and float(np.abs(found.jac).max()) < 1e-3

    def estimate(of: Callable[[Numbers], float]) -> Estimate:
        if covariance is None:
            return Estimate(nan, nan, inf)
        slope = _slopes(of, found.x)
        return Estimate(of(found.x), sqrt(float(slope @ covariance @ slope)), inf)

    return Paths(
        x_to_y=estimate(lambda theta: _path(theta, waves, 1, 0)),
        y_to_x=estimate(lambda theta: _path(theta, waves, 0, 1)),
        x_to_x=estimate(lambda theta: _path(theta, waves, 0, 0)),
        y_to_y=estimate(lambda theta: _path(theta, waves, 1, 1)),
        people=people,
        forms=int((~np.isnan(scores)).any(axis=2).sum()),
        waves=waves,
        settled=settled,
    )


class Likelihood:
    """How unlikely scores are under values of the model's parameters.

    People who were seen at the same waves share a covariance matrix, so one is inverted for each
    pattern of waves and not for each person.

    Args:
        scores: people × (waves × 2), NaN where there is none.
        error: variance of the error of measurement of the two scores.
    """

    def __init__(self, scores: Numbers, error: Numbers) -> None:
        seen = ~np.isnan(scores)
        self.patterns, self._pattern = np.unique(seen, axis=0, return_inverse=True)
        self._seen = seen
        self._scores = np.where(seen, scores, 0.0)
        self._count = np.bincount(self._pattern)
        sizes = (len(self.patterns), scores.shape[1])
        self._sum = np.zeros(sizes)
        np.add.at(self._sum, self._pattern, self._scores)
        self._products = np.zeros((*sizes, sizes[1]))
        np.add.at(
            self._products, self._pattern, self._scores[:, :, None] * self._scores[:, None, :]
        )
        self._both = self.patterns[:, :, None] & self.patterns[:, None, :]
        self._error = error
        self.waves = scores.shape[1] // 2
        self.people = len(scores)

    def misfit(self, theta: Numbers) -> tuple[float, Numbers]:
        """Minus the log-likelihood for each person, up to a constant, and its gradient."""
        precision, log_determinant = self._precision(theta)
        if precision is None:
            return 1e10, np.zeros(len(theta))
        mean, total = self._mean(precision)
        expected = np.where(self.patterns, mean, 0.0)
        crossed = self._sum[:, :, None] * expected[:, None, :]
        about_mean = (
            self._products
            - crossed
            - crossed.transpose(0, 2, 1)
            + self._count[:, None, None] * expected[:, :, None] * expected[:, None, :]
        )
        weighed = precision @ about_mean
        value = self._count @ log_determinant + np.trace(weighed, axis1=1, axis2=2).sum()
        slope = total - (weighed @ precision).sum(axis=0)
        gradient = np.tensordot(self._changes(theta), slope, axes=2)
        return float(value) / (2 * self.people), gradient / (2 * self.people)

    def covariance(self, theta: Numbers) -> Numbers | None:
        """Of the parameters, of the sandwich kind; None where the likelihood has no peak."""
        steps = np.eye(len(theta)) * _STEP
        curvature = np.column_stack(
            [
                (self.misfit(theta + step)[1] - self.misfit(theta - step)[1]) / (2 * _STEP)
                for step in steps
            ]
        )
        curvature = (curvature + curvature.T) / 2
        if not np.isfinite(curvature).all() or np.linalg.eigvalsh(curvature)[0] <= 0:
            return None
        inverse = np.linalg.inv(curvature)
        scores = self._scores_of_people(theta)
        middle = scores.T @ scores / self.people
        covariance: Numbers = inverse @ middle @ inverse / self.people
        return covariance

    def _scores_of_people(self, theta: Numbers) -> Numbers:
        """The gradient of each person's own part; people × parameters."""
        precision, _ = self._precision(theta)
        assert precision is not None
        mean, _ = self._mean(precision)
        changes = self._changes(theta)
        away = np.where(self._seen, self._scores - mean, 0.0)
        weighed = np.einsum("pij,pj->pi", precision[self._pattern], away)
        expected = np.einsum("pij,kij->pk", precision, changes)[self._pattern]
        found = np.einsum("pi,kij,pj->pk", weighed, changes, weighed)
        return (expected - found) / 2

    def _precision(self, theta: Numbers) -> tuple[Numbers | None, Numbers]:
        """Inverse covariance of each pattern, 0 where a wave was not seen; log-determinants."""
        implied = implied_covariance(theta, self.waves, self._error).real
        places = np.arange(implied.shape[0])
        masked = np.where(self._both, implied, 0.0)
        masked[:, places, places] = np.where(self.patterns, implied[places, places], 1.0)
        signs, log_determinants = np.linalg.slogdet(masked)
        if not np.isfinite(log_determinants).all() or (signs <= 0).any():
            return None, log_determinants
        return np.where(self._both, np.linalg.inv(masked), 0.0), log_determinants

    def _mean(self, precision: Numbers) -> tuple[Numbers, Numbers]:
        """The most likely means, and the sum of everyone's precision."""
        total = np.tensordot(self._count, precision, axes=1)
        return np.linalg.solve(total, np.einsum("pij,pj->i", precision, self._sum)), total

    def _changes(self, theta: Numbers) -> Numbers:
        """Derivative of the covariance by each parameter; parameters × scores × scores."""
        steps = theta + 1j * _TINY * np.eye(len(theta))
        return np.stack(
            [implied_covariance(step, self.waves, self._error).imag / _TINY for step in steps]
        )


def pieces(theta: Either) -> tuple[Either, Either, Either, Either]:
    """A, Q, S and B; the latter three by their lower factors."""
    return (
        theta[:4].reshape(2, 2),
        _from_factor(theta[4:7]),
        _from_factor(theta[7:10]),
        _from_factor(theta[10:13]),
    )


def implied_covariance(theta: Either, waves: int, error: Numbers) -> Either:
    """Of all scores of a person, wave by wave, x before y."""
    step, innovation, now, constant = pieces(theta)
    blocks = np.empty((waves, 2, waves, 2), dtype=theta.dtype)
    for wave in range(waves):
        lagged = now
        for later in range(wave, waves):
            blocks[later, :, wave, :] = constant + lagged
            blocks[wave, :, later, :] = (constant + lagged).T
            lagged = step @ lagged
        blocks[wave, :, wave, :] += np.diag(error)
        now = step @ now @ step.T + innovation
    return blocks.reshape(2 * waves, 2 * waves)


def _from_factor(entries: Either) -> Either:
    low = np.zeros((2, 2), dtype=entries.dtype)
    low[0, 0], low[1, 0], low[1, 1] = entries
    product: Either = low @ low.T
    return product


def _start(error: Numbers) -> Numbers:
    """Scores have a spread of 1: half of what is no error stays with people, half does not."""
    half = np.sqrt((1 - error) / 2)
    factor = [half[0], 0.1 * half[0], half[1]]
    return np.array([0.2, 0.05, 0.05, 0.2, *factor, *factor, *factor])


def _path(theta: Either, waves: int, to: int, of: int) -> float:
    """An entry of A in standard deviations within persons, averaged over the waves."""
    step, innovation, now, _ = pieces(theta)
    within = now * 0
    for _ in range(waves):
        within = within + now / waves
        now = step @ now @ step.T + innovation
    path: float = step[to, of] * (within[of, of] / within[to, to]) ** 0.5
    return path


def _slopes(of: Callable[[Either], float], theta: Numbers) -> Numbers:
    steps: Sequence[Either] = list(theta + 1j * _TINY * np.eye(len(theta)))
    return np.array([np.imag(of(step)) / _TINY for step in steps])
