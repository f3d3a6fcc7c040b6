"""Counts of a replay: small ones are hidden with what gives them away; differences in words."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.analysis.alert_budget import (
    Budget,
    answer_for,
    budget_of,
    comparison,
    more_or_fewer,
    numbers_beside,
    per_nurse_week,
    stacked,
    weekly,
    weeks_over,
)
from dashboard.language import words_in

ENGLISH = words_in("en")
FIRST = date(2025, 7, 1)
USUAL = {
    "followed": 80,
    "caught": 40,
    "missed": 20,
    "worse_later": 30,
    "never_worse": 25,
    "high": 12,
    "grown": 11,
}


def rows(weeks: list[int] | None = None, lead: float = 30.0, **changed: int) -> pd.DataFrame:
    """What the query answers: `changed` counts, and these numbers of alerts in the first weeks."""
    counts = {kind: number for kind, number in {**USUAL, **changed}.items() if number}
    alerts = [*(weeks or []), *[20] * (52 - len(weeks or []))]
    days = [FIRST + timedelta(days=7 * week) for week in range(52)]
    told: list[tuple[str, date | None, int, float | None]] = [
        ("week", day, number, None) for day, number in zip(days, alerts, strict=True)
    ]
    told += [("lead", None, 10, days) for days in (10.0, 20.0, 40.0, 50.0)]
    told += [
        (kind, None, number, lead if kind == "caught" else None) for kind, number in counts.items()
    ]
    frame = pd.DataFrame(told, columns=["kind", "day", "number", "lead_days"])
    return frame.assign(day=pd.to_datetime(frame["day"]))


def budget(
    weeks: list[int] | None = None, lead: float = 30.0, minimum: int = 10, **changed: Any
) -> Budget:
    found = budget_of(rows(weeks, lead, **changed), minimum)
    assert found is not None
    return found


def test_counts_are_read_as_they_are() -> None:
    found = budget(minimum=1)
    assert (found.caught, found.missed, found.worsenings, found.lead) == (40, 20, 60, 30.0)
    assert (found.flagged, found.never_worse, found.high, found.grown) == (55, 25, 12, 11)
    assert found.dots == (10.0, 20.0, 40.0, 50.0)
    assert found.alerts == 52 * 20


def test_counts_are_told_in_steps_of_the_minimum() -> None:
    found = budget(weeks=[14, 15])
    assert (found.flagged, found.never_worse, found.high, found.grown) == (60, 30, 10, 10)
    assert found.weeks["alerts"].tolist()[:3] == [10, 20, 20]
    assert budget(minimum=15).never_worse == 30


@given(one=st.integers(0, 200), other=st.integers(0, 200), minimum=st.integers(5, 15))
def test_two_replays_never_differ_by_a_small_group(one: int, other: int, minimum: int) -> None:
    told = [budget(minimum=minimum, followed=200, caught=n).caught for n in (one, other)]
    if None not in told:
        assert abs((told[0] or 0) - (told[1] or 0)) % minimum == 0


@pytest.mark.parametrize("followed", [0, 1, 9])
def test_too_few_patients_tell_nothing(followed: int) -> None:
    assert budget_of(rows(followed=followed), 10) is None


def test_nobody_followed_is_not_an_error() -> None:
    assert budget_of(rows().iloc[:0], 10) is None


@pytest.mark.parametrize("small", [1, 9])
def test_small_counts_are_hidden(small: int) -> None:
    found = budget(caught=small, never_worse=small, high=small, weeks=[small])
    assert (found.caught, found.lead, found.dots) == (None, None, ())
    assert (found.never_worse, found.high) == (None, None)
    assert found.weeks["alerts"].isna().tolist() == [True, *[False] * 51]
    # What they are a part of is not exact, so that they cannot be worked out either.
    assert (found.missed, found.worsenings, found.flagged) == (
        20,
        (20 + small + 5) // 10 * 10,
        (30 + small + 5) // 10 * 10,
    )


def test_zero_may_show() -> None:
    found = budget(missed=0, never_worse=0, high=0)
    assert (found.caught, found.missed, found.never_worse, found.high) == (40, 0, 0, 0)


def test_a_week_without_alerts_is_zero_and_no_gap() -> None:
    assert budget(weeks=[0]).weeks["alerts"].iloc[0] == 0


def test_alerts_are_shared_among_nurses() -> None:
    found = budget(weeks=[60, 60])
    assert per_nurse_week(found, 4) == pytest.approx((52 * 20 + 80) / 52 / 4)
    assert weekly(found, 4)["alerts"].iloc[0] == 15
    assert weeks_over(found, 4, 12) == 2
    assert weeks_over(found, 4, 15) == 0


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (10.0, 11.84, "1.8 more"),
        (10, 4, "6 fewer"),
        (10.0, 10.04, "no change"),
        (None, 4, "not shown"),
        (4, None, "not shown"),
    ],
)
def test_a_difference_is_said_in_words(
    before: float | None, after: float | None, said: str
) -> None:
    assert more_or_fewer(before, after, "plain", ENGLISH) == said


def test_what_is_hidden_is_said_to_be_few() -> None:
    assert budget().said(None, ENGLISH) == "fewer than 10"
    assert budget().said(9.849, ENGLISH) == "9.8"


def test_the_answer_compares_the_draft() -> None:
    now, draft = budget(), budget(weeks=[40] * 52, caught=48, missed=12)
    assert comparison(now, draft, 2, 12, ENGLISH) == (
        "The draft would have meant 10 more alerts per nurse-week and 10 more worsenings flagged "
        "beforehand; over budget in 52 of 52 weeks."
    )


def test_without_a_draft_the_answer_is_about_the_rules_in_force() -> None:
    assert answer_for(budget(), 2, 12, ENGLISH) == (
        "A nurse was told of 10 new alerts in an average week; over budget in 0 of 52 weeks. "
        "Of 60 later worsenings, 40 were flagged beforehand."
    )


def test_the_table_has_every_number_with_its_difference() -> None:
    table = numbers_beside(budget(), budget(caught=3), 2, 12, ENGLISH).set_index("what")
    assert list(table.loc["Worsenings caught"]) == ["40", "fewer than 10", "not shown"]
    assert list(table.loc["Patients flagged"]) == ["60", "60", "no change"]
    assert list(numbers_beside(budget(), None, 2, 12, ENGLISH)) == ["what", "now"]


def test_dots_are_stacked_by_fortnights() -> None:
    dots = stacked((0.0, 13.0, 14.0, 30.0))
    assert dots["days"].tolist() == [7, 7, 21, 35]
    assert dots["place"].tolist() == [1, 2, 1, 1]
    assert stacked(()).empty
