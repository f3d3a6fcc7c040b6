"""The effects planted in the sample data, each with its size.

Distress effects are in standard deviations of the latent distress (a person's state
behind all distress questionnaires, spread of about 1 over all forms). The README lists
the same numbers; a test compares them. `--no-effects` sets every one to zero.
"""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Effects:
    unmet_need: float
    over_provision: float
    group_program: float
    support: float
    tangible_support: float
    tangible_support_per_decade: float
    resilience: float
    unmet_need_by_resilience: float
    support_by_resilience: float
    care_to_anxiety: float
    support_to_coping: float
    coping_to_support: float
    worse_site_distress: float
    worse_site_need: float
    practical_help_received: float


PLANTED = Effects(
    unmet_need=0.30,  # for each support type whose need exceeds receipt by 2 or more
    over_provision=0.18,  # for each support type whose receipt exceeds need by 2 or more
    group_program=-0.40,  # for attenders, from the first session on
    support=-0.10,  # for each SD of perceived support
    tangible_support=-0.08,  # for each SD of tangible support, at age 60
    tangible_support_per_decade=-0.10,  # added to that for each ten years above 60
    resilience=-0.30,  # for each SD of resilience
    unmet_need_by_resilience=-0.08,  # for each unmet type and each SD of resilience
    support_by_resilience=0.12,  # for each SD of support and each SD of resilience
    care_to_anxiety=-0.20,  # SD of latent anxiety for each SD of feeling heard by the team
    support_to_coping=0.30,  # within a person, from one wave to the next, in SD
    coping_to_support=0.25,  # likewise
    worse_site_distress=0.30,  # at the worse site, beyond what its needs explain
    worse_site_need=0.45,  # SD of latent need at the worse site
    practical_help_received=1.20,  # SD of latent tangible receipt from community after help
)

NO_EFFECTS = Effects(**{field.name: 0.0 for field in fields(Effects)})

AGE_OF_REFERENCE = 60
"""Age at which the effect of tangible support is `tangible_support` alone."""
