"""Sites by their share and how many people it rests on, within the limits of chance."""

import plotly.graph_objects as go

from dashboard.analysis.service_words import site_name
from dashboard.analysis.site_funnel import Z_95, Z_998, Funnel, Site
from dashboard.charts.canvas import INSIDE, SMALL, TEXT, Drawing, plain, shortened
from dashboard.charts.palette import Palette, see_through
from dashboard.language import Words

HEIGHT = 332
_POINTS = 60
_LONGEST_NAME = 24
_LINE = 19
_LINE_OF_A_LEVEL = 13
# From a mark to the middle of its name, as a share of the width.
_ACROSS = 0.12


def site_funnel(
    funnel: Funnel,
    target: float | None,
    words: Words,
    palette: Palette,
    *,
    narrow: bool = False,
) -> go.Figure:
    """Limits of 95 % (dotted) and 99.8 % (dashed) around the share of all sites together."""
    drawing = Drawing(palette, [HEIGHT], {"l": 48, "r": 96, "t": 14, "b": 48})
    sizes = [site.whole for site in funnel.sites]
    first, last = max(1.0, min(sizes) * 0.6), max(sizes) * 1.25
    lowest, highest = _extent(funnel, (first, last))
    wholes = [first + (last - first) * step / (_POINTS - 1) for step in range(_POINTS)]
    for z, alpha, dash in ((Z_998, 0.05, "dash"), (Z_95, 0.08, "dot")):
        pairs = [funnel.limits(whole, z) for whole in wholes]
        low, high = [one[0] for one in pairs], [one[1] for one in pairs]
        drawing.draw(
            1,
            {
                "type": "scatter",
                "mode": "lines",
                "x": [*wholes, *wholes[::-1]],
                "y": [*high, *low[::-1]],
                "fill": "toself",
                "fillcolor": see_through(palette.accent, alpha),
                "line": {"width": 0},
                "hoverinfo": "skip",
            },
        )
        for values in (low, high):
            drawing.draw(
                1,
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": wholes,
                    "y": values,
                    "line": {"color": palette.accent, "width": 1.2, "dash": dash},
                    "hoverinfo": "skip",
                },
            )
    _level(drawing, funnel.centre, palette.accent, "solid", 1.8)
    all_sites = words.say("service.funnel.all", share=words.share(funnel.centre))
    levels = [(all_sites, funnel.centre, palette.accent)]
    # Where the share of all stands, or far from every site, there is no room for the target.
    if target is not None and abs(target - funnel.centre) > 0.04 and lowest < target < highest:
        _level(drawing, target, palette.soft_ink, "dot", 1.1)
        at = words.say("service.target_at", share=words.share(target))
        levels.append((at, target, palette.soft_ink))
    for name, z in (("limit_998", Z_998), ("limit_95", Z_95)):
        foot = funnel.limits(last, z)[0]
        levels.append((words.say(f"service.funnel.{name}"), foot, palette.soft_ink))
    pixel = (highest - lowest) / HEIGHT
    _beside(drawing, levels, pixel)
    heights = _apart(funnel, (first, last), pixel)
    for site, height in zip(funnel.sites, heights, strict=True):
        _site(drawing, site, height, _is_left(site, (first, last)), words)
    _axes(drawing, (lowest, highest), (first, last), words, narrow)
    return drawing.figure()


def _level(drawing: Drawing, share: float, colour: str, dash: str, width: float) -> None:
    drawing.shape(
        1,
        type="line",
        xref="paper",
        x0=0,
        x1=1,
        y0=share,
        y1=share,
        line={"color": colour, "width": width, "dash": dash},
        layer="between",
    )


def _beside(drawing: Drawing, levels: list[tuple[str, float, str]], pixel: float) -> None:
    """Names of the lines right of them, in their colours; among large sites the limits lie so
    close together that only the first of them has room for its name."""
    taken: list[float] = []
    for text, at, colour in levels:
        if any(abs(at - other) < _LINE_OF_A_LEVEL * pixel for other in taken):
            continue
        taken.append(at)
        drawing.write_right(1, text, at, colour=colour)


def _extent(funnel: Funnel, sizes: tuple[float, float]) -> tuple[float, float]:
    """The lowest and highest share that the axis shows: sites and limits, with a little room."""
    told = [
        *(site.share for site in funnel.sites),
        *(share for size in sizes for share in funnel.limits(size, Z_998)),
    ]
    return max(0.0, min(told) - 0.04), min(1.0, max(told) + 0.04)


def _apart(funnel: Funnel, sizes: tuple[float, float], pixel: float) -> list[float]:
    """Heights of the names, in the order of the shares, clear of the limits and no two on one
    another.

    pixel: the share that one pixel is high.
    """
    sites = funnel.sites
    heights = [_clear(funnel, site, sizes, pixel) for site in sites]
    order = sorted(range(len(sites)), key=lambda place: sites[place].share)
    for below, above in zip(order, order[1:], strict=False):
        lines = _lines(sites[below]) + _lines(sites[above])
        heights[above] = max(heights[above], heights[below] + lines * _LINE / 2 * pixel)
    return heights


def _clear(funnel: Funnel, site: Site, sizes: tuple[float, float], pixel: float) -> float:
    """Beside the mark, else a little further out where it stands out, further in where it does
    not, so that no limit runs through the name."""
    first, last = sizes
    across = (last - first) * _ACROSS * (-1 if _is_left(site, sizes) else 1)
    limits = [
        limit for z in (Z_95, Z_998) for limit in funnel.limits(max(site.whole + across, 1.0), z)
    ]
    half = _lines(site) * _LINE / 2 * pixel
    out = 1 if (site.share > funnel.centre) == (site.verdict != "inside") else -1
    places = [site.share + out * shift * half for shift in (0.0, 0.6, 1.0)]
    return max(places, key=lambda place: min(half, *(abs(place - limit) for limit in limits)))


def _lines(site: Site) -> int:
    return 2 if site.verdict != "inside" else 1


def _is_left(site: Site, sizes: tuple[float, float]) -> bool:
    """Whether the name stands left of its mark."""
    return site.whole > sum(sizes) / 2


def _site(drawing: Drawing, site: Site, height: float, left: bool, words: Words) -> None:
    palette = drawing.palette
    stands_out = site.verdict != "inside"
    name = plain(shortened(site_name(site.name, words), _LONGEST_NAME))
    drawing.draw(
        1,
        {
            "type": "scatter",
            "mode": "markers",
            "x": [site.whole],
            "y": [site.share],
            "marker": {
                "symbol": "diamond" if stands_out else "circle",
                "size": 12 if stands_out else 10,
                "color": palette.distress if site.z < 0 and stands_out else palette.ground,
                "line": {
                    "color": palette.distress if site.z < 0 and stands_out else palette.ink,
                    "width": 1.8,
                },
            },
            "hovertext": [
                words.say(
                    "service.funnel.said",
                    site=name,
                    share=words.share(site.share),
                    part=words.number(site.part),
                    whole=words.number(site.whole),
                )
            ],
            "hoverinfo": "text",
        },
    )
    text = f"<b>{name}, {words.share(site.share)}</b>" if stands_out else name
    if stands_out:
        text += f"<br>{words.say(f'service.verdict.{site.verdict}')}"
    drawing.write(
        text,
        colour=palette.distress_ink if site.z < 0 and stands_out else palette.ink,
        size=SMALL if stands_out else INSIDE,
        row=1,
        x=site.whole,
        y=height,
        xanchor="right" if left else "left",
        xshift=-11 if left else 11,
        yanchor="middle",
        align="right" if left else "left",
    )


def _axes(
    drawing: Drawing,
    shares: tuple[float, float],
    sizes: tuple[float, float],
    words: Words,
    narrow: bool,
) -> None:
    palette = drawing.palette
    drawing.y_axis(
        1,
        range=list(shares),
        tickformat=".0%",
        nticks=6,
        tickfont={"size": SMALL, "color": palette.soft_ink},
        gridcolor=palette.grid,
    )
    drawing.x_axis(
        range=list(sizes),
        nticks=4 if narrow else 7,
        tickformat=",d",
        tickfont={"size": SMALL, "color": palette.soft_ink},
        showgrid=False,
        linecolor=palette.axis,
        title={
            "text": words.say("service.funnel.people"),
            "font": {"size": TEXT, "color": palette.soft_ink},
            "standoff": 6,
        },
    )
