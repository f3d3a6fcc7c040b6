"""FHIR R4: QuestionnaireResponse, Observation and Patient, alone, in a Bundle or as NDJSON.

Answers and scores are known by their patient, instant and item, so the panel, the item
observations and the response that tell of one form fall together in the store.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import ValidationError

from dashboard.errors import FileRefused
from dashboard.intake.decoding import LARGEST_FILE, check_size, read_text
from dashboard.intake.fhir_answers import (
    Codes,
    ItemCode,
    PanelCode,
    ResourceRefusedError,
    ScoreCode,
    absent_answer,
    has_value,
    number,
    score,
)
from dashboard.intake.fhir_resources import (
    RESOURCE,
    Bundle,
    CodeableConcept,
    Observation,
    Observed,
    Patient,
    QuestionnaireResponse,
    Reference,
    Resource,
    ResponseItem,
)
from dashboard.intake.incoming import Incoming, Refusal
from dashboard.intake.records import text_table
from dashboard.measures.catalogue import Catalogue

# A document is held in memory whole; NDJSON is read line by line, so only a line is bounded.
LARGEST_DOCUMENT = 100_000_000
LARGEST_NDJSON = 4_000_000_000
LONGEST_LINE = 20_000_000

_TAKEN_RESPONSES = ("completed", "amended")
_TAKEN_OBSERVATIONS = ("final", "amended", "corrected")
_GENDERS = ("male", "female", "other", "unknown")
_BATCH = 100_000
_COLUMN_NAMES = {
    "patient_id": "subject",
    "completed_on": "authored or effective[x]",
    "item_key": "linkId or code",
    "answer": "value[x]",
    "score": "value[x]",
}


def read_fhir(path: Path, catalogue: Catalogue, *, largest: int = LARGEST_FILE) -> Incoming:
    """One file of FHIR resources. Rows are the lines of NDJSON, or the entries of a Bundle.

    Raises:
        FileRefused: not JSON, not FHIR, or too large.
    """
    check_size(path, LARGEST_NDJSON)
    reader = _Reader(Codes(catalogue))
    if _is_ndjson(path):
        sha256 = _read_lines(path, reader)
        originals: NdjsonOriginals | DocumentOriginals = NdjsonOriginals(path)
    else:
        text = read_text(path, None, min(largest, LARGEST_DOCUMENT))
        sha256 = text.sha256
        reader.read_document(path.name, text.utf8)
        originals = DocumentOriginals(path)
    if reader.resources == 0:
        raise FileRefused(path.name, "it has 0 resources.", "Export it again.")
    return Incoming(
        file_name=path.name,
        sha256=sha256,
        form="fhir",
        rows_read=reader.resources,
        tables=reader.tables(),
        refusals=reader.refusals,
        notes=reader.notes(),
        column_names=_COLUMN_NAMES,
        originals=originals,
    )


def _is_ndjson(path: Path) -> bool:
    """Whether the first line is a resource of its own and more follow."""
    with path.open("rb") as file:
        first = file.readline(LONGEST_LINE)
        more = any(line.strip() for line in file)
    if not more:
        return False
    try:
        return isinstance(json.loads(first.removeprefix(b"\xef\xbb\xbf")), dict)
    except ValueError:
        return False


def _read_lines(path: Path, reader: "_Reader") -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for number_, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), start=1):
            digest.update(line)
            if len(line) == LONGEST_LINE:
                raise FileRefused(
                    f"{path.name}, line {number_}",
                    f"the line has more than {LONGEST_LINE / 1e6:,.0f} MB.",
                    "Put each resource on a line of its own.",
                )
            content = line.removeprefix(b"\xef\xbb\xbf").strip()
            if content:
                reader.read_line(path.name, number_, content)
    return digest.hexdigest()


@dataclass
class _Table:
    """Rows of one kind, turned into Arrow in batches to bound memory."""

    kind: str
    names: tuple[str, ...]
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    batches: list[pa.Table] = field(default_factory=list)

    def add(self, rows: list[tuple[Any, ...]]) -> None:
        self.rows += rows
        if len(self.rows) >= _BATCH:
            self.close_batch()

    def close_batch(self) -> None:
        if self.rows:
            *columns, source_row = zip(*self.rows, strict=True)
            cells = {
                name: pa.array(column, pa.string())
                for name, column in zip(self.names, columns, strict=True)
            }
            self.batches.append(text_table(self.kind, cells, pa.array(source_row, pa.int64())))
            self.rows = []


_ANSWER_COLUMNS = ("patient_id", "measure_key", "completed_on", "item_key", "answer")
_SCORE_COLUMNS = ("patient_id", "measure_key", "completed_on", "scale_key", "score")
_PATIENT_COLUMNS = ("patient_id", "birth_year", "sex", "language", "status", "status_on")


class _Reader:
    """Takes resources one by one. A refused resource leaves nothing in any table."""

    def __init__(self, codes: Codes) -> None:
        self._codes = codes
        self._answers = _Table("answers", _ANSWER_COLUMNS)
        self._scores = _Table("scores", _SCORE_COLUMNS)
        self._patients = _Table("patients", _PATIENT_COLUMNS)
        self._aside: Counter[str] = Counter()
        self._aliases: dict[str, str] = {}
        self.refusals: list[Refusal] = []
        self.resources = 0

    def read_line(self, file_name: str, line: int, content: bytes) -> None:
        try:
            resource = RESOURCE.validate_json(content)
        except ValidationError as error:
            self._not_valid(f"{file_name}, line {line}", line, error)
            return
        self._take(resource, line)

    def read_document(self, file_name: str, content: bytes) -> None:
        try:
            resource = RESOURCE.validate_json(content)
        except ValidationError as error:
            self._not_valid(file_name, 1, error)
            return
        self._take(resource, None)

    def _not_valid(self, where: str, row: int, error: ValidationError) -> None:
        """Broken JSON damages the file; a resource of the wrong shape only itself."""
        first = error.errors(include_url=False)[0]
        if first["type"] == "json_invalid":
            raise FileRefused(
                where, f"it is not JSON: {first['ctx']['error']}.", "Export the file again."
            )
        if not first["loc"] and first["type"] != "union_tag_invalid":
            raise FileRefused(
                where, "it is JSON but no FHIR resource.", "Export it as FHIR R4 JSON or as CSV."
            )
        self._refuse_shape(row, error)

    def _refuse_shape(self, row: int, error: ValidationError) -> None:
        first = error.errors(include_url=False)[0]
        self.resources += 1
        if first["type"] == "union_tag_invalid":
            self._aside[f"{first['ctx']['tag']}: not a kind of resource read here"] += 1
            return
        place = ".".join(str(part) for part in first["loc"][1:])
        self.refusals.append(
            Refusal(row, place, "", "this is not as FHIR R4 has it", "correct the resource")
        )

    def _take(self, resource: Resource, row: int | None) -> None:
        if isinstance(resource, Bundle):
            self._take_bundle(resource, row)
            return
        self.resources += 1
        number_ = row or 1
        try:
            if isinstance(resource, Patient):
                self._take_patient(resource, number_)
            elif isinstance(resource, QuestionnaireResponse):
                self._take_response(resource, number_)
            else:
                self._take_observation(resource, number_)
        except ResourceRefusedError as refused:
            self.refusals.append(
                Refusal(number_, refused.column, refused.value, refused.reason, refused.what_to_do)
            )

    def _take_bundle(self, bundle: Bundle, row: int | None) -> None:
        self._aliases = {}
        for entry in bundle.entry:
            if entry.full_url and (entry.resource or {}).get("resourceType") == "Patient":
                assert entry.resource is not None
                own_id = entry.resource.setdefault("id", _end_of(entry.full_url))
                self._aliases[entry.full_url] = own_id
        for position, entry in enumerate(bundle.entry, start=1):
            if entry.resource is None:
                continue
            try:
                resource = RESOURCE.validate_python(entry.resource)
            except ValidationError as error:
                self._refuse_shape(row or position, error)
                continue
            self._take(resource, row or position)

    def _take_patient(self, patient: Patient, row: int) -> None:
        if not patient.id:
            raise ResourceRefusedError("id", "", "the patient has no id", "give it its id")
        gender = patient.gender if patient.gender in _GENDERS else ""
        deceased = patient.deceased or patient.deceased_at is not None
        self._patients.add(
            [
                (
                    patient.id,
                    (patient.birth_date or "")[:4],
                    gender,
                    _language(patient),
                    "deceased" if deceased else "",
                    (patient.deceased_at or "")[:10],
                    row,
                )
            ]
        )

    def _take_response(self, response: QuestionnaireResponse, row: int) -> None:
        items = [
            (item, self._codes.of_link(item.link_id, item.definition))
            for item in _all_items(response.item)
        ]
        if not any(isinstance(meaning, ItemCode | ScoreCode) for _, meaning in items):
            named = response.questionnaire or "without a name"
            self._aside[f"response to a questionnaire with no item known here ({named})"] += 1
            return
        self._check_status(response.status, _TAKEN_RESPONSES)
        patient = self._patient_of(response.subject)
        when = _stated(response.authored, "authored")
        answers: dict[str, list[tuple[str, str]]] = {}
        scores: list[tuple[Any, ...]] = []
        aside: list[str] = []
        for item, meaning in items:
            if len(item.answer) > 1 and meaning is not None:
                raise ResourceRefusedError(
                    item.link_id, "", "more than one answer is given", "keep the one that is meant"
                )
            answer = item.answer[0] if item.answer else None
            if isinstance(meaning, ItemCode):
                given = answers.setdefault(meaning.measure.key, [])
                text = self._codes.answer(meaning, answer) if answer else ""
                if text:
                    given.append((meaning.item.key, text))
            elif isinstance(meaning, ScoreCode) and answer:
                key = meaning.scale.key
                scores.append((patient, meaning.measure.key, when, key, score(answer), row))
            elif meaning is None and answer:
                aside.append(f"answer to {item.link_id.lstrip('/')}: no item known here")
        self._aside.update(aside)
        self._scores.add(scores)
        self._answers.add(
            [
                (patient, measure, when, item_key, text, row)
                for measure, given in answers.items()
                for item_key, text in given or [("", "")]
            ]
        )

    def _take_observation(self, observation: Observation, row: int) -> None:
        observed = [
            (part, self._codes.of_concept(part.code))
            for part in (observation, *observation.component)
        ]
        known = [(part, meaning) for part, meaning in observed if meaning is not None]
        valued = [
            (part, meaning)
            for part, meaning in known
            if not isinstance(meaning, PanelCode) or has_value(part)
        ]
        if not valued:
            name = _name_of(observation.code)
            why = "a panel without a value of its own" if known else "no measure here"
            self._aside[f"observation of {name}: {why}"] += 1
            return
        self._check_status(observation.status, _TAKEN_OBSERVATIONS)
        patient = self._patient_of(observation.subject)
        period = observation.effective_period
        when = _stated(
            observation.effective
            or observation.effective_instant
            or (period.end if period else None),
            "effectiveDateTime",
        )
        answers: list[tuple[Any, ...]] = []
        scores: list[tuple[Any, ...]] = []
        aside: list[str] = []
        for part, meaning in valued:
            measure = meaning.measure
            absent = None if has_value(part) else absent_answer(part)
            if isinstance(meaning, ItemCode):
                text = absent if absent is not None else self._codes.answer(meaning, part)
                _refuse_a_total(meaning, text, part)
                if text:
                    answers.append((patient, measure.key, when, meaning.item.key, text, row))
            elif absent is not None:
                aside.append(f"observation of {_name_of(part.code)}: said to have no value")
            elif isinstance(meaning, ScoreCode):
                text = score(part)
                scores.append((patient, measure.key, when, meaning.scale.key, text, row))
            elif meaning.total is not None:
                scores.append((patient, measure.key, when, meaning.total.key, number(part), row))
                aside.append(
                    f"value under the code of the whole {measure.title} ({measure.loinc}): "
                    f"taken as {meaning.total.title}"
                )
            else:
                raise ResourceRefusedError(
                    "code",
                    measure.loinc or "",
                    f"this code is that of the whole {measure.title}, which has several scores",
                    "use the code of the score",
                )
        self._aside.update(aside)
        self._answers.add(answers)
        self._scores.add(scores)

    @staticmethod
    def _check_status(status: str | None, taken: tuple[str, ...]) -> None:
        if status not in taken:
            raise ResourceRefusedError(
                "status",
                status or "",
                f"its status is not {' or '.join(taken)}",
                "finish it where the data comes from, or leave it out",
            )

    def _patient_of(self, subject: Reference | None) -> str:
        reference = (subject.reference if subject else None) or ""
        if not reference:
            raise ResourceRefusedError(
                "subject", "", "it does not say whose it is", "add the subject"
            )
        if reference in self._aliases:
            return self._aliases[reference]
        if reference.startswith(("urn:uuid:", "urn:oid:")):
            return _end_of(reference)
        parts = reference.split("/_history/")[0].split("/")
        if len(parts) < 2 or parts[-2] != "Patient" or not parts[-1]:
            raise ResourceRefusedError(
                "subject", reference, "its subject is not a patient", "refer to the patient"
            )
        return parts[-1]

    def tables(self) -> dict[str, pa.Table]:
        found = {}
        for table in (self._patients, self._answers, self._scores):
            table.close_batch()
            if table.batches:
                found[table.kind] = pa.concat_tables(table.batches)
        return found

    def notes(self) -> list[str]:
        return [f"{count:,} × {what}." for what, count in self._aside.most_common()]


@dataclass(frozen=True)
class NdjsonOriginals:
    """Lines of the file, read again from where it lies."""

    path: Path

    @property
    def extension(self) -> str:
        return "ndjson"

    def lines(self, rows: Collection[int]) -> str:
        wanted = frozenset(rows)
        # Only a line feed ends a line here, as in reading.
        with self.path.open(encoding="utf-8-sig", newline="\n") as file:
            return "".join(line for number_, line in enumerate(file, start=1) if number_ in wanted)


@dataclass(frozen=True)
class DocumentOriginals:
    """Entries of a Bundle as one line, with the patients they refer to; or a lone resource."""

    path: Path

    @property
    def extension(self) -> str:
        return "ndjson"

    def lines(self, rows: Collection[int]) -> str:
        document = json.loads(self.path.read_text("utf-8-sig"))
        if document.get("resourceType") == "Bundle":
            wanted = frozenset(rows)
            document["entry"] = [
                entry
                for number_, entry in enumerate(document["entry"], start=1)
                if number_ in wanted or entry.get("resource", {}).get("resourceType") == "Patient"
            ]
        return json.dumps(document, ensure_ascii=False) + "\n"


def _all_items(items: tuple[ResponseItem, ...]) -> Iterator[ResponseItem]:
    for item in items:
        yield item
        yield from _all_items(item.item)
        for answer in item.answer:
            yield from _all_items(answer.item)


def _end_of(address: str) -> str:
    return address.rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def _language(patient: Patient) -> str:
    spoken = sorted(patient.communication, key=lambda language: not language.preferred)
    for communication in spoken:
        if communication.language:
            coded = next((c.code for c in communication.language.coding if c.code), None)
            return coded or communication.language.text or ""
    return ""


def _name_of(concept: CodeableConcept) -> str:
    for coding in concept.coding:
        if coding.code:
            return f"{coding.code} ({coding.display})" if coding.display else coding.code
    return "no code"


def _stated(when: str | None, column: str) -> str:
    if not when:
        raise ResourceRefusedError(
            column, "", "it does not say when the form was completed", f"add {column}"
        )
    return when


def _refuse_a_total(meaning: ItemCode, text: str, observed: Observed) -> None:
    """An item's code is easily taken for the total's: 44260-8 is item 9 of the PHQ-9."""
    try:
        value = float(text)
    except ValueError:
        return
    item, measure = meaning.item, meaning.measure
    if item.minimum <= value <= item.maximum:
        return
    code = next((c.code for c in observed.code.coding if c.code), item.key)
    totals = [scale for scale in measure.scales if scale.loinc is not None]
    right = f"; the code of the {totals[0].title} is {totals[0].loinc}" if totals else ""
    raise ResourceRefusedError(
        "value",
        text,
        f"{code} is the code of {item.key}, answered {item.minimum:g} to {item.maximum:g}",
        f"correct the code or the value{right}",
    )
