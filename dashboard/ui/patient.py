"""Whose page the Patient page is, the facts about them, and what the reader wants to see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.analysis import patient_readings, readings
from dashboard.analysis.alert_reasons import unjudged_together
from dashboard.analysis.missing_forms import explained, next_form
from dashboard.analysis.safety_state import safety_left_blank, standing_safety
from dashboard.analysis.support import Judged
from dashboard.analysis.trajectory import Reference, Story, stories
from dashboard.ui import acts, filters, worklist_order
from dashboard.ui.page import facts, notice, section, small_table
from dashboard.ui.plain import as_text
from dashboard.ui.resources import what_can_help
from dashboard.ui.safety_text import safety_text
from dashboard.ui.session import Session

# Neither browsers nor screen readers use these.
_PREVIOUS, _NEXT = "Alt+PageUp", "Alt+PageDown"


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
        ref: _name(patient_id, initials)
        for ref, patient_id, initials in zip(
            in_scope["patient_ref"], in_scope["patient_id"], in_scope["initials"], strict=True
        )
    }
    asked = st.query_params.get("patient") or st.session_state.get("patient_opened")
    ref = str(asked) if asked in names else next(iter(names))
    if "patient" in st.query_params and asked != ref:
        st.warning(session.words.say("patient.not_in_scope"), icon=":material/lock:")
    st.session_state["patient_opened"] = ref
    st.query_params["patient"] = ref
    return Chosen(ref, names)


def picker(session: Session, chosen: Chosen, as_of: date) -> DeltaGenerator:
    """Previous and next on the worklist, or anyone by id or initials; gives the row, at whose
    end there is room."""
    words = session.words
    order = worklist_order.order(session, as_of, chosen.patient_ref)
    listed = set(order)
    place = order.index(chosen.patient_ref)
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    with row:
        st.selectbox(
            words.say("control.patient"),
            [*order, *(ref for ref in chosen.names if ref not in listed)],
            index=place,
            format_func=chosen.names.__getitem__,
            key=_picker_of(chosen.patient_ref),
            on_change=_open_picked,
            args=(chosen.patient_ref,),
            label_visibility="collapsed",
            width=220,
        )
        st.button(
            words.say("patient.previous"),
            icon=":material/chevron_left:",
            type="tertiary",
            disabled=place == 0,
            on_click=worklist_order.go,
            args=(-1,),
            shortcut=_PREVIOUS,
        )
        st.button(
            words.say("patient.next"),
            icon=":material/chevron_right:",
            icon_position="right",
            type="tertiary",
            disabled=place == len(order) - 1,
            on_click=worklist_order.go,
            args=(1,),
            shortcut=_NEXT,
        )
        st.caption(
            words.say(
                "patient.place",
                place=words.number(place + 1),
                everyone=words.number(len(order)),
            )
        )
        st.space("stretch")
    return row


def header_facts(session: Session, header: pd.Series, as_of: date) -> None:
    """Who this is, in one line; every value as plain text."""
    due = next_form(_expected(session, header, as_of), header, as_of)
    facts(readings.facts_about(header, due, as_of, session.words))


def safety_notice(session: Session, answers: pd.DataFrame, scores: pd.DataFrame) -> None:
    """A safety answer stands at the top of the page for as long as it counts."""
    words = session.words
    standing = standing_safety(answers, session.catalogue)
    if standing is not None:
        notice(
            f"▲ {words.say('kind_of.safety')}",
            f"{readings.safety(standing, words)} "
            f"{safety_text(session.directory, standing['safety_message'])}",
            colour="red",
        )
    if safety_left_blank(answers, scores, session.catalogue):
        notice(
            f"○ {words.say('unjudged.safety_unanswered')}",
            words.say("why.safety_unanswered"),
            colour="gray",
        )


def alerts_section(
    session: Session,
    alerts: pd.DataFrame,
    entries: pd.DataFrame,
    forms: Sequence[pd.DataFrame],
    as_of: date,
) -> None:
    """Open alerts with their reasons and what they rest on, and what can be done.

    Args:
        alerts: of this patient, as `acts.follow_one` gives them.
        entries: as `acts.entries_about` gives them.
        forms: frames with assessment_id and completed_on, for the days of the forms that an
            alert rests on.
    """
    words = session.words
    section(words.say("alerts.title"), words.say("alerts.how"))
    if alerts.empty:
        st.caption(words.say("alerts.none"))
        return
    days = {
        form: day.date()
        for frame in forms
        for form, day in zip(
            frame["assessment_id"].tolist(), frame["completed_on"].tolist(), strict=True
        )
    }
    acts.buttons(session, alerts, as_of, columns=3, entries=entries)
    records = alerts.to_dict("records")
    for is_hidden in (False, True):
        some = [alert for alert in records if alert["hidden"] == is_hidden]
        if is_hidden and some:
            st.caption(words.count("alerts.put_away", len(some)))
        for alert in some:
            if alert["rule"] != "unjudged":
                _alert(session, alert, days, as_of)
        _not_judged(session, [alert for alert in some if alert["rule"] == "unjudged"])


def _alert(session: Session, alert: dict[Any, Any], days: dict[int, date], as_of: date) -> None:
    words = session.words
    state = acts.state_in_words(
        session, alert["status"], _text(alert["assigned_to"]) or None, alert["snoozed_until"]
    )
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(
            acts.tier_in_words(session, alert["tier"]),
            color=acts.BADGES.get(alert["tier"], "gray"),  # type: ignore[arg-type]
        )
        with st.container(width="stretch", gap="xxsmall"):
            st.markdown(as_text(alert["why"]))
            if alert["kind"] == "under":
                _help(session, alert, as_of)
        with st.popover(
            words.say("alerts.basis"), type="tertiary", help=words.say("alerts.rests_on")
        ):
            small_table(
                pd.DataFrame(
                    readings.inputs_of_alert(alert, days, words),
                    columns=[words.say("column.input"), words.say("column.value")],
                ),
                alt=words.say("alerts.rests_on"),
            )
        st.badge(as_text(state), color="gray")


def _not_judged(session: Session, alerts: Sequence[dict[Any, Any]]) -> None:
    """What cannot be judged, together: a sentence a reason."""
    if not alerts:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(acts.tier_in_words(session, "unjudged"), color="gray")
        with st.container(width="stretch", gap="xxsmall"):
            for sentence in unjudged_together(alerts, session.words):
                st.markdown(as_text(sentence))


def _help(session: Session, alert: dict[Any, Any], as_of: date) -> None:
    """What the centre's directory has; looked up when it is opened."""
    opened = st.popover(
        session.words.say("alerts.what_can_help"),
        type="tertiary",
        key=f"help_{alert['alert_key']}",
        on_change="rerun",
    )
    if opened.open:
        with opened:
            resources = session.ask("resources_for_gaps", as_of=as_of)
            what_can_help(session, resources, alert["patient_ref"], alert["support_type"])


def told(session: Session, scores: pd.DataFrame, header: pd.Series, view: View) -> list[Story]:
    """The patient's scales over time, compared as chosen, each gap with its reason."""
    compared = stories(scores, session.catalogue, view.reference, view.end)
    return explained(compared, scores, _expected(session, header, view.end), header)


def raised(alerts: pd.DataFrame) -> list[tuple[pd.Timestamp, str]]:
    """The day on which each alert came up, with its reason."""
    return [
        (pd.Timestamp(day), why)
        for day, why in zip(alerts["raised_on"], alerts["why"], strict=True)
        if pd.notna(day)
    ]


def worth_asking(
    session: Session, told: Sequence[Story], types: Sequence[Judged], answers: pd.DataFrame
) -> None:
    """What the forms give reason to ask about."""
    words = session.words
    said = patient_readings.worth_asking(readings.most_pressing(told), types, answers, words)
    if said:
        section(words.say("worth.title"))
        st.markdown("\n".join(f"- {as_text(sentence)}" for sentence in said))


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


def _expected(session: Session, header: pd.Series, as_of: date) -> pd.DataFrame:
    return session.ask("patient_expected", patient_ref=header["patient_ref"], as_of=as_of)


def _picker_of(ref: str) -> str:
    """Each patient has a control of their own, so that it starts at them."""
    return f"patient_picked_{ref}"


def _open_picked(shown: str) -> None:
    # A browser sends the control of the patient before once more, if a key is pressed just when
    # the next one has appeared: nobody picked that.
    if st.session_state["patient_opened"] == shown:
        st.query_params["patient"] = st.session_state[_picker_of(shown)]


def _name(patient_id: str, initials: Any) -> str:
    return patient_id if pd.isna(initials) or not initials else f"{patient_id} · {initials}"


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)
