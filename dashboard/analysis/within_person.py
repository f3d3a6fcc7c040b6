"""Whether one person's distress went with their own support: exploratory, never a cause.

Every visit gives a pair: the distress score, and the gap (or receipt) of a support type on the
support grid of the same day, or within 14 days of it. A straight line over time is taken out of
both, because two things that fade together after treatment go together whatever they have to do
with each other (Curran & Bauer 2011, Annual Review of Psychology 62:583). What is left is
correlated: r is the partial correlation given the day. Its interval is Fisher's, z ± 1.96 /
sqrt(n - 4) for one thing held constant (Fisher 1924, Metron 3:329).

Neighbouring visits are alike, and the interval does not know it: it is rather too narrow.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import atanh, sqrt, tanh
from typing import Literal

import numpy as np
import pandas as pd

from dashboard.analysis.support import TYPES, Form, judged_forms
from dashboard.analysis.trajectory import Story
from dashboard.language import Words

Asked = Literal["gap", "received"]

# A local convention: with fewer visits than this even r = .6 could be anything from below 0 up,
# and no source gives a number.
FEWEST_VISITS = 10
DAYS_APART = 14
_Z = 1.959964
# What rounding leaves of a series that does not vary.
_NOTHING = 1e-9


@dataclass(frozen=True)
class Together:
    """One support type: how its gap or receipt went with distress. r is None where too few
    visits are judged, or one of the two did not vary."""

    support_type: str
    asked: Asked
    visits: int
    r: float | None
    low: float | None
    high: float | None

    @property
    def leaves_out_zero(self) -> bool:
        return self.low is not None and self.high is not None and self.low * self.high > 0


def together(story: Story, support: pd.DataFrame) -> list[Together]:
    """Each support type's gap, then its receipt, against one distress scale.

    support: rows of the query `patient_support`.
    """
    pairs: dict[tuple[str, Asked], list[tuple[date, float, float]]] = {}
    for day, score, form in _visits(story, support):
        for one in form.types:
            if one.gap is not None:
                pairs.setdefault((one.support_type, "gap"), []).append((day, score, one.gap))
            if one.received is not None:
                place = pairs.setdefault((one.support_type, "received"), [])
                place.append((day, score, one.received))
    asked_about: tuple[Asked, ...] = ("gap", "received")
    return [
        _estimated(support_type, asked, pairs[support_type, asked])
        for asked in asked_about
        for support_type in TYPES
        if (support_type, asked) in pairs
    ]


def visits_with_both(story: Story, support: pd.DataFrame) -> int:
    """Scores of the scale with a support grid near enough."""
    return len(_visits(story, support))


def partial_correlation(
    days: Sequence[float], one: Sequence[float], other: Sequence[float]
) -> tuple[float, float, float] | None:
    """r of two series with a straight line over `days` taken out of both, and its interval."""
    line = np.column_stack([np.ones(len(days)), np.asarray(days, dtype=float)])
    left = [
        np.asarray(series, dtype=float) - line @ np.linalg.lstsq(line, series, rcond=None)[0]
        for series in (one, other)
    ]
    spread = [float(np.sqrt(values @ values)) for values in left]
    if min(spread) < _NOTHING * max(1.0, *(abs(value) for value in (*one, *other))):
        return None
    r = float(np.clip(left[0] @ left[1] / (spread[0] * spread[1]), -1 + _NOTHING, 1 - _NOTHING))
    half = _Z / sqrt(len(days) - 4)
    return r, tanh(atanh(r) - half), tanh(atanh(r) + half)


def together_in_words(found: Sequence[Together], story: Story, words: Words) -> str:
    """Which associations leave out zero, and how many could by chance."""
    known = [one for one in found if one.r is not None]
    clear = [one for one in known if one.leaves_out_zero]
    if not known:
        return words.say("within.nothing_varied")
    if not clear:
        return words.count("within.none_clear", len(known), title=story.title)
    said = words.joined(
        [
            words.say(
                f"within.{one.asked}_{'more' if (one.r or 0) > 0 else 'less'}",
                type=words.say(f"type.{one.support_type}"),
                r=words.number(one.r or 0),
                low=words.number(one.low or 0),
                high=words.number(one.high or 0),
            )
            for one in clear
        ]
    )
    return words.say("within.clear", title=story.title, what=said)


def _estimated(
    support_type: str, asked: Asked, pairs: Sequence[tuple[date, float, float]]
) -> Together:
    estimate = None
    if len(pairs) >= FEWEST_VISITS:
        estimate = partial_correlation(
            [on.toordinal() for on, _, _ in pairs],
            [distress for _, distress, _ in pairs],
            [value for _, _, value in pairs],
        )
    r, low, high = estimate or (None, None, None)
    return Together(support_type, asked, len(pairs), r, low, high)


def _visits(story: Story, support: pd.DataFrame) -> list[tuple[date, float, Form]]:
    """Each day with a score, the score, and the nearest support grid; of two grids as near the
    later one, and no grid twice."""
    scores = {form.completed_on.date(): form.score for form in story.points}
    days = sorted(scores)
    nearest: dict[date, tuple[int, Form]] = {}
    for form in judged_forms(support):
        place = bisect_left(days, form.on)
        near = days[max(place - 1, 0) : place + 1]
        day = min(near, key=lambda one: abs((one - form.on).days), default=None)
        if day is None:
            continue
        apart = abs((day - form.on).days)
        if apart <= DAYS_APART and (day not in nearest or apart <= nearest[day][0]):
            nearest[day] = (apart, form)
    return [(day, scores[day], nearest[day][1]) for day in sorted(nearest)]
