"""Writes the map of docs/architecture.md, room by room, from the modules' first sentences: `python docs/modules.py`."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BOT = ROOT / "bot"
PAGE = ROOT / "docs" / "architecture.md"
HEAD = "## The map\n\n"


def first_sentence(path: Path) -> str:
    """The first line of a module's docstring."""
    words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return words.splitlines()[0]


def table() -> str:
    """A heading a room with what it is, then a line a module: its path under bot/, and what it is."""
    rooms: dict[Path, list[Path]] = defaultdict(list)
    for path in BOT.rglob("*.py"):
        rooms[path.parent].append(path)
    parts = []
    for room in sorted(rooms):
        inside = room.relative_to(BOT).as_posix()
        says = first_sentence(room / "__init__.py")
        parts.append(f"### `bot/{'' if inside == '.' else inside}`\n\n{says}\n\n")
        modules = sorted(path for path in rooms[room] if path.name != "__init__.py")
        if modules:
            lines = (f"| `{path.relative_to(BOT).as_posix()}` | {first_sentence(path)} |\n" for path in modules)
            parts.append("| module | what it is |\n|---|---|\n" + "".join(lines) + "\n")
    return HEAD + "".join(parts).rstrip("\n") + "\n"


def main() -> None:
    """Put the map in the place of the one that stands there."""
    before, _, _ = PAGE.read_text(encoding="utf-8").partition(HEAD)
    PAGE.write_text(before + table(), encoding="utf-8")


if __name__ == "__main__":
    main()
