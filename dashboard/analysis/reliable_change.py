"""Reliable and clinically significant change of people with a score before and one after.

Reliable: more than the scale's own error would bring about. Clinically significant: reliable, and
across the line between the scores of patients and of other people. Seven published indices, the
lines a, b and c, and the five categories as the literature and the R package clinicalsignificance
name them. An index is in units of its error and has the sign of the change, whichever way is
better.

A change from before to after is a change, whatever brought it about: people who came when they
were worst get better by themselves. Some of the indices take this regression to the mean into
account, each in its own way.
"""

from dataclasses import dataclass
from math import nan, sqrt
from typing import Literal

import numpy as np
import pandas as pd

from dashboard.analysis import mixed_model
from dashboard.measures.definition import KindOfReliability
from dashboard.measures.reliable_change import CONFIDENCE_95, standard_error

Method = Literal[
    "jacobson_truax",
    "gulliksen_lord_novick",
    "hsu_linn_nord",
    "edwards_nunnally",
    "nunnally_kotsch",
    "hageman_arrindell",
]
Line = Literal["a", "b", "c"]
HigherIs = Literal["worse", "better"]
Category = Literal["recovered", "improved", "unchanged", "deteriorated", "harmed"]

CATEGORIES: tuple[Category, ...] = (
    "recovered",
    "improved",
    "unchanged",
    "deteriorated",
    "harmed",
)

ONE_SIDED_95 = 1.645
"""The normal deviate with 5 % above it: the risk of misclassification that Hageman & Arrindell
allow, who ask about one side at a time."""


@dataclass(frozen=True)
class Instrument:
    """What is known of the error of a scale.

    Attributes:
        kind: of the reliability. Internal consistency knows nothing of days that differ, so it
            calls more changes reliable than test-retest reliability does.
        spread_from: `completers`: `sd` is of the scores before of those who have both;
            `norm`: from elsewhere, such as the measure's own definition.
    """

    reliability: float
    kind: KindOfReliability
    sd: float
    spread_from: Literal["completers", "norm"]

    @property
    def sem(self) -> float:
        """Standard error of measurement."""
        return standard_error(self.sd, self.reliability)


@dataclass(frozen=True)
class Population:
    """How the scores of a group lie."""

    mean: float
    sd: float


@dataclass(frozen=True)
class Sides:
    """On which side of the line each person stands, row by row of the pairs.

    At the line counts as clinical, as with the cut-offs of the measures.
    """

    clinical_before: pd.Series
    clinical_after: pd.Series
    functional_after: pd.Series


@dataclass(frozen=True)
class GroupShares:
    """Estimated shares of a group: truly better than before, and truly functional after."""

    better: float
    functional: float


def completers(pairs: pd.DataFrame) -> pd.DataFrame:
    """Those with a score before (`pre`) and one after (`post`)."""
    return pairs[["pre", "post"]].dropna().astype(float)


def of_completers(pairs: pd.DataFrame, reliability: float, kind: KindOfReliability) -> Instrument:
    """The error as the spread before, of those who have both scores, tells it."""
    return Instrument(reliability, kind, float(pairs["pre"].std()), "completers")


def population_before(pairs: pd.DataFrame) -> Population:
    """The patients, as they began."""
    return Population(float(pairs["pre"].mean()), float(pairs["pre"].std()))


def standard_error_of_difference(instrument: Instrument) -> float:
    """SEM · √2: two scores of a person who did not change."""
    return instrument.sem * sqrt(2)


def standard_error_of_prediction(instrument: Instrument) -> float:
    """SD · √(1 − r²): the second score about what the first one predicts."""
    return instrument.sd * sqrt(1 - instrument.reliability**2)


def reliability_given_error(sd: float, sem: float) -> float:
    """1 − SEM²/SD²: the same error is a smaller part of a wider spread."""
    return 1 - sem**2 / sd**2


def reliability_of_differences(pairs: pd.DataFrame, sem: float) -> float:
    """The share of the variance of the differences that is not error (Hageman & Arrindell 1999).

    (s1²·r1 + s2²·r2 − 2·s1·s2·r12) / (s1² + s2² − 2·s1·s2·r12), r1 and r2 from the one SEM.
    """
    first, second = float(pairs["pre"].std()), float(pairs["post"].std())
    shared = 2 * first * second * float(pairs["pre"].corr(pairs["post"]))
    true = sum(sd**2 * reliability_given_error(sd, sem) for sd in (first, second))
    return (true - shared) / (first**2 + second**2 - shared)


def index(
    pairs: pd.DataFrame,
    instrument: Instrument,
    method: Method = "jacobson_truax",
    after: Instrument | None = None,
) -> pd.Series:
    """The change of each person in units of its error.

    With X the first score, Y the second, M1 and M2 their means, r the reliability and
    T = M1 + r·(X − M1) the true first score to be expected:

    - jacobson_truax: (Y − X) / (SEM·√2). Jacobson & Truax 1991, 10.1037/0022-006X.59.1.12.
    - gulliksen_lord_novick: (Y − T) / (SD·√(1 − r²)). Hsu 1989, Behavioral Assessment 11:459;
      Hsu 1995, 10.1037/0022-006X.63.1.141.
    - hsu_linn_nord: (Y − M2 − r·(X − M1)) / (SD·√(1 − r²)). Hsu 1989. It asks who changed more
      or less than the group: of a group that got better, many come out worse.
    - edwards_nunnally: (Y − T) / SEM. As reformulated by Speer 1992,
      10.1037/0022-006X.60.3.402.
    - nunnally_kotsch: (Y − T) / √(r²·SEM² + SEM2²), SEM2 of the scale `after`. Nunnally & Kotsch
      1983, 10.1111/j.2044-8260.1983.tb00582.x.
    - hageman_arrindell: ((Y − X)·rdd + (M2 − M1)·(1 − rdd)) / (√rdd·SEM·√2), rdd the reliability
      of the differences; NaN where they are all error. Hageman & Arrindell 1999,
      10.1016/S0005-7967(99)00032-7.

    Args:
        pairs: `completers`; means and, where a formula needs it, the spread after are theirs.
        after: what is known of the scale at the second time, for nunnally_kotsch only; as at
            the first when left out.
    """
    before, later = pairs["pre"], pairs["post"]
    mean_before, mean_later = before.mean(), later.mean()
    regressed = instrument.reliability * (before - mean_before)
    match method:
        case "jacobson_truax":
            return (later - before) / standard_error_of_difference(instrument)
        case "gulliksen_lord_novick":
            off = later - mean_before - regressed
            return off / standard_error_of_prediction(instrument)
        case "hsu_linn_nord":
            off = later - mean_later - regressed
            return off / standard_error_of_prediction(instrument)
        case "edwards_nunnally":
            return (later - mean_before - regressed) / instrument.sem
        case "nunnally_kotsch":
            error = np.hypot(instrument.reliability * instrument.sem, (after or instrument).sem)
            return (later - mean_before - regressed) / float(error)
        case "hageman_arrindell":
            share = reliability_of_differences(pairs, instrument.sem)
            true = (later - before) * share + (mean_later - mean_before) * (1 - share)
            return true / (_root(share) * standard_error_of_difference(instrument))


def slope_index(
    scores: pd.DataFrame, against: Literal["no_change", "group"] = "no_change"
) -> pd.DataFrame:
    """Each person's own slope over all scores, in units of its error.

    Empirical Bayes slopes of a linear mixed model (REML, a level and a slope of each person's
    own), each over its conditional standard error with the coefficients taken as known: Raudenbush
    & Bryk 2002, Hierarchical Linear Models; for change of single patients Speer & Greenbaum 1995,
    J Consult Clin Psychol 63:1044.

    Args:
        scores: person, time, score; three or more scores a person tell slopes from chance.
        against: `no_change`: the whole slope, common and own part; `group`: the own part only,
            which asks who changes otherwise than the group (docs/deviations.md).

    Returns:
        slope, error, index by person; NaN where the model says nothing.
    """
    found = mixed_model.fit(
        scores["score"], scores[["time"]], scores["person"], slope=scores["time"]
    )
    common = found.estimate("time").value if against == "no_change" else 0.0
    slopes = pd.DataFrame(
        {
            "slope": found.by_person["slope"] + common,
            "error": found.by_person["slope_se"],
        }
    )
    slopes["index"] = slopes["slope"] / slopes["error"].where(slopes["error"] > 0)
    return slopes


def cut_off(
    line: Line, patients: Population, others: Population | None, higher_is: HigherIs
) -> float:
    """The score between patients and other people (Jacobson & Truax 1991).

    - a: two SDs of the patients from their mean, towards better;
    - b: two SDs of the others from their mean, towards worse;
    - c: (s0·m1 + s1·m0) / (s0 + s1) with 0 for the others and 1 for the patients, where the two
      are as likely as each other; it falls between them whatever their SDs are.

    For Hageman & Arrindell's lines between true scores give `of_true_scores` of both.

    Args:
        others: people who are not patients; needed for b and c.
    """
    better = -1 if higher_is == "worse" else 1
    if line == "a":
        return patients.mean + better * 2 * patients.sd
    assert others is not None, "b and c need the scores of people who are not patients"
    if line == "b":
        return others.mean - better * 2 * others.sd
    return (others.sd * patients.mean + patients.sd * others.mean) / (others.sd + patients.sd)


def of_true_scores(population: Population, sem: float) -> Population:
    """The same population without error: SD · √r with r = 1 − SEM²/SD²."""
    return Population(
        population.mean, population.sd * _root(reliability_given_error(population.sd, sem))
    )


def sides(pairs: pd.DataFrame, line: float, higher_is: HigherIs) -> Sides:
    """Where the scores themselves stand; pairs: `completers`."""
    before, after = (is_clinical(pairs[name], line, higher_is) for name in ("pre", "post"))
    return Sides(before, after, ~after)


def is_clinical(scores: pd.Series, line: float, higher_is: HigherIs) -> pd.Series:
    """At the line or on its worse side."""
    return scores >= line if higher_is == "worse" else scores <= line


def true_sides(
    pairs: pd.DataFrame,
    instrument: Instrument,
    line: float,
    higher_is: HigherIs,
    critical: float = ONE_SIDED_95,
) -> Sides:
    """Where people surely stand after, given the error (Hageman & Arrindell 1999).

    Nobody whose true score may lie on either side is clinical or functional after.
    """
    clear = clearance(pairs, instrument, line) * (1 if higher_is == "worse" else -1)
    return Sides(is_clinical(pairs["pre"], line, higher_is), clear > critical, clear < -critical)


def clearance(pairs: pd.DataFrame, instrument: Instrument, line: float) -> pd.Series:
    """How far the true second score lies above the line, in units of its error.

    (M2 + (Y − M2)·r2 − line) / (√r2·SEM) with r2 = 1 − SEM²/s2².
    """
    later = pairs["post"]
    share = reliability_given_error(float(later.std()), instrument.sem)
    true = later.mean() + (later - later.mean()) * share
    return (true - line) / (_root(share) * instrument.sem)


def group_shares(
    pairs: pd.DataFrame, instrument: Instrument, line: float, higher_is: HigherIs
) -> GroupShares:
    """What share of the group got truly better, and is truly functional after.

    From normal distributions of true differences and true second scores (Hageman & Arrindell
    1999): shares of a group can be known where those of single people are not.
    """
    # Loaded here for the sake of pages that do not need it.
    from scipy.special import ndtr

    better = -1 if higher_is == "worse" else 1
    change, later = pairs["post"] - pairs["pre"], pairs["post"]
    changes = change.std() * _root(reliability_of_differences(pairs, instrument.sem))
    scores = of_true_scores(Population(later.mean(), later.std()), instrument.sem)
    return GroupShares(
        better=float(ndtr(better * change.mean() / changes)),
        functional=float(ndtr(better * (scores.mean - line) / scores.sd)),
    )


def categories(
    indices: pd.Series,
    higher_is: HigherIs,
    where: Sides | None = None,
    *,
    critical: float = CONFIDENCE_95,
    at_least: bool = False,
) -> pd.Series:
    """The category of each person; missing without an index.

    Recovered: reliably better and across the line; harmed: reliably worse and across it the other
    way; improved and deteriorated: reliable changes that did not cross it.

    Args:
        where: the sides on the same rows; without them nobody is recovered or harmed.
        critical: how many errors are too many for chance.
        at_least: whether exactly that many is reliable (≥), or only more (>).
    """
    better = indices * (-1 if higher_is == "worse" else 1)
    return _in_words(
        better >= critical if at_least else better > critical,
        better <= -critical if at_least else better < -critical,
        where,
        indices.notna(),
    )


def by_percent(
    pairs: pd.DataFrame,
    higher_is: HigherIs,
    better: float,
    worse: float,
    minimum: float = 0,
    where: Sides | None = None,
) -> pd.Series:
    """Changes by a share of the first score or more, such as 0.5 for a response.

    minimum: the lowest score of the scale, from which the share is taken; whoever began there
        changed infinitely or not at all.
    """
    share = percent_change(pairs, minimum) * (-1 if higher_is == "worse" else 1)
    return _in_words(share >= better, share <= -worse, where, pairs.notna().all(axis=1))


def percent_change(pairs: pd.DataFrame, minimum: float = 0) -> pd.Series:
    """(Y − X) / (X − minimum); 0 where nothing changed, infinite where X is the minimum."""
    change = pairs["post"] - pairs["pre"]
    return (change / (pairs["pre"] - minimum)).where(change != 0, 0.0)


def by_amount(
    pairs: pd.DataFrame,
    higher_is: HigherIs,
    better: float,
    worse: float,
    where: Sides | None = None,
) -> pd.Series:
    """Changes by so many points or more: an important difference found with an anchor, or a
    reliable change that the measure states. The two are different things."""
    gain = (pairs["post"] - pairs["pre"]) * (-1 if higher_is == "worse" else 1)
    return _in_words(gain >= better, gain <= -worse, where, gain.notna())


def by_crossing(where: Sides) -> pd.Series:
    """Only the line counts: improved who crossed it towards better, deteriorated the other way."""
    return _in_words(
        where.clinical_before & where.functional_after,
        ~where.clinical_before & where.clinical_after,
        None,
        where.clinical_before.notna(),
    )


def counted(categories_of: pd.Series) -> pd.Series:
    """How many people are in each category, all five of them in order."""
    return categories_of.value_counts().reindex(list(CATEGORIES), fill_value=0)


def _root(reliability: float) -> float:
    """NaN where nothing but error is left: then nothing can be said of true scores."""
    return sqrt(reliability) if reliability > 0 else nan


def _in_words(
    better: pd.Series, worse: pd.Series, where: Sides | None, known: pd.Series
) -> pd.Series:
    names = pd.Series("unchanged", index=better.index, dtype="str")
    names[better] = "improved"
    names[worse] = "deteriorated"
    if where is not None:
        names[better & where.clinical_before & where.functional_after] = "recovered"
        names[worse & ~where.clinical_before & where.clinical_after] = "harmed"
    return names.where(known)
