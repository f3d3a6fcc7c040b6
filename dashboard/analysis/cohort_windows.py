"""Scores of people on one clock: planned times since time zero, one score a person each.

A form belongs to the planned time it is nearest to, at most half-way to the next; of several the
nearest one counts, of two equally near the earlier one (the query `cohort_scores`). Nothing is
carried over from one planned time to another: who has no score there is missing there.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from math import ceil, sqrt

import numpy as np

from dashboard.analysis.cohorts import Mask
from dashboard.analysis.regression import Estimate, Numbers
from dashboard.language import Words

COHORTS = ("a", "b")
PLANNED = (0.0, 3.0, 6.0, 12.0)
"""Months since time zero."""
OVER = {0.0: 1.5, 3.0: 4.5, 6.0: 9.0, 12.0: 15.0}
"""Months after which a planned time is over: half-way to the next; after the last one as long as
before it."""
FEWEST = 10
"""Means, medians and differences of fewer people are too few to say."""


@dataclass(frozen=True)
class Courses:
    """People row by row, at each planned time.

    Attributes:
        scores: NaN for none.
        followed: months from time zero to the last day on which a form could have come in: the
            day of looking, or the end of care. NaN without a time zero.
    """

    scores: Mapping[float, Numbers]
    followed: Numbers

    def scored(self, window: float) -> Mask:
        return ~np.isnan(self.scores[window])

    def missing(self, window: float) -> Mask:
        """Who was followed until a planned time was over, and has no score there."""
        return (self.followed >= OVER[window]) & ~self.scored(window)

    def only(self, windows: Collection[float]) -> "Courses":
        """The same people as if nobody had a score at any other planned time."""
        nothing = np.full(len(self.followed), np.nan)
        return replace(
            self,
            scores={at: own if at in windows else nothing for at, own in self.scores.items()},
        )


@dataclass(frozen=True)
class Middle:
    """A median with its 95 % interval; None where there are too few scores for one."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class AtWindow:
    """One cohort at one planned time.

    Attributes:
        n: people with a score. missing: people followed to the end of the window without one.
            Nothing is hidden in them; small counts about the service pass disclosure.py.
        mean, median: None under the fewest people.
    """

    cohort: str
    window: float
    n: int
    missing: int
    mean: Estimate | None
    median: Middle | None


def by_window(courses: Courses, inside: Mapping[str, Mask], fewest: int = FEWEST) -> list[AtWindow]:
    """Each cohort at each planned time, in their fixed order.

    Args:
        inside: who is in each cohort.
        fewest: people under which nothing but counts is said.
    """
    found = []
    for cohort in COHORTS:
        for window in PLANNED:
            values = courses.scores[window][inside[cohort] & courses.scored(window)]
            enough = len(values) >= max(fewest, 2)
            found.append(
                AtWindow(
                    cohort,
                    window,
                    len(values),
                    int((inside[cohort] & courses.missing(window)).sum()),
                    mean_of(values) if enough else None,
                    median_of(values) if enough else None,
                )
            )
    return found


def mean_of(values: Numbers) -> Estimate:
    """The mean of at least two scores; t with n - 1 degrees of freedom."""
    n = len(values)
    return Estimate(float(values.mean()), float(values.std(ddof=1)) / sqrt(n), n - 1)


def median_of(values: Numbers) -> Middle:
    """The median, and the narrowest pair of scores, equally far from both ends, between which it
    lies with at least 95 % (binomial distribution; Conover 1999, Practical Nonparametric
    Statistics, on confidence intervals of a quantile). It takes six scores."""
    # Loaded here for the sake of pages that do not need it.
    from scipy.special import bdtr, bdtrik

    ordered = np.sort(values)
    n = len(ordered)
    # The least number of heads in n tosses that is reached with at least 2.5 %.
    place = ceil(bdtrik(0.025, n, 0.5))
    if place and bdtr(place - 1, n, 0.5) >= 0.025:
        place -= 1
    low, high = (float(ordered[place - 1]), float(ordered[n - place])) if place else (None, None)
    return Middle(float(np.median(ordered)), low, high)


def when_in_words(window: float, words: Words) -> str:
    """ "at time zero", "after 6 months"."""
    if window == 0:
        return words.say("cohorts.when.zero")
    if window == int(window):
        return words.count("cohorts.when", int(window))
    return words.say("cohorts.when.other", n=words.number(window))
