"""The course of each patient, form by form: support, coping, need, distress, referrals.

Forms are walked wave by wave because what comes next depends on what was answered: a
positive screen brings the next form closer, a referral may follow, distressed people are a
little more likely to stop. Within a wave everything is vectorised over patients.
"""

from dataclasses import dataclass, field, fields

import numpy as np
from numpy.random import Generator

from sample_data.effects import AGE_OF_REFERENCE, Effects
from sample_data.events import EventLog, add_contacts, add_notes, add_treatment
from sample_data.people import (
    NEVER,
    WORSE_SITE,
    Days,
    Flags,
    Indices,
    Numbers,
    People,
)
from sample_data.support_grid import (
    MISMATCH_STEPS,
    TANGIBLE,
    GridAnswers,
    GridTraits,
    answer_grid,
    cuts,
)
from sample_data.team import COUNSELLING, GROUP_PROGRAMS, PRACTICAL_HELP, PROGRAMS, Assignment

MAX_WAVES = 18
POSITIVE_SCREEN = 4
DISTRESS_SHARES = (0.125, 0.125, 0.15, 0.205, 0.10, 0.10, 0.075, 0.06, 0.035, 0.015, 0.01)
DISTRESS_CUTS = cuts(DISTRESS_SHARES)
CARRY_OVER = 0.35
"""How much of a within-person state is left at the next wave."""
SESSIONS = 8

# Days to the next form, from and up to but not including: on treatment or not, and
# whether the last screen was positive.
NEXT_FORM = {
    (True, True): (25, 46),
    (True, False): (35, 85),
    (False, True): (28, 71),
    (False, False): (90, 181),
}


@dataclass(frozen=True)
class Traits:
    """What stays with a person; standardised, one entry a patient."""

    distress: Numbers
    anxiety: Numbers
    depression: Numbers
    resilience: Numbers
    optimism: Numbers
    support: Numbers
    coping: Numbers
    avoidance: Numbers
    care: Numbers
    seeking: Numbers
    grid: GridTraits

    @staticmethod
    def draw(rng: Generator, count: int) -> "Traits":
        support = rng.standard_normal(count)
        resilience = _correlated(rng, support, 0.25)
        return Traits(
            distress=rng.standard_normal(count),
            anxiety=rng.standard_normal(count),
            depression=rng.standard_normal(count),
            resilience=resilience,
            optimism=_correlated(rng, resilience, 0.5),
            support=support,
            coping=_correlated(rng, support, 0.3),
            avoidance=rng.standard_normal(count),
            care=_correlated(rng, support, 0.15),
            seeking=_correlated(rng, support, 0.2),
            grid=GridTraits.draw(rng, count),
        )


@dataclass(frozen=True)
class Forms:
    """Everything behind the answers of each occasion; one entry an occasion.

    Latent states are standardised. `patient` is the place in People, `wave` starts at 1,
    `latent_need` is occasions × support types, `need` and `received` are the grid's answers.
    """

    patient: Indices
    wave: Indices
    day: Days
    on_treatment: Flags
    distress: Numbers
    anxiety: Numbers
    depression: Numbers
    support: Numbers
    tangible: Numbers
    coping: Numbers
    care: Numbers
    latent_need: Numbers
    need: np.ndarray
    received: np.ndarray
    distress_answer: np.ndarray

    def __len__(self) -> int:
        return len(self.patient)


@dataclass
class _Course:
    """What changes from wave to wave; one entry a patient."""

    day: Days
    going: Flags
    support_state: Numbers
    coping_state: Numbers
    distress_state: Numbers
    group_offered: Flags
    group_from: Days
    practical_from: Days
    counselled_from: Days
    busy_until: Days
    stopped_on: Days
    discharged_on: Days


@dataclass(frozen=True)
class Journey:
    forms: Forms
    traits: Traits
    stopped_on: Days
    discharged_on: Days


@dataclass
class _Occasions:
    waves: list[dict[str, np.ndarray]] = field(default_factory=list)

    def forms(self) -> Forms:
        columns = {
            column.name: np.concatenate([wave[column.name] for wave in self.waves])
            for column in fields(Forms)
        }
        order = np.lexsort((columns["wave"], columns["patient"]))
        return Forms(**{name: column[order] for name, column in columns.items()})


def walk(
    rng: Generator,
    people: People,
    assignment: Assignment,
    effects: Effects,
    as_of: int,
    log: EventLog,
) -> Journey:
    """Draws every occasion up to the as-of date, and the events around them."""
    count = len(people)
    traits = Traits.draw(rng, count)
    last_day = log.last_day
    add_treatment(log, people)
    never = np.full(count, NEVER)
    support_state = rng.standard_normal(count)
    course = _Course(
        day=_weekday(people.first_form),
        going=np.ones(count, dtype=bool),
        support_state=support_state,
        coping_state=_correlated(rng, support_state, _settled_correlation(effects)),
        distress_state=rng.standard_normal(count),
        group_offered=np.zeros(count, dtype=bool),
        group_from=never.copy(),
        practical_from=never.copy(),
        counselled_from=never.copy(),
        busy_until=np.zeros(count, dtype=np.int64),
        stopped_on=never.copy(),
        discharged_on=never.copy(),
    )
    occasions = _Occasions()
    for wave in range(1, MAX_WAVES + 1):
        due = course.going & (course.day <= last_day)
        if not due.any():
            break
        if wave > 1:
            _move_states(rng, course, effects)
        skipped = rng.random(count) < 0.05 + 0.08 * _holiday(course.day)
        held = due & ~skipped
        occasion, grid = _occasion(rng, people, traits, course, effects, wave)
        occasions.waves.append({name: column[held] for name, column in occasion.items()})

        positive = held & (occasion["distress_answer"] >= POSITIVE_SCREEN)
        patient = np.flatnonzero(held)
        person = assignment.nurse_on(patient, course.day[held])
        add_contacts(
            log,
            rng,
            patient,
            course.day[held],
            person,
            positive[held],
            people.site[held] == WORSE_SITE,
        )
        add_notes(log, rng, patient, course.day[held], person)
        _refer(rng, log, course, assignment, grid, positive, held)
        _go_on(rng, people, course, occasion, positive, held)
    return Journey(occasions.forms(), traits, course.stopped_on, course.discharged_on)


def on_treatment(people: People, day: Days) -> Flags:
    """From diagnosis to the end of treatment, and for eight months after a recurrence."""
    return (day <= people.treatment_end) | (
        (day >= people.recurrence) & (day <= people.recurrence + 240)
    )


def _occasion(
    rng: Generator,
    people: People,
    traits: Traits,
    course: _Course,
    effects: Effects,
    wave: int,
) -> tuple[dict[str, np.ndarray], GridAnswers]:
    count = len(people)
    day = course.day
    burden = _burden(people, day)
    support = 0.60 * traits.support + 0.80 * course.support_state
    coping = 0.60 * traits.coping + 0.80 * course.coping_state
    grid = answer_grid(rng, people, traits.grid, effects, support, day >= course.practical_from)
    distress = (
        _background_distress(people, traits, course, burden)
        + _mismatch_effect(effects, grid, traits.resilience)
        + effects.support * support
        + effects.support_by_resilience * support * traits.resilience
        + grid.tangible
        * (
            effects.tangible_support
            + effects.tangible_support_per_decade * (people.age - AGE_OF_REFERENCE) / 10
        )
        + effects.resilience * traits.resilience
        + effects.group_program * (day >= course.group_from)
        + effects.worse_site_distress * (people.site == WORSE_SITE)
    )
    care = 0.85 * traits.care + 0.53 * rng.standard_normal(count)
    anxiety = (
        0.87 * distress
        + 0.38 * traits.anxiety
        + 0.28 * rng.standard_normal(count)
        + effects.care_to_anxiety * care
    )
    depression = 0.92 * distress + 0.28 * traits.depression + 0.25 * rng.standard_normal(count)
    answered = 0.84 * distress + 0.54 * rng.standard_normal(count)
    return {
        "patient": np.arange(count),
        "wave": np.full(count, wave),
        "day": day.copy(),
        "on_treatment": on_treatment(people, day),
        "distress": distress,
        "anxiety": anxiety,
        "depression": depression,
        "support": support,
        "tangible": grid.tangible,
        "coping": coping,
        "care": care,
        "latent_need": grid.latent_need,
        "need": grid.need,
        "received": grid.received,
        "distress_answer": np.searchsorted(DISTRESS_CUTS, answered).astype(np.int8),
    }, grid


def _mismatch_effect(effects: Effects, grid: GridAnswers, resilience: Numbers) -> Numbers:
    unmet = (grid.gap >= MISMATCH_STEPS).sum(axis=1)
    over = (grid.gap <= -MISMATCH_STEPS).sum(axis=1)
    # Centred near the usual counts, so that planting effects does not shift the mean.
    return (
        effects.unmet_need * (unmet - 0.8)
        + effects.over_provision * (over - 0.7)
        + effects.unmet_need_by_resilience * unmet * resilience
    )


def _background_distress(
    people: People, traits: Traits, course: _Course, burden: Numbers
) -> Numbers:
    """Distress without any planted effect: person, moment, illness, season, age and sex."""
    day = course.day
    day_of_year = day % 365.25
    winter = np.cos(2 * np.pi * (day_of_year - 15) / 365.25)
    since_recurrence = np.maximum(day - people.recurrence, 0)
    recurred = (day >= people.recurrence) * np.exp(-since_recurrence / 120)
    return (
        0.58 * traits.distress
        + 0.52 * course.distress_state
        + 0.45 * (burden - 0.35)
        + 0.50 * recurred
        + 0.25 * (day >= people.palliative)
        + 0.10 * winter
        + 0.10 * (people.sex == "female")
        - 0.06 * (people.age - AGE_OF_REFERENCE) / 10
        - 0.20
    )


def _burden(people: People, day: Days) -> Numbers:
    since_diagnosis = np.maximum(day - people.diagnosed, 0)
    in_chemotherapy = (day >= people.chemotherapy) & (day <= people.chemotherapy_end)
    in_radiotherapy = (day >= people.radiotherapy) & (day <= people.radiotherapy_end)
    return (
        0.70 * np.exp(-since_diagnosis / 90)
        + 0.40 * in_chemotherapy
        + 0.20 * in_radiotherapy
        + 0.30 * (day >= people.palliative)
    )


def _move_states(rng: Generator, course: _Course, effects: Effects) -> None:
    """One step of the within-person states, from one wave to the next whatever the days between.

    Each keeps a variance of 1.
    """
    count = len(course.day)
    course.distress_state = CARRY_OVER * course.distress_state + np.sqrt(
        1 - CARRY_OVER**2
    ) * rng.standard_normal(count)
    correlation = _settled_correlation(effects)
    support, coping = course.support_state, course.coping_state
    course.support_state = (
        CARRY_OVER * support
        + effects.coping_to_support * coping
        + _innovation(effects.coping_to_support, correlation) * rng.standard_normal(count)
    )
    course.coping_state = (
        CARRY_OVER * coping
        + effects.support_to_coping * support
        + _innovation(effects.support_to_coping, correlation) * rng.standard_normal(count)
    )


def _refer(
    rng: Generator,
    log: EventLog,
    course: _Course,
    assignment: Assignment,
    grid: GridAnswers,
    positive: Flags,
    held: Flags,
) -> None:
    """Offers a program to some who need one.

    Whether an offer is taken up is chance alone, so those who do not come are comparable
    with those who do.
    """
    count = len(held)
    unmet = (grid.gap >= MISMATCH_STEPS).any(axis=1)
    free = held & (course.day > course.busy_until)
    offered = free & (positive | unmet) & (rng.random(count) < 0.40)
    wants_practical = (grid.gap[:, TANGIBLE] >= MISMATCH_STEPS) & (rng.random(count) < 0.6)
    program = np.where(
        wants_practical,
        PRACTICAL_HELP,
        np.where(
            rng.random(count) < 0.70,
            np.array(GROUP_PROGRAMS)[rng.integers(0, len(GROUP_PROGRAMS), count)],
            COUNSELLING,
        ),
    )
    in_group = np.isin(program, GROUP_PROGRAMS)
    # A group is offered once only: who declined it stays comparable with who came.
    had_it = np.where(
        in_group,
        course.group_offered,
        np.where(
            program == PRACTICAL_HELP, course.practical_from < NEVER, course.counselled_from < NEVER
        ),
    )
    offered &= ~had_it
    course.group_offered |= offered & in_group
    accepts = offered & (rng.random(count) < 0.68)
    attends = accepts & (rng.random(count) < 0.80)
    offered_on = course.day + rng.integers(0, 9, count)
    accepted_on = offered_on + rng.integers(0, 12, count)
    attended_on = _weekday(accepted_on + rng.integers(9, 24, count))
    session_chance = rng.random((SESSIONS, count))

    keys = np.array([program.key for program in PROGRAMS])[program]
    patient = np.arange(count)
    nurse = assignment.nurse_on(patient, offered_on)
    for kind, whom, when in (
        ("referral_offered", offered, offered_on),
        ("referral_accepted", accepts, accepted_on),
        ("referral_attended", attends, attended_on),
    ):
        log.add(kind, patient[whom], when[whom], program=keys[whom], person=nurse[whom])
    for session in range(SESSIONS):
        enrolled = accepts & in_group
        # Who never attends misses the first two sessions and is then taken off the list.
        enrolled &= attends | (session < 2)
        came = attends & ((session == 0) | (session_chance[session] < 0.8))
        kinds = np.where(came, "group_session_attended", "group_session_missed")
        log.add(
            kinds[enrolled],
            patient[enrolled],
            attended_on[enrolled] + 7 * session,
            program=keys[enrolled],
        )

    started = attends & (attended_on <= log.last_day)
    for mine, since in (
        (in_group, course.group_from),
        (program == PRACTICAL_HELP, course.practical_from),
        (program == COUNSELLING, course.counselled_from),
    ):
        since[started & mine] = attended_on[started & mine]
    course.busy_until = np.where(offered, attended_on + 60, course.busy_until)


def _go_on(
    rng: Generator,
    people: People,
    course: _Course,
    occasion: dict[str, np.ndarray],
    positive: Flags,
    held: Flags,
) -> None:
    """Who stops, and when the others are asked next."""
    count = len(held)
    day = course.day
    chance = 1 / (1 + np.exp(3.50 - 0.40 * occasion["distress"]))
    stops = held & (rng.random(count) < chance)
    course.stopped_on[stops] = day[stops]
    long_well = held & ~stops & ~positive & (day > people.treatment_end + 400)
    discharged = long_well & (rng.random(count) < 0.18)
    course.discharged_on[discharged] = (day + rng.integers(5, 40, count))[discharged]
    course.going &= ~(stops | discharged)

    treated = occasion["on_treatment"]
    interval = np.zeros(count, dtype=np.int64)
    for (in_treatment, was_positive), (low, high) in NEXT_FORM.items():
        drawn = rng.integers(low, high, count)
        interval = np.where((treated == in_treatment) & (positive == was_positive), drawn, interval)
    planned = day + interval
    milestones = np.stack(
        [people.treatment_start, people.treatment_end, people.recurrence, people.palliative]
    )
    after_milestone = milestones + rng.integers(1, 13, count)
    soon = (after_milestone > day + 20) & (after_milestone < planned)
    brought_forward = np.where(soon, after_milestone, NEVER).min(axis=0)
    remembered = rng.random(count) < 0.75
    course.day = _weekday(
        np.where(remembered & (brought_forward < NEVER), brought_forward, planned)
    )


def _holiday(day: Days) -> Flags:
    """August and the turn of the year, when more forms are skipped."""
    day_of_year = day % 365.25
    return ((day_of_year > 212) & (day_of_year < 243)) | (day_of_year > 353) | (day_of_year < 4)


def _weekday(day: Days) -> Days:
    """The Friday before, for a day on a weekend (1970-01-01 was a Thursday)."""
    weekday = (day + 3) % 7
    return day - np.maximum(weekday - 4, 0)


def _settled_correlation(effects: Effects) -> float:
    """Correlation of the support and coping states that reproduces itself from step to step."""
    forth, back = effects.support_to_coping, effects.coping_to_support
    return CARRY_OVER * (forth + back) / (1 - CARRY_OVER**2 - forth * back)


def _innovation(from_other: float, correlation: float) -> float:
    """SD of what is new in a state whose variance stays 1."""
    carried = CARRY_OVER**2 + from_other**2 + 2 * CARRY_OVER * from_other * correlation
    return float(np.sqrt(1 - carried))


def _correlated(rng: Generator, other: Numbers, correlation: float) -> Numbers:
    unshared = np.sqrt(1 - correlation**2) * rng.standard_normal(len(other))
    return correlation * other + unshared
