"""`copecheck disputes`: what people object to, and the decision on it."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.operate import ask_store
from bot.cli.options import ConfigOption, JsonOption, StoreOption, settings_for
from bot.core.errors import Refused
from bot.core.verdicts.dispute import Ruling

disputes_commands = typer.Typer(
    help="Objections to claims of verdicts: list, uphold, withdraw.\n\nExample: copecheck disputes",
    invoke_without_command=True,
)
NumberArgument = Annotated[int, typer.Argument(metavar="NUMBER", help="The objection's number.")]


@disputes_commands.callback()
def disputes(context: typer.Context, config: ConfigOption = None, store: StoreOption = None) -> None:
    """Objections to claims of verdicts; alone it lists them."""
    if context.invoked_subcommand is None:
        list_disputes(context, config=config, store=store)


@disputes_commands.command("list")
def list_disputes(
    context: typer.Context, as_json: JsonOption = False, config: ConfigOption = None, store: StoreOption = None
) -> None:
    """What people object to, newest first.

    Example: copecheck disputes list --json
    """
    from bot.cli.paint import results
    from bot.core.posts.phrase import sanitize

    settings = settings_for(context, config, store, is_quiet=True)
    found = ask_store(settings, store, lambda opened: opened.disputes())
    if as_json:
        from bot.cli.paint import show_json

        show_json([asdict(item) for item in found])
        return
    console = results()
    if not found:
        console.print("There are no objections.")
    for dispute in found:
        head = f"{dispute.id}  {dispute.ruling}  {dispute.paper} {dispute.lens}: {dispute.claim}"
        console.print(f"{head}  ({dispute.at:%d %b %Y %H:%M} UTC, {dispute.person} in {dispute.place})", style="dim")
        console.print(f"  {sanitize(dispute.reason)}")


@disputes_commands.command("uphold")
def uphold(
    context: typer.Context, number: NumberArgument, config: ConfigOption = None, store: StoreOption = None
) -> None:
    """The claim stands; the mark goes from the card.

    Example: copecheck disputes uphold 3
    """
    _rule(context, number, Ruling.UPHELD, config, store)


@disputes_commands.command("withdraw")
def withdraw(
    context: typer.Context, number: NumberArgument, config: ConfigOption = None, store: StoreOption = None
) -> None:
    """The claim is taken back, out of every copy; neither the reason nor the person is shown anywhere.

    Example: copecheck disputes withdraw 3
    """
    _rule(context, number, Ruling.WITHDRAWN, config, store)


def _rule(context: typer.Context, number: int, ruling: Ruling, config: Path | None, store: str | None) -> None:
    from bot.services.commands.disputes import rule

    settings = settings_for(context, config, store, is_quiet=True)
    if not ask_store(settings, store, lambda opened: rule(opened, number, ruling)):
        raise Refused(f"There is no open objection {number}.", "copecheck disputes list shows them.")
    typer.echo(f"Objection {number} is {ruling}. What stands in channels is edited while copecheck run works.")
