"""REDCap exports: events, repeating instruments, checkboxes, form status, access groups.

An export has one row for each record, event and repeat, and in each row the columns of every
instrument; those of other instruments are blank. `<form>_complete` says how far a form was
completed: 0 incomplete, 1 unverified, 2 complete, blank when nobody opened it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from dashboard.errors import FileRefused
from dashboard.intake.csv_text import read_csv
from dashboard.intake.forms import STATUS_WORDS, Extract, FormRules, read_forms, refuse_absent
from dashboard.intake.mapping import Form, FormStatus, Mapping
from dashboard.intake.records import text_table
from dashboard.intake.rows import read_rows
from dashboard.intake.shapes import forms_by_name
from dashboard.intake.sheet import Sheet
from dashboard.measures.catalogue import Catalogue

EVENT = "redcap_event_name"
INSTRUMENT = "redcap_repeat_instrument"
INSTANCE = "redcap_repeat_instance"
ACCESS_GROUP = "redcap_data_access_group"
_MARKS = (EVENT, INSTRUMENT, INSTANCE, ACCESS_GROUP)
_CHECKBOX = "___"
_BOX = re.compile(r"[a-z][a-z0-9_]*___[a-z0-9_]+")
_STATUS = "_complete"
_COMPLETE = ("2",)

# A name no column of an export can have.
_WAVE = "#wave"

_FIELD_COLUMNS = ("Variable / Field Name", "field_name")
_FORM_COLUMNS = ("Form Name", "form_name")
_VALIDATION_COLUMNS = (
    "Text Validation Type OR Show Slider Number",
    "text_validation_type_or_show_slider_number",
)


def is_redcap(sheet: Sheet) -> bool:
    """Whether the columns are those of a REDCap export."""
    if any(name in _MARKS or _BOX.fullmatch(name) for name in sheet.names):
        return True
    return any(name.endswith(_STATUS) and _is_status(sheet, name) for name in sheet.names)


def refuse_dictionary(sheet: Sheet) -> None:
    """A project's data dictionary lies beside its export, and is easily taken for it.

    Raises:
        FileRefused: this is the dictionary.
    """
    if sheet.names[0] in _FIELD_COLUMNS:
        raise FileRefused(
            sheet.file_name,
            "it is a REDCap data dictionary: it describes fields and holds no answers.",
            f'Import the data export; a map can name this file: dictionary = "{sheet.file_name}".',
        )


def read_redcap(
    sheet: Sheet,
    catalogue: Catalogue,
    *,
    measure: str | None = None,
    mapping: Mapping | None = None,
) -> Extract:
    """An export as canonical tables.

    Without a map, fields named like catalogue items are read, with the first column as the
    patient and `<measure>_date`, `completed_on` or `date` as the day. The wave is the event,
    followed by the instrument and its instance where it repeats.

    Args:
        measure: read only this measure's fields.

    Raises:
        FileRefused: no field is known here, or the day of a form is nowhere said.
    """
    mapping = mapping or Mapping()
    if mapping.kind is not None:
        return _rows_of_kind(sheet, mapping, measure)
    fields = _Fields(sheet, _dictionary(mapping.dictionary))
    record_id = mapping.patient_id or sheet.names[0]
    sheet = _with_wave(sheet)
    forms = mapping.forms or _forms_by_name(sheet, catalogue, measure)
    forms = tuple(_with_defaults(form, sheet, fields) for form in forms)
    rules = FormRules(
        blank_is_an_assessment=False,
        boxes=frozenset(name for name in sheet.names if _CHECKBOX in name),
        comma_columns=frozenset(fields.with_decimal_comma()),
        unmentioned=_unmentioned(sheet),
    )
    whole_map = mapping.model_copy(update={"forms": forms, "patient_id": record_id})
    extract = read_forms(sheet, whole_map, catalogue, rules)
    if _WAVE in sheet:
        extract.column_names["wave"] = EVENT if EVENT in sheet else INSTANCE
    if mapping.site is not None:
        extract.tables["patients"] = _sites(sheet, record_id, mapping.site)
    elif ACCESS_GROUP in sheet:
        extract.notes.append(
            "Data access groups were not read; to register them as the patients' sites, "
            f'say site = "{ACCESS_GROUP}" in a map.'
        )
    return extract


@dataclass(frozen=True)
class _Field:
    form: str
    validation: str


class _Fields:
    """Which form each column belongs to, and how its numbers are written."""

    def __init__(self, sheet: Sheet, dictionary: dict[str, _Field]) -> None:
        self._sheet = sheet
        self._dictionary = dictionary

    def status_of(self, column: str) -> str | None:
        """The `<form>_complete` column of a field.

        Without a dictionary it is the next one to the right: an export keeps the fields of a
        form together and puts the form's status after them.
        """
        known = self._dictionary.get(column.split(_CHECKBOX)[0])
        if known is not None:
            status = known.form + _STATUS
            return status if status in self._sheet else None
        position = self._sheet.names.index(column)
        return next(
            (
                name
                for name in self._sheet.names[position:]
                if name.endswith(_STATUS) and _is_status(self._sheet, name)
            ),
            None,
        )

    def with_decimal_comma(self) -> Iterator[str]:
        for name, field in self._dictionary.items():
            if field.validation.endswith("comma_decimal"):
                yield name


def _is_status(sheet: Sheet, name: str) -> bool:
    known = ["", "0", "1", "2", *STATUS_WORDS]
    return bool(pc.all(pc.is_in(sheet.text(name), pa.array(known))).as_py())


def _dictionary(path: Path | None) -> dict[str, _Field]:
    if path is None:
        return {}
    sheet, _ = read_csv(path)
    field, form, validation = (
        next((name for name in names if name in sheet), None)
        for names in (_FIELD_COLUMNS, _FORM_COLUMNS, _VALIDATION_COLUMNS)
    )
    if field is None or form is None:
        raise FileRefused(
            path.name,
            "the map names it as data dictionary, but it has no field and form names.",
            "Download the data dictionary of the project from REDCap.",
        )
    validations = sheet.text(validation).to_pylist() if validation else [""] * len(sheet)
    return {
        name: _Field(form_name, kind)
        for name, form_name, kind in zip(
            sheet.text(field).to_pylist(), sheet.text(form).to_pylist(), validations, strict=True
        )
    }


def _with_wave(sheet: Sheet) -> Sheet:
    """Adds the wave: event, instrument-instance, or event/instrument-instance."""
    blank = pa.chunked_array([pa.repeat("", len(sheet))])
    event, instrument, instance = (
        sheet.text(name) if name in sheet else blank for name in (EVENT, INSTRUMENT, INSTANCE)
    )
    repeated = pc.and_(pc.not_equal(instrument, ""), pc.not_equal(instance, ""))
    repeat = pc.if_else(repeated, pc.binary_join_element_wise(instrument, instance, "-"), instance)
    both = pc.and_(pc.not_equal(event, ""), pc.not_equal(repeat, ""))
    separator = pc.if_else(both, "/", "")
    if not any(name in sheet for name in (EVENT, INSTANCE)):
        return sheet
    return sheet.with_column(_WAVE, pc.binary_join_element_wise(event, repeat, separator))


def _forms_by_name(sheet: Sheet, catalogue: Catalogue, measure: str | None) -> tuple[Form, ...]:
    forms = [
        form
        for form in forms_by_name(sheet, catalogue, "", None)
        if measure is None or form.measure == measure
    ]
    if not forms:
        raise FileRefused(
            sheet.file_name,
            "it is a REDCap export, and none of its fields is an item known here.",
            "Write a map that says which field is which item.",
        )
    return tuple(
        form.model_copy(update={"completed_on": _day_of(form.measure, sheet)}) for form in forms
    )


def _day_of(measure: str, sheet: Sheet) -> str:
    names = (f"{measure}_date", "completed_on", "date")
    for name in names:
        if name in sheet:
            return name
    raise FileRefused(
        f"{sheet.file_name}, line 1",
        f"no field says when {measure} was completed ({', '.join(names)}).",
        "Write a map that names the field: completed_on = …",
    )


def _with_defaults(form: Form, sheet: Sheet, fields: _Fields) -> Form:
    columns = [*form.items.values(), *form.scores.values()]
    refuse_absent(sheet, set(columns))
    complete = form.complete
    if not complete:
        # Ordered and each once: a measure can be spread over several forms.
        found = dict.fromkeys(fields.status_of(column) for column in columns)
        complete = tuple(
            FormStatus(column=status, values=_COMPLETE) for status in found if status is not None
        )
    wave = form.wave or (_WAVE if _WAVE in sheet else None)
    return form.model_copy(update={"complete": complete, "wave": wave})


def _sites(sheet: Sheet, record_id: str, site: str) -> pa.Table:
    """One row for each patient and site; two sites for one patient are refused later."""
    stated = sheet.only(pc.not_equal(sheet.text(site), ""))
    pairs = pa.table(
        {
            "patient_id": stated.text(record_id),
            "site": stated.text(site),
            "source_row": stated.source_row,
        }
    )
    first = pairs.group_by(["patient_id", "site"]).aggregate([("source_row", "min")])
    columns = {"patient_id": first["patient_id"], "site": first["site"]}
    return text_table("patients", columns, first["source_row_min"].combine_chunks())


def _rows_of_kind(sheet: Sheet, mapping: Mapping, measure: str | None) -> Extract:
    """Records of one kind. Rows of other events or instruments have nothing in these columns."""
    assert mapping.kind is not None
    refuse_absent(sheet, set(mapping.columns.values()))
    told = [
        pc.not_equal(sheet.text(column), "")
        for name, column in mapping.columns.items()
        if name not in ("patient_id", "person_id")
    ]
    if told:
        any_told = told[0]
        for other in told[1:]:
            any_told = pc.or_(any_told, other)
        sheet = sheet.only(any_told)
    return read_rows(
        sheet,
        mapping.kind,
        mapping,
        columns=mapping.columns,
        measure=mapping.measure or measure,
        unmentioned=_unmentioned(sheet),
    )


def _unmentioned(sheet: Sheet) -> frozenset[str]:
    """What REDCap adds to every export: its marks and the status of each form."""
    return frozenset(
        name for name in sheet.names if name in (*_MARKS, _WAVE) or name.endswith(_STATUS)
    )
