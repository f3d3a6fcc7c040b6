"""From one patient to the next in the order of the worklist, as the Panel last showed it.

The session keeps that order, so that an act that takes a patient off the list does not change
who comes next. After a reload the address still tells the filters.
"""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from dashboard.analysis.worklist import merged
from dashboard.ui import acts
from dashboard.ui.filters import OF_THE_PANEL, rows_of_the_panel
from dashboard.ui.session import Session

_KEY = "worklist_order"


def remember(session: Session, as_of: date, patient_refs: Sequence[str]) -> None:
    """This is the list, in this order, that the reader has before them."""
    st.session_state[_KEY] = (_whose(session, as_of), list(patient_refs))


def filters_in_the_address() -> dict[str, list[str]]:
    """What the Panel's address holds, for the address of the patient that is opened from it."""
    return {name: st.query_params.get_all(name) for name in OF_THE_PANEL if name in st.query_params}


def order(session: Session, as_of: date, patient_ref: str) -> list[str]:
    """The list that the patient is gone through in: the worklist as it was last shown, or as the
    address tells it; the whole panel where the patient is on neither."""
    whose, kept = st.session_state.get(_KEY, (None, []))
    if whose == _whose(session, as_of) and patient_ref in kept:
        return list(kept)
    panel = session.ask("panel", as_of=as_of)
    listed = merged(panel, acts.follow(session, as_of), as_of)
    shown = [str(ref) for ref in rows_of_the_panel(session, listed)["patient_ref"]]
    found = shown if patient_ref in shown else [str(ref) for ref in listed["patient_ref"]]
    if patient_ref not in found:
        found = [*found, patient_ref]
    remember(session, as_of, found)
    return found


def go(by: int) -> None:
    """Open the patient who stands so many places further on the list than the one in the
    address: that one, and not the one of the last drawing, is whom the reader has before them.
    """
    _, kept = st.session_state.get(_KEY, (None, []))
    here = st.query_params.get("patient")
    place = kept.index(here) + by if here in kept else -1
    if 0 <= place < len(kept):
        st.query_params["patient"] = kept[place]


def _whose(session: Session, as_of: date) -> tuple[str, int, str, date]:
    return session.directory, session.snapshot, session.scope.person_id, as_of
