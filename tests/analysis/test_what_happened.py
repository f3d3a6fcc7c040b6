"""Acts of the team among what happened: told once, by whom, and not when they were taken back."""

from typing import Any

import pandas as pd

from dashboard.analysis.what_was_done import event_in_words, told_once, with_acts
from dashboard.language import words_in

ENGLISH = words_in("en")
EVENTS = pd.DataFrame(
    {
        "event_id": ["1"],
        "occurred_on": pd.to_datetime(["2026-01-05"]),
        "ended_on": pd.Series([pd.NaT], dtype="datetime64[us]"),
        "kind": ["surgery"],
        "program_name": [None],
        "person_name": [None],
        "detail": [None],
    }
)


def entries(*acts: tuple[str, dict[str, Any]]) -> pd.DataFrame:
    """Entries of the log, a minute apart, each about the alert of its number."""
    return pd.DataFrame(
        {
            "entry_no": range(1, len(acts) + 1),
            "at": pd.date_range("2026-02-01 09:00", periods=len(acts), freq="min", tz="UTC"),
            "person_id": "nurse-1",
            "act": [act for act, _ in acts],
            "alert_key": [f"ref/{number}" for number in range(len(acts))],
            "detail": [detail for _, detail in acts],
        }
    )


def among(*acts: tuple[str, dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Kind, words and person of what happened and was done."""
    found = with_acts(
        EVENTS, told_once(entries(*acts)), {"nurse-1": "Ana"}, {"group": "Coping group"}, ENGLISH
    )
    return [
        (row["kind"], event_in_words(row, ENGLISH), row["person_name"])
        for row in found.to_dict("records")
    ][1:]


def test_contacts_notes_and_referrals_stand_in_their_own_lanes_and_say_things_once() -> None:
    assert among(
        ("contacted", {"how": "phone", "note": "Lifts arranged"}),
        ("noted", {"note": "Daughter moves in"}),
        ("referral_offered", {"resource": "group"}),
        ("acknowledged", {}),
    ) == [
        ("contact", "contact, Phone. “Lifts arranged”", "Ana"),
        ("note", "note, “Daughter moves in”", "Ana"),
        ("referral_offered", "referral offered, Coping group", "Ana"),
        ("act", "step taken, Acknowledged", "Ana"),
    ]


def test_what_was_taken_back_is_left_out() -> None:
    assert among(("acknowledged", {}), ("undone", {"entry": "1"})) == []


def test_nothing_done_leaves_what_happened_as_it_was() -> None:
    assert with_acts(EVENTS, [], {}, {}, ENGLISH) is EVENTS
