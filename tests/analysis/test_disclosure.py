"""What is shown of groups: nobody who solves for what is hidden gets a small group out of it."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations, product
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from dashboard.analysis.disclosure import (
    DEFAULT_MINIMUM,
    FILE,
    LOWEST_MINIMUM,
    SafeTable,
    answerable,
    coarsened,
    hidden_label,
    last_month_end,
    last_quarter_end,
    minimum_of,
    safe_chain,
    safe_parts,
    safe_steps,
    safe_table,
    safe_totals,
    shown_count,
    shown_share,
    shown_value,
    tellable,
)
from dashboard.errors import Refused

MINIMA = st.integers(LOWEST_MINIMUM, 15)


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, None), (9, None), (10, 10), (11, 11)])
def test_a_count_is_hidden_from_one_to_nine(count: int, shown: int | None) -> None:
    assert shown_count(count, 10) == shown
    assert shown_count(count, 1) == count


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(0, 0, None), (0, 9, None), (0, 10, 0.0), (9, 40, None), (31, 40, None), (10, 40, 0.25)],
)
def test_a_share_is_hidden_with_either_of_its_parts(
    part: int, whole: int, shown: float | None
) -> None:
    assert shown_share(part, whole, 10) == shown


def test_a_median_of_too_few_is_hidden() -> None:
    assert shown_value(3.5, 9, 10) is None
    assert shown_value(3.5, 10, 10) == 3.5
    assert shown_value(float("nan"), 0, 1) is None
    assert hidden_label(10) == "<10"


def test_a_centre_sets_its_own_minimum(tmp_path: Path) -> None:
    assert minimum_of(tmp_path) == DEFAULT_MINIMUM
    (tmp_path / FILE).write_text("minimum = 15\n", "utf-8")
    assert minimum_of(tmp_path) == 15


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("minimum = 4", "at least 5"),
        ("minimum = true", "whole number"),
        ("minimum = 7.5", "whole number"),
        ("minimum = ", "not valid TOML"),
        ("fewest = 10", "not known"),
    ],
)
def test_a_minimum_that_protects_nobody_is_refused(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text, "utf-8")
    with pytest.raises(Refused, match=says):
        minimum_of(tmp_path)


def whole_table(counts: pd.DataFrame) -> npt.NDArray[np.int64]:
    """The counts with their totals in a last row and column."""
    cells = counts.to_numpy(dtype=np.int64)
    rows = np.vstack([cells, cells.sum(axis=0)])
    return np.hstack([rows, rows.sum(axis=1, keepdims=True)])


def shown_of(safe: SafeTable) -> npt.NDArray[np.float64]:
    """What is shown of such a table; NaN where it is hidden."""
    rows = pd.concat([safe.cells, safe.of_columns.to_frame().T])
    last = [*safe.of_rows, pd.NA if safe.whole is None else safe.whole]
    return rows.assign(total=last).astype("Float64").to_numpy(dtype=float, na_value=np.nan)


def bounds(
    shown: npt.NDArray[np.float64],
) -> Iterator[tuple[tuple[int, int], tuple[float, float]]]:
    """Each hidden number with the least and the most that it can be, worked out from what is
    shown by linear programming. The corners of such a table are whole numbers, so these bounds
    are exact."""
    rows, columns = shown.shape
    place = np.arange(rows * columns).reshape(rows, columns)
    equations = []
    for line in [*place, *place.T]:
        equation = np.zeros(rows * columns)
        equation[line] = [*[1.0] * (len(line) - 1), -1.0]
        equations.append(equation)
    limits = [(0, None) if np.isnan(one) else (one, one) for one in shown.ravel()]
    for row, column in np.argwhere(np.isnan(shown)):
        goal = np.zeros(rows * columns)
        goal[place[row, column]] = 1.0
        found = []
        for sign in (1, -1):
            solved = linprog(
                sign * goal, A_eq=np.array(equations), b_eq=np.zeros(rows + columns), bounds=limits
            )
            # Status 3: there is no limit.
            found.append(np.inf if solved.status == 3 else float(sign * solved.fun))
        yield (int(row), int(column)), (found[0], found[1])


TABLES = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda shape: st.lists(
        st.lists(
            st.one_of(st.just(0), st.integers(0, 12), st.integers(0, 60)),
            min_size=shape[1],
            max_size=shape[1],
        ),
        min_size=shape[0],
        max_size=shape[0],
    ).map(pd.DataFrame)
)


@settings(max_examples=25)
@given(counts=TABLES, minimum=MINIMA)
@example(pd.DataFrame([[3, 0], [0, 50]]), 10)
@example(pd.DataFrame([[3, 7], [50, 60]]), 10)
@example(pd.DataFrame([[9, 1, 0]]), 10)
@example(pd.DataFrame([[2], [3], [5]]), 10)
def test_nothing_hidden_in_a_table_can_be_solved_for(counts: pd.DataFrame, minimum: int) -> None:
    true = whole_table(counts)
    shown = shown_of(safe_totals(counts, minimum))
    small = (true > 0) & (true < minimum)
    assert np.isnan(shown[small]).all()
    assert (shown[~np.isnan(shown)] == true[~np.isnan(shown)]).all()
    assert np.isnan(shown[-1, -1]) == small[-1, -1], "the whole stands for itself"
    for (row, column), (least, most) in bounds(shown):
        if small[row, column]:
            assert least <= 1 + 1e-6
            assert most >= minimum - 1e-6
        else:
            assert most - least > 0.5, "no longer hidden if it is certain"


def test_a_table_without_small_counts_is_shown_whole() -> None:
    counts = pd.DataFrame({"a": [10, 0], "b": [25, 31]}, index=["North", "East"])
    pd.testing.assert_frame_equal(safe_table(counts, 10), counts.astype("Int64"))
    hidden = safe_table(counts + 1, 11)
    assert hidden.isna().sum().sum() == 4
    pd.testing.assert_frame_equal(safe_table(counts + 1, 1), (counts + 1).astype("Int64"))
    assert safe_table(pd.DataFrame(columns=["a", "b"], dtype=int), 10).empty


def test_parts_of_a_whole_hide_each_other() -> None:
    assert safe_parts([40, 30, 20, 12], 10) == [40, 30, 20, 12]
    assert safe_parts([40, 30, 20, 3], 10) == [40, 30, None, None]
    assert safe_parts([0, 0, 0], 10) == [0, 0, 0]


@given(parts=st.lists(st.integers(0, 40), min_size=1, max_size=6), minimum=MINIMA)
def test_the_hidden_parts_together_are_no_small_group(parts: list[int], minimum: int) -> None:
    hidden = [
        part for part, told in zip(parts, safe_parts(parts, minimum), strict=True) if told is None
    ]
    assert len(hidden) != 1 or sum(parts) < minimum or sum(parts) == hidden[0]
    assert not hidden or sum(hidden) >= min(minimum, sum(parts))


ATOMS = "abcdef"


@settings(max_examples=25)
@given(
    counts=st.lists(st.one_of(st.integers(0, 9), st.integers(0, 60)), min_size=6, max_size=6),
    chosen=st.lists(st.sets(st.sampled_from(ATOMS), min_size=1), max_size=5),
    minimum=MINIMA,
)
@example([40, 30, 20, 4, 0, 0], [set(ATOMS), {"a"}, {"b"}, {"c"}], 10)
def test_numbers_that_overlap_leave_no_small_group_certain(
    counts: list[int], chosen: list[set[str]], minimum: int
) -> None:
    """Every group made of atoms, and not only those that were asked about."""
    atoms = dict(zip(ATOMS, counts, strict=True))
    numbers = {str(place): parts for place, parts in enumerate(chosen)}
    told = tellable(atoms, numbers, minimum)
    known = [(chosen[int(name)], count) for name, count in told.items() if count is not None]
    assert all(count == sum(atoms[part] for part in parts) for parts, count in known)
    if not known:
        return
    equations = np.array([[float(part in parts) for part in ATOMS] for parts, _ in known])
    for size in range(1, len(ATOMS) + 1):
        for group in combinations(ATOMS, size):
            if 0 < sum(atoms[part] for part in group) < minimum:
                goal = np.array([-float(part in group) for part in ATOMS])
                most = linprog(goal, A_eq=equations, b_eq=[count for _, count in known])
                assert most.status == 3 or -most.fun >= minimum - 1e-6


def test_what_is_asked_first_is_told_first() -> None:
    atoms = {"better": 40, "same": 30, "worse": 4}
    numbers = {"all": list(atoms), **{name: [name] for name in ("worse", "same", "better")}}
    assert tellable(atoms, numbers, 10) == {"all": 74, "worse": None, "same": 30, "better": None}
    assert tellable(atoms, numbers, 1)["worse"] == 4


@given(
    drops=st.lists(st.integers(0, 15), min_size=1, max_size=8),
    left=st.integers(0, 40),
    minimum=MINIMA,
)
def test_no_two_steps_of_a_chain_differ_by_a_small_group(
    drops: list[int], left: int, minimum: int
) -> None:
    counts = [left + sum(drops[place:]) for place in range(len(drops) + 1)]
    shown = [count for count in safe_chain(counts, minimum) if count is not None]
    assert all(not 0 < count < minimum for count in shown)
    assert all(not 0 < a - b < minimum for a, b in combinations(shown, 2))
    assert safe_chain(counts, 1) == counts


@given(people=st.lists(st.integers(0, 12), max_size=30), minimum=MINIMA)
def test_each_step_of_a_curve_stands_for_enough_people(people: list[int], minimum: int) -> None:
    kept = safe_steps(people, minimum)
    ends = [-1, *kept]
    for before, here in zip(ends, kept, strict=False):
        assert sum(people[before + 1 : here + 1]) >= minimum
        assert sum(people[before + 1 : here]) < minimum, "and no step is coarser than it must be"
    assert sum(people[ends[-1] + 1 :]) < minimum
    assert safe_steps([2, 3], 1) == [0, 1]


def test_rare_values_join_and_take_one_more_along() -> None:
    values = pd.Series(["a"] * 30 + ["b"] * 12 + ["c"] * 3 + [None])
    assert coarsened(values, 10).value_counts().to_dict() == {"a": 30, "other": 16}
    assert coarsened(values, 3, "rest").value_counts().to_dict() == {
        "a": 30,
        "b": 12,
        "rest": 4,
    }
    assert coarsened(pd.Series(["a", None]), 10).tolist() == ["other", "other"]


PEOPLE = st.lists(
    st.tuples(st.sampled_from("ns"), st.sampled_from("fm"), st.sampled_from("xyz")),
    min_size=6,
    max_size=40,
)


def filters_over(people: pd.DataFrame, minimum: int) -> dict[str, npt.NDArray[np.bool_]]:
    """Every filter that is answered, in any combination of values, and whom it holds."""
    found = {"everyone": np.ones(len(people), dtype=bool)}
    for names in answerable(people, minimum):
        sets = [
            [some for n in range(1, len(values) + 1) for some in combinations(values, n)]
            for values in (sorted(people[name].unique()) for name in names)
        ]
        for chosen in product(*sets):
            held = np.ones(len(people), dtype=bool)
            for name, values in zip(names, chosen, strict=True):
                held &= people[name].isin(values).to_numpy()
            found[str(dict(zip(names, chosen, strict=True)))] = held
    return found


@settings(max_examples=20)
@given(people=PEOPLE, copies=st.integers(1, 4))
@example([("n", "f", "x")] * 3 + [("n", "m", "y")] * 2 + [("n", "f", "z")], 4)
def test_no_two_answers_and_everyone_give_away_a_small_group(
    people: list[tuple[str, str, str]], copies: int
) -> None:
    """Whatever is added and subtracted, a result that stands for people stands for enough."""
    minimum = LOWEST_MINIMUM
    frame = pd.DataFrame(people * copies, columns=["site", "sex", "illness"]).apply(
        coarsened, minimum=minimum
    )
    sets = {tuple(held): name for name, held in filters_over(frame, minimum).items()}
    weights = [(a, b, c) for a, b, c in product((-1, 0, 1), repeat=3) if (a, b) != (0, 0)]
    answers = [np.array(held, dtype=int) for held in sets]
    for one, other in combinations(answers, 2):
        for a, b, c in weights:
            result = a * one + b * other + c
            if ((result == 0) | (result == 1)).all():
                assert not 0 < result.sum() < minimum


def test_a_filter_is_refused_for_what_another_would_tell() -> None:
    people = pd.DataFrame(
        {
            "sex": ["f"] * 60 + ["m"] * 60,
            # Breast cancer in women only, and three women with something else.
            "illness": ["breast"] * 57 + ["other"] * 3 + ["other"] * 60,
            "site": ["North", "East", "Hill"] * 40,
        }
    )
    # Not by illness: women less women with breast cancer are three.
    assert answerable(people, 10) == [("sex",), ("site",), ("sex", "site")]
    assert len(answerable(people, 1)) == 6, "two dimensions at most"
    assert answerable(people.iloc[:0], 10)


@pytest.mark.parametrize(
    ("day", "quarter", "month"),
    [
        (date(2026, 6, 30), date(2026, 6, 30), date(2026, 6, 30)),
        (date(2026, 7, 31), date(2026, 6, 30), date(2026, 7, 31)),
        (date(2026, 2, 27), date(2025, 12, 31), date(2026, 1, 31)),
    ],
)
def test_days_are_those_on_which_a_period_is_over(day: date, quarter: date, month: date) -> None:
    assert last_quarter_end(day) == quarter
    assert last_month_end(day) == month
