"""`copecheck export`: every verdict with its paper, for programs and spreadsheets."""

import asyncio
import csv
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from bot.cli.operate import moment_words, store_to_read
from bot.cli.options import ConfigOption, StoreOption, settings_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.cli.evaluation.day_ranks import DayRank
    from bot.config.settings import Settings
    from bot.core.follows.edition import JudgedPaper


def export(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="Where to write; stdout when left out.", dir_okay=False)] = None,
    form: Annotated[str, typer.Option("--format", help="jsonl or csv; else by the file's ending, else jsonl.")] = "",
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Write every verdict with its paper as JSON Lines or CSV.

    Example: copecheck export verdicts.csv
    """
    from bot.core.errors import SettingsError

    form = form or (file.suffix.removeprefix(".") if file else "") or "jsonl"
    if form not in ("jsonl", "csv"):
        raise SettingsError(f"There is no format {form!r}.", "Use --format jsonl or --format csv.")
    settings = settings_for(context, config, store)
    if file is None:
        asyncio.run(_export(settings, sys.stdout, form, wanted=store is not None))
        return
    partial = file.with_name(f"{file.name}.partial")
    try:
        with partial.open("w", encoding="utf-8", newline="") as out:
            written = asyncio.run(_export(settings, out, form, wanted=store is not None))
        partial.replace(file)
        typer.echo(f"{written} verdict{'' if written == 1 else 's'} written to {file}.", err=True)
    except OSError as error:
        raise SettingsError(f"{file} cannot be written: {error.strerror}.", "Name another file.") from None
    finally:
        partial.unlink(missing_ok=True)


async def _export(settings: "Settings", out: TextIO, form: str, *, wanted: bool) -> int:
    from bot.cli.evaluation.day_ranks import day_ranks
    from bot.cli.paint import Bars
    from bot.core.hostile.hygiene import json_text
    from bot.core.jobs.job import JobState, Queue
    from bot.core.verdicts.verdict import AnalystKind

    table = csv.DictWriter(out, fieldnames=list(COLUMNS)) if form == "csv" else None
    if table:
        table.writeheader()
    async with store_to_read(settings, wanted=wanted) as store:
        total = (await store.count_jobs()).get((Queue.JUDGE, JobState.DONE), 0)
        ranks = await day_ranks(store)
        done = 0
        with Bars() as bars:
            async for judged in store.export():
                if judged.verdict.provenance.analyst is AnalystKind.WRITTEN:
                    continue  # the demo's example, which nobody announced
                row = record(judged, ranks.get((judged.paper.id, judged.verdict.provenance.lens), ()))
                if table:
                    table.writerow({name: _cell(row, name) for name in COLUMNS})
                else:
                    out.write(json_text(row) + "\n")
                done += 1
                bars.show("written", done, max(total, done))
    return done


COLUMNS = (
    "paper",
    "version",
    "title",
    "categories",
    "lens",
    "score",
    "interest",
    "rank",
    "trade",
    "sentence",
    "premises",
    "none",
    "size",
    "basis",
    "analyst",
    "model",
    "findings",
)


# What is labelled, by what names it.
LABELLED = {"findings": "item", "premises": "premise"}
# What a spreadsheet takes for the beginning of a formula, in full width too.
FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


def _cell(row: dict[str, Any], name: str) -> Any:
    """A value for a spreadsheet: labels in short, nothing unseen, and no text that it would take for a formula."""
    from bot.core.hostile.hygiene import clean

    value = row[name]
    if name in LABELLED:
        value = "; ".join(f"{found[LABELLED[name]]}={found['label']}" for found in value)
    if not isinstance(value, str):
        return value
    shown = clean(value)
    return f"'{shown}" if shown.lstrip().startswith(FORMULA) or value.startswith(("\t", "\r", "\n")) else shown


def record(judged: "JudgedPaper", ranks: "Sequence[DayRank]" = ()) -> dict[str, Any]:
    """A verdict as a flat object; every claim with the words it points at.

    `rank` is its place in its latest day, in its primary category where that announced it; `ranks` has them all.
    """
    paper, verdict = judged.paper, judged.verdict
    trade = verdict.trades[0] if verdict.trades else None
    return {
        "paper": str(paper.id),
        "version": verdict.version,
        "title": paper.title,
        "categories": " ".join(paper.categories),
        "lens": verdict.provenance.lens,
        "lens_fingerprint": verdict.provenance.lens_fingerprint,
        "score": verdict.score,
        "interest": verdict.interest,
        "rank": _rank(ranks, paper.primary),
        "ranks": [_plain(rank) for rank in ranks],
        "trade": trade.name if trade else None,
        "word": trade.word if trade else None,
        "trades": _plain(verdict.trades),
        "sentence": verdict.telling.sentence if verdict.telling else None,
        "premises": _plain(verdict.premises),
        "basis": str(verdict.basis.kind),
        "analyst": str(verdict.provenance.analyst),
        "model": verdict.provenance.model,
        "judged_at": moment_words(verdict.provenance.judged_at),
        "findings": [
            {
                "item": finding.item,
                "label": str(finding.label),
                "reason": finding.reason,
                "evidence": _plain(finding.evidence),
            }
            for finding in verdict.findings
        ],
        "size": "analysis" if verdict.analysis else "short" if verdict.short else None,
        "none": bool(verdict.short and verdict.says_enough and not verdict.short.fallacy),
        "headline": verdict.short.headline if verdict.short else None,
        "short": _plain(verdict.short),
        "classes": [kind.name for kind in verdict.analysis.classes] if verdict.analysis else [],
        "analysis": _plain(verdict.analysis),
        "first_line": verdict.first_line.words if verdict.first_line else None,
        "flags": list(verdict.flags),
        "withdrawn": list(verdict.withdrawn),
        "dropped_claims": verdict.dropped_claims,
        "prompt_fingerprint": verdict.provenance.prompt_fingerprint,
        "tokens_in": verdict.provenance.tokens_in,
        "tokens_out": verdict.provenance.tokens_out,
        "cost_usd": verdict.cost_usd,
    }


def _rank(ranks: "Sequence[DayRank]", primary: str | None) -> int | None:
    """The place in the latest day, in the paper's primary category where that announced it."""
    latest = [rank for rank in ranks if rank.day == ranks[0].day]
    chosen = next((day_rank for day_rank in latest if day_rank.category == primary), latest[-1] if latest else None)
    return chosen.rank if chosen else None


def _plain(value: Any) -> Any:
    """Parts of a verdict as plain values; a passage as its sentence's number, its span and its words."""
    from bot.core.papers.sentence import Evidence

    if isinstance(value, Evidence):
        return {"sentence": value.sentence, "start": value.start, "end": value.end, "words": value.words}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value
