"""A nurse takes a summary out: both files arrive, and each is one page of A4."""

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dashboard.store import Scope, Store
from tests.browser.serving import Served
from tests.browser.visiting import Visit
from tests.paper.reading import pages_of

pytestmark = pytest.mark.browser


def busiest_patient(store: Store) -> str:
    """Of the first nurse's panel, whoever has most alerts."""
    nurse = store.query("people", Scope("", "operator")).query("role == 'nurse'").iloc[0]
    scope = Scope(nurse["person_id"], "nurse")
    alerts = store.query("alerts", scope, as_of=date(2026, 6, 30))
    return str(alerts.groupby("patient_ref").size().idxmax())


def test_both_files_are_one_page_and_need_no_network(
    served: Served, sample_store: Store, visit: Visit, tmp_path: Path
) -> None:
    page = visit.page
    ref = busiest_patient(sample_store)
    visit.open(f"{served.url}/patient?patient={ref}&lang=el")
    expect(page.get_by_test_id("stPlotlyChart").first).to_be_visible()
    page.get_by_role("button", name="Σύνοψη").click()
    files = {}
    for form in ("PDF", "HTML"):
        with page.expect_download() as download:
            page.get_by_role("button", name=form, exact=True).click()
        assert download.value.suggested_filename == f"summary.{form.lower()}"
        files[form] = tmp_path / f"summary.{form.lower()}"
        download.value.save_as(files[form])
    assert pages_of(files["PDF"].read_bytes()) == 1

    before = len(visit.requests)
    page.goto(files["HTML"].as_uri())
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert pages_of(page.pdf(prefer_css_page_size=True)) == 1
    assert visit.requests[before:] == [files["HTML"].as_uri()]
