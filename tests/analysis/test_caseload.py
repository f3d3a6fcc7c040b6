"""Whom to look at first: standings by the rule of the Patient page, order, and what is said."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dashboard.analysis.caseload import (
    STANDINGS,
    counts,
    expected_of,
    line_rows,
    lines,
    lines_in_words,
    standing_in_words,
)
from dashboard.analysis.expected_recovery import expected_band, off_track
from dashboard.analysis.trajectory import stories
from dashboard.analysis.trends import FollowedScale, scales_of
from dashboard.language import words_in
from dashboard.store import Scope, Store
from dashboard.store.importing import catalogue_of
from tests.analysis.test_trends import SCALE

ENGLISH = words_in("en")
AS_OF = date(2026, 6, 30)
NO_GRID = pd.DataFrame(
    columns=["start", "month", "patients", "low80", "low50", "median", "high50", "high80"],
    dtype=float,
)
PSYCHOLOGIST = Scope("psychologist-1", "psychologist")


def patient(name: str, scores: Sequence[float | None], *, last: date = AS_OF) -> dict[str, Any]:
    days = [last - timedelta(days=60 * back) for back in range(len(scores) - 1, -1, -1)]
    values = np.ma.masked_array(
        [0.0 if score is None else score for score in scores],
        mask=[score is None for score in scores],
    )
    return {
        "patient_ref": f"ref-{name}",
        "patient_id": name,
        "initials": "AB",
        "site": "North",
        "days": [pd.Timestamp(day) for day in days],
        "scores": values,
    }


def told(*patients: dict[str, Any], reference: Any = "first") -> Any:
    return lines(pd.DataFrame(patients), SCALE, reference, NO_GRID, AS_OF)


def test_worse_come_first_then_better_then_the_rest() -> None:
    found = told(
        patient("rest", [9, 11]),
        patient("better", [15, 5]),
        patient("a little worse", [4, 11]),
        patient("much worse", [4, 20]),
        patient("never scored", [None]),
        patient("high", [19, 20]),
    )
    assert [(line.patient_id, line.standing) for line in found] == [
        ("much worse", "worse"),
        ("a little worse", "worse"),
        ("better", "better"),
        ("high", "rest"),
        ("rest", "rest"),
        ("never scored", "rest"),
    ]
    assert list(counts(found).items()) == [("worse", 2), ("better", 1), ("rest", 3)]


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("first", "▲ reliably worse, +8 to 12"),
        ("previous", "▼ reliably better, −8 to 12"),
        ("best", "▲ reliably worse, +10 to 12"),
    ],
)
def test_the_reference_decides(reference: str, said: str) -> None:
    (line,) = told(patient("one", [4, 2, 20, 12]), reference=reference)
    assert standing_in_words(line, ENGLISH) == said


def test_words_where_nothing_can_be_said() -> None:
    old = AS_OF - timedelta(days=365)
    said = {
        line.patient_id: standing_in_words(line, ENGLISH)
        for line in told(
            patient("none", [None, None]),
            patient("first", [7, None]),
            patient("old", [4, 20], last=old),
            patient("young enough", [4, 20], last=old + timedelta(days=1)),
        )
    }
    assert said == {
        "none": "○ no score yet",
        "first": "○ first score, 7",
        "old": "○ last score over a year ago, +16 to 20",
        "young enough": "▲ reliably worse, +16 to 20",
    }


def test_a_line_breaks_at_a_form_without_a_score_and_at_a_gap() -> None:
    (line,) = told(patient("one", [4, 5, None, 6, 7]))
    assert line.runs(AS_OF) == [(0, 1), (3, 4)]
    row = patient("two", [4, 5, 6])
    row["days"][0] -= pd.Timedelta(days=300)
    (line,) = told(row)
    assert line.runs(AS_OF) == [(0, 0), (1, 2)]


def grid() -> pd.DataFrame:
    """Whoever began at 10 stood at 4 to 8 one to seven months later."""
    return pd.DataFrame(
        [
            {"start": start, "month": month, "patients": 40, "low80": 4, "low50": 5}
            | {"median": 6, "high50": 7, "high80": 8}
            for start in (9.0, 10.0, 11.0)
            for month in (1, 3, 7)
        ]
    )


def test_off_track_is_worse_than_comparable_patients_by_more_than_error() -> None:
    rows = pd.DataFrame(
        [patient("on", [10, 10]), patient("off", [10, 10.3]), patient("worse too", [10, 18])]
    )
    found = {line.patient_id: line for line in lines(rows, SCALE, "first", grid(), AS_OF)}
    assert {name: line.off_track for name, line in found.items()} == {
        "on": False,
        "off": True,
        "worse too": True,
    }
    assert list(found) == ["worse too", "off", "on"]
    assert found["off"].standing == "off_track"
    assert found["worse too"].standing == "worse"
    assert standing_in_words(found["off"], ENGLISH) == "◆ not on track, +0.3 to 10.3"


def test_the_grey_range_is_cut_to_what_is_shown() -> None:
    rows = pd.DataFrame([patient("one", [10, 10, 10]), patient("far off", [25, 25])])
    shown = lines(rows, SCALE, "first", grid(), AS_OF)
    start = AS_OF - timedelta(days=60)
    ranges = expected_of(shown, grid(), start, AS_OF)
    assert set(ranges) == {"ref-one"}
    days = [day for day, _, _ in ranges["ref-one"]]
    assert (days[0], days[-1]) == (start, AS_OF)
    assert {(low, high) for _, low, high in ranges["ref-one"]} == {(4.0, 8.0)}


def test_the_reading_and_the_rows_say_the_same_numbers() -> None:
    found = told(patient("b", [4, 12]), patient("a", [15, 5]), patient("c", [9, 9]))
    assert lines_in_words(found, ENGLISH) == (
        "1 reliably worse and 1 reliably better, of 3 patients in care with a form."
    )
    rows = line_rows(found, ENGLISH)
    assert list(rows["Patient"]) == ["b · AB", "a · AB", "c · AB"]
    assert list(rows["Latest"]) == ["12", "5", "9"]
    nobody = told(patient("c", [9, 9]))
    assert "has not changed reliably" in lines_in_words(nobody, ENGLISH)


@pytest.fixture(scope="module")
def phq9(sample_store: Store) -> FollowedScale:
    scales = scales_of(sample_store.query("trend_scales", PSYCHOLOGIST))
    return next(scale for scale in scales if scale.key == "phq9/total")


@pytest.mark.parametrize("reference", ["first", "previous", "best"])
def test_on_the_sample_it_says_what_the_patient_page_says(
    sample_store: Store, phq9: FollowedScale, reference: Any
) -> None:
    """Verdict, difference and track of each patient, worked out by the Patient page's own road."""
    of_scale = {"measure_key": "phq9", "scale_key": "total"}
    bands = sample_store.query("recovery_bands", PSYCHOLOGIST, snapshot=None, **of_scale)
    courses = sample_store.query(
        "caseload_courses", PSYCHOLOGIST, snapshot=None, as_of=AS_OF, **of_scale
    )
    found = lines(courses, phq9, reference, bands, AS_OF)
    catalogue = catalogue_of(sample_store.directory)
    assert {line.standing for line in found} >= {"worse", "better", "rest"}
    for line in found[::7]:
        scores = sample_store.query(
            "patient_scores", PSYCHOLOGIST, patient_ref=line.patient_ref, as_of=AS_OF
        )
        story = next(
            one
            for one in stories(scores, catalogue, reference, AS_OF)
            if (one.measure_key, one.scale_key) == ("phq9", "total")
        )
        if story.latest is None:
            assert line.latest is None
            continue
        assert (line.latest, line.latest_on) == (story.latest.score, story.latest.on)
        assert line.difference == story.latest.difference
        if AS_OF - story.latest.on < timedelta(days=365):
            assert line.verdict == story.latest.verdict
        first = story.points[0]
        band = expected_band(bands, first.score, first.completed_on.date(), AS_OF)
        if len(story.points) > 1:
            assert line.off_track == off_track(
                band, story.latest.on, story.latest.score, phq9.higher_is, phq9.error or 0
            )
    ranks = [STANDINGS.index(line.standing) for line in found]
    assert ranks == sorted(ranks)
