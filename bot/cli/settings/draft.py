"""The settings file while it is being answered: questions asked until their answers make sense, tried as they stand."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

if TYPE_CHECKING:
    from bot.app import App
    from bot.config.settings import Settings

HEAD = "# CopeCheck's settings. Every key with its meaning: config.example.toml in the project's repository.\n"
TRIED_LATER = "It is kept as it is; `copecheck check` tries it again."

Checked = TypeVar("Checked")
Found = TypeVar("Found")


@dataclass
class Draft:
    """The file as far as it is answered, beside the one it becomes; `given` are answers that are not asked for."""

    file: Path
    given: Mapping[str, str]
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.file.with_name(f".{self.file.name}.new")

    def settings(self) -> "Settings":
        """What is answered so far, written and read back, with the environment on top."""
        from bot.config.settings import load_settings
        from bot.core.errors import SettingsError

        text = HEAD + "".join(_table(name, values) for name, values in self.tables.items())
        try:
            self.path.touch(mode=0o600)
            self.path.write_text(text, encoding="utf-8")
        except OSError as error:
            what = f"{self.file} cannot be written: {error.strerror}."
            raise SettingsError(what, "Name another with --file.") from None
        return load_settings(self.path, os.environ)

    def ask(
        self,
        name: str,
        question: str,
        default: str | None,
        check: Callable[[str], Checked],
        *,
        hidden: bool = False,
        optional: bool = False,
    ) -> Checked:
        """A checked answer, asked for again when it makes no sense; `SettingsError` where nobody can be asked.

        `optional`: input that has ended takes the default, so that a script answers only what it wants.
        """
        from bot.core.errors import SettingsError

        while True:
            answered = self.given[name] if name in self.given else _typed(question, default, hidden, optional)
            try:
                return check(answered.strip())
            except ValueError as error:
                if name in self.given or not sys.stdin.isatty():
                    raise SettingsError(f"{question}: {ended(str(error))}", "Nothing was written.") from None
                typer.echo(ended(str(error)), err=True)


def with_app(draft: Draft, do: "Callable[[App], Awaitable[Found]]") -> Found:
    """Do something with everything built as the draft says, over a store that is thrown away."""
    from bot.app import open_app
    from bot.core.errors import SettingsError

    async def done(folder: str) -> Found:
        try:
            settings = draft.settings()
        except SettingsError as error:
            raise ValueError(str(error)) from None
        store = settings.store.model_copy(update={"url": str(Path(folder) / "trial.db")})
        async with open_app(settings.model_copy(update={"store": store, "follows": ()})) as app:
            return await do(app)

    with tempfile.TemporaryDirectory(prefix="copecheck-") as folder:
        return asyncio.run(done(folder))


def _typed(question: str, default: str | None, hidden: bool, optional: bool) -> str:
    """What a person types, or the default; at the end of the input `SettingsError`, or the default where it will do."""
    from bot.core.errors import SettingsError

    if sys.stdin.isatty():
        try:
            shown = default is not None
            return str(typer.prompt(question, default=default or "", show_default=shown, err=True, hide_input=hidden))
        except typer.Abort:
            raise KeyboardInterrupt from None
    typer.echo(f"{question}{f' [{default}]' if default else ''}:", err=True)  # a script's answers end no line
    if answered := sys.stdin.readline():
        return answered.strip() or default or ""
    if optional and default is not None:
        return default
    raise SettingsError(f"There was no answer to: {question}.", "Answer all of them, or give options.")


def _table(name: str, values: Mapping[str, Any]) -> str:
    lines = "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items())
    return f"\n[{name}]\n{lines}" if values else ""


def ended(words: str) -> str:
    """A sentence with its end."""
    return words if words.endswith((".", "!", "?")) else f"{words}."
