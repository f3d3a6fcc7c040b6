"""A program against what would have been without it, as well as records can say.

Two comparisons. People who were offered the same programs and did not come: after = b0 + b1 came +
b2 before + covariates, so that both are compared at equal scores before. People who came to no
program at all, at the same scores as the starters had: what they change shows how far scores fall
by themselves, because people are referred when they are worst (regression to the mean).

Nobody was assigned by chance, so neither is an effect. How alike the two groups were is told by
standardised differences (Austin 2009, 10.1002/sim.3697, who calls those below 0.1 negligible), and
whether they overlap by the share of those who came who are within the range of the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
import pandas as pd

from dashboard.analysis.adjusting import ADJUSTERS, covariates
from dashboard.analysis.disclosure import safe_chain, shown_count
from dashboard.analysis.group_offers import FEWEST
from dashboard.analysis.program_courses import Bundle
from dashboard.analysis.program_outcomes import Outcomes, mean
from dashboard.analysis.regression import INTERCEPT, Estimate, centred, least_squares

NEGLIGIBLE = 0.1
_AMOUNTS = ("before", "age", "months_since_diagnosis")
_KINDS = ("sex", "stage", "site", "diagnosis", "language")
BALANCED = (*_AMOUNTS, *_KINDS)
# The middle 95 % of the others count as their range, so that one of them does not stretch it.
_RANGE = (2.5, 97.5)


@dataclass(frozen=True)
class Side:
    """Those who came, or those who did not.

    Attributes:
        people: with scores before and after; None where it may not be told.
    """

    people: int | None
    before: Estimate
    after: Estimate


@dataclass(frozen=True)
class Contrast:
    """Those who came less those who were offered it and did not.

    Attributes:
        adjusted: of the scores after, at equal scores before and equal covariates.
        at_equal_start: at equal scores before only.
        alike_in: the covariates in `adjusted`.
        balance: standardised difference of each of BALANCED; NaN where nothing is known.
        overlap: share of those who came who are within the range of the others, 0 to 1.
    """

    came: Side
    stayed: Side
    adjusted: Estimate
    at_equal_start: Estimate
    alike_in: tuple[str, ...]
    balance: dict[str, float]
    overlap: float


@dataclass(frozen=True)
class Expected:
    """What the same start scores become in people on no program.

    Attributes:
        people, forms: whom that rests on.
        before: mean start score of those who came. after: expected for it.
    """

    people: int
    forms: int
    before: float
    after: Estimate

    @property
    def change(self) -> Estimate:
        return Estimate(self.after.value - self.before, self.after.se, self.after.df)


def contrast(bundle: Bundle, which: str, counted: Outcomes, minimum: int) -> Contrast | int:
    """The comparison on one scale, or how many people it would need on each side.

    Args:
        which: `first` or `second`.
        counted: what else is told of the same people.
    """
    people = bundle.courses.rename(columns={f"before_{which}": "before", f"after_{which}": "after"})
    rows = people[people["paired"] & (people["started"] | ~people["attended_otherwise"])]
    rows = rows.reset_index(drop=True)
    sides = [rows[rows["started"] == came] for came in (True, False)]
    fewest = max(FEWEST, minimum)
    if min(len(side) for side in sides) < fewest:
        return fewest
    came = rows["started"].astype(float).rename("came")
    start = centred(rows["before"])
    alike_in: tuple[str, ...] = ADJUSTERS
    others = covariates(rows, alike_in).apply(centred)
    if len(rows) - others.shape[1] < 2 * fewest:
        alike_in, others = (), covariates(rows, ())
    return Contrast(
        came=_side(sides[0], counted.kinds["improved"].started.whole),
        stayed=_side(sides[1], _stayed(counted, len(sides[1]), minimum)),
        adjusted=_difference(rows, [came, start, others]),
        at_equal_start=_difference(rows, [came, start]),
        alike_in=alike_in,
        balance={
            name: standardised_difference(sides[0][name], sides[1][name], minimum)
            for name in BALANCED
        },
        overlap=_overlap(came, pd.concat([start, others], axis=1)),
    )


def _stayed(counted: Outcomes, number: int, minimum: int) -> int | None:
    """How many of those who did not come are compared, beside how many did not come."""
    referred, started = counted.steps["referred"], counted.steps["started"]
    if referred is None or started is None:
        return shown_count(number, minimum)
    return safe_chain([referred - started, number], minimum)[1]


def _side(rows: pd.DataFrame, people: int | None) -> Side:
    return Side(people, mean(rows["before"]), mean(rows["after"]))


def _difference(rows: pd.DataFrame, columns: Sequence[pd.Series | pd.DataFrame]) -> Estimate:
    return least_squares(rows["after"], pd.concat(list(columns), axis=1)).estimate("came")


def standardised_difference(one: pd.Series, other: pd.Series, minimum: int) -> float:
    """(m1 - m0) / sqrt((s1^2 + s0^2) / 2); of kinds the largest in absolute value over the kinds
    that hold enough people, each as 0 and 1."""
    if pd.api.types.is_numeric_dtype(one):
        return _standardised(one.dropna().astype(float), other.dropna().astype(float))
    both = pd.concat([one, other]).value_counts()
    found = [
        _standardised((one == name).astype(float), (other == name).astype(float))
        for name, people in both.items()
        if people >= max(minimum, 1)
    ]
    return max(found, key=abs, default=nan)


def _standardised(one: pd.Series, other: pd.Series) -> float:
    if min(len(one), len(other)) < 2:
        return nan
    spread = sqrt((float(one.var(ddof=1)) + float(other.var(ddof=1))) / 2)
    gap = float(one.mean() - other.mean())
    if spread == 0:
        return 0.0 if gap == 0 else nan
    return gap / spread


def _overlap(came: pd.Series, x: pd.DataFrame) -> float:
    """By the line that tells best, from everything before the start, who came."""
    line = least_squares(came, x)
    told = pd.concat([pd.Series(1.0, index=x.index, name=INTERCEPT), x], axis=1)
    likely = told[list(line.terms)].to_numpy(float) @ line.values
    low, high = np.percentile(likely[came == 0], _RANGE)
    mine = likely[came == 1]
    return float(((mine >= low) & (mine <= high)).mean())


def expected_without(others: pd.DataFrame, starters: pd.Series, minimum: int) -> Expected | None:
    """What the starters' scores would be expected to become without the program; None for too
    few people.

    after = b0 + b1 before over everyone on no program, errors clustered by person, at the mean of
    the starters' scores before.

    Args:
        others: of the query `changes_on_no_program`.
        starters: scores before, of those with both.
    """
    people = others["patient_id"].nunique()
    if people < max(FEWEST, minimum) or len(starters) < max(minimum, 1):
        return None
    line = least_squares(others["after"], others[["before"]], others["patient_id"], "clustered")
    start = float(starters.mean())
    return Expected(people, len(others), start, line.combined({INTERCEPT: 1.0, "before": start}))
