"""Keeps every support grid by type and source, so that no page has to read every answer again."""

from pathlib import Path

import duckdb

from dashboard.store.slices import patients_at_a_time

_CELLS = Path(__file__).with_name("support_cells.sql").read_text("utf-8")


def write_support_cells(connection: duckdb.DuckDBPyConnection) -> None:
    """Write them all down again."""
    connection.execute("delete from support_cell")
    for first, last in patients_at_a_time(connection):
        connection.execute(_CELLS, {"first": first, "last": last})
