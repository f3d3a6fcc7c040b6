"""What the reader asked for, and the shape of an answered question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import floor, log10
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.analysis.disclosure import is_small
from dashboard.analysis.questions import unit_of
from dashboard.analysis.regression import Estimate
from dashboard.measures.definition import Scale
from dashboard.ui.page import Number
from dashboard.ui.session import Session

UNMET = "support_grid/unmet"
"""No scale of a measure: support types whose gap is open, counted on each form."""
_LINE_POINTS = 25


@dataclass(frozen=True)
class Chosen:
    """What the reader asked for, with the words to say it.

    Attributes:
        session: the reader, looking at their own patients or at the whole service.
        choices: as `estimate` takes them.
    """

    session: Session
    question: str
    choices: Mapping[str, Any]

    def say(self, key: str, **values: object) -> str:
        """A sentence of the page."""
        of_page = f"questions.{key}"
        return self.session.words.say(of_page, **values)

    def own(self, key: str, **values: object) -> str:
        """A sentence of this question."""
        of_question = f"{self.question}.{key}"
        return self.say(of_question, **values)

    def number(self, value: float) -> str:
        return self.session.words.number(value)

    def signed(self, value: float, places: int) -> str:
        return ("+" if round(value, places) > 0 else "") + self.session.words.fixed(value, places)

    def tenths(self, value: float) -> str:
        return self.session.words.number(round(value, 1))

    def scale(self, name: str) -> Scale | None:
        """A scale written measure/scale; None for what is no scale of a measure."""
        measure, _, key = name.partition("/")
        return None if name == UNMET else self.session.catalogue[measure].scale(key)

    def title(self, name: str) -> str:
        """How a scale, or several after commas, is called."""
        if name == UNMET:
            return self.say("unmet")
        if "," in name:
            return self.say("approach")
        measure, _, key = name.partition("/")
        told = self.session.catalogue[measure]
        whole = key == "total" and told.domain != "resource"
        return told.title if whole else told.scale(key).title

    @property
    def outcome(self) -> str:
        return self.title(self.choices["outcome"])

    @property
    def outcome_scale(self) -> Scale:
        scale = self.scale(self.choices["outcome"])
        assert scale is not None
        return scale

    @property
    def outcome_range(self) -> tuple[float, float]:
        return self.outcome_scale.minimum, self.outcome_scale.maximum

    @property
    def cut_off(self) -> tuple[float, str] | None:
        """The outcome's screening cut-off with the words beside its line."""
        screen = self.outcome_scale.screen
        if screen is None:
            return None
        return screen.at_least, self.say("cut_off", cut_off=self.number(screen.at_least))

    def adjusted(self, *without: str) -> str:
        """ "adjusted for age and sex"."""
        names = [
            self.say(f"adjuster_said.{name}")
            for name in self.choices["adjust"]
            if name not in without
        ]
        if not names:
            return self.say("not_adjusted")
        return self.say("adjusted", what=self.session.words.joined(names))

    def told(self, estimate: Estimate) -> dict[str, str]:
        """Value and interval with as many decimals as the error leaves two figures of."""
        places = 2 if estimate.se <= 0 else max(1, min(4, 1 - floor(log10(estimate.se))))
        return {
            "value": self.signed(estimate.value, places),
            "low": self.signed(estimate.low, places),
            "high": self.signed(estimate.high, places),
        }

    def between(self, estimate: Estimate) -> str:
        return self.say("between", **self.told(estimate))

    def interval(self, estimate: Estimate) -> str:
        return self.say("interval", **self.told(estimate))

    def said(self, estimate: Estimate) -> str:
        """A value with its interval, in a sentence."""
        return self.say("said", **self.told(estimate))

    def written(self, estimate: Estimate) -> str:
        """The same in a figure, the value in bold."""
        return f"<b>{self.told(estimate)['value']}</b>  {self.between(estimate)}"

    def card(self, label: str, estimate: Estimate, explained: str | None = None) -> Number:
        told = self.told(estimate)["value"]
        return Number(label, told, self.interval(estimate), explained=explained)

    def unit(self, name: str) -> tuple[float, str, str]:
        """The amount of a scale that a slope is told for: as a number, as the opening of a
        sentence, and within one."""
        scale = self.scale(name)
        if scale is None:
            return 1.0, self.say("said_of.unmet"), self.say("amount.unmet")
        unit = unit_of(scale.minimum, scale.maximum)
        key = "ten" if unit == 10 else "one"
        title = self.title(name)
        return unit, self.say(f"said_of.{key}", x=title), self.say(f"amount.{key}", x=title)

    def part(self, number: int | None, whole: int) -> str:
        """A number of people who are part of `whole`, hidden where it could tell of few."""
        fewest = self.session.minimum_cell
        if number is None or is_small(number, fewest) or is_small(whole - number, fewest):
            return self.session.words.say("disclosure.hidden")
        return self.number(number)

    def values(self, estimate: Estimate) -> dict[str, float]:
        """Cells of a table of numbers."""
        return {
            self.say("column.value"): round(estimate.value, 3),
            self.say("column.low"): round(estimate.low, 3),
            self.say("column.high"): round(estimate.high, 3),
        }

    def table(self, told: Sequence[tuple[str, Estimate, str]]) -> pd.DataFrame:
        """Estimates by name, with how many people they are of."""
        return pd.DataFrame(
            [
                {
                    self.say("column.what"): name,
                    **self.values(estimate),
                    self.say("column.people"): people,
                }
                for name, estimate, people in told
            ]
        )


@dataclass(frozen=True)
class Picture:
    """A figure with what stands around it; `rows` are its numbers."""

    name: str
    figure: go.Figure
    rows: pd.DataFrame
    title: str
    reading: str
    how: str


@dataclass(frozen=True)
class Table:
    title: str
    how: str
    rows: pd.DataFrame


@dataclass(frozen=True)
class View:
    """An answered question.

    Attributes:
        here: what we see here, for the card beside the claim and the studies.
        estimand: what is estimated, exactly, for exports.
        method: text for a report.
        without: forms left out, and why; None where none could be.
    """

    answer: str
    explanation: str
    numbers: list[Number]
    here: str
    pictures: list[Picture]
    estimand: str
    method: str
    people: int
    forms: int
    without: tuple[int, str] | None = None
    tables: list[Table] = field(default_factory=list)


def side(estimate: Estimate) -> str:
    """lower, higher, or unclear where the interval holds zero."""
    if not estimate.clear:
        return "unclear"
    return "higher" if estimate.value > 0 else "lower"


def spread(low: float, high: float) -> list[float]:
    """Values along a line."""
    return [low + (high - low) * place / (_LINE_POINTS - 1) for place in range(_LINE_POINTS)]
