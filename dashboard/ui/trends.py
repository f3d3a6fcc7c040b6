"""The Trends page: a caseload, or the whole service without names, month by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

import pandas as pd
import streamlit as st

from dashboard.analysis import caseload, trend_change, trend_tables, trends
from dashboard.analysis.caseload import PAGE, Line
from dashboard.analysis.need_and_distress import wilson
from dashboard.analysis.trends import (
    GROUPINGS,
    Course,
    FollowedScale,
    Grouping,
    Month,
    Trend,
)
from dashboard.charts.bands_by_month import bands_by_month
from dashboard.charts.canvas import citation
from dashboard.charts.caseload_lines import caseload_lines
from dashboard.charts.middle_by_month import middle_by_month
from dashboard.ui import address, filters
from dashboard.ui.chart_frame import chart_frame
from dashboard.ui.export import stamp
from dashboard.ui.page import Number, nothing_here, numbers, section, side_by_side
from dashboard.ui.plain import as_text
from dashboard.ui.session import Session
from dashboard.ui.worklist import open_patient

MONTHS: dict[str, int] = {"1y": 12, "2y": 24}
# Who may look at their own patients, at the whole service, or at either.
_MINE, _SERVICE = "mine", "service"
_WHOSE_OF = {"manager": (_SERVICE,), "psychologist": (_MINE, _SERVICE)}
_ROWS_IN_SIGHT = 6


@dataclass(frozen=True)
class Shown:
    """What the reader has chosen, and the numbers it leads to.

    Attributes:
        looking: the person as whom everything on the page is asked.
        beside: a second scale, where there is one.
        by_group: the main scale by the chosen grouping, else by site.
        since: the day from which courses are drawn.
    """

    looking: Session
    as_of: date
    main: Trend
    beside: Trend | None
    by_group: Trend
    since: date
    filters: dict[str, str]

    @property
    def of_the_service(self) -> bool:
        return self.looking.scope.role == "service"

    @property
    def has_no_month(self) -> bool:
        """No month has ended yet of which anything is known."""
        return not self.main.total.months

    @property
    def trends(self) -> list[Trend]:
        return [self.main] if self.beside is None else [self.main, self.beside]


def chosen(session: Session, as_of: date) -> Shown | None:
    """The controls, and everything within them; None where no form came about anybody."""
    words = session.words
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        looking = _whose(session)
        scales = trends.scales_of(looking.ask("trend_scales"))
        first = trends.first_choice(scales)
        if first is None:
            return None
        main = _scale(words.say("trends.control.scale"), "scale", scales, first)
        others = [scale for scale in scales if scale.key != main.key]
        second = trends.beside(scales, main)
        if second is not None:
            second = _scale(words.say("trends.control.beside"), "beside", others, second)
        grouping = cast(
            Grouping,
            filters.one_of(
                words.say("trends.control.by"),
                "by",
                GROUPINGS,
                "none",
                lambda name: words.say(f"trends.by.{name}"),
                show_label=True,
            ),
        )
        period = filters.one_of(
            words.say("control.period"),
            "months",
            list(MONTHS),
            "1y",
            lambda name: words.say(f"period.{name}"),
            show_label=True,
        )
    # The sentence says for whom; where no grouping is chosen, by site.
    by_group = _trend(
        looking, main, "site" if grouping == "none" else grouping, as_of, MONTHS[period]
    )
    told = by_group.ungrouped if grouping == "none" else by_group
    return Shown(
        looking,
        as_of,
        told,
        None if second is None else _trend(looking, second, grouping, as_of, MONTHS[period]),
        by_group,
        as_of - timedelta(days=round(MONTHS[period] * 365.25 / 12)),
        {
            words.say("trends.control.whose"): words.say(f"trends.whose.{_whose_key(looking)}"),
            words.say("trends.control.scale"): main.title,
            words.say("trends.control.by"): words.say(f"trends.by.{grouping}"),
            words.say("control.period"): words.say(f"period.{period}"),
        },
    )


def answer_to(session: Session, shown: Shown) -> str:
    return trend_change.answer_on_trends(shown.main, shown.by_group, session.words)


def explanation(session: Session, shown: Shown) -> str:
    """What the sentence rests on, and what it cannot say."""
    words = session.words
    if shown.main.scale.cut_off is None:
        return words.say("trends.caution_median")
    return words.say("trends.caution")


def cards(session: Session, shown: Shown) -> None:
    """The last whole month in four numbers."""
    words = session.words
    last = shown.main.total.months[-1]
    month = trends.month_and_year(last.month, words)
    told = [_share_card(session, shown, last, month), _median_card(session, shown.main, month)]
    if shown.beside is not None:
        told.append(_median_card(session, shown.beside, month))
    told.append(_missing_card(session, last, month))
    numbers(told, columns=len(told), narrowest=230)


def bands(session: Session, shown: Shown) -> None:
    """The share of patients in each band of the main scale, month by month."""
    words = session.words
    told = shown.main
    title = words.say("trends.bands.title", scale=told.scale.title)
    if len(told.scale.pieces) < 2:
        section(as_text(title))
        nothing_here(words.say("trends.bands.none"), words.say("trends.bands.none_next"))
        return
    if not told.with_shares:
        section(as_text(title))
        nothing_here(words.say("trends.too_few"), words.say("trends.too_few_next"))
        return
    chart_frame(
        session,
        "bands_by_month",
        bands_by_month(told, words, session.palette, narrow=session.narrow),
        trend_tables.band_rows(told, words),
        title=title,
        reading=trend_tables.bands_in_words(told, words),
        source=_source(session, shown, told),
        origin=stamp(session, shown.as_of, shown.filters),
        how_to_read=" ".join(
            [
                words.say("trends.bands.how"),
                words.say("trends.how_no_form"),
                *([words.say("trends.how_hidden")] if shown.of_the_service else []),
                *_of_groups(session, told, told.with_shares),
            ]
        ),
    )


def middles(session: Session, shown: Shown) -> None:
    """Median and middle half of both scales, each in panels of its own."""
    words = session.words
    grid = side_by_side()
    for place, told in enumerate(shown.trends):
        title = words.say("trends.middle.title", scale=told.scale.title)
        with grid.cell():
            if not told.with_middle:
                section(as_text(title))
                nothing_here(words.say("trends.too_few"), words.say("trends.too_few_next"))
                continue
            chart_frame(
                session,
                f"middle_by_month_{place + 1}",
                middle_by_month(told, words, session.palette, narrow=session.narrow),
                trend_tables.middle_rows(told, words),
                title=title,
                reading=trend_tables.middle_in_words(told, words),
                source=_source(session, shown, told),
                origin=stamp(session, shown.as_of, shown.filters),
                how_to_read=" ".join(
                    [words.say("trends.middle.how"), *_of_groups(session, told, told.with_middle)]
                ),
            )


def every_line(session: Session, shown: Shown) -> None:
    """Each patient's course, those to look at first in front; of one's own patients only."""
    words = session.words
    if shown.of_the_service:
        return
    if ref := st.session_state.pop("trends_open_next", None):
        open_patient(ref)
    scale = shown.main.scale
    section(
        as_text(words.say("trends.lines.title", scale=scale.title)), words.say("trends.lines.how")
    )
    asked = {"measure_key": scale.measure_key, "scale_key": scale.scale_key}
    grid = shown.looking.ask("recovery_bands", **asked)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        reference = filters.reference_control(session)
        everyone = caseload.lines(
            shown.looking.ask("caseload_courses", **asked, as_of=shown.as_of),
            scale,
            reference,
            grid,
            shown.as_of,
        )
        told = _of_standing(session, everyone)
    if not told:
        nothing_here(words.say("trends.lines.none"), words.say("trends.lines.none_next"))
        return
    here = _page_of(session, told)
    rows = caseload.line_rows(here, words)
    chart_frame(
        session,
        "caseload_lines",
        caseload_lines(
            here,
            scale,
            caseload.expected_of(here, grid, shown.since, shown.as_of),
            shown.since,
            shown.as_of,
            words,
            session.palette,
            narrow=session.narrow,
        ),
        rows,
        title=words.say("trends.lines.picture"),
        reading=caseload.lines_in_words(everyone, words),
        source=_source_of_lines(session, scale, everyone),
        origin=stamp(
            session,
            shown.as_of,
            {
                **shown.filters,
                words.say("control.reference"): words.say(f"reference.{reference}"),
            },
        ),
        how_to_read=words.say("trends.lines.marks"),
        on_select=_take_click,
    )
    _list(session, here, rows)


def source_parts(session: Session, shown: Shown) -> list[str]:
    """n, what is missing, the cut-off with its source, and what is hidden."""
    words = session.words
    if shown.has_no_month:
        return []
    last = shown.main.total.months[-1]
    scale = shown.main.scale
    parts = [
        words.say(
            "trends.source.n",
            n=trend_tables.number_or_hidden(last.scored, words),
            month=trends.month_and_year(last.month, words),
        ),
        words.say("trends.source.no_form", n=trend_tables.number_or_hidden(last.no_form, words)),
    ]
    if scale.cut_off is not None:
        parts.append(_cut_off_in_words(session, scale))
    return parts


def _whose(session: Session) -> Session:
    """The reader's own patients, or the whole service without names."""
    words = session.words
    options = _WHOSE_OF.get(session.scope.role, (_MINE, _SERVICE))
    whose = options[0]
    if len(options) > 1:
        whose = filters.one_of(
            words.say("trends.control.whose"),
            "whose",
            options,
            options[0],
            lambda name: words.say(f"trends.whose.{name}"),
            show_label=True,
        )
    return session.of_the_service if whose == _SERVICE else session


def _whose_key(looking: Session) -> str:
    return _SERVICE if looking.scope.role == "service" else _MINE


def _scale(
    label: str, key: str, scales: Sequence[FollowedScale], default: FollowedScale
) -> FollowedScale:
    by_key = {scale.key: scale for scale in [default, *scales]}
    chosen_key = filters.one_from_list(
        label, key, list(by_key), lambda name: by_key[name].title, width=220
    )
    return by_key[chosen_key]


def _trend(
    looking: Session, scale: FollowedScale, grouping: Grouping, as_of: date, months: int
) -> Trend:
    rows = looking.ask(
        "trend_months",
        measure_key=scale.measure_key,
        scale_key=scale.scale_key,
        grouping=grouping,
        as_of=as_of,
    )
    return trends.trend(rows, scale, grouping, as_of, months, looking.minimum_cell)


def _share_card(session: Session, shown: Shown, last: Month, month: str) -> Number:
    words = session.words
    scale = shown.main.scale
    if scale.cut_off is None:
        return Number(
            words.say("trends.card.scored", month=month),
            trend_tables.number_or_hidden(last.scored, words),
            explained=words.say("trends.card.scored_help"),
        )
    label = words.say("trends.card.above", cut_off=words.number(scale.cut_off), month=month)
    share = last.share_above
    if share is None or last.above is None or last.scored is None:
        said = "trends.no_score" if last.scored == 0 else "disclosure.hidden"
        return Number(label, "–", note=words.say(said))
    low, high = wilson(last.above, last.scored)
    return Number(
        label,
        words.share(share),
        words.say("trends.card.of", part=words.number(last.above), n=words.number(last.scored)),
        words.say("trends.card.interval", low=words.share(low), high=words.share(high)),
        explained=words.say("trends.card.above_help", scale=scale.title),
    )


def _median_card(session: Session, told: Trend, month: str) -> Number:
    words = session.words
    last = told.total.months[-1]
    label = words.say("trends.card.median", scale=as_text(told.scale.title), month=month)
    if last.quartiles is None:
        said = "trends.no_score" if last.scored == 0 else "disclosure.hidden"
        return Number(label, "–", note=words.say(said))
    lower, median, upper = last.quartiles
    return Number(
        label,
        words.number(median),
        words.say("trends.n", n=words.number(last.scored or 0)),
        words.say("trends.card.half", lower=words.number(lower), upper=words.number(upper)),
        explained=words.say("trends.card.median_help"),
    )


def _missing_card(session: Session, last: Month, month: str) -> Number:
    words = session.words
    return Number(
        f":gray[○] {words.say('trends.card.no_form', month=month)}",
        trend_tables.number_or_hidden(last.no_form, words),
        note=words.say(
            "trends.card.no_form_note",
            scored=trend_tables.number_or_hidden(last.scored, words),
        ),
        explained=words.say("trends.card.no_form_help"),
    )


def _source(session: Session, shown: Shown, told: Trend) -> str:
    words = session.words
    said = [
        words.say(
            "trends.source.months",
            start=trends.month_and_year(told.total.months[0].month, words),
            end=trends.month_and_year(told.total.months[-1].month, words),
        ),
        words.say("trends.source.once"),
    ]
    if told.scale.cut_off is not None:
        said.append(_cut_off_in_words(session, told.scale))
    if told.left_out:
        said.append(words.count("trends.source.left_out", told.left_out))
    if shown.of_the_service:
        said.append(words.say("disclosure.note", n=words.number(shown.looking.minimum_cell)))
    return " · ".join(said)


def _source_of_lines(session: Session, scale: FollowedScale, told: Sequence[Line]) -> str:
    words = session.words
    said = [words.count("trends.source.patients", len(told))]
    if scale.reliable_change is not None:
        said.append(
            words.say(
                "trends.source.reliable",
                change=words.number(scale.reliable_change),
                cited=citation(scale.reliable_change_source or ""),
            )
        )
    else:
        said.append(words.say("trends.source.no_reliable"))
    said.append(words.say("trends.source.expected"))
    return " · ".join(said)


def _cut_off_in_words(session: Session, scale: FollowedScale) -> str:
    words = session.words
    return words.say(
        "trends.source.cut_off",
        scale=scale.title,
        cut_off=words.number(scale.cut_off or 0),
        cited=citation(scale.cut_off_source or ""),
    )


def _of_groups(session: Session, told: Trend, drawn: Sequence[Course]) -> list[str]:
    """What the grouping means, what it does not tell, and who is not drawn."""
    words = session.words
    if told.grouping == "none":
        return []
    said = [words.say(f"trends.how_by.{told.grouping}")]
    if left := told.too_few(drawn):
        names = [trends.group_in_words(group, told.grouping, words) for group in left]
        said.append(words.say("trends.how_too_few", groups=words.joined(names)))
    return said


def _of_standing(session: Session, everyone: Sequence[Line]) -> list[Line]:
    """Everyone, or those in one standing, each with its number."""
    words = session.words
    number: dict[str, int] = {"all": len(everyone)}
    number.update(list(caseload.counts(everyone).items()))
    chosen_standing = filters.one_of(
        words.say("control.view"),
        "standing",
        list(number),
        "all",
        lambda name: f"{words.say(f'trends.standing.{name}')} {words.number(number[name])}",
        show_label=True,
    )
    if chosen_standing == "all":
        return list(everyone)
    return [line for line in everyone if line.standing == chosen_standing]


def _page_of(session: Session, told: Sequence[Line]) -> Sequence[Line]:
    """Some at a time: however many there are, the page stays as quick."""
    words = session.words
    pages = -(-len(told) // PAGE)
    options = [str(number) for number in range(1, pages + 1)]
    address.seed("lines_page", options, "1")
    page = int(st.session_state["lines_page"])
    address.keep("lines_page", str(page), "1")
    first, last = (page - 1) * PAGE, min(page * PAGE, len(told))
    if pages > 1:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(
                words.say(
                    "trends.lines.showing",
                    shown=words.number(last - first),
                    first=words.number(first + 1),
                    last=words.number(last),
                    n=words.number(len(told)),
                )
            )
            for step, icon, possible in (
                ("earlier", "chevron_left", page > 1),
                ("more", "chevron_right", page < pages),
            ):
                st.button(
                    words.say(f"trends.lines.{step}", n=words.number(PAGE)),
                    key=f"lines_{step}",
                    icon=f":material/{icon}:",
                    type="tertiary",
                    disabled=not possible,
                    on_click=_turn,
                    args=(page + (1 if step == "more" else -1),),
                )
    return told[first:last]


def _turn(page: int) -> None:
    st.session_state["lines_page"] = str(page)


def _take_click() -> None:
    """The patient whose picture was clicked is opened on the next run."""
    points = st.session_state["caseload_lines_figure"]["selection"]["points"]
    if points and points[0].get("customdata"):
        st.session_state["trends_open_next"] = points[0]["customdata"][0]


def _list(session: Session, here: Sequence[Line], rows: pd.DataFrame) -> None:
    """The same patients as a list, for the keyboard and for screens without a pointer."""
    words = session.words
    refs = tuple(line.patient_ref for line in here)
    st.dataframe(
        rows.assign(open=words.say("column.open")),
        key=f"lines_{hash(refs)}",
        hide_index=True,
        height=38 + 35 * min(len(here), _ROWS_IN_SIGHT),
        alt=words.say("trends.lines.alt"),
        column_config={
            "open": st.column_config.ButtonColumn(
                words.say("column.open"),
                type="tertiary",
                key="trends_open",
                on_click=_open_clicked,
                args=(refs,),
            )
        },
    )


def _open_clicked(refs: tuple[str, ...]) -> None:
    st.session_state["trends_open_next"] = refs[st.session_state["trends_open"]["row"]]
