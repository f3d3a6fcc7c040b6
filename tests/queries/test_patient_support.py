"""`patient_support` against the support grids in the sample's own file."""

from datetime import date

from dashboard.store import Scope, Store
from dashboard.store.scope import OPERATOR
from tests.queries.comparison import Row, assert_same, rows_of
from tests.queries.raw_records import Form, RawRecords

# mismatch.md: five types, five sources; need, importance and fit are asked of the type,
# received and wanted of each source of it.
TYPES = ["emotional", "informational", "tangible", "belonging", "esteem"]
SOURCES = ["partner", "family", "friends", "care_team", "community"]


def state(form: Form, item_key: str) -> str:
    return "answered" if item_key in form.answers else form.words.get(item_key, "missing")


def expected_rows(form: Form) -> list[Row]:
    rows: list[Row] = []
    of_form: Row = {"completed_on": form.completed_on}
    nothing: Row = dict.fromkeys(
        ["need", "need_state", "importance", "fit"]
        + ["received", "received_state", "wanted", "wanted_state"]
    )
    for kind in TYPES:
        rows.append(
            {
                **nothing,
                **of_form,
                "support_type": kind,
                "source": "",
                "need": form.answers.get(f"need_{kind}"),
                "need_state": state(form, f"need_{kind}"),
                "importance": form.answers.get(f"importance_{kind}"),
                "fit": form.answers.get(f"fit_{kind}"),
            }
        )
        for source in SOURCES:
            received, wanted = f"received_{kind}_{source}", f"wanted_{kind}_{source}"
            rows.append(
                {
                    **nothing,
                    **of_form,
                    "support_type": kind,
                    "source": source,
                    "received": form.answers.get(received),
                    "received_state": state(form, received),
                    "wanted": form.answers.get(wanted),
                    "wanted_state": state(form, wanted),
                }
            )
    return rows


def test_every_support_grid_of_a_patient(
    sample_store: Store,
    raw: RawRecords,
    ref_of: dict[str, str],
    some_patients: list[str],
    scope: Scope,
    visible: set[str],
    as_of: date,
) -> None:
    for patient_id in some_patients:
        known = [
            form
            for form in raw.forms_by_patient[patient_id]
            if form.measure_key == "support_grid"
            and form.completed_on <= as_of
            and patient_id in visible
        ]
        known.sort(key=lambda form: form.completed_on)
        found = sample_store.query(
            "patient_support", scope, patient_ref=ref_of[patient_id], as_of=as_of
        )
        assert_same(rows_of(found), [row for form in known for row in expected_rows(form)])


def test_not_applicable_and_zero_stay_apart(
    sample_store: Store, raw: RawRecords, ref_of: dict[str, str]
) -> None:
    """No partner is not a partner who gives nothing."""
    form = next(
        form
        for form in raw.forms
        if form.words.get("received_emotional_partner") == "not_applicable"
        and form.answers.get("received_emotional_friends") == 0
    )
    found = sample_store.query(
        "patient_support",
        OPERATOR,
        patient_ref=ref_of[form.patient_id],
        as_of=form.completed_on,
    )
    emotional = {
        row["source"]: (row["received"], row["received_state"])
        for row in rows_of(found)
        if row["support_type"] == "emotional" and row["completed_on"] == form.completed_on
    }
    assert emotional["partner"] == (None, "not_applicable")
    assert emotional["friends"] == (0, "answered")
