"""Which role may open which page. A page that is not named for a role is closed to it."""

from pathlib import Path

_FOLDER = Path(__file__).parents[2] / "pages"

PAGES_OF: dict[str, tuple[str, ...]] = {
    "nurse": ("panel", "patient", "mismatch", "measures", "rules"),
    "psychologist": (
        "panel",
        "trends",
        "patient",
        "mismatch",
        "cohorts",
        "questions",
        "programs",
        "service",
        "measures",
        "rules",
    ),
    "manager": ("trends", "programs", "service", "measures", "rules"),
    "steward": ("data", "measures", "rules"),
    # The one person at a laptop whose store has no staff list yet.
    "operator": (
        "panel",
        "trends",
        "patient",
        "mismatch",
        "cohorts",
        "questions",
        "programs",
        "service",
        "data",
        "measures",
        "rules",
    ),
}

# Who may put another version of the alert rules in force. Everyone may try one out.
MAY_PUBLISH_RULES = frozenset({"psychologist", "steward", "operator"})

ICONS = {
    "panel": ":material/checklist:",
    "trends": ":material/trending_up:",
    "patient": ":material/person:",
    "mismatch": ":material/compare_arrows:",
    "cohorts": ":material/group_work:",
    "questions": ":material/quiz:",
    "programs": ":material/groups:",
    "service": ":material/monitoring:",
    "data": ":material/database:",
    "measures": ":material/straighten:",
    "rules": ":material/tune:",
}


def file_of(page: str) -> Path:
    """The script of a page."""
    return _FOLDER / f"{page}.py"


def may_open(role: str, page: str) -> bool:
    return page in PAGES_OF.get(role, ())
