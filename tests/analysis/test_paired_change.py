"""Mean change of paired scores against R: t.test, wilcox.test, and the published trial."""

from pathlib import Path

import pandas as pd
import pytest

from dashboard.analysis.paired_change import Size, against_important, paired_change
from dashboard.analysis.regression import Estimate
from dashboard.analysis.reliable_change import completers

ARMS = {"interv": 1, "control": 0}


@pytest.mark.parametrize(
    "pair", ["cesd1_2_interv", "cesd1_2_control", "cesd1_3_interv", "cesd1_3_control"]
)
def test_every_number_of_the_trial(reference_data: Path, pair: str) -> None:
    folder = reference_data / "maps_breast_cancer_rct"
    told = pd.read_csv(folder / "oracle_prepost.csv").set_index("pair").loc[pair]
    last, arm = pair.split("_")[1:]
    wide = pd.read_csv(folder / "maps_wide.csv")
    of_arm = wide[wide["interv_group"] == ARMS[arm]]
    found = paired_change(
        completers(of_arm[["cesd1", f"cesd{last}"]].set_axis(["pre", "post"], axis=1))
    )
    assert found is not None
    here = {
        "n": found.n,
        "mean_change": found.mean.value,
        "sd_change": found.sd,
        "t": found.mean.value / found.mean.se,
        "df": found.mean.df,
        "p": found.p_t,
        "d_z": found.d_z,
        "d_av": found.d_av,
        "SRM": found.d_z,
        "glass_pre": found.d_before,
        "wilcoxon_V": found.rank_sum,
        "wilcoxon_p": found.p_ranks,
    }
    assert here == pytest.approx(told.to_dict(), rel=1e-9)


def test_the_interval_and_its_size(reference_data: Path) -> None:
    folder = reference_data / "reliable_change_claus"
    summary = pd.read_csv(folder / "oracle_summary.csv")
    told = summary[summary["tag"] == "claus_bdi_anchor_group_within"].iloc[0]
    wide = pd.read_csv(folder / "claus_2020.csv").pivot(index="id", columns="time", values="bdi")
    found = paired_change(completers(wide[[1, 4]].set_axis(["pre", "post"], axis=1)))
    assert found is not None
    assert found.n == told["n"]
    mean = found.mean
    assert [mean.value, mean.low, mean.high] == pytest.approx(
        told[["difference", "lower", "upper"]].astype(float).tolist()
    )
    assert told["category"] == "Probably clinically significant effect"
    assert against_important(mean, 9, "worse") == "probably_important"


@pytest.mark.parametrize(
    ("value", "se", "size"),
    [
        (-1, 1, "not_clear"),
        (3, 1, "worse"),
        (-3, 0.5, "small"),
        (-4.5, 1, "may_be_important"),
        (-5.5, 1, "probably_important"),
        (-9, 1, "important"),
    ],
)
def test_sizes(value: float, se: float, size: Size) -> None:
    """Five points matter; lower is better, then higher."""
    change = Estimate(value, se, 40)
    assert against_important(change, 5, "worse") == size
    assert against_important(change.times(-1), 5, "better") == size


def test_nothing_is_said_where_nothing_varies() -> None:
    same = pd.DataFrame({"pre": [4.0, 7, 9], "post": [4.0, 7, 9]})
    assert paired_change(same) is None
    assert paired_change(same.assign(post=same["pre"] - 2)) is None
    assert paired_change(same.iloc[:1]) is None
