"""Word lists: data that is a part of the program, in a TOML file beside the module that reads it, once."""

import pkgutil
import tomllib
from typing import Any


def read_words(package: str, file: str) -> dict[str, Any]:
    """A package's own word list, as the module that is imported has it: nothing that anybody can change at work."""
    found = pkgutil.get_data(package, file)  # `importlib.resources` imports archives, temporary files and more
    return tomllib.loads((found or b"").decode("utf-8"))
