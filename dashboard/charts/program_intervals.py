"""Shares with their intervals, one row a group or kind, two marks where there are two readings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import plotly.graph_objects as go

from dashboard.charts.canvas import SMALL, TEXT, Drawing, plain
from dashboard.charts.palette import Palette, see_through
from dashboard.language import Words

ROW = 62
THIN_ROW = 34
_BOUND = 11
_APART = 0.2

Tone = Literal["better", "neutral", "worse"]


@dataclass(frozen=True)
class Mark:
    """One reading of a share: its interval, and where two bounds stand for it, both.

    Attributes:
        bounds: worst and best case; without them `share` is drawn with its interval.
        filled: whether `share` is a filled circle, else an open one.
        said: the figures in words, for the gutter; also where nothing is drawn.
    """

    said: str
    share: float | None = None
    interval: tuple[float, float] | None = None
    bounds: tuple[float, float] | None = None
    filled: bool = False


@dataclass(frozen=True)
class Row:
    """`heading` rows have a name and no marks."""

    name: str
    note: str = ""
    marks: tuple[Mark, ...] = ()
    tone: Tone = "neutral"
    heading: bool = False


def program_intervals(
    rows: Sequence[Row],
    words: Words,
    palette: Palette,
    *,
    narrow: bool = False,
    gutter: int = 158,
    names: int = 172,
) -> go.Figure:
    """Filled bars from worst to best case, open circles with whiskers, the figures to the right."""
    height = ROW if any(len(row.marks) > 1 for row in rows) else THIN_ROW
    drawing = Drawing(
        palette,
        [height * len(rows)],
        {"l": 8 if narrow else names, "r": 12 if narrow else gutter, "t": 8, "b": 30},
    )
    for place, row in enumerate(rows):
        middle = len(rows) - 1 - place
        _name(drawing, row, middle, names, narrow)
        places = (middle + _APART, middle - _APART) if len(row.marks) > 1 else (middle,)
        for mark, at in zip(row.marks, places, strict=False):
            _mark(drawing, mark, at, row.tone)
            _figures(drawing, mark, at, narrow)
    drawing.y_axis(1, range=[-0.6, len(rows) - 0.4], visible=False)
    drawing.x_axis(
        range=[-0.01, 1.0],
        tickvals=[0, 0.25, 0.5, 0.75, 1],
        ticktext=[words.share(share) for share in (0, 0.25, 0.5, 0.75, 1)],
        tickfont={"size": SMALL, "color": palette.soft_ink},
        gridcolor=palette.grid,
        linecolor=palette.axis,
    )
    return drawing.figure()


def _colour(tone: Tone, palette: Palette) -> str:
    return {"better": palette.accent, "neutral": palette.soft_ink, "worse": palette.distress}[tone]


def _name(drawing: Drawing, row: Row, at: float, names: int, narrow: bool) -> None:
    palette = drawing.palette
    lines = [(row.name, palette.ink, row.heading or bool(row.note))]
    if row.note:
        lines.append((row.note, palette.soft_ink, False))
    for place, (text, colour, bold) in enumerate(lines):
        drawing.write(
            plain(text),
            colour=colour,
            size=TEXT if place == 0 and not narrow else SMALL,
            bold=bold,
            xref="paper",
            yref="y",
            x=0,
            y=at,
            xshift=0 if narrow else -names,
            yshift=(9, -9)[place] if len(lines) > 1 else (14 if narrow and row.marks else 0),
            xanchor="left",
            yanchor="middle",
        )


def _mark(drawing: Drawing, mark: Mark, at: float, tone: Tone) -> None:
    palette = drawing.palette
    colour = _colour(tone, palette)
    if mark.interval is not None:
        drawing.shape(
            1,
            type="line",
            x0=mark.interval[0],
            x1=mark.interval[1],
            y0=at,
            y1=at,
            line={"color": colour, "width": 1.8},
        )
    if mark.bounds is not None:
        low, high = mark.bounds
        drawing.draw(
            1,
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [low, high],
                "y": [at, at],
                "line": {"color": see_through(colour, 0.55), "width": _BOUND},
                "marker": {
                    "symbol": "line-ns",
                    "size": _BOUND,
                    "line": {"width": 3},
                    "color": colour,
                },
                "hovertext": plain(mark.said),
                "hoverinfo": "text",
            },
        )
    elif mark.share is not None:
        drawing.draw(
            1,
            {
                "type": "scatter",
                "mode": "markers",
                "x": [mark.share],
                "y": [at],
                "marker": {
                    "symbol": "circle",
                    "size": 11,
                    "color": colour if mark.filled else palette.ground,
                    "line": {"color": colour, "width": 2},
                },
                "hovertext": plain(mark.said),
                "hoverinfo": "text",
            },
        )


def _figures(drawing: Drawing, mark: Mark, at: float, narrow: bool) -> None:
    drawn = mark.share is not None or mark.bounds is not None
    drawing.write(
        mark.said,
        colour=drawing.palette.ink if drawn else drawing.palette.soft_ink,
        xref="paper",
        yref="y",
        x=1,
        y=at,
        xshift=0 if narrow else 12,
        yshift=13 if narrow else 0,
        xanchor="right" if narrow else "left",
        yanchor="middle",
    )
