"""The order of a nurse's day: one row a patient, the most urgent alert first, and why.

A patient stands in the highest tier of the alerts that are open: those that nobody has put
away, by closing them or for a time. Within a tier, what has lasted for more visits comes
first, then the greater distress, then the later form.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

import pandas as pd

from dashboard.analysis import alert_reasons
from dashboard.analysis.readings import without_an_alert
from dashboard.language import Words

View = Literal["today", "open", "everyone"]

# "none" while no alert is open.
TIERS: tuple[str, ...] = (*alert_reasons.TIERS, "none")
VIEWS: tuple[View, ...] = ("today", "open", "everyone")

# What a team does alike about: several rules watch over one support need.
KINDS = {
    "safety": "safety",
    "under_high": "under",
    "under": "under",
    "persist": "under",
    "over": "over",
    "distress": "distress",
    "overdue": "overdue",
    "unjudged": "unjudged",
}

# A new positive screen is to be answered within a week (local default, as the pathway).
DAYS_TO_ANSWER_A_POSITIVE_SCREEN = 7

_PROGRESS = ("new", "acknowledged", "assigned", "contacted", "referred", "snoozed", "closed")


def in_order(alerts: pd.DataFrame, standing: pd.DataFrame) -> pd.DataFrame:
    """Alerts with how each stands, the most urgent first.

    Args:
        alerts: rows of the query `alerts`.
        standing: one row an alert in the same order: how it stands after what was done.

    Returns:
        The columns of both and `kind`, one of the values of KINDS.
    """
    beside = standing.drop(columns="alert_key").set_index(alerts.index)
    joined = pd.concat([alerts, beside], axis=1).assign(kind=alerts["rule"].map(KINDS))
    tiers = [TIERS.index(tier) for tier in alerts["tier"]]
    running = alerts["visits_running"].fillna(0).astype(int).tolist()
    order = sorted(range(len(joined)), key=lambda row: (tiers[row], -running[row]))
    return joined.iloc[order].reset_index(drop=True)


def merged(panel: pd.DataFrame, followed: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The worklist: rows of the query `panel` in the order of the day, with columns more.

    Args:
        followed: what `in_order` gives for the same people and day.

    Returns:
        tier (one of TIERS), running (visits in a row), beyond (how far the score lies beyond
        its cut-off, as a share of the scale), status, assigned_to (person_id or None),
        back_on (the day on which what was put away is back), put_away (alerts there are, none
        of them open), support_types, missing_from (lists, of open alerts), today (whether it
        cannot wait: immediate, high, a positive screen of the last week, or a form that is
        overdue after one).
    """
    open_now = followed[~followed["hidden"]]
    first = open_now.drop_duplicates("patient_ref").set_index("patient_ref")
    refs = panel["patient_ref"]
    tier = refs.map(first["tier"]).astype(object).where(refs.isin(first.index), "none")
    span = (panel["scale_maximum"] - panel["scale_minimum"]).astype(float)
    above = panel["above_cut_off"].fillna(False).astype(bool)
    beyond = ((panel["score"] - panel["cut_off"]).abs() / span).where(above).fillna(0.0)
    listed = panel.assign(
        tier=tier,
        running=_most(open_now, refs),
        beyond=beyond.astype(float),
        support_types=_lists(open_now, "support_type", refs),
        missing_from=_lists(open_now.explode("missing_from"), "missing_from", refs),
        put_away=refs.isin(followed["patient_ref"]) & ~refs.isin(first.index),
        today=tier.isin(["immediate", "high"]) | refs.isin(_cannot_wait(open_now, as_of)),
        **_states(followed, refs),
    )
    order = listed.assign(place=listed["tier"].map(TIERS.index)).sort_values(
        ["place", "running", "beyond", "days_overdue"],
        ascending=[True, False, False, False],
        kind="stable",
        na_position="last",
    )
    return order.drop(columns="place").reset_index(drop=True)


def reasons_of(
    row: pd.Series, alerts: Sequence[dict[Any, Any]], words: Words, room: int | None = None
) -> list[str]:
    """Why a patient stands where they stand: a reason for each alert, the most urgent first.

    What several alerts share is said once, and so are support types that cannot be judged for
    the same reason. With no alert, how the latest score stands.

    Args:
        row: of the worklist.
        alerts: those of the patient, as `in_order` gives them; open ones are told where there
            are any, else those that were put away.
        room: how many characters they may take together; what is left over is counted. The
            first is always told.
    """
    told = [alert for alert in alerts if not alert["hidden"]] or alerts
    said: set[str] = set()
    reasons = []
    for alert in _unjudged_together(told, words):
        new = [text for text in alert if text not in said]
        said.update(new)
        if new:
            reasons.append(" ".join(new))
    if not reasons:
        reasons = without_an_alert(row, words)
    if row["safety_unanswered"]:
        reasons.insert(0, words.say("why.safety_unanswered"))
    return reasons if room is None else _within(reasons, room, words)


def _within(reasons: list[str], room: int, words: Words) -> list[str]:
    told = reasons
    for kept in range(len(reasons) - 1, 0, -1):
        if len(" ".join(told)) <= room:
            break
        told = [*reasons[:kept], words.count("panel.and_more", len(reasons) - kept)]
    return told


def in_view(listed: pd.DataFrame, view: View) -> pd.DataFrame:
    """The rows of one view: what cannot wait, everyone with an open alert, or everyone."""
    if view == "today":
        return listed[listed["today"]]
    if view == "open":
        return listed[listed["tier"] != "none"]
    return listed


def counts_of_views(listed: pd.DataFrame) -> dict[View, int]:
    return {view: len(in_view(listed, view)) for view in VIEWS}


def counts_of_tiers(listed: pd.DataFrame) -> dict[str, int]:
    return {tier: int((listed["tier"] == tier).sum()) for tier in TIERS}


def is_overdue(listed: pd.DataFrame) -> pd.Series:
    """A late form counts wherever it is, whatever else put the patient on the list."""
    late: pd.Series = listed["days_overdue"].fillna(0) > 0
    return late


def is_unassigned(listed: pd.DataFrame) -> pd.Series:
    """There is an open alert, and nobody was named to see to it."""
    return (listed["tier"] != "none") & listed["assigned_to"].isna()


def new_today(listed: pd.DataFrame) -> tuple[int, int, int]:
    """Patients who cannot wait; those of them about whom nothing was done yet; and those of
    these with nobody assigned."""
    today = in_view(listed, "today")
    new = today[today["status"] == "new"]
    return len(today), len(new), int(is_unassigned(new).sum())


def narrowed(
    listed: pd.DataFrame,
    *,
    tier: str | None = None,
    support_type: str | None = None,
    missing: str | None = None,
    site: str | None = None,
    nurse: str | None = None,
    overdue: bool = False,
    unassigned: bool = False,
    assigned_to: str | None = None,
    text: str = "",
) -> pd.DataFrame:
    """The rows that meet every filter; a filter left out lets everything through.

    missing: a source from which support is wanted and not received. text: part of a patient
    id, initials or diagnosis, in any case.
    """
    kept = pd.Series(True, index=listed.index)
    for column, value in (("tier", tier), ("site", site), ("nurse", nurse)):
        if value is not None:
            kept &= listed[column] == value
    for column, value in (("support_types", support_type), ("missing_from", missing)):
        if value is not None:
            kept &= listed[column].map(lambda held, wanted=value: wanted in held).astype(bool)
    if overdue:
        kept &= is_overdue(listed)
    if unassigned:
        kept &= is_unassigned(listed)
    if assigned_to is not None:
        kept &= listed["assigned_to"] == assigned_to
    if wanted := text.strip().casefold():
        kept &= (
            _contains(listed["patient_id"], wanted)
            | _contains(listed["initials"], wanted)
            | _contains(listed["diagnosis"], wanted)
        )
    return listed[kept]


def coming_up(listed: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Forms that fall due within a week of `as_of`: columns due_on, patients and alerted (how
    many of them have an open alert that could be judged)."""
    due = pd.to_datetime(listed["next_due_on"])
    soon = (due >= pd.Timestamp(as_of)) & (due <= pd.Timestamp(as_of) + pd.Timedelta(days=7))
    alerted = ~listed["tier"].isin(["unjudged", "none"])
    counted = pd.DataFrame({"due_on": due[soon], "alerted": alerted[soon]}).groupby("due_on")
    return counted["alerted"].agg(patients="size", alerted="sum").reset_index()


def not_judged(listed: pd.DataFrame, followed: pd.DataFrame) -> pd.DataFrame:
    """Why some patients cannot be judged: columns reason and patients, empty reasons left out.

    Reasons of a score: no_form, declined (and no score since), no_score (a form with too few
    answers), safety_unanswered (a form that leaves the safety item blank). Reasons of support,
    as the query `alerts` names them: never_asked, need_missing, received_missing, too_old.
    """
    without = listed["score"].isna()
    declined = without & listed["declined_on"].notna()
    never = without & listed["last_form_on"].isna() & ~declined
    scores = {
        "no_form": never,
        "declined": declined,
        "no_score": without & ~never & ~declined,
        "safety_unanswered": listed["safety_unanswered"].fillna(False).astype(bool),
    }
    counted = {reason: int(rows.sum()) for reason, rows in scores.items() if rows.any()}
    unjudged = followed[(followed["rule"] == "unjudged") & ~followed["hidden"]]
    support = unjudged.groupby("reason")["patient_ref"].nunique()
    counted |= {str(reason): int(patients) for reason, patients in support.items()}
    return pd.DataFrame({"reason": list(counted), "patients": list(counted.values())})


def _unjudged_together(alerts: Sequence[dict[Any, Any]], words: Words) -> list[list[str]]:
    """The sentences of each alert; of those that cannot be judged, one a reason."""
    sentences = [
        alert_reasons.sentences_of(alert, words) for alert in alerts if alert["rule"] != "unjudged"
    ]
    return sentences + [[reason] for reason in alert_reasons.unjudged_together(alerts, words)]


def _states(followed: pd.DataFrame, refs: pd.Series) -> dict[str, pd.Series]:
    """How far the team is with each patient: as far as with the least advanced of the most
    urgent open alerts; where all were put away, as the one that comes back first."""
    # Plain lists: a frame for each patient takes seconds for a large panel.
    told: dict[str, list[tuple[Any, ...]]] = {}
    columns = ("patient_ref", "hidden", "tier", "status", "assigned_to", "snoozed_until")
    for ref, *alert in zip(*(followed[name].tolist() for name in columns), strict=True):
        told.setdefault(ref, []).append(tuple(alert))
    of_patient = {ref: _state(alerts) for ref, alerts in told.items()}
    nothing = ("none", None, pd.NaT)
    rows = [of_patient.get(ref, nothing) for ref in refs]
    return {
        "status": pd.Series([row[0] for row in rows], index=refs.index, dtype=object),
        "assigned_to": pd.Series([row[1] for row in rows], index=refs.index, dtype=object),
        "back_on": pd.Series([row[2] for row in rows], index=refs.index, dtype="datetime64[us]"),
    }


def _state(alerts: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    """Status, who sees to it, and the day on which it is back; alerts of one patient, as
    (hidden, tier, status, assigned_to, snoozed_until), the most urgent first."""
    still_open = [alert for alert in alerts if not alert[0]]
    told = still_open or alerts
    urgent = [alert for alert in told if alert[1] == told[0][1]] if still_open else told
    back = [alert[4] for alert in told if pd.notna(alert[4])]
    return (
        min((alert[2] for alert in urgent), key=_PROGRESS.index),
        next((alert[3] for alert in told if pd.notna(alert[3])), None),
        pd.NaT if still_open or not back else min(back),
    )


def _cannot_wait(open_now: pd.DataFrame, as_of: date) -> pd.Series:
    """References of people with a medium alert that somebody has to answer now."""
    week = pd.Timestamp(as_of) - pd.Timedelta(days=DAYS_TO_ANSWER_A_POSITIVE_SCREEN)
    new_screen = (open_now["rule"] == "distress") & (pd.to_datetime(open_now["raised_on"]) >= week)
    late = (open_now["rule"] == "overdue") & (open_now["tier"] == "medium")
    urgent: pd.Series = open_now.loc[new_screen | late, "patient_ref"]
    return urgent


def _most(alerts: pd.DataFrame, refs: pd.Series) -> pd.Series:
    visits = alerts.groupby("patient_ref")["visits_running"].max()
    return refs.map(visits).fillna(0).astype(int)


def _lists(alerts: pd.DataFrame, column: str, refs: pd.Series) -> pd.Series:
    """What a column holds for each patient, without blanks or repeats."""
    known = alerts.loc[alerts[column].notna(), ["patient_ref", column]].drop_duplicates()
    held = known.groupby("patient_ref")[column].agg(list).to_dict()
    return pd.Series([held.get(ref, []) for ref in refs], index=refs.index, dtype=object)


def _contains(column: pd.Series, wanted: str) -> pd.Series:
    found: pd.Series = (
        column.fillna("").astype(str).str.casefold().str.contains(wanted, regex=False)
    )
    return found
