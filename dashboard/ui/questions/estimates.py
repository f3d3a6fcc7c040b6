"""What each question of the Questions page asks of the store, and which analysis answers it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from dashboard.analysis import questions
from dashboard.analysis.group_offers import FOLLOW_UP_DAYS, GroupComparison
from dashboard.analysis.questions import First, Line, Mismatched, Moderated, TooFew
from dashboard.analysis.sources import BySource

Ask = Callable[..., pd.DataFrame]
Result = (
    GroupComparison | Moderated | First | BySource | Mismatched | dict[str, Line | TooFew] | TooFew
)


def estimate(question: str, ask: Ask, as_of: date, choices: Mapping[str, Any]) -> Result:
    """The answer to one of the QUESTIONS.

    Args:
        ask: puts a named query to the store as whoever is here.
        choices: by name; each question takes its own of them, and all of them `adjust`.
    """
    return _ESTIMATES[question](ask, as_of, choices)


def _groups(ask: Ask, as_of: date, choices: Mapping[str, Any]) -> Result:
    rows = ask(
        "group_offers",
        as_of=as_of,
        outcome=choices["outcome"],
        follow_up_days=FOLLOW_UP_DAYS,
    )
    return questions.of_groups(rows, choices["adjust"])


def _age(ask: Ask, as_of: date, choices: Mapping[str, Any]) -> Result:
    rows = _together(ask, as_of, choices["outcome"], choices["support"])
    return questions.moderated(rows, "age", choices["adjust"])


def _buffer(ask: Ask, as_of: date, choices: Mapping[str, Any]) -> Result:
    rows = _together(ask, as_of, choices["outcome"], choices["support"], choices["trait"])
    return questions.moderated(rows, "trait", choices["adjust"])


def _first(ask: Ask, as_of: date, choices: Mapping[str, Any]) -> Result:
    x, y = choices["support"], choices["coping"]
    rows = ask("two_scores_by_wave", as_of=as_of, x=x, y=y)
    return questions.which_first(rows, (_alpha(ask, as_of, x), _alpha(ask, as_of, y)))


def _alpha(ask: Ask, as_of: date, scales: str) -> float | None:
    """Internal consistency here; None where it is not known."""
    known = ask("internal_consistency", as_of=as_of, scales=scales)["alpha"].dropna()
    return None if known.empty else float(known.iloc[0])


def _source(ask: Ask, as_of: date, choices: Mapping[str, Any]) -> Result:
    rows = ask(
        "support_by_source",
        as_of=as_of,
        outcome=choices["outcome"],
        instrument=choices["instrument"],
    )
    return questions.from_sources(rows, choices["adjust"])


def _mismatch(ask: Ask, as_of: date, choices: Mapping[str, Any]) -> Result:
    rows = ask("need_and_receipt", as_of=as_of, outcome=choices["outcome"])
    return questions.mismatched(
        rows, choices["support_type"], choices["adjust"], choices["minimum"]
    )


def _heard(ask: Ask, as_of: date, choices: Mapping[str, Any]) -> Result:
    return {
        outcome: questions.line(_together(ask, as_of, outcome, choices["team"]), choices["adjust"])
        for outcome in (choices["outcome"], *choices["others"])
    }


def _together(ask: Ask, as_of: date, outcome: str, beside: str, trait: str = "") -> pd.DataFrame:
    return ask("scores_together", as_of=as_of, outcome=outcome, beside=beside, trait=trait)


_ESTIMATES: Mapping[str, Callable[[Ask, date, Mapping[str, Any]], Result]] = {
    "groups": _groups,
    "age": _age,
    "buffer": _buffer,
    "first": _first,
    "source": _source,
    "mismatch": _mismatch,
    "heard": _heard,
}
