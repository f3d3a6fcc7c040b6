"""One rectangular table of text, as a CSV file or a worksheet gave it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from dashboard.errors import FileRefused
from dashboard.intake.incoming import SheetOriginals


@dataclass(frozen=True)
class Sheet:
    """Cells as they came; `text` gives them without spaces around and in one Unicode form.

    Args:
        names: the header, exactly as written; no two alike, at most one of them blank.
        cells: one column of strings for each name.
        source_row: int64, the row as a spreadsheet shows it (the header is row 1).
        delimiter: what separates the fields; "," for a worksheet.
        plain: true where no cell holds a space, a tab or anything beyond ASCII, so that
            there is nothing to tidy.
    """

    file_name: str
    names: tuple[str, ...]
    cells: tuple[pa.ChunkedArray, ...]
    source_row: pa.Array
    delimiter: str = ","
    plain: bool = False
    notes: tuple[str, ...] = ()
    _tidied: dict[str, pa.ChunkedArray] = field(default_factory=dict, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.source_row)

    @cached_property
    def _position(self) -> dict[str, int]:
        return {name: position for position, name in enumerate(self.names)}

    def __contains__(self, name: str) -> bool:
        return name in self._position

    def text(self, name: str) -> pa.ChunkedArray:
        """A column, tidied; KeyError when there is none of that name."""
        if name not in self._tidied:
            column = self.cells[self._position[name]]
            self._tidied[name] = column if self.plain else tidy(column)
        return self._tidied[name]

    def with_column(self, name: str, cells: pa.ChunkedArray) -> "Sheet":
        """The sheet with one more column, worked out from others."""
        return replace(self, names=(*self.names, name), cells=(*self.cells, cells), _tidied={})

    def only(self, chosen: pa.ChunkedArray) -> "Sheet":
        """The sheet with the chosen rows; they keep their numbers."""
        return replace(
            self,
            cells=tuple(column.filter(chosen) for column in self.cells),
            source_row=self.source_row.filter(whole(chosen)),
            _tidied={},
        )

    def originals(self, *, keep_row_numbers: bool = False) -> SheetOriginals:
        return SheetOriginals(
            self.names, self.cells, self.source_row, self.delimiter, keep_row_numbers
        )


def whole(chosen: pa.Array | pa.ChunkedArray) -> pa.Array:
    """A mask in one piece, as filtering an unchunked array needs it."""
    return chosen.combine_chunks() if isinstance(chosen, pa.ChunkedArray) else chosen


def tidy(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Without ASCII spaces around each cell, in Unicode's composed form (NFC)."""
    return pc.utf8_normalize(pc.ascii_trim(column, " \t"), form="NFC")


def check_header(file_name: str, names: Sequence[str]) -> None:
    """Refuses a header in which a name stands for two columns.

    Raises:
        FileRefused: naming both columns.
    """
    first: dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        if name in first:
            shown = f"“{name}”" if name else "blank"
            raise FileRefused(
                f"{file_name}, line 1, column {position}",
                f"the column name is {shown}, as in column {first[name]}.",
                "Give each column a name of its own.",
            )
        first[name] = position


def without_blank_rows(
    names: Sequence[str], cells: Sequence[pa.ChunkedArray], source_row: pa.Array
) -> tuple[tuple[pa.ChunkedArray, ...], pa.Array]:
    """Leaves out rows in which no cell holds anything but spaces."""
    if not names:
        return tuple(cells), source_row
    # Most rows have something in their first column: only the others need a closer look.
    suspect = pc.equal(pc.ascii_trim(cells[0], " \t"), "")
    if not pc.any(suspect).as_py():
        return tuple(cells), source_row
    blank = suspect
    for column in cells[1:]:
        blank = pc.and_(blank, pc.equal(pc.ascii_trim(column, " \t"), ""))
    keep = pc.invert(blank)
    return tuple(column.filter(keep) for column in cells), source_row.filter(whole(keep))
