"""The alert rules: in words, tried out over the past year, published and taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import pandas as pd
import streamlit as st
from streamlit.elements.lib.grid_container import GridContainer

from dashboard.analysis import alert_budget
from dashboard.analysis.alert_budget import Budget, budget_of, per_nurse_week
from dashboard.analysis.alert_reasons import TIERS
from dashboard.analysis.measurement_error import measurement_errors
from dashboard.charts.alerts_per_week import alerts_per_week
from dashboard.charts.lead_times import lead_times
from dashboard.errors import AttunedError, Fault, RulesRefused
from dashboard.mismatch.pathway import load_pathway
from dashboard.mismatch.rules import Rules, check_rules, default_rules
from dashboard.store import OPERATOR
from dashboard.store.alerting import publish_rules
from dashboard.ui import frames
from dashboard.ui.access import MAY_PUBLISH_RULES
from dashboard.ui.chart_frame import chart_frame
from dashboard.ui.export import stamp
from dashboard.ui.page import Number, emphasis, nothing_here, numbers, section, small_table
from dashboard.ui.plain import as_text
from dashboard.ui.session import Session
from dashboard.ui.upload import told

# What a draft may change, by section of rules.toml; in the form, the last four stand together.
THRESHOLDS: dict[str, tuple[str, ...]] = {
    "under": ("need", "gap", "unmet_item"),
    "under_high": ("need", "importance", "gap", "distress_window_days"),
    "persist": ("gap", "from_days", "until_days"),
    "clearing": ("gap", "gap_twice"),
    "distress": ("tier", "tier_severe"),
    "worse": ("gap",),
    "over": ("by",),
    "validity": ("support_days",),
    "follow_up": ("snooze_days",),
}
_TOGETHER = [group for group, names in THRESHOLDS.items() if len(names) == 1]
_TIERS_TO_CHOOSE = ("high", "medium", "low")
_BUDGET = 12
_LONGEST_NOTE = 500
# Whom a new store names as the publisher of the rules that it begins with.
_PROJECT = "default"


@dataclass(frozen=True)
class Replay:
    """What the rules in force, and a draft of others, would have meant.

    Attributes:
        now: None where too few patients are followed to tell anything.
        changed: the draft's rules; None while nothing was replayed.
        nurses: on the staff list, at least one.
        limit: new alerts a week that are thought bearable for one nurse.
    """

    now: Budget | None
    draft: Budget | None
    changed: Rules | None
    nurses: int
    limit: float


def in_force(session: Session) -> Rules:
    """The newest version; on an empty store the one that it will begin with."""
    if session.snapshot == 0:
        return default_rules()
    return Rules.model_validate_json(session.ask("rule_versions")["rules"].iloc[0])


def replay(session: Session, rules: Rules, as_of: date) -> Replay:
    """The past year under the rules in force, and under the draft where there is one."""
    people = session.ask("people")
    changed = _draft(rules)
    return Replay(
        now=_budget(session, rules, as_of),
        draft=None if changed is None else _budget(session, changed, as_of),
        changed=changed,
        nurses=max(1, int((people["role"] == "nurse").sum())),
        limit=float(st.session_state.get("rules_budget", _BUDGET)),
    )


def version_line(session: Session, rules: Rules, shown: Replay) -> None:
    """Which version is in force, who put it there and why; and whether a draft is looked at."""
    words = session.words
    newest = session.ask("rule_versions").iloc[0]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(words.say("rules.in_force", version=rules.version), color="gray")
        if shown.changed is not None:
            st.badge(words.say("rules.draft_badge", version=rules.version + 1), color="blue")
        st.markdown(
            words.say(
                "rules.published",
                person=as_text(_name_of(session, newest["person"])),
                date=as_text(words.date(newest["published_at"])),
                note=as_text(_note_of(session, newest)),
            )
        )


def published_just_now(session: Session) -> None:
    """Say once that a publication took place."""
    version = st.session_state.pop("rules_published", None)
    if version is not None:
        st.success(session.words.say("rules.done", version=version), icon=":material/check:")


def answer_to(session: Session, shown: Replay) -> str:
    """One or two sentences: the draft against the rules in force, or these alone."""
    words = session.words
    if shown.now is None:
        return words.say("budget.too_few", n=words.number(session.store.minimum_cell))
    if shown.draft is None:
        return alert_budget.answer_for(shown.now, shown.nurses, shown.limit, words)
    return alert_budget.comparison(shown.now, shown.draft, shown.nurses, shown.limit, words)


def cards(session: Session, shown: Replay) -> None:
    """Four numbers of the year, each beside what it is with the rules in force."""
    if shown.now is None:
        return
    words = session.words
    main, before = shown.draft or shown.now, shown.now if shown.draft else None
    told_of: list[tuple[str, float | None, float | None]] = [
        (
            "alerts",
            per_nurse_week(main, shown.nurses),
            per_nurse_week(before, shown.nurses) if before else None,
        ),
        ("caught", main.caught, before.caught if before else None),
        ("lead", main.lead, before.lead if before else None),
        ("never_worse", main.never_worse, before.never_worse if before else None),
    ]
    beside = {
        "alerts": words.say("budget.card.of_budget", n=words.number(shown.limit)),
        "caught": words.say("budget.card.of_all", n=main.said(main.worsenings, words)),
        "lead": words.say("budget.card.days"),
        "never_worse": words.say("budget.card.of_flagged", n=main.said(main.flagged, words)),
    }
    numbers(
        [
            Number(
                words.say(f"budget.row.{name}"),
                main.said(value, words),
                words.say("budget.card.from", n=main.said(earlier, words)) if before else None,
                beside[name],
                explained=words.say(f"budget.explained.{name}"),
            )
            for name, value, earlier in told_of
        ],
        columns=4,
    )


def form_and_charts(session: Session, rules: Rules, shown: Replay, as_of: date) -> None:
    """The draft on the left, what it would have meant on the right."""
    grid = _form_and_replay()
    with grid.cell():
        _form(session, rules, shown)
    with grid.cell(column_span=2):
        _charts(session, shown, as_of)
        _numbers_table(session, shown)


def _form_and_replay() -> GridContainer:
    """A third for the draft and two for what it means; below each other where that is too little
    for a chart."""
    return st.grid(3, gap="medium", min_column_width=290)


def _numbers_table(session: Session, shown: Replay) -> None:
    """The same numbers as cards and charts, with the difference in words."""
    words = session.words
    if shown.now is None:
        return
    rows = alert_budget.numbers_beside(shown.now, shown.draft, shown.nurses, shown.limit, words)
    with st.container(border=True):
        section(
            words.say("budget.table_title"),
            words.say("budget.table_how", n=words.number(shown.now.minimum)),
        )
        small_table(
            rows.rename(columns=lambda name: words.say(f"budget.column.{name}")),
            alt=words.say("budget.table_title"),
        )


def publish_and_versions(session: Session, rules: Rules, shown: Replay) -> None:
    """Put the replayed draft in force, with a reason; and every version there ever was."""
    past = session.ask("rule_versions")
    if session.scope.role not in MAY_PUBLISH_RULES:
        with st.container(border=True):
            _versions(session, past)
        return
    grid = _form_and_replay()
    with grid.cell(), st.container(border=True):
        _publish(session, rules, shown)
    with grid.cell(column_span=2), st.container(border=True):
        _versions(session, past)
        if len(past) > 1:
            _roll_back(session, past)


def in_words(session: Session, rules: Rules) -> None:
    """Every rule in force as a plain sentence with its thresholds, and where they come from."""
    words = session.words
    st.subheader(words.say("rules.words_title"), anchor="in-words")
    st.markdown(words.say("rules.validated"))
    named = {tier: words.say(f"tier.{tier}") for tier in TIERS}
    sentences = rule_sentences(session, rules)
    tiers = {
        "safety": named[rules.safety.tier],
        "under": named[rules.under.tier],
        "under_high": named[rules.under_high.tier],
        "persist": named[rules.persist.tier],
        "over": named[rules.over.tier],
        "distress": named[rules.distress.tier],
        "overdue": named[rules.overdue.tier],
    }
    small_table(
        pd.DataFrame(
            {
                words.say("rules.column.rule"): [words.say(f"rules.name.{r}") for r in sentences],
                words.say("rules.column.tier"): [tiers.get(rule, "–") for rule in sentences],
                words.say("rules.column.sentence"): list(sentences.values()),
            }
        ),
        alt=words.say("rules.words_title"),
    )
    st.markdown(words.say("rules.validated_link"))
    st.caption(words.say("rules.sources"))
    st.subheader(words.say("rules.tiers_title"), anchor="tiers")
    small_table(
        pd.DataFrame(
            {
                words.say("rules.column.tier"): list(named.values()),
                words.say("rules.column.asks"): [words.say(f"tier_promise.{t}") for t in named],
                words.say("rules.column.rules"): [
                    words.joined(
                        [words.say(f"rules.name.{rule}") for rule in tiers if tiers[rule] == name]
                    )
                    or "–"
                    for name in named.values()
                ],
            }
        ),
        alt=words.say("rules.tiers_title"),
    )


def rule_sentences(session: Session, rules: Rules) -> dict[str, str]:
    """Each rule, by its key in rules.toml, with its thresholds and tiers put into words."""
    words = session.words
    return {
        section_name: words.say(
            f"rules.sentence.{section_name}",
            **{name: _said(session, name, value) for name, value in values.items()},
        )
        for section_name, values in rules.model_dump(
            exclude={"version", "note", "cells", "need_items"}
        ).items()
    }


def pathway(session: Session) -> None:
    """How soon the next form is due, as the centre set it."""
    words = session.words
    section(words.say("rules.pathway_title"), words.say("rules.pathway_how"))
    days = load_pathway(Path(session.directory) / "pathway.toml").model_dump()
    small_table(
        pd.DataFrame(
            {
                words.say("rules.column.after"): [words.say(f"rules.pathway.{d}") for d in days],
                words.say("rules.column.due"): [words.count("days", n) for n in days.values()],
                words.say("rules.column.source"): words.say("rules.local_default"),
            }
        ),
        alt=words.say("rules.pathway_title"),
    )


def measurement_error(session: Session, as_of: date) -> None:
    """How far a gap may be off by chance alone: assumed, and as the centre's own forms tell."""
    words = session.words
    section(words.say("error_of_gap.title"), words.say("error_of_gap.how"))
    errors = measurement_errors(session.ask("support_grid_spread", as_of=as_of))
    told = errors["pairs"] >= session.store.minimum_cell
    estimated = errors["estimated_se_gap"].where(told)
    few = words.say("error_of_gap.few", n=words.number(session.store.minimum_cell))
    small_table(
        pd.DataFrame(
            {
                words.say("rules.column.support"): [
                    words.say(f"type.{name}") for name in errors["support_type"]
                ],
                words.say("error_of_gap.assumed"): [
                    words.number(error) for error in errors["assumed_se_gap"]
                ],
                words.say("error_of_gap.estimated"): [
                    "–" if pd.isna(error) else words.number(error) for error in estimated
                ],
                words.say("error_of_gap.pairs"): [
                    words.number(pairs) if shown else few
                    for pairs, shown in zip(errors["pairs"], told, strict=True)
                ],
                words.say("error_of_gap.in_use"): [
                    words.say(f"error_of_gap.{which}") for which in errors["in_use"]
                ],
            }
        ),
        alt=words.say("error_of_gap.title"),
    )


def source_parts(session: Session, rules: Rules, shown: Replay) -> list[str]:
    words = session.words
    parts = [words.say("rules.source_version", version=rules.version)]
    if shown.now is not None:
        parts += [
            words.say("budget.source"),
            words.count("budget.nurses", shown.nurses),
            words.say("budget.hidden", n=words.number(shown.now.minimum)),
        ]
    return parts


def _budget(session: Session, rules: Rules, as_of: date) -> Budget | None:
    """Counts over the whole store for everyone: they show a workload, and nobody's patient."""
    params = {**rules.thresholds(), "as_of": as_of}
    return budget_of(
        frames.answer(
            session.directory,
            session.snapshot,
            OPERATOR.person_id,
            OPERATOR.role,
            "alert_budget",
            tuple(sorted(params.items())),
        ),
        session.store.minimum_cell,
    )


def _draft(rules: Rules) -> Rules | None:
    """The replayed draft, unless another version came into force since."""
    drafted = cast(Rules | None, st.session_state.get("rules_draft"))
    return drafted if drafted is not None and drafted.version == rules.version else None


def _form(session: Session, rules: Rules, shown: Replay) -> None:
    words = session.words
    shown_rules = (shown.changed or rules).model_dump()
    with st.form("rules_form"):
        section(words.say("rules.form_title"), words.say("rules.form_how"))
        blocks = {
            words.say(f"rules.name.{group}"): [group]
            for group in THRESHOLDS
            if group not in _TOGETHER
        }
        for title, groups in {**blocks, words.say("rules.together"): _TOGETHER}.items():
            st.markdown(f"**{title}**")
            with st.grid(2, gap="small", min_column_width=140):
                for group in groups:
                    for name in THRESHOLDS[group]:
                        _threshold(session, rules, group, name, shown_rules[group][name])
        st.number_input(
            words.say("budget.limit"),
            min_value=1.0,
            max_value=500.0,
            value=shown.limit,
            step=1.0,
            format="%g",
            key="rules_budget",
            help=words.say("budget.limit_help"),
            persist_state="session",
        )
        st.form_submit_button(
            words.say("rules.replay"),
            icon=":material/replay:",
            key="rules_replay",
            width="stretch",
            on_click=_take_draft,
            args=(rules,),
        )
    for fault in st.session_state.get("rules_faults", []):
        st.warning(words.say("rules.refused"), icon=":material/error:")
        st.text(f"{_label_of_field(session, fault.field)}: {fault.what}")
    if shown.changed is not None:
        st.caption(words.count("rules.differ", len(_changes(rules, shown.changed))))
    elif st.session_state.get("rules_unchanged"):
        st.caption(words.say("rules.unchanged"))


def _threshold(session: Session, rules: Rules, group: str, name: str, value: Any) -> None:
    words = session.words
    key = _key(rules, group, name)
    now = getattr(getattr(rules, group), name)
    label = words.say(f"rules.threshold.{group}.{name}")
    if st.session_state.get(key, value) != now:
        label = words.say("rules.changed", label=label, now=_said(session, name, now))
    explained = words.say(f"rules.help.{group}.{name}")
    if isinstance(now, str):
        st.selectbox(
            label,
            _TIERS_TO_CHOOSE,
            index=_TIERS_TO_CHOOSE.index(value),
            format_func=lambda tier: words.say(f"tier.{tier}"),
            key=key,
            help=explained,
        )
        return
    whole = isinstance(now, int)
    least, most = _bounds(group, name)
    st.number_input(
        label,
        min_value=int(least) if whole else least,
        max_value=int(most) if whole else most,
        value=value,
        step=1 if whole else 1.0,
        format="%d" if whole else "%g",
        key=key,
        help=explained,
    )


def _bounds(group: str, name: str) -> tuple[float, float]:
    """The least and the most that the rules allow, read off their own definition."""
    table = cast(Any, Rules.model_fields[group].annotation)
    limits = table.model_json_schema()["properties"][name]
    return float(limits["minimum"]), float(limits["maximum"])


def _take_draft(rules: Rules) -> None:
    """What is in the form becomes the draft, if it holds together."""
    values: dict[str, Any] = rules.model_dump()
    for group, names in THRESHOLDS.items():
        for name in names:
            values[group][name] = st.session_state[_key(rules, group, name)]
    faults: list[Fault] = []
    changed: Rules | None = None
    try:
        changed = check_rules(values)
    except RulesRefused as refused:
        faults = refused.faults
    differs = changed is not None and bool(_changes(rules, changed))
    st.session_state["rules_faults"] = faults
    st.session_state["rules_draft"] = changed if differs else None
    st.session_state["rules_unchanged"] = not faults and not differs


def _charts(session: Session, shown: Replay, as_of: date) -> None:
    words = session.words
    if shown.now is None:
        nothing_here(answer_to(session, shown), words.say("budget.too_few_next"))
        return
    now, draft, nurses = shown.now, shown.draft, shown.nurses
    origin = stamp(session, as_of, {words.say("rules.thresholds"): _in_figures(shown)})
    lines = {
        name: alert_budget.weekly(budget, nurses)
        for name, budget in {"now": now, "draft": draft}.items()
        if budget is not None
    }
    with st.container(border=True):
        chart_frame(
            session,
            "alerts_per_week",
            alerts_per_week(
                lines["now"],
                lines.get("draft"),
                shown.limit,
                words,
                session.palette,
                narrow=session.narrow,
            ),
            pd.DataFrame(
                {
                    words.say("budget.column.week"): [
                        day.date().isoformat() for day in lines["now"]["day"]
                    ],
                    **{
                        words.say(f"budget.column.{name}"): [
                            now.said(None if pd.isna(n) else n, words) for n in line["alerts"]
                        ]
                        for name, line in lines.items()
                    },
                }
            ),
            title=words.say("budget.weekly_title"),
            reading=words.say(
                "budget.weekly_reading",
                alerts=now.said(per_nurse_week(draft or now, nurses), words),
                over=words.count(
                    "budget.over", alert_budget.weeks_over(draft or now, nurses, shown.limit)
                ),
            ),
            source=words.say("budget.weekly_source"),
            origin=origin,
            how_to_read=words.say("budget.weekly_how", n=words.number(now.minimum)),
        )
    budgets = {"now": now} if draft is None else {"now": now, "draft": draft}
    with st.container(border=True):
        chart_frame(
            session,
            "lead_times",
            lead_times(budgets, words, session.palette, narrow=session.narrow),
            pd.DataFrame(
                [
                    {
                        words.say("rules.column.rules"): words.say(f"budget.column.{name}"),
                        words.say("budget.row.caught"): budget.said(budget.caught, words),
                        words.say("budget.row.missed"): budget.said(budget.missed, words),
                        words.say("budget.row.lead"): budget.said(budget.lead, words),
                    }
                    for name, budget in budgets.items()
                ]
            ),
            title=words.say("budget.lead_title"),
            reading=words.say(
                "budget.lead_reading",
                caught=now.said((draft or now).caught, words),
                all=now.said((draft or now).worsenings, words),
                lead=now.said((draft or now).lead, words),
            ),
            source=words.say("budget.lead_source"),
            origin=origin,
            how_to_read=words.say("budget.lead_how", n=words.number(now.minimum)),
        )


def _publish(session: Session, rules: Rules, shown: Replay) -> None:
    words = session.words
    section(words.say("rules.publish_title"))
    if shown.changed is None:
        st.caption(words.say("rules.publish_first"))
        return
    note = st.text_area(
        words.say("rules.note"), key="rules_note", max_chars=_LONGEST_NOTE, height=100
    )
    if st.button(
        words.say("rules.publish", version=rules.version + 1),
        icon=":material/publish:",
        type=emphasis(session),
        key="rules_publish",
    ):
        _put_in_force(session, shown.changed, note)
    st.caption(words.say("rules.publish_what"))


def _versions(session: Session, past: pd.DataFrame) -> None:
    words = session.words
    section(words.say("rules.versions_title"))
    small_table(
        pd.DataFrame(
            {
                words.say("rules.column.version"): [
                    words.say("rules.in_use", version=version) if position == 0 else str(version)
                    for position, version in enumerate(past["version"])
                ],
                words.say("rules.column.by"): [_name_of(session, who) for who in past["person"]],
                words.say("rules.column.date"): [words.date(at) for at in past["published_at"]],
                words.say("rules.column.note"): [
                    _note_of(session, one) for _, one in past.iterrows()
                ],
                words.say("rules.column.changes"): _changes_of_versions(session, past),
            }
        ),
        alt=words.say("rules.versions_title"),
    )


def _roll_back(session: Session, past: pd.DataFrame) -> None:
    words = session.words
    with st.expander(words.say("rules.back_title"), icon=":material/undo:"):
        st.caption(words.say("rules.back_how"))
        version = st.selectbox(
            words.say("rules.column.version"), list(past["version"][1:]), key="rules_back"
        )
        note = st.text_area(
            words.say("rules.note"), key="rules_back_note", max_chars=_LONGEST_NOTE, height=80
        )
        if st.button(words.say("rules.back", version=version), key="rules_back_publish"):
            older = past.set_index("version").loc[version, "rules"]
            _put_in_force(session, Rules.model_validate_json(older), note)


def _put_in_force(session: Session, rules: Rules, note: str) -> None:
    """Publish with a reason, write it into the log, and show every page the new version."""
    words = session.words
    reason = " ".join(note.split())
    if not reason:
        st.warning(words.say("rules.note_missing"), icon=":material/edit:")
        return
    try:
        with st.spinner(words.say("rules.publishing")):
            publish_rules(
                Path(session.directory),
                rules.model_copy(update={"note": reason}),
                session.scope.person_id,
                session.log,
            )
    except AttunedError as problem:
        told(problem)
        return
    newest = session.store.query("rule_versions", OPERATOR).iloc[0]
    for key in ("rules_draft", "rules_faults", "rules_unchanged", "rules_note", "rules_back_note"):
        st.session_state.pop(key, None)
    st.session_state["rules_published"] = int(newest["version"])
    st.rerun()


def _changes_of_versions(session: Session, past: pd.DataFrame) -> list[str]:
    """What each version changed in the one before it; nothing for the first."""
    words = session.words
    rules = [Rules.model_validate_json(text) for text in past["rules"]]
    said = []
    for newer, older in zip(rules, [*rules[1:], None], strict=True):
        changes = {} if older is None else _changes(older, newer)
        said.append(
            "; ".join(
                words.say(
                    "rules.change",
                    label=_label_of_field(session, field),
                    before=_said(session, field, before),
                    after=_said(session, field, after),
                )
                for field, (before, after) in changes.items()
            )
            or "–"
        )
    return said


def _changes(older: Rules, newer: Rules) -> Mapping[str, tuple[Any, Any]]:
    """Field to its value before and after, of the thresholds that differ."""
    return {
        f"{group}.{name}": (before, after)
        for group, names in THRESHOLDS.items()
        for name in names
        for before, after in [
            (getattr(getattr(older, group), name), getattr(getattr(newer, group), name))
        ]
        if before != after
    }


def _label_of_field(session: Session, field: str) -> str:
    group = field.split(".")[0]
    words = session.words
    return f"{words.say(f'rules.name.{group}')}, {words.say(f'rules.threshold.{field}')}"


def _said(session: Session, name: str, value: Any) -> str:
    """A threshold as a reader sees it: a number, or a tier by its name."""
    if isinstance(value, str):
        return session.words.say(f"tier.{value}")
    return session.words.number(value)


def _in_figures(shown: Replay) -> str:
    """The draft's thresholds for the stamp of an export, by their keys."""
    if shown.changed is None:
        return ""
    return ", ".join(f"{name} {value:g}" for name, value in shown.changed.thresholds().items())


def _key(rules: Rules, group: str, name: str) -> str:
    """Another version begins with fresh controls."""
    return f"draft_{rules.version}_{group}_{name}"


def _note_of(session: Session, version: pd.Series) -> str:
    """Why a version was published; of the first one, that the product brought it."""
    if version["person"] == _PROJECT:
        return session.words.say("rules.project_note")
    return str(version["note"])


def _name_of(session: Session, person_id: str) -> str:
    if person_id == _PROJECT:
        return session.words.say("rules.project")
    people = session.ask("people").set_index("person_id")["name"]
    return str(people.get(person_id, person_id))
