"""How long two cohorts of the whole service take to describe, as a ratio to plain pandas.

    python -m benchmarks.cohorts [--patients 50000] [--runs 7]

Described is everything that the Cohorts page shows before a model is asked for. Another scale has
to be read from the store; another filter splits the same people anew. The other road starts from
the forms already in memory, as one frame, and must come to the same numbers. Synthetic patients;
the figures are written to benchmarks/results.md.
"""

import os
import platform
import statistics
import tempfile
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import click
import duckdb
import pandas as pd

from benchmarks.alerts import seconds
from benchmarks.results import write_section
from dashboard.analysis.cohort_results import (
    Asked,
    Everyone,
    compared,
    everyone_of,
    people_of,
    register_of,
    scale_of,
)
from dashboard.analysis.cohort_view import CohortView
from dashboard.analysis.cohort_windows import OVER, PLANNED
from dashboard.store import Scope, Store
from dashboard.store.connection import open_for_reading
from dashboard.store.demonstration import build_sample_store
from dashboard.store.importing import catalogue_of
from sample_data.generate import AS_OF, generate

MEASURES = ("phq9", "gad7", "support_grid")
SCALES = ("phq9/total", "gad7/total")
SERVICE = Scope("psychologist-1", "service")
MINIMUM = 10
MAIN = 6.0
YOUNG = 50
MONTH = 30.4375


@click.command()
@click.option("--patients", default=50_000, show_default=True)
@click.option("--runs", default=7, show_default=True, help="Counted runs, after two to warm up.")
def main(patients: int, runs: int) -> None:
    """Time the Cohorts page of a synthetic service of this size."""
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder, "files")
        files.mkdir()
        generate(files, patients=patients, measures=MEASURES)
        build_sample_store(Path(folder, "store"), source=files)
        lines = report(Store(Path(folder, "store")), runs)
    click.echo("\n".join(lines))
    write_section("Cohorts", lines)


def report(store: Store, runs: int) -> list[str]:
    """The figures as a section; medians of the counted runs."""
    ask = partial(store.query, scope=SERVICE)
    catalogue = catalogue_of(store.directory)
    scales = cycle(SCALES)
    filters = cycle(((("age", ("under_50",)),), (("sex", ("female",)),)))
    first = seconds(lambda: register_of(ask, AS_OF, MINIMUM), 3, warm=1)
    register = register_of(ask, AS_OF, MINIMUM)

    def everyone_on(name: str) -> Everyone:
        scale = scale_of(catalogue, name)
        return everyone_of(ask, AS_OF, name, "treatment", scale, register)

    def described(everyone: Everyone, name: str, a: Any = (("age", ("under_50",)),)) -> CohortView:
        asked = Asked(AS_OF, name, "treatment", MAIN, a, None)
        scale = scale_of(catalogue, name)
        return compared(people_of(everyone, asked), asked, scale, MINIMUM)

    def another_scale() -> None:
        name = next(scales)
        described(everyone_on(name), name)

    phq9 = everyone_on(SCALES[0])
    rows = [
        ("another scale", seconds(another_scale, runs, warm=2)),
        ("another filter", seconds(lambda: described(phq9, SCALES[0], next(filters)), runs, 2)),
    ]
    patients, forms = in_memory(store)
    slow = statistics.median(seconds(lambda: by_pandas(patients, forms, SCALES[0]), runs))
    check(described(phq9, SCALES[0]), by_pandas(patients, forms, SCALES[0]))
    return [
        f"Python {platform.python_version()}, duckdb {duckdb.__version__}, {os.cpu_count()} "
        f"cores; {len(register.patients):,} patients, {len(forms):,} scores; medians of {runs} "
        "runs on synthetic data. Written by `make bench`.",
        "",
        "| what | here | pandas, forms in memory | pandas ÷ here |",
        "|---|---|---|---|",
        *(
            f"| {what} | {statistics.median(taken) * 1000:.0f} ms | {slow * 1000:.0f} ms "
            f"| **{slow / statistics.median(taken):.1f}** |"
            for what, taken in rows
        ),
        "",
        "The first look after an import also works out who everyone is and what may be told of "
        f"them: {statistics.median(first) * 1000:.0f} ms.",
    ]


def in_memory(store: Store) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Patients, and every score there is."""
    with open_for_reading(store.newest().path) as connection:
        patients, forms = (
            connection.execute(f"select {columns} from clinical.{table}").df()
            for columns, table in (
                ("patient_id, birth_year, treatment_started_on, status, status_on", "patient"),
                ("patient_id, measure_key, scale_key, completed_on, score", "score"),
            )
        )
    return patients, forms


def by_pandas(patients: pd.DataFrame, forms: pd.DataFrame, scale: str) -> pd.DataFrame:
    """People with a score and without one, mean and median, a row a cohort and planned time."""
    measure_key, scale_key = scale.split("/")
    as_of = pd.Timestamp(AS_OF)
    own = forms[
        (forms["measure_key"] == measure_key)
        & (forms["scale_key"] == scale_key)
        & forms["score"].notna()
        & (forms["completed_on"] <= as_of)
    ]
    people = patients.dropna(subset=["treatment_started_on"])
    young = AS_OF.year - people["birth_year"] < YOUNG
    people = people.assign(cohort=young.map({True: "a", False: "b"}))
    left = people["status_on"].where(people["status"] != "active").fillna(as_of)
    left = left.where(left < as_of, as_of)
    people["followed"] = (left - people["treatment_started_on"]).dt.days / MONTH
    placed = own.merge(people, on="patient_id")
    months = (placed["completed_on"] - placed["treatment_started_on"]).dt.days / MONTH
    bounds = [-OVER[PLANNED[0]], *OVER.values()]
    placed["window"] = pd.cut(months, bounds, right=False, labels=list(PLANNED)).astype(float)
    placed["away"] = (months - placed["window"]).abs()
    nearest = placed.dropna(subset=["window"]).sort_values(["away", "completed_on"])
    nearest = nearest.drop_duplicates(["patient_id", "window"])
    due = pd.concat(
        [
            people.loc[people["followed"] >= end, ["patient_id", "cohort"]].assign(window=window)
            for window, end in OVER.items()
        ]
    )
    beside = due.merge(nearest[["patient_id", "window", "score"]], how="left")
    missing = beside["score"].isna().groupby([beside["cohort"], beside["window"]]).sum()
    told = nearest.groupby(["cohort", "window"])["score"].agg(["size", "mean", "median"])
    return told.assign(missing=missing)


def check(told: CohortView, recounted: pd.DataFrame) -> None:
    """Both roads come to the same numbers."""
    rows = recounted.to_dict("index")
    for one in told.at:
        row = rows[one.cohort, one.window]
        assert one.mean is not None
        assert one.median is not None
        assert (one.n, one.missing) == (row["size"], row["missing"]), (one, row)
        assert abs(one.mean.value - row["mean"]) < 1e-9
        assert one.median.value == row["median"]


if __name__ == "__main__":
    main()
