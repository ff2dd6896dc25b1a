"""A checked reply and its paper -> the verdict, or its analysis. Title, first line, sentences, what is asked
under which premise, score, trades and interest are the program's own, whatever the model says."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.analyst.verdicts.analysis_reply import AnalysisReply
from bot.analyst.verdicts.numbered_text import NumberedSource, NumberedText
from bot.analyst.verdicts.short_reply import LabelPart, ReadShort, ShortReply
from bot.core.papers.paper import Paper
from bot.core.papers.sentence import Evidence
from bot.core.verdicts.call import Usage
from bot.core.verdicts.lens import ChecklistItem, Lens
from bot.core.verdicts.scoring import asked_items, judged_interest, score
from bot.core.verdicts.verdict import (
    Analysis,
    AnalystKind,
    Assumption,
    Claim,
    Classification,
    Fallacy,
    Finding,
    Label,
    PremiseFinding,
    PremiseLabel,
    Provenance,
    ShortFallacy,
    ShortVerdict,
    Verdict,
)
from bot.text.relevance import Relevance, relevance
from bot.text.rules import NOTHING_READ

TOO_LITTLE = "Not enough text to say."
EMPTY_SAYS = "The abstract is empty."
OUTSIDE = "The text is outside this lens."
UNASKED = "Asked only where this holds: {}"


def verdict_of(
    paper: Paper,
    lens: Lens,
    read: ReadShort,
    *,
    sentences: int,
    model: str | None,
    fingerprint: str,
    usage: Usage,
    judged_at: datetime,
    pointing: NumberedSource | None = None,
    wanted: Relevance | None = None,
) -> Verdict:
    """The verdict of a reply on the first so many sentences of a text; of the abstract where none is given.

    `wanted`: what rules found in those sentences, where they were read before."""
    pointing = pointing or NumberedText(paper)
    basis = pointing.basis(sentences)
    reply = read.reply
    premises = _premises(reply, pointing) if reply else ()
    findings = _findings(reply, premises, lens, pointing) if reply else _all(lens, TOO_LITTLE)
    short = _short(read, findings, pointing)
    wanted = wanted or relevance(paper.title, pointing.judged, lens)
    is_silent = reply is None or reply.is_outside
    interest = judged_interest(wanted.interest, premises, short.fallacy is not None, len(short.omissions), lens)
    return Verdict(
        paper=paper.id,
        version=paper.version,
        paper_hash=paper.text_hash,
        basis=basis,
        first_line=pointing.first_line,
        findings=findings,
        score=None if is_silent else score(findings, lens, basis.kind),
        interest=interest,
        trades=wanted.trades,
        telling=pointing.evidence(wanted.telling) if wanted.telling else None,
        premises=premises,
        provenance=provenance(lens, model, fingerprint, usage, judged_at),
        short=short,
        dropped_claims=read.dropped,
        flags=pointing.flags,
        counted=wanted.counted,
    )


def provenance(lens: Lens, model: str | None, fingerprint: str, usage: Usage, judged_at: datetime) -> Provenance:
    """Who wrote it, with what and at what price."""
    return Provenance(
        analyst=AnalystKind.MODEL,
        lens=lens.key,
        lens_fingerprint=lens.fingerprint,
        judged_at=judged_at,
        model=model,
        prompt_fingerprint=fingerprint,
        tokens_in=usage.tokens_in,
        tokens_out=usage.tokens_out,
        cost_usd=usage.usd,
    )


def nothing_to_say(paper: Paper, lens: Lens, fingerprint: str, judged_at: datetime, why: str = EMPTY_SAYS) -> Verdict:
    """The verdict on an abstract that is empty or cannot be read: no model is asked what stands in it."""
    return verdict_of(
        paper,
        lens,
        ReadShort(None, too_little=why),
        sentences=0,
        model=None,
        fingerprint=fingerprint,
        usage=Usage(),
        judged_at=judged_at,
        pointing=NumberedText(paper, NOTHING_READ),
        wanted=NOTHING_READ.relevance,
    )


def analysis_of(reply: AnalysisReply, pointing: NumberedSource, made: Provenance, dropped: int) -> Analysis:
    """The analysis of a reply on those sentences."""
    fallacy = reply.core_fallacy
    return Analysis(
        dissection=Claim(reply.dissection.text, pointing.cited(reply.dissection.cites)),
        fallacy=Fallacy(fallacy.assumed, fallacy.instead, pointing.cited(fallacy.cites)) if fallacy else None,
        assumptions=tuple(
            Assumption(
                hidden_assumption.proposition, hidden_assumption.exposure, pointing.cited(hidden_assumption.cites)
            )
            for hidden_assumption in reply.hidden_assumptions
        ),
        social_function=reply.social_function,
        classes=tuple(Classification(class_part.name, class_part.gloss) for class_part in reply.classes),
        verdict=reply.verdict,
        closing=reply.closing,
        made=made,
        dropped_claims=dropped,
    )


def given(verdict: Verdict, pointing: NumberedSource) -> dict[str, Any]:
    """A stored short verdict as the analysis is given it: in the form of a reply, by the numbers of the sentences."""
    short = verdict.short
    assert short is not None
    fallacy = short.fallacy
    premises: dict[str, Any] = {
        premise.premise: _cited_label(premise.label, numbers(premise.evidence, pointing))
        for premise in verdict.premises
    }
    return {
        "premises": premises,
        "checklist": {finding.item: _given(finding, pointing) for finding in verdict.findings},
        "core_fallacy": {"cites": numbers(fallacy.evidence, pointing), "line": fallacy.line} if fallacy else None,
        "telling": list(short.omissions),
        "does": short.does,
        "headline": short.headline,
    }


def _given(finding: Finding, pointing: NumberedSource) -> Any:
    if finding.label is Label.NOT_APPLICABLE:
        return {"label": str(finding.label), "reason": finding.reason or ""}
    return _cited_label(finding.label, numbers(finding.evidence, pointing))


def _cited_label(label: str, cites: list[int]) -> Any:
    return {"label": str(label), "cites": cites} if cites else str(label)


def numbers(evidence: tuple[Evidence, ...], pointing: NumberedSource) -> list[int]:
    """The numbers that those passages have among the sentences that are read."""
    places = {(passage.start, passage.end) for passage in evidence}
    spans: Mapping[tuple[int, int], int] = {
        (sentence.start, sentence.end): sentence.number for sentence in pointing.sentences
    }
    return sorted(spans[place] for place in places if place in spans)


def _short(read: ReadShort, findings: tuple[Finding, ...], pointing: NumberedSource) -> ShortVerdict:
    reply = read.reply
    if reply is None:
        return ShortVerdict(TOO_LITTLE, "", None, too_little=read.too_little)
    fallacy = reply.core_fallacy
    absent = {finding.item for finding in findings if finding.label is Label.ABSENT}
    return ShortVerdict(
        headline=reply.headline,
        does=reply.does,
        fallacy=ShortFallacy(fallacy.line, pointing.cited(fallacy.cites)) if fallacy else None,
        omissions=tuple(key for key in reply.telling if key in absent),
        fallacy_dropped=read.fallacy_dropped,
    )


def _premises(reply: ShortReply, pointing: NumberedSource) -> tuple[PremiseFinding, ...]:
    return tuple(
        PremiseFinding(key, PremiseLabel(part.label), pointing.cited(part.cites))
        for key, part in reply.premises.items()
    )


def _findings(
    reply: ShortReply, premises: tuple[PremiseFinding, ...], lens: Lens, pointing: NumberedSource
) -> tuple[Finding, ...]:
    """The labels of what is asked; what is not asked under the premises is not applicable."""
    if reply.checklist is None:
        return _all(lens, OUTSIDE)
    asked = {item.key for item in asked_items(lens, premises)}
    return tuple(
        _finding(checklist_item.key, reply.checklist[checklist_item.key], pointing)
        if checklist_item.key in asked
        else Finding(checklist_item.key, Label.NOT_APPLICABLE, (), _unasked(checklist_item, premises, lens))
        for checklist_item in lens.checklist
    )


def _finding(key: str, part: LabelPart, pointing: NumberedSource) -> Finding:
    return Finding(key, Label(part.label), pointing.cited(part.cites), part.reason or None)


def _unasked(item: ChecklistItem, premises: tuple[PremiseFinding, ...], lens: Lens) -> str:
    """The question of the premise that does not hold, as the reason."""
    closed = {premise.premise for premise in premises if premise.label is PremiseLabel.DOES_NOT}
    return UNASKED.format(
        next(premise.question for premise in lens.premises if premise.key in closed and premise.key in item.needs)
    )


def _all(lens: Lens, reason: str) -> tuple[Finding, ...]:
    return tuple(Finding(asked.key, Label.NOT_APPLICABLE, (), reason) for asked in lens.checklist)
