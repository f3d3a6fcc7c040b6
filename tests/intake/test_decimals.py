"""Decimal commas are recognised where a column agrees, and never guessed cell by cell."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.errors import FileRefused
from dashboard.intake.decimals import with_points


def turned(cells: list[str], delimiter: str = ",", declared: bool = False) -> list[str]:
    found = with_points(
        pa.chunked_array([cells]), where="f.csv, column a", delimiter=delimiter, declared=declared
    )
    return found.to_pylist()


@pytest.mark.parametrize(
    ("cells", "delimiter", "declared", "expected"),
    [
        (["1,54", "1,84", ""], ",", False, ["1.54", "1.84", ""]),
        (["1,54", "2", "2,5"], ",", False, ["1.54", "2", "2.5"]),
        (["1,54", "2", "3", "1"], ",", False, ["1,54", "2", "3", "1"]),
        (["1,54", "2", "3", "1"], ";", False, ["1.54", "2", "3", "1"]),
        (["1,54", "2", "3", "1"], ",", True, ["1.54", "2", "3", "1"]),
        (["1,234", "12,345"], ",", False, ["1,234", "12,345"]),
        (["1,234", "12,3"], ",", False, ["1.234", "12.3"]),
        (["1,234", "12,345"], ";", False, ["1.234", "12.345"]),
        (["1,5", "2.5"], ",", False, ["1,5", "2.5"]),
        (["1,5", "1,2,3", "a,b"], ";", False, ["1.5", "1,2,3", "a,b"]),
        (["-1,5", "+2,5"], ";", False, ["-1.5", "+2.5"]),
        (["1.5", "2"], ";", False, ["1.5", "2"]),
    ],
)
def test_columns(cells: list[str], delimiter: str, declared: bool, expected: list[str]) -> None:
    assert turned(cells, delimiter, declared) == expected


@pytest.mark.parametrize(("delimiter", "declared"), [(";", False), (",", True)])
def test_both_kinds_in_one_column_refuse_the_file(delimiter: str, declared: bool) -> None:
    with pytest.raises(FileRefused, match="Write them all one way"):
        turned(["1,5", "2.5"], delimiter, declared)


@given(st.lists(st.tuples(st.integers(-99, 99), st.integers(0, 99)), min_size=1))
def test_a_column_of_commas_is_the_column_of_points(numbers: list[tuple[int, int]]) -> None:
    points = [f"{whole}.{part:02}" for whole, part in numbers]
    assert turned([text.replace(".", ",") for text in points]) == points
