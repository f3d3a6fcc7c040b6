"""One person's page: found by reference, told in words, every part there or said to be missing."""

import pandas as pd
import pytest

from dashboard.store import Scope, Store
from tests.pages.conftest import Visitor, shown

NURSE = Scope("nurse-1", "nurse")


def references(store: Store) -> pd.Series:
    return store.query("panel", NURSE, as_of="2026-06-30")["patient_ref"]


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


def test_next_follows_the_order_of_the_panel(sample_store: Store, visitor: Visitor) -> None:
    order = references(sample_store)
    app = visitor(sample_store, "patient", view_as="nurse-1", patient=order.iloc[0])
    following = next(button for button in app.button if button.label == "Next")
    following.click().run()
    assert app.query_params["patient"] == order.iloc[1]


def test_picking_opens_that_patient(sample_store: Store, visitor: Visitor) -> None:
    order = references(sample_store)
    app = visitor(sample_store, "patient", view_as="nurse-1", patient=order.iloc[0])
    app.selectbox(key="patient_picked").set_value(order.iloc[7]).run()
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
