"""The order of a nurse's day: why each patient is on the list, and who comes first.

Ranks come from the query `panel`: 1 safety answer, 2 above the cut-off and reliably
worse, 3 above the cut-off, 4 reliably worse, 5 form overdue, 6 nothing due, 7 no form
to judge.
"""

from datetime import date
from typing import Literal

import pandas as pd

Reason = Literal[
    "safety", "above_and_worse", "above", "worse", "overdue", "nothing_due", "no_score"
]
View = Literal["today", "open", "everyone"]

REASONS: tuple[Reason, ...] = (
    "safety",
    "above_and_worse",
    "above",
    "worse",
    "overdue",
    "nothing_due",
    "no_score",
)
VIEWS: tuple[View, ...] = ("today", "open", "everyone")

# A new positive screen is to be answered within a week (local default, as the pathway).
DAYS_TO_ANSWER_A_POSITIVE_SCREEN = 7


def with_reasons(panel: pd.DataFrame) -> pd.DataFrame:
    """Rows of the query `panel`, in its order, with two columns more.

    reason: one of REASONS. today: whether it cannot wait: a safety answer, above the
    cut-off and reliably worse, above the cut-off on a form of the last week, or overdue.
    """
    rank = panel["rank"].astype(int)
    above = panel["above_cut_off"].fillna(False).astype(bool)
    new = (panel["days_since"] <= DAYS_TO_ANSWER_A_POSITIVE_SCREEN).fillna(False).astype(bool)
    return panel.assign(
        reason=[REASONS[position - 1] for position in rank],
        today=(rank <= 2) | (above & new) | (panel["days_overdue"].fillna(0) > 0),
    )


def in_view(listed: pd.DataFrame, view: View) -> pd.DataFrame:
    """The rows of one view: what cannot wait, everything with a reason, or everyone."""
    if view == "today":
        return listed[listed["today"]]
    if view == "open":
        return listed[listed["rank"].astype(int) <= 5]
    return listed


def counts_of_views(listed: pd.DataFrame) -> dict[View, int]:
    return {view: len(in_view(listed, view)) for view in VIEWS}


def has_reason(listed: pd.DataFrame, reason: str) -> pd.Series:
    """Which rows a reason holds for. A late form and a missing score count wherever they are,
    whatever else put the patient on the list."""
    if reason == "overdue":
        return listed["days_overdue"].fillna(0) > 0
    if reason == "no_score":
        return listed["score"].isna()
    return listed["reason"] == reason


def counts_of_reasons(listed: pd.DataFrame) -> dict[Reason, int]:
    return {reason: int(has_reason(listed, reason).sum()) for reason in REASONS}


def narrowed(
    listed: pd.DataFrame,
    *,
    reason: str | None = None,
    site: str | None = None,
    nurse: str | None = None,
    overdue: bool = False,
    text: str = "",
) -> pd.DataFrame:
    """The rows that meet every filter; a filter left out lets everything through.

    text: part of a patient id, initials or diagnosis, in any case.
    """
    kept = pd.Series(True, index=listed.index)
    if reason is not None:
        kept &= has_reason(listed, reason)
    if site is not None:
        kept &= listed["site"] == site
    if nurse is not None:
        kept &= listed["nurse"] == nurse
    if overdue:
        kept &= has_reason(listed, "overdue")
    if wanted := text.strip().casefold():
        kept &= (
            _contains(listed["patient_id"], wanted)
            | _contains(listed["initials"], wanted)
            | _contains(listed["diagnosis"], wanted)
        )
    return listed[kept]


def _contains(column: pd.Series, wanted: str) -> pd.Series:
    found: pd.Series = (
        column.fillna("").astype(str).str.casefold().str.contains(wanted, regex=False)
    )
    return found


def coming_up(listed: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Forms that fall due within a week of `as_of`: columns due_on and patients."""
    due = pd.to_datetime(listed["next_due_on"])
    soon = due[(due >= pd.Timestamp(as_of)) & (due <= pd.Timestamp(as_of) + pd.Timedelta(days=7))]
    counted = soon.value_counts().sort_index()
    return pd.DataFrame({"due_on": counted.index, "patients": counted.to_numpy()})


def not_judged(listed: pd.DataFrame) -> pd.DataFrame:
    """Why some patients cannot be judged: columns reason and patients, empty reasons left out.

    Reasons: no_form, declined (and no score since), no_score (a form with too few
    answers), safety_unanswered (a form that leaves the safety item blank).
    """
    without = listed["score"].isna()
    declined = without & listed["declined_on"].notna()
    never = without & listed["last_form_on"].isna() & ~declined
    reasons = {
        "no_form": never,
        "declined": declined,
        "no_score": without & ~never & ~declined,
        "safety_unanswered": listed["safety_unanswered"].fillna(False).astype(bool),
    }
    counted = {reason: int(rows.sum()) for reason, rows in reasons.items() if rows.any()}
    return pd.DataFrame({"reason": list(counted), "patients": list(counted.values())})
