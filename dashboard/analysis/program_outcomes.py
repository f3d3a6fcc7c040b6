"""What became of those who came to a program, as far as it may be told.

Two denominators stand beside each other. Those who finished: came on two days or more, with scores
before and after. All who started: whoever has no score after may have improved or not, so their
share lies between two bounds, the worst and the best case. Numbers that would give a small group
away are hidden (disclosure.py), and no interval rests on a hidden number.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import pandas as pd

from dashboard.analysis.disclosure import (
    answerable,
    coarsened,
    safe_totals,
    tellable,
)
from dashboard.analysis.need_and_distress import wilson
from dashboard.analysis.program_courses import OTHER, Bundle, pairs_of
from dashboard.analysis.regression import Estimate

Who = Literal["started", "finished"]
WHO: tuple[Who, ...] = ("started", "finished")

STEPS = ("referred", "started", "came_twice", "finished")
# Of everyone with scores, then of the cases among them.
OF_ALL = ("improved", "deteriorated", "unchanged", "response")
OF_CASES = ("reliably_recovered", "recovered")
KINDS = (*OF_ALL[:3], *OF_CASES, OF_ALL[3])

AGE_BANDS = ((0, "under_50"), (50, "50_64"), (65, "65_74"), (75, "75_over"))
DIMENSIONS = ("age_band", "sex", "language", "diagnosis")


@dataclass(frozen=True)
class Share:
    """A part of a whole; None where it may not be told."""

    part: int | None
    whole: int | None

    @property
    def value(self) -> float | None:
        return None if self.part is None or not self.whole else self.part / self.whole

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % (Wilson)."""
        if self.part is None or not self.whole:
            return None
        return wilson(self.part, self.whole)


@dataclass(frozen=True)
class Bounds:
    """The share of all who started, if nobody without a score had it and if everybody had."""

    worst: Share
    best: Share


@dataclass(frozen=True)
class Outcome:
    """One kind of outcome.

    Attributes:
        finished: of those who finished with scores before and after (of the cases among them,
            for OF_CASES).
        started: the same of all who started with both scores.
        all_starters: bounds over all who started; None for OF_CASES, because who has no score
            before is not known to be a case.
    """

    kind: str
    finished: Share
    started: Share
    all_starters: Bounds | None


@dataclass(frozen=True)
class Outcomes:
    """Everything that is counted of a bundle of programs.

    Attributes:
        steps: how many people reached each of STEPS; None where hidden.
        without_score: started, and has not both scores.
    """

    steps: dict[str, int | None]
    without_score: int | None
    kinds: dict[str, Outcome]


@dataclass(frozen=True)
class MeanChange:
    """Scores before and after in the same people.

    Attributes:
        change: after less before (t interval).
        standardised: change in standard deviations of the scores before (Glass's delta; Becker
            1988, 10.1111/j.2044-8317.1988.tb00901.x), None where these do not vary.
    """

    people: int
    before: Estimate
    after: Estimate
    change: Estimate
    standardised: float | None


@dataclass(frozen=True)
class Group:
    """One group of an equity view: of those with scores, how many improved."""

    name: str
    improved: Share


@dataclass(frozen=True)
class ProgramRow:
    """One program of a bundle; None where hidden.

    improved: of those who started, as if nobody without a score had (the worst case).
    """

    name: str
    referred: int | None
    started: int | None
    improved: Share


def outcomes(bundle: Bundle, minimum: int) -> Outcomes:
    """Count a bundle, and keep what may be told."""
    people = bundle.courses
    has: dict[str, pd.Series] = {
        "referred": pd.Series(True, index=people.index),
        "started": people["started"],
        "without_score": people["started"] & ~people["paired"],
        "finished": people["started"] & people["came_twice"] & people["paired"],
        "came_twice": people["started"] & people["came_twice"],
    }
    of_kind = {
        "improved": people["improved"],
        "deteriorated": people["deteriorated"],
        "unchanged": ~people["improved"] & ~people["deteriorated"],
        "response": people["response"],
        "case": people["case"],
        "recovered": people["case"] & people["below"],
        "reliably_recovered": people["case"] & people["below"] & people["improved"],
    }
    for kind in (*OF_ALL[:3], "case", *OF_CASES, OF_ALL[3]):
        for who in WHO:
            with_scores = has["finished"] if who == "finished" else has["started"]
            has[f"{kind}/{who}"] = with_scores & people["paired"] & of_kind[kind]
    told = _told(pd.DataFrame(has), minimum)
    paired = None
    if told["started"] is not None and told["without_score"] is not None:
        paired = told["started"] - told["without_score"]
    return Outcomes(
        {step: told[step] for step in STEPS},
        told["without_score"],
        {
            kind: Outcome(
                kind,
                finished=_of_kind(told, kind, "finished", told["finished"]),
                started=_of_kind(told, kind, "started", paired),
                all_starters=None if kind in OF_CASES else _bounds(told, kind),
            )
            for kind in KINDS
        },
    )


def _told(has: pd.DataFrame, minimum: int) -> dict[str, int | None]:
    """The size of each group, where it may be told beside those before it."""
    counts = has.value_counts(sort=False)
    atoms = {str(place): int(count) for place, count in enumerate(counts)}
    numbers = {
        str(name): [str(place) for place, pattern in enumerate(counts.index) if pattern[column]]
        for column, name in enumerate(has.columns)
    }
    return tellable(atoms, numbers, minimum)


def _of_kind(told: dict[str, int | None], kind: str, who: Who, whole: int | None) -> Share:
    of = told[f"case/{who}"] if kind in OF_CASES else whole
    return Share(told[f"{kind}/{who}"], of)


def _bounds(told: dict[str, int | None], kind: str) -> Bounds:
    part, missing, whole = told[f"{kind}/started"], told["without_score"], told["started"]
    best = None if part is None or missing is None else part + missing
    return Bounds(Share(part, whole), Share(best, whole))


def mean_change(pairs: pd.DataFrame, minimum: int) -> MeanChange | None:
    """The mean change of those with both scores; None for too few people.

    pairs: pre, post.
    """
    known = pairs.dropna().astype(float)
    if len(known) < max(minimum, 2):
        return None
    spread = float(known["pre"].std(ddof=1))
    change = mean(known["post"] - known["pre"])
    return MeanChange(
        len(known),
        mean(known["pre"]),
        mean(known["post"]),
        change,
        change.value / spread if spread > 0 else None,
    )


def mean(values: pd.Series) -> Estimate:
    """The mean of two or more values with the interval of the t distribution."""
    n = len(values)
    return Estimate(float(values.mean()), float(values.std(ddof=1)) / sqrt(n), n - 1)


def changes(bundle: Bundle, which: str, found: Outcomes, minimum: int) -> dict[Who, MeanChange]:
    """Mean changes on one scale of all who started and of those who finished, where how many they
    are may be told."""
    people = bundle.courses
    paired = people["started"] & people["paired"]
    who: dict[Who, tuple[pd.Series, int | None]] = {
        "started": (paired, found.kinds["improved"].started.whole),
        "finished": (paired & people["came_twice"], found.steps["finished"]),
    }
    told = {
        name: mean_change(pairs_of(people[rows], which), minimum)
        for name, (rows, number) in who.items()
        if number is not None
    }
    return {name: one for name, one in told.items() if one is not None}


def by_group(bundle: Bundle, found: Outcomes, minimum: int) -> dict[str, list[Group]]:
    """Those who started and have scores, by each of DIMENSIONS that can be told: how many of them
    improved. Empty where that cannot be told of all of them together."""
    improved = found.kinds["improved"].started
    if improved.part is None or improved.whole is None:
        return {}
    people = bundle.courses[bundle.courses["started"] & bundle.courses["paired"]]
    groups = pd.DataFrame(
        {"age_band": _age_bands(people["age"]), **{name: people[name] for name in DIMENSIONS[1:]}}
    ).apply(coarsened, minimum=minimum, other=OTHER)
    told = [names[0] for names in answerable(groups, minimum, together=1)]
    return {
        name: _groups(groups[name], people["improved"], minimum)
        for name in told
        if groups[name].nunique() > 1
    }


def _groups(groups: pd.Series, improved: pd.Series, minimum: int) -> list[Group]:
    counts = pd.crosstab(groups, improved).reindex(columns=[True, False], fill_value=0)
    safe = safe_totals(counts, minimum, columns_stand_elsewhere=True)
    bands = [name for _, name in AGE_BANDS]
    size = {str(name): int(number) for name, number in counts.sum(axis=1).items()}
    names = sorted(
        size,
        key=lambda name: (
            name == OTHER,
            bands.index(name) if name in bands else -size[name],
            name,
        ),
    )
    return [
        Group(name, Share(_number(safe.cells.at[name, True]), _number(safe.of_rows[name])))
        for name in names
    ]


def _number(cell: object) -> int | None:
    return None if cell is pd.NA else int(str(cell))


def _age_bands(age: pd.Series) -> pd.Series:
    edges = [first for first, _ in AGE_BANDS]
    return pd.cut(
        age, [*edges, float("inf")], right=False, labels=[name for _, name in AGE_BANDS]
    ).astype(object)


def by_program(bundle: Bundle, found: Outcomes, minimum: int) -> list[ProgramRow]:
    """The programs of a bundle, one by one. Empty where there is one only, or their totals cannot
    be told."""
    improved = found.kinds["improved"].started
    totals = (found.steps["referred"], found.steps["started"], improved.part, improved.whole)
    if len(bundle.names) < 2 or None in totals:
        return []
    people = bundle.courses
    became = pd.Series("never_came", index=people.index)
    became[people["started"]] = "others"
    became[people["started"] & people["improved"]] = "improved"
    counts = pd.crosstab(people["program_name"].fillna(people["program_key"]), became).reindex(
        columns=["never_came", "others", "improved"], fill_value=0
    )
    safe = safe_totals(counts, minimum, columns_stand_elsewhere=True)
    rows = []
    for name in bundle.names:
        referred = _number(safe.of_rows[name])
        never_came = _number(safe.cells.at[name, "never_came"])
        known = referred is not None and never_came is not None
        started = (referred or 0) - (never_came or 0) if known else None
        rows.append(
            ProgramRow(
                name, referred, started, Share(_number(safe.cells.at[name, "improved"]), started)
            )
        )
    return rows
