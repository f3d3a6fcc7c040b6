"""The share of patients in each band, month by month: one picture a group, bars of 100 %.

One hue, stronger from band to band; a heavy line in every bar where the cut-off runs, so that
what stands above it can be read off without the hue. Numbers stand where there is room, and all
of them in the table beside the figure.
"""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.analysis.trend_tables import part_in_words
from dashboard.analysis.trends import Course, FollowedScale, Month, Part, Trend, group_in_words
from dashboard.charts.canvas import INSIDE, Drawing, plain, shortened
from dashboard.charts.palette import Palette, blend, contrast, mark_of_domain
from dashboard.charts.small_panels import SmallPanels
from dashboard.language import Words

HEIGHT = 240
HEIGHT_OF_GROUP = 150
MOST_ACROSS = 3
_HALF = 0.41
_PALEST, _STRONGEST = 0.1, 0.92
_ROOM_FOR_A_NUMBER = 0.07
_MONTHS_WITH_NUMBERS = 13
_LONGEST_NAME = 26
_KEY_LINE = 19
_PIXELS_A_CHARACTER = 6.4
# What a page beside an open side bar on a tablet leaves; then on a phone.
_KEY_WIDTH = 520
_KEY_WIDTH_NARROW = 300


def bands_by_month(
    told: Trend, words: Words, palette: Palette, *, narrow: bool = False
) -> go.Figure:
    """One panel a group, or one for everyone, of which anything may be told."""
    months = len(told.total.months)
    courses = told.with_shares
    entries = _entries(told)
    keys = _key_lines(entries, told.scale, words, narrow)
    single = len(courses) == 1
    panels = SmallPanels(
        palette,
        len(courses),
        months,
        HEIGHT if single else HEIGHT_OF_GROUP,
        below=58 if single and not narrow else 26,
        narrow=narrow,
        above=50 + _KEY_LINE * len(keys),
        beside=92 if single and not narrow else 48,
        most_across=MOST_ACROSS,
    )
    _key(panels.drawing, told.scale, keys)
    for place, course in enumerate(courses):
        panels.scale(place, [0, 0.5, 1], [words.share(value) for value in (0, 0.5, 1)], 1)
        panels.name(
            place,
            plain(shortened(group_in_words(course.group, told.grouping, words), _LONGEST_NAME)),
            _last_month(course, told.scale, words),
        )
        with_numbers = single and not narrow and months <= 2 * _MONTHS_WITH_NUMBERS
        _bars(panels, place, course, told.scale, entries, words, numbered=with_numbers)
        _cut_off(panels, place, course, told.scale)
        _not_shown(panels, place, course)
        _below(panels, place, course, words, detailed=single and not narrow)
    return panels.drawing.figure(barmode="overlay", uniformtext={"minsize": 10, "mode": "hide"})


def fills(scale: FollowedScale, palette: Palette) -> list[str]:
    """One ground a piece, from pale to strong in the hue of the scale's domain."""
    hue = mark_of_domain(scale.domain, palette).fill
    steps = len(scale.pieces)
    return [
        blend(palette.ground, hue, _PALEST + (_STRONGEST - _PALEST) * place / max(steps - 1, 1))
        for place in range(steps)
    ]


def _bars(
    panels: SmallPanels,
    place: int,
    course: Course,
    scale: FollowedScale,
    entries: Sequence[tuple[int, int]],
    words: Words,
    *,
    numbered: bool,
) -> None:
    palette = panels.drawing.palette
    edge = mark_of_domain(scale.domain, palette).edge
    grounds = fills(scale, palette)
    for piece in range(len(scale.pieces)):
        bars = [
            (at, month, part, before)
            for at, month in enumerate(course.months)
            for part, before in _stacked(month)
            if part.last == piece and part.patients
        ]
        grounds_of = [grounds[_hue(part.first, part.last)] for _, _, part, _ in bars]
        panels.drawing.draw(
            panels.row(place),
            {
                "type": "bar",
                "x": [panels.left(place) + at + 0.5 for at, *_ in bars],
                "width": 2 * _HALF,
                "base": [before / (month.scored or 1) for _, month, _, before in bars],
                "y": [(part.patients or 0) / (month.scored or 1) for _, month, part, _ in bars],
                "text": [_written(month, part) if numbered else "" for _, month, part, _ in bars],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "textfont": {
                    "size": INSIDE,
                    "color": [_ink_on(ground, palette) for ground in grounds_of],
                },
                "hovertext": [_said(month, part, scale, words) for _, month, part, _ in bars],
                "hoverinfo": "text",
                "marker": {
                    "color": grounds_of,
                    "line": {"color": edge, "width": 0.7},
                    "pattern": {
                        "shape": [
                            "" if (part.first, part.last) in entries else "/"
                            for _, _, part, _ in bars
                        ],
                        "fgcolor": palette.ground,
                        "fillmode": "overlay",
                        "solidity": 0.12,
                        "size": 7,
                    },
                },
            },
        )


def _stacked(month: Month) -> list[tuple[Part, int]]:
    """Parts that are told, each with the patients in the told parts below it."""
    stacked, before = [], 0
    for part in month.parts:
        if part.patients is not None:
            stacked.append((part, before))
            before += part.patients
    return stacked


def _cut_off(panels: SmallPanels, place: int, course: Course, scale: FollowedScale) -> None:
    """A heavy line across each bar between what is below the cut-off and what is not."""
    across: list[float | None] = []
    up: list[float | None] = []
    for at, month in enumerate(course.months):
        share = month.share_above
        if share is None or scale.cut_off is None:
            continue
        middle = panels.left(place) + at + 0.5
        across += [middle - _HALF - 0.05, middle + _HALF + 0.05, None]
        up += [1 - share, 1 - share, None]
    if across:
        panels.drawing.draw(
            panels.row(place),
            {
                "type": "scatter",
                "mode": "lines",
                "x": across,
                "y": up,
                "line": {"color": panels.drawing.palette.ink, "width": 2.2},
                "hoverinfo": "skip",
            },
        )


def _not_shown(panels: SmallPanels, place: int, course: Course) -> None:
    """Dotted where numbers are hidden: the whole bar, or what the told parts leave."""
    hidden = []
    for at, month in enumerate(course.months):
        told = sum(part.patients or 0 for part in month.parts)
        if month.is_hidden:
            hidden.append((at, 0.0))
        elif month.scored and told < month.scored:
            hidden.append((at, told / month.scored))
    for at, begin in hidden:
        middle = panels.left(place) + at + 0.5
        panels.drawing.shape(
            panels.row(place),
            type="rect",
            x0=middle - _HALF,
            x1=middle + _HALF,
            y0=begin,
            y1=1,
            line={"color": panels.drawing.palette.not_judged, "width": 1, "dash": "dot"},
        )


def _below(
    panels: SmallPanels, place: int, course: Course, words: Words, *, detailed: bool
) -> None:
    """Months under the bars; under one wide picture how many had a score, and no form, too."""
    months = course.months
    if not detailed:
        panels.tick(place, 0, _month(months[0], words), "left")
        if len(months) > 1:
            panels.tick(place, len(months), _month(months[-1], words), "right")
        return
    step = 1 if len(months) <= _MONTHS_WITH_NUMBERS else 2
    panels.drawing.x_axis(
        visible=True,
        showgrid=False,
        tickvals=[at + 0.5 for at in range(len(months))],
        ticktext=[
            "<br>".join(
                [
                    _month(month, words) if (len(months) - 1 - at) % step == 0 else " ",
                    *("–" if number is None else words.number(number) for number in numbers),
                ]
            )
            for at, month in enumerate(months)
            for numbers in [(month.scored, month.no_form)]
        ],
        tickangle=0,
        tickfont={"size": INSIDE, "color": panels.drawing.palette.soft_ink},
    )
    panels.drawing.beside(
        panels.row(place),
        "<br>".join([words.say("trends.axis.scored"), words.say("trends.axis.no_form")]),
        colour=panels.drawing.palette.soft_ink,
        size=INSIDE,
        align="right",
        x=0,
        xshift=-8,
        xanchor="right",
        y=0,
        yshift=-14,
        yanchor="top",
    )


def _last_month(course: Course, scale: FollowedScale, words: Words) -> str:
    """The last month in figures: the share above, of how many."""
    last = course.months[-1]
    if last.is_hidden:
        return words.say("disclosure.hidden")
    n = words.say("trends.n", n=words.number(last.scored or 0))
    if last.share_above is None:
        return n
    return words.say("trends.above_of", share=words.share(last.share_above), n=n)


def _written(month: Month, part: Part) -> str:
    share = (part.patients or 0) / (month.scored or 1)
    return str(round(100 * share)) if share >= _ROOM_FOR_A_NUMBER else ""


def _said(month: Month, part: Part, scale: FollowedScale, words: Words) -> str:
    return words.say(
        "trends.said",
        month=_month(month, words),
        band=plain(part_in_words(part, scale, words)),
        patients=words.number(part.patients or 0),
        scored=words.number(month.scored or 0),
    )


def _entries(told: Trend) -> list[tuple[int, int]]:
    """What the key names: the pieces, or the two sides where nothing finer is told."""
    used = {
        (part.first, part.last)
        for course in told.with_shares
        for month in course.months
        for part in month.parts
    }
    if used <= set(told.scale.sides):
        return list(told.scale.sides)
    return [(place, place) for place in range(len(told.scale.pieces))]


def _hue(first: int, last: int) -> int:
    """Pieces told together take the middle of their hues."""
    return (first + last) // 2


def _key_lines(
    entries: Sequence[tuple[int, int]], scale: FollowedScale, words: Words, narrow: bool
) -> list[list[tuple[int, str]]]:
    """Ground and words of each entry, in as many lines as they need."""
    room = _KEY_WIDTH_NARROW if narrow else _KEY_WIDTH
    lines: list[list[tuple[int, str]]] = [[]]
    used = 0.0
    for first, last in entries:
        text = plain(part_in_words(Part(first, last, None), scale, words))
        width = 34 + _PIXELS_A_CHARACTER * len(text)
        if lines[-1] and used + width > room:
            lines.append([])
            used = 0.0
        lines[-1].append((_hue(first, last), text))
        used += width
    return lines


def _key(
    drawing: Drawing, scale: FollowedScale, lines: Sequence[Sequence[tuple[int, str]]]
) -> None:
    """What each ground stands for: a square with its edge, and the words."""
    palette = drawing.palette
    grounds = fills(scale, palette)
    edge = mark_of_domain(scale.domain, palette).edge
    for number, line in enumerate(lines):
        left = 0.0
        up = 44 + _KEY_LINE * (len(lines) - 1 - number)
        for place, text in line:
            drawing.shape(
                1,
                type="rect",
                xref="paper",
                yref="paper",
                xsizemode="pixel",
                ysizemode="pixel",
                xanchor=0,
                yanchor=1,
                x0=left,
                x1=left + 14,
                y0=up,
                y1=up + 12,
                fillcolor=grounds[place],
                line={"color": edge, "width": 1},
            )
            drawing.write(
                text,
                colour=palette.ink,
                x=0,
                xanchor="left",
                xshift=left + 20,
                y=1,
                yanchor="bottom",
                yshift=up - 4,
            )
            left += 34 + _PIXELS_A_CHARACTER * len(text)


def _ink_on(ground: str, palette: Palette) -> str:
    return max((palette.ink, palette.ground), key=lambda ink: contrast(ink, ground))


def _month(month: Month, words: Words) -> str:
    return f"{words.month(month.month)} {month.month.year % 100:02d}"
