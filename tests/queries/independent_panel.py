"""The worklist worked out a second time, in plain Python, from the definitions.

Order (the requirement): safety items first, then distress above its cut-off and reliably
worse, then above, then worse, then overdue forms, most overdue first. Day counts and what
triggers a form: outcomes.md, screening and pathway. Safety: mismatch.md, rule `safety`.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from dashboard.measures.catalogue import Scale
from tests.queries.comparison import Row
from tests.queries.raw_records import (
    Form,
    RawRecords,
    ScoreOfForm,
    day,
    reliable_change,
    screening_cut_off,
)

# Local defaults (outcomes.md).
DAYS_AFTER_A_TREATMENT_EVENT = 14
DAYS_ON_TREATMENT = 90
DAYS_IN_FOLLOW_UP = 180
DAYS_AFTER_A_POSITIVE_SCREEN = 28
TREATMENT_EVENTS = {"diagnosis", "surgery", "treatment_start", "treatment_end", "recurrence"}
# What an older form says no longer counts as today's state.
A_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Judged:
    """One screening scale of one patient, by its last two scores."""

    measure_key: str
    scale: Scale
    forms: list[ScoreOfForm]
    as_of: date

    @property
    def scored(self) -> list[ScoreOfForm]:
        return [form for form in self.forms if form.value is not None]

    @property
    def last(self) -> ScoreOfForm:
        return self.scored[-1]

    @property
    def previous(self) -> ScoreOfForm | None:
        return self.scored[-2] if len(self.scored) > 1 else None

    @property
    def is_current(self) -> bool:
        return self.as_of - self.last.completed_on < A_YEAR

    @property
    def above(self) -> bool:
        return self.is_current and self._harm(self.last) >= self._harm_of_cut_off

    @property
    def change(self) -> float | None:
        if self.previous is None:
            return None
        assert self.last.value is not None
        assert self.previous.value is not None
        return self.last.value - self.previous.value

    @property
    def worse(self) -> bool:
        return self._reliably(1)

    @property
    def better(self) -> bool:
        return self._reliably(-1)

    @property
    def urgency(self) -> tuple[bool, bool, bool, date]:
        return self.above and self.worse, self.above, self.worse, self.last.completed_on

    def _reliably(self, sign: int) -> bool:
        needed = reliable_change(self.scale)
        if needed is None or self.change is None or not self.is_current:
            return False
        return self.change * self._way * sign >= needed

    @property
    def _way(self) -> int:
        return 1 if self.scale.higher_is == "worse" else -1

    def _harm(self, form: ScoreOfForm) -> float:
        assert form.value is not None
        return form.value * self._way

    @property
    def _harm_of_cut_off(self) -> float:
        cut_off = screening_cut_off(self.scale)
        assert cut_off is not None
        return cut_off * self._way


def panel(raw: RawRecords, visible: set[str], as_of: date) -> list[Row]:
    """The rows of the query `panel`, in its order."""
    rows = [
        _row(patient, raw, as_of)
        for patient in raw.patients
        if patient["patient_id"] in visible and _is_followed(patient, as_of)
    ]
    return sorted(rows, key=_place)


def _is_followed(patient: Row, as_of: date) -> bool:
    """Deceased, discharged and withdrawn patients leave the list on their day."""
    left_on = day(patient["status_on"])
    return patient["status"] == "active" or (left_on is not None and left_on > as_of)


def _place(row: Row) -> tuple[int, int, float, int, str]:
    late, score = row["days_overdue"], row["score"]
    most_overdue_first = -late if row["rank"] == 5 else 0
    return (
        row["rank"],
        most_overdue_first,
        float("inf") if score is None else -score,
        -late,
        row["patient_id"],
    )


def _row(patient: Row, raw: RawRecords, as_of: date) -> Row:
    patient_id = patient["patient_id"]
    scores = [one for one in raw.scores_by_patient[patient_id] if one.completed_on <= as_of]
    forms = [form for form in raw.forms_by_patient[patient_id] if form.completed_on <= as_of]
    scales = _judged(scores, raw, as_of)
    lead = _lead([one for one in scales if one.scored], raw)
    safety = _safety(forms, raw)
    last_form_on = max((one.forms[-1].completed_on for one in scales), default=None)
    declined_on = _declined_on(forms, raw)
    reason, due_on = _due(patient, raw, scales, declined_on, as_of)
    late = max((as_of - due_on).days, 0) if due_on else 0

    if safety["safety_item"]:
        rank = 1
    elif lead and lead.above and lead.worse:
        rank = 2
    elif lead and lead.above:
        rank = 3
    elif lead and lead.worse:
        rank = 4
    elif late:
        rank = 5
    elif lead:
        rank = 6
    else:
        rank = 7
    return {
        "patient_id": patient_id,
        "initials": patient["initials"] or None,
        "age": as_of.year - int(patient["birth_year"]),
        "sex": patient["sex"] or None,
        "site": patient["site"] or None,
        "phase": patient["phase"] or None,
        "diagnosis": patient["diagnosis"] or None,
        "nurse": raw.in_charge(patient_id, "nurse", as_of),
        "rank": rank,
        **safety,
        "safety_unanswered": _safety_unanswered(forms, raw),
        **_of_lead(lead, raw),
        "last_form_on": last_form_on,
        "days_since": (as_of - last_form_on).days if last_form_on else None,
        "next_due_on": due_on,
        "days_overdue": late,
        "due_reason": reason,
        "declined_on": declined_on,
    }


def _judged(scores: list[ScoreOfForm], raw: RawRecords, as_of: date) -> list[Judged]:
    grouped: dict[tuple[str, str], list[ScoreOfForm]] = defaultdict(list)
    for one in scores:
        is_distress = raw.catalogue[one.form.measure_key].domain == "distress"
        if is_distress and screening_cut_off(one.scale) is not None:
            grouped[one.form.measure_key, one.scale.key].append(one)
    return [
        Judged(measure_key, forms[0].scale, sorted(forms, key=lambda one: one.completed_on), as_of)
        for (measure_key, _), forms in grouped.items()
    ]


def _lead(scored: list[Judged], raw: RawRecords) -> Judged | None:
    """The scale that says most; of equals the one whose measure comes first."""
    alphabetical = sorted(scored, key=lambda one: sorted(raw.catalogue).index(one.measure_key))
    return max(alphabetical, key=lambda one: one.urgency, default=None)


def _of_lead(lead: Judged | None, raw: RawRecords) -> Row:
    if lead is None:
        nothing = dict.fromkeys(
            ["measure_key", "scale_key", "measure_title", "score", "band", "cut_off"]
            + ["cut_off_source", "scale_minimum", "scale_maximum", "score_status", "completed_on"]
            + ["previous_score", "previous_on", "change", "reliable_change"]
            + ["recent_on", "recent_score"]
        )
        flags = dict.fromkeys(["above_cut_off", "reliably_worse", "reliably_better"], False)
        return {**nothing, **flags}
    screen = next(cut_off for cut_off in lead.scale.cut_offs if cut_off.screen)
    return {
        "measure_key": lead.measure_key,
        "scale_key": lead.scale.key,
        "measure_title": raw.catalogue[lead.measure_key].title,
        "score": lead.last.value,
        "band": lead.last.band,
        "cut_off": screen.at_least,
        "cut_off_source": screen.source,
        "scale_minimum": lead.scale.minimum,
        "scale_maximum": lead.scale.maximum,
        "score_status": lead.last.status,
        "completed_on": lead.last.completed_on,
        "above_cut_off": lead.above,
        "previous_score": lead.previous.value if lead.previous else None,
        "previous_on": lead.previous.completed_on if lead.previous else None,
        "change": lead.change,
        "reliable_change": reliable_change(lead.scale),
        "reliably_worse": lead.worse,
        "reliably_better": lead.better,
        "recent_on": [one.completed_on for one in lead.forms[-6:]],
        "recent_score": [one.value for one in lead.forms[-6:]],
    }


def _safety(forms: list[Form], raw: RawRecords) -> Row:
    """The latest answer to each safety item decides, whatever became of the total.

    However old it is: an alert about safety is not closed by time alone (mismatch.md).
    """
    found: list[tuple[date, Row]] = []
    for measure in raw.catalogue.values():
        for safety in measure.safety_items:
            answered = [
                (form.completed_on, form.answers[safety.item])
                for form in forms
                if safety.item in form.answers
            ]
            if not answered:
                continue
            on, answer = max(answered)
            if answer >= safety.at_least:
                found.append(
                    (
                        on,
                        {
                            "safety_title": measure.title,
                            "safety_item": safety.item,
                            "safety_label": raw.catalogue.item(safety.item).label,
                            "safety_answer": answer,
                            "safety_threshold": safety.at_least,
                            "safety_message": safety.message,
                            "safety_on": on,
                        },
                    )
                )
    if found:
        return max(found, key=lambda one: one[0])[1]
    return dict.fromkeys(
        ["safety_title", "safety_item", "safety_label", "safety_answer"]
        + ["safety_threshold", "safety_message", "safety_on"]
    )


def _safety_unanswered(forms: list[Form], raw: RawRecords) -> bool:
    """Whether the latest form of a measure leaves its safety item without an answer."""
    for measure in raw.catalogue.values():
        latest = max(
            (form for form in forms if form.measure_key == measure.key),
            key=lambda form: form.completed_on,
            default=None,
        )
        asked = measure.safety_items if latest and latest.brought_items else ()
        if latest and any(safety.item not in latest.answers for safety in asked):
            return True
    return False


def _declined_on(forms: list[Form], raw: RawRecords) -> date | None:
    """The last form of a distress measure on which the person said no and answered nothing."""
    return max(
        (
            form.completed_on
            for form in forms
            if raw.catalogue[form.measure_key].domain == "distress"
            and not form.answers
            and form.words
            and set(form.words.values()) == {"declined"}
        ),
        default=None,
    )


def _due(
    patient: Row,
    raw: RawRecords,
    scales: list[Judged],
    declined_on: date | None,
    as_of: date,
) -> tuple[str | None, date | None]:
    """Why and when the next form is due: the earliest of what applies.

    The clock starts at the last form that gave a score, or at the refusal after it: a form
    with too few answers starts nothing, and someone who declined is not overdue.
    """
    seen = [one.last.completed_on for one in scales if one.scored]
    seen += [declined_on] if declined_on else []
    seen_on = max(seen, default=None)
    told = [
        *(
            event["occurred_on"]
            for event in raw.events_by_patient[patient["patient_id"]]
            if event["kind"] in TREATMENT_EVENTS
        ),
        *(
            patient[column]
            for column in ("diagnosed_on", "treatment_started_on", "treatment_ended_on")
        ),
    ]
    triggers = [
        on
        for on in map(day, told)
        if on is not None and on <= as_of and (seen_on is None or on > seen_on)
    ]
    due: list[tuple[date, str]] = []
    if triggers:
        reason = "first_form" if seen_on is None else "after_treatment_event"
        due.append((min(triggers) + timedelta(days=DAYS_AFTER_A_TREATMENT_EVENT), reason))
    if seen_on:
        if any(one.above for one in scales if one.scored):
            due.append(
                (seen_on + timedelta(days=DAYS_AFTER_A_POSITIVE_SCREEN), "after_positive_screen")
            )
        if patient["phase"] == "follow_up":
            due.append((seen_on + timedelta(days=DAYS_IN_FOLLOW_UP), "follow_up"))
        else:
            due.append((seen_on + timedelta(days=DAYS_ON_TREATMENT), "on_treatment"))
    if not due:
        return None, None
    due_on, reason = min(due, key=lambda one: one[0])
    return reason, due_on
