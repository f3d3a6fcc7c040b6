"""Which resources of the directory fit the open gaps of several patients."""

from collections.abc import Collection

import pandas as pd


def that_fit(
    rows: pd.DataFrame, patient_refs: Collection[str], support_type: str, source: str = ""
) -> pd.DataFrame:
    """What fits these patients' gaps of one type. By name, and first what counts as the source
    that is looked at, where one is.

    rows: of the query `resources_for_gaps`.
    """
    fitting = rows[
        rows["patient_ref"].isin(list(patient_refs)) & (rows["support_type"] == support_type)
    ]
    return (
        fitting.assign(counts_as_it=(fitting["source"] == source).fillna(False))
        .sort_values("counts_as_it", ascending=False, kind="stable")
        .drop(columns="counts_as_it")
    )


def one_a_resource(fitting: pd.DataFrame) -> pd.DataFrame:
    """One row a resource, in the order of its first, with `gaps`: how many of them it fits.

    fitting: rows from `that_fit`.
    """
    gaps = fitting.groupby("resource_key")["patient_ref"].nunique()
    once = fitting.drop_duplicates("resource_key")
    return once.assign(gaps=once["resource_key"].map(gaps).astype("int64"))
