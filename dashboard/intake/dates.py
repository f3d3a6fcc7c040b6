"""Declared date formats and time zones. Without a declaration dates are left as they came.

`03/04/2026` is never guessed at: the store takes ISO dates only and refuses the rest by row.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

_NAIVE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?")
_TIME_DIRECTIVES = ("%H", "%I", "%M", "%c", "%X")


class LocalTimeError(ValueError):
    """A local time that a clock change skipped, or showed twice. Holds the reason."""


@dataclass(frozen=True)
class DateRules:
    """What a map declares about the dates of a file."""

    date_format: str | None = None
    time_zone: str | None = None

    @property
    def declared(self) -> bool:
        return self.date_format is not None or self.time_zone is not None

    def iso(self, text: str) -> str:
        """One cell as ISO text; as it came where the declaration does not fit it.

        Raises:
            LocalTimeError: in the declared zone this time did not exist, or existed twice.
        """
        # strptime takes digits of any script; ids and dates here are ASCII only.
        if self.date_format and text.isascii():
            try:
                moment = datetime.strptime(text, self.date_format)
            except ValueError:
                pass
            else:
                if not any(directive in self.date_format for directive in _TIME_DIRECTIVES):
                    return moment.date().isoformat()
                return self._with_offset(moment)
        if self.time_zone and _NAIVE.fullmatch(text):
            try:
                return self._with_offset(datetime.fromisoformat(text))
            except LocalTimeError:
                raise
            except ValueError:
                return text
        return text

    def _with_offset(self, moment: datetime) -> str:
        if moment.tzinfo is not None or self.time_zone is None:
            return moment.isoformat()
        zone = ZoneInfo(self.time_zone)
        first, second = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
        if first.utcoffset() != second.utcoffset():
            back = first.astimezone(ZoneInfo("UTC")).astimezone(zone)
            if back.replace(tzinfo=None) != moment:
                raise LocalTimeError(f"the clocks in {self.time_zone} skipped this time")
            raise LocalTimeError(f"the clocks in {self.time_zone} showed this time twice")
        return first.isoformat()


def iso_dates(cells: pa.ChunkedArray, rules: DateRules) -> tuple[pa.ChunkedArray, dict[str, str]]:
    """A column of dates as ISO text, and the reason for each text that names no instant.

    Each distinct text is looked at once: a million answers have a few thousand dates.
    """
    if not rules.declared:
        return cells, {}
    distinct = pc.unique(cells)
    reasons: dict[str, str] = {}
    turned: list[str] = []
    for text in distinct.to_pylist():
        try:
            turned.append(rules.iso(text))
        except LocalTimeError as problem:
            reasons[text] = str(problem)
            turned.append(text)
    return pa.array(turned, pa.string()).take(pc.index_in(cells, distinct)), reasons
