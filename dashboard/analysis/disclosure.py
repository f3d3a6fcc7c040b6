"""Which numbers about groups may be shown, so that no small group can be told from them.

A count of 1 to one below the minimum is hidden; so is every share that would give it away.
Zero may show. The minimum of ten, and never below five, is the rule for service data here
(docs/decisions.md); one's own patients need no hiding, which is a minimum of 1.

What is shown can be added and subtracted, so a number is judged together with all that a
reader could ask for beside it, never with what was asked before:

- a table with its totals: `safe_table`; a whole and its parts: `safe_parts`;
- numbers of which each is a part of the one before: `safe_chain`; that overlap: `tellable`;
- a survival curve: `safe_steps`;
- filters, whose groups overlap: `answerable`, over `coarsened` values;
- days: whole quarters or months only, `last_quarter_end` and `last_month_end`.
"""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import heappop, heappush
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.errors import Refused

DEFAULT_MINIMUM = 10
LOWEST_MINIMUM = 5
FILE = "disclosure.toml"
MOST_TOGETHER = 2
"""Dimensions that one filter over the whole service may name."""

Counts = npt.NDArray[np.int64]

_SLACK = 1e-6

# What hiding one more number costs the reader: totals are worth more than cells, and a cell
# that holds nobody looks odd when hidden. The whole is never hidden for the sake of a part.
_COST_OF_CELL = 1.0
_COST_OF_ZERO = 4.0
_COST_OF_TOTAL = 5.0


def minimum_of(store: Path) -> int:
    """The fewest people a shown number may stand for at the centre whose store this is.

    store: its folder, which may hold a `disclosure.toml` with a line such as `minimum = 15`.

    Raises:
        Refused: the file is not valid, or the minimum is below LOWEST_MINIMUM.
    """
    file = store / FILE
    if not file.exists():
        return DEFAULT_MINIMUM
    try:
        said = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise Refused(FILE, f"it is not valid TOML ({problem}).", "Correct it.") from None
    if said.keys() - {"minimum"}:
        raise Refused(FILE, "it has a line that is not known here.", "It takes minimum = 10.")
    minimum = said.get("minimum", DEFAULT_MINIMUM)
    if type(minimum) is not int or minimum < LOWEST_MINIMUM:
        raise Refused(
            f"{FILE}, minimum",
            f"it must be a whole number of at least {LOWEST_MINIMUM}: smaller groups can be told "
            "from what is shown.",
            f"Give {LOWEST_MINIMUM} or more; without the file it is {DEFAULT_MINIMUM}.",
        )
    return minimum


def shown_count(count: int, minimum: int) -> int | None:
    """The count, or None where it stands for too few people."""
    return None if is_small(count, minimum) else count


def shown_share(part: int, whole: int, minimum: int) -> float | None:
    """`part` of `whole`, 0 to 1; None where either, or what is left, stands for too few."""
    if whole == 0 or any(is_small(n, minimum) for n in (part, whole - part, whole)):
        return None
    return part / whole


def shown_value(value: float, people: int, minimum: int) -> float | None:
    """A mean, median or quartile of so many people; None where they are too few."""
    return None if people < max(minimum, 1) else value


def is_small(count: int, minimum: int) -> bool:
    return 0 < count < minimum


def hidden_label(minimum: int) -> str:
    """What stands in place of a hidden count. In a table with totals some hidden numbers are
    larger: there the words `disclosure.hidden` stand in place of each."""
    return f"<{minimum}"


@dataclass(frozen=True)
class SafeTable:
    """Counts with their totals; hidden numbers are missing (<NA>, None)."""

    cells: pd.DataFrame
    of_rows: pd.Series
    of_columns: pd.Series
    whole: int | None


def safe_table(counts: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """The cells of a table whose totals are shown too, as `safe_totals` gives them."""
    return safe_totals(counts, minimum).cells


def safe_totals(
    counts: pd.DataFrame, minimum: int, *, columns_stand_elsewhere: bool = False
) -> SafeTable:
    """A table of counts and its totals, of which no hidden number can be worked out.

    Protection level. From everything that is shown, and from counts being 0 or more,

    - each hidden count of 1 to `minimum` - 1 can still be any number from 1 to `minimum`, so
      that not even its being small is certain;
    - no other hidden number is certain.

    Small counts are hidden first, totals among them. For each of them the cheapest further
    numbers are then hidden along which it could still rise to `minimum` and fall to 1 while
    all totals stay as they are: shortest paths in the flow network that a table with totals is
    (Gusfield 1988, "A graph theoretic approach to statistical data security", SIAM Journal on
    Computing 17). More may be hidden than an exhaustive search would hide.
    The whole is hidden only where it is small itself, so that it can stand elsewhere too; a
    total of a row or column may be hidden, and must then not be told elsewhere.

    columns_stand_elsewhere: the same for the totals of columns.
    """
    values = np.zeros((len(counts) + 1, counts.shape[1] + 1), dtype=np.int64)
    values[:-1, :-1] = counts.to_numpy(dtype=np.int64)
    values[-1, :-1] = values[:-1, :-1].sum(axis=0)
    values[:, -1] = values[:, :-1].sum(axis=1)
    hidden = (values > 0) & (values < minimum)
    network = _Network(values, hidden, fixed_columns=columns_stand_elsewhere)
    for row, column in np.argwhere(hidden):
        network.leave_possible(int(row), int(column), minimum)
    hidden = np.reshape(network.hidden, values.shape)
    kept = pd.DataFrame(values).astype("Int64").mask(pd.DataFrame(hidden))
    return SafeTable(
        kept.iloc[:-1, :-1].set_axis(counts.index).set_axis(counts.columns, axis=1),
        kept.iloc[:-1, -1].set_axis(counts.index),
        kept.iloc[-1, :-1].set_axis(counts.columns),
        None if hidden[-1, -1] else int(values[-1, -1]),
    )


def safe_parts(parts: Sequence[int], minimum: int) -> list[int | None]:
    """Counts that make up a whole which is shown: as `safe_totals`, for one row.

    Small parts are hidden, and the smallest others with them until together they are not small.
    """
    hidden = {place for place, part in enumerate(parts) if is_small(part, minimum)}
    others = sorted((part, place) for place, part in enumerate(parts) if part >= minimum)
    while is_small(sum(parts[place] for place in hidden), minimum) and others:
        hidden.add(others.pop(0)[1])
    return [None if place in hidden else part for place, part in enumerate(parts)]


class _Network:
    """A table with totals as a flow: from the column of row totals into each row, through its
    cells into the columns, through their totals into the row of column totals, and through the
    whole back. Whatever keeps all totals is a flow in circles, so what a hidden number can
    still be is what can flow around it through hidden numbers.

    Nodes are the rows and then the columns, each with its total last.
    """

    def __init__(
        self,
        values: Counts,
        hidden: npt.NDArray[np.bool_],
        *,
        may_hide_more: bool = True,
        fixed_columns: bool = False,
    ) -> None:
        self.hidden: list[bool] = hidden.ravel().tolist()
        rows, columns = values.shape
        self._columns = columns
        self._amount = values.ravel().tolist()
        self._ends: list[tuple[int, int]] = []
        whole = max(1, int(values[-1, -1]))
        self._cost: list[float] = []
        for row in range(rows):
            for column in range(columns):
                inside = row < rows - 1, column < columns - 1
                ends = (row, rows + column)
                self._ends.append(ends if inside[0] == inside[1] else ends[::-1])
                amount = int(values[row, column])
                if not may_hide_more or (fixed_columns and not inside[0]):
                    cost = np.inf
                elif all(inside):
                    cost = _COST_OF_CELL + amount / whole if amount else _COST_OF_ZERO
                elif any(inside):
                    cost = _COST_OF_TOTAL + amount / whole
                else:
                    cost = np.inf
                self._cost.append(cost)
        self._at: list[list[int]] = [[] for _ in range(rows + columns)]
        for arc, (start, end) in enumerate(self._ends):
            self._at[start].append(arc)
            self._at[end].append(arc)

    def leave_possible(self, row: int, column: int, minimum: int) -> bool:
        """Hide what it takes for a small count to be able to be 1 and `minimum`; False where
        more would have to be hidden than may be."""
        arc = row * self._columns + column
        start, end = self._ends[arc]
        amount = self._amount[arc]
        return self._open(arc, end, start, minimum - amount) and self._open(
            arc, start, end, amount - 1
        )

    def _open(self, around: int, source: int, target: int, needed: int) -> bool:
        """Hide the cheapest numbers through which so much can flow past the arc `around`."""
        amount = list(self._amount)
        while needed > 0:
            path = self._cheapest(amount, around, source, target)
            if not path:
                return False
            reach = min([needed, *(amount[arc] for arc, onward in path if not onward)])
            for arc, onward in path:
                amount[arc] += reach if onward else -reach
                self.hidden[arc] = True
            needed -= reach
        return True

    def _cheapest(
        self, amount: list[int], around: int, source: int, target: int
    ) -> list[tuple[int, bool]]:
        """Arcs from source to target, each with whether it is gone along or against; against
        it only as far as its amount lets it fall. None where there is no way."""
        far = [np.inf] * len(self._at)
        came: list[tuple[int, int, bool]] = [(-1, -1, True)] * len(self._at)
        far[source] = 0.0
        waiting = [(0.0, source)]
        while waiting:
            length, node = heappop(waiting)
            if node == target:
                break
            if length > far[node]:
                continue
            for arc in self._at[node]:
                start, end = self._ends[arc]
                onward = start == node
                if arc == around or not (onward or amount[arc]):
                    continue
                there = end if onward else start
                longer = length + (0.0 if self.hidden[arc] else self._cost[arc])
                if longer < far[there]:
                    far[there] = longer
                    came[there] = (node, arc, onward)
                    heappush(waiting, (longer, there))
        path: list[tuple[int, bool]] = []
        node = target
        while node != source and came[node][1] >= 0:
            node, arc, onward = came[node]
            path.append((arc, onward))
        return path


def tellable(
    atoms: Mapping[str, int], numbers: Mapping[str, Collection[str]], minimum: int
) -> dict[str, int | None]:
    """Numbers about the same people that overlap in any way, as far as they may be told beside
    one another: those who improved, those who came twice, those who did both.

    A number is told unless it is small, or unless by it and those told before it some atom that
    is small would be certain to be: by linear programming over all counts that are 0 or more.
    A group that is small is made of small atoms, so that of no such group is that certain either.

    Args:
        atoms: how many people there are of each kind, everybody in one of them.
        numbers: the atoms that each number adds up, the most important number first.
    """
    # Loaded here for the sake of pages that do not need it.
    from scipy.optimize import linprog

    places = {name: place for place, name in enumerate(atoms)}
    counts = np.array(list(atoms.values()), dtype=np.int64)
    small = [place for place, count in enumerate(counts) if is_small(int(count), minimum)]
    told: dict[str, int | None] = {}
    rows: list[npt.NDArray[np.float64]] = []
    sums: list[int] = []
    for name, parts in numbers.items():
        count = sum(atoms[part] for part in parts)
        row = np.zeros(len(atoms))
        row[[places[part] for part in parts]] = 1.0
        told[name] = shown_count(count, minimum)
        if told[name] is None:
            continue
        equations = np.array([*rows, row])
        for place in small:
            # People of atoms that are in the same numbers could as well be in this one.
            alike = (equations == equations[:, [place]]).all(axis=0)
            if counts[alike].sum() >= minimum:
                continue
            goal = np.zeros(len(atoms))
            goal[place] = -1.0
            most = linprog(goal, A_eq=equations, b_eq=[*sums, count])
            # Status 3: there is no limit.
            if most.status != 3 and -most.fun < minimum - _SLACK:
                told[name] = None
                break
        else:
            rows.append(row)
            sums.append(count)
    return told


def safe_chain(counts: Sequence[int], minimum: int) -> list[int | None]:
    """Counts of which each is a part of the one before, such as the steps of a funnel: one is
    hidden when it is small or too near to the last one shown, whose difference it would tell."""
    shown: list[int | None] = []
    last: int | None = None
    for count in counts:
        told = not is_small(count, minimum) and (
            last is None or not is_small(last - count, minimum)
        )
        shown.append(count if told else None)
        last = count if told else last
    return shown


def safe_steps(people: Sequence[int], minimum: int) -> list[int]:
    """The steps of a survival curve that may be drawn: positions, each with at least `minimum`
    people since the one before. Those after the last one have no step of their own.

    people: to whom it happened at each step, in order of time.
    """
    kept: list[int] = []
    waiting = 0
    for place, number in enumerate(people):
        waiting += number
        if waiting >= minimum:
            kept.append(place)
            waiting = 0
    return kept


def coarsened(values: pd.Series, minimum: int, other: str = "other") -> pd.Series:
    """A column of groups without small ones: missing and rare values become `other`, and while
    that is small, the rarest of the rest joins it."""
    kept = values.astype(object).where(values.notna(), other)
    while True:
        sizes = kept.value_counts().sort_index(kind="stable").sort_values(kind="stable")
        rare = [name for name, size in sizes.items() if is_small(size, minimum)]
        if not rare or len(sizes) == 1:
            return kept
        if rare == [other]:
            rare.append(next(name for name in sizes.index if name != other))
        kept = kept.mask(kept.isin(rare), other)


def answerable(
    people: pd.DataFrame, minimum: int, together: int = MOST_TOGETHER
) -> list[tuple[str, ...]]:
    """The combinations of dimensions by which people may be counted, in the order in which they
    were found safe beside one another.

    A filter such as "site North and 65 or older" asks about one block of the cross-table of
    its dimensions; so may another filter, and the two answers can be subtracted. So a
    combination is answered, with any of its values, only if

    - it names at most so many dimensions `together`, and no block of their whole cross-table is
      small, the chosen one or another: every sum and difference of its answers is then a
      sum of blocks;
    - from its blocks and those of any combination that is answered before it (fewer dimensions
      first, then in the order of the columns), even by somebody who knows which people do not
      exist, no small group that is in one block of each can be worked out: it can still be
      any number from 1 to `minimum`.

    This depends on the people alone, not on what was asked. Whatever two answers are taken,
    together with the number of everyone, no sum or difference of them stands for 1 to
    `minimum` - 1 people.

    Args:
        people: everyone who could be in an answer, one row each and one column for each
            dimension that could be asked for, `coarsened`, the most important first.
    """
    asked_for = [
        names for size in range(1, together + 1) for names in combinations(people.columns, size)
    ]
    groups = {
        name: pd.factorize(people[name], use_na_sentinel=False)[0].astype(np.int64)
        for name in people
    }
    told: dict[tuple[str, ...], Counts] = {}
    for names in asked_for:
        blocks = _blocks([groups[name] for name in names])
        if not _has_small(blocks, minimum) and all(
            _beside(blocks, others, minimum) for others in told.values()
        ):
            told[names] = blocks
    return list(told)


def _blocks(groups: Sequence[Counts]) -> Counts:
    """The block of each person in the cross-table of dimensions: a number from 0 on.

    groups: the same in each dimension.
    """
    found = groups[0]
    for others in groups[1:]:
        found = found * (others.max(initial=0) + 1) + others
        there = np.bincount(found) > 0
        found = (np.cumsum(there) - 1)[found]
    return found


def _has_small(blocks: Counts, minimum: int) -> bool:
    return bool((np.bincount(blocks) < minimum).any())


def _beside(blocks: Counts, others: Counts, minimum: int) -> bool:
    """Whether two ways to split the same people tell no small group that is in one block of
    each. Groups that hold nobody are taken to be known."""
    down, along = blocks.max(initial=0) + 1, others.max(initial=0) + 1
    cells = np.bincount(blocks * along + others, minlength=down * along)
    values = np.zeros((down + 1, along + 1), dtype=np.int64)
    values[:-1, :-1] = cells.reshape(down, along)
    inside = values[:-1, :-1]
    values[-1, :-1] = inside.sum(axis=0)
    values[:, -1] = values[:, :-1].sum(axis=1)
    unknown = np.zeros(values.shape, dtype=bool)
    unknown[:-1, :-1] = inside > 0
    network: _Network | None = None
    small = np.argwhere((inside > 0) & (inside < minimum))
    for row, column in small[~_by_rectangles(inside, small, minimum)]:
        network = network or _Network(values, unknown, may_hide_more=False)
        if not network.leave_possible(int(row), int(column), minimum):
            return False
    return True


def _by_rectangles(inside: Counts, cells: Counts, minimum: int) -> npt.NDArray[np.bool_]:
    """Which cells can be 1 and `minimum` by moving people around rectangles of cells with one
    side in common: quicker to see than a way through the network, and mostly there.

    cells: row and column of each.
    """
    rows, columns = cells.T
    # As decimals, which multiply many times as fast; every number here is whole.
    counts = inside.astype(float)
    there = (counts > 0).astype(float)
    amount = counts[rows, columns]
    along, down = counts[rows], counts[:, columns].T
    each = np.arange(len(cells))
    along[each, columns] = down[each, rows] = 0
    rises = np.maximum(
        np.minimum(along, down @ there).max(axis=1, initial=0),
        np.minimum(down, along @ there.T).max(axis=1, initial=0),
    )
    falls = ((np.sign(down) @ counts) * np.sign(along)).sum(axis=1)
    return (rises >= minimum - amount) & (falls >= amount - 1)


def last_quarter_end(as_of: date) -> date:
    """The last day of the newest quarter that is over on this day."""
    after = as_of + timedelta(days=1)
    return date(after.year, (after.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1)


def last_month_end(as_of: date) -> date:
    """The last day of the newest month that is over on this day."""
    return (as_of + timedelta(days=1)).replace(day=1) - timedelta(days=1)
