"""The Programs page: whom each program reaches, what became of them, and against what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isnan
from typing import cast

import pandas as pd
import streamlit as st

from dashboard.analysis.before_and_after import Square
from dashboard.analysis.program_contrast import BALANCED, NEGLIGIBLE, Contrast
from dashboard.analysis.program_courses import (
    AFTER_FROM,
    AFTER_UNTIL,
    BEFORE_WITHIN,
    ENOUGH,
    FEWEST_QUARTERS,
    OTHER,
    START_WITHIN,
    OutcomeScale,
    Period,
)
from dashboard.analysis.program_outcomes import (
    DIMENSIONS,
    KINDS,
    STEPS,
    WHO,
    Outcome,
    Share,
)
from dashboard.analysis.program_results import Choice, OnScale, Results
from dashboard.analysis.regression import Estimate
from dashboard.charts.canvas import citation
from dashboard.charts.program_before_after import before_and_after
from dashboard.charts.program_contrast import Line, program_contrast
from dashboard.charts.program_funnel import program_funnel
from dashboard.charts.program_intervals import Mark, Row, Tone, program_intervals
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
from dashboard.ui.plain import as_text
from dashboard.ui.session import Session

_TONES: dict[str, Tone] = {"deteriorated": "worse", "unchanged": "neutral"}


@dataclass(frozen=True)
class Shown:
    """What was chosen, and what is told of it."""

    as_of: date
    period: Period
    choice: Choice
    scales: list[OutcomeScale]
    scale: OutcomeScale
    results: Results
    minimum: int

    @property
    def on_scale(self) -> OnScale:
        return self.results.on_scale[self.scale.key]


def chosen(session: Session, as_of: date) -> Shown | None:
    """The controls, and everything within them; None, with the reason, where there is nothing."""
    words = session.words
    service = session.of_the_service
    minimum = service.minimum_cell
    key = (session.directory, session.snapshot, service.scope.person_id, service.scope.role)
    with counting(session):
        found = frames.program_choices(*key, as_of, minimum)
    if not found.scales:
        nothing_here(words.say("programs.no_scale"), words.say("programs.no_scale_next"))
        return None
    if not found.periods:
        nothing_here(
            words.say("programs.no_period"),
            words.say(
                "programs.no_period_next",
                quarters=words.number(FEWEST_QUARTERS),
                n=words.number(ENOUGH * minimum),
                start=words.number(START_WITHIN),
                until=words.number(AFTER_UNTIL),
            ),
        )
        return None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        periods = {one.key: one for one in reversed(found.periods)}
        # The programs that can be told depend on the period, so its control is made first.
        program_place = st.container(width="content")
        period = periods[
            one_from_list(
                words.say("programs.period"),
                "referred",
                list(periods),
                lambda name: _period_in_words(session, periods[name]),
                width=230,
            )
        ]
        choices = {one.key: one for one in found.choices[period.key]}
        with program_place:
            choice = choices[
                one_from_list(
                    words.say("programs.program"),
                    "program",
                    list(choices),
                    lambda name: _choice_in_words(session, choices[name]),
                    width=330,
                )
            ]
        scales = {one.key: one for one in found.scales}
        scale = scales[
            one_of(
                words.say("programs.scale"),
                "program_scale",
                list(scales),
                found.scales[0].key,
                lambda name: scales[name].title,
                show_label=True,
            )
        ]
    if len(choice.names) > 1:
        st.caption(
            words.say(
                "programs.together",
                names=as_text(words.joined(choice.names)),
                n=words.number(ENOUGH * minimum),
            )
        )
    with counting(session):
        results = frames.program_results(*key, as_of, minimum, period, choice.key)
    return Shown(as_of, period, choice, found.scales, scale, results, minimum)


def answer_to(session: Session, shown: Shown) -> tuple[str, str]:
    """How many improved, between which bounds, and whether that is more than without it."""
    words = session.words
    counted = shown.results.outcomes
    improved = counted.kinds["improved"].all_starters
    started = counted.steps["started"]
    if improved is None or improved.worst.value is None or started is None:
        first = words.say("programs.answer.few")
    else:
        kind = "at_least" if improved.best.value is None else "bounds"
        first = words.say(
            f"programs.answer.{kind}",
            started=words.number(started),
            worst=words.share(improved.worst.value),
            best="" if improved.best.value is None else words.share(improved.best.value),
        )
    told = [_contrast_in_words(session, shown), _regression_in_words(session, shown)]
    return first, " ".join(one for one in told if one)


def cards(session: Session, shown: Shown) -> None:
    """Who started, who improved, the difference, and who got worse."""
    words = session.words
    counted = shown.results.outcomes
    improved = counted.kinds["improved"].all_starters
    worse = counted.kinds["deteriorated"].started
    compared = shown.on_scale.contrast
    hidden = words.say("disclosure.hidden")
    started = Share(counted.steps["started"], counted.steps["referred"])
    missing = counted.without_score
    low, high = (None, None) if improved is None else (improved.worst.value, improved.best.value)
    numbers(
        [
            Number(
                words.say("programs.card.started"),
                hidden
                if started.value is None
                else words.say(
                    "programs.card.started_of",
                    started=words.number(started.part or 0),
                    referred=words.number(started.whole or 0),
                ),
                _interval_of(session, started),
                explained=words.say("programs.card.started_help", n=words.number(START_WITHIN)),
            ),
            Number(
                words.say("programs.card.improved"),
                hidden
                if low is None
                else words.say(
                    "programs.card.range",
                    low=words.share(low),
                    high=hidden if high is None else words.share(high),
                ),
                words.say(
                    "programs.card.missing",
                    n=hidden if missing is None else words.number(missing),
                ),
                explained=words.say("programs.card.improved_help"),
            ),
            Number(
                words.say("programs.card.difference"),
                hidden
                if isinstance(compared, int)
                else words.say(
                    "programs.card.difference_value",
                    points=words.signed(round(compared.adjusted.value, 1), 1),
                ),
                None if isinstance(compared, int) else _ci(session, compared.adjusted),
                explained=None
                if isinstance(compared, int)
                else words.say(
                    "programs.card.difference_help",
                    scale=shown.scale.title,
                    alike=_alike(session, compared),
                ),
            ),
            Number(
                words.say("programs.card.deteriorated"),
                hidden if worse.value is None else words.share(worse.value),
                _interval_of(session, worse),
                explained=words.say("programs.card.deteriorated_help"),
            ),
        ],
        columns=4,
        narrowest=ONE_OF_FOUR,
    )


def funnel_and_outcomes(session: Session, shown: Shown) -> None:
    grid = side_by_side()
    with grid.cell():
        _funnel(session, shown)
    with grid.cell():
        _outcomes(session, shown)


def picture_and_contrast(session: Session, shown: Shown) -> None:
    grid = side_by_side()
    with grid.cell():
        _picture(session, shown)
    with grid.cell():
        _contrast(session, shown)


def mean_changes(session: Session, shown: Shown) -> None:
    """Each scale, all who started beside those who finished, and what no program would bring."""
    words = session.words
    section(words.say("programs.changes.title"), words.say("programs.changes.how"))
    rows = []
    for scale in shown.scales:
        told = shown.results.on_scale[scale.key]
        for who in WHO:
            change = told.changes.get(who)
            if change is None:
                continue
            rows.append(
                {
                    words.say("programs.column.scale"): scale.title,
                    words.say("programs.column.who"): words.say(f"programs.who.{who}"),
                    words.say("programs.column.people"): words.number(change.people),
                    words.say("programs.column.before"): words.fixed(change.before.value, 1),
                    words.say("programs.column.after"): words.fixed(change.after.value, 1),
                    words.say("programs.column.change"): _with_ci(session, change.change),
                    words.say("programs.column.standardised"): "–"
                    if change.standardised is None
                    else words.signed(round(change.standardised, 2), 2),
                    words.say("programs.column.expected"): "–"
                    if told.expected is None or who != "started"
                    else _with_ci(session, told.expected.change),
                }
            )
    if rows:
        small_table(pd.DataFrame(rows), alt=words.say("programs.changes.title"))
    else:
        st.caption(words.say("programs.hidden_here"))


def balance(session: Session, shown: Shown) -> None:
    """How alike the two groups of the contrast were, and how far it can be trusted."""
    compared = shown.on_scale.contrast
    if isinstance(compared, int):
        return
    words = session.words
    grid = side_by_side()
    with grid.cell():
        section(
            words.say("programs.contrast.title_balance"),
            words.say(
                "programs.contrast.reading_balance",
                limit=words.number(NEGLIGIBLE),
                overlap=words.share(compared.overlap),
            ),
        )
        small_table(
            pd.DataFrame(
                {
                    words.say("programs.column.of_what"): [
                        words.say(f"programs.balance.{name}") for name in BALANCED
                    ],
                    words.say("programs.column.difference"): [
                        "–"
                        if isnan(compared.balance[name])
                        else words.signed(round(compared.balance[name], 2), 2)
                        for name in BALANCED
                    ],
                    words.say("programs.column.alike"): [
                        words.say(f"programs.balance.{_alike_word(compared.balance[name])}")
                        for name in BALANCED
                    ],
                }
            ),
            alt=words.say("programs.contrast.title_balance"),
        )
    with grid.cell(), st.container(border=True):
        st.subheader(words.say("programs.contrast.trust"), anchor=False)
        st.markdown(words.say("programs.contrast.trust_text"))


def groups_and_programs(session: Session, shown: Shown) -> None:
    grid = side_by_side()
    with grid.cell():
        _groups(session, shown)
    with grid.cell():
        _by_program(session, shown)


def _groups(session: Session, shown: Shown) -> None:
    """Who improved, by age, sex, language and diagnosis."""
    words = session.words
    told = {
        name: split
        for name, split in shown.results.groups.items()
        if any(one.improved.value is not None for one in split)
    }
    if not told:
        section(words.say("programs.groups.title"))
        st.caption(words.say("programs.groups.none"))
        return
    rows: list[Row] = []
    listed = []
    for dimension in DIMENSIONS:
        if dimension not in told:
            continue
        title = words.say(f"programs.group.{dimension}")
        rows.append(Row(title, heading=True))
        for one in told[dimension]:
            name = _group_name(session, dimension, one.name)
            said = _share_in_words(session, one.improved)
            rows.append(
                Row(
                    name,
                    marks=(Mark(said, one.improved.value, one.improved.interval),),
                    tone="better",
                )
            )
            listed.append(
                {
                    words.say("programs.column.by"): title,
                    words.say("programs.column.group"): name,
                    words.say("programs.column.improved"): said,
                }
            )
    chart_frame(
        session,
        "program_groups",
        program_intervals(rows, words, session.palette, narrow=session.narrow),
        pd.DataFrame(listed),
        title=words.say("programs.groups.title"),
        reading=_groups_in_words(session, shown),
        source=words.say("programs.groups.source"),
        origin=_origin(session, shown),
        how_to_read=words.say("programs.groups.how"),
    )


def _by_program(session: Session, shown: Shown) -> None:
    """The programs that are told together, one by one, as far as they can be."""
    words = session.words
    if not shown.results.programs:
        return
    section(
        words.say("programs.table.title"),
        words.say("disclosure.note", n=words.number(shown.minimum)),
    )
    small_table(
        pd.DataFrame(
            [
                {
                    words.say("programs.column.program"): one.name,
                    **{
                        words.say(f"programs.column.{name}"): _count(session, getattr(one, name))
                        for name in ("referred", "started")
                    },
                    words.say("programs.column.worst"): _share_in_words(session, one.improved),
                }
                for one in shown.results.programs
            ]
        ),
        alt=words.say("programs.table.title"),
    )


def source_parts(session: Session, shown: Shown) -> list[str]:
    """Whom the numbers are about, and what judges a change."""
    words = session.words
    return [
        words.say(
            "programs.source_referred",
            period=_period_in_words(session, shown.period),
            start=words.number(START_WITHIN),
            before=words.number(BEFORE_WITHIN),
            from_day=words.number(AFTER_FROM),
            until=words.number(AFTER_UNTIL),
        ),
        *(
            words.say(
                "programs.source_scale",
                scale=one.title,
                cut_off=words.number(one.cut_off),
                cut_off_source=citation(one.cut_off_source),
                reliable=words.number(one.reliable),
                reliable_source=citation(one.reliable_source),
            )
            for one in shown.scales
        ),
        words.say("disclosure.note", n=words.number(shown.minimum)),
    ]


def _funnel(session: Session, shown: Shown) -> None:
    words = session.words
    steps = shown.results.outcomes.steps
    told = {name: steps[name] for name in STEPS}
    whole = told["referred"]
    if whole is None:
        reading = words.say("programs.funnel.reading_none")
    else:
        key = "reading_hidden" if None in told.values() else "reading"
        reading = words.say(
            f"programs.funnel.{key}",
            **{name: _count(session, number) for name, number in told.items()},
        )
    chart_frame(
        session,
        "program_funnel",
        program_funnel(
            [(words.say(f"programs.step.{name}"), number) for name, number in told.items()],
            words,
            session.palette,
            narrow=session.narrow,
        ),
        pd.DataFrame(
            {
                words.say("programs.column.step"): [
                    words.say(f"programs.step.{name}") for name in STEPS
                ],
                words.say("programs.column.people"): [
                    _count(session, told[name]) for name in STEPS
                ],
                words.say("programs.column.share"): [
                    _share_only(session, Share(told[name], whole)) for name in STEPS
                ],
            }
        ),
        title=words.say("programs.funnel.title"),
        reading=reading,
        source=words.say("programs.funnel.source", start=words.number(START_WITHIN)),
        origin=_origin(session, shown),
        how_to_read=words.say("programs.funnel.how"),
    )


def _outcomes(session: Session, shown: Shown) -> None:
    words = session.words
    kinds = shown.results.outcomes.kinds
    chart_frame(
        session,
        "program_outcomes",
        program_intervals(
            [
                Row(
                    words.say(f"programs.outcome.{name}"),
                    words.say(f"programs.outcome_note.{name}", scale=shown.scales[0].title),
                    _marks(session, kinds[name]),
                    _TONES.get(name, "better"),
                )
                for name in KINDS
            ],
            words,
            session.palette,
            narrow=session.narrow,
        ),
        pd.DataFrame(
            [
                {
                    words.say("programs.column.outcome"): words.say(f"programs.outcome.{name}"),
                    words.say("programs.column.all_worst"): "–"
                    if one.all_starters is None
                    else _share_in_words(session, one.all_starters.worst),
                    words.say("programs.column.best"): "–"
                    if one.all_starters is None
                    else _share_in_words(session, one.all_starters.best),
                    words.say("programs.column.with_scores"): _share_in_words(session, one.started),
                    words.say("programs.column.finished"): _share_in_words(session, one.finished),
                }
                for name, one in kinds.items()
            ]
        ),
        title=words.say("programs.became.title"),
        reading=_became_in_words(session, shown),
        source=words.say("programs.became.source"),
        origin=_origin(session, shown),
        how_to_read=words.say("programs.became.how"),
    )


def _marks(session: Session, one: Outcome) -> tuple[Mark, Mark]:
    """All who started, and those who finished."""
    words = session.words
    bounds = one.all_starters
    if bounds is None:
        first = Mark(
            _share_in_words(session, one.started),
            one.started.value,
            one.started.interval,
            filled=True,
        )
    elif bounds.worst.value is None:
        first = Mark(words.say("disclosure.hidden"))
    elif bounds.best.value is None or bounds.best.interval is None:
        said = words.say(
            "programs.became.said_worst",
            low=words.share(bounds.worst.value),
            n=words.number(bounds.worst.whole or 0),
        )
        first = Mark(said, bounds.worst.value, bounds.worst.interval, filled=True)
    else:
        low, high = bounds.worst.interval or (0.0, 0.0), bounds.best.interval
        first = Mark(
            words.say(
                "programs.became.said_bounds",
                low=words.share(bounds.worst.value),
                high=words.share(bounds.best.value),
                n=words.number(bounds.worst.whole or 0),
            ),
            interval=(low[0], high[1]),
            bounds=(bounds.worst.value, bounds.best.value),
        )
    second = Mark(_share_in_words(session, one.finished), one.finished.value, one.finished.interval)
    return first, second


def _picture(session: Session, shown: Shown) -> None:
    words = session.words
    title = words.say("programs.picture.title")
    counted = shown.on_scale.grid
    if counted is None:
        section(title)
        st.caption(words.say("programs.hidden_here"))
        return
    direction = words.say(f"programs.picture.{shown.scale.higher_is}")
    key = "reading_hidden" if counted.hidden else "reading"
    chart_frame(
        session,
        "program_before_after",
        before_and_after(counted, shown.scale, words, session.palette, narrow=session.narrow),
        pd.DataFrame(
            [
                {
                    words.say("programs.column.squares_before"): _range(session, one, "before"),
                    words.say("programs.column.squares_after"): _range(session, one, "after"),
                    words.say("programs.column.people"): _count(session, one.people),
                }
                for one in counted.squares
            ]
        ),
        title=title,
        reading=words.say(
            f"programs.picture.{key}",
            scale=shown.scale.title,
            n=words.number(counted.people),
            hidden=words.number(counted.hidden),
            direction=direction,
        ),
        source=words.say("programs.picture.source", minimum=words.number(shown.minimum)),
        origin=_origin(session, shown),
        how_to_read=words.say("programs.picture.how"),
    )


def _contrast(session: Session, shown: Shown) -> None:
    words = session.words
    title = words.say("programs.contrast.title")
    compared = shown.on_scale.contrast
    if isinstance(compared, int):
        section(title)
        nothing_here(
            words.say("programs.contrast.none", n=words.number(compared)),
            words.say("programs.contrast.none_next"),
        )
        return
    expected = shown.on_scale.expected
    lines = [
        Line("came", compared.came.before, compared.came.after),
        Line("stayed", compared.stayed.before, compared.stayed.after),
    ]
    if expected is not None:
        lines.append(Line("expected", compared.came.before, expected.after))
    people = {"came": compared.came.people, "stayed": compared.stayed.people}
    chart_frame(
        session,
        "program_contrast",
        program_contrast(lines, shown.scale, words, session.palette, narrow=session.narrow),
        pd.DataFrame(
            [
                {
                    words.say("programs.column.who"): words.say(f"programs.line.{line.who}"),
                    words.say("programs.column.people"): _count(
                        session,
                        expected.people
                        if line.who == "expected" and expected is not None
                        else people.get(line.who),
                    ),
                    words.say("programs.column.mean_before"): _with_ci(session, line.before),
                    words.say("programs.column.mean_after"): _with_ci(session, line.after),
                }
                for line in lines
            ]
        ),
        title=title,
        reading=words.say(
            "programs.contrast.reading",
            scale=shown.scale.title,
            points=words.signed(round(compared.at_equal_start.value, 1), 1),
            low=words.fixed(compared.at_equal_start.low, 1),
            high=words.fixed(compared.at_equal_start.high, 1),
            adjusted=words.signed(round(compared.adjusted.value, 1), 1),
            adjusted_low=words.fixed(compared.adjusted.low, 1),
            adjusted_high=words.fixed(compared.adjusted.high, 1),
        ),
        source=words.say("programs.contrast.source", alike=_alike(session, compared)),
        origin=_origin(session, shown),
        how_to_read=words.say(
            "programs.contrast.how",
            came=_count(session, compared.came.people),
            stayed=_count(session, compared.stayed.people),
            others=_count(session, None if expected is None else expected.people),
        ),
    )


def _contrast_in_words(session: Session, shown: Shown) -> str:
    words = session.words
    compared = shown.on_scale.contrast
    if isinstance(compared, int):
        return words.say("programs.answer.no_contrast", n=words.number(compared))
    points = round(compared.adjusted.value, 1)
    return words.say(
        f"programs.answer.{'lower' if points <= 0 else 'higher'}",
        scale=shown.scale.title,
        points=words.fixed(abs(points), 1),
        low=words.fixed(compared.adjusted.low, 1),
        high=words.fixed(compared.adjusted.high, 1),
        clear=words.say(f"programs.answer.{'clear' if compared.adjusted.clear else 'not_clear'}"),
    )


def _regression_in_words(session: Session, shown: Shown) -> str:
    """What the start scores would have become anyway; empty where that is not known."""
    words = session.words
    expected = shown.on_scale.expected
    change = shown.on_scale.changes.get("started")
    if expected is None or change is None:
        return ""
    return words.say(
        "programs.answer.regression",
        expected=words.signed(round(expected.change.value, 1), 1),
        expected_low=words.fixed(expected.change.low, 1),
        expected_high=words.fixed(expected.change.high, 1),
        change=words.signed(round(change.change.value, 1), 1),
        low=words.fixed(change.change.low, 1),
        high=words.fixed(change.change.high, 1),
    )


def _became_in_words(session: Session, shown: Shown) -> str:
    words = session.words
    improved = shown.results.outcomes.kinds["improved"]
    bounds, missing = improved.all_starters, shown.results.outcomes.without_score
    interval = improved.finished.interval
    if (
        improved.finished.value is None
        or interval is None
        or bounds is None
        or bounds.worst.value is None
        or bounds.best.value is None
    ):
        return words.say("programs.became.reading_few")
    return words.say(
        "programs.became.reading",
        share=words.share(improved.finished.value),
        low=words.share(interval[0]),
        high=words.share(interval[1]),
        worst=words.share(bounds.worst.value),
        best=words.share(bounds.best.value),
        missing=_count(session, missing),
    )


def _groups_in_words(session: Session, shown: Shown) -> str:
    """The groups apart most within one split, and whether their intervals touch."""
    words = session.words
    apart = []
    for dimension, told in shown.results.groups.items():
        known = sorted(
            (one for one in told if one.improved.value is not None),
            key=lambda one: one.improved.value or 0.0,
        )
        if len(known) > 1:
            gap = (known[-1].improved.value or 0.0) - (known[0].improved.value or 0.0)
            apart.append((gap, dimension, known[0], known[-1]))
    if not apart:
        return words.say("programs.groups.reading_few")
    _, dimension, least, most = max(apart, key=lambda one: one[0])
    low, high = most.improved.interval, least.improved.interval
    touching = low is None or high is None or low[0] <= high[1]
    return words.say(
        "programs.groups.reading",
        by=words.say(f"programs.group.{dimension}").lower(),
        most=_group_name(session, dimension, most.name),
        most_share=_share_only(session, most.improved),
        least=_group_name(session, dimension, least.name),
        least_share=_share_only(session, least.improved),
        apart=words.say(f"programs.groups.{'touching' if touching else 'apart'}"),
    )


def _period_in_words(session: Session, period: Period) -> str:
    words = session.words
    return words.say(
        "programs.period_of", first=words.date(period.first), last=words.date(period.last)
    )


def _choice_in_words(session: Session, choice: Choice) -> str:
    """The program's own name, or what holds several together."""
    if len(choice.names) == 1:
        return choice.names[0]
    return session.words.term("programs.kind", choice.kind or choice.key)


def _group_name(session: Session, dimension: str, name: str) -> str:
    words = session.words
    if name == OTHER:
        return words.say("programs.group.other")
    return words.term("programs.group" if dimension == "age_band" else dimension, name)


def _alike(session: Session, compared: Contrast) -> str:
    words = session.words
    if not compared.alike_in:
        return words.say("programs.contrast.start_only")
    return words.joined([words.say(f"programs.adjuster.{name}") for name in compared.alike_in])


def _alike_word(difference: float) -> str:
    if isnan(difference):
        return "unknown"
    return "negligible" if abs(difference) < NEGLIGIBLE else "differs"


def _count(session: Session, number: int | None) -> str:
    words = session.words
    return words.say("disclosure.hidden") if number is None else words.number(number)


def _share_only(session: Session, share: Share) -> str:
    words = session.words
    return words.say("disclosure.hidden") if share.value is None else words.share(share.value)


def _share_in_words(session: Session, share: Share) -> str:
    words = session.words
    if share.whole == 0:
        return "–"
    if share.value is None or share.interval is None:
        return words.say("disclosure.hidden")
    return words.say(
        "programs.became.said_share",
        share=words.share(share.value),
        low=words.share(share.interval[0]),
        high=words.share(share.interval[1]),
        part=words.number(share.part or 0),
        whole=words.number(share.whole or 0),
    )


def _interval_of(session: Session, share: Share) -> str | None:
    words = session.words
    if share.interval is None:
        return None
    low, high = share.interval
    return words.say("programs.card.ci", low=words.share(low), high=words.share(high))


def _ci(session: Session, estimate: Estimate) -> str:
    words = session.words
    return words.say(
        "programs.card.ci",
        low=words.fixed(estimate.low, 1),
        high=words.fixed(estimate.high, 1),
    )


def _with_ci(session: Session, estimate: Estimate) -> str:
    words = session.words
    value, low, high = (
        words.fixed(one, 1) for one in (estimate.value, estimate.low, estimate.high)
    )
    return f"{value} ({words.say('programs.card.range', low=low, high=high)})"


def _range(session: Session, square: Square, side: str) -> str:
    words = session.words
    low, beyond = cast(tuple[float, float], getattr(square, side))
    last = beyond - 1
    if last <= low:
        return words.number(low)
    return words.say("programs.picture.range", low=words.number(low), high=words.number(last))


def _origin(session: Session, shown: Shown) -> Stamp:
    words = session.words
    chosen_here: Mapping[str, str] = {
        words.say("programs.program"): ", ".join(shown.choice.names),
        words.say("programs.period"): _period_in_words(session, shown.period),
        words.say("programs.scale"): shown.scale.title,
    }
    return stamp(session, shown.as_of, chosen_here)
