"""Small pictures of gaps: dots by meaning, rings where nothing is judged, breaks, shading."""

from datetime import date

import pandas as pd

from dashboard.analysis.gap_history import GapHistory
from dashboard.charts.gap_history import gap_history
from dashboard.charts.palette import LIGHT
from dashboard.language import words_in

ENGLISH = words_in("en")
START, END = date(2025, 7, 1), date(2026, 6, 30)


def history(gaps: dict[date, float], *episodes: tuple[date, date, bool]) -> GapHistory:
    judged = pd.DataFrame({"on": list(gaps), "need": 3.0, "received": 0.0, "gap": gaps.values()})
    return GapHistory("tangible", judged, [date(2026, 6, 1)], list(episodes))


def test_a_dot_says_by_colour_and_shape_what_the_gap_is() -> None:
    gaps = {date(2026, 1, 1): 2.0, date(2026, 2, 1): 0.0, date(2026, 3, 1): -2.0}
    line, ring = gap_history([history(gaps)], START, END, ENGLISH, LIGHT).data
    assert list(line.marker.symbol) == ["triangle-down", "circle", "triangle-up"]
    assert list(line.marker.color) == [LIGHT.under, LIGHT.met, LIGHT.over]
    assert (ring.marker.symbol, list(ring.x)) == ("circle-open", ["2026-06-01"])


def test_forms_far_apart_are_not_joined() -> None:
    near = {date(2026, 1, 1): 2.0, date(2026, 5, 1): 1.0}
    far = {date(2026, 1, 1): 2.0, date(2026, 5, 2): 1.0}
    assert None not in gap_history([history(near)], START, END, ENGLISH, LIGHT).data[0].y
    assert None in gap_history([history(far)], START, END, ENGLISH, LIGHT).data[0].y


def test_a_stretch_is_shaded_from_where_the_picture_begins() -> None:
    gone = (date(2025, 1, 1), date(2025, 3, 1), True)
    open_now = (date(2025, 5, 1), END, False)
    figure = gap_history(
        [history({date(2026, 1, 1): 1.0}, gone, open_now)], START, END, ENGLISH, LIGHT
    )
    (shaded,) = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert (shaded.x0, shaded.x1) == ("2025-07-01", "2026-06-30")
    assert "<b>▼ open</b>" in [note.text for note in figure.layout.annotations]
