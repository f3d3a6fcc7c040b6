"""`gap_episodes` against the forms and events in the sample's files, walked in plain Python."""

from collections.abc import Iterator
from datetime import date

from dashboard.mismatch.rules import default_rules
from dashboard.store import Scope, Store
from tests.mismatch.independent_alerts import Said, SupportOfType
from tests.queries.comparison import Row, assert_same, rows_of
from tests.queries.raw_records import Form, RawRecords
from tests.queries.test_mismatch_cells import SOURCES, TYPES, grids_until

ATTENDED = {"group_session_attended", "referral_attended"}


def said(form: Form, kind: str) -> Said:
    received = {
        source: form.answers[key]
        for source in SOURCES
        if (key := f"received_{kind}_{source}") in form.answers
    }
    return Said(form.completed_on, form.answers.get(f"need_{kind}"), None, None, received, {})


def openings(forms: list[Form], kind: str) -> Iterator[Row]:
    """Each stretch of an open need: the form that raised it, the last that said something, and
    the one that found it met."""
    support = SupportOfType(default_rules())
    current: Row | None = None
    for form in forms:
        judged_before = len(support.judged)
        support.take(said(form, kind))
        if len(support.judged) == judged_before:
            continue
        if support.under:
            current = current or {"raised_on": support.under[0].on, "met_on": None}
            current["last_seen_on"] = form.completed_on
        elif current:
            yield {**current, "met_on": form.completed_on, "last_seen_on": form.completed_on}
            current = None
    if current:
        yield current


def program_of(
    raw: RawRecords, patient_id: str, kind: str, opening: Row, as_of: date
) -> str | None:
    end = opening["met_on"] or as_of
    attended = []
    for event in raw.events_by_patient[patient_id]:
        program = raw.programs.get(event["program_key"])
        on = date.fromisoformat(event["occurred_on"])
        if (
            program
            and event["kind"] in ATTENDED
            and kind in program["support_types"].split(";")
            and opening["raised_on"] <= on <= end
        ):
            attended.append((on, program["name"]))
    return min(attended, default=(None, None))[1]


def expected_rows(raw: RawRecords, visible: set[str], as_of: date) -> list[Row]:
    rows = []
    for patient in sorted(raw.patients, key=lambda row: row["patient_id"]):
        patient_id = patient["patient_id"]
        if patient_id not in visible:
            continue
        forms = grids_until(raw, patient_id, as_of)
        for kind in TYPES:
            for opening in openings(forms, kind):
                rows.append(
                    {
                        "patient_id": patient_id,
                        "site": patient["site"],
                        "nurse": raw.in_charge(patient_id, "nurse", as_of),
                        "program_name": program_of(raw, patient_id, kind, opening, as_of),
                        "support_type": kind,
                        **opening,
                        "days": (opening["last_seen_on"] - opening["raised_on"]).days,
                        "met": opening["met_on"] is not None,
                    }
                )
    return rows


def test_every_opening(
    sample_store: Store, raw: RawRecords, scope: Scope, visible: set[str], as_of: date
) -> None:
    found = sample_store.query("gap_episodes", scope, as_of=as_of)
    assert_same(rows_of(found), expected_rows(raw, visible, as_of))


def test_the_sample_has_openings_of_every_kind(
    sample_store: Store, raw: RawRecords, scope: Scope
) -> None:
    found = sample_store.query("gap_episodes", scope, as_of=raw.newest_on)
    assert len(found) > 100
    assert found["met"].any()
    assert not found["met"].all()
    assert found["program_name"].notna().any()
    assert found["program_name"].isna().any()
