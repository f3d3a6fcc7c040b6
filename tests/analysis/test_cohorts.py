"""Who is in a cohort, what may be told of two, and that nothing told gives a small group away."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.analysis.cohort_results import Asked, everyone_of, models, people_of, register_of
from dashboard.analysis.cohort_view import AT, CohortView, view
from dashboard.analysis.cohort_windows import COHORTS, PLANNED
from dashboard.analysis.cohorts import (
    BASELINE,
    LONGEST_NAME,
    OTHER,
    UNKNOWN,
    Limits,
    blocks_of,
    checked_name,
    limits,
    may_be_told,
    members,
    plain_groups,
    told_bands,
    told_groups,
    values_of,
)
from dashboard.analysis.disclosure import is_small
from dashboard.errors import Refused
from dashboard.measures.catalogue import load_catalogue

MINIMUM = 10
SCALE = load_catalogue()["phq9"].scale("total")
CUT_OFF = 10.0


def people(n: int, seed: int = 3) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "patient_id": [f"p{number:05d}" for number in range(n)],
            "age": random.integers(30, 90, n).astype(float),
            "sex": random.choice(["female", "male"], n),
            "diagnosis": random.choice(["breast", "lung", "rare"], n, p=[0.6, 0.39, 0.01]),
            "stage": random.choice(np.array(["I", "II", None], dtype=object), n),
            "phase": "follow_up",
            "site": random.choice(["North", "East"], n),
            "language": "English",
            "program": random.choice(np.array([None, "walk"], dtype=object), n),
            "program_name": None,
            "support": random.choice(["under", "no_gap"], n),
            "sources": [["family"] if number % 3 else None for number in range(n)],
        }
    )


def scores(n: int, seed: int = 4) -> pd.DataFrame:
    """Fewer answer as time goes on, and some have not come so far."""
    random = np.random.default_rng(seed)
    told: dict[str, Any] = {
        "patient_id": [f"p{number:05d}" for number in range(n)],
        "followed": random.uniform(0, 30, n),
        "months_since_diagnosis": 3.0,
    }
    for window, name in AT.items():
        score = random.integers(0, 28, n).astype(float)
        told[name] = np.where(random.uniform(size=n) < 0.05 + window / 24, np.nan, score)
    return pd.DataFrame(told)


def told_of(everyone: pd.DataFrame, minimum: int) -> tuple[Limits, pd.DataFrame]:
    groups = plain_groups(everyone)
    within = limits(groups, minimum)
    return within, told_groups(groups, within)


def seen(n: int, blocks: np.ndarray, inside_a: np.ndarray, minimum: int = MINIMUM) -> CohortView:
    inside = {"a": inside_a, "b": ~inside_a}
    span = (SCALE.minimum, SCALE.maximum, CUT_OFF)
    return view(scores(n), inside, blocks, 6.0, span, minimum)


def test_filters_ask_for_one_value_of_each_dimension() -> None:
    everyone = people(200)
    within, groups = told_of(everyone, 1)
    first = np.array([12.0] * 100 + [np.nan] * 100)
    groups = groups.assign(**{BASELINE: told_bands(first, [0.0, 5.0, 10.0], within)})
    told = members(
        groups,
        everyone["sources"],
        {"sex": ("female",), "age": ("under_50", "from_65"), "source": ("family",)},
    )
    by_hand = (
        (everyone["sex"] == "female")
        & ((everyone["age"] < 50) | (everyone["age"] >= 65))
        & everyone["sources"].notna()
    )
    assert told.tolist() == by_hand.tolist()
    assert members(groups, everyone["sources"], {}).all()
    assert members(groups, everyone["sources"], {BASELINE: ("2",)}).sum() == 100
    assert members(groups, everyone["sources"], {BASELINE: (UNKNOWN,)}).sum() == 100
    assert members(groups, everyone["sources"], {"source": (UNKNOWN,)}).sum() == 67
    assert values_of(groups, "age") == ["under_50", "50_to_64", "from_65"]
    assert values_of(groups, "stage") == ["I", "II", UNKNOWN]


def test_of_the_service_rare_values_stand_together_and_rules_are_few() -> None:
    everyone = people(400)
    within, groups = told_of(everyone, MINIMUM)
    assert (everyone["diagnosis"] == "rare").sum() in range(1, MINIMUM)
    assert "rare" not in set(groups["diagnosis"])
    assert values_of(groups, "diagnosis")[-1] == OTHER
    assert within.allows(frozenset({"sex", "site"}))
    assert within.allows(frozenset({BASELINE}))
    assert not within.allows(frozenset({"sex", BASELINE}))
    assert not within.allows(frozenset({"sex", "site", "stage"}))
    assert "stage" not in within.partners(frozenset({"sex", "site"}))
    assert told_of(everyone, 1)[0].allows(frozenset({"sex", "site", "stage", BASELINE}))


def test_bands_of_the_first_score_that_few_are_in_stand_together() -> None:
    within = Limits(MINIMUM, {}, frozenset())
    first = np.array([2.0] * 30 + [7.0] * 4 + [12.0] * 30 + [np.nan] * 20)
    told = told_bands(first, [0.0, 5.0, 10.0], within).value_counts()
    assert told.to_dict() == {"0": 30, "2": 30, OTHER: 24}
    single = told_bands(first, [0.0, 5.0, 10.0], replace(within, minimum=1)).value_counts()
    assert single.to_dict() == {"0": 30, "1": 4, "2": 30, UNKNOWN: 20}
    assert told_bands(first, [], within).unique().tolist() == [UNKNOWN]


def test_a_part_is_told_only_where_neither_it_nor_the_rest_is_small() -> None:
    blocks = np.repeat([0, 1], 40)
    everyone = np.ones(80, dtype=bool)
    half = np.arange(80) % 2 == 0
    assert may_be_told(half, everyone, blocks, MINIMUM)
    few = np.arange(80) < 5
    assert not may_be_told(few, everyone, blocks, MINIMUM)
    assert not may_be_told(~few, everyone, blocks, MINIMUM)
    assert may_be_told(few, everyone, blocks, 1)
    assert may_be_told(np.arange(80) < 40, everyone, blocks, MINIMUM)


@settings(max_examples=12, deadline=None)
@given(n=st.integers(40, 160), groups=st.integers(1, 4), seed=st.integers(0, 10_000))
def test_answers_that_differ_by_a_block_differ_by_no_small_group(
    n: int, groups: int, seed: int
) -> None:
    """Whichever blocks a cohort is made of: of each block, what is told must stand for 0 or for
    enough people, those with a score, those without, and those in each bar."""
    blocks = np.random.default_rng(seed).integers(0, groups, n)
    blocks = np.unique(blocks, return_inverse=True)[1].astype(np.int64)
    told = seen(n, blocks, blocks == 0)
    wide = scores(n)
    for window in PLANNED:
        if told.told[window].scored:
            with_score = wide[AT[window]].notna().to_numpy()
            for part in (with_score, ~with_score):
                assert not any(is_small(count, MINIMUM) for count in np.bincount(blocks[part]))
        else:
            assert told.scores[told.scores["window"] == window].empty
            assert all(one.mean is None for one in told.at if one.window == window)
    main = wide[AT[6.0]].to_numpy()
    for bar in told.bars:
        inside = (main >= bar.low) & (main < bar.high)
        assert not any(is_small(count, MINIMUM) for count in np.bincount(blocks[inside]))
    if not told.told[6.0].completers:
        assert told.completers.completers is None
    if not told.told[6.0].leavers:
        assert told.leavers == dict.fromkeys(COHORTS)


def test_bars_hold_everyone_and_none_lies_across_the_cut_off() -> None:
    inside = np.arange(300) % 2 == 0
    told = seen(300, np.zeros(300, dtype=np.int64), inside, minimum=1)
    main = scores(300)[AT[6.0]]
    for name, who in zip(COHORTS, (inside, ~inside), strict=True):
        counted = sum(bar.people[name] for bar in told.bars)
        assert counted == main[who].notna().sum() > 100
        assert told.shares is not None
        share = told.shares.a if name == "a" else told.shares.b
        assert share == pytest.approx((main[who].dropna() >= CUT_OFF).mean())
    assert CUT_OFF in [bar.low for bar in told.bars]
    assert all(one.high == other.low for one, other in zip(told.bars, told.bars[1:], strict=False))
    assert told.bars[0].low <= SCALE.minimum
    assert told.bars[-1].high > SCALE.maximum


def test_shares_have_newcombes_interval() -> None:
    """56 of 70 and 48 of 80: 0.0524 to 0.3339 (Newcombe 1998, table II, case a, method 10)."""
    score = np.array([12.0] * 56 + [3.0] * 14 + [12.0] * 48 + [3.0] * 32)
    wide = pd.DataFrame({"followed": 30.0, **dict.fromkeys(AT.values(), score)})
    inside = np.arange(150) < 70
    told = view(
        wide,
        {"a": inside, "b": ~inside},
        np.zeros(150, dtype=np.int64),
        6.0,
        (0.0, 27.0, CUT_OFF),
        1,
    )
    assert told.shares is not None
    assert (told.shares.a, told.shares.b) == pytest.approx((0.8, 0.6))
    assert told.shares.low == pytest.approx(0.0524, abs=5e-5)
    assert told.shares.high == pytest.approx(0.3339, abs=5e-5)


def test_models_answer_for_every_measure_and_hide_counts_that_tell() -> None:
    n = 400

    def ask(question: str, **_: Any) -> pd.DataFrame:
        return people(n) if question == "cohort_people" else scores(n)

    asked = Asked(pd.Timestamp("2026-06-30").date(), "phq9/total", "first", 6.0, (), None)
    asked = Asked(**{**vars(asked), "a": (("sex", ("female",)),)})
    register = register_of(ask, asked.as_of, MINIMUM)
    everyone = everyone_of(ask, asked.as_of, asked.scale, asked.zero, SCALE, register)
    at = people_of(everyone, asked)
    assert at.inside["a"].sum() + at.inside["b"].sum() == n
    assert len(set(blocks_of(everyone.groups, asked.named))) == 2
    found = models(
        ask, load_catalogue(), asked, register, "mixed", ("age", "stage"), ("gad7/total",)
    )
    assert found.adjusted.at[6.0].se > 0
    assert list(found.others.differences) == ["phq9/total", "gad7/total"]
    assert len(found.others.corrected) == 2
    # Almost everybody came once, so how many did not is a small number.
    assert not found.counted


@pytest.mark.parametrize("name", ["", "   ", "x" * (LONGEST_NAME + 1), "a\u202eb"])
def test_a_name_has_to_be_seen(name: str) -> None:
    with pytest.raises(Refused) as told:
        checked_name(name)
    assert name.strip() == "" or name not in str(told.value)


def test_a_name_is_kept_without_blanks_around_it() -> None:
    assert checked_name("  Young \n women ") == "Young women"
