"""Why no form came: what is known is told, and told in its order."""

from datetime import date, timedelta

import pandas as pd
import pytest

from dashboard.analysis.missing_forms import explained, gaps_in_words, why_in_words
from dashboard.analysis.trajectory import Absence, stories, with_declined
from dashboard.language import words_in
from tests.analysis.test_trajectory import CATALOGUE, START, scores_of

ENGLISH = words_in("en")
NOBODY_LEFT = pd.Series({"status": "active", "status_on": pd.NaT})
GAP_FROM, GAP_TO = START + timedelta(days=30), START + timedelta(days=230)
TWO_FORMS_EACH_SIDE = scores_of([3, 4, 5, 6], [0, 30, 230, 260])


def expected(*stretches: tuple[int, int, int | None]) -> pd.DataFrame:
    """from_on, until_on and expected_on in days after START."""
    return pd.DataFrame(
        {
            "from_on": [START + timedelta(days=first) for first, _, _ in stretches],
            "until_on": [START + timedelta(days=last) for _, last, _ in stretches],
            "expected_on": [
                pd.NaT if due is None else START + timedelta(days=due) for _, _, due in stretches
            ],
        }
    ).astype("datetime64[us]")


def why(
    scores: pd.DataFrame = TWO_FORMS_EACH_SIDE,
    due: pd.DataFrame | None = None,
    header: pd.Series = NOBODY_LEFT,
    of: str = "phq9",
) -> Absence | None:
    told = stories(scores, CATALOGUE, "first", START + timedelta(days=260))
    plan = expected() if due is None else due
    story = next(one for one in explained(told, scores, plan, header) if one.measure_key == of)
    return story.gaps[0].why


def other_forms(days: list[int], status: str = "scored") -> pd.DataFrame:
    more = scores_of([5.0] * len(days), days, measure_key="gad7")
    if status == "declined":
        more["score"] = float("nan")
    return pd.concat([TWO_FORMS_EACH_SIDE, more.assign(status=status)], ignore_index=True)


def test_without_a_plan_none_was_expected() -> None:
    assert why() == Absence("not_expected")


def test_a_form_that_fell_due_in_between_was_not_filled_in() -> None:
    due = expected((0, 30, 20), (30, 230, 120), (230, 260, 320))
    assert why(due=due) == Absence("not_filled", START + timedelta(days=120))


@pytest.mark.parametrize("due_after", [230, 400, None])
def test_a_form_that_falls_due_later_was_not_expected(due_after: int | None) -> None:
    assert why(due=expected((30, 230, due_after))) == Absence("not_expected")


def test_other_forms_in_between_say_that_this_one_was_not_given() -> None:
    due = expected((30, 230, 120))
    assert why(other_forms([100, 150]), due) == Absence(
        "other_forms", START + timedelta(days=150), forms=2
    )


def test_a_refusal_in_between_comes_before_other_forms() -> None:
    assert why(other_forms([100], "declined"), expected((30, 230, 120))) == Absence(
        "declined", START + timedelta(days=100), forms=1
    )


def test_having_left_comes_first() -> None:
    left = pd.Series({"status": "deceased", "status_on": pd.Timestamp(GAP_FROM + timedelta(3))})
    assert why(other_forms([100]), header=left) == Absence(
        "left", GAP_FROM + timedelta(3), status="deceased"
    )


def test_a_form_declined_as_a_whole_says_so_and_one_left_blank_does_not() -> None:
    scores = scores_of([None, None, 5.0])
    answers = pd.DataFrame(
        {"assessment_id": [0, 0, 1, 2], "state": ["declined", "missing", "missing", "declined"]}
    )
    assert list(with_declined(scores, answers)["status"]) == [
        "declined",
        "too_few_answers",
        "scored",
    ]


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Absence("left", GAP_TO, status="discharged"), "discharged on 19 Aug 2026"),
        (Absence("declined", GAP_TO, forms=1), "declined on 19 Aug 2026"),
        (Absence("other_forms", GAP_TO, forms=2), "not given; other forms came on 2 days"),
        (Absence("not_filled", GAP_TO), "expected 19 Aug 2026, not filled in"),
        (Absence("not_expected"), "none was expected"),
    ],
)
def test_each_reason_in_words(reason: Absence, said: str) -> None:
    assert why_in_words(reason, ENGLISH) == said


def test_gaps_of_one_reason_are_told_together() -> None:
    both = pd.concat(
        [TWO_FORMS_EACH_SIDE, scores_of([1, 2, 3, 4], [0, 30, 230, 260], measure_key="gad7")],
        ignore_index=True,
    ).assign(measure_title=lambda rows: rows["measure_key"].str.upper())
    told = explained(
        stories(both, CATALOGUE, "first", START + timedelta(days=260)),
        both,
        expected((30, 230, 120)),
        NOBODY_LEFT,
    )
    assert gaps_in_words(told, ENGLISH) == (
        "31 Jan 2026 – 19 Aug 2026, no GAD7 and PHQ9: expected 1 May 2026, not filled in."
    )


def test_every_way_to_leave_has_its_words() -> None:
    for status in ("deceased", "discharged", "withdrawn"):
        assert why_in_words(Absence("left", date(2026, 1, 1), status=status), ENGLISH)
