"""Invented patients: who they are, where they are treated, and when.

Days are whole days since 1970-01-01. NEVER stands for a day that does not come.
"""

from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Days = NDArray[np.int64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]
Indices = NDArray[np.int64]
Words = NDArray[np.str_]

NEVER = 10**7
WINDOW_DAYS = 730
"""Forms are collected over the two years before the as-of date."""

SITES = ("Riverside", "Northgate", "Hillcrest")
WORSE_SITE = SITES.index("Northgate")
SITE_SHARES = (0.40, 0.32, 0.28)

# Neither 0 and O, 1 and I or L, 2 and Z, 5 and S, 8 and B nor U and V can be confused.
ID_ALPHABET = np.array(list("34679ACDEFGHJKMNPQRTWXY"))

DIAGNOSES = np.array(
    [
        "breast cancer",
        "colorectal cancer",
        "lung cancer",
        "prostate cancer",
        "lymphoma",
        "ovarian cancer",
        "head and neck cancer",
        "melanoma",
    ]
)
DIAGNOSIS_SHARES = (0.30, 0.16, 0.14, 0.13, 0.09, 0.06, 0.07, 0.05)
FEMALE_SHARES = np.array([0.99, 0.45, 0.45, 0.0, 0.45, 1.0, 0.25, 0.45])
MEAN_AGES = np.array([58, 66, 67, 69, 58, 60, 62, 57])
SURGERY_SHARES = np.array([0.85, 0.80, 0.30, 0.45, 0.0, 0.80, 0.50, 0.90])
CHEMOTHERAPY_SHARES = np.array([0.60, 0.55, 0.65, 0.15, 0.90, 0.85, 0.35, 0.10])
RADIOTHERAPY_SHARES = np.array([0.60, 0.15, 0.40, 0.50, 0.25, 0.05, 0.80, 0.10])
STAGES = np.array(["I", "II", "III", "IV"])
STAGE_SHARES = (0.28, 0.31, 0.25, 0.16)
LANGUAGES = np.array(["English", "Greek", "Polish", "Arabic", "Spanish"])
LANGUAGE_SHARES = (0.82, 0.07, 0.04, 0.04, 0.03)
SEXES = np.array(["female", "male", "other", "unknown"])


@dataclass(frozen=True)
class People:
    """One entry a patient in every array."""

    patient_id: Words
    initials: Words
    age: Indices
    birth_year: Indices
    sex: Words
    diagnosis: Words
    stage: Words
    site: Indices
    language: Words
    has_partner: Flags
    has_family: Flags
    lives_alone: Flags
    diagnosed: Days
    surgery: Days
    chemotherapy: Days
    chemotherapy_end: Days
    radiotherapy: Days
    radiotherapy_end: Days
    treatment_start: Days
    treatment_end: Days
    recurrence: Days
    palliative: Days
    death: Days
    first_form: Days

    def __len__(self) -> int:
        return len(self.patient_id)


def draw_people(rng: Generator, first: int, count: int, total: int, as_of: int) -> People:
    """Draws patients number `first` to `first + count` of `total`."""
    diagnosis = rng.choice(len(DIAGNOSES), size=count, p=DIAGNOSIS_SHARES)
    female = rng.random(count) < FEMALE_SHARES[diagnosis]
    sex = np.where(female, 0, 1)
    rarely = rng.random(count)
    sex = np.where(rarely < 0.006, 2, np.where(rarely < 0.012, 3, sex))
    age = np.clip(np.rint(MEAN_AGES[diagnosis] + 12 * rng.standard_normal(count)), 21, 92)
    age = age.astype(np.int64)
    site = rng.choice(len(SITES), size=count, p=SITE_SHARES)
    stage = rng.choice(len(STAGES), size=count, p=STAGE_SHARES)
    has_partner = rng.random(count) < 0.64
    has_family = rng.random(count) < 0.95
    lives_alone = ~has_partner & (rng.random(count) < 0.62)

    incident = rng.random(count) < 0.87
    diagnosed = as_of - np.where(
        incident,
        np.rint(WINDOW_DAYS * rng.random(count) ** 0.68),
        np.rint(rng.uniform(WINDOW_DAYS, 2 * WINDOW_DAYS, count)),
    ).astype(np.int64)
    course = _treatment_course(rng, diagnosis, diagnosed)

    advanced = stage == 3
    relapses = ~advanced & (rng.random(count) < 0.11)
    recurrence = np.where(relapses, course["treatment_end"] + rng.integers(60, 540, count), NEVER)
    palliative = np.where(
        advanced & (rng.random(count) < 0.45),
        diagnosed + rng.integers(90, 420, count),
        np.where(
            relapses & (rng.random(count) < 0.3), recurrence + rng.integers(60, 300, count), NEVER
        ),
    )
    mean_days_to_death = np.where(advanced, 1000, np.where(relapses, 2500, 16_000))
    death = diagnosed + 40 + rng.exponential(mean_days_to_death).astype(np.int64)
    # Who died before the window opened would not be in a centre's records of it.
    died_before = death < as_of - WINDOW_DAYS + 60
    death = np.where(died_before, NEVER, death)

    near_treatment = rng.random(count) < 0.4
    first_form = np.where(
        near_treatment,
        np.maximum(course["treatment_start"] - rng.integers(-10, 6, count), diagnosed + 2),
        diagnosed + rng.integers(3, 25, count),
    )
    window_opens = as_of - WINDOW_DAYS
    first_form = np.where(
        first_form < window_opens, window_opens + rng.integers(2, 200, count), first_form
    )
    never_reached = rng.random(count) < 0.02
    return People(
        patient_id=patient_ids(first, count, total),
        initials=_initials(rng, count),
        age=age,
        birth_year=np.datetime64(as_of, "D").astype("datetime64[Y]").astype(int) + 1970 - age,
        sex=SEXES[sex],
        diagnosis=DIAGNOSES[diagnosis],
        stage=STAGES[stage],
        site=site,
        language=LANGUAGES[rng.choice(len(LANGUAGES), size=count, p=LANGUAGE_SHARES)],
        has_partner=has_partner,
        has_family=has_family,
        lives_alone=lives_alone,
        diagnosed=diagnosed,
        recurrence=recurrence,
        palliative=palliative,
        death=death,
        first_form=np.where(never_reached, NEVER, first_form),
        **course,
    )


def _treatment_course(rng: Generator, diagnosis: Indices, diagnosed: Days) -> dict[str, Days]:
    count = len(diagnosis)
    has_surgery = rng.random(count) < SURGERY_SHARES[diagnosis]
    has_chemotherapy = rng.random(count) < CHEMOTHERAPY_SHARES[diagnosis]
    has_radiotherapy = rng.random(count) < RADIOTHERAPY_SHARES[diagnosis]
    has_chemotherapy |= ~(has_surgery | has_radiotherapy)
    surgery = np.where(has_surgery, diagnosed + rng.integers(14, 45, count), NEVER)
    chemotherapy = np.where(has_chemotherapy, diagnosed + rng.integers(28, 84, count), NEVER)
    chemotherapy_end = chemotherapy + rng.integers(84, 175, count)
    radiotherapy = np.where(
        has_chemotherapy,
        chemotherapy_end + rng.integers(14, 40, count),
        diagnosed + rng.integers(35, 90, count),
    )
    radiotherapy = np.where(has_radiotherapy, radiotherapy, NEVER)
    radiotherapy_end = radiotherapy + rng.integers(18, 42, count)
    # Some go on with tablets or injections for a year or so after the last listed treatment.
    maintained = (rng.random(count) < 0.30) * rng.integers(120, 420, count)
    ends = np.stack(
        [
            np.where(has_surgery, surgery, 0),
            np.where(has_chemotherapy, chemotherapy_end, 0),
            np.where(has_radiotherapy, radiotherapy_end, 0),
        ]
    )
    return {
        "surgery": surgery,
        "chemotherapy": chemotherapy,
        "chemotherapy_end": chemotherapy_end,
        "radiotherapy": radiotherapy,
        "radiotherapy_end": radiotherapy_end,
        "treatment_start": np.minimum(np.minimum(surgery, chemotherapy), radiotherapy),
        "treatment_end": ends.max(axis=0) + maintained,
    }


def patient_ids(first: int, count: int, total: int) -> Words:
    """Opaque ids, unique over all patients: a one-to-one scatter of the patient's number."""
    letters = 4
    base = len(ID_ALPHABET)
    while base**letters < 2 * total:
        letters += 1
    size = base**letters
    step = int(size * 0.6180339887)
    while gcd(step, size) != 1:
        step += 1
    number = (np.arange(first, first + count, dtype=np.int64) * step + 7919) % size
    word = np.full(count, "P-", dtype=f"<U{letters + 2}")
    for place in range(letters):
        word = np.char.add(word, ID_ALPHABET[number // base**place % base])
    return word


def _initials(rng: Generator, count: int) -> Words:
    letters = np.array(list("ABCDEFGHIJKLMNOPRSTVWYZ"))
    pair = rng.integers(0, len(letters), (2, count))
    return np.char.add(letters[pair[0]], letters[pair[1]])
