"""A checked reply and its paper -> the verdict. What the program knows better is the program's: title, first line,
sentences, score and touch."""

from datetime import datetime

from bot.analyst.pointing import Pointed, Pointing
from bot.analyst.replies import Read, Reply
from bot.core.call import Usage
from bot.core.lens import Lens
from bot.core.paper import Paper
from bot.core.scan import touch
from bot.core.scoring import score
from bot.core.verdict import (
    Analysis,
    AnalystKind,
    Assumption,
    Claim,
    Classification,
    Fallacy,
    Finding,
    Label,
    Provenance,
    Verdict,
)

TOO_LITTLE = "Not enough text to say."
EMPTY_SAYS = "The abstract is empty."


def verdict_of(
    paper: Paper,
    lens: Lens,
    read: Read,
    *,
    sentences: int,
    model: str | None,
    fingerprint: str,
    usage: Usage,
    judged_at: datetime,
    pointing: Pointed | None = None,
) -> Verdict:
    """The verdict of a reply on the first so many sentences of a text; of the abstract where none is given."""
    pointing = pointing or Pointing(paper)
    basis = pointing.basis(sentences)
    findings = _findings(read.reply, lens, pointing) if read.reply else _too_little(lens)
    return Verdict(
        paper=paper.id,
        version=paper.version,
        paper_hash=paper.text_hash,
        basis=basis,
        first_line=pointing.first_line,
        findings=findings,
        score=score(findings, lens, basis.kind),
        touch=touch(paper.title, pointing.judged, lens),
        provenance=Provenance(
            analyst=AnalystKind.MODEL,
            lens=lens.key,
            lens_fingerprint=lens.fingerprint,
            judged_at=judged_at,
            model=model,
            prompt_fingerprint=fingerprint,
            tokens_in=usage.tokens_in,
            tokens_out=usage.tokens_out,
            cost_usd=usage.usd,
        ),
        analysis=_analysis(read, pointing),
        dropped_claims=read.dropped,
        flags=pointing.flags,
    )


def nothing_to_say(paper: Paper, lens: Lens, fingerprint: str, judged_at: datetime) -> Verdict:
    """The verdict on an empty abstract: no model is asked what stands in a text that is not there."""
    return verdict_of(
        paper,
        lens,
        Read(None, too_little=EMPTY_SAYS),
        sentences=0,
        model=None,
        fingerprint=fingerprint,
        usage=Usage(),
        judged_at=judged_at,
    )


def _analysis(read: Read, pointing: Pointed) -> Analysis:
    reply = read.reply
    if reply is None:
        return Analysis(TOO_LITTLE, "", Claim(""), None, (), "", (), "", "", too_little=read.too_little)
    fallacy = reply.core_fallacy
    return Analysis(
        headline=reply.headline,
        does=reply.does,
        dissection=Claim(reply.dissection.text, pointing.cited(reply.dissection.cites)),
        fallacy=Fallacy(fallacy.assumed, fallacy.instead, pointing.cited(fallacy.cites)) if fallacy else None,
        assumptions=tuple(
            Assumption(one.proposition, one.exposure, pointing.cited(one.cites)) for one in reply.hidden_assumptions
        ),
        social_function=reply.social_function,
        classes=tuple(Classification(one.name, one.gloss) for one in reply.classes),
        verdict=reply.verdict,
        closing=reply.closing,
        fallacy_dropped=read.fallacy_dropped,
    )


def _findings(reply: Reply, lens: Lens, pointing: Pointed) -> tuple[Finding, ...]:
    made = []
    for asked in lens.checklist:
        part = reply.checklist[asked.key]
        label = Label(part.label)
        reason = part.reason if label in (Label.NOT_APPLICABLE, Label.UNCLEAR) and part.reason else None
        made.append(Finding(asked.key, label, pointing.cited(part.cites), reason))
    return tuple(made)


def _too_little(lens: Lens) -> tuple[Finding, ...]:
    return tuple(Finding(asked.key, Label.NOT_APPLICABLE, (), TOO_LITTLE) for asked in lens.checklist)
