"""`recovery_check` against patients left out by hand."""

import pandas as pd
import pytest

from dashboard.analysis.expected_recovery import calibration, off_track_each
from dashboard.store import OPERATOR, Scope, Store
from tests.queries.raw_records import RawRecords
from tests.queries.recovery_road import bands, in_windows, later_scores, nearest_place, places


@pytest.mark.parametrize("measure_key", ["phq9", "mspss"])
def test_the_forms_of_those_left_out(
    sample_store: Store, raw: RawRecords, measure_key: str
) -> None:
    scale = raw.catalogue.measures[measure_key].scale("total")
    later = later_scores(raw, measure_key, "total")
    judged = []
    for fifth in range(1, 6):
        grid = bands(later[later["fifth"] != fifth], scale).set_index(["start", "month"])
        for month, forms in in_windows(later[later["fifth"] == fifth]):
            starts = places(scale)[nearest_place(forms["start"], scale)]
            cells = pd.MultiIndex.from_arrays([starts, [month] * len(forms)])
            band = grid.reindex(cells).reset_index(drop=True)
            judged.append(pd.concat([forms.reset_index(drop=True), band], axis=1).dropna())
    forms = pd.concat(judged)
    found = sample_store.query(
        "recovery_check", Scope("nurse-1", "nurse"), measure_key=measure_key, scale_key="total"
    )
    assert found.to_dict("records") == [
        {
            "patients": forms["patient_id"].nunique(),
            "forms": len(forms),
            "below80": (forms["score"] < forms["low80"]).sum(),
            "above80": (forms["score"] > forms["high80"]).sum(),
        }
    ]


def test_nothing_is_checked_where_there_is_no_band(sample_store: Store) -> None:
    found = sample_store.query("recovery_check", OPERATOR, measure_key="lot_r", scale_key="total")
    assert found.empty


@pytest.mark.parametrize("measure_key", ["phq9", "gad7", "distress_0_10"])
def test_the_80_percent_band_holds_for_those_who_had_no_part_in_it(
    sample_store: Store, raw: RawRecords, measure_key: str
) -> None:
    """As it is drawn, between the cells too, and in the cells: 77 to 83 %."""
    scale = raw.catalogue.measures[measure_key].scale("total")
    later = later_scores(raw, measure_key, "total").rename(columns={"start": "start_score"})
    outside = {"worse": 0, "better": 0}
    judged = 0
    for fifth in range(1, 6):
        others = later[later["fifth"] != fifth].rename(columns={"start_score": "start"})
        grid, own = bands(others, scale), later[later["fifth"] == fifth]
        for way in outside:
            said = off_track_each(grid, own, way, sem=0)
            outside[way] += int(said.sum())
        judged += int(said.notna().sum())
    assert judged > 0.85 * len(later)
    assert 1 - sum(outside.values()) / judged == pytest.approx(0.80, abs=0.03)
    # The worse side alone, on which somebody would be called off track.
    assert outside["worse"] / judged == pytest.approx(0.10, abs=0.03)

    told = sample_store.query(
        "recovery_check", OPERATOR, measure_key=measure_key, scale_key="total"
    )
    in_cells = calibration(told)
    assert in_cells is not None
    assert in_cells.share == pytest.approx(0.80, abs=0.03)
    assert in_cells.forms > 1900
