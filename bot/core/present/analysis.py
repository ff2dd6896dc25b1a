"""A verdict as a full analysis: the headings of the page in its order, then the checklist, then numbered notes.

The text points at sentences by their numbers; each passage is quoted once, in the notes at the end. All together it has
at most so many words: where passages are long or many, the notes become shorter and fewer, and nothing else is cut. One
that is longer all the same, as those of before that limit are, is shown whole and says so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.core.papers.sentence import Evidence
from bot.core.posts.phrase import field, joined, line, paragraphs, sanitize, sentence, truncate
from bot.core.posts.post import Line, LineRole, Post, PostKind, Span, Style
from bot.core.present.card import NO_FALLACY, fallacy_line, withdrawn
from bot.core.present.paper_view import (
    NAME_MOST,
    OUTSIDE_SAYS,
    PaperView,
    omission_words,
    source_words,
    touched,
)
from bot.core.present.ranking_reasons import reason_lines
from bot.core.verdicts.scoring import asked_items, weight
from bot.core.verdicts.verdict import Analysis, Finding, Label, ShortVerdict, Verdict

WORDS_MOST = 650
QUOTE_MOST = 700
FIRST_LEAST = 160
TITLE_LEAST = 300
PARAGRAPH_MOST = 4000
LABELS = (Label.ADDRESSED, Label.UNCLEAR, Label.ABSENT, Label.NOT_APPLICABLE)
IS_LONGER = f"This analysis has more than the {WORDS_MOST} words that one is kept to now; it is shown whole."
NOT_WRITTEN = "The analysis is not written yet."
NOT_JUDGED = "No model has judged this paper, so there is no analysis of it."
NOT_AT_THE_CORE = "None at its core. What it takes for granted all the same stands below."


def full_analysis(sheet: PaperView, missing: str = NOT_WRITTEN) -> Post:
    """The whole verdict with its evidence, in the page's order; of a withdrawn paper the notice.

    `missing`: why a short verdict has no analysis.
    """
    if sheet.paper.is_withdrawn:
        return replace(withdrawn(sheet), kind=PostKind.ANSWER)
    versions = (_lines(sheet, missing, brevity) for brevity in BREVITIES)
    fitting = next((lines for lines in versions if _words(lines) <= WORDS_MOST), None)
    lines = fitting or [*_lines(sheet, missing, BREVITIES[0]), line(LineRole.SMALL, IS_LONGER)]
    return Post(PostKind.ANSWER, notification=truncate(sheet.title, 140), lines=tuple(lines))


@dataclass(frozen=True, slots=True)
class _Brevity:
    """How much of its passages an analysis quotes: the characters of each, how many a claim and how many an item of the
    checklist points at; and whether it says why items do not apply."""

    passage: int
    a_claim: int
    an_item: int
    reasons: bool = True


BREVITIES = (
    *(_Brevity(passage, 8, 8) for passage in (QUOTE_MOST, 240, 160, 110, 70, 40)),
    *(_Brevity(passage, 3, 2) for passage in (70, 40)),
    _Brevity(40, 2, 1),
    _Brevity(40, 2, 1, reasons=False),
    _Brevity(40, 1, 0, reasons=False),
)


def _lines(sheet: PaperView, missing: str, brevity: _Brevity) -> list[Line]:
    notes = _Notes(sheet, brevity)
    body = _body(sheet, notes, missing)
    if sheet.verdict.short and sheet.verdict.says_enough:
        body += _checklist(sheet, notes, reasons=brevity.reasons)
    if sheet.verdict.short:
        body += reason_lines(sheet) if brevity.an_item else []
    head = [line(LineRole.SMALL, source_words(sheet)), *_head(sheet, brevity.passage)]
    return [*head, *body, *notes.lines(), *_remarks(sheet)]


def _words(lines: Iterable[Line]) -> int:
    return sum(len(said.text.split()) for said in lines)


class _Notes:
    """The passages that the text points at, each once; a mark is the sentence's number in the text."""

    def __init__(self, sheet: PaperView, brevity: _Brevity) -> None:
        self._sheet = sheet
        self._brevity = brevity
        self._known: dict[tuple[str, int], Evidence] = {}

    def marks(self, evidence: Iterable[Evidence]) -> str:
        """` [2, 4]` behind a claim, or nothing."""
        return self._marked(evidence, self._brevity.a_claim)

    def marks_of_item(self, evidence: Iterable[Evidence]) -> str:
        """The same behind an item of the checklist."""
        return self._marked(evidence, self._brevity.an_item)

    def _marked(self, evidence: Iterable[Evidence], most: int) -> str:
        cited = {passage.sentence: passage for passage in evidence}
        shown = [cited[number] for number in sorted(cited)[:most]]
        self._known |= {(passage.text_hash, passage.start): passage for passage in shown}
        numbers = ", ".join(str(passage.sentence) for passage in shown)
        return f" [{numbers}]" if numbers else ""

    def lines(self) -> list[Line]:
        """The notes in the text's order."""
        known = sorted(self._known.values(), key=lambda item: item.sentence)
        heading = [line(LineRole.SUBHEADING, "Notes")] if known else []
        return [*heading, *(line(LineRole.QUOTE, self._note(evidence)) for evidence in known)]

    def _note(self, evidence: Evidence) -> str:
        first = self._sheet.verdict.first_line
        if first is not None and (evidence.text_hash, evidence.start) == (first.text_hash, first.start):
            return f"[{evidence.sentence}] The first line, above."
        return f"[{evidence.sentence}] “{truncate(self._sheet.quote(evidence), self._brevity.passage)}”"


def _head(sheet: PaperView, most: int) -> list[Line]:
    first = sheet.verdict.first_line
    title = Span(truncate(sheet.title, max(most, TITLE_LEAST)), Style.PLAIN, sheet.paper.id)
    words = truncate(sheet.quote(first), max(most, FIRST_LEAST)) if first else "There is no abstract."
    return [
        line(LineRole.FIELD, Span("URL SCAN: ", Style.STRONG), title),
        line(LineRole.FIELD, Span("FIRST LINE: ", Style.STRONG), words),
    ]


def _body(sheet: PaperView, notes: _Notes, missing: str) -> list[Line]:
    verdict, short = sheet.verdict, sheet.verdict.short
    if short is None:
        return _scanned(sheet)
    if short.too_little:
        return [line(LineRole.HEADING, sanitize(short.headline)), *_prose(sentence(short.too_little))]
    if verdict.is_outside:
        return [line(LineRole.HEADING, OUTSIDE_SAYS), *_prose(sentence(short.does))]
    if verdict.analysis is None:
        return _short_body(verdict, short, notes, missing)
    return _whole_body(sheet, verdict.analysis, notes)


def _scanned(sheet: PaperView) -> list[Line]:
    """What rules can tell, and nothing of the checklist: a rule cannot know what is not there."""
    work, telling, first = touched(sheet), sheet.verdict.telling, sheet.verdict.first_line
    lines = [*reason_lines(sheet), line(LineRole.PARAGRAPH, NOT_JUDGED)]
    lines += [field("Work touched", work)] if work else []
    if telling is None:
        return lines
    if first is not None and (telling.text_hash, telling.start) == (first.text_hash, first.start):
        return [*lines, field("The most telling sentence", "the first line, above")]
    told = line(LineRole.QUOTE, f"“{truncate(sheet.quote(telling), QUOTE_MOST)}”")
    return [*lines, field("The most telling sentence", ""), told]


def _short_body(verdict: Verdict, short: ShortVerdict, notes: _Notes, missing: str) -> list[Line]:
    """What a short verdict says, while nobody has written more."""
    cited = short.fallacy.evidence if short.fallacy else ()
    return [
        line(LineRole.HEADING, sanitize(short.headline)),
        *_prose(sentence(short.does)),
        line(LineRole.SUBHEADING, "The Core Fallacy"),
        *_prose(fallacy_line(verdict), notes.marks(cited)),
        line(LineRole.PARAGRAPH, missing),
    ]


def _whole_body(sheet: PaperView, analysis: Analysis, notes: _Notes) -> list[Line]:
    return [
        line(LineRole.HEADING, "TEXT ANALYSIS: The Mechanical Function of This Paper"),
        line(LineRole.SUBHEADING, "The Dissection"),
        *_prose(analysis.dissection.text, notes.marks(analysis.dissection.evidence)),
        line(LineRole.SUBHEADING, "The Core Fallacy"),
        *_fallacy(sheet, analysis, notes),
        line(LineRole.SUBHEADING, "Hidden Assumptions"),
        *_assumptions(analysis, notes),
        *_social(analysis),
        line(LineRole.SUBHEADING, "The Verdict"),
        *_prose(analysis.verdict),
        *_closing(analysis),
    ]


def _fallacy(sheet: PaperView, analysis: Analysis, notes: _Notes) -> list[Line]:
    """What is assumed, then in the lens's own phrase what it says instead."""
    fallacy = analysis.fallacy
    if fallacy is None or "fallacy" in sheet.verdict.withdrawn:
        said = fallacy_line(sheet.verdict)
        return _prose(NOT_AT_THE_CORE if said == NO_FALLACY and analysis.assumptions else said)
    return _prose(f"{sentence(fallacy.assumed)} {sentence(fallacy.instead)}", notes.marks(fallacy.evidence))


def _prose(text: str, marks: str = "") -> list[Line]:
    """Paragraphs; the last one carries the marks."""
    blocks = paragraphs(text)
    last = len(blocks) - 1
    return [
        line(LineRole.PARAGRAPH, truncate(block, PARAGRAPH_MOST) + (marks if at == last else ""))
        for at, block in enumerate(blocks)
    ]


def _assumptions(analysis: Analysis, notes: _Notes) -> list[Line]:
    lines = []
    for number, assumption in enumerate(analysis.assumptions, 1):
        proposition = Span(f"{number}. {truncate(sentence(assumption.proposition), PARAGRAPH_MOST)}", Style.STRONG)
        exposure = f" {truncate(sentence(assumption.exposure), PARAGRAPH_MOST)}" if assumption.exposure else ""
        lines.append(line(LineRole.NUMBERED, proposition, f"{exposure}{notes.marks(assumption.evidence)}"))
    return lines or [line(LineRole.PARAGRAPH, "None that this lens would name.")]


def _social(analysis: Analysis) -> list[Line]:
    lines = [line(LineRole.SUBHEADING, "Social Function")] if analysis.social_function or analysis.classes else []
    lines += _prose(analysis.social_function)
    if analysis.classes:
        lines.append(line(LineRole.PARAGRAPH, Span("Classifications:", Style.STRONG)))
    for classification in analysis.classes:
        name = Span(sanitize(classification.name), Style.STRONG)
        lines.append(line(LineRole.BULLET, name, f": {truncate(sentence(classification.gloss), PARAGRAPH_MOST)}"))
    return lines


def _closing(analysis: Analysis) -> list[Line]:
    if not analysis.closing:
        return []
    words = Span(truncate(sentence(analysis.closing), PARAGRAPH_MOST), Style.EM)
    return [line(LineRole.CLOSING, Span("The Verdict on the Verdict: ", Style.STRONG), words)]


def _checklist(sheet: PaperView, notes: _Notes, *, reasons: bool) -> list[Line]:
    """Every item of the lens, a line for each thing that a text can do with it."""
    words = omission_words(sheet)
    lines = [line(LineRole.HEADING, "Checklist: ", words if sheet.is_full else words[0].lower() + words[1:])]
    for label in LABELS:
        found = [
            finding
            for finding in sheet.verdict.labelled(label)
            if label is Label.ADDRESSED or _is_asked(sheet, finding)
        ]
        lines += _group(sheet, notes, _heading(label, sheet), found, reasons=reasons)
    others = (finding for finding in sheet.verdict.findings if finding.label is not Label.ADDRESSED)
    unasked = [other for other in others if not _is_asked(sheet, other)]
    return lines + _group(sheet, notes, "Not asked of such a text", unasked, reasons=False)


def _is_asked(sheet: PaperView, finding: Finding) -> bool:
    """Whether its premises allow it, and it is to be expected in a text of that kind."""
    asked = {item.key for item in asked_items(sheet.lens, sheet.verdict.premises)}
    kind = sheet.verdict.basis.kind
    return finding.item in asked and weight(sheet.lens.item_or_key(finding.item), kind) > 0


def _group(sheet: PaperView, notes: _Notes, heading: str, found: Sequence[Finding], *, reasons: bool) -> list[Line]:
    if not found:
        return []
    names = joined(_finding(sheet, notes, finding, reasons=reasons) for finding in found)
    return [line(LineRole.BULLET, Span(heading, Style.STRONG), f": {names}")]


def _heading(label: Label, sheet: PaperView) -> str:
    text = "text" if sheet.is_full else "abstract"
    return {
        Label.ADDRESSED: f"Addressed in the {text}",
        Label.UNCLEAR: f"Unclear in the {text}",
        Label.ABSENT: f"The {text} does not mention",
        Label.NOT_APPLICABLE: "Not applicable",
    }[label]


def _finding(sheet: PaperView, notes: _Notes, finding: Finding, *, reasons: bool) -> str:
    """Its name, the marks of what shows it, and why it does not apply."""
    name = truncate(sheet.lens.item_or_key(finding.item).name, NAME_MOST)
    is_said = reasons and finding.label is Label.NOT_APPLICABLE and finding.reason
    reason = f" ({truncate(sanitize(finding.reason or '').rstrip('.'), 200)})" if is_said else ""
    return f"{name}{notes.marks_of_item(finding.evidence)}{reason}"


def _remarks(sheet: PaperView) -> list[Line]:
    """What was found in the text itself, what was dropped, and what the lens says of itself."""
    verdict = sheet.verdict
    remarks = [f"Found in the text: {sentence(flag)}" for flag in verdict.flags]
    dropped = verdict.dropped_claims + (verdict.analysis.dropped_claims if verdict.analysis else 0)
    if dropped:
        remarks.append(f"{dropped} {'claim' if dropped == 1 else 'claims'} dropped for want of evidence.")
    return [line(LineRole.SMALL, truncate(remark, QUOTE_MOST)) for remark in (*remarks, sheet.lens.says_of_itself)]
