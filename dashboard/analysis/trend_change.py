"""Since when a share has changed, and for whom: cautious sentences from the months of a trend.

The last month is compared with each month before it. A month counts as different when the
interval of the difference of the two shares leaves out 0; the intervals are as wide as it takes
for all of them together to hold in 95 of 100 cases (Bonferroni). Many of the patients are the
same in both months, which makes the interval for two separate groups too wide rather than too
narrow: the sentences err on the side of "no change".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Literal

from dashboard.analysis.need_and_distress import wilson
from dashboard.analysis.trends import (
    FEWEST,
    Course,
    Month,
    Trend,
    group_in_words,
    month_and_year,
)
from dashboard.language import Words

_LEVEL = 0.05
_MOSTLY = 0.5
"""A group accounts for most of a change from this share of it on."""


@dataclass(frozen=True)
class Moved:
    """The last month against the newest earlier month from which it clearly differs; `start` is
    None where there is none."""

    start: Month | None
    end: Month
    compared: tuple[Month, ...]

    @property
    def way(self) -> Literal["rose", "fell"]:
        assert self.start is not None
        return "rose" if _share(self.end) > _share(self.start) else "fell"


def moved(course: Course) -> Moved | None:
    """None where the last month, or every month before it, has too few patients to say."""
    known = [month for month in course.months if _is_known(month)]
    if len(known) < 2 or known[-1] is not course.months[-1]:
        return None
    end, earlier = known[-1], known[:-1]
    z = NormalDist().inv_cdf(1 - _LEVEL / (2 * len(earlier)))
    different = [month for month in earlier if differs(month, end, z)]
    return Moved(different[-1] if different else None, end, tuple(earlier))


def mostly(groups: Sequence[Course], change: Moved) -> tuple[Course, Month, Month] | None:
    """The group whose own change accounts for more than half of a change, with its two months.

    Each group's change of share counts by its size in the two months, so that a group that only
    grew or shrank accounts for nothing. Nothing is said where a group is hidden, and no group is
    named of which too few are known.
    """
    if change.start is None:
        return None
    pairs = []
    for course in groups:
        months = {month.month: month for month in course.months}
        start, end = months[change.start.month], months[change.end.month]
        if start.is_hidden or end.is_hidden:
            return None
        if start.scored and end.scored:
            if start.above is None or end.above is None:
                return None
            pairs.append((course, start, end))
    if len(pairs) < 2:
        return None
    up = change.way == "rose"
    effects = [
        sum(_counts(month)[1] for month in (start, end)) * (_share(end) - _share(start))
        for _, start, end in pairs
    ]
    # Those that moved the other way would let several groups account for more than half.
    same_way = sum(effect for effect in effects if (effect > 0) == up)
    most = max(range(len(pairs)), key=lambda place: effects[place] * (1 if up else -1))
    _, start, end = pairs[most]
    named = _is_known(start) and _is_known(end) and same_way != 0
    return pairs[most] if named and effects[most] / same_way > _MOSTLY else None


def answer_on_trends(told: Trend, by_group: Trend, words: Words) -> str:
    """Since when and for whom, in a sentence.

    by_group: the same scale by the chosen grouping, or by site where none is chosen.
    """
    scale = told.scale
    if scale.cut_off is None:
        return _median_in_words(told, words)
    change = moved(told.total)
    if change is None:
        return words.say("trends.answer.few", scale=scale.title, n=words.number(FEWEST))
    cut_off = words.number(scale.cut_off)
    end = words.share(_share(change.end))
    until = month_and_year(change.end.month, words)
    if change.start is None:
        shares = [_share(month) for month in (*change.compared, change.end)]
        return words.say(
            "trends.answer.steady",
            scale=scale.title,
            cut_off=cut_off,
            end=end,
            until=until,
            since=month_and_year(change.compared[0].month, words),
            low=words.share(min(shares)),
            high=words.share(max(shares)),
        )
    said = words.say(
        f"trends.answer.{change.way}",
        scale=scale.title,
        cut_off=cut_off,
        start=words.share(_share(change.start)),
        since=month_and_year(change.start.month, words),
        end=end,
        until=until,
    )
    return f"{said}{_for_whom(by_group, change, words)}."


def _for_whom(by_group: Trend, change: Moved, words: Words) -> str:
    """ ", mostly at Northgate (24% to 45%)", or nothing."""
    found = mostly(by_group.groups, change)
    if found is None:
        return ""
    course, start, end = found
    return ", " + words.say(
        f"trends.mostly.{by_group.grouping}",
        group=group_in_words(course.group, by_group.grouping, words),
        start=words.share(_share(start)),
        end=words.share(_share(end)),
    )


def _median_in_words(told: Trend, words: Words) -> str:
    """For a scale without a cut-off: where the middle was and is, without a judgement."""
    known = [month for month in told.total.months if month.quartiles and _is_enough(month)]
    if not known or known[-1] is not told.total.months[-1]:
        return words.say("trends.answer.few_median", scale=told.scale.title, n=words.number(FEWEST))
    last = known[-1]
    lower, median, upper = last.quartiles or (0.0, 0.0, 0.0)
    said = words.say(
        "trends.answer.median",
        scale=told.scale.title,
        median=words.number(median),
        lower=words.number(lower),
        upper=words.number(upper),
        until=month_and_year(last.month, words),
    )
    if len(known) == 1:
        return said
    first = known[0]
    return f"{said} " + words.say(
        "trends.answer.median_before",
        median=words.number((first.quartiles or (0.0, 0.0, 0.0))[1]),
        since=month_and_year(first.month, words),
    )


def differs(one: Month, other: Month, z: float) -> bool:
    """Whether the interval of the difference of two shares leaves out 0: Newcombe (1998,
    Statistics in Medicine 17:873-890), method 10, from the two Wilson intervals."""
    (a, n), (b, m) = _counts(one), _counts(other)
    low_a, high_a = wilson(a, n, z)
    low_b, high_b = wilson(b, m, z)
    p, q = a / n, b / m
    low = p - q - sqrt((p - low_a) ** 2 + (high_b - q) ** 2)
    high = p - q + sqrt((high_a - p) ** 2 + (q - low_b) ** 2)
    return low > 0 or high < 0


def _counts(month: Month) -> tuple[int, int]:
    assert month.above is not None
    assert month.scored is not None
    return month.above, month.scored


def _share(month: Month) -> float:
    above, scored = _counts(month)
    return above / scored


def _is_known(month: Month) -> bool:
    return month.above is not None and _is_enough(month)


def _is_enough(month: Month) -> bool:
    return month.scored is not None and month.scored >= FEWEST
