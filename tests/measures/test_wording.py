"""The sentences of the Measures page."""

import pytest

from dashboard.measures.catalogue import load_catalogue
from dashboard.measures.wording import missing_rule_in_words, reversed_in_words, scoring_in_words

CATALOGUE = load_catalogue()


@pytest.mark.parametrize(
    ("measure", "scale", "sentence"),
    [
        ("phq9", "total", "Add the nine answers (0–27)."),
        ("brief_cope", "denial", "Add the two answers (2–8)."),
        ("mspss", "total", "Take the mean of the twelve answers (1–7)."),
        (
            "mos_sss",
            "total",
            "Take the mean of the 19 answers, stretch it so that the lowest possible is 0 and "
            "the highest 100 (0–100).",
        ),
        ("distress_0_10", "total", "Take the answer as it was given (0–10)."),
        ("hads", "anxiety", "Scored elsewhere and taken in ready-made (0–21)."),
        ("eq_5d", "index", "Scored elsewhere and taken in ready-made (-1–1)."),
    ],
)
def test_scoring(measure: str, scale: str, sentence: str) -> None:
    assert scoring_in_words(CATALOGUE[measure].scale(scale)) == sentence


def test_a_factor_is_told() -> None:
    scale = CATALOGUE["gad7"].scale("total").model_copy(update={"multiply": 4.0, "maximum": 84.0})
    assert scoring_in_words(scale) == "Add the seven answers and multiply by 4 (0–84)."


@pytest.mark.parametrize(
    ("measure", "scale", "sentence"),
    [
        (
            "care",
            "total",
            "Up to two missing answers are replaced by the person's own mean; more than that "
            "gives no score.",
        ),
        (
            "phq9",
            "total",
            "Up to two missing answers are replaced by the person's own mean; more than that "
            "gives no score. The answer to phq9_9 itself is never estimated: a score without "
            "it says so.",
        ),
        (
            "gad7",
            "total",
            "One missing answer is replaced by the person's own mean; more give no score.",
        ),
        (
            "mspss",
            "total",
            "At least nine of the twelve answers are needed; missing ones are then replaced by "
            "the person's own mean, and fewer give no score.",
        ),
        ("brs", "total", "All six answers are needed; with one missing there is no score."),
        ("esas_r", "pain", "No answer gives no score."),
        ("k10", "total_0_40", "Missing answers were dealt with where the score was computed."),
    ],
)
def test_missing_answers(measure: str, scale: str, sentence: str) -> None:
    assert missing_rule_in_words(CATALOGUE[measure].scale(scale)) == sentence


@pytest.mark.parametrize(
    ("measure", "sentence"),
    [
        ("phq9", ""),
        (
            "bsss",
            "Turned round before scoring, so that the lowest answer counts as the highest: "
            "bsss_12.",
        ),
        (
            "brs",
            "Turned round before scoring, so that the lowest answer counts as the highest: "
            "brs_2, brs_4 and brs_6.",
        ),
    ],
)
def test_reversed_items(measure: str, sentence: str) -> None:
    assert reversed_in_words(CATALOGUE[measure]) == sentence


def test_every_scale_of_the_catalogue_can_be_put_into_words() -> None:
    for measure in CATALOGUE.values():
        for scale in measure.scales:
            assert scoring_in_words(scale).endswith(f"{scale.maximum:g}).")
            assert missing_rule_in_words(scale).endswith(".")
