"""An .xlsx worksheet as a sheet of text."""

import hashlib
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import python_calamine
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from dashboard.errors import FileRefused
from dashboard.intake.decoding import LARGEST_FILE, check_size
from dashboard.intake.sheet import Sheet, check_header, without_blank_rows
from dashboard.intake.workbook_checks import check_workbook

# Excel keeps 15 digits: a longer number in a cell is no longer what was typed.
_MOST_DIGITS = 15


def read_excel(
    path: Path, *, sheet: str | None = None, largest: int = LARGEST_FILE
) -> tuple[Sheet, str]:
    """One worksheet, with the SHA-256 of the file.

    Dates become ISO text, whole numbers lose their `.0`. The first row that is not blank is
    the header.

    Args:
        sheet: the worksheet's name; else the first visible one with anything in it.

    Raises:
        FileRefused: not a sound workbook, beyond a limit, no such sheet, no row, a formula
            without a saved value, or a number longer than Excel can keep.
    """
    check_size(path, largest)
    formulas = check_workbook(path)
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            name, rows, first_row, notes = _choose(path.name, workbook, sheet)
    except python_calamine.CalamineError:
        raise FileRefused(
            path.name, "the workbook cannot be read.", "Save it again as .xlsx, or as CSV."
        ) from None
    where = f"{path.name}, sheet {name}"
    if name in formulas:
        found = formulas[name]
        many = f" (and {found.count - 1} more)" if found.count > 1 else ""
        raise FileRefused(
            f"{where}, cell {found.first_cell}",
            f"the cell has a formula without its value{many}.",
            "Ask for a file with values: open it in a spreadsheet program, save it and send that.",
        )
    read = _sheet(path.name, where, rows, first_row, notes)
    return read, hashlib.sha256(path.read_bytes()).hexdigest()


def _choose(
    file_name: str, workbook: CalamineWorkbook, wanted: str | None
) -> tuple[str, list[list[Any]], int, list[str]]:
    """The worksheet's name, its rows, the number of the first of them, and notes."""
    if wanted is not None and wanted not in workbook.sheet_names:
        names = ", ".join(f"“{name}”" for name in workbook.sheet_names)
        raise FileRefused(
            file_name, f"there is no sheet “{wanted}”; there are {names}.", "Correct it in the map."
        )
    candidates = [
        found.name
        for found in workbook.sheets_metadata
        if found.typ == SheetTypeEnum.WorkSheet
        and (found.visible == SheetVisibleEnum.Visible or found.name == wanted)
    ]
    for name in [wanted] if wanted is not None else candidates:
        worksheet = workbook.get_sheet_by_name(name)
        if worksheet.start is None:
            continue
        others = [f"“{other}”" for other in workbook.sheet_names if other != name]
        notes = (
            [f"Sheet “{name}” was read, {', '.join(others)} not; a map can say sheet = …"]
            if others
            else []
        )
        return name, worksheet.to_python(), worksheet.start[0] + 1, notes
    raise FileRefused(file_name, "no sheet has anything in it: 0 rows.", "Export it again.")


def _sheet(
    file_name: str, where: str, rows: list[list[Any]], first_row: int, notes: list[str]
) -> Sheet:
    header = [_text(value, f"{where}, row {first_row}") for value in rows[0]]
    body = rows[1:]
    columns: list[pa.ChunkedArray] = []
    names: list[str] = []
    for position, name in enumerate(header):
        cells = [
            _text(row[position], f"{where}, row {number}, column {name}")
            for number, row in enumerate(body, start=first_row + 1)
        ]
        # A worksheet often reaches further than its table: columns of nothing are no columns.
        if name.strip(" ") or any(cells):
            names.append(name)
            columns.append(pa.chunked_array([cells], pa.string()))
    check_header(file_name, names)
    numbers = pa.array(range(first_row + 1, first_row + 1 + len(body)), pa.int64())
    kept, source_row = without_blank_rows(names, columns, numbers)
    if len(source_row) == 0:
        raise FileRefused(
            where, "it has a header and 0 rows.", "Export it again with the rows in it."
        )
    return Sheet(file_name, tuple(names), kept, source_row, notes=tuple(notes))


def _text(value: Any, where: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _number(value, where)
    if isinstance(value, datetime):
        return value.isoformat() if value.time() != time() else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _number(value: float, where: str) -> str:
    if float(value).is_integer():
        if abs(value) >= 10**_MOST_DIGITS:
            raise FileRefused(
                where,
                f"a number has more than the {_MOST_DIGITS} digits a spreadsheet keeps.",
                "Format the column as text before typing such numbers, or send CSV.",
            )
        return str(int(value))
    return format(Decimal(repr(value)), "f")
