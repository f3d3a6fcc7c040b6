"""The four cells of wanted and received: numbers by hand, and the effect planted in the sample."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from dashboard.analysis.need_and_distress import (
    FOUR,
    clearly_higher,
    four_cells,
    four_in_words,
    widest_gaps,
    wilson,
)
from dashboard.analysis.support import TYPES
from dashboard.language import words_in
from dashboard.store import OPERATOR, Store

ENGLISH = words_in("en")


@pytest.fixture
def sample(sample_store: Store) -> pd.DataFrame:
    return sample_store.query("need_and_distress", OPERATOR, as_of="2026-06-30")


def rows(need: float, received: float, distress: list[float], start: int = 0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "patient_ref": [f"ref{start + place}" for place in range(len(distress))],
            "support_type": "esteem",
            "need": need,
            "received": received,
            "distress": distress,
            "cut_off": 4.0,
        }
    )


def test_wanted_and_received_count_from_two() -> None:
    told = pd.concat(
        [rows(2, 2, [1] * 10), rows(2, 1, [1] * 11), rows(1, 2, [1] * 12), rows(1, 1, [1] * 13)]
    )
    assert [(cell.key, cell.n) for cell in four_cells(told)] == list(
        zip(FOUR, (10, 11, 12, 13), strict=True)
    )


def test_mean_and_share_with_their_intervals() -> None:
    scores = [0.0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    cell = four_cells(rows(4, 0, scores))[1]
    expected = stats.ttest_1samp(scores, 0).confidence_interval(0.95)
    assert cell.mean == np.mean(scores)
    assert (cell.low, cell.high) == pytest.approx((expected.low, expected.high))
    assert (cell.above, cell.share) == (6, 0.6)
    assert (cell.share_low, cell.share_high) == pytest.approx(
        proportion_confint(6, 10, method="wilson"), abs=1e-6
    )


@pytest.mark.parametrize(("number", "n"), [(0, 10), (10, 10), (1, 3), (131, 334)])
def test_the_interval_of_a_share(number: int, n: int) -> None:
    assert wilson(number, n) == pytest.approx(
        proportion_confint(number, n, method="wilson"), abs=1e-6
    )


def test_nine_people_are_too_few() -> None:
    cell = four_cells(rows(4, 0, [9.0] * 9))[1]
    assert (cell.n, cell.mean, cell.share) == (9, None, None)
    assert "Too few people" in four_in_words(four_cells(rows(4, 0, [9.0] * 9)), "D", ENGLISH)


def test_one_type_a_patient_the_widest() -> None:
    told = pd.DataFrame(
        {
            "patient_ref": ["a", "a", "a", "b", "b", "c", "c"],
            "support_type": [
                *("esteem", "tangible", "belonging"),
                *("esteem", "tangible"),
                *("esteem", "emotional"),
            ],
            "need": [4.0, 4, 1, 2, 4, 3, 3],
            "received": [3.0, 1, 4, 0, 2, 1, 1],
        }
    )
    found = widest_gaps(told).set_index("patient_ref")["support_type"].to_dict()
    # b: two gaps of 2, the one needed more; c: alike in both, the first in the fixed order.
    assert found == {"a": "tangible", "b": "tangible", "c": "emotional"}


def test_a_cell_is_apart_only_when_it_exceeds_all_others() -> None:
    low, high = [1.0, 2] * 10, [7.0, 8] * 10
    one = four_cells(pd.concat([rows(4, 4, low), rows(4, 0, high), rows(0, 0, low)]))
    apart = clearly_higher(one)
    assert apart is not None
    assert apart.key == "wanted_only"
    two = four_cells(pd.concat([rows(4, 4, low), rows(4, 0, high), rows(0, 0, high)]))
    assert clearly_higher(two) is None
    assert "not clearly higher in any" in four_in_words(two, "D", ENGLISH)


def test_the_planted_effect_is_recovered(sample: pd.DataFrame) -> None:
    """sample_data/README.md: four plain groups show only wanted and not received as worse."""
    cells = four_cells(widest_gaps(sample))
    apart = clearly_higher(cells)
    assert apart is not None
    assert apart.key == "wanted_only"
    said = four_in_words(cells, "Distress", ENGLISH)
    assert "wanted, not received" in said
    assert "does not prove" in said
    above = {cell.key: cell.share for cell in cells if cell.share is not None}
    assert above.pop("wanted_only") > 1.5 * max(above.values())


@pytest.mark.parametrize("support_type", TYPES)
def test_in_no_type_does_another_group_stand_out(sample: pd.DataFrame, support_type: str) -> None:
    cells = four_cells(sample[sample["support_type"] == support_type])
    apart = clearly_higher(cells)
    assert apart is None or apart.key == "wanted_only"
    means = {cell.key: cell.mean for cell in cells if cell.mean is not None}
    assert max(means, key=lambda key: means[key]) == "wanted_only"
