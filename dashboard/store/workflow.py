"""What the team did, line after line: an append-only, hash-chained log.

Each entry carries the hash of the one before it, so an entry that is changed, removed, put
elsewhere or slipped in no longer fits, and `verify` says which. Whoever could write the
whole file anew could also compute a new chain; that, and entries cut off at the end, show
only beside a `head` that was kept elsewhere.

SQLite in the store's folder is the default; a PostgreSQL URL serves several machines.
"""

import hashlib
import json
import re
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout
from sqlalchemy import (
    DDL,
    URL,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    MetaData,
    Row,
    Select,
    String,
    Table,
    Text,
    create_engine,
    event,
    insert,
    inspect,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from dashboard.errors import LogDamaged, Refused, StoreBusy, StoreProblem
from dashboard.mismatch.follow_up import Act, known_act

FILE_NAME = "workflow.sqlite"
SECONDS_TO_WAIT_FOR_ANOTHER_WRITER = 30.0

_WHERE = "workflow log"
_BEFORE_THE_FIRST = "0" * 64
_HEAD = re.compile(r"([0-9]{1,15}):([0-9a-f]{64})")

# The only thing about a patient that the log knows. Ids of a hospital do not look like it,
# so one that is handed in by mistake is refused.
_PATIENT_REF = re.compile(r"[0-9a-f]{16}")
_LONGEST_NAME = 200

# Parameters of one statement: SQLite takes 32,766, PostgreSQL 65,535.
_KEYS_AT_ONCE = 10_000

_METADATA = MetaData()
_ENTRY = Table(
    "entry",
    _METADATA,
    Column("entry_no", Integer, primary_key=True, autoincrement=False),
    # As text, like everything here: what is hashed is what stands in the file.
    Column("at", String(32), nullable=False),
    Column("person_id", String(_LONGEST_NAME), nullable=False),
    Column("act", String(40), nullable=False),
    Column("alert_key", String(_LONGEST_NAME)),
    Column("patient_ref", String(16)),
    Column("detail", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("entry_of_alert", "alert_key"),
    Index("entry_of_patient", "patient_ref"),
)
_HASHED = ("entry_no", "at", "person_id", "act", "alert_key", "patient_ref", "detail")

# A second lock on the door: a mistake of ours, or a curious hand with a database browser,
# is refused on the spot.
for _trigger in (
    "create trigger entry_is_never_changed before update on entry "
    "begin select raise(abort, 'the log is append-only'); end",
    "create trigger entry_is_never_removed before delete on entry "
    "begin select raise(abort, 'the log is append-only'); end",
    # Also keeps "insert or replace" out, which fires no trigger for what it removes.
    "create trigger entry_comes_last before insert on entry "
    "when new.entry_no is not (select coalesce(max(entry_no), 0) + 1 from entry) "
    "begin select raise(abort, 'the log is append-only'); end",
):
    event.listen(_ENTRY, "after_create", DDL(_trigger).execute_if(dialect="sqlite"))

# How a writer makes sure to be alone before it reads the head. Readers are not held up.
_ALONE = {
    "sqlite": "begin immediate",
    "postgresql": "lock table entry in exclusive mode",
}

_NO_ROOM_OR_RIGHT = (
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_READONLY",
    "SQLITE_CANTOPEN",
    "SQLITE_PERM",
)


@dataclass(frozen=True)
class Entry:
    """One line of the log. `at` is UTC; the hashes are SHA-256 in hexadecimal."""

    entry_no: int
    at: datetime
    person_id: str
    act: Act
    alert_key: str | None
    patient_ref: str | None
    detail: dict[str, str]
    previous_hash: str
    hash: str


class WorkflowLog:
    """The log of one store. Keep one for each process; its threads may share it.

    Args:
        place: the store's folder, which gets a `workflow.sqlite`; or an SQLAlchemy URL of
            SQLite or PostgreSQL.
        wait: seconds to wait for other writers of a SQLite file.

    Raises:
        Refused: the URL is none, or its database or driver is not known here.
        StoreProblem, LogDamaged: the log cannot be opened or founded.
    """

    def __init__(self, place: Path | str, wait: float = SECONDS_TO_WAIT_FOR_ANOTHER_WRITER) -> None:
        self._engine = _engine_of(_url_of(place), wait)
        if self._engine.dialect.name == "sqlite":
            _found_file(self._engine, wait)
        else:
            with _told(), self._engine.begin() as connection:
                _METADATA.create_all(connection)

    def append(
        self,
        person_id: str,
        act: str,
        *,
        alert_key: str | None = None,
        patient_ref: str | None = None,
        detail: Mapping[str, str] | None = None,
    ) -> Entry:
        """Write one line after the last one; on return it is on disk.

        Args:
            alert_key: begins with the patient's reference, which is taken from it when
                `patient_ref` is left out.
            detail: what `check_act` gave back; for other acts, whatever explains them.

        Raises:
            Refused: the log has no word for the act, or a reference is not one.
            StoreBusy: others kept writing for too long.
            StoreProblem, LogDamaged: the log cannot be written.
        """
        known = known_act(act)
        _check_name("person_id", person_id)
        if alert_key is not None:
            _check_name("alert_key", alert_key)
            its_patient = alert_key.split("/")[0]
            if patient_ref not in (None, its_patient):
                raise Refused(
                    _WHERE,
                    "the alert is another patient's.",
                    "Give the patient_ref that the alert has.",
                )
            patient_ref = its_patient
        if patient_ref is not None and not _PATIENT_REF.fullmatch(patient_ref):
            raise Refused(
                _WHERE,
                "that is no patient reference.",
                "Give patient_ref as the queries return it, never a patient's id.",
            )
        said = dict(detail or {})
        text = _canonical(said)
        with _told(), self._engine.begin() as connection:
            connection.exec_driver_sql(_ALONE[self._engine.dialect.name])
            number, previous_hash = _head_in(connection)
            at = datetime.now(UTC)
            line = {
                "entry_no": number + 1,
                "at": at.isoformat(timespec="microseconds"),
                "person_id": person_id,
                "act": str(known),
                "alert_key": alert_key,
                "patient_ref": patient_ref,
                "detail": text,
            }
            own_hash = _hash_of(previous_hash, line)
            connection.execute(
                insert(_ENTRY), {**line, "previous_hash": previous_hash, "hash": own_hash}
            )
        return Entry(
            number + 1,
            at,
            person_id,
            known,
            alert_key,
            patient_ref,
            said,
            previous_hash,
            own_hash,
        )

    def entries(
        self,
        *,
        alert_keys: Collection[str] | None = None,
        patient_ref: str | None = None,
        acts: Collection[str] | None = None,
    ) -> pd.DataFrame:
        """The lines about these alerts, this patient, of these acts; all of them by default.

        Returns:
            entry_no, at (UTC), person_id, act, alert_key, patient_ref, detail (a dict), in
            the order of entry_no.

        Raises:
            LogDamaged: a line cannot be read. Only `verify` looks at the chain.
            StoreProblem: the log cannot be reached.
        """
        wanted = select(*(_ENTRY.c[name] for name in _HASHED)).order_by(_ENTRY.c.entry_no)
        if patient_ref is not None:
            wanted = wanted.where(_ENTRY.c.patient_ref == patient_ref)
        if acts is not None:
            wanted = wanted.where(_ENTRY.c.act.in_(acts))
        if alert_keys is None:
            lines = list(self._lines(wanted))
        else:
            keys = sorted(set(alert_keys))
            lines = [
                line
                for start in range(0, len(keys), _KEYS_AT_ONCE)
                for line in self._lines(
                    wanted.where(_ENTRY.c.alert_key.in_(keys[start : start + _KEYS_AT_ONCE]))
                )
            ]
            lines.sort(key=lambda line: line.entry_no)
        return _framed(lines)

    def head(self) -> str:
        """Number and hash of the last line, to be printed and kept elsewhere for `verify`."""
        with _told(), self._engine.connect() as connection:
            number, last_hash = _head_in(connection)
        return f"{number}:{last_hash}"

    def verify(self, expected_head: str | None = None) -> int:
        """Go through the whole chain.

        Args:
            expected_head: what `head` once gave; the log has to have grown from there.

        Returns:
            How many entries there are.

        Raises:
            LogDamaged: names the first entry that does not fit.
            Refused: `expected_head` is not what `head` gives.
            StoreProblem: the log cannot be reached.
        """
        kept_number, kept_hash = _kept(expected_head)
        number, last_hash = 0, _BEFORE_THE_FIRST
        for line in self._lines(select(_ENTRY).order_by(_ENTRY.c.entry_no)):
            _check_line(line, number + 1, last_hash)
            number, last_hash = line.entry_no, line.hash
            if number == kept_number and last_hash != kept_hash:
                raise _damaged(number, "is not the entry whose head was kept")
        if kept_number > number:
            raise _damaged(
                number + 1, f"is missing; the log reached to {kept_number} when its head was kept"
            )
        return number

    def copy_to(self, folder: Path) -> str:
        """Write the log, as it is at one moment, to a `workflow.sqlite` in another folder.

        Others may go on appending meanwhile.

        Returns:
            The head of the copy.

        Raises:
            LogDamaged: the copy does not verify.
            StoreProblem: the copy cannot be written.
        """
        with _told(), self._engine.connect() as connection:
            source = connection.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)  # history.py copies the folder's own
            try:
                target = sqlite3.connect(folder / FILE_NAME, isolation_level=None)
                try:
                    source.backup(target)
                    # Else the copy would be three files as soon as somebody opens it.
                    target.execute("pragma journal_mode = delete")
                finally:
                    target.close()
            except sqlite3.Error as problem:
                raise StoreProblem(
                    _WHERE,
                    f"it cannot be copied ({problem.sqlite_errorname}).",
                    "Check free space and permissions.",
                ) from None
        copy = WorkflowLog(folder)
        try:
            head = copy.head()
            copy.verify(head)
        finally:
            copy.close()
        return head

    def grow_from(self, saved: "WorkflowLog") -> int:
        """Bring in the lines of a saved log that came after this one's last.

        Where this log has grown from the saved one, nothing is to be done: no line is ever
        taken away.

        Returns:
            How many lines were brought in.

        Raises:
            Refused: each of the two has lines that the other lacks.
            LogDamaged: one of them does not verify.
            StoreBusy, StoreProblem: the log cannot be written.
        """
        saved_head = saved.head()
        saved.verify(saved_head)
        self.verify()
        with _told(), self._engine.begin() as connection:
            connection.exec_driver_sql(_ALONE[self._engine.dialect.name])
            number, own_hash = _head_in(connection)
            saved_number, saved_hash = _kept(saved_head)
            shared = min(number, saved_number)
            ours = own_hash if shared == number else _hash_at(connection, shared)
            theirs = saved_hash if shared == saved_number else saved._hash_at(shared)
            if ours != theirs:
                raise Refused(
                    _WHERE,
                    f"it and the saved one went different ways by entry {shared}, and each holds "
                    "what the other lacks.",
                    f"Nothing was changed. Restore into an empty folder, or keep {FILE_NAME} "
                    "elsewhere first and move it out of the store's folder.",
                )
            missing = [
                dict(line._mapping)
                for line in saved._lines(
                    select(_ENTRY).where(_ENTRY.c.entry_no > number).order_by(_ENTRY.c.entry_no)
                )
            ]
            if missing:
                connection.execute(insert(_ENTRY), missing)
        return len(missing)

    def close(self) -> None:
        """Let go of the file, which Windows would otherwise not allow to be moved or removed."""
        self._engine.dispose()

    def _hash_at(self, number: int) -> str:
        with _told(), self._engine.connect() as connection:
            return _hash_at(connection, number)

    def _lines(self, wanted: Select[Any]) -> Iterator[Row[Any]]:
        with _told(), self._engine.connect() as connection:
            yield from connection.execution_options(yield_per=1000).execute(wanted)


def _url_of(place: Path | str) -> URL:
    if isinstance(place, Path):
        return URL.create("sqlite", database=str(place / FILE_NAME))
    try:
        url = make_url(place)
    except ArgumentError:
        raise Refused(
            _WHERE, "its place is not a database URL.", "Write it as postgresql://host/database."
        ) from None
    if url.get_backend_name() not in _ALONE or not url.database or url.database == ":memory:":
        raise Refused(
            _WHERE,
            f"it is not kept in {url.render_as_string(hide_password=True)}.",
            "Use a SQLite file or a PostgreSQL database.",
        )
    return url


def _engine_of(url: URL, wait: float) -> Engine:
    # What a statement held must not reach an error message: it can name a patient.
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": wait})
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    try:
        return create_engine(url, hide_parameters=True)
    except (ImportError, NoSuchModuleError):
        raise Refused(
            _WHERE,
            f"the driver for {url.drivername} is not installed.",
            "Install it, for example with `pip install psycopg[binary]`, and write the URL as "
            "postgresql+psycopg://host/database.",
        ) from None


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Transactions begin where we say so; the driver would begin them too late, after the
    # head has been read.
    connection.isolation_level = None
    # A line that was acknowledged has to survive a power cut.
    connection.execute("pragma synchronous = full")


def _found_file(engine: Engine, wait: float) -> None:
    """Make file and table unless they are there; several processes may try at once."""
    file = Path(str(engine.url.database))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with _told():
            if inspect(engine).has_table(_ENTRY.name):
                return
            with FileLock(file.with_suffix(".lock"), timeout=wait):
                with engine.connect() as connection:
                    connection.exec_driver_sql("pragma journal_mode = wal")
                with engine.begin() as connection:
                    connection.exec_driver_sql(_ALONE["sqlite"])
                    _METADATA.create_all(connection)
    except Timeout:
        raise _busy() from None
    except OSError as problem:
        raise StoreProblem(
            str(file.parent),
            f"it cannot be written ({problem.strerror}).",
            "Check free space and permissions.",
        ) from None


def _check_name(what: str, name: str) -> None:
    if not name.strip() or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise Refused(
            _WHERE,
            f"{what} is empty, too long or holds signs that cannot be printed.",
            f"Give 1 to {_LONGEST_NAME} letters, digits and signs.",
        )


def _canonical(content: Mapping[str, Any]) -> str:
    """The one way to write something down as JSON, so that it always has the same hash."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Refused(
            _WHERE, "the text holds half a sign.", "Write it again, or leave the sign out."
        ) from None
    return text


def _hash_of(previous_hash: str, line: Mapping[str, Any]) -> str:
    return hashlib.sha256((previous_hash + _canonical(line)).encode()).hexdigest()


def _head_in(connection: Connection) -> tuple[int, str]:
    last = connection.execute(
        select(_ENTRY.c.entry_no, _ENTRY.c.hash).order_by(_ENTRY.c.entry_no.desc()).limit(1)
    ).first()
    return (last.entry_no, last.hash) if last else (0, _BEFORE_THE_FIRST)


def _hash_at(connection: Connection, number: int) -> str:
    if number == 0:
        return _BEFORE_THE_FIRST
    found = connection.execute(select(_ENTRY.c.hash).where(_ENTRY.c.entry_no == number)).scalar()
    return str(found)


def has_log(directory: Path) -> bool:
    """Whether anything was ever written down beside this store's data."""
    return (directory / FILE_NAME).exists()


def _kept(head: str | None) -> tuple[int, str]:
    if head is None:
        return 0, _BEFORE_THE_FIRST
    found = _HEAD.fullmatch(head.strip())
    if found is None:
        raise Refused(
            _WHERE, "that is no head of a log.", "Give it as `head` printed it: number:hash."
        )
    return int(found[1]), found[2]


def _check_line(line: Row[Any], number: int, previous_hash: str) -> None:
    if line.entry_no != number:
        raise _damaged(number, "is missing or not in its place")
    if line.previous_hash != previous_hash:
        raise _damaged(number, "does not follow the entry before it")
    try:
        expected = _hash_of(previous_hash, {name: line._mapping[name] for name in _HASHED})
    except TypeError:  # bytes, which no entry ever held
        expected = ""
    if line.hash != expected:
        raise _damaged(number, "is not as it was written")


def _framed(lines: list[Row[Any]]) -> pd.DataFrame:
    frame = pd.DataFrame([tuple(line) for line in lines], columns=list(_HASHED))
    frame["at"] = pd.Series([_instant(line) for line in lines], dtype="datetime64[us, UTC]")
    frame["detail"] = pd.Series([_detail(line) for line in lines], dtype="object")
    texts = ["person_id", "act", "alert_key", "patient_ref"]
    return frame.astype({"entry_no": "int64", **dict.fromkeys(texts, "str")})


def _instant(line: Row[Any]) -> datetime:
    try:
        return datetime.fromisoformat(line.at)
    except (TypeError, ValueError):
        raise _damaged(line.entry_no, "is not as it was written") from None


def _detail(line: Row[Any]) -> dict[str, str]:
    try:
        return dict(json.loads(line.detail))
    except (TypeError, ValueError):
        raise _damaged(line.entry_no, "is not as it was written") from None


def _damaged(number: int, what: str) -> LogDamaged:
    return LogDamaged(
        f"{_WHERE}, entry {number}",
        f"it {what}.",
        "Change nothing, keep a copy of the file, and compare it with your backups.",
    )


def _busy() -> StoreBusy:
    return StoreBusy(_WHERE, "others are writing to it.", "Wait a moment and try again.")


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong in the database, in words for the person who has to act on it."""
    try:
        yield
    except SQLAlchemyError as problem:
        cause = problem.orig if isinstance(problem, DBAPIError) else None
        name = str(getattr(cause, "sqlite_errorname", ""))
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise _busy() from None
        if name.startswith(_NO_ROOM_OR_RIGHT) or not isinstance(cause, sqlite3.Error):
            raise StoreProblem(
                _WHERE,
                f"the database refused ({name or type(problem).__name__}).",
                "Check free space, permissions and, for a server, that it can be reached.",
            ) from None
        raise LogDamaged(
            _WHERE,
            "its file cannot be read.",
            "Change nothing, keep a copy of the file, and compare it with your backups.",
        ) from None
