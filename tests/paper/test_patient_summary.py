"""The summary of a patient: the numbers of the Patient page, on one page, for whoever it is."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pandas as pd
import pytest

from dashboard.analysis import readings
from dashboard.analysis.alert_reasons import with_sentences
from dashboard.analysis.support import SOURCES, TYPES, judged_types, newest_form
from dashboard.analysis.trajectory import REFERENCES, Reference, Story, leading, stories
from dashboard.language import words_in
from dashboard.measures.catalogue import load_catalogue
from dashboard.paper.document import Document, Table
from dashboard.paper.html import html_of
from dashboard.paper.patient_summary import MOST_ACTS, MOST_ALERTS
from dashboard.paper.pdf import pdf_of
from tests.paper.conftest import AS_OF, NO_ENTRIES, Summarised
from tests.paper.reading import figures_of, pages_of, squeezed, tables_of, texts_of, written_in

Ask = Callable[..., pd.DataFrame]
WORDS = words_in("en")


def table_with(paper: Document, column: str) -> Table:
    named = WORDS.say(f"summary.column.{column}")
    return next(
        table for table in tables_of(paper) if named in [one.title for one in table.columns]
    )


def told_on_the_page(asked: Ask, ref: str, reference: Reference) -> list[Story]:
    """What the Patient page draws and puts in words."""
    scores = asked("patient_scores", patient_ref=ref, as_of=AS_OF)
    return stories(scores, load_catalogue(), reference, AS_OF)


@pytest.mark.parametrize("reference", REFERENCES)
def test_scores_and_changes_are_those_of_the_patient_page(
    reference: Reference, asked: Ask, summarised: Summarised, busiest: list[str]
) -> None:
    for ref in busiest:
        told = told_on_the_page(asked, ref, reference)
        paper = summarised(ref, reference=reference)
        rows = {row[0]: row for row in table_with(paper, "latest").rows}
        titles = {story.title: story for story in told if not story.is_part}
        assert readings.answer_on_the_patient(told, WORDS) in texts_of(paper)
        assert len(rows) == len(leading(told))
        for title, (_, latest, change, cut_off, reliable) in rows.items():
            story = titles[title]
            assert story.latest is not None
            band = readings.with_band(story.latest.score, story.latest.band, WORDS)
            assert latest == f"{band} on {WORDS.date(story.latest.on)}"
            assert change == readings.change_in_words(story.latest, WORDS)
            for said, amount in ((cut_off, story.cut_off), (reliable, story.reliable_change)):
                if amount is None:
                    assert said == "none stated"
                else:
                    assert said.startswith(f"{WORDS.number(amount)} and ")


def test_the_figure_has_a_mark_for_every_score_and_words_for_its_bands(
    asked: Ask, summarised: Summarised, busiest: list[str]
) -> None:
    for ref in busiest:
        told = {story.title: story for story in told_on_the_page(asked, ref, "first")}
        paper = summarised(ref)
        shown = [told[row[0]] for row in table_with(paper, "latest").rows]
        root = ElementTree.fromstring(figures_of(paper)[0].svg)
        marks = [one for one in root if one.tag.endswith(("circle", "polygon"))]
        scored = [one for one in marks if not one.get("fill-opacity")]
        forms = sum(len(story.points) + len(story.unscored) for story in shown)
        assert len(scored) == forms
        words = "\n".join(str(one.text) for one in root if one.tag.endswith("text"))
        for story in shown:
            assert story.latest is not None
            assert story.title in words
            assert readings.direction(story.higher_is, WORDS) in words
            if story.cut_off is not None:
                assert f"cut-off {WORDS.number(story.cut_off)} · " in words
            if story.latest.band is not None:
                score = WORDS.number(story.latest.score)
                assert f"{score} {WORDS.term('band', story.latest.band)}" in words


def test_the_scale_that_the_answer_is_about_is_drawn(
    asked: Ask, summarised: Summarised, busiest: list[str]
) -> None:
    for ref in busiest:
        first = readings.most_pressing(told_on_the_page(asked, ref, "first"))
        assert first is not None
        assert first.title in [row[0] for row in table_with(summarised(ref), "latest").rows]


def test_support_is_that_of_the_newest_grid(
    asked: Ask, summarised: Summarised, busiest: list[str]
) -> None:
    for ref in busiest:
        form = newest_form(asked("patient_support", patient_ref=ref, as_of=AS_OF))
        types = judged_types(form)
        paper = summarised(ref)
        assert readings.support_in_words(types, WORDS) in texts_of(paper)
        rows = table_with(paper, "needed").rows
        assert len(rows) == len(TYPES)
        from_sources = form.set_index(["support_type", "source"])["received"].dropna().to_dict()
        for judged, (name, need, received, gap, *cells) in zip(types, rows, strict=True):
            assert name == WORDS.say(f"type.{judged.support_type}")
            amounts = (judged.need, judged.received, judged.gap)
            assert [need, received, gap] == [
                "–" if amount is None else WORDS.number(amount) for amount in amounts
            ]
            for source, cell in zip(SOURCES, cells, strict=True):
                given = from_sources.get((judged.support_type, source))
                assert given is None or cell.split(" ")[0] == WORDS.number(given)


def test_alerts_have_their_reasons_and_what_is_left_out_is_counted(
    alerts: pd.DataFrame, summarised: Summarised, busiest: list[str]
) -> None:
    for ref in busiest:
        of_patient = with_sentences(alerts[alerts["patient_ref"] == ref], WORDS)
        judged = of_patient[of_patient["rule"] != "unjudged"]
        reasons = of_patient[of_patient["rule"] == "unjudged"]["reason"].nunique()
        table = table_with(summarised(ref), "why")
        assert [row[1] for row in table.rows] == list(judged["why"][:MOST_ALERTS])
        left = len(judged) + reasons - MOST_ALERTS
        assert table.left_out == f"and {left} more"


def test_alerts_put_away_are_counted_and_not_listed(
    alerts: pd.DataFrame, summarised: Summarised, busiest: list[str]
) -> None:
    of_patient = alerts[alerts["patient_ref"] == busiest[0]].head(3)
    hidden = of_patient.assign(hidden=[False, True, True])
    table = table_with(summarised(busiest[0], alerts=hidden), "why")
    assert len(table.rows) == 1
    assert table.left_out == "2 alerts are put away"
    all_away = summarised(busiest[0], alerts=of_patient.assign(hidden=True))
    assert "3 alerts are put away" in texts_of(all_away)


@pytest.mark.parametrize("language", ["en", "el"])
def test_the_busiest_patients_fit_on_one_page(
    language: str, summarised: Summarised, busiest: list[str]
) -> None:
    for ref in busiest:
        paper = summarised(ref, language)
        assert words_in(language).say("summary.alerts") in texts_of(paper)
        assert pages_of(pdf_of(paper)) == 1


def test_everything_in_the_tables_is_written_on_the_page(
    summarised: Summarised, busiest: list[str]
) -> None:
    paper = summarised(busiest[0], "el")
    told = written_in(pdf_of(paper))
    cells = [cell for table in tables_of(paper) for row in table.rows for cell in row]
    assert not [cell for cell in [*cells, paper.source] if squeezed(cell) not in told]


def entry(number: int, at: datetime, note: str) -> dict[str, object]:
    return {
        "entry_no": number,
        "at": pd.Timestamp(at),
        "person_id": "nurse-1",
        "act": "contacted",
        "alert_key": "0123456789abcdef/under/tangible/2026-01-01",
        "patient_ref": "0123456789abcdef",
        "detail": {"how": "phone", "note": note},
    }


def test_what_was_done_stands_newest_first_with_who_did_it(
    asked: Ask, summarised: Summarised, busiest: list[str]
) -> None:
    first = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
    done = [
        entry(number, first + timedelta(days=number), f"call {number}") for number in range(1, 4)
    ]
    paper = summarised(busiest[0], entries=pd.DataFrame(done))
    rows = table_with(paper, "when").rows
    name = asked("people").set_index("person_id").loc["nurse-1", "name"]
    assert [row[2] for row in rows[:3]] == [
        f"Contacted · Phone. “call {number}”" for number in (3, 2, 1)
    ]
    assert {row[1] for row in rows[:3]} == {name}
    events = asked("patient_events", patient_ref=busiest[0], as_of=AS_OF)
    left = len(done) + len(events) - MOST_ACTS
    assert table_with(paper, "when").left_out == (f"and {left} more" if left > 0 else "")


def test_very_long_texts_are_cut_and_the_page_stays_one(
    summarised: Summarised, busiest: list[str]
) -> None:
    at = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
    long = [entry(number, at + timedelta(days=number), "word " * 400) for number in range(1, 9)]
    paper = summarised(busiest[0], "el", entries=pd.DataFrame(long), by="Name " * 20)
    assert pages_of(pdf_of(paper)) == 1
    assert all(len(row[2]) <= 132 for row in tables_of(paper)[-1].rows)


def test_a_patient_without_a_form_says_so(summarised: Summarised, without_a_form: str) -> None:
    paper = summarised(without_a_form)
    texts = texts_of(paper)
    assert WORDS.say("support.none") in texts
    assert not figures_of(paper)
    assert any(text.startswith("0 forms") for text in texts)
    assert pages_of(pdf_of(paper)) == 1


def test_a_day_before_everything_says_so(summarised: Summarised, busiest: list[str]) -> None:
    nothing = NO_ENTRIES.assign(hidden=False)
    paper = summarised(busiest[0], as_of=date(2010, 1, 1), alerts=nothing)
    texts = texts_of(paper)
    for key in ("patient.no_form", "alerts.none", "support.none", "events.none"):
        assert WORDS.say(key) in texts
    assert pages_of(pdf_of(paper)) == 1
    assert WORDS.say("patient.no_form") in html_of(paper).decode()


def test_who_printed_what_of_which_data_and_when(
    summarised: Summarised, busiest: list[str]
) -> None:
    synthetic, clinical = (summarised(busiest[0], sample=sample) for sample in (True, False))
    for paper in (synthetic, clinical):
        for said in (
            "as of 30 Jun 2026",
            "snapshot 7",
            "alert rules version 1",
            "printed by Maria Papadaki, psychologist, 24 Nov 2026, 09:05 UTC",
        ):
            assert said in paper.source
    assert synthetic.label == "Synthetic data: nobody here is real"
    assert "synthetic data" in synthetic.source
    assert clinical.label == "Confidential health data"
    assert "synthetic" not in clinical.source


def test_a_figure_nobody_has_checked_carries_a_star(
    summarised: Summarised, busiest: list[str]
) -> None:
    reliable = {
        row[0]: row[4] for ref in busiest for row in table_with(summarised(ref), "latest").rows
    }
    known = load_catalogue()["distress_0_10"].scales[0].reliable_change
    assert known is not None
    assert reliable["Distress 0-10"].endswith(" *") == (known.evidence == "unconfirmed")
    assert WORDS.say("summary.star") in " ".join(texts_of(summarised(busiest[0])))
