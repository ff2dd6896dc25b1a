"""`copecheck lens`: the lenses that are there, what each asks, and whether a file is a good one."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import ConfigOption, settings_for

lens_commands = typer.Typer(no_args_is_help=True, help="The lenses: list, show, check a file.")


@lens_commands.command("list")
def list_lenses(context: typer.Context, config: ConfigOption = None) -> None:
    """Every lens with one line, its own folder's among them."""
    from rich.table import Table

    from bot.cli.paint import results
    from bot.lenses.load import load_lenses

    table = Table("lens", "what it asks", "items", "fingerprint", box=None, pad_edge=False, header_style="bold")
    for lens in load_lenses(settings_for(context, config, None).lens_folder).values():
        table.add_row(lens.key, lens.summary, str(len(lens.checklist)), lens.fingerprint[:12])
    results().print(table)


@lens_commands.command("show")
def show(context: typer.Context, lens: str, config: ConfigOption = None) -> None:
    """A lens in full: thesis, what it says of itself, classes, bands and checklist."""
    from bot.cli.paint import results
    from bot.core.errors import LensError
    from bot.lenses.load import load_lenses

    lenses = load_lenses(settings_for(context, config, None).lens_folder)
    if lens not in lenses:
        raise LensError(f"There is no lens {lens!r}.", f"There are: {', '.join(lenses)}.")
    found, console = lenses[lens], results()
    console.print(f"{found.name} ({found.key})", style="bold")
    for paragraph in (found.summary, found.thesis, found.says_of_itself):
        console.print(f"\n{paragraph}")
    if found.classes:
        console.print("\nClasses", style="bold")
    for kind in found.classes:
        console.print(f"  {kind.name}: {kind.gloss}")
    console.print("\nBands (after a full-text reading)", style="bold")
    for band in found.bands:
        console.print(f"  {band.low:>3}-{band.high:<3} {band.name}")
    console.print("\nChecklist (weight in an abstract / in a full text)", style="bold")
    for asked in found.checklist:
        console.print(f"  {asked.name}  ({asked.weight_abstract:g} / {asked.weight_full:g})", style="bold")
        console.print(f"    {asked.question}")


@lens_commands.command("check")
def check(file: Annotated[Path, typer.Argument(help="A lens file (TOML).")]) -> None:
    """Whether a lens file is a good one; what is wrong is named with file, key and remedy (exit code 2)."""
    from bot.cli.paint import results
    from bot.lenses.load import load_lens_file

    lens = load_lens_file(file)
    weight = sum(asked.weight_abstract for asked in lens.checklist)
    results().print(
        f"{file}: good. {lens.key}: {len(lens.checklist)} items, weight {weight:g} in an abstract, "
        f"{len(lens.classes)} classes, fingerprint {lens.fingerprint[:12]}."
    )
