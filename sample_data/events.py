"""What happened to a patient besides forms: treatment, contacts, referrals, sessions, notes."""

from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator

from sample_data.people import NEVER, Days, Flags, Indices, People, Words

# Nothing that could identify anybody, and no comma, so that the files need no quotes.
NOTES = np.array(
    [
        "Asked for help with transport to treatment",
        "Prefers a call in the afternoon",
        "Worried about work and income",
        "Sleeps badly since the last treatment",
        "Wants information on side effects",
        "Family visits more often now",
        "Feels well informed by the team",
        "Would like to meet others in the same situation",
        "Said the forms are long",
        "No further needs at present",
    ]
)
CONTACT_WAYS = np.array(["Phone call", "At the clinic", "Video call"])


@dataclass
class EventLog:
    """Collects events of one chunk of patients; those after `last_day` never happened."""

    last_day: Days
    _patient: list[Indices] = field(default_factory=list)
    _day: list[Days] = field(default_factory=list)
    _ended: list[Days] = field(default_factory=list)
    _text: list[tuple[Words, Words, Words, Words]] = field(default_factory=list)

    def add(
        self,
        kind: str | Words,
        patient: Indices,
        day: Days,
        *,
        ended: Days | None = None,
        program: Words | str = "",
        person: Words | str = "",
        detail: Words | str = "",
    ) -> None:
        happened = day <= self.last_day[patient]
        count = int(happened.sum())
        self._patient.append(patient[happened])
        self._day.append(day[happened])
        if ended is None:
            self._ended.append(np.full(count, NEVER))
        else:
            over = ended <= self.last_day[patient]
            self._ended.append(np.where(over, ended, NEVER)[happened])
        texts = [
            np.broadcast_to(np.asarray(text, dtype=str), day.shape)[happened]
            for text in (kind, program, person, detail)
        ]
        self._text.append((texts[0], texts[1], texts[2], texts[3]))

    def rows(self, people: People, left_on: Days) -> dict[str, np.ndarray]:
        """Columns of events.csv, grouped by patient, oldest first; nothing after a patient left."""
        patient = np.concatenate(self._patient)
        day = np.concatenate(self._day)
        ended = np.concatenate(self._ended)
        kind, program, person, detail = (
            np.concatenate([texts[n] for texts in self._text]) for n in range(4)
        )
        order = np.lexsort((detail, program, kind, day, patient))
        order = order[(day <= left_on[patient])[order]]
        return {
            "patient_id": people.patient_id[patient[order]],
            "occurred_on": day[order],
            "kind": kind[order],
            "ended_on": np.where(ended <= left_on[patient], ended, NEVER)[order],
            "program_key": program[order],
            "person_id": person[order],
            "detail": detail[order],
        }


def add_treatment(log: EventLog, people: People) -> None:
    """Diagnosis, treatments with their spans and recurrence, for every patient."""
    everyone = np.arange(len(people))
    log.add("diagnosis", everyone, people.diagnosed)
    log.add("surgery", everyone, people.surgery)
    log.add("chemotherapy", everyone, people.chemotherapy, ended=people.chemotherapy_end)
    log.add("radiotherapy", everyone, people.radiotherapy, ended=people.radiotherapy_end)
    log.add("treatment_start", everyone, people.treatment_start)
    log.add("treatment_end", everyone, people.treatment_end)
    log.add("recurrence", everyone, people.recurrence)


def add_notes(log: EventLog, rng: Generator, patient: Indices, day: Days, person: Words) -> None:
    noted = rng.random(len(patient)) < 0.07
    text = NOTES[rng.integers(0, len(NOTES), len(patient))]
    log.add("note", patient[noted], day[noted], person=person[noted], detail=text[noted])


def add_contacts(
    log: EventLog,
    rng: Generator,
    patient: Indices,
    day: Days,
    person: Words,
    positive: Flags,
    slow: Flags,
) -> None:
    """Contacts after a positive screen (slower and rarer at the worse site) and some others."""
    count = len(patient)
    chance = np.where(positive, np.where(slow, 0.72, 0.88), 0.10)
    made = rng.random(count) < chance
    median_days = np.where(slow, 6.0, 3.0)
    wait = np.rint(median_days * np.exp(0.8 * rng.standard_normal(count))).astype(np.int64)
    way = CONTACT_WAYS[rng.choice(3, size=count, p=(0.6, 0.3, 0.1))]
    log.add(
        "contact",
        patient[made],
        (day + np.clip(wait, 0, 60))[made],
        person=person[made],
        detail=way[made],
    )
