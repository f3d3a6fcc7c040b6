"""One person's page: found by reference, told in words, every part there or said to be missing."""

from datetime import date

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.analysis.worklist import in_order, in_view, merged, narrowed
from dashboard.errors import StoreProblem
from dashboard.mismatch.follow_up import follow_up_of
from dashboard.store import Scope, Store
from dashboard.store.workflow import WorkflowLog
from tests.pages.conftest import PAGES, SECONDS, Visitor, shown

NURSE = Scope("nurse-1", "nurse")
NO_ENTRIES = pd.DataFrame(
    columns=["entry_no", "at", "person_id", "act", "alert_key", "patient_ref", "detail"]
)


def references(store: Store) -> pd.Series:
    """In the order of the Panel while nobody has done anything."""
    as_of = date(2026, 6, 30)
    alerts = store.query("alerts", NURSE, as_of=as_of)
    standing = follow_up_of(alerts, NO_ENTRIES, as_of, 30)
    panel = store.query("panel", NURSE, as_of=as_of)
    return merged(panel, in_order(alerts, standing), as_of)["patient_ref"]


def test_the_reference_in_the_address_opens_the_patient(
    sample_store: Store, visitor: Visitor
) -> None:
    row = sample_store.query("panel", NURSE, as_of="2026-06-30").iloc[5]
    app = visitor(sample_store, "patient", view_as="nurse-1", patient=row["patient_ref"])
    assert not app.exception
    assert row["patient_id"].replace("-", "\\-") in app.title[0].value


def test_nothing_in_the_address_names_the_patient(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "patient", view_as="nurse-1")
    patients = sample_store.query("patients_in_scope", NURSE)["patient_id"]
    address = str(dict(app.query_params))
    assert "patient" in address
    assert not [patient for patient in patients if patient in address]


@pytest.mark.parametrize("place", [0, 10, 40, -1])
def test_every_patient_can_be_shown(place: int, sample_store: Store, visitor: Visitor) -> None:
    """Among them some with no form, few forms, gaps, and a long history."""
    app = visitor(
        sample_store, "patient", view_as="nurse-1", patient=references(sample_store).iloc[place]
    )
    assert not app.exception
    assert app.header or app.info


def listed_as_open_and_overdue(store: Store) -> list[str]:
    """What the Panel shows under these two filters, in its order."""
    as_of = date(2026, 6, 30)
    alerts = store.query("alerts", NURSE, as_of=as_of)
    followed = in_order(alerts, follow_up_of(alerts, NO_ENTRIES, as_of, 30))
    listed = merged(store.query("panel", NURSE, as_of=as_of), followed, as_of)
    rows = narrowed(in_view(listed, "open"), overdue=True)
    assert 2 < len(rows) < len(listed)
    return list(rows["patient_ref"])


def next_one(app: AppTest) -> str:
    next(button for button in app.button if button.label == "Next").click().run()
    return str(app.query_params["patient"])


def test_next_follows_the_order_of_the_panel(sample_store: Store, visitor: Visitor) -> None:
    order = references(sample_store)
    app = visitor(sample_store, "patient", view_as="nurse-1", patient=order.iloc[0])
    assert next_one(app) == order.iloc[1]


def test_next_stays_within_what_the_panel_was_filtered_to(
    sample_store: Store, visitor: Visitor
) -> None:
    filtered = listed_as_open_and_overdue(sample_store)
    app = visitor(sample_store, view_as="nurse-1", view="open", only="overdue")
    app.query_params["patient"] = filtered[1]
    app.switch_page("../pages/patient.py").run()
    assert f"2 of {len(filtered)} on the list" in [caption.value for caption in app.caption]
    assert next_one(app) == filtered[2]


def test_after_a_reload_the_address_still_tells_the_filters(
    sample_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    filtered = listed_as_open_and_overdue(sample_store)
    monkeypatch.setenv("ATTUNED_STORE", str(sample_store.directory))
    app = AppTest.from_file(PAGES / "patient.py", default_timeout=SECONDS)
    app.session_state["view_as"] = "nurse-1"
    for key, value in {"view": "open", "only": "overdue", "patient": filtered[0]}.items():
        app.query_params[key] = value
    app.run()
    assert next_one(app) == filtered[1]


def test_a_click_on_a_point_chooses_its_form() -> None:
    def clicked() -> None:
        import streamlit as st

        from dashboard.ui.patient_origin import take_click

        points = [{"x": 1}, {"customdata": [7, "phq9", "total"]}]
        st.session_state["trajectories_figure"] = {"selection": {"points": points}}
        take_click()

    app = AppTest.from_function(clicked).run()
    assert not app.exception
    assert (app.session_state["score"], app.session_state["form"]) == ("phq9.total", "7")
    assert app.session_state["origin_open"]


def test_a_chosen_form_leads_to_its_answers_its_rule_and_its_row(
    sample_store: Store, visitor: Visitor
) -> None:
    ref = references(sample_store)[0]
    scores = sample_store.query("patient_scores", NURSE, patient_ref=ref, as_of="2026-06-30")
    form = scores[(scores["measure_key"] == "phq9") & (scores["status"] == "scored")].iloc[0]
    app = visitor(
        sample_store,
        "patient",
        view_as="nurse-1",
        patient=ref,
        score="phq9.total",
        form=str(form["assessment_id"]),
    )
    app.session_state["origin_open"] = True
    app.run()
    opened = next(one for one in app.expander if one.label.startswith("Where this number comes"))
    assert f"add up to {form['score']:g}" in opened.markdown[0].value.replace("\\", "")
    assert "phq9.csv" in [text.value for text in opened.text]
    assert len(opened.table[0].value) == 9


def test_the_visits_to_compare_can_be_chosen(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "patient", view_as="nurse-1", patient=references(sample_store)[0])
    days = app.selectbox(key="earlier").options
    said = [text.value for text in app.markdown]
    app.selectbox(key="earlier").set_value(app.selectbox(key="earlier").value).run()
    assert [text.value for text in app.markdown] == said
    app.selectbox(key="later").select_index(0).run()
    assert not app.exception
    assert [text.value for text in app.markdown] != said
    assert len(days) > 1


def test_safety_answers_are_there_whatever_is_looked_at(
    sample_store: Store, visitor: Visitor
) -> None:
    app = visitor(
        sample_store,
        "patient",
        view_as="nurse-1",
        patient=references(sample_store)[0],
        period="6m",
        measure="gad7",
        layers="events",
    )
    assert "Safety answers\\, all there are" in [section.value for section in app.subheader]


def test_what_can_help_is_looked_up_when_it_is_opened(
    sample_store: Store, visitor: Visitor
) -> None:
    alerts = sample_store.query("alerts", NURSE, as_of="2026-06-30")
    fits = sample_store.query("resources_for_gaps", NURSE, as_of="2026-06-30")
    alert = alerts[alerts["alert_key"].isin(fits["alert_key"])].iloc[0]
    app = visitor(sample_store, "patient", view_as="nurse-1", patient=alert["patient_ref"])
    assert not [button for button in app.button if button.label == "Refer"]
    app.session_state[f"help_{alert['alert_key']}"] = True
    app.run()
    assert [button for button in app.button if button.label == "Refer"]


def test_picking_opens_that_patient(sample_store: Store, visitor: Visitor) -> None:
    order = references(sample_store)
    app = visitor(sample_store, "patient", view_as="nurse-1", patient=order.iloc[0])
    app.selectbox(key=f"patient_picked_{order.iloc[0]}").set_value(order.iloc[7]).run()
    assert app.query_params["patient"] == order.iloc[7]


def test_the_reference_assessment_can_be_chosen(sample_store: Store, visitor: Visitor) -> None:
    first = visitor(sample_store, "patient", view_as="nurse-1", patient=references(sample_store)[0])
    said = first.header[0].value
    first.segmented_control(key="reference").set_value("previous").run()
    assert not first.exception
    assert first.query_params["reference"] == "previous"
    assert first.header[0].value != said


def test_every_score_leads_to_its_file_and_row(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "patient", view_as="nurse-1", patient=references(sample_store)[0])
    app.session_state["origins_open"] = True
    app.run()
    origins = app.dataframe[-1].value
    assert {"File", "Row", "How scored"} <= set(origins.columns)
    assert origins["File"].str.endswith(".csv").all()
    assert origins["Row"].ge(2).all()


def test_a_day_before_the_first_form_says_so(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(
        sample_store,
        "patient",
        view_as="nurse-1",
        patient=references(sample_store)[0],
        as_of="2015-01-01",
    )
    assert not app.exception
    assert "Nothing has come in" in app.info[0].value


def test_a_reference_that_does_not_exist_shows_someone_else_and_says_so(
    sample_store: Store, visitor: Visitor
) -> None:
    app = visitor(sample_store, "patient", view_as="nurse-1", patient="no-such-reference")
    assert "not on your panel" in app.warning[0].value
    assert "no-such-reference" not in shown(app)


def test_greek_reaches_the_whole_page(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "patient", view_as="nurse-1", lang="el")
    assert not app.exception
    assert "Τι συνέβη" in [section.value for section in app.subheader]


def test_alerts_have_their_reasons_and_what_they_rest_on(
    sample_store: Store, visitor: Visitor
) -> None:
    app = visitor(sample_store, "patient", view_as="nurse-1", patient=references(sample_store)[2])
    assert "Open alerts" in [section.value for section in app.subheader]
    assert "Need\\, receipt and gap over time" in [section.value for section in app.subheader]
    inputs = [table.value for table in app.table if "Value used" in table.value.columns]
    alerts = sample_store.query("alerts", NURSE, as_of="2026-06-30")
    of_patient = alerts[alerts["patient_ref"] == references(sample_store)[2]]
    assert len(inputs) == (of_patient["rule"] != "unjudged").sum()
    assert all("Rule" in set(table["Value used"]) for table in inputs)


def test_acts_are_done_here_as_on_the_panel(own_sample_store: Store, visitor: Visitor) -> None:
    ref = references(own_sample_store)[3]
    app = visitor(own_sample_store, "patient", view_as="nurse-1", patient=ref)
    app.text_area(key=f"act_noted_{ref}_note").set_value("Daughter moves in next week")
    app.button(key=f"act_noted_{ref}_save").click().run()
    assert not app.exception
    happened = next(table.value for table in app.table if "Who" in table.value)
    assert "Daughter moves in next week" in happened["What"].iloc[0]
    assert "Okafor" in happened["Who"].iloc[0]


def test_opening_a_patient_is_written_down_once(own_sample_store: Store, visitor: Visitor) -> None:
    order = references(own_sample_store)
    log = WorkflowLog(own_sample_store.directory)
    before = len(log.entries(acts=["patient_viewed"]))
    app = visitor(own_sample_store, "patient", view_as="nurse-1", patient=order[0])
    app.run()
    next(button for button in app.button if button.label == "Next").click().run()
    next(button for button in app.button if button.label == "Previous").click().run()
    viewed = log.entries(acts=["patient_viewed"]).iloc[before:]
    assert list(viewed["patient_ref"]) == list(order[:2])
    assert set(viewed["person_id"]) == {"nurse-1"}


def test_nothing_is_shown_when_the_log_cannot_be_written(
    own_sample_store: Store, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreProblem("workflow log", "it cannot be written.", "Make room on the disk.")

    monkeypatch.setattr(WorkflowLog, "append", full)
    app = visitor(own_sample_store, "patient", view_as="nurse-1")
    patients = own_sample_store.query("patients_in_scope", NURSE)["patient_id"]
    assert not app.title
    assert not [patient for patient in patients if patient in shown(app)]


def test_a_closed_page_is_written_down_once(
    own_sample_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTUNED_STORE", str(own_sample_store.directory))
    log = WorkflowLog(own_sample_store.directory)
    before = len(log.entries(acts=["denied"]))
    app = AppTest.from_file(PAGES / "patient.py", default_timeout=SECONDS)
    app.session_state["view_as"] = "steward-1"
    app.run().run()
    denied = log.entries(acts=["denied"]).iloc[before:]
    assert list(denied["detail"]) == [{"page": "patient"}]
    assert list(denied["person_id"]) == ["steward-1"]
