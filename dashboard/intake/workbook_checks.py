"""What an .xlsx file must not hold, checked before a reader of workbooks opens it.

A workbook is a zip archive of XML, and a small one can grow without bound in memory: by
compression, by XML entities, by two cells at opposite corners of a sheet (readers keep the
rectangle between them), or by one long text that a million cells refer to. Each is bounded
here: every part is unpacked once, under a limit, and its cells are counted. What passes needs
no more than a few hundred MB, so the reader need not run in a process of its own.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from posixpath import basename, join, normpath
from xml.etree import ElementTree

from dashboard.errors import FileRefused

LARGEST_UNPACKED = 300_000_000
MOST_ENTRIES = 2_000
# Sheets of short numbers reach about 60; archives made to harm start in the hundreds.
HIGHEST_RATIO = 150
RATIO_COUNTS_FROM = 10_000_000
MOST_CELLS = 10_000_000
MOST_TEXT = 300_000_000

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_SHARED_STRINGS = re.compile(rb"<(?:\w+:)?si\b[^>]*?(?:/>|>.*?</(?:\w+:)?si>)", re.DOTALL)
_ROW_OR_CELL = re.compile(
    rb"<(?:\w+:)?(?:(?P<row>row)|c)\b"
    rb"(?P<attributes>(?:[^>\"']|\"[^\"]*\"|'[^']*')*?)(?P<closed>/?)>"
    rb"(?P<formula>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>))?"
    rb"(?:\s*<(?:\w+:)?v\b[^>]*>(?P<value>[^<]+)</)?"
)
_PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]*)([0-9]+)[\"']")
_TYPE = re.compile(rb"\bt\s*=\s*[\"'](\w+)[\"']")
_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class FormulasWithoutValue:
    """Formulas whose result was never saved: a reader would find blanks there."""

    first_cell: str
    count: int


def check_workbook(path: Path) -> dict[str, FormulasWithoutValue]:
    """Checks the archive and every sheet in it.

    Returns:
        The names of the sheets that have formulas without a saved value.

    Raises:
        FileRefused: damaged, not a workbook, or beyond a limit.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_archive(path, archive)
            return _check_parts(path.name, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        raise _damaged(path.name) from None
    except ElementTree.ParseError:
        raise _damaged(path.name) from None


def _damaged(name: str) -> FileRefused:
    return FileRefused(name, "the workbook is damaged.", "Save it again as .xlsx.")


def _check_archive(path: Path, archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if _WORKBOOK not in names:
        raise FileRefused(
            path.name, "it is a zip archive but not an .xlsx workbook.", "Save it as .xlsx or CSV."
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileRefused(path.name, "it has a password.", "Save it without a password.")
    unpacked = sum(entry.file_size for entry in entries)
    ratio = unpacked / max(path.stat().st_size, 1)
    if len(entries) > MOST_ENTRIES or len(names) < len(entries):
        what = f"it has {len(entries):,} parts, more than a workbook of answers has."
    elif unpacked > LARGEST_UNPACKED:
        limit = f"at most {LARGEST_UNPACKED / 1e6:,.0f} MB are read"
        what = f"unpacked it would have {unpacked / 1e6:,.0f} MB; {limit}."
    elif unpacked > RATIO_COUNTS_FROM and ratio > HIGHEST_RATIO:
        what = f"it is packed {ratio:,.0f} to 1, as no table of answers is."
    else:
        return
    raise FileRefused(path.name, what, "Export the answers as CSV.")


def _check_parts(name: str, archive: zipfile.ZipFile) -> dict[str, FormulasWithoutValue]:
    text_lengths: list[int] = []
    sheets: list[str] = []
    for entry in archive.infolist():
        content = archive.read(entry)
        if entry.filename.lower().endswith((".xml", ".rels")):
            _refuse_doctype(name, content)
        if b"sheetData" in content:
            _refuse_hidden_markup(name, content)
            sheets.append(entry.filename)
        if basename(entry.filename).lower() == "sharedstrings.xml":
            text_lengths = [len(found[0]) for found in _SHARED_STRINGS.finditer(content)]
    titles = _titles(archive)
    found = {
        titles.get(part, part): _check_cells(name, archive.read(part), text_lengths)
        for part in sheets
    }
    return {title: formulas for title, formulas in found.items() if formulas is not None}


def _refuse_doctype(name: str, content: bytes) -> None:
    # Parts in UTF-16 would hide the words looked for; no program writes workbooks that way.
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or re.search(
        rb"<!(DOCTYPE|ENTITY)", content, re.IGNORECASE
    ):
        raise FileRefused(
            name, "its XML declares entities, as no spreadsheet program does.", "Do not open it."
        )


def _refuse_hidden_markup(name: str, content: bytes) -> None:
    # Comments and the like could hide from the counting below what a reader still sees.
    if b"<!" in content:
        raise FileRefused(
            name, "a sheet holds XML comments, as no spreadsheet program writes.", "Send it as CSV."
        )


def _titles(archive: zipfile.ZipFile) -> dict[str, str]:
    """Part of the archive → the sheet's name."""
    targets = {
        relation.get("Id"): normpath(join("/xl", relation.get("Target", ""))).lstrip("/")
        for relation in ElementTree.fromstring(archive.read(_RELATIONS))
    }
    workbook = ElementTree.fromstring(archive.read(_WORKBOOK))
    return {
        targets.get(sheet.get(_RELATION_ID), ""): sheet.get("name", "")
        for sheet in workbook.iter()
        if sheet.tag.endswith("}sheet")
    }


def _check_cells(name: str, content: bytes, text_lengths: list[int]) -> FormulasWithoutValue | None:
    last_row = last_column = text = 0
    bare_formulas: list[str] = []
    for cell in _cells(content):
        if not cell.holds_something:
            continue
        last_row = max(last_row, cell.row)
        last_column = max(last_column, cell.column)
        if cell.type == b"s" and cell.value.isdigit() and int(cell.value) < len(text_lengths):
            text += text_lengths[int(cell.value)]
        if cell.formula and not cell.value and cell.type != b"str":
            bare_formulas.append(cell.place)
    if last_row * last_column > MOST_CELLS:
        raise FileRefused(
            name,
            f"a sheet reaches to row {last_row:,} and column {last_column:,}; "
            f"at most {MOST_CELLS:,} cells are read.",
            "Delete the cells far from the table, or export it as CSV.",
        )
    if text > MOST_TEXT:
        raise FileRefused(
            name,
            f"its cells hold {text / 1e6:,.0f} MB of text; {MOST_TEXT / 1e6:,.0f} are the most.",
            "Export the answers as CSV.",
        )
    return FormulasWithoutValue(bare_formulas[0], len(bare_formulas)) if bare_formulas else None


@dataclass(slots=True)
class _Cell:
    row: int
    column: int
    type: bytes
    value: bytes
    formula: bool
    holds_something: bool

    @property
    def place(self) -> str:
        letters = ""
        rest = self.column
        while rest:
            rest, letter = divmod(rest - 1, 26)
            letters = chr(ord("A") + letter) + letters
        return f"{letters}{self.row}"


def _cells(content: bytes) -> Iterator[_Cell]:
    """Every cell with its place, also where the place is left to be counted."""
    row = column = 0
    for found in _ROW_OR_CELL.finditer(content):
        place = _PLACE.search(found["attributes"])
        if found["row"]:
            row = int(place[2]) if place else row + 1
            column = 0
            continue
        column = _number_of(place[1]) if place else column + 1
        if place:
            row = int(place[2])
        stated = _TYPE.search(found["attributes"])
        yield _Cell(
            row,
            column,
            stated[1] if stated else b"",
            found["value"] or b"",
            found["formula"] is not None,
            not found["closed"],
        )


def _number_of(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
