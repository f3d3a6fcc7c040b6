"""Answers of the store, kept while the data they came from is the newest.

The key of every kept answer holds the store's folder, the snapshot, the person and their
role, the question and its parameters: so an answer never reaches another person and
never outlives its data. There is no clock.
"""

from datetime import date
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard.measures.catalogue import Catalogue
from dashboard.store import Scope, Store
from dashboard.store.importing import catalogue_of
from dashboard.store.workflow import WorkflowLog

_Value = str | int | float | date


@st.cache_resource(show_spinner=False, max_entries=4)
def store_in(directory: str) -> Store:
    """One store, and so one connection a snapshot, for the whole process."""
    return Store(Path(directory))


@st.cache_resource(show_spinner=False, max_entries=4)
def log_in(directory: str) -> WorkflowLog:
    """The log of what the team did with one store; one for the whole process."""
    return WorkflowLog(Path(directory))


@st.cache_resource(show_spinner=False, max_entries=4)
def catalogue_at(directory: str, snapshot: int) -> Catalogue:
    """The measures of a store; read again when an import has made a new snapshot.

    snapshot: 0 while the store is empty.
    """
    del snapshot  # part of the key only
    return catalogue_of(Path(directory))


@st.cache_data(show_spinner=False, max_entries=256)
def answer(
    directory: str,
    snapshot: int,
    person_id: str,
    role: str,
    question: str,
    params: tuple[tuple[str, _Value], ...],
) -> pd.DataFrame:
    """One named question, asked of one snapshot as one person in one role."""
    store = store_in(directory)
    return store.query(
        question,
        Scope(person_id, role),  # type: ignore[arg-type]
        snapshot=store.snapshots.numbered(snapshot),
        **dict(params),
    )
