"""The anatomy that every page shares: question, controls, answer, picture, table, source line."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd
import streamlit as st
from streamlit.elements.lib.grid_container import GridContainer

from dashboard.ui import address
from dashboard.ui.plain import as_text
from dashboard.ui.session import Session

_EARLIEST = date(1900, 1, 1)

Colour = Literal["red", "orange", "yellow", "green", "blue", "violet", "gray"]


@dataclass(frozen=True)
class Number:
    """One number card. `change` and `note` stand below the number, in words; `colour` is the
    meaning of a change that is more than measurement error.

    `label` and `value` are ours; anything from a file is escaped before it gets here.
    """

    label: str
    value: str
    change: str | None = None
    note: str | None = None
    colour: Colour = "gray"
    explained: str | None = None


def heading(session: Session, page: str, *, title: str | None = None) -> date:
    """Banner, title, question and the as-of control; returns the day as of which to look.

    title: shown instead of the page's name, as plain text.
    """
    words = session.words
    _banner(session)
    row = st.container(horizontal=True, vertical_alignment="bottom")
    with row:
        with st.container(gap="xxsmall", width="stretch"):
            name = words.say(f"page.{page}") if title is None else as_text(title)
            st.title(name, anchor=False)
            st.markdown(f":gray[{words.say(f'{page}.question')}]")
        return _as_of(session)


def answer(sentence: str, explanation: str = "") -> None:
    """The page's answer: one sentence as a heading, and at most a paragraph."""
    with st.container(gap="xxsmall"):
        st.header(as_text(sentence), anchor=False)
        if explanation:
            st.markdown(as_text(explanation))


ONE_OF_FOUR = 253
"""Width of a card of which four stand beside the side bar of a wide screen, and two by two on a
tablet."""


def numbers(cards: Sequence[Number], *, columns: int, narrowest: int = 190) -> None:
    """Number cards that wrap where they have no room."""
    if not cards:
        return
    with st.grid(columns, gap="small", min_column_width=narrowest):
        for card in cards:
            st.metric(
                card.label,
                card.value,
                card.change,
                delta_color=card.colour,
                delta_arrow="off",
                delta_description=card.note,
                help=card.explained,
                border=True,
                height="stretch",
            )


def section(title: str, explanation: str = "") -> None:
    """A heading within a page with one line on how to read what follows."""
    with st.container(gap="xxsmall"):
        st.subheader(title, anchor=False)
        if explanation:
            st.caption(explanation)


def facts(pairs: Sequence[tuple[str, str]]) -> None:
    """Labelled facts in one bordered line that wraps; the values are plain text."""
    with st.container(border=True, horizontal=True, gap="medium"):
        for label, value in pairs:
            with st.container(gap=None, width="content"):
                st.caption(label)
                st.text(value)


def emphasis(session: Session) -> Literal["primary", "secondary"]:
    """The type of a page's main button. Streamlit writes white on filled buttons, which only
    the light theme's colour carries (5.6:1)."""
    return "primary" if session.palette.theme == "light" else "secondary"


def side_by_side() -> GridContainer:
    """Two columns that become one where a chart would be too narrow to read."""
    return st.grid(2, gap="medium", min_column_width=480)


def notice(badge: str, text: str, *, colour: Colour) -> None:
    """Something that must not be missed, in a frame of its own."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.badge(badge, color=colour)
        st.markdown(as_text(text))


def small_table(rows: pd.DataFrame, *, alt: str, in_markdown: Sequence[str] = ()) -> None:
    """A short table for reading. Its cells render Markdown, so every text is escaped.

    in_markdown: columns that hold only words of ours, already in Markdown.
    """
    shown = rows.apply(
        lambda column: (
            column
            if column.name in in_markdown
            else column.map(lambda cell: as_text(cell) if isinstance(cell, str) else cell)
        )
    )
    st.table(shown, border="horizontal", hide_index=True, alt=alt)


def nothing_here(sentence: str, what_to_do: str) -> None:
    """An empty state says what to do next."""
    st.info(sentence, icon=":material/info:")
    st.caption(what_to_do)


def counting(session: Session) -> AbstractContextManager[None]:
    """Says why the first look at the whole service takes a moment; kept numbers come at once."""
    return st.spinner(session.words.say("counting.whole_service"))


def stop_without_data(session: Session) -> None:
    """End a page about patients while nothing was ever imported, and say where to begin."""
    if session.snapshot == 0:
        nothing_here(session.words.say("empty.title"), session.words.say("empty.next"))
        st.stop()


def source_line(session: Session, as_of: date, parts: Sequence[str]) -> None:
    """Where the numbers of a page come from: n, missing, cut-offs, as of, data version."""
    words = session.words
    said = [
        *parts,
        words.say("source.as_of", date=words.date(as_of)),
        words.say("source.snapshot", number=session.snapshot),
    ]
    if session.sample:
        said.append(words.say("source.synthetic"))
    st.caption(as_text(" · ".join(said)))


def _banner(session: Session) -> None:
    """On a sample store, every page says that nobody in it is real."""
    if not session.sample:
        return
    words = session.words
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(words.say("demonstration.badge"), icon=":material/science:", color="orange")
        st.text(
            words.say(
                "demonstration.line",
                name=session.name,
                role=words.say(f"role.{session.scope.role}"),
            )
        )


def _as_of(session: Session) -> date:
    """The day as of which everything is shown; the newest form's until another is chosen.

    Only a chosen day is remembered, so that a new import moves the page on to its day.
    """
    newest = session.newest_on or date.today()
    if "as_of_chosen" not in st.session_state:
        st.session_state["as_of_chosen"] = address.day("as_of")
    latest = max(newest, date.today())
    chosen = st.session_state["as_of_chosen"]
    st.session_state["as_of"] = newest if chosen is None else max(_EARLIEST, min(chosen, latest))
    st.date_input(
        session.words.say("control.as_of"),
        min_value=_EARLIEST,
        max_value=latest,
        format="DD/MM/YYYY",
        key="as_of",
        on_change=_remember_as_of,
        width=150,
        help=session.words.say("control.as_of_help"),
    )
    as_of: date = st.session_state["as_of"] or newest
    address.keep("as_of", as_of.isoformat(), newest.isoformat())
    return as_of


def _remember_as_of() -> None:
    st.session_state["as_of_chosen"] = st.session_state["as_of"]
