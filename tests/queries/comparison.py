"""Compares what a query returned with rows worked out independently."""

import math
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

Row = dict[str, Any]


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """The frame's rows in plain Python: None where nothing is, dates as dates, lists as lists."""
    columns = [[plain(cell) for cell in frame[name].tolist()] for name in frame]
    names = [str(name) for name in frame]
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]


def plain(cell: Any) -> Any:
    if isinstance(cell, np.ndarray):  # a masked one says None where an element is missing
        return [plain(element) for element in cell.tolist()]
    if cell is None or cell is pd.NaT or cell is pd.NA:
        return None
    if isinstance(cell, float) and math.isnan(cell):
        return None
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return cell.date()
    return cell


def assert_same(found: Sequence[Row], expected: Sequence[Row]) -> None:
    """Same rows in the same order, each with the columns that `expected` names.

    Numbers may differ by rounding in the last places: the two roads add up in another order.
    """
    assert len(found) == len(expected)
    differing = []
    for number, (one, other) in enumerate(zip(found, expected, strict=True)):
        for column, value in other.items():
            if not alike(one[column], value):
                differing.append(f"row {number}, {column}: {one[column]!r}, expected {value!r}")
    assert not differing, "\n".join([f"{len(differing)} cells differ", *differing[:20]])


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(other, bool) or isinstance(one, bool):
        return one is other
    if isinstance(other, int | float) and isinstance(one, int | float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(one, date) or isinstance(other, date):
        return one == other
    return bool(one == other)
