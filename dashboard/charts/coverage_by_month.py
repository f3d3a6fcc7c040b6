"""Screening coverage of each site at the end of each month, as a grid of numbered cells."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.analysis.service_told import CoverageCell, Share
from dashboard.analysis.service_words import month_name, share_said, site_name
from dashboard.charts.canvas import Drawing, plain, shortened
from dashboard.charts.cells import cells, name_columns, name_rows
from dashboard.charts.palette import Palette
from dashboard.language import Words

SHOWN = 12
SHOWN_NARROW = 4
_HEIGHT_OF_SITE = 36
_LONGEST_NAME = 22


def coverage_by_month(
    told: Sequence[CoverageCell], words: Words, palette: Palette, *, narrow: bool = False
) -> go.Figure:
    """The newest months of `told`, which holds at least one; its table holds all of them."""
    months = sorted({one.month for one in told})[-(SHOWN_NARROW if narrow else SHOWN) :]
    sites = sorted({one.site for one in told}, key=lambda site: (not site, site))
    found = {(one.site, one.month): one.screened for one in told}
    drawing = Drawing(
        palette,
        [_HEIGHT_OF_SITE * len(sites)],
        {"l": 110 if narrow else 150, "r": 10, "t": 40, "b": 8},
    )
    grid = [[found.get((site, month)) for month in months] for site in sites]
    columns = [month.isoformat() for month in months]
    drawing.draw(
        1,
        cells(
            columns,
            sites,
            [[None if one is None else one.value for one in row] for row in grid],
            [[_written(one, words) for one in row] for row in grid],
            [
                [
                    f"{plain(site_name(site, words))}, {month_name(month, words)}: "
                    f"{share_said(one, words)}"
                    for month, one in zip(months, row, strict=True)
                ]
                for site, row in zip(sites, grid, strict=True)
            ],
            0.0,
            1.0,
            palette.accent,
            palette,
        ),
    )
    # A heat map writes nothing into a cell without a value.
    for site, row in zip(sites, grid, strict=True):
        for column, one in zip(columns, row, strict=True):
            if one is None or one.value is None:
                drawing.write(
                    _written(one, words), colour=palette.soft_ink, row=1, x=column, y=site
                )
    names = [
        f"{words.month(month)}<br>{month.year}"
        if place == 0 or month.month == 1
        else words.month(month)
        for place, month in enumerate(months)
    ]
    name_columns(drawing, columns, names, above=True, room_for=SHOWN_NARROW)
    name_rows(
        drawing,
        1,
        sites,
        [plain(shortened(site_name(site, words), _LONGEST_NAME)) for site in sites],
    )
    return drawing.figure()


def _written(one: Share | None, words: Words) -> str:
    if one is None or one.whole == 0:
        return "–"
    return words.say("service.mark.hidden") if one.value is None else words.share(one.value)
