"""The two ways to open a snapshot: locked down for reading, or alone for writing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from dashboard.errors import StoreDamaged, StoreProblem
from dashboard.store.schema import schema_mark

# The catalog's name inside a reading connection. It is on no search path, so a query
# that names a bare table finds only the scoped views of scope.py.
CATALOG = "clinical"

_MEMORY = "1GB"
_THREADS = 2

_LOCK_DOWN = (
    "set enable_external_access = false",
    "set autoinstall_known_extensions = false",
    "set autoload_known_extensions = false",
    "set allow_community_extensions = false",
    "set python_enable_replacements = false",
    "set lock_configuration = true",
)

# A full disk shows itself as any of these: in a write of its own, in the commit of the
# log, or in the checkpoint. With one writer and no concurrent change nothing else makes a
# commit fail.
_OUT_OF_ROOM = (
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    duckdb.TransactionException,
    duckdb.FatalException,
)


def open_for_reading(path: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory with the snapshot attached read-only and every door shut.

    Raises:
        StoreDamaged: the file is not a readable snapshot.
    """
    connection = duckdb.connect(":memory:", config={"memory_limit": _MEMORY, "threads": _THREADS})
    try:
        # ATTACH takes no parameter; the path is ours, and quotes in it are doubled.
        quoted = str(path).replace("'", "''")
        connection.execute(f"attach '{quoted}' as {CATALOG} (read_only)")
    except duckdb.Error:
        connection.close()
        raise StoreDamaged(
            path.name, "it cannot be opened.", "Run `python -m dashboard verify`."
        ) from None
    for statement in _LOCK_DOWN:
        connection.execute(statement)
    try:
        check_schema(connection, f"{CATALOG}.snapshot_info", path.parent.name)
    except StoreProblem:
        connection.close()
        raise
    return connection


def check_schema(connection: duckdb.DuckDBPyConnection, snapshot_info: str, store: str) -> None:
    """Refuse a snapshot whose tables are those of another version of this program.

    Args:
        snapshot_info: how the table is named in this connection.
        store: the store's folder, for the message.

    Raises:
        StoreProblem: the snapshot was made by another version.
    """
    try:
        found = connection.execute(f"select schema_mark from {snapshot_info}").fetchone()
    except duckdb.Error:
        found = None
    if found != (schema_mark(),):
        raise StoreProblem(
            store,
            "its data were stored by another version of this program.",
            "Import your files into a new folder; sample data are built anew once this folder "
            "is removed.",
        )


@contextmanager
def open_for_writing(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The one connection that may change a snapshot that is not published yet.

    Everything inside is one transaction; leaving normally commits, checkpoints and
    closes, so that no write-ahead log is left to be lost.

    Raises:
        StoreProblem: the disk or the memory ran out.
    """
    spill = path.with_name(path.name + ".spill")
    try:
        connection = duckdb.connect(
            str(path),
            config={
                "memory_limit": _MEMORY,
                "threads": _THREADS,
                "temp_directory": str(spill),
                "preserve_insertion_order": False,
                "python_enable_replacements": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "allow_community_extensions": False,
            },
        )
        try:
            connection.begin()
            yield connection
            connection.commit()
            connection.execute("force checkpoint")
        finally:
            connection.close()
    except _OUT_OF_ROOM:
        raise StoreProblem(
            path.parent.name,
            "the disk or the memory was not enough for this import.",
            "Free some space and try again; nothing was changed.",
        ) from None
