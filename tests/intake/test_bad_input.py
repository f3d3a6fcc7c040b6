"""Every kind of bad input that can be decided before the store looks at the values."""

from pathlib import Path

import pytest

from dashboard.errors import FileRefused
from dashboard.intake.reading import read_file
from dashboard.measures.catalogue import Catalogue
from tests.intake.looking import Read, ReadMap, answers, rows

HEADER = "patient_id,completed_on,phq9_1,phq9_2\n"

# name → content, where the message must say it is, and a word of what is wrong
DAMAGED: dict[str, tuple[str | bytes, str, str]] = {
    "extra field": (HEADER + "P1,2026-01-05,1,2,3\n", "line 2, after column phq9_2", "too many"),
    "missing field": (
        HEADER + "P1,2026-01-05,1\nP2,2026-01-05,1,2\n",
        "line 2, column phq9_2",
        "ends before this column",
    ),
    "missing field after a blank line": (
        HEADER + "P1,2026-01-05,1,2\n\nP2,2026-01-05\nP3,2026-01-05,1,2\n",
        "line 4, column phq9_1",
        "ends before this column",
    ),
    "truncated last row": (
        HEADER + "P1,2026-01-05,1,2\nP2,2026-01-05",
        "line 3, column phq9_1",
        "cut off",
    ),
    "duplicate header": (
        "patient_id,completed_on,phq9_1,phq9_1\nP1,2026-01-05,1,2\n",
        "line 1, column 4",
        "as in column 3",
    ),
    "column without a name": (
        "patient_id,completed_on,phq9_1,\nP1,2026-01-05,1,2\n",
        "line 1, column 4",
        "no name",
    ),
    "unclosed quote": (
        HEADER + 'P1,2026-01-05,1,2\nP2,"2026-01-05,1,2\nP3,2026-01-05,1,2\n',
        "line 3, column completed_on",
        "quote",
    ),
    "unclosed quote that meets another": (
        HEADER + '"P1,2026-01-05,1,2\n"P2",2026-01-05,1,2\n',
        "line 2, column patient_id",
        "quote",
    ),
    "text after a closing quote": (
        HEADER + 'P1,"2026-01-05"x,1,2\n',
        "line 2, column completed_on",
        "quote",
    ),
    "quote never closed in the header": ('patient_id,"completed_on\nP1,2\n', "line 1", "quote"),
    "missing field in a file with quotes": (
        HEADER + '"P\n1",2026-01-05,1,2\nP2,2026-01-05,1\nP3,2026-01-05,1,2\n',
        "line 4, column phq9_2",
        "ends before this column",
    ),
    "cp1252": (HEADER.encode() + "Zoë,2026-01-05,1,2\n".encode("cp1252"), "line 2", "0xEB"),
    "UTF-16 with its mark": ((HEADER + "P1,2026-01-05,1,2\n").encode("utf-16"), "line 1", "UTF-16"),
    "UTF-16 without its mark": ((HEADER + "P1,2026-01-05,1,2\n").encode("utf-16-le"), "1", "NUL"),
    "NUL": (HEADER + "P1,2026-01-05,1\0,2\n", "line 2", "byte 54 is NUL"),
    "empty file": ("", "forms.csv", "0 rows"),
    "blank file": ("\n\n", "line 1", "blank"),
    "header only": (HEADER, "forms.csv", "0 rows"),
    "blank rows only": (HEADER + ",,,\n\n  \n", "forms.csv", "0 rows"),
    "unknown column": (
        "patient_id,completed_on,phq9_1,age\nP1,2026-01-05,1,40\n",
        "line 1",
        "“age” is not known",
    ),
    "item written another way": (
        "patient_id,completed_on,phq9_01,phq9_2\nP1,2026-01-05,1,1\n",
        "line 1",
        "did you mean “phq9_1”",
    ),
    "patient id written another way": (
        "Patient ID,completed_on,phq9_1\nP1,2026-01-05,1\n",
        "line 1",
        "“Patient ID” looks like it",
    ),
    "no known column": ("colour,size\nred,4\n", "line 1", "“colour”, “size”"),
    "two separators": ("patient_id;a,completed_on;b\n1;2,3;4\n", "line 1", "comma and semicolon"),
    "comma and point in one column": (
        "patient_id;completed_on;phq9_1\nP1;2026-01-05;3,0\nP2;2026-01-05;3.0\n",
        "column phq9_1",
        "decimal comma and others a decimal point",
    ),
    "web page": ("<html><body>Sign in</body></html>", "forms.csv", "web page"),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "forms.csv", "old .xls"),
    "zip of something else": (b"PK\x03\x04" + b"\0" * 60, "forms.csv", "damaged"),
    "broken JSON": ('{"resourceType": "Patient", "id": ', "forms.csv", "not JSON"),
    "JSON of something else": ('{"a": 1}', "forms.csv", "no FHIR resource"),
    "REDCap data dictionary": (
        '"Variable / Field Name","Form Name"\nrecord_id,form_1\n',
        "forms.csv",
        "data dictionary",
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_refused_with_its_place(read: Read, name: str) -> None:
    content, where, what = DAMAGED[name]
    with pytest.raises(FileRefused) as refused:
        read(content)
    assert where in refused.value.where
    assert what in refused.value.what
    assert refused.value.what_to_do.endswith(".")


@pytest.mark.parametrize("name", DAMAGED)
def test_no_message_holds_a_cell(read: Read, name: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(DAMAGED[name][0])
    for cell in ("P1", "P2", "P3", "Zo", "2026-01-05", "red"):
        assert cell not in str(refused.value)


def test_a_file_that_is_not_there(tmp_path: Path, catalogue: Catalogue) -> None:
    with pytest.raises(FileRefused, match="no such file"):
        read_file(tmp_path / "forms.csv", catalogue)


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path, catalogue: Catalogue) -> None:
    path = tmp_path / "forms.csv"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(FileRefused, match="200 MB"):
        read_file(path, catalogue)


def test_the_limit_can_be_set(read: Read) -> None:
    content = HEADER + "P1,2026-01-05,1,2\n"
    assert read(content, largest=len(content) + 1).rows_read == 1
    with pytest.raises(FileRefused, match="Split it"):
        read(content, largest=len(content))


def test_ids_stay_text(read: Read) -> None:
    incoming = read(HEADER + "00123,2026-01-05,1,2\n123,2026-01-05,1,2\n1E5,2026-01-05,1,2\n")
    assert {patient for patient, _, _ in answers(incoming)} == {"00123", "123", "1E5"}


def test_semicolon_and_decimal_comma(read: Read) -> None:
    incoming = read("patient_id;completed_on;phq9_1;phq9_2\n7;2026-01-05;3,5;2\n")
    assert answers(incoming) == [("7", "phq9_1", "3.5"), ("7", "phq9_2", "2")]


def test_tabs(read: Read) -> None:
    assert answers(read("patient_id\tcompleted_on\tphq9_1\nP1\t2026-01-05\t2\n")) == [
        ("P1", "phq9_1", "2")
    ]


def test_a_lone_quoted_decimal_comma_is_left_for_the_store_to_refuse(read: Read) -> None:
    incoming = read(HEADER + 'P1,2026-01-05,"1,2",2\nP2,2026-01-05,1,2\nP3,2026-01-05,0,2\n')
    assert ("P1", "phq9_1", "1,2") in answers(incoming)


@pytest.mark.parametrize(
    "cell",
    [
        "NA",
        "None",
        "nan",
        "7",
        "99",
        "inf",
        "\uff14",
        "٤",
        "3.0",
        "1E0",
        "=cmd|' /C calc'!A0",
        "<b>1",
    ],
)
def test_a_cell_is_never_turned_into_something_else(read: Read, cell: str) -> None:
    assert answers(read(HEADER + f"P1,2026-01-05,{cell},\n")) == [("P1", "phq9_1", cell)]


def test_spaces_around_a_cell_are_dropped_and_others_kept(read: Read) -> None:
    incoming = read(HEADER + " P 1\t, 2026-01-05 , 4 ,\u00a04\n")
    assert answers(incoming) == [("P 1", "phq9_1", "4"), ("P 1", "phq9_2", "\u00a04")]
    assert rows(incoming, "answers", "completed_on") == [("2026-01-05",)] * 2


@pytest.mark.parametrize("day", ["03/04/2026", "2026-13-01", "2026-01-05 10:30", "yesterday"])
def test_a_date_is_never_guessed(read: Read, day: str) -> None:
    assert rows(read(HEADER + f"P1,{day},1,\n"), "answers", "completed_on") == [(day,)]


def test_a_bad_value_late_in_a_file_touches_only_its_row(read: Read) -> None:
    good = "".join(f"P{n},2026-01-05,1,2\n" for n in range(30_000))
    incoming = read(HEADER + good + "PX,2026-01-05,many,2\n")
    found = incoming.tables["answers"]
    wrong = [row for row in found.to_pylist() if row["answer"] not in ("1", "2")]
    assert [(row["source_row"], row["answer"]) for row in wrong] == [(30_002, "many")]
    assert found.num_rows == 60_002


def test_letters_are_put_in_one_form(read: Read) -> None:
    composed, apart = "Zo\u00eb", "Zoe\u0308"
    incoming = read(HEADER + f"{composed},2026-01-05,1,\n{apart},2026-02-05,1,\n")
    assert {patient for patient, _, _ in answers(incoming)} == {composed}


def test_utf8_with_its_mark(read: Read) -> None:
    content = b"\xef\xbb\xbf" + (HEADER + "Zoë,2026-01-05,1,\n").encode()
    assert answers(read(content)) == [("Zoë", "phq9_1", "1")]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-le", "iso8859-7"])
def test_a_declared_encoding(read: Read, read_map: ReadMap, encoding: str) -> None:
    patient = "Ζωή" if encoding == "iso8859-7" else "Zoë"
    mapping = read_map(
        f'measure = "phq9"\nencoding = "{encoding}"\ncompleted_on = "completed_on"\n'
        '[items]\nphq9_1 = "phq9_1"\n'
    )
    content = (HEADER + f"{patient},2026-01-05,1,\n").encode(encoding)
    assert answers(read(content, mapping=mapping)) == [(patient, "phq9_1", "1")]


def test_a_wrongly_declared_encoding_names_the_byte(read: Read, read_map: ReadMap) -> None:
    mapping = read_map(
        'measure = "phq9"\nencoding = "ascii"\ncompleted_on = "completed_on"\n'
        '[items]\nphq9_1 = "phq9_1"\n'
    )
    with pytest.raises(FileRefused, match=r"line 2: byte 41 \(0xC3\) is not ascii"):
        read(HEADER + "Zoë,2026-01-05,1,\n", mapping=mapping)


def test_blank_rows_are_passed_over_and_keep_the_numbering(read: Read) -> None:
    incoming = read(HEADER + "\nP1,2026-01-05,1,\n,,,\n  ,,\t,\nP2,2026-01-05,1,\n\n\n")
    assert rows(incoming, "answers", "patient_id", "source_row") == [("P1", 3), ("P2", 6)]
    assert incoming.rows_read == 2


def test_a_line_break_in_quotes_is_one_row(read: Read) -> None:
    incoming = read(HEADER + '"P\n1",2026-01-05,1,\nP2,2026-01-05,1,\n')
    assert rows(incoming, "answers", "patient_id", "source_row") == [("P\n1", 2), ("P2", 3)]


def test_a_missing_last_line_break_is_noted(read: Read) -> None:
    assert any("cut off" in note for note in read(HEADER + "P1,2026-01-05,1,2").notes)
    assert not read(HEADER + "P1,2026-01-05,1,2\n").notes


def test_a_form_is_recognised_by_content_and_not_by_name(read: Read) -> None:
    assert read(HEADER + "P1,2026-01-05,1,2\n", name="forms.xlsx").form == "csv"
    assert read('{"resourceType": "Patient", "id": "P1"}', name="forms.csv").form == "fhir"


@pytest.mark.parametrize("form", ["excel", "fhir"])
def test_a_wrongly_named_form_is_refused(read: Read, form: str) -> None:
    with pytest.raises(FileRefused):
        read(HEADER + "P1,2026-01-05,1,2\n", form=form)


def test_an_unknown_form_or_measure_is_refused(read: Read) -> None:
    with pytest.raises(FileRefused, match="Use csv, excel, redcap, fhir"):
        read(HEADER + "P1,2026-01-05,1,2\n", form="spss")
    with pytest.raises(FileRefused, match="no measure “phq8”"):
        read(HEADER + "P1,2026-01-05,1,2\n", measure="phq8")
