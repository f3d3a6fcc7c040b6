"""A psychologist follows a caseload to one patient; a manager sees the service without names."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Position, expect

from dashboard.store import OPERATOR, Store
from tests.browser.serving import Served, serving
from tests.browser.visiting import Visit

pytestmark = pytest.mark.browser

# Inside the first of the small pictures, from the figure's upper left corner.
FIRST_PICTURE: Position = {"x": 150, "y": 85}


def test_a_psychologist_opens_a_patient_from_a_picture(
    served: Served, sample_store: Store, visit: Visit
) -> None:
    page = visit.page
    visit.open(served.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Panel")
    page.get_by_role("combobox", name="View as").click()
    page.get_by_role("option", name="psychologist").click()
    page.get_by_role("link", name="Trends").click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("at or above 10 (PHQ-9)")

    page.get_by_role("combobox", name="Scale").click()
    page.get_by_role("option", name="GAD-7", exact=True).click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("at or above 8 (GAD-7)")
    page.get_by_role("radio", name="Phase").click()
    expect(page.get_by_text("Phase as the patient list says now.").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"scale=gad7%2Ftotal"))
    expect(page).to_have_url(re.compile(r"by=phase"))

    pictures = page.get_by_test_id("stPlotlyChart").nth(3)
    pictures.scroll_into_view_if_needed()
    expect(pictures.locator(".main-svg").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    pictures.click(position=FIRST_PICTURE)
    expect(page).to_have_url(re.compile(r"/patient\?.*patient="))
    reference = page.url.split("patient=")[1].split("&")[0]
    everyone = sample_store.query("patients_in_scope", OPERATOR)
    patient = everyone.set_index("patient_ref")["patient_id"][reference]
    expect(page.get_by_role("heading", level=1)).to_contain_text(patient)


def test_a_manager_receives_no_line_and_no_id(
    centre_directory: Path, tmp_path: Path, visit: Visit
) -> None:
    page = visit.page
    everyone = Store(centre_directory).query("patients_in_scope", OPERATOR)
    with serving(centre_directory, tmp_path / "log.txt", "manager-1") as app:
        visit.open(f"{app.url}/trends")
        expect(page.get_by_role("heading", level=1)).to_have_text("Trends")
        expect(page.get_by_test_id("stPlotlyChart")).to_have_count(3)
        page.get_by_role("radio", name="Site").click()
        expect(page.get_by_text("Site as the patient list says now.").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        # What is asked for in the address does not open what is closed.
        visit.open(f"{app.url}/trends?whose=mine&standing=worse")
        expect(page.get_by_test_id("stPlotlyChart")).to_have_count(3)
    assert visit.received({"bands_by_month"})
    assert not visit.received({"caseload_lines"})
    assert not visit.received({*everyone["patient_id"], *everyone["patient_ref"]})
