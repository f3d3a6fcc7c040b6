"""What reaches a browser, on screen or not, is what its reader may see."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from dashboard.store import OPERATOR, Store
from dashboard.store.people import scope_of
from tests.browser.serving import ROOT, serving, serving_bare
from tests.browser.visiting import Visit

pytestmark = pytest.mark.browser

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))


def patients_of(directory: Path, person: str | None = None) -> set[str]:
    """Ids of the patients whom a person may see; of all when no person is named."""
    store = Store(directory)
    scope = scope_of(store, person) if person else OPERATOR
    return set(store.query("patients_in_scope", scope)["patient_id"])


@pytest.mark.parametrize("page", PAGES)
def test_a_first_request_with_nobody_here_shows_nothing(
    page: str, centre_directory: Path, tmp_path: Path, visit: Visit
) -> None:
    with serving_bare(centre_directory, tmp_path / "log.txt") as app:
        visit.open(f"{app.url}/{page}")
        expect(visit.page.get_by_test_id("stAlert")).to_be_visible()
    assert visit.page.get_by_role("heading").count() == 0
    assert not visit.received(patients_of(centre_directory))


@pytest.mark.parametrize("page", ["panel", "patient", "data"])
def test_a_manager_is_refused_each_page_about_patients(
    page: str, centre_directory: Path, tmp_path: Path, visit: Visit
) -> None:
    """Also as the very first request that a server gets."""
    with serving(centre_directory, tmp_path / "log.txt", "manager-1") as app:
        visit.open(f"{app.url}/{page}")
        title = visit.page.get_by_role("heading", level=1)
        expect(title).to_be_visible()
        expect(title).not_to_have_text(page.capitalize())
    assert not visit.received(patients_of(centre_directory))


def test_a_nurse_receives_no_patient_of_another_panel(
    centre_directory: Path, tmp_path: Path, visit: Visit
) -> None:
    own = patients_of(centre_directory, "nurse-1")
    others = patients_of(centre_directory) - own
    with serving(centre_directory, tmp_path / "log.txt", "nurse-1") as app:
        visit.open(f"{app.url}/panel")
        expect(visit.page.get_by_test_id("stDataFrame").first).to_be_visible()
        visit.open(f"{app.url}/patient")
        expect(visit.page.get_by_test_id("stPlotlyChart").first).to_be_visible()
        visit.open(f"{app.url}/data")
        expect(visit.page.get_by_role("heading", level=1)).to_have_text("Panel")
    assert own
    assert others
    assert visit.received(own)
    assert not visit.received(others)
