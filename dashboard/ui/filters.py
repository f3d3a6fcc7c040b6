"""Controls of the pages, each kept in the address by its option keys.

A filter that leaves people out always says so elsewhere: in the answer sentence and in
the stamp of every export.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import pandas as pd
import streamlit as st

from dashboard.analysis.support import SOURCES, TYPES
from dashboard.analysis.trajectory import REFERENCES, Reference
from dashboard.analysis.worklist import (
    TIERS,
    VIEWS,
    View,
    counts_of_tiers,
    counts_of_views,
    in_view,
    is_overdue,
    is_unassigned,
    narrowed,
)
from dashboard.ui import address
from dashboard.ui.session import Session

# Days of each period on the Patient page; None is everything there is.
PERIODS: dict[str, int | None] = {"6m": 183, "1y": 365, "2y": 730, "all": None}
LAYERS = ("error", "cut_off", "expected", "events", "parts")
LAYERS_AT_FIRST = ("error", "cut_off", "expected", "events")
# What the Panel keeps in the address; it goes along to the Patient page.
OF_THE_PANEL = ("view", "tier", "type", "missing", "site", "nurse", "only")


@dataclass(frozen=True)
class Narrowed:
    """The rows that are left, and the filters in words for the stamp of an export."""

    rows: pd.DataFrame
    filters: Mapping[str, str]


def one_of(
    label: str,
    key: str,
    options: Sequence[str],
    default: str,
    named: Callable[[str], str],
    *,
    show_label: bool = False,
) -> str:
    """One of a few, as a row of segments."""
    _begin(key, options, default)
    st.segmented_control(
        label,
        options,
        format_func=named,
        key=key,
        required=True,
        label_visibility="visible" if show_label else "collapsed",
        persist_state="session",
    )
    chosen = str(st.session_state[key])
    address.keep(key, chosen, default)
    return chosen


def one_or_any(
    label: str, key: str, options: Sequence[str], named: Callable[[str], str], width: int = 170
) -> str | None:
    """One of many, or any of them when left empty."""
    _begin(key, options, None)
    st.selectbox(
        label,
        options,
        index=None,
        format_func=named,
        key=key,
        placeholder=label,
        label_visibility="collapsed",
        width=width,
        persist_state="session",
    )
    chosen = st.session_state[key]
    address.keep(key, chosen, None)
    return None if chosen is None else str(chosen)


def one_from_list(
    label: str,
    key: str,
    options: Sequence[str],
    named: Callable[[str], str],
    width: int = 280,
    default: str | None = None,
) -> str:
    """One of many; there is always one, to begin with `default` or else the first."""
    first = options[0] if default is None else default
    _begin(key, options, first)
    st.selectbox(label, options, format_func=named, key=key, width=width, persist_state="session")
    chosen = str(st.session_state[key])
    address.keep(key, chosen, first)
    return chosen


def any_of(
    label: str,
    key: str,
    options: Sequence[str],
    default: Sequence[str],
    named: Callable[[str], str],
) -> list[str]:
    """Any number of a few, as pills."""
    address.seed_several(key, options, default)
    held = [option for option in st.session_state[key] if option in options]
    st.session_state[key] = held
    st.pills(
        label,
        options,
        selection_mode="multi",
        format_func=named,
        key=key,
        label_visibility="collapsed",
        persist_state="session",
    )
    chosen = list(st.session_state[key])
    address.keep_several(key, chosen, default)
    return chosen


def panel_controls(session: Session, listed: pd.DataFrame) -> Narrowed:
    """View, tier, support type and source, site, nurse, what is left to do, and search."""
    words = session.words
    views, tiers = counts_of_views(listed), counts_of_tiers(listed)
    view = one_of(
        words.say("control.view"),
        "view",
        VIEWS,
        "today",
        lambda name: f"{words.say(f'view.{name}')} {words.number(views[cast(View, name)])}",
    )
    tier = one_or_any(
        words.say("control.any_tier"),
        "tier",
        [name for name in TIERS if tiers[name] and name != "none"],
        lambda name: words.say(f"tier.{name}"),
        width=140,
    )
    held = set(listed["support_types"].explode().dropna())
    support_type = one_or_any(
        words.say("control.any_type"),
        "type",
        [name for name in TYPES if name in held],
        lambda name: words.say(f"type.{name}"),
    )
    lacking = set(listed["missing_from"].explode().dropna())
    missing = one_or_any(
        words.say("control.any_missing"),
        "missing",
        [name for name in SOURCES if name in lacking],
        lambda name: words.say("control.missing_from", source=words.say(f"source.{name}")),
    )
    sites = _present(listed["site"])
    site = one_or_any(words.say("control.any_site"), "site", sites, str) if len(sites) > 1 else None
    nurses = _present(listed["nurse"])
    nurse = (
        one_or_any(words.say("control.any_nurse"), "nurse", nurses, str)
        if len(nurses) > 1
        else None
    )
    left_to_do = {
        "overdue": is_overdue(listed),
        "unassigned": is_unassigned(listed),
        "mine": listed["assigned_to"] == session.scope.person_id,
    }
    only = any_of(
        words.say("control.only"),
        "only",
        list(left_to_do),
        [],
        lambda name: f"{words.say(f'only.{name}')} {words.number(int(left_to_do[name].sum()))}",
    )
    # Never in the address: people search for a name or an id.
    text = st.text_input(
        words.say("control.search"),
        placeholder=words.say("control.search"),
        key="search",
        icon=":material/search:",
        label_visibility="collapsed",
        width=190,
        persist_state="session",
    )
    rows = narrowed(
        in_view(listed, cast(View, view)),
        tier=tier,
        support_type=support_type,
        missing=missing,
        site=site,
        nurse=nurse,
        overdue="overdue" in only,
        unassigned="unassigned" in only,
        assigned_to=session.scope.person_id if "mine" in only else None,
        text=text or "",
    )
    return Narrowed(
        rows,
        {
            words.say("control.view"): words.say(f"view.{view}"),
            words.say("control.tier"): words.say(f"tier.{tier}") if tier else "",
            words.say("control.type"): words.say(f"type.{support_type}") if support_type else "",
            words.say("control.missing"): words.say(f"source.{missing}") if missing else "",
            words.say("control.site"): site or "",
            words.say("control.nurse"): nurse or "",
            words.say("control.only"): ", ".join(words.say(f"only.{name}") for name in only),
            words.say("control.search"): text or "",
        },
    )


def rows_of_the_panel(session: Session, listed: pd.DataFrame) -> pd.DataFrame:
    """The rows that the Panel shows under the filters that stand in the address. The text that
    was searched for is not among them."""
    asked = st.query_params
    view = asked.get("view", "today")
    only = asked.get_all("only")
    return narrowed(
        in_view(listed, view if view in VIEWS else "today"),
        tier=asked.get("tier"),
        support_type=asked.get("type"),
        missing=asked.get("missing"),
        site=asked.get("site"),
        nurse=asked.get("nurse"),
        overdue="overdue" in only,
        unassigned="unassigned" in only,
        assigned_to=session.scope.person_id if "mine" in only else None,
    )


def reference_control(session: Session) -> Reference:
    words = session.words
    chosen = one_of(
        words.say("control.reference"),
        "reference",
        REFERENCES,
        "first",
        lambda name: words.say(f"reference.{name}"),
        show_label=True,
    )
    return cast(Reference, chosen)


def period_control(session: Session) -> str:
    words = session.words
    return one_of(
        words.say("control.period"),
        "period",
        list(PERIODS),
        "2y",
        lambda name: words.say(f"period.{name}"),
        show_label=True,
    )


def _begin(key: str, options: Sequence[str], default: str | None) -> None:
    """Give a control its value, and show it: what a control of the same name held on the page
    before is still known here, but the browser draws the new one empty unless it is set."""
    address.seed(key, options, default)
    st.session_state[key] = st.session_state[key]


def _present(column: pd.Series) -> list[str]:
    return sorted({str(value) for value in column.dropna() if value != ""})
