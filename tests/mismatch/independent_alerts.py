"""Every alert worked out a second time, in plain Python, from the definitions.

It walks the forms of one person in the order of their days and keeps, for each type of
support, what is open. Definitions: the table of rules in mismatch.md and docs/decisions.md.
It shares nothing with the SQL but the thresholds (`Rules`) and the catalogue; `due` is taken
as given, because panel.sql and its own second road say when a form is due.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import takewhile
from typing import Any

import pandas as pd

from dashboard.measures.catalogue import Catalogue, Scale
from dashboard.mismatch.rules import Rules
from tests.queries.comparison import Row, rows_of
from tests.queries.raw_records import reliable_change, screening_cut_off

GRID = "support_grid"
TYPES = ("emotional", "informational", "tangible", "belonging", "esteem")
SOURCES = ("partner", "family", "friends", "care_team", "community")
TIERS = ("low", "medium", "high", "immediate")
WANTED = RECEIVED = 2
"""From this answer on, a source counts as wanted, or as giving (mismatch.md)."""
TOO_MUCH = 2
"""The answer to `fit` that says so."""

COLUMNS = (
    "patient_id",
    "rule",
    "support_type",
    "source_key",
    "tier",
    "tier_path",
    "raised_on",
    "need",
    "received",
    "gap",
    "earlier_gap",
    "missing_from",
    "reason",
)


@dataclass(frozen=True)
class Histories:
    """The records of some patients, one frame a kind; days are dates.

    patients: patient_id, patient_ref, status, status_on, phase, diagnosed_on,
        treatment_started_on
    assessments: assessment_id, patient_id, measure_key, completed_on, wave
    answers: assessment_id, item_key, value, state (answered, missing, declined or
        not_applicable; an item without a row is missing)
    scores: assessment_id, patient_id, measure_key, scale_key, completed_on, wave, score, band
    due: patient_id, next_due_on, due_reason, as they are on the day that is asked about
    """

    patients: pd.DataFrame
    assessments: pd.DataFrame
    answers: pd.DataFrame
    scores: pd.DataFrame
    due: pd.DataFrame


def alerts_on(day: date, histories: Histories, rules: Rules, catalogue: Catalogue) -> pd.DataFrame:
    """The alerts of a day, from what was known on it: nothing completed later is looked at.

    Returns:
        COLUMNS, one row for each patient, rule family and what it is about (a type of support,
        a scale, an item). `support_type` and `source_key` are '' where a rule is not about
        one; `tier` is missing on rows that are only listed (`unjudged`). Amounts are in units
        of the support grid.
    """
    records = _Records(day, histories, rules, catalogue)
    rows = [
        alert
        for patient in rows_of(histories.patients)
        if _is_followed(patient, day)
        for alert in _alerts_of(patient["patient_id"], records)
    ]
    rows.sort(key=lambda row: tuple(row[column] for column in COLUMNS[:4]))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _is_followed(patient: Row, day: date) -> bool:
    """Deceased, discharged and withdrawn patients leave on their day."""
    left_on = patient["status_on"]
    return patient["status"] in (None, "active") or (left_on is not None and left_on > day)


# --- the records of one person, up to the day


@dataclass(frozen=True)
class Form:
    """One completed form with its numbers only.

    An answer that is missing, declined or not applicable is not in `numbers`: none of the
    three is a zero.
    """

    assessment_id: int
    measure_key: str
    on: date
    numbers: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Scored:
    """One score of one scale."""

    assessment_id: int
    on: date
    value: float
    band: str | None


class _Records:
    """What is known on a day, by patient and in the order of days."""

    def __init__(self, day: date, histories: Histories, rules: Rules, catalogue: Catalogue) -> None:
        self.day = day
        self.rules = rules
        self.catalogue = catalogue
        self.need_items = {str(key): items for key, items in rules.need_items.items()}
        self.forms = self._forms(histories)
        self.scores = self._scores(histories)
        self.due = {row["patient_id"]: row for row in rows_of(histories.due)}

    def _forms(self, histories: Histories) -> dict[str, list[Form]]:
        by_id: dict[int, Form] = {}
        by_patient: dict[str, list[Form]] = defaultdict(list)
        for row in rows_of(histories.assessments):
            if row["completed_on"] <= self.day:
                form = Form(row["assessment_id"], row["measure_key"], row["completed_on"])
                by_id[form.assessment_id] = form
                by_patient[row["patient_id"]].append(form)
        answers = histories.answers
        asked = answers["item_key"].isin(self._items()) & (answers["state"] == "answered")
        for row in rows_of(answers[asked]):
            if row["assessment_id"] in by_id:
                by_id[row["assessment_id"]].numbers[row["item_key"]] = row["value"]
        for forms in by_patient.values():
            forms.sort(key=lambda form: (form.on, form.assessment_id))
        return by_patient

    def _items(self) -> set[str]:
        """The items that any rule looks at."""
        grid = {item.key for item in self.catalogue[GRID].items}
        asking = {item for items in self.need_items.values() for item in items}
        safety = {one.item for measure in self.catalogue.values() for one in measure.safety_items}
        return grid | asking | safety

    def _scores(self, histories: Histories) -> dict[str, dict[tuple[str, str], list[Scored]]]:
        """By patient and scale. A form that gave no score neither replaces nor follows one."""
        found: dict[str, dict[tuple[str, str], list[Scored]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for row in rows_of(histories.scores[histories.scores["score"].notna()]):
            if row["completed_on"] <= self.day:
                found[row["patient_id"]][row["measure_key"], row["scale_key"]].append(
                    Scored(row["assessment_id"], row["completed_on"], row["score"], row["band"])
                )
        for scales in found.values():
            for scores in scales.values():
                scores.sort(key=lambda score: (score.on, score.assessment_id))
        return found


# --- one scale that screens for distress


@dataclass(frozen=True)
class ScreeningScale:
    """The scores of one person on one scale with a cut-off, oldest first; at least one."""

    measure_key: str
    scale: Scale
    scores: Sequence[Scored]
    cut_off: float
    valid_days: int
    day: date

    @property
    def latest(self) -> Scored:
        return self.scores[-1]

    @property
    def is_current(self) -> bool:
        return (self.day - self.latest.on).days < self.valid_days

    def is_above(self, score: Scored) -> bool:
        return (score.value - self.cut_off) * self._way >= 0

    @property
    def worsened(self) -> bool:
        """Whether the latest score is reliably worse than the one before it."""
        needed = reliable_change(self.scale)
        if needed is None or len(self.scores) < 2 or not self.is_current:
            return False
        return (self.latest.value - self.scores[-2].value) * self._way >= needed

    @property
    def is_severe(self) -> bool:
        return any(band.severe and band.label == self.latest.band for band in self.scale.bands)

    @property
    def _way(self) -> int:
        return 1 if self.scale.higher_is == "worse" else -1


def _screening_scales(patient_id: str, records: _Records) -> list[ScreeningScale]:
    found = []
    for (measure_key, scale_key), scores in records.scores[patient_id].items():
        measure = records.catalogue[measure_key]
        scale = measure.scale(scale_key)
        cut_off = screening_cut_off(scale)
        if measure.domain == "distress" and cut_off is not None:
            valid_days = records.rules.validity.distress_days
            found.append(
                ScreeningScale(measure_key, scale, scores, cut_off, valid_days, records.day)
            )
    return found


# --- one type of support on the grid


@dataclass(frozen=True)
class Said:
    """What one form says about one type of support."""

    on: date
    need: float | None
    importance: float | None
    fit: float | None
    received: Mapping[str, float]
    wanted: Mapping[str, float]

    @property
    def why_not_judged(self) -> str | None:
        if self.need is None:
            return "need_missing"
        return None if self.received else "received_missing"

    @property
    def most_received(self) -> float:
        """From whichever source gives most; only of a form that judges."""
        return max(self.received.values())

    @property
    def gap(self) -> float:
        """Need less the most received; only of a form that judges."""
        assert self.need is not None
        return self.need - self.most_received

    @property
    def missing_from(self) -> list[str]:
        return sorted(
            source
            for source, wanted in self.wanted.items()
            if wanted >= WANTED and not self.received.get(source, 0) >= RECEIVED
        )


def _said(form: Form, support_type: str) -> Said:
    numbers = form.numbers

    def from_sources(question: str) -> dict[str, float]:
        keys = {source: f"{question}_{support_type}_{source}" for source in SOURCES}
        return {source: numbers[key] for source, key in keys.items() if key in numbers}

    return Said(
        form.on,
        numbers.get(f"need_{support_type}"),
        numbers.get(f"importance_{support_type}"),
        numbers.get(f"fit_{support_type}"),
        from_sources("received"),
        from_sources("wanted"),
    )


class SupportOfType:
    """The state machine of one person and type: takes the forms, one a day, oldest first.

    `under`, `persist` and `over` hold the judged forms of what is open, the raising one
    first; empty is closed. `silent` holds the forms since the last one that judged.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.judged: list[Said] = []
        self.silent: list[Said] = []
        self.under: list[Said] = []
        self.persist: list[Said] = []
        self.over: list[Said] = []

    def take(self, form: Said) -> None:
        if form.why_not_judged:
            self.silent.append(form)
            return
        before = self.judged[-1] if self.judged else None
        self.under = self._under_with(form, before)
        self.persist = self._persist_with(form, before)
        self.over = [*self.over, form] if self.over_ways(form, before) else []
        self.judged.append(form)
        self.silent = []

    def _under_with(self, form: Said, before: Said | None) -> list[Said]:
        clearing, rule = self.rules.clearing, self.rules.under
        if self.under:
            assert before is not None
            cleared = form.gap <= clearing.gap or (
                form.gap <= clearing.gap_twice and before.gap <= clearing.gap_twice
            )
            return [] if cleared else [*self.under, form]
        assert form.need is not None
        return [form] if form.need >= rule.need and form.gap >= rule.gap else []

    def _persist_with(self, form: Said, before: Said | None) -> list[Said]:
        rule = self.rules.persist
        if self.persist:
            return [] if form.gap <= self.rules.clearing.gap else [*self.persist, form]
        fires = (
            before is not None
            and before.gap >= rule.gap
            and form.gap >= rule.gap
            and rule.from_days <= (form.on - before.on).days <= rule.until_days
        )
        return [form] if fires else []

    def over_ways(self, form: Said, before: Said | None) -> int:
        """In how many of the two ways a judged form says that there is more than wanted."""
        by = self.rules.over.by
        by_fit = form.fit == TOO_MUCH
        by_amounts = before is not None and form.gap <= -by and before.gap <= -by
        return by_fit + by_amounts

    def current(self, day: date) -> Said | None:
        """The last form that judged, while it is young enough to judge still."""
        if self.judged and (day - self.judged[-1].on).days < self.rules.validity.support_days:
            return self.judged[-1]
        return None

    @property
    def before_current(self) -> Said | None:
        return self.judged[-2] if len(self.judged) > 1 else None

    def is_high(self, distressed_on: Iterable[date]) -> bool:
        """Whether a form of the open episode asks for much, with distress close to it."""
        rule = self.rules.under_high
        days = list(distressed_on)
        return any(
            self._asks_for_much(form)
            and any(abs((on - form.on).days) <= rule.distress_window_days for on in days)
            for form in self.under
        )

    def _asks_for_much(self, form: Said) -> bool:
        rule = self.rules.under_high
        needed = form.need is not None and form.need >= rule.need
        important = form.importance is not None and form.importance >= rule.importance
        return (needed or important) and form.gap >= rule.gap

    def unjudged(self, day: date) -> tuple[str, date | None] | None:
        """Why the type is not judged on that day, and since when; None when it is.

        Not judged since the first silent form or since the last judgement grew too old,
        whichever came first. Who was never asked has no such day.
        """
        valid_days = self.rules.validity.support_days
        if self.silent:
            reason = self.silent[-1].why_not_judged
            assert reason is not None
        elif not self.judged:
            return "never_asked", None
        elif self.current(day):
            return None
        else:
            reason = "too_old"
        beginnings = [form.on for form in self.silent[:1]]
        if self.judged:
            beginnings.append(self.judged[-1].on + timedelta(days=valid_days))
        return reason, min(beginnings)


def _last_of_each_day(forms: Iterable[Form], measure_key: str) -> list[Form]:
    return list({form.on: form for form in forms if form.measure_key == measure_key}.values())


# --- the rules


def _alerts_of(patient_id: str, records: _Records) -> Iterator[Row]:
    forms = records.forms[patient_id]
    scales = _screening_scales(patient_id, records)
    grids = _last_of_each_day(forms, GRID)
    for support_type in TYPES:
        support = SupportOfType(records.rules)
        for form in grids:
            support.take(_said(form, support_type))
        for alert in (
            _under(support, _asked_outright(forms, support_type, records), scales, records),
            _over(support, records),
            _unjudged(support, records),
        ):
            if alert is not None:
                yield _row(patient_id, **alert, support_type=support_type)
    for scale in scales:
        if scale.is_current and scale.is_above(scale.latest):
            yield _row(patient_id, **_distress(scale, records.rules))
    for alert in (*_safety(forms, records), *_overdue(records.due.get(patient_id), records)):
        yield _row(patient_id, **alert)


def _row(patient_id: str, **told: Any) -> Row:
    blank: Row = dict.fromkeys(COLUMNS)
    nothing = {"support_type": "", "source_key": "", "missing_from": []}
    return {**blank, **nothing, "patient_id": patient_id, **told}


def _amounts(support: SupportOfType, day: date) -> Row:
    current, before = support.current(day), support.before_current
    if current is None:
        return {}
    return {
        "need": current.need,
        "received": current.most_received,
        "gap": current.gap,
        "earlier_gap": before.gap if before else None,
        "missing_from": current.missing_from,
    }


def _under(
    support: SupportOfType,
    asked_outright: tuple[str, date] | None,
    scales: Sequence[ScreeningScale],
    records: _Records,
) -> Row | None:
    """One alert a type: `under_high`, else `under` (by amounts or by an item), else `persist`."""
    rules, day = records.rules, records.day
    current = support.current(day)
    under = support.under if current else []
    persist = support.persist if current else []
    raised_on = [episode[0].on for episode in (under, persist) if episode]
    raised_on += [asked_outright[1]] if asked_outright else []
    if not raised_on:
        return None

    distressed_on = [
        score.on for scale in scales for score in scale.scores if scale.is_above(score)
    ]
    if under and support.is_high(distressed_on):
        rule, tier = "under_high", rules.under_high.tier
    elif under or asked_outright:
        rule, tier = "under", rules.under.tier
    else:
        rule, tier = "persist", rules.persist.tier

    steps = ["persist: +1"] if persist and rule != "persist" else []
    rise = len(steps)
    before = support.before_current
    gap_rose = current and before and current.gap - before.gap >= rules.worse.gap
    worse = _worse("gap" if gap_rose else "distress", rules)
    if gap_rose or any(scale.worsened for scale in scales):
        steps += worse
        rise += rules.worse.raises
    return {
        "rule": rule,
        "source_key": asked_outright[0] if asked_outright and not under else "",
        "tier": _raised(tier, rise),
        "tier_path": [f"{rule}: {tier}", *steps],
        "raised_on": min(raised_on),
        **_amounts(support, day),
    }


def _worse(of: str, rules: Rules) -> list[str]:
    return [f"worse ({of}): +{rules.worse.raises}"] if rules.worse.raises else []


def _raised(tier: str, levels: int) -> str:
    """That many levels up; only safety is immediate."""
    return TIERS[min(TIERS.index(tier) + levels, TIERS.index("high"))]


def _asked_outright(
    forms: Sequence[Form], support_type: str, records: _Records
) -> tuple[str, date] | None:
    """The measure whose latest form names an unmet need of that type, and since when it does."""
    rules = records.rules
    items = records.need_items.get(support_type, ())
    found = []
    for measure_key in sorted({records.catalogue.measure_of_item(item).key for item in items}):
        run = _latest_run(
            (form.on, any(form.numbers.get(item, 0) >= rules.under.unmet_item for item in items))
            for form in _last_of_each_day(forms, measure_key)
        )
        if run and (records.day - run[-1]).days < rules.validity.support_days:
            found.append((measure_key, run[0]))
    return found[0] if found else None


def _latest_run(told: Iterable[tuple[date, bool]]) -> list[date]:
    """The days, oldest first, on which it held without a break up to the last one."""
    newest_first = list(told)[::-1]
    return [on for on, _ in takewhile(lambda one: one[1], newest_first)][::-1]


def _over(support: SupportOfType, records: _Records) -> Row | None:
    current = support.current(records.day)
    if current is None or not support.over:
        return None
    both = support.over_ways(current, support.before_current) == 2
    tier = records.rules.over.tier_both if both else records.rules.over.tier
    return {
        "rule": "over",
        "tier": tier,
        "tier_path": [f"over: {tier}"],
        "raised_on": support.over[0].on,
        **_amounts(support, records.day),
    }


def _unjudged(support: SupportOfType, records: _Records) -> Row | None:
    told = support.unjudged(records.day)
    if told is None:
        return None
    reason, since = told
    return {"rule": "unjudged", "tier_path": ["unjudged"], "raised_on": since, "reason": reason}


def _distress(scale: ScreeningScale, rules: Rules) -> Row:
    tier = rules.distress.tier_severe if scale.is_severe else rules.distress.tier
    return {
        "rule": "distress",
        "source_key": f"{scale.measure_key}/{scale.scale.key}",
        "tier": _raised(tier, rules.worse.raises if scale.worsened else 0),
        "tier_path": [
            f"distress: {tier}",
            *(_worse("distress", rules) if scale.worsened else []),
        ],
        "raised_on": _latest_run((score.on, scale.is_above(score)) for score in scale.scores)[0],
    }


def _safety(forms: Sequence[Form], records: _Records) -> Iterator[Row]:
    """By the answers alone, so that no missing total hides one; only another answer ends it."""
    for measure in records.catalogue.values():
        for safety in measure.safety_items:
            answered: dict[date, float] = {}
            for form in forms:
                if safety.item in form.numbers:
                    # Of two answers on one day the higher counts.
                    on = form.on
                    answered[on] = max(form.numbers[safety.item], answered.get(on, 0))
            run = _latest_run((on, value >= safety.at_least) for on, value in answered.items())
            if run:
                tier = records.rules.safety.tier
                yield {
                    "rule": "safety",
                    "source_key": safety.item,
                    "tier": tier,
                    "tier_path": [f"safety: {tier}"],
                    "raised_on": run[0],
                }


def _overdue(due: Row | None, records: _Records) -> Iterator[Row]:
    if due is None or due["next_due_on"] is None or due["next_due_on"] >= records.day:
        return
    rule = records.rules.overdue
    after_positive = due["due_reason"] == "after_positive_screen"
    tier = rule.tier_after_positive_screen if after_positive else rule.tier
    yield {
        "rule": "overdue",
        "tier": tier,
        "tier_path": [f"overdue: {tier}"],
        "raised_on": due["next_due_on"] + timedelta(days=1),
        "reason": due["due_reason"],
    }
