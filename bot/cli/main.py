"""The command `copecheck`: its tree of commands, and the one place where errors become words and exit codes.

Exit codes: 0 done; 1 something failed or is missing; 2 wrong usage or settings; 3 an outside service is unavailable
and the work is kept; 130 Ctrl-C, all resumable.
"""

import errno
import gc
import io
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot.cli.options import ConfigOption
from bot.cli.tree import LazyTree
from bot.core.errors import CopeCheckError, LensError, SettingsError, SourceUnavailable
from bot.core.hostile.hygiene import clean

application = typer.Typer(
    name="copecheck",
    cls=LazyTree,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from bot import __version__

        typer.echo(f"copecheck {__version__}")
        raise typer.Exit


@application.callback()
def root(
    context: typer.Context,
    config: ConfigOption = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Reads the day's new arXiv papers, judges each through a lens, and posts verdicts where people already talk.

    Example, for a first look: copecheck demo
    """
    context.obj = config


def main() -> None:
    """Run the command; turn what went wrong into one clear sentence on stderr and an exit code."""
    gc.disable()  # until the bot is built: what is imported is no garbage, and the search for some takes its time
    os.umask(0o077)  # what is written here, the store and copies of it above all, is for its owner alone
    _have_streams()
    try:
        application()
    except KeyboardInterrupt:
        typer.echo("Stopped. Everything is kept; start again to go on.", err=True)
        sys.exit(130)
    except CopeCheckError as error:
        from bot.cli.typable import words_for_shell

        typer.echo(f"copecheck: {clean(words_for_shell(str(error)))}", err=True)
        sys.exit(exit_code(error))
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            _die_inside(error)
        typer.echo("copecheck: the output could not be written: no space is left there.", err=True)
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the outermost edge: no stack trace reaches a person
        _die_inside(error)


def _have_streams() -> None:
    """Streams that can be used: one that was closed leads nowhere, and what one cannot encode is a `?` there."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - as long as the process
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - as long as the process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _die_inside(error: Exception) -> NoReturn:
    kept = _keep(error)
    typer.echo(f"copecheck: an unexpected error. The file {kept} says more; send it with your report.", err=True)
    sys.exit(1)


def exit_code(error: CopeCheckError) -> int:
    """The contract's exit code of an error of ours."""
    if isinstance(error, SettingsError | LensError):
        return 2
    return 3 if isinstance(error, SourceUnavailable) else 1


def _keep(error: Exception) -> Path:
    """Write the traceback to a file that only its owner reads, and answer where it is."""
    import tempfile
    import traceback

    from bot.log import redact

    with tempfile.NamedTemporaryFile("w", prefix="copecheck-", suffix=".log", delete=False, encoding="utf-8") as file:
        file.write(redact("".join(traceback.format_exception(error))))
        return Path(file.name)
