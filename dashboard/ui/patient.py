"""Whose page the Patient page is, the facts about them, and what the reader wants to see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.analysis import readings
from dashboard.analysis.alert_reasons import with_sentences
from dashboard.analysis.trajectory import Reference
from dashboard.analysis.worklist import merged
from dashboard.ui import acts, filters
from dashboard.ui.page import facts, notice, section, small_table
from dashboard.ui.plain import as_text
from dashboard.ui.resources import what_can_help
from dashboard.ui.safety_text import safety_text
from dashboard.ui.session import Session


@dataclass(frozen=True)
class Chosen:
    """One patient of those in scope.

    names: what every patient in scope is called, by reference.
    """

    patient_ref: str
    names: dict[str, str]

    @property
    def name(self) -> str:
        return self.names[self.patient_ref]


@dataclass(frozen=True)
class View:
    """What the reader has chosen to see of one patient."""

    start: date
    end: date
    reference: Reference
    layers: Sequence[str]
    filters: dict[str, str]


def choose(session: Session) -> Chosen | None:
    """The patient named in the address, else the one opened last, else the first in scope.

    A patient who is not in scope is not told apart from one that does not exist.
    """
    in_scope = session.ask("patients_in_scope") if session.snapshot else pd.DataFrame()
    if in_scope.empty:
        return None
    names = {
        row["patient_ref"]: _name(row["patient_id"], row["initials"])
        for _, row in in_scope.iterrows()
    }
    asked = st.query_params.get("patient") or st.session_state.get("patient_opened")
    ref = str(asked) if asked in names else next(iter(names))
    if "patient" in st.query_params and asked != ref:
        st.warning(session.words.say("patient.not_in_scope"), icon=":material/lock:")
    st.session_state["patient_opened"] = ref
    st.query_params["patient"] = ref
    return Chosen(ref, names)


def picker(session: Session, chosen: Chosen, followed: pd.DataFrame, as_of: date) -> None:
    """Previous and next in the order of the panel, or anyone by id or initials."""
    words = session.words
    on_the_panel = list(merged(session.ask("panel", as_of=as_of), followed, as_of)["patient_ref"])
    order = on_the_panel + [ref for ref in chosen.names if ref not in set(on_the_panel)]
    place = order.index(chosen.patient_ref)
    earlier = order[place - 1] if place else None
    later = order[place + 1] if place + 1 < len(order) else None
    # The control follows the address, whichever way the patient was opened.
    st.session_state["patient_picked"] = chosen.patient_ref
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.selectbox(
            words.say("control.patient"),
            order,
            format_func=chosen.names.__getitem__,
            key="patient_picked",
            on_change=_open_picked,
            label_visibility="collapsed",
            width=220,
        )
        st.button(
            words.say("patient.previous"),
            icon=":material/chevron_left:",
            type="tertiary",
            disabled=earlier is None,
            on_click=_open,
            args=(earlier,),
        )
        st.button(
            words.say("patient.next"),
            icon=":material/chevron_right:",
            icon_position="right",
            type="tertiary",
            disabled=later is None,
            on_click=_open,
            args=(later,),
        )
        st.caption(
            words.say(
                "patient.place",
                place=words.number(place + 1),
                everyone=words.number(len(order)),
            )
        )


def header_facts(session: Session, header: pd.Series, as_of: date) -> None:
    """Who this is, in one line; every value as plain text."""
    words = session.words
    due = session.ask("panel", as_of=as_of)
    due = due[due["patient_ref"] == header["patient_ref"]]
    pairs = [
        (words.say("fact.age"), _age(header, words.say("fact.years"))),
        (words.say("fact.diagnosis"), _joined(header["diagnosis"], header["stage"])),
        (
            words.say("fact.phase"),
            words.say(f"phase.{header['phase']}") if pd.notna(header["phase"]) else "",
        ),
        (words.say("fact.site"), _text(header["site"])),
        (words.say("fact.nurse"), _text(header["nurse"])),
        (
            words.say("fact.lives_alone"),
            ""
            if pd.isna(header["lives_alone"])
            else words.say("answer.yes" if header["lives_alone"] else "answer.no"),
        ),
        (
            words.say("fact.next_due"),
            words.say("due.none") if due.empty else readings.due(due.iloc[0], as_of, words),
        ),
    ]
    facts([(name, value or words.say("fact.unknown")) for name, value in pairs])


def safety_notice(session: Session, patient_ref: str, as_of: date) -> None:
    """A safety answer stands at the top of the page for as long as it counts."""
    words = session.words
    panel = session.ask("panel", as_of=as_of)
    rows = panel[panel["patient_ref"] == patient_ref]
    if rows.empty:
        return
    row = rows.iloc[0]
    if pd.notna(row["safety_message"]):
        notice(
            f"▲ {words.say('kind_of.safety')}",
            f"{readings.safety(row, words)} "
            f"{safety_text(session.directory, row['safety_message'])}",
            colour="red",
        )
    if row["safety_unanswered"]:
        notice(
            f"○ {words.say('unjudged.safety_unanswered')}",
            words.say("why.safety_unanswered"),
            colour="gray",
        )


def alerts_section(
    session: Session, alerts: pd.DataFrame, forms: Sequence[pd.DataFrame], as_of: date
) -> None:
    """Open alerts with their reasons and what they rest on, what can be done, and what was.

    alerts: of this patient, as `acts.follow` gives them. forms: frames with assessment_id and
    completed_on, for the days of the forms that an alert rests on.
    """
    words = session.words
    section(words.say("alerts.title"), words.say("alerts.how"))
    if alerts.empty:
        st.caption(words.say("alerts.none"))
        return
    told = with_sentences(alerts, words)
    days = {
        int(key): pd.Timestamp(day).date()
        for frame in forms
        for key, day in zip(frame["assessment_id"], frame["completed_on"], strict=True)
    }
    acts.buttons(session, told, as_of, columns=4)
    resources = session.ask("resources_for_gaps", as_of=as_of)
    for is_hidden in (False, True):
        some = told[told["hidden"] == is_hidden]
        if is_hidden and len(some):
            st.caption(words.count("alerts.put_away", len(some)))
        for alert in some.to_dict("records"):
            _alert(session, alert, days, resources)
    acts.history(session, told, dict(zip(told["alert_key"], told["why"], strict=True)))


def _alert(
    session: Session, alert: dict[Any, Any], days: dict[int, date], resources: pd.DataFrame
) -> None:
    words = session.words
    state = acts.state_in_words(
        session, alert["status"], _text(alert["assigned_to"]) or None, alert["snoozed_until"]
    )
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(
                acts.tier_in_words(session, alert["tier"]),
                color=acts.BADGES.get(alert["tier"], "gray"),  # type: ignore[arg-type]
            )
            st.markdown(as_text(alert["why"]))
            st.space("stretch")
            st.badge(as_text(state), color="gray")
        with st.expander(words.say("alerts.rests_on")):
            small_table(
                pd.DataFrame(
                    readings.inputs_of_alert(alert, days, words),
                    columns=[words.say("column.input"), words.say("column.value")],
                ),
                alt=words.say("alerts.rests_on"),
            )
            if alert["kind"] == "under":
                what_can_help(session, resources, alert["patient_ref"], alert["support_type"])


def controls(session: Session, scores: pd.DataFrame, as_of: date) -> View:
    """Period, reference assessment and layers of the charts."""
    words = session.words
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        period = filters.period_control(session)
        reference = filters.reference_control(session)
        layers = filters.any_of(
            words.say("control.layers"),
            "layers",
            filters.LAYERS,
            filters.LAYERS_AT_FIRST,
            lambda name: words.say(f"layer.{name}"),
        )
    days = filters.PERIODS[period]
    first = pd.to_datetime(scores["completed_on"]).min().date() if len(scores) else as_of
    start = first if days is None else max(first, as_of - timedelta(days=days))
    return View(
        min(start, as_of - timedelta(days=30)),
        as_of,
        reference,
        layers,
        {
            words.say("control.period"): words.say(f"period.{period}"),
            words.say("control.reference"): words.say(f"reference.{reference}"),
        },
    )


def _open(patient_ref: str) -> None:
    st.query_params["patient"] = patient_ref


def _open_picked() -> None:
    _open(st.session_state["patient_picked"])


def _name(patient_id: str, initials: Any) -> str:
    return patient_id if pd.isna(initials) or not initials else f"{patient_id} · {initials}"


def _age(header: pd.Series, years: str) -> str:
    return "" if pd.isna(header["age"]) else f"{int(header['age'])} {years}"


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _joined(*values: Any) -> str:
    return ", ".join(_text(value) for value in values if _text(value))
