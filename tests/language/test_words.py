"""The two catalogues say the same things, the code says only what they hold, and dates and
numbers follow the language."""

import ast
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from dashboard.language.words import LANGUAGES, sentences_of, words_in

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "dashboard" / "language"
ENGLISH = sentences_of(FOLDER / "en")
GREEK = sentences_of(FOLDER / "el")
SOURCES = [
    *(ROOT / "pages").glob("*.py"),
    *(
        path
        for part in ("ui", "charts", "analysis")
        for path in (ROOT / "dashboard" / part).rglob("*.py")
    ),
    ROOT / "dashboard" / "app.py",
]
# The Questions page says its sentences through what was chosen on it: of the page, of a question.
SAID_OF_QUESTIONS = {"say": r"questions\.", "own": r"questions\.[a-z]+\."}
SAID_OF_COHORTS = {"say": r"cohorts\."}
# `nothing` plays the part of whatever stands between braces in an f-string.
ANYTHING = r"[a-z0-9_.]+"


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_language_has_a_catalogue() -> None:
    files = {code: {path.name for path in (FOLDER / code).glob("*.toml")} for code in LANGUAGES}
    assert files["en"] == files["el"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_key_is_said_in_two_files(code: str) -> None:
    keys = [
        key
        for path in (FOLDER / code).glob("*.toml")
        for key in _keys("", tomllib.loads(path.read_text("utf-8")))
    ]
    assert len(keys) == len(set(keys))


def _keys(prefix: str, table: dict[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _keys(f"{prefix}{key}.", value)
        else:
            yield f"{prefix}{key}"


def test_the_catalogues_have_the_same_keys() -> None:
    assert ENGLISH.keys() == GREEK.keys()


@pytest.mark.parametrize("key", ENGLISH)
def test_a_sentence_has_the_same_placeholders_in_each_language(key: str) -> None:
    assert placeholders(ENGLISH[key]) == placeholders(GREEK[key])


def test_greek_is_greek() -> None:
    latin = {"CSV", "HTML", "Excel", "REDCap", "FHIR"}
    same = [key for key, text in GREEK.items() if text == ENGLISH[key] and text not in latin]
    assert all(not re.search("[a-z]{3}", re.sub(r"{\w+}", "", GREEK[key])) for key in same)


def said() -> Iterator[tuple[str, str]]:
    """Method and pattern of key of every `say`, `count` and `term` in the code."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            speaker = ast.unparse(node.func.value)
            if path.parent.name in {"questions", "cohorts"} and speaker in {"chosen", "self"}:
                of_page = SAID_OF_QUESTIONS if path.parent.name == "questions" else SAID_OF_COHORTS
                prefix = of_page.get(node.func.attr)
                for pattern in patterns(node.args[0]) if prefix else []:
                    yield "say", f"{prefix}{pattern}"
            if not speaker.endswith("words") and not speaker.startswith("words_in("):
                continue
            if node.func.attr in {"say", "count", "term"}:
                for pattern in patterns(node.args[0]):
                    yield node.func.attr, pattern


def patterns(argument: ast.expr) -> list[str]:
    match argument:
        case ast.Constant(value=str(text)):
            return [re.escape(text)]
        case ast.JoinedStr(values=parts):
            return [
                "".join(
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else ANYTHING
                    for part in parts
                )
            ]
        case ast.IfExp(body=body, orelse=other):
            return [*patterns(body), *patterns(other)]
        case ast.Name():
            return []
    raise AssertionError(f"a key that cannot be read: {ast.unparse(argument)}")


def test_the_code_says_only_what_the_catalogue_holds() -> None:
    for method, pattern in said():
        form = {"say": "", "count": r"\.(one|other)", "term": rf"\.{ANYTHING}"}[method]
        assert any(re.fullmatch(pattern + form, key) for key in ENGLISH), pattern


def test_the_catalogue_holds_only_what_the_code_says() -> None:
    """Keys that stand alone in a variable are written out as a text somewhere in the code."""
    keys = [
        (
            re.compile(
                pattern
                + {"say": "", "count": r"\.(one|other|few|many)", "term": rf"\.{ANYTHING}"}[method]
            )
        )
        for method, pattern in said()
    ]
    texts = {
        node.value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    unsaid = {
        key
        for key in ENGLISH
        if not any(pattern.fullmatch(key) for pattern in keys)
        and not any(key == text or key == f"{text}_none" or key == f"{text}_next" for text in texts)
        and not (key.startswith("questions.") and key.split(".", 2)[2] in texts)
    }
    assert not unsaid


def test_dates_follow_the_language() -> None:
    day = date(2026, 9, 3)
    assert words_in("en").date(day) == "3 Sep 2026"
    assert words_in("el").date(day) == "3 Σεπ 2026"
    assert words_in("en").weekday(day) == "Thu 3 Sep"
    assert words_in("el").month(day).startswith("Σεπ")


def test_numbers_follow_the_language_and_have_a_true_minus() -> None:
    assert words_in("en").number(-3.5) == "\N{MINUS SIGN}3.5"
    assert words_in("el").number(-3.5) == "\N{MINUS SIGN}3,5"
    assert words_in("en").number(7.0) == "7"
    assert words_in("en").number(15.75) == "15.8"
    assert words_in("en").number(1.756) == "1.76"
    assert words_in("en").number(-0.001) == "0"
    assert words_in("en").signed(4) == "+4"
    assert words_in("en").signed(0) == "0"


def test_counted_phrases_take_their_plural() -> None:
    assert words_in("en").count("days", 1) == "1 day"
    assert words_in("en").count("days", 0) == "0 days"
    assert words_in("el").count("days", 1) == "1 ημέρα"
    assert words_in("el").count("days", 5) == "5 ημέρες"


def test_a_list_is_joined_as_the_language_does() -> None:
    assert words_in("en").joined(["a", "b", "c"]) == "a, b and c"
    assert words_in("el").joined(["α", "β"]) == "α και β"
    assert words_in("en").joined([]) == ""


def test_a_band_is_translated_where_the_catalogue_knows_it() -> None:
    assert words_in("el").term("band", "moderately severe") == "μέτρια προς σοβαρή"
    assert words_in("el").term("band", "50 and below: flag") == "50 and below: flag"


def test_there_is_no_catalogue_for_other_languages() -> None:
    with pytest.raises(KeyError):
        words_in("xx")
