"""How complete the forms are, by measure, site and month."""

import pandas as pd

_COUNTS = ["forms", "complete_forms", "partial_forms", "unscored_forms"]


def by_measure_and_month(completeness: pd.DataFrame, site: str | None) -> pd.DataFrame:
    """Counts of forms, summed over sites.

    Args:
        completeness: rows of the query `completeness`, one a month, site and measure.
        site: only this one; None for all.

    Returns:
        One row a measure and month: month, measure_key, measure_title and the counts.
    """
    rows = completeness if site is None else completeness[completeness["site"] == site]
    return rows.groupby(["month", "measure_key", "measure_title"], as_index=False)[_COUNTS].sum()


def share_complete(rows: pd.DataFrame) -> float | None:
    """Share of complete forms among all; None while there is no form."""
    forms = int(rows["forms"].sum())
    return None if forms == 0 else int(rows["complete_forms"].sum()) / forms


def least_complete(rows: pd.DataFrame) -> tuple[str, float] | None:
    """The measure with the smallest share of complete forms, and that share."""
    if rows.empty:
        return None
    totals = rows.groupby("measure_title")[["forms", "complete_forms"]].sum()
    shares = totals["complete_forms"] / totals["forms"]
    return str(shares.idxmin()), float(shares.min())
