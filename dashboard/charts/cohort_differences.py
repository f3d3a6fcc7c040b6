"""The first cohort less the second at each planned time, with intervals and the size."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from dashboard.analysis.regression import Estimate
from dashboard.charts.canvas import INSIDE, SMALL, TEXT, Drawing
from dashboard.charts.palette import Palette, see_through
from dashboard.language import Words

Row = tuple[Estimate, Estimate | None]
"""A difference, and Hedges' g where there is one."""

ROW = 62
_NAMES = 78
_GUTTER = 300


def cohort_differences(
    found: Mapping[float, Row | None],
    main: float,
    ticks: Sequence[str],
    unit: str,
    words: Words,
    palette: Palette,
    *,
    narrow: bool = False,
) -> go.Figure:
    """Filled where the interval leaves out zero; the row of the main time lies on a tint."""
    drawing = Drawing(
        palette,
        [ROW * len(found)],
        {"l": _NAMES, "r": 12 if narrow else _GUTTER, "t": 30, "b": 56},
    )
    ends = [
        end for one in found.values() if one is not None for end in (one[0].low, one[0].high, 0.0)
    ] or [-1.0, 1.0]
    room = (max(ends) - min(ends)) * 0.08
    drawing.x_axis(
        range=[min(ends) - room, max(ends) + room],
        tickfont={"size": SMALL, "color": palette.soft_ink},
        gridcolor=palette.grid,
        linecolor=palette.axis,
        nticks=6,
        title={"text": unit, "font": {"size": SMALL, "color": palette.soft_ink}},
    )
    drawing.y_axis(1, range=[-0.5, len(found) - 0.5], visible=False)
    drawing.shape(
        1, type="line", x0=0, x1=0, y0=-0.5, y1=len(found) - 0.5, line={"color": palette.soft_ink}
    )
    if not narrow:
        headed = [(14, "points")]
        if any(one is not None and one[1] is not None for one in found.values()):
            headed.append((150, "g"))
        for x, text in headed:
            drawing.write(
                words.say(f"cohorts.differences.{text}"),
                colour=palette.soft_ink,
                x=1,
                y=1,
                xshift=x,
                yshift=8,
                xanchor="left",
                yanchor="bottom",
            )
    for place, (window, one) in enumerate(found.items()):
        at = len(found) - 1 - place
        if window == main:
            _tint(drawing, at)
        drawing.write(
            ticks[place],
            colour=palette.ink,
            size=TEXT,
            bold=window == main,
            xref="paper",
            yref="y",
            x=0,
            y=at,
            xshift=-_NAMES + 4,
            xanchor="left",
            yanchor="middle",
        )
        if one is not None:
            _interval(drawing, one[0], at)
        _figures(drawing, one, at, window == main, words, narrow)
    return drawing.figure()


def in_figures(estimate: Estimate, words: Words, *, signed: bool, places: int) -> str:
    """ "+1.1 (0.5 to 1.7)"."""

    def figure(value: float) -> str:
        sign = "+" if signed and round(value, places) > 0 else ""
        return sign + words.fixed(value, places)

    return words.say(
        "cohorts.figures",
        value=figure(estimate.value),
        low=words.fixed(estimate.low, places),
        high=words.fixed(estimate.high, places),
    )


def _tint(drawing: Drawing, at: float) -> None:
    # Beyond the plot on both sides: names and figures lie on it, too.
    drawing.shape(
        1,
        type="rect",
        xref="paper",
        x0=-1,
        x1=3,
        y0=at - 0.36,
        y1=at + 0.36,
        fillcolor=see_through(drawing.palette.accent, 0.09),
        line={"width": 0},
        layer="below",
    )


def _interval(drawing: Drawing, one: Estimate, at: float) -> None:
    palette = drawing.palette
    colour = palette.ink if one.clear else palette.soft_ink
    drawing.shape(
        1,
        type="line",
        x0=one.low,
        x1=one.high,
        y0=at,
        y1=at,
        line={"color": colour, "width": 1.8},
    )
    drawing.draw(
        1,
        {
            "type": "scatter",
            "mode": "markers",
            "x": [one.value],
            "y": [at],
            "marker": {
                "symbol": "circle",
                "size": 11,
                "color": colour if one.clear else palette.ground,
                "line": {"color": colour, "width": 2},
            },
            "hoverinfo": "skip",
        },
    )


def _figures(
    drawing: Drawing, one: Row | None, at: float, main: bool, words: Words, narrow: bool
) -> None:
    palette = drawing.palette
    if one is None:
        told = [(words.say("cohorts.too_few"), 14)]
    else:
        told = [(in_figures(one[0], words, signed=True, places=1), 14)]
        if one[1] is not None:
            told.append((in_figures(one[1], words, signed=False, places=2), 150))
    if narrow:
        told = [(told[0][0], 0)]
    for text, shift in told:
        drawing.write(
            text,
            colour=palette.ink if one is not None else palette.soft_ink,
            size=INSIDE if narrow else TEXT,
            bold=main,
            xref="paper",
            yref="y",
            x=1,
            y=at,
            xshift=shift,
            yshift=20 if narrow else 0,
            xanchor="right" if narrow else "left",
            yanchor="middle",
        )
