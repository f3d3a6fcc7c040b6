"""What came in before: history, its refused rows, undo, and how complete the forms are."""

from datetime import date
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard.analysis.completeness import (
    by_measure_and_month,
    least_complete,
    share_complete,
)
from dashboard.charts.completeness import completeness
from dashboard.errors import AttunedError
from dashboard.store.history import undo
from dashboard.ui import filters
from dashboard.ui.chart_frame import chart_frame
from dashboard.ui.export import stamp
from dashboard.ui.page import emphasis, nothing_here, section
from dashboard.ui.plain import as_text
from dashboard.ui.session import Session
from dashboard.ui.upload import refused_rows_of, told


def history(session: Session) -> None:
    """Every imported file, newest first; the refused rows of the one chosen; undo."""
    words = session.words
    with st.container(horizontal=True, vertical_alignment="top"):
        with st.container(width="stretch"):
            section(words.say("history.title"), words.say("history.how"))
        if session.snapshot and st.button(
            words.say("undo.button"), icon=":material/undo:", key="undo"
        ):
            _confirm_undo(session)
    past = session.ask("import_history") if session.snapshot else pd.DataFrame()
    if past.empty:
        nothing_here(words.say("history.none"), words.say("history.none_next"))
        return
    shown = pd.DataFrame(
        {
            words.say("column.imported"): pd.to_datetime(past["imported_at"]).dt.strftime(
                "%Y-%m-%d %H:%M UTC"
            ),
            words.say("column.person"): past["person"],
            words.say("column.file"): past["file_name"],
            words.say("column.form"): [words.say(f"form.{form}") for form in past["form"]],
            words.say("column.read"): past["rows_read"],
            words.say("column.accepted"): past["rows_accepted"],
            words.say("column.refused"): past["rows_refused"],
            words.say("column.duplicates"): past["duplicates"],
            words.say("column.snapshot"): past["snapshot"],
        }
    )
    st.dataframe(
        shown,
        hide_index=True,
        height=38 + 35 * min(len(shown), 8),
        alt=words.say("history.title"),
        key="history",
    )
    _refused_before(session, past)


def completeness_section(session: Session, as_of: date) -> None:
    """Share of complete forms by measure and month, for all sites or one."""
    words = session.words
    rows = session.ask("completeness", as_of=as_of) if session.snapshot else pd.DataFrame()
    if rows.empty:
        section(words.say("complete.title"))
        nothing_here(words.say("complete.none"), words.say("complete.none_next"))
        return
    site = filters.one_or_any(
        words.say("control.any_site"),
        "site",
        sorted(name for name in rows["site"].unique() if name),
        str,
    )
    monthly = by_measure_and_month(rows, site)
    share, worst = share_complete(monthly), least_complete(monthly)
    if share is None or worst is None:
        nothing_here(words.say("complete.none"), words.say("complete.none_next"))
        return
    chart_frame(
        session,
        "completeness",
        completeness(monthly, words, session.palette, narrow=session.narrow),
        pd.DataFrame(
            {
                words.say("column.month"): pd.to_datetime(monthly["month"]).dt.strftime("%Y-%m"),
                words.say("column.measure"): monthly["measure_title"],
                words.say("column.forms"): monthly["forms"],
                words.say("column.complete"): monthly["complete_forms"],
                words.say("column.partial"): monthly["partial_forms"],
                words.say("column.unscored"): monthly["unscored_forms"],
            }
        ),
        title=words.say("complete.title"),
        reading=words.say(
            "complete.reading",
            share=words.share(share),
            forms=words.number(int(monthly["forms"].sum())),
            worst=worst[0],
            worst_share=words.share(worst[1]),
        ),
        source=words.say("complete.source"),
        origin=stamp(session, as_of, {words.say("control.site"): site or ""}),
        how_to_read=words.say("complete.how"),
    )


def source_parts(session: Session) -> list[str]:
    """How much the store holds."""
    words = session.words
    if not session.snapshot:
        return [words.say("source.empty")]
    summary = session.ask("store_summary").iloc[0]
    return [
        words.say(
            "source.store",
            patients=words.number(summary["patients"]),
            forms=words.number(summary["assessments"]),
            scores=words.number(summary["scores"]),
        )
    ]


def _refused_before(session: Session, past: pd.DataFrame) -> None:
    words = session.words
    with_refused = past[past["rows_refused"] > 0]
    if with_refused.empty:
        st.caption(words.say("history.none_refused"))
        return
    names = {
        int(row["batch_id"]): f"{row['file_name']}, {row['imported_at']:%Y-%m-%d %H:%M}"
        for _, row in with_refused.iterrows()
    }
    batch = st.selectbox(
        words.say("history.refused_of"),
        list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder=words.say("history.choose"),
        key="batch",
        width=420,
    )
    if batch is None:
        return
    rows = session.ask("refused_rows", batch_id=batch)
    refused_rows_of(session, rows, f"refused_{batch}", f"refused_reasons_{batch}.csv")
    lines = session.ask("refused_lines", batch_id=batch)
    for _, kept in lines.iterrows():
        name = Path(str(kept["file_name"]))
        extension = ".ndjson" if name.suffix.endswith("json") else ".csv"
        st.download_button(
            words.say("report.rows_file", file=as_text(name.name)),
            data=str(kept["lines"]).encode(),
            file_name=f"{name.stem}_refused{extension}",
            key=f"lines_{batch}",
            on_click="ignore",
            icon=":material/download:",
        )


def _confirm_undo(session: Session) -> None:
    """Ask before the last import is taken back; it is one click too easy otherwise."""
    words = session.words

    @st.dialog(words.say("undo.title"), icon=":material/undo:")
    def confirm() -> None:
        st.markdown(words.say("undo.what"))
        with st.container(horizontal=True):
            if st.button(words.say("undo.confirm"), type=emphasis(session), key="undo_confirmed"):
                try:
                    undo(Path(session.directory), session.scope.person_id)
                except AttunedError as problem:
                    told(problem)
                    return
                st.session_state.pop("import_outcome", None)
                st.rerun()
            if st.button(words.say("undo.keep"), key="undo_kept"):
                st.rerun()

    confirm()
