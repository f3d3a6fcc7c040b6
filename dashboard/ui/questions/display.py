"""One question on the page: its answer, its numbers, the claim beside them, its pictures."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import streamlit as st

from dashboard.analysis.disclosure import is_small
from dashboard.analysis.questions import First, Line, TooFew
from dashboard.ui import frames
from dashboard.ui.chart_frame import chart_frame
from dashboard.ui.export import Stamp, stamp
from dashboard.ui.page import (
    ONE_OF_FOUR,
    answer,
    numbers,
    section,
    side_by_side,
    small_table,
    source_line,
)
from dashboard.ui.plain import as_text
from dashboard.ui.questions import first, groups, heard, mismatched, moderated, source
from dashboard.ui.questions.chosen import Chosen, Picture, View
from dashboard.ui.questions.controls import Asked

_VIEWS: Mapping[str, Callable[[Chosen, Any], View]] = {
    "groups": groups.view,
    "age": moderated.view,
    "buffer": moderated.view,
    "first": first.view,
    "source": source.view,
    "mismatch": mismatched.view,
    "heard": heard.view,
}
# Questions whose method is not a regression with errors clustered by person.
_OWN_METHOD = frozenset({"first"})


def show(shown: Asked) -> None:
    """The answer of the chosen question, or why there is none."""
    chosen, as_of = shown.chosen, shown.as_of
    session = chosen.session
    found = frames.estimated(
        session.directory,
        session.snapshot,
        session.scope.person_id,
        session.scope.role,
        chosen.question,
        as_of,
        tuple(sorted(chosen.choices.items())),
    )
    few = _too_few(chosen, found)
    if few is not None:
        _without_answer(chosen, few)
        source_line(session, as_of, _whose(chosen))
        return
    view = _VIEWS[chosen.question](chosen, found)
    answer(view.answer, view.explanation)
    numbers(view.numbers, columns=4, narrowest=ONE_OF_FOUR)
    _four_parts(chosen, view.here)
    origin = _origin(chosen, view, as_of)
    for start in range(0, len(view.pictures), 2):
        pair = view.pictures[start : start + 2]
        if len(pair) == 1:
            _picture(chosen, pair[0], view, origin)
            continue
        grid = side_by_side()
        for picture in pair:
            with grid.cell():
                _picture(chosen, picture, view, origin)
    for table in view.tables:
        section(table.title, as_text(table.how))
        small_table(table.rows, alt=table.title)
    _method(chosen, view, as_of)
    source_line(session, as_of, _parts(chosen, view))


def _too_few(chosen: Chosen, found: object) -> str | None:
    """Why there is no answer; None where there is one."""
    if isinstance(found, dict):
        found = found[chosen.choices["outcome"]]
        assert isinstance(found, Line | TooFew)
    if isinstance(found, First) and not found.measured.settled:
        return chosen.say("few.answer_unsettled")
    if not isinstance(found, TooFew):
        return None
    fewest = chosen.session.minimum_cell
    people = (
        chosen.say("few.under", n=chosen.number(fewest))
        if is_small(found.people, fewest)
        else chosen.number(found.people)
    )
    key = "answer_groups" if chosen.question == "groups" else "answer"
    return chosen.say(f"few.{key}", people=people, needed=chosen.number(found.needed))


def _without_answer(chosen: Chosen, why: str) -> None:
    answer(why, f"{chosen.say('few.explanation')} {chosen.say('few.next')}")
    _four_parts(chosen, chosen.say("few.here"))


def _four_parts(chosen: Chosen, here: str) -> None:
    """Claim, studies, what we see and what that cannot show, side by side."""
    open_points = chosen.own("open")
    parts = (
        ("claim", ":material/format_quote:", chosen.own("claim"), chosen.say("part.article")),
        ("study", ":material/menu_book:", chosen.own("study"), ""),
        ("here", ":material/query_stats:", here, ""),
        ("cannot", ":material/block:", chosen.own("cannot"), ""),
    )
    with st.grid(4, gap="small", min_column_width=ONE_OF_FOUR):
        for key, icon, text, note in parts:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"{icon} **{chosen.say(f'part.{key}')}**")
                st.markdown(as_text(text))
                if note:
                    st.caption(as_text(note))
                if key == "study" and open_points:
                    st.badge(chosen.say("unconfirmed"), color="gray")
                    st.caption(as_text(open_points))


def _picture(chosen: Chosen, picture: Picture, view: View, origin: Stamp) -> None:
    chart_frame(
        chosen.session,
        picture.name,
        picture.figure,
        picture.rows,
        title=picture.title,
        reading=picture.reading,
        source=" · ".join(_counted(chosen, view)),
        origin=origin,
        how_to_read=picture.how,
    )


def _parts(chosen: Chosen, view: View) -> list[str]:
    """Whose forms, how many, and how the intervals were made."""
    parts = [*_whose(chosen), *_counted(chosen, view)]
    if chosen.question not in _OWN_METHOD:
        parts.append(chosen.say("line.clustered"))
    return parts


def _counted(chosen: Chosen, view: View) -> list[str]:
    """n, what is missing and why, and the outcome with its range and cut-off."""
    parts = [
        chosen.say(
            "line.people", people=chosen.number(view.people), forms=chosen.number(view.forms)
        )
    ]
    if view.without is not None and view.without[0]:
        count, why = view.without
        parts.append(chosen.say("line.without", n=_forms(chosen, count), why=why))
    if "outcome" in chosen.choices:
        parts.append(_outcome(chosen))
    return parts


def _forms(chosen: Chosen, count: int) -> str:
    fewest = chosen.session.minimum_cell
    if is_small(count, fewest):
        return chosen.say("few.under", n=chosen.number(fewest))
    return chosen.number(count)


def _outcome(chosen: Chosen) -> str:
    scale = chosen.outcome_scale
    words = chosen.session.words
    said = chosen.say(
        "line.outcome",
        outcome=chosen.outcome,
        low=chosen.number(scale.minimum),
        high=chosen.number(scale.maximum),
        direction=words.say(f"direction.{scale.higher_is}"),
    )
    if scale.screen is None:
        return said
    cut_off = chosen.say(
        "line.cut_off", cut_off=chosen.number(scale.screen.at_least), source=scale.screen.source
    )
    return f"{said}, {cut_off}"


def _whose(chosen: Chosen) -> list[str]:
    key = "service" if chosen.session.scope.role == "service" else "mine"
    return [chosen.say(f"line.{key}")]


def _origin(chosen: Chosen, view: View, as_of: date) -> Stamp:
    """Exports say what was chosen and what exactly is estimated."""
    return stamp(
        chosen.session,
        as_of,
        {
            chosen.say("control.question"): chosen.own("name"),
            chosen.say("control.scope"): " ".join(_whose(chosen)),
            chosen.say("estimand"): view.estimand,
        },
    )


def _method(chosen: Chosen, view: View, as_of: date) -> None:
    """Text to paste, with the numbers of this view."""
    session = chosen.session
    sentences = [
        view.method,
        *([] if chosen.question in _OWN_METHOD else [chosen.say("method.clustered")]),
        chosen.say("method.missing"),
        chosen.say(
            "method.end",
            people=chosen.number(view.people),
            forms=chosen.number(view.forms),
            where=_whose(chosen)[0],
            date=session.words.date(as_of),
            snapshot=session.snapshot,
            synthetic=chosen.say("method.synthetic") if session.sample else "",
        ),
    ]
    with st.expander(chosen.say("method.title"), icon=":material/function:"):
        st.caption(chosen.say("method.how"))
        st.caption(as_text(f"{chosen.say('estimand')}: {view.estimand}."))
        st.code(" ".join(sentences), language=None, wrap_lines=True)
