"""The hostile corpus as values: texts that try to be more than words, and benign ones that look like it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "corpus" / "hostile.toml"


@dataclass(frozen=True)
class Case:
    """A text of a class; `benign` ones must stay readable sign by sign."""

    name: str
    text: str
    why: str
    benign: bool


def cases() -> list[Case]:
    """All of them, named by class and number."""
    read = tomllib.loads(FILE.read_text(encoding="utf-8"))["case"]
    return [
        Case(f"{one['class']}-{number}", one["text"] * one.get("repeat", 1), one["why"], one["benign"])
        for number, one in enumerate(read, 1)
    ]
