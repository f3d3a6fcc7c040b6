"""What a measure definition may say: one frozen model for each table of the TOML.

Scores, ranges, cut-offs and bands are in the units of their scale. Everything a
clinician could dispute carries its source and how far that source was checked:

- verified: read in the source itself
- secondary: read in a text that cites the source
- unconfirmed: from memory or assumed; shown as such until someone confirms it
"""

import math
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Evidence = Literal["verified", "secondary", "unconfirmed"]
Domain = Literal[
    "distress", "support", "need", "coping", "resource", "communication", "quality_of_life"
]
Method = Literal["sum", "mean", "mean_rescaled_0_100", "single"]
Direction = Literal["better", "worse", "neither"]
KindOfReliability = Literal["test-retest", "internal consistency", "not stated", "assumed"]

KEY_PATTERN = r"^[a-z][a-z0-9_]*$"
Key = Annotated[str, StringConstraints(pattern=KEY_PATTERN)]
Text = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
Number = Annotated[float, Field(allow_inf_nan=False)]


class _Table(BaseModel):
    """Types are strict so that `minimum = "0"` is a fault and not a silent zero."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _list() -> Any:
    # A TOML array arrives as a list; only the array is lenient, its members stay strict.
    return Field(default=(), strict=False)


class Item(_Table):
    """One question. `minimum` and `maximum` are the item's own or the measure's range."""

    key: Key
    label: Text
    minimum: Number
    maximum: Number
    loinc: Text | None = None


class AnswerCode(_Table):
    """A code of the measure's LOINC answer list and the answer it stands for."""

    code: Text
    value: Number


class Figure(_Table):
    """A published number with where it comes from."""

    value: Number
    source: Text
    evidence: Evidence


class Reliability(Figure):
    """A reliability coefficient; reliable change depends on its kind, so the kind is kept."""

    value: Annotated[float, Field(gt=0, lt=1)]
    type: KindOfReliability


class StandardDeviation(Figure):
    """Spread of the scores in a named population."""

    value: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    population: Text


class Band(_Table):
    """A named stretch of the scale, from `from_score` up to the next band's start.

    `severe` marks the bands in which a distress alert is high rather than medium.
    """

    from_score: Number = Field(alias="from")
    label: Text
    source: Text
    population: Text
    evidence: Evidence
    severe: bool = False


class CutOff(_Table):
    """Scores of `at_least` and over are above this cut-off. `screen` marks the worklist's own."""

    at_least: Number
    label: Text
    source: Text
    population: Text
    evidence: Evidence
    screen: bool = False


class Scale(_Table):
    """One score of a measure.

    A scale without items takes ready-made scores only. `max_missing` (a count) or
    `min_answered_share` (0-1) says how many answers may be missing; with neither, every
    answer is needed. The answers to `never_prorate` items are never estimated: the total
    may still be prorated from the other items, and says that this answer is missing.
    The three `..._evidence` fields say how far the scoring key, the rule for missing
    answers and the range were checked.
    """

    key: Key
    title: Text
    items: tuple[Key, ...] = _list()
    method: Method | None = None
    multiply: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    max_missing: Annotated[int, Field(ge=0)] | None = None
    min_answered_share: Annotated[float, Field(gt=0, le=1)] | None = None
    never_prorate: tuple[Key, ...] = _list()
    minimum: Number
    maximum: Number
    higher_is: Direction
    trended: bool = True
    loinc: Text | None = None
    scoring_evidence: Evidence = "verified"
    missing_rule_evidence: Evidence = "verified"
    range_evidence: Evidence = "verified"
    important_difference: Figure | None = None
    reliability: Reliability | None = None
    other_reliabilities: tuple[Reliability, ...] = _list()
    sd: StandardDeviation | None = None
    reliable_change: Figure | None = None
    bands: tuple[Band, ...] = _list()
    cut_offs: tuple[CutOff, ...] = _list()

    @property
    def answers_needed(self) -> int:
        """The fewest answers that still give a score; 0 for a scale without items."""
        if self.max_missing is not None:
            return len(self.items) - self.max_missing
        if self.min_answered_share is not None:
            # Rounding first: 0.14 of 50 items is 7, though the product is a hair above it.
            return math.ceil(round(self.min_answered_share * len(self.items), 9))
        return len(self.items)

    @property
    def screen(self) -> CutOff | None:
        """The cut-off the worklist uses, if the scale has one."""
        return next((cut_off for cut_off in self.cut_offs if cut_off.screen), None)

    def band_of(self, score: float) -> Band | None:
        """The band a score falls in; None where the scale has no bands."""
        reached = [band for band in self.bands if band.from_score <= score]
        return reached[-1] if reached else None


class SafetyItem(_Table):
    """An item whose answer of `at_least` raises a safety alert, whatever the total says."""

    item: Key
    at_least: Number
    message: Text


class Licence(_Table):
    """What may be shown (`text`) and computed (`scoring`), and who says so."""

    text: Text
    scoring: Text
    source: Text


class Reference(_Table):
    title: Text
    doi: Text | None = None


class Measure(_Table):
    """One instrument: its items, its scales, and what its scores mean.

    `whole_numbers = false` lets answers have decimals (a measured height, say); elsewhere
    2.5 is refused because no questionnaire offers it.
    """

    key: Key
    title: Text
    name: Text
    version: Text
    domain: Domain
    asks: Text
    response_min: Number | None = None
    response_max: Number | None = None
    reverse: tuple[Key, ...] = _list()
    not_applicable: bool = False
    whole_numbers: bool = True
    loinc: Text | None = None
    notes: tuple[Text, ...] = _list()
    items: tuple[Item, ...] = _list()
    answer_codes: tuple[AnswerCode, ...] = _list()
    scales: tuple[Scale, ...] = Field(strict=False)
    safety_items: tuple[SafetyItem, ...] = _list()
    licence: Licence
    references: tuple[Reference, ...] = _list()

    @property
    def scores_only(self) -> bool:
        """True where scores arrive ready-made because there are no items to score."""
        return not self.items

    def item(self, key: str) -> Item:
        """The item of that key; KeyError when the measure has none."""
        for item in self.items:
            if item.key == key:
                return item
        raise KeyError(key)

    def scale(self, key: str) -> Scale:
        """The scale of that key; KeyError when the measure has none."""
        for scale in self.scales:
            if scale.key == key:
                return scale
        raise KeyError(key)
