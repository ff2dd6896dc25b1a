"""Writes the table of docs/architecture.md from the modules' own first sentences: `python docs/modules.py`."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "architecture.md"
HEAD = "| module | what it is |\n|---|---|\n"


def table() -> str:
    """A line a module: its path under bot/, and the first line of its docstring."""
    lines = []
    for path in sorted((ROOT / "bot").rglob("*.py")):
        words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        name = path.relative_to(ROOT / "bot").as_posix()
        lines.append(f"| `{name}` | {words.splitlines()[0]} |\n")
    return HEAD + "".join(lines)


def main() -> None:
    """Put the table in the place of the one that stands there."""
    before, _, _ = PAGE.read_text(encoding="utf-8").partition(HEAD)
    PAGE.write_text(before + table(), encoding="utf-8")


if __name__ == "__main__":
    main()
