"""What is on a paper, before it is anything else: headings, words, tables, figures.

Every text is plain text. Neither form of the paper reads it as markup.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """A section's title, with one line on how to read what follows."""

    text: str
    explanation: str = ""


@dataclass(frozen=True)
class Paragraph:
    text: str
    strong: bool = False


@dataclass(frozen=True)
class Note:
    """Something that must not be missed, in a frame."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Labelled values in one line that wraps."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Column:
    """A column of a table.

    share: of the width that is left; 0 takes as much as its longest text needs.
    """

    title: str
    share: float = 0.0
    centred: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of texts under named columns.

    left_out: said below when there were more rows than are shown.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: str = ""


@dataclass(frozen=True)
class Figure:
    """A drawing with the sentence that says the same.

    svg: from `drawing.Sheet`, as wide as the space it is put in. marks: the marks in words.
    """

    svg: str
    alt: str
    marks: str = ""


Part = Heading | Paragraph | Note | Facts | Table | Figure


@dataclass(frozen=True)
class Beside:
    """Two columns; `left_share` of the width goes to the left one."""

    left: tuple[Part, ...]
    right: tuple[Part, ...]
    left_share: float = 0.5


@dataclass(frozen=True)
class Document:
    """A paper.

    Attributes:
        subtitle: what it is and as of when.
        label: what the whole paper has to be treated as, framed beside the title.
        language: code of the language of its words.
        source: where its numbers come from and who printed it, at the foot of every page.
        one_page: set as large as one page allows, instead of running on to a second.
    """

    title: str
    subtitle: str
    label: str
    language: str
    parts: tuple[Part | Beside, ...]
    source: str
    one_page: bool = False
