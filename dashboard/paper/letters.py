"""Which signs the PDF can print: its letters come with it, and they are not all there are."""

import unicodedata

# Every sign of these ranges is in the typesetter's own fonts (a test holds them to it): Latin,
# accents, Greek ancient and modern, Cyrillic, punctuation, currencies, arrows, mathematics,
# boxes and shapes.
_RANGES = (
    (0x0020, 0x007E),
    (0x00A0, 0x03FF),
    (0x0400, 0x047F),
    (0x1E00, 0x1FFF),
    (0x2010, 0x2040),
    (0x2070, 0x20BF),
    (0x2190, 0x22FF),
    (0x2500, 0x25FF),
)


def printable(text: str) -> str:
    """The text with white space as single spaces. A sign that cannot be printed stands as its
    code, so that nothing is lost without a trace."""
    return "".join(
        sign if can_print(sign) else f"[U+{ord(sign):04X}]" for sign in " ".join(text.split())
    )


def can_print(sign: str) -> bool:
    """Signs that steer instead of being seen (category C) cannot, whatever their range."""
    return unicodedata.category(sign)[0] != "C" and any(
        first <= ord(sign) <= last for first, last in _RANGES
    )
