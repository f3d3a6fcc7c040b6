"""`patient_expected`, cut at a day, against the day's worklist worked out independently."""

from datetime import date, timedelta

import pandas as pd

from dashboard.store import OPERATOR, Store
from tests.queries.independent_panel import panel
from tests.queries.raw_records import RawRecords

DAYS_BACK = (0, 45, 200, 400, 650)


def known_on(expected: pd.DataFrame, day: date) -> tuple[str | None, date | None]:
    """Reason and day of the form that was expected, as known on one day."""
    moment = pd.Timestamp(day)
    rows = expected[(expected["from_on"] <= moment) & (expected["until_on"] > moment)]
    if rows.empty or pd.isna(rows["expected_on"].iloc[0]):
        return None, None
    assert len(rows) == 1
    return rows["due_reason"].iloc[0], rows["expected_on"].iloc[0].date()


def test_what_was_expected_on_any_day(
    sample_store: Store, raw: RawRecords, ref_of: dict[str, str], some_patients: list[str]
) -> None:
    compared = 0
    for patient_id in some_patients:
        expected = sample_store.query(
            "patient_expected", OPERATOR, patient_ref=ref_of[patient_id], as_of=raw.newest_on
        )
        for back in DAYS_BACK:
            day = raw.newest_on - timedelta(days=back)
            for row in panel(raw, {patient_id}, day):
                assert known_on(expected, day) == (row["due_reason"], row["next_due_on"])
                compared += 1
    assert compared > len(some_patients)


def test_stretches_follow_each_other_and_end_with_the_day_of_looking(
    sample_store: Store, raw: RawRecords, ref_of: dict[str, str], some_patients: list[str]
) -> None:
    as_of = raw.newest_on - timedelta(days=200)
    for patient_id in some_patients:
        expected = sample_store.query(
            "patient_expected", OPERATOR, patient_ref=ref_of[patient_id], as_of=as_of
        )
        assert list(expected["from_on"].iloc[1:]) == list(expected["until_on"].iloc[:-1])
        assert (expected["from_on"] <= pd.Timestamp(as_of)).all()
