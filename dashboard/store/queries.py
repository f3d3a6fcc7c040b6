"""The named questions in queries/*.sql: read once, asked with named parameters only.

Each file opens with a header that states its purpose, the parameters it takes, the
columns it returns and its grain; `tests/test_queries.py` holds the header against the
statement.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dashboard.errors import Refused

FOLDER = Path(__file__).parents[2] / "queries"
_HEADER = re.compile(r"^-- (purpose|params|returns|grain|kind):\s*(.*)$")
_CONTINUED = re.compile(r"^--\s{2,}(\S.*)$")


@dataclass(frozen=True)
class Query:
    """One question.

    Attributes:
        params: parameter name → SQL type.
        returns: column name → SQL type, in order.
        grain: what one returned row stands for.
    """

    name: str
    purpose: str
    params: dict[str, str]
    returns: dict[str, str]
    grain: str
    sql: str


@cache
def query_named(name: str) -> Query:
    """Read one question by its file name.

    Raises:
        Refused: there is no question of that name.
    """
    if name not in query_names():
        raise Refused(
            "queries", f"there is no query named {name!r}.", f"Known: {', '.join(query_names())}."
        )
    sql = (FOLDER / f"{name}.sql").read_text("utf-8")
    header = _header_of(sql)
    return Query(
        name=name,
        purpose=header["purpose"],
        params=_typed(header["params"]),
        returns=_typed(header["returns"]),
        grain=header["grain"],
        sql=sql,
    )


@cache
def query_names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.sql") if path.stem != "schema"))


def _header_of(sql: str) -> dict[str, str]:
    header: dict[str, str] = {}
    field = ""
    for line in sql.splitlines():
        if found := _HEADER.match(line):
            field, text = found.groups()
            header[field] = text.strip()
        elif field and (continued := _CONTINUED.match(line)):
            header[field] += " " + continued.group(1).strip()
        else:
            break
    return header


def _typed(text: str) -> dict[str, str]:
    """`a varchar, b double[]` → {"a": "varchar", "b": "double[]"}; `none` → {}."""
    if text == "none":
        return {}
    return dict(part.strip().split(maxsplit=1) for part in text.split(","))
