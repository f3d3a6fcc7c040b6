"""The Report button of the Service page: made when asked for, written down, or not at all."""

from datetime import date

import pytest

from dashboard.analysis.service_quarter import Quarter
from dashboard.charts.palette import LIGHT
from dashboard.errors import StoreProblem
from dashboard.language import words_in
from dashboard.store import Scope, Store
from dashboard.store.workflow import WorkflowLog
from dashboard.ui import report
from dashboard.ui.session import Session
from tests.pages.conftest import Visitor

AS_OF = date(2026, 6, 30)
QUARTER = Quarter.named("2026Q2")


def session_in(store: Store) -> Session:
    return Session(
        directory=str(store.directory),
        snapshot=1,
        newest_on=AS_OF,
        sample=True,
        scope=Scope("manager-1", "manager"),
        name="Mo",
        words=words_in("en"),
        palette=LIGHT,
        narrow=False,
    )


def test_the_report_says_what_the_page_says_and_is_written_down_first(
    own_sample_store: Store, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = WorkflowLog(own_sample_store.directory)
    with monkeypatch.context() as patched:
        patched.setattr(report, "service_report", lambda *_: pytest.fail("it was made"))
        app = visitor(own_sample_store, "service", view_as="manager-1")
        assert not app.exception
        labels = [button.proto.label for button in app.get("download_button")]
        assert {"PDF", "HTML"} <= set(labels)
        assert app.selectbox(key="quarter").options[:2] == ["Q2 2026", "Q1 2026"]
        assert log.entries(acts=["exported"]).empty
    said = app.header[0].value.replace("\\", "")
    paper = report._made(session_in(own_sample_store), QUARTER, AS_OF, "html")
    assert said in paper.decode()
    lines = log.entries(acts=["exported"])
    assert list(lines["person_id"]) == ["manager-1"]
    assert list(lines["detail"]) == [{"as_of": "2026-06-30", "file": "service-report-2026Q2.html"}]

    def full(*_: object, **__: object) -> None:
        raise StoreProblem("workflow log", "it cannot be written.", "Make room on the disk.")

    monkeypatch.setattr(WorkflowLog, "append", full)
    with pytest.raises(StoreProblem):
        report._made(session_in(own_sample_store), QUARTER, AS_OF, "pdf")
