"""Scores of two cohorts on one clock: planned times since time zero, one score a person each.

A form belongs to the planned time it is nearest to, at most half-way to the next; of several the
nearest one counts, of two equally near the earlier one. Nothing is carried over from one planned
time to another: who has no score there is missing there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

import numpy as np
import pandas as pd

from dashboard.analysis.regression import Estimate, Numbers
from dashboard.language import Words

COHORTS = ("a", "b")
PLANNED = (0.0, 3.0, 6.0, 12.0)
"""Months since time zero, unless the reader plans otherwise."""
FEWEST = 10
"""Means, medians and differences of fewer people are too few to say."""
_ALONE = 1.5
"""Months that reach to either side of a planned time that has no neighbour."""


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


def aligned(forms: pd.DataFrame, windows: Sequence[float] = PLANNED) -> pd.DataFrame:
    """One score a person and planned time.

    Args:
        forms: patient_id, cohort, months (since time zero, before it negative), score; forms
            without a score are passed over.
        windows: planned times in months, ascending.

    Returns:
        patient_id, cohort, window, months, score.
    """
    scored = forms.loc[forms["score"].notna(), ["patient_id", "cohort", "months", "score"]]
    bounds = _bounds(windows)
    place = np.searchsorted(bounds, scored["months"].to_numpy(float), side="right") - 1
    inside = (place >= 0) & (place < len(windows))
    window = np.asarray(windows, float)[place.clip(0, len(windows) - 1)]
    placed = scored.assign(window=window, away=(scored["months"] - window).abs())[inside]
    nearest = placed.sort_values(["window", "patient_id", "away", "months"], kind="stable")
    kept = nearest.drop_duplicates(["cohort", "patient_id", "window"])
    return kept[["patient_id", "cohort", "window", "months", "score"]].reset_index(drop=True)


def expected(people: pd.DataFrame, windows: Sequence[float] = PLANNED) -> pd.DataFrame:
    """Who could have had a score when: a row a person and window that is over for them.

    people: patient_id, cohort, followed (months from time zero to the last day on which a form
        could have come in: the day of looking, or the end of care).
    """
    ends = dict(zip(windows, _bounds(windows)[1:], strict=True))
    over = [
        people.loc[people["followed"] >= end, ["patient_id", "cohort"]].assign(window=float(start))
        for start, end in ends.items()
    ]
    return pd.concat(over, ignore_index=True)


def by_window(
    scores: pd.DataFrame,
    due: pd.DataFrame,
    windows: Sequence[float] = PLANNED,
    fewest: int = FEWEST,
) -> list[AtWindow]:
    """Each cohort at each planned time, in their fixed order.

    Args:
        scores: from `aligned`. due: from `expected`.
        fewest: people under which nothing but counts is said.
    """
    missing = without_score(scores, due).groupby(["cohort", "window"]).size().to_dict()
    given = {
        key: rows.to_numpy(float) for key, rows in scores.groupby(["cohort", "window"])["score"]
    }
    found = []
    for cohort in COHORTS:
        for window in windows:
            values = given.get((cohort, float(window)), np.empty(0))
            enough = len(values) >= max(fewest, 2)
            found.append(
                AtWindow(
                    cohort,
                    float(window),
                    len(values),
                    int(missing.get((cohort, float(window)), 0)),
                    mean_of(values) if enough else None,
                    median_of(values) if enough else None,
                )
            )
    return found


def without_score(scores: pd.DataFrame, due: pd.DataFrame) -> pd.DataFrame:
    """The rows of `due` for which there is no score."""
    keys = ["cohort", "patient_id", "window"]
    beside = due.merge(scores[keys], on=keys, how="left", indicator="found")
    return beside.loc[beside["found"] == "left_only", keys]


def mean_of(values: Numbers) -> Estimate:
    """The mean of at least two scores; t with n - 1 degrees of freedom."""
    n = len(values)
    return Estimate(float(values.mean()), float(values.std(ddof=1)) / sqrt(n), n - 1)


def median_of(values: Numbers) -> Middle:
    """The median, and the narrowest pair of scores, equally far from both ends, between which it
    lies with at least 95 % (binomial distribution; Conover 1999, Practical Nonparametric
    Statistics, on confidence intervals of a quantile). It takes six scores."""
    # Loaded here for the sake of pages that do not need it.
    from scipy.stats import binom

    ordered = np.sort(values)
    n = len(ordered)
    place = int(binom.ppf(0.025, n, 0.5))
    low, high = (float(ordered[place - 1]), float(ordered[n - place])) if place else (None, None)
    return Middle(float(np.median(ordered)), low, high)


def when_in_words(window: float, words: Words) -> str:
    """ "at time zero", "after 6 months"."""
    if window == 0:
        return words.say("cohorts.when.zero")
    if window == int(window):
        return words.count("cohorts.when", int(window))
    return words.say("cohorts.when.other", n=words.number(window))


def _bounds(windows: Sequence[float]) -> Numbers:
    """Where each window begins, and where the last one ends."""
    halves = [(later - earlier) / 2 for earlier, later in pairwise(windows)]
    first, last = (halves[0], halves[-1]) if halves else (_ALONE, _ALONE)
    middles = [earlier + half for earlier, half in zip(windows, halves, strict=False)]
    return np.array([windows[0] - first, *middles, windows[-1] + last])
