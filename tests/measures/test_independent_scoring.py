"""What must hold for every form, and agreement with scores published by others."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.measures.catalogue import Measure, load_catalogue
from tests.measures.independent_scoring import score

CATALOGUE = load_catalogue()
WITH_ITEMS = [measure for measure in CATALOGUE.values() if measure.items]


@st.composite
def forms(draw: st.DrawFn) -> tuple[Measure, dict[str, float]]:
    """A measure and a form of it, with any of its answers missing."""
    measure = draw(st.sampled_from(WITH_ITEMS))
    answers = {
        item.key: draw(st.none() | st.integers(int(item.minimum), int(item.maximum)))
        for item in measure.items
    }
    return measure, {key: float(value) for key, value in answers.items() if value is not None}


@given(forms())
def test_a_score_stays_inside_its_range(form: tuple[Measure, dict[str, float]]) -> None:
    measure, answers = form
    for key, (value, _, _) in score(measure, answers).items():
        scale = measure.scale(key)
        if value is not None:
            assert scale.minimum - 1e-9 <= value <= scale.maximum + 1e-9


@given(forms())
def test_there_is_a_score_exactly_when_enough_is_answered(
    form: tuple[Measure, dict[str, float]],
) -> None:
    measure, answers = form
    for key, (value, status, answered) in score(measure, answers).items():
        scale = measure.scale(key)
        assert (value is not None) == (answered >= scale.answers_needed)
        assert (status == "scored") == (answered == len(scale.items))
        assert (status == "too_few_answers") == (value is None)


@given(forms(), st.data())
def test_a_higher_answer_moves_every_score_its_own_way(
    form: tuple[Measure, dict[str, float]], data: st.DataObject
) -> None:
    measure, answers = form
    room = [key for key, value in answers.items() if value < measure.item(key).maximum]
    if not room:
        return
    raised = data.draw(st.sampled_from(room))
    before = score(measure, answers)
    after = score(measure, {**answers, raised: answers[raised] + 1})
    for scale in measure.scales:
        old, new = before[scale.key][0], after[scale.key][0]
        if old is None or new is None or raised not in scale.items:
            assert new == old
        elif raised in measure.reverse:
            assert new < old
        else:
            assert new > old


@given(forms())
def test_a_missing_answer_counts_as_the_mean_of_the_others(
    form: tuple[Measure, dict[str, float]],
) -> None:
    """So a half-filled form is never milder than the answers that were given."""
    measure, answers = form
    for scale in measure.scales:
        value, status, _ = score(measure, answers)[scale.key]
        if status == "prorated":
            own = [key for key in scale.items if key in answers]
            turned = {
                key: measure.item(key).minimum + measure.item(key).maximum - answers[key]
                if key in measure.reverse
                else answers[key]
                for key in own
            }
            mean = sum(turned.values()) / len(own)
            filled = {key: mean for key in scale.items if key not in measure.reverse} | {
                key: measure.item(key).minimum + measure.item(key).maximum - mean
                for key in scale.items
                if key in measure.reverse
            }
            complete = score(measure, {**filled, **{key: answers[key] for key in own}})
            assert complete[scale.key][0] == pytest.approx(value)


def test_a_ready_made_score_is_taken_as_it_is() -> None:
    assert score(CATALOGUE["hads"], {"anxiety": 9}) == {"anxiety": (9, "imported", 0)}


@pytest.mark.parametrize(
    ("measure", "prefix", "total"), [("phq9", "phq", "phq_score"), ("gad7", "gad", "gad_score")]
)
def test_totals_of_a_published_survey(
    reference_data: Path, measure: str, prefix: str, total: str
) -> None:
    """783 students (MIT licence) with the authors' own totals; some forms are incomplete."""
    folder = reference_data / "medstudents_phq9_gad7"
    with (folder / "depression_anxiety_survey_data.csv").open(encoding="utf-8") as rows:
        people = list(csv.DictReader(rows))
    definition = CATALOGUE[measure]
    compared: Counter[str] = Counter()
    for person in people:
        answers = {}
        for place, item in enumerate(definition.items, start=1):
            cell = person[f"{prefix}{place}"]
            if cell not in {"", "NA"} and float(cell) <= item.maximum:
                answers[item.key] = float(cell)
        value, status, _ = score(definition, answers)["total"]
        compared[status] += 1
        if status == "scored":
            assert value == float(person[total])
    assert compared["scored"] > 700
