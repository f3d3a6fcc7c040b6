"""Changes against a reference, and gaps, on series small enough to check by eye."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.analysis.trajectory import (
    Gap,
    Reference,
    Story,
    gaps_between,
    stories,
    verdict_on,
)
from dashboard.measures.catalogue import load_catalogue

CATALOGUE = load_catalogue()
START = date(2026, 1, 1)


def scores_of(
    values: list[float | None],
    days: list[int] | None = None,
    *,
    measure_key: str = "phq9",
    scale_key: str = "total",
    higher_is: str = "worse",
    reliable_change: float | None = 6.0,
    domain: str = "distress",
    trended: bool = True,
) -> pd.DataFrame:
    """Rows as the query `patient_scores` gives them; one form every 30 days unless `days` says."""
    places = days or [30 * position for position in range(len(values))]
    return pd.DataFrame(
        {
            "measure_key": measure_key,
            "measure_title": "PHQ-9",
            "domain": domain,
            "scale_key": scale_key,
            "scale_title": "PHQ-9 total",
            "higher_is": higher_is,
            "trended": trended,
            "minimum": 0.0,
            "maximum": 27.0,
            "assessment_id": range(len(values)),
            "completed_on": pd.to_datetime([START + timedelta(days=place) for place in places]),
            "score": pd.Series(values, dtype="float64"),
            "status": ["scored" if value is not None else "too_few_answers" for value in values],
            "items_answered": 9,
            "items_total": 9,
            "band": "mild",
            "screen_cut_off": 10.0,
            "screen_cut_off_source": "Kroenke 2001",
            "sem": 2.2,
            "reliable_change": reliable_change,
            "reliable_change_source": "NHS",
        }
    )


def story_of(
    scores: pd.DataFrame, reference: Reference = "first", as_of: date | None = None
) -> Story:
    last = pd.Timestamp(scores["completed_on"].max()).date()
    return stories(scores, CATALOGUE, reference, as_of or last)[0]


@pytest.mark.parametrize(
    ("difference", "needed", "higher_is", "verdict"),
    [
        (6, 6, "worse", "worse"),
        (5.9, 6, "worse", "within_error"),
        (-6, 6, "worse", "better"),
        (6, 6, "better", "better"),
        (-6, 6, "better", "worse"),
        (6, 6, "neither", "rose"),
        (-6, 6, "neither", "fell"),
        (0, 6, "worse", "same"),
        (9, None, "worse", "error_unknown"),
        (0, None, "worse", "same"),
    ],
)
def test_a_verdict_needs_at_least_the_reliable_change(
    difference: float, needed: float | None, higher_is: str, verdict: str
) -> None:
    assert verdict_on(difference, needed, higher_is) == verdict


@pytest.mark.parametrize(
    ("reference", "compared_with", "difference", "verdict"),
    [("first", 8, 6, "worse"), ("previous", 10, 4, "within_error"), ("best", 4, 10, "worse")],
)
def test_each_reference_compares_with_its_own_form(
    reference: Reference, compared_with: float, difference: float, verdict: str
) -> None:
    latest = story_of(scores_of([8, 4, 10, 14]), reference).latest
    assert latest is not None
    assert (latest.reference, latest.difference, latest.verdict) == (
        compared_with,
        difference,
        verdict,
    )


def test_the_best_form_is_the_highest_where_higher_is_better() -> None:
    latest = story_of(scores_of([8, 20, 10], higher_is="better"), "best").latest
    assert latest is not None
    assert (latest.reference, latest.verdict) == (20, "worse")


def test_of_two_equal_best_forms_the_later_one_counts() -> None:
    latest = story_of(scores_of([4, 9, 4, 10]), "best").latest
    assert latest is not None
    assert latest.reference_on == START + timedelta(days=60)


def test_a_first_score_has_nothing_to_compare_with() -> None:
    latest = story_of(scores_of([8])).latest
    assert latest is not None
    assert (latest.reference, latest.difference, latest.verdict) == (None, None, "no_reference")


def test_a_form_without_a_score_breaks_the_line_and_is_no_reference() -> None:
    story = story_of(scores_of([8, None, 15]), "previous")
    assert story.runs == ((0, 0), (1, 1))
    assert [form.status for form in story.unscored] == ["too_few_answers"]
    assert story.latest is not None
    assert story.latest.reference == 8


def test_a_line_of_regular_forms_is_whole() -> None:
    assert story_of(scores_of([8, 9, 10, 11])).runs == ((0, 3),)


def test_a_missing_form_breaks_the_line() -> None:
    story = story_of(scores_of([8, 9, 10, 11], [0, 30, 60, 210]))
    assert story.gaps == (Gap(START + timedelta(days=60), START + timedelta(days=210)),)
    assert story.gaps[0].days == 150
    assert story.runs == ((0, 2), (3, 3))


def test_a_six_monthly_rhythm_has_no_gaps() -> None:
    days = [START + timedelta(days=180 * position) for position in range(4)]
    assert gaps_between(days, days[-1]) == ()


def test_of_two_intervals_the_shorter_one_is_the_rhythm() -> None:
    days = [START, START + timedelta(days=60), START + timedelta(days=240)]
    assert gaps_between(days, days[-1]) == (Gap(days[1], days[2]),)


def test_a_gap_may_run_up_to_the_day_of_looking() -> None:
    days = [START, START + timedelta(days=90)]
    assert gaps_between(days, START + timedelta(days=400)) == (
        Gap(days[1], START + timedelta(days=400)),
    )


def test_no_form_at_all_is_no_gap() -> None:
    assert gaps_between([], START) == ()


def test_scales_that_are_not_trended_are_left_out() -> None:
    assert stories(scores_of([8], trended=False), CATALOGUE, "first", START) == []


def test_distress_is_read_first() -> None:
    support = scores_of([50.0] * 4, measure_key="mspss", domain="support", higher_is="better")
    told = stories(pd.concat([support, scores_of([8])]), CATALOGUE, "first", START)
    assert [story.domain for story in told] == ["distress", "support"]


def test_a_measure_that_left_the_catalogue_is_still_told() -> None:
    story = story_of(scores_of([8, 9], measure_key="gone"))
    assert story.bands == ()
    assert not story.is_part


def test_a_subscale_of_a_total_is_a_part_unless_it_screens() -> None:
    part = story_of(scores_of([50.0], measure_key="mspss", scale_key="family"))
    screening = story_of(scores_of([2.0], measure_key="phq4", scale_key="anxiety"))
    whole = story_of(scores_of([50.0], measure_key="mspss", scale_key="total"))
    assert (part.is_part, screening.is_part, whole.is_part) == (True, False, False)


def test_at_the_cut_off_counts_as_above() -> None:
    assert story_of(scores_of([10.0])).above_cut_off
    assert not story_of(scores_of([9.9])).above_cut_off
    assert not story_of(scores_of([None])).above_cut_off


@given(
    st.lists(
        st.tuples(st.one_of(st.none(), st.integers(0, 27)), st.integers(1, 300)),
        min_size=1,
        max_size=12,
    )
)
def test_every_scored_form_is_in_exactly_one_run(forms: list[tuple[int | None, int]]) -> None:
    days = list(pd.Series([step for _, step in forms]).cumsum())
    story = story_of(scores_of([None if s is None else float(s) for s, _ in forms], days))
    covered = [place for first, last in story.runs for place in range(first, last + 1)]
    assert covered == list(range(len(story.points)))
    assert len(story.points) + len(story.unscored) == len(forms)
