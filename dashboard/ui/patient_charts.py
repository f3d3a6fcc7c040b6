"""The numbers and pictures of the Patient page."""

from collections.abc import Sequence

import pandas as pd

from dashboard.analysis import readings
from dashboard.analysis.gap_history import gap_histories
from dashboard.analysis.support import judged_types, newest_form
from dashboard.analysis.trajectory import RELIABLE, Story
from dashboard.charts.canvas import citation
from dashboard.charts.gap_history import gap_history
from dashboard.charts.item_answers import item_answers
from dashboard.charts.trajectories import trajectories
from dashboard.charts.wanted_and_received import wanted_and_received
from dashboard.charts.who_gives_it import who_gives_it
from dashboard.ui import filters
from dashboard.ui.chart_frame import chart_frame
from dashboard.ui.export import stamp
from dashboard.ui.page import Colour, Number, nothing_here, numbers, section, side_by_side
from dashboard.ui.patient import View
from dashboard.ui.patient_tables import (
    answers_in_words,
    gaps_as_rows,
    points_in_words,
    sources_in_words,
    types_in_words,
)
from dashboard.ui.plain import as_text
from dashboard.ui.session import Session

_MOST_CARDS = 4
# The names under which `.streamlit/config.toml` holds the colours of the palette.
_COLOURS: dict[str, Colour] = {"distress": "orange", "support": "blue", "need": "yellow"}


def cards(session: Session, told: Sequence[Story]) -> None:
    """Latest score, band and change of the scales that say most: distress, then support."""
    words = session.words
    shown = leading(told)
    numbers([_card(session, story) for story in shown], columns=_MOST_CARDS, narrowest=220)
    if not shown:
        nothing_here(words.say("patient.no_score"), words.say("patient.no_score_next"))


def at_a_glance(session: Session, told: Sequence[Story], events: pd.DataFrame, view: View) -> None:
    """Every trended scale on shared dates, by domain, over what happened."""
    words = session.words
    titles = {story.measure_key: story.measure_title for story in told}
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
        return
    figure = trajectories(
        shown,
        events if "events" in view.layers else events.iloc[:0],
        view.start,
        view.end,
        words,
        session.palette,
        show_error="error" in view.layers,
        show_cut_off="cut_off" in view.layers,
        narrow=session.narrow,
    )
    chart_frame(
        session,
        "trajectories",
        figure,
        points_in_words(session, shown),
        title=words.say(
            "glance.chart_title",
            start=words.date(view.start),
            end=words.date(view.end),
        ),
        reading=readings.answer_on_the_patient(shown, words),
        source=_sources(session, shown),
        origin=stamp(session, view.end, view.filters),
        how_to_read=words.say("glance.marks"),
    )


def support_section(session: Session, support: pd.DataFrame, view: View) -> None:
    """What is wanted and received by type, and who gives it, on the newest support grid."""
    words = session.words
    if support.empty:
        section(words.say("support.title"))
        nothing_here(words.say("support.none"), words.say("support.none_next"))
        return
    form = newest_form(support)
    types = judged_types(form)
    day = words.date(pd.Timestamp(form["completed_on"].iloc[0]))
    grid = side_by_side()
    with grid.cell():
        chart_frame(
            session,
            "wanted_and_received",
            wanted_and_received(types, words, session.palette, narrow=session.narrow),
            types_in_words(session, types),
            title=words.say("support.title"),
            reading=readings.support_in_words(types, words),
            source=words.say("support.source", date=day),
            origin=stamp(session, view.end, view.filters),
        )
    with grid.cell():
        chart_frame(
            session,
            "who_gives_it",
            who_gives_it(form, words, session.palette, narrow=session.narrow),
            sources_in_words(session, form),
            title=words.say("who.title"),
            reading=words.say("who.reading"),
            source=words.say("who.source", date=day),
            origin=stamp(session, view.end, view.filters),
        )


def gaps_section(
    session: Session, support: pd.DataFrame, episodes: pd.DataFrame, view: View
) -> None:
    """Each gap over time, with the stretches for which the need stood open."""
    words = session.words
    if support.empty:
        return
    histories = gap_histories(support, episodes, view.end)
    chart_frame(
        session,
        "gap_history",
        gap_history(histories, view.start, view.end, words, session.palette, narrow=session.narrow),
        gaps_as_rows(session, histories),
        title=words.say("gaps.title"),
        reading=readings.gaps_in_words(histories, words),
        source=words.count("gaps.source", support["assessment_id"].nunique()),
        origin=stamp(session, view.end, view.filters),
        how_to_read=words.say("gaps.how"),
    )


def items_section(session: Session, answers: pd.DataFrame, view: View) -> None:
    """The answers of one measure, chosen here, item by item."""
    words = session.words
    in_view = answers[
        pd.to_datetime(answers["completed_on"]).between(
            pd.Timestamp(view.start), pd.Timestamp(view.end)
        )
    ]
    keys = _measures_by_importance(session, in_view)
    if not keys:
        section(words.say("items.title_none"))
        nothing_here(words.say("items.none"), words.say("items.none_next"))
        return
    key = filters.one_from_list(
        words.say("control.measure"),
        "measure",
        keys,
        lambda name: session.catalogue[name].title,
    )
    measure = session.catalogue[key]
    rows = in_view[in_view["measure_key"] == key]
    forms = rows["assessment_id"].nunique()
    unanswered = int((rows["state"] != "answered").sum())
    chart_frame(
        session,
        "item_answers",
        item_answers(rows, measure.domain, words, session.palette, narrow=session.narrow),
        answers_in_words(session, rows),
        title=words.say("items.title", measure=measure.title),
        reading=words.count("items.reading", forms, unanswered=words.number(unanswered)),
        source=words.say("items.source", licence=measure.licence.text),
        origin=stamp(session, view.end, view.filters),
        how_to_read=words.say("items.how"),
    )


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


def leading(told: Sequence[Story]) -> list[Story]:
    """Distress scales with a cut-off, then support as a whole; else whatever has a score."""
    scored = [story for story in told if story.latest is not None and not story.is_part]
    distress = [story for story in scored if story.domain == "distress" and story.cut_off]
    support = [story for story in scored if story.domain == "support"]
    return ([*distress[: _MOST_CARDS - 1], *support] or scored)[:_MOST_CARDS]


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
    forms = sum(len(story.points) for story in told)
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


def _measures_by_importance(session: Session, answers: pd.DataFrame) -> list[str]:
    """Measures with item answers: those with a safety item first, then by number of forms."""
    known = answers[answers["measure_key"].isin(list(session.catalogue))]
    by_measure = known.groupby("measure_key")
    order = by_measure.agg(safety=("safety", "max"), forms=("assessment_id", "nunique"))
    return list(order.sort_values(["safety", "forms"], ascending=False).index)
