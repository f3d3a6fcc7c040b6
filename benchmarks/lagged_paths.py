"""How well the cross-lagged model finds known paths, beside a plain regression from wave to wave.

    python -m benchmarks.lagged_paths [--runs 500] [--people 500] [--waves 5]

Synthetic people have a usual level of their own and paths that are known; about a third of their
forms are missing, the more so the worse the last one was. Fitted are the model of the Questions
page, once without and once with errors of measurement of known size, and what one would do without
it: the next score regressed on both scores now, each from the person's own mean. The figures are
written to benchmarks/results.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import click
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.results import write_section
from dashboard.analysis.lagged import lagged_paths
from dashboard.analysis.regression import Estimate, least_squares
from tests.analysis.test_lagged import STEP, drawn

PATHS = {
    "x to next y": float(STEP[1, 0]),
    "y to next x": float(STEP[0, 1]),
    "x to next x": float(STEP[0, 0]),
    "y to next y": float(STEP[1, 1]),
}
ERROR = (0.2, 0.3)
# Between people and within them, as `drawn` plants them.
SPREAD = (1.8, 1.6)


@dataclass(frozen=True)
class Found:
    """Estimates of each path over all runs that settled."""

    name: str
    estimates: dict[str, list[Estimate]]
    unsettled: int

    def bias(self, path: str) -> float:
        """As a share of the known path."""
        values = [one.value for one in self.estimates[path]]
        return float(np.mean(values)) / PATHS[path] - 1

    def coverage(self, path: str) -> float:
        """Share of the 95 % intervals that hold the known path."""
        return float(np.mean([one.low <= PATHS[path] <= one.high for one in self.estimates[path]]))


@click.command()
@click.option("--runs", default=500, show_default=True)
@click.option("--people", default=500, show_default=True)
@click.option("--waves", default=5, show_default=True)
def main(runs: int, people: int, waves: int) -> None:
    """Fit samples of known paths and write down bias and coverage."""
    exact = [drawn(people, waves, seed) for seed in range(runs)]
    noisy = [drawn(people, waves, seed, error=ERROR) for seed in range(runs)]
    reliabilities = tuple(
        spread / (spread + error) for spread, error in zip(SPREAD, ERROR, strict=True)
    )
    told = [
        by_model("model, no error of measurement", exact, None),
        by_model("model, errors known", noisy, (reliabilities[0], reliabilities[1])),
        by_regression("regression from own means, no error of measurement", exact),
    ]
    missing = float(np.mean([np.isnan(one).mean() for one in exact]))
    lines = report(told, runs, people, waves, missing)
    click.echo("\n".join(lines))
    write_section("Cross-lagged paths", lines)


def by_model(
    name: str, samples: Sequence[NDArray[np.float64]], shares: tuple[float, float] | None
) -> Found:
    estimates: dict[str, list[Estimate]] = {path: [] for path in PATHS}
    unsettled = 0
    for scores in samples:
        found = lagged_paths(scores, shares)
        unsettled += not found.settled
        if found.settled:
            four = (found.x_to_y, found.y_to_x, found.x_to_x, found.y_to_y)
            for path, estimate in zip(PATHS, four, strict=True):
                estimates[path].append(estimate)
    return Found(name, estimates, unsettled)


def by_regression(name: str, samples: Sequence[NDArray[np.float64]]) -> Found:
    estimates: dict[str, list[Estimate]] = {path: [] for path in PATHS}
    for scores in samples:
        own = scores - np.nanmean(scores, axis=1, keepdims=True)
        people, waves, _ = own.shape
        pairs = np.concatenate([own[:, :-1], own[:, 1:]], axis=2).reshape(-1, 4)
        table = pd.DataFrame(pairs, columns=["x", "y", "next_x", "next_y"])
        table["person"] = np.repeat(np.arange(people), waves - 1)
        table = table.dropna()
        for of, to in (("x", "y"), ("y", "x"), ("x", "x"), ("y", "y")):
            fit = least_squares(
                table[f"next_{to}"], table[["x", "y"]], table["person"], "clustered"
            )
            estimates[f"{of} to next {to}"].append(fit.estimate(of))
    return Found(name, estimates, 0)


def report(told: Sequence[Found], runs: int, people: int, waves: int, missing: float) -> list[str]:
    lines = [
        f"{runs} samples of {people} people and {waves} waves, {missing:.0%} of the scores "
        "missing; bias as a share of the known path, coverage of the 95 % interval. Written by "
        "`make bench`.",
        "",
        "| fitted by | "
        + " | ".join(f"{path} ({known:g})" for path, known in PATHS.items())
        + " |",
        "|---" * (len(PATHS) + 1) + "|",
    ]
    for one in told:
        cells = [f"{one.bias(path):+.1%}, {one.coverage(path):.1%}" for path in PATHS]
        unsettled = f" ({one.unsettled} did not settle)" if one.unsettled else ""
        lines.append(f"| {one.name}{unsettled} | " + " | ".join(cells) + " |")
    return lines


if __name__ == "__main__":
    main()
