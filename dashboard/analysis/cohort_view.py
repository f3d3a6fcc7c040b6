"""Two cohorts on one scale: everything that is described before any model, as far as it may be
told.

Everybody in scope takes part, also who has no time zero: how many those are says as much about a
small group as how many have no score.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.analysis.cohort_comparison import (
    Completers,
    Difference,
    Overlap,
    apart,
    at_window,
    completers_beside,
    leavers,
)
from dashboard.analysis.cohort_windows import (
    COHORTS,
    FEWEST,
    PLANNED,
    AtWindow,
    Courses,
    by_window,
)
from dashboard.analysis.cohorts import Blocks, Mask, may_be_told
from dashboard.analysis.need_and_distress import wilson

Counts = npt.NDArray[np.int64]
Edges = npt.NDArray[np.float64]

AT = {window: f"at_{window:g}" for window in PLANNED}
_MOST_BARS = 14


@dataclass(frozen=True)
class Told:
    """What may be told of a planned time; the rest is hidden."""

    scored: bool
    missing: bool
    completers: bool
    leavers: bool


@dataclass(frozen=True)
class Bar:
    """Scores from `low` to below `high`, with the people of each cohort there."""

    low: float
    high: float
    people: Mapping[str, int]


@dataclass(frozen=True)
class Shares:
    """Shares at or above a cut-off, and the 95 % interval of the first less the second."""

    a: float
    b: float
    low: float
    high: float


@dataclass(frozen=True)
class CohortView:
    """What is described of two cohorts.

    Attributes:
        sizes: people of each cohort, those in both cohorts not counted.
        overlap: people in both.
        courses: everyone in scope, with the scores that may be told.
        kept: who of them is in each cohort, those in both left out.
        at: each cohort at each planned time. told: what of it may be told.
        differences: at each planned time, None for too few. main: the planned time that was chosen.
        bars: the scores at the main time; empty where they may not be told.
        fewest: people under which nothing is said.
    """

    sizes: Mapping[str, int]
    overlap: Overlap
    courses: Courses
    kept: Mapping[str, Mask]
    at: list[AtWindow]
    told: Mapping[float, Told]
    differences: Mapping[float, Difference | None]
    main: float
    completers: Completers
    leavers: Mapping[str, Difference | None]
    bars: list[Bar]
    shares: Shares | None
    fewest: int

    def of(self, cohort: str) -> list[AtWindow]:
        return [one for one in self.at if one.cohort == cohort]

    @property
    def difference(self) -> Difference | None:
        return self.differences[self.main]

    @cached_property
    def scores(self) -> pd.DataFrame:
        """One row a score that may be told: patient_id (the row of the person), cohort, window,
        score."""
        parts = []
        for window in PLANNED:
            for name in COHORTS:
                there = np.flatnonzero(self.kept[name] & self.courses.scored(window))
                score = self.courses.scores[window][there]
                parts.append(
                    pd.DataFrame(
                        {"patient_id": there, "cohort": name, "window": window, "score": score}
                    )
                )
        cohorts = pd.CategoricalDtype(list(COHORTS))
        return pd.concat(parts, ignore_index=True).astype({"cohort": cohorts})


def view(
    wide: pd.DataFrame,
    inside: Mapping[str, Mask],
    blocks: Blocks,
    main: float,
    scale: tuple[float, float, float | None],
    minimum: int,
) -> CohortView:
    """Compare two cohorts.

    Args:
        wide: everyone in scope, with followed and a score at each planned time (`cohort_scores`).
        inside: who is in "a" and in "b", row by row.
        blocks: of the dimensions that both filters name.
        scale: its minimum, maximum and cut-off.
    """
    fewest = max(FEWEST, minimum)
    courses = Courses(
        {window: wide[AT[window]].to_numpy(float) for window in PLANNED},
        wide["followed"].to_numpy(float),
    )
    kept, overlap = apart(inside, fewest)
    told = _told(courses, blocks, minimum)
    shown = courses.only([window for window in PLANNED if told[window].scored])
    enough = overlap.handling != "refused"
    differences = {
        window: at_window(shown, kept, window, fewest) if enough else None for window in PLANNED
    }
    completers = completers_beside(shown, kept, main, fewest)
    bars = _bars(courses, kept, blocks, main, scale, minimum) if enough else []
    return CohortView(
        {name: int(kept[name].sum()) for name in COHORTS},
        overlap,
        shown,
        kept,
        by_window(shown, kept, fewest),
        told,
        differences,
        main,
        Completers(differences[main], completers.completers if told[main].completers else None),
        leavers(shown, kept, main, fewest) if told[main].leavers else dict.fromkeys(COHORTS),
        bars,
        _shares(bars, scale[2], fewest),
        fewest,
    )


def _told(courses: Courses, blocks: Blocks, minimum: int) -> dict[float, Told]:
    everyone = np.ones(len(blocks), dtype=bool)
    found = {}
    whole = everyone
    first = courses.scored(PLANNED[0])
    for window in PLANNED:
        here, late = courses.scored(window), courses.missing(window)
        whole = whole & here
        by_scores = may_be_told(here, everyone, blocks, minimum)
        found[window] = Told(
            by_scores,
            by_scores and may_be_told(late, ~here, blocks, minimum),
            by_scores and may_be_told(whole, here, blocks, minimum),
            by_scores
            and window > PLANNED[0]
            and may_be_told(first, everyone, blocks, minimum)
            and may_be_told(here & first, first, blocks, minimum)
            and may_be_told(late & first, first, blocks, minimum),
        )
    return found


def _bars(
    courses: Courses,
    kept: Mapping[str, Mask],
    blocks: Blocks,
    window: float,
    scale: tuple[float, float, float | None],
    minimum: int,
) -> list[Bar]:
    """A bar for each score, or for scores together where the scale has many or a block has few."""
    scored, score = courses.scored(window), courses.scores[window]
    if not may_be_told(scored, np.ones(len(scored), dtype=bool), blocks, minimum):
        return []
    edges = _edges(*scale)
    place = np.clip(np.searchsorted(edges, score, side="right") - 1, 0, len(edges) - 2)
    by_block = np.zeros((blocks.max(initial=0) + 1, len(edges) - 1), dtype=np.int64)
    np.add.at(by_block, (blocks[scored], place[scored]), 1)
    joined = _joined(by_block, edges, scale[2], minimum)
    if len(joined) < 2:
        return []
    of_cohort = {
        name: np.bincount(place[kept[name] & scored], minlength=len(edges) - 1) for name in COHORTS
    }
    if min(counts.sum() for counts in of_cohort.values()) < max(FEWEST, minimum):
        return []
    return [
        Bar(
            float(edges[start]),
            float(edges[stop]),
            {name: int(counts[start:stop].sum()) for name, counts in of_cohort.items()},
        )
        for start, stop in joined
    ]


def _edges(low: float, high: float, cut_off: float | None) -> Edges:
    """Bars of whole scores that begin at the cut-off, so that none lies across it."""
    width = max(1.0, float(np.ceil((high - low + 1) / _MOST_BARS)))
    start = low if cut_off is None else cut_off - width * np.ceil((cut_off - low) / width)
    edges = np.arange(start, high + width + 1e-9, width)
    edges = edges[edges <= high + width]
    if edges[-1] <= high:
        edges = np.append(edges, edges[-1] + width)
    return edges


def _joined(
    by_block: Counts, edges: Edges, cut_off: float | None, minimum: int
) -> list[tuple[int, int]]:
    """Neighbouring bars put together, on either side of the cut-off, until no block has few."""
    split = by_block.shape[1]
    if cut_off is not None:
        split = int(np.searchsorted(edges, cut_off))
    found: list[tuple[int, int]] = []
    for begin, end in ((0, split), (split, by_block.shape[1])):
        side: list[tuple[int, int]] = []
        start = begin
        for stop in range(begin + 1, end + 1):
            if not _few(by_block[:, start:stop].sum(axis=1), minimum):
                side.append((start, stop))
                start = stop
        if start < end:
            # What is left over joins the bars before it, until nobody is few.
            while side and _few(by_block[:, start:end].sum(axis=1), minimum):
                start = side.pop()[0]
            if _few(by_block[:, start:end].sum(axis=1), minimum):
                return []
            side.append((start, end))
        found += side
    return found


def _few(counts: Counts, minimum: int) -> bool:
    return bool(((counts > 0) & (counts < minimum)).any())


def _shares(bars: list[Bar], cut_off: float | None, fewest: int) -> Shares | None:
    """Who stands at or above the cut-off, with Newcombe's interval of the difference (1998,
    Statistics in Medicine 17, 873-890, method 10)."""
    if cut_off is None or not bars:
        return None
    n = {name: sum(bar.people[name] for bar in bars) for name in COHORTS}
    if min(n.values()) < fewest:
        return None
    above = {name: sum(bar.people[name] for bar in bars if bar.low >= cut_off) for name in COHORTS}
    a, b = (above[name] / n[name] for name in COHORTS)
    (low_a, high_a), (low_b, high_b) = (wilson(above[name], n[name]) for name in COHORTS)
    return Shares(
        a,
        b,
        a - b - sqrt((a - low_a) ** 2 + (high_b - b) ** 2),
        a - b + sqrt((high_a - a) ** 2 + (b - low_b) ** 2),
    )
