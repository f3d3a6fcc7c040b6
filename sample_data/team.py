"""The invented staff, who looks after whom, and the programs patients can be referred to."""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.random import Generator

from sample_data.people import NEVER, SITES, WINDOW_DAYS, Days, People, Words

PATIENTS_PER_TEAM = 600
NURSES_PER_SITE = 2
HANDED_OVER_SHARE = 0.05

FIRST_NAMES = (
    "Amina",
    "Tomasz",
    "Eleni",
    "Grace",
    "Mateo",
    "Yuki",
    "Nadia",
    "Oliver",
    "Priya",
    "Samuel",
    "Ingrid",
    "Kwame",
)
LAST_NAMES = (
    "Okafor",
    "Nowak",
    "Papadaki",
    "Hughes",
    "Alvarez",
    "Tanaka",
    "Haddad",
    "Bennett",
    "Raman",
    "Mensah",
    "Larsen",
    "Petrov",
    "Doyle",
)


@dataclass(frozen=True)
class Program:
    key: str
    name: str
    kind: str
    support_types: str
    source: str


PROGRAMS = (
    Program("coping-group", "Coping group", "group", "emotional;belonging", "community"),
    Program("peer-group", "Peer group", "group", "belonging;esteem", "community"),
    Program("skills-group", "Stress and skills group", "group", "emotional;esteem", "care_team"),
    Program("practical-help", "Transport and practical help", "practical", "tangible", "community"),
    Program(
        "counselling",
        "Individual counselling",
        "individual",
        "emotional;informational",
        "care_team",
    ),
)
GROUP_PROGRAMS = tuple(n for n, program in enumerate(PROGRAMS) if program.kind == "group")
PRACTICAL_HELP = next(n for n, program in enumerate(PROGRAMS) if program.kind == "practical")
COUNSELLING = next(n for n, program in enumerate(PROGRAMS) if program.kind == "individual")


def staff_rows(total_patients: int) -> dict[str, list[str]]:
    """One row a person; a larger service has proportionally more nurses and psychologists."""
    teams = ceil(total_patients / PATIENTS_PER_TEAM)
    people: list[tuple[str, str, str]] = []
    for role, per_site in (("nurse", NURSES_PER_SITE * teams), ("psychologist", teams)):
        for number in range(per_site * len(SITES)):
            people.append((f"{role}-{number + 1}", role, SITES[number // per_site]))
    people += [("manager-1", "manager", ""), ("steward-1", "steward", "")]
    return {
        "person_id": [person_id for person_id, _, _ in people],
        # The two lists have no common divisor, so names repeat only after 156 people.
        "name": [
            f"{FIRST_NAMES[n % len(FIRST_NAMES)]} {LAST_NAMES[n % len(LAST_NAMES)]}"
            for n in range(len(people))
        ],
        "role": [role for _, role, _ in people],
        "site": [site for _, _, site in people],
    }


def program_rows() -> dict[str, list[str]]:
    return {
        "program_key": [program.key for program in PROGRAMS],
        "name": [program.name for program in PROGRAMS],
        "kind": [program.kind for program in PROGRAMS],
        "support_types": [program.support_types for program in PROGRAMS],
        "source": [program.source for program in PROGRAMS],
        "site": ["" for _ in PROGRAMS],
    }


@dataclass(frozen=True)
class Assignment:
    """Each patient's nurse and psychologist; `earlier_nurse` until the day before
    `handed_over` where there was a change."""

    nurse: Words
    earlier_nurse: Words
    handed_over: Days
    psychologist: Words

    def nurse_on(self, patient: np.ndarray, day: Days) -> Words:
        return np.where(
            day < self.handed_over[patient], self.earlier_nurse[patient], self.nurse[patient]
        )


def assign(rng: Generator, people: People, total_patients: int, as_of: int) -> Assignment:
    teams = ceil(total_patients / PATIENTS_PER_TEAM)
    count = len(people)
    nurses = NURSES_PER_SITE * teams
    chosen = rng.integers(0, nurses, count)
    other = (chosen + 1) % nurses
    # No hand-over before there was anything to hand over: earlier than this it never was.
    handed_over = as_of - rng.integers(60, 400, count)
    changes = (rng.random(count) < HANDED_OVER_SHARE) & (handed_over > joined(people, as_of) + 30)
    first_nurse = people.site * nurses + 1
    psychologist = people.site * teams + rng.integers(0, teams, count) + 1
    return Assignment(
        nurse=_person_ids("nurse", first_nurse + chosen),
        earlier_nurse=_person_ids("nurse", first_nurse + other),
        handed_over=np.where(changes, handed_over, -NEVER),
        psychologist=_person_ids("psychologist", psychologist),
    )


def joined(people: People, as_of: int) -> Days:
    """The day a patient came onto a panel: with the diagnosis, or when the two years began."""
    return np.maximum(people.diagnosed, as_of - WINDOW_DAYS)


def panel_rows(
    people: People, assignment: Assignment, as_of: int, left_on: Days
) -> dict[str, np.ndarray]:
    """Who had whom from when until when (NEVER where it still holds), grouped by patient."""
    everyone = np.arange(len(people))
    start = joined(people, as_of)
    handed_over = assignment.handed_over
    # Who left before the hand-over stayed with the earlier nurse.
    changed = np.flatnonzero((handed_over > 0) & (handed_over <= left_on))
    last_nurse = assignment.nurse_on(everyone, left_on)
    patient = np.concatenate([everyone, everyone, changed])
    from_on = np.concatenate(
        [
            np.where(handed_over <= left_on, np.maximum(start, handed_over), start),
            start,
            start[changed],
        ]
    )
    until_on = np.concatenate([left_on, left_on, handed_over[changed] - 1])
    person = np.concatenate(
        [last_nurse, assignment.psychologist, assignment.earlier_nurse[changed]]
    )
    order = np.lexsort((person, from_on, patient))
    return {
        "person_id": person[order],
        "patient_id": people.patient_id[patient[order]],
        "from_on": from_on[order],
        "until_on": until_on[order],
    }


def _person_ids(role: str, number: np.ndarray) -> Words:
    return np.char.add(f"{role}-", number.astype(str))
