"""How long models of repeated scores take, as a ratio to statsmodels on the same data.

    python -m benchmarks.mixed_models [--people 10000] [--waves 6] [--runs 3]

Two groups of made-up people, a fifth of the waves missing; waves by group and age as terms. Both
fit the same model in turn, so that a slow moment of the machine falls on both, and have to agree.
The figures are written to benchmarks/results.md.
"""

import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import click
import numpy as np
import numpy.typing as npt
import pandas as pd
import statsmodels
import statsmodels.api as sm

from benchmarks.results import write_section
from dashboard.analysis.marginal_model import fit_means
from dashboard.analysis.mixed_model import fit

Coefficients = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scores:
    """Rows of everyone's visits; `x` without and `with_constant` with the intercept."""

    score: pd.Series
    x: pd.DataFrame
    with_constant: pd.DataFrame
    person: pd.Series
    months: pd.Series


@dataclass(frozen=True)
class Timed:
    """Seconds of each counted run, and the largest difference of a coefficient, in its own size."""

    name: str
    product: list[float]
    other: list[float]
    apart: float


@click.command()
@click.option("--people", default=10_000, show_default=True)
@click.option("--waves", default=6, show_default=True)
@click.option("--runs", default=3, show_default=True, help="Counted runs of each.")
def main(people: int, waves: int, runs: int) -> None:
    """Time three models of one made-up service."""
    rows = made_up(people, waves)
    models: dict[str, tuple[Callable[[], Coefficients], Callable[[], Coefficients]]] = {
        "random intercept, REML": (
            lambda: fit(rows.score, rows.x, rows.person).values,
            lambda: mixed_by_statsmodels(rows, slope=False),
        ),
        "random intercept and slope, REML": (
            lambda: fit(rows.score, rows.x, rows.person, rows.months).values,
            lambda: mixed_by_statsmodels(rows, slope=True),
        ),
        "estimating equations, exchangeable": (
            lambda: fit_means(rows.score, rows.x, rows.person).fit.values,
            lambda: means_by_statsmodels(rows),
        ),
    }
    found = [timed(name, product, other, runs) for name, (product, other) in models.items()]
    lines = report(found, rows, runs)
    click.echo("\n".join(lines))
    write_section("Mixed models", lines)


def made_up(people: int, waves: int) -> Scores:
    random = np.random.default_rng(20260630)
    person = np.repeat(np.arange(people), waves)
    wave = np.tile(np.arange(waves), people)
    group = person % 2
    months = 3.0 * wave + random.uniform(-0.5, 0.5, len(wave))
    age = random.normal(60, 10, people)[person]
    level = 3 * random.normal(size=people)[person]
    slope = 0.2 * random.normal(size=people)[person]
    score = 12 + 0.05 * age - (0.1 + 0.05 * group) * months + level + slope * months
    score = score + 2 * random.normal(size=len(wave))
    rows = pd.DataFrame({"age": age, "group": group.astype(float)})
    for later in range(1, waves):
        rows[f"wave {later}"] = (wave == later).astype(float)
        rows[f"wave {later} x group"] = rows[f"wave {later}"] * rows["group"]
    came = random.uniform(size=len(wave)) < 0.8
    x = rows[came].reset_index(drop=True)
    return Scores(
        pd.Series(score[came]),
        x,
        sm.add_constant(x),
        pd.Series([f"P{number:06d}" for number in person[came]]),
        pd.Series(months[came], name="months"),
    )


def mixed_by_statsmodels(rows: Scores, *, slope: bool) -> Coefficients:
    effects = sm.add_constant(rows.months) if slope else np.ones(len(rows.score))
    model = sm.MixedLM(rows.score, rows.with_constant, rows.person, effects)
    return model.fit(reml=True).fe_params.to_numpy()


def means_by_statsmodels(rows: Scores) -> Coefficients:
    structure = sm.cov_struct.Exchangeable()
    model = sm.GEE(rows.score, rows.with_constant, rows.person, cov_struct=structure)
    return model.fit().params.to_numpy()


def timed(
    name: str, product: Callable[[], Coefficients], other: Callable[[], Coefficients], runs: int
) -> Timed:
    mine, theirs = product(), other()
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for work, taken in zip((product, other), seconds, strict=True):
            begun = time.perf_counter()
            work()
            taken.append(time.perf_counter() - begun)
    return Timed(name, *seconds, float(np.abs(mine / theirs - 1).max()))


def report(found: list[Timed], rows: Scores, runs: int) -> list[str]:
    """The figures as a section; medians of the counted runs, ratios run by run."""
    lines = [
        f"Python {platform.python_version()}, statsmodels {statsmodels.__version__}, "
        f"{os.cpu_count()} cores; {rows.person.nunique():,} people, {len(rows.score):,} scores, "
        f"{rows.x.shape[1] + 1} terms; medians of {runs} runs on synthetic data. Written by "
        "`make bench`.",
        "",
        "| model | here | statsmodels | statsmodels ÷ here | coefficients agree to |",
        "|---|---|---|---|---|",
    ]
    for one in found:
        ratios = [other / mine for mine, other in zip(one.product, one.other, strict=True)]
        lines.append(
            f"| {one.name} | {statistics.median(one.product):.2f} s | "
            f"{statistics.median(one.other):.1f} s | **{statistics.median(ratios):.0f}** "
            f"({min(ratios):.0f}–{max(ratios):.0f}) | {one.apart:.0e} |"
        )
    return lines


if __name__ == "__main__":
    main()
