"""Least squares with standard errors of a named kind, and intervals of what follows from it.

    b = (X'X)^-1 X'y

The kind says what the errors take for granted:

- `ordinary`: s2 (X'X)^-1 with s2 = RSS / (n - k); t with n - k degrees of freedom. Independent
  rows of one spread, as lm() of R.
- `likelihood`: the same with s2 = RSS / n and the normal distribution, as maximum likelihood.
- `robust`: the sandwich (X'X)^-1 X'diag(e2)X (X'X)^-1 with the normal distribution; rows may
  differ in spread (White 1980), as lavaan's MLR here.
- `clustered`: rows of one person may go together. The middle of the sandwich sums over people,
  times G / (G - 1) x (n - 1) / (n - k) for G people; t with G - 1 degrees of freedom (Liang and
  Zeger 1986; the small-sample factor is Stata's and statsmodels').
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import inf, sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

Kind = Literal["ordinary", "likelihood", "robust", "clustered"]
Numbers = npt.NDArray[np.float64]

INTERCEPT = "intercept"
CLEARLY_SMALLER = 1e-7
"""A column of which less than this share is left beside the ones before it says nothing of its
own (the tolerance of R's lm)."""


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval (t with `df`, the normal distribution where infinite)."""

    value: float
    se: float
    df: float

    @property
    def low(self) -> float:
        return self.value - quantile(self.df) * self.se

    @property
    def high(self) -> float:
        return self.value + quantile(self.df) * self.se

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0

    def times(self, factor: float) -> "Estimate":
        """The same in other units."""
        return Estimate(self.value * factor, self.se * abs(factor), self.df)


@dataclass(frozen=True)
class Fit:
    """A fitted line.

    Attributes:
        terms: names of the coefficients, the intercept first.
        left_out: columns that the ones before them determine; they have no coefficient.
        people: how many people the rows are of; the rows themselves where nobody was named.
    """

    terms: tuple[str, ...]
    values: Numbers
    covariance: Numbers
    df: float
    kind: Kind
    rows: int
    people: int
    r_squared: float
    left_out: tuple[str, ...]

    def estimate(self, term: str) -> Estimate:
        return self.combined({term: 1.0})

    def combined(self, weights: Mapping[str, float]) -> Estimate:
        """The sum of coefficients so weighted; SE of c'b from c'Vc."""
        weight = np.array([weights.get(term, 0.0) for term in self.terms])
        variance = float(weight @ self.covariance @ weight)
        return Estimate(float(weight @ self.values), sqrt(max(variance, 0.0)), self.df)


def least_squares(
    y: pd.Series, x: pd.DataFrame, person: pd.Series | None = None, kind: Kind = "ordinary"
) -> Fit:
    """Fit y on the columns of x and an intercept.

    Args:
        y, x, person: row by row, nothing missing; at least one row more than columns.
        person: who each row is of; needed for `clustered`.
    """
    names = [INTERCEPT, *map(str, x.columns)]
    whole = np.column_stack([np.ones(len(x)), x.to_numpy(float)])
    kept, _ = independent_columns(whole)
    columns = whole[:, kept]
    outcome = y.to_numpy(float)
    inverse: Numbers = np.asarray(np.linalg.inv(columns.T @ columns), dtype=np.float64)
    values = inverse @ (columns.T @ outcome)
    residual = outcome - columns @ values
    n, k = columns.shape
    people = n if person is None else int(person.nunique())
    covariance, df = _covariance(kind, columns, inverse, residual, person)
    spread = float(((outcome - outcome.mean()) ** 2).sum())
    return Fit(
        terms=tuple(names[place] for place in kept),
        values=values,
        covariance=covariance,
        df=df,
        kind=kind,
        rows=n,
        people=people,
        r_squared=1 - float(residual @ residual) / spread if spread > 0 else 0.0,
        left_out=tuple(name for place, name in enumerate(names) if place not in kept),
    )


def independent_columns(x: Numbers) -> tuple[list[int], Numbers]:
    """The columns that those before them do not determine, and an orthonormal basis of them."""
    kept = list(range(x.shape[1]))
    while True:
        basis, upper = np.linalg.qr(x[:, kept])
        own = np.zeros(len(kept))
        own[: len(upper)] = np.abs(np.diag(upper))
        said_before = own <= CLEARLY_SMALLER * np.linalg.norm(upper, axis=0)
        if not said_before.any():
            return kept, basis
        # Only the first: behind it the basis holds a direction that no column has.
        del kept[int(said_before.argmax())]


def _covariance(
    kind: Kind, columns: Numbers, inverse: Numbers, residual: Numbers, person: pd.Series | None
) -> tuple[Numbers, float]:
    n, k = columns.shape
    if kind == "ordinary":
        return inverse * float(residual @ residual) / (n - k), n - k
    if kind == "likelihood":
        return inverse * float(residual @ residual) / n, inf
    scores = columns * residual[:, None]
    if kind == "robust":
        return inverse @ (scores.T @ scores) @ inverse, inf
    assert person is not None
    of_whom, people = pd.factorize(person)
    summed = np.zeros((len(people), k))
    np.add.at(summed, of_whom, scores)
    groups = len(people)
    factor = groups / (groups - 1) * (n - 1) / (n - k)
    return factor * inverse @ (summed.T @ summed) @ inverse, groups - 1


@cache
def quantile(df: float) -> float:
    """97.5 % of the t distribution."""
    # Loaded here for the sake of pages that do not need it; scipy.stats would take a second.
    from scipy.special import ndtri, stdtrit

    return float(ndtri(0.975) if df == inf else stdtrit(df, 0.975))


def centred(column: pd.Series) -> pd.Series:
    return column - column.mean()


def standardised(column: pd.Series) -> pd.Series:
    """From the mean, in standard deviations; all 0 where nothing varies."""
    spread = float(column.std(ddof=1))
    return centred(column) / spread if spread > 0 else column * 0.0


def levels(column: pd.Series, name: str) -> pd.DataFrame:
    """A column of 0 and 1 for each value but the most frequent; what is not known is a value."""
    told = column.astype("object").where(column.notna(), "not known").astype(str)
    counts = told.value_counts()
    first: Sequence[str] = sorted(counts.index, key=lambda value: (-counts[value], value))
    return pd.DataFrame(
        {f"{name}={value}": (told == value).astype(float) for value in first[1:]},
        index=column.index,
    )
