"""A manager reads the Service page, and takes a table away that tells of groups only."""

from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import expect

from dashboard.store import OPERATOR, Store
from tests.browser.serving import serving
from tests.browser.visiting import Visit

pytestmark = pytest.mark.browser


def test_a_manager_reads_the_service_and_meets_no_patient(
    centre_directory: Path, tmp_path: Path, visit: Visit
) -> None:
    page = visit.page
    with serving(centre_directory, tmp_path / "log.txt", "manager-1") as app:
        visit.open(f"{app.url}/service?indicator=screening")
        expect(page.get_by_role("heading", level=1)).to_have_text("Service")
        expect(page.get_by_role("heading", name="Month by month: Screening done")).to_be_visible()
        expect(page.get_by_role("heading", name="Is any site different?")).to_be_visible()
        page.get_by_text("Uptake", exact=True).click()
        expect(page.get_by_role("columnheader", name="Verdict: Uptake")).to_be_visible()
        page.get_by_role("button", name="Numbers and files").nth(1).click()
        with page.expect_download() as download:
            page.get_by_role("button", name="CSV").click()
        rows = pd.read_csv(download.value.path())
    assert not visit.script_errors
    counts = pd.to_numeric(rows["Still followed"], errors="coerce").dropna()
    assert len(counts)
    assert (counts >= 10).all()
    everyone = Store(centre_directory).query("patients_in_scope", OPERATOR)
    assert not visit.received(set(everyone["patient_id"]) | set(everyone["patient_ref"]))
