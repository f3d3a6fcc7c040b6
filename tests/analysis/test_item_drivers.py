"""A change taken apart into items: the parts and the rest are the whole."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.analysis.item_drivers import Drivers, drivers, drivers_in_words, whole_scale
from dashboard.language import words_in
from dashboard.measures.catalogue import Measure, load_catalogue
from tests.measures.independent_scoring import score

CATALOGUE = load_catalogue()
ENGLISH = words_in("en")
EARLIER, LATER = date(2026, 1, 5), date(2026, 3, 5)
WITH_A_TOTAL = [key for key, one in CATALOGUE.items() if whole_scale(one) is not None]


def taken_apart(
    measure: Measure, first: dict[str, float], second: dict[str, float]
) -> Drivers | None:
    """Two forms as the queries give them, scored by the independent road."""
    scale = whole_scale(measure)
    assert scale is not None
    scores, answers = [], []
    for form, (day, given_answers) in enumerate([(EARLIER, first), (LATER, second)], start=1):
        value, _, _ = score(measure, given_answers)[scale.key]
        scores.append(
            {
                "measure_key": measure.key,
                "scale_key": scale.key,
                "assessment_id": form,
                "completed_on": pd.Timestamp(day),
                "score": value,
            }
        )
        answers += [
            {
                "assessment_id": form,
                "measure_key": measure.key,
                "item_key": item.key,
                "answer": given_answers.get(item.key),
            }
            for item in measure.items
        ]
    return drivers(
        pd.DataFrame(answers),
        pd.DataFrame(scores).astype({"score": "float64"}),
        measure,
        EARLIER,
        LATER,
    )


@given(key=st.sampled_from(WITH_A_TOTAL), data=st.data())
def test_parts_and_rest_make_up_the_change(key: str, data: st.DataObject) -> None:
    measure = CATALOGUE[key]
    forms = [
        {
            item.key: float(data.draw(st.integers(int(item.minimum), int(item.maximum))))
            for item in measure.items
            if data.draw(st.integers(0, 9))  # now and then one is left blank
        }
        for _ in range(2)
    ]
    found = taken_apart(measure, *forms)
    if found is None:
        return
    parts = sum(part.points for part in found.parts if part.points is not None)
    assert parts + found.rest == pytest.approx(found.change)
    scale = whole_scale(measure)
    assert scale is not None
    if all(len(set(scale.items) & form.keys()) == len(scale.items) for form in forms):
        assert found.rest == pytest.approx(0, abs=1e-9)


def phq9(*answers: float) -> dict[str, float]:
    return {f"phq9_{number}": answer for number, answer in enumerate(answers, start=1)}


def test_the_largest_come_first_and_are_named_with_those_that_went_the_other_way() -> None:
    measure = CATALOGUE["phq9"]
    found = taken_apart(measure, phq9(3, 3, 3, 2, 2, 1, 1, 1, 0), phq9(0, 1, 3, 2, 2, 1, 1, 2, 0))
    assert found is not None
    assert [part.points for part in found.parts][:3] == [-3, -2, 1]
    assert drivers_in_words(found, measure, ENGLISH) == (
        "PHQ-9 fell by 4, from 16 to 12. Most of it: “Little interest or pleasure” (−3) and "
        "“Feeling down, depressed or hopeless” (−2). The other way: “Moving or speaking slowly, "
        "or restless” (+1)."
    )


def test_of_equals_none_is_singled_out() -> None:
    measure = CATALOGUE["phq9"]
    found = taken_apart(measure, phq9(*[0] * 9), phq9(2, 1, 1, 1, 1, 0, 0, 0, 0))
    assert found is not None
    said = drivers_in_words(found, measure, ENGLISH)
    assert "“Little interest or pleasure” (+2)." in said
    assert "(+1)" not in said


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (phq9(*[1] * 9), "PHQ-9 was 9 on both visits, and no answer moved."),
        (
            phq9(2, 0, *[1] * 7),
            "PHQ-9 was 9 on both visits, though single answers moved.",
        ),
    ],
)
def test_no_change_is_said_as_it_is(second: dict[str, float], said: str) -> None:
    found = taken_apart(CATALOGUE["phq9"], phq9(*[1] * 9), second)
    assert found is not None
    assert drivers_in_words(found, CATALOGUE["phq9"], ENGLISH) == said


def test_a_form_without_a_score_cannot_be_compared() -> None:
    assert taken_apart(CATALOGUE["phq9"], phq9(1, 1), phq9(*[1] * 9)) is None


def test_a_measure_without_a_total_has_no_drivers() -> None:
    assert whole_scale(CATALOGUE["brief_cope"]) is None
    assert whole_scale(CATALOGUE["esas_r"]) is None
