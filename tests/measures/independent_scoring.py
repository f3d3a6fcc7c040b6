"""A second road to every score, in plain Python, to hold the SQL against.

It shares nothing with the scoring it checks but the definition of the measure: no range,
no count of answers and no rule is taken from anything derived.
"""

from collections.abc import Mapping
from typing import Literal

from dashboard.measures.catalogue import Measure, Scale

Status = Literal["scored", "prorated", "too_few_answers", "imported"]
Scored = tuple[float | None, Status, int]


def score(measure: Measure, answers: Mapping[str, float]) -> dict[str, Scored]:
    """Scores one form.

    Args:
        measure: the definition.
        answers: item key to answer, as given (not yet turned round); items that are missing,
            declined or not applicable are left out. A ready-made score goes under its
            scale's key.

    Returns:
        Scale key to (score or None, status, number of the scale's items answered). A scale
        without items is there only when its score was given.
    """
    results: dict[str, Scored] = {}
    for scale in measure.scales:
        if scale.items:
            results[scale.key] = _score_scale(measure, scale, answers)
        elif scale.key in answers:
            results[scale.key] = (answers[scale.key], "imported", 0)
    return results


def _score_scale(measure: Measure, scale: Scale, answers: Mapping[str, float]) -> Scored:
    given = []
    lowest = highest = 0.0
    for item in measure.items:
        if item.key not in scale.items:
            continue
        lowest, highest = item.minimum, item.maximum
        if item.key in answers:
            answer = answers[item.key]
            turned = item.key in measure.reverse
            given.append(item.maximum + item.minimum - answer if turned else answer)
    total, answered = len(scale.items), len(given)
    missing = total - answered

    enough = missing == 0
    if scale.max_missing is not None:
        enough = missing <= scale.max_missing
    elif scale.min_answered_share is not None:
        enough = answered / total >= scale.min_answered_share
    if not enough or answered == 0:
        return None, "too_few_answers", answered

    mean = sum(given) / answered
    if scale.method == "sum":
        value = mean * total
    elif scale.method == "mean_rescaled_0_100":
        value = 100 * (mean - lowest) / (highest - lowest)
    else:
        value = mean
    return value * scale.multiply, "prorated" if missing else "scored", answered
