"""Workbooks: what a cell becomes, and what is refused before a workbook is opened."""

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dashboard.errors import FileRefused
from dashboard.intake import excel, workbook_checks
from tests.intake.looking import Read, ReadMap, answers, rows

HEADER: list[Any] = ["patient_id", "completed_on", "phq9_1", "phq9_2"]


def workbook(
    *sheets: Sequence[Sequence[Any]], change: Callable[[Any], None] | None = None
) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, table in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"Sheet{number}")
        for row in table:
            sheet.append(row)
    if change:
        change(book)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The workbook with one part of its archive replaced or added."""
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for entry in before.infolist():
            if entry.filename != name:
                after.writestr(entry, before.read(entry))
        after.writestr(name, part)
    return changed.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def sheet_xml(cells: bytes, before: bytes = b"") -> bytes:
    return (
        before + b"<worksheet " + NAMESPACE + b"><sheetData>" + cells + b"</sheetData></worksheet>"
    )


GOOD = workbook([HEADER, ["P1", "2026-01-05", 1, 2]])


def test_cells(read: Read) -> None:
    incoming = read(
        workbook(
            [
                HEADER,
                ["00123", date(2026, 1, 5), 1, 2.0],
                [123, datetime(2026, 1, 5), "3,5", 2.5],
                [4.5, datetime(2026, 1, 5, 10, 30), None, True],
            ]
        )
    )
    assert incoming.form == "excel"
    assert answers(incoming) == [
        ("00123", "phq9_1", "1"),
        ("00123", "phq9_2", "2"),
        ("123", "phq9_1", "3,5"),
        ("123", "phq9_2", "2.5"),
        ("4.5", "phq9_2", "TRUE"),
    ]
    assert set(rows(incoming, "answers", "completed_on")) == {
        ("2026-01-05",),
        ("2026-01-05T10:30:00",),
    }


def test_rows_are_numbered_as_the_sheet_shows_them(read: Read) -> None:
    incoming = read(
        workbook([[], HEADER, [], ["P1", "2026-01-05", 1, None], [None], ["P2", "2026-01-05", 1]])
    )
    assert rows(incoming, "answers", "patient_id", "source_row") == [("P1", 4), ("P2", 6)]
    assert incoming.rows_read == 2


def test_the_first_sheet_with_anything_in_it(read: Read, read_map: ReadMap) -> None:
    second = [HEADER, ["P2", "2026-01-05", 1, 2]]
    content = workbook([], second, [HEADER, ["P3", "2026-01-05", 1, 2]])
    incoming = read(content)
    assert {patient for patient, _, _ in answers(incoming)} == {"P2"}
    assert "“Sheet2” was read" in incoming.notes[0]
    toml = 'measure = "phq9"\ncompleted_on = "completed_on"\nsheet = "{}"\n'
    toml += '[items]\nphq9_1 = "phq9_1"\n'
    chosen = read(content, mapping=read_map(toml.format("Sheet3")))
    assert answers(chosen) == [("P3", "phq9_1", "1")]
    with pytest.raises(FileRefused, match="no sheet “Sheet9”"):
        read(content, mapping=read_map(toml.format("Sheet9")))


def test_hidden_sheets_are_not_read_unasked(read: Read) -> None:
    def hide(book: Any) -> None:
        book["Sheet1"].sheet_state = "hidden"

    table = [HEADER, ["P1", "2026-01-05", 1, 2]]
    other = [HEADER, ["P2", "2026-01-05", 1, 2]]
    incoming = read(workbook(table, other, change=hide))
    assert {patient for patient, _, _ in answers(incoming)} == {"P2"}


def test_a_redcap_export_in_a_workbook(read: Read) -> None:
    incoming = read(
        workbook(
            [
                ["id", "redcap_event_name", "date", "phq9_1", "phq9_complete"],
                ["1", "base_arm_1", date(2026, 1, 5), 1, 2],
                ["1", "visit_arm_1", date(2026, 2, 5), 1, 0],
            ]
        )
    )
    assert incoming.form == "excel"
    assert rows(incoming, "answers", "wave", "source_row") == [("base_arm_1", 2)]
    assert [refusal.row for refusal in incoming.refusals] == [3]


def test_refused_rows_come_back_as_csv(read: Read) -> None:
    incoming = read(workbook([HEADER, ["P1", "2026-01-05", 1, 2], ["P2", "x", 1, 2]]))
    text = incoming.originals.lines({3})
    assert text == "patient_id,completed_on,phq9_1,phq9_2\nP2,x,1,2\n"
    assert read(text).rows_read == 1


def test_formulas(read: Read) -> None:
    with pytest.raises(
        FileRefused, match=r"sheet Sheet1, cell D3: .*formula without its value"
    ) as refused:
        read(workbook([HEADER, ["P1", "2026-01-05", 1, 2], ["P1", "2026-02-05", 1, "=1+1"]]))
    assert "Ask for a file with values" in refused.value.what_to_do
    formula = (
        b'<c r="A2" t="str"><f>B2&amp;"x"</f><v>P1</v></c><c r="B2" t="str"><f>""</f><v></v></c>'
    )
    header = b"".join(
        f'<c r="{letter}1" t="inlineStr"><is><t>{name}</t></is></c>'.encode()
        for letter, name in zip("ABC", HEADER, strict=False)
    )
    saved = sheet_xml(
        b"<row>"
        + header
        + b'</row><row r="2">'
        + formula
        + b'<c r="C2"><f t="shared" si="0"/><v>3</v></c></row>'
    )
    assert answers(read(with_part(GOOD, SHEET, saved))) == [("P1", "phq9_1", "3")]


def test_a_formula_in_a_sheet_that_is_not_read(read: Read) -> None:
    content = workbook([HEADER, ["P1", "2026-01-05", 1, 2]], [["=1+1"]])
    assert read(content).rows_read == 1


def test_a_number_longer_than_a_spreadsheet_keeps(read: Read) -> None:
    with pytest.raises(FileRefused, match="row 2, column patient_id.*15 digits"):
        read(workbook([HEADER, [1234567890123456, "2026-01-05", 1, 2]]))


EMPTY = {
    "nothing": workbook([]),
    "header only": workbook([HEADER]),
    "blank rows": workbook([HEADER, [], [" "]]),
}


@pytest.mark.parametrize("name", EMPTY)
def test_no_rows(read: Read, name: str) -> None:
    with pytest.raises(FileRefused, match="0 rows"):
        read(EMPTY[name])


def lying_about_its_size() -> bytes:
    """The sheet's size in the directory is made smaller than what comes out of it."""
    content = bytearray(with_part(GOOD, SHEET, sheet_xml(b"<row/>" * 1_000_000)))
    entry = content.rfind(SHEET.encode()) - 46
    assert content[entry : entry + 4] == b"PK\x01\x02"
    content[entry + 24 : entry + 28] = struct.pack("<I", 1000)
    return bytes(content)


def unpacking_to(megabytes: int) -> bytes:
    changed = io.BytesIO(GOOD)
    with (
        zipfile.ZipFile(changed, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/a.bin", "w") as part,
    ):
        for _ in range(megabytes):
            part.write(bytes(1_000_000))
    return changed.getvalue()


def one_long_text_everywhere() -> bytes:
    texts = b"<sst " + NAMESPACE + b"><si><t>" + b"x" * 1_000_000 + b"</t></si></sst>"
    cells = b'<row><c t="s"><v>0</v></c></row>' * 1_000
    return with_part(with_part(GOOD, "xl/sharedStrings.xml", texts), SHEET, sheet_xml(cells))


def far_corners_without_places() -> bytes:
    cells = b"<row>" + b"<c><v>1</v></c>" * 16_000 + b'</row><row r="1000000"><c><v>1</v></c></row>'
    return with_part(GOOD, SHEET, sheet_xml(cells))


def far_corners() -> bytes:
    return workbook([HEADER], change=lambda book: book["Sheet1"].cell(1_048_576, 16_384, "x"))


def with_shared_strings(part: bytes) -> bytes:
    return with_part(GOOD, "xl/sharedStrings.xml", part)


# name → how to make it, a word of the reason. Made when used: some are large for a moment.
BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "310 MB in a small file": (lambda: unpacking_to(310), "310 MB"),
    "packed tighter than any table": (
        lambda: with_part(GOOD, SHEET, sheet_xml(b'<row r="1"/>' * 1_000_000)),
        "to 1",
    ),
    "a size that is a lie": (lying_about_its_size, "damaged"),
    "entities": (
        lambda: with_part(GOOD, SHEET, sheet_xml(b"", b'<!DOCTYPE a [<!ENTITY b "cc">]>')),
        "entities",
    ),
    "entities in another part": (
        lambda: with_shared_strings(b"<!doctype a><sst/>"),
        "entities",
    ),
    "a part in UTF-16": (
        lambda: with_shared_strings("<!DOCTYPE a><sst/>".encode("utf-16")),
        "entities",
    ),
    "two far corners": (far_corners, "row 1,048,576 and column 16,384"),
    "far corners without places": (
        far_corners_without_places,
        "row 1,000,000 and column 16,000",
    ),
    "comments that hide cells": (
        lambda: with_part(GOOD, SHEET, sheet_xml(b"<row><!--<row>--><c><v>1</v></c></row>")),
        "comments",
    ),
    "one long text a thousand times": (one_long_text_everywhere, "MB of text"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_harmful_workbooks_are_refused_before_they_are_opened(
    read: Read, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class NeverOpened:
        @staticmethod
        def from_path(path: Path) -> None:
            raise AssertionError("the workbook was opened")

    monkeypatch.setattr(excel, "CalamineWorkbook", NeverOpened)
    make, what = BOMBS[name]
    content = make()
    assert len(content) < 2_000_000
    with pytest.raises(FileRefused, match=what):
        read(content)


def test_too_many_parts(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_checks, "MOST_ENTRIES", 5)
    with pytest.raises(FileRefused, match="parts"):
        read(GOOD)


def test_a_cut_off_workbook(read: Read) -> None:
    with pytest.raises(FileRefused, match="damaged"):
        read(GOOD[:-200])


def test_a_zip_that_is_no_workbook(read: Read) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("content.xml", "<a/>")
    with pytest.raises(FileRefused, match=r"not an \.xlsx workbook"):
        read(content.getvalue())
