"""Files in, history and completeness; and what every measure's definition states."""

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.measures.catalogue import load_catalogue
from dashboard.store import OPERATOR, Store
from tests.pages.conftest import Visitor

CATALOGUE = load_catalogue()

FORMS = (
    "patient_id,completed_on,"
    + ",".join(f"phq9_{number}" for number in range(1, 10))
    + "\n{patient},2026-06-29,1,1,1,1,1,1,1,1,0\n{patient},2026-06-30,{answer},1,1,1,1,1,1,1,0\n"
)


def test_history_and_completeness_are_there(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, view_as="steward-1")
    assert not app.exception
    assert app.title[0].value == "Data"
    assert "phq9.csv" in set(table_with(app, "Snapshot")["File"])
    assert [title.value for title in app.subheader if "Complete forms" in title.value]


def test_an_empty_store_says_what_to_do_first(empty_store: Store, visitor: Visitor) -> None:
    app = visitor(empty_store, person="anna")
    assert not app.exception
    assert [note.value for note in app.info] == [
        "Nothing was imported yet.",
        "There is no form to count on this day.",
    ]
    assert not [button for button in app.button if button.label == "Undo the last import"]


def table_with(app: AppTest, column: str) -> pd.DataFrame:
    """The table on the page that has this column."""
    frames = (table.value for table in app.dataframe)
    return next(frame for frame in frames if column in frame.columns)


def test_a_good_file_is_previewed_imported_and_taken_back(
    own_sample_store: Store, visitor: Visitor
) -> None:
    patient = own_sample_store.query("patients_in_scope", OPERATOR)["patient_id"].iloc[0]
    before = int(own_sample_store.query("store_summary", OPERATOR)["assessments"].iloc[0])
    app = visitor(own_sample_store, view_as="steward-1")
    text = FORMS.format(patient=patient, answer=2)
    app.file_uploader[0].set_value([("july.csv", text.encode(), "text/csv")]).run()
    assert "2 rows read" in [caption.value for caption in app.caption]
    press_import(app)
    assert not app.exception
    assert any("2 of 2 rows are stored" in caption.value for caption in app.caption)
    assert int(own_sample_store.query("store_summary", OPERATOR)["assessments"].iloc[0]) == (
        before + 2
    )


def press_import(app: AppTest) -> None:
    next(button for button in app.button if button.label.startswith("Import ")).click().run()


def test_a_refused_row_refuses_the_file_and_says_why(
    own_sample_store: Store, visitor: Visitor
) -> None:
    patient = own_sample_store.query("patients_in_scope", OPERATOR)["patient_id"].iloc[0]
    app = visitor(own_sample_store, view_as="steward-1")
    text = FORMS.format(patient=patient, answer=9)
    app.file_uploader[0].set_value([("july.csv", text.encode(), "text/csv")]).run()
    press_import(app)
    assert any("Nothing was stored" in caption.value for caption in app.caption)
    refused = table_with(app, "What to do")
    assert list(refused["Row"]) == [3]
    assert list(refused["Column"]) == ["phq9_1"]
    assert own_sample_store.newest().number == 1


def test_a_file_that_cannot_be_trusted_is_told_in_plain_text(
    sample_store: Store, visitor: Visitor
) -> None:
    app = visitor(sample_store, view_as="steward-1")
    app.file_uploader[0].set_value([("odd.csv", b"patient_id,surprise\nP-1,2\n", "text/csv")]).run()
    assert not app.exception
    assert [text.value for text in app.text if "surprise" in text.value]
    assert not [button for button in app.button if button.label.startswith("Import ")]


@pytest.mark.parametrize("key", CATALOGUE)
def test_every_measure_can_be_read(key: str, empty_store: Store, visitor: Visitor) -> None:
    app = visitor(empty_store, "measures", person="anna", measure=key)
    assert not app.exception
    titles = [title.value for title in app.subheader]
    assert titles[:3] == ["Scales and scoring", "Bands", "Cut-offs"]
    scales = app.table[0].value
    assert len(scales) == len(CATALOGUE[key].scales)
    assert scales["Scoring"].str.len().gt(0).all()


def test_what_nobody_confirmed_is_marked(empty_store: Store, visitor: Visitor) -> None:
    app = visitor(empty_store, "measures", person="anna", measure="phq9")
    marks = [cell for table in app.table for cell in table.value.get("Checked", [])]
    assert ":orange[○ not confirmed yet]" in marks
    assert "● read in the source" in marks
