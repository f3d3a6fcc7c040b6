"""The Programs page: groups only, for whoever opens it, and a reason where nothing can be told."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dashboard.store import OPERATOR, Store
from tests.pages.conftest import Visitor, shown
from tests.queries.small_store import csv_text, imported

READERS = ["manager-1", "psychologist-1"]


@pytest.mark.parametrize("reader", READERS)
def test_it_answers_with_bounds_a_comparison_and_what_no_program_brings(
    sample_store: Store, visitor: Visitor, reader: str
) -> None:
    app = visitor(sample_store, "programs", view_as=reader)
    assert not app.exception
    assert "people who started" in app.header[0].value
    told = " ".join(element.value for element in app.markdown)
    assert "offered it and did not come" in told
    assert "Scores fall without a program" in told
    assert "not made by chance" in told
    assert " of " in app.metric[0].value
    assert len(app.metric) == 4
    rows = app.table[0].value
    assert set(rows["Who"]) <= {"All who started\\, with scores", "Finished"}
    assert len(app.table) == 3


def test_everyone_sees_the_same_numbers(sample_store: Store, visitor: Visitor) -> None:
    """A psychologist looks at the service here, not at a panel."""
    pages = [visitor(sample_store, "programs", view_as=reader) for reader in READERS]
    assert pages[0].header[0].value == pages[1].header[0].value
    assert [m.value for m in pages[0].metric] == [m.value for m in pages[1].metric]


def test_no_patient_and_no_stand_in_reaches_the_reader(
    sample_store: Store, visitor: Visitor
) -> None:
    app = visitor(sample_store, "programs", view_as="manager-1")
    listed = sample_store.query("patients_in_scope", OPERATOR)
    everything = shown(app) + "".join(str(table.value) for table in app.dataframe)
    assert not [one for one in listed["patient_id"] if one in everything]
    assert not [one for one in listed["patient_ref"] if one in everything]


def test_the_scale_is_chosen_and_kept_in_the_address(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "programs", view_as="manager-1", program_scale="gad7/total")
    assert not app.exception
    assert "GAD\\-7 was" in " ".join(element.value for element in app.markdown)
    assert app.query_params["program_scale"] == "gad7/total"
    app = visitor(
        sample_store, "programs", view_as="manager-1", program_scale="x", programs="y", referred="z"
    )
    assert not app.exception
    assert "people who started" in app.header[0].value


def test_too_early_a_day_says_when_a_period_closes(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "programs", view_as="manager-1", as_of="2025-01-01")
    assert not app.exception
    assert "Too few people have started a program" in app.info[0].value
    assert "4 whole quarters hold 100 people" in " ".join(c.value for c in app.caption)
    assert not app.metric


def test_a_centre_that_asks_for_more_people_is_told_less(
    own_sample_store: Store, visitor: Visitor
) -> None:
    (own_sample_store.directory / "disclosure.toml").write_text("minimum = 20\n", "utf-8")
    app = visitor(own_sample_store, "programs", view_as="manager-1")
    assert not app.exception
    assert "hold 200 people" in " ".join(c.value for c in app.caption)


def test_it_reads_in_greek(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "programs", view_as="manager-1", lang="el")
    assert app.title[0].value == "Προγράμματα"
    assert "άτομα που ξεκίνησαν" in app.header[0].value


def test_an_empty_store_says_where_to_begin(empty_store: Store, visitor: Visitor) -> None:
    app = visitor(empty_store, "programs", person="anna")
    assert not app.exception
    assert "no data here yet" in app.info[0].value


def small(folder: Path, people: int, days: int, **forms: str) -> Store:
    """One site; everyone referred within so many days, and everyone starts."""
    first = date(2024, 1, 8)
    ids = [f"P-{place:03d}" for place in range(people)]
    referred = [first + timedelta(days=place * days // people) for place in range(people)]
    events: list[list[Any]] = []
    for patient, on in zip(ids, referred, strict=True):
        events.append([patient, on, "referral_offered", "talk"])
        events.append([patient, on + timedelta(days=10), "referral_attended", "talk"])
    files = {
        "patients.csv": csv_text(["patient_id", "site"], [[one, "North"] for one in ids]),
        "programs.csv": csv_text(["program_key", "name", "kind"], [["talk", "Talk", "individual"]]),
        "events.csv": csv_text(["patient_id", "occurred_on", "kind", "program_key"], events),
        **forms,
    }
    store, report = imported(folder, files, today=date(2026, 6, 30))
    assert report.stored, report.refused
    return store


def phq4(people: int) -> str:
    header = ["patient_id", "completed_on", *(f"phq4_{number}" for number in range(1, 5))]
    return csv_text(header, [[f"P-{n:03d}", "2024-01-05", 1, 1, 2, 3] for n in range(people)])


def phq9(people: int, days: int) -> str:
    header = ["patient_id", "completed_on", *(f"phq9_{number}" for number in range(1, 10))]
    first = date(2024, 1, 8)
    rows = []
    for place in range(people):
        on = first + timedelta(days=place * days // people)
        rows.append([f"P-{place:03d}", on, *[2] * 9])
        rows.append([f"P-{place:03d}", on + timedelta(days=100), *[place % 3] * 9])
    return csv_text(header, rows)


@pytest.mark.parametrize(
    ("people", "days", "says"),
    [(2, 10, "Too few people have started"), (60, 25, "Too few people have started")],
    ids=["two patients", "one month"],
)
def test_little_data_gives_a_reason(
    tmp_path: Path, visitor: Visitor, people: int, days: int, says: str
) -> None:
    store = small(tmp_path, people, days, **{"phq9.csv": phq9(people, days)})
    app = visitor(store, "programs", person="anna")
    assert not app.exception
    assert says in app.info[0].value


def test_forms_that_judge_nothing_are_named_as_the_reason(tmp_path: Path, visitor: Visitor) -> None:
    store = small(tmp_path, 3, 10, **{"phq4.csv": phq4(3)})
    app = visitor(store, "programs", person="anna")
    assert not app.exception
    assert app.info[0].value
    assert not app.metric


def test_one_program_at_one_site_where_everybody_starts(tmp_path: Path, visitor: Visitor) -> None:
    """Nobody to compare with, and nothing to compare sites by: the rest is told all the same."""
    store = small(tmp_path, 150, 360, **{"phq9.csv": phq9(150, 360)})
    app = visitor(store, "programs", person="anna", as_of="2026-06-01")
    assert not app.exception
    assert "150 people who started" in app.header[0].value
    assert app.metric[0].value == "150 of 150"
    assert app.metric[2].value == "hidden"
    assert "Too few to compare" in app.info[0].value
