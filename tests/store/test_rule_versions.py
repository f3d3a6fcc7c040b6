"""Versions of the alert rules: each stays on the record, and the newest is what alerts follow."""

from pathlib import Path

import pytest

from dashboard.errors import StoreAbsent, StoreProblem
from dashboard.mismatch.rules import Rules, default_rules
from dashboard.store import OPERATOR, Scope, Store, snapshots
from dashboard.store.alerting import publish_rules
from dashboard.store.history import undo
from dashboard.store.workflow import Entry, WorkflowLog
from tests.store.centre import Centre

GRID = "patient_id,completed_on,need_emotional,received_emotional_partner"


@pytest.fixture
def asking(clinic: Centre) -> Centre:
    """A centre with one patient who misses two steps of emotional support."""
    assert clinic.hand_in(GRID, "P1,2026-05-01,3,1").stored
    return clinic


def wider(note: str = "One step is within error") -> Rules:
    rules = default_rules()
    return rules.model_copy(
        update={
            "note": note,
            "under": rules.under.model_copy(update={"gap": 3}),
            "under_high": rules.under_high.model_copy(update={"gap": 3}),
        }
    )


def support_alerts(centre: Centre) -> list[str]:
    alerts = centre.ask("alerts", as_of="2026-05-02")
    return [rule for rule in alerts["rule"] if rule in {"under", "under_high", "persist"}]


def versions(centre: Centre) -> list[tuple[int, str, str]]:
    rows = centre.ask("rule_versions")
    return list(zip(rows["version"], rows["person"], rows["note"], strict=True))


def test_a_store_begins_with_the_default_rules(asking: Centre) -> None:
    assert versions(asking) == [(1, "default", "Default rules")]
    kept = Rules.model_validate_json(asking.ask("rule_versions")["rules"].iloc[0])
    assert kept == default_rules()


def test_a_new_version_is_in_force_and_the_old_one_on_the_record(asking: Centre) -> None:
    assert support_alerts(asking) == ["under"]
    before = asking.newest()
    snapshot = publish_rules(asking.store, wider(), "nurse-2")
    assert snapshot.number == asking.newest() == before + 1
    assert versions(asking) == [
        (2, "nurse-2", "One step is within error"),
        (1, "default", "Default rules"),
    ]
    assert support_alerts(asking) == []


def test_an_alert_names_the_version_that_raised_it(asking: Centre) -> None:
    publish_rules(asking.store, default_rules(), "nurse-2")
    alerts = asking.ask("alerts", as_of="2026-05-02")
    assert set(alerts["rule_version"]) == {2}


def test_the_number_follows_the_newest_whatever_the_rules_say(asking: Centre) -> None:
    """Going back publishes an older version's rules, which carry their old number."""
    publish_rules(asking.store, wider(), "nurse-2")
    oldest = Rules.model_validate_json(asking.ask("rule_versions")["rules"].iloc[-1])
    publish_rules(asking.store, oldest.model_copy(update={"note": "Too quiet"}), "nurse-1")
    assert versions(asking)[0] == (3, "nurse-1", "Too quiet")
    assert support_alerts(asking) == ["under"]


def test_an_older_snapshot_keeps_its_own_rules(asking: Centre) -> None:
    store = Store(asking.store)
    before = store.newest()
    publish_rules(asking.store, wider(), "nurse-2")
    assert len(store.query("rule_versions", OPERATOR, snapshot=before)) == 1
    assert len(store.query("rule_versions", OPERATOR)) == 2


def test_a_publication_can_be_taken_back_like_an_import(asking: Centre) -> None:
    publish_rules(asking.store, wider(), "nurse-2")
    undo(asking.store, "nurse-2")
    assert support_alerts(asking) == ["under"]
    assert [version for version, _, _ in versions(asking)] == [1]


def test_a_later_import_follows_the_version_in_force(asking: Centre) -> None:
    publish_rules(asking.store, wider(), "nurse-2")
    assert asking.hand_in(GRID, "P2,2026-05-01,3,1", "P3,2026-05-01,4,1", name="more.csv").stored
    assert [version for version, _, _ in versions(asking)] == [2, 1]
    alerts = asking.ask("alerts", as_of="2026-05-02")
    assert alerts.loc[alerts["rule"] == "under", "patient_id"].tolist() == ["P3"]


def test_everyone_may_read_the_versions(asking: Centre) -> None:
    for role in ("nurse", "psychologist", "manager", "steward"):
        rows = asking.ask("rule_versions", Scope("nurse-1", role))
        assert rows["version"].tolist() == [1]


def lines_of(centre: Centre) -> list[tuple[str, dict[str, str]]]:
    rows = WorkflowLog(centre.store).entries()
    return list(zip(rows["act"], rows["detail"], strict=True))


def test_a_publication_leaves_its_line_in_the_log(asking: Centre) -> None:
    publish_rules(asking.store, wider(), "nurse-2", WorkflowLog(asking.store))
    assert lines_of(asking) == [
        ("rule_published", {"version": "2", "note": "One step is within error"})
    ]


def test_nothing_is_in_force_without_its_line_in_the_log(
    asking: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> Entry:
        raise StoreProblem("workflow log", "it cannot be written (full).", "Free some space.")

    before, log = asking.newest(), WorkflowLog(asking.store)
    monkeypatch.setattr(log, "append", full)
    with pytest.raises(StoreProblem, match="workflow log"):
        publish_rules(asking.store, wider(), "nurse-2", log)
    assert asking.newest() == before
    assert [version for version, _, _ in versions(asking)] == [1]
    assert support_alerts(asking) == ["under"]


def test_the_log_says_so_if_a_version_could_not_be_put_in_force(
    asking: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    checksum = snapshots.sha256_of

    def no_room(path: Path) -> str:  # for the new snapshot, once its line is written
        if path.suffix == ".next":
            raise OSError(28, "No space left on device")
        return checksum(path)

    monkeypatch.setattr(snapshots, "sha256_of", no_room)
    with pytest.raises(StoreProblem, match="No space left"):
        publish_rules(asking.store, wider(), "nurse-2", WorkflowLog(asking.store))
    assert [version for version, _, _ in versions(asking)] == [1]
    assert lines_of(asking) == [
        ("rule_published", {"version": "2", "note": "One step is within error"}),
        ("rule_not_published", {"version": "2", "entry": "1"}),
    ]


def test_there_are_no_rules_without_data(tmp_path: Path) -> None:
    with pytest.raises(StoreAbsent):
        publish_rules(tmp_path / "nothing", default_rules(), "nurse-1")
