"""One quarter of a service on paper: its indicators, what varies by month and by site, and how
each number is counted.

Everything is said by the same numbers and sentences as on the Service page; this only sets them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from dashboard.analysis import service_words
from dashboard.analysis.program_courses import START_WITHIN
from dashboard.analysis.program_outcomes import STEPS, Bounds
from dashboard.analysis.program_outcomes import Share as ProgramShare
from dashboard.analysis.program_results import Choice, Counted
from dashboard.analysis.service_quarter import Quarter, QuarterTold
from dashboard.analysis.service_told import Series, Service
from dashboard.charts.canvas import shortened
from dashboard.language import Words
from dashboard.paper.document import (
    Beside,
    Column,
    Document,
    Facts,
    Figure,
    Heading,
    Note,
    Paragraph,
    Part,
    Table,
)
from dashboard.paper.month_chart import month_chart

# Drawn month by month; the others are in the table.
DRAWN = (
    "screening",
    "contact_days",
    "contact_in_time",
    "referral_days",
    "uptake",
    "alerts_in_time",
)
_VERDICT_ON = "contact_in_time"
_OUTCOMES = ("improved", "unchanged", "deteriorated")
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Print:
    """For whom a report is made, from what, and when.

    Attributes:
        as_of: the day whose knowledge it rests on.
        by, role, at: who takes it out, in which role, and when (UTC).
        sample: whether the data are synthetic.
    """

    words: Words
    as_of: date
    snapshot: int
    sample: bool
    by: str
    role: str
    at: datetime


def quarter_in_words(quarter: Quarter, words: Words) -> str:
    return words.say("quarterly.quarter_named", n=quarter.number, year=quarter.year)


def file_of(quarter: Quarter, form: str) -> str:
    """What a report is called as a file and in the log."""
    return f"service-report-{quarter.name}.{form}"


def service_report(told: QuarterTold, programs: Counted | None, given: Print) -> Document:
    """The report of one quarter."""
    words, quarter, service = given.words, told.quarter, told.service
    return Document(
        title=words.say("quarterly.title"),
        subtitle=words.say(
            "quarterly.subtitle",
            quarter=quarter_in_words(quarter, words),
            first=words.date(quarter.first),
            last=words.date(quarter.last),
        ),
        label=words.say("summary.synthetic" if given.sample else "quarterly.groups_only"),
        language=words.code,
        parts=(
            _facts(service, words),
            *_answer(told, words),
            *_indicators(service, words),
            *_months(service, words),
            *_sites(service, words),
            *_coverage(told, words),
            *_alerts(service, words),
            *_programs(programs, words),
            *_hidden(service, words),
            *_definitions(service, words),
        ),
        source=_source(service, given),
    )


def _facts(service: Service, words: Words) -> Facts:
    """Of how many people and sites it tells, and how many targets are met."""
    met = [one.now.meets_target for one in service.indicators if one.now.meets_target is not None]
    people = [
        (f"quarterly.fact.{key}", _count(found.now.denominator, words))
        for key in ("screening", "contact_days", "alerts_in_time")
        for found in [service.indicator(key)]
        if found is not None
    ]
    targets = words.say("service.of", part=words.number(sum(met)), whole=words.number(len(met)))
    return Facts(
        tuple(
            (words.say(key), value)
            for key, value in (
                *people,
                ("quarterly.fact.sites", words.number(len(service.sites))),
                ("quarterly.fact.targets", targets if met else "–"),
            )
        )
    )


def _answer(told: QuarterTold, words: Words) -> Iterable[Part]:
    service = told.service
    if all(one.now.value is None for one in service.indicators):
        yield Note(words.say("quarterly.nothing", n=words.number(service.minimum)))
    else:
        first, more = service_words.answer_in_words(service, words)
        yield Paragraph(first, strong=True)
        if more:
            yield Paragraph(more)
    if told.late:
        names = words.joined([words.say(f"service.group.{key}") for key in told.late])
        yield Note(words.say("quarterly.late", names=names, date=words.date(told.complete_on)))


def _indicators(service: Service, words: Words) -> Iterable[Part]:
    yield Heading(words.say("quarterly.indicators"), words.say("quarterly.indicators_how"))
    rows = service_words.indicator_rows(service, words)
    yield _table(
        rows.drop(columns=words.say("service.column.quartiles")), (2.2, 1.9, 1.2, 1.8, 1.9, 1.5)
    )


def _months(service: Service, words: Words) -> Iterable[Part | Beside]:
    drawn = [service.series[key] for key in DRAWN if key in service.series]
    yield Heading(words.say("service.months.title"), words.say("quarterly.month_rules"))
    if not drawn:
        yield Paragraph(words.say("service.months.none"))
        return
    yield Paragraph(words.say("quarterly.months_how"))
    for place in range(0, len(drawn), 2):
        left, *right = (_figure(series, service, words) for series in drawn[place : place + 2])
        yield Beside((left,), tuple(right))


def _figure(series: Series, service: Service, words: Words) -> Figure:
    chart = series.chart(service.targets.change)
    changes = series.changes_in(service.targets.change)
    title = service_words.name_of(series.key, series.about, service, words)
    reading = service_words.chart_in_words(series, chart, words)
    return Figure(
        month_chart(title, series, chart, changes, words), f"{title}. {reading}", marks=reading
    )


def _sites(service: Service, words: Words) -> Iterable[Part]:
    yield Heading(words.say("quarterly.sites"), words.say("quarterly.sites_how"))
    if not service.sites:
        yield Paragraph(words.say("quarterly.no_sites"))
        return
    found = service_words.funnel_of(service, _VERDICT_ON)
    yield Paragraph(service_words.funnel_in_words(found, words, sites=len(service.sites)))
    limits = "" if found is None else f" {service_words.spread_in_words(found, words)}"
    yield _table(
        service_words.site_rows(service, _VERDICT_ON, words),
        (1.1, 1.5, 1.5, 1.5, 1.3, 1.2),
        words.say("quarterly.sites_source") + limits,
    )


def _coverage(told: QuarterTold, words: Words) -> Iterable[Part]:
    """The months of the quarter beside each other."""
    yield Heading(words.say("quarterly.coverage"))
    here = [cell for cell in told.service.coverage if cell.month >= told.quarter.first]
    if not here:
        yield Paragraph(words.say("quarterly.no_coverage"))
        return
    yield Paragraph(service_words.coverage_in_words(here, words))
    months = sorted({cell.month for cell in here})
    shares = {(cell.site, cell.month): cell.screened for cell in here}
    yield Table(
        (
            Column(words.say("service.column.site"), 1),
            *(Column(service_words.month_name(month, words), 1.5) for month in months),
        ),
        tuple(
            (
                _named(service_words.site_name(site, words)),
                *(service_words.share_said(shares.get((site, month)), words) for month in months),
            )
            for site in sorted({cell.site for cell in here})
        ),
    )


def _alerts(service: Service, words: Words) -> Iterable[Part]:
    yield Heading(words.say("quarterly.alerts"))
    if not service.nurses:
        yield Paragraph(words.say("service.nurses.none"))
        return
    found = service.indicator("alerts_in_time")
    nothing_written = found is not None and found.now.numerator == 0
    yield _table(
        service_words.nurse_rows(service.nurses, words),
        (1.6, 0.7, 1, 2),
        words.say("service.nurses.no_act") if nothing_written else "",
    )


def _programs(programs: Counted | None, words: Words) -> Iterable[Part]:
    """How far people came in each program, and what became of those with scores."""
    if programs is None:
        yield Heading(words.say("quarterly.programs"))
        yield Paragraph(words.say("quarterly.no_programs"))
        return
    period = words.say(
        "programs.period_of",
        first=words.date(programs.period.first),
        last=words.date(programs.period.last),
    )
    yield Heading(
        words.say("quarterly.programs"), words.say("quarterly.programs_how", period=period)
    )
    yield Table(
        (
            Column(words.say("programs.column.program"), 1.8),
            *(Column(words.say(f"programs.step.{step}"), 1) for step in STEPS),
            *(Column(words.say(f"programs.outcome.{kind}"), 1.25) for kind in _OUTCOMES),
            Column(words.say("programs.card.improved"), 1.25),
        ),
        tuple(
            (
                _program(choice, words),
                *(_count(counted.steps[step], words) for step in STEPS),
                *(_share(counted.kinds[kind].started, words) for kind in _OUTCOMES),
                _bounds(counted.kinds["improved"].all_starters, words),
            )
            for choice, counted in programs.programs
        ),
        words.say("quarterly.programs_note", start=words.number(START_WITHIN)),
    )


def _program(choice: Choice, words: Words) -> str:
    """The program's own name, or what holds several together, and which these are."""
    if len(choice.names) == 1:
        return _named(choice.names[0])
    return words.say(
        "quarterly.several",
        kind=words.term("programs.kind", choice.kind or choice.key),
        names=", ".join(_named(name) for name in choice.names),
    )


def _count(number: int | None, words: Words) -> str:
    return words.say("disclosure.hidden") if number is None else words.number(number)


def _share(one: ProgramShare, words: Words) -> str:
    if one.whole == 0:
        return words.say("service.nobody")
    if one.value is None or one.interval is None:
        return words.say("disclosure.hidden")
    return words.say(
        "service.share_said",
        share=words.share(one.value),
        low=words.share(one.interval[0]),
        high=words.share(one.interval[1]),
        part=words.number(one.part or 0),
        whole=words.number(one.whole or 0),
    )


def _bounds(bounds: Bounds | None, words: Words) -> str:
    if bounds is None or bounds.worst.value is None:
        return words.say("disclosure.hidden")
    if bounds.best.value is None:
        return words.say(
            "programs.became.said_worst",
            low=words.share(bounds.worst.value),
            n=words.number(bounds.worst.whole or 0),
        )
    return words.say(
        "programs.became.said_bounds",
        low=words.share(bounds.worst.value),
        high=words.share(bounds.best.value),
        n=words.number(bounds.worst.whole or 0),
    )


def _hidden(service: Service, words: Words) -> Iterable[Part]:
    yield Heading(words.say("quarterly.hidden"))
    names = [
        service_words.name_of(one.now.key, one.now.about, service, words)
        for one in service.indicators
        if one.now.is_hidden
    ]
    months = [
        one
        for key in DRAWN
        if key in service.series
        for one in service.series[key].months
        if one.value is None
    ]
    said = [
        words.say("disclosure.note", n=words.number(service.minimum)),
        words.say(
            "quarterly.hidden_how",
            hidden=words.say("disclosure.hidden"),
            n=words.number(service.minimum),
        ),
        words.say("quarterly.hidden_which", names=words.joined(names))
        if names
        else words.say("quarterly.hidden_none"),
    ]
    if months:
        said.append(words.count("quarterly.hidden_months", len(months)))
    yield Paragraph(" ".join(said))


def _definitions(service: Service, words: Words) -> Iterable[Part]:
    yield Heading(words.say("quarterly.definitions"))
    sources = "; ".join(
        words.say(
            "service.source.cut_off", scale=title, cut_off=words.number(cut_off), source=source
        )
        for title, cut_off, source in service.positive_sources.values()
    )
    yield _table(
        service_words.definition_rows(service, words),
        (1, 4),
        words.say("quarterly.cut_offs", sources=sources) if sources else "",
    )


def _source(service: Service, given: Print) -> str:
    words = given.words
    return " · ".join(
        [
            words.say("service.source.whole_months"),
            words.say("source.as_of", date=words.date(given.as_of)),
            words.say("source.snapshot", number=given.snapshot),
            words.say("source.synthetic" if given.sample else "quarterly.groups_only"),
            words.say("disclosure.note", n=words.number(service.minimum)),
            words.say(
                "summary.printed",
                name=given.by,
                role=words.say(f"role.{given.role}"),
                date=words.date(given.at),
                time=f"{given.at:%H:%M}",
            ),
        ]
    )


def _table(rows: pd.DataFrame, shares: Sequence[float], left_out: str = "") -> Table:
    return Table(
        tuple(Column(str(name), share) for name, share in zip(rows.columns, shares, strict=True)),
        tuple(tuple(map(str, row)) for row in rows.itertuples(index=False)),
        left_out,
    )


def _named(name: str) -> str:
    return shortened(name, _LONGEST_NAME)
