"""The rule-based analyst: core's scan behind the `Analyst` port. It calls nobody and costs nothing."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bot.analyst.verdicts.numbered_text import NumberedFullText, NumberedSource, NumberedText
from bot.analyst.verdicts.unread import wait_for_reader
from bot.core.errors import Unreadable
from bot.core.fulltext.fulltext import FullText
from bot.core.papers.paper import Paper
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.scoring import score
from bot.core.verdicts.verdict import Analysis, AnalystKind, Finding, NoAnalysis, Provenance, Verdict, Wait
from bot.ports.model import CallLog
from bot.ports.store import Clock
from bot.text.rules import NOTHING_READ, RuleReader, RuleReading, RulesHere
from bot.text.scan import Hit


class ScanAnalyst:
    """Reads the abstract by the lens's cues: labels and sentences, no class, no fallacy, no band."""

    def __init__(self, clock: Clock, rules: RuleReader | None = None) -> None:
        self._clock = clock
        self._rules = rules or RulesHere()
        self._turn = asyncio.Lock()

    async def judge(self, paper: Paper, lens: Lens, call_log: CallLog) -> Verdict | Wait:
        """The verdict of the rules; it waits for nobody but the papers before it."""
        return (await self.judge_many([paper], lens))[0]

    async def judge_many(self, papers: Sequence[Paper], lens: Lens) -> Sequence[Verdict | Wait]:
        """The verdict on each, read all at once; where that cannot be, one by one, so that one text costs no other."""
        try:
            async with self._turn:
                texts = [(paper.title, paper.abstract) for paper in papers]
                readings = await self._rules.read_abstracts(texts, lens)
                await asyncio.sleep(0)  # reading may take the processor: whatever else is due gets it now
        except Unreadable as error:
            if len(papers) == 1:
                return [self._unread(papers[0], lens, error)]
            return [(await self.judge_many([paper], lens))[0] for paper in papers]
        return [
            self._verdict(paper, lens, NumberedText(paper, read), read)
            for paper, read in zip(papers, readings, strict=True)
        ]

    async def judge_text(self, paper: Paper, full: FullText, lens: Lens, call_log: CallLog) -> Verdict | Wait:
        """The verdict of the rules on the full text, beside everything else that is due."""
        async with self._turn:
            try:
                sentences = await asyncio.to_thread(lambda: full.sentences)
                read = await self._rules.read_sentences(paper.title, sentences, lens)
            except Unreadable as error:
                return self._unread(paper, lens, error)
        return await asyncio.to_thread(self._verdict_on_text, paper, full, lens, read)

    def _verdict_on_text(self, paper: Paper, full: FullText, lens: Lens, read: RuleReading) -> Verdict:
        every = range(1, len(full.spans) + 1)
        return self._verdict(paper, lens, NumberedFullText(paper, full, every, read), read)

    def _unread(self, paper: Paper, lens: Lens, error: Unreadable) -> Verdict | Wait:
        """A text that cannot be read: of this version for good, with the reason, unless the machine was to blame."""
        if error.is_passing:
            return wait_for_reader(error)
        verdict = self._verdict(paper, lens, NumberedText(paper, NOTHING_READ), NOTHING_READ)
        return replace(verdict, basis=replace(verdict.basis, reason=error.what), flags=(f"Not read: {error.what}.",))

    def _verdict(self, paper: Paper, lens: Lens, pointing: NumberedSource, read: RuleReading) -> Verdict:
        basis = pointing.basis(len(pointing.sentences))
        findings = tuple(_finding(hit, pointing) for hit in read.hits)
        wanted = read.relevance
        return Verdict(
            paper=paper.id,
            version=paper.version,
            paper_hash=paper.text_hash,
            basis=basis,
            first_line=pointing.first_line,
            findings=findings,
            score=score(findings, lens, basis.kind),
            interest=wanted.interest,
            trades=wanted.trades,
            telling=pointing.evidence(wanted.telling) if wanted.telling else None,
            provenance=Provenance(AnalystKind.SCAN, lens.key, lens.fingerprint, self._clock.now()),
            flags=pointing.flags,
            counted=wanted.counted,
        )

    async def analyse(
        self, verdict: Verdict, paper: Paper, full: FullText | None, lens: Lens, call_log: CallLog
    ) -> Analysis | NoAnalysis | Wait:
        """Rules write nothing."""
        return NoAnalysis("no model is set up")

    async def close(self) -> None:
        """There is nothing to let go of."""


def _finding(hit: Hit, pointing: NumberedSource) -> Finding:
    shown = (pointing.evidence(hit.sentence),) if hit.sentence else ()
    return Finding(hit.item, hit.label, shown)
