"""The rule-based analyst: core's scan behind the `Analyst` port. It calls nobody and costs nothing."""

import asyncio

from bot.analyst.pointing import FullPointing, Pointed, Pointing, Readiness
from bot.core.fulltext import FullText
from bot.core.lens import Lens
from bot.core.paper import Paper
from bot.core.scan import Hit, scan, touch
from bot.core.scoring import score
from bot.core.verdict import AnalystKind, Finding, Provenance, Verdict, Wait
from bot.ports import Clock
from bot.ports_model import CallLog


class ScanAnalyst:
    """Reads the abstract by the lens's cues: labels and sentences, no class, no fallacy, no band."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._turn = asyncio.Lock()
        self._ready = Readiness()

    async def judge(self, paper: Paper, lens: Lens, call_log: CallLog) -> Verdict | Wait:
        """The verdict of the rules; it waits for nobody but the paper before it.

        Reading takes the processor: between two papers everything else that is due gets it.
        """
        async with self._turn:
            await self._ready.wait()
            verdict = self._read(paper, lens, Pointing(paper))
            await asyncio.sleep(0)
        return verdict

    async def judge_text(self, paper: Paper, full: FullText, lens: Lens, call_log: CallLog) -> Verdict | Wait:
        """The verdict of the rules on the full text, beside everything else that is due."""
        async with self._turn:
            await self._ready.wait()
            every = range(1, len(full.spans) + 1)
            return await asyncio.to_thread(lambda: self._read(paper, lens, FullPointing(paper, full, every)))

    def _read(self, paper: Paper, lens: Lens, pointing: Pointed) -> Verdict:
        basis = pointing.basis(len(pointing.sentences))
        findings = tuple(_finding(hit, pointing) for hit in scan(paper.title, pointing.judged, lens))
        return Verdict(
            paper=paper.id,
            version=paper.version,
            paper_hash=paper.text_hash,
            basis=basis,
            first_line=pointing.first_line,
            findings=findings,
            score=score(findings, lens, basis.kind),
            touch=touch(paper.title, pointing.judged, lens),
            provenance=Provenance(AnalystKind.SCAN, lens.key, lens.fingerprint, self._clock.now()),
            flags=pointing.flags,
        )

    async def close(self) -> None:
        """There is nothing to let go of."""


def _finding(hit: Hit, pointing: Pointed) -> Finding:
    shown = (pointing.evidence(hit.sentence),) if hit.sentence else ()
    return Finding(hit.item, hit.label, shown, hit.reason)
