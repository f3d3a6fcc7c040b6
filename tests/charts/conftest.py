"""Every figure that a test of charts makes is checked part by part."""

import pytest

from dashboard.charts import canvas


@pytest.fixture(autouse=True)
def parts_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canvas, "CHECK_PARTS", True)
