"""What the reader of the Cohorts page asked for, with the words to say it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboard.analysis.cohort_results import Asked, Held, People
from dashboard.analysis.cohort_windows import COHORTS, PLANNED
from dashboard.analysis.cohorts import BASELINE, NONE, OTHER, SOURCE, UNKNOWN, Limits
from dashboard.measures.definition import Scale
from dashboard.ui.session import Session


@dataclass(frozen=True)
class Naming:
    """How the values of each dimension are called.

    Attributes:
        bands: labels of the chosen scale's bands, in their order.
        programs: name of each program by its key.
    """

    session: Session
    bands: tuple[str, ...] = ()
    programs: Mapping[str, str] = field(default_factory=dict)

    def dimension(self, name: str) -> str:
        return self.session.words.say(f"cohorts.dimension.{name}")

    def value(self, dimension: str, value: str) -> str:
        words = self.session.words
        if value in (UNKNOWN, OTHER) and dimension != "support":
            return words.say(f"cohorts.value.{value}", what=self.dimension(dimension).lower())
        if dimension == "age":
            return words.say(f"cohorts.age.{value}")
        if dimension == "program":
            if value == NONE:
                return words.say("cohorts.no_program")
            return self.programs.get(value, value)
        if dimension == "support":
            return words.term("cohorts.support", value)
        if dimension == BASELINE:
            return words.term("band", self.bands[int(value)])
        if dimension == SOURCE:
            return words.term("source", value)
        if dimension == "stage":
            return words.say("cohorts.stage", stage=value)
        return words.term(dimension, value)

    def cohort(self, held: Held) -> str:
        """ "under 50, female"; several values of one dimension are joined by "or"."""
        words = self.session.words
        parts = []
        for dimension, values in held:
            told = [self.value(dimension, value) for value in values]
            start = ", ".join(told[:-1])
            parts.append(
                words.say("cohorts.either", start=start, end=told[-1]) if start else told[0]
            )
        return " · ".join(parts) or words.say("cohorts.everyone")


@dataclass(frozen=True)
class Chosen:
    """Everything that was chosen.

    Attributes:
        session: the reader, looking at their own patients or at the whole service.
        statistic: mean or median.
        others: scales that the same cohorts are compared on, for Holm's correction.
        names: what the cohorts are called.
    """

    session: Session
    asked: Asked
    within: Limits
    naming: Naming
    people: People
    scale: Scale
    title: str
    statistic: str
    adjusters: tuple[str, ...]
    others: Mapping[str, str]
    names: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        of_page = f"cohorts.{key}"
        return self.session.words.say(of_page, **values)

    def number(self, value: float) -> str:
        return self.session.words.number(value)

    @property
    def of_the_service(self) -> bool:
        return self.session.scope.role == "service"

    @property
    def ticks(self) -> list[str]:
        return [self.tick(window) for window in PLANNED]

    def tick(self, window: float) -> str:
        if window == 0:
            return self.say("tick.zero")
        return self.say("tick.months", n=self.number(window))

    @property
    def filters(self) -> dict[str, str]:
        """What an export says of what was chosen."""
        words = self.session.words
        return {
            self.say("control.whose"): self.say(
                f"whose.{'service' if self.of_the_service else 'mine'}"
            ),
            **{name.upper(): self.names[name] for name in COHORTS},
            self.say("control.scale"): self.title,
            self.say("control.zero"): words.say(f"cohorts.zero.{self.asked.zero}"),
            self.say("control.window"): self.tick(self.asked.window),
            self.say("control.statistic"): self.say(f"statistic.{self.statistic}"),
        }
