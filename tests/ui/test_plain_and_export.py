"""Text from files never acts: not as Markdown on the page, not as a formula in a spreadsheet,
not as markup in an exported figure."""

import csv
import io
import re
import string
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts.palette import palette_of
from dashboard.ui.export import Stamp, csv_of, harmless, html_of
from dashboard.ui.plain import as_text, told_apart

ORIGIN = Stamp(date(2026, 6, 30), 42, "Site: North", synthetic=False)


def test_every_character_that_markdown_acts_on_is_escaped() -> None:
    assert as_text("![x](tel:1) :red[y] $z$ `a` <b>") == (
        r"\!\[x\]\(tel\:1\) \:red\[y\] \$z\$ \`a\` \<b\>"
    )


def test_a_value_cannot_start_a_block_of_its_own() -> None:
    assert as_text("a\n# b\r\n- c") == r"a \# b \- c"


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("http://e.example", "http\N{WORD JOINER}\\:\\/\\/e\\.example"),
        ("WWW.e.example", "WWW\N{WORD JOINER}\\.e\\.example"),
        ("a@e.example", "a\N{WORD JOINER}\\@e\\.example"),
    ],
)
def test_an_address_does_not_become_a_link(text: str, broken: str) -> None:
    assert as_text(text) == broken


@given(st.text())
def test_escaping_changes_nothing_that_is_shown(text: str) -> None:
    visible = as_text(text).replace("\N{WORD JOINER}", "")
    shown = re.sub(rf"\\([{re.escape(string.punctuation)}])", r"\1", visible)
    assert shown == " ".join(text.split()).replace("\N{WORD JOINER}", "")


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "+cmd|' /C calc'!A0", "=", "-"],
)
def test_what_a_spreadsheet_would_run_is_quoted(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["P-1", "+4", "-3.5", "-3,5", 7, -2.5, None, "a=b", ""])
def test_what_a_spreadsheet_shows_is_left_alone(cell: Any) -> None:
    assert harmless(cell) == cell


def rows_in(exported: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exported.decode("utf-8-sig"), newline="")))


def test_every_row_carries_the_stamp() -> None:
    exported = rows_in(csv_of(pd.DataFrame({"patient": ["=1+1", "Ελένη"]}), ORIGIN))
    assert exported[0] == {
        "patient": "'=1+1",
        "as_of": "2026-06-30",
        "snapshot": "42",
        "filters": "Site: North",
        "data": "clinical",
    }
    assert exported[1]["patient"] == "Ελένη"


def test_a_filter_text_cannot_run_either() -> None:
    origin = Stamp(date(2026, 6, 30), 1, "=HYPERLINK(1)", synthetic=True)
    assert rows_in(csv_of(pd.DataFrame({"a": [1]}), origin))[0]["filters"] == "'=HYPERLINK(1)"


def test_column_names_are_harmless_too() -> None:
    assert "'=A1" in csv_of(pd.DataFrame({"=A1": [1]}), ORIGIN).decode("utf-8-sig")


@given(st.text())
def test_no_text_comes_out_as_a_formula(text: str) -> None:
    shown = harmless(text)
    assert shown == text or shown == f"'{text}"
    if text[:1] in ("=", "@"):
        assert shown.startswith("'")


def test_an_exported_figure_needs_no_network_and_escapes_what_it_shows() -> None:
    rows = pd.DataFrame({"<i>measure</i>": ["<script>alert(1)</script>"]})
    page = html_of(
        "<b>title</b>", "a reading", go.Figure(), rows, "a source", ORIGIN, palette_of("light")
    ).decode()
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;b&gt;title&lt;/b&gt;" in page
    assert "<script src=" not in page
    assert "default-src 'none'" in page
    for part in ("a reading", "a source", "2026-06-30", "Site: North", "snapshot: 42"):
        assert part in page


def test_people_of_one_name_are_told_apart() -> None:
    names = {"n-1": "Ana Bell", "n-2": "Bo Carr", "n-3": "Ana Bell"}
    assert told_apart(names) == {
        "n-1": "Ana Bell (n-1)",
        "n-2": "Bo Carr",
        "n-3": "Ana Bell (n-3)",
    }
