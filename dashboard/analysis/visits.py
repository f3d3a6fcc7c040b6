"""What changed in one person between two visits: scores, and the support they want and receive.

A visit is a day on which a form came; of several forms of a measure on one day the last counts,
as it does for the alerts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from dashboard.analysis import readings
from dashboard.analysis.support import Form, Judged, judged_forms
from dashboard.analysis.trajectory import RELIABLE, Change, Story, verdict_on
from dashboard.language import Words

# Steps by which a gap has to change to be more than measurement error in 19 of 20 cases: with
# the assumed error of a gap of .85 (analysis/measurement_error.py), 1.96 x sqrt(2) x .85 = 2.4,
# and answers come in whole steps.
RELIABLE_CHANGE_OF_A_GAP = 3

_GRID = "support_grid"
_MOST_NAMED = 5


@dataclass(frozen=True)
class Between:
    """One scale on both visits."""

    story: Story
    change: Change


@dataclass(frozen=True)
class GapBetween:
    """One support type on both visits. `difference` is None where one of them does not judge it."""

    earlier: Judged
    later: Judged
    difference: float | None

    @property
    def is_reliable(self) -> bool:
        return self.difference is not None and abs(self.difference) >= RELIABLE_CHANGE_OF_A_GAP


def days_of_visits(scores: pd.DataFrame, support: pd.DataFrame) -> list[date]:
    """Every day on which a form came, oldest first."""
    days = {*scores["completed_on"], *support["completed_on"]}
    return sorted(day.date() for day in days)


def scores_between(told: Sequence[Story], earlier: date, later: date) -> list[Between]:
    """The scales with a score on both visits: reliable changes first, otherwise in the order of
    `told`. Parts of a larger scale are left out, and so is the support grid, whose types are
    told by `gaps_between_visits`."""
    found = []
    for story in told:
        if story.is_part or story.measure_key == _GRID:
            continue
        last_of = dict(zip(story.scored_on, story.points, strict=True))
        if earlier not in last_of or later not in last_of:
            continue
        before, now = last_of[earlier].score, last_of[later]
        difference = now.score - before
        found.append(
            Between(
                story,
                Change(
                    score=now.score,
                    on=later,
                    band=None if pd.isna(now.band) else str(now.band),
                    reference=before,
                    reference_on=earlier,
                    difference=difference,
                    needed=story.reliable_change,
                    higher_is=story.higher_is,
                    verdict=verdict_on(difference, story.reliable_change, story.higher_is),
                ),
            )
        )
    return sorted(found, key=lambda one: one.change.verdict not in RELIABLE)


def gaps_between_visits(support: pd.DataFrame, earlier: date, later: date) -> list[GapBetween]:
    """The support types on the last support grid of each visit; none where one has no grid.

    support: rows of the query `patient_support`.
    """
    forms = judged_forms(support)
    before, after = _judged_on(forms, earlier), _judged_on(forms, later)
    return [
        GapBetween(before[name], now, _difference(before[name].gap, now.gap))
        for name, now in after.items()
        if name in before
    ]


def scores_in_words(found: Sequence[Between], words: Words) -> list[str]:
    """A sentence about each reliable change; the others together, by how sure they are."""
    said: list[str] = []
    within: list[str] = []
    unknown: list[tuple[float, str]] = []
    same: list[str] = []
    for one in found:
        change = one.change
        difference = change.difference or 0.0
        if change.verdict in RELIABLE:
            said.append(
                words.say(
                    "visits.score",
                    title=one.story.title,
                    earlier=words.number(change.reference or 0),
                    later=readings.with_band(change.score, change.band, words),
                    amount=readings.amount(change, difference, words),
                    certainty=readings.certainty(change, words),
                )
            )
            continue
        named = words.say("visits.amount", title=one.story.title, amount=words.signed(difference))
        if change.verdict == "same":
            same.append(one.story.title)
        elif change.needed is None:
            span = one.story.maximum - one.story.minimum
            unknown.append((-abs(difference) / span, named))
        else:
            within.append(named)
    largest_first = [named for _, named in sorted(unknown, key=lambda one: one[0])]
    for key, names in (
        ("visits.within", within),
        ("visits.unknown", largest_first),
        ("visits.same", same),
    ):
        if names:
            said.append(words.say(key, scores=_some(names, words)))
    return said


def _some(names: Sequence[str], words: Words) -> str:
    """The first few by name, and how many more there are."""
    left = len(names) - _MOST_NAMED
    if left <= 0:
        return words.joined(names)
    return words.joined([*names[:_MOST_NAMED], words.count("visits.more", left)])


def gap_in_words(one: GapBetween, words: Words) -> str:
    """Need, receipt and gap of one support type then and now, and how sure the change is."""
    name = words.say(f"type.{one.later.support_type}")
    if one.difference is None:
        unjudged = one.later if one.later.gap is None else one.earlier
        asked = "need" if unjudged.need is None else "received"
        when = "later" if unjudged is one.later else "earlier"
        return words.say(
            "visits.gap_not_judged",
            type=name,
            when=words.say(f"visits.{when}_visit"),
            why=words.say(f"visits.blank_{asked}"),
        )
    if one.difference == 0:
        verdict = words.say("visits.gap_same")
    else:
        way = "wider" if one.difference > 0 else "narrower"
        sure = "reliable" if one.is_reliable else "within"
        verdict = words.say(
            f"visits.gap_{way}_{sure}",
            steps=words.count("visits.steps", int(abs(one.difference))),
            needed=words.number(RELIABLE_CHANGE_OF_A_GAP),
        )
    return words.say(
        "visits.gap",
        type=name,
        need=_then_now(one.earlier.need, one.later.need, words),
        received=_then_now(one.earlier.received, one.later.received, words),
        verdict=verdict,
    )


def _then_now(earlier: float | None, later: float | None, words: Words) -> str:
    assert earlier is not None
    assert later is not None
    if earlier == later:
        return words.say("visits.still", value=words.number(later))
    return words.say("visits.then", earlier=words.number(earlier), later=words.number(later))


def _difference(earlier: float | None, later: float | None) -> float | None:
    return None if earlier is None or later is None else later - earlier


def _judged_on(forms: Sequence[Form], day: date) -> dict[str, Judged]:
    last = [form for form in forms if form.on == day][-1:]
    return {one.support_type: one for form in last for one in form.types}
