"""People of two cohorts, for tests of what is told about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.analysis.cohort_windows import COHORTS, PLANNED, Courses
from dashboard.analysis.cohorts import Mask


@dataclass(frozen=True)
class Person:
    """Scores at the planned times, None for a missing one."""

    cohort: str
    followed: float
    scores: tuple[float | None, ...]


def courses_of(people: Sequence[Person]) -> tuple[Courses, Mapping[str, Mask]]:
    scores = {
        window: np.array([who.scores[place] for who in people], dtype=float)
        for place, window in enumerate(PLANNED)
    }
    inside = {name: np.array([who.cohort == name for who in people]) for name in COHORTS}
    return Courses(scores, np.array([who.followed for who in people], dtype=float)), inside
