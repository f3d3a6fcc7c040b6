"""The scores that stand in the store, against examples worked by hand and a second road."""

import csv
import random
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from dashboard.intake.records import Answer, Record, Score
from dashboard.measures.catalogue import Measure, load_catalogue
from dashboard.store.importing import catalogue_of
from tests.measures.independent_scoring import score
from tests.measures.test_worked_examples import Example, examples
from tests.store.centre import LONG, PHQ9, Centre

CATALOGUE = load_catalogue()
FORMS = 400
ScoreKey = tuple[str, str, str]


def scores_of(centre: Centre) -> dict[ScoreKey, dict[Any, Any]]:
    """(patient, measure, scale) to the rest of the score row; None where there is no value."""
    frame = centre.ask("scores").replace({np.nan: None})
    return {
        (row["patient_id"], row["measure_key"], row["scale_key"]): row
        for row in frame.to_dict("records")
    }


# Worked examples


def columns_of(measure: Measure) -> dict[str, str]:
    """Column of a worked example to the column of a file that is imported."""
    items = {item.key: item.key for item in measure.items}
    ready = {s.key: f"{measure.key}_{s.key}" for s in measure.scales if not s.items}
    return {**items, **ready}


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    """Every worked example of every measure, a file a measure, a patient an example."""
    folder = tmp_path_factory.mktemp("worked")
    centre = Centre(folder / "store", folder / "desk")
    files = []
    for measure in CATALOGUE.values():
        columns = columns_of(measure)
        mine = [example for of, example in examples() if of == measure]
        rows = [
            ",".join([f"E{n}", "2026-01-05", *(example[column] for column in columns)])
            for n, example in enumerate(mine)
        ]
        header = ",".join(["patient_id", "completed_on", *columns.values()])
        files.append(centre.read(header, *rows, name=f"{measure.key}.csv"))
    report = centre.take(*files, new_patients=True, accept_good_rows=True)
    assert report.stored
    # Only scores outside their scale's range are refused; the examples say which those are.
    outside = sum("no" in example_range(measure, row).values() for measure, row in examples())
    assert report.rows_refused == outside > 0
    return centre


def example_range(measure: Measure, example: Example) -> Mapping[str, str]:
    return {s.key: example[f"inside_{s.key}"] for s in measure.scales if not s.items}


@pytest.mark.parametrize("key", CATALOGUE)
def test_worked_examples_come_out_of_the_store_as_by_hand(worked: Centre, key: str) -> None:
    measure = CATALOGUE[key]
    found = scores_of(worked)
    compared = 0
    for number, example in enumerate(row for of, row in examples() if of == measure):
        refused = "no" in example_range(measure, example).values()
        for scale in measure.scales:
            row = found.get((f"E{number}", key, scale.key))
            if refused or (not scale.items and not example[scale.key]):
                assert row is None
                continue
            assert row is not None, (example["example"], scale.key)
            compared += 1
            if scale.items:
                expected, status = example[f"expected_{scale.key}"], example[f"status_{scale.key}"]
                answered = sum(example[item] != "" for item in scale.items)
            else:
                expected, status, answered = example[scale.key], "imported", 0
            value = None if expected == "" else pytest.approx(float(expected), abs=1e-6)
            assert row["score"] == value, (example["example"], scale.key)
            assert row["status"] == status
            assert row["items_answered"] == answered
            assert row["items_total"] == len(scale.items)
            band = None if row["score"] is None else scale.band_of(row["score"])
            assert row["band"] == (band.label if band else None)
    assert compared > 0


# Random forms, by two roads


def random_form(choose: random.Random, measure: Measure) -> dict[str, str]:
    """Item to answer as text: mostly answered, sometimes missing, declined, not applicable."""
    answered = choose.choice([0.3, 0.7, 0.95, 1.0])
    form = {}
    for item in measure.items:
        if choose.random() < answered:
            value = choose.randint(int(item.minimum), int(item.maximum))
            form[item.key] = str(value) if measure.whole_numbers else f"{value}.0"
        elif choose.random() < 0.5:
            form[item.key] = choose.choice(
                ["declined", "not applicable"] if measure.not_applicable else ["declined"]
            )
    return form


@given(st.integers(0, 2**32))
@settings(max_examples=3)
def test_random_forms_score_as_by_the_second_road(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    choose = random.Random(seed)
    folder = tmp_path_factory.mktemp("random")
    centre = Centre(folder / "store", folder / "desk")
    with_items = [measure for measure in CATALOGUE.values() if measure.items]
    forms = []
    for number in range(FORMS):
        measure = choose.choice(with_items)
        forms.append((f"P{number}", measure, random_form(choose, measure)))
    rows = [
        f"{patient},{measure.key},2026-01-05,,{item},{answer}"
        for patient, measure, form in forms
        for item, answer in form.items()
    ]
    choose.shuffle(rows)
    empty = [
        f"{patient},{measure.key},2026-01-05,,," for patient, measure, form in forms if not form
    ]
    report = centre.hand_in(LONG, *rows, *empty, new_patients=True)
    assert report.stored, report.refused[:3]

    found = scores_of(centre)
    for patient, measure, form in forms:
        answers = {
            item: float(answer)
            for item, answer in form.items()
            if answer not in ("declined", "not applicable")
        }
        for scale, (value, status, answered) in score(measure, answers).items():
            row = found.pop((patient, measure.key, scale))
            assert row["score"] == (None if value is None else pytest.approx(value, abs=1e-9))
            assert (row["status"], row["items_answered"]) == (status, answered)
    assert not found, "scores that nobody gave answers for"


# What SQL takes for an id, a date and a number, against the definition of the records

WIDE_OPEN = """key = "anything"
title = "Anything"
name = "A measure that takes any number, so that only how it is written can be wrong"
version = "1"
domain = "distress"
asks = "Nothing."
response_min = -1000000000000
response_max = 1000000000000
whole_numbers = false
not_applicable = true
items = [{ key = "anything_1", label = "Item 1" }]
licence = { text = "ours", scoring = "ours", source = "ours" }
[[scales]]
key = "total"
title = "Anything"
items = ["anything_1"]
method = "single"
higher_is = "neither"
"""
ALIKE = "٣１²Ⅷ\u00a0\u200b\u200d\ufeff\u2028\u202e\u0301éß漢🙂|;'\\%"
ids = st.one_of(
    st.text("aZ09 .-_/#@", max_size=8),
    st.text(f"aB1 {ALIKE}", max_size=6),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5),
    st.integers(195, 205).map("x".__mul__),
)
two_digits = st.integers(0, 99).map("{:02}".format) | st.integers(0, 28).map("{:02}".format)
days = st.builds(
    "{}-{}-{}".format,
    st.sampled_from(["2026", "2024", "1900", "0000", "0001", "26", "02026"]),
    two_digits,
    two_digits,
)
times = st.builds(
    "{}{}:{}{}{}".format,
    st.sampled_from(["T", " ", "t", "  "]),
    two_digits,
    two_digits,
    st.one_of(st.just(""), two_digits.map(":{}".format), two_digits.map(":{}.5".format)),
    st.one_of(
        st.sampled_from(["", "Z", "z", "+00:00", "-05:00", "+0530", "+24:00", "+02", " +02:00"]),
        st.builds("{}{}:{}".format, st.sampled_from("+-"), two_digits, two_digits),
    ),
)
dates = st.one_of(
    st.dates(date(1900, 1, 1), date(2030, 1, 1)).map(str),
    days,
    st.builds("{}{}".format, days, times),
    st.builds("{}{}".format, st.just("2026-01-05"), times),
    st.text("0123456789-/.T:Z+ ", max_size=12),
    st.sampled_from(["", "today", "05/01/2026", "2026-1-5", "２０２６-01-05", "2026-W01-1"]),
)
numbers = st.one_of(
    st.integers(-20, 20).map(str),
    st.floats(-1000, 1000).map(str),
    st.text("0123456789+-.eE ", max_size=6),
    st.sampled_from(["declined", "not applicable", "Declined", "NA", "inf", "nan", "0x1", "1_0"]),
    st.text(f"12{ALIKE}", min_size=1, max_size=3),
)


def taken(record: type[Record], row: Mapping[str, Any]) -> bool:
    try:
        record.model_validate({name: row[name] for name in record.model_fields})
    except ValidationError:
        return False
    return True


@given(st.lists(st.tuples(ids, dates, numbers), min_size=150, max_size=150))
@settings(max_examples=4)
def test_sql_takes_the_same_rows_as_the_definition_of_the_records(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("cells")
    centre = Centre(folder / "store", folder / "desk")
    centre.define(WIDE_OPEN)
    kinds: list[tuple[type[Record], str, str, str]] = [
        (Answer, "item_key", "anything_1", "answer"),
        (Score, "scale_key", "total", "score"),
    ]
    files = []
    for _, key_column, key, column in kinds:
        path = centre.desk / f"{column}.csv"
        centre.desk.mkdir(exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(
                ["patient_id", "measure_key", key_column, "completed_on", "wave", column]
            )
            # A wave of its own for each row: none repeats or contradicts another one.
            writer.writerows(
                [patient, "anything", key, day, f"{column} {number}", value]
                for number, (patient, day, value) in enumerate(cells)
            )
        files.append(centre.read_path(path))
    report = centre.take(*files, new_patients=True, accept_good_rows=True, today=date.max)
    for (record, *_), incoming in zip(kinds, files, strict=True):
        refused = {one.row for one in report.refused if one.file == incoming.file_name}
        (offered,) = (table.to_pylist() for table in incoming.tables.values())
        assert len(offered) > 100
        for row in offered:
            assert taken(record, row) == (row["source_row"] not in refused), row


# Definitions that change


def sleep_measure(*, reverse: str, maximum: int = 3, version: int = 1) -> str:
    return f"""key = "own_sleep"
title = "Sleep"
name = "Sleep, two items of the centre"
version = "{version}"
domain = "distress"
asks = "How well the person slept."
response_min = 0
response_max = {maximum}
reverse = {reverse}
items = [{{ key = "own_sleep_1", label = "Item 1" }}, {{ key = "own_sleep_2", label = "Item 2" }}]
licence = {{ text = "ours", scoring = "ours", source = "ours" }}
[[scales]]
key = "total"
title = "Sleep"
items = ["own_sleep_1", "own_sleep_2"]
method = "sum"
higher_is = "worse"
"""


def test_a_changed_definition_scores_old_forms_again_at_the_next_import(clinic: Centre) -> None:
    clinic.define(sleep_measure(reverse="[]"))
    clinic.hand_in("patient_id,completed_on,own_sleep_1,own_sleep_2", "P1,2026-01-05,3,1")
    assert scores_of(clinic)["P1", "own_sleep", "total"]["score"] == 4

    clinic.define(sleep_measure(reverse='["own_sleep_2"]', version=2))
    assert scores_of(clinic)["P1", "own_sleep", "total"]["score"] == 4
    clinic.hand_in(f"patient_id,completed_on,{PHQ9}", "P2,2026-01-05,0,0,0,0,0,0,0,0,0")
    assert scores_of(clinic)["P1", "own_sleep", "total"]["score"] == 5
    assert len(clinic.look("select * from score")) == 2


def test_an_override_of_a_default_measure_counts_from_then_on(clinic: Centre) -> None:
    shipped = Path(__file__).parents[2] / "dashboard" / "measures" / "phq4.toml"
    clinic.hand_in("patient_id,completed_on,phq4_1,phq4_2,phq4_3,phq4_4", "P1,2026-01-05,1,1,1,1")
    assert scores_of(clinic)["P1", "phq4", "total"]["band"] == "mild"
    clinic.define(shipped.read_text("utf-8").replace('"mild"', '"slight"'))
    clinic.hand_in(LONG, "P2,phq9,2026-01-05,,phq9_1,1")
    assert scores_of(clinic)["P1", "phq4", "total"]["band"] == "slight"


def test_a_definition_that_does_not_hold_stops_the_import_unharmed(clinic: Centre) -> None:
    from dashboard.errors import MeasureRefused

    clinic.define(sleep_measure(reverse='["own_sleep_9"]'))
    before = clinic.contents()
    with pytest.raises(MeasureRefused, match=r"own_sleep\.toml, reverse"):
        catalogue_of(clinic.store)
    assert clinic.contents() == before


def test_scores_of_many_days_stay_apart(clinic: Centre) -> None:
    first = date(2025, 1, 1)
    rows = [f"P1,{first + timedelta(days=n)},{n % 11}" for n in range(300)]
    clinic.hand_in("patient_id,completed_on,distress_0_10_1", *rows)
    frame = clinic.ask("scores")
    assert list(frame["score"]) == [n % 11 for n in range(300)]
