"""How complete the forms of each measure are, month by month."""

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.canvas import Drawing, plain
from dashboard.charts.cells import cells, name_columns, name_rows
from dashboard.charts.palette import Palette
from dashboard.language import Words

ROW_HEIGHT = 30
MOST_MONTHS = 24


def completeness(
    monthly: pd.DataFrame, words: Words, palette: Palette, *, narrow: bool = False
) -> go.Figure:
    """Share of complete forms by measure and month, with the share written in each cell.

    monthly: one row a measure and month: month, measure_title, forms, complete_forms. A
    month without a form is an empty cell, not a share of zero.
    """
    months = sorted(monthly["month"].unique())[-(9 if narrow else MOST_MONTHS) :]
    titles = sorted(monthly["measure_title"].unique())
    found = {(row["measure_title"], row["month"]): row for _, row in monthly.iterrows()}
    grid = [[found.get((title, month)) for month in months] for title in titles]
    columns = [pd.Timestamp(month).strftime("%Y-%m") for month in months]
    drawing = Drawing(
        palette,
        [ROW_HEIGHT * len(titles)],
        {"l": 110 if narrow else 170, "r": 8, "t": 8, "b": 58},
    )
    drawing.draw(
        1,
        cells(
            columns,
            titles,
            [[_share(cell) for cell in line] for line in grid],
            [[_written(cell) for cell in line] for line in grid],
            [[_said(cell, words) for cell in line] for line in grid],
            0,
            1,
            palette.accent,
            palette,
        ),
    )
    name_rows(drawing, 1, titles, [plain(title) for title in titles])
    years = [pd.Timestamp(month).year for month in months]
    name_columns(
        drawing,
        columns,
        [
            words.month(pd.Timestamp(month))
            + ("" if position and years[position - 1] == year else f"<br><b>{year}</b>")
            for position, (month, year) in enumerate(zip(months, years, strict=True))
        ],
    )
    return drawing.figure()


def _share(cell: pd.Series | None) -> float | None:
    return None if cell is None or not cell["forms"] else cell["complete_forms"] / cell["forms"]


def _written(cell: pd.Series | None) -> str:
    share = _share(cell)
    return "" if share is None else f"{100 * share:.0f}"


def _said(cell: pd.Series | None, words: Words) -> str:
    share = _share(cell)
    if cell is None or share is None:
        return ""
    return words.say(
        "chart.complete_of",
        measure=plain(cell["measure_title"]),
        month=words.month(pd.Timestamp(cell["month"])),
        complete=words.number(cell["complete_forms"]),
        forms=words.number(cell["forms"]),
    )
