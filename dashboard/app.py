"""Decides who is here and which pages there are for them; everything else is in `pages/`."""

from pathlib import Path

import streamlit as st

from dashboard.ui.access import ICONS, file_of
from dashboard.ui.session import choose_language, choose_whom_to_view_as, current, pages_of

_ASSETS = Path(__file__).parent / "assets"

session = current()
if session is None:
    st.stop()

st.set_page_config(
    page_title="Attuned",
    page_icon=str(_ASSETS / "mark.svg"),
    layout="wide",
    initial_sidebar_state=220 if session.sample else "collapsed",
)
st.logo(str(_ASSETS / "logo.svg"), size="large")
if session.sample:
    choose_whom_to_view_as(session)
choose_language()

names = pages_of(session)
# A store without data begins where data come in.
first = "data" if session.snapshot == 0 and "data" in names else names[0]


def to_the_first_page() -> None:
    """The root is nobody's page, so that every page answers to its own name."""
    st.switch_page(file_of(first), query_params=st.query_params.to_dict())


root = st.Page(to_the_first_page, title="Attuned", default=True, visibility="hidden")
st.navigation(
    [
        root,
        *(
            st.Page(
                file_of(name),
                title=session.words.say(f"page.{name}"),
                icon=ICONS[name],
                url_path=name,
            )
            for name in names
        ),
    ],
    position="top",
).run()
