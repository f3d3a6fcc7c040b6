"""What the Cohorts page is asked, and how the answers come from the store."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from dashboard.analysis.adjusted_comparison import BASELINE, Adjusted, Kind, adjusted
from dashboard.analysis.cohort_comparison import Difference, holm
from dashboard.analysis.cohort_view import AT, CohortView, view
from dashboard.analysis.cohort_windows import COHORTS, PLANNED
from dashboard.analysis.cohorts import BASELINE as FIRST_BAND
from dashboard.analysis.cohorts import (
    Blocks,
    Filters,
    Limits,
    Mask,
    blocks_of,
    limits,
    may_be_told,
    members,
    plain_groups,
    told_bands,
    told_groups,
)
from dashboard.measures.catalogue import Catalogue
from dashboard.measures.definition import Scale

Ask = Callable[..., pd.DataFrame]
Held = tuple[tuple[str, tuple[str, ...]], ...]

ZEROS = ("treatment", "diagnosis", "first", "program")


@dataclass(frozen=True)
class Asked:
    """Two cohorts on one scale, since a time zero, at a planned time.

    Attributes:
        scale: written measure/scale.
        a, b: filters, dimension by dimension; b is None for everyone who is not in a.
    """

    as_of: date
    scale: str
    zero: str
    window: float
    a: Held
    b: Held | None

    @property
    def named(self) -> frozenset[str]:
        """The dimensions that the two filters name together."""
        return frozenset(name for name, _ in (*self.a, *(self.b or ())))


@dataclass(frozen=True)
class Register:
    """Who everyone in scope is, row by row, whatever they are compared on.

    Attributes:
        patients: their ids.
        details: what a comparison can be adjusted for.
        groups: the value of each person in each dimension but the first score's, as far as
            it may be told.
        sources: who gives support; None for the whole service, which does not show it.
        programs: name of each program by its key.
        within: what filters may be asked for.
    """

    patients: pd.Index
    details: pd.DataFrame
    groups: pd.DataFrame
    sources: pd.Series | None
    programs: Mapping[str, str]
    within: Limits


@dataclass(frozen=True)
class Everyone:
    """Everyone in scope, row by row, before any filter.

    Attributes:
        wide: what a comparison can be adjusted for, and the scores of `cohort_scores`.
        groups: the value of each person in each dimension.
        sources: as in the register.
    """

    wide: pd.DataFrame
    groups: pd.DataFrame
    sources: pd.Series | None

    def __len__(self) -> int:
        return len(self.wide)


@dataclass(frozen=True)
class People:
    """Everyone, and the two cohorts among them.

    Attributes:
        inside: who is in "a" and in "b". blocks: of the dimensions that are named.
    """

    everyone: Everyone
    inside: Mapping[str, Mask]
    blocks: Blocks

    @property
    def wide(self) -> pd.DataFrame:
        return self.everyone.wide


@dataclass(frozen=True)
class OnOthers:
    """Cohorts compared on several scales at one planned time.

    Attributes:
        differences: by scale, None for too few. corrected: a row a scale that is compared, from
            `holm`.
    """

    differences: Mapping[str, Difference | None]
    corrected: pd.DataFrame


@dataclass(frozen=True)
class Models:
    """The adjusted difference, and the same comparison on other scales.

    Attributes:
        counted: whether the people in the model may be counted.
    """

    adjusted: Adjusted
    counted: bool
    others: OnOthers


def register_of(ask: Ask, as_of: date, minimum: int) -> Register:
    """Everyone in scope; takes half a second at 50,000 patients of whom anything is hidden."""
    people = ask("cohort_people", as_of=as_of)
    groups = plain_groups(people)
    within = limits(groups, minimum)
    programs = people[["program", "program_name"]].dropna().drop_duplicates()
    return Register(
        pd.Index(people["patient_id"].astype(object)),
        people[["age", "sex", "stage", "site"]].astype(
            {"sex": "category", "stage": "category", "site": "category"}
        ),
        told_groups(groups, within),
        None if minimum > 1 else people["sources"],
        dict(zip(programs["program"], programs["program_name"], strict=True)),
        within,
    )


def everyone_of(
    ask: Ask, as_of: date, name: str, zero: str, scale: Scale, register: Register
) -> Everyone:
    """Everyone in scope with their scores, whatever the filters are."""
    measure_key, scale_key = name.split("/")
    scores = ask(
        "cohort_scores", as_of=as_of, measure_key=measure_key, scale_key=scale_key, zero=zero
    )
    place = register.patients.get_indexer(pd.Index(scores["patient_id"].astype(object)))
    there = place >= 0
    known = {}
    for column in ("followed", "months_since_diagnosis", *AT.values()):
        known[column] = np.full(len(register.patients), np.nan)
        known[column][place[there]] = scores[column].to_numpy(float)[there]
    begins = [band.from_score for band in scale.bands]
    bands = told_bands(known[AT[PLANNED[0]]], begins, register.within)
    return Everyone(
        register.details.assign(**known),
        register.groups.assign(**{FIRST_BAND: bands}),
        register.sources,
    )


def people_of(everyone: Everyone, asked: Asked) -> People:
    """Who of everyone is in which cohort."""
    inside = {"a": members(everyone.groups, everyone.sources, dict(asked.a))}
    inside["b"] = (
        ~inside["a"]
        if asked.b is None
        else members(everyone.groups, everyone.sources, dict(asked.b))
    )
    return People(everyone, inside, blocks_of(everyone.groups, asked.named))


def compared(people: People, asked: Asked, scale: Scale, minimum: int) -> CohortView:
    cut_off = None if scale.screen is None else scale.screen.at_least
    return view(
        people.wide,
        people.inside,
        people.blocks,
        asked.window,
        (scale.minimum, scale.maximum, cut_off),
        minimum,
    )


def models(
    ask: Ask,
    catalogue: Catalogue,
    asked: Asked,
    register: Register,
    kind: Kind,
    adjusters: Sequence[str],
    others: Sequence[str],
) -> Models:
    """What takes longer than a page may: fitted when it is asked for."""
    minimum = register.within.minimum
    found: dict[str, Difference | None] = {}
    main: tuple[Adjusted, bool] | None = None
    for name in (asked.scale, *others):
        scale = scale_of(catalogue, name)
        of_scale = replace(asked, scale=name)
        everyone = everyone_of(ask, asked.as_of, name, asked.zero, scale, register)
        people = people_of(everyone, of_scale)
        shown = compared(people, of_scale, scale, minimum)
        found[name] = shown.difference
        if name == asked.scale:
            main = _adjusted(people, shown, kind, adjusters, minimum)
    assert main is not None
    told = {name: one.difference for name, one in found.items() if one is not None}
    return Models(*main, OnOthers(found, holm(told)))


def scale_of(catalogue: Catalogue, name: str) -> Scale:
    measure_key, scale_key = name.split("/")
    return catalogue[measure_key].scale(scale_key)


def _adjusted(
    people: People, shown: CohortView, kind: Kind, adjusters: Sequence[str], minimum: int
) -> tuple[Adjusted, bool]:
    """The estimate, and whether the people behind it may be counted.

    Of the whole service an estimate is told where those behind it are few in no block.
    """
    taking_part = _taking_part(people, shown, kind, adjusters)
    everyone = np.ones(len(people.wide), dtype=bool)
    enough = shown.overlap.handling != "refused" and may_be_told(
        taking_part, taking_part, people.blocks, minimum
    )
    details = people.wide.assign(patient_id=np.arange(len(people.wide)))
    found = adjusted(
        kind,
        shown.scores if enough else shown.scores.iloc[:0],
        details,
        shown.main,
        adjusters,
        shown.fewest,
    )
    return found, may_be_told(taking_part, everyone, people.blocks, minimum)


def _taking_part(people: People, shown: CohortView, kind: Kind, adjusters: Sequence[str]) -> Mask:
    """Who has the scores that the model needs."""
    told = [window for window in PLANNED if shown.told[window].scored]
    there = {window: people.wide[AT[window]].notna().to_numpy(bool) for window in told}
    taking_part = np.zeros(len(people.wide), dtype=bool)
    if not told:
        return taking_part
    after_first = kind == "ancova" or BASELINE in adjusters
    for window in [shown.main] if kind == "ancova" else told:
        if window in there and (not after_first or window > told[0]):
            taking_part |= there[window]
    return taking_part & there[told[0]] if after_first else taking_part


def sizes(people: People) -> dict[str, int]:
    return {name: int(people.inside[name].sum()) for name in COHORTS}


def steps(people: People, filters: Filters) -> list[int]:
    """How many are left after each dimension of a filter in turn."""
    held: dict[str, tuple[str, ...]] = {}
    counts = []
    for name, values in filters.items():
        held[name] = values
        counts.append(int(members(people.everyone.groups, people.everyone.sources, held).sum()))
    return counts
