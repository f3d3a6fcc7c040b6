"""Each support gap of one person over time: form by form, judged or not, and what stood open."""

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
        judged: on (date), need, received, gap (need less receipt), one row a judged form.
        unjudged: days of forms that do not judge this type.
        episodes: stretches for which the need stood open, as (first day, last day, met).
    """

    support_type: str
    judged: pd.DataFrame
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
    return [_history(name, days, forms, episodes, as_of) for name in asked]


def _history(
    name: str,
    days: list[date],
    forms: dict[date, dict[str, Judged]],
    episodes: pd.DataFrame,
    as_of: date,
) -> GapHistory:
    of_the_type = [(day, forms[day].get(name)) for day in days]
    rows = [
        (day, one.need, one.received, one.gap)
        for day, one in of_the_type
        if one and one.gap is not None
    ]
    stretches = episodes[episodes["support_type"] == name].sort_values("raised_on")
    return GapHistory(
        name,
        pd.DataFrame(rows, columns=["on", "need", "received", "gap"]),
        [day for day, one in of_the_type if one is None or one.gap is None],
        [
            (
                pd.Timestamp(each["raised_on"]).date(),
                pd.Timestamp(each["met_on"]).date() if each["met"] else as_of,
                bool(each["met"]),
            )
            for each in stretches.to_dict("records")
        ],
    )
