"""Says in plain English how a scale is scored, for the Measures page.

The sentences are built from the definition, so they cannot drift from what is computed.
"""

from dashboard.measures.definition import Measure, Scale

_WORDS = (
    "no", "one", "two", "three", "four", "five", "six",
    "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip


def scoring_in_words(scale: Scale) -> str:
    """How answers become the score, with its range: “Add the nine answers (0–27).”"""
    span = f"({scale.minimum:g}–{scale.maximum:g})"
    if not scale.items:
        return f"Scored elsewhere and taken in ready-made {span}."
    times = "" if scale.multiply == 1 else f" and multiply by {scale.multiply:g}"
    if len(scale.items) == 1 and scale.method != "mean_rescaled_0_100":
        return f"Take the answer as it was given{times} {span}."
    answers = f"the {_number(len(scale.items))} answers"
    match scale.method:
        case "sum":
            return f"Add {answers}{times} {span}."
        case "mean":
            return f"Take the mean of {answers}{times} {span}."
        case _:
            rescaled = "stretch it so that the lowest possible is 0 and the highest 100"
            return f"Take the mean of {answers}, {rescaled}{times} {span}."


def missing_rule_in_words(scale: Scale) -> str:
    """What happens when answers are missing."""
    total, needed = len(scale.items), scale.answers_needed
    if total == 0:
        return "Missing answers were dealt with where the score was computed."
    if total == 1:
        return "No answer gives no score."
    spare = total - needed
    if spare == 0:
        return f"All {_number(total)} answers are needed; with one missing there is no score."
    if scale.min_answered_share is not None:
        rule = (
            f"At least {_number(needed)} of the {_number(total)} answers are needed; missing "
            "ones are then replaced by the person's own mean, and fewer give no score."
        )
    elif spare == 1:
        rule = "One missing answer is replaced by the person's own mean; more give no score."
    else:
        rule = (
            f"Up to {_number(spare)} missing answers are replaced by the person's own mean; "
            "more than that gives no score."
        )
    if scale.never_prorate:
        kept = ", ".join(scale.never_prorate)
        rule += f" The answer to {kept} itself is never estimated: a score without it says so."
    return rule


def reversed_in_words(measure: Measure) -> str:
    """Which items are turned round before scoring; empty where none are."""
    if not measure.reverse:
        return ""
    names = list(measure.reverse)
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return (
        f"Turned round before scoring, so that the lowest answer counts as the highest: {listed}."
    )


def _number(count: int) -> str:
    return _WORDS[count] if count < len(_WORDS) else str(count)
