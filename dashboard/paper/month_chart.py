"""An indicator month by month for print: the points and limits of charts/control_chart.py."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.analysis.control_charts import ControlChart
from dashboard.analysis.service_targets import Change
from dashboard.analysis.service_told import Series
from dashboard.charts.canvas import shortened
from dashboard.charts.date_axis import month_ticks
from dashboard.charts.palette import LIGHT as PALETTE
from dashboard.language import Words
from dashboard.paper.drawing import Shape, Sheet

# Two stand beside each other on a page.
WIDTH = 250.0
_HEIGHT = 122.0
_LEFT = 36.0
_RIGHT = 62.0
_TOP = 22.0
_FOOT = 18.0
_WORDS = 6.6
_MOST_TICKS = 4
_LONGEST_TITLE = 58
_LONGEST_LABEL = 30
_STEPS = {
    "share": (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5),
    "days": (1, 2, 5, 10, 20, 50, 100, 200, 500),
}
_SHAPES: dict[str, Shape] = {
    "outside": "diamond",
    "one_side": "square",
    "two_of_three": "hexagon",
}


def month_chart(
    title: str,
    series: Series,
    chart: ControlChart,
    changes: Sequence[tuple[int, Change]],
    words: Words,
) -> str:
    """Points, limits as a band, target and declared changes; a month that is not told has a gray
    ring at the foot and breaks the line. There is at least one month."""
    drawn = _Drawn(Sheet(WIDTH, _HEIGHT), series, chart, words)
    drawn.sheet.text(shortened(title, _LONGEST_TITLE), 0, 7, size=8, bold=True)
    drawn.scale()
    drawn.limits()
    drawn.target()
    drawn.beside()
    for place, change in changes:
        drawn.change(place, change.label)
    drawn.points()
    return drawn.sheet.svg()


@dataclass(frozen=True)
class _Drawn:
    sheet: Sheet
    series: Series
    chart: ControlChart
    words: Words

    @property
    def highest(self) -> float:
        values = [value for value in (*self.chart.upper, *self.chart.values) if value == value]
        return float(max([*values, self.series.target or 0.0], default=1.0)) or 1.0

    def across(self, place: float) -> float:
        """Each month takes the same room."""
        return _LEFT + (place + 0.5) / len(self.series.months) * (WIDTH - _LEFT - _RIGHT)

    def up(self, value: float) -> float:
        foot = _HEIGHT - _FOOT
        return foot - max(float(value), 0.0) / self.highest * (foot - _TOP)

    def scale(self) -> None:
        step = next(
            (one for one in _STEPS[self.series.unit] if self.highest / one <= _MOST_TICKS),
            self.highest,
        )
        right = WIDTH - _RIGHT
        for number in range(int(self.highest / step) + 1):
            y = self.up(number * step)
            self.sheet.line([(_LEFT, y), (right, y)], colour=PALETTE.axis, width=0.4)
            self.sheet.text(
                self._amount(number * step),
                _LEFT - 4,
                y + 2.2,
                colour=PALETTE.soft_ink,
                size=_WORDS,
                anchor="end",
            )
        months = [one.month for one in self.series.months]
        for day, text in month_ticks(months[0], months[-1], self.words, most=7):
            for row, line in enumerate(text.split("<br>")):
                self.sheet.text(
                    line,
                    self.across(months.index(day)),
                    _HEIGHT - _FOOT + 8 + 7 * row,
                    colour=PALETTE.soft_ink,
                    size=_WORDS,
                    anchor="middle",
                )
        better = self.words.say(f"service.better.{self.series.better or 'neither'}")
        unit = self.words.say(f"service.unit.{self.series.unit}")
        self.sheet.text(f"{unit} · {better}", 0, 15.5, colour=PALETTE.soft_ink, size=_WORDS)

    def limits(self) -> None:
        """The band and mean of each phase, where months have limits."""
        for phase in self.chart.phases:
            here: list[int] = []
            for place in range(phase.first, phase.last + 2):
                if place <= phase.last and np.isfinite(self.chart.lower[place]):
                    here.append(place)
                elif here:
                    self._band(here)
                    here = []

    def _band(self, here: Sequence[int]) -> None:
        """Neighbouring months, each as wide as its room."""
        lower, mean, upper = (
            [
                (self.across(place + side), self.up(values[place]))
                for place in here
                for side in (-0.5, 0.5)
            ]
            for values in (self.chart.lower, self.chart.means, self.chart.upper)
        )
        self.sheet.area([*upper, *lower[::-1]], colour=PALETTE.accent, opacity=0.09)
        self.sheet.line(lower, colour=PALETTE.accent, width=0.7, dash="dashed")
        self.sheet.line(upper, colour=PALETTE.accent, width=0.7, dash="dashed")
        self.sheet.line(mean, colour=PALETTE.accent, width=1.0)

    def target(self) -> None:
        if self.series.target is not None:
            y = self.up(self.series.target)
            self.sheet.line([(_LEFT, y), (WIDTH - _RIGHT, y)], width=0.8, dash="dotted")

    def beside(self) -> None:
        """The newest limits and the target in words, as far as they do not meet."""
        last, target = self.chart.phases[-1], self.series.target
        said = [
            (value, self.words.say(f"service.limit.{name}", value=self._amount(max(value, 0.0))))
            for name, value in (("mean", last.mean), ("upper", last.upper), ("lower", last.lower))
            if np.isfinite(value)
        ]
        if target is not None:
            text = self.words.say("service.target_at", share=self.words.share(target))
            said.insert(1, (target, text))
        taken: list[float] = []
        for value, text in said:
            y = self.up(value)
            if all(abs(y - other) > _WORDS for other in taken):
                taken.append(y)
                self.sheet.text(text, WIDTH - _RIGHT + 4, y + 2.2, size=_WORDS)

    def change(self, place: int, label: str) -> None:
        x = self.across(place - 0.5)
        late = place > len(self.series.months) / 2
        self.sheet.line([(x, _TOP), (x, _HEIGHT - _FOOT)], width=0.8, dash="dotted")
        self.sheet.text(
            shortened(label, _LONGEST_LABEL),
            x - 2 if late else x + 2,
            _TOP + 5,
            size=_WORDS,
            anchor="end" if late else "start",
            haloed=True,
        )

    def points(self) -> None:
        run: list[tuple[float, float]] = []
        for place, one in enumerate([*self.series.months, None]):
            if one is not None and one.value is not None:
                run.append((self.across(place), self.up(one.value)))
                continue
            if len(run) > 1:
                self.sheet.line(run, colour=PALETTE.soft_ink, width=0.7)
            run = []
        for place, one in enumerate(self.series.months):
            if one.value is None:
                foot = _HEIGHT - _FOOT - 2
                self.sheet.mark("ring", self.across(place), foot, 3.6, colour=PALETTE.not_judged)
                continue
            rule = self.chart.rules[place]
            shape: Shape = "ring"
            if rule == "trend":
                shape = "up" if self.chart.directions[place] > 0 else "down"
            elif rule:
                shape = _SHAPES[rule]
            size = 5.6 if rule else 3.8
            x, y = self.across(place), self.up(one.value)
            self.sheet.mark(shape, x, y, size, colour=PALETTE.ink)

    def _amount(self, value: float) -> str:
        """Days are named above the axis."""
        if self.series.unit == "share":
            return self.words.share(value)
        return self.words.number(round(value, 1))
