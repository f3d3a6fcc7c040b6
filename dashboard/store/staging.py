"""Lays what the intake read beside one another in the tables of `steps/10_staging.sql`.

A million answers name far fewer forms and far fewer distinct cells. Both are numbered here,
so that the steps that follow compare whole numbers and look at each text once.
"""

from collections.abc import Sequence
from dataclasses import replace

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from dashboard.intake.incoming import Incoming, Refusal
from dashboard.intake.records import check_records

# record kind of the intake → its staging table, for the kinds that are checked row by row
_SMALL_KINDS = {
    "staff": "staged_staff",
    "programs": "staged_program",
    "resources": "staged_resource",
    "patients": "staged_patient",
    "panel": "staged_panel",
    "events": "staged_event",
}
# record kind → (what its cells are, the column that names the cell, the column of its text)
_CELL_KINDS = {
    "answers": ("item", "item_key", "answer"),
    "scores": ("scale", "scale_key", "score"),
}
_FORM = ["patient_id", "measure_key", "completed_on", "wave"]

# A cell's place is its file and its row in one number: the file above, the row below.
PLACE_BITS = 40
_ROW = (1 << PLACE_BITS) - 1

Numbers = npt.NDArray[np.int64]


def stage(connection: duckdb.DuckDBPyConnection, files: Sequence[Incoming]) -> None:
    """Fill the staging tables; `file_no` is a file's place in `files`."""
    forms, texts = 0, 0
    small: dict[str, list[pa.Table]] = {}
    for file_no, incoming in enumerate(files):
        _insert(
            connection,
            "staged_file",
            pa.table({"file_no": [file_no], "file_name": [incoming.file_name]}),
        )
        _stage_refusals(connection, incoming.refusals, np.full(len(incoming.refusals), file_no))
        _stage_shown_columns(connection, incoming.column_names, file_no)
        for kind, table in incoming.tables.items():
            placed = _placed(table, file_no)
            if kind in _SMALL_KINDS:
                small.setdefault(kind, []).append(placed)
            else:
                new_forms, new_texts = _stage_cells(connection, kind, placed, forms, texts)
                forms += new_forms
                texts += new_texts
    for kind, tables in small.items():
        _stage_small(connection, kind, pa.concat_tables(tables), files)


def _placed(table: pa.Table, file_no: int) -> pa.Table:
    """The table with each row's place in `source_row`."""
    place = table["source_row"].to_numpy() + (file_no << PLACE_BITS)
    return table.set_column(
        table.schema.get_field_index("source_row"), "source_row", pa.array(place)
    )


def _stage_small(
    connection: duckdb.DuckDBPyConnection, kind: str, table: pa.Table, files: Sequence[Incoming]
) -> None:
    """Check the rows of all files together: two files can disagree about one patient."""

    def name_of_row(place: int) -> str:
        row = str(place & _ROW)
        return row if len(files) == 1 else f"{row} of {files[place >> PLACE_BITS].file_name}"

    good, refused = check_records(kind, table, name_of_row)
    place = good["source_row"].to_numpy()
    _insert(
        connection,
        _SMALL_KINDS[kind],
        good.drop_columns(["source_row"])
        .append_column("file_no", pa.array(place >> PLACE_BITS))
        .append_column("source_row", pa.array(place & _ROW)),
    )
    places = np.array([refusal.row for refusal in refused], np.int64)
    # Rows that only repeat another one of this import; the check kept the first of them.
    again = np.setdiff1d(table["source_row"].to_numpy(), np.concatenate([place, places]))
    _insert(
        connection,
        "row_outcome",
        pa.table(
            {
                "file_no": again >> PLACE_BITS,
                "source_row": again & _ROW,
                "is_new": np.zeros(len(again), bool),
            }
        ),
    )
    _stage_refusals(
        connection,
        [
            replace(refusal, row=int(place & _ROW))
            for refusal, place in zip(refused, places, strict=True)
        ],
        places >> PLACE_BITS,
    )


def _stage_refusals(
    connection: duckdb.DuckDBPyConnection, refusals: Sequence[Refusal], file_no: Numbers
) -> None:
    _insert(
        connection,
        "refusal",
        pa.table(
            {
                "file_no": pa.array(file_no),
                "source_row": pa.array([r.row for r in refusals], pa.int64()),
                "column_name": pa.array([r.column for r in refusals], pa.string()),
                "value": pa.array([r.value for r in refusals], pa.string()),
                "reason": pa.array([r.reason for r in refusals], pa.string()),
                "what_to_do": pa.array([r.what_to_do for r in refusals], pa.string()),
            }
        ),
    )


def _stage_shown_columns(
    connection: duckdb.DuckDBPyConnection, column_names: dict[str, str], file_no: int
) -> None:
    _insert(
        connection,
        "shown_column",
        pa.table(
            {
                "file_no": pa.array(np.full(len(column_names), file_no)),
                "canonical": pa.array(column_names.keys(), pa.string()),
                "shown": pa.array(column_names.values(), pa.string()),
            }
        ),
    )


def _stage_cells(
    connection: duckdb.DuckDBPyConnection,
    kind: str,
    table: pa.Table,
    first_form: int,
    first_text: int,
) -> tuple[int, int]:
    """Number the forms and the distinct cells of one table; returns how many of each."""
    cell_kind, key_column, text_column = _CELL_KINDS[kind]
    form_no, forms = _numbered(table, _FORM)
    cell_no, texts = _numbered(table, ["measure_key", key_column, text_column])
    _insert(
        connection,
        "staged_form",
        forms.append_column("form_no", pa.array(np.arange(forms.num_rows) + first_form)),
    )
    _insert(
        connection,
        "staged_text",
        pa.table(
            {
                "cell_no": pa.array(np.arange(texts.num_rows) + first_text),
                "measure_key": texts["measure_key"],
                "kind": pa.array([cell_kind] * texts.num_rows, pa.string()),
                "cell_key": texts[key_column],
                "cell_text": texts[text_column],
            }
        ),
    )
    _insert(
        connection,
        "staged_cell",
        pa.table(
            {
                "place": table["source_row"],
                "form_no": pa.array(form_no + first_form),
                "cell_no": pa.array(cell_no + first_text),
            }
        ),
    )
    return forms.num_rows, texts.num_rows


def _numbered(table: pa.Table, columns: list[str]) -> tuple[Numbers, pa.Table]:
    """A number for each row such that rows alike in `columns` share it, and those rows once."""
    combined = np.zeros(table.num_rows, np.int64)
    for column in columns:
        coded = table[column].combine_chunks().dictionary_encode()
        combined = combined * max(len(coded.dictionary), 1) + coded.indices.to_numpy()
        # Renumbering after each column keeps the product far from overflowing.
        combined, _ = pd.factorize(combined)
    first = np.unique(combined, return_index=True)[1]
    return combined, table.select(columns).take(pa.array(first))


def _insert(connection: duckdb.DuckDBPyConnection, target: str, rows: pa.Table) -> None:
    """Append to a staging table; `target` is always one of this module's own names."""
    if rows.num_rows:
        connection.register("arriving", rows)
        connection.execute(f"insert into {target} by name select * from arriving")
        connection.unregister("arriving")
