"""Why no form of a measure came for a time, as far as the store can tell.

What is known is tried in this order: the person had left, a form was declined, other forms came
without this one, a form was expected and none came, none was expected. Expected is what the
screening plan asks for (dashboard/mismatch/pathway.toml), which is a local default.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from dashboard.analysis.trajectory import Absence, Gap, Story
from dashboard.language import Words

ACTIVE = "active"


def explained(
    told: Sequence[Story], scores: pd.DataFrame, expected: pd.DataFrame, header: pd.Series
) -> list[Story]:
    """The same stories, each gap with its reason.

    Args:
        scores: rows of the query `patient_scores`, `with_declined`.
        expected: rows of the query `patient_expected`.
        header: the row of the query `patient_header`.
    """
    declined = scores.loc[scores["status"] == "declined", "completed_on"]
    days_declined = sorted({day.date() for day in declined})
    days_of_forms = sorted({day.date() for day in scores["completed_on"]})
    due = [
        (known_from.date(), known_until.date(), due_on.date())
        for known_from, known_until, due_on in zip(
            expected["from_on"], expected["until_on"], expected["expected_on"], strict=True
        )
        if pd.notna(due_on)
    ]
    left = header["status"] != ACTIVE and pd.notna(header["status_on"])
    left_on = header["status_on"].date() if left else None
    return [
        replace(
            story,
            gaps=tuple(
                replace(gap, why=_why(gap, days_declined, days_of_forms, due, left_on, header))
                for gap in story.gaps
            ),
        )
        if story.gaps
        else story
        for story in told
    ]


def next_form(expected: pd.DataFrame, header: pd.Series, as_of: date) -> pd.DataFrame:
    """The form that is due next, under the names that the query `panel` gives it; no row for
    somebody who has left.

    Args: as `explained` takes them.
    """
    left = header["status"] != ACTIVE and not header["status_on"] > pd.Timestamp(as_of)
    if left:
        return pd.DataFrame()
    due_on = pd.NaT if expected.empty else expected["expected_on"].iloc[-1]
    late = 0 if pd.isna(due_on) else max((pd.Timestamp(as_of) - due_on).days, 0)
    return pd.DataFrame({"next_due_on": [due_on], "days_overdue": [late]})


def why_in_words(why: Absence, words: Words) -> str:
    """The reason of a gap in a few words."""
    if why.kind == "other_forms":
        return words.count("absence.other_forms", why.forms)
    if why.on is None:
        return words.say(f"absence.{why.kind}")
    key = f"absence.left_{why.status}" if why.kind == "left" else f"absence.{why.kind}"
    return words.say(key, date=words.date(why.on))


def gaps_in_words(told: Sequence[Story], words: Words) -> str:
    """Every gap of the scales shown with its reason; those of one reason are told together."""
    together: dict[Gap, list[str]] = {}
    for story in told:
        for gap in story.gaps:
            together.setdefault(gap, []).append(story.title)
    return " ".join(
        words.say(
            "absence.line",
            start=words.date(gap.start),
            end=words.date(gap.end),
            measures=words.joined(titles),
            why="" if gap.why is None else why_in_words(gap.why, words),
        )
        for gap, titles in sorted(together.items(), key=lambda one: one[0].start)
    )


def _why(
    gap: Gap,
    days_declined: Sequence[date],
    days_of_forms: Sequence[date],
    due: Sequence[tuple[date, date, date]],
    left_on: date | None,
    header: pd.Series,
) -> Absence:
    if left_on is not None and gap.start <= left_on <= gap.end:
        return Absence("left", left_on, status=str(header["status"]))
    if said_no := [day for day in days_declined if gap.start < day < gap.end]:
        return Absence("declined", said_no[-1], forms=len(said_no))
    if others := [day for day in days_of_forms if gap.start < day < gap.end]:
        return Absence("other_forms", others[-1], forms=len(others))
    expected = [
        due_on
        for known_from, known_until, due_on in due
        if known_from < gap.end and known_until > gap.start and gap.start < due_on < gap.end
    ]
    if expected:
        return Absence("not_filled", min(expected))
    return Absence("not_expected")
