"""The answers of one measure, item by item and form by form, safety items apart."""

from math import isnan
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.analysis.readings import no_form
from dashboard.analysis.rows import rows_of
from dashboard.analysis.trajectory import gaps_between
from dashboard.charts.canvas import Drawing, plain, shortened
from dashboard.charts.cells import cells, name_columns, name_rows
from dashboard.charts.palette import Palette, mark_of_domain
from dashboard.language import Words

Cell = dict[Any, Any]

ROW_HEIGHT = 30
MOST_FORMS = 12
# A single form is a column like any other, not a wall.
_FEWEST_COLUMNS = 8
_OF_AN_ANSWER = ["assessment_id", "completed_on", "item_key", "position", "label", "safety"]
_OF_AN_ANSWER += ["answer", "minimum", "maximum", "state"]


def item_answers(
    answers: pd.DataFrame,
    domain: str,
    words: Words,
    palette: Palette,
    *,
    narrow: bool = False,
) -> go.Figure:
    """A cell an answer. Unanswered, declined and not applicable are written, never zero.

    Args:
        answers: rows of the query `patient_answers` for one measure, with at least one form.
        domain: of the measure; decides the hue.

    The newest forms are shown, at most MOST_FORMS (half as many on a narrow screen); an
    empty column stands where a form is missing.
    """
    forms = (
        answers[["assessment_id", "completed_on"]]
        .drop_duplicates()
        .sort_values("completed_on", kind="stable")
        .tail(MOST_FORMS // 2 if narrow else MOST_FORMS)
    )
    columns = _columns(forms)
    records = rows_of(answers, _OF_AN_ANSWER)
    known = {row["item_key"]: row for row in records}
    items = sorted(known.values(), key=lambda item: item["position"])
    apart = [item for item in items if item["safety"]]
    groups = [group for group in ([item for item in items if item not in apart], apart) if group]
    drawing = Drawing(
        palette,
        [ROW_HEIGHT * len(group) for group in groups],
        {"l": 130 if narrow else 214, "r": 8, "t": 8, "b": 66},
        gap=12,
    )
    given = {(str(row["assessment_id"]), row["item_key"]): row for row in records}
    hue = mark_of_domain(domain, palette).fill
    for row, group in enumerate(groups, start=1):
        keys = [item["item_key"] for item in group]
        grid = [[given.get((column, key)) for column, _ in columns] for key in keys]
        drawing.draw(
            row,
            cells(
                [form for form, _ in columns],
                keys,
                [[_value(cell) for cell in line] for line in grid],
                [[_written(cell, words) for cell in line] for line in grid],
                [[_said(cell, words) for cell in line] for line in grid],
                float(min(item["minimum"] for item in items)),
                float(max(item["maximum"] for item in items)),
                hue,
                palette,
            ),
        )
        if group is apart:
            _outline(drawing, row, grid)
        name_rows(
            drawing,
            row,
            keys,
            [_label(item, words, narrow) for item in group],
        )
    name_columns(
        drawing,
        [form for form, _ in columns],
        _dates([day for _, day in columns], words),
        room_for=_FEWEST_COLUMNS,
    )
    _name_gaps(drawing, columns, words)
    return drawing.figure()


def _columns(forms: pd.DataFrame) -> list[tuple[str, pd.Timestamp | None]]:
    """Form ids with their day, and an empty column where a form is missing."""
    days = [pd.Timestamp(day) for day in forms["completed_on"]]
    missing = {
        gap.end: gap.days for gap in gaps_between([day.date() for day in days], days[-1].date())
    }
    columns: list[tuple[str, pd.Timestamp | None]] = []
    for form, day in zip(forms["assessment_id"], days, strict=True):
        if day.date() in missing:
            columns.append((f"gap of {missing.pop(day.date())}", None))
        columns.append((str(form), day))
    return columns


def _name_gaps(
    drawing: Drawing, columns: list[tuple[str, pd.Timestamp | None]], words: Words
) -> None:
    for key, day in columns:
        if day is None:
            drawing.beside(
                1,
                no_form(int(key.removeprefix("gap of ")), words),
                colour=drawing.palette.soft_ink,
                xref="x",
                x=key,
                y=0.5,
                textangle=-90,
            )


def _dates(days: list[pd.Timestamp | None], words: Words) -> list[str]:
    """Day over month, with the year where it begins."""
    written: list[str] = []
    year = None
    for day in days:
        if day is None:
            written.append("")
            continue
        text = f"{day.day}<br>{words.month(day)}"
        written.append(text if day.year == year else f"{text}<br><b>{day.year}</b>")
        year = day.year
    return written


def _outline(drawing: Drawing, row: int, grid: list[list[Cell | None]]) -> None:
    """A frame around every answer to a safety item that is not the lowest one."""
    for line, answers in enumerate(grid):
        for column, cell in enumerate(answers):
            answer = _value(cell)
            if cell is None or answer is None or answer <= cell["minimum"]:
                continue
            drawing.shape(
                row,
                type="rect",
                x0=column - 0.46,
                x1=column + 0.46,
                y0=line - 0.46,
                y1=line + 0.46,
                line={"color": drawing.palette.under, "width": 2.4},
            )


def _label(item: Cell, words: Words, narrow: bool) -> str:
    room = 16 if narrow else 30
    if item["safety"]:  # in bold, and with a word behind it
        room -= 6
    label = plain(shortened(str(item["label"]), room))
    return words.say("chart.safety_item", label=f"<b>{label}</b>") if item["safety"] else label


def _value(cell: Cell | None) -> float | None:
    answer = float("nan") if cell is None else float(cell["answer"])
    return None if isnan(answer) else answer


def _written(cell: Cell | None, words: Words) -> str:
    if cell is None:
        return ""
    answer = _value(cell)
    return words.say(f"state_short.{cell['state']}") if answer is None else words.number(answer)


def _said(cell: Cell | None, words: Words) -> str:
    if cell is None:
        return ""
    answer = _value(cell)
    return f"{words.date(cell['completed_on'])}<br>{plain(cell['label'])}<br>" + (
        words.say(f"answer_state.{cell['state']}") if answer is None else words.number(answer)
    )
