"""The import rule, the homes of libraries, and the size of modules: read from every file of `bot/`."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

BOT = Path(__file__).resolve().parents[1] / "bot"
MODULES = sorted(BOT.rglob("*.py"))

INNER = {"core", "ports", "text"}
MAY_IMPORT: dict[str, set[str]] = {
    "core": {"core"},
    "ports": {"core", "ports"},
    "text": {"core", "text"},
    "services": {"core", "ports", "text", "services"},
    "sources": INNER | {"sources"},
    "analyst": INNER | {"analyst"},
    "store": INNER | {"store"},
    "lenses": INNER | {"lenses"},
    "workers": INNER | {"workers"},
    "demo": INNER | {"demo"},
    "console": INNER | {"console"},
    "discord": INNER | {"discord"},
    "slack": INNER | {"slack"},
    "config": {"core", "config"},
}
HOMES: dict[str, set[str]] = {
    "rich": {"cli", "app", "console", "__main__"},
    "typer": {"cli", "app", "__main__"},
    "prompt_toolkit": {"cli"},
    "krippendorff": {"cli"},
    "aiohttp": {"sources", "health", "discord", "slack"},
    "yarl": {"discord"},
    "pydantic": {"config", "analyst"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "cattrs": {"store"},
    "feedparser": {"sources"},
    "selectolax": {"sources"},
    "pypdfium2_raw": {"sources"},
    "pylatexenc": {"text"},
    "sentencex": {"text"},
    "snowballstemmer": {"text"},
    "regex": {"text"},
    "pyseccomp": {"workers"},
    "structlog": {"log"},
    "prometheus_client": {"health"},
    "discord": {"discord"},
    "slack_bolt": {"slack"},
    "slack_sdk": {"slack"},
    "openai": {"analyst"},
}
RUN_BY_WORKERS = (
    "bot.sources.fulltext.html.read_html",
    "bot.sources.pdf.pdf_file.read_pdf",
    "bot.sources.feed.parse_feed",
    "bot.sources.listing.parse_listing",
    "bot.sources.api.parse_api",
)
CORE_MAY_NOT = {"asyncio", "os", "logging", "time", "random"}
WALL_CLOCK = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns")
READS_THE_WALL_CLOCK = {
    "clock.py": {"datetime.now"},
    "platforms/slack/events/socket_mode.py": {"time.time"},  # Bolt subtracts it from its own reading, for its log
}
COMPOSITION = {"app", "clock", "models", "cli", "__main__", "health", "log"}


def part_of(path: Path) -> str:
    """The part of the architecture a module belongs to: its folder, its platform, or its own name."""
    inside = path.relative_to(BOT).with_suffix("").parts
    if inside[0] == "platforms" and len(inside) > 1:
        return inside[1]
    return inside[0]


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            yield from (f"{module}.{alias.name}" for alias in node.names)


def named(path: Path) -> str:
    return str(path.relative_to(BOT.parent))


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_imports_only_what_its_part_may(path: Path) -> None:
    part = part_of(path)
    if part in COMPOSITION or part == "__init__":
        return
    assert part in MAY_IMPORT or path.name == "__init__.py", f"{part} has no row in the import table"
    for name in imports_of(path):
        if name.startswith("bot.") and not (part == "workers" and name in RUN_BY_WORKERS):
            assert part_of(BOT / Path(*name.split(".")[1:])) in MAY_IMPORT[part] | {"__version__"}, (
                f"{path} imports {name}"
            )


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_library_is_imported_only_at_its_home(path: Path) -> None:
    for name in imports_of(path):
        library = name.partition(".")[0]
        if library == "bot" or library in sys.stdlib_module_names:
            continue
        assert library in HOMES, f"{path} imports {library}, which has no home in the table"
        assert part_of(path) in HOMES[library], f"{path} imports {library}, which lives in {HOMES[library]}"


@pytest.mark.parametrize("path", [path for path in MODULES if part_of(path) == "core"], ids=named)
def test_core_touches_neither_clock_nor_machine(path: Path) -> None:
    for name in imports_of(path):
        assert name.partition(".")[0] not in CORE_MAY_NOT, f"{path} imports {name}"
        assert name.partition(".")[0] in sys.stdlib_module_names | {"bot"}, f"{path} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_the_wall_clock_is_read_in_one_place(path: Path) -> None:
    read = {
        f"{ast.unparse(node.func)}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    }
    found = {name for name in read if name.endswith(WALL_CLOCK)}
    assert found <= READS_THE_WALL_CLOCK.get(path.relative_to(BOT).as_posix(), set()), "take a Clock"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_module_is_over_400_lines_and_no_function_over_60(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 400
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{node.name} is too long"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_every_module_and_public_name_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{path} has no docstring"
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{path}: {node.name} has no docstring"


def test_the_guard_sees_a_wrong_import(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("import asyncio\nfrom bot.store.sql import SqlStore\n")
    assert set(imports_of(wrong)) == {"asyncio", "bot.store.sql.SqlStore"}
    assert part_of(BOT / "store" / "sql") not in MAY_IMPORT["core"]
