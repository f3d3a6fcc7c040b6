"""A nurse looks at her panel, reads why somebody is on it, and opens that patient."""

import re

import pytest
from playwright.sync_api import Position, expect

from dashboard.store import OPERATOR, Store
from tests.browser.serving import Served
from tests.browser.visiting import Visit, point_at

pytestmark = pytest.mark.browser

# The box that selects the first row of the worklist, from the table's upper left corner.
FIRST_ROW: Position = {"x": 18, "y": 72}


def test_she_reads_why_and_opens_the_patient(
    served: Served, sample_store: Store, visit: Visit
) -> None:
    page = visit.page
    visit.open(served.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Panel")
    expect(page.get_by_role("heading", level=2)).to_contain_text("need you today")
    expect(page.get_by_text("Synthetic data: nobody here is real.")).to_be_visible()

    worklist = page.get_by_test_id("stDataFrame").first
    expect(worklist.locator("canvas").first).to_be_visible()
    worklist.click(position=FIRST_ROW)
    reasons = page.get_by_role("listitem")
    expect(reasons.filter(has_text="self-harm”: answered")).to_be_visible()
    page.get_by_role("button", name="Open patient").click()

    expect(page).to_have_url(re.compile(r"/patient\?.*patient="))
    expect(page.get_by_test_id("stPlotlyChart").first).to_be_visible()
    expect(page.get_by_text("Speak with the person today").first).to_be_visible()
    everyone = sample_store.query("patients_in_scope", OPERATOR)
    reference = page.url.split("patient=")[1].split("&")[0]
    patient = everyone.set_index("patient_ref")["patient_id"][reference]
    expect(page.get_by_role("heading", level=1)).to_contain_text(patient)
    assert not [each for each in everyone["patient_id"] if each in page.url]

    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text(patient)


def test_a_reference_from_another_panel_opens_nothing(
    served: Served, sample_store: Store, visit: Visit
) -> None:
    """The address of another nurse's patient, pasted into this nurse's browser."""
    everyone = sample_store.query("patients_in_scope", OPERATOR)
    page = visit.page
    visit.open(f"{served.url}/patient")
    expect(page.get_by_test_id("stPlotlyChart").first).to_be_visible()
    others = everyone[~everyone["patient_id"].isin(visit.received(set(everyone["patient_id"])))]
    foreign = others.iloc[0]
    visit.open(f"{served.url}/patient?patient={foreign['patient_ref']}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert not visit.received({foreign["patient_id"]})


def test_a_click_on_a_score_leads_to_its_answers_and_a_key_to_the_next_patient(
    served: Served, visit: Visit
) -> None:
    visit.open(f"{served.url}/patient")
    page = visit.page
    title = page.get_by_role("heading", level=1)
    figure = page.locator(".st-key-trajectories_figure")
    points = figure.locator(".scatterlayer .points path")
    expect(page.get_by_text("The scores in numbers")).to_be_visible()  # all is there, nothing moves
    point_at(points.nth(1), figure.locator(".hoverlayer .hovertext").first)
    points.nth(1).click(force=True)
    origin = page.get_by_test_id("stExpander").filter(has_text="Where this number comes from")
    expect(origin.get_by_text(".csv").first).to_be_visible()

    first = title.inner_text()
    page.keyboard.press("Alt+PageDown")
    expect(title).not_to_have_text(first)
    page.keyboard.press("Alt+PageUp")
    expect(title).to_have_text(first)
