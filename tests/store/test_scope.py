"""Nobody sees a row of anybody else's patients, by whichever road they ask."""

import random
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from dashboard.errors import AccessRefused
from dashboard.store import OPERATOR, Scope, Store
from dashboard.store.connection import CATALOG, open_for_reading
from dashboard.store.people import scope_of
from dashboard.store.queries import FOLDER, query_named, query_names
from dashboard.store.scope import open_scope
from tests.store.centre import LONG, Centre
from tests.test_queries import params_of

AS_OF = date(2026, 6, 30)
ABOUT_ONE_PATIENT = [name for name in query_names() if "patient_ref" in query_named(name).params]
ABOUT_ALL = [
    name
    for name in query_names()
    if name not in ABOUT_ONE_PATIENT
    and {"patient_id", "patient_ref"} & query_named(name).returns.keys()
]
PAIRS = 1_000
# The pages about groups count as this role, for managers and for others.
SERVICE = Scope("manager-1", "service")


@dataclass(frozen=True)
class Known:
    """What the operator knows about the sample: who is who, and whose patient is whose."""

    refs: dict[str, str]
    people: list[Scope]
    panels: dict[str, set[str]]


@pytest.fixture(scope="module")
def known(sample_store: Store) -> Known:
    everyone = sample_store.query("patients_in_scope", OPERATOR)
    staff = sample_store.query("people", OPERATOR)
    assigned = of_catalog(
        sample_store,
        "select person_id, list(patient_id) from clinical.panel_assignment "
        "where (from_on is null or from_on <= today()) "
        "and (until_on is null or until_on >= today()) group by person_id",
    )
    return Known(
        refs=dict(zip(everyone["patient_id"], everyone["patient_ref"], strict=True)),
        people=[
            scope_of(sample_store, person)
            for person in staff["person_id"][staff["role"].isin(["nurse", "psychologist"])]
        ],
        panels={person: set(patients) for person, patients in assigned},
    )


def of_catalog(store: Store, sql: str) -> list[tuple[Any, ...]]:
    connection = open_for_reading(store.newest().path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def asked(name: str, ref: str = "x") -> dict[str, Any]:
    """A value for each parameter of a query."""
    return dict(params_of(name, ref, AS_OF))


def patients_named(found: pd.DataFrame, known: Known) -> set[str]:
    """The patients that an answer names, by their id or their reference."""
    ids = set(found["patient_id"].dropna()) if "patient_id" in found else set()
    refs = set(found["patient_ref"].dropna()) if "patient_ref" in found else set()
    return ids | {patient for patient, ref in known.refs.items() if ref in refs}


# Closed by default


@pytest.mark.parametrize("name", query_names())
def test_without_a_scope_there_is_no_table(sample_store: Store, name: str) -> None:
    connection = open_for_reading(sample_store.newest().path)
    try:
        with pytest.raises(duckdb.CatalogException):
            connection.cursor().execute(query_named(name).sql, asked(name))
    finally:
        connection.close()


def test_a_scope_ends_with_its_cursor(sample_store: Store) -> None:
    connection = open_for_reading(sample_store.newest().path)
    try:
        cursor = connection.cursor()
        open_scope(cursor, OPERATOR)
        assert cursor.execute("select count(*) from patient").fetchall() == [(600,)]
        cursor.close()
        with pytest.raises(duckdb.CatalogException):
            connection.cursor().execute("select count(*) from patient")
    finally:
        connection.close()


def test_a_question_opens_only_what_it_names(sample_store: Store) -> None:
    connection = open_for_reading(sample_store.newest().path)
    try:
        cursor = connection.cursor()
        open_scope(cursor, Scope("nurse-1", "nurse"), "select * from due_list(today())")
        made = cursor.execute(
            "select view_name from duckdb_views() where temporary and not internal"
        )
        assert {name for (name,) in made.fetchall()} == {"patient", "next_form"}
    finally:
        connection.close()


@pytest.mark.parametrize("name", query_names())
def test_no_query_reaches_past_its_scope(name: str) -> None:
    words = re.sub(r"--.*", "", query_named(name).sql)
    assert not re.search(rf"\b{CATALOG}\s*\.|\b(attach|copy|install|load|set|use)\b", words)
    assert query_named(name).sql == (FOLDER / f"{name}.sql").read_text("utf-8")


# A nurse's and a psychologist's own panel


def test_a_thousand_pairs_of_person_and_patient(sample_store: Store, known: Known) -> None:
    """Each query about one patient answers for the person's own and stays silent on others.

    Every pair asks who the patient is; the longer questions take turns on every fourth.
    """
    assert len(ABOUT_ONE_PATIENT) >= 5
    choose, questions = random.Random(4), len(ABOUT_ONE_PATIENT)
    own = foreign = 0
    for number in range(PAIRS):
        person = choose.choice(known.people)
        patient = choose.choice(list(known.refs))
        name = "patient_header" if number % 4 else ABOUT_ONE_PATIENT[number // 4 % questions]
        found = sample_store.query(name, person, **asked(name, known.refs[patient]))
        if patient in known.panels.get(person.person_id, set()):
            own += 1
            assert name != "patient_header" or list(found["patient_id"]) == [patient]
        else:
            foreign += 1
            assert found.empty, (person, name)
    assert min(own, foreign) > 20


def test_what_lists_patients_lists_only_ones_own(sample_store: Store, known: Known) -> None:
    for person in known.people:
        own = known.panels.get(person.person_id, set())
        listed = sample_store.query("patients_in_scope", person)
        assert set(listed["patient_id"]) == own
        for name in ABOUT_ALL:
            found = sample_store.query(name, person, **asked(name))
            assert patients_named(found, known) <= own, name


@pytest.mark.parametrize("name", ABOUT_ALL)
def test_a_person_without_a_panel_sees_nobody(sample_store: Store, known: Known, name: str) -> None:
    nobody, everybody = Scope("nobody", "nurse"), set(known.refs)
    assert patients_named(sample_store.query(name, nobody, **asked(name)), known) == set()
    named = patients_named(sample_store.query(name, OPERATOR, **asked(name)), known)
    assert named
    assert named <= everybody


@pytest.mark.parametrize("name", ABOUT_ALL)
def test_a_page_about_groups_never_hears_which_patient(
    sample_store: Store, known: Known, name: str
) -> None:
    """The ids there are stand-ins, made for counting people."""
    found = sample_store.query(name, SERVICE, **asked(name))
    assert not patients_named(found, known) & known.refs.keys()


def test_an_assignment_opens_the_patient_from_its_first_to_its_last_day(clinic: Centre) -> None:
    today = date.today()
    tomorrow = today + timedelta(days=1)
    clinic.hand_in(
        "person_id,patient_id,from_on,until_on",
        f"nurse-1,P1,2026-01-01,{today - timedelta(days=1)}",
        f"nurse-1,P2,2026-01-01,{today}",
        "nurse-1,P3,2026-01-01,",
        f"nurse-1,123,{today},",
        f"nurse-1,00123,{tomorrow},",
        "nurse-2,P1,,",
    )
    clinic.hand_in(
        LONG, *(f"{who},phq9,2026-01-05,,phq9_1,1" for who in ("P1", "P2", "P3", "123", "00123"))
    )
    seen = {
        person: sorted(clinic.ask("scores", Scope(person, "nurse"))["patient_id"])
        for person in ("nurse-1", "nurse-2")
    }
    assert seen == {"nurse-1": ["123", "P2", "P3"], "nurse-2": ["P1"]}


def test_a_file_that_brought_no_form_of_the_panel_keeps_its_name(clinic: Centre) -> None:
    """The name of a file can be the name of its patient."""
    clinic.hand_in("person_id,patient_id", "nurse-1,P1", "nurse-2,P2", name="panel.csv")
    clinic.hand_in(LONG, "P1,phq9,2026-01-05,,phq9_1,1", name="Ada Byron.csv")
    clinic.hand_in(LONG, "P2,phq9,2026-01-05,,phq9_1,1", name="Carl Gauss.csv")
    clinic.hand_in(LONG, "P1,phq9,2026-01-05,,phq9_2,1", name="Ada again.csv")
    names = {
        person: set(clinic.ask("import_history", Scope(person, "nurse"))["file_name"])
        for person in ("nurse-1", "nurse-2")
    }
    assert names == {"nurse-1": {"Ada Byron.csv", "Ada again.csv"}, "nurse-2": {"Carl Gauss.csv"}}


@pytest.mark.parametrize("role", ["nurse", "psychologist", "service"])
def test_refused_rows_are_for_those_who_answer_for_the_data(clinic: Centre, role: Any) -> None:
    clinic.hand_in("person_id,patient_id", "nurse-1,P1")
    clinic.hand_in(
        LONG, "P1,phq9,2026-01-05,,phq9_1,1", "P1,phq9,2026-01-05,,phq9_2,9", accept_good_rows=True
    )
    batch = clinic.look("select max(batch_id) from import_batch")[0][0]
    for name in ("refused_rows", "refused_lines"):
        assert clinic.ask(name, Scope("nurse-1", role), batch_id=batch).empty
        assert len(clinic.ask(name, Scope("nurse-1", "steward"), batch_id=batch)) == 1


# A manager, and the service as a whole


def text_columns_of_every_view(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    found = cursor.execute(
        "select table_name, column_name from information_schema.columns "
        "where table_catalog = 'temp' and table_schema = 'main' and data_type like 'VARCHAR%' "
        "order by all"
    ).fetchall()
    assert len({view for view, _ in found}) >= 15
    yield from found


def texts_in(cursor: duckdb.DuckDBPyConnection, view: str, column: str) -> set[str]:
    rows = cursor.execute(f'select distinct "{column}"::varchar from "{view}"').fetchall()
    return {text for (text,) in rows if text is not None}


def identifiers_found(store: Store, scope: Scope, identifiers: set[str]) -> set[tuple[str, str]]:
    """The text columns of a scope's views in which an identifier stands, alone or inside a text."""
    connection = open_for_reading(store.newest().path)
    any_of_them = re.compile("|".join(map(re.escape, sorted(identifiers))))
    try:
        cursor = connection.cursor()
        open_scope(cursor, scope)
        return {
            (view, column)
            for view, column in text_columns_of_every_view(cursor)
            if any(any_of_them.search(text) for text in texts_in(cursor, view, column))
        }
    finally:
        connection.close()


def test_the_views_of_the_service_name_no_patient(sample_store: Store, known: Known) -> None:
    events = of_catalog(sample_store, "select event_id from clinical.event")
    identifiers = {*known.refs, *known.refs.values(), *(event for (event,) in events)}
    assert identifiers_found(sample_store, SERVICE, identifiers) == set()
    # The same search does find them where they are.
    found = identifiers_found(sample_store, OPERATOR, identifiers)
    assert {("patient", "patient_id"), ("score", "patient_id"), ("event", "event_id")} <= found


def columns_of(store: Store, scope: Scope) -> dict[str, set[str]]:
    """Every view that a scope has, with its columns."""
    connection = open_for_reading(store.newest().path)
    try:
        cursor = connection.cursor()
        open_scope(cursor, scope)
        rows = cursor.execute(
            "select table_name, list(column_name) from information_schema.columns "
            "where table_catalog = 'temp' and table_schema = 'main' group by table_name"
        ).fetchall()
        return {view: set(columns) for view, columns in rows}
    finally:
        connection.close()


# Columns that lead to one person or one row of a file, or that a person wrote.
IDENTIFYING = {"patient_ref", "initials", "event_id", "detail", "source_row", "lines", "value"}
# What a row of the service may tell of a patient, written out: a new column fails here until
# somebody has thought about it.
OF_A_PATIENT = {
    "patient": "patient_id birth_year sex diagnosis stage phase site language diagnosed_on "
    "treatment_started_on treatment_ended_on status status_on lives_alone batch_id",
    "panel_assignment": "person_id patient_id from_on until_on batch_id",
    "event": "patient_id occurred_on kind ended_on program_key person_id batch_id",
    "assessment": "assessment_id patient_id measure_key completed_on completed_at wave "
    "measure_version batch_id",
    "score": "patient_id assessment_id measure_key scale_key completed_on wave score "
    "items_answered items_total status band stated stated_differs",
    "alert_fact": "patient_id fact support_type source_key from_on until_on raised_on "
    "assessment_id earlier_assessment_id need received importance gap earlier_gap missing_from "
    "visits_running score earlier_score threshold severe reason",
    "next_form": "patient_id from_on until_on last_form_on declined_on due_reason next_due_on",
    "patient_month": "patient_month patient_id month site phase support programs",
}


def test_no_column_of_the_service_identifies_anybody(sample_store: Store) -> None:
    columns = columns_of(sample_store, SERVICE)
    with_rows = {view: names for view, names in columns.items() if "patient_id" in names}
    assert with_rows.keys() - {"answer", "support_cell"} == OF_A_PATIENT.keys()
    connection = open_for_reading(sample_store.newest().path)
    try:
        cursor = connection.cursor()
        open_scope(cursor, SERVICE)
        for view, names in with_rows.items():
            told = {
                name
                for name in names
                if cursor.execute(f'select count("{name}") from "{view}"').fetchall() != [(0,)]
            }
            assert told <= set(OF_A_PATIENT.get(view, "").split()), view
            assert not told & IDENTIFYING
    finally:
        connection.close()


@pytest.mark.parametrize("view", [*OF_A_PATIENT, "answer", "import_batch", "refused_row"])
def test_a_manager_has_no_view_with_a_row_of_a_patient(sample_store: Store, view: str) -> None:
    question = f'select count(*) from "{view}"'
    connection = open_for_reading(sample_store.newest().path)
    try:
        for scope, sees in ((SERVICE, True), (Scope("manager-1", "manager"), False)):
            cursor = connection.cursor()
            open_scope(cursor, scope, question)
            if sees:
                cursor.execute(question)
            else:
                with pytest.raises(duckdb.CatalogException):
                    cursor.execute(question)
    finally:
        connection.close()


def test_the_views_of_the_service_tell_nothing_that_a_person_wrote(clinic: Centre) -> None:
    secrets = {"Ada", "QZ", "SECRET"}
    clinic.hand_in("patient_id,initials,site", "Ada-1,QZ,North", "Ada-2,QZ,North", name="Ada-1.csv")
    clinic.hand_in("person_id,patient_id", "nurse-1,Ada-1", name="SECRET.csv")
    clinic.hand_in(
        "event_id,patient_id,occurred_on,kind,detail", "Ada-e1,Ada-1,2026-01-05,note,SECRET"
    )
    clinic.hand_in(
        LONG,
        "Ada-1,phq9,2026-01-05,,phq9_1,1",
        "Ada-1,phq9,2026-01-05,,phq9_2,SECRET",
        name="Ada-2.csv",
        accept_good_rows=True,
    )
    assert identifiers_found(Store(clinic.store), SERVICE, secrets) == set()
    counted = clinic.ask("store_summary", SERVICE)
    assert counted[["patients", "assessments"]].to_numpy().tolist() == [[10, 1]]


def test_the_service_still_counts_right(sample_store: Store) -> None:
    for name in ("completeness", "store_summary"):
        params = asked(name)
        found = sample_store.query(name, SERVICE, **params)
        pd.testing.assert_frame_equal(found, sample_store.query(name, OPERATOR, **params))
    hidden = sample_store.query("scores", SERVICE)
    shown = sample_store.query("scores", OPERATOR)
    assert hidden["patient_id"].nunique() == shown["patient_id"].nunique()
    assert hidden["score"].sum() == pytest.approx(shown["score"].sum())


def test_the_stand_ins_are_of_no_use_elsewhere(people_store: Path, tmp_path: Path) -> None:
    """Two stores of the same patients give them different stand-ins."""
    import shutil

    first = Centre(Path(shutil.copytree(people_store, tmp_path / "first")), tmp_path / "desk")
    second = Centre(tmp_path / "second", tmp_path / "desk")
    rows = (LONG, "P1,phq9,2026-01-05,,phq9_1,1", "P2,phq9,2026-01-05,,phq9_1,1")
    seen = []
    for centre in (first, second):
        assert centre.hand_in(*rows, new_patients=True).stored
        seen.append(set(centre.ask("scores", SERVICE)["patient_id"]))
        seen.append(set(centre.ask("patients_in_scope")["patient_ref"]))
    assert all(not one & other for n, one in enumerate(seen) for other in seen[n + 1 :])


# Who a person is


def test_a_persons_scope_is_the_role_on_the_staff_list(clinic: Centre) -> None:
    store = Store(clinic.store)
    assert scope_of(store, "nurse-1") == Scope("nurse-1", "nurse")
    with pytest.raises(AccessRefused, match="no person 'nurse-9'"):
        scope_of(store, "nurse-9")


def test_without_a_staff_list_whoever_is_there_sees_everything(centre: Centre) -> None:
    assert scope_of(Store(centre.store), "me") == Scope("me", "operator")
    centre.hand_in(LONG, "P1,phq9,2026-01-05,,phq9_1,1", new_patients=True)
    assert scope_of(Store(centre.store), "me") == Scope("me", "operator")


# The locked-down connection


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_text('{file}')",
        "select * from read_csv('{file}')",
        "select * from '{file}'",
        "select * from glob('{folder}/*')",
        "select * from sniff_csv('{file}')",
        "select * from frame_of_this_program",
        "copy (select 1) to '{folder}/out.csv'",
        "copy t from '{file}'",
        "export database '{folder}/out'",
        "import database '{folder}/out'",
        "attach '{folder}/other.duckdb' as other",
        "attach '{folder}/other.duckdb' as other (read_only)",
        "install httpfs",
        "load httpfs",
        "load '{folder}/any.duckdb_extension'",
        "set enable_external_access = true",
        "set global memory_limit = '64GB'",
        "set threads = 64",
        "set temp_directory = '{folder}'",
        "set lock_configuration = false",
        "reset enable_external_access",
        "pragma profile_output = '{folder}/profile.json'",
        "create secret s (type http, bearer_token 'x')",
        "create table clinical.more as select 1 as one",
        "insert into clinical.staff (person_id, role) values ('me', 'steward')",
        "update clinical.staff set role = 'steward'",
        "delete from clinical.answer",
        "drop table clinical.answer",
    ],
)
def test_a_reading_connection_does_nothing_but_read(
    people_store: Path, tmp_path: Path, statement: str
) -> None:
    (tmp_path / "file.csv").write_text("a,b\n1,2\n", "utf-8")
    frame_of_this_program = pd.DataFrame({"one": [1]})
    path = Store(people_store).newest().path
    before = path.read_bytes()
    connection = open_for_reading(path)
    try:
        cursor = connection.cursor()
        cursor.execute("create temp table t (a integer, b integer)")
        with pytest.raises(duckdb.Error):
            cursor.execute(statement.format(file=tmp_path / "file.csv", folder=tmp_path)).fetchall()
        assert cursor.execute("select count(*) from clinical.staff").fetchall() == [(2,)]
    finally:
        connection.close()
    assert [path.name for path in tmp_path.iterdir()] == ["file.csv"]
    assert len(frame_of_this_program) == 1
    assert path.read_bytes() == before


def test_a_value_is_never_a_statement(sample_store: Store, known: Known) -> None:
    for words in ("' or true --", "x'; drop table patient; --", "%", "' union select 1 --"):
        for name in ABOUT_ONE_PATIENT:
            assert sample_store.query(name, OPERATOR, **asked(name, words)).empty


# One store, many people at once


def test_threads_of_different_people_never_cross(sample_store: Store, known: Known) -> None:
    store = Store(sample_store.directory)
    problems: list[object] = []
    rounds = 6
    start = threading.Barrier(8)

    def work(seed: int) -> None:
        choose = random.Random(seed)
        start.wait()
        for _ in range(rounds):
            person = choose.choice([*known.people, SERVICE])
            listed = set(store.query("patients_in_scope", person)["patient_id"].dropna())
            scored = set(store.query("scores", person)["patient_id"])
            if person == SERVICE:
                crossed = (listed | scored) & known.refs.keys()
            else:
                own = known.panels.get(person.person_id, set())
                crossed = (listed ^ own) | (scored - own)
            if crossed:
                problems.append((person, crossed))

    def watched(seed: int) -> None:
        try:
            work(seed)
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=watched, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_a_store_that_is_open_finds_the_next_version(clinic: Centre) -> None:
    store = Store(clinic.store)
    clinic.hand_in("person_id,patient_id", "nurse-1,P1")
    nurse = Scope("nurse-1", "nurse")
    assert store.query("scores", nurse).empty
    clinic.hand_in(LONG, "P1,phq9,2026-01-05,,phq9_1,1", "P2,phq9,2026-01-05,,phq9_1,1")
    assert list(store.query("scores", nurse)["patient_id"]) == ["P1"]
    clinic.hand_in("person_id,patient_id", "nurse-1,P2")
    assert list(store.query("scores", nurse)["patient_id"]) == ["P1", "P2"]
