"""The workflow log in backups: it comes along, and nothing the team did is ever taken away."""

import shutil
import sqlite3
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from dashboard.errors import LogDamaged, Refused, StoreDamaged
from dashboard.store.history import backup, restore, verify_log
from dashboard.store.workflow import FILE_NAME, WorkflowLog
from tests.desk import GOOD, REFUSED, STORE_PROBLEM, Desk
from tests.store.centre import Centre

SMALL = "patient_id,completed_on,distress_0_10_1"
ANNA = "00000000000000aa"
KEY = f"{ANNA}/under/tangible/2026-03-01"


@pytest.fixture
def busy(centre: Centre) -> Centre:
    """A centre with data and three lines in its log."""
    centre.hand_in(SMALL, "P1,2026-01-05,3", new_patients=True)
    write(centre.store, "one", "two", "three")
    return centre


@pytest.fixture
def saved(busy: Centre, tmp_path: Path) -> Path:
    file = tmp_path / "backup.zip"
    backup(busy.store, file)
    return file


def write(store: Path, *notes: str) -> None:
    log = WorkflowLog(store)
    for note in notes:
        log.append("nurse-1", "noted", alert_key=KEY, detail={"note": note})


def notes_in(store: Path) -> list[str]:
    log = WorkflowLog(store)
    log.verify()
    return [detail["note"] for detail in log.entries()["detail"]]


def test_the_log_comes_along_to_another_machine(busy: Centre, saved: Path, tmp_path: Path) -> None:
    assert not list(tmp_path.glob("*.next"))
    elsewhere = tmp_path / "elsewhere"
    restore(elsewhere, saved, "nurse-1")
    assert verify_log(elsewhere) == verify_log(busy.store) == (3, WorkflowLog(busy.store).head())
    pd.testing.assert_frame_equal(
        WorkflowLog(elsewhere).entries(), WorkflowLog(busy.store).entries()
    )
    write(elsewhere, "four")
    assert notes_in(elsewhere) == ["one", "two", "three", "four"]


def test_what_was_done_since_the_backup_stays(busy: Centre, saved: Path) -> None:
    write(busy.store, "four")
    head = WorkflowLog(busy.store).head()
    assert restore(busy.store, saved, "nurse-1").number == 2
    assert verify_log(busy.store) == (4, head)


def test_a_log_that_stopped_earlier_grows_to_the_saved_one(
    busy: Centre, saved: Path, tmp_path: Path
) -> None:
    earlier = tmp_path / "earlier.zip"
    elsewhere = tmp_path / "elsewhere"
    restore(elsewhere, saved, "nurse-1")
    write(busy.store, "four", "five")
    backup(busy.store, earlier)
    open_all_along = WorkflowLog(elsewhere)
    restore(elsewhere, earlier, "nurse-1")
    assert notes_in(elsewhere) == ["one", "two", "three", "four", "five"]
    assert open_all_along.head() == WorkflowLog(busy.store).head()


@pytest.mark.parametrize("here", [["four"], ["four", "five", "six"]])
def test_two_logs_that_went_different_ways_are_not_mixed(
    busy: Centre, saved: Path, tmp_path: Path, here: list[str]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    restore(elsewhere, saved, "nurse-1")
    write(busy.store, "another four", "another five")
    other = tmp_path / "other.zip"
    backup(busy.store, other)
    write(elsewhere, *here)
    with pytest.raises(Refused, match="different ways") as problem:
        restore(elsewhere, other, "nurse-1")
    assert "empty folder" in problem.value.what_to_do
    assert notes_in(elsewhere) == ["one", "two", "three", *here]
    assert [path.name for path in sorted(elsewhere.glob("*.duckdb"))] == ["clinical-000001.duckdb"]


def test_a_log_of_another_centre_is_not_mixed_in(busy: Centre, saved: Path, tmp_path: Path) -> None:
    strangers = tmp_path / "strangers"
    write(strangers, "theirs")
    with pytest.raises(Refused, match="different ways"):
        restore(strangers, saved, "nurse-1")
    assert notes_in(strangers) == ["theirs"]


def test_a_backup_without_a_log_leaves_the_one_here(centre: Centre, tmp_path: Path) -> None:
    centre.hand_in(SMALL, "P1,2026-01-05,3", new_patients=True)
    file = tmp_path / "backup.zip"
    assert backup(centre.store, file).log_head is None
    assert FILE_NAME not in zipfile.ZipFile(file).namelist()
    assert verify_log(centre.store) is None
    write(centre.store, "one")
    restore(centre.store, file, "nurse-1")
    assert notes_in(centre.store) == ["one"]


def test_a_copy_taken_while_others_write_is_whole(busy: Centre, tmp_path: Path) -> None:
    def keep_writing() -> None:
        write(busy.store, *(f"note {number}" for number in range(40)))

    with ThreadPoolExecutor() as pool:
        writing = pool.submit(keep_writing)
        heads = []
        while not writing.done():
            heads.append(backup(busy.store, tmp_path / "backup.zip").log_head)
        writing.result()
    log = WorkflowLog(busy.store)
    for head in heads:
        assert log.verify(head) == 43
    elsewhere = tmp_path / "elsewhere"
    restore(elsewhere, tmp_path / "backup.zip", "nurse-1")
    assert WorkflowLog(elsewhere).head() == heads[-1]


def changed_by_hand(folder: Path) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection, connection:
        connection.execute("drop trigger entry_is_never_changed")
        connection.execute("update entry set person_id = 'nurse-2' where entry_no = 2")


def test_a_log_that_was_touched_is_not_saved_as_if_it_were_sound(
    busy: Centre, tmp_path: Path
) -> None:
    changed_by_hand(busy.store)
    with pytest.raises(LogDamaged, match="entry 2"):
        backup(busy.store, tmp_path / "backup.zip")
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == []
    with pytest.raises(LogDamaged, match="entry 2"):
        verify_log(busy.store)


def test_a_saved_log_that_was_touched_is_refused(saved: Path, tmp_path: Path) -> None:
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(saved) as archive:
        archive.extractall(unpacked)
    changed_by_hand(unpacked)
    repacked(saved, unpacked)
    elsewhere = tmp_path / "elsewhere"
    with pytest.raises(LogDamaged, match="entry 2"):
        restore(elsewhere, saved, "nurse-1")
    assert not list(elsewhere.glob("*.duckdb"))


def test_a_saved_log_that_was_exchanged_is_refused(saved: Path, tmp_path: Path) -> None:
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(saved) as archive:
        archive.extractall(unpacked)
    (unpacked / FILE_NAME).unlink()
    write(tmp_path / "strangers", "theirs")
    WorkflowLog(tmp_path / "strangers").copy_to(unpacked)
    repacked(saved, unpacked)
    with pytest.raises(StoreDamaged, match="not what was backed up"):
        restore(tmp_path / "elsewhere", saved, "nurse-1")


def repacked(file: Path, folder: Path) -> None:
    made = shutil.make_archive(str(folder.with_name("repacked")), "zip", folder)
    shutil.move(made, file)


def test_a_head_that_was_kept_shows_what_was_cut_off(busy: Centre) -> None:
    verified = verify_log(busy.store)
    assert verified is not None
    _, head = verified
    with closing(sqlite3.connect(busy.store / FILE_NAME)) as connection, connection:
        connection.execute("drop trigger entry_is_never_removed")
        connection.execute("delete from entry where entry_no = 3")
    assert verify_log(busy.store) is not None
    with pytest.raises(LogDamaged, match="entry 3"):
        verify_log(busy.store, head)
    (busy.store / FILE_NAME).unlink()
    with pytest.raises(Refused, match="no workflow log"):
        verify_log(busy.store, head)


def test_the_command_prints_the_head_and_takes_it_again(busy: Centre) -> None:
    desk = Desk(busy.store.parent)
    head = WorkflowLog(busy.store).head()
    said = desk.run("verify")
    assert said.exit_code == GOOD
    assert said.stdout.splitlines()[-1] == f"workflow log: sound; 3 entries, head {head}"
    assert desk.run("verify", "--head", head).exit_code == GOOD
    assert desk.run("verify", "--head", "3").exit_code == REFUSED
    later = desk.run("verify", "--head", head.replace("3:", "4:", 1))
    assert later.exit_code == STORE_PROBLEM
    assert "entry 4" in later.stderr
