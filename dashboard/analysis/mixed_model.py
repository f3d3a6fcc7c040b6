"""Linear mixed models for scores that people gave several times.

Everyone has a level and, when asked for, a slope over time of their own, both normally
distributed around the common line and correlated with each other (Laird & Ware 1982,
10.2307/2529876):

    y = X beta + Z b + e,   b ~ N(0, s2 D),   e ~ N(0, s2 I)

Visits that did not happen are simply not there and nothing is filled in. That is right as long
as what is missing hangs on what was seen and not on what was not (missing at random).

The deviance is profiled over beta and s2 as in lme4 (Bates et al. 2015, 10.18637/jss.v067.i01),
so that only D is searched for, by its factor: D = L L'. Of each person it needs only the sums
Z'Z, Z'X and Z'y. With P = (I + Z'Z D)^-1, which is 1 x 1 or 2 x 2,

    V^-1 = I - Z D P Z',   log|V| = -log|P|,   Z'V^-1 u = P Z'u

which holds where D is singular, too. The estimates are those of lme4 and of statsmodels.

Intervals use t with Satterthwaite's degrees of freedom as in lmerTest (Kuznetsova et al. 2017,
10.18637/jss.v082.i13); lme4 itself gives none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import inf, nan
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.analysis.regression import (
    CLEARLY_SMALLER,
    INTERCEPT,
    Estimate,
    Numbers,
    independent_columns,
)

Method = Literal["reml", "ml"]
Message = Literal["converged", "boundary", "not_converged", "too_few_visits", "no_variation"]

_SINGULAR = 1e-4
"""A random effect whose SD is below this share of the residual SD is at its limit (lme4)."""
_LOOSE = 1e3
"""The largest SD of a random effect that is looked for, in residual SDs."""
_NOTHING_LEFT = 1e-6
"""No variation: people's own lines leave less than this share of what the terms leave."""
_SETTLED = 1e-6
"""Converged: by the curvature found, no step lowers the deviance by more than this."""
_STEP = 1e-4
"""How far the factor is moved to see how the deviance and the errors change."""


@dataclass(frozen=True)
class Fit:
    """A fitted model.

    Attributes:
        terms: names of the coefficients, the intercept first.
        values, covariance: of the coefficients.
        intercept_variance, slope_variance, intercept_slope_covariance: between people; the
            latter two None without a slope.
        log_likelihood: restricted under "reml", and then comparable under one X only.
        by_person: a row a person: intercept and slope, how far the person is from the common
            line (best linear unbiased predictions), with intercept_se and slope_se, which take
            the coefficients as known, as lme4's do. No slope columns without a slope.
        message: `boundary`: converged where a variance is 0 or the correlation 1 or -1; the data
            show no such difference between people beyond chance. `too_few_visits`: nobody came
            often enough to tell levels (two visits) or slopes (three) from chance, or there are
            no more rows than terms. `no_variation`: beside terms and own lines nothing is left
            to chance. After these two nothing is estimated.
        left_out: terms that the ones before them determine; they are not estimated.
    """

    terms: tuple[str, ...]
    values: Numbers
    covariance: Numbers
    intercept_variance: float
    slope_variance: float | None
    intercept_slope_covariance: float | None
    residual_variance: float
    log_likelihood: float
    by_person: pd.DataFrame
    people: int
    rows: int
    method: Method
    message: Message
    left_out: tuple[str, ...]
    _how_sure: "_HowSure" = field(repr=False)

    @property
    def converged(self) -> bool:
        return self.message in ("converged", "boundary")

    def estimate(self, term: str) -> Estimate:
        return self.combined({term: 1.0})

    def combined(self, weights: Mapping[str, float]) -> Estimate:
        """The sum of coefficients so weighted; a term that is not named weighs nothing."""
        weight = np.array([weights.get(term, 0.0) for term in self.terms])
        variance = float(weight @ self.covariance @ weight)
        return Estimate(
            float(weight @ self.values), variance**0.5, self._how_sure.degrees(weight, variance)
        )


def fit(
    y: npt.ArrayLike,
    x: pd.DataFrame,
    person: npt.ArrayLike,
    slope: npt.ArrayLike | None = None,
    method: Method = "reml",
) -> Fit:
    """A random intercept, or with `slope` a random intercept and slope.

    Args:
        y: scores, one a row of x.
        x: a column a fixed term beside the intercept, which is added.
        person: who gave the score; people with a single visit count, too.
        slope: the time along which people have slopes of their own; it is usually in x as well.

    Rows in which anything is missing are left out.
    """
    design = _Design(y, x, person, slope)
    problem = design.problem()
    return _fitted(design, method) if problem is None else _nothing(design, method, problem)


class _Design:
    """The rows as sums over each person, on scales on which the search is well conditioned.

    X is replaced by an orthonormal basis, y by what least squares leave of it and the slope by
    its standardised values; `of_coefficients` and `of_effects` lead back.
    """

    def __init__(
        self,
        y: npt.ArrayLike,
        x: pd.DataFrame,
        person: npt.ArrayLike,
        slope: npt.ArrayLike | None,
    ) -> None:
        columns = x.astype(float).reset_index(drop=True)
        columns.insert(0, INTERCEPT, 1.0)
        told = pd.DataFrame({"y": np.asarray(y, float), "person": np.asarray(person)})
        told["slope"] = 0.0 if slope is None else np.asarray(slope, float)
        whole = told.notna().all(axis=1) & columns.notna().all(axis=1)
        # The rows of a person stand together, each person's from a start on.
        told = told[whole].sort_values("person", kind="stable")
        first = ~told["person"].duplicated().to_numpy()
        starts = np.flatnonzero(first)
        self.persons = told["person"].to_numpy()[first]

        values, outcome = columns.loc[told.index].to_numpy(), told["y"].to_numpy()
        kept, basis = independent_columns(values)
        names = [str(name) for name in columns]
        self.terms = tuple(names[place] for place in kept)
        self.left_out = tuple(name for name in names if name not in self.terms)
        self.n_rows, self.n_terms = basis.shape
        self.of_coefficients = np.linalg.inv(basis.T @ values[:, kept])
        self.least_squares = basis.T @ outcome
        rest = outcome - basis @ self.least_squares
        self.varies = float(rest @ rest) > CLEARLY_SMALLER**2 * float(outcome @ outcome)

        z, self.of_effects = np.ones((self.n_rows, 1)), np.eye(1)
        if slope is not None:
            z, self.of_effects = _with_slope(told["slope"].to_numpy())
        self.n_effects = len(self.of_effects)
        self.zz = _sums_of_products(z, z, starts)
        self.zu = _sums_of_products(z, np.column_stack([basis, rest]), starts)
        self.uu = np.diag([*np.ones(self.n_terms), float(rest @ rest)])

    def problem(self) -> Message | None:
        """What keeps the model from being estimated at all."""
        visits = self.zz[:, 0, 0]
        at_other_times = np.linalg.det(self.zz) > 1e-8 * visits**self.n_effects
        if self.n_rows <= self.n_terms or not (at_other_times & (visits > self.n_effects)).any():
            return "too_few_visits"
        # Levels and slopes almost free to follow every person.
        unexplained = _Point(_LOOSE * self.start, self, "ml").squares if self.varies else 0.0
        return "no_variation" if unexplained <= _NOTHING_LEFT * self.uu[-1, -1] else None

    @property
    def start(self) -> Numbers:
        """lme4's start for the search: L = I, row by row below the diagonal."""
        return np.eye(self.n_effects)[np.tril_indices(self.n_effects)]


def _with_slope(times: Numbers) -> tuple[Numbers, Numbers]:
    """Z with standardised times, and the matrix that takes its effects to the times' own scale."""
    centre = float(times.mean()) if len(times) else 0.0
    width = (float(times.std()) if len(times) else 0.0) or 1.0
    z = np.column_stack([np.ones(len(times)), (times - centre) / width])
    return z, np.array([[1.0, -centre / width], [0.0, 1.0 / width]])


def _sums_of_products(left: Numbers, right: Numbers, starts: npt.NDArray[np.intp]) -> Numbers:
    """left'right of each person: people by columns of left by columns of right."""
    if not len(starts):
        return np.zeros((0, left.shape[1], right.shape[1]))
    return np.stack([np.add.reduceat(one[:, None] * right, starts) for one in left.T], axis=1)


class _Point:
    """The model at one factor L of D: all that follows from it without a search.

    Attributes:
        p, pzu: P and P Z'[X, y] of each person.
        root: the Cholesky factor of X'V^-1 X.
        gamma: the coefficients of the basis.
        squares: (y - X beta)'V^-1 (y - X beta).
        degrees: what it is divided by for the residual variance.
    """

    def __init__(self, theta: Numbers, design: _Design, method: Method) -> None:
        self._design = design
        self._restricted = method == "reml"
        terms, effects = design.n_terms, design.n_effects
        self.factor = np.zeros((effects, effects))
        self.factor[np.tril_indices(effects)] = theta
        self.relative = self.factor @ self.factor.T
        self.p = np.linalg.inv(np.eye(effects) + design.zz @ self.relative)
        self.pzu = self.p @ design.zu
        taken = (self.relative @ self.pzu).reshape(-1, terms + 1)
        explained = design.zu.reshape(-1, terms + 1).T @ taken
        root = np.linalg.cholesky(design.uu - (explained + explained.T) / 2)
        self.root = root[:terms, :terms]
        self.gamma = np.linalg.solve(self.root.T, root[terms, :terms])
        self.squares = float(root[terms, terms] ** 2)
        self.degrees = design.n_rows - terms if self._restricted else design.n_rows
        self.residual_variance = self.squares / self.degrees

    @property
    def deviance(self) -> float:
        """-2 log-likelihood at the best coefficients and residual variance."""
        log_v = -float(np.linalg.slogdet(self.p)[1].sum())
        size = self.degrees * (1 + float(np.log(2 * np.pi * self.residual_variance)))
        if not self._restricted:
            return log_v + size
        log_x = 2 * float(np.log(np.diag(self.root)).sum())
        # Of the terms as they were given, not of their basis.
        log_x -= 2 * float(np.linalg.slogdet(self._design.of_coefficients)[1])
        return log_v + log_x + size

    @cached_property
    def residuals(self) -> Numbers:
        """Z'V^-1 (y - X beta) of each person."""
        rest: Numbers = self.pzu[:, :, -1] - self.pzu[:, :, :-1] @ self.gamma
        return rest

    @cached_property
    def covariance(self) -> Numbers:
        """Of the coefficients of the basis, in units of the residual variance."""
        inverse = np.linalg.inv(self.root)
        return inverse.T @ inverse

    def slopes(self, residual_variance: float) -> Numbers:
        """How -2 log-likelihood changes with the entries of L and, where the residual variance is
        not the best one, with its logarithm."""
        change = (self.p @ self._design.zz).sum(axis=0)
        change -= self.residuals.T @ self.residuals / residual_variance
        if self._restricted:
            scaled = self.pzu[:, :, :-1] @ np.linalg.inv(self.root).T
            side_by_side = np.moveaxis(scaled, 1, 0).reshape(len(change), -1)
            change -= side_by_side @ side_by_side.T
        by_factor = (change + change.T) @ self.factor
        by_variance = self.degrees - self.squares / residual_variance
        return np.array([*by_factor[np.tril_indices(len(change))], by_variance])


def _search(design: _Design, method: Method) -> Numbers:
    """The factor at which the deviance is least, from lme4's start.

    L and -L are the same D, so nothing has to be kept positive, and a variance of 0 is a
    minimum like any other.
    """
    # Loaded here for the sake of pages that do not need it.
    from scipy.optimize import minimize

    def per_row(theta: Numbers) -> tuple[float, Numbers]:
        point = _Point(theta, design, method)
        slopes = point.slopes(point.residual_variance)[:-1]
        return point.deviance / design.n_rows, slopes / design.n_rows

    found = minimize(
        per_row,
        design.start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(-_LOOSE, _LOOSE)] * len(design.start),
        options={"gtol": 1e-7, "ftol": 1e-15},
    )
    theta: Numbers = found.x
    return theta


@dataclass(frozen=True)
class _HowSure:
    """How exactly the errors of the coefficients are known.

    Attributes:
        changes: of the covariance of the coefficients with each parameter of the variances.
        parameters: the covariance of those parameters.
    """

    changes: Numbers
    parameters: Numbers

    def degrees(self, weight: Numbers, variance: float) -> float:
        """Satterthwaite's degrees of freedom of a weighted sum with this variance."""
        change = self.changes @ weight @ weight
        uncertainty = float(change @ self.parameters @ change)
        return inf if uncertainty == 0 else 2 * variance**2 / uncertainty


def _how_sure(theta: Numbers, design: _Design, method: Method) -> tuple[_HowSure, float]:
    """At the end of a search; and how much lower a further step would lead.

    The parameters are the entries of L and the logarithm of the residual variance.
    """
    here = _Point(theta, design, method)
    variance, back = here.residual_variance, design.of_coefficients
    size = len(theta)
    curvature = np.diag([*np.zeros(size), float(here.degrees)])
    changes = []
    for place, step in enumerate(_STEP * np.eye(size)):
        above, below = (_Point(theta + move, design, method) for move in (step, -step))
        bend = (above.slopes(variance) - below.slopes(variance)) / (2 * _STEP)
        curvature[:, place] = curvature[place, :] = bend
        changes.append((above.covariance - below.covariance) / (2 * _STEP))
    # No curvature lies along factors of one and the same D, and nothing changes there.
    inverse = np.linalg.pinv(curvature, rcond=1e-8, hermitian=True)
    slopes = here.slopes(variance)
    return (
        _HowSure(
            np.stack([variance * back @ change @ back.T for change in (*changes, here.covariance)]),
            2 * inverse,
        ),
        abs(float(slopes @ inverse @ slopes)) / 2,
    )


def _fitted(design: _Design, method: Method) -> Fit:
    theta = _search(design, method)
    point = _Point(theta, design, method)
    how_sure, gain = _how_sure(theta, design, method)
    message: Message = "converged"
    if not gain < _SETTLED:
        message = "not_converged"
    elif np.linalg.svd(point.factor, compute_uv=False).min() < _SINGULAR:
        message = "boundary"
    variance = point.residual_variance
    coefficients, effects = design.of_coefficients, design.of_effects
    return _told(
        design,
        method,
        message,
        values=coefficients @ (design.least_squares + point.gamma),
        covariance=variance * coefficients @ point.covariance @ coefficients.T,
        between=variance * effects @ point.relative @ effects.T,
        residual_variance=variance,
        log_likelihood=-point.deviance / 2,
        effects=point.residuals @ point.relative @ effects.T,
        errors=variance * effects @ (point.relative @ point.p) @ effects.T,
        how_sure=how_sure,
    )


def _nothing(design: _Design, method: Method, message: Message) -> Fit:
    """A fit without numbers."""
    terms, effects, people = design.n_terms, design.n_effects, len(design.persons)
    return _told(
        design,
        method,
        message,
        values=np.full(terms, nan),
        covariance=np.full((terms, terms), nan),
        between=np.full((effects, effects), nan),
        residual_variance=nan,
        log_likelihood=nan,
        effects=np.full((people, effects), nan),
        errors=np.full((people, effects, effects), nan),
        how_sure=_HowSure(np.full((1, terms, terms), nan), np.full((1, 1), nan)),
    )


def _told(
    design: _Design,
    method: Method,
    message: Message,
    *,
    values: Numbers,
    covariance: Numbers,
    between: Numbers,
    residual_variance: float,
    log_likelihood: float,
    effects: Numbers,
    errors: Numbers,
    how_sure: _HowSure,
) -> Fit:
    by_person = pd.DataFrame(index=pd.Index(design.persons, name="person"))
    for place, name in enumerate(("intercept", "slope")[: design.n_effects]):
        by_person[name] = effects[:, place]
        by_person[f"{name}_se"] = np.sqrt(np.maximum(errors[:, place, place], 0))
    with_slope = design.n_effects > 1
    return Fit(
        terms=design.terms,
        values=values,
        covariance=covariance,
        intercept_variance=float(between[0, 0]),
        slope_variance=float(between[1, 1]) if with_slope else None,
        intercept_slope_covariance=float(between[0, 1]) if with_slope else None,
        residual_variance=residual_variance,
        log_likelihood=log_likelihood,
        by_person=by_person,
        people=len(design.persons),
        rows=design.n_rows,
        method=method,
        message=message,
        left_out=design.left_out,
        _how_sure=how_sure,
    )
