"""The sample's files read a second time, in plain Python, for holding the queries against.

Nothing here looks into a store. Forms are scored by `independent_scoring`, and every figure
that the catalogue only implies (a band, the error of measurement, the reliable change) is
worked out again from the definition's own numbers.
"""

import csv
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from dashboard.measures.catalogue import Catalogue, Scale
from tests.measures.independent_scoring import score

Row = dict[str, Any]

_NOT_ITEMS = {"patient_id", "measure_key", "scale_key", "completed_on", "wave", "score"}
_WORDS = {"declined": "declined", "not applicable": "not_applicable"}


@dataclass
class Form:
    """One completed form.

    answers: item key to number. words: item key to `declined` or `not_applicable`. stated:
    scale key to a total that came ready-made. A blank cell is in none of the three.
    """

    patient_id: str
    measure_key: str
    completed_on: date
    wave: str
    file_name: str
    source_row: int
    answers: dict[str, float] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    stated: dict[str, float] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    @property
    def brought_items(self) -> bool:
        """False for a form of which only ready-made scores came."""
        return bool(self.answers or self.words) or not self.stated


@dataclass(frozen=True)
class ScoreOfForm:
    """One scale of one form."""

    form: Form
    scale: Scale
    value: float | None
    status: str
    answered: int

    @property
    def completed_on(self) -> date:
        return self.form.completed_on

    @property
    def band(self) -> str | None:
        label = None
        if self.value is not None:
            for band in self.scale.bands:
                if band.from_score <= self.value:
                    label = band.label
        return label


class RawRecords:
    """Everything a folder of canonical CSV files says."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.rows_of_file: dict[str, int] = {}
        self.forms: list[Form] = []
        tables: dict[str, list[Row]] = {}
        for path in sorted(folder.glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
            self.rows_of_file[path.name] = len(rows)
            if "score" in rows[0]:
                self.forms += _forms_of_scores(rows, path.name)
            elif "completed_on" in rows[0]:
                self.forms += _forms_of_answers(rows, path.name, catalogue)
            else:
                tables[path.stem] = rows
        self.patients = tables["patients"]
        self.staff = {row["person_id"]: row for row in tables["staff"]}
        self.programs = {row["program_key"]: row for row in tables["programs"]}
        self.assignments = tables["panel"]
        self.events = tables["events"]

    @cached_property
    def scores(self) -> list[ScoreOfForm]:
        return [one for form in self.forms for one in _scores_of(form, self.catalogue)]

    @cached_property
    def scores_by_patient(self) -> dict[str, list[ScoreOfForm]]:
        grouped = defaultdict(list)
        for one in self.scores:
            grouped[one.form.patient_id].append(one)
        return grouped

    @cached_property
    def forms_by_patient(self) -> dict[str, list[Form]]:
        grouped = defaultdict(list)
        for form in self.forms:
            grouped[form.patient_id].append(form)
        return grouped

    @cached_property
    def events_by_patient(self) -> dict[str, list[Row]]:
        grouped = defaultdict(list)
        for event in self.events:
            grouped[event["patient_id"]].append(event)
        return grouped

    @property
    def newest_on(self) -> date:
        return max(form.completed_on for form in self.forms)

    def patients_of(self, person_id: str, today: date) -> set[str]:
        """Whom a nurse or psychologist may see: assignments that have not ended."""
        return {
            row["patient_id"]
            for row in self.assignments
            if row["person_id"] == person_id
            and (not row["until_on"] or date.fromisoformat(row["until_on"]) >= today)
        }

    def in_charge(self, patient_id: str, role: str, as_of: date) -> str | None:
        """The name of the person of that role whose assignment covers the day."""
        names = [
            self.staff[row["person_id"]]["name"]
            for row in self.assignments
            if row["patient_id"] == patient_id
            and self.staff[row["person_id"]]["role"] == role
            and (not row["from_on"] or date.fromisoformat(row["from_on"]) <= as_of)
            and (not row["until_on"] or date.fromisoformat(row["until_on"]) >= as_of)
        ]
        return min(names, default=None)


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def error_of_measurement(scale: Scale) -> float | None:
    """SD·√(1 − r) (measures.md, reliable change)."""
    if scale.sd is None or scale.reliability is None:
        return None
    return scale.sd.value * math.sqrt(1 - scale.reliability.value)


def reliable_change(scale: Scale) -> float | None:
    """The stated figure, else 1.96·√2·SD·√(1 − r)."""
    if scale.reliable_change is not None:
        return scale.reliable_change.value
    error = error_of_measurement(scale)
    return None if error is None else 1.96 * math.sqrt(2) * error


def screening_cut_off(scale: Scale) -> float | None:
    return next((cut_off.at_least for cut_off in scale.cut_offs if cut_off.screen), None)


def _forms_of_answers(rows: list[Row], file_name: str, catalogue: Catalogue) -> Iterator[Form]:
    """One form a row; `<measure>_<scale>` columns are totals stated beside the items."""
    cells = [column for column in rows[0] if column not in _NOT_ITEMS]
    measure = next(
        measure
        for measure in catalogue.values()
        if cells[0] in {item.key for item in measure.items}
    )
    stated = {f"{measure.key}_{scale.key}": scale.key for scale in measure.scales}
    items = {item.key for item in measure.items}
    for number, row in enumerate(rows, start=2):
        form = Form(
            row["patient_id"],
            measure.key,
            date.fromisoformat(row["completed_on"]),
            row["wave"],
            file_name,
            number,
        )
        for column in cells:
            text = row[column]
            if text in _WORDS:
                form.words[column] = _WORDS[text]
            elif text and column in items:
                form.answers[column] = float(text)
            elif text:
                form.stated[stated[column]] = float(text)
        yield form


def _forms_of_scores(rows: list[Row], file_name: str) -> Iterator[Form]:
    """Rows of one patient, measure, day and wave are one form."""
    forms: dict[tuple[str, str, str, str], Form] = {}
    for number, row in enumerate(rows, start=2):
        key = (row["patient_id"], row["measure_key"], row["completed_on"], row["wave"])
        if key not in forms:
            forms[key] = Form(
                row["patient_id"],
                row["measure_key"],
                date.fromisoformat(row["completed_on"]),
                row["wave"],
                file_name,
                number,
            )
        forms[key].stated[row["scale_key"]] = float(row["score"])
    yield from forms.values()


def _scores_of(form: Form, catalogue: Catalogue) -> Iterator[ScoreOfForm]:
    """Items win over a stated total, which stands only where nothing was answered but safety
    items: a half-filled form's total may have taken its missing answers for zeros."""
    measure = catalogue[form.measure_key]
    safety = {safety.item for safety in measure.safety_items}
    without_items = {
        key: value for key, value in form.stated.items() if not measure.scale(key).items
    }
    for key, (value, status, answered) in score(measure, form.answers | without_items).items():
        scale = measure.scale(key)
        others = (form.answers.keys() & set(scale.items)) - safety
        if value is None and key in form.stated and not others:
            yield ScoreOfForm(form, scale, form.stated[key], "imported", answered)
        else:
            yield ScoreOfForm(form, scale, value, status, answered)
