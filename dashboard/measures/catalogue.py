"""Loads the measure definitions: the default folder, then the centre's own on top.

A definition that does not hold is never half used: every fault in every file is listed,
and nothing is loaded until all are mended.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dashboard.errors import Fault, MeasureRefused
from dashboard.measures.consistency import inconsistencies
from dashboard.measures.definition import (
    KEY_PATTERN,
    AnswerCode,
    Band,
    CutOff,
    Evidence,
    Figure,
    Item,
    Licence,
    Measure,
    Reference,
    Reliability,
    SafetyItem,
    Scale,
    StandardDeviation,
)
from dashboard.measures.ranges import Definition, with_ranges

__all__ = [
    "AnswerCode",
    "Band",
    "Catalogue",
    "CutOff",
    "Evidence",
    "Figure",
    "Item",
    "Licence",
    "Measure",
    "Reference",
    "Reliability",
    "SafetyItem",
    "Scale",
    "StandardDeviation",
    "load_catalogue",
]

DEFAULT_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Catalogue(Mapping[str, Measure]):
    """All measures by key, in alphabetical order.

    `version` is a short fingerprint of every definition: two catalogues of the same
    version score alike.
    """

    measures: dict[str, Measure]
    version: str

    def __getitem__(self, key: str) -> Measure:
        return self.measures[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.measures)

    def __len__(self) -> int:
        return len(self.measures)

    def __hash__(self) -> int:
        return hash(self.version)

    @cached_property
    def _home_of_item(self) -> dict[str, tuple[Measure, Item]]:
        return {
            item.key: (measure, item)
            for measure in self.measures.values()
            for item in measure.items
        }

    def item(self, key: str) -> Item:
        """The item of that key in whichever measure has it; KeyError when none has."""
        return self._home_of_item[key][1]

    def measure_of_item(self, key: str) -> Measure:
        """The measure that has the item; KeyError when none has."""
        return self._home_of_item[key][0]


def load_catalogue(extra_folder: Path | None = None) -> Catalogue:
    """Loads every definition; those in the centre's own folder add to the default ones or
    replace them by key.

    Raises:
        MeasureRefused: a definition does not hold; every fault of every file is listed.
    """
    files = {path.stem: (path, path.name) for path in DEFAULT_FOLDER.glob("*.toml")}
    if extra_folder is not None:
        if not extra_folder.is_dir():
            raise MeasureRefused([Fault(extra_folder.name, "folder", "is not there")])
        for path in extra_folder.glob("*.toml"):
            files[path.stem] = (path, f"{extra_folder.name}/{path.name}")

    faults: list[Fault] = []
    measures: dict[str, Measure] = {}
    fingerprint = hashlib.sha256()
    for stem, (path, shown_as) in sorted(files.items()):
        content = path.read_bytes()
        fingerprint.update(hashlib.sha256(content).digest())
        measure = _read(content, stem, shown_as, faults)
        if measure is not None:
            measures[stem] = measure
    faults += _clashes(measures, {stem: shown_as for stem, (_, shown_as) in files.items()})
    if faults:
        raise MeasureRefused(faults)
    return Catalogue(measures, fingerprint.hexdigest()[:12])


def _read(content: bytes, stem: str, shown_as: str, faults: list[Fault]) -> Measure | None:
    """One file as a measure, or None after adding its faults to the list."""
    try:
        definition = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        faults.append(Fault(shown_as, f"line {line}", "is not UTF-8 text"))
        return None
    except tomllib.TOMLDecodeError as error:
        faults.append(_syntax_fault(shown_as, str(error)))
        return None
    found = [Fault(shown_as, field, what) for field, what in inconsistencies(definition, stem)]
    try:
        measure = Measure.model_validate(with_ranges(definition))
    except ValidationError as error:
        found = [*_structure_faults(shown_as, definition, error), *found]
    faults += found
    return None if found else measure


def _syntax_fault(shown_as: str, message: str) -> Fault:
    place = re.search(r" \(at ((?:line \d+, column \d+)|end of document)\)$", message)
    if place is None:
        return Fault(shown_as, "whole file", f"is not TOML: {message}")
    return Fault(shown_as, place[1], f"is not TOML: {message[: place.start()]}")


def _structure_faults(
    shown_as: str, definition: Definition, error: ValidationError
) -> Iterator[Fault]:
    for detail in error.errors(include_url=False):
        match detail["type"]:
            case "missing":
                what = "is missing"
            case "extra_forbidden":
                what = "is not a field that belongs here"
            case "string_too_short":
                what = "is empty"
            case "string_pattern_mismatch" if detail["ctx"]["pattern"] == KEY_PATTERN:
                what = "may hold only small letters, digits and underscores, a letter first"
            case "string_pattern_mismatch":
                what = "is blank"
            case "literal_error":
                what = f"is “{detail['input']}” but must be {detail['ctx']['expected']}"
            case _:
                what = f"does not hold: {detail['msg']}"
        yield Fault(shown_as, _field(definition, detail["loc"]), what)


def _field(definition: Definition, location: tuple[int | str, ...]) -> str:
    """The path to a field as its author would say it: `scales[total].bands[2].source`.

    Tables with a key go by it; others are counted from 1.
    """
    path = ""
    part: Any = definition
    for step in location:
        if isinstance(step, int):
            part = part[step]
            key = part.get("key") if isinstance(part, dict) else None
            path += f"[{key if isinstance(key, str) else step + 1}]"
        else:
            part = part.get(step) if isinstance(part, dict) else None
            path += f".{step}" if path else step
    return path


def _clashes(measures: dict[str, Measure], shown_as: dict[str, str]) -> Iterator[Fault]:
    """Names that would be ambiguous in an import: item keys and `<measure>_<scale>` share the
    column names of a file, and a LOINC code must lead to one place."""
    columns: dict[str, str] = {}
    codes: dict[str, str] = {}
    for stem, measure in measures.items():
        for item in measure.items:
            if item.key in columns:
                what = f"is already a column name in {shown_as[columns[item.key]]}"
                yield Fault(shown_as[stem], f"items[{item.key}].key", what)
            columns.setdefault(item.key, stem)
        for scale in measure.scales:
            column = f"{stem}_{scale.key}"
            if column in columns:
                what = f"gives the column name {column}, taken in {shown_as[columns[column]]}"
                yield Fault(shown_as[stem], f"scales[{scale.key}].key", what)
            columns.setdefault(column, stem)
        coded = [("loinc", measure.loinc)]
        coded += [(f"items[{item.key}].loinc", item.loinc) for item in measure.items]
        coded += [(f"scales[{scale.key}].loinc", scale.loinc) for scale in measure.scales]
        for field, code in coded:
            if code is not None and code in codes:
                yield Fault(shown_as[stem], field, f"{code} is already {codes[code]}")
            elif code is not None:
                codes[code] = f"{field} of {shown_as[stem]}"
