"""CSV text to a sheet, every cell as text.

Two ways lead to the same sheet, and a test holds them against each other. Files without
quotes go through Arrow's reader, a million rows in a fifth of a second. Files with quotes, and
files Arrow finds fault with, go through Python's csv reader in its strict mode, which can tell
in which line and field a file is damaged. Arrow alone would take an unclosed quote for a very
long cell.
"""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from dashboard.errors import FileRefused
from dashboard.intake.decoding import LARGEST_FILE, Text, read_text
from dashboard.intake.sheet import Sheet, check_header, without_blank_rows

DELIMITERS = (",", ";", "\t")
_NAME_OF_DELIMITER = {",": "comma", ";": "semicolon", "\t": "tab"}

# Python's reader gives rows one by one; turning them into columns in batches bounds memory.
_BATCH = 50_000
_BLOCK = 8_000_000
# Rows looked at to tell which of two possible separators a file uses.
_ROWS_LOOKED_AT = 100
# A cell longer than this is damage enough: the quote is not followed any further.
_QUOTE_LOOKED_FOR = 1_000_000


def read_csv(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    largest: int = LARGEST_FILE,
) -> tuple[Sheet, str]:
    """A CSV file as a sheet, with the SHA-256 of the file.

    Args:
        encoding, delimiter: as declared; else UTF-8, and the separator the header shows.

    Raises:
        FileRefused: encoding or structure cannot be trusted, or there is no row.
    """
    text = read_text(path, encoding, largest)
    return sheet_of(path.name, text, delimiter), text.sha256


def sheet_of(file_name: str, text: Text, delimiter: str | None = None) -> Sheet:
    """Text as a sheet; see `read_csv`."""
    content = text.utf8
    separator = delimiter or recognise_delimiter(file_name, content)
    names = _header(file_name, content, separator)
    check_header(file_name, names)
    cells = None
    if b'"' not in content:
        cells = fast_cells(content, names, separator)
    if cells is None:
        cells = exact_cells(file_name, content, names, separator)
    rows = pa.array(range(2, 2 + len(cells[0])), pa.int64())
    kept, source_row = without_blank_rows(names, cells, rows)
    if len(source_row) == 0:
        raise FileRefused(
            file_name, "it has a header and 0 rows.", "Export it again with the rows in it."
        )
    notes = []
    if not content.endswith((b"\n", b"\r")):
        notes.append(
            "The last line does not end with a line break; check that nothing was cut off."
        )
    return Sheet(
        file_name,
        tuple(names),
        kept,
        source_row,
        separator,
        plain=content.isascii() and b" " not in content and b"\t" not in content,
        notes=tuple(notes),
    )


def recognise_delimiter(file_name: str, content: bytes) -> str:
    """The separator that splits the header and the rows under it into the same number of fields.

    Raises:
        FileRefused: two separators would do.
    """
    widths = {delimiter: _widths(content, delimiter) for delimiter in DELIMITERS}
    splitting = [d for d, width in widths.items() if width and width[0] > 1]
    if len(splitting) < 2:
        return splitting[0] if splitting else ","
    consistent = [d for d in splitting if len(set(widths[d])) == 1]
    if len(consistent) == 1:
        return consistent[0]
    names = " and ".join(_NAME_OF_DELIMITER[d] for d in splitting)
    raise FileRefused(
        f"{file_name}, line 1",
        f"it cannot be told which separates the columns: {names} both stand in the header.",
        'Declare it in a map, for example delimiter = ";".',
    )


def _widths(content: bytes, delimiter: str) -> list[int]:
    """How many fields the first rows have with this separator; empty where it fails at once."""
    widths: list[int] = []
    try:
        for row in _records(content, delimiter):
            if row:
                widths.append(len(row))
            if len(widths) == _ROWS_LOOKED_AT:
                break
    except csv.Error:
        # A damaged row further down says nothing about the separator; the header does.
        return widths[:1]
    return widths


def _records(content: bytes, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(_text(content), delimiter=delimiter, strict=True)


def _text(content: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")


def _header(file_name: str, content: bytes, delimiter: str) -> list[str]:
    try:
        names = next(_records(content, delimiter), [])
    except csv.Error:
        raise FileRefused(
            f"{file_name}, line 1",
            'the header has a quote (") that is never closed.',
            "Mend the header or export the file again.",
        ) from None
    if not any(name.strip(" \t") for name in names):
        raise FileRefused(
            f"{file_name}, line 1",
            "the first line is blank, so no column has a name.",
            "Put the column names in the first line.",
        )
    return names


def fast_cells(
    content: bytes, names: list[str], delimiter: str
) -> tuple[pa.ChunkedArray, ...] | None:
    """The columns of text without quotes; None where Arrow finds a row of another width."""
    columns = [str(position) for position in range(len(names))]
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(content),
            read_options=pyarrow.csv.ReadOptions(
                column_names=columns, skip_rows=1, block_size=_BLOCK
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=delimiter, quote_char=False, ignore_empty_lines=False
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()),
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    return tuple(table.columns)


def exact_cells(
    file_name: str, content: bytes, names: list[str], delimiter: str
) -> tuple[pa.ChunkedArray, ...]:
    """The columns of any text.

    Raises:
        FileRefused: a row with too many or too few fields, a quote that is never closed or
            stands where it cannot; naming line and column.
    """
    width = len(names)
    blank = [""] * width
    batches: list[list[pa.Array]] = []
    rows: list[list[str]] = []
    reader = csv.reader(_text(content), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for number, row in enumerate(reader):
            if len(row) != width:
                if any(field.strip(" \t") for field in row):
                    raise _wrong_width(file_name, begins, names, row, content)
                row = blank
            if number:
                rows.append(row)
            begins = reader.line_num + 1
            if len(rows) == _BATCH:
                batches.append(_columns(rows))
                rows = []
    except csv.Error:
        raise _quote_problem(file_name, begins, names, delimiter, content) from None
    batches.append(_columns(rows) if rows else [pa.array([], pa.string())] * width)
    return tuple(
        pa.chunked_array([batch[position] for batch in batches]) for position in range(width)
    )


def _columns(rows: list[list[str]]) -> list[pa.Array]:
    return [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]


def _wrong_width(
    file_name: str,
    line: int,
    names: list[str],
    row: list[str],
    content: bytes,
) -> FileRefused:
    width = len(names)
    if len(row) > width:
        what = (
            f"the line has {len(row)} fields and the header {width}: field {width + 1} is too many."
        )
        what_to_do = (
            "Remove what is too much, or put quotes around a cell that holds the separator."
        )
        return FileRefused(f"{file_name}, line {line}, after column {names[-1]}", what, what_to_do)
    where = f"{file_name}, line {line}, column {names[len(row)]}"
    if line > content.rstrip(b"\r\n").count(b"\n"):
        what = f"the last line ends here, after {len(row)} of {width} fields: the file was cut off."
        return FileRefused(where, what, "Export the file again.")
    what = f"the line ends before this column: it has {len(row)} fields and the header {width}."
    return FileRefused(where, what, "Add what is missing, or export the file again.")


def _quote_problem(
    file_name: str, line: int, names: list[str], delimiter: str, content: bytes
) -> FileRefused:
    text = _text(content)
    for _ in range(line - 1):
        next(text)
    field = _field_of_open_quote(text.read(_QUOTE_LOOKED_FOR), delimiter)
    return FileRefused(
        f"{file_name}, line {line}, column {names[min(field, len(names) - 1)]}",
        'a quote (") opens here and does not close before a separator or the end of the line.',
        "Mend the quotes, or export the file again.",
    )


def _field_of_open_quote(text: str, delimiter: str) -> int:
    """The field, counted from 0, in which quotes first stand where they cannot."""
    mark = re.escape(delimiter)
    well_formed = re.compile(
        rf'(?:"(?:[^"]|"")*+"|[^"{mark}\r\n][^{mark}\r\n]*|)(?P<end>{mark}|[\r\n]|\Z)'
    )
    field = 0
    position = 0
    while (found := well_formed.match(text, position)) and found["end"] == delimiter:
        position = found.end()
        field += 1
    return field
