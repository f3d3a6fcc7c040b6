"""The share of people still waiting, day by day: this year beside the year before."""

from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.analysis.service_told import TICKS, WaitCurves
from dashboard.analysis.waiting import Curve
from dashboard.charts.canvas import INSIDE, SMALL, Drawing
from dashboard.charts.palette import Palette, see_through
from dashboard.language import Words

HEIGHT = 270
_LINE = 20
_ABOVE_ROWS = 62
# Of the days shown, the share that a name covers where the page is at its narrowest.
_WIDTH_OF_NAME = 0.2


@dataclass(frozen=True)
class _Drawn:
    name: str
    curve: Curve
    colour: str
    ink: str
    dash: str
    symbol: str


def waiting_curves(
    told: WaitCurves,
    target: int | None,
    words: Words,
    palette: Palette,
    *,
    narrow: bool = False,
) -> go.Figure:
    """Steps with their 95 % band; below the days, how many were still followed. At least one of the
    two curves is told.

    target: days by which people should have been reached.
    """
    ticks = TICKS[told.wait]
    horizon = ticks[-1]
    drawn = [
        _Drawn(name, one, colour, ink, dash, symbol)
        for name, one, colour, ink, dash, symbol in (
            ("now", told.now, palette.accent, palette.accent, "solid", "●"),
            ("before", told.before, palette.not_judged, palette.soft_ink, "dash", "■"),
        )
        if one is not None
    ]
    drawing = Drawing(
        palette,
        [HEIGHT],
        {"l": 92, "r": 24, "t": 14, "b": _ABOVE_ROWS + _LINE * len(drawn)},
    )
    for one in reversed(drawn):
        _band(drawing, one, horizon)
    for one in reversed(drawn):
        _line(drawing, one, horizon, words)
    _named(drawing, drawn, horizon, words)
    if target is not None:
        _target(drawing, target, words)
    _axes(drawing, horizon, ticks, words)
    _followed(drawing, drawn, ticks, words, narrow)
    return drawing.figure()


def _steps(
    curve: Curve, values: tuple[float, ...], horizon: int
) -> tuple[list[float], list[float]]:
    """Corners of the steps up to the horizon: drawn out, so that bands close the right way."""
    days: list[float] = []
    shares: list[float] = []
    for place, (day, value) in enumerate(zip(curve.days, values, strict=True)):
        if day > horizon:
            break
        end = curve.days[place + 1] if place + 1 < len(curve.days) else horizon
        days += [day, min(end, horizon)]
        shares += [value, value]
    return days, shares


def _band(drawing: Drawing, one: _Drawn, horizon: int) -> None:
    days, low = _steps(one.curve, one.curve.low, horizon)
    _, high = _steps(one.curve, one.curve.high, horizon)
    drawing.draw(
        1,
        {
            "type": "scatter",
            "mode": "lines",
            "x": [*days, *days[::-1]],
            "y": [*high, *low[::-1]],
            "fill": "toself",
            "fillcolor": see_through(one.colour, 0.14),
            "line": {"width": 0},
            "hoverinfo": "skip",
        },
    )


def _line(drawing: Drawing, one: _Drawn, horizon: int, words: Words) -> None:
    days, shares = _steps(one.curve, one.curve.still, horizon)
    name = words.say(f"service.curve.{one.name}")
    drawing.draw(
        1,
        {
            "type": "scatter",
            "mode": "lines",
            "x": days,
            "y": shares,
            "line": {"color": one.colour, "width": 2.4, "dash": one.dash},
            "hovertext": [
                words.say(
                    "service.curve.said",
                    name=name,
                    day=words.number(day),
                    share=words.share(share),
                )
                for day, share in zip(days, shares, strict=True)
            ],
            "hoverinfo": "text",
        },
    )


def _named(drawing: Drawing, drawn: list[_Drawn], horizon: int, words: Words) -> None:
    """The names at the ends of the lines: over the higher one, under the lower one."""
    ends = {one.name: one.curve.still_at(horizon) for one in drawn}
    for one in drawn:
        over = one is max(drawn, key=lambda other: ends[other.name])
        drawing.write(
            words.say(f"service.curve.{one.name}_short"),
            colour=one.ink,
            size=INSIDE,
            row=1,
            x=horizon,
            xanchor="right",
            # Clear of the steps that the name stands over or under.
            y=one.curve.still_at(horizon * (1 - _WIDTH_OF_NAME)) if over else ends[one.name],
            yanchor="bottom" if over else "top",
            yshift=3 if over else -3,
        )


def _target(drawing: Drawing, target: int, words: Words) -> None:
    drawing.shape(
        1,
        type="line",
        yref="y domain",
        x0=target,
        x1=target,
        y0=0,
        y1=1,
        line={"color": drawing.palette.soft_ink, "width": 1.1, "dash": "dash"},
        layer="below",
    )
    drawing.write(
        words.count("service.curve.target", target),
        colour=drawing.palette.soft_ink,
        size=INSIDE,
        row=1,
        x=target,
        xshift=5,
        xanchor="left",
        yref="y domain",
        y=1,
        yanchor="top",
    )


def _axes(drawing: Drawing, horizon: int, ticks: tuple[int, ...], words: Words) -> None:
    palette = drawing.palette
    shares = (0.0, 0.25, 0.5, 0.75, 1.0)
    drawing.y_axis(
        1,
        range=[-0.02, 1.04],
        tickvals=list(shares),
        ticktext=[words.share(share) for share in shares],
        tickfont={"size": SMALL, "color": palette.soft_ink},
        gridcolor=palette.grid,
    )
    drawing.x_axis(
        range=[-0.02 * horizon, horizon * 1.02],
        tickvals=list(ticks),
        ticktext=[
            words.say("service.curve.day", n=words.number(tick))
            if tick == 0
            else words.number(tick)
            for tick in ticks
        ],
        tickfont={"size": SMALL, "color": palette.soft_ink},
        showgrid=False,
        linecolor=palette.axis,
    )


def _followed(
    drawing: Drawing, drawn: list[_Drawn], ticks: tuple[int, ...], words: Words, narrow: bool
) -> None:
    """Rows of numbers under the axis, with the marks of the lines."""
    palette = drawing.palette
    drawing.beside(
        1,
        words.say("service.curve.followed"),
        colour=palette.soft_ink,
        x=0,
        xshift=-86,
        xanchor="left",
        y=0,
        yshift=-30,
        yanchor="top",
    )
    for place, one in enumerate(drawn):
        down = -30 - _LINE * (place + 1)
        drawing.beside(
            1,
            f"{one.symbol} {words.say(f'service.curve.{one.name}_short')}",
            colour=one.ink,
            x=0,
            xshift=-86,
            xanchor="left",
            y=0,
            yshift=down,
            yanchor="top",
        )
        for at, (tick, number) in enumerate(zip(ticks, one.curve.followed, strict=True)):
            if narrow and at % 2:
                continue
            drawing.write(
                words.say("service.mark.hidden") if number is None else words.number(number),
                colour=palette.soft_ink,
                size=INSIDE,
                row=1,
                x=tick,
                yref="y domain",
                y=0,
                yshift=down,
                yanchor="top",
            )
