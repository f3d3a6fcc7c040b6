"""A grid of numbered cells in one hue: the shared drawing of every heat map."""

from collections.abc import Sequence
from typing import Any

from dashboard.charts.canvas import TEXT, Drawing
from dashboard.charts.palette import Palette, ramp


def cells(
    columns: Sequence[str],
    rows: Sequence[str],
    values: Sequence[Sequence[float | None]],
    written: Sequence[Sequence[str]],
    said: Sequence[Sequence[str]],
    lowest: float,
    highest: float,
    hue: str,
    palette: Palette,
) -> dict[str, Any]:
    """A heat map whose every cell carries its number, so that colour only helps.

    Args:
        columns, rows: keys of the axes (unique; what they are called is set on the axis).
        values: colour of each cell between `lowest` and `highest`; None leaves it empty.
        written: text in each cell.
        said: hover text of each cell; nothing is said there that is not written elsewhere.
    """
    weak, strong = ramp(hue, palette)
    return {
        "type": "heatmap",
        "x": list(columns),
        "y": list(rows),
        "z": [list(row) for row in values],
        "text": [list(row) for row in written],
        "customdata": [list(row) for row in said],
        "texttemplate": "%{text}",
        "textfont": {"size": TEXT, "color": palette.ink},
        "hovertemplate": "%{customdata}<extra></extra>",
        "zmin": lowest,
        "zmax": highest,
        "colorscale": [[0.0, weak], [1.0, strong]],
        "showscale": False,
        "xgap": 3,
        "ygap": 3,
    }


def name_columns(
    drawing: Drawing,
    columns: Sequence[str],
    names: Sequence[str],
    *,
    above: bool = False,
    room_for: int = 0,
) -> None:
    """The x axis of a grid of cells: its keys, and what they are called.

    room_for: columns that the axis has room for at least, so that one cell does not fill it.
    """
    drawing.x_axis(
        range=[-0.5, max(len(columns), room_for) - 0.5],
        **_plain(drawing, columns, names, drawing.palette.soft_ink),
        side="top" if above else "bottom",
        tickangle=0,
    )


def name_rows(drawing: Drawing, row: int, keys: Sequence[str], names: Sequence[str]) -> None:
    """The y axis of a grid of cells, read from the top."""
    drawing.y_axis(
        row,
        **_plain(drawing, keys, [f"{name}  " for name in names], drawing.palette.ink),
        autorange="reversed",
    )


def _plain(
    drawing: Drawing, keys: Sequence[str], names: Sequence[str], colour: str
) -> dict[str, Any]:
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": list(keys),
        "tickvals": list(keys),
        "ticktext": list(names),
        "tickfont": {"color": colour, "size": 12.5},
        "showgrid": False,
        "showline": False,
        "ticks": "",
    }
