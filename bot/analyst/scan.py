"""The rule-based analyst: core's scan behind the `Analyst` port. It calls nobody and costs nothing."""

import asyncio

from bot.analyst.pointing import Pointing, Readiness
from bot.core.lens import Lens
from bot.core.paper import Paper
from bot.core.scan import Hit, scan, touch
from bot.core.scoring import score
from bot.core.verdict import AnalystKind, Basis, BasisKind, Finding, Provenance, Verdict, Wait
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
            verdict = self._read(paper, lens)
            await asyncio.sleep(0)
        return verdict

    def _read(self, paper: Paper, lens: Lens) -> Verdict:
        pointing = Pointing(paper)
        findings = tuple(_finding(hit, pointing) for hit in scan(paper.title, pointing.judged, lens))
        return Verdict(
            paper=paper.id,
            version=paper.version,
            paper_hash=paper.text_hash,
            basis=Basis(BasisKind.ABSTRACT, len(paper.abstract), len(paper.abstract)),
            first_line=pointing.first_line,
            findings=findings,
            score=score(findings, lens, BasisKind.ABSTRACT),
            touch=touch(paper.title, pointing.judged, lens),
            provenance=Provenance(AnalystKind.SCAN, lens.key, lens.fingerprint, self._clock.now()),
            flags=pointing.flags,
        )

    async def close(self) -> None:
        """There is nothing to let go of."""


def _finding(hit: Hit, pointing: Pointing) -> Finding:
    shown = (pointing.evidence(hit.sentence),) if hit.sentence else ()
    return Finding(hit.item, hit.label, shown, hit.reason)
