"""The alerts of the store against the independent road, on every case and on whole histories."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.intake.reading import read_file
from dashboard.mismatch.rules import Rules, default_rules
from dashboard.store import OPERATOR, Store
from dashboard.store.alerting import publish_rules
from dashboard.store.importing import ImportOptions, catalogue_of, import_files
from tests.mismatch.independent_alerts import Histories, alerts_on
from tests.mismatch.random_histories import (
    DAYS,
    Person,
    answers_csv,
    day_number,
    patients_csv,
    people,
)
from tests.mismatch.test_alert_rules import CASES, KINDS, NAMES, PEOPLE, rules_with
from tests.queries.comparison import Row, rows_of

COMPARED = ("rule", "support_type", "source_key", "tier", "tier_path", "raised_on", "reason")
AMOUNTS = ("need", "received", "gap", "earlier_gap", "missing_from")
FAR_AHEAD = date(2100, 1, 1)


def store_of(folder: Path, everyone: Iterable[Person], rules: Rules | None = None) -> Store:
    """A store into which these people's files were imported, under these rules."""
    everyone = tuple(everyone)
    folder.mkdir(exist_ok=True)
    directory = folder / "store"
    catalogue = catalogue_of(directory)
    files = []
    for name, text in {
        "patients.csv": patients_csv(everyone),
        "answers.csv": answers_csv(everyone),
    }.items():
        if text.count("\n") > 1:
            (folder / name).write_text(text, encoding="utf-8")
            files.append(read_file(folder / name, catalogue))
    report = import_files(directory, files, ImportOptions(today=FAR_AHEAD), "steward-1")
    assert report.stored, report.refused
    if rules is not None:
        publish_rules(directory, rules, "steward-1")
    return Store(directory)


def alerts_in_sql(store: Store, day: date) -> list[Row]:
    """The rows of the query, in the terms of the independent road."""
    rows = rows_of(store.query("alerts", OPERATOR, as_of=day))
    return sorted((_told(row) for row in rows), key=_place)


def _told(row: Row) -> Row:
    return {
        **row,
        "support_type": row["support_type"] or "",
        "source_key": row["source_key"] or "",
        "tier": None if row["tier"] == "unjudged" else row["tier"],
        "missing_from": list(row["missing_from"]) if row["missing_from"] is not None else [],
        "tier_path": list(row["tier_path"]),
        "raised_on": _day(row["raised_on"]),
    }


def _day(value: Any) -> date | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()


def _place(row: Row) -> tuple[str, ...]:
    return row["patient_id"], row["rule"], row["support_type"], row["source_key"]


@pytest.fixture(scope="module")
def store_under(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One store for each set of rules that any case asks for, with every case's person in it."""
    stores: dict[str, Store] = {}

    def build(rules: Rules) -> Store:
        key = rules.model_dump_json()
        if key not in stores:
            stores[key] = store_of(
                tmp_path_factory.mktemp("cases"),
                PEOPLE,
                None if rules == default_rules() else rules,
            )
        return stores[key]

    return build


@pytest.mark.parametrize(("case", "person"), list(zip(CASES, PEOPLE, strict=True)), ids=NAMES)
def test_each_case_of_the_table(case: Any, person: Person, store_under: Any) -> None:
    store = store_under(rules_with(**case.changed))
    found = [
        row
        for row in alerts_in_sql(store, day_number(case.day))
        if row["patient_id"] == person.patient_id
        and row["rule"] in KINDS[case.kind]
        and (row["rule"] != "unjudged" or row["support_type"] == "emotional")
    ]
    assert [row["rule"] for row in found] == [told["rule"] for told in case.expected]
    for row, told in zip(found, case.expected, strict=True):
        assert {column: row[column] for column in told} == told


@given(
    everyone=people(most=6), numbers=st.lists(st.integers(0, DAYS + 130), min_size=4, max_size=8)
)
@settings(max_examples=8)
def test_random_histories_agree(
    tmp_path_factory: pytest.TempPathFactory, everyone: tuple[Person, ...], numbers: Sequence[int]
) -> None:
    store = store_of(tmp_path_factory.mktemp("random"), everyone)
    told = histories_of(store)
    for number in numbers:
        compare(store, told, day_number(number))


@given(everyone=people(most=3), number=st.integers(0, DAYS + 130))
@settings(max_examples=5)
def test_a_day_replayed_equals_that_day_computed(
    tmp_path_factory: pytest.TempPathFactory, everyone: tuple[Person, ...], number: int
) -> None:
    """Cutting the whole history at a day gives what a store with only that much would say."""
    day = day_number(number)
    whole = store_of(tmp_path_factory.mktemp("whole"), everyone)
    known = store_of(
        tmp_path_factory.mktemp("known"),
        [
            Person(
                **{
                    **vars(person),
                    "forms": tuple(form for form in person.forms if form.completed_on <= day),
                }
            )
            for person in everyone
        ],
    )
    # Forms are numbered anew in each store.
    named = {"assessment_ids", "patient_ref", "alert_key"}
    assert [
        {key: value for key, value in row.items() if key not in named}
        for row in alerts_in_sql(whole, day)
    ] == [
        {key: value for key, value in row.items() if key not in named}
        for row in alerts_in_sql(known, day)
    ]


@pytest.mark.parametrize("days_back", [0, 300])
def test_the_sample_agrees(sample_store: Store, days_back: int) -> None:
    newest = sample_store.query("store_summary", OPERATOR)["newest_on"].iloc[0]
    day = pd.Timestamp(newest).date() - timedelta(days=days_back)
    compare(sample_store, histories_of(sample_store), day)


def compare(store: Store, told: Histories, day: date) -> None:
    due = store.query("panel", OPERATOR, as_of=day)[["patient_id", "next_due_on", "due_reason"]]
    due["next_due_on"] = pd.Series([_day(value) for value in due["next_due_on"]], dtype=object)
    with_due = Histories(**{**vars(told), "due": due.astype(object).where(due.notna(), None)})
    expected = rows_of(alerts_on(day, with_due, default_rules(), catalogue_of(store.directory)))
    found = alerts_in_sql(store, day)
    assert [_place(row) for row in found] == [_place(row) for row in expected]
    for row, wanted in zip(found, expected, strict=True):
        columns: tuple[str, ...] = (
            COMPARED if row["rule"] in ("over", "unjudged") else COMPARED + AMOUNTS
        )
        if row["rule"] == "over":  # which of the two ways is told by the tier as well
            columns = tuple(column for column in columns if column != "reason")
        assert {key: row[key] for key in columns} == {key: wanted[key] for key in columns}


def histories_of(store: Store) -> Histories:
    """The records of a store, read past its alerts."""
    connection = store._connection(store.newest()).cursor()

    def read(sql: str) -> pd.DataFrame:
        frame = connection.execute(sql).df()
        for name in frame.columns:
            if str(frame[name].dtype).startswith("datetime"):
                frame[name] = pd.Series([_day(value) for value in frame[name]], dtype=object)
        return frame.astype(object).where(frame.notna(), None)

    return Histories(
        patients=read(
            "select patient_id, patient_ref, status, status_on, phase, diagnosed_on, "
            "treatment_started_on from clinical.patient"
        ),
        assessments=read(
            "select assessment_id, patient_id, measure_key, completed_on, wave "
            "from clinical.assessment"
        ),
        answers=read("select assessment_id, item_key, value, state from clinical.answer"),
        scores=read(
            "select assessment_id, patient_id, measure_key, scale_key, completed_on, wave, score, "
            "band from clinical.score"
        ),
        due=pd.DataFrame(columns=["patient_id", "next_due_on", "due_reason"]),
    )
