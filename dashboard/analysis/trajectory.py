"""One person's scores on one scale over time: changes against a reference, and gaps.

Nothing is interpolated or carried forward. A form without a score breaks the line
and keeps its reason; so does a stretch in which no form came.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import isnan, nan
from typing import Any, Literal, NamedTuple

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


class Form(NamedTuple):
    """One form of one scale; what it is compared with is missing where there is nothing."""

    assessment_id: int
    completed_on: pd.Timestamp
    score: float
    band: Any
    status: str
    items_answered: Any
    items_total: Any
    reference_score: float = nan
    reference_on: Any = pd.NaT
    difference: float = nan
    verdict: Verdict = "no_reference"


@dataclass(frozen=True)
class Story:
    """One scale of one person, ready to be drawn or put in words.

    Attributes:
        scored_on: days of the scored forms, oldest first.
        runs: positions in `points` that a line may join, first and last.
        latest: None while there is no score.
        is_part: whether all of its items are in another scale of the measure, too.
        forms: oldest first.
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
    forms: tuple[Form, ...] = field(repr=False, compare=False)

    @property
    def points(self) -> list[Form]:
        """The scored forms, oldest first."""
        return [form for form in self.forms if not isnan(form.score)]

    @property
    def unscored(self) -> list[Form]:
        """Forms that were given and have no score; status is `declined` where every answer was."""
        return [form for form in self.forms if isnan(form.score)]

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
    # Plain tuples: a frame of its own for each of fifty scales is slow.
    scales = zip(*(scores[name].tolist() for name in _OF_A_SCALE), strict=True)
    forms = zip(*(scores[name].tolist() for name in _OF_A_FORM), strict=True)
    facts: dict[tuple[str, str], tuple[Any, ...]] = {}
    given: dict[tuple[str, str], list[Form]] = {}
    for trended, scale, form in zip(scores["trended"].tolist(), scales, forms, strict=True):
        if trended:
            facts[scale[:2]] = scale
            given.setdefault(scale[:2], []).append(Form(*form))
    told = [
        _story(dict(zip(_OF_A_SCALE, facts[key], strict=True)), some, catalogue, reference, as_of)
        for key, some in given.items()
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


_OF_A_SCALE = (
    "measure_key",
    "scale_key",
    "measure_title",
    "domain",
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
)


def with_declined(scores: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Scores whose status says `declined` where a form was declined as a whole.

    answers: rows of the query `patient_answers` of the same person.
    """
    states = set(zip(answers["assessment_id"].tolist(), answers["state"].tolist(), strict=True))
    refused = {form for form, state in states if state == "declined"}
    refused -= {form for form, state in states if state == "answered"}
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


def _story(
    facts: Mapping[str, Any],
    given: Sequence[Form],
    catalogue: Catalogue,
    reference: Reference,
    as_of: date,
) -> Story:
    needed = _number(facts["reliable_change"])
    forms = _compared(
        sorted(given, key=lambda form: form.completed_on), reference, needed, facts["higher_is"]
    )
    days = [form.completed_on.date() for form in forms]
    gaps = gaps_between(sorted(set(days)), as_of)
    has_score = [not isnan(form.score) for form in forms]
    scored = [form for form, known in zip(forms, has_score, strict=True) if known]
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
        reliable_change=needed,
        reliable_change_source=_text(facts["reliable_change_source"]),
        bands=scale.bands if scale is not None else (),
        scored_on=tuple(form.completed_on.date() for form in scored),
        gaps=gaps,
        runs=tuple(runs_of(days, has_score, gaps)),
        latest=_latest(scored[-1], needed, facts["higher_is"]) if scored else None,
        is_part=_is_part(scale, measure),
        forms=tuple(forms),
    )


def _compared(
    forms: Sequence[Form], reference: Reference, needed: float | None, higher_is: str
) -> list[Form]:
    """Each form, oldest first, with its score against its reference."""
    compared: list[Form] = []
    earlier: list[Form] = []
    for form in forms:
        if isnan(form.score):
            compared.append(form)
            continue
        found = reference_position([one.score for one in earlier], reference, higher_is)
        earlier.append(form)
        if found is None:
            compared.append(form)
            continue
        difference = form.score - earlier[found].score
        compared.append(
            form._replace(
                reference_score=earlier[found].score,
                reference_on=earlier[found].completed_on,
                difference=difference,
                verdict=verdict_on(difference, needed, higher_is),
            )
        )
    return compared


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


def _latest(last: Form, needed: float | None, higher_is: str) -> Change:
    return Change(
        score=float(last.score),
        on=last.completed_on.date(),
        band=_text(last.band),
        reference=_number(last.reference_score),
        reference_on=None if pd.isna(last.reference_on) else last.reference_on.date(),
        difference=_number(last.difference),
        needed=needed,
        higher_is=higher_is,
        verdict=last.verdict,
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
