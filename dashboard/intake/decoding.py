"""Bytes to UTF-8 text, or a refusal that names the byte and the line.

An encoding is never guessed: cp1252 and UTF-8 agree on most bytes, and a wrong guess damages
exactly the names and ids that are hardest to check.
"""

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

from dashboard.errors import FileRefused

# Larger table files would not fit the memory of a small laptop beside the database.
LARGEST_FILE = 200_000_000

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARE = 'Save it as UTF-8, or declare the encoding in a map, for example encoding = "cp1252".'


@dataclass(frozen=True)
class Text:
    """A file's text as UTF-8 bytes without byte order mark."""

    utf8: bytes
    sha256: str


def check_size(path: Path, largest: int = LARGEST_FILE) -> None:
    """Refuses a file before it is opened.

    Raises:
        FileRefused: absent, not a file, empty, or of `largest` bytes or more.
    """
    if not path.is_file():
        raise FileRefused(path.name, "there is no such file.", "Check the name and the folder.")
    size = path.stat().st_size
    if size == 0:
        raise FileRefused(path.name, "the file is empty: 0 rows.", "Export it again.")
    if size >= largest:
        what = f"it has {size / 1e6:,.0f} MB; the most that is read is {largest / 1e6:,.0f} MB."
        raise FileRefused(path.name, what, "Split it into several files and import them together.")


def read_text(path: Path, encoding: str | None = None, largest: int = LARGEST_FILE) -> Text:
    """The whole file as UTF-8.

    Args:
        encoding: as declared; without it the file must be UTF-8, with or without byte order
            mark.

    Raises:
        FileRefused: too large, a NUL byte, a byte that is not of the encoding, or UTF-16 that
            was not declared.
    """
    check_size(path, largest)
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    if encoding is None:
        return Text(_checked_utf8(path.name, content), sha256)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as problem:
        raise _wrong_byte(path.name, content, problem.start, encoding) from None
    utf8 = text.removeprefix("\ufeff").encode("utf-8")
    _refuse_nul(path.name, utf8)
    return Text(utf8, sha256)


def _checked_utf8(name: str, content: bytes) -> bytes:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            what = f"it starts with the mark of {encoding.upper()} text (bytes 1 and 2)."
            raise FileRefused(
                f"{name}, line 1", what, f'Save it as UTF-8, or declare encoding = "{encoding}".'
            )
    _refuse_nul(name, content)
    if not content.isascii():
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as problem:
            raise _wrong_byte(name, content, problem.start, "UTF-8") from None
    return content.removeprefix(codecs.BOM_UTF8)


def _refuse_nul(name: str, content: bytes) -> None:
    position = content.find(b"\0")
    if position >= 0:
        raise FileRefused(
            f"{name}, line {_line_of(content, position)}",
            f"byte {position + 1:,} is NUL, which text never holds.",
            "If it is UTF-16, declare it; otherwise export the file again.",
        )


def _wrong_byte(name: str, content: bytes, position: int, encoding: str) -> FileRefused:
    return FileRefused(
        f"{name}, line {_line_of(content, position)}",
        f"byte {position + 1:,} (0x{content[position]:02X}) is not {encoding}.",
        _DECLARE,
    )


def _line_of(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1
