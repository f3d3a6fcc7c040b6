"""`import_history`, `refused_rows` and `refused_lines` against the files that were imported."""

from datetime import date
from pathlib import Path

import pytest

from dashboard.store import Scope, Store
from dashboard.store.report import ImportReport
from dashboard.store.scope import OPERATOR
from tests.queries.comparison import assert_same, rows_of
from tests.queries.raw_records import RawRecords
from tests.queries.small_store import imported

STEWARD = Scope("steward-1", "steward")

PATIENTS = "patient_id,birth_year\nA1,1960\nA2,not known\nA3,1980\n"
# Rows 3 to 6 are bad: out of range, an unknown patient, no such day, and two faults in one.
ANSWERS = """\
patient_id,completed_on,gad7_1,gad7_2,gad7_3,gad7_4,gad7_5,gad7_6,gad7_7
A1,2026-01-05,0,1,2,3,0,1,2
A1,2026-02-05,4,1,2,3,0,1,2
A9,2026-01-05,0,1,2,3,0,1,2
A3,2026-02-30,0,1,2,3,0,1,2
A3,2026-03-05,0,1,2,3,0,often,1.5
A3,2026-04-05,0,0,0,0,0,0,0
"""


@pytest.fixture(scope="module")
def half_refused(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, ImportReport]:
    """A store made from the good rows of two files that are not all good."""
    return imported(
        tmp_path_factory.mktemp("half-refused"),
        {"patients.csv": PATIENTS, "gad7.csv": ANSWERS},
        today=date(2026, 6, 30),
        accept_good_rows=True,
    )


def test_every_file_of_the_sample(
    sample_store: Store, raw: RawRecords, scope: Scope, visible: set[str]
) -> None:
    """Newest first; a nurse sees the files that brought a form of her patients."""
    brought = {form.file_name for form in raw.forms if form.patient_id in visible}
    expected = [
        {
            "batch_id": batch_id,
            "snapshot": sample_store.newest().number,
            "person": "sample data",
            "file_name": file_name,
            "form": "csv",
            "rows_read": rows,
            "rows_accepted": rows,
            "rows_refused": 0,
            "duplicates": 0,
        }
        for batch_id, (file_name, rows) in enumerate(raw.rows_of_file.items(), start=1)
        if scope == OPERATOR or file_name in brought
    ]
    found = rows_of(sample_store.query("import_history", scope))
    assert_same(found, expected[::-1])


def test_the_service_gets_the_counts_without_the_names_of_files(
    half_refused: tuple[Store, ImportReport],
) -> None:
    store, _ = half_refused
    found = rows_of(store.query("import_history", Scope("manager-1", "service")))
    assert [row["rows_read"] for row in found] == [6, 3]
    assert {row["file_name"] for row in found} == {""}


def test_read_rows_are_accepted_or_refused(half_refused: tuple[Store, ImportReport]) -> None:
    store, _ = half_refused
    found = rows_of(store.query("import_history", STEWARD))
    assert_same(
        found,
        [
            {"file_name": "gad7.csv", "rows_read": 6, "rows_accepted": 2, "rows_refused": 4},
            {"file_name": "patients.csv", "rows_read": 3, "rows_accepted": 2, "rows_refused": 1},
        ],
    )


def test_every_refused_row_with_its_reasons(half_refused: tuple[Store, ImportReport]) -> None:
    store, _ = half_refused
    patients = rows_of(store.query("refused_rows", STEWARD, batch_id=1))
    answers = rows_of(store.query("refused_rows", STEWARD, batch_id=2))
    assert_same(
        patients,
        [
            {
                "row": 3,
                "column": "birth_year",
                "value": "not known",
                "reason": "this is not a year of four digits",
            }
        ],
    )
    assert_same(
        answers,
        [
            {"row": 3, "column": "gad7_1", "value": "4", "reason": "4 is outside 0–3"},
            {
                "row": 4,
                "column": "patient_id",
                "value": "A9",
                "reason": "this patient is not registered",
            },
            {
                "row": 5,
                "column": "completed_on",
                "value": "2026-02-30",
                "reason": "there is no such day or time",
            },
            {"row": 6, "column": "gad7_6", "value": "often", "reason": "this is not a number"},
            {
                "row": 6,
                "column": "gad7_7",
                "value": "1.5",
                "reason": "this item takes whole numbers",
            },
        ],
    )
    assert all(row["what_to_do"] for row in [*patients, *answers])


def test_the_reasons_are_those_of_the_report(half_refused: tuple[Store, ImportReport]) -> None:
    store, report = half_refused
    kept = {
        (row["row"], row["column"], row["value"], row["reason"], row["what_to_do"])
        for batch_id in (1, 2)
        for row in rows_of(store.query("refused_rows", STEWARD, batch_id=batch_id))
    }
    said = {(one.row, one.column, one.value, one.reason, one.what_to_do) for one in report.refused}
    assert kept == said


def test_refused_rows_come_back_as_they_were(half_refused: tuple[Store, ImportReport]) -> None:
    store, _ = half_refused
    [row] = rows_of(store.query("refused_lines", STEWARD, batch_id=2))
    lines = ANSWERS.splitlines()
    assert row["file_name"] == "gad7.csv"
    assert row["lines"].splitlines() == [lines[0], *lines[2:6]]


def test_mended_rows_can_be_imported_again(
    half_refused: tuple[Store, ImportReport], tmp_path: Path
) -> None:
    """The refused lines, mended, are a file that the import takes."""
    store, _ = half_refused
    [row] = rows_of(store.query("refused_lines", STEWARD, batch_id=2))
    mended = (
        row["lines"]
        .replace("A1,2026-02-05,4", "A1,2026-02-05,3")
        .replace("A9", "A1")
        .replace("2026-02-30", "2026-02-28")
        .replace("often,1.5", "1,2")
        # A1 already has the form of that day.
        .replace("A1,2026-01-05", "A1,2026-01-06")
    )
    _, report = imported(
        tmp_path,
        {"patients.csv": "patient_id\nA1\nA3\n", "gad7.csv": mended},
        today=date(2026, 6, 30),
    )
    assert report.stored
    assert report.rows_refused == 0
    assert report.rows_accepted == 6


@pytest.mark.parametrize("role", ["nurse", "psychologist", "service"])
@pytest.mark.parametrize("query", ["refused_rows", "refused_lines"])
def test_only_who_answers_for_the_data_sees_refused_rows(
    half_refused: tuple[Store, ImportReport], role: str, query: str
) -> None:
    """They hold what stood in the file, patients of others included."""
    store, _ = half_refused
    assert not store.query(query, OPERATOR, batch_id=2).empty
    assert store.query(query, Scope("anyone", role), batch_id=2).empty  # type: ignore[arg-type]
