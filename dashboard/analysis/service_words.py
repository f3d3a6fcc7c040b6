"""The indicators of a service in sentences and tables: what the page and the report say of them."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from dashboard.analysis.control_charts import FEWEST, STEPS_TO_LIMITS, ControlChart
from dashboard.analysis.service_targets import ServiceTargets
from dashboard.analysis.service_told import (
    BY_SITE,
    TICKS,
    CoverageCell,
    Indicator,
    Month,
    NurseRow,
    Series,
    Service,
    Share,
    Unit,
    WaitCurves,
)
from dashboard.analysis.site_funnel import FEWEST_SITES, Funnel, funnel
from dashboard.analysis.waiting import Curve
from dashboard.language import Words


def month_name(month: date, words: Words) -> str:
    return f"{words.month(month)} {month.year}"


def site_name(site: str, words: Words) -> str:
    return site or words.say("service.no_site")


def amount(value: float, unit: Unit, words: Words) -> str:
    """A share in whole per cent, or days."""
    if unit == "share":
        return words.share(value)
    if value == round(value):
        return words.count("days", round(value))
    return words.say("days.other", n=words.number(value))


def bare(value: float, unit: Unit, words: Words) -> str:
    """The same without the word for days, where it stands beside."""
    return words.share(value) if unit == "share" else words.number(value)


def name_of(key: str, about: str, service: Service, words: Words) -> str:
    """What an indicator is called, with its scale and cut-off or its support type."""
    if key == "positive":
        title, cut_off, _ = service.positive_sources[about]
        return words.say("service.name.positive", scale=title, cut_off=words.number(cut_off))
    if key == "open_gaps":
        return words.say("service.name.open_gaps", type=words.say(f"type.{about}"))
    return words.say(f"service.name.{key}")


def definition_of(key: str, targets: ServiceTargets, words: Words) -> str:
    """Numerator, denominator and what is left out."""
    return words.say(
        f"service.definition.{key}",
        contact=words.number(targets.contact_days),
        attend=words.number(targets.attend_days),
    )


def value_in_words(one: Indicator, words: Words) -> str:
    if one.is_hidden:
        return words.say("disclosure.hidden")
    if not one.denominator:
        return words.say("service.nobody")
    if one.value is None:
        return words.say("service.not_half")
    return amount(one.value, one.unit, words)


def interval_in_words(one: Indicator, words: Words) -> str:
    """The 95 % interval; a median's may be open to the right."""
    if one.value is None or one.low is None:
        return ""
    if one.high is None:
        return words.say("service.interval_open", low=bare(one.low, one.unit, words))
    return words.say(
        "service.interval",
        low=bare(one.low, one.unit, words),
        high=bare(one.high, one.unit, words),
    )


def quartiles_in_words(one: Indicator, words: Words) -> str:
    """The days by which a quarter and by which three quarters were reached."""
    if one.quartiles is None:
        return ""
    lower, upper = one.quartiles
    if lower is None:
        return ""
    if upper is None:
        return words.say("service.quartiles_open", low=words.number(lower))
    return words.say("service.quartiles", low=words.number(lower), high=words.number(upper))


def counts_in_words(one: Indicator, words: Words) -> str:
    """Numerator of denominator, each as far as it is told."""
    hidden = words.say("disclosure.hidden")
    if one.denominator == 0:
        return ""
    if one.numerator is None and one.denominator is None:
        return hidden
    return words.say(
        "service.of",
        part=hidden if one.numerator is None else words.number(one.numerator),
        whole=hidden if one.denominator is None else words.number(one.denominator),
    )


def target_in_words(one: Indicator, targets: ServiceTargets, words: Words) -> str:
    """The target, whose it is, and whether it is met."""
    if one.target is None:
        return ""
    own = "own" if targets.is_own(one.key) else "default"
    said = words.say(f"service.target.{own}", share=words.share(one.target))
    if one.meets_target is None:
        return said
    met = words.say("service.target.met" if one.meets_target else "service.target.missed")
    return f"{said}, {met}"


def period_in_words(one: Indicator, words: Words) -> str:
    if one.first == one.last:
        return words.date(one.last)
    return words.say(
        "service.period", first=month_name(one.first, words), last=month_name(one.last, words)
    )


def share_said(one: Share | None, words: Words) -> str:
    """ "43 % (38 to 49 %), 146 of 337", or why it is not told."""
    if one is None or one.whole == 0:
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


def indicator_rows(service: Service, words: Words) -> pd.DataFrame:
    """One row an indicator: the newest period beside the year before."""
    return pd.DataFrame(
        [
            {
                words.say("service.column.indicator"): name_of(now.key, now.about, service, words),
                words.say("service.column.now"): _with_interval(now, words),
                words.say("service.column.counts"): counts_in_words(now, words),
                words.say("service.column.period"): period_in_words(now, words),
                words.say("service.column.before"): _with_interval(one.before, words),
                words.say("service.column.quartiles"): quartiles_in_words(now, words) or "–",
                words.say("service.column.target"): target_in_words(now, service.targets, words)
                or "–",
            }
            for one in service.indicators
            for now in [one.now]
        ]
    )


def definition_rows(service: Service, words: Words) -> pd.DataFrame:
    """What each indicator divides by what, with the source of its cut-off."""
    rows = []
    for key in dict.fromkeys(one.now.key for one in service.indicators):
        rows.append(
            {
                words.say("service.column.indicator"): words.say(f"service.group.{key}"),
                words.say("service.column.definition"): definition_of(key, service.targets, words),
            }
        )
    return pd.DataFrame(rows)


def answer_in_words(service: Service, words: Words) -> tuple[str, str]:
    """Do people reach someone in time, and does a site differ?"""
    contact = service.indicator("contact_days")
    in_time = service.indicator("contact_in_time")
    if contact is None or in_time is None or not contact.now.denominator:
        return words.say("service.answer.few"), ""
    if contact.now.value is None:
        first = words.say("service.answer.not_half")
    else:
        first = words.say("service.answer.half", days=words.count("days", round(contact.now.value)))
    told = [_since(contact.now, contact.before, words)]
    if in_time.now.value is not None:
        told.append(
            words.say(
                "service.answer.in_time",
                share=words.share(in_time.now.value),
                target=words.share(in_time.now.target or 0),
                interval=interval_in_words(in_time.now, words),
            )
        )
    told.append(
        funnel_in_words(funnel_of(service, "contact_in_time"), words, sites=len(service.sites))
    )
    return first, " ".join(one for one in told if one)


def month_said(series: Series, chart: ControlChart, place: int, words: Words) -> str:
    one = series.months[place]
    name = month_name(one.month, words)
    if one.value is None:
        return f"{name}: {_why_not(one, words)}"
    said = f"{name}: {amount(one.value, series.unit, words)}"
    if one.whole is not None and series.unit == "share":
        said += ", " + words.say(
            "service.of", part=words.number(one.part or 0), whole=words.number(one.whole)
        )
    elif one.whole is not None:
        said += ", " + words.say("service.n", n=words.number(one.whole))
    rule = chart.rules[place]
    return f"{said} · {words.say(f'service.rule.{rule}')}" if rule else said


def rule_at(series: Series, chart: ControlChart, place: int, words: Words) -> str:
    """ "outside the limits, worse"."""
    said = words.say(f"service.rule.{chart.rules[place]}")
    if series.better is None:
        return said
    way = "better" if chart.is_better(place, series.better) else "worse"
    return f"{said}, {words.say(f'service.way.{way}')}"


def chart_in_words(series: Series, chart: ControlChart, words: Words) -> str:
    """What the newest phase is like, and what in it is more than ordinary variation."""
    phase = chart.phases[-1]
    if np.isnan(phase.mean):
        return words.say("service.chart.none")
    said = [
        words.say(
            "service.chart.mean",
            mean=amount(round(phase.mean, 3 if series.unit == "share" else 1), series.unit, words),
            since=month_name(series.months[phase.first].month, words),
        )
    ]
    marked = [place for place in range(phase.first, phase.last + 1) if chart.rules[place]]
    if marked:
        said.append(
            words.count(
                "service.chart.newest",
                len(marked),
                month=month_name(series.months[marked[-1]].month, words),
                rule=rule_at(series, chart, marked[-1], words),
            )
        )
        if 2 * len(marked) > phase.last + 1 - phase.first:
            said.append(words.say("service.chart.unsteady"))
    else:
        said.append(words.say("service.chart.ordinary"))
    if phase.is_coarse:
        apart = words.number(STEPS_TO_LIMITS)
        said.append(words.say(f"service.chart.coarse_{series.unit}", n=apart))
    if phase.provisional:
        said.append(words.say("service.chart.provisional", n=words.number(FEWEST)))
    return " ".join(said)


def month_rows(series: Series, chart: ControlChart, words: Words) -> pd.DataFrame:
    """The numbers of a control chart, one row a month."""
    hidden = words.say("disclosure.hidden")
    return pd.DataFrame(
        [
            {
                words.say("service.column.month"): month_name(one.month, words),
                words.say("service.column.value"): _why_not(one, words)
                if one.value is None
                else amount(one.value, series.unit, words),
                words.say("service.column.numerator"): hidden
                if one.part is None and one.whole != 0
                else words.number(one.part or 0),
                words.say("service.column.denominator"): hidden
                if one.whole is None
                else words.number(one.whole),
                words.say("service.column.mean"): _limit(chart.means[place], series, words),
                words.say("service.column.lower"): _limit(chart.lower[place], series, words),
                words.say("service.column.upper"): _limit(chart.upper[place], series, words),
                words.say("service.column.rule"): words.say(
                    f"service.rule.{chart.rules[place] or 'none'}"
                ),
            }
            for place, one in enumerate(series.months)
        ]
    )


def curves_in_words(told: WaitCurves, target: int | None, words: Words) -> str:
    """The share still waiting at a day, this year and the year before."""
    day = TICKS[told.wait][2] if target is None else target
    if told.now is None:
        return words.say("service.curve.too_few")
    said = words.say(
        "service.curve.reading",
        day=words.number(day),
        share=words.share(told.now.still_at(day)),
    )
    if told.before is None:
        return said
    return f"{said} " + words.say(
        "service.curve.reading_before", share=words.share(told.before.still_at(day))
    )


def curve_rows(told: WaitCurves, words: Words) -> pd.DataFrame:
    """The numbers of the curves, one row a step and one a day on the axis."""
    return pd.DataFrame(
        [
            row
            for name, one in (("now", told.now), ("before", told.before))
            if one is not None
            for row in _rows_of_curve(name, one, TICKS[told.wait], words)
        ]
    )


def funnel_of(service: Service, key: str) -> Funnel | None:
    """The funnel of the sites whose share is told."""
    return funnel(
        [
            (row.site, told.part or 0, told.whole or 0)
            for row in service.sites
            for told in [row.shares[key]]
            if told.value is not None
        ]
    )


def funnel_in_words(told: Funnel | None, words: Words, *, sites: int) -> str:
    """Which of so many sites differ by more than chance, or why none is compared."""
    if told is None:
        return words.say("service.funnel.none" if sites > 1 else "service.funnel.only")
    far = [one for one in told.sites if one.verdict.startswith("far")]
    near = [one for one in told.sites if one.verdict in {"above", "below"}]
    said = []
    for found, key in ((far, "far"), (near, "near")):
        for way in ("below", "above"):
            names = [site_name(one.name, words) for one in found if one.verdict.endswith(way)]
            if names:
                said.append(words.say(f"service.funnel.{key}_{way}", sites=words.joined(names)))
    return " ".join(said) or words.say("service.funnel.inside")


def spread_in_words(told: Funnel, words: Words) -> str:
    """Whether the limits allow for the spread that sites have in common."""
    kind = "adjusted" if told.adjusted else "chance"
    return words.say(f"service.funnel.{kind}", n=words.number(FEWEST_SITES))


def site_rows(service: Service, key: str, words: Words) -> pd.DataFrame:
    """One row a site: every share that is counted by site, waiting, and the verdict on one."""
    found = funnel_of(service, key)
    verdicts = {} if found is None else {one.name: one.verdict for one in found.sites}
    return pd.DataFrame(
        [
            {
                words.say("service.column.site"): site_name(row.site, words),
                **{
                    words.say(f"service.name.{name}"): share_said(row.shares[name], words)
                    for name in BY_SITE
                },
                words.say("service.name.contact_days"): _with_interval(row.contact_days, words),
                words.say("service.column.verdict", indicator=words.say(f"service.short.{key}")): (
                    words.say(f"service.verdict.{verdicts[row.site]}")
                    if row.site in verdicts
                    else words.say("service.verdict.none")
                ),
            }
            for row in service.sites
        ]
    )


def coverage_in_words(told: Sequence[CoverageCell], words: Words) -> str:
    """The sites with the lowest and the highest share in the newest month."""
    last = max(one.month for one in told)
    known = sorted(
        (one.screened.value, one.site)
        for one in told
        if one.month == last and one.screened.value is not None
    )
    if not known:
        return words.say("service.coverage.hidden", month=month_name(last, words))
    (low, first), (high, other) = known[0], known[-1]
    if len(known) == 1:
        return words.say(
            "service.coverage.one",
            month=month_name(last, words),
            site=site_name(first, words),
            share=words.share(low),
        )
    return words.say(
        "service.coverage.reading",
        month=month_name(last, words),
        low=words.share(low),
        site=site_name(first, words),
        high=words.share(high),
        other=site_name(other, words),
    )


def coverage_rows(told: Sequence[CoverageCell], words: Words) -> pd.DataFrame:
    hidden = words.say("disclosure.hidden")
    return pd.DataFrame(
        [
            {
                words.say("service.column.site"): site_name(one.site, words),
                words.say("service.column.month"): month_name(one.month, words),
                words.say("service.column.screened"): hidden
                if one.screened.part is None
                else words.number(one.screened.part),
                words.say("service.column.eligible"): hidden
                if one.screened.whole is None
                else words.number(one.screened.whole),
                words.say("service.column.share"): hidden
                if one.screened.value is None
                else words.share(one.screened.value),
            }
            for one in told
        ]
    )


def nurse_rows(told: Sequence[NurseRow], words: Words) -> pd.DataFrame:
    hidden = words.say("disclosure.hidden")
    return pd.DataFrame(
        [
            {
                words.say("service.column.nurse"): row.nurse or words.say("service.no_nurse"),
                words.say("service.column.alerts"): hidden
                if row.alerts is None
                else words.number(row.alerts),
                words.say("service.column.patients"): hidden
                if row.acted.whole is None
                else words.number(row.acted.whole),
                words.say("service.column.in_time"): share_said(row.acted, words),
            }
            for row in told
        ]
    )


def _rows_of_curve(
    name: str, one: Curve, ticks: Sequence[int], words: Words
) -> list[dict[str, str]]:
    followed = dict(zip(ticks, one.followed, strict=True))
    days = sorted({*(int(day) for day in one.days if day <= ticks[-1]), *ticks})
    places = [int(np.searchsorted(one.days, day, side="right")) - 1 for day in days]
    hidden = words.say("disclosure.hidden")
    return [
        {
            words.say("service.column.year"): words.say(f"service.curve.{name}"),
            words.say("service.column.day"): words.number(day),
            words.say("service.column.waiting"): words.share(one.still[place]),
            words.say("service.column.interval"): words.say(
                "service.interval",
                low=words.share(one.low[place]),
                high=words.share(one.high[place]),
            ),
            words.say("service.column.followed"): ""
            if day not in followed
            else hidden
            if followed[day] is None
            else words.number(followed[day] or 0),
        }
        for day, place in zip(days, places, strict=True)
    ]


def _since(now: Indicator, before: Indicator, words: Words) -> str:
    """Against the year before, where the two intervals leave each other out."""
    if now.value is None or before.value is None or now.low is None or before.low is None:
        return ""
    faster = now.high is not None and now.high < before.low
    slower = before.high is not None and before.high < now.low
    way = "faster" if faster else "slower" if slower else "alike"
    return words.say(f"service.answer.{way}", days=words.count("days", round(before.value)))


def _with_interval(one: Indicator, words: Words) -> str:
    said = value_in_words(one, words)
    interval = interval_in_words(one, words)
    return f"{said} ({interval})" if interval else said


def _why_not(one: Month, words: Words) -> str:
    """Why a month has no value."""
    if one.whole == 0:
        return words.say("service.nobody")
    if one.whole is not None and one.part is not None:
        return words.say("service.not_half")
    return words.say("disclosure.hidden")


def _limit(value: float, series: Series, words: Words) -> str:
    if np.isnan(value):
        return ""
    return bare(max(value, 0.0), series.unit, words)
