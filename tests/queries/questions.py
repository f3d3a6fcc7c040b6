"""What the queries behind the Questions page share on the independent road: a patient's covariates
and the form nearest to another."""

from collections.abc import Iterable
from datetime import date

from tests.queries.comparison import Row
from tests.queries.raw_records import RawRecords, ScoreOfForm

WINDOW = 14
"""Days around a form within which another counts as of the same days (rules.toml)."""


def covariates(patient: Row, on: date) -> Row:
    """What a comparison can be adjusted for, as it was on a day."""
    born, diagnosed = patient["birth_year"], patient["diagnosed_on"]
    return {
        "site": patient["site"],
        "sex": patient["sex"],
        "stage": patient["stage"],
        "age": on.year - int(born) if born else None,
        "months_since_diagnosis": (on - date.fromisoformat(diagnosed)).days / 30.4375
        if diagnosed
        else None,
    }


def scores_of(raw: RawRecords, patient_id: str, scale: str, as_of: date) -> list[ScoreOfForm]:
    """Scored forms of a scale, written measure/scale, by day."""
    return sorted(
        (
            one
            for one in raw.scores_by_patient[patient_id]
            if f"{one.form.measure_key}/{one.scale.key}" == scale
            and one.value is not None
            and one.completed_on <= as_of
        ),
        key=lambda one: one.completed_on,
    )


def nearest(days: Iterable[date], to: date) -> date | None:
    """The nearest within the window, the later of two as near."""
    near = [day for day in days if abs((day - to).days) <= WINDOW]
    return min(near, key=lambda day: (abs((day - to).days), -day.toordinal()), default=None)


def patients(raw: RawRecords, visible: set[str]) -> list[Row]:
    """Those that are visible, by id."""
    return sorted(
        (row for row in raw.patients if row["patient_id"] in visible),
        key=lambda row: str(row["patient_id"]),
    )
