"""Text from files on its way to the screen: shown letter by letter, never read as Markdown."""

import re
import string

_PUNCTUATION = re.compile(f"([{re.escape(string.punctuation)}])")


def as_text(value: object) -> str:
    """The text with every character that Markdown could act on escaped.

    CommonMark lets any ASCII punctuation be escaped with a backslash; line breaks become
    spaces so that a value cannot start a block of its own.
    """
    return _PUNCTUATION.sub(r"\\\1", " ".join(str(value).split()))
