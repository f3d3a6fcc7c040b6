"""The tables of the Patient page, and the numbers behind its pictures as tables."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.analysis import readings
from dashboard.analysis.expected_course import Course, verdict_in_words
from dashboard.analysis.gap_history import GapHistory
from dashboard.analysis.missing_forms import why_in_words
from dashboard.analysis.support import Judged
from dashboard.analysis.trajectory import Story
from dashboard.analysis.what_was_done import event_in_words
from dashboard.analysis.within_person import Together
from dashboard.ui.export import csv_of, recorded, stamp
from dashboard.ui.page import nothing_here, section, small_table
from dashboard.ui.patient import View
from dashboard.ui.session import Session

_EVENTS_IN_SIGHT = 9
_SCALES_IN_SIGHT = 12


def happened_section(
    session: Session, events: pd.DataFrame, raised: Sequence[tuple[pd.Timestamp, str]]
) -> None:
    """What happened and what the team did, newest first.

    raised: the day and the reason of each alert.
    """
    words = session.words
    section(words.say("events.title"), words.say("events.how"))
    lines = [
        (
            event["occurred_on"],
            _days(event["occurred_on"], event["ended_on"], session),
            event_in_words(event, words),
            "" if pd.isna(event["person_name"]) else str(event["person_name"]),
        )
        for event in events.to_dict("records")
    ] + [
        (day, words.date(day), words.say("acts.raised", why=why), words.say("acts.by_rules"))
        for day, why in raised
    ]
    if not lines:
        nothing_here(words.say("events.none"), words.say("events.none_next"))
        return
    lines.sort(key=lambda line: line[0], reverse=True)
    names = [words.say(f"column.{name}") for name in ("date", "what", "who")]
    rows = pd.DataFrame([line[1:] for line in lines], columns=names)
    # A day stays on one line, however narrow its column.
    rows[names[0]] = rows[names[0]].str.replace(" ", "\N{NO-BREAK SPACE}")
    small_table(rows.head(_EVENTS_IN_SIGHT), alt=words.say("events.title"), in_markdown=names[:1])
    if len(rows) > _EVENTS_IN_SIGHT:
        with st.expander(words.count("events.all", len(rows))):
            st.dataframe(rows, hide_index=True, alt=words.say("events.title"), key="events")


def scores_section(
    session: Session,
    told: Sequence[Story],
    scores: pd.DataFrame,
    courses: Sequence[Course],
    view: View,
) -> None:
    """Every score in numbers: the latest against the reference, then each with its origin."""
    words = session.words
    section(words.say("scores.title"), words.say("scores.how"))
    latest = _latest_in_words(session, told, courses)
    st.dataframe(
        latest,
        hide_index=True,
        height=38 + 35 * min(len(latest), _SCALES_IN_SIGHT),
        alt=words.say("scores.title"),
        key="latest",
        column_config={
            words.say(f"column.{name}"): st.column_config.TextColumn(width=width)
            for name, width in (("measure", 195), ("direction", 112), ("expected", 150))
        },
    )
    opened = st.expander(
        words.say("scores.origins"),
        icon=":material/account_tree:",
        key="origins_open",
        on_change="rerun",
    )
    if not opened.open:
        return
    origins = _origins_in_words(session, scores)
    origin = stamp(session, view.end, view.filters)
    with opened:
        st.dataframe(origins, hide_index=True, alt=words.say("scores.origins"), key="origins")
        st.download_button(
            words.say("export.csv"),
            data=lambda: recorded(session, "scores.csv", origin, csv_of(origins, origin)),
            file_name="scores.csv",
            mime="text/csv",
            key="scores_csv",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
        )


def points_in_words(session: Session, told: Sequence[Story]) -> pd.DataFrame:
    """Every form of the scales shown, and every gap with its reason."""
    words = session.words
    rows: list[dict[str, Any]] = []
    for story in told:
        for form in story.forms:
            scored = pd.notna(form.score)
            rows.append(
                {
                    words.say("column.measure"): story.title,
                    words.say("column.date"): _iso(form.completed_on),
                    words.say("column.score"): form.score,
                    words.say("column.band"): form.band if scored else "",
                    words.say("column.status"): words.say(f"status.{form.status}")
                    if scored
                    else readings.reason_unscored(form, words),
                    words.say("column.compared_with"): form.reference_score,
                    words.say("column.change"): form.difference,
                    words.say("column.reading"): words.say(f"verdict.{form.verdict}")
                    if scored
                    else "",
                }
            )
        rows += [
            {
                words.say("column.measure"): story.title,
                words.say("column.date"): f"{gap.start:%Y-%m-%d} – {gap.end:%Y-%m-%d}",
                words.say("column.status"): readings.no_form(gap.days, words)
                + ("" if gap.why is None else f": {why_in_words(gap.why, words)}"),
            }
            for gap in story.gaps
        ]
    return pd.DataFrame(rows)


def then_and_now_as_rows(session: Session, told: Sequence[Story]) -> pd.DataFrame:
    """The scales of one measure on the form compared with and now."""
    words = session.words
    latest = [(story, story.latest) for story in told if story.latest is not None]
    return pd.DataFrame(
        {
            words.say("column.scale"): [story.scale_title for story, _ in latest],
            words.say("chart.then"): [now.reference for _, now in latest],
            words.say("chart.now"): [now.score for _, now in latest],
            words.say("column.date"): [now.on.isoformat() for _, now in latest],
            words.say("column.reading"): [readings.verdict(now, words) for _, now in latest],
        }
    )


def associations_as_rows(session: Session, found: Sequence[Together]) -> pd.DataFrame:
    words = session.words
    return pd.DataFrame(
        {
            words.say("column.support"): [words.say(f"type.{one.support_type}") for one in found],
            words.say("within.what"): [words.say(f"within.panel_{one.asked}") for one in found],
            words.say("within.visits"): [one.visits for one in found],
            "r": [one.r for one in found],
            words.say("within.low"): [one.low for one in found],
            words.say("within.high"): [one.high for one in found],
        }
    )


def types_in_words(session: Session, types: Sequence[Judged]) -> pd.DataFrame:
    words = session.words
    return pd.DataFrame(
        {
            words.say("column.support"): [words.say(f"type.{one.support_type}") for one in types],
            words.say("column.wanted"): [one.need for one in types],
            words.say("column.received"): [one.received for one in types],
            words.say("column.judged"): [readings.gap_in_words(one, words) for one in types],
        }
    )


def gaps_as_rows(session: Session, histories: Sequence[GapHistory]) -> pd.DataFrame:
    """Each form and type of the picture of gaps: amounts, or that it does not judge."""
    words = session.words
    rows = [
        (_iso(day), name, need, received, gap, words.say("gaps.judged"))
        for history in histories
        for name in [words.say(f"type.{history.support_type}")]
        for day, need, received, gap in history.judged
    ] + [
        (_iso(day), words.say(f"type.{history.support_type}"), None, None, None, not_judged)
        for not_judged in [words.say("gaps.not_judged")]
        for history in histories
        for day in history.unjudged
    ]
    names = ("date", "support", "wanted", "received", "gap", "judged")
    return pd.DataFrame(rows, columns=[words.say(f"column.{name}") for name in names])


def sources_in_words(session: Session, form: pd.DataFrame) -> pd.DataFrame:
    words = session.words
    rows = form[form["source"] != ""]
    return pd.DataFrame(
        {
            words.say("column.support"): [
                words.say(f"type.{kind}") for kind in rows["support_type"]
            ],
            words.say("column.source"): [
                words.say(f"source.{source}") for source in rows["source"]
            ],
            words.say("column.wanted"): rows["wanted"].to_numpy(),
            words.say("column.received"): rows["received"].to_numpy(),
            words.say("column.answered"): [
                words.say(f"answer_state.{state}") for state in rows["received_state"]
            ],
        }
    )


def answers_in_words(session: Session, rows: pd.DataFrame) -> pd.DataFrame:
    words = session.words
    return pd.DataFrame(
        {
            words.say("column.date"): [_iso(day) for day in rows["completed_on"]],
            words.say("column.item"): rows["label"].to_numpy(),
            words.say("column.answer"): rows["answer"].to_numpy(),
            words.say("column.answered"): [
                words.say(f"answer_state.{state}") for state in rows["state"]
            ],
            words.say("column.file"): rows["file_name"].to_numpy(),
            words.say("column.row"): rows["source_row"].to_numpy(),
        }
    )


def _latest_in_words(
    session: Session, told: Sequence[Story], courses: Sequence[Course]
) -> pd.DataFrame:
    words = session.words
    expected = {
        (one.story.measure_key, one.story.scale_key): verdict_in_words(one, words)
        for one in courses
    }
    scored = [(story, story.latest) for story in told if story.latest is not None]
    return pd.DataFrame(
        {
            words.say("column.measure"): [story.title for story, _ in scored],
            words.say("column.direction"): [
                readings.direction(story.higher_is, words) for story, _ in scored
            ],
            words.say("column.date"): [words.date(latest.on) for _, latest in scored],
            words.say("column.score"): [
                readings.with_band(latest.score, latest.band, words) for _, latest in scored
            ],
            words.say("column.compared_with"): [
                ""
                if latest.reference is None or latest.reference_on is None
                else words.say(
                    "score.on_day",
                    score=words.number(latest.reference),
                    date=words.date(latest.reference_on),
                )
                for _, latest in scored
            ],
            words.say("column.change"): [
                "" if latest.difference is None else words.signed(latest.difference)
                for _, latest in scored
            ],
            words.say("column.needed"): [
                "" if latest.needed is None else words.number(latest.needed) for _, latest in scored
            ],
            words.say("column.reading"): [readings.verdict(latest, words) for _, latest in scored],
            words.say("column.expected"): [
                expected.get((story.measure_key, story.scale_key), "") for story, _ in scored
            ],
        }
    )


def _origins_in_words(session: Session, scores: pd.DataFrame) -> pd.DataFrame:
    words = session.words
    newest = scores.sort_values("completed_on", ascending=False, kind="stable")
    return pd.DataFrame(
        {
            words.say("column.date"): [_iso(day) for day in newest["completed_on"]],
            words.say("column.measure"): newest["measure_title"].to_numpy(),
            words.say("column.scale"): newest["scale_title"].to_numpy(),
            words.say("column.score"): newest["score"].to_numpy(),
            words.say("column.status"): [
                words.say(f"status.{status}") for status in newest["status"]
            ],
            words.say("column.answered"): [
                words.say(
                    "scores.answered_of",
                    answered=words.number(answered),
                    total=words.number(total),
                )
                for answered, total in zip(
                    newest["items_answered"].fillna(0),
                    newest["items_total"].fillna(0),
                    strict=True,
                )
            ],
            words.say("column.stated"): newest["stated"].to_numpy(),
            words.say("column.file"): newest["file_name"].to_numpy(),
            words.say("column.row"): newest["source_row"].to_numpy(),
            words.say("column.imported"): [_iso(day) for day in newest["imported_at"]],
        }
    )


def _days(first: pd.Timestamp, last: pd.Timestamp, session: Session) -> str:
    """The day of an event, and how long it lasted."""
    words = session.words
    if pd.isna(last) or last <= first:
        return words.date(first)
    return f"{words.date(first)}, {words.count('days', (last - first).days)}"


def _iso(moment: Any) -> str:
    return "" if pd.isna(moment) else f"{pd.Timestamp(moment):%Y-%m-%d}"
