"""A data steward uploads a file, reads what was refused, keeps the good rows, and undoes it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dashboard.store import OPERATOR, Store
from tests.browser.serving import serving
from tests.browser.visiting import Visit

pytestmark = pytest.mark.browser


def forms_in(store: Store) -> int:
    return int(store.query("store_summary", OPERATOR)["assessments"].iloc[0])


def file_with_a_bad_row(store: Store, folder: Path) -> Path:
    """Three PHQ-9 forms, the second with an answer that the measure does not have."""
    first, second, third = store.query("patients_in_scope", OPERATOR)["patient_id"][:3]
    rows = [
        "patient_id,completed_on," + ",".join(f"phq9_{number}" for number in range(1, 10)),
        f"{first},2026-07-01,1,1,1,1,1,1,1,1,0",
        f"{second},2026-07-01,1,1,9,1,1,1,1,1,0",
        f"{third},2026-07-02,2,2,2,2,2,2,2,2,0",
    ]
    file = folder / "july.csv"
    file.write_text("\n".join(rows) + "\n", "utf-8")
    return file


def test_upload_report_mend_and_undo(own_sample_store: Store, tmp_path: Path, visit: Visit) -> None:
    page = visit.page
    file = file_with_a_bad_row(own_sample_store, tmp_path)
    before = forms_in(own_sample_store)
    with serving(own_sample_store.directory, tmp_path / "log.txt") as app:
        visit.open(app.url)
        expect(page.get_by_role("heading", level=1)).to_have_text("Panel")
        page.get_by_role("combobox", name="View as").click()
        page.get_by_role("option", name="steward").click()
        page.get_by_role("link", name="Data").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Data")

        page.get_by_test_id("stFileUploader").first.locator("input").set_input_files(file)
        expect(page.get_by_text("3 rows read")).to_be_visible()
        page.get_by_role("button", name="Import 1 file").click()
        expect(page.get_by_text("Nothing was stored: 1 of 3 rows")).to_be_visible()
        assert forms_in(own_sample_store) == before

        page.get_by_text("Store the good rows and keep the refused ones", exact=True).click()
        page.get_by_role("button", name="Import 1 file").click()
        expect(page.get_by_text("2 of 3 rows are stored (snapshot 2)")).to_be_visible()
        assert forms_in(own_sample_store) == before + 2
        with page.expect_download() as download:
            page.get_by_role("button", name="Refused rows of july.csv").click()
        header, row = download.value.path().read_text("utf-8").splitlines()
        assert header.startswith("patient_id,completed_on,phq9_1")
        assert row == file.read_text("utf-8").splitlines()[2]
        assert visit.received({"phq9_3", "july.csv"}) == {"phq9_3", "july.csv"}

        page.get_by_role("button", name="Undo the last import").click()
        page.get_by_role("button", name="Take it back").click()
        expect(page.get_by_text(re.compile("snapshot 3 "))).to_be_visible()
        assert forms_in(own_sample_store) == before
    patients = set(own_sample_store.query("patients_in_scope", OPERATOR)["patient_id"])
    log = (tmp_path / "log.txt").read_text("utf-8")
    assert not [patient for patient in patients if patient in log]
