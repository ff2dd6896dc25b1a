"""A verdict as a full analysis: the headings of the page in its order, then the checklist.

A sentence is quoted whole where it is first pointed at, and by its beginning after that. A scan has only what rules
can tell: title, first line and checklist.
"""

from collections.abc import Iterable, Sequence

from bot.core.phrase import fit, line, paragraphs, said, sentence
from bot.core.post import Line, Post, PostKind, Role, Span, Style
from bot.core.present_card import fallacy_words
from bot.core.scoring import weight
from bot.core.sentence import Evidence
from bot.core.sheet import SCAN_SAYS, Sheet, omission_words, source_words
from bot.core.verdict import Analysis, Finding, Label

QUOTE_MOST = 700
AGAIN_MOST = 64
PARAGRAPH_MOST = 4000
LABELS = (Label.ADDRESSED, Label.UNCLEAR, Label.ABSENT, Label.NOT_APPLICABLE)


def full_analysis(sheet: Sheet) -> Post:
    """The whole verdict with its evidence, in the page's order."""
    quotes = _Quotes(sheet)
    lines = [line(Role.SMALL, source_words(sheet)), *_head(sheet, quotes)]
    if sheet.verdict.analysis is None:
        lines.append(line(Role.PARAGRAPH, SCAN_SAYS))
    else:
        lines += _body(sheet.verdict.analysis, quotes)
    lines += _checklist(sheet, quotes)
    lines += _remarks(sheet)
    return Post(PostKind.ANSWER, notification=fit(sheet.title, 140), lines=tuple(lines))


class _Quotes:
    """Evidence as lines: whole at its first mention, then by its first words."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._known: set[tuple[str, int]] = set()

    def words(self, one: Evidence) -> str:
        """The passage as people read it, without a mark."""
        place = (one.text_hash, one.start)
        most = AGAIN_MOST if place in self._known else QUOTE_MOST
        self._known.add(place)
        return fit(self._sheet.quote(one), most)

    def marked(self, evidence: Iterable[Evidence]) -> list[str]:
        """`[4] “…”` for each passage."""
        return [f"[{one.sentence}] “{self.words(one)}”" for one in evidence]

    def lines(self, evidence: Iterable[Evidence]) -> list[Line]:
        """The passages that a claim points at, a line each."""
        return [line(Role.QUOTE, words) for words in self.marked(evidence)]


def _head(sheet: Sheet, quotes: _Quotes) -> list[Line]:
    first = sheet.verdict.first_line
    title = Span(fit(sheet.title, QUOTE_MOST), Style.PLAIN, sheet.paper.id)
    return [
        line(Role.FIELD, Span("URL SCAN: ", Style.STRONG), title),
        line(Role.FIELD, Span("FIRST LINE: ", Style.STRONG), quotes.words(first) if first else "There is no abstract."),
    ]


def _body(analysis: Analysis, quotes: _Quotes) -> list[Line]:
    if analysis.too_little:
        return [line(Role.HEADING, said(analysis.headline)), *_prose(sentence(analysis.too_little))]
    return [
        line(Role.HEADING, "TEXT ANALYSIS: The Mechanical Function of This Paper"),
        line(Role.SUBHEADING, "The Dissection"),
        *_prose(analysis.dissection.text),
        *quotes.lines(analysis.dissection.evidence),
        line(Role.SUBHEADING, "The Core Fallacy"),
        *_prose(fallacy_words(analysis)),
        *quotes.lines(analysis.fallacy.evidence if analysis.fallacy else ()),
        line(Role.SUBHEADING, "Hidden Assumptions"),
        *_assumptions(analysis, quotes),
        line(Role.SUBHEADING, "Social Function"),
        *_prose(analysis.social_function),
        *_classes(analysis),
        line(Role.SUBHEADING, "The Verdict"),
        *_prose(analysis.verdict),
        line(
            Role.CLOSING,
            Span("The Verdict on the Verdict: ", Style.STRONG),
            Span(fit(sentence(analysis.closing), PARAGRAPH_MOST), Style.EM),
        ),
    ]


def _prose(text: str) -> list[Line]:
    return [line(Role.PARAGRAPH, fit(one, PARAGRAPH_MOST)) for one in paragraphs(text)]


def _assumptions(analysis: Analysis, quotes: _Quotes) -> list[Line]:
    lines: list[Line] = []
    for number, one in enumerate(analysis.assumptions, 1):
        proposition = Span(f"{number}. {fit(sentence(one.proposition), PARAGRAPH_MOST)}", Style.STRONG)
        lines.append(line(Role.NUMBERED, proposition, f" {fit(sentence(one.exposure), PARAGRAPH_MOST)}"))
        lines += quotes.lines(one.evidence)
    return lines or [line(Role.PARAGRAPH, "None that this lens would name.")]


def _classes(analysis: Analysis) -> list[Line]:
    if not analysis.classes:
        return []
    return [
        line(Role.PARAGRAPH, Span("Classifications:", Style.STRONG)),
        *(
            line(Role.BULLET, Span(said(one.name), Style.STRONG), f": {fit(sentence(one.gloss), PARAGRAPH_MOST)}")
            for one in analysis.classes
        ),
    ]


def _checklist(sheet: Sheet, quotes: _Quotes) -> list[Line]:
    """Every item of the lens by what the text does with it; what such a text need not say stands apart."""
    words = omission_words(sheet)
    lines = [line(Role.HEADING, "Checklist: ", words if sheet.is_full else words[0].lower() + words[1:])]
    for label in LABELS:
        found = [one for one in sheet.verdict.labelled(label) if label is Label.ADDRESSED or _is_asked(sheet, one)]
        lines += _group(sheet, quotes, _heading(label, sheet), found)
    others = (one for one in sheet.verdict.findings if one.label is not Label.ADDRESSED)
    unasked = [one for one in others if not _is_asked(sheet, one)]
    return lines + _group(sheet, quotes, f"Not to be expected in {_text(sheet, article=True)}, so not counted", unasked)


def _is_asked(sheet: Sheet, finding: Finding) -> bool:
    return weight(sheet.lens.item_or_key(finding.item), sheet.verdict.basis.kind) > 0


def _group(sheet: Sheet, quotes: _Quotes, heading: str, found: Sequence[Finding]) -> list[Line]:
    if not found:
        return []
    return [line(Role.SUBHEADING, heading), *(_finding(sheet, quotes, one) for one in found)]


def _heading(label: Label, sheet: Sheet) -> str:
    text = _text(sheet)
    return {
        Label.ADDRESSED: f"Addressed in the {text}",
        Label.UNCLEAR: f"Unclear in the {text}",
        Label.ABSENT: f"The {text} does not mention",
        Label.NOT_APPLICABLE: "Not applicable",
    }[label]


def _text(sheet: Sheet, *, article: bool = False) -> str:
    word = "text" if sheet.is_full else "abstract"
    return f"{'a' if sheet.is_full else 'an'} {word}" if article else word


def _finding(sheet: Sheet, quotes: _Quotes, finding: Finding) -> Line:
    name = Span(sheet.lens.item_or_key(finding.item).name, Style.STRONG)
    reason = fit(sentence(finding.reason or ""), PARAGRAPH_MOST)
    rest = " ".join((*([reason] if reason else []), *quotes.marked(finding.evidence)))
    return line(Role.BULLET, name, f": {rest}") if rest else line(Role.BULLET, name)


def _remarks(sheet: Sheet) -> list[Line]:
    """What was found in the text itself, what was dropped, and what the lens says of itself."""
    remarks = [f"Found in the text: {sentence(flag)}" for flag in sheet.verdict.flags]
    dropped = sheet.verdict.dropped_claims
    if dropped:
        remarks.append(f"{dropped} {'claim' if dropped == 1 else 'claims'} dropped for want of evidence.")
    return [line(Role.SMALL, fit(remark, QUOTE_MOST)) for remark in (*remarks, sheet.lens.says_of_itself)]
