"""The Cohorts page: who is in each cohort, what is told of them, and what is saved."""

from datetime import date
from pathlib import Path

import pandas as pd
from streamlit.testing.v1 import AppTest

from dashboard.mismatch.follow_up import Act
from dashboard.store import OPERATOR, Scope, Store
from dashboard.store.workflow import WorkflowLog
from dashboard.ui.plain import as_text
from tests.pages.conftest import Visitor, shown
from tests.queries.small_store import csv_text, imported

AS_OF = "2026-06-30"
PSYCHOLOGIST = Scope("psychologist-1", "psychologist")
DISTRESS = "distress_0_10/total"


def written(app: AppTest) -> str:
    return "\n".join(one.value for one in app.markdown)


def own_patients(store: Store) -> tuple[pd.DataFrame, pd.Series]:
    """One's own patients, and their distress six months after treatment began."""
    people = store.query("cohort_people", PSYCHOLOGIST, as_of=AS_OF)
    scores = store.query(
        "cohort_scores",
        PSYCHOLOGIST,
        as_of=AS_OF,
        measure_key="distress_0_10",
        scale_key="total",
        zero="treatment",
    )
    at_6 = people["patient_id"].map(scores.set_index("patient_id")["at_6"])
    return people, at_6


def test_the_whole_service_is_told_without_names(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "cohorts", view_as="psychologist-1")
    assert not app.exception
    people = sample_store.query("cohort_people", OPERATOR, as_of=AS_OF)
    young = int((people["age"] < 50).sum())
    assert f"{len(people)} patients → **{young} under 50**" in written(app)
    assert f"**{len(people) - young} patients**" in written(app)
    everything = shown(app)
    assert not [patient for patient in people["patient_id"] if patient in everything]
    assert not [one for one in app.multiselect if one.key == "a_source"]


def test_own_patients_by_rules_in_the_address(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(
        sample_store,
        "cohorts",
        view_as="psychologist-1",
        whose="mine",
        scale=DISTRESS,
        a_sex="female",
        a_age="",
        b="own",
        b_sex="male",
    )
    assert not app.exception
    people, at_6 = own_patients(sample_store)
    means = at_6.groupby(people["sex"]).mean()
    expected = means["female"] - means["male"]
    card = next(one for one in app.metric if one.label.startswith("Difference A"))
    assert float(card.value.replace("\N{MINUS SIGN}", "-")) == round(expected, 1)
    assert "Nobody is in both female and male" in written(app).replace("\\", "")


def test_models_wait_until_they_are_asked_for(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "cohorts", view_as="psychologist-1", whose="mine", scale=DISTRESS)
    assert [one.value for one in app.metric][-1] == "not worked out"
    next(one for one in app.button if one.label == "Work it out").click().run()
    assert not app.exception
    assert "95 % CI" in [one.delta for one in app.metric][-1]
    assert as_text("Nobody came into a cohort by lot") in written(app)
    assert [one for one in app.caption if "Holm" in one.value]
    # Another question was not asked for yet.
    app.segmented_control(key="wave").set_value("3").run()
    assert [one.value for one in app.metric][-1] == "not worked out"
    # Pressed before the page has followed a choice, the button answers for the new choice.
    app.segmented_control(key="wave").set_value("12")
    next(one for one in app.button if one.label == "Work it out").click().run()
    assert "95 % CI" in [one.delta for one in app.metric][-1]
    assert "12 mo" in [one.label for one in app.metric][-1]


def test_rules_that_would_single_out_a_few_are_refused(
    sample_store: Store, visitor: Visitor
) -> None:
    app = visitor(
        sample_store,
        "cohorts",
        view_as="psychologist-1",
        a_age="under_50",
        a_sex="female",
        a_site="Northgate",
    )
    assert not app.exception
    assert "fewer than 10 people" in app.info[0].value
    assert not app.metric
    assert "These rules cannot be told together" in written(app)


def test_a_saved_cohort_is_found_again_by_its_name(
    own_sample_store: Store, visitor: Visitor
) -> None:
    app = visitor(own_sample_store, "cohorts", view_as="psychologist-1", a_sex="female", a_age="")
    app.text_input(key="a_name").set_value("**Women** <b>")
    next(one for one in app.button if one.label == "Save").click().run()
    assert not app.exception
    (line,) = (
        WorkflowLog(own_sample_store.directory).entries(acts=[Act.cohort_saved]).to_dict("records")
    )
    assert line["person_id"] == "psychologist-1"
    assert line["detail"] == {"name": "**Women** <b>", "filters": "sex=female"}
    assert [one.value for one in app.success] == ["Saved."]
    assert "Nothing has been saved yet." not in [one.value for one in app.caption]
    assert f"**A** · {as_text('**Women** <b>')}" in [one.value for one in app.markdown]
    app.multiselect(key="a_sex").set_value([]).run()
    app.selectbox(key="a_open").set_value(str(line["entry_no"])).run()
    assert not app.exception
    assert app.multiselect(key="a_sex").value == ["female"]
    assert f"**A** · {as_text('**Women** <b>')}" in [one.value for one in app.markdown]


def test_an_empty_store_says_where_to_begin(empty_store: Store, visitor: Visitor) -> None:
    app = visitor(empty_store, "cohorts", person="operator")
    assert not app.exception
    assert app.info


def test_three_patients_are_too_few(tmp_path: Path, visitor: Visitor) -> None:
    files = {
        "patients.csv": "patient_id,birth_year\nP1,1990\nP2,1950\nP3,1940\n",
        "distress.csv": csv_text(
            ("patient_id", "completed_on", "distress_0_10_1"),
            [(f"P{number}", "2026-05-01", number) for number in (1, 2, 3)],
        ),
    }
    store, report = imported(tmp_path, files, today=date(2026, 7, 1))
    assert report.stored, report.refused
    app = visitor(store, "cohorts", person="operator", as_of="2026-06-30")
    assert not app.exception
    assert "Fewer than 10 patients" in app.info[0].value
    assert "3 patients" not in written(app)
    app = visitor(store, "cohorts", person="operator", whose="mine", zero="first")
    assert not app.exception
    assert "Too few" in app.info[0].value
