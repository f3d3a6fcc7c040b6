"""The documents name what the code has, and nothing that it has not."""

import ast
import re
from pathlib import Path

import click
import pytest

from dashboard.__main__ import main
from dashboard.measures.catalogue import load_catalogue
from dashboard.store.queries import query_named, query_names

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = sorted(
    [ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("dashboard/**/*.md")]
    + [*ROOT.glob("sample_data/*.md"), *ROOT.glob("benchmarks/*.md"), *ROOT.glob("queries/*.md")]
)

# The words of the product, each of which the glossary has to explain.
WORDS = """
measure item scale score band cut-off caseness assessment wave reliable_change
important_difference support_type support_source need receipt gap mismatch under-provided
over-provided alert tier panel cohort program contact referral site time_to_match snapshot scope
"""


def table_rows(document: str) -> list[list[str]]:
    """Cells of every row of a document's tables, without their heads."""
    rows: list[list[str]] = []
    for line in (ROOT / document).read_text("utf-8").splitlines():
        if re.fullmatch(r"\|[\s:|-]+\|", line):
            rows.pop()  # the line above this rule was a head
        elif line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_readme_opens_with_the_two_commands() -> None:
    opening = README.split("```")[1].splitlines()
    assert [line.split("#")[0].strip() for line in opening if line] == ["make run", "make test"]


@pytest.mark.parametrize("key", load_catalogue())
def test_every_measure_is_in_the_readme(key: str) -> None:
    assert f"`{key}`" in README


def test_the_list_of_queries_says_what_their_headers_say() -> None:
    listed = {row[0].strip("`"): row[1] for row in table_rows("queries/README.md")}
    assert listed == {name: query_named(name).purpose for name in query_names()}


@pytest.mark.parametrize("page", sorted(path.stem for path in ROOT.glob("pages/*.py")))
def test_every_page_is_in_the_readme(page: str) -> None:
    assert re.search(rf"^\| \*\*{page.capitalize()}\*\* \|", README, re.MULTILINE)


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_is_in_the_readme(name: str) -> None:
    assert f"python -m dashboard {name}" in README


def test_every_command_in_the_documents_exists_with_its_options() -> None:
    for document in DOCUMENTS:
        text = document.read_text("utf-8").replace("\\\n", " ")
        for name, rest in re.findall(r"python -m dashboard ([a-z]+)\b([^`\n|#]*)", text):
            assert name in main.commands, f"{shown(document)}: {name}"
            known = options_of(main.commands[name])
            used = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", rest))
            assert used <= known, f"{shown(document)}: {name} {used - known}"


def options_of(command: click.Command) -> set[str]:
    return {"--help"} | {option for param in command.params for option in param.opts}


@pytest.mark.parametrize("word", WORDS.split())
def test_every_word_is_explained(word: str) -> None:
    explained = [name for row in table_rows("docs/glossary.md") for name in row[0].split(", ")]
    assert word.replace("_", " ") in explained


@pytest.mark.parametrize("row", table_rows("docs/hazards.md"), ids=lambda row: row[0])
def test_every_hazard_names_tests_that_exist(row: list[str]) -> None:
    hazard, cause, control, tests, residual_risk = row
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", tests)
    assert hazard
    assert cause
    assert control
    assert residual_risk
    assert named
    for file, name in named:
        assert name in names_of_tests_in(ROOT / file), f"{file}::{name}"


def names_of_tests_in(file: Path) -> set[str]:
    return {
        node.name
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text("utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (document.parent / target).exists(), f"{shown(document)}: {target}"


def test_every_dependency_of_the_app_is_argued_for() -> None:
    argued = {row[0].split()[0].lower() for row in table_rows("docs/decisions.md")}
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    needed = {line.split("==")[0].lower() for line in lines if line[:1].isalpha()}
    assert argued == needed


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_nothing_claims_to_be_certified(document: Path) -> None:
    claims = re.findall(
        r"(?i)\b(?:certified|compliant|CE[ -]mark(?:ed)?|FDA[ -]\w+|medical device)\b.*",
        document.read_text("utf-8"),
    )
    assert not [claim for claim in claims if " not " not in claim]
