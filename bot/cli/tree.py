"""The tree of commands: what each is, and where it stands. A command's module is imported when somebody asks for it."""

import importlib
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

BEGIN, DAILY, OPERATE = "To begin", "Every day", "For who runs it"
# name: its heading in `--help`, the module under bot.cli, what it is called there, and what is said of it: the first
# line of its own help. What a first hour needs stands first.
COMMANDS: dict[str, tuple[str, str, str, str]] = {
    "demo": (
        BEGIN,
        "demo",
        "demo",
        "What this is, on two screens: no key, no account, a new temporary store unless --store is given.",
    ),
    "init": (
        BEGIN,
        "settings.init",
        "init",
        "A few questions, each answer tried at once, then a settings file that works; an option answers its question.",
    ),
    "check": (
        BEGIN,
        "settings.check",
        "check",
        "Try every setting, address and permission; each fault with its remedy (exit 1, or 3: a service is away).",
    ),
    "run": (BEGIN, "run", "run", "Read, judge and post, until stopped; with --once for a single round."),
    "status": (
        BEGIN,
        "status",
        "status",
        "How each feed is, what was posted of each day, what waits, and what is missing.",
    ),
    "chat": (
        BEGIN,
        "chat.shell",
        "chat",
        "A channel in the terminal: commands, buttons and posts as on a chat platform, from the same parts.",
    ),
    "verdict": (DAILY, "people", "verdict", "The verdict on one paper."),
    "report": (DAILY, "people", "report", "The Cope Report of each place that follows something."),
    "follow": (DAILY, "follow", "follow_commands", "What places follow, and when it posts."),
    "lens": (DAILY, "lens", "lens_commands", "The lenses: list, show, check a file."),
    "jobs": (OPERATE, "operate", "jobs_commands", "What waits, since when and why; retry or drop a job."),
    "backup": (OPERATE, "operate", "backup", "A consistent copy of the store, safe while the bot runs (SQLite)."),
    "export": (OPERATE, "export", "export", "Write every verdict with its paper as JSON Lines or CSV."),
    "eval": (
        OPERATE,
        "evaluation.trials",
        "evaluate",
        "Measure how well each model applies a lens, or answers; the cost is shown before anything starts.",
    ),
    "read": (
        OPERATE,
        "read",
        "read",
        "What is read of a file: sections, captions, tables, notes, hidden words, references.",
    ),
    "feedback": (OPERATE, "people", "feedback", "What people said to whoever runs the bot, newest first."),
    "disputes": (OPERATE, "disputes", "disputes_commands", "Objections to claims of verdicts: list, uphold, withdraw."),
    "forget": (OPERATE, "people", "forget_commands", "Delete everything that is stored about a person or a place."),
}


class LazyTree(TyperGroup):
    """Knows every command by its first line; the one that is given is imported then."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        known = {
            name: TyperCommand(name, help=says, rich_help_panel=heading)
            for name, (heading, _, _, says) in COMMANDS.items()
        }
        self.commands.update(known)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """As its parent does, with the command itself."""
        if args[0] in COMMANDS:
            self.commands[args[0]] = imported(args[0])
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """As its parent does; a value that is refused is refused in our words, not in those of a library."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as refused:
            cause: Any = refused.__cause__
            if hasattr(cause, "errors"):
                from bot.config.faults import fault_words

                refused.message = fault_words(cause.errors()[0])
            raise


def imported(name: str) -> Any:
    """A command with its options and its code."""
    _, module, attribute, _ = COMMANDS[name]
    found = getattr(importlib.import_module(f"bot.cli.{module}"), attribute)
    if isinstance(found, typer.Typer):
        command: Any = get_group(found)
    else:
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(name)(found)
        command = get_command(alone)
    command.name = name
    return command
