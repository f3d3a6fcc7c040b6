"""Every answer to a safety item, on true dates: a row an item, whatever else is in view."""

from collections.abc import Sequence
from datetime import timedelta
from math import isnan
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.analysis.rows import rows_of
from dashboard.charts.canvas import TEXT, Drawing, plain, shortened
from dashboard.charts.date_axis import date_axis
from dashboard.charts.palette import Palette, ramp
from dashboard.language import Words

Answer = dict[str, Any]

ROW_HEIGHT = 40
_MARK = 21
# An answer given on the first or last day is drawn whole.
_MARGIN_SHARE = 0.03
_OF_AN_ANSWER = ("item_key", "label", "completed_on", "answer", "minimum", "state")


def safety_answers(
    answers: pd.DataFrame, words: Words, palette: Palette, *, narrow: bool = False
) -> go.Figure:
    """A square an answer with its number; framed above the lowest answer, a ring where blank.

    answers: rows of the query `patient_answers` for safety items, of all measures and times.
    """
    items: dict[str, list[Answer]] = {}
    for answer in rows_of(answers, _OF_AN_ANSWER):
        items.setdefault(answer["item_key"], []).append(answer)
    drawing = Drawing(
        palette,
        [ROW_HEIGHT] * len(items),
        {"l": 8, "r": 12, "t": 22, "b": 44},
        gap=20,
    )
    first = pd.Timestamp(answers["completed_on"].min()).date()
    last = pd.Timestamp(answers["completed_on"].max()).date()
    margin = max((last - first) * _MARGIN_SHARE, timedelta(days=10))
    for row, given in enumerate(items.values(), start=1):
        _answers(drawing, row, sorted(given, key=lambda one: one["completed_on"]), words)
        _name(drawing, row, given[0]["label"], words, narrow)
        drawing.y_axis(row, range=[-1, 1], visible=False)
    date_axis(drawing, first - margin, last + margin, words, most=4 if narrow else 7)
    return drawing.figure()


def _answers(drawing: Drawing, row: int, given: Sequence[Answer], words: Words) -> None:
    palette = drawing.palette
    weak, strong = ramp(palette.distress, palette)
    days = [one["completed_on"] for one in given]
    answered = [not isnan(one["answer"]) for one in given]
    above = [
        known and one["answer"] > one["minimum"] for one, known in zip(given, answered, strict=True)
    ]
    numbers = [
        words.number(one["answer"]) if known else ""
        for one, known in zip(given, answered, strict=True)
    ]
    drawing.draw(
        row,
        {
            "type": "scatter",
            "x": days,
            "y": [0] * len(given),
            "mode": "markers+text",
            "marker": {
                "symbol": ["square" if known else "circle-open" for known in answered],
                "size": [_MARK if known else 9 for known in answered],
                "color": [
                    (strong if high else weak) if known else palette.not_judged
                    for known, high in zip(answered, above, strict=True)
                ],
                "line": {
                    "color": [palette.under if high else palette.not_judged for high in above],
                    "width": [
                        2.4 if high else 1.4 * (not known)
                        for known, high in zip(answered, above, strict=True)
                    ],
                },
            },
            "text": numbers,
            "textfont": {"size": TEXT, "color": palette.ink},
            "customdata": [
                f"{words.date(day)}<br>" + (number or words.say(f"answer_state.{one['state']}"))
                for day, number, one in zip(days, numbers, given, strict=True)
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    )


def _name(drawing: Drawing, row: int, title: str, words: Words, narrow: bool) -> None:
    label = plain(shortened(title, 40 if narrow else 60))
    drawing.beside(
        row,
        words.say("chart.safety_item", label=f"<b>{label}</b>"),
        colour=drawing.palette.ink,
        x=0,
        xanchor="left",
        y=1,
        yanchor="bottom",
    )
