"""`completeness` against the sample's own files."""

from collections import defaultdict
from datetime import date
from pathlib import Path

from dashboard.store import Scope, Store
from dashboard.store.scope import OPERATOR
from tests.queries.comparison import assert_same, rows_of
from tests.queries.raw_records import RawRecords, ScoreOfForm
from tests.queries.small_store import imported


def verdict(scales: list[ScoreOfForm]) -> str:
    """A form is as complete as its least complete scale."""
    if any(one.status == "too_few_answers" for one in scales):
        return "unscored_forms"
    if any(one.status == "prorated" for one in scales):
        return "partial_forms"
    return "complete_forms"


def test_forms_by_month_site_and_measure(
    sample_store: Store, raw: RawRecords, scope: Scope, visible: set[str], as_of: date
) -> None:
    site_of = {row["patient_id"]: row["site"] for row in raw.patients}
    scales_of: dict[int, list[ScoreOfForm]] = defaultdict(list)
    for one in raw.scores:
        if one.form.patient_id in visible and one.completed_on <= as_of:
            scales_of[id(one.form)].append(one)
    counts: dict[tuple[date, str, str], dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(["forms", "complete_forms", "partial_forms", "unscored_forms"], 0)
    )
    for scales in scales_of.values():
        form = scales[0].form
        cell = counts[form.completed_on.replace(day=1), site_of[form.patient_id], form.measure_key]
        cell["forms"] += 1
        cell[verdict(scales)] += 1
    expected = [
        {
            "month": month,
            "site": site,
            "measure_key": measure_key,
            "measure_title": raw.catalogue[measure_key].title,
            **counts[month, site, measure_key],
        }
        for month, site, measure_key in sorted(counts)
    ]

    found = sample_store.query("completeness", scope, as_of=as_of)

    assert_same(rows_of(found), expected)


def test_the_service_gets_the_same_counts_without_seeing_whose(
    sample_store: Store, raw: RawRecords
) -> None:
    everyone = sample_store.query("completeness", OPERATOR, as_of=raw.newest_on)
    service = sample_store.query("completeness", Scope("manager-1", "service"), as_of=raw.newest_on)
    assert everyone["partial_forms"].sum() > 0
    assert everyone["unscored_forms"].sum() > 0
    assert_same(rows_of(service), rows_of(everyone))


def test_what_a_ready_made_total_and_an_unknown_site_count_as(tmp_path: Path) -> None:
    """A form of which only the total came has no item to miss; a half-filled one has."""
    store, report = imported(
        tmp_path,
        {
            "patients.csv": "patient_id,site\nA1,\nA2,North\n",
            "totals.csv": "patient_id,measure_key,scale_key,completed_on,score\n"
            "A1,phq9,total,2026-01-05,12\nA2,phq9,total,2026-01-31,3\n",
            "answers.csv": "patient_id,completed_on,"
            "gad7_1,gad7_2,gad7_3,gad7_4,gad7_5,gad7_6,gad7_7\n"
            "A1,2026-02-01,0,0,0,0,0,0,0\n"
            "A1,2026-02-02,0,0,0,0,0,0,\n"
            "A1,2026-02-03,0,0,0,0,0,,\n"
            "A1,2026-02-28,,,,,,,\n",
        },
        today=date(2026, 6, 30),
    )
    assert report.stored, report.refused
    january, february = date(2026, 1, 1), date(2026, 2, 1)
    nothing = {"complete_forms": 0, "partial_forms": 0, "unscored_forms": 0}
    of_site = [
        {"month": january, "site": "", "measure_key": "phq9", "forms": 1, "complete_forms": 1},
        {"month": january, "site": "North", "measure_key": "phq9", "forms": 1, "complete_forms": 1},
        {
            "month": february,
            "site": "",
            "measure_key": "gad7",
            "forms": 4,
            "complete_forms": 1,
            "partial_forms": 1,
            "unscored_forms": 2,
        },
    ]
    found = store.query("completeness", OPERATOR, as_of=date(2026, 2, 28))
    assert_same(rows_of(found), [nothing | row for row in of_site])
