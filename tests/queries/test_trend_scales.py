"""`trend_scales` against the definitions and the sample's own forms."""

from dashboard.store import Store
from dashboard.store.scope import OPERATOR
from tests.queries.comparison import rows_of
from tests.queries.raw_records import (
    RawRecords,
    error_of_measurement,
    reliable_change,
    screening_cut_off,
)


def test_every_trended_scale_that_any_form_has(sample_store: Store, raw: RawRecords) -> None:
    forms: dict[tuple[str, str], int] = {}
    for one in raw.scores:
        if one.scale.trended:
            key = one.form.measure_key, one.scale.key
            forms[key] = forms.get(key, 0) + 1
    found = rows_of(sample_store.query("trend_scales", OPERATOR))
    assert {(row["measure_key"], row["scale_key"]) for row in found} == forms.keys()
    for earlier, later in zip(found, found[1:], strict=False):
        if earlier["domain"] == later["domain"]:
            assert (
                forms[earlier["measure_key"], earlier["scale_key"]]
                >= forms[later["measure_key"], later["scale_key"]]
            )
    for row in found:
        measure = raw.catalogue[row["measure_key"]]
        scale = measure.scale(row["scale_key"])
        assert row["domain"] == measure.domain
        assert (row["minimum"], row["maximum"]) == (scale.minimum, scale.maximum)
        assert row["cut_off"] == screening_cut_off(scale)
        assert row["bands"] == [band.label for band in scale.bands]
        assert row["band_begins"] == [band.from_score for band in scale.bands]
        for name, value in (
            ("sem", error_of_measurement(scale)),
            ("reliable_change", reliable_change(scale)),
        ):
            assert (row[name] is None) == (value is None)
            assert value is None or abs(row[name] - value) < 1e-9
