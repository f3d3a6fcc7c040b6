"""Scores before against scores after, in squares that hold enough people to be shown.

One mark a person would show a manager single people, so people are counted in squares. The finest
grid is taken in which most people stand in a square that may be shown: squares of a few points,
else the bands of the scale, else the two sides of its cut-off.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.analysis.disclosure import safe_parts
from dashboard.analysis.program_courses import OutcomeScale

_WIDTHS = (1, 2, 3, 4, 6)
_MOST = 0.8
"""The share of people who must stand in squares that are shown."""


@dataclass(frozen=True)
class Square:
    """Scores from the first to below the second number, before and after; None where hidden."""

    before: tuple[float, float]
    after: tuple[float, float]
    people: int | None


@dataclass(frozen=True)
class Grid:
    """Everyone with both scores, by squares that hold anybody.

    Attributes:
        edges: of the squares, the scale's minimum first; the last is beyond its maximum.
        hidden: people in squares that are not shown.
    """

    edges: tuple[float, ...]
    squares: tuple[Square, ...]
    people: int
    hidden: int


def grid(pairs: pd.DataFrame, scale: OutcomeScale, minimum: int) -> Grid:
    """Count in the finest grid that shows most people, else in the coarsest.

    pairs: pre, post, of those with both.
    """
    found = None
    for edges in _grids(scale):
        found = _counted(pairs, edges, minimum)
        if found.hidden <= (1 - _MOST) * found.people:
            return found
    assert found is not None
    return found


def _grids(scale: OutcomeScale) -> list[tuple[float, ...]]:
    """From fine to coarse."""
    end = scale.maximum + 1
    even = [tuple(np.arange(scale.minimum, end + width - 1, width)) for width in _WIDTHS]
    by_band = tuple(sorted({scale.minimum, *scale.bands, end}))
    by_side = tuple(sorted({scale.minimum, scale.cut_off, end}))
    return [*even, *([by_band] if scale.bands else []), by_side]


def _counted(pairs: pd.DataFrame, edges: Sequence[float], minimum: int) -> Grid:
    counts, _, _ = np.histogram2d(pairs["pre"], pairs["post"], bins=[edges, edges])
    places = np.argwhere(counts > 0)
    numbers = [int(counts[row, column]) for row, column in places]
    shown = safe_parts(numbers, minimum)
    sides = list(zip(edges[:-1], edges[1:], strict=True))
    return Grid(
        tuple(float(edge) for edge in edges),
        tuple(
            Square(sides[row], sides[column], number)
            for (row, column), number in zip(places, shown, strict=True)
        ),
        len(pairs),
        sum(n for n, told in zip(numbers, shown, strict=True) if told is None),
    )
