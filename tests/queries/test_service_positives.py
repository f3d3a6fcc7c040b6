"""`service_positives` against the sample's files."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from dashboard.store import Scope, Store
from tests.queries.comparison import rows_of
from tests.queries.raw_records import RawRecords, ScoreOfForm, screening_cut_off
from tests.queries.test_service_waits import year_of


def months_ago(on: date, as_of: date) -> int:
    """1 for the last month that was over."""
    after = as_of + timedelta(days=1)
    return (after.year - on.year) * 12 + after.month - on.month


def test_each_person_once_a_month_and_once_a_year(
    sample_store: Store, raw: RawRecords, scope: Scope, visible: set[str], as_of: date
) -> None:
    last: dict[tuple[Any, ...], ScoreOfForm] = {}
    for one in sorted(raw.scores, key=lambda one: one.completed_on):
        is_distress = raw.catalogue[one.form.measure_key].domain == "distress"
        is_screen = is_distress and screening_cut_off(one.scale) is not None
        if one.form.patient_id not in visible or one.value is None or not is_screen:
            continue
        key = (one.form.measure_key, one.scale.key, one.form.patient_id)
        on = one.completed_on
        if 1 <= months_ago(on, as_of) <= 24:
            last[None, on.replace(day=1), *key] = one
        if (year := year_of(on, as_of, 0)) is not None:
            last[year, None, *key] = one
    expected: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0, 0])
    for (year, month, measure, scale, _), one in last.items():
        cut_off = screening_cut_off(one.scale)
        assert cut_off is not None
        assert one.value is not None
        worse = one.scale.higher_is == "worse"
        counted = expected[year, month, measure, scale]
        counted[0] += 1
        counted[1] += one.value >= cut_off if worse else one.value <= cut_off
    found = {
        (row["year"], row["month"], row["measure_key"], row["scale_key"]): [
            row["screened"],
            row["positive"],
        ]
        for row in rows_of(sample_store.query("service_positives", scope, as_of=as_of))
    }
    assert found == dict(expected)
