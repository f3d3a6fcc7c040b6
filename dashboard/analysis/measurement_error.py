"""How far an answer about support, and so a gap, may be off by chance alone.

Assumed until a centre's own forms can tell: SD 1.1 and reliability .70 of a single item.
Estimated from two forms close together, the error also holds whatever truly changed between
them, so it errs on the side of caution. SEM = SD x sqrt(1 - r); the error of a difference of
two answers is the root of the sum of the squares of theirs.
"""

from math import hypot

import pandas as pd

from dashboard.measures.reliable_change import standard_error

ASSUMED_SD = 1.1
ASSUMED_RELIABILITY = 0.70
FEWEST_PAIRS = 100

ASSUMED_SEM = standard_error(ASSUMED_SD, ASSUMED_RELIABILITY)
ASSUMED_SE_OF_GAP = hypot(ASSUMED_SEM, ASSUMED_SEM)


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
    errors = spread[["support_type", "pairs"]].astype({"pairs": "int64"}).reset_index(drop=True)
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


def _estimated(sd: float, reliability: float) -> float | None:
    """None where the two forms do not agree at all: that is no measure of an error."""
    if pd.isna(sd) or pd.isna(reliability) or sd <= 0 or not 0 < reliability <= 1:
        return None
    return standard_error(sd, reliability)
