"""Wanted against received, by type and source: a bar of 100 % in each cell of one figure.

Under-provided stands first in every bar, so that those pieces share an edge down a column
and can be compared. No piece relies on its hue: fills go from dark to pale, the large
pieces carry a glyph, and the table beside the figure has every number.
"""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.analysis.mismatch_cells import COLUMNS, FEWEST, STATES, Cell, source_in_words
from dashboard.analysis.support import TYPES
from dashboard.charts.canvas import INSIDE, SMALL, Drawing
from dashboard.charts.palette import Palette, blend, contrast
from dashboard.language import Words

ROW = 66
GLYPHS = {"under": "▼", "met": "●", "over": "▲", "none": "○", "not_judged": "–"}
_STRENGTH = {"under": 1.0, "met": 0.45, "over": 0.8, "none": 0.06, "not_judged": 0.4}
_STEP = 1.1
_HALF = 0.21
# From these shares on a piece has room for its number, and for its glyph too; what does not fit
# is not shown at all, so a glyph that comes too early would cost the number.
_NUMBER_FROM = 0.07
_GLYPH_FROM = 0.25
# A name above a column that is longer than this takes two lines.
_LONGEST_NAME = 11


def mismatch_matrix(
    cells: Sequence[Cell],
    chosen: tuple[str, str],
    words: Words,
    palette: Palette,
    *,
    narrow: bool = False,
) -> go.Figure:
    """Types down, sources across, the type as a whole first; on a phone one cell a line.

    Args:
        chosen: type and source of the cell with a frame around it.

    Every piece carries [type, source, state] in its customdata, for what a click means.
    """
    drawing = Drawing(
        palette,
        [(ROW - 16) * len(cells) if narrow else ROW * len(TYPES)],
        {"l": 100 if narrow else 112, "r": 8, "t": 96 if narrow else 76, "b": 6},
    )
    for state in STATES:
        drawing.draw(1, _pieces(cells, state, words, palette, narrow))
    for cell in cells:
        _beside(drawing, cell, words, narrow)
        if (cell.support_type, cell.source) == chosen:
            _frame(drawing, cell, narrow)
    _names(drawing, cells, words, narrow)
    _legend(drawing, words, narrow)
    across = 1 if narrow else len(COLUMNS)
    down = len(cells) if narrow else len(TYPES)
    drawing.x_axis(range=[-0.03, (across - 1) * _STEP + 1.03], visible=False)
    drawing.y_axis(1, range=[down - 0.5, -0.5], visible=False)
    # Numbers that a small screen leaves no room for are left out, never squeezed or turned.
    return drawing.figure(barmode="overlay", uniformtext={"minsize": 11, "mode": "hide"})


def fills(palette: Palette) -> dict[str, str]:
    """The ground of each state's piece."""
    hues = {
        "under": palette.under,
        "met": palette.met,
        "over": palette.over,
        "none": palette.ink,
        "not_judged": palette.not_judged,
    }
    return {state: blend(palette.ground, hues[state], _STRENGTH[state]) for state in STATES}


def ink_on(fill: str, palette: Palette) -> str:
    """Whichever of the two inks is easier to read on a fill."""
    return max((palette.ink, palette.ground), key=lambda ink: contrast(ink, fill))


def _place(cell: Cell, narrow: bool) -> tuple[float, float]:
    """Left edge and middle of a cell's bar."""
    row, column = TYPES.index(cell.support_type), COLUMNS.index(cell.source)
    return (0.0, float(row * len(COLUMNS) + column)) if narrow else (column * _STEP, float(row))


def _pieces(
    cells: Sequence[Cell], state: str, words: Words, palette: Palette, narrow: bool
) -> dict[str, object]:
    shown = [cell for cell in cells if cell.counts[state] and not cell.hidden]
    before = STATES[: STATES.index(state)]
    fill = fills(palette)[state]
    return {
        "type": "bar",
        "orientation": "h",
        "base": [
            _place(cell, narrow)[0] + sum(cell.share(earlier) for earlier in before)
            for cell in shown
        ],
        "x": [cell.share(state) for cell in shown],
        "y": [_place(cell, narrow)[1] for cell in shown],
        "width": 2 * _HALF,
        "text": [_written(cell.share(state), state) for cell in shown],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "textfont": {"size": SMALL, "color": ink_on(fill, palette)},
        "customdata": [[cell.support_type, cell.source, state] for cell in shown],
        "hovertext": [
            words.say(
                "mismatch.matrix.said",
                type=words.say(f"type.{cell.support_type}"),
                source=source_in_words(cell.source, words),
                state=words.say(f"mismatch.state.{state}"),
                number=words.number(cell.counts[state]),
                n=words.number(cell.n),
            )
            for cell in shown
        ],
        "hoverinfo": "text",
        "marker": {"color": fill, "line": {"color": palette.ground, "width": 1.5}},
        # A click chooses a cell; it must not pale the rest of the picture.
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
    }


def _written(share: float, state: str) -> str:
    number = str(round(share * 100))
    if share >= _GLYPH_FROM:
        return (
            f"<b>{GLYPHS[state]} {number}</b>"
            if state == "under"
            else (f"{GLYPHS[state]} {number}")
        )
    return number if share >= _NUMBER_FROM else ""


def _beside(drawing: Drawing, cell: Cell, words: Words, narrow: bool) -> None:
    """n above the bar's right end; in place of the bar why there is none."""
    left, middle = _place(cell, narrow)
    palette = drawing.palette
    if cell.n and not cell.hidden:
        drawing.write(
            words.say("mismatch.n", n=words.number(cell.n)),
            colour=palette.soft_ink,
            size=INSIDE,
            row=1,
            x=left + 1,
            y=middle - _HALF,
            xanchor="right",
            yanchor="bottom",
            borderpad=0,
        )
        return
    drawing.shape(
        1,
        type="rect",
        x0=left,
        x1=left + 1,
        y0=middle - _HALF,
        y1=middle + _HALF,
        line={"color": palette.not_judged, "width": 1, "dash": "dot"},
    )
    drawing.write(
        words.say("mismatch.few", n=words.number(FEWEST))
        if cell.hidden
        else words.say("mismatch.nobody_asked"),
        colour=palette.soft_ink,
        size=INSIDE,
        row=1,
        x=left + 0.5,
        y=middle,
    )


def _frame(drawing: Drawing, cell: Cell, narrow: bool) -> None:
    left, middle = _place(cell, narrow)
    drawing.shape(
        1,
        type="rect",
        x0=left - 0.02,
        x1=left + 1.02,
        y0=middle - 0.47,
        y1=middle + 0.32,
        line={"color": drawing.palette.ink, "width": 1.6},
    )


def _names(drawing: Drawing, cells: Sequence[Cell], words: Words, narrow: bool) -> None:
    palette = drawing.palette
    for cell in cells:
        left, middle = _place(cell, narrow)
        whole = cell.source == COLUMNS[0]
        if narrow or whole:
            name = source_in_words(cell.source, words)
            drawing.beside(
                1,
                words.say(f"type.{cell.support_type}") if whole else name,
                colour=palette.ink if whole else palette.soft_ink,
                bold=whole,
                x=0,
                y=middle,
                yref="y",
                xshift=-10,
                xanchor="right",
                yanchor="middle",
            )
        if not narrow and cell.support_type == TYPES[0]:
            drawing.beside(
                1,
                _broken(source_in_words(cell.source, words)),
                colour=palette.ink,
                bold=True,
                align="left",
                x=left,
                xref="x",
                y=1,
                yshift=4,
                xanchor="left",
                yanchor="bottom",
            )


def _broken(name: str) -> str:
    """A long name in two lines, so that it keeps clear of the next column's."""
    first, _, last = name.rpartition(" ")
    return f"{first}<br>{last}" if first and len(name) > _LONGEST_NAME else name


def _legend(drawing: Drawing, words: Words, narrow: bool) -> None:
    """Each glyph with its word, in its own ink."""
    palette = drawing.palette
    inks = {
        "under": palette.under_ink,
        "met": palette.met_ink,
        "over": palette.over_ink,
        "none": palette.ink,
        "not_judged": palette.not_judged_ink,
    }
    said = [
        f'<span style="color:{inks[state]}">{GLYPHS[state]}</span> '
        + words.say(f"mismatch.legend.{state}")
        for state in STATES
    ]
    drawing.write(
        "<br>".join(said) if narrow else "     ".join(said),
        colour=palette.ink,
        x=0,
        y=1,
        xshift=0 if narrow else 4,
        yshift=12 if narrow else 46,
        xanchor="left",
        yanchor="bottom",
        align="left",
    )
