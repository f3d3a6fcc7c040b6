"""The step that makes the bands of expected recovery, on scores whose course is known."""

import shutil
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from dashboard.store.schema import schema_text

STEP = Path(__file__).parents[2] / "dashboard" / "store" / "steps" / "85_recovery.sql"
BOUNDS = ["low80", "low50", "median", "high50", "high80"]
PEOPLE = 500


@pytest.fixture(scope="module")
def forms() -> pd.DataFrame:
    """People from 0 to 20 who come half-way to 10 and stay there, about 3 points off; each
    answers twice in the second month and once in the fifth."""
    chance = np.random.default_rng(7)
    start = chance.integers(0, 21, PEOPLE)
    forms = []
    for days in (0, 58, 62, 152):
        score = start if days == 0 else (start + 10) / 2 + chance.normal(0, 3, PEOPLE)
        on = pd.Timestamp(2026, 1, 1) + pd.Timedelta(days=days)
        forms.append(
            pd.DataFrame(
                {
                    "patient_id": [f"p{number}" for number in range(PEOPLE)],
                    "completed_on": on,
                    "score": np.clip(np.round(score), 0, 20),
                }
            )
        )
    return pd.concat(forms, ignore_index=True)


@pytest.fixture(scope="module")
def made(forms: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the same answers on four scales: as they are, turned round, in other units,
    and one of which neither end is better."""
    scales = {
        "plain": (forms["score"], 20, 4, "worse"),
        "turned": (20 - forms["score"], 20, 4, "better"),
        "stretched": (forms["score"] * 5, 100, 20, "worse"),
        "neither": (forms["score"], 20, 4, "neither"),
    }
    path = tmp_path_factory.mktemp("recovery") / "made.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(schema_text())
        for key, (score, maximum, change, higher_is) in scales.items():
            connection.execute(
                "insert into scale by name select $key as measure_key, 'total' as scale_key, "
                "1 as position, '' as title, 'sum' as method, 1 as multiply, 1 as items_total, "
                "1 as items_needed, 0 as minimum, $maximum as maximum, $way as higher_is, "
                "true as trended, $change as reliable_change",
                {"key": key, "maximum": maximum, "way": higher_is, "change": change},
            )
            arriving = forms.assign(score=score, measure_key=key)
            connection.register("arriving", arriving)
            connection.execute(
                "insert into score by name select *, row_number() over () as assessment_id, "
                "'total' as scale_key, '' as wave, 1 as items_answered, 1 as items_total, "
                "'scored' as status, false as stated_differs from arriving"
            )
            connection.unregister("arriving")
    run_step(path, list(scales))
    return path


def run_step(path: Path, scored: list[str]) -> None:
    """As an import does that brought forms of these measures."""
    with duckdb.connect(path) as connection:
        connection.execute(
            "create temp table to_score as select unnest($scored) as measure_key",
            {"scored": scored},
        )
        connection.execute(STEP.read_text("utf-8"))


def read(path: Path) -> dict[str, pd.DataFrame]:
    with duckdb.connect(path, read_only=True) as connection:
        rows = connection.execute("select * from recovery_band order by all").df()
    return {str(key): of_one.reset_index(drop=True) for key, of_one in rows.groupby("measure_key")}


@pytest.fixture(scope="module")
def bands(made: Path) -> dict[str, pd.DataFrame]:
    return read(made)


def test_the_course_is_found(bands: dict[str, pd.DataFrame]) -> None:
    """The middle on the way to 10, and the bounds as far off as chance is wide."""
    plain = bands["plain"]
    expected = (plain["start"] + 10) / 2
    assert (plain["median"] - expected).abs().mean() < 0.6
    assert (plain["high80"] - plain["low80"]).mean() == pytest.approx(2 * 1.2816 * 3, rel=0.1)
    assert (plain["high50"] - plain["low50"]).mean() == pytest.approx(2 * 0.6745 * 3, rel=0.15)


def test_each_patient_counts_once_in_a_month(bands: dict[str, pd.DataFrame]) -> None:
    plain = bands["plain"]
    assert set(plain["month"]) == {2, 5}
    assert plain["patients"].min() >= 20
    # The form of day 62 is nearer to two months than the one of day 58.
    later = plain.set_index(["start", "month"])["patients"].unstack()
    assert later[2].equals(later[5])


def test_a_scale_turned_round_has_its_bands_turned_round(bands: dict[str, pd.DataFrame]) -> None:
    plain = bands["plain"].set_index(["start", "month"])
    turned = bands["turned"].assign(start=20 - bands["turned"]["start"])
    turned = turned.set_index(["start", "month"]).loc[plain.index]
    for name, other in zip(BOUNDS, BOUNDS[::-1], strict=True):
        assert (20 - turned[other]).to_numpy() == pytest.approx(plain[name].to_numpy())


def test_other_units_change_nothing_else(bands: dict[str, pd.DataFrame]) -> None:
    plain, stretched = bands["plain"], bands["stretched"]
    assert stretched["patients"].equals(plain["patients"])
    for name in ("start", *BOUNDS):
        assert stretched[name].to_numpy() / 5 == pytest.approx(plain[name].to_numpy())


def test_where_neither_end_is_better_there_is_no_course(bands: dict[str, pd.DataFrame]) -> None:
    assert set(bands) == {"plain", "turned", "stretched"}


def test_only_what_was_scored_is_made_again(made: Path, tmp_path: Path) -> None:
    path = tmp_path / "again.duckdb"
    shutil.copy(made, path)
    with duckdb.connect(path) as connection:
        connection.execute("update score set score = score / 2")
    run_step(path, ["plain"])
    before, after = read(made), read(path)
    assert after["plain"]["median"].max() <= 10 < before["plain"]["median"].max()
    assert after["turned"].equals(before["turned"])
    assert after["stretched"].equals(before["stretched"])
