"""Gaps form by form: what is judged, what is not, and what stood open."""

from datetime import date

import pandas as pd

from dashboard.analysis.gap_history import gap_histories
from dashboard.analysis.readings import gaps_in_words
from dashboard.language import words_in
from tests.analysis.test_support import form

AS_OF = date(2026, 6, 30)
NOT_ANSWERED = float("nan")
ENGLISH = words_in("en")


def support(*forms: pd.DataFrame) -> pd.DataFrame:
    return pd.concat(
        [rows.assign(assessment_id=number) for number, rows in enumerate(forms, start=1)]
    )


def episodes(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "support_type": [row[0] for row in rows],
            "raised_on": pd.Series([row[1] for row in rows], dtype="datetime64[us]"),
            "met_on": pd.Series([row[2] for row in rows], dtype="datetime64[us]"),
            "met": [row[2] is not None for row in rows],
        }
    )


def test_a_form_is_judged_or_told_apart() -> None:
    forms = support(
        form(4, [1, 0], day="2026-01-01"),
        form(NOT_ANSWERED, [2], day="2026-03-01"),
        form(3, [1, 3], day="2026-05-01"),
    )
    (history,) = gap_histories(forms, episodes(), AS_OF)
    assert [(day, gap) for day, _, _, gap in history.judged] == [
        (date(2026, 1, 1), 3),
        (date(2026, 5, 1), 0),
    ]
    assert history.unjudged == [date(2026, 3, 1)]


def test_of_two_forms_on_one_day_the_last_counts() -> None:
    forms = support(form(4, [1], day="2026-01-01"), form(2, [2], day="2026-01-01"))
    (history,) = gap_histories(forms, episodes(), AS_OF)
    assert [gap for *_, gap in history.judged] == [0]


def test_types_keep_their_order_and_their_own_episodes() -> None:
    forms = support(
        pd.concat([form(3, [0], "tangible"), form(3, [0], "emotional")]),
    )
    found = episodes(
        ("tangible", "2026-01-01", "2026-03-01"),
        ("tangible", "2026-05-01", None),
        ("esteem", "2026-05-01", None),
    )
    emotional, tangible = gap_histories(forms, found, AS_OF)
    assert (emotional.support_type, emotional.episodes) == ("emotional", [])
    assert tangible.episodes == [
        (date(2026, 1, 1), date(2026, 3, 1), True),
        (date(2026, 5, 1), AS_OF, False),
    ]
    said = gaps_in_words([emotional, tangible], ENGLISH)
    assert said == "Still open: Practical help. 1 opening was found met."


def test_nothing_open_is_said() -> None:
    assert gaps_in_words([], ENGLISH) == "No support need stands open."
