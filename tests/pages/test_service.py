"""The Service page: a manager's answer on the sample, and what it says where it can say little."""

from pathlib import Path

import pytest

from dashboard.intake.reading import read_file
from dashboard.store import OPERATOR, Store
from dashboard.store.importing import ImportOptions, catalogue_of, import_files
from tests.pages.conftest import Visitor, shown

SITES = {"two patients": ("North", "South"), "one site": ("North",) * 30}


def test_a_manager_reads_how_long_people_wait(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "service", view_as="manager-1")
    assert not app.exception
    assert app.header[0].value.startswith("Half of people with raised distress are contacted")
    assert [metric.label for metric in app.metric] == [
        "Median time to contact",
        "Contacted in time",
        "Screening done",
        "Sites outside the 99.8% limits",
    ]
    assert app.metric[3].value == "1 of 3"
    tables = " ".join(table.value.to_string() for table in app.table)
    assert "Northgate" in tables
    assert "local default" in tables
    everything = shown(app) + tables
    patients = sample_store.query("patients_in_scope", OPERATOR)
    assert not [one for one in patients["patient_id"] if one in everything]
    assert not [one for one in patients["patient_ref"] if one in everything]


@pytest.mark.parametrize("person", ["psychologist-1", "manager-1"])
def test_everybody_who_may_open_it_reads_the_same(
    sample_store: Store, visitor: Visitor, person: str
) -> None:
    app = visitor(sample_store, "service", view_as=person)
    assert app.metric[1].value == "43%"


def test_what_was_chosen_stands_in_the_address(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(
        sample_store,
        "service",
        view_as="manager-1",
        indicator="positive",
        of_positive="gad7/total",
        wait="match",
        funnel="uptake",
        lang="el",
    )
    assert not app.exception
    headings = [one.value for one in app.subheader]
    assert any("GAD" in one for one in headings)
    assert "Χρόνος έως την κάλυψη" in headings


def test_a_centre_sets_its_targets_and_declares_its_changes(
    own_sample_store: Store, visitor: Visitor
) -> None:
    (own_sample_store.directory / "service.toml").write_text(
        'contact_in_time = 0.4\n[[change]]\non = 2025-10-12\nlabel = "Walk-in *hour*"\n', "utf-8"
    )
    app = visitor(own_sample_store, "service", view_as="manager-1")
    targets = " ".join(app.table[-2].value["Target"]).replace("\\", "")
    assert "40%, set here, met" in targets
    assert "80%, local default, not met" in targets
    assert any("12 Oct 2025, Walk-in *hour*" in one.value.replace("\\", "") for one in app.caption)
    assert any("since Oct 2025" in one.value for one in app.caption)


@pytest.mark.parametrize("case", SITES)
def test_little_data_is_said_to_be_little(tmp_path: Path, visitor: Visitor, case: str) -> None:
    sites = SITES[case]
    items = ",".join(f"phq9_{number}" for number in range(1, 10))
    files = {
        "staff.csv": "person_id,name,role,site\nmanager-1,Mo,manager,\n",
        "patients.csv": "patient_id,site\n"
        + "".join(f"P-{place},{site}\n" for place, site in enumerate(sites)),
        "phq9.csv": f"patient_id,completed_on,{items}\n"
        + "".join(f"P-{place},2026-03-05,2,2,2,2,2,2,2,2,0\n" for place in range(len(sites)))
        + "P-0,2026-05-01,0,0,0,0,0,0,0,0,0\n",
        "events.csv": "event_id,patient_id,kind,occurred_on\n"
        + "".join(f"E-{place},P-{place},contact,2026-03-08\n" for place in range(len(sites))),
    }
    read = []
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
        read.append(read_file(tmp_path / name, catalogue_of(tmp_path / "store")))
    assert import_files(tmp_path / "store", read, ImportOptions(), "manager-1").stored
    store = Store(tmp_path / "store")
    app = visitor(store, "service", person="manager-1", as_of="2026-05-01")
    assert not app.exception
    said = " ".join(one.value for one in app.info)
    if case == "two patients":
        assert "none can be compared" in said
        assert "Too few people" in app.header[0].value
        assert "Too few people waited" in said
    else:
        assert "no second site to compare with" in said
        assert app.header[0].value.replace("\\", "").endswith("within 3 days.")
        assert app.metric[3].value == "–"


def test_an_empty_store_says_where_to_begin(empty_store: Store, visitor: Visitor) -> None:
    app = visitor(empty_store, "service", person="anna")
    assert "no data here yet" in app.info[0].value
