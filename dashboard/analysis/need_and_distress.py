"""Support wanted against received, and the distress of the same days, in four cells.

Linden & Vodermaier (2012, 10.1007/s00520-011-1228-3): of 576 people with cancer only those who
wanted much support and received little stood above the cut-offs. The same table over this
centre's data shows whether it is so here; it cannot show that one causes the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import pandas as pd

from dashboard.analysis.regression import quantile
from dashboard.analysis.support import TYPES, WANTED_FROM
from dashboard.language import Words

FOUR = ("wanted_received", "wanted_only", "received_only", "neither")
FEWEST = 10
"""Means over fewer people are not shown."""
_Z = 1.959964
"""97.5 % of the standard normal distribution."""


@dataclass(frozen=True)
class FourCell:
    """The people of one cell.

    Attributes:
        mean, low, high: of distress with its 95 % interval (t); None under FEWEST people.
        above: people at or above the cut-off; `share` of them with `share_low`, `share_high`,
            the 95 % interval (Wilson), 0 to 1; None under FEWEST people.
    """

    key: str
    n: int
    above: int
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    share: float | None = None
    share_low: float | None = None
    share_high: float | None = None


def wilson(number: int, n: int, z: float = _Z) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927), 0 to 1; n at least 1. Another z, another level."""
    share = number / n
    middle = share + z**2 / (2 * n)
    reach = z * sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    size = 1 + z**2 / n
    return max(0.0, (middle - reach) / size), min(1.0, (middle + reach) / size)


def widest_gaps(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a patient: the type with the widest gap (need less receipt); of equal gaps the
    one needed more, then the first in the fixed order.

    rows: of the query `need_and_distress`.
    """
    ranked = rows.assign(
        gap=rows["need"] - rows["received"],
        place=rows["support_type"].map({name: place for place, name in enumerate(TYPES)}),
    ).sort_values(["gap", "need", "place"], ascending=[False, False, True], kind="stable")
    return ranked.drop_duplicates("patient_ref").drop(columns=["gap", "place"])


def four_cells(rows: pd.DataFrame) -> list[FourCell]:
    """The four cells of rows with one row a patient, in the order of FOUR."""
    wanted = rows["need"] >= WANTED_FROM
    received = rows["received"] >= WANTED_FROM
    chosen = {
        "wanted_received": wanted & received,
        "wanted_only": wanted & ~received,
        "received_only": ~wanted & received,
        "neither": ~wanted & ~received,
    }
    return [_cell(key, rows[chosen[key]]) for key in FOUR]


def _cell(key: str, rows: pd.DataFrame) -> FourCell:
    n = len(rows)
    above = int((rows["distress"] >= rows["cut_off"]).sum())
    if n < FEWEST:
        return FourCell(key, n, above)
    mean = float(rows["distress"].mean())
    reach = quantile(n - 1) * float(rows["distress"].std(ddof=1)) / sqrt(n)
    return FourCell(key, n, above, mean, mean - reach, mean + reach, above / n, *wilson(above, n))


def clearly_higher(cells: Sequence[FourCell]) -> FourCell | None:
    """The cell whose mean exceeds that of each other shown cell by more than chance: the 95 %
    interval of every difference lies above 0. It must hold against all others at once, so no
    correction for several comparisons is due."""
    shown = [cell for cell in cells if cell.mean is not None]
    for cell in shown:
        others = [other for other in shown if other is not cell]
        if others and all(_exceeds(cell, other) for other in others):
            return cell
    return None


def _exceeds(one: FourCell, other: FourCell) -> bool:
    """Whether the difference of two means of separate people is clearly above 0; the half
    widths of their intervals add as standard errors do."""
    assert one.mean is not None
    assert one.high is not None
    assert other.mean is not None
    assert other.high is not None
    reach = sqrt((one.high - one.mean) ** 2 + (other.high - other.mean) ** 2)
    return one.mean - other.mean > reach


def four_in_words(cells: Sequence[FourCell], measure: str, words: Words) -> str:
    """What this data shows: one cell apart from the others, or none; and its limits."""
    apart = clearly_higher(cells)
    shown = [cell for cell in cells if cell.mean is not None]
    if len(shown) < 2:
        return words.say("mismatch.four.reading_few", n=words.number(FEWEST))
    if apart is None:
        said = words.say("mismatch.four.reading_none", measure=measure)
    else:
        said = words.say(
            "mismatch.four.reading",
            measure=measure,
            cell=words.say(f"mismatch.four.{apart.key}"),
            mean=words.number(round(apart.mean or 0, 1)),
            others=words.joined(
                [words.number(round(one.mean or 0, 1)) for one in shown if one is not apart]
            ),
        )
    return f"{said} {words.say('mismatch.four.no_proof')}"


def four_rows(cells: Sequence[FourCell], words: Words) -> pd.DataFrame:
    """The numbers of the picture, one row a cell."""
    few = words.say("mismatch.four.too_few")
    return pd.DataFrame(
        [
            {
                words.say("mismatch.column.cell"): words.say(f"mismatch.four.{cell.key}"),
                words.say("mismatch.column.n"): cell.n,
                words.say("mismatch.column.mean"): (
                    few if cell.mean is None else words.number(round(cell.mean, 1))
                ),
                words.say("mismatch.column.interval"): mean_interval(cell, words),
                words.say("mismatch.column.above"): share_above(cell, words),
            }
            for cell in cells
        ]
    )


def mean_interval(cell: FourCell, words: Words) -> str:
    if cell.low is None or cell.high is None:
        return ""
    return words.say(
        "mismatch.interval",
        low=words.number(round(cell.low, 1)),
        high=words.number(round(cell.high, 1)),
    )


def share_above(cell: FourCell, words: Words) -> str:
    """The share at or above the cut-off with its interval."""
    if cell.share is None or cell.share_low is None or cell.share_high is None:
        return ""
    return words.say(
        "mismatch.four.share",
        share=words.share(cell.share),
        low=words.share(cell.share_low),
        high=words.share(cell.share_high),
    )
