"""What the figures of two cohorts draw: by shape as well as hue, and nothing that is hidden."""

from collections import defaultdict

import numpy as np
import pandas as pd
import pytest

from dashboard.analysis.cohort_view import AT, CohortView, view
from dashboard.analysis.cohort_windows import PLANNED
from dashboard.analysis.regression import Estimate
from dashboard.charts.cohort_courses import cohort_courses
from dashboard.charts.cohort_differences import cohort_differences
from dashboard.charts.cohort_marks import mark_of_cohort, picture_of_mark
from dashboard.charts.cohort_missing import cohort_missing
from dashboard.charts.cohort_spread import cohort_spread
from dashboard.charts.palette import DARK, LIGHT
from dashboard.language import words_in
from dashboard.measures.catalogue import load_catalogue

WORDS = words_in("en")
SCALE = load_catalogue()["phq9"].scale("total")
NAMES = {"a": "<b>Young</b>", "b": "everyone else"}
TICKS = ["start", "3 mo", "6 mo", "12 mo"]


def told(few_at_6: int = 60, minimum: int = 10) -> CohortView:
    """Two halves of 120 people; nobody has a score at 3 months, and only so many at 6."""
    score = np.arange(120) % 28.0
    wide = pd.DataFrame({"followed": 30.0, **dict.fromkeys(AT.values(), score)})
    wide[AT[3.0]] = np.nan
    wide.loc[few_at_6:, AT[6.0]] = np.nan
    half = np.arange(120) % 2 == 0
    blocks = half.astype(np.int64)
    return view(wide, {"a": half, "b": ~half}, blocks, 12.0, (0.0, 27.0, 10.0), minimum)


def texts(figure: object) -> list[str]:
    return [note.text for note in figure.layout.annotations]  # type: ignore[attr-defined]


def test_cohorts_differ_in_shape_and_line_as_well_as_hue() -> None:
    a, b = (mark_of_cohort(name, LIGHT) for name in "ab")
    assert len({a.colour, b.colour}) == len({a.symbol, b.symbol}) == len({a.dash, b.dash}) == 2
    assert mark_of_cohort("b", DARK).colour in picture_of_mark("b", DARK)


def test_no_line_is_drawn_across_a_time_without_scores() -> None:
    figure = cohort_courses(told(), SCALE, "mean", NAMES, TICKS, "cut-off 10", None, WORDS, LIGHT)
    lines = [trace for trace in figure.data if trace.mode == "lines" and not trace.fill]
    drawn = [sorted(round(x) for x in trace.x) for trace in lines]
    assert drawn == [[0], [6, 12], [0], [6, 12]]
    assert not [text for text in texts(figure) if "<b>Young" in text]


def test_hidden_numbers_are_nowhere_in_the_figure() -> None:
    shown = told(few_at_6=8)
    figure = cohort_courses(shown, SCALE, "mean", NAMES, TICKS, "", None, WORDS, LIGHT)
    assert not [x for trace in figure.data for x in trace.x if 5 < x < 7]
    assert texts(figure).count("hidden · hidden") == 2
    missing = cohort_missing(shown, NAMES, TICKS, WORDS, LIGHT)
    assert [trace.x[0] for trace in missing.data if trace.marker.pattern.shape == "."] == [1.0, 1.0]


def test_filled_where_the_interval_leaves_out_zero() -> None:
    rows = {0.0: (Estimate(2.0, 0.5, 80), None), 6.0: (Estimate(0.1, 0.5, 80), None), 12.0: None}
    figure = cohort_differences(rows, 6.0, TICKS[:3], "points", WORDS, LIGHT)
    assert [trace.marker.color for trace in figure.data] == [LIGHT.ink, LIGHT.ground]
    assert "+2.0 (1.0 to 3.0)" in texts(figure)
    assert "too few to say" in texts(figure)


def test_bars_below_the_cut_off_are_faint_and_shares_add_up() -> None:
    shown = told(minimum=1)
    figure = cohort_spread(
        shown.bars, shown.shares, 10.0, 27.0, NAMES, "PHQ-9", "cut-off 10", WORDS, LIGHT
    )
    for trace, name in zip(figure.data, "ab", strict=True):
        assert sum(trace.y) == pytest.approx(1)
        solid = [color == mark_of_cohort(name, LIGHT).colour for color in trace.marker.color]
        assert solid == [bar.low >= 10 for bar in shown.bars]


def test_every_person_is_somewhere_in_the_bars_of_who_is_missing() -> None:
    figure = cohort_missing(told(minimum=1), NAMES, TICKS, WORDS, LIGHT)
    shares: dict[tuple[str, int], float] = defaultdict(float)
    for trace in figure.data:
        shares[trace.yaxis, trace.y[0]] += trace.x[0]
    assert len(shares) == 2 * len(PLANNED)
    assert list(shares.values()) == pytest.approx([1.0] * len(shares))


def test_single_scores_are_drawn_only_where_they_are_asked_for() -> None:
    shown = told(minimum=1)
    plainly, singly = (
        cohort_courses(shown, SCALE, "median", NAMES, TICKS, "", points, WORDS, LIGHT)
        for points in (None, shown.scores)
    )
    assert len(singly.data) == len(plainly.data) + 2
    drawn = sum(len(trace.x) for trace in singly.data if str(trace.marker.symbol).endswith("open"))
    assert drawn == len(shown.scores)
