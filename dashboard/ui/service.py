"""The Service page: the indicators, month by month, by site, and how long people wait."""

from datetime import date
from pathlib import Path
from typing import cast

import streamlit as st

from dashboard.analysis import service_words
from dashboard.analysis.service_indicators import acted_of
from dashboard.analysis.service_targets import targets_of
from dashboard.analysis.service_told import (
    BY_SITE,
    INDICATORS,
    MONTHS,
    WAITS,
    Indicator,
    Series,
    Service,
    Wait,
)
from dashboard.charts.control_chart import control_chart
from dashboard.charts.coverage_by_month import coverage_by_month
from dashboard.charts.site_funnel import site_funnel
from dashboard.charts.waiting_curves import waiting_curves
from dashboard.mismatch.follow_up import DONE, Act, first_done
from dashboard.ui import frames
from dashboard.ui.chart_frame import chart_frame
from dashboard.ui.export import Stamp, stamp
from dashboard.ui.filters import one_from_list, one_of
from dashboard.ui.page import (
    ONE_OF_FOUR,
    Number,
    counting,
    nothing_here,
    numbers,
    section,
    side_by_side,
    small_table,
)
from dashboard.ui.session import Session

_FIRST = "contact_days"


def told(session: Session, as_of: date) -> Service:
    """Everything that is told of the service, kept until data, log or targets change."""
    whole = session.of_the_service
    targets = targets_of(Path(session.directory))
    done = first_done(session.log.entries(acts=[*DONE, Act.undone]))
    with counting(session):
        return frames.service_results(
            session.directory,
            session.snapshot,
            whole.scope.person_id,
            whole.scope.role,
            as_of,
            whole.minimum_cell,
            targets,
            acted_of(done),
        )


def answer_to(session: Session, told: Service) -> tuple[str, str]:
    return service_words.answer_in_words(told, session.words)


def cards(session: Session, told: Service) -> None:
    """Time to contact, how many in time, screening, and sites outside the limits."""
    words = session.words
    made = []
    for key in ("contact_days", "contact_in_time", "screening"):
        found = told.indicator(key)
        if found is not None:
            made.append(_card(session, told, found.now))
    funnel = service_words.funnel_of(told, "contact_in_time")
    outside = 0 if funnel is None else sum(one.verdict[:3] == "far" for one in funnel.sites)
    made.append(
        Number(
            words.say("service.card.sites"),
            "–"
            if funnel is None
            else words.say(
                "service.of", part=words.number(outside), whole=words.number(len(funnel.sites))
            ),
            words.say("service.card.sites_of"),
            explained=words.say("service.card.sites_help"),
        )
    )
    numbers(made, columns=4, narrowest=ONE_OF_FOUR)


def month_by_month(session: Session, told: Service) -> None:
    """A control chart of one indicator."""
    words = session.words
    if not told.series:
        section(words.say("service.months.title"))
        nothing_here(words.say("service.months.none"), words.say("service.months.none_next"))
        return
    series = _chosen_series(session, told)
    changes = series.changes_in(told.targets.change)
    chart = series.chart(told.targets.change)
    chart_frame(
        session,
        "control_chart",
        control_chart(series, chart, changes, words, session.palette, narrow=session.narrow),
        service_words.month_rows(series, chart, words),
        title=words.say(
            "service.months.title_of",
            indicator=service_words.name_of(series.key, series.about, told, words),
        ),
        reading=service_words.chart_in_words(series, chart, words),
        source=words.say(f"service.months.source_{series.kind}"),
        origin=_origin(session, told),
        how_to_read=" ".join(
            [
                service_words.definition_of(series.key, told.targets, words),
                words.say("service.months.how"),
                words.say(
                    "service.months.changes" if changes else "service.months.no_changes",
                    changes=words.joined(
                        [f"{words.date(change.on)}, {change.label}" for _, change in changes]
                    ),
                ),
            ]
        ),
    )


def waiting_and_sites(session: Session, told: Service) -> None:
    grid = side_by_side()
    with grid.cell():
        _waiting(session, told)
    with grid.cell():
        _sites(session, told)


def by_site(session: Session, told: Service) -> None:
    """The same numbers as the funnel's, and all others that are counted by site."""
    words = session.words
    if not told.sites:
        return
    screening = told.indicator("screening")
    note = words.say("disclosure.note", n=words.number(told.minimum))
    if screening is not None:
        note = words.say("service.sites.screening", day=words.date(screening.now.last)) + " " + note
    section(words.say("service.sites.table"), note)
    rows = service_words.site_rows(told, _funnel_key(), words)
    small_table(rows, alt=words.say("service.sites.table"))


def coverage(session: Session, told: Service) -> None:
    """Who was screened, by site and month."""
    words = session.words
    if not told.coverage:
        return
    chart_frame(
        session,
        "screening_coverage",
        coverage_by_month(told.coverage, words, session.palette, narrow=session.narrow),
        service_words.coverage_rows(told.coverage, words),
        title=words.say("service.coverage.title"),
        reading=service_words.coverage_in_words(told.coverage, words),
        source=words.say("service.coverage.source", months=words.number(MONTHS)),
        origin=_origin(session, told),
        how_to_read=" ".join(
            [
                service_words.definition_of("screening", told.targets, words),
                words.say("service.coverage.marks"),
            ]
        ),
    )


def nurses(session: Session, told: Service) -> None:
    """How many alerts each nurse's patients raised, and for how many of them all were acted on."""
    words = session.words
    section(
        words.say("service.nurses.title"),
        service_words.definition_of("alerts_in_time", told.targets, words),
    )
    if not told.nurses:
        st.caption(words.say("service.nurses.none"))
        return
    small_table(service_words.nurse_rows(told.nurses, words), alt=words.say("service.nurses.title"))
    found = told.indicator("alerts_in_time")
    if found is not None and found.now.numerator == 0:
        st.caption(words.say("service.nurses.no_act"))


def indicators(session: Session, told: Service) -> None:
    """Every indicator, the newest period beside the year before, with its definition."""
    words = session.words
    section(words.say("service.all.title"), words.say("service.all.how"))
    small_table(service_words.indicator_rows(told, words), alt=words.say("service.all.title"))
    with st.expander(words.say("service.all.definitions"), icon=":material/menu_book:"):
        small_table(
            service_words.definition_rows(told, words), alt=words.say("service.all.definitions")
        )


def source_parts(session: Session, told: Service) -> list[str]:
    words = session.words
    parts = [words.say("service.source.whole_months")]
    found = told.indicator("contact_in_time")
    if found is not None and found.now.denominator:
        parts.append(
            words.say(
                "service.source.n",
                n=words.number(found.now.denominator),
                period=service_words.period_in_words(found.now, words),
            )
        )
    parts += [
        words.say(
            "service.source.cut_off", scale=title, cut_off=words.number(cut_off), source=source
        )
        for title, cut_off, source in list(told.positive_sources.values())[:1]
    ]
    parts.append(words.say("disclosure.note", n=words.number(told.minimum)))
    return parts


def _card(session: Session, told: Service, one: Indicator) -> Number:
    words = session.words
    quartiles = service_words.quartiles_in_words(one, words)
    note = words.say("service.card.half", quartiles=quartiles) if quartiles else None
    if one.target is not None:
        note = words.say("service.target_at", share=words.share(one.target))
    definition = service_words.definition_of(one.key, told.targets, words)
    if one.apart is not None:
        definition += " " + words.count("service.card.declined", one.apart)
    return Number(
        service_words.name_of(one.key, one.about, told, words),
        service_words.value_in_words(one, words),
        _interval(session, one),
        note,
        explained=definition,
    )


def _interval(session: Session, one: Indicator) -> str | None:
    said = service_words.interval_in_words(one, session.words)
    return session.words.say("service.card.ci", interval=said) if said else None


def _chosen_series(session: Session, told: Service) -> Series:
    """The indicator, and where there are several of its kind, which."""
    words = session.words
    keys = [key for key in INDICATORS if any(one.key == key for one in told.series.values())]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        key = one_from_list(
            words.say("service.control.indicator"),
            "indicator",
            keys,
            lambda name: words.say(f"service.group.{name}"),
            width=300,
            default=_FIRST if _FIRST in keys else keys[0],
        )
        several = [one.about for one in told.series.values() if one.key == key]
        if len(several) == 1:
            return next(one for one in told.series.values() if one.key == key)
        about = one_from_list(
            words.say(f"service.control.{key}"),
            f"of_{key}",
            several,
            lambda name: service_words.name_of(key, name, told, words),
            width=280,
        )
    return told.series[f"{key}/{about}"]


def _waiting(session: Session, told: Service) -> None:
    words = session.words
    wait = cast(
        Wait,
        one_of(
            words.say("service.control.wait"),
            "wait",
            WAITS,
            "contact",
            lambda name: words.say(f"service.wait.{name}"),
            show_label=True,
        ),
    )
    curves = told.curves[wait]
    target = told.targets.contact_days if wait == "contact" else None
    title = words.say(f"service.curve.title_{wait}")
    if curves.now is None and curves.before is None:
        section(title)
        nothing_here(
            words.say("service.curve.too_few"),
            words.say("service.curve.too_few_next", n=words.number(told.minimum)),
        )
        return
    chart_frame(
        session,
        "waiting",
        waiting_curves(curves, target, words, session.palette, narrow=session.narrow),
        service_words.curve_rows(curves, words),
        title=title,
        reading=service_words.curves_in_words(curves, target, words),
        source=words.say("service.curve.source"),
        origin=_origin(session, told),
        how_to_read=words.say(
            "service.curve.how",
            n=words.number(told.minimum),
            now=_period(session, curves.period),
            before=_period(session, curves.period_before),
        ),
    )


def _sites(session: Session, told: Service) -> None:
    words = session.words
    key = one_of(
        words.say("service.control.funnel"),
        "funnel",
        BY_SITE,
        BY_SITE[0],
        lambda name: words.say(f"service.short.{name}"),
        show_label=True,
    )
    title = words.say("service.funnel.title")
    funnel = service_words.funnel_of(told, key)
    if funnel is None:
        section(title)
        nothing_here(
            service_words.funnel_in_words(None, words, sites=len(told.sites)),
            words.say("service.funnel.none_next", n=words.number(told.minimum)),
        )
        return
    chart_frame(
        session,
        "site_funnel",
        site_funnel(
            funnel, told.targets.share_of(key), words, session.palette, narrow=session.narrow
        ),
        service_words.site_rows(told, key, words),
        title=title,
        reading=service_words.funnel_in_words(funnel, words, sites=len(told.sites)),
        source=words.say("service.funnel.source"),
        origin=_origin(session, told),
        how_to_read=" ".join(
            [
                service_words.definition_of(key, told.targets, words),
                words.say("service.funnel.how"),
                service_words.spread_in_words(funnel, words),
            ]
        ),
    )


def _funnel_key() -> str:
    return str(st.session_state.get("funnel", BY_SITE[0]))


def _period(session: Session, period: tuple[date, date]) -> str:
    words = session.words
    first, last = (service_words.month_name(day, words) for day in period)
    return words.say("service.period", first=first, last=last)


def _origin(session: Session, told: Service) -> Stamp:
    return stamp(session, told.as_of)
