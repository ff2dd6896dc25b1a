"""`copecheck disputes`: what people object to, and the decision on it."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.operate import opened_store
from bot.cli.options import ConfigOption, JsonOption, StoreOption, settings_for
from bot.core.dispute import Ruling
from bot.core.errors import Refused

disputes_commands = typer.Typer(
    help="Objections to claims of verdicts: list, uphold, withdraw.", invoke_without_command=True
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
    """What people object to, newest first."""
    from bot.cli.paint import results
    from bot.core.phrase import said

    settings = settings_for(context, config, store, is_quiet=True)

    async def gather() -> Any:
        async with opened_store(settings) as opened:
            return await opened.disputes()

    found = asyncio.run(gather())
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], indent=2, default=str, ensure_ascii=False))
        return
    console = results()
    if not found:
        console.print("Nobody objects to anything.")
    for one in found:
        head = f"{one.id}  {one.ruling}  {one.paper} {one.lens}: {one.claim}"
        console.print(f"{head}  ({one.at:%d %b %Y %H:%M} UTC, {one.person} in {one.place})", style="dim")
        console.print(f"  {said(one.reason)}")


@disputes_commands.command("uphold")
def uphold(
    context: typer.Context, number: NumberArgument, config: ConfigOption = None, store: StoreOption = None
) -> None:
    """The claim stands; the mark goes from the card."""
    _rule(context, number, Ruling.UPHELD, config, store)


@disputes_commands.command("withdraw")
def withdraw(
    context: typer.Context, number: NumberArgument, config: ConfigOption = None, store: StoreOption = None
) -> None:
    """The claim is taken back, out of every copy; neither the reason nor the person is shown anywhere."""
    _rule(context, number, Ruling.WITHDRAWN, config, store)


def _rule(context: typer.Context, number: int, ruling: Ruling, config: Path | None, store: str | None) -> None:
    from bot.services.object import rule

    settings = settings_for(context, config, store, is_quiet=True)

    async def decide() -> bool:
        async with opened_store(settings) as opened:
            return await rule(opened, number, ruling)

    if not asyncio.run(decide()):
        raise Refused(f"There is no open objection {number}.", "copecheck disputes list shows them.")
    typer.echo(f"Objection {number} is {ruling}. What stands in channels is edited while copecheck run works.")
