"""Builds the sample store, through the same importer as anyone's own files."""

from pathlib import Path

from dashboard.errors import Refused
from dashboard.intake.reading import read_file
from dashboard.store.importing import ImportOptions, Progress, catalogue_of, import_files
from dashboard.store.reading import Store
from dashboard.store.report import ImportReport

_SAMPLE = Path(__file__).parents[2] / "sample_data"


def build_sample_store(
    directory: Path, *, source: Path = _SAMPLE, progress: Progress = lambda step: None
) -> ImportReport | None:
    """Import the synthetic sample into `directory`; None when it is there already.

    Raises:
        Refused: the directory holds a centre's own data.
    """
    store = Store(directory)
    if store.has_data():
        if store.is_sample():
            return None
        raise Refused(
            str(directory),
            "this store holds other data than the sample.",
            "Name another folder with --store.",
        )
    catalogue = catalogue_of(directory)
    files = []
    for path in sorted(source.glob("*.csv")):
        progress(f"read {path.name}")
        files.append(read_file(path, catalogue))
    report = import_files(
        directory,
        files,
        ImportOptions(),
        "sample data",
        sample=True,
        progress=progress,
    )
    if not report.stored:
        reasons = "; ".join(str(refused) for refused in report.refused[:3])
        raise Refused(str(source), f"the sample does not import: {reasons}", "Generate it again.")
    return report
