"""A copy of an SQLite store while others write."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.core.errors import StoreError


async def copy_sqlite(source: str, target: str) -> None:
    """SQLite's online backup: one consistent moment; the target appears whole or not at all."""
    try:
        await asyncio.to_thread(_copy, Path(source), Path(target))
    except (sqlite3.Error, OSError) as error:
        remedy = "Check that the folder exists, may be written and has room."
        raise StoreError(f"The copy {target} could not be written: {error}.", remedy) from error


def _copy(source: Path, target: Path) -> None:
    partial = target.with_name(f"{target.name}.partial")
    _refuse_to_overwrite(target)
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(partial)) as new,
        ):
            old.backup(new)
        _refuse_to_overwrite(target)
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)


def _refuse_to_overwrite(target: Path) -> None:
    if target.exists():
        raise StoreError(f"{target} is already there.", "Name a file that does not exist yet.")
