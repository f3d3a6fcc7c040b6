"""Which records a sheet holds, told from its column names."""

import pytest

from dashboard.errors import FileRefused
from tests.intake.looking import Read, answers, rows


def test_wide_forms_of_one_measure(read: Read) -> None:
    incoming = read(
        "patient_id,completed_on,wave,phq9_1,phq9_9,phq9_total\n"
        "P1,2026-01-05,baseline,2,0,11\nP2,2026-01-06,baseline,,,\n"
    )
    assert rows(incoming, "answers", "patient_id", "wave", "item_key", "answer", "source_row") == [
        ("P1", "baseline", "phq9_1", "2", 2),
        ("P1", "baseline", "phq9_9", "0", 2),
        ("P2", "baseline", "", "", 3),
    ]
    assert rows(incoming, "scores", "patient_id", "measure_key", "scale_key", "score") == [
        ("P1", "phq9", "total", "11")
    ]
    assert incoming.form == "csv"


def test_a_stated_total_alone_is_no_empty_form(read: Read) -> None:
    incoming = read("patient_id,completed_on,phq9_1,phq9_total\nP1,2026-01-05,,11\n")
    assert answers(incoming) == []
    assert rows(incoming, "scores", "score") == [("11",)]


def test_in_a_file_of_several_measures_a_blank_one_was_not_given(read: Read) -> None:
    incoming = read("patient_id,completed_on,phq9_1,gad7_1\nP1,2026-01-05,,2\nP2,2026-01-05,,\n")
    assert rows(incoming, "answers", "patient_id", "measure_key", "item_key") == [
        ("P1", "gad7", "gad7_1")
    ]


LONG = "patient_id,measure_key,completed_on,item_key,answer\n"


def test_long_answers(read: Read) -> None:
    incoming = read(
        LONG + "P1,phq9,2026-01-05,phq9_1,2\nP1,phq9,2026-01-05,phq9_2,\n"
        "P2,phq9,2026-01-06,phq9_1,\nP2,phq9,2026-01-06,phq9_2,\n"
    )
    assert rows(incoming, "answers", "patient_id", "item_key", "answer", "source_row") == [
        ("P1", "phq9_1", "2", 2),
        ("P2", "", "", 4),
    ]
    assert incoming.rows_read == 4


def test_long_answers_of_several_measures_keep_only_what_was_answered(read: Read) -> None:
    incoming = read(LONG + "P1,phq9,2026-01-05,phq9_1,2\nP2,gad7,2026-01-06,gad7_1,\n")
    assert answers(incoming) == [("P1", "phq9_1", "2")]


def test_a_row_that_names_no_item_is_an_empty_form(read: Read) -> None:
    incoming = read(LONG + "P1,phq9,2026-01-05,,\nP2,gad7,2026-01-06,gad7_1,1\n")
    assert answers(incoming) == [("P1", "", ""), ("P2", "gad7_1", "1")]


def test_the_measure_can_be_said_beside_the_file(read: Read) -> None:
    long = "patient_id,completed_on,item_key,answer\nP1,2026-01-05,phq9_1,2\n"
    assert rows(read(long, measure="phq9"), "answers", "measure_key") == [("phq9",)]
    scores = "patient_id,completed_on,scale_key,score\nP1,2026-01-05,total,12\n"
    assert rows(read(scores, measure="phq9"), "scores", "measure_key", "score") == [("phq9", "12")]


@pytest.mark.parametrize(
    "content",
    [
        LONG + "P1,gad7,2026-01-05,gad7_1,2\n",
        "patient_id,completed_on,gad7_1\nP1,2026-01-05,2\n",
    ],
)
def test_another_measure_than_was_said_refuses_the_file(read: Read, content: str) -> None:
    with pytest.raises(FileRefused, match="said to hold phq9"):
        read(content, measure="phq9")


def test_scores_only(read: Read) -> None:
    incoming = read(
        "patient_id,measure_key,scale_key,completed_on,score\n"
        "P1,hads,anxiety,2026-01-05,8\nP2,hads,anxiety,2026-01-05,\n"
    )
    assert rows(incoming, "scores", "patient_id", "score") == [("P1", "8")]
    assert "1 rows have no score." in incoming.notes


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        ("patients", "patient_id"),
        ("patients", "patient_id,initials,birth_year,sex,site"),
        ("staff", "person_id,name,role"),
        ("staff", "person_id,name,role,site"),
        ("panel", "person_id,patient_id,from_on,until_on"),
        ("programs", "program_key,name,kind,support_types,source,site"),
        ("resources", "resource_key,name,support_types"),
        ("resources", "resource_key,name,support_types,program_key"),
        (
            "resources",
            "resource_key,name,support_types,source,min_age,max_age,languages,site,phases,"
            "capacity,contact,program_key",
        ),
        ("events", "patient_id,occurred_on,kind"),
        ("events", "event_id,patient_id,occurred_on,kind,ended_on,program_key,person_id,detail"),
    ],
)
def test_other_records_are_known_by_their_columns(read: Read, kind: str, header: str) -> None:
    incoming = read(header + "\n" + ",".join("x" for _ in header.split(",")) + "\n")
    assert list(incoming.tables) == [kind]
    row = incoming.tables[kind].to_pylist()[0]
    assert row.pop("source_row") == 2
    assert row == {name: "x" if name in header.split(",") else "" for name in row}


def test_a_measure_said_beside_a_list_of_patients_changes_nothing(read: Read) -> None:
    assert list(read("patient_id,site\nP1,north\n", measure="phq9").tables) == ["patients"]


def test_an_unknown_column_in_a_list_refuses_the_file(read: Read) -> None:
    with pytest.raises(FileRefused, match="“telephone” is not known"):
        read("person_id,name,role,telephone\nN1,Ann,nurse,1\n")
    with pytest.raises(FileRefused, match="“surname”"):
        read("patient_id,site,surname\nP1,north,Smith\n")


def test_columns_are_named_as_the_file_names_them(read: Read) -> None:
    incoming = read("patient_id,completed_on,phq9_1\nP1,2026-01-05,1\n")
    assert incoming.column_names == {
        "patient_id": "patient_id",
        "completed_on": "completed_on",
        "phq9_1": "phq9_1",
    }


def test_refused_rows_come_back_as_they_were(read: Read) -> None:
    content = (
        'patient_id;completed_on;phq9_1\n" P1";2026-01-05;"3,5"\nP2;2026-01-05;1\nP3;x;"a;b"\n'
    )
    originals = read(content).originals
    assert originals.extension == "csv"
    text = originals.lines({2, 4})
    assert text == 'patient_id;completed_on;phq9_1\n P1;2026-01-05;3,5\nP3;x;"a;b"\n'
    again = read(text)
    assert again.rows_read == 2
    assert ("P1", "phq9_1", "3.5") in answers(again)


def test_a_file_without_a_header_is_refused_without_quoting_a_patient(read: Read) -> None:
    with pytest.raises(FileRefused, match="holds values and not the names") as refused:
        read("P-0001,hads,anxiety,2026-01-05,7\nP-0002,hads,anxiety,2026-01-05,8\n")
    assert "P-0001" not in str(refused.value)
