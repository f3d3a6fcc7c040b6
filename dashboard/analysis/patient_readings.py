"""Sentences of the Patient page beside those that other pages share (analysis/readings.py)."""

from collections.abc import Sequence

import pandas as pd

from dashboard.analysis import readings
from dashboard.analysis.gap_history import SURE_GAP
from dashboard.analysis.rows import rows_of
from dashboard.analysis.safety_state import safety_items
from dashboard.analysis.support import Judged
from dashboard.analysis.trajectory import RELIABLE, Story
from dashboard.language import Words

_MOST_TYPES = 2
_MOST_ITEMS = 2
_MOST_SCALES = 4
_FEWEST_BLANK = 2
_SAFETY_ITEM = ["item_key", "label", "answer", "minimum", "completed_on"]
_ASKED = ["assessment_id", "completed_on", "position", "label"]
_ASKED += ["answer", "minimum", "maximum", "safety"]
_TRAIT = ["measure_key", "scale_key", "measure_title", "score", "band", "minimum", "maximum"]
_TRAIT += ["completed_on", "higher_is", "domain", "trended"]


def worth_asking(
    story: Story | None, types: Sequence[Judged], answers: pd.DataFrame, words: Words
) -> list[str]:
    """What the forms give reason to ask about, the most pressing first.

    Args:
        story: the scale that is spoken of first; the items are those of its newest form.
        types: the support types of the newest grid.
        answers: rows of the query `patient_answers`.
    """
    said = _about_safety(answers, words)
    short = sorted(
        (one for one in types if one.gap is not None and one.gap >= SURE_GAP),
        key=lambda one: -(one.gap or 0),
    )
    said += [_about_support("worth.under", one, words) for one in short[:_MOST_TYPES]]
    too_much = [one for one in types if one.gap is not None and one.gap <= -SURE_GAP]
    said += [_about_support("worth.over", one, words) for one in too_much[:_MOST_TYPES]]
    if story is not None:
        said += _about_items(story, answers, words)
    return said


def safety_history_in_words(answers: pd.DataFrame, words: Words) -> str:
    """How often a safety item was answered above the lowest answer, when last, and how often it
    was left blank.

    answers: rows of the query `patient_answers` for safety items.
    """
    above = answers[answers["answer"] > answers["minimum"]]
    blank = int(answers["answer"].isna().sum())
    given = len(answers) - blank
    said = (
        words.count("safety_items.never", given)
        if above.empty
        else words.count(
            "safety_items.above",
            given,
            above=words.number(len(above)),
            date=words.date(above["completed_on"].max()),
        )
    )
    return f"{said} {words.count('safety_items.blank', blank)}" if blank else said


def then_and_now_in_words(told: Sequence[Story], words: Words) -> str:
    """The ways of coping that changed most, without a verdict: neither way is better."""
    changed = sorted(
        (
            (story, story.latest)
            for story in told
            if story.latest is not None and story.latest.difference
        ),
        key=lambda one: -abs(one[1].difference or 0),
    )
    if not changed:
        return words.say("context.coping_same")
    names = short_names(told)
    sure = [one for one in changed if one[1].verdict in RELIABLE] or changed
    named = [
        words.say(
            "context.coping_change",
            scale=names[story.scale_key],
            earlier=words.number(now.reference or 0),
            later=words.number(now.score),
        )
        for story, now in sure[:_MOST_SCALES]
    ]
    return words.say("context.coping_most", scales=words.joined(named))


def short_names(told: Sequence[Story]) -> dict[str, str]:
    """Titles of the scales of one measure by key, without a first word that all of them share."""
    titles = {story.scale_key: story.scale_title for story in told}
    first_words = {title.split(" ")[0] for title in titles.values()}
    if len(titles) < 2 or len(first_words) > 1 or any(" " not in one for one in titles.values()):
        return titles
    return {key: title.split(" ", 1)[1] for key, title in titles.items()}


def traits_in_words(scores: pd.DataFrame, words: Words) -> str:
    """Scores of what is taken for lasting and so is not followed over time, such as optimism.

    scores: rows of the query `patient_scores`.
    """
    traits = [
        row
        for row in rows_of(scores, _TRAIT)
        if not row["trended"] and row["domain"] in ("resource", "coping") and pd.notna(row["score"])
    ]
    traits.sort(key=lambda row: row["completed_on"])
    latest = {(row["measure_key"], row["scale_key"]): row for row in traits}
    return " ".join(
        words.say(
            "context.trait",
            title=row["measure_title"],
            score=readings.with_band(row["score"], row["band"], words),
            minimum=words.number(row["minimum"]),
            maximum=words.number(row["maximum"]),
            date=words.date(row["completed_on"]),
            direction=readings.direction(row["higher_is"], words),
        )
        for row in sorted(latest.values(), key=lambda row: row["completed_on"])
    )


def _about_safety(answers: pd.DataFrame, words: Words) -> list[str]:
    given = rows_of(safety_items(answers), _SAFETY_ITEM)
    given.sort(key=lambda row: row["completed_on"])
    said = []
    for row in {row["item_key"]: row for row in given}.values():
        if pd.isna(row["answer"]):
            said.append(
                words.say(
                    "worth.safety_blank", item=row["label"], date=words.date(row["completed_on"])
                )
            )
        elif row["answer"] > row["minimum"]:
            said.append(
                words.say(
                    "worth.safety",
                    item=row["label"],
                    answer=words.number(row["answer"]),
                    date=words.date(row["completed_on"]),
                )
            )
    return said


def _about_support(key: str, one: Judged, words: Words) -> str:
    return words.say(
        key,
        type=words.say(f"type.{one.support_type}"),
        need=words.number(one.need or 0),
        received=words.number(one.received or 0),
    )


def _about_items(story: Story, answers: pd.DataFrame, words: Words) -> list[str]:
    """The highest answers of the newest form, beyond the middle of their range, and how many
    it leaves blank."""
    of_measure = answers[answers["measure_key"] == story.measure_key]
    if of_measure.empty:
        return []
    rows = rows_of(of_measure, _ASKED)
    newest = max(rows, key=lambda row: (row["completed_on"], row["assessment_id"]))
    form = [row for row in rows if row["assessment_id"] == newest["assessment_id"]]
    day = words.date(newest["completed_on"])
    high = [
        row
        for row in form
        if row["answer"] > (row["minimum"] + row["maximum"]) / 2 and not row["safety"]
    ]
    high.sort(key=lambda row: (-row["answer"], row["position"]))
    said = []
    if len(form) > 1 and high:
        named = [words.say("worth.item", item=row["label"]) for row in high[:_MOST_ITEMS]]
        said.append(
            words.say(
                "worth.items", items=words.joined(named), measure=story.measure_title, date=day
            )
        )
    blank = sum(pd.isna(row["answer"]) for row in form)
    if blank >= _FEWEST_BLANK:
        said.append(words.count("worth.blank", blank, measure=story.measure_title, date=day))
    return said
