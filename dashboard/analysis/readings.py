"""Sentences built from the numbers: the same figures that the charts and tables show.

Each says the number, the comparison and how sure it is. "Better" and "worse" are said
in words, because a falling distress score is good news and a falling support score is
not.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from dashboard.analysis.gap_history import GapHistory
from dashboard.analysis.support import Judged
from dashboard.analysis.trajectory import RELIABLE, Change, Form, Story
from dashboard.language import Words


def without_an_alert(row: pd.Series, words: Words) -> list[str]:
    """How somebody stands about whom no alert is open, from one row of the query `panel`."""
    if pd.notna(row["score"]):
        return [_score_on_the_list(row, words)]
    if pd.notna(row["last_form_on"]):
        return [words.say("why.no_score", date=words.date(row["last_form_on"]))]
    if pd.notna(row["declined_on"]):
        return [words.say("why.declined", date=words.date(row["declined_on"]))]
    return [words.say("why.no_form")]


def safety(row: pd.Series, words: Words) -> str:
    """The safety answer of one row of the query `panel`, with the item's wording."""
    return words.say(
        "why.safety_item",
        measure=row["safety_title"],
        item=row["safety_label"],
        answer=words.number(row["safety_answer"]),
        date=words.date(row["safety_on"]),
    )


def facts_about(
    header: pd.Series, listed: pd.DataFrame, as_of: date, words: Words
) -> list[tuple[str, str]]:
    """Who a patient is, as named facts; what is not known says so.

    header: the row of the query `patient_header`. listed: the patient's row of the query
    `panel`; empty when they are no longer active.
    """
    age, alone = header["age"], header["lives_alone"]
    known = {
        "age": "" if pd.isna(age) else f"{int(age)} {words.say('fact.years')}",
        "diagnosis": ", ".join(
            str(value)
            for value in (header["diagnosis"], header["stage"])
            if pd.notna(value) and value
        ),
        "phase": words.say(f"phase.{header['phase']}") if pd.notna(header["phase"]) else "",
        "site": "" if pd.isna(header["site"]) else str(header["site"]),
        "nurse": "" if pd.isna(header["nurse"]) else str(header["nurse"]),
        "lives_alone": "" if pd.isna(alone) else words.say(f"answer.{'yes' if alone else 'no'}"),
        "next_due": words.say("due.none") if listed.empty else due(listed.iloc[0], as_of, words),
    }
    unknown = words.say("fact.unknown")
    return [(words.say(f"fact.{name}"), value or unknown) for name, value in known.items()]


def inputs_on_the_list(row: pd.Series, as_of: date, words: Words) -> list[tuple[str, str]]:
    """The values that placed a patient on the list, each with its name."""
    named: list[tuple[str, str]] = []
    if pd.notna(row["safety_answer"]):
        named.append(
            (
                words.say("input.safety", item=row["safety_label"]),
                words.say(
                    "input.safety_value",
                    answer=words.number(row["safety_answer"]),
                    threshold=words.number(row["safety_threshold"]),
                    date=words.date(row["safety_on"]),
                ),
            )
        )
    if pd.notna(row["score"]):
        named.append(
            (
                words.say("input.score", measure=row["measure_title"]),
                words.say(
                    "input.score_value",
                    score=with_band(row["score"], row["band"], words),
                    date=words.date(row["completed_on"]),
                    status=words.say(f"status.{row['score_status']}"),
                ),
            )
        )
        named.append(
            (
                words.say("input.cut_off"),
                words.say(
                    "input.cut_off_value",
                    cut_off=words.number(row["cut_off"]),
                    source=row["cut_off_source"],
                ),
            )
        )
    if pd.notna(row["previous_score"]):
        named.append(
            (
                words.say("input.previous"),
                words.say(
                    "score.on_day",
                    score=words.number(row["previous_score"]),
                    date=words.date(row["previous_on"]),
                ),
            )
        )
    if pd.notna(row["reliable_change"]):
        named.append((words.say("input.reliable_change"), words.number(row["reliable_change"])))
    if pd.notna(row["next_due_on"]):
        named.append(
            (
                words.say("input.due"),
                words.say(
                    "input.due_value",
                    due=due(row, as_of, words),
                    rule=words.say(f"due_reason.{row['due_reason']}"),
                ),
            )
        )
    return named


def inputs_of_alert(
    alert: Mapping[Any, Any], form_days: Mapping[int, date], words: Words
) -> list[tuple[str, str]]:
    """What one alert rests on: the values, the days of the forms, the rule and its version, and
    the steps that led to the tier.

    alert: a row of the query `alerts`. form_days: the day of each assessment.
    """
    named: list[tuple[str, str]] = []
    for name in ("need", "received", "gap", "earlier_gap", "importance"):
        if pd.notna(alert[name]):
            named.append((words.say(f"alert_input.{name}"), words.number(alert[name])))
    scored = alert["rule"] in ("distress", "safety")
    if pd.notna(alert["score"]):
        what = alert["measure_title"] if pd.notna(alert["measure_title"]) else ""
        key = "alert_input.days_late" if alert["rule"] == "overdue" else "alert_input.answer"
        named.append(
            (what if scored else words.say(key), words.number(alert["score"])),
        )
    if scored and pd.notna(alert["earlier_score"]):
        named.append((words.say("input.previous"), words.number(alert["earlier_score"])))
    if scored and pd.notna(alert["threshold"]):
        named.append((words.say("alert_input.threshold"), words.number(alert["threshold"])))
    days = sorted({form_days[key] for key in listed(alert["assessment_ids"]) if key in form_days})
    if days:
        named.append((words.say("alert_input.forms"), ", ".join(words.date(day) for day in days)))
    rule = words.say(
        "alert_input.rule_version",
        rule=words.say(f"rule_of.{alert['rule']}"),
        version=words.number(alert["rule_version"]),
    )
    named.append((words.say("alert_input.rule"), rule))
    path = " → ".join(_tier_step(step, words) for step in listed(alert["tier_path"]))
    named.append((words.say("alert_input.path"), path))
    return named


def gaps_in_words(histories: Sequence[GapHistory], words: Words) -> str:
    """Which needs stand open and which were found met, and how many forms say so."""
    still = [each for each in histories if each.episodes and not each.episodes[-1][2]]
    met = sum(1 for each in histories for episode in each.episodes if episode[2])
    said = (
        words.say(
            "gaps.reading_open",
            types=words.joined([words.say(f"type.{each.support_type}") for each in still]),
        )
        if still
        else words.say("gaps.reading_none")
    )
    return f"{said} {words.count('gaps.reading_met', met)}" if met else said


def _tier_step(step: str, words: Words) -> str:
    """ "under: medium" and "persist: +1" in words."""
    what, _, level = step.partition(": ")
    if not level:
        return words.say(f"rule_of.{what}")
    name = words.say(f"tier_step.{what.replace(' (', '_').rstrip(')')}")
    if level.startswith("+"):
        return words.say("tier_step.raised", step=name)
    return words.say("tier_step.is", step=name, tier=words.say(f"tier.{level}"))


def earlier_scores(row: pd.Series, words: Words) -> str:
    """The scores before the last one, newest first: the sparkline in words, without its dates."""
    scores = listed(row["recent_score"])[:-1]
    if not scores:
        return words.say("score.none_before")
    return ", ".join(
        words.say("score.unscored") if pd.isna(score) else words.number(score)
        for score in reversed(scores)
    )


def last_score(row: pd.Series, words: Words) -> str:
    """Score, band and change of one row of the worklist, for its own column."""
    if pd.isna(row["score"]):
        return words.say("score.none")
    parts = [with_band(row["score"], row["band"], words)]
    if pd.notna(row["change"]):
        parts.append(_amount_on_the_list(row, words))
    return ". ".join(parts)


def recent_scores(row: pd.Series, words: Words) -> str:
    """The sparkline in words, oldest first: what a picture in a cell cannot say by itself."""
    if len(listed(row["recent_on"])) == 0:
        return words.say("score.none")
    return ", ".join(
        words.say(
            "score.on_day",
            date=words.short_date(pd.Timestamp(day)),
            score=words.say("score.unscored") if pd.isna(score) else words.number(score),
        )
        for day, score in zip(listed(row["recent_on"]), listed(row["recent_score"]), strict=True)
    )


def due(row: pd.Series, as_of: date, words: Words) -> str:
    """When the next form is due, as a nurse would say it."""
    if pd.isna(row["next_due_on"]):
        return words.say("due.none")
    day = pd.Timestamp(row["next_due_on"]).date()
    if late := _days(row["days_overdue"]):
        return words.count("due.late", late, date=words.short_date(day))
    if day == as_of:
        return words.say("due.today")
    return words.weekday(day) if (day - as_of).days < 30 else words.date(day)


def listed(cell: Any) -> list[Any]:
    """One cell of a list column as a list, None where an element is missing.

    The database gives an array, a masked one where elements are missing, or no array at all.
    """
    return list(cell.tolist()) if hasattr(cell, "tolist") and hasattr(cell, "__len__") else []


def since(days: float | None, words: Words) -> str:
    """How long ago the last form came."""
    if pd.isna(days):
        return words.say("score.never")
    return words.say("due.today") if days == 0 else words.count("days", int(days))


def with_band(score: float, band: str | None, words: Words) -> str:
    number = words.number(score)
    return number if band is None or pd.isna(band) else f"{number}, {words.term('band', band)}"


def direction(higher_is: str, words: Words) -> str:
    return words.say(f"direction.{higher_is}")


def answer_on_the_panel(today: int, everyone: int, new: int, nobody: int, words: Words) -> str:
    """The panel's answer: how many need somebody today, of how many; how many of those are new,
    and how many of the new have nobody assigned."""
    if today == 0:
        return words.count("panel.answer_nobody", everyone)
    parts = [words.count("panel.answer", today, everyone=words.number(everyone))]
    if new:
        key = "panel.answer_new_nobody" if nobody == new else "panel.answer_new"
        parts.append(words.count(key, new, nobody=words.number(nobody)))
    return " ".join(parts)


def answer_on_the_patient(told: Sequence[Story], words: Words) -> str:
    """One sentence: the most pressing scale, its change and how sure that is."""
    story = most_pressing(told)
    if story is None or story.latest is None:
        return words.say("patient.answer_none")
    return words.say(
        "patient.answer",
        title=story.title,
        score=with_band(story.latest.score, story.latest.band, words),
        day=words.date(story.latest.on),
        change=change_in_words(story.latest, words),
    )


def most_pressing(told: Sequence[Story]) -> Story | None:
    """The distress scale to speak of first: above its cut-off and reliably worse, above,
    reliably worse, then the one that lies furthest beyond its cut-off."""
    judged = [story for story in told if story.latest and story.domain == "distress"]
    if not judged:
        judged = [story for story in told if story.latest]
    return min(judged, key=_urgency, default=None)


def change_in_words(change: Change, words: Words) -> str:
    """ "8 worse than on 4 Jan 2026: more than measurement error (6 needed)"."""
    if change.difference is None or change.reference_on is None:
        return words.say("change.first")
    if change.verdict == "same":
        return words.say("change.same", date=words.date(change.reference_on))
    return words.say(
        "change.full",
        amount=amount(change, change.difference, words),
        date=words.date(change.reference_on),
        certainty=certainty(change, words),
    )


def certainty(change: Change, words: Words) -> str:
    """How sure a difference is: against the reliable change of the scale."""
    return _certainty("certainty", change, words)


def certainty_short(change: Change, words: Words) -> str:
    """The same for a number card, where there is room for a few words."""
    if change.verdict == "same":
        return words.say("certainty_short.same")
    return _certainty("certainty_short", change, words)


def _certainty(family: str, change: Change, words: Words) -> str:
    if change.needed is None:
        return words.say(f"{family}.error_unknown")
    sure = "reliable" if change.verdict in RELIABLE else "within_error"
    return words.say(f"{family}.{sure}", needed=words.number(change.needed))


def verdict(change: Change, words: Words) -> str:
    """The verdict alone, for a table cell."""
    return words.say(f"verdict.{change.verdict}")


def on_the_patient(told: Sequence[Story], types: Sequence[Judged], words: Words) -> str:
    """The rest of the picture in a paragraph: other distress scales, then support."""
    first = most_pressing(told)
    others = [
        words.say(
            "patient.also",
            title=story.title,
            score=with_band(story.latest.score, story.latest.band, words),
            day=words.date(story.latest.on),
            change=change_in_words(story.latest, words),
        )
        for story in told
        if story.latest and story is not first and story.domain == "distress" and story.cut_off
    ]
    return " ".join([*others[:3], support_in_words(types, words)]).strip()


def support_in_words(types: Sequence[Judged], words: Words) -> str:
    """Which support falls short or goes too far, in one sentence."""
    if not types:
        return words.say("support.none")
    sentences = []
    for state in ("under", "over", "not_judged"):
        named = [
            words.say(f"type.{judged.support_type}") for judged in types if judged.state == state
        ]
        if named:
            sentences.append(words.say(f"support.{state}", types=words.joined(named)))
    return " ".join(sentences) or words.say("support.all_met")


def gap_in_words(judged: Judged, words: Words) -> str:
    """The right-hand label of one support type: state and amount."""
    if judged.state == "not_judged":
        asked = "need" if judged.need is None else "received"
        return words.say(f"state.not_judged_{asked}")
    if judged.gap is None or judged.state in ("met", "no_need"):
        return words.say(f"state.{judged.state}")
    return words.say(f"state.{judged.state}_by", amount=words.number(abs(judged.gap)))


def no_form(days: int, words: Words) -> str:
    return words.count("gap.no_form", days)


def reason_unscored(form: Form, words: Words) -> str:
    """Why a form has no score."""
    if form.status == "declined":
        return words.say("gap.declined")
    return words.say(
        "gap.too_few",
        answered=words.number(form.items_answered),
        total=words.number(form.items_total),
    )


def _score_on_the_list(row: pd.Series, words: Words) -> str:
    """Where the score that leads the row stands: against its cut-off, and against the last one."""
    key = "above" if row["above_cut_off"] else "below"
    if row["reliably_worse"]:
        key = f"{key}_worse"
    elif row["reliably_better"]:
        key = f"{key}_better"
    return words.say(
        f"why.{key}",
        measure=row["measure_title"],
        score=words.number(row["score"]),
        cut_off=words.number(row["cut_off"]),
        date="" if pd.isna(row["previous_on"]) else words.date(row["previous_on"]),
    )


def _amount_on_the_list(row: pd.Series, words: Words) -> str:
    """Change with its certainty. Worklist scales measure distress: higher is worse."""
    if row["change"] == 0:
        return words.say("change.none")
    worse = "worse" if row["change"] > 0 else "better"
    if pd.isna(row["reliable_change"]):
        sure = "unknown"
    else:
        sure = "reliable" if row["reliably_worse"] or row["reliably_better"] else "within"
    return words.say(f"change.{worse}_{sure}", amount=words.number(abs(row["change"])))


def amount(change: Change, difference: float, words: Words) -> str:
    """ "8 worse", or "8 higher" where neither way is better."""
    return words.say(f"amount.{_way(change, difference)}", amount=words.number(abs(difference)))


def _way(change: Change, difference: float) -> str:
    raised = difference > 0
    if change.higher_is == "neither":
        return "higher" if raised else "lower"
    return "worse" if raised == (change.higher_is == "worse") else "better"


def _urgency(story: Story) -> tuple[int, float]:
    """Rank, then how far beyond its cut-off the score lies, as a share of what is beyond it.

    A scale without a cut-off says least about urgency and comes last.
    """
    if story.latest is None or story.cut_off is None:
        return 4, -float(len(story.scored_on))
    rank = {(True, True): 0, (True, False): 1, (False, True): 2, (False, False): 3}
    beyond = (story.latest.score - story.cut_off) / (story.maximum - story.cut_off)
    return rank[story.above_cut_off, story.latest.verdict == "worse"], -beyond


def _days(value: float) -> int:
    return 0 if pd.isna(value) else int(value)
