"""The figures of the Programs page: what is drawn, what is hidden, and in which colours."""

from typing import Any

import plotly.graph_objects as go
import pytest

from dashboard.analysis.before_and_after import Grid, Square
from dashboard.analysis.program_courses import OutcomeScale
from dashboard.analysis.regression import Estimate
from dashboard.charts.palette import DARK, LIGHT, Palette
from dashboard.charts.program_before_after import before_and_after
from dashboard.charts.program_contrast import Line, program_contrast
from dashboard.charts.program_funnel import program_funnel
from dashboard.charts.program_intervals import Mark, Row, program_intervals
from dashboard.language import words_in

ENGLISH = words_in("en")
SCALE = OutcomeScale("x/total", "X", 0.0, 27.0, "worse", 10.0, "", 6.0, "", (0.0, 5.0, 10.0))
STEPS = [("Referred", 142), ("Started", 61), ("Came twice", None), ("With scores", 50)]


def words_on(figure: go.Figure) -> list[str]:
    return [note.text.replace("<b>", "").replace("</b>", "") for note in figure.layout.annotations]


def colours_in(part: Any) -> set[str]:
    if isinstance(part, dict):
        return {one for value in part.values() for one in colours_in(value)}
    if isinstance(part, (list, tuple)):
        return {one for value in part for one in colours_in(value)}
    return {part.upper()} if isinstance(part, str) and part.startswith("#") else set()


@pytest.mark.parametrize("narrow", [True, False])
def test_the_funnel_tells_each_step_and_what_was_lost(narrow: bool) -> None:
    figure = program_funnel(STEPS, ENGLISH, LIGHT, narrow=narrow)
    told = words_on(figure)
    assert {"142", "61", "50", "hidden", "100%", "43%", "35%", "− 81"} <= set(told)
    # What was lost between a hidden step and the next would tell the hidden one.
    assert len([text for text in told if text.startswith("−")]) == 1
    bars = [shape.x1 for shape in figure.layout.shapes if shape.x1 < 1]
    assert bars == pytest.approx([61 / 142, 50 / 142])


def test_a_funnel_of_which_nothing_can_be_told_has_no_bar() -> None:
    figure = program_funnel([(name, None) for name, _ in STEPS], ENGLISH, LIGHT)
    assert words_on(figure).count("hidden") == 4
    assert {shape.x1 for shape in figure.layout.shapes} == {1}


def test_bounds_are_bars_and_shares_are_circles() -> None:
    rows = [
        Row("By sex", heading=True),
        Row(
            "Improved",
            "reliably better",
            (
                Mark("33% to 51%", interval=(0.2, 0.6), bounds=(0.33, 0.51)),
                Mark("40%", 0.4, (0.3, 0.5)),
            ),
        ),
        Row("Deteriorated", marks=(Mark("hidden"), Mark("20%", 0.2, (0.1, 0.3), filled=True))),
    ]
    figure = program_intervals(rows, ENGLISH, LIGHT)
    bar, circle, filled = figure.data
    assert list(bar.x) == [0.33, 0.51]
    assert (list(circle.x), circle.marker.color) == ([0.4], LIGHT.ground)
    assert filled.marker.color != LIGHT.ground
    assert {"By sex", "Improved", "reliably better", "hidden"} <= set(words_on(figure))


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_improvement_is_neither_green_nor_blue(palette: Palette) -> None:
    """Green is a need met and blue is support, on every page."""
    rows = [
        Row("a", marks=(Mark("", 0.4, (0.3, 0.5)),), tone=tone)
        for tone in ("better", "neutral", "worse")
    ]
    figures = [
        program_intervals(rows, ENGLISH, palette),
        program_funnel(STEPS, ENGLISH, palette),
        before_and_after(GRID, SCALE, ENGLISH, palette),
        program_contrast(LINES, SCALE, ENGLISH, palette),
    ]
    used = {one for figure in figures for one in colours_in(figure.to_plotly_json())}
    assert palette.accent in used
    assert not used & {palette.met, palette.support, palette.met_ink, palette.support_ink}


GRID = Grid(
    (0.0, 10.0, 28.0),
    (
        Square((0.0, 10.0), (0.0, 10.0), 53),
        Square((10.0, 28.0), (0.0, 10.0), 23),
        Square((10.0, 28.0), (10.0, 28.0), None),
    ),
    92,
    16,
)


def test_squares_carry_their_numbers_and_nobody_is_drawn_alone() -> None:
    figure = before_and_after(GRID, SCALE, ENGLISH, LIGHT)
    assert {"53", "23", "hidden", "cut-off 10"} <= set(words_on(figure))
    assert not [trace for trace in figure.data if "markers" in str(trace.mode)]
    squares = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert len(squares) == 3
    assert squares[2].fillcolor == "rgba(0,0,0,0)"


def test_diagonals_stand_a_reliable_change_apart() -> None:
    figure = before_and_after(GRID, SCALE, ENGLISH, LIGHT)
    lines = [shape for shape in figure.layout.shapes if shape.type == "line"]
    diagonals = sorted(
        line.y0 - line.x0
        for line in lines
        if line.x0 != line.x1 != line.y1 == 28 or line.x1 - line.x0 == line.y1 - line.y0
    )
    assert diagonals[:1] + diagonals[-1:] == [-6, 6]


LINES = [
    Line("came", Estimate(7.8, 0.5, 91), Estimate(5.5, 0.5, 91)),
    Line("stayed", Estimate(7.1, 0.6, 90), Estimate(5.6, 0.5, 90)),
    Line("expected", Estimate(7.8, 0.5, 91), Estimate(6.7, 0.2, 295)),
]


def test_three_lines_are_named_apart_from_each_other() -> None:
    figure = program_contrast(LINES, SCALE, ENGLISH, LIGHT)
    assert [trace.line.dash for trace in figure.data] == ["solid", "dash", "dot"]
    assert len({trace.marker.symbol for trace in figure.data}) == 3
    named = [note for note in figure.layout.annotations if note.x and note.x > 1]
    heights = sorted(note.y for note in named)
    assert len(heights) == 3
    top = figure.layout.yaxis.range[1]
    assert all(
        later - earlier > top * 0.05 for earlier, later in zip(heights, heights[1:], strict=False)
    )
    assert figure.layout.yaxis.range[0] == 0
