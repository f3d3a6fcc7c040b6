"""What the catalogue holds, and how a centre's own folder changes it."""

import shutil
import time
from pathlib import Path

import pytest

from dashboard.errors import MeasureRefused
from dashboard.measures.catalogue import DEFAULT_FOLDER, Catalogue, load_catalogue

CATALOGUE = load_catalogue()
ITEMS_OF = {
    "distress_0_10": 1,
    "phq9": 9,
    "gad7": 7,
    "phq4": 4,
    "esas_r": 10,
    "mos_sss": 19,
    "mmos_ss": 8,
    "mspss": 12,
    "bsss": 28,
    "scns_sf34": 34,
    "support_grid": 65,
    "brief_cope": 28,
    "lot_r": 10,
    "brs": 6,
    "care": 10,
}
SCORES_ONLY = {
    "hads",
    "promis_depression",
    "promis_anxiety",
    "promis_emotional_support",
    "promis_informational_support",
    "promis_instrumental_support",
    "promis_companionship",
    "eortc_qlq_c30",
    "fact_g",
    "eq_5d",
    "cd_risc",
    "who5",
    "collaborate",
    "k6",
    "k10",
}
WORDING_FREE_TO_SHOW = {"phq9", "gad7", "phq4", "distress_0_10", "support_grid"}


def test_the_default_measures_are_there_with_their_items() -> None:
    assert {key: len(measure.items) for key, measure in CATALOGUE.items()} == {
        **ITEMS_OF,
        **dict.fromkeys(SCORES_ONLY, 0),
    }


def test_loading_is_quick_enough_to_do_at_every_start() -> None:
    fastest = min(_seconds_to_load() for _ in range(3))
    assert fastest < 0.15


def _seconds_to_load() -> float:
    start = time.perf_counter()
    load_catalogue()
    return time.perf_counter() - start


@pytest.mark.parametrize("key", sorted(set(ITEMS_OF) - WORDING_FREE_TO_SHOW))
def test_no_wording_is_shipped_without_permission(key: str) -> None:
    labels = [item.label.split(" (")[0] for item in CATALOGUE[key].items]
    assert labels == [f"Item {place}" for place in range(1, len(labels) + 1)]


@pytest.mark.parametrize("key", ["phq9", "gad7"])
def test_the_total_is_the_only_scale(key: str) -> None:
    assert [scale.key for scale in CATALOGUE[key].scales] == ["total"]


def test_loinc_codes_of_items_and_totals_are_not_mixed_up() -> None:
    """44260-8 is item 9 and 69737-5 is the panel, though often taken for the totals."""
    assert CATALOGUE.item("phq9_9").loinc == "44260-8"
    assert CATALOGUE["phq9"].scale("total").loinc == "44261-6"
    assert CATALOGUE["gad7"].loinc == "69737-5"
    assert CATALOGUE["gad7"].scale("total").loinc == "70274-6"


def test_the_answer_that_may_mean_danger_is_watched_and_never_estimated() -> None:
    (safety,) = CATALOGUE["phq9"].safety_items
    assert (safety.item, safety.at_least) == ("phq9_9", 1)
    assert CATALOGUE["phq9"].scale("total").never_prorate == ("phq9_9",)


def test_cut_offs_used_by_the_worklist() -> None:
    screens = {
        (measure.key, scale.key): scale.screen.at_least
        for measure in CATALOGUE.values()
        for scale in measure.scales
        if scale.screen
    }
    assert screens == {
        ("distress_0_10", "total"): 4,
        ("phq9", "total"): 10,
        ("gad7", "total"): 8,
        ("phq4", "anxiety"): 3,
        ("phq4", "depression"): 3,
        ("hads", "anxiety"): 8,
        ("hads", "depression"): 8,
        ("hads", "total"): 13,
    }


@pytest.mark.parametrize(
    ("score", "label"),
    [
        (0, "minimal"),
        (4, "minimal"),
        (5, "mild"),
        (9.99, "mild"),
        (10, "moderate"),
        (15, "moderately severe"),
        (19.5, "moderately severe"),
        (20, "severe"),
        (27, "severe"),
    ],
)
def test_a_band_runs_to_the_next(score: float, label: str) -> None:
    band = CATALOGUE["phq9"].scale("total").band_of(score)
    assert band is not None
    assert band.label == label


@pytest.mark.parametrize(
    ("score", "label"), [(2.99, "low"), (3.0, "normal"), (4.3, "normal"), (13 / 3, "high")]
)
def test_resilience_bands_at_their_published_edges(score: float, label: str) -> None:
    band = CATALOGUE["brs"].scale("total").band_of(score)
    assert band is not None
    assert band.label == label


@pytest.mark.parametrize(
    ("raw_sum", "label"), [(12, "low"), (48, "low"), (49, "moderate"), (68, "moderate")]
)
def test_sum_bands_hold_for_the_mean(raw_sum: int, label: str) -> None:
    scale = CATALOGUE["mspss"].scale("total")
    band, top = scale.band_of(raw_sum / 12), scale.band_of(69 / 12)
    assert band is not None
    assert top is not None
    assert (band.label, top.label) == (label, "high")


@pytest.mark.parametrize(
    ("measure", "scale", "needed"),
    [
        ("phq9", "total", 7),
        ("gad7", "total", 6),
        ("mos_sss", "total", 10),
        ("mos_sss", "affectionate", 2),
        ("mspss", "total", 9),
        ("mspss", "family", 3),
        ("scns_sf34", "system_information", 6),
        ("brs", "total", 6),
        ("care", "total", 8),
        ("hads", "total", 0),
    ],
)
def test_fewest_answers(measure: str, scale: str, needed: int) -> None:
    assert CATALOGUE[measure].scale(scale).answers_needed == needed


def test_fewest_answers_is_not_thrown_by_rounding() -> None:
    fifty = (
        CATALOGUE["mos_sss"]
        .scale("total")
        .model_copy(
            update={"items": tuple(f"x_{n}" for n in range(50)), "min_answered_share": 0.14}
        )
    )
    assert 0.14 * 50 > 7
    assert fifty.answers_needed == 7


def test_support_and_distress_point_opposite_ways() -> None:
    directions = {
        measure.key: {scale.higher_is for scale in measure.scales}
        for measure in CATALOGUE.values()
        if measure.domain in {"support", "distress"} and measure.key != "bsss"
    }
    assert {key for key, found in directions.items() if found == {"worse"}} == {
        key for key in directions if CATALOGUE[key].domain == "distress"
    }
    assert {key for key, found in directions.items() if found == {"better"}} == {
        key for key in directions if CATALOGUE[key].domain == "support"
    }


def test_items_are_found_across_measures() -> None:
    assert CATALOGUE.measure_of_item("need_esteem").key == "support_grid"
    assert CATALOGUE.item("need_esteem").maximum == 4
    with pytest.raises(KeyError):
        CATALOGUE.item("phq9_10")
    with pytest.raises(KeyError):
        CATALOGUE["phq9"].item("gad7_1")
    with pytest.raises(KeyError):
        CATALOGUE["phq9"].scale("anxiety")


def test_the_catalogue_and_its_measures_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        CATALOGUE.version = "x"  # type: ignore[misc]
    with pytest.raises(ValueError, match="frozen"):
        CATALOGUE["phq9"].title = "x"


@pytest.fixture
def own_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "our-measures"
    folder.mkdir()
    return folder


def copy_with(source: str, target: Path, *changes: tuple[str, str]) -> None:
    text = (DEFAULT_FOLDER / f"{source}.toml").read_text("utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    target.write_text(text, "utf-8")


def test_an_own_measure_is_added(own_folder: Path) -> None:
    copy_with("brs", own_folder / "grit.toml", ("brs", "grit"))
    ours = load_catalogue(own_folder)
    assert set(ours) == {*CATALOGUE, "grit"}
    assert ours.measure_of_item("grit_1").key == "grit"


def test_an_own_measure_replaces_the_default(own_folder: Path) -> None:
    copy_with("phq9", own_folder / "phq9.toml", ('title = "PHQ-9"', 'title = "PHQ-9 (ours)"'))
    ours = load_catalogue(own_folder)
    assert set(ours) == set(CATALOGUE)
    assert ours["phq9"].title == "PHQ-9 (ours)"
    assert ours["gad7"] == CATALOGUE["gad7"]


def test_the_version_follows_the_definitions_and_nothing_else(own_folder: Path) -> None:
    assert load_catalogue(own_folder).version == CATALOGUE.version
    shutil.copy(DEFAULT_FOLDER / "phq9.toml", own_folder)
    assert load_catalogue(own_folder).version == CATALOGUE.version
    copy_with("phq9", own_folder / "phq9.toml", ("at_least = 10", "at_least = 11"))
    changed = load_catalogue(own_folder)
    assert changed.version != CATALOGUE.version
    assert changed != CATALOGUE
    assert len({CATALOGUE, load_catalogue(), changed}) == 2


def test_a_fault_names_the_own_folder_but_not_the_whole_path(own_folder: Path) -> None:
    copy_with("phq9", own_folder / "phq9.toml", ('method = "sum"', 'method = "total"'))
    with pytest.raises(MeasureRefused) as refused:
        load_catalogue(own_folder)
    assert refused.value.where == "our-measures/phq9.toml"
    assert str(own_folder.parent) not in str(refused.value)


def test_a_missing_own_folder_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(MeasureRefused, match="our-measures, folder: is not there"):
        load_catalogue(tmp_path / "our-measures")


def test_a_catalogue_is_read_like_a_dictionary() -> None:
    assert isinstance(CATALOGUE, Catalogue)
    assert list(CATALOGUE) == sorted(CATALOGUE)
    assert CATALOGUE.get("phq_9") is None
    assert CATALOGUE.measures["phq9"] is CATALOGUE["phq9"]
