"""How long alerts take to work out and to read, as a ratio to plain Python and pandas.

    python -m benchmarks.alerts [--patients 5000 --patients 50000] [--runs 5]

The store works out every alert of the whole history once, at import; a page then reads those
of one day. The other road is the independent one of the tests, which works out one day from
the same records. Synthetic patients; the figures are written to benchmarks/results.md.
"""

import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click
import duckdb
import pandas as pd

from benchmarks.results import write_section
from dashboard.mismatch.rules import default_rules
from dashboard.store import OPERATOR, Scope, Store
from dashboard.store.alerting import evaluate_alerts
from dashboard.store.connection import open_for_reading, open_for_writing
from dashboard.store.demonstration import build_sample_store
from dashboard.store.importing import catalogue_of
from sample_data.generate import AS_OF, generate
from tests.mismatch.independent_alerts import Histories, alerts_on

# The measures that alerts rest on; the others would only make the files larger.
MEASURES = ("distress_0_10", "phq9", "gad7", "phq4", "support_grid", "scns_sf34")
NURSE = Scope("nurse-1", "nurse")
LONGEST = 120.0
"""Seconds that the pandas road may be expected to take; beyond them it is left out."""


@dataclass(frozen=True)
class Timed:
    """Seconds at one size; `pandas` None where it was left out."""

    patients: int
    scores: int
    facts: int
    listed: int
    evaluate: list[float]
    read: list[float]
    pandas: float | None


@click.command()
@click.option("--patients", "sizes", multiple=True, type=int, default=(5_000, 50_000))
@click.option("--runs", default=5, show_default=True, help="Counted runs, after one to warm up.")
def main(sizes: tuple[int, ...], runs: int) -> None:
    """Time the alerts of synthetic services of these sizes."""
    found: list[Timed] = []
    for patients in sizes:
        with tempfile.TemporaryDirectory() as folder:
            store = built(Path(folder), patients)
            # The road is linear in patients: the last size tells what this one will take.
            last = next((one for one in reversed(found) if one.pandas), None)
            expected = last.pandas * patients / last.patients if last and last.pandas else 0.0
            found.append(timed(store, patients, runs, with_pandas=expected <= LONGEST))
    lines = report(found, runs)
    click.echo("\n".join(lines))
    write_section("Alerts", lines)


def built(folder: Path, patients: int) -> Store:
    files = folder / "files"
    files.mkdir()
    generate(files, patients=patients, measures=MEASURES)
    build_sample_store(folder / "store", source=files)
    return Store(folder / "store")


def timed(store: Store, patients: int, runs: int, *, with_pandas: bool) -> Timed:
    path = store.newest().path
    scratch = path.with_name("scratch.duckdb")
    scratch.write_bytes(path.read_bytes())
    evaluate = [evaluated(scratch) for _ in range(runs + 1)][1:]
    read = seconds(lambda: store.query("alerts", NURSE, as_of=AS_OF), runs)
    connection = open_for_reading(path)
    counts = connection.execute(
        "select (select count(*) from clinical.score), (select count(*) from clinical.alert_fact)"
    ).fetchone()
    assert counts is not None  # two subqueries without a table always give a row
    slow = None
    if with_pandas:
        records = histories(connection, store, AS_OF)
        catalogue = catalogue_of(store.directory)
        slow = seconds(lambda: alerts_on(AS_OF, records, default_rules(), catalogue), 1, warm=0)[0]
    connection.close()
    listed = len(store.query("alerts", NURSE, as_of=AS_OF))
    return Timed(patients, counts[0], counts[1], listed, evaluate, read, slow)


def evaluated(path: Path) -> float:
    """Seconds to work out and write down every alert, without opening and closing the file."""
    with open_for_writing(path) as connection:
        return seconds(lambda: evaluate_alerts(connection), 1, warm=0)[0]


def seconds(work: Callable[[], object], runs: int, warm: int = 1) -> list[float]:
    taken = []
    for _ in range(runs + warm):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return taken[warm:]


def histories(connection: duckdb.DuckDBPyConnection, store: Store, day: date) -> Histories:
    """What the pandas road starts from; reading it is not counted."""

    def read(sql: str) -> pd.DataFrame:
        frame = connection.execute(sql).df()
        for name in frame.columns:
            if str(frame[name].dtype).startswith("datetime"):
                frame[name] = frame[name].dt.date
        return frame.astype(object).where(frame.notna(), None)

    due = store.query("panel", OPERATOR, as_of=day)[["patient_id", "next_due_on", "due_reason"]]
    due["next_due_on"] = pd.to_datetime(due["next_due_on"]).dt.date
    return Histories(
        patients=read(
            "select patient_id, patient_ref, status, status_on, phase, diagnosed_on, "
            "treatment_started_on from clinical.patient"
        ),
        assessments=read(
            "select assessment_id, patient_id, measure_key, completed_on, wave "
            "from clinical.assessment"
        ),
        answers=read(
            "select assessment_id, item_key, value, state from clinical.answer "
            "where item_key in (select item_key from clinical.item where measure_key = "
            "'support_grid' union all select item_key from clinical.need_item "
            "union all select item_key from clinical.safety_item)"
        ),
        scores=read(
            "select assessment_id, patient_id, measure_key, scale_key, completed_on, wave, "
            "score, band from clinical.score"
        ),
        due=due.astype(object).where(due.notna(), None),
    )


def report(found: list[Timed], runs: int) -> list[str]:
    """The figures as a section; medians of the counted runs."""
    lines = [
        f"Python {platform.python_version()}, duckdb {duckdb.__version__}, "
        f"{os.cpu_count()} cores; medians of {runs} runs on synthetic data. Written by "
        "`make bench`.",
        "",
        "| patients | scores | every alert of the whole history, at import | one nurse reads "
        "today's | pandas, one day, everyone | pandas ÷ import | pandas ÷ reading |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in found:
        evaluate, read = statistics.median(one.evaluate), statistics.median(one.read)
        slow = "left out" if one.pandas is None else f"{one.pandas:.1f} s"
        ratios = ["", ""]
        if one.pandas is not None:
            ratios = [f"**{one.pandas / evaluate:.0f}**", f"{one.pandas / read:.0f}"]
        lines.append(
            f"| {one.patients:,} | {one.scores:,} | {evaluate:.2f} s ({one.facts:,} stretches) | "
            f"{read * 1000:.0f} ms ({one.listed} rows) | {slow} | {' | '.join(ratios)} |"
        )
    ran_at = max((one.patients for one in found if one.pandas is not None), default=None)
    if ran_at is not None and any(one.pandas is None for one in found):
        lines += [
            "",
            f"The pandas road ran at {ran_at:,} patients; at more it would take over "
            f"{LONGEST / 60:.0f} minutes.",
        ]
    return lines


if __name__ == "__main__":
    main()
