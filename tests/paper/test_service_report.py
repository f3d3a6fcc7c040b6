"""The quarterly report: the numbers of the Service page, nothing that is hidden there."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from xml.etree import ElementTree

import pandas as pd
import pytest

from dashboard.analysis import service_words
from dashboard.analysis.program_results import Counted, newest_counted, results
from dashboard.analysis.service_indicators import service
from dashboard.analysis.service_quarter import Quarter, QuarterTold, told_of
from dashboard.analysis.service_targets import Change, ServiceTargets, targets_of
from dashboard.charts.palette import LIGHT
from dashboard.language import words_in
from dashboard.measures.catalogue import load_catalogue
from dashboard.paper.document import Document
from dashboard.paper.html import html_of
from dashboard.paper.pdf import pdf_of
from dashboard.paper.service_report import DRAWN, Print, service_report
from dashboard.store import Scope, Store
from tests.paper.reading import figures_of, squeezed, tables_of, texts_of, written_in

AS_OF = date(2026, 6, 30)
QUARTER = Quarter.named("2026Q2")
WORDS = words_in("en")


class Centre:
    """The sample at the end of the quarter, told with a minimum of one's choice."""

    def __init__(self, store: Store, targets: ServiceTargets) -> None:
        self._store = store
        self.targets = targets
        self.ask = cache(self._asked)
        self.told = cache(self._told)

    def _asked(self, name: str, /, **params: str | int | date) -> pd.DataFrame:
        return self._store.query(name, Scope("manager-1", "service"), snapshot=None, **params)

    def _told(self, minimum: int) -> QuarterTold:
        return told_of(QUARTER, AS_OF, lambda day: service(self.ask, day, self.targets, minimum))

    @property
    def programs(self) -> Counted | None:
        return newest_counted(self.ask, load_catalogue(), QUARTER.last, 10)


@pytest.fixture(scope="module")
def centre(sample_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Centre:
    return Centre(sample_store, targets_of(tmp_path_factory.mktemp("no-file")))


def report(centre: Centre, language: str = "en", told: QuarterTold | None = None) -> Document:
    return service_report(
        told or centre.told(10),
        centre.programs,
        Print(
            words=words_in(language),
            as_of=AS_OF,
            snapshot=7,
            sample=True,
            by="Mo <b>#panic()</b>",
            role="manager",
            at=datetime(2026, 11, 24, 9, 5, tzinfo=UTC),
        ),
    )


@pytest.fixture(scope="module")
def paper(centre: Centre) -> Document:
    return report(centre)


def test_every_number_is_the_pages(paper: Document, centre: Centre) -> None:
    told = centre.told(10).service
    cells = {cell for table in tables_of(paper) for row in table.rows for cell in row}
    for rows in (
        service_words.indicator_rows(told, WORDS).drop(columns="Middle half, days"),
        service_words.site_rows(told, "contact_in_time", WORDS),
        service_words.nurse_rows(told.nurses, WORDS),
        service_words.definition_rows(told, WORDS),
    ):
        assert len(rows)
        assert set(map(str, rows.to_numpy().ravel())) <= cells
    months = {date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)}
    of_quarter = [one for one in told.coverage if one.month in months]
    assert len(of_quarter) == 9
    assert {service_words.share_said(one.screened, WORDS) for one in of_quarter} <= cells
    assert set(service_words.answer_in_words(told, WORDS)) <= set(texts_of(paper))


def test_programs_are_told_as_on_their_page(paper: Document, centre: Centre) -> None:
    programs = centre.programs
    assert programs is not None
    table = next(one for one in tables_of(paper) if one.columns[0].title == "Program")
    assert len(table.rows) == len(programs.programs)
    for row, (choice, counted) in zip(table.rows, programs.programs, strict=True):
        page = results(centre.ask, load_catalogue(), QUARTER.last, 10, programs.period, choice.key)
        assert counted == page.outcomes
        assert row[1:5] == tuple(
            "hidden" if counted.steps[step] is None else str(counted.steps[step])
            for step in ("referred", "started", "came_twice", "finished")
        )
        improved = counted.kinds["improved"].started
        assert row[5].endswith(f"{improved.part} of {improved.whole}")


def test_what_is_hidden_is_nowhere_on_paper(paper: Document, centre: Centre) -> None:
    hidden, bare = (centre.told(least).service.indicator("safety_in_time") for least in (10, 1))
    assert hidden is not None
    assert bare is not None
    assert hidden.now.is_hidden
    said = service_words.counts_in_words(bare.now, WORDS)
    assert said == f"{bare.now.numerator} of {bare.now.denominator}"
    told = "".join(squeezed(text) for text in texts_of(paper))
    for where in (told, squeezed(html_of(paper).decode()), written_in(pdf_of(paper))):
        assert squeezed(said) not in where
        assert squeezed("Hidden here: Contacted in time after a safety answer") in where
        assert squeezed("Numbers of fewer than 10 people are hidden") in where


def test_each_month_is_drawn_once_and_hidden_ones_at_the_foot(
    paper: Document, centre: Centre
) -> None:
    told = centre.told(10).service
    figures = figures_of(paper)
    drawn = [told.series[key] for key in DRAWN if key in told.series]
    assert len(figures) == len(drawn) > 3
    for figure, series in zip(figures, drawn, strict=True):
        root = ElementTree.fromstring(figure.svg)
        chart = series.chart(told.targets.change)
        rings = [one for one in root if one.tag.endswith("circle")]
        marks = [one for one in root if one.tag.endswith("polygon") and not one.get("fill-opacity")]
        assert len(rings) + len(marks) == len(series.months)
        assert len(marks) == sum(bool(rule) for rule in chart.rules)
        at_foot = [ring for ring in rings if ring.get("stroke") == LIGHT.not_judged]
        assert len(at_foot) == sum(one.value is None for one in series.months)
        assert len({ring.get("cy") for ring in at_foot}) <= 1
        assert service_words.chart_in_words(series, chart, WORDS) in figure.alt


def test_a_declared_change_is_named_in_each_figure(centre: Centre) -> None:
    told = centre.told(10)
    change = Change(on=date(2026, 1, 12), label="Walk-in <hour> & tea")
    targets = told.service.targets.model_copy(update={"change": (change,)})
    changed = replace(told, service=replace(told.service, targets=targets))
    for figure in figures_of(report(centre, told=changed)):
        texts = [one.text for one in ElementTree.fromstring(figure.svg).iter()]
        assert "Walk-in <hour> & tea" in texts


def test_who_printed_what_and_when(paper: Document) -> None:
    told = written_in(pdf_of(paper))
    for said in (
        "Q2 2026, 1 Apr 2026 to 30 Jun 2026",
        "as of 30 Jun 2026",
        "snapshot 7",
        "synthetic data",
        "printed by Mo <b>#panic()</b>",
        "Print this report again as of 31 Aug 2026 or later",
    ):
        assert squeezed(said) in told
    assert "<b>" not in html_of(paper).decode()


def test_in_greek_it_is_greek(centre: Centre) -> None:
    paper = report(centre, "el")
    told = written_in(pdf_of(paper))
    for said in ("Αναφορά υπηρεσίας", "2ο τρίμηνο 2026", "Τι κρύβεται και γιατί", "δεν φαίνεται"):
        assert squeezed(said) in told
        assert said in html_of(paper).decode()
    assert "hidden" not in told
