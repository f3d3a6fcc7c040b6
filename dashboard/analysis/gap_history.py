"""Each support gap of one person over time: form by form, judged or not, and what stood open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from dashboard.analysis.support import TYPES, Judged, judged_forms

# Steps from which the gap of one form is more than measurement error: with the assumed error of
# a gap of .85 (analysis/measurement_error.py) a gap of 2 lies 2.35 errors from none, a gap of 1
# only 1.18.
SURE_GAP = 2


@dataclass(frozen=True)
class GapHistory:
    """One support type over time.

    Attributes:
        judged: the day of each judged form with need, receipt and gap (need less receipt).
        unjudged: days of forms that do not judge this type.
        episodes: stretches for which the need stood open, as (first day, last day, met).
    """

    support_type: str
    judged: list[tuple[date, float, float, float]]
    unjudged: list[date]
    episodes: list[tuple[date, date, bool]]


def gap_histories(support: pd.DataFrame, episodes: pd.DataFrame, as_of: date) -> list[GapHistory]:
    """The types that any form asks about, in their fixed order.

    Args:
        support: rows of the query `patient_support`. Of several forms on one day the last
            one counts, as it does for the alerts.
        episodes: rows of the query `gap_episodes` of the same person.
        as_of: the day up to which an opening that was not found met is drawn.
    """
    forms = {
        form.on: {one.support_type: one for one in form.types} for form in judged_forms(support)
    }
    days = sorted(forms)
    asked = [name for name in TYPES if any(name in forms[day] for day in days)]
    stretches: dict[str, list[tuple[date, date, bool]]] = {}
    columns = ("support_type", "raised_on", "met_on", "met")
    for name, raised_on, met_on, met in zip(
        *(episodes[column].tolist() for column in columns), strict=True
    ):
        until = met_on.date() if met else as_of
        stretches.setdefault(name, []).append((raised_on.date(), until, met))
    return [
        _history(name, [(day, forms[day].get(name)) for day in days], stretches.get(name, []))
        for name in asked
    ]


def _history(
    name: str,
    forms: Sequence[tuple[date, Judged | None]],
    stretches: Sequence[tuple[date, date, bool]],
) -> GapHistory:
    judged = []
    unjudged = []
    for day, one in forms:
        if one is None or one.need is None or one.received is None or one.gap is None:
            unjudged.append(day)
        else:
            judged.append((day, one.need, one.received, one.gap))
    return GapHistory(name, judged, unjudged, sorted(stretches))
