"""Support wanted and received: both marks, their error, the state in words; sources apart."""

import pandas as pd
import plotly.graph_objects as go

from dashboard.analysis.measurement_error import ErrorOfAnswer
from dashboard.analysis.support import TYPES, Judged, state_of
from dashboard.charts.palette import LIGHT
from dashboard.charts.wanted_and_received import wanted_and_received
from dashboard.charts.who_gives_it import who_gives_it
from dashboard.language import words_in

ENGLISH = words_in("en")
NONE = float("nan")
ERRORS = dict.fromkeys(TYPES, ErrorOfAnswer(0.5, 0.7, own=(0.5, 0.7), is_own=True))


def judged(name: str, need: float | None, received: float | None) -> Judged:
    return Judged(name, need, received, state_of(need, received))


def words_on(figure: go.Figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def test_wanted_is_a_diamond_and_received_a_circle() -> None:
    figure = wanted_and_received([judged("tangible", 4, 1)], ERRORS, ENGLISH, LIGHT)
    marks = {trace.marker.symbol: trace.x[0] for trace in figure.data if trace.mode == "markers"}
    assert marks == {"diamond": 4, "circle": 1}
    assert "<b>▼ under by 3</b>" in words_on(figure)


def test_error_stays_inside_the_range_of_answers() -> None:
    figure = wanted_and_received([judged("tangible", 4, 0)], ERRORS, ENGLISH, LIGHT)
    errors = {
        trace.x[0]: (trace.error_x.arrayminus[0], trace.error_x.array[0])
        for trace in figure.data
        if trace.mode == "markers"
    }
    assert errors == {4: (0.5, 0), 0: (0, 0.7)}
    assert [trace.hovertemplate for trace in figure.data if trace.mode == "markers"] == [
        "wanted: 4 ± 0.50<extra></extra>",
        "received: 0 ± 0.70<extra></extra>",
    ]


def test_what_was_not_asked_is_not_drawn_as_zero() -> None:
    figure = wanted_and_received([judged("tangible", None, 2)], ERRORS, ENGLISH, LIGHT)
    assert [trace.marker.symbol for trace in figure.data] == ["circle"]
    assert "○ not judged: need not answered" in words_on(figure)


def test_equal_answers_do_not_hide_each_other() -> None:
    figure = wanted_and_received([judged("tangible", 2, 2)], ERRORS, ENGLISH, LIGHT)
    heights = [trace.y[0] for trace in figure.data if trace.mode == "markers"]
    assert heights[0] != heights[1]


def test_the_axis_names_every_answer() -> None:
    axis = wanted_and_received([judged("esteem", 1, 1)], ERRORS, ENGLISH, LIGHT).layout.xaxis
    assert axis.ticktext[0] == "0<br>not at all"
    assert axis.range[0] <= 0
    assert axis.range[1] >= 4


def form() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "support_type": "tangible",
            "source": ["", "partner", "family", "friends"],
            "received": [NONE, NONE, 3.0, 1.0],
            "received_state": ["missing", "not_applicable", "answered", "answered"],
            "wanted": [NONE, NONE, 2.0, 4.0],
        }
    )


def test_each_source_has_its_cell_and_no_such_person_is_not_zero() -> None:
    cells = who_gives_it(form(), ENGLISH, LIGHT).data[0]
    assert list(cells.x) == ["partner", "family", "friends"]
    assert list(cells.z[0]) == [None, 3.0, 1.0]
    assert list(cells.text[0]) == ["n/a", "3", "1, wants 4"]


def test_the_hue_of_cells_is_the_colour_of_support_on_a_fixed_range() -> None:
    cells = who_gives_it(form(), ENGLISH, LIGHT).data[0]
    assert (cells.zmin, cells.zmax) == (0, 4)
