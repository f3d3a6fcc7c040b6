"""The clinicians' README lists every measure and field, and its own example works."""

import csv
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from dashboard.measures import definition
from dashboard.measures.catalogue import DEFAULT_FOLDER, Measure, load_catalogue
from tests.measures.independent_scoring import score

README = (DEFAULT_FOLDER / "README.md").read_text("utf-8")
CATALOGUE = load_catalogue()
FIELDS = sorted(
    {
        field.alias or name
        for model in vars(definition).values()
        if isinstance(model, type) and issubclass(model, BaseModel)
        for name, field in model.model_fields.items()
    }
)


@pytest.mark.parametrize("measure", CATALOGUE.values(), ids=lambda measure: measure.key)
def test_every_measure_is_listed_with_its_title(measure: Measure) -> None:
    row = re.search(rf"^\| `{measure.key}` \| (.+?) \|", README, re.MULTILINE)
    assert row is not None
    assert row[1] == measure.title


def test_no_measure_is_listed_that_is_not_there() -> None:
    listed = re.findall(r"^\| `(\w+)` \| .+? \| (?:items|scores) \|", README, re.MULTILINE)
    assert sorted(listed) == list(CATALOGUE)


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_is_explained(field: str) -> None:
    assert re.search(rf"`(?:\w+\.)?{field}`", README)


def test_the_example_in_the_readme_scores_as_it_says(tmp_path: Path) -> None:
    (text,) = re.findall(r"```toml\n(.+?)```", README, re.DOTALL)
    (table,) = re.findall(r"```csv\n(.+?)```", README, re.DOTALL)
    (tmp_path / "sleep_3.toml").write_text(text, "utf-8")
    measure = load_catalogue(tmp_path)["sleep_3"]
    for row in csv.DictReader(table.splitlines()):
        answers = {item.key: float(row[item.key]) for item in measure.items if row[item.key]}
        value, status, _ = score(measure, answers)["total"]
        expected = float(row["expected_total"]) if row["expected_total"] else None
        assert (value, status) == (expected, row["status_total"])
