"""Does a site differ from the others by more than chance? A funnel plot of shares.

Limits lie around the share of all sites together, on the arcsine square root scale, where the
variance of a share depends on its denominator only: 1 / (4 n). Where sites differ among each other
more than chance alone makes them, the limits widen by that spread (additive over-dispersion, as
Spiegelhalter 2005, Statistics in Medicine 24:1185-1202, doi 10.1002/sim.1970, with the outermost
tenth of the z scores drawn in before it is measured).

A spread among few sites is mostly the one site that one looks for; so below FEWEST_SITES the limits
are those of chance alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Verdict = Literal["inside", "above", "below", "far_above", "far_below"]

FEWEST_SITES = 10
"""Our own convention: the paper gives no number."""
WINSORISED = 0.10
Z_95 = 1.959964
Z_998 = 3.090232
"""Two-sided 95 % and 99.8 % points of the normal distribution."""

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Site:
    """One site: `part` of `whole`; `z` counts standard deviations from the share of all."""

    name: str
    part: int
    whole: int
    z: float
    verdict: Verdict

    @property
    def share(self) -> float:
        return self.part / self.whole


@dataclass(frozen=True)
class Funnel:
    """Sites around the share of all of them, 0 to 1.

    Attributes:
        spread: variance between sites on the arcsine square root scale; 0 where sites differ no
            more than chance makes them, or are too few to tell.
        adjusted: whether there were sites enough to measure it.
    """

    centre: float
    sites: list[Site]
    spread: float
    adjusted: bool

    def limits(self, whole: float, z: float) -> tuple[float, float]:
        """The lowest and highest share that is still `z` standard deviations from the centre,
        for a denominator of `whole`."""
        middle = np.arcsin(np.sqrt(self.centre))
        reach = z * np.sqrt(1 / (4 * whole) + self.spread)
        low, high = np.clip([middle - reach, middle + reach], 0, np.pi / 2)
        return float(np.sin(low) ** 2), float(np.sin(high) ** 2)


def funnel(counts: Sequence[tuple[str, int, int]]) -> Funnel | None:
    """The funnel of sites given as (name, part, whole).

    Sites where nobody was counted are left out; None where fewer than two are left.
    """
    counted = [(name, part, whole) for name, part, whole in counts if whole > 0]
    if len(counted) < 2:
        return None
    part = np.array([part for _, part, _ in counted], dtype=float)
    whole = np.array([whole for _, _, whole in counted], dtype=float)
    centre = float(part.sum() / whole.sum())
    apart = np.arcsin(np.sqrt(part / whole)) - np.arcsin(np.sqrt(centre))
    adjusted = len(counted) >= FEWEST_SITES
    spread = _spread(apart, whole) if adjusted else 0.0
    z_scores = apart / np.sqrt(1 / (4 * whole) + spread)
    sites = [
        Site(name, part_, whole_, float(z), _verdict(float(z)))
        for (name, part_, whole_), z in zip(counted, z_scores, strict=True)
    ]
    return Funnel(centre, sites, spread, adjusted)


def _spread(apart: Numbers, whole: Numbers) -> float:
    """Variance between sites beyond chance, by the method of moments (DerSimonian and Laird
    1986) on winsorised z scores."""
    weights = 4 * whole
    z_scores = apart * np.sqrt(weights)
    lowest, highest = np.quantile(z_scores, [WINSORISED, 1 - WINSORISED])
    drawn_in = np.clip(z_scores, lowest, highest)
    excess = float((drawn_in**2).sum()) - (len(whole) - 1)
    return max(0.0, excess / float(weights.sum() - (weights**2).sum() / weights.sum()))


def _verdict(z: float) -> Verdict:
    if abs(z) <= Z_95:
        return "inside"
    if abs(z) <= Z_998:
        return "above" if z > 0 else "below"
    return "far_above" if z > 0 else "far_below"
