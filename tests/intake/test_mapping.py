"""Maps: what they change, and every fault in them at once."""

from pathlib import Path

import pytest

from dashboard.errors import FileRefused, MapRefused
from dashboard.intake.mapping import load_map
from dashboard.measures.catalogue import Catalogue
from tests.intake.looking import Read, ReadMap, answers, rows

ONE = 'measure = "phq9"\npatient_id = "ID"\ncompleted_on = "2018-01-01"\n'
ITEM = '[items]\nphq9_1 = "Q1"\n'


def test_items_scores_wave_and_codes(read: Read, read_map: ReadMap) -> None:
    mapping = read_map(
        'measure = "mspss"\npatient_id = "ID"\ncompleted_on = "day"\nwave = "visit"\n'
        "missing_codes = [99]\ndeclined_codes = [-7]\nnot_applicable_codes = [-8]\n"
        '[items]\nmspss_1 = "Q1"\nmspss_2 = "Q2"\n[scores]\ntotal = "sum"\n'
    )
    incoming = read(
        "ID,day,visit,Q1,Q2,sum,colour\nP1,2026-01-05,v1,99,-7,5,red\nP2,2026-01-06,v2,-8,99.0,99,\n",
        mapping=mapping,
    )
    assert rows(incoming, "answers", "patient_id", "wave", "item_key", "answer") == [
        ("P1", "v1", "mspss_2", "declined"),
        ("P2", "v2", "mspss_1", "not applicable"),
    ]
    assert rows(incoming, "scores", "patient_id", "score") == [("P1", "5")]
    assert incoming.notes == ["Columns left unread: colour."]
    assert incoming.column_names["mspss_1"] == "Q1"
    assert incoming.column_names["mspss_total"] == "sum"
    assert incoming.column_names["completed_on"] == "day"


def test_a_missing_code_that_is_a_possible_score_stays_a_score(
    read: Read, read_map: ReadMap
) -> None:
    mapping = read_map(
        ONE + 'missing_codes = [7, 9, 99]\n[items]\nphq9_1 = "Q1"\n[scores]\ntotal = "S"\n'
    )
    incoming = read("ID,Q1,S\nP1,7,9\nP2,1,99\n", mapping=mapping)
    assert answers(incoming) == [("P2", "phq9_1", "1")]
    assert rows(incoming, "scores", "score") == [("9",)]


def test_a_missing_code_that_is_a_possible_answer_is_refused(read_map: ReadMap) -> None:
    with pytest.raises(MapRefused, match="missing_codes: 9 is a possible answer to distress_0_10"):
        read_map(
            'measure = "distress_0_10"\ncompleted_on = "2018-01-01"\nmissing_codes = [9]\n'
            '[items]\ndistress_0_10_1 = "Q"\n'
        )


def test_a_date_for_each_wave(read: Read, read_map: ReadMap) -> None:
    mapping = read_map(
        'measure = "phq9"\npatient_id = "ID"\nwave = "visit"\n'
        'completed_on = {column = "visit", 1 = "2020-01-06", 2 = 2020-03-02}\n' + ITEM
    )
    incoming = read("ID,visit,Q1\nP1,1,3\nP1,2,1\nP1,4,0\n", mapping=mapping)
    assert rows(incoming, "answers", "completed_on", "wave", "answer") == [
        ("2020-01-06", "1", "3"),
        ("2020-03-02", "2", "1"),
    ]
    refusal = incoming.refusals[0]
    assert (refusal.row, refusal.column, refusal.value) == (4, "visit", "4")
    assert "no date for this value" in refusal.reason


def test_several_forms_in_a_row(read: Read, read_map: ReadMap) -> None:
    mapping = read_map(
        'patient_id = "ID"\ncompleted_on = "day"\nmissing_codes = [9]\n'
        '[[form]]\nmeasure = "phq9"\n[form.items]\nphq9_1 = "p1"\n'
        '[[form]]\nmeasure = "gad7"\nmissing_codes = [8]\ncompleted_on = "2026-02-01"\n'
        '[form.items]\ngad7_1 = "g1"\n'
    )
    incoming = read("ID,day,p1,g1\nP1,2026-01-05,9,8\nP2,2026-01-05,1,9\n", mapping=mapping)
    assert rows(incoming, "answers", "patient_id", "completed_on", "item_key", "answer") == [
        ("P2", "2026-01-05", "phq9_1", "1"),
        ("P2", "2026-02-01", "gad7_1", "9"),
    ]


def test_one_measure_in_several_forms_is_still_one_measure(read: Read, read_map: ReadMap) -> None:
    form = '[[form]]\nmeasure = "phq9"\ncompleted_on = "{}"\n[form.items]\nphq9_1 = "{}"\n'
    mapping = read_map(
        'patient_id = "ID"\n' + form.format("2026-01-05", "a") + form.format("2026-02-05", "b")
    )
    incoming = read("ID,a,b\nP1,1,\n", mapping=mapping)
    assert rows(incoming, "answers", "completed_on", "item_key") == [
        ("2026-01-05", "phq9_1"),
        ("2026-02-05", ""),
    ]


def test_row_numbers_for_ids_survive_mending(read: Read, read_map: ReadMap) -> None:
    mapping = read_map(ONE.replace('"ID"', '"#row"') + ITEM)
    incoming = read("Q1\n1\nmany\n2\nfew\n", mapping=mapping)
    assert answers(incoming) == [
        ("2", "phq9_1", "1"),
        ("3", "phq9_1", "many"),
        ("4", "phq9_1", "2"),
        ("5", "phq9_1", "few"),
    ]
    mended = incoming.originals.lines({3, 5}).replace("many", "3").replace("few", "0")
    assert answers(read(mended, mapping=mapping)) == [("3", "phq9_1", "3"), ("5", "phq9_1", "0")]


def test_a_column_without_a_name_can_be_left_unread(read: Read, read_map: ReadMap) -> None:
    incoming = read(",ID,Q1\n1,P1,3\n", mapping=read_map(ONE + ITEM))
    assert answers(incoming) == [("P1", "phq9_1", "3")]
    assert incoming.notes == ["Columns left unread: (no name)."]


def test_columns_the_file_does_not_have_refuse_it(read: Read, read_map: ReadMap) -> None:
    with pytest.raises(FileRefused, match="not in the file: ID, Q1"):
        read("id,q1\nP1,3\n", mapping=read_map(ONE + ITEM))


def test_declared_separator_and_decimal_comma(read: Read, read_map: ReadMap) -> None:
    mapping = read_map(ONE + 'delimiter = "|"\ndecimal_comma = true\n' + ITEM)
    assert answers(read("ID|Q1|a,b;c\nP1|3,0|\n", mapping=mapping)) == [("P1", "phq9_1", "3.0")]


def test_form_status(read: Read, read_map: ReadMap) -> None:
    mapping = read_map(ONE + 'complete = {column = "done", values = ["yes"]}\n' + ITEM)
    incoming = read("ID,Q1,done\nP1,1,yes\nP2,1,no\nP3,,no\nP4,,yes\n", mapping=mapping)
    assert answers(incoming) == [("P1", "phq9_1", "1"), ("P4", "", "")]
    assert [(r.row, r.column, r.value) for r in incoming.refusals] == [(3, "done", "no")]


def test_other_records(read: Read, read_map: ReadMap) -> None:
    mapping = read_map(
        'kind = "patients"\ndate_format = "%d/%m/%Y"\n'
        '[columns]\npatient_id = "mrn"\nsex = "gender"\ndiagnosed_on = "dx"\n'
        '[values.sex]\n1 = "male"\n2 = "female"\n9 = ""\n'
    )
    incoming = read("mrn,gender,dx,town\n1,2,05/01/2026,A\n2,9,,B\n3,4,x,C\n", mapping=mapping)
    assert rows(incoming, "patients", "patient_id", "sex", "diagnosed_on") == [
        ("1", "female", "2026-01-05"),
        ("2", "", ""),
        ("3", "4", "x"),
    ]
    assert incoming.notes == ["Columns left unread: town."]


def test_foreign_long_answers(read: Read, read_map: ReadMap) -> None:
    mapping = read_map(
        'kind = "answers"\nmeasure = "phq9"\nmissing_codes = [9]\n'
        '[columns]\npatient_id = "who"\ncompleted_on = "day"\nitem_key = "q"\nanswer = "a"\n'
        '[values.item_key]\nQ1 = "phq9_1"\nQ2 = "phq9_2"\n'
    )
    incoming = read("who;day;q;a\nP1;2026-01-05;Q1;3\nP1;2026-01-05;Q2;9\n", mapping=mapping)
    assert rows(incoming, "answers", "measure_key", "item_key", "answer") == [
        ("phq9", "phq9_1", "3")
    ]


FAULTY = {
    "unknown key": ("colour = 1\n" + ONE + ITEM, ["colour: is not a field"]),
    "not TOML": ("measure = \n", ["whole file: is not TOML"]),
    "no measure": ('completed_on = "x"\n' + ITEM, ["measure: is missing"]),
    "no day": ('measure = "phq9"\n' + ITEM, ["completed_on: is missing"]),
    "nothing mapped": (ONE, ["items: no item and no score is mapped"]),
    "all at once": (
        'measure = "phq9"\ncompleted_on = "2018-02-30"\nencoding = "latin-99"\n'
        'time_zone = "Mars/Olympus"\ndate_format = "%d/%m"\ndictionary = "absent.csv"\n'
        '[items]\nphq9_10 = "a"\nphq9_1 = "b"\nphq9_2 = "b"\n[scores]\nsum = "c"\n',
        [
            "completed_on: there is no such day",
            "encoding: “latin-99”",
            "time_zone: “Mars/Olympus”",
            "date_format: does not name",
            "dictionary: there is no file",
            "items.phq9_10: is not an item of phq9",
            "items.phq9_2: column b is already phq9_1",
            "scores.sum: is not a scale of phq9",
        ],
    ),
    "unknown measure": (
        ONE.replace("phq9", "phq8") + ITEM,
        ["measure: there is no measure “phq8”"],
    ),
    "wrong type": (ONE + 'decimal_comma = "yes"\n' + ITEM, ["decimal_comma: does not hold"]),
    "separator": (ONE + 'delimiter = "x"\n' + ITEM, ["delimiter: must be"]),
    "two shapes": (
        ONE + ITEM + '[[form]]\nmeasure = "gad7"\n[form.items]\ngad7_1 = "G1"\n',
        ["form: cannot stand beside"],
    ),
    "form without items": (
        'completed_on = "x"\n[[form]]\nmeasure = "gad7"\n',
        ["form[1].items: no item"],
    ),
    "dates by value": (
        'measure = "phq9"\ncompleted_on = {1 = "2020-01-06", 2 = "soon"}\n' + ITEM,
        ["completed_on.column: is missing", "completed_on.2: is not a date"],
    ),
    "unknown kind": ('kind = "visits"\n', ["kind: must be"]),
    "kind without its columns": (
        'kind = "staff"\npatient_id = "x"\nmissing_codes = [1]\n'
        '[columns]\nperson_id = "a"\nphone = "b"\n[values.role]\n1 = "nurse"\n',
        [
            "columns.phone: is not a column of staff",
            "columns.name: is missing",
            "columns.role: is missing",
            "values.role: translates a column that is not in columns",
            "missing_codes: has a meaning only for answers",
            "patient_id: belongs under [columns]",
        ],
    ),
    "columns without kind": (ONE + ITEM + '[columns]\nsite = "x"\n', ["columns: has a meaning"]),
    "kind beside items": (
        'kind = "patients"\n[columns]\npatient_id = "x"\n' + ITEM,
        ["kind: cannot stand beside"],
    ),
}


@pytest.mark.parametrize("name", FAULTY)
def test_every_fault_is_named(read_map: ReadMap, name: str) -> None:
    toml, expected = FAULTY[name]
    with pytest.raises(MapRefused) as refused:
        read_map(toml)
    found = [str(fault) for fault in refused.value.faults]
    assert all(fault.startswith("map.toml, ") for fault in found)
    assert len(found) == len(expected)
    for words in expected:
        assert any(words in fault for fault in found), (words, found)


def test_a_map_that_is_not_there(tmp_path: Path, catalogue: Catalogue) -> None:
    with pytest.raises(MapRefused, match=r"map\.toml, whole file: is not there"):
        load_map(tmp_path / "map.toml", catalogue)
