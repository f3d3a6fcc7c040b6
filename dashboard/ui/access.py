"""Which role may open which page. A page that is not named for a role is closed to it."""

from pathlib import Path

_FOLDER = Path(__file__).parents[2] / "pages"

PAGES_OF: dict[str, tuple[str, ...]] = {
    "nurse": ("panel", "patient", "mismatch", "measures", "rules"),
    "psychologist": ("panel", "patient", "mismatch", "measures", "rules"),
    "manager": ("measures", "rules"),
    "steward": ("data", "measures", "rules"),
    # The one person at a laptop whose store has no staff list yet.
    "operator": ("panel", "patient", "mismatch", "data", "measures", "rules"),
}

# Who may put another version of the alert rules in force. Everyone may try one out.
MAY_PUBLISH_RULES = frozenset({"psychologist", "steward", "operator"})

ICONS = {
    "panel": ":material/checklist:",
    "patient": ":material/person:",
    "mismatch": ":material/compare_arrows:",
    "data": ":material/database:",
    "measures": ":material/straighten:",
    "rules": ":material/tune:",
}


def file_of(page: str) -> Path:
    """The script of a page."""
    return _FOLDER / f"{page}.py"


def may_open(role: str, page: str) -> bool:
    return page in PAGES_OF.get(role, ())
