"""`copecheck eval --questions`: retrieval alone, answers by rule, and each model, on questions with known answers."""

import asyncio
import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.evaluate_files import CHECKS

if TYPE_CHECKING:
    from bot.analyst.endpoint import Endpoint
    from bot.config import Settings
    from bot.core.lens import Lens
    from bot.core.paper import ArxivId
    from bot.core.quiz import Found, KnownQuestion, QuizFigures, Source, Tried
    from bot.ports import Store
    from bot.services.examine import Examinee, Sheet

INVENTED, CAPTURED = "questions.csv", "questions_captured.csv"
PART = 4
BY_RULE = "quotations"


@dataclass(frozen=True, slots=True)
class Half:
    """Questions about one kind of texts; of each text one `part` is read (4: a quarter, 1: all)."""

    name: str
    part: int
    questions: "tuple[KnownQuestion, ...]"
    sources: "Mapping[ArxivId, Source]"


def run_quiz(
    settings: "Settings",
    lens: "Lens",
    endpoints: "Mapping[str, Endpoint]",
    captures: Path | None,
    json_file: Path | None,
    is_sure: bool,
) -> int:
    """Ask, show, write; 3 where replies are missing, which a further start asks for."""
    halves = [half for half in (_invented(), _captured(captures)) if half is not None]
    return asyncio.run(_run(settings, lens, endpoints, halves, json_file, is_sure))


async def _run(
    settings: "Settings",
    lens: "Lens",
    endpoints: "Mapping[str, Endpoint]",
    halves: Sequence[Half],
    json_file: Path | None,
    is_sure: bool,
) -> int:
    from bot.app import SystemClock
    from bot.cli.evaluate import is_wanted
    from bot.cli.operate import opened_store
    from bot.cli.paint import Bars
    from bot.cli.run import stopper
    from bot.services.examine import Examination, sheets_of

    async with opened_store(settings) as store:
        examinees = _examinees(settings, endpoints, SystemClock())
        examination = Examination(store, hands=settings.model.at_once)
        sheets = [
            sheet for half in halves for sheet in sheets_of(examinees, half.questions, half.sources, lens, half.part)
        ]
        try:
            with Bars() as bars:
                known, left = await examination.look(sheets, bars)
            if left:
                await _show_cost(settings, endpoints, store, left)
                if not is_wanted(is_sure):
                    return 1
                await store.resume_stopped()
                stop, signals = stopper()
                with Bars() as bars:
                    known += await examination.ask(left, bars, stop)
                if signals:
                    raise KeyboardInterrupt
        finally:
            for one in examinees:
                await one.answerer.close()
    return _close(halves, examinees, known, lens, json_file)


# -- what is read ------------------------------------------------------------------------------------------------------


def _invented() -> Half:
    """The questions about the papers that come with the bot."""
    from bot.core.errors import SettingsError
    from bot.core.quiz import Source
    from bot.demo.invented import invented_papers

    if not (CHECKS / INVENTED).exists():
        raise SettingsError(
            "The questions are not here.", f"Start it in a checkout's folder, which has docs/checks/{INVENTED}."
        )
    sources = {one.paper.id: Source(one.paper, one.full) for one in invented_papers()}
    return Half("Invented papers", PART, _questions(INVENTED, sources), sources)


def _captured(folder: Path | None) -> Half | None:
    """The questions about abstracts of the saved feeds in that folder; None without one."""
    from bot.cli.paint import notes
    from bot.core.errors import SettingsError

    if folder is None or not (CHECKS / CAPTURED).exists():
        notes().print("The questions about captured abstracts are left out: they need --captures FOLDER.")
        return None
    sources = _abstracts(folder)
    questions = _questions(CAPTURED, sources)
    if not questions:
        raise SettingsError(f"{folder} has no feed with a paper that is asked about.", "Name another folder.")
    return Half("Captured abstracts", 1, questions, sources)


def _questions(name: str, sources: "Mapping[ArxivId, Source]") -> "tuple[KnownQuestion, ...]":
    """The questions of a file about papers that are there; how many are left out is said."""
    from bot.cli.paint import notes
    from bot.core.quiz import questions_from_rows

    with (CHECKS / name).open(encoding="utf-8", newline="") as opened:
        every = questions_from_rows(csv.DictReader(opened), name)
    there = tuple(one for one in every if one.paper in sources)
    if len(there) < len(every):
        notes().print(
            f"{len(every) - len(there)} questions of {name} are left out: their papers are in none of the feeds."
        )
    return there


def _abstracts(folder: Path) -> "dict[ArxivId, Source]":
    """The papers of all whole feeds of a folder (or of its `rss`), each with its abstract as the text."""
    from bot.core.errors import SourceUnavailable
    from bot.core.quiz import Source
    from bot.sources.arxiv_parse import parse_feed

    files = sorted((folder / "rss" if (folder / "rss").is_dir() else folder).glob("*.xml"))
    sources: dict[ArxivId, Source] = {}
    for file in files:
        try:
            batch = parse_feed(file.read_bytes(), None).batch
        except SourceUnavailable:
            continue
        for entry in batch.entries if batch else ():
            sources.setdefault(entry.paper.id, Source(entry.paper, _abstract_of(entry.paper)))
    return sources


def _abstract_of(paper: Any) -> Any:
    from bot.core.fulltext import TextKind, abstract_extract, full_text, lay_out
    from bot.text.split import split_blocks

    extract = abstract_extract(paper)
    laid = lay_out(extract.blocks, len(paper.abstract) + 1)
    spans = split_blocks(laid.text, laid.blocks)
    return full_text(paper, TextKind.ABSTRACT, extract, laid, spans, "", is_final=True)


def _examinees(settings: "Settings", endpoints: "Mapping[str, Endpoint]", clock: Any) -> "list[Examinee]":
    """The rules, then each endpoint for itself: none stands in for another."""
    from bot.analyst.quoting import QuotingAnswerer
    from bot.app import budget_of
    from bot.cli.paint import notes
    from bot.services.examine import Examinee

    found = [Examinee(BY_RULE, QuotingAnswerer(clock))]
    if not endpoints:
        notes().print("No model is set up: retrieval and quotations are measured. See [[model.endpoints]].")
        return found
    from bot.analyst.discuss import LlmAnswerer

    for name, one in endpoints.items():
        answerer = LlmAnswerer([one], budget_of(settings), clock)
        found.append(Examinee(name, answerer, f"{one.key}|{one.temperature}|{one.max_tokens}"))
    return found


async def _show_cost(
    settings: "Settings", endpoints: "Mapping[str, Endpoint]", store: "Store", left: "Sequence[Sheet]"
) -> None:
    """What is left to ask, at the price of verdicts, which are longer; then the budget."""
    from bot.app import budget_of
    from bot.cli.paint import notes
    from bot.services.spend import budget_words, cost_of

    for name, one in endpoints.items():
        count = sum(sheet.examinee.name == name for sheet in left)
        cost = await cost_of(count, store, one.model, one.price)
        notes().print(f"{name}: {count} questions are to be asked; as many verdicts take about {cost.amounts}.")
    notes().print(f"The day's budget holds: {budget_words(await store.spending(), budget_of(settings))}.")


# -- after it ended ----------------------------------------------------------------------------------------------------


def _close(
    halves: Sequence[Half], examinees: "Sequence[Examinee]", known: "list[Tried]", lens: "Lens", json_file: Path | None
) -> int:
    from bot.cli.paint import notes, results
    from bot.cli.quiz_table import plain_tried, show_quiz
    from bot.core.evaluation import Ending
    from bot.core.quiz import quiz_figures, retrieval

    known.sort(key=lambda one: (one.judge, one.question.paper, one.question.words))
    made: list[dict[str, Any]] = []
    for half in halves:
        found: list[Found] = retrieval(half.questions, half.sources)
        papers = set(half.questions)
        tried = [[one for one in known if one.judge == by.name and one.question in papers] for by in examinees]
        figures: list[QuizFigures] = [quiz_figures(several) for several in tried if several]
        show_quiz(results(), half.name, found, figures)
        every = [one for several in tried for one in several]
        made.append(plain_tried(half.name, half.part, found, figures, every))
    missing = [one for one in known if one.ending is Ending.UNANSWERED]
    if json_file is not None:
        whole = {"lens": {lens.key: lens.fingerprint}, "missing": len(missing), "halves": made}
        json_file.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for reason in dict.fromkeys(f"{one.judge}: {one.reason}" for one in missing):
        notes().print(f"No reply from {reason}")
    if missing:
        notes().print(f"{len(missing)} replies are missing; everything else is kept. Start again to go on.")
    return 3 if missing else 0
