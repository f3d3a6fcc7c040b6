"""`support_grid_spread` against the support grids in the sample's own file."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from dashboard.store import OPERATOR, Scope, Store
from tests.queries.raw_records import RawRecords

TYPES = ["belonging", "emotional", "esteem", "informational", "tangible"]
SOURCES = ["partner", "family", "friends", "care_team", "community"]


@pytest.mark.parametrize("days_back", [0, 500])
def test_the_spread_is_that_of_the_files(
    sample_store: Store, raw: RawRecords, days_back: int
) -> None:
    """A second road: the files of the sample, pandas and numpy, form by form."""
    as_of = raw.newest_on - timedelta(days=days_back)
    found = sample_store.query("support_grid_spread", OPERATOR, as_of=as_of)
    assert list(found["support_type"]) == TYPES
    for row in found.to_dict("records"):
        latest, pairs = judged_forms(raw, row["support_type"], as_of)
        assert row["people"] == len(latest)
        assert row["pairs"] == len(pairs)
        assert row["pairs"] > 10
        need, received = np.array(latest).T
        assert row["sd_need"] == pytest.approx(need.std(ddof=1))
        assert row["sd_received"] == pytest.approx(received.std(ddof=1))
        for column, before, after in (("need", 0, 2), ("received", 1, 3)):
            values = np.array(pairs)
            expected = np.corrcoef(values[:, before], values[:, after])[0, 1]
            assert row[f"reliability_{column}"] == pytest.approx(expected)


def judged_forms(
    raw: RawRecords, support_type: str, as_of: date
) -> tuple[list[tuple[float, float]], list[tuple[float, float, float, float]]]:
    """(need, received) of each person's latest judged form; and of the latest two in a row that
    lie 14 to 60 days apart, (need, received) before and after."""
    latest, pairs = [], []
    for forms in raw.forms_by_patient.values():
        judged = []
        for form in sorted(forms, key=lambda form: form.completed_on):
            need = form.answers.get(f"need_{support_type}")
            received = [
                form.answers[key]
                for source in SOURCES
                if (key := f"received_{support_type}_{source}") in form.answers
            ]
            if form.completed_on <= as_of and need is not None and received:
                judged.append((form.completed_on, need, max(received)))
        if judged:
            latest.append(judged[-1][1:])
        near = [
            (*before[1:], *after[1:])
            for before, after in zip(judged, judged[1:], strict=False)
            if 14 <= (after[0] - before[0]).days <= 60
        ]
        pairs += near[-1:]
    return latest, pairs


def test_everybody_is_told_the_same_error(sample_store: Store, raw: RawRecords) -> None:
    """It belongs to the form, not to a panel."""
    asked = [
        sample_store.query("support_grid_spread", scope, as_of=raw.newest_on)
        for scope in (OPERATOR, Scope("nurse-1", "nurse"), Scope("manager-1", "manager"))
    ]
    pd.testing.assert_frame_equal(asked[0], asked[1])
    pd.testing.assert_frame_equal(asked[0], asked[2])


def test_a_centre_may_ask_for_more_people_behind_a_number(own_sample_store: Store) -> None:
    """Whoever asks: the number is about everyone."""
    directory = own_sample_store.directory
    (directory / "disclosure.toml").write_text("minimum = 10000\n", "utf-8")
    found = Store(directory).query("support_grid_spread", OPERATOR, as_of=date(2026, 6, 30))
    assert len(found) == len(TYPES)
    assert found.drop(columns="support_type").isna().all(axis=None)
