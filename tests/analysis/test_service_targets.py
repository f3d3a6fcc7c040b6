"""The centre's own service.toml over the defaults."""

from datetime import date
from pathlib import Path

import pytest

from dashboard.analysis.service_targets import FILE, targets_of
from dashboard.errors import Refused


def test_without_a_file_all_are_local_defaults(tmp_path: Path) -> None:
    found = targets_of(tmp_path)
    assert found.contact_days == 7
    assert found.change == ()
    assert not found.is_own("screening")
    assert found.share_of("contact_days") is None


def test_a_centre_changes_what_it_names(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(
        "uptake = 0.5\n"
        '[[change]]\non = 2026-03-01\nlabel = "Second nurse"\n'
        '[[change]]\non = 2025-10-12\nlabel = "Walk-in hour"\n',
        "utf-8",
    )
    found = targets_of(tmp_path)
    assert found.share_of("uptake") == 0.5
    assert found.is_own("uptake")
    assert found.contact_days == 7
    assert [change.on for change in found.change] == [date(2025, 10, 12), date(2026, 3, 1)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("uptake = 1.2", "uptake"),
        ("uptake = 60", "uptake"),
        ("contact_days = 0", "contact_days"),
        ("contacts = 7", "contacts"),
        ("own = ['uptake']", "own"),
        ("[[change]]\nlabel = 'when?'", "change.0.on"),
        ("[[change]]\non = 2026-01-01\nlabel = ''", "change.0.label"),
        ("uptake = ", "not valid TOML"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / FILE).write_text(text, "utf-8")
    with pytest.raises(Refused, match=named):
        targets_of(tmp_path)
