"""Support received by type and source, from one support grid."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.analysis.support import HIGHEST_ANSWER, SOURCES, TYPES
from dashboard.charts.canvas import Drawing
from dashboard.charts.cells import cells, name_columns, name_rows
from dashboard.charts.palette import Palette
from dashboard.language import Words

Cell = dict[Any, Any]

ROW_HEIGHT = 52


def who_gives_it(
    form: pd.DataFrame, words: Words, palette: Palette, *, narrow: bool = False
) -> go.Figure:
    """Cells of type by source: what is received, and what is wanted where that is more.

    form: rows of the query `patient_support` for one form. "Not applicable" (there is no
    such person) is said in words and is never zero.
    """
    answers = {
        (row["support_type"], row["source"]): row
        for row in form[form["source"] != ""].to_dict("records")
    }
    types = [name for name in TYPES if any(key[0] == name for key in answers)]
    sources = [name for name in SOURCES if any(key[1] == name for key in answers)]
    # A cell on a phone is a word wide.
    between = "<br>" if narrow else " "
    grid = [[answers.get((kind, source)) for source in sources] for kind in types]
    drawing = Drawing(
        palette,
        [ROW_HEIGHT * len(types)],
        {"l": 84 if narrow else 118, "r": 2 if narrow else 6, "t": 48 if narrow else 34, "b": 58},
    )
    drawing.draw(
        1,
        cells(
            sources,
            types,
            [[_amount(cell, "received") for cell in line] for line in grid],
            [
                [received_in_words(cell, words).replace(" ", between, 1) for cell in line]
                for line in grid
            ],
            [[_said(kind, source, words) for source in sources] for kind in types],
            0,
            HIGHEST_ANSWER,
            palette.support,
            palette,
        ),
    )
    name_columns(
        drawing,
        sources,
        [words.say(f"source.{one}").replace(" ", between) for one in sources],
        above=True,
    )
    name_rows(drawing, 1, types, [words.say(f"type.{kind}") for kind in types])
    return drawing.figure()


def _amount(cell: Cell | None, asked: str) -> float | None:
    return None if cell is None or pd.isna(cell[asked]) else float(cell[asked])


def received_in_words(
    cell: Cell | None, words: Words, both: str = "chart.received_of_wanted"
) -> str:
    """What one source gives, and what is wanted of it where that is more.

    both: key of the words for the two amounts.
    """
    if cell is None:
        return "–"
    received, wanted = _amount(cell, "received"), _amount(cell, "wanted")
    if received is None:
        return words.say(f"state_short.{cell['received_state']}")
    if wanted is not None and wanted > received:
        return words.say(both, received=words.number(received), wanted=words.number(wanted))
    return words.number(received)


def _said(kind: str, source: str, words: Words) -> str:
    return f"{words.say(f'type.{kind}')}, {words.say(f'source.{source}')}"
