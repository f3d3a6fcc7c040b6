"""The two forms of a paper: texts arrive as texts, whatever they look like."""

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from dashboard.paper import pdf
from dashboard.paper.document import (
    Beside,
    Column,
    Document,
    Facts,
    Figure,
    Heading,
    Note,
    Paragraph,
    Part,
    Table,
)
from dashboard.paper.drawing import Sheet
from dashboard.paper.html import html_of
from dashboard.paper.letters import printable
from dashboard.paper.pdf import pdf_of
from tests.paper.reading import pages_of, squeezed, texts_of, written_in

# What would be code in Typst, HTML, SVG or Python's own formatting, and what only looks odd.
NASTY = [
    '#panic("stop")',
    '#read("/etc/passwd") #image("x.png")',
    '#import "@preview/cetz:0.3.0": *',
    "$x^2$ *bold* _slanted_ `raw` <label> @reference // comment /* more",
    "= Heading\n- list\n+ one",
    'quote " brace { } bracket ] \\u{1F600} \\n',
    "</p><script>alert(1)</script><img src=http://example.org/x>",
    "]]></svg><svg onload=alert(1)>",
    "' onmouseover='alert(1)",
    "{name} %s %(x)s {{}}",
    "&amp; &lt;b&gt; &#60;",
    "Ελληνικά: ά έ ή ί ό ύ ώ ϊ ΐ · Ω",
    "nul \x00 bell \x07 turned \N{RIGHT-TO-LEFT OVERRIDE}text 漢字 \N{GRINNING FACE}",
]


def drawn(text: str) -> str:
    sheet = Sheet(100, 20)
    sheet.text(text, 0, 10)
    return sheet.svg()


def paper_of(text: str, *, one_page: bool = True, times: int = 1) -> Document:
    """A paper with the text in every place where a text can stand."""
    parts: list[Part | Beside] = [
        Heading(text, text),
        Paragraph(text),
        Paragraph(text, strong=True),
        Note(text),
        Facts(((text, text),)),
        Table((Column(text), Column(text, 1, centred=True)), ((text, text),), text),
        Figure(drawn(text), text, text),
        Beside((Paragraph(text),), (Note(text),), 0.4),
    ]
    return Document(text, text, text, "el", tuple(parts * times), text, one_page=one_page)


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_a_text_is_never_read_as_typst(text: str) -> None:
    content = pdf_of(paper_of(text))
    assert pages_of(content) == 1
    # Title, subtitle, label, source, and each place but the figure's alternative text.
    assert written_in(content).count(squeezed(printable(text))) >= 18


class Read(HTMLParser):
    """A page as a browser takes it: its elements with their attributes, and its text."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_a_text_is_never_read_as_html(text: str) -> None:
    plain, nasty = Read(html_of(paper_of("x"))), Read(html_of(paper_of(text)))
    assert nasty.elements == plain.elements
    assert nasty.attributes == plain.attributes
    assert nasty.text.count(text) >= 18


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_a_drawing_with_any_text_in_it_is_well_formed(text: str) -> None:
    root = ElementTree.fromstring(drawn(text))
    assert [element.text for element in root] == [printable(text)]


def test_html_runs_nothing_and_asks_the_network_for_nothing() -> None:
    page = html_of(paper_of("x")).decode()
    assert "default-src 'none'" in page
    assert not re.search(r"<script|<link|<img|<iframe|@import|url\(|href=|src=", page)
    assert set(re.findall(r"https?://[^\s'\"]+", page)) == {"http://www.w3.org/2000/svg"}


def test_both_forms_hold_the_same_texts() -> None:
    paper = paper_of("Ένα μικρό κείμενο")
    page = html_of(paper).decode()
    told = written_in(pdf_of(paper))
    assert all(text in page and squeezed(text) in told for text in texts_of(paper))


def test_letters_are_in_the_file_and_it_is_for_archives_and_screen_readers() -> None:
    content = pdf_of(paper_of("Ελληνικά"))
    assert b"/FontFile" in content
    assert b"pdfaid:part>2<" in content
    assert b"pdfuaid:part>1<" in content
    assert b"/Lang(el)" in content.replace(b" ", b"")


def test_a_long_paper_runs_on_and_numbers_its_pages() -> None:
    content = pdf_of(paper_of("A line of words", one_page=False, times=20))
    pages, told = pages_of(content), written_in(content)
    assert pages > 2
    assert f"1/{pages}" in told
    assert f"{pages}/{pages}" in told


def test_a_paper_of_one_page_is_set_smaller_instead() -> None:
    crowded, roomy = (
        pages_of(pdf_of(paper_of("A line of words", one_page=one_page, times=3)))
        for one_page in (True, False)
    )
    assert (crowded, roomy) == (1, 2)


def test_the_template_reaches_for_no_file_and_no_package() -> None:
    template = Path(pdf.__file__).with_name("paper.typ").read_text("utf-8")
    assert not re.search(r"\b(?:read|plugin|eval)\(|#(?:import|include)\b", template)
