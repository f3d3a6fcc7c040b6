"""An empty centre, and one that knows its people already."""

import shutil
from pathlib import Path

import pytest

from tests.store.centre import Centre


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    """A centre without any data."""
    return Centre(tmp_path / "store", tmp_path / "desk")


@pytest.fixture(scope="session")
def people_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that holds staff, programs and patients, and no form."""
    folder = tmp_path_factory.mktemp("people")
    centre = Centre(folder / "store", folder / "desk")
    report = centre.take(
        centre.read(
            "person_id,name,role,site",
            "nurse-1,Anna,nurse,North",
            "nurse-2,Ben,nurse,South",
            name="staff.csv",
        ),
        centre.read(
            "program_key,name,kind,support_types,source,site",
            "evening,Evening group,group,emotional;belonging,community,North",
            name="programs.csv",
        ),
        centre.read(
            "patient_id,initials,birth_year,sex,site",
            "P1,AB,1960,female,North",
            "P2,CD,1975,male,South",
            "P3,,,,",
            "123,EF,1950,female,North",
            "00123,GH,1951,male,North",
            "1E5,IJ,1952,female,South",
            "100000,KL,1953,male,South",
            "Zoë,MN,1954,female,North",
            name="patients.csv",
        ),
    )
    assert report.stored, report.refused
    return centre.store


@pytest.fixture
def clinic(people_store: Path, tmp_path: Path) -> Centre:
    """A centre of its own that knows its staff, programs and patients already."""
    return Centre(Path(shutil.copytree(people_store, tmp_path / "store")), tmp_path / "desk")
