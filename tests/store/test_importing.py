"""What becomes of each kind of row, good and bad, on its way into the store."""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from random import Random

import pytest

from dashboard.intake.mapping import load_map
from dashboard.store.importing import catalogue_of
from dashboard.store.report import ImportReport
from tests.store.centre import LONG, PHQ9, SCORES_ONLY, Centre, counts, reasons

WIDE = f"patient_id,completed_on,{PHQ9}"
FULL_FORM = "1,2,3,0,1,2,3,1,0"  # adds up to 13
TODAY = date(2026, 3, 31)


@dataclass(frozen=True)
class Bad:
    """A row of a long file, the column that is named, and what is said about it."""

    row: str
    column: str
    reason: str


BAD_ROWS = {
    "above the range": Bad("P1,phq9,2026-01-05,,phq9_1,4", "phq9_1", "4 is outside 0–3"),
    "below the range": Bad("P1,phq9,2026-01-05,,phq9_1,-1", "phq9_1", "-1 is outside 0–3"),
    "an item with a range of its own": Bad(
        "P1,support_grid,2026-01-05,,fit_emotional,9", "fit_emotional", "is outside"
    ),
    "far out": Bad("P1,phq9,2026-01-05,,phq9_1,999999999999999999999", "phq9_1", "is outside"),
    "no whole number": Bad("P1,phq9,2026-01-05,,phq9_1,1.5", "phq9_1", "whole numbers"),
    "a word": Bad("P1,phq9,2026-01-05,,phq9_1,often", "phq9_1", "not a number"),
    "NA": Bad("P1,phq9,2026-01-05,,phq9_1,NA", "phq9_1", "not a number"),
    "None": Bad("P1,phq9,2026-01-05,,phq9_1,None", "phq9_1", "not a number"),
    "nan": Bad("P1,phq9,2026-01-05,,phq9_1,nan", "phq9_1", "not a number"),
    "inf": Bad("P1,phq9,2026-01-05,,phq9_1,inf", "phq9_1", "not a number"),
    "an exponent": Bad("P1,phq9,2026-01-05,,phq9_1,1e0", "phq9_1", "not a number"),
    "a digit of full width": Bad("P1,phq9,2026-01-05,,phq9_1,１", "phq9_1", "not a number"),
    "an Arabic digit": Bad("P1,phq9,2026-01-05,,phq9_1,٢", "phq9_1", "not a number"),
    "two numbers": Bad("P1,phq9,2026-01-05,,phq9_1,1 2", "phq9_1", "not a number"),
    "a formula": Bad("P1,phq9,2026-01-05,,phq9_1,=1+1", "phq9_1", "not a number"),
    "markup": Bad("P1,phq9,2026-01-05,,phq9_1,<b>1</b>", "phq9_1", "not a number"),
    "not applicable where it is no answer": Bad(
        "P1,phq9,2026-01-05,,phq9_1,not applicable", "phq9_1", "is no answer to this item"
    ),
    "unknown item": Bad("P1,phq9,2026-01-05,,phq9_10,1", "phq9_10", "no such item"),
    "another measure's item": Bad("P1,phq9,2026-01-05,,gad7_1,1", "gad7_1", "no such item"),
    "an answer without its item": Bad("P1,phq9,2026-01-05,,,2", "", "without its item"),
    "unknown measure": Bad("P1,phq8,2026-01-05,,phq9_1,1", "measure_key", "no measure with"),
    "unknown patient": Bad("P999,phq9,2026-01-05,,phq9_1,1", "patient_id", "not registered"),
    "an id in other letters": Bad("p1,phq9,2026-01-05,,phq9_1,1", "patient_id", "not registered"),
    "no patient": Bad(",phq9,2026-01-05,,phq9_1,1", "patient_id", "is empty"),
    "an invisible character in the id": Bad(
        "P1\u200b,phq9,2026-01-05,,phq9_1,1", "patient_id", "cannot be seen"
    ),
    "a space that is none": Bad("P\u00a01,phq9,2026-01-05,,phq9_1,1", "patient_id", "cannot be"),
    "other digits in the id": Bad("P１,phq9,2026-01-05,,phq9_1,1", "patient_id", "not 0-9"),
    "an endless id": Bad(f"{'P' * 201},phq9,2026-01-05,,phq9_1,1", "patient_id", "longer than"),
    "tomorrow": Bad("P1,phq9,2026-04-01,,phq9_1,1", "completed_on", "in the future"),
    "before birth": Bad("P1,phq9,1959-12-31,,phq9_1,1", "completed_on", "before the patient was"),
    "long before": Bad("P1,phq9,1889-12-31,,phq9_1,1", "completed_on", "before 1900"),
    "no date": Bad("P1,phq9,,,phq9_1,1", "completed_on", "the date is empty"),
    "day or month first": Bad("P1,phq9,03/04/2026,,phq9_1,1", "completed_on", "not a date"),
    "a date without dashes": Bad("P1,phq9,20260105,,phq9_1,1", "completed_on", "not a date"),
    "no such day": Bad("P1,phq9,2026-02-30,,phq9_1,1", "completed_on", "no such day"),
    "no such year": Bad("P1,phq9,0000-01-05,,phq9_1,1", "completed_on", "no such day"),
    "no such hour": Bad("P1,phq9,2026-01-05T24:00:00Z,,phq9_1,1", "completed_on", "no such day"),
    "no such offset": Bad(
        "P1,phq9,2026-01-05T10:00:00+25:00,,phq9_1,1", "completed_on", "no such day or time"
    ),
    "a time without its offset": Bad(
        "P1,phq9,2026-01-05T09:30:00,,phq9_1,1", "completed_on", "no offset from UTC"
    ),
    "a date in other digits": Bad("P1,phq9,２０２６-01-05,,phq9_1,1", "completed_on", "not a date"),
}
GOOD_ROWS = [
    "P2,phq9,2026-01-05,,phq9_1,3.0",
    "P2,phq9,2026-01-05,, phq9_2 , 2 ",
    "P2,phq9,2026-03-31,,phq9_3,declined",
    "P2,care,2026-01-05,,care_1,not applicable",
    "123,phq9,2026-01-05,,phq9_1,0",
    "00123,phq9,2026-01-05,,phq9_1,1",
    "1E5,phq9,2026-01-05,,phq9_1,2",
    "100000,phq9,2026-01-05,,phq9_1,3",
    f"{unicodedata.normalize('NFD', 'Zoë')},phq9,2026-01-05,,phq9_1,1",
]
WHAT_THE_GOOD_ROWS_SAY = [
    ("00123", date(2026, 1, 5), "phq9_1", 1, "answered"),
    ("100000", date(2026, 1, 5), "phq9_1", 3, "answered"),
    ("123", date(2026, 1, 5), "phq9_1", 0, "answered"),
    ("1E5", date(2026, 1, 5), "phq9_1", 2, "answered"),
    ("P2", date(2026, 1, 5), "care_1", None, "not_applicable"),
    ("P2", date(2026, 1, 5), "phq9_1", 3, "answered"),
    ("P2", date(2026, 1, 5), "phq9_2", 2, "answered"),
    ("P2", date(2026, 3, 31), "phq9_3", None, "declined"),
    ("Zoë", date(2026, 1, 5), "phq9_1", 1, "answered"),
]
BAD_SCORES = {
    "beyond the scale": Bad("P1,hads,anxiety,2026-01-05,22", "anxiety", "22 is outside 0–21"),
    "no number": Bad("P1,hads,anxiety,2026-01-05,high", "anxiety", "not a number"),
    "declined": Bad("P1,hads,anxiety,2026-01-05,declined", "anxiety", "not a number"),
    "unknown scale": Bad("P1,hads,stress,2026-01-05,5", "stress", "no such scale"),
    "no scale": Bad("P1,hads,,2026-01-05,5", "", "no such scale"),
    "scale of another measure": Bad("P1,hads,pain,2026-01-05,5", "pain", "no such scale"),
    "unknown patient": Bad("P999,hads,anxiety,2026-01-05,5", "patient_id", "not registered"),
}


@pytest.fixture(scope="module")
def refused(people_store: Path, tmp_path_factory: pytest.TempPathFactory) -> ImportReport:
    """All bad rows among good ones, offered at once; nothing of it is taken."""
    clinic = Centre(people_store, tmp_path_factory.mktemp("desk"))
    before = clinic.contents()
    report = clinic.take(
        clinic.read(LONG, *(bad.row for bad in BAD_ROWS.values()), *GOOD_ROWS, name="answers.csv"),
        clinic.read(SCORES_ONLY, *(bad.row for bad in BAD_SCORES.values()), name="scores.csv"),
        today=TODAY,
    )
    assert clinic.contents() == before
    return report


def test_one_bad_row_keeps_all_files_out(refused: ImportReport) -> None:
    assert not refused.stored
    assert refused.snapshot is None
    answers, scores = refused.files
    assert (answers.rows_refused, scores.rows_refused) == (len(BAD_ROWS), len(BAD_SCORES))
    assert answers.rows_read == len(BAD_ROWS) + len(GOOD_ROWS)
    assert "--accept-good-rows" in refused.verdict


@pytest.mark.parametrize("kind", BAD_ROWS)
def test_a_bad_answer_is_refused_with_its_reason(refused: ImportReport, kind: str) -> None:
    row = list(BAD_ROWS).index(kind) + 2
    (found,) = [one for one in refused.refused if (one.file, one.row) == ("answers.csv", row)]
    assert found.column == BAD_ROWS[kind].column
    assert BAD_ROWS[kind].reason in found.reason
    assert found.what_to_do


@pytest.mark.parametrize("kind", BAD_SCORES)
def test_a_bad_score_is_refused_with_its_reason(refused: ImportReport, kind: str) -> None:
    row = list(BAD_SCORES).index(kind) + 2
    (found,) = [one for one in refused.refused if (one.file, one.row) == ("scores.csv", row)]
    assert found.column == BAD_SCORES[kind].column
    assert BAD_SCORES[kind].reason in found.reason
    assert found.what_to_do


def test_a_row_with_several_faults_gets_a_reason_for_each(clinic: Centre) -> None:
    report = clinic.hand_in(LONG, "P999,phq9,03/04/2026,,phq9_1,7")
    assert {column for _, column, _ in reasons(report)} == {"patient_id", "completed_on", "phq9_1"}
    assert counts(report) == (1, 0, 1, 0)


def test_the_good_rows_enter_when_asked_for_and_no_other(clinic: Centre) -> None:
    report = clinic.hand_in(
        LONG,
        *(bad.row for bad in BAD_ROWS.values()),
        *GOOD_ROWS,
        accept_good_rows=True,
        today=TODAY,
    )
    assert report.stored
    assert (report.rows_accepted, report.rows_refused) == (len(GOOD_ROWS), len(BAD_ROWS))
    assert (
        clinic.look(
            "select a.patient_id, completed_on, item_key, value, state "
            "from answer as a join assessment using (assessment_id) order by all"
        )
        == WHAT_THE_GOOD_ROWS_SAY
    )


# Dates and times


def test_a_moment_is_kept_in_utc_beside_the_local_day(clinic: Centre) -> None:
    """A form filled in late in the evening belongs to that evening, wherever UTC already is."""
    report = clinic.hand_in(
        LONG,
        "P1,phq9,2026-01-05T23:30:00-05:00,,phq9_1,1",
        "P2,phq9,2026-01-05T00:15+02:00,,phq9_1,1",
        "P3,phq9,2026-01-05T12:00:00.75Z,,phq9_1,1",
    )
    assert report.stored, report.refused
    assert clinic.look(
        "select patient_id, completed_on, completed_at from assessment order by patient_id"
    ) == [
        ("P1", date(2026, 1, 5), datetime(2026, 1, 6, 4, 30)),
        ("P2", date(2026, 1, 5), datetime(2026, 1, 4, 22, 15)),
        ("P3", date(2026, 1, 5), datetime(2026, 1, 5, 12, 0)),
    ]


def test_two_forms_of_one_day_are_told_apart_by_their_time(clinic: Centre) -> None:
    report = clinic.hand_in(
        LONG,
        "P1,phq9,2026-01-05T09:00:00+01:00,,phq9_1,1",
        "P1,phq9,2026-01-05T17:00:00+01:00,,phq9_1,2",
    )
    assert counts(report) == (2, 2, 0, 0)
    assert len(clinic.look("select * from assessment")) == 2


def test_the_same_moment_written_otherwise_is_the_same_form(clinic: Centre) -> None:
    report = clinic.hand_in(
        LONG,
        "P1,phq9,2026-01-05T09:00:00+01:00,,phq9_1,1",
        "P1,phq9,2026-01-05 08:00Z,,phq9_2,2",
        "P1,phq9,2026-01-05T10:00+0200,,phq9_3,3",
    )
    assert counts(report) == (3, 3, 0, 0)
    assert len(clinic.look("select * from assessment")) == 1


def test_waves_of_one_day_are_forms_of_their_own(clinic: Centre) -> None:
    clinic.hand_in(LONG, "P1,phq9,2026-01-05,before,phq9_1,1", "P1,phq9,2026-01-05,after,phq9_1,2")
    assert clinic.look("select wave from assessment order by wave") == [("after",), ("before",)]


# The same thing twice


def test_a_row_that_repeats_another_counts_as_a_duplicate(clinic: Centre) -> None:
    report = clinic.hand_in(WIDE, f"P1,2026-01-05,{FULL_FORM}", f"P1,2026-01-05,{FULL_FORM}")
    assert counts(report) == (2, 1, 0, 1)
    assert len(clinic.look("select * from answer")) == 9


def test_two_rows_that_disagree_are_named(clinic: Centre) -> None:
    report = clinic.hand_in(WIDE, f"P1,2026-01-05,{FULL_FORM}", "P1,2026-01-05,1,2,3,0,1,2,3,1,1")
    assert not report.stored
    assert reasons(report) == [(3, "phq9_9", "row 2 already gives this form another value")]


def test_a_file_that_repeats_another_adds_nothing(clinic: Centre) -> None:
    first = clinic.read(WIDE, f"P1,2026-01-05,{FULL_FORM}", name="a.csv")
    second = clinic.read(
        LONG, "P1,phq9,2026-01-05,,phq9_1,1", "P1,phq9,2026-01-05,,phq9_2,2", name="b.csv"
    )
    report = clinic.take(first, second)
    assert [(file.rows_accepted, file.duplicates) for file in report.files] == [(1, 0), (0, 2)]
    assert clinic.look("select distinct batch_id from answer") == [(4,)]


def test_files_that_disagree_name_each_other(clinic: Centre) -> None:
    first = clinic.read(WIDE, f"P1,2026-01-05,{FULL_FORM}", name="a.csv")
    second = clinic.read(LONG, "P1,phq9,2026-01-05,,phq9_1,3", name="b.csv")
    report = clinic.take(first, second)
    assert not report.stored
    assert [
        (one.file, *reason) for one, reason in zip(report.refused, reasons(report), strict=True)
    ] == [("b.csv", 2, "phq9_1", "row 2 of a.csv already gives this form another value")]


def test_the_same_file_again_changes_nothing(clinic: Centre) -> None:
    rows = [f"P1,2026-01-05,{FULL_FORM}", "P2,2026-01-05,,,,,,,,,"]
    assert clinic.hand_in(WIDE, *rows).stored
    before = clinic.contents()
    again = clinic.hand_in(WIDE, *rows)
    assert not again.stored
    assert counts(again) == (2, 0, 0, 2)
    assert "already" in again.verdict
    assert clinic.contents() == before


def test_another_value_than_the_stored_one_is_a_conflict(clinic: Centre) -> None:
    clinic.hand_in(WIDE, f"P1,2026-01-05,{FULL_FORM}")
    report = clinic.hand_in(WIDE, "P1,2026-01-05,3,2,3,0,1,2,3,1,0")
    assert not report.stored
    assert reasons(report) == [(2, "phq9_1", "another value is stored for this form already")]
    assert clinic.look("select value from answer where item_key = 'phq9_1'") == [(1,)]


def test_what_is_superseded_is_kept(clinic: Centre) -> None:
    clinic.hand_in(LONG, "P1,phq9,2026-01-05,,phq9_1,1", "P1,phq9,2026-01-05,,phq9_2,declined")
    clinic.hand_in(SCORES_ONLY, "P1,hads,anxiety,2026-01-05,7")
    first, second = clinic.look("select distinct batch_id from assessment order by all")
    report = clinic.hand_in(
        LONG,
        "P1,phq9,2026-01-05,,phq9_2,2",
        "P1,phq9,2026-01-05,,phq9_1,3",
        "P1,phq9,2026-01-05,,phq9_3,0",
        supersede=True,
    )
    assert counts(report) == (3, 3, 0, 0)
    assert clinic.hand_in(SCORES_ONLY, "P1,hads,anxiety,2026-01-05,8", supersede=True).stored
    last = clinic.look("select max(batch_id) from import_batch")[0][0]
    assert clinic.look(
        "select kind, split_part(key, '/', 2), old_value, batch_id, source_row, replaced_by "
        "from superseded order by all"
    ) == [
        ("item", "phq9_1", "1.0", first[0], 2, last - 1),
        ("item", "phq9_2", "declined", first[0], 3, last - 1),
        ("scale", "anxiety", "7.0", second[0], 2, last),
    ]
    assert clinic.look("select item_key, value, source_row from answer order by item_key") == [
        ("phq9_1", 3, 3),
        ("phq9_2", 2, 2),
        ("phq9_3", 0, 4),
    ]
    assert clinic.look("select score from score where measure_key = 'hads'") == [(8,)]


def test_superseding_with_the_stored_value_changes_nothing(clinic: Centre) -> None:
    clinic.hand_in(WIDE, f"P1,2026-01-05,{FULL_FORM}")
    before = clinic.contents()
    assert not clinic.hand_in(WIDE, f"P1,2026-01-05,{FULL_FORM}", supersede=True).stored
    assert clinic.contents() == before


def test_a_value_that_only_a_refused_row_repeats_is_not_lost(clinic: Centre) -> None:
    """Row 2 is refused for its first answer, so row 3 has to bring the second one."""
    clinic.hand_in(LONG, "P1,phq9,2026-01-05,,phq9_1,0")
    report = clinic.hand_in(
        "patient_id,completed_on,phq9_1,phq9_2",
        "P1,2026-01-05,3,2",
        "P1,2026-01-05,,2",
        accept_good_rows=True,
    )
    assert counts(report) == (2, 1, 1, 0)
    assert clinic.look("select item_key, value, source_row from answer order by all") == [
        ("phq9_1", 0, 2),
        ("phq9_2", 2, 3),
    ]


def test_answers_that_come_later_complete_the_form(clinic: Centre) -> None:
    clinic.hand_in(LONG, *(f"P1,phq9,2026-01-05,,phq9_{n},1" for n in range(1, 5)))
    assert list(clinic.ask("scores")["status"]) == ["too_few_answers"]
    clinic.hand_in(LONG, *(f"P1,phq9,2026-01-05,,phq9_{n},1" for n in range(4, 10)))
    scores = clinic.ask("scores")
    assert scores[["score", "status", "items_answered"]].to_numpy().tolist() == [[9, "scored", 9]]


# Ready-made scores beside answers


def test_items_win_over_a_total_that_disagrees(clinic: Centre) -> None:
    report = clinic.hand_in(f"{WIDE},phq9_total", f"P1,2026-01-05,{FULL_FORM},15")
    assert report.stored
    assert report.totals_that_disagree == 1
    assert clinic.look("select score, status, stated, stated_differs from score") == [
        (13, "scored", 15, True)
    ]


def test_a_total_that_agrees_is_no_news(clinic: Centre) -> None:
    report = clinic.hand_in(f"{WIDE},phq9_total", f"P1,2026-01-05,{FULL_FORM},13")
    assert report.totals_that_disagree == 0
    assert clinic.look("select score, stated, stated_differs from score") == [(13, 13, False)]


def test_the_total_of_a_half_filled_form_is_not_taken(clinic: Centre) -> None:
    """Somebody added up five answers as if the other four were 0: that is no score."""
    report = clinic.hand_in(f"{WIDE},phq9_total", "P1,2026-01-05,1,1,1,1,1,,,,,5")
    assert report.totals_that_disagree == 1
    assert clinic.look("select score, status, stated, items_answered, band from score") == [
        (None, "too_few_answers", 5, 5, None)
    ]


def test_a_total_that_came_with_its_safety_item_alone_is_taken(clinic: Centre) -> None:
    clinic.hand_in("patient_id,completed_on,phq9_9,phq9_total", "P1,2026-01-05,1,12")
    assert clinic.look("select score, status, band, stated_differs from score") == [
        (12, "imported", "moderate", False)
    ]
    assert clinic.look("select item_key, value from answer") == [("phq9_9", 1)]


def test_a_safety_item_alone_is_no_score(clinic: Centre) -> None:
    clinic.hand_in(LONG, "P1,phq9,2026-01-05,,phq9_9,2")
    assert clinic.look("select score, status, items_answered from score") == [
        (None, "too_few_answers", 1)
    ]


def test_only_the_scales_that_were_exported_get_a_row(clinic: Centre) -> None:
    clinic.hand_in(SCORES_ONLY, "P1,phq4,anxiety,2026-01-05,4")
    assert clinic.look("select scale_key, score, status from score") == [("anxiety", 4, "imported")]


# Forms with nothing on them


def test_an_empty_form_is_an_assessment_without_a_score(clinic: Centre) -> None:
    report = clinic.hand_in(WIDE, "P1,2026-01-05,,,,,,,,,", f"P2,2026-01-05,{FULL_FORM}")
    assert counts(report) == (2, 2, 0, 0)
    assert clinic.look("select score, status, items_answered from score where score is null") == [
        (None, "too_few_answers", 0)
    ]
    assert clinic.look("select patient_id, count(*) from answer group by all") == [("P2", 9)]


def test_a_form_that_was_declined_altogether_is_an_assessment(clinic: Centre) -> None:
    clinic.hand_in(WIDE, f"P1,2026-01-05,{','.join(['declined'] * 9)}")
    assert clinic.look("select status, items_answered from score") == [("too_few_answers", 0)]
    assert clinic.look("select state, count(*) from answer group by all") == [("declined", 9)]


def test_a_measure_that_was_not_given_leaves_nothing(clinic: Centre) -> None:
    clinic.hand_in(
        "patient_id,completed_on,phq4_1,phq4_2,phq4_3,phq4_4,distress_0_10_1",
        "P1,2026-01-05,,,,,7",
    )
    assert clinic.look("select measure_key from assessment") == [("distress_0_10",)]


# Patients and the rest of the people


def test_a_blank_never_erases_and_fills_what_was_blank(clinic: Centre) -> None:
    report = clinic.hand_in(
        "patient_id,initials,birth_year,sex,site", "P1,,,,", "P3,XY,1980,,West", "P2,CD,,male,"
    )
    assert counts(report) == (3, 1, 0, 2)
    assert clinic.look(
        "select patient_id, initials, birth_year, sex, site, status from patient "
        "where patient_id in ('P1', 'P3') order by all"
    ) == [
        ("P1", "AB", 1960, "female", "North", "active"),
        ("P3", "XY", 1980, None, "West", "active"),
    ]


def test_another_value_for_a_patient_is_a_conflict_until_superseded(clinic: Centre) -> None:
    rows = ("patient_id,birth_year,status,status_on", "P1,1961,deceased,2026-01-01")
    report = clinic.hand_in(*rows)
    assert not report.stored
    assert reasons(report) == [
        (2, "patient_id", "this patient is already registered with other values")
    ]
    assert clinic.hand_in(*rows, supersede=True).stored
    assert clinic.look("select birth_year, status, site from patient where patient_id = 'P1'") == [
        (1961, "deceased", "North")
    ]
    ((kind, key, old),) = clinic.look("select kind, key, old_value from superseded")
    assert (kind, key) == ("patient", "P1")
    assert '"birth_year":1960' in old.replace(" ", "")


def test_two_rows_of_one_import_that_disagree_about_a_patient_are_both_refused(
    clinic: Centre,
) -> None:
    one = clinic.read("patient_id,birth_year", "P7,1960", "P8,1970", "P8,1970", name="one.csv")
    other = clinic.read("patient_id,birth_year", "P7,1961", name="other.csv")
    report = clinic.take(one, other)
    assert [(refused.file, refused.row) for refused in report.refused] == [
        ("one.csv", 2),
        ("other.csv", 2),
    ]
    assert "2 of other.csv" in report.refused[0].reason
    assert [
        (file.rows_read, file.rows_accepted, file.rows_refused, file.duplicates)
        for file in report.files
    ] == [(3, 1, 1, 1), (1, 0, 1, 0)]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("P9,1899,,,,", "birth_year"),
        ("P9,61,,,,", "birth_year"),
        ("P9,,F,,,", "sex"),
        ("P9,,,01/02/2026,,", "treatment_started_on"),
        ("P9,,,2026-02-01,2026-01-01,", "treatment_ended_on"),
        ("P9,,,,,maybe", "lives_alone"),
        ("\u200d,,,,,", "patient_id"),
    ],
)
def test_a_patient_that_cannot_be_right_is_refused(clinic: Centre, row: str, column: str) -> None:
    report = clinic.hand_in(
        "patient_id,birth_year,sex,treatment_started_on,treatment_ended_on,lives_alone", row
    )
    assert not report.stored
    assert [(number, name) for number, name, _ in reasons(report)] == [(2, column)]


def test_new_patients_are_registered_with_nothing_but_their_id(clinic: Centre) -> None:
    rows = (LONG, "N1,phq9,2026-01-05,,phq9_1,1", "N1,phq9,2026-01-05,,phq9_2,1")
    assert clinic.hand_in(*rows).unknown_patients == 1
    report = clinic.hand_in(*rows, new_patients=True)
    assert report.stored
    assert report.unknown_patients == 1
    assert clinic.look(
        "select initials, birth_year, site, status from patient where patient_id = 'N1'"
    ) == [(None, None, None, "active")]


def test_nobody_is_registered_for_rows_that_are_all_refused(clinic: Centre) -> None:
    """A mistyped id with a mistyped answer must not become a patient without any form."""
    report = clinic.hand_in(
        LONG,
        "N1,phq9,2026-01-05,,phq9_1,9",
        "N2,phq9,2026-01-05,,phq9_1,9",
        "N2,phq9,2026-01-05,,phq9_2,1",
        new_patients=True,
        accept_good_rows=True,
    )
    assert counts(report) == (3, 1, 2, 0)
    assert clinic.look("select patient_id from patient where starts_with(patient_id, 'N')") == [
        ("N2",)
    ]


def test_patients_and_their_forms_enter_together(centre: Centre) -> None:
    forms = centre.read(WIDE, f"P1,2026-01-05,{FULL_FORM}", name="forms.csv")
    patients = centre.read("patient_id,birth_year", "P1,1960", name="patients.csv")
    report = centre.take(forms, patients)
    assert report.stored, report.refused
    assert report.unknown_patients == 0


def test_a_first_import_that_is_refused_leaves_no_store(centre: Centre) -> None:
    assert not centre.hand_in(WIDE, f"P1,2026-01-05,{FULL_FORM}").stored
    assert centre.contents() == {}


EVENTS = "patient_id,occurred_on,kind,ended_on,program_key,person_id,detail"


def test_an_event_without_an_id_is_known_by_what_it_says(clinic: Centre) -> None:
    rows = (
        EVENTS,
        "P1,2026-01-05,contact,,,nurse-1,by phone",
        "P1,2026-01-05,contact,,,nurse-1,by phone",
        "P1,2026-01-05,contact,,,nurse-2,by phone",
    )
    assert counts(clinic.hand_in(*rows)) == (3, 2, 0, 1)
    assert counts(clinic.hand_in(*rows)) == (3, 0, 0, 3)
    assert len(clinic.look("select * from event")) == 2


def test_one_event_cannot_end_on_two_days(clinic: Centre) -> None:
    report = clinic.hand_in(
        EVENTS, "P1,2026-01-05,radiotherapy,2026-02-01,,,", "P1,2026-01-05,radiotherapy,,,,"
    )
    assert reasons(report) == [(3, "ended_on", "another row gives the same event another last day")]


def test_another_telling_of_an_event_is_a_conflict_until_superseded(clinic: Centre) -> None:
    clinic.hand_in(f"event_id,{EVENTS}", "e1,P1,2026-01-05,contact,,,,")
    rows = (f"event_id,{EVENTS}", "e1,P1,2026-01-06,contact,,,,")
    assert reasons(clinic.hand_in(*rows)) == [
        (2, "event_id", "this event is already stored with other values")
    ]
    assert clinic.hand_in(*rows, supersede=True).stored
    assert clinic.look("select event_id, occurred_on from event") == [("e1", date(2026, 1, 6))]
    assert clinic.look("select kind, key from superseded") == [("event", "e1")]


def test_an_event_of_nobody_is_refused(clinic: Centre) -> None:
    report = clinic.hand_in(EVENTS, "P999,2026-01-05,contact,,,,", "P1,2026-01-05,party,,,,")
    assert [(row, column) for row, column, _ in reasons(report)] == [(2, "patient_id"), (3, "kind")]


PANEL = "person_id,patient_id,from_on,until_on"


def test_an_event_is_neither_of_tomorrow_nor_from_before_birth(clinic: Centre) -> None:
    report = clinic.hand_in(
        "patient_id,occurred_on,kind", "P1,2999-01-05,contact", "P1,1950-01-05,contact"
    )
    assert [refusal.reason for refusal in report.refused] == [
        "this date is in the future",
        "this is before the patient was born",
    ]


def test_an_assignment_needs_its_person_and_its_patient(clinic: Centre) -> None:
    report = clinic.hand_in(PANEL, "nurse-9,P1,,", "nurse-1,P999,,", "nurse-1,P1,,")
    assert [(row, column) for row, column, _ in reasons(report)] == [
        (2, "person_id"),
        (3, "patient_id"),
    ]


def test_an_assignment_can_be_ended_and_its_end_corrected(clinic: Centre) -> None:
    assert counts(clinic.hand_in(PANEL, "nurse-1,P1,2026-01-01,")) == (1, 1, 0, 0)
    assert counts(clinic.hand_in(PANEL, "nurse-1,P1,2026-01-01,")) == (1, 0, 0, 1)
    ended = (PANEL, "nurse-1,P1,2026-01-01,2026-02-01")
    assert counts(clinic.hand_in(*ended)) == (1, 1, 0, 0)
    assert counts(clinic.hand_in(*ended)) == (1, 0, 0, 1)
    corrected = (PANEL, "nurse-1,P1,2026-01-01,2026-03-01")
    assert reasons(clinic.hand_in(*corrected)) == [
        (2, "until_on", "this assignment is already stored with another last day")
    ]
    assert clinic.hand_in(*corrected, supersede=True).stored
    assert clinic.look("select from_on, until_on from panel_assignment") == [
        (date(2026, 1, 1), date(2026, 3, 1))
    ]
    assert clinic.look("select kind, key from superseded") == [("panel", "nurse-1/P1/2026-01-01")]


def test_programs_are_kept_with_what_they_give(clinic: Centre) -> None:
    header = "program_key,name,kind,support_types,source,site"
    report = clinic.hand_in(
        header,
        "evening,,group,,,",
        "walk,Walking group,group,belonging;esteem,community,South",
    )
    assert reasons(report) == [(2, "name", "this is empty")]
    clinic.hand_in(header, "walk,Walking group,group,belonging;esteem,community,South")
    assert clinic.look("select support_types from program where program_key = 'walk'") == [
        (["belonging", "esteem"],)
    ]
    assert reasons(clinic.hand_in(header, "walk,Running group,,,,")) == [
        (2, "program_key", "this program is already registered with other values")
    ]


def test_a_role_does_not_change_unasked(clinic: Centre) -> None:
    rows = ("person_id,name,role", "nurse-1,Anna,steward")
    assert reasons(clinic.hand_in(*rows)) == [
        (2, "person_id", "this person is already registered with other values")
    ]
    assert clinic.hand_in(*rows, supersede=True).stored
    assert clinic.look("select role, site from staff where person_id = 'nurse-1'") == [
        ("steward", "North")
    ]


# What is kept of the refused


def test_refused_rows_are_kept_as_they_came_and_can_be_mended(clinic: Centre) -> None:
    clinic.hand_in(
        f"patient_id,completed_on,wave,{PHQ9}",
        f'P1,2026-01-05,"first, ""early""",{FULL_FORM}',
        ' P2 ,2026-01-05,"first, ""early""",9,2,3,0,1,2,3,1,0',
        f"P3,2026-01-05,,{FULL_FORM}",
        accept_good_rows=True,
    )
    batch = clinic.look("select max(batch_id) from import_batch")[0][0]
    kept = clinic.ask("refused_lines", batch_id=batch)
    assert list(kept["file_name"]) == ["forms.csv"]
    header, line, *rest = kept["lines"].iloc[0].splitlines()
    assert header == f"patient_id,completed_on,wave,{PHQ9}"
    assert line == ' P2 ,2026-01-05,"first, ""early""",9,2,3,0,1,2,3,1,0'
    assert not rest
    told = clinic.ask("refused_rows", batch_id=batch)
    assert told[["row", "column", "value"]].to_numpy().tolist() == [[3, "phq9_1", "9"]]

    mended = clinic.hand_in(header, line.replace(",9,2,", ",0,2,"))
    assert counts(mended) == (1, 1, 0, 0)
    assert sorted(clinic.ask("scores")["patient_id"]) == ["P1", "P2", "P3"]


def test_nothing_is_kept_when_nothing_was_refused(clinic: Centre) -> None:
    clinic.hand_in(WIDE, f"P1,2026-01-05,{FULL_FORM}")
    assert clinic.look("select count(*) from refused_lines") == [(0,)]


def test_a_reason_names_the_column_of_the_file(clinic: Centre, tmp_path: Path) -> None:
    """With a map the reader knows the file's own names, not ours."""
    table = tmp_path / "map.toml"
    table.write_text(
        'measure = "phq9"\npatient_id = "ID"\ncompleted_on = "Day"\n[items]\nphq9_1 = "Q1"\n',
        "utf-8",
    )
    mapping = load_map(table, catalogue_of(clinic.store))
    rows = clinic.read("ID,Day,Q1", "P1,2026-01-05,8", "P999,2026-02-30,1", mapping=mapping)
    report = clinic.take(rows, accept_good_rows=True)
    assert [(row, column) for row, column, _ in reasons(report)] == [
        (2, "Q1"),
        (3, "Day"),
        (3, "ID"),
    ]


def test_only_refused_rows_store_nothing(clinic: Centre) -> None:
    before = clinic.contents()
    report = clinic.hand_in(LONG, "P1,phq9,2026-01-05,,phq9_1,9", accept_good_rows=True)
    assert not report.stored
    assert clinic.contents() == before


# Counting


def a_mixed_file(random: Random) -> Iterator[str]:
    """Rows of every kind: new, repeated, disagreeing, stored, bad in one way or in several."""
    for _ in range(120):
        patient = random.choice(["P1", "P2", "P3", "P999"])
        day = random.choice(["2026-01-05", "2026-01-06", "2026-02-30"])
        answers = [random.choice(["", "0", "1", "2", "5", "declined"]) for _ in range(2)]
        yield f"{patient},{day},{','.join(answers)}"


@pytest.mark.parametrize("seed", range(3))
def test_every_row_is_accepted_or_refused_or_a_duplicate(clinic: Centre, seed: int) -> None:
    random = Random(seed)
    header = "patient_id,completed_on,phq4_1,phq4_2"
    clinic.hand_in(header, "P1,2026-01-05,1,1", "P2,2026-01-06,0,")
    files = [clinic.read(header, *a_mixed_file(random), name=f"{name}.csv") for name in "ab"]
    report = clinic.take(*files, accept_good_rows=True)
    kinds: Counter[str] = Counter()
    for file in report.files:
        assert file.rows_read == file.rows_accepted + file.rows_refused + file.duplicates == 120
        kinds += Counter(new=file.rows_accepted, bad=file.rows_refused, again=file.duplicates)
    assert min(kinds.values()) > 0
    history = clinic.ask("import_history").set_index("file_name").loc[["a.csv", "b.csv"]]
    columns = ["rows_read", "rows_accepted", "rows_refused", "duplicates"]
    assert history[columns].to_numpy().tolist() == [
        [file.rows_read, file.rows_accepted, file.rows_refused, file.duplicates]
        for file in report.files
    ]
    assert len(clinic.look("select assessment_id, item_key from answer")) == len(
        clinic.look("select distinct assessment_id, item_key from answer")
    )


def test_each_answer_says_where_it_came_from(clinic: Centre) -> None:
    clinic.hand_in(WIDE, "P2,2026-01-05,,,,,,,,,", f"P1,2026-01-05,{FULL_FORM}", name="round1.csv")
    assert clinic.look(
        "select distinct file_name, a.source_row, person, form from answer as a "
        "join import_batch as b using (batch_id)"
    ) == [("round1.csv", 3, "nurse-1", "csv")]


DIRECTORY = (
    "resource_key,name,support_types,min_age,languages,contact,program_key",
    "line,Night line,emotional;esteem,18,English;Greek,call us,evening",
)


def test_a_directory_is_taken_in_and_known_again(clinic: Centre) -> None:
    assert counts(clinic.hand_in(*DIRECTORY)) == (1, 1, 0, 0)
    assert clinic.look(
        "select resource_key, name, support_types, source, min_age, max_age, languages, site, "
        "phases, capacity, contact, program_key, batch_id, source_row from resource"
    ) == [
        (
            *("line", "Night line", ["emotional", "esteem"], None, 18, None),
            *(["English", "Greek"], None, [], None, "call us", "evening", 4, 2),
        )
    ]
    before = clinic.newest()
    again = clinic.hand_in(*DIRECTORY)
    assert counts(again) == (1, 0, 0, 1)
    assert clinic.newest() == before


def test_another_telling_of_a_resource_is_a_conflict_until_superseded(clinic: Centre) -> None:
    """A limit left blank is no limit, so a blank counts as another value."""
    clinic.hand_in(*DIRECTORY)
    rows = (DIRECTORY[0], "line,Night line,emotional,,,call us,")
    refused = clinic.hand_in(*rows)
    assert not refused.stored
    assert reasons(refused) == [
        (2, "resource_key", "this resource is already in the directory with other values")
    ]
    assert clinic.hand_in(*rows, supersede=True).stored
    assert clinic.look(
        "select name, support_types, min_age, languages, program_key from resource"
    ) == [("Night line", ["emotional"], None, [], None)]
    ((kind, key, old),) = clinic.look("select kind, key, old_value from superseded")
    assert (kind, key) == ("resource", "line")
    assert '"min_age":18' in old.replace(" ", "")
    again = clinic.hand_in(*rows, supersede=True)
    assert counts(again) == (1, 0, 0, 1)


def test_a_resource_of_an_unknown_program_is_refused(clinic: Centre) -> None:
    """A slip in the key would otherwise count as a resource that nobody ever takes up."""
    report = clinic.hand_in(DIRECTORY[0], "line,Night line,emotional,,,,evenings")
    assert reasons(report) == [(2, "program_key", "this program is not registered")]
    programs = clinic.read("program_key,name", "evenings,Evenings", name="programs.csv")
    directory = clinic.read(
        DIRECTORY[0], "line,Night line,emotional,,,,evenings", name="directory.csv"
    )
    assert clinic.take(directory, programs).stored
