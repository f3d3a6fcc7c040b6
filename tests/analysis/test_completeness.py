"""Counts of complete forms, by site and together."""

import pandas as pd
import pytest

from dashboard.analysis.completeness import by_measure_and_month, least_complete, share_complete

ROWS = pd.DataFrame(
    {
        "month": pd.to_datetime(["2026-01-01", "2026-01-01", "2026-02-01"]),
        "site": ["North", "South", "South"],
        "measure_key": ["phq9", "phq9", "gad7"],
        "measure_title": ["PHQ-9", "PHQ-9", "GAD-7"],
        "forms": [10, 10, 4],
        "complete_forms": [9, 5, 4],
        "partial_forms": [1, 3, 0],
        "unscored_forms": [0, 2, 0],
    }
)


def test_sites_are_added_up() -> None:
    monthly = by_measure_and_month(ROWS, None)
    assert list(monthly.sort_values("month")["complete_forms"]) == [14, 4]


def test_one_site_stands_alone() -> None:
    assert by_measure_and_month(ROWS, "North")["forms"].sum() == 10


def test_the_share_is_of_all_forms() -> None:
    assert share_complete(ROWS) == pytest.approx(18 / 24)
    assert share_complete(ROWS.iloc[:0]) is None


def test_the_least_complete_measure_is_named() -> None:
    worst = least_complete(ROWS)
    assert worst is not None
    assert worst[0] == "PHQ-9"
    assert worst[1] == pytest.approx(14 / 20)
    assert least_complete(ROWS.iloc[:0]) is None
