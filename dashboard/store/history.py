"""Going back and keeping safe: undo, verify, backup, restore.

None of them touches a published snapshot; each makes a new one or only reads.
"""

import json
import re
import shutil
import zipfile
import zlib
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
from pydantic import BaseModel, ConfigDict, ValidationError

from dashboard.errors import Refused, StoreDamaged
from dashboard.store.connection import open_for_reading, open_for_writing
from dashboard.store.founding import found
from dashboard.store.signing import sign
from dashboard.store.snapshots import Snapshot, SnapshotFolder, sha256_of

_DATA = "clinical.duckdb"
_CONTENTS = "contents.json"
# The centre's own definitions travel with the data: without them its scores could not be
# made again.
_OWN_DEFINITIONS = ("measures/*.toml", "pathway.toml")
# Their names in a backup. Nothing else is unpacked: an archive from elsewhere must not
# choose where its files land.
_OWN_NAME = re.compile(r"measures/[^/\\]+\.toml|pathway\.toml")

# All that reading an archive made by somebody else, or damaged, can raise.
_NO_BACKUP = (
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    ValidationError,
    zipfile.BadZipFile,
    zlib.error,
)

# Why a snapshot with nothing in it was made: the first import was taken back.
_EMPTIED = "emptied"

_COUNTED = """
select (select count(*) from clinical.patient) as patients,
    (select count(*) from clinical.assessment) as assessments,
    (select count(*) from clinical.answer) as answers,
    (select count(*) from clinical.score) as scores
"""


class Contents(BaseModel):
    """What a snapshot holds, counted in the file itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str
    patients: int
    assessments: int
    answers: int
    scores: int


def contents_of(path: Path) -> Contents:
    """Count a snapshot.

    Raises:
        StoreDamaged: the file is not a readable snapshot.
    """
    patients, assessments, answers, scores = _one_row(path, _COUNTED)
    return Contents(
        sha256=sha256_of(path),
        patients=patients,
        assessments=assessments,
        answers=answers,
        scores=scores,
    )


def undo(directory: Path, person: str) -> Snapshot:
    """Take the last import back: what stood before it becomes a new snapshot.

    Undoing again goes back one import further; before the first import the store is empty.

    Raises:
        StoreAbsent: there is no store.
        Refused: there is nothing left to take back, or the version is no longer kept.
    """
    folder = SnapshotFolder(directory)
    with folder.writing(person):
        newest = folder.newest()
        earlier, made_by = _origin_of(newest)
        if earlier is None:
            if made_by == _EMPTIED:
                raise Refused(str(directory), "there is nothing to undo.", "The store is empty.")
            return folder.publish(None, partial(_write_empty, person=person))
        source = folder.numbered(earlier)
        if source is None:
            raise Refused(
                str(directory),
                f"snapshot {earlier} is no longer kept.",
                "Restore a backup with `python -m dashboard restore`.",
            )
        before, made_by = _origin_of(source)
        reason = _EMPTIED if made_by == _EMPTIED else "undo"
        return folder.publish(
            source, partial(_write_signed, person=person, reason=reason, parent=before)
        )


def verify(directory: Path) -> list[tuple[Snapshot, Contents]]:
    """Compare every kept snapshot with its checksum and open it.

    Raises:
        StoreAbsent: there is no snapshot.
        StoreDamaged: one is not what was published.
    """
    folder = SnapshotFolder(directory)
    folder.newest()
    found = []
    for snapshot in folder.all():
        folder.check(snapshot)
        found.append((snapshot, contents_of(snapshot.path)))
    return found


def backup(directory: Path, file: Path) -> Contents:
    """Write the newest snapshot and the centre's own definitions to one zip file.

    An import running meanwhile does no harm: the file that is read never changes.

    Raises:
        StoreAbsent, StoreDamaged: there is nothing sound to back up.
        Refused: the file cannot be written.
    """
    folder = SnapshotFolder(directory)
    newest = folder.newest()
    folder.check(newest)
    contents = contents_of(newest.path)
    unfinished = file.with_name(file.name + ".next")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.write(newest.path, _DATA)
            archive.writestr(_CONTENTS, contents.model_dump_json(indent=1))
            for pattern in _OWN_DEFINITIONS:
                for own in sorted(directory.glob(pattern)):
                    archive.write(own, own.relative_to(directory).as_posix())
        unfinished.replace(file)
    except OSError as problem:
        raise Refused(
            str(file),
            f"it cannot be written ({problem.strerror}).",
            "Check the folder, its permissions and the free space.",
        ) from None
    finally:
        unfinished.unlink(missing_ok=True)
    return contents


def restore(directory: Path, file: Path, person: str) -> Snapshot:
    """Make a backup the newest snapshot; what was there before is kept and can be undone to.

    Raises:
        Refused: the file is not a backup.
        StoreDamaged: its data is not what was backed up.
    """
    folder = SnapshotFolder(directory)
    with folder.writing(person), folder.scratch() as unpacked:
        saved, contents = _unpack(file, unpacked)
        if contents_of(saved) != contents:
            raise StoreDamaged(
                file.name, "its data is not what was backed up.", "Use another backup."
            )
        published = folder.all()
        earlier = published[-1].number if published else None

        def write(path: Path, number: int) -> None:
            shutil.copyfile(saved, path)
            _write_signed(path, number, person=person, reason="restore", parent=earlier)

        snapshot = folder.publish(None, write)
        for own in unpacked.rglob("*.toml"):
            target = directory / own.relative_to(unpacked)
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(own, target)
        return snapshot


def _unpack(file: Path, into: Path) -> tuple[Path, Contents]:
    try:
        with zipfile.ZipFile(file) as archive:
            contents = Contents.model_validate(json.loads(archive.read(_CONTENTS)))
            archive.extract(_DATA, into)
            for name in archive.namelist():
                if _OWN_NAME.fullmatch(name):
                    archive.extract(name, into)
    except OSError as problem:
        raise Refused(
            file.name,
            f"it cannot be unpacked ({problem.strerror}).",
            "Check the file and the free space.",
        ) from None
    except _NO_BACKUP:
        raise Refused(
            file.name,
            "it is not a backup made by this product, or it is damaged.",
            "Choose a file written by `python -m dashboard backup`.",
        ) from None
    return into / _DATA, contents


def _origin_of(snapshot: Snapshot) -> tuple[int | None, str]:
    """The snapshot that this one goes back to, and why it was made."""
    parent, reason = _one_row(snapshot.path, "select parent, reason from clinical.snapshot_info")
    return parent, reason


def _one_row(path: Path, question: str) -> tuple[Any, ...]:
    connection = open_for_reading(path)
    try:
        row = connection.execute(question).fetchone()
    except duckdb.Error:  # a database, but not one of ours, or not a whole one
        row = None
    finally:
        connection.close()
    if row is None:
        raise StoreDamaged(path.name, "it does not hold what it should.", "Restore a backup.")
    return row


def _write_signed(path: Path, number: int, *, person: str, reason: str, parent: int | None) -> None:
    with open_for_writing(path) as connection:
        sign(connection, number=number, parent=parent, person=person, reason=reason)


def _write_empty(path: Path, number: int, *, person: str) -> None:
    with open_for_writing(path) as connection:
        found(connection, sample=False)
        sign(connection, number=number, parent=None, person=person, reason=_EMPTIED)
