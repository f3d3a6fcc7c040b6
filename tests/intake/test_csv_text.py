"""The fast and the exact way to read CSV text give the same sheet."""

import hashlib
import time
from pathlib import Path

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from dashboard.errors import FileRefused
from dashboard.intake.csv_text import exact_cells, fast_cells, read_csv, sheet_of
from dashboard.intake.decoding import Text
from dashboard.intake.reading import read_file
from dashboard.measures.catalogue import Catalogue

# Anything but quotes, line breaks, NUL, and the separator of the file.
CELL = st.text(st.characters(exclude_characters='"\r\n\0,', exclude_categories=["Cs"]), max_size=6)
LINE_END = st.sampled_from(["\n", "\r\n", "\r"])


@st.composite
def quote_free_files(draw: st.DrawFn) -> tuple[bytes, list[str], list[list[str]]]:
    width = draw(st.integers(1, 4))
    names = [f"c{position}" for position in range(width)]
    body = draw(st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=8))
    end = draw(LINE_END)
    last = draw(st.sampled_from([end, ""])) if body and any(body[-1]) else end
    lines = [",".join(row) for row in [names, *body]]
    return (end.join(lines) + last).encode(), names, body


@given(quote_free_files())
def test_fast_and_exact_agree(file: tuple[bytes, list[str], list[list[str]]]) -> None:
    content, names, body = file
    exact = [column.to_pylist() for column in exact_cells("f.csv", content, names, ",")]
    assert exact == [[row[position] for row in body] for position in range(len(names))]
    fast = fast_cells(content, names, ",")
    assert fast is not None
    assert [column.to_pylist() for column in fast] == exact


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=5), min_size=2, max_size=2
        ),
        min_size=1,
        max_size=6,
    )
)
def test_quoted_text_comes_back_whole(body: list[list[str]]) -> None:
    body = [[cell.replace("\0", "") for cell in row] for row in body]
    quoted = [[cell.replace('"', '""') for cell in row] for row in body]
    lines = ["a,b", *(",".join(f'"{cell}"' for cell in row) for row in quoted)]
    cells = exact_cells("f.csv", "\n".join(lines).encode(), ["a", "b"], ",")
    assert [column.to_pylist() for column in cells] == [[r[0] for r in body], [r[1] for r in body]]


@given(st.text(alphabet='a,;"\n\r \t', max_size=40))
def test_any_text_is_read_or_refused_in_words(body: str) -> None:
    content = ("a,b\n" + body).encode()
    try:
        sheet = sheet_of("f.csv", Text(content, ""))
    except FileRefused:
        return
    assert len(sheet.names) == 2
    assert all(len(column) == len(sheet) > 0 for column in sheet.cells)


def test_the_digest_is_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"\xef\xbb\xbfa,b\n1,2\n")
    assert read_csv(path)[1] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_row_longer_than_a_block_is_read(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("a,b\n1," + "x" * 9_000_000 + "\n2,y\n")
    sheet, _ = read_csv(path)
    assert sheet.text("a").to_pylist() == ["1", "2"]


def test_a_long_file_is_read_a_column_at_a_time(tmp_path: Path, catalogue: Catalogue) -> None:
    """A million answers take about half a second; a reader that goes row by row takes many."""
    path = tmp_path / "long.csv"
    with path.open("w") as file:
        file.write("patient_id,measure_key,completed_on,item_key,answer\n")
        for form in range(22_222):
            file.writelines(f"P{form:06d},phq9,2026-01-05,phq9_{n},2\n" for n in range(1, 10))
    before = pa.total_allocated_bytes()
    begun = time.perf_counter()
    incoming = read_file(path, catalogue)
    assert time.perf_counter() - begun < 3
    assert pa.total_allocated_bytes() - before < 60_000_000
    assert incoming.tables["answers"].num_rows == 199_998
