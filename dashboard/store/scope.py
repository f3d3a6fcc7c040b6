"""Whose rows a query may see. Closed by default: without a scope no table exists.

A cursor gets temporary views that hold only what its person may see, under the bare
names that the queries use. The base tables stay in the attached catalog, which is on
no search path, so a query cannot reach past its scope by accident.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import duckdb

Role = Literal["nurse", "psychologist", "manager", "steward", "operator", "service"]

_FOLDER = Path(__file__).parent / "scopes"

# A nurse and a psychologist see the patients assigned to them; a manager sees rows
# without anything that identifies a person; a steward answers for the whole store; the
# operator is whoever runs the command line beside the files themselves. Whoever compares
# groups over the whole service sees what a manager sees.
_VIEWS_OF: dict[Role, str] = {
    "nurse": "own_panel",
    "psychologist": "own_panel",
    "manager": "no_identifiers",
    "service": "no_identifiers",
    "steward": "everything",
    "operator": "everything",
}


@dataclass(frozen=True)
class Scope:
    """A verified person and what their role lets them see."""

    person_id: str
    role: Role


OPERATOR = Scope("operator", "operator")


# Longer questions that several queries ask in passing; made only where they are asked.
MACROS = ("due_list", "alert_facts", "nurse_of", "resource_outcomes", "centre_spread")


def open_scope(cursor: duckdb.DuckDBPyConnection, scope: Scope, sql: str = "") -> None:
    """Make the views of `scope` on this cursor, and the macros that `sql` names.

    They end with the cursor.
    """
    if _VIEWS_OF[scope.role] == "own_panel":
        cursor.execute(_text("patients_of_a_panel"), {"person_id": scope.person_id})
    cursor.execute(_text(_VIEWS_OF[scope.role]))
    cursor.execute(_text("shared"))
    open_macros(cursor, sql)


def open_macros(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Make the macros that `sql` names, over whatever the bare table names mean here."""
    for macro in MACROS:
        if f"{macro}(" in sql:
            connection.execute(_text(macro))


@cache
def _text(name: str) -> str:
    return (_FOLDER / f"{name}.sql").read_text("utf-8")
