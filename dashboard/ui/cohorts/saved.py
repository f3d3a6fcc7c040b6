"""Cohorts that were saved under a name: lines of the workflow log, open to whoever may see the
page. A line holds option keys, never who is in the cohort."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

import streamlit as st

from dashboard.analysis.cohort_results import Held
from dashboard.analysis.cohorts import DIMENSIONS, LONGEST_NAME, checked_name
from dashboard.errors import Refused
from dashboard.mismatch.follow_up import Act
from dashboard.ui.session import Session

_MOST_LISTED = 100


@dataclass(frozen=True)
class Saved:
    """One saved cohort; `label` says its name, author and day."""

    entry_no: str
    name: str
    label: str
    held: Held


def saved_cohorts(session: Session) -> list[Saved]:
    """The newest first."""
    entries = session.log.entries(acts=[Act.cohort_saved]).tail(_MOST_LISTED)
    found = []
    for entry in entries.iloc[::-1].to_dict("records"):
        name = str(entry["detail"].get("name", ""))
        found.append(
            Saved(
                str(entry["entry_no"]),
                name,
                session.words.say(
                    "cohorts.saved.label",
                    name=name,
                    author=entry["person_id"],
                    date=session.words.date(entry["at"].date()),
                ),
                _held(str(entry["detail"].get("filters", ""))),
            )
        )
    return found


def save_or_open(session: Session, cohort: str, held: Held, listed: list[Saved]) -> None:
    """Save the filters of a cohort under a name, or take those that somebody saved."""
    words = session.words
    with st.popover(words.say("cohorts.saved.title"), icon=":material/bookmark:", type="tertiary"):
        with st.form(f"{cohort}_save", border=False):
            st.text_input(
                words.say("cohorts.saved.name"),
                max_chars=LONGEST_NAME,
                key=f"{cohort}_name",
                help=words.say("cohorts.saved.help"),
            )
            st.form_submit_button(
                words.say("cohorts.saved.save"),
                disabled=not held,
                on_click=_save,
                args=(session, cohort, held),
            )
        saved = st.session_state.pop(f"{cohort}_saved", None)
        if saved:
            st.success(words.say("cohorts.saved.done"))
        elif saved is not None:
            st.warning(words.say("cohorts.saved.refused", n=LONGEST_NAME))
        if not listed:
            st.caption(words.say("cohorts.saved.none"))
            return
        by_number = {one.entry_no: one for one in listed}
        st.selectbox(
            words.say("cohorts.saved.open"),
            list(by_number),
            index=None,
            format_func=lambda number: by_number[number].label,
            key=f"{cohort}_open",
            placeholder=words.say("cohorts.saved.choose"),
            on_change=_take,
            args=(cohort, {number: one.held for number, one in by_number.items()}),
        )


def _save(session: Session, cohort: str, held: Held) -> None:
    """Before the page is drawn anew, so that the list and the name of the cohort follow."""
    try:
        name = checked_name(st.session_state[f"{cohort}_name"])
    except Refused:
        st.session_state[f"{cohort}_saved"] = False
        return
    session.log.append(
        session.scope.person_id,
        Act.cohort_saved,
        detail={"name": name, "filters": urlencode(dict(held), doseq=True)},
    )
    st.session_state[f"{cohort}_saved"] = True


def _take(cohort: str, held_of: dict[str, Held]) -> None:
    """Put a saved cohort in place of the one that is shown."""
    number = st.session_state[f"{cohort}_open"]
    if number is None:
        return
    taken = dict(held_of[number])
    if cohort == "b":
        st.session_state["b"] = "own"
    for name in DIMENSIONS:
        st.session_state[f"{cohort}_{name}"] = list(taken.get(name, ()))
    st.session_state[f"{cohort}_open"] = None


def _held(text: str) -> Held:
    asked = parse_qs(text)
    return tuple((name, tuple(asked[name])) for name in DIMENSIONS if asked.get(name))
