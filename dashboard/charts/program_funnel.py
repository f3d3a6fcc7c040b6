"""How far people came in a program: one bar a step, over the track of everyone referred."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.canvas import SMALL, TEXT, Drawing
from dashboard.charts.palette import Palette, see_through
from dashboard.language import Words

ROW = 64
_HALF = 0.24
_NAMES = 164


def program_funnel(
    steps: Sequence[tuple[str, int | None]], words: Words, palette: Palette, *, narrow: bool = False
) -> go.Figure:
    """Bars with their numbers, the share of those referred beside them, and between two steps how
    many were lost.

    steps: what each is called, and how many reached it; None where that is hidden. The first one
        is the whole.
    """
    rows = len(steps)
    whole = steps[0][1] or 1
    drawing = Drawing(
        palette,
        [ROW * rows],
        {"l": 8 if narrow else _NAMES, "r": 56, "t": 26, "b": 4},
    )
    drawing.write(
        words.say("programs.funnel.of"),
        colour=palette.soft_ink,
        x=1,
        y=1,
        xshift=54,
        xanchor="right",
        yanchor="bottom",
    )
    before: int | None = None
    for place, (name, people) in enumerate(steps):
        height = rows - 1 - place
        _bar(drawing, height, 1.0, see_through(palette.soft_ink, 0.08))
        if people is not None:
            _bar(drawing, height, people / whole, palette.accent)
        _name(drawing, height, name, narrow)
        told = words.say("disclosure.hidden") if people is None else words.number(people)
        share = "" if people is None else words.share(people / whole)
        short = people is None or people / whole < 0.12
        drawing.write(
            told,
            colour=palette.ink if short else palette.ground,
            row=1,
            size=TEXT,
            bold=True,
            x=(people or 0) / whole if short else 0,
            y=height,
            xshift=8,
            xanchor="left",
            yanchor="middle",
        )
        _beside(drawing, height, share)
        if before is not None and people is not None and before > people:
            drawing.write(
                words.say("programs.funnel.lost", n=words.number(before - people)),
                colour=palette.soft_ink,
                row=1,
                x=0,
                y=height + 0.5,
                xshift=8,
                xanchor="left",
                yanchor="middle",
            )
        before = people
    drawing.y_axis(1, range=[-0.5, rows - 0.45], visible=False)
    drawing.x_axis(range=[0, 1], visible=False)
    return drawing.figure()


def _bar(drawing: Drawing, height: float, share: float, colour: str) -> None:
    drawing.shape(
        1,
        type="rect",
        x0=0,
        x1=share,
        y0=height - _HALF,
        y1=height + _HALF,
        fillcolor=colour,
        line={"width": 0},
        layer="below",
    )


def _name(drawing: Drawing, height: float, name: str, narrow: bool) -> None:
    """Left of the bar, or above it on a phone."""
    drawing.write(
        name,
        colour=drawing.palette.ink,
        size=TEXT if not narrow else SMALL,
        xref="paper",
        yref="y",
        x=1 if narrow else 0,
        y=height + (_HALF + 0.13 if narrow else 0),
        xshift=0 if narrow else -_NAMES,
        xanchor="right" if narrow else "left",
        yanchor="middle",
    )


def _beside(drawing: Drawing, height: float, share: str) -> None:
    drawing.write(
        share,
        colour=drawing.palette.soft_ink,
        xref="paper",
        yref="y",
        x=1,
        y=height,
        xshift=54,
        xanchor="right",
        yanchor="middle",
    )
