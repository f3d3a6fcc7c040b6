"""Text from files on its way to the screen: shown letter by letter, never read as Markdown."""

import re
import string
from collections import Counter
from collections.abc import Mapping

_PUNCTUATION = re.compile(f"([{re.escape(string.punctuation)}])")
# Addresses turn into links even when escaped. An invisible joiner inside them stops that.
_JOINER = "\N{WORD JOINER}"
_ADDRESS = re.compile(r"(?<=www)(?=\\\.)|(?=\\:\\/\\/)|(?=\\@)", re.IGNORECASE)


def as_text(value: object) -> str:
    """The text with every character that Markdown could act on escaped.

    CommonMark lets any ASCII punctuation be escaped with a backslash; line breaks become
    spaces so that a value cannot start a block of its own.
    """
    escaped = _PUNCTUATION.sub(r"\\\1", " ".join(str(value).split()))
    return _ADDRESS.sub(_JOINER, escaped)


def told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """Names by id; one that several share carries the id. A control knows its options by what
    it shows, so of two people of one name it would take the first for the second."""
    shared = Counter(names.values())
    return {key: name if shared[name] == 1 else f"{name} ({key})" for key, name in names.items()}
