"""`copecheck eval`: how steadily and how truly each model applies a lens, with the scan beside them."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.options import ConfigOption, StoreOption, settings_for

if TYPE_CHECKING:
    from bot.analyst.endpoint import Endpoint
    from bot.config import Settings
    from bot.core.evaluation import Alpha, Figures, Reading, Table
    from bot.core.gold import Gold
    from bot.core.lens import Lens
    from bot.core.paper import Entry, Paper
    from bot.core.support import ClaimKey
    from bot.ports import Store
    from bot.services.evaluate import Contender, Piece


LabelsOption = Annotated[
    Path | None,
    typer.Option(
        "--labels",
        help="Labels by hand, a CSV with paper,item,label: item is lens.key; label is present, absent, "
        "not_applicable or unclear. In a checkout: docs/checks/items.csv.",
    ),
]
SampleOption = Annotated[
    Path | None, typer.Option("--sample", help="Write claims with the sentences they cite, to be labelled.")
]
SupportOption = Annotated[
    Path | None, typer.Option("--support", help="That file with yes or no in its column `supported`.")
]
QuestionsOption = Annotated[
    bool, typer.Option("--questions", help="Ask questions with known answers instead (docs/checks/questions.md).")
]
CapturesOption = Annotated[
    Path | None,
    typer.Option("--captures", help="With --questions: a folder of saved feeds, whose abstracts are asked about too."),
]


def evaluate(
    context: typer.Context,
    feed: Annotated[
        list[Path] | None, typer.Option("--feed", help="A saved feed (RSS or Atom); may be given again.")
    ] = None,
    labelled: Annotated[bool, typer.Option("--labelled", help="Read the labelled papers, fetched from arXiv.")] = False,
    papers: Annotated[int, typer.Option("--papers", min=1, help="How many papers; labelled ones come first.")] = 10,
    runs: Annotated[int, typer.Option("--runs", min=1, help="How often each model reads each paper.")] = 3,
    lens: Annotated[list[str] | None, typer.Option("--lens", help="A lens; may be given again.")] = None,
    endpoint: Annotated[
        list[str] | None, typer.Option("--endpoint", help="Only this endpoint, by name or model; may be given again.")
    ] = None,
    labels: LabelsOption = None,
    sample: SampleOption = None,
    support: SupportOption = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures and labels as JSON.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Start without asking, whatever it costs.")] = False,
    questions: QuestionsOption = False,
    captures: CapturesOption = None,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Measure how well each model applies a lens, or answers; the cost is shown before anything starts."""
    from bot.cli.agreement import load_alpha
    from bot.cli.evaluate_files import check_files, read_labels, read_support

    settings = settings_for(context, config, store, is_quiet=True)
    check_files(sample, json_file)
    endpoints = endpoints_named(settings, endpoint or [])
    if questions:
        from bot.cli.quiz import run_quiz

        raise typer.Exit(
            run_quiz(settings, lenses_named(settings, lens or ["plain"])[0], endpoints, captures, json_file, yes)
        )
    wanted = Wanted(
        feeds=tuple(feed or ()),
        is_labelled=labelled,
        papers=papers,
        runs=runs,
        lenses=lenses_named(settings, lens or ["discontinuity"]),
        endpoints=endpoints,
        gold=read_labels(labels),
        supported=read_support(support),
        alpha=load_alpha() if endpoints and runs > 1 else _never,
        is_sure=yes,
        sample=sample,
        json_file=json_file,
    )
    raise typer.Exit(asyncio.run(_evaluate(settings, wanted)))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for, read and checked."""

    feeds: tuple[Path, ...]
    is_labelled: bool
    papers: int
    runs: int
    lenses: "tuple[Lens, ...]"
    endpoints: "dict[str, Endpoint]"
    gold: "Gold"
    supported: "dict[ClaimKey, bool]"
    alpha: "Alpha"
    is_sure: bool
    sample: Path | None
    json_file: Path | None


async def _evaluate(settings: "Settings", wanted: Wanted) -> int:
    """Look at what is known, show the cost, ask for the rest, show the figures."""
    from bot.app import SystemClock
    from bot.cli.operate import opened_store
    from bot.cli.paint import Bars
    from bot.cli.run import stopper
    from bot.services.evaluate import Evaluation, pieces_of

    async with opened_store(settings) as store:
        papers = await _papers(settings, wanted, store)
        judges = _contenders(settings, wanted, SystemClock())
        evaluation = Evaluation(store, hands=settings.model.at_once)
        try:
            with Bars() as bars:
                known, left = await evaluation.look(pieces_of(judges, papers, wanted.lenses), bars)
            if left:
                await _show_cost(settings, wanted, store, left, len(known))
                if not is_wanted(wanted.is_sure):
                    return 1
                await store.resume_stopped()
                stop, signals = stopper()
                with Bars() as bars:
                    known += await evaluation.ask(left, bars, stop)
                if signals:
                    raise KeyboardInterrupt
        finally:
            for judge in judges:
                await judge.analyst.close()
    return _close(wanted, papers, judges, known)


# -- what is read ------------------------------------------------------------------------------------------------------


async def _papers(settings: "Settings", wanted: Wanted, store: "Store") -> "list[Paper]":
    """The chosen papers of the saved feeds, of the labels, or of the bundled day; said on stderr."""
    from bot.cli.paint import notes
    from bot.core.errors import CopeCheckError
    from bot.core.evaluation import choose_papers

    labelled = wanted.gold.papers(one.key for one in wanted.lenses)
    entries = await _entries(settings, wanted, store, labelled)
    chosen = choose_papers(entries, labelled, wanted.papers)
    if not chosen:
        raise CopeCheckError("There is no paper to read.", "Name another feed with --feed.")
    named = sum(str(one.paper.id) in labelled for one in chosen)
    lenses = ", ".join(one.key for one in wanted.lenses)
    runs = f"{wanted.runs} run{'s' if wanted.runs > 1 else ''}"
    notes().print(f"{len(chosen)} of {len(entries)} papers, {named} of them labelled by hand; {runs}; {lenses}.")
    if not wanted.endpoints:
        notes().print("No model is set up: the scan alone is measured. See [[model.endpoints]] in config.example.toml.")
    return [one.paper for one in chosen]


async def _entries(settings: "Settings", wanted: Wanted, store: "Store", labelled: frozenset[str]) -> "list[Entry]":
    from bot.app import SystemClock, build_source
    from bot.cli.paint import notes
    from bot.core.errors import SettingsError
    from bot.core.paper import AnnounceType, ArxivId, Entry
    from bot.demo.load import bundled_day
    from bot.sources.saved import SavedSource

    if wanted.is_labelled and not labelled:
        raise SettingsError(
            "No paper is labelled for these lenses.",
            "Start it in a checkout's folder, which has docs/checks/items.csv, or name a file with --labels.",
        )
    if wanted.is_labelled:
        source = build_source(settings, store, SystemClock())
        try:
            found = await source.fetch_papers([ArxivId(one) for one in sorted(labelled)[:100]])
        finally:
            await source.close()
        return [Entry(paper, AnnounceType.NEW) for paper in found.values()]
    saved = [SavedSource.read(file) for file in wanted.feeds]
    if not saved:
        notes().print("Reading the bundled day, whose papers are invented; --feed FILE reads another.")
        saved = [SavedSource.parse(bundled_day(), "the bundled day")]
    batches = [(await one.fetch_feed("", None, None)).batch for one in saved]
    return [entry for batch in batches if batch for entry in batch.entries]


def lenses_named(settings: "Settings", names: Sequence[str]) -> "tuple[Lens, ...]":
    """The lenses of those names."""
    from bot.core.errors import LensError
    from bot.lenses.load import load_lenses

    known = load_lenses(settings.lens_folder)
    for name in names:
        if name not in known:
            raise LensError(f"There is no lens {name!r}.", f"There are: {', '.join(known)}.")
    return tuple(known[name] for name in dict.fromkeys(names))


def endpoints_named(settings: "Settings", names: Sequence[str]) -> "dict[str, Endpoint]":
    """The endpoints of the settings by the name that the tables have for them; only those that were named, if any."""
    from bot.app import build_endpoints
    from bot.core.errors import SettingsError
    from bot.core.evaluation import SCAN

    known: dict[str, Endpoint] = {}
    for one in build_endpoints(settings):
        name = one.name or one.model
        known[name if name not in known and name != SCAN else f"{one.model} at {one.base_url}"] = one
    chosen = {name: one for name, one in known.items() if not names or {name, one.name, one.model} & set(names)}
    called = {word for name, one in known.items() for word in (name, one.name, one.model)}
    for name in names:
        if name not in called:
            there = f"There are: {', '.join(known)}." if known else "Add one to [[model.endpoints]]."
            raise SettingsError(f"There is no endpoint {name!r} in the settings.", there)
    return chosen


def _contenders(settings: "Settings", wanted: Wanted, clock: Any) -> "list[Contender]":
    """The scan, then each endpoint for itself: none stands in for another."""
    from bot.analyst.scan import ScanAnalyst
    from bot.app import budget_of
    from bot.core.evaluation import SCAN
    from bot.services.evaluate import Contender

    judges = [Contender(SCAN, ScanAnalyst(clock), by_rule=True)]
    if wanted.endpoints:
        from bot.analyst.llm import LlmAnalyst

        for name, one in wanted.endpoints.items():
            analyst = LlmAnalyst([one], budget_of(settings), clock)
            judges.append(Contender(name, analyst, f"{one.key}|{one.temperature}|{one.max_tokens}", wanted.runs))
    return judges


def _never(table: "Table") -> float:
    raise AssertionError("one run has no agreement")


# -- before it starts --------------------------------------------------------------------------------------------------


async def _show_cost(settings: "Settings", wanted: Wanted, store: "Store", left: "Sequence[Piece]", known: int) -> None:
    """What is left to ask and what it takes, and what a full day would, by endpoint; then the budget."""
    from bot.app import budget_of
    from bot.cli.paint import notes
    from bot.services.spend import budget_words, cost_of, day_cost

    console, budget = notes(), budget_of(settings)
    console.print(f"{known} readings are there already or by rule; {len(left)} are to be asked for:")
    for name, one in wanted.endpoints.items():
        count = sum(piece.contender.name == name for piece in left)
        cost = await cost_of(count, store, one.model, one.price)
        day = await day_cost(store, one.model, one.price)
        console.print(f"  {name}: {count} take about {cost.amounts}, repairs on top.")
        console.print(f"  {name}: {day.words(budget)}.")
    console.print(f"The day's budget holds: {budget_words(await store.spending(), budget)}.")


def is_wanted(is_sure: bool) -> bool:
    """Whether to start: yes by option, else by the answer of somebody at a terminal."""
    if is_sure:
        return True
    if sys.stdin.isatty():
        return typer.confirm("Start?", err=True)
    typer.echo("Nothing was asked. Add --yes to start at this cost.", err=True)
    return False


# -- after it ended ----------------------------------------------------------------------------------------------------


def _close(wanted: Wanted, papers: "Sequence[Paper]", judges: "Sequence[Contender]", known: "list[Reading]") -> int:
    """Show and write the figures; 3 where replies are missing, which a further start asks for."""
    from bot.cli.evaluate_files import write_figures, write_sample
    from bot.cli.evaluate_table import show
    from bot.cli.paint import notes, results
    from bot.core.evaluation import Ending

    found = _figures(wanted, judges, known)
    show(results(), found, wanted.lenses)
    if wanted.json_file is not None:
        about = {
            "papers": [str(one.id) for one in papers],
            "runs": wanted.runs,
            "lenses": {one.key: one.fingerprint for one in wanted.lenses},
            "models": {name: one.model for name, one in wanted.endpoints.items()},
        }
        write_figures(wanted.json_file, about, found, known)
    if wanted.sample is not None:
        count = write_sample(wanted.sample, wanted.lenses, known)
        said = f"Wrote {count} claims to {wanted.sample}: write yes or no into `supported`"
        notes().print(f"{said}, then --support {wanted.sample}.")
    missing = [one for one in known if one.ending is Ending.UNANSWERED]
    for reason in dict.fromkeys(f"{one.judge}: {one.reason}" for one in missing):
        notes().print(f"No reply from {reason}")
    if missing:
        notes().print(f"{len(missing)} replies are missing; everything else is kept. Start again to go on.")
    return 3 if missing else 0


def _figures(wanted: Wanted, judges: "Sequence[Contender]", known: "Sequence[Reading]") -> "list[Figures]":
    from bot.core.evaluation import figures_of

    figures = []
    for lens in wanted.lenses:
        for judge in judges:
            read = [one for one in known if (one.judge, one.lens) == (judge.name, lens.key)]
            read.sort(key=lambda one: (one.run, one.paper))
            kept = {"gold": wanted.gold, "supported": wanted.supported, "alpha": wanted.alpha}
            figures.append(figures_of(read, lens, by_rule=judge.by_rule, **kept))  # type: ignore[arg-type]
    return figures
