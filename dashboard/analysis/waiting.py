"""How long people wait: Kaplan and Meier (1958). Whoever was never reached counts for as long as
they were followed, and is not left out.

The band is the 95 % interval on the log(-log) scale, which stays between 0 and 1; the interval of
the median holds the days on which that band holds one half (Brookmeyer and Crowley 1982,
Biometrics 38).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dashboard.analysis.disclosure import safe_chain, safe_steps

Numbers = npt.NDArray[np.float64]

_Z = 1.959964
# Shares of a curve are told in whole per cent: exact ones would tell how many there were.
_PLACES = 2


@dataclass(frozen=True)
class Waiting:
    """The share still waiting, by days, from everybody's own days.

    Attributes:
        days: where the share changes; `still`, `low`, `high` are valid from there on.
        happened: to how many people it happened on each of `days`.
        median, quartiles: None where they were not reached; so are the ends of the interval.
    """

    people: int
    reached: int
    days: Numbers
    happened: npt.NDArray[np.int64]
    still: Numbers
    low: Numbers
    high: Numbers
    median: float | None
    interval: tuple[float | None, float | None]
    quartiles: tuple[float | None, float | None]


@dataclass(frozen=True)
class Curve:
    """What may be told of a curve: steps of enough people each, and who was still followed.

    Attributes:
        days: from 0 on; `still`, `low`, `high` beside them in whole per cent of 1.
        followed: people still followed at each tick, None where hidden.
    """

    people: int
    days: tuple[float, ...]
    still: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    followed: tuple[int | None, ...]

    def still_at(self, day: float) -> float:
        """The share that was still waiting, as far as it is told."""
        return self.still[int(np.searchsorted(self.days, day, side="right")) - 1]


def waiting(days: Sequence[int], reached: Sequence[bool]) -> Waiting:
    """Estimate from each person's days and whether they ended because it happened."""
    waited = np.asarray(days, dtype=np.int64)
    was = np.asarray(reached, dtype=bool)
    longest = int(waited.max(initial=0))
    happened = np.bincount(waited[was], minlength=longest + 1)
    left = np.bincount(waited[~was], minlength=longest + 1)
    at_risk = len(waited) - np.concatenate([[0], np.cumsum(happened + left)[:-1]])
    steps = np.flatnonzero(happened)
    events, exposed = happened[steps], at_risk[steps]
    still = np.cumprod(1 - events / np.maximum(exposed, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(events / (exposed * (exposed - events)))
        reach = _Z * np.sqrt(variance) / np.log(still)
        low, high = still ** np.exp(-reach), still ** np.exp(reach)
    # After everybody was reached the interval is not defined: it is then the estimate itself.
    low, high = np.where(np.isnan(low), still, low), np.where(np.isnan(high), still, high)
    days_of = steps.astype(float)
    return Waiting(
        len(waited),
        int(was.sum()),
        days_of,
        events,
        still,
        low,
        high,
        _first(days_of, still, 0.5),
        (_first(days_of, low, 0.5), _first(days_of, high, 0.5)),
        (_first(days_of, still, 0.75), _first(days_of, still, 0.25)),
    )


def curve(
    days: Sequence[int], reached: Sequence[bool], ticks: Sequence[int], minimum: int
) -> Curve | None:
    """The curve as far as it may be told; None where it stands for too few people."""
    if len(days) < max(minimum, 1):
        return None
    told = waiting(days, reached)
    kept = safe_steps(told.happened.tolist(), minimum)
    waited = np.asarray(days)
    followed = safe_chain([int((waited >= tick).sum()) for tick in ticks], minimum)
    still, low, high = (
        (1.0, *np.round(shares[kept], _PLACES).tolist())
        for shares in (told.still, told.low, told.high)
    )
    return Curve(told.people, (0.0, *told.days[kept].tolist()), still, low, high, tuple(followed))


def _first(days: Numbers, shares: Numbers, share: float) -> float | None:
    """The first day on which no more than this share is still waiting."""
    # A half is a half, whatever the last bit of a product of shares says.
    below = np.flatnonzero(shares <= share + 1e-12)
    return float(days[below[0]]) if len(below) else None
