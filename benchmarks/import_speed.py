"""How long an import takes, as a ratio to the least that DuckDB needs for the same file.

    python -m benchmarks.import_speed [--answers 1000000] [--responses 100000] [--runs 3]

Whole processes are timed, the product and the bare read in turn, so that a slow moment of
the machine falls on both. The figures are written to benchmarks/results.md.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import click
import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv

from benchmarks.results import write_section

ROOT = Path(__file__).parents[1]

_ITEMS = [f"phq9_{number}" for number in range(1, 10)]
_LOINC = [
    "44250-9",
    "44255-8",
    "44259-0",
    "44254-1",
    "44251-7",
    "44258-2",
    "44252-5",
    "44253-3",
    "44260-8",
]
_ANSWER_CODES = ["LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9"]
_PATIENTS = 20_000

_BARE = """
import sys, duckdb
connection = duckdb.connect(sys.argv[2], config={"threads": 2})
connection.execute("create table answer as select * from read_csv(?)", [sys.argv[1]])
connection.sql(
    "select patient_id, completed_on, sum(answer), count(*) from answer group by all"
).fetchnumpy()
"""


@dataclass(frozen=True)
class Run:
    """One finished process: wall time in seconds, largest memory in megabytes."""

    seconds: float
    megabytes: float


@click.command()
@click.option("--answers", default=1_000_000, show_default=True, help="Rows of the long CSV.")
@click.option("--responses", default=100_000, show_default=True, help="FHIR responses (NDJSON).")
@click.option("--runs", default=3, show_default=True, help="Counted runs, after one to warm up.")
def main(answers: int, responses: int, runs: int) -> None:
    """Time the import of a long CSV against a bare read, and of FHIR responses."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        long_csv = write_long_csv(work / "answers.csv", answers)
        ndjson = write_responses(work / "responses.ndjson", responses)
        product, bare = [], []
        for run in range(runs + 1):
            product.append(timed(_import(long_csv, work / f"csv-{run}")))
            bare.append(
                timed([sys.executable, "-c", _BARE, str(long_csv), str(work / f"{run}.duckdb")])
            )
        fhir = [timed(_import(ndjson, work / f"fhir-{run}")) for run in range(runs)]
        lines = report(answers, product[1:], bare[1:], responses, fhir)
    click.echo("\n".join(lines))
    write_section("Import speed", lines)


def write_long_csv(path: Path, answers: int) -> Path:
    """PHQ-9 answers, one a row: patient, measure, day, item, answer."""
    forms = -(-answers // len(_ITEMS))
    form = np.arange(forms)
    patients = np.char.add("P", np.char.zfill((form % _PATIENTS).astype(str), 6))
    days = np.array(
        [str(date(2024, 1, 1) + timedelta(days=7 * wave)) for wave in range(forms // _PATIENTS + 1)]
    )[form // _PATIENTS]
    generator = np.random.default_rng(20260630)
    rows = {
        "patient_id": np.repeat(patients, len(_ITEMS)),
        "measure_key": np.repeat(np.array(["phq9"]), forms * len(_ITEMS)),
        "completed_on": np.repeat(days, len(_ITEMS)),
        "item_key": np.tile(np.array(_ITEMS), forms),
        "answer": generator.integers(0, 4, forms * len(_ITEMS)),
    }
    with path.open("wb") as file:
        file.write((",".join(rows) + "\n").encode())
        pyarrow.csv.write_csv(
            pa.table({name: values[:answers] for name, values in rows.items()}),
            file,
            pyarrow.csv.WriteOptions(include_header=False, quoting_style="none"),
        )
    return path


def write_responses(path: Path, responses: int) -> Path:
    """FHIR R4 QuestionnaireResponses, one a line, answers as LOINC codes."""
    generator = np.random.default_rng(20260630)
    chosen = generator.integers(0, 4, (responses, len(_LOINC)))
    with path.open("w", encoding="utf-8") as file:
        for number, answers in enumerate(chosen):
            day = date(2024, 1, 1) + timedelta(days=7 * (number // _PATIENTS))
            response = {
                "resourceType": "QuestionnaireResponse",
                "id": f"r{number}",
                "questionnaire": "http://loinc.org/q/44249-1",
                "status": "completed",
                "subject": {"reference": f"Patient/P{number % _PATIENTS:06d}"},
                "authored": f"{day}T09:30:00+02:00",
                "item": [
                    {
                        "linkId": f"/{code}",
                        "answer": [
                            {
                                "valueCoding": {
                                    "system": "http://loinc.org",
                                    "code": _ANSWER_CODES[answer],
                                }
                            }
                        ],
                    }
                    for code, answer in zip(_LOINC, answers, strict=True)
                ],
            }
            file.write(json.dumps(response) + "\n")
    return path


def _import(file: Path, store: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "dashboard", "import", str(file)),
        *("--store", str(store), "--new-patients"),
    ]


def timed(command: list[str]) -> Run:
    """Run a command to its end and account for it."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    if status:
        message = process.stderr.read().decode() if process.stderr else ""
        raise click.ClickException(f"{' '.join(command[:4])} failed: {message}")
    return Run(seconds, usage.ru_maxrss / 1024)


def report(
    answers: int, product: list[Run], bare: list[Run], responses: int, fhir: list[Run]
) -> list[str]:
    """The figures as a section; medians of the counted runs, ratios run by run."""
    ratios = [mine.seconds / least.seconds for mine, least in zip(product, bare, strict=True)]
    return [
        f"Python {platform.python_version()}, duckdb {duckdb.__version__}, "
        f"{os.cpu_count()} cores; median of {len(product)} whole processes. Written by "
        "`make bench`.",
        "",
        "| what | seconds | memory, MB | ratio to a bare read |",
        "|---|---|---|---|",
        f"| `import` of {answers:,} answers (long CSV): read, judge, score, publish | "
        f"{_median(product)} | {_peak(product)} | **{statistics.median(ratios):.1f}** "
        f"({min(ratios):.1f}–{max(ratios):.1f}) |",
        "| DuckDB `read_csv` of the same file into a table and one grouped scan | "
        f"{_median(bare)} | {_peak(bare)} | 1 |",
        f"| `import` of {responses:,} FHIR QuestionnaireResponses (NDJSON) | "
        f"{_median(fhir)} | {_peak(fhir)} | |",
    ]


def _median(runs: list[Run]) -> str:
    return f"{statistics.median(run.seconds for run in runs):.1f}"


def _peak(runs: list[Run]) -> str:
    return f"{max(run.megabytes for run in runs):.0f}"


if __name__ == "__main__":
    main()
