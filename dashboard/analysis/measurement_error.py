"""How far an answer about support, and so a gap, may be off by chance alone.

Assumed until a centre's own forms can tell: SD 1.1 and reliability .70 of a single item.
Estimated from two forms close together, the error also holds whatever truly changed between
them, so it errs on the side of caution. SEM = SD x sqrt(1 - r); the error of a difference of
two answers is the root of the sum of the squares of theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import hypot

import pandas as pd

from dashboard.analysis.support import TYPES
from dashboard.language import Words
from dashboard.measures.reliable_change import standard_error

ASSUMED_SD = 1.1
ASSUMED_RELIABILITY = 0.70
FEWEST_PAIRS = 100

ASSUMED_SEM = standard_error(ASSUMED_SD, ASSUMED_RELIABILITY)
ASSUMED_SE_OF_GAP = hypot(ASSUMED_SEM, ASSUMED_SEM)


@dataclass(frozen=True)
class ErrorOfAnswer:
    """How far one answer about a support type may be off: one standard error, in steps of the
    support grid (0-4).

    Attributes:
        need, received: as they count.
        own: the two from the centre's own forms; None where these cannot tell.
        is_own: whether they are the ones that count.
    """

    need: float
    received: float
    own: tuple[float, float] | None
    is_own: bool


ASSUMED = ErrorOfAnswer(ASSUMED_SEM, ASSUMED_SEM, own=None, is_own=False)


def measurement_errors(spread: pd.DataFrame) -> pd.DataFrame:
    """The error assumed and estimated for each support type, and which of the two counts.

    Args:
        spread: rows of the query `support_grid_spread`.

    Returns:
        One row a support type, in the order of `spread`, amounts in steps of the support grid
        (0-4): support_type, pairs, assumed_sem, sem_need, sem_received, assumed_se_gap,
        estimated_se_gap, in_use (`estimated` or `assumed`), se_gap (the one in use). Estimates
        are null where spread or reliability are not known, or no reliability at all was found;
        they are in use from FEWEST_PAIRS pairs of forms on.
    """
    # A number of pairs that is hidden is a small one.
    errors = spread[["support_type"]].assign(pairs=spread["pairs"].fillna(0).astype("int64"))
    errors = errors.reset_index(drop=True)
    errors["assumed_sem"] = ASSUMED_SEM
    for what in ("need", "received"):
        errors[f"sem_{what}"] = [
            _estimated(sd, reliability)
            for sd, reliability in zip(
                spread[f"sd_{what}"], spread[f"reliability_{what}"], strict=True
            )
        ]
    errors = errors.astype({"sem_need": "float64", "sem_received": "float64"})
    errors["assumed_se_gap"] = ASSUMED_SE_OF_GAP
    errors["estimated_se_gap"] = (errors["sem_need"] ** 2 + errors["sem_received"] ** 2) ** 0.5
    known = (errors["pairs"] >= FEWEST_PAIRS) & errors["estimated_se_gap"].notna()
    errors["in_use"] = known.map({True: "estimated", False: "assumed"})
    errors["se_gap"] = errors["estimated_se_gap"].where(known, ASSUMED_SE_OF_GAP)
    return errors


def errors_of_answers(spread: pd.DataFrame) -> dict[str, ErrorOfAnswer]:
    """The error of a single answer about each support type.

    spread: rows of the query `support_grid_spread`.
    """
    found = dict.fromkeys(TYPES, ASSUMED)
    for row in measurement_errors(spread).to_dict("records"):
        own = (row["sem_need"], row["sem_received"])
        if any(map(pd.isna, own)):
            continue
        is_own = row["in_use"] == "estimated"
        need, received = own if is_own else (ASSUMED_SEM, ASSUMED_SEM)
        found[row["support_type"]] = ErrorOfAnswer(need, received, own, is_own)
    return found


def error_in_words(errors: Mapping[str, ErrorOfAnswer], words: Words) -> str:
    """Which error is shown, and the other one beside it."""
    own = {name: error.own for name, error in errors.items() if error.own is not None}
    amounts = {
        "assumed": words.fixed(ASSUMED_SEM, 2),
        "need": _range([need for need, _ in own.values()], words),
        "received": _range([received for _, received in own.values()], words),
        "pairs": words.number(FEWEST_PAIRS),
    }
    assumed = [words.say(f"type.{name}") for name, error in errors.items() if not error.is_own]
    if not own:
        return words.say("error_of_answer.assumed", **amounts)
    if len(assumed) == len(errors):
        return words.say("error_of_answer.assumed_beside_own", **amounts)
    if assumed:
        return words.say("error_of_answer.own_of_some", types=words.joined(assumed), **amounts)
    return words.say("error_of_answer.own", **amounts)


def _range(values: list[float], words: Words) -> str:
    said = dict.fromkeys(words.fixed(value, 2) for value in sorted(values))
    first, *others = said or [""]
    return f"{first}–{others[-1]}" if others else first


def _estimated(sd: float, reliability: float) -> float | None:
    """None where the two forms do not agree at all: that is no measure of an error."""
    if pd.isna(sd) or pd.isna(reliability) or sd <= 0 or not 0 < reliability <= 1:
        return None
    return standard_error(sd, reliability)
