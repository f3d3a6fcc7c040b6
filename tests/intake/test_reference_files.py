"""Real files that nobody here made up, read as they are."""

import csv
import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from dashboard.errors import FileRefused
from dashboard.intake.incoming import Incoming
from dashboard.intake.mapping import load_map
from dashboard.intake.reading import read_file
from dashboard.measures.catalogue import Catalogue
from tests.intake.looking import answers, rows


def read_mapped(path: Path, toml: str, catalogue: Catalogue, tmp_path: Path) -> Incoming:
    map_path = tmp_path / "map.toml"
    map_path.write_text(toml, "utf-8")
    return read_file(path, catalogue, mapping=load_map(map_path, catalogue))


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def answers_by_patient(incoming: Incoming) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for patient, item, answer in answers(incoming):
        found[patient][item] = answer
    return found


NHANES = 'measure = "phq9"\npatient_id = "SEQN"\ncompleted_on = "2018-01-01"\n'
NHANES += "missing_codes = [7, 9]\n[items]\n"
NHANES += "".join(f'phq9_{n} = "DPQ0{n}0"\n' for n in range(1, 10))


def test_nhanes(reference_data: Path, catalogue: Catalogue, tmp_path: Path) -> None:
    folder = reference_data / "nhanes_2017_phq9_cancer"
    incoming = read_mapped(folder / "nhanes_2017_2018_phq9_cancer.csv", NHANES, catalogue, tmp_path)
    found = answers_by_patient(incoming)
    oracle = table(folder / "oracle_phq9_scores.csv")
    assert incoming.rows_read == len(oracle) == len(found) == 5533
    for person in oracle:
        given = found[person["SEQN"]]
        blank = given.pop("", None)
        assert len(given) == int(person["n_valid"])
        assert (blank is not None) == (person["n_valid"] == "0")
        assert given.get("phq9_9", "") == person["item9"]
        if person["complete_only"]:
            assert sum(map(int, given.values())) == int(person["complete_only"])
    assert incoming.refusals == []


STUDENTS = (
    'patient_id = "#row"\ncompleted_on = "2019-01-01"\n[[form]]\nmeasure = "phq9"\n[form.items]\n'
)
STUDENTS += "".join(f'phq9_{n} = "phq{n}"\n' for n in range(1, 10))
STUDENTS += '[[form]]\nmeasure = "gad7"\n[form.items]\n'
STUDENTS += "".join(f'gad7_{n} = "gad{n}"\n' for n in range(1, 8))


def test_medical_students(reference_data: Path, catalogue: Catalogue, tmp_path: Path) -> None:
    folder = reference_data / "medstudents_phq9_gad7"
    incoming = read_mapped(folder / "depression_data.csv", STUDENTS, catalogue, tmp_path)
    assert incoming.rows_read == 783
    found = answers_by_patient(incoming)
    for person in table(folder / "oracle_scores.csv"):
        # The file has no ids: its row 1 is row 2 of the sheet, under the header.
        given = found[str(int(person["row"]) + 1)]
        for key, items in (("phq9", 9), ("gad7", 7)):
            values = [given.get(f"{key}_{number}") for number in range(1, items + 1)]
            total = person[f"{key}_total"]
            if total:
                assert sum(float(value) for value in values if value) == float(total)
    outside = [(patient, item) for patient, item, answer in answers(incoming) if answer == "10"]
    assert outside == [("497", "gad7_5")]


def test_the_corrupt_students_file(
    reference_data: Path, catalogue: Catalogue, tmp_path: Path
) -> None:
    """The row of means and the undeclared NA reach the store as they are, to be refused there."""
    folder = reference_data / "medstudents_phq9_gad7"
    incoming = read_mapped(folder / "raw_data.csv", STUDENTS, catalogue, tmp_path)
    no_numbers = {answer for _, _, answer in answers(incoming) if not answer.isdigit()}
    assert no_numbers == {"NA", "20.992857142857144"}
    overwritten = answers_by_patient(incoming)["505"]
    assert len(overwritten) == 16
    assert set(overwritten.values()) == {"20.992857142857144"}


MAPS = """\
measure = "cesd"
patient_id = "id"
wave = "visit"
completed_on = {column = "visit", 1 = "2012-01-09", 2 = "2012-03-05", 3 = "2012-06-04"}
[scores]
total = "cesd"
"""


def test_breast_cancer_trial(reference_data: Path, catalogue: Catalogue, tmp_path: Path) -> None:
    folder = reference_data / "maps_breast_cancer_rct"
    incoming = read_mapped(folder / "maps_long.csv", MAPS, catalogue, tmp_path)
    by_visit = Counter(wave for (wave,) in rows(incoming, "scores", "wave"))
    assert by_visit == {"1": 68, "2": 65, "3": 59}
    assert "answers" not in incoming.tables
    expected = {
        (row["id"], row["visit"], float(row["cesd"]))
        for row in table(folder / "maps_long.csv")
        if row["cesd"]
    }
    found = rows(incoming, "scores", "patient_id", "wave", "score")
    assert {(patient, wave, float(score)) for patient, wave, score in found} == expected


def test_breast_cancer_trial_with_visits_side_by_side(
    reference_data: Path, catalogue: Catalogue, tmp_path: Path
) -> None:
    folder = reference_data / "maps_breast_cancer_rct"
    toml = 'patient_id = "id"\nmeasure = "cesd"\n' + "".join(
        f'[[form]]\ncompleted_on = "{day}"\n[form.scores]\ntotal = "cesd{visit}"\n'
        for visit, day in enumerate(("2012-01-09", "2012-03-05", "2012-06-04"), start=1)
    )
    wide = read_mapped(folder / "maps_wide.csv", toml, catalogue, tmp_path)
    long = read_mapped(folder / "maps_long.csv", MAPS, catalogue, tmp_path)

    def scores(incoming: Incoming) -> set[tuple[str, str, float]]:
        found = rows(incoming, "scores", "patient_id", "completed_on", "score")
        return {(patient, day, float(score)) for patient, day, score in found}

    assert scores(wide) == scores(long)


def test_fhir_documents_of_us_core(reference_data: Path, catalogue: Catalogue) -> None:
    folder = reference_data / "fhir_us_core_phq9"
    read = {path.name: read_file(path, catalogue) for path in folder.glob("*.json")}
    assert all(incoming.refusals == [] for incoming in read.values())
    known = {name for name, incoming in read.items() if incoming.tables}
    assert {name for name in known if "PHQ9" not in name} == {
        "QuestionnaireResponse-phq-9-example.json"
    }
    for document in table(folder / "oracle_documents.csv"):
        incoming = read[document["file"]]
        stated = rows(incoming, "scores", "score")
        assert stated == ([(document["stated_total"],)] if document["stated_total"] else [])
        if document["item_sum"]:
            given = {item: answer for _, item, answer in answers(incoming)}
            assert sum(map(int, given.values())) == int(document["item_sum"])
            assert given["phq9_9"] == document["item9"]
    # The nine item observations tell of the same form as the response.
    response = read["QuestionnaireResponse-phq-9-example.json"]
    observed = [
        answer for name, incoming in read.items() if "item" in name for answer in answers(incoming)
    ]
    assert sorted(observed) == answers(response)
    assert len(observed) == 9


def test_fhir_bundles_of_synthetic_patients(reference_data: Path, catalogue: Catalogue) -> None:
    folder = reference_data / "fhir_synthea_phq9_gad7"
    ours = {"44261-6": "phq9", "70274-6": "gad7"}
    found: Counter[tuple[str, ...]] = Counter()
    patients: set[str] = set()
    teen = 0
    for path in sorted(folder.glob("bundles/*.json")):
        incoming = read_file(path, catalogue)
        assert incoming.refusals == []
        assert "answers" not in incoming.tables
        found.update(rows(incoming, "scores", "patient_id", "measure_key", "completed_on", "score"))
        patients.update(patient for (patient,) in rows(incoming, "patients", "patient_id"))
        teen += sum(int(note.split(" ")[0]) for note in incoming.notes if "89204-2" in note)
    oracle = table(folder / "oracle_scores.csv")
    assert found == Counter(
        (row["patient_id"], ours[row["loinc"]], row["effective"], row["value"])
        for row in oracle
        if row["loinc"] in ours
    )
    assert sum(found.values()) == 162
    assert len(patients) == 35
    assert teen == sum(row["loinc"] == "89204-2" for row in oracle) == 43


def test_no_name_of_a_patient_is_read(reference_data: Path, catalogue: Catalogue) -> None:
    for path in sorted((reference_data / "fhir_synthea_phq9_gad7").glob("bundles/*.json"))[:5]:
        entries = json.loads(path.read_text("utf-8"))["entry"]
        patient = entries[0]["resource"]
        incoming = read_file(path, catalogue)
        whole = repr([found.to_pylist() for found in incoming.tables.values()])
        whole += repr((incoming.notes, incoming.refusals))
        assert patient["name"][0]["family"] not in whole
        assert patient["birthDate"] not in whole


# REDCap project → its map, (patient, wave, item, answer) of every answer or how many there are,
# and the rows refused
BOX_ITEMS = "".join(f'boxes_{n} = "check_one___{n}"\n' for n in range(1, 5))
COG = 'measure = "cog"\ncompleted_on = "date_at_visit"\n{}[items]\n'
COG += "".join(f'cog_{n} = "cog_{n}"\n' for n in range(1, 4))
BODY = 'measure = "body"\ncompleted_on = "2020-01-01"\n{}[items]\n'
BODY += 'body_height = "height"\nbody_weight = "weight"\n'
PRESSURE = 'measure = "bp"\ncompleted_on = "date_bp"\n[items]\n'
PRESSURE += 'bp_systolic = "bp_systolic"\nbp_diastolic = "bp_diastolic"\n'
ANY_STATUS = 'complete = {column = "%s_complete", values = [0, 1, 2]}\n'
MORALE = 'measure = "morale"\ncompleted_on = "2015-04-02"\n[items]\n'
MORALE += "".join(f'morale_{n} = "pmq{n}"\n' for n in range(1, 5))

PROJECTS: dict[str, tuple[str, str, int, int]] = {
    "repeating instrument": ("repeating-instruments", PRESSURE, 8, 0),
    "sparse repeating instrument": ("repeating-instruments-sparse", PRESSURE, 8, 0),
    "one arm": (
        "arm-single-longitudinal",
        'measure = "body"\ncompleted_on = "interview_date"\n[items]\nbody_weight = "weight"\n',
        9,
        0,
    ),
    "several events": ("longitudinal", MORALE, 28, 3),
    "several repeating instruments": (
        "vignette-repeating",
        'measure = "bp"\ncompleted_on = "2020-01-01"\n'
        '[items]\nbp_systolic = "sbp"\nbp_diastolic = "dbp"\n',
        12,
        0,
    ),
    "unfinished forms": ("multilevel-model-1", COG.format(""), 0, 200),
    "unfinished forms, taken": (
        "multilevel-model-1",
        COG.format(ANY_STATUS % "appointment"),
        600,
        0,
    ),
    "decimal comma": ("decimal-comma", BODY.format(""), 8, 0),
    "decimal comma by dictionary": (
        "decimal-comma",
        BODY.format('dictionary = "{folder}/dictionay.csv"\n'),
        8,
        0,
    ),
    "grey status": ("blank-for-gray-status", BODY.format(""), 4, 3),
    "access groups without answers": ("dag", BODY.format(""), 0, 0),
    "trial, taken": ("clinical-trial-1", BODY.format(ANY_STATUS % "demographics"), 1000, 0),
    "checkboxes": (
        "checkboxes-1",
        f'measure = "boxes"\ncompleted_on = "2020-01-01"\n[items]\n{BOX_ITEMS}',
        8,
        0,
    ),
    "nothing entered": (
        "validation-types-1",
        'measure = "boxes"\ncompleted_on = "2020-01-01"\n[items]\nboxes_1 = "f_checkbox___1"\n',
        0,
        0,
    ),
}


@pytest.mark.parametrize("name", PROJECTS)
def test_redcap_projects(
    reference_data: Path, catalogue: Catalogue, tmp_path: Path, name: str
) -> None:
    project, toml, given, refused = PROJECTS[name]
    folder = reference_data / "redcap_exports" / project
    toml = toml.replace("{folder}", folder.as_posix())
    incoming = read_mapped(folder / "data.csv", toml, catalogue, tmp_path)
    assert incoming.form == "redcap"
    assert len(answers(incoming)) == given
    assert len({refusal.row for refusal in incoming.refusals}) == refused
    assert all(answer for _, _, answer in answers(incoming))


def test_redcap_repeats_are_waves(
    reference_data: Path, catalogue: Catalogue, tmp_path: Path
) -> None:
    path = reference_data / "redcap_exports" / "repeating-instruments" / "data.csv"
    incoming = read_mapped(path, PRESSURE, catalogue, tmp_path)
    found = rows(incoming, "answers", "patient_id", "wave", "completed_on", "answer", "source_row")
    assert [row for row in found if row[3] in ("110", "111", "112", "114")] == [
        ("1", "bp-1", "2019-10-14", "110", 3),
        ("1", "bp-2", "2019-10-14", "111", 4),
        ("1", "bp-3", "2019-10-14", "112", 5),
        ("2", "bp-1", "2004-04-04", "114", 7),
    ]


def test_redcap_events_and_arms_are_waves(
    reference_data: Path, catalogue: Catalogue, tmp_path: Path
) -> None:
    path = reference_data / "redcap_exports" / "longitudinal" / "data.csv"
    incoming = read_mapped(path, MORALE, catalogue, tmp_path)
    first = [
        row
        for row in rows(incoming, "answers", "patient_id", "wave", "item_key", "answer")
        if row[0] == "100" and row[1] == "dose_1_arm_1"
    ]
    assert [answer for *_, answer in first] == ["2", "2", "1", "1"]
    assert {
        row[1] for row in rows(incoming, "answers", "patient_id", "wave") if row[0] == "304"
    } == {
        "first_dose_arm_2",
        "first_visit_arm_2",
    }


def test_redcap_decimal_comma(reference_data: Path, catalogue: Catalogue, tmp_path: Path) -> None:
    path = reference_data / "redcap_exports" / "decimal-comma" / "data.csv"
    incoming = read_mapped(path, BODY.format(""), catalogue, tmp_path)
    assert answers(incoming)[:2] == [("1", "body_height", "1.54"), ("1", "body_weight", "52.3")]


def test_redcap_checkboxes(reference_data: Path, catalogue: Catalogue, tmp_path: Path) -> None:
    path = reference_data / "redcap_exports" / "checkboxes-1" / "data.csv"
    toml = f'measure = "boxes"\ncompleted_on = "2020-01-01"\n[items]\n{BOX_ITEMS}'
    incoming = read_mapped(path, toml, catalogue, tmp_path)
    assert [answer for patient, _, answer in answers(incoming) if patient == "1"] == list("1000")
    assert [answer for patient, _, answer in answers(incoming) if patient == "3"] == list("1111")


def test_redcap_access_groups_are_sites(
    reference_data: Path, catalogue: Catalogue, tmp_path: Path
) -> None:
    path = reference_data / "redcap_exports" / "dag" / "data.csv"
    toml = BODY.format('site = "redcap_data_access_group"\n')
    incoming = read_mapped(path, toml, catalogue, tmp_path)
    assert rows(incoming, "patients", "patient_id", "site") == [
        ("331-1", "daga"),
        ("331-2", "daga"),
        ("332-3", "dagb"),
    ]


def test_redcap_ids_that_are_no_numbers_and_dates_that_are_none(
    reference_data: Path, catalogue: Catalogue, tmp_path: Path
) -> None:
    exports = reference_data / "redcap_exports"
    toml = 'kind = "patients"\n[columns]\npatient_id = "record_id"\ndiagnosed_on = "{}"\n'
    named = read_mapped(
        exports / "nonnumeric-record-id" / "data.csv",
        'kind = "patients"\n[columns]\npatient_id = "record_id"\n',
        catalogue,
        tmp_path,
    )
    assert rows(named, "patients", "patient_id") == [("a",), ("b",), ("c",)]
    dated = read_mapped(
        exports / "potentially-problematic-values" / "data.csv",
        toml.format("date_before_validation"),
        catalogue,
        tmp_path,
    )
    assert rows(dated, "patients", "diagnosed_on") == [
        ("before validation 1",),
        ("before validation 2",),
    ]


def test_redcap_record_in_several_arms(
    reference_data: Path, catalogue: Catalogue, tmp_path: Path
) -> None:
    path = reference_data / "redcap_exports" / "arm-multiple-delete" / "data.csv"
    toml = 'measure = "boxes"\ncompleted_on = "birth_date"\n[items]\nboxes_1 = "position"\n'
    incoming = read_mapped(path, toml, catalogue, tmp_path)
    assert rows(incoming, "answers", "patient_id", "wave")[:3] == [
        ("101", f"event_1_arm_{arm}") for arm in (1, 2, 3)
    ]


@pytest.mark.parametrize("project", ["dag", "longitudinal", "decimal-comma"])
def test_a_redcap_dictionary_is_not_taken_for_answers(
    reference_data: Path, catalogue: Catalogue, project: str
) -> None:
    found = next((reference_data / "redcap_exports" / project).glob("dictiona*.csv"))
    with pytest.raises(FileRefused, match="data dictionary"):
        read_file(found, catalogue)
