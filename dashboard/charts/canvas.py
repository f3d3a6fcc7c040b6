"""What every figure is drawn on: the ground, the font, and how marks and words get there.

A drawing collects its parts as plain dictionaries and makes the Plotly figure once, at
the end: adding parts to a figure one by one checks all earlier ones each time, which
took seconds for one person's page.
"""

from html import escape
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio

from dashboard.charts.palette import Palette

FONT = '"Source Sans", sans-serif'
TEXT = 13
SMALL = 12
# Words inside a panel, beside the marks they explain.
INSIDE = 11.5
# Plotly can check every part of a figure, which takes seven times as long as making it. The
# tests of charts have it do so.
CHECK_PARTS = False
# What Plotly takes where a figure says nothing.
_TEMPLATE = pio.templates["plotly"].to_plotly_json()


class Drawing:
    """A figure in the making: one x axis and rows that share it, each with a y axis.

    Args:
        heights: of the rows in pixels, from top to bottom.
        gap: pixels between two rows.
        margin: pixels left, right, top and bottom of the rows: l, r, t, b.
    """

    def __init__(
        self, palette: Palette, heights: list[int], margin: dict[str, int], gap: int = 0
    ) -> None:
        self.palette = palette
        self._margin = margin
        self._inner = sum(heights) + gap * (len(heights) - 1)
        self._traces: list[Any] = []
        self._notes: list[dict[str, Any]] = []
        self._shapes: list[dict[str, Any]] = []
        self._axes: dict[str, dict[str, Any]] = {}
        top = self._inner
        for row, height in enumerate(heights, start=1):
            self._axes[_long("y", row)] = {
                "domain": [max(top - height, 0) / self._inner, top / self._inner],
                "anchor": "x",
                "fixedrange": True,
                "zeroline": False,
            }
            top -= height + gap
        self._axes["xaxis"] = {
            "anchor": _short("y", len(heights)),
            "fixedrange": True,
            "zeroline": False,
        }

    def x_axis(self, **settings: Any) -> None:
        self._axes["xaxis"].update(settings)

    def y_axis(self, row: int, **settings: Any) -> None:
        self._axes[_long("y", row)].update(settings)

    def draw(self, row: int, trace: Any) -> None:
        """Add a trace, as a Plotly object or a dictionary, to a row."""
        part = trace if isinstance(trace, dict) else trace.to_plotly_json()
        self._traces.append({**part, "xaxis": "x", "yaxis": _short("y", row)})

    def shape(self, row: int, **settings: Any) -> None:
        """Add a shape in the units of a row; `xref="paper"` spans its whole width."""
        self._shapes.append({"xref": "x", "yref": _short("y", row), **settings})

    def write(
        self,
        text: str,
        *,
        colour: str,
        row: int | None = None,
        size: float = SMALL,
        bold: bool = False,
        **place: Any,
    ) -> None:
        """One line of text; `place` says where, as Plotly annotations do.

        row: whose units `x` and `y` are in; without one they are shares of the figure.
        """
        at = {"xref": "paper", "yref": "paper"}
        if row is not None:
            at = {"xref": "x", "yref": _short("y", row)}
        self._notes.append(
            {
                **at,
                "text": f"<b>{text}</b>" if bold else text,
                "showarrow": False,
                "font": {"size": size, "color": colour},
                **place,
            }
        )

    def beside(self, row: int, text: str, *, colour: str, **place: Any) -> None:
        """Text outside the rows: across in shares of the width, up in shares of one row."""
        self.write(
            text,
            colour=colour,
            **{"xref": "paper", "yref": f"{_short('y', row)} domain", **place},
        )

    def write_right(
        self, row: int, text: str, height: float, *, colour: str, away: int = 6, **look: Any
    ) -> None:
        """Text right of a row, beside the end of what it is about.

        height: in the units of the row. away: pixels. look: `size` and `bold`, as `write` takes
            them.
        """
        self.write(
            text,
            colour=colour,
            row=row,
            **{"size": INSIDE, **look},
            xref="paper",
            x=1,
            xshift=away,
            xanchor="left",
            y=height,
            yanchor="middle",
        )

    def figure(self, **layout: Any) -> go.Figure:
        """The figure; `layout` are settings of Plotly for the whole of it."""
        palette = self.palette
        font = {"family": FONT, "size": TEXT, "color": palette.ink}
        whole = {
            "height": self._inner + self._margin["t"] + self._margin["b"],
            "margin": self._margin,
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": font,
            "hoverlabel": {
                "bgcolor": palette.surface,
                "bordercolor": palette.axis,
                "font": font,
            },
            "showlegend": False,
            "dragmode": False,
            "annotations": self._notes,
            "shapes": self._shapes,
            **self._axes,
            **layout,
        }
        if CHECK_PARTS:
            return go.Figure(data=self._traces, layout=whole)
        return _Figure(self._traces, whole)


class _Figure(go.Figure):
    """A figure that is only shown and saved: Plotly's own copies all parts, again and again."""

    def __init__(self, data: list[Any], layout: dict[str, Any]) -> None:
        self._parts = {"data": data, "layout": {**layout, "template": _TEMPLATE}}

    def to_dict(self) -> dict[str, Any]:
        return self._parts


def plain(text: object) -> str:
    """Text from a file, safe inside Plotly's small HTML: shown as it is, never read as tags."""
    return escape(str(text), quote=False)


def shortened(text: str, characters: int) -> str:
    """The start of a long text, cut at a word, with an ellipsis."""
    if len(text) <= characters:
        return text
    return text[:characters].rsplit(" ", 1)[0].rstrip(",;:(") + "…"


def citation(source: str) -> str:
    """The short form of a source for a label: what stands before its first bracket or clause,
    where that is more than one word."""
    opening = source.split("(")[0].split(";")[0].strip()
    return shortened(opening if " " in opening else source, 44)


def _short(letter: str, row: int) -> str:
    return letter if row == 1 else f"{letter}{row}"


def _long(letter: str, row: int) -> str:
    return f"{letter}axis" if row == 1 else f"{letter}axis{row}"
