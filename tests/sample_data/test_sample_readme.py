"""The README says what is true of the files and of the generator."""

import re
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from dashboard.measures.catalogue import load_catalogue
from sample_data.answers import SCHEDULE
from sample_data.effects import NO_EFFECTS, PLANTED
from sample_data.generate import AS_OF, PATIENTS, SEED

SHIPPED = Path(__file__).parents[2] / "sample_data"
README = (SHIPPED / "README.md").read_text(encoding="utf-8")


def test_every_planted_effect_stands_with_its_size() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (-?\d+\.\d+) \| .{20,} \|$", README, flags=re.MULTILINE)
    assert {name: float(size) for name, size in rows} == asdict(PLANTED)


def test_no_effects_means_none() -> None:
    assert set(asdict(NO_EFFECTS).values()) == {0.0}
    assert 0.0 not in asdict(PLANTED).values()


def test_every_file_is_described() -> None:
    described = re.findall(r"^\| `(\w+\.csv)` \|", README, flags=re.MULTILINE)
    assert sorted(described) == sorted(path.name for path in SHIPPED.glob("*.csv"))


def test_said_sites_and_waves_are_those_of_the_files() -> None:
    sites = pd.read_csv(SHIPPED / "patients.csv").set_index("patient_id")["site"]
    everywhere = set(sites)
    for key in SCHEDULE:
        name = key if load_catalogue()[key].items else "scores"
        row = next(line for line in README.splitlines() if line.startswith(f"| `{name}.csv`"))
        forms = pd.read_csv(SHIPPED / f"{name}.csv", usecols=["patient_id", "wave"])
        found = set(forms["patient_id"].map(sites.to_dict()))
        assert found == ({site for site in everywhere if site in row} or everywhere), name
        waves = set(forms["wave"])
        if "first wave only" in row:
            assert waves == {1}
        elif "every second" in row:
            assert all(wave % 2 == 1 for wave in waves)
        elif "every fourth" in row:
            assert all(wave % 4 == 1 for wave in waves)
        elif "even waves" in row:
            assert all(wave % 2 == 0 for wave in waves)
        elif "waves 2, 5, 8" in row:
            assert all(wave % 3 == 2 for wave in waves)
        else:
            assert {1, 2, 3} <= waves, name


def test_said_numbers_are_the_defaults() -> None:
    assert f"{PATIENTS} patients at three invented sites" in README
    assert f"{AS_OF.day} {AS_OF:%B %Y}" in README
    assert f"Seed {SEED} was taken" in README


def test_said_to_be_synthetic_at_once() -> None:
    title, opening = README.split("\n\n")[:2]
    assert "synthetic" in title
    assert "Nobody in these files exists" in opening
