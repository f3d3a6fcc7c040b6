"""The parts of FHIR R4 resources that are read; everything else in them is passed over.

Narrow models keep a hundred thousand questionnaire responses quick to read; so do tuples as
defaults, because pydantic copies a list for every resource. Types are strict where a lenient
reading would invent a number: `true` is not 1.
https://hl7.org/fhir/R4/questionnaireresponse.html, observation.html, patient.html, bundle.html
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, TypeAdapter

Number = StrictInt | Annotated[StrictFloat, Field(allow_inf_nan=False)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=False)


class Extension(_Part):
    url: str = ""
    decimal: Number | None = Field(default=None, alias="valueDecimal")
    integer: Number | None = Field(default=None, alias="valueInteger")


class Primitive(_Part):
    """What FHIR puts beside a plain value, under the value's name with an underscore."""

    extension: tuple[Extension, ...] = ()


class Coding(_Part):
    system: str | None = None
    code: str | None = None
    display: str | None = None
    extension: tuple[Extension, ...] = ()


class CodeableConcept(_Part):
    coding: tuple[Coding, ...] = ()
    text: str | None = None
    extension: tuple[Extension, ...] = ()


class Quantity(_Part):
    value: Number | None = None
    comparator: str | None = None


class Value(_Part):
    """An answer or an observed value in any of the forms that carry a number."""

    coding: Coding | None = Field(default=None, alias="valueCoding")
    concept: CodeableConcept | None = Field(default=None, alias="valueCodeableConcept")
    integer: Number | None = Field(default=None, alias="valueInteger")
    decimal: Number | None = Field(default=None, alias="valueDecimal")
    quantity: Quantity | None = Field(default=None, alias="valueQuantity")
    text: str | None = Field(default=None, alias="valueString")
    boolean: StrictBool | None = Field(default=None, alias="valueBoolean")
    beside_text: Primitive | None = Field(default=None, alias="_valueString")
    beside_boolean: Primitive | None = Field(default=None, alias="_valueBoolean")
    extension: tuple[Extension, ...] = ()


class ResponseAnswer(Value):
    item: tuple["ResponseItem", ...] = ()


class ResponseItem(_Part):
    link_id: str = Field(default="", alias="linkId")
    definition: str | None = None
    answer: tuple[ResponseAnswer, ...] = ()
    item: tuple["ResponseItem", ...] = ()


class Reference(_Part):
    reference: str | None = None


class QuestionnaireResponse(_Part):
    resource_type: Literal["QuestionnaireResponse"] = Field(alias="resourceType")
    questionnaire: str | None = None
    status: str | None = None
    subject: Reference | None = None
    authored: str | None = None
    item: tuple[ResponseItem, ...] = ()


class Observed(Value):
    """A value with its code, or the reason why there is none."""

    code: CodeableConcept = CodeableConcept()
    absent: CodeableConcept | None = Field(default=None, alias="dataAbsentReason")


class Period(_Part):
    end: str | None = None


class Observation(Observed):
    resource_type: Literal["Observation"] = Field(alias="resourceType")
    status: str | None = None
    subject: Reference | None = None
    effective: str | None = Field(default=None, alias="effectiveDateTime")
    effective_instant: str | None = Field(default=None, alias="effectiveInstant")
    effective_period: Period | None = Field(default=None, alias="effectivePeriod")
    component: tuple[Observed, ...] = ()


class Communication(_Part):
    language: CodeableConcept | None = None
    preferred: bool = False


class Patient(_Part):
    resource_type: Literal["Patient"] = Field(alias="resourceType")
    id: str | None = None
    birth_date: str | None = Field(default=None, alias="birthDate")
    gender: str | None = None
    communication: tuple[Communication, ...] = ()
    deceased: StrictBool | None = Field(default=None, alias="deceasedBoolean")
    deceased_at: str | None = Field(default=None, alias="deceasedDateTime")


class Entry(_Part):
    full_url: str | None = Field(default=None, alias="fullUrl")
    resource: dict[str, Any] | None = None


class Bundle(_Part):
    resource_type: Literal["Bundle"] = Field(alias="resourceType")
    entry: tuple[Entry, ...] = ()


Resource = QuestionnaireResponse | Observation | Patient | Bundle
RESOURCE: TypeAdapter[Resource] = TypeAdapter(
    Annotated[Resource, Field(discriminator="resource_type")]
)
