"""Text from files on its way to the screen: shown letter by letter, never read as Markdown."""

import re
import string

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
