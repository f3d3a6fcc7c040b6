"""`two_scores_by_wave` and `internal_consistency` against the sample's own files."""

from collections import defaultdict
from datetime import date
from pathlib import Path
from statistics import mean, variance

import pytest

from dashboard.store import OPERATOR, Scope, Store
from tests.queries.comparison import Row, assert_same, rows_of
from tests.queries.questions import patients, scores_of
from tests.queries.raw_records import RawRecords
from tests.queries.small_store import csv_text, imported

X = "mos_sss/emotional_informational"
APPROACH = [
    f"brief_cope/{key}" for key in ("active_coping", "planning", "positive_reframing", "acceptance")
]


def by_wave(raw: RawRecords, patient_id: str, scale: str, as_of: date) -> dict[str, Row]:
    return {
        one.form.wave: {"on": one.completed_on, "score": one.value}
        for one in scores_of(raw, patient_id, scale, as_of)
    }


def expected_rows(raw: RawRecords, visible: set[str], as_of: date) -> list[Row]:
    rows = []
    for patient in patients(raw, visible):
        patient_id = patient["patient_id"]
        support = by_wave(raw, patient_id, X, as_of)
        coping = [by_wave(raw, patient_id, scale, as_of) for scale in APPROACH]
        for wave in {*support, *(wave for one in coping for wave in one)}:
            told = [one[wave] for one in coping if wave in one]
            x = support.get(wave)
            y = mean(one["score"] for one in told) if len(told) == len(APPROACH) else None
            if x is None and y is None:
                continue
            days = [one["on"] for one in (*told, *([x] if x else []))]
            rows.append(
                {
                    "patient_id": patient_id,
                    "wave": wave,
                    "completed_on": min(days),
                    "x": x and x["score"],
                    "y": y,
                }
            )
    return sorted(rows, key=lambda row: (row["patient_id"], row["completed_on"], row["wave"]))


def test_every_wave(
    sample_store: Store, raw: RawRecords, scope: Scope, visible: set[str], as_of: date
) -> None:
    found = sample_store.query("two_scores_by_wave", scope, as_of=as_of, x=X, y=",".join(APPROACH))
    assert_same(rows_of(found), expected_rows(raw, visible, as_of))


def test_forms_without_a_wave_go_together_by_their_day(tmp_path: Path) -> None:
    gad7 = [f"gad7_{number}" for number in range(1, 8)]
    files = {
        "patients.csv": "patient_id\nP1\n",
        "distress.csv": csv_text(
            ("patient_id", "completed_on", "distress_0_10_1"),
            [("P1", "2026-05-01", 4), ("P1", "2026-06-01", 6)],
        ),
        "gad7.csv": csv_text(
            ("patient_id", "completed_on", *gad7), [("P1", "2026-06-01", *([1] * 7))]
        ),
    }
    store, report = imported(tmp_path, files, today=date(2026, 7, 1))
    assert report.stored, report.refused
    found = store.query(
        "two_scores_by_wave",
        OPERATOR,
        as_of=date(2026, 7, 1),
        x="distress_0_10/total",
        y="gad7/total",
    )
    told = [(row["completed_on"].isoformat(), row["x"], row["y"]) for row in rows_of(found)]
    assert told == [("2026-05-01", 4.0, None), ("2026-06-01", 6.0, 7.0)]


@pytest.mark.parametrize("scales", [["brs/total"], APPROACH])
def test_alpha_is_cronbachs(
    sample_store: Store, raw: RawRecords, as_of: date, scales: list[str]
) -> None:
    """Over the whole centre, whoever asks; reversed items turned."""
    measure = raw.catalogue[scales[0].split("/")[0]]
    items = [item for name in scales for item in measure.scale(name.split("/")[1]).items]
    forms = [
        form
        for form in raw.forms
        if form.measure_key == measure.key
        and form.completed_on <= as_of
        and all(item in form.answers for item in items)
    ]
    answers: dict[str, list[float]] = defaultdict(list)
    for form in forms:
        for key in items:
            item = measure.item(key)
            turned = item.minimum + item.maximum - form.answers[key]
            answers[key].append(turned if key in measure.reverse else form.answers[key])
    for scope in (OPERATOR, Scope("nurse-1", "nurse"), Scope("psychologist-1", "service")):
        found = rows_of(
            sample_store.query("internal_consistency", scope, as_of=as_of, scales=",".join(scales))
        )
        if not forms:
            assert found == []
            continue
        k = len(items)
        totals = [sum(column) for column in zip(*answers.values(), strict=True)]
        of_items = sum(variance(column) for column in answers.values())
        alpha = k / (k - 1) * (1 - of_items / variance(totals))
        assert_same(found, [{"items": k, "forms": len(forms), "alpha": alpha}])


def test_few_forms_tell_no_alpha(sample_store: Store, raw: RawRecords) -> None:
    earliest = sorted(form.completed_on for form in raw.forms if form.measure_key == "brs")[50]
    found = sample_store.query("internal_consistency", OPERATOR, as_of=earliest, scales="brs/total")
    assert 0 < found["forms"].iloc[0] < 100
    assert found["alpha"].isna().all()
