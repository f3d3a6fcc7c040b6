"""Where patients who began like this one stood later: what to hold a course against.

The grid of quantiles is made at import from the centre's own patients, each counted once in a
cell (dashboard/store/steps/85_recovery.sql says how); here it is read off for one patient. A
band is no forecast and no goal: it says where the middle 50 % and 80 % of comparable patients
were who still answered.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

DAYS_IN_A_MONTH = 365.25 / 12

_BOUNDS = ["low80", "low50", "median", "high50", "high80"]
_LOW, _HIGH = 0, -1
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ExpectedBand:
    """The middle 50 % and 80 % of comparable patients' scores, on days of one patient.

    Attributes:
        days: the days that the grid knows, oldest first, and the last day wanted where the
            band reaches it; between two of them the band runs straight.
        n: at least so many patients stand behind the band where they are fewest.
    """

    days: list[date]
    low80: list[float]
    low50: list[float]
    median: list[float]
    high50: list[float]
    high80: list[float]
    n: int


@dataclass(frozen=True)
class Calibration:
    """How often the 80 % band held for patients who were left out when it was made.

    Attributes:
        share: of `forms` inside the band; `below` and `above` are the shares outside it.
        patients: whose forms these are.
    """

    share: float
    below: float
    above: float
    forms: int
    patients: int


def expected_band(
    grid: pd.DataFrame, start_score: float, start_on: date, until: date
) -> ExpectedBand | None:
    """The band of patients whose first score was near `start_score`.

    Args:
        grid: rows of the query `recovery_bands`, of one scale.
        start_score: the patient's first score of that scale.
        start_on: the day of that score.
        until: the last day wanted; the band ends sooner where too few were followed so long.

    Returns:
        None where too few comparable patients were followed to say.
    """
    cells = _Cells(grid)
    last = (until - start_on).days
    bounds, patients = cells.at_start(start_score)
    known = np.flatnonzero(~np.isnan(bounds[:, _LOW]))
    if not known.size or cells.days[known[0]] > last:
        return None
    reached = cells.days[known]
    days = [int(day) for day in reached if day <= last]
    if days[-1] < last < reached[-1]:
        days.append(last)
    drawn = {
        name: np.interp(days, reached, bounds[known, place]).tolist()
        for place, name in enumerate(_BOUNDS)
    }
    used = known[: np.searchsorted(reached, days[-1]) + 1]
    return ExpectedBand(
        days=[start_on + timedelta(days=day) for day in days],
        n=int(patients[used].min()),
        **drawn,
    )


def off_track(
    band: ExpectedBand | None, on: date, score: float, higher_is: str, sem: float
) -> bool | None:
    """Whether a score is worse than the 80 % band by more than measurement error.

    Args:
        on: the day of the score.
        higher_is: `worse` or `better`; on a scale that is neither, nothing is worse.
        sem: standard error of measurement of the scale; NaN where it is not known.

    Returns:
        None where it cannot be said: no band on that day, no score, or no known error.
    """
    if band is None or pd.isna(score) or pd.isna(sem) or higher_is not in {"worse", "better"}:
        return None
    if not band.days[0] <= on <= band.days[-1]:
        return None
    days = [day.toordinal() for day in band.days]
    if higher_is == "worse":
        return bool(score - np.interp(on.toordinal(), days, band.high80) > sem)
    return bool(np.interp(on.toordinal(), days, band.low80) - score > sem)


def off_track_each(
    grid: pd.DataFrame, scores: pd.DataFrame, higher_is: str, sem: float
) -> pd.Series:
    """The same of many patients at once, for lists.

    Args:
        grid: rows of the query `recovery_bands`, of one scale.
        scores: a row a patient: start_score, days (from that score to the one judged), score.

    Returns:
        `boolean`, on the index of `scores`; <NA> where it cannot be said.
    """
    said = pd.Series(pd.NA, index=scores.index, dtype="boolean")
    if pd.isna(sem) or higher_is not in {"worse", "better"}:
        return said
    score = scores["score"].to_numpy(dtype=float)
    bounds = _Cells(grid).on(
        scores["start_score"].to_numpy(dtype=float), scores["days"].to_numpy(dtype=float)
    )
    beyond = score - bounds[:, _HIGH] if higher_is == "worse" else bounds[:, _LOW] - score
    can_be_said = ~np.isnan(beyond)
    said[can_be_said] = beyond[can_be_said] > sem
    return said


def calibration(check: pd.DataFrame) -> Calibration | None:
    """Whether the bands of one scale hold for patients who had no part in them.

    Args:
        check: rows of the query `recovery_check`, of one scale.

    Returns:
        None where no form of a patient left out could be compared with a band.
    """
    if check.empty or not check["forms"].iloc[0]:
        return None
    counted = check.iloc[0]
    below, above = (counted[name] / counted["forms"] for name in ("below80", "above80"))
    return Calibration(
        share=float(1 - below - above),
        below=float(below),
        above=float(above),
        forms=int(counted["forms"]),
        patients=int(counted["patients"]),
    )


class _Cells:
    """A grid as an array over its starts and days; NaN where too few stand behind a cell.

    For each start only the first days in a row that are known: what comes after a gap would hang
    in the air.
    """

    def __init__(self, grid: pd.DataFrame) -> None:
        starts, at_start = np.unique(grid["start"].to_numpy(dtype=float), return_inverse=True)
        months, at_month = np.unique(grid["month"].to_numpy(dtype=float), return_inverse=True)
        self.starts: Numbers = starts
        self.days: Numbers = np.round(months * DAYS_IN_A_MONTH)
        self._bounds = np.full((len(starts), len(months), len(_BOUNDS)), np.nan)
        self._bounds[at_start, at_month] = np.column_stack(
            [grid[name].to_numpy(dtype=float) for name in _BOUNDS]
        )
        self._patients = np.zeros((len(starts), len(months)))
        self._patients[at_start, at_month] = grid["patients"].to_numpy(dtype=float)
        known = self._patients > 0
        self._bounds[np.cumsum(np.diff(known, axis=1, prepend=False), axis=1) > 1] = np.nan

    def at_start(self, score: float) -> tuple[Numbers, Numbers]:
        """Bounds and patients on each day, straight between the two starts around `score`."""
        lower, upper, share = _around(self.starts, np.array([score], dtype=float))
        if np.isnan(share[0]):
            return np.full((len(self.days), len(_BOUNDS)), np.nan), np.zeros(len(self.days))
        one, other = int(lower[0]), int(upper[0])
        return (
            self._bounds[one] * (1 - share[0]) + self._bounds[other] * share[0],
            np.minimum(self._patients[one], self._patients[other]),
        )

    def on(self, scores: Numbers, days: Numbers) -> Numbers:
        """The bounds for each pair of a start score and a number of days since."""
        low, high, across = _around(self.starts, scores)
        before, after, along = _around(self.days, days)
        found = np.full((len(scores), len(_BOUNDS)), np.nan)
        inside = ~(np.isnan(across) | np.isnan(along))
        low, high, before, after = (place[inside] for place in (low, high, before, after))
        across, along = across[inside, None], along[inside, None]
        earlier = self._bounds[low, before] * (1 - across) + self._bounds[high, before] * across
        later = self._bounds[low, after] * (1 - across) + self._bounds[high, after] * across
        found[inside] = earlier * (1 - along) + later * along
        return found


def _around(
    known: Numbers, wanted: Numbers
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Numbers]:
    """Places of the known values at or around each wanted one, and how far it lies between.

    A value that is known lies between itself and itself; outside them all the share is NaN.
    """
    if not known.size:
        nowhere = np.zeros(len(wanted), dtype=np.intp)
        return nowhere, nowhere, np.full(len(wanted), np.nan)
    upper = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    lower = np.where(known[upper] == wanted, upper, np.maximum(upper - 1, 0))
    width = np.where(upper > lower, known[upper] - known[lower], 1)
    share = (wanted - known[lower]) / width
    outside = ~((known[0] <= wanted) & (wanted <= known[-1]))
    return lower, upper, np.where(outside, np.nan, share)
