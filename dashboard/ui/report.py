"""The Report button of the Service page: one quarter as PDF or as HTML."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.analysis.program_results import newest_counted
from dashboard.analysis.service_quarter import Quarter, quarters_over, told_of
from dashboard.paper.document import Document
from dashboard.paper.html import html_of
from dashboard.paper.pdf import pdf_of
from dashboard.paper.service_report import Print, file_of, quarter_in_words, service_report
from dashboard.ui import service
from dashboard.ui.export import recorded, stamp
from dashboard.ui.filters import one_from_list
from dashboard.ui.session import Session

_FORMS: dict[str, tuple[Callable[[Document], bytes], str]] = {
    "pdf": (pdf_of, "application/pdf"),
    "html": (html_of, "text/html"),
}
# Two years back, as far as the months on the page go.
_QUARTERS = 8


def offer(session: Session, as_of: date) -> None:
    """The button, the quarter, and two files. Nothing is made before one is asked for."""
    words = session.words
    quarters = {one.name: one for one in quarters_over(as_of, _QUARTERS)}
    with st.popover(words.say("quarterly.button"), icon=":material/description:"):
        with st.container(width=320):
            st.caption(words.say("quarterly.how"))
        quarter = quarters[
            one_from_list(
                words.say("quarterly.quarter"),
                "quarter",
                list(quarters),
                lambda name: quarter_in_words(quarters[name], words),
                width=320,
            )
        ]
        with st.container(horizontal=True):
            for form, (_, mime) in _FORMS.items():
                st.download_button(
                    words.say(f"summary.{form}"),
                    data=partial(_made, session, quarter, as_of, form),
                    file_name=file_of(quarter, form),
                    mime=mime,
                    key=f"report_{form}",
                    on_click="ignore",
                    icon=":material/download:",
                )


def _made(session: Session, quarter: Quarter, as_of: date, form: str) -> bytes:
    """One of the files, written down before it leaves.

    Raises:
        StoreProblem: the log cannot be written; then nothing leaves.
    """
    whole = session.of_the_service

    def ask(name: str, **params: str | int | date) -> pd.DataFrame:
        return whole.ask(name, **params)

    paper = service_report(
        told_of(quarter, as_of, partial(service.told, session)),
        newest_counted(ask, session.catalogue, quarter.last, whole.minimum_cell),
        Print(
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
    return recorded(session, file_of(quarter, form), stamp(session, as_of), content)
