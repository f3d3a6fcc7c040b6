"""The controls of the Cohorts page: whose patients, who is in each cohort, and what is compared."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from dashboard.analysis.adjusted_comparison import BASELINE as FIRST_SCORE
from dashboard.analysis.adjusting import ADJUSTERS
from dashboard.analysis.cohort_results import (
    ZEROS,
    Asked,
    Everyone,
    Held,
    People,
    people_of,
    scale_of,
    sizes,
    steps,
)
from dashboard.analysis.cohort_windows import COHORTS, PLANNED
from dashboard.analysis.cohorts import (
    BASELINE,
    DIMENSIONS,
    SOURCE,
    UNKNOWN,
    Limits,
    values_of,
)
from dashboard.analysis.disclosure import is_small, last_month_end
from dashboard.analysis.support import SOURCES
from dashboard.analysis.trends import FollowedScale, first_choice, scales_of
from dashboard.charts.cohort_marks import picture_of_mark
from dashboard.ui import address, filters, frames
from dashboard.ui.cohorts.chosen import Chosen, Naming
from dashboard.ui.cohorts.saved import Saved, save_or_open, saved_cohorts
from dashboard.ui.page import counting, side_by_side
from dashboard.ui.plain import as_text
from dashboard.ui.session import Session

_IN_FRONT = ("age", "diagnosis", "phase")
_AT_FIRST: Mapping[str, tuple[str, ...]] = {"a_age": ("under_50",)}
_ADJUSTED_AT_FIRST = (FIRST_SCORE, "age", "sex", "stage", "site")
_MOST_OTHERS = 5


def chosen(session: Session, as_of: date) -> Chosen | None:
    """Everything that was chosen; None where no scale can be compared."""
    looking = _whose(session)
    if looking.scope.role == "service":
        as_of = last_month_end(as_of)
    scales = scales_of(looking.ask("trend_scales"))
    if not scales:
        return None
    by_key = {f"{one.measure_key}/{one.scale_key}": one for one in scales}
    with counting(session):
        register = frames.cohort_register(
            looking.directory,
            looking.snapshot,
            looking.scope.person_id,
            looking.scope.role,
            as_of,
            looking.minimum_cell,
        )
    cards = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        name, zero, window, statistic = _what(session, by_key)
        adjusters = _adjust(session)
    scale = scale_of(looking.catalogue, name)
    asked = Asked(as_of, name, zero, window, (), None)
    base = frames.cohort_everyone(
        looking.directory,
        looking.snapshot,
        looking.scope.person_id,
        looking.scope.role,
        as_of,
        name,
        zero,
        looking.minimum_cell,
    )
    naming = Naming(looking, tuple(band.label for band in scale.bands), register.programs)
    with cards:
        asked, people, names = _builder(looking, asked, base, naming, register.within)
    return Chosen(
        looking,
        asked,
        register.within,
        naming,
        people,
        scale,
        by_key[name].title,
        statistic,
        tuple(one for one in adjusters if one not in asked.named),
        _others(name, scales),
        names,
    )


def _whose(session: Session) -> Session:
    words = session.words
    whose = filters.one_of(
        words.say("cohorts.control.whose"),
        "whose",
        ("service", "mine"),
        "service",
        lambda name: words.say(f"cohorts.whose.{name}"),
        show_label=True,
    )
    return session.of_the_service if whose == "service" else session


def _what(session: Session, by_key: Mapping[str, FollowedScale]) -> tuple[str, str, float, str]:
    """Scale, time zero, planned time and statistic."""
    words = session.words
    first = first_choice(list(by_key.values())) or next(iter(by_key.values()))
    name = filters.one_from_list(
        words.say("cohorts.control.scale"),
        "scale",
        list(by_key),
        lambda key: by_key[key].title,
        width=230,
        default=f"{first.measure_key}/{first.scale_key}",
    )
    zero = filters.one_from_list(
        words.say("cohorts.control.zero"),
        "zero",
        ZEROS,
        lambda key: words.say(f"cohorts.zero.{key}"),
        width=190,
    )
    window = filters.one_of(
        words.say("cohorts.control.window"),
        "wave",
        [f"{one:g}" for one in PLANNED],
        "6",
        lambda key: (
            words.say("cohorts.tick.zero")
            if key == "0"
            else words.say("cohorts.tick.months", n=key)
        ),
        show_label=True,
    )
    statistic = filters.one_of(
        words.say("cohorts.control.statistic"),
        "middle",
        ("mean", "median"),
        "mean",
        lambda key: words.say(f"cohorts.statistic.{key}"),
        show_label=True,
    )
    return name, zero, float(window), statistic


def _adjust(session: Session) -> list[str]:
    words = session.words
    with st.container(gap="xxsmall", width="content"):
        st.caption(words.say("cohorts.control.adjust"))
        return filters.any_of(
            words.say("cohorts.control.adjust"),
            "adjust",
            (FIRST_SCORE, *ADJUSTERS),
            _ADJUSTED_AT_FIRST,
            lambda key: words.say(f"cohorts.adjust.{key}"),
        )


def _others(name: str, scales: Sequence[FollowedScale]) -> dict[str, str]:
    """The other scales of which most forms came, one a measure."""
    found: dict[str, str] = {}
    measures = {name.split("/")[0]}
    for one in scales:
        if one.measure_key not in measures and len(found) < _MOST_OTHERS:
            measures.add(one.measure_key)
            found[f"{one.measure_key}/{one.scale_key}"] = one.title
    return found


def _builder(
    session: Session, asked: Asked, base: Everyone, naming: Naming, within: Limits
) -> tuple[Asked, People, dict[str, str]]:
    """Both cohorts beside each other, and how many are in each while they are being built."""
    listed = saved_cohorts(session)
    named = _named_now(base, within)
    grid = side_by_side()
    held: dict[str, Held | None] = {}
    rows = {}
    for cohort in COHORTS:
        with grid.cell(), st.container(border=True, height="stretch"):
            held[cohort], rows[cohort] = _card(session, cohort, base, naming, within, named, listed)
    asked = replace(asked, a=held["a"] or (), b=held["b"])
    people = people_of(base, asked)
    names = {"a": _called(session, asked.a, naming, listed)}
    names["b"] = (
        session.words.say("cohorts.rest")
        if asked.b is None
        else _called(session, asked.b, naming, listed)
    )
    for cohort in COHORTS:
        title, counts = rows[cohort]
        title.markdown(f"**{cohort.upper()}** · {as_text(names[cohort])}")
        counts.markdown(_counted(session, cohort, asked, people, naming, within))
    return asked, people, names


def _named_now(base: Everyone, within: Limits) -> frozenset[str]:
    """The dimensions that stand in the controls, before they are drawn."""
    found = set()
    for cohort in COHORTS:
        if cohort == "b" and _kind_of_b() == "rest":
            continue
        for name in DIMENSIONS:
            if not _offered(name, base, within):
                continue
            key = f"{cohort}_{name}"
            at_first = st.query_params.get_all(key) or _AT_FIRST.get(key, ())
            if any(st.session_state.get(key, at_first)):
                found.add(name)
    return frozenset(found)


def _kind_of_b() -> str:
    return str(st.session_state.get("b") or st.query_params.get("b") or "rest")


def _card(
    session: Session,
    cohort: str,
    base: Everyone,
    naming: Naming,
    within: Limits,
    named: frozenset[str],
    listed: list[Saved],
) -> tuple[Held | None, tuple[st.delta_generator.DeltaGenerator, ...]]:
    """The rules of one cohort; None for everyone who is not in the other one."""
    words = session.words
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.image(picture_of_mark(cohort, session.palette), width=16)
        title = st.empty()
        st.space("stretch")
        more = st.popover(
            words.say("cohorts.builder.more"), icon=":material/tune:", type="tertiary"
        )
        place_of_saved = st.container(width="content")
    rest = False
    if cohort == "b":
        rest = (
            filters.one_of(
                words.say("cohorts.builder.kind"),
                "b",
                ("rest", "own"),
                "rest",
                lambda name: words.say(f"cohorts.builder.{name}"),
            )
            == "rest"
        )
    held: dict[str, tuple[str, ...]] = {}
    if not rest:
        with st.grid(3, gap="small", min_column_width=175):
            for name in _IN_FRONT:
                held[name] = _rule(session, cohort, name, base, naming, within, named)
    with more:
        if rest:
            st.caption(words.say("cohorts.builder.rest_help"))
        for name in DIMENSIONS:
            if not rest and name not in _IN_FRONT and _offered(name, base, within):
                held[name] = _rule(session, cohort, name, base, naming, within, named)
        if within.minimum > 1:
            st.caption(words.say("cohorts.builder.limits", n=words.number(within.minimum)))
    told = tuple((name, held[name]) for name in DIMENSIONS if held.get(name))
    with place_of_saved:
        save_or_open(session, cohort, told, listed)
    return (None if rest else told), (title, st.empty())


def _offered(name: str, base: Everyone, within: Limits) -> bool:
    """Without bands there is no band of the first score; who gives support stands in answers,
    which the whole service does not show."""
    if name == SOURCE:
        return within.minimum == 1
    return name != BASELINE or len(values_of(base.groups, name)) > 1


def _rule(
    session: Session,
    cohort: str,
    name: str,
    base: Everyone,
    naming: Naming,
    within: Limits,
    named: frozenset[str],
) -> tuple[str, ...]:
    """The values of one dimension of which one has to hold; none of them is any."""
    key = f"{cohort}_{name}"
    options = [*SOURCES, UNKNOWN] if name == SOURCE else values_of(base.groups, name)
    at_first = [value for value in _AT_FIRST.get(key, ()) if value in options]
    address.seed_several(key, options, at_first)
    st.session_state[key] = [value for value in st.session_state[key] if value in options]
    st.multiselect(
        naming.dimension(name),
        options,
        format_func=lambda value: naming.value(name, value),
        key=key,
        placeholder=session.words.say("cohorts.builder.any"),
        disabled=not st.session_state[key] and name not in within.partners(named),
        persist_state="session",
    )
    values = tuple(st.session_state[key])
    address.keep_several(key, values, at_first)
    return values


def _called(session: Session, held: Held, naming: Naming, listed: list[Saved]) -> str:
    """The name that these rules were last saved under, else the rules themselves."""
    return next((one.name for one in listed if one.held == held and held), naming.cohort(held))


def _counted(
    session: Session, cohort: str, asked: Asked, people: People, naming: Naming, within: Limits
) -> str:
    """How many are left after each rule, as far as that may be told."""
    words = session.words
    held = asked.a if cohort == "a" else asked.b
    if is_small(len(people.wide), within.minimum):
        return words.say("disclosure.hidden")
    everyone = words.count("cohorts.people", len(people.wide))
    if not within.allows(asked.named):
        return words.say("cohorts.builder.not_told")
    if held is None:
        told = words.count("cohorts.people", sizes(people)[cohort])
        return f"{everyone} → **{told}**"
    parts = [everyone]
    counts = steps(people, dict(held))
    for place, (one, count) in enumerate(zip(held, counts, strict=True)):
        so_far = frozenset(name for name, _ in held[: place + 1])
        if place < len(held) - 1 and not within.allows(so_far):
            continue
        said = f"{words.number(count)} {as_text(naming.cohort((one,)))}"
        parts.append(f"**{said}**" if place == len(held) - 1 else said)
    return " → ".join(parts)
