"""The command `copecheck`: its tree of commands, and the one place where errors become words and exit codes.

Exit codes: 0 done; 1 something failed or is missing; 2 wrong usage or settings; 3 an outside service is unavailable
and the work is kept; 130 Ctrl-C, all resumable.
"""

import errno
import io
import logging
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot.cli import chat, demo, disputes, evaluate, lens, operate, people, run, setup, status
from bot.cli.options import ConfigOption
from bot.core.errors import CopeCheckError, LensError, SettingsError, SourceUnavailable

log = logging.getLogger(__name__)

application = typer.Typer(
    name="copecheck",
    help="Reads the day's new arXiv papers, judges each through a lens, and posts verdicts where people already talk.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
application.command()(demo.demo)
application.command()(setup.init)
application.command("run")(run.run)
application.command()(setup.check)
application.command()(people.verdict)
application.command()(chat.chat)
application.command("eval")(evaluate.evaluate)
application.command()(people.report)
application.command()(status.status)
application.command()(operate.export)
application.command()(operate.backup)
application.add_typer(operate.jobs_commands, name="jobs")
application.add_typer(lens.lens_commands, name="lens")
application.command()(people.feedback)
application.add_typer(disputes.disputes_commands, name="disputes")
application.add_typer(people.forget_commands, name="forget")


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
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Say which version.")
    ] = False,
) -> None:
    """Reads the day's new arXiv papers, judges each through a lens, and posts verdicts where people already talk."""
    context.obj = config


def main() -> None:
    """Run the command; turn what went wrong into one clear sentence on stderr and an exit code."""
    _have_streams()
    try:
        application()
    except KeyboardInterrupt:
        typer.echo("Stopped. Everything is kept; start again to go on.", err=True)
        sys.exit(130)
    except CopeCheckError as error:
        typer.echo(f"copecheck: {error}", err=True)
        sys.exit(exit_code(error))
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            _die_inside(error)
        typer.echo("copecheck: what it says could not be written: no space is left there.", err=True)
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the outermost edge: no stack trace reaches a person
        _die_inside(error)


def _have_streams() -> None:
    """Streams that can be written to: one that was closed leads nowhere, and what one cannot encode is a `?` there."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - as long as the process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _die_inside(error: Exception) -> NoReturn:
    kept = _keep(error)
    typer.echo(f"copecheck: something went wrong inside ({type(error).__name__}). Details: {kept}.", err=True)
    sys.exit(1)


def exit_code(error: CopeCheckError) -> int:
    """The contract's exit code of an error of ours."""
    if isinstance(error, SettingsError | LensError):
        return 2
    return 3 if isinstance(error, SourceUnavailable) else 1


def _keep(error: Exception) -> Path:
    """Write the traceback to a file that only its owner reads, and answer where it is."""
    from bot.log import redact

    with tempfile.NamedTemporaryFile("w", prefix="copecheck-", suffix=".log", delete=False, encoding="utf-8") as file:
        file.write(redact("".join(traceback.format_exception(error))))
        return Path(file.name)
