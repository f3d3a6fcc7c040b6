"""Where the clinical data lives: a folder of numbered, immutable snapshots.

A snapshot is a whole DuckDB file, `clinical-000042.duckdb`, with its SHA-256 beside
it. Nothing ever writes to a published one: an open handle goes on serving the old
bytes after a file is replaced in place, so a new version is always a new number.
This module is the only one that knows about these files; everything else asks it.
"""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from dashboard.errors import StoreAbsent, StoreBusy, StoreDamaged, StoreProblem

# Enough to walk back ten imports; older files are removed after a publication.
KEPT = 10
SECONDS_TO_WAIT_FOR_ANOTHER_IMPORT = 60.0
_UNFINISHED = ".next"
_SCRATCH = "scratch-"
# A copy that somebody made by hand, "clinical-000042 (copy).duckdb", is no snapshot.
_PUBLISHED = re.compile(r"clinical-([0-9]{6,})\.duckdb")


@dataclass(frozen=True, order=True)
class Snapshot:
    """One immutable version of the clinical data; every figure names its number."""

    number: int
    path: Path

    @property
    def checksum_path(self) -> Path:
        return self.path.with_suffix(".sha256")


class SnapshotFolder:
    """The snapshots of one store directory.

    Args:
        directory: the store's folder; `publish` creates it when absent.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def all(self) -> list[Snapshot]:
        """Published snapshots, oldest first."""
        return sorted(
            Snapshot(int(name[1]), path)
            for path in self.directory.glob("clinical-*.duckdb")
            if (name := _PUBLISHED.fullmatch(path.name))
        )

    def newest(self) -> Snapshot:
        """The snapshot to read.

        Raises:
            StoreAbsent: nothing was ever imported here.
        """
        published = self.all()
        if not published:
            raise StoreAbsent(
                str(self.directory),
                "there is no data here yet.",
                "Import your forms with `python -m dashboard import`, "
                "or build the sample with `python -m dashboard demo`.",
            )
        return published[-1]

    def numbered(self, number: int) -> Snapshot | None:
        return next((found for found in self.all() if found.number == number), None)

    @contextmanager
    def writing(self, who: str, wait: float = SECONDS_TO_WAIT_FOR_ANOTHER_IMPORT) -> Iterator[None]:
        """Hold the store for one writer; a second one waits, then hears who holds it.

        Raises:
            StoreBusy: another import still holds the store after `wait` seconds.
            StoreProblem: the folder cannot be written.
        """
        holder = self.directory / "writing.txt"
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.directory / "writing.lock", timeout=wait)
            lock.acquire()
        except Timeout:
            raise StoreBusy(
                str(self.directory),
                f"{_told_by(holder)} is writing to it.",
                "Wait a moment and try again.",
            ) from None
        except OSError as problem:
            raise _cannot_write(self.directory, problem) from None
        try:
            try:
                holder.write_text(f"{who}, since {datetime.now(UTC):%H:%M} UTC,", "utf-8")
                self._remove_unfinished()
                for leftover in self.directory.glob(f"{_SCRATCH}*"):
                    shutil.rmtree(leftover)
            except OSError as problem:
                raise _cannot_write(self.directory, problem) from None
            yield
        finally:
            holder.unlink(missing_ok=True)
            lock.release()

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for a writer's own files; what a crash leaves, the next writer removes.

        Raises:
            StoreProblem: the folder cannot be made.
        """
        try:
            scratch = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=self.directory))
        except OSError as problem:
            raise _cannot_write(self.directory, problem) from None
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch)

    def publish(self, source: Snapshot | None, write: Callable[[Path, int], None]) -> Snapshot:
        """Copy `source` (or start empty), let `write(path, number)` change it, make it the newest.

        The file appears under its final name only when it is complete and on disk, so a
        crash at any moment leaves the previous snapshot the newest. Call inside `writing`.

        Raises:
            StoreDamaged: `source` is not what was published; its damage must not live on.
            StoreProblem: the disk refused (full, read-only).
        """
        if source is not None:
            self.check(source)
        published = self.all()
        number = published[-1].number + 1 if published else 1
        final = self.directory / f"clinical-{number:06d}.duckdb"
        unfinished = final.with_name(final.name + _UNFINISHED)
        try:
            if source is not None:
                shutil.copyfile(source.path, unfinished)
            write(unfinished, number)
            if unfinished.with_name(unfinished.name + ".wal").exists():
                raise StoreProblem(
                    str(self.directory),
                    "the new snapshot did not close cleanly.",
                    "Nothing was changed; try again.",
                )
            _flush_to_disk(unfinished)
            # The checksum goes first: a snapshot without one could never be verified.
            checksum = Snapshot(number, final).checksum_path
            checksum.write_text(sha256_of(unfinished), "ascii")
            _flush_to_disk(checksum)
            unfinished.rename(final)
            _flush_to_disk(self.directory)
        except OSError as problem:
            raise _cannot_write(self.directory, problem) from None
        finally:
            self._remove_unfinished()
        self._remove_old()
        return Snapshot(number, final)

    def check(self, snapshot: Snapshot) -> None:
        """Compare a snapshot with the checksum written when it was published.

        Raises:
            StoreDamaged: the bytes differ, or the checksum is gone.
        """
        recorded = snapshot.checksum_path
        if not recorded.exists() or recorded.read_bytes() != sha256_of(snapshot.path).encode():
            raise StoreDamaged(
                snapshot.path.name,
                "it is not the file that was published.",
                "Restore a backup with `python -m dashboard restore`, or ask for help "
                "before using these numbers.",
            )

    def _remove_unfinished(self) -> None:
        for leftover in self.directory.glob(f"clinical-*{_UNFINISHED}*"):
            if leftover.is_dir():
                shutil.rmtree(leftover)
            else:
                leftover.unlink()
        # Written just before the snapshot it belongs to, which then did not appear.
        for checksum in self.directory.glob("clinical-*.sha256"):
            if not checksum.with_suffix(".duckdb").exists():
                checksum.unlink()

    def _remove_old(self) -> None:
        for old in self.all()[:-KEPT]:
            old.path.unlink(missing_ok=True)
            old.checksum_path.unlink(missing_ok=True)


def _told_by(holder: Path) -> str:
    try:
        return holder.read_text("utf-8") or "another import"
    except OSError:  # it finished, or only just began
        return "another import"


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush_to_disk(path: Path) -> None:
    if path.is_dir() and os.name == "nt":  # Windows has no handle to a folder's entries
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cannot_write(directory: Path, problem: OSError) -> StoreProblem:
    return StoreProblem(
        str(directory),
        f"it cannot be written ({problem.strerror}).",
        "Check free space and permissions; nothing was changed.",
    )
