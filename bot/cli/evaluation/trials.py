"""`copecheck eval`: how steadily and how truly each model applies a lens, with the scan beside them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.evaluation.ask import carried_out, told_missing
from bot.cli.options import ConfigOption, StoreOption, settings_for

if TYPE_CHECKING:
    from bot.analyst.endpoints.endpoint import Endpoint
    from bot.config.settings import Settings
    from bot.core.evaluation.gold import Gold
    from bot.core.evaluation.ranking import Worth
    from bot.core.evaluation.support import ClaimKey
    from bot.core.evaluation.trials import Alpha, EvalRun, Table, TrialFigures
    from bot.core.papers.paper import Entry, Paper
    from bot.core.verdicts.lens import Lens
    from bot.ports.store import Store
    from bot.services.evaluation.evaluate import Participant, Piece


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
FallaciesOption = Annotated[
    Path | None,
    typer.Option(
        "--fallacies",
        help="Read the invented papers of that CSV, and count false fallacies and false nones against its readers. "
        "In a checkout: docs/checks/fallacies.csv.",
    ),
]
RankingOption = Annotated[
    Path | None,
    typer.Option(
        "--ranking",
        help="What papers are worth to readers, a CSV with paper,score,relevance: compares the order and the cards of "
        "the papers read. In a checkout: docs/checks/ranking.csv.",
    ),
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
    fallacies: FallaciesOption = None,
    ranking: RankingOption = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures and labels as JSON.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Start without asking, whatever it costs.")] = False,
    questions: QuestionsOption = False,
    captures: CapturesOption = None,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Measure how well each model applies a lens, or answers; the cost is shown before anything starts.

    Example: copecheck eval --lens plain
    """
    from bot.cli.evaluation.agreement import load_alpha
    from bot.cli.evaluation.files import check_files, read_fallacies, read_labels, read_ranking, read_support

    settings = settings_for(context, config, store, is_quiet=True)
    check_files(sample, json_file)
    endpoints = endpoints_named(settings, endpoint or [])
    if questions:
        from bot.cli.evaluation.questions import run_quiz

        raise typer.Exit(
            run_quiz(settings, lenses_named(settings, lens or ["plain"])[0], endpoints, captures, json_file, yes)
        )
    wanted = EvaluationRequest(
        feeds=tuple(feed or ()),
        is_labelled=labelled,
        papers=papers,
        runs=runs,
        lenses=lenses_named(settings, lens or ["discontinuity"]),
        endpoints=endpoints,
        gold=read_labels(labels),
        fallacies=read_fallacies(fallacies),
        worths=read_ranking(ranking),
        supported=read_support(support),
        alpha=load_alpha() if endpoints and runs > 1 else _never,
        is_sure=yes,
        sample=sample,
        json_file=json_file,
    )
    raise typer.Exit(asyncio.run(_evaluate(settings, wanted)))


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """What was asked for, read and checked."""

    feeds: tuple[Path, ...]
    is_labelled: bool
    papers: int
    runs: int
    lenses: "tuple[Lens, ...]"
    endpoints: "dict[str, Endpoint]"
    gold: "Gold"
    fallacies: "tuple[list[Paper], dict[str, bool]]"
    worths: "dict[str, Worth]"
    supported: "dict[ClaimKey, bool]"
    alpha: "Alpha"
    is_sure: bool
    sample: Path | None
    json_file: Path | None


async def _evaluate(settings: "Settings", wanted: EvaluationRequest) -> int:
    """Look at what is known, show the cost, ask for the rest, show the figures."""
    from bot.cli.operate import opened_store
    from bot.clock import SystemClock
    from bot.services.evaluation.evaluate import pieces_of
    from bot.services.evaluation.trial_runner import TrialRunner

    async with opened_store(settings) as store:
        papers = await _papers(settings, wanted, store)
        judges = _contenders(settings, wanted, SystemClock())
        evaluation: TrialRunner[Piece, EvalRun] = TrialRunner(store, concurrency=settings.model.at_once)
        try:
            known = await carried_out(
                store,
                evaluation,
                pieces_of(judges, papers, wanted.lenses),
                lambda left, known: _show_cost(settings, wanted, store, left, known),
                is_sure=wanted.is_sure,
            )
        finally:
            for judge in judges:
                await judge.analyst.close()
    return 1 if known is None else _close(wanted, papers, judges, known)


# -- what is read ------------------------------------------------------------------------------------------------------


async def _papers(settings: "Settings", wanted: EvaluationRequest, store: "Store") -> "list[Paper]":
    """The chosen papers of the saved feeds, of the labels, or of the bundled day; said on stderr."""
    from bot.cli.paint import notes
    from bot.core.errors import CopeCheckError
    from bot.core.evaluation.trials import choose_papers

    labelled = wanted.gold.papers(lens.key for lens in wanted.lenses)
    entries = await _entries(settings, wanted, store, labelled)
    chosen = choose_papers(entries, labelled | wanted.worths.keys(), wanted.papers)
    if not chosen:
        raise CopeCheckError("There is no paper to read.", "Name another feed with --feed.")
    named = sum(str(entry.paper.id) in labelled for entry in chosen)
    lenses = ", ".join(lens.key for lens in wanted.lenses)
    runs = f"{wanted.runs} run{'s' if wanted.runs > 1 else ''}"
    notes().print(f"{len(chosen)} of {len(entries)} papers, {named} of them labelled by hand; {runs}; {lenses}.")
    if not wanted.endpoints:
        notes().print("No model is set up: the scan alone is measured. See [[model.endpoints]] in config.example.toml.")
    return [entry.paper for entry in chosen]


async def _entries(
    settings: "Settings", wanted: EvaluationRequest, store: "Store", labelled: frozenset[str]
) -> "list[Entry]":
    from bot.app import build_source
    from bot.cli.paint import notes
    from bot.clock import SystemClock
    from bot.core.errors import SettingsError
    from bot.core.papers.paper import AnnounceType, ArxivId, Entry
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
            found = await source.fetch_papers([ArxivId(text) for text in sorted(labelled)[:100]])
        finally:
            await source.close()
        return [Entry(paper, AnnounceType.NEW) for paper in found.values()]
    if wanted.fallacies[0]:
        return [Entry(paper, AnnounceType.NEW) for paper in wanted.fallacies[0]]
    saved = [SavedSource.read(file) for file in wanted.feeds]
    if not saved:
        notes().print("Reading the bundled day, whose papers are invented; --feed FILE reads another.")
        saved = [SavedSource.parse(bundled_day(), "the bundled day")]
    batches = [(await saved_source.fetch_feed("", None, None)).batch for saved_source in saved]
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
    from bot.core.errors import SettingsError
    from bot.core.evaluation.trials import SCAN
    from bot.models import build_endpoints

    known: dict[str, Endpoint] = {}
    for endpoint in build_endpoints(settings):
        name = endpoint.name or endpoint.model
        known[name if name not in known and name != SCAN else f"{endpoint.model} at {endpoint.base_url}"] = endpoint
    chosen = {
        name: endpoint
        for name, endpoint in known.items()
        if not names or {name, endpoint.name, endpoint.model} & set(names)
    }
    called = {word for name, endpoint in known.items() for word in (name, endpoint.name, endpoint.model)}
    for name in names:
        if name not in called:
            there = f"There are: {', '.join(known)}." if known else "Add one to [[model.endpoints]]."
            raise SettingsError(f"There is no endpoint {name!r} in the settings.", there)
    return chosen


def _contenders(settings: "Settings", wanted: EvaluationRequest, clock: Any) -> "list[Participant]":
    """The scan, then each endpoint for itself: none stands in for another."""
    from bot.analyst.verdicts.scan import ScanAnalyst
    from bot.core.evaluation.trials import SCAN
    from bot.services.evaluation.evaluate import Participant

    judges = [Participant(SCAN, ScanAnalyst(clock), by_rule=True)]
    if wanted.endpoints:
        from bot.analyst.verdicts.llm import LlmAnalyst

        for name, endpoint in wanted.endpoints.items():
            analyst = LlmAnalyst([endpoint], settings.budget, clock)
            judges.append(
                Participant(
                    name,
                    analyst,
                    f"{endpoint.key}|{endpoint.temperature}|{endpoint.max_tokens}",
                    wanted.runs,
                    False,
                    True,
                )
            )
    return judges


def _never(table: "Table") -> float:
    raise AssertionError("one run has no agreement")


# -- before it starts --------------------------------------------------------------------------------------------------


async def _show_cost(
    settings: "Settings", wanted: EvaluationRequest, store: "Store", left: "Sequence[Piece]", known: int
) -> None:
    """What is left to ask and what it takes, and what a full day would, by endpoint; then the budget."""
    from bot.cli.paint import notes
    from bot.services.judging.spend import budget_words, cost_of, day_cost

    console, budget = notes(), settings.budget
    console.print(f"{known} readings are there already or by rule; {len(left)} are to be asked for:")
    for name, endpoint in wanted.endpoints.items():
        its = [piece for piece in left if piece.contender.name == name]
        analyses = sum(piece.wants_analysis for piece in its)
        cost = await cost_of(len(its), analyses, store, endpoint.model, endpoint.price)
        day = await day_cost(store, endpoint.model, endpoint.price)
        console.print(f"  {name}: {len(its)} and {analyses} analyses take about {cost.amounts}, repairs on top.")
        console.print(f"  {name}: {day.words(budget)}.")
    console.print(f"The day's budget holds: {budget_words(await store.spending(), budget)}.")


# -- after it ended ----------------------------------------------------------------------------------------------------


def _close(
    wanted: EvaluationRequest, papers: "Sequence[Paper]", judges: "Sequence[Participant]", known: "list[EvalRun]"
) -> int:
    """Show and write the figures; 3 where replies are missing, which a further start asks for."""
    from bot.cli.evaluation.files import write_figures, write_sample
    from bot.cli.evaluation.table import show
    from bot.cli.paint import notes, results

    found = _figures(wanted, judges, known)
    show(results(), found, wanted.lenses)
    if wanted.json_file is not None:
        about = {
            "papers": [str(paper.id) for paper in papers],
            "runs": wanted.runs,
            "lenses": {lens.key: lens.fingerprint for lens in wanted.lenses},
            "models": {name: endpoint.model for name, endpoint in wanted.endpoints.items()},
        }
        write_figures(wanted.json_file, about, found, known)
    if wanted.sample is not None:
        count = write_sample(wanted.sample, wanted.lenses, known)
        said = f"Wrote {count} claims to {wanted.sample}: write yes or no into `supported`"
        notes().print(f"{said}, then --support {wanted.sample}.")
    return told_missing(known)


def _figures(
    wanted: EvaluationRequest, judges: "Sequence[Participant]", known: "Sequence[EvalRun]"
) -> "list[TrialFigures]":
    from bot.core.evaluation.trials import figures_of

    figures = []
    for lens in wanted.lenses:
        for judge in judges:
            read = [eval_run for eval_run in known if (eval_run.judge, eval_run.lens) == (judge.name, lens.key)]
            read.sort(key=lambda eval_run: (eval_run.run, eval_run.paper))
            kept = {"gold": wanted.gold, "supported": wanted.supported, "alpha": wanted.alpha}
            kept |= {"fallacies": wanted.fallacies[1], "worths": wanted.worths}
            figures.append(figures_of(read, lens, by_rule=judge.by_rule, **kept))  # type: ignore[arg-type]
    return figures
