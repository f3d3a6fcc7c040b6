"""Lines over true dates, one panel under the other on shared dates.

Each panel spans the whole range that it was given. A line joins only what its runs join, so
nothing is drawn where nothing was measured. Words in a panel stand where they hide least.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from textwrap import wrap

from dashboard.charts.palette import LIGHT as PALETTE
from dashboard.paper.drawing import FULL_WIDTH, Shape, Sheet, width_of

_LEFT = 126.0
_RIGHT = 112.0
_BETWEEN = 11.0
_TOP = 7.0
_FOOT = 20.0
_MARK = 4.6
_WORDS = 6.6
_HEIGHT_OF_WORDS = 7.0
_LETTERS_AT_THE_LEFT = 32
_SHORTEST_LINE = 8
_DAYS_AT_THE_ENDS = timedelta(days=8)

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Point:
    """One measured value; `lower` to `upper` is how sure it is, `says` stands beside it."""

    on: date
    value: float
    mark: Shape = "ring"
    lower: float | None = None
    upper: float | None = None
    says: str = ""


@dataclass(frozen=True)
class Band:
    """A named stretch of the range, written at its middle."""

    label: str
    middle: float
    current: bool


@dataclass(frozen=True)
class Panel:
    """One line chart.

    Attributes:
        about: what is measured, under the title at the left.
        ticks: heights that are numbered.
        runs: positions in `points` that a line joins, first and last.
        threshold: a height and what it is called.
        gaps: from, to and what is said in between, the first text before the others.
        without_value: days of forms that gave no value, each with its reason.
    """

    title: str
    about: tuple[str, ...]
    minimum: float
    maximum: float
    ticks: tuple[tuple[float, str], ...]
    points: tuple[Point, ...]
    runs: tuple[tuple[int, int], ...]
    colour: str
    threshold: tuple[float, str] | None = None
    bands: tuple[Band, ...] = ()
    gaps: tuple[tuple[date, date, tuple[str, ...]], ...] = ()
    without_value: tuple[tuple[date, str], ...] = ()


def line_panels(
    panels: Sequence[Panel],
    start: date,
    end: date,
    dates: Sequence[tuple[date, tuple[str, ...]]],
    *,
    height: float = 40.0,
) -> str:
    """The panels as one SVG, in this order.

    dates: days to name on the shared axis, each with its lines of text. height: of one panel.
    """
    whole = _TOP + len(panels) * height + (len(panels) - 1) * _BETWEEN + _FOOT
    sheet = Sheet(FULL_WIDTH, whole)
    across = _Across(start - _DAYS_AT_THE_ENDS, end + _DAYS_AT_THE_ENDS)
    for place, panel in enumerate(panels):
        top = _TOP + place * (height + _BETWEEN)
        _Drawn(sheet, panel, across, top, height).draw()
    foot = whole - _FOOT
    for day, lines in dates:
        x = across.of(day)
        sheet.line([(x, foot), (x, foot + 3)], colour=PALETTE.soft_ink, width=0.5)
        for row, line in enumerate(lines):
            sheet.text(
                line,
                x,
                foot + 10 + 7.5 * row,
                colour=PALETTE.soft_ink,
                size=_WORDS,
                anchor="middle",
            )
    return sheet.svg()


@dataclass(frozen=True)
class _Across:
    """Where a day lies from left to right."""

    first: date
    last: date

    def of(self, day: date) -> float:
        share = (day - self.first).days / (self.last - self.first).days
        return _LEFT + share * (FULL_WIDTH - _RIGHT - _LEFT)


class _Drawn:
    """One panel on the sheet."""

    def __init__(
        self, sheet: Sheet, panel: Panel, across: _Across, top: float, height: float
    ) -> None:
        self.sheet = sheet
        self.panel = panel
        self.across = across
        self.top = top
        self.height = height
        self.right = FULL_WIDTH - _RIGHT
        # What words should not cover, and other words: these not at all.
        self.inked: list[tuple[float, float]] = []
        self.taken: list[Box] = []

    def draw(self) -> None:
        self._scale()
        self._name()
        self._bands()
        self._lines()
        self._without_value()
        self._marks()
        self._words()

    def _y(self, value: float) -> float:
        share = (value - self.panel.minimum) / (self.panel.maximum - self.panel.minimum)
        return self.top + self.height * (1 - share)

    def _scale(self) -> None:
        for value, text in self._ticks_with_room():
            y = self._y(value)
            self.sheet.line([(_LEFT, y), (self.right, y)], colour=PALETTE.axis, width=0.4)
            self.sheet.text(
                text, _LEFT - 4, y + 2.2, colour=PALETTE.soft_ink, size=_WORDS, anchor="end"
            )
        foot = self.top + self.height
        self.sheet.line([(_LEFT, foot), (self.right, foot)], colour=PALETTE.soft_ink, width=0.5)
        if self.panel.threshold is not None:
            y = self._y(self.panel.threshold[0])
            self.sheet.line([(_LEFT, y), (self.right, y)], width=0.7, dash="dashed")

    def _ticks_with_room(self) -> list[tuple[float, str]]:
        """The threshold's number, both ends, and of the others those that find room."""
        first = [] if self.panel.threshold is None else [self.panel.threshold[0]]
        first += [self.panel.minimum, self.panel.maximum]
        kept: list[tuple[float, str]] = []
        for value, text in sorted(self.panel.ticks, key=lambda tick: tick[0] not in first):
            if all(abs(self._y(value) - self._y(other)) >= _HEIGHT_OF_WORDS for other, _ in kept):
                kept.append((value, text))
        return kept

    def _name(self) -> None:
        y = self.top + 3
        for line in wrap(self.panel.title, 25)[:2]:
            self.sheet.text(line, 0, y, size=8.4, bold=True)
            y += 8.2
        for line in [
            part for text in self.panel.about for part in wrap(text, _LETTERS_AT_THE_LEFT)
        ]:
            self.sheet.text(line, 0, y, colour=PALETTE.soft_ink, size=_WORDS)
            y += _HEIGHT_OF_WORDS

    def _bands(self) -> None:
        """The current band first: a neighbour with no room left beside it goes unnamed."""
        taken: list[float] = []
        for band in sorted(self.panel.bands, key=lambda band: not band.current):
            y = self._y(band.middle) + 2.4
            if any(abs(y - other) < _HEIGHT_OF_WORDS for other in taken):
                continue
            taken.append(y)
            self.sheet.text(
                band.label,
                self.right + 8,
                y,
                colour=PALETTE.ink if band.current else PALETTE.soft_ink,
                size=7.6 if band.current else _WORDS,
                bold=band.current,
            )

    def _lines(self) -> None:
        for first, last in self.panel.runs:
            run = self.panel.points[first : last + 1]
            self._error(run)
            places = [(self.across.of(point.on), self._y(point.value)) for point in run]
            self.sheet.line(places, colour=self.panel.colour, width=1.3)
            for (x, y), (next_x, next_y) in zip(places, places[1:], strict=False):
                self.inked += [
                    (x + (next_x - x) * step / 8, y + (next_y - y) * step / 8) for step in range(9)
                ]

    def _error(self, run: Sequence[Point]) -> None:
        """How sure each value is: a ribbon, or a bar where a value stands alone."""
        sure = [
            (self.across.of(point.on), self._y(point.lower), self._y(point.upper))
            for point in run
            if point.lower is not None and point.upper is not None
        ]
        if len(sure) == 1:
            x, lower, upper = sure[0]
            sure = [(x - 2, lower, upper), (x + 2, lower, upper)]
        if sure:
            above = [(x, upper) for x, _, upper in sure]
            below = [(x, lower) for x, lower, _ in reversed(sure)]
            self.sheet.area([*above, *below], colour=self.panel.colour, opacity=0.16)

    def _without_value(self) -> None:
        for day, _ in self.panel.without_value:
            x = self.across.of(day)
            self.sheet.line(
                [(x, self.top), (x, self.top + self.height)], colour=PALETTE.soft_ink, dash="dotted"
            )
            self.sheet.mark("ring", x, self.top, _MARK, colour=PALETTE.soft_ink)

    def _marks(self) -> None:
        for point in self.panel.points:
            x, y = self.across.of(point.on), self._y(point.value)
            size = _MARK if point.mark == "ring" else _MARK + 1.6
            self.sheet.mark(point.mark, x, y, size, colour=self.panel.colour)
            self.inked += [(x, y)] * 3

    def _words(self) -> None:
        """The threshold's name before all else, then what marks say, reasons and gaps."""
        if self.panel.threshold is not None:
            value, text = self.panel.threshold
            y, half = self._y(value), width_of(text, _WORDS) / 2 + 2
            sides = (_LEFT + half, self.right - half, (_LEFT + self.right) / 2)
            self._write([text], [(x, feet) for feet in (y - 2.5, y + 7) for x in sides])
        for point in self.panel.points:
            if point.says:
                x, y = self.across.of(point.on), self._y(point.value)
                half = width_of(point.says, _WORDS) / 2 + 6
                above, below = (x, y - 5), (x, y + 10)
                beside = [(x + half, y + 2), (x - half, y + 2)]
                nearest = [above, below] if point.mark == "up" else [below, above]
                self._write([point.says], [*nearest, *beside], bold=True)
        for day, text in self.panel.without_value:
            half = width_of(text, _WORDS) / 2 + 5
            x = self.across.of(day)
            side = x - half if x + 2 * half > self.right else x + half
            self._write([text], [(side, self.top + 6), (side, self.top + self.height - 3)])
        for first, last, texts in self.panel.gaps:
            self._write_between(self.across.of(first), self.across.of(last), texts)

    def _write_between(self, left: float, right: float, texts: Sequence[str]) -> None:
        """The texts between two days, one below the other; fewer where there is no room for all."""
        letters = int((right - left - 6) / width_of("x", _WORDS))
        for count in range(len(texts), 0, -1) if letters > _SHORTEST_LINE else ():
            lines = [line for text in texts[:count] for line in wrap(text, letters)]
            lowest = self.height - 3 - (len(lines) - 1) * _HEIGHT_OF_WORDS
            heights = [share * lowest for share in (0.5, 0.25, 1.0) if share * lowest > 4]
            places = [((left + right) / 2, self.top + height) for height in heights]
            if self._write(lines, places):
                return

    def _write(
        self, lines: Sequence[str], places: Sequence[tuple[float, float]], *, bold: bool = False
    ) -> bool:
        """Centred lines at the place of the first one where they hide least; nowhere, and False,
        where others are everywhere."""
        half = max(width_of(line, _WORDS) for line in lines) / 2
        below = (len(lines) - 1) * _HEIGHT_OF_WORDS
        boxes = {
            (x - half, y - 5.2, x + half, y + below + 1.4): (x, y)
            for given, y in places
            for x in [min(max(given, _LEFT + half + 2), self.right - half)]
            if self.top - _BETWEEN + 6 <= y - 5 and y + below <= self.top + self.height + 6
        }
        free = [box for box in boxes if not any(_overlap(box, other) for other in self.taken)]
        if not free:
            return False
        best = min(free, key=lambda box: sum(_hides(box, place) for place in self.inked))
        self.taken.append(best)
        x, y = boxes[best]
        for row, line in enumerate(lines):
            self.sheet.text(
                line,
                x,
                y + row * _HEIGHT_OF_WORDS,
                colour=PALETTE.ink if bold else PALETTE.soft_ink,
                size=_WORDS,
                anchor="middle",
                bold=bold,
                haloed=True,
            )
        return True


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _hides(box: Box, place: tuple[float, float]) -> bool:
    """Whether words in the box would touch a mark at the place."""
    half = _MARK / 2
    return box[0] - half <= place[0] <= box[2] + half and box[1] - half <= place[1] <= box[3] + half
