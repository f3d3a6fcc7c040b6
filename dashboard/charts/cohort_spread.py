"""Where the people of two cohorts stand on the scale: a panel of bars for each."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from dashboard.analysis.cohort_view import Bar, Shares
from dashboard.analysis.cohort_windows import COHORTS
from dashboard.charts.canvas import INSIDE, SMALL, TEXT, Drawing, plain, shortened
from dashboard.charts.cohort_marks import mark_of_cohort
from dashboard.charts.palette import Palette, see_through
from dashboard.language import Words

HEIGHT = 150
_LONGEST_NAME = 34


def bar_in_words(bar: Bar, highest: float, words: Words) -> str:
    """ "4", or "4–7" where a bar stands for several scores."""
    last = min(bar.high - 1, highest)
    if last <= bar.low:
        return words.number(bar.low)
    return f"{words.number(bar.low)}–{words.number(last)}"


def cohort_spread(
    bars: Sequence[Bar],
    shares: Shares | None,
    cut_off: float | None,
    highest: float,
    names: Mapping[str, str],
    axis: str,
    at_cut_off: str,
    words: Words,
    palette: Palette,
) -> go.Figure:
    """Shares of each cohort; bars below the cut-off are faint."""
    drawing = Drawing(palette, [HEIGHT, HEIGHT], {"l": 8, "r": 8, "t": 48, "b": 52}, gap=44)
    places = list(range(len(bars)))
    n = {name: sum(bar.people[name] for bar in bars) for name in COHORTS}
    part = {name: [bar.people[name] / n[name] for bar in bars] for name in COHORTS}
    highest_bar = max(max(of_cohort) for of_cohort in part.values())
    for row, cohort in enumerate(COHORTS, start=1):
        mark = mark_of_cohort(cohort, palette)
        drawing.y_axis(row, range=[0, highest_bar * 1.3], visible=False)
        drawing.draw(
            row,
            {
                "type": "bar",
                "x": places,
                "y": part[cohort],
                "width": 0.86,
                "marker": {
                    "color": [
                        mark.colour
                        if cut_off is None or bar.low >= cut_off
                        else see_through(mark.colour, 0.35)
                        for bar in bars
                    ],
                    "line": {"color": mark.colour, "width": 1},
                },
                "hoverinfo": "skip",
            },
        )
        for place, share in zip(places, part[cohort], strict=True):
            drawing.write(
                words.number(round(share * 100)),
                colour=palette.soft_ink,
                row=row,
                size=INSIDE,
                x=place,
                y=share,
                yanchor="bottom",
            )
        drawing.shape(
            row,
            type="line",
            xref="paper",
            x0=0,
            x1=1,
            y0=0,
            y1=0,
            line={"color": palette.axis, "width": 1},
        )
        drawing.beside(
            row,
            f"<b>{mark.glyph} {cohort.upper()}</b> "
            f"{plain(shortened(names[cohort], _LONGEST_NAME))} · "
            f"{words.say('cohorts.n', n=words.number(n[cohort]))}",
            colour=mark.colour,
            size=TEXT,
            x=0,
            y=1,
            xanchor="left",
            yanchor="bottom",
        )
        if shares is not None and cut_off is not None:
            share = shares.a if cohort == "a" else shares.b
            drawing.beside(
                row,
                f"<b>{words.share(share)}</b> "
                f"{words.say('cohorts.spread.above', cut_off=words.number(cut_off))}",
                colour=mark.colour,
                size=TEXT,
                x=1,
                y=1,
                xanchor="right",
                yanchor="bottom",
            )
    if cut_off is not None:
        _cut_off(drawing, bars, cut_off, at_cut_off)
    drawing.x_axis(
        range=[-0.6, len(bars) - 0.4],
        tickvals=places,
        ticktext=[bar_in_words(bar, highest, words) for bar in bars],
        tickfont={"size": SMALL, "color": palette.soft_ink},
        showgrid=False,
        title={"text": axis, "font": {"size": SMALL, "color": palette.soft_ink}},
    )
    return drawing.figure()


def _cut_off(drawing: Drawing, bars: Sequence[Bar], cut_off: float, text: str) -> None:
    place = next((at for at, bar in enumerate(bars) if bar.low >= cut_off), None)
    if place is None:
        return
    palette = drawing.palette
    drawing.shape(
        1,
        type="line",
        yref="paper",
        x0=place - 0.5,
        x1=place - 0.5,
        y0=0,
        y1=1,
        line={"color": palette.soft_ink, "width": 1.1, "dash": "dash"},
    )
    drawing.write(
        plain(text),
        colour=palette.soft_ink,
        size=INSIDE,
        xref="x",
        yref="paper",
        x=place - 0.5,
        y=1,
        yshift=22,
        xanchor="center",
        yanchor="bottom",
    )
