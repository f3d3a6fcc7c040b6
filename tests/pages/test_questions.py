"""The Questions page: each question's answer, what it may not say, and whom it is closed to."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.analysis.questions import QUESTIONS
from dashboard.language import Words, words_in
from dashboard.store import OPERATOR, Scope, Store
from dashboard.ui.plain import as_text
from tests.pages.conftest import Visitor, shown
from tests.pages.test_mismatch import small

PSYCHOLOGIST = "psychologist-1"
# How the answer to each question begins on the shipped sample, whose effects are planted.
ANSWERS = {
    "groups": "Those who came to a group had lower Distress 0-10 afterwards",
    "age": "Yes, here too: the older the patients, the closer the link",
    "buffer": "Yes, here too: the more BRS resilience, the looser the link between unmet needs",
    "first": "Both ways: more support than usual goes with more coping",
    "source": "With the other sources held equal, support from friends",
    "mismatch": "Yes, here too: where little is received, needing much goes with higher",
    "heard": "Yes, here too: the more people feel heard by the team, the lower their GAD-7.",
}


def ask(app: AppTest, question: str) -> None:
    app.selectbox(key="asked").set_value(question).run()
    assert not app.exception, question


def said(app: AppTest) -> str:
    return "\n".join(text.value for text in [*app.markdown, *app.caption])


def people_of(app: AppTest) -> int:
    """From the text to paste."""
    found = re.search(r"Data: (\d+) people", app.code[0].value)
    assert found
    return int(found[1])


def assert_beside_the_claim(app: AppTest, question: str, words: Words) -> None:
    told = said(app)
    for part in ("claim", "cannot", "open"):
        assert as_text(words.say(f"questions.{question}.{part}")) in told, question
    for part in ("claim", "study", "here", "cannot"):
        assert words.say(f"questions.part.{part}") in told, question


def test_each_question_is_answered_for_the_whole_service_in_both_languages(
    sample_store: Store, visitor: Visitor
) -> None:
    everyone = sample_store.query("patients_in_scope", OPERATOR)
    names = {*everyone["patient_id"], *everyone["patient_ref"]}
    app = visitor(sample_store, "questions", view_as=PSYCHOLOGIST)
    for question in QUESTIONS:
        ask(app, question)
        assert app.header[0].value.startswith(as_text(ANSWERS[question])), question
        assert len(app.metric) == 4
        assert_beside_the_claim(app, question, words_in("en"))
        assert "as of 30 Jun 2026" in app.code[0].value
        assert people_of(app) >= 100
        seen = shown(app) + "".join(str(table.value.to_dict()) for table in app.dataframe)
        assert not [name for name in names if name in seen], question
    app.sidebar.selectbox(key="lang").set_value("el").run()
    for question in QUESTIONS:
        ask(app, question)
        assert_beside_the_claim(app, question, words_in("el"))
        assert re.search("[α-ω]{4}", app.header[0].value), question


def test_own_patients_and_the_service_are_two_answers(
    sample_store: Store, visitor: Visitor
) -> None:
    """The service only as of the end of a month, so that days cannot be subtracted."""
    app = visitor(
        sample_store, "questions", view_as=PSYCHOLOGIST, asked="heard", as_of="2026-06-12"
    )
    service = people_of(app)
    assert "whole service, as of 31 May 2026" in app.code[0].value
    app.segmented_control(key="whose").set_value("mine").run()
    assert not app.exception
    assert app.query_params["whose"] == "mine"
    assert "patients of one person of the team, as of 12 Jun 2026" in app.code[0].value
    own = sample_store.query("patients_in_scope", Scope(PSYCHOLOGIST, "psychologist"))
    assert 100 <= people_of(app) <= len(own) < service


def test_choices_change_the_answer_and_stay_in_the_address(
    sample_store: Store, visitor: Visitor
) -> None:
    app = visitor(sample_store, "questions", view_as=PSYCHOLOGIST, asked="buffer")
    app.selectbox(key="buffer_trait").set_value("lot_r/total")
    app.selectbox(key="buffer_support").set_value("mos_sss/emotional_informational")
    app.selectbox(key="buffer_outcome").set_value("eortc_qlq_c30/global_health")
    app.button_group(key="adjust").set_value(["age"]).run()
    assert not app.exception
    assert "LOT-R optimism" in app.code[0].value
    assert "adjusted for age;" in app.code[0].value
    assert as_text("higher = better") in said(app)
    assert app.query_params["buffer_trait"] == "lot_r/total"
    assert app.query_params["adjust"] == "age"
    ask(app, "mismatch")
    app.selectbox(key="mismatch_type").set_value("tangible").run()
    assert not app.exception
    assert "Practical help" in app.code[0].value
    assert app.query_params["asked"] == "mismatch"


def test_few_patients_say_nothing(tmp_path: Path, visitor: Visitor) -> None:
    store = small(tmp_path, ("P1", "2026-06-01", 4, 0))
    app = visitor(store, "questions", person="anna", as_of="2026-06-30")
    for whose in ("service", "mine"):
        app.segmented_control(key="whose").set_value(whose).run()
        for question in QUESTIONS:
            ask(app, question)
            assert app.header[0].value.startswith("Too few to say\\:"), question
            assert not app.metric
            assert_beside_the_claim(app, question, words_in("en"))
    ask(app, "mismatch")
    assert "has 0" in app.header[0].value, "one form of one type is no mean of types"
    app.selectbox(key="mismatch_type").set_value("emotional").run()
    assert "has 1" in app.header[0].value
    # Of the whole service, nobody hears how many a few are.
    app.segmented_control(key="whose").set_value("service").run()
    assert "has fewer than 10" in app.header[0].value


def test_before_any_form_nothing_is_said(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "questions", view_as=PSYCHOLOGIST, as_of="2020-01-01")
    for question in QUESTIONS:
        ask(app, question)
        assert app.header[0].value.startswith("Too few to say"), question


def test_an_empty_store_says_where_to_begin(empty_store: Store, visitor: Visitor) -> None:
    app = visitor(empty_store, "questions", person="anna")
    assert not app.exception
    assert "no data here yet" in app.info[0].value


def test_it_is_closed_to_managers(sample_store: Store, visitor: Visitor) -> None:
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        visitor(sample_store, "questions", view_as="manager-1")
