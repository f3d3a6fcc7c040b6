"""A psychologist chooses a question, reads its answer beside the claim, and takes text and file."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.serving import serving
from tests.browser.visiting import Visit

pytestmark = pytest.mark.browser


def test_choose_a_question_and_read_the_answer(
    centre_directory: Path, tmp_path: Path, visit: Visit
) -> None:
    page = visit.page
    with serving(centre_directory, tmp_path / "log.txt", "psychologist-1") as app:
        visit.open(f"{app.url}/questions")
        answer = page.get_by_role("heading", level=2)
        expect(answer).to_contain_text("Those who came to a group had lower")
        page.get_by_role("combobox", name="Question").click()
        page.get_by_role("option", name="Does tangible support matter more").click()
        expect(answer).to_have_text(
            "Yes, here too: the older the patients, the closer the link between MOS tangible and "
            "lower Distress 0-10."
        )
        expect(page).to_have_url(re.compile("asked=age"))
        for part in ("The claim", "What the studies found", "What we see here"):
            expect(page.get_by_text(part, exact=True)).to_be_visible()
        expect(page.get_by_text("interval leaves out zero", exact=True).first).to_be_visible()

        page.get_by_text("How this is estimated").click()
        pasted = page.get_by_text(re.compile("567 people, 3,049 forms, whole service"))
        expect(pasted).to_be_visible()

        page.get_by_role("button", name="Numbers and files").first.click()
        with page.expect_download() as download:
            page.get_by_role("button", name="CSV").click()
        text = download.value.path().read_text("utf-8-sig")
        assert "What is estimated: Change in Distress 0-10 for 10 points more MOS tangible" in text
        assert text.count("\n") > 5
