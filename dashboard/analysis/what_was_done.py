"""What the team did and what happened, as lines to read: for the screen and for paper.

The acts are entries of the workflow log, in the order of their numbers.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from dashboard.language import Words

# One click is written down as an entry for each alert.
ONE_CLICK = pd.Timedelta(seconds=10)
_UNDONE = "undone"

# The shape of each tier, so that neither colour nor word stands alone.
GLYPHS = {
    "immediate": "▲",
    "high": "◆",
    "medium": "■",
    "low": "●",
    "unjudged": "○",
    "none": "–",
}


def tier_in_words(tier: str, words: Words) -> str:
    return f"{GLYPHS[tier]} {words.say(f'tier.{tier}')}"


def state_in_words(
    status: str, assigned_to: str | None, back_on: pd.Timestamp | None, words: Words
) -> str:
    """ "Assigned to Ana", "Snoozed to 3 Dec": how far the team is with an alert.

    assigned_to: a name.
    """
    if status == "assigned" and assigned_to:
        return words.say("state_of.assigned", name=assigned_to)
    if back_on is not None and pd.notna(back_on):
        key = "snoozed" if status == "snoozed" else "back"
        return words.say(
            f"state_of.{key}",
            date=words.short_date(back_on),
            state=words.say(f"status_of.{status}"),
        )
    return words.say(f"status_of.{status}")


def taken_back(entries: pd.DataFrame) -> set[int]:
    """Numbers of entries that a later one takes back and that was not taken back itself."""
    taken: set[int] = set()
    undone = entries[entries["act"] == _UNDONE]
    for number, detail in zip(
        reversed(list(undone["entry_no"])), reversed(list(undone["detail"])), strict=True
    ):
        if number not in taken and str(detail.get("entry", "")).isdigit():
            taken.add(int(detail["entry"]))
    return taken


def told_once(entries: pd.DataFrame) -> list[dict[str, Any]]:
    """Entries as a person did them: what one click wrote about several alerts is one line, with
    `alerts`, how many. What was taken back says so in `taken_back`."""
    back = taken_back(entries)
    lines: list[dict[str, Any]] = []
    for entry in entries.to_dict("records"):
        said = {
            name: value
            for name, value in entry["detail"].items()
            if name not in ("holds_since", "entry")
        }
        line = {
            **{str(name): value for name, value in entry.items()},
            "detail": said,
            "alerts": 1,
            "taken_back": entry["entry_no"] in back,
        }
        same = ("person_id", "act", "detail", "taken_back")
        if (
            lines
            and all(lines[-1][name] == line[name] for name in same)
            and line["at"] - lines[-1]["at"] <= ONE_CLICK
            and line["alert_key"] != lines[-1]["alert_key"]
        ):
            lines[-1]["alerts"] += 1
            lines[-1]["alert_key"] = line["alert_key"]
        else:
            lines.append(line)
    return lines


def act_in_words(
    line: Mapping[str, Any],
    names: Mapping[str, str],
    resources: Mapping[str, str],
    words: Words,
    *,
    name_the_act: bool = True,
) -> str:
    """One line of `told_once` as a sentence.

    Args:
        names: of people, by person_id.
        resources: names of what is in the directory, by key.
        name_the_act: whether it says what kind of act it was; it may be said beside.
    """
    said = line["detail"]
    parts = [words.say(f"done.{line['act']}")] if name_the_act else []
    if "to" in said:
        parts.append(names.get(said["to"], said["to"]))
    if "until" in said:
        parts.append(words.date(date.fromisoformat(said["until"])))
    if "how" in said:
        parts.append(words.say(f"way.{said['how']}"))
    if "resource" in said:
        parts.append(resources.get(said["resource"], said["resource"]))
    if "reason" in said:
        parts.append(words.say(f"close_reason.{said['reason']}"))
    text = " · ".join(parts)
    if line["alerts"] > 1:
        text += f" ({words.count('acts.alerts', line['alerts'])})"
    if "note" in said:
        text = f"{text}. “{said['note']}”" if text else f"“{said['note']}”"
    return words.say("acts.taken_back", act=text) if line["taken_back"] else text


def event_in_words(event: Mapping[Any, Any], words: Words) -> str:
    """What happened, from one row of the query `patient_events`: kind, program, detail."""
    said = [words.say(f"event.{event['kind']}"), event["program_name"], event["detail"]]
    return ", ".join(str(part) for part in said if pd.notna(part) and part)


# What an act of the log is among what happened; what is not named here is a step of the team.
_EVENT_OF_ACT = {
    "contacted": "contact",
    "noted": "note",
    "referral_offered": "referral_offered",
    "referral_accepted": "referral_accepted",
    "referral_attended": "referral_attended",
}
_OF_AN_EVENT = ("occurred_on", "ended_on", "kind", "program_name", "person_name", "detail")


def with_acts(
    events: pd.DataFrame,
    lines: Iterable[Mapping[str, Any]],
    names: Mapping[str, str],
    resources: Mapping[str, str],
    words: Words,
) -> pd.DataFrame:
    """What happened and what the team did since, on one list; what was taken back is left out.

    Args:
        events: rows of the query `patient_events`.
        lines: of `told_once`. names, resources: as `act_in_words` takes them.
    """
    acts = [
        {
            "occurred_on": line["at"].tz_convert(None).normalize(),
            "ended_on": pd.NaT,
            "kind": _EVENT_OF_ACT.get(line["act"], "act"),
            "program_name": None,
            "person_name": names.get(line["person_id"], line["person_id"]),
            "detail": act_in_words(
                line, names, resources, words, name_the_act=line["act"] not in _EVENT_OF_ACT
            ),
        }
        for line in lines
        if line["act"] != _UNDONE and not line["taken_back"]
    ]
    if not acts:
        return events
    return pd.concat([events, pd.DataFrame(acts, columns=list(_OF_AN_EVENT))], ignore_index=True)
