"""Files that leave the app: safe to open in a spreadsheet, and stamped with their origin."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.palette import Palette
from dashboard.ui.session import Session

# A spreadsheet runs a cell that begins like this. Plain numbers may begin with a sign.
_RUNS = re.compile(
    r"^[=+\-@\t\r\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}"
    r"\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}]"
)
_NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)?$")


@dataclass(frozen=True)
class Stamp:
    """Where an exported table or figure comes from.

    filters: what the reader had chosen, in words.
    """

    as_of: date
    snapshot: int
    filters: str
    synthetic: bool

    @property
    def parts(self) -> dict[str, str]:
        return {
            "as_of": self.as_of.isoformat(),
            "snapshot": str(self.snapshot),
            "filters": self.filters,
            "data": "synthetic" if self.synthetic else "clinical",
        }


def stamp(session: Session, as_of: date, filters: Mapping[str, str] | None = None) -> Stamp:
    chosen = "; ".join(f"{name}: {value}" for name, value in (filters or {}).items() if value)
    return Stamp(as_of, session.snapshot, chosen, session.sample)


def csv_of(rows: pd.DataFrame, origin: Stamp) -> bytes:
    """A table as CSV (UTF-8 with a mark, so that spreadsheets read accents).

    The stamp is columns of its own, last: it survives sorting and copying, and no reader
    has to skip lines.
    """
    safe = rows.map(harmless).rename(columns=lambda name: harmless(str(name)))
    safe = safe.assign(**{name: harmless(value) for name, value in origin.parts.items()})
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def recorded(
    session: Session,
    file_name: str,
    origin: Stamp,
    content: bytes,
    patient_ref: str | None = None,
) -> bytes:
    """A file that is about to leave the app, once that is written down: who, which, as of when,
    and about whom if it is about one patient.

    Raises:
        StoreProblem: the log cannot be written; then the file does not leave.
    """
    session.log.append(
        session.scope.person_id,
        "exported",
        patient_ref=patient_ref,
        detail={"file": file_name, "as_of": origin.as_of.isoformat()},
    )
    return content


def harmless(cell: Any) -> Any:
    """A cell that a spreadsheet shows and does not run: a quote goes before what would."""
    if isinstance(cell, str) and _RUNS.match(cell) and not _NUMBER.match(cell):
        return f"'{cell}"
    return cell


def html_of(
    title: str,
    reading: str,
    figure: go.Figure,
    rows: pd.DataFrame,
    source: str,
    origin: Stamp,
    palette: Palette,
) -> bytes:
    """A figure with its reading, numbers and stamp as one file that needs no network."""
    picture = figure.to_html(
        full_html=False, include_plotlyjs=True, config={"displayModeBar": False}
    )
    stamped = " · ".join(f"{name}: {value}" for name, value in origin.parts.items() if value)
    table = rows.to_html(index=False, border=0, escape=True, na_rep="")
    page = (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; "
        "script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:\">"
        f"<title>{escape(title)}</title><style>body{{font-family:sans-serif;max-width:1200px;"
        f"margin:2rem auto;padding:0 1rem;background:{palette.ground};color:{palette.ink}}}"
        "table{border-collapse:collapse;font-size:.85rem}th,td{text-align:left;padding:.3rem "
        ".8rem;border-bottom:1px solid currentColor}</style></head><body>"
        f"<h1>{escape(title)}</h1><p>{escape(reading)}</p>{picture}{table}"
        f"<p>{escape(source)}</p><p>{escape(stamped)}</p></body></html>"
    )
    return page.encode()
