"""The pictures of the Trends page: heights add up, nothing hidden is drawn, lines break."""

from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go
import pytest

from dashboard.analysis.caseload import Line
from dashboard.analysis.trends import Course, FollowedScale, Month, Part, Trend
from dashboard.charts.bands_by_month import bands_by_month, fills
from dashboard.charts.canvas import plain
from dashboard.charts.caseload_lines import caseload_lines
from dashboard.charts.middle_by_month import middle_by_month
from dashboard.charts.palette import DARK, LIGHT, Palette
from dashboard.language import words_in
from tests.analysis.test_trends import SCALE

ENGLISH = words_in("en")
ALL = tuple(Part(place, place, patients) for place, patients in enumerate((10, 20, 5, 5)))
END = date(2026, 6, 30)


def month(number: int, parts: tuple[Part, ...] = ALL, *, hidden: bool = False) -> Month:
    first = date(2026, number, 1)
    if hidden:
        return Month(first, None, None, None, (), None, None)
    scored = 40 if parts else 0
    above = 10 if parts == ALL else None
    return Month(first, scored, 0, 7, parts, above, (2.0, 6.0, 11.0) if parts else None)


def told(*courses: Course, scale: FollowedScale = SCALE) -> Trend:
    total = Course(None, tuple(month(number) for number in (4, 5, 6)))
    if not courses:
        return Trend(scale, "none", total, (), 0)
    return Trend(scale, "site", total, courses, 0)


def traces(figure: go.Figure, kind: str, mode: str | None = None) -> list[Any]:
    return [
        trace
        for trace in figure.data
        if trace.type == kind and (mode is None or trace.mode == mode)
    ]


def texts(figure: go.Figure) -> str:
    return "\n".join(note.text for note in figure.layout.annotations)


def test_bars_stand_on_each_other_up_to_a_hundred_per_cent() -> None:
    figure = bands_by_month(told(), ENGLISH, LIGHT)
    bars = traces(figure, "bar")
    assert len(bars) == len(SCALE.pieces)
    for place in range(3):
        pieces = [(bar.base[place], bar.y[place]) for bar in bars]
        assert [base for base, _ in pieces] == pytest.approx([0, 0.25, 0.75, 0.875])
        assert sum(height for _, height in pieces) == pytest.approx(1)
    (line,) = traces(figure, "scatter")
    assert [y for y in line.y if y is not None] == pytest.approx([0.75] * 6)
    assert "25% at or above the cut-off, n 40" in texts(figure)
    assert figure.layout.xaxis.ticktext == ("Apr 26<br>40<br>7", "May 26<br>40<br>7") + (
        "Jun 26<br>40<br>7",
    )


def test_what_is_hidden_is_not_drawn_nor_said() -> None:
    two = (Part(0, 1, None), Part(2, 3, None))
    north = Course("North", (month(4), month(5, two), month(6, hidden=True)))
    south = Course("South", (month(4, hidden=True),) * 3)
    figure = bands_by_month(told(north, south), ENGLISH, LIGHT)
    for bar in traces(figure, "bar"):
        assert len(bar.x) <= 1
    dotted = [shape for shape in figure.layout.shapes if shape.line.dash == "dot"]
    assert [(shape.y0, shape.y1) for shape in dotted] == [(0, 1), (0, 1)]
    assert "North" in texts(figure)
    assert "South" not in texts(figure)
    middle = middle_by_month(told(north, south), ENGLISH, LIGHT)
    assert "South" not in texts(middle)


def test_bands_told_together_are_hatched_and_named() -> None:
    parts = (Part(0, 0, 10), Part(1, 1, 20), Part(2, 3, 10))
    figure = bands_by_month(
        told(Course("North", (month(4, parts), month(5, parts), month(6)))), ENGLISH, LIGHT
    )
    patterns = {shape for bar in traces(figure, "bar") for shape in bar.marker.pattern.shape}
    assert patterns == {"", "/"}
    sides = (Part(0, 1, 30), Part(2, 3, 10))
    figure = bands_by_month(told(Course("North", (month(4, sides),) * 3)), ENGLISH, LIGHT)
    patterns = {shape for bar in traces(figure, "bar") for shape in bar.marker.pattern.shape}
    assert patterns == {""}
    assert "at or above 10" in texts(figure)
    assert "moderate" not in texts(figure)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_bands_go_from_pale_to_strong(palette: Palette) -> None:
    assert len(set(fills(SCALE, palette))) == len(SCALE.pieces)


def test_the_middle_spans_the_scale_and_breaks_where_a_month_has_no_number() -> None:
    course = Course("North", (month(3), month(4), month(5, ()), month(6)))
    figure = middle_by_month(told(course), ENGLISH, LIGHT)
    runs = [list(trace.x) for trace in traces(figure, "scatter", "lines+markers")]
    assert runs == [["2026-03-01", "2026-04-01"], ["2026-06-01"]]
    (rings,) = [trace for trace in figure.data if trace.marker.symbol == "circle-open"]
    assert (list(rings.x), list(rings.y)) == (["2026-05-01"], [0])
    low, high = figure.layout.yaxis.range
    assert low < SCALE.minimum
    assert high > SCALE.maximum
    assert "higher = worse" in texts(figure)


def line(name: str, scores: list[float | None], **other: Any) -> Line:
    days = [END - timedelta(days=30 * back) for back in range(len(scores) - 1, -1, -1)]
    known = [score for score in scores if score is not None]
    return Line(f"ref-{name}", name, "", days, scores, known[-1], days[-1], **other)


def test_every_picture_stands_for_its_patient() -> None:
    shown = [
        line("P-1", [4, 14], difference=10.0, verdict="worse"),
        line("P-2", [14, None, 4], difference=-10.0, verdict="better"),
        line("P-3", [9, 10], difference=1.0, verdict="within_error", off_track=True),
        line("P-4", [9], verdict="no_reference"),
        line("P-5 <b>", [9], verdict="no_reference"),
    ]
    band = [(END - timedelta(days=60), 2.0, 8.0), (END, 2.0, 7.0)]
    figure = caseload_lines(
        shown, SCALE, {"ref-P-1": band}, END - timedelta(days=365), END, ENGLISH, LIGHT
    )
    clicked = [point[0] for bar in traces(figure, "bar") for point in bar.customdata]
    assert clicked == [one.patient_ref for one in shown]
    last = traces(figure, "scatter", "markers")
    assert [symbol for trace in last for symbol in trace.marker.symbol] == [
        "triangle-up",
        "triangle-down",
        "diamond",
        "circle-open",
        "circle-open",
    ]
    said = texts(figure)
    assert "▲ reliably worse, +10 to 14" in said
    assert plain("P-5 <b>") in said
    assert "P-5 <b>" not in said
    courses = traces(figure, "scatter", "lines+markers")
    second = list(courses[0].y)
    # The form without a score breaks the second patient's line.
    assert second.index(14, 2) + 1 == second.index(None, second.index(14, 2))
    assert list(figure.layout.yaxis.ticktext) == ["0 ", "10 ", "27 "]


@pytest.mark.parametrize("narrow", [False, True])
def test_on_a_phone_pictures_stand_below_each_other(narrow: bool) -> None:
    shown = [line(f"P-{number}", [9], verdict="no_reference") for number in range(6)]
    figure = caseload_lines(
        shown, SCALE, {}, END - timedelta(days=365), END, ENGLISH, LIGHT, narrow=narrow
    )
    axes = [name for name in figure.layout.to_plotly_json() if name.startswith("yaxis")]
    assert len(axes) == (6 if narrow else 2)
