"""Since when, and for whom: sentences that err on the side of no change."""

from datetime import date

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from dashboard.analysis.trend_change import answer_on_trends, differs, mostly, moved
from dashboard.analysis.trends import Course, FollowedScale, Month, Part, Trend
from dashboard.language import words_in
from tests.analysis.test_trends import SCALE

ENGLISH = words_in("en")
Counted = tuple[int, int]


def month(number: int, counted: Counted | None) -> Month:
    """A month in which so many of so many are above; None where the share is hidden."""
    first = date(2026, number, 1)
    if counted is None:
        return Month(first, None, 0, 0, (), None, None)
    above, scored = counted
    parts = (Part(0, 1, scored - above), Part(2, 3, above))
    return Month(first, scored, 0, 0, parts, above, (1.0, 4.0, 9.0) if scored else None)


def course(counts: list[Counted | None], group: str | None = None) -> Course:
    return Course(group, tuple(month(at, one) for at, one in enumerate(counts, start=1)))


def answer(total: Course, groups: list[Course], scale: FollowedScale = SCALE) -> str:
    told = Trend(scale, "none", total, (), 0)
    return answer_on_trends(told, Trend(scale, "site", total, tuple(groups), 0), ENGLISH)


def test_the_interval_is_newcombes() -> None:
    for a, n, b, m in [(21, 100, 34, 100), (3, 40, 12, 41), (0, 30, 5, 30), (50, 50, 40, 50)]:
        low, high = confint_proportions_2indep(a, n, b, m, method="newcomb", compare="diff")
        assert differs(month(1, (a, n)), month(2, (b, m)), 1.959963984540054) == (
            low > 0 or high < 0
        )


def test_a_rise_is_told_with_the_newest_month_that_clearly_differs() -> None:
    total = course([(40, 200), (42, 200), (44, 200), (70, 200), (80, 200)])
    change = moved(total)
    assert change is not None
    assert change.start is not None
    assert change.start.month == date(2026, 3, 1)
    assert answer(total, []) == (
        "The share at or above 10 (PHQ-9) rose from 22% in Mar 2026 to 40% in May 2026."
    )


def test_a_fall_says_so() -> None:
    assert "fell from 40% in Feb 2026 to 20% in Mar 2026." in answer(
        course([(80, 200), (80, 200), (40, 200)]), []
    )


def test_chance_is_not_called_a_change() -> None:
    said = answer(course([(10, 50), (14, 50), (9, 50), (15, 50)]), [])
    assert said == (
        "30% of patients are at or above 10 (PHQ-9) in Apr 2026; of the months since Jan 2026 "
        "(18% to 30%) none is clearly different."
    )


def test_many_months_ask_for_more_than_two() -> None:
    """The same two months differ when they are all there is, and not as one pair of many."""
    ends, between = ((20, 100), (34, 100)), (27, 100)
    alone = moved(course([ends[0], ends[1]]))
    among = moved(course([ends[0], *[between] * 10, ends[1]]))
    assert alone is not None
    assert alone.start is not None
    assert among is not None
    assert among.start is None


@pytest.mark.parametrize(
    "counts",
    [
        [],
        [(5, 20)],
        [(5, 9), (5, 9)],
        [(5, 20), (5, 9)],
        [(5, 9), (5, 20)],
        [(5, 20), None],
        [None, (5, 20)],
        [(5, 20), (0, 0)],
    ],
)
def test_too_few_to_say(counts: list[Counted | None]) -> None:
    total = course(counts)
    assert moved(total) is None
    if counts:
        assert answer(total, []).startswith("Too few to say how PHQ-9 moved: it takes 10 patients")


def test_the_group_behind_most_of_a_change_is_named() -> None:
    north = course([(20, 100), (45, 100)], "Northgate")
    south = course([(20, 100), (25, 100)], "Southgate")
    total = course([(40, 200), (70, 200)])
    assert answer(total, [north, south]).endswith(", mostly at Northgate (20% to 45%).")


def test_a_change_shared_alike_names_nobody() -> None:
    alike = [course([(20, 100), (35, 100)], name) for name in ("Northgate", "Southgate")]
    assert answer(course([(40, 200), (70, 200)]), alike).endswith("in Feb 2026.")


def test_a_group_that_only_grew_accounts_for_nothing() -> None:
    grew = course([(10, 20), (90, 180)], "Northgate")
    same = course([(18, 180), (2, 20)], "Southgate")
    change = moved(course([(28, 200), (92, 200)]))
    assert change is not None
    assert mostly([grew, same], change) is None


def test_nothing_is_said_for_whom_beside_a_hidden_or_a_small_group() -> None:
    north = course([(20, 100), (45, 100)], "Northgate")
    hidden = course([(20, 100), None], "Southgate")
    assert "mostly" not in answer(course([(40, 200), (70, 200)]), [north, hidden])
    tiny = course([(0, 9), (9, 9)], "Tiny")
    rest = course([(40, 191), (45, 191)], "Rest")
    assert "mostly" not in answer(course([(40, 200), (74, 200)]), [tiny, rest])


def test_without_a_cut_off_the_middle_is_told_without_a_judgement() -> None:
    scale = FollowedScale(**{**vars(SCALE), "cut_off": None, "title": "MOS support"})
    total = course([(5, 20), (5, 20)])
    assert answer(total, [], scale) == (
        "The middle of MOS support is 4 in Feb 2026, half of the patients between 1 and 9. "
        "It was 4 in Jan 2026."
    )
    assert "Too few to say" in answer(course([(5, 20), (2, 5)]), [], scale)


def test_it_speaks_greek() -> None:
    told = Trend(SCALE, "none", course([(80, 200), (40, 200)]), (), 0)
    said = answer_on_trends(told, told, words_in("el"))
    assert "έπεσε από 40%" in said
