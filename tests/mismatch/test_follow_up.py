"""What may be done about an alert, and how it stands after it (the life-cycle)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.errors import Refused
from dashboard.mismatch.follow_up import DETAIL_OF, Act, check_act, first_done, follow_up_of

REF = "00000000000000aa"
UNDER = f"{REF}/under/tangible/2026-03-01"
SAFETY = f"{REF}/safety/phq9_9/2026-03-01"
MONDAY = date(2026, 3, 2)
SNOOZE_DAYS = 30
REASON = "Spoke with her today."


@dataclass(frozen=True)
class Done:
    """An act some days after MONDAY."""

    act: str
    detail: Mapping[str, str] = field(default_factory=dict)
    day: int = 0
    by: str = "nurse-1"
    about: str | None = UNDER


def entries_of(acts: Sequence[Done], numbers: Sequence[int] | None = None) -> pd.DataFrame:
    """The acts as the workflow log gives them."""
    at = [
        datetime(2026, 3, 2, 9, 0, number % 60, tzinfo=UTC) + timedelta(days=done.day)
        for number, done in enumerate(acts)
    ]
    return pd.DataFrame(
        {
            "entry_no": list(numbers or range(1, len(acts) + 1)),
            "at": pd.Series(at, dtype="datetime64[us, UTC]"),
            "person_id": [done.by for done in acts],
            "act": [str(done.act) for done in acts],
            "alert_key": [done.about for done in acts],
            "patient_ref": [REF for _ in acts],
            "detail": pd.Series([dict(done.detail) for done in acts], dtype="object"),
        }
    )


def alert(
    key: str = UNDER,
    raised_on: date | None = date(2026, 3, 1),
    holds_since: date | None = date(2026, 3, 1),
    path: Sequence[str] = ("under: medium",),
) -> dict[str, Any]:
    return {
        "alert_key": key,
        "patient_ref": key.split("/")[0],
        "rule": key.split("/")[1],
        "tier_path": list(path),
        "raised_on": raised_on,
        "holds_since": holds_since,
    }


def standing(
    acts: Sequence[Done],
    alerts: Sequence[dict[str, Any]] | None = None,
    day: int = 0,
) -> dict[str, Any]:
    """How the first alert stands some days after MONDAY; None where nothing is."""
    frame = pd.DataFrame(list(alerts or [alert(acts[0].about if acts else UNDER)]))  # type: ignore[arg-type]
    found = follow_up_of(frame, entries_of(acts), MONDAY + timedelta(days=day), SNOOZE_DAYS)
    assert list(found["alert_key"]) == list(frame["alert_key"])
    row = {str(name): value for name, value in found.iloc[0].items()}
    return {name: None if pd.isna(value) else value for name, value in row.items()}


# What may be done.

ACCEPTED = {
    "seen": (Act.acknowledged, {}, {}),
    "seen, with the state that was seen": (
        Act.acknowledged,
        {"holds_since": "2026-03-01"},
        {"holds_since": "2026-03-01"},
    ),
    "a note left blank is no note": (Act.acknowledged, {"note": "  "}, {}),
    "given to somebody": (Act.assigned, {"to": " nurse-2 "}, {"to": "nurse-2"}),
    "put off until tomorrow": (Act.snoozed, {"until": "2026-03-03"}, {"until": "2026-03-03"}),
    "a note": (Act.noted, {"note": " Rings on Friday. "}, {"note": "Rings on Friday."}),
    "by phone": (Act.contacted, {"how": "phone"}, {"how": "phone"}),
    "by visit": (Act.contacted, {"how": "visit"}, {"how": "visit"}),
    "by message": (Act.contacted, {"how": "message"}, {"how": "message"}),
    "by video": (Act.contacted, {"how": "video"}, {"how": "video"}),
    "offered": (Act.referral_offered, {"resource": "evening"}, {"resource": "evening"}),
    "accepted": (Act.referral_accepted, {"resource": "evening"}, {"resource": "evening"}),
    "attended": (Act.referral_attended, {"resource": "evening"}, {"resource": "evening"}),
    "met": (Act.closed, {"reason": "met"}, {"reason": "met"}),
    "not met": (Act.closed, {"reason": "not_met"}, {"reason": "not_met"}),
    "declined": (Act.closed, {"reason": "declined"}, {"reason": "declined"}),
    "not applicable": (Act.closed, {"reason": "not_applicable"}, {"reason": "not_applicable"}),
    "taken back": (Act.undone, {"entry": "17"}, {"entry": "17"}),
}


@pytest.mark.parametrize(("act", "detail", "kept"), ACCEPTED.values(), ids=ACCEPTED)
def test_an_act_is_taken_as_it_belongs_in_the_log(
    act: Act, detail: dict[str, str], kept: dict[str, str]
) -> None:
    assert check_act("under", act, detail, MONDAY) == kept


def test_every_act_on_an_alert_is_among_the_accepted() -> None:
    assert {act for act, _, _ in ACCEPTED.values()} == set(DETAIL_OF)


REFUSED = {
    "given to nobody": (Act.assigned, {}, "to is missing"),
    "given to a blank": (Act.assigned, {"to": "  "}, "to is missing"),
    "put off for ever": (Act.snoozed, {}, "until is missing"),
    "put off until today": (Act.snoozed, {"until": "2026-03-02"}, "over already"),
    "put off until yesterday": (Act.snoozed, {"until": "2026-03-01"}, "over already"),
    "a day in another order": (Act.snoozed, {"until": "03/04/2026"}, "until is not valid"),
    "a number for a day": (Act.snoozed, {"until": "1893456000"}, "until is not valid"),
    "no such day": (Act.snoozed, {"until": "2026-02-30"}, "until is not valid"),
    "an empty note": (Act.noted, {"note": " "}, "note is missing"),
    "too long a note": (Act.noted, {"note": "x" * 2001}, "note is not valid"),
    "too long an extra note": (
        Act.contacted,
        {"how": "phone", "note": "x" * 2001},
        "note is not valid",
    ),
    "no way of contact": (Act.contacted, {}, "how is missing"),
    "another way of contact": (Act.contacted, {"how": "pigeon"}, "how is not valid"),
    "offered nothing": (Act.referral_offered, {}, "resource is missing"),
    "accepted nothing": (Act.referral_accepted, {}, "resource is missing"),
    "attended nothing": (Act.referral_attended, {}, "resource is missing"),
    "closed without a reason": (Act.closed, {}, "reason is missing"),
    "closed for another reason": (Act.closed, {"reason": "tired"}, "reason is not valid"),
    "took back nothing": (Act.undone, {}, "entry is missing"),
    "took back number 0": (Act.undone, {"entry": "0"}, "entry is not valid"),
    "took back a word": (Act.undone, {"entry": "last"}, "entry is not valid"),
    "something else said": (
        Act.acknowledged,
        {"colour": "red"},
        "colour is not part of it",
    ),
    "two faults": (
        Act.contacted,
        {"how": "pigeon", "note": "x" * 2001},
        "note is not valid; how is not valid",
    ),
    "no act on an alert": (Act.exported, {}, "not done about an alert"),
    "no act at all": ("forgotten", {}, "no act 'forgotten'"),
}


@pytest.mark.parametrize(("act", "detail", "what"), REFUSED.values(), ids=REFUSED)
def test_an_act_is_refused_with_what_is_wrong_and_what_to_do(
    act: str, detail: dict[str, str], what: str
) -> None:
    with pytest.raises(Refused) as refused:
        check_act("under", act, detail, MONDAY)
    assert what in refused.value.what
    assert refused.value.where
    assert refused.value.what_to_do.endswith(".")


def test_a_refusal_never_repeats_what_was_written() -> None:
    written = {"how": "Canary", "note": "Canary " * 400, "reason": "Canary"}
    with pytest.raises(Refused) as refused:
        check_act("under", Act.contacted, written, MONDAY)
    assert "Canary" not in str(refused.value)


SILENT = [None, "", "  ", "ok", "is fine", "... --- ...", "1 2 3 4", "a . b ."]
SILENCING = [(Act.snoozed, {"until": "2026-03-09"}), (Act.closed, {"reason": "met"})]


@pytest.mark.parametrize("note", SILENT)
@pytest.mark.parametrize(("act", "detail"), SILENCING)
def test_a_safety_alert_never_goes_silent_without_a_written_reason(
    act: Act, detail: dict[str, str], note: str | None
) -> None:
    said = detail if note is None else {**detail, "note": note}
    with pytest.raises(Refused, match="written reason"):
        check_act("safety", act, said, MONDAY)
    assert check_act("under", act, said, MONDAY).items() >= detail.items()
    # Nor would it, if such a line were in the log all the same.
    assert not standing([Done(act, said, about=SAFETY)])["hidden"]
    assert standing([Done(act, said)])["hidden"]


@pytest.mark.parametrize(("act", "detail"), SILENCING)
def test_a_safety_alert_rests_with_a_written_reason(act: Act, detail: dict[str, str]) -> None:
    said = check_act("safety", act, {**detail, "note": REASON}, MONDAY)
    assert said["note"] == REASON
    assert standing([Done(act, said, about=SAFETY)])["hidden"]


def test_acknowledging_a_safety_alert_does_not_hide_it() -> None:
    found = standing([Done(Act.acknowledged, about=SAFETY)])
    assert (found["status"], found["hidden"], found["snoozed_until"]) == (
        "acknowledged",
        False,
        None,
    )


# How an alert stands.

ACKNOWLEDGED = Done(Act.acknowledged)
ASSIGNED = Done(Act.assigned, {"to": "nurse-2"})
SNOOZED = Done(Act.snoozed, {"until": "2026-03-09"})
NOTED = Done(Act.noted, {"note": "Rings on Friday."})
CONTACTED = Done(Act.contacted, {"how": "phone", "note": "Will think about it."})
OFFERED = Done(Act.referral_offered, {"resource": "evening"})
ACCEPTED_IT = Done(Act.referral_accepted, {"resource": "evening"})
ATTENDED = Done(Act.referral_attended, {"resource": "evening"})
CLOSED = Done(Act.closed, {"reason": "met"})


def undo(number: int) -> Done:
    return Done(Act.undone, {"entry": str(number)}, by="nurse-2")


@dataclass(frozen=True)
class Case:
    acts: list[Done]
    status: str
    hidden: bool = False
    day: int = 0
    until: str | None = None
    assigned_to: str | None = None
    reason: str | None = None


LIFE_CYCLE = {
    "raised": Case([], "new"),
    "acknowledged": Case([ACKNOWLEDGED], "acknowledged", True, until="2026-04-01"),
    "a day before the snooze ends": Case(
        [ACKNOWLEDGED], "acknowledged", True, day=29, until="2026-04-01"
    ),
    "the day the snooze ends": Case([ACKNOWLEDGED], "acknowledged", day=30),
    "assigned": Case([ASSIGNED], "assigned", assigned_to="nurse-2"),
    "assigned, then to somebody else": Case(
        [ASSIGNED, Done(Act.assigned, {"to": "nurse-3"})], "assigned", assigned_to="nurse-3"
    ),
    "assigning shows it to the one who has it now": Case(
        [ACKNOWLEDGED, ASSIGNED], "assigned", assigned_to="nurse-2"
    ),
    "contacted": Case([ACKNOWLEDGED, CONTACTED], "contacted", True, until="2026-04-01"),
    "contacted, then seen by another": Case(
        [CONTACTED, ACKNOWLEDGED], "contacted", True, until="2026-04-01"
    ),
    "offered": Case([CONTACTED, OFFERED], "referred"),
    "accepted": Case([OFFERED, ACCEPTED_IT], "referred"),
    "attended": Case([OFFERED, ACCEPTED_IT, ATTENDED], "referred"),
    "referred, then given to another": Case([OFFERED, ASSIGNED], "referred", assigned_to="nurse-2"),
    "a note changes nothing": Case([NOTED], "new"),
    "snoozed": Case([SNOOZED], "snoozed", True, day=6, until="2026-03-09"),
    "a snooze that is over was at least seen": Case([SNOOZED], "acknowledged", day=7),
    "a snooze that is over leaves what was reached": Case([CONTACTED, SNOOZED], "contacted", day=7),
    "snoozed again, shorter": Case([ACKNOWLEDGED, SNOOZED], "snoozed", True, until="2026-03-09"),
    "closed": Case([ACKNOWLEDGED, CLOSED], "closed", True, day=400, reason="met"),
    "closed keeps who had it": Case(
        [ASSIGNED, CLOSED], "closed", True, assigned_to="nurse-2", reason="met"
    ),
    "closed twice": Case(
        [CLOSED, Done(Act.closed, {"reason": "declined"})], "closed", True, reason="declined"
    ),
    "told later, still closed": Case([CLOSED, CONTACTED, ATTENDED], "closed", True, reason="met"),
    "taken up again by assigning": Case(
        [CONTACTED, CLOSED, ASSIGNED], "assigned", assigned_to="nurse-2"
    ),
    "taken up again by acknowledging": Case(
        [CLOSED, ACKNOWLEDGED], "acknowledged", True, until="2026-04-01"
    ),
    "taken back": Case([ACKNOWLEDGED, undo(1)], "new"),
    "taken back and restored": Case([CLOSED, undo(1), undo(2)], "closed", True, reason="met"),
    "taken back by two people at once": Case([CLOSED, undo(1), undo(1)], "new"),
    "one of two undos taken back": Case([CLOSED, undo(1), undo(1), undo(2)], "new"),
    "an undo ahead of its time": Case([undo(2), CLOSED], "closed", True, reason="met"),
    "an undo of itself": Case([CLOSED, undo(2)], "closed", True, reason="met"),
    "an undo of what is not there": Case([CLOSED, undo(99)], "closed", True, reason="met"),
    "an undo of another alert's act": Case(
        [Done(Act.noted, {"note": "x"}, about=UNDER), Done(Act.closed, {"reason": "met"})]
        + [Done(Act.undone, {"entry": "2"}, about=SAFETY)],
        "closed",
        True,
        reason="met",
    ),
    "a line that makes no sense hides nothing": Case(
        [Done(Act.closed, {"reason": "tired"}), Done(Act.snoozed, {"until": "soon"})], "new"
    ),
}


@pytest.mark.parametrize("case", LIFE_CYCLE.values(), ids=LIFE_CYCLE)
def test_the_life_cycle(case: Case) -> None:
    found = standing(case.acts, [alert()], day=case.day)
    assert found["status"] == case.status
    assert found["hidden"] == case.hidden
    assert found["assigned_to"] == case.assigned_to
    assert found["closed_reason"] == case.reason
    assert found["snoozed_until"] == (pd.Timestamp(case.until) if case.until else None)
    assert found["broken_by"] is None


def test_two_people_who_act_at_once_both_count() -> None:
    found = standing(
        [
            Done(Act.contacted, {"how": "phone", "note": "Left a message."}, by="nurse-1"),
            Done(Act.acknowledged, by="nurse-2"),
        ]
    )
    assert found["status"] == "contacted"
    assert found["acts"] == 2
    assert (found["last_act"], found["last_by"]) == ("acknowledged", "nurse-2")
    assert found["last_at"] == pd.Timestamp("2026-03-02 09:00:01", tz="UTC")
    assert found["last_note"] == "Left a message."


def test_the_later_number_wins_however_far_apart_they_are() -> None:
    twice = [ASSIGNED, Done(Act.assigned, {"to": "nurse-3"})]
    found = follow_up_of(pd.DataFrame([alert()]), entries_of(twice, [1, 64]), MONDAY, SNOOZE_DAYS)
    assert list(found["assigned_to"]) == ["nurse-3"]


def test_nothing_was_done_yet() -> None:
    assert standing([]) == {
        "alert_key": UNDER,
        "status": "new",
        "assigned_to": None,
        "snoozed_until": None,
        "closed_reason": None,
        "last_act": None,
        "last_at": None,
        "last_by": None,
        "last_note": None,
        "acts": 0,
        "hidden": False,
        "broken_by": None,
    }


def test_what_is_not_about_these_alerts_is_passed_over() -> None:
    others = [
        Done(Act.closed, {"reason": "met"}, about=f"{REF}/under/emotional/2026-03-01"),
        Done(Act.contacted, {"how": "phone"}, about=None),
        Done(Act.patient_viewed, about=None),
        Done(Act.exported, about=UNDER),
    ]
    assert standing(others, [alert()]) == standing([])


def test_columns_keep_their_types_when_nothing_is_there() -> None:
    alerts = pd.DataFrame([alert()])
    some = follow_up_of(alerts, entries_of([CLOSED]), MONDAY, SNOOZE_DAYS)
    none = follow_up_of(alerts.head(0), entries_of([]), MONDAY, SNOOZE_DAYS)
    assert none.empty
    assert list(none.dtypes.items()) == list(some.dtypes.items())


# What brings an alert back before its time.

WORSE = ("under: medium", "worse (gap): +1")
HIDING = {
    "acknowledged": ACKNOWLEDGED,
    "snoozed": Done(Act.snoozed, {"until": "2026-12-01"}),
    "closed": CLOSED,
}
every_hiding = pytest.mark.parametrize("hiding", HIDING.values(), ids=HIDING)


@every_hiding
@pytest.mark.parametrize(
    ("path", "holds_since", "broken"),
    [
        (WORSE, date(2026, 3, 3), True),
        (WORSE, date(2026, 3, 2), False),
        (WORSE, date(2026, 3, 1), False),
        (WORSE, None, False),
        (("under: medium", "persist: +1"), date(2026, 3, 3), False),
        (("distress: medium", "worse (distress): +1"), date(2026, 3, 3), True),
    ],
)
def test_getting_worse_after_the_act_brings_it_back(
    hiding: Done, path: Sequence[str], holds_since: date | None, broken: bool
) -> None:
    found = standing([hiding], [alert(holds_since=holds_since, path=path)], day=7)
    assert found["hidden"] != broken
    assert found["broken_by"] == ("worse" if broken else None)


@every_hiding
@pytest.mark.parametrize(
    ("holds_since", "broken"), [(date(2026, 2, 10), True), (date(2026, 2, 5), False)]
)
def test_a_form_that_comes_in_late_counts_from_what_the_person_saw(
    hiding: Done, holds_since: date, broken: bool
) -> None:
    """Filled in before the act, imported after it: the person could not know."""
    seen = Done(hiding.act, {**hiding.detail, "holds_since": "2026-02-05"})
    found = standing([seen], [alert(holds_since=holds_since, path=WORSE)], day=7)
    assert found["broken_by"] == ("worse" if broken else None)
    assert found["hidden"] != broken


@every_hiding
@pytest.mark.parametrize(
    ("raised_on", "broken"), [(date(2026, 3, 3), True), (date(2026, 3, 2), False)]
)
def test_a_safety_alert_raised_after_the_act_brings_it_back(
    hiding: Done, raised_on: date, broken: bool
) -> None:
    found = standing([hiding], [alert(), alert(SAFETY, raised_on=raised_on)], day=7)
    assert found["hidden"] != broken
    assert found["broken_by"] == ("safety" if broken else None)


def test_another_patients_safety_alert_changes_nothing() -> None:
    other = alert("00000000000000bb/safety/phq9_9/2026-03-05", raised_on=date(2026, 3, 5))
    assert standing([CLOSED], [alert(), other], day=7)["hidden"]


def test_a_safety_alert_that_the_team_closed_is_not_open() -> None:
    alerts = [alert(), alert(SAFETY, raised_on=date(2026, 3, 5))]
    closing = Done(Act.closed, {"reason": "met", "note": REASON}, day=4, about=SAFETY)
    assert not standing([CLOSED], alerts, day=7)["hidden"]
    assert standing([CLOSED, closing], alerts, day=7)["hidden"]


@pytest.mark.parametrize(
    ("act", "detail"), [(Act.snoozed, {"until": "2026-12-01"}), (Act.closed, {"reason": "met"})]
)
def test_a_safety_alert_is_not_brought_back_by_itself(act: Act, detail: dict[str, str]) -> None:
    resting = Done(act, {**detail, "note": REASON}, about=SAFETY)
    assert standing([resting], [alert(SAFETY, raised_on=date(2026, 3, 5))], day=7)["hidden"]


def test_a_broken_closing_stands_as_the_acts_since_left_it() -> None:
    worse = [alert(holds_since=date(2026, 3, 5), path=WORSE)]
    broken = standing([CONTACTED, CLOSED], worse, day=7)
    assert (broken["status"], broken["closed_reason"], broken["last_act"]) == (
        "new",
        None,
        "closed",
    )
    since = standing([CLOSED, Done(Act.contacted, {"how": "visit"}, day=5)], worse, day=7)
    assert (since["status"], since["hidden"]) == ("contacted", False)
    seen = standing([CLOSED, Done(Act.acknowledged, day=5)], worse, day=7)
    assert (seen["status"], seen["hidden"], seen["broken_by"]) == ("acknowledged", True, None)


def test_an_act_after_the_worsening_counts() -> None:
    worse = [alert(holds_since=date(2026, 3, 5), path=WORSE)]
    assert not standing([CLOSED], worse, day=7)["hidden"]
    assert standing([CLOSED, Done(Act.closed, {"reason": "declined"}, day=6)], worse, day=7)[
        "hidden"
    ]


# Whatever is done, in whatever order it is read.

KEYS = [UNDER, SAFETY, f"{REF}/over/esteem/2026-03-01", None]
ALERTS = pd.DataFrame(
    [
        alert(UNDER, holds_since=date(2026, 3, 20), path=WORSE),
        alert(SAFETY, raised_on=date(2026, 3, 10)),
        alert(f"{REF}/over/esteem/2026-03-01"),
    ]
)
notes = st.sampled_from([{}, {"note": "yes"}, {"note": REASON}])


def details(act: Act) -> st.SearchStrategy[dict[str, str]]:
    untold: st.SearchStrategy[dict[str, str]] = st.just({})
    specific = {
        Act.assigned: st.sampled_from([{"to": "nurse-2"}, {"to": "nurse-3"}]),
        Act.snoozed: st.integers(1, 60).map(
            lambda days: {"until": (MONDAY + timedelta(days=days)).isoformat()}
        ),
        Act.noted: st.just({"note": "x"}),
        Act.contacted: st.just({"how": "phone"}),
        Act.referral_offered: st.just({"resource": "evening"}),
        Act.referral_accepted: st.just({"resource": "evening"}),
        Act.referral_attended: st.just({"resource": "evening"}),
        Act.closed: st.sampled_from([{"reason": "met"}, {"reason": "declined"}, {"reason": "?"}]),
        Act.undone: st.integers(1, 13).map(lambda number: {"entry": str(number)}),
    }
    return st.builds(lambda extra, own: {**extra, **own}, notes, specific.get(act, untold))


@st.composite
def one_act(draw: st.DrawFn) -> Done:
    act = draw(st.sampled_from([*DETAIL_OF, Act.undone, Act.undone, Act.closed, Act.exported]))
    return Done(
        act,
        draw(details(act)),
        draw(st.integers(0, 40)),
        draw(st.sampled_from(["nurse-1", "nurse-2"])),
        draw(st.sampled_from(KEYS)),
    )


histories = st.lists(one_act(), max_size=12)
days = st.integers(0, 90)


def fold(entries: pd.DataFrame, day: int) -> pd.DataFrame:
    return follow_up_of(ALERTS, entries, MONDAY + timedelta(days=day), SNOOZE_DAYS)


@given(histories.filter(bool), st.data(), days)
def test_an_undo_equals_never_having_done_it(
    history: list[Done], data: st.DataObject, day: int
) -> None:
    number = data.draw(st.integers(1, len(history)))
    undone = history[number - 1]
    taking_back = Done(Act.undone, {"entry": str(number)}, by="nurse-2", about=undone.about)
    rest = [kept for kept in range(1, len(history) + 1) if kept != number]
    never = entries_of([history[kept - 1] for kept in rest], rest)
    pd.testing.assert_frame_equal(
        fold(entries_of([*history, taking_back]), day),
        # The clock of the remaining acts is that of their own numbers.
        fold(never.assign(at=entries_of(history)["at"].iloc[[k - 1 for k in rest]].array), day),
    )


@given(histories.filter(bool), st.data(), days)
def test_an_undo_that_is_undone_restores(
    history: list[Done], data: st.DataObject, day: int
) -> None:
    number = data.draw(st.integers(1, len(history)))
    about = history[number - 1].about
    twice = [
        Done(Act.undone, {"entry": str(number)}, about=about),
        Done(Act.undone, {"entry": str(len(history) + 1)}, about=about),
    ]
    pd.testing.assert_frame_equal(
        fold(entries_of([*history, *twice]), day), fold(entries_of(history), day)
    )


@given(histories, st.randoms(use_true_random=False), days)
def test_the_order_of_reading_does_not_matter(history: list[Done], chance: Any, day: int) -> None:
    entries = entries_of(history)
    places = list(range(len(entries))) * 2  # and a line read twice is one line
    chance.shuffle(places)
    pd.testing.assert_frame_equal(fold(entries.iloc[places], day), fold(entries, day))


@given(histories, days)
def test_an_alert_is_off_the_list_only_closed_or_snoozed(history: list[Done], day: int) -> None:
    found = fold(entries_of(history), day)
    today = pd.Timestamp(MONDAY + timedelta(days=day))
    closed, snoozed = found["status"] == "closed", found["snoozed_until"] > today
    assert (found["hidden"] == (closed | snoozed)).all()
    assert (found["snoozed_until"].isna() | snoozed).all()
    assert (closed == found["closed_reason"].notna()).all()
    assert (found["broken_by"].isna() | ~found["hidden"]).all()


@given(histories, days)
def test_a_hidden_safety_alert_has_a_written_reason(history: list[Done], day: int) -> None:
    entries = entries_of(history)
    safety = fold(entries, day).set_index("alert_key").loc[SAFETY]
    about = entries[(entries["alert_key"] == SAFETY) & entries["act"].isin(["snoozed", "closed"])]
    reasons = [detail.get("note") for detail in about["detail"]]
    assert not safety["hidden"] or REASON in reasons


@given(st.sampled_from(list(DETAIL_OF)), st.sampled_from(["under", "safety"]), st.data())
def test_what_is_accepted_makes_sense_later(act: Act, rule: str, data: st.DataObject) -> None:
    detail = data.draw(details(act))
    try:
        said = check_act(rule, act, detail, MONDAY)
    except Refused:
        return
    assert check_act(rule, act, said, MONDAY) == said
    key = SAFETY if rule == "safety" else UNDER
    found = standing([Done(act, said, about=key)], [alert(key)])
    if act in {Act.snoozed, Act.closed}:
        assert (found["status"], found["hidden"]) == (act, True)
    assert found["acts"] == (act != Act.undone)


def test_what_was_done_first_about_an_alert() -> None:
    """To have seen it is not to have done something, and what was taken back was not done."""
    acts = [
        Done(Act.acknowledged),
        Done(Act.assigned, {"to": "nurse-2"}, day=1),
        undo(2),
        Done(Act.contacted, {"how": "phone"}, day=4),
        Done(Act.contacted, {"how": "phone"}, day=6),
        Done(Act.noted, {"note": "Asked again."}, about=f"{REF}/over/tangible/2026-01-05"),
    ]
    assert first_done(entries_of(acts)) == {UNDER: date(2026, 3, 6)}
