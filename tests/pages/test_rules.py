"""Rules: read by everyone, tried out by everyone, published by some; aggregates only."""

from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.analysis.measurement_error import measurement_errors
from dashboard.mismatch.rules import default_rules
from dashboard.store import OPERATOR, Store
from dashboard.store.workflow import WorkflowLog
from dashboard.ui.rules import THRESHOLDS
from tests.pages.conftest import Visitor, shown


def press(app: AppTest, label: str) -> AppTest:
    return next(one for one in app.button if one.label == label).click().run()


def change(app: AppTest, version: int = 1, **to: Any) -> None:
    """Set thresholds of the draft: `under_gap=3`; replaying is another step."""
    for name, value in to.items():
        key = f"draft_{version}_{name}"
        next(one for one in [*app.number_input, *app.selectbox] if one.key == key).set_value(value)


def replayed(app: AppTest, **to: Any) -> AppTest:
    change(app, **to)
    return press(app, "Replay the draft")


def cards(app: AppTest) -> dict[str, tuple[str, str]]:
    return {card.label: (card.value, card.delta) for card in app.metric}


def texts(app: AppTest) -> str:
    return "\n".join(
        str(element.value)
        for kind in ("markdown", "caption", "header", "subheader", "text", "success", "warning")
        for element in getattr(app, kind)
    )


def table_with(app: AppTest, column: str) -> pd.DataFrame:
    return next(table.value for table in app.table if column in table.value.columns)


@pytest.mark.parametrize("person", ["nurse-1", "psychologist-1", "manager-1", "steward-1"])
def test_everyone_reads_every_rule(person: str, sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "rules", view_as=person)
    assert not app.exception
    words = table_with(app, "Raised when")
    assert len(words) == 11
    sentences = " ".join(words["Raised when"])
    for number in ("14 to 120", "within 14 days", "365", "30 days"):
        assert number in sentences.replace("\\", "")
    assert "operational, not validated" in texts(app)
    assert "10.1007/s00520-011-1228-3" in texts(app)
    assert "10.1037/0278-6133.23.4.425" in texts(app)
    assert "[what each tier asks for](#tiers)" in texts(app)
    assert set(table_with(app, "Next form")["From"]) == {"local default"}


def test_a_wider_gap_is_replayed_and_compared(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "rules", view_as="nurse-1")
    before = cards(app)["New alerts per nurse-week"][0]
    app = replayed(app, under_gap=3.0, under_high_gap=3.0)
    assert not app.exception
    after, was = cards(app)["New alerts per nurse-week"]
    assert float(after) < float(before)
    assert was == f"from {before}"
    assert "fewer alerts per nurse" in app.header[0].value
    assert "fewer" in str(table_with(app, "Draft against in force").iloc[0, -1])
    assert ":primary[◆] Missing, from, now 2" in [one.label for one in app.number_input]
    assert "2 thresholds differ" in texts(app)


def test_what_changes_nothing_is_no_draft(sample_store: Store, visitor: Visitor) -> None:
    app = replayed(visitor(sample_store, "rules", view_as="psychologist-1"))
    assert "Nothing differs from the rules in force" in texts(app)
    assert not [one for one in app.button if one.label.startswith("Publish")]


def test_a_contradictory_draft_is_refused_with_its_reasons(
    sample_store: Store, visitor: Visitor
) -> None:
    app = replayed(visitor(sample_store, "rules", view_as="psychologist-1"), clearing_gap=2.0)
    assert not app.exception
    assert "contradicts itself" in texts(app)
    assert "must be below under.gap" in texts(app)
    assert "must be below persist.gap" in texts(app)
    assert not [one for one in app.button if one.label.startswith("Publish")]
    assert "from" not in "".join(str(delta) for _, delta in cards(app).values())


def test_the_budget_is_the_readers_own(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "rules", view_as="nurse-1")
    next(one for one in app.number_input if one.key == "rules_budget").set_value(1.0)
    app = press(app, "Replay the draft")
    assert "over budget in 52 of 52 weeks" in app.header[0].value


@pytest.mark.parametrize("person", ["nurse-1", "manager-1"])
def test_who_may_not_publish_sees_no_way_to(
    person: str, sample_store: Store, visitor: Visitor
) -> None:
    app = replayed(
        visitor(sample_store, "rules", view_as=person), under_gap=3.0, under_high_gap=3.0
    )
    assert not app.exception
    assert not [one for one in app.button if "ublish" in one.label]
    assert not app.text_area


def test_a_manager_sees_counts_and_nobody(sample_store: Store, visitor: Visitor) -> None:
    app = replayed(visitor(sample_store, "rules", view_as="manager-1"), over_by=3.0)
    patients = sample_store.query("patients_in_scope", OPERATOR)
    everything = shown(app)
    assert not [one for one in patients["patient_id"] if one in everything]
    assert not [one for one in patients["patient_ref"] if one in everything]
    for table in [*app.table, *app.dataframe]:
        assert len(table.value) <= 52


def test_a_note_is_required(own_sample_store: Store, visitor: Visitor) -> None:
    app = replayed(
        visitor(own_sample_store, "rules", view_as="psychologist-1"),
        under_gap=3.0,
        under_high_gap=3.0,
    )
    app = press(app, "Publish version 2")
    assert "Nothing was published" in texts(app)
    assert own_sample_store.newest().number == 1


def test_publish_then_go_back(own_sample_store: Store, visitor: Visitor) -> None:
    day = pd.Timestamp(own_sample_store.query("store_summary", OPERATOR)["newest_on"].iloc[0])
    before = own_sample_store.query("alerts", OPERATOR, as_of=day.date())
    app = visitor(own_sample_store, "rules", view_as="psychologist-1")
    app = replayed(app, under_gap=3.0, under_high_gap=3.0)
    app.text_area[0].set_value("A gap of 2 is within error")
    app = press(app, "Publish version 2")
    assert not app.exception
    assert "Version 2 is in force" in texts(app)
    versions = table_with(app, "What changed")
    assert versions["Version"].tolist() == ["2\\, in force", "1"]
    assert versions["Why"].iloc[0] == "A gap of 2 is within error"
    assert "2 → 3" in str(versions["What changed"].iloc[0])
    assert "Draft: version" not in texts(app)

    after = own_sample_store.query("alerts", OPERATOR, as_of=day.date())
    raised = [(alerts["rule"] == "under").sum() for alerts in (before, after)]
    assert raised[1] < raised[0]
    log = WorkflowLog(own_sample_store.directory).entries(acts=["rule_published"])
    assert log["person_id"].tolist() == ["psychologist-1"]
    assert log["detail"].iloc[0] == {"version": "2", "note": "A gap of 2 is within error"}

    app.text_area(key="rules_back_note").set_value("Too quiet")
    app = press(app, "Publish version 1 again")
    assert not app.exception
    newest = own_sample_store.query("rule_versions", OPERATOR).iloc[0]
    assert (newest["version"], newest["note"]) == (3, "Too quiet")
    again = own_sample_store.query("alerts", OPERATOR, as_of=day.date())
    assert again["alert_key"].tolist() == before["alert_key"].tolist()


def test_an_empty_store_shows_the_rules_it_will_begin_with(
    empty_store: Store, visitor: Visitor
) -> None:
    app = visitor(empty_store, "rules", person="anna")
    assert not app.exception
    assert "no data here yet" in app.info[0].value
    assert len(table_with(app, "Raised when")) == 11
    assert not app.number_input


def test_too_early_a_day_tells_nothing_and_breaks_nothing(
    sample_store: Store, visitor: Visitor
) -> None:
    app = visitor(sample_store, "rules", view_as="nurse-1", as_of="2000-01-01")
    assert not app.exception
    assert "Fewer than 10 patients" in app.header[0].value
    assert not app.metric


def test_it_reads_in_greek(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "rules", view_as="nurse-1", lang="el")
    assert not app.exception
    assert app.title[0].value == "Κανόνες"
    assert len(table_with(app, "Δίνεται όταν")) == 11


def test_the_form_offers_what_the_rules_have() -> None:
    rules = default_rules()
    for group, names in THRESHOLDS.items():
        assert all(hasattr(getattr(rules, group), name) for name in names)


def test_the_error_of_a_gap_is_shown_beside_the_assumed_one(
    sample_store: Store, visitor: Visitor
) -> None:
    app = visitor(sample_store, "rules", view_as="psychologist-1")
    spread = sample_store.query("support_grid_spread", OPERATOR, as_of="2026-06-30")
    expected = measurement_errors(spread)
    table = next(one.value for one in app.table if "Pairs of forms" in one.value.columns)
    table = table.apply(lambda column: column.str.replace("\\", ""))  # Markdown's escapes
    assert table["Assumed"].tolist() == ["0.85"] * 5
    assert table["From your forms"].astype(float).tolist() == pytest.approx(
        expected["estimated_se_gap"].tolist(), abs=0.006
    )
    assert table["Which counts"].tolist() == ["From your forms"] * 5
