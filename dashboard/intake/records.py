"""The canonical records: what every reader's tables hold, and what a row must be to be taken.

One class for each kind. docs/data_dictionary.md is generated from the descriptions here.
Answers and scores are checked by the store in SQL, a million at a time; `Answer` and `Score`
say what those checks must agree with. The small kinds are checked here by `check_records`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal, get_args, get_origin

import pyarrow as pa
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic import model_validator as whole_row

from dashboard.intake.incoming import Refusal

# The same pattern serves pydantic, Arrow and DuckDB: all three read RE2's syntax. Control,
# zero-width and other invisible characters would make two ids that look alike; digits of
# other scripts would make two that read alike.
PLAIN_ID = r"^(?:[^\p{Cc}\p{Cf}\p{Co}\p{Z}\p{Nd}]|[ 0-9])+$"
NUMBER = r"^[+-]?[0-9]+(\.[0-9]+)?$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MOMENT = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})$"
)
DECLINED = "declined"
NOT_APPLICABLE = "not applicable"

EARLIEST_BIRTH_YEAR = 1900
LONGEST_ID = 200
OLDEST = 120

_CORRECT = "correct the value and import again"


@dataclass(frozen=True)
class Holds:
    """What a column holds, in words for the data dictionary and as the type of a checked table."""

    words: str
    arrow: pa.DataType


class RowFaultError(ValueError):
    """Why a row is refused. No text here may hold the value itself.

    `column` is for checks of the whole row, which pydantic places in no column.
    """

    def __init__(self, reason: str, what_to_do: str = _CORRECT, column: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.what_to_do = what_to_do
        self.column = column


def tidy(value: object) -> object:
    """Text in one Unicode form (NFC) without spaces around it; blank becomes None."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).strip(" \t") or None
    return value


def _kept_as_text(value: object) -> object:
    if value is None:
        raise RowFaultError("this is empty", "fill it in")
    return value


def _plain(value: str) -> str:
    if len(value) > LONGEST_ID:
        raise RowFaultError(f"this is longer than {LONGEST_ID} characters")
    for character in value:
        category = unicodedata.category(character)
        if category in ("Cc", "Cf", "Co", "Zl", "Zp") or (category == "Zs" and character != " "):
            raise RowFaultError(
                "this holds a character that cannot be seen", "type it again by hand"
            )
        if category == "Nd" and not character.isascii():
            raise RowFaultError("this holds digits that are not 0-9", "write the digits as 0-9")
    return value


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(DAY, value):
        raise RowFaultError(
            "this is not a date written as YYYY-MM-DD",
            "write it as 2026-03-05, or declare date_format in a map",
        )
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise RowFaultError("there is no such day", "correct the date") from None


def _not_too_early(value: str) -> str:
    if int(value[:4]) < EARLIEST_BIRTH_YEAR:
        raise RowFaultError(f"this date is before {EARLIEST_BIRTH_YEAR}", "correct the date")
    return value


def _day_or_moment(value: str) -> str:
    if re.fullmatch(DAY, value):
        _day(value)
        return _not_too_early(value)
    if re.fullmatch(MOMENT, value):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            raise RowFaultError("there is no such day or time", "correct the time") from None
        return _not_too_early(value)
    if re.match(DAY.rstrip("$") + r"[T ][0-9]{2}:", value):
        raise RowFaultError(
            "the time has no offset from UTC",
            "add the offset, as in 2026-03-05T09:30+02:00, or declare time_zone in a map",
        )
    raise RowFaultError(
        "this is not a date written as YYYY-MM-DD",
        "write it as 2026-03-05, or declare date_format in a map",
    )


def _number(value: str) -> str:
    if not re.fullmatch(NUMBER, value):
        raise RowFaultError(
            "this is not a number",
            "write a number, leave the cell empty, or declare missing_codes in a map",
        )
    return value


def _answer(value: str) -> str:
    return value if value in ("", DECLINED, NOT_APPLICABLE) else _number(value)


def _year(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"[0-9]{4}", value):
        raise RowFaultError("this is not a year of four digits", "write it as 1961")
    return int(value)


def _plausible_year(value: int | None) -> int | None:
    if value is not None and not EARLIEST_BIRTH_YEAR <= value <= date.today().year:
        raise RowFaultError(f"this is not between {EARLIEST_BIRTH_YEAR} and this year")
    return value


def _yes_or_no(value: object) -> object:
    if isinstance(value, str):
        if value not in ("yes", "no"):
            raise RowFaultError("this is not yes or no", "write yes or no, or leave it empty")
        return value == "yes"
    return value


def _age(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"[0-9]{1,3}", value) or int(value) > OLDEST:
        raise RowFaultError(f"this is not an age in whole years, 0 to {OLDEST}")
    return int(value)


def _list_of(value: object) -> object:
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(part.strip(" ") for part in value.split(";"))
    return value


def _each_once(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(value)) < len(value):
        raise RowFaultError("this names the same thing twice")
    if "" in value:
        raise RowFaultError("this has nothing between two ;", "take one ; out")
    return value


def _at_least_one(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise RowFaultError("this is empty", "name at least one")
    return value


_Tidy = BeforeValidator(tidy)
_Filled = BeforeValidator(_kept_as_text)

# Pydantic runs the validators before parsing from last to first: tidy always comes first.
Id = Annotated[
    str, AfterValidator(_plain), _Filled, _Tidy, Holds("an id, kept as text", pa.string())
]
OptionalId = Annotated[
    Annotated[str, AfterValidator(_plain)] | None,
    _Tidy,
    Holds("an id, kept as text; may be empty", pa.string()),
]
RequiredText = Annotated[str, _Filled, _Tidy, Holds("text", pa.string())]
OptionalText = Annotated[str | None, _Tidy, Holds("text; may be empty", pa.string())]
Day = Annotated[
    date, BeforeValidator(_day), _Filled, _Tidy, Holds("a date, YYYY-MM-DD", pa.date32())
]
OptionalDay = Annotated[
    date | None,
    BeforeValidator(_day),
    _Tidy,
    Holds("a date, YYYY-MM-DD; may be empty", pa.date32()),
]
DayOrMoment = Annotated[
    str,
    AfterValidator(_day_or_moment),
    _Filled,
    _Tidy,
    Holds("a date, YYYY-MM-DD, or a date and time with its offset from UTC", pa.string()),
]

Age = Annotated[
    int | None,
    BeforeValidator(_age),
    _Tidy,
    Holds(f"an age in whole years, up to {OLDEST}; may be empty", pa.int32()),
]

Sex = Literal["female", "male", "other", "unknown"]
Phase = Literal["diagnosis", "on_treatment", "follow_up", "recurrence", "palliative"]
Status = Literal["active", "deceased", "discharged", "withdrawn"]
Role = Literal["nurse", "psychologist", "manager", "steward"]
ProgramKind = Literal["group", "individual", "online", "practical"]
SupportType = Literal["emotional", "informational", "tangible", "belonging", "esteem"]
SupportSource = Literal["partner", "family", "friends", "care_team", "community"]
EventKind = Literal[
    "diagnosis",
    "surgery",
    "chemotherapy",
    "radiotherapy",
    "treatment_start",
    "treatment_end",
    "recurrence",
    "contact",
    "referral_offered",
    "referral_accepted",
    "referral_attended",
    "group_session_attended",
    "group_session_missed",
    "note",
]


def _words_listed(words: Any) -> str:
    return ", ".join(f"`{word}`" for word in get_args(words))


class Record(BaseModel):
    """One row of a canonical table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    KEY: ClassVar[tuple[str, ...]] = ()
    """The columns that tell two rows apart; empty where the store decides."""


class Answer(Record):
    """One answer to one item of one completed form. Every questionnaire item is a row."""

    patient_id: Id = Field(description="The patient, as the centre's own records name them.")
    measure_key: Id = Field(description="The measure, by its key in the catalogue.")
    completed_on: DayOrMoment = Field(description="When the form was completed.")
    wave: Annotated[
        str, BeforeValidator(lambda v: tidy(v) or ""), Holds("text; may be empty", pa.string())
    ] = Field(default="", description="The planned round, as the study or service names it.")
    item_key: Annotated[
        str, BeforeValidator(lambda v: tidy(v) or ""), Holds("an item's key", pa.string())
    ] = Field(
        description="The item, by its key in the catalogue. Empty for a form that was given "
        "and came back with nothing answered."
    )
    answer: Annotated[
        str,
        AfterValidator(_answer),
        BeforeValidator(lambda v: tidy(v) or ""),
        Holds(
            f"a number, `{DECLINED}`, `{NOT_APPLICABLE}`, or empty where nothing was answered",
            pa.string(),
        ),
    ] = Field(description="The number chosen, in the item's own coding, before any reversal.")

    @whole_row(mode="after")
    def _an_answer_needs_its_item(self) -> "Answer":
        if self.answer and not self.item_key:
            raise RowFaultError("an answer stands without its item", "name the item", "item_key")
        return self


class Score(Record):
    """A score that came ready-made: of a measure without items, or a total beside its items."""

    patient_id: Id = Field(description="The patient, as the centre's own records name them.")
    measure_key: Id = Field(description="The measure, by its key in the catalogue.")
    scale_key: Id = Field(description="The scale of the measure, by its key in the catalogue.")
    completed_on: DayOrMoment = Field(description="When the form was completed.")
    wave: Annotated[
        str, BeforeValidator(lambda v: tidy(v) or ""), Holds("text; may be empty", pa.string())
    ] = Field(default="", description="The planned round, as the study or service names it.")
    score: Annotated[
        str, AfterValidator(_number), _Filled, _Tidy, Holds("a number", pa.string())
    ] = Field(
        description="The score, in the units of the scale. Where the items came too, they win "
        "and a disagreement is flagged."
    )


class Patient(Record):
    """One patient. Only the id is needed; a blank cell never erases what is known."""

    KEY = ("patient_id",)

    patient_id: Id = Field(description="The patient, as the centre's own records name them.")
    initials: OptionalText = Field(default=None, description="Shown beside the id; never a name.")
    birth_year: Annotated[
        Annotated[int, AfterValidator(_plausible_year)] | None,
        BeforeValidator(_year),
        _Tidy,
        Holds(f"a year, {EARLIEST_BIRTH_YEAR} or later; may be empty", pa.int32()),
    ] = Field(default=None, description="Year of birth; the day is not kept.")
    sex: Annotated[Sex | None, _Tidy] = Field(default=None, description="Sex as recorded.")
    diagnosis: OptionalText = Field(default=None, description="Diagnosis in the centre's words.")
    stage: OptionalText = Field(default=None, description="Stage in the centre's words.")
    phase: Annotated[Phase | None, _Tidy] = Field(default=None, description="Phase of care.")
    site: OptionalText = Field(default=None, description="The place of the service.")
    language: OptionalText = Field(default=None, description="Language to be spoken to in.")
    diagnosed_on: OptionalDay = Field(default=None, description="Day of diagnosis.")
    treatment_started_on: OptionalDay = Field(default=None, description="First day of treatment.")
    treatment_ended_on: OptionalDay = Field(default=None, description="Last day of treatment.")
    status: Annotated[Status | None, _Tidy] = Field(
        default=None, description="Whether the patient is still followed; active when empty."
    )
    status_on: OptionalDay = Field(default=None, description="Day from which the status holds.")
    lives_alone: Annotated[
        bool | None,
        BeforeValidator(_yes_or_no),
        _Tidy,
        Holds("yes or no; may be empty", pa.bool_()),
    ] = Field(default=None, description="Whether the patient lives alone.")

    @whole_row(mode="after")
    def _in_order(self) -> "Patient":
        _not_before(
            "treatment_ended_on",
            self.treatment_ended_on,
            "treatment_started_on",
            self.treatment_started_on,
        )
        if self.birth_year and self.diagnosed_on and self.diagnosed_on.year < self.birth_year:
            raise RowFaultError(
                "this is before the patient was born", "correct one of the two", "diagnosed_on"
            )
        return self


class Staff(Record):
    """One person of the team."""

    KEY = ("person_id",)

    person_id: Id = Field(description="The person, by the id they are signed in with.")
    name: RequiredText = Field(description="The name colleagues know them by.")
    role: Annotated[Role, _Filled, _Tidy] = Field(description="What decides which rows they see.")
    site: OptionalText = Field(default=None, description="The place of the service they work at.")


class Panel(Record):
    """A patient assigned to a nurse for a time."""

    KEY = ("person_id", "patient_id", "from_on")

    person_id: Id = Field(description="The nurse.")
    patient_id: Id = Field(description="The patient.")
    from_on: OptionalDay = Field(default=None, description="First day of the assignment.")
    until_on: OptionalDay = Field(default=None, description="Last day; empty while it lasts.")

    @whole_row(mode="after")
    def _in_order(self) -> "Panel":
        _not_before("until_on", self.until_on, "from_on", self.from_on)
        return self


class Program(Record):
    """Something the service or the community offers to patients."""

    KEY = ("program_key",)

    program_key: Id = Field(description="A short key that events refer to.")
    name: RequiredText = Field(description="The name patients know it by.")
    kind: Annotated[ProgramKind | None, _Tidy] = Field(default=None, description="How it is given.")
    support_types: Annotated[
        tuple[SupportType, ...],
        AfterValidator(_each_once),
        BeforeValidator(_list_of),
        _Tidy,
        Holds(
            f"any of {_words_listed(SupportType)}, with ; between; may be empty",
            pa.list_(pa.string()),
        ),
    ] = Field(default=(), description="The types of support it gives.")
    source: Annotated[SupportSource | None, _Tidy] = Field(
        default=None, description="The support source it counts as."
    )
    site: OptionalText = Field(default=None, description="Where it is offered.")


class Resource(Record):
    """Something that can help, as the centre's own directory lists it.

    A row says everything about its resource: a limit that is left empty is no limit.
    """

    KEY = ("resource_key",)

    resource_key: Id = Field(description="A short key that stays when the name changes.")
    name: RequiredText = Field(description="The name patients know it by.")
    support_types: Annotated[
        tuple[SupportType, ...],
        AfterValidator(_at_least_one),
        AfterValidator(_each_once),
        BeforeValidator(_list_of),
        _Tidy,
        Holds(
            f"one or more of {_words_listed(SupportType)}, with ; between", pa.list_(pa.string())
        ),
    ] = Field(description="The types of support it gives.")
    source: Annotated[SupportSource | None, _Tidy] = Field(
        default=None, description="The support source it counts as."
    )
    min_age: Age = Field(default=None, description="The youngest it takes.")
    max_age: Age = Field(default=None, description="The oldest it takes.")
    languages: Annotated[
        tuple[str, ...],
        AfterValidator(_each_once),
        BeforeValidator(_list_of),
        _Tidy,
        Holds("text, with ; between; may be empty", pa.list_(pa.string())),
    ] = Field(default=(), description="The languages it is given in, as patients' are written.")
    site: OptionalText = Field(default=None, description="The one site it serves; empty for all.")
    phases: Annotated[
        tuple[Phase, ...],
        AfterValidator(_each_once),
        BeforeValidator(_list_of),
        _Tidy,
        Holds(
            f"any of {_words_listed(Phase)}, with ; between; may be empty", pa.list_(pa.string())
        ),
    ] = Field(default=(), description="The phases of care it is for.")
    capacity: OptionalText = Field(default=None, description="How much room there is, in words.")
    contact: OptionalText = Field(default=None, description="How to reach it.")
    program_key: OptionalId = Field(
        default=None, description="The program whose referrals and sessions count as taking it up."
    )
    withdrawn: Annotated[
        bool | None,
        BeforeValidator(_yes_or_no),
        _Tidy,
        Holds("yes or no; may be empty", pa.bool_()),
    ] = Field(default=None, description="Whether it is no longer offered; no when empty.")

    @whole_row(mode="after")
    def _in_order(self) -> "Resource":
        if self.min_age is not None and self.max_age is not None and self.max_age < self.min_age:
            raise RowFaultError("this is below min_age", "correct one of the two", "max_age")
        return self


class Event(Record):
    """Something that happened to a patient on a day or over a stretch of days."""

    KEY = ("event_id",)

    event_id: OptionalId = Field(
        default=None,
        description="An id of its own. Without one, two events that say the same are the same.",
    )
    patient_id: Id = Field(description="The patient.")
    occurred_on: Day = Field(description="The day, or the first day.")
    kind: Annotated[EventKind, _Filled, _Tidy] = Field(description="What happened.")
    ended_on: OptionalDay = Field(default=None, description="The last day, for what takes days.")
    program_key: OptionalId = Field(default=None, description="The program, if one is concerned.")
    person_id: OptionalId = Field(default=None, description="The person of the team, if any.")
    detail: OptionalText = Field(default=None, description="A short remark.")

    @whole_row(mode="after")
    def _in_order(self) -> "Event":
        _not_before("ended_on", self.ended_on, "occurred_on", self.occurred_on)
        return self


def _not_before(
    later_name: str, later: date | None, earlier_name: str, earlier: date | None
) -> None:
    if later and earlier and later < earlier:
        raise RowFaultError(f"this is before {earlier_name}", "correct one of the two", later_name)


KINDS: dict[str, type[Record]] = {
    "staff": Staff,
    "programs": Program,
    "resources": Resource,
    "patients": Patient,
    "panel": Panel,
    "answers": Answer,
    "scores": Score,
    "events": Event,
}
"""Kind → class, in the order in which one kind can refer to those before it."""


def columns_of(kind: str) -> tuple[str, ...]:
    """The canonical columns of a kind, in order."""
    return tuple(KINDS[kind].model_fields)


def required_columns(kind: str) -> tuple[str, ...]:
    """The columns a file of this kind cannot do without."""
    fields = KINDS[kind].model_fields.items()
    return tuple(name for name, field in fields if field.is_required())


def holds(kind: str, column: str) -> Holds:
    """What a column of a kind holds, in words and as an Arrow type."""
    field = KINDS[kind].model_fields[column]
    stated = next((part for part in field.metadata if isinstance(part, Holds)), None)
    if stated:
        return stated
    words = ", ".join(f"`{word}`" for word in _words_of(field.annotation))
    blank = "" if field.is_required() else "; may be empty"
    return Holds(f"one of {words}{blank}", pa.string())


def _words_of(annotation: Any) -> tuple[str, ...]:
    """The words of a Literal, also inside `Literal[...] | None`."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return tuple(word for part in get_args(annotation) for word in _words_of(part))


def text_table(kind: str, columns: dict[str, Any], source_row: Any) -> pa.Table:
    """A canonical table of text. Columns that are not given are blank.

    Args:
        columns: canonical name → Arrow strings, or one text for every row.
        source_row: int64, one for each row.
    """
    rows = len(source_row)
    filled = {
        name: pa.repeat(columns.get(name, ""), rows)
        if isinstance(columns.get(name, ""), str)
        else columns[name]
        for name in columns_of(kind)
    }
    return pa.table({**filled, "source_row": source_row})


def check_records(
    kind: str, table: pa.Table, name_of_row: Callable[[int], str] = str
) -> tuple[pa.Table, list[Refusal]]:
    """Checks each row of a small kind (all but answers and scores).

    Args:
        table: canonical columns as text, and `source_row`.
        name_of_row: how a reason speaks of another row; by its number when left out.

    Returns:
        The good rows with typed columns (blank is null, `support_types` a list) and
        `source_row`; and every reason for which a row is not among them. Of rows that say the
        same twice the first is kept. Rows with the same key that disagree are all refused:
        which one is right cannot be known here.
    """
    record = KINDS[kind]
    names = columns_of(kind)
    refusals: list[Refusal] = []
    good: list[tuple[int, Record]] = []
    for row in table.select([*names, "source_row"]).to_pylist():
        number = row.pop("source_row")
        try:
            good.append((number, record.model_validate(row)))
        except ValidationError as error:
            refusals += _refusals(number, row, error)
    good, disagreements = _one_for_each_key(record, good, name_of_row)
    schema = pa.schema(
        [(name, holds(kind, name).arrow) for name in names] + [("source_row", pa.int64())]
    )
    typed = [{**checked.model_dump(), "source_row": number} for number, checked in good]
    return pa.Table.from_pylist(typed, schema=schema), refusals + disagreements


def _refusals(number: int, row: dict[str, str], error: ValidationError) -> Iterable[Refusal]:
    for detail in error.errors(include_url=False):
        context: dict[str, Any] = detail.get("ctx", {})
        found: Any = context.get("error")
        column = str(detail["loc"][0]) if detail["loc"] else found.column
        value = str(row.get(column, ""))
        if isinstance(found, RowFaultError):
            yield Refusal(number, column, value, found.reason, found.what_to_do)
        else:
            reason = f"this is not {context['expected']}"
            yield Refusal(number, column, value, reason, "use one of these words")


def _one_for_each_key(
    record: type[Record], rows: list[tuple[int, Record]], name_of_row: Callable[[int], str]
) -> tuple[list[tuple[int, Record]], list[Refusal]]:
    by_key: dict[tuple[Any, ...], list[tuple[int, Record]]] = {}
    for number, row in rows:
        key = tuple(getattr(row, name) for name in record.KEY)
        # An event without an id has no key yet: its row number keeps it apart.
        by_key.setdefault(key if any(part is not None for part in key) else (number,), []).append(
            (number, row)
        )
    kept: list[tuple[int, Record]] = []
    refusals: list[Refusal] = []
    for key, same in by_key.items():
        if all(row == same[0][1] for _, row in same):
            kept.append(same[0])
            continue
        rows_named = ", ".join(name_of_row(number) for number, _ in same)
        refusals += [
            Refusal(
                number,
                record.KEY[0],
                str(key[0]),
                f"rows {rows_named} give different values for the same {' and '.join(record.KEY)}",
                "keep the one that is right",
            )
            for number, _ in same
        ]
    return kept, refusals
