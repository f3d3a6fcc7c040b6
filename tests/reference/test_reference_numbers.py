"""Real files, from the command line to `scores`, against numbers nobody here made up."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.desk import GOOD, REFUSED, Desk

MAPS = Path(__file__).parent / "maps"


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str) -> float | None:
    return float(text) if text else None


def take(desk: Desk, *paths: Path, table_of: str | None = None, accept: bool = False) -> Any:
    """Import as a stranger's files are, with unknown patients as new; the report."""
    words = ["import", *map(str, paths), "--new-patients"]
    words += ["--map", str(MAPS / f"{table_of}.toml")] if table_of else []
    words += ["--accept-good-rows"] if accept else []
    report_file = desk.folder / "report.json"
    result = desk.run(*words, "--report", str(report_file))
    report = json.loads(report_file.read_text("utf-8"))
    assert result.exit_code == (GOOD if report["stored"] or accept else REFUSED), result.output
    return report


def answers_of(desk: Desk, patient: str) -> dict[str, float | None]:
    """Item to answer of all forms of one patient."""
    listed = desk.rows("patients_in_scope")
    ref = next(row["patient_ref"] for row in listed if row["patient_id"] == patient)
    asked = ["-p", f"patient_ref={ref}", "-p", "as_of=2030-01-01"]
    return {row["item_key"]: row["answer"] for row in desk.rows("patient_answers", *asked)}


# PHQ-9 of 5,533 adults of a national survey


@pytest.mark.parametrize(
    ("file", "group"),
    [("nhanes_2017_2018_phq9_cancer.csv", "all"), ("cancer_survivors_only.csv", "cancer_yes")],
)
def test_every_person_of_nhanes(
    reference_data: Path, reference_desk: Desk, file: str, group: str
) -> None:
    folder = reference_data / "nhanes_2017_phq9_cancer"
    oracle = {
        row["SEQN"]: row
        for row in table(folder / "oracle_phq9_scores.csv")
        if group == "all" or row["cancer"] == "1"
    }
    (summary,) = [row for row in table(folder / "oracle_summary.csv") if row["tag"] == group]

    report = take(reference_desk, folder / file, table_of="nhanes")

    assert report["rows_accepted"] == report["rows_read"] == len(oracle) == int(summary["n_rows"])
    found = reference_desk.rows("scores")
    assert len(found) == len(oracle)
    for row in found:
        person = oracle[row["patient_id"]]
        assert row["score"] == (
            None
            if person["prorate_2missing"] == ""
            else pytest.approx(float(person["prorate_2missing"]), abs=1e-9)
        )
        assert row["items_answered"] == int(person["n_valid"])
        assert row["status"] == (
            "scored"
            if person["n_valid"] == "9"
            else "prorated"
            if person["prorate_2missing"]
            else "too_few_answers"
        )
        if person["complete_only"]:
            assert row["band"] == person["severity"].replace("_", " ")
    statuses = Counter(row["status"] for row in found)
    assert statuses["scored"] == int(summary["n_complete"])
    assert statuses["scored"] + statuses["prorated"] == int(summary["n_prorate2"])
    complete = [row["score"] for row in found if row["status"] == "scored"]
    assert sum(complete) / len(complete) == pytest.approx(float(summary["mean"]))
    assert sum(score >= 10 for score in complete) == int(summary["n_ge10"])


def test_item_nine_of_nhanes_is_there_whatever_the_total_says(
    reference_data: Path, reference_desk: Desk
) -> None:
    folder = reference_data / "nhanes_2017_phq9_cancer"
    people = [
        row
        for row in table(folder / "oracle_phq9_scores.csv")
        if row["cancer"] == "1" and row["item9"] not in ("", "0")
    ]
    assert len(people) == 27
    take(reference_desk, folder / "cancer_survivors_only.csv", table_of="nhanes")
    panel = reference_desk.rows("panel", "-p", "as_of=2018-02-01")
    flagged = {row["patient_id"]: row["safety_answer"] for row in panel if row["safety_item"]}
    assert flagged == {person["SEQN"]: float(person["item9"]) for person in people}
    assert {row["rank"] for row in panel if row["safety_item"]} == {1}


# PHQ-9 and GAD-7 of 783 medical students


def test_students_and_the_one_answer_that_cannot_be(
    reference_data: Path, reference_desk: Desk
) -> None:
    folder = reference_data / "medstudents_phq9_gad7"
    # Row 1 of the oracle is row 2 of the file, under its header; gad5 = 10 stands in row 497.
    oracle = {str(int(row["row"]) + 1): row for row in table(folder / "oracle_scores.csv")}
    del oracle["497"]

    refused = take(reference_desk, folder / "depression_data.csv", table_of="medical_students")
    assert not refused["stored"]
    assert [(one["row"], one["column"], one["value"]) for one in refused["refused"]] == [
        (497, "gad5", "10")
    ]
    assert "10 is outside 0–3" in refused["refused"][0]["reason"]

    report = take(
        reference_desk, folder / "depression_data.csv", table_of="medical_students", accept=True
    )
    assert (report["rows_read"], report["rows_accepted"], report["rows_refused"]) == (783, 782, 1)
    found = {(row["patient_id"], row["measure_key"]): row for row in reference_desk.rows("scores")}
    assert "497" not in {patient for patient, _ in found}
    complete = 0
    for student, scores in oracle.items():
        for measure in ("phq9", "gad7"):
            row = found.get((student, measure))
            if scores[f"{measure}_total"]:
                complete += 1
                assert row is not None
                assert (row["score"], row["status"]) == (
                    float(scores[f"{measure}_total"]),
                    "scored",
                )
            else:
                assert row is None or row["status"] in ("prorated", "too_few_answers")
    assert complete > 1500
    kept = reference_desk.rows("refused_lines", "-p", "batch_id=1")
    assert (
        kept[0]["lines"].splitlines()[-1]
        == ((folder / "depression_data.csv").read_text("utf-8").splitlines()[496])
    )


def test_the_mended_row_of_a_student_keeps_its_number(
    reference_data: Path, reference_desk: Desk
) -> None:
    path = reference_data / "medstudents_phq9_gad7" / "depression_data.csv"
    take(reference_desk, path, table_of="medical_students", accept=True)
    lines = reference_desk.rows("refused_lines", "-p", "batch_id=1")[0]["lines"].splitlines()
    names = lines[0].split(",")
    cells = lines[-1].split(",")
    cells[names.index("gad5")] = "1"
    mended = reference_desk.file("mended.csv", *lines[:-1], ",".join(cells))
    report = take(reference_desk, Path(mended), table_of="medical_students")
    assert (report["rows_accepted"], report["rows_refused"]) == (1, 0)
    scores = [row for row in reference_desk.rows("scores") if row["patient_id"] == "497"]
    assert {row["measure_key"]: row["score"] for row in scores} == {"phq9": 5, "gad7": 7}


def test_the_corrupt_file_of_the_students_is_refused_with_reasons(
    reference_data: Path, reference_desk: Desk
) -> None:
    path = reference_data / "medstudents_phq9_gad7" / "raw_data.csv"
    bad = {
        position: row
        for position, row in enumerate(table(path), start=2)
        if any(
            row[name] not in {"", "0", "1", "2", "3"}
            for name in row
            if name.startswith(("phq", "gad"))
        )
    }
    report = take(reference_desk, path, table_of="medical_students")
    assert not report["stored"]
    assert {one["row"] for one in report["refused"]} == bad.keys()
    assert 0 < report["rows_refused"] == len(bad) < report["rows_read"]
    reasons = Counter((one["value"], one["reason"]) for one in report["refused"])
    assert reasons["20.992857142857144", "this item takes whole numbers"] == 16
    assert all(reason == "this is not a number" for value, reason in reasons if value == "NA")
    assert "NA" in {value for value, _ in reasons}
    assert reference_desk.run("query", "scores").exit_code != GOOD


# HL7's own PHQ-9 documents


def test_documents_of_us_core_are_one_form(reference_data: Path, reference_desk: Desk) -> None:
    folder = reference_data / "fhir_us_core_phq9"
    (oracle,) = [row for row in table(folder / "oracle_documents.csv") if row["kind"] == "QR R4"]
    documents = sorted(folder.glob("*.json"))
    report = take(reference_desk, *documents)
    assert report["stored"]
    assert report["rows_refused"] == 0
    assert report["totals_that_disagree"] == 0
    (row,) = reference_desk.rows("scores")
    assert (row["measure_key"], row["scale_key"], row["score"], row["status"]) == (
        "phq9",
        "total",
        float(oracle["stated_total"]),
        "scored",
    )
    assert row["score"] == float(oracle["item_sum"]) == 12
    assert row["completed_on"] == "2022-11-29"
    given = answers_of(reference_desk, row["patient_id"])
    assert len(given) == 9
    assert given["phq9_9"] == float(oracle["item9"]) == 0
    # The nine items came as observations and again in the response: each is there once.
    assert report["duplicates"] > 0
    assert take(reference_desk, *documents, accept=True)["stored"] is False


# Ready-made scores of 35 synthetic patients


def test_every_score_of_the_synthetic_patients(reference_data: Path, reference_desk: Desk) -> None:
    folder = reference_data / "fhir_synthea_phq9_gad7"
    ours = {"44261-6": "phq9", "70274-6": "gad7"}
    oracle = table(folder / "oracle_scores.csv")
    report = take(reference_desk, folder / "bundles")
    assert report["rows_refused"] == 0
    found = reference_desk.rows("scores")
    assert Counter(
        (row["patient_id"], row["measure_key"], row["completed_on"], row["score"]) for row in found
    ) == Counter(
        (row["patient_id"], ours[row["loinc"]], row["effective"][:10], float(row["value"]))
        for row in oracle
        if row["loinc"] in ours
    )
    assert len(found) == 162
    assert {row["status"] for row in found} == {"imported"}
    # The teen form (89204-2) is another instrument: it is left aside, and the report says so.
    teen = [row for row in oracle if row["loinc"] == "89204-2"]
    told = [note for file in report["files"] for note in file["notes"] if "89204-2" in note]
    assert sum(int(note.split()[0]) for note in told) == len(teen) == 43
    assert {row["score"] for row in found if row["measure_key"] == "phq9"} <= {
        float(row["value"]) for row in oracle if row["loinc"] == "44261-6"
    }
    assert reference_desk.rows("store_summary")[0]["patients"] == 35
    again = take(reference_desk, folder / "bundles", accept=True)
    assert again["stored"] is False


# Scores of a trial, by a measure of the centre's own


def test_the_breast_cancer_trial(reference_data: Path, reference_desk: Desk) -> None:
    folder = reference_data / "maps_breast_cancer_rct"
    report = take(reference_desk, folder / "maps_long.csv", table_of="breast_cancer_trial")
    assert report["rows_refused"] == 0
    visits = table(folder / "maps_long.csv")
    found = {(row["patient_id"], row["wave"]): row for row in reference_desk.rows("scores")}
    given = {(row["id"], row["visit"]): row for row in visits if row["cesd"]}
    assert found.keys() == given.keys()
    for key, row in found.items():
        assert row["score"] == float(given[key]["cesd"])
        assert row["band"] == ("16 or more" if float(given[key]["cesdhi"]) else "below 16")
        assert row["status"] == "imported"
    assert Counter(wave for _, wave in found) == {"1": 68, "2": 65, "3": 59}
    for person in table(folder / "oracle_rci_individual.csv"):
        if person["tag"] == "maps_cesd_JT_1to2_all":
            change = found[person["id"], "2"]["score"] - found[person["id"], "1"]["score"]
            assert change == float(person["change"])
    arms = {row["id"]: row["interv_group"] for row in visits}
    compared = {row["variable"]: row for row in table(folder / "oracle_group_comparison.csv")}
    for wave in "123":
        for arm in "10":
            scores = [
                row["score"] for (who, at), row in found.items() if (at, arms[who]) == (wave, arm)
            ]
            oracle = compared[f"cesd{wave}"]
            assert len(scores) == int(oracle[f"n{arm}"])
            assert sum(scores) / len(scores) == pytest.approx(float(oracle[f"m{arm}"]))


# REDCap projects, by measures of the centre's own


def exported(reference_data: Path, project: str) -> tuple[Path, list[dict[str, str]]]:
    path = reference_data / "redcap_exports" / project / "data.csv"
    return path, table(path)


@pytest.mark.parametrize("project", ["repeating-instruments", "repeating-instruments-sparse"])
def test_each_repeat_of_an_instrument_is_a_wave(
    reference_data: Path, reference_desk: Desk, project: str
) -> None:
    path, rows = exported(reference_data, project)
    take(reference_desk, path, table_of="repeating")
    assert scores_by(reference_desk, "completed_on") == {
        (row["record_id"], f"bp-{row['redcap_repeat_instance']}"): (
            row["date_bp"],
            float(row["bp_systolic"]),
        )
        for row in rows
        if row["bp_systolic"]
    }


def scores_by(desk: Desk, *columns: str) -> dict[tuple[str, str], tuple[Any, ...]]:
    """(patient, wave) to those columns and the score."""
    return {
        (row["patient_id"], row["wave"]): (*(row[name] for name in columns), row["score"])
        for row in desk.rows("scores")
    }


def test_several_repeating_instruments_stay_apart(
    reference_data: Path, reference_desk: Desk
) -> None:
    path, rows = exported(reference_data, "vignette-repeating")
    take(reference_desk, path, table_of="vignette_repeating")
    assert scores_by(reference_desk) == {
        (row["record_id"], f"blood_pressure-{row['redcap_repeat_instance']}"): (float(row["sbp"]),)
        for row in rows
        if row["sbp"]
    }


def test_events_of_both_arms_and_unfinished_forms(
    reference_data: Path, reference_desk: Desk
) -> None:
    path, rows = exported(reference_data, "longitudinal")
    status = "patient_morale_questionnaire_complete"
    report = take(reference_desk, path, table_of="longitudinal", accept=True)
    finished = {
        (row["study_id"], row["redcap_event_name"]): (
            float(sum(int(row[f"pmq{n}"]) for n in range(1, 5))),
        )
        for row in rows
        if row[status] == "2"
    }
    unfinished = [n for n, row in enumerate(rows, start=2) if row[status] in ("0", "1")]
    assert scores_by(reference_desk) == finished
    assert [(one["row"], one["column"]) for one in report["refused"]] == [
        (number, status) for number in unfinished
    ]
    assert len(unfinished) == 3


def test_events_in_one_arm(reference_data: Path, reference_desk: Desk) -> None:
    path, rows = exported(reference_data, "arm-single-longitudinal")
    take(reference_desk, path, table_of="one_arm")
    assert scores_by(reference_desk, "completed_on") == {
        (row["record_id"], row["redcap_event_name"]): (
            row["interview_date"],
            float(row["weight"]),
        )
        for row in rows
    }


def test_unfinished_visits_are_taken_when_the_map_says_so(
    reference_data: Path, reference_desk: Desk
) -> None:
    path, rows = exported(reference_data, "multilevel-model-1")
    take(reference_desk, path, table_of="multilevel")
    expected = {
        (row["patient_id"], f"appointment-{row['redcap_repeat_instance']}"): pytest.approx(
            sum(float(row[f"cog_{n}"]) for n in range(1, 4)) / 3
        )
        for row in rows
        if row["cog_1"]
    }
    assert {key: score for key, (score,) in scores_by(reference_desk).items()} == expected
    assert len(expected) == 200


def test_decimal_commas(reference_data: Path, reference_desk: Desk) -> None:
    path, rows = exported(reference_data, "decimal-comma")
    take(reference_desk, path, table_of="decimal_comma")
    assert scores_by(reference_desk) == {
        (row["record_id"], ""): (float(row["weight"].replace(",", ".")),) for row in rows
    }


def test_boxes_nobody_touched_are_no_answers(reference_data: Path, reference_desk: Desk) -> None:
    path, rows = exported(reference_data, "checkboxes-1")
    take(reference_desk, path, table_of="checkboxes", accept=True)
    assert scores_by(reference_desk) == {
        (row["record_id"], ""): (float(sum(int(row[f"check_one___{n}"]) for n in range(1, 5))),)
        for row in rows
        if row["form_2_complete"] == "2"
    }


def test_access_groups_become_the_sites_of_the_patients(
    reference_data: Path, reference_desk: Desk
) -> None:
    path, rows = exported(reference_data, "blank-for-gray-status")
    take(reference_desk, path, table_of="access_groups", accept=True)
    panel = reference_desk.rows("panel", "-p", "as_of=2021-01-01")
    sites = {row["patient_id"]: row["site"] for row in panel}
    finished = {row["record_id"] for row in rows if row["health_complete"] == "2"}
    assert {patient for patient, _ in scores_by(reference_desk)} == finished
    assert {patient: site for patient, site in sites.items() if site} == {
        row["record_id"]: row["redcap_data_access_group"]
        for row in rows
        if row["redcap_data_access_group"]
    }


@pytest.mark.parametrize("project", ["clinical-trial-1", "nonnumeric-record-id"])
def test_a_project_without_anything_known_is_refused_whole(
    reference_data: Path, reference_desk: Desk, project: str
) -> None:
    path, _ = exported(reference_data, project)
    result = reference_desk.run("import", str(path), "--new-patients")
    assert result.exit_code == REFUSED
    assert "Traceback" not in result.output
    assert reference_desk.run("query", "scores").exit_code != GOOD
