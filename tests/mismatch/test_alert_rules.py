"""Each alert rule, case by case, from the table of mismatch.md and docs/decisions.md.

A case says which forms a person handed in on which days, the day that is asked about, and
every alert of one kind on that day. `road` is what works the alerts out: the same table
holds for each road. The properties below the table hold the independent road to what no
single case can show.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.intake.reading import read_file
from dashboard.measures.catalogue import load_catalogue
from dashboard.mismatch.rules import Rules, default_rules
from tests.mismatch.independent_alerts import GRID, TYPES, Histories, alerts_on
from tests.mismatch.random_histories import (
    Answer,
    Form,
    Person,
    answers_csv,
    as_frames,
    day_number,
    patients_csv,
    people,
    telling_days,
)
from tests.queries.comparison import Row, rows_of

CATALOGUE = load_catalogue()
Road = Callable[[date, Person, Rules], list[Row]]
"""The alerts of one person on a day, by rule, type and source."""

NA: Answer = "not applicable"
DECLINED: Answer = "declined"
BLANK = None


def rules_with(**changed: Mapping[str, Any]) -> Rules:
    """The default rules with some thresholds changed, table by table."""
    told = default_rules().model_dump()
    return Rules.model_validate({**told, **{key: told[key] | changed[key] for key in changed}})


@pytest.fixture(params=["pandas"])
def road(request: pytest.FixtureRequest) -> Road:
    roads: dict[str, Road] = {"pandas": _pandas_road}
    return roads[request.param]


def _pandas_road(day: date, person: Person, rules: Rules) -> list[Row]:
    return rows_of(alerts_on(day, as_frames([person], CATALOGUE), rules, CATALOGUE))


# --- how a case is written: forms by the number of their day


def grid(
    on: int,
    need: Answer | None = BLANK,
    received: Answer | Mapping[str, Answer | None] | None = BLANK,
    *,
    support_type: str = "emotional",
    wave: str = "",
    importance: Answer | None = BLANK,
    fit: Answer | None = BLANK,
    wanted: Mapping[str, Answer | None] | None = None,
) -> Form:
    """A support grid filled in for one type; a single `received` is what comes from family."""
    by_source = received if isinstance(received, Mapping) else {"family": received}
    told = {
        f"need_{support_type}": need,
        f"importance_{support_type}": importance,
        f"fit_{support_type}": fit,
        **{f"received_{support_type}_{key}": answer for key, answer in by_source.items()},
        **{f"wanted_{support_type}_{key}": answer for key, answer in (wanted or {}).items()},
    }
    return _form(GRID, on, told, wave)


def gap(on: int, size: int) -> Form:
    """A form with that gap, at most 1, whose need is too low for `under`."""
    return grid(on, 1, 1 - size)


def together(*forms: Form) -> Form:
    """One form that says what several say."""
    answers = {item: answer for form in forms for item, answer in form.answers.items()}
    return replace(forms[0], answers=answers)


def distress(on: int, answer: Answer | None, wave: str = "") -> Form:
    return _form("distress_0_10", on, {"distress_0_10_1": answer}, wave)


def phq9(on: int, total: int, *, ninth: Answer | None = 0, wave: str = "") -> Form:
    """Eight items that add up to `total`, and the ninth beside them."""
    parts = [total // 8 + (n < total % 8) for n in range(8)]
    told: dict[str, Answer | None] = {f"phq9_{n}": part for n, part in enumerate(parts, start=1)}
    return _form("phq9", on, {**told, "phq9_9": ninth}, wave)


def phq9_without_total(on: int, *, ninth: Answer | None = BLANK) -> Form:
    """Too little answered for a total."""
    return _form("phq9", on, {"phq9_1": 3, "phq9_9": ninth})


def gad7(on: int, total: int) -> Form:
    parts = [total // 7 + (n < total % 7) for n in range(7)]
    return _form("gad7", on, {f"gad7_{n}": part for n, part in enumerate(parts, start=1)})


def scns(on: int, **answers: Answer) -> Form:
    return _form("scns_sf34", on, {f"scns_sf34_{key[1:]}": value for key, value in answers.items()})


def _form(measure_key: str, on: int, told: Mapping[str, Answer | None], wave: str = "") -> Form:
    answers = {item: answer for item, answer in told.items() if answer is not None}
    return Form(measure_key, day_number(on), answers, wave)


def alert(rule: str, tier: str | None, raised: int | None, *path: str, **more: Any) -> Row:
    """What an alert must say; without a path, it is the rule's own tier and no step."""
    return {
        "rule": rule,
        "tier": tier,
        "tier_path": list(path) or [f"{rule}: {tier}"],
        "raised_on": None if raised is None else day_number(raised),
        **more,
    }


def unjudged(reason: str, since: int | None) -> Row:
    return alert("unjudged", None, since, "unjudged", support_type="emotional", reason=reason)


KINDS = {
    "support": {"under", "under_high", "persist"},
    "over": {"over"},
    "distress": {"distress"},
    "safety": {"safety"},
    "overdue": {"overdue"},
    "unjudged": {"unjudged"},
}


@dataclass(frozen=True)
class Case:
    """`expected` holds every alert of the kind on the day, in the order of type and source;
    of `unjudged`, those of emotional support. Columns that it does not name may be anything.
    """

    name: str
    forms: list[Form]
    day: int
    expected: list[Row]
    kind: str = "support"
    person: Person = field(default_factory=lambda: Person("nobody"))
    changed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def whose(self, number: int) -> Person:
        """The person of this case, under an id that no other case has."""
        return replace(self.person, patient_id=f"case-{number:03}", forms=tuple(self.forms))


def of_kind(kind: str, *cases: Case) -> list[Case]:
    return [replace(case, kind=kind) for case in cases]


# Forms that raise one thing and nothing else. Days less than 14 apart cannot persist.
UNMET = (2, 0)
UNDER_PERSIST = ("under: medium", "persist: +1")
UNDER_WORSE_DISTRESS = ("under: medium", "worse (distress): +1")

UNDER = [
    Case(
        "need 2 and gap 2 fire",
        [grid(0, 2, 0)],
        0,
        [
            alert(
                "under",
                "medium",
                0,
                support_type="emotional",
                source_key="",
                need=2,
                received=0,
                gap=2,
                earlier_gap=None,
                reason=None,
            )
        ],
    ),
    Case("need 2 and gap 1 do not", [grid(0, 2, 1)], 0, []),
    Case("need 1 and gap 1 do not", [grid(0, 1, 0)], 0, []),
    Case("need 4 and gap 2 fire", [grid(0, 4, 2)], 0, [alert("under", "medium", 0)]),
    Case("need 4 and gap 1 do not", [grid(0, 4, 3)], 0, []),
    Case("low support that is not needed is no alert", [grid(0, 0, 0)], 0, []),
    Case(
        "the source that gives most counts: it closes the gap",
        [grid(0, 3, {"partner": 0, "friends": 2, "community": 1})],
        0,
        [],
    ),
    Case(
        "the source that gives most counts: it leaves a gap",
        [grid(0, 3, {"partner": 0, "friends": 1})],
        0,
        [alert("under", "medium", 0, received=1, gap=2)],
    ),
    Case(
        "a source that does not apply is left out",
        [grid(0, 2, {"partner": NA, "family": 0})],
        0,
        [alert("under", "medium", 0, received=0)],
    ),
    Case("not applicable alone is no zero", [grid(0, 4, {"partner": NA, "family": NA})], 0, []),
    Case("a refusal is no zero", [grid(0, 4, {"partner": DECLINED})], 0, []),
    Case("a blank is no zero", [grid(0, 4, {"partner": BLANK, "family": 3})], 0, []),
    Case("need that is not told is no need", [grid(0, BLANK, 0)], 0, []),
    Case(
        "wanted from 2 on, received from 2 on",
        [
            grid(
                0,
                4,
                {"partner": 1, "family": 2, "friends": 0},
                wanted={"partner": 2, "family": 2, "friends": 1},
            )
        ],
        0,
        [alert("under", "medium", 0, missing_from=["partner"])],
    ),
    Case(
        "sources that it is missing from, in the order of the alphabet, unanswered ones too",
        [
            grid(
                0,
                4,
                {"partner": 0, "community": 1, "care_team": BLANK, "friends": DECLINED},
                wanted={"partner": 3, "community": 4, "care_team": 2, "friends": BLANK},
            )
        ],
        0,
        [alert("under", "medium", 0, missing_from=["care_team", "community", "partner"])],
    ),
    Case(
        "each type has its own",
        [
            together(
                grid(0, 2, 0, support_type="tangible"),
                grid(0, 3, 2, support_type="belonging"),
                grid(0, 4, 0, support_type="esteem"),
            ),
            grid(10, 3, 3, support_type="tangible"),
        ],
        10,
        [alert("under", "medium", 0, support_type="esteem")],
    ),
    Case(
        "two types at once",
        [
            together(
                grid(0, 2, 0, support_type="tangible"),
                grid(0, 4, 1, support_type="esteem"),
            )
        ],
        0,
        [
            alert("under", "medium", 0, support_type="esteem", gap=3),
            alert("under", "medium", 0, support_type="tangible", gap=2),
        ],
    ),
    Case(
        "the last form of a day counts: it fires",
        [grid(0, 2, 2, wave="1"), grid(0, 2, 0, wave="2")],
        0,
        [alert("under", "medium", 0, earlier_gap=None)],
    ),
    Case(
        "the last form of a day counts: it does not fire",
        [grid(0, 2, 0, wave="1"), grid(0, 2, 2, wave="2")],
        0,
        [],
    ),
    Case(
        "the last form of a day counts: it does not judge",
        [grid(0, 2, 0, wave="1"), grid(0, 2, BLANK, wave="2")],
        0,
        [],
    ),
    Case("it judges on day 119", [grid(0, 2, 0)], 119, [alert("under", "medium", 0)]),
    Case("it no longer judges on day 120", [grid(0, 2, 0)], 120, []),
    Case(
        "a later form that does not judge leaves it standing",
        [grid(0, 2, 0), grid(30, BLANK, 0)],
        60,
        [alert("under", "medium", 0, gap=2)],
    ),
    Case(
        "and does not make it younger",
        [grid(0, 2, 0), grid(30, BLANK, 0)],
        120,
        [],
    ),
]

CLEARING = [
    Case(
        "gap 1 once does not clear",
        [grid(0, 2, 0), grid(10, 2, 1)],
        10,
        [alert("under", "medium", 0, gap=1, earlier_gap=2)],
    ),
    Case("gap 1 twice clears", [grid(0, 2, 0), grid(10, 2, 1), grid(20, 2, 1)], 20, []),
    Case(
        "as of the day before, it is open still",
        [grid(0, 2, 0), grid(10, 2, 1), grid(20, 2, 1)],
        19,
        [alert("under", "medium", 0, gap=1)],
    ),
    Case("gap 0 clears at once", [grid(0, 2, 0), grid(10, 2, 2)], 10, []),
    Case("a gap below 0 clears at once", [grid(0, 2, 0), grid(10, 2, 3)], 10, []),
    Case(
        "gap 1 twice but not in a row does not clear",
        [grid(0, 2, 0), grid(10, 2, 1), grid(20, 2, 0), grid(30, 2, 1)],
        30,
        [alert("under", "medium", 0)],
    ),
    Case(
        "a form that does not judge stands between two in a row without parting them",
        [grid(0, 2, 0), grid(10, 2, 1), grid(15, BLANK, 4), grid(20, 2, 1)],
        20,
        [],
    ),
    Case(
        "need below 2 does not clear while there is a gap",
        [grid(0, 2, 0), grid(10, 1, 0)],
        10,
        [alert("under", "medium", 0, need=1, gap=1)],
    ),
    Case(
        "what was cleared begins anew",
        [grid(0, 2, 0), grid(10, 2, 2), grid(20, 2, 0)],
        20,
        [alert("under", "medium", 20)],
    ),
    Case(
        "an episode goes on over a time without judgement",
        [grid(0, 2, 0), grid(200, 2, 1)],
        200,
        [alert("under", "medium", 0, gap=1)],
    ),
    Case(
        "and can be cleared after it",
        [grid(0, 2, 0), grid(200, 2, 2)],
        200,
        [],
    ),
    Case(
        "when `under` clears by gap 1 twice, what persists goes on",
        [grid(0, 2, 0), grid(30, 2, 1), grid(60, 2, 1)],
        60,
        [alert("persist", "medium", 30)],
    ),
]

PERSIST = [
    Case("gap 1 once does not persist", [gap(0, 1)], 0, []),
    Case("13 days apart are too close", [gap(0, 1), gap(13, 1)], 13, []),
    Case(
        "14 days apart persist, from the second form on",
        [gap(0, 1), gap(14, 1)],
        14,
        [alert("persist", "medium", 14, gap=1, earlier_gap=1)],
    ),
    Case("as of the day before, they do not", [gap(0, 1), gap(14, 1)], 13, []),
    Case(
        "120 days apart persist", [gap(0, 1), gap(120, 1)], 120, [alert("persist", "medium", 120)]
    ),
    Case("121 days apart are too far", [gap(0, 1), gap(121, 1)], 121, []),
    Case("no gap between breaks it", [gap(0, 1), gap(20, 0), gap(40, 1)], 40, []),
    Case("only neighbours count, 10 days apart", [gap(0, 1), gap(10, 1), gap(20, 1)], 20, []),
    Case(
        "neighbours by judgement: one that does not judge stands between",
        [gap(0, 1), grid(10, BLANK, 0), gap(20, 1)],
        20,
        [alert("persist", "medium", 20)],
    ),
    Case(
        "it stays open at gap 1",
        [gap(0, 1), gap(20, 1), gap(40, 1), gap(45, 1)],
        45,
        [alert("persist", "medium", 20)],
    ),
    Case("it ends at gap 0", [gap(0, 1), gap(20, 1), gap(40, 0)], 40, []),
    Case(
        "it goes on over a time without judgement",
        [gap(0, 1), gap(20, 1), gap(160, 1)],
        160,
        [alert("persist", "medium", 20)],
    ),
    Case("in that time it is not judged", [gap(0, 1), gap(20, 1), gap(160, 1)], 140, []),
    Case(
        "it raises `under` one tier",
        [grid(0, 2, 0), grid(30, 2, 0)],
        30,
        [alert("under", "high", 0, *UNDER_PERSIST)],
    ),
    Case(
        "the alert is as old as the older of the two",
        [gap(0, 1), gap(20, 1), grid(30, 2, 0)],
        30,
        [alert("under", "high", 20, *UNDER_PERSIST)],
    ),
    Case(
        "after `under` was cleared it starts from the second form of its own",
        [grid(0, 2, 0), grid(30, 2, 2), gap(60, 1), gap(90, 1)],
        90,
        [alert("persist", "medium", 90)],
    ),
]

UNDER_HIGH = [
    Case(
        "need 3, gap 2 and distress at its cut-off",
        [grid(0, 3, 1), distress(0, 4)],
        0,
        [alert("under_high", "high", 0, need=3, received=1, gap=2)],
    ),
    Case(
        "distress below its cut-off",
        [grid(0, 3, 1), distress(0, 3)],
        0,
        [alert("under", "medium", 0)],
    ),
    Case(
        "need 2 without importance",
        [grid(0, 2, 0), distress(0, 4)],
        0,
        [alert("under", "medium", 0)],
    ),
    Case(
        "importance 3 in place of need 3",
        [grid(0, 2, 0, importance=3), distress(0, 4)],
        0,
        [alert("under_high", "high", 0)],
    ),
    Case(
        "importance 2 is not enough",
        [grid(0, 2, 0, importance=2), distress(0, 4)],
        0,
        [alert("under", "medium", 0)],
    ),
    Case("need 4 and gap 1 raise nothing", [grid(0, 4, 3), distress(0, 9)], 0, []),
    Case(
        "distress 14 days before",
        [distress(0, 4), grid(14, 3, 0)],
        14,
        [alert("under_high", "high", 14)],
    ),
    Case(
        "distress 15 days before",
        [distress(0, 4), grid(15, 3, 0)],
        15,
        [alert("under", "medium", 15)],
    ),
    Case(
        "distress 14 days after, once it is known",
        [grid(0, 3, 0), distress(14, 4)],
        14,
        [alert("under_high", "high", 0)],
    ),
    Case(
        "distress 14 days after, not yet known",
        [grid(0, 3, 0), distress(14, 4)],
        13,
        [alert("under", "medium", 0)],
    ),
    Case(
        "distress 15 days after",
        [grid(0, 3, 0), distress(15, 4)],
        15,
        [alert("under", "medium", 0)],
    ),
    Case(
        "any screening scale will do",
        [grid(0, 3, 0), distress(0, 0), phq9(0, 10)],
        0,
        [alert("under_high", "high", 0)],
    ),
    Case(
        "a PHQ-9 below 10 will not", [grid(0, 3, 0), phq9(0, 9)], 0, [alert("under", "medium", 0)]
    ),
    Case(
        "nor a form without a total",
        [grid(0, 3, 0), phq9_without_total(0, ninth=3)],
        0,
        [alert("under", "medium", 0)],
    ),
    Case(
        "it stays high though distress falls and the gap narrows",
        [grid(0, 3, 0), distress(0, 4), grid(10, 3, 2), distress(10, 0)],
        10,
        [alert("under_high", "high", 0, gap=1)],
    ),
    Case(
        "it ends with its episode",
        [grid(0, 3, 0), distress(0, 4), grid(10, 3, 3)],
        10,
        [],
    ),
    Case(
        "the next episode needs its own distress",
        [grid(0, 3, 0), distress(0, 4), grid(10, 3, 3), grid(40, 3, 1)],
        40,
        [alert("under", "medium", 40)],
    ),
    Case(
        "a later form of the episode can make it high",
        [grid(0, 2, 0), grid(10, 3, 1), distress(20, 4)],
        20,
        [alert("under_high", "high", 0)],
    ),
    Case(
        "but not one whose own gap is 1",
        [grid(0, 2, 0), grid(10, 4, 3), distress(20, 4)],
        20,
        [alert("under", "medium", 0)],
    ),
    Case(
        "high is the highest",
        [grid(0, 3, 0), distress(0, 4), grid(30, 3, 0)],
        30,
        [alert("under_high", "high", 0, "under_high: high", "persist: +1")],
    ),
]

WORSE = [
    Case(
        "the gap rises by 3",
        [grid(0, 2, 3), grid(10, 2, 0)],
        10,
        [alert("under", "high", 10, "under: medium", "worse (gap): +1", gap=2, earlier_gap=-1)],
    ),
    Case(
        "the gap rises by 2",
        [grid(0, 2, 2), grid(10, 2, 0)],
        10,
        [alert("under", "medium", 10, earlier_gap=0)],
    ),
    Case(
        "only against the form before",
        [grid(0, 2, 3), grid(10, 2, 0), grid(20, 2, 0)],
        20,
        [alert("under", "medium", 10)],
    ),
    Case(
        "against the judged form before, over one that does not judge",
        [grid(0, 2, 3), grid(5, BLANK, 0), grid(10, 2, 0)],
        10,
        [alert("under", "high", 10, "under: medium", "worse (gap): +1")],
    ),
    Case(
        "distress rises by its reliable change",
        [distress(0, 3), distress(10, 7), grid(10, *UNMET)],
        10,
        [alert("under", "high", 10, *UNDER_WORSE_DISTRESS)],
    ),
    Case(
        "distress rises by less",
        [distress(0, 3), distress(10, 6), grid(10, *UNMET)],
        10,
        [alert("under", "medium", 10)],
    ),
    Case(
        "a reliable rise counts below the cut-off too",
        [phq9(0, 2), phq9(10, 8), grid(10, *UNMET)],
        10,
        [alert("under", "high", 10, *UNDER_WORSE_DISTRESS)],
    ),
    Case(
        "5 points of the PHQ-9 are not reliable",
        [phq9(0, 2), phq9(10, 7), grid(10, *UNMET)],
        10,
        [alert("under", "medium", 10)],
    ),
    Case(
        "only the latest score counts",
        [distress(0, 1), distress(5, 7), distress(10, 7), grid(10, *UNMET)],
        10,
        [alert("under", "medium", 10)],
    ),
    Case(
        "a form without a total is no later score",
        [phq9(0, 2), phq9(5, 8), phq9_without_total(10), grid(10, *UNMET)],
        10,
        [alert("under", "high", 10, *UNDER_WORSE_DISTRESS)],
    ),
    Case(
        "two scales are not compared with each other",
        [gad7(0, 0), phq9(10, 9), grid(10, *UNMET)],
        10,
        [alert("under", "medium", 10)],
    ),
    Case(
        "a score of 364 days ago can be worse",
        [distress(0, 1), distress(10, 7), grid(370, *UNMET)],
        374,
        [alert("under", "high", 370, *UNDER_WORSE_DISTRESS)],
    ),
    Case(
        "a score of a year ago cannot",
        [distress(0, 1), distress(10, 7), grid(370, *UNMET)],
        375,
        [alert("under", "medium", 370)],
    ),
    Case(
        "both count once, and the gap is named",
        [grid(0, 2, 3), distress(0, 0), grid(10, 2, 0), distress(10, 9)],
        10,
        [alert("under", "high", 10, "under: medium", "worse (gap): +1")],
    ),
    Case(
        "it raises what persists alone",
        [gap(0, 1), distress(0, 0), gap(20, 1), distress(20, 4)],
        20,
        [alert("persist", "high", 20, "persist: medium", "worse (distress): +1")],
    ),
    Case(
        "two steps up from medium are still high",
        [grid(0, 2, 0), distress(0, 0), grid(20, 2, 0), distress(20, 4)],
        20,
        [alert("under", "high", 0, *UNDER_PERSIST, "worse (distress): +1")],
    ),
    Case(
        "getting better raises nothing",
        [distress(0, 9), distress(10, 3), grid(10, *UNMET)],
        10,
        [alert("under", "medium", 10)],
    ),
]

BY_ITEM = [
    Case(
        "an item of 4 that asks for unmet need",
        [scns(0, i6=4)],
        0,
        [
            alert(
                "under",
                "medium",
                0,
                support_type="emotional",
                source_key="scns_sf34",
                need=None,
                received=None,
                gap=None,
                missing_from=[],
            )
        ],
    ),
    Case("an item of 3 does not", [scns(0, i6=3)], 0, []),
    Case("2 says that a need was met", [scns(0, i6=2)], 0, []),
    Case("an item that no one type would meet", [scns(0, i15=5, i18=5)], 0, []),
    Case(
        "items of other types",
        [scns(0, i1=5, i23=4)],
        0,
        [
            alert("under", "medium", 0, support_type="informational", source_key="scns_sf34"),
            alert("under", "medium", 0, support_type="tangible", source_key="scns_sf34"),
        ],
    ),
    Case("only the latest form", [scns(0, i6=4), scns(30, i6=3)], 30, []),
    Case("also where it leaves the item out", [scns(0, i6=4), scns(30, i7=1)], 30, []),
    Case(
        "raised on the first in a row, by whichever item",
        [scns(0, i6=4), scns(30, i7=5)],
        30,
        [alert("under", "medium", 0)],
    ),
    Case("it counts on day 119", [scns(0, i6=4)], 119, [alert("under", "medium", 0)]),
    Case("it no longer counts on day 120", [scns(0, i6=4)], 120, []),
    Case(
        "beside the amounts it is the same alert, as old as the older",
        [scns(0, i6=4), grid(10, 2, 0)],
        10,
        [alert("under", "medium", 0, source_key="", gap=2)],
    ),
    Case(
        "it is raised by what persists",
        [gap(0, 1), gap(20, 1), scns(30, i6=4)],
        30,
        [alert("under", "high", 20, *UNDER_PERSIST, source_key="scns_sf34", gap=1)],
    ),
    Case(
        "it is raised by worse distress",
        [distress(0, 0), distress(10, 4), scns(10, i6=4)],
        10,
        [alert("under", "high", 10, *UNDER_WORSE_DISTRESS)],
    ),
    Case(
        "it makes no alert high",
        [grid(0, 4, 3), distress(0, 9), scns(0, i6=5)],
        0,
        [alert("under", "medium", 0, gap=1)],
    ),
    Case(
        "it outlives amounts that no longer judge",
        [grid(0, 2, 0), scns(100, i6=4)],
        120,
        [alert("under", "medium", 100, source_key="scns_sf34", gap=None)],
    ),
]

OVER = of_kind(
    "over",
    Case(
        "“too much”",
        [grid(0, 2, 2, fit=2)],
        0,
        [alert("over", "low", 0, support_type="emotional", need=2, received=2, gap=0)],
    ),
    Case("“right”", [grid(0, 2, 2, fit=1)], 0, []),
    Case("“too little”", [grid(0, 2, 2, fit=0)], 0, []),
    Case("2 more than needed, once", [grid(0, 1, 3)], 0, []),
    Case(
        "2 more than needed, twice",
        [grid(0, 1, 3), grid(10, 1, 3)],
        10,
        [alert("over", "low", 10, gap=-2, earlier_gap=-2)],
    ),
    Case("as of the day before, once", [grid(0, 1, 3), grid(10, 1, 3)], 9, []),
    Case("2 more, then 1 more", [grid(0, 1, 3), grid(10, 1, 2)], 10, []),
    Case("1 more, then 2 more", [grid(0, 1, 2), grid(10, 1, 3)], 10, []),
    Case(
        "2 more twice, with 1 more between",
        [grid(0, 1, 3), grid(10, 1, 2), grid(20, 1, 3)],
        20,
        [],
    ),
    Case(
        "2 more twice, with a form that does not judge between",
        [grid(0, 1, 3), grid(10, BLANK, 3), grid(20, 1, 3)],
        20,
        [alert("over", "low", 20)],
    ),
    Case(
        "the source that gives most counts",
        [grid(0, 0, {"partner": 0, "friends": 2}), grid(10, 0, {"partner": 2, "friends": NA})],
        10,
        [alert("over", "low", 10, received=2)],
    ),
    Case(
        "both ways at once",
        [grid(0, 1, 3), grid(10, 1, 3, fit=2)],
        10,
        [alert("over", "medium", 10)],
    ),
    Case(
        "“too much” and 2 more, but once only",
        [grid(0, 1, 3, fit=2)],
        0,
        [alert("over", "low", 0)],
    ),
    Case(
        "“too much” before and the amounts now: one way",
        [grid(0, 1, 3, fit=2), grid(10, 1, 3, fit=1)],
        10,
        [alert("over", "low", 0)],
    ),
    Case(
        "it ends with the first form that does not say so",
        [grid(0, 2, 2, fit=2), grid(10, 2, 2, fit=1)],
        10,
        [],
    ),
    Case(
        "raised on the first in a row",
        [grid(0, 2, 2, fit=2), grid(10, 2, 2, fit=1), grid(20, 2, 2, fit=2), grid(30, 2, 2, fit=2)],
        30,
        [alert("over", "low", 20)],
    ),
    Case(
        "in a row, though the first had grown too old in between",
        [grid(0, 2, 2, fit=2), grid(200, 2, 2, fit=2)],
        200,
        [alert("over", "low", 0)],
    ),
    Case("a form that does not judge says nothing", [grid(0, BLANK, 2, fit=2)], 0, []),
    Case(
        "nor does it end what the form before said",
        [grid(0, 2, 2, fit=2), grid(10, BLANK, 2, fit=1)],
        10,
        [alert("over", "low", 0)],
    ),
    Case("it holds on day 119", [grid(0, 2, 2, fit=2)], 119, [alert("over", "low", 0)]),
    Case("it no longer holds on day 120", [grid(0, 2, 2, fit=2)], 120, []),
    Case(
        "worse distress does not raise it",
        [grid(0, 2, 2, fit=2), distress(0, 0), distress(5, 9)],
        5,
        [alert("over", "low", 0)],
    ),
)

DISTRESS = of_kind(
    "distress",
    Case(
        "at the cut-off",
        [distress(0, 4)],
        0,
        [alert("distress", "medium", 0, support_type="", source_key="distress_0_10/total")],
    ),
    Case("below the cut-off", [distress(0, 3)], 0, []),
    Case(
        "PHQ-9 of 10",
        [phq9(0, 10)],
        0,
        [alert("distress", "medium", 0, source_key="phq9/total")],
    ),
    Case("PHQ-9 of 9", [phq9(0, 9)], 0, []),
    Case("PHQ-9 of 19 is not severe", [phq9(0, 19)], 0, [alert("distress", "medium", 0)]),
    Case("PHQ-9 of 20 is severe", [phq9(0, 20)], 0, [alert("distress", "high", 0)]),
    Case("GAD-7 of 15 is severe", [gad7(0, 15)], 0, [alert("distress", "high", 0)]),
    Case(
        "distress of 10 has no severe band", [distress(0, 10)], 0, [alert("distress", "medium", 0)]
    ),
    Case("the latest score decides", [distress(0, 7), distress(10, 3)], 10, []),
    Case(
        "of two on one day, the later wave: below",
        [distress(0, 7, "1"), distress(0, 3, "2")],
        0,
        [],
    ),
    Case(
        "of two on one day, the later wave: above, and worse than the other",
        [distress(0, 3, "1"), distress(0, 7, "2")],
        0,
        [alert("distress", "high", 0, "distress: medium", "worse (distress): +1")],
    ),
    Case("not one of later", [distress(0, 3), distress(10, 7)], 9, []),
    Case(
        "a form without a total leaves the score before it",
        [phq9(0, 12), phq9_without_total(10)],
        10,
        [alert("distress", "medium", 0)],
    ),
    Case(
        "a refusal leaves the score before it",
        [distress(0, 7), distress(10, DECLINED)],
        10,
        [alert("distress", "medium", 0)],
    ),
    Case("it counts for 364 days", [distress(0, 4)], 364, [alert("distress", "medium", 0)]),
    Case("and not for a year", [distress(0, 4)], 365, []),
    Case(
        "reliably worse",
        [distress(0, 2), distress(10, 6)],
        10,
        [alert("distress", "high", 10, "distress: medium", "worse (distress): +1")],
    ),
    Case(
        "worse, but not reliably",
        [distress(0, 2), distress(10, 5)],
        10,
        [alert("distress", "medium", 10)],
    ),
    Case("reliably worse below the cut-off", [phq9(0, 2), phq9(10, 9)], 10, []),
    Case(
        "severe and worse is still high",
        [phq9(0, 5), phq9(10, 21)],
        10,
        [alert("distress", "high", 10, "distress: high", "worse (distress): +1")],
    ),
    Case(
        "each scale on its own",
        [distress(0, 5), phq9(0, 5), distress(10, 5), phq9(10, 11)],
        10,
        [
            alert("distress", "medium", 0, source_key="distress_0_10/total"),
            alert(
                "distress",
                "high",
                10,
                "distress: medium",
                "worse (distress): +1",
                source_key="phq9/total",
            ),
        ],
    ),
    Case(
        "raised on the first in a row",
        [distress(0, 4), distress(10, 3), distress(20, 4), distress(30, 5)],
        30,
        [alert("distress", "medium", 20)],
    ),
    Case(
        "in a row, though the first had grown too old in between",
        [distress(0, 4), distress(400, 5)],
        400,
        [alert("distress", "medium", 0)],
    ),
)

SAFETY = of_kind(
    "safety",
    Case(
        "item 9 answered 1",
        [phq9(0, 0, ninth=1)],
        0,
        [alert("safety", "immediate", 0, support_type="", source_key="phq9_9")],
    ),
    Case("item 9 answered 0", [phq9(0, 24)], 0, []),
    Case("item 9 left out", [phq9(0, 24, ninth=BLANK)], 0, []),
    Case("item 9 declined", [phq9(0, 24, ninth=DECLINED)], 0, []),
    Case(
        "though the total is missing",
        [phq9_without_total(0, ninth=1)],
        0,
        [alert("safety", "immediate", 0)],
    ),
    Case("the latest answer decides", [phq9(0, 0, ninth=3), phq9(10, 0)], 10, []),
    Case(
        "a blank is no answer",
        [phq9(0, 0, ninth=1), phq9(10, 0, ninth=BLANK)],
        10,
        [alert("safety", "immediate", 0)],
    ),
    Case(
        "a refusal is no answer",
        [phq9(0, 0, ninth=1), phq9(10, 0, ninth=DECLINED)],
        10,
        [alert("safety", "immediate", 0)],
    ),
    Case(
        "of two answers on one day, the higher",
        [phq9(0, 0, ninth=1, wave="1"), phq9(0, 0, ninth=0, wave="2")],
        0,
        [alert("safety", "immediate", 0)],
    ),
    Case("not an answer of later", [phq9(0, 0), phq9(10, 0, ninth=3)], 9, []),
    Case(
        "only another answer ends it, however late",
        [phq9(0, 0, ninth=1)],
        999,
        [alert("safety", "immediate", 0)],
    ),
    Case(
        "raised on the first in a row",
        [phq9(0, 0, ninth=3), phq9(10, 0), phq9(20, 0, ninth=1), phq9(30, 0, ninth=2)],
        30,
        [alert("safety", "immediate", 20)],
    ),
)


def due(on: int, reason: str, phase: str) -> Person:
    """Whose next form is due on that day, by the default pathway and the forms of the case."""
    return Person("nobody", phase=phase, next_due_on=day_number(on), due_reason=reason)


_ON_TREATMENT = due(90, "on_treatment", "on_treatment")
_FOLLOW_UP = due(180, "follow_up", "follow_up")
_POSITIVE = due(28, "after_positive_screen", "on_treatment")
_FIRST_FORM = replace(due(14, "first_form", "diagnosis"), diagnosed_on=day_number(0))

OVERDUE = of_kind(
    "overdue",
    Case("on the day it is due", [distress(0, 0)], 90, [], person=_ON_TREATMENT),
    Case(
        "on the day after",
        [distress(0, 0)],
        91,
        [alert("overdue", "low", 91, support_type="", source_key="", reason="on_treatment")],
        person=_ON_TREATMENT,
    ),
    Case(
        "raised on the day after, however long ago",
        [distress(0, 0)],
        300,
        [alert("overdue", "low", 181, reason="follow_up")],
        person=_FOLLOW_UP,
    ),
    Case(
        "after a positive screen",
        [distress(0, 4)],
        29,
        [alert("overdue", "medium", 29, reason="after_positive_screen")],
        person=_POSITIVE,
    ),
    Case("a positive screen, on the day", [distress(0, 4)], 28, [], person=_POSITIVE),
    Case(
        "no form yet, after the diagnosis",
        [],
        15,
        [alert("overdue", "low", 15, reason="first_form")],
        person=_FIRST_FORM,
    ),
    Case("nothing is ever due", [], 364, []),
)

UNJUDGED = of_kind(
    "unjudged",
    Case("never asked", [], 0, [unjudged("never_asked", None)]),
    Case("asked later only", [grid(10, 2, 2)], 9, [unjudged("never_asked", None)]),
    Case("judged", [grid(0, 2, 2)], 0, []),
    Case("need left out", [grid(0, BLANK, 2)], 0, [unjudged("need_missing", 0)]),
    Case("need declined", [grid(0, DECLINED, 2)], 0, [unjudged("need_missing", 0)]),
    Case("receipt left out", [grid(0, 2)], 0, [unjudged("received_missing", 0)]),
    Case("receipt declined", [grid(0, 2, DECLINED)], 0, [unjudged("received_missing", 0)]),
    Case("no source applies", [grid(0, 2, NA)], 0, [unjudged("received_missing", 0)]),
    Case("one source is enough", [grid(0, 2, {"partner": NA, "family": 2})], 0, []),
    Case("a form without an answer", [grid(0)], 0, [unjudged("need_missing", 0)]),
    Case(
        "a form about another type",
        [grid(0, 2, 2, support_type="esteem")],
        0,
        [unjudged("need_missing", 0)],
    ),
    Case("119 days old", [grid(0, 2, 2)], 119, []),
    Case("120 days old", [grid(0, 2, 2)], 120, [unjudged("too_old", 120)]),
    Case("judged again", [grid(0, 2, 2), grid(150, 2, 2)], 150, []),
    Case("judged at last", [grid(0, BLANK, 2), grid(30, 2, 2)], 30, []),
    Case(
        "judged at last, and too old since",
        [grid(0, BLANK, 2), grid(30, 2, 2)],
        160,
        [unjudged("too_old", 150)],
    ),
    Case(
        "the latest form does not judge, whatever the one before says",
        [grid(0, 2, 0), grid(30, BLANK, 0)],
        60,
        [unjudged("need_missing", 30)],
    ),
    Case(
        "a form that does not judge stays the reason when it is old",
        [grid(0, BLANK, 2)],
        300,
        [unjudged("need_missing", 0)],
    ),
    Case(
        "since the first in a row",
        [grid(0, 2, 2), grid(30, BLANK, 2), grid(60, 2)],
        60,
        [unjudged("received_missing", 30)],
    ),
    Case(
        "since the judgement grew too old, though another reason followed",
        [grid(0, 2, 2), grid(150, BLANK, 2)],
        150,
        [unjudged("need_missing", 120)],
    ),
    Case(
        "an item of unmet need is no judgement", [scns(0, i6=5)], 0, [unjudged("never_asked", None)]
    ),
)


def left(status: str, on: int | None) -> Person:
    return Person("nobody", status=status, status_on=None if on is None else day_number(on))


_LEFT: list[tuple[str, list[Form], list[Row]]] = [
    ("support", [grid(0, 2, 0)], [alert("under", "medium", 0)]),
    ("safety", [phq9(0, 0, ninth=1)], [alert("safety", "immediate", 0)]),
    ("unjudged", [], [unjudged("never_asked", None)]),
]
WHO_IS_FOLLOWED = [
    Case(f"{status}, {when}", forms, day, rows if day < 50 else [], kind, left(status, 50))
    for kind, forms, rows in _LEFT
    for status in ("deceased", "discharged", "withdrawn")
    for when, day in (("the day before", 49), ("the day itself", 50))
] + [
    Case("no day is known", [grid(0, 2, 0)], 0, [], person=left("withdrawn", None)),
]

CHANGED = [
    Case(
        "under.gap 3: gap 2",
        [grid(0, 3, 1)],
        0,
        [],
        changed={"under": {"gap": 3}, "under_high": {"gap": 3}},
    ),
    Case(
        "under.gap 3: gap 3",
        [grid(0, 3, 0)],
        0,
        [alert("under", "medium", 0)],
        changed={"under": {"gap": 3}, "under_high": {"gap": 3}},
    ),
    Case("under.need 3: need 2", [grid(0, 2, 0)], 0, [], changed={"under": {"need": 3}}),
    Case(
        "under.unmet_item 5: an item of 4",
        [scns(0, i6=4)],
        0,
        [],
        changed={"under": {"unmet_item": 5}},
    ),
    Case(
        "under.tier low: it rises to medium",
        [grid(0, 2, 0), grid(20, 2, 0)],
        20,
        [alert("under", "medium", 0, "under: low", "persist: +1")],
        changed={"under": {"tier": "low"}},
    ),
    Case(
        "under_high.need 4: need 3",
        [grid(0, 3, 0), distress(0, 9)],
        0,
        [alert("under", "medium", 0)],
        changed={"under_high": {"need": 4}},
    ),
    Case(
        "under_high.importance 2",
        [grid(0, 2, 0, importance=2), distress(0, 9)],
        0,
        [alert("under_high", "high", 0)],
        changed={"under_high": {"importance": 2}},
    ),
    Case(
        "under_high.gap 3: gap 2",
        [grid(0, 3, 1), distress(0, 9)],
        0,
        [alert("under", "medium", 0)],
        changed={"under_high": {"gap": 3}},
    ),
    Case(
        "under_high.distress_window_days 7: 8 days",
        [grid(0, 3, 0), distress(8, 9)],
        8,
        [alert("under", "medium", 0)],
        changed={"under_high": {"distress_window_days": 7}},
    ),
    Case(
        "persist.gap 2: gap 1 twice",
        [gap(0, 1), gap(20, 1)],
        20,
        [],
        changed={"persist": {"gap": 2}},
    ),
    Case(
        "persist.from_days 7",
        [gap(0, 1), gap(7, 1)],
        7,
        [alert("persist", "medium", 7)],
        changed={"persist": {"from_days": 7}},
    ),
    Case(
        "persist.until_days 30: 31 days",
        [gap(0, 1), gap(31, 1)],
        31,
        [],
        changed={"persist": {"until_days": 30}},
    ),
    Case(
        "worse.gap 2",
        [grid(0, 2, 2), grid(10, 2, 0)],
        10,
        [alert("under", "high", 10, "under: medium", "worse (gap): +1")],
        changed={"worse": {"gap": 2}},
    ),
    Case(
        "clearing.gap_twice 0: gap 1 twice",
        [grid(0, 2, 0), grid(5, 2, 1), grid(10, 2, 1)],
        10,
        [alert("under", "medium", 0)],
        changed={"clearing": {"gap_twice": 0}},
    ),
    Case(
        "validity.support_days 60: day 60",
        [grid(0, 2, 0)],
        60,
        [],
        changed={"validity": {"support_days": 60}},
    ),
    *of_kind(
        "over",
        Case(
            "over.by 3: 2 more twice",
            [grid(0, 1, 3), grid(10, 1, 3)],
            10,
            [],
            changed={"over": {"by": 3}},
        ),
        Case(
            "over.tier_both high",
            [grid(0, 1, 3), grid(10, 1, 3, fit=2)],
            10,
            [alert("over", "high", 10)],
            changed={"over": {"tier_both": "high"}},
        ),
    ),
    *of_kind(
        "distress",
        Case(
            "validity.distress_days 100: day 100",
            [distress(0, 9)],
            100,
            [],
            changed={"validity": {"distress_days": 100}},
        ),
        Case(
            "distress.tier low: it rises to medium",
            [distress(0, 0), distress(10, 9)],
            10,
            [alert("distress", "medium", 10, "distress: low", "worse (distress): +1")],
            changed={"distress": {"tier": "low"}},
        ),
    ),
    *of_kind(
        "overdue",
        Case(
            "overdue.tier medium",
            [distress(0, 0)],
            91,
            [alert("overdue", "medium", 91)],
            person=_ON_TREATMENT,
            changed={"overdue": {"tier": "medium"}},
        ),
    ),
]

TABLE = {
    "under": UNDER,
    "clearing": CLEARING,
    "persist": PERSIST,
    "under_high": UNDER_HIGH,
    "worse": WORSE,
    "by item": BY_ITEM,
    "over": OVER,
    "distress": DISTRESS,
    "safety": SAFETY,
    "overdue": OVERDUE,
    "unjudged": UNJUDGED,
    "followed": WHO_IS_FOLLOWED,
    "changed rules": CHANGED,
}
CASES = [case for cases in TABLE.values() for case in cases]
PEOPLE = [case.whose(number) for number, case in enumerate(CASES)]
NAMES = [f"{topic}: {case.name}" for topic, cases in TABLE.items() for case in cases]


@pytest.mark.parametrize(("case", "person"), list(zip(CASES, PEOPLE, strict=True)), ids=NAMES)
def test_alerts(case: Case, person: Person, road: Road) -> None:
    rows = road(day_number(case.day), person, rules_with(**case.changed))

    found = [
        row
        for row in rows
        if row["rule"] in KINDS[case.kind]
        and (row["rule"] != "unjudged" or row["support_type"] == "emotional")
    ]
    assert [row["rule"] for row in found] == [told["rule"] for told in case.expected]
    for row, told in zip(found, case.expected, strict=True):
        assert {column: row[column] for column in told} == told


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_has_each_rule_fire_and_hold_back(kind: str) -> None:
    expected = [case.expected for case in CASES if case.kind == kind]
    assert {row["rule"] for rows in expected for row in rows} == KINDS[kind]
    assert [] in expected


# --- what holds for every history


@given(st.data())
def test_nothing_that_came_later_is_seen(data: st.DataObject) -> None:
    everyone = data.draw(people())
    day = data.draw(telling_days(everyone))
    known = [
        replace(person, forms=tuple(form for form in person.forms if form.completed_on <= day))
        for person in everyone
    ]
    assert _alerts(day, everyone) == _alerts(day, known)


@given(st.data())
def test_the_order_of_the_records_does_not_matter(data: st.DataObject) -> None:
    everyone = data.draw(people())
    day = data.draw(telling_days(everyone))
    told = as_frames(everyone, CATALOGUE)
    backwards = Histories(
        **{kind: getattr(told, kind).iloc[::-1].reset_index(drop=True) for kind in vars(told)}
    )
    found = alerts_on(day, backwards, rules_with(), CATALOGUE)
    assert rows_of(found) == _alerts(day, everyone)


@given(st.data())
def test_an_alert_holds_on_the_day_it_was_raised(data: st.DataObject) -> None:
    everyone = data.draw(people())
    day = data.draw(telling_days(everyone))
    for row in _alerts(day, everyone):
        if row["rule"] == "overdue" or row["raised_on"] is None:
            continue
        assert row["raised_on"] <= day
        then = {_about(one) for one in _alerts(row["raised_on"], everyone)}
        assert _about(row) in then


@given(st.data())
def test_the_tier_is_what_its_path_adds_up_to(data: st.DataObject) -> None:
    everyone = data.draw(people())
    day = data.draw(telling_days(everyone))
    tiers = ["low", "medium", "high"]
    for row in _alerts(day, everyone):
        first, *steps = row["tier_path"]
        if row["rule"] in ("unjudged", "safety"):
            assert (first, row["tier"]) in {
                ("unjudged", None),
                ("safety: immediate", "immediate"),
            }
            assert not steps
            continue
        rule, tier = first.split(": ")
        assert rule == row["rule"]
        assert row["tier"] == tiers[min(tiers.index(tier) + len(steps), 2)]


@given(st.data())
def test_each_type_is_judged_by_a_recent_form_or_listed(data: st.DataObject) -> None:
    (person,) = data.draw(people(most=1))
    day = data.draw(telling_days([person]))
    followed = replace(person, status="active", status_on=None)
    listed = {row["support_type"] for row in _alerts(day, [followed]) if row["rule"] == "unjudged"}
    grids = [form for form in person.forms if form.measure_key == GRID and form.completed_on <= day]
    latest = max(grids, key=lambda form: (form.completed_on, form.wave), default=None)
    for support_type in TYPES:
        numbers = {
            item.rpartition(support_type)[0]
            for item, answer in (latest.answers if latest else {}).items()
            if support_type in item and not isinstance(answer, str)
        }
        judged = (
            latest is not None
            and {"need_", "received_"} <= numbers
            and (day - latest.completed_on).days < 120
        )
        assert judged == (support_type not in listed)


def _alerts(day: date, everyone: Iterable[Person]) -> list[Row]:
    return rows_of(alerts_on(day, as_frames(everyone, CATALOGUE), rules_with(), CATALOGUE))


def _about(row: Row) -> tuple[str, ...]:
    """What stays the same about an alert while its rule and evidence may change."""
    if row["rule"] in KINDS["support"]:
        return row["patient_id"], "under", row["support_type"]
    return row["patient_id"], row["rule"], row["support_type"], row["source_key"]


# --- the same histories as files


@given(people())
@settings(max_examples=20)
def test_the_files_say_what_the_frames_say(
    tmp_path_factory: pytest.TempPathFactory, everyone: tuple[Person, ...]
) -> None:
    folder = tmp_path_factory.mktemp("files")
    told = as_frames(everyone, CATALOGUE)
    registered = _read(folder / "patients.csv", patients_csv(everyone))["patients"]
    assert registered["patient_id"].tolist() == told.patients["patient_id"].tolist()

    if told.assessments.empty:
        return
    table = _read(folder / "answers.csv", answers_csv(everyone))["answers"]
    key = ["patient_id", "measure_key", "completed_on", "wave"]
    assert set(table[key].itertuples(index=False, name=None)) == {
        (patient_id, measure_key, completed_on.isoformat(), wave)
        for patient_id, measure_key, completed_on, wave in told.assessments[key].itertuples(
            index=False, name=None
        )
    }
    said = told.answers.merge(told.assessments, on="assessment_id")
    expected = {
        (row["patient_id"], row["wave"], row["item_key"]): (
            row["state"].replace("_", " ") if row["value"] is None else f"{row['value']:g}"
        )
        for row in rows_of(said)
    }
    filled = table[table["item_key"] != ""]
    assert expected == {
        (row["patient_id"], row["wave"], row["item_key"]): row["answer"] for row in rows_of(filled)
    }


def _read(path: Path, text: str) -> dict[str, pd.DataFrame]:
    path.write_text(text, encoding="utf-8")
    incoming = read_file(path, CATALOGUE)
    assert not incoming.refusals
    return {kind: table.to_pandas() for kind, table in incoming.tables.items()}
