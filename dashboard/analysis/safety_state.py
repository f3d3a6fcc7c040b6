"""What one person's safety items say now: the same as the worklist says, from their own answers.

The latest answer to each item decides, whatever the total says and however long ago it was; of
two on one day the higher counts. The newest item at or above its threshold is told.
"""

import pandas as pd

from dashboard.analysis.rows import rows_of
from dashboard.measures.catalogue import Catalogue

_GIVEN = ("measure_key", "item_key", "label", "answer", "completed_on")


def safety_items(answers: pd.DataFrame) -> pd.DataFrame:
    """The rows of safety items among rows of the query `patient_answers`."""
    return answers[answers["safety"].astype(bool)]


def standing_safety(answers: pd.DataFrame, catalogue: Catalogue) -> pd.Series | None:
    """The safety answer that counts, under the names that the query `panel` gives it.

    answers: rows of the query `patient_answers`.
    """
    given = [row for row in rows_of(safety_items(answers), _GIVEN) if pd.notna(row["answer"])]
    given.sort(key=lambda row: (row["completed_on"], row["answer"]))
    latest = {row["item_key"]: row for row in given}
    found = []
    for row in latest.values():
        measure = catalogue.measures.get(row["measure_key"])
        rules = () if measure is None else measure.safety_items
        rule = next((one for one in rules if one.item == row["item_key"]), None)
        if measure is None or rule is None or row["answer"] < rule.at_least:
            continue
        found.append(
            {
                "safety_title": measure.title,
                "safety_item": row["item_key"],
                "safety_label": row["label"],
                "safety_answer": row["answer"],
                "safety_threshold": rule.at_least,
                "safety_message": rule.message,
                "safety_on": row["completed_on"],
            }
        )
    if not found:
        return None
    order = ("safety_on", "safety_answer", "safety_item")
    return pd.Series(max(found, key=lambda one: tuple(one[name] for name in order)), dtype=object)


def safety_left_blank(answers: pd.DataFrame, scores: pd.DataFrame, catalogue: Catalogue) -> bool:
    """Whether the newest form of a measure leaves a safety item of it without an answer. A form
    that brought only its total left nothing blank.

    scores: rows of the query `patient_scores`.
    """
    watched = {key for key, measure in catalogue.items() if measure.safety_items}
    newest: dict[str, tuple[pd.Timestamp, int]] = {}
    columns = ("measure_key", "completed_on", "assessment_id")
    for key, *form in zip(*(scores[name].tolist() for name in columns), strict=True):
        if key in watched:
            newest[key] = max(newest.get(key, (pd.Timestamp.min, 0)), (form[0], form[1]))
    forms = {form for _, form in newest.values()}
    of_safety = safety_items(answers)
    blank = of_safety.loc[of_safety["answer"].isna(), "assessment_id"]
    return not forms.isdisjoint(blank)
