"""Who may open what: every page against every role, on a sample store and on one's own."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.store import OPERATOR, Store
from dashboard.ui.access import PAGES_OF, may_open
from tests.pages.conftest import APP, PAGES, SECONDS, Visitor, shown

NAMES = sorted(path.stem for path in PAGES.glob("*.py"))
PERSON_OF = {
    "nurse": "nurse-1",
    "psychologist": "psychologist-1",
    "manager": "manager-1",
    "steward": "steward-1",
}
# Written out once more on purpose: a page or role added without a thought fails here.
OPEN = {
    ("nurse", "panel"),
    ("nurse", "patient"),
    ("nurse", "mismatch"),
    ("nurse", "measures"),
    ("nurse", "rules"),
    ("psychologist", "panel"),
    ("psychologist", "trends"),
    ("psychologist", "patient"),
    ("psychologist", "mismatch"),
    ("psychologist", "cohorts"),
    ("psychologist", "questions"),
    ("psychologist", "programs"),
    ("psychologist", "service"),
    ("psychologist", "measures"),
    ("psychologist", "rules"),
    ("manager", "programs"),
    ("manager", "service"),
    ("manager", "trends"),
    ("manager", "measures"),
    ("manager", "rules"),
    ("steward", "data"),
    ("steward", "measures"),
    ("steward", "rules"),
    ("operator", "panel"),
    ("operator", "trends"),
    ("operator", "patient"),
    ("operator", "mismatch"),
    ("operator", "cohorts"),
    ("operator", "questions"),
    ("operator", "data"),
    ("operator", "programs"),
    ("operator", "service"),
    ("operator", "measures"),
    ("operator", "rules"),
}


def test_every_page_has_its_place_in_the_table() -> None:
    assert {page for pages in PAGES_OF.values() for page in pages} == set(NAMES)
    assert {(role, page) for role in PAGES_OF for page in NAMES if may_open(role, page)} == OPEN
    assert not may_open("stranger", "panel")


def run_alone(page: str) -> AppTest:
    """A page without the app around it, as if the app's own list had been passed by."""
    return AppTest.from_file(PAGES / f"{page}.py", default_timeout=SECONDS)


@pytest.mark.parametrize("page", NAMES)
@pytest.mark.parametrize("role", PERSON_OF)
def test_a_page_decides_by_itself_who_sees_it(
    page: str, role: str, sample_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTUNED_STORE", str(sample_store.directory))
    app = run_alone(page)
    app.session_state["view_as"] = PERSON_OF[role]
    app.run()
    assert not app.exception
    if (role, page) in OPEN:
        assert app.title
        assert [text for text in app.text if "nobody here is real" in text.value]
        return
    assert [warning.value for warning in app.warning]
    assert not app.title
    patients = sample_store.query("patients_in_scope", OPERATOR)["patient_id"]
    assert not [patient for patient in patients if patient in shown(app)]


@pytest.mark.parametrize("role", PERSON_OF)
def test_the_navigation_lists_only_what_is_open(
    role: str, sample_store: Store, visitor: Visitor
) -> None:
    app = visitor(sample_store, view_as=PERSON_OF[role])
    for page in NAMES:
        if (role, page) in OPEN:
            app.switch_page(f"../pages/{page}.py")
        else:
            with pytest.raises(ValueError, match="Could not find a navigation page"):
                app.switch_page(f"../pages/{page}.py")


@pytest.mark.parametrize("page", NAMES)
def test_nobody_is_here_until_someone_is_named(
    page: str, own_data: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTUNED_STORE", str(own_data.directory))
    app = run_alone(page).run()
    assert [warning.value for warning in app.warning]
    assert not app.title
    assert not app.dataframe


def test_a_person_on_no_staff_list_sees_nothing(own_data: Store, visitor: Visitor) -> None:
    app = visitor(own_data, person="stranger")
    assert "not on this store's staff list" in app.warning[0].value
    assert not app.title


def test_a_shared_address_of_the_demonstration_opens_as_who_it_was_shared(
    sample_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTUNED_STORE", str(sample_store.directory))
    for asked, role in (("psychologist-1", "psychologist"), ("stranger", "nurse")):
        app = AppTest.from_file(APP, default_timeout=SECONDS)
        app.query_params["view_as"] = asked
        app.run()
        assert app.selectbox(key="view_as_role").value == role
    app.selectbox(key="view_as_role").set_value("manager").run()
    assert app.query_params["view_as"] == "manager-1"
    app.selectbox(key="view_as_role").set_value("nurse").run()
    assert "view_as" not in app.query_params


def test_an_address_names_nobody_on_an_own_store(own_data: Store, visitor: Visitor) -> None:
    app = visitor(own_data, "panel", person="nurse-1")
    app.query_params["view_as"] = "steward-1"
    app.run()
    assert app.title[0].value == "Panel"


def test_what_the_browser_holds_does_not_make_a_demonstration(
    own_data: Store, visitor: Visitor
) -> None:
    """On a centre's own store nobody chooses whom to view as, whatever their session says."""
    app = visitor(own_data, person="nurse-1", view_as="steward-1")
    assert app.title[0].value == "Panel"
    assert "View as" not in [control.label for control in app.sidebar.selectbox]
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        app.switch_page("../pages/data.py")


def test_own_data_are_not_called_a_demonstration(own_data: Store, visitor: Visitor) -> None:
    app = visitor(own_data, person="nurse-1")
    assert not [text for text in app.text if "nobody here is real" in text.value]


def test_a_first_person_can_make_a_start(empty_store: Store, visitor: Visitor) -> None:
    app = visitor(empty_store, person="anna")
    assert app.title[0].value == "Data"
    for page in ("panel", "patient"):
        app.switch_page(f"../pages/{page}.py").run()
        assert not app.exception
        assert "no data here yet" in app.info[0].value


@pytest.fixture(scope="session")
def own_data(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A centre's own small store: two nurses with a patient each, a manager, a steward."""
    from dashboard.intake.reading import read_file
    from dashboard.store.importing import ImportOptions, catalogue_of, import_files

    folder = tmp_path_factory.mktemp("own")
    directory = folder / "store"
    files = {
        "staff.csv": "person_id,name,role,site\nnurse-1,Ana,nurse,North\nnurse-2,Bea,nurse,North\n"
        "manager-1,Mo,manager,\nsteward-1,Sam,steward,\n",
        "patients.csv": "patient_id,initials\nP-OWN,AA\nP-OTHER,BB\n",
        "panel.csv": "person_id,patient_id,from_on,until_on\nnurse-1,P-OWN,2026-01-01,\n"
        "nurse-2,P-OTHER,2026-01-01,\n",
        "phq9.csv": "patient_id,completed_on,"
        + ",".join(f"phq9_{number}" for number in range(1, 10))
        + "\nP-OWN,2026-05-01,2,2,2,2,2,2,2,2,1\nP-OTHER,2026-05-01,0,0,0,0,0,0,0,0,0\n",
    }
    catalogue = catalogue_of(directory)
    read = []
    for name, text in files.items():
        path: Path = folder / name
        path.write_text(text, "utf-8")
        read.append(read_file(path, catalogue))
    report = import_files(directory, read, ImportOptions(), "steward-1")
    assert report.stored
    return Store(directory)


def test_a_nurse_sees_her_own_patient_and_no_other(own_data: Store, visitor: Visitor) -> None:
    app = visitor(own_data, person="nurse-1")
    assert "P-OWN" in str(app.dataframe[0].value)
    assert "P-OTHER" not in shown(app)
    app.switch_page("../pages/patient.py").run()
    assert "OWN" in app.title[0].value
    assert "P-OTHER" not in shown(app)


def test_the_reference_of_another_panel_opens_nothing_of_it(
    own_data: Store, visitor: Visitor
) -> None:
    everyone = own_data.query("patients_in_scope", OPERATOR).set_index("patient_id")
    foreign = everyone.loc["P-OTHER", "patient_ref"]
    app = visitor(own_data, "patient", person="nurse-1", patient=foreign)
    assert "not on your panel" in app.warning[0].value
    assert "OTHER" not in shown(app)
    assert app.query_params["patient"] != foreign
