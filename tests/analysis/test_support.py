"""The two-by-two table of wanted and received, with what is not known kept apart."""

import pandas as pd
import pytest

from dashboard.analysis.support import TYPES, judged_types, newest_form, state_of

NONE = float("nan")


def form(
    need: float, received: list[float], support_type: str = "tangible", day: str = "2026-06-01"
) -> pd.DataFrame:
    """Rows of one type as the query `patient_support` gives them."""
    sources = ["", "partner", "family", "friends"][: len(received) + 1]
    return pd.DataFrame(
        {
            "assessment_id": 1,
            "completed_on": pd.Timestamp(day),
            "support_type": support_type,
            "source": sources,
            "need": [need, *([NONE] * len(received))],
            "received": [NONE, *received],
        }
    )


@pytest.mark.parametrize(
    ("need", "received", "state"),
    [
        (2, 2, "met"),
        (4, 1, "under"),
        (1, 2, "over"),
        (1, 1, "no_need"),
        (None, 3, "not_judged"),
        (3, None, "not_judged"),
    ],
)
def test_each_cell_of_the_table(need: float | None, received: float | None, state: str) -> None:
    assert state_of(need, received) == state


def test_receipt_is_the_most_that_any_source_gives() -> None:
    judged = judged_types(form(3, [0, 2, 1]))[0]
    assert (judged.received, judged.gap, judged.state) == (2, 1, "met")


def test_not_applicable_is_not_zero_received() -> None:
    judged = judged_types(form(3, [NONE, NONE]))[0]
    assert (judged.received, judged.gap, judged.state) == (None, None, "not_judged")


def test_only_the_newest_form_is_judged() -> None:
    both = pd.concat([form(4, [0], day="2026-01-01"), form(1, [0], day="2026-06-01")])
    assert [judged.need for judged in judged_types(newest_form(both))] == [1]


def test_types_keep_one_order() -> None:
    mixed = pd.concat([form(1, [1], support_type=name) for name in reversed(TYPES)])
    assert [judged.support_type for judged in judged_types(mixed)] == list(TYPES)


def test_no_form_is_no_type() -> None:
    assert judged_types(newest_form(form(1, [1]).iloc[:0])) == []
