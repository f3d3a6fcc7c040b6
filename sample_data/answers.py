"""From latent states to answers on each questionnaire, with what people leave out.

Items, ranges and reversed items come from the catalogue. Here stands only how strongly the
items of a measure follow the state behind its scales (chosen so that internal consistency
comes near the published figures) and how common each answer is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dashboard.measures.catalogue import Measure, Scale
from sample_data import support_grid
from sample_data.journey import Forms, Traits
from sample_data.people import SITES, Flags, Numbers, People

Codes = NDArray[np.int8]

MISSING = -3
DECLINED = -2
NOT_APPLICABLE = support_grid.NOT_APPLICABLE

MISSING_SHARE = 0.022
DECLINED_SHARE = 0.002
UNFINISHED_SHARE = 0.02
"""Forms of seven or more items that stop somewhere between the second and the last item."""
DECLINED_OCCASION_SHARE = 0.012
NOT_APPLICABLE_CARE_SHARE = 0.03
COMMUNITY_NOT_APPLICABLE_SHARE = 0.08


@dataclass(frozen=True)
class Given:
    """At which waves a measure is asked (`first`, then every `every`), and where."""

    first: int = 1
    every: int = 1
    sites: tuple[str, ...] = SITES
    only_on_treatment: bool = False
    once: bool = False

    def at(self, forms: Forms, people: People) -> Flags:
        if self.once:
            asked = forms.wave == self.first
        else:
            asked = (forms.wave >= self.first) & ((forms.wave - self.first) % self.every == 0)
        where = np.isin(np.array(SITES)[people.site[forms.patient]], self.sites)
        return asked & where & (forms.on_treatment | (not self.only_on_treatment))


RIVERSIDE, NORTHGATE, HILLCREST = SITES
SCHEDULE = {
    "distress_0_10": Given(),
    "phq9": Given(),
    "gad7": Given(),
    "support_grid": Given(),
    # More often than a service would: which comes first, support or coping, can only be
    # asked of data that have both at consecutive waves.
    "mos_sss": Given(),
    "brief_cope": Given(),
    "mspss": Given(every=2),
    "lot_r": Given(once=True),
    "brs": Given(every=4),
    "care": Given(first=2, every=3),
    "scns_sf34": Given(every=4, sites=(RIVERSIDE, NORTHGATE)),
    "esas_r": Given(sites=(RIVERSIDE,), only_on_treatment=True),
    "bsss": Given(every=4, sites=(HILLCREST,)),
    "mmos_ss": Given(first=2, every=2, sites=(NORTHGATE,)),
    "phq4": Given(first=2, every=2, sites=(HILLCREST,)),
    "hads": Given(every=2, sites=(NORTHGATE,)),
    "eortc_qlq_c30": Given(every=2, sites=(NORTHGATE,)),
}

ScaleTraits = Callable[[Forms, Traits, Generator], Mapping[str, Numbers]]


@dataclass(frozen=True)
class Recipe:
    """How answers follow from a state.

    `shares` are those of each answer, lowest first, for an item of middling difficulty;
    `difficulty` shifts the thresholds item by item (in SD), else they spread by `spread`.
    """

    traits: ScaleTraits
    shares: tuple[float, ...]
    loading: float
    spread: float = 0.25
    difficulty: tuple[float, ...] = ()


def _one(name: str) -> ScaleTraits:
    def of(forms: Forms, _traits: Traits, _rng: Generator) -> Mapping[str, Numbers]:
        return {"total": getattr(forms, name)}

    return of


def _of_person(name: str) -> ScaleTraits:
    def of(forms: Forms, traits: Traits, _rng: Generator) -> Mapping[str, Numbers]:
        return {"total": getattr(traits, name)[forms.patient]}

    return of


def _mix(*parts: tuple[float, Numbers], rng: Generator) -> Numbers:
    """A standardised blend: the weighted parts, filled up with noise to a variance of 1."""
    weights = sum(weight**2 for weight, _ in parts)
    blend = np.sqrt(max(0.0, 1 - weights)) * rng.standard_normal(len(parts[0][1]))
    for weight, part in parts:
        blend += weight * part
    return blend


def _phq4(forms: Forms, _traits: Traits, _rng: Generator) -> Mapping[str, Numbers]:
    return {"anxiety": forms.anxiety, "depression": forms.depression}


def _mos(forms: Forms, traits: Traits, rng: Generator) -> Mapping[str, Numbers]:
    esteem = traits.grid.types[forms.patient, support_grid.TYPES.index("esteem")]
    belonging = traits.grid.types[forms.patient, support_grid.TYPES.index("belonging")]
    return {
        "emotional_informational": _mix((0.97, forms.support), rng=rng),
        "tangible": _mix((0.97, forms.tangible), rng=rng),
        "affectionate": _mix((0.85, forms.support), (0.3, esteem), rng=rng),
        "positive_interaction": _mix((0.85, forms.support), (0.3, belonging), rng=rng),
        "total": forms.support,
    }


def _mmos(forms: Forms, _traits: Traits, rng: Generator) -> Mapping[str, Numbers]:
    return {
        "instrumental": _mix((0.97, forms.tangible), rng=rng),
        "emotional": _mix((0.90, forms.support), rng=rng),
    }


def _mspss(forms: Forms, traits: Traits, rng: Generator) -> Mapping[str, Numbers]:
    source = traits.grid.sources[forms.patient].T
    partner, family, friends = (
        source[support_grid.SOURCES.index(name)] for name in ("partner", "family", "friends")
    )
    return {
        "significant_other": _mix((0.70, forms.support), (0.60, partner), rng=rng),
        "family": _mix((0.70, forms.support), (0.60, family), rng=rng),
        "friends": _mix((0.70, forms.support), (0.60, friends), rng=rng),
    }


def _bsss(forms: Forms, traits: Traits, rng: Generator) -> Mapping[str, Numbers]:
    need = forms.latent_need.mean(axis=1)
    return {
        "perceived_emotional": _mix((0.90, forms.support), rng=rng),
        "perceived_instrumental": _mix((0.95, forms.tangible), rng=rng),
        "need": _mix((0.75, need), rng=rng),
        "seeking": _mix((0.80, traits.seeking[forms.patient]), rng=rng),
        "received": _mix((0.65, forms.support), (0.3, need), rng=rng),
    }


def _scns(forms: Forms, _traits: Traits, rng: Generator) -> Mapping[str, Numbers]:
    informational = forms.latent_need[:, support_grid.TYPES.index("informational")]
    emotional = forms.latent_need[:, support_grid.TYPES.index("emotional")]
    treated = np.where(forms.on_treatment, 0.5, -0.5)
    return {
        "physical": _mix((0.50, forms.distress), (0.40, treated), rng=rng),
        "psychological": _mix((0.65, forms.distress), (0.40, emotional), rng=rng),
        "sexuality": _mix((0.35, forms.distress), rng=rng),
        "patient_care": _mix((0.25, informational), (-0.50, forms.care), rng=rng),
        "system_information": _mix((0.60, informational), (-0.40, forms.care), rng=rng),
    }


def _esas(forms: Forms, _traits: Traits, rng: Generator) -> Mapping[str, Numbers]:
    distress = forms.distress
    return {
        "pain": _mix((0.40, distress), rng=rng),
        "tiredness": _mix((0.55, distress), rng=rng) + 0.35,
        "drowsiness": _mix((0.40, distress), rng=rng),
        "nausea": _mix((0.30, distress), rng=rng) - 0.4,
        "lack_of_appetite": _mix((0.35, distress), rng=rng) - 0.1,
        "shortness_of_breath": _mix((0.30, distress), rng=rng) - 0.3,
        "depression": _mix((0.85, forms.depression), rng=rng),
        "anxiety": _mix((0.85, forms.anxiety), rng=rng),
        "wellbeing": _mix((0.60, distress), rng=rng) + 0.3,
    }


def _brief_cope(forms: Forms, traits: Traits, rng: Generator) -> Mapping[str, Numbers]:
    coping, distress, support = forms.coping, forms.distress, forms.support
    avoidance = traits.avoidance[forms.patient]
    return {
        "active_coping": _mix((0.85, coping), rng=rng),
        "planning": _mix((0.85, coping), rng=rng),
        "positive_reframing": _mix((0.80, coping), rng=rng),
        "acceptance": _mix((0.80, coping), rng=rng) + 0.4,
        "emotional_support": _mix((0.45, coping), (0.45, support), rng=rng) + 0.3,
        "instrumental_support": _mix((0.45, coping), (0.40, support), rng=rng),
        "self_distraction": _mix((0.25, coping), (0.30, avoidance), rng=rng) + 0.2,
        "venting": _mix((0.35, distress), (0.20, coping), rng=rng) - 0.3,
        "humour": _mix((0.25, coping), rng=rng) - 0.3,
        "religion": _mix((0.15, coping), rng=rng) - 0.2,
        "denial": _mix((0.35, distress), (0.50, avoidance), rng=rng) - 1.0,
        "disengagement": _mix((0.40, distress), (0.45, avoidance), rng=rng) - 1.1,
        "self_blame": _mix((0.50, distress), (0.35, avoidance), rng=rng) - 0.7,
        "substance_use": _mix((0.25, distress), (0.30, avoidance), rng=rng) - 1.5,
    }


RECIPES = {
    "phq9": Recipe(
        _one("depression"),
        shares=(0.535, 0.29, 0.105, 0.07),
        loading=0.73,
        # Tiredness and sleep are common in cancer care, item 9 is rare.
        difficulty=(0.0, -0.1, -0.45, -0.75, -0.1, 0.2, 0.05, 0.6, 1.75),
    ),
    "gad7": Recipe(
        _one("anxiety"),
        shares=(0.49, 0.31, 0.12, 0.08),
        loading=0.78,
        difficulty=(-0.25, 0.0, -0.25, -0.05, 0.35, 0.05, 0.15),
    ),
    "phq4": Recipe(_phq4, shares=(0.50, 0.31, 0.12, 0.07), loading=0.85),
    "mos_sss": Recipe(_mos, shares=(0.06, 0.10, 0.20, 0.30, 0.34), loading=0.86),
    "mmos_ss": Recipe(_mmos, shares=(0.06, 0.10, 0.20, 0.30, 0.34), loading=0.86),
    "mspss": Recipe(_mspss, shares=(0.03, 0.04, 0.07, 0.11, 0.20, 0.27, 0.28), loading=0.85),
    "bsss": Recipe(_bsss, shares=(0.07, 0.16, 0.37, 0.40), loading=0.72),
    "brief_cope": Recipe(_brief_cope, shares=(0.28, 0.30, 0.26, 0.16), loading=0.80, spread=0.1),
    "lot_r": Recipe(_of_person("optimism"), shares=(0.05, 0.13, 0.28, 0.36, 0.18), loading=0.72),
    "brs": Recipe(_of_person("resilience"), shares=(0.06, 0.16, 0.28, 0.36, 0.14), loading=0.78),
    "care": Recipe(_one("care"), shares=(0.02, 0.06, 0.20, 0.36, 0.36), loading=0.84, spread=0.15),
    "scns_sf34": Recipe(_scns, shares=(0.42, 0.24, 0.17, 0.11, 0.06), loading=0.80),
    "esas_r": Recipe(
        _esas,
        shares=(0.34, 0.13, 0.12, 0.11, 0.08, 0.08, 0.05, 0.04, 0.03, 0.01, 0.01),
        loading=0.95,
        spread=0.0,
    ),
}


def answers_of(
    measure: Measure, forms: Forms, traits: Traits, people: People, rng: Generator
) -> Codes:
    """Answers, occasions × items in catalogue order; MISSING, DECLINED and NOT_APPLICABLE
    where there is none."""
    if measure.key == "distress_0_10":
        codes = forms.distress_answer[:, None].copy()
    elif measure.key == "support_grid":
        codes = _grid_answers(measure, forms, people, rng)
    else:
        codes = _graded_answers(measure, forms, traits, rng)
    if measure.key == "care":
        codes[rng.random(codes.shape) < NOT_APPLICABLE_CARE_SHARE] = NOT_APPLICABLE
    if measure.key == "esas_r":
        # The tenth is the person's own symptom: most write none.
        codes[rng.random(len(codes)) < 0.8, -1] = MISSING
    _leave_out(codes, rng)
    return codes


def declined_occasions(forms: Forms, rng: Generator) -> Flags:
    """Occasions at which the person declined all forms."""
    return rng.random(len(forms)) < DECLINED_OCCASION_SHARE


def scores_of(measure: Measure, forms: Forms, rng: Generator) -> dict[str, Numbers]:
    """Ready-made scores by scale of a measure that has no items; worse means more distressed."""
    scores: dict[str, Numbers] = {}
    for scale in measure.scales:
        if measure.key == "hads" and scale.key == "total":
            scores[scale.key] = scores["anxiety"] + scores["depression"]
            continue
        state = {"anxiety": forms.anxiety, "depression": forms.depression}.get(
            scale.key, _mix((0.6, forms.distress), rng=rng)
        )
        scores[scale.key] = _score(scale, state, rng)
    return scores


def _score(scale: Scale, state: Numbers, rng: Generator) -> Numbers:
    """A skewed score over the scale's range: most people are not badly off."""
    noisy = 0.92 * state + 0.39 * rng.standard_normal(len(state))
    share = 1 / (1 + np.exp(0.85 - 0.95 * noisy))
    if scale.higher_is == "better":
        share = 1 - share
    width = scale.maximum - scale.minimum
    # Scales of 0 to 100 made of a few items take only some values; twelfths look like that.
    steps = width if width <= 42 else 12
    return np.round(scale.minimum + np.rint(share * steps) * width / steps, 1)


def _graded_answers(measure: Measure, forms: Forms, traits: Traits, rng: Generator) -> Codes:
    recipe = RECIPES[measure.key]
    states = recipe.traits(forms, traits, rng)
    count, items = len(forms), len(measure.items)
    difficulty = np.array(recipe.difficulty or np.linspace(-1, 1, items) * recipe.spread)
    if not recipe.difficulty:
        # Neighbouring items should not be neighbours in difficulty too.
        difficulty = difficulty[np.argsort(np.arange(items) * 7919 % 101, kind="stable")]
    thresholds = support_grid.cuts(recipe.shares)
    unique = np.sqrt(1 - recipe.loading**2)
    codes = np.empty((count, items), dtype=np.int8)
    for place, item in enumerate(measure.items):
        state = _state_behind(measure, item.key, states)
        noise = unique * rng.standard_normal(count)
        latent = noise if state is None else recipe.loading * state + noise
        steps = np.searchsorted(thresholds + difficulty[place], latent)
        if item.key in measure.reverse:
            steps = len(thresholds) - steps
        codes[:, place] = steps + int(item.minimum)
    return codes


def _state_behind(measure: Measure, item_key: str, states: Mapping[str, Numbers]) -> Numbers | None:
    """The state of the narrowest scale with this item; None for fillers, which no scale has."""
    scales = [scale for scale in measure.scales if item_key in scale.items and scale.key in states]
    if not scales:
        return None
    return states[min(scales, key=lambda scale: len(scale.items)).key]


def _grid_answers(measure: Measure, forms: Forms, people: People, rng: Generator) -> Codes:
    need, received = forms.need, forms.received.copy()
    count = len(forms)
    gap = need - received.max(axis=2)
    felt_gap = gap + 0.9 * rng.standard_normal(gap.shape)
    fit = np.where(felt_gap >= 1.2, 0, np.where(felt_gap <= -1.7, 2, 1))
    importance = np.clip(np.rint(0.75 * need + 0.7 * rng.standard_normal(need.shape)), 0, 3)
    preference = support_grid.SOURCE_STRENGTH - support_grid.SOURCE_STRENGTH.max(
        axis=1, keepdims=True
    )
    wanted = np.rint(
        need[:, :, None] + 1.3 * preference + 0.6 * rng.standard_normal(received.shape)
    )
    wanted = np.where(received == NOT_APPLICABLE, NOT_APPLICABLE, np.clip(wanted, 0, 4))
    no_community = rng.random(len(people)) < COMMUNITY_NOT_APPLICABLE_SHARE
    # Only where nothing came from there: who gets something cannot find it not applicable.
    absent = no_community[forms.patient][:, None] & (
        received[:, :, support_grid.COMMUNITY] == 0
    ).all(axis=1, keepdims=True)
    for cells in (received, wanted):
        cells[:, :, support_grid.COMMUNITY][np.broadcast_to(absent, need.shape)] = NOT_APPLICABLE

    columns: dict[str, np.ndarray] = {}
    for t, support_type in enumerate(support_grid.TYPES):
        columns[f"need_{support_type}"] = need[:, t]
        columns[f"importance_{support_type}"] = importance[:, t]
        columns[f"fit_{support_type}"] = fit[:, t]
        for s, source in enumerate(support_grid.SOURCES):
            columns[f"received_{support_type}_{source}"] = received[:, t, s]
            columns[f"wanted_{support_type}_{source}"] = wanted[:, t, s]
    codes = np.empty((count, len(measure.items)), dtype=np.int8)
    for place, item in enumerate(measure.items):
        codes[:, place] = columns[item.key]
    return codes


def _leave_out(codes: Codes, rng: Generator) -> None:
    """Single items left blank or declined, and forms that stop half-way; in place."""
    count, items = codes.shape
    kept = codes == NOT_APPLICABLE
    if items == 1:
        codes[rng.random(count) < MISSING_SHARE / 4] = MISSING
        return
    chance = rng.random(codes.shape)
    codes[(chance < MISSING_SHARE) & ~kept] = MISSING
    codes[(chance > 1 - DECLINED_SHARE) & ~kept] = DECLINED
    if items >= 7:
        unfinished = rng.random((count, 1)) < UNFINISHED_SHARE
        stopped_at = rng.integers(2, items, (count, 1))
        codes[unfinished & (np.arange(items) >= stopped_at)] = MISSING
