"""Answers of the store, kept while the data they came from is the newest.

The key of every kept answer holds the store's folder, the snapshot, the person and their
role, the question and its parameters: so an answer never reaches another person and
never outlives its data. There is no clock.
"""

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.analysis import cohort_results, measurement_error
from dashboard.analysis.adjusted_comparison import Kind
from dashboard.analysis.measurement_error import ErrorOfAnswer
from dashboard.analysis.program_courses import Period
from dashboard.analysis.program_results import Choices, Results, choices, results
from dashboard.analysis.service_indicators import service
from dashboard.analysis.service_targets import ServiceTargets
from dashboard.analysis.service_told import Service
from dashboard.measures.catalogue import Catalogue
from dashboard.store import Scope, Store
from dashboard.store.importing import catalogue_of
from dashboard.store.workflow import WorkflowLog
from dashboard.ui.questions.estimates import Result, estimate

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


def answer(
    directory: str,
    snapshot: int,
    person_id: str,
    role: str,
    question: str,
    params: tuple[tuple[str, _Value], ...],
) -> pd.DataFrame:
    """One named question, asked of one snapshot as one person in one role.

    The caller's own: it shares its columns with what is kept until somebody writes into them.
    """
    # By name: Streamlit looks up the name of every argument that comes without one, each time.
    kept = _kept_answer(
        directory=directory,
        snapshot=snapshot,
        person_id=person_id,
        role=role,
        question=question,
        params=params,
    )
    return kept.copy(deep=False)


@st.cache_resource(show_spinner=False, max_entries=256)
def _kept_answer(
    directory: str,
    snapshot: int,
    person_id: str,
    role: str,
    question: str,
    params: tuple[tuple[str, _Value], ...],
) -> pd.DataFrame:
    store = store_in(directory)
    return store.query(
        question,
        Scope(person_id, role),  # type: ignore[arg-type]
        snapshot=store.snapshots.numbered(snapshot),
        **dict(params),
    )


@st.cache_data(show_spinner=False, max_entries=64)
def errors_of_answers(
    directory: str, snapshot: int, person_id: str, role: str, as_of: date
) -> dict[str, ErrorOfAnswer]:
    """How far an answer about each support type may be off: the same for every patient."""
    params = (("as_of", as_of),)
    spread = answer(directory, snapshot, person_id, role, "support_grid_spread", params)
    return measurement_error.errors_of_answers(spread)


@st.cache_data(show_spinner=False, max_entries=64)
def estimated(
    directory: str,
    snapshot: int,
    person_id: str,
    role: str,
    question: str,
    as_of: date,
    choices: tuple[tuple[str, Any], ...],
) -> Result:
    """What answers one of the article's questions: a model that is fitted when it is asked for."""

    def ask(name: str, **params: _Value) -> pd.DataFrame:
        return answer(directory, snapshot, person_id, role, name, tuple(sorted(params.items())))

    return estimate(question, ask, as_of, dict(choices))


@st.cache_data(show_spinner=False, max_entries=64)
def program_choices(
    directory: str, snapshot: int, person_id: str, role: str, as_of: date, minimum: int
) -> Choices:
    """The periods and programs that outcomes can be told of."""

    def ask(name: str, **params: _Value) -> pd.DataFrame:
        return answer(directory, snapshot, person_id, role, name, tuple(sorted(params.items())))

    return choices(ask, catalogue_at(directory, snapshot), as_of, minimum)


@st.cache_data(show_spinner=False, max_entries=64)
def program_results(
    directory: str,
    snapshot: int,
    person_id: str,
    role: str,
    as_of: date,
    minimum: int,
    period: Period,
    programs: str,
) -> Results:
    """What is told of the programs with that key in a period."""

    def ask(name: str, **params: _Value) -> pd.DataFrame:
        return answer(directory, snapshot, person_id, role, name, tuple(sorted(params.items())))

    return results(ask, catalogue_at(directory, snapshot), as_of, minimum, period, programs)


@st.cache_resource(show_spinner=False, max_entries=16)
def cohort_register(
    directory: str, snapshot: int, person_id: str, role: str, as_of: date, minimum: int
) -> cohort_results.Register:
    """Everyone whom cohorts can be made of, and what may be asked for about them."""

    def ask(name: str, **params: _Value) -> pd.DataFrame:
        return answer(directory, snapshot, person_id, role, name, tuple(sorted(params.items())))

    return cohort_results.register_of(ask, as_of, minimum)


@st.cache_resource(show_spinner=False, max_entries=16)
def cohort_everyone(
    directory: str,
    snapshot: int,
    person_id: str,
    role: str,
    as_of: date,
    scale: str,
    zero: str,
    minimum: int,
) -> cohort_results.Everyone:
    """Everyone whom cohorts can be made of, with their scores on a scale."""

    def ask(name: str, **params: _Value) -> pd.DataFrame:
        return answer(directory, snapshot, person_id, role, name, tuple(sorted(params.items())))

    register = cohort_register(directory, snapshot, person_id, role, as_of, minimum)
    of_scale = cohort_results.scale_of(catalogue_at(directory, snapshot), scale)
    return cohort_results.everyone_of(ask, as_of, scale, zero, of_scale, register)


@st.cache_data(show_spinner=False, max_entries=64)
def cohort_models(
    directory: str,
    snapshot: int,
    person_id: str,
    role: str,
    asked: cohort_results.Asked,
    minimum: int,
    kind: Kind,
    adjusters: tuple[str, ...],
    others: tuple[str, ...],
) -> cohort_results.Models:
    """The adjusted comparison of two cohorts, and the same cohorts on other scales."""

    def ask(name: str, **params: _Value) -> pd.DataFrame:
        return answer(directory, snapshot, person_id, role, name, tuple(sorted(params.items())))

    register = cohort_register(directory, snapshot, person_id, role, asked.as_of, minimum)
    return cohort_results.models(
        ask, catalogue_at(directory, snapshot), asked, register, kind, adjusters, others
    )


@st.cache_data(
    show_spinner=False,
    max_entries=64,
    hash_funcs={ServiceTargets: lambda targets: targets.model_dump_json()},
)
def service_results(
    directory: str,
    snapshot: int,
    person_id: str,
    role: str,
    as_of: date,
    minimum: int,
    targets: ServiceTargets,
    acted: str,
) -> Service:
    """What is told of the service; `acted` as the query `alert_response` takes it."""

    def ask(name: str, **params: _Value) -> pd.DataFrame:
        return answer(directory, snapshot, person_id, role, name, tuple(sorted(params.items())))

    return service(ask, as_of, targets, minimum, acted)
