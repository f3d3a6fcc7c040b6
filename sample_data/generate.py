"""Makes the sample data: synthetic patients, their forms and what happened to them.

    python sample_data/generate.py                      writes the shipped files again
    python sample_data/generate.py --patients 50000 --out FOLDER

Nobody in these files exists. README.md in this folder says what is in them, how they are
made and which effects are planted.
"""

import sys
import time
import zlib
from datetime import date, datetime
from pathlib import Path
from typing import Literal

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import click
import numpy as np
from numpy.random import Generator

from dashboard.measures.catalogue import Measure, load_catalogue
from sample_data.answers import (
    DECLINED,
    MISSING,
    SCHEDULE,
    Codes,
    answers_of,
    declined_occasions,
    scores_of,
)
from sample_data.directory import resource_rows
from sample_data.effects import NO_EFFECTS, PLANTED, Effects
from sample_data.events import EventLog
from sample_data.files import CsvFile, dates, long_columns, texts, wide_columns
from sample_data.journey import Forms, Journey, on_treatment, walk
from sample_data.people import NEVER, SITES, Days, Flags, People, Words, draw_people
from sample_data.team import assign, panel_rows, program_rows, staff_rows

SEED = 15
"""Of seeds 1 to 60 the one with the clearest sight of every planted effect in 600 patients."""
AS_OF = date(2026, 6, 30)
PATIENTS = 600
PATIENTS_PER_CHUNK = 2_000
ROWS_WITH_STATED_TOTAL = 25
WITHDRAWS_SHARE = 0.45
ASKED_WHEN_DECLINING = ("distress_0_10", "phq9")
"""The forms on which a refusal of the whole occasion is recorded."""

Layout = Literal["wide", "long"]


def generate(
    out: Path,
    *,
    patients: int = PATIENTS,
    seed: int = SEED,
    effects: Effects = PLANTED,
    as_of: date = AS_OF,
    layout: Layout = "wide",
    measures: tuple[str, ...] = tuple(SCHEDULE),
) -> None:
    """Writes every file into the folder `out`, which must exist.

    The same arguments give the same bytes. Each measure has its own stream of chance, so
    leaving measures out does not change the others.
    """
    catalogue = load_catalogue()
    today = int(np.datetime64(as_of, "D").astype(int))
    files = {
        name: CsvFile(out / f"{name}.csv")
        for name in ("patients", "panel", "events", "scores", *measures)
    }
    for name, rows in (
        ("staff", staff_rows(patients)),
        ("programs", program_rows()),
        ("resources", resource_rows()),
    ):
        CsvFile(out / f"{name}.csv").append({key: texts(column) for key, column in rows.items()})

    for first in range(0, patients, PATIENTS_PER_CHUNK):
        count = min(PATIENTS_PER_CHUNK, patients - first)
        people = draw_people(_stream(seed, first, "people"), first, count, patients, today)
        assignment = assign(_stream(seed, first, "panel"), people, patients, today)
        log = EventLog(last_day=np.minimum(today, people.death - 1))
        journey = walk(_stream(seed, first, "journey"), people, assignment, effects, today, log)
        status, status_on = _status(_stream(seed, first, "status"), people, journey, today)
        active = status == "active"

        files["patients"].append(_patient_columns(people, status, status_on, today))
        _append(files["panel"], panel_rows(people, assignment, today, status_on))
        _append(files["events"], log.rows(people, status_on))

        forms = journey.forms
        declined = declined_occasions(forms, _stream(seed, first, "declined"))
        for key in measures:
            measure = catalogue[key]
            rng = _stream(seed, first, key)
            asked = SCHEDULE[key].at(forms, people) & (~declined | (key in ASKED_WHEN_DECLINING))
            if not measure.items:
                _append_scores(files["scores"], measure, forms, asked, people, rng)
                continue
            codes = answers_of(measure, forms, journey.traits, people, rng)
            codes[declined] = DECLINED
            if measure.safety_items and first == 0:
                _leave_half_empty_with_safety_item(measure, codes, forms, active, today)
            columns = (people.patient_id[forms.patient][asked], forms.day[asked])
            wave, codes = forms.wave[asked], codes[asked]
            if layout == "long":
                files[key].append(long_columns(measure, *columns, wave, codes))
            else:
                total = _stated_totals(codes, first) if key == "phq9" else None
                files[key].append(wide_columns(measure, *columns, wave, codes, total))


def _stream(seed: int, first: int, purpose: str) -> Generator:
    """A stream of chance of its own for each chunk and purpose."""
    return np.random.Generator(
        np.random.PCG64(np.random.SeedSequence([seed, first, zlib.crc32(purpose.encode())]))
    )


def _status(rng: Generator, people: People, journey: Journey, today: int) -> tuple[Words, Days]:
    """Status at the as-of date and the day it began (NEVER for the active)."""
    count = len(people)
    withdrawn_on = np.where(
        (journey.stopped_on < NEVER) & (rng.random(count) < WITHDRAWS_SHARE),
        journey.stopped_on + rng.integers(10, 50, count),
        NEVER,
    )
    left = np.stack([people.death, journey.discharged_on, withdrawn_on])
    reason = np.array(["deceased", "discharged", "withdrawn"])[left.argmin(axis=0)]
    left_on = left.min(axis=0)
    gone = left_on <= today
    return np.where(gone, reason, "active"), np.where(gone, left_on, NEVER)


def _patient_columns(
    people: People, status: Words, status_on: Days, today: int
) -> dict[str, object]:
    seen_until = np.minimum(status_on, today)
    phase = np.select(
        [
            people.palliative <= seen_until,
            people.recurrence <= seen_until,
            seen_until < people.treatment_start,
            on_treatment(people, seen_until),
        ],
        ["palliative", "recurrence", "diagnosis", "on_treatment"],
        "follow_up",
    )

    def known(day: Days) -> Days:
        return np.where(day <= seen_until, day, NEVER)

    return {
        "patient_id": texts(people.patient_id),
        "initials": texts(people.initials),
        "birth_year": texts(people.birth_year.astype(str)),
        "sex": texts(people.sex),
        "diagnosis": texts(people.diagnosis),
        "stage": texts(people.stage),
        "phase": texts(phase),
        "site": texts(np.array(SITES)[people.site]),
        "language": texts(people.language),
        "diagnosed_on": dates(people.diagnosed),
        "treatment_started_on": dates(known(people.treatment_start)),
        "treatment_ended_on": dates(known(people.treatment_end)),
        "status": texts(status),
        "status_on": dates(status_on),
        "lives_alone": texts(np.where(people.lives_alone, "yes", "no")),
    }


def _append(file: CsvFile, rows: dict[str, np.ndarray]) -> None:
    file.append(
        {
            name: dates(column) if name.endswith("_on") else texts(column)
            for name, column in rows.items()
        }
    )


def _append_scores(
    file: CsvFile, measure: Measure, forms: Forms, asked: Flags, people: People, rng: Generator
) -> None:
    scores = scores_of(measure, forms, rng)
    kept = np.flatnonzero(asked)
    scales = list(scores)
    form = np.repeat(kept, len(scales))
    by_form = np.stack([scores[scale][kept] for scale in scales], axis=1)
    file.append(
        {
            "patient_id": texts(people.patient_id[forms.patient[form]]),
            "measure_key": texts(np.full(len(form), measure.key)),
            "scale_key": texts(np.tile(scales, len(kept))),
            "completed_on": dates(forms.day[form]),
            "wave": texts(forms.wave[form].astype(str)),
            "score": texts([f"{score:g}" for score in by_form.reshape(-1)]),
        }
    )


def _leave_half_empty_with_safety_item(
    measure: Measure, codes: Codes, forms: Forms, active: Flags, today: int
) -> None:
    """One recent form of an active patient stops half-way and yet endorses the safety item:
    its total cannot be computed, and the answer must be seen all the same."""
    safety = [item.key for item in measure.items].index(measure.safety_items[0].item)
    recent = (forms.day > today - 21) & active[forms.patient] & (codes[:, safety] == 0)
    if recent.any():
        form = int(np.flatnonzero(recent)[0])
        codes[form, 2:safety] = MISSING
        codes[form, safety] = 2


def _stated_totals(codes: Codes, first: int) -> Words:
    """Some centres' files carry totals beside the items; a few complete forms do here."""
    stated = (codes >= 0).all(axis=1) & (np.arange(len(codes)) < ROWS_WITH_STATED_TOTAL)
    stated &= first == 0
    return np.where(stated, codes.sum(axis=1).astype(int).astype(str), "")


@click.command()
@click.option("--patients", default=PATIENTS, show_default=True, type=click.IntRange(min=1))
@click.option("--seed", default=SEED, show_default=True, type=click.IntRange(min=0))
@click.option("--no-effects", is_flag=True, help="Set every planted effect to zero.")
@click.option(
    "--as-of",
    default=AS_OF.isoformat(),
    show_default=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last day of the data; they go back two years from it.",
)
@click.option(
    "--out",
    default=Path(__file__).parent,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write into; by default this script's own.",
)
@click.option("--layout", default="wide", show_default=True, type=click.Choice(["wide", "long"]))
@click.option(
    "--measure",
    "measures",
    multiple=True,
    type=click.Choice(list(SCHEDULE)),
    help="Only this measure; may be given several times. By default all.",
)
def main(
    patients: int,
    seed: int,
    no_effects: bool,
    as_of: datetime,
    out: Path,
    layout: Layout,
    measures: tuple[str, ...],
) -> None:
    """Writes synthetic patients and their forms as CSV files."""
    out.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    generate(
        out,
        patients=patients,
        seed=seed,
        effects=NO_EFFECTS if no_effects else PLANTED,
        as_of=as_of.date(),
        layout=layout,
        measures=measures or tuple(SCHEDULE),
    )
    click.echo(f"{patients} synthetic patients in {time.perf_counter() - started:.1f} s: {out}")


if __name__ == "__main__":
    main()
