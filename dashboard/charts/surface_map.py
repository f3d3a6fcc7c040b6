"""The response surface seen from above: what outcome goes with each pair of need and receipt."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.analysis.questions import nice_step
from dashboard.analysis.response_surface import Surface, inside
from dashboard.charts.canvas import INSIDE, SMALL, Drawing
from dashboard.charts.palette import Palette, ramp, see_through
from dashboard.language import Words

SIDE, NARROW_SIDE = 430, 300
LOW, HIGH = 0.0, 4.0
_POINTS = 41
_STEPS = 7
_LARGEST = 15


def grid_of(surface: Surface) -> tuple[list[float], list[list[float]]]:
    """Answers along one side, and the expected outcome: rows of receipt, columns of need."""
    side = np.linspace(LOW, HIGH, _POINTS)
    return side.tolist(), surface.heights(side[None, :], side[:, None]).tolist()


def levels_within(
    side: Sequence[float],
    heights: Sequence[Sequence[float]],
    corners: list[tuple[float, float]],
) -> tuple[float, float]:
    """The lowest and highest expected outcome in the area with patients."""
    told = [
        heights[row][column]
        for row, got in enumerate(side)
        for column, need in enumerate(side)
        if inside(corners, need, got)
    ] or [value for row in heights for value in row]
    return min(told), max(told)


def surface_map(
    surface: Surface,
    cells: pd.DataFrame,
    corners: list[tuple[float, float]],
    words: Words,
    palette: Palette,
    *,
    narrow: bool,
) -> go.Figure:
    """Contours, the lines of congruence and incongruence, and a dot for each cell with enough
    people; the area beyond them is faded.

    Args:
        cells: need, received, people. corners: of their area.
    """
    side, heights = grid_of(surface)
    low, high = levels_within(side, heights, corners)
    step = nice_step(max(high - low, 1e-6), _STEPS)
    drawing = Drawing(
        palette, [NARROW_SIDE if narrow else SIDE], {"l": 54, "r": 14, "t": 14, "b": 50}
    )
    first, last = ramp(palette.distress, palette)
    drawing.draw(
        1,
        {
            "type": "contour",
            "x": side,
            "y": side,
            "z": heights,
            "autocontour": False,
            "contours": {
                "start": step * (low // step),
                "end": high,
                "size": step,
                "showlabels": True,
                "labelfont": {"size": SMALL, "color": palette.ink},
            },
            "colorscale": [[0, first], [1, last]],
            "zmin": low,
            "zmax": high,
            "showscale": False,
            "line": {"color": see_through(palette.ink, 0.35), "width": 0.8},
            "hovertemplate": words.say("questions.mismatch.hover") + "<extra></extra>",
        },
    )
    _fade(drawing, corners)
    _lines(drawing, words)
    _dots(drawing, cells)
    _corners_named(drawing, words, narrow)
    axis = {
        "range": [LOW, HIGH],
        "dtick": 1,
        "tickfont": {"size": SMALL, "color": palette.soft_ink},
        "showgrid": False,
        "linecolor": palette.axis,
        "constrain": "domain",
    }
    title = {"size": SMALL, "color": palette.soft_ink}
    drawing.x_axis(**axis, title={"text": words.say("questions.mismatch.need"), "font": title})
    drawing.y_axis(
        1,
        **axis,
        scaleanchor="x",
        title={"text": words.say("questions.mismatch.received"), "font": title},
    )
    return drawing.figure()


def _fade(drawing: Drawing, corners: list[tuple[float, float]]) -> None:
    """The ground laid over all but the area with patients, whose edge is dashed."""
    palette = drawing.palette
    if len(corners) < 3:
        return
    outer = f"M{LOW},{LOW}L{HIGH},{LOW}L{HIGH},{HIGH}L{LOW},{HIGH}Z"
    area = "M" + "L".join(f"{need:g},{got:g}" for need, got in corners) + "Z"
    drawing.shape(
        1,
        type="path",
        path=outer + area,
        fillrule="evenodd",
        fillcolor=see_through(palette.ground, 0.72),
        line={"width": 0},
    )
    drawing.shape(
        1,
        type="path",
        path=area,
        line={"color": palette.soft_ink, "width": 1, "dash": "dot"},
    )


def _lines(drawing: Drawing, words: Words) -> None:
    palette = drawing.palette
    for ends, dash, name, angle, at in (
        ((LOW, HIGH), "solid", "congruence", -45, (0.22, 0.22)),
        ((HIGH, LOW), "dash", "incongruence", 45, (0.22, 0.78)),
    ):
        drawing.shape(
            1,
            type="line",
            x0=LOW,
            x1=HIGH,
            y0=ends[0],
            y1=ends[1],
            line={"color": palette.ink, "width": 2.4 if dash == "solid" else 1.4, "dash": dash},
        )
        drawing.write(
            words.say(f"questions.mismatch.{name}"),
            colour=palette.ink,
            size=INSIDE,
            row=1,
            x=LOW + (HIGH - LOW) * at[0],
            y=LOW + (HIGH - LOW) * at[1],
            textangle=angle,
            xshift=-8 if angle < 0 else 8,
            yshift=8,
            bgcolor=see_through(palette.ground, 0.6),
        )


def _dots(drawing: Drawing, cells: pd.DataFrame) -> None:
    """The area of a dot is the number of people."""
    palette = drawing.palette
    if cells.empty:
        return
    most = float(cells["people"].max())
    drawing.draw(
        1,
        {
            "type": "scatter",
            "mode": "markers",
            "x": cells["need"].tolist(),
            "y": cells["received"].tolist(),
            "marker": {
                "size": [max(3.0, _LARGEST * (one / most) ** 0.5) for one in cells["people"]],
                "color": see_through(palette.ink, 0.28),
                "line": {"width": 0},
            },
            "hoverinfo": "skip",
        },
    )


def _corners_named(drawing: Drawing, words: Words, narrow: bool) -> None:
    palette = drawing.palette
    for key, glyph, ink, x, y, anchors in (
        ("over", "▲", palette.over_ink, LOW, HIGH, ("left", "top")),
        ("under", "▼", palette.under_ink, HIGH, LOW, ("right", "bottom")),
    ):
        said = words.say(f"questions.mismatch.corner_{key}")
        drawing.write(
            f"<b>{glyph} {words.say(f'mismatch.state.{key}')}</b>"
            + ("" if narrow else f"<br>{said}"),
            colour=ink,
            row=1,
            x=x,
            y=y,
            xanchor=anchors[0],
            yanchor=anchors[1],
            xshift=4 if anchors[0] == "left" else -4,
            yshift=-4 if anchors[1] == "top" else 4,
            align=anchors[0],
            bgcolor=see_through(palette.ground, 0.8),
        )
