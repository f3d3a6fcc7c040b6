"""Mean distress in the four cells of wanted and received support, with its interval."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.analysis.need_and_distress import FourCell, mean_interval, share_above
from dashboard.charts.canvas import SMALL, Drawing, plain
from dashboard.charts.palette import Palette
from dashboard.language import Words

ROW = 52
_SYMBOLS = {
    "wanted_received": "circle",
    "wanted_only": "triangle-down",
    "received_only": "triangle-up",
    "neither": "circle-open",
}


def four_cells(
    cells: Sequence[FourCell],
    measure: str,
    scale: tuple[float, float],
    cut_off: float,
    words: Words,
    palette: Palette,
    *,
    narrow: bool = False,
) -> go.Figure:
    """One row a cell: the mean and its interval, the figures beside it in one column.

    Args:
        measure: title of the distress measure. scale: its lowest and highest score.
    """
    rows = len(cells)
    drawing = Drawing(
        palette,
        [ROW * rows],
        {"l": 158, "r": 12 if narrow else 200, "t": 30, "b": 46},
    )
    colours = {
        "wanted_received": palette.met,
        "wanted_only": palette.under,
        "received_only": palette.over_edge,
        "neither": palette.not_judged,
    }
    for place, cell in enumerate(cells):
        height = rows - 1 - place
        known = cell.mean is not None
        drawing.beside(
            1,
            words.say(f"mismatch.four.{cell.key}"),
            colour=palette.ink if known else palette.soft_ink,
            x=0,
            y=height,
            yref="y",
            yshift=8,
            xshift=-10,
            xanchor="right",
            yanchor="middle",
        )
        drawing.beside(
            1,
            words.say(f"mismatch.four_short.{cell.key}"),
            colour=palette.soft_ink,
            x=0,
            y=height,
            yref="y",
            yshift=-8,
            xshift=-10,
            xanchor="right",
            yanchor="middle",
        )
        if known:
            _mark(drawing, cell, height, colours[cell.key], measure, words)
        _figures(drawing, cell, height, words, narrow)
    _cut_off(drawing, cut_off, rows, words)
    drawing.y_axis(1, range=[-0.6, rows - 0.4], visible=False)
    drawing.x_axis(
        range=list(scale),
        nticks=6,
        title={"text": plain(measure), "font": {"size": SMALL, "color": palette.soft_ink}},
        tickfont={"size": SMALL, "color": palette.soft_ink},
        gridcolor=palette.grid,
        linecolor=palette.axis,
    )
    return drawing.figure()


def _mark(
    drawing: Drawing, cell: FourCell, height: int, colour: str, measure: str, words: Words
) -> None:
    assert cell.mean is not None
    assert cell.low is not None
    assert cell.high is not None
    drawing.draw(
        1,
        {
            "type": "scatter",
            "mode": "markers",
            "x": [cell.mean],
            "y": [height],
            "marker": {
                "symbol": _SYMBOLS[cell.key],
                "size": 12,
                "color": colour,
                "line": {"color": colour, "width": 2},
            },
            "error_x": {
                "type": "data",
                "symmetric": False,
                "array": [cell.high - cell.mean],
                "arrayminus": [cell.mean - cell.low],
                "color": colour,
                "thickness": 2,
                "width": 0,
            },
            "hovertext": [
                words.say(
                    "mismatch.four.said",
                    cell=words.say(f"mismatch.four.{cell.key}"),
                    measure=plain(measure),
                    mean=words.number(round(cell.mean, 1)),
                    n=words.number(cell.n),
                    share=share_above(cell, words),
                )
            ],
            "hoverinfo": "text",
        },
    )


def _figures(drawing: Drawing, cell: FourCell, height: int, words: Words, narrow: bool) -> None:
    """Mean, interval and n; below them the share above the cut-off. On a phone they stand over
    the mark."""
    palette = drawing.palette
    number = words.say("mismatch.n", n=words.number(cell.n))
    if cell.mean is None:
        lines = [f"{words.say('mismatch.four.too_few')}, {number}"]
    else:
        mean = words.number(round(cell.mean, 1))
        lines = [
            f"<b>{mean}</b> ({mean_interval(cell, words)}), {number}",
            words.say("mismatch.four.above", share=share_above(cell, words)),
        ]
    for place, line in enumerate(lines[:1] if narrow else lines):
        drawing.write(
            line,
            colour=palette.ink if cell.mean is not None and place == 0 else palette.soft_ink,
            xref="paper",
            yref="y",
            x=1,
            y=height,
            xshift=0 if narrow else 8,
            yshift=16 if narrow else (8, -8)[place] if len(lines) > 1 else 0,
            xanchor="right" if narrow else "left",
            yanchor="middle",
        )


def _cut_off(drawing: Drawing, cut_off: float, rows: int, words: Words) -> None:
    drawing.shape(
        1,
        type="line",
        x0=cut_off,
        x1=cut_off,
        y0=-0.6,
        y1=rows - 0.4,
        line={"color": drawing.palette.soft_ink, "width": 1.4, "dash": "dash"},
        layer="below",
    )
    drawing.write(
        words.say("chart.cut_off", cut_off=words.number(cut_off)),
        colour=drawing.palette.soft_ink,
        row=1,
        x=cut_off,
        y=rows - 0.4,
        xshift=4,
        xanchor="left",
        yanchor="bottom",
    )
