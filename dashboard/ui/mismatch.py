"""The Mismatch page: wanted against received over everyone in scope, and what goes with it."""

from dataclasses import dataclass
from datetime import date
from typing import cast

import pandas as pd
import streamlit as st

from dashboard.analysis import gap_trend as trend_analysis
from dashboard.analysis import mismatch_cells, need_and_distress, time_to_match
from dashboard.analysis.mismatch_cells import COLUMNS, STATES, Cell
from dashboard.analysis.support import TYPES
from dashboard.analysis.time_to_match import GROUPINGS, Grouping
from dashboard.charts import four_cells as four_chart
from dashboard.charts import gap_trend as trend_chart
from dashboard.charts import mismatch_matrix as matrix_chart
from dashboard.charts import time_to_match as time_chart
from dashboard.charts.canvas import citation
from dashboard.measures.definition import CutOff, Scale
from dashboard.ui import acts, rules
from dashboard.ui.chart_frame import chart_frame
from dashboard.ui.export import csv_of, recorded, stamp
from dashboard.ui.filters import one_from_list, one_of, one_or_any
from dashboard.ui.page import Number, nothing_here, numbers, section, side_by_side, small_table
from dashboard.ui.plain import as_text
from dashboard.ui.resources import for_these_gaps
from dashboard.ui.session import Session
from dashboard.ui.worklist import open_patient

_ROWS_IN_SIGHT = 8
_ALL_TYPES = "widest"
# The address cannot hold an empty value for the type as a whole.
_WHOLE = "whole"


@dataclass(frozen=True)
class Shown:
    """The answers the page is made of, left to the chosen site and nurse.

    Attributes:
        told: rows of `mismatch_cells` as they are counted.
        filters: what was chosen, in words, for the stamp of exports.
    """

    as_of: date
    told: pd.DataFrame
    cells: list[Cell]
    trend: pd.DataFrame
    episodes: pd.DataFrame
    distress: pd.DataFrame
    not_judged: pd.DataFrame
    filters: dict[str, str]

    @property
    def asked_nobody(self) -> bool:
        """Nobody in scope has a support grid."""
        return self.told.empty


def chosen(session: Session, as_of: date) -> Shown:
    """The controls, and everything within them."""
    words = session.words
    asked = {
        name: session.ask(name, as_of=as_of)
        for name in ("mismatch_cells", "gap_trend", "gap_episodes", "need_and_distress")
    }
    not_judged = session.ask("not_judged", as_of=as_of)
    people = pd.concat(
        [asked["mismatch_cells"][["site", "nurse"]], not_judged[["site", "nurse"]]]
    ).drop_duplicates()
    with st.container(horizontal=True, vertical_alignment="center"):
        site = _one(words.say("control.any_site"), "site", people["site"])
        nurse = _one(words.say("control.any_nurse"), "nurse", people["nurse"])
    left = {name: _left(rows, site, nurse) for name, rows in asked.items()}
    told = mismatch_cells.told(left["mismatch_cells"])
    return Shown(
        as_of,
        told,
        mismatch_cells.matrix(told, session.minimum_cell),
        left["gap_trend"],
        left["gap_episodes"],
        left["need_and_distress"],
        _left(not_judged, site, nurse),
        {words.say("control.site"): site or "", words.say("control.nurse"): nurse or ""},
    )


def answer_to(session: Session, shown: Shown) -> str:
    return mismatch_cells.answer_sentences(shown.cells, session.words)


def cards(session: Session, shown: Shown) -> None:
    """Open gaps, whom they concern, how long they last, and what is not known."""
    words = session.words
    gaps = mismatch_cells.open_now(shown.trend)
    judged = sum(one.judged for one in gaps)
    missing = len(shown.not_judged)
    numbers(
        [
            Number(
                f":red[▼] {words.say('mismatch.card.open')}",
                words.number(sum(one.open_gaps for one in gaps)),
                words.count("mismatch.card.open_of", judged),
                explained=words.say("mismatch.card.open_help"),
            ),
            _patients_card(session, shown),
            _half_card(session, shown),
            Number(
                f":gray[–] {words.say('mismatch.card.not_judged')}",
                words.share(missing / (missing + judged)) if missing + judged else "–",
                words.count("mismatch.card.not_judged_of", missing + judged),
                explained=words.say("mismatch.card.not_judged_help"),
            ),
        ],
        columns=4,
    )


def matrix(session: Session, shown: Shown) -> None:
    """The type by source picture; a click, or the three lists below it, choose whom to list."""
    words = session.words
    _seed_cell(shown)
    support_type = str(st.session_state["gap_type"])
    source = _source_of(str(st.session_state["gap_source"]))
    with st.container(border=True):
        chart_frame(
            session,
            "mismatch_matrix",
            matrix_chart.mismatch_matrix(
                shown.cells, (support_type, source), words, session.palette, narrow=session.narrow
            ),
            mismatch_cells.matrix_rows(shown.cells, words),
            title=words.say("mismatch.matrix.title"),
            reading=mismatch_cells.matrix_in_words(shown.cells, words),
            source=words.say("mismatch.matrix.source"),
            origin=stamp(session, shown.as_of, shown.filters),
            how_to_read=words.say("mismatch.matrix.how"),
            on_select=_take_click,
        )
        _patients(session, shown)


def trend(session: Session, shown: Shown) -> None:
    """Open gaps over the last twelve months."""
    words = session.words
    told = trend_analysis.trends(shown.trend, shown.as_of)
    if not any(one.known for one in told):
        section(words.say("mismatch.trend.title"))
        nothing_here(words.say("mismatch.trend.none"), words.say("mismatch.trend.none_next"))
        return
    chart_frame(
        session,
        "gap_trend",
        trend_chart.gap_trend(told, words, session.palette, narrow=session.narrow),
        trend_analysis.trend_rows(told, words),
        title=words.say("mismatch.trend.title"),
        reading=trend_analysis.trend_in_words(told, words),
        source=words.say("mismatch.trend.source"),
        origin=stamp(session, shown.as_of, shown.filters),
        how_to_read=words.say("mismatch.trend.how"),
    )


def how_long(session: Session, shown: Shown) -> None:
    """Time until a need is found met, by type, site or program."""
    words = session.words
    if shown.episodes.empty:
        section(words.say("mismatch.time.title"))
        nothing_here(words.say("mismatch.time.none_yet"), words.say("mismatch.time.none_next"))
        return
    grouping = cast(
        Grouping,
        one_of(
            words.say("mismatch.control.grouping"),
            "time_by",
            GROUPINGS,
            "type",
            lambda name: words.say(f"mismatch.group_by.{name}"),
        ),
    )
    told = time_to_match.curves(shown.episodes, grouping)
    chart_frame(
        session,
        "time_to_match",
        time_chart.time_to_match(told, grouping, words, session.palette, narrow=session.narrow),
        time_to_match.time_rows(told, grouping, words),
        title=words.say("mismatch.time.title"),
        reading=time_to_match.time_in_words(told, grouping, words),
        source=words.say("mismatch.time.source"),
        origin=stamp(session, shown.as_of, shown.filters),
        how_to_read=" ".join(
            [
                words.say("mismatch.time.how"),
                *([words.say("mismatch.time.program_caution")] if grouping == "program" else []),
            ]
        ),
    )


def four_and_widest(session: Session, shown: Shown) -> None:
    """The four cells against distress, beside the widest gaps."""
    grid = side_by_side()
    with grid.cell():
        _four(session, shown)
    with grid.cell():
        _widest(session, shown)


def not_judged(session: Session, shown: Shown) -> None:
    """Who is in no count above, and what would help."""
    words = session.words
    section(words.say("mismatch.not_judged.title"), words.say("mismatch.not_judged.how"))
    if shown.not_judged.empty:
        st.caption(words.say("mismatch.not_judged.none"))
        return
    small_table(
        mismatch_cells.not_judged_rows(shown.not_judged, words),
        alt=words.say("mismatch.not_judged.title"),
    )


def source_parts(session: Session, shown: Shown) -> list[str]:
    """n, forms, the share that is not judged, and the rule that makes a gap."""
    words = session.words
    in_force = rules.in_force(session)
    return [
        words.count("mismatch.source.patients", shown.told["patient_ref"].nunique()),
        words.count("mismatch.source.not_judged", len(shown.not_judged)),
        words.say(
            "mismatch.source.rule",
            gap=words.number(in_force.under.gap),
            version=in_force.version,
        ),
    ]


def _one(label: str, key: str, values: pd.Series) -> str | None:
    """A filter, where there is anything to choose from."""
    options = sorted({str(value) for value in values.dropna() if value != ""})
    return one_or_any(label, key, options, str) if len(options) > 1 else None


def _left(rows: pd.DataFrame, site: str | None, nurse: str | None) -> pd.DataFrame:
    if site is not None:
        rows = rows[rows["site"] == site]
    if nurse is not None:
        rows = rows[rows["nurse"] == nurse]
    return rows


def _patients_card(session: Session, shown: Shown) -> Number:
    words = session.words
    whole = shown.told[
        (shown.told["source"] == mismatch_cells.WHOLE) & (shown.told["state"] != "not_judged")
    ]
    judged = whole["patient_ref"].nunique()
    short = whole.loc[whole["state"] == "under", "patient_ref"].nunique()
    note = None
    if judged:
        low, high = need_and_distress.wilson(short, judged)
        note = words.say(
            "mismatch.card.share",
            share=words.share(short / judged),
            low=words.share(low),
            high=words.share(high),
        )
    return Number(
        words.say("mismatch.card.patients"),
        words.say("mismatch.card.of", number=words.number(short), everyone=words.number(judged)),
        note,
        explained=words.say("mismatch.card.patients_help"),
    )


def _half_card(session: Session, shown: Shown) -> Number:
    words = session.words
    label = words.say("mismatch.card.half")
    explained = words.say("mismatch.card.half_help")
    if shown.episodes.empty:
        return Number(label, "–", explained=explained)
    every = time_to_match.curve("", shown.episodes)
    return Number(
        label,
        "–" if every.median is None else words.count("days", round(every.median)),
        words.say(
            "mismatch.card.half_of",
            met=words.number(every.met),
            openings=words.number(every.openings),
        ),
        explained=explained,
    )


def _seed_cell(shown: Shown) -> None:
    """Begin with the widest gap, unless the address or the reader named a cell."""
    first = mismatch_cells.widest(shown.cells, most=1)
    if first and "gap_type" not in st.session_state and "gap_type" not in st.query_params:
        st.session_state["gap_type"] = first[0].support_type
        st.session_state["gap_source"] = first[0].source
    if st.session_state.get("gap_type") not in TYPES:
        asked = st.query_params.get("gap_type")
        st.session_state["gap_type"] = asked if asked in TYPES else TYPES[0]
    if st.session_state.get("gap_source") not in (_WHOLE, *COLUMNS[1:]):
        asked = st.query_params.get("gap_source")
        st.session_state["gap_source"] = asked if asked in COLUMNS[1:] else _WHOLE


def _source_of(option: str) -> str:
    return mismatch_cells.WHOLE if option == _WHOLE else option


def _take_click() -> None:
    """The piece of a bar that was clicked becomes the choice of the lists below."""
    points = st.session_state["mismatch_matrix_figure"]["selection"]["points"]
    if points:
        support_type, source, state = points[0]["customdata"]
        st.session_state["gap_type"] = support_type
        st.session_state["gap_source"] = source or _WHOLE
        st.session_state["gap_state"] = state


def _patients(session: Session, shown: Shown) -> None:
    """Whom one piece of one bar stands for."""
    words = session.words
    with st.container(horizontal=True, vertical_alignment="bottom"):
        support_type = one_from_list(
            words.say("control.type"),
            "gap_type",
            TYPES,
            lambda name: words.say(f"type.{name}"),
            width=180,
        )
        source = _source_of(
            one_from_list(
                words.say("mismatch.control.source"),
                "gap_source",
                (_WHOLE, *COLUMNS[1:]),
                lambda name: mismatch_cells.source_in_words(_source_of(name), words),
                width=180,
            )
        )
        state = one_from_list(
            words.say("mismatch.control.state"),
            "gap_state",
            STATES,
            lambda name: f"{matrix_chart.GLYPHS[name]} {words.say(f'mismatch.state.{name}')}",
            width=220,
        )
        st.space("stretch")
        behind = mismatch_cells.patients_behind(
            shown.told, shown.episodes, support_type, source, state
        )
        _export_patients(session, shown, behind)
    cell = next(
        one for one in shown.cells if (one.support_type, one.source) == (support_type, source)
    )
    if cell.hidden:
        nothing_here(
            words.say("mismatch.few", n=words.number(session.minimum_cell)),
            words.say("mismatch.few_next"),
        )
        return
    st.markdown(
        words.count(
            "mismatch.behind",
            len(behind),
            pair=as_text(mismatch_cells.pair_in_words(cell, words)),
            state=words.say(f"mismatch.state.{state}"),
            asked=words.number(cell.n),
        )
    )
    if not behind.empty:
        behind = behind.reset_index(drop=True)
        _patient_table(session, behind)
        _what_can_help(session, shown, behind, source)


def _patient_table(session: Session, behind: pd.DataFrame) -> None:
    words = session.words
    if ref := st.session_state.pop("mismatch_open_next", None):
        open_patient(ref)
    st.dataframe(
        _in_words(session, behind).assign(open=words.say("column.open")),
        key=f"behind_{hash(tuple(behind['patient_ref']))}",
        hide_index=True,
        height=38 + 35 * min(len(behind), _ROWS_IN_SIGHT),
        alt=words.say("mismatch.behind_alt"),
        column_config={
            "patient": words.say("column.patient"),
            "site": words.say("control.site"),
            "nurse": words.say("control.nurse"),
            "wanted": words.say("column.wanted"),
            "received": words.say("column.received"),
            "form_on": words.say("mismatch.column.form_on"),
            "since": st.column_config.TextColumn(
                words.say("mismatch.column.since"), help=words.say("mismatch.column.since_help")
            ),
            "open": st.column_config.ButtonColumn(
                words.say("column.open"),
                type="tertiary",
                key="mismatch_open",
                on_click=_open_clicked,
                args=(tuple(behind["patient_ref"]),),
            ),
        },
    )


def _what_can_help(session: Session, shown: Shown, behind: pd.DataFrame, source: str) -> None:
    """What the directory has for those of these patients whose gap of this type stands open."""
    support_type = str(behind["support_type"].iloc[0])
    followed = acts.follow(session, shown.as_of)
    open_gaps = followed[
        (followed["kind"] == "under")
        & (followed["support_type"] == support_type)
        & ~followed["hidden"]
    ]
    listed = behind[behind["patient_ref"].isin(open_gaps["patient_ref"])]
    if listed.empty:
        st.caption(session.words.say("mismatch.no_open_gap"))
        return
    for_these_gaps(
        session,
        session.ask("resources_for_gaps", as_of=shown.as_of),
        dict(zip(listed["patient_ref"], _named(session, listed), strict=True)),
        support_type,
        source,
    )


def _open_clicked(refs: tuple[str, ...]) -> None:
    st.session_state["mismatch_open_next"] = refs[st.session_state["mismatch_open"]["row"]]


def _in_words(session: Session, behind: pd.DataFrame) -> pd.DataFrame:
    words = session.words
    return pd.DataFrame(
        {
            "patient": _named(session, behind),
            "site": behind["site"].fillna(""),
            "nurse": behind["nurse"].fillna(""),
            "wanted": [_answer(session, value) for value in behind["wanted"]],
            "received": [_answer(session, value) for value in behind["received"]],
            "form_on": [words.date(day) for day in behind["completed_on"]],
            "since": ["" if pd.isna(day) else words.date(day) for day in behind["since"]],
        }
    )


def _named(session: Session, rows: pd.DataFrame) -> list[str]:
    """Id and initials of the patients of these rows."""
    listed = session.ask("patients_in_scope").set_index("patient_ref")
    initials = rows["patient_ref"].map(listed["initials"]).fillna("")
    return [
        f"{patient_id} · {short}" if short else patient_id
        for patient_id, short in zip(rows["patient_id"], initials, strict=True)
    ]


def _answer(session: Session, value: float) -> str:
    words = session.words
    return words.say("answer_state.missing") if pd.isna(value) else words.number(value)


def _export_patients(session: Session, shown: Shown, behind: pd.DataFrame) -> None:
    words = session.words
    origin = stamp(
        session,
        shown.as_of,
        {
            **shown.filters,
            words.say("control.type"): words.say(f"type.{st.session_state['gap_type']}"),
            words.say("mismatch.control.source"): mismatch_cells.source_in_words(
                _source_of(st.session_state["gap_source"]), words
            ),
            words.say("mismatch.control.state"): words.say(
                f"mismatch.state.{st.session_state['gap_state']}"
            ),
        },
    )
    exported = behind[
        ["patient_id", "site", "nurse", "support_type", "source", "state", "wanted", "received"]
    ].assign(completed_on=_iso(behind["completed_on"]), open_since=_iso(behind["since"]))
    st.download_button(
        words.say("export.csv"),
        data=lambda: recorded(session, "mismatch.csv", origin, csv_of(exported, origin)),
        file_name="mismatch.csv",
        mime="text/csv",
        key="mismatch_csv",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
        disabled=behind.empty,
    )


def _iso(days: pd.Series) -> pd.Series:
    return pd.to_datetime(days).dt.strftime("%Y-%m-%d").fillna("")


def _four(session: Session, shown: Shown) -> None:
    words = session.words
    if shown.distress.empty:
        section(words.say("mismatch.four.title"))
        nothing_here(words.say("mismatch.four.none"), words.say("mismatch.four.none_next"))
        return
    of = one_from_list(
        words.say("control.type"),
        "four_of",
        (_ALL_TYPES, *TYPES),
        lambda name: words.say("mismatch.four.widest" if name == _ALL_TYPES else f"type.{name}"),
        width=340,
    )
    rows = (
        need_and_distress.widest_gaps(shown.distress)
        if of == _ALL_TYPES
        else shown.distress[shown.distress["support_type"] == of]
    )
    cells = need_and_distress.four_cells(rows)
    measure = session.catalogue[shown.distress["measure_key"].iloc[0]]
    scale, cut_off = _screen(measure.scales)
    chart_frame(
        session,
        "four_cells",
        four_chart.four_cells(
            cells,
            measure.title,
            (scale.minimum, scale.maximum),
            cut_off.at_least,
            words,
            session.palette,
            narrow=session.narrow,
        ),
        need_and_distress.four_rows(cells, words),
        title=words.say("mismatch.four.title"),
        reading=need_and_distress.four_in_words(cells, measure.title, words),
        source=words.say(
            "mismatch.four.source",
            n=words.number(len(rows)),
            measure=measure.title,
            cut_off=words.number(cut_off.at_least),
            cited=citation(cut_off.source),
        ),
        origin=stamp(session, shown.as_of, shown.filters),
        how_to_read=words.say(
            "mismatch.four.how_widest" if of == _ALL_TYPES else "mismatch.four.how"
        ),
    )


def _screen(scales: tuple[Scale, ...]) -> tuple[Scale, CutOff]:
    """The scale that screens, and its cut-off."""
    return next(
        (scale, cut_off) for scale in scales for cut_off in scale.cut_offs if cut_off.screen
    )


def _widest(session: Session, shown: Shown) -> None:
    words = session.words
    section(
        words.say("mismatch.widest.title"),
        words.say("mismatch.widest.how", n=words.number(mismatch_cells.FEWEST)),
    )
    rows = mismatch_cells.widest_rows(shown.cells, words)
    if rows.empty:
        st.caption(words.say("mismatch.matrix.reading_none", n=words.number(mismatch_cells.FEWEST)))
        return
    small_table(rows, alt=words.say("mismatch.widest.title"))
