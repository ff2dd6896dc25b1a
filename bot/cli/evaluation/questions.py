"""`copecheck eval --questions`: retrieval alone, answers by rule, and each model, on questions with known answers."""

import asyncio
import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.evaluation.files import CHECKS

if TYPE_CHECKING:
    from bot.analyst.endpoints.endpoint import Endpoint
    from bot.config.settings import Settings
    from bot.core.evaluation.known_questions import Found, KnownQuestion, QuizFigures, Source, Tried
    from bot.core.papers.paper import ArxivId
    from bot.core.verdicts.lens import Lens
    from bot.ports.store import Store
    from bot.services.evaluation.examine import Examinee, QuestionSheet

INVENTED, CAPTURED = "questions.csv", "questions_captured.csv"
# Questions about the texts of several fields, by the author of the retrieval and by somebody who had not seen it.
FIELDS = {"Several fields": "questions_fields.csv", "Several fields, another reader": "questions_reader.csv"}
CAPTURED_SHARE = 4 / 3
BY_RULE = "quotations"


@dataclass(frozen=True, slots=True)
class Half:
    """Questions about one kind of texts; of each text one `part` is read (4: a quarter, 1: all)."""

    name: str
    part: float
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
    halves = [half for half in (*_invented(), _captured(captures)) if half is not None]
    return asyncio.run(_run(settings, lens, endpoints, halves, json_file, is_sure))


async def _run(
    settings: "Settings",
    lens: "Lens",
    endpoints: "Mapping[str, Endpoint]",
    halves: Sequence[Half],
    json_file: Path | None,
    is_sure: bool,
) -> int:
    from bot.cli.evaluation.ask import carried_out
    from bot.cli.operate import opened_store
    from bot.clock import SystemClock
    from bot.services.evaluation.examine import question_sheets_of
    from bot.services.evaluation.trial_runner import TrialRunner

    async with opened_store(settings) as store:
        examinees = _examinees(settings, endpoints, SystemClock())
        examination: TrialRunner[QuestionSheet, Tried] = TrialRunner(store, concurrency=settings.model.at_once)
        sheets = [
            sheet
            for half in halves
            for sheet in question_sheets_of(examinees, half.questions, half.sources, lens, half.part)
        ]
        try:
            known = await carried_out(
                store,
                examination,
                sheets,
                lambda left, _: _show_cost(settings, endpoints, store, left),
                is_sure=is_sure,
            )
        finally:
            for examinee in examinees:
                await examinee.answerer.close()
    return 1 if known is None else _close(halves, examinees, known, lens, json_file)


# -- what is read ------------------------------------------------------------------------------------------------------


def _invented() -> "list[Half]":
    """The questions about the papers that come with the bot, and about the texts of several fields beside them."""
    from bot.core.errors import SettingsError
    from bot.core.evaluation.known_questions import Source
    from bot.demo.invented import invented_papers, papers_in

    if not (CHECKS / INVENTED).exists():
        raise SettingsError(
            "The questions are not here.", f"Start it in a checkout's folder, which has docs/checks/{INVENTED}."
        )
    halves = [("Invented papers", INVENTED, invented_papers())]
    further = papers_in(CHECKS / "texts")
    halves += [(name, file, further) for name, file in FIELDS.items() if (CHECKS / file).exists()]
    made = []
    for name, file, papers in halves:
        sources = {paper.paper.id: Source(paper.paper, paper.full) for paper in papers}
        made.append(Half(name, CAPTURED_SHARE, _questions(file, sources), sources))
    return made


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
    from bot.core.evaluation.known_questions import questions_from_rows

    with (CHECKS / name).open(encoding="utf-8", newline="") as opened:
        every = questions_from_rows(csv.DictReader(opened), name)
    there = tuple(known_question for known_question in every if known_question.paper in sources)
    if len(there) < len(every):
        notes().print(
            f"{len(every) - len(there)} questions of {name} are left out: their papers are in none of the feeds."
        )
    return there


def _abstracts(folder: Path) -> "dict[ArxivId, Source]":
    """The papers of all whole feeds of a folder (or of its `rss`), each with its abstract as the text."""
    from bot.core.errors import SourceUnavailable
    from bot.core.evaluation.known_questions import Source
    from bot.sources.feed import parse_feed

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
    from bot.core.fulltext.fulltext import TextKind, abstract_extract, full_text, lay_out
    from bot.text.split import split_blocks

    extract = abstract_extract(paper)
    laid = lay_out(extract.blocks, len(paper.abstract) + 1)
    spans = split_blocks(laid.text, laid.blocks)
    return full_text(paper, TextKind.ABSTRACT, extract, laid, spans, "", is_final=True)


def _examinees(settings: "Settings", endpoints: "Mapping[str, Endpoint]", clock: Any) -> "list[Examinee]":
    """The rules, then each endpoint for itself: none stands in for another."""
    from bot.analyst.answers.quoting import QuotingAnswerer
    from bot.cli.paint import notes
    from bot.services.evaluation.examine import Examinee

    found = [Examinee(BY_RULE, QuotingAnswerer(clock))]
    if not endpoints:
        notes().print("No model is set up: retrieval and quotations are measured. See [[model.endpoints]].")
        return found
    from bot.analyst.answers.llm import LlmAnswerer

    for name, endpoint in endpoints.items():
        answerer = LlmAnswerer([endpoint], settings.budget, clock)
        found.append(Examinee(name, answerer, f"{endpoint.key}|{endpoint.temperature}|{endpoint.max_tokens}"))
    return found


async def _show_cost(
    settings: "Settings", endpoints: "Mapping[str, Endpoint]", store: "Store", left: "Sequence[QuestionSheet]"
) -> None:
    """What is left to ask, with the price of as many verdicts for a measure; then the budget."""
    from bot.cli.paint import notes
    from bot.services.judging.spend import budget_words, cost_of

    for name, endpoint in endpoints.items():
        count = sum(sheet.examinee.name == name for sheet in left)
        cost = await cost_of(count, 0, store, endpoint.model, endpoint.price)
        notes().print(f"{name}: {count} questions are to be asked; as many verdicts take about {cost.amounts}.")
    notes().print(f"The day's budget holds: {budget_words(await store.spending(), settings.budget)}.")


# -- after it ended ----------------------------------------------------------------------------------------------------


def _close(
    halves: Sequence[Half], examinees: "Sequence[Examinee]", known: "list[Tried]", lens: "Lens", json_file: Path | None
) -> int:
    from bot.cli.evaluation.ask import told_missing
    from bot.cli.evaluation.questions_table import plain_tried, show_quiz
    from bot.cli.paint import results
    from bot.core.evaluation.known_questions import quiz_figures, retrieval
    from bot.core.evaluation.trials import Ending
    from bot.text.stems import TERMS

    known.sort(key=lambda tried: (tried.judge, tried.question.paper, tried.question.words))
    made: list[dict[str, Any]] = []
    for half in halves:
        found: list[Found] = retrieval(half.questions, half.sources, TERMS)
        papers = set(half.questions)
        tried = [[tried for tried in known if tried.judge == by.name and tried.question in papers] for by in examinees]
        figures: list[QuizFigures] = [quiz_figures(several) for several in tried if several]
        show_quiz(results(), half.name, found, figures)
        every = [attempt for several in tried for attempt in several]
        made.append(plain_tried(half.name, half.part, found, figures, every))
    missing = [tried for tried in known if tried.ending is Ending.UNANSWERED]
    if json_file is not None:
        whole = {"lens": {lens.key: lens.fingerprint}, "missing": len(missing), "halves": made}
        json_file.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return told_missing(known)
