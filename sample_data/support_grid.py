"""How much support of each type a person needs and gets from each source, form by form.

Need and receipt answers are drawn here, while the course of distress is drawn, because
distress depends on them. What is wanted of each source, importance and fit follow later
(answers.py).
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from sample_data.effects import Effects
from sample_data.people import WORSE_SITE, Flags, Numbers, People

Answers = NDArray[np.int8]

TYPES = ("emotional", "informational", "tangible", "belonging", "esteem")
SOURCES = ("partner", "family", "friends", "care_team", "community")
TANGIBLE = TYPES.index("tangible")
COMMUNITY = SOURCES.index("community")
NOT_APPLICABLE = -1
MISMATCH_STEPS = 2
"""A type counts as unmet (over-provided) when need and receipt are this far apart."""

# What each source is good for: latent receipt, in SD, by type (rows) and source (columns).
SOURCE_STRENGTH = np.array(
    [
        [0.30, -0.05, -0.15, -0.70, -1.20],
        [-0.70, -0.70, -0.80, 0.45, -0.80],
        [0.20, 0.05, -0.70, -0.80, -0.80],
        [-0.05, -0.05, 0.05, -1.20, -0.55],
        [0.15, 0.00, -0.05, -0.45, -1.00],
    ]
)
TYPE_NEED = np.array([0.08, 0.13, -0.15, -0.20, -0.15])


def cuts(shares_from_lowest: tuple[float, ...]) -> Numbers:
    """Thresholds on a standard normal that give each answer, lowest first, its share."""
    below = np.cumsum(shares_from_lowest)[:-1]
    return np.array([NormalDist().inv_cdf(float(share)) for share in below])


NEED_CUTS = cuts((0.15, 0.28, 0.33, 0.17, 0.07))
RECEIVED_CUTS = cuts((0.45, 0.22, 0.18, 0.11, 0.04))


@dataclass(frozen=True)
class GridTraits:
    """What stays with a person; one row a patient."""

    need: Numbers
    types: Numbers
    sources: Numbers

    @staticmethod
    def draw(rng: Generator, count: int) -> "GridTraits":
        general = rng.standard_normal((count, 1))
        return GridTraits(
            need=0.6 * general + 0.8 * rng.standard_normal((count, len(TYPES))),
            types=rng.standard_normal((count, len(TYPES))),
            sources=rng.standard_normal((count, len(SOURCES))),
        )


@dataclass(frozen=True)
class GridAnswers:
    """Need (patients × types) and receipt (patients × types × sources), both 0 to 4."""

    latent_need: Numbers
    need: Answers
    received: Answers
    tangible: Numbers

    @property
    def gap(self) -> Answers:
        """Need minus the most that comes from any source that applies; patients × types."""
        return (self.need - self.received.max(axis=2)).astype(np.int8)


def answer_grid(
    rng: Generator,
    people: People,
    traits: GridTraits,
    effects: Effects,
    support: Numbers,
    has_practical_help: Flags,
) -> GridAnswers:
    """Draws one form for every patient; `support` is standardised.

    Need does not follow the illness: if it did, phases that raise distress would make need
    and distress go together without any effect of one on the other.
    """
    count = len(people)
    passing_types = rng.standard_normal((count, len(TYPES)))
    types = 0.8 * traits.types + 0.6 * passing_types
    tangible = 0.70 * support + 0.714 * types[:, TANGIBLE]

    worse = (people.site == WORSE_SITE)[:, None] * effects.worse_site_need
    latent_need = (
        TYPE_NEED + 0.75 * traits.need + worse + 0.66 * rng.standard_normal((count, len(TYPES)))
    )
    latent_receipt = (
        SOURCE_STRENGTH
        + 0.38 * support[:, None, None]
        + 0.32 * types[:, :, None]
        + 0.28 * traits.sources[:, None, :]
        + 0.22 * latent_need[:, :, None]
        + 0.72 * rng.standard_normal((count, len(TYPES), len(SOURCES)))
    )
    latent_receipt[:, TANGIBLE, COMMUNITY] += effects.practical_help_received * has_practical_help
    received = _answers(latent_receipt, RECEIVED_CUTS)
    received[~people.has_partner, :, SOURCES.index("partner")] = NOT_APPLICABLE
    received[~people.has_family, :, SOURCES.index("family")] = NOT_APPLICABLE
    return GridAnswers(latent_need, _answers(latent_need, NEED_CUTS), received, tangible)


def _answers(latent: Numbers, thresholds: Numbers) -> Answers:
    return np.searchsorted(thresholds, latent).astype(np.int8)
