"""`service_referrals` against the sample's files."""

from datetime import date, timedelta

from dashboard.store import OPERATOR, Scope, Store
from tests.queries.comparison import Row, assert_same, rows_of
from tests.queries.raw_records import RawRecords, day
from tests.queries.test_service_waits import quarter_of, year_of

SETTLE = 56
CAME = {"referral_attended", "group_session_attended"}


def offers_of(raw: RawRecords, patient: Row, as_of: date) -> list[Row]:
    events = [
        (on, event["kind"], event["program_key"])
        for event in raw.events_by_patient[patient["patient_id"]]
        for on in [day(event["occurred_on"])]
        if on is not None and on <= as_of
    ]
    offered = sorted({(on, key) for on, kind, key in events if kind == "referral_offered"})
    rows = []
    seen: set[object] = set()
    for on, key in offered:
        later = min(
            (other for other, own in offered if own == key and other > on), default=date.max
        )
        until = min(on + timedelta(days=SETTLE), later - timedelta(days=1))
        kinds = {kind for other, kind, own in events if own == key and on <= other <= until}
        year = year_of(on, as_of, SETTLE)
        rows.append(
            {
                "site": patient["site"],
                "offered_on": on,
                "accepted": bool(kinds & {*CAME, "referral_accepted"}),
                "attended": bool(kinds & CAME),
                "first_of_month": (on.year, on.month) not in seen,
                "year": None if year is None or ("year", year) in seen else year,
            }
        )
        seen |= {(on.year, on.month), ("year", year)}
    return rows


def test_every_offer(
    sample_store: Store, raw: RawRecords, scope: Scope, visible: set[str], as_of: date
) -> None:
    def place(row: Row) -> tuple[str, ...]:
        return tuple(str(row[name]) for name in sorted(row))

    first = quarter_of(as_of + timedelta(days=1 - SETTLE)) - 8
    expected = [
        offer
        for patient in raw.patients
        if patient["patient_id"] in visible
        for offer in offers_of(raw, patient, as_of)
        if quarter_of(offer["offered_on"]) >= first
    ]
    found = rows_of(sample_store.query("service_referrals", scope, as_of=as_of, settle_days=SETTLE))
    assert_same(sorted(found, key=place), sorted(expected, key=place))
    if as_of == raw.newest_on and scope == OPERATOR:
        assert (
            {row["attended"] for row in found}
            == {row["accepted"] for row in found}
            == {True, False}
        )
        assert {row["year"] for row in found} == {1, 2, None}
