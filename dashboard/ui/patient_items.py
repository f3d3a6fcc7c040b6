"""Answers one by one on the Patient page: safety items always, then one measure, item by item."""

from datetime import timedelta
from functools import partial

import pandas as pd

from dashboard.analysis.patient_readings import safety_history_in_words
from dashboard.analysis.safety_state import safety_items
from dashboard.charts.item_answers import item_answers
from dashboard.charts.safety_answers import safety_answers
from dashboard.ui import filters
from dashboard.ui.chart_frame import chart_frame
from dashboard.ui.export import stamp
from dashboard.ui.page import nothing_here, section
from dashboard.ui.patient import View
from dashboard.ui.patient_tables import answers_in_words
from dashboard.ui.session import Session


def safety_section(session: Session, answers: pd.DataFrame, view: View) -> None:
    """Every answer to a safety item there is: whatever measure or period is looked at."""
    of_safety = safety_items(answers)
    if of_safety.empty:
        return
    words = session.words
    chart_frame(
        session,
        "safety_answers",
        safety_answers(of_safety, words, session.palette, narrow=session.narrow),
        partial(answers_in_words, session, of_safety),
        title=words.say("safety_items.title"),
        reading=safety_history_in_words(of_safety, words),
        source=words.say("safety_items.source"),
        origin=stamp(session, view.end),
    )


def items_section(session: Session, answers: pd.DataFrame, view: View) -> None:
    """The answers of one measure, chosen here, item by item."""
    words = session.words
    days = answers["completed_on"]
    in_view = answers[
        (days >= pd.Timestamp(view.start)) & (days < pd.Timestamp(view.end + timedelta(days=1)))
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
        partial(answers_in_words, session, rows),
        title=words.say("items.title", measure=measure.title),
        reading=words.count("items.reading", forms, unanswered=words.number(unanswered)),
        source=words.say("items.source", licence=measure.licence.text),
        origin=stamp(session, view.end, view.filters),
        how_to_read=words.say("items.how"),
    )


def _measures_by_importance(session: Session, answers: pd.DataFrame) -> list[str]:
    """Measures with item answers: those with a safety item first, then by number of forms."""
    columns = (answers[name].tolist() for name in ("measure_key", "assessment_id", "safety"))
    forms: dict[str, set[int]] = {}
    watched = set()
    for key, form, is_safety in zip(*columns, strict=True):
        forms.setdefault(key, set()).add(form)
        if is_safety:
            watched.add(key)
    known = sorted(key for key in forms if key in session.catalogue)
    return sorted(known, key=lambda key: (key not in watched, -len(forms[key])))
