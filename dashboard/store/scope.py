"""Whose rows a query may see. Closed by default: without a scope no table exists.

A cursor gets temporary views that hold only what its person may see, under the bare
names that the queries use. The base tables stay in the attached catalog, which is on
no search path, so a query cannot reach past its scope by accident.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import duckdb

from dashboard.analysis.disclosure import DEFAULT_MINIMUM

Role = Literal["nurse", "psychologist", "manager", "steward", "operator", "service"]

_FOLDER = Path(__file__).parent / "scopes"
_BEGINS = re.compile(r"^(?=create temp (?:table|view|macro) (\w+))", re.MULTILINE)
_PARAM = re.compile(r"\$(\w+)")
# What stands behind a dot is a column, or a base table.
_WORD = re.compile(r"(?<![.\w])\w+")

# A nurse and a psychologist see the patients assigned to them; a manager sees no row about a
# patient; a steward answers for the whole store; the operator is whoever runs the command line
# beside the files themselves. The pages that tell of groups over the whole service, to managers
# and others, count rows without anything that identifies a person.
_VIEWS_OF: dict[Role, str] = {
    "nurse": "own_panel",
    "psychologist": "own_panel",
    "manager": "groups_only",
    "service": "no_identifiers",
    "steward": "everything",
    "operator": "everything",
}


# What the views of a scope are made from.
_BEFORE = {"own_panel": ("patients_of_a_panel",)}


@dataclass(frozen=True)
class Scope:
    """A verified person and what their role lets them see."""

    person_id: str
    role: Role


OPERATOR = Scope("operator", "operator")


# Longer questions that several queries ask in passing; made only where they are asked.
MACROS = (
    "due_list",
    "alert_facts",
    "nurse_of",
    "resource_outcomes",
    "centre_spread",
    "received_by_source",
    "item_consistency",
    "raised_alerts",
)
# Those that answer about everyone whoever asks, and hide small numbers themselves.
_ABOUT_EVERYONE = ("resource_outcomes", "centre_spread", "item_consistency")


def open_scope(
    cursor: duckdb.DuckDBPyConnection,
    scope: Scope,
    sql: str | None = None,
    minimum_cell: int = DEFAULT_MINIMUM,
) -> None:
    """Make what `scope` may see on this cursor: the views and macros that `sql` needs.

    They end with the cursor.

    sql: a question; without one every view is made.
    minimum_cell: the fewest people a number about the whole centre may stand for.
    """
    given = {"person_id": scope.person_id, "minimum_cell": minimum_cell}
    for statement in _statements(_VIEWS_OF[scope.role], sql):
        named = {name: given[name] for name in _PARAM.findall(statement)}
        cursor.execute(statement, named or None)


def open_macros(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Make the macros that `sql` names, over whatever the bare table names mean here."""
    for macro in MACROS:
        if f"{macro}(" in sql:
            connection.execute(_text(macro))


@cache
def _statements(views: str, sql: str | None) -> list[str]:
    """What makes the views and macros of a scope: those that `sql` needs, or all of them."""
    macros = _ABOUT_EVERYONE if views == "groups_only" else MACROS
    made_by = {
        made[1]: statement
        for file in (*_BEFORE.get(views, ()), "minimum_cell", views, "shared", *macros)
        for statement in _BEGINS.split(_text(file))
        if (made := _BEGINS.match(statement))
    }
    if sql is None:
        return list(made_by.values())
    needed: set[str] = set()
    asking = {sql}
    while asking:
        words = {word for text in asking for word in _WORD.findall(text)}
        found = made_by.keys() & words - needed
        needed |= found
        asking = {made_by[name] for name in found}
    return [statement for name, statement in made_by.items() if name in needed]


@cache
def _text(name: str) -> str:
    return (_FOLDER / f"{name}.sql").read_text("utf-8")
