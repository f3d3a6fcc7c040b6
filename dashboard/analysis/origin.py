"""Where one score comes from: its answers, how they count, and what was done about missing ones."""

from dataclasses import dataclass

import pandas as pd

from dashboard.language import Words
from dashboard.measures.catalogue import Measure, Scale

# A score worked out here and the stored one may differ by rounding, not by more.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Origin:
    """One score taken back to its answers.

    Attributes:
        items: label, answer, state, counts_as (the answer as it enters the score, turned round
            where the item is reversed; missing where it does not), file_name, source_row.
        from_answers: the score that these answers give by the measure as it is now; None where
            they are too few or there are none.
        agrees: whether that is the stored score. False where the measure has changed since.
    """

    scale: Scale | None
    items: pd.DataFrame
    answered: int
    total: float
    from_answers: float | None
    agrees: bool


def origin_of(row: pd.Series, answers: pd.DataFrame, measure: Measure | None) -> Origin:
    """The origin of one row of the query `patient_scores`.

    Args:
        answers: rows of the query `patient_answers` of the same person.
        measure: None where the catalogue has it no longer.
    """
    scales = measure.scales if measure is not None else ()
    scale = next((one for one in scales if one.key == row["scale_key"]), None)
    of_form = answers[answers["assessment_id"] == row["assessment_id"]].sort_values("position")
    if measure is None or scale is None or not scale.items:
        items = of_form.assign(counts_as=float("nan"))
        return Origin(scale, items, 0, 0.0, None, True)
    items = of_form[of_form["item_key"].isin(scale.items)]
    turned = items["item_key"].isin(measure.reverse)
    reversed_answers = items["minimum"] + items["maximum"] - items["answer"]
    items = items.assign(counts_as=items["answer"].where(~turned, reversed_answers))
    given = items["counts_as"].dropna()
    score = score_of(scale, measure, float(given.sum()), len(given))
    stored = row["score"]
    agrees = (
        score is None
        or row["status"] == "imported"
        or (pd.notna(stored) and abs(score - stored) < _ROUNDING)
    )
    return Origin(scale, items, len(given), float(given.sum()), score, bool(agrees))


def score_of(scale: Scale, measure: Measure, total: float, answered: int) -> float | None:
    """The score that answers with this sum give; None where they are too few."""
    if answered < max(scale.answers_needed, 1):
        return None
    mean = total / answered
    match scale.method:
        case "sum":
            score = mean * len(scale.items)
        case "mean_rescaled_0_100":
            items = [measure.item(key) for key in scale.items]
            low = min(item.minimum for item in items)
            high = max(item.maximum for item in items)
            score = 100 * (mean - low) / (high - low)
        case _:
            score = mean
    return score * scale.multiply


def how_scored(row: pd.Series, origin: Origin, words: Words) -> str:
    """The step from answers to score with its numbers, as a reader can follow it."""
    scale = origin.scale
    if row["status"] == "imported":
        return words.say("origin.imported")
    if row["status"] == "declined":
        return words.say("origin.declined")
    if scale is None:
        return words.say("origin.gone")
    items = len(scale.items)
    if origin.from_answers is None:
        return words.say(
            "origin.too_few",
            answered=words.number(origin.answered),
            items=words.number(items),
            needed=words.number(scale.answers_needed),
        )
    key = f"origin.{scale.method}"
    if scale.method == "sum" and origin.answered < items:
        key = "origin.sum_prorated"
    said = words.say(
        key,
        answered=words.number(origin.answered),
        items=words.number(items),
        total=words.number(origin.total),
        mean=words.number(origin.total / origin.answered),
        score=words.number(origin.from_answers),
        times="" if scale.multiply == 1 else f" × {words.number(scale.multiply)}",
    )
    return said if origin.agrees else f"{said} {words.say('origin.differs')}"


def missing_rule(scale: Scale | None, words: Words) -> str:
    """What the measure does about missing answers."""
    if scale is None or not scale.items:
        return words.say("origin.rule_elsewhere")
    items, needed = len(scale.items), scale.answers_needed
    if items == 1:
        said = words.say("origin.rule_one")
    elif needed == items:
        said = words.say("origin.rule_all", items=words.number(items))
    else:
        said = words.say("origin.rule_some", items=words.number(items), needed=words.number(needed))
    if scale.missing_rule_evidence == "unconfirmed":
        said += f" {words.say('origin.rule_unconfirmed')}"
    return said
