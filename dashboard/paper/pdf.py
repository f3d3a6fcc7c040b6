"""A paper as PDF, set by Typst: A4, its letters inside, tagged for screen readers, for archives.

The words of the paper go to the template as data, never into its source.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typst

from dashboard.charts.palette import LIGHT as PALETTE
from dashboard.paper.document import Beside, Document, Figure, Part
from dashboard.paper.letters import printable

_TEMPLATE = Path(__file__).parent / "paper.typ"
_LETTERS = typst.Fonts(include_system_fonts=False)
# Typst keeps what it laid out for the ten compilations that follow: 25 MB a page, so 250 MB of
# pages that nobody will set again. Empty ones after each page let go of it at once.
_COMPILATIONS_THAT_TYPST_REMEMBERS = 10


def pdf_of(paper: Document) -> bytes:
    """The same on every machine: only the letters that Typst brings along are used.

    PDF/A-2a (ISO 19005-2) for keeping and PDF/UA-1 (ISO 14289-1) for everyone's reading: Typst
    writes no file that breaks either, such as one with a letter missing.
    """
    compiled = typst.compile(
        _TEMPLATE,
        format="pdf",
        font_paths=_LETTERS,
        pdf_standards=["a-2a", "ua-1"],
        root=_TEMPLATE.parent,
        sys_inputs={"paper": json.dumps(_as_data(paper))},
    )
    assert isinstance(compiled, bytes)  # one file, because it is a PDF
    _forget()
    return compiled


def _forget() -> None:
    for _ in range(_COMPILATIONS_THAT_TYPST_REMEMBERS + 1):
        typst.compile(b"", format="pdf", font_paths=_LETTERS)


def _as_data(paper: Document) -> dict[str, Any]:
    return {
        **{
            name: printable(getattr(paper, name))
            for name in ("title", "subtitle", "label", "source")
        },
        "language": paper.language,
        "one_page": paper.one_page,
        "parts": [_part(part) for part in paper.parts],
        "colours": [PALETTE.ink, PALETTE.soft_ink, PALETTE.axis],
    }


def _part(part: Part | Beside) -> dict[str, Any]:
    if isinstance(part, Beside):
        return {
            "kind": "Beside",
            "left": [_part(one) for one in part.left],
            "right": [_part(one) for one in part.right],
            "left_share": part.left_share,
        }
    kind = type(part).__name__
    if isinstance(part, Figure):
        # Its words were made printable when they were drawn.
        return {
            "kind": kind,
            "svg": part.svg,
            "alt": printable(part.alt),
            "marks": printable(part.marks),
        }
    return {"kind": kind, **_printable(asdict(part))}


def _printable(value: Any) -> Any:
    match value:
        case str():
            return printable(value)
        case dict():
            return {name: _printable(held) for name, held in value.items()}
        case list() | tuple():
            return [_printable(held) for held in value]
        case _:
            return value
