"""One patient's course against the centre's own patients who began alike, in numbers and words.

The band itself and what "not on track" means: analysis/expected_recovery.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import nan

import numpy as np
import pandas as pd

from dashboard.analysis.expected_recovery import (
    Calibration,
    ExpectedBand,
    calibration,
    expected_band,
    off_track,
)
from dashboard.analysis.trajectory import Story
from dashboard.language import Words


@dataclass(frozen=True)
class Course:
    """One scale beside its expected band.

    Attributes:
        band: None where too few comparable patients were followed to say.
        off: whether the latest score lies beyond the band by more than measurement error, on the
            worse side; None where it cannot be said.
        low, high: the middle 80 % on the day of the latest score; None where the band does not
            reach it.
    """

    story: Story
    band: ExpectedBand | None
    off: bool | None
    low: float | None
    high: float | None
    calibration: Calibration | None


def has_a_band(story: Story) -> bool:
    """Whether the import makes bands for scales like this one."""
    return story.reliable_change is not None and story.higher_is != "neither"


def course(story: Story, grid: pd.DataFrame, check: pd.DataFrame, until: date) -> Course:
    """The scale from its first score on.

    Args:
        grid, check: rows of the queries `recovery_bands` and `recovery_check`, of this scale.
        until: the last day that is looked at.
    """
    held = calibration(check)
    if story.latest is None:
        return Course(story, None, None, None, None, held)
    first = story.points[0]
    band = expected_band(grid, first.score, first.completed_on.date(), until)
    sem = nan if story.measurement_error is None else story.measurement_error
    latest = story.latest
    off = off_track(band, latest.on, latest.score, story.higher_is, sem)
    low, high = _at(band, latest.on)
    return Course(story, band, off, low, high, held)


def courses_in_words(found: Sequence[Course], words: Words) -> str:
    """Which latest scores are where comparable patients were, which are not, and of which it
    cannot be said."""
    said = []
    for key, some in (
        ("expected.off", [one for one in found if one.off]),
        ("expected.on", [one for one in found if one.off is False]),
    ):
        if some:
            named = [
                words.say(
                    "expected.score",
                    measure=one.story.title,
                    score=words.number(one.story.latest.score if one.story.latest else 0),
                    span=_span(one, words),
                )
                for one in some
            ]
            said.append(words.say(key, measures=words.joined(named)))
    fewest = min((one.band.n for one in found if one.band and one.off is not None), default=None)
    if fewest is not None:
        said.append(words.say("expected.brackets", n=words.number(fewest)))
    if unknown := [one.story.title for one in found if one.off is None]:
        said.append(words.say("expected.too_few", measures=words.joined(unknown)))
    return " ".join(said)


def calibration_in_words(found: Sequence[Course], words: Words) -> str:
    """How often the bands held for patients who had no part in them, and what they are not."""
    held = [
        words.say(
            "expected.held",
            measure=one.story.title,
            inside=words.number(round(one.calibration.share * 100)),
            forms=words.number(one.calibration.forms),
        )
        for one in found
        if one.band is not None and one.calibration is not None
    ]
    if not held:
        return ""
    return words.say("expected.calibration", held=words.joined(held))


def verdict_in_words(one: Course, words: Words) -> str:
    """The verdict alone, for a table cell."""
    if one.off is None:
        return words.say("expected.too_few_short")
    return words.say(
        "expected.off_short" if one.off else "expected.on_short", span=_span(one, words)
    )


def _span(one: Course, words: Words) -> str:
    return words.say(
        "expected.span", low=words.number(one.low or 0), high=words.number(one.high or 0)
    )


def _at(band: ExpectedBand | None, on: date) -> tuple[float | None, float | None]:
    if band is None or not band.days[0] <= on <= band.days[-1]:
        return None, None
    days = [day.toordinal() for day in band.days]
    low, high = (float(np.interp(on.toordinal(), days, end)) for end in (band.low80, band.high80))
    return low, high
