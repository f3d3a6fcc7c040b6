"""The page of results that every benchmark writes its own section of."""

from collections.abc import Sequence
from pathlib import Path

PAGE = Path(__file__).with_name("results.md")


def write_section(title: str, lines: Sequence[str]) -> None:
    """Replace the section of this title, or add it; the other sections stay as they are."""
    heading = f"# {title}\n"
    text = PAGE.read_text("utf-8") if PAGE.exists() else ""
    sections = [f"# {section}".strip() for section in f"\n{text}".split("\n# ")[1:]]
    own = "\n".join([heading, *lines]).strip()
    titled = [section.startswith(heading.strip() + "\n") for section in sections]
    if any(titled):
        sections[titled.index(True)] = own
    else:
        sections.append(own)
    PAGE.write_text("\n\n".join(sections) + "\n", "utf-8")
