"""Column maps: a small TOML that says which column of a foreign file is which.

Two shapes. With `measure` (or several `[[form]]` tables) the file has one row for each
completed form and its answers side by side. With `kind` it has one row for each record of that
kind, only under other column names.
"""

import codecs
import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from dashboard.errors import Fault, MapRefused
from dashboard.intake import records
from dashboard.intake.dates import DateRules
from dashboard.measures.catalogue import Catalogue, Measure

ROW_NUMBER = "#row"
"""Instead of a column of patient ids: the row number, where the file has no ids."""

Code = int | float | str
Column = Annotated[str, StringConstraints(min_length=1)]
Kind = Literal["staff", "programs", "resources", "patients", "panel", "answers", "scores", "events"]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class FormStatus(_Table):
    """The column that says how far a form was completed, and the values that are taken."""

    column: Column
    values: tuple[Code, ...] = Field(min_length=1, strict=False)

    @property
    def accepted(self) -> frozenset[str]:
        return frozenset(texts_of(self.values))


class DateByValue(_Table):
    """A fixed date for each value of a column, where a study has waves and no dates."""

    column: Column
    dates: dict[str, str]


class Form(_Table):
    """One measure in a row: where its answers and scores stand.

    `scores` are ready-made or stated totals. `completed_on` is a column, an ISO date for every
    row, or a date for each value of a column.
    """

    measure: str
    completed_on: str | DateByValue
    wave: Column | None = None
    complete: tuple[FormStatus, ...] = ()
    missing_codes: tuple[Code, ...] = ()
    declined_codes: tuple[Code, ...] = ()
    not_applicable_codes: tuple[Code, ...] = ()
    items: dict[str, Column] = {}
    scores: dict[str, Column] = {}


class Mapping(_Table):
    """A map that holds, with what the file says for every form written out in each.

    Either `forms`, or `kind` with `columns` (canonical name → the file's column) and `values`
    (canonical name → the file's word → ours). Without `patient_id` it is the column of that
    name, or the record id of a REDCap export.
    """

    forms: tuple[Form, ...] = ()
    kind: Kind | None = None
    columns: dict[str, Column] = {}
    values: dict[str, dict[str, str]] = {}
    measure: str | None = None
    patient_id: Column | None = None
    missing_codes: tuple[Code, ...] = ()
    declined_codes: tuple[Code, ...] = ()
    not_applicable_codes: tuple[Code, ...] = ()
    date_format: str | None = None
    time_zone: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal_comma: bool = False
    sheet: str | None = None
    site: Column | None = None
    dictionary: Path | None = None

    @property
    def date_rules(self) -> DateRules:
        return DateRules(self.date_format, self.time_zone)


def is_fixed_date(completed_on: str) -> bool:
    """Whether `completed_on` is a date for every row, and not the name of a column."""
    return re.fullmatch(records.DAY, completed_on) is not None


def texts_of(codes: tuple[Code, ...]) -> list[str]:
    """The texts a code can stand as in a file: 7 also comes as 7.0."""
    texts: list[str] = []
    for code in codes:
        texts.append(str(code))
        if isinstance(code, int):
            texts.append(f"{code}.0")
        elif isinstance(code, float) and code.is_integer():
            texts.append(str(int(code)))
    return texts


def _codes(description: str) -> Any:
    return Field(default=None, strict=False, description=description)


class _FormTable(_Table):
    """The keys that belong to one form, as they stand in the TOML."""

    measure: str | None = Field(default=None, description="the measure, by its key")
    completed_on: str | date | dict[str, str | date] | None = Field(
        default=None,
        description="a column, one ISO date for all rows, or a date for each value of a column: "
        '`{column = "visit", 1 = "2020-01-06", 2 = "2020-03-02"}`',
    )
    wave: Column | None = Field(default=None, description="a column with the planned round")
    complete: FormStatus | None = Field(
        default=None,
        description="the column that says how far the form was completed, and the values taken: "
        '`{column = "phq9_complete", values = [2]}`',
    )
    missing_codes: tuple[Code, ...] | None = _codes("codes that mean no answer")
    declined_codes: tuple[Code, ...] | None = _codes("codes that mean the person declined")
    not_applicable_codes: tuple[Code, ...] | None = _codes("codes that mean not applicable")
    items: dict[str, Column] = Field(default={}, description="item = column")
    scores: dict[str, Column] = Field(
        default={}, description="scale = column, for ready-made scores and stated totals"
    )


class _FileTable(_FormTable):
    """The whole TOML."""

    form: tuple[_FormTable, ...] = Field(
        default=(), strict=False, description="`[[form]]`: one table for each measure of a row"
    )
    kind: Kind | None = Field(
        default=None, description="the kind of record in each row, in place of a measure's forms"
    )
    columns: dict[str, Column] = Field(default={}, description="with `kind`: our column = theirs")
    values: dict[str, dict[str, str]] = Field(
        default={}, description="with `kind`: `[values.<our column>]` their word = ours"
    )
    patient_id: Column | None = Field(
        default=None,
        description=f'the column of patient ids, or "{ROW_NUMBER}" for the row number where '
        "there are no ids",
    )
    date_format: str | None = Field(default=None, description="such as `%d/%m/%Y`")
    time_zone: str | None = Field(
        default=None, description="such as `Europe/Athens`, for times without an offset"
    )
    encoding: str | None = Field(default=None, description="such as `cp1252`")
    delimiter: Literal[",", ";", "\t", "|"] | None = Field(
        default=None, description="what separates the columns: `,` `;` `|` or a tab"
    )
    decimal_comma: bool = Field(default=False, description="true where 3,5 means 3.5")
    sheet: str | None = Field(default=None, description="the worksheet to read")
    site: Column | None = Field(
        default=None, description="REDCap: the column to register as the patients' site"
    )
    dictionary: str | None = Field(
        default=None, description="REDCap: the project's data dictionary, beside the map"
    )


def map_keys() -> list[tuple[str, str]]:
    """Every key a map can have, with what it says, for the data dictionary."""
    fields = {**_FormTable.model_fields, **_FileTable.model_fields}
    return [(name, field.description or "") for name, field in fields.items()]


Finding = tuple[str, str]


def load_map(path: Path, catalogue: Catalogue) -> Mapping:
    """Reads and checks a map.

    Raises:
        MapRefused: every fault at once, with file and field.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise MapRefused([Fault(path.name, "whole file", "is not there")]) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise MapRefused([Fault(path.name, "whole file", f"is not TOML: {problem}")]) from None
    try:
        table = _FileTable.model_validate(content)
    except ValidationError as error:
        raise MapRefused([Fault(path.name, *found) for found in _misfits(error)]) from None
    found = [*_about_file(table, path), *_about_shape(table, catalogue)]
    if found:
        raise MapRefused([Fault(path.name, *each) for each in found])
    return _mapping(table, path)


def _misfits(error: ValidationError) -> Iterator[Finding]:
    for detail in error.errors(include_url=False):
        field = _field(detail["loc"])
        match detail["type"]:
            case "missing":
                yield field, "is missing"
            case "extra_forbidden":
                yield field, "is not a field that belongs here"
            case "literal_error":
                yield field, f"must be {detail['ctx']['expected']}"
            case _:
                yield field, f"does not hold: {detail['msg']}"


def _field(location: tuple[int | str, ...]) -> str:
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step + 1}]"
        else:
            path += f".{step}" if path else step
    return path


def _about_file(table: _FileTable, path: Path) -> Iterator[Finding]:
    if table.encoding is not None and not _is_text_encoding(table.encoding):
        yield "encoding", f"“{table.encoding}” is not an encoding Python knows"
    if table.time_zone is not None and not _is_time_zone(table.time_zone):
        yield "time_zone", f"“{table.time_zone}” is not a time zone such as Europe/Athens"
    if table.date_format is not None and not _names_a_day(table.date_format):
        yield "date_format", "does not name day, month and year, as in %d/%m/%Y"
    if table.dictionary is not None and not (path.parent / table.dictionary).is_file():
        yield "dictionary", f"there is no file {table.dictionary} beside the map"


def _is_text_encoding(name: str) -> bool:
    try:
        codecs.lookup(name)
        "text".encode(name)
    except (LookupError, ValueError):
        return False
    return True


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return False
    return True


def _names_a_day(date_format: str) -> bool:
    """Whether two days that differ in day, month and year come back as they were written."""
    try:
        return all(
            datetime.strptime(day.strftime(date_format), date_format).date() == day.date()
            for day in (datetime(2026, 4, 3), datetime(1999, 11, 28))
        )
    except ValueError:
        return False


def _about_shape(table: _FileTable, catalogue: Catalogue) -> Iterator[Finding]:
    own_form = bool(table.items or table.scores)
    if table.kind is not None:
        yield from _about_kind(table, catalogue)
        if table.form or own_form:
            yield "kind", "cannot stand beside items, scores or form: it maps whole records"
        return
    for name in ("columns", "values"):
        if getattr(table, name):
            yield name, "has a meaning only with kind"
    if table.form and own_form:
        yield "form", "cannot stand beside items or scores at the top: give each measure its form"
    for number, form in enumerate(table.form, start=1):
        yield from _about_form(f"form[{number}].", form, table, catalogue)
    if not table.form:
        yield from _about_form("", table, table, catalogue)


def _about_kind(table: _FileTable, catalogue: Catalogue) -> Iterator[Finding]:
    assert table.kind is not None
    known = records.columns_of(table.kind)
    for name in table.columns:
        if name not in known:
            yield (
                f"columns.{name}",
                f"is not a column of {table.kind}; those are {', '.join(known)}",
            )
    for name in table.values:
        if name not in table.columns:
            yield f"values.{name}", "translates a column that is not in columns"
    given = {*table.columns, *(["measure_key"] if table.measure else [])}
    for name in records.required_columns(table.kind):
        if name not in given:
            yield f"columns.{name}", "is missing"
    if table.measure is not None and table.measure not in catalogue:
        yield "measure", f"there is no measure “{table.measure}”"
    if table.kind not in ("answers", "scores"):
        for name in ("measure", "missing_codes", "declined_codes", "not_applicable_codes"):
            if getattr(table, name) is not None:
                yield name, "has a meaning only for answers and scores"
    for name in ("patient_id", "completed_on", "wave", "complete"):
        if getattr(table, name) is not None:
            yield name, "belongs under [columns] where kind is given"


def _about_form(
    where: str, form: _FormTable, table: _FileTable, catalogue: Catalogue
) -> Iterator[Finding]:
    key = form.measure or table.measure
    if key is None:
        yield f"{where}measure", "is missing"
        return
    if key not in catalogue:
        yield f"{where}measure", f"there is no measure “{key}”"
        return
    measure = catalogue[key]
    if not form.items and not form.scores:
        yield f"{where}items", "no item and no score is mapped"
    items = {item.key for item in measure.items}
    scales = {scale.key for scale in measure.scales}
    for name in form.items:
        if name not in items:
            yield f"{where}items.{name}", f"is not an item of {key}"
    for name in form.scores:
        if name not in scales:
            yield f"{where}scores.{name}", f"is not a scale of {key}"
    yield from _about_completed_on(where, form.completed_on or table.completed_on)
    yield from _columns_used_twice(where, form)
    yield from _codes_that_are_answers(where, form, table, measure)


def _about_completed_on(where: str, completed_on: Any) -> Iterator[Finding]:
    field = f"{where}completed_on"
    if completed_on is None:
        yield field, "is missing"
    elif isinstance(completed_on, dict):
        if not isinstance(completed_on.get("column"), str):
            yield f"{field}.column", "is missing"
        for value, day in completed_on.items():
            if value != "column" and not _is_day(day):
                yield f"{field}.{value}", "is not a date written as YYYY-MM-DD"
    elif is_fixed_date(str(completed_on)) and not _is_day(completed_on):
        yield field, "there is no such day"


def _is_day(value: object) -> bool:
    try:
        return date.fromisoformat(str(value)) is not None
    except ValueError:
        return False


def _columns_used_twice(where: str, form: _FormTable) -> Iterator[Finding]:
    used: dict[str, str] = {}
    for group in ("items", "scores"):
        for name, column in getattr(form, group).items():
            if column in used:
                yield f"{where}{group}.{name}", f"column {column} is already {used[column]}"
            used.setdefault(column, name)


def _codes_that_are_answers(
    where: str, form: _FormTable, table: _FileTable, measure: Measure
) -> Iterator[Finding]:
    """A code for "no answer" that is also a possible answer would erase real answers."""
    for name in ("missing_codes", "declined_codes", "not_applicable_codes"):
        codes = getattr(form, name)
        for code in (getattr(table, name) if codes is None else codes) or ():
            for item in measure.items:
                if item.key in form.items and _within(code, item.minimum, item.maximum):
                    yield f"{where}{name}", f"{code} is a possible answer to {item.key}"
                    break


def _within(code: Code, low: float, high: float) -> bool:
    try:
        return low <= float(code) <= high
    except ValueError:
        return False


def _mapping(table: _FileTable, path: Path) -> Mapping:
    stated: dict[str, Any] = {
        name: getattr(table, name)
        for name in (
            "patient_id",
            "date_format",
            "time_zone",
            "encoding",
            "delimiter",
            "decimal_comma",
            "sheet",
            "site",
        )
    }
    if table.dictionary is not None:
        stated["dictionary"] = path.parent / table.dictionary
    if table.kind is None:
        stated["forms"] = tuple(_form(form, table) for form in table.form or (table,))
        return Mapping(**stated)
    for name in ("missing_codes", "declined_codes", "not_applicable_codes"):
        stated[name] = getattr(table, name) or ()
    for name in ("kind", "columns", "values", "measure"):
        stated[name] = getattr(table, name)
    return Mapping(**stated)


def _form(form: _FormTable, table: _FileTable) -> Form:
    def own_or_shared(name: str) -> Any:
        own = getattr(form, name)
        return getattr(table, name) if own is None else own

    status = own_or_shared("complete")
    return Form(
        measure=own_or_shared("measure"),
        completed_on=_completed_on(own_or_shared("completed_on")),
        wave=own_or_shared("wave"),
        complete=(status,) if status else (),
        missing_codes=own_or_shared("missing_codes") or (),
        declined_codes=own_or_shared("declined_codes") or (),
        not_applicable_codes=own_or_shared("not_applicable_codes") or (),
        items=form.items,
        scores=form.scores,
    )


def _completed_on(stated: Any) -> str | DateByValue:
    if isinstance(stated, dict):
        dates = {value: str(day) for value, day in stated.items() if value != "column"}
        return DateByValue(column=stated["column"], dates=dates)
    return str(stated)
