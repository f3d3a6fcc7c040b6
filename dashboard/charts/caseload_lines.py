"""Every patient's course on one scale: small pictures on shared dates, whom to see first in front.

A click anywhere in a picture stands for its patient. The last score carries the mark of what is
said above the picture: a triangle the way it went where that is reliable, a diamond where it is
not on track, else a ring.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go

from dashboard.analysis.caseload import Expected, Line, standing_in_words
from dashboard.analysis.trends import FollowedScale
from dashboard.charts.canvas import INSIDE, plain, shortened
from dashboard.charts.palette import Palette, mark_of_domain, see_through
from dashboard.charts.small_panels import SmallPanels
from dashboard.language import Words

HEIGHT = 86
MOST_ACROSS = 4
_LONGEST_NAME = 26
_SYMBOLS = {"▲": "triangle-up", "▼": "triangle-down", "◆": "diamond", "○": "circle-open"}


def caseload_lines(
    told: Sequence[Line],
    scale: FollowedScale,
    expected: Mapping[str, Sequence[Expected]],
    start: date,
    end: date,
    words: Words,
    palette: Palette,
    *,
    narrow: bool = False,
) -> go.Figure:
    """One panel a patient.

    Args:
        expected: where comparable patients stood, by patient reference.
        start, end: the dates of every panel.

    Every mark that can be clicked carries [patient_ref] in its customdata.
    """
    days = max((end - start).days, 1)
    panels = SmallPanels(
        palette,
        len(told),
        days,
        HEIGHT,
        below=20,
        narrow=narrow,
        most_across=MOST_ACROSS,
    )
    span = scale.maximum - scale.minimum
    rows: dict[int, list[tuple[int, Line]]] = {}
    for place, line in enumerate(told):
        rows.setdefault(panels.row(place), []).append((place, line))
        panels.name(
            place,
            plain(shortened(line.name, _LONGEST_NAME)),
            plain(standing_in_words(line, words)),
        )
        if narrow or place + panels.across >= len(told):
            panels.tick(place, 0, _month(start, words), "left")
            panels.tick(place, days, _month(end, words), "right")
    for row, in_row in rows.items():
        _frames(panels, row, in_row, scale, words)
        _comparable(panels, row, in_row, scale, expected, start)
        _courses(panels, row, in_row, scale, start, end)
        _latest(panels, row, in_row, scale, start, words)
        _whole_panels(panels, row, in_row, span, words)
    return panels.drawing.figure(barmode="overlay")


def _frames(
    panels: SmallPanels,
    row: int,
    in_row: Sequence[tuple[int, Line]],
    scale: FollowedScale,
    words: Words,
) -> None:
    """Both ends of the scale and the cut-off across each picture; figures left of the row."""
    palette = panels.drawing.palette
    span = scale.maximum - scale.minimum
    cut_off = [] if scale.cut_off is None else [scale.cut_off]
    marks = [scale.minimum, *cut_off, scale.maximum]
    panels.drawing.y_axis(
        row,
        range=[-0.04 * span, 1.06 * span],
        tickvals=[mark - scale.minimum for mark in marks],
        ticktext=[f"{words.number(mark)} " for mark in marks],
        tickfont={"size": INSIDE, "color": palette.soft_ink},
        showgrid=False,
    )
    lefts = [panels.left(place) for place, _ in in_row]
    for levels, line in (
        ([scale.minimum, scale.maximum], {"color": palette.axis, "width": 1}),
        (cut_off, {"color": palette.soft_ink, "width": 1, "dash": "dash"}),
    ):
        panels.drawing.draw(
            row,
            {
                "type": "scatter",
                "mode": "lines",
                "x": [x for _ in levels for a in lefts for x in (a, a + panels.width, None)],
                "y": [
                    y
                    for level in levels
                    for _ in lefts
                    for y in (level - scale.minimum, level - scale.minimum, None)
                ],
                "line": line,
                "hoverinfo": "skip",
            },
        )


def _comparable(
    panels: SmallPanels,
    row: int,
    in_row: Sequence[tuple[int, Line]],
    scale: FollowedScale,
    expected: Mapping[str, Sequence[Expected]],
    start: date,
) -> None:
    """The middle 80 % of comparable patients, in grey."""
    across: list[float | None] = []
    up: list[float | None] = []
    for place, line in in_row:
        band = expected.get(line.patient_ref, ())
        days = [panels.left(place) + (day - start).days for day, _, _ in band]
        across += [*days, *reversed(days), None]
        up += [
            *(low - scale.minimum for _, low, _ in band),
            *(high - scale.minimum for _, _, high in reversed(band)),
            None,
        ]
    panels.drawing.draw(
        row,
        {
            "type": "scatter",
            "mode": "lines",
            "x": across,
            "y": up,
            "fill": "toself",
            "fillcolor": see_through(panels.drawing.palette.not_judged, 0.18),
            "line": {"width": 0},
            "hoverinfo": "skip",
        },
    )


def _courses(
    panels: SmallPanels,
    row: int,
    in_row: Sequence[tuple[int, Line]],
    scale: FollowedScale,
    start: date,
    end: date,
) -> None:
    """Lines that break where a form is missing or has no score."""
    edge = mark_of_domain(scale.domain, panels.drawing.palette).edge
    across: list[float | None] = []
    up: list[float | None] = []
    for place, line in in_row:
        for first, last in line.runs(end):
            for at in range(first, last + 1):
                score = line.scores[at]
                if score is not None and line.days[at] >= start:
                    across.append(panels.left(place) + (line.days[at] - start).days)
                    up.append(score - scale.minimum)
            across.append(None)
            up.append(None)
    panels.drawing.draw(
        row,
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": across,
            "y": up,
            "connectgaps": False,
            "line": {"color": edge, "width": 1.6},
            "marker": {"size": 3.5, "color": edge},
            "hoverinfo": "skip",
            **_UNDIMMED,
        },
    )


def _latest(
    panels: SmallPanels,
    row: int,
    in_row: Sequence[tuple[int, Line]],
    scale: FollowedScale,
    start: date,
    words: Words,
) -> None:
    mark = mark_of_domain(scale.domain, panels.drawing.palette)
    drawn = [
        (place, line, line.latest, line.latest_on)
        for place, line in in_row
        if line.latest is not None and line.latest_on is not None and line.latest_on >= start
    ]
    panels.drawing.draw(
        row,
        {
            "type": "scatter",
            "mode": "markers",
            "x": [panels.left(place) + (on - start).days for place, _, _, on in drawn],
            "y": [latest - scale.minimum for _, _, latest, _ in drawn],
            "marker": {
                "symbol": [_SYMBOLS[standing_in_words(line, words)[0]] for _, line, _, _ in drawn],
                "size": 9,
                "color": mark.edge,
                "line": {"color": mark.edge, "width": 1.6},
            },
            "cliponaxis": False,
            "hoverinfo": "skip",
            **_UNDIMMED,
        },
    )


def _whole_panels(
    panels: SmallPanels,
    row: int,
    in_row: Sequence[tuple[int, Line]],
    span: float,
    words: Words,
) -> None:
    """What is clicked: a bar without colour over the whole of each picture."""
    panels.drawing.draw(
        row,
        {
            "type": "bar",
            "x": [panels.left(place) + panels.width / 2 for place, _ in in_row],
            "y": [span] * len(in_row),
            "width": panels.width,
            "customdata": [[line.patient_ref] for _, line in in_row],
            "hovertext": [
                f"{plain(line.name)}<br>{plain(standing_in_words(line, words))}"
                for _, line in in_row
            ],
            "hoverinfo": "text",
            "marker": {
                "color": see_through(panels.drawing.palette.ground, 0),
                "line": {"width": 0},
            },
            **_UNDIMMED,
        },
    )


# A click opens a patient; it must not pale the rest of the picture.
_UNDIMMED: dict[str, Any] = {
    "selected": {"marker": {"opacity": 1}},
    "unselected": {"marker": {"opacity": 1}},
}


def _month(day: date, words: Words) -> str:
    return f"{words.month(day)} {day.year % 100:02d}"
