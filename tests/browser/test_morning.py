"""A nurse's morning: she reads why, acts from the list, and finds it all there after a reload."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Position, expect

from dashboard.store import Store
from dashboard.store.workflow import WorkflowLog
from tests.browser.serving import Served, serving
from tests.browser.visiting import Visit

pytestmark = pytest.mark.browser

# The box that selects the first row of the worklist, from the table's upper left corner.
FIRST_ROW: Position = {"x": 18, "y": 72}
NOTE = "Rang her, she is with her sister"
REASON = "Spoke with her, safe with her sister"


@pytest.fixture
def own_served(own_sample_store: Store, tmp_path: Path) -> Iterator[Served]:
    with serving(own_sample_store.directory, tmp_path / "log.txt") as app:
        yield app


def form(page: Page, name: str) -> None:
    page.get_by_test_id("stPopoverButton").filter(has_text=name).click()
    expect(page.get_by_role("button", name="Write it down")).to_be_visible()


def write_down(page: Page) -> None:
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("button", name="Write it down")).to_be_hidden()


def shown_patient(page: Page) -> str:
    name = page.get_by_role("heading", level=3).filter(has_text=re.compile("^P-"))
    return str(name.text_content())


def select_first(page: Page) -> None:
    worklist = page.get_by_test_id("stDataFrame").first
    expect(worklist.locator("canvas").first).to_be_visible()
    worklist.click(position=FIRST_ROW)
    expect(page.get_by_text("What went in")).to_be_visible()


def today(page: Page) -> str:
    return str(page.get_by_role("radio", name=re.compile("Today")).text_content())


def test_her_morning(own_served: Served, own_sample_store: Store, visit: Visit) -> None:
    page = visit.page
    visit.open(own_served.url)
    select_first(page)
    patient = shown_patient(page)
    at_first = today(page)
    reasons = page.get_by_role("listitem")
    expect(reasons.filter(has_text="self-harm”: answered")).to_be_visible()
    history = page.get_by_test_id("stTable").filter(has_text="the rules").first

    page.get_by_role("button", name="Acknowledge", exact=True).click()
    expect(history).to_contain_text("Acknowledged")

    form(page, "Assign")
    write_down(page)
    expect(history).to_contain_text("Assigned to")

    form(page, "Note")
    page.get_by_role("textbox", name="Note").fill(NOTE)
    write_down(page)
    expect(history).to_contain_text(NOTE)
    assert today(page) == at_first

    form(page, "Close")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_text("Nothing was written down.")).to_be_visible()
    page.get_by_role("textbox", name="Note").fill(REASON)
    write_down(page)
    expect(history).to_contain_text(REASON)
    expect(page.get_by_role("radio", name=re.compile("Today"))).not_to_have_text(at_first)

    visit.open(f"{own_served.url}/?view=everyone")
    assert today(page) != at_first
    page.get_by_placeholder("Find by id or initials").fill(patient.split(" ")[0])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2)).to_be_visible()
    page.wait_for_timeout(1500)
    select_first(page)
    assert shown_patient(page) == patient
    history = page.get_by_test_id("stTable").filter(has_text="the rules").first
    for text in ("Acknowledged", "Assigned to", NOTE, REASON):
        expect(history).to_contain_text(text)
    assert WorkflowLog(own_sample_store.directory).verify() > 0
