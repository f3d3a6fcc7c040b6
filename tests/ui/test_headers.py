"""Every response carries the security headers, whatever the app behind said."""

import asyncio
from typing import Any

from dashboard.ui.headers import CONTENT_SECURITY_POLICY, HEADERS, SecurityHeaders


def sent_by(*headers: tuple[bytes, bytes]) -> list[dict[str, Any]]:
    """What leaves the middleware when the app behind it answers with `headers`."""
    messages: list[dict[str, Any]] = []

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": list(headers)})
        await send({"type": "http.response.body", "body": b"x"})

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    asyncio.run(SecurityHeaders(behind)({"type": "http"}, None, send))
    return messages


def test_headers_are_added_and_the_body_passes() -> None:
    start, body = sent_by((b"content-type", b"text/html"))
    assert dict(start["headers"]) == {
        b"content-type": b"text/html",
        **{name.lower().encode(): value.encode() for name, value in HEADERS.items()},
    }
    assert body["body"] == b"x"


def test_a_weaker_policy_from_behind_is_replaced() -> None:
    start, _ = sent_by((b"Content-Security-Policy", b"default-src *"))
    policies = [value for name, value in start["headers"] if name == b"content-security-policy"]
    assert policies == [CONTENT_SECURITY_POLICY.encode()]


def test_the_policy_allows_no_script_but_our_own_and_no_frame() -> None:
    rules = dict(rule.split(" ", 1) for rule in CONTENT_SECURITY_POLICY.split("; "))
    assert "'unsafe-inline'" not in rules["script-src"]
    assert "'unsafe-eval'" not in rules["script-src"]
    assert rules["object-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert "http" not in CONTENT_SECURITY_POLICY
