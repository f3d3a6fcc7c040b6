"""A chart with all that belongs to it: title, reading, alternative text, source, numbers, files."""

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.ui.export import Stamp, csv_of, html_of, recorded
from dashboard.ui.page import section
from dashboard.ui.plain import as_text
from dashboard.ui.session import Session


def chart_frame(
    session: Session,
    name: str,
    figure: go.Figure,
    rows: pd.DataFrame | Callable[[], pd.DataFrame],
    *,
    title: str,
    reading: str,
    source: str,
    origin: Stamp,
    how_to_read: str = "",
    on_select: Callable[[], None] | None = None,
) -> None:
    """Show a figure.

    Args:
        name: unique on the page; also the start of the exported files' names.
        rows: the same numbers as the figure, in words a reader knows; a function makes them
            when they are opened, for pages with many figures.
        reading: one sentence made from the numbers; with the title it is the figure's
            alternative text.
        how_to_read: the marks in words, in place of a legend.
        on_select: called when a mark is clicked; what was clicked is in the session state under
            `{name}_figure`.
    """
    words = session.words
    with st.container(horizontal=True, vertical_alignment="top", gap="xsmall"):
        with st.container(width="stretch"):
            section(as_text(title), as_text(reading))
        opened = st.popover(
            words.say("export.numbers"),
            icon=":material/table:",
            type="tertiary",
            key=f"{name}_numbers" if callable(rows) else None,
            on_change="rerun" if callable(rows) else "ignore",
        )
    if not callable(rows) or opened.open:
        table = rows() if callable(rows) else rows
        with opened:
            _numbers(session, name, figure, table, title, reading, source, origin)
    st.plotly_chart(
        figure,
        theme=None,
        key=f"{name}_figure",
        on_select=on_select or "ignore",
        selection_mode="points",
        config={"displayModeBar": False},
        alt=f"{title}. {reading}",
    )
    if how_to_read:
        st.caption(as_text(how_to_read))
    st.caption(as_text(source))


def _numbers(
    session: Session,
    name: str,
    figure: go.Figure,
    rows: pd.DataFrame,
    title: str,
    reading: str,
    source: str,
    origin: Stamp,
) -> None:
    words = session.words
    st.dataframe(rows, hide_index=True, width="content", placeholder="–", alt=title)
    with st.container(horizontal=True):
        st.download_button(
            words.say("export.csv"),
            data=lambda: recorded(session, f"{name}.csv", origin, csv_of(rows, origin)),
            file_name=f"{name}.csv",
            mime="text/csv",
            key=f"{name}_csv",
            on_click="ignore",
            icon=":material/download:",
        )
        st.download_button(
            words.say("export.html"),
            data=lambda: recorded(
                session,
                f"{name}.html",
                origin,
                html_of(title, reading, figure, rows, source, origin, session.palette),
            ),
            file_name=f"{name}.html",
            mime="text/html",
            key=f"{name}_html",
            on_click="ignore",
            icon=":material/download:",
        )
