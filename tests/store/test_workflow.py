"""The log of what the team did keeps everything, and shows when it was touched."""

import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dashboard.errors import LogDamaged, Refused, StoreBusy, StoreProblem
from dashboard.mismatch.follow_up import Act, check_act, follow_up_of
from dashboard.store import workflow
from dashboard.store.workflow import FILE_NAME, WorkflowLog

ROOT = Path(__file__).parents[2]

ANNA = "00000000000000aa"
BEN = "00000000000000bb"
TANGIBLE = f"{ANNA}/under/tangible/2026-03-01"
ESTEEM = f"{ANNA}/over/esteem/2026-03-01"
SAFETY = f"{BEN}/safety/phq9_9/2026-03-01"

COLUMNS = ["entry_no", "at", "person_id", "act", "alert_key", "patient_ref", "detail"]
HASHES = ["previous_hash", "hash"]
FIRST = "0" * 64


@pytest.fixture
def log(tmp_path: Path) -> WorkflowLog:
    return WorkflowLog(tmp_path)


@contextmanager
def raw(folder: Path) -> Iterator[sqlite3.Connection]:
    """The file as anybody with a database browser has it; what was done is kept on leaving."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection, connection:
        yield connection


def rows_in(folder: Path) -> list[tuple[Any, ...]]:
    with raw(folder) as connection:
        return connection.execute("select * from entry order by rowid").fetchall()


def folder_of(log: WorkflowLog) -> Path:
    return Path(str(log._engine.url.database)).parent


def write_a_morning(log: WorkflowLog) -> None:
    """Eight lines of every kind: with and without alert and patient, in more than one script."""
    log.append("nurse-1", Act.sign_in)
    log.append("nurse-1", Act.patient_viewed, patient_ref=ANNA)
    log.append("nurse-1", Act.acknowledged, alert_key=TANGIBLE)
    log.append("nurse-2", Act.acknowledged, alert_key=TANGIBLE)
    log.append("nurse-1", Act.assigned, alert_key=TANGIBLE, detail={"to": "nurse-2"})
    log.append("nurse-2", Act.noted, alert_key=ESTEEM, detail={"note": 'Said "καλά", rings.\n'})
    log.append("nurse-2", Act.undone, alert_key=TANGIBLE, detail={"entry": "3"})
    log.append("steward-1", Act.imported, detail={"batch": "4", "rows": "120"})


# Writing and reading.


def test_a_line_comes_back_as_it_was_written(log: WorkflowLog) -> None:
    before = datetime.now(UTC)
    said = {"to": "nurse-2", "note": "Ζει μόνη; 'no' \"yes\"\n\x00 😀"}
    entry = log.append("nurse-1", Act.assigned, alert_key=TANGIBLE, detail=said)
    after = datetime.now(UTC)
    assert before <= entry.at <= after
    assert (entry.entry_no, entry.previous_hash) == (1, FIRST)
    (row,) = log.entries().to_dict("records")
    assert row == {
        "entry_no": 1,
        "at": entry.at,
        "person_id": "nurse-1",
        "act": "assigned",
        "alert_key": TANGIBLE,
        "patient_ref": ANNA,
        "detail": said,
    }
    assert log.head() == f"1:{entry.hash}"


def test_numbers_run_without_a_gap(log: WorkflowLog) -> None:
    write_a_morning(log)
    found = log.entries()
    assert list(found.columns) == COLUMNS
    assert list(found["entry_no"]) == list(range(1, 9))
    assert log.verify() == 8
    assert log.head() == f"8:{rows_in(folder_of(log))[-1][-1]}"


def test_the_hash_is_the_documented_one(log: WorkflowLog, tmp_path: Path) -> None:
    write_a_morning(log)
    previous = FIRST
    for row in rows_in(tmp_path):
        told = dict(zip([*COLUMNS, *HASHES], row, strict=True))
        content = {name: told[name] for name in COLUMNS}
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        expected = hashlib.sha256(f"{previous}{text}".encode()).hexdigest()
        assert (told["previous_hash"], told["hash"]) == (previous, expected)
        previous = expected


def test_only_what_is_asked_for_is_read(log: WorkflowLog) -> None:
    write_a_morning(log)

    def numbers(**asked: Any) -> list[int]:
        return list(log.entries(**asked)["entry_no"])

    assert numbers(alert_keys=[TANGIBLE]) == [3, 4, 5, 7]
    assert numbers(alert_keys=[TANGIBLE, ESTEEM, SAFETY]) == [3, 4, 5, 6, 7]
    assert numbers(alert_keys=[SAFETY]) == []
    assert numbers(alert_keys=[]) == []
    assert numbers(patient_ref=ANNA) == [2, 3, 4, 5, 6, 7]
    assert numbers(patient_ref=BEN) == []
    assert numbers(acts=[Act.acknowledged, Act.imported]) == [3, 4, 8]
    assert numbers(acts=[]) == []
    assert numbers(alert_keys=[TANGIBLE], patient_ref=ANNA, acts=["undone"]) == [7]


def test_more_alerts_than_one_statement_takes(
    log: WorkflowLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_a_morning(log)
    monkeypatch.setattr(workflow, "_KEYS_AT_ONCE", 2)
    keys = [f"{ANNA}/under/none/{day}" for day in range(5)]
    found = log.entries(alert_keys=[*keys, TANGIBLE, ESTEEM])
    assert list(found["entry_no"]) == [3, 4, 5, 6, 7]


def test_columns_keep_their_types_when_nothing_is_there(log: WorkflowLog) -> None:
    empty = log.entries()
    write_a_morning(log)
    assert empty.empty
    assert list(empty.dtypes.items()) == list(log.entries().dtypes.items())


def test_an_empty_log_has_a_head_and_is_sound(log: WorkflowLog) -> None:
    assert log.head() == f"0:{FIRST}"
    assert log.verify() == 0
    assert log.verify(log.head()) == 0


def test_what_was_done_is_how_the_alert_stands(log: WorkflowLog) -> None:
    """From the check of an act, through the log, to the follow-up of the alert."""
    today = datetime.now(UTC).date()
    later = (today + timedelta(days=7)).isoformat()
    said = check_act("under", Act.snoozed, {"until": later, "note": "Away."}, today)
    log.append("nurse-1", Act.snoozed, alert_key=TANGIBLE, detail=said)
    alerts = pd.DataFrame(
        {
            "alert_key": [TANGIBLE],
            "patient_ref": [ANNA],
            "rule": ["under"],
            "tier_path": [["under: medium"]],
            "raised_on": [date(2026, 3, 1)],
            "holds_since": [date(2026, 3, 1)],
        }
    )
    (found,) = follow_up_of(alerts, log.entries(), today, 30).to_dict("records")
    assert (found["status"], found["hidden"]) == ("snoozed", True)
    assert found["snoozed_until"] == pd.Timestamp(later)
    assert (found["last_by"], found["last_note"]) == ("nurse-1", "Away.")
    log.append("nurse-2", Act.undone, alert_key=TANGIBLE, detail={"entry": "1"})
    (found,) = follow_up_of(alerts, log.entries(), today, 30).to_dict("records")
    assert (found["status"], found["hidden"], found["acts"]) == ("new", False, 0)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown act": ({"act": "forgotten"}, "no act 'forgotten'"),
    "nobody": ({"person_id": ""}, "person_id is empty"),
    "a blank person": ({"person_id": "  "}, "person_id is empty"),
    "a person with a line break": ({"person_id": "a\nb"}, "cannot be printed"),
    "half a sign in a person": ({"person_id": "a\ud800"}, "cannot be printed"),
    "too long a person": ({"person_id": "a" * 201}, "too long"),
    "an empty alert": ({"alert_key": ""}, "alert_key is empty"),
    "a patient's id for the reference": ({"patient_ref": "P-DYM3"}, "no patient reference"),
    "an alert that begins with a patient's id": (
        {"alert_key": "P-DYM3/under/tangible/2026-03-01"},
        "no patient reference",
    ),
    "another patient's alert": ({"alert_key": TANGIBLE, "patient_ref": BEN}, "another patient's"),
    "half a sign in a note": ({"detail": {"note": "\udc00"}}, "half a sign"),
}


@pytest.mark.parametrize(("asked", "what"), REFUSED.values(), ids=REFUSED)
def test_a_line_that_says_nothing_sound_is_not_written(
    log: WorkflowLog, asked: dict[str, Any], what: str
) -> None:
    line = {"person_id": "nurse-1", "act": Act.noted, **asked}
    with pytest.raises(Refused) as refused:
        log.append(line.pop("person_id"), line.pop("act"), **line)
    assert what in refused.value.what
    assert "DYM3" not in str(refused.value)
    assert log.verify() == 0


# Where it is kept.


def test_a_file_url_is_the_same_log(log: WorkflowLog, tmp_path: Path) -> None:
    write_a_morning(log)
    assert WorkflowLog(f"sqlite:///{tmp_path / FILE_NAME}").head() == log.head()


def test_the_folder_is_made_when_it_is_absent(tmp_path: Path) -> None:
    log = WorkflowLog(tmp_path / "not" / "there yet")
    assert log.append("nurse-1", Act.sign_in).entry_no == 1


@pytest.mark.parametrize(
    ("place", "what"),
    [
        ("a store", "not a database URL"),
        ("sqlite://", "it is not kept in"),
        ("sqlite:///:memory:", "it is not kept in"),
        ("mysql://host/log", "it is not kept in"),
        ("nonsense://host/log", "it is not kept in"),
        ("postgresql+nonsense://nurse:secret@host/log", "driver"),
    ],
)
def test_a_place_that_is_none_is_refused(place: str, what: str) -> None:
    with pytest.raises(Refused, match=what) as refused:
        WorkflowLog(place)
    assert "secret" not in str(refused.value)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreProblem, match="cannot be written"):
        WorkflowLog(tmp_path / "file" / "store")


def test_every_line_is_on_disk_before_it_counts(log: WorkflowLog, tmp_path: Path) -> None:
    with raw(tmp_path) as connection:
        assert connection.execute("pragma journal_mode").fetchone() == ("wal",)
    with log._engine.connect() as connected:
        full = 2
        assert connected.exec_driver_sql("pragma synchronous").scalar() == full


def test_who_waits_too_long_hears_why(tmp_path: Path) -> None:
    patient = WorkflowLog(tmp_path)
    hasty = WorkflowLog(tmp_path, wait=0.1)
    patient.append("nurse-1", Act.sign_in)
    with raw(tmp_path) as connection:
        connection.execute("begin immediate")
        with pytest.raises(StoreBusy) as busy:
            hasty.append("nurse-2", Act.noted, detail={"note": "Canary"})
        assert "Canary" not in str(busy.value)
        # Readers do not wait for a writer.
        assert hasty.verify() == 1
    assert hasty.append("nurse-2", Act.sign_in).entry_no == 2


# Many at once, and the end at any moment.

APPEND = """
import itertools, sys
from pathlib import Path
from dashboard.store.workflow import WorkflowLog

folder, person, how_many = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
log = WorkflowLog(folder)
for number in range(how_many) if how_many else itertools.count():
    print(log.append(person, "noted", detail={"note": str(number)}).entry_no, flush=True)
"""


def writer(folder: Path, person: str, how_many: int) -> subprocess.Popen[str]:
    """A process of its own that is ready to write, and begins with a line on its input."""
    return subprocess.Popen(
        [sys.executable, "-c", APPEND, str(folder), person, str(how_many)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def begin(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.write("go\n")
    process.stdin.flush()


def next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def test_eight_processes_write_one_unbroken_chain(tmp_path: Path) -> None:
    """They also race to found the log."""
    folder = tmp_path / "store"
    processes = [writer(folder, f"nurse-{number}", 25) for number in range(8)]
    assert [next_line(process) for process in processes] == ["ready"] * 8
    for process in processes:
        begin(process)
    told = [process.communicate()[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0] * 8
    assert sorted(int(number) for numbers in told for number in numbers) == list(range(1, 201))

    log = WorkflowLog(folder)
    assert log.verify() == 200
    found = log.entries()
    notes = found.assign(note=[detail["note"] for detail in found["detail"]])
    for _, own in notes.groupby("person_id"):
        assert list(own["note"]) == [str(number) for number in range(25)]
    assert found["person_id"].nunique() == 8


def test_threads_may_share_one_log(log: WorkflowLog) -> None:
    def write(number: int) -> list[int]:
        person = f"nurse-{number}"
        return [log.append(person, Act.sign_in).entry_no for _ in range(10)]

    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(write, range(8)))
    assert sorted(number for numbers in told for number in numbers) == list(range(1, 81))
    assert log.verify() == 80


def test_a_writer_killed_at_any_moment_leaves_a_sound_chain(tmp_path: Path) -> None:
    chance = Random(20260302)
    acknowledged: list[int] = []
    for _ in range(5):
        process = writer(tmp_path, "nurse-1", 0)
        assert next_line(process) == "ready"
        begin(process)
        acknowledged.append(int(next_line(process)))
        time.sleep(chance.uniform(0, 0.1))
        process.kill()
        acknowledged += [int(number) for number in process.communicate()[0].split()]
        assert process.returncode != 0
        kept = WorkflowLog(tmp_path).verify()
        # All that was acknowledged, and at most the one line whose word did not get out.
        assert acknowledged[-1] <= kept <= acknowledged[-1] + 1
        assert set(acknowledged) <= set(WorkflowLog(tmp_path).entries()["entry_no"])
    assert len(acknowledged) > 5


# Nobody changes it by mistake.


@pytest.mark.parametrize(
    "statement",
    [
        "update entry set detail = '{}' where entry_no = 6",
        "update entry set person_id = person_id",
        "delete from entry where entry_no = 8",
        "delete from entry",
        "insert into entry select 4, at, person_id, act, alert_key, patient_ref, detail, "
        "previous_hash, hash from entry where entry_no = 5",
        "insert into entry select 10, at, person_id, act, alert_key, patient_ref, detail, "
        "previous_hash, hash from entry where entry_no = 5",
        "insert or replace into entry select entry_no, at, 'nurse-9', act, alert_key, "
        "patient_ref, detail, previous_hash, hash from entry where entry_no = 8",
        "replace into entry select 3, at, person_id, act, alert_key, patient_ref, detail, "
        "previous_hash, hash from entry where entry_no = 8",
    ],
)
def test_the_database_itself_refuses_a_change(
    log: WorkflowLog, tmp_path: Path, statement: str
) -> None:
    write_a_morning(log)
    before = rows_in(tmp_path)
    with (
        raw(tmp_path) as connection,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        connection.execute(statement)
    assert rows_in(tmp_path) == before


# Whoever changes it all the same is found out.


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of eight lines, to be copied. All of it is in its one file."""
    folder = tmp_path_factory.mktemp("sound")
    log = WorkflowLog(folder)
    write_a_morning(log)
    log._engine.dispose()
    assert [path.name for path in folder.glob(f"{FILE_NAME}*")] == [FILE_NAME]
    return folder


def tampered(
    sound: Path, into: Path, change: Callable[[sqlite3.Connection], object]
) -> WorkflowLog:
    """A copy, in a folder of its own, of which every protection is taken off, then changed."""
    folder = Path(tempfile.mkdtemp(dir=into))
    shutil.copyfile(sound / FILE_NAME, folder / FILE_NAME)
    with raw(folder) as connection:
        # The copied table has neither the triggers nor the constraints.
        connection.executescript(
            "create table loose as select * from entry; drop table entry; "
            "alter table loose rename to entry;"
        )
        change(connection)
    return WorkflowLog(folder)


def renumbered(connection: sqlite3.Connection) -> None:
    """Takes entry 4 out and closes the gap."""
    connection.execute("delete from entry where entry_no = 4")
    connection.execute("update entry set entry_no = entry_no - 1 where entry_no > 4")


def swapped(connection: sqlite3.Connection) -> None:
    """Entries 4 and 5 change places, hashes and all."""
    connection.execute(
        "update entry set entry_no = case entry_no when 4 then 5 else 4 end "
        "where entry_no in (4, 5)"
    )


def slipped_in(connection: sqlite3.Connection) -> None:
    """A line more between 4 and 5, and the rest moved up."""
    connection.execute("update entry set entry_no = entry_no + 1 where entry_no > 4")
    connection.execute(
        "insert into entry select 5, at, 'nurse-9', act, alert_key, patient_ref, detail, "
        "hash, hash from entry where entry_no = 4"
    )


def rehashed(connection: sqlite3.Connection, number: int, person: str) -> None:
    """One line rewritten with a hash that fits it."""
    row = connection.execute("select * from entry where entry_no = ?", (number,)).fetchone()
    content = dict(zip(COLUMNS, row[:7], strict=True)) | {"person_id": person}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    connection.execute(
        "update entry set person_id = ?, hash = ? where entry_no = ?",
        (person, hashlib.sha256(f"{row[7]}{text}".encode()).hexdigest(), number),
    )


def rewritten(connection: sqlite3.Connection) -> None:
    """Entry 4 and all that follow get new hashes, so that the chain fits again."""
    rehashed(connection, 4, "nurse-9")
    for number in range(5, 9):
        connection.execute(
            "update entry set previous_hash = "
            "(select hash from entry where entry_no = ?) where entry_no = ?",
            (number - 1, number),
        )
        (person,) = connection.execute(
            "select person_id from entry where entry_no = ?", (number,)
        ).fetchone()
        rehashed(connection, number, person)


def runs(statement: str) -> Callable[[sqlite3.Connection], object]:
    return lambda connection: connection.execute(statement)


# What was done, the first entry that no longer fits, and what is said of it.
TAMPERING: dict[str, tuple[Callable[[sqlite3.Connection], object], int, str]] = {
    "another person": (
        runs("update entry set person_id = 'nurse-9' where entry_no = 4"),
        4,
        "not as it was written",
    ),
    "another time": (
        runs("update entry set at = replace(at, '.', '.9') where entry_no = 4"),
        4,
        "not as it was written",
    ),
    "the same time in another way": (
        runs("update entry set at = replace(at, '+00:00', 'Z') where entry_no = 4"),
        4,
        "not as it was written",
    ),
    "another act": (
        runs("update entry set act = 'noted' where entry_no = 4"),
        4,
        "not as it was written",
    ),
    "another alert": (
        runs("update entry set alert_key = null where entry_no = 4"),
        4,
        "not as it was written",
    ),
    "another patient": (
        runs(f"update entry set patient_ref = '{BEN}' where entry_no = 2"),
        2,
        "not as it was written",
    ),
    "a word of a note": (
        runs("update entry set detail = replace(detail, 'rings', 'sings') where entry_no = 6"),
        6,
        "not as it was written",
    ),
    "a space in a detail": (
        runs("update entry set detail = detail || ' ' where entry_no = 5"),
        5,
        "not as it was written",
    ),
    "text as bytes": (
        runs("update entry set person_id = cast(person_id as blob) where entry_no = 4"),
        4,
        "not as it was written",
    ),
    "the hash": (
        runs(f"update entry set hash = '{FIRST}' where entry_no = 4"),
        4,
        "not as it was written",
    ),
    "the hash in capitals": (
        runs("update entry set hash = upper(hash) where entry_no = 4"),
        4,
        "not as it was written",
    ),
    "the previous hash": (
        runs(f"update entry set previous_hash = '{FIRST}' where entry_no = 4"),
        4,
        "does not follow",
    ),
    "a line with a hash that fits": (
        lambda connection: rehashed(connection, 4, "nurse-9"),
        5,
        "does not follow",
    ),
    "the first line": (
        runs("update entry set person_id = 'nurse-9' where entry_no = 1"),
        1,
        "not as it was written",
    ),
    "the last line": (
        runs("update entry set person_id = 'nurse-9' where entry_no = 8"),
        8,
        "not as it was written",
    ),
    "a line removed": (runs("delete from entry where entry_no = 4"), 4, "missing"),
    "the first line removed": (runs("delete from entry where entry_no = 1"), 1, "missing"),
    "a line removed, the gap closed": (renumbered, 4, "does not follow"),
    "all but the last removed": (runs("delete from entry where entry_no < 8"), 1, "missing"),
    "two lines in each other's place": (swapped, 4, "does not follow"),
    "a line slipped in": (slipped_in, 5, "not as it was written"),
    "a line twice": (
        runs("insert into entry select * from entry where entry_no = 4"),
        5,
        "not in its place",
    ),
    "a line ahead of the first": (
        runs(
            "insert into entry select 0, at, person_id, act, alert_key, patient_ref, detail, "
            "previous_hash, hash from entry where entry_no = 1"
        ),
        1,
        "not in its place",
    ),
    "a line without a number": (
        runs("update entry set entry_no = null where entry_no = 4"),
        1,
        "not in its place",
    ),
    "a line put at the end": (
        runs(
            "insert into entry select 9, at, person_id, act, alert_key, patient_ref, detail, "
            "previous_hash, hash from entry where entry_no = 8"
        ),
        9,
        "does not follow",
    ),
}


@pytest.mark.parametrize(("change", "number", "what"), TAMPERING.values(), ids=TAMPERING)
def test_tampering_is_found_and_placed(
    sound: Path,
    tmp_path: Path,
    change: Callable[[sqlite3.Connection], object],
    number: int,
    what: str,
) -> None:
    log = tampered(sound, tmp_path, change)
    with pytest.raises(LogDamaged) as damaged:
        log.verify()
    assert damaged.value.where == f"workflow log, entry {number}"
    assert what in damaged.value.what
    assert damaged.value.what_to_do


# Against these the chain alone is no help: the head that was kept elsewhere is.
AGAINST_THE_HEAD: dict[str, tuple[Callable[[sqlite3.Connection], object], int]] = {
    "the last line cut off": (runs("delete from entry where entry_no = 8"), 8),
    "half of it cut off": (runs("delete from entry where entry_no > 4"), 5),
    "emptied": (runs("delete from entry"), 1),
    "the last line rewritten": (lambda connection: rehashed(connection, 8, "nurse-9"), 8),
    "rewritten from the fourth line on": (rewritten, 8),
}


@pytest.mark.parametrize(("change", "number"), AGAINST_THE_HEAD.values(), ids=AGAINST_THE_HEAD)
def test_a_kept_head_tells_what_the_chain_cannot(
    sound: Path,
    tmp_path: Path,
    change: Callable[[sqlite3.Connection], object],
    number: int,
) -> None:
    head = WorkflowLog(sound).head()
    log = tampered(sound, tmp_path, change)
    log.verify()
    with pytest.raises(LogDamaged) as damaged:
        log.verify(head)
    assert damaged.value.where == f"workflow log, entry {number}"


def test_a_log_deleted_as_a_whole_is_missed_by_its_head(sound: Path, tmp_path: Path) -> None:
    with pytest.raises(LogDamaged, match="entry 1"):
        WorkflowLog(tmp_path).verify(WorkflowLog(sound).head())


def test_a_log_that_has_grown_fits_every_head_it_had(log: WorkflowLog) -> None:
    heads = [log.head()]
    for _ in range(5):
        log.append("nurse-1", Act.sign_in)
        heads.append(log.head())
    assert [log.verify(head) for head in heads] == [5] * 6


@pytest.mark.parametrize("head", ["", "8", "8:", f"x:{FIRST}", f"8:{FIRST[1:]}", f"-1:{FIRST}"])
def test_a_head_that_is_none_is_refused(log: WorkflowLog, head: str) -> None:
    with pytest.raises(Refused, match="no head"):
        log.verify(head)


cells = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.binary(max_size=80),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
)
places = st.integers(0, 7)
Rows = list[list[Any]]


def other_cell(place: int, column: int, value: Any) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        rows[place % len(rows)][column] = value

    return change


def borrowed_cell(place: int, column: int, other: int) -> Callable[[Rows], None]:
    """What another line has in that column."""

    def change(rows: Rows) -> None:
        rows[place % len(rows)][column] = rows[other % len(rows)][column]

    return change


@st.composite
def one_letter(draw: st.DrawFn) -> Callable[[Rows], None]:
    place, column, letter = draw(places), draw(st.integers(1, 8)), draw(st.integers(0, 200))
    other = draw(st.characters(exclude_categories=["Cs"]))

    def change(rows: Rows) -> None:
        row = rows[place % len(rows)]
        text = str(row[column] or "x")
        at = letter % len(text)
        row[column] = text[:at] + other + text[at + 1 :]

    return change


def removal(place: int) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        if len(rows) > 1:
            del rows[place % len(rows)]

    return change


def repetition(place: int, number: int) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        rows.append([number, *rows[place % len(rows)][1:]])

    return change


def exchange(place: int, other: int, first: int) -> Callable[[Rows], None]:
    """From the column `first` on, two lines change places."""

    def change(rows: Rows) -> None:
        one, two = rows[place % len(rows)], rows[other % len(rows)]
        one[first:], two[first:] = two[first:], one[first:]

    return change


changes = st.lists(
    st.one_of(
        st.builds(other_cell, places, st.integers(0, 8), cells),
        st.builds(borrowed_cell, places, st.integers(0, 8), places),
        one_letter(),
        st.builds(removal, places),
        st.builds(repetition, places, st.integers(-1, 12)),
        st.builds(exchange, places, places, st.integers(1, 8)),
    ),
    min_size=1,
    max_size=4,
)


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workbench")


@given(changes)
def test_any_tampering_is_found(
    sound: Path, workbench: Path, tampering: list[Callable[[Rows], None]]
) -> None:
    rows = [list(row) for row in rows_in(sound)]
    for change in tampering:
        change(rows)

    def write(connection: sqlite3.Connection) -> None:
        connection.execute("delete from entry")
        connection.executemany("insert into entry values (?,?,?,?,?,?,?,?,?)", rows)

    head = WorkflowLog(sound).head()
    log = tampered(sound, workbench, write)
    left, were = rows_in(folder_of(log)), rows_in(sound)
    assume(sorted(map(repr, left)) != sorted(map(repr, were)))
    with pytest.raises(LogDamaged, match="entry"):
        log.verify(head)


@given(places, st.integers(1, 8), cells)
def test_the_entry_that_was_edited_is_the_one_named(
    sound: Path, workbench: Path, place: int, column: int, value: Any
) -> None:
    name = [*COLUMNS, *HASHES][column]

    def write(connection: sqlite3.Connection) -> None:
        # The name of a column cannot be a parameter; it is one of our nine.
        connection.execute(f"update entry set {name} = ? where entry_no = ?", (value, place + 1))

    log = tampered(sound, workbench, write)
    assume(rows_in(folder_of(log)) != rows_in(sound))
    with pytest.raises(LogDamaged) as damaged:
        log.verify()
    assert damaged.value.where == f"workflow log, entry {place + 1}"


@pytest.mark.parametrize(
    "change",
    [
        runs("update entry set person_id = cast(x'ff' as text) where entry_no = 4"),
        runs("alter table entry rename column hash to hashed"),
        runs("alter table entry drop column detail"),
    ],
)
def test_a_table_that_cannot_be_read_is_damage(
    sound: Path, tmp_path: Path, change: Callable[[sqlite3.Connection], object]
) -> None:
    log = tampered(sound, tmp_path, change)
    with pytest.raises(LogDamaged):
        log.verify()


@pytest.mark.parametrize(
    "statement",
    [
        "update entry set at = 'yesterday' where entry_no = 4",
        "update entry set at = null where entry_no = 4",
        "update entry set detail = 'Canary' where entry_no = 4",
        "update entry set detail = '[1]' where entry_no = 4",
        "update entry set detail = null where entry_no = 4",
    ],
)
def test_a_line_that_cannot_be_read_is_named_without_its_content(
    sound: Path, tmp_path: Path, statement: str
) -> None:
    log = tampered(sound, tmp_path, runs(statement))
    with pytest.raises(LogDamaged, match="entry 4") as damaged:
        log.entries()
    assert "Canary" not in str(damaged.value)


@pytest.mark.parametrize("start", [0, 4096])
def test_a_damaged_file_is_never_silently_used(sound: Path, tmp_path: Path, start: int) -> None:
    content = bytearray((sound / FILE_NAME).read_bytes())
    content[start : start + 4096] = b"\x5a" * 4096
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(LogDamaged, match="cannot be read"):
        WorkflowLog(tmp_path).verify()
