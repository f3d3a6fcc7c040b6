"""Support on the Patient page: the newest grid, each gap over time, and what goes beside it."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.analysis import readings
from dashboard.analysis.gap_history import gap_histories
from dashboard.analysis.measurement_error import error_in_words
from dashboard.analysis.patient_readings import then_and_now_in_words, traits_in_words
from dashboard.analysis.support import judged_types, newest_form
from dashboard.analysis.trajectory import Story, leading
from dashboard.analysis.within_person import (
    FEWEST_VISITS,
    together,
    together_in_words,
    visits_with_both,
)
from dashboard.charts.gap_history import gap_history
from dashboard.charts.then_and_now import then_and_now
from dashboard.charts.trajectories import trajectories
from dashboard.charts.wanted_and_received import wanted_and_received
from dashboard.charts.who_gives_it import who_gives_it
from dashboard.charts.within_person import within_person
from dashboard.ui import frames
from dashboard.ui.chart_frame import chart_frame
from dashboard.ui.export import stamp
from dashboard.ui.page import nothing_here, section, side_by_side
from dashboard.ui.patient import View
from dashboard.ui.patient_tables import (
    associations_as_rows,
    gaps_as_rows,
    points_in_words,
    sources_in_words,
    then_and_now_as_rows,
    types_in_words,
)
from dashboard.ui.plain import as_text
from dashboard.ui.session import Session


def support_section(session: Session, support: pd.DataFrame, view: View) -> None:
    """What is wanted and received by type, and who gives it, on the newest support grid."""
    words = session.words
    if support.empty:
        section(words.say("support.title"))
        nothing_here(words.say("support.none"), words.say("support.none_next"))
        return
    form = newest_form(support)
    types = judged_types(form)
    errors = frames.errors_of_answers(
        session.directory, session.snapshot, session.scope.person_id, session.scope.role, view.end
    )
    day = words.date(pd.Timestamp(form["completed_on"].iloc[0]))
    grid = side_by_side()
    with grid.cell():
        chart_frame(
            session,
            "wanted_and_received",
            wanted_and_received(types, errors, words, session.palette, narrow=session.narrow),
            partial(types_in_words, session, types),
            title=words.say("support.title"),
            reading=readings.support_in_words(types, words),
            source=words.say("support.source", date=day, error=error_in_words(errors, words)),
            origin=stamp(session, view.end, view.filters),
        )
    with grid.cell():
        chart_frame(
            session,
            "who_gives_it",
            who_gives_it(form, words, session.palette, narrow=session.narrow),
            partial(sources_in_words, session, form),
            title=words.say("who.title"),
            reading=words.say("who.reading"),
            source=words.say("who.source", date=day),
            origin=stamp(session, view.end, view.filters),
        )


def story_section(
    session: Session,
    told: Sequence[Story],
    scores: pd.DataFrame,
    support: pd.DataFrame,
    episodes: pd.DataFrame,
    patient_ref: str,
    view: View,
) -> None:
    """Need, receipt and gap over time; beside them coping and resilience, each by itself."""
    if support.empty:
        _context(session, told, scores, view)
        return
    grid = side_by_side()
    with grid.cell():
        _gaps(session, support, episodes[episodes["patient_ref"] == patient_ref], view)
    with grid.cell():
        _context(session, told, scores, view)


def association_section(
    session: Session, told: Sequence[Story], support: pd.DataFrame, view: View
) -> None:
    """Whether distress went with the person's own gaps and receipt: exploratory."""
    words = session.words
    first = next((story for story in leading(told) if story.domain == "distress"), None)
    visits = 0 if first is None else visits_with_both(first, support)
    if first is None or visits < FEWEST_VISITS:
        section(words.say("within.title"))
        too_few = words.count("within.too_few", visits, fewest=words.number(FEWEST_VISITS))
        st.caption(f"{too_few} {words.say('within.too_few_next')}")
        return
    found = together(first, support)
    chart_frame(
        session,
        "within_person",
        within_person(found, words, session.palette, narrow=session.narrow),
        partial(associations_as_rows, session, found),
        title=words.say("within.title"),
        reading=together_in_words(found, first, words),
        source=words.say("within.source", fewest=words.number(FEWEST_VISITS)),
        origin=stamp(session, view.end),
        how_to_read=words.say("within.how"),
    )


def _gaps(session: Session, support: pd.DataFrame, episodes: pd.DataFrame, view: View) -> None:
    words = session.words
    histories = gap_histories(support, episodes, view.end)
    chart_frame(
        session,
        "gap_history",
        gap_history(histories, view.start, view.end, words, session.palette, narrow=session.narrow),
        partial(gaps_as_rows, session, histories),
        title=words.say("gaps.title"),
        reading=readings.gaps_in_words(histories, words),
        source=words.count("gaps.source", support["assessment_id"].nunique()),
        origin=stamp(session, view.end, view.filters),
        how_to_read=words.say("gaps.how"),
    )


def _context(session: Session, told: Sequence[Story], scores: pd.DataFrame, view: View) -> None:
    """Resilience over time, ways of coping then and now, and traits: none of them mixed."""
    words = session.words
    resources = [story for story in told if story.domain == "resource" and story.latest]
    coping = [story for story in told if story.domain == "coping" and story.latest]
    section(words.say("context.title"), words.say("context.how"))
    if resources:
        chart_frame(
            session,
            "resources",
            trajectories(
                resources,
                pd.DataFrame(),
                view.start,
                view.end,
                words,
                session.palette,
                narrow=True,
            ),
            partial(points_in_words, session, resources),
            title=words.say("context.resources"),
            reading=" ".join(
                words.say(
                    "patient.also",
                    title=story.title,
                    score=readings.with_band(story.latest.score, story.latest.band, words),
                    day=words.date(story.latest.on),
                    change=readings.change_in_words(story.latest, words),
                )
                for story in resources
                if story.latest is not None
            ),
            source=words.say("context.resources_source"),
            origin=stamp(session, view.end, view.filters),
        )
    for measure_key in dict.fromkeys(story.measure_key for story in coping):
        ways = [story for story in coping if story.measure_key == measure_key]
        latest = ways[0].latest
        assert latest is not None
        chart_frame(
            session,
            f"coping_{measure_key}",
            then_and_now(ways, words, session.palette, narrow=session.narrow),
            partial(then_and_now_as_rows, session, ways),
            title=words.say("context.coping", measure=ways[0].measure_title),
            reading=then_and_now_in_words(ways, words),
            source=words.say("context.coping_source"),
            origin=stamp(session, view.end, view.filters),
            how_to_read=words.say("context.coping_how"),
        )
    traits = traits_in_words(scores, words)
    if traits:
        st.caption(as_text(traits))
    if not resources and not coping and not traits:
        st.caption(words.say("context.none"))
