"""How early later worsenings were flagged: dots by days of warning, crosses for those missed."""

import pandas as pd
import plotly.graph_objects as go

from dashboard.analysis.alert_budget import DAYS_OF_DOT, Budget, stacked
from dashboard.charts.canvas import SMALL, Drawing
from dashboard.charts.palette import Palette
from dashboard.language import Words

_LEAST_HEIGHT = 96
_DOT = 9
_CROSSES_HIGH = 6


def lead_times(
    budgets: dict[str, Budget], words: Words, palette: Palette, *, narrow: bool = False
) -> go.Figure:
    """One row for each set of rules, on one axis of days.

    budgets: by `now` and, where there is one, `draft`. A dot stands for as many
    worsenings as the centre's minimum, so that none stands for one person.
    """
    dots = {name: stacked(budget.dots) for name, budget in budgets.items()}
    tallest = max([1, *(frame["place"].max() for frame in dots.values() if len(frame))])
    longest = max(
        [8 * DAYS_OF_DOT, *(frame["days"].max() for frame in dots.values() if len(frame))]
    )
    height = max(_LEAST_HEIGHT, _DOT * (tallest + 3))
    drawing = Drawing(palette, [height] * len(budgets), {"l": 54, "r": 12, "t": 8, "b": 40}, gap=12)
    step = longest / (14 if narrow else 24)
    left = 0.0
    for row, (name, budget) in enumerate(budgets.items(), start=1):
        colour = palette.accent if name == list(budgets)[-1] else palette.soft_ink
        n = words.number(budget.minimum)
        crosses = _crosses(budget, step)
        left = min([left, *crosses["days"]])
        drawing.draw(row, _marks(dots[name], "circle", colour, words.say("budget.dot", n=n)))
        drawing.draw(row, _marks(crosses, "x-thin", palette.ink, words.say("budget.cross", n=n)))
        drawing.y_axis(row, range=[0, height / _DOT], visible=False)
        drawing.shape(
            row,
            type="line",
            x0=0,
            x1=0,
            y0=0,
            y1=height / _DOT,
            line={"color": palette.axis, "width": 1},
        )
        _words_of(drawing, row, name, budget, colour, words)
    drawing.x_axis(
        range=[left - step, longest + DAYS_OF_DOT],
        showgrid=False,
        tickvals=_ticks(longest),
        ticktext=[words.number(days) for days in _ticks(longest)],
        tickfont={"size": SMALL, "color": palette.soft_ink},
        title={
            "text": words.say("budget.lead_axis"),
            "font": {"size": SMALL, "color": palette.soft_ink},
            "standoff": 6,
        },
    )
    return drawing.figure()


def _words_of(
    drawing: Drawing, row: int, name: str, budget: Budget, colour: str, words: Words
) -> None:
    """The name of the row, its counts, and its median as a line with its days."""
    palette = drawing.palette
    drawing.beside(
        row,
        words.say(f"budget.line.{name}"),
        colour=colour,
        bold=True,
        x=-0.01,
        y=0.3,
        xanchor="right",
        yanchor="middle",
    )
    if budget.caught is None or budget.missed is None:
        said = words.say("budget.caught_hidden", n=words.number(budget.minimum))
    else:
        said = words.say(
            "budget.caught_missed",
            caught=words.number(budget.caught),
            missed=words.number(budget.missed),
        )
    drawing.beside(row, said, colour=palette.ink, x=1, y=1, xanchor="right", yanchor="top")
    if budget.lead is not None:
        drawing.shape(
            row,
            type="line",
            yref=f"{'y' if row == 1 else f'y{row}'} domain",
            x0=budget.lead,
            x1=budget.lead,
            y0=0,
            y1=0.88,
            line={"color": palette.ink, "width": 1.4},
        )
        drawing.write(
            words.say("budget.median", n=words.number(round(budget.lead, 1))),
            colour=palette.ink,
            row=row,
            yref=f"{'y' if row == 1 else f'y{row}'} domain",
            x=budget.lead,
            y=1,
            xanchor="left",
            yanchor="top",
            xshift=-2,
        )


def _crosses(budget: Budget, step: float) -> pd.DataFrame:
    """Columns of crosses to the left of zero, as many as dots would stand for the missed."""
    number = (budget.missed or 0) // budget.minimum
    places = pd.Series(range(number), dtype=float)
    return pd.DataFrame(
        {"days": -step * (1 + places // _CROSSES_HIGH), "place": places % _CROSSES_HIGH + 1}
    )


def _marks(places: pd.DataFrame, symbol: str, colour: str, said: str) -> dict[str, object]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": list(places["days"]),
        "y": list(places["place"]),
        "marker": {
            "symbol": symbol,
            "size": 7,
            "color": colour,
            "line": {"color": colour, "width": 1.6 if symbol == "x-thin" else 0},
        },
        "hovertext": said,
        "hoverinfo": "text",
    }


def _ticks(longest: float) -> list[int]:
    apart = next(days for days in (30, 60, 90, 180, 360, 720, 3650) if longest / days <= 7)
    return list(range(0, int(longest) + 1, apart))
