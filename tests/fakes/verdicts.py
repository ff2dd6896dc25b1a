"""Papers and verdicts for tests of what people read: invented, with every part there to be replaced."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from bot.core.papers.paper import ArxivId, Paper
from bot.core.papers.sentence import Evidence, Sentence, hash_text
from bot.core.present.paper_view import PaperView
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.scoring import score
from bot.core.verdicts.verdict import (
    Analysis,
    AnalystKind,
    Assumption,
    Basis,
    BasisKind,
    Claim,
    Classification,
    Fallacy,
    Finding,
    Label,
    Provenance,
    ShortFallacy,
    ShortVerdict,
    TouchedTrade,
    Verdict,
)
from bot.lenses.load import load_lenses
from bot.text.split import split

DAY = date(2026, 5, 27)
JUDGED_AT = datetime(2026, 5, 27, 6, tzinfo=UTC)
ABSTRACT = (
    "Letters are still answered by clerks. We train an agent that answers them. It closes 87.3% of the cases. "
    "Nobody reads what it sends."
)


WEIGHTS = {"limits": 3.0, "deployer": 0.0}


def lens() -> Lens:
    """The default lens with weights of its own, so that tuning the shipped ones changes no test of wording."""
    shipped = load_lenses(None)["discontinuity"]
    steady = (replace(one, weight_abstract=WEIGHTS.get(one.key, 1.0), weight_full=1.0) for one in shipped.checklist)
    return replace(shipped, checklist=tuple(steady))


def paper(**changes: Any) -> Paper:
    plain = Paper(ArxivId("2611.99900"), 1, "An Agent for Letters", ABSTRACT, "A. Author", ("cs.AI", "cs.CL"))
    return replace(plain, **changes)


def evidence(of: Paper, *numbers: int) -> tuple[Evidence, ...]:
    known = {one.number: one for one in split(of.abstract)} or {1: Sentence(1, 0, 0, "")}
    whole = hash_text(of.abstract)
    chosen = [known[min(number, len(known))] for number in numbers]
    return tuple(Evidence(of.id, of.version, whole, one.start, one.end, one.text, one.number) for one in chosen)


def short(of: Paper, **changes: Any) -> ShortVerdict:
    """A short verdict on the paper."""
    whole = ShortVerdict(
        headline="Takes the clerk out of the letter.",
        does="Trains an agent to answer letters",
        fallacy=ShortFallacy("Treats the clerk as the cost. By this thesis, the clerk was the check.", evidence(of, 1)),
        omissions=("pays",),
    )
    return replace(whole, **changes)


def analysis(of: Paper, **changes: Any) -> Analysis:
    """An analysis that starts from that."""
    whole = Analysis(
        dissection=Claim("It answers letters.\n\nThat is work for clerks.", evidence(of, 2)),
        fallacy=Fallacy("Treats the clerk as the cost.", "By this thesis, the clerk was the check.", evidence(of, 1)),
        assumptions=(Assumption("A closed case is a solved one.", "Nobody asked the customer.", evidence(of, 3)),),
        social_function="A procurement argument in the dress of a benchmark.",
        classes=(Classification("transition management", "makes it run smoothly"),),
        verdict="The engineering is real.\n\nSo, by this thesis, is what follows.",
        closing="It says sorry very well.",
    )
    return replace(whole, **changes)


def findings(of: Paper, through: Lens, **labels: Label) -> tuple[Finding, ...]:
    """Every item absent, but for those that `labels` names by key."""
    made = []
    for asked in through.checklist:
        label = labels.get(asked.key, Label.ABSENT)
        cited = evidence(of, 1) if label is Label.ADDRESSED else ()
        made.append(Finding(asked.key, label, cited, "no such thing here" if label is Label.NOT_APPLICABLE else None))
    return tuple(made)


def verdict(of: Paper, through: Lens, said: ShortVerdict | None, made: Analysis | None, **changes: Any) -> Verdict:
    """A model's verdict when there is a short one, else that of a scan."""
    kind = AnalystKind.MODEL if said else AnalystKind.SCAN
    model = "minimax/minimax-m2.7" if said else None
    found = findings(of, through, worker=Label.ADDRESSED, price=Label.NOT_APPLICABLE, compute=Label.UNCLEAR)
    length = len(of.abstract)
    plain = Verdict(
        paper=of.id,
        version=1,
        paper_hash=of.text_hash,
        basis=Basis(BasisKind.ABSTRACT, length, length),
        first_line=evidence(of, 1)[0] if of.abstract else None,
        findings=found,
        score=score(found, through, BasisKind.ABSTRACT),
        interest=40,
        trades=(TouchedTrade("office work", "clerks"),) if of.abstract == ABSTRACT else (),
        telling=evidence(of, 2)[0] if of.abstract else None,
        provenance=Provenance(kind, through.key, through.fingerprint, JUDGED_AT, model),
        short=said,
        analysis=made,
        counted=("clerks", "letters"),
    )
    return replace(plain, **changes)


def sheet(
    of: Paper | None = None,
    made: Analysis | None = None,
    *,
    said: ShortVerdict | None = None,
    scan: bool = False,
    **changes: Any,
) -> PaperView:
    """A sheet of the plain paper with a model's verdict (or a scan's); `changes` are the verdict's."""
    of, through = of or paper(), lens()
    judged = verdict(of, through, None, None) if scan else verdict(of, through, said or short(of), made or analysis(of))
    return PaperView(of, replace(judged, **changes), through, "cs.AI", DAY, lambda text: text)
