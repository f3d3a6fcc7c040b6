"""What the centre's directory has for open gaps, and the button that writes a referral down."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.analysis.what_can_help import one_a_resource, that_fit
from dashboard.analysis.what_was_done import told_once
from dashboard.mismatch.follow_up import Act, check_act
from dashboard.ui.page import small_table
from dashboard.ui.plain import as_text
from dashboard.ui.session import Session

# A referral is checked alike for every rule about support.
_RULE = "under"
_FOR_WHOM = "help_for_whom"


def what_can_help(
    session: Session, rows: pd.DataFrame, patient_ref: str, support_type: str
) -> None:
    """The resources that fit one gap, each with what is known of it here and a Refer button.

    rows: of the query `resources_for_gaps`, of the day that the page looks at.
    """
    words = session.words
    fitting = rows[(rows["patient_ref"] == patient_ref) & (rows["support_type"] == support_type)]
    st.markdown(f"**{words.say('help.title')}** · {words.say(f'type.{support_type}')}")
    if fitting.empty:
        st.caption(words.say("help.none"))
        st.caption(words.say("help.none_next"))
        return
    written = _offers_written(session, str(fitting["alert_key"].iloc[0]))
    for row in fitting.to_dict("records"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(gap=None, width="stretch"):
                st.markdown(_named(session, row))
                st.caption(as_text(" · ".join(_told(session, row, written))))
            st.button(
                words.say("help.refer"),
                key=f"refer_{row['alert_key']}_{row['resource_key']}",
                icon=":material/send:",
                on_click=_refer,
                args=(session, row),
                help=words.say("help.refer_about", name=as_text(row["name"])),
            )
    st.caption(words.say("help.how"))


def for_these_gaps(
    session: Session,
    rows: pd.DataFrame,
    named: Mapping[str, str],
    support_type: str,
    source: str,
) -> None:
    """What fits how many of several patients' gaps of one type, and a referral for one of them.

    Args:
        rows: of the query `resources_for_gaps`, of the day that the page looks at.
        named: the patients with such a gap, by reference, as they are called on the page.
        source: what counts as it comes first; '' for none.
    """
    words = session.words
    fitting = that_fit(rows, named, support_type, source)
    st.markdown(
        f"**{words.say('help.these_title')}** · "
        + words.count("help.these", len(named), type=words.say(f"type.{support_type}"))
    )
    if fitting.empty:
        st.caption(words.say("help.none"))
        st.caption(words.say("help.none_next"))
        return
    if source and (fitting["source"] == source).any():
        whose = words.say(f"mismatch.from.{source}")
        st.caption(words.say("help.source_first", source=whose))
    if len(named) > 1:
        _side_by_side(session, fitting, len(named))
    if st.session_state.get(_FOR_WHOM) not in named:
        st.session_state.pop(_FOR_WHOM, None)
    chosen = st.selectbox(
        words.say("help.for_whom"),
        list(named),
        format_func=lambda ref: named[ref],
        key=_FOR_WHOM,
        width=280,
    )
    what_can_help(session, fitting, chosen, support_type)


def _side_by_side(session: Session, fitting: pd.DataFrame, everyone: int) -> None:
    """One line a resource: how many of the gaps it fits, and how it went here."""
    words = session.words
    told = one_a_resource(fitting).to_dict("records")
    small_table(
        pd.DataFrame(
            {
                words.say("directory.name"): [row["name"] for row in told],
                words.say("directory.resource_source"): [
                    "–" if pd.isna(row["source"]) else words.say(f"source.{row['source']}")
                    for row in told
                ],
                words.say("help.fits"): [
                    words.say(
                        "help.of", n=words.number(row["gaps"]), everyone=words.number(everyone)
                    )
                    for row in told
                ],
                words.say("directory.capacity"): [
                    "–" if pd.isna(row["capacity"]) else row["capacity"] for row in told
                ],
                words.say("help.here"): [" · ".join(_here(session, row)) for row in told],
            }
        ),
        alt=words.say("help.these_title"),
    )


def _refer(session: Session, row: Mapping[Any, Any]) -> None:
    act = Act.referral_offered
    session.log.append(
        session.scope.person_id,
        act,
        alert_key=row["alert_key"],
        detail=check_act(_RULE, act, {"resource": row["resource_key"]}, session.today),
    )
    st.toast(session.words.say("help.referred", name=as_text(row["name"])))


def _offers_written(session: Session, alert_key: str) -> dict[str, date]:
    """The last day on which each resource was offered about this alert, by its key."""
    entries = session.log.entries(alert_keys=[alert_key], acts=[Act.referral_offered, Act.undone])
    return {
        line["detail"]["resource"]: line["at"].date()
        for line in told_once(entries)
        if line["act"] == Act.referral_offered and not line["taken_back"]
    }


def _named(session: Session, row: Mapping[Any, Any]) -> str:
    name = f"**{as_text(row['name'])}**"
    if pd.isna(row["source"]):
        return name
    source = session.words.say(f"source.{row['source']}")
    return f"{name} :gray-badge[{source}]"


def _told(session: Session, row: Mapping[Any, Any], written: dict[str, date]) -> list[str]:
    """Room and contact, what became of it with this person, and how it went here."""
    words = session.words
    parts = [str(row[name]) for name in ("capacity", "contact") if pd.notna(row[name])]
    limits = [words.say(f"limit.{limit}") for limit in row["to_check"]]
    if limits:
        parts.append(words.say("help.to_check", limits=words.joined(limits)))
    imported = None if pd.isna(row["offered_on"]) else row["offered_on"].date()
    offers = [day for day in (imported, written.get(row["resource_key"])) if day is not None]
    if offers:
        parts.append(words.say("help.offered_on", date=words.date(max(offers))))
    if pd.notna(row["taken_up_on"]):
        parts.append(words.say("help.taken_up_on", date=words.date(row["taken_up_on"])))
    return [*parts, *_here(session, row)]


def _here(session: Session, row: Mapping[Any, Any]) -> list[str]:
    """How it went with everybody of the centre to whom it was of use."""
    said = [_how_long(session, row)]
    if pd.notna(row["taken_up_here"]):
        said.insert(0, session.words.count("help.taken_up", int(row["taken_up_here"])))
    return said


def _how_long(session: Session, row: Mapping[Any, Any]) -> str:
    words = session.words
    if pd.isna(row["median_days_here"]):
        return words.say("help.too_few")
    days = words.number(row["median_days_here"])
    if pd.isna(row["met_here"]):
        return words.say("help.median_only", days=days)
    return words.say("help.median", met=words.number(row["met_here"]), days=days)
