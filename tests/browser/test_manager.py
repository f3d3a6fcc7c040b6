"""A manager reads how programs do, and receives nobody by name, by id or by stand-in."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from dashboard.store import OPERATOR, Scope, Store
from tests.browser.serving import serving
from tests.browser.visiting import Visit

pytestmark = pytest.mark.browser


def test_a_manager_reads_programs_and_receives_nobody(
    centre_directory: Path, tmp_path: Path, visit: Visit
) -> None:
    store = Store(centre_directory)
    listed = store.query("patients_in_scope", OPERATOR)
    stand_ins = store.query("patients_in_scope", Scope("manager-1", "service"))["patient_id"]
    page = visit.page
    with serving(centre_directory, tmp_path / "log.txt", "manager-1") as app:
        visit.open(f"{app.url}/programs")
        expect(page.get_by_role("heading", level=1)).to_have_text("Programs")
        expect(page.get_by_role("heading", level=2)).to_contain_text("people who started")
        expect(page.get_by_test_id("stPlotlyChart")).to_have_count(5)
        page.get_by_role("radio", name="GAD-7").click()
        expect(page.get_by_text("GAD-7 was")).to_be_visible()
        page.get_by_role("button", name="Numbers and files").first.click()
        with page.expect_download() as download:
            page.get_by_role("button", name="CSV").first.click()
        lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("Step,People,Of referred")
    assert len(lines) == 5
    assert not visit.received(set(listed["patient_id"]))
    assert not visit.received(set(listed["patient_ref"]))
    assert not visit.received(set(stand_ins))
