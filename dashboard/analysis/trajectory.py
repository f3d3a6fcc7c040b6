"""One person's scores on one scale over time: changes against a reference, and gaps.

Nothing is interpolated or carried forward. A form without a score breaks the line
and keeps its reason; so does a stretch in which no form came.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Literal

import pandas as pd

from dashboard.measures.catalogue import Band, Catalogue, Measure, Scale

Reference = Literal["first", "previous", "best"]
Verdict = Literal[
    "worse", "better", "rose", "fell", "within_error", "same", "error_unknown", "no_reference"
]

REFERENCES: tuple[Reference, ...] = ("first", "previous", "best")
RELIABLE: frozenset[Verdict] = frozenset({"worse", "better", "rose", "fell"})

# A line breaks where a form is clearly missing. The person's own rhythm says what is
# missing (a six-monthly form leaves no gap after four months), and nothing shorter than
# 120 days counts: the age at which the support grid stops being judged, too.
SHORTEST_GAP_DAYS = 120
_RHYTHMS_IN_A_GAP = 1.6


# The scales that are told first, on number cards and on paper.
MOST_LEADING = 4


@dataclass(frozen=True)
class Change:
    """The latest score against the reference assessment, in units of the scale.

    `needed` is the smallest reliable change; None when the measure states none.
    """

    score: float
    on: date
    band: str | None
    reference: float | None
    reference_on: date | None
    difference: float | None
    needed: float | None
    higher_is: str
    verdict: Verdict


AbsenceKind = Literal["left", "declined", "other_forms", "not_filled", "not_expected"]


@dataclass(frozen=True)
class Absence:
    """Why no form came for a time (dashboard/analysis/missing_forms.py).

    on: the day of what explains it; None where there is none. status: how the patient left.
    """

    kind: AbsenceKind
    on: date | None = None
    forms: int = 0
    status: str | None = None


@dataclass(frozen=True)
class Gap:
    """A stretch without any form."""

    start: date
    end: date
    why: Absence | None = None

    @property
    def days(self) -> int:
        return (self.end - self.start).days


@dataclass(frozen=True)
class Story:
    """One scale of one person, ready to be drawn or put in words.

    Attributes:
        scored_on: days of the scored forms, oldest first.
        runs: positions in `points` that a line may join, first and last.
        latest: None while there is no score.
        is_part: whether all of its items are in another scale of the measure, too.
    """

    measure_key: str
    measure_title: str
    domain: str
    scale_key: str
    scale_title: str
    higher_is: str
    minimum: float
    maximum: float
    cut_off: float | None
    cut_off_source: str | None
    measurement_error: float | None
    reliable_change: float | None
    reliable_change_source: str | None
    bands: tuple[Band, ...]
    scored_on: tuple[date, ...]
    gaps: tuple[Gap, ...]
    runs: tuple[tuple[int, int], ...]
    latest: Change | None
    is_part: bool
    # All scales share one frame: to cut a piece out for each of fifty takes longer than to draw
    # the few that are looked at.
    _forms: pd.DataFrame = field(repr=False, compare=False)
    _rows: tuple[int, int]

    @cached_property
    def points(self) -> pd.DataFrame:
        """The scored forms, oldest first: assessment_id, completed_on, score, band, status,
        reference_score, reference_on, difference, verdict."""
        first, _ = self._rows
        return self._forms.iloc[first : first + len(self.scored_on)]

    @cached_property
    def unscored(self) -> pd.DataFrame:
        """Forms that were given and have no score, in the same columns; status is `declined`
        where every answer was."""
        first, last = self._rows
        return self._forms.iloc[first + len(self.scored_on) : last + 1]

    @property
    def title(self) -> str:
        """What the scale is called beside others: a total goes by its measure's name."""
        return self.measure_title if self.scale_key == "total" else self.scale_title

    @property
    def above_cut_off(self) -> bool:
        """Whether the latest score is at or over the screening cut-off."""
        if self.latest is None or self.cut_off is None:
            return False
        return self.latest.score >= self.cut_off


def stories(
    scores: pd.DataFrame, catalogue: Catalogue, reference: Reference, as_of: date
) -> list[Story]:
    """The trended scales of one person, in the order in which they are read.

    Args:
        scores: rows of the query `patient_scores`, one a form and scale.
        reference: the assessment each score is compared with: the first one, the one
            before, or the best one before it (the lowest where higher is worse).
        as_of: nothing later is in `scores`; a gap may run up to this day.

    Returns:
        Distress first, then the other domains; within one, measures with most forms first
        and their scales in the order of `scores`.
    """
    needed = [*_OF_A_SCALE[1:], *_OF_A_FORM[: -len(_COMPARED)]]
    trended = scores.loc[scores["trended"].astype(bool), needed]
    # Sorted, compared and read in one piece: a frame of its own for each of fifty scales is slow.
    place = trended.groupby(["measure_key", "scale_key"], sort=False).ngroup()
    by_scale = trended.assign(_place=place).sort_values(["_place", "completed_on"], kind="stable")
    compared = by_scale.assign(**_comparisons(by_scale, reference))
    columns = {name: compared[name].tolist() for name in (*_OF_A_SCALE, *_OF_A_FORM)}
    # With the forms without a score last, both kinds of a scale are slices, which cost nothing.
    blank_last = compared.assign(_blank=compared["score"].isna()).sort_values(
        ["_place", "_blank"], kind="stable"
    )
    forms = blank_last[list(_OF_A_FORM)]
    told = [
        _story(columns, forms, first, last, catalogue, as_of)
        for first, last in _stretches(columns["_place"])
    ]
    most_forms: dict[str, int] = {}
    for story in told:
        most_forms[story.measure_key] = max(
            most_forms.get(story.measure_key, 0), len(story.scored_on)
        )
    return sorted(
        told,
        key=lambda story: (
            _DOMAIN_ORDER.index(story.domain),
            -most_forms[story.measure_key],
            story.measure_key,
        ),
    )


def leading(told: Sequence[Story]) -> list[Story]:
    """The few scales that say most: distress with a cut-off, then support as a whole; else
    whatever has a score."""
    scored = [story for story in told if story.latest is not None and not story.is_part]
    distress = [story for story in scored if story.domain == "distress" and story.cut_off]
    support = [story for story in scored if story.domain == "support"]
    return ([*distress[: MOST_LEADING - 1], *support] or scored)[:MOST_LEADING]


_DOMAIN_ORDER = (
    "distress",
    "support",
    "need",
    "communication",
    "resource",
    "coping",
    "quality_of_life",
)


_COMPARED = ("reference_score", "reference_on", "difference", "verdict")
_OF_A_SCALE = (
    "_place",
    "measure_key",
    "measure_title",
    "domain",
    "scale_key",
    "scale_title",
    "higher_is",
    "minimum",
    "maximum",
    "screen_cut_off",
    "screen_cut_off_source",
    "sem",
    "reliable_change",
    "reliable_change_source",
)
_OF_A_FORM = (
    "assessment_id",
    "completed_on",
    "score",
    "band",
    "status",
    "items_answered",
    "items_total",
    *_COMPARED,
)


def with_declined(scores: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Scores whose status says `declined` where a form was declined as a whole.

    answers: rows of the query `patient_answers` of the same person.
    """
    answered = answers.loc[answers["state"] == "answered", "assessment_id"]
    declined = answers.loc[answers["state"] == "declined", "assessment_id"]
    refused = set(declined) - set(answered)
    without = scores["score"].isna() & scores["assessment_id"].isin(refused)
    return scores.assign(status=scores["status"].mask(without, "declined"))


def verdict_on(difference: float, needed: float | None, higher_is: str) -> Verdict:
    """What a difference means: reliable when it is at least the reliable change of the scale.

    Reliable change after Jacobson and Truax (1991) or as the measure's definition states it.
    """
    if difference == 0:
        return "same"
    if needed is None:
        return "error_unknown"
    if abs(difference) < needed:
        return "within_error"
    if higher_is == "neither":
        return "rose" if difference > 0 else "fell"
    return "worse" if (difference > 0) == (higher_is == "worse") else "better"


def gaps_between(days: list[date], as_of: date) -> tuple[Gap, ...]:
    """Stretches in which a form is missing, the one up to `as_of` included."""
    if not days:
        return ()
    intervals = [(later - earlier).days for earlier, later in zip(days, days[1:], strict=False)]
    usual = sorted(intervals)[(len(intervals) - 1) // 2] if intervals else 0
    longest = max(SHORTEST_GAP_DAYS, _RHYTHMS_IN_A_GAP * usual)
    ends = [*days, as_of]
    return tuple(
        Gap(start, end)
        for start, end in zip(ends, ends[1:], strict=False)
        if end - start > timedelta(days=longest)
    )


def _stretches(places: list[int]) -> Iterator[tuple[int, int]]:
    """First and last position of each run of equal places."""
    first = 0
    for position, place in enumerate(places):
        if position + 1 == len(places) or places[position + 1] != place:
            yield first, position
            first = position + 1


def _story(
    columns: Mapping[str, list[Any]],
    forms: pd.DataFrame,
    first: int,
    last: int,
    catalogue: Catalogue,
    as_of: date,
) -> Story:
    """The scale whose forms stand in the rows `first` to `last`; in `forms` those without a
    score stand last."""
    facts = {name: values[last] for name, values in columns.items()}
    days = [day.date() for day in columns["completed_on"][first : last + 1]]
    gaps = gaps_between(sorted(set(days)), as_of)
    has_score = [pd.notna(score) for score in columns["score"][first : last + 1]]
    newest = first + max((place for place, known in enumerate(has_score) if known), default=0)
    # A store may hold scores of a measure that is no longer in the catalogue.
    measure = catalogue.measures.get(facts["measure_key"])
    scales = measure.scales if measure is not None else ()
    scale = next((one for one in scales if one.key == facts["scale_key"]), None)
    return Story(
        measure_key=facts["measure_key"],
        measure_title=facts["measure_title"],
        domain=facts["domain"],
        scale_key=facts["scale_key"],
        scale_title=facts["scale_title"],
        higher_is=facts["higher_is"],
        minimum=float(facts["minimum"]),
        maximum=float(facts["maximum"]),
        cut_off=_number(facts["screen_cut_off"]),
        cut_off_source=_text(facts["screen_cut_off_source"]),
        measurement_error=_number(facts["sem"]),
        reliable_change=_number(facts["reliable_change"]),
        reliable_change_source=_text(facts["reliable_change_source"]),
        bands=scale.bands if scale is not None else (),
        scored_on=tuple(day for day, known in zip(days, has_score, strict=True) if known),
        gaps=gaps,
        runs=tuple(runs_of(days, has_score, gaps)),
        latest=_latest({name: values[newest] for name, values in columns.items()})
        if any(has_score)
        else None,
        is_part=_is_part(scale, measure),
        _forms=forms,
        _rows=(first, last),
    )


def _comparisons(by_scale: pd.DataFrame, reference: Reference) -> dict[str, pd.Series]:
    """Each score against its reference: columns to add to rows sorted by scale and day."""
    compared: list[tuple[Any, ...]] = []
    place: object = None
    for scale, day, score, needed, higher_is in zip(
        by_scale["_place"],
        by_scale["completed_on"],
        by_scale["score"],
        by_scale["reliable_change"],
        by_scale["higher_is"],
        strict=True,
    ):
        if scale != place:
            place = scale
            days: list[Any] = []
            scores: list[float] = []
        found = reference_position(scores, reference, higher_is)
        if pd.isna(score) or found is None:
            compared.append((float("nan"), pd.NaT, float("nan"), "no_reference"))
        else:
            difference = score - scores[found]
            verdict = verdict_on(difference, _number(needed), higher_is)
            compared.append((scores[found], days[found], difference, verdict))
        if pd.notna(score):
            days.append(day)
            scores.append(score)
    table = pd.DataFrame(compared, columns=list(_COMPARED), index=by_scale.index)
    return {column: table[column] for column in _COMPARED}


def reference_position(earlier: list[float], reference: Reference, higher_is: str) -> int | None:
    """Which of the earlier scores a score is compared with; None where there is none."""
    if not earlier:
        return None
    if reference == "first":
        return 0
    if reference == "previous":
        return len(earlier) - 1
    best = max(earlier) if higher_is == "better" else min(earlier)
    return len(earlier) - 1 - earlier[::-1].index(best)


def runs_of(
    days: list[date], has_score: list[bool], gaps: tuple[Gap, ...]
) -> Iterator[tuple[int, int]]:
    """Stretches of scored forms that nothing interrupts, as positions among the scored ones."""
    after_a_gap = {gap.end for gap in gaps}
    start = position = -1
    joined = False
    for day, scored in zip(days, has_score, strict=True):
        if not scored or day in after_a_gap:
            joined = False
        if not scored:
            continue
        if not joined and position >= 0:
            yield start, position
        if not joined:
            start = position + 1
        position += 1
        joined = True
    if position >= 0:
        yield start, position


def _latest(last: Mapping[str, Any]) -> Change:
    compared = last["reference_on"]
    return Change(
        score=float(last["score"]),
        on=last["completed_on"].date(),
        band=_text(last["band"]),
        reference=_number(last["reference_score"]),
        reference_on=None if pd.isna(compared) else compared.date(),
        difference=_number(last["difference"]),
        needed=_number(last["reliable_change"]),
        higher_is=last["higher_is"],
        verdict=last["verdict"],
    )


def _is_part(scale: Scale | None, measure: Measure | None) -> bool:
    """Whether a scale only repeats items of a larger one and has no cut-off of its own."""
    if scale is None or measure is None or not scale.items or scale.screen is not None:
        return False
    return any(set(scale.items) < set(other.items) for other in measure.scales)


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _text(value: Any) -> str | None:
    return None if pd.isna(value) or value == "" else str(value)
