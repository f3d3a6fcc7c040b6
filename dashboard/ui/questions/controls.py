"""The controls of the Questions page: which question, about whom, and with which measures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from dashboard.analysis.adjusting import ADJUSTERS
from dashboard.analysis.disclosure import last_month_end
from dashboard.analysis.questions import QUESTIONS
from dashboard.analysis.support import TYPES
from dashboard.ui.filters import any_of, one_from_list, one_of
from dashboard.ui.questions.chosen import UNMET, Chosen
from dashboard.ui.session import Session

# Scales that a question may take, the best suited first; those that are in use are offered.
_DISTRESS = ("distress_0_10/total", "phq9/total", "gad7/total")
_ANXIETY = ("gad7/total", "phq4/anxiety", "hads/anxiety", "promis_anxiety/t_score")
_QUALITY_OF_LIFE = ("eortc_qlq_c30/global_health", "fact_g/total", "who5/index", "eq_5d/index")
_TANGIBLE = (
    "mos_sss/tangible",
    "mmos_ss/instrumental",
    "bsss/perceived_instrumental",
    "promis_instrumental_support/t_score",
)
_SUPPORT = (
    "mos_sss/emotional_informational",
    "mos_sss/total",
    "mmos_ss/emotional",
    "mmos_ss/total",
    "mspss/total",
    "bsss/perceived",
    "promis_emotional_support/t_score",
)
_RESOURCES = ("brs/total", "lot_r/total", "cd_risc/total_25", "cd_risc/total_10")
_TEAM = ("care/total", "collaborate/mean_0_9", "collaborate/mean_0_4")
_APPROACH = tuple(
    f"brief_cope/{key}" for key in ("active_coping", "planning", "positive_reframing", "acceptance")
)
_INSTRUMENTS = ("support_grid", "mspss")
_ALL_TYPES = "all"
_ADJUSTED_AT_FIRST = ("age", "sex", "stage", "site")


@dataclass(frozen=True)
class Asked:
    """The question with everything chosen, and the day it is looked at."""

    chosen: Chosen
    as_of: date


def asked(session: Session, as_of: date) -> Asked:
    """Which question, whose forms, and what the question takes."""
    words = session.words
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        question = one_from_list(
            words.say("questions.control.question"),
            "asked",
            QUESTIONS,
            lambda name: words.say(f"questions.{name}.name"),
            width=430,
        )
        whose = one_of(
            words.say("questions.control.scope"),
            "whose",
            ("service", "mine"),
            "service",
            lambda name: words.say(f"questions.scope.{name}"),
            show_label=True,
        )
        st.space("stretch")
        place = words.say(
            "questions.place",
            place=words.number(QUESTIONS.index(question) + 1),
            everyone=words.number(len(QUESTIONS)),
        )
        st.markdown(f":gray[{place}]", width="content")
    looking = session
    if whose == "service":
        looking, as_of = session.of_the_service, last_month_end(as_of)
    in_use = set(looking.ask("scales_in_use", as_of=as_of)["scale"])
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        choices = _choices(looking, question, in_use)
    return Asked(Chosen(looking, question, choices), as_of)


def _choices(session: Session, question: str, in_use: set[str]) -> dict[str, Any]:
    words = session.words
    names = Chosen(session, question, {})

    def scale(
        what: str, known: Iterable[str], always: Sequence[str] = (), label: str | None = None
    ) -> str:
        found = [name for name in known if name in in_use or name in always]
        return one_from_list(
            words.say(f"questions.control.{label or what}"),
            f"{question}_{what}",
            found or list(known)[:1],
            lambda name: _opening(names.title(name)),
            width=290,
        )

    choices: dict[str, Any] = {"minimum": session.minimum_cell}
    if question == "first":
        choices["support"] = scale("support", _SUPPORT)
        choices["coping"] = scale(
            "coping", (",".join(_APPROACH), *_APPROACH), always=(",".join(_APPROACH),)
        )
        return {**choices, "adjust": ()}
    others = _screens(session)
    outcomes = {
        "buffer": (*_ANXIETY, *_DISTRESS, *others, *_QUALITY_OF_LIFE),
        "heard": (*_ANXIETY, *_DISTRESS, *others),
    }.get(question, (*_DISTRESS, *others))
    choices["outcome"] = scale("outcome", dict.fromkeys(outcomes))
    if question == "age":
        choices["support"] = scale("support", _TANGIBLE)
    elif question == "buffer":
        choices["support"] = scale(
            "support", (UNMET, *_SUPPORT), always=(UNMET,), label="support_or_stressor"
        )
        choices["trait"] = scale("trait", _RESOURCES)
    elif question == "heard":
        choices["team"] = scale("team", _TEAM)
        choices["others"] = tuple(
            name for name in _DISTRESS if name in in_use and name != choices["outcome"]
        )
    elif question == "source":
        choices["instrument"] = one_from_list(
            words.say("questions.control.instrument"),
            "source_instrument",
            _INSTRUMENTS,
            lambda name: words.say(f"questions.instrument.{name}"),
            width=230,
        )
    elif question == "mismatch":
        kind = one_from_list(
            words.say("questions.control.type"),
            "mismatch_type",
            (_ALL_TYPES, *TYPES),
            lambda name: words.say(
                "questions.control.all_types" if name == _ALL_TYPES else f"type.{name}"
            ),
            width=200,
        )
        choices["support_type"] = None if kind == _ALL_TYPES else kind
    with st.container(gap="xxsmall", width="content"):
        st.caption(words.say("questions.control.adjust"))
        choices["adjust"] = tuple(
            any_of(
                words.say("questions.control.adjust"),
                "adjust",
                ADJUSTERS,
                _ADJUSTED_AT_FIRST,
                lambda name: words.say(f"questions.adjuster.{name}"),
            )
        )
    return choices


def _opening(text: str) -> str:
    return text[:1].upper() + text[1:]


def _screens(session: Session) -> list[str]:
    """Every scale of distress with a cut-off that screens."""
    return [
        f"{measure.key}/{scale.key}"
        for measure in session.catalogue.values()
        if measure.domain == "distress"
        for scale in measure.scales
        if scale.screen is not None
    ]
