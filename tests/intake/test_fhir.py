"""FHIR R4 resources: what counts as an answer, and what is refused or left aside."""

import json
from typing import Any

import pytest

from dashboard.errors import FileRefused
from tests.intake.looking import Read, answers, rows

LOINC = "http://loinc.org"
AT = "2026-01-05T10:30:00+02:00"
Resource = dict[str, Any]


def coded(code: str, display: str = "") -> Resource:
    return {"coding": [{"system": LOINC, "code": code, "display": display}]}


def response(*items: Resource, **changes: Any) -> Resource:
    whole = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "subject": {"reference": "Patient/P1"},
        "authored": AT,
        "item": list(items),
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def item(link_id: str, **answer: Any) -> Resource:
    return {"linkId": link_id, "answer": [answer]} if answer else {"linkId": link_id}


def observation(code: str, display: str = "", **changes: Any) -> Resource:
    whole = {
        "resourceType": "Observation",
        "status": "final",
        "code": coded(code, display),
        "subject": {"reference": "Patient/P1"},
        "effectiveDateTime": AT,
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def bundle(*resources: Resource) -> Resource:
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": resource} for resource in resources],
    }


def ordinal(value: float, name: str = "ordinalValue") -> list[Resource]:
    return [{"url": f"http://hl7.org/fhir/StructureDefinition/{name}", "valueDecimal": value}]


TWO = {"system": LOINC, "code": "LA6570-1"}

ANSWERS: dict[str, tuple[Resource, str]] = {
    "LOINC answer code": ({"valueCoding": TWO}, "2"),
    "integer": ({"valueInteger": 2}, "2"),
    "decimal": ({"valueDecimal": 2.0}, "2"),
    "quantity": ({"valueQuantity": {"value": 2, "unit": "{score}"}}, "2"),
    "text": ({"valueString": " 2 "}, "2"),
    "ordinal on the coding": (
        {"valueCoding": {"system": "urn:x", "code": "often", "extension": ordinal(2)}},
        "2",
    ),
    "item weight on the answer": (
        {"valueCoding": {"code": "often"}, "extension": ordinal(2, "itemWeight")},
        "2",
    ),
    "text with the value in an extension": (
        {"valueString": "Yes", "extension": ordinal(2)},
        "2",
    ),
    "text with the value beside it": (
        {"valueString": "Yes", "_valueString": {"extension": ordinal(2)}},
        "2",
    ),
    "code and ordinal that agree": ({"valueCoding": {**TWO, "extension": ordinal(2)}}, "2"),
    "declined": (
        {
            "valueCoding": {
                "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason",
                "code": "asked-declined",
            }
        },
        "declined",
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_of_a_response(read: Read, name: str) -> None:
    answer, expected = ANSWERS[name]
    incoming = read(json.dumps(response(item("/44250-9", **answer))))
    assert rows(incoming, "answers", "patient_id", "completed_on", "item_key", "answer") == [
        ("P1", AT, "phq9_1", expected)
    ]
    assert incoming.refusals == []


OBSERVED: dict[str, Resource] = {
    "LOINC answer code": {"valueCodeableConcept": {"coding": [TWO]}},
    "integer": {"valueInteger": 2},
    "quantity": {"valueQuantity": {"value": 2.0}},
    "text": {"valueString": "2"},
    "text with the value in an extension": {
        "valueCodeableConcept": {"text": "Yes", "extension": ordinal(2)}
    },
}


@pytest.mark.parametrize("name", OBSERVED)
def test_answers_of_an_observation(read: Read, name: str) -> None:
    incoming = read(json.dumps(observation("44250-9", **OBSERVED[name])))
    assert answers(incoming) == [("P1", "phq9_1", "2")]


REFUSED_ANSWERS: dict[str, tuple[Resource, str]] = {
    "code outside the list": (
        {"valueCoding": {"system": LOINC, "code": "LA33-6", "display": "Yes"}},
        "not in the answer list of phq9_1",
    ),
    "number as a local code": (
        {"valueCoding": {"system": "urn:x", "code": "2"}},
        "not in the answer list",
    ),
    "words": ({"valueString": "Yes"}, "not a number"),
    "truth": ({"valueBoolean": True}, "not a number"),
    "code and ordinal that disagree": (
        {"valueCoding": {**TWO, "extension": ordinal(3)}},
        "disagree",
    ),
    "more than a number": ({"valueQuantity": {"value": 2, "comparator": ">"}}, "more or less"),
    "a date": ({"valueDate": "2026-01-05"}, "no value"),
}


@pytest.mark.parametrize("name", REFUSED_ANSWERS)
def test_an_answer_that_says_no_number_refuses_its_resource(read: Read, name: str) -> None:
    answer, reason = REFUSED_ANSWERS[name]
    good = response(item("44250-9", valueInteger=1), subject={"reference": "Patient/P2"})
    wrong = response(item("44250-9", **answer), item("44255-8", valueInteger=1))
    incoming = read(json.dumps(wrong) + "\n" + json.dumps(good) + "\n")
    assert [refusal.row for refusal in incoming.refusals] == [1]
    assert reason in incoming.refusals[0].reason
    assert answers(incoming) == [("P2", "phq9_1", "1")]


def test_two_answers_to_one_item(read: Read) -> None:
    doubled = {"linkId": "44250-9", "answer": [{"valueInteger": 1}, {"valueInteger": 2}]}
    assert "more than one answer" in read(json.dumps(response(doubled))).refusals[0].reason


LINKS = ["44250-9", "/44250-9", "/44249-1/44250-9", "phq9_1"]


@pytest.mark.parametrize("link_id", LINKS)
def test_items_are_known_by_their_link(read: Read, link_id: str) -> None:
    assert answers(read(json.dumps(response(item(link_id, valueInteger=1))))) == [
        ("P1", "phq9_1", "1")
    ]


def test_items_are_known_by_their_definition(read: Read) -> None:
    linked = {**item("1.1", valueInteger=1), "definition": "http://example.org/phq#44250-9"}
    assert answers(read(json.dumps(response(linked)))) == [("P1", "phq9_1", "1")]


def test_nested_items_and_a_stated_total(read: Read) -> None:
    group = {
        "linkId": "g",
        "item": [item("44250-9", valueInteger=1), item("44261-6", valueDecimal=12)],
    }
    under = {
        "linkId": "q",
        "answer": [{"valueInteger": 1, "item": [item("44255-8", valueInteger=3)]}],
    }
    incoming = read(json.dumps(response(group, under)))
    assert answers(incoming) == [("P1", "phq9_1", "1"), ("P1", "phq9_2", "3")]
    assert rows(incoming, "scores", "measure_key", "scale_key", "score") == [
        ("phq9", "total", "12")
    ]
    assert incoming.notes == ["1 × answer to q: no item known here."]


def test_a_response_with_nothing_answered_is_an_assessment(read: Read) -> None:
    incoming = read(json.dumps(response(item("44250-9"), item("44255-8"))))
    assert answers(incoming) == [("P1", "", "")]


def test_a_response_to_something_else_is_left_aside(read: Read) -> None:
    other = response(item("1", valueInteger=1), questionnaire="http://example.org/diet", status="x")
    incoming = read(json.dumps(other))
    assert (incoming.tables, incoming.refusals, incoming.rows_read) == ({}, [], 1)
    assert "http://example.org/diet" in incoming.notes[0]


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"status": "in-progress"}, "status", "not completed or amended"),
        ({"status": "entered-in-error"}, "status", "not completed or amended"),
        ({"status": None}, "status", "not completed or amended"),
        ({"subject": None}, "subject", "whose it is"),
        ({"subject": {"display": "Ann"}}, "subject", "whose it is"),
        ({"subject": {"reference": "Group/1"}}, "subject", "not a patient"),
        ({"subject": {"reference": "#p"}}, "subject", "not a patient"),
        ({"authored": None}, "authored", "when the form was completed"),
        ({"item": "x"}, "item", "not as FHIR R4 has it"),
    ],
)
def test_a_response_that_cannot_be_taken(
    read: Read, changes: Resource, column: str, reason: str
) -> None:
    incoming = read(json.dumps(response(item("44250-9", valueInteger=1), **changes)))
    assert incoming.tables == {}
    assert [refusal.column for refusal in incoming.refusals] == [column]
    assert reason in incoming.refusals[0].reason


@pytest.mark.parametrize("status", ["preliminary", "registered", "cancelled", "entered-in-error"])
def test_an_observation_that_is_not_final(read: Read, status: str) -> None:
    incoming = read(json.dumps(observation("44261-6", valueInteger=12, status=status)))
    assert incoming.tables == {}
    assert incoming.refusals[0].value == status


@pytest.mark.parametrize("status", ["final", "amended", "corrected"])
@pytest.mark.parametrize(
    "value",
    [{"valueInteger": 12}, {"valueString": "12"}, {"valueQuantity": {"value": 12, "unit": "x"}}],
)
def test_totals(read: Read, status: str, value: Resource) -> None:
    incoming = read(json.dumps(observation("44261-6", status=status, issued="2026-09-09", **value)))
    assert rows(incoming, "scores", "patient_id", "measure_key", "completed_on", "score") == [
        ("P1", "phq9", AT, "12")
    ]


def test_item_nine_taken_for_the_total_is_refused(read: Read) -> None:
    """Public code takes 44260-8 for the PHQ-9 total; 12 can only be a total."""
    incoming = read(json.dumps(observation("44260-8", valueQuantity={"value": 12})))
    assert incoming.tables == {}
    refusal = incoming.refusals[0]
    assert "44260-8 is the code of phq9_9" in refusal.reason
    assert "44261-6" in refusal.what_to_do


def test_the_panel_code_with_a_value_is_the_total(read: Read) -> None:
    """Public code takes 69737-5, the GAD-7 panel, for its total."""
    incoming = read(json.dumps(observation("69737-5", valueQuantity={"value": 9})))
    assert rows(incoming, "scores", "measure_key", "score") == [("gad7", "9")]
    assert "taken as GAD-7 total" in incoming.notes[0]


def test_a_panel_without_a_value_is_passed_over(read: Read) -> None:
    panel = observation("44249-1", hasMember=[{"reference": "Observation/1"}], status="x")
    incoming = read(json.dumps(panel))
    assert (incoming.tables, incoming.refusals) == ({}, [])
    assert "without a value of its own" in incoming.notes[0]


def test_a_total_without_a_value_is_refused(read: Read) -> None:
    assert "no value" in read(json.dumps(observation("44261-6"))).refusals[0].reason


def test_an_item_that_says_why_it_has_no_value(read: Read) -> None:
    reason = {
        "coding": [
            {
                "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason",
                "code": "asked-declined",
            }
        ]
    }
    incoming = read(json.dumps(observation("44250-9", dataAbsentReason=reason)))
    assert answers(incoming) == [("P1", "phq9_1", "declined")]


def test_components(read: Read) -> None:
    panel = observation(
        "44249-1",
        component=[
            {"code": coded("44250-9"), "valueInteger": 2},
            {"code": coded("44261-6"), "valueInteger": 12},
            {"code": coded("1-1"), "valueInteger": 5},
        ],
    )
    incoming = read(json.dumps(panel))
    assert answers(incoming) == [("P1", "phq9_1", "2")]
    assert rows(incoming, "scores", "score") == [("12",)]


def test_the_teen_form_is_not_the_phq9(read: Read) -> None:
    incoming = read(
        json.dumps(observation("89204-2", "PHQ-9: Modified for Teens", valueInteger=12))
    )
    assert incoming.tables == {}
    assert incoming.notes == [
        "1 × observation of 89204-2 (PHQ-9: Modified for Teens): no measure here."
    ]


def test_codes_that_contradict_each_other(read: Read) -> None:
    both = observation("44261-6", valueInteger=12)
    both["code"]["coding"].append({"system": LOINC, "code": "70274-6"})
    assert "stand for different things" in read(json.dumps(both)).refusals[0].reason


@pytest.mark.parametrize(
    ("reference", "patient"),
    [
        ("Patient/P1", "P1"),
        ("https://example.org/fhir/Patient/P1/_history/2", "P1"),
        ("urn:uuid:0c3151bd", "0c3151bd"),
    ],
)
def test_subjects(read: Read, reference: str, patient: str) -> None:
    observed = observation("44261-6", valueInteger=1, subject={"reference": reference})
    assert rows(read(json.dumps(observed)), "scores", "patient_id") == [(patient,)]


def test_a_bundle_refers_to_its_patients_by_address(read: Read) -> None:
    whole = bundle(observation("44261-6", valueInteger=1, subject={"reference": "urn:uuid:aa"}))
    whole["entry"].append(
        {"fullUrl": "urn:uuid:aa", "resource": {"resourceType": "Patient", "id": "P7"}}
    )
    incoming = read(json.dumps(whole, indent=1))
    assert rows(incoming, "scores", "patient_id", "source_row") == [("P7", 1)]
    assert rows(incoming, "patients", "patient_id", "source_row") == [("P7", 2)]


def test_of_a_patient_no_name_is_kept(read: Read) -> None:
    patient = {
        "resourceType": "Patient",
        "id": "P1",
        "name": [{"family": "Canary", "given": ["Ann"]}],
        "birthDate": "1961-07-04",
        "gender": "female",
        "communication": [
            {"language": {"coding": [{"code": "en"}]}},
            {"language": {"coding": [{"code": "el"}]}, "preferred": True},
        ],
        "deceasedDateTime": "2025-03-04T10:00:00Z",
    }
    incoming = read(json.dumps(patient))
    row = incoming.tables["patients"].to_pylist()[0]
    assert {name: value for name, value in row.items() if value} == {
        "patient_id": "P1",
        "birth_year": "1961",
        "sex": "female",
        "language": "el",
        "status": "deceased",
        "status_on": "2025-03-04",
        "source_row": 1,
    }


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"effectiveDateTime": "2026-01-05"}, "2026-01-05"),
        ({"effectiveDateTime": None, "effectiveInstant": AT}, AT),
        (
            {"effectiveDateTime": None, "effectivePeriod": {"start": "2026-01-04", "end": AT}},
            AT,
        ),
    ],
)
def test_days(read: Read, when: Resource, expected: str) -> None:
    incoming = read(json.dumps(observation("44261-6", valueInteger=1, **when)))
    assert rows(incoming, "scores", "completed_on") == [(expected,)]


def test_an_observation_without_a_day(read: Read) -> None:
    undated = observation("44261-6", valueInteger=1, effectiveDateTime=None, issued=AT)
    assert read(json.dumps(undated)).refusals[0].column == "effectiveDateTime"


def test_resources_of_another_kind_are_counted(read: Read) -> None:
    incoming = read(
        json.dumps(bundle({"resourceType": "Condition"}, {"resourceType": "Condition"}))
    )
    assert incoming.notes == ["2 × Condition: not a kind of resource read here."]
    assert incoming.rows_read == 2


def test_ndjson_rows_are_lines(read: Read) -> None:
    lines = [
        json.dumps(response(item("44250-9", valueInteger=1))),
        "",
        json.dumps(bundle(observation("44261-6", valueInteger=12), observation("44261-6"))),
    ]
    incoming = read("\ufeff" + "\n".join(lines) + "\n")
    assert rows(incoming, "answers", "source_row") == [(1,)]
    assert rows(incoming, "scores", "source_row") == [(3,)]
    assert [refusal.row for refusal in incoming.refusals] == [3]
    assert incoming.rows_read == 3


def test_a_broken_line_of_ndjson_refuses_the_file(read: Read) -> None:
    good = json.dumps(response(item("44250-9", valueInteger=1)))
    with pytest.raises(FileRefused, match=r"forms\.csv, line 2: it is not JSON"):
        read(good + "\n" + good[:-9] + "\n")


def test_refused_lines_come_back_as_they_were(read: Read) -> None:
    wrong = json.dumps(response(item("44250-9", valueString="Yes")))
    good = json.dumps(response(item("44250-9", valueInteger=1)))
    incoming = read(good + "\n" + wrong + "\n" + good + "\n")
    originals = incoming.originals
    assert originals.extension == "ndjson"
    assert originals.lines({refusal.row or 0 for refusal in incoming.refusals}) == wrong + "\n"


def test_refused_entries_come_back_with_their_patients(read: Read) -> None:
    subject = {"reference": "urn:uuid:aa"}
    whole = bundle(
        observation("44261-6", valueInteger=1, subject=subject),
        observation("44261-6", valueString="many", subject=subject),
    )
    whole["entry"].append(
        {"fullUrl": "urn:uuid:aa", "resource": {"resourceType": "Patient", "id": "P7"}}
    )
    incoming = read(json.dumps(whole))
    assert [refusal.row for refusal in incoming.refusals] == [2]
    again = read(incoming.originals.lines({2}).replace("many", "5"))
    assert rows(again, "scores", "patient_id", "score") == [("P7", "5")]


def test_a_json_array_is_no_resource(read: Read) -> None:
    with pytest.raises(FileRefused, match="no FHIR resource"):
        read("[1, 2]")


def test_an_empty_bundle(read: Read) -> None:
    with pytest.raises(FileRefused, match="0 resources"):
        read(json.dumps(bundle()))


def test_a_measure_said_beside_a_resource_is_not_used(read: Read) -> None:
    incoming = read(json.dumps(observation("44261-6", valueInteger=1)), measure="gad7")
    assert rows(incoming, "scores", "measure_key") == [("phq9",)]
    assert any("were not used" in note for note in incoming.notes)
