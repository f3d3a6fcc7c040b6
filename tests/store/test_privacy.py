"""No failure says who a patient is: not in its message, its traceback, a log or a leftover.

Only the report of an import may quote what stood in a refused row: its reader has to mend it.
"""

import logging
import shutil
import tempfile
import traceback
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.errors import AttunedError, Refused, StoreBusy, StoreDamaged, StoreProblem
from dashboard.intake.mapping import load_map
from dashboard.store import OPERATOR, Scope, Store
from dashboard.store.history import backup, restore, undo, verify
from dashboard.store.importing import catalogue_of
from dashboard.store.people import scope_of
from dashboard.store.queries import query_named
from dashboard.store.snapshots import SnapshotFolder
from tests.store.centre import LONG, Centre

NAME = "Canaria"
CANARIES = (f"{NAME}-4711", f"{NAME} Weber", "QZX", f"told by {NAME}", "31415926")


def hits(text: str) -> list[str]:
    return [canary for canary in (*CANARIES, NAME) if canary in text]


@pytest.fixture(scope="module")
def bird_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which every free text and every id is a canary."""
    folder = tmp_path_factory.mktemp("birds")
    centre = Centre(folder / "store", folder / "desk")
    report = centre.take(
        centre.read(
            "patient_id,initials,diagnosis,site",
            f"{CANARIES[0]},QZX,told by {NAME},{NAME} Weber",
            name="patients.csv",
        ),
        centre.read("person_id,name,role", "nurse-1,Anna,nurse", name="staff.csv"),
        centre.read(
            "patient_id,occurred_on,kind,detail",
            f"{CANARIES[0]},2026-01-05,note,told by {NAME}",
            name="events.csv",
        ),
        centre.read(LONG, f"{CANARIES[0]},phq9,2026-01-05,{NAME} Weber,phq9_1,1"),
    )
    assert report.stored, report.refused
    return centre.store


@pytest.fixture
def birds(bird_store: Path, tmp_path: Path) -> Centre:
    return Centre(Path(shutil.copytree(bird_store, tmp_path / "store")), tmp_path / "desk")


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Whatever this process puts aside for a moment lands here."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


BAD_ROWS = [
    f"{CANARIES[0]},phq9,2026-01-05,{NAME} Weber,phq9_1,2",  # against what is stored
    f"{CANARIES[0]},phq9,{CANARIES[1]},,phq9_2,1",
    f"{CANARIES[0]},phq9,2026-01-06,,phq9_2,{CANARIES[3]}",
    f"{CANARIES[0]},phq9,2026-01-06,,phq9_3,31415926",
    f"{CANARIES[0]},phq9,2026-01-06,,{CANARIES[1]},1",
    f"{CANARIES[0]},{CANARIES[1]},2026-01-06,,phq9_2,1",
    f"{CANARIES[1]},phq9,2026-01-06,,phq9_2,1",
    f"{CANARIES[1]}\u200b,phq9,2026-01-06,,phq9_2,1",
]


# Each makes something go wrong with a file or a store full of canaries.


def a_full_disk(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    birds.hand_in(LONG, f"{CANARIES[0]},phq9,2026-01-06,,phq9_1,1")


def a_publication_that_fails(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "rename", refuse)
    birds.hand_in(LONG, f"{CANARIES[0]},phq9,2026-01-06,,phq9_1,1")


def another_importer(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = SnapshotFolder(birds.store)
    with folder.writing("nurse-1"), folder.writing("nurse-2", wait=0.05):
        pass


def a_damaged_snapshot(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Store(birds.store).newest().path
    content = bytearray(path.read_bytes())
    content[4096:] = bytes(byte ^ 0xFF for byte in content[4096:])
    path.write_bytes(content)
    birds.ask("scores")


def verifying_damage(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(birds.store).newest().checksum_path.write_text(CANARIES[0], "utf-8")
    verify(birds.store)


def importing_into_damage(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(birds.store).newest().checksum_path.unlink()
    birds.hand_in(LONG, f"{CANARIES[0]},phq9,2026-01-06,,phq9_1,1")


def a_broken_rule(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last check before publication finds the same form twice."""
    from dashboard.store import importing

    folder = birds.desk.parent / "steps"
    shutil.copytree(Path(importing.__file__).parent / "steps", folder)
    with (folder / "70_enter.sql").open("a", encoding="utf-8") as step:
        step.write("insert into assessment select * from assessment;\n")
    monkeypatch.setattr(importing, "_STEPS", sorted(folder.glob("*.sql")))
    birds.hand_in(LONG, f"{CANARIES[0]},phq9,2026-01-06,,phq9_1,1")


def a_backup_that_is_none(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    birds.desk.mkdir()
    file = birds.desk / "backup.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("contents.json", f'{{"{CANARIES[0]}": 1}}')
    restore(birds.store, file, "nurse-1")


def a_backup_with_other_counts(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    birds.desk.mkdir()
    file = birds.desk / "backup.zip"
    backup(birds.store, file)
    with zipfile.ZipFile(file) as archive:
        data, contents = archive.read("clinical.duckdb"), archive.read("contents.json")
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("clinical.duckdb", data)
        archive.writestr("contents.json", contents.replace(b'"patients": 1', b'"patients": 2'))
    restore(birds.store, file, "nurse-1")


def a_backup_onto_a_full_disk(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    birds.desk.mkdir()
    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    backup(birds.store, birds.desk / "backup.zip")


def one_undo_too_many(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    undo(birds.store, "nurse-1")
    undo(birds.store, "nurse-1")


def a_query_that_is_not_there(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    birds.ask("everything")


def a_parameter_too_many(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    birds.ask("scores", patient_ref=CANARIES[0])


def a_parameter_that_is_no_date(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    birds.ask("panel", as_of=CANARIES[0])


def a_query_that_takes_too_long(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboard.store import reading

    endless = replace(
        query_named("people"),
        sql="select sum(hash(a.range + b.range)) from range(1000000) as a, range(1000000) as b",
    )
    monkeypatch.setattr(reading, "query_named", lambda name: endless)
    monkeypatch.setattr(reading, "_SECONDS", 0.2)
    birds.ask("people")


def a_stranger(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    scope_of(Store(birds.store), "nurse-9")


def a_measure_that_does_not_hold(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    birds.define('key = "own"\ntitle = 7\n')
    birds.hand_in(LONG, f"{CANARIES[0]},phq9,2026-01-06,,phq9_1,1")


def a_map_that_does_not_hold(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    birds.desk.mkdir()
    file = birds.desk / "map.toml"
    file.write_text('measure = "phq9"\npatient = "id"\n', "utf-8")
    load_map(file, catalogue_of(birds.store))


def an_unclosed_quote(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    birds.read(LONG, f'{CANARIES[0]},phq9,2026-01-06,,phq9_1,"1')


def a_field_too_many(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    birds.read(LONG, f"{CANARIES[0]},phq9,2026-01-06,{CANARIES[1]},phq9_1,1,{CANARIES[3]}")


def a_byte_of_another_encoding(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    birds.desk.mkdir()
    file = birds.desk / "forms.csv"
    file.write_bytes(f"{LONG}\n{CANARIES[1]}".encode() + b"\xe9,phq9,2026-01-06,,phq9_1,1\n")
    birds.read_path(file)


def numbers_of_two_kinds(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    birds.read(
        LONG.replace(",", ";"),
        f"{CANARIES[0]};phq9;2026-01-06;;phq9_1;1,0",
        f"{CANARIES[1]};phq9;2026-01-06;;phq9_1;1.0",
    )


def a_file_without_rows(birds: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    birds.read(LONG)


FAILURES: dict[Callable[[Centre, pytest.MonkeyPatch], None], type[AttunedError]] = {
    a_full_disk: StoreProblem,
    a_publication_that_fails: StoreProblem,
    another_importer: StoreBusy,
    a_damaged_snapshot: StoreDamaged,
    verifying_damage: StoreDamaged,
    importing_into_damage: StoreDamaged,
    a_broken_rule: StoreDamaged,
    a_backup_that_is_none: Refused,
    a_backup_with_other_counts: StoreDamaged,
    a_backup_onto_a_full_disk: Refused,
    one_undo_too_many: Refused,
    a_query_that_is_not_there: Refused,
    a_parameter_too_many: Refused,
    a_parameter_that_is_no_date: Refused,
    a_query_that_takes_too_long: StoreProblem,
    a_stranger: Refused,
    a_measure_that_does_not_hold: Refused,
    a_map_that_does_not_hold: Refused,
    an_unclosed_quote: Refused,
    a_field_too_many: Refused,
    a_byte_of_another_encoding: Refused,
    numbers_of_two_kinds: Refused,
    a_file_without_rows: Refused,
}


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.__name__)
def test_a_failure_names_no_patient(
    birds: Centre,
    own_temporary_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    failure: Callable[[Centre, pytest.MonkeyPatch], None],
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(AttunedError) as raised:
        failure(birds, monkeypatch)
    monkeypatch.undo()
    problem = raised.value
    assert isinstance(problem, FAILURES[failure])
    assert problem.what_to_do
    printed = "".join(traceback.format_exception(problem))
    # The lines of this file, quoted in a traceback, name the canaries themselves.
    printed = "\n".join(line for line in printed.splitlines() if "CANARIES" not in line)
    assert hits(str(problem)) == hits(printed) == []
    assert [record for record in caplog.records if hits(record.getMessage())] == []
    assert hits("".join(capfd.readouterr())) == []
    assert leftovers(birds, own_temporary_folder) == []


def leftovers(birds: Centre, temporary: Path) -> list[str]:
    """Files with something in them that are neither snapshots nor written by a person."""
    published = {
        path
        for snapshot in SnapshotFolder(birds.store).all()
        for path in (snapshot.path, snapshot.checksum_path)
    }
    places = [*birds.store.rglob("*"), *temporary.rglob("*"), *birds.desk.rglob("*.next")]
    return [
        path.name
        for path in places
        if path not in published and path.is_file() and path.suffix != ".toml" and path.read_bytes()
    ]


def test_only_the_report_quotes_what_was_refused(
    birds: Centre,
    own_temporary_folder: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    report = birds.take(birds.read(LONG, *BAD_ROWS))
    assert not report.stored
    assert report.rows_refused == len(BAD_ROWS)
    assert hits(report.model_dump_json())  # the one place where it belongs
    assert hits(report.verdict) == []
    assert hits(" ".join(refused.what_to_do for refused in report.refused)) == []
    assert [record for record in caplog.records if hits(record.getMessage())] == []
    assert hits("".join(capfd.readouterr())) == []
    assert leftovers(birds, own_temporary_folder) == []


def test_progress_names_steps_and_no_patient(birds: Centre) -> None:
    from dashboard.store.importing import ImportOptions, import_files

    steps: list[str] = []
    rows = birds.read(LONG, f"{CANARIES[0]},phq9,2026-01-06,,phq9_1,1")
    import_files(birds.store, [rows], ImportOptions(), "nurse-1", progress=steps.append)
    assert len(steps) > 5
    assert hits(" ".join(steps)) == []


def test_refused_rows_stay_in_the_store_and_go_with_it(birds: Centre) -> None:
    """Kept to be mended, they are inside the snapshot and nowhere beside it."""
    birds.hand_in(
        LONG, *BAD_ROWS, f"{CANARIES[0]},gad7,2026-01-06,,gad7_1,1", accept_good_rows=True
    )
    batch = birds.look("select max(batch_id) from import_batch")[0][0]
    assert hits(birds.ask("refused_lines", batch_id=batch)["lines"].iloc[0])
    assert birds.ask("refused_lines", Scope("nurse-1", "nurse"), batch_id=batch).empty
    beside = [path for path in birds.store.iterdir() if not path.name.endswith(".duckdb")]
    assert [path.name for path in beside if hits(path.read_text("utf-8"))] == []
    undo(birds.store, "nurse-1")
    assert birds.ask("refused_lines", OPERATOR, batch_id=batch).empty
