"""The one row in which a snapshot says who made it, from which version, and why."""

from datetime import UTC, datetime

import duckdb


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
            "now": datetime.now(UTC).replace(tzinfo=None),
            "person": person,
            "reason": reason,
        },
    )
