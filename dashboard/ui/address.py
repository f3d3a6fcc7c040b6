"""What a reader has chosen, kept in the page's address so that it can be shared and reloaded.

Streamlit's own binding writes the label of an option into the address; labels change with
the language and with counts, and could name a patient. So the address holds option keys.
"""

from collections.abc import Sequence
from datetime import date

import streamlit as st


def seed(key: str, options: Sequence[str], default: str | None) -> None:
    """Give a control that is not there yet the value of the address, or the default. One that
    was cleared stays so, although the address still names what it held."""
    if key not in st.session_state:
        asked = st.query_params.get(key)
        st.session_state[key] = asked if asked in options else default
    elif st.session_state[key] not in options:
        st.session_state[key] = default


def seed_several(key: str, options: Sequence[str], default: Sequence[str]) -> None:
    """As `seed`, for a control with several values. An address that names none keeps them all
    off: `?layers=`."""
    if key not in st.session_state:
        asked = st.query_params.get_all(key)
        known = [option for option in options if option in asked]
        st.session_state[key] = known if asked else list(default)


def follow_default(key: str, default: Sequence[str]) -> None:
    """Let a control with several values whose default has changed, as from one patient to the
    next, take the new one, unless the reader had chosen otherwise."""
    earlier = st.session_state.get(f"{key}_default")
    if earlier is not None and st.session_state.get(key) == earlier:
        st.session_state[key] = list(default)
    st.session_state[f"{key}_default"] = list(default)


def day(key: str) -> date | None:
    """A day in the address; None when there is none or it is no day."""
    try:
        return date.fromisoformat(st.query_params.get(key, ""))
    except ValueError:
        return None


def keep(key: str, value: str | None, default: str | None) -> None:
    """Write a value into the address; the default leaves it out."""
    if value is None or value == default:
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = value


def keep_several(key: str, values: Sequence[str], default: Sequence[str]) -> None:
    if list(values) == list(default):
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = list(values) or [""]
