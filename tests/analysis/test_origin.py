"""A score taken back to its answers: the same number again, and the step in words."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from dashboard.analysis.origin import how_scored, missing_rule, origin_of
from dashboard.language import words_in
from dashboard.measures.catalogue import load_catalogue
from dashboard.store import OPERATOR, Store

CATALOGUE = load_catalogue()
ENGLISH = words_in("en")


def phq9(*answers: float | None, status: str = "scored", score: float | None = None) -> Any:
    """A row of scores and its answers, as the queries give them."""
    row = pd.Series(
        {
            "assessment_id": 1,
            "measure_key": "phq9",
            "scale_key": "total",
            "status": status,
            "score": float("nan") if score is None else score,
        }
    )
    rows = pd.DataFrame(
        {
            "assessment_id": 1,
            "item_key": [f"phq9_{number}" for number in range(1, 10)],
            "position": range(1, 10),
            "answer": pd.Series([*answers, *([None] * (9 - len(answers)))], dtype="float64"),
            "minimum": 0.0,
            "maximum": 3.0,
        }
    )
    return row, rows


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (phq9(*[1] * 9, score=9), "The 9 answers add up to 9: 9."),
        (
            phq9(*[2] * 8, status="prorated", score=18),
            "8 of 9 items were answered and add up to 16. The missing ones count as their mean: "
            "16 × 9 / 8 = 18.",
        ),
        (
            phq9(1, 1, status="too_few_answers"),
            "2 of 9 items were answered and 7 are needed: no score.",
        ),
        (
            phq9(*[1] * 9, score=12),
            "The 9 answers add up to 9: 9. The stored score differs: the measure was defined "
            "otherwise when it was scored.",
        ),
        (
            phq9(status="imported", score=12),
            "The score came ready-made; how it was computed is not known here.",
        ),
        (phq9(status="declined"), "Every answer was declined, so there is no score."),
    ],
)
def test_the_step_from_answers_to_score(form: Any, sentence: str) -> None:
    row, answers = form
    assert how_scored(row, origin_of(row, answers, CATALOGUE["phq9"]), ENGLISH) == sentence


def test_a_measure_that_left_the_catalogue_says_so() -> None:
    row, answers = phq9(*[1] * 9, score=9)
    assert "no longer in the catalogue" in how_scored(row, origin_of(row, answers, None), ENGLISH)


def test_a_reversed_answer_counts_the_other_way_round() -> None:
    items = list(CATALOGUE["brs"].items)
    answers = pd.DataFrame(
        {
            "assessment_id": 1,
            "item_key": [item.key for item in items],
            "position": range(len(items)),
            "answer": 4.0,
            "minimum": 1.0,
            "maximum": 5.0,
        }
    )
    scale = CATALOGUE["brs"].scales[0]
    row = pd.Series({"assessment_id": 1, "scale_key": scale.key, "status": "scored", "score": 3.0})
    origin = origin_of(row, answers, CATALOGUE["brs"])
    assert list(origin.items["counts_as"]) == [4, 2, 4, 2, 4, 2]
    assert origin.agrees


@pytest.mark.parametrize(
    ("measure", "rule"),
    [
        ("distress_0_10", "without its answer there is no score"),
        ("phq4", "all 4 answers are needed"),
        (
            "phq9",
            "from 7 of 9 answers on, missing ones count as the mean of the others "
            "(not confirmed in the source)",
        ),
        ("hads", "dealt with where the score was computed"),
    ],
)
def test_the_rule_for_missing_answers(measure: str, rule: str) -> None:
    scales = CATALOGUE[measure].scales
    whole = max(scales, key=lambda scale: len(scale.items))
    assert missing_rule(whole, ENGLISH) == rule


def test_every_stored_score_of_a_patient_follows_from_its_answers(sample_store: Store) -> None:
    """The store scores in SQL; here the same numbers come from the answers of the page."""
    as_of = date(2026, 6, 30)
    refs = sample_store.query("patients_in_scope", OPERATOR)["patient_ref"]
    told = {}
    for ref in refs[::300]:
        answers = sample_store.query("patient_answers", OPERATOR, patient_ref=ref, as_of=as_of)
        scores = sample_store.query("patient_scores", OPERATOR, patient_ref=ref, as_of=as_of)
        for _, row in scores.iloc[::3].iterrows():
            origin = origin_of(row, answers, CATALOGUE[row["measure_key"]])
            assert origin.agrees
            assert (origin.from_answers is None) == (
                row["status"] in ("too_few_answers", "imported")
            )
            told[row["status"]] = how_scored(row, origin, ENGLISH)
    assert {"scored", "prorated"} <= told.keys()
