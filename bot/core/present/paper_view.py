"""What a post about one paper is made of, and the phrases that several posts share.

From an abstract we say what the abstract leaves out, never what the paper does not do.
"""

from dataclasses import dataclass
from datetime import date

from bot.core.jobs.wait_reason import WaitReason
from bot.core.papers.paper import Paper
from bot.core.papers.sentence import Evidence
from bot.core.posts.phrase import Readable, day_words, joined, sanitize, shown, truncate
from bot.core.posts.post import Span, Style
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.scoring import band, leaves_out
from bot.core.verdicts.verdict import AnalystKind, BasisKind, Label, Verdict

SCAN_SAYS = "Read by rule, not judged: whose work the words touch, and the most telling sentence."
CHOSEN_SAYS = "Chosen by rule, not judged by a model: these words come nearest to what the lens asks about."
OUTSIDE_SAYS = "Outside this lens: it asks nothing of such a text."
SOURCE_MOST = 150
MODEL_MOST = 44
NAME_MOST = 60
TRADES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class PaperView:
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

    @property
    def tags(self) -> tuple[str, ...]:
        """What it may be filed under: its categories, the lens, whose work it touches, and its classes."""
        analysis = self.verdict.analysis
        classes = [class_.name for class_ in analysis.classes] if analysis else []
        trades = [trade.name for trade in self.verdict.trades]
        return (self.category, *self.paper.categories, self.lens.key, *trades, *classes)

    def quote(self, evidence: Evidence) -> str:
        """The raw words of a passage as people read them."""
        return shown(evidence.words, self.readable)

    def link(self, most: int) -> Span:
        """The title as a link to the abstract's page."""
        return Span(truncate(self.title, most), Style.PLAIN, self.paper.id)


@dataclass(frozen=True, slots=True)
class UnreadPaper:
    """A paper without a verdict, which stands in a list by its title; `why`: why nobody has read it yet."""

    paper: Paper
    readable: Readable
    why: WaitReason = WaitReason.UNKNOWN

    @property
    def title(self) -> str:
        """The paper's title as people read it."""
        return shown(self.paper.title, self.readable)


def told_omissions(sheet: PaperView) -> list[str]:
    """The names of the omissions that a reader's verdict rests on, as far as they are labelled absent."""
    absent = {finding.item for finding in sheet.verdict.labelled(Label.ABSENT)}
    keys = sheet.verdict.short.omissions if sheet.verdict.short else ()
    return [truncate(sheet.lens.item_or_key(key).name, NAME_MOST) for key in keys if key in absent]


def touched(sheet: PaperView) -> str:
    """The trades that are touched, each with the word that names it: `programming (“developers”)`."""
    return joined(
        f"{trade.name} (“{truncate(sanitize(trade.word), max(NAME_MOST - len(trade.name), NAME_MOST // 3))}”)"
        for trade in sheet.verdict.trades[:TRADES_SHOWN]
    )


def omission_count(sheet: PaperView) -> str:
    """`leaves out 6 of 8`, counted over what applies and could be expected in a text of that kind."""
    absent, asked = leaves_out(sheet.verdict, sheet.lens)
    return count_words(len(absent), asked)


def count_words(left_out: int, asked: int) -> str:
    """`leaves out 6 of 8`, of figures that are known already."""
    return f"leaves out {left_out or 'none'} of {asked}" if asked else "touches nothing on this list"


def omission_words(sheet: PaperView) -> str:
    """`Abstract leaves out 6 of 8`; after a full-text reading that is no scan, score and band stand before it."""
    words = f"{text_words(sheet)} {omission_count(sheet)}"
    short, points = sheet.verdict.short, sheet.verdict.score
    if not sheet.is_full or short is None or points is None:
        return words
    # A band stands beside no clean paper.
    name = f" {truncate(band(points, sheet.lens).name, 24)}" if short.fallacy else ""
    return f"{points}{name} · {words[0].lower()}{words[1:]}"


def text_words(sheet: PaperView) -> str:
    """What was read, as the subject of a sentence: `Abstract`, `Full text`, `What was read`."""
    if not sheet.is_full:
        return "Abstract"
    return "Full text" if sheet.verdict.basis.is_whole else "What was read"


def basis_words(verdict: Verdict) -> str:
    """`abstract only`, `full text`, or how much of it was read."""
    if verdict.basis.kind is BasisKind.ABSTRACT:
        return "abstract only" if verdict.basis.is_whole else "part of the abstract"
    basis = verdict.basis
    text = "a full text that breaks off" if basis.breaks_off else "the full text"
    if basis.characters >= basis.of_characters:
        return text if basis.breaks_off else "full text"
    return f"{100 * basis.characters // max(basis.of_characters, 1)} % of {text}"


def place_and_day(sheet: PaperView) -> str:
    """`arXiv cs.AI · 27 May 2026`."""
    return joined((f"arXiv {truncate(sheet.category, 20)}", day_words(sheet.day) if sheet.day else ""))


def judge_words(sheet: PaperView) -> str:
    """Who judged, from what, through which lens: `minimax/minimax-m2.7 · abstract only · AI, one lens: …`."""
    made = sheet.verdict.provenance
    who = {
        AnalystKind.SCAN: "rule-based scan",
        AnalystKind.WRITTEN: "written by hand",
        AnalystKind.MODEL: truncate(sanitize(made.model or "a model"), MODEL_MOST),
    }[made.analyst]
    by = "AI, one lens" if made.analyst is AnalystKind.MODEL else "one lens"
    return joined((who, basis_words(sheet.verdict), f"{by}: {sheet.lens.key}"))


def source_words(sheet: PaperView) -> str:
    """The source line of every card."""
    return truncate(joined((place_and_day(sheet), judge_words(sheet))), SOURCE_MOST)
