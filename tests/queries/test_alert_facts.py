"""`alert_facts` against the independent road: every stretch of days, with what it rests on."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from dashboard.measures.catalogue import load_catalogue
from dashboard.mismatch.rules import Rules, check_rules, default_rules
from dashboard.store import OPERATOR, Store
from tests.mismatch.independent_alerts import (
    GRID,
    TYPES,
    Said,
    Scored,
    SupportOfType,
    _last_of_each_day,
    _Records,
    _said,
)
from tests.mismatch.test_alerts_in_sql import histories_of
from tests.queries.comparison import Row, assert_same, rows_of
from tests.queries.raw_records import reliable_change, screening_cut_off

CATALOGUE = load_catalogue()
FAR_AHEAD = date(2100, 1, 1)
NEVER = date(9999, 12, 31)
SUPPORT = ("judged", "under", "persist", "over", "gap_worse")
DISTRESS = ("distress", "distress_worse")
# What happened on a day stays known from then on, so two of them may be true of one day.
STAY_KNOWN = {"cleared", "declined"}
COLUMNS = ("patient_id", "fact", "support_type", "source_key", "from_on", "until_on", "raised_on")


def stricter() -> Rules:
    values: dict[str, Any] = default_rules().model_dump()
    values["under"]["gap"] = values["under_high"]["gap"] = 3
    values["persist"] |= {"gap": 2, "from_days": 30, "until_days": 90}
    values["over"]["by"] = 1
    values["worse"]["gap"] = 2
    values["validity"] = {"support_days": 60, "distress_days": 100}
    return check_rules(values)


@pytest.fixture(scope="module", params=[default_rules(), stricter()], ids=["default", "stricter"])
def rules(request: pytest.FixtureRequest) -> Rules:
    chosen: Rules = request.param
    return chosen


@pytest.fixture(scope="module")
def facts(sample_store: Store, rules: Rules) -> list[Row]:
    return rows_of(sample_store.query("alert_facts", OPERATOR, snapshot=None, **rules.thresholds()))


@pytest.fixture(scope="module")
def records(sample_store: Store, rules: Rules) -> _Records:
    return _Records(FAR_AHEAD, histories_of(sample_store), rules, CATALOGUE)


def ordered(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: tuple(str(row[column] or "") for column in COLUMNS))


def test_every_stretch_about_support(facts: list[Row], records: _Records, rules: Rules) -> None:
    expected = [
        {"patient_id": patient_id, "support_type": support_type, "source_key": None, **told}
        for patient_id in records.forms
        for support_type in TYPES
        for told in stretches(patient_id, support_type, records, rules)
    ]
    found = [row for row in facts if row["fact"] in SUPPORT]
    assert {row["fact"] for row in expected} == set(SUPPORT)
    assert_same(ordered(found), ordered(expected))


def stretches(patient_id: str, support_type: str, records: _Records, rules: Rules) -> Iterator[Row]:
    """Each judged form with the alerts that it leaves open, until the next one or too old."""
    forms = _last_of_each_day(records.forms[patient_id], GRID)
    judged = [form for form in (_said(one, support_type) for one in forms) if judges(form)]
    support = SupportOfType(rules)
    for number, form in enumerate(judged):
        before = support.judged[-1] if support.judged else None
        support.take(form)
        next_on = judged[number + 1].on if number + 1 < len(judged) else NEVER
        told: Row = {
            "from_on": form.on,
            "until_on": min(next_on, form.on + timedelta(days=rules.validity.support_days)),
            "need": form.need,
            "received": form.most_received,
            "gap": form.gap,
        }
        yield {"fact": "judged", "raised_on": form.on, **told}
        for fact in ("under", "persist", "over"):
            if episode := getattr(support, fact):
                visits = len(episode) if fact == "under" else None
                yield {"fact": fact, "raised_on": episode[0].on, "visits_running": visits, **told}
        if before is not None and form.gap - before.gap >= rules.worse.gap:
            del told["need"], told["received"]
            yield {"fact": "gap_worse", "raised_on": form.on, **told, "earlier_gap": before.gap}


def judges(form: Said) -> bool:
    return form.why_not_judged is None


def test_every_stretch_about_distress(facts: list[Row], records: _Records, rules: Rules) -> None:
    expected = []
    for patient_id, scales in records.scores.items():
        for (measure_key, scale_key), scores in scales.items():
            measure = CATALOGUE[measure_key]
            scale = measure.scale(scale_key)
            cut_off = screening_cut_off(scale)
            if measure.domain != "distress" or cut_off is None:
                continue
            way = 1 if scale.higher_is == "worse" else -1
            known = {"patient_id": patient_id, "source_key": f"{measure_key}/{scale_key}"}
            needed = reliable_change(scale)
            expected += [
                {**known, "support_type": None, **told}
                for told in stretches_of(scores, way, cut_off, needed, rules)
            ]
    found = [row for row in facts if row["fact"] in DISTRESS]
    assert {row["fact"] for row in expected} == set(DISTRESS)
    assert_same(ordered(found), ordered(expected))


def stretches_of(
    scores: Sequence[Scored], way: int, cut_off: float, needed: float | None, rules: Rules
) -> Iterator[Row]:
    since: date | None = None
    for number, score in enumerate(scores):
        next_on = scores[number + 1].on if number + 1 < len(scores) else NEVER
        above = (score.value - cut_off) * way >= 0
        since = (since or score.on) if above else None
        told: Row = {
            "from_on": score.on,
            "until_on": min(next_on, score.on + timedelta(days=rules.validity.distress_days)),
            "score": score.value,
        }
        if above:
            yield {"fact": "distress", "raised_on": since, **told}
        change = (score.value - scores[number - 1].value) * way if number else 0.0
        if number and needed is not None and change >= needed:
            yield {"fact": "distress_worse", "raised_on": score.on, **told}


def test_every_fact_holds_for_a_day_at_least_and_never_twice_at_once(facts: list[Row]) -> None:
    by_place: dict[tuple[Any, ...], list[Row]] = {}
    for row in facts:
        assert row["from_on"] < row["until_on"]
        if row["fact"] not in STAY_KNOWN:
            by_place.setdefault(tuple(row[column] for column in COLUMNS[:4]), []).append(row)
    for rows in by_place.values():
        days = sorted((row["from_on"], row["until_on"]) for row in rows)
        assert all(one[1] <= other[0] for one, other in zip(days, days[1:], strict=False)), rows[0][
            "fact"
        ]
