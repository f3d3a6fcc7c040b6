"""Summaries of the sample's patients, made as the psychologist who sees them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest

from dashboard.analysis.trajectory import Reference
from dashboard.analysis.worklist import in_order
from dashboard.language import words_in
from dashboard.measures.catalogue import load_catalogue
from dashboard.mismatch.follow_up import follow_up_of
from dashboard.paper.document import Document
from dashboard.paper.patient_summary import Print, patient_summary
from dashboard.store import OPERATOR, Store

AS_OF = date(2026, 6, 30)
NO_ENTRIES = pd.DataFrame(
    columns=["entry_no", "at", "person_id", "act", "alert_key", "patient_ref", "detail"]
)

Summarised = Callable[..., Document]


@pytest.fixture(scope="session")
def asked(sample_store: Store) -> Callable[..., pd.DataFrame]:
    """The sample's answers as the operator gets them, each asked for once."""
    kept: dict[Any, pd.DataFrame] = {}
    newest = sample_store.newest()

    def ask(question: str, **params: str | int | date) -> pd.DataFrame:
        key = (question, tuple(sorted(params.items())))
        if key not in kept:
            kept[key] = sample_store.query(question, OPERATOR, snapshot=newest, **params)
        return kept[key]

    return ask


@pytest.fixture(scope="session")
def alerts(asked: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    """Everybody's alerts on the day of the newest form, nothing done about them."""
    found = asked("alerts", as_of=AS_OF)
    return in_order(found, follow_up_of(found, NO_ENTRIES, AS_OF, 30))


@pytest.fixture(scope="session")
def summarised(asked: Callable[..., pd.DataFrame], alerts: pd.DataFrame) -> Summarised:
    """`summarised(patient_ref, "el", "previous", sample=False, …)`: the paper about a patient."""
    given = Print(
        ask=asked,
        alerts=alerts,
        entries=NO_ENTRIES,
        catalogue=load_catalogue(),
        words=words_in("en"),
        as_of=AS_OF,
        snapshot=7,
        sample=True,
        by="Maria Papadaki",
        role="psychologist",
        at=datetime(2026, 11, 24, 9, 5, tzinfo=UTC),
    )

    kept: dict[tuple[str, str, Reference], Document] = {}

    def made(
        patient_ref: str, language: str = "en", reference: Reference = "first", **changed: Any
    ) -> Document:
        key = (patient_ref, language, reference)
        if not changed and key in kept:
            return kept[key]
        of_the_patient = alerts[alerts["patient_ref"] == patient_ref]
        told = {"alerts": of_the_patient, "words": words_in(language), **changed}
        paper = patient_summary(patient_ref, reference, replace(given, **told))
        if not changed:
            kept[key] = paper
        return paper

    return made


@pytest.fixture(scope="session")
def busiest(alerts: pd.DataFrame) -> list[str]:
    """The two patients with most alerts, and the two with most among those with a safety answer."""
    counted = alerts.groupby("patient_ref").size()
    unsafe = set(alerts[alerts["rule"] == "safety"]["patient_ref"])
    return [
        *counted[~counted.index.isin(unsafe)].nlargest(2).index,
        *counted[counted.index.isin(unsafe)].nlargest(2).index,
    ]


@pytest.fixture(scope="session")
def without_a_form(asked: Callable[..., pd.DataFrame]) -> str:
    """A patient of whom no form came in."""
    panel = asked("panel", as_of=AS_OF)
    return str(panel[panel["last_form_on"].isna()]["patient_ref"].iloc[0])
