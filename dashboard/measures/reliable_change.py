"""How large a change must be before it is more than measurement error.

Jacobson & Truax 1991 (10.1037/0022-006X.59.1.12): a change is reliable at 95 % when it is
at least 1.96 · √2 · SEM, with SEM = SD · √(1 − reliability). The figure depends on the kind
of reliability, so the kind always goes with it. It says nothing about whether a change
matters to anyone: that is the important difference, and the two are never merged.
"""

import math
from dataclasses import dataclass
from typing import Literal

from dashboard.measures.definition import (
    Evidence,
    KindOfReliability,
    Reliability,
    Scale,
    StandardDeviation,
)

CONFIDENCE_95 = 1.96
_FROM_STRONGEST: tuple[Evidence, ...] = ("verified", "secondary", "unconfirmed")


@dataclass(frozen=True)
class ReliableChange:
    """The smallest reliable change, in the units of its scale.

    `kind` is the kind of reliability it rests on, or "stated" where the definition gives the
    figure itself; `source` is a text ready to show.
    """

    value: float
    kind: KindOfReliability | Literal["stated"]
    source: str
    evidence: Evidence


def standard_error(sd: float, reliability: float) -> float:
    """SEM = SD · √(1 − reliability), in the units of `sd`."""
    return sd * math.sqrt(1 - reliability)


def standard_error_of_measurement(scale: Scale) -> float | None:
    """In the units of the scale; None where its SD or its reliability is not known."""
    if scale.sd is None or scale.reliability is None:
        return None
    return standard_error(scale.sd.value, scale.reliability.value)


def reliable_change_of(scale: Scale) -> ReliableChange | None:
    """The figure to judge changes by: the one stated, else the one worked out, else None."""
    if scale.reliable_change is not None:
        stated = scale.reliable_change
        return ReliableChange(stated.value, "stated", stated.source, stated.evidence)
    worked_out = reliable_changes_worked_out(scale)
    return worked_out[0] if worked_out else None


def reliable_changes_worked_out(scale: Scale) -> list[ReliableChange]:
    """One figure for each known reliability, the scale's own first; empty without an SD.

    Shown side by side, they tell how far the answer hangs on the kind of reliability.
    """
    if scale.sd is None:
        return []
    first = () if scale.reliability is None else (scale.reliability,)
    return [_worked_out(scale.sd, known) for known in (*first, *scale.other_reliabilities)]


def _worked_out(sd: StandardDeviation, reliability: Reliability) -> ReliableChange:
    value = CONFIDENCE_95 * math.sqrt(2) * standard_error(sd.value, reliability.value)
    kinds: dict[KindOfReliability, str] = {
        "test-retest": "test-retest reliability",
        "internal consistency": "internal consistency",
        "not stated": "reliability (kind not stated)",
        "assumed": "assumed reliability",
    }
    source = (
        f"Jacobson & Truax 1991, with {kinds[reliability.type]} {reliability.value:.2f} "
        f"({reliability.source}) and SD {sd.value:g} ({sd.source})"
    )
    weakest = max(sd.evidence, reliability.evidence, key=_FROM_STRONGEST.index)
    return ReliableChange(value, reliability.type, source, weakest)
