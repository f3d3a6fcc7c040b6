"""Is the outcome worse where two things differ, rather than where either is low?

Need N and receipt R in the same units, both about the midpoint of their scale, and an outcome
that is bad when high:

    D = b0 + b1 N + b2 R + b3 N2 + b4 N R + b5 R2

Along the line of congruence (N = R): slope a1 = b1 + b2, curvature a2 = b3 + b4 + b5. Along the
line of incongruence (N = -R): slope a3 = b1 - b2, curvature a4 = b3 - b4 + b5. a5 = b3 - b5. The
stationary point and principal axes are those of Edwards and Parry (1993); errors of what is not
linear in b by the delta method. Harm of mismatch means a4 > 0 with the first principal axis close
to the line of congruence (a3 and a5 near 0); no single number proves it (Humberg, Nestler and
Back 2019, osf.io/kctf8).

A quadratic surface cannot say that too little is worse than too much. That takes the third-order
terms, and the difference of two expected outcomes: N above R by a gap, less R above N by as much.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.analysis.regression import INTERCEPT, Estimate, Fit, Kind, centred, least_squares

Numbers = npt.NDArray[np.float64]

APART = 0.5
"""Two answers differ when they are more than this many standard deviations apart."""

_LINEAR = {
    "b0": {INTERCEPT: 1.0},
    "b1": {"b1": 1.0},
    "b2": {"b2": 1.0},
    "b3": {"b3": 1.0},
    "b4": {"b4": 1.0},
    "b5": {"b5": 1.0},
    "a1": {"b1": 1.0, "b2": 1.0},
    "a2": {"b3": 1.0, "b4": 1.0, "b5": 1.0},
    "a3": {"b1": 1.0, "b2": -1.0},
    "a4": {"b3": 1.0, "b4": -1.0, "b5": 1.0},
    "a5": {"b3": 1.0, "b5": -1.0},
}
_QUADRATIC = ("b1", "b2", "b3", "b4", "b5")
_STEP = 1e-6


@dataclass(frozen=True)
class Surface:
    """A fitted surface; `midpoint` is what N and R are about."""

    fit: Fit
    midpoint: float

    def term(self, name: str) -> Estimate:
        """b0 to b5, a1 to a5."""
        return self.fit.combined(_LINEAR[name])

    def axis(self, name: str) -> Estimate | None:
        """X0, Y0 (the stationary point, about the midpoint), p10 and p11 (intercept and slope of
        the first principal axis), p20 and p21 (of the second); None where b4 is 0 and so where
        the axes have no slope, or the surface has no such point."""
        values = np.array([self.fit.estimate(name).value for name in _QUADRATIC])
        if abs(values[3]) < _STEP or abs(4 * values[2] * values[4] - values[3] ** 2) < _STEP**2:
            return None
        return _delta(_AXES[name], self.fit, values)

    def expected(self, need: float, received: float) -> Estimate:
        """The outcome at these answers, in the units they were given in."""
        return self.fit.combined(self.weights(need, received))

    def heights(self, need: Numbers, received: Numbers) -> Numbers:
        """The expected outcome at many answers, without its interval: for drawing."""
        b = {name: self.fit.estimate(name).value for name in (INTERCEPT, *_QUADRATIC)}
        n, r = need - self.midpoint, received - self.midpoint
        line = b[INTERCEPT] + b["b1"] * n + b["b2"] * r
        heights: Numbers = line + b["b3"] * n * n + b["b4"] * n * r + b["b5"] * r * r
        return heights

    def weights(self, need: float, received: float) -> dict[str, float]:
        """How much each coefficient counts at these answers."""
        n, r = need - self.midpoint, received - self.midpoint
        return {INTERCEPT: 1.0, "b1": n, "b2": r, "b3": n * n, "b4": n * r, "b5": r * r}


def response_surface(
    outcome: pd.Series,
    need: pd.Series,
    received: pd.Series,
    midpoint: float,
    covariates: pd.DataFrame | None = None,
    person: pd.Series | None = None,
    kind: Kind = "ordinary",
) -> Surface:
    """Fit the quadratic surface; row by row, nothing missing."""
    n, r = need - midpoint, received - midpoint
    columns = pd.DataFrame({"b1": n, "b2": r, "b3": n * n, "b4": n * r, "b5": r * r})
    if covariates is not None:
        columns = columns.join(covariates.apply(centred))
    return Surface(least_squares(outcome, columns, person, kind), midpoint)


def under_less_over(
    outcome: pd.Series,
    need: pd.Series,
    received: pd.Series,
    midpoint: float,
    gap: float,
    covariates: pd.DataFrame | None = None,
    person: pd.Series | None = None,
    kind: Kind = "ordinary",
) -> Estimate:
    """How much higher the outcome is where need exceeds receipt by `gap` than where receipt
    exceeds need by it, both about the midpoint, by the third-order surface."""
    n, r = need - midpoint, received - midpoint
    columns = pd.DataFrame(
        {f"n{i}r{j}": n**i * r**j for i in range(4) for j in range(4) if 1 <= i + j <= 3}
    )
    if covariates is not None:
        columns = columns.join(covariates.apply(centred))
    fit = least_squares(outcome, columns, person, kind)
    half = gap / 2
    return fit.combined(
        {
            f"n{i}r{j}": half ** (i + j) * ((-1) ** j - (-1) ** i)
            for i in range(4)
            for j in range(4)
            if 1 <= i + j <= 3
        }
    )


def agreement(need: pd.Series, received: pd.Series) -> dict[str, int]:
    """How many rows are under (need the greater), matched, and over, where more than APART of
    the standard deviation of all answers counts as apart."""
    limit = APART * float(pd.concat([need, received]).std(ddof=1))
    apart = need - received
    under, over = int((apart > limit).sum()), int((apart < -limit).sum())
    return {"under": under, "match": len(apart) - under - over, "over": over}


def hull(need: pd.Series, received: pd.Series) -> list[tuple[float, float]]:
    """The corners of the area that holds all answers, anticlockwise: the convex hull (Andrew's
    monotone chain). Fewer than three where they lie on a line."""
    points = sorted(set(zip(need.astype(float), received.astype(float), strict=True)))
    lower = _chain(points)
    upper = _chain(points[::-1])
    return lower[:-1] + upper[:-1]


def inside(corners: list[tuple[float, float]], need: float, received: float) -> bool:
    """Whether a pair of answers lies within the area of `hull`, its edge included."""
    following = corners[1:] + corners[:1]
    return len(corners) > 2 and all(
        _turn(one, other, (need, received)) >= -_STEP
        for one, other in zip(corners, following, strict=True)
    )


def _chain(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    chain: list[tuple[float, float]] = []
    for point in points:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def _turn(one: tuple[float, float], other: tuple[float, float], to: tuple[float, float]) -> float:
    """Positive where the way over the three points turns left."""
    return (other[0] - one[0]) * (to[1] - one[1]) - (other[1] - one[1]) * (to[0] - one[0])


def _point(b: Numbers) -> tuple[float, float]:
    b1, b2, b3, b4, b5 = b
    below = 4 * b3 * b5 - b4**2
    return (b2 * b4 - 2 * b1 * b5) / below, (b1 * b4 - 2 * b2 * b3) / below


def _slope(b: Numbers, sign: int) -> float:
    _, _, b3, b4, b5 = b
    return float((b5 - b3 + sign * sqrt((b3 - b5) ** 2 + b4**2)) / b4)


def _intercept(b: Numbers, sign: int) -> float:
    x0, y0 = _point(b)
    return y0 - _slope(b, sign) * x0


_AXES: Mapping[str, Callable[[Numbers], float]] = {
    "X0": lambda b: _point(b)[0],
    "Y0": lambda b: _point(b)[1],
    "p11": lambda b: _slope(b, 1),
    "p10": lambda b: _intercept(b, 1),
    "p21": lambda b: _slope(b, -1),
    "p20": lambda b: _intercept(b, -1),
}


def _delta(of: Callable[[Numbers], float], fit: Fit, values: Numbers) -> Estimate:
    """The error of a function of b from its derivatives, by central differences."""
    slopes = {}
    for place, name in enumerate(_QUADRATIC):
        step = np.zeros(len(values))
        step[place] = _STEP * max(1.0, abs(values[place]))
        slopes[name] = (of(values + step) - of(values - step)) / (2 * step[place])
    return Estimate(of(values), fit.combined(slopes).se, fit.df)
