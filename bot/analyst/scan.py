"""The rule-based analyst: core's scan behind the `Analyst` port. It calls nobody and costs nothing."""

from bot.core.lens import Lens
from bot.core.paper import Paper
from bot.core.scan import Hit, scan, touch
from bot.core.scoring import score
from bot.core.sentence import Evidence, Sentence, hash_text
from bot.core.verdict import AnalystKind, Basis, BasisKind, Finding, Provenance, Verdict, Wait
from bot.ports import CallLog, Clock
from bot.text.split import split


class ScanAnalyst:
    """Reads the abstract by the lens's cues: labels and sentences, no class, no fallacy, no band."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def judge(self, paper: Paper, lens: Lens, call_log: CallLog) -> Verdict | Wait:
        """The verdict of the rules; it never waits."""
        sentences = split(paper.abstract)
        pointing = _Pointing(paper)
        findings = tuple(pointing.finding(hit) for hit in scan(paper.title, sentences, lens))
        return Verdict(
            paper=paper.id,
            version=paper.version,
            paper_hash=paper.text_hash,
            basis=Basis(BasisKind.ABSTRACT, len(paper.abstract), len(paper.abstract)),
            first_line=pointing.evidence(sentences[0]) if sentences else None,
            findings=findings,
            score=score(findings, lens, BasisKind.ABSTRACT),
            touch=touch(paper.title, sentences, lens),
            provenance=Provenance(AnalystKind.SCAN, lens.key, lens.fingerprint, self._clock.now()),
        )


class _Pointing:
    """Sentences of one paper's abstract as evidence."""

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        self._hash = hash_text(paper.abstract)

    def evidence(self, one: Sentence) -> Evidence:
        paper = self._paper
        return Evidence(paper.id, paper.version, self._hash, one.start, one.end, one.text, one.number)

    def finding(self, hit: Hit) -> Finding:
        shown = (self.evidence(hit.sentence),) if hit.sentence else ()
        return Finding(hit.item, hit.label, shown, hit.reason)
