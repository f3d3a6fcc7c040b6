"""Everything the product says, in the reader's language."""

from dashboard.language.words import LANGUAGES, Words, words_in

__all__ = ["LANGUAGES", "Words", "words_in"]
