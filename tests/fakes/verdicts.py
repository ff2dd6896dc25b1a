"""Papers and verdicts for tests of what people read: invented, with every part there to be replaced."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from bot.core.lens import Lens
from bot.core.paper import ArxivId, Paper
from bot.core.scoring import score
from bot.core.sentence import Evidence, Sentence, hash_text
from bot.core.sheet import Sheet
from bot.core.verdict import (
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


def analysis(of: Paper, **changes: Any) -> Analysis:
    whole = Analysis(
        headline="Takes the clerk out of the letter.",
        does="Trains an agent to answer letters",
        dissection=Claim("It answers letters.\n\nThat is for fewer clerks.", evidence(of, 2)),
        fallacy=Fallacy("Treats the clerk as the cost.", "In this reading the clerk was the check.", evidence(of, 1)),
        assumptions=(Assumption("A closed case is a solved one.", "Nobody asked the customer.", evidence(of, 3)),),
        social_function="A procurement argument in the dress of a benchmark.",
        classes=(Classification("transition management", "makes it run smoothly"),),
        verdict="The engineering is real.\n\nSo is what follows.",
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


def verdict(of: Paper, through: Lens, made: Analysis | None, **changes: Any) -> Verdict:
    """A model's verdict when there is an analysis, else that of a scan."""
    kind = AnalystKind.MODEL if made else AnalystKind.SCAN
    model = "minimax/minimax-m2.7" if made else None
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
        touch=2,
        provenance=Provenance(kind, through.key, through.fingerprint, JUDGED_AT, model),
        analysis=made,
    )
    return replace(plain, **changes)


def sheet(of: Paper | None = None, made: Analysis | None = None, *, scan: bool = False, **changes: Any) -> Sheet:
    """A sheet of the plain paper with a model's verdict (or a scan's); `changes` are the verdict's."""
    of, through = of or paper(), lens()
    judged = verdict(of, through, None if scan else (made or analysis(of)), **changes)
    return Sheet(of, judged, through, "cs.AI", DAY, lambda text: text)
