"""A verdict as a card that reads in five seconds: the headline first, under 900 characters in all.

Every sentence of a reader's stands whole or not at all: what is longer than its line has room for is left out, and
where the card is too long all the same, whole lines leave in one fixed order. Only titles and quotations are cut.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.core.commands.people import NO_VOTES, Tally
from bot.core.papers.sentence import Evidence
from bot.core.posts.phrase import field, joined, line, sanitize, sentence, shown, truncate
from bot.core.posts.post import Button, Line, LineRole, Post, PostKind, Span, Style
from bot.core.present.paper_view import (
    OUTSIDE_SAYS,
    SCAN_SAYS,
    PaperView,
    omission_words,
    place_and_day,
    source_words,
    told_omissions,
    touched,
)
from bot.core.verdicts.dispute import WITHDRAWN, Dispute
from bot.core.verdicts.verdict import ShortVerdict, Verdict

CARD_MOST = 899
HEADLINE_MOST, DOES_MOST, FALLACY_MOST, CLOSING_MOST = 120, 140, 160, 100
TITLE_MOST, QUOTE_MOST = 110, 160
TELLING_MOST = 300  # by rule this sentence is all that a card says: nearly every one stands whole
NAMES_SHOWN = 3
NO_FALLACY = "None: no sentence says or takes for granted what this lens contests."
# What leaves, in this order, until the card fits.
SPARED = ("quote", "closing", "trades", "flags", "does", "fallacy")


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a card: its text, how long it may be, what it is set as, and whether what is longer is cut or left
    out."""

    name: str
    text: str
    most: int
    set_as: Callable[[str], Line]
    is_cut: bool = False

    @property
    def fits(self) -> bool:
        """Whether there is anything to show that has room."""
        return bool(self.text) and (self.is_cut or len(self.text) <= self.most)

    @property
    def line(self) -> Line:
        """The part as it is set."""
        return self.set_as(truncate(self.text, self.most))


def card(sheet: PaperView, tally: Tally = NO_VOTES, dispute: Dispute | None = None) -> Post:
    """One paper: by a model (or by hand) with headline and fallacy, by rule with what is named and left out.

    `tally`: the votes of the place in which it stands; `dispute`: an objection that was made there.
    """
    if sheet.paper.is_withdrawn:
        return withdrawn(sheet)
    parts = parts_of(sheet)
    mark = [disputed(dispute)] if dispute else []
    room = CARD_MOST - sum(len(line.text) + 1 for line in mark)
    lines = (*fitted(parts, room), *mark)
    shown_first = truncate(lines[0].text, 140)
    return Post(PostKind.CARD, shown_first, lines, _buttons(sheet, tally), tags=sheet.tags)


def disputed(dispute: Dispute) -> Line:
    """The mark of a card to which somebody objects, with a link to where that is talked about."""
    link = (Span(" See the thread.", post=dispute.thread),) if dispute.thread else ()
    return line(
        LineRole.SMALL, Span("Disputed", Style.EM), " here: an objection to a claim waits for a decision.", *link
    )


def _buttons(sheet: PaperView, tally: Tally) -> tuple[Button, ...]:
    """A scan has nothing to agree with: rules do not judge. What is outside the lens has no analysis."""
    of_this = f"{sheet.paper.id} {sheet.lens.key}"
    whole = Button("analysis", "Full analysis", f"analysis {of_this}")
    discuss = Button("discuss", "Discuss", f"discuss {of_this}")
    if sheet.verdict.short is None:
        return whole, discuss
    first = (whole, discuss) if sheet.verdict.can_be_analysed else (discuss,)
    agree = Button("agree", f"Agree {tally.agree or ''}".strip(), f"agree {of_this}")
    return *first, agree, Button("disagree", f"Disagree {tally.disagree or ''}".strip(), f"disagree {of_this}")


def withdrawn(sheet: PaperView) -> Post:
    """What takes the place of a withdrawn paper's card: the notice in arXiv's own words, and no verdict."""
    parts = (
        Part("headline", "This paper has been withdrawn.", 140, _strong),
        _title(sheet),
        Part("quote", shown(sheet.paper.notice, sheet.readable), 240, _quoted, is_cut=True),
        Part("gone", "What stood here judged a text that is no longer offered.", 140, _plain),
        Part("source", f"{place_and_day(sheet)} · withdrawn", 150, _small),
    )
    lines = fitted(parts)
    return Post(PostKind.CARD, notification=lines[0].text, lines=lines, tags=sheet.tags)


def fitted(parts: Sequence[Part], most: int = CARD_MOST) -> tuple[Line, ...]:
    """The lines of the parts, without those that have no room, until all together have at most so many characters."""
    kept = [part for part in parts if part.fits]
    for name in SPARED:
        if sum(len(part.line.text) + 1 for part in kept) - 1 <= most:
            break
        kept = [part for part in kept if part.name != name]
    return tuple(part.line for part in kept)


def opened(sheet: PaperView) -> tuple[Line, ...]:
    """A paper opened inside a digest: a card without its source line, which the digest's head gives once."""
    if sheet.paper.is_withdrawn:
        return (line(LineRole.TITLE, sheet.link(TITLE_MOST)), line(LineRole.PARAGRAPH, "Withdrawn."))
    left_out = {"scan", "source", "closing", "fallacy"}
    return fitted([part for part in parts_of(sheet) if part.name not in left_out])


def parts_of(sheet: PaperView) -> tuple[Part, ...]:
    """What a card of that verdict is made of."""
    short, verdict = sheet.verdict.short, sheet.verdict
    if short is None:
        return _scanned(sheet)
    if short.too_little:
        return _plain_words(sheet, sanitize(short.headline), sentence(short.too_little), _first_line(sheet))
    if verdict.is_outside:
        return _plain_words(sheet, OUTSIDE_SAYS, sentence(short.does))
    return _judged(sheet, short)


def _judged(sheet: PaperView, short: ShortVerdict) -> tuple[Part, ...]:
    closing = sheet.verdict.analysis.closing if sheet.verdict.analysis else ""
    return (
        Part("headline", sanitize(short.headline), HEADLINE_MOST, _strong),
        _title(sheet),
        Part("does", sentence(short.does), DOES_MOST, lambda text: field("Does", text)),
        Part("fallacy", fallacy_line(sheet.verdict), FALLACY_MOST, lambda text: field("Core fallacy", text)),
        _evidence(sheet, short),
        _trades(sheet),
        _omitted(sheet),
        _flags(sheet),
        Part("closing", sentence(closing), CLOSING_MOST, lambda text: line(LineRole.CLOSING, Span(text, Style.EM))),
        Part("source", source_words(sheet), 150, _small, is_cut=True),
    )


def _plain_words(sheet: PaperView, head: str, words: str, *more: Part) -> tuple[Part, ...]:
    """A verdict that says why there is none of the other parts."""
    return (
        Part("headline", head, HEADLINE_MOST, _strong),
        _title(sheet),
        Part("words", words, 300, _plain),
        *more,
        _flags(sheet),
        Part("source", source_words(sheet), 150, _small, is_cut=True),
    )


def _scanned(sheet: PaperView) -> tuple[Part, ...]:
    return (
        _title(sheet),
        _telling(sheet),
        Part("trades", touched(sheet), 140, lambda text: field("Work touched", text)),
        _flags(sheet),
        Part("scan", SCAN_SAYS, 150, _small),
        Part("source", source_words(sheet), 150, _small),
    )


def fallacy_line(verdict: Verdict) -> str:
    """The core fallacy in one line; or, in words, that there is none."""
    short = verdict.short
    if "fallacy" in verdict.withdrawn:
        return WITHDRAWN
    if short is None:
        return ""
    if short.fallacy_dropped:
        return "One was named, and dropped: no sentence carries it."
    if short.fallacy is None:
        return NO_FALLACY
    return sentence(short.fallacy.line)


def _title(sheet: PaperView) -> Part:
    def set_as(text: str) -> Line:
        return line(LineRole.TITLE, Span(text, Style.PLAIN, sheet.paper.id))

    return Part("title", sheet.title or str(sheet.paper.id), TITLE_MOST, set_as, is_cut=True)


def _evidence(sheet: PaperView, short: ShortVerdict) -> Part:
    """The first line; where the core fallacy cites another sentence, that one."""
    first = sheet.verdict.first_line
    cited = short.fallacy.evidence[0] if short.fallacy and short.fallacy.evidence else None
    if cited is None or _is_same(cited, first):
        return _first_line(sheet)
    return Part("quote", sheet.quote(cited), QUOTE_MOST, _quoted, is_cut=True)


def _is_same(evidence: Evidence, other: Evidence | None) -> bool:
    return other is not None and (evidence.text_hash, evidence.start) == (other.text_hash, other.start)


def _first_line(sheet: PaperView) -> Part:
    first = sheet.verdict.first_line
    words = sheet.quote(first) if first else ""
    return Part("quote", words, QUOTE_MOST, lambda text: line(LineRole.QUOTE, f"FIRST LINE “{text}”"), is_cut=True)


def _trades(sheet: PaperView) -> Part:
    """Whose work is touched."""
    return Part("trades", joined(trade.name for trade in sheet.verdict.trades[:NAMES_SHOWN]), 90, _work)


def _work(text: str) -> Line:
    return field("Work touched", text)


def _omitted(sheet: PaperView) -> Part:
    """How much is left out, and by name what the verdict rests on."""
    label = omission_words(sheet)
    names = told_omissions(sheet)
    # A part without text is dropped, and the count is to stand even where nothing is named.
    return Part("omitted", joined(names) or " ", 190, lambda text: field(label, text.strip()), is_cut=True)


def _telling(sheet: PaperView) -> Part:
    """The sentence that says most; the first line where none does."""
    telling = sheet.verdict.telling
    return Part("quote", sheet.quote(telling), TELLING_MOST, _quoted, is_cut=True) if telling else _first_line(sheet)


def _flags(sheet: PaperView) -> Part:
    words = " ".join(sentence(flag) for flag in sheet.verdict.flags)
    return Part("flags", words, 200, lambda text: field("Found in the text", text), is_cut=True)


def _strong(text: str) -> Line:
    return line(LineRole.HEADLINE, Span(text, Style.STRONG))


def _quoted(text: str) -> Line:
    return line(LineRole.QUOTE, f"“{text}”")


def _plain(text: str) -> Line:
    return line(LineRole.PARAGRAPH, text)


def _small(text: str) -> Line:
    return line(LineRole.SMALL, text)
