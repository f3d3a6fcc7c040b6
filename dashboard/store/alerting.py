"""Keeps the alert rules and what they find in a snapshot's own tables.

The rules in force are part of the data: a snapshot always says by which version its alerts
were raised, and an older one can be looked at as it was.
"""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from dashboard.mismatch.follow_up import Act
from dashboard.mismatch.rules import Rules
from dashboard.store.connection import open_for_writing
from dashboard.store.scope import open_macros
from dashboard.store.signing import sign
from dashboard.store.slices import patients_at_a_time
from dashboard.store.snapshots import Snapshot, SnapshotFolder
from dashboard.store.workflow import Entry, WorkflowLog

# What still holds comes last and so lies together: the rest need not be read for it.
_FACTS = """
insert into alert_fact by name
from alert_facts(
    $under_need, $under_gap, $high_need, $high_importance,
    $high_gap, $distress_window, $persist_gap, $persist_from_days,
    $persist_until_days, $clear_gap, $clear_gap_twice, $worse_gap,
    $over_by, $valid_days, $distress_valid_days, $unmet_item,
    first_patient := $first, last_patient := $last
)
order by until_on
"""
# When each patient's next form is due rests on the facts: a form may have been declined.
_NEXT_FORM = Path(__file__).with_name("next_form.sql").read_text("utf-8")
# What the Trends page counts rests on both.
_MONTHS = Path(__file__).with_name("months.sql").read_text("utf-8")


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
    open_macros(connection, _FACTS)
    for first, last in patients_at_a_time(connection):
        connection.execute(_FACTS, {**rules.thresholds(), "first": first, "last": last})
    connection.execute(_NEXT_FORM)
    connection.execute(_MONTHS)


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, object]]
) -> None:
    """Fill one of this module's own tables."""
    if rows:
        connection.register("arriving", pa.Table.from_pylist(rows))
        connection.execute(f"insert into {table} by name select * from arriving")
        connection.unregister("arriving")


def publish_rules(
    directory: Path, rules: Rules, person: str, log: WorkflowLog | None = None
) -> Snapshot:
    """Put `rules` in force for a store, as the version after the newest one.

    All alerts are worked out again; `undo` takes this back like any other change.

    Args:
        log: gets its line just before the version is in force, so that none is in force
            without one; another line follows if it could not be put in force after all.

    Raises:
        StoreAbsent: there is no data to apply rules to.
        StoreBusy, StoreProblem: the store or the log cannot be written; nothing is in force.
    """
    folder = SnapshotFolder(directory)
    written: Entry | None = None
    with folder.writing(person):
        newest = folder.newest()

        def write(path: Path, number: int) -> None:
            nonlocal written
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
            if log is not None:
                detail = {"version": str(version), "note": rules.note}
                written = log.append(person, Act.rule_published, detail=detail)

        try:
            return folder.publish(newest, write)
        except BaseException:
            if log is not None and written is not None:
                detail = {"version": written.detail["version"], "entry": str(written.entry_no)}
                log.append(person, Act.rule_not_published, detail=detail)
            raise
