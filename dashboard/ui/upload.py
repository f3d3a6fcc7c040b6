"""Files in: choose, look at what was understood, decide, import, read the report."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.errors import AttunedError
from dashboard.intake.incoming import Incoming
from dashboard.intake.mapping import load_map
from dashboard.intake.reading import read_file
from dashboard.intake.recognise import FORMS, NAME_ENDINGS
from dashboard.store.importing import ImportOptions, import_files
from dashboard.store.report import ImportReport
from dashboard.ui import frames
from dashboard.ui.export import csv_of, stamp
from dashboard.ui.page import Number, emphasis, numbers, section, small_table
from dashboard.ui.plain import as_text
from dashboard.ui.session import Session

_ROWS_PREVIEWED = 8
_STEPS = 10


@dataclass(frozen=True)
class Outcome:
    """The last import of this session, with the refused rows of each file as they came."""

    report: ImportReport
    refused: dict[str, tuple[str, str]]


def uploads(session: Session) -> list[Incoming]:
    """The files chosen, as the intake understood them; those it cannot trust say why."""
    words = session.words
    section(words.say("upload.title"), words.say("upload.how"))
    # A new key empties the control once its files are imported.
    batch = st.session_state.setdefault("upload_batch", 0)
    files = st.file_uploader(
        words.say("upload.files"),
        type=[ending.removeprefix(".") for ending in NAME_ENDINGS],
        accept_multiple_files=True,
        key=f"upload_{batch}",
    )
    with st.expander(words.say("upload.more"), icon=":material/tune:"):
        left, middle, right = st.columns(3)
        form = left.selectbox(
            words.say("upload.form"),
            FORMS,
            index=None,
            format_func=lambda name: words.say(f"form.{name}"),
            placeholder=words.say("upload.by_content"),
            key=f"upload_form_{batch}",
        )
        catalogue = session.catalogue
        measure = middle.selectbox(
            words.say("upload.measure"),
            list(catalogue),
            index=None,
            format_func=lambda key: catalogue[key].title,
            placeholder=words.say("upload.by_content"),
            key=f"upload_measure_{batch}",
        )
        map_file = right.file_uploader(
            words.say("upload.map"),
            type=["toml"],
            key=f"upload_map_{batch}",
            help=words.say("upload.map_help"),
        )
    understood = []
    for file in files:
        try:
            incoming = _read(
                session.directory,
                session.snapshot,
                file.file_id,
                None if map_file is None else map_file.file_id,
                form,
                measure,
                file,
                map_file,
            )
        except AttunedError as problem:
            told(problem)
            continue
        understood.append(incoming)
        _preview(session, incoming)
    return understood


def told(problem: AttunedError) -> None:
    """An error of the family on the page: where, what, what next, as plain text."""
    with st.container(border=True):
        st.badge(as_text(problem.where), icon=":material/block:", color="red")
        st.text(problem.what)
        st.text(problem.what_to_do)


def options_and_import(session: Session, files: Sequence[Incoming]) -> None:
    """The decisions that an import needs, and the button that makes it."""
    words = session.words
    if not files:
        return
    with st.form("import_options", border=True):
        st.markdown(f"**{words.say('import.options')}**")
        new_patients = st.checkbox(
            words.say("import.new_patients"), help=words.say("import.new_patients_help")
        )
        accept_good_rows = st.checkbox(
            words.say("import.accept_good_rows"), help=words.say("import.accept_good_rows_help")
        )
        supersede = st.checkbox(
            words.say("import.supersede"), help=words.say("import.supersede_help")
        )
        asked = st.form_submit_button(
            words.count("import.start", len(files)),
            type=emphasis(session),
            icon=":material/upload:",
        )
    if asked:
        import_now(
            session,
            files,
            ImportOptions(
                new_patients=new_patients,
                accept_good_rows=accept_good_rows,
                supersede=supersede,
            ),
        )


def last_report(session: Session) -> None:
    """What became of the last import of this session, until it is put away."""
    outcome = st.session_state.get("import_outcome")
    if not isinstance(outcome, Outcome):
        return
    words, report = session.words, outcome.report
    with st.container(border=True):
        section(words.say("report.title"), as_text(_verdict(session, report)))
        numbers(
            [
                Number(words.say("column.read"), words.number(report.rows_read)),
                Number(words.say("column.accepted"), words.number(report.rows_accepted)),
                Number(words.say("column.refused"), words.number(report.rows_refused)),
                Number(words.say("column.duplicates"), words.number(report.duplicates)),
            ],
            columns=4,
        )
        if report.unknown_patients:
            st.caption(words.count("report.unknown_patients", report.unknown_patients))
        if report.totals_that_disagree:
            st.caption(words.count("report.disagree", report.totals_that_disagree))
        _files_of(session, report)
        if report.refused:
            _refused(session, outcome)
        if st.button(words.say("report.put_away"), type="tertiary", icon=":material/close:"):
            del st.session_state["import_outcome"]
            st.rerun()


def refused_rows_of(session: Session, rows: pd.DataFrame, key: str, as_of_file: str) -> None:
    """Refused rows with their reasons, and the same as a file."""
    words = session.words
    shown = rows.rename(
        columns={
            "file": words.say("column.file"),
            "row": words.say("column.row"),
            "column": words.say("column.column"),
            "value": words.say("column.value_read"),
            "reason": words.say("column.reason"),
            "what_to_do": words.say("column.what_to_do"),
        }
    )
    st.dataframe(
        shown,
        hide_index=True,
        height=38 + 35 * min(len(shown), 10),
        alt=words.say("report.refused"),
        key=f"{key}_rows",
        column_config={
            words.say("column.reason"): st.column_config.TextColumn(width=280),
            words.say("column.what_to_do"): st.column_config.TextColumn(width=320),
        },
    )
    newest = session.newest_on or pd.Timestamp.now().date()
    st.download_button(
        words.say("report.reasons_file"),
        data=lambda: csv_of(shown, stamp(session, newest)),
        file_name=as_of_file,
        mime="text/csv",
        key=f"{key}_reasons",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
    )


@st.cache_resource(scope="session", max_entries=16, show_spinner=False)
def _read(
    directory: str,
    snapshot: int,
    file_id: str,
    map_id: str | None,
    form: str | None,
    measure: str | None,
    _file: UploadedFile,
    _map_file: UploadedFile | None,
) -> Incoming:
    """One upload through the intake. Its id stands for its bytes, within this session only."""
    del file_id, map_id
    with tempfile.TemporaryDirectory() as folder:
        # Only the last part of the name: an upload does not choose where it is written.
        path = Path(folder) / (Path(_file.name).name or "upload")
        path.write_bytes(_file.getbuffer())
        catalogue = frames.catalogue_at(directory, snapshot)
        mapping = None
        if _map_file is not None:
            map_path = Path(folder) / "map.toml"
            map_path.write_bytes(_map_file.getbuffer())
            mapping = load_map(map_path, catalogue)
        return read_file(
            path,
            catalogue,
            form=form,
            measure=measure,
            mapping=mapping,
        )


def _preview(session: Session, incoming: Incoming) -> None:
    """How a file was understood: form, rows, kinds, what was left aside, and the first rows."""
    words = session.words
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(words.say(f"form.{incoming.form}"), color="gray")
            st.text(incoming.file_name)
            st.caption(words.count("preview.rows", incoming.rows_read))
            if incoming.refusals:
                st.badge(words.count("preview.refused", len(incoming.refusals)), color="red")
        for note in incoming.notes:
            st.caption(as_text(note))
        for kind, table in incoming.tables.items():
            st.caption(
                words.say(
                    "preview.kind",
                    kind=words.say(f"kind.{kind}"),
                    rows=words.number(table.num_rows),
                )
            )
            st.dataframe(
                table.slice(0, _ROWS_PREVIEWED).to_pandas(),
                hide_index=True,
                alt=words.say("preview.alt", kind=words.say(f"kind.{kind}")),
            )


def import_now(session: Session, files: Sequence[Incoming], options: ImportOptions) -> None:
    """Import what was read, keep the report for `last_report`, and draw the page again."""
    words = session.words
    done: list[str] = []
    with st.status(words.say("import.running"), expanded=True) as status:
        bar = st.progress(0.0)

        def progress(step: str) -> None:
            done.append(step)
            bar.progress(min(len(done) / _STEPS, 1.0), text=words.say("import.step", step=step))

        try:
            report = import_files(
                Path(session.directory), files, options, session.scope.person_id, progress=progress
            )
        except AttunedError as problem:
            status.update(label=words.say("import.failed"), state="error")
            told(problem)
            return
        status.update(label=words.say("import.done"), state="complete")
    st.session_state["import_outcome"] = Outcome(report, _refused_files(files, report))
    if report.stored:
        st.session_state["upload_batch"] = st.session_state.get("upload_batch", 0) + 1
    st.rerun()


def _refused_files(files: Sequence[Incoming], report: ImportReport) -> dict[str, tuple[str, str]]:
    """The refused rows of each file as they came: file name to (new name, text)."""
    mended = {}
    for incoming in files:
        rows = {
            refused.row
            for refused in report.refused
            if refused.file == incoming.file_name and refused.row is not None
        }
        if rows:
            name = f"{Path(incoming.file_name).stem}_refused.{incoming.originals.extension}"
            mended[incoming.file_name] = (name, incoming.originals.lines(rows))
    return mended


def _refused(session: Session, outcome: Outcome) -> None:
    words = session.words
    section(words.say("report.refused"), words.say("report.refused_how"))
    rows = pd.DataFrame([refused.model_dump() for refused in outcome.report.refused])
    refused_rows_of(session, rows, "last_refused", "refused_reasons.csv")
    for file, (name, text) in outcome.refused.items():
        st.download_button(
            words.say("report.rows_file", file=as_text(file)),
            data=text.encode(),
            file_name=name,
            key=f"refused_of_{file}",
            on_click="ignore",
            icon=":material/download:",
        )


def _files_of(session: Session, report: ImportReport) -> None:
    words = session.words
    small_table(
        pd.DataFrame(
            {
                words.say("column.file"): [file.file for file in report.files],
                words.say("column.form"): [words.say(f"form.{file.form}") for file in report.files],
                words.say("column.read"): [file.rows_read for file in report.files],
                words.say("column.accepted"): [file.rows_accepted for file in report.files],
                words.say("column.refused"): [file.rows_refused for file in report.files],
                words.say("column.duplicates"): [file.duplicates for file in report.files],
            }
        ),
        alt=words.say("report.title"),
    )


def _verdict(session: Session, report: ImportReport) -> str:
    words = session.words
    if report.stored:
        key = "report.stored_some" if report.rows_refused else "report.stored"
    else:
        key = "report.refused_all" if report.rows_refused else "report.nothing_new"
    return words.say(
        key,
        accepted=words.number(report.rows_accepted),
        read=words.number(report.rows_read),
        refused=words.number(report.rows_refused),
        snapshot=report.snapshot or 0,
    )
