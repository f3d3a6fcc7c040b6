"""A paper as one HTML file: no script, no network, ready to be printed on A4."""

from html import escape
from pathlib import Path

from dashboard.charts.palette import LIGHT as PALETTE
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
from dashboard.paper.drawing import FONT

_STYLE = Path(__file__).parent / "paper.css"
# Nothing but what stands in the file is loaded, and nothing in it runs.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def html_of(paper: Document) -> bytes:
    colours = (
        f":root{{--ink:{PALETTE.ink};--soft:{PALETTE.soft_ink};--line:{PALETTE.axis}}}"
        f"{_STYLE.read_text('utf-8').replace('FONT', FONT)}"
    )
    title = escape(f"{paper.title} – {paper.subtitle}")
    page = (
        f"<!doctype html><html lang='{escape(paper.language)}'><head><meta charset='utf-8'>"
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{title}</title><style>{colours}</style></head><body>"
        f"<header><div><h1>{escape(paper.title)}</h1> "
        f"<span class='soft'>{escape(paper.subtitle)}</span></div>"
        f"<div class='label'>{escape(paper.label)}</div></header>"
        f"<main>{_laid(paper.parts)}</main>"
        f"<footer>{escape(paper.source)}</footer></body></html>"
    )
    return page.encode()


def _laid(parts: tuple[Part | Beside, ...]) -> str:
    return "".join(_beside(part) if isinstance(part, Beside) else _part(part) for part in parts)


def _beside(part: Beside) -> str:
    left, right = part.left_share, 1 - part.left_share
    return (
        f"<div class='beside'><div style='flex:{left:g}'>{_laid(part.left)}</div>"
        f"<div style='flex:{right:g}'>{_laid(part.right)}</div></div>"
    )


def _part(part: Part) -> str:
    match part:
        case Heading():
            return (
                f"<section><h2>{escape(part.text)}</h2>{_soft('span', part.explanation)}</section>"
            )
        case Paragraph():
            strong = " class='strong'" if part.strong else ""
            return f"<p{strong}>{escape(part.text)}</p>"
        case Note():
            return f"<p class='note'>{escape(part.text)}</p>"
        case Facts():
            pairs = "".join(
                f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
                for name, value in part.pairs
            )
            return f"<dl>{pairs}</dl>"
        case Table():
            return _table(part)
        case Figure():
            # The drawing's own words were escaped when they were drawn.
            return (
                f"<figure role='img' aria-label='{escape(part.alt)}'>{part.svg}</figure>"
                f"{_soft('p', part.marks)}"
            )


def _table(part: Table) -> str:
    looks = [_looks(column, part) for column in part.columns]
    head = "".join(
        f"<th scope='col'{look}>{escape(column.title)}</th>"
        for column, look in zip(part.columns, looks, strict=True)
    )
    rows = "".join(
        "<tr>"
        + "".join(f"<td{look}>{escape(cell)}</td>" for cell, look in zip(row, looks, strict=True))
        + "</tr>"
        for row in part.rows
    )
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        f"{_soft('p', part.left_out)}"
    )


def _looks(column: Column, table: Table) -> str:
    """How wide a column is, and where its texts stand in it."""
    shares = sum(one.share for one in table.columns)
    names = ["narrow"] * (shares > 0 and column.share == 0) + ["centred"] * column.centred
    width = f" style='width:{column.share / shares:.0%}'" if column.share else ""
    return f" class='{' '.join(names)}'{width}" if names else width


def _soft(tag: str, text: str) -> str:
    return f"<{tag} class='soft'>{escape(text)}</{tag}>" if text else ""
