"""A verdict as a card that reads in five seconds: the headline first, under 900 characters in all.

What is long is shortened in one fixed order, each part down to its floor, until the card fits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.core.dispute import WITHDRAWN, Dispute
from bot.core.people import NO_VOTES, Tally
from bot.core.phrase import field, fit, joined, line, said, sentence, shown
from bot.core.post import Button, Line, Post, PostKind, Role, Span, Style
from bot.core.sentence import Evidence
from bot.core.sheet import SCAN_SAYS, Sheet, labelled, omission_words, omitted, place_and_day, source_words
from bot.core.verdict import Analysis, Label

CARD_MOST = 899
NAMES_SHOWN = 3
# What is shortened, in this order and down to so many characters, until the card fits.
SHORTENED = (
    ("quote", 110),
    ("fallacy", 160),
    ("title", 110),
    ("named", 90),
    ("flags", 120),
    ("does", 110),
    ("quote", 45),
    ("title", 60),
    ("omitted", 45),
    ("fallacy", 100),
    ("named", 60),
    ("flags", 70),
    ("does", 70),
    ("classes", 45),
    ("closing", 40),
)
Cut = Callable[[str, int], str]


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a card: its text, how long it may be, what it is set as, and how it is cut."""

    name: str
    text: str
    most: int
    set_as: Callable[[str], Line]
    cut: Cut = fit


def card(sheet: Sheet, tally: Tally = NO_VOTES, dispute: Dispute | None = None) -> Post:
    """One paper: by a model (or by hand) with headline and fallacy, by rule with what is named and left out.

    `tally`: the votes of the place in which it stands; `dispute`: an objection that was made there.
    """
    if sheet.paper.is_withdrawn:
        return withdrawn(sheet)
    analysis = sheet.verdict.analysis
    parts = _scanned(sheet) if analysis is None else _judged(sheet, analysis)
    mark = [disputed(dispute)] if dispute else []
    room = CARD_MOST - sum(len(one.text) + 1 for one in mark)
    lines = (*fitted([part for part in parts if part.text], room), *mark)
    return Post(PostKind.CARD, notification=fit(lines[0].text, 140), lines=lines, buttons=_buttons(sheet, tally))


def disputed(dispute: Dispute) -> Line:
    """The mark of a card to which somebody objects, with a link to where that is talked about."""
    link = (Span(" See the thread.", post=dispute.thread),) if dispute.thread else ()
    return line(Role.SMALL, Span("Disputed", Style.EM), " here: an objection to a claim waits for a decision.", *link)


def _buttons(sheet: Sheet, tally: Tally) -> tuple[Button, ...]:
    """A scan has nothing to agree with: rules do not judge."""
    of_this = f"{sheet.paper.id} {sheet.lens.key}"
    whole = Button("analysis", "Full analysis", f"analysis {of_this}")
    discuss = Button("discuss", "Discuss", f"discuss {of_this}")
    if sheet.verdict.analysis is None:
        return whole, discuss
    agree = Button("agree", f"Agree {tally.agree or ''}".strip(), f"agree {of_this}")
    return whole, discuss, agree, Button("disagree", f"Disagree {tally.disagree or ''}".strip(), f"disagree {of_this}")


def withdrawn(sheet: Sheet) -> Post:
    """What takes the place of a withdrawn paper's card: the notice in arXiv's own words, and no verdict."""
    notice = sheet.paper.comment if sheet.paper.comment and "withdrawn" in sheet.paper.comment.lower() else ""
    parts = (
        Part("headline", "This paper has been withdrawn.", 140, _strong),
        _title(sheet),
        Part("quote", shown(notice or sheet.paper.abstract, sheet.readable), 240, _quoted),
        Part("gone", "What stood here judged a text that its authors no longer offer.", 140, _plain),
        Part("source", f"{place_and_day(sheet)} · withdrawn", 150, _small),
    )
    lines = fitted([part for part in parts if part.text])
    return Post(PostKind.CARD, notification=lines[0].text, lines=lines)


def fitted(parts: Sequence[Part], most: int = CARD_MOST) -> tuple[Line, ...]:
    """The lines of the parts, shortened in the fixed order until all together have at most so many characters."""
    known = {part.name: part for part in parts}
    texts = {part.name: part.cut(part.text, part.most) for part in parts}
    for name, least in SHORTENED:
        lines = [part.set_as(texts[part.name]) for part in parts]
        over = sum(len(one.text) + 1 for one in lines) - 1 - most
        if over <= 0:
            return tuple(lines)
        if name in known and len(texts[name]) > least:
            texts[name] = known[name].cut(known[name].text, max(least, len(texts[name]) - over))
    return tuple(part.set_as(texts[part.name]) for part in parts)


def opened(sheet: Sheet) -> tuple[Line, ...]:
    """A paper opened inside a digest: a card without its source line, which the digest's head gives once."""
    if sheet.paper.is_withdrawn:
        return (line(Role.TITLE, sheet.link(110)), line(Role.PARAGRAPH, "Withdrawn."))
    analysis = sheet.verdict.analysis
    parts = _scanned(sheet) if analysis is None else _judged(sheet, analysis)
    left_out = {"scan", "source", "closing", "classes", "fallacy"}
    return fitted([part for part in parts if part.text and part.name not in left_out])


def _judged(sheet: Sheet, analysis: Analysis) -> tuple[Part, ...]:
    if analysis.too_little:
        return _too_little(sheet, analysis)
    classes = joined(fit(said(one.name), 40) for one in analysis.classes)
    return (
        Part("headline", said(analysis.headline), 140, _strong),
        _title(sheet),
        Part("does", sentence(analysis.does), 200, lambda text: field("Does", text)),
        Part("fallacy", fallacy_words(analysis), 300, lambda text: field("Core fallacy", text), _cut_fallacy(analysis)),
        _evidence(sheet, analysis),
        _omitted(sheet),
        Part("classes", classes, 130, lambda text: field("Class", text)),
        _flags(sheet),
        Part("closing", sentence(analysis.closing), 160, lambda text: line(Role.CLOSING, Span(text, Style.EM))),
        Part("source", source_words(sheet), 150, _small),
    )


def _too_little(sheet: Sheet, analysis: Analysis) -> tuple[Part, ...]:
    return (
        Part("headline", said(analysis.headline), 140, _strong),
        _title(sheet),
        Part("does", sentence(analysis.too_little), 200, _plain),
        _first_line(sheet),
        _flags(sheet),
        Part("source", source_words(sheet), 150, _small),
    )


def _scanned(sheet: Sheet) -> tuple[Part, ...]:
    return (
        _title(sheet),
        _first_line(sheet),
        _omitted(sheet),
        _named(sheet),
        _flags(sheet),
        Part("scan", SCAN_SAYS, 150, _small),
        Part("source", source_words(sheet), 150, _small),
    )


def fallacy_words(analysis: Analysis) -> str:
    """What is assumed, then what the lens says instead; or, in words, that there is none."""
    if "fallacy" in analysis.withdrawn:
        return WITHDRAWN
    if analysis.fallacy_dropped:
        return "One was named, and dropped: no sentence carries it."
    if analysis.fallacy is None:
        return "None: nothing is assumed here that this lens would contest."
    return f"{sentence(analysis.fallacy.assumed)} {sentence(analysis.fallacy.instead)}".strip()


def _cut_fallacy(analysis: Analysis) -> Cut:
    """Of a long fallacy both halves stay: what is assumed and what is said instead."""
    fallacy = analysis.fallacy
    if fallacy is None:
        return fit
    assumed, instead = sentence(fallacy.assumed), sentence(fallacy.instead)

    def cut(text: str, room: int) -> str:
        if len(text) <= room or not (assumed and instead):
            return fit(text, room)
        half = (room - 1) // 2
        first = fit(assumed, max(half, room - 1 - len(instead)))
        return f"{first} {fit(instead, room - 1 - len(first))}"

    return cut


def _title(sheet: Sheet) -> Part:
    def set_as(text: str) -> Line:
        return line(Role.TITLE, Span(text, Style.PLAIN, sheet.paper.id))

    return Part("title", sheet.title or str(sheet.paper.id), 220, set_as)


def _evidence(sheet: Sheet, analysis: Analysis) -> Part:
    """The first line; where the core fallacy cites another sentence, that one."""
    first = sheet.verdict.first_line
    cited = analysis.fallacy.evidence[0] if analysis.fallacy and analysis.fallacy.evidence else None
    if cited is None or _is_same(cited, first):
        return _first_line(sheet)
    return Part("quote", sheet.quote(cited), 300, _quoted)


def _is_same(one: Evidence, other: Evidence | None) -> bool:
    return other is not None and (one.text_hash, one.start) == (other.text_hash, other.start)


def _first_line(sheet: Sheet) -> Part:
    first = sheet.verdict.first_line
    words = sheet.quote(first) if first else ""
    return Part("quote", words, 300, lambda text: line(Role.QUOTE, f"FIRST LINE “{text}”"))


def _omitted(sheet: Sheet) -> Part:
    label = omission_words(sheet)
    # A part without text is dropped, and the count is to stand even where nothing is left out.
    words = joined(omitted(sheet)[:NAMES_SHOWN]) or " "
    return Part("omitted", words, 140, lambda text: field(label, text.strip()))


def _named(sheet: Sheet) -> Part:
    """What the text names, and what a word in it only hints at."""
    names, hints = labelled(sheet, Label.ADDRESSED), joined(labelled(sheet, Label.UNCLEAR))
    if not names:
        return Part("named", hints, 160, lambda text: field("It hints at", text))
    words = joined((*names, f"hints at {hints}" if hints else ""))
    return Part("named", words, 160, lambda text: field("It names", text))


def _flags(sheet: Sheet) -> Part:
    words = " ".join(sentence(flag) for flag in sheet.verdict.flags)
    return Part("flags", words, 200, lambda text: field("Found in the text", text))


def _strong(text: str) -> Line:
    return line(Role.HEADLINE, Span(text, Style.STRONG))


def _quoted(text: str) -> Line:
    return line(Role.QUOTE, f"“{text}”")


def _plain(text: str) -> Line:
    return line(Role.PARAGRAPH, text)


def _small(text: str) -> Line:
    return line(Role.SMALL, text)
