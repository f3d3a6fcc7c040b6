"""Reliable change against figures worked out elsewhere."""

import csv
import statistics
from pathlib import Path

import pytest

from dashboard.measures.catalogue import Reliability, StandardDeviation, load_catalogue
from dashboard.measures.reliable_change import (
    reliable_change_of,
    reliable_changes_worked_out,
    standard_error_of_measurement,
)

CATALOGUE = load_catalogue()


@pytest.mark.parametrize(
    ("measure", "kind", "points"),
    [
        ("phq9", "internal consistency", 5.1),
        ("phq9", "test-retest", 6.1),
        ("gad7", "internal consistency", 3.8),
        ("gad7", "test-retest", 5.5),
        ("distress_0_10", "not stated", 3.6),
        ("mos_sss", "internal consistency", 11.6),
        ("mos_sss", "test-retest", 31),
        ("mspss", "test-retest", 0.9),
        ("lot_r", "not stated", 5.6),
        ("brs", "not stated", 0.75),
    ],
)
def test_figures_worked_out(measure: str, kind: str, points: float) -> None:
    found: dict[str, float] = {
        change.kind: change.value
        for change in reliable_changes_worked_out(CATALOGUE[measure].scale("total"))
    }
    decimals = len(str(points).partition(".")[2])
    assert round(found[kind], decimals) == points


@pytest.mark.parametrize(("measure", "points"), [("phq9", 6), ("gad7", 4), ("distress_0_10", 4)])
def test_a_stated_figure_goes_before_one_worked_out(measure: str, points: float) -> None:
    change = reliable_change_of(CATALOGUE[measure].scale("total"))
    assert change is not None
    assert (change.value, change.kind) == (points, "stated")


def test_without_a_stated_figure_it_rests_on_the_scales_own_reliability() -> None:
    change = reliable_change_of(CATALOGUE["mos_sss"].scale("total"))
    assert change is not None
    assert change.kind == "internal consistency"
    assert change.evidence == "verified"
    assert change.source == (
        "Jacobson & Truax 1991, with internal consistency 0.97 (Sherbourne, Stewart 1991) "
        "and SD 24.2 (Sherbourne, Stewart 1991)"
    )


def test_the_weaker_evidence_counts() -> None:
    scale = CATALOGUE["mos_sss"].scale("total")
    assert [change.evidence for change in reliable_changes_worked_out(scale)] == [
        "verified",
        "unconfirmed",
    ]


@pytest.mark.parametrize(
    ("measure", "scale"), [("bsss", "perceived"), ("phq4", "total"), ("brief_cope", "denial")]
)
def test_no_figure_is_made_up(measure: str, scale: str) -> None:
    """BSSS has a reliability but no SD; the others have neither."""
    assert reliable_change_of(CATALOGUE[measure].scale(scale)) is None
    assert standard_error_of_measurement(CATALOGUE[measure].scale(scale)) is None


def test_it_is_never_merged_with_the_important_difference() -> None:
    pain = CATALOGUE["esas_r"].scale("pain")
    change = reliable_change_of(pain)
    assert change is not None
    assert pain.important_difference is not None
    assert (change.value, pain.important_difference.value) == (4.7, 1)


def test_the_error_of_a_need_is_the_assumed_one() -> None:
    """SD 1.1 and reliability .70 give .60: the error budget of the support grid."""
    error = standard_error_of_measurement(CATALOGUE["support_grid"].scale("need_tangible"))
    assert error == pytest.approx(0.60, abs=0.005)


def test_it_agrees_with_the_clinicalsignificance_package(reference_data: Path) -> None:
    """43 people (Claus 2020), HAMD from measurement 1 to 4, reliability .80: s_diff is the
    standard error of a difference, so the reliable change is 1.96 times it."""
    folder = reference_data / "reliable_change_claus"
    with (folder / "oracle_parameters.csv").open(encoding="utf-8") as rows:
        parameters = {(row["tag"], row["parameter"]): row["value"] for row in csv.DictReader(rows)}
    with (folder / "claus_2020.csv").open(encoding="utf-8") as rows:
        visits = {
            (row["id"], row["time"]): float(row["hamd"])
            for row in csv.DictReader(rows)
            if row["hamd"] not in {"", "NA"}
        }
    first = [visits[person, "1"] for person, time in visits if time == "4"]
    spread = statistics.stdev(first)
    scale = CATALOGUE["phq9"].scale("total")
    hamd = scale.model_copy(
        update={
            "reliable_change": None,
            "other_reliabilities": (),
            "sd": StandardDeviation(value=spread, population="p", source="s", evidence="verified"),
            "reliability": Reliability(
                value=0.8, type="test-retest", source="s", evidence="verified"
            ),
        }
    )
    change = reliable_change_of(hamd)
    assert change is not None
    s_diff = float(parameters["claus_hamd_dist_JT", "s_diff"])
    assert change.value == pytest.approx(1.96 * s_diff, rel=1e-9)
