"""Cohorts: who is in one, and what may be told of two beside each other.

A cohort is a filter: for each dimension that it names, the values of which one has to hold. Of
one's own patients any filter may be asked for. Of the whole service every number is judged
together with all that could be asked for beside it (dashboard/analysis/disclosure.py):

- rare values are told together, and the filters of both cohorts together may name only a
  combination of dimensions that is safe to be counted by (`limits`);
- a part of these people, such as those with a score at a planned time, is told only if neither
  it nor those not in it are few in any block of that combination, whichever blocks are compared:
  so two answers that differ by one block differ by no small group.

The band of the first score depends on the measure and on time zero. It may be named alone, and
bands of different measures are not judged beside each other.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.analysis.disclosure import answerable, coarsened, is_small
from dashboard.analysis.regression import Numbers
from dashboard.errors import Refused

Mask = npt.NDArray[np.bool_]
Blocks = npt.NDArray[np.int64]
Filters = Mapping[str, tuple[str, ...]]

BASELINE = "baseline"
SOURCE = "source"
PLAIN = (
    "age",
    "sex",
    "stage",
    "site",
    "phase",
    "diagnosis",
    "support",
    "program",
    "language",
)
"""The most important first: of two combinations that are not safe together the earlier is told."""
DIMENSIONS = (*PLAIN, BASELINE, SOURCE)
UNKNOWN = "unknown"
OTHER = "other"
NONE = "none"
AGES = {"under_50": 0, "50_to_64": 50, "from_65": 65}
"""Age bands by the year from which they hold."""
LONGEST_NAME = 60


@dataclass(frozen=True)
class Limits:
    """What filters may be asked for.

    Attributes:
        minimum: 1 for one's own patients, of whom any filter may be asked for.
        values: of each dimension those that are told by themselves.
        together: combinations of dimensions that people may be counted by.
    """

    minimum: int
    values: Mapping[str, frozenset[str]]
    together: frozenset[frozenset[str]]

    def partners(self, named: frozenset[str]) -> frozenset[str]:
        """The dimensions that may be named beside those that are."""
        return frozenset(
            name for name in (*PLAIN, BASELINE) if self.allows(named | {name}) or name in named
        )

    def allows(self, named: frozenset[str]) -> bool:
        if self.minimum == 1 or not named or named == {BASELINE}:
            return True
        return named in self.together


def plain_groups(people: pd.DataFrame) -> pd.DataFrame:
    """The value of each person in each dimension but the first score and the source of support.

    people: from the query `cohort_people`.
    """
    begins = list(AGES.values())
    age = pd.cut(people["age"].astype(float), [*begins, np.inf], right=False, labels=list(AGES))
    columns = {"age": age.cat.as_unordered()}
    for name in PLAIN[1:]:
        columns[name] = people[name].astype("category")
    return pd.DataFrame(
        {
            name: _named(column, NONE if name == "program" else UNKNOWN)
            for name, column in columns.items()
        }
    )


def _named(column: pd.Series, missing: str) -> pd.Series:
    """A column of categories with a word for those who have none."""
    if not column.isna().any():
        return column
    if missing not in column.cat.categories:
        column = column.cat.add_categories(missing)
    return column.fillna(missing)


def limits(groups: pd.DataFrame, minimum: int) -> Limits:
    """What may be asked for about these people.

    groups: from `plain_groups`.
    """
    if minimum == 1:
        return Limits(1, {}, frozenset())
    told = groups.apply(coarsened, minimum=minimum, other=OTHER)
    return Limits(
        minimum,
        {name: frozenset(told[name]) - {OTHER} for name in PLAIN},
        frozenset(frozenset(names) for names in answerable(told, minimum)),
    )


def told_groups(groups: pd.DataFrame, within: Limits) -> pd.DataFrame:
    """`plain_groups` as far as they may be told."""
    if within.minimum == 1:
        return groups
    return pd.DataFrame({name: _with_other(groups[name], within.values[name]) for name in PLAIN})


def told_bands(first: Numbers, begins: Sequence[float], within: Limits) -> pd.Series:
    """The band of each first score as far as it may be told.

    Args:
        first: score at time zero, NaN for none. begins: where each band begins.
    """
    names = [*(str(number) for number in range(len(begins))), UNKNOWN]
    place = np.searchsorted(np.asarray(begins, float), first, side="right") - 1
    place[np.isnan(first) | (place < 0)] = len(begins)
    column = pd.Series(pd.Categorical.from_codes(place, categories=pd.Index(names)))
    if within.minimum == 1:
        return column
    told = frozenset(coarsened(column, within.minimum, OTHER)) - {OTHER}
    return _with_other(column, told)


def _with_other(column: pd.Series, kept: frozenset[str]) -> pd.Series:
    """The categories that are kept, and one for all others."""
    others = [value for value in column.cat.categories if value not in kept]
    if not others:
        return column
    told = {value: value if value in kept else OTHER for value in column.cat.categories}
    return column.map(told).astype("category")


def members(groups: pd.DataFrame, sources: pd.Series | None, filters: Filters) -> Mask:
    """Who is in a cohort: one of the values has to hold in each dimension that is named.

    sources: lists of those from whom support is received, None where that is not known; None for
        nobody's, and then nobody is in a cohort that asks for them.
    """
    inside = np.ones(len(groups), dtype=bool)
    for name, values in filters.items():
        if name == SOURCE:
            if sources is None:
                return np.zeros(len(groups), dtype=bool)
            asked = set(values)
            inside &= np.array(
                [
                    bool(asked.intersection(given))
                    if isinstance(given, list | np.ndarray)
                    else UNKNOWN in asked
                    for given in sources
                ],
                dtype=bool,
            )
        else:
            inside &= groups[name].isin(values).to_numpy(bool)
    return inside


def values_of(groups: pd.DataFrame, name: str) -> list[str]:
    """What can be chosen in a dimension, those that name nothing in particular last."""
    present = {str(value) for value in groups[name].unique()}
    at_the_end = (OTHER, UNKNOWN)
    in_order = [*AGES, NONE, *sorted(present.difference(AGES, at_the_end, {NONE})), *at_the_end]
    return [value for value in in_order if value in present]


def blocks_of(groups: pd.DataFrame, named: frozenset[str]) -> Blocks:
    """The block of each person in the cross-table of the dimensions that are named."""
    columns = [name for name in groups.columns if name in named]
    if not columns:
        return np.zeros(len(groups), dtype=np.int64)
    numbers = groups.groupby(columns, observed=True, sort=False).ngroup()
    return np.asarray(numbers, dtype=np.int64)


def may_be_told(part: Mask, whole: Mask, blocks: Blocks, minimum: int) -> bool:
    """Whether a part of a whole that is told may be told, too: neither it nor the rest of the
    whole is small in any block."""
    if minimum == 1:
        return True
    return not any(
        any(is_small(int(count), minimum) for count in np.bincount(blocks[those]))
        for those in (part, whole & ~part)
    )


def checked_name(name: str) -> str:
    """The name that a cohort is saved under, without blanks around it.

    Raises:
        Refused: there is none, it is too long, or it holds what cannot be seen.
    """
    told = re.sub(r"\s+", " ", name).strip()
    if not told or len(told) > LONGEST_NAME:
        raise Refused(
            "name of the cohort",
            "it is empty or too long.",
            f"Write 1 to {LONGEST_NAME} characters.",
        )
    if any(unicodedata.category(letter).startswith("C") for letter in told):
        raise Refused(
            "name of the cohort", "it holds characters that cannot be seen.", "Write it again."
        )
    return told
