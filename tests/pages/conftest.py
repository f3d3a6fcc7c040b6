"""The app as a script, run as a person of one's choice, without a browser."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.store import Store

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
PAGES = Path(__file__).parents[2] / "pages"

# A page of the sample is drawn in well under a second; a busy machine takes its time.
SECONDS = 60.0

Visitor = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No store and no person from the machine's own settings, nothing kept between tests."""
    for name in [name for name in os.environ if name.startswith("ATTUNED_")]:
        monkeypatch.delenv(name)
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """Opens a page of a store: `visitor(store, "panel", view_as="nurse-1", as_of="2026-01-01")`.

    view_as: whom the sample store is viewed as. person: who started the app on an own store.
    Everything else is in the address.
    """

    def opened(
        store: Store,
        page: str | None = None,
        *,
        view_as: str | None = None,
        person: str | None = None,
        **address: Any,
    ) -> AppTest:
        monkeypatch.setenv("ATTUNED_STORE", str(store.directory))
        if person is not None:
            monkeypatch.setenv("ATTUNED_PERSON", person)
        app = AppTest.from_file(APP, default_timeout=SECONDS)
        if view_as is not None:
            app.session_state["view_as"] = view_as
        for key, value in address.items():
            app.query_params[key] = value
        app.run()
        if page is not None:
            for key, value in address.items():
                app.query_params[key] = value
            app.switch_page(f"../pages/{page}.py").run()
        return app

    return opened


def shown(app: AppTest) -> str:
    """Everything that reached the reader, as one text: elements, tables, labels."""
    return "\n".join(str(element) for element in app.main) + str(app.sidebar)
