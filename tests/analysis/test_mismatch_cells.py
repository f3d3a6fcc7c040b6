"""Counting patients by type and source: what is left out, what is hidden, what is ranked."""

import pandas as pd
import pytest

from dashboard.analysis import mismatch_cells as cells_of
from dashboard.analysis.mismatch_cells import Cell
from dashboard.language import words_in

ENGLISH = words_in("en")
NONE = float("nan")


def rows(*states: str, support_type: str = "tangible", source: str = "friends") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "patient_ref": [f"ref{place}" for place in range(len(states))],
            "patient_id": [f"P-{place}" for place in range(len(states))],
            "support_type": support_type,
            "source": source,
            "wanted": 3.0,
            "received": [float(place % 3) for place in range(len(states))],
            "state": list(states),
        }
    )


def cell(told: pd.DataFrame, fewest: int = 1) -> Cell:
    return next(
        one
        for one in cells_of.matrix(told, fewest)
        if (one.support_type, one.source) == ("tangible", "friends")
    )


def test_too_old_is_not_judged_and_no_such_person_is_nobody() -> None:
    told = cells_of.told(rows("under", "too_old", "not_judged", "not_applicable", "met"))
    found = cell(told)
    assert (found.n, found.judged) == (4, 2)
    assert found.counts == {"under": 1, "met": 1, "over": 0, "none": 0, "not_judged": 2}


def test_every_type_and_source_has_its_cell() -> None:
    found = cells_of.matrix(cells_of.told(rows("under")))
    assert len(found) == 5 * 6
    assert sum(one.n for one in found) == 1


def test_small_cells_are_hidden_only_from_whom_they_must_be() -> None:
    nine, ten = rows(*["under"] * 9), rows(*["under"] * 10)
    assert cell(nine, fewest=10).hidden
    assert not cell(ten, fewest=10).hidden
    assert not cell(nine).hidden
    assert not cells_of.matrix(nine, 10)[0].hidden  # nobody was asked: nothing to hide


def test_the_widest_gap_is_a_share_of_enough_people() -> None:
    told = pd.concat(
        [
            rows(*["under"] * 9, source="partner"),  # all of them, but only nine
            rows(*["under"] * 4, *["met"] * 6),
            rows(*["under"] * 5, *["met"] * 25, source="family"),
            rows(*["under"] * 30, source=""),  # the whole is no pair
        ]
    )
    found = cells_of.widest(cells_of.matrix(told))
    assert [(one.source, one.counts["under"]) for one in found] == [("friends", 4), ("family", 5)]


def test_the_patients_behind_have_the_day_their_need_opened() -> None:
    episodes = pd.DataFrame(
        {
            "patient_ref": ["ref0", "ref0", "ref2", "ref2"],
            "support_type": ["tangible", "tangible", "tangible", "esteem"],
            "raised_on": pd.to_datetime(["2026-01-01", "2026-03-01", "2026-02-01", "2026-04-01"]),
            "met": [True, False, True, False],
        }
    )
    told = rows("under", "met", "under")
    behind = cells_of.patients_behind(told, episodes, "tangible", "friends", "under")
    assert list(behind["patient_id"]) == ["P-0", "P-2"]
    assert behind["since"].iloc[0] == pd.Timestamp("2026-03-01")
    assert pd.isna(behind["since"].iloc[1])


def test_the_answer_names_the_type_the_count_and_the_source() -> None:
    told = cells_of.told(
        pd.concat(
            [
                rows(*["under"] * 3, *["met"] * 9, support_type="tangible", source=""),
                rows(
                    *["under"] * 5,
                    *["over"] * 7,
                    *["not_judged"] * 20,
                    support_type="informational",
                    source="",
                ),
                rows(
                    *["under"] * 8, *["met"] * 12, support_type="informational", source="care_team"
                ),
            ]
        )
    )
    said = cells_of.answer_sentences(cells_of.matrix(told), ENGLISH)
    assert said == (
        "In 5 of 12 judged patients the need for information is not met. "
        "It is most often missing from the care team: 8 of 20 asked."
    )


@pytest.mark.parametrize(
    ("states", "said"),
    [
        (["not_judged"], "Nobody is judged"),
        (["met"], "The one judged patient gets each type of support"),
        (["met"] * 12, "None of 12 judged patients goes without"),
        (["under"], "In 1 of 1 judged patient the need for encouragement"),
    ],
)
def test_the_answer_when_there_is_little_to_say(states: list[str], said: str) -> None:
    told = cells_of.told(rows(*states, support_type="esteem", source=""))
    assert said in cells_of.answer_sentences(cells_of.matrix(told), ENGLISH)


def test_every_reason_says_what_would_help() -> None:
    told = pd.DataFrame(
        {
            "patient_ref": ["a", "a", "b", "c"],
            "support_type": ["esteem", "tangible", "esteem", "esteem"],
            "reason": ["too_old", "too_old", "too_old", "need_missing"],
        }
    )
    found = cells_of.not_judged_rows(told, ENGLISH)
    assert list(found["Why"]) == ["The last form is too old", "The need was left blank"]
    assert list(found["Patients"]) == ["2", "1"]
    assert found["By type"].iloc[0] == "Practical help 1, Esteem 2"
    assert list(found["What would help"]) == [
        "Give the support form again",
        "Ask at the next visit",
    ]
