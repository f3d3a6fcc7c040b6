"""The numbers and pictures of the Patient page."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.analysis import readings
from dashboard.analysis.expected_course import (
    Course,
    calibration_in_words,
    course,
    courses_in_words,
    has_a_band,
)
from dashboard.analysis.missing_forms import gaps_in_words
from dashboard.analysis.trajectory import MOST_LEADING, RELIABLE, Story, leading
from dashboard.charts.canvas import citation
from dashboard.charts.trajectories import trajectories
from dashboard.ui import address, filters
from dashboard.ui.chart_frame import chart_frame
from dashboard.ui.export import stamp
from dashboard.ui.page import Colour, Number, nothing_here, numbers
from dashboard.ui.patient import View
from dashboard.ui.patient_origin import Picked, take_click
from dashboard.ui.patient_tables import points_in_words
from dashboard.ui.plain import as_text
from dashboard.ui.session import Session

# The names under which `.streamlit/config.toml` holds the colours of the palette.
_COLOURS: dict[str, Colour] = {"distress": "orange", "support": "blue", "need": "yellow"}


def cards(session: Session, told: Sequence[Story]) -> None:
    """Latest score, band and change of the scales that say most: distress, then support."""
    words = session.words
    shown = leading(told)
    numbers([_card(session, story) for story in shown], columns=MOST_LEADING, narrowest=220)
    if not shown:
        nothing_here(words.say("patient.no_score"), words.say("patient.no_score_next"))


def at_a_glance(
    session: Session,
    told: Sequence[Story],
    events: pd.DataFrame,
    view: View,
    picked: Picked | None,
) -> list[Course]:
    """Every trended scale on shared dates, by domain, over what happened; gives the courses that
    are drawn behind them."""
    words = session.words
    titles = {story.measure_key: story.measure_title for story in told}
    address.follow_default("measures", _shown_at_first(told))
    shown_measures = filters.any_of(
        words.say("control.measures"),
        "measures",
        list(titles),
        _shown_at_first(told),
        lambda key: as_text(titles[key]),
    )
    whole = [story for story in told if not story.is_part]
    shown = [
        story
        for story in (told if "parts" in view.layers else whole)
        if story.measure_key in shown_measures
    ]
    if not shown:
        nothing_here(words.say("glance.none"), words.say("glance.none_next"))
        return []
    courses = _courses(session, shown, view) if "expected" in view.layers else []
    figure = trajectories(
        shown,
        events if "events" in view.layers else events.iloc[:0],
        view.start,
        view.end,
        words,
        session.palette,
        show_error="error" in view.layers,
        show_cut_off="cut_off" in view.layers,
        courses=courses,
        picked=picked.mark if picked else None,
        narrow=session.narrow,
    )
    chart_frame(
        session,
        "trajectories",
        figure,
        partial(points_in_words, session, shown),
        title=words.say(
            "glance.chart_title",
            start=words.date(view.start),
            end=words.date(view.end),
        ),
        reading=readings.answer_on_the_patient(shown, words),
        source=_sources(session, shown),
        origin=stamp(session, view.end, view.filters),
        how_to_read=words.say("glance.marks"),
        on_select=take_click,
    )
    if courses:
        with_note = (
            courses_in_words(courses, words),
            calibration_in_words(courses, words),
            words.say("expected.not_a_prognosis"),
        )
        st.caption(as_text(" ".join(part for part in with_note if part)))
    if absences := gaps_in_words(shown, words):
        st.caption(as_text(absences))
    return courses


def source_parts(session: Session, told: Sequence[Story], scores: pd.DataFrame) -> list[str]:
    """Forms, scores that could not be computed, and reliable change with its sources."""
    words = session.words
    return [
        words.count("source.forms", scores["assessment_id"].nunique()),
        words.count("source.unscored", int(scores["score"].isna().sum())),
        *(
            words.say(
                "source.reliable_change",
                measure=story.title,
                amount=words.number(story.reliable_change),
                source=citation(story.reliable_change_source or ""),
            )
            for story in leading(told)
            if story.reliable_change is not None
        ),
    ]


def _courses(session: Session, shown: Sequence[Story], view: View) -> list[Course]:
    """Where the centre's patients who began alike were later, of each scale shown."""
    found = []
    for story in shown:
        if has_a_band(story):
            scale = {"measure_key": story.measure_key, "scale_key": story.scale_key}
            found.append(
                course(
                    story,
                    session.ask("recovery_bands", **scale),
                    session.ask("recovery_check", **scale),
                    view.end,
                )
            )
    return found


def _shown_at_first(told: Sequence[Story]) -> list[str]:
    """The measures that the number cards show: every other one is a click away."""
    return list(dict.fromkeys(story.measure_key for story in leading(told)))


def _card(session: Session, story: Story) -> Number:
    words = session.words
    change = story.latest
    assert change is not None  # only scored stories get a card
    label = words.say(
        "card.label",
        title=as_text(story.title),
        direction=readings.direction(story.higher_is, words),
    )
    value = as_text(readings.with_band(change.score, change.band, words))
    if change.difference is None or change.reference_on is None:
        return Number(label, value, words.say("change.first"), words.short_date(change.on))
    return Number(
        label,
        value,
        words.say(
            "card.change",
            amount=words.signed(change.difference),
            date=words.date(change.reference_on),
        ),
        readings.certainty_short(change, words),
        colour=_COLOURS.get(story.domain, "gray") if change.verdict in RELIABLE else "gray",
        explained=as_text(readings.change_in_words(change, words)),
    )


def _sources(session: Session, told: Sequence[Story]) -> str:
    words = session.words
    forms = sum(len(story.scored_on) for story in told)
    unscored = sum(len(story.unscored) for story in told)
    parts = [words.count("source.scores", forms), words.count("source.unscored", unscored)]
    parts += [
        words.say(
            "source.cut_off",
            measure=story.title,
            cut_off=words.number(story.cut_off),
            source=citation(story.cut_off_source or ""),
        )
        for story in told
        if story.cut_off is not None
    ]
    return " · ".join(parts)
