"""All that the Programs page shows of one bundle of programs in one period, and what there is to
choose from. Nothing in it is a row about a person."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

import pandas as pd

from dashboard.analysis.before_and_after import Grid, grid
from dashboard.analysis.program_contrast import Contrast, Expected, contrast, expected_without
from dashboard.analysis.program_courses import (
    AFTER_FROM,
    AFTER_UNTIL,
    BEFORE_WITHIN,
    START_WITHIN,
    Bundle,
    OutcomeScale,
    Period,
    bundles,
    closed_periods,
    judged,
    outcome_scales,
    pairs_of,
    within,
)
from dashboard.analysis.program_outcomes import (
    Group,
    MeanChange,
    Outcomes,
    ProgramRow,
    Who,
    by_group,
    by_program,
    changes,
    outcomes,
)
from dashboard.measures.catalogue import Catalogue

WHICH = ("first", "second")


@dataclass(frozen=True)
class Choice:
    """Programs that are told together in one period, without their rows."""

    key: str
    kind: str | None
    names: tuple[str, ...]


@dataclass(frozen=True)
class Choices:
    """What the page can be asked for, by the key of a period."""

    scales: list[OutcomeScale]
    periods: list[Period]
    choices: dict[str, list[Choice]]


@dataclass(frozen=True)
class OnScale:
    """What is told on one scale; parts are missing where they may not be told.

    Attributes:
        contrast: or how many people it would need on each side.
    """

    changes: dict[Who, MeanChange]
    contrast: Contrast | int
    expected: Expected | None
    grid: Grid | None


@dataclass(frozen=True)
class Results:
    """One bundle of programs in one period."""

    outcomes: Outcomes
    groups: dict[str, list[Group]]
    programs: list[ProgramRow]
    on_scale: dict[str, OnScale]


@dataclass(frozen=True)
class Counted:
    """How many people of each bundle of one period reached what, and no more than that."""

    period: Period
    programs: tuple[tuple[Choice, Outcomes], ...]


class Ask(Protocol):
    """A named question with its parameters, within what the reader may see."""

    def __call__(self, name: str, **params: str | int | date) -> pd.DataFrame: ...


def choices(ask: Ask, catalogue: Catalogue, as_of: date, minimum: int) -> Choices:
    """The closed periods, and which programs are told together in each."""
    scales, courses = _courses(ask, catalogue, as_of)
    periods = closed_periods(courses, as_of, minimum) if scales else []
    return Choices(
        scales,
        periods,
        {
            period.key: [
                Choice(one.key, one.kind, one.names)
                for one in bundles(judged(within(courses, period), scales), minimum)
            ]
            for period in periods
        },
    )


def results(
    ask: Ask, catalogue: Catalogue, as_of: date, minimum: int, period: Period, key: str
) -> Results:
    """Count, compare, and keep what may be told of the programs with that key."""
    scales, courses = _courses(ask, catalogue, as_of)
    rows = judged(within(courses, period), scales)
    bundle = next(one for one in bundles(rows, minimum) if one.key == key)
    counted = outcomes(bundle, minimum)
    on_scale = {}
    for scale, which in zip(scales, WHICH, strict=False):
        others = ask(
            "changes_on_no_program",
            as_of=as_of,
            scale=scale.key,
            from_on=period.first,
            until_on=period.last,
            after_from=AFTER_FROM,
            after_until=AFTER_UNTIL,
        )
        on_scale[scale.key] = _on_scale(bundle, scale, which, counted, others, minimum)
    return Results(
        counted, by_group(bundle, counted, minimum), by_program(bundle, counted, minimum), on_scale
    )


def newest_counted(ask: Ask, catalogue: Catalogue, as_of: date, minimum: int) -> Counted | None:
    """The newest closed period, counted as `results` counts; None where there is none."""
    scales, courses = _courses(ask, catalogue, as_of)
    periods = closed_periods(courses, as_of, minimum) if scales else []
    if not periods:
        return None
    return Counted(
        periods[-1],
        tuple(
            (Choice(one.key, one.kind, one.names), outcomes(one, minimum))
            for one in bundles(judged(within(courses, periods[-1]), scales), minimum)
        ),
    )


def _courses(
    ask: Ask, catalogue: Catalogue, as_of: date
) -> tuple[list[OutcomeScale], pd.DataFrame]:
    """The scales that judge outcomes here, and all courses with their scores."""
    scales = outcome_scales(catalogue, set(ask("scales_in_use", as_of=as_of)["scale"]))
    keys = [*(scale.key for scale in scales), "", ""]
    courses = ask(
        "program_courses",
        as_of=as_of,
        first=keys[0],
        second=keys[1],
        start_within=START_WITHIN,
        before_within=BEFORE_WITHIN,
        after_from=AFTER_FROM,
        after_until=AFTER_UNTIL,
    )
    return scales, courses


def _on_scale(
    bundle: Bundle,
    scale: OutcomeScale,
    which: str,
    counted: Outcomes,
    others: pd.DataFrame,
    minimum: int,
) -> OnScale:
    people = bundle.courses
    pairs = pairs_of(people[people["started"] & people["paired"]], which)
    compared = contrast(bundle, which, counted, minimum)
    expected = expected_without(others, pairs["pre"], minimum)
    told = counted.kinds["improved"].started.whole
    return OnScale(
        changes(bundle, which, counted, minimum),
        compared,
        expected,
        None if not told else grid(pairs, scale, minimum),
    )
