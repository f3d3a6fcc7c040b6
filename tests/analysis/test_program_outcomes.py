"""Counts and means of what became of people, and what of them may be told."""

from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.analysis.before_and_after import grid
from dashboard.analysis.program_contrast import (
    contrast,
    expected_without,
    standardised_difference,
)
from dashboard.analysis.program_courses import (
    Bundle,
    OutcomeScale,
    Period,
    bundles,
    judged,
    outcome_scales,
    pairs_of,
)
from dashboard.analysis.program_outcomes import (
    KINDS,
    OF_CASES,
    by_group,
    by_program,
    changes,
    mean_change,
    outcomes,
)
from dashboard.analysis.program_results import choices, results
from dashboard.measures.catalogue import load_catalogue
from dashboard.store import Scope, Store
from tests.analysis.program_rows import courses

CATALOGUE = load_catalogue()
PAIR = outcome_scales(CATALOGUE, {"gad7/total", "phq9/total"})
MAPS = "maps_breast_cancer_rct"


def bundle(rows: pd.DataFrame, minimum: int = 10) -> Bundle:
    return bundles(judged(rows, PAIR), minimum)[0]


def everything(number: int, seed: int = 1) -> Bundle:
    """All programs as one."""
    rows = courses(number, seed)
    return bundle(rows.assign(program_key="coping", program_kind="group", program_name="Coping"))


def test_counts_are_those_of_the_rows() -> None:
    """Counted again, person by person."""
    one = everything(900)
    told = outcomes(one, 1)
    people = one.courses.to_dict("records")
    started = [row for row in people if row["started"]]
    scored = [row for row in started if row["paired"]]
    finished = [row for row in scored if row["contacts"] >= 2]
    assert list(told.steps.values()) == [
        900,
        len(started),
        len([row for row in started if row["contacts"] >= 2]),
        len(finished),
    ]
    assert told.without_score == len(started) - len(scored)
    for kind in KINDS:
        for who, rows in (("started", scored), ("finished", finished)):
            cases = [row for row in rows if row["case"]]
            share = getattr(told.kinds[kind], who)
            assert share.whole == len(cases if kind in OF_CASES else rows)
            assert share.part == len([row for row in rows if became(row, kind)])
    bounds = told.kinds["improved"].all_starters
    assert bounds is not None
    assert bounds.best.part == (bounds.worst.part or 0) + len(started) - len(scored)


def became(row: dict[Any, Any], kind: str) -> bool:
    return {
        "improved": row["improved"],
        "deteriorated": row["deteriorated"],
        "unchanged": not row["improved"] and not row["deteriorated"],
        "response": row["response"],
        "recovered": row["case"] and row["below"],
        "reliably_recovered": row["case"] and row["below"] and row["improved"],
    }[kind]


def numbers_in(told: object) -> list[int]:
    """Every count in a result, however deep; shares and means are not counts."""
    if isinstance(told, bool) or told is None:
        return []
    if isinstance(told, int):
        return [told]
    if isinstance(told, dict):
        return [n for value in told.values() for n in numbers_in(value)]
    if isinstance(told, (list, tuple)):
        return [n for value in told for n in numbers_in(value)]
    if is_dataclass(told):
        return [n for field in fields(told) for n in numbers_in(getattr(told, field.name))]
    return []


@settings(max_examples=5)
@given(number=st.sampled_from([40, 90, 150, 260]), seed=st.integers(0, 3))
def test_no_number_told_stands_for_a_few_people(number: int, seed: int) -> None:
    one = everything(number, seed)
    told = outcomes(one, 10)
    everything_told = [told, by_group(one, told, 10), by_program(one, told, 10)]
    assert not [n for n in numbers_in(everything_told) if 0 < n < 10]
    started, missing = told.steps["started"], told.without_score
    for kind in told.kinds.values():
        for share in (kind.started, kind.finished):
            if share.part is not None and share.whole is not None:
                assert not 0 < share.whole - share.part < 10
    if started is not None and missing is not None:
        assert not 0 < started - missing < 10


def test_what_the_page_of_the_sample_tells_stands_for_enough_people(sample_store: Store) -> None:
    """Everything that can be chosen, walked through: no count of one to nine anywhere."""

    def ask(name: str, **params: Any) -> pd.DataFrame:
        return sample_store.query(name, Scope("manager-1", "service"), **params)

    as_of = date(2026, 6, 30)
    found = choices(ask, CATALOGUE, as_of, 10)
    assert found.periods
    for period in found.periods:
        for choice in found.choices[period.key]:
            told = results(ask, CATALOGUE, as_of, 10, period, choice.key)
            counts = numbers_in(told)
            assert len(counts) > 30
            assert not [n for n in counts if 0 < n < 10]


def test_a_split_of_a_program_is_told_where_it_is_large_enough() -> None:
    one = everything(700)
    groups = by_group(one, outcomes(one, 10), 10)
    scored = one.courses[one.courses["started"] & one.courses["paired"]]
    assert set(groups) == {"age_band", "sex", "language", "diagnosis"}
    sexes = {group.name: group.improved for group in groups["sex"]}
    for name, share in sexes.items():
        of_sex = scored[scored["sex"] == name]
        assert (share.part, share.whole) == (int(of_sex["improved"].sum()), len(of_sex))
    assert [group.name for group in groups["age_band"]] == [
        "under_50",
        "50_64",
        "65_74",
        "75_over",
    ]


def test_programs_told_together_are_listed_apart() -> None:
    one = bundle(courses(330))
    rows = by_program(one, outcomes(one, 10), 10)
    assert len(rows) == 3
    assert sum(row.referred or 0 for row in rows) == 330
    alone = everything(200)
    assert by_program(alone, outcomes(alone, 10), 10) == []


@pytest.mark.parametrize(
    ("pair", "arm", "before", "after"),
    [
        ("cesd1_2_interv", 1, "cesd1", "cesd2"),
        ("cesd1_2_control", 0, "cesd1", "cesd2"),
        ("cesd1_3_interv", 1, "cesd1", "cesd3"),
        ("cesd1_3_control", 0, "cesd1", "cesd3"),
    ],
)
def test_mean_changes_are_those_of_the_reference(
    reference_data: Path, pair: str, arm: int, before: str, after: str
) -> None:
    wide = pd.read_csv(reference_data / MAPS / "maps_wide.csv")
    oracle = pd.read_csv(reference_data / MAPS / "oracle_prepost.csv").set_index("pair").loc[pair]
    rows = wide[wide["interv_group"] == arm]
    told = mean_change(pd.DataFrame({"pre": rows[before], "post": rows[after]}), 10)
    assert told is not None
    assert told.people == oracle["n"]
    assert told.change.value == pytest.approx(oracle["mean_change"])
    assert told.change.value / told.change.se == pytest.approx(oracle["t"])
    assert told.change.df == oracle["df"]
    spread = rows.dropna(subset=[after])[before].std()
    assert told.standardised == pytest.approx(oracle["mean_change"] / spread)
    assert mean_change(pd.DataFrame({"pre": rows[before], "post": rows[after]}), 40) is None


def trial(reference_data: Path, after: str) -> Bundle:
    """The trial's women as courses: the arm that was treated came."""
    wide = pd.read_csv(reference_data / MAPS / "maps_wide.csv")
    rows = courses(len(wide)).assign(
        started_on=pd.Timestamp(2024, 2, 1),
        contacts=2,
        attended_otherwise=False,
        before_first=wide["cesd1"].to_numpy(),
        after_first=wide[after].to_numpy(),
        before_second=0.0,
        after_second=0.0,
        program_key="coping",
    )
    rows.loc[wide["interv_group"].to_numpy() == 0, "started_on"] = pd.NaT
    return bundle(rows)


@pytest.mark.parametrize(("model", "after"), [("ANCOVA_cesd2", "cesd2"), ("ANCOVA_cesd3", "cesd3")])
def test_the_contrast_is_the_ancova_of_the_reference(
    reference_data: Path, model: str, after: str
) -> None:
    one = trial(reference_data, after)
    table = pd.read_csv(reference_data / MAPS / "oracle_ancova.csv")
    oracle = table[(table["model"] == model) & (table["term"] == "interv_group")].iloc[0]
    told = contrast(one, "first", outcomes(one, 10), 10)
    assert not isinstance(told, int)
    assert told.at_equal_start.value == pytest.approx(oracle["Estimate"], rel=1e-6)
    assert told.at_equal_start.se == pytest.approx(oracle["Std..Error"], rel=1e-6)
    assert 0 <= told.overlap <= 1


def test_balance_is_the_difference_in_standard_deviations(reference_data: Path) -> None:
    wide = pd.read_csv(reference_data / MAPS / "maps_wide.csv")
    oracle = pd.read_csv(reference_data / MAPS / "oracle_group_comparison.csv")
    row = oracle.set_index("variable").loc["cesd1"]
    arms = [wide.loc[wide["interv_group"] == arm, "cesd1"] for arm in (1, 0)]
    spread = ((row["sd1"] ** 2 + row["sd0"] ** 2) / 2) ** 0.5
    expected = (row["m1"] - row["m0"]) / spread
    assert standardised_difference(arms[0], arms[1], 10) == pytest.approx(expected)
    kinds = pd.Series(["a"] * 30 + ["b"] * 10), pd.Series(["a"] * 20 + ["b"] * 20)
    # 3/4 against 1/2: the same for both kinds, with either sign.
    assert abs(standardised_difference(*kinds, 10)) == pytest.approx(0.52, abs=0.01)
    assert standardised_difference(arms[0], arms[0], 10) == 0


def test_too_few_on_either_side_are_not_compared() -> None:
    one = everything(50)
    assert contrast(one, "first", outcomes(one, 10), 10) == 20


def test_start_scores_fall_back_towards_the_mean_without_a_program() -> None:
    """The expectation is the line through those on no program, at the starters' mean."""
    others = pd.DataFrame(
        {
            "patient_id": [f"q{place}" for place in range(40)],
            "before": [float(place % 20) for place in range(40)],
        }
    )
    others["after"] = 4.0 + 0.5 * others["before"]
    told = expected_without(others, pd.Series([14.0] * 12 + [18.0] * 12), 10)
    assert told is not None
    assert told.after.value == pytest.approx(4 + 0.5 * 16)
    assert told.change.value == pytest.approx(-4)
    assert (told.people, told.forms) == (40, 40)
    assert expected_without(others.iloc[:15], pd.Series([14.0] * 24), 10) is None
    assert expected_without(others, pd.Series([14.0] * 3), 10) is None


def test_the_grid_is_as_fine_as_people_are_many() -> None:
    phq9: OutcomeScale = PAIR[0]
    sizes = []
    for number in (150, 900, 30_000):
        one = everything(number)
        scored = one.courses[one.courses["started"] & one.courses["paired"]]
        counted = grid(pairs_of(scored, "first"), phq9, 10)
        shown = sum(square.people or 0 for square in counted.squares)
        assert shown + counted.hidden == counted.people == len(scored)
        assert all(not 0 < (square.people or 0) < 10 for square in counted.squares)
        assert counted.hidden == 0 or counted.hidden >= 10
        sizes.append(len(counted.edges))
    assert sizes == sorted(sizes)
    assert sizes[0] == 3
    assert sizes[-1] > 8


def test_mean_changes_stand_only_where_the_number_of_people_does() -> None:
    one = everything(40)
    told = outcomes(one, 10)
    hidden = {
        who for who in ("started", "finished") if getattr(told.kinds["improved"], who).whole is None
    }
    assert not hidden & changes(one, "first", told, 10).keys()


def test_a_period_has_a_name_for_the_address() -> None:
    assert ".." in Period(date(2024, 1, 1), date(2024, 12, 31)).key
