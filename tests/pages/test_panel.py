"""The worklist page: its answer, its filters, its empty states, its way to the patient."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.store import Scope, Store
from dashboard.store.workflow import WorkflowLog
from tests.pages.conftest import Visitor

NURSE = Scope("nurse-1", "nurse")


def worklist_rows(app: AppTest) -> int:
    return len(app.dataframe[0].value)


def test_it_answers_in_one_sentence(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, view_as="nurse-1")
    assert not app.exception
    panel = sample_store.query("panel", NURSE, as_of="2026-06-30")
    assert f"of {len(panel)} patients" in app.header[0].value
    assert "need you today" in app.header[0].value


def test_the_first_row_is_the_most_urgent(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, view_as="nurse-1")
    rows = app.dataframe[0].value
    assert rows["tier"].iloc[0] == "▲ Immediate"
    assert "self-harm”: answered" in rows["why"].iloc[0]


def test_every_picture_has_its_words(sample_store: Store, visitor: Visitor) -> None:
    rows = visitor(sample_store, view_as="nurse-1", view="everyone").dataframe[0].value
    pictured = rows[rows["picture"].notna()]
    assert len(pictured)
    assert pictured["last"].str.contains(": .*before: |no score").all()
    assert pictured["picture"].str.startswith("data:image/svg+xml").all()


def test_the_address_sets_the_filters(sample_store: Store, visitor: Visitor) -> None:
    everyone = visitor(sample_store, view_as="nurse-1", view="everyone")
    assert worklist_rows(everyone) == len(sample_store.query("panel", NURSE, as_of="2026-06-30"))
    unsafe = visitor(sample_store, view_as="nurse-1", view="everyone", tier="immediate")
    assert set(unsafe.dataframe[0].value["tier"]) == {"▲ Immediate"}
    both = visitor(sample_store, view_as="nurse-1", type="esteem", missing="partner")
    assert both.query_params == {"type": "esteem", "missing": "partner", "view_as": "nurse-1"}
    late = visitor(sample_store, view_as="nurse-1", view="everyone", only="overdue")
    assert late.dataframe[0].value["due"].str.contains("late").all()


def test_an_unknown_value_in_the_address_is_not_taken(
    sample_store: Store, visitor: Visitor
) -> None:
    odd = visitor(sample_store, view_as="nurse-1", view="<script>", tier="nonsense")
    assert not odd.exception
    usual = visitor(sample_store, view_as="nurse-1")
    assert worklist_rows(odd) == worklist_rows(usual)


def test_controls_write_the_address_without_naming_anyone(
    sample_store: Store, visitor: Visitor
) -> None:
    app = visitor(sample_store, view_as="nurse-1")
    app.segmented_control(key="view").set_value("everyone").run()
    app.text_input(key="search").set_value("P-").run()
    assert app.query_params == {"view": "everyone", "view_as": "nurse-1"}


def test_a_search_that_finds_nobody_says_what_to_do(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, view_as="nurse-1")
    app.text_input(key="search").set_value("no such patient").run()
    assert "No patient fits" in app.info[0].value
    assert not app.dataframe


def test_an_earlier_day_shows_what_was_known_then(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, view_as="nurse-1", as_of="2025-01-15")
    assert not app.exception
    assert [caption.value for caption in app.caption if r"as of 15 Jan 2025" in caption.value]


def test_before_any_form_nobody_has_a_score(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, view_as="nurse-1", as_of="2020-01-01")
    assert not app.exception


def test_a_psychologist_can_choose_among_nurses(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, view_as="psychologist-1")
    nurses = app.selectbox(key="nurse").options
    assert len(nurses) > 1
    app.selectbox(key="nurse").set_value(nurses[0]).run()
    assert not app.exception
    assert app.query_params["nurse"] == nurses[0]


@pytest.mark.parametrize("language", ["en", "el"])
def test_it_speaks_the_language_of_the_address(
    language: str, sample_store: Store, visitor: Visitor
) -> None:
    app = visitor(sample_store, view_as="nurse-1", lang=language)
    assert not app.exception
    assert app.title[0].value == {"en": "Panel", "el": "Λίστα"}[language]


def picked(app: AppTest, store: Store, place: int = 0) -> str:
    """Show the patient of one row beside the table; their reference."""
    patient_id = app.dataframe[0].value["patient"].iloc[place].split(" ")[0]
    panel = store.query("panel", NURSE, as_of="2026-06-30").set_index("patient_id")
    ref = str(panel.loc[patient_id, "patient_ref"])
    app.session_state["picked_patient"] = ref
    app.run()
    return ref


def row_of(app: AppTest, patient: str) -> Any:
    rows = app.dataframe[0].value.set_index("patient")
    return rows.loc[patient] if patient in rows.index else None


def history(app: AppTest) -> str:
    return "\n".join(str(table.value.to_dict()) for table in app.table).replace("\\", "")


def test_acknowledging_a_safety_alert_changes_its_state_and_leaves_it_there(
    own_sample_store: Store, visitor: Visitor
) -> None:
    app = visitor(own_sample_store, view_as="nurse-1")
    patient = app.dataframe[0].value["patient"].iloc[0]
    ref = picked(app, own_sample_store)
    app.button(key=f"acknowledge_{ref}").click().run()
    assert not app.exception
    assert "Acknowledged" in history(app)
    again = visitor(own_sample_store, view_as="nurse-1")
    assert row_of(again, patient)["tier"] == "▲ Immediate"
    assert row_of(again, patient)["state"] == "Acknowledged, nobody"


def test_acknowledging_takes_other_alerts_off_the_list_until_undone(
    own_sample_store: Store, visitor: Visitor
) -> None:
    app = visitor(own_sample_store, view_as="nurse-1", tier="high")
    patient = app.dataframe[0].value["patient"].iloc[0]
    ref = picked(app, own_sample_store)
    app.button(key=f"acknowledge_{ref}").click().run()
    assert row_of(app, patient) is None
    assert "Acknowledged" in history(app)
    app.segmented_control(key="view").set_value("everyone").run()
    app.selectbox(key="tier").set_value(None).run()
    assert row_of(app, patient)["state"].startswith("Acknowledged, back")
    app.button(key=f"undo_{ref}").click().run()
    assert row_of(app, patient)["state"] == "New, nobody"
    assert "taken back" in history(app)


def test_a_safety_alert_is_not_closed_without_a_written_reason(
    own_sample_store: Store, visitor: Visitor
) -> None:
    app = visitor(own_sample_store, view_as="nurse-1")
    patient = app.dataframe[0].value["patient"].iloc[0]
    ref = picked(app, own_sample_store)
    key = f"act_closed_{ref}"
    assert [text for text in app.caption if "written reason" in text.value]
    app.button(key=f"{key}_save").click().run()
    assert "Nothing was written down" in app.error[0].value
    assert row_of(app, patient) is not None
    app.text_area(key=f"{key}_note").set_value("Spoke with her, safe at home")
    app.button(key=f"{key}_save").click().run()
    assert not app.error
    assert row_of(app, patient) is None
    assert "Spoke with her, safe at home" in history(app)
    again = visitor(own_sample_store, view_as="nurse-1", view="everyone")
    assert row_of(again, patient)["state"] == "Closed"


def test_colleagues_see_each_others_acts(own_sample_store: Store, visitor: Visitor) -> None:
    one = visitor(own_sample_store, view_as="nurse-1", view="everyone")
    other = visitor(own_sample_store, view_as="psychologist-1", view="everyone")
    patient = one.dataframe[0].value["patient"].iloc[0]
    ref = picked(one, own_sample_store)
    one.selectbox(key=f"act_assigned_{ref}_to").set_value("psychologist-1")
    one.button(key=f"act_assigned_{ref}_save").click().run()
    assert row_of(one, patient)["state"].startswith("Assigned to ")
    other.run()
    assert row_of(other, patient)["state"] == "Assigned, you"
    mine = visitor(own_sample_store, view_as="psychologist-1", view="everyone", only="mine")
    assert list(mine.dataframe[0].value["patient"]) == [patient]


def test_a_referral_is_about_the_gaps_that_its_resource_fits(
    own_sample_store: Store, visitor: Visitor
) -> None:
    found = own_sample_store.query("resources_for_gaps", NURSE, as_of="2026-06-30")
    first = found.iloc[0]
    ref, resource = first["patient_ref"], first["resource_key"]
    app = visitor(own_sample_store, view_as="nurse-1", view="everyone")
    app.session_state["picked_patient"] = ref
    app.session_state[f"act_referral_offered_{ref}_0"] = True  # the form stands open
    app.run()
    app.radio(key=f"act_referral_offered_{ref}_resource").set_value(resource)
    app.button(key=f"act_referral_offered_{ref}_save").click().run()
    assert not app.error
    fitting = found[(found["patient_ref"] == ref) & (found["resource_key"] == resource)]
    log = WorkflowLog(own_sample_store.directory)
    entries = log.entries(patient_ref=ref, acts=["referral_offered"])
    assert set(entries["alert_key"]) == set(fitting["alert_key"])
    assert first["name"] in history(app)


def test_the_centres_own_safety_text_is_shown(own_sample_store: Store, visitor: Visitor) -> None:
    (own_sample_store.directory / "safety.txt").write_text("Fetch the doctor on duty", "utf-8")
    app = visitor(own_sample_store, view_as="nurse-1")
    picked(app, own_sample_store)
    assert [text for text in app.markdown if "Fetch the doctor on duty" in text.value]
