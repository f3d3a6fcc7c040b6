"""The mean change of a group with a score before and one after, in points and in SDs.

Without a group to compare with, such a change is never called an effect: people come when they are
worst, and get better by themselves.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from dashboard.analysis.regression import Estimate
from dashboard.analysis.reliable_change import HigherIs

Size = Literal["not_clear", "worse", "small", "may_be_important", "probably_important", "important"]


@dataclass(frozen=True)
class PairedChange:
    """The mean of score after less score before.

    Attributes:
        mean: with its 95 % interval (t with n - 1 degrees of freedom).
        d_z: the mean over the SD of the changes, also called standardised response mean.
        d_av: over the mean of the SDs before and after.
        d_before: over the SD before, as Glass' delta.
        rank_sum: Wilcoxon's sum of the ranks of the rises among all that changed at all.
        p_t, p_ranks: of no change, by t and by Wilcoxon's ranks (normal approximation corrected
            for ties and continuity). Never shown without the interval.
    """

    n: int
    mean: Estimate
    sd: float
    d_z: float
    d_av: float
    d_before: float
    rank_sum: float
    p_t: float
    p_ranks: float


def paired_change(pairs: pd.DataFrame) -> PairedChange | None:
    """Of those with both scores (`completers`); None where fewer than two changed at all, or all
    by the same: then nothing is known of chance."""
    # Loaded here for the sake of pages that do not need it.
    from scipy import stats

    before, later = pairs["pre"], pairs["post"]
    change = later - before
    moved = change[change != 0]
    if len(moved) < 2 or not change.std() > 0:
        return None
    n, mean, sd = len(change), float(change.mean()), float(change.std())
    ranks = stats.rankdata(moved.abs())
    return PairedChange(
        n=n,
        mean=Estimate(mean, sd / n**0.5, n - 1),
        sd=sd,
        d_z=mean / sd,
        d_av=mean / float(np.mean([before.std(), later.std()])),
        d_before=mean / float(before.std()),
        rank_sum=float(ranks[moved > 0].sum()),
        p_t=float(stats.ttest_rel(later, before).pvalue),
        p_ranks=float(
            stats.wilcoxon(change, correction=True, method="asymptotic").pvalue,
        ),
    )


def against_important(mean: Estimate, important: float, higher_is: HigherIs) -> Size:
    """How a mean change compares with one that matters, by its whole 95 % interval.

    `small`: clear of zero and of the important difference; `probably_important`, with the mean
    itself beyond it, and `may_be_important`, with the mean short of it: the interval leaves both
    open; `important`: the whole interval lies beyond it.
    """
    sign = -1 if higher_is == "worse" else 1
    gain = mean.times(sign)
    if not gain.clear:
        return "not_clear"
    if gain.high < 0:
        return "worse"
    if gain.high < important:
        return "small"
    if gain.low > important:
        return "important"
    return "probably_important" if gain.value > important else "may_be_important"
