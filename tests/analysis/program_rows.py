"""Courses of programs made up for tests, in the form of the query `program_courses`."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

PROGRAMS = {"coping": "group", "peer": "group", "talk": "individual"}


def courses(
    number: int, seed: int = 1, first: date = date(2024, 1, 5), every: int = 1, **fixed: Any
) -> pd.DataFrame:
    """One person after the other referred, `every` so many days; half of them start."""
    chance = np.random.default_rng(seed)
    days = [first + timedelta(days=every * place) for place in range(number)]
    started = chance.random(number) < 0.6
    keys = list(PROGRAMS)
    program = [keys[place % len(keys)] for place in range(number)]
    before = chance.integers(0, 25, (number, 2)).astype(float)
    after = np.clip(before - chance.integers(-8, 14, (number, 2)), 0, 21)
    after[chance.random((number, 2)) < 0.12] = np.nan
    rows = pd.DataFrame(
        {
            "patient_id": [f"p{place:05d}" for place in range(number)],
            "program_key": program,
            "program_name": [f"The {key} program" for key in program],
            "program_kind": [PROGRAMS[key] for key in program],
            "site": chance.choice(["North", "East"], number),
            "sex": chance.choice(["female", "male"], number, p=[0.6, 0.4]),
            "language": chance.choice(["English", "Greek"], number, p=[0.85, 0.15]),
            "diagnosis": chance.choice(["breast cancer", "lung cancer", "melanoma"], number),
            "stage": chance.choice(["I", "II", "III"], number),
            "age": chance.integers(30, 90, number),
            "months_since_diagnosis": chance.uniform(0, 40, number),
            "referred_on": pd.to_datetime(days),
            "started_on": (pd.to_datetime(days) + pd.Timedelta(days=20)).where(started),
            "contacts": np.where(started, chance.integers(1, 8, number), 0),
            "attended_otherwise": ~started & (chance.random(number) < 0.1),
            "before_first": before[:, 0],
            "after_first": after[:, 0],
            "before_second": np.minimum(before[:, 1], 21.0),
            "after_second": after[:, 1],
        }
    )
    return rows.assign(**fixed)
