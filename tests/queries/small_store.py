"""Stores of a few rows, made by the import that everyone's files go through."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from dashboard.intake.reading import read_file
from dashboard.store import Store
from dashboard.store.importing import ImportOptions, catalogue_of, import_files
from dashboard.store.report import ImportReport


def imported(
    folder: Path, files: Mapping[str, str], *, today: date, accept_good_rows: bool = False
) -> tuple[Store, ImportReport]:
    """Write `files` (name to text), import them together and open the store.

    Args:
        today: the day after which a form's date is in the future.
    """
    directory = folder / "store"
    incoming = []
    for name, text in files.items():
        path = folder / name
        path.write_text(text, "utf-8")
        incoming.append(read_file(path, catalogue_of(directory)))
    options = ImportOptions(accept_good_rows=accept_good_rows, today=today)
    report = import_files(directory, incoming, options, "steward-1")
    return Store(directory), report


def csv_text(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
