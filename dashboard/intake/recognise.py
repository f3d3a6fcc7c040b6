"""What a file is, told from its first bytes and never from its name."""

from pathlib import Path

from dashboard.errors import FileRefused

FORMS = ("csv", "excel", "redcap", "fhir")
NAME_ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".json", ".ndjson", ".jsonl")
"""How names of files end that are looked for; what one holds is told from its content."""

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOOKED_AT = 4096


def recognise(path: Path) -> str:
    """excel, fhir or csv. A REDCap export is a CSV file until its header is read.

    Raises:
        FileRefused: a kind of file that is not read here.
    """
    with path.open("rb") as file:
        start = file.read(_LOOKED_AT)
    if start.startswith(_ZIP):
        return "excel"
    if start.startswith(_OLD_OFFICE):
        raise FileRefused(
            path.name,
            "it is an old .xls workbook, or an .xlsx with a password.",
            "Save it as .xlsx without a password.",
        )
    visible = start.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    if visible.startswith((b"{", b"[")):
        return "fhir"
    if visible.startswith(b"<"):
        raise FileRefused(
            path.name, "it is a web page or XML, not a table.", "Export it as CSV, .xlsx or JSON."
        )
    return "csv"
