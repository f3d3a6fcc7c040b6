"""The house rules that can be read off the files themselves."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

TOP_LEVEL = {
    ".ci",
    ".editorconfig",
    ".gitattributes",
    ".gitignore",
    ".streamlit",
    "Makefile",
    "README.md",
    "benchmarks",
    "dashboard",
    "docs",
    "pages",
    "pyproject.toml",
    "queries",
    "requirements-dev.txt",
    "requirements.txt",
    "sample_data",
    "streamlit_app.py",
    "tests",
}

# Each part of dashboard/ with the other parts it may import.
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "measures": {"errors"},
    "language": {"errors"},
    "mismatch": {"errors", "measures"},
    "intake": {"errors", "measures"},
    "store": {"errors", "measures", "mismatch", "intake", "analysis"},
    "analysis": {"errors", "measures", "language"},
    "charts": {"errors", "measures", "language", "analysis"},
    "paper": {"errors", "measures", "language", "analysis", "charts"},
    "ui": {
        "errors",
        "measures",
        "language",
        "mismatch",
        "intake",
        "store",
        "analysis",
        "charts",
        "paper",
    },
    "app": {"errors", "language", "store", "ui"},
    "__main__": {
        "errors",
        "measures",
        "language",
        "mismatch",
        "intake",
        "store",
        "analysis",
        "paper",
    },
}

# One word each: a part of a name is compared with these.
BANNED_WORDS = {"payload", "entity", "entities", "handler", "handlers", "utils", "util"} | {
    "helper",
    "helpers",
    "misc",
    "df2",
}

# Import name → name in the requirements files, where the two differ.
# Streamlit is served by starlette, in the version that it asks for itself.
DISTRIBUTIONS = {"python_calamine": "python-calamine", "starlette": "streamlit"}

# Names cannot be parameters: these statements take theirs from a list, a path or a question's
# file of ours. Each is listed by how it begins.
ASSEMBLED_SQL = {
    "dashboard/store/alerting.py": ["insert into "],
    "dashboard/store/connection.py": ["attach '", "select schema_mark from "],
    "dashboard/store/catalogue_tables.py": ["delete from ", "insert into "],
    "dashboard/store/importing.py": ["set variable "],
    "dashboard/store/staging.py": ["insert into "],
}

SQL = re.compile(
    r"(?:^|[\s(])(?:select\s.*\sfrom\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s"
    r"|(?:create|drop|alter)\s+(?:or\s+replace\s+)?(?:temp\s+)?(?:table|view|macro)\s"
    r"|attach\s+'|copy\s+\S+\s+to\s)",
    re.DOTALL,
)
# Keywords are written in one case throughout; "Select a patient from the list" is English.
SQL_IN_CAPITALS = re.compile(SQL.pattern.replace("select", "SELECT").replace("from", "FROM"))
HTML = re.compile(r"</?[a-z][a-z0-9]*(\s[^<>]*)?/?>", re.IGNORECASE)
ABSOLUTE_PATH = re.compile(r"^(?:/(?:home|Users|root|tmp|usr|opt|var|mnt|srv|work)/|[A-Za-z]:\\)")


def python_files(*folders: str) -> list[Path]:
    files = [ROOT / "streamlit_app.py"] if "." in folders else []
    for folder in folders:
        if folder != ".":
            files += (ROOT / folder).rglob("*.py")
    return sorted(files)


PRODUCT = python_files(".", "dashboard", "pages", "sample_data")
PAGES = python_files("pages")
EVERY_FILE = sorted({*PRODUCT, *python_files("benchmarks", "tests")})


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


every_product_file = pytest.mark.parametrize("path", PRODUCT, ids=shown)
every_page = pytest.mark.parametrize("path", PAGES, ids=shown)
every_file = pytest.mark.parametrize("path", EVERY_FILE, ids=shown)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), shown(path))


def imports(path: Path) -> set[str]:
    """Dotted names of all modules that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{shown(path)}:{node.lineno}: import by full name"
            found.add(str(node.module))
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def top_imports(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def part_of_dashboard(path: Path) -> str:
    return path.relative_to(ROOT / "dashboard").parts[0].removesuffix(".py")


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every string of a file, docstrings left out."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(parsed(path))
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(parsed(path)):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings
        ):
            yield node.lineno, node.value


def is_sql(text: str) -> bool:
    return bool(SQL.search(text) or SQL_IN_CAPITALS.search(text))


def test_the_top_level_is_the_planned_one() -> None:
    ignored = {
        line.strip("/")
        for line in (ROOT / ".gitignore").read_text("utf-8").splitlines()
        if line.endswith("/")
    }
    present = {path.name for path in ROOT.iterdir()} - ignored - {".git"}
    assert present == TOP_LEVEL


def test_every_part_of_the_dashboard_has_its_place_in_the_layers() -> None:
    parts = {part_of_dashboard(path) for path in python_files("dashboard")} - {"__init__"}
    assert parts == MAY_IMPORT.keys()


@pytest.mark.parametrize("path", python_files("dashboard"), ids=shown)
def test_imports_go_one_way(path: Path) -> None:
    part = part_of_dashboard(path)
    used = {name.split(".")[1] for name in imports(path) if name.startswith("dashboard.")}
    assert used - {part} <= MAY_IMPORT.get(part, set())


def test_the_store_takes_only_the_rule_of_disclosure_from_analysis() -> None:
    taken = {
        name
        for path in python_files("dashboard/store")
        for name in imports(path)
        if name.startswith("dashboard.analysis")
    }
    assert {".".join(name.split(".")[:3]) for name in taken} == {"dashboard.analysis.disclosure"}


@every_product_file
def test_only_the_store_knows_the_databases(path: Path) -> None:
    if not shown(path).startswith("dashboard/store/"):
        assert not top_imports(path) & {"duckdb", "sqlalchemy", "sqlite3"}


@every_product_file
def test_only_the_front_knows_streamlit(path: Path) -> None:
    front = ("streamlit_app.py", "dashboard/app.py", "dashboard/ui/", "pages/")
    if not shown(path).startswith(front):
        assert "streamlit" not in top_imports(path)


@pytest.mark.parametrize("path", python_files(".", "dashboard", "pages", "tests"), ids=shown)
def test_no_file_changes_where_python_looks_for_modules(path: Path) -> None:
    assert not [
        node.lineno
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.path"
    ]


@every_product_file
def test_every_package_the_app_imports_is_declared(path: Path) -> None:
    foreign = top_imports(path) - sys.stdlib_module_names - {"dashboard", "sample_data"}
    assert {DISTRIBUTIONS.get(name, name) for name in foreign} <= declared("requirements.txt")


@every_file
def test_every_package_the_tests_import_is_declared(path: Path) -> None:
    ours = {"dashboard", "sample_data", "benchmarks", "tests", "streamlit_app", "conftest"}
    foreign = top_imports(path) - sys.stdlib_module_names - ours
    assert {DISTRIBUTIONS.get(name, name) for name in foreign} <= (
        declared("requirements.txt") | declared("requirements-dev.txt")
    )


@cache
def declared(file: str) -> set[str]:
    lines = (ROOT / file).read_text("utf-8").splitlines()
    return {re.split(r"[=<>~!\[ ]", line)[0].lower() for line in lines if line[:1].isalpha()}


@every_page
def test_a_page_defines_nothing(path: Path) -> None:
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    assert not [node.lineno for node in ast.walk(parsed(path)) if isinstance(node, definitions)]


@every_page
def test_a_page_is_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 90


@every_page
def test_a_page_opens_with_the_question_it_answers(path: Path) -> None:
    docstring = ast.get_docstring(parsed(path)) or ""
    assert [line for line in docstring.splitlines() if line.rstrip().endswith("?")]


@every_page
def test_a_page_holds_no_sql(path: Path) -> None:
    assert not [(line, text) for line, text in texts(path) if is_sql(text)]


@every_page
def test_a_page_holds_no_html(path: Path) -> None:
    assert not [(line, text) for line, text in texts(path) if HTML.search(text)]


@every_page
def test_a_page_holds_no_maths(path: Path) -> None:
    operators = (ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
    aggregations = {"mean", "median", "std", "var", "quantile", "sum", "groupby", "agg", "merge"}
    nodes = list(ast.walk(parsed(path)))
    assert not top_imports(path) & {"numpy", "pandas", "scipy", "statsmodels", "math"}
    assert not [n.lineno for n in nodes if isinstance(n, ast.BinOp) and isinstance(n.op, operators)]
    assert not [n.lineno for n in nodes if isinstance(n, ast.Attribute) and n.attr in aggregations]


@every_product_file
def test_no_markup_is_smuggled_past_streamlit(path: Path) -> None:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.keyword):
            assert node.arg != "unsafe_allow_html", f"{shown(path)}:{node.value.lineno}"
            assert node.arg != "unsafe_allow_javascript", f"{shown(path)}:{node.value.lineno}"
        if isinstance(node, ast.Attribute):
            assert ast.unparse(node) != "st.html", f"{shown(path)}:{node.lineno}"
            assert "components.v1" not in ast.unparse(node), f"{shown(path)}:{node.lineno}"


@every_product_file
def test_answers_are_cached_in_one_place_and_never_by_the_clock(path: Path) -> None:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.keyword):
            assert node.arg != "ttl", f"{shown(path)}:{node.value.lineno}"
        if isinstance(node, ast.Attribute) and shown(path) != "dashboard/ui/frames.py":
            assert node.attr != "cache_data", f"{shown(path)}:{node.lineno}"


@pytest.mark.parametrize("path", python_files("dashboard/store"), ids=shown)
def test_sql_is_never_put_together_from_strings(path: Path) -> None:
    """Neither an f-string, nor +, % or format() may make a statement."""
    allowed = tuple(ASSEMBLED_SQL.get(shown(path), []))
    executed = {
        id(node.args[0])
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"execute", "executemany", "sql", "query"}
        and node.args
    }
    assembled = [
        (place_of(path, node), pieces)
        for node in ast.walk(parsed(path))
        for pieces in [pieces_of(node)]
        if is_assembled(node) and (id(node) in executed or any(map(is_sql, pieces)))
    ]
    assert not [place for place, pieces in assembled if not "".join(pieces).startswith(allowed)]
    assert len(assembled) == len(allowed), assembled


def place_of(path: Path, node: ast.AST) -> str:
    return f"{shown(path)}:{getattr(node, 'lineno', 0)}"


def pieces_of(node: ast.AST) -> list[str]:
    """The fixed texts that a string is put together from."""
    return [
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


def is_assembled(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, (ast.Add, ast.Mod))
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"format", "join", "replace"}
    )


def test_sql_files_live_with_the_questions_and_in_the_store() -> None:
    places = {
        shown(path)
        for top in TOP_LEVEL
        for path in (ROOT / top).rglob("*.sql")
        if (ROOT / top).is_dir()
    }
    assert places
    assert not [place for place in places if not place.startswith(("queries/", "dashboard/store/"))]


@pytest.mark.parametrize("path", sorted(ROOT.glob("queries/*.sql")), ids=shown)
def test_a_question_does_not_depend_on_the_day_it_is_asked(path: Path) -> None:
    statement = re.sub(r"--.*", "", path.read_text("utf-8"))
    assert not re.search(r"\bcurrent_(date|timestamp)\b|\b(now|today)\s*\(", statement)


@every_file
def test_names_say_what_they_mean(path: Path) -> None:
    names = {path.stem: 1} | dict.fromkeys(path.relative_to(ROOT).parent.parts, 1)
    for node in ast.walk(parsed(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names[node.name] = node.lineno
        elif isinstance(node, ast.arg):
            names[node.arg] = node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names[node.id] = node.lineno
        if isinstance(node, ast.ClassDef):
            assert not node.name.endswith("Manager"), f"{shown(path)}:{node.lineno}"
    assert not {name: line for name, line in names.items() if words_of(name) & BANNED_WORDS}


def words_of(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d*", name)}


@every_file
def test_no_absolute_path(path: Path) -> None:
    assert not [(line, text) for line, text in texts(path) if ABSOLUTE_PATH.match(text)]


@every_product_file
def test_every_module_says_what_it_is_for(path: Path) -> None:
    if path.name != "__init__.py":
        assert ast.get_docstring(parsed(path)), shown(path)
