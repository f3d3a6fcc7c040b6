"""Means over people who gave several scores: generalised estimating equations.

Liang & Zeger (1986, 10.1093/biomet/73.1.13) for the mean itself: the scores of one person are
taken to be equally correlated, and the errors are those of the sandwich, which hold when they
are not. Unlike a mixed model it asks for no normal distribution; but what is missing must not
hang on earlier scores, only on the terms.

With a correlation a, the rows of a person who has n of them become uncorrelated when the share

    1 - sqrt((1 - a) / (1 + (n - 1) a))

of the person's mean is taken from each, so that the equations are least squares on such rows. a
comes from the residuals by moments, in turn with the coefficients. The sandwich has the
small-sample factor and the degrees of freedom of `clustered` in regression.py.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.analysis.regression import INTERCEPT, Fit, Numbers, independent_columns

_MOST_ROUNDS = 100
_SETTLED = 1e-9


@dataclass(frozen=True)
class MarginalFit:
    """Coefficients of means.

    Attributes:
        correlation: of two scores of one person beside what the terms explain.
        converged: whether it came to rest at a value that a correlation can have.
    """

    fit: Fit
    correlation: float
    converged: bool


def fit_means(y: npt.ArrayLike, x: pd.DataFrame, person: npt.ArrayLike) -> MarginalFit:
    """Fit y on the columns of x and an intercept.

    Args:
        y: scores, one a row of x; person: who gave the score. Rows in which anything is missing
            are left out. There are more pairs of scores of one person than terms.
    """
    columns = x.astype(float).reset_index(drop=True)
    columns.insert(0, INTERCEPT, 1.0)
    outcome, who = np.asarray(y, float), np.asarray(person)
    whole = columns.notna().all(axis=1).to_numpy() & ~np.isnan(outcome) & ~pd.isna(who)
    codes, persons = pd.factorize(who[whole])
    kept, _ = independent_columns(columns.to_numpy()[whole])
    own = np.column_stack([columns.to_numpy()[whole][:, kept], outcome[whole]])
    visits = np.bincount(codes)
    means = _summed(own, codes) / visits[:, None]

    correlation, settled = 0.0, False
    for _ in range(_MOST_ROUNDS):
        share = 1 - np.sqrt((1 - correlation) / (1 + (visits - 1) * correlation))
        apart = own - (share[:, None] * means)[codes]
        inverse = np.linalg.inv(apart[:, :-1].T @ apart[:, :-1])
        values = inverse @ (apart[:, :-1].T @ apart[:, -1])
        residual = own[:, -1] - own[:, :-1] @ values
        before, correlation = correlation, _correlation(residual, codes, visits, len(kept))
        settled = abs(correlation - before) < _SETTLED
        if settled or not -1 / (visits.max() - 1) < correlation < 1:
            break
    scores = _summed(apart[:, :-1] * (apart[:, -1:] - apart[:, :-1] @ values[:, None]), codes)
    rows, people, size = len(codes), len(persons), len(kept)
    factor = people / (people - 1) * (rows - 1) / (rows - size)
    fit = Fit(
        terms=tuple(str(columns.columns[place]) for place in kept),
        values=values,
        covariance=factor * inverse @ (scores.T @ scores) @ inverse,
        df=people - 1,
        kind="clustered",
        rows=rows,
        people=people,
        r_squared=1 - float(residual.var() / outcome[whole].var()),
        left_out=tuple(str(columns.columns[p]) for p in range(columns.shape[1]) if p not in kept),
    )
    return MarginalFit(fit, correlation, settled)


def _correlation(
    residual: Numbers, codes: npt.NDArray[np.intp], visits: npt.NDArray[np.intp], terms: int
) -> float:
    """The mean product of two residuals of one person, in units of their variance; both means
    over as many as there are, less the terms (as in statsmodels)."""
    squares = float(residual @ residual)
    totals = np.bincount(codes, weights=residual)
    pairs = float((visits * (visits - 1)).sum()) / 2
    products = (float(totals @ totals) - squares) / 2
    return (products / (pairs - terms)) / (squares / (len(residual) - terms))


def _summed(rows: Numbers, codes: npt.NDArray[np.intp]) -> Numbers:
    """Columns summed over each person."""
    return np.column_stack([np.bincount(codes, weights=column) for column in rows.T])
