"""What a post about one paper is made of, and the phrases that several posts share.

From an abstract we say what the abstract leaves out, never what the paper does not do.
"""

from dataclasses import dataclass
from datetime import date

from bot.core.lens import Lens
from bot.core.paper import Paper
from bot.core.phrase import Readable, day_words, fit, joined, said, shown
from bot.core.post import Span, Style
from bot.core.scoring import band, leaves_out
from bot.core.sentence import Evidence
from bot.core.verdict import AnalystKind, BasisKind, Label, Verdict

SCAN_SAYS = "A rule-based scan: “leaves out” means that no cue word for it was found. It judges nothing."
SOURCE_MOST = 150
MODEL_MOST = 44
NAME_MOST = 60


@dataclass(frozen=True, slots=True)
class Sheet:
    """A paper with its verdict. `day` is the announcement's date, `category` where it was announced."""

    paper: Paper
    verdict: Verdict
    lens: Lens
    category: str
    day: date | None
    readable: Readable

    @property
    def title(self) -> str:
        """The paper's title as people read it."""
        return shown(self.paper.title, self.readable)

    @property
    def is_full(self) -> bool:
        """Whether more than the abstract was read."""
        return self.verdict.basis.kind is BasisKind.FULL

    def quote(self, evidence: Evidence) -> str:
        """The raw words of a passage as people read them."""
        return shown(evidence.words, self.readable)

    def link(self, most: int) -> Span:
        """The title as a link to the abstract's page."""
        return Span(fit(self.title, most), Style.PLAIN, self.paper.id)


def omitted(sheet: Sheet) -> list[str]:
    """The names of what the text leaves out, the heaviest first."""
    absent, _ = leaves_out(sheet.verdict, sheet.lens)
    return [fit(one.name, NAME_MOST) for one in absent]


def labelled(sheet: Sheet, label: Label) -> list[str]:
    """The names of the items with that label, in the checklist's order."""
    return [fit(sheet.lens.item_or_key(one.item).name, NAME_MOST) for one in sheet.verdict.labelled(label)]


def omission_count(sheet: Sheet) -> str:
    """`leaves out 6 of 8`, counted over what applies and could be expected in a text of that kind."""
    absent, asked = leaves_out(sheet.verdict, sheet.lens)
    return count_words(len(absent), asked)


def count_words(left_out: int, asked: int) -> str:
    """`leaves out 6 of 8`, of figures that are known already."""
    return f"leaves out {left_out or 'none'} of {asked}" if asked else "touches nothing on this list"


def omission_words(sheet: Sheet) -> str:
    """`Abstract leaves out 6 of 8`; after a full-text reading by a model or a person, score and band before it."""
    words = f"{text_words(sheet)} {omission_count(sheet)}"
    if not sheet.is_full or sheet.verdict.analysis is None:
        return words
    name = fit(band(sheet.verdict.score, sheet.lens).name, 24)
    return f"{sheet.verdict.score} {name} · {words[0].lower()}{words[1:]}"


def text_words(sheet: Sheet) -> str:
    """What was read, as the subject of a sentence: `Abstract`, `Full text`, `What was read`."""
    if not sheet.is_full:
        return "Abstract"
    return "Full text" if _is_whole(sheet.verdict) else "What was read"


def basis_words(verdict: Verdict) -> str:
    """`abstract only`, `full text`, or how much of it was read."""
    if verdict.basis.kind is BasisKind.ABSTRACT:
        return "abstract only" if _is_whole(verdict) else "part of the abstract"
    if _is_whole(verdict):
        return "full text"
    return f"{100 * verdict.basis.characters // max(verdict.basis.of_characters, 1)} % of the full text"


def _is_whole(verdict: Verdict) -> bool:
    return verdict.basis.characters >= verdict.basis.of_characters


def place_and_day(sheet: Sheet) -> str:
    """`arXiv cs.AI · 27 May 2026`."""
    return joined((f"arXiv {fit(sheet.category, 20)}", day_words(sheet.day) if sheet.day else ""))


def judge_words(sheet: Sheet) -> str:
    """Who judged, from what, through which lens: `minimax/minimax-m2.7 · abstract only · AI, one lens: …`."""
    made = sheet.verdict.provenance
    who = {
        AnalystKind.SCAN: "rule-based scan",
        AnalystKind.WRITTEN: "written by hand",
        AnalystKind.MODEL: fit(said(made.model or "a model"), MODEL_MOST),
    }[made.analyst]
    by = "AI, one lens" if made.analyst is AnalystKind.MODEL else "one lens"
    return joined((who, basis_words(sheet.verdict), f"{by}: {sheet.lens.key}"))


def source_words(sheet: Sheet) -> str:
    """The source line of every card."""
    return fit(joined((place_and_day(sheet), judge_words(sheet))), SOURCE_MOST)
