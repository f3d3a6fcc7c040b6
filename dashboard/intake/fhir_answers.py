"""What a FHIR value says as an answer, and which item, score or panel a code stands for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dashboard.intake.fhir_resources import CodeableConcept, Coding, Extension, Observed, Value
from dashboard.intake.records import DECLINED, NOT_APPLICABLE, NUMBER
from dashboard.measures.catalogue import Catalogue, Item, Measure, Scale

# The last part of the extension's address; it moved between versions of FHIR.
_ORDINALS = frozenset(
    {"ordinalValue", "itemWeight", "iso21090-CO-value", "questionnaire-ordinalValue"}
)
_ABSENT_SYSTEMS = ("data-absent-reason", "v3-NullFlavor")
_ABSENT_WORDS = {
    "asked-declined": DECLINED,
    "not-applicable": NOT_APPLICABLE,
    "NA": NOT_APPLICABLE,
    "unknown": "",
    "asked-unknown": "",
    "not-asked": "",
    "UNK": "",
    "ASKU": "",
    "NASK": "",
    "NI": "",
}


class ResourceRefusedError(Exception):
    """Why one resource is not taken: field, value, reason, what to do."""

    def __init__(self, column: str, value: str, reason: str, what_to_do: str) -> None:
        super().__init__(reason)
        self.column = column
        self.value = value
        self.reason = reason
        self.what_to_do = what_to_do


@dataclass(frozen=True)
class ItemCode:
    measure: Measure
    item: Item


@dataclass(frozen=True)
class ScoreCode:
    measure: Measure
    scale: Scale


@dataclass(frozen=True)
class PanelCode:
    """The code of a whole questionnaire. It has no value of its own, yet some software puts
    the total there."""

    measure: Measure

    @property
    def total(self) -> Scale | None:
        return self.measure.scales[0] if len(self.measure.scales) == 1 else None


Meaning = ItemCode | ScoreCode | PanelCode


class Codes:
    """LOINC codes and our own keys → what they stand for."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._meanings: dict[str, Meaning] = {}
        self._answers: dict[str, dict[str, float]] = {}
        for measure in catalogue.values():
            self._answers[measure.key] = {code.code: code.value for code in measure.answer_codes}
            if measure.loinc is not None:
                self._meanings[measure.loinc] = PanelCode(measure)
            for scale in measure.scales:
                score_code = ScoreCode(measure, scale)
                for code in (scale.loinc, f"{measure.key}_{scale.key}"):
                    if code is not None:
                        self._meanings[code] = score_code
            for item in measure.items:
                item_code = ItemCode(measure, item)
                for code in (item.loinc, item.key):
                    if code is not None:
                        self._meanings[code] = item_code

    def of_link(self, link_id: str, definition: str | None) -> Meaning | None:
        """Of an item of a response: `/44250-9`, `44250-9`, our key, or the end of `definition`."""
        found = self._meanings.get(link_id) or self._meanings.get(link_id.rsplit("/", 1)[-1])
        if found is None and definition:
            return self._meanings.get(re.split(r"[/#]", definition)[-1])
        return found

    def of_concept(self, concept: CodeableConcept) -> Meaning | None:
        """Of an observation. Two codes that stand for different things are refused."""
        codes = [coding.code for coding in concept.coding if coding.code in self._meanings]
        found = [self._meanings[code] for code in codes if code is not None]
        if any(meaning is not found[0] for meaning in found[1:]):
            raise ResourceRefusedError(
                "code",
                ", ".join(str(code) for code in codes),
                "its codes stand for different things",
                "correct the codes where the data comes from",
            )
        return found[0] if found else None

    def answer(self, meaning: ItemCode, value: Value) -> str:
        """An answer as canonical text; "" where the resource says that none was given."""
        codings = (value.coding,) if value.coding else value.concept.coding if value.concept else ()
        stated = {*_ordinals(value, codings), *self._coded(meaning.measure, codings)}
        if len(stated) > 1:
            raise _refused(value, "its code and its number disagree")
        if stated:
            return number_text(stated.pop())
        word = _absent_word(codings)
        if word is not None:
            return word
        if codings:
            raise _refused(value, f"this answer is not in the answer list of {meaning.item.key}")
        if value.boolean is not None and (meaning.item.minimum, meaning.item.maximum) == (0, 1):
            return str(int(value.boolean))
        return number(value)

    def _coded(self, measure: Measure, codings: Sequence[Coding]) -> list[float]:
        known = self._answers[measure.key]
        return [known[coding.code] for coding in codings if coding.code in known]


def score(value: Value) -> str:
    """A score as canonical text."""
    codings = (value.coding,) if value.coding else value.concept.coding if value.concept else ()
    stated = set(_ordinals(value, codings))
    if len(stated) == 1:
        return number_text(stated.pop())
    return number(value)


def number(value: Value) -> str:
    """The plain number of a value."""
    if value.quantity is not None and value.quantity.comparator is not None:
        raise _refused(value, "it is more or less than a number, not a number")
    stated = (value.integer, value.decimal, value.quantity.value if value.quantity else None)
    for found in stated:
        if found is not None:
            return number_text(found)
    text = (value.text or "").strip(" ")
    if re.fullmatch(NUMBER, text):
        return text
    raise _refused(value, "its value is not a number" if has_value(value) else "it has no value")


def has_value(value: Value) -> bool:
    """Whether there is a value of any kind that is read."""
    stated = (value.coding, value.concept, value.integer, value.decimal, value.quantity)
    return any(part is not None for part in (*stated, value.text, value.boolean))


def absent_answer(observed: Observed) -> str | None:
    """`declined`, `not applicable` or "" where an observation says why it has no value."""
    return _absent_word(observed.absent.coding) if observed.absent else None


def number_text(value: float) -> str:
    if float(value).is_integer():
        return str(int(value))
    return format(Decimal(repr(value)), "f")


def _ordinals(value: Value, codings: Sequence[Coding]) -> list[float]:
    extensions: list[Extension] = [*value.extension]
    for part in (value.concept, value.beside_text, value.beside_boolean, *codings):
        if part is not None:
            extensions += part.extension
    found = []
    for extension in extensions:
        if extension.url.rsplit("/", 1)[-1] in _ORDINALS:
            stated = extension.decimal if extension.decimal is not None else extension.integer
            if stated is not None:
                found.append(float(stated))
    return found


def _absent_word(codings: Sequence[Coding]) -> str | None:
    for coding in codings:
        if coding.system and coding.system.endswith(_ABSENT_SYSTEMS) and coding.code is not None:
            word = _ABSENT_WORDS.get(coding.code)
            if word is not None:
                return word
    return None


def _refused(value: Value, reason: str) -> ResourceRefusedError:
    codings = (value.coding,) if value.coding else value.concept.coding if value.concept else ()
    shown = value.text or next((coding.code or coding.display or "" for coding in codings), "")
    return ResourceRefusedError(
        "value", shown, reason, "correct it where the data comes from, or leave the resource out"
    )
