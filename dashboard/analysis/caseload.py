"""Every patient of a caseload on one scale: whom to look at first, and why.

The latest score is held against the reference form as on the Patient page, and against where
comparable patients of the centre stood. Reliably worse come first, then those not on track, then
the reliably better, then the rest.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
import pandas as pd

from dashboard.analysis.expected_recovery import ExpectedBand, expected_band, off_track_each
from dashboard.analysis.trajectory import (
    Reference,
    Verdict,
    gaps_between,
    reference_position,
    runs_of,
    verdict_on,
)
from dashboard.analysis.trends import FollowedScale
from dashboard.language import Words

Expected = tuple[date, float, float]
"""A day with the range of the middle 80 % of comparable patients."""
Standing = Literal["worse", "off_track", "better", "moved", "rest"]

STANDINGS: tuple[Standing, ...] = ("worse", "off_track", "better", "moved", "rest")
PAGE = 24
"""Patients shown at a time."""
OLD_DAYS = 365
"""A score of more than a year ago says nothing about today, as on the Panel."""
# One band serves all patients with the same first score: the days since then are the same.
_DAY_ZERO, _FAR_AWAY = date(2000, 1, 1), date(2100, 1, 1)
_STANDING_OF: dict[Verdict, Standing] = {
    "worse": "worse",
    "better": "better",
    "rose": "moved",
    "fell": "moved",
}


@dataclass(frozen=True)
class Line:
    """One patient's course on one scale up to a day.

    Attributes:
        days, scores: in step, oldest first; None for a form without a score.
        latest, latest_on: None while there is no score.
        reference, reference_on, difference: the form that the latest score is held against.
        verdict: as on the Patient page; None where the latest score is too old to say.
        off_track: None where it cannot be said.
    """

    patient_ref: str
    patient_id: str
    initials: str
    days: list[date]
    scores: list[float | None]
    latest: float | None = None
    latest_on: date | None = None
    reference: float | None = None
    reference_on: date | None = None
    difference: float | None = None
    verdict: Verdict | None = None
    off_track: bool | None = None

    @property
    def standing(self) -> Standing:
        reliable = _STANDING_OF.get(self.verdict) if self.verdict else None
        if reliable == "worse":
            return "worse"
        if self.off_track and self.verdict is not None:
            return "off_track"
        return reliable or "rest"

    @property
    def name(self) -> str:
        return f"{self.patient_id} · {self.initials}" if self.initials else self.patient_id

    def runs(self, as_of: date) -> list[tuple[int, int]]:
        """Stretches of scored forms that a line may join, as positions among all forms."""
        has_score = [score is not None for score in self.scores]
        scored = [place for place, has in enumerate(has_score) if has]
        gaps = gaps_between(sorted(set(self.days)), as_of)
        return [(scored[a], scored[b]) for a, b in runs_of(self.days, has_score, gaps)]


def lines(
    rows: pd.DataFrame,
    scale: FollowedScale,
    reference: Reference,
    grid: pd.DataFrame,
    as_of: date,
) -> list[Line]:
    """All patients with a form of the measure, whom to look at first in front.

    Args:
        rows: of the query `caseload_courses`.
        grid: of the query `recovery_bands`, for the same scale.
    """
    found = [_line(row, scale, reference, as_of) for row in rows.to_dict("records")]
    held = pd.DataFrame(
        [
            {"start_score": first, "days": days, "score": line.latest}
            for line in found
            for first, days in [_since_the_first(line)]
        ],
        columns=["start_score", "days", "score"],
        dtype=float,
    )
    error = float("nan") if scale.error is None else scale.error
    off = off_track_each(grid, held, scale.higher_is, error)
    told = [
        line if pd.isna(said) else replace(line, off_track=bool(said))
        for line, said in zip(found, off, strict=True)
    ]
    return sorted(told, key=lambda line: _place(line, scale))


def counts(told: Sequence[Line]) -> dict[Standing, int]:
    """Patients in each standing, in their order; without those that nobody is in."""
    number = Counter(line.standing for line in told)
    return {standing: number[standing] for standing in STANDINGS if number[standing]}


def expected_of(
    told: Sequence[Line], grid: pd.DataFrame, start: date, end: date
) -> dict[str, list[Expected]]:
    """Where comparable patients stood between two days, by patient reference; nothing where too
    few were followed. For the few lines that are drawn.
    """
    bands: dict[float, ExpectedBand | None] = {}
    found = {}
    for line in told:
        first = next((place for place, one in enumerate(line.scores) if one is not None), None)
        score = None if first is None else line.scores[first]
        if first is None or score is None:
            continue
        if score not in bands:
            bands[score] = expected_band(grid, score, _DAY_ZERO, _FAR_AWAY)
        inside = _between(bands[score], (line.days[first] - _DAY_ZERO), start, end)
        if len(inside) > 1:
            found[line.patient_ref] = inside
    return found


def lines_in_words(told: Sequence[Line], words: Words) -> str:
    """How many of all moved reliably, and how many are not on track."""
    parts = [
        words.count(f"trends.standing_count.{standing}", number)
        for standing, number in counts(told).items()
        if standing != "rest"
    ]
    if not parts:
        return words.count("trends.lines.reading_none", len(told))
    return words.say("trends.lines.reading", parts=words.joined(parts), n=words.number(len(told)))


def standing_in_words(line: Line, words: Words) -> str:
    """ "▲ reliably worse, +7 to 14": the mark, what it means, by how much, and where to."""
    said = _because(line, words)
    if line.latest is None:
        return f"{glyph(line)} {said}"
    latest = words.number(round(line.latest, 1))
    if line.difference is None:
        return f"{glyph(line)} {said}, {latest}"
    difference = words.signed(round(line.difference, 1))
    return f"{glyph(line)} {said}, " + words.say("trends.to", difference=difference, latest=latest)


def glyph(line: Line) -> str:
    """A shape beside every word: the way it went where that is reliable."""
    if line.standing == "off_track":
        return "◆"
    if line.standing == "rest" or line.difference is None:
        return "○"
    return "▲" if line.difference > 0 else "▼"


def line_rows(told: Sequence[Line], words: Words) -> pd.DataFrame:
    """The numbers of the pictures, one row a patient."""
    return pd.DataFrame(
        [
            {
                words.say("column.patient"): line.name,
                words.say("trends.column.standing"): standing_in_words(line, words),
                words.say("trends.column.latest"): _score(line.latest, words),
                words.say("trends.column.latest_on"): _date(line.latest_on, words),
                words.say("trends.column.reference"): _score(line.reference, words),
                words.say("trends.column.reference_on"): _date(line.reference_on, words),
                words.say("trends.column.track"): words.say(f"trends.track.{_track(line)}"),
                words.say("trends.column.forms"): len(line.days),
            }
            for line in told
        ]
    )


def _line(row: Mapping[Any, Any], scale: FollowedScale, reference: Reference, as_of: date) -> Line:
    days = [pd.Timestamp(day).date() for day in row["days"]]
    # A list from the database is a masked array where an element is missing.
    scores = [None if pd.isna(score) else float(score) for score in row["scores"].tolist()]
    scored = [place for place, score in enumerate(scores) if score is not None]
    line = Line(
        patient_ref=str(row["patient_ref"]),
        patient_id=str(row["patient_id"]),
        initials="" if pd.isna(row["initials"]) else str(row["initials"]),
        days=days,
        scores=scores,
    )
    if not scored:
        return line
    known = [score for score in scores if score is not None]
    line = replace(line, latest=known[-1], latest_on=days[scored[-1]])
    found = reference_position(known[:-1], reference, scale.higher_is)
    if found is None:
        return replace(line, verdict="no_reference")
    difference = known[-1] - known[found]
    is_old = as_of - days[scored[-1]] >= timedelta(days=OLD_DAYS)
    return replace(
        line,
        reference=known[found],
        reference_on=days[scored[found]],
        difference=difference,
        verdict=None if is_old else verdict_on(difference, scale.reliable_change, scale.higher_is),
    )


def _between(band: ExpectedBand | None, later: timedelta, start: date, end: date) -> list[Expected]:
    """The days of a band that lie between two days, and those two where it reaches them."""
    if band is None:
        return []
    days = [day + later for day in band.days]
    wanted = sorted({*days, start, end})
    at = [day.toordinal() for day in days]
    return [
        (
            day,
            float(np.interp(day.toordinal(), at, band.low80)),
            float(np.interp(day.toordinal(), at, band.high80)),
        )
        for day in wanted
        if max(start, days[0]) <= day <= min(end, days[-1])
    ]


def _since_the_first(line: Line) -> tuple[float, float]:
    """The first score, and the days from it to the latest."""
    scored = [place for place, score in enumerate(line.scores) if score is not None]
    if len(scored) < 2:
        return float("nan"), float("nan")
    first = line.scores[scored[0]]
    return float(first or 0), float((line.days[scored[-1]] - line.days[scored[0]]).days)


def _place(line: Line, scale: FollowedScale) -> tuple[int, float, float, str]:
    """Standing first, then the largest change, then the worst score."""
    change = abs(line.difference or 0)
    level = line.latest if line.latest is not None else float("nan")
    worst = -level if scale.higher_is == "worse" else level
    return (
        STANDINGS.index(line.standing),
        -change if line.standing != "rest" else 0.0,
        float("inf") if pd.isna(worst) else worst,
        line.patient_id,
    )


def _because(line: Line, words: Words) -> str:
    if line.standing == "off_track":
        return words.say("trends.because.off_track")
    if line.verdict is None:
        return words.say("trends.because.no_score" if line.latest is None else "trends.because.old")
    return words.say(f"verdict.{line.verdict}")


def _track(line: Line) -> str:
    if line.off_track is None:
        return "unknown"
    return "off" if line.off_track else "on"


def _score(value: float | None, words: Words) -> str:
    return "" if value is None else words.number(value)


def _date(day: date | None, words: Words) -> str:
    return "" if day is None else words.date(day)
