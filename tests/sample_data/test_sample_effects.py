"""Each planted effect is found again in the CSV files, and is not there without effects.

Nothing of the generator's own numbers is used besides the planted sizes: distress is put
together from the three questionnaires, every predictor from its items, and the estimates
are plain regressions with errors clustered by patient. What a questionnaire cannot see of
the state behind it makes an estimate smaller; each comparison allows for that by the
predictor's own reliability, estimated from the same files.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import norm

from dashboard.measures.catalogue import load_catalogue
from sample_data.effects import AGE_OF_REFERENCE, NO_EFFECTS, PLANTED
from sample_data.generate import AS_OF, generate

SHIPPED = Path(__file__).parents[2] / "sample_data"
TYPES = ("emotional", "informational", "tangible", "belonging", "esteem")
SOURCES = ("partner", "family", "friends", "care_team", "community")
KEY = ["patient_id", "wave"]
APPROACH_COPING = ("active_coping", "planning", "positive_reframing", "acceptance")
WORSE_SITE = "Northgate"
CHANCE = 2.6
"""Standard errors an estimate may lie from the planted size: 99 of 100 do."""
UNSEEN = 0.15
"""Share of a planted size that questionnaires may miss beyond the reliabilities allowed for:
answers come in few steps, and one scale never covers all of the state behind it."""
MEASURED = (
    "distress_0_10",
    "phq9",
    "gad7",
    "support_grid",
    "mos_sss",
    "brief_cope",
    "brs",
    "care",
)


@dataclass(frozen=True)
class Estimate:
    value: float
    se: float

    @property
    def t(self) -> float:
        return self.value / self.se

    def over(self, share: float) -> "Estimate":
        return Estimate(self.value / share, self.se / share)

    def agrees_with(self, planted: float) -> bool:
        return abs(self.value - planted) <= CHANCE * self.se + UNSEEN * abs(planted)


class SampleFiles:
    """The CSV files of one folder, read as an analyst without the product would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.catalogue = load_catalogue()

    def items(self, measure: str) -> pd.DataFrame:
        """Answers by patient and wave, reversed items turned; no answer is NaN."""
        definition = self.catalogue[measure]
        keys = [item.key for item in definition.items]
        table = pd.read_csv(
            self.folder / f"{measure}.csv", na_values=["declined", "not applicable"]
        ).set_index(KEY)
        answers = table[keys].astype(float)
        for item in definition.items:
            if item.key in definition.reverse:
                answers[item.key] = item.minimum + item.maximum - answers[item.key]
        return answers

    def scale(self, measure: str, *scales: str) -> pd.Series:
        """Mean over the items of one or several scales; NaN when fewer than half are there."""
        definition = self.catalogue[measure]
        keys = [item for scale in definition.scales if scale.key in scales for item in scale.items]
        return self.items(measure)[keys].dropna(thresh=(len(keys) + 1) // 2).mean(axis=1)

    def alpha(self, measure: str, scale: str) -> float:
        definition = self.catalogue[measure]
        keys = next(list(s.items) for s in definition.scales if s.key == scale)
        return cronbach(self.items(measure)[keys].dropna())

    @cached_property
    def patients(self) -> pd.DataFrame:
        return pd.read_csv(self.folder / "patients.csv").set_index("patient_id")

    @cached_property
    def events(self) -> pd.DataFrame:
        return pd.read_csv(self.folder / "events.csv", parse_dates=["occurred_on"])

    @cached_property
    def gaps(self) -> NDArray[np.float64]:
        """Need minus the most received from any source; forms × types."""
        grid = self.items("support_grid")
        need = grid[[f"need_{kind}" for kind in TYPES]].to_numpy()
        received = np.stack(
            [
                grid[[f"received_{kind}_{source}" for source in SOURCES]].max(axis=1)
                for kind in TYPES
            ],
            axis=1,
        )
        return need - received

    @cached_property
    def forms(self) -> pd.DataFrame:
        """One row an occasion: distress in SD of the state behind the three questionnaires,
        the mismatch counts and the standardised predictors."""
        indicators = pd.DataFrame(
            {
                measure: normal_ranks(self.items(measure).sum(axis=1, skipna=False))
                for measure in ("distress_0_10", "phq9", "gad7")
            }
        )
        correlations = indicators.corr().to_numpy()
        average = (correlations.sum() - 3) / 6
        reliability = 3 * average / (1 + 2 * average)
        forms = pd.DataFrame(
            {"distress": standardised(indicators.mean(axis=1, skipna=False)) / reliability**0.5}
        )
        forms["anxiety"], forms["depression"] = indicators["gad7"], indicators["phq9"]
        grid = self.items("support_grid")
        complete = ~np.isnan(self.gaps).any(axis=1)
        for name, counted in (("unmet", self.gaps >= 2), ("over", self.gaps <= -2)):
            counts = np.where(complete, counted.sum(axis=1), np.nan)
            forms[name] = pd.Series(counts, grid.index)
        forms["community_help"] = grid["received_tangible_community"]
        forms["support"] = standardised(
            normal_ranks(self.scale("mos_sss", "emotional_informational"))
        )
        forms["tangible"] = standardised(normal_ranks(self.scale("mos_sss", "tangible")))
        forms["care"] = standardised(normal_ranks(self.scale("care", "total")))
        forms["coping"] = standardised(self.scale("brief_cope", *APPROACH_COPING))
        days = pd.read_csv(
            self.folder / "distress_0_10.csv", parse_dates=["completed_on"]
        ).set_index(KEY)
        forms["completed_on"] = days["completed_on"]
        forms = forms.reset_index()

        resilience = self.scale("brs", "total").groupby("patient_id").mean()
        forms["resilience"] = (
            standardised(normal_ranks(resilience)).reindex(forms["patient_id"]).to_numpy()
        )
        forms = forms.join(self.patients[["site", "birth_year", "sex"]], on="patient_id")
        forms["decades"] = (AS_OF.year - forms["birth_year"] - AGE_OF_REFERENCE) / 10
        forms["worse_site"] = (forms["site"] == WORSE_SITE).astype(float)
        forms["female"] = (forms["sex"] == "female").astype(float)
        return forms

    def distress_model(self) -> dict[str, Estimate]:
        forms = self.forms.assign(
            tangible_by_decade=lambda f: f["tangible"] * f["decades"],
            unmet_by_resilience=lambda f: f["unmet"] * f["resilience"],
            support_by_resilience=lambda f: f["support"] * f["resilience"],
        )
        model = regression(
            forms,
            "distress",
            [
                "unmet",
                "over",
                "support",
                "tangible",
                "tangible_by_decade",
                "resilience",
                "unmet_by_resilience",
                "support_by_resilience",
                "worse_site",
                "decades",
                "female",
            ],
        )
        support = self.alpha("mos_sss", "emotional_informational") ** 0.5
        tangible = self.alpha("mos_sss", "tangible") ** 0.5
        resilience = self.alpha("brs", "total") ** 0.5
        return {
            "unmet_need": model["unmet"],
            "over_provision": model["over"],
            "support": model["support"].over(support),
            "tangible_support": model["tangible"].over(tangible),
            "tangible_support_per_decade": model["tangible_by_decade"].over(tangible),
            "resilience": model["resilience"].over(resilience),
            "unmet_need_by_resilience": model["unmet_by_resilience"].over(resilience),
            "support_by_resilience": model["support_by_resilience"].over(support * resilience),
            "worse_site_distress": model["worse_site"],
        }

    def group_effect(self) -> Estimate:
        """Distress after the first session: who came against who was offered a group and did
        not come, at equal distress before the offer."""
        after = self._after_offer("group").dropna(subset=["distress"])
        return regression(after, "distress", ["attended", "before"])["attended"]

    def practical_help_effect(self) -> Estimate:
        """Practical support from the community after help, against offered and not taken up.

        In steps of the answer (0–4): one SD of the latent receipt is about one step.
        """
        after = self._after_offer("practical").dropna(subset=["community_help"])
        return regression(after, "community_help", ["attended"])["attended"]

    def _after_offer(self, kind: str) -> pd.DataFrame:
        programs = pd.read_csv(self.folder / "programs.csv").set_index("program_key")
        of_kind = self.events["program_key"].map(programs["kind"]) == kind
        first = (
            self.events[of_kind].pivot_table(
                index="patient_id", columns="kind", values="occurred_on", aggfunc="min"
            )
        )[["referral_offered", "referral_attended"]]
        typical_wait = (first["referral_attended"] - first["referral_offered"]).median()
        first["start"] = first["referral_attended"].fillna(first["referral_offered"] + typical_wait)
        forms = self.forms.join(first, on="patient_id").dropna(subset=["referral_offered"])
        earlier = forms[forms["completed_on"] <= forms["referral_offered"]].dropna(
            subset=["distress"]
        )
        before = earlier.sort_values("completed_on").groupby("patient_id")["distress"].last()
        after = forms[forms["completed_on"] >= forms["start"]]
        return after.assign(
            before=before.reindex(after["patient_id"]).to_numpy(),
            attended=after["referral_attended"].notna().astype(float),
        )

    def care_effect(self) -> Estimate:
        """Feeling heard on anxiety, at equal depression."""
        return regression(self.forms, "anxiety", ["care", "depression"])["care"]

    def worse_site_need(self) -> Estimate:
        """Difference in need between the worse site and the others, in SD of an answer."""
        need = self.items("support_grid")[[f"need_{kind}" for kind in TYPES]]
        site = self.patients["site"].reindex(need.index.get_level_values(0))
        worse = (site == WORSE_SITE).to_numpy()
        within = (need - need.groupby(worse).transform("mean")).std()
        table = (need / within).mean(axis=1).to_frame("need").reset_index()
        return regression(table.assign(worse=worse.astype(float)), "need", ["worse"])["worse"]

    def within_person_steps(self) -> tuple[Estimate, Estimate]:
        """Support → next coping and coping → next support, each from the person's own mean.

        Centring on a mean of few forms pulls these towards zero, so they show presence and
        direction, not size.
        """
        forms = self.forms.dropna(subset=["coping", "support"])[[*KEY, "support", "coping"]]
        own_mean = forms.groupby("patient_id")[["support", "coping"]].transform("mean")
        forms[["support", "coping"]] -= own_mean
        following = forms.assign(wave=forms["wave"] - 1)
        pairs = forms.merge(following, on=KEY, suffixes=("", "_next"))
        return (
            regression(pairs, "coping_next", ["support", "coping"])["support"],
            regression(pairs, "support_next", ["support", "coping"])["coping"],
        )

    def lagged_sizes(self) -> tuple[Estimate, Estimate]:
        """Support → coping and coping → support, standardised within persons.

        Random-intercept cross-lagged panel model (Hamaker, Kuiper & Grasman 2015,
        10.1037/a0038889), stationary, by maximum likelihood on every patient's first run of
        four consecutive waves. The share of error in each score comes from its alpha.
        """
        waves = 4
        scores = self.forms.dropna(subset=["support", "coping"])[[*KEY, "support", "coping"]]
        runs = scores.assign(run=scores["wave"] - scores.groupby("patient_id").cumcount())
        runs["place"] = runs.groupby(["patient_id", "run"]).cumcount()
        wide = runs[runs["place"] < waves].pivot_table(
            index=["patient_id", "run"], columns="place", values=["support", "coping"]
        )
        columns = [(state, place) for place in range(waves) for state in ("support", "coping")]
        series = wide[columns].dropna().groupby("patient_id").head(1).to_numpy()
        covariance = np.cov(series.T)
        coping = pd.DataFrame({scale: self.scale("brief_cope", scale) for scale in APPROACH_COPING})
        error = np.diag(
            [1 - self.alpha("mos_sss", "emotional_informational"), 1 - cronbach(coping.dropna())]
        )

        def pieces(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
            constant = np.array([[values[0], 0], values[1:3]])
            changing = np.array([[values[3], 0], values[4:6]])
            return constant @ constant.T, changing @ changing.T, values[6:].reshape(2, 2)

        def misfit(values: NDArray[np.float64]) -> float:
            constant, changing, step = pieces(values)
            implied = np.empty_like(covariance)
            lagged = changing
            for lag in range(waves):
                block = constant + lagged + (error if lag == 0 else 0)
                for start in range(waves - lag):
                    earlier = slice(2 * start, 2 * start + 2)
                    later = slice(2 * (start + lag), 2 * (start + lag) + 2)
                    implied[later, earlier], implied[earlier, later] = block, block.T
                lagged = step @ lagged
            sign, log_determinant = np.linalg.slogdet(implied)
            if sign <= 0:
                return 1e3
            return float(log_determinant + np.trace(np.linalg.solve(implied, covariance)))

        fit = minimize(misfit, [0.6, 0.1, 0.6, 0.6, 0.1, 0.6, 0.3, 0.1, 0.1, 0.3], method="BFGS")
        _, changing, step = pieces(fit.x)
        spread = np.sqrt(np.diag(changing))
        errors = np.sqrt(np.diag(fit.hess_inv) * 2 / len(series))[6:].reshape(2, 2)
        return (
            Estimate(float(step[1, 0]), float(errors[1, 0])).over(spread[1] / spread[0]),
            Estimate(float(step[0, 1]), float(errors[0, 1])).over(spread[0] / spread[1]),
        )

    def estimates(self) -> dict[str, Estimate]:
        """All but the two lagged effects."""
        return {
            **self.distress_model(),
            "group_program": self.group_effect(),
            "care_to_anxiety": self.care_effect(),
            "worse_site_need": self.worse_site_need(),
            "practical_help_received": self.practical_help_effect(),
        }


def cronbach(answers: pd.DataFrame) -> float:
    """Internal consistency: alpha of complete answers, people × items."""
    items = answers.shape[1]
    return items / (items - 1) * (1 - answers.var().sum() / answers.sum(axis=1).var())


def normal_ranks(values: pd.Series) -> pd.Series:
    """Values replaced by the normal scores of their ranks, which undoes skew."""
    return pd.Series(norm.ppf((values.rank() - 0.5) / values.notna().sum()), values.index)


def standardised(values: pd.Series) -> pd.Series:
    return (values - values.mean()) / values.std()


def regression(table: pd.DataFrame, outcome: str, predictors: list[str]) -> dict[str, Estimate]:
    """Least squares with errors clustered by patient."""
    rows = table[["patient_id", outcome, *predictors]].dropna()
    fit = sm.OLS(rows[outcome], sm.add_constant(rows[predictors])).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(rows["patient_id"])[0]}
    )
    return {name: Estimate(float(fit.params[name]), float(fit.bse[name])) for name in predictors}


@pytest.fixture(scope="module")
def shipped() -> SampleFiles:
    return SampleFiles(SHIPPED)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> SampleFiles:
    """Other patients, ten times as many, so that sizes are seen sharply."""
    folder = tmp_path_factory.mktemp("many")
    generate(folder, patients=6_000, seed=1, measures=MEASURED)
    return SampleFiles(folder)


@pytest.fixture(scope="module")
def without_effects(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Estimate]]:
    def samples() -> Iterator[dict[str, Estimate]]:
        for seed in range(1, 9):
            folder = tmp_path_factory.mktemp("without")
            generate(folder, seed=seed, effects=NO_EFFECTS, measures=MEASURED)
            files = SampleFiles(folder)
            forth, back = files.within_person_steps()
            yield {**files.estimates(), "support_to_coping": forth, "coping_to_support": back}

    return list(samples())


def every_estimate(files: SampleFiles) -> dict[str, Estimate]:
    forth, back = files.lagged_sizes()
    return {**files.estimates(), "support_to_coping": forth, "coping_to_support": back}


def test_every_planted_effect_is_estimated(shipped: SampleFiles) -> None:
    assert set(every_estimate(shipped)) == {field.name for field in fields(PLANTED)}


def test_shipped_files_show_each_planted_effect(shipped: SampleFiles) -> None:
    for effect, estimate in every_estimate(shipped).items():
        planted = getattr(PLANTED, effect)
        assert estimate.t * np.sign(planted) > 2, f"{effect}: {estimate}"
        assert estimate.agrees_with(planted), f"{effect}: {estimate}, planted {planted}"


def test_other_patients_show_the_same_sizes_sharply(many: SampleFiles) -> None:
    for effect, estimate in every_estimate(many).items():
        planted = getattr(PLANTED, effect)
        assert estimate.t * np.sign(planted) > 5, f"{effect}: {estimate}"
        assert estimate.agrees_with(planted), f"{effect}: {estimate}, planted {planted}"


def test_over_provision_harms_less_than_unmet_need(many: SampleFiles) -> None:
    model = many.distress_model()
    assert (
        0 < model["over_provision"].value < model["unmet_need"].value - 3 * (model["unmet_need"].se)
    )


def test_support_and_coping_follow_each_other_within_persons(shipped: SampleFiles) -> None:
    assert all(step.t > 3 for step in shipped.within_person_steps())


def test_no_effect_is_seen_without_effects(without_effects: list[dict[str, Estimate]]) -> None:
    """Chance alone: t values of spread about 1, and about one in twenty beyond two."""
    t = np.array([[estimate.t for estimate in sample.values()] for sample in without_effects])
    assert (np.abs(t) > 1.96).mean() < 0.12
    # Mean of absolute standard normal values: 0.80; over these many its own error is 0.06.
    assert np.abs(t).mean() < 1.0
    # No single effect leans to one side: a mean of eight has a standard error of 0.35.
    leaning = dict(zip(without_effects[0], t.mean(axis=0), strict=True))
    assert max(map(abs, leaning.values())) < 1.1, leaning


def test_mismatch_raises_distress_on_the_line_of_incongruence(shipped: SampleFiles) -> None:
    """Response surface of distress on need and receipt: curved upwards where they part."""
    grid = shipped.items("support_grid")
    need = grid[[f"need_{kind}" for kind in TYPES]].mean(axis=1) - 2
    received = need - shipped.gaps.mean(axis=1)
    table = pd.DataFrame({"need": need, "received": received}).assign(
        need_squared=lambda f: f["need"] ** 2,
        product=lambda f: f["need"] * f["received"],
        received_squared=lambda f: f["received"] ** 2,
    )
    table["distress"] = shipped.forms.set_index(KEY)["distress"]
    surface = regression(
        table.reset_index(),
        "distress",
        ["need", "received", "need_squared", "product", "received_squared"],
    )
    assert surface["product"].t < -CHANCE
    squares = surface["need_squared"].value + surface["received_squared"].value
    assert squares - surface["product"].value > 0
