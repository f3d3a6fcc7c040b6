"""REDCap exports: events, repeats, checkboxes, form status, access groups, decimal comma."""

from pathlib import Path

import pytest

from dashboard.errors import FileRefused
from dashboard.intake.mapping import load_map
from dashboard.intake.reading import read_file
from dashboard.measures.catalogue import Catalogue
from tests.intake.looking import Read, ReadMap, answers, rows

HEADER = (
    "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,"
    "redcap_data_access_group,site_visited,intake_complete,phq9_date,phq9_1,phq9_2,phq9_complete\n"
)


def test_events_repeats_and_form_status_without_a_map(read: Read) -> None:
    incoming = read(
        HEADER + "1,base_arm_1,,,north,a,2,,,,\n"
        "1,base_arm_1,phq9,1,north,,,2024-01-01,1,1,2\n"
        "1,base_arm_1,phq9,2,north,,,2024-01-02,1,1,0\n"
        "1,visit_arm_1,,,north,,,2024-02-02,3,,2\n"
        "2,visit_arm_1,,,south,,,2024-02-02,3,,\n"
        "3,visit_arm_1,,,south,,,2024-02-02,,,0\n"
    )
    assert incoming.form == "redcap"
    assert incoming.rows_read == 6
    assert rows(
        incoming, "answers", "patient_id", "completed_on", "wave", "item_key", "answer"
    ) == [
        ("1", "2024-01-01", "base_arm_1/phq9-1", "phq9_1", "1"),
        ("1", "2024-01-01", "base_arm_1/phq9-1", "phq9_2", "1"),
        ("1", "2024-02-02", "visit_arm_1", "phq9_1", "3"),
    ]
    assert [(r.row, r.column, r.value) for r in incoming.refusals] == [
        (4, "phq9_complete", "0"),
        (6, "phq9_complete", ""),
    ]
    assert "values = [0, 1, 2]" in incoming.refusals[0].what_to_do
    assert "Columns left unread: site_visited." in incoming.notes
    assert any("redcap_data_access_group" in note for note in incoming.notes)


def test_a_map_can_take_unfinished_forms_and_register_sites(read: Read, read_map: ReadMap) -> None:
    mapping = read_map(
        'measure = "phq9"\ncompleted_on = "phq9_date"\nsite = "redcap_data_access_group"\n'
        'complete = {column = "phq9_complete", values = [0, 1, 2]}\n[items]\nphq9_1 = "phq9_1"\n'
    )
    incoming = read(
        HEADER + "1,v1_arm_1,,,north,,,2024-01-01,1,,0\n1,v2_arm_1,,,north,,,2024-02-01,2,,2\n"
        "2,v1_arm_1,,,,,,2024-01-01,1,,1\n",
        mapping=mapping,
    )
    assert answers(incoming) == [("1", "phq9_1", "1"), ("1", "phq9_1", "2"), ("2", "phq9_1", "1")]
    assert rows(incoming, "patients", "patient_id", "site", "source_row") == [("1", "north", 2)]
    assert incoming.refusals == []


@pytest.mark.parametrize(
    ("event", "instrument", "instance", "wave"),
    [
        ("v1_arm_2", "", "", "v1_arm_2"),
        ("v1_arm_2", "phq9", "3", "v1_arm_2/phq9-3"),
        ("v1_arm_2", "", "2", "v1_arm_2/2"),
        ("", "phq9", "3", "phq9-3"),
        ("", "", "", ""),
    ],
)
def test_waves(read: Read, event: str, instrument: str, instance: str, wave: str) -> None:
    incoming = read(HEADER + f"1,{event},{instrument},{instance},,,,2024-01-01,1,,2\n")
    assert rows(incoming, "answers", "wave") == [(wave,)]


def test_a_form_belongs_to_the_status_that_the_dictionary_names(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    export = "id,phq9_1,intake_complete,day,phq9_complete\n1,2,0,2024-01-01,2\n"
    (tmp_path / "data.csv").write_text(export)
    (tmp_path / "dictionary.csv").write_text(
        '"Variable / Field Name","Form Name"\nid,intake\nphq9_1,phq9\nday,phq9\n'
    )
    toml = 'measure = "phq9"\ncompleted_on = "day"\n{}[items]\nphq9_1 = "phq9_1"\n'
    (tmp_path / "without.toml").write_text(toml.format(""))
    (tmp_path / "with.toml").write_text(toml.format('dictionary = "dictionary.csv"\n'))

    def read_with(name: str) -> int:
        mapping = load_map(tmp_path / name, catalogue)
        return len(read_file(tmp_path / "data.csv", catalogue, mapping=mapping).refusals)

    assert read_with("without.toml") == 1
    assert read_with("with.toml") == 0


def test_a_file_named_as_dictionary_that_is_none(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "data.csv").write_text("id,day,phq9_1,phq9_complete\n1,2024-01-01,2,2\n")
    (tmp_path / "map.toml").write_text(
        'measure = "phq9"\ncompleted_on = "day"\ndictionary = "data.csv"\n'
        '[items]\nphq9_1 = "phq9_1"\n'
    )
    mapping = load_map(tmp_path / "map.toml", catalogue)
    with pytest.raises(FileRefused, match="no field and form names"):
        read_file(tmp_path / "data.csv", catalogue, mapping=mapping)


def test_status_can_be_written_in_words(read: Read) -> None:
    incoming = read(
        "id,date,phq9_1,phq9_complete\n1,2024-01-01,2,Complete\n2,2024-01-01,2,Incomplete\n"
    )
    assert answers(incoming) == [("1", "phq9_1", "2")]
    assert [r.row for r in incoming.refusals] == [3]


def test_untouched_boxes_are_no_form(read: Read, read_map: ReadMap) -> None:
    mapping = read_map(
        'measure = "boxes"\ncompleted_on = "2024-01-01"\n'
        '[items]\nboxes_1 = "pain___1"\nboxes_2 = "pain___2"\n'
    )
    header = "id,redcap_event_name,pain___1,pain___2,pain_complete\n"
    incoming = read(
        header + "1,a,0,0,2\n2,a,0,0,0\n3,a,0,0,\n4,a,1,0,0\n5,a,1,0,2\n", mapping=mapping
    )
    assert answers(incoming) == [
        ("1", "boxes_1", "0"),
        ("1", "boxes_2", "0"),
        ("5", "boxes_1", "1"),
        ("5", "boxes_2", "0"),
    ]
    assert [r.row for r in incoming.refusals] == [5]


def test_patients_from_the_rows_that_tell_of_them(read: Read, read_map: ReadMap) -> None:
    mapping = read_map(
        'kind = "patients"\n[columns]\npatient_id = "id"\nsex = "sex"\n'
        '[values.sex]\n0 = "female"\n1 = "male"\n'
    )
    incoming = read("id,redcap_event_name,sex\n1,base,0\n1,visit,\n2,base,1\n", mapping=mapping)
    assert rows(incoming, "patients", "patient_id", "sex", "source_row") == [
        ("1", "female", 2),
        ("2", "male", 4),
    ]


def test_nothing_known_in_an_export(read: Read) -> None:
    with pytest.raises(FileRefused, match="none of its fields is an item known here"):
        read("id,redcap_event_name,weight\n1,a,70\n")


def test_no_day_in_an_export(read: Read) -> None:
    with pytest.raises(FileRefused, match="no field says when phq9 was completed"):
        read("id,redcap_event_name,phq9_1\n1,a,2\n")


def test_one_measure_of_an_export(read: Read) -> None:
    content = "id,date,phq9_1,gad7_1,q_complete\n1,2024-01-01,2,3,2\n"
    assert answers(read(content, measure="gad7")) == [("1", "gad7_1", "3")]


def test_read_as_plain_csv_when_said_so(read: Read) -> None:
    with pytest.raises(FileRefused, match="phq9_complete"):
        read("patient_id,completed_on,phq9_1,phq9_complete\n1,2024-01-01,2,2\n", form="csv")
