"""The Summary button of the Patient page: prepared when asked for, written down, or not at all."""

from datetime import date

import pytest

from dashboard.charts.palette import LIGHT
from dashboard.errors import StoreProblem
from dashboard.language import words_in
from dashboard.store import Scope, Store
from dashboard.store.workflow import WorkflowLog
from dashboard.ui import summary
from dashboard.ui.session import Session
from tests.pages.conftest import Visitor
from tests.paper.reading import pages_of

AS_OF = date(2026, 6, 30)


def session_in(store: Store, language: str = "en") -> Session:
    return Session(
        directory=str(store.directory),
        snapshot=1,
        newest_on=AS_OF,
        sample=True,
        scope=Scope("nurse-1", "nurse"),
        name="Anna",
        words=words_in(language),
        palette=LIGHT,
        narrow=False,
    )


def first_patient(store: Store) -> str:
    panel = store.query("panel", Scope("nurse-1", "nurse"), as_of=AS_OF)
    return str(panel["patient_ref"].iloc[0])


def test_opening_the_page_makes_and_records_nothing(
    own_sample_store: Store, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summary, "patient_summary", lambda *_: pytest.fail("it was made"))
    app = visitor(own_sample_store, "patient", view_as="nurse-1")
    assert not app.exception
    keys = [button.proto.label for button in app.get("download_button")]
    assert {"PDF", "HTML"} <= set(keys)
    assert WorkflowLog(own_sample_store.directory).entries(acts=["exported"]).empty


def test_the_paper_says_what_the_page_says(own_sample_store: Store, visitor: Visitor) -> None:
    ref = first_patient(own_sample_store)
    app = visitor(own_sample_store, "patient", view_as="nurse-1", patient=ref, reference="previous")
    said = app.header[0].value.replace("\\", "")
    paper = summary._made(session_in(own_sample_store), ref, AS_OF, "previous", "html")
    assert said in paper.decode()


@pytest.mark.parametrize("form", ["pdf", "html"])
def test_what_leaves_is_written_down_first(form: str, own_sample_store: Store) -> None:
    ref = first_patient(own_sample_store)
    content = summary._made(session_in(own_sample_store, "el"), ref, AS_OF, "first", form)
    assert content.startswith(b"%PDF" if form == "pdf" else b"<!doctype html>")
    assert form == "html" or pages_of(content) == 1
    lines = WorkflowLog(own_sample_store.directory).entries(acts=["exported"])
    assert list(lines["patient_ref"]) == [ref]
    assert list(lines["person_id"]) == ["nurse-1"]
    assert list(lines["detail"]) == [{"as_of": "2026-06-30", "file": f"summary.{form}"}]


def test_nothing_leaves_when_it_cannot_be_written_down(
    own_sample_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreProblem("workflow log", "it cannot be written.", "Make room on the disk.")

    session = session_in(own_sample_store)
    assert session.log is not None
    monkeypatch.setattr(WorkflowLog, "append", full)
    with pytest.raises(StoreProblem):
        summary._made(session, first_patient(own_sample_store), AS_OF, "first", "pdf")
