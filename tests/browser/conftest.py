"""A Chromium for the session, a window for each test, and the stores that are served to it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from dashboard.intake.reading import read_file
from dashboard.measures.catalogue import load_catalogue
from dashboard.store.importing import ImportOptions, import_files
from tests.browser.serving import ROOT, Served, serving
from tests.browser.visiting import MILLISECONDS_TO_APPEAR, Visit, present_chromium, window_of

UNDER_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

expect.set_options(timeout=MILLISECONDS_TO_APPEAR)


@pytest.fixture(scope="session")
def served(
    sample_store_directory: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """The sample store, served to the tests that change nothing."""
    with serving(sample_store_directory, tmp_path_factory.mktemp("served") / "log.txt") as app:
        yield app


@pytest.fixture(scope="session")
def centre_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's files as a centre's own data, where nobody can choose whom to view as.

    Only for reading.
    """
    directory = tmp_path_factory.mktemp("centre") / "store"
    catalogue = load_catalogue()
    files = [read_file(path, catalogue) for path in sorted((ROOT / "sample_data").glob("*.csv"))]
    assert import_files(directory, files, ImportOptions(), "steward-1").stored
    return directory


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    executable = present_chromium(playwright)
    if executable is None:
        absence = "no Chromium: install chromium, or run `playwright install chromium`"
        if UNDER_CI:
            pytest.fail(absence)
        pytest.skip(absence)
    # Chromium's own sandbox does not start for the administrator of a container.
    sandboxed = not hasattr(os, "geteuid") or os.geteuid() != 0
    browser = playwright.chromium.launch(executable_path=executable, chromium_sandbox=sandboxed)
    yield browser
    browser.close()


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    opened = window_of(chromium)
    yield opened
    opened.page.context.close()
    assert not opened.script_errors
