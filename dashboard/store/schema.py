"""The tables of a snapshot, and the mark by which a snapshot says which tables it has."""

import hashlib
from functools import cache

from dashboard.store.queries import FOLDER


@cache
def schema_text() -> str:
    return (FOLDER / "schema.sql").read_text("utf-8")


@cache
def schema_mark() -> str:
    """Changes with every change of the tables; a snapshot with another mark is not read."""
    return hashlib.sha256(schema_text().encode()).hexdigest()[:12]
