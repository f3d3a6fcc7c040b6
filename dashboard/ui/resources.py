"""What the centre's directory has for one open gap, and the button that writes a referral down."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.mismatch.follow_up import Act, check_act
from dashboard.ui.acts import told_once
from dashboard.ui.plain import as_text
from dashboard.ui.session import Session

# A referral is checked alike for every rule about support.
_RULE = "under"


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
    if pd.notna(row["taken_up_here"]):
        parts.append(words.count("help.taken_up", int(row["taken_up_here"])))
    return [*parts, _how_long(session, row)]


def _how_long(session: Session, row: Mapping[Any, Any]) -> str:
    words = session.words
    if pd.isna(row["median_days_here"]):
        return words.say("help.too_few")
    days = words.number(row["median_days_here"])
    if pd.isna(row["met_here"]):
        return words.say("help.median_only", days=days)
    return words.say("help.median", met=words.number(row["met_here"]), days=days)
