"""Keeps the alert rules and what they find in a snapshot's own tables.

The rules in force are part of the data: a snapshot always says by which version its alerts
were raised, and an older one can be looked at as it was.
"""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from dashboard.mismatch.rules import Rules
from dashboard.store.connection import open_for_writing
from dashboard.store.queries import query_named
from dashboard.store.scope import open_macros
from dashboard.store.signing import sign
from dashboard.store.snapshots import Snapshot, SnapshotFolder


def add_rules(connection: duckdb.DuckDBPyConnection, rules: Rules, person: str) -> None:
    """Put a version of the rules in force; older versions stay on the record."""
    connection.execute(
        "insert into rule_version values ($version, $now, $person, $note, $rules)",
        {
            "version": rules.version,
            "now": datetime.now(UTC).replace(tzinfo=None),
            "person": person,
            "note": rules.note,
            "rules": rules.model_dump_json(),
        },
    )


def rules_in_force(connection: duckdb.DuckDBPyConnection) -> Rules:
    """The newest version in this snapshot."""
    row = connection.execute("select arg_max(rules, version) from rule_version").fetchone()
    assert row is not None  # an aggregate always gives a row
    return Rules.model_validate_json(row[0])


def evaluate_alerts(connection: duckdb.DuckDBPyConnection) -> None:
    """Work out again, for every patient, what the rules in force find."""
    rules = rules_in_force(connection)
    connection.execute("delete from alert_rule")
    _insert(connection, "alert_rule", rules.levels())
    connection.execute("delete from rule_value")
    _insert(
        connection,
        "rule_value",
        [
            {"name": name, "value": float(value)}
            for name, value in {**rules.thresholds(), **rules.cell_thresholds()}.items()
        ],
    )
    connection.execute("delete from need_item")
    _insert(
        connection,
        "need_item",
        [
            {"item_key": item, "support_type": support_type}
            for support_type, items in rules.need_items.items()
            for item in items
        ],
    )
    connection.execute("delete from alert_fact")
    facts = query_named("alert_facts").sql.rstrip().rstrip(";")
    open_macros(connection, facts)
    connection.execute(f"insert into alert_fact by name {facts}", rules.thresholds())


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, object]]
) -> None:
    """Fill one of this module's own tables."""
    if rows:
        connection.register("arriving", pa.Table.from_pylist(rows))
        connection.execute(f"insert into {table} by name select * from arriving")
        connection.unregister("arriving")


def publish_rules(directory: Path, rules: Rules, person: str) -> Snapshot:
    """Put `rules` in force for a store, as the version after the newest one.

    All alerts are worked out again; `undo` takes this back like any other change.

    Raises:
        StoreAbsent: there is no data to apply rules to.
        StoreBusy, StoreProblem: the store cannot be written.
    """
    folder = SnapshotFolder(directory)
    with folder.writing(person):
        newest = folder.newest()

        def write(path: Path, number: int) -> None:
            with open_for_writing(path) as connection:
                sign(
                    connection,
                    number=number,
                    parent=newest.number,
                    person=person,
                    reason="rules",
                )
                version = rules_in_force(connection).version + 1
                add_rules(connection, rules.model_copy(update={"version": version}), person)
                evaluate_alerts(connection)

        return folder.publish(newest, write)
