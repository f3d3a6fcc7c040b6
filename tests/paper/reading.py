"""Papers read back: the texts of a document, and those of a PDF."""

import io
from collections.abc import Iterator

from pypdf import PdfReader

from dashboard.paper.document import (
    Beside,
    Document,
    Facts,
    Figure,
    Heading,
    Note,
    Paragraph,
    Part,
    Table,
)


def parts_of(paper: Document) -> Iterator[Part]:
    for part in paper.parts:
        if isinstance(part, Beside):
            yield from (*part.left, *part.right)
        else:
            yield part


def tables_of(paper: Document) -> list[Table]:
    return [part for part in parts_of(paper) if isinstance(part, Table)]


def figures_of(paper: Document) -> list[Figure]:
    return [part for part in parts_of(paper) if isinstance(part, Figure)]


def texts_of(paper: Document) -> list[str]:
    """Every text on the paper, a figure's by its alternative text; empty ones left out."""
    texts = [paper.title, paper.subtitle, paper.label]
    for part in parts_of(paper):
        match part:
            case Heading():
                texts += [part.text, part.explanation]
            case Paragraph() | Note():
                texts.append(part.text)
            case Facts():
                texts += [text for pair in part.pairs for text in pair]
            case Table():
                texts += [column.title for column in part.columns]
                texts += [cell for row in part.rows for cell in row]
                texts.append(part.left_out)
            case Figure():
                texts += [part.alt, part.marks]
    return [text for text in [*texts, paper.source] if text]


def pages_of(content: bytes) -> int:
    return len(PdfReader(io.BytesIO(content)).pages)


def written_in(content: bytes) -> str:
    """Everything written in a PDF, without its spaces and line breaks."""
    pages = PdfReader(io.BytesIO(content)).pages
    return squeezed("".join(page.extract_text() for page in pages))


def squeezed(text: str) -> str:
    return "".join(text.split())
