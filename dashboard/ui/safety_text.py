"""What a safety alert tells the reader to do: the centre's own words where it has written them."""

from pathlib import Path

FILE_NAME = "safety.txt"
LONGEST = 2_000


def safety_text(directory: str, of_the_measure: str) -> str:
    """The text of `safety.txt` in the store's folder, else the measure's own message.

    Read each time, so that a change is on the page at the next click; plain text, of which
    the first 2,000 characters are shown.
    """
    path = Path(directory) / FILE_NAME
    if not path.is_file():
        return of_the_measure
    return path.read_text("utf-8", errors="replace")[:LONGEST].strip() or of_the_measure
