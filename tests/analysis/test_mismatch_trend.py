"""Open gaps month by month: sums over sites, months without anyone, the change in words."""

from datetime import date

import pandas as pd

from dashboard.analysis.gap_trend import month_ends, trend_in_words, trends
from dashboard.language import words_in

AS_OF = date(2026, 6, 12)


def test_the_twelve_days_end_on_the_day_itself() -> None:
    days = month_ends(AS_OF)
    assert len(days) == 12
    assert days[0] == date(2025, 7, 31)
    assert days[-2:] == [date(2026, 5, 31), AS_OF]


def rows() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "day": pd.to_datetime(["2025-07-31", "2025-07-31", "2026-06-12"]),
            "site": ["North", "South", "North"],
            "nurse": None,
            "support_type": "tangible",
            "judged": [10, 30, 20],
            "open_gaps": [5, 5, 15],
        }
    )


def test_sites_add_up_and_months_without_anyone_stay_empty() -> None:
    told = {one.support_type: one for one in trends(rows(), AS_OF)}
    assert list(told) == ["emotional", "informational", "tangible", "belonging", "esteem"]
    assert told["tangible"].shares == [0.25, *[None] * 10, 0.75]
    assert told["esteem"].known == []


def test_the_change_is_said_in_words() -> None:
    said = trend_in_words(trends(rows(), AS_OF), words_in("en"))
    assert (
        said
        == "Practical help moved most in the last twelve months: from 25% to 75% of those judged."
    )
    still = rows().assign(open_gaps=0)
    assert "No type ends" in trend_in_words(trends(still, AS_OF), words_in("en"))
    assert "too few months" in trend_in_words(trends(rows().iloc[:1], AS_OF), words_in("en"))
