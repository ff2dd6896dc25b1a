"""The options that commands share, and the settings that follow from them."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.config.settings import Settings

ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="The settings file; else $COPECHECK_CONFIG, else ./config.toml.")
]
StoreOption = Annotated[
    str | None, typer.Option("--store", help="A path or URL of the store, in place of what the settings say.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def settings_for(
    context: typer.Context, config: Path | None, store: str | None, *, is_quiet: bool = False
) -> "Settings":
    """The settings of file and environment, with the options on top, and logging set up as they say.

    `is_quiet`: what somebody watches shows warnings only, unless the settings ask for more than that.
    """
    from bot.config.settings import load_settings
    from bot.log import set_up_logging

    settings = load_settings(config or context.obj, os.environ)
    if store is not None:
        url = store if "://" in store else str(Path(store).absolute())
        settings = settings.model_copy(update={"store": settings.store.model_copy(update={"url": url})})
    level = "warning" if is_quiet and settings.log.level == "info" else settings.log.level
    set_up_logging(level, settings.log.form)
    return settings
