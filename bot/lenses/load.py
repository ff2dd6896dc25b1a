"""Lens files -> lenses: the shipped ones, and those of the operator's own folder, which count alike."""

import importlib.resources
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from bot.core.errors import LensError, toml_remedy
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.lens_file import lens_from_mapping

SHIPPED = ("discontinuity", "reproducibility", "plain")


def load_lenses(folder: Path | None) -> Mapping[str, Lens]:
    """All lenses by key; one of the operator's folder takes the place of a shipped one of the same key."""
    lenses = dict(_shipped())
    if folder is None:
        return lenses
    if not folder.is_dir():
        raise LensError(f"The lens folder {folder} is not there.", "Create it, or mend lenses.folder.")
    own: dict[str, Path] = {}
    for file in sorted(folder.glob("*.toml")):
        lens = load_lens_file(file)
        if lens.key in own:
            raise LensError(f"{file}: key: {lens.key!r} is the key of {own[lens.key]} too.", "Give each its own key.")
        own[lens.key] = file
        lenses[lens.key] = lens
    return lenses


@cache
def _shipped() -> Mapping[str, Lens]:
    folder = importlib.resources.files("bot.lenses")
    texts = {name: (folder / f"{name}.toml").read_text(encoding="utf-8") for name in SHIPPED}
    return {
        name: lens_from_mapping(tomllib.loads(text), f"{name}.toml", tries_cues=False) for name, text in texts.items()
    }


def load_lens_file(file: Path) -> Lens:
    """One lens file; `LensError` names the file, the key and the remedy."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise LensError(f"{file} cannot be read: {reason}.", "Name a lens file (TOML).") from None
    try:
        mapping = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LensError(f"{file} is not TOML: {error}.", toml_remedy(error)) from None
    return lens_from_mapping(mapping, str(file))
