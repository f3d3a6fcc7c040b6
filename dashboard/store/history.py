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

from dashboard.errors import Refused, StoreDamaged, StoreProblem
from dashboard.store.connection import open_for_reading, open_for_writing
from dashboard.store.founding import found
from dashboard.store.signing import sign
from dashboard.store.snapshots import Snapshot, SnapshotFolder, sha256_of
from dashboard.store.workflow import FILE_NAME as _LOG
from dashboard.store.workflow import WorkflowLog, has_log

_DATA = "clinical.duckdb"
_CONTENTS = "contents.json"
# The centre's own definitions travel with the data: without them its scores could not be
# made again.
_OWN_DEFINITIONS = ("measures/*.toml", "pathway.toml", "disclosure.toml")
# Their names in a backup. Nothing else is unpacked: an archive from elsewhere must not
# choose where its files land.
_OWN_NAME = re.compile(r"measures/[^/\\]+\.toml|pathway\.toml|disclosure\.toml")

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
    """What a snapshot holds, counted in the file itself.

    `log_head`: in a backup, number and hash of the last line of the workflow log beside it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str
    patients: int
    assessments: int
    answers: int
    scores: int
    log_head: str | None = None


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


def verify_log(directory: Path, expected_head: str | None = None) -> tuple[int, str] | None:
    """Go through the whole workflow log of a store.

    Args:
        expected_head: a head that was kept elsewhere; the log has to have grown from there.

    Returns:
        How many entries there are, and the head; None where there is no log.

    Raises:
        LogDamaged: an entry does not fit, or is missing.
        Refused: `expected_head` is none, or there is no log that could have it.
    """
    if not has_log(directory):
        if expected_head is None:
            return None
        raise Refused(
            str(directory), "there is no workflow log here.", "Restore a backup that holds it."
        )
    log = WorkflowLog(directory)
    try:
        log.verify(expected_head)
        head = log.head()
        return log.verify(head), head
    finally:
        log.close()


def backup(directory: Path, file: Path) -> Contents:
    """Write the newest snapshot, the workflow log and the centre's own definitions to a zip.

    An import or an act meanwhile does no harm: the snapshot that is read never changes, and
    the log is copied as it is at one moment. A log in a PostgreSQL database is not in here.

    Raises:
        StoreAbsent, StoreDamaged, LogDamaged: there is nothing sound to back up.
        StoreProblem, Refused: the log cannot be copied, or the file not be written.
    """
    folder = SnapshotFolder(directory)
    newest = folder.newest()
    folder.check(newest)
    contents = contents_of(newest.path)
    unfinished = file.with_name(file.name + ".next")
    copied = file.with_name(file.name + ".log.next")
    try:
        if has_log(directory):
            contents = contents.model_copy(update={"log_head": _copy_of_log(directory, copied)})
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.write(newest.path, _DATA)
            archive.writestr(_CONTENTS, contents.model_dump_json(indent=1))
            if contents.log_head is not None:
                archive.write(copied / _LOG, _LOG)
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
        shutil.rmtree(copied, ignore_errors=True)
    return contents


def _copy_of_log(directory: Path, folder: Path) -> str:
    shutil.rmtree(folder, ignore_errors=True)  # what an interrupted backup left
    folder.mkdir()
    log = WorkflowLog(directory)
    try:
        return log.copy_to(folder)
    finally:
        log.close()


def restore(directory: Path, file: Path, person: str) -> Snapshot:
    """Make a backup the newest snapshot; what was there before is kept and can be undone to.

    The workflow log is brought up to where it was saved, and never back to it: what the team
    did since the backup stays on the record.

    Raises:
        Refused: the file is not a backup, or its log and the one here went different ways.
        StoreDamaged, LogDamaged: its data is not what was backed up.
    """
    folder = SnapshotFolder(directory)
    with folder.writing(person), folder.scratch() as unpacked:
        saved, contents = _unpack(file, unpacked)
        if _contents_in(file, saved) != contents.model_copy(update={"log_head": None}):
            raise _not_what_was_saved(file)
        if contents.log_head is not None:
            _bring_log_up_to(directory, file, unpacked, contents.log_head)
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


def _bring_log_up_to(directory: Path, file: Path, saved: Path, head: str) -> None:
    """saved: the folder into which the log of the backup was unpacked."""
    # In one transaction, before the data: others may be writing to the log all the while.
    kept, here = WorkflowLog(saved), WorkflowLog(directory)
    try:
        if kept.head() != head:
            raise _not_what_was_saved(file)
        here.grow_from(kept)
    finally:
        kept.close()
        here.close()


def _not_what_was_saved(file: Path) -> StoreDamaged:
    return StoreDamaged(file.name, "its data is not what was backed up.", "Use another backup.")


def _contents_in(file: Path, saved: Path) -> Contents:
    """What the data of a backup hold; a problem is told of the backup, not of its copy."""
    try:
        return contents_of(saved)
    except StoreDamaged:
        raise
    except StoreProblem:
        raise StoreProblem(
            file.name,
            "it does not hold data of this version of the program.",
            "Restore it with the version that wrote it, or import the files themselves.",
        ) from None


def _unpack(file: Path, into: Path) -> tuple[Path, Contents]:
    try:
        with zipfile.ZipFile(file) as archive:
            contents = Contents.model_validate(json.loads(archive.read(_CONTENTS)))
            archive.extract(_DATA, into)
            if contents.log_head is not None:
                archive.extract(_LOG, into)
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
