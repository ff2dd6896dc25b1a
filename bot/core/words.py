"""Word lists: data that is a part of the program, in a TOML file beside the module that reads it, once."""

import tomllib
from importlib import resources
from typing import Any


def read_words(package: str, file: str) -> dict[str, Any]:
    """A package's own word list, as the module that is imported has it: nothing that anybody can change at work."""
    return tomllib.loads((resources.files(package) / file).read_text(encoding="utf-8"))
