"""A psychologist compares two cohorts: figures, address, and a model that is asked for."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.serving import Served
from tests.browser.visiting import Visit

pytestmark = pytest.mark.browser


def test_figures_address_and_model(served: Served, visit: Visit) -> None:
    page = visit.page
    visit.open(f"{served.url}/panel")
    page.get_by_role("combobox", name="View as").click()
    page.get_by_role("option", name="psychologist").click()
    # What was shown on one page is taken along, and shown as chosen on the next.
    page.get_by_role("link", name="Trends").click()
    expect(page.get_by_role("radio", name="My patients")).to_be_checked()
    page.get_by_role("link", name="Cohorts").click()
    expect(page.get_by_role("radio", name="My patients")).to_be_checked()
    expect(page).to_have_url(re.compile(r"/cohorts\?view_as=psychologist-3&whose=mine$"))
    page.get_by_role("radio", name="Whole service, no names").click()
    expect(page.get_by_text("under 50").first).to_be_visible()
    expect(page.get_by_test_id("stPlotlyChart")).to_have_count(4)
    page.get_by_role("radio", name="3 mo").click()
    expect(page).to_have_url(re.compile("wave=3"))
    # The last line of the page: everything above it is of the new time, too.
    expect(page.get_by_text(re.compile("3 mo: .*are hidden, and with them")).last).to_be_visible()
    page.get_by_role("button", name="Work it out").click()
    expect(page.get_by_text("Holm's correction").first).to_be_visible()
    expect(page.get_by_test_id("stPlotlyChart")).to_have_count(5)
    assert not visit.script_errors
