"""Small pictures side by side on one axis: each begins where the one before ended, plus a gap.

On a phone they stand below each other instead.
"""

from collections.abc import Sequence

from dashboard.charts.canvas import INSIDE, Drawing
from dashboard.charts.palette import Palette

_MOST_ACROSS = 5
_GAP = 0.17


class SmallPanels:
    """A drawing of `count` panels that share the scale of x and y.

    Args:
        width: of one panel, in units of x.
        height: of one panel in pixels.
        below: pixels under each panel for its ticks.
        above: pixels over the first row, for its names and whatever stands over them.
        beside: pixels left of each row, for the figures of its scale.
        most_across: panels in a row where there is room.
    """

    def __init__(
        self,
        palette: Palette,
        count: int,
        width: float,
        height: int,
        *,
        below: int,
        narrow: bool,
        above: int = 44,
        beside: int = 48,
        most_across: int = _MOST_ACROSS,
    ) -> None:
        self.width = width
        self.across = 1 if narrow else _across(count, most_across)
        rows = -(-count // self.across)
        self.drawing = Drawing(
            palette,
            [height] * rows,
            {"l": beside, "r": 14, "t": above, "b": below},
            gap=below + 48,
        )
        # Room for the whole row of panels also where the last row is not full.
        self.drawing.x_axis(
            range=[-0.01 * width, self.left(self.across - 1) + width * 1.01],
            visible=False,
        )

    def row(self, panel: int) -> int:
        return panel // self.across + 1

    def left(self, panel: int) -> float:
        """Where a panel begins on the axis."""
        return (panel % self.across) * self.width * (1 + _GAP)

    def scale(
        self, panel: int, values: Sequence[float], written: Sequence[str], top: float
    ) -> None:
        """The shared scale of y: lines across each panel, figures left of each row."""
        palette = self.drawing.palette
        row, left = self.row(panel), self.left(panel)
        self.drawing.y_axis(
            row,
            range=[-0.02 * top, top * 1.06],
            tickvals=list(values),
            ticktext=[f"{text} " for text in written],
            tickfont={"size": INSIDE, "color": palette.soft_ink},
            showgrid=False,
        )
        for value in values:
            self.drawing.shape(
                row,
                type="line",
                x0=left,
                x1=left + self.width,
                y0=value,
                y1=value,
                line={"color": palette.axis if value == 0 else palette.grid, "width": 1},
                layer="below",
            )

    def name(self, panel: int, title: str, below: str) -> None:
        """The panel's title in bold, and below it something about it."""
        palette = self.drawing.palette
        self.drawing.write(
            f'<b>{title}</b><br><span style="color:{palette.soft_ink}">{below}</span>',
            colour=palette.ink,
            row=self.row(panel),
            x=self.left(panel),
            yref=_domain(self.row(panel)),
            y=1,
            yshift=4,
            xanchor="left",
            yanchor="bottom",
            align="left",
        )

    def tick(self, panel: int, at: float, text: str, anchor: str = "center") -> None:
        """A figure or word below a panel."""
        self.drawing.write(
            text,
            colour=self.drawing.palette.soft_ink,
            size=INSIDE,
            row=self.row(panel),
            x=self.left(panel) + at,
            yref=_domain(self.row(panel)),
            y=0,
            yshift=-4,
            xanchor=anchor,
            yanchor="top",
        )


def _across(count: int, most: int) -> int:
    """As many in a row as fit, in rows of about the same length."""
    rows = -(-count // most)
    return -(-count // rows)


def _domain(row: int) -> str:
    return "y domain" if row == 1 else f"y{row} domain"
