"""`trend_months` against the sample's files: the last score of each month, and who owed a form."""

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest

from dashboard.measures.catalogue import Scale
from dashboard.mismatch.rules import default_rules
from dashboard.store import OPERATOR, Scope, Store
from tests.mismatch.independent_alerts import SupportOfType
from tests.queries.comparison import Row, assert_same, rows_of
from tests.queries.independent_panel import A_YEAR, panel
from tests.queries.raw_records import RawRecords, ScoreOfForm, screening_cut_off
from tests.queries.test_gap_episodes import said
from tests.queries.test_mismatch_cells import TYPES, grids_until

# Of the 24 months, those worked out a second time: forms that are due take their time.
BACK = (0, 1, 8, 23)
Groups = Callable[[str, date], list[str]]


def last_of_months(as_of: date, number: int = 24) -> list[date]:
    """Last days of the newest months that were over, newest first."""
    ends = []
    first = (as_of + timedelta(days=1)).replace(day=1)
    for _ in range(number):
        ends.append(first - timedelta(days=1))
        first = ends[-1].replace(day=1)
    return ends


@pytest.fixture(scope="module")
def waited(raw: RawRecords) -> Callable[[date], set[str]]:
    """Who owed a form at the end of a month and was heard of within a year."""
    everyone = {row["patient_id"] for row in raw.patients}

    @cache
    def on(day: date) -> set[str]:
        found = set()
        for row in panel(raw, everyone, day):
            heard = [on for on in (row["last_form_on"], row["declined_on"]) if on]
            is_due = row["next_due_on"] is not None and row["next_due_on"] <= day
            if heard and is_due and day - max(heard) < A_YEAR:
                found.add(row["patient_id"])
        return found

    return on


def of_scale(raw: RawRecords, measure: str, scale: str) -> dict[str, list[ScoreOfForm]]:
    """One scale's forms of each patient; of two on a day the later row last."""
    forms = defaultdict(list)
    for one in raw.scores:
        if (one.form.measure_key, one.scale.key) == (measure, scale):
            forms[one.form.patient_id].append(one)
    return {
        patient: sorted(found, key=lambda one: (one.completed_on, one.form.source_row))
        for patient, found in forms.items()
    }


def groups_of(raw: RawRecords, grouping: str) -> Groups:
    """The groups of a patient at the end of a month."""
    patients = {row["patient_id"]: row for row in raw.patients}
    if grouping == "support":
        return lambda patient, end: support_of(raw, patient, end)
    if grouping in {"site", "phase"}:
        return lambda patient, end: [patients[patient][grouping]]

    def attended(patient: str, end: date) -> list[str]:
        came = {
            raw.programs[event["program_key"]]["name"]
            for event in raw.events_by_patient[patient]
            if event["kind"] in {"group_session_attended", "referral_attended"}
            and event["program_key"]
            and date.fromisoformat(event["occurred_on"]) <= end
        }
        return sorted(came) or [""]

    return attended


def support_of(raw: RawRecords, patient: str, end: date) -> list[str]:
    """How support stood at the end of a month, from the forms up to then."""
    rules = default_rules()
    types = []
    for kind in TYPES:
        support = SupportOfType(rules)
        for form in grids_until(raw, patient, end):
            support.take(replace(said(form, kind), fit=form.answers.get(f"fit_{kind}")))
        types.append(support)
    judged = [support for support in types if support.current(end)]
    items = [item for of_type in rules.need_items.values() for item in of_type]
    outright = [
        form
        for form in raw.forms_by_patient[patient]
        if form.measure_key == "scns_sf34" and form.completed_on <= end
    ]
    latest = max(outright, key=lambda form: form.completed_on, default=None)
    unmet = (
        latest is not None
        and (end - latest.completed_on).days < rules.validity.support_days
        and any(latest.answers.get(item, 0) >= rules.under.unmet_item for item in items)
    )
    if unmet or any(support.under for support in judged):
        return ["under"]
    if any(support.over for support in judged):
        return ["over"]
    return ["no_gap" if judged else "not_judged"]


def expected(
    forms: dict[str, list[ScoreOfForm]],
    visible: set[str],
    ends: list[date],
    waited: Callable[[date], set[str]],
    groups: Groups | None,
) -> list[Row]:
    """The rows of the query for some months."""
    rows = []
    for end in ends:
        month = end.replace(day=1)
        members: dict[tuple[bool, str], list[tuple[str, float | None]]] = defaultdict(list)
        for patient in visible & forms.keys():
            came = [one for one in forms[patient] if month <= one.completed_on <= end]
            before = any(one.completed_on < month for one in forms[patient])
            if came:
                scores = [one.value for one in came if one.value is not None]
                told = ("came", scores[-1] if scores else None)
            elif before and patient in waited(end):
                told = ("no form", None)
            else:
                continue
            members[True, ""].append(told)
            for group in groups(patient, end) if groups else []:
                members[False, group].append(told)
        scale = next(iter(forms.values()))[0].scale
        rows += [
            {"month": month, "is_total": is_total, "group_name": group, **counts(told_of, scale)}
            for (is_total, group), told_of in members.items()
        ]
    return sorted(rows, key=lambda row: (not row["is_total"], row["group_name"], row["month"]))


def counts(told: list[tuple[str, float | None]], scale: Scale) -> Row:
    scores = [score for _, score in told if score is not None]
    lower, median, upper = np.quantile(scores, [0.25, 0.5, 0.75]) if scores else [None] * 3
    cut_off = screening_cut_off(scale)
    begins = sorted(
        {float(band.from_score) for band in scale.bands}
        | {float(scale.minimum)}
        | ({float(cut_off)} if cut_off is not None else set())
    )
    edges = [*begins, math.inf]
    return {
        "scored": len(scores),
        "unscored": sum(came == "came" and score is None for came, score in told),
        "no_form": sum(came == "no form" for came, _ in told),
        "lower_quartile": lower,
        "median": median,
        "upper_quartile": upper,
        "begins": begins,
        "in_piece": [
            sum(low <= score < high for score in scores)
            for low, high in zip(edges, edges[1:], strict=False)
        ],
    }


@pytest.mark.parametrize(
    ("measure", "scale", "grouping"),
    [
        ("phq9", "total", "none"),
        ("phq9", "total", "site"),
        ("gad7", "total", "program"),
        ("phq9", "total", "support"),
        ("mos_sss", "total", "phase"),
        ("mspss", "family", "site"),
    ],
)
def test_every_figure_of_some_months(
    sample_store: Store,
    raw: RawRecords,
    scope: Scope,
    visible: set[str],
    waited: Callable[[date], set[str]],
    measure: str,
    scale: str,
    grouping: str,
) -> None:
    as_of = raw.newest_on
    ends = [last_of_months(as_of)[back] for back in BACK]
    groups = None if grouping == "none" else groups_of(raw, grouping)
    wanted = expected(of_scale(raw, measure, scale), visible, ends, waited, groups)
    found = sample_store.query(
        "trend_months",
        scope,
        measure_key=measure,
        scale_key=scale,
        grouping=grouping,
        as_of=as_of,
    )
    months = {end.replace(day=1) for end in ends}
    assert_same([row for row in rows_of(found) if row["month"] in months], wanted)
    assert sum(row["scored"] for row in wanted) > 20
    assert sum(row["no_form"] for row in wanted) > 20


def asked(
    store: Store, as_of: date, grouping: str = "none", scope: Scope = OPERATOR
) -> pd.DataFrame:
    return store.query(
        "trend_months",
        scope,
        measure_key="phq9",
        scale_key="total",
        grouping=grouping,
        as_of=as_of,
    )


def test_only_whole_months_and_at_most_24_of_them(sample_store: Store, raw: RawRecords) -> None:
    for as_of in (raw.newest_on, raw.newest_on - timedelta(days=1), date(2025, 3, 1)):
        found = {row["month"] for row in rows_of(asked(sample_store, as_of))}
        ends = last_of_months(as_of)
        first_form = min(one.completed_on for one in raw.scores if one.form.measure_key == "phq9")
        assert found == {end.replace(day=1) for end in ends if end >= first_form}


def test_a_day_of_the_past_changes_no_month_before_it(sample_store: Store, raw: RawRecords) -> None:
    """Else the difference of two days would tell about the few in between."""
    now = rows_of(asked(sample_store, raw.newest_on, "support"))
    then = rows_of(asked(sample_store, raw.newest_on - timedelta(days=100), "support"))
    both = {row["month"] for row in now} & {row["month"] for row in then}
    assert len(both) > 12
    assert [row for row in now if row["month"] in both] == [
        row for row in then if row["month"] in both
    ]


def test_the_service_counts_as_the_operator(sample_store: Store, raw: RawRecords) -> None:
    service = Scope("manager-1", "service")
    pd.testing.assert_frame_equal(
        asked(sample_store, raw.newest_on, "program", service),
        asked(sample_store, raw.newest_on, "program"),
    )
