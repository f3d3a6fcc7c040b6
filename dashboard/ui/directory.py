"""The centre's directory of what can help, edited in place and saved by the importer."""

import csv
import io
import tempfile
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import streamlit as st

from dashboard.errors import AttunedError
from dashboard.intake.reading import read_file
from dashboard.intake.records import OLDEST, Phase, SupportSource, SupportType, columns_of
from dashboard.store.importing import ImportOptions
from dashboard.ui.page import emphasis, section
from dashboard.ui.plain import as_text
from dashboard.ui.session import Session
from dashboard.ui.upload import import_now, told

FILE_NAME = "directory.csv"
_LISTS = ("support_types", "languages", "phases")
_ROW_HEIGHT = 36
_ROWS_IN_SIGHT = 14


def directory(session: Session) -> None:
    """Every resource in a table to edit, and the button that saves it."""
    words = session.words
    section(words.say("directory.title"), words.say("directory.how"))
    listed = _listed(session)
    edited = st.data_editor(
        listed,
        num_rows="add",
        hide_index=True,
        height=_ROW_HEIGHT * (2 + min(len(listed), _ROWS_IN_SIGHT)),
        column_order=list(_columns(session)),
        placeholder="",
        # A saved directory is shown afresh, without the edits that led to it.
        key=f"directory_{session.snapshot}",
        alt=words.say("directory.title"),
        column_config=_columns(session),
    )
    if st.button(
        words.say("directory.save"),
        type=emphasis(session),
        icon=":material/save:",
        key="directory_save",
    ):
        save(session, edited)


def save(session: Session, edited: pd.DataFrame) -> None:
    """Hand the table in like any file; its values replace what is stored."""
    words = session.words
    # Under another key a resource would be another one, beside the first.
    gone = [
        key for key in _listed(session)["resource_key"] if key not in set(edited["resource_key"])
    ]
    if gone:
        st.warning(
            words.say("directory.key_gone", keys=as_text(words.joined(gone))),
            icon=":material/key:",
        )
        st.caption(words.say("directory.key_gone_next"))
        return
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / FILE_NAME
            path.write_text(as_csv(edited), "utf-8")
            incoming = read_file(path, session.catalogue)
    except AttunedError as problem:
        told(problem)
        return
    import_now(session, [incoming], ImportOptions(supersede=True))


def as_csv(edited: pd.DataFrame) -> str:
    """The table as a canonical file; rows in which nothing was entered are left out."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = columns_of("resources")
    writer.writerow(names)
    for row in edited.to_dict("records"):
        cells = [_cell(row[name]) for name in names]
        if any(cells):
            writer.writerow(cells)
    return text.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if pd.api.types.is_bool(value):
        return "yes" if value else ""
    if pd.api.types.is_list_like(value):
        return ";".join(map(str, value))
    if pd.isna(value):
        return ""
    return f"{value:g}"


def _listed(session: Session) -> pd.DataFrame:
    if not session.snapshot:
        empty = pd.DataFrame(columns=list(columns_of("resources")), dtype="object")
        return empty.astype({"min_age": "Int32", "max_age": "Int32", "withdrawn": "bool"})
    listed = session.ask("resources")
    return listed.assign(**{name: listed[name].map(list) for name in _LISTS})


def _columns(session: Session) -> dict[str, Any]:
    words = session.words
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    chosen = st.column_config.MultiselectColumn
    return {
        # None is marked as required: the editor would leave an unfinished row out without a
        # word, and the import says what it lacks.
        "resource_key": text(words.say("directory.key"), help=words.say("directory.key_help")),
        "name": text(words.say("directory.name")),
        "withdrawn": st.column_config.CheckboxColumn(
            words.say("directory.withdrawn"), help=words.say("directory.withdrawn_help")
        ),
        "support_types": chosen(
            words.say("directory.support_types"),
            options=get_args(SupportType),
            format_func=lambda name: words.say(f"type.{name}"),
        ),
        "source": st.column_config.SelectboxColumn(
            words.say("directory.resource_source"),
            options=get_args(SupportSource),
            format_func=lambda name: words.say(f"source.{name}"),
        ),
        "min_age": number(words.say("directory.min_age"), min_value=0, max_value=OLDEST, step=1),
        "max_age": number(words.say("directory.max_age"), min_value=0, max_value=OLDEST, step=1),
        "languages": chosen(words.say("directory.languages"), options=[], accept_new_options=True),
        "site": text(words.say("directory.resource_site")),
        "phases": chosen(
            words.say("directory.phases"),
            options=get_args(Phase),
            format_func=lambda name: words.say(f"phase.{name}"),
        ),
        "capacity": text(words.say("directory.capacity")),
        "contact": text(words.say("directory.contact")),
        "program_key": text(
            words.say("directory.program"), help=words.say("directory.program_help")
        ),
    }
