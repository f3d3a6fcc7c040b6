"""`python -m dashboard summary`: one's own patients only, and nothing leaves unrecorded."""

import shutil
from pathlib import Path

import pytest
from click.testing import Result

from dashboard.__main__ import MAY_READ_PATIENTS
from dashboard.errors import StoreProblem
from dashboard.language import words_in
from dashboard.store.workflow import WorkflowLog
from dashboard.ui.access import PAGES_OF, may_open
from tests.desk import GOOD, REFUSED, STORE_PROBLEM, WRONG_USAGE, Desk
from tests.paper.reading import pages_of, squeezed, written_in

PHQ4 = "patient_id,completed_on,phq4_1,phq4_2,phq4_3,phq4_4"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre of its own: two patients with a nurse each, one of them with a name like code."""
    desk = Desk(tmp_path_factory.mktemp("centre"))
    people = [
        desk.file(
            "staff.csv",
            "person_id,name,role",
            "nurse-1,#read(1) <b>Anna</b>,nurse",
            "nurse-2,Eva,nurse",
            "m,Mo,manager",
            "s,Sam,steward",
        ),
        desk.file(
            "patients.csv", "patient_id,initials,diagnosis", "P1,ΑΒ,*lung* #panic()", "P2,C,"
        ),
        desk.file(
            "panel.csv",
            "person_id,patient_id,from_on",
            "nurse-1,P1,2025-01-01",
            "nurse-2,P2,2025-01-01",
        ),
        desk.file("phq4.csv", PHQ4, "P1,2026-01-05,1,1,2,3", "P1,2026-03-05,3,3,3,3"),
    ]
    result = desk.run("import", *people)
    assert result.exit_code == GOOD, result.output
    return desk.store


@pytest.fixture
def desk(centre: Path, tmp_path: Path) -> Desk:
    shutil.copytree(centre, tmp_path / "store")
    return Desk(tmp_path)


def summary(desk: Desk, patient: str, person: str | None, *words: str) -> Result:
    who = [] if person is None else ["--person", person]
    return desk.run("summary", patient, "--out", str(desk.folder / "out"), *who, *words)


def left(desk: Desk) -> list[dict[str, object]]:
    entries = WorkflowLog(desk.store).entries(acts=["exported"])
    return [{str(name): value for name, value in row.items()} for row in entries.to_dict("records")]


def test_a_nurse_gets_a_page_about_her_patient_and_the_log_a_line(desk: Desk) -> None:
    result = summary(desk, "P1", "nurse-1", "--as-of", "2026-04-01")
    assert result.exit_code == GOOD, result.output
    content = (desk.folder / "out").read_bytes()
    told = written_in(content)
    assert pages_of(content) == 1
    for said in ("P1 · ΑΒ", "*lung* #panic()", "#read(1) <b>Anna</b>", "as of 1 Apr 2026"):
        assert squeezed(said) in told
    (line,) = left(desk)
    assert line["person_id"] == "nurse-1"
    assert line["detail"] == {"file": "summary.pdf", "as_of": "2026-04-01"}
    assert line["patient_ref"]


def test_the_operator_may_and_language_and_form_can_be_chosen(desk: Desk) -> None:
    result = summary(desk, "P2", None, "--format", "html", "--language", "el")
    assert result.exit_code == GOOD, result.output
    page = (desk.folder / "out").read_text("utf-8")
    assert words_in("el").say("patient.no_form") in page
    assert "Εμπιστευτικά δεδομένα υγείας" in page


@pytest.mark.parametrize(
    ("patient", "person"),
    [("P1", "m"), ("P1", "s"), ("P1", "nurse-2"), ("P9", "nurse-1"), ("P1", "nobody")],
)
def test_it_is_refused_without_a_word_about_the_patient(
    desk: Desk, patient: str, person: str
) -> None:
    result = summary(desk, patient, person)
    assert result.exit_code == REFUSED
    assert patient not in result.output
    assert not (desk.folder / "out").exists()
    assert left(desk) == []


def test_those_who_may_are_those_to_whom_the_patient_page_is_open() -> None:
    assert {role for role in PAGES_OF if may_open(role, "patient")} == MAY_READ_PATIENTS


def test_nothing_leaves_when_the_log_cannot_be_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreProblem("workflow log", "it cannot be written.", "Make room on the disk.")

    monkeypatch.setattr(WorkflowLog, "append", full)
    assert summary(desk, "P1", "nurse-1").exit_code == STORE_PROBLEM
    assert not (desk.folder / "out").exists()


def test_a_place_that_cannot_be_written_is_wrong_usage_and_leaves_no_line(desk: Desk) -> None:
    result = desk.run("summary", "P1", "--out", str(desk.folder / "absent" / "out.pdf"))
    assert result.exit_code == WRONG_USAGE
    assert left(desk) == []
