"""`copecheck lens`: the lenses that are there, what each asks, and whether a file is a good one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import ConfigOption, settings_for

if TYPE_CHECKING:
    from bot.core.verdicts.lens import Lens

lens_commands = typer.Typer(
    no_args_is_help=True, help="The lenses: list, show, check a file.\n\nExample: copecheck lens list"
)


@lens_commands.command("list")
def list_lenses(context: typer.Context, config: ConfigOption = None) -> None:
    """Every lens with one line, its own folder's among them.

    Example: copecheck lens list
    """
    from rich.table import Table

    from bot.cli.paint import results
    from bot.lenses.load import load_lenses

    table = Table("lens", "what it asks", "items", "fingerprint", box=None, pad_edge=False, header_style="bold")
    for lens in load_lenses(settings_for(context, config, None).lens_folder).values():
        table.add_row(lens.key, lens.summary, str(len(lens.checklist)), lens.fingerprint[:12])
    results().print(table)


@lens_commands.command("show")
def show(context: typer.Context, lens: str, config: ConfigOption = None) -> None:
    """A lens in full: thesis, what it says of itself, classes, bands and checklist.

    Example: copecheck lens show plain
    """
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
    console.print("\nPremises (where none holds, a text is outside this lens)", style="bold")
    for premise in found.premises:
        console.print(f"  {premise.key}: {premise.question}")
    if found.trades:
        console.print("\nTrades", style="bold")
        console.print(f"  {', '.join(trade.name for trade in found.trades)}")
    console.print(f"\nNothing below an interest of {found.threshold} gets a card.", style="bold")
    console.print("\nChecklist (weight in an abstract / in a full text)", style="bold")
    for asked in found.checklist:
        console.print(f"  {asked.name}  ({asked.weight_abstract:g} / {asked.weight_full:g})", style="bold")
        console.print(f"    {asked.question}")
        if asked.needs:
            console.print(f"    Asked where this may hold: {', '.join(asked.needs)}.")


@lens_commands.command("check")
def check(file: Annotated[Path, typer.Argument(help="A lens file (TOML).")]) -> None:
    """Whether a lens file is a good one; all that is wrong is named with key and remedy (exit code 2).

    Example: copecheck lens check lenses/mine.toml
    """
    from bot.cli.paint import results
    from bot.core.posts.phrase import many
    from bot.lenses.load import load_lens_file

    lens = load_lens_file(file)
    for warning in _warnings(lens, file):
        results().print(f"Warning: {warning}", markup=False)
    weight = sum(asked.weight_abstract for asked in lens.checklist)
    words = sum(len(group.words) for group in lens.interest_words)
    results().print(
        f"{file}: good. {lens.key}: {many(len(lens.checklist), 'item')}, weight {weight:g} in an abstract, "
        f"{many(len(lens.premises), 'premise')}, {many(len(lens.trades), 'trade')}, "
        f"{many(len(lens.interest), 'cue')} and {many(words, 'word')} of interest, threshold {lens.threshold}, "
        f"{many(len(lens.classes), 'class', 'classes')}, fingerprint {lens.fingerprint[:12]}."
    )


def _warnings(lens: "Lens", file: Path) -> list[str]:
    """What is odd about a lens that works; `LensError` for a cue that is too slow."""
    from bot.core.errors import LensError
    from bot.demo.load import bundled_day
    from bot.lenses.load import SHIPPED
    from bot.sources.feed import parse_feed
    from bot.text.cue_trial import cues_of, try_cues
    from bot.text.split import split
    from bot.text.words import alike

    batch = parse_feed(bundled_day(), "cs.AI").batch
    papers = [entry.paper for entry in batch.entries] if batch else []
    trial = try_cues(cues_of(lens), [sentence.text for paper in papers for sentence in split(paper.abstract)])
    if trial.slow:
        cues = ", ".join(map(repr, trial.slow))
        remedy = "Make each simpler: no repetition inside a repetition."
        raise LensError(f"{file}: cues that take too long on some texts: {cues}.", remedy)
    said = [f"the cue {cue!r} matches nearly every sentence, so it tells nothing." for cue in trial.greedy]
    said += [
        f"{word!r} and {other!r} of [[interest_words]] are one word; {word!r} counts." for word, other in alike(lens)
    ]
    if lens.key in SHIPPED:
        said.append(f"in the folder of the lenses it takes the place of the shipped lens {lens.key}.")
    return said
