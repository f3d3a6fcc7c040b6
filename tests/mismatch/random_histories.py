"""Small histories of forms, told twice: as the frames of `Histories`, and as CSV to import.

The strategies draw what the alert rules look at: support grids with numbers, blanks,
refusals and "not applicable", and PHQ-9, distress 0-10 and SCNS forms around the same
visits, over a year.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

import pandas as pd
from hypothesis import strategies as st

from dashboard.measures.catalogue import Catalogue
from tests.measures.independent_scoring import score
from tests.mismatch.independent_alerts import GRID, SOURCES, TYPES, Histories
from tests.queries.comparison import Row

Answer = float | Literal["declined", "not applicable"]

FIRST_DAY = date(2025, 1, 6)
"""Day 0 of every history."""
DAYS = 365

PATIENT_COLUMNS = (
    "patient_id",
    "status",
    "status_on",
    "phase",
    "diagnosed_on",
    "treatment_started_on",
)
ANSWER_COLUMNS = ("patient_id", "measure_key", "completed_on", "wave", "item_key", "answer")

_PHASES = ("diagnosis", "on_treatment", "follow_up", "recurrence", "palliative")
_DUE_REASONS = ("after_treatment_event", "on_treatment", "follow_up", "after_positive_screen")
# Days on which a rule changes its mind, counted from a form.
_TELLING_DAYS = (0, 1, 13, 14, 15, 28, 119, 120, 121, 364, 365)


@dataclass(frozen=True)
class Form:
    """One completed form. An item that is not in `answers` was left blank."""

    measure_key: str
    completed_on: date
    answers: Mapping[str, Answer]
    wave: str = ""


@dataclass(frozen=True)
class Person:
    """One patient with all forms; no two of one measure share their day and wave.

    `next_due_on` and `due_reason` hold on the day that is asked about; no CSV tells them.
    """

    patient_id: str
    forms: tuple[Form, ...] = field(default=())
    status: str = "active"
    status_on: date | None = None
    phase: str | None = None
    diagnosed_on: date | None = None
    treatment_started_on: date | None = None
    next_due_on: date | None = None
    due_reason: str | None = None


def day_number(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


def as_frames(people: Iterable[Person], catalogue: Catalogue) -> Histories:
    """What a store holds after importing the same people, scored independently."""
    patients: list[Row] = []
    assessments: list[Row] = []
    answers: list[Row] = []
    scores: list[Row] = []
    due: list[Row] = []
    for person in people:
        told: Row = {column: getattr(person, column) for column in PATIENT_COLUMNS}
        patients.append({**told, "patient_ref": f"ref-{person.patient_id}"})
        due.append(
            {
                "patient_id": person.patient_id,
                "next_due_on": person.next_due_on,
                "due_reason": person.due_reason,
            }
        )
        # Of two forms of one day the store, too, takes the one of the later wave for the later.
        for form in sorted(person.forms, key=lambda one: (one.completed_on, one.wave)):
            told = {
                "assessment_id": len(assessments) + 1,
                "patient_id": person.patient_id,
                "measure_key": form.measure_key,
                "completed_on": form.completed_on,
                "wave": form.wave,
            }
            assessments.append(told)
            answers += _answers(form, told["assessment_id"])
            scores += [{**told, **one} for one in _scores(form, catalogue)]
    return Histories(
        patients=pd.DataFrame(patients, columns=["patient_ref", *PATIENT_COLUMNS]),
        assessments=pd.DataFrame(
            assessments,
            columns=["assessment_id", "patient_id", "measure_key", "completed_on", "wave"],
        ),
        answers=pd.DataFrame(answers, columns=["assessment_id", "item_key", "value", "state"]),
        scores=pd.DataFrame(
            scores,
            columns=["assessment_id", "patient_id", "measure_key", "scale_key", "completed_on"]
            + ["wave", "score", "band"],
        ),
        due=pd.DataFrame(due, columns=["patient_id", "next_due_on", "due_reason"]),
    )


def _answers(form: Form, assessment_id: int) -> list[Row]:
    return [
        {
            "assessment_id": assessment_id,
            "item_key": item_key,
            "value": None if isinstance(answer, str) else answer,
            "state": answer.replace(" ", "_") if isinstance(answer, str) else "answered",
        }
        for item_key, answer in form.answers.items()
    ]


def _scores(form: Form, catalogue: Catalogue) -> list[Row]:
    measure = catalogue[form.measure_key]
    numbers = {key: answer for key, answer in form.answers.items() if not isinstance(answer, str)}
    rows = []
    for scale_key, (value, _, _) in score(measure, numbers).items():
        band = None if value is None else measure.scale(scale_key).band_of(value)
        rows.append({"scale_key": scale_key, "score": value, "band": band.label if band else None})
    return rows


def patients_csv(people: Iterable[Person]) -> str:
    """The patient list, in the canonical columns."""
    return _csv(
        PATIENT_COLUMNS,
        ([getattr(person, column) for column in PATIENT_COLUMNS] for person in people),
    )


def answers_csv(people: Iterable[Person]) -> str:
    """All forms in the canonical long layout; one without an answer names no item."""
    return _csv(
        ANSWER_COLUMNS,
        (
            [person.patient_id, form.measure_key, form.completed_on, form.wave, item_key, text]
            for person in people
            for form in person.forms
            for item_key, text in (_as_text(form.answers) or {"": ""}).items()
        ),
    )


def _as_text(answers: Mapping[str, Answer]) -> dict[str, str]:
    return {
        item_key: answer if isinstance(answer, str) else f"{answer:g}"
        for item_key, answer in answers.items()
    }


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


# --- strategies


def people(most: int = 3) -> st.SearchStrategy[tuple[Person, ...]]:
    """Up to `most` patients with different ids."""
    ids = st.integers(1, most)
    return ids.flatmap(lambda count: st.tuples(*(_person(f"P-{n}") for n in range(1, count + 1))))


@st.composite
def telling_days(draw: st.DrawFn, among: Sequence[Person]) -> date:
    """A day on which something may just have begun or ended."""
    began = [form.completed_on for person in among for form in person.forms] or [FIRST_DAY]
    return draw(st.sampled_from(began)) + timedelta(days=draw(st.sampled_from(_TELLING_DAYS)))


@st.composite
def _person(draw: st.DrawFn, patient_id: str) -> Person:
    visits = draw(st.lists(st.integers(0, DAYS - 1), min_size=1, max_size=5))
    # Few types and sources, so that successive forms often speak of the same ones.
    types = draw(st.lists(st.sampled_from(TYPES), min_size=1, max_size=2, unique=True))
    sources = draw(st.lists(st.sampled_from(SOURCES), min_size=1, max_size=2, unique=True))
    kinds = [_grid(types, sources), _grid(types, sources), _phq9(), _distress(), _scns()]
    forms = []
    for number in range(draw(st.integers(0, 9))):
        measure_key, answers = draw(st.sampled_from(kinds).flatmap(lambda kind: kind))
        apart = draw(st.sampled_from([0, 0, 0, 7, 13, 14, 15, 30, 120, 121]))
        completed_on = day_number(min(draw(st.sampled_from(visits)) + apart, DAYS - 1))
        forms.append(Form(measure_key, completed_on, answers, wave=f"{number:02}"))
    status = draw(st.sampled_from(["active", "active", "active", "deceased", "withdrawn"]))
    left_on = st.none() | st.integers(0, DAYS).map(day_number)
    next_due_on = draw(st.none() | st.integers(0, DAYS).map(day_number))
    return Person(
        patient_id,
        tuple(forms),
        status=status,
        status_on=None if status == "active" else draw(left_on),
        phase=draw(st.sampled_from(_PHASES)),
        diagnosed_on=draw(st.none() | st.just(FIRST_DAY)),
        next_due_on=next_due_on,
        due_reason=draw(st.sampled_from(_DUE_REASONS)) if next_due_on else None,
    )


Answers = dict[str, Answer]
Filled = st.SearchStrategy[tuple[str, Answers]]


def _grid(types: Sequence[str], sources: Sequence[str]) -> Filled:
    items = {}
    for support_type in types:
        items[f"need_{support_type}"] = 4
        items[f"importance_{support_type}"] = 3
        items[f"fit_{support_type}"] = 2
        for source in sources:
            items[f"received_{support_type}_{source}"] = 4
            items[f"wanted_{support_type}_{source}"] = 4
    answers = {item: _any_answer(0, most, "not applicable") for item, most in items.items()}
    return _filled(GRID, st.fixed_dictionaries(answers))


def _phq9() -> Filled:
    """Eight items alike, the ninth apart: totals then reach everywhere without 9 draws."""

    def answers(alike: float, missing: int, ninth: Answer | None) -> dict[str, Answer | None]:
        items: dict[str, Answer | None] = {f"phq9_{n}": alike for n in range(1, 9 - missing)}
        return {**items, "phq9_9": ninth}

    return _filled(
        "phq9",
        st.builds(
            answers,
            st.integers(0, 3).map(float),
            st.sampled_from([0, 0, 0, 1, 3]),
            _any_answer(0, 3),
        ),
    )


def _distress() -> Filled:
    return _filled("distress_0_10", st.fixed_dictionaries({"distress_0_10_1": _any_answer(0, 10)}))


def _scns() -> Filled:
    items = [f"scns_sf34_{n}" for n in (1, 5, 6, 14, 15, 23, 34)]
    return _filled(
        "scns_sf34", st.dictionaries(st.sampled_from(items), _any_answer(1, 5), max_size=3)
    )


def _any_answer(lowest: int, highest: int, *more: Answer) -> st.SearchStrategy[Answer | None]:
    """Mostly a number; sometimes blank, declined, or one of `more`."""
    numbers = [float(n) for n in range(lowest, highest + 1)]
    choices: list[Answer | None] = [*numbers, *numbers, None, "declined", *more]
    return st.sampled_from(choices)


def _filled(measure_key: str, told: st.SearchStrategy[dict[str, Answer | None]]) -> Filled:
    return told.map(
        lambda answers: (
            measure_key,
            {item: answer for item, answer in answers.items() if answer is not None},
        )
    )
