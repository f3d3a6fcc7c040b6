"""The worklist page: its answer, its filters, its empty states, its way to the patient."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.store import Scope, Store
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
    assert rows["reason"].iloc[0] == "▲ Safety answer"
    assert "safety item answered" in rows["why"].iloc[0]


def test_every_picture_has_its_words(sample_store: Store, visitor: Visitor) -> None:
    rows = visitor(sample_store, view_as="nurse-1", view="everyone").dataframe[0].value
    pictured = rows[rows["picture"].notna()]
    assert len(pictured)
    assert pictured["earlier"].str.len().gt(0).all()
    assert pictured["picture"].str.startswith("data:image/svg+xml").all()


def test_the_address_sets_the_filters(sample_store: Store, visitor: Visitor) -> None:
    everyone = visitor(sample_store, view_as="nurse-1", view="everyone")
    assert worklist_rows(everyone) == len(sample_store.query("panel", NURSE, as_of="2026-06-30"))
    unsafe = visitor(sample_store, view_as="nurse-1", view="everyone", reason="safety")
    assert set(unsafe.dataframe[0].value["reason"]) == {"▲ Safety answer"}


def test_an_unknown_value_in_the_address_is_not_taken(
    sample_store: Store, visitor: Visitor
) -> None:
    odd = visitor(sample_store, view_as="nurse-1", view="<script>", reason="nonsense")
    assert not odd.exception
    usual = visitor(sample_store, view_as="nurse-1")
    assert worklist_rows(odd) == worklist_rows(usual)


def test_controls_write_the_address_without_naming_anyone(
    sample_store: Store, visitor: Visitor
) -> None:
    app = visitor(sample_store, view_as="nurse-1")
    app.segmented_control(key="view").set_value("everyone").run()
    app.text_input(key="search").set_value("P-").run()
    assert app.query_params == {"view": "everyone"}


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
