"""Lines over the weeks and dots of warning: named where they end, by shape and word."""

from datetime import date, timedelta

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.analysis.alert_budget import Budget
from dashboard.charts.alerts_per_week import alerts_per_week
from dashboard.charts.lead_times import lead_times
from dashboard.charts.palette import DARK, LIGHT, Palette
from dashboard.language import words_in

ENGLISH = words_in("en")
DAYS = pd.to_datetime([date(2025, 7, 1) + timedelta(days=7 * week) for week in range(52)])


def line(*numbers: float | None) -> pd.DataFrame:
    alerts = [*numbers, *[10.0] * (52 - len(numbers))]
    return pd.DataFrame({"day": DAYS, "alerts": pd.Series(alerts, dtype=float)})


def budget(caught: int | None, missed: int | None, lead: float | None, *dots: float) -> Budget:
    return Budget(line(), 520, caught, missed, 60, lead, dots, 55, 20, 10, 10)


def words_on(figure: go.Figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_lines_are_named_where_they_end(palette: Palette) -> None:
    figure = alerts_per_week(line(), line(11, 12), 12, ENGLISH, palette)
    assert set(words_on(figure)) == {"budget 12", "now", "<b>draft</b>"}
    heights = sorted(note.y for note in figure.layout.annotations)
    assert min(b - a for a, b in zip(heights, heights[1:], strict=False)) >= 0.1 - 1e-9


def test_without_a_draft_there_is_one_line() -> None:
    figure = alerts_per_week(line(), None, 12, ENGLISH, LIGHT)
    assert [trace.mode for trace in figure.data] == ["lines", "markers"]
    assert set(words_on(figure)) == {"budget 12", "<b>now</b>"}


def test_a_hidden_week_is_a_gap_without_words() -> None:
    drawn = alerts_per_week(line(None, 11), None, 12, ENGLISH, LIGHT).data[0]
    assert drawn.y[0] is None
    assert drawn.hovertext[0] == ""
    assert drawn.connectgaps is False


def test_a_triangle_marks_each_week_above_the_budget() -> None:
    figure = alerts_per_week(line(30, 30), line(13, 12, 14), 12, ENGLISH, LIGHT)
    marks = figure.data[-1]
    assert marks.marker.symbol == "triangle-up"
    assert list(marks.y) == [13, 14]


def test_the_axis_begins_at_zero_and_holds_the_budget() -> None:
    axis = alerts_per_week(line(), None, 40, ENGLISH, LIGHT).layout.yaxis
    assert axis.range[0] == 0
    assert axis.range[1] > 40


def test_dots_are_right_of_zero_and_crosses_left() -> None:
    figure = lead_times({"now": budget(40, 20, 12.0, 5.0, 12.0, 20.0, 41.0)}, ENGLISH, LIGHT)
    dots, crosses = figure.data
    assert (dots.marker.symbol, len(dots.x)) == ("circle", 4)
    assert min(dots.x) > 0
    assert (crosses.marker.symbol, len(crosses.x)) == ("x-thin", 2)
    assert max(crosses.x) < 0
    assert "40 caught, 20 missed" in words_on(figure)
    assert " median 12 d" in words_on(figure)


def test_both_sets_of_rules_share_an_axis_and_a_height() -> None:
    figure = lead_times(
        {"now": budget(41, 15, 12.0, 5.0), "draft": budget(45, 11, 90.5, 90.0)}, ENGLISH, LIGHT
    )
    assert figure.layout.yaxis.range == figure.layout.yaxis2.range
    assert {"<b>now</b>", "<b>draft</b>"} <= set(words_on(figure))
    assert " median 90.5 d" in words_on(figure)


def test_hidden_counts_draw_nothing() -> None:
    figure = lead_times({"now": budget(None, None, None)}, ENGLISH, LIGHT)
    assert not [trace for trace in figure.data if len(trace.x)]
    assert "fewer than 10, not shown" in words_on(figure)
