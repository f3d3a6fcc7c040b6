"""Which canonical records a sheet holds: told from its column names, exactly as written."""

import difflib
import re
from collections.abc import Collection, Iterable, Sequence

import pyarrow.compute as pc

from dashboard.errors import FileRefused
from dashboard.intake.forms import Extract, FormRules, read_forms
from dashboard.intake.mapping import Form, Mapping
from dashboard.intake.records import DAY, KINDS, NUMBER, columns_of, required_columns
from dashboard.intake.rows import identity, read_rows
from dashboard.intake.sheet import Sheet
from dashboard.measures.catalogue import Catalogue

_MAP_IT = "Write a map that says which column is which, or remove the column."


def read_sheet(
    sheet: Sheet,
    catalogue: Catalogue,
    *,
    measure: str | None = None,
    mapping: Mapping | None = None,
) -> Extract:
    """A sheet as canonical tables, by its map or by its own column names.

    Args:
        measure: the measure of every row, where no column names it.

    Raises:
        FileRefused: columns that are not known, or missing ones, named with a suggestion.
    """
    if mapping is not None:
        if mapping.kind is None:
            return read_forms(sheet, mapping, catalogue, FormRules())
        columns = mapping.columns
        return read_rows(
            sheet, mapping.kind, mapping, columns=columns, measure=mapping.measure or measure
        )
    _refuse_nameless(sheet)
    kind = _kind_of_rows(sheet, measure)
    if kind is not None:
        _refuse_unknown(sheet, columns_of(kind), columns_of(kind))
        _refuse_other_measure(sheet, kind, measure)
        return read_rows(sheet, kind, Mapping(), columns=identity(sheet, kind), measure=measure)
    forms = forms_by_name(sheet, catalogue, "completed_on", "wave" if "wave" in sheet else None)
    if not forms:
        raise _unrecognised(sheet, catalogue)
    for name in ("patient_id", "completed_on"):
        if name not in sheet:
            raise FileRefused(
                f"{sheet.file_name}, line 1",
                f"there is no column {name}{_looks_like(name, sheet.names)}.",
                "Add it, or write a map that says which column it is.",
            )
    _refuse_unknown(sheet, columns_read(forms), _all_columns(catalogue))
    if measure is not None and {form.measure for form in forms} != {measure}:
        others = ", ".join(sorted({form.measure for form in forms} - {measure}))
        raise FileRefused(
            sheet.file_name,
            f"it was said to hold {measure}, and its columns are of {others}.",
            "Leave the measure out, or name the right one.",
        )
    return read_forms(sheet, Mapping(forms=forms), catalogue, FormRules())


def forms_by_name(
    sheet: Sheet, catalogue: Catalogue, completed_on: str, wave: str | None
) -> tuple[Form, ...]:
    """A form for each measure whose items or `<measure>_<scale>` totals name columns."""
    forms = []
    for measure in catalogue.values():
        items = {item.key: item.key for item in measure.items if item.key in sheet}
        scores = {
            scale.key: f"{measure.key}_{scale.key}"
            for scale in measure.scales
            if f"{measure.key}_{scale.key}" in sheet and f"{measure.key}_{scale.key}" not in items
        }
        if items or scores:
            forms.append(
                Form(
                    measure=measure.key,
                    completed_on=completed_on,
                    wave=wave,
                    items=items,
                    scores=scores,
                )
            )
    return tuple(forms)


def columns_read(forms: Iterable[Form]) -> set[str]:
    """The columns that forms under our own names read."""
    read = {"patient_id", "completed_on", "wave"}
    for form in forms:
        read |= {*form.items.values(), *form.scores.values()}
    return read


def _kind_of_rows(sheet: Sheet, measure: str | None) -> str | None:
    """The kind whose required columns are all there.

    Several can be: an event has a patient's id too. The one with most columns in the sheet
    is meant, and a list of patients must have no column of another kind.
    """
    given = {*sheet.names, *(["measure_key"] if measure else [])}
    fitting = [kind for kind in KINDS if given.issuperset(required_columns(kind))]
    if "patients" in fitting and not set(sheet.names).issubset(columns_of("patients")):
        fitting.remove("patients")
    return max(fitting, key=lambda kind: len(given.intersection(columns_of(kind))), default=None)


def _refuse_nameless(sheet: Sheet) -> None:
    if "" in sheet:
        raise FileRefused(
            f"{sheet.file_name}, line 1, column {sheet.names.index('') + 1}",
            "the column has no name.",
            "Name it or remove it; a map can leave it unread.",
        )


def _refuse_unknown(sheet: Sheet, known: Collection[str], suggested: Collection[str]) -> None:
    unknown = [name for name in sheet.names if name not in known]
    if _holds_values(unknown):
        raise _without_header(sheet)
    if unknown:
        is_not = "column {} is" if len(unknown) == 1 else "columns {} are"
        raise FileRefused(
            f"{sheet.file_name}, line 1",
            f"{is_not.format(listed(unknown))} not known here{_suggestion(unknown, suggested)}.",
            _MAP_IT,
        )


def _unrecognised(sheet: Sheet, catalogue: Catalogue) -> FileRefused:
    known = _all_columns(catalogue)
    unknown = [name for name in sheet.names if name not in known]
    if _holds_values(unknown):
        return _without_header(sheet)
    return FileRefused(
        f"{sheet.file_name}, line 1",
        "its columns together are not those of any kind of file known here: "
        f"{listed(unknown or sheet.names)}{_suggestion(unknown, known)}.",
        "Write a map that says which column is which; docs/data_dictionary.md lists the columns.",
    )


def _holds_values(names: Collection[str]) -> bool:
    """Whether a first row is a patient's row rather than names; it must then not be quoted."""
    return any(re.fullmatch(NUMBER, name) or re.match(DAY.rstrip("$"), name) for name in names)


def _without_header(sheet: Sheet) -> FileRefused:
    return FileRefused(
        f"{sheet.file_name}, line 1",
        "the first row holds values and not the names of columns.",
        "Put a first row with the names of the columns; docs/data_dictionary.md lists them.",
    )


def _all_columns(catalogue: Catalogue) -> list[str]:
    names = [name for kind in KINDS for name in columns_of(kind)]
    return [*names, *(item.key for measure in catalogue.values() for item in measure.items)]


def _refuse_other_measure(sheet: Sheet, kind: str, measure: str | None) -> None:
    if measure is None or kind not in ("answers", "scores") or "measure_key" not in sheet:
        return
    if not pc.all(pc.equal(sheet.text("measure_key"), measure)).as_py():
        raise FileRefused(
            f"{sheet.file_name}, column measure_key",
            f"it was said to hold {measure}, and some rows are of another measure.",
            "Leave the measure out, or name the right one.",
        )


def listed(names: Sequence[str]) -> str:
    """The first few names for a message."""
    shown = ", ".join(f"“{name}”" for name in names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown


def _suggestion(names: Sequence[str], known: Iterable[str]) -> str:
    for name in names:
        near = _near(name, known)
        if near:
            return f" (did you mean “{near}”?)"
    return ""


def _looks_like(wanted: str, names: Sequence[str]) -> str:
    alike = [name for name in names if _near(name, [wanted])]
    return f" (“{alike[0]}” looks like it)" if alike else ""


def _near(name: str, known: Iterable[str]) -> str | None:
    tidied = name.strip().lower().replace(" ", "_").replace("-", "_")
    return next(iter(difflib.get_close_matches(tidied, list(known), n=1, cutoff=0.8)), None)
