"""`recovery_bands` against the bands worked out from the sample's own files."""

from typing import get_args

import numpy as np
import pandas as pd
import pytest

from dashboard.analysis.disclosure import DEFAULT_MINIMUM
from dashboard.store import OPERATOR, Scope, Store
from dashboard.store.scope import Role
from tests.queries.raw_records import RawRecords
from tests.queries.recovery_road import bands, later_scores


@pytest.mark.parametrize(
    ("measure_key", "scale_key"),
    [
        ("phq9", "total"),
        ("gad7", "total"),
        ("distress_0_10", "total"),
        ("mspss", "total"),  # higher is better, and a mean
        ("esas_r", "pain"),  # only a reliable change is known of it
    ],
)
def test_every_cell(sample_store: Store, raw: RawRecords, measure_key: str, scale_key: str) -> None:
    scale = raw.catalogue.measures[measure_key].scale(scale_key)
    expected = bands(later_scores(raw, measure_key, scale_key), scale)
    expected["patients"] -= expected["patients"] % DEFAULT_MINIMUM
    expected = expected.sort_values(["start", "month"], ignore_index=True)
    found = asked(sample_store, OPERATOR, measure_key, scale_key)
    assert len(found) > 20
    assert found["patients"].min() >= 20
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    bounds = found[["low80", "low50", "median", "high50", "high80"]].to_numpy()
    assert (np.diff(bounds) >= 0).all()


def test_everybody_is_told_the_same(sample_store: Store) -> None:
    """Of the whole centre: a panel is too small, and no row of another panel is in it."""
    everywhere = asked(sample_store, OPERATOR, "phq9", "total")
    for role in get_args(Role):
        told = asked(sample_store, Scope(f"{role}-1", role), "phq9", "total")
        pd.testing.assert_frame_equal(told, everywhere)


@pytest.mark.parametrize("measure", ["lot_r/total", "brief_cope/humour", "no/scale"])
def test_no_band_for_a_trait_a_style_or_an_unknown_scale(sample_store: Store, measure: str) -> None:
    assert asked(sample_store, OPERATOR, *measure.split("/")).empty


def test_a_larger_minimum_of_the_centre_hides_more(own_sample_store: Store) -> None:
    (own_sample_store.directory / "disclosure.toml").write_text("minimum = 45\n", "utf-8")
    centre = Store(own_sample_store.directory)
    assert set(asked(centre, OPERATOR, "phq9", "total")["patients"]) <= {45, 90}


def asked(store: Store, scope: Scope, measure_key: str, scale_key: str) -> pd.DataFrame:
    return store.query("recovery_bands", scope, measure_key=measure_key, scale_key=scale_key)
