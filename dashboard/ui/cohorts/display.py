"""Two cohorts beside each other on the page: how far apart, how surely, and who is missing."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard.analysis.adjusted_comparison import (
    KINDS,
    Kind,
    adjusted_in_words,
    estimand,
)
from dashboard.analysis.cohort_comparison import (
    Difference,
    completers_in_words,
    difference_in_words,
    holm_in_words,
    leavers_in_words,
    overlap_in_words,
)
from dashboard.analysis.cohort_results import Models, compared
from dashboard.analysis.cohort_view import CohortView
from dashboard.analysis.cohort_windows import COHORTS, PLANNED, when_in_words
from dashboard.analysis.disclosure import is_small
from dashboard.analysis.readings import direction
from dashboard.analysis.regression import Estimate
from dashboard.charts.canvas import citation, plain
from dashboard.charts.cohort_courses import (
    cohort_courses,
    counts_in_words,
    shown_range,
    value_of,
)
from dashboard.charts.cohort_differences import cohort_differences, in_figures
from dashboard.charts.cohort_missing import cohort_missing
from dashboard.charts.cohort_spread import bar_in_words, cohort_spread
from dashboard.ui import filters, frames
from dashboard.ui.chart_frame import chart_frame
from dashboard.ui.cohorts.chosen import Chosen
from dashboard.ui.export import Stamp, stamp
from dashboard.ui.page import (
    ONE_OF_FOUR,
    Number,
    answer,
    nothing_here,
    numbers,
    section,
    side_by_side,
    small_table,
    source_line,
)
from dashboard.ui.plain import as_text
from dashboard.ui.session import Session

_MOST_POINTS = 60
# What the models were fitted for, and that they were asked for.
_FITTED = "cohorts_fitted"
_ASKED_FOR_MODELS = "cohorts_asked_for_models"


def show(session: Session, chosen: Chosen) -> None:
    """Everything below the controls, or why there is nothing to compare."""
    words = session.words
    looking, minimum = chosen.session, chosen.within.minimum
    if is_small(len(chosen.people.wide), minimum):
        nothing_here(chosen.say("few_here", n=minimum), chosen.say("few_here_next"))
        return
    if not chosen.within.allows(chosen.asked.named):
        nothing_here(
            words.say("disclosure.refused", n=minimum),
            chosen.say("refused_next"),
        )
        return
    told = compared(chosen.people, chosen.asked, chosen.scale, minimum)
    overlap = overlap_in_words(told.overlap, chosen.names, words)
    if told.overlap.handling == "refused" or not all(told.sizes.values()):
        reason = overlap if told.overlap.both else chosen.say("empty")
        nothing_here(as_text(reason), chosen.say("empty_next"))
        return
    if not any(value_of(one, chosen.statistic) for one in told.at):
        nothing_here(chosen.say("nothing", n=words.number(told.fewest)), chosen.say("nothing_next"))
        return
    models = _models_if_asked(chosen)
    answer(
        _answer(chosen, told),
        " ".join(
            [
                difference_in_words(
                    told.difference,
                    chosen.title,
                    told.main,
                    chosen.names,
                    words,
                    told.fewest,
                ),
                *([] if chosen.asked.b is None else [overlap]),
                chosen.say("estimand.limits"),
            ]
        ),
    )
    numbers(_cards(chosen, told, models), columns=4, narrowest=ONE_OF_FOUR)
    grid = side_by_side()
    with grid.cell():
        _courses(chosen, told)
    with grid.cell():
        _differences(chosen, told)
    grid = side_by_side()
    with grid.cell():
        _spread(chosen, told)
    with grid.cell():
        _missing(chosen, told)
    _adjusted(chosen, models)
    _method(chosen, told, models)
    source_line(looking, chosen.asked.as_of, _source(chosen, told))


def _answer(chosen: Chosen, told: CohortView) -> str:
    found = told.difference
    when = when_in_words(told.main, chosen.session.words)
    if found is None:
        return chosen.say("answer.few", when=when)
    if not found.difference.clear:
        return chosen.say("answer.alike", when=when, measure=chosen.title, **chosen.names)
    return chosen.say(
        f"answer.{'higher' if found.difference.value > 0 else 'lower'}",
        when=when,
        measure=chosen.title,
        direction=direction(chosen.scale.higher_is, chosen.session.words),
        amount=chosen.session.words.fixed(abs(found.difference.value), 1),
        **chosen.names,
    )


def _cards(chosen: Chosen, told: CohortView, models: Models | None) -> list[Number]:
    words = chosen.session.words
    few = chosen.say("too_few")
    found, tick = told.difference, chosen.tick(told.main)
    plainly = (few, None) if found is None else _valued(chosen, found.difference, 1)
    size = (
        (few, None)
        if found is None or found.g is None
        else (words.fixed(found.g.value, 2), _interval(chosen, found.g.low, found.g.high, 2))
    )
    cards = [
        Number(
            chosen.say("card.difference", tick=tick),
            plainly[0],
            plainly[1],
            explained=chosen.say("card.difference_help"),
        ),
        Number(
            chosen.say("card.g", tick=tick), size[0], size[1], explained=chosen.say("card.g_help")
        ),
    ]
    if chosen.scale.screen is not None:
        cut_off = words.number(chosen.scale.screen.at_least)
        shares = told.shares
        cards.append(
            Number(
                chosen.say("card.above", cut_off=cut_off, tick=tick),
                few
                if shares is None
                else chosen.say(
                    "card.two_shares", a=words.share(shares.a), b=words.share(shares.b)
                ),
                None
                if shares is None
                else chosen.say(
                    "card.points",
                    value=words.signed(round((shares.a - shares.b) * 100)),
                    low=words.number(round(shares.low * 100)),
                    high=words.number(round(shares.high * 100)),
                ),
            )
        )
    one = None if models is None else models.adjusted.at.get(told.main)
    value, interval = (
        _valued(chosen, one, 1)
        if one is not None
        else (chosen.say("card.not_yet" if models is None else "too_few"), None)
    )
    cards.append(
        Number(
            chosen.say("card.adjusted", tick=tick),
            value,
            interval,
            explained=chosen.say("card.adjusted_help"),
        )
    )
    return cards


def _valued(chosen: Chosen, found: Estimate, places: int) -> tuple[str, str]:
    words = chosen.session.words
    sign = "+" if round(found.value, places) > 0 else ""
    return (
        sign + words.fixed(found.value, places),
        _interval(chosen, found.low, found.high, places),
    )


def _interval(chosen: Chosen, low: float, high: float, places: int) -> str:
    words = chosen.session.words
    return chosen.say("card.interval", low=words.fixed(low, places), high=words.fixed(high, places))


def _courses(chosen: Chosen, told: CohortView) -> None:
    session, words = chosen.session, chosen.session.words
    points = None
    per_time = max(one.n for one in told.at)
    few_enough = not chosen.of_the_service and per_time <= _MOST_POINTS
    if few_enough and st.toggle(words.say("cohorts.courses.points"), key="cohorts_points"):
        points = told.scores
    low, high = shown_range(told, chosen.scale, chosen.statistic)
    chart_frame(
        session,
        "cohort_courses",
        cohort_courses(
            told,
            chosen.scale,
            chosen.statistic,
            chosen.names,
            chosen.ticks,
            _cut_off(chosen),
            points,
            words,
            session.palette,
            narrow=session.narrow,
        ),
        _course_rows(chosen, told),
        title=chosen.say(
            "courses.title", measure=chosen.title, zero=chosen.say(f"since.{chosen.asked.zero}")
        ),
        reading=chosen.say(
            f"courses.reading_{chosen.statistic}",
            direction=direction(chosen.scale.higher_is, words),
        ),
        source=_counted(chosen, told),
        origin=_origin(chosen, chosen.say("estimand.described")),
        how_to_read=chosen.say(
            "courses.how",
            low=words.number(low),
            high=words.number(high),
            minimum=words.number(chosen.scale.minimum),
            maximum=words.number(chosen.scale.maximum),
        ),
    )


def _course_rows(chosen: Chosen, told: CohortView) -> pd.DataFrame:
    words = chosen.session.words
    rows = []
    for one in told.at:
        n, missing = counts_in_words(told, one, words)
        value = value_of(one, chosen.statistic)
        figures = (None, None, None) if value is None else value
        rows.append(
            {
                chosen.say("column.cohort"): _lettered(chosen, one.cohort),
                chosen.say("column.time"): chosen.tick(one.window),
                chosen.say(f"statistic.{chosen.statistic}"): _rounded(figures[0]),
                chosen.say("column.low"): _rounded(figures[1]),
                chosen.say("column.high"): _rounded(figures[2]),
                chosen.say("column.n"): n,
                chosen.say("column.missing"): missing,
            }
        )
    return pd.DataFrame(rows)


def _differences(chosen: Chosen, told: CohortView) -> None:
    session, words = chosen.session, chosen.session.words
    chart_frame(
        session,
        "cohort_differences",
        cohort_differences(
            {
                window: None if one is None else (one.difference, one.g)
                for window, one in told.differences.items()
            },
            told.main,
            chosen.ticks,
            _axis(chosen),
            words,
            session.palette,
            narrow=session.narrow,
        ),
        _difference_rows(chosen, told.differences),
        title=chosen.say("differences.title"),
        reading=chosen.say(
            "differences.reading", direction=direction(chosen.scale.higher_is, words)
        ),
        source=_counted(chosen, told),
        origin=_origin(chosen, chosen.say("estimand.difference")),
        how_to_read=chosen.say("differences.how", main=chosen.tick(told.main)),
    )
    # Enough people may be there and yet not be told, for the sake of the few beside them.
    may = told.told[told.main].completers
    without = chosen.say("too_few" if may else "hidden")
    beside = pd.DataFrame(
        [
            {
                chosen.say("column.who"): chosen.say(f"column.{key}"),
                chosen.say("column.difference"): none if found is None else _figures(chosen, found),
                chosen.say("column.people"): none
                if found is None
                else chosen.say("n_and_n", a=words.number(found.n_a), b=words.number(found.n_b)),
            }
            for key, found, none in (
                ("everyone", told.completers.everyone, chosen.say("too_few")),
                ("completers", told.completers.completers, without),
            )
        ]
    )
    title = chosen.say("completers.title", tick=chosen.tick(told.main))
    section(as_text(title), as_text(chosen.say("completers.how")))
    small_table(beside, alt=completers_in_words(told.completers, told.main, words))


def _difference_rows(chosen: Chosen, found: Mapping[float, Difference | None]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                chosen.say("column.time"): chosen.tick(window),
                chosen.say("column.difference"): _figures(chosen, one),
                chosen.say("differences.g"): chosen.say("too_few")
                if one is None or one.g is None
                else in_figures(one.g, chosen.session.words, signed=False, places=2),
                chosen.say("column.n_a"): None if one is None else one.n_a,
                chosen.say("column.n_b"): None if one is None else one.n_b,
            }
            for window, one in found.items()
        ]
    )


def _spread(chosen: Chosen, told: CohortView) -> None:
    session, words = chosen.session, chosen.session.words
    tick = chosen.tick(told.main)
    title = chosen.say("spread.title", tick=tick)
    if not told.bars:
        section(as_text(title))
        nothing_here(chosen.say("spread.none"), chosen.say("spread.none_next"))
        return
    cut_off = None if chosen.scale.screen is None else chosen.scale.screen.at_least
    n = {name: sum(bar.people[name] for bar in told.bars) for name in COHORTS}
    rows = pd.DataFrame(
        [
            {
                chosen.say("column.score"): bar_in_words(bar, chosen.scale.maximum, words),
                **{
                    f"{name.upper()}, {what}": value
                    for name in COHORTS
                    for what, value in (
                        (chosen.say("column.people"), bar.people[name]),
                        ("%", round(100 * bar.people[name] / n[name])),
                    )
                },
            }
            for bar in told.bars
        ]
    )
    reading = chosen.say("spread.reading")
    if told.shares is not None and cut_off is not None:
        reading = chosen.say(
            "spread.reading_shares",
            a=words.share(told.shares.a),
            b=words.share(told.shares.b),
            cut_off=words.number(cut_off),
        )
    chart_frame(
        session,
        "cohort_spread",
        cohort_spread(
            told.bars,
            told.shares,
            cut_off,
            chosen.scale.maximum,
            chosen.names,
            plain(
                chosen.say(
                    "spread.axis",
                    measure=chosen.title,
                    direction=direction(chosen.scale.higher_is, words),
                )
            ),
            _cut_off(chosen),
            words,
            session.palette,
        ),
        rows,
        title=title,
        reading=reading,
        source=_counted(chosen, told),
        origin=_origin(chosen, chosen.say("estimand.spread")),
        how_to_read=chosen.say("spread.how_joined" if chosen.of_the_service else "spread.how"),
    )


def _missing(chosen: Chosen, told: CohortView) -> None:
    session, words = chosen.session, chosen.session.words
    rows = []
    for one in told.at:
        n, missing = counts_in_words(told, one, words)
        rows.append(
            {
                chosen.say("column.cohort"): _lettered(chosen, one.cohort),
                chosen.say("column.time"): chosen.tick(one.window),
                chosen.say("column.members"): told.sizes[one.cohort],
                chosen.say("column.n"): n,
                chosen.say("column.missing"): missing,
            }
        )
    chart_frame(
        session,
        "cohort_missing",
        cohort_missing(told, chosen.names, chosen.ticks, words, session.palette),
        pd.DataFrame(rows),
        title=chosen.say("missing.title"),
        reading=chosen.say("missing.reading"),
        source=_counted(chosen, told),
        origin=_origin(chosen, chosen.say("estimand.missing")),
        how_to_read=chosen.say("missing.how_hidden" if chosen.of_the_service else "missing.how"),
    )
    if told.main > PLANNED[0] and not told.told[told.main].leavers:
        st.markdown(chosen.say("leavers.hidden", when=when_in_words(told.main, words)))
    elif told.main > PLANNED[0]:
        for text in leavers_in_words(told.leavers, told.main, chosen.names, words):
            st.markdown(as_text(text))


def _models_if_asked(chosen: Chosen) -> Models | None:
    """The models, once they were asked for with exactly these choices."""
    choices = _key_of_models(chosen)
    if st.session_state.pop(_ASKED_FOR_MODELS, False):
        st.session_state[_FITTED] = choices
    if st.session_state.get(_FITTED) != choices:
        return None
    looking = chosen.session
    with st.spinner(chosen.say("adjusted.working")):
        return frames.cohort_models(
            looking.directory,
            looking.snapshot,
            looking.scope.person_id,
            looking.scope.role,
            chosen.asked,
            chosen.within.minimum,
            _kind(),
            chosen.adjusters,
            tuple(chosen.others),
        )


def _kind() -> Kind:
    asked = st.session_state.get("model") or st.query_params.get("model")
    return next((kind for kind in KINDS if kind == asked), KINDS[0])


def _key_of_models(chosen: Chosen) -> tuple[object, ...]:
    looking = chosen.session
    return (
        looking.scope,
        looking.snapshot,
        chosen.asked,
        _kind(),
        chosen.adjusters,
    )


def _ask_for_models() -> None:
    """For what is chosen when the page is next drawn: the button may have been pressed while it
    still showed what was chosen before."""
    st.session_state[_ASKED_FOR_MODELS] = True


def _adjusted(chosen: Chosen, models: Models | None) -> None:
    """The adjusted difference and the other measures, worked out when they are asked for."""
    section(
        chosen.say("adjusted.title"),
        as_text(chosen.say("adjusted.how", adjusters=_alike(chosen))),
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        filters.one_of(
            chosen.say("adjusted.model"),
            "model",
            KINDS,
            KINDS[0],
            lambda name: chosen.say(f"kind.{name}"),
            show_label=True,
        )
        if models is None:
            st.button(
                chosen.say("adjusted.fit"),
                icon=":material/calculate:",
                on_click=_ask_for_models,
            )
    if models is None:
        return
    words, found, window = chosen.session.words, models.adjusted, chosen.asked.window
    said = adjusted_in_words(
        found, chosen.title, window, chosen.names, words, counted=models.counted
    )
    question = estimand(found, chosen.title, window, chosen.names, words)
    grid = side_by_side()
    with grid.cell(), st.container(border=True, height="stretch"):
        st.markdown(as_text(said))
        st.markdown(f":gray[{as_text(question)}]")
    with grid.cell():
        _on_others(chosen, models)
    if not found.at:
        return
    chart_frame(
        chosen.session,
        "cohort_adjusted",
        cohort_differences(
            {at: (one, None) for at, one in found.at.items()},
            window,
            [chosen.tick(at) for at in found.at],
            _axis(chosen),
            words,
            chosen.session.palette,
            narrow=chosen.session.narrow,
        ),
        pd.DataFrame(
            [
                {
                    chosen.say("column.time"): chosen.tick(at),
                    chosen.say("column.difference"): in_figures(one, words, signed=True, places=2),
                }
                for at, one in found.at.items()
            ]
        ),
        title=chosen.say("adjusted.picture"),
        reading=said,
        source=chosen.say("adjusted.source", kind=chosen.say(f"kind.{found.kind}")),
        origin=_origin(chosen, question),
    )


def _on_others(chosen: Chosen, models: Models) -> None:
    """The same cohorts on other measures, corrected for comparing several."""
    words = chosen.session.words
    titles = {chosen.asked.scale: chosen.title, **chosen.others}
    corrected = models.others.corrected
    rows = []
    for name, one in models.others.differences.items():
        scale = chosen.session.catalogue[name.split("/")[0]].scale(name.split("/")[1])
        holds = name in corrected.index and bool(corrected.loc[name, "holds"])
        rows.append(
            {
                chosen.say("column.measure"): titles[name],
                chosen.say("column.direction"): direction(scale.higher_is, words),
                "A": None if one is None else words.fixed(one.mean_a, 1),
                "B": None if one is None else words.fixed(one.mean_b, 1),
                chosen.say("column.difference"): _figures(chosen, one),
                chosen.say("column.holm"): chosen.say("too_few")
                if one is None
                else chosen.say("holm.differs" if holds else "holm.cannot_tell"),
            }
        )
    title = chosen.say("others.title", tick=chosen.tick(chosen.asked.window))
    section(as_text(title), as_text(holm_in_words(corrected.rename(index=titles), words)))
    small_table(pd.DataFrame(rows), alt=title)


def _method(chosen: Chosen, told: CohortView, models: Models | None) -> None:
    """Text to paste, with what was chosen."""
    words, session = chosen.session.words, chosen.session
    sentences = [
        chosen.say(
            "method.described",
            measure=chosen.title,
            zero=chosen.say(f"since.{chosen.asked.zero}"),
            times=words.joined(chosen.ticks),
            fewest=words.number(told.fewest),
            **chosen.names,
        )
    ]
    if models is not None:
        sentences += [
            chosen.say(f"method.{models.adjusted.kind}", adjusters=_alike(chosen)),
            estimand(models.adjusted, chosen.title, chosen.asked.window, chosen.names, words),
            chosen.say("method.holm", n=words.number(len(models.others.corrected))),
        ]
    sentences.append(
        chosen.say(
            "method.end",
            whose=chosen.say(f"whose.{'service' if chosen.of_the_service else 'mine'}"),
            date=words.date(chosen.asked.as_of),
            snapshot=session.snapshot,
        )
    )
    if session.sample:
        sentences.append(chosen.say("method.synthetic"))
    with st.expander(chosen.say("method.title"), icon=":material/function:"):
        st.code(" ".join(sentences), language=None, wrap_lines=True)


def _alike(chosen: Chosen) -> str:
    if not chosen.adjusters:
        return chosen.say("adjusted.nothing")
    return chosen.session.words.joined(
        [chosen.say(f"adjuster.{name}") for name in chosen.adjusters]
    )


def _lettered(chosen: Chosen, cohort: str) -> str:
    return f"{cohort.upper()} · {chosen.names[cohort]}"


def _figures(chosen: Chosen, found: Difference | None) -> str:
    if found is None:
        return chosen.say("too_few")
    return in_figures(found.difference, chosen.session.words, signed=True, places=1)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _axis(chosen: Chosen) -> str:
    words = chosen.session.words
    return plain(
        chosen.say(
            "differences.axis",
            low=words.number(chosen.scale.minimum),
            high=words.number(chosen.scale.maximum),
        )
    )


def _cut_off(chosen: Chosen) -> str:
    screen = chosen.scale.screen
    if screen is None:
        return ""
    return chosen.say(
        "cut_off", cut_off=chosen.number(screen.at_least), source=citation(screen.source)
    )


def _counted(chosen: Chosen, told: CohortView) -> str:
    """The source line of a figure."""
    parts = _people(chosen, told)
    return " · ".join([*parts, _cut_off(chosen)] if chosen.scale.screen else parts)


def _people(chosen: Chosen, told: CohortView) -> list[str]:
    """Whose patients, how many, and how many have a score."""
    words = chosen.session.words
    of_main = [one for one in told.at if one.window == told.main]
    counts = [counts_in_words(told, one, words) for one in of_main]
    return [
        chosen.say(f"whose.{'service' if chosen.of_the_service else 'mine'}"),
        chosen.say("source.n", a=words.number(told.sizes["a"]), b=words.number(told.sizes["b"])),
        chosen.say(
            "source.scored",
            tick=chosen.tick(told.main),
            a=counts[0][0],
            b=counts[1][0],
            missing_a=counts[0][1],
            missing_b=counts[1][1],
        ),
    ]


def _source(chosen: Chosen, told: CohortView) -> list[str]:
    """The same with the whole source of the cut-off, and what is hidden."""
    parts = _people(chosen, told)
    screen = chosen.scale.screen
    if screen is not None:
        parts.append(
            chosen.say("cut_off", cut_off=chosen.number(screen.at_least), source=screen.source)
        )
    if chosen.of_the_service:
        minimum = chosen.number(chosen.within.minimum)
        parts.append(chosen.session.words.say("disclosure.note", n=minimum))
    return parts


def _origin(chosen: Chosen, what_is_estimated: str) -> Stamp:
    return stamp(
        chosen.session,
        chosen.asked.as_of,
        {**chosen.filters, chosen.say("estimand.title"): what_is_estimated},
    )
