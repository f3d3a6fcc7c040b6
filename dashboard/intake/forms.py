"""Rows that hold one completed form each, answers side by side, as canonical answers and scores.

Everything is done a column at a time: a hundred thousand forms are nine columns, not a
million cells.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from dashboard.errors import FileRefused
from dashboard.intake.dates import iso_dates
from dashboard.intake.decimals import with_points
from dashboard.intake.incoming import Refusal
from dashboard.intake.mapping import (
    ROW_NUMBER,
    Code,
    DateByValue,
    Form,
    Mapping,
    is_fixed_date,
    texts_of,
)
from dashboard.intake.records import DECLINED, NOT_APPLICABLE, text_table
from dashboard.intake.sheet import Sheet, whole
from dashboard.measures.catalogue import Catalogue, Measure

_COLUMNS_SHOWN = 12
STATUS_WORDS = {"Incomplete": "0", "Unverified": "1", "Complete": "2"}


@dataclass
class Extract:
    """Canonical tables with the rows refused on the way; `tables` holds none of their data."""

    tables: dict[str, pa.Table] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    column_names: dict[str, str] = field(default_factory=dict)

    def without_refused_rows(self) -> "Extract":
        if not self.refusals:
            return self
        refused = pa.array(sorted({r.row for r in self.refusals if r.row is not None}), pa.int64())
        kept = {
            kind: table.filter(pc.invert(pc.is_in(table["source_row"], refused)))
            for kind, table in self.tables.items()
        }
        return Extract(kept, self.refusals, self.notes, self.column_names)


@dataclass(frozen=True)
class FormRules:
    """How a kind of file says that a measure was not given.

    `blank_is_an_assessment`: a row without any answer is a form that came back with nothing
    answered, and not a measure that was not given.
    `boxes`: columns in which 0 may only mean that nobody touched the box.
    `comma_columns`: columns whose numbers are declared to have decimal commas.
    `unmentioned`: columns that need no mention when they are left unread.
    """

    blank_is_an_assessment: bool = True
    boxes: frozenset[str] = frozenset()
    comma_columns: frozenset[str] = frozenset()
    unmentioned: frozenset[str] = frozenset()


def read_forms(sheet: Sheet, mapping: Mapping, catalogue: Catalogue, rules: FormRules) -> Extract:
    """Applies the forms of a map to a sheet.

    Raises:
        FileRefused: the map names columns that the file does not have, or a column mixes
            decimal commas and points.
    """
    named = _columns_named(mapping)
    refuse_absent(sheet, named)
    extract = Extract(column_names=_column_names(mapping))
    extract.notes += unread(sheet, named | rules.unmentioned)
    answers: list[pa.Table] = []
    scores: list[pa.Table] = []
    single = len({form.measure for form in mapping.forms}) == 1
    for form in mapping.forms:
        one = _Reader(sheet, mapping, form, catalogue[form.measure], rules)
        one.read(blank_is_an_assessment=single and rules.blank_is_an_assessment)
        answers += one.answers
        scores += one.scores
        extract.refusals += one.refusals
        extract.notes += one.notes
    for kind, tables in (("answers", answers), ("scores", scores)):
        if tables:
            extract.tables[kind] = pa.concat_tables(tables)
    return extract.without_refused_rows()


def _columns_named(mapping: Mapping) -> set[str]:
    named = {mapping.patient_id or "patient_id", *filter(None, [mapping.site])} - {ROW_NUMBER}
    for form in mapping.forms:
        named |= {*form.items.values(), *form.scores.values()}
        named |= {status.column for status in form.complete}
        if form.wave is not None:
            named.add(form.wave)
        if isinstance(form.completed_on, DateByValue):
            named.add(form.completed_on.column)
        elif not is_fixed_date(form.completed_on):
            named.add(form.completed_on)
    return named


def refuse_absent(sheet: Sheet, named: set[str]) -> None:
    """Refuses a file that lacks columns its map names.

    Raises:
        FileRefused: naming the columns.
    """
    absent = sorted(named - set(sheet.names))
    if absent:
        raise FileRefused(
            f"{sheet.file_name}, line 1",
            f"the map names columns that are not in the file: {', '.join(absent)}.",
            "Correct the names in the map; they must be exactly those of the file.",
        )


def unread(sheet: Sheet, named: Collection[str]) -> list[str]:
    """A note on the columns that nothing reads, so that none is dropped in silence."""
    rest = [name for name in sheet.names if name not in named]
    if not rest:
        return []
    shown = ", ".join(name or "(no name)" for name in rest[:_COLUMNS_SHOWN])
    more = f" and {len(rest) - _COLUMNS_SHOWN} more" if len(rest) > _COLUMNS_SHOWN else ""
    return [f"Columns left unread: {shown}{more}."]


def _column_names(mapping: Mapping) -> dict[str, str]:
    names = {"patient_id": mapping.patient_id or "patient_id"}
    for form in mapping.forms:
        names |= {**form.items}
        names |= {f"{form.measure}_{scale}": column for scale, column in form.scores.items()}
        if form.wave is not None:
            names["wave"] = form.wave
        if isinstance(form.completed_on, DateByValue):
            names["completed_on"] = form.completed_on.column
        elif not is_fixed_date(form.completed_on):
            names["completed_on"] = form.completed_on
    return names


def coded(
    cells: pa.ChunkedArray,
    missing: Sequence[str],
    declined: Sequence[str] = (),
    not_applicable: Sequence[str] = (),
) -> pa.ChunkedArray:
    """Cells with declared codes turned into blank, `declined` or `not applicable`."""
    for codes, word in ((missing, ""), (declined, DECLINED), (not_applicable, NOT_APPLICABLE)):
        if codes:
            cells = pc.if_else(pc.is_in(cells, pa.array(codes, pa.string())), word, cells)
    return cells


class _Reader:
    """One form of the map, read from every row of the sheet."""

    def __init__(
        self, sheet: Sheet, mapping: Mapping, form: Form, measure: Measure, rules: FormRules
    ) -> None:
        self.sheet = sheet
        self.mapping = mapping
        self.form = form
        self.measure = measure
        self.rules = rules
        self.answers: list[pa.Table] = []
        self.scores: list[pa.Table] = []
        self.refusals: list[Refusal] = []
        self.notes: list[str] = []

    def read(self, *, blank_is_an_assessment: bool) -> None:
        items = {key: self._item_cells(column) for key, column in self.form.items.items()}
        scores = {key: self._score_cells(key, column) for key, column in self.form.scores.items()}
        nothing = pa.repeat(pa.scalar(False), len(self.sheet))
        has_answer, has_score, touched = nothing, nothing, nothing
        for key, cells in items.items():
            answered = pc.not_equal(cells, "")
            has_answer = pc.or_(has_answer, answered)
            if self.form.items[key] in self.rules.boxes:
                answered = pc.and_(answered, pc.not_equal(cells, "0"))
            touched = pc.or_(touched, answered)
        for cells in scores.values():
            has_score = pc.or_(has_score, pc.not_equal(cells, ""))
        touched = pc.or_(touched, has_score)

        filled = pc.or_(has_answer, has_score)
        empty_counts = blank_is_an_assessment and bool(items)
        given = self._given(pc.or_(filled, pa.scalar(empty_counts)), touched)
        patient_id = self._patient_id()
        completed_on = self._completed_on(given)
        wave = self.sheet.text(self.form.wave) if self.form.wave is not None else ""

        def table(kind: str, chosen: pa.Array, **own: object) -> pa.Table:
            columns = {
                "patient_id": patient_id,
                "measure_key": self.measure.key,
                "completed_on": completed_on,
                "wave": wave,
                **own,
            }
            picked = {
                name: cells if isinstance(cells, str) else cells.filter(chosen)
                for name, cells in columns.items()
            }
            return text_table(kind, picked, self.sheet.source_row.filter(whole(chosen)))

        for key, cells in items.items():
            answered = pc.and_(given, pc.not_equal(cells, ""))
            self.answers.append(table("answers", answered, item_key=key, answer=cells))
        if empty_counts:
            empty = pc.and_(given, pc.invert(filled))
            self.answers.append(table("answers", empty, item_key="", answer=""))
        for key, cells in scores.items():
            scored = pc.and_(given, pc.not_equal(cells, ""))
            self.scores.append(table("scores", scored, scale_key=key, score=cells))
        if scores and not items:
            without = pc.sum(pc.invert(has_score)).as_py() or 0
            if without:
                self.notes.append(f"{without:,} rows have no {self.measure.title} score.")

    def _numbers(self, column: str) -> pa.ChunkedArray:
        return with_points(
            self.sheet.text(column),
            where=f"{self.sheet.file_name}, column {column}",
            delimiter=self.sheet.delimiter,
            declared=self.mapping.decimal_comma or column in self.rules.comma_columns,
        )

    def _item_cells(self, column: str) -> pa.ChunkedArray:
        return coded(
            self._numbers(column),
            texts_of(self.form.missing_codes),
            texts_of(self.form.declined_codes),
            texts_of(self.form.not_applicable_codes),
        )

    def _score_cells(self, scale_key: str, column: str) -> pa.ChunkedArray:
        """A code that is also a possible score stays a score: 9 can be a total of nine items."""
        scale = self.measure.scale(scale_key)
        codes = (
            *self.form.missing_codes,
            *self.form.declined_codes,
            *self.form.not_applicable_codes,
        )
        outside = tuple(c for c in codes if not _between(c, scale.minimum, scale.maximum))
        return coded(self._numbers(column), texts_of(outside))

    def _patient_id(self) -> pa.ChunkedArray:
        if self.mapping.patient_id == ROW_NUMBER:
            return pa.chunked_array([pc.cast(self.sheet.source_row, pa.string())])
        return self.sheet.text(self.mapping.patient_id or "patient_id")

    def _given(self, held: pa.ChunkedArray, touched: pa.ChunkedArray) -> pa.ChunkedArray:
        """Of the rows that hold a form, those in which its form may be taken.

        A form that is not complete but holds something is refused, not dropped: whether half
        a form counts is for the centre to say.
        """
        taken = held
        for status in self.form.complete:
            cells = self.sheet.text(status.column)
            for word, number in STATUS_WORDS.items():
                cells = pc.if_else(pc.equal(cells, word), number, cells)
            accepted = pc.is_in(cells, pa.array(sorted(status.accepted), pa.string()))
            held_back = pc.and_(touched, pc.invert(accepted))
            self._refuse(
                held_back,
                status.column,
                "this form has answers but is not marked complete",
                f"complete the form, or take it as it is by a map with "
                f'complete = {{column = "{status.column}", values = [0, 1, 2]}}',
            )
            taken = pc.and_(taken, accepted)
        return taken

    def _completed_on(self, given: pa.ChunkedArray) -> pa.ChunkedArray | str:
        stated = self.form.completed_on
        if isinstance(stated, DateByValue):
            values = pa.array(list(stated.dates), pa.string())
            position = pc.index_in(self.sheet.text(stated.column), values)
            self._refuse(
                pc.and_(given, pc.is_null(position)),
                stated.column,
                "the map has no date for this value",
                "add the value and its date to completed_on in the map",
            )
            days = pa.array(list(stated.dates.values()), pa.string()).take(position)
            return pc.fill_null(days, "")
        if is_fixed_date(stated):
            return stated
        cells = self.sheet.text(stated)
        days, reasons = iso_dates(cells, self.mapping.date_rules)
        for text, reason in reasons.items():
            wrong = pc.and_(given, pc.equal(cells, text))
            self._refuse(wrong, stated, reason, "write the time with its offset from UTC")
        return days

    def _refuse(self, chosen: pa.ChunkedArray, column: str, reason: str, what_to_do: str) -> None:
        if not pc.any(chosen).as_py():
            return
        rows = self.sheet.source_row.filter(whole(chosen)).to_pylist()
        values = self.sheet.text(column).filter(chosen).to_pylist()
        self.refusals += [
            Refusal(row, column, value, reason, what_to_do)
            for row, value in zip(rows, values, strict=True)
        ]


def _between(code: Code, low: float, high: float) -> bool:
    try:
        return low <= float(code) <= high
    except ValueError:
        return False
