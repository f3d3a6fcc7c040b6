"""Months of a scale: what is told of everyone and of groups, and that nothing small can be told."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.analysis.disclosure import DEFAULT_MINIMUM
from dashboard.analysis.trends import (
    FollowedScale,
    Month,
    Part,
    Trend,
    beside,
    first_choice,
    scales_of,
    trend,
)

JUNE = date(2026, 6, 1)
AS_OF = date(2026, 6, 30)
BANDS = (("minimal", 0.0), ("mild", 5.0), ("moderate", 10.0), ("severe", 20.0))
SCALE = FollowedScale(
    key="phq9/total",
    measure_key="phq9",
    scale_key="total",
    title="PHQ-9",
    domain="distress",
    higher_is="worse",
    minimum=0,
    maximum=27,
    cut_off=10,
    cut_off_source="A source",
    error=2.2,
    reliable_change=6,
    reliable_change_source="Another",
    bands=BANDS,
)


def row(pieces: list[int], group: str | None = None, month: date = JUNE, **other: int) -> Any:
    scored = sum(pieces)
    return {
        "month": pd.Timestamp(month),
        "is_total": group is None,
        "group_name": group or "",
        "scored": scored,
        "unscored": other.get("unscored", 0),
        "no_form": other.get("no_form", 0),
        "lower_quartile": 1.0 if scored else float("nan"),
        "median": 2.0 if scored else float("nan"),
        "upper_quartile": 3.0 if scored else float("nan"),
        "begins": [0.0, 5.0, 10.0, 20.0],
        "in_piece": pieces,
    }


def told(groups: dict[str, list[int]], minimum: int) -> Trend:
    """One month of a total and its groups."""
    total = [sum(column) for column in zip(*groups.values(), strict=True)]
    rows = [row(total), *(row(pieces, name) for name, pieces in groups.items())]
    return trend(pd.DataFrame(rows), SCALE, "site", AS_OF, 12, minimum)


def parts(month: Month) -> list[tuple[int, int, int | None]]:
    return [(part.first, part.last, part.patients) for part in month.parts]


def test_pieces_are_cut_at_bands_and_at_the_cut_off() -> None:
    pieces = FollowedScale(**{**vars(SCALE), "cut_off": 8.0}).pieces
    assert [(piece.first, piece.last, piece.band, piece.is_above) for piece in pieces] == [
        (0, 4, "minimal", False),
        (5, 7, "mild", False),
        (8, 9, "mild", True),
        (10, 19, "moderate", True),
        (20, 27, "severe", True),
    ]
    assert SCALE.sides == ((0, 1), (2, 3))


def test_means_have_pieces_that_end_a_hundredth_below_the_next() -> None:
    bands = (("low", 1.0), ("high", 3.5))
    scale = FollowedScale(**{**vars(SCALE), "cut_off": None, "bands": bands, "minimum": 1})
    assert [(piece.first, piece.last) for piece in scale.pieces] == [(1, 3.49), (3.5, 27)]
    assert scale.sides == ((0, 1),)


def test_ones_own_patients_are_told_in_full() -> None:
    shown = told({"North": [1, 0, 2, 1], "South": [3, 3, 0, 0]}, minimum=1)
    north, south = shown.groups
    assert parts(north.months[0]) == [(0, 0, 1), (1, 1, 0), (2, 2, 2), (3, 3, 1)]
    assert (north.months[0].above, south.months[0].above) == (3, 0)
    assert north.months[0].share_above == 0.75
    assert shown.total.months[0].scored == 10


def test_small_bands_are_told_together_on_their_side_of_the_cut_off() -> None:
    shown = told({"North": [30, 9, 11, 4]}, minimum=10).total.months[0]
    assert parts(shown) == [(0, 1, 39), (2, 3, 15)]
    assert shown.above == 15
    shown = told({"North": [30, 12, 9, 4]}, minimum=10).total.months[0]
    assert parts(shown) == [(0, 0, 30), (1, 1, 12), (2, 3, 13)]


def test_nothing_is_told_of_a_side_that_is_small() -> None:
    shown = told({"North": [30, 12, 5, 4]}, minimum=10).total.months[0]
    assert shown.above is None
    assert parts(shown) == [(0, 0, 30), (1, 3, 21)]


def test_nobody_in_a_band_may_show() -> None:
    shown = told({"North": [30, 12, 0, 0]}, minimum=10).total.months[0]
    assert parts(shown) == [(0, 0, 30), (1, 1, 12), (2, 2, 0), (3, 3, 0)]
    assert shown.above == 0


def test_a_small_group_is_hidden_with_another_that_would_give_it_away() -> None:
    groups = {"North": [20, 20, 20, 20], "South": [15, 15, 15, 15], "West": [1, 1, 1, 1]}
    shown = {course.group: course.months[0] for course in told(groups, minimum=10).groups}
    assert shown["West"].is_hidden
    assert shown["West"].quartiles is None
    assert [month.is_hidden for month in shown.values()].count(True) == 2


def test_groups_show_their_bands_only_where_all_have_enough() -> None:
    enough = told({"North": [20, 20, 20, 20], "South": [30, 10, 10, 0]}, minimum=10)
    assert all(len(course.months[0].parts) == 4 for course in enough.groups)
    short = told({"North": [20, 20, 20, 20], "South": [30, 10, 10, 3]}, minimum=10)
    assert parts(short.groups[0].months[0]) == [(0, 1, 40), (2, 3, 40)]
    assert short.groups[1].months[0].above == 13


def test_groups_that_are_too_many_are_counted_and_not_drawn() -> None:
    shown = told({f"Site {n:02d}": [n, 0, 0, 0] for n in range(1, 16)}, minimum=1)
    assert len(shown.groups) == 12
    assert shown.left_out == 3
    assert shown.groups[0].group == "Site 04"


def test_only_whole_months_from_the_first_known_on() -> None:
    rows = pd.DataFrame([row([5, 5, 5, 5], month=date(2026, 3, 1)), row([5, 5, 5, 5])])
    shown = trend(rows, SCALE, "none", AS_OF, 12, 1)
    assert [month.month for month in shown.total.months] == [
        date(2026, month, 1) for month in (3, 4, 5, 6)
    ]
    assert shown.total.months[1].scored == 0
    assert shown.total.months[1].quartiles is None
    earlier = trend(rows, SCALE, "none", date(2026, 6, 29), 2, 1)
    assert [month.month for month in earlier.total.months] == [date(2026, 4, 1), date(2026, 5, 1)]
    assert trend(rows.iloc[:0], SCALE, "none", AS_OF, 12, 1).total.months == ()


def test_distress_is_offered_first_and_support_beside_it() -> None:
    def offered(measure: str, domain: str, cut_off: float | None, bands: list[str]) -> Any:
        return {
            "measure_key": measure,
            "measure_title": measure.upper(),
            "domain": domain,
            "scale_key": "total",
            "scale_title": "",
            "higher_is": "worse",
            "minimum": 0,
            "maximum": 10,
            "cut_off": cut_off,
            "cut_off_source": None,
            "sem": None,
            "reliable_change": None,
            "reliable_change_source": None,
            "bands": bands,
            "band_begins": [0.0] * len(bands),
        }

    scales = scales_of(
        pd.DataFrame(
            [
                offered("support", "support", None, []),
                offered("thermometer", "distress", 4, []),
                offered("phq", "distress", 5, ["low"]),
            ]
        )
    )
    assert [scale.key for scale in scales] == ["thermometer/total", "phq/total", "support/total"]
    first = first_choice(scales)
    assert first is not None
    assert first.title == "PHQ"
    second = beside(scales, first)
    assert second is not None
    assert second.title == "SUPPORT"
    assert beside([first], first) is None


group_counts = st.lists(st.integers(0, 40), min_size=4, max_size=4)


@given(st.lists(group_counts, min_size=1, max_size=5))
def test_nothing_small_is_told_and_nothing_can_be_worked_out(groups: list[list[int]]) -> None:
    shown = told({f"Site {place}": pieces for place, pieces in enumerate(groups)}, DEFAULT_MINIMUM)
    months = [shown.total.months[0], *(course.months[0] for course in shown.groups)]
    for month in months:
        for number in (month.scored, month.above, *(part.patients for part in month.parts)):
            assert number is None or number == 0 or number >= DEFAULT_MINIMUM
        if month.above is not None and month.scored is not None:
            below = month.scored - month.above
            assert below == 0 or below >= DEFAULT_MINIMUM
        hidden = [part for part in month.parts if part.patients is None]
        assert len(hidden) != 1, "the rest of what is told would give it away"
        if month.quartiles is not None:
            assert (month.scored or 0) >= DEFAULT_MINIMUM
    assert_no_group_stands_alone(shown)


def assert_no_group_stands_alone(shown: Trend) -> None:
    """No hidden number follows from all that is told: it is no sum of told numbers.

    The unknowns are how many patients of each group are in each piece.
    """
    pieces = len(SCALE.pieces)
    groups = [course.months[0] for course in shown.groups]

    def counted(places: range, first: int = 0, last: int = pieces - 1) -> list[float]:
        return [
            float(place in places and first <= piece <= last)
            for place in range(len(groups))
            for piece in range(pieces)
        ]

    known = [[0.0] * (len(groups) * pieces)]
    hidden: list[list[float]] = []
    for places, month in [
        (range(len(groups)), shown.total.months[0]),
        *((range(place, place + 1), month) for place, month in enumerate(groups)),
    ]:
        (hidden if month.scored is None else known).append(counted(places))
        for part in month.parts:
            row = counted(places, part.first, part.last)
            (hidden if part.patients is None else known).append(row)
    rank = np.linalg.matrix_rank(np.array(known))
    for row in hidden:
        assert np.linalg.matrix_rank(np.array([*known, row])) > rank


@pytest.mark.parametrize("minimum", [1, 10])
def test_the_parts_of_everyone_add_up(minimum: int) -> None:
    groups = {"North": [31, 4, 12, 2], "South": [18, 17, 3, 8]}
    total = told(groups, minimum).total.months[0]
    assert sum(part.patients or 0 for part in total.parts) == total.scored == 95
    assert [part.first for part in total.parts][0] == 0
    assert isinstance(total.parts[0], Part)
