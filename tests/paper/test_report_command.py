"""`python -m dashboard report`: groups only, for those who may, and nothing leaves unrecorded."""

import shutil
from pathlib import Path

import pytest
from click.testing import Result

from dashboard.__main__ import MAY_READ_THE_SERVICE
from dashboard.errors import StoreProblem
from dashboard.language import words_in
from dashboard.store.workflow import WorkflowLog
from dashboard.ui.access import PAGES_OF, may_open
from tests.desk import GOOD, REFUSED, STORE_PROBLEM, WRONG_USAGE, Desk
from tests.paper.reading import squeezed, written_in

PHQ4 = "patient_id,completed_on,phq4_1,phq4_2,phq4_3,phq4_4"
NOTHING = words_in("en").say("quarterly.nothing", n=10)


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One site with two patients, seen until the last day of a quarter."""
    desk = Desk(tmp_path_factory.mktemp("centre"))
    files = [
        desk.file(
            "staff.csv",
            "person_id,name,role",
            "n,Anna,nurse",
            "p,Pia,psychologist",
            "m,Mo,manager",
            "s,Sam,steward",
        ),
        desk.file("patients.csv", "patient_id,initials,site", "P1,AB,Hill", "P2,CD,Hill"),
        desk.file("panel.csv", "person_id,patient_id,from_on", "n,P1,2025-01-01"),
        desk.file("phq4.csv", PHQ4, "P1,2026-01-05,3,3,3,3", "P2,2026-03-31,0,0,1,0"),
    ]
    result = desk.run("import", *files)
    assert result.exit_code == GOOD, result.output
    return desk.store


@pytest.fixture
def desk(centre: Path, tmp_path: Path) -> Desk:
    shutil.copytree(centre, tmp_path / "store")
    return Desk(tmp_path)


def report(desk: Desk, quarter: str, person: str | None, *words: str) -> Result:
    who = [] if person is None else ["--person", person]
    out = ["--out", str(desk.folder / "out")]
    return desk.run("report", "--quarter", quarter, *out, *who, *words)


def left(desk: Desk) -> list[tuple[object, object]]:
    entries = WorkflowLog(desk.store).entries(acts=["exported"])
    return list(zip(entries["person_id"], entries["detail"], strict=True))


def test_of_two_patients_it_says_why_it_cannot_say_more(desk: Desk) -> None:
    result = report(desk, "2026Q1", "m")
    assert result.exit_code == GOOD, result.output
    told = written_in((desk.folder / "out").read_bytes())
    for said in (NOTHING, "Q1 2026", "printed by Mo", "No whole month has enough people yet"):
        assert squeezed(said) in told
    for number in ("1of2", "2of2", "1of1", "50%", "100%"):
        assert number not in told
    assert left(desk) == [("m", {"file": "service-report-2026Q1.pdf", "as_of": "2026-03-31"})]


def test_a_psychologist_may_in_either_language(desk: Desk) -> None:
    result = report(desk, "2025Q4", "p", "--format", "html", "--language", "el")
    assert result.exit_code == GOOD, result.output
    page = (desk.folder / "out").read_text("utf-8")
    assert "lang='el'" in page
    assert "4ο τρίμηνο 2025" in page


def test_without_a_form_it_is_a_page_that_says_so_to_the_operator(tmp_path: Path) -> None:
    empty = Desk(tmp_path / "empty")
    staff = empty.file("staff.csv", "person_id,name,role", "m,Mo,manager")
    assert empty.run("import", staff).exit_code == GOOD
    result = report(empty, "2026Q1", None, "--as-of", "2026-04-01", "--format", "html")
    assert result.exit_code == GOOD, result.output
    assert NOTHING in (empty.folder / "out").read_text("utf-8")


@pytest.mark.parametrize("person", ["n", "s", "nobody"])
def test_others_are_refused_and_it_is_written_down(desk: Desk, person: str) -> None:
    assert report(desk, "2026Q1", person).exit_code == REFUSED
    assert not (desk.folder / "out").exists()
    assert left(desk) == []
    denied = WorkflowLog(desk.store).entries(acts=["denied"])
    assert list(denied["detail"]) == ([] if person == "nobody" else [{"page": "report"}])


def test_those_who_may_are_those_to_whom_the_service_page_is_open() -> None:
    assert {role for role in PAGES_OF if may_open(role, "service")} == MAY_READ_THE_SERVICE


def test_a_quarter_that_is_not_over_is_refused_with_what_to_do(desk: Desk) -> None:
    result = report(desk, "2026Q2", "m")
    assert result.exit_code == REFUSED
    assert "ends on 2026-06-30" in result.stderr
    assert "Ask for 2026Q1" in result.stderr
    assert not (desk.folder / "out").exists()
    assert left(desk) == []


@pytest.mark.parametrize("quarter", ["2026Q5", "2026-03", "spring"])
def test_an_unknown_quarter_is_wrong_usage(desk: Desk, quarter: str) -> None:
    result = report(desk, quarter, "m")
    assert result.exit_code == WRONG_USAGE
    assert "write it like 2026Q3" in result.stderr
    assert left(desk) == []


def test_nothing_leaves_when_the_log_cannot_be_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreProblem("workflow log", "it cannot be written.", "Make room on the disk.")

    monkeypatch.setattr(WorkflowLog, "append", full)
    assert report(desk, "2026Q1", "m").exit_code == STORE_PROBLEM
    assert not (desk.folder / "out").exists()
