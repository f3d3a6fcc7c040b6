"""The error of a gap, from what a centre's forms say and from what is assumed without them."""

from math import sqrt

import numpy as np
import pandas as pd
import pytest

from dashboard.analysis.measurement_error import (
    ASSUMED,
    FEWEST_PAIRS,
    error_in_words,
    errors_of_answers,
    measurement_errors,
)
from dashboard.analysis.support import TYPES
from dashboard.language import words_in


def spread(**changes: object) -> pd.DataFrame:
    row = {
        "support_type": "emotional",
        "people": 300,
        "sd_need": 1.2,
        "sd_received": 1.0,
        "pairs": FEWEST_PAIRS,
        "reliability_need": 0.64,
        "reliability_received": 0.75,
    }
    return pd.DataFrame([{**row, **changes}])


def test_from_a_hundred_pairs_on_the_estimate_is_in_use() -> None:
    [row] = measurement_errors(spread()).to_dict("records")
    assert row["sem_need"] == pytest.approx(0.72)
    assert row["sem_received"] == pytest.approx(0.5)
    assert row["estimated_se_gap"] == pytest.approx(sqrt(0.72**2 + 0.5**2))
    assert (row["in_use"], row["se_gap"]) == ("estimated", row["estimated_se_gap"])


def test_below_a_hundred_pairs_the_assumed_error_stays_and_the_estimate_stands_beside() -> None:
    [row] = measurement_errors(spread(pairs=FEWEST_PAIRS - 1)).to_dict("records")
    assert row["estimated_se_gap"] == pytest.approx(sqrt(0.72**2 + 0.5**2))
    assert row["in_use"] == "assumed"
    # The figures of the error budget: SEM .60, SE of a gap .85.
    assert round(row["assumed_sem"], 2) == 0.60
    assert round(row["se_gap"], 2) == 0.85
    assert round(2 / row["se_gap"], 2) == 2.35


@pytest.mark.parametrize(
    "unknown",
    [
        {"reliability_need": None},
        {"sd_received": None},
        {"reliability_received": -0.1},
        {"reliability_need": 0.0},
        {"sd_need": 0.0},
    ],
)
def test_what_cannot_be_estimated_is_assumed(unknown: dict[str, float | None]) -> None:
    [row] = measurement_errors(spread(pairs=500, **unknown)).to_dict("records")
    assert row["in_use"] == "assumed"
    assert np.isnan(row["estimated_se_gap"])


def test_no_form_at_all_gives_no_row() -> None:
    assert measurement_errors(spread().iloc[:0]).empty


def test_a_hidden_number_of_pairs_is_too_few() -> None:
    [row] = measurement_errors(spread(pairs=None, reliability_need=None)).to_dict("records")
    assert (row["pairs"], row["in_use"]) == (0, "assumed")


def test_every_type_has_an_error_and_the_centres_own_counts_from_a_hundred_pairs_on() -> None:
    rows = pd.concat(
        [
            spread(),
            spread(support_type="tangible", pairs=FEWEST_PAIRS - 1),
            spread(support_type="esteem", pairs=500, reliability_need=None),
        ]
    )
    errors = errors_of_answers(rows)
    assert list(errors) == list(TYPES)
    emotional, tangible = errors["emotional"], errors["tangible"]
    for one in (emotional, tangible):
        assert one.own == pytest.approx((0.72, 0.5))
    assert (emotional.need, emotional.received) == emotional.own
    assert emotional.is_own
    assert (tangible.need, tangible.received) == (ASSUMED.need, ASSUMED.received)
    assert not tangible.is_own
    assert errors["esteem"] == errors["belonging"] == ASSUMED


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "Whiskers: ± 0.60, one standard error of a single answer, assumed until 100 pairs"),
        ([{"pairs": 40}], "those so far say: wanted 0.72, received 0.50."),
        (
            [{"support_type": name} for name in TYPES],
            "own pairs of forms: wanted 0.72, received 0.50; without them 0.60 would be assumed.",
        ),
        (
            [{}, {"support_type": "esteem", "reliability_need": 0.75, "pairs": 40}],
            "wanted 0.60–0.72, received 0.50) or, where they are fewer than 100, assumed at 0.60: "
            "Information, Practical help, Belonging and Esteem.",
        ),
    ],
)
def test_the_error_shown_and_the_other_one_beside_it(
    rows: list[dict[str, object]], said: str
) -> None:
    frame = pd.concat([spread(**row) for row in rows]) if rows else spread().iloc[:0]
    assert said in error_in_words(errors_of_answers(frame), words_in("en"))
