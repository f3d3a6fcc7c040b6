"""`alert_response` against the stretches of `alert_facts`, which have a road of their own, and
against what the worklist shows as open."""

import json
from collections import defaultdict
from datetime import date, timedelta
from hashlib import md5

from dashboard.mismatch.rules import default_rules
from dashboard.store import OPERATOR, Store
from tests.queries.comparison import Row, rows_of
from tests.queries.raw_records import RawRecords, day
from tests.queries.test_service_waits import year_of

WITHIN = 7
FAMILY = {"under": "under", "under_item": "under", "persist": "under"} | {
    name: name for name in ("over", "distress", "safety")
}


def mark(key: str) -> str:
    return md5(key.encode()).hexdigest()


def raised(store: Store, raw: RawRecords, ref_of: dict[str, str]) -> dict[str, Row]:
    """Every alert by its key: of facts about the same, those not raised within another's time."""
    facts = store.query("alert_facts", OPERATOR, snapshot=None, **default_rules().thresholds())
    held: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows_of(facts):
        if row["fact"] in FAMILY:
            about = row["support_type"] or row["source_key"]
            held[row["patient_id"], FAMILY[row["fact"]], about].append(row)
    patients = {row["patient_id"]: row for row in raw.patients}
    found: dict[str, Row] = {}
    for (patient_id, family, about), rows in held.items():
        for on in {row["raised_on"] for row in rows}:
            if any(
                row["raised_on"] < on and row["from_on"] <= on < row["until_on"] for row in rows
            ):
                continue
            left = day(patients[patient_id]["status_on"])
            if patients[patient_id]["status"] != "active" and (left is None or left <= on):
                continue
            key = "/".join([ref_of[patient_id], family, about, on.isoformat()])
            found[key] = {
                "patient_id": patient_id,
                "on": on,
                "nurse": raw.in_charge(patient_id, "nurse", on) or "",
                "due": on + timedelta(days=WITHIN if family != "safety" else working_day(on)),
            }
    return found


def working_day(on: date) -> int:
    """Days to the next working day."""
    return next(days for days in (1, 2, 3) if (on + timedelta(days=days)).weekday() < 5)


def test_every_month_and_year(sample_store: Store, raw: RawRecords, ref_of: dict[str, str]) -> None:
    as_of = raw.newest_on
    alerts = raised(sample_store, raw, ref_of)
    # Every second one was acted on, some of them late.
    acted = {
        key: alerts[key]["on"] + timedelta(days=place % 10)
        for place, key in enumerate(sorted(alerts))
        if place % 2
    }
    people: dict[tuple[object, ...], dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    settled = as_of - timedelta(days=max(WITHIN, 3))
    for key, alert in alerts.items():
        in_time = key in acted and acted[key] <= alert["due"]
        on = alert["on"]
        ago = (settled.year - on.year) * 12 + settled.month - on.month
        if 1 <= ago <= 12:
            own = people[None, on.replace(day=1), alert["nurse"]]
            own[alert["patient_id"]].append(in_time)
        if (year := year_of(on, as_of, max(WITHIN, 3) + 1)) is not None:
            people[year, None, alert["nurse"]][alert["patient_id"]].append(in_time)
    expected = {
        key: (len(own), sum(map(all, own.values())), sum(map(len, own.values())))
        for key, own in people.items()
    }
    found = {
        (row["year"], row["month"], row["nurse"]): (row["patients"], row["in_time"], row["alerts"])
        for row in rows_of(
            sample_store.query(
                "alert_response",
                OPERATOR,
                as_of=as_of,
                within_days=WITHIN,
                acted=json.dumps({mark(key): on.isoformat() for key, on in acted.items()}),
            )
        )
    }
    assert found == expected
    assert sum(in_time for _, in_time, _ in found.values()) > 20


def test_the_worklist_knows_its_alerts_by_the_same_keys(
    sample_store: Store, raw: RawRecords, ref_of: dict[str, str]
) -> None:
    """Else nothing that was done about them would be found in the log. Of a gap that persists after
    it was told, the worklist may give the later day: it joined an alert that was raised before."""
    keys = set(raised(sample_store, raw, ref_of))
    open_now = sample_store.query("alerts", OPERATOR, as_of=raw.newest_on)
    told = set(open_now.loc[~open_now["rule"].isin(["overdue", "unjudged"]), "alert_key"])
    assert len(told & keys) > 0.8 * len(told) > 100
    since = {key.rsplit("/", 1)[0]: key.rsplit("/", 1)[1] for key in sorted(keys, reverse=True)}
    for key in told - keys:
        about, day = key.rsplit("/", 1)
        assert since[about] < day
