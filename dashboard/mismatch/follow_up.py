"""What the team does about an alert, and how the alert stands after it.

An act is one line of the workflow log and is never changed. How an alert stands is worked
out from its acts each time it is asked for, in the order of their numbers, so two people
who act at once lose nothing: both acts count, and everybody sees the same result.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PositiveInt, ValidationError

from dashboard.errors import Refused


class Act(StrEnum):
    """Everything the workflow log can say that somebody did."""

    acknowledged = "acknowledged"
    assigned = "assigned"
    snoozed = "snoozed"
    noted = "noted"
    contacted = "contacted"
    referral_offered = "referral_offered"
    referral_accepted = "referral_accepted"
    referral_attended = "referral_attended"
    closed = "closed"
    undone = "undone"

    sign_in = "sign_in"
    denied = "denied"
    patient_viewed = "patient_viewed"
    exported = "exported"
    imported = "imported"
    undone_import = "undone_import"
    rule_published = "rule_published"
    rule_not_published = "rule_not_published"
    cohort_saved = "cohort_saved"


# What moves an alert on. `undone` has to be read along with them: it takes one of them back.
DONE = (
    Act.assigned,
    Act.contacted,
    Act.referral_offered,
    Act.referral_accepted,
    Act.referral_attended,
    Act.closed,
)

Status = Literal["new", "acknowledged", "assigned", "contacted", "referred", "snoozed", "closed"]

# The life-cycle in its order. An alert that was contacted stays so when a colleague
# acknowledges it a second later.
_PROGRESS: tuple[Status, ...] = ("new", "acknowledged", "assigned", "contacted", "referred")

_SAFETY = "safety"
_FEWEST_WORDS = 3
_LONGEST_NOTE = 2000

_COLUMN_TYPES = {
    "alert_key": "str",
    "status": "str",
    "assigned_to": "str",
    "snoozed_until": "datetime64[us]",
    "closed_reason": "str",
    "last_act": "str",
    "last_at": "datetime64[us, UTC]",
    "last_by": "str",
    "last_note": "str",
    "acts": "int64",
    "hidden": "bool",
    "broken_by": "str",
}


def _unless_blank(text: object) -> object:
    return None if isinstance(text, str) and not text.strip() else text


def _iso_day(text: object) -> object:
    # Left alone, a number would be taken for seconds since 1970.
    return date.fromisoformat(text.strip()) if isinstance(text, str) else text


_Name = Annotated[str, Field(min_length=1, max_length=200)]
_Day = Annotated[date, BeforeValidator(_iso_day)]
_Note = Annotated[str, Field(min_length=1, max_length=_LONGEST_NOTE)]


class _Detail(BaseModel):
    """What an act says beside who, when and about what. Descriptions tell how to put it right."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    note: Annotated[_Note | None, BeforeValidator(_unless_blank)] = Field(
        None, description=f"Write at most {_LONGEST_NOTE} characters."
    )


class _Hiding(_Detail):
    """An act after which the alert leaves the list for a time."""

    holds_since: _Day | None = Field(
        None, description="Give the alert's holds_since as it was when the person looked at it."
    )


class Acknowledged(_Hiding):
    pass


class Assigned(_Detail):
    to: _Name = Field(description="Name the person who takes it on.")


class Snoozed(_Hiding):
    until: _Day = Field(description="Choose a day after today.")


class Noted(_Detail):
    note: _Note = Field(description=f"Write the note, in at most {_LONGEST_NOTE} characters.")


class Contacted(_Detail):
    how: Literal["phone", "visit", "message", "video"] = Field(
        description="Choose phone, visit, message or video."
    )


class Referred(_Detail):
    """One of the three steps of a referral: offered, accepted, attended."""

    resource: _Name = Field(description="Choose the resource from the directory.")


class Closed(_Hiding):
    reason: Literal["met", "not_met", "declined", "not_applicable"] = Field(
        description="Choose met, not met, declined or not applicable."
    )


class Undone(_Detail):
    """Takes back one earlier act on the same alert; an undone that is undone restores it."""

    entry: PositiveInt = Field(description="Give the number of the act to take back.")


DETAIL_OF: dict[Act, type[_Detail]] = {
    Act.acknowledged: Acknowledged,
    Act.assigned: Assigned,
    Act.snoozed: Snoozed,
    Act.noted: Noted,
    Act.contacted: Contacted,
    Act.referral_offered: Referred,
    Act.referral_accepted: Referred,
    Act.referral_attended: Referred,
    Act.closed: Closed,
    Act.undone: Undone,
}


def known_act(name: str) -> Act:
    """The act of that name.

    Raises:
        Refused: the log has no word for it.
    """
    try:
        return Act(name)
    except ValueError:
        raise Refused(
            "workflow log", f"there is no act {name!r}.", f"Known: {', '.join(Act)}."
        ) from None


def check_act(rule: str, act: str, detail: Mapping[str, str], today: date) -> dict[str, str]:
    """Check one act on an alert before it is written down.

    Args:
        rule: the alert's rule, as the query `alerts` names it.
        detail: what the act says, as text; dates are ISO.
        today: the day of the act; a snooze has to end after it.

    Returns:
        The detail as it belongs in the log: trimmed, without what was left blank.

    Raises:
        Refused: the act is no act on an alert, or something in its detail is missing, unknown
            or not valid; a safety alert is snoozed or closed without a written reason.
    """
    done = known_act(act)
    if done not in DETAIL_OF:
        raise Refused(
            done, "it is not done about an alert.", f"Choose one of {', '.join(DETAIL_OF)}."
        )
    try:
        said = DETAIL_OF[done].model_validate(dict(detail))
    except ValidationError as problem:
        raise _refused(done, problem) from None
    if isinstance(said, Snoozed) and said.until <= today:
        raise Refused(done, "the snooze would be over already.", "Choose a day after today.")
    if _goes_silent(rule, said):
        raise Refused(
            done,
            "a safety alert needs a written reason for this.",
            f"Write the reason in at least {_FEWEST_WORDS} words.",
        )
    given = said.model_dump(mode="json", exclude_none=True)
    return {name: str(value) for name, value in given.items()}


def _refused(act: Act, problem: ValidationError) -> Refused:
    """Every fault of a detail in one go, never what was written in it."""
    faults, remedies = [], []
    fields = DETAIL_OF[act].model_fields
    for error in problem.errors(include_url=False, include_context=False, include_input=False):
        name = str(error["loc"][0])
        if name not in fields:
            faults.append(f"{name} is not part of it")
            remedies.append(f"It takes {', '.join(fields)}.")
        else:
            missing = error["type"] in {"missing", "string_too_short"}
            faults.append(f"{name} is {'missing' if missing else 'not valid'}")
            remedies.append(fields[name].description or "")
    return Refused(act, "; ".join(faults) + ".", " ".join(dict.fromkeys(remedies)))


def _goes_silent(rule: str, said: _Detail) -> bool:
    """Whether this would take a safety alert off the list without saying why."""
    words = [word for word in (said.note or "").split() if any(map(str.isalpha, word))]
    return rule == _SAFETY and isinstance(said, Snoozed | Closed) and len(words) < _FEWEST_WORDS


def first_done(entries: pd.DataFrame) -> dict[str, date]:
    """The first day on which something was done about each alert, by its key.

    entries: as for `follow_up_of`. To have seen an alert, to have put it off or to have written a
    note is not to have done something; acts that were taken back count nowhere.
    """
    return {
        alert_key: min(done.on for done in acts)
        for alert_key, every in _acts_in_force(entries).items()
        if (acts := [done for done in every if done.act in DONE])
    }


def follow_up_of(
    alerts: pd.DataFrame, entries: pd.DataFrame, today: date, snooze_days: int
) -> pd.DataFrame:
    """How each alert stands.

    Args:
        alerts: alert_key, patient_ref, rule, tier_path, raised_on, holds_since; one row an
            alert that holds now.
        entries: entry_no, at, person_id, act, alert_key, detail, as the workflow log gives
            them, in any order; those about other alerts are passed over.
        today: the calendar day on which this is asked.
        snooze_days: how many days an acknowledgement takes an alert off the list.

    Returns:
        One row an alert, in the order of `alerts`: alert_key, status, assigned_to,
        snoozed_until (the day it is back), closed_reason, last_act, last_at (UTC), last_by,
        last_note (the last one written), acts (how many), hidden, broken_by. Acts that were
        taken back count nowhere. `broken_by` says why an alert is back before its time:
        `safety` (the patient has an open safety alert raised after the act) or `worse` (it
        got worse since: its holds_since is later than the one that the person saw, or else
        than the day of the act). An alert whose closing is broken stands as the acts after
        the closing left it.
    """
    acts_of = _acts_in_force(entries)
    told = _told_by(alerts)
    standing_of = {
        alert.alert_key: _standing(acts_of.get(alert.alert_key, []), alert.rule, snooze_days)
        for alert in told
    }
    open_safety = [
        alert
        for alert in told
        if alert.rule == _SAFETY and not standing_of[alert.alert_key].is_closed()
    ]
    safety_of: dict[str, list[_Alert]] = {}
    for alert in open_safety:
        safety_of.setdefault(alert.patient_ref, []).append(alert)
    rows = [
        _row(alert, standing_of[alert.alert_key], safety_of.get(alert.patient_ref, []), today)
        for alert in told
    ]
    return pd.DataFrame(
        {
            name: pd.Series([row[place] for row in rows], dtype=kind)
            for place, (name, kind) in enumerate(_COLUMN_TYPES.items())
        }
    )


@dataclass(frozen=True)
class _Alert:
    alert_key: str
    patient_ref: str
    rule: str
    got_worse: bool
    raised_on: date | None
    holds_since: date | None


def _told_by(alerts: pd.DataFrame) -> list[_Alert]:
    return [
        _Alert(key, ref, rule, any(step.startswith("worse") for step in path), raised, since)
        for key, ref, rule, path, raised, since in zip(
            alerts["alert_key"],
            alerts["patient_ref"],
            alerts["rule"],
            alerts["tier_path"],
            _dates(alerts["raised_on"]),
            _dates(alerts["holds_since"]),
            strict=True,
        )
    ]


def _dates(days: pd.Series) -> list[date | None]:
    return [None if pd.isna(day) else day.date() for day in pd.to_datetime(days)]


@dataclass(frozen=True)
class _Done:
    """One act on one alert; `said` is None where its detail makes no sense."""

    entry_no: int
    at: pd.Timestamp
    person_id: str
    act: Act
    alert_key: str
    said: _Detail | None

    @property
    def on(self) -> date:
        return self.at.date()


def _acts_in_force(entries: pd.DataFrame) -> dict[str, list[_Done]]:
    """The acts on each alert in the order of their numbers, without those taken back."""
    done = _acts_on_alerts(entries)
    taken_back = set()
    # An act is taken back by a later one only, so from the end each is settled when reached.
    for number in sorted(done, reverse=True):
        act = done[number]
        if number not in taken_back and isinstance(act.said, Undone):
            earlier = done.get(act.said.entry)
            if earlier and earlier.entry_no < number and earlier.alert_key == act.alert_key:
                taken_back.add(earlier.entry_no)
    acts_of: dict[str, list[_Done]] = {}
    for number in sorted(done.keys() - taken_back):
        if done[number].act != Act.undone:
            acts_of.setdefault(done[number].alert_key, []).append(done[number])
    return acts_of


def _acts_on_alerts(entries: pd.DataFrame) -> dict[int, _Done]:
    about_alerts = entries[entries["alert_key"].notna() & entries["act"].isin(list(DETAIL_OF))]
    columns = ["entry_no", "at", "person_id", "act", "alert_key", "detail"]
    return {
        number: _Done(number, at, person_id, Act(act), alert_key, _said(Act(act), detail))
        for number, at, person_id, act, alert_key, detail in zip(
            *(about_alerts[column] for column in columns), strict=True
        )
    }


def _said(act: Act, detail: Mapping[str, str]) -> _Detail | None:
    # A line of the log can never be taken out, so one that makes no sense must not stop
    # everything else from being read. It hides nothing.
    try:
        return DETAIL_OF[act].model_validate(dict(detail))
    except ValidationError:
        return None


@dataclass
class _Standing:
    """How an alert stands after its acts, before today and the data are looked at.

    `hidden_by` is the act that took the alert off the list; `until` the first day on which it
    is back, None after a closing.
    """

    acts: list[_Done]
    reached: Status = "new"
    assigned_to: str | None = None
    hidden_by: _Done | None = None
    until: date | None = None

    def reach(self, status: Status) -> None:
        self.reached = max(self.reached, status, key=_PROGRESS.index)

    def hide(self, by: _Done | None, until: date | None = None) -> None:
        self.hidden_by, self.until = by, until

    def is_closed(self) -> bool:
        return self.hidden_by is not None and isinstance(self.hidden_by.said, Closed)


def _standing(acts: list[_Done], rule: str, snooze_days: int) -> _Standing:
    """Go through the acts in order.

    Acknowledging, assigning and snoozing take a closed alert up again, and assigning ends a
    snooze, because somebody now has to see it. What is told of a contact or a referral
    leaves a closed or snoozed alert where it is.
    """
    standing = _Standing(acts)
    for done in acts:
        said = done.said
        if said is None or _goes_silent(rule, said):
            continue
        if isinstance(said, Acknowledged):
            standing.reach("acknowledged")
            if rule == _SAFETY:
                # To have seen it is no reason to take it off the list.
                standing.hide(None)
            else:
                standing.hide(done, done.on + timedelta(days=snooze_days))
        elif isinstance(said, Assigned):
            standing.reach("assigned")
            standing.assigned_to = said.to
            standing.hide(None)
        elif isinstance(said, Snoozed):
            standing.reach("acknowledged")
            standing.hide(done, said.until)
        elif isinstance(said, Contacted):
            standing.reach("contacted")
        elif isinstance(said, Referred):
            standing.reach("referred")
        elif isinstance(said, Closed):
            standing.reached = "new"
            standing.hide(done)
    return standing


def _row(
    alert: _Alert, standing: _Standing, open_safety: list[_Alert], today: date
) -> tuple[Any, ...]:
    """The cells of one alert, in the order of the columns."""
    hidden_by = standing.hidden_by
    if standing.until is not None and standing.until <= today:
        hidden_by = None
    broken_by = _broken_by(alert, hidden_by, open_safety) if hidden_by else None
    said = hidden_by.said if hidden_by and broken_by is None else None
    status: Status = standing.reached
    if isinstance(said, Snoozed):
        status = "snoozed"
    elif isinstance(said, Closed):
        status = "closed"
    last = standing.acts[-1] if standing.acts else None
    notes = [done.said.note for done in standing.acts if done.said and done.said.note]
    return (
        alert.alert_key,
        status,
        standing.assigned_to,
        standing.until if said else None,
        said.reason if isinstance(said, Closed) else None,
        str(last.act) if last else None,
        last.at if last else None,
        last.person_id if last else None,
        notes[-1] if notes else None,
        len(standing.acts),
        said is not None,
        broken_by,
    )


def _broken_by(
    alert: _Alert, hidden_by: _Done, open_safety: list[_Alert]
) -> Literal["safety", "worse"] | None:
    if any(
        other.raised_on is not None
        and other.raised_on > hidden_by.on
        and other.alert_key != alert.alert_key
        for other in open_safety
    ):
        return "safety"
    if alert.got_worse and alert.holds_since is not None:
        # Forms come in days after they were filled in: what counts is what the person saw.
        seen = hidden_by.said.holds_since if isinstance(hidden_by.said, _Hiding) else None
        if alert.holds_since > (seen or hidden_by.on):
            return "worse"
    return None
