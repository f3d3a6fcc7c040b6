"""Every answer to a safety item, on true dates: a row an item, whatever else is in view."""

from datetime import timedelta

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.canvas import SMALL, TEXT, Drawing, plain, shortened
from dashboard.charts.palette import Palette, ramp
from dashboard.charts.trajectories import month_ticks
from dashboard.language import Words

ROW_HEIGHT = 40
_MARK = 21
# An answer given on the first or last day is drawn whole.
_MARGIN_SHARE = 0.03


def safety_answers(
    answers: pd.DataFrame, words: Words, palette: Palette, *, narrow: bool = False
) -> go.Figure:
    """A square an answer with its number; framed above the lowest answer, a ring where blank.

    answers: rows of the query `patient_answers` for safety items, of all measures and times.
    """
    items = answers.drop_duplicates("item_key")
    drawing = Drawing(
        palette,
        [ROW_HEIGHT] * len(items),
        {"l": 8, "r": 12, "t": 22, "b": 44},
        gap=20,
    )
    first = pd.Timestamp(answers["completed_on"].min()).date()
    last = pd.Timestamp(answers["completed_on"].max()).date()
    margin = max((last - first) * _MARGIN_SHARE, timedelta(days=10))
    for row, (_, item) in enumerate(items.iterrows(), start=1):
        given = answers[answers["item_key"] == item["item_key"]].sort_values("completed_on")
        _answers(drawing, row, given, words)
        _name(drawing, row, item, words, narrow)
        drawing.y_axis(row, range=[-1, 1], visible=False)
    ticks = month_ticks(first - margin, last + margin, words, most=4 if narrow else 7)
    drawing.x_axis(
        type="date",
        range=[first - margin, last + margin],
        showgrid=False,
        linecolor=palette.axis,
        tickvals=[day for day, _ in ticks],
        ticktext=[text for _, text in ticks],
        tickfont={"size": SMALL, "color": palette.soft_ink},
        ticks="outside",
        tickcolor=palette.axis,
    )
    return drawing.figure()


def _answers(drawing: Drawing, row: int, given: pd.DataFrame, words: Words) -> None:
    palette = drawing.palette
    weak, strong = ramp(palette.distress, palette)
    answered = given["answer"].notna()
    above = answered & (given["answer"] > given["minimum"])
    drawing.draw(
        row,
        {
            "type": "scatter",
            "x": list(given["completed_on"]),
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
            "text": [
                words.number(answer) if known else ""
                for answer, known in zip(given["answer"], answered, strict=True)
            ],
            "textfont": {"size": TEXT, "color": palette.ink},
            "customdata": [
                f"{words.date(day)}<br>"
                + (words.number(answer) if known else words.say(f"answer_state.{state}"))
                for day, answer, known, state in zip(
                    given["completed_on"], given["answer"], answered, given["state"], strict=True
                )
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    )


def _name(drawing: Drawing, row: int, item: pd.Series, words: Words, narrow: bool) -> None:
    label = plain(shortened(str(item["label"]), 40 if narrow else 60))
    drawing.beside(
        row,
        words.say("chart.safety_item", label=f"<b>{label}</b>"),
        colour=drawing.palette.ink,
        x=0,
        xanchor="left",
        y=1,
        yanchor="bottom",
    )
