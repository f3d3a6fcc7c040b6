"""What the team does about alerts: how they stand, the buttons, and the history of acts.

The Panel and the Patient page share it. An act is checked, written to the log, and then read
back from there like everybody else's.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from dashboard.analysis import what_was_done
from dashboard.analysis.alert_reasons import with_sentences
from dashboard.analysis.worklist import in_order
from dashboard.errors import Refused
from dashboard.mismatch.follow_up import DETAIL_OF, Act, check_act, follow_up_of
from dashboard.mismatch.rules import Rules
from dashboard.ui.page import emphasis, small_table
from dashboard.ui.plain import as_text, told_apart
from dashboard.ui.session import Session

# Badge colours are those of `.streamlit/config.toml`: red for what cannot wait, orange for
# what is urgent, gray for the rest.
BADGES = {"immediate": "red", "high": "orange", "medium": "yellow"}

WAYS_OF_CONTACT = ("phone", "visit", "message", "video")
REASONS_TO_CLOSE = ("met", "not_met", "declined", "not_applicable")
STEPS_OF_A_REFERRAL = ("referral_offered", "referral_accepted", "referral_attended")
TEAM = ("nurse", "psychologist")

# Acts after which an alert leaves the list: they say what the person saw when doing so.
_HIDING = (Act.acknowledged, Act.snoozed, Act.closed)
_DAYS_OF_A_SNOOZE = 7
_LINES_IN_SIGHT = 8


def follow(session: Session, as_of: date) -> pd.DataFrame:
    """Every alert in scope with how it stands after what everybody did, most urgent first."""
    alerts = session.ask("alerts", as_of=as_of)
    entries = session.log.entries(alert_keys=list(alerts["alert_key"]))
    return in_order(alerts, follow_up_of(alerts, entries, session.today, _snooze_days(session)))


def follow_one(
    session: Session, as_of: date, patient_ref: str, entries: pd.DataFrame
) -> pd.DataFrame:
    """The same of one patient, with `why`: a sentence each.

    entries: of the log, about this patient, as `entries_about` gives them.
    """
    alerts = session.ask("alerts", as_of=as_of)
    own = alerts[alerts["patient_ref"] == patient_ref].reset_index(drop=True)
    followed = in_order(own, follow_up_of(own, entries, session.today, _snooze_days(session)))
    return with_sentences(followed, session.words)


def entries_about(session: Session, patient_ref: str) -> pd.DataFrame:
    """What the log says that anybody did about a patient."""
    return session.log.entries(patient_ref=patient_ref, acts=list(DETAIL_OF))


def tier_in_words(session: Session, tier: str) -> str:
    """A tier with its shape, so that neither colour nor word stands alone."""
    return what_was_done.tier_in_words(tier, session.words)


def state_in_words(
    session: Session, status: str, assigned_to: str | None, back_on: pd.Timestamp | None
) -> str:
    """ "Assigned to Ana", "Snoozed to 3 Dec": how far the team is."""
    name = name_of(session, assigned_to) if assigned_to else None
    return what_was_done.state_in_words(status, name, back_on, session.words)


def name_of(session: Session, person_id: str) -> str:
    return _names(session).get(person_id, person_id)


def acknowledge(session: Session, alerts: pd.DataFrame) -> None:
    _try(session, alerts, Act.acknowledged, {})


def open_form(patient_ref: str, act: Act) -> None:
    """From now on the form of one act stands open beside the patient."""
    st.session_state[_popover_key(_key(act, patient_ref))] = True


def record(session: Session, alerts: pd.DataFrame, act: Act, detail: Mapping[str, str]) -> None:
    """Write one act about each of these alerts down: all of them, or none when one is refused.

    Raises:
        Refused: the act does not hold for one of the alerts.
        StoreProblem: the log cannot be written.
    """
    checked = []
    for alert in alerts.to_dict("records"):
        said = dict(detail)
        if act in _HIDING and pd.notna(alert["holds_since"]):
            said["holds_since"] = alert["holds_since"].date().isoformat()
        checked.append(
            (alert["alert_key"], check_act(alert["rule"], act, said, session.today)),
        )
    for alert_key, said in checked:
        session.log.append(session.scope.person_id, act, alert_key=alert_key, detail=said)


def buttons(
    session: Session,
    alerts: pd.DataFrame,
    as_of: date,
    *,
    columns: int,
    entries: pd.DataFrame | None = None,
) -> None:
    """Everything that can be done about one patient's alerts, those put away included.

    Args:
        alerts: of one patient, as `follow` gives them; not empty.
        entries: what `entries_about` gives, for whoever has it already.
    """
    words = session.words
    ref = str(alerts["patient_ref"].iloc[0])
    still_open = alerts[~alerts["hidden"]]
    known = entries_about(session, ref) if entries is None else entries
    undoable = last_done(known, session.scope.person_id)
    with st.grid(columns, gap="xsmall", min_column_width=124):
        st.button(
            words.say("act.acknowledged"),
            key=f"acknowledge_{ref}",
            type=emphasis(session),
            icon=":material/check:",
            width="stretch",
            disabled=still_open.empty or bool((still_open["status"] != "new").all()),
            on_click=acknowledge,
            args=(session, still_open),
            help=words.say("acts.acknowledge_help", n=_snooze_days(session)),
        )
        for act, icon in (
            (Act.contacted, "call"),
            (Act.assigned, "person_add"),
            (Act.snoozed, "snooze"),
            (Act.noted, "edit_note"),
            (Act.referral_offered, "send"),
            (Act.closed, "task_alt"),
        ):
            about = alerts if act == Act.noted or still_open.empty else still_open
            key = _key(act, ref)
            opened = st.popover(
                words.say(f"act.{act}"),
                icon=f":material/{icon}:",
                width="stretch",
                key=_popover_key(key),
                on_change="rerun",
            )
            with opened:
                # What the directory has is looked up once somebody wants to refer.
                if act != Act.referral_offered or _was_opened(bool(opened.open), key):
                    _form(session, act, about, as_of, key)
        st.button(
            words.say("act.undone"),
            key=f"undo_{ref}",
            icon=":material/undo:",
            width="stretch",
            disabled=undoable.empty,
            on_click=_undo,
            args=(session, undoable),
            help=words.say("acts.undo_help"),
        )
    if refused := st.session_state.pop("act_refused", None):
        st.error(words.say("acts.refused"), icon=":material/error:")
        st.text(refused)


def history(session: Session, alerts: pd.DataFrame, sentences: Mapping[str, str]) -> None:
    """When each alert was raised, and what was done about this patient by whom, newest first.

    sentences: why each alert was raised, by alert_key.
    """
    words = session.words
    ref = str(alerts["patient_ref"].iloc[0])
    done = what_was_done.told_once(session.log.entries(patient_ref=ref, acts=list(DETAIL_OF)))
    names, resources = _names(session), _resource_names(session)
    lines: list[tuple[pd.Timestamp, str, str, str]] = [
        (
            at,
            words.say("acts.at", date=words.short_date(at), time=f"{at:%H:%M}"),
            names.get(entry["person_id"], entry["person_id"]),
            what_was_done.act_in_words(entry, names, resources, words),
        )
        for entry in done
        for at in [entry["at"].tz_convert(None)]
    ]
    lines += [
        (
            pd.Timestamp(alert["raised_on"]),
            words.date(alert["raised_on"]),
            words.say("acts.by_rules"),
            words.say("acts.raised", why=sentences[alert["alert_key"]]),
        )
        for alert in alerts.to_dict("records")
        if pd.notna(alert["raised_on"])
    ]
    lines.sort(key=lambda line: line[0], reverse=True)
    shown = pd.DataFrame(
        [line[1:] for line in lines],
        columns=[words.say(f"column.{name}") for name in ("when", "who", "what")],
    )
    st.markdown(f"**{words.say('acts.history')}**")
    if shown.empty:
        st.caption(words.say("acts.history_none"))
        return
    small_table(shown.head(_LINES_IN_SIGHT), alt=words.say("acts.history"))
    if len(shown) > _LINES_IN_SIGHT:
        with st.expander(words.count("acts.history_all", len(shown))):
            st.dataframe(shown, hide_index=True, alt=words.say("acts.history"))


def among_events(
    session: Session, patient_ref: str, events: pd.DataFrame, entries: pd.DataFrame
) -> pd.DataFrame:
    """What happened to a patient, and what the team did about them, on one list.

    Args:
        events: rows of the query `patient_events`.
        entries: what `entries_about` gives.
    """
    if entries.empty:
        return events
    return what_was_done.with_acts(
        events,
        what_was_done.told_once(entries),
        _names(session),
        _resource_names(session),
        session.words,
    )


def last_done(entries: pd.DataFrame, person_id: str) -> pd.DataFrame:
    """The entries of this person's last click that still counts; none when there is nothing to
    take back."""
    own = entries[
        (entries["person_id"] == person_id)
        & (entries["act"] != Act.undone)
        & ~entries["entry_no"].isin(what_was_done.taken_back(entries))
    ]
    if own.empty:
        return own
    last = own.iloc[-1]
    return own[(own["act"] == last["act"]) & (last["at"] - own["at"] <= what_was_done.ONE_CLICK)]


def note_viewed(session: Session, patient_ref: str) -> None:
    """Write down that this person opened this patient's page, once a session and patient.

    Raises:
        StoreProblem: the log cannot be written; then nothing of the patient is to be shown.
    """
    seen = st.session_state.setdefault("patients_viewed", set())
    mark = (session.directory, session.scope.person_id, patient_ref)
    if mark not in seen:
        session.log.append(session.scope.person_id, Act.patient_viewed, patient_ref=patient_ref)
        seen.add(mark)


def _form(session: Session, act: Act, alerts: pd.DataFrame, as_of: date, key: str) -> None:
    words = session.words
    with st.form(f"{key}_form", border=False, enter_to_submit=False):
        resources = pd.DataFrame()
        if act == Act.referral_offered:
            resources = _resources(session, str(alerts["patient_ref"].iloc[0]), as_of)
            if resources.empty:
                st.caption(words.say("acts.no_resource"))
        _about(session, act, alerts, key)
        _fields(session, act, resources, key)
        st.text_area(words.say("acts.note"), key=f"{key}_note", height=90, max_chars=2000)
        if act in (Act.snoozed, Act.closed) and (alerts["rule"] == "safety").any():
            st.caption(f":red[▲] {words.say('acts.safety_needs_a_reason')}")
        st.form_submit_button(
            words.say("acts.save"),
            key=f"{key}_save",
            type=emphasis(session),
            on_click=_submit,
            args=(session, act, alerts, resources, key),
            disabled=act == Act.referral_offered and resources.empty,
        )


def _about(session: Session, act: Act, alerts: pd.DataFrame, key: str) -> None:
    """Which alerts the act is about, where there is more than one kind; a referral is about
    those that its resource fits."""
    kinds = list(dict.fromkeys(alerts["kind"]))
    if act == Act.referral_offered or len(kinds) < 2:
        return
    st.pills(
        session.words.say("acts.about"),
        kinds,
        selection_mode="multi",
        default=kinds,
        format_func=lambda kind: session.words.say(f"kind_of.{kind}"),
        key=f"{key}_kinds",
    )


def _fields(session: Session, act: Act, resources: pd.DataFrame, key: str) -> None:
    words = session.words
    if act == Act.contacted:
        st.segmented_control(
            words.say("acts.how"),
            WAYS_OF_CONTACT,
            default="phone",
            format_func=lambda way: words.say(f"way.{way}"),
            key=f"{key}_how",
            required=True,
        )
    elif act == Act.assigned:
        team = _team(session)
        st.selectbox(
            words.say("acts.to"),
            list(team),
            index=list(team).index(session.scope.person_id),
            format_func=team.__getitem__,
            key=f"{key}_to",
        )
    elif act == Act.snoozed:
        st.date_input(
            words.say("acts.until"),
            session.today + timedelta(days=_DAYS_OF_A_SNOOZE),
            min_value=session.today + timedelta(days=1),
            format="DD/MM/YYYY",
            key=f"{key}_until",
        )
    elif act == Act.closed:
        st.radio(
            words.say("acts.reason"),
            REASONS_TO_CLOSE,
            format_func=lambda reason: words.say(f"close_reason.{reason}"),
            key=f"{key}_reason",
        )
    elif act == Act.referral_offered and len(resources):
        st.segmented_control(
            words.say("acts.step"),
            STEPS_OF_A_REFERRAL,
            default=STEPS_OF_A_REFERRAL[0],
            format_func=lambda step: words.say(f"step.{step}"),
            key=f"{key}_step",
            required=True,
        )
        named = resources.drop_duplicates("resource_key").set_index("resource_key")
        st.radio(
            words.say("acts.resource"),
            list(named.index),
            format_func=lambda resource: as_text(named.loc[resource, "name"]),
            captions=[_resource_in_words(session, row) for _, row in named.iterrows()],
            key=f"{key}_resource",
        )


def _submit(
    session: Session, act: Act, alerts: pd.DataFrame, resources: pd.DataFrame, key: str
) -> None:
    held = st.session_state
    note = held.get(f"{key}_note") or ""
    detail = {"note": note} if note.strip() else {}
    about = alerts
    if f"{key}_kinds" in held:
        about = alerts[alerts["kind"].isin(held[f"{key}_kinds"])]
    if act == Act.contacted:
        detail["how"] = held[f"{key}_how"]
    elif act == Act.assigned:
        detail["to"] = held[f"{key}_to"]
    elif act == Act.snoozed:
        detail["until"] = held[f"{key}_until"].isoformat()
    elif act == Act.closed:
        detail["reason"] = held[f"{key}_reason"]
    elif act == Act.referral_offered:
        detail["resource"] = held[f"{key}_resource"]
        fitting = resources[resources["resource_key"] == detail["resource"]]["alert_key"]
        about = alerts[alerts["alert_key"].isin(fitting)]
        act = Act(held[f"{key}_step"])
    if _try(session, about, act, detail):
        held[f"{key}_times"] = held.get(f"{key}_times", 0) + 1
        held.pop(f"{key}_note", None)


def _try(session: Session, alerts: pd.DataFrame, act: Act, detail: Mapping[str, str]) -> bool:
    """Do it, or keep for the page why it was refused."""
    words = session.words
    if alerts.empty:
        st.session_state["act_refused"] = words.say("acts.nothing_chosen")
        return False
    try:
        record(session, alerts, act, detail)
    except Refused as refused:
        silent = act in (Act.snoozed, Act.closed) and (alerts["rule"] == "safety").any()
        st.session_state["act_refused"] = (
            words.say("acts.safety_needs_a_reason")
            if silent
            else f"{refused.what} {refused.what_to_do}"
        )
        return False
    st.toast(words.count(f"acts.done_{'undo' if act == Act.undone else 'act'}", len(alerts)))
    return True


def _undo(session: Session, entries: pd.DataFrame) -> None:
    for number, alert_key in zip(entries["entry_no"], entries["alert_key"], strict=True):
        session.log.append(
            session.scope.person_id,
            Act.undone,
            alert_key=alert_key,
            detail={"entry": str(number)},
        )
    st.toast(session.words.count("acts.done_undo", len(entries)))


def _resource_in_words(session: Session, row: pd.Series) -> str:
    words = session.words
    parts = [words.say(f"source.{row['source']}")] if pd.notna(row["source"]) else []
    parts += [as_text(row[name]) for name in ("capacity", "contact") if pd.notna(row[name])]
    return " · ".join(parts)


def _resources(session: Session, patient_ref: str, as_of: date) -> pd.DataFrame:
    found = session.ask("resources_for_gaps", as_of=as_of)
    return found[found["patient_ref"] == patient_ref]


def _resource_names(session: Session) -> dict[str, str]:
    """Of the whole directory: what was offered once may no longer fit, or be withdrawn."""
    found = session.ask("resources")
    return dict(zip(found["resource_key"], found["name"], strict=True))


def _names(session: Session) -> dict[str, str]:
    people = session.ask("people")
    return dict(zip(people["person_id"], people["name"], strict=True))


def _team(session: Session) -> dict[str, str]:
    """Whoever may see to an alert, oneself first."""
    people = session.ask("people")
    columns = (people[column].tolist() for column in ("name", "person_id", "role"))
    own = {session.scope.person_id: session.words.say("acts.myself", name=session.name)}
    others = {
        person_id: name
        for name, person_id, role in sorted(zip(*columns, strict=True))
        if role in TEAM and person_id not in own
    }
    return own | told_apart(others)


def _snooze_days(session: Session) -> int:
    versions = session.ask("rule_versions")
    newest = versions.sort_values("version")["rules"].iloc[-1]
    return Rules.model_validate_json(newest).follow_up.snooze_days


def _key(act: Act, patient_ref: str) -> str:
    return f"act_{act}_{patient_ref}"


def _was_opened(is_open: bool, key: str) -> bool:
    """Whether it is open or was: what was written in it stays there when it is closed."""
    seen = f"{_popover_key(key)}_seen"
    st.session_state[seen] = bool(st.session_state.get(seen)) or is_open
    return bool(st.session_state[seen])


def _popover_key(key: str) -> str:
    """A new one after each act, so that the form is closed however fast the reader was."""
    return f"{key}_{st.session_state.get(f'{key}_times', 0)}"
