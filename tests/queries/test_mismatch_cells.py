"""`mismatch_cells` and `not_judged` against the support grids in the sample's own file."""

from datetime import date, timedelta

import pytest

from dashboard.mismatch.rules import default_rules
from dashboard.store import Scope, Store
from dashboard.store.importing import catalogue_of
from tests.mismatch.independent_alerts import alerts_on
from tests.mismatch.test_alerts_in_sql import histories_of
from tests.queries.comparison import Row, assert_same, rows_of
from tests.queries.raw_records import Form, RawRecords

TYPES = ["belonging", "emotional", "esteem", "informational", "tangible"]
SOURCES = ["care_team", "community", "family", "friends", "partner"]
VALID_DAYS = 120
COUNTS_FROM = 2


def is_active(patient: Row, as_of: date) -> bool:
    if patient["status"] in ("", "active"):
        return True
    return bool(patient["status_on"]) and date.fromisoformat(patient["status_on"]) > as_of


def grids_until(raw: RawRecords, patient_id: str, as_of: date) -> list[Form]:
    """Support grids in the order of their days; the sample has one a day."""
    forms = [
        form
        for form in raw.forms_by_patient[patient_id]
        if form.measure_key == "support_grid" and form.completed_on <= as_of
    ]
    return sorted(forms, key=lambda form: form.completed_on)


def state_of(wanted: float | None, received: float | None, *, applies: bool, old: bool) -> str:
    if not applies:
        return "not_applicable"
    if old:
        return "too_old"
    if wanted is None or received is None:
        return "not_judged"
    return {
        (True, True): "met",
        (True, False): "under",
        (False, True): "over",
        (False, False): "none",
    }[wanted >= COUNTS_FROM, received >= COUNTS_FROM]


def cells_of(form: Form, as_of: date) -> list[Row]:
    rows = []
    old = (as_of - form.completed_on).days >= VALID_DAYS
    for kind in TYPES:
        given = [form.answers.get(f"received_{kind}_{source}") for source in SOURCES]
        answered = [amount for amount in given if amount is not None]
        for source in ["", *SOURCES]:
            if source:
                wanted = form.answers.get(f"wanted_{kind}_{source}")
                received = form.answers.get(f"received_{kind}_{source}")
                asked = [f"wanted_{kind}_{source}", f"received_{kind}_{source}"]
            else:
                wanted = form.answers.get(f"need_{kind}")
                received = max(answered, default=None)
                asked = [f"need_{kind}"]
            applies = "not_applicable" not in [form.words.get(key) for key in asked]
            rows.append(
                {
                    "completed_on": form.completed_on,
                    "support_type": kind,
                    "source": source,
                    "wanted": wanted,
                    "received": received,
                    "state": state_of(wanted, received, applies=applies, old=old),
                }
            )
    return rows


def test_every_cell_of_every_latest_form(
    sample_store: Store, raw: RawRecords, scope: Scope, visible: set[str], as_of: date
) -> None:
    expected = []
    for patient in sorted(raw.patients, key=lambda row: row["patient_id"]):
        patient_id = patient["patient_id"]
        forms = grids_until(raw, patient_id, as_of)
        if patient_id in visible and is_active(patient, as_of) and forms:
            expected += [
                {
                    "patient_id": patient_id,
                    "site": patient["site"],
                    "nurse": raw.in_charge(patient_id, "nurse", as_of),
                    **cell,
                }
                for cell in cells_of(forms[-1], as_of)
            ]
    found = sample_store.query("mismatch_cells", scope, as_of=as_of)
    assert_same(rows_of(found), expected)


def test_the_sample_has_every_state(sample_store: Store, raw: RawRecords, scope: Scope) -> None:
    """Else the comparison above would compare less than it seems to."""
    found = sample_store.query("mismatch_cells", scope, as_of=raw.newest_on)
    assert set(found["state"]) == {
        *("under", "met", "over", "none", "not_judged", "not_applicable", "too_old")
    }


@pytest.mark.parametrize("days_back", [0, 300])
def test_who_is_not_judged_is_who_the_alerts_leave_out(
    sample_store: Store, raw: RawRecords, scope: Scope, visible: set[str], days_back: int
) -> None:
    day = raw.newest_on - timedelta(days=days_back)
    told = alerts_on(
        day, histories_of(sample_store), default_rules(), catalogue_of(sample_store.directory)
    )
    site_of = {row["patient_id"]: row["site"] for row in raw.patients}
    expected = [
        {
            "patient_id": row["patient_id"],
            "site": site_of[row["patient_id"]],
            "nurse": raw.in_charge(row["patient_id"], "nurse", day),
            "support_type": row["support_type"],
            "reason": row["reason"],
            "since": row["raised_on"],
        }
        for row in rows_of(told[told["rule"] == "unjudged"])
        if row["patient_id"] in visible
    ]
    assert len(expected) > 20
    assert_same(rows_of(sample_store.query("not_judged", scope, as_of=day)), expected)
