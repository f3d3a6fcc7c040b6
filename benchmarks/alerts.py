"""How long alerts take to work out and to read, as a ratio to plain Python and pandas.

    python -m benchmarks.alerts [--patients 5000 --patients 50000] [--runs 5]

The store works out once, at import, what every alert of the whole history rests on; the alerts
of any day are then read from that. The other road is the independent one of the tests, which
works out one day from the same records, for everyone. Synthetic patients; the figures are
written to benchmarks/results.md.
"""

import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
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
# The other road takes patients by the slice, so that its objects fit into memory.
SLICE = 5_000


@dataclass(frozen=True)
class Timed:
    """Seconds at one size.

    Attributes:
        facts: stretches of days in the store; `listed` and `everyone`: alerts of the day, of one
            nurse's patients and of all.
        evaluate: to work the stretches out and write them down.
        read, read_all: to read the alerts of the day.
        pandas: to work out the alerts of the day by the other road, for everyone.
    """

    patients: int
    scores: int
    facts: int
    listed: int
    everyone: int
    evaluate: list[float]
    read: list[float]
    read_all: list[float]
    pandas: float


@click.command()
@click.option("--patients", "sizes", multiple=True, type=int, default=(5_000, 50_000))
@click.option("--runs", default=5, show_default=True, help="Counted runs, after one to warm up.")
def main(sizes: tuple[int, ...], runs: int) -> None:
    """Time the alerts of synthetic services of these sizes."""
    found: list[Timed] = []
    for patients in sizes:
        with tempfile.TemporaryDirectory() as folder:
            found.append(timed(built(Path(folder), patients), patients, runs))
    lines = report(found, runs)
    click.echo("\n".join(lines))
    write_section("Alerts", lines)


def built(folder: Path, patients: int) -> Store:
    files = folder / "files"
    files.mkdir()
    generate(files, patients=patients, measures=MEASURES)
    build_sample_store(folder / "store", source=files)
    return Store(folder / "store")


def timed(store: Store, patients: int, runs: int) -> Timed:
    path = store.newest().path
    scratch = path.with_name("scratch.duckdb")
    scratch.write_bytes(path.read_bytes())
    evaluate = [evaluated(scratch) for _ in range(runs + 1)][1:]
    scratch.unlink()
    read = seconds(lambda: store.query("alerts", NURSE, as_of=AS_OF), runs)
    read_all = seconds(lambda: store.query("alerts", OPERATOR, as_of=AS_OF), runs)
    with open_for_reading(path) as connection:
        counts = connection.execute(
            "select (select count(*) from clinical.score), "
            "(select count(*) from clinical.alert_fact)"
        ).fetchone()
        assert counts is not None  # two subqueries without a table always give a row
        slow = by_pandas(connection, store)
    listed, everyone = (len(store.query("alerts", who, as_of=AS_OF)) for who in (NURSE, OPERATOR))
    return Timed(patients, counts[0], counts[1], listed, everyone, evaluate, read, read_all, slow)


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


def by_pandas(connection: duckdb.DuckDBPyConnection, store: Store) -> float:
    """Seconds that the other road takes for everyone; reading its records is not counted."""
    catalogue, rules = catalogue_of(store.directory), default_rules()
    due = store.query("panel", OPERATOR, as_of=AS_OF)[["patient_id", "next_due_on", "due_reason"]]
    due["next_due_on"] = pd.to_datetime(due["next_due_on"]).dt.date
    everyone = connection.execute("select patient_id from clinical.patient order by all").df()
    taken = 0.0
    for start in range(0, len(everyone), SLICE):
        connection.register("slice", everyone.iloc[start : start + SLICE])
        work = partial(alerts_on, AS_OF, histories(connection, due), rules, catalogue)
        taken += seconds(work, 1, warm=0)[0]
    return taken


def histories(connection: duckdb.DuckDBPyConnection, due: pd.DataFrame) -> Histories:
    """What the other road starts from, of the patients in `slice`."""

    def read(sql: str) -> pd.DataFrame:
        frame = connection.execute(sql).df()
        for name in frame.columns:
            if str(frame[name].dtype).startswith("datetime"):
                frame[name] = frame[name].dt.date
        return frame.astype(object).where(frame.notna(), None)

    patients = read(
        "select patient_id, patient_ref, status, status_on, phase, diagnosed_on, "
        "treatment_started_on from clinical.patient semi join slice using (patient_id)"
    )
    own = due[due["patient_id"].isin(patients["patient_id"])]
    return Histories(
        patients=patients,
        assessments=read(
            "select assessment_id, patient_id, measure_key, completed_on, wave "
            "from clinical.assessment semi join slice using (patient_id)"
        ),
        answers=read(
            "select assessment_id, item_key, value, state "
            "from clinical.answer semi join slice using (patient_id) "
            "where item_key in (select item_key from clinical.item where measure_key = "
            "'support_grid' union all select item_key from clinical.need_item "
            "union all select item_key from clinical.safety_item)"
        ),
        scores=read(
            "select assessment_id, patient_id, measure_key, scale_key, completed_on, wave, "
            "score, band from clinical.score semi join slice using (patient_id)"
        ),
        due=own.astype(object).where(own.notna(), None),
    )


def report(found: list[Timed], runs: int) -> list[str]:
    """The figures as a section; medians of the counted runs."""
    lines = [
        f"Python {platform.python_version()}, duckdb {duckdb.__version__}, "
        f"{os.cpu_count()} cores; medians of {runs} runs on synthetic data. Written by "
        "`make bench`.",
        "",
        "| patients | scores | at import: every day of the history, everyone | read: today, one "
        "nurse | read: today, everyone | pandas: today, everyone | pandas ÷ read, everyone | "
        "pandas ÷ (import + read, everyone) |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in found:
        evaluate, read, read_all = (
            statistics.median(taken) for taken in (one.evaluate, one.read, one.read_all)
        )
        lines.append(
            f"| {one.patients:,} | {one.scores:,} | {evaluate:.2f} s ({one.facts:,} stretches) | "
            f"{read * 1000:.0f} ms ({one.listed:,} rows) | "
            f"{read_all * 1000:.0f} ms ({one.everyone:,} rows) | {one.pandas:.1f} s | "
            f"**{one.pandas / read_all:.0f}** | {one.pandas / (evaluate + read_all):.1f} |"
        )
    return [
        *lines,
        "",
        "The import figure includes when each next form is due and what the Trends page counts. "
        "Reading the records is not in the pandas figure.",
    ]


if __name__ == "__main__":
    main()
