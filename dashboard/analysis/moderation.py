"""Does one thing go with the outcome more strongly, the more there is of another?

    y = b0 + b1 x + b2 m + b3 x m + covariates,   x, m and covariates about their means

The slope of x at a value of the moderator m is b1 + b3 m. Johnson and Neyman (1936): the values
of m at which its 95 % interval leaves out zero are those where (b1 + b3 m)2 > t2 Var(b1 + b3 m),
a quadratic in m (Bauer and Curran 2005, 10.1207/s15327906mbr4003_5). The intervals hold value by
value and not for all values at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import pandas as pd

from dashboard.analysis.regression import (
    INTERCEPT,
    Estimate,
    Fit,
    Kind,
    centred,
    least_squares,
    quantile,
)

Where = Literal["everywhere", "nowhere", "between", "outside"]


@dataclass(frozen=True)
class Moderation:
    """A fitted moderation; the coefficients are of x and m about `mean_x` and `mean_m`.

    Attributes:
        low_x, high_x, low_m, high_m: the least and the most in the data.
    """

    fit: Fit
    mean_x: float
    sd_x: float
    low_x: float
    high_x: float
    mean_m: float
    sd_m: float
    low_m: float
    high_m: float

    @property
    def interaction(self) -> Estimate:
        """How much the slope of x changes with one unit of the moderator."""
        return self.fit.estimate("x:m")

    def slope(self, m: float) -> Estimate:
        """Of x, at a value of the moderator in its own units."""
        return self.fit.combined({"x": 1.0, "x:m": m - self.mean_m})

    def expected(self, x: float, m: float) -> Estimate:
        """The outcome at these values, the covariates at their means."""
        at_x, at_m = x - self.mean_x, m - self.mean_m
        return self.fit.combined({INTERCEPT: 1.0, "x": at_x, "m": at_m, "x:m": at_x * at_m})


@dataclass(frozen=True)
class Region:
    """Values of the moderator at which the slope of x is clear.

    Attributes:
        where: everywhere, nowhere, between the two bounds or outside them.
        low, high: the bounds in the moderator's units, whether or not the data reach so far.
    """

    where: Where
    low: float | None = None
    high: float | None = None

    def holds(self, m: float) -> bool:
        """Whether the slope is clear at this value."""
        if self.low is None or self.high is None:
            return self.where == "everywhere"
        return (self.low < m < self.high) == (self.where == "between")


def moderation(
    outcome: pd.Series,
    x: pd.Series,
    moderator: pd.Series,
    covariates: pd.DataFrame | None = None,
    person: pd.Series | None = None,
    kind: Kind = "ordinary",
) -> Moderation:
    """Fit the moderation; row by row, nothing missing."""
    about_x, about_m = centred(x), centred(moderator)
    columns = pd.DataFrame({"x": about_x, "m": about_m, "x:m": about_x * about_m})
    if covariates is not None:
        columns = columns.join(covariates.apply(centred))
    return Moderation(
        least_squares(outcome, columns, person, kind),
        mean_x=float(x.mean()),
        sd_x=float(x.std(ddof=1)),
        low_x=float(x.min()),
        high_x=float(x.max()),
        mean_m=float(moderator.mean()),
        sd_m=float(moderator.std(ddof=1)),
        low_m=float(moderator.min()),
        high_m=float(moderator.max()),
    )


def simple_slopes(
    fitted: Moderation, sds: Sequence[float] = (-1.0, 0.0, 1.0)
) -> list[tuple[float, Estimate]]:
    """The slope of x where the moderator is so many SD from its mean: value and slope."""
    values = [fitted.mean_m + sd * fitted.sd_m for sd in sds]
    return [(value, fitted.slope(value)) for value in values]


def johnson_neyman(fitted: Moderation) -> Region:
    """The values of the moderator at which the slope's interval leaves out zero."""
    at_mean, change = fitted.fit.estimate("x"), fitted.interaction
    both = fitted.fit.combined({"x": 1.0, "x:m": 1.0})
    covariance = (both.se**2 - at_mean.se**2 - change.se**2) / 2
    limit = quantile(fitted.fit.df) ** 2
    a = change.value**2 - limit * change.se**2
    b = 2 * (at_mean.value * change.value - limit * covariance)
    c = at_mean.value**2 - limit * at_mean.se**2
    inner = b * b - 4 * a * c
    if a == 0 or inner <= 0:
        return Region("everywhere" if c > 0 else "nowhere")
    # The root farther from zero first: subtracting like numbers would lose their figures.
    far = -(b + sqrt(inner) * (1 if b >= 0 else -1)) / 2
    low, high = sorted((far / a, c / far))
    return Region("outside" if a > 0 else "between", fitted.mean_m + low, fitted.mean_m + high)
