"""The numbers of a trend as rows to read, and each picture in one sentence."""

import pandas as pd

from dashboard.analysis.trends import (
    FEWEST,
    Course,
    FollowedScale,
    Month,
    Part,
    Piece,
    Trend,
    group_in_words,
    month_and_year,
)
from dashboard.language import Words


def number_or_hidden(number: int | None, words: Words) -> str:
    return words.say("disclosure.hidden") if number is None else words.number(number)


def piece_in_words(piece: Piece, scale: FollowedScale, words: Words) -> str:
    """ "moderate 10-14", "mild 5-7", or where a scale has no bands "below 4"."""
    lower, upper = words.number(piece.first), words.number(piece.last)
    if piece.band is not None:
        return words.say(
            "chart.band", band=words.term("band", piece.band), lower=lower, upper=upper
        )
    if scale.cut_off is None:
        return words.say("chart.range", minimum=lower, maximum=upper)
    return _side(piece.is_above, scale, words)


def part_in_words(part: Part, scale: FollowedScale, words: Words) -> str:
    """Its band, or the side of the cut-off, or the bands that are told together."""
    pieces = scale.pieces
    told = pieces[part.first : part.last + 1]
    if len(told) == 1:
        return piece_in_words(told[0], scale, words)
    if (part.first, part.last) in scale.sides and len(told) < len(pieces):
        return _side(told[0].is_above, scale, words)
    return words.say(
        "trends.together",
        first=piece_in_words(told[0], scale, words),
        last=piece_in_words(told[-1], scale, words),
    )


def band_rows(told: Trend, words: Words) -> pd.DataFrame:
    """One row a group and month, and within it one a part of the scale."""
    rows = []
    for course in told.courses:
        for month in course.months:
            numbers = _numbers(course, month, told, words)
            for part in month.parts or (None,):
                rows.append({**numbers, **_part(part, month, told.scale, words)})
    return pd.DataFrame(rows)


def middle_rows(told: Trend, words: Words) -> pd.DataFrame:
    """One row a group and month: median and quartiles."""
    return pd.DataFrame(
        [
            {
                **_numbers(course, month, told, words),
                **{
                    words.say(f"trends.column.{name}"): _quartile(month, place, words)
                    for place, name in enumerate(("lower", "median", "upper"))
                },
            }
            for course in told.courses
            for month in course.months
        ]
    )


def bands_in_words(told: Trend, words: Words) -> str:
    """The last month: the share above the cut-off of everyone, and of the groups that differ
    most; where there is no cut-off the largest band."""
    last = told.total.months[-1]
    month = month_and_year(last.month, words)
    if told.scale.cut_off is None:
        return _largest(last, told.scale, words)
    if last.share_above is None:
        return words.say("trends.bands.reading_none", month=month)
    said = words.count(
        "trends.bands.reading",
        last.scored or 0,
        share=words.share(last.share_above),
        cut_off=words.number(told.scale.cut_off),
        month=month,
    )
    shares = [
        (course.months[-1].share_above, course)
        for course in told.groups
        if course.months[-1].share_above is not None and _is_enough(course.months[-1])
    ]
    if len(shares) < 2:
        return said
    low, least = min(shares, key=lambda one: one[0] or 0)
    high, most = max(shares, key=lambda one: one[0] or 0)
    return f"{said} " + words.say(
        "trends.bands.reading_groups",
        n=words.number(FEWEST),
        least=group_in_words(least.group, told.grouping, words),
        low=words.share(low or 0),
        most=group_in_words(most.group, told.grouping, words),
        high=words.share(high or 0),
    )


def middle_in_words(told: Trend, words: Words) -> str:
    """The median and the middle half in the last month."""
    last = told.total.months[-1]
    month = month_and_year(last.month, words)
    if last.quartiles is None:
        return words.say("trends.middle.reading_none", month=month)
    lower, median, upper = last.quartiles
    return words.count(
        "trends.middle.reading",
        last.scored or 0,
        median=words.number(median),
        lower=words.number(lower),
        upper=words.number(upper),
        month=month,
    )


def _numbers(course: Course, month: Month, told: Trend, words: Words) -> dict[str, object]:
    column = "trends.column.of" if told.grouping == "none" else "trends.column.group"
    return {
        words.say("trends.column.month"): month_and_year(month.month, words),
        words.say(column): group_in_words(course.group, told.grouping, words),
        words.say("trends.column.scored"): number_or_hidden(month.scored, words),
        words.say("trends.column.unscored"): number_or_hidden(month.unscored, words),
        words.say("trends.column.no_form"): number_or_hidden(month.no_form, words),
    }


def _part(part: Part | None, month: Month, scale: FollowedScale, words: Words) -> dict[str, object]:
    band = patients = share = ""
    if part is not None:
        band = part_in_words(part, scale, words)
        patients = number_or_hidden(part.patients, words)
        share = patients
        if part.patients is not None and month.scored:
            share = words.share(part.patients / month.scored)
    return {
        words.say("trends.column.band"): band,
        words.say("trends.column.patients"): patients,
        words.say("trends.column.share"): share,
    }


def _quartile(month: Month, place: int, words: Words) -> str:
    if month.quartiles is None:
        return words.say("disclosure.hidden") if month.is_hidden else ""
    return words.number(month.quartiles[place])


def _largest(month: Month, scale: FollowedScale, words: Words) -> str:
    told = [part for part in month.parts if part.patients]
    if not told or not month.scored:
        return words.say("trends.bands.reading_none", month=month_and_year(month.month, words))
    most = max(told, key=lambda part: part.patients or 0)
    return words.say(
        "trends.bands.reading_largest",
        band=part_in_words(most, scale, words),
        share=words.share((most.patients or 0) / month.scored),
        n=words.number(month.scored),
        month=month_and_year(month.month, words),
    )


def _side(is_above: bool, scale: FollowedScale, words: Words) -> str:
    return words.say(
        "trends.at_or_above" if is_above else "trends.below",
        cut_off=words.number(scale.cut_off or 0),
    )


def _is_enough(month: Month) -> bool:
    return month.scored is not None and month.scored >= FEWEST
