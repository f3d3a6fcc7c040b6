"""What changed between two visits of one patient, a sentence each, and which answers did it."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from dashboard.analysis.item_drivers import Drivers, drivers, drivers_in_words, whole_scale
from dashboard.analysis.trajectory import Story, leading
from dashboard.analysis.visits import (
    days_of_visits,
    gap_in_words,
    gaps_between_visits,
    scores_between,
    scores_in_words,
)
from dashboard.ui import filters
from dashboard.ui.page import nothing_here, section, side_by_side, small_table
from dashboard.ui.plain import as_text
from dashboard.ui.session import Session

_ITEMS_IN_SIGHT = 10


def visits_section(
    session: Session,
    told: Sequence[Story],
    scores: pd.DataFrame,
    support: pd.DataFrame,
    answers: pd.DataFrame,
) -> None:
    """Two visits to choose; what changed between them, and the items behind one total."""
    words = session.words
    section(words.say("visits.title"), words.say("visits.how"))
    days = days_of_visits(scores, support)
    if len(days) < 2:
        nothing_here(words.say("visits.one_only"), words.say("visits.one_only_next"))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        earlier, later = _two_days(session, told, days)
    grid = side_by_side()
    with grid.cell():
        _what_changed(session, told, support, earlier, later)
    with grid.cell():
        _what_drove_it(session, told, scores, answers, earlier, later)


def _two_days(session: Session, told: Sequence[Story], days: Sequence[date]) -> tuple[date, date]:
    """The days to compare: to begin with those that the number cards compare."""
    words = session.words
    shown = leading(told)
    change = shown[0].latest if shown else None
    named = {day.isoformat(): words.date(day) for day in days}
    keys = list(named)
    first, last = keys[0], keys[-1]
    if change is not None:
        last = change.on.isoformat()
        if change.reference_on is not None:
            first = change.reference_on.isoformat()
    earlier = filters.one_from_list(
        words.say("visits.earlier"), "earlier", keys[:-1], named.__getitem__, 160, default=first
    )
    after = [key for key in keys if key > earlier]
    later = filters.one_from_list(
        words.say("visits.later"),
        "later",
        after,
        named.__getitem__,
        160,
        default=last if last in after else after[-1],
    )
    return date.fromisoformat(earlier), date.fromisoformat(later)


def _what_changed(
    session: Session, told: Sequence[Story], support: pd.DataFrame, earlier: date, later: date
) -> None:
    words = session.words
    scores = scores_in_words(scores_between(told, earlier, later), words)
    gaps = [gap_in_words(one, words) for one in gaps_between_visits(support, earlier, later)]
    said = [
        *(scores or [words.say("visits.no_score_on_both")]),
        *(gaps or [words.say("visits.no_grid_on_both")]),
    ]
    st.markdown("\n".join(f"- {as_text(sentence)}" for sentence in said))


def _what_drove_it(
    session: Session,
    told: Sequence[Story],
    scores: pd.DataFrame,
    answers: pd.DataFrame,
    earlier: date,
    later: date,
) -> None:
    """The items of one total, by how much each moved it."""
    words = session.words
    keys = _measures_with_a_total(session, answers)
    if not keys:
        return
    first, found = keys[0], None
    for key in [story.measure_key for story in leading(told) if story.measure_key in keys]:
        found = drivers(answers, scores, session.catalogue[key], earlier, later)
        if found is not None:
            first = key
            break
    chosen = filters.one_from_list(
        words.say("drivers.measure"),
        "drivers_of",
        keys,
        lambda name: session.catalogue[name].title,
        width=240,
        default=first,
    )
    measure = session.catalogue[chosen]
    if chosen != first or found is None:
        found = drivers(answers, scores, measure, earlier, later)
    if found is None:
        st.caption(as_text(words.say("drivers.none", measure=measure.title)))
        return
    st.markdown(as_text(drivers_in_words(found, measure, words)))
    table = _parts(session, found)
    small_table(table.head(_ITEMS_IN_SIGHT), alt=words.say("drivers.table"))
    if len(table) > _ITEMS_IN_SIGHT:
        with st.expander(words.count("drivers.all", len(table))):
            st.dataframe(table, hide_index=True, alt=words.say("drivers.table"), key="drivers")


def _parts(session: Session, found: Drivers) -> pd.DataFrame:
    words = session.words

    def said(value: float | None) -> str:
        return "–" if value is None else words.number(value)

    rows = [
        (
            part.label,
            said(part.earlier),
            said(part.later),
            "–" if part.points is None else words.signed(part.points),
        )
        for part in found.parts
    ]
    if abs(found.rest) > 0.005:
        rows.append((words.say("drivers.rest"), "", "", words.signed(found.rest)))
    return pd.DataFrame(
        rows,
        columns=[
            words.say("column.item"),
            words.short_date(found.earlier_on),
            f"{words.short_date(found.later_on)} ",
            words.say("drivers.points"),
        ],
    )


def _measures_with_a_total(session: Session, answers: pd.DataFrame) -> list[str]:
    """Measures with a total made of items, most forms first."""
    forms: dict[str, set[int]] = {}
    for key, form in zip(
        answers["measure_key"].tolist(), answers["assessment_id"].tolist(), strict=True
    ):
        forms.setdefault(key, set()).add(form)
    return [
        key
        for key in sorted(forms, key=lambda key: -len(forms[key]))
        if key in session.catalogue and whole_scale(session.catalogue[key]) is not None
    ]
