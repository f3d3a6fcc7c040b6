"""One person over time: a panel a scale on shared true dates, and what happened below.

Directions are never mixed in a panel. Every panel spans the full range of its scale;
a line breaks where a form is missing and says so; a filled triangle marks a change
that is reliable against the reference assessment. A click on a form gives its assessment,
measure and scale.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from textwrap import wrap
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.analysis.expected_course import Course
from dashboard.analysis.expected_recovery import ExpectedBand
from dashboard.analysis.missing_forms import why_in_words
from dashboard.analysis.readings import direction, no_form, reason_unscored, with_band
from dashboard.analysis.trajectory import RELIABLE, Form, Story
from dashboard.charts.canvas import INSIDE, SMALL, Drawing, citation, plain
from dashboard.charts.date_axis import date_axis
from dashboard.charts.event_lane import LANE_HEIGHT, LANES, draw_event_lane
from dashboard.charts.palette import Mark, Palette, mark_of_domain, see_through
from dashboard.language import Words

PANEL_HEIGHT = 138
_SPACE_BETWEEN = 34
_LEFT_GUTTER = 172
_RIGHT_GUTTER = 180
# Room above the top and below the bottom of a scale, as a share of it, so that marks at
# its ends are whole.
_ROOM = 0.04
_DAYS_AT_THE_ENDS = timedelta(days=6)
# A gap narrower than this share of the time axis has no room for its words.
_ROOM_FOR_WORDS = 0.09
# Places along the axis that are tried for the label of a cut-off.
_SPOTS = 120
# As shares of a panel's height: the middle of a label above its line, and room that is enough.
_LABEL_ABOVE = 0.06
_FREE = 0.2
_ROOM_FOR_A_REASON = 0.28
# Roughly, on a figure of ordinary width: the share of the axis that a letter takes.
_SHARE_OF_A_LETTER = 0.0072
_ROOM_FOR_A_VERDICT = 0.1
# How much more of the axis the same words take on a small screen or in a card.
_NARROW = 2.1
# Pixels between a score and the middle of the words above or below it.
_BESIDE_A_SCORE = 15


def trajectories(
    told: Sequence[Story],
    events: pd.DataFrame,
    start: date,
    end: date,
    words: Words,
    palette: Palette,
    *,
    show_error: bool = True,
    show_cut_off: bool = True,
    courses: Sequence[Course] = (),
    picked: tuple[int, str, str] | None = None,
    narrow: bool = False,
) -> go.Figure:
    """Small multiples of scales over an event lane.

    Args:
        told: one panel each, in this order.
        courses: expected bands to draw behind their scales.
        picked: assessment, measure and scale of the form that is looked into elsewhere.
        events: rows of the query `patient_events`; an empty frame leaves the lane out.
        start, end: the time axis; scores outside are not drawn.
        show_error: the ribbon of plus and minus one standard error of measurement.
        show_cut_off: the screening cut-off with its source.
        narrow: names above the panels instead of in a left gutter, for small screens.
    """
    heights = [PANEL_HEIGHT] * len(told)
    if len(events):
        heights.append(LANE_HEIGHT * len(LANES))
    drawing = Drawing(
        palette,
        heights,
        {
            "l": 34 if narrow else _LEFT_GUTTER,
            "r": 16 if narrow else _RIGHT_GUTTER,
            "t": 40 if narrow else 24,
            "b": 46,
        },
        gap=_SPACE_BETWEEN,
    )
    expected = {
        (one.story.measure_key, one.story.scale_key): one.band
        for one in courses
        if one.band is not None
    }
    for row, story in enumerate(told, start=1):
        panel = _Panel(drawing, row, story, start, end, words, _NARROW if narrow else 1.0)
        panel.scale()
        if band := expected.get((story.measure_key, story.scale_key)):
            panel.expected(band, named=row == 1)
        if show_cut_off:
            panel.cut_off(with_source=not narrow)
        panel.scores(show_error=show_error)
        panel.gaps()
        panel.forms_without_a_score()
        panel.reliable_changes()
        if picked is not None and picked[1:] == (story.measure_key, story.scale_key):
            panel.picked(picked[0])
        if narrow:
            panel.name_above()
        else:
            panel.name_left()
            panel.bands_right()
    if len(events):
        draw_event_lane(drawing, len(heights), events, start, end, words, narrow=narrow)
    date_axis(drawing, start, end, words, most=6 if narrow else 10, margin=_DAYS_AT_THE_ENDS)
    return drawing.figure()


def axis_values(story: Story) -> list[float]:
    """Both ends of the scale and the starts of its bands, none closer than a tenth of it."""
    span = story.maximum - story.minimum
    inner = [band.from_score for band in story.bands if story.minimum < band.from_score]
    if story.cut_off is not None and story.cut_off not in inner:
        inner.append(story.cut_off)
    if not inner:
        inner = [story.minimum + span / 2]
    kept = [story.minimum]
    for value in sorted(inner):
        if value - kept[-1] >= span / 10 and story.maximum - value >= span / 10:
            kept.append(value)
    return [*kept, story.maximum]


# What a scale without bands of its own is divided into by its cut-off.
_SIDES_OF_A_CUT_OFF = ("below cut-off", "at or above cut-off")


def band_places(story: Story) -> list[tuple[str, float, float, float]]:
    """Label, lowest and highest score, and middle of each band of a scale; without bands, the
    two sides of its cut-off.

    The highest score of a band is one point below the next one where scores are whole,
    a hundredth below it where they are means.
    """
    labels = [band.label for band in story.bands]
    starts = [band.from_score for band in story.bands]
    if not labels and story.cut_off is not None:
        labels = list(_SIDES_OF_A_CUT_OFF)
        starts = [story.minimum, story.cut_off]
    whole = all(float(value).is_integer() for value in [*starts, story.maximum])
    step = 1.0 if whole else 0.01
    ends = [value - step for value in starts[1:]] + [story.maximum]
    return [
        (label, lower, upper, (lower + upper) / 2)
        for label, lower, upper in zip(labels, starts, ends, strict=False)
    ]


def band_now(story: Story) -> str | None:
    """Which of `band_places` the latest score lies in."""
    if story.latest is None:
        return None
    if not story.bands and story.cut_off is not None:
        return _SIDES_OF_A_CUT_OFF[story.latest.score >= story.cut_off]
    return story.latest.band


class _Verdict(NamedTuple):
    """A reliable change in words, above or below its score."""

    form: Form
    text: str
    above: bool
    anchor: str


class _Panel:
    """One scale in one row of the drawing.

    Attributes:
        every: the scored forms, oldest first.
        forms: those of them in sight.
        hidden: how many there are before them.
        letter: the share of the time axis that a letter takes.
        verdicts: the changes that are put into words.
    """

    def __init__(
        self,
        drawing: Drawing,
        row: int,
        story: Story,
        start: date,
        end: date,
        words: Words,
        crowded: float,
    ) -> None:
        self.drawing = drawing
        self.row = row
        self.story = story
        self.start = start
        self.end = end
        self.words = words
        self.palette = drawing.palette
        self.mark: Mark = mark_of_domain(story.domain, drawing.palette)
        span = story.maximum - story.minimum
        self.bottom = story.minimum - _ROOM * span
        self.top = story.maximum + _ROOM * span
        first, last = pd.Timestamp(start), pd.Timestamp(end)
        self.every = story.points
        self.hidden = sum(form.completed_on < first for form in self.every)
        self.forms = [form for form in self.every if first <= form.completed_on <= last]
        self.crowded = crowded
        self.letter = _SHARE_OF_A_LETTER * crowded
        self.verdicts = self._verdicts()

    def scale(self) -> None:
        self.drawing.y_axis(
            self.row,
            range=[self.bottom, self.top],
            tickvals=axis_values(self.story),
            ticktext=[self.words.number(value) for value in axis_values(self.story)],
            tickfont={"size": SMALL, "color": self.palette.soft_ink},
            gridcolor=self.palette.grid,
        )
        self._across(self.bottom, {"color": self.palette.axis, "width": 1})

    def cut_off(self, *, with_source: bool) -> None:
        """The screening cut-off as a named line, and a tint over what lies beyond it."""
        if self.story.cut_off is None:
            return
        self.drawing.shape(
            self.row,
            type="rect",
            xref="paper",
            x0=0,
            x1=1,
            y0=self.story.cut_off,
            y1=self.top,
            fillcolor=see_through(self.mark.fill, 0.045),
            line={"width": 0},
            layer="below",
        )
        self._across(
            self.story.cut_off, {"color": self.palette.soft_ink, "width": 1.1, "dash": "dash"}
        )
        named = self.words.say("chart.cut_off", cut_off=self.words.number(self.story.cut_off))
        if with_source:
            named += f" · {plain(citation(self.story.cut_off_source or ''))}"
        self._write(
            named,
            x=self._free_place(len(named) * self.letter),
            xanchor="center",
            y=self.story.cut_off,
            yanchor="bottom",
        )

    def expected(self, band: ExpectedBand, *, named: bool) -> None:
        """Where the middle 80 % and 50 % of comparable patients were, behind everything else."""
        for low, high in ((band.low80, band.high80), (band.low50, band.high50)):
            self.drawing.draw(
                self.row,
                {
                    "type": "scatter",
                    "x": [*band.days, *band.days[::-1]],
                    "y": [*high, *low[::-1]],
                    "mode": "lines",
                    "fill": "toself",
                    "fillcolor": see_through(self.palette.not_judged, 0.1),
                    "line": {"width": 0},
                    "hoverinfo": "skip",
                    "name": self.words.say("chart.expected"),
                },
            )
        for edge in (band.low80, band.high80):
            self.drawing.draw(
                self.row,
                {
                    "type": "scatter",
                    "x": list(band.days),
                    "y": list(edge),
                    "mode": "lines",
                    "line": {"color": self.palette.not_judged, "width": 1, "dash": "dot"},
                    "hoverinfo": "skip",
                    "name": self.words.say("chart.expected"),
                },
            )
        if named and self.start <= band.days[-1]:
            last = min(band.days[-1], self.end)
            days = [day.toordinal() for day in band.days]
            self._write(
                self.words.say("chart.expected"),
                x=last,
                y=float(np.interp(last.toordinal(), days, band.high80)),
                xanchor="right",
                yanchor="bottom",
            )

    def scores(self, *, show_error: bool) -> None:
        """Open circles joined where nothing is missing in between."""
        for first, last in self.story.runs:
            run = self.forms[max(first - self.hidden, 0) : max(last + 1 - self.hidden, 0)]
            if not run:
                continue
            if show_error and self.story.measurement_error is not None:
                self._ribbon(run, self.story.measurement_error)
            self.drawing.draw(
                self.row,
                {
                    "type": "scatter",
                    "x": [form.completed_on for form in run],
                    "y": [form.score for form in run],
                    "mode": "lines+markers",
                    "line": {"color": self.mark.edge, "width": 2.4},
                    "marker": {
                        "size": 7,
                        "color": self.palette.ground,
                        "line": {"color": self.mark.edge, "width": 1.8},
                    },
                    "text": [self._said(form) for form in run],
                    "hovertemplate": "%{text}<extra></extra>",
                    "name": plain(self.story.title),
                    **self._clicked([form.assessment_id for form in run]),
                },
            )

    def gaps(self) -> None:
        """Where no form came, the length of that time in words, and why where there is room."""
        for gap in self.story.gaps:
            left, right = max(gap.start, self.start), min(gap.end, self.end)
            room = (right - left) / (self.end - self.start)
            if room >= _ROOM_FOR_WORDS * self.crowded:
                said = no_form(gap.days, self.words)
                why = "" if gap.why is None else why_in_words(gap.why, self.words)
                if why and len(why) * self.letter <= room:
                    said = f"{said}<br>{why}"
                self._write(
                    said,
                    x=left + (right - left) / 2,
                    y=self.story.maximum,
                    yanchor="top",
                    # Lines of the expected band may run behind.
                    bgcolor=see_through(self.palette.ground, 0.7),
                )

    def forms_without_a_score(self) -> None:
        """A dotted line with a ring and the reason: never a mark at a height."""
        free_from = self.start
        room = (self.end - self.start) * min(_ROOM_FOR_A_REASON * self.crowded, 0.5)
        for form in self.story.unscored:
            day = form.completed_on.date()
            if not self.start <= day <= self.end:
                continue
            reason = reason_unscored(form, self.words)
            self.drawing.draw(
                self.row,
                {
                    "type": "scatter",
                    "x": [day, day],
                    "y": [self.story.minimum, self.story.maximum],
                    "mode": "lines+markers",
                    "line": {"color": self.palette.not_judged, "width": 1, "dash": "dot"},
                    "marker": {
                        "symbol": "circle-open",
                        "size": [0, 8],
                        "color": self.palette.not_judged,
                        "line": {"width": 1.6},
                    },
                    "text": [f"{self.words.date(day)}<br>{reason}"] * 2,
                    "hovertemplate": "%{text}<extra></extra>",
                    "name": self.words.say("chart.no_score"),
                    **self._clicked([form.assessment_id] * 2),
                },
            )
            # The next mark within the words goes unlabelled: it looks and means the same.
            if day < free_from:
                continue
            free_from = day + room
            late = day > self.end - room
            self._write(
                reason,
                x=day,
                y=self.story.maximum,
                xanchor="right" if late else "left",
                xshift=-7 if late else 7,
                yanchor="bottom",
            )

    def reliable_changes(self) -> None:
        """Filled triangles where a score differs reliably from its reference; words where the
        verdict turns."""
        changed = [form for form in self.forms if form.verdict in RELIABLE]
        if not changed:
            return
        self.drawing.draw(
            self.row,
            {
                "type": "scatter",
                "x": [form.completed_on for form in changed],
                "y": [form.score for form in changed],
                "mode": "markers",
                "marker": {
                    "symbol": [
                        "triangle-up" if form.difference > 0 else "triangle-down"
                        for form in changed
                    ],
                    "size": 12,
                    "color": self.mark.edge,
                },
                "hoverinfo": "skip",
                "name": self.words.say("chart.reliable"),
                **self._clicked([form.assessment_id for form in changed]),
            },
        )
        for one in self.verdicts:
            self._write(
                one.text,
                colour=self.mark.ink,
                x=one.form.completed_on,
                y=one.form.score,
                xanchor=one.anchor,
                yshift=_BESIDE_A_SCORE if one.above else -_BESIDE_A_SCORE,
            )

    def _verdicts(self) -> list["_Verdict"]:
        """The reliable changes where the verdict turns, as far as there is room for words."""
        room = (self.end - self.start) * _ROOM_FOR_A_VERDICT * self.crowded
        early, late = pd.Timestamp(self.start) + room / 2, pd.Timestamp(self.end) - room
        near_the_top = self.top - _FREE * (self.top - self.bottom)
        reasons = [form.completed_on for form in self.story.unscored]
        written: dict[bool, pd.Timestamp] = {}
        told = []
        for place, form in enumerate(self.forms):
            before = self.forms[place - 1] if place else None
            if form.verdict not in RELIABLE or (before and before.verdict == form.verdict):
                continue
            # Words stand above a peak and below a trough, where the line is not.
            beside = [one.score for one in (before, *self.forms[place + 1 : place + 2]) if one]
            level = sum(beside) / len(beside) if beside else form.score
            above = form.difference > 0 if level == form.score else form.score > level
            # Words that would touch those before give way; the mark says the same.
            if above in written and form.completed_on - written[above] < room:
                continue
            # So do words at the top beside the reason why a form there has no score.
            at_the_top = above and form.score > near_the_top
            if at_the_top and any(abs(day - form.completed_on) < room for day in reasons):
                continue
            written[above] = form.completed_on
            anchor = (
                "right"
                if form.completed_on > late
                else "left"
                if form.completed_on < early
                else "center"
            )
            told.append(_Verdict(form, self.words.say(f"verdict.{form.verdict}"), above, anchor))
        return told

    def picked(self, assessment_id: int) -> None:
        """A ring around the form that is looked into below the figure."""
        places = [
            (form.completed_on, form.score)
            for form in self.forms
            if form.assessment_id == assessment_id
        ]
        places += [
            (form.completed_on, self.story.maximum)
            for form in self.story.unscored
            if form.assessment_id == assessment_id
            and self.start <= form.completed_on.date() <= self.end
        ]
        for day, height in places:
            self.drawing.draw(
                self.row,
                {
                    "type": "scatter",
                    "x": [day],
                    "y": [height],
                    "mode": "markers",
                    "marker": {
                        "symbol": "circle-open",
                        "size": 18,
                        "color": self.palette.accent,
                        "line": {"width": 2},
                    },
                    "hoverinfo": "skip",
                    "name": self.words.say("chart.picked"),
                },
            )

    def name_left(self) -> None:
        story, words = self.story, self.words
        span = words.say(
            "chart.range",
            minimum=words.number(story.minimum),
            maximum=words.number(story.maximum),
        )
        soft = self.palette.soft_ink
        lines = [
            *((plain(part), self.palette.ink, 14.5, True) for part in wrap(story.title, 21)[:2]),
            (f"{words.say(f'domain.{story.domain}')} {span}", soft, SMALL, False),
            (direction(story.higher_is, words), soft, SMALL, False),
        ]
        for position, (text, colour, size, bold) in enumerate(lines):
            self.drawing.beside(
                self.row,
                text,
                colour=colour,
                size=size,
                bold=bold,
                x=0,
                xshift=-_LEFT_GUTTER,
                xanchor="left",
                y=1,
                yshift=4 - 18 * position,
                yanchor="top",
            )

    def name_above(self) -> None:
        said = [f"<b>{plain(self.story.title)}</b>", direction(self.story.higher_is, self.words)]
        latest = self.story.latest
        if latest is not None:
            said.insert(1, plain(with_band(latest.score, latest.band, self.words)))
        self.drawing.beside(
            self.row,
            " · ".join(said),
            colour=self.palette.ink,
            x=0,
            xshift=-30,
            xanchor="left",
            y=1,
            yshift=16,
            yanchor="bottom",
        )

    def bands_right(self) -> None:
        """Bands in words at their height; the current one bold, with the score."""
        latest = self.story.latest
        pixels = PANEL_HEIGHT / (self.top - self.bottom)
        taken: list[float] = []
        places = band_places(self.story)
        now = band_now(self.story)
        if latest is not None:
            text, height = self.words.number(latest.score), latest.score
            for label, lower, upper, middle in places:
                if label == now:
                    text, height = self._band("chart.band_now", label, lower, upper), middle
            self._right(text, height, self.mark.ink, bold=True)
            taken.append(height)
        for label, lower, upper, middle in places:
            if all(abs(middle - other) * pixels >= 15 for other in taken):
                self._right(
                    self._band("chart.band", label, lower, upper),
                    middle,
                    self.palette.soft_ink,
                    bold=False,
                )
                taken.append(middle)

    def _band(self, key: str, label: str, lower: float, upper: float) -> str:
        latest = self.story.latest
        values = {
            "band": plain(self.words.term("band", label)),
            "lower": self.words.number(lower),
            "upper": self.words.number(upper),
        }
        if key == "chart.band_now" and latest is not None:
            values["score"] = self.words.number(latest.score)
        return self.words.say(key, **values)

    def _right(self, text: str, y: float, colour: str, *, bold: bool) -> None:
        size = 12.5 if bold else INSIDE
        self.drawing.write_right(self.row, text, y, colour=colour, away=12, size=size, bold=bold)

    def _write(self, text: str, *, colour: str | None = None, **place: Any) -> None:
        self.drawing.write(
            text, row=self.row, colour=colour or self.palette.soft_ink, size=INSIDE, **place
        )

    def _clicked(self, forms: Iterable[int]) -> dict[str, Any]:
        """What a click on each form tells; the others do not fade."""
        story = self.story
        return {
            "customdata": [[int(form), story.measure_key, story.scale_key] for form in forms],
            "selected": {"marker": {"opacity": 1}},
            "unselected": {"marker": {"opacity": 1}},
        }

    def _across(self, y: float, line: dict[str, Any]) -> None:
        # In the units of the axis, not of the figure: only so is it drawn over the grid.
        self.drawing.shape(
            self.row,
            type="line",
            x0=self.start - _DAYS_AT_THE_ENDS,
            x1=self.end + _DAYS_AT_THE_ENDS,
            y0=y,
            y1=y,
            line=line,
            layer="between",
        )

    def _free_place(self, room: float) -> pd.Timestamp:
        """The middle of where a label on the cut-off is farthest from the line of scores and the
        words on it; of places as good, the last.

        room: the share of the time axis that the label needs.
        """
        first = pd.Timestamp(self.start)
        span = max((self.end - self.start).days, 1)
        reach = self.top - self.bottom
        label = (self.story.cut_off or 0.0) + _LABEL_ABOVE * reach
        places = [(form.completed_on - first).days / span for form in self.every]
        heights = [(form.score - label) / reach for form in self.every]
        spots = np.linspace(0, 1, _SPOTS + 1)
        free = np.full(_SPOTS + 1, _FREE)
        for earlier, later in self.story.runs:
            days = places[earlier : later + 1]
            line = np.abs(np.interp(spots, days, heights[earlier : later + 1]))
            inside = (spots >= days[0] - room / 8) & (spots <= days[-1] + room / 8)
            free = np.where(inside, np.minimum(free, line), free)
        for one in self.verdicts:
            wide = len(one.text) * self.letter
            before = {"left": 0.0, "center": wide / 2, "right": wide}[one.anchor]
            begins = (one.form.completed_on - first).days / span - before
            beside = _BESIDE_A_SCORE / PANEL_HEIGHT * (1 if one.above else -1)
            height = abs((one.form.score - label) / reach + beside)
            under = (spots >= begins) & (spots <= begins + wide)
            free = np.where(under, np.minimum(free, height), free)
        width = min(max(round(room * _SPOTS), 1), _SPOTS)
        # In hundredths, so that hardly better places do not count as better.
        around = np.lib.stride_tricks.sliding_window_view(np.round(free, 2), width + 1).min(axis=1)
        best = len(around) - 1 - int(np.argmax(around[::-1]))
        return first + pd.Timedelta(days=(best + width / 2) / _SPOTS * span)

    def _said(self, form: Form) -> str:
        scored = plain(with_band(form.score, form.band, self.words))
        status = self.words.say(f"status.{form.status}")
        return f"{self.words.date(form.completed_on)}<br>{scored}<br>{status}"

    def _ribbon(self, run: Sequence[Form], error: float) -> None:
        """Plus and minus one standard error of measurement, kept inside the scale."""
        days = [form.completed_on for form in run]
        upper = [min(form.score + error, self.story.maximum) for form in run]
        lower = [max(form.score - error, self.story.minimum) for form in run]
        if len(run) == 1:
            # A single form has no width to fill: a bar of the same colour and height.
            self.drawing.shape(
                self.row,
                type="line",
                x0=days[0],
                x1=days[0],
                y0=lower[0],
                y1=upper[0],
                line={"color": see_through(self.mark.fill, 0.45), "width": 6},
                layer="below",
            )
            return
        self.drawing.draw(
            self.row,
            {
                "type": "scatter",
                "x": [*days, *days[::-1]],
                "y": [*upper, *lower[::-1]],
                "mode": "lines",
                "fill": "toself",
                "fillcolor": see_through(self.mark.fill, 0.20),
                "line": {"width": 0},
                "hoverinfo": "skip",
            },
        )
