"""The sample, twice: as the store answers about it, and as its own files say."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest

from dashboard.measures.catalogue import load_catalogue
from dashboard.store import Scope, Store
from dashboard.store.scope import OPERATOR
from tests.queries.raw_records import RawRecords

SAMPLE = Path(__file__).parents[2] / "sample_data"
NURSE = Scope("nurse-1", "nurse")


@pytest.fixture(scope="session")
def raw() -> RawRecords:
    return RawRecords(SAMPLE, load_catalogue())


@pytest.fixture(params=["newest", "a year back", "before anything"])
def as_of(request: pytest.FixtureRequest, raw: RawRecords) -> date:
    return {
        "newest": raw.newest_on,
        "a year back": raw.newest_on - timedelta(days=365),
        "before anything": date(2000, 1, 1),
    }[request.param]


@pytest.fixture(params=[OPERATOR, NURSE], ids=lambda scope: scope.role)
def scope(request: pytest.FixtureRequest) -> Scope:
    chosen: Scope = request.param
    return chosen


@pytest.fixture
def visible(raw: RawRecords, scope: Scope) -> set[str]:
    """The ids of the patients that `scope` may see."""
    if scope == OPERATOR:
        return {row["patient_id"] for row in raw.patients}
    return raw.patients_of(scope.person_id, date.today())


@pytest.fixture(scope="session")
def ref_of(sample_store: Store) -> dict[str, str]:
    """Patient id to the opaque reference that the other queries take."""
    listed = sample_store.query("patients_in_scope", OPERATOR)
    return dict(zip(listed["patient_id"], listed["patient_ref"], strict=True))


@pytest.fixture(scope="session")
def some_patients(raw: RawRecords) -> list[str]:
    """Patients spread over the list, the ones of fewest and most forms, and two of the nurse's."""

    def by_forms(patients: Iterable[str]) -> list[str]:
        return sorted(patients, key=lambda one: (len(raw.forms_by_patient[one]), one))

    everyone = [row["patient_id"] for row in raw.patients]
    of_all = by_forms(everyone)
    of_the_nurse = by_forms(raw.patients_of(NURSE.person_id, date.today()))
    return [*everyone[::40], of_all[0], of_all[-1], of_the_nurse[0], of_the_nurse[-1]]
