"""One measure as its definition states it, with how far each fact was checked."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.analysis.readings import direction
from dashboard.measures.catalogue import Figure, Measure, Scale
from dashboard.measures.reliable_change import ReliableChange, reliable_change_of
from dashboard.measures.wording import missing_rule_in_words, reversed_in_words, scoring_in_words
from dashboard.ui import filters
from dashboard.ui.page import section, small_table
from dashboard.ui.plain import as_text
from dashboard.ui.session import Session

# A shape beside the word, as everywhere.
_GLYPHS = {"verified": "●", "secondary": "◐", "unconfirmed": "○"}


def overview(session: Session) -> None:
    """Every measure of the catalogue in one table."""
    words = session.words
    measures = list(session.catalogue.values())
    rows = pd.DataFrame(
        {
            words.say("column.measure"): [measure.title for measure in measures],
            words.say("column.domain"): [
                words.say(f"domain.{measure.domain}") for measure in measures
            ],
            words.say("column.asks"): [measure.asks for measure in measures],
            words.say("column.items"): [len(measure.items) for measure in measures],
            words.say("column.scales"): [len(measure.scales) for measure in measures],
            words.say("column.unconfirmed"): [unconfirmed(measure) for measure in measures],
            words.say("column.key"): [measure.key for measure in measures],
        }
    )
    with st.expander(words.count("measures.all", len(measures)), icon=":material/list:"):
        st.dataframe(
            rows,
            hide_index=True,
            height="content",
            alt=words.count("measures.all", len(measures)),
            key="measures_table",
            column_config={words.say("column.asks"): st.column_config.TextColumn(width=520)},
        )


def choose(session: Session) -> Measure:
    """The measure to show, kept in the address; distress first."""
    catalogue = session.catalogue
    keys = sorted(catalogue, key=lambda key: (catalogue[key].domain != "distress", key))
    key = filters.one_from_list(
        session.words.say("control.measure"),
        "measure",
        keys,
        lambda name: f"{catalogue[name].title} · {catalogue[name].name}",
        width=520,
    )
    return catalogue[key]


def unconfirmed(measure: Measure) -> int:
    """How many facts of a definition wait for someone to confirm them."""
    return sum(_evidence(scale).count("unconfirmed") for scale in measure.scales)


def sheet(session: Session, measure: Measure) -> None:
    """Scales, bands, cut-offs, measurement error, safety items, items, licence, references."""
    words = session.words
    with st.container(horizontal=True, gap="xsmall"):
        st.badge(words.say(f"domain.{measure.domain}"), color="gray")
        st.badge(words.say("measures.version", version=as_text(measure.version)), color="gray")
        waiting = unconfirmed(measure)
        if waiting:
            st.badge(f"○ {words.count('measures.unconfirmed', waiting)}", color="orange")
        else:
            st.badge(f"● {words.say('measures.all_confirmed')}", color="gray")
    for note in measure.notes:
        st.markdown(f"- {as_text(note)}")
    section(words.say("measures.scales"))
    _table(session, "measures.scales", _scales(session, measure))
    if turned := reversed_in_words(measure):
        st.caption(as_text(turned))
    _optional(session, "measures.bands", _bands(session, measure.scales))
    _optional(session, "measures.cut_offs", _cut_offs(session, measure.scales))
    _optional(session, "measures.error", _error(session, measure.scales))
    _optional(session, "measures.safety", _safety(session, measure))
    _optional(session, "measures.items", _items(session, measure))
    section(words.say("measures.licence"))
    small_table(
        pd.DataFrame(
            {
                words.say("column.licence_of"): [
                    words.say("measures.licence_text"),
                    words.say("measures.licence_scoring"),
                    words.say("column.published"),
                ],
                words.say("column.licence_says"): [
                    measure.licence.text,
                    measure.licence.scoring,
                    measure.licence.source,
                ],
            }
        ),
        alt=words.say("measures.licence"),
    )
    _optional(session, "measures.references", _references(session, measure))


def _optional(session: Session, key: str, rows: pd.DataFrame) -> None:
    """A table under its heading; where there is nothing, that is said and not left out."""
    words = session.words
    section(words.say(key))
    if rows.empty:
        st.caption(words.say(f"{key}_none"))
    else:
        _table(session, key, rows)


def _table(session: Session, key: str, rows: pd.DataFrame) -> None:
    words = session.words
    small_table(rows, alt=words.say(key), in_markdown=[words.say("column.evidence")])


def _scales(session: Session, measure: Measure) -> pd.DataFrame:
    words = session.words
    return pd.DataFrame(
        {
            words.say("column.scale"): [scale.title for scale in measure.scales],
            words.say("column.direction"): [
                direction(scale.higher_is, words) for scale in measure.scales
            ],
            words.say("column.scoring"): [scoring_in_words(scale) for scale in measure.scales],
            words.say("column.missing_rule"): [
                missing_rule_in_words(scale) for scale in measure.scales
            ],
            words.say("column.evidence"): [
                _checked(session, _weakest(scale)) for scale in measure.scales
            ],
        }
    )


def _bands(session: Session, scales: Sequence[Scale]) -> pd.DataFrame:
    words = session.words
    return pd.DataFrame(
        [
            {
                words.say("column.scale"): scale.title,
                words.say("column.from"): words.number(band.from_score),
                words.say("column.band"): words.term("band", band.label),
                words.say("column.population"): band.population,
                words.say("column.published"): band.source,
                words.say("column.evidence"): _checked(session, band.evidence),
            }
            for scale in scales
            for band in scale.bands
        ]
    )


def _cut_offs(session: Session, scales: Sequence[Scale]) -> pd.DataFrame:
    words = session.words
    return pd.DataFrame(
        [
            {
                words.say("column.scale"): scale.title,
                words.say("column.from"): words.number(cut_off.at_least),
                words.say("column.cut_off"): cut_off.label,
                words.say("column.screens"): words.say(
                    "answer.yes" if cut_off.screen else "answer.no"
                ),
                words.say("column.population"): cut_off.population,
                words.say("column.published"): cut_off.source,
                words.say("column.evidence"): _checked(session, cut_off.evidence),
            }
            for scale in scales
            for cut_off in scale.cut_offs
        ]
    )


def _error(session: Session, scales: Sequence[Scale]) -> pd.DataFrame:
    words = session.words
    rows = []
    for scale in scales:
        facts: list[tuple[str, Figure | ReliableChange]] = []
        if scale.reliability is not None:
            facts.append((f"reliability_{scale.reliability.type}", scale.reliability))
        facts += [(f"reliability_{other.type}", other) for other in scale.other_reliabilities]
        if scale.sd is not None:
            facts.append(("sd", scale.sd))
        if scale.important_difference is not None:
            facts.append(("important_difference", scale.important_difference))
        change = reliable_change_of(scale)
        if change is not None:
            facts.append(("reliable_change", change))
        rows += [
            {
                words.say("column.scale"): scale.title,
                words.say("column.fact"): words.term("fact_of_scale", name),
                words.say("column.number"): words.number(figure.value),
                words.say("column.published"): figure.source,
                words.say("column.evidence"): _checked(session, figure.evidence),
            }
            for name, figure in facts
        ]
    return pd.DataFrame(rows)


def _safety(session: Session, measure: Measure) -> pd.DataFrame:
    words = session.words
    return pd.DataFrame(
        [
            {
                words.say("column.item"): measure.item(safety.item).label,
                words.say("column.counts_from"): words.number(safety.at_least),
                words.say("column.message"): safety.message,
            }
            for safety in measure.safety_items
        ]
    )


def _items(session: Session, measure: Measure) -> pd.DataFrame:
    words = session.words
    return pd.DataFrame(
        [
            {
                words.say("column.key"): item.key,
                words.say("column.item"): item.label,
                words.say("column.range"): words.say(
                    "chart.range",
                    minimum=words.number(item.minimum),
                    maximum=words.number(item.maximum),
                ),
                "LOINC": item.loinc or "",
            }
            for item in measure.items
        ]
    )


def _references(session: Session, measure: Measure) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {session.words.say("column.reference"): one.title, "DOI": one.doi or ""}
            for one in measure.references
        ]
    )


def _checked(session: Session, evidence: str) -> str:
    """How far a fact was checked: shape, word, and orange for what nobody confirmed."""
    said = f"{_GLYPHS[evidence]} {session.words.say(f'evidence.{evidence}')}"
    return f":orange[{said}]" if evidence == "unconfirmed" else said


def _evidence(scale: Scale) -> list[str]:
    """How far each fact of a scale was checked, one entry a fact."""
    figures = (
        scale.reliability,
        *scale.other_reliabilities,
        scale.sd,
        scale.reliable_change,
        scale.important_difference,
        *scale.bands,
        *scale.cut_offs,
    )
    return [
        scale.scoring_evidence,
        scale.missing_rule_evidence,
        scale.range_evidence,
        *(figure.evidence for figure in figures if figure is not None),
    ]


def _weakest(scale: Scale) -> str:
    """The least checked of how a scale is scored."""
    order = list(_GLYPHS)
    rules = (scale.scoring_evidence, scale.missing_rule_evidence, scale.range_evidence)
    return max(rules, key=order.index)
