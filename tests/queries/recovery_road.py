"""The bands of expected recovery worked out again, cell by cell, from the sample's own files."""

import hashlib
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from dashboard.measures.catalogue import Scale
from tests.queries.raw_records import RawRecords, reliable_change

MONTH = 365.25 / 12
WINDOWS = {
    1: (0.5, 1.5),
    2: (1.5, 2.5),
    3: (2.5, 4),
    5: (4, 6),
    7: (6, 8.5),
    10: (8.5, 11.5),
    13: (11.5, 15),
    18: (15, 21),
    24: (21, 27),
}
SHARES = {"low80": 0.1, "low50": 0.25, "median": 0.5, "high50": 0.75, "high80": 0.9}


def later_scores(raw: RawRecords, measure_key: str, scale_key: str) -> pd.DataFrame:
    """Every score after a patient's first: patient_id, fifth, start, days, score."""
    rows = []
    for patient_id, scores in raw.scores_by_patient.items():
        own = [
            one
            for one in scores
            if (one.form.measure_key, one.scale.key) == (measure_key, scale_key)
            and one.value is not None
        ]
        own.sort(key=lambda one: one.completed_on)
        rows += [
            (patient_id, own[0].value, (one.completed_on - own[0].completed_on).days, one.value)
            for one in own[1:]
            if one.completed_on > own[0].completed_on
        ]
    later = pd.DataFrame(rows, columns=["patient_id", "start", "days", "score"])
    return later.assign(fifth=later["patient_id"].map(fifth_of))


def fifth_of(patient_id: str) -> int:
    return 1 + int.from_bytes(hashlib.md5(patient_id.encode()).digest()[8:], "little") % 5


def places(scale: Scale) -> np.ndarray:
    """The starts of the grid: each point of a scale of 10 to 30 points, else 21 of them."""
    width = scale.maximum - scale.minimum
    count = round(width) if 10 <= width <= 30 else 20
    return scale.minimum + np.arange(count + 1) * width / count


def nearest_place(starts: pd.Series, scale: Scale) -> np.ndarray:
    grid = places(scale)
    off = (starts.to_numpy() - grid[0]) / (grid[1] - grid[0])
    return np.floor(np.round(off + 0.5, 9)).astype(int)


def in_windows(later: pd.DataFrame) -> Iterator[tuple[int, pd.DataFrame]]:
    """The form of each patient that is nearest to each month of the grid."""
    for month, (low, high) in WINDOWS.items():
        months = later["days"] / MONTH
        off = (months - month).abs()[(months >= low) & (months < high)].sort_values(kind="stable")
        yield month, later.loc[off.index].drop_duplicates("patient_id")


def bands(later: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    """The columns of the query `recovery_bands`, for the patients given."""
    limit = reliable_change(scale)
    assert limit is not None
    grid = places(scale)
    step, rows = grid[1] - grid[0], []
    for month, forms in in_windows(later):
        began, scores = nearest_place(forms["start"], scale), forms["score"].to_numpy()
        for place, start in enumerate(grid):
            chosen = comparable(began - place, limit / step, limit / (1.96 * 2**0.5) / step)
            if chosen is not None:
                stood = scores[chosen]
                ranks = rankdata(stood) / (len(stood) + 1)
                values, first = np.unique(stood, return_index=True)
                quantiles = np.interp(list(SHARES.values()), ranks[first], values)
                rows.append((start, month, len(stood), *quantiles))
    return pd.DataFrame(rows, columns=["start", "month", "patients", *SHARES])


def comparable(off: np.ndarray, limit: float, error: float) -> np.ndarray | None:
    """Whose start is nearest: 40 or more within the limit, fewer where they lean to one side."""
    widest = None
    for distance in np.unique(np.abs(off)):
        inside = np.abs(off) <= distance
        nearer = int((np.abs(off) < distance).sum())
        if distance > limit or nearer >= 40:
            break
        if inside.sum() >= 20 and abs(off[inside].mean()) <= error:
            widest = inside
    return widest
