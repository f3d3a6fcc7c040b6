"""The store as its readers see it: named questions, asked as a person, of a snapshot."""

import threading
from collections.abc import Callable
from datetime import date
from functools import cached_property
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from dashboard.analysis.disclosure import minimum_of
from dashboard.errors import AccessRefused, Refused, StoreDamaged, StoreProblem
from dashboard.store.connection import open_for_reading
from dashboard.store.queries import Query, query_named
from dashboard.store.scope import OPERATOR, Scope, open_scope
from dashboard.store.snapshots import Snapshot, SnapshotFolder

Value = str | int | float | bool | date | None

# A question that runs longer than this is a mistake in the question; every page's is
# answered in a fraction of a second. DuckDB 1.5 has no time limit of its own.
_SECONDS = 30.0

# What a damaged block of a file that could still be opened shows itself as.
_UNREADABLE = (
    duckdb.IOException,
    duckdb.FatalException,
    duckdb.InternalException,
    duckdb.SerializationException,
)


class Store:
    """The clinical data of one folder.

    Args:
        directory: the folder that holds the numbered snapshots.

    One connection per snapshot is kept open, one cursor is made per question: a cursor
    shared between threads returns other threads' rows.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = Path(directory)
        self.snapshots = SnapshotFolder(self.directory)
        self._open: dict[int, duckdb.DuckDBPyConnection] = {}
        self._opening = threading.Lock()

    def newest(self) -> Snapshot:
        """The snapshot that questions are put to.

        Raises:
            StoreAbsent: nothing was imported yet.
        """
        return self.snapshots.newest()

    def has_data(self) -> bool:
        return bool(self.snapshots.all())

    @cached_property
    def minimum_cell(self) -> int:
        """The fewest people a number about the whole centre may stand for; read once, so that
        another one holds when the app is started again.

        Raises:
            Refused: the centre's disclosure.toml does not hold.
        """
        return minimum_of(self.directory)

    def is_sample(self) -> bool:
        """Whether the store says of itself that its data are synthetic."""
        return self.has_data() and bool(self.query("store_summary", OPERATOR)["sample"].iloc[0])

    def query(
        self, name: str, scope: Scope, *, snapshot: Snapshot | None = None, **params: Value
    ) -> pd.DataFrame:
        """Ask one named question as `scope`.

        Args:
            snapshot: which version of the data; the newest when left out.
            params: exactly the parameters that the query's header names.

        Returns:
            The columns that the header names, in that order.

        Raises:
            Refused: no such query, or a parameter is missing, unknown or of another type.
            AccessRefused: it is about single patients, and this is a manager.
            StoreAbsent, StoreDamaged, StoreProblem: the data cannot be read.
        """
        query = query_named(name)
        values = _typed(query, params)
        cursor = self._connection(snapshot or self.newest()).cursor()
        clock = threading.Timer(_SECONDS, cursor.interrupt)
        clock.start()
        try:
            open_scope(cursor, scope, query.sql, self.minimum_cell)
            return _frame(cursor.execute(query.sql, values), query)
        except duckdb.CatalogException:
            if scope.role != "manager":
                raise
            raise AccessRefused(
                f"query {name}",
                "it answers with rows about patients, which a manager does not get.",
                "Numbers about groups are on the pages Programs and Service, and in "
                "`python -m dashboard report`.",
            ) from None
        except duckdb.InterruptException:
            raise StoreProblem(
                f"query {name}", "it took too long and was stopped.", "Narrow the question."
            ) from None
        except _UNREADABLE:
            raise StoreDamaged(
                f"query {name}",
                "a part of the data cannot be read.",
                "Run `python -m dashboard verify`, and restore a backup if it finds damage.",
            ) from None
        finally:
            clock.cancel()
            cursor.close()

    def _connection(self, snapshot: Snapshot) -> duckdb.DuckDBPyConnection:
        with self._opening:
            connection = self._open.pop(snapshot.number, None)
            if connection is None:
                connection = open_for_reading(snapshot.path)
            self._open[snapshot.number] = connection
            # The two that were asked last stay open, so that readers of the version before
            # the newest may finish. Another one closes when its last cursor does.
            for idle in list(self._open)[:-2]:
                del self._open[idle]
            return connection


def _frame(answer: duckdb.DuckDBPyConnection, query: Query) -> pd.DataFrame:
    """The rows as a frame. By way of Arrow, in which pandas keeps text anyway: DuckDB makes a
    Python string of every cell, which is most of the time of a long answer. Lists it makes well.
    """
    if any(kind.endswith("[]") for kind in query.returns.values()):
        return answer.df()
    columns = answer.to_arrow_table()
    return pd.DataFrame({name: _series(columns[name]) for name in columns.column_names})


def _series(values: pa.ChunkedArray) -> pd.Series:
    if pa.types.is_date(values.type):
        values = values.cast(pa.timestamp("us"))
    return values.to_pandas(types_mapper=_WITH_NULLS.get if values.null_count else None)


def _typed(query: Query, params: dict[str, Value]) -> dict[str, Value]:
    """The parameters as the header types them; the command line gives text."""
    if missing := query.params.keys() - params.keys():
        raise Refused(
            f"query {query.name}",
            f"it needs {', '.join(sorted(missing))}.",
            "Give each with -p name=value.",
        )
    if unknown := params.keys() - query.params.keys():
        raise Refused(
            f"query {query.name}",
            f"it has no parameter {', '.join(sorted(unknown))}.",
            f"It takes {', '.join(query.params) or 'none'}.",
        )
    typed: dict[str, Value] = {}
    for name, kind in query.params.items():
        value = params[name]
        try:
            typed[name] = _FROM_TEXT[kind](value) if isinstance(value, str) else value
        except ValueError:
            raise Refused(
                f"query {query.name}", f"{name} is not a {kind}.", "Dates are YYYY-MM-DD."
            ) from None
    return typed


# What keeps whole numbers and truth values as they are where some are missing.
_WITH_NULLS: dict[pa.DataType, pd.api.extensions.ExtensionDtype] = {
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}

_FROM_TEXT: dict[str, Callable[[str], Value]] = {
    "date": date.fromisoformat,
    "integer": int,
    "bigint": int,
    "double": float,
    "varchar": str,
}
