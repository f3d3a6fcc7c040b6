"""Which answers moved a total between two forms.

A score is a sum or a mean of answers, some turned round, times a factor; so its change is the
sum of what each item adds to it. Where an item was blank on one of the forms its part was
estimated from the other answers and belongs to no item: what the items answered on both forms do
not explain is told as one rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

import pandas as pd

from dashboard.language import Words
from dashboard.measures.catalogue import Measure, Scale

# Items named in the sentence; the table has them all.
_MOST_NAMED = 3


@dataclass(frozen=True)
class Part:
    """What one item did. `points` is in units of the score, None unless answered on both forms."""

    item_key: str
    label: str
    earlier: float | None
    later: float | None
    points: float | None


@dataclass(frozen=True)
class Drivers:
    """A change of one scale taken apart: `parts` and `rest` add up to it.

    Attributes:
        parts: every item of the scale, the largest contribution first, blank ones last.
        rest: what answers estimated on one form or both leave unexplained.
    """

    scale: Scale
    earlier_on: date
    later_on: date
    earlier: float
    later: float
    parts: tuple[Part, ...]
    rest: float

    @property
    def change(self) -> float:
        return self.later - self.earlier


def whole_scale(measure: Measure) -> Scale | None:
    """The scale that speaks for a measure's items: the one with the most, from three on.

    None where no scale holds all that the others do: such a measure has no total.
    """
    scale = max(measure.scales, key=lambda one: len(one.items), default=None)
    if scale is None or len(scale.items) < 3:
        return None
    return scale if all(set(one.items) <= set(scale.items) for one in measure.scales) else None


def points_per_answer(measure: Measure, scale: Scale) -> float:
    """By how much the score rises when one answer counts one more."""
    share = 1.0 if scale.method == "sum" else 1 / len(scale.items)
    if scale.method == "mean_rescaled_0_100":
        items = [measure.item(key) for key in scale.items]
        share *= 100 / (max(one.maximum for one in items) - min(one.minimum for one in items))
    return share * scale.multiply


def drivers(
    answers: pd.DataFrame, scores: pd.DataFrame, measure: Measure, earlier: date, later: date
) -> Drivers | None:
    """The change of the measure's whole scale between its last forms on two days.

    Args:
        answers: rows of the query `patient_answers`.
        scores: rows of the query `patient_scores`.

    Returns:
        None where one of the days has no scored form with answers.
    """
    scale = whole_scale(measure)
    if scale is None:
        return None
    given: dict[int, dict[str, float]] = {}
    for form, item, answer in zip(
        *(answers[name].tolist() for name in ("assessment_id", "item_key", "answer")), strict=True
    ):
        given.setdefault(form, {})[item] = answer
    last: dict[date, tuple[int, float]] = {}
    columns = ("measure_key", "scale_key", "assessment_id", "completed_on", "score")
    for of_measure, of_scale, form, day, score in zip(
        *(scores[name].tolist() for name in columns), strict=True
    ):
        known = (of_measure, of_scale) == (measure.key, scale.key) and form in given
        if known and pd.notna(score) and form >= last.get(day.date(), (form, 0.0))[0]:
            last[day.date()] = (form, score)
    if earlier not in last or later not in last:
        return None
    forms = [(score, given[form]) for form, score in (last[earlier], last[later])]
    (before, first), (after, second) = forms
    weight = points_per_answer(measure, scale)
    parts = [_part(measure, key, first.get(key), second.get(key), weight) for key in scale.items]
    explained = sum(part.points for part in parts if part.points is not None)
    return Drivers(
        scale,
        earlier,
        later,
        before,
        after,
        tuple(sorted(parts, key=_largest_first)),
        after - before - explained,
    )


def drivers_in_words(found: Drivers, measure: Measure, words: Words) -> str:
    """The change and the items that did most of it, then those that went the other way."""
    moved = [part for part in found.parts if part.points]
    if not found.change:
        key = "drivers.same" if moved else "drivers.no_answer_moved"
        return words.say(key, measure=measure.title, score=words.number(found.later))
    with_it = [part for part in moved if (part.points or 0) * found.change > 0]
    against = [part for part in moved if (part.points or 0) * found.change < 0]
    said = words.say(
        "drivers.rose" if found.change > 0 else "drivers.fell",
        measure=measure.title,
        amount=words.number(abs(found.change)),
        earlier=words.number(found.earlier),
        later=words.number(found.later),
    )
    if with_it:
        said += " " + words.say("drivers.most", items=_named(_strongest(with_it), words))
    if against:
        said += " " + words.say("drivers.against", items=_named(_strongest(against), words))
    return said


def _strongest(parts: Sequence[Part]) -> list[Part]:
    """The first few; of those that did equally much as the last one, all or none."""
    if len(parts) <= _MOST_NAMED:
        return list(parts)
    edge = abs(parts[_MOST_NAMED].points or 0)
    larger = list(takewhile(lambda part: abs(part.points or 0) > edge, parts))
    return larger or list(parts[:_MOST_NAMED])


def _named(parts: Sequence[Part], words: Words) -> str:
    return words.joined(
        [
            words.say("drivers.item", item=part.label, points=words.signed(part.points or 0))
            for part in parts
        ]
    )


def _part(
    measure: Measure, key: str, earlier: float | None, later: float | None, weight: float
) -> Part:
    before, after = _number(earlier), _number(later)
    points = None
    if before is not None and after is not None:
        points = (after - before) * weight * (-1 if key in measure.reverse else 1)
    return Part(key, measure.item(key).label, before, after, points)


def _largest_first(part: Part) -> tuple[bool, float]:
    return part.points is None, -abs(part.points or 0)


def _number(value: float | None) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
