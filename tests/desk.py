"""Files on one side, a store on the other, and the command line between them."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from dashboard.__main__ import main

GOOD, WRONG_USAGE, REFUSED, STORE_PROBLEM = 0, 2, 3, 4


class Desk:
    """A store, a folder of files, and the command line between them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "store"

    def file(self, name: str, *lines: str) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([*lines, ""]), "utf-8")
        return str(path)

    def run(self, *words: str, env: dict[str, str] | None = None) -> Result:
        """The command with --store, unless the environment names the store."""
        place = [] if env and "ATTUNED_STORE" in env else ["--store", str(self.store)]
        clean = {"ATTUNED_STORE": None, "ATTUNED_PERSON": None}
        return CliRunner().invoke(main, [*words, *place], env={**clean, **(env or {})})

    def rows(self, name: str, *words: str) -> list[dict[str, Any]]:
        result = self.run("query", name, "--format", "json", *words)
        assert result.exit_code == GOOD, result.output
        rows: list[dict[str, Any]] = json.loads(result.stdout)
        return rows
