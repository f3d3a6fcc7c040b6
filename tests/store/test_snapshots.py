"""Nothing acknowledged is lost, nothing half-done is seen, and what was there can come back."""

import random
import re
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from dashboard.errors import (
    AttunedError,
    Refused,
    StoreAbsent,
    StoreBusy,
    StoreDamaged,
    StoreProblem,
)
from dashboard.store import OPERATOR, Store
from dashboard.store.history import Contents, backup, contents_of, restore, undo, verify
from dashboard.store.snapshots import KEPT, SnapshotFolder
from tests.store.centre import LONG, PHQ9, Centre

ROOT = Path(__file__).parents[2]
SMALL = "patient_id,completed_on,distress_0_10_1"
WIDE = f"patient_id,completed_on,wave,{PHQ9}"
KILLS = 12
FORMS_IN_A_FILE = 400
EVERY_NAME = re.compile(r"clinical-[0-9]{6}\.(duckdb|sha256)|writing\.lock")


def start_importing(store: Path, *files: Path | str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.store.importing_process", str(store)]
    return subprocess.Popen(
        [*command, *map(str, files)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def lines_of(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout is not None
    return (line.rstrip("\n") for line in process.stdout)


def wave_file(centre: Centre, wave: str) -> Path:
    rows = (f"P{number},2026-01-05,{wave},1,2,3,0,1,2,3,1,0" for number in range(FORMS_IN_A_FILE))
    return centre.file(WIDE, *rows, name=f"{wave}.csv")


def forms_by_wave(centre: Centre) -> dict[str, int]:
    """Wave to its number of complete forms; a form that is not whole breaks the test."""
    found = centre.look(
        "select a.wave, count(distinct a.assessment_id), count(w.item_key), "
        "count(distinct s.assessment_id) "
        "from assessment as a "
        "left join answer as w using (assessment_id) "
        "left join score as s on s.assessment_id = a.assessment_id and s.score = 13 "
        "group by a.wave"
    )
    for _, forms, answers, scored in found:
        assert answers == 9 * forms
        assert scored == forms
    return {wave: forms for wave, forms, _, _ in found}


# Crashes


def test_kills_at_any_moment_lose_nothing_and_leave_nothing_half_done(centre: Centre) -> None:
    files = {f"w{number:02}": wave_file(centre, f"w{number:02}") for number in range(KILLS)}
    started = time.monotonic()
    centre.take(centre.read(*files["w00"].read_text("utf-8").splitlines()), new_patients=True)
    one_import = time.monotonic() - started
    moments = random.Random(8)
    acknowledged = {"w00"}
    cut_short = 0
    for _ in range(KILLS):
        # A kill falls into any part of the import of the first file, or of the second.
        waiting = [file for wave, file in files.items() if wave not in acknowledged][:2]
        process = start_importing(centre.store, *waiting)
        lines = lines_of(process)
        assert next(lines) == "ready"
        time.sleep(moments.uniform(0, 1.5 * one_import))
        process.kill()
        said = [line for line in lines if line.startswith("stored ")]
        process.wait()
        cut_short += any(centre.store.glob("*.next*"))
        acknowledged |= {line.split()[1].removesuffix(".csv") for line in said}
        kept = forms_by_wave(centre)
        assert acknowledged <= kept.keys()
        assert set(kept.values()) == {FORMS_IN_A_FILE}
        verify(centre.store)
    assert cut_short > 0, "no kill fell into the making of a snapshot"

    for wave, file in files.items():
        again = centre.take(centre.read(*file.read_text("utf-8").splitlines()), new_patients=True)
        assert again.stored == (wave not in kept)
    assert forms_by_wave(centre) == dict.fromkeys(files, FORMS_IN_A_FILE)
    assert all(EVERY_NAME.fullmatch(path.name) for path in centre.store.iterdir())


def test_what_a_crash_left_behind_is_cleared_away(centre: Centre) -> None:
    centre.hand_in(SMALL, "P1,2026-01-05,3", new_patients=True)
    (centre.store / "clinical-000002.duckdb.next").write_bytes(b"half a snapshot")
    (centre.store / "clinical-000002.duckdb.next.wal").write_bytes(b"half a log")
    (centre.store / "clinical-000002.duckdb.next.spill").mkdir()
    (centre.store / "clinical-000002.duckdb.next.spill" / "block").write_bytes(b"a table")
    (centre.store / "scratch-restoring").mkdir()
    (centre.store / "scratch-restoring" / "clinical.duckdb").write_bytes(b"a backup")
    assert centre.newest() == 1
    centre.hand_in(SMALL, "P1,2026-01-06,3")
    assert all(EVERY_NAME.fullmatch(path.name) for path in centre.store.iterdir())


def test_a_copy_made_by_hand_is_no_snapshot(centre: Centre) -> None:
    centre.hand_in(SMALL, "P1,2026-01-05,3", new_patients=True)
    published = Store(centre.store).newest().path
    shutil.copy(published, published.with_name("clinical-000009 (copy).duckdb"))
    shutil.copy(published, published.with_name("clinical-old.duckdb"))
    assert centre.newest() == 1
    assert centre.hand_in(SMALL, "P1,2026-01-06,3").snapshot == 2


# Several at once


def test_importers_at_the_same_time_all_get_their_turn(centre: Centre) -> None:
    importers = 8
    files = [
        [wave_file(centre, f"i{importer}-{number}") for number in range(2)]
        for importer in range(importers)
    ]
    processes = [start_importing(centre.store, *mine) for mine in files]
    said = [line for process in processes for line in lines_of(process) if line != "ready"]
    assert [process.wait() for process in processes] == [0] * importers
    stored = {line.split()[1].removesuffix(".csv") for line in said if line.startswith("stored ")}
    busy = [line for line in said if " StoreBusy: " in line]
    assert len(stored) + len(busy) == len(said) == 2 * importers
    assert len(stored) > len(busy)
    assert forms_by_wave(centre) == dict.fromkeys(stored, FORMS_IN_A_FILE)
    assert centre.newest() == len(stored)
    verify(centre.store)


def test_who_holds_the_store_is_told_to_whoever_waits_in_vain(centre: Centre) -> None:
    folder = SnapshotFolder(centre.store)
    with folder.writing("nurse-7"):
        with pytest.raises(StoreBusy) as problem, folder.writing("nurse-8", wait=0.1):
            pass
        assert "nurse-7" in str(problem.value)
        assert problem.value.what_to_do
    with folder.writing("nurse-8", wait=0.1):
        assert (centre.store / "writing.txt").exists()
    assert not (centre.store / "writing.txt").exists()


def test_a_reader_sees_whole_versions_while_others_are_published(centre: Centre) -> None:
    """Every publication adds one form for each patient, so any mix would show."""
    people = [f"P{number}" for number in range(40)]
    days = [f"2026-01-{day:02}" for day in range(1, 7)]
    centre.hand_in(SMALL, *(f"{who},2026-01-01,3" for who in people), new_patients=True)
    store, seen, problems = Store(centre.store), [], []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                scores = store.query("scores", OPERATOR)
                snapshot = store.newest()
                summary = store.query("store_summary", OPERATOR, snapshot=snapshot)
                same = store.query("scores", OPERATOR, snapshot=snapshot)
                contents = contents_of(snapshot.path)
            except Exception as problem:
                problems.append(problem)
                raise
            seen.append((len(scores), len(same), int(summary["scores"].iloc[0]), contents.scores))
            time.sleep(0.05)  # leaves the importer some of the processor

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for day in days[1:]:
        assert centre.hand_in(SMALL, *(f"{who},{day},4" for who in people)).stored
    done.set()
    for reader in readers:
        reader.join()
    assert not problems
    assert len({first for first, *_ in seen}) > 2, "the reader must have met several versions"
    for first, *of_one_snapshot in seen:
        assert first % len(people) == 0
        assert len(set(of_one_snapshot)) == 1


# A full disk


def test_a_full_disk_changes_nothing_and_says_so(clinic: Centre) -> None:
    pytest.importorskip("resource", reason="a limit on file sizes needs a Unix system")
    big = wave_file(clinic, "big")
    before = clinic.contents()
    size = Store(clinic.store).newest().path.stat().st_size
    # The copy does not fit; then the copy fits and the import, its commit or its
    # checkpoint does not.
    limits = [1, 1_000, size // 2, size - 1, size, size + 100_000]
    process = start_importing(clinic.store, *(f"{big}={limit}" for limit in limits))
    lines = lines_of(process)
    assert next(lines) == "ready"
    for limit, line in zip(limits, lines, strict=True):
        assert line.startswith("problem big.csv StoreProblem: "), (limit, line)
        assert "nothing was changed" in line
    assert process.wait() == 0
    assert clinic.contents() == before
    assert clinic.take(clinic.read(*big.read_text("utf-8").splitlines()), new_patients=True).stored


def test_a_first_import_on_a_full_disk_leaves_nothing(centre: Centre) -> None:
    pytest.importorskip("resource", reason="a limit on file sizes needs a Unix system")
    process = start_importing(centre.store, f"{wave_file(centre, 'big')}=500000")
    said = list(lines_of(process))
    process.wait()
    assert said[1].startswith("problem big.csv StoreProblem: ")
    assert centre.contents() == {}


def test_a_folder_that_cannot_be_made_is_a_store_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    centre = Centre(tmp_path / "file" / "store", tmp_path / "desk")
    with pytest.raises(StoreProblem):
        centre.hand_in(SMALL, "P1,2026-01-05,3", new_patients=True)


# Damage


@pytest.fixture(scope="module")
def sound_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    centre = Centre(folder / "store", folder / "desk")
    for wave in ("one", "two"):
        file = wave_file(centre, wave)
        centre.take(centre.read(*file.read_text("utf-8").splitlines()), new_patients=True)
    return centre.store


@pytest.fixture
def sound(sound_store: Path, tmp_path: Path) -> Centre:
    """Two snapshots of a few hundred forms, free to be damaged."""
    return Centre(Path(shutil.copytree(sound_store, tmp_path / "store")), tmp_path / "desk")


def test_a_sound_store_is_found_sound(sound: Centre) -> None:
    found = verify(sound.store)
    assert [snapshot.number for snapshot, _ in found] == [1, 2]
    assert [contents.assessments for _, contents in found] == [
        FORMS_IN_A_FILE,
        2 * FORMS_IN_A_FILE,
    ]


@pytest.mark.parametrize("number", [1, 2])
def test_one_changed_byte_anywhere_is_detected(sound: Centre, number: int) -> None:
    snapshot = SnapshotFolder(sound.store).numbered(number)
    assert snapshot is not None
    whole = snapshot.path.read_bytes()
    places = random.Random(number)
    for place in [0, len(whole) - 1, *(places.randrange(len(whole)) for _ in range(15))]:
        content = bytearray(whole)
        content[place] ^= 1 << places.randrange(8)
        snapshot.path.write_bytes(content)
        with pytest.raises(StoreDamaged, match=snapshot.path.name):
            verify(sound.store)
    snapshot.path.write_bytes(whole)
    verify(sound.store)


def test_a_truncated_file_is_detected(sound: Centre) -> None:
    path = Store(sound.store).newest().path
    path.write_bytes(path.read_bytes()[:-4096])
    with pytest.raises(StoreDamaged):
        verify(sound.store)


@pytest.mark.parametrize("recorded", [None, b"", b"0" * 64, b"\xff" * 64])
def test_a_checksum_that_is_gone_or_wrong_is_detected(
    sound: Centre, recorded: bytes | None
) -> None:
    checksum = Store(sound.store).newest().checksum_path
    if recorded is None:
        checksum.unlink()
    else:
        checksum.write_bytes(recorded)
    with pytest.raises(StoreDamaged):
        verify(sound.store)


def test_damage_is_not_carried_into_a_new_version(sound: Centre) -> None:
    path = Store(sound.store).newest().path
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    before = sound.contents()
    with pytest.raises(StoreDamaged):
        sound.hand_in(SMALL, "P1,2026-02-05,3")
    with pytest.raises(StoreDamaged):
        backup(sound.store, sound.store.parent / "backup.zip")
    assert sound.contents() == before
    assert not (sound.store.parent / "backup.zip").exists()


def test_a_reader_of_damaged_data_hears_so(sound: Centre) -> None:
    """Whatever block is hit, the answer is right or a StoreDamaged; never another error."""
    whole = Store(sound.store).newest().path.read_bytes()
    right = sound.ask("scores")
    path = Store(sound.store).newest().path
    heard = 0
    for start in range(0, len(whole), len(whole) // 24):
        content = bytearray(whole)
        content[start : start + 4096] = b"\xa5" * len(content[start : start + 4096])
        path.write_bytes(content)
        try:
            assert sound.ask("scores").equals(right)
        except StoreDamaged:
            heard += 1
    assert heard > 0


def test_a_file_that_is_no_database_is_damage(sound: Centre) -> None:
    Store(sound.store).newest().path.write_text("patient_id,answer\n")
    with pytest.raises(StoreDamaged):
        sound.ask("scores")
    with pytest.raises(StoreDamaged):
        undo(sound.store, "nurse-1")


# Going back


def test_the_last_ten_versions_are_kept(centre: Centre) -> None:
    for day in (1, 2):
        centre.hand_in(SMALL, f"P1,2026-01-{day:02},3", new_patients=True)
    folder = SnapshotFolder(centre.store)
    assert KEPT == 10
    for _ in range(KEPT):
        folder.publish(folder.newest(), lambda path, number: None)
    assert [snapshot.number for snapshot in folder.all()] == list(range(3, 13))
    assert {path.stem for path in centre.store.glob("*.sha256")} == {
        f"clinical-{number:06}" for number in range(3, 13)
    }
    verify(centre.store)
    # All of them are the second import; the first, to which undo would go back, is gone.
    with pytest.raises(Refused, match="no longer kept"):
        undo(centre.store, "nurse-1")


def test_undo_goes_back_step_by_step_to_an_empty_store(centre: Centre) -> None:
    held = []
    for day in (1, 2, 3):
        centre.hand_in(SMALL, f"P{day},2026-01-{day:02},3", new_patients=True)
        held.append(centre.look("select patient_id from assessment order by all"))
    for expected in (held[1], held[0], []):
        undo(centre.store, "nurse-1")
        assert centre.look("select patient_id from assessment order by all") == expected
        assert len(centre.look("select patient_id from patient")) == len(expected)
        assert len(centre.look("select batch_id from import_batch")) == len(expected)
    before = centre.contents()
    with pytest.raises(Refused, match="nothing to undo"):
        undo(centre.store, "nurse-1")
    assert centre.contents() == before
    assert centre.newest() == 6
    verify(centre.store)


def test_after_undo_the_same_file_can_be_imported_again(centre: Centre) -> None:
    rows = (SMALL, "P1,2026-01-05,3")
    centre.hand_in(*rows, new_patients=True)
    undo(centre.store, "nurse-1")
    assert centre.hand_in(*rows, new_patients=True).stored
    undo(centre.store, "nurse-1")
    with pytest.raises(Refused, match="nothing to undo"):
        undo(centre.store, "nurse-1")


def test_there_is_nothing_to_undo_or_save_before_the_first_import(centre: Centre) -> None:
    with pytest.raises(StoreAbsent):
        undo(centre.store, "nurse-1")
    with pytest.raises(StoreAbsent):
        verify(centre.store)
    with pytest.raises(StoreAbsent):
        backup(centre.store, centre.store.parent / "backup.zip")


# Keeping safe


OWN_MEASURE = """key = "sleep_own"
title = "Sleep"
name = "Sleep, the centre's own item"
version = "1"
domain = "distress"
asks = "How well the person slept."
response_min = 0
response_max = 3
items = [{ key = "sleep_own_1", label = "Item 1" }]
licence = { text = "ours", scoring = "ours", source = "ours" }
[[scales]]
key = "total"
title = "Sleep"
items = ["sleep_own_1"]
method = "single"
higher_is = "worse"
"""


def without_checksum(contents: Contents) -> Contents:
    return contents.model_copy(update={"sha256": ""})


def test_a_backup_brings_everything_back_on_another_machine(sound: Centre, tmp_path: Path) -> None:
    sound.define(OWN_MEASURE)
    (sound.store / "pathway.toml").write_text("follow_up = 100\n", "utf-8")
    (sound.store / "disclosure.toml").write_text("minimum = 15\n", "utf-8")
    file = tmp_path / "backup.zip"
    saved = backup(sound.store, file)
    assert saved == contents_of(Store(sound.store).newest().path)
    assert not list(tmp_path.glob("*.next"))

    elsewhere = Centre(tmp_path / "elsewhere", tmp_path / "desk")
    restored = restore(elsewhere.store, file, "nurse-1")
    assert restored.number == 1
    assert without_checksum(contents_of(restored.path)) == without_checksum(saved)
    verify(elsewhere.store)
    for table in ("patient", "assessment", "answer", "score", "import_batch"):
        everything = f"select * from {table} order by all"
        assert elsewhere.look(everything) == sound.look(everything)
    assert elsewhere.store.joinpath("measures", "sleep_own.toml").read_text("utf-8") == OWN_MEASURE
    assert elsewhere.store.joinpath("pathway.toml").exists()
    assert Store(elsewhere.store).minimum_cell == 15
    allowed = {"measures", "pathway.toml", "disclosure.toml"}
    assert all(
        EVERY_NAME.fullmatch(path.name) or path.name in allowed
        for path in elsewhere.store.iterdir()
    )


def test_a_backup_taken_during_imports_is_one_whole_version(sound: Centre, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    saved: list[Contents] = []
    done = threading.Event()

    def keep_saving() -> None:
        while not done.is_set():
            saved.append(backup(sound.store, file))

    saving = threading.Thread(target=keep_saving)
    saving.start()
    for day in range(1, 5):
        sound.hand_in(SMALL, *(f"P{n},2026-02-{day:02},3" for n in range(100)))
    done.set()
    saving.join()
    assert len(saved) > 1
    assert {contents.assessments % 100 for contents in saved} == {0}
    snapshot = restore(tmp_path / "elsewhere", file, "nurse-1")
    assert without_checksum(contents_of(snapshot.path)) == without_checksum(saved[-1])


def test_a_restore_can_be_undone(sound: Centre, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    backup(sound.store, file)
    sound.hand_in(SMALL, "P1,2026-02-05,3")
    before = sound.look("select * from assessment order by all")
    restore(sound.store, file, "nurse-1")
    assert len(sound.look("select * from assessment")) == len(before) - 1
    undo(sound.store, "nurse-1")
    assert sound.look("select * from assessment order by all") == before


@pytest.fixture
def backup_file(sound: Centre, tmp_path: Path) -> Path:
    file = tmp_path / "backup.zip"
    backup(sound.store, file)
    return file


def test_what_is_no_backup_is_refused(sound: Centre, backup_file: Path, tmp_path: Path) -> None:
    before = sound.contents()
    with zipfile.ZipFile(backup_file) as archive:
        contents, data = archive.read("contents.json"), archive.read("clinical.duckdb")
    other = contents.replace(b'"answers": ', b'"answers": 1')
    garbage: dict[str, Sequence[tuple[str, bytes]] | bytes] = {
        "empty": b"",
        "noise": random.Random(1).randbytes(5_000),
        "a table": b"patient_id,answer\nP1,3\n",
        "half a backup": backup_file.read_bytes()[:20_000],
        "an empty archive": [],
        "only the data": [("clinical.duckdb", data)],
        "only the counts": [("contents.json", contents)],
        "counts that are none": [("contents.json", b"[]"), ("clinical.duckdb", data)],
        "other counts": [("contents.json", other), ("clinical.duckdb", data)],
        "no database": [("contents.json", contents), ("clinical.duckdb", b"nothing")],
        "half a database": [("contents.json", contents), ("clinical.duckdb", data[:-4096])],
    }
    for kind, content in garbage.items():
        file = tmp_path / "garbage.zip"
        if isinstance(content, bytes):
            file.write_bytes(content)
        else:
            with zipfile.ZipFile(file, "w") as archive:
                for name, part in content:
                    archive.writestr(name, part)
        with pytest.raises((Refused, StoreDamaged)):
            restore(sound.store, file, "nurse-1")
        assert sound.contents() == before, kind
    with pytest.raises(Refused):
        restore(sound.store, tmp_path / "absent.zip", "nurse-1")
    assert sound.contents() == before


def test_a_database_of_somebody_else_is_refused(sound: Centre, tmp_path: Path) -> None:
    import duckdb

    with duckdb.connect(str(tmp_path / "other.duckdb")) as connection:
        connection.execute("create table patient as select 1 as patient_id")
    file = tmp_path / "other.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.write(tmp_path / "other.duckdb", "clinical.duckdb")
        archive.writestr(
            "contents.json",
            '{"sha256": "0", "patients": 1, "assessments": 0, "answers": 0, "scores": 0}',
        )
    with pytest.raises(StoreProblem, match="other.zip: it does not hold data of this version"):
        restore(sound.store, file, "nurse-1")


def test_a_damaged_backup_is_refused_or_still_whole(
    sound: Centre, backup_file: Path, tmp_path: Path
) -> None:
    """A flipped bit may hit what nobody reads (a date in the archive); it never does harm."""
    whole = backup_file.read_bytes()
    expected = without_checksum(contents_of(Store(sound.store).newest().path))
    places, refused = random.Random(3), 0
    tail = range(len(whole) - 300, len(whole))
    for place in [*(places.randrange(len(whole)) for _ in range(20)), *places.sample(tail, 20)]:
        content = bytearray(whole)
        content[place] ^= 1 << places.randrange(8)
        file = tmp_path / "flipped.zip"
        file.write_bytes(content)
        elsewhere = tmp_path / f"elsewhere-{place}"
        try:
            restored = restore(elsewhere, file, "nurse-1")
        except (Refused, StoreDamaged):
            refused += 1
            assert not SnapshotFolder(elsewhere).all()
        else:
            assert without_checksum(contents_of(restored.path)) == expected
        shutil.rmtree(elsewhere)
    assert refused > 20


def test_a_backup_puts_files_only_where_they_belong(
    sound: Centre, backup_file: Path, tmp_path: Path
) -> None:
    names = [
        "../outside/measures/evil.toml",
        "../../pathway.toml",
        "deep/measures/evil.toml",
        "measures/../evil.toml",
        "measures/evil.txt",
        "/pathway.toml",
        "..\\measures\\evil.toml",
        "clinical-000099.duckdb",
        "measures/good.toml",
    ]
    with zipfile.ZipFile(backup_file, "a") as archive:
        for name in names:
            archive.writestr(name, "placed = true")
    elsewhere = tmp_path / "outer" / "elsewhere"
    restore(elsewhere, backup_file, "nurse-1")
    placed = [path for path in (tmp_path / "outer").rglob("*") if path.is_file()]
    assert sorted(path.relative_to(elsewhere).as_posix() for path in placed) == [
        "clinical-000001.duckdb",
        "clinical-000001.sha256",
        "measures/good.toml",
        "writing.lock",
    ]
    assert not list(tmp_path.rglob("evil*"))


def test_a_backup_that_cannot_be_written_says_so(sound: Centre, tmp_path: Path) -> None:
    with pytest.raises(AttunedError) as problem:
        backup(sound.store, tmp_path / "absent" / "backup.zip")
    assert "cannot be written" in problem.value.what


def test_a_backup_that_stops_half_way_leaves_no_data_behind(
    sound: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(Refused, match="No space left"):
        backup(sound.store, tmp_path / "backup.zip")
    assert not list(tmp_path.glob("backup*"))


# Asking for one version


def test_older_versions_can_be_asked_beside_the_newest(centre: Centre) -> None:
    for day in range(1, 5):
        centre.hand_in(SMALL, f"P1,2026-01-{day:02},3", new_patients=True)
    store = Store(centre.store)
    order = [1, 2, 3, 4, 1, 3, 2, 2, 4, 1]
    for number in order:
        snapshot = store.snapshots.numbered(number)
        assert len(store.query("scores", OPERATOR, snapshot=snapshot)) == number


def test_a_bad_long_file_leaves_the_numbering_alone(centre: Centre) -> None:
    centre.hand_in(SMALL, "P1,2026-01-05,3", new_patients=True)
    assert not centre.hand_in(LONG, "P1,phq9,2026-01-05,,phq9_1,9").stored
    assert centre.hand_in(SMALL, "P1,2026-01-06,3").snapshot == 2
