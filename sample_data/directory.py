"""The invented directory of what can help; no such group, line or service exists."""

from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True)
class Resource:
    """One row of resources.csv, as text; a limit that is left empty is none."""

    resource_key: str
    name: str
    support_types: str
    source: str
    min_age: str = ""
    max_age: str = ""
    languages: str = ""
    site: str = ""
    phases: str = ""
    capacity: str = ""
    contact: str = ""
    program_key: str = ""


RESOURCES = (
    Resource(
        "coping-group",
        "Coping group",
        "emotional;belonging",
        "community",
        languages="English",
        capacity="10 places; a new round every 8 weeks",
        contact="groups@attuned.example",
        program_key="coping-group",
    ),
    Resource(
        "peer-group",
        "Peer group",
        "belonging;esteem",
        "community",
        languages="English",
        phases="on_treatment;follow_up;recurrence",
        capacity="open group; no waiting list",
        contact="peers@attuned.example",
        program_key="peer-group",
    ),
    Resource(
        "skills-group",
        "Stress and skills group",
        "emotional;esteem",
        "care_team",
        languages="English",
        phases="on_treatment;follow_up",
        capacity="8 places; 4 weeks to wait",
        contact="groups@attuned.example",
        program_key="skills-group",
    ),
    Resource(
        "practical-help",
        "Transport and practical help",
        "tangible",
        "community",
        capacity="two drivers on weekdays",
        contact="helpers@attuned.example",
        program_key="practical-help",
    ),
    Resource(
        "counselling",
        "Individual counselling",
        "emotional;informational",
        "care_team",
        languages="English;Greek;Polish;Spanish",
        capacity="first talk within 2 weeks",
        contact="talk@attuned.example",
        program_key="counselling",
    ),
    Resource(
        "greek-circle",
        "Greek-speaking circle",
        "emotional;belonging",
        "community",
        languages="Greek",
        capacity="first Monday of the month",
        contact="circle@attuned.example",
    ),
    Resource(
        "young-adults",
        "Young adults online",
        "belonging;esteem",
        "friends",
        max_age="39",
        languages="English",
        capacity="every Thursday evening",
        contact="young@attuned.example",
    ),
    Resource(
        "later-life-visits",
        "Home visits in later life",
        "tangible;belonging",
        "community",
        min_age="70",
        site="Riverside",
        capacity="6 visitors",
        contact="visits@attuned.example",
    ),
    Resource(
        "treatment-desk",
        "Treatment question desk",
        "informational",
        "care_team",
        site="Northgate",
        phases="diagnosis;on_treatment;recurrence",
        capacity="weekdays 9 to 12",
        contact="desk@attuned.example",
    ),
    Resource(
        "family-evening",
        "Evening for families",
        "informational;emotional",
        "family",
        languages="English",
        site="Hillcrest",
        capacity="20 places; once a month",
        contact="families@attuned.example",
    ),
    Resource(
        "palliative-home-team",
        "Palliative home team",
        "tangible;emotional;informational",
        "care_team",
        phases="palliative",
        capacity="on referral by the team",
        contact="home@attuned.example",
    ),
)


def resource_rows() -> dict[str, list[str]]:
    """The directory by column."""
    rows = [asdict(resource) for resource in RESOURCES]
    return {field.name: [row[field.name] for row in rows] for field in fields(Resource)}
