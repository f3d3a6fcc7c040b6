"""Each named question keeps the promises of its header, for every role."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest

from dashboard.errors import AccessRefused
from dashboard.mismatch.pathway import load_pathway
from dashboard.mismatch.rules import default_rules
from dashboard.store import Scope, Store
from dashboard.store.catalogue_tables import write_catalogue
from dashboard.store.connection import open_for_reading, open_for_writing
from dashboard.store.founding import found
from dashboard.store.importing import catalogue_of
from dashboard.store.queries import query_named
from dashboard.store.reading import Value
from dashboard.store.scope import OPERATOR, Role, open_scope
from dashboard.store.signing import sign
from dashboard.store.snapshots import SnapshotFolder

ROOT = Path(__file__).parents[1]
QUERIES = ROOT / "queries"
SAMPLE = ROOT / "sample_data"
NAMES = sorted(path.stem for path in QUERIES.glob("*.sql") if path.stem != "schema")
# A manager asks about groups only: see below.
ROLES: tuple[Role, ...] = tuple(role for role in get_args(Role) if role != "manager")

# The sample's staff list has a first person of each role; the operator is on no list.
PERSON_OF = {role: Scope(f"{role}-1", role) for role in ROLES}

HEADER = re.compile(
    r"\A-- purpose: \S.*\n(?:-- {2,}\S.*\n)*"
    r"-- params:  \S.*\n(?:-- {2,}\S.*\n)*"
    r"-- returns: \S.*\n(?:-- {2,}\S.*\n)*"
    r"-- grain:   \S.*\n(?:-- {2,}\S.*\n)*"
    r"(?=with|select)"
)
SQL_TYPES = {"varchar", "date", "timestamp", "double", "integer", "bigint", "boolean"}

every_query = pytest.mark.parametrize("name", NAMES)
every_role = pytest.mark.parametrize("role", ROLES)


def statement_of(name: str) -> str:
    """The SQL without comments and without what stands in quotes."""
    text = (QUERIES / f"{name}.sql").read_text("utf-8")
    return re.sub(r"'[^']*'", "''", re.sub(r"--.*", "", text))


def final_select_of(name: str) -> str:
    """The statement from its last `select` that stands in no parentheses."""
    statement = statement_of(name)
    depth, start = 0, None
    for match in re.finditer(r"[()]|\bselect\b", statement):
        if match[0] == "select":
            start = match.start() if depth == 0 else start
        else:
            depth += 1 if match[0] == "(" else -1
    assert start is not None
    return statement[start:]


@pytest.fixture(scope="module")
def no_rows(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store whose one snapshot has every table and definition, and nobody in it."""
    directory = tmp_path_factory.mktemp("no-rows")

    def write(path: Path, number: int) -> None:
        with open_for_writing(path) as connection:
            found(connection, sample=False)
            sign(connection, number=number, parent=None, person="steward-1", reason="import")
            write_catalogue(connection, catalogue_of(directory), load_pathway())

    SnapshotFolder(directory).publish(None, write)
    return Store(directory)


@pytest.fixture(scope="module")
def newest_on(sample_store: Store) -> date:
    newest: date = sample_store.query("store_summary", OPERATOR)["newest_on"].iloc[0].date()
    return newest


@pytest.fixture(scope="module")
def some_refs(sample_store: Store) -> dict[Role, str]:
    """For each role the reference of a patient it may open, and where there is none, anyone's."""

    def references(role: Role) -> list[str]:
        listed = sample_store.query("patients_in_scope", PERSON_OF[role])
        return [str(reference) for reference in listed["patient_ref"].dropna()]

    return {role: (references(role) or references("operator"))[0] for role in ROLES}


def params_of(name: str, patient_ref: str, as_of: date) -> dict[str, Value]:
    values: dict[str, Value] = {"patient_ref": patient_ref, "as_of": as_of, "batch_id": 1}
    values |= {"measure_key": "phq9", "scale_key": "total", "grouping": "site"}
    values |= {"outcome": "gad7/total", "beside": "mos_sss/tangible", "trait": "brs/total"}
    values |= {"instrument": "support_grid", "follow_up_days": 180, "scales": "phq9/total"}
    values |= {"x": "mos_sss/emotional_informational", "y": "brief_cope/active_coping"}
    values |= {"first": "phq9/total", "second": "gad7/total", "start_within": 90}
    values |= {"before_within": 90, "after_from": 28, "after_until": 180, "scale": "phq9/total"}
    values |= {"from_on": as_of - timedelta(days=700), "until_on": as_of}
    values |= {"acted": "{}", "within_days": 7, "settle_days": 7, "zero": "treatment"}
    values |= default_rules().thresholds()
    return {param: values[param] for param in query_named(name).params}


def returned_types(
    store: Store, name: str, scope: Scope, params: dict[str, Value]
) -> list[tuple[str, str]]:
    """Names and SQL types of the columns, from the cursor itself."""
    with open_for_reading(store.newest().path) as connection:
        cursor = connection.cursor()
        open_scope(cursor, scope, query_named(name).sql)
        described = cursor.execute(query_named(name).sql, params).description
        return [(str(column[0]), str(column[1]).lower()) for column in described or []]


def test_there_are_queries() -> None:
    assert {"panel", "scores", "store_summary"} <= set(NAMES)


@every_query
def test_the_header_is_complete(name: str) -> None:
    text = (QUERIES / f"{name}.sql").read_text("utf-8")
    assert HEADER.match(text), "purpose, params, returns and grain, in this order, then SQL"
    query = query_named(name)
    assert query.purpose.endswith((".", "?"))
    types = [*query.params.values(), *(kind.removesuffix("[]") for kind in query.returns.values())]
    assert set(types) <= SQL_TYPES
    assert query.returns


@every_query
def test_params_are_those_the_statement_takes(name: str) -> None:
    taken = set(re.findall(r"\$(\w+)", statement_of(name)))
    assert taken == set(query_named(name).params)


@every_query
def test_sql_is_in_lower_case(name: str) -> None:
    assert statement_of(name) == statement_of(name).lower()


@every_query
def test_today_comes_only_from_outside(name: str) -> None:
    """A page looks at a day of the past too, and its numbers must not change overnight."""
    clock = r"\b(current_date|current_timestamp|current_time|localtime\w*|today|now)\b"
    assert not re.search(clock, statement_of(name))


@every_query
def test_only_scoped_views_are_named(name: str) -> None:
    assert "clinical" not in statement_of(name)
    assert "{" not in statement_of(name), "a statement is never put together from parts"


@every_query
def test_the_final_statement_names_its_columns(name: str) -> None:
    assert not re.search(r"\bselect\s+(distinct\s+)?\*|\w\.\*", final_select_of(name))


@every_query
def test_columns_are_those_of_the_header_without_any_row(name: str, no_rows: Store) -> None:
    params = params_of(name, "0" * 16, date(2026, 1, 1))
    types = returned_types(no_rows, name, OPERATOR, params)
    assert types == list(query_named(name).returns.items())


@every_role
@every_query
def test_columns_are_those_of_the_header_for_every_role(
    name: str, role: Role, sample_store: Store, newest_on: date, some_refs: dict[Role, str]
) -> None:
    """The views differ from role to role; what a question returns must not."""
    params = params_of(name, some_refs[role], newest_on)
    types = returned_types(sample_store, name, PERSON_OF[role], params)
    assert types == list(query_named(name).returns.items())


@every_query
def test_it_answers_something_on_the_sample(
    name: str, sample_store: Store, newest_on: date, some_refs: dict[Role, str]
) -> None:
    """Else nothing else said here of its rows would mean anything."""
    answer = sample_store.query(
        name, OPERATOR, snapshot=None, **params_of(name, some_refs["operator"], newest_on)
    )
    if name.startswith("refused_"):  # nothing of the sample is refused
        assert answer.empty
    else:
        assert not answer.empty


@every_query
def test_it_answers_on_a_store_without_any_row(name: str, no_rows: Store) -> None:
    answer = no_rows.query(
        name, OPERATOR, snapshot=None, **params_of(name, "0" * 16, date(2026, 1, 1))
    )
    assert list(answer) == list(query_named(name).returns)
    assert len(answer) == (1 if name in {"store_summary", "rule_versions"} else 0)


@pytest.fixture(scope="module")
def told_of_patients() -> dict[str, set[str]]:
    """What the sample's own files say that names or describes one patient, each kind apart."""
    patients = pd.read_csv(SAMPLE / "patients.csv", dtype=str)
    events = pd.read_csv(SAMPLE / "events.csv", dtype=str)
    return {
        "patient_id": set(patients["patient_id"]),
        # A stage such as IV is no initials.
        "initials": set(patients["initials"].dropna()) - set(patients["stage"]),
        "detail": set(events["detail"].dropna()),
    }


def texts_of(answer: pd.DataFrame) -> set[str]:
    """Every cell as text; of a list, its elements."""
    texts: set[str] = set()
    for name in answer:
        for cell in answer[name].tolist():
            texts.update(map(str, cell.tolist() if hasattr(cell, "tolist") else [cell]))
    return texts


# What tells nothing about a single patient, and so answers a manager.
OPEN_TO_MANAGERS = {
    "internal_consistency",
    "people",
    "recovery_bands",
    "recovery_check",
    "resources",
    "rule_versions",
    "support_grid_spread",
    "trend_scales",
}


@every_query
def test_a_manager_is_told_of_groups_only(
    name: str, sample_store: Store, newest_on: date, some_refs: dict[Role, str]
) -> None:
    """Not even with the reference of a patient that someone passed on."""
    params = params_of(name, some_refs["operator"], newest_on)
    manager = Scope("manager-1", "manager")
    if name in OPEN_TO_MANAGERS:
        answer = sample_store.query(name, manager, snapshot=None, **params)
        assert not {"patient_id", "patient_ref"} & set(answer)
        return
    with pytest.raises(AccessRefused, match="Programs and Service"):
        sample_store.query(name, manager, snapshot=None, **params)


@every_query
def test_nothing_the_service_gets_names_a_patient(
    name: str,
    sample_store: Store,
    newest_on: date,
    told_of_patients: dict[str, set[str]],
    some_refs: dict[Role, str],
) -> None:
    references = set(sample_store.query("patients_in_scope", OPERATOR)["patient_ref"])
    params = params_of(name, some_refs["service"], newest_on)
    texts = texts_of(sample_store.query(name, PERSON_OF["service"], snapshot=None, **params))
    everything = "\n".join(texts)

    assert not {one for one in told_of_patients["patient_id"] if one in everything}
    assert not {one for one in references if one in everything}
    assert not {one for one in told_of_patients["detail"] if one in everything}
    # Two letters occur inside other words by chance, so only a whole cell counts.
    assert not told_of_patients["initials"] & texts


@pytest.mark.parametrize(
    "name", [name for name in NAMES if "patient_ref" in query_named(name).params]
)
def test_the_service_opens_no_patient(
    name: str, sample_store: Store, newest_on: date, some_refs: dict[Role, str]
) -> None:
    """Not even with a reference that someone passed on."""
    params = params_of(name, some_refs["operator"], newest_on)
    assert not sample_store.query(name, OPERATOR, snapshot=None, **params).empty
    assert sample_store.query(name, PERSON_OF["service"], snapshot=None, **params).empty


def test_the_walk_finds_what_it_looks_for(
    sample_store: Store, told_of_patients: dict[str, set[str]]
) -> None:
    """The same walk over an operator's answer meets every patient."""
    texts = texts_of(sample_store.query("patients_in_scope", OPERATOR))
    assert told_of_patients["patient_id"] <= texts
    assert told_of_patients["initials"] <= texts
