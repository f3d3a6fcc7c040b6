"""Rows that hold one canonical record each, under our own column names or mapped ones."""

from collections.abc import Collection
from collections.abc import Mapping as MappingType

import pyarrow as pa
import pyarrow.compute as pc

from dashboard.intake.dates import iso_dates
from dashboard.intake.decimals import with_points
from dashboard.intake.forms import Extract, coded, refuse_absent, unread
from dashboard.intake.incoming import Refusal
from dashboard.intake.mapping import Mapping, texts_of
from dashboard.intake.records import columns_of, text_table
from dashboard.intake.sheet import Sheet, whole

_NUMBER_COLUMN = {"answers": "answer", "scores": "score"}
_FORM_KEY = ["patient_id", "measure_key", "completed_on", "wave"]


def read_rows(
    sheet: Sheet,
    kind: str,
    mapping: Mapping,
    *,
    columns: MappingType[str, str],
    measure: str | None = None,
    unmentioned: Collection[str] = (),
) -> Extract:
    """A sheet of records of one kind.

    Args:
        columns: canonical name → the file's column.
        measure: the measure of every row, where no column says it.
        unmentioned: columns that need no mention when they are left unread.

    Raises:
        FileRefused: a column is absent, or mixes decimal commas and points.
    """
    refuse_absent(sheet, set(columns.values()))
    extract = Extract(column_names=dict(columns))
    extract.notes += unread(sheet, {*columns.values(), *unmentioned})
    cells: dict[str, pa.ChunkedArray | str] = {}
    for name, column in columns.items():
        text = sheet.text(column)
        if name in mapping.values:
            text = _translated(text, mapping.values[name])
        if name.endswith("_on"):
            text, reasons = iso_dates(text, mapping.date_rules)
            extract.refusals += _refusals(sheet, column, text, reasons)
        if name == _NUMBER_COLUMN.get(kind):
            where = f"{sheet.file_name}, column {column}"
            text = with_points(
                text, where=where, delimiter=sheet.delimiter, declared=mapping.decimal_comma
            )
            text = _coded(text, kind, mapping)
        cells[name] = text
    if measure is not None and "measure_key" not in cells:
        cells["measure_key"] = measure
    table = text_table(kind, cells, sheet.source_row)
    if kind == "answers":
        table = _without_blank_answers(table)
    if kind == "scores":
        scored = pc.not_equal(table["score"], "")
        if not pc.all(scored).as_py():
            without = pc.sum(pc.invert(scored)).as_py()
            extract.notes.append(f"{without:,} rows have no score.")
            table = table.filter(scored)
    extract.tables[kind] = table
    return extract.without_refused_rows()


def identity(sheet: Sheet, kind: str) -> dict[str, str]:
    """Our own column names, as far as the sheet has them."""
    return {name: name for name in columns_of(kind) if name in sheet}


def _translated(text: pa.ChunkedArray, words: dict[str, str]) -> pa.ChunkedArray:
    position = pc.index_in(text, pa.array(list(words), pa.string()))
    return pc.coalesce(pa.array(list(words.values()), pa.string()).take(position), text)


def _refusals(
    sheet: Sheet, column: str, text: pa.ChunkedArray, reasons: dict[str, str]
) -> list[Refusal]:
    if not reasons:
        return []
    wrong = pc.is_in(text, pa.array(list(reasons), pa.string()))
    rows = sheet.source_row.filter(whole(wrong)).to_pylist()
    return [
        Refusal(row, column, value, reasons[value], "write the time with its offset from UTC")
        for row, value in zip(rows, text.filter(wrong).to_pylist(), strict=True)
    ]


def _coded(text: pa.ChunkedArray, kind: str, mapping: Mapping) -> pa.ChunkedArray:
    missing = texts_of(mapping.missing_codes)
    declined = texts_of(mapping.declined_codes)
    not_applicable = texts_of(mapping.not_applicable_codes)
    if kind == "scores":
        return coded(text, [*missing, *declined, *not_applicable])
    return coded(text, missing, declined, not_applicable)


def _without_blank_answers(table: pa.Table) -> pa.Table:
    """Leaves out items without an answer, but not a form that came back with none at all.

    A row that names no item stands for such a form itself. In a file of one measure, so do
    rows that name items of which none is answered; in a file of several measures they are
    taken as a measure that was not given.
    """
    blank = pc.equal(table["answer"], "")
    if not pc.any(blank).as_py():
        return table
    itemless = pc.equal(table["item_key"], "")
    kept = table.filter(pc.or_(pc.invert(blank), itemless))
    if len(pc.unique(table["measure_key"])) > 1:
        return kept
    blanks = table.filter(pc.and_(blank, pc.invert(itemless)))
    forms = blanks.group_by(_FORM_KEY).aggregate([("source_row", "min")])
    empty = forms.join(kept.select(_FORM_KEY), keys=_FORM_KEY, join_type="left anti")
    if len(empty) == 0:
        return kept
    columns = {name: empty[name] for name in _FORM_KEY}
    return pa.concat_tables(
        [kept, text_table("answers", columns, empty["source_row_min"].combine_chunks())]
    )
