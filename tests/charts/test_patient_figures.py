"""Safety answers, ways of coping, one's own associations: nothing by colour alone, true dates."""

from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.analysis.within_person import Together
from dashboard.charts.palette import LIGHT
from dashboard.charts.safety_answers import safety_answers
from dashboard.charts.then_and_now import then_and_now
from dashboard.charts.within_person import within_person
from dashboard.language import words_in
from tests.analysis.test_patient_readings import coping

ENGLISH = words_in("en")
SAFETY = pd.DataFrame(
    {
        "item_key": "phq9_9",
        "label": "Thoughts of <b>self-harm</b>",
        "completed_on": pd.to_datetime(["2026-01-05", "2026-02-20", "2026-06-01"]),
        "answer": [0.0, 2.0, float("nan")],
        "state": ["answered", "answered", "declined"],
        "minimum": 0.0,
    }
)


def words_on(figure: go.Figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def test_a_safety_answer_has_its_number_its_day_and_a_frame_where_it_is_not_the_lowest() -> None:
    (answers,) = safety_answers(SAFETY, ENGLISH, LIGHT).data
    assert [pd.Timestamp(day).date() for day in answers.x] == [
        date(2026, 1, 5),
        date(2026, 2, 20),
        date(2026, 6, 1),
    ]
    assert list(answers.text) == ["0", "2", ""]
    assert list(answers.marker.symbol) == ["square", "square", "circle-open"]
    assert answers.marker.line.width[1] > answers.marker.line.width[0]
    assert "declined" in answers.customdata[2]


def test_each_safety_item_has_a_row_of_its_own_with_its_wording_as_it_is() -> None:
    other = SAFETY.assign(item_key="other", label="Another")
    figure = safety_answers(pd.concat([SAFETY, other]), ENGLISH, LIGHT)
    assert [trace.yaxis for trace in figure.data] == ["y", "y2"]
    assert "<b>Thoughts of &lt;b&gt;self-harm&lt;/b&gt;</b>, safety" in words_on(figure)


def test_coping_then_and_now_is_said_in_figures_over_the_whole_scale() -> None:
    figure = then_and_now(coping((2, 6), (4, 4)), ENGLISH, LIGHT)
    assert {"self-distraction", "2 → 6", "4 → 4"} <= set(words_on(figure))
    then, now = figure.data[1], figure.data[2]
    assert (list(then.x), list(now.x)) == ([2, 4], [6, 4])
    assert (then.marker.symbol, now.marker.symbol) == ("circle-open", "circle")
    low, high = figure.layout.xaxis.range
    assert low <= 0
    assert high >= 27


def one(asked: Any, r: float | None, low: float | None, high: float | None) -> Together:
    return Together("tangible", asked, 12 if r is not None else 4, r, low, high)


def test_an_association_is_filled_only_where_its_interval_leaves_out_zero() -> None:
    found = [
        one("gap", 0.7, 0.2, 0.9),
        one("gap", 0.3, -0.3, 0.7),
        one("received", -0.5, -0.8, 0.1),
    ]
    figure = within_person(found, ENGLISH, LIGHT)
    gap, received = figure.data
    assert list(gap.marker.symbol) == ["circle", "circle-open"]
    assert (gap.yaxis, received.yaxis) == ("y", "y2")
    assert list(received.error_x.array) == [0.6]
    assert "0.7 (0.2 to 0.9), 12 visits" in words_on(figure)


def test_what_cannot_be_said_has_no_mark() -> None:
    figure = within_person([one("gap", None, None, None)], ENGLISH, LIGHT)
    assert not list(figure.data[0].x)
    assert "cannot be said, 4 visits" in words_on(figure)
