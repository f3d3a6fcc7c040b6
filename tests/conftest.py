"""What many tests share: the reference data, a sample store built once, an empty one."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from dashboard.store import Store
from dashboard.store.demonstration import build_sample_store

ROOT = Path(__file__).parents[1]
UNDER_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

# Machines differ and share their processors, so no example has a deadline.
settings.register_profile("default", deadline=None, max_examples=50)
settings.register_profile("ci", deadline=None, max_examples=25, print_blob=True)
settings.load_profile("ci" if UNDER_CI else "default")


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """The folder of real files and published numbers that the code is compared with."""
    folder = Path(os.environ.get("REFERENCE_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        absence = f"no reference data at {folder}: name its folder in REFERENCE_DATA"
        if UNDER_CI:
            pytest.fail(absence)
        pytest.skip(absence)
    return folder


@pytest.fixture(scope="session")
def sample_store_directory(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The sample store, built once a session by the import that everyone's files go through.

    Only for reading: a test that changes a store takes `own_sample_store`.
    """
    here = tmp_path_factory.getbasetemp()
    shared = here if worker_id == "master" else here.parent
    return built_once(shared / "sample-store", build_sample_store)


def built_once(folder: Path, build: Callable[[Path], object]) -> Path:
    """Let the first of several processes build the folder, and the others wait for it."""
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            unfinished = folder.with_suffix(".unfinished")
            build(unfinished)
            unfinished.rename(folder)
    return folder


@pytest.fixture(scope="session")
def sample_store(sample_store_directory: Path) -> Store:
    return Store(sample_store_directory)


@pytest.fixture
def own_sample_store(sample_store_directory: Path, tmp_path: Path) -> Store:
    """A copy of the sample store that the test may change."""
    # What SQLite keeps beside the log comes and goes with every reader of the shared store.
    passing = shutil.ignore_patterns("*-shm", "*-wal")
    return Store(Path(shutil.copytree(sample_store_directory, tmp_path / "store", ignore=passing)))


@pytest.fixture
def empty_store(tmp_path: Path) -> Store:
    """A store into which nothing was imported."""
    return Store(tmp_path / "empty-store")
