"""Who is here, which data they look at, and in which language: worked out on every rerun.

Nothing that opens a centre's data is taken from the browser. Whether this is a demonstration, in
which anybody may look at the synthetic data as anyone, is what the store says of itself; on a
centre's own store the person is the one named when the app was started.
"""

import os
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard.charts.palette import Palette, palette_of
from dashboard.errors import AccessRefused
from dashboard.language import LANGUAGES, Words, words_in
from dashboard.measures.catalogue import Catalogue
from dashboard.store import OPERATOR, Scope, Store
from dashboard.store.people import scope_among
from dashboard.store.workflow import WorkflowLog
from dashboard.ui import address, frames
from dashboard.ui.access import PAGES_OF, may_open
from dashboard.ui.plain import told_apart

DEMONSTRATED_ROLES = ("nurse", "psychologist", "manager", "steward")


@dataclass(frozen=True)
class Session:
    """One person at one moment.

    Attributes:
        snapshot: number of the newest snapshot; 0 while the store is empty.
        newest_on: day of the newest form, None while there is none.
        sample: whether the store says that its data are synthetic.
        narrow: whether the reader is on a phone, where charts take their narrow form.
    """

    directory: str
    snapshot: int
    newest_on: date | None
    sample: bool
    scope: Scope
    name: str
    words: Words
    palette: Palette
    narrow: bool

    @property
    def store(self) -> Store:
        return frames.store_in(self.directory)

    @property
    def log(self) -> WorkflowLog:
        return frames.log_in(self.directory)

    @property
    def today(self) -> date:
        """The day it is, whatever day the page looks at."""
        return date.today()

    @property
    def of_the_service(self) -> "Session":
        """The same person looking at the whole service: rows that name nobody."""
        return replace(self, scope=Scope(self.scope.person_id, "service"))

    @property
    def minimum_cell(self) -> int:
        """The fewest people a shown number may stand for. One's own patients can be read row
        by row anyway; of the whole service small groups are hidden."""
        return self.store.minimum_cell if self.scope.role in {"manager", "service"} else 1

    @cached_property
    def catalogue(self) -> Catalogue:
        return frames.catalogue_at(self.directory, self.snapshot)

    def ask(self, question: str, **params: str | int | date) -> pd.DataFrame:
        """A named question, within what this person may see."""
        return frames.answer(
            self.directory,
            self.snapshot,
            self.scope.person_id,
            self.scope.role,
            question,
            tuple(sorted(params.items())),
        )


def require(page: str) -> Session:
    """The session of whoever is here, if they may open this page.

    Otherwise the page says so, shows nothing else, and ends.
    """
    session = current()
    if session is None:
        st.stop()
    if not may_open(session.scope.role, page):
        _note_denied(session, page)
        _refuse(session.words, "refused.page", role=session.words.say(f"role.{session.scope.role}"))
    return session


def current() -> Session | None:
    """Who is here; None, with the reason on the page, when nobody can be told."""
    words = words_in(language_code())
    directory = str(Path(os.environ.get("ATTUNED_STORE", "store")).resolve())
    store = frames.store_in(directory)
    snapshot = store.newest().number if store.has_data() else 0
    newest_on, sample = _summary(directory, snapshot)
    try:
        if sample:
            scope, name = _demonstrated(directory, snapshot)
        else:
            scope, name = _own(directory, snapshot)
    except AccessRefused:
        _refuse(words, "refused.unknown")
        return None
    return Session(
        directory=directory,
        snapshot=snapshot,
        newest_on=newest_on,
        sample=sample,
        scope=scope,
        name=name,
        words=words,
        palette=palette_of(st.context.theme.type),
        narrow="Mobi" in st.context.headers.get("User-Agent", ""),
    )


def choose_language() -> None:
    """The language control of the side bar, kept in the address."""
    address.seed("lang", list(LANGUAGES), "en")
    st.sidebar.selectbox(
        words_in(language_code()).say("control.language"),
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        key="lang",
        persist_state="session",
    )
    address.keep("lang", language_code(), "en")


def language_code() -> str:
    """The language chosen, else the one in the address, else English."""
    asked = st.session_state.get("lang") or st.query_params.get("lang")
    return asked if asked in LANGUAGES else "en"


def choose_whom_to_view_as(session: Session) -> None:
    """The demonstration's control: look at the synthetic data in any role."""
    words = session.words
    people = _staff(session.directory, session.snapshot)
    first_of: dict[str, str] = {}
    for person_id, role, _ in people:
        first_of.setdefault(role, person_id)
    names = told_apart(
        {person_id: name for person_id, role, name in people if role == session.scope.role}
    )
    # The controls follow the session: another role brings its own first person.
    st.session_state["view_as_role"] = session.scope.role
    st.session_state["view_as_person"] = session.scope.person_id
    st.sidebar.selectbox(
        words.say("control.view_as"),
        [role for role in DEMONSTRATED_ROLES if role in first_of],
        format_func=lambda role: words.say(f"role.{role}"),
        key="view_as_role",
        on_change=_view_as_role,
        args=(first_of,),
    )
    st.sidebar.selectbox(
        words.say("control.view_as_person"),
        list(names),
        format_func=names.__getitem__,
        key="view_as_person",
        on_change=_view_as_person,
    )


def _view_as_role(first_of: dict[str, str]) -> None:
    st.session_state["view_as"] = first_of[st.session_state["view_as_role"]]


def _view_as_person() -> None:
    st.session_state["view_as"] = st.session_state["view_as_person"]


def pages_of(session: Session) -> tuple[str, ...]:
    return PAGES_OF[session.scope.role]


def _demonstrated(directory: str, snapshot: int) -> tuple[Scope, str]:
    """The person of the sample chosen in the side bar, which the address keeps, so that a shared
    page opens as who it was shared; the first nurse to begin with."""
    people = {one[0]: one for one in _staff(directory, snapshot) if one[1] in DEMONSTRATED_ROLES}
    nurses = [person_id for person_id, role, _ in people.values() if role == "nurse"]
    first = next(iter(nurses or people), None)
    if first is None:
        raise AccessRefused("staff list", "it names nobody to view as.", "Build the sample again.")
    address.seed("view_as", list(people), first)
    person_id, role, name = people[st.session_state["view_as"]]
    address.keep("view_as", person_id, first)
    return Scope(person_id, role), name  # type: ignore[arg-type]


def _own(directory: str, snapshot: int) -> tuple[Scope, str]:
    """The person named when the app was started, checked against the staff list."""
    person_id = os.environ.get("ATTUNED_PERSON", OPERATOR.person_id)
    names = _people(directory, snapshot) if snapshot else pd.DataFrame()
    scope = scope_among(names, person_id)
    known = names[names["person_id"] == person_id] if len(names) else names
    return scope, person_id if known.empty else str(known["name"].iloc[0])


def _staff(directory: str, snapshot: int) -> list[tuple[str, str, str]]:
    """Id, role and name of everyone on the staff list."""
    people = _people(directory, snapshot)
    columns = (people[name].tolist() for name in ("person_id", "role", "name"))
    return list(zip(*columns, strict=True))


def _people(directory: str, snapshot: int) -> pd.DataFrame:
    return frames.answer(directory, snapshot, OPERATOR.person_id, OPERATOR.role, "people", ())


def _summary(directory: str, snapshot: int) -> tuple[date | None, bool]:
    if snapshot == 0:
        return None, False
    row = frames.answer(
        directory, snapshot, OPERATOR.person_id, OPERATOR.role, "store_summary", ()
    ).iloc[0]
    newest = None if pd.isna(row["newest_on"]) else pd.Timestamp(row["newest_on"]).date()
    return newest, bool(row["sample"])


def _note_denied(session: Session, page: str) -> None:
    """Write down, once a session and page, that somebody asked for what is closed to them."""
    told = st.session_state.setdefault("denied_told", set())
    mark = (session.directory, session.scope.person_id, page)
    if mark not in told:
        session.log.append(session.scope.person_id, "denied", detail={"page": page})
        told.add(mark)


def _refuse(words: Words, key: str, **values: str) -> None:
    """Say that a page is closed to this person, and what they can do; then end."""
    st.warning(words.say(key, **values), icon=":material/lock:")
    st.caption(words.say(f"{key}_next"))
    st.stop()
