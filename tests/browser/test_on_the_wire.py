"""What the server says with each answer, and whom the browser talks to."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.serving import Served
from tests.browser.visiting import Visit

pytestmark = pytest.mark.browser

HEADERS = {
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
}


@pytest.mark.parametrize(
    "address",
    ["/", "/panel", "/patient?patient=x", "/no-such-page", "/_stcore/health", "/static/none.js"],
)
def test_every_answer_carries_the_headers(served: Served, address: str) -> None:
    answer = httpx.get(served.url + address)
    assert answer.headers.keys() >= HEADERS
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    assert "://" not in policy


def test_a_page_under_another_name_cannot_reach_the_app(served: Served) -> None:
    """A site that points its own name at this computer (DNS rebinding) gets no socket."""
    for name, value in {"Host": "elsewhere.example", "Origin": "http://elsewhere.example"}.items():
        answer = httpx.get(
            f"{served.url}/_stcore/stream",
            headers={
                "Connection": "Upgrade",
                "Upgrade": "websocket",
                "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg==",
                name: value,
            },
        )
        assert answer.status_code in {400, 403}


def test_the_browser_talks_to_nobody_else(served: Served, visit: Visit) -> None:
    for page in ("panel", "patient", "measures"):
        visit.open(f"{served.url}/{page}")
        expect(visit.page.get_by_role("heading", level=1)).to_be_visible()
        visit.page.wait_for_load_state("networkidle")
    assert visit.hosts() == {"localhost"}
