"""The Mismatch page: its answer, its lists, its empty states, and whom it is closed to."""

from datetime import date
from pathlib import Path

import pytest

from dashboard.analysis.mismatch_cells import answer_sentences, matrix, told
from dashboard.language import words_in
from dashboard.store import OPERATOR, Scope, Store
from dashboard.store.workflow import WorkflowLog
from dashboard.ui.plain import as_text
from tests.pages.conftest import Visitor, shown
from tests.queries.small_store import csv_text, imported

AS_OF = "2026-06-30"
NURSE = Scope("nurse-1", "nurse")
TODAY = date(2026, 7, 1)


def test_it_answers_with_count_denominator_and_source(
    sample_store: Store, visitor: Visitor
) -> None:
    app = visitor(sample_store, "mismatch", view_as="psychologist-1")
    assert not app.exception
    scope = Scope("psychologist-1", "psychologist")
    expected = answer_sentences(
        matrix(told(sample_store.query("mismatch_cells", scope, as_of=AS_OF))),
        words_in("en"),
    )
    assert " judged patients " in expected
    assert app.header[0].value == as_text(expected)


def test_it_lists_the_patients_of_the_chosen_cell(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(
        sample_store,
        "mismatch",
        view_as="nurse-1",
        gap_type="tangible",
        gap_source="family",
        gap_state="met",
    )
    cells = sample_store.query("mismatch_cells", NURSE, as_of=AS_OF)
    behind = cells[
        (cells["support_type"] == "tangible")
        & (cells["source"] == "family")
        & (cells["state"] == "met")
    ]
    assert len(behind) > 1
    listed = next(table.value for table in app.dataframe if "since" in table.value)
    assert {name.split(" · ")[0] for name in listed["patient"]} == set(behind["patient_id"])
    app.selectbox(key="gap_source").set_value("whole").run()
    app.selectbox(key="gap_state").set_value("under").run()
    assert not app.exception
    whole = cells[
        (cells["support_type"] == "tangible")
        & (cells["source"] == "")
        & (cells["state"] == "under")
    ]
    listed = next(table.value for table in app.dataframe if "since" in table.value)
    assert len(listed) == len(whole)
    # A need that falls short on the latest form may be too small to stand open, but not always.
    assert (listed["since"] != "").any()


def test_what_can_help_stands_beside_the_open_gaps(
    own_sample_store: Store, visitor: Visitor
) -> None:
    """Of the patients behind the cell with an open alert, each resource that fits one of them;
    a referral is written down as on the Panel."""
    app = visitor(
        own_sample_store,
        "mismatch",
        view_as="nurse-1",
        gap_type="informational",
        gap_source="whole",
        gap_state="under",
    )
    assert not app.exception
    cells = own_sample_store.query("mismatch_cells", NURSE, as_of=AS_OF)
    behind = cells[
        (cells["support_type"] == "informational")
        & (cells["source"] == "")
        & (cells["state"] == "under")
    ]
    alerts = own_sample_store.query("alerts", NURSE, as_of=AS_OF)
    about = alerts[
        (alerts["support_type"] == "informational")
        & alerts["rule"].isin(["under", "under_high", "persist"])
        & alerts["patient_ref"].isin(behind["patient_ref"])
    ]
    fitting = own_sample_store.query("resources_for_gaps", NURSE, as_of=AS_OF)
    fitting = fitting[fitting["alert_key"].isin(about["alert_key"])]
    assert len(about) > 1
    told = next(table.value for table in app.table if "Fits" in table.value)
    fits = fitting.groupby("name")["patient_ref"].nunique()
    assert dict(zip(told["Name"].map(unescaped), told["Fits"].map(unescaped), strict=True)) == {
        name: f"{number} of {len(about)}" for name, number in fits.items()
    }

    ref = fitting["patient_ref"].iloc[-1]
    app.selectbox(key="help_for_whom").set_value(ref).run()
    offered = fitting[fitting["patient_ref"] == ref].iloc[0]
    app.button(key=f"refer_{offered['alert_key']}_{offered['resource_key']}").click().run()
    assert not app.exception
    [entry] = (
        WorkflowLog(own_sample_store.directory)
        .entries(alert_keys=[offered["alert_key"]])[["person_id", "act", "detail"]]
        .to_dict("records")
    )
    assert entry == {
        "person_id": "nurse-1",
        "act": "referral_offered",
        "detail": {"resource": offered["resource_key"]},
    }
    assert app.selectbox(key="help_for_whom").value == ref


def test_without_an_open_alert_nothing_is_offered(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(
        sample_store,
        "mismatch",
        view_as="nurse-1",
        gap_type="esteem",
        gap_source="whole",
        gap_state="none",
    )
    assert "None of these patients has an open alert" in "".join(text.value for text in app.caption)
    assert not [one for one in app.button if one.label == "Refer"]


def unescaped(text: str) -> str:
    return text.replace("\\", "")


def test_a_nurse_sees_no_patient_of_others(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "mismatch", view_as="nurse-1")
    own = set(sample_store.query("patients_in_scope", NURSE)["patient_id"])
    everyone = set(sample_store.query("patients_in_scope", OPERATOR)["patient_id"])
    seen = shown(app) + "".join(str(table.value.to_dict()) for table in app.dataframe)
    assert [patient for patient in own if patient in seen]
    assert not [patient for patient in everyone - own if patient in seen]


def test_a_nurse_narrows_everything(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "mismatch", view_as="psychologist-1")
    everyone = [card.value for card in app.metric]
    nurse = app.selectbox(key="nurse").options[0]
    app.selectbox(key="nurse").set_value(nurse).run()
    assert not app.exception
    assert app.query_params["nurse"] == nurse
    assert 0 < int(app.metric[0].value) < int(everyone[0])
    listed = next(table.value for table in app.dataframe if "since" in table.value)
    assert set(listed["nurse"]) <= {nurse}


@pytest.mark.parametrize("grouping", ["type", "site", "program"])
def test_curves_can_be_grouped(sample_store: Store, visitor: Visitor, grouping: str) -> None:
    app = visitor(sample_store, "mismatch", view_as="psychologist-1", time_by=grouping)
    assert not app.exception
    cautions = [text for text in app.caption if "do not tell what a program does" in text.value]
    assert bool(cautions) == (grouping == "program")


@pytest.mark.parametrize("of", ["widest", "tangible"])
def test_the_four_cells_say_their_limits(sample_store: Store, visitor: Visitor, of: str) -> None:
    app = visitor(sample_store, "mismatch", view_as="psychologist-1", four_of=of)
    assert [text for text in app.caption if "does not prove" in text.value]


def test_it_speaks_greek(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "mismatch", view_as="nurse-1", lang="el")
    assert not app.exception
    assert "δεν καλύπτεται" in app.header[0].value


@pytest.mark.parametrize("as_of", ["2024-08-01", "2020-01-01"])
def test_earlier_days(sample_store: Store, visitor: Visitor, as_of: str) -> None:
    app = visitor(sample_store, "mismatch", view_as="nurse-1", as_of=as_of)
    assert not app.exception
    if as_of == "2020-01-01":
        assert "No support form" in app.info[0].value


def test_an_empty_store_says_where_to_begin(empty_store: Store, visitor: Visitor) -> None:
    app = visitor(empty_store, "mismatch", person="anna")
    assert not app.exception
    assert "no data here yet" in app.info[0].value


@pytest.mark.parametrize("person", ["manager-1", "steward-1"])
def test_it_is_closed_to_who_sees_no_patients(
    person: str, sample_store: Store, visitor: Visitor
) -> None:
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        visitor(sample_store, "mismatch", view_as=person)


def small(folder: Path, *grids: tuple[object, ...]) -> Store:
    files = {
        "patients.csv": "patient_id,initials\nP1,AB\n",
        "distress_0_10.csv": "patient_id,completed_on,distress_0_10_1\nP1,2026-06-01,7\n",
    }
    if grids:
        header = ("patient_id", "completed_on", "need_emotional", "received_emotional_friends")
        files["grid.csv"] = csv_text(header, grids)
    store, report = imported(folder, files, today=TODAY)
    assert report.stored, report.refused
    return store


def test_one_patient(tmp_path: Path, visitor: Visitor) -> None:
    store = small(tmp_path, ("P1", "2026-06-01", 4, 0))
    app = visitor(store, "mismatch", person="anna")
    assert not app.exception
    assert "In 1 of 1 judged patient the need for emotional support" in app.header[0].value
    assert [text for text in app.caption if "Too few people to say" in text.value]


def test_a_store_without_any_support_form(tmp_path: Path, visitor: Visitor) -> None:
    app = visitor(small(tmp_path), "mismatch", person="anna")
    assert not app.exception
    assert "No support form" in app.info[0].value
    assert "No support form yet" in "".join(str(table.value.to_dict()) for table in app.table)
