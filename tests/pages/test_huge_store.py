"""Every page on a store of 5,000 patients: it opens, and nothing is cut off or lost."""

import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.store import OPERATOR, Store
from dashboard.store.demonstration import build_sample_store
from dashboard.ui.access import PAGES_OF
from tests.conftest import ROOT, built_once
from tests.pages.conftest import Visitor

PATIENTS = 5_000
MEASURES = ("distress_0_10", "phq9", "gad7", "support_grid")


@pytest.fixture(scope="session")
def huge_store(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Store:
    here = tmp_path_factory.getbasetemp()
    shared = here if worker_id == "master" else here.parent
    return Store(built_once(shared / "huge-store", _build))


def _build(directory: Path) -> None:
    files = directory.with_name("huge-files")
    chosen = [word for measure in MEASURES for word in ("--measure", measure)]
    subprocess.run(
        [sys.executable, "sample_data/generate.py", f"--patients={PATIENTS}", f"--out={files}"]
        + chosen,
        cwd=ROOT,
        check=True,
    )
    build_sample_store(directory, source=files)


def test_nothing_was_lost_on_the_way_in(huge_store: Store) -> None:
    assert huge_store.query("store_summary", OPERATOR)["patients"].iloc[0] == PATIENTS


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (role, page)
        for role in ("nurse", "psychologist", "manager", "steward")
        for page in PAGES_OF[role]
    ],
)
def test_a_page_opens(huge_store: Store, visitor: Visitor, role: str, page: str) -> None:
    app = visitor(huge_store, page, view_as=f"{role}-1")
    assert not app.exception
    assert app.title[0].value
