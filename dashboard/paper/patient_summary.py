"""One patient on one page, for the record: where they stand, why, what was done, what it means.

Everything is said by the same numbers and sentences as on the Patient page: the scores as
`analysis.trajectory` tells them, the newest support grid, the alerts with their reasons. Long
lists are cut and say by how much.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import pandas as pd

from dashboard.analysis import readings, what_was_done
from dashboard.analysis.alert_reasons import unjudged_together, with_sentences
from dashboard.analysis.missing_forms import explained, why_in_words
from dashboard.analysis.support import (
    HIGHEST_ANSWER,
    MEASUREMENT_ERROR,
    SOURCES,
    Judged,
    judged_types,
    newest_form,
)
from dashboard.analysis.trajectory import (
    MOST_LEADING,
    RELIABLE,
    Gap,
    Reference,
    Story,
    leading,
    stories,
    with_declined,
)
from dashboard.charts.canvas import citation, shortened
from dashboard.charts.date_axis import month_ticks
from dashboard.charts.palette import LIGHT as PALETTE
from dashboard.charts.palette import mark_of_domain
from dashboard.charts.trajectories import axis_values, band_places
from dashboard.charts.wanted_and_received import GLYPHS
from dashboard.charts.who_gives_it import received_in_words
from dashboard.language import Words
from dashboard.measures.catalogue import Catalogue, Scale
from dashboard.measures.definition import Evidence
from dashboard.measures.reliable_change import reliable_change_of
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
from dashboard.paper.drawing import Dash
from dashboard.paper.dumbbells import Dumbbell, dumbbells
from dashboard.paper.line_panels import Band, Panel, Point, line_panels

# What a page holds beside its figures.
MOST_ALERTS = 6
MOST_ACTS = 5
_LONGEST_REASON = 200
_LONGEST_ACT = 130
_LONGEST_SOURCE = 60
_LONGEST_NAME = 40
_SHORTEST_AXIS = timedelta(days=30)
_DASH_OF: dict[str, Dash] = {"over": "dashed"}


class Ask(Protocol):
    """Asks a named question within what the reader may see."""

    def __call__(self, question: str, **params: str | int | date) -> pd.DataFrame: ...


@dataclass(frozen=True)
class Print:
    """What a summary is made from, for whom, and when.

    Attributes:
        alerts: of the patient, as `worklist.in_order` gives them.
        entries: of the workflow log, what was done about the patient.
        by, role, at: who takes it out, in which role, and when (UTC).
        sample: whether the data are synthetic.
    """

    ask: Ask
    alerts: pd.DataFrame
    entries: pd.DataFrame
    catalogue: Catalogue
    words: Words
    as_of: date
    snapshot: int
    sample: bool
    by: str
    role: str
    at: datetime


def patient_summary(patient_ref: str, reference: Reference, given: Print) -> Document:
    """The summary of one patient in scope; each score is compared with the `reference` form."""
    words = given.words
    header, scores, answers, support, events, expected = (
        given.ask(f"patient_{about}", patient_ref=patient_ref, as_of=given.as_of)
        for about in ("header", "scores", "answers", "support", "events", "expected")
    )
    scores = with_declined(scores, answers)
    panel = given.ask("panel", as_of=given.as_of)
    listed = panel[panel["patient_ref"] == patient_ref]
    compared = stories(scores, given.catalogue, reference, given.as_of)
    told = explained(compared, scores, expected, header.iloc[0])
    shown = _shown(told)
    form = newest_form(support)
    types = judged_types(form)
    return Document(
        title=" · ".join(
            str(name) for name in header.loc[0, ["patient_id", "initials"]] if pd.notna(name)
        ),
        subtitle=words.say("summary.subtitle", date=words.date(given.as_of)),
        label=words.say("summary.synthetic" if given.sample else "summary.clinical"),
        language=words.code,
        parts=(
            Facts(
                tuple(
                    (name, shortened(value, _LONGEST_NAME))
                    for name, value in readings.facts_about(
                        header.iloc[0], listed, given.as_of, words
                    )
                )
            ),
            *_safety(listed, words),
            *_answer(told, types, scores, events, words),
            *_alerts(given),
            *_scores(told, shown, reference, given),
            *_support(form, types, words),
            *_done(events, patient_ref, given),
            *_definitions(shown, types, words),
        ),
        source=_source(scores, given),
        one_page=True,
    )


def _shown(told: Sequence[Story]) -> list[Story]:
    """The scales that say most, the one that the answer is about among them."""
    shown, first = leading(told), readings.most_pressing(told)
    if first is None or any(story is first for story in shown):
        return shown
    alike = [story for story in shown if story.domain == first.domain]
    others = [story for story in shown if story.domain != first.domain]
    return [first, *alike[:-1], *others][:MOST_LEADING]


def _safety(listed: pd.DataFrame, words: Words) -> Iterable[Part]:
    """A safety answer that still counts, and one that was left blank, before anything else."""
    for _, row in listed.iterrows():
        if pd.notna(row["safety_message"]):
            yield Note(words.say("summary.safety", answer=readings.safety(row, words)))
        if row["safety_unanswered"]:
            yield Note(f"○ {words.say('why.safety_unanswered')}")


def _answer(
    told: Sequence[Story],
    types: Sequence[Judged],
    scores: pd.DataFrame,
    events: pd.DataFrame,
    words: Words,
) -> Iterable[Part]:
    if scores.empty and events.empty:
        yield Paragraph(words.say("patient.no_form"), strong=True)
        return
    yield Paragraph(readings.answer_on_the_patient(told, words), strong=True)
    if types:
        yield Paragraph(readings.support_in_words(types, words))


def _alerts(given: Print) -> Iterable[Part]:
    words = given.words
    yield Heading(words.say("summary.alerts"))
    if given.alerts.empty:
        yield Paragraph(words.say("alerts.none"))
        return
    names = _names(given)
    hidden = given.alerts["hidden"].astype(bool)
    still_open = with_sentences(given.alerts[~hidden], words).to_dict("records")
    rows = [
        (
            what_was_done.tier_in_words(alert["tier"], words),
            shortened(alert["why"], _LONGEST_REASON),
            "" if pd.isna(alert["raised_on"]) else words.date(alert["raised_on"]),
            _state(alert, names, words),
        )
        for alert in still_open
        if alert["rule"] != "unjudged"
    ]
    rows += [
        (what_was_done.tier_in_words("unjudged", words), reason, "", "")
        for reason in unjudged_together(still_open, words)
    ]
    left_out = []
    if len(rows) > MOST_ALERTS:
        left_out.append(words.count("summary.more", len(rows) - MOST_ALERTS))
    if hidden.any():
        left_out.append(words.count("summary.put_away", int(hidden.sum())))
    if not rows:
        yield Paragraph(" · ".join(left_out))
        return
    yield Table(
        _columns(words, tier=0, why=1, since=0, state=0),
        tuple(rows[:MOST_ALERTS]),
        " · ".join(left_out),
    )


def _state(alert: dict[Any, Any], names: dict[str, str], words: Words) -> str:
    person = None if pd.isna(alert["assigned_to"]) else str(alert["assigned_to"])
    named = names.get(person, person) if person else None
    return what_was_done.state_in_words(alert["status"], named, alert["snoozed_until"], words)


def _scores(
    told: Sequence[Story], shown: Sequence[Story], reference: Reference, given: Print
) -> Iterable[Part]:
    words = given.words
    if not shown:
        if told:
            yield Paragraph(words.say("summary.no_scores"))
        return
    start = _start(shown, given.as_of)
    compared = words.say(f"reference.{reference}")
    yield Heading(
        words.say("summary.scores", start=words.date(start)),
        words.say("summary.scores_how", reference=compared),
    )
    ticks = [
        (day, tuple(line for line in text.split("<br>") if line))
        for day, text in month_ticks(start, given.as_of, words, most=9)
    ]
    title = words.say("glance.chart_title", start=words.date(start), end=words.date(given.as_of))
    yield Figure(
        line_panels([_panel(story, given) for story in shown], start, given.as_of, ticks),
        f"{title}. {readings.answer_on_the_patient(shown, words)}",
        words.say("summary.marks"),
    )
    left = sum(
        bool(story.latest) and not story.is_part and all(story is not one for one in shown)
        for story in told
    )
    yield Table(
        _columns(words, scale=0, latest=1.4, change=2.6, cut_off=2.1, reliable=2.3),
        tuple(_score(story, given) for story in shown),
        words.count("summary.other_scales", left) if left else "",
    )


def _score(story: Story, given: Print) -> tuple[str, ...]:
    """A scale's latest score and change in words, and by what both are judged."""
    words, latest = given.words, story.latest
    assert latest is not None  # only scored stories are shown
    scale = _scale(story, given.catalogue)
    cut_off = reliable = words.say("summary.none_stated")
    if story.cut_off is not None:
        screen = scale.screen if scale is not None else None
        cut_off = _sourced(
            "summary.cut_off",
            story.cut_off,
            story.cut_off_source,
            screen.evidence if screen is not None else None,
            words,
        )
    if story.reliable_change is not None:
        change = reliable_change_of(scale) if scale is not None else None
        reliable = _sourced(
            "summary.reliable_change",
            story.reliable_change,
            story.reliable_change_source,
            change.evidence if change is not None else None,
            words,
        )
    return (
        shortened(story.title, _LONGEST_NAME),
        words.say(
            "score.on_day",
            score=readings.with_band(latest.score, latest.band, words),
            date=words.date(latest.on),
        ),
        readings.change_in_words(latest, words),
        cut_off,
        reliable,
    )


def _scale(story: Story, catalogue: Catalogue) -> Scale | None:
    """None for a score of a scale that is no longer in the catalogue."""
    measure = catalogue.measures.get(story.measure_key)
    scales = measure.scales if measure is not None else ()
    return next((scale for scale in scales if scale.key == story.scale_key), None)


def _sourced(
    key: str, amount: float, source: str | None, evidence: Evidence | None, words: Words
) -> str:
    """A figure with its source; one that nobody has checked there says so."""
    named = (source or "").split(" (")[0].split(";")[0]
    text = words.say(key, amount=words.number(amount), source=shortened(named, _LONGEST_SOURCE))
    return words.say("summary.unconfirmed", text=text) if evidence == "unconfirmed" else text


def _start(shown: Sequence[Story], as_of: date) -> date:
    """The day of the first form of these scales, a month back at least."""
    forms = [form.completed_on.date() for story in shown for form in story.forms]
    return min(*forms, as_of - _SHORTEST_AXIS)


def _panel(story: Story, given: Print) -> Panel:
    words = given.words
    measure = given.catalogue.measures.get(story.measure_key)
    span = words.say(
        "chart.range", minimum=words.number(story.minimum), maximum=words.number(story.maximum)
    )
    named = None
    if story.cut_off is not None:
        text = words.say("chart.cut_off", cut_off=words.number(story.cut_off))
        named = (story.cut_off, f"{text} · {citation(story.cut_off_source or '')}")
    return Panel(
        title=story.title,
        about=(
            f"{words.say(f'domain.{story.domain}')} {span}, "
            f"{readings.direction(story.higher_is, words)}",
            "" if measure is None else measure.asks,
        ),
        minimum=story.minimum,
        maximum=story.maximum,
        ticks=tuple((value, words.number(value)) for value in axis_values(story)),
        points=tuple(_points(story, words)),
        runs=story.runs,
        colour=mark_of_domain(story.domain, PALETTE).ink,
        threshold=named,
        bands=tuple(_bands(story, words)),
        gaps=tuple((gap.start, gap.end, tuple(_why_no_form(gap, words))) for gap in story.gaps),
        without_value=tuple(
            (form.completed_on.date(), readings.reason_unscored(form, words))
            for form in story.unscored
        ),
    )


def _why_no_form(gap: Gap, words: Words) -> Iterable[str]:
    """How long no form came, and why as far as it is known."""
    yield readings.no_form(gap.days, words)
    if gap.why is not None:
        yield why_in_words(gap.why, words)


def _points(story: Story, words: Words) -> Iterable[Point]:
    """Scores with their measurement error; a verdict is said where it turns."""
    before = None
    for form in story.points:
        score, verdict = form.score, form.verdict
        reliable = verdict in RELIABLE
        error = story.measurement_error
        yield Point(
            on=form.completed_on.date(),
            value=score,
            mark=("up" if form.difference > 0 else "down") if reliable else "ring",
            lower=None if error is None else max(score - error, story.minimum),
            upper=None if error is None else min(score + error, story.maximum),
            says=words.say(f"verdict.{verdict}") if reliable and verdict != before else "",
        )
        before = verdict


def _bands(story: Story, words: Words) -> Iterable[Band]:
    """Every band in words; the current one with the score, which stands alone without bands."""
    latest = story.latest
    assert latest is not None  # only scored stories are drawn
    score = words.number(latest.score)
    places = band_places(story)
    if latest.band not in [label for label, *_ in places]:
        yield Band(score, latest.score, current=True)
    for label, lower, upper, middle in places:
        current = label == latest.band
        yield Band(
            words.say(
                "chart.band_now" if current else "chart.band",
                **{"score": score} if current else {},
                band=words.term("band", label),
                lower=words.number(lower),
                upper=words.number(upper),
            ),
            middle,
            current,
        )


def _support(form: pd.DataFrame, types: Sequence[Judged], words: Words) -> Iterable[Part | Beside]:
    if not types:
        yield Heading(words.say("summary.support"))
        yield Paragraph(words.say("support.none"))
        return
    day = words.date(pd.Timestamp(form["completed_on"].iloc[0]))
    yield Heading(words.say("summary.support"), words.say("summary.support_how", date=day))
    rows = [
        Dumbbell(
            title=words.say(f"type.{judged.support_type}"),
            diamond=judged.need,
            circle=judged.received,
            says=f"{GLYPHS[judged.state]} {readings.gap_in_words(judged, words).split(':')[0]}",
            strong=judged.state in ("under", "over"),
            colour=_COLOUR_OF_A_STATE.get(judged.state, PALETTE.soft_ink),
            error=MEASUREMENT_ERROR,
            dash=_DASH_OF.get(judged.state, ""),
        )
        for judged in types
    ]
    figure = Figure(
        dumbbells(
            rows,
            HIGHEST_ANSWER,
            words.say("summary.column.needed"),
            words.say("summary.column.received"),
        ),
        f"{words.say('support.title')}. {readings.support_in_words(types, words)}",
    )
    yield Beside((figure,), (_who_gives_it(form, types, words),), left_share=0.4)


_COLOUR_OF_A_STATE = {"under": PALETTE.under, "over": PALETTE.over_edge, "met": PALETTE.met}


def _who_gives_it(form: pd.DataFrame, types: Sequence[Judged], words: Words) -> Table:
    """Need, receipt and gap of each type, and what each source gives of it."""
    cells = {
        (row["support_type"], row["source"]): row
        for row in form[form["source"] != ""].to_dict("records")
    }
    asked = [source for source in SOURCES if any(key[1] == source for key in cells)]
    return Table(
        (
            *_columns(words, type=0, needed=0, received=0, gap=0),
            *(Column(words.say(f"source.{source}")) for source in asked),
        ),
        tuple(
            (
                words.say(f"type.{judged.support_type}"),
                *(
                    "–" if amount is None else words.number(amount)
                    for amount in (judged.need, judged.received, judged.gap)
                ),
                *(
                    received_in_words(
                        cells.get((judged.support_type, source)), words, "summary.from_a_source"
                    )
                    for source in asked
                ),
            )
            for judged in types
        ),
        words.say("summary.sources"),
    )


def _done(events: pd.DataFrame, patient_ref: str, given: Print) -> Iterable[Part]:
    """What the log and the events files say, newest first."""
    words = given.words
    yield Heading(words.say("summary.done"), words.say("summary.done_how"))
    names, resources = _names(given), _resources(patient_ref, given)
    lines = [
        (
            line["at"].tz_convert(None),
            names.get(line["person_id"], line["person_id"]),
            what_was_done.act_in_words(line, names, resources, words),
        )
        for line in what_was_done.told_once(given.entries)
    ]
    lines += [
        (
            pd.Timestamp(event["occurred_on"]),
            "" if pd.isna(event["person_name"]) else str(event["person_name"]),
            what_was_done.event_in_words(event, words),
        )
        for event in events.to_dict("records")
    ]
    if not lines:
        yield Paragraph(words.say("events.none"))
        return
    lines.sort(key=lambda line: line[0], reverse=True)
    left = len(lines) - MOST_ACTS
    yield Table(
        _columns(words, when=0, who=0, what=1),
        tuple(
            (words.date(at), shortened(who, _LONGEST_NAME), shortened(what, _LONGEST_ACT))
            for at, who, what in lines[:MOST_ACTS]
        ),
        words.count("summary.more", left) if left > 0 else "",
    )


def _definitions(shown: Sequence[Story], types: Sequence[Judged], words: Words) -> Iterable[Part]:
    """How the figures on the page are to be read."""
    said = (
        [words.say(f"summary.{name}") for name in ("reliable", "screen", "star")] if shown else []
    )
    if types:
        said.append(words.say("summary.grid", error=words.number(MEASUREMENT_ERROR)))
    if said:
        yield Heading(words.say("summary.defined"))
        yield Paragraph(" ".join(said))


def _source(scores: pd.DataFrame, given: Print) -> str:
    words = given.words
    versions = given.ask("rule_versions")["version"]
    return " · ".join(
        [
            words.count("source.forms", scores["assessment_id"].nunique()),
            words.count("source.unscored", int(scores["score"].isna().sum())),
            words.say("source.as_of", date=words.date(given.as_of)),
            words.say("source.snapshot", number=given.snapshot),
            words.say("summary.rules", version=words.number(versions.max())),
            words.say("source.synthetic" if given.sample else "summary.clinical"),
            words.say(
                "summary.printed",
                name=given.by,
                role=words.say(f"role.{given.role}"),
                date=words.date(given.at),
                time=f"{given.at:%H:%M}",
            ),
        ]
    )


def _columns(words: Words, **shares: float) -> tuple[Column, ...]:
    return tuple(
        Column(words.say(f"summary.column.{name}"), share) for name, share in shares.items()
    )


def _names(given: Print) -> dict[str, str]:
    people = given.ask("people")
    return dict(zip(people["person_id"], people["name"], strict=True))


def _resources(patient_ref: str, given: Print) -> dict[str, str]:
    found = given.ask("resources_for_gaps", as_of=given.as_of)
    found = found[found["patient_ref"] == patient_ref]
    return dict(zip(found["resource_key"], found["name"], strict=True))
