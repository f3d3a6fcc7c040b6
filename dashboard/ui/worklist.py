"""The worklist of the Panel page: the table, the patient picked in it, and its export."""

from datetime import date

import pandas as pd
import streamlit as st

from dashboard.analysis import readings
from dashboard.analysis.trajectory import Story, stories
from dashboard.analysis.worklist import coming_up, counts_of_reasons, not_judged
from dashboard.charts.canvas import citation
from dashboard.charts.sparkline import sparkline
from dashboard.charts.trajectories import trajectories
from dashboard.language import Words
from dashboard.ui.access import file_of
from dashboard.ui.export import Stamp, csv_of
from dashboard.ui.page import Number, emphasis, notice, numbers, section, small_table
from dashboard.ui.plain import as_text
from dashboard.ui.session import Session

GLYPHS = {
    "safety": "▲",
    "above_and_worse": "◆",
    "above": "■",
    "worse": "◇",
    "overdue": "●",
    "nothing_due": "–",
    "no_score": "○",
}
# Badge colours are those of `.streamlit/config.toml`: red for what cannot wait, orange for
# distress, gray for the rest.
_BADGES = {"safety": "red", "above_and_worse": "orange", "above": "orange", "worse": "orange"}

_ROW_HEIGHT = 68
_MOST_ROWS_IN_SIGHT = 12
# Columns that stay beside the picked patient's own card.
_BESIDE_A_PATIENT = ("reason", "patient", "why", "due")


def reason_cards(session: Session, listed: pd.DataFrame) -> None:
    """How many patients stand on the list for each reason."""
    words = session.words
    counted = counts_of_reasons(listed)
    numbers(
        [
            Number(
                f"{_coloured_glyph(reason)} **{words.say(f'reason.{reason}')}**",
                words.number(counted[reason]),
                explained=words.say(f"reason_help.{reason}"),
            )
            for reason in ("safety", "above_and_worse", "above", "overdue", "no_score")
        ],
        columns=5,
    )


def worklist(session: Session, rows: pd.DataFrame, listed: pd.DataFrame, as_of: date) -> None:
    """The table; with a row picked, the patient beside it. One click on Open leaves for theirs."""
    shown = rows.reset_index(drop=True)
    # Another choice of rows is another table, so that a picked row never becomes another
    # patient when a filter changes.
    key = f"worklist_{hash(tuple(shown['patient_ref']))}"
    picked = _picked(key, shown)
    if picked is None:
        _table(session, shown, as_of, key, beside=False)
        st.caption(session.words.say("panel.select_a_row"))
        _below(session, listed, as_of)
        return
    left, right = st.columns([57, 43], gap="small")
    with left:
        _table(session, shown, as_of, key, beside=True)
        _below(session, listed, as_of)
    with right, st.container(border=True):
        _picked_patient(session, picked, as_of)


def worklist_csv(session: Session, rows: pd.DataFrame, as_of: date, origin: Stamp) -> bytes:
    """The rows as they stand on the page, in words and in numbers."""
    words = session.words
    exported = pd.DataFrame(
        {
            "reason": [words.say(f"reason.{reason}") for reason in rows["reason"]],
            "patient_id": rows["patient_id"],
            "initials": rows["initials"],
            "age": rows["age"],
            "site": rows["site"],
            "nurse": rows["nurse"],
            "why": [readings.why_on_the_list(row, words) for _, row in rows.iterrows()],
            "measure": rows["measure_title"],
            "score": rows["score"],
            "band": rows["band"],
            "cut_off": rows["cut_off"],
            "completed_on": _iso(rows["completed_on"]),
            "change": rows["change"],
            "reliable_change": rows["reliable_change"],
            "recent_scores": [readings.recent_scores(row, words) for _, row in rows.iterrows()],
            "last_form_on": _iso(rows["last_form_on"]),
            "days_since": rows["days_since"],
            "next_due_on": _iso(rows["next_due_on"]),
            "days_overdue": rows["days_overdue"],
        }
    )
    return csv_of(exported, origin)


def export_button(session: Session, rows: pd.DataFrame, as_of: date, origin: Stamp) -> None:
    st.download_button(
        session.words.say("export.csv"),
        data=lambda: worklist_csv(session, rows, as_of, origin),
        file_name="panel.csv",
        mime="text/csv",
        key="panel_csv",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
    )


def source_parts(session: Session, listed: pd.DataFrame) -> list[str]:
    """n, how many of them have a score, and each cut-off with where it comes from."""
    words = session.words
    judged = int(listed["score"].notna().sum())
    used = listed.dropna(subset=["cut_off"]).drop_duplicates("measure_key")
    return [
        words.say(
            "source.panel",
            n=words.number(len(listed)),
            judged=words.number(judged),
            unjudged=words.number(len(listed) - judged),
        ),
        *(
            words.say(
                "source.cut_off",
                measure=row["measure_title"],
                cut_off=words.number(row["cut_off"]),
                source=citation(row["cut_off_source"]),
            )
            for _, row in used.sort_values("measure_title").iterrows()
        ),
    ]


def _table(session: Session, shown: pd.DataFrame, as_of: date, key: str, *, beside: bool) -> None:
    words = session.words
    cells = _cells(session, shown, as_of)
    columns = list(_BESIDE_A_PATIENT) if beside else list(cells.columns)
    st.dataframe(
        cells[columns].style.apply(_emphasis, session=session, reasons=shown["reason"], axis=None),
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        hide_index=True,
        row_height=_ROW_HEIGHT,
        height=38 + _ROW_HEIGHT * min(len(shown), _MOST_ROWS_IN_SIGHT),
        alt=words.say("panel.table_alt"),
        column_config={
            "reason": st.column_config.TextColumn(words.say("column.reason"), width=112),
            "patient": st.column_config.TextColumn(words.say("column.patient"), width=80),
            "why": st.column_config.TextColumn(
                words.say("column.why"), width=258 if beside else 246
            ),
            "picture": st.column_config.ImageColumn(
                words.say("column.picture"), width=136, help=words.say("column.picture_help")
            ),
            "earlier": st.column_config.TextColumn(
                words.say("column.earlier"), width=78, help=words.say("column.earlier_help")
            ),
            "last": st.column_config.TextColumn(words.say("column.last"), width=158),
            "since": st.column_config.TextColumn(words.say("column.since"), width=64),
            "due": st.column_config.TextColumn(words.say("column.due"), width=92),
            "open": st.column_config.ButtonColumn(
                words.say("column.open"), type="tertiary", key="open_patient", width=62
            ),
        },
    )
    clicked = st.session_state.get("open_patient")
    if clicked is not None:
        open_patient(str(shown["patient_ref"].iloc[clicked["row"]]))


def open_patient(patient_ref: str) -> None:
    st.switch_page(file_of("patient"), query_params={"patient": patient_ref})


def _cells(session: Session, shown: pd.DataFrame, as_of: date) -> pd.DataFrame:
    words = session.words
    rows = [row for _, row in shown.iterrows()]
    return pd.DataFrame(
        {
            "reason": [_marked(row["reason"], words) for row in rows],
            "patient": [_who(row, words.say("column.no_initials")) for row in rows],
            "why": [readings.why_on_the_list(row, words) for row in rows],
            "picture": [_picture(session, row, as_of) for row in rows],
            "earlier": [readings.earlier_scores(row, words) for row in rows],
            "last": [readings.last_score(row, words) for row in rows],
            "since": [readings.since(row["days_since"], words) for row in rows],
            "due": [readings.due(row, as_of, words) for row in rows],
            "open": [words.say("column.open")] * len(rows),
        }
    )


def _marked(reason: str, words: Words) -> str:
    """A reason with its shape, so that neither colour nor word stands alone."""
    return f"{GLYPHS[reason]} {words.say(f'reason.{reason}')}"


def _who(row: pd.Series, unknown: str) -> str:
    initials = row["initials"] if pd.notna(row["initials"]) else unknown
    age = "" if pd.isna(row["age"]) else f", {int(row['age'])}"
    return f"{row['patient_id']} {initials}{age}"


def _picture(session: Session, row: pd.Series, as_of: date) -> str | None:
    days = readings.listed(row["recent_on"])
    if not days:
        return None
    return sparkline(
        [pd.Timestamp(day).date() for day in days],
        readings.listed(row["recent_score"]),
        as_of,
        float(row["scale_minimum"]),
        float(row["scale_maximum"]),
        None if pd.isna(row["cut_off"]) else float(row["cut_off"]),
        session.words,
        session.palette,
    )


def _emphasis(cells: pd.DataFrame, session: Session, reasons: pd.Series) -> pd.DataFrame:
    """Text colours of the table: the reason in its meaning's ink, late forms in the strongest."""
    palette = session.palette
    inks = {
        "safety": palette.under_ink,
        "above_and_worse": palette.distress_ink,
        "above": palette.distress_ink,
        "worse": palette.distress_ink,
        "overdue": palette.ink,
    }
    styles = pd.DataFrame("", index=cells.index, columns=cells.columns)
    styles["reason"] = [
        f"color:{inks.get(reason, palette.soft_ink)};font-weight:600" for reason in reasons
    ]
    for column in ("since", "earlier"):
        if column in styles:
            styles[column] = f"color:{palette.soft_ink}"
    late = session.words.say("due.late_mark")
    styles["due"] = [
        f"color:{palette.under_ink};font-weight:600" if late in text else ""
        for text in cells["due"]
    ]
    return styles


def _picked(key: str, shown: pd.DataFrame) -> pd.Series | None:
    held = st.session_state.get(key)
    rows = held["selection"]["rows"] if held else []
    return shown.iloc[rows[0]] if rows and rows[0] < len(shown) else None


def _picked_patient(session: Session, row: pd.Series, as_of: date) -> None:
    """Everything that put one patient where they stand, and the way to their page."""
    words = session.words
    st.subheader(as_text(_who(row, words.say("column.no_initials"))), anchor=False)
    with st.container(horizontal=True, gap="xsmall"):
        reason = row["reason"]
        st.badge(
            _marked(reason, words),
            color=_BADGES.get(reason, "gray"),  # type: ignore[arg-type]
        )
        if row["days_overdue"] > 0:
            st.badge(as_text(readings.due(row, as_of, words)), color="red")
    st.text(
        " · ".join(
            str(part)
            for part in (row["diagnosis"], _phase(row, words), row["site"], row["nurse"])
            if pd.notna(part) and part
        )
    )
    if st.button(
        words.say("panel.open"), type=emphasis(session), icon=":material/person:", width="stretch"
    ):
        open_patient(str(row["patient_ref"]))
    st.markdown(f"**{words.say('panel.why')}**")
    for sentence in readings.reasons_on_the_list(row, words):
        st.markdown(f"- {as_text(sentence)}")
    if pd.notna(row["safety_message"]):
        notice(f"▲ {words.say('reason.safety')}", row["safety_message"], colour="red")
    st.markdown(f"**{words.say('panel.what_went_in')}**")
    _inputs(session, row, as_of)


def _phase(row: pd.Series, words: Words) -> str:
    return "" if pd.isna(row["phase"]) else words.say(f"phase.{row['phase']}")


def _inputs(session: Session, row: pd.Series, as_of: date) -> None:
    words = session.words
    story = _leading_story(session, row, as_of)
    if story is not None:
        first = min(pd.to_datetime(story.points["completed_on"])).date()
        st.plotly_chart(
            trajectories(
                [story], pd.DataFrame(), first, as_of, words, session.palette, narrow=True
            ),
            theme=None,
            key="picked_figure",
            config={"displayModeBar": False},
            alt=f"{story.title}. {readings.answer_on_the_patient([story], words)}",
        )
    small_table(
        pd.DataFrame(
            readings.inputs_on_the_list(row, as_of, words),
            columns=[words.say("column.input"), words.say("column.value")],
        ),
        alt=words.say("panel.what_went_in"),
    )


def _leading_story(session: Session, row: pd.Series, as_of: date) -> Story | None:
    if pd.isna(row["score"]):
        return None
    scores = session.ask("patient_scores", patient_ref=row["patient_ref"], as_of=as_of)
    scores = scores[
        (scores["measure_key"] == row["measure_key"]) & (scores["scale_key"] == row["scale_key"])
    ]
    return stories(scores, session.catalogue, "previous", as_of)[0]


def _below(session: Session, listed: pd.DataFrame, as_of: date) -> None:
    """What falls due this week, and who cannot be judged: two short tables."""
    words = session.words
    grid = st.grid(2, gap="medium", min_column_width=280)
    with grid.cell():
        section(words.say("panel.coming_up"))
        soon = coming_up(listed, as_of)
        if soon.empty:
            st.caption(words.say("panel.coming_up_none"))
        else:
            small_table(
                pd.DataFrame(
                    {
                        words.say("column.when"): [words.weekday(day) for day in soon["due_on"]],
                        words.say("column.forms_due"): soon["patients"],
                    }
                ),
                alt=words.say("panel.coming_up"),
            )
    with grid.cell():
        section(words.say("panel.not_judged"))
        unjudged = not_judged(listed)
        if unjudged.empty:
            st.caption(words.say("panel.not_judged_none"))
        else:
            small_table(
                pd.DataFrame(
                    {
                        words.say("column.reason"): [
                            words.say(f"unjudged.{reason}") for reason in unjudged["reason"]
                        ],
                        words.say("column.patients"): unjudged["patients"],
                        words.say("column.would_help"): [
                            words.say(f"unjudged_help.{reason}") for reason in unjudged["reason"]
                        ],
                    }
                ),
                alt=words.say("panel.not_judged"),
            )


def _coloured_glyph(reason: str) -> str:
    return f":{_BADGES.get(reason, 'gray')}[{GLYPHS[reason]}]"


def _iso(column: pd.Series) -> pd.Series:
    written: pd.Series = pd.to_datetime(column).dt.strftime("%Y-%m-%d")
    return written
