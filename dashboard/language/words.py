"""One catalogue of sentences in each language, and dates and numbers as it writes them.

The folders `en/` and `el/` hold the same files, and those the same keys with the same
{placeholders}; a test keeps them so. Counted phrases have the plural forms of their
language as sub-keys (`days.one`, `days.other`).
"""

import datetime
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

LANGUAGES = {"en": "English", "el": "Ελληνικά"}

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Words:
    """One language.

    Attributes:
        code: key of LANGUAGES.
        sentences: flat key ("panel.question") to text with {placeholders}.
    """

    code: str
    sentences: Mapping[str, str]

    @property
    def locale(self) -> Locale:
        return Locale.parse(self.code)

    def say(self, key: str, **values: object) -> str:
        """The text of `key`; KeyError when the catalogue has none."""
        return self.sentences[key].format(**values)

    def count(self, key: str, number: int, **values: object) -> str:
        """A counted phrase in the plural form that `number` takes in this language."""
        form = self.locale.plural_form(number)
        key_of_form = f"{key}.{form}" if f"{key}.{form}" in self.sentences else f"{key}.other"
        return self.say(key_of_form, n=self.number(number), **values)

    def term(self, family: str, name: str) -> str:
        """A word of a measure definition where the catalogue translates it, else as it stands."""
        key = name.casefold().replace(" ", "_").replace("-", "_")
        return self.sentences.get(f"{family}.{key}", name)

    def date(self, day: datetime.date) -> str:
        return _day(self.code, "d MMM y", day)

    def short_date(self, day: datetime.date) -> str:
        return _day(self.code, "d MMM", day)

    def weekday(self, day: datetime.date) -> str:
        return _day(self.code, "EEE d MMM", day)

    def month(self, day: datetime.date) -> str:
        return _day(self.code, "MMM", day)

    def number(self, value: float) -> str:
        """Whole numbers without decimals, others with three figures, and a true minus sign."""
        figures = round(float(value), 2 if abs(float(value)) < 10 else 1) + 0.0
        return _decimal(self.code, "#,##0.##", figures)

    def fixed(self, value: float, places: int) -> str:
        """With so many decimals, as numbers that stand beside each other are written."""
        figures = round(float(value), places) + 0.0
        pattern = "#,##0." + "0" * places if places else "#,##0"
        return _decimal(self.code, pattern, figures)

    def signed(self, value: float, places: int | None = None) -> str:
        written = self.number(value) if places is None else self.fixed(value, places)
        return ("+" if value > 0 else "") + written

    def share(self, value: float) -> str:
        """A share of 1 as whole per cent."""
        written: str = format_percent(value, "#,##0%", self.locale)
        return written

    def joined(self, parts: Sequence[str]) -> str:
        """ "a, b and c"."""
        if len(parts) < 2:
            return "".join(parts)
        return self.say("list.last", start=", ".join(parts[:-1]), end=parts[-1])


# A page writes the same few numbers and days some hundred times.
@lru_cache(maxsize=8192)
def _day(code: str, pattern: str, day: datetime.date) -> str:
    return format_date(day, pattern, Locale.parse(code))


@lru_cache(maxsize=8192)
def _decimal(code: str, pattern: str, figures: float) -> str:
    written: str = format_decimal(figures, pattern, Locale.parse(code))
    return written.replace("-", "\N{MINUS SIGN}")


@cache
def words_in(code: str) -> Words:
    """The catalogue of one language; KeyError for a language there is none of."""
    if code not in LANGUAGES:
        raise KeyError(code)
    return Words(code, sentences_of(_FOLDER / code))


def sentences_of(folder: Path) -> dict[str, str]:
    """A language as flat keys: `[panel] question = "…"` becomes `panel.question`."""
    return dict(
        pair
        for path in sorted(folder.glob("*.toml"))
        for pair in _flat("", tomllib.loads(path.read_text("utf-8")))
    )


def _flat(prefix: str, table: Mapping[str, object]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in table.items():
        name = f"{prefix}{key}"
        pairs += _flat(f"{name}.", value) if isinstance(value, Mapping) else [(name, str(value))]
    return pairs
