"""What a comparison can be adjusted for: columns for a regression, made from rows of a query."""

from collections.abc import Sequence
from math import log1p

import pandas as pd

from dashboard.analysis.regression import levels

ADJUSTERS = ("age", "sex", "stage", "site", "time")


def covariates(rows: pd.DataFrame, chosen: Sequence[str]) -> pd.DataFrame:
    """Columns for the chosen ADJUSTERS; what is not known is a value of its own.

    Args:
        rows: with age, sex, stage, site and months_since_diagnosis.
        chosen: `time` is the logarithm of months since diagnosis, because most happens early.
    """
    columns: list[pd.DataFrame] = [pd.DataFrame(index=rows.index)]
    for name in chosen:
        if name == "age":
            columns.append(_amount(rows["age"].astype(float) / 10, name))
        elif name == "time":
            months = rows["months_since_diagnosis"].astype(float).clip(lower=0)
            columns.append(_amount(months.map(log1p), name))
        else:
            columns.append(levels(rows[name], name))
    return pd.concat(columns, axis=1)


def _amount(column: pd.Series, name: str) -> pd.DataFrame:
    known = column.notna()
    return pd.DataFrame(
        {name: column.where(known, column.mean()), f"{name}=not known": (~known).astype(float)}
    ).fillna(0.0)
