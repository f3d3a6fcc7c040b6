"""docs/data_dictionary.md is what the code says it is."""

from pathlib import Path

from dashboard.intake.data_dictionary import data_dictionary
from dashboard.intake.mapping import map_keys
from dashboard.intake.records import KINDS, columns_of

DOCUMENT = Path(__file__).parents[2] / "docs" / "data_dictionary.md"
WRITE_IT = (
    "write docs/data_dictionary.md anew with what "
    "dashboard.intake.data_dictionary.data_dictionary() returns"
)


def test_the_document_is_up_to_date() -> None:
    assert DOCUMENT.read_text("utf-8") == data_dictionary(), WRITE_IT


def test_every_column_and_every_map_key_is_in_it() -> None:
    document = data_dictionary()
    names = {name for kind in KINDS for name in columns_of(kind)}
    names |= {name for name, _ in map_keys()}
    assert all(meaning for _, meaning in map_keys())
    assert {name for name in names if f"| `{name}` |" not in document} == set()
