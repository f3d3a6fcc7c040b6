"""Each support type over time: what was needed, what was received, and the gap between them."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import plotly.graph_objects as go

from dashboard.analysis.gap_history import SURE_GAP, GapHistory
from dashboard.analysis.support import HIGHEST_ANSWER
from dashboard.charts.canvas import INSIDE, SMALL, Drawing
from dashboard.charts.palette import Palette, see_through
from dashboard.language import Words

ROW_HEIGHT = 104
_BETWEEN = 16
_LEFT_GUTTER = 128
_RIGHT_GUTTER = 14
# Figures of a gap that may be chance give way where two forms are this close, as a share of the
# axis; so do none of the others.
_ROOM_FOR_A_FIGURE = 0.045
_GRID_DAYS = 120
# Below the answers there is room for the gap in figures.
_FIGURES = -1.15
_BOTTOM = -1.75
# So that a mark on the first or last day is whole.
_MARGIN = timedelta(days=10)


def gap_history(
    histories: Sequence[GapHistory],
    start: date,
    end: date,
    words: Words,
    palette: Palette,
    *,
    narrow: bool = False,
) -> go.Figure:
    """A row a support type: need and receipt on each form, and the gap between them in figures.

    A form that does not judge the type is a ring. Shaded: the need stood open. Two forms more
    than 120 days apart are not joined, since nothing was known in between.
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
        gap=_BETWEEN + (12 if narrow else 0),
    )
    for row, history in enumerate(histories, start=1):
        type_row = _Row(drawing, row, history, start, end, words)
        type_row.frame()
        type_row.episodes()
        type_row.connectors()
        type_row.answers("need")
        type_row.answers("received")
        type_row.figures()
        type_row.unjudged()
        type_row.names(narrow)
    drawing.x_axis(
        range=[(start - _MARGIN).isoformat(), (end + _MARGIN).isoformat()],
        type="date",
        tickformat="%b %Y" if words.code == "en" else "%m/%Y",
        nticks=4 if narrow else 6,
        tickfont={"size": SMALL, "color": palette.soft_ink},
        gridcolor=palette.grid,
        linecolor=palette.axis,
    )
    return drawing.figure()


class _Row:
    """One support type in one row of the drawing."""

    def __init__(
        self,
        drawing: Drawing,
        row: int,
        history: GapHistory,
        start: date,
        end: date,
        words: Words,
    ) -> None:
        self.drawing = drawing
        self.row = row
        self.history = history
        self.start = start
        self.end = end
        self.words = words
        self.palette = drawing.palette
        self.name = words.say(f"type.{history.support_type}")
        self.forms = [form for form in history.judged if start <= form[0] <= end]

    def frame(self) -> None:
        palette = self.palette
        self.drawing.y_axis(
            self.row,
            range=[_BOTTOM, HIGHEST_ANSWER + 0.5],
            tickvals=[0, HIGHEST_ANSWER // 2, HIGHEST_ANSWER],
            tickfont={"size": INSIDE, "color": palette.soft_ink},
            gridcolor=palette.grid,
        )

    def episodes(self) -> None:
        for first, last, _ in self.history.episodes:
            if last > self.start:
                self.drawing.shape(
                    self.row,
                    type="rect",
                    x0=max(first, self.start).isoformat(),
                    x1=last.isoformat(),
                    y0=_BOTTOM,
                    y1=HIGHEST_ANSWER + 0.5,
                    fillcolor=see_through(self.palette.under, 0.11),
                    line={"width": 0},
                    layer="below",
                )

    def connectors(self) -> None:
        """A bar from receipt to need on each form, in the colour of what the gap is."""
        palette = self.palette
        for state, colour in (
            ("under", palette.under),
            ("over", palette.over_edge),
            ("within", palette.not_judged),
        ):
            forms = [form for form in self.forms if form[3] and gap_state(form[3]) == state]
            if not forms:
                continue
            self.drawing.draw(
                self.row,
                {
                    "type": "scatter",
                    "x": [
                        day for on, *_ in forms for day in (on.isoformat(), on.isoformat(), None)
                    ],
                    "y": [
                        value for _, need, received, _ in forms for value in (received, need, None)
                    ],
                    "mode": "lines",
                    "line": {"color": see_through(colour, 0.5), "width": 5},
                    "hoverinfo": "skip",
                    "name": state,
                },
            )

    def answers(self, asked: str) -> None:
        """Diamonds for need, circles for receipt, joined from form to form."""
        palette = self.palette
        need = asked == "need"
        edge = palette.need_edge if need else palette.support
        days = [on for on, *_ in self.forms]
        values = [wanted if need else received for _, wanted, received, _ in self.forms]
        said = self.words.say(f"chart.{asked}")
        x, y = _broken(days, values)
        self.drawing.draw(
            self.row,
            {
                "type": "scatter",
                "x": x,
                "y": y,
                "mode": "lines+markers",
                "connectgaps": False,
                "line": {"color": edge, "width": 1.4, "dash": "dot" if need else "solid"},
                "marker": {
                    "symbol": "diamond" if need else "circle",
                    "size": 11 if need else 8,
                    "color": palette.need if need else palette.support,
                    "line": {"color": edge, "width": 1.2},
                },
                "hovertemplate": f"%{{x|%d/%m/%Y}}: {said} %{{y}}<extra>{self.name}</extra>",
                "name": asked,
            },
        )

    def figures(self) -> None:
        """The gap of each form below it: sign and bold type say what the colour says."""
        inks = {
            "under": self.palette.under_ink,
            "over": self.palette.over_ink,
            "within": self.palette.soft_ink,
        }
        states = [gap_state(gap) for *_, gap in self.forms]
        written = self._with_room(states)
        self.drawing.draw(
            self.row,
            {
                "type": "scatter",
                "x": [on.isoformat() for on, *_ in self.forms],
                "y": [_FIGURES] * len(self.forms),
                "mode": "text",
                "text": [
                    _bold(self.words.signed(gap), state != "within") if shown else ""
                    for state, shown, (*_, gap) in zip(states, written, self.forms, strict=True)
                ],
                "textfont": {"size": INSIDE, "color": [inks[state] for state in states]},
                "hoverinfo": "skip",
                "name": "gap",
            },
        )

    def _with_room(self, states: Sequence[str]) -> list[bool]:
        """Which figures are written: all that are sure, others where they touch none."""
        width = max((self.end - self.start).days, 1)
        places = [(on - self.start).days / width for on, *_ in self.forms]
        sure = [place for place, state in zip(places, states, strict=True) if state != "within"]
        written: list[bool] = []
        last = -1.0
        for place, state in zip(places, states, strict=True):
            near = [other for other in (*sure, last) if abs(other - place) < _ROOM_FOR_A_FIGURE]
            shown = state != "within" or not near
            written.append(shown)
            last = place if shown else last
        return written

    def unjudged(self) -> None:
        days = [day for day in self.history.unjudged if self.start <= day <= self.end]
        not_judged = self.words.say("gaps.not_judged")
        self.drawing.draw(
            self.row,
            {
                "type": "scatter",
                "x": [day.isoformat() for day in days],
                "y": [_FIGURES] * len(days),
                "mode": "markers",
                "marker": {
                    "symbol": "circle-open",
                    "size": 8,
                    "color": self.palette.not_judged,
                    "line": {"width": 1.6},
                },
                "hovertemplate": f"%{{x|%d/%m/%Y}}: {not_judged}<extra></extra>",
                "name": "not_judged",
            },
        )

    def names(self, narrow: bool) -> None:
        is_open = bool(self.history.episodes) and not self.history.episodes[-1][2]
        state = self.words.say("gaps.open" if is_open else "gaps.not_open")
        if narrow:
            self.drawing.beside(
                self.row,
                f"<b>{self.name}</b>  {state}",
                colour=self.palette.ink,
                x=0,
                xanchor="left",
                y=1,
                yanchor="bottom",
            )
            return
        self.drawing.beside(
            self.row,
            self.name,
            colour=self.palette.ink,
            size=13.5,
            bold=True,
            x=0,
            xshift=-_LEFT_GUTTER,
            xanchor="left",
            y=0.7,
        )
        self.drawing.beside(
            self.row,
            state,
            colour=self.palette.under_ink if is_open else self.palette.soft_ink,
            bold=is_open,
            x=0,
            xshift=-_LEFT_GUTTER,
            xanchor="left",
            y=0.7,
            yshift=-18,
        )


def _bold(text: str, is_sure: bool) -> str:
    return f"<b>{text}</b>" if is_sure else text


def gap_state(gap: float) -> str:
    """Whether one form alone says that less, or more, is received than needed."""
    if abs(gap) < SURE_GAP:
        return "within"
    return "under" if gap > 0 else "over"


def _broken(days: Iterable[date], values: Iterable[float]) -> tuple[list[str], list[float | None]]:
    """Points of a line that breaks where two forms are far apart."""
    x: list[str] = []
    y: list[float | None] = []
    earlier: date | None = None
    for on, value in zip(days, values, strict=True):
        if earlier is not None and (on - earlier).days > _GRID_DAYS:
            x.append(earlier.isoformat())
            y.append(None)
        x.append(on.isoformat())
        y.append(value)
        earlier = on
    return x, y
