"""What a reader hands over: tables of text, the rows it refused, and why."""

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class Refusal:
    """A row that is not taken.

    Args:
        row: the row as a spreadsheet shows it, the line of an NDJSON file or the entry of a
            Bundle; None where the reason is not in one row.
        column: the file's own column or field.
        value: what stood there, for the report only (never for a log).
        reason: what is wrong, without the value.
        what_to_do: what the reader of the report can do about it.
    """

    row: int | None
    column: str
    value: str
    reason: str
    what_to_do: str


class Originals(Protocol):
    """Gives back rows as they came, so that refused ones can be mended and imported again."""

    @property
    def extension(self) -> str:
        """csv or ndjson: what to call the file that `lines` gives."""
        ...

    def lines(self, rows: Collection[int]) -> str:
        """The text of a file with only these rows, ready to be mended."""
        ...


@dataclass(frozen=True)
class SheetOriginals:
    """Rows of a table file, before trimming or any other change.

    `keep_row_numbers` leaves a blank line for each row that is not asked for: where the row
    number stands in for a missing patient id, a mended row must keep its number.
    """

    names: tuple[str, ...]
    cells: tuple[pa.ChunkedArray, ...]
    source_row: pa.Array
    delimiter: str = ","
    keep_row_numbers: bool = False

    @property
    def extension(self) -> str:
        return "csv"

    def lines(self, rows: Collection[int]) -> str:
        wanted = pc.is_in(self.source_row, pa.array(sorted(rows), pa.int64()))
        columns = [cells.filter(wanted).to_pylist() for cells in self.cells]
        numbers = self.source_row.filter(wanted).to_pylist()
        text = io.StringIO()
        writer = csv.writer(text, delimiter=self.delimiter, lineterminator="\n")
        writer.writerow(self.names)
        written = 1
        for number, row in zip(numbers, zip(*columns, strict=True), strict=True):
            if self.keep_row_numbers:
                text.write("\n" * (number - written - 1))
            writer.writerow(row)
            written = number
        return text.getvalue()


@dataclass(frozen=True)
class Incoming:
    """One file as read.

    Args:
        form: csv, excel, redcap or fhir.
        rows_read: rows or resources in the file; blank rows are not counted.
        tables: kind of record → canonical columns as text, and `source_row` (int64).
        refusals: rows the reader refused; their data is in no table.
        notes: what was left aside, and why.
        column_names: canonical name → the file's own column, for messages.
    """

    file_name: str
    sha256: str
    form: str
    rows_read: int
    tables: dict[str, pa.Table]
    refusals: list[Refusal]
    notes: list[str]
    column_names: dict[str, str]
    originals: Originals
