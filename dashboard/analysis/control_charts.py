"""Is a change from month to month more than ordinary variation? XmR and p charts.

Limits and rules are those of NHS England's "plot the dots" (Making Data Count) as the package
NHSRplotthedots computes them: limits at the mean ± 2.66 mean moving ranges (Wheeler 2000,
"Understanding Variation"), where moving ranges above 3.267 times their mean are left out first,
so that one outlying month does not hide itself by widening the limits.

Values that come in steps, such as medians in whole days, can differ less from month to month than
a step can show. Limits taken from such ranges shrink towards the mean and call rounding a change,
which is the one fault of these charts that raises false alarms (Wheeler 2023, "The problem of
chunky data", Quality Digest). Here a step is then taken for the ordinary variation, so that the
chart errs towards silence.

A month without a value breaks no rule and starts no range; limits are drawn anew only from months
that somebody declared as a change, never because the data suggest it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Rule = Literal["outside", "one_side", "trend", "two_of_three", ""]
Better = Literal["higher", "lower"]

RANGES_TO_LIMITS = 2.66
"""3 / d2 for ranges of two points, d2 = 1.128."""
OUTLYING_RANGE = 3.267
"""Upper limit of a moving range chart, in mean ranges (D4 for two points)."""
RANGE_OF_A_DEVIATION = 1.128
"""Mean range of two points that vary with a standard deviation of one (d2 for two points)."""
STEPS_TO_LIMITS = 3
"""Three standard deviations: from the mean to a limit where a step stands for one deviation."""
RUN = 7
FEWEST = 12
"""Limits from fewer points are provisional (NHSRplotthedots warns of shorter groups)."""

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Signs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Phase:
    """The points between two declared changes, with the limits drawn from them.

    Attributes:
        first, last: positions of its points in the series, both included.
        mean, lower, upper: in the units of the values. A p chart has limits for every point
            instead; then these are those of its last one.
        provisional: fewer than FEWEST points with a value.
        step: of the scale, where the points vary less than a step can show and the limits are
            STEPS_TO_LIMITS steps from the mean; else 0.
    """

    first: int
    last: int
    mean: float
    lower: float
    upper: float
    provisional: bool
    step: float

    @property
    def is_coarse(self) -> bool:
        return self.step > 0


@dataclass(frozen=True)
class ControlChart:
    """A series with its limits and what stands out, each list one entry a point.

    Attributes:
        values: NaN where a month has no value.
        means, lower, upper: of the phase that the point belongs to.
        ranges: from the point before, NaN at the start of a phase and beside a missing value.
        rules: the first rule that a point breaks, in the order of `Rule`; "" where it breaks none.
        directions: which way a point stands out: 1 up, -1 down. That is its side of the mean,
            or of a trend the way it goes; 0 where it breaks no rule.
    """

    values: Numbers
    means: Numbers
    lower: Numbers
    upper: Numbers
    ranges: Numbers
    rules: list[Rule]
    directions: Signs
    phases: list[Phase]

    def is_better(self, position: int, better: Better) -> bool:
        """Whether a point that stands out does so the good way."""
        return bool(self.directions[position] == (1 if better == "higher" else -1))


def xmr(
    values: Sequence[float],
    changes: Sequence[int] = (),
    *,
    screened: bool = True,
    steps: Sequence[float] | None = None,
) -> ControlChart:
    """An XmR chart (individual values and moving ranges).

    Args:
        values: in order of time, NaN for none.
        changes: positions from which limits are drawn anew.
        screened: leave outlying moving ranges out before limits are set.
        steps: the least by which each value can differ from another in what it measures; any when
            left out. Where the standard deviation that the ranges of a phase stand for is below
            its middle step, the phase is coarse: the step takes its place, and a value less than
            half a step from the mean is on neither side of it, as it may lie there by rounding
            alone. (That line is Wheeler's as far as we know it; the number is unconfirmed.)
    """
    y = np.asarray(values, dtype=float)
    means, width, ranges, coarse = (np.full(len(y), np.nan) for _ in range(4))
    for start, stop in _phases(len(y), changes):
        here = slice(start, stop)
        moves = np.abs(np.diff(y[here]))
        typical = _typical(moves, screened)
        step = 0.0 if steps is None else _middle(np.asarray(steps, dtype=float)[here], y[here])
        is_coarse = typical < RANGE_OF_A_DEVIATION * step
        ranges[start + 1 : stop] = moves
        means[here] = _mean(y[here])
        width[here] = STEPS_TO_LIMITS * step if is_coarse else RANGES_TO_LIMITS * typical
        coarse[here] = step if is_coarse else 0
    return _judged(y, means, means - width, means + width, ranges, changes, coarse=coarse)


def p_chart(
    events: Sequence[int], totals: Sequence[int], changes: Sequence[int] = ()
) -> ControlChart:
    """A p chart: shares of totals that vary, 0 to 1, with 3-sigma binomial limits
    (Shewhart 1931; Montgomery, "Introduction to Statistical Quality Control")."""
    count, n = np.asarray(events, dtype=float), np.asarray(totals, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = np.where(n > 0, count / n, np.nan)
    means, width = np.full(len(n), np.nan), np.full(len(n), np.nan)
    for start, stop in _phases(len(n), changes):
        whole = n[start:stop].sum()
        if whole == 0:
            continue
        centre = count[start:stop].sum() / whole
        means[start:stop] = centre
        with np.errstate(divide="ignore", invalid="ignore"):
            sigma = np.sqrt(centre * (1 - centre) / n[start:stop])
        width[start:stop] = np.where(n[start:stop] > 0, 3 * sigma, np.nan)
    lower, upper = np.clip(means - width, 0, 1), np.clip(means + width, 0, 1)
    return _judged(
        shares, means, lower, upper, np.full(len(n), np.nan), changes, inner=2 / 3 * width
    )


def _judged(
    y: Numbers,
    means: Numbers,
    lower: Numbers,
    upper: Numbers,
    ranges: Numbers,
    changes: Sequence[int],
    inner: Numbers | None = None,
    coarse: Numbers | None = None,
) -> ControlChart:
    """The rules, within each phase.

    inner: distance from the mean beyond which a point is near a limit; two thirds of the way
        when left out.
    coarse: step of the scale in a coarse phase, 0 in any other.
    """
    near = 2 / 3 * (upper - means) if inner is None else inner
    step = np.zeros(len(y)) if coarse is None else coarse
    # A point on a limit is not beyond it, whatever the last bit of a float says.
    tolerance = 1e-9 * np.maximum(1, np.abs(np.nan_to_num(means)))
    with np.errstate(invalid="ignore"):
        outside = (y > upper + tolerance) | (y < lower - tolerance)
        close = ~outside & (np.abs(y - means) > near + tolerance)
        # Without a step whatever is not the mean is beside it; else from half a step on.
        apart = np.abs(y - means) > np.where(step > 0, step / 2 - tolerance, tolerance)
    sides = np.where(apart, np.sign(np.nan_to_num(y - means)), 0).astype(np.int64)
    rules: list[Rule] = []
    directions = np.zeros(len(y), dtype=np.int64)
    phases: list[Phase] = []
    for start, stop in _phases(len(y), changes):
        here = slice(start, stop)
        one_side = _runs(sides[here])
        trend = _trends(y[here])
        pairs = _two_of_three(close[here], sides[here])
        for flags in zip(outside[here], one_side, trend != 0, pairs, strict=True):
            rules.append(_first(*flags))
        broken = np.array([rule != "" for rule in rules[start:stop]], dtype=bool)
        going = np.array([rule == "trend" for rule in rules[start:stop]], dtype=bool)
        directions[here] = np.where(going, trend, np.where(broken, sides[here], 0))
        last = stop - 1
        phases.append(
            Phase(
                start,
                last,
                float(means[last]),
                float(lower[last]),
                float(upper[last]),
                int(np.isfinite(y[here]).sum()) < FEWEST,
                float(step[last]),
            )
        )
    return ControlChart(y, means, lower, upper, ranges, rules, directions, phases)


def _first(outside: bool, one_side: bool, trend: bool, two_of_three: bool) -> Rule:
    if outside:
        return "outside"
    if one_side:
        return "one_side"
    if trend:
        return "trend"
    return "two_of_three" if two_of_three else ""


def _phases(length: int, changes: Sequence[int]) -> list[tuple[int, int]]:
    """Start and end (exclusive) of each phase; changes outside the series mean nothing."""
    starts = sorted({0, *(change for change in changes if 0 < change < length)})
    return list(zip(starts, [*starts[1:], length], strict=True)) if length else []


def _mean(values: Numbers) -> float:
    present = values[np.isfinite(values)]
    return float(present.mean()) if len(present) else float("nan")


def _middle(steps: Numbers, values: Numbers) -> float:
    """The median step of the values that there are."""
    own = steps[np.isfinite(values)]
    return float(np.median(own)) if len(own) else 0.0


def _typical(steps: Numbers, screened: bool) -> float:
    """The mean moving range, outlying ones left out once."""
    typical = _mean(steps)
    return _mean(steps[steps < OUTLYING_RANGE * typical]) if screened and typical > 0 else typical


def _runs(sides: Signs) -> Flags:
    """Points that are part of RUN or more in a row on one side of the mean."""
    found = np.zeros(len(sides), dtype=bool)
    for start in range(len(sides) - RUN + 1):
        window = sides[start : start + RUN]
        if window[0] != 0 and (window == window[0]).all():
            found[start : start + RUN] = True
    return found


def _trends(y: Numbers) -> Signs:
    """1 for points that are part of RUN or more in a row that only rise, -1 that only fall."""
    found = np.zeros(len(y), dtype=np.int64)
    for start in range(len(y) - RUN + 1):
        steps = np.diff(y[start : start + RUN])
        if (steps > 0).all() or (steps < 0).all():
            found[start : start + RUN] = np.sign(steps[0])
    return found


def _two_of_three(close: Flags, sides: Signs) -> Flags:
    """Points near a limit where at least two of three in a row are, all three on one side."""
    found = np.zeros(len(close), dtype=bool)
    for start in range(len(close) - 2):
        window = slice(start, start + 3)
        if close[window].sum() >= 2 and abs(sides[window].sum()) == 3:
            found[window] |= close[window]
    return found
