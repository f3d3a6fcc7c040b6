"""A desk that knows the measures which the reference projects need."""

import shutil
from pathlib import Path

import pytest

from tests.desk import Desk

HERE = Path(__file__).parent


@pytest.fixture
def reference_desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    shutil.copytree(HERE / "measures", desk.store / "measures")
    return desk
