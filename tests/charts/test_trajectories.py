"""One person over time: the whole scale, true dates, gaps that stay gaps, reasons in words."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.analysis.expected_course import Course
from dashboard.analysis.expected_recovery import ExpectedBand
from dashboard.analysis.trajectory import Absence, Reference, Story
from dashboard.charts.date_axis import month_ticks
from dashboard.charts.palette import DARK, LIGHT, see_through
from dashboard.charts.trajectories import axis_values, band_places, trajectories
from dashboard.language import words_in
from tests.analysis.test_trajectory import START, scores_of, story_of

ENGLISH = words_in("en")
NO_EVENTS = pd.DataFrame({"occurred_on": [], "ended_on": [], "kind": [], "program_name": []})


def drawn(told: list[Story], events: pd.DataFrame = NO_EVENTS, **how: Any) -> go.Figure:
    end = max(story.scored_on[-1] for story in told)
    return trajectories(told, events, START, end, ENGLISH, LIGHT, **how)


def lines(figure: go.Figure) -> list[Any]:
    """The traces that join scores."""
    return [
        trace for trace in figure.data if trace.mode == "lines+markers" and trace.line.dash is None
    ]


def words_on(figure: go.Figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def events(*happened: tuple[str, str, str | None]) -> pd.DataFrame:
    """kind, day, last day or None."""
    return pd.DataFrame(
        {
            "kind": [kind for kind, _, _ in happened],
            "occurred_on": pd.to_datetime([day for _, day, _ in happened]),
            "ended_on": [pd.Timestamp(last) if last else pd.NaT for _, _, last in happened],
            "program_name": "Coping <b>group</b>",
        }
    )


def test_the_axis_spans_the_whole_scale_whatever_the_scores() -> None:
    low, high = drawn([story_of(scores_of([3, 4]))]).layout.yaxis.range
    assert low <= 0
    assert high >= 27
    assert drawn([story_of(scores_of([3, 4]))]).layout.yaxis.tickvals == (0, 5, 10, 15, 20, 27)


def test_forms_stand_on_their_true_dates() -> None:
    line = lines(drawn([story_of(scores_of([3, 4, 5], [0, 10, 100]))]))[0]
    assert [pd.Timestamp(day).date() for day in line.x] == [
        START,
        START + timedelta(days=10),
        START + timedelta(days=100),
    ]


def test_a_line_breaks_where_a_form_is_missing_and_says_so() -> None:
    figure = drawn([story_of(scores_of([3, 4, 5, 6], [0, 30, 60, 210]))])
    assert [list(line.y) for line in lines(figure)] == [[3, 4, 5], [6]]
    assert "no form, 150 days" in words_on(figure)


def test_a_form_without_a_score_has_a_ring_and_a_reason_but_no_height() -> None:
    figure = drawn([story_of(scores_of([3, None, 5]))])
    assert [list(line.y) for line in lines(figure)] == [[3], [5]]
    ring = next(trace for trace in figure.data if trace.marker.symbol == "circle-open")
    assert list(ring.y) == [0, 27]
    assert "too few answers (9 of 9)" in words_on(figure)


def test_nothing_is_interpolated() -> None:
    figure = drawn([story_of(scores_of([3, None, 5, 6], [0, 30, 60, 90]))])
    scored = [value for line in lines(figure) for value in line.y]
    assert scored == [3, 5, 6]


@pytest.mark.parametrize(
    ("reference", "symbols"),
    [
        ("first", ["triangle-up"]),
        ("previous", ["triangle-up", "triangle-down"]),
        ("best", ["triangle-up"]),
    ],
)
def test_only_reliable_changes_are_marked(reference: Reference, symbols: list[str]) -> None:
    figure = drawn([story_of(scores_of([8, 9, 16, 9]), reference)])
    marks = [trace for trace in figure.data if trace.name == "reliable change"]
    assert list(marks[0].marker.symbol) == symbols
    assert "reliably worse" in words_on(figure)


def test_no_change_is_marked_without_a_known_error() -> None:
    figure = drawn([story_of(scores_of([0, 27], reliable_change=None))])
    assert not [trace for trace in figure.data if trace.name == "reliable change"]


def test_a_rise_of_support_is_called_better() -> None:
    story = story_of(scores_of([3, 20], higher_is="better", domain="support"))
    figure = drawn([story])
    assert "reliably better" in words_on(figure)
    assert "higher = better" in words_on(figure)


def test_the_cut_off_is_named_with_its_source_and_can_be_left_out() -> None:
    story = story_of(scores_of([3, 4]))
    assert "cut-off 10 · Kroenke 2001" in words_on(drawn([story]))
    assert not [text for text in words_on(drawn([story], show_cut_off=False)) if "cut-off" in text]


def test_the_narrow_form_leaves_the_source_to_the_page() -> None:
    words = words_on(drawn([story_of(scores_of([3, 4]))], narrow=True))
    assert "cut-off 10" in words


def test_measurement_error_is_a_ribbon_inside_the_scale() -> None:
    figure = drawn([story_of(scores_of([1, 26]))])
    ribbon = next(trace for trace in figure.data if trace.fill == "toself")
    assert min(ribbon.y) == 0
    assert max(ribbon.y) == 27
    assert ribbon.y[0] == pytest.approx(1 + 2.2)
    assert not [
        trace
        for trace in drawn([story_of(scores_of([1, 26]))], show_error=False).data
        if trace.fill == "toself"
    ]


def test_a_single_form_keeps_its_error_bar() -> None:
    figure = drawn([story_of(scores_of([5]))])
    bar = [shape for shape in figure.layout.shapes if shape.line.width == 6]
    assert (bar[0].y0, bar[0].y1) == pytest.approx((2.8, 7.2))


def test_bands_stand_in_words_and_the_current_one_with_its_score() -> None:
    words = words_on(drawn([story_of(scores_of([3, 6]))]))
    assert "<b>6  mild 5–9</b>" in words
    assert "severe 20–27" in words


def test_bands_of_means_end_a_hundredth_below_the_next() -> None:
    story = story_of(scores_of([4.2], measure_key="mspss", higher_is="better", domain="support"))
    labels = {label: (lower, upper) for label, lower, upper, _ in band_places(story)}
    assert labels["low"] == pytest.approx((1, 4.07))


def test_directions_are_never_mixed_in_a_panel() -> None:
    distress = story_of(scores_of([3, 4]))
    support = story_of(scores_of([3, 4], higher_is="better", domain="support"))
    figure = drawn([distress, support])
    assert {line.yaxis for line in lines(figure)} == {"y", "y2"}
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1]


def test_forms_outside_the_period_are_not_drawn() -> None:
    story = story_of(scores_of([3, 4, 5, 6]))
    later = trajectories(
        [story], NO_EVENTS, START + timedelta(days=45), START + timedelta(days=90), ENGLISH, LIGHT
    )
    assert [list(line.y) for line in lines(later)] == [[5, 6]]


def test_a_gap_says_why_no_form_came() -> None:
    story = story_of(scores_of([3, 4, 5, 6], [0, 30, 60, 210]))
    gaps = tuple(replace(gap, why=Absence("not_expected")) for gap in story.gaps)
    assert "no form, 150 days<br>none was expected" in words_on(drawn([replace(story, gaps=gaps)]))


def test_a_form_that_was_declined_says_so() -> None:
    scores = scores_of([3, None, 5])
    scores.loc[1, "status"] = "declined"
    assert "declined" in words_on(drawn([story_of(scores)]))


def test_a_scale_without_bands_says_on_which_side_of_its_cut_off_it_lies() -> None:
    words = words_on(drawn([story_of(scores_of([3, 12], measure_key="gone"))]))
    assert "<b>12  at or above cut-off 10–27</b>" in words
    assert "below cut-off 0–9" in words


def test_a_click_on_a_form_tells_its_assessment_measure_and_scale() -> None:
    figure = drawn([story_of(scores_of([3, None, 16]))])
    clicked = {tuple(form) for trace in figure.data for form in trace.customdata or ()}
    assert clicked == {(form, "phq9", "total") for form in range(3)}


def test_the_form_that_is_looked_into_is_ringed_where_it_is() -> None:
    story = story_of(scores_of([3, 9]))
    figure = drawn([story], picked=(1, "phq9", "total"))
    (ring,) = [trace for trace in figure.data if trace.name == "explained below"]
    assert list(ring.y) == [9]
    other = drawn([story], picked=(1, "gad7", "total"))
    assert not [trace for trace in other.data if trace.name == "explained below"]


def test_an_expected_band_lies_behind_its_own_scale() -> None:
    days = [START, START + timedelta(days=30)]
    band = ExpectedBand(
        days,
        low80=[4.0, 3.0],
        low50=[6.0, 5.0],
        median=[8.0, 7.0],
        high50=[10.0, 9.0],
        high80=[12.0, 11.0],
        n=40,
    )
    story = story_of(scores_of([9, 8]))
    one = Course(story, band, False, 3.0, 11.0, None)
    figure = drawn([story], courses=[one])
    drawn_first = [trace.name for trace in figure.data[:4]]
    assert drawn_first == ["expected here"] * 4
    assert max(figure.data[0].y) == 12
    assert words_on(figure).count("expected here") == 1


def test_a_label_on_the_cut_off_keeps_clear_of_the_scores() -> None:
    figure = drawn([story_of(scores_of([20, 20, 20, 20, 11, 11], [0, 30, 60, 90, 120, 150]))])
    (note,) = [note for note in figure.layout.annotations if note.text.startswith("cut-off")]
    assert pd.Timestamp(note.x).date() < START + timedelta(days=90)


def test_a_label_on_the_cut_off_keeps_clear_of_the_words_on_the_scores() -> None:
    scores = scores_of([21, 20, 9, 20, 7, 7], [0, 60, 120, 180, 240, 300])
    for narrow in (False, True):
        notes = drawn([story_of(scores)], narrow=narrow).layout.annotations
        (label,) = [note for note in notes if note.text.startswith("cut-off")]
        words = [note for note in notes if note.text.startswith("reliably") and note.y < 12]
        assert words
        for note in words:
            assert abs(pd.Timestamp(label.x) - pd.Timestamp(note.x)) > timedelta(days=30)


def test_words_at_the_top_give_way_to_the_reason_for_a_missing_score() -> None:
    story = story_of(scores_of([5, 26, None, 25], [0, 30, 60, 300]))
    assert "reliably worse" in words_on(drawn([story]))
    assert "reliably worse" not in words_on(drawn([story], narrow=True))


def test_events_have_lanes_on_the_same_dates() -> None:
    happened = events(
        ("surgery", "2026-01-05", None),
        ("chemotherapy", "2026-01-10", "2026-01-25"),
        ("group_session_missed", "2026-01-20", None),
        ("contact", "2026-01-22", None),
    )
    figure = drawn([story_of(scores_of([3, 4]))], happened)
    lane = [trace for trace in figure.data if trace.yaxis == "y2"]
    symbols = {symbol for trace in lane for symbol in (trace.marker.symbol or ())}
    assert {"diamond", "square-open", "circle"} <= symbols
    assert {"Treatment", "Groups", "Contacts", "Referrals", "surgery"} <= set(words_on(figure))
    guide = [shape for shape in figure.layout.shapes if shape.yref == "paper"]
    assert [pd.Timestamp(shape.x0).date() for shape in guide] == [date(2026, 1, 5)]


def test_notes_and_steps_have_a_lane_and_what_came_later_is_counted() -> None:
    happened = events(
        ("note", "2026-01-05", None), ("act", "2026-01-07", None), ("contact", "2027-01-01", None)
    )
    figure = drawn([story_of(scores_of([3, 4]))], happened)
    symbols = {
        symbol
        for trace in figure.data
        if trace.yaxis == "y2"
        for symbol in trace.marker.symbol or ()
    }
    assert symbols == {"circle-open", "hexagon-open"}
    assert "+1 after this day" in words_on(figure)


def test_text_from_files_is_shown_and_not_read_as_markup() -> None:
    happened = events(("group_session_attended", "2026-01-05", None))
    figure = drawn([story_of(scores_of([3, 4]))], happened)
    said = [text for trace in figure.data if trace.yaxis == "y2" for text in trace.text or ()]
    assert "Coping &lt;b&gt;group&lt;/b&gt;" in said[0]


def test_without_events_there_is_no_lane() -> None:
    assert "Treatment" not in words_on(drawn([story_of(scores_of([3, 4]))]))


def test_the_narrow_form_puts_names_above_the_panels() -> None:
    figure = drawn([story_of(scores_of([3, 6]))], narrow=True)
    assert "<b>PHQ-9</b> · 6, mild · higher = worse" in words_on(figure)
    assert figure.layout.margin.l < 60


def test_colours_follow_the_theme() -> None:
    story = story_of(scores_of([3, 4]))
    end = START + timedelta(days=30)
    for palette in (LIGHT, DARK):
        figure = trajectories([story], NO_EVENTS, START, end, ENGLISH, palette)
        assert lines(figure)[0].line.color == palette.distress
        assert figure.layout.paper_bgcolor == see_through("#000000", 0)


def test_axis_values_keep_a_distance() -> None:
    assert axis_values(story_of(scores_of([3], measure_key="gone"))) == [0, 10, 27]


@pytest.mark.parametrize("days", [40, 200, 800, 3000])
def test_months_are_never_crowded(days: int) -> None:
    ticks = month_ticks(START, START + timedelta(days=days), ENGLISH, most=10)
    assert 1 <= len(ticks) <= 11
    assert ticks[0][1].endswith(str(START.year))


def test_greek_words_reach_the_figure() -> None:
    figure = trajectories(
        [story_of(scores_of([3, 20]))],
        NO_EVENTS,
        START,
        START + timedelta(days=30),
        words_in("el"),
        LIGHT,
    )
    assert "υψηλότερο = χειρότερο" in words_on(figure)
