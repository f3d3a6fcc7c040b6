"""Examples worked out by hand, one CSV a measure, against the independent scoring.

A measure with items: a column an item (empty = no answer), then `expected_<scale>` (six
decimals; empty = no score) and `status_<scale>`. A measure of ready-made scores: `<scale>`,
`inside_<scale>` (does the scale's range take it), and `band_<scale>` and `above_<scale>`
(the screening cut-off) where the scale has them. `example` says what a row is about.
"""

import csv
from pathlib import Path

import pytest

from dashboard.measures.catalogue import Measure, Scale, load_catalogue
from tests.measures.independent_scoring import score

FOLDER = Path(__file__).parent / "worked_examples"
CATALOGUE = load_catalogue()
Example = dict[str, str]


def examples() -> list[tuple[Measure, Example]]:
    found = []
    for path in sorted(FOLDER.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as rows:
            found += [(CATALOGUE[path.stem], row) for row in csv.DictReader(rows)]
    return found


every_example = pytest.mark.parametrize(
    ("measure", "example"),
    [pytest.param(m, row, id=f"{m.key}: {row['example']}") for m, row in examples()],
)


def test_every_measure_has_worked_examples_and_every_example_a_measure() -> None:
    assert {path.stem for path in FOLDER.glob("*.csv")} == set(CATALOGUE)


@pytest.mark.parametrize("measure", CATALOGUE.values(), ids=lambda measure: measure.key)
def test_every_column_is_there_and_understood(measure: Measure) -> None:
    (first, *_) = [row for of, row in examples() if of == measure]
    columns = ["example", *(item.key for item in measure.items)]
    for scale in measure.scales:
        if scale.items:
            columns += [f"expected_{scale.key}", f"status_{scale.key}"]
        else:
            columns += [scale.key, f"inside_{scale.key}"]
            columns += [f"above_{scale.key}"] if scale.screen else []
            columns += [f"band_{scale.key}"] if scale.bands else []
    assert list(first) == columns


@every_example
def test_scores_agree_with_the_hand(measure: Measure, example: Example) -> None:
    answers = {
        key: float(example[key])
        for key in [*(item.key for item in measure.items), *(s.key for s in measure.scales)]
        if example.get(key)
    }
    results = score(measure, answers)
    for scale in measure.scales:
        if scale.items:
            value, status, answered = results[scale.key]
            expected = example[f"expected_{scale.key}"]
            assert status == example[f"status_{scale.key}"]
            assert value == (pytest.approx(float(expected), abs=1e-6) if expected else None)
            assert answered == sum(key in answers for key in scale.items)
        elif scale.key in answers:
            assert results[scale.key] == (answers[scale.key], "imported", 0)
            assert_meaning(scale, answers[scale.key], example)
        else:
            assert scale.key not in results


def assert_meaning(scale: Scale, value: float, example: Example) -> None:
    inside = scale.minimum <= value <= scale.maximum
    assert inside == (example[f"inside_{scale.key}"] == "yes")
    if not inside:
        return
    if scale.screen:
        above = value >= scale.screen.at_least
        assert above == (example[f"above_{scale.key}"] == "yes")
    band = scale.band_of(value)
    assert (band.label if band else None) == example.get(f"band_{scale.key}")


@pytest.mark.parametrize(
    "measure", [m for m in CATALOGUE.values() if m.items], ids=lambda measure: measure.key
)
def test_the_examples_try_what_can_go_wrong(measure: Measure) -> None:
    """Each scale is scored and left unscored somewhere, prorated where its rule allows it,
    and every reversed item that counts is answered off the middle."""
    rows = [row for of, row in examples() if of == measure]
    for scale in measure.scales:
        statuses = {row[f"status_{scale.key}"] for row in rows}
        assert "scored" in statuses
        if scale.answers_needed < len(scale.items):
            assert "prorated" in statuses
    assert any(
        row[f"status_{scale.key}"] == "too_few_answers" for row in rows for scale in measure.scales
    )
    for key in measure.reverse:
        middle = (measure.item(key).minimum + measure.item(key).maximum) / 2
        assert any(row[key] and float(row[key]) != middle for row in rows)
