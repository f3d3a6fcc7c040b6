"""One row a patient: in which tier and order, why, how far the team is, what filters leave."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from dashboard.analysis.worklist import (
    TIERS,
    coming_up,
    counts_of_tiers,
    counts_of_views,
    in_order,
    in_view,
    merged,
    narrowed,
    new_today,
    not_judged,
    reasons_of,
)
from dashboard.language import words_in

AS_OF = date(2026, 6, 30)
ENGLISH = words_in("en")


def panel(*patients: dict[str, Any]) -> pd.DataFrame:
    """Rows as the query `panel` gives them, quiet unless a patient says otherwise."""
    quiet: dict[str, Any] = {
        "patient_ref": "a",
        "patient_id": "P-1",
        "initials": "AB",
        "diagnosis": "breast cancer",
        "site": "Riverside",
        "nurse": "Amina",
        "measure_title": "PHQ-9",
        "above_cut_off": False,
        "reliably_worse": False,
        "reliably_better": False,
        "previous_on": pd.NaT,
        "score": 4.0,
        "cut_off": 10.0,
        "scale_minimum": 0.0,
        "scale_maximum": 20.0,
        "safety_unanswered": False,
        "days_since": 30,
        "days_overdue": 0,
        "last_form_on": pd.Timestamp("2026-05-31"),
        "next_due_on": pd.Timestamp("2026-08-31"),
        "declined_on": pd.NaT,
    }
    return pd.DataFrame([{**quiet, **patient} for patient in patients])


def alerts(*rows: dict[str, Any]) -> pd.DataFrame:
    """Alerts with how they stand, as `in_order` gives them: open and new unless said otherwise."""
    usual: dict[str, Any] = {
        "patient_ref": "a",
        "rule": "under",
        "tier": "medium",
        "tier_path": ["under: medium"],
        "support_type": "tangible",
        "source_key": None,
        "missing_from": [],
        "visits_running": None,
        "raised_on": pd.Timestamp("2026-01-15"),
        "need": 4.0,
        "received": 0.0,
        "gap": 4.0,
        "earlier_gap": None,
        "score": None,
        "threshold": None,
        "reason": None,
        "measure_title": None,
        "item_label": None,
    }
    fresh: dict[str, Any] = {
        "status": "new",
        "assigned_to": None,
        "snoozed_until": pd.NaT,
        "hidden": False,
    }
    told = [{**usual, **row} for row in rows]
    found = pd.DataFrame(
        [{name: row[name] for name in usual} for row in told], columns=list(usual)
    ).assign(alert_key=[str(number) for number in range(len(told))])
    found = found.astype({"visits_running": "Int32", "raised_on": "datetime64[us]"})
    standing = pd.DataFrame(
        [{**fresh, **{name: row[name] for name in fresh if name in row}} for row in told],
        columns=list(fresh),
    ).assign(alert_key=found["alert_key"])
    standing = standing.astype({"hidden": bool, "snoozed_until": "datetime64[us]"})
    return in_order(found, standing)


DISTRESS: dict[str, Any] = {
    "rule": "distress",
    "support_type": None,
    "measure_title": "PHQ-9",
    "score": 12.0,
}
DISTRESS |= {"threshold": 10.0, "tier_path": ["distress: medium"]}
SAFETY: dict[str, Any] = {
    "rule": "safety",
    "tier": "immediate",
    "support_type": None,
    "measure_title": "PHQ-9",
}
SAFETY |= {"item_label": "Thoughts of self-harm", "score": 1.0, "tier_path": ["safety: immediate"]}
UNJUDGED: dict[str, Any] = {
    "rule": "unjudged",
    "tier": "unjudged",
    "reason": "too_old",
    "tier_path": ["unjudged"],
}
LATE: dict[str, Any] = {
    "rule": "overdue",
    "support_type": None,
    "score": 9.0,
    "tier_path": ["overdue: medium"],
}
CLOSED: dict[str, Any] = {"hidden": True, "status": "closed"}


def listed(patients: list[dict[str, Any]], *rows: dict[str, Any]) -> pd.DataFrame:
    return merged(panel(*patients), alerts(*rows), AS_OF)


def test_the_highest_open_tier_is_the_patients() -> None:
    rows = ({"tier": "low"}, {"tier": "high"}, {"tier": "medium"})
    assert list(listed([{}], *rows)["tier"]) == ["high"]


def test_what_was_put_away_counts_for_no_tier() -> None:
    row = listed([{}], {"tier": "high", **CLOSED}, {"tier": "low"}).iloc[0]
    assert (row["tier"], row["put_away"]) == ("low", False)
    row = listed([{}], {"tier": "high", **CLOSED}).iloc[0]
    assert (row["tier"], row["put_away"], row["status"]) == ("none", True, "closed")


def test_order_is_tier_then_persistence_then_distress_then_lateness() -> None:
    refs = "fedcba"
    patients: list[dict[str, Any]] = [{"patient_ref": ref} for ref in refs]
    patients[2] |= {"days_overdue": 5}
    patients[3] |= {"above_cut_off": True, "score": 15.0}
    ordered = listed(
        patients,
        {"patient_ref": "a", **SAFETY},
        {"patient_ref": "b", "visits_running": 3},
        {"patient_ref": "c", "visits_running": 2},
        {"patient_ref": "d", "visits_running": 2},
        {"patient_ref": "e", "visits_running": 2},
    )
    assert list(ordered["patient_ref"]) == ["a", "b", "c", "d", "e", "f"]
    assert list(ordered["tier"]) == ["immediate", *["medium"] * 4, "none"]
    assert ordered["beyond"].iloc[2] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("alert", "today"),
    [
        (SAFETY, True),
        ({"tier": "high"}, True),
        ({"tier": "medium"}, False),
        ({**DISTRESS, "raised_on": pd.Timestamp("2026-06-23")}, True),
        ({**DISTRESS, "raised_on": pd.Timestamp("2026-06-22")}, False),
        ({**LATE, "tier": "medium"}, True),
        ({**LATE, "tier": "low"}, False),
        (UNJUDGED, False),
        ({**SAFETY, **CLOSED}, False),
    ],
)
def test_what_cannot_wait(alert: dict[str, Any], today: bool) -> None:
    assert bool(listed([{}], alert)["today"].iloc[0]) is today


def test_views_hold_one_another_and_everyone_keeps_what_was_put_away() -> None:
    rows = listed(
        [{"patient_ref": ref} for ref in "abcd"],
        {"patient_ref": "a", **SAFETY},
        {"patient_ref": "b", "tier": "low"},
        {"patient_ref": "c", "tier": "high", **CLOSED},
    )
    assert counts_of_views(rows) == {"today": 1, "open": 2, "everyone": 4}
    assert set(in_view(rows, "today").index) <= set(in_view(rows, "open").index)
    counted = dict.fromkeys(TIERS, 0) | {"immediate": 1, "low": 1, "none": 2}
    assert counts_of_tiers(rows) == counted


def test_new_today_counts_who_has_nobody() -> None:
    rows = listed(
        [{"patient_ref": ref} for ref in "abc"],
        {"patient_ref": "a", "tier": "high"},
        {"patient_ref": "b", "tier": "high", "assigned_to": "nurse-2"},
        {"patient_ref": "c", "tier": "high", "status": "contacted"},
    )
    assert new_today(rows) == (3, 2, 1)


@pytest.mark.parametrize(
    ("rows", "status", "assigned_to"),
    [
        ([{"tier": "high"}, {"status": "contacted"}], "new", None),
        ([{"tier": "high", "status": "acknowledged"}, {}], "acknowledged", None),
        ([{"status": "contacted"}, {"status": "assigned", "assigned_to": "n"}], "assigned", "n"),
        ([{**CLOSED, "tier": "high"}, {"status": "referred"}], "referred", None),
        ([], "none", None),
    ],
)
def test_how_far_the_team_is(
    rows: list[dict[str, Any]], status: str, assigned_to: str | None
) -> None:
    row = listed([{}], *rows).iloc[0]
    assert (row["status"], row["assigned_to"]) == (status, assigned_to)


def test_what_was_snoozed_says_when_it_is_back() -> None:
    days = [pd.Timestamp("2026-07-20"), pd.Timestamp("2026-07-10")]
    snoozed = [{"hidden": True, "status": "snoozed", "snoozed_until": day} for day in days]
    row = listed([{}], *snoozed).iloc[0]
    assert (row["status"], row["back_on"]) == ("snoozed", days[1])


def why(*rows: dict[str, Any], room: int | None = None, **patient: Any) -> list[str]:
    return reasons_of(panel(patient).iloc[0], alerts(*rows).to_dict("records"), ENGLISH, room)


def test_why_has_the_most_urgent_first() -> None:
    said = why(DISTRESS, {"missing_from": ["family"], "visits_running": 2, "tier": "high"}, SAFETY)
    assert said == [
        "PHQ-9, “Thoughts of self-harm”: answered 1.",
        "Wants practical help, none received from family. Visit 2 running.",
        "PHQ-9 12 (cut-off 10).",
    ]


def test_why_never_says_the_same_fact_twice() -> None:
    worse = {"tier_path": ["distress: medium", "worse (distress): +1"]}
    said = why({"received": 0.0, **worse}, {**DISTRESS, **worse}, {**DISTRESS, **worse})
    assert said == [
        "Wants practical help, none received. Distress is reliably worse.",
        "PHQ-9 12 (cut-off 10).",
    ]


def test_why_joins_what_cannot_be_judged() -> None:
    said = why(UNJUDGED, {**UNJUDGED, "support_type": "esteem"})
    assert said == ["Practical help and Esteem: the last form is older than 120 days."]


@pytest.mark.parametrize(("room", "told"), [(1000, 5), (100, 2), (60, 1), (1, 1)])
def test_why_stops_where_the_room_ends_and_counts_the_rest(room: int, told: int) -> None:
    types = ("emotional", "informational", "tangible", "belonging", "esteem")
    said = why(*({"support_type": name} for name in types), room=room)
    assert said[:told] == why(*({"support_type": name} for name in types))[:told]
    assert said[told:] == ([] if told == 5 else [f"And {5 - told} more."])
    assert told == 1 or len(" ".join(said)) <= room


def test_why_without_an_alert_tells_the_score_and_a_blank_safety_item() -> None:
    assert why() == ["PHQ-9 4 is below cut-off 10."]
    assert why(safety_unanswered=True)[0] == "The safety item on the latest form was left blank."


def test_why_tells_what_was_put_away_only_when_nothing_is_open() -> None:
    assert why({"tier": "high", **CLOSED}, DISTRESS) == ["PHQ-9 12 (cut-off 10)."]
    assert why({**DISTRESS, **CLOSED}) == ["PHQ-9 12 (cut-off 10)."]


def test_filters_combine_and_an_empty_one_lets_everything_through() -> None:
    rows = listed(
        [
            {"patient_ref": "a", "patient_id": "P-1"},
            {"patient_ref": "b", "patient_id": "P-2", "site": "Northgate", "nurse": "Eleni"},
            {"patient_ref": "c", "patient_id": "P-3", "initials": "XY", "days_overdue": 3},
            {"patient_ref": "d", "patient_id": "P-4"},
        ],
        {"patient_ref": "a", "tier": "high", "missing_from": ["family", "friends"]},
        {"patient_ref": "b", "support_type": "esteem", "missing_from": ["partner"]},
        {"patient_ref": "c", **LATE, "assigned_to": "nurse-1"},
    )
    assert kept(rows) == ["P-1", "P-2", "P-3", "P-4"]
    assert kept(rows, tier="high") == ["P-1"]
    assert kept(rows, support_type="esteem") == ["P-2"]
    assert kept(rows, missing="friends") == ["P-1"]
    assert kept(rows, missing="friends", support_type="esteem") == []
    assert kept(rows, site="Northgate") == ["P-2"]
    assert kept(rows, nurse="Eleni") == ["P-2"]
    assert kept(rows, overdue=True) == ["P-3"]
    assert kept(rows, unassigned=True) == ["P-1", "P-2"]
    assert kept(rows, assigned_to="nurse-1") == ["P-3"]
    assert kept(rows, text=" xy ") == ["P-3"]
    assert kept(rows, text="(") == []


def kept(rows: pd.DataFrame, **filters: Any) -> list[str]:
    return sorted(narrowed(rows, **filters)["patient_id"])


def test_a_search_survives_patients_without_initials() -> None:
    assert narrowed(listed([{"initials": None}]), text="zz").empty


def test_forms_due_within_the_week_are_counted_by_day() -> None:
    days = ["2026-06-29", "2026-06-30", "2026-07-07", "2026-07-07", "2026-07-08"]
    patients = [
        {"patient_ref": ref, "next_due_on": pd.Timestamp(day)}
        for ref, day in zip("abcde", days, strict=True)
    ]
    rows = listed(patients, {"patient_ref": "c"}, {"patient_ref": "d", **UNJUDGED})
    soon = coming_up(rows, AS_OF)
    assert [f"{day:%m-%d}" for day in soon["due_on"]] == ["06-30", "07-07"]
    assert list(soon["patients"]) == [1, 2]
    assert list(soon["alerted"]) == [0, 1]


def test_each_patient_without_a_score_has_one_reason_and_support_has_its_own() -> None:
    found = alerts(UNJUDGED, {**UNJUDGED, "support_type": "esteem"}, {**UNJUDGED, **CLOSED})
    rows = merged(
        panel(
            {"patient_ref": "a", "score": None, "last_form_on": pd.NaT},
            {
                "patient_ref": "b",
                "score": None,
                "last_form_on": pd.NaT,
                "declined_on": pd.Timestamp("2026-06-01"),
            },
            {"patient_ref": "c", "score": None},
            {"patient_ref": "d", "safety_unanswered": True},
        ),
        found,
        AS_OF,
    )
    assert dict(not_judged(rows, found).itertuples(index=False)) == {
        "no_form": 1,
        "declined": 1,
        "no_score": 1,
        "safety_unanswered": 1,
        "too_old": 1,
    }
