"""Support wanted against support received, by type: the support grid of one form.

Operational, not validated. Need and receipt are answers from 0 to 4; both count from
WANTED_FROM on. Receipt of a type is the most that any source gives: friends may not
replace a partner, so the sources stand beside it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd

State = Literal["under", "met", "over", "no_need", "not_judged"]

TYPES = ("emotional", "informational", "tangible", "belonging", "esteem")
SOURCES = ("partner", "family", "friends", "care_team", "community")
HIGHEST_ANSWER = 4
WANTED_FROM = 2
# Assumed for a single item: SD 1.1, reliability .70, so SD x sqrt(1 - r).
MEASUREMENT_ERROR = 0.60


@dataclass(frozen=True)
class Judged:
    """One support type on one form; answers 0-4, None where there is no answer."""

    support_type: str
    need: float | None
    received: float | None
    state: State

    @property
    def gap(self) -> float | None:
        """Need minus receipt: positive where less is received than needed."""
        if self.need is None or self.received is None:
            return None
        return self.need - self.received


def newest_form(support: pd.DataFrame) -> pd.DataFrame:
    """The rows of the newest form in rows of the query `patient_support`."""
    return support[support["completed_on"] == support["completed_on"].max()]


@dataclass(frozen=True)
class Form:
    """One support grid: its day and every support type of it, in the fixed order of TYPES."""

    assessment_id: int
    on: date
    types: list[Judged]


def judged_types(form: pd.DataFrame) -> list[Judged]:
    """Every support type of the rows of one form, in the fixed order of TYPES."""
    columns = (form[name].tolist() for name in _ASKED)
    return _judged_rows(zip(*columns, strict=True))


def judged_forms(support: pd.DataFrame) -> list[Form]:
    """Every form in rows of the query `patient_support`, in the order of their numbers."""
    # Plain lists: a frame for each form takes longer than all the rest of it.
    of_form: dict[int, list[_Row]] = {}
    days: dict[int, date] = {}
    columns = (support[name].tolist() for name in ("assessment_id", "completed_on", *_ASKED))
    for form, day, *row in zip(*columns, strict=True):
        of_form.setdefault(form, []).append(tuple(row))
        days[form] = day.date()
    return [Form(form, days[form], _judged_rows(of_form[form])) for form in sorted(of_form)]


def state_of(need: float | None, received: float | None) -> State:
    """The cell of the two-by-two table of wanted and received."""
    if need is None or received is None:
        return "not_judged"
    if need >= WANTED_FROM:
        return "met" if received >= WANTED_FROM else "under"
    return "over" if received >= WANTED_FROM else "no_need"


_ASKED = ("support_type", "source", "need", "received")
_Row = tuple[Any, ...]


def _judged_rows(rows: Iterable[_Row]) -> list[Judged]:
    needs: dict[str, list[float]] = {}
    receipts: dict[str, list[float]] = {}
    for name, source, need, received in rows:
        if source == "":
            needs.setdefault(name, []).append(need)
        else:
            receipts.setdefault(name, []).append(received)
    return [
        _judged(name, needs.get(name, []), receipts.get(name, []))
        for name in TYPES
        if name in needs or name in receipts
    ]


def _judged(name: str, needs: Sequence[float], receipts: Sequence[float]) -> Judged:
    need, received = _highest(needs), _highest(receipts)
    return Judged(name, need, received, state_of(need, received))


def _highest(answers: Sequence[float]) -> float | None:
    return max((float(answer) for answer in answers if pd.notna(answer)), default=None)
