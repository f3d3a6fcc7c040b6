"""Acts on alerts: one click is one line, what is taken back says so, all or none are written."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from dashboard.analysis.what_was_done import told_once
from dashboard.errors import Refused, StoreProblem
from dashboard.mismatch.follow_up import Act
from dashboard.store import Scope, Store
from dashboard.store.workflow import WorkflowLog
from dashboard.ui.acts import last_done, record
from dashboard.ui.export import Stamp, recorded
from dashboard.ui.safety_text import FILE_NAME, LONGEST, safety_text

REF = "0123456789abcdef"
TODAY = date(2026, 6, 30)


class Here:
    """The part of a session that writing an act needs."""

    def __init__(self, log: WorkflowLog) -> None:
        self.log = log
        self.scope = Scope("nurse-1", "nurse")
        self.today = TODAY


@pytest.fixture
def here(empty_store: Store) -> Any:
    empty_store.directory.mkdir(parents=True)
    return Here(WorkflowLog(empty_store.directory))


def alerts(*rules: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "alert_key": [f"{REF}/{rule}//2026-06-01" for rule in rules],
            "rule": rules,
            "holds_since": pd.Timestamp("2026-06-11"),
        }
    )


def test_an_act_is_written_for_each_alert_with_what_the_person_saw(here: Any) -> None:
    record(here, alerts("under", "distress"), Act.acknowledged, {})
    entries = here.log.entries(patient_ref=REF)
    assert list(entries["act"]) == ["acknowledged"] * 2
    assert list(entries["detail"]) == [{"holds_since": "2026-06-11"}] * 2


def test_only_acts_that_hide_say_what_the_person_saw(here: Any) -> None:
    record(here, alerts("under"), Act.noted, {"note": "rang, no answer"})
    assert here.log.entries()["detail"].iloc[0] == {"note": "rang, no answer"}


def test_nothing_is_written_when_one_alert_refuses(here: Any) -> None:
    with pytest.raises(Refused):
        record(here, alerts("under", "safety"), Act.closed, {"reason": "met"})
    assert here.log.entries().empty
    reason = {"reason": "met", "note": "spoke with her today"}
    record(here, alerts("under", "safety"), Act.closed, reason)
    assert len(here.log.entries()) == 2


def test_the_last_click_of_this_person_is_what_undo_takes_back(here: Any) -> None:
    record(here, alerts("under", "distress"), Act.acknowledged, {})
    record(here, alerts("under"), Act.noted, {"note": "one two three"})
    here.log.append("nurse-2", Act.contacted, alert_key=f"{REF}/under//x", detail={"how": "phone"})
    entries = here.log.entries()
    assert list(last_done(entries, "nurse-1")["entry_no"]) == [3]
    here.log.append("nurse-1", Act.undone, alert_key=f"{REF}/under//x", detail={"entry": "3"})
    assert list(last_done(here.log.entries(), "nurse-1")["entry_no"]) == [1, 2]
    assert last_done(here.log.entries(), "nurse-3").empty


def entry(number: int, second: int, act: str, key: str, **detail: str) -> dict[str, Any]:
    return {
        "entry_no": number,
        "at": pd.Timestamp(f"2026-06-30 08:00:{second:02d}", tz="UTC"),
        "person_id": "nurse-1",
        "act": act,
        "alert_key": key,
        "patient_ref": REF,
        "detail": detail,
    }


@pytest.mark.parametrize(
    ("entries", "alerts_told"),
    [
        ([entry(1, 0, "acknowledged", "a"), entry(2, 0, "acknowledged", "b")], [2]),
        (
            [
                entry(1, 0, "acknowledged", "a", holds_since="2026-06-01"),
                entry(2, 1, "acknowledged", "b", holds_since="2026-06-11"),
            ],
            [2],
        ),
        ([entry(1, 0, "noted", "a", note="x"), entry(2, 0, "noted", "b", note="y")], [1, 1]),
        ([entry(1, 0, "acknowledged", "a"), entry(2, 20, "acknowledged", "b")], [1, 1]),
        ([entry(1, 0, "noted", "a", note="x"), entry(2, 2, "noted", "a", note="x")], [1, 1]),
    ],
)
def test_one_click_is_one_line(entries: list[dict[str, Any]], alerts_told: list[int]) -> None:
    assert [line["alerts"] for line in told_once(pd.DataFrame(entries))] == alerts_told


def test_what_was_taken_back_says_so_until_that_is_taken_back() -> None:
    first = [entry(1, 0, "acknowledged", "a"), entry(2, 20, "undone", "a", entry="1")]
    assert [line["taken_back"] for line in told_once(pd.DataFrame(first))] == [True, False]
    again = [*first, entry(3, 40, "undone", "a", entry="2")]
    assert [line["taken_back"] for line in told_once(pd.DataFrame(again))] == [False, True, False]


def test_the_safety_text_is_the_centres_own_where_there_is_one(empty_store: Store) -> None:
    folder = empty_store.directory
    folder.mkdir(parents=True)
    assert safety_text(str(folder), "of the measure") == "of the measure"
    (folder / FILE_NAME).write_text("  \n", "utf-8")
    assert safety_text(str(folder), "of the measure") == "of the measure"
    (folder / FILE_NAME).write_text("Fetch the doctor on duty.\n", "utf-8")
    assert safety_text(str(folder), "of the measure") == "Fetch the doctor on duty."
    (folder / FILE_NAME).write_text("x" * (LONGEST + 1), "utf-8")
    assert len(safety_text(str(folder), "of the measure")) == LONGEST


def test_a_file_leaves_only_once_that_is_written_down(
    here: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = Stamp(TODAY, 1, "Find by id or initials: XY", False)
    assert recorded(here, "panel.csv", origin, b"rows") == b"rows"
    (line,) = here.log.entries(acts=["exported"]).to_dict("records")
    assert line["person_id"] == "nurse-1"
    assert line["detail"] == {"file": "panel.csv", "as_of": "2026-06-30"}

    def full(*_: object, **__: object) -> None:
        raise StoreProblem("workflow log", "it cannot be written.", "Make room on the disk.")

    monkeypatch.setattr(WorkflowLog, "append", full)
    with pytest.raises(StoreProblem):
        recorded(here, "panel.csv", origin, b"rows")
