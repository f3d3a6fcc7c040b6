"""The Summary button of the Patient page: one page for the record, as PDF or as HTML."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from typing import cast

import streamlit as st

from dashboard.analysis.trajectory import REFERENCES, Reference
from dashboard.mismatch.follow_up import DETAIL_OF
from dashboard.paper.document import Document
from dashboard.paper.html import html_of
from dashboard.paper.patient_summary import Print, patient_summary
from dashboard.paper.pdf import pdf_of
from dashboard.ui import acts, address
from dashboard.ui.export import recorded, stamp
from dashboard.ui.session import Session

_FORMS: dict[str, tuple[Callable[[Document], bytes], str]] = {
    "pdf": (pdf_of, "application/pdf"),
    "html": (html_of, "text/html"),
}


def offer(session: Session, patient_ref: str, as_of: date) -> None:
    """The button and its two files. Nothing is made before one of them is asked for."""
    words = session.words
    # Chosen further down the page; it may not have been drawn yet.
    address.seed("reference", REFERENCES, "first")
    reference = cast(Reference, st.session_state["reference"])
    with st.popover(words.say("summary.button"), icon=":material/description:"):
        with st.container(width=320):
            st.caption(words.say("summary.how"))
        with st.container(horizontal=True):
            for form, (_, mime) in _FORMS.items():
                st.download_button(
                    words.say(f"summary.{form}"),
                    data=partial(_made, session, patient_ref, as_of, reference, form),
                    file_name=f"summary.{form}",
                    mime=mime,
                    key=f"summary_{form}",
                    on_click="ignore",
                    icon=":material/download:",
                )


def _made(
    session: Session, patient_ref: str, as_of: date, reference: Reference, form: str
) -> bytes:
    """One of the files, written down before it leaves.

    Raises:
        StoreProblem: the log cannot be written; then nothing leaves.
    """
    followed = acts.follow(session, as_of)
    paper = patient_summary(
        patient_ref,
        reference,
        Print(
            ask=session.ask,
            alerts=followed[followed["patient_ref"] == patient_ref],
            entries=session.log.entries(patient_ref=patient_ref, acts=list(DETAIL_OF)),
            catalogue=session.catalogue,
            words=session.words,
            as_of=as_of,
            snapshot=session.snapshot,
            sample=session.sample,
            by=session.name,
            role=session.scope.role,
            at=datetime.now(UTC),
        ),
    )
    content = _FORMS[form][0](paper)
    return recorded(session, f"summary.{form}", stamp(session, as_of), content, patient_ref)
