"""How often the Questions page finds what is not there.

    python -m benchmarks.without_effects [--samples 60]

Samples of 600 synthetic patients with every planted effect set to zero; the 95 % interval of each
number should leave out zero in one of twenty. The figures are written to benchmarks/results.md.
"""

import tempfile
from pathlib import Path

import click
import numpy as np

from benchmarks.results import write_section
from sample_data.effects import NO_EFFECTS
from sample_data.generate import generate
from tests.analysis.question_rows import MEASURED, QuestionRows
from tests.analysis.test_questions import estimates

# Seeds that no test uses.
FIRST_SEED = 100


@click.command()
@click.option("--samples", default=60, show_default=True)
def main(samples: int) -> None:
    """Count how often each number is clear where nothing was planted."""
    clear: dict[str, list[bool]] = {}
    for seed in range(FIRST_SEED, FIRST_SEED + samples):
        with tempfile.TemporaryDirectory() as folder:
            generate(Path(folder), seed=seed, effects=NO_EFFECTS, measures=MEASURED)
            for name, estimate in estimates(QuestionRows(Path(folder))).items():
                clear.setdefault(name, []).append(estimate.clear)
    lines = report(clear, samples)
    click.echo("\n".join(lines))
    write_section("Questions on data without effects", lines)


def report(clear: dict[str, list[bool]], samples: int) -> list[str]:
    everything = [one for told in clear.values() for one in told]
    lines = [
        f"{samples} samples of 600 synthetic patients without any planted effect: how often the "
        f"95 % interval leaves out zero. Over all: **{np.mean(everything):.1%}** of "
        f"{len(everything):,}; 5 % is right. Written by `make bench`.",
        "",
        "| number | clear |",
        "|---|---|",
    ]
    return lines + [f"| {name} | {np.mean(told):.0%} |" for name, told in clear.items()]


if __name__ == "__main__":
    main()
