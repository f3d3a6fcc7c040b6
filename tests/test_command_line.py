"""The command line as others script it: words, exit statuses, and what goes where."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dashboard.__main__ import main
from dashboard.store import OPERATOR, Store
from dashboard.store.queries import query_named, query_names
from dashboard.store.report import ImportReport
from tests.desk import GOOD, REFUSED, STORE_PROBLEM, WRONG_USAGE, Desk

ROOT = Path(__file__).parents[1]
COMMANDS = [
    "alerts",
    "backup",
    "demo",
    "import",
    "queries",
    "query",
    "report",
    "restore",
    "run",
    "summary",
    "undo",
    "verify",
]
FORMS = "patient_id,completed_on,phq4_1,phq4_2,phq4_3,phq4_4"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def filled(desk: Desk) -> Desk:
    """A store with staff, a panel and a few forms."""
    files = [
        desk.file("people/staff.csv", "person_id,name,role", "nurse-1,Anna,nurse", "m,Mo,manager"),
        desk.file("people/patients.csv", "patient_id,initials", "P1,AB", "P2,CD"),
        desk.file("people/panel.csv", "person_id,patient_id,from_on", "nurse-1,P1,2025-01-01"),
        desk.file("forms.csv", FORMS, "P1,2026-01-05,1,1,2,3", "P2,2026-01-06,0,0,,"),
    ]
    result = desk.run("import", *files)
    assert result.exit_code == GOOD, result.output
    return desk


# Help


def test_every_command_is_listed_with_what_it_does() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == GOOD
    listed = [line.split()[0] for line in result.output.split("Commands:")[1].splitlines() if line]
    assert [word for word in listed if word in COMMANDS] == COMMANDS
    for status in ("0 good", "2 wrong usage", "3 refused", "4 a problem with the store"):
        assert status in " ".join(result.output.split())


@pytest.mark.parametrize(
    ("command", "words"),
    {
        "alerts": ["--as-of", "csv", "json", "--person", "why"],
        "demo": ["--store", "synthetic"],
        "import": [
            "PATHS",
            "--as",
            "csv",
            "excel",
            "redcap",
            "fhir",
            "--measure",
            "--map",
            "--new-patients",
            "--accept-good-rows",
            "--supersede",
            "--report",
            "JSON",
            "--person",
        ],
        "query": ["NAME", "-p KEY=VALUE", "--format", "csv", "json", "scores"],
        "queries": ["parameters"],
        "summary": ["PATIENT_ID", "--out", "--as-of", "pdf", "html", "--language", "--person"],
        "report": ["--quarter", "2026Q3", "--out", "pdf", "html", "--language", "--person"],
        "undo": ["last import"],
        "verify": ["snapshot"],
        "backup": ["FILE", "zip"],
        "restore": ["FILE", "undone"],
        "run": ["--person", "--port", "this machine only"],
    }.items(),
)
def test_the_help_of_a_command_is_enough_to_use_it(command: str, words: Sequence[str]) -> None:
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == GOOD
    told = " ".join(result.output.split())
    assert [word for word in words if word not in told] == []
    if command != "queries":
        assert "ATTUNED_STORE" in told


# Wrong usage


@pytest.mark.parametrize(
    "words",
    [
        ["imports"],
        ["import"],
        ["import", "absent.csv"],
        ["import", "--as", "word"],
        ["query"],
        ["query", "scores", "-p", "as_of"],
        ["query", "scores", "--format", "xml"],
        ["alerts", "--as-of", "01/02/2026"],
        ["backup"],
        ["restore", "absent.zip"],
        ["summary", "P1"],
        ["report", "--quarter", "2026Q1"],
        ["summary", "P1", "--out", "absent/summary.pdf"],
        ["run", "--port", "high"],
        ["undo", "everything"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_2(desk: Desk, words: list[str]) -> None:
    result = desk.run(*words)
    assert result.exit_code == WRONG_USAGE
    assert "Usage:" in result.stderr
    assert not desk.store.exists()


# Who asks


@pytest.mark.parametrize(
    "words",
    [
        ["alerts"],
        ["query", "alerts", "-p", "as_of=2026-01-31"],
        ["query", "panel", "-p", "as_of=2026-01-31"],
        ["query", "scores", "--format", "json"],
        ["query", "completeness", "-p", "as_of=2026-01-31"],
    ],
    ids=" ".join,
)
def test_a_manager_is_refused_rows_and_told_where_groups_are(
    filled: Desk, words: list[str]
) -> None:
    assert filled.run(*words).exit_code == GOOD
    result = filled.run(*words, "--person", "m")
    assert result.exit_code == REFUSED
    assert result.stdout == ""
    assert "Programs and Service" in result.stderr
    assert "python -m dashboard report" in result.stderr
    assert "P1" not in result.stderr


def test_a_minimum_that_protects_nobody_stops_every_answer(filled: Desk) -> None:
    (filled.store / "disclosure.toml").write_text("minimum = 3\n", "utf-8")
    result = filled.run("query", "scores")
    assert result.exit_code == REFUSED
    assert "disclosure.toml, minimum: it must be a whole number of at least 5" in result.stderr


# Import


def test_an_import_says_what_it_read_and_stored(desk: Desk) -> None:
    forms = desk.file("forms.csv", FORMS, "P1,2026-01-05,1,1,2,3", "P1,2026-01-05,1,1,2,3")
    result = desk.run("import", forms, "--new-patients")
    assert result.exit_code == GOOD
    assert "forms.csv (csv): 2 rows read, 1 accepted, 0 refused, 1 already there" in result.stdout
    assert "Patients on no list: 1" in result.stdout
    assert "Stored 1 of 2 rows (snapshot 1)." in result.stdout
    again = desk.run("import", forms, "--new-patients")
    assert again.exit_code == GOOD
    assert "Nothing to store: all 2 rows are in the store already." in again.stdout
    assert Store(desk.store).newest().number == 1


def test_refused_rows_refuse_the_import_and_are_listed(desk: Desk) -> None:
    forms = desk.file("forms.csv", FORMS, "P1,2026-01-05,1,1,2,9", "P1,2026-01-06,1,1,2,3")
    result = desk.run("import", forms, "--new-patients")
    assert result.exit_code == REFUSED
    assert (
        "forms.csv, row 2, phq4_4: 9 is outside 0–3. Correct the value and import again."
        in result.stdout
    )
    assert "Nothing was stored" in result.stdout
    assert not Store(desk.store).has_data()


def test_the_good_rows_enter_when_asked_for(desk: Desk) -> None:
    forms = desk.file("forms.csv", FORMS, "P1,2026-01-05,1,1,2,9", "P1,2026-01-06,1,1,2,3")
    result = desk.run("import", forms, "--new-patients", "--accept-good-rows")
    assert result.exit_code == GOOD
    assert "1 refused rows are kept to be mended" in result.stdout
    kept = desk.rows("refused_lines", "-p", "batch_id=1")
    assert kept == [{"file_name": "forms.csv", "lines": f"{FORMS}\nP1,2026-01-05,1,1,2,9\n"}]
    mended = desk.file("mended.csv", *kept[0]["lines"].replace(",9", ",0").splitlines())
    assert desk.run("import", mended).exit_code == GOOD
    assert len(desk.rows("scores")) == 6


def test_only_bad_rows_are_refused_even_when_good_ones_were_asked_for(desk: Desk) -> None:
    forms = desk.file("forms.csv", FORMS, "P1,2026-01-05,1,1,2,9")
    result = desk.run("import", forms, "--new-patients", "--accept-good-rows")
    assert result.exit_code == REFUSED
    assert not Store(desk.store).has_data()


def test_many_reasons_are_shortened_on_screen_and_whole_in_the_report(desk: Desk) -> None:
    rows = [f"P{number},2026-01-05,9,9,9,9" for number in range(10)]
    report_file = desk.folder / "report.json"
    result = desk.run("import", desk.file("forms.csv", FORMS, *rows), "--report", str(report_file))
    assert result.exit_code == REFUSED
    assert result.stdout.count("is outside 0–3") <= 20
    assert "and 30 more reasons (see --report FILE)" in result.stdout
    assert len(json.loads(report_file.read_text("utf-8"))["refused"]) == 50


def test_the_report_holds_everything_that_was_found(filled: Desk) -> None:
    forms = filled.file(
        "more.csv",
        f"{FORMS},phq4_total",
        "P1,2026-02-05,1,1,1,1,9",
        "P1,2026-02-06,1,1,1,x,4",
        "P9,2026-02-05,1,1,1,1,4",
    )
    report_file = filled.folder / "report.json"
    words = ["import", forms, "--accept-good-rows", "--person", "nurse-1"]
    assert filled.run(*words, "--report", str(report_file)).exit_code == GOOD
    written = json.loads(report_file.read_text("utf-8"))
    report = ImportReport.model_validate(written)
    assert (report.stored, report.snapshot, report.person) == (True, 2, "nurse-1")
    assert written["imported_at"].endswith("Z")
    assert (report.rows_read, report.rows_accepted, report.rows_refused, report.duplicates) == (
        3,
        1,
        2,
        0,
    )
    assert (report.unknown_patients, report.totals_that_disagree) == (1, 1)
    assert written["files"] == [
        {
            "file": "more.csv",
            "form": "csv",
            "rows_read": 3,
            "rows_accepted": 1,
            "rows_refused": 2,
            "duplicates": 0,
            "notes": [],
        }
    ]
    assert [(one["row"], one["column"], one["value"]) for one in written["refused"]] == [
        (3, "phq4_4", "x"),
        (4, "patient_id", "P9"),
    ]
    assert all(one["reason"] and one["what_to_do"] for one in written["refused"])


def test_a_report_that_cannot_be_written_is_said_before_anything_is_stored(desk: Desk) -> None:
    forms = desk.file("forms.csv", FORMS, "P1,2026-01-05,1,1,2,3")
    missing = str(desk.folder / "absent" / "report.json")
    result = desk.run("import", forms, "--new-patients", "--report", missing)
    assert result.exit_code == WRONG_USAGE
    assert not Store(desk.store).has_data()


def test_a_folder_is_read_whole_and_hidden_files_are_left_out(desk: Desk) -> None:
    desk.file("inbox/b/forms.csv", FORMS, "P1,2026-01-05,1,1,2,3")
    desk.file("inbox/a/patients.csv", "patient_id,initials", "P1,AB")
    desk.file("inbox/.forms.csv.swp", "not for reading")
    desk.file("inbox/.git/config", "not for reading")
    result = desk.run("import", str(desk.folder / "inbox"))
    assert result.exit_code == GOOD, result.output
    history = desk.rows("import_history")
    assert sorted(row["file_name"] for row in history) == ["forms.csv", "patients.csv"]


def test_what_is_no_table_is_left_out_of_a_folder_and_named(desk: Desk) -> None:
    desk.file("inbox/README.md", "How this folder is filled.")
    desk.file("inbox/old.xls", "An old workbook.")
    inbox = str(desk.folder / "inbox")
    assert desk.run("import", inbox).exit_code == REFUSED
    desk.file("inbox/patients.csv", "patient_id,initials", "P1,AB")
    result = desk.run("import", inbox)
    assert result.exit_code == GOOD, result.output
    assert "being no table or JSON: README.md, old.xls" in result.output
    assert [row["file_name"] for row in desk.rows("import_history")] == ["patients.csv"]


def test_an_empty_folder_is_refused(desk: Desk) -> None:
    (desk.folder / "inbox").mkdir()
    assert desk.run("import", str(desk.folder / "inbox")).exit_code == REFUSED


def test_one_file_that_cannot_be_trusted_keeps_all_out(desk: Desk) -> None:
    good = desk.file("good.csv", FORMS, "P1,2026-01-05,1,1,2,3")
    bad = desk.file("bad.csv", FORMS, "P1,2026-01-05,1,1,2,3,4")
    result = desk.run("import", good, bad, "--new-patients")
    assert result.exit_code == REFUSED
    assert result.stderr.startswith("bad.csv, line 2")
    assert not Store(desk.store).has_data()


def test_a_map_names_the_columns_of_a_foreign_file(desk: Desk) -> None:
    forms = desk.file("export.csv", "ID;Q1", "0071;4")
    columns = desk.file(
        "map.toml",
        'measure = "distress_0_10"',
        'patient_id = "ID"',
        'completed_on = "2026-01-05"',
        'delimiter = ";"',
        "[items]",
        'distress_0_10_1 = "Q1"',
    )
    assert desk.run("import", forms, "--map", columns, "--new-patients").exit_code == GOOD
    (row,) = desk.rows("scores")
    assert (row["patient_id"], row["score"], row["completed_on"]) == ("0071", 4, "2026-01-05")


def test_a_map_that_does_not_hold_is_refused_with_its_fault(desk: Desk) -> None:
    forms = desk.file("export.csv", "ID,Q1", "0071,4")
    columns = desk.file("map.toml", 'measure = "distress"', "[items]", 'distress_1 = "Q1"')
    result = desk.run("import", forms, "--map", columns)
    assert result.exit_code == REFUSED
    assert "map.toml, measure" in result.stderr


def test_the_measure_and_the_kind_of_file_can_be_named(desk: Desk) -> None:
    forms = desk.file("long.csv", "patient_id,completed_on,item_key,answer", "P1,2026-01-05,who,1")
    named = ["import", forms, "--measure", "distress_0_10", "--as", "csv", "--new-patients"]
    result = desk.run(*named)
    assert result.exit_code == REFUSED
    assert "no such item" in result.stdout
    assert desk.run("import", forms, "--measure", "mood").exit_code == REFUSED
    assert desk.run("import", forms, "--as", "excel").exit_code == REFUSED


def test_supersede_replaces_a_stored_value(filled: Desk) -> None:
    forms = filled.file("forms.csv", FORMS, "P1,2026-01-05,0,1,2,3")
    refused = filled.run("import", forms)
    assert refused.exit_code == REFUSED
    assert "another value is stored for this form already (0)" in refused.stdout
    assert filled.run("import", forms, "--supersede").exit_code == GOOD
    total = next(row for row in filled.rows("scores") if row["scale_key"] == "total")
    assert total["score"] == 6


def test_a_centres_own_measure_is_used_and_a_faulty_one_refused(desk: Desk) -> None:
    definition = (ROOT / "dashboard" / "measures" / "distress_0_10.toml").read_text("utf-8")
    desk.file("store/measures/mood.toml", definition.replace("distress_0_10", "mood"))
    forms = desk.file("forms.csv", "patient_id,completed_on,mood_1", "P1,2026-01-05,5")
    assert desk.run("import", forms, "--new-patients").exit_code == GOOD
    desk.file("store/measures/mood.toml", 'key = "mood"')
    result = desk.run("import", forms)
    assert result.exit_code == REFUSED
    assert "mood.toml" in result.stderr


# Query


def test_a_query_gives_csv_with_the_columns_of_its_header(filled: Desk) -> None:
    result = filled.run("query", "scores")
    assert result.exit_code == GOOD
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert list(rows[0]) == list(query_named("scores").returns)
    totals = [row for row in rows if row["scale_key"] == "total"]
    assert [
        (row["patient_id"], row["completed_on"], row["score"], row["status"]) for row in totals
    ] == [
        ("P1", "2026-01-05", "7.0", "scored"),
        ("P2", "2026-01-06", "", "too_few_answers"),
    ]


def test_a_query_gives_the_same_as_json(filled: Desk) -> None:
    rows = filled.rows("scores")
    assert list(rows[0]) == list(query_named("scores").returns)
    totals = [row for row in rows if row["scale_key"] == "total"]
    assert [(row["patient_id"], row["completed_on"], row["score"]) for row in totals] == [
        ("P1", "2026-01-05", 7),
        ("P2", "2026-01-06", None),
    ]


def test_json_keeps_all_digits_of_a_score(desk: Desk) -> None:
    answers = ",".join("1" for _ in range(7))
    header = ",".join(["patient_id", "completed_on", *(f"mmos_ss_{n}" for n in range(1, 9))])
    forms = desk.file(
        "forms.csv", header, f"P1,2026-01-05,2,{answers}", f"P2,2026-01-05,,2{answers[1:]}"
    )
    assert desk.run("import", forms, "--new-patients").exit_code == GOOD
    stored = Store(desk.store).query("scores", OPERATOR)["score"]
    assert any(len(str(score)) > 12 for score in stored)
    assert [row["score"] for row in desk.rows("scores")] == pytest.approx(list(stored), abs=1e-14)
    told = list(csv.DictReader(io.StringIO(desk.run("query", "scores").stdout)))
    assert [float(row["score"]) for row in told] == list(stored)


def test_lists_and_dates_inside_lists_are_written_out(filled: Desk) -> None:
    (first, *_) = filled.rows("panel", "-p", "as_of=2026-02-01", "--person", "nurse-1")
    assert first["recent_on"] == ["2026-01-05"]
    assert first["recent_score"] == [5.0] or len(first["recent_score"]) == 1
    result = filled.run("query", "panel", "-p", "as_of=2026-02-01", "--person", "nurse-1")
    (row,) = csv.DictReader(io.StringIO(result.stdout))
    assert row["recent_on"] == "2026-01-05"
    assert row["last_form_on"] == "2026-01-05"


def test_a_parameter_keeps_what_follows_its_first_equals_sign(filled: Desk) -> None:
    assert filled.rows("patient_header", "-p", "as_of=2026-02-01", "-p", "patient_ref=a=b") == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["everything"], "there is no query named 'everything'"),
        (["panel"], "it needs as_of"),
        (["scores", "-p", "as_of=2026-01-01"], "it has no parameter as_of"),
        (["panel", "-p", "as_of=01/02/2026"], "as_of is not a date"),
        (["refused_rows", "-p", "batch_id=one"], "batch_id is not a integer"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(
    filled: Desk, words: list[str], told: str
) -> None:
    result = filled.run("query", *words)
    assert result.exit_code == REFUSED
    assert told in result.stderr
    assert result.stdout == ""


def test_a_person_sees_what_their_role_lets_them_see(filled: Desk) -> None:
    def patients(*words: str, **how: Any) -> set[str]:
        return {row["patient_id"] for row in filled.rows("scores", *words)}

    assert patients() == {"P1", "P2"}
    assert patients("--person", "nurse-1") == {"P1"}
    refused = filled.run("query", "scores", "--person", "m")
    assert refused.exit_code == REFUSED
    assert "P1" not in refused.stdout
    named = filled.run("query", "scores", env={"ATTUNED_PERSON": "nurse-1"})
    assert "P2" not in named.stdout
    assert "P1" in named.stdout


def test_alerts_say_who_needs_someone_and_why(filled: Desk) -> None:
    answer = filled.file(
        "safety.csv",
        "patient_id,measure_key,completed_on,item_key,answer",
        "P1,phq9,2026-02-05,phq9_9,1",
        "P2,phq9,2026-02-06,phq9_9,2",
    )
    assert filled.run("import", answer).exit_code == GOOD

    def alerts(*words: str) -> list[tuple[str, str]]:
        result = filled.run("alerts", "--format", "json", *words)
        assert result.exit_code == GOOD, result.output
        return [(row["patient_id"], row["rule"]) for row in json.loads(result.stdout)]

    assert {("P1", "safety"), ("P2", "safety")} <= set(alerts())
    assert ("P2", "safety") not in alerts("--as-of", "2026-02-05")
    assert {patient for patient, _ in alerts("--person", "nurse-1")} == {"P1"}
    told = list(csv.DictReader(io.StringIO(filled.run("alerts").stdout)))
    assert [(row["patient_id"], row["rule"]) for row in told] == alerts()
    raised = {row["patient_id"]: row["raised_on"] for row in told if row["rule"] == "safety"}
    assert raised == {"P1": "2026-02-05", "P2": "2026-02-06"}


def test_somebody_who_is_on_no_list_is_refused(filled: Desk) -> None:
    result = filled.run("query", "scores", "--person", "nurse-9")
    assert result.exit_code == REFUSED
    assert "no person 'nurse-9'" in result.stderr
    assert result.stdout == ""


def test_the_questions_are_listed_with_their_parameters() -> None:
    result = CliRunner().invoke(main, ["queries"])
    assert result.exit_code == GOOD
    for name in query_names():
        assert f"{name}(" in result.stdout
        assert query_named(name).purpose in result.stdout
    assert "panel(as_of date)" in result.stdout


# The store


@pytest.mark.parametrize(
    "words",
    [["query", "scores"], ["alerts"], ["undo"], ["verify"], ["backup", "x.zip"]],
    ids=" ".join,
)
def test_a_store_that_is_not_there_is_exit_4(
    desk: Desk, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.folder)
    result = desk.run(*words)
    assert result.exit_code == STORE_PROBLEM
    assert "there is no data here yet" in result.stderr
    assert "python -m dashboard import" in result.stderr


def test_the_environment_names_the_store(filled: Desk) -> None:
    named = {"ATTUNED_STORE": str(filled.store)}
    assert filled.run("query", "scores", env=named).stdout == filled.run("query", "scores").stdout
    other = {"ATTUNED_STORE": str(filled.folder / "other")}
    assert filled.run("query", "scores", env=other).exit_code == STORE_PROBLEM


def test_undo_takes_imports_back_until_nothing_is_left(filled: Desk) -> None:
    more = filled.file("more.csv", FORMS, "P1,2026-02-05,1,1,1,1")
    filled.run("import", more)
    assert len(filled.rows("scores")) == 9
    result = filled.run("undo")
    assert result.exit_code == GOOD
    assert "taken back (snapshot 3)" in result.stdout
    assert len(filled.rows("scores")) == 6
    assert filled.run("undo").exit_code == GOOD
    assert filled.rows("scores") == []
    nothing = filled.run("undo")
    assert nothing.exit_code == REFUSED
    assert "nothing to undo" in nothing.stderr


def test_verify_names_what_is_sound_and_finds_what_is_not(filled: Desk) -> None:
    result = filled.run("verify")
    assert result.exit_code == GOOD
    assert result.stdout.splitlines()[0] == (
        "clinical-000001.duckdb: sound; 2 patients, 2 forms, 6 answers, 6 scores"
    )
    path = Store(filled.store).newest().path
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    damaged = filled.run("verify")
    assert damaged.exit_code == STORE_PROBLEM
    assert "clinical-000001.duckdb: it is not the file that was published" in damaged.stderr


def test_a_backup_is_restored_elsewhere(filled: Desk) -> None:
    file = str(filled.folder / "backup.zip")
    result = filled.run("backup", file)
    assert result.exit_code == GOOD
    assert result.stdout == "backup.zip: 2 patients, 2 forms saved.\n"
    elsewhere = {"ATTUNED_STORE": str(filled.folder / "elsewhere")}
    restored = filled.run("restore", file, env=elsewhere)
    assert restored.exit_code == GOOD
    assert restored.stdout == "Restored (snapshot 1).\n"
    assert (
        filled.run("query", "scores", env=elsewhere).stdout == filled.run("query", "scores").stdout
    )


def test_what_is_no_backup_is_refused(filled: Desk) -> None:
    result = filled.run("restore", filled.file("notes.zip", "nothing"))
    assert result.exit_code == REFUSED
    assert "not a backup" in result.stderr


def test_a_backup_into_nowhere_is_refused(filled: Desk) -> None:
    result = filled.run("backup", str(filled.folder / "absent" / "backup.zip"))
    assert result.exit_code == REFUSED
    assert "cannot be written" in result.stderr


# Demonstration and serving


def test_a_demonstration_is_built_once(sample_store: Store, own_sample_store: Store) -> None:
    place = ["--store", str(own_sample_store.directory)]
    before = own_sample_store.newest()
    again = CliRunner().invoke(main, ["demo", *place])
    assert again.exit_code == GOOD
    assert "there already" in again.stdout
    assert own_sample_store.newest() == before
    assert own_sample_store.is_sample()


def test_a_demonstration_never_mixes_with_a_centres_own_data(filled: Desk) -> None:
    before = filled.rows("store_summary")
    result = filled.run("demo")
    assert result.exit_code == REFUSED
    assert filled.rows("store_summary") == before


Started = list[tuple[list[str], dict[str, str]]]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """The server that would have been started, with its environment; it exits with 7."""
    commands: Started = []

    def take_its_place(program: str, command: list[str], environment: dict[str, str]) -> None:
        commands.append((command, environment))
        raise SystemExit(7)

    def wait_for_it(
        command: list[str], *, cwd: Path, env: dict[str, str], check: bool
    ) -> subprocess.CompletedProcess[str]:
        commands.append((command, env))
        return subprocess.CompletedProcess(command, 7)

    monkeypatch.chdir(Path.cwd())  # so that the folder is put back afterwards
    monkeypatch.setattr(os, "execve", take_its_place)
    monkeypatch.setattr(subprocess, "run", wait_for_it)
    return commands


def test_ones_own_store_is_served_to_one_named_person(filled: Desk, started: Started) -> None:
    nobody = filled.run("run")
    assert nobody.exit_code == WRONG_USAGE
    assert "--person" in nobody.stderr
    assert filled.run("run", "--person", "nurse-9").exit_code == REFUSED
    assert started == []
    assert filled.run("run", "--person", "nurse-1", "--port", "8600").exit_code == 7
    ((command, environment),) = started
    assert command[1:5] == ["-m", "streamlit", "run", "streamlit_app.py"]
    assert "--server.port=8600" in command
    assert environment["ATTUNED_PERSON"] == "nurse-1"
    assert environment["ATTUNED_STORE"] == str(filled.store.resolve())


def test_the_sample_is_served_without_a_name(sample_store: Store, started: Started) -> None:
    result = CliRunner().invoke(
        main, ["run", "--store", str(sample_store.directory)], env={"ATTUNED_PERSON": None}
    )
    assert result.exit_code == 7
    ((_, environment),) = started
    assert "ATTUNED_PERSON" not in environment


# As another program calls it


def called(*words: str, store: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dashboard", *words],
        cwd=ROOT,
        env={**os.environ, "ATTUNED_STORE": str(store)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_as_another_program_calls_it(desk: Desk) -> None:
    """Statuses, and answers on standard output with nothing else among them."""
    forms = desk.file("forms.csv", FORMS, "P1,2026-01-05,1,1,2,3")
    bad = desk.file("bad.csv", FORMS, "P1,2026-01-05,1,1,2,7")
    unreadable = desk.file("unreadable.csv", FORMS, 'P1,2026-01-05,1,1,2,"3')
    assert called("query", "scores", store=desk.store).returncode == STORE_PROBLEM
    assert called("import", forms, "--new-patients", store=desk.store).returncode == GOOD
    assert called("import", bad, store=desk.store).returncode == REFUSED
    refused = called("import", unreadable, store=desk.store)
    assert refused.returncode == REFUSED
    assert refused.stdout == ""
    assert "Traceback" not in refused.stderr
    assert called("import", store=desk.store).returncode == WRONG_USAGE
    asked = called("query", "scores", "--format", "json", store=desk.store)
    assert asked.returncode == GOOD
    assert asked.stderr == ""
    assert [row["score"] for row in json.loads(asked.stdout)] == [2, 5, 7]
