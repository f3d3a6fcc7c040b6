"""Where one score comes from: a click on a point, or two lists, choose which."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.analysis.origin import Origin, how_scored, missing_rule, origin_of
from dashboard.analysis.trajectory import Story, leading
from dashboard.ui import address, filters
from dashboard.ui.page import facts, small_table
from dashboard.ui.plain import as_text
from dashboard.ui.session import Session

_FIGURE = "trajectories_figure"


@dataclass(frozen=True)
class Picked:
    """The form and scale whose origin is shown, and what else could be chosen."""

    assessment_id: int
    story: Story
    scales: dict[str, Story]
    forms: dict[str, str]

    @property
    def mark(self) -> tuple[int, str, str]:
        return self.assessment_id, self.story.measure_key, self.story.scale_key


def picked(session: Session, told: Sequence[Story]) -> Picked | None:
    """What was clicked or chosen; to begin with the newest form of the scale that says most."""
    first = leading(told)
    scales = {_key(story): story for story in [*first, *told]}
    if not scales:
        return None
    address.seed("score", list(scales), next(iter(scales)))
    story = scales[st.session_state["score"]]
    newest_first = sorted(
        story.forms, key=lambda form: (form.completed_on, form.assessment_id), reverse=True
    )
    words = session.words
    named = {
        str(form.assessment_id): words.date(form.completed_on)
        if pd.isna(form.score)
        else words.say(
            "origin.form", date=words.date(form.completed_on), score=words.number(form.score)
        )
        for form in newest_first
    }
    address.seed("form", list(named), next(iter(named)))
    return Picked(int(st.session_state["form"]), story, scales, named)


def take_click() -> None:
    """The point that was clicked becomes the score below, and what stands there opens."""
    points = st.session_state[_FIGURE]["selection"]["points"]
    clicked = next((point["customdata"] for point in points if point.get("customdata")), None)
    if clicked is not None:
        assessment_id, measure_key, scale_key = clicked
        st.session_state["score"] = f"{measure_key}.{scale_key}"
        st.session_state["form"] = str(assessment_id)
        st.session_state["origin_open"] = True


def origin_section(
    session: Session, one: Picked | None, scores: pd.DataFrame, answers: pd.DataFrame
) -> None:
    """The answers behind one score, how they became it, and the file and row they came in."""
    if one is None:
        return
    words = session.words
    label = words.say(
        "origin.title",
        measure=as_text(one.story.title),
        form=as_text(one.forms[str(one.assessment_id)]),
    )
    opened = st.expander(
        label, icon=":material/account_tree:", key="origin_open", on_change="rerun"
    )
    if not opened.open:
        return
    with opened:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            filters.one_from_list(
                words.say("origin.scale"),
                "score",
                list(one.scales),
                lambda key: one.scales[key].title,
                width=240,
            )
            filters.one_from_list(
                words.say("origin.which_form"),
                "form",
                list(one.forms),
                one.forms.__getitem__,
                width=240,
            )
        row = scores[
            (scores["assessment_id"] == one.assessment_id)
            & (scores["scale_key"] == one.story.scale_key)
        ].iloc[0]
        measure = session.catalogue.measures.get(one.story.measure_key)
        origin = origin_of(row, answers, measure)
        st.markdown(as_text(how_scored(row, origin, words)))
        _facts(session, row, origin)
        if len(origin.items):
            small_table(_items(session, origin), alt=label)


def _facts(session: Session, row: pd.Series, origin: Origin) -> None:
    words = session.words
    facts(
        [
            (words.say("column.status"), words.say(f"status.{row['status']}")),
            (words.say("column.missing_rule"), missing_rule(origin.scale, words)),
            (words.say("origin.version"), str(row["measure_version"])),
            (words.say("column.file"), str(row["file_name"])),
            (words.say("column.row"), words.number(row["source_row"])),
            (words.say("column.imported"), words.date(row["imported_at"])),
        ]
    )


def _items(session: Session, origin: Origin) -> pd.DataFrame:
    words = session.words
    items = origin.items
    turned = bool((items["answer"] != items["counts_as"]).where(items["answer"].notna()).any())
    table = pd.DataFrame(
        {
            words.say("column.item"): list(items["label"]),
            words.say("column.answer"): [
                words.say(f"answer_state.{state}") if pd.isna(answer) else words.number(answer)
                for answer, state in zip(items["answer"], items["state"], strict=True)
            ],
            words.say("origin.counts_as"): [
                "–" if pd.isna(value) else words.number(value) for value in items["counts_as"]
            ],
            words.say("column.file"): list(items["file_name"]),
            words.say("column.row"): [words.number(row) for row in items["source_row"]],
        }
    )
    return table if turned else table.drop(columns=words.say("origin.counts_as"))


def _key(story: Story) -> str:
    return f"{story.measure_key}.{story.scale_key}"
