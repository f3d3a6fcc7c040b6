"""`resources_for_gaps` against the directory, the patients and the events in the sample's files.

Which gaps are open comes from the rules worked out a second time, in plain Python; how long
openings lasted comes from `gap_episodes`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd
import pytest

from dashboard.mismatch.rules import default_rules
from dashboard.store import OPERATOR, Scope, Store
from dashboard.store.importing import catalogue_of
from tests.mismatch.independent_alerts import alerts_on
from tests.mismatch.test_alerts_in_sql import histories_of
from tests.queries.comparison import Row, rows_of
from tests.queries.raw_records import RawRecords
from tests.queries.small_store import csv_text, imported

SAMPLE = Path(__file__).parents[2] / "sample_data"
TAKEN_UP = {"referral_attended", "group_session_attended"}
DIRECTORY = pd.read_csv(SAMPLE / "resources.csv", dtype=str, keep_default_na=False)
COMPARED = (
    "raised_on",
    "name",
    "source",
    "capacity",
    "contact",
    "to_check",
    "offered_on",
    "taken_up_on",
)
OUTCOMES = ("offered_here", "taken_up_here", "met_here", "median_days_here")


@pytest.fixture(params=[0, 250], ids=["newest", "earlier"])
def on(request: pytest.FixtureRequest, raw: RawRecords) -> date:
    return raw.newest_on - timedelta(days=request.param)


def fits(resource: Mapping[Any, Any], patient: Mapping[str, str], day: date) -> bool:
    """Whether every limit is kept; the sample knows everything about everyone."""
    age = day.year - int(patient["birth_year"])
    return (
        int(resource["min_age"] or 0) <= age <= int(resource["max_age"] or 200)
        and (not resource["languages"] or patient["language"] in resource["languages"].split(";"))
        and resource["site"] in ("", patient["site"])
        and (not resource["phases"] or patient["phase"] in resource["phases"].split(";"))
    )


def days_of(
    events: Iterable[Row], kinds: set[str], program: str, start: date, end: date
) -> list[date]:
    return [
        happened
        for event in events
        if event["kind"] in kinds
        and event["program_key"] == program
        and start <= (happened := date.fromisoformat(event["occurred_on"])) <= end
    ]


def expected_fits(store: Store, raw: RawRecords, day: date) -> dict[tuple[str, str, str], Row]:
    patients = {row["patient_id"]: row for row in raw.patients}
    told = alerts_on(day, histories_of(store), default_rules(), catalogue_of(store.directory))
    rows: dict[tuple[str, str, str], Row] = {}
    for alert in rows_of(told[told["rule"].isin(["under", "under_high", "persist"])]):
        patient_id, support_type = alert["patient_id"], alert["support_type"]
        events = raw.events_by_patient[patient_id]
        for resource in DIRECTORY.to_dict("records"):
            if support_type not in resource["support_types"].split(";"):
                continue
            if not fits(resource, patients[patient_id], day):
                continue
            since = (resource["program_key"] or "none", alert["raised_on"], day)
            offered = days_of(events, {"referral_offered"}, *since)
            taken_up = days_of(events, TAKEN_UP, *since)
            rows[patient_id, support_type, resource["resource_key"]] = {
                "raised_on": alert["raised_on"],
                **{key: resource[key] for key in ("name", "source", "capacity", "contact")},
                "to_check": [],
                "offered_on": max(offered, default=None),
                "taken_up_on": min(taken_up, default=None),
            }
    return rows


def expected_outcomes(store: Store, raw: RawRecords, day: date) -> dict[tuple[str, str], Row]:
    counted: dict[tuple[str, str], dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for opening in rows_of(store.query("gap_episodes", OPERATOR, as_of=day)):
        end = opening["met_on"] or day
        events = raw.events_by_patient[opening["patient_id"]]
        for resource in DIRECTORY.to_dict("records"):
            if opening["support_type"] not in resource["support_types"].split(";"):
                continue
            found = counted[resource["resource_key"], opening["support_type"]]
            since = (resource["program_key"] or "none", opening["raised_on"], end)
            if days_of(events, {"referral_offered"}, *since):
                found["offered"].append(opening)
            if days_of(events, TAKEN_UP, *since):
                found["taken_up"].append(opening)
                if opening["met_on"]:
                    found["days"].append((opening["met_on"] - opening["raised_on"]).days)
    outcomes = {}
    for resource in DIRECTORY.to_dict("records"):
        for support_type in resource["support_types"].split(";"):
            key = (resource["resource_key"], support_type)
            offered, taken_up, days = (
                counted[key][name] for name in ("offered", "taken_up", "days")
            )
            parts = (len(taken_up), len(days), len(taken_up) - len(days))
            hidden = any(1 <= part <= 9 for part in parts)
            known = bool(resource["program_key"])
            outcomes[key] = {
                "offered_here": shown(len(offered)) if known else None,
                "taken_up_here": shown(len(taken_up)) if known else None,
                "met_here": len(days) if known and not hidden else None,
                "median_days_here": median(days) if known and len(days) >= 10 else None,
            }
    return outcomes


def shown(count: int) -> int | None:
    """Counts of 1 to 9 could be about one known person."""
    return None if 1 <= count <= 9 else count


def test_every_open_gap_meets_what_fits(
    sample_store: Store, raw: RawRecords, scope: Scope, visible: set[str], on: date
) -> None:
    found = rows_of(sample_store.query("resources_for_gaps", scope, as_of=on))
    expected = {
        key: row for key, row in expected_fits(sample_store, raw, on).items() if key[0] in visible
    }
    outcomes = expected_outcomes(sample_store, raw, on)
    assert len(expected) > 50
    by_key = {(row["patient_id"], row["support_type"], row["resource_key"]): row for row in found}
    assert len(by_key) == len(found)
    assert by_key.keys() == expected.keys()
    for key, wanted in expected.items():
        row = by_key[key]
        assert {column: row[column] for column in COMPARED} == wanted, key
        assert {column: row[column] for column in OUTCOMES} == outcomes[key[2], key[1]], key


def test_the_sample_shows_every_kind_of_outcome(sample_store: Store, raw: RawRecords) -> None:
    """Else the comparison above would compare empty cells only."""
    found = sample_store.query("resources_for_gaps", OPERATOR, as_of=raw.newest_on)
    for column in ("offered_on", "taken_up_on", *OUTCOMES):
        assert found[column].notna().any(), column
        assert found[column].isna().any(), column


def test_an_alert_is_named_as_the_alerts_name_it(sample_store: Store, raw: RawRecords) -> None:
    found = sample_store.query("resources_for_gaps", OPERATOR, as_of=raw.newest_on)
    alerts = sample_store.query("alerts", OPERATOR, as_of=raw.newest_on)
    support = alerts[alerts["rule"].isin(["under", "under_high", "persist"])]
    assert set(found["alert_key"]) <= set(support["alert_key"])
    assert len(found["alert_key"].unique()) > 50


GRID = ("patient_id", "completed_on", "need_emotional", "received_emotional_friends")
PATIENTS = (
    "patient_id,birth_year,language,site,phase,status,status_on",
    "P1,1980,Greek,North,palliative,,",
    "P2,,,,,,",
    "P3,1980,Greek,North,palliative,discharged,2026-01-10",
)
RESOURCES = (
    "resource_key,name,support_types,min_age,max_age,languages,site,phases,withdrawn",
    "all,For all,emotional,,,,,,no",
    "old,From 46,emotional,46,,,,,",
    "edge,45 to 46,emotional,45,46,,,,",
    "greek,In Greek,emotional,,,English;greek,,,",
    "north,In the north,emotional,,,,NORTH,,",
    "south,In the south,emotional,,,,South,,",
    "treated,On treatment,emotional,,,,,on_treatment,",
    "other,Other type,tangible,,,,,,",
    "gone,No longer offered,emotional,,,,,,yes",
)


def test_limits_exclude_only_what_is_known_to_fail(tmp_path: Path) -> None:
    store, report = imported(
        tmp_path,
        {
            "patients.csv": "\n".join(PATIENTS) + "\n",
            "resources.csv": "\n".join(RESOURCES) + "\n",
            "grid.csv": csv_text(GRID, [(who, "2026-01-05", 4, 0) for who in ("P1", "P2", "P3")]),
        },
        today=date(2026, 2, 1),
    )
    assert report.stored, report.refused
    found = rows_of(store.query("resources_for_gaps", OPERATOR, as_of=date(2026, 1, 20)))
    to_check = {(row["patient_id"], row["resource_key"]): row["to_check"] for row in found}
    assert to_check == {
        ("P1", "all"): [],
        ("P1", "old"): [],
        ("P1", "edge"): [],
        ("P1", "greek"): [],
        ("P1", "north"): [],
        ("P2", "all"): [],
        ("P2", "old"): ["age"],
        ("P2", "edge"): ["age"],
        ("P2", "greek"): ["language"],
        ("P2", "north"): ["site"],
        ("P2", "south"): ["site"],
        ("P2", "treated"): ["phase"],
    }
    before = rows_of(store.query("resources_for_gaps", OPERATOR, as_of=date(2026, 1, 4)))
    assert before == []
