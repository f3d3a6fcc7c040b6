"""Rows as the queries behind the Questions page give them, made from sample files by pandas: for
many samples, without a store."""

from functools import cached_property
from pathlib import Path

import pandas as pd

from sample_data.generate import AS_OF
from tests.sample_data.test_sample_effects import (
    APPROACH_COPING,
    KEY,
    MEASURED,
    SOURCES,
    TYPES,
    SampleFiles,
)

__all__ = ["MEASURED", "QuestionRows"]

FOLLOW_UP = 180
_COVARIATES = ["site", "sex", "stage", "age", "months_since_diagnosis"]


class QuestionRows:
    """One folder of sample files; forms of one occasion share their day."""

    def __init__(self, folder: Path) -> None:
        self._files = SampleFiles(folder)

    @cached_property
    def forms(self) -> pd.DataFrame:
        """An occasion a row, with every score that the questions take."""
        files = self._files
        forms = pd.read_csv(
            files.folder / "distress_0_10.csv", parse_dates=["completed_on"]
        ).set_index(KEY)[["completed_on"]]
        for measure in ("distress_0_10", "phq9", "gad7"):
            forms[measure] = files.items(measure).sum(axis=1, skipna=False)
        for name, scale in (("tangible", "tangible"), ("perceived", "emotional_informational")):
            forms[name] = 25 * (files.scale("mos_sss", scale) - 1)
        forms["care"] = 10 * files.scale("care", "total")
        forms["coping"] = files.scale("brief_cope", *APPROACH_COPING)
        gaps = pd.DataFrame(files.gaps, files.items("support_grid").index)
        forms["unmet"] = (gaps >= 2).sum(axis=1).where(gaps.notna().all(axis=1))
        forms = forms.reset_index()
        forms["resilience"] = forms["patient_id"].map(
            files.scale("brs", "total").groupby("patient_id").mean()
        )
        people = files.patients
        forms = forms.join(people[["site", "sex", "stage"]], on="patient_id")
        forms["age"] = forms["completed_on"].dt.year - forms["patient_id"].map(people["birth_year"])
        diagnosed = pd.to_datetime(forms["patient_id"].map(people["diagnosed_on"]))
        forms["months_since_diagnosis"] = (forms["completed_on"] - diagnosed).dt.days / 30.4375
        return forms

    def together(self, outcome: str, beside: str, trait: str | None = None) -> pd.DataFrame:
        """As `scores_together`."""
        forms = self.forms.dropna(subset=[outcome])
        return forms[["patient_id", "completed_on", *_COVARIATES]].assign(
            outcome=forms[outcome],
            beside=forms[beside],
            trait=forms[trait] if trait else float("nan"),
        )

    def need_and_receipt(self, outcome: str) -> pd.DataFrame:
        grid = self._files.items("support_grid")
        of_types = [
            pd.DataFrame(
                {
                    "need": grid[f"need_{kind}"],
                    "received": grid[[f"received_{kind}_{one}" for one in SOURCES]].max(axis=1),
                    "support_type": kind,
                }
            )
            for kind in TYPES
        ]
        judged = pd.concat(of_types).dropna().reset_index()
        rows = judged.merge(self.forms, on=KEY)
        return rows.assign(outcome=rows[outcome]).dropna(subset=["outcome"])

    def by_source(self, outcome: str) -> pd.DataFrame:
        """As `support_by_source`; a source without any answer counts as absent."""
        grid = self._files.items("support_grid")
        given = []
        for source in SOURCES:
            answers = grid[[f"received_{kind}_{source}" for kind in TYPES]]
            told = answers.notna().sum(axis=1)
            given.append(
                pd.DataFrame(
                    {
                        "source": source,
                        "support": answers.mean(axis=1).where(told >= 3),
                        "applicable": told > 0,
                    }
                )
            )
        rows = pd.concat(given).reset_index().merge(self.forms, on=KEY)
        return rows.assign(outcome=rows[outcome]).dropna(subset=["outcome"])

    def waves(self) -> pd.DataFrame:
        """As `two_scores_by_wave`."""
        return self.forms.rename(columns={"perceived": "x", "coping": "y"})[
            ["patient_id", "wave", "completed_on", "x", "y"]
        ]

    def group_offers(self, outcome: str) -> pd.DataFrame:
        files = self._files
        programs = pd.read_csv(files.folder / "programs.csv").set_index("program_key")
        events = files.events[files.events["program_key"].map(programs["kind"]) == "group"]
        first = events.pivot_table(
            index="patient_id", columns="kind", values="occurred_on", aggfunc="min"
        )
        offered, came = first["referral_offered"], first["referral_attended"]
        waits = sorted((came - offered).dropna().dt.days)
        usual, longest = (
            pd.Timedelta(days=waits[int(share * (len(waits) - 1))]) for share in (0.5, 0.95)
        )
        offers = pd.DataFrame(
            {
                "offered_on": offered,
                "came": came.notna(),
                "starts_on": came.fillna(offered + usual),
            }
        )[offered + longest <= pd.Timestamp(AS_OF)]
        forms = self.forms.dropna(subset=[outcome]).join(offers, on="patient_id", how="inner")
        earlier = forms[forms["completed_on"] <= forms["offered_on"]]
        before = earlier.sort_values("completed_on").groupby("patient_id")[outcome].last()
        within = forms["completed_on"].between(
            forms["starts_on"], forms["starts_on"] + pd.Timedelta(days=FOLLOW_UP)
        )
        after = forms[within]
        return after.assign(outcome=after[outcome], before=after["patient_id"].map(before))
