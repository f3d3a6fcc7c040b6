"""Which resources fit several gaps, and in which order they are told."""

import pandas as pd

from dashboard.analysis.what_can_help import one_a_resource, that_fit

ROWS = pd.DataFrame(
    [
        ("a", "tangible", "drivers", "community"),
        ("a", "tangible", "nurse_line", "care_team"),
        ("b", "tangible", "drivers", "community"),
        ("b", "tangible", "grants", None),
        ("b", "esteem", "group", "community"),
        ("c", "tangible", "meals", "community"),
    ],
    columns=["patient_ref", "support_type", "resource_key", "source"],
)


def test_only_these_patients_and_this_type() -> None:
    fitting = that_fit(ROWS, ["a", "b"], "tangible")
    assert fitting["resource_key"].tolist() == ["drivers", "nurse_line", "drivers", "grants"]
    assert list(fitting) == list(ROWS)


def test_what_counts_as_the_source_comes_first() -> None:
    fitting = that_fit(ROWS, ["a", "b"], "tangible", "care_team")
    assert fitting["resource_key"].tolist() == ["nurse_line", "drivers", "drivers", "grants"]


def test_each_resource_once_with_the_gaps_that_it_fits() -> None:
    told = one_a_resource(that_fit(ROWS, ["a", "b"], "tangible"))
    assert list(zip(told["resource_key"], told["gaps"], strict=True)) == [
        ("drivers", 2),
        ("nurse_line", 1),
        ("grants", 1),
    ]


def test_nobody_to_help_gives_no_resource() -> None:
    assert one_a_resource(that_fit(ROWS, [], "tangible")).empty
