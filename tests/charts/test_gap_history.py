"""Need, receipt and gap over time: marks by meaning, figures for what colour says, no bridges."""

from datetime import date
from typing import Any

import plotly.graph_objects as go

from dashboard.analysis.gap_history import GapHistory
from dashboard.charts.gap_history import gap_history
from dashboard.charts.palette import LIGHT, see_through
from dashboard.language import words_in

ENGLISH = words_in("en")
START, END = date(2025, 7, 1), date(2026, 6, 30)


def history(gaps: dict[date, float], *episodes: tuple[date, date, bool]) -> GapHistory:
    judged = [(day, 2.0 + gap / 2, 2.0 - gap / 2, gap) for day, gap in gaps.items()]
    return GapHistory("tangible", judged, [date(2026, 6, 1)], list(episodes))


def drawn(*histories: GapHistory) -> go.Figure:
    return gap_history(list(histories), START, END, ENGLISH, LIGHT)


def named(figure: go.Figure, name: str) -> Any:
    return next(trace for trace in figure.data if trace.name == name)


def test_need_and_receipt_have_their_own_mark_and_place() -> None:
    figure = drawn(history({date(2026, 1, 1): 2.0, date(2026, 2, 1): -2.0}))
    need, received = named(figure, "need"), named(figure, "received")
    assert (list(need.y), list(received.y)) == ([3, 1], [1, 3])
    assert (need.marker.symbol, received.marker.symbol) == ("diamond", "circle")
    assert (need.marker.color, received.marker.color) == (LIGHT.need, LIGHT.support)


def test_a_gap_is_written_with_its_sign_and_bold_where_one_form_is_sure() -> None:
    gaps = {
        date(2026, 1, 1): 2.0,
        date(2026, 3, 1): 1.0,
        date(2026, 4, 1): 0.0,
        date(2026, 5, 1): -2.0,
    }
    figure = drawn(history(gaps))
    assert list(named(figure, "gap").text) == ["<b>+2</b>", "+1", "0", "<b>−2</b>"]
    assert named(figure, "under").line.color == see_through(LIGHT.under, 0.5)
    assert [y for y in named(figure, "over").y if y is not None] == [3, 1]


def test_where_forms_are_close_the_sure_figure_stays() -> None:
    gaps = {date(2026, 1, 1): 1.0, date(2026, 1, 5): 2.0, date(2026, 1, 9): 1.0}
    assert list(named(drawn(history(gaps)), "gap").text) == ["", "<b>+2</b>", ""]


def test_a_form_that_does_not_judge_is_a_ring() -> None:
    ring = named(drawn(history({date(2026, 1, 1): 1.0})), "not_judged")
    assert (ring.marker.symbol, list(ring.x)) == ("circle-open", ["2026-06-01"])


def test_forms_far_apart_are_not_joined() -> None:
    near = {date(2026, 1, 1): 2.0, date(2026, 5, 1): 1.0}
    far = {date(2026, 1, 1): 2.0, date(2026, 5, 2): 1.0}
    assert None not in named(drawn(history(near)), "need").y
    assert None in named(drawn(history(far)), "need").y


def test_a_stretch_is_shaded_from_where_the_picture_begins() -> None:
    gone = (date(2025, 1, 1), date(2025, 3, 1), True)
    open_now = (date(2025, 5, 1), END, False)
    figure = drawn(history({date(2026, 1, 1): 1.0}, gone, open_now))
    (shaded,) = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert (shaded.x0, shaded.x1) == ("2025-07-01", "2026-06-30")
    assert "<b>▼ open</b>" in [note.text for note in figure.layout.annotations]
