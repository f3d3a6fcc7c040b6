"""Which numbers about groups may be shown, so that no small group can be told from them.

A count of 1 to one below the minimum is hidden; so is every share that would give it away.
Zero may show. The minimum of ten, and never below five, is the rule for service data here
(docs/decisions.md); one's own patients need no hiding, which is a minimum of 1.
"""

DEFAULT_MINIMUM = 10
LOWEST_MINIMUM = 5


def shown_count(count: int, minimum: int) -> int | None:
    """The count, or None where it stands for too few people."""
    return None if 0 < count < minimum else count


def shown_share(part: int, whole: int, minimum: int) -> float | None:
    """`part` of `whole`, 0 to 1; None where either, or what is left, stands for too few."""
    if whole == 0 or any(0 < n < minimum for n in (part, whole - part, whole)):
        return None
    return part / whole


def hidden_label(minimum: int) -> str:
    """What stands in place of a hidden count."""
    return f"<{minimum}"
