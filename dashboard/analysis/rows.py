"""A frame row by row, for whoever says or draws each row by itself."""

from collections.abc import Sequence
from typing import Any

import pandas as pd


def rows_of(frame: pd.DataFrame, columns: Sequence[str]) -> list[dict[str, Any]]:
    """These columns of each row as plain values: what `to_dict("records")` gives of them, in a
    third of its time."""
    values = zip(*(frame[name].tolist() for name in columns), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in values]
