"""An importer that can be killed: takes files one after the other and says so on its output.

`python -m tests.store.importing_process STORE FILE[=BYTES]…`: while such a file is imported no
file of this process may grow beyond BYTES, as on a full disk. Lines: "ready", then for each file
"stored NAME", "already NAME" or "problem NAME CLASS: words".
"""

import sys
from pathlib import Path

from dashboard.errors import AttunedError
from dashboard.intake.reading import read_file
from dashboard.store.importing import ImportOptions, catalogue_of, import_files


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def run(store: Path, orders: list[tuple[Path, int]]) -> None:
    incoming = [(read_file(file, catalogue_of(store)), largest) for file, largest in orders]
    say("ready")
    for one, largest in incoming:
        limit_files_to(largest)
        try:
            report = import_files(store, [one], ImportOptions(new_patients=True), "nurse-1")
        except AttunedError as problem:
            say(f"problem {one.file_name} {type(problem).__name__}: {problem}")
        else:
            say(f"{'stored' if report.stored else 'already'} {one.file_name}")


def limit_files_to(largest: int) -> None:
    if largest:
        import resource  # only where there is such a limit

        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))


def order(text: str) -> tuple[Path, int]:
    name, _, largest = text.partition("=")
    return Path(name), int(largest or 0)


if __name__ == "__main__":
    run(Path(sys.argv[1]), [order(text) for text in sys.argv[2:]])
