"""The shipped sample: reproducible, whole in itself, and like real data in its gaps."""

import hashlib
import re
from datetime import timedelta
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from dashboard.measures.catalogue import Catalogue, load_catalogue
from sample_data.answers import SCHEDULE
from sample_data.generate import AS_OF, PATIENTS, SEED, generate, main
from sample_data.people import ID_ALPHABET, SITES, WINDOW_DAYS, patient_ids

SHIPPED = Path(__file__).parents[2] / "sample_data"
LARGEST_SHIPPED_BYTES = 6_000_000
WITHOUT_ANSWER = {"", "declined", "not applicable"}
FORM_COLUMNS = ["patient_id", "completed_on", "wave"]


class Files:
    """Every CSV file of a folder as text, the way they stand in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __getitem__(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / f"{name}.csv", dtype=str, keep_default_na=False)

    @cached_property
    def patients(self) -> pd.DataFrame:
        return self["patients"].set_index("patient_id")

    def answers(self, measure: str) -> pd.DataFrame:
        """Numbers of the items only; NaN without an answer."""
        table = self[measure]
        items = [item.key for item in load_catalogue()[measure].items]
        return table[items].where(~table[items].isin(WITHOUT_ANSWER)).astype(float)


@pytest.fixture(scope="module")
def shipped() -> Files:
    return Files(SHIPPED)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def fingerprints(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.csv")
    }


# Reproducible


def test_shipped_files_are_what_the_generator_makes(tmp_path: Path) -> None:
    generate(tmp_path)
    assert fingerprints(tmp_path) == fingerprints(SHIPPED)


def test_another_seed_makes_other_patients(tmp_path: Path) -> None:
    generate(tmp_path, seed=SEED + 1)
    made, shipped = fingerprints(tmp_path), fingerprints(SHIPPED)
    same = {name for name in shipped if made[name] == shipped[name]}
    assert same == {"staff.csv", "programs.csv", "resources.csv"}


def test_leaving_measures_out_does_not_change_the_others(tmp_path: Path) -> None:
    generate(tmp_path, measures=("gad7",))
    shipped = fingerprints(SHIPPED)
    made = fingerprints(tmp_path)
    assert set(made) == {
        f"{name}.csv"
        for name in ("gad7", "patients", "staff", "panel", "programs", "resources", "events")
    }
    assert all(made[name] == shipped[name] for name in made)


def test_command_line_takes_every_option(tmp_path: Path) -> None:
    options = "--patients 30 --seed 5 --no-effects --as-of 2025-01-31 --layout long"
    result = CliRunner().invoke(
        main, [*options.split(), "--out", str(tmp_path), "--measure", "phq9"]
    )
    assert result.exit_code == 0, result.output
    files = Files(tmp_path)
    assert len(files["patients"]) == 30
    assert list(files["phq9"].columns) == [
        "patient_id",
        "measure_key",
        "completed_on",
        "wave",
        "item_key",
        "answer",
    ]
    assert files["phq9"]["completed_on"].max() <= "2025-01-31"


def test_command_line_repeats_the_shipped_files(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert fingerprints(tmp_path) == fingerprints(SHIPPED)


def test_long_layout_holds_the_same_answers(tmp_path: Path, shipped: Files) -> None:
    generate(tmp_path, layout="long", measures=("gad7",))
    long = Files(tmp_path)["gad7"].pivot_table(
        index=["patient_id", "completed_on", "wave"],
        columns="item_key",
        values="answer",
        aggfunc="first",
    )
    wide = shipped["gad7"].set_index(FORM_COLUMNS).sort_index()
    pd.testing.assert_frame_equal(long, wide, check_names=False)


def test_patients_beyond_one_chunk_are_all_different(tmp_path: Path) -> None:
    generate(tmp_path, patients=4_100, measures=("distress_0_10",))
    files = Files(tmp_path)
    assert files["patients"]["patient_id"].nunique() == 4_100
    initials_and_birth = files["patients"][["initials", "birth_year", "diagnosed_on"]]
    assert initials_and_birth.duplicated().mean() < 0.01
    nurses = files["staff"]["role"].value_counts()
    assert nurses["nurse"] == 42, "one team of six for every 600 patients begun"


def testpatient_ids_never_meet() -> None:
    total = 300_000
    parts = [patient_ids(first, 100_000, total) for first in range(0, total, 100_000)]
    assert len(np.unique(np.concatenate(parts))) == total


# Whole in itself


def test_every_default_measure_with_items_has_its_file(
    shipped: Files, catalogue: Catalogue
) -> None:
    with_items = {key for key, measure in catalogue.items() if measure.items}
    assert with_items == {key for key in SCHEDULE if catalogue[key].items}
    assert {path.stem for path in SHIPPED.glob("*.csv")} == with_items | {
        "patients",
        "staff",
        "panel",
        "programs",
        "resources",
        "events",
        "scores",
    }


def test_shipped_size() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.glob("*.csv")) < LARGEST_SHIPPED_BYTES


def test_people_and_sites(shipped: Files) -> None:
    assert len(shipped.patients) == PATIENTS
    assert shipped.patients.index.is_unique
    allowed = "".join(ID_ALPHABET)
    assert shipped.patients.index.str.fullmatch(f"P-[{allowed}]{{4}}").all()
    assert set(shipped.patients["site"]) == set(SITES)
    assert shipped["staff"]["role"].value_counts().to_dict() == {
        "nurse": 6,
        "psychologist": 3,
        "manager": 1,
        "steward": 1,
    }
    assert shipped["staff"]["name"].is_unique
    assert {"group", "practical"} <= set(shipped["programs"]["kind"])


def test_every_key_leads_somewhere(shipped: Files, catalogue: Catalogue) -> None:
    patients = set(shipped.patients.index)
    staff = set(shipped["staff"]["person_id"]) | {""}
    programs = set(shipped["programs"]["program_key"]) | {""}
    for name in ("panel", "events", "scores", *(key for key in SCHEDULE if catalogue[key].items)):
        assert set(shipped[name]["patient_id"]) <= patients, name
    assert set(shipped["panel"]["person_id"]) <= staff - {""}
    assert set(shipped["events"]["person_id"]) <= staff
    assert set(shipped["events"]["program_key"]) <= programs
    scales = {
        (key, scale.key) for key in ("hads", "eortc_qlq_c30") for scale in catalogue[key].scales
    }
    scores = shipped["scores"]
    assert set(zip(scores["measure_key"], scores["scale_key"], strict=True)) == scales


def test_every_active_patient_has_a_nurse_of_the_site_and_a_psychologist(shipped: Files) -> None:
    staff = shipped["staff"].set_index("person_id")
    panel = shipped["panel"].join(staff, on="person_id")
    panel["patient_site"] = panel["patient_id"].map(shipped.patients["site"].to_dict())
    assert (panel["site"] == panel["patient_site"]).all()
    current = panel[panel["until_on"] == ""]
    active = sorted(shipped.patients.index[shipped.patients["status"] == "active"])
    for role in ("nurse", "psychologist"):
        assert sorted(current.loc[current["role"] == role, "patient_id"]) == active
    ended = panel[panel["until_on"] != ""]
    assert (ended["from_on"] <= ended["until_on"]).all()
    changed_nurse = panel[panel["role"] == "nurse"].groupby("patient_id").size() > 1
    assert changed_nurse.sum() >= 5


@pytest.mark.parametrize("measure", [key for key in SCHEDULE if load_catalogue()[key].items])
def test_forms_hold_to_the_catalogue(measure: str, shipped: Files, catalogue: Catalogue) -> None:
    definition, forms = catalogue[measure], shipped[measure]
    items = [item.key for item in definition.items]
    totals = ["phq9_total"] if measure == "phq9" else []
    assert list(forms.columns) == FORM_COLUMNS + items + totals
    assert not forms.duplicated(["patient_id", "completed_on"]).any()
    assert not forms.duplicated(["patient_id", "wave"]).any()
    for item in definition.items:
        answered = forms.loc[~forms[item.key].isin(WITHOUT_ANSWER), item.key].astype(int)
        assert answered.between(item.minimum, item.maximum).all(), item.key
    if not definition.not_applicable:
        assert not (forms[items] == "not applicable").to_numpy().any()


def test_dates_are_in_order(shipped: Files, catalogue: Catalogue) -> None:
    earliest = (AS_OF - timedelta(days=WINDOW_DAYS)).isoformat()
    patients = shipped.patients
    left_on = patients["status_on"].where(patients["status_on"] != "", AS_OF.isoformat())
    for measure in SCHEDULE:
        forms = shipped[measure] if catalogue[measure].items else shipped["scores"]
        assert forms["completed_on"].between(earliest, AS_OF.isoformat()).all(), measure
        of_patient = patients.reindex(forms["patient_id"])
        assert (forms["completed_on"].to_numpy() >= of_patient["diagnosed_on"].to_numpy()).all()
        left = left_on.reindex(forms["patient_id"]).to_numpy()
        assert (forms["completed_on"].to_numpy() <= left).all(), measure
    waves = shipped["distress_0_10"].astype({"wave": int}).sort_values(["patient_id", "wave"])
    assert (waves.groupby("patient_id")["completed_on"].shift() < waves["completed_on"])[
        waves.groupby("patient_id").cumcount() > 0
    ].all()
    assert waves["completed_on"].max() == AS_OF.isoformat()

    events = shipped["events"]
    assert (
        events["occurred_on"].to_numpy() <= left_on.reindex(events["patient_id"]).to_numpy()
    ).all()
    ended = events[events["ended_on"] != ""]
    assert (ended["occurred_on"] <= ended["ended_on"]).all()
    assert set(ended["kind"]) == {"chemotherapy", "radiotherapy"}
    born = patients["birth_year"].astype(int)
    assert born.between(AS_OF.year - 95, AS_OF.year - 18).all()


def test_referrals_go_offered_accepted_attended(shipped: Files) -> None:
    events = shipped["events"]
    steps = [
        events[events["kind"] == f"referral_{step}"].groupby(["patient_id", "program_key"])
        for step in ("offered", "accepted", "attended")
    ]
    offered, accepted, attended = (set(step.groups) for step in steps)
    assert attended < accepted < offered
    sessions = events[events["kind"].isin(["group_session_attended", "group_session_missed"])]
    assert set(zip(sessions["patient_id"], sessions["program_key"], strict=True)) <= accepted
    came = sessions[sessions["kind"] == "group_session_attended"]
    assert set(zip(came["patient_id"], came["program_key"], strict=True)) <= attended


def test_texts_name_nobody(shipped: Files) -> None:
    texts = " ".join(shipped["events"]["detail"].unique())
    assert not any(name in texts for name in shipped["staff"]["name"])
    assert not re.search(r"[\d@]|P-", texts)


def test_stated_totals_agree_with_their_items(shipped: Files) -> None:
    totals = shipped["phq9"]["phq9_total"]
    stated = totals != ""
    assert 10 <= stated.sum() <= 25
    sums = shipped.answers("phq9")[stated].sum(axis=1, skipna=False)
    assert (sums == totals[stated].astype(float)).all()


# Like real data


def test_missing_answers(shipped: Files) -> None:
    for measure in ("phq9", "gad7", "support_grid", "mos_sss", "brief_cope"):
        table = shipped[measure]
        answers = table[[item.key for item in load_catalogue()[measure].items]]
        blank = (answers == "").to_numpy()
        assert 0.02 < blank.mean() < 0.05, measure
        stopped = blank[:, -1] & blank[:, -2]
        assert 0.005 < stopped.mean() < 0.04, measure
    declined = (shipped["phq9"].iloc[:, 3:12] == "declined").to_numpy()
    assert 0.005 < declined.all(axis=1).mean() < 0.025
    assert 0.001 < declined[~declined.all(axis=1)].mean() < 0.006


def test_not_applicable_support_sources(shipped: Files) -> None:
    grid = shipped["support_grid"].set_index("patient_id")
    absent = grid == "not applicable"
    by_source = {
        source: absent.filter(regex=f"_{source}$").any(axis=1).groupby(level=0).any()
        for source in ("partner", "family", "friends", "care_team", "community")
    }
    no_partner = by_source["partner"]
    assert 0.25 < no_partner.mean() < 0.45
    assert 0.01 < by_source["family"].mean() < 0.10
    assert not by_source["friends"].any()
    assert not by_source["care_team"].any()
    assert not absent.filter(regex="^(need|importance|fit)_").to_numpy().any()

    without = grid[no_partner.reindex(grid.index).to_numpy()].filter(regex="_partner$")
    assert without.isin(WITHOUT_ANSWER).to_numpy().all(), "who has none answers nothing about one"
    alone = shipped.patients.index[shipped.patients["lives_alone"] == "yes"]
    assert no_partner.reindex(alone).dropna().all(), "who lives alone has no partner at home"


def test_waves_and_dropout(shipped: Files) -> None:
    forms = shipped["distress_0_10"]
    by_patient = forms.groupby("patient_id").size()
    assert 4.5 < by_patient.mean() < 7
    assert by_patient.max() > 10
    days = pd.to_datetime(forms["completed_on"])
    day = days.to_numpy().astype("datetime64[D]").astype(int)
    between = np.diff(day)[forms["patient_id"].duplicated().to_numpy()[1:]]
    assert between.min() >= 18
    assert 5 * 7 < np.median(between) < 12 * 7
    waves = forms["wave"].astype(int)
    skipped = (waves.groupby(forms["patient_id"]).diff().dropna() > 1).mean()
    assert 0.03 < skipped < 0.12

    status = shipped.patients["status"].value_counts()
    assert all(10 < status[kind] < 70 for kind in ("deceased", "discharged", "withdrawn"))
    active = shipped.patients.index[shipped.patients["status"] == "active"]
    last = days.groupby(forms["patient_id"]).max().reindex(active)
    assert 3 <= last.isna().sum() <= 45, "some have no form yet"
    silent_since = pd.Timestamp(AS_OF) - pd.Timedelta(days=365)
    assert 5 <= (last < silent_since).sum() <= 40, "a few are stale"


def test_distressed_patients_stop_a_little_more_often(tmp_path: Path) -> None:
    generate(tmp_path, patients=6_000, seed=1, measures=("distress_0_10",))
    files = Files(tmp_path)
    forms = files["distress_0_10"]
    distress = pd.to_numeric(forms["distress_0_10_1"], errors="coerce")
    stopped = ~forms["patient_id"].duplicated(keep="last")
    # A form this long before the end would have a successor, had the patient gone on; the
    # dead and the discharged did not choose to stop.
    early = forms["completed_on"] < (AS_OF - timedelta(days=200)).isoformat()
    status = forms["patient_id"].map(files.patients["status"].to_dict())
    chosen = early & ~(stopped & status.isin(["deceased", "discharged"]))
    distressed = stopped[chosen & (distress >= 7)].mean()
    calm = stopped[chosen & (distress <= 2)].mean()
    assert 1.2 < distressed / calm < 3.0
    assert 0.02 < stopped[chosen].mean() < 0.06


def test_distributions_look_like_cancer_care(shipped: Files) -> None:
    distress = shipped.answers("distress_0_10")["distress_0_10_1"]
    assert 3.0 < distress.mean() < 3.9
    assert 0.33 < (distress >= 4).sum() / distress.notna().sum() < 0.42
    phq9 = shipped.answers("phq9").dropna().sum(axis=1)
    assert 5 < phq9.mean() < 7.2
    assert phq9.mean() > phq9.median() + 0.5, "skewed: most are little troubled"
    assert 0.14 < (phq9 >= 10).mean() < 0.30
    gad7 = shipped.answers("gad7").dropna().sum(axis=1)
    assert 4.2 < gad7.mean() < 6.5


# Between the figures of the catalogue's sources and what short or skewed items allow.
CONSISTENCY = {
    ("phq9", "total"): (0.84, 0.91),
    ("gad7", "total"): (0.86, 0.93),
    ("phq4", "total"): (0.75, 0.88),
    ("mos_sss", "total"): (0.94, 0.98),
    ("mos_sss", "tangible"): (0.84, 0.94),
    ("mmos_ss", "total"): (0.85, 0.94),
    ("mspss", "total"): (0.85, 0.94),
    ("mspss", "family"): (0.80, 0.92),
    ("bsss", "perceived"): (0.77, 0.90),
    ("brs", "total"): (0.80, 0.91),
    ("lot_r", "total"): (0.74, 0.87),
    ("care", "total"): (0.90, 0.97),
    ("scns_sf34", "psychological"): (0.85, 0.96),
}


@pytest.mark.parametrize(("measure", "scale"), CONSISTENCY)
def test_internal_consistency(
    measure: str, scale: str, shipped: Files, catalogue: Catalogue
) -> None:
    definition = catalogue[measure]
    keys = next(list(one.items) for one in definition.scales if one.key == scale)
    answers = shipped.answers(measure)[keys].dropna()
    for item in definition.items:
        if item.key in definition.reverse and item.key in keys:
            answers[item.key] = item.minimum + item.maximum - answers[item.key]
    alpha = len(keys) / (len(keys) - 1) * (1 - answers.var().sum() / answers.sum(axis=1).var())
    low, high = CONSISTENCY[measure, scale]
    assert low <= alpha <= high


def test_safety_items(shipped: Files) -> None:
    forms = shipped["phq9"]
    endorsed = shipped.answers("phq9")["phq9_9"] >= 1
    assert 0.015 < endorsed.mean() < 0.06
    last = ~forms["patient_id"].duplicated(keep="last")
    active = forms["patient_id"].map(shipped.patients["status"].to_dict()) == "active"
    assert 4 <= (endorsed & last & active).sum() <= 20
    half_empty = shipped.answers("phq9").isna().sum(axis=1) >= 4
    recent = forms["completed_on"] > (AS_OF - timedelta(days=21)).isoformat()
    assert (endorsed & half_empty & recent & active).any()


def test_fewer_forms_in_holidays(tmp_path: Path) -> None:
    generate(tmp_path, patients=8_000, seed=1, measures=("distress_0_10",))
    month = Files(tmp_path)["distress_0_10"]["completed_on"].str.slice(0, 7).value_counts()
    neighbours = (month["2025-07"] + month["2025-09"]) / 2
    assert month["2025-08"] < 0.98 * neighbours
