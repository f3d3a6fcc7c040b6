"""Outcomes after a group program: who came against who was offered it and did not come.

A change from before to after is no effect: people are offered a group when they are badly off,
and would be better later without one. Those who were offered it and did not come were badly off
in the same way. So both are compared after the start, at equal scores before the offer:

    after = b0 + b1 came + b2 before + covariates,   errors clustered by person

Nobody was assigned by chance: b1 is an adjusted difference. Scores that did not come in stay
missing; how many there are of each kind stands beside the result.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan, sqrt

import pandas as pd

from dashboard.analysis.adjusting import covariates
from dashboard.analysis.regression import Estimate, centred, least_squares

FEWEST = 20
"""People in each group under whom nothing is said: a local default."""
FOLLOW_UP_DAYS = 180


@dataclass(frozen=True)
class Arm:
    """Those who came, or those who did not.

    Attributes:
        offered: everyone; compared: those with a score before and one after.
        before, after: mean scores of those compared, each person's scores after as their mean.
        change: after less before, in the same people.
    """

    came: bool
    offered: int
    with_before: int
    compared: int
    before: Estimate
    after: Estimate
    change: Estimate


@dataclass(frozen=True)
class GroupComparison:
    """Both arms and their difference after the start.

    Attributes:
        adjusted: at equal scores before and equal covariates; at_equal_start: at equal scores
            before only; unadjusted: of the plain means.
    """

    came: Arm
    stayed: Arm
    adjusted: Estimate
    at_equal_start: Estimate
    unadjusted: Estimate
    people: int
    forms: int


def compare(rows: pd.DataFrame, adjust: Sequence[str]) -> GroupComparison | int:
    """The comparison, or how many people the smaller group has where that is too few.

    Args:
        rows: of the query `group_offers`.
    """
    used = rows.dropna(subset=["before", "outcome"]).reset_index(drop=True)
    arms = [_people(used, came) for came in (True, False)]
    smaller = min(len(arm) for arm in arms)
    if smaller < FEWEST:
        return smaller
    came = used["came"].astype(float).rename("came")
    start = centred(used["before"])
    others = covariates(used, adjust).apply(centred)

    def difference(*columns: pd.Series | pd.DataFrame) -> Estimate:
        x = pd.concat([came, *columns], axis=1)
        return least_squares(used["outcome"], x, used["patient_id"], "clustered").estimate("came")

    return GroupComparison(
        _arm(rows, arms[0], came=True),
        _arm(rows, arms[1], came=False),
        adjusted=difference(start, others),
        at_equal_start=difference(start),
        unadjusted=difference(),
        people=len(arms[0]) + len(arms[1]),
        forms=len(used),
    )


def _people(used: pd.DataFrame, came: bool) -> pd.DataFrame:
    of_arm = used[used["came"] == came].groupby("patient_id")
    return of_arm.agg(before=("before", "first"), after=("outcome", "mean"))


def _arm(rows: pd.DataFrame, people: pd.DataFrame, *, came: bool) -> Arm:
    offered = rows[rows["came"] == came]
    return Arm(
        came,
        offered["patient_id"].nunique(),
        offered.dropna(subset=["before"])["patient_id"].nunique(),
        len(people),
        _mean(people["before"]),
        _mean(people["after"]),
        _mean(people["after"] - people["before"]),
    )


def _mean(values: pd.Series) -> Estimate:
    n = len(values)
    return Estimate(
        float(values.mean()), float(values.std(ddof=1)) / sqrt(n) if n > 1 else nan, n - 1
    )
