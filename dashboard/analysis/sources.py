"""Does it matter from whom support comes? Each source beside the others, and on its own.

    z(outcome) = b0 + covariates + sum over sources of b_s there_s z(support_s) + c_s (1 - there_s)

z is in standard deviations, and support_s in those of the people who have such a source. Who has
no partner gets nothing from a partner for another reason than who has one: there_s is 0, the
amount counts nothing, and c_s takes up the difference, so nobody is left out for living alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.analysis.adjusting import covariates
from dashboard.analysis.regression import Estimate, Fit, centred, least_squares, standardised

FEWEST = 100
"""People under whom nothing is said: a local default."""


@dataclass(frozen=True)
class Source:
    """One source: `partial` with the other sources held equal, `alone` without them."""

    source: str
    partial: Estimate
    alone: Estimate
    people: int


@dataclass(frozen=True)
class BySource:
    """Every source with at least FEWEST people.

    Attributes:
        differ: whether the partial associations differ from each other by more than chance (Wald
            test of their equality at 5 %); None with fewer than two sources.
        statistic: of that test: F, its two degrees of freedom, and p.
        without: forms left out because a source was not answered.
    """

    sources: list[Source]
    differ: bool | None
    statistic: tuple[float, int, float, float] | None
    people: int
    forms: int
    without: int


def by_source(rows: pd.DataFrame, adjust: Sequence[str]) -> BySource | int:
    """The associations, or how many people there are where they are too few.

    Args:
        rows: of the query `support_by_source`.
    """
    key = ["patient_id", "completed_on"]
    told = rows[
        rows["applicable"].notna() & ~(rows["applicable"].eq(True) & rows["support"].isna())
    ]
    amounts = told.pivot_table(index=key, columns="source", values="support", aggfunc="last")
    answered = told.pivot_table(index=key, columns="source", values="applicable", aggfunc="last")
    forms = rows.drop_duplicates(key).set_index(key)
    complete = answered.reindex(forms.index).notna().all(axis=1)
    forms = forms[complete].reset_index()
    there = answered.reindex(pd.MultiIndex.from_frame(forms[key])).astype(bool)
    amounts = amounts.reindex(there.index)
    people = int(forms["patient_id"].nunique())
    named = [
        str(source)
        for source in there
        if forms["patient_id"][there[source].to_numpy()].nunique() >= FEWEST
    ]
    if people < FEWEST or not named:
        return people
    of_source = {
        source: _columns(source, there[source].to_numpy(), amounts[source].to_numpy(float))
        for source in named
    }
    outcome = standardised(forms["outcome"])
    others = covariates(forms, adjust).apply(centred)
    person = forms["patient_id"]

    def fit(names: Sequence[str]) -> Fit:
        columns = pd.concat([*(of_source[name] for name in names), others], axis=1)
        return least_squares(outcome, columns, person, "clustered")

    together = fit(named)
    statistic = equality(together, named)
    return BySource(
        [
            Source(
                source,
                together.estimate(source),
                fit([source]).estimate(source),
                int(person[there[source].to_numpy()].nunique()),
            )
            for source in named
        ],
        None if statistic is None else statistic[3] < 0.05,
        statistic,
        people,
        len(forms),
        int((~complete).sum()),
    )


def equality(fit: Fit, terms: Sequence[str]) -> tuple[float, int, float, float] | None:
    """Wald test that coefficients are all the same: F, degrees of freedom, p."""
    if len(terms) < 2:
        return None
    from scipy.special import fdtrc

    places = [fit.terms.index(term) for term in terms]
    differences = np.zeros((len(terms) - 1, len(fit.terms)))
    differences[:, places[0]] = 1.0
    differences[np.arange(len(terms) - 1), places[1:]] = -1.0
    apart = differences @ fit.values
    spread = differences @ fit.covariance @ differences.T
    value = float(apart @ np.linalg.solve(spread, apart)) / len(apart)
    return value, len(apart), fit.df, float(fdtrc(len(apart), fit.df, value))


def _columns(source: str, there: np.ndarray, amount: np.ndarray) -> pd.DataFrame:
    of_those = pd.Series(np.where(there, amount, np.nan))
    return pd.DataFrame(
        {
            source: standardised(of_those).fillna(0.0),
            f"no {source}": (~there).astype(float),
        }
    )
