"""Dates are turned only by what a map declares."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.intake.dates import DateRules, LocalTimeError, iso_dates
from tests.intake.looking import Read, ReadMap, rows

ATHENS = ZoneInfo("Europe/Athens")


@given(st.dates(), st.sampled_from(["%d/%m/%Y", "%m-%d-%Y", "%d.%m.%Y", "%Y%m%d"]))
def test_a_declared_format_gives_the_day_that_was_meant(day: date, date_format: str) -> None:
    written = (
        date_format.replace("%d", f"{day.day:02}")
        .replace("%m", f"{day.month:02}")
        .replace("%Y", f"{day.year:04}")
    )
    assert DateRules(date_format).iso(written) == day.isoformat()


@given(st.text(max_size=12))
def test_without_a_declaration_nothing_is_turned(text: str) -> None:
    assert DateRules().iso(text) == text


@given(st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1)).map(lambda m: m.replace(fold=0)))
def test_a_declared_zone_gives_one_instant_or_a_reason(moment: datetime) -> None:
    moment = moment.replace(second=0, microsecond=0)
    rules = DateRules(time_zone="Europe/Athens")
    # Every instant that the zone's clocks show as this local time.
    shown = {
        instant
        for hours in range(-3, 1)
        for half in (0, 30)
        if (instant := moment.replace(tzinfo=UTC) + timedelta(hours=hours, minutes=half))
        .astimezone(ATHENS)
        .replace(tzinfo=None)
        == moment
    }
    written = moment.isoformat(timespec="minutes")
    if len(shown) == 1:
        assert datetime.fromisoformat(rules.iso(written)) in shown
    else:
        with pytest.raises(LocalTimeError):
            rules.iso(written)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-07-05 10:30", "2026-07-05T10:30:00+03:00"),
        ("2026-01-05T10:30:15", "2026-01-05T10:30:15+02:00"),
        ("2026-01-05T10:30-05:00", "2026-01-05T10:30-05:00"),
        ("2026-01-05", "2026-01-05"),
        ("2026-02-30 10:30", "2026-02-30 10:30"),
        ("٢٠٢٦-01-05 10:30", "٢٠٢٦-01-05 10:30"),
    ],
)
def test_a_zone_concerns_times_without_offset_only(text: str, expected: str) -> None:
    assert DateRules(time_zone="Europe/Athens").iso(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"), [("2026-03-29 03:30", "skipped"), ("2026-10-25 03:30", "twice")]
)
def test_clock_changes(text: str, reason: str) -> None:
    with pytest.raises(LocalTimeError, match=reason):
        DateRules(time_zone="Europe/Athens").iso(text)


def test_digits_of_other_scripts_are_no_date() -> None:
    assert DateRules("%d/%m/%Y").iso("٠٣/٠٤/٢٠٢٦") == "٠٣/٠٤/٢٠٢٦"


def test_a_column_is_turned_by_its_distinct_texts() -> None:
    cells = pa.chunked_array([["05/01/2026", "x"], ["05/01/2026", ""]])
    turned, reasons = iso_dates(cells, DateRules("%d/%m/%Y"))
    assert turned.to_pylist() == ["2026-01-05", "x", "2026-01-05", ""]
    assert reasons == {}


def test_a_time_that_did_not_exist_refuses_its_row(read: Read, read_map: ReadMap) -> None:
    mapping = read_map(
        'measure = "phq9"\ncompleted_on = "at"\ntime_zone = "Europe/Athens"\n'
        '[items]\nphq9_1 = "phq9_1"\n'
    )
    incoming = read(
        "patient_id,at,phq9_1\nP1,2026-03-29 03:30,1\nP2,2026-03-30 03:30,1\n", mapping=mapping
    )
    refusal = incoming.refusals[0]
    assert (refusal.row, refusal.column, refusal.value) == (2, "at", "2026-03-29 03:30")
    assert "skipped this time" in refusal.reason
    assert rows(incoming, "answers", "patient_id", "completed_on") == [
        ("P2", "2026-03-30T03:30:00+03:00")
    ]


def test_a_declared_format_with_a_time(read: Read, read_map: ReadMap) -> None:
    mapping = read_map(
        'measure = "phq9"\ncompleted_on = "at"\ntime_zone = "Europe/Athens"\n'
        'date_format = "%d/%m/%Y %H:%M"\n[items]\nphq9_1 = "phq9_1"\n'
    )
    incoming = read("patient_id,at,phq9_1\nP1,05/07/2026 09:05,1\n", mapping=mapping)
    assert rows(incoming, "answers", "completed_on") == [("2026-07-05T09:05:00+03:00",)]
