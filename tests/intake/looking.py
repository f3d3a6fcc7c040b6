"""Tables as plain rows, for comparing."""

from collections.abc import Callable
from typing import Any

from dashboard.intake.incoming import Incoming
from dashboard.intake.mapping import Mapping

Read = Callable[..., Incoming]
ReadMap = Callable[[str], Mapping]


def rows(incoming: Incoming, kind: str, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of one kind, sorted, with only these columns; none where there is no table."""
    if kind not in incoming.tables:
        return []
    found = incoming.tables[kind].to_pylist()
    return sorted(tuple(row[column] for column in columns) for row in found)


def answers(incoming: Incoming) -> list[tuple[str, str, str]]:
    """(patient, item, answer) of every answer."""
    return rows(incoming, "answers", "patient_id", "item_key", "answer")
