"""Adjusted differences against R, and what is said about them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dashboard.analysis.adjusted_comparison import (
    BASELINE,
    KINDS,
    Kind,
    adjusted,
    adjusted_in_words,
    estimand,
)
from dashboard.language import words_in

CLOSE = 1e-4
NAMES = {"a": "Group", "b": "Waiting list"}


def trial(reference_data: Path, measure: str = "cesd") -> pd.DataFrame:
    """The visits of a trial as scores at 0, 2 and 6 months."""
    rows = pd.read_csv(reference_data / "maps_breast_cancer_rct" / "maps_long.csv")
    visits = pd.DataFrame(
        {
            "patient_id": rows["id"].astype(str),
            "cohort": rows["interv_group"].map({1: "a", 0: "b"}),
            "window": rows["visit"].map({1: 0.0, 2: 2.0, 3: 6.0}),
            "score": rows[measure],
        }
    )
    return visits[visits["score"].notna()].reset_index(drop=True)


def people_of(scores: pd.DataFrame) -> pd.DataFrame:
    return scores[["patient_id", "cohort"]].drop_duplicates().reset_index(drop=True)


def service(seed: int, people: int = 120, effect: float = 2.0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two cohorts, the first ten years older; older people score higher, and some stop."""
    random = np.random.default_rng(seed)
    members = pd.DataFrame({"patient_id": [f"p{number}" for number in range(people)]})
    members["cohort"] = np.where(np.arange(people) % 2, "a", "b")
    first = members["cohort"] == "a"
    members["age"] = random.normal(60, 6, people) + 10 * first
    members["sex"] = random.choice(["female", "male"], people)
    own = 0.2 * members["age"] + random.normal(0, 2, people) + effect * first
    scores = pd.concat(
        [
            members[["patient_id", "cohort"]].assign(
                window=window, score=own + random.normal(0, 1, people)
            )
            for window in (0.0, 3.0, 6.0)
        ],
        ignore_index=True,
    )
    came = (scores["window"] == 0) | (random.uniform(size=len(scores)) < 0.8)
    return scores[came], members


@pytest.mark.parametrize(("window", "tag"), [(2.0, "ANCOVA_cesd2"), (6.0, "ANCOVA_cesd3")])
def test_ancova_as_in_r(reference_data: Path, window: float, tag: str) -> None:
    scores = trial(reference_data)
    oracle = pd.read_csv(reference_data / "maps_breast_cancer_rct" / "oracle_ancova.csv")
    [told] = oracle[(oracle["model"] == tag) & (oracle["term"] == "interv_group")].to_dict(
        "records"
    )
    found = adjusted("ancova", scores, people_of(scores), window)
    assert list(found.at) == [window]
    assert found.at[window].value == pytest.approx(told["Estimate"], rel=CLOSE)
    assert found.at[window].se == pytest.approx(told["Std..Error"], rel=CLOSE)
    assert (found.n_a + found.n_b, found.rows) == (told["n"], told["n"])
    assert found.adjusters == (BASELINE,)


@pytest.mark.parametrize("measure", ["cesd", "pss"])
def test_the_mixed_model_as_in_lme4(reference_data: Path, measure: str) -> None:
    scores = trial(reference_data, measure)
    oracle = pd.read_csv(reference_data / "maps_breast_cancer_rct" / "oracle_lmm_fixed.csv")
    told = oracle[oracle["tag"] == f"{measure}_visit_x_arm"].set_index("term")["Estimate"]
    found = adjusted("mixed", scores, people_of(scores), 6.0)
    start = told["interv_group"]
    assert found.at[0.0].value == pytest.approx(start, rel=CLOSE)
    assert found.at[2.0].value == pytest.approx(start + told["visit_f2:interv_group"], rel=CLOSE)
    assert found.at[6.0].value == pytest.approx(start + told["visit_f3:interv_group"], rel=CLOSE)
    assert (found.n_a, found.n_b, found.rows, found.message) == (37, 31, 192, "converged")


@pytest.mark.parametrize("kind", ["mixed", "means"])
def test_what_cohorts_differ_in_anyway_is_taken_out(kind: Kind) -> None:
    scores, people = service(5, people=400, effect=2.0)
    crude = adjusted(kind, scores, people, 6.0).at[6.0]
    found = adjusted(kind, scores, people, 6.0, ("age", "sex")).at[6.0]
    assert crude.low > 3
    assert found.low < 2 < found.high


def test_the_two_longitudinal_kinds_agree_where_both_hold() -> None:
    scores, people = service(6, people=300)
    mixed, means = (adjusted(kind, scores, people, 3.0, ("age",)) for kind in ("mixed", "means"))
    assert mixed.at.keys() == means.at.keys() == {0.0, 3.0, 6.0}
    for window, one in mixed.at.items():
        assert means.at[window].value == pytest.approx(one.value, abs=0.1)
        assert means.at[window].se == pytest.approx(one.se, rel=0.2)


@pytest.mark.parametrize("kind", KINDS)
def test_who_has_no_first_score_is_left_out_where_people_are_to_begin_alike(kind: Kind) -> None:
    scores, people = service(7)
    whole = scores.groupby("patient_id")["window"].transform("nunique") == 3
    one = scores.loc[whole & (scores["cohort"] == "a"), "patient_id"].iloc[0]
    late = scores[(scores["window"] > 0) | (scores["patient_id"] != one)]
    found = adjusted(kind, late, people, 6.0, (BASELINE,))
    assert 0.0 not in found.at
    assert found.n_a == adjusted(kind, scores, people, 6.0, (BASELINE,)).n_a - 1


def test_planned_times_with_few_people_are_not_compared() -> None:
    scores, people = service(8)
    few = (scores["window"] == 6) & (scores["cohort"] == "a")
    thinned = scores.drop(index=scores.index[few][9:])
    found = adjusted("mixed", thinned, people, 3.0)
    assert list(found.at) == [0.0, 3.0]
    none = adjusted("mixed", thinned, people, 6.0)
    assert (none.at, none.message) == ({}, "too_few")


def test_a_covariate_that_tells_the_cohorts_apart_is_named() -> None:
    scores, people = service(9)
    found = adjusted("mixed", scores, people.assign(sex=people["cohort"]), 6.0, ("sex",))
    assert len(found.not_separable) == 1
    assert found.at[6.0].value == adjusted("mixed", scores, people, 6.0).at[6.0].value


@pytest.mark.parametrize("kind", KINDS)
def test_no_scores_scores_that_do_not_vary_and_people_seen_once_are_told(kind: Kind) -> None:
    scores, people = service(10)
    assert adjusted(kind, scores.iloc[:0], people, 6.0).message == "too_few"
    assert adjusted(kind, scores.assign(score=5.0), people, 6.0).message == "no_variation"
    once = scores[scores["window"] == 6]
    said = {"ancova": "too_few", "mixed": "too_few_visits", "means": "too_few_visits"}
    assert adjusted(kind, once, people, 6.0).message == said[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_the_question_and_the_answer_are_said(kind: Kind) -> None:
    scores, people = service(11)
    found = adjusted(kind, scores, people, 6.0, (BASELINE, "age"))
    for code in ("en", "el"):
        words = words_in(code)
        question = estimand(found, "PHQ-9", 6.0, NAMES, words)
        answer = adjusted_in_words(found, "PHQ-9", 6.0, NAMES, words)
        assert words.say("cohorts.adjuster.age") in question
        assert words.say("cohorts.estimand.limits") in question
        assert words.number(found.at[6.0].low) in answer
        assert words.say("cohorts.model.converged") in answer


def test_no_answer_says_why() -> None:
    scores, people = service(12)
    words = words_in("en")
    found = adjusted("mixed", scores, people, 6.0, fewest=1000)
    assert adjusted_in_words(found, "PHQ-9", 6.0, NAMES, words).startswith("Too few to say")
    assert "whoever is in them" in estimand(found, "PHQ-9", 6.0, NAMES, words)
