"""What the PDF can print, and what becomes of a sign that it cannot."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.paper.document import Document, Paragraph
from dashboard.paper.letters import can_print, printable
from dashboard.paper.pdf import pdf_of
from tests.paper.reading import pages_of


def test_every_sign_said_to_be_printable_is_in_the_letters() -> None:
    """A file for archives is not written with a letter missing, so it is enough that it is."""
    signs = [chr(code) for code in range(sys.maxunicode) if can_print(chr(code))]
    assert len(signs) > 2000
    paper = Document("Signs", "all", "", "en", (Paragraph(" ".join(signs)),), "")
    assert pages_of(pdf_of(paper)) >= 1


@given(st.text())
def test_what_is_left_can_always_be_printed(text: str) -> None:
    assert all(can_print(sign) for sign in printable(text))


@given(st.text())
def test_no_sign_is_lost(text: str) -> None:
    kept = [sign for sign in text if not sign.isspace()]
    told = printable(text)
    assert all(sign in told or f"[U+{ord(sign):04X}]" in told for sign in kept)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Μαρία Παπαδάκη", "Μαρία Παπαδάκη"),
        ("two\n\tlines", "two lines"),
        ("漢", "[U+6F22]"),
        ("turned \N{RIGHT-TO-LEFT OVERRIDE}round", "turned [U+202E]round"),
    ],
)
def test_texts_as_they_are_printed(text: str, printed: str) -> None:
    assert printable(text) == printed
    assert unicodedata.is_normalized("NFC", printable(text))
