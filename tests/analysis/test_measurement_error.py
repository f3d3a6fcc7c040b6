"""The error of a gap, from what a centre's forms say and from what is assumed without them."""

from math import sqrt

import numpy as np
import pandas as pd
import pytest

from dashboard.analysis.measurement_error import FEWEST_PAIRS, measurement_errors


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
