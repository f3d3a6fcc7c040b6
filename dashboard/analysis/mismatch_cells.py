"""Who gets the support they want, by type and by source, counted over patients.

Wanted and received both count from 2 on (0-4), as the rules say; the state of each answer
comes with the rows of the query `mismatch_cells`. "Not applicable" (no such person) is in
no count.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard.analysis.need_and_distress import wilson
from dashboard.analysis.support import SOURCES, TYPES
from dashboard.language import Words

WHOLE = ""
"""The source that stands for the type as a whole."""
COLUMNS = (WHOLE, *SOURCES)
STATES = ("under", "met", "over", "none", "not_judged")
REASONS = ("never_asked", "too_old", "need_missing", "received_missing")
FEWEST = 10
"""Shares of fewer people than this are not ranked; their percentages jump with every form."""
_MOST_WIDEST = 6


@dataclass(frozen=True)
class Cell:
    """One support type from one source.

    Attributes:
        counts: people in each of STATES.
        hidden: too few people for this reader to be shown.
    """

    support_type: str
    source: str
    counts: dict[str, int]
    hidden: bool

    @property
    def n(self) -> int:
        return sum(self.counts.values())

    @property
    def judged(self) -> int:
        return self.n - self.counts["not_judged"]

    def share(self, state: str) -> float:
        """Of all who were asked, 0 to 1; 0 where nobody was."""
        return self.counts[state] / self.n if self.n else 0.0


@dataclass(frozen=True)
class OpenGaps:
    """One type on one day: of the judged patients, how many have an open gap."""

    support_type: str
    judged: int
    open_gaps: int


def told(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of `mismatch_cells` as they are counted: too old is not judged, and who has no such
    person is left out."""
    kept = rows[rows["state"] != "not_applicable"]
    return kept.assign(state=kept["state"].replace("too_old", "not_judged"))


def matrix(rows: pd.DataFrame, fewest: int = 1) -> list[Cell]:
    """Every type by every column, in their fixed order.

    Args:
        rows: from `told`.
        fewest: cells with fewer people are hidden from this reader.
    """
    counted = rows.groupby(["support_type", "source", "state"]).size().to_dict()
    found = []
    for support_type in TYPES:
        for source in COLUMNS:
            counts = {state: int(counted.get((support_type, source, state), 0)) for state in STATES}
            hidden = 0 < sum(counts.values()) < fewest
            found.append(Cell(support_type, source, counts, hidden))
    return found


def widest(cells: Sequence[Cell], *, most: int = _MOST_WIDEST) -> list[Cell]:
    """The type and source pairs in which most want and do not receive, by share, of enough
    people to rank."""
    ranked = [
        cell
        for cell in cells
        if cell.source != WHOLE and cell.n >= FEWEST and cell.counts["under"] and not cell.hidden
    ]
    return sorted(ranked, key=lambda cell: -cell.share("under"))[:most]


def patients_behind(
    rows: pd.DataFrame, episodes: pd.DataFrame, support_type: str, source: str, state: str
) -> pd.DataFrame:
    """The patients of one piece of one bar, the widest difference first.

    Args:
        rows: from `told`. episodes: of the query `gap_episodes`.

    Returns:
        The rows with `since`: the day from which the type has stood open, missing where it
        does not.
    """
    chosen = rows[
        (rows["support_type"] == support_type)
        & (rows["source"] == source)
        & (rows["state"] == state)
    ]
    standing = episodes[(episodes["support_type"] == support_type) & ~episodes["met"].astype(bool)]
    since = standing.groupby("patient_ref")["raised_on"].max().to_dict()
    behind = chosen.assign(since=pd.to_datetime(chosen["patient_ref"].map(since)))
    gap = (behind["wanted"] - behind["received"]).abs()
    return behind.assign(gap=gap).sort_values(
        ["gap", "patient_id"], ascending=[False, True], na_position="last"
    )


def open_now(trend: pd.DataFrame) -> list[OpenGaps]:
    """Each type on the last day of the trend, in their fixed order.

    trend: rows of the query `gap_trend`.
    """
    last = trend[trend["day"] == trend["day"].max()]
    sums = last.groupby("support_type")[["judged", "open_gaps"]].sum()
    return [
        OpenGaps(name, int(sums.loc[name, "judged"]), int(sums.loc[name, "open_gaps"]))
        for name in TYPES
        if name in sums.index
    ]


def answer_sentences(cells: Sequence[Cell], words: Words) -> str:
    """The page's answer, of the first column of the picture: the type in which most of the
    judged are under-provided, and where it is missing."""
    types = [cell for cell in cells if cell.source == WHOLE and cell.judged and not cell.hidden]
    if not types:
        return words.say("mismatch.answer_nobody")
    most = max(types, key=lambda cell: cell.counts["under"] / cell.judged)
    if not most.counts["under"]:
        return words.count("mismatch.answer_none", max(cell.judged for cell in types))
    said = words.count(
        "mismatch.answer",
        most.judged,
        open=words.number(most.counts["under"]),
        need=words.say(f"mismatch.need.{most.support_type}"),
    )
    missing = widest([cell for cell in cells if cell.support_type == most.support_type], most=1)
    if not missing:
        return said
    cell = missing[0]
    return f"{said} " + words.say(
        "mismatch.answer_source",
        source=words.say(f"mismatch.from.{cell.source}"),
        n=words.number(cell.counts["under"]),
        asked=words.number(cell.n),
    )


def matrix_in_words(cells: Sequence[Cell], words: Words) -> str:
    """Which pair is the widest gap, with its share, its n and its interval."""
    first = widest(cells, most=1)
    if not first:
        return words.say("mismatch.matrix.reading_none", n=words.number(FEWEST))
    cell = first[0]
    low, high = wilson(cell.counts["under"], cell.n)
    return words.say(
        "mismatch.matrix.reading",
        pair=pair_in_words(cell, words),
        share=words.share(cell.share("under")),
        n=words.number(cell.n),
        low=words.share(low),
        high=words.share(high),
    )


def pair_in_words(cell: Cell, words: Words) -> str:
    """ "Information from the care team"."""
    name = words.say(f"type.{cell.support_type}")
    if cell.source == WHOLE:
        return name
    return words.say("mismatch.pair", type=name, source=words.say(f"mismatch.from.{cell.source}"))


def source_in_words(source: str, words: Words) -> str:
    return words.say("mismatch.whole") if source == WHOLE else words.say(f"source.{source}")


def matrix_rows(cells: Sequence[Cell], words: Words) -> pd.DataFrame:
    """The numbers of the picture, one row a cell."""
    few = words.say("mismatch.few", n=words.number(FEWEST))
    return pd.DataFrame(
        [
            {
                words.say("mismatch.column.type"): words.say(f"type.{cell.support_type}"),
                words.say("mismatch.column.source"): source_in_words(cell.source, words),
                **{
                    words.say(f"mismatch.state.{state}"): (
                        few if cell.hidden else words.number(cell.counts[state])
                    )
                    for state in STATES
                },
                words.say("mismatch.column.n"): few if cell.hidden else words.number(cell.n),
            }
            for cell in cells
        ]
    )


def widest_rows(cells: Sequence[Cell], words: Words) -> pd.DataFrame:
    """The widest gaps, ready to read: share, interval and n."""
    rows = []
    for cell in widest(cells):
        low, high = wilson(cell.counts["under"], cell.n)
        rows.append(
            {
                words.say("mismatch.column.type"): words.say(f"type.{cell.support_type}"),
                words.say("mismatch.column.source"): source_in_words(cell.source, words),
                words.say("mismatch.column.under"): words.share(cell.share("under")),
                words.say("mismatch.column.interval"): words.say(
                    "mismatch.interval", low=words.share(low), high=words.share(high)
                ),
                words.say("mismatch.column.n"): words.number(cell.n),
            }
        )
    return pd.DataFrame(rows)


def not_judged_rows(rows: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Patients without a judgement by reason and type, and what would help; every reason that
    occurs has its row.

    rows: of the query `not_judged`.
    """
    counted = rows.groupby(["reason", "support_type"]).size().to_dict()
    listed = []
    for reason in REASONS:
        by_type = {name: int(counted.get((reason, name), 0)) for name in TYPES}
        if any(by_type.values()):
            people = rows.loc[rows["reason"] == reason, "patient_ref"].nunique()
            listed.append(
                {
                    words.say("mismatch.column.why"): words.say(f"mismatch.reason.{reason}"),
                    words.say("mismatch.column.patients"): words.number(people),
                    words.say("mismatch.column.types"): ", ".join(
                        words.say(
                            "mismatch.type_count",
                            type=words.say(f"type.{name}"),
                            n=words.number(number),
                        )
                        for name, number in by_type.items()
                        if number
                    ),
                    words.say("mismatch.column.would_help"): words.say(f"alert_help.{reason}"),
                }
            )
    return pd.DataFrame(listed)
