"""Short ways to write a file, read it, and look at what came out."""

from pathlib import Path
from typing import Any

import pytest

from dashboard.intake.incoming import Incoming
from dashboard.intake.mapping import Mapping, load_map
from dashboard.intake.reading import read_file
from dashboard.measures.catalogue import Catalogue, load_catalogue
from tests.intake.looking import Read, ReadMap

SITE_MEASURES = Path(__file__).parent / "site_measures"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The default measures and those that the reference projects need."""
    return load_catalogue(SITE_MEASURES)


@pytest.fixture
def read(tmp_path: Path, catalogue: Catalogue) -> Read:
    """Writes text or bytes to a file and reads it: `read("a,b\\n…", measure=…)`."""

    def write_and_read(content: str | bytes, name: str = "forms.csv", **options: Any) -> Incoming:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_file(path, catalogue, **options)

    return write_and_read


@pytest.fixture
def read_map(tmp_path: Path, catalogue: Catalogue) -> ReadMap:
    """Writes TOML to a file and loads it as a map."""

    def write_and_load(toml: str) -> Mapping:
        path = tmp_path / "map.toml"
        path.write_text(toml, "utf-8")
        return load_map(path, catalogue)

    return write_and_load
