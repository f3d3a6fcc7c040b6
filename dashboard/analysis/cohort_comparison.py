"""Two cohorts at one planned time: how far apart, and who is not among those compared.

The difference of two means has Welch's interval, which lets the cohorts differ in spread. Hedges'
g is Cohen's d times 1 - 3 / (4 df - 1); its interval rests on the large-sample variance
(n1 + n2) / (n1 n2) + g2 / (2 (n1 + n2)) (Hedges & Olkin 1985, Statistical Methods for
Meta-Analysis, chapter 5). All differences are the first cohort less the second.

Groups that were not drawn by lot differ in more than their name: a difference goes with the
cohort and is no effect of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
import pandas as pd

from dashboard.analysis.cohort_windows import (
    COHORTS,
    FEWEST,
    PLANNED,
    Courses,
    when_in_words,
)
from dashboard.analysis.cohorts import Mask
from dashboard.analysis.regression import Estimate, Numbers
from dashboard.language import Words

Handling = Literal["none", "left_out", "refused"]


@dataclass(frozen=True)
class Overlap:
    """People who are in both cohorts.

    Attributes:
        a, b: people in each cohort, the ones in both counted in either.
        handling: `left_out`: of both, because nobody can stand on two sides of a comparison;
            `refused`: without them a cohort holds too few people to compare.
    """

    a: int
    b: int
    both: int
    handling: Handling


@dataclass(frozen=True)
class Difference:
    """The first cohort less the second.

    Attributes:
        g: Hedges' g with its 95 % interval; None where neither cohort varies.
    """

    n_a: int
    n_b: int
    mean_a: float
    mean_b: float
    difference: Estimate
    g: Estimate | None


@dataclass(frozen=True)
class Completers:
    """The difference at one planned time among all who have a score then, and among those who
    have one at every planned time up to then; None for too few to say."""

    everyone: Difference | None
    completers: Difference | None


def apart(inside: Mapping[str, Mask], fewest: int = FEWEST) -> tuple[dict[str, Mask], Overlap]:
    """Two cohorts without those who are in both.

    inside: who is in "a" and in "b", row by row.
    """
    both = inside["a"] & inside["b"]
    kept = {name: inside[name] & ~both for name in COHORTS}
    handling: Handling = "left_out" if both.any() else "none"
    if both.any() and min(kept[name].sum() for name in COHORTS) < fewest:
        handling = "refused"
    of_a, of_b = (int(inside[name].sum()) for name in COHORTS)
    return kept, Overlap(of_a, of_b, int(both.sum()), handling)


def difference(a: Numbers, b: Numbers, fewest: int = FEWEST) -> Difference | None:
    """Of two groups of separate people; None where either is too small to say."""
    n_a, n_b = len(a), len(b)
    if min(n_a, n_b) < max(fewest, 2):
        return None
    mean_a, mean_b = float(a.mean()), float(b.mean())
    share_a, share_b = float(a.var(ddof=1)) / n_a, float(b.var(ddof=1)) / n_b
    error = share_a + share_b
    df = error**2 / (share_a**2 / (n_a - 1) + share_b**2 / (n_b - 1)) if error else np.inf
    return Difference(
        n_a,
        n_b,
        mean_a,
        mean_b,
        Estimate(mean_a - mean_b, sqrt(error), df),
        _hedges(a, b) if error else None,
    )


def _hedges(a: Numbers, b: Numbers) -> Estimate:
    n_a, n_b = len(a), len(b)
    df = n_a + n_b - 2
    pooled = sqrt(((n_a - 1) * float(a.var(ddof=1)) + (n_b - 1) * float(b.var(ddof=1))) / df)
    g = float(a.mean() - b.mean()) / pooled * (1 - 3 / (4 * df - 1))
    variance = (n_a + n_b) / (n_a * n_b) + g**2 / (2 * (n_a + n_b))
    return Estimate(g, sqrt(variance), np.inf)


def at_window(
    courses: Courses, inside: Mapping[str, Mask], window: float, fewest: int = FEWEST
) -> Difference | None:
    """The cohorts at one planned time."""
    scored, scores = courses.scored(window), courses.scores[window]
    a, b = (scores[inside[name] & scored] for name in COHORTS)
    return difference(a, b, fewest)


def completers_beside(
    courses: Courses, inside: Mapping[str, Mask], window: float, fewest: int = FEWEST
) -> Completers:
    """Everyone seen at a planned time beside those who missed none up to it, as far as anybody
    of them was seen there.

    Where the two disagree, who left has changed the picture.
    """
    seen = [courses.scored(at) for at in _times_with_scores(courses, inside) if at <= window]
    whole = np.logical_and.reduce(seen) if seen else courses.scored(window)
    of_whole = {name: inside[name] & whole for name in COHORTS}
    return Completers(
        at_window(courses, inside, window, fewest), at_window(courses, of_whole, window, fewest)
    )


def leavers(
    courses: Courses, inside: Mapping[str, Mask], window: float, fewest: int = FEWEST
) -> dict[str, Difference | None]:
    """How those who have no score at a planned time began, less how those who have one did.

    Returns:
        For each cohort the difference of the scores at the first planned time with any; None for
        too few.
    """
    times = _times_with_scores(courses, inside)
    if not times:
        return dict.fromkeys(COHORTS)
    began, scores = courses.scored(times[0]), courses.scores[times[0]]
    gone, here = courses.missing(window), courses.scored(window)
    return {
        name: difference(
            scores[inside[name] & began & gone], scores[inside[name] & began & here], fewest
        )
        for name in COHORTS
    }


def _times_with_scores(courses: Courses, inside: Mapping[str, Mask]) -> list[float]:
    """The planned times at which anybody of the cohorts has a score."""
    anybody = np.logical_or.reduce([inside[name] for name in COHORTS])
    return [at for at in PLANNED if (courses.scored(at) & anybody).any()]


def holm(estimates: Mapping[str, Estimate]) -> pd.DataFrame:
    """Several comparisons at once, so that one of many does not stand out by chance.

    Holm (1979, Scandinavian Journal of Statistics 6, 65-70): the i-th smallest of m p-values times
    m - i + 1, and none smaller than the one before it.

    Returns:
        A row a name: p, p_holm, and whether `holds`, 5 % over all of them.
    """
    # Loaded here for the sake of pages that do not need it.
    from scipy.special import stdtr

    p = pd.Series(
        {
            name: 2 * float(stdtr(one.df, -abs(one.value) / one.se)) if one.se else 1.0
            for name, one in estimates.items()
        },
        dtype=float,
    )
    ranked = p.sort_values()
    times = np.arange(len(ranked), 0, -1)
    corrected = (ranked * times).cummax().clip(upper=1.0).reindex(p.index)
    return pd.DataFrame({"p": p, "p_holm": corrected, "holds": corrected <= 0.05})


def overlap_in_words(overlap: Overlap, names: Mapping[str, str], words: Words) -> str:
    """How many are in both cohorts, and what is done about it.

    names: what the reader calls the cohorts "a" and "b", here and below.
    """
    if overlap.handling == "none":
        return words.say("cohorts.overlap.none", **names)
    return words.count(f"cohorts.overlap.{overlap.handling}", overlap.both, **names)


def difference_in_words(
    found: Difference | None,
    measure: str,
    window: float,
    names: Mapping[str, str],
    words: Words,
    fewest: int = FEWEST,
) -> str:
    """Both means, the difference with its interval and numbers, and Hedges' g."""
    when = when_in_words(window, words)
    if found is None:
        return words.say("cohorts.few", n=words.number(fewest), when=when)
    said = [
        words.say(
            "cohorts.difference.reading",
            measure=measure,
            when=when,
            mean_a=words.number(found.mean_a),
            mean_b=words.number(found.mean_b),
            difference=interval_in_words(found, words),
            **names,
        )
    ]
    if found.g is not None:
        said.append(
            words.say(
                "cohorts.difference.size",
                g=words.number(found.g.value),
                low=words.number(found.g.low),
                high=words.number(found.g.high),
            )
        )
    said.append(clear_in_words(found.difference, words))
    return " ".join(said)


def clear_in_words(estimate: Estimate, words: Words) -> str:
    return words.say(f"cohorts.difference.{'clear' if estimate.clear else 'not_clear'}")


def interval_in_words(found: Difference | None, words: Words) -> str:
    if found is None:
        return words.say("cohorts.too_few")
    return words.say(
        "cohorts.interval",
        value=words.signed(found.difference.value),
        low=words.number(found.difference.low),
        high=words.number(found.difference.high),
        n_a=words.number(found.n_a),
        n_b=words.number(found.n_b),
    )


def completers_in_words(found: Completers, window: float, words: Words) -> str:
    return words.say(
        "cohorts.completers.reading",
        when=when_in_words(window, words),
        everyone=interval_in_words(found.everyone, words),
        completers=interval_in_words(found.completers, words),
    )


def leavers_in_words(
    found: Mapping[str, Difference | None],
    window: float,
    names: Mapping[str, str],
    words: Words,
) -> list[str]:
    """A sentence a cohort."""
    when = when_in_words(window, words)
    return [
        words.say("cohorts.leavers.few", cohort=names[name], when=when)
        if one is None
        else words.say(
            "cohorts.leavers.reading",
            cohort=names[name],
            when=when,
            difference=words.signed(one.difference.value),
            low=words.number(one.difference.low),
            high=words.number(one.difference.high),
            gone=words.number(one.n_a),
            here=words.number(one.n_b),
        )
        for name, one in found.items()
    ]


def holm_in_words(table: pd.DataFrame, words: Words) -> str:
    """Which differences hold over all measures; table from `holm`, its rows named by measure."""
    holding = [str(name) for name in table.index[table["holds"]]]
    n = words.number(len(table))
    if not holding:
        return words.say("cohorts.holm.none", n=n)
    return words.say("cohorts.holm.some", n=n, names=words.joined(holding))
