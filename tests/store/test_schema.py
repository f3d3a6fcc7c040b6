"""A snapshot says which tables it has; one of another version is refused, not misread."""

import duckdb
import pytest

from dashboard.errors import StoreProblem
from dashboard.store import OPERATOR, Store
from dashboard.store.importing import ImportOptions, import_files
from dashboard.store.schema import schema_mark


@pytest.mark.parametrize(
    "change",
    [
        "update snapshot_info set schema_mark = 'another'",
        "alter table snapshot_info drop column schema_mark",
    ],
)
def test_data_of_another_version_are_refused(own_sample_store: Store, change: str) -> None:
    newest = own_sample_store.newest()
    with duckdb.connect(str(newest.path)) as connection:
        connection.execute(change)
    with pytest.raises(StoreProblem, match="another version of this program"):
        Store(own_sample_store.directory).query("store_summary", OPERATOR)


def test_every_snapshot_carries_the_mark_of_its_tables(own_sample_store: Store) -> None:
    with duckdb.connect(str(own_sample_store.newest().path), read_only=True) as connection:
        assert connection.execute("select schema_mark from snapshot_info").fetchall() == [
            (schema_mark(),)
        ]


def test_an_import_does_not_build_on_data_of_another_version(
    own_sample_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.store.connection.schema_mark", lambda: "another")
    with pytest.raises(StoreProblem, match="another version of this program"):
        import_files(own_sample_store.directory, [], ImportOptions(), "nurse-1")
