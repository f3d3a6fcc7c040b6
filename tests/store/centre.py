"""A small centre of its own: hands in files, and looks at what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from dashboard.intake.incoming import Incoming
from dashboard.intake.reading import read_file
from dashboard.store import OPERATOR, Scope, Store
from dashboard.store.connection import open_for_reading
from dashboard.store.importing import ImportOptions, catalogue_of, import_files
from dashboard.store.report import ImportReport

PHQ9 = ",".join(f"phq9_{number}" for number in range(1, 10))
LONG = "patient_id,measure_key,completed_on,wave,item_key,answer"
SCORES_ONLY = "patient_id,measure_key,scale_key,completed_on,score"


@dataclass(frozen=True)
class Centre:
    """A store's folder and the desk on which files for it are put."""

    store: Path
    desk: Path

    def file(self, header: str, *rows: str, name: str = "forms.csv") -> Path:
        self.desk.mkdir(exist_ok=True)
        path = self.desk / name
        path.write_text("\n".join([header, *rows, ""]), "utf-8")
        return path

    def read(self, header: str, *rows: str, name: str = "forms.csv", **how: Any) -> Incoming:
        return self.read_path(self.file(header, *rows, name=name), **how)

    def read_path(self, path: Path, **how: Any) -> Incoming:
        return read_file(path, catalogue_of(self.store), **how)

    def take(self, *files: Incoming, **options: Any) -> ImportReport:
        return import_files(self.store, files, ImportOptions(**options), "nurse-1")

    def hand_in(self, header: str, *rows: str, name: str = "forms.csv", **options: Any) -> Any:
        """Read and import one file."""
        return self.take(self.read(header, *rows, name=name), **options)

    def ask(self, name: str, scope: Scope = OPERATOR, **params: Any) -> pd.DataFrame:
        return Store(self.store).query(name, scope, **params)

    def look(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the newest snapshot's own tables, which no reader of the product sees."""
        connection = open_for_reading(Store(self.store).newest().path)
        try:
            connection.execute("use clinical")
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def newest(self) -> int:
        return Store(self.store).newest().number

    def contents(self) -> dict[str, bytes]:
        """Name and bytes of every file of the store; the empty lock file left out."""
        return {
            path.relative_to(self.store).as_posix(): path.read_bytes()
            for path in sorted(self.store.rglob("*"))
            if path.is_file() and path.name != "writing.lock"
        }

    def define(self, measure: str) -> None:
        """Add a measure of the centre's own; `measure` is its TOML, the key on its first line."""
        key = measure.split('"')[1]
        folder = self.store / "measures"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{key}.toml").write_text(measure, "utf-8")


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    """Rows read, accepted, refused and there already."""
    return report.rows_read, report.rows_accepted, report.rows_refused, report.duplicates


def reasons(report: ImportReport) -> Sequence[tuple[int | None, str, str]]:
    """(row, column, reason) of every refusal."""
    return [(refused.row, refused.column, refused.reason) for refused in report.refused]
