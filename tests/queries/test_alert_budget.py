"""`alert_budget` against a walk through the days on the independent road."""

import csv
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd
import pytest

from dashboard.measures.catalogue import load_catalogue
from dashboard.mismatch.rules import Rules, check_rules, default_rules
from dashboard.store import OPERATOR, Scope, Store
from tests.mismatch.independent_alerts import Histories, alerts_on
from tests.mismatch.test_alerts_in_sql import histories_of
from tests.queries.comparison import Row, rows_of
from tests.queries.raw_records import reliable_change, screening_cut_off
from tests.queries.small_store import csv_text, imported

SAMPLE = Path(__file__).parents[2] / "sample_data"
CATALOGUE = load_catalogue()
SUPPORT_RULES = {"under", "under_high", "persist", "over"}
FORMS = ("patients", "support_grid", "phq9", "gad7", "distress_0_10", "scns_sf34")
SERVICE = Scope("manager-1", "service")
WEEKS = 52


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Histories]:
    """A store of every 30th patient of the sample, some of whom left, and its records."""
    files = {}
    wanted: set[str] = set()
    for name in FORMS:
        path = SAMPLE / f"{name}.csv"
        if not path.exists():
            continue
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        place = rows[0].index("patient_id")
        wanted = wanted or {row[place] for row in rows[1::30]}
        files[path.name] = csv_text(rows[0], [row for row in rows[1:] if row[place] in wanted])
    store, report = imported(tmp_path_factory.mktemp("few"), files, today=date(2100, 1, 1))
    assert report.stored, report.refused
    return store, histories_of(store)


def rules_with(**changed: dict[str, float]) -> Rules:
    values: dict[str, Any] = default_rules().model_dump()
    for section, thresholds in changed.items():
        values[section] |= thresholds
    return check_rules(values)


@pytest.mark.parametrize(
    ("rules", "days_back"),
    [
        (default_rules(), 0),
        (default_rules(), 200),
        (rules_with(under={"gap": 3}, under_high={"gap": 3}, over={"by": 1}), 0),
    ],
    ids=["now", "earlier", "wider gap"],
)
def test_a_year_walked_day_by_day(
    few: tuple[Store, Histories], rules: Rules, days_back: int
) -> None:
    store, histories = few
    as_of = newest_on(store) - timedelta(days=days_back)
    found = store.query("alert_budget", OPERATOR, snapshot=None, as_of=as_of, **rules.thresholds())
    expected = walked(histories, rules, as_of)

    weeks = found[found["kind"] == "week"]
    alerts = {row["day"]: row["number"] for row in rows_of(weeks)}
    assert alerts == expected["weeks"]
    assert sum(alerts.values()) > 20
    single = found[~found["kind"].isin(["week", "lead"])].set_index("kind")
    counts = {str(kind): int(number) for kind, number in single["number"].items()}
    for kind in ("caught", "missed", "worse_later", "never_worse", "followed"):
        assert counts.get(kind, 0) == expected[kind], kind
    assert expected["caught"]
    assert single.loc["caught", "lead_days"] == median(expected["leads"])
    groups = found[found["kind"] == "lead"]
    assert groups["number"].sum() == expected["caught"]


def walked(histories: Histories, rules: Rules, as_of: date) -> Row:
    """The same counts from the alerts of each day on which something could change."""
    first = as_of - timedelta(days=7 * WEEKS - 1)
    forms = {day for day in histories.assessments["completed_on"] if first <= day <= as_of}
    known: dict[date, list[Row]] = {}

    def on(day: date) -> list[Row]:
        if day not in known:
            known[day] = rows_of(alerts_on(day, histories, rules, CATALOGUE))
        return known[day]

    weeks = Counter({as_of - timedelta(days=7 * week + 6): 0 for week in range(WEEKS)})
    flagged: dict[str, date] = {}
    for day in sorted({*forms, first - timedelta(days=1)}):
        for alert in on(day):
            if alert["rule"] in SUPPORT_RULES:
                flagged.setdefault(alert["patient_id"], day)
            if alert["raised_on"] == day >= first and alert["rule"] not in {"unjudged", "overdue"}:
                weeks[as_of - timedelta(days=(as_of - day).days // 7 * 7 + 6)] += 1
    worse = worsenings(histories, first, as_of)
    leads = []
    for patient_id, day in worse:
        open_since = [
            alert["raised_on"]
            for alert in on(day - timedelta(days=1))
            if alert["patient_id"] == patient_id and alert["rule"] in SUPPORT_RULES
        ]
        leads += [(day - min(open_since)).days] if open_since else []
    later = {one for one, day in worse if one in flagged and day > flagged[one]}
    in_year = histories.assessments["completed_on"].map(lambda day: first <= day <= as_of)
    return {
        "weeks": dict(weeks),
        "leads": leads,
        "caught": len(leads),
        "missed": len(worse) - len(leads),
        "worse_later": len(later),
        "never_worse": len(flagged) - len(later),
        "followed": histories.assessments[in_year]["patient_id"].nunique(),
    }


def worsenings(histories: Histories, first: date, as_of: date) -> set[tuple[str, date]]:
    """Patient and day of every reliable worsening of distress while the patient was followed."""
    left = {
        row["patient_id"]: row["status_on"]
        for row in rows_of(histories.patients)
        if row["status"] != "active"
    }
    scores = histories.scores[histories.scores["score"].notna()]
    found = set()
    for (patient_id, measure_key, scale_key), rows in scores.groupby(
        ["patient_id", "measure_key", "scale_key"]
    ):
        measure = CATALOGUE[str(measure_key)]
        scale = measure.scale(str(scale_key))
        needed = reliable_change(scale)
        if measure.domain != "distress" or screening_cut_off(scale) is None or needed is None:
            continue
        way = 1 if scale.higher_is == "worse" else -1
        told = rows.sort_values(["completed_on", "assessment_id"])
        change = told["score"].astype(float).diff() * way
        for day in told["completed_on"][change >= needed]:
            if first <= day <= as_of and day < (left.get(patient_id) or date.max):
                found.add((str(patient_id), day))
    return found


def newest_on(store: Store) -> date:
    newest: date = pd.Timestamp(store.query("store_summary", OPERATOR)["newest_on"].iloc[0]).date()
    return newest


def budget(store: Store, scope: Scope = OPERATOR, **changed: float) -> pd.DataFrame:
    params = {**default_rules().thresholds(), **changed}
    return store.query("alert_budget", scope, snapshot=None, as_of=newest_on(store), **params)


def test_only_counts_leave_it(sample_store: Store) -> None:
    """A manager's answer has no patient, no day but the first of a week, and groups of ten."""
    found = budget(sample_store, SERVICE)
    assert list(found) == ["kind", "day", "number", "lead_days"]
    assert found["day"].notna().sum() == WEEKS
    assert set(found.loc[found["day"].notna(), "kind"]) == {"week"}
    groups = found[found["kind"] == "lead"]
    assert groups["number"].between(10, 19).all()
    others = found[~found["kind"].isin(["week", "lead"])]
    assert others["kind"].is_unique


def test_a_stricter_rule_is_told_by_fewer_high_alerts(sample_store: Store) -> None:
    now = budget(sample_store).set_index("kind")["number"]
    wider = budget(sample_store, under_gap=3, high_gap=3, worse_gap=4).set_index("kind")["number"]
    assert 0 < wider["high"] < now["high"]
    assert 0 < wider["grown"] < now["grown"]


GRID = "patient_id,completed_on,need_emotional,received_emotional_partner"


def grid_store(folder: Path, *rows: str, status: str = "") -> Store:
    patients = "patient_id,status,status_on\nA1," + (status or "active,") + "\n"
    files = {"patients.csv": patients, "grid.csv": "\n".join([GRID, *rows, ""])}
    store, report = imported(folder, files, today=date(2026, 6, 30))
    assert report.stored, report.refused
    return store


def alerts_of(store: Store) -> int:
    found = store.query(
        "alert_budget",
        OPERATOR,
        snapshot=None,
        as_of=date(2026, 6, 30),
        **default_rules().thresholds(),
    )
    return int(found.loc[found["kind"] == "week", "number"].sum())


def test_an_alert_that_persists_is_one_alert(tmp_path: Path) -> None:
    """Two forms with a gap raise `under` and then `persist`: one alert that got more urgent."""
    assert alerts_of(grid_store(tmp_path, "A1,2026-02-01,4,1", "A1,2026-03-01,4,1")) == 1


def test_a_gap_that_closed_and_opens_again_is_another(tmp_path: Path) -> None:
    rows = ["A1,2026-02-01,4,1", "A1,2026-03-01,4,4", "A1,2026-04-01,4,1"]
    assert alerts_of(grid_store(tmp_path, *rows)) == 2


def test_a_patient_who_left_raises_nothing(tmp_path: Path) -> None:
    store = grid_store(tmp_path, "A1,2026-02-01,4,1", status="discharged,2026-01-31")
    assert alerts_of(store) == 0


def test_alerts_outside_the_year_are_not_counted(tmp_path: Path) -> None:
    first_day = date(2026, 6, 30) - timedelta(days=363)
    rows = [f"A1,{first_day - timedelta(days=1)},4,1"]
    assert alerts_of(grid_store(tmp_path, *rows)) == 0
