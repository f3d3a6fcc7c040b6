"""The response surface in relief. For looking: the map and the table are for reading."""

from math import atan2, cos, pi, sin
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dashboard.analysis.response_surface import Surface
from dashboard.charts.canvas import FONT, INSIDE, SMALL, TEXT, plain
from dashboard.charts.palette import Palette, ramp, see_through
from dashboard.charts.surface_map import HIGH, LOW, NARROW_SIDE, SIDE, grid_of, levels_within
from dashboard.language import Words

# Along the line of congruence, so that the valley shows.
_EYE = {"x": -1.3, "y": -1.56, "z": 1.0}
_FARTHER = 1.3
"""How much farther away it is seen from on a small screen."""
_FADED = 0.28
_RINGS = 12
_ANGLES = 120

Corner = tuple[float, float]


def surface_relief(
    surface: Surface,
    corners: list[Corner],
    outcome: str,
    words: Words,
    palette: Palette,
    *,
    narrow: bool,
) -> go.Figure:
    """Height is the expected outcome; what hardly any patient's answers reach is faint.

    Args:
        corners: of the area with patients. outcome: its title.
    """
    side, heights = grid_of(surface)
    levels = levels_within(side, heights, corners)
    square = [(LOW, LOW), (HIGH, LOW), (HIGH, HIGH), (LOW, HIGH)]
    area = corners if len(corners) > 2 else square
    middle = (sum(x for x, _ in area) / len(area), sum(y for _, y in area) / len(area))
    edge, rim = [], []
    for angle in _angles(middle, [*area, *square]):
        edge.append(_hit(middle, angle, area))
        rim.append(_hit(middle, angle, square))
    bottom, top = min(min(row) for row in heights), max(max(row) for row in heights)
    return go.Figure(
        {
            "data": [
                _sheet(surface, [middle] * len(edge), edge, levels, 1.0, palette),
                _sheet(surface, edge, rim, levels, _FADED, palette),
                _line(surface, [(one, one) for one in side], "solid", palette),
                _line(surface, [(one, HIGH + LOW - one) for one in side], "dash", palette),
            ],
            "layout": {
                "height": (NARROW_SIDE if narrow else SIDE) + 64,
                "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
                "paper_bgcolor": "rgba(0,0,0,0)",
                "font": {"family": FONT, "size": TEXT, "color": palette.ink},
                "showlegend": False,
                "scene": {
                    "camera": {
                        "eye": {
                            axis: at * (_FARTHER if narrow else 1) for axis, at in _EYE.items()
                        },
                        "center": {"x": 0, "y": 0, "z": -0.14},
                    },
                    "aspectmode": "manual",
                    "aspectratio": {"x": 1, "y": 1, "z": 0.72},
                    "xaxis": {
                        **_axis(words.say("questions.mismatch.need_short"), palette),
                        "dtick": 1,
                    },
                    "yaxis": {
                        **_axis(words.say("questions.mismatch.received_short"), palette),
                        "dtick": 1,
                    },
                    "zaxis": {
                        **_axis(plain(outcome), palette),
                        "range": [bottom - 0.02 * (top - bottom), top + 0.08 * (top - bottom)],
                        "nticks": 5,
                    },
                    "annotations": [
                        _corner(surface, "under", "▼", (HIGH, LOW), palette.under_ink, words),
                        _corner(surface, "over", "▲", (LOW, HIGH), palette.over_ink, words),
                    ],
                },
            },
        }
    )


def _angles(middle: Corner, corners: list[Corner]) -> list[float]:
    """All round, the directions of every corner among them, back to the first."""
    even = [2 * pi * place / _ANGLES - pi for place in range(_ANGLES)]
    exact = [atan2(y - middle[1], x - middle[0]) for x, y in corners]
    angles = sorted({*even, *exact})
    return [*angles, angles[0] + 2 * pi]


def _hit(middle: Corner, angle: float, corners: list[Corner]) -> Corner:
    """Where a ray from within a convex area leaves it."""
    ray = (cos(angle), sin(angle))
    far = 0.0
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        along = (x1 - x0, y1 - y0)
        cross = ray[0] * along[1] - ray[1] * along[0]
        if abs(cross) < 1e-12:
            continue
        away = (x0 - middle[0], y0 - middle[1])
        length = (away[0] * along[1] - away[1] * along[0]) / cross
        place = (away[0] * ray[1] - away[1] * ray[0]) / cross
        if length > 0 and -1e-9 <= place <= 1 + 1e-9:
            far = max(far, length)
    return middle[0] + far * ray[0], middle[1] + far * ray[1]


def _sheet(
    surface: Surface,
    inner: list[Corner],
    outer: list[Corner],
    levels: tuple[float, float],
    opacity: float,
    palette: Palette,
) -> dict[str, Any]:
    """The surface between two rings, in rings of its own."""
    share = np.linspace(0, 1, _RINGS + 1)[:, None]
    (need0, got0), (need1, got1) = np.transpose(inner), np.transpose(outer)
    needs = need0 + share * (need1 - need0)
    gots = got0 + share * (got1 - got0)
    first, last = ramp(palette.distress, palette)
    return {
        "type": "surface",
        "x": needs.tolist(),
        "y": gots.tolist(),
        "z": surface.heights(needs, gots).tolist(),
        "cmin": levels[0],
        "cmax": levels[1],
        "colorscale": [[0, first], [1, last]],
        "opacity": opacity,
        "showscale": False,
        "lighting": {"ambient": 0.82, "diffuse": 0.35, "specular": 0.05},
        "contours": {
            "z": {"show": opacity == 1, "color": see_through(palette.ink, 0.35), "width": 1}
        },
        "hoverinfo": "skip",
    }


def _line(surface: Surface, along: list[Corner], dash: str, palette: Palette) -> dict[str, Any]:
    needs, gots = np.transpose(along)
    return {
        "type": "scatter3d",
        "mode": "lines",
        "x": needs.tolist(),
        "y": gots.tolist(),
        "z": surface.heights(needs, gots).tolist(),
        "line": {"color": palette.ink, "width": 6 if dash == "solid" else 4, "dash": dash},
        "hoverinfo": "skip",
    }


def _axis(title: str, palette: Palette) -> dict[str, Any]:
    return {
        "title": {"text": title, "font": {"size": SMALL, "color": palette.soft_ink}},
        "tickfont": {"size": INSIDE, "color": palette.soft_ink},
        "gridcolor": palette.axis,
        "showbackground": False,
        "zeroline": False,
    }


def _corner(
    surface: Surface, key: str, glyph: str, at: Corner, ink: str, words: Words
) -> dict[str, Any]:
    return {
        "x": at[0],
        "y": at[1],
        "z": surface.expected(*at).value,
        "text": f"<b>{glyph} {words.say(f'mismatch.state.{key}')}</b>",
        "showarrow": False,
        "font": {"size": SMALL, "color": ink},
        "yshift": 14,
    }
