"""The figures of the Service page: what is drawn is what is told, and nothing that is hidden."""

from dataclasses import replace
from datetime import date

import pytest

from dashboard.analysis.service_targets import Change
from dashboard.analysis.service_told import TICKS, CoverageCell, Month, Series, Share, WaitCurves
from dashboard.analysis.service_words import (
    chart_in_words,
    coverage_in_words,
    curves_in_words,
    funnel_in_words,
    month_rows,
    spread_in_words,
)
from dashboard.analysis.site_funnel import funnel
from dashboard.analysis.waiting import curve
from dashboard.charts.control_chart import control_chart
from dashboard.charts.coverage_by_month import coverage_by_month
from dashboard.charts.palette import DARK, LIGHT, Palette
from dashboard.charts.site_funnel import site_funnel
from dashboard.charts.waiting_curves import waiting_curves
from dashboard.language.words import Words, words_in

ENGLISH = words_in("en")
CHANGE = Change(on=date(2025, 9, 3), label="<b>Walk-in</b> hour")


def series(values: list[float | None], kind: str = "p") -> Series:
    months = [
        Month(
            date(2025 + place // 12, place % 12 + 1, 1),
            value,
            None if value is None else round(value * 100),
            None if value is None else 100,
        )
        for place, value in enumerate(values)
    ]
    unit = "share" if kind == "p" else "days"
    return Series("contact_in_time", "", unit, kind, tuple(months), "higher", 0.9)  # type: ignore[arg-type]


@pytest.mark.parametrize("words", [ENGLISH, words_in("el")], ids=["en", "el"])
def test_a_scale_too_coarse_for_its_months_is_said_and_calls_nothing_a_change(words: Words) -> None:
    days = series([7.0, 8.0, 7.0, 7.0, 7.0, 7.0, 8.0, 7.0, 7.0, 7.0, 7.0, 8.0, 7.0], "xmr")
    said = chart_in_words(days, days.chart(()), words)
    assert words.say("service.chart.ordinary") in said
    assert words.say("service.chart.coarse_days", n=words.number(3)) in said
    people = replace(
        days, unit="share", months=tuple(replace(one, value=1.0, part=100) for one in days.months)
    )
    said = chart_in_words(people, people.chart(()), words)
    assert words.say("service.chart.coarse_share", n=words.number(3)) in said


def test_where_most_months_stand_out_no_steady_service_is_claimed() -> None:
    rising = series([0.2 + 0.02 * month for month in range(14)])
    said = chart_in_words(rising, rising.chart(()), ENGLISH)
    assert "one mean describes no steady service" in said
    one_leap = series([*[0.5, 0.56, 0.48, 0.55] * 3, 0.75])
    said = chart_in_words(one_leap, one_leap.chart(()), ENGLISH)
    assert "outside the limits" in said
    assert "steady" not in said


STEADY: list[float | None] = [0.5, 0.52, 0.48, 0.5, 0.51, 0.49, 0.5, 0.52]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("words", [ENGLISH, words_in("el")], ids=["en", "el"])
@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_a_control_chart_draws_its_points_limits_and_changes(
    palette: Palette, words: Words, narrow: bool
) -> None:
    told = series([*STEADY, 0.1, None, 0.5, 0.5])
    chart = told.chart([CHANGE])
    figure = control_chart(told, chart, told.changes_in([CHANGE]), words, palette, narrow=narrow)
    points = next(trace for trace in figure.data if trace.mode == "lines+markers")
    assert list(points.y) == [one.value for one in told.months]
    assert not points.connectgaps
    texts = " ".join(note.text for note in figure.layout.annotations)
    assert "&lt;b&gt;Walk-in" in texts
    assert words.share(0.9) in texts


def test_what_stands_out_is_named_in_words() -> None:
    told = series([*STEADY, 0.1, 0.5])
    chart = told.chart(())
    figure = control_chart(told, chart, [], ENGLISH, LIGHT)
    texts = [note.text for note in figure.layout.annotations]
    assert "outside the limits, worse" in texts
    said = chart_in_words(told, chart, ENGLISH)
    assert "Sep 2025: outside the limits, worse" in said
    assert "provisional" in said
    rows = month_rows(told, chart, ENGLISH)
    assert rows["Stands out"].tolist().count("outside the limits") == 1


def test_words_at_a_mark_stand_above_all_that_is_drawn_beside_it() -> None:
    told = series([*STEADY, 0.9, *STEADY])
    chart = told.chart(())
    figure = control_chart(told, chart, [], ENGLISH, LIGHT)
    (note,) = (one for one in figure.layout.annotations if one.text == "outside the limits, better")
    assert (note.y, note.yanchor) == (0.9, "bottom")
    marks = next(trace.marker for trace in figure.data if trace.mode == "lines+markers")
    assert marks.opacity == 1


def test_words_at_two_marks_do_not_stand_on_one_another() -> None:
    told = series([*STEADY, 0.9, *STEADY[:2], 0.9, *STEADY])
    chart = told.chart(())
    assert [place for place, rule in enumerate(chart.rules) if rule == "outside"] == [8, 11]
    figure = control_chart(told, chart, [], ENGLISH, LIGHT)
    months = {one.month.isoformat(): place for place, one in enumerate(told.months)}
    named = [
        (months[note.x], note.xanchor)
        for note in figure.layout.annotations
        if note.text == "outside the limits, better"
    ]
    assert named == [(11, "left"), (8, "right")]


def test_limits_are_not_drawn_over_a_hidden_month() -> None:
    told = series([*STEADY[:4], None, *STEADY[:4]])
    figure = control_chart(told, told.chart(()), [], ENGLISH, LIGHT)
    bands = [trace for trace in figure.data if trace.fill == "toself"]
    assert [len(band.x) for band in bands] == [16, 16]


def test_a_hidden_month_shows_no_number_anywhere() -> None:
    told = series([*STEADY, None, 0.5])
    chart = told.chart(())
    assert chart.rules[8] == ""
    row = month_rows(told, chart, ENGLISH).iloc[8]
    assert row[["Value", "Numerator", "Denominator"]].tolist() == ["hidden"] * 3
    figure = control_chart(told, chart, [], ENGLISH, LIGHT)
    hovers = [text for trace in figure.data for text in trace.hovertext or ()]
    assert "Sep 2025: hidden" in hovers


def test_medians_have_a_moving_range_below() -> None:
    told = series([9.0, 8.0, 10.0, 9.0, 30.0, 9.0], "xmr")
    figure = control_chart(told, told.chart(()), [], ENGLISH, LIGHT)
    ranges = [trace for trace in figure.data if trace.yaxis == "y2"]
    assert list(ranges[0].y) == [None, 1, 2, 1, 21, 21]


def test_curves_are_steps_with_the_numbers_still_followed() -> None:
    now = curve([2] * 20 + [9] * 20 + [30] * 20, [True] * 40 + [False] * 20, TICKS["contact"], 10)
    period = (date(2025, 4, 1), date(2026, 3, 31))
    told = WaitCurves("contact", now, None, period, period)
    figure = waiting_curves(told, 7, ENGLISH, LIGHT)
    line = next(trace for trace in figure.data if trace.hoverinfo == "text")
    assert list(zip(line.x, line.y, strict=True))[:4] == [(0, 1), (2, 1), (2, 0.67), (9, 0.67)]
    assert curves_in_words(told, 7, ENGLISH).startswith("After 7 days 67% were still waiting.")
    texts = [note.text for note in figure.layout.annotations]
    assert {"60", "40"} <= set(texts)
    sooner = curve([2] * 40 + [9] * 20, [True] * 60, TICKS["contact"], 10)
    notes = waiting_curves(
        WaitCurves("contact", sooner, now, period, period), 7, ENGLISH, LIGHT
    ).layout.annotations
    assert {note.text: note.yanchor for note in notes if note.xanchor == "right"} == {
        "last year": "top",
        "before": "bottom",
    }


def test_a_funnel_names_the_site_outside_and_what_its_limits_are() -> None:
    told = funnel([("North", 60, 100), ("South", 58, 100), ("<i>", 20, 100)])
    assert told is not None
    figure = site_funnel(told, 0.9, ENGLISH, LIGHT)
    texts = " ".join(note.text for note in figure.layout.annotations)
    assert "&lt;i&gt;, 20%" in texts
    assert "below the 99.8% limit" in texts
    assert "<i>: below the others" in funnel_in_words(told, ENGLISH, sites=2)
    assert "chance alone" in spread_in_words(told, ENGLISH)
    assert "none can be compared" in funnel_in_words(None, ENGLISH, sites=2)


def test_limits_that_lie_close_together_are_not_named_on_one_another() -> None:
    large = funnel([("North", 59_000, 100_000), ("South", 58_000, 100_000), ("East", 2, 90_000)])
    assert large is not None
    named = list(site_funnel(large, None, ENGLISH, LIGHT).layout.annotations)
    beside = [note.text for note in named if note.xref == "paper"]
    assert beside == [f"all {round(large.centre * 100)}%"]
    small = funnel([("North", 59, 100), ("South", 58, 100), ("East", 20, 90)])
    assert small is not None
    named = list(site_funnel(small, None, ENGLISH, LIGHT).layout.annotations)
    assert [note.text for note in named if note.xref == "paper"][1:] == ["99.8%", "95%"]


def test_a_hidden_cell_of_the_coverage_carries_no_colour_and_no_number() -> None:
    cells = [
        CoverageCell("North", date(2026, 1, 1), Share(30, 60, 0.5, (0.38, 0.62))),
        CoverageCell("South", date(2026, 1, 1), Share(None, None, None, None)),
        CoverageCell("North", date(2026, 2, 1), Share(0, 0, None, None)),
    ]
    grid = coverage_by_month(cells, ENGLISH, LIGHT).data[0]
    assert [list(row) for row in grid.text] == [["50%", "–"], ["…", "–"]]
    assert [list(row) for row in grid.z] == [[0.5, None], [None, None]]
    assert grid.customdata[1][0] == "South, Jan 2026: hidden"
    figure = coverage_by_month(cells, ENGLISH, LIGHT)
    written = [(note.y, note.text) for note in figure.layout.annotations]
    assert written == [("North", "–"), ("South", "…"), ("South", "–")]


def test_a_month_in_which_nobody_was_screened_is_told() -> None:
    cells = [
        CoverageCell(site, date(2026, 1, 1), Share(0, 60, 0.0, (0.0, 0.06)))
        for site in ("North", "South")
    ]
    assert "between 0% (North) and 0% (South)" in coverage_in_words(cells, ENGLISH)


def test_names_in_a_funnel_stand_clear_of_its_limits() -> None:
    told = funnel([("North", 47, 100), ("South", 70, 100), ("West", 70, 100)])
    assert told is not None
    low = told.sites[0]
    assert low.verdict != "inside"
    figure = site_funnel(told, None, ENGLISH, LIGHT)
    note = next(one for one in figure.layout.annotations if "North" in one.text)
    assert note.y < low.share
