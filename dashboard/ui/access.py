"""Which role may open which page. A page that is not named for a role is closed to it."""

from pathlib import Path

_FOLDER = Path(__file__).parents[2] / "pages"

PAGES_OF: dict[str, tuple[str, ...]] = {
    "nurse": ("panel", "patient", "measures"),
    "psychologist": ("panel", "patient", "measures"),
    "manager": ("measures",),
    "steward": ("data", "measures"),
    # The one person at a laptop whose store has no staff list yet.
    "operator": ("panel", "patient", "data", "measures"),
}

ICONS = {
    "panel": ":material/checklist:",
    "patient": ":material/person:",
    "data": ":material/database:",
    "measures": ":material/straighten:",
}


def file_of(page: str) -> Path:
    """The script of a page."""
    return _FOLDER / f"{page}.py"


def may_open(role: str, page: str) -> bool:
    return page in PAGES_OF.get(role, ())
