"""A reader's browser window, with everything that reaches it over the network."""

import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, Playwright, Request, WebSocket, expect

# A first visit on a busy machine also loads the whole front end.
MILLISECONDS_TO_APPEAR = 30_000


@dataclass
class Visit:
    """What one reader sees (`page`) and what their browser received to show it.

    Attributes:
        requests: address of each request, the sockets' included.
        frames: each message that came over the app's socket.
        script_errors: what went wrong in the browser itself.
    """

    page: Page
    requests: list[str] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)
    script_errors: list[str] = field(default_factory=list)

    def open(self, url: str) -> None:
        self.page.goto(url)

    def received(self, texts: set[str]) -> set[str]:
        """Those texts that reached this browser, on screen or not."""
        everything = b"\n".join(self.frames)
        return {text for text in texts if text.encode() in everything}

    def hosts(self) -> set[str]:
        """Every host that the browser asked for anything."""
        parts = [urlsplit(address) for address in self.requests]
        return {str(part.hostname) for part in parts if part.scheme not in {"data", "blob"}}


def window_of(browser: Browser) -> Visit:
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, accept_downloads=True)
    context.set_default_timeout(MILLISECONDS_TO_APPEAR)
    visit = Visit(context.new_page())

    def note_request(request: Request) -> None:
        visit.requests.append(request.url)

    def note_frame(frame: str | bytes) -> None:
        visit.frames.append(frame.encode() if isinstance(frame, str) else frame)

    def note_socket(opened: WebSocket) -> None:
        visit.requests.append(opened.url)
        opened.on("framereceived", note_frame)

    visit.page.on("request", note_request)
    visit.page.on("websocket", note_socket)
    visit.page.on("pageerror", lambda error: visit.script_errors.append(str(error)))
    return visit


def present_chromium(playwright: Playwright) -> str | None:
    """The system's browser, else the one that Playwright has downloaded."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        # On some systems the name is a stub that only advises an install.
        if found and subprocess.run([found, "--version"], capture_output=True).returncode == 0:
            return found
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def point_at(mark: Locator, told: Locator) -> None:
    """Hold the mouse over a mark of a chart until it tells what it is.

    A chart that is still being drawn takes no notice of a mouse that does not move any more.
    """
    for _ in range(30):
        mark.hover(force=True)
        with suppress(AssertionError):
            expect(told).to_be_visible(timeout=MILLISECONDS_TO_APPEAR / 30)
            return
        mark.page.mouse.move(0, 0)
    expect(told).to_be_visible(timeout=1)
