"""The figures of the Questions page: what is drawn, what is written, what can be read."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.analysis.group_offers import Arm
from dashboard.analysis.moderation import Moderation, Region, johnson_neyman, moderation
from dashboard.analysis.regression import Estimate
from dashboard.analysis.response_surface import Surface, hull, response_surface
from dashboard.charts.associations import Row, associations
from dashboard.charts.came_or_not import came_or_not
from dashboard.charts.fitted_lines import FittedLine, fitted_lines
from dashboard.charts.palette import DARK, LIGHT, READABLE, Palette, contrast, ramp
from dashboard.charts.slope_along import Labels, slope_along
from dashboard.charts.surface_map import HIGH, LOW, surface_map
from dashboard.charts.surface_relief import surface_relief
from dashboard.language import words_in

ENGLISH = words_in("en")
both_themes = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda one: one.theme)
widths = pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
LABELS = Labels("change", "age", "here", "clear", "unclear", "people")


def words_on(figure: go.Figure) -> str:
    return "\n".join(note.text for note in figure.layout.annotations)


def rows_of_two() -> list[Row]:
    return [
        Row("Partner", "50 people", Estimate(-0.4, 0.1, 200), "−0.4"),
        Row("alone", "", Estimate(0.1, 0.2, 200), "+0.1", main=False),
    ]


@both_themes
@widths
def test_filled_leaves_out_zero_and_open_does_not(palette: Palette, narrow: bool) -> None:
    figure = associations(rows_of_two(), "SD", ("lower", "higher"), palette, narrow=narrow)
    clear, unclear = (trace.marker.color for trace in figure.data)
    assert clear != palette.ground
    assert unclear == palette.ground
    low, high = figure.layout.xaxis.range
    for trace, row in zip(figure.data, rows_of_two(), strict=True):
        assert trace.x[0] + trace.error_x.array[0] == pytest.approx(row.estimate.high)
        assert trace.x[0] - trace.error_x.arrayminus[0] == pytest.approx(row.estimate.low)
        assert low < row.estimate.low < row.estimate.high < high
    assert {"Partner", "−0.4", "lower", "higher"} <= set(
        words_on(figure).replace("<b>", "").replace("</b>", "").split("\n")
    )


def buffered(clear: bool) -> Moderation:
    rng = np.random.default_rng(4)
    x, m, noise = rng.standard_normal((3, 400))
    y = 5 + (x * (0.3 + 0.4 * m) if clear else 0) + noise
    return moderation(pd.Series(y), pd.Series(x), pd.Series(m + 10))


@both_themes
def test_the_curve_is_the_slope_and_the_tint_where_it_is_clear(palette: Palette) -> None:
    fitted = buffered(clear=True)
    region = johnson_neyman(fitted)
    figure = slope_along(
        fitted,
        region,
        10.0,
        [(7.0, 10.0, "200"), (10.0, 13.0, "hidden")],
        LABELS,
        palette,
        narrow=False,
    )
    low, high, line = figure.data
    for place in (0, 30, 60):
        told = fitted.slope(line.x[place]).times(10.0)
        assert (low.y[place], line.y[place], high.y[place]) == pytest.approx(
            (told.low, told.value, told.high)
        )
    tinted = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert tinted
    assert all(region.holds((shape.x0 + shape.x1) / 2) for shape in tinted)
    assert {"clear", "hidden", "200", "people"} <= set(words_on(figure).split("\n"))


def test_nothing_is_tinted_where_nothing_is_clear() -> None:
    figure = slope_along(
        buffered(clear=False), Region("nowhere"), 1.0, [], LABELS, LIGHT, narrow=True
    )
    assert not [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert "unclear" in words_on(figure)


@widths
def test_lines_share_a_scale_that_holds_interval_and_cut_off(narrow: bool) -> None:
    lines = [
        FittedLine(f"age {age}", [0.0, 50.0, 100.0], [Estimate(v, 0.3, 50) for v in values])
        for age, values in ((40, (4.0, 3.5, 3.0)), (70, (6.0, 4.0, 2.0)))
    ]
    figure = fitted_lines(lines, (0, 10), (7.0, "cut-off 7"), "help", ENGLISH, LIGHT, narrow=narrow)
    assert figure.layout.yaxis.range[1] > 7
    assert words_on(figure).count("cut-off 7") == 1
    drawn = [trace for trace in figure.data if trace.line.color == LIGHT.distress]
    assert [list(trace.y) for trace in drawn] == [[4.0, 3.5, 3.0], [6.0, 4.0, 2.0]]
    if not narrow:
        assert drawn[0].x[-1] < drawn[1].x[0]


def test_lines_begin_at_the_lowest_score_there_is() -> None:
    line = FittedLine("", [0.0, 1.0], [Estimate(20.0, 1, 50), Estimate(30.0, 1, 50)])
    figure = fitted_lines([line], (10, 50), None, "x", ENGLISH, LIGHT, narrow=False)
    assert list(figure.data[-1].y) == [10.0, 20.0]
    assert figure.layout.yaxis.ticktext[0].strip() == "10"


def arm(came: bool, after: float) -> Arm:
    def one(value: float) -> Estimate:
        return Estimate(value, 0.3, 40)

    return Arm(came, 60, 58, 50, one(5.0), one(after), one(after - 5.0))


@both_themes
@pytest.mark.parametrize("apart", [0.0, 2.0])
def test_both_groups_are_named_at_their_ends_without_overlap(
    palette: Palette, apart: float
) -> None:
    figure = came_or_not(
        arm(True, 3.0),
        arm(False, 3.0 + apart),
        (0, 10),
        (4.0, "cut-off 4"),
        ("came", "did not come"),
        ENGLISH,
        palette,
        narrow=False,
    )
    came, stayed = figure.data
    assert list(came.y) == [5.0, 3.0]
    assert came.marker.symbol != stayed.marker.symbol
    assert came.line.dash != stayed.line.dash
    names = {
        note.text: note.y
        for note in figure.layout.annotations
        if "come" in note.text or "came" in note.text
    }
    heights = sorted(names.values())
    low, high = figure.layout.yaxis.range
    assert heights[1] - heights[0] > 0.05 * (high - low)


@pytest.fixture(scope="module")
def valley() -> Surface:
    rng = np.random.default_rng(6)
    need, received = rng.integers(0, 5, (2, 300))
    n, r = need - 2.0, received - 2.0
    distress = 3 + 0.5 * (n - r) ** 2 + 0.4 * (n - r) + rng.standard_normal(300)
    return response_surface(pd.Series(distress), pd.Series(need), pd.Series(received), 2.0)


CELLS = pd.DataFrame(
    {"need": [1.0, 3.0, 3.0, 1.0], "received": [1.0, 1.0, 3.0, 3.0], "people": [30, 12, 40, 15]}
)


@both_themes
@widths
def test_the_map_is_the_surface_and_fades_beyond_the_answers(
    valley: Surface, palette: Palette, narrow: bool
) -> None:
    corners = hull(CELLS["need"], CELLS["received"])
    figure = surface_map(valley, CELLS, corners, ENGLISH, palette, narrow=narrow)
    contour, dots = figure.data
    assert contour.z[0][-1] == pytest.approx(valley.expected(HIGH, LOW).value)
    assert contour.z[-1][0] == pytest.approx(valley.expected(LOW, HIGH).value)
    assert list(zip(dots.x, dots.y, strict=True)) == [(1, 1), (3, 1), (3, 3), (1, 3)]
    assert dots.marker.size[2] == max(dots.marker.size)
    faded = next(shape for shape in figure.layout.shapes if shape.fillrule == "evenodd")
    assert "1,1" in faded.path
    assert figure.layout.yaxis.scaleanchor == "x"
    for key in ("congruence", "incongruence"):
        assert ENGLISH.say(f"questions.mismatch.{key}") in words_on(figure)
    # Contour labels and corner words are read on the strongest fill.
    assert contrast(palette.ink, ramp(palette.distress, palette)[1]) >= READABLE


def test_without_cells_nothing_is_faded(valley: Surface) -> None:
    figure = surface_map(valley, CELLS.iloc[:0], [], ENGLISH, LIGHT, narrow=False)
    assert len(figure.data) == 1
    assert not [shape for shape in figure.layout.shapes if shape.type == "path"]


@both_themes
@pytest.mark.parametrize("cells", [CELLS, CELLS.iloc[:0]], ids=["cells", "none"])
def test_the_relief_covers_the_whole_square_once(
    valley: Surface, palette: Palette, cells: pd.DataFrame
) -> None:
    corners = hull(cells["need"], cells["received"])
    figure = surface_relief(valley, corners, "PHQ-9 <b>", ENGLISH, palette, narrow=False)
    reached, beyond, congruence, incongruence = figure.data
    assert reached.opacity > beyond.opacity
    assert np.allclose(np.asarray(reached.x)[-1], np.asarray(beyond.x)[0])
    rim = np.stack([np.asarray(beyond.x)[-1], np.asarray(beyond.y)[-1]])
    assert np.allclose(np.abs(rim - 2).max(axis=0), 2)
    for corner in ((LOW, LOW), (HIGH, LOW), (HIGH, HIGH), (LOW, HIGH)):
        assert np.isclose(np.hypot(*(rim.T - corner).T), 0, atol=1e-6).any()
    assert list(congruence.x) == list(congruence.y)
    assert congruence.line.dash != incongruence.line.dash
    told = valley.expected(float(np.asarray(reached.x)[5][3]), float(np.asarray(reached.y)[5][3]))
    assert np.asarray(reached.z)[5][3] == pytest.approx(told.value)
    assert figure.layout.scene.zaxis.title.text == "PHQ-9 &lt;b&gt;"
