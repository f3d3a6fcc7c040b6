"""The questions that the source article raises, each with the estimate that answers it here.

Every estimate is made from the rows of one query. Where there are too few people it is their
number instead: TooFew. All forms count, and what goes together within a person is allowed for by
errors clustered by person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

import pandas as pd

from dashboard.analysis import group_offers, lagged, sources
from dashboard.analysis.adjusting import covariates
from dashboard.analysis.moderation import (
    Moderation,
    Region,
    johnson_neyman,
    moderation,
    simple_slopes,
)
from dashboard.analysis.regression import (
    INTERCEPT,
    Estimate,
    Fit,
    centred,
    least_squares,
)
from dashboard.analysis.response_surface import (
    Surface,
    agreement,
    hull,
    inside,
    response_surface,
    under_less_over,
)

QUESTIONS = ("groups", "age", "buffer", "first", "source", "mismatch", "heard")

FEWEST = 100
"""People under whom an association is not told: for the surface as its definition asks, for the
others as a local default."""
MIDPOINT = 2.0
"""Of the support grid's answers, 0 to 4."""
GAP = 2.0
"""Need and receipt so many steps apart stand for under- and over-provision: 3 and 1, 1 and 3."""
FEWEST_TYPES = 3
"""Types judged on a form from which their mean is taken."""
WAVES_NEEDED = 3


@dataclass(frozen=True)
class TooFew:
    """Nothing is said."""

    people: int
    needed: int


@dataclass(frozen=True)
class Moderated:
    """A moderation with what it takes to show it.

    Attributes:
        shown_at: three values of the moderator at which lines are drawn.
        bins: from, to, and people whose moderator lies in between, across its range.
        without: forms left out because x or the moderator is not known.
    """

    fitted: Moderation
    region: Region
    shown_at: tuple[float, float, float]
    bins: list[tuple[float, float, int]]
    people: int
    forms: int
    without: int


@dataclass(frozen=True)
class Line:
    """An adjusted line of an outcome on x about its mean.

    Attributes:
        low_x, high_x: between which nine of ten forms lie.
        in_sds: the slope with both in standard deviations.
    """

    fit: Fit
    mean_x: float
    low_x: float
    high_x: float
    in_sds: Estimate
    people: int
    forms: int
    without: int

    @property
    def slope(self) -> Estimate:
        return self.fit.estimate("x")

    def expected(self, x: float) -> Estimate:
        """The outcome at x, the covariates at their means."""
        return self.fit.combined({INTERCEPT: 1.0, "x": x - self.mean_x})


@dataclass(frozen=True)
class Mismatched:
    """A response surface with what it takes to read it.

    Attributes:
        under, over: how much higher the outcome is where need and receipt are GAP apart than
            where both are as low (receipt 1, need 3 against 1) and as high (receipt 3, need 1
            against 3); None where no patient's answers reach so far.
        under_less_over: how much worse under is than over, by the third-order surface.
        counts: forms under, matched, over.
        cells: need, received (in half steps) and people of each cell with enough of them.
        corners: of the area of those cells.
        newest: each patient's newest form.
    """

    surface: Surface
    under: Estimate | None
    over: Estimate | None
    under_less_over: Estimate | None
    counts: dict[str, int]
    cells: pd.DataFrame
    corners: list[tuple[float, float]]
    newest: pd.DataFrame
    people: int
    forms: int


@dataclass(frozen=True)
class First:
    """Paths as measured, and with the questionnaires' errors allowed for where those are known."""

    measured: lagged.Paths
    corrected: lagged.Paths | None
    reliabilities: tuple[float, float] | None


def moderated(rows: pd.DataFrame, moderator: str, adjust: Sequence[str]) -> Moderated | TooFew:
    """The moderation of `beside` on `outcome`.

    Args:
        rows: of the query `scores_together`.
        moderator: a column: age or trait.
    """
    used = rows.dropna(subset=["beside", moderator]).reset_index(drop=True)
    people = int(used["patient_id"].nunique())
    if people < FEWEST or used["beside"].nunique() < 2 or used[moderator].nunique() < 2:
        return TooFew(people, FEWEST)
    values = used[moderator].astype(float)
    fitted = moderation(
        used["outcome"],
        used["beside"],
        values,
        covariates(used, [name for name in adjust if name != moderator]),
        used["patient_id"],
        "clustered",
    )
    return Moderated(
        fitted,
        johnson_neyman(fitted),
        _round_ages(values) if moderator == "age" else _about_the_mean(fitted),
        _bins(values, used["patient_id"]),
        people,
        len(used),
        len(rows) - len(used),
    )


def line(rows: pd.DataFrame, adjust: Sequence[str]) -> Line | TooFew:
    """The adjusted line of `outcome` on `beside`; rows of the query `scores_together`."""
    used = rows.dropna(subset=["beside"]).reset_index(drop=True)
    people = int(used["patient_id"].nunique())
    if people < FEWEST or used["beside"].nunique() < 2:
        return TooFew(people, FEWEST)
    x = centred(used["beside"]).rename("x")
    columns = pd.concat([x, covariates(used, adjust).apply(centred)], axis=1)
    fit = least_squares(used["outcome"], columns, used["patient_id"], "clustered")
    spread = float(used["beside"].std(ddof=1)) / float(used["outcome"].std(ddof=1))
    return Line(
        fit,
        float(used["beside"].mean()),
        float(used["beside"].quantile(0.05)),
        float(used["beside"].quantile(0.95)),
        fit.estimate("x").times(spread),
        people,
        len(used),
        len(rows) - len(used),
    )


def mismatched(
    rows: pd.DataFrame, support_type: str | None, adjust: Sequence[str], minimum: int
) -> Mismatched | TooFew:
    """The response surface of one support type, or of each form's mean over the types.

    Args:
        rows: of the query `need_and_receipt`.
        minimum: the fewest people that a shown cell may stand for.
    """
    used = _of_type(rows, support_type)
    people = int(used["patient_id"].nunique())
    if people < FEWEST:
        return TooFew(people, FEWEST)
    outcome, need, received = used["outcome"], used["need"], used["received"]
    others = covariates(used, adjust)
    person = used["patient_id"]
    surface = response_surface(outcome, need, received, MIDPOINT, others, person, "clustered")
    cells = _cells(used, minimum)
    corners = hull(cells["need"], cells["received"])
    low, high = MIDPOINT - GAP / 2, MIDPOINT + GAP / 2
    reached = {(n, r): inside(corners, n, r) for n in (low, high) for r in (low, high)}
    return Mismatched(
        surface,
        _difference(surface, (high, low), (low, low))
        if reached[high, low] and reached[low, low]
        else None,
        _difference(surface, (low, high), (high, high))
        if reached[low, high] and reached[high, high]
        else None,
        under_less_over(outcome, need, received, MIDPOINT, GAP, others, person, "clustered")
        if reached[high, low] and reached[low, high]
        else None,
        agreement(need, received),
        cells,
        corners,
        used.sort_values("completed_on", kind="stable").groupby("patient_id").tail(1),
        people,
        len(used),
    )


def which_first(rows: pd.DataFrame, alphas: tuple[float | None, float | None]) -> First | TooFew:
    """The paths between x and y.

    Args:
        rows: of the query `two_scores_by_wave`.
        alphas: internal consistency of x and y, where it is known.
    """
    scores = lagged.series(rows.rename(columns={"patient_id": "person"}))
    people = len(scores)
    if people < FEWEST or scores.shape[1] < WAVES_NEEDED:
        return TooFew(people if scores.shape[1] >= WAVES_NEEDED else 0, FEWEST)
    measured = lagged.lagged_paths(scores)
    if alphas[0] is None or alphas[1] is None:
        return First(measured, None, None)
    known = (alphas[0], alphas[1])
    corrected = lagged.lagged_paths(scores, known)
    return First(measured, corrected if corrected.settled else None, known)


def from_sources(rows: pd.DataFrame, adjust: Sequence[str]) -> sources.BySource | TooFew:
    """Rows of the query `support_by_source`."""
    found = sources.by_source(rows, adjust)
    return TooFew(found, sources.FEWEST) if isinstance(found, int) else found


def of_groups(rows: pd.DataFrame, adjust: Sequence[str]) -> group_offers.GroupComparison | TooFew:
    """Rows of the query `group_offers`."""
    found = group_offers.compare(rows, adjust)
    return TooFew(found, group_offers.FEWEST) if isinstance(found, int) else found


def unit_of(low: float, high: float) -> float:
    """The amount of a scale that a slope is told for: one step of a short one, 10 of a long."""
    return 10.0 if high - low >= 40 else 1.0


def nice_step(width: float, most: int) -> float:
    """A step of 1, 2 or 5 (times a power of ten) that cuts `width` into at most `most`."""
    rough = width / most
    power = 10.0 ** floor(log10(rough))
    return next(power * one for one in (1, 2, 5, 10) if power * one >= rough - 1e-12)


def _round_ages(ages: pd.Series) -> tuple[float, float, float]:
    """Near the youngest tenth, the middle and the oldest tenth."""
    low, middle, high = (5.0 * round(float(ages.quantile(q)) / 5) for q in (0.1, 0.5, 0.9))
    return low, middle, high


def _about_the_mean(fitted: Moderation) -> tuple[float, float, float]:
    """Where simple slopes are told: the moderator's mean and one SD to either side."""
    low, middle, high = (value for value, _ in simple_slopes(fitted))
    return low, middle, high


def _bins(values: pd.Series, person: pd.Series) -> list[tuple[float, float, int]]:
    """Each person stands in the bin of their mean."""
    of_people = values.groupby(person).mean()
    low, high = float(of_people.min()), float(of_people.max())
    step = nice_step(max(high - low, 1e-9), 8)
    first = floor(low / step)
    count = floor(high / step) - first + 1
    return [
        (start * step, (start + 1) * step, int(of_people.floordiv(step).eq(start).sum()))
        for start in range(first, first + count)
    ]


def _of_type(rows: pd.DataFrame, support_type: str | None) -> pd.DataFrame:
    if support_type is not None:
        return rows[rows["support_type"] == support_type].reset_index(drop=True)
    forms = rows.groupby(["patient_id", "completed_on"], sort=False)
    kept = ["site", "sex", "stage", "age", "months_since_diagnosis", "outcome"]
    means = forms.agg(
        need=("need", "mean"),
        received=("received", "mean"),
        types=("need", "size"),
        **{name: (name, "first") for name in kept},
    )
    return means[means["types"] >= FEWEST_TYPES].reset_index()


def _cells(used: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """People by need and receipt in half steps, those cells with enough of them."""
    halves = used.assign(
        need=(used["need"] * 2).round() / 2, received=(used["received"] * 2).round() / 2
    )
    counted = halves.groupby(["need", "received"])["patient_id"].nunique().rename("people")
    return counted[counted >= minimum].reset_index()


def _difference(surface: Surface, one: tuple[float, float], other: tuple[float, float]) -> Estimate:
    """Of the expected outcomes at two pairs of need and receipt."""
    weights = dict(surface.weights(*one))
    for term, weight in surface.weights(*other).items():
        weights[term] -= weight
    return surface.fit.combined(weights)
