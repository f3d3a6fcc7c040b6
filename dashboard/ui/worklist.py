"""The worklist of the Panel page: the table, the patient picked in it, and its export."""

from collections import defaultdict
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.analysis import readings
from dashboard.analysis.alert_reasons import TIERS, with_sentences
from dashboard.analysis.support import judged_types, newest_form
from dashboard.analysis.trajectory import Story, stories
from dashboard.analysis.what_was_done import GLYPHS
from dashboard.analysis.worklist import (
    coming_up,
    counts_of_tiers,
    not_judged,
    reasons_of,
)
from dashboard.charts.canvas import citation
from dashboard.charts.sparkline import sparkline
from dashboard.charts.trajectories import trajectories
from dashboard.mismatch.follow_up import Act
from dashboard.ui import acts, worklist_order
from dashboard.ui.access import file_of
from dashboard.ui.export import Stamp, csv_of, recorded
from dashboard.ui.page import (
    Number,
    nothing_here,
    notice,
    numbers,
    section,
    side_by_side,
    small_table,
)
from dashboard.ui.patient_tables import types_in_words
from dashboard.ui.plain import as_text
from dashboard.ui.resources import what_can_help
from dashboard.ui.safety_text import safety_text
from dashboard.ui.session import Session

# Room for the sentences of each language at the widths below.
_ROW_HEIGHT = {"en": 112, "el": 132}
# Of the table's text, in pixels; lines break at words, so a letter is counted generously.
_LETTER_WIDTH = 8
_LINE_HEIGHT = 18
_MOST_ROWS_IN_SIGHT = 8
# Columns that stay beside the picked patient's own card.
_BESIDE_A_PATIENT = ("tier", "patient", "why", "state")


def tier_cards(session: Session, listed: pd.DataFrame) -> None:
    """How many patients stand in each tier, and what each promises."""
    words = session.words
    counted = counts_of_tiers(listed)
    numbers(
        [
            Number(
                f":{acts.BADGES.get(tier, 'gray')}[{GLYPHS[tier]}] "
                f"**{words.say(f'tier.{tier}')}** · {words.say(f'tier_promise.{tier}')}",
                words.number(counted[tier]),
            )
            for tier in TIERS
        ],
        columns=5,
    )


def worklist(
    session: Session,
    rows: pd.DataFrame,
    listed: pd.DataFrame,
    followed: pd.DataFrame,
    as_of: date,
) -> None:
    """The table; with a row picked, the patient beside it, who stays there when an act takes
    the row off the list."""
    shown = rows.reset_index(drop=True)
    worklist_order.remember(session, as_of, list(shown["patient_ref"]))
    # Another choice of rows is another table, so that a picked row never becomes another
    # patient when a filter changes.
    key = f"worklist_{hash(tuple(shown['patient_ref']))}_{st.session_state.get('table_turn', 0)}"
    if ref := st.session_state.pop("open_next", None):
        open_patient(ref)
    picked = listed[listed["patient_ref"] == st.session_state.get("picked_patient")]
    if picked.empty:
        _table(session, shown, followed, as_of, key, beside=False)
        if not shown.empty:
            st.caption(session.words.say("panel.select_a_row"))
        _below(session, listed, followed, as_of)
        return
    grid = side_by_side()
    with grid.cell():
        _table(session, shown, followed, as_of, key, beside=True)
    with grid.cell(), st.container(border=True):
        _picked_patient(session, picked.iloc[0], followed, as_of)
    _below(session, listed, followed, as_of)


def worklist_csv(
    session: Session, rows: pd.DataFrame, followed: pd.DataFrame, origin: Stamp
) -> bytes:
    """The rows as they stand on the page, in words and in numbers."""
    words = session.words
    alerts = _alerts_by_patient(followed)
    exported = pd.DataFrame(
        {
            "tier": [words.say(f"tier.{tier}") for tier in rows["tier"]],
            "patient_id": rows["patient_id"],
            "initials": rows["initials"],
            "age": rows["age"],
            "site": rows["site"],
            "nurse": rows["nurse"],
            "why": [
                " ".join(reasons_of(row, alerts[row["patient_ref"]], words))
                for _, row in rows.iterrows()
            ],
            "state": [_state(session, row) for _, row in rows.iterrows()],
            "assigned_to": [
                acts.name_of(session, person) if person else "" for person in rows["assigned_to"]
            ],
            "visits_running": rows["running"],
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


def export_button(
    session: Session, rows: pd.DataFrame, followed: pd.DataFrame, origin: Stamp
) -> None:
    st.download_button(
        session.words.say("export.csv"),
        data=lambda: recorded(
            session, "panel.csv", origin, worklist_csv(session, rows, followed, origin)
        ),
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


def _table(
    session: Session,
    shown: pd.DataFrame,
    followed: pd.DataFrame,
    as_of: date,
    key: str,
    *,
    beside: bool,
) -> None:
    words = session.words
    if shown.empty:
        nothing_here(words.say("panel.no_match"), words.say("panel.no_match_next"))
        return
    row_height = _ROW_HEIGHT[words.code]
    width = 204 if beside else 258
    cells = _cells(session, shown, followed, as_of, _room(width, row_height))
    columns = list(_BESIDE_A_PATIENT) if beside else list(cells.columns)
    place = shown.index[shown["patient_ref"] == st.session_state.get("picked_patient")]
    st.dataframe(
        cells[columns].style.apply(_emphasis, session=session, shown=shown, axis=None),
        key=key,
        on_select=partial(_take_selection, key, shown),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [int(row) for row in place]}},
        hide_index=True,
        row_height=row_height,
        height=38 + row_height * min(len(shown), _MOST_ROWS_IN_SIGHT),
        alt=words.say("panel.table_alt"),
        column_config={
            "tier": st.column_config.TextColumn(words.say("column.tier"), width=98),
            "patient": st.column_config.TextColumn(words.say("column.patient"), width=74),
            "why": st.column_config.TextColumn(words.say("column.why"), width=width),
            "picture": st.column_config.ImageColumn(
                words.say("column.picture"), width=146, help=words.say("column.picture_help")
            ),
            "last": st.column_config.TextColumn(
                words.say("column.last"), width=88, help=words.say("column.last_help")
            ),
            "due": st.column_config.TextColumn(words.say("column.due"), width=84),
            "state": st.column_config.TextColumn(words.say("column.state"), width=96),
            "step": st.column_config.ButtonColumn(
                words.say("column.step"),
                type="tertiary",
                key="next_step",
                width=104,
                on_click=partial(_take_step, session, shown, followed),
            ),
            "open": st.column_config.ButtonColumn(
                words.say("column.open"),
                type="tertiary",
                key="open_patient",
                width=54,
                on_click=partial(_open_clicked, shown),
            ),
        },
    )


def open_patient(patient_ref: str) -> None:
    """Open the patient; the filters of the list go along, so that Next is the next one on it."""
    filters = worklist_order.filters_in_the_address()
    st.switch_page(file_of("patient"), query_params={"patient": patient_ref, **filters})


# Clicks are answered in callbacks, which still hold the rows that the reader saw: by the next
# run a colleague's act may have moved them.


def _take_step(session: Session, shown: pd.DataFrame, followed: pd.DataFrame) -> None:
    """The next step of a row: acknowledge at once, or open the form for the contact."""
    row = shown.iloc[st.session_state["next_step"]["row"]]
    alerts = _alerts_of(row["patient_ref"], followed)
    step = _step_of(row)
    if step == Act.acknowledged:
        acts.acknowledge(session, alerts[~alerts["hidden"]])
    else:
        _pick(str(row["patient_ref"]))
        acts.open_form(str(row["patient_ref"]), step)


def _take_selection(key: str, shown: pd.DataFrame) -> None:
    """The patient of a row that was ticked, or none when the tick was taken away."""
    rows = st.session_state[key]["selection"]["rows"]
    st.session_state["picked_patient"] = str(shown["patient_ref"].iloc[rows[0]]) if rows else None


def _open_clicked(shown: pd.DataFrame) -> None:
    _open_next(str(shown["patient_ref"].iloc[st.session_state["open_patient"]["row"]]))


def _open_next(patient_ref: str) -> None:
    st.session_state["open_next"] = patient_ref


def _pick(patient_ref: str | None) -> None:
    """Show this patient beside the table; a fresh table takes its tick from there."""
    st.session_state["picked_patient"] = patient_ref
    st.session_state["table_turn"] = st.session_state.get("table_turn", 0) + 1


def _room(width: int, height: int) -> int:
    """About how many characters of text a cell shows before it cuts them off."""
    return (width // _LETTER_WIDTH) * (height // _LINE_HEIGHT)


def _cells(
    session: Session, shown: pd.DataFrame, followed: pd.DataFrame, as_of: date, room: int
) -> pd.DataFrame:
    """room: characters that the reasons may take."""
    words = session.words
    rows = [row for _, row in shown.iterrows()]
    alerts = _alerts_by_patient(followed)
    return pd.DataFrame(
        {
            "tier": [acts.tier_in_words(session, row["tier"]) for row in rows],
            "patient": [_who(row, words.say("column.no_initials")) for row in rows],
            "why": [
                " ".join(reasons_of(row, alerts[row["patient_ref"]], words, room)) for row in rows
            ],
            "picture": [_picture(session, row, as_of) for row in rows],
            "last": [_scores(session, row) for row in rows],
            "due": [readings.due(row, as_of, words) for row in rows],
            "state": [_state_and_whom(session, row) for row in rows],
            "step": [_next_step(session, row) for row in rows],
            "open": [words.say("column.open")] * len(rows),
        }
    )


def _scores(session: Session, row: pd.Series) -> str:
    """Latest score and band, and the ones before: the picture beside it in figures."""
    words = session.words
    if pd.isna(row["score"]):
        return words.say("score.none")
    return words.say(
        "score.and_before",
        measure=row["measure_title"],
        score=readings.with_band(row["score"], row["band"], words),
        earlier=readings.earlier_scores(row, words),
    )


def _state(session: Session, row: pd.Series) -> str:
    return acts.state_in_words(session, row["status"], row["assigned_to"], row["back_on"])


def _state_and_whom(session: Session, row: pd.Series) -> str:
    """How far the team is, and who sees to it where the state does not say so itself."""
    words = session.words
    state = _state(session, row)
    if row["status"] == "none" or row["put_away"]:
        return state
    if not row["assigned_to"]:
        return words.say("panel.state_and_whom", state=state, name=words.say("panel.nobody"))
    if row["assigned_to"] == session.scope.person_id:
        state = words.say(f"status_of.{row['status']}")
        return words.say("panel.state_and_whom", state=state, name=words.say("panel.you"))
    if row["status"] == "assigned":
        return state
    name = acts.name_of(session, row["assigned_to"])
    return words.say("panel.state_and_whom", state=state, name=name)


def _next_step(session: Session, row: pd.Series) -> str | None:
    if row["status"] == "none":
        return None
    return session.words.say(f"act.{_step_of(row)}")


def _step_of(row: pd.Series) -> Act:
    return Act.acknowledged if row["status"] == "new" else Act.contacted


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
        height=_ROW_HEIGHT[session.words.code] - 8,
    )


def _emphasis(cells: pd.DataFrame, session: Session, shown: pd.DataFrame) -> pd.DataFrame:
    """Text colours of the table: the tier in its meaning's ink; what is new, late or with
    nobody in bold."""
    palette = session.palette
    inks = {
        "immediate": palette.under_ink,
        "high": palette.distress_ink,
        "medium": palette.need_ink,
        "low": palette.ink,
    }
    styles = pd.DataFrame("", index=cells.index, columns=cells.columns)
    styles["tier"] = [
        f"color:{inks.get(tier, palette.soft_ink)};font-weight:600" for tier in shown["tier"]
    ]
    new = shown["status"] == "new"
    soft, strong = f"color:{palette.soft_ink}", "font-weight:600"
    styles["state"] = [strong if each else soft for each in new]
    if "due" in styles:
        late = session.words.say("due.late_mark")
        styles["due"] = [
            f"color:{palette.under_ink};font-weight:600" if late in text else ""
            for text in cells["due"]
        ]
    return styles


def _alerts_of(patient_ref: str, followed: pd.DataFrame) -> pd.DataFrame:
    return followed[followed["patient_ref"] == patient_ref]


def _alerts_by_patient(followed: pd.DataFrame) -> dict[str, list[dict[Any, Any]]]:
    """The alerts of everyone at once: taken out patient by patient, they took half of the page."""
    found: dict[str, list[dict[Any, Any]]] = defaultdict(list)
    for alert in followed.to_dict("records"):
        found[alert["patient_ref"]].append(alert)
    return found


def _picked_patient(session: Session, row: pd.Series, followed: pd.DataFrame, as_of: date) -> None:
    """Everything that put one patient where they stand, what to do, and what was done."""
    words = session.words
    alerts = with_sentences(_alerts_of(row["patient_ref"], followed), words)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(as_text(_who(row, words.say("column.no_initials"))), anchor=False)
        st.space("stretch")
        st.button(
            words.say("panel.open"),
            key="open_picked",
            type="tertiary",
            icon=":material/person:",
            on_click=_open_next,
            args=(str(row["patient_ref"]),),
        )
        st.button(
            words.say("panel.close_card"),
            key="close_card",
            type="tertiary",
            icon=":material/close:",
            on_click=_pick,
            args=(None,),
        )
    _badges(session, row, alerts, as_of)
    st.text(
        " · ".join(
            str(part)
            for part in (row["diagnosis"], _phase(row, session), row["site"], row["nurse"])
            if pd.notna(part) and part
        )
    )
    if row["put_away"]:
        st.caption(words.say("panel.put_away", state=_state(session, row)))
    if len(alerts):
        acts.buttons(session, alerts, as_of, columns=3)
    if pd.notna(row["safety_message"]):
        notice(
            f"▲ {words.say('kind_of.safety')}",
            safety_text(session.directory, row["safety_message"]),
            colour="red",
        )
    st.markdown(f"**{words.say('panel.why')}**")
    for sentence in reasons_of(row, alerts.to_dict("records"), words):
        st.markdown(f"- {as_text(sentence)}")
    st.markdown(f"**{words.say('panel.what_went_in')}**")
    _inputs(session, row, as_of)
    _support(session, row, as_of)
    gaps = alerts[(alerts["kind"] == "under") & ~alerts["hidden"]]
    resources = session.ask("resources_for_gaps", as_of=as_of)
    for support_type in gaps["support_type"].unique():
        what_can_help(session, resources, str(row["patient_ref"]), support_type)
    if len(alerts):
        acts.history(session, alerts, dict(zip(alerts["alert_key"], alerts["why"], strict=True)))


def _badges(session: Session, row: pd.Series, alerts: pd.DataFrame, as_of: date) -> None:
    words = session.words
    still_open = alerts[~alerts["hidden"]]
    with st.container(horizontal=True, gap="xsmall"):
        st.badge(
            acts.tier_in_words(session, row["tier"]),
            color=acts.BADGES.get(row["tier"], "gray"),  # type: ignore[arg-type]
        )
        if len(still_open) and pd.notna(still_open["raised_on"].iloc[0]):
            st.badge(
                words.say("panel.since", date=words.date(still_open["raised_on"].iloc[0])),
                color="gray",
            )
        if row["status"] != "none":
            st.badge(as_text(_state(session, row)), color="gray")
            if not row["assigned_to"]:
                st.badge(words.say("panel.nobody_assigned"), color="gray")
        if row["days_overdue"] > 0:
            st.badge(as_text(readings.due(row, as_of, words)), color="red")


def _phase(row: pd.Series, session: Session) -> str:
    return "" if pd.isna(row["phase"]) else session.words.say(f"phase.{row['phase']}")


def _support(session: Session, row: pd.Series, as_of: date) -> None:
    """Support wanted, received and judged by type, on the newest support grid."""
    words = session.words
    support = session.ask("patient_support", patient_ref=row["patient_ref"], as_of=as_of)
    if support.empty:
        st.caption(words.say("support.none"))
        return
    form = newest_form(support)
    st.caption(words.say("panel.support_on", date=words.date(form["completed_on"].iloc[0])))
    table = types_in_words(session, judged_types(form))
    amounts = table.select_dtypes("number").columns
    table[amounts] = table[amounts].map(words.number, na_action="ignore").astype(object)
    small_table(table.fillna("–"), alt=words.say("support.title"))


def _inputs(session: Session, row: pd.Series, as_of: date) -> None:
    words = session.words
    story = _leading_story(session, row, as_of)
    if story is not None:
        first = min(form.completed_on for form in story.points).date()
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


def _below(session: Session, listed: pd.DataFrame, followed: pd.DataFrame, as_of: date) -> None:
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
                        words.say("column.alerted"): soon["alerted"],
                    }
                ),
                alt=words.say("panel.coming_up"),
            )
    with grid.cell():
        section(words.say("panel.not_judged"))
        unjudged = not_judged(listed, followed)
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


def _iso(column: pd.Series) -> pd.Series:
    written: pd.Series = pd.to_datetime(column).dt.strftime("%Y-%m-%d")
    return written
