"""The one row in which a snapshot says who made it, from which version, and why."""

import secrets
from datetime import UTC, datetime

import duckdb

from dashboard.store.queries import FOLDER as QUERIES


def found(connection: duckdb.DuckDBPyConnection, *, sample: bool) -> None:
    """Make the tables of a store's first snapshot; `sign` then fills in the rest.

    Args:
        sample: whether the store is the synthetic demonstration.
    """
    connection.execute((QUERIES / "schema.sql").read_text("utf-8"))
    connection.execute(
        "insert into snapshot_info values (0, null, $now, '', '', $sample, $salt, '')",
        {"now": _now(), "sample": sample, "salt": secrets.token_hex(16)},
    )


def sign(
    connection: duckdb.DuckDBPyConnection,
    *,
    number: int,
    parent: int | None,
    person: str,
    reason: str,
) -> None:
    """Write a snapshot's number, the one `undo` goes back to, and who made it why."""
    connection.execute(
        "update snapshot_info set number = $number, parent = $parent, made_at = $now, "
        "made_by = $person, reason = $reason",
        {
            "number": number,
            "parent": parent,
            "now": _now(),
            "person": person,
            "reason": reason,
        },
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
