"""Courses, the periods and programs that they are told in, and what became of each."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.analysis.program_courses import (
    AFTER_UNTIL,
    ALL,
    ENOUGH,
    FEWEST_QUARTERS,
    OTHER,
    START_WITHIN,
    OutcomeScale,
    Period,
    bundles,
    closed_periods,
    judged,
    outcome_scales,
    within,
)
from dashboard.measures.catalogue import load_catalogue
from tests.analysis.program_rows import courses

CATALOGUE = load_catalogue()
PAIR = outcome_scales(CATALOGUE, {"gad7/total", "phq9/total", "hads/total"})
LATE = date(2035, 1, 1)


def scale(**changed: float | str) -> OutcomeScale:
    values: dict[str, object] = {
        "key": "x/total",
        "title": "X",
        "minimum": 0.0,
        "maximum": 60.0,
        "higher_is": "worse",
        "cut_off": 16.0,
        "cut_off_source": "",
        "reliable": 5.0,
        "reliable_source": "",
        "bands": (),
    }
    return OutcomeScale(**{**values, **changed})  # type: ignore[arg-type]


def one(before: tuple[float, float], after: tuple[float, float]) -> pd.Series:
    """What is judged of one person who started, by PHQ-9 and GAD-7."""
    row = courses(1).assign(
        started_on=pd.Timestamp(2024, 1, 9),
        before_first=before[0],
        after_first=after[0],
        before_second=before[1],
        after_second=after[1],
    )
    return judged(row, PAIR).iloc[0]


def test_outcomes_are_judged_by_the_pair_that_the_definitions_name() -> None:
    assert [one.key for one in PAIR] == ["phq9/total", "gad7/total"]
    assert [(one.cut_off, one.reliable) for one in PAIR] == [(10, 6), (8, 4)]
    alone = outcome_scales(CATALOGUE, {"gad7/total", "mspss/total"})
    assert [one.key for one in alone] == ["gad7/total"]
    assert outcome_scales(CATALOGUE, {"mspss/total"}) == []


@pytest.mark.parametrize(
    ("before", "after", "became"),
    [
        ((12, 9), (6, 9), {"improved", "case"}),  # better by six on one, the other as it was
        ((12, 9), (7, 6), {"case", "below"}),  # five and three: within error, and yet below both
        ((12, 9), (6, 5), {"improved", "case", "below", "response"}),
        ((12, 9), (6, 13), {"case", "response"}),  # better on one and worse on the other
        ((9, 7), (3, 7), {"improved", "below", "response"}),  # no case before
        ((5, 3), (5, 7), {"deteriorated", "below"}),
        ((12, 9), (12, 13), {"deteriorated", "case"}),
        ((12, float("nan")), (6, 5), set()),
    ],
)
def test_what_became_of_one_person(
    before: tuple[float, float], after: tuple[float, float], became: set[str]
) -> None:
    told = one(before, after)
    kinds = ["improved", "deteriorated", "case", "below", "response"]
    expected = became | ({"response"} if after[0] <= before[0] / 2 and became else set())
    assert {kind for kind in kinds if told[kind]} == expected
    assert told["paired"] == (not np.isnan(before[1]))


def reference(folder: Path, sub: str, file: str) -> pd.DataFrame:
    return pd.read_csv(folder / sub / file)


def judged_alone(before: pd.Series, after: pd.Series, line: OutcomeScale) -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "before_first": before.to_numpy(float),
            "after_first": after.to_numpy(float),
            "started_on": pd.Timestamp(2024, 1, 1),
            "contacts": 2,
        }
    )
    told = judged(rows, [line])
    return told[told["paired"]]


def test_the_counts_are_those_of_the_reference_on_real_patients(reference_data: Path) -> None:
    """Jacobson and Truax with cut-off c over the Hamilton scale, 1st to 4th measurement."""
    folder = "reliable_change_claus"
    parameters = reference(reference_data, folder, "oracle_parameters.csv")
    named = parameters[parameters["tag"] == "claus_hamd_comb_JT_c"].set_index("parameter")["value"]
    summary = reference(reference_data, folder, "oracle_summary.csv")
    expected = summary[summary["tag"] == "claus_hamd_comb_JT_c"].set_index("category")["n"]
    wide = reference(reference_data, folder, "claus_2020.csv").pivot(
        index="id", columns="time", values="hamd"
    )
    line = scale(reliable=1.96 * float(named["s_diff"]), cut_off=float(named["cutoff_value"]))
    told = judged_alone(wide[1], wide[4], line)
    recovered = told["case"] & told["below"] & told["improved"]
    assert len(told) == named["n_n_used"]
    assert int(recovered.sum()) == expected["Recovered"]
    assert int(told["improved"].sum()) == expected["Recovered"] + expected["Improved"]
    assert int(told["deteriorated"].sum()) == expected["Deteriorated"] + expected["Harmed"]


@pytest.mark.parametrize(("tag", "after"), [("1to2_all", "cesd2"), ("1to3_all", "cesd3")])
def test_the_counts_are_those_of_the_reference_in_a_trial(
    reference_data: Path, tag: str, after: str
) -> None:
    folder = "maps_breast_cancer_rct"
    wide = reference(reference_data, folder, "maps_wide.csv")
    parameters = reference(reference_data, folder, "oracle_rci_parameters.csv")
    name = f"maps_cesd_JT_{tag}"
    named = parameters[parameters["tag"] == name].set_index("parameter")["value"].astype(float)
    summary = reference(reference_data, folder, "oracle_rci_summary.csv")
    expected = summary[summary["tag"] == name].set_index("category")["n"]
    line = scale(reliable=1.96 * named["s_diff"], cut_off=named["cutoff_value"])
    told = judged_alone(wide["cesd1"], wide[after], line)
    assert len(told) == named["n_n_used"]
    recovered = told["case"] & told["below"] & told["improved"]
    assert int(recovered.sum()) == expected["Recovered"]
    assert int(told["improved"].sum()) == expected["Recovered"] + expected["Improved"]
    assert int(told["deteriorated"].sum()) == expected["Deteriorated"] + expected["Harmed"]


def test_periods_are_whole_quarters_that_follow_each_other() -> None:
    rows = courses(1500, every=2)
    periods = closed_periods(rows, LATE, 10)
    assert periods[0].first == date(2024, 1, 1)
    for earlier, later in zip(periods, periods[1:], strict=False):
        assert later.first == earlier.last + timedelta(days=1)
    for period in periods:
        assert (period.first.month - 1) % 3 == 0
        assert (period.last + timedelta(days=1)).month % 3 == 1
        assert within(rows, period)["started_on"].notna().sum() >= ENOUGH * 10
        months = (period.last - period.first).days / 30.4
        assert months >= 3 * FEWEST_QUARTERS - 1


@settings(max_examples=25)
@given(number=st.integers(0, 700), seed=st.integers(0, 5), days=st.integers(0, 2500))
def test_a_closed_period_stays_closed(number: int, seed: int, days: int) -> None:
    """On a later day there may be more periods; those there were are the same."""
    rows = courses(number, seed)
    as_of = date(2024, 1, 1) + timedelta(days=days)
    known = rows[rows["referred_on"].dt.date <= as_of]
    now = closed_periods(known, as_of, 10)
    assert closed_periods(rows, LATE, 10)[: len(now)] == now
    assert all(period.last + timedelta(days=START_WITHIN + AFTER_UNTIL) <= as_of for period in now)


@pytest.mark.parametrize(
    "rows",
    [courses(0), courses(2), courses(25), courses(400, site="North", first=date(2034, 11, 1))],
    ids=["nobody", "two people", "one month", "too recent"],
)
def test_too_few_or_too_recent_people_close_no_period(rows: pd.DataFrame) -> None:
    assert closed_periods(rows, LATE, 10) == []


def told(rows: pd.DataFrame) -> list[tuple[str, int]]:
    found = bundles(judged(rows, PAIR), 10)
    return [(one.key, len(one.names)) for one in found]


def test_a_program_with_enough_people_is_told_alone() -> None:
    assert dict(told(courses(1200))) == {"coping": 1, "peer": 1, "talk": 1}


def test_small_programs_are_told_with_others_of_their_kind() -> None:
    rows = courses(360)
    # Of the 120 people in each program some 70 start: no program alone is enough.
    assert told(rows) == [(ALL, 3)]
    talk = courses(300, seed=4).assign(
        program_key="talk", program_name="The talk program", program_kind="individual"
    )
    talk["patient_id"] += "-talk"
    assert sorted(told(pd.concat([rows, talk]))) == [("kind-group", 2), ("talk", 1)]


def test_every_person_is_in_a_bundle_once() -> None:
    rows = judged(courses(1200), PAIR)
    again = rows.iloc[:200].assign(program_key="peer", program_kind="group", started=False)
    found = bundles(pd.concat([rows, again]), 10)
    for one in found:
        assert one.courses["patient_id"].is_unique
    names = {name for one in found for name in one.names}
    assert names == set(rows["program_name"])
    assert not {one.key for one in found} & {OTHER}


def test_whoever_started_one_of_several_counts_as_having_started() -> None:
    rows = judged(courses(30), PAIR)
    person = rows.iloc[[0]].assign(patient_id="both")
    came = person.assign(
        started=True,
        program_key="peer",
        program_name="The peer program",
        referred_on=pd.Timestamp(2024, 5, 1),
    )
    stayed = person.assign(
        started=False, program_key="coping", referred_on=pd.Timestamp(2024, 2, 1)
    )
    [everything] = bundles(pd.concat([stayed, came, rows.iloc[1:]]), 10)
    both = everything.courses[everything.courses["patient_id"] == "both"]
    assert both["program_key"].tolist() == ["peer"]


def test_a_period_is_named_by_its_months() -> None:
    assert Period(date(2024, 7, 1), date(2025, 9, 30)).key == "2024-07..2025-09"
