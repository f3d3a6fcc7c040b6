"""A scale over many patients, month by month: shares, quartiles, and what of them may be told.

A patient counts once a month, by the last score of the month. Whoever owed a form and gave none
has "no form" that month; nothing is carried forward. Months are whole.

Of the whole service nothing is told from which a small group could be worked out:

- bands that hold too few of everybody are told together with their neighbours on the same side
  of the cut-off, so that whatever is told of everybody adds up and holds enough people;
- of groups, how many had a score is told unless a small group could be worked out from it;
- where every group has enough people in every band, all bands are told, else only how many are
  on either side of the cut-off, and of those nothing that would give a small number away
  (dashboard/analysis/disclosure.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd

from dashboard.analysis.disclosure import (
    is_small,
    last_month_end,
    safe_parts,
    safe_totals,
    shown_count,
)
from dashboard.analysis.rows import rows_of
from dashboard.language import Words

Grouping = Literal["none", "site", "phase", "support", "program"]

GROUPINGS: tuple[Grouping, ...] = ("none", "site", "phase", "support", "program")
SUPPORT_STATES = ("under", "over", "no_gap", "not_judged")
MOST_GROUPS = 12
"""Groups beyond these, by number of patients, are counted in all and not drawn."""
FEWEST = 10
"""Shares and quartiles of fewer people are drawn but never compared in words."""
_IN_ORDER: dict[Grouping, tuple[str, ...]] = {
    "phase": ("diagnosis", "on_treatment", "follow_up", "recurrence", "palliative", ""),
    "support": SUPPORT_STATES,
}
_DOMAIN_ORDER = (
    "distress",
    "support",
    "need",
    "communication",
    "resource",
    "coping",
    "quality_of_life",
)


@dataclass(frozen=True)
class FollowedScale:
    """A scale that can be followed, with what is needed to read it.

    Attributes:
        key: measure and scale, as the address names them.
        title: a total goes by its measure's name.
        bands: names and first scores, lowest first; empty where the measure states none.
    """

    key: str
    measure_key: str
    scale_key: str
    title: str
    domain: str
    higher_is: str
    minimum: float
    maximum: float
    cut_off: float | None
    cut_off_source: str | None
    error: float | None
    reliable_change: float | None
    reliable_change_source: str | None
    bands: tuple[tuple[str, float], ...]

    @property
    def sides(self) -> tuple[tuple[int, int], ...]:
        """Positions of the first and last piece below the cut-off, and of those from it on; the
        whole scale where there is none."""
        below = sum(not piece.is_above for piece in self.pieces)
        sides = ((0, below - 1), (below, len(self.pieces) - 1))
        return tuple((first, last) for first, last in sides if first <= last)

    @property
    def pieces(self) -> tuple["Piece", ...]:
        """The scale from its minimum, cut at each band and at the cut-off."""
        begins = {self.minimum, *(first for _, first in self.bands)}
        if self.cut_off is not None:
            begins.add(self.cut_off)
        starts = sorted(begins)
        # The last score of a piece is a point below the next one where scores are whole.
        whole = all(float(value).is_integer() for value in [*starts, self.maximum])
        step = 1.0 if whole else 0.01
        ends = [later - step for later in starts[1:]] + [self.maximum]
        return tuple(
            Piece(first, last, self._band_at(first), self.cut_off is not None, self._above(first))
            for first, last in zip(starts, ends, strict=True)
        )

    def _band_at(self, score: float) -> str | None:
        named = [label for label, first in self.bands if first <= score]
        return named[-1] if named else None

    def _above(self, score: float) -> bool:
        return self.cut_off is not None and score >= self.cut_off


@dataclass(frozen=True)
class Piece:
    """A part of a scale between two marks, with its first and last score."""

    first: float
    last: float
    band: str | None
    is_judged: bool
    is_above: bool


@dataclass(frozen=True)
class Part:
    """Pieces that are told together: positions of the first and the last.

    patients: None where hidden.
    """

    first: int
    last: int
    patients: int | None


@dataclass(frozen=True)
class Month:
    """One group in one month; every number is None where it is hidden.

    Attributes:
        month: its first day.
        unscored: forms with too few answers for a score.
        no_form: owed a form at the end of the month, and gave none.
        parts: the scale from its lowest piece to its highest; empty where nothing can be told.
        quartiles: lower quartile, median and upper quartile.
    """

    month: date
    scored: int | None
    unscored: int | None
    no_form: int | None
    parts: tuple[Part, ...]
    above: int | None
    quartiles: tuple[float, float, float] | None

    @property
    def is_hidden(self) -> bool:
        return self.scored is None

    @property
    def share_above(self) -> float | None:
        """At or above the cut-off, of all with a score."""
        if self.above is None or not self.scored:
            return None
        return self.above / self.scored


@dataclass(frozen=True)
class Course:
    """One group over the months, oldest first; `group` is None for everyone."""

    group: str | None
    months: tuple[Month, ...]


@dataclass(frozen=True)
class Trend:
    """A scale over everyone and by group.

    Attributes:
        left_out: groups that are too many to draw.
    """

    scale: FollowedScale
    grouping: Grouping
    total: Course
    groups: tuple[Course, ...]
    left_out: int

    @property
    def ungrouped(self) -> "Trend":
        """The same without its groups."""
        return Trend(self.scale, "none", self.total, (), 0)

    @property
    def courses(self) -> tuple[Course, ...]:
        """The groups, or everyone where there are none."""
        return (self.total,) if self.grouping == "none" else self.groups

    @property
    def with_shares(self) -> tuple[Course, ...]:
        """Those of which any month tells how many stand where on the scale."""
        return tuple(course for course in self.courses if _has(course, "parts"))

    @property
    def with_middle(self) -> tuple[Course, ...]:
        """Those of which any month tells the quartiles."""
        return tuple(course for course in self.courses if _has(course, "quartiles"))

    def too_few(self, drawn: Sequence[Course]) -> tuple[str, ...]:
        """Groups that are left when these are drawn: too few people, or nobody with a score."""
        return tuple(
            course.group
            for course in self.courses
            if course.group is not None and course not in drawn
        )


def scales_of(rows: pd.DataFrame) -> list[FollowedScale]:
    """The scales in the order in which they are offered: distress first.

    rows: of the query `trend_scales`.
    """
    found = [_scale(row) for row in rows_of(rows, list(rows.columns))]
    return sorted(found, key=lambda scale: _DOMAIN_ORDER.index(scale.domain))


def first_choice(scales: Sequence[FollowedScale]) -> FollowedScale | None:
    """What to look at until something is chosen: a distress scale with a cut-off and bands, else
    whatever says most."""
    return max(
        scales,
        key=lambda one: (one.domain == "distress", one.cut_off is not None, len(one.bands) > 0),
        default=None,
    )


def beside(scales: Sequence[FollowedScale], first: FollowedScale) -> FollowedScale | None:
    """What to look at beside it: the most used scale of support, and beside support distress."""
    others = [one for one in scales if one.key != first.key]
    if first.domain == "support":
        return first_choice(others)
    return max(others, key=lambda one: one.domain == "support", default=None)


def trend(
    rows: pd.DataFrame,
    scale: FollowedScale,
    grouping: Grouping,
    as_of: date,
    months: int,
    minimum: int,
) -> Trend:
    """The last whole months of one scale, as far as they may be told.

    Args:
        rows: of the query `trend_months`, asked for the same scale, grouping and day.
        minimum: the fewest people a number may stand for; 1 hides nothing.
    """
    shown = _months(rows, as_of, months)
    counted = _Counted(rows, scale, shown)
    names = counted.groups()
    drawn = names[:MOST_GROUPS]
    in_order = [name for name in _ordered(names, grouping) if name in drawn]
    told = [counted.told(month, names, minimum) for month in shown]
    if not _all_bands(told):
        told = [counted.told(month, names, minimum, sides_only=True) for month in shown]
    return Trend(
        scale,
        grouping,
        Course(None, tuple(month[None] for month in told)),
        tuple(Course(name, tuple(month[name] for month in told)) for name in in_order),
        len(names) - len(drawn),
    )


def group_in_words(group: str | None, grouping: Grouping, words: Words) -> str:
    if group is None:
        return words.say("trends.everyone")
    if grouping == "support":
        return words.say(f"trends.support.{group}")
    if not group:
        return words.say(f"trends.unknown.{grouping}")
    return words.say(f"phase.{group}") if grouping == "phase" else group


def month_and_year(month: date, words: Words) -> str:
    return f"{words.month(month)} {month.year}"


class _Counted:
    """The rows of `trend_months`, found by month and group."""

    def __init__(self, rows: pd.DataFrame, scale: FollowedScale, months: Sequence[date]) -> None:
        self._pieces = scale.pieces
        self._sides = scale.sides
        self._rows: dict[tuple[date, str | None], dict[Any, Any]] = {
            (_day(row["month"]), None if row["is_total"] else row["group_name"]): row
            for row in rows.to_dict("records")
            if _day(row["month"]) in set(months)
        }

    def groups(self) -> list[str]:
        """Those with anybody, most patients first."""
        sizes: dict[str, int] = {}
        for (_, name), row in self._rows.items():
            if name is not None:
                sizes[name] = sizes.get(name, 0) + row["scored"] + row["no_form"] + row["unscored"]
        return sorted(sizes, key=lambda name: (-sizes[name], name))

    def told(
        self, month: date, names: Sequence[str], minimum: int, *, sides_only: bool = False
    ) -> dict[str | None, Month]:
        """Everyone and each group in one month."""
        everyone = [self._numbers(month, name) for name in names]
        total = self._numbers(month, None)
        parts = _merged(total.pieces, self._sides, minimum)
        told: dict[str | None, Month] = {
            None: self._month(
                month,
                total,
                shown_count(total.scored, minimum),
                shown_count(total.unscored, minimum),
                shown_count(total.no_form, minimum),
                parts,
            )
        }
        scored = _beside_a_total([one.scored for one in everyone], minimum)
        unscored = _beside_a_total([one.unscored for one in everyone], minimum)
        no_form = _beside_a_total([one.no_form for one in everyone], minimum)
        columns = self._columns(parts, sides_only=sides_only)
        cells = _safe_cells(everyone, scored, columns, minimum)
        for place, name in enumerate(names):
            told[name] = self._month(
                month,
                everyone[place],
                scored[place],
                unscored[place],
                no_form[place],
                tuple(
                    Part(first, last, patients)
                    for (first, last), patients in zip(columns, cells[place], strict=True)
                ),
            )
        return told

    def _numbers(self, month: date, name: str | None) -> "_Numbers":
        row = self._rows.get((month, name))
        if row is None:
            return _Numbers(0, 0, 0, (0,) * len(self._pieces), None)
        quartiles = (row["lower_quartile"], row["median"], row["upper_quartile"])
        return _Numbers(
            int(row["scored"]),
            int(row["unscored"]),
            int(row["no_form"]),
            tuple(int(patients) for patients in row["in_piece"]),
            None if row["scored"] == 0 else quartiles,
        )

    def _month(
        self,
        month: date,
        numbers: "_Numbers",
        scored: int | None,
        unscored: int | None,
        no_form: int | None,
        parts: tuple[Part, ...],
    ) -> Month:
        if not scored:
            return Month(month, scored, unscored, no_form, (), None, None)
        return Month(month, scored, unscored, no_form, parts, self._above(parts), numbers.quartiles)

    def _above(self, parts: Sequence[Part]) -> int | None:
        """Patients at or above the cut-off, where the parts tell."""
        if not self._pieces[0].is_judged or not parts:
            return None
        above = 0
        for part in parts:
            sides = {self._pieces[place].is_above for place in range(part.first, part.last + 1)}
            if len(sides) > 1 or (part.patients is None and True in sides):
                return None
            above += (part.patients or 0) if True in sides else 0
        return above

    def _columns(self, parts: Sequence[Part], *, sides_only: bool) -> Sequence[tuple[int, int]]:
        """What groups are counted in: never finer than what is told of everyone."""
        told = [(part.first, part.last) for part in parts]
        sides = self._sides
        across = any(first < begin <= last for first, last in told for begin, _ in sides)
        return told if across or not sides_only or len(sides) == 1 else sides


@dataclass(frozen=True)
class _Numbers:
    scored: int
    unscored: int
    no_form: int
    pieces: tuple[int, ...]
    quartiles: tuple[float, float, float] | None


def _has(course: Course, what: Literal["parts", "quartiles"]) -> bool:
    if what == "quartiles":
        return any(month.quartiles is not None for month in course.months)
    return any(part.patients is not None for month in course.months for part in month.parts)


def _merged(
    pieces: Sequence[int], sides: Sequence[tuple[int, int]], minimum: int
) -> tuple[Part, ...]:
    """Each piece by itself where it holds nobody or enough; small ones with their neighbours."""
    if any(is_small(sum(pieces[first : last + 1]), minimum) for first, last in sides):
        sides = [(0, len(pieces) - 1)]
    parts: list[Part] = []
    for first, last in sides:
        found: list[Part] = []
        begin, waiting = first, 0
        for place in range(first, last + 1):
            waiting += pieces[place]
            if not is_small(waiting, minimum):
                found.append(Part(begin, place, waiting))
                begin, waiting = place + 1, 0
        if waiting:
            before = found.pop() if found else Part(begin, begin, 0)
            while not before.patients and found:
                earlier = found.pop()
                before = Part(earlier.first, before.last, earlier.patients)
            found.append(Part(before.first, last, (before.patients or 0) + waiting))
        parts += found
    return tuple(parts)


def _beside_a_total(counts: Sequence[int], minimum: int) -> list[int | None]:
    """Counts of groups that add up to one that is told as well."""
    if not any(is_small(count, minimum) for count in counts):
        return list(counts)
    return safe_parts(counts, minimum)


def _safe_cells(
    groups: Sequence[_Numbers],
    scored: Sequence[int | None],
    columns: Sequence[tuple[int, int]],
    minimum: int,
) -> list[list[int | None]]:
    """Patients of each group in each column. Columns and groups add up to what is told, so the
    groups that are hidden count as one more row."""
    cells = [[sum(one.pieces[first : last + 1]) for first, last in columns] for one in groups]
    told = [place for place, number in enumerate(scored) if number is not None]
    hidden = [place for place, number in enumerate(scored) if number is None]
    together = [sum(cells[place][column] for place in hidden) for column in range(len(columns))]
    table = [cells[place] for place in told] + ([together] if hidden else [])
    nothing: list[list[int | None]] = [[None] * len(columns) for _ in groups]
    if not any(is_small(number, minimum) for row in table for number in row):
        for place in told:
            nothing[place] = list(cells[place])
        return nothing
    safe = safe_totals(pd.DataFrame(table), minimum)
    # A total that would have to be hidden here is told elsewhere: then nothing is told here.
    if safe.whole is None or safe.of_rows.hasnans or safe.of_columns.hasnans:
        return nothing
    for row, place in enumerate(told):
        nothing[place] = [
            None if pd.isna(number) else int(number) for number in safe.cells.iloc[row]
        ]
    return nothing


def _all_bands(told: Sequence[dict[str | None, Month]]) -> bool:
    """Whether every month tells every part of every group that is told at all."""
    return all(
        part.patients is not None
        for month in told
        for name, one in month.items()
        if name is not None
        for part in one.parts
    )


def _months(rows: pd.DataFrame, as_of: date, most: int) -> list[date]:
    """First days of the last whole months, from the first that anything is known of."""
    if rows.empty:
        return []
    last = pd.Period(last_month_end(as_of), "M")
    first = max(last - (most - 1), pd.Period(_day(rows["month"].min()), "M"))
    return [month.start_time.date() for month in pd.period_range(first, last, freq="M")]


def _ordered(names: Sequence[str], grouping: Grouping) -> list[str]:
    if grouping in _IN_ORDER:
        order = _IN_ORDER[grouping]
        return sorted(
            names, key=lambda name: (order.index(name) if name in order else len(order), name)
        )
    return sorted(names, key=lambda name: (not name, name))


def _scale(row: dict[Any, Any]) -> FollowedScale:
    title = row["measure_title"] if row["scale_key"] == "total" else row["scale_title"]
    return FollowedScale(
        key=f"{row['measure_key']}/{row['scale_key']}",
        measure_key=row["measure_key"],
        scale_key=row["scale_key"],
        title=title,
        domain=row["domain"],
        higher_is=row["higher_is"],
        minimum=float(row["minimum"]),
        maximum=float(row["maximum"]),
        cut_off=_number(row["cut_off"]),
        cut_off_source=_text(row["cut_off_source"]),
        error=_number(row["sem"]),
        reliable_change=_number(row["reliable_change"]),
        reliable_change_source=_text(row["reliable_change_source"]),
        bands=tuple(
            (str(label), float(first))
            for label, first in zip(row["bands"], row["band_begins"], strict=True)
        ),
    )


def _day(value: Any) -> date:
    return pd.Timestamp(value).date()


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _text(value: Any) -> str | None:
    return None if pd.isna(value) or value == "" else str(value)
