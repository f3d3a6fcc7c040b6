"""Of each cohort at each planned time: who has a score, who has none, and who is not yet due."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from dashboard.analysis.cohort_view import CohortView
from dashboard.analysis.cohort_windows import COHORTS
from dashboard.charts.canvas import INSIDE, SMALL, TEXT, Drawing, plain, shortened
from dashboard.charts.cohort_marks import mark_of_cohort
from dashboard.charts.mismatch_matrix import ink_on
from dashboard.charts.palette import Palette
from dashboard.language import Words

ROW = 30
_NAMES = 78
_NARROWEST = 0.07


def cohort_missing(
    told: CohortView,
    names: Mapping[str, str],
    ticks: Sequence[str],
    words: Words,
    palette: Palette,
) -> go.Figure:
    """Solid: a score; hatched: none, though the time is over; faint: not over, or no time zero.
    Where what is missing may not be told, the rest is one dotted bar."""
    times = len(ticks)
    drawing = Drawing(
        palette, [ROW * times, ROW * times], {"l": _NAMES, "r": 24, "t": 30, "b": 30}, gap=40
    )
    for row, cohort in enumerate(COHORTS, start=1):
        mark = mark_of_cohort(cohort, palette)
        drawing.y_axis(
            row,
            range=[-0.6, times - 0.4],
            tickvals=list(range(times)),
            ticktext=list(ticks)[::-1],
            tickfont={"size": SMALL, "color": palette.ink},
            ticklabelstandoff=6,
            showgrid=False,
        )
        drawing.beside(
            row,
            f"<b>{mark.glyph} {cohort.upper()}</b> {plain(shortened(names[cohort], 34))}",
            colour=mark.colour,
            size=TEXT,
            x=0,
            y=1,
            xanchor="left",
            yanchor="bottom",
        )
        for place, one in enumerate(told.of(cohort)):
            _bar(drawing, row, times - 1 - place, _parts(told, cohort, one.window), cohort, words)
    drawing.x_axis(
        range=[0, 1],
        tickvals=[0, 0.5, 1],
        ticktext=[words.share(share) for share in (0, 0.5, 1)],
        tickfont={"size": SMALL, "color": palette.soft_ink},
        showgrid=False,
    )
    return drawing.figure(barmode="overlay")


def _parts(told: CohortView, cohort: str, window: float) -> list[tuple[str, float]]:
    """What became of the form of each person: kind and share, as far as they may be told."""
    size = told.sizes[cohort]
    one = next(at for at in told.of(cohort) if at.window == window)
    may = told.told[window]
    if not size or not may.scored:
        return [("hidden", 1.0)]
    scored = one.n / size
    if not may.missing:
        return [("scored", scored), ("hidden", 1 - scored)]
    missing = one.missing / size
    return [("scored", scored), ("missing", missing), ("not_over", 1 - scored - missing)]


def _bar(
    drawing: Drawing,
    row: int,
    at: float,
    parts: Sequence[tuple[str, float]],
    cohort: str,
    words: Words,
) -> None:
    palette = drawing.palette
    colour = mark_of_cohort(cohort, palette).colour
    begin = 0.0
    for kind, share in parts:
        fill, pattern, ink = {
            "scored": (colour, "", palette.ground),
            "missing": (palette.need, "/", ink_on(palette.need, palette)),
            "not_over": (palette.axis, "", palette.ink),
            "hidden": (palette.axis, ".", palette.ink),
        }[kind]
        drawing.draw(
            row,
            {
                "type": "bar",
                "orientation": "h",
                "x": [share],
                "base": [begin],
                "y": [at],
                "width": 0.74,
                "marker": {
                    "color": fill,
                    "line": {"color": palette.ground, "width": 1},
                    "pattern": {
                        "shape": pattern,
                        "fgcolor": palette.ground,
                        "fillmode": "overlay",
                        "size": 7,
                    },
                },
                "hoverinfo": "skip",
            },
        )
        if share >= _NARROWEST and kind != "hidden":
            drawing.write(
                words.number(round(share * 100)),
                colour=ink,
                row=row,
                size=INSIDE,
                x=begin + share / 2,
                y=at,
                bgcolor=fill,
            )
        begin += share
