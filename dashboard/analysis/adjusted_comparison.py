"""Two cohorts compared among people who are alike in other respects.

- `mixed`: all scores of all people; planned time x cohort and covariates, everyone with a level
  of their own (mixed_model.py, restricted likelihood).
- `means`: the same terms by estimating equations (marginal_model.py).
- `ancova`: the score at one planned time on cohort, first score and covariates; least squares
  over people who have both scores.

Being alike in what was asked for leaves what was not: an adjusted difference, too, goes with the
cohort and is no effect of it. Which question each kind answers is said by `estimand`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from dashboard.analysis import mixed_model
from dashboard.analysis.adjusting import covariates
from dashboard.analysis.cohort_comparison import clear_in_words
from dashboard.analysis.cohort_windows import COHORTS, FEWEST, when_in_words
from dashboard.analysis.marginal_model import fit_means
from dashboard.analysis.regression import Estimate, Fit, least_squares
from dashboard.language import Words

Kind = Literal["mixed", "means", "ancova"]
Message = Literal[mixed_model.Message, "too_few"]

KINDS: tuple[Kind, ...] = ("mixed", "means", "ancova")
BASELINE = "baseline"
_A = "a"


@dataclass(frozen=True)
class Adjusted:
    """The adjusted difference, the first cohort less the second.

    Attributes:
        at: the difference at each planned time that is compared; empty where `message` says why
            nothing is.
        n_a, n_b: people in the model. rows: scores in it.
        adjusters: what people are alike in; BASELINE is their first score.
        not_separable: terms that others determine, and that are not in the model therefore.
    """

    kind: Kind
    at: Mapping[float, Estimate]
    message: Message
    n_a: int
    n_b: int
    rows: int
    adjusters: tuple[str, ...]
    not_separable: tuple[str, ...] = ()


def adjusted(
    kind: Kind,
    scores: pd.DataFrame,
    people: pd.DataFrame,
    window: float,
    adjusters: Sequence[str] = (),
    fewest: int = FEWEST,
) -> Adjusted:
    """The adjusted difference at a planned time after the first one.

    Args:
        scores: from `aligned`.
        people: patient_id, and what `covariates` needs for the adjusters.
        window: the planned time to compare at; `mixed` and `means` compare at the others, too.
        adjusters: of ADJUSTERS, or BASELINE: then the first score is no outcome but something
            to be alike in, and people without it are left out. `ancova` always has it.
        fewest: people of each cohort under which a planned time is not compared.
    """
    if kind == "ancova" and BASELINE not in adjusters:
        adjusters = (BASELINE, *adjusters)
    rows = _outcomes(scores, window if kind == "ancova" else None, BASELINE in adjusters)
    counts = rows.groupby(["window", "cohort"]).size().unstack().reindex(columns=COHORTS)
    windows = [float(at) for at in counts.index[(counts >= fewest).all(axis=1)]]
    rows = rows[rows["window"].isin(windows)].reset_index(drop=True)
    x = _terms(rows, windows, people, adjusters)
    at: dict[float, Estimate] = {}
    message: Message = "too_few"
    left_out: tuple[str, ...] = ()
    if window in windows and len(rows) - x.shape[1] > fewest:
        fit, message = _fitted(kind, rows, x)
        if fit is not None:
            left_out = fit.left_out
            at = {when: fit.combined({_A: 1.0, _at(when): 1.0}) for when in windows}
    n_a, n_b = (int(rows.loc[rows["cohort"] == name, "patient_id"].nunique()) for name in COHORTS)
    return Adjusted(kind, at, message, n_a, n_b, len(rows), tuple(adjusters), left_out)


def _fitted(
    kind: Kind, rows: pd.DataFrame, x: pd.DataFrame
) -> tuple[mixed_model.Fit | Fit | None, Message]:
    """The fit where there is one, and how it went."""
    score, person = rows["score"], rows["patient_id"]
    if score.nunique() == 1:
        return None, "no_variation"
    if kind == "ancova":
        return least_squares(score, x), "converged"
    if kind == "mixed":
        mixed = mixed_model.fit(score, x, person)
        return (mixed if mixed.converged else None), mixed.message
    if person.duplicated().sum() <= x.shape[1] + 1:
        return None, "too_few_visits"
    means = fit_means(score, x, person)
    return (means.fit, "converged") if means.converged else (None, "not_converged")


def _outcomes(scores: pd.DataFrame, only: float | None, after_first: bool) -> pd.DataFrame:
    """The scores to explain, with the first score of their people where that is no outcome."""
    first = scores["window"].min()
    began = scores[scores["window"] == first].set_index("patient_id")["score"]
    rows = scores if only is None else scores[scores["window"] == only]
    if not after_first:
        return rows
    rows = rows[rows["window"] > first]
    return rows.assign(**{BASELINE: rows["patient_id"].map(began)}).dropna(subset=[BASELINE])


def _terms(
    rows: pd.DataFrame, windows: Sequence[float], people: pd.DataFrame, adjusters: Sequence[str]
) -> pd.DataFrame:
    """Planned times, cohort, their products, and what people are to be alike in."""
    x = pd.DataFrame({_A: (rows["cohort"] == "a").astype(float)})
    for when in windows[1:]:
        x[f"at {when}"] = (rows["window"] == when).astype(float)
        x[_at(when)] = x[f"at {when}"] * x[_A]
    if BASELINE in adjusters:
        x[BASELINE] = rows[BASELINE]
    alike = covariates(people, [name for name in adjusters if name != BASELINE])
    alike = alike.set_index(people["patient_id"]).loc[rows["patient_id"]]
    return pd.concat([x, alike.reset_index(drop=True)], axis=1)


def _at(window: float) -> str:
    return f"{_A} at {window}"


def estimand(
    found: Adjusted, measure: str, window: float, names: Mapping[str, str], words: Words
) -> str:
    """The question that is answered, whose scores count, and what cannot be concluded.

    names: what the reader calls the cohorts "a" and "b".
    """
    question = words.say(
        f"cohorts.estimand.{found.kind}",
        measure=measure,
        when=when_in_words(window, words),
        alike=_alike(found, words),
        **names,
    )
    return f"{question} {words.say('cohorts.estimand.limits')}"


def adjusted_in_words(
    found: Adjusted,
    measure: str,
    window: float,
    names: Mapping[str, str],
    words: Words,
    *,
    counted: bool = True,
) -> str:
    """The adjusted difference at a planned time with its interval, or why there is none.

    counted: whether the people in the model may be told; else their numbers are hidden.
    """
    how = words.say(f"cohorts.model.{found.message}")
    if window not in found.at:
        return how
    here = found.at[window]
    said = words.say(
        "cohorts.adjusted.reading",
        measure=measure,
        when=when_in_words(window, words),
        alike=_alike(found, words),
        difference=words.say(
            "cohorts.interval",
            value=words.signed(here.value),
            low=words.number(here.low),
            high=words.number(here.high),
            n_a=words.number(found.n_a) if counted else words.say("cohorts.hidden"),
            n_b=words.number(found.n_b) if counted else words.say("cohorts.hidden"),
        ),
        **names,
    )
    parts = [said, clear_in_words(here, words), how]
    if found.not_separable:
        parts.append(
            words.say(
                "cohorts.model.not_separable",
                terms=words.joined([_term_in_words(term, words) for term in found.not_separable]),
            )
        )
    return " ".join(parts)


def _term_in_words(term: str, words: Words) -> str:
    """ "site (North)": a covariate and the value that its column stands for."""
    name, _, value = term.partition("=")
    told = words.sentences.get(f"cohorts.adjuster.{name}", name)
    return f"{told} ({words.term('cohorts.level', value)})" if value else told


def _alike(found: Adjusted, words: Words) -> str:
    if not found.adjusters:
        return words.say("cohorts.estimand.anyone")
    named = [words.say(f"cohorts.adjuster.{name}") for name in found.adjusters]
    return words.say("cohorts.estimand.alike", adjusters=words.joined(named))
