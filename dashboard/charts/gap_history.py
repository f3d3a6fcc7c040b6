"""How far each support type fell short over time: small pictures on shared dates."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go

from dashboard.analysis.gap_history import GapHistory
from dashboard.charts.canvas import INSIDE, SMALL, Drawing
from dashboard.charts.palette import Palette, see_through
from dashboard.language import Words

ROW_HEIGHT = 74
_BETWEEN = 16
_LEFT_GUTTER = 112
_RIGHT_GUTTER = 150
_WIDEST = 4
_GRID_DAYS = 120
# So that a mark on the first or last day is whole.
_MARGIN = timedelta(days=8)


def gap_history(
    histories: Sequence[GapHistory],
    start: date,
    end: date,
    words: Words,
    palette: Palette,
    *,
    narrow: bool = False,
) -> go.Figure:
    """A row a support type: need less receipt on each form, above the line where it falls short.

    A form that does not judge the type is a ring on the line. Shaded: the need stood open. Two
    forms more than 120 days apart are not joined, since nothing was known in between.
    """
    drawing = Drawing(
        palette,
        [ROW_HEIGHT] * len(histories),
        {
            "l": 34 if narrow else _LEFT_GUTTER,
            "r": 16 if narrow else _RIGHT_GUTTER,
            "t": 24,
            "b": 30,
        },
        gap=_BETWEEN + (10 if narrow else 0),
    )
    for row, history in enumerate(histories, start=1):
        _frame(drawing, row, palette)
        _episodes(drawing, row, history, start)
        _line(drawing, row, history, words)
        _unjudged(drawing, row, history, words)
        _names(drawing, row, history, words, narrow)
    drawing.x_axis(
        range=[(start - _MARGIN).isoformat(), (end + _MARGIN).isoformat()],
        type="date",
        tickformat="%b %Y" if words.code == "en" else "%m/%Y",
        nticks=4 if narrow else 8,
        tickfont={"size": SMALL, "color": palette.soft_ink},
        gridcolor=palette.grid,
        linecolor=palette.axis,
    )
    return drawing.figure()


def _frame(drawing: Drawing, row: int, palette: Palette) -> None:
    drawing.y_axis(
        row,
        range=[-_WIDEST - 0.5, _WIDEST + 0.5],
        tickvals=[-_WIDEST, 0, _WIDEST],
        ticktext=[f"−{_WIDEST}", "0", f"+{_WIDEST}"],
        tickfont={"size": INSIDE, "color": palette.soft_ink},
        gridcolor=palette.grid,
    )
    drawing.shape(
        row,
        type="line",
        xref="paper",
        x0=0,
        x1=1,
        y0=0,
        y1=0,
        line={"color": palette.axis, "width": 1.2},
        layer="below",
    )


def _episodes(drawing: Drawing, row: int, history: GapHistory, start: date) -> None:
    for first, last, _ in history.episodes:
        if last > start:
            drawing.shape(
                row,
                type="rect",
                x0=max(first, start).isoformat(),
                x1=last.isoformat(),
                y0=-_WIDEST - 0.5,
                y1=_WIDEST + 0.5,
                fillcolor=see_through(drawing.palette.under, 0.13),
                line={"width": 0},
                layer="below",
            )


def _line(drawing: Drawing, row: int, history: GapHistory, words: Words) -> None:
    """Straight from form to form, dots in the colour and shape of what they say."""
    palette = drawing.palette
    days: list[str] = []
    gaps: list[float | None] = []
    earlier: date | None = None
    for on, gap in zip(history.judged["on"], history.judged["gap"], strict=True):
        if earlier is not None and (on - earlier).days > _GRID_DAYS:
            days.append(earlier.isoformat())
            gaps.append(None)
        days.append(on.isoformat())
        gaps.append(gap)
        earlier = on
    known = [gap for gap in gaps if gap is not None]
    drawing.draw(
        row,
        {
            "type": "scatter",
            "x": days,
            "y": gaps,
            "mode": "lines+markers",
            "connectgaps": False,
            "line": {"color": palette.soft_ink, "width": 1.6},
            "marker": {
                "size": 8,
                "color": [_colour(gap, palette) for gap in gaps],
                "symbol": [_symbol(gap) for gap in gaps],
            },
            "hovertemplate": f"%{{x|%d/%m/%Y}}: %{{y}}<extra>{_name(history, words)}</extra>",
        },
    )
    if known:
        drawing.write(
            words.signed(known[-1]),
            row=row,
            colour=palette.ink,
            size=INSIDE,
            x=days[-1],
            y=known[-1],
            yshift=11 if known[-1] >= 0 else -11,
        )


def _unjudged(drawing: Drawing, row: int, history: GapHistory, words: Words) -> None:
    ring: dict[str, Any] = {
        "type": "scatter",
        "x": [day.isoformat() for day in history.unjudged],
        "y": [0] * len(history.unjudged),
        "mode": "markers",
        "marker": {
            "symbol": "circle-open",
            "size": 8,
            "color": drawing.palette.not_judged,
            "line": {"width": 1.6},
        },
        "hovertemplate": f"%{{x|%d/%m/%Y}}: {words.say('gaps.not_judged')}<extra></extra>",
    }
    drawing.draw(row, ring)


def _names(drawing: Drawing, row: int, history: GapHistory, words: Words, narrow: bool) -> None:
    palette = drawing.palette
    is_open = bool(history.episodes) and not history.episodes[-1][2]
    state = words.say("gaps.open" if is_open else "gaps.not_open")
    ink = palette.under_ink if is_open else palette.soft_ink
    if narrow:
        text = f"<b>{_name(history, words)}</b>  {state}"
        drawing.beside(row, text, colour=palette.ink, x=0, xanchor="left", y=1, yanchor="bottom")
        return
    drawing.beside(
        row,
        _name(history, words),
        colour=palette.ink,
        size=13.5,
        bold=True,
        x=0,
        xshift=-_LEFT_GUTTER,
        xanchor="left",
        y=0.5,
    )
    drawing.beside(row, state, colour=ink, bold=is_open, x=1, xshift=10, xanchor="left", y=0.5)


def _name(history: GapHistory, words: Words) -> str:
    return words.say(f"type.{history.support_type}")


def _colour(gap: float | None, palette: Palette) -> str:
    if gap is None or gap == 0:
        return palette.met
    return palette.under if gap > 0 else palette.over


def _symbol(gap: float | None) -> str:
    if gap is None or gap == 0:
        return "circle"
    return "triangle-down" if gap > 0 else "triangle-up"
