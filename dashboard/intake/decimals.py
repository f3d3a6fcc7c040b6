"""Decimal commas: recognised where a whole column agrees, never guessed cell by cell."""

import pyarrow as pa
import pyarrow.compute as pc

from dashboard.errors import FileRefused

_WITH_COMMA = r"^[+-]?[0-9]+,[0-9]+$"
_WITH_POINT = r"^[+-]?[0-9]+\.[0-9]+$"
_NUMBER = r"^[+-]?[0-9]+([.,][0-9]+)?$"
# 1,234 can be a thousand and more, so a column of nothing else proves no decimal comma.
_LIKE_THOUSANDS = r"^[+-]?[0-9]{1,3},[0-9]{3}$"


def with_points(
    cells: pa.ChunkedArray, *, where: str, delimiter: str, declared: bool
) -> pa.ChunkedArray:
    """A column of numbers with decimal points.

    A semicolon between the columns already says that the comma is taken, so there one number
    with a comma is enough. Otherwise most numbers of the column must have one. Cells that
    are no numbers stay as they are, and so does a column that proves nothing: the store then
    refuses those rows.

    Args:
        where: file and column, for the message.
        delimiter: what separates the columns of the file.
        declared: the map or the data dictionary says that numbers have decimal commas.

    Raises:
        FileRefused: numbers with a comma and numbers with a point in one column.
    """
    if not pc.any(pc.match_substring(cells, ",")).as_py():
        return cells
    comma = pc.match_substring_regex(cells, _WITH_COMMA)
    commas = pc.sum(comma).as_py() or 0
    point = pc.match_substring_regex(cells, _WITH_POINT)
    sure = declared or delimiter == ";"
    if sure and commas and pc.any(point).as_py():
        raise FileRefused(
            where,
            "some numbers have a decimal comma and others a decimal point.",
            "Write them all one way.",
        )
    if not sure:
        numbers = pc.sum(pc.match_substring_regex(cells, _NUMBER)).as_py() or 0
        thousands = pc.sum(pc.match_substring_regex(cells, _LIKE_THOUSANDS)).as_py() or 0
        sure = commas > numbers / 2 and commas > thousands and not pc.any(point).as_py()
    if not sure:
        return cells
    return pc.if_else(comma, pc.replace_substring(cells, ",", "."), cells)
