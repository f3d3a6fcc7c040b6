"""New alerts for each nurse, week by week: the rules in force, a draft, and the budget."""

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.canvas import SMALL, Drawing
from dashboard.charts.palette import Palette
from dashboard.language import Words

HEIGHT = 190
_DAYS_SHOWN_AFTER = 4
# Labels at the ends of lines need this share of the height between them.
_APART = 0.1


def alerts_per_week(
    now: pd.DataFrame,
    draft: pd.DataFrame | None,
    limit: float,
    words: Words,
    palette: Palette,
    *,
    narrow: bool = False,
) -> go.Figure:
    """Lines over the weeks, named where they end; a triangle on each week above the budget.

    now, draft: day (first of the week), alerts (new alerts for each nurse; NaN where too few to
    be told, which leaves a gap). limit: the budget, in the same unit.
    """
    lines = {"now": now} if draft is None else {"now": now, "draft": draft}
    main = "now" if draft is None else "draft"
    highest = max([limit, *(line["alerts"].max() for line in lines.values())]) * 1.12
    drawing = Drawing(palette, [HEIGHT], {"l": 34, "r": 76 if narrow else 88, "t": 10, "b": 34})
    first, last = now["day"].min(), now["day"].max()
    drawing.shape(
        1,
        type="line",
        xref="paper",
        x0=0,
        x1=1,
        y0=limit,
        y1=limit,
        line={"color": palette.ink, "width": 1.2, "dash": "dash"},
    )
    looks = {
        "now": {"color": palette.soft_ink, "width": 1.8, "dash": "dot"},
        "draft": {"color": palette.accent, "width": 2.4},
    }
    if draft is None:
        looks["now"] = {"color": palette.accent, "width": 2.4}
    ends: dict[str, tuple[float, str]] = {"limit": (limit, palette.ink)}
    for name, line in lines.items():
        drawing.draw(1, _line(line, looks[name], name, words))
        told = line["alerts"].dropna()
        if len(told):
            ends[name] = (float(told.iloc[-1]), str(looks[name]["color"]))
    over = lines[main][lines[main]["alerts"] > limit]
    drawing.draw(
        1,
        {
            "type": "scatter",
            "mode": "markers",
            "x": list(over["day"]),
            "y": list(over["alerts"]),
            "marker": {"symbol": "triangle-up", "size": 8, "color": palette.accent},
            "hoverinfo": "skip",
        },
    )
    for name, place in _kept_apart(ends, highest).items():
        drawing.beside(
            1,
            words.say(f"budget.line.{name}", n=words.number(limit)),
            colour=ends[name][1],
            bold=name == main,
            x=1.01,
            y=place,
            xanchor="left",
            yanchor="middle",
        )
    drawing.y_axis(
        1,
        range=[0, highest],
        gridcolor=palette.grid,
        nticks=6,
        tickfont={"size": SMALL, "color": palette.soft_ink},
    )
    months = list(pd.date_range(first, last, freq="MS"))[:: 3 if narrow else 2]
    drawing.x_axis(
        range=[first, last + pd.Timedelta(days=_DAYS_SHOWN_AFTER)],
        showgrid=False,
        tickvals=months,
        ticktext=[f"{words.month(month)} {month:%y}" for month in months],
        tickfont={"size": SMALL, "color": palette.soft_ink},
    )
    return drawing.figure()


def _line(
    line: pd.DataFrame, look: dict[str, object], name: str, words: Words
) -> dict[str, object]:
    named = words.say(f"budget.column.{name}")
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(line["day"]),
        "y": [None if pd.isna(number) else number for number in line["alerts"]],
        "connectgaps": False,
        "line": look,
        "hovertext": [
            ""
            if pd.isna(number)
            else words.say(
                "budget.hover", line=named, day=words.date(day), n=words.number(round(number, 1))
            )
            for day, number in zip(line["day"], line["alerts"], strict=True)
        ],
        "hoverinfo": "text",
    }


def _kept_apart(ends: dict[str, tuple[float, str]], highest: float) -> dict[str, float]:
    """Height of each label as a share of the axis, moved up where two would overlap."""
    placed: dict[str, float] = {}
    lowest = 0.0
    for name in sorted(ends, key=lambda one: ends[one][0]):
        placed[name] = max(ends[name][0] / highest, lowest)
        lowest = placed[name] + _APART
    return placed
