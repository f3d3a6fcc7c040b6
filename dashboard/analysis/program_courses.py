"""Courses of a program: who was referred, who came, and what is known of them before and after.

A course is one person in one program, from the first referral on. It is judged once, by what is
known when everyone referred in the same quarter has had the time to start and to be asked again;
later forms do not change it. So an answer about a period that is closed stays what it was, and two
answers of different days cannot be subtracted to tell a few people.

Periods follow each other and never overlap, and every course is in one of them. Programs that are
too small to be told alone are told together with others of their kind.

Two scales are read as services in England read the PHQ-9 and GAD-7 (NHS Talking Therapies manual;
the design of this product lists its definitions): a case is at the cut-off of either; improved is
reliably better on one and not reliably worse on the other; deteriorated the other way round, and
reliably better on one and worse on the other is neither.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from dashboard.analysis.disclosure import coarsened
from dashboard.analysis.reliable_change import HigherIs, by_amount, by_percent, is_clinical
from dashboard.measures.catalogue import Catalogue
from dashboard.measures.definition import CutOff, Scale
from dashboard.measures.reliable_change import reliable_change_of

# Days; local defaults, said on the page.
START_WITHIN = 90
BEFORE_WITHIN = 90
AFTER_FROM = 28
AFTER_UNTIL = 180

FEWEST_QUARTERS = 4
ENOUGH = 10
"""A period is closed, and a program told alone, from so many times the minimum of starters on: what
becomes of one in ten of them can then be told."""

ALL, OTHER = "all", "other"
_KIND = "kind-"
# The pair that the definitions are of comes first; other scales in the order of their names.
_FIRST = ("phq9/total", "gad7/total")
_CASENESS = "caseness"
_RESPONSE = 0.5
"""A fall by half: outcomes of this design, after the trials of antidepressants."""


@dataclass(frozen=True)
class OutcomeScale:
    """A scale that outcomes are judged by.

    Attributes:
        key: measure and scale, as the queries name them.
        reliable: the smallest change that is more than measurement error.
    """

    key: str
    title: str
    minimum: float
    maximum: float
    higher_is: HigherIs
    cut_off: float
    cut_off_source: str
    reliable: float
    reliable_source: str
    bands: tuple[float, ...]


@dataclass(frozen=True)
class Period:
    """Whole quarters in which people were referred: first and last day."""

    first: date
    last: date

    @property
    def key(self) -> str:
        return f"{self.first:%Y-%m}..{self.last:%Y-%m}"


@dataclass(frozen=True)
class Bundle:
    """Programs that are told together; often one.

    Attributes:
        key: of the program, the kind, or ALL or OTHER.
        kind: where they are all of that kind of program, and there are others.
        names: of the programs, by size.
        courses: their rows of `judged`, one a person: of the program that the person started
            first, else of the first one they were referred to.
    """

    key: str
    kind: str | None
    names: tuple[str, ...]
    courses: pd.DataFrame


def outcome_scales(catalogue: Catalogue, in_use: Collection[str]) -> list[OutcomeScale]:
    """The scales that outcomes are judged by: of the distress scales in use two with a cut-off for
    caseness, else the first one that has a screening cut-off.

    Each must state, or imply, a reliable change.
    """
    found = [
        (measure.title, measure.key, scale)
        for measure in catalogue.values()
        for scale in measure.scales
        if measure.domain == "distress" and f"{measure.key}/{scale.key}" in in_use
    ]
    judged = [one for title, key, scale in found for one in [_judged_by(title, key, scale)] if one]
    judged.sort(key=lambda one: _FIRST.index(one[0].key) if one[0].key in _FIRST else len(_FIRST))
    cases = [one for one, is_case in judged if is_case]
    return cases[:2] or [one for one, _ in judged][:1]


def _judged_by(title: str, measure: str, scale: Scale) -> tuple[OutcomeScale, bool] | None:
    """The scale, and whether its cut-off is one for caseness; None where it cannot judge."""
    change = reliable_change_of(scale)
    case = next((one for one in scale.cut_offs if one.label == _CASENESS), None)
    cut_off: CutOff | None = case or scale.screen
    if change is None or cut_off is None or scale.higher_is == "neither":
        return None
    return (
        OutcomeScale(
            key=f"{measure}/{scale.key}",
            title=title,
            minimum=scale.minimum,
            maximum=scale.maximum,
            higher_is=scale.higher_is,
            cut_off=cut_off.at_least,
            cut_off_source=cut_off.source,
            reliable=change.value,
            reliable_source=change.source,
            bands=tuple(band.from_score for band in scale.bands),
        ),
        case is not None,
    )


def closed_periods(courses: pd.DataFrame, as_of: date, minimum: int) -> list[Period]:
    """The periods that are told, oldest first: the fewest quarters that hold enough starters.

    A quarter counts when everyone referred in it has had START_WITHIN and then AFTER_UNTIL days.

    Args:
        courses: of the query `program_courses`, asked for the same day.
    """
    if courses.empty:
        return []
    quarters = courses["referred_on"].dt.to_period("Q")
    started = courses["started_on"].notna()
    starters = courses[started].groupby(quarters[started])["patient_id"].agg(set).to_dict()
    found: list[Period] = []
    first, length = None, 0
    held: set[str] = set()
    quarter = quarters.min()
    while quarter.end_time.date() + timedelta(days=START_WITHIN + AFTER_UNTIL) <= as_of:
        first = first or quarter.start_time.date()
        held |= starters.get(quarter, set())
        length += 1
        if len(held) >= ENOUGH * minimum and length >= FEWEST_QUARTERS:
            found.append(Period(first, quarter.end_time.date()))
            first, held, length = None, set(), 0
        quarter += 1
    return found


def within(courses: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The courses of those referred in a period."""
    return courses[
        courses["referred_on"].between(pd.Timestamp(period.first), pd.Timestamp(period.last))
    ]


def bundles(courses: pd.DataFrame, minimum: int) -> list[Bundle]:
    """The programs of one period, those told together as one; most starters first.

    A program with too few starters joins the others of its kind, and a kind with too few the
    other programs.

    Args:
        courses: from `judged` and `within`.
    """
    enough = ENOUGH * minimum
    started = courses["started"]
    size = started.groupby(courses["program_key"]).transform("sum")
    kind = _KIND + courses["program_kind"].fillna("").replace("", OTHER)
    label = courses["program_key"].where(size >= enough, kind)
    # The rarest of those who started join; who did not start goes where the program goes.
    joined = coarsened(label[started], enough, OTHER)
    where = dict(zip(label[started], joined, strict=True))
    label = label.map(lambda name: where.get(name, OTHER))
    found = [_bundle(str(key), rows) for key, rows in courses.groupby(label, sort=True)]
    if len(found) == 1:
        return [_bundle(ALL, courses)]
    return sorted(found, key=lambda one: -int(one.courses["started"].sum()))


def _bundle(key: str, rows: pd.DataFrame) -> Bundle:
    in_order = rows.sort_values(["started", "referred_on"], ascending=[False, True], kind="stable")
    people = in_order.drop_duplicates("patient_id")
    names = people["program_name"].fillna(people["program_key"]).value_counts(sort=True)
    return Bundle(
        key,
        key.removeprefix(_KIND) if key.startswith(_KIND) else None,
        tuple(map(str, names.index)),
        people,
    )


def judged(courses: pd.DataFrame, scales: Sequence[OutcomeScale]) -> pd.DataFrame:
    """Courses with what became of them, as columns of true and false.

    started; came_twice: on two days or more; paired: scores before and after on every scale;
    and, of those paired, improved, deteriorated, case (before), below (every cut-off after),
    response (the first scale better by half).
    """
    paired = pd.Series(True, index=courses.index)
    better = worse = case = above = pd.Series(False, index=courses.index)
    for scale, name in zip(scales, ("first", "second"), strict=False):
        pairs = pairs_of(courses, name)
        change = by_amount(pairs, scale.higher_is, scale.reliable, scale.reliable)
        paired &= pairs.notna().all(axis=1)
        better = better | (change == "improved")
        worse = worse | (change == "deteriorated")
        case = case | is_clinical(pairs["pre"], scale.cut_off, scale.higher_is)
        above = above | is_clinical(pairs["post"], scale.cut_off, scale.higher_is)
    first = scales[0]
    fell = by_percent(pairs_of(courses, "first"), first.higher_is, _RESPONSE, 1.0, first.minimum)
    return courses.assign(
        started=courses["started_on"].notna(),
        came_twice=courses["contacts"] >= 2,
        paired=paired,
        improved=paired & better & ~worse,
        deteriorated=paired & worse & ~better,
        case=paired & case,
        below=paired & ~above,
        response=paired & (fell == "improved"),
    )


def pairs_of(courses: pd.DataFrame, which: str) -> pd.DataFrame:
    """Scores before and after on the first or second scale: pre, post."""
    return courses[[f"before_{which}", f"after_{which}"]].set_axis(["pre", "post"], axis=1)
