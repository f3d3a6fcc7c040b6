"""What is read off a grid of expected recovery for one patient, and for many."""

from datetime import date, timedelta
from math import nan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.analysis.expected_recovery import (
    DAYS_IN_A_MONTH,
    ExpectedBand,
    calibration,
    expected_band,
    off_track,
    off_track_each,
)

BOUNDS = ["low80", "low50", "median", "high50", "high80"]
START = date(2026, 1, 1)


def day(month: float) -> date:
    return START + timedelta(days=round(month * DAYS_IN_A_MONTH))


def made_grid(
    starts: list[float], months: list[int], missing: frozenset[tuple[float, int]] = frozenset()
) -> pd.DataFrame:
    """Patients stand at half their start and a point less each month; bounds 2 and 4 about it."""
    return pd.DataFrame(
        [
            (start, month, 40 - month, *(start / 2 - month + off for off in (-4, -2, 0, 2, 4)))
            for start in starts
            for month in months
            if (start, month) not in missing
        ],
        columns=["start", "month", "patients", *BOUNDS],
    )


GRID = made_grid([4, 6, 10], [1, 3, 6])


def told(grid: pd.DataFrame, start: float, until: date) -> ExpectedBand:
    band = expected_band(grid, start, START, until)
    assert band is not None
    return band


def test_a_cell_is_read_as_it_is() -> None:
    band = told(GRID, 6, day(3))
    assert band.days == [day(1), day(3)]
    assert band.median == [2, 0]
    assert band.low80 == [-2, -4]
    assert band.high80 == [6, 4]
    assert (band.low50, band.high50) == ([0, -2], [4, 2])
    assert band.n == 37


def test_between_starts_and_days_it_runs_straight() -> None:
    until = day(2)
    band = told(GRID, 7, until)
    assert band.days == [day(1), until]
    share = (until - day(1)) / (day(3) - day(1))
    assert band.median == pytest.approx([2.5, 2.5 - 2 * share])


def test_it_ends_with_the_grid_and_not_with_the_wish() -> None:
    assert told(GRID, 6, day(24)).days == [day(1), day(3), day(6)]


@pytest.mark.parametrize("start", [3.9, 10.1, nan])
def test_nothing_is_said_beyond_the_starts_that_are_known(start: float) -> None:
    assert expected_band(GRID, start, START, day(6)) is None


def test_nothing_is_said_before_the_first_month_or_without_a_grid() -> None:
    assert expected_band(GRID, 6, START, day(1) - timedelta(days=1)) is None
    assert expected_band(GRID.iloc[:0], 6, START, day(6)) is None


def test_it_stops_where_too_few_stand_behind_it() -> None:
    """Also between two starts of which one knows no more."""
    thin = made_grid([4, 6, 10], [1, 3, 6], missing=frozenset({(6, 3), (10, 1)}))
    assert told(thin, 6, day(6)).days == [day(1)]
    assert told(thin, 5, day(6)).days == [day(1)]
    assert told(thin, 4, day(6)).days == [day(1), day(3), day(6)]
    assert told(thin, 10, day(6)).days == [day(3), day(6)]
    # The last months of a start that was lost before are not taken up again.
    assert expected_band(thin, 8, START, day(6)) is None


@pytest.mark.parametrize(
    ("score", "higher_is", "expected"),
    [
        (6, "worse", False),
        (8, "worse", False),  # outside, and no further than the error
        (8.1, "worse", True),
        (-9, "worse", False),
        (-4, "better", False),
        (-4.1, "better", True),
        (20, "better", False),
        (20, "neither", None),
        (nan, "worse", None),
    ],
)
def test_off_track_is_worse_than_the_band_by_more_than_the_error(
    score: float, higher_is: str, expected: bool | None
) -> None:
    band = told(GRID, 6, day(6))
    assert off_track(band, day(1), score, higher_is, sem=2) is expected


def test_off_track_cannot_be_said_without_a_band_a_day_or_an_error() -> None:
    band = told(GRID, 6, day(3))
    assert off_track(None, day(1), 20, "worse", 2) is None
    assert off_track(band, day(1) - timedelta(days=1), 20, "worse", 2) is None
    assert off_track(band, day(3) + timedelta(days=1), 20, "worse", 2) is None
    assert off_track(band, day(1), 20, "worse", nan) is None


grids = st.builds(
    lambda seed, missing: _grid_of(np.random.default_rng(seed), missing),
    st.integers(0, 10_000),
    st.integers(0, 4),
)
# Quarters: rounding must not decide whether a start is one of the grid's own.
some_start = st.integers(-4, 48).map(lambda quarters: quarters / 4)
anywhere = st.tuples(some_start, st.integers(0, 400), st.floats(-10, 30))


def _grid_of(chance: np.random.Generator, missing: int) -> pd.DataFrame:
    """Whatever bounds, as long as they are in order and rise with the start."""
    starts, months = np.arange(0.0, 11, 2), np.array([1, 2, 4, 8, 12])
    bounds = np.sort(chance.normal(0, 5, (len(starts), len(months), 5)), axis=2)
    bounds = np.maximum.accumulate(bounds, axis=0)
    rows = [
        (start, month, int(chance.integers(20, 60)), *bounds[i, j])
        for i, start in enumerate(starts)
        for j, month in enumerate(months)
    ]
    grid = pd.DataFrame(rows, columns=["start", "month", "patients", *BOUNDS])
    return grid.drop(index=chance.choice(len(grid), missing, replace=False).tolist())


@given(grids, st.lists(anywhere, min_size=1, max_size=6), st.sampled_from(["worse", "better"]))
def test_many_are_judged_as_one_by_one(
    grid: pd.DataFrame, people: list[tuple[float, int, float]], higher_is: str
) -> None:
    scores = pd.DataFrame(people, columns=["start_score", "days", "score"])
    together = off_track_each(grid, scores, higher_is, sem=1.5)
    for found, (start, days, score) in zip(together, people, strict=True):
        on = START + timedelta(days=days)
        band = expected_band(grid, start, START, START + timedelta(days=1000))
        alone = off_track(band, on, score, higher_is, sem=1.5)
        assert (None if pd.isna(found) else bool(found)) is alone


@given(grids, anywhere, st.floats(0, 5))
def test_a_scale_turned_round_judges_the_same(
    grid: pd.DataFrame, person: tuple[float, int, float], sem: float
) -> None:
    start, days, score = person
    turned = grid.assign(
        start=-grid["start"],
        **{name: -grid[other] for name, other in zip(BOUNDS, BOUNDS[::-1], strict=True)},
    )
    on = START + timedelta(days=days)
    here = expected_band(grid, start, START, on)
    there = expected_band(turned, -start, START, on)
    assert off_track(here, on, score, "worse", sem) is off_track(there, on, -score, "better", sem)


@given(grids, anywhere, st.floats(0.1, 20), st.floats(-50, 50))
def test_a_band_moves_with_the_units_of_its_scale(
    grid: pd.DataFrame, person: tuple[float, int, float], factor: float, shift: float
) -> None:
    start, days, _ = person
    columns = ["start", *BOUNDS]
    moved = grid.assign(**(grid[columns] * factor + shift))
    until = START + timedelta(days=days)
    here = expected_band(grid, start, START, until)
    there = expected_band(moved, start * factor + shift, START, until)
    if here is None or there is None:
        assert here is there
        return
    assert (there.days, there.n) == (here.days, here.n)
    for name in BOUNDS:
        expected = np.array(getattr(here, name)) * factor + shift
        assert getattr(there, name) == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(grids, some_start, some_start)
def test_whoever_began_higher_is_expected_no_lower(
    grid: pd.DataFrame, one: float, other: float
) -> None:
    lower, higher = (
        expected_band(grid, start, START, START + timedelta(days=365))
        for start in sorted((one, other))
    )
    if lower is None or higher is None:
        return
    below = {name: dict(zip(lower.days, getattr(lower, name), strict=True)) for name in BOUNDS}
    for name in BOUNDS:
        for on, value in zip(higher.days, getattr(higher, name), strict=True):
            assert value >= below[name].get(on, -np.inf) - 1e-9


@given(grids, some_start)
def test_the_bounds_are_in_order(grid: pd.DataFrame, start: float) -> None:
    band = expected_band(grid, start, START, START + timedelta(days=365))
    if band is not None:
        table = np.array([getattr(band, name) for name in BOUNDS])
        assert (np.diff(table, axis=0) >= 0).all()
        assert 20 <= band.n < 60


def test_how_well_the_bands_hold() -> None:
    check = pd.DataFrame({"patients": [50], "forms": [200], "below80": [18], "above80": [24]})
    found = calibration(check)
    assert found is not None
    assert (found.share, found.below, found.above) == pytest.approx((0.79, 0.09, 0.12))
    assert (found.forms, found.patients) == (200, 50)
    assert calibration(check.iloc[:0]) is None
