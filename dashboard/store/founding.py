"""The first snapshot of a store: its tables, and the rules it begins with."""

import secrets

import duckdb

from dashboard.mismatch.rules import default_rules
from dashboard.store.alerting import add_rules
from dashboard.store.schema import schema_mark, schema_text


def found(connection: duckdb.DuckDBPyConnection, *, sample: bool) -> None:
    """Make the tables of a store's first snapshot; `sign` then says who made it.

    Args:
        sample: whether the store is the synthetic demonstration.
    """
    connection.execute(schema_text())
    connection.execute(
        "insert into snapshot_info values "
        "(0, null, now()::timestamp, '', '', $sample, $salt, '', $schema)",
        {"sample": sample, "salt": secrets.token_hex(16), "schema": schema_mark()},
    )
    add_rules(connection, default_rules(), "default")
