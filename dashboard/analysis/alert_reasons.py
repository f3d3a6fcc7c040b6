"""Each alert in one plain sentence, built from the values that it rests on.

The rows are those of the query `alerts`. "Under" and "over" are said as what the person
wants and receives; over-provision is a reason to check the fit, never to give less.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from dashboard.language import Words

TIERS = ("immediate", "high", "medium", "low", "unjudged")
SUPPORT_RULES = ("under_high", "under", "persist")


def with_sentences(alerts: pd.DataFrame, words: Words) -> pd.DataFrame:
    """The rows of the query `alerts` with one column more, `why`: a sentence each."""
    return alerts.assign(why=[reason_of(row, words) for row in alerts.to_dict("records")])


def reason_of(alert: Mapping[Any, Any], words: Words) -> str:
    """Why this alert was raised, with its persistence and worsening where there are any."""
    return " ".join(sentences_of(alert, words))


def sentences_of(alert: Mapping[Any, Any], words: Words) -> list[str]:
    """The same as separate sentences: several alerts may rest on one fact."""
    parts = [_what(alert, words)]
    if alert["rule"] == "under_high":
        parts.append(words.say("alert.high"))
    if _known(alert["visits_running"]) and alert["visits_running"] > 1:
        parts.append(words.say("alert.running", n=words.number(alert["visits_running"])))
    path = list(alert["tier_path"])
    if any(step.startswith("worse (gap)") for step in path):
        grown = alert["gap"] - alert["earlier_gap"]
        parts.append(words.say("alert.worse_gap", amount=words.number(grown)))
    elif any(step.startswith("worse (distress)") for step in path):
        parts.append(words.say("alert.worse_distress"))
    return parts


def unjudged_together(alerts: Iterable[Mapping[Any, Any]], words: Words) -> list[str]:
    """Of the alerts that say that a support type cannot be judged, one sentence a reason."""
    types: dict[str, list[str]] = {}
    for alert in alerts:
        if alert["rule"] == "unjudged":
            named = types.setdefault(alert["reason"], [])
            named.append(words.say(f"type.{alert['support_type']}"))
    return [
        words.say(f"alert.unjudged.{reason}", type=words.joined(named))
        for reason, named in types.items()
    ]


def _what(alert: Mapping[Any, Any], words: Words) -> str:
    rule = alert["rule"]
    support = (
        words.say(f"type_wanted.{alert['support_type']}") if _known(alert["support_type"]) else ""
    )
    if rule == "safety":
        return words.say(
            "alert.safety",
            measure=alert["measure_title"],
            item=alert["item_label"],
            answer=words.number(alert["score"]),
        )
    if rule == "distress":
        return words.say(
            "alert.distress",
            measure=alert["measure_title"],
            score=words.number(alert["score"]),
            cut_off=words.number(alert["threshold"]),
        )
    if rule == "overdue":
        return words.count("alert.overdue", int(alert["score"]))
    if rule == "unjudged":
        return words.say(
            f"alert.unjudged.{alert['reason']}", type=words.say(f"type.{alert['support_type']}")
        )
    if rule == "over":
        by_fit = alert["reason"] in ("fit", "both")
        return words.say("alert.over_fit" if by_fit else "alert.over", type=support)
    if rule == "persist":
        return words.say("alert.persist", type=support)
    if _known(alert["source_key"]):
        return words.say(
            "alert.under_by_item",
            type=support,
            measure=alert["measure_title"],
            answer=words.number(alert["score"]),
        )
    return words.say("alert.under", type=support, received=_received(alert, words))


def _received(alert: Mapping[Any, Any], words: Words) -> str:
    """ "none received from family or community", or less than wanted from them."""
    how_much = "none" if alert["received"] == 0 else "less"
    sources = [words.say(f"source_from.{source}") for source in alert["missing_from"]]
    if not sources:
        return words.say(f"alert.received.{how_much}")
    return words.say(f"alert.received.{how_much}_from", sources=_either(sources, words))


def _either(parts: list[str], words: Words) -> str:
    if len(parts) == 1:
        return parts[0]
    return words.say("list_or.last", start=", ".join(parts[:-1]), end=parts[-1])


def _known(value: Any) -> bool:
    return value is not None and not pd.isna(value)
