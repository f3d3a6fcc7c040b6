"""How long a need stands open until a form finds it met: Kaplan and Meier (1958).

An opening that was not found met counts up to the last form that was seen, and is censored
there. The band is the 95 % interval on the log(-log) scale, which stays between 0 and 1.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from dashboard.analysis.support import TYPES
from dashboard.language import Words

Grouping = Literal["type", "site", "program"]

GROUPINGS: tuple[Grouping, ...] = ("type", "site", "program")
HORIZON = 360
TICKS = (0, 90, 180, 270, 360)
FEWEST = 10
"""Groups of fewer openings are drawn, but the sentence does not rank them."""
_COLUMN_OF: dict[Grouping, str] = {
    "type": "support_type",
    "site": "site",
    "program": "program_name",
}


@dataclass(frozen=True)
class Curve:
    """The share of openings still open, by days since they were raised.

    Attributes:
        group: a support type, a site or a program; empty where none is known.
        days: where the share changes, from 0 on; `still_open`, `low` and `high` beside it, 0
            to 1, each valid until the next day.
        median: the first day on which no more than half are open; None when that was not seen.
        followed: openings still followed at each of TICKS.
    """

    group: str
    openings: int
    met: int
    days: list[float]
    still_open: list[float]
    low: list[float]
    high: list[float]
    median: float | None
    followed: list[int]


def curves(episodes: pd.DataFrame, grouping: Grouping) -> list[Curve]:
    """One curve a group: types in their fixed order, others by name, none known last.

    episodes: rows of the query `gap_episodes`.
    """
    column = episodes[_COLUMN_OF[grouping]].fillna("")
    names = set(column)
    order = TYPES if grouping == "type" else sorted(names, key=lambda name: (not name, name))
    return [curve(name, episodes[column == name]) for name in order if name in names]


def curve(group: str, episodes: pd.DataFrame) -> Curve:
    """Kaplan-Meier over some openings; at least one."""
    # Loaded here because it takes a third of a second that other pages need not wait for.
    from scipy.stats import CensoredData, ecdf

    met = episodes["met"].to_numpy(dtype=bool)
    days = episodes["days"].to_numpy(dtype=float)
    estimate = ecdf(CensoredData(uncensored=days[met], right=days[~met])).sf
    # Before anything was met, and after everything was, the interval is not defined: it is
    # then the estimate itself.
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        band = estimate.confidence_interval(0.95, method="log-log")
    shares = estimate.probabilities
    low = np.where(np.isnan(band.low.probabilities), shares, band.low.probabilities)
    high = np.where(np.isnan(band.high.probabilities), shares, band.high.probabilities)
    halved = estimate.quantiles[shares <= 0.5]
    return Curve(
        group,
        len(days),
        int(met.sum()),
        [0.0, *estimate.quantiles.tolist()],
        [1.0, *shares.tolist()],
        [1.0, *low.tolist()],
        [1.0, *high.tolist()],
        float(halved[0]) if len(halved) else None,
        [int((days >= tick).sum()) for tick in TICKS],
    )


def group_in_words(group: str, grouping: Grouping, words: Words) -> str:
    if not group:
        return words.say(f"mismatch.time.none.{grouping}")
    return words.say(f"type.{group}") if grouping == "type" else group


def half_in_words(one: Curve, words: Words) -> str:
    """ "half by 49 days", or that half was not reached."""
    if one.median is None:
        return words.say("mismatch.time.not_half")
    return words.count("mismatch.time.half", round(one.median))


def time_in_words(told: Sequence[Curve], grouping: Grouping, words: Words) -> str:
    """The shortest and the longest time to half, among the groups of some size that reached it."""
    reached = sorted(
        (one for one in told if one.median is not None and one.openings >= FEWEST),
        key=lambda one: one.median or 0,
    )
    if not reached:
        return words.say("mismatch.time.reading_none", n=words.number(FEWEST))
    first, last = reached[0], reached[-1]
    if len(reached) == 1:
        return words.say(
            "mismatch.time.reading_one",
            group=group_in_words(first.group, grouping, words),
            half=half_in_words(first, words),
        )
    return words.say(
        "mismatch.time.reading",
        group=group_in_words(first.group, grouping, words),
        half=half_in_words(first, words),
        last=group_in_words(last.group, grouping, words),
        last_half=half_in_words(last, words),
    )


def time_rows(told: Sequence[Curve], grouping: Grouping, words: Words) -> pd.DataFrame:
    """The numbers of the picture, one row a group and day on the axis."""
    return pd.DataFrame(
        [
            {
                words.say(f"mismatch.group.{grouping}"): group_in_words(one.group, grouping, words),
                words.say("mismatch.column.days"): tick,
                words.say("mismatch.column.still_open"): words.share(one.still_open[place]),
                words.say("mismatch.column.interval"): words.say(
                    "mismatch.interval",
                    low=words.share(one.low[place]),
                    high=words.share(one.high[place]),
                ),
                words.say("mismatch.column.followed"): number,
                words.say("mismatch.column.openings"): one.openings,
                words.say("mismatch.column.met"): one.met,
                words.say("mismatch.column.half"): half_in_words(one, words),
            }
            for one in told
            for tick, number in zip(TICKS, one.followed, strict=True)
            for place in [int(np.searchsorted(one.days, tick, side="right")) - 1]
        ]
    )
