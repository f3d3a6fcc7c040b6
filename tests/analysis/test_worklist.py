"""Who stands on the list for what, and what each filter leaves."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from dashboard.analysis.worklist import (
    REASONS,
    coming_up,
    counts_of_reasons,
    counts_of_views,
    in_view,
    narrowed,
    not_judged,
    with_reasons,
)

AS_OF = date(2026, 6, 30)


def panel(*patients: dict[str, Any]) -> pd.DataFrame:
    """Rows as the query `panel` gives them, quiet unless a patient says otherwise."""
    quiet: dict[str, Any] = {
        "patient_id": "P-1",
        "initials": "AB",
        "diagnosis": "breast cancer",
        "site": "Riverside",
        "nurse": "Amina",
        "rank": 6,
        "above_cut_off": False,
        "score": 4.0,
        "safety_unanswered": False,
        "days_since": 30,
        "days_overdue": 0,
        "last_form_on": pd.Timestamp("2026-05-31"),
        "next_due_on": pd.Timestamp("2026-08-31"),
        "declined_on": pd.NaT,
    }
    rows = pd.DataFrame([{**quiet, **patient} for patient in patients])
    return rows.astype({"days_since": "Int32"})


def test_every_rank_has_its_reason() -> None:
    listed = with_reasons(panel(*({"rank": rank} for rank in range(1, 8))))
    assert tuple(listed["reason"]) == REASONS


@pytest.mark.parametrize(
    ("patient", "today"),
    [
        ({"rank": 1}, True),
        ({"rank": 2, "above_cut_off": True}, True),
        ({"rank": 3, "above_cut_off": True, "days_since": 7}, True),
        ({"rank": 3, "above_cut_off": True, "days_since": 8}, False),
        ({"rank": 3, "above_cut_off": True, "days_since": None}, False),
        ({"rank": 4}, False),
        ({"rank": 5, "days_overdue": 1}, True),
        ({"rank": 3, "above_cut_off": True, "days_overdue": 1}, True),
        ({"rank": 6}, False),
        ({"rank": 7, "score": None}, False),
    ],
)
def test_what_cannot_wait(patient: dict[str, object], today: bool) -> None:
    assert bool(with_reasons(panel(patient))["today"].iloc[0]) is today


def test_views_hold_one_another() -> None:
    listed = with_reasons(panel(*({"rank": rank} for rank in range(1, 8))))
    assert counts_of_views(listed) == {"today": 2, "open": 5, "everyone": 7}
    assert set(in_view(listed, "today").index) <= set(in_view(listed, "open").index)


def test_a_late_form_and_a_missing_score_count_wherever_they_are() -> None:
    listed = with_reasons(
        panel({"rank": 3, "days_overdue": 4}, {"rank": 5, "days_overdue": 9, "score": None})
    )
    counted = counts_of_reasons(listed)
    assert (counted["overdue"], counted["no_score"], counted["above"]) == (2, 1, 1)


def test_filters_combine_and_an_empty_one_lets_everything_through() -> None:
    listed = with_reasons(
        panel(
            {"patient_id": "P-1", "rank": 1},
            {"patient_id": "P-2", "site": "Northgate", "nurse": "Eleni"},
            {"patient_id": "P-3", "site": "Northgate", "initials": "XY", "days_overdue": 3},
        )
    )
    assert len(narrowed(listed)) == 3
    assert list(narrowed(listed, reason="safety")["patient_id"]) == ["P-1"]
    assert list(narrowed(listed, site="Northgate", overdue=True)["patient_id"]) == ["P-3"]
    assert list(narrowed(listed, nurse="Eleni")["patient_id"]) == ["P-2"]
    assert list(narrowed(listed, text=" xy ")["patient_id"]) == ["P-3"]
    assert list(narrowed(listed, text="p-")["patient_id"]) == ["P-1", "P-2", "P-3"]
    assert narrowed(listed, text="(").empty


def test_a_search_survives_patients_without_initials() -> None:
    listed = with_reasons(panel({"initials": None}))
    assert narrowed(listed, text="zz").empty


def test_forms_due_within_the_week_are_counted_by_day() -> None:
    days = ["2026-06-29", "2026-06-30", "2026-07-07", "2026-07-07", "2026-07-08"]
    listed = with_reasons(panel(*({"next_due_on": pd.Timestamp(day)} for day in days)))
    soon = coming_up(listed, AS_OF)
    assert [f"{day:%m-%d}" for day in soon["due_on"]] == ["06-30", "07-07"]
    assert list(soon["patients"]) == [1, 2]


def test_each_patient_without_a_score_has_one_reason_for_it() -> None:
    listed = with_reasons(
        panel(
            {"score": None, "last_form_on": pd.NaT},
            {"score": None, "last_form_on": pd.NaT, "declined_on": pd.Timestamp("2026-06-01")},
            {"score": None},
            {"safety_unanswered": True},
        )
    )
    assert dict(not_judged(listed).itertuples(index=False)) == {
        "no_form": 1,
        "declined": 1,
        "no_score": 1,
        "safety_unanswered": 1,
    }
