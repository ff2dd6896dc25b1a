"""A verdict as posts: the card that reads in five seconds, and the full analysis in the page's order.

From an abstract it says what the abstract leaves out, never what the paper does not do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.hygiene import defang
from bot.core.lens import Lens
from bot.core.paper import Paper
from bot.core.phrase import Readable, day_words, field, fit, joined, line, shown
from bot.core.post import Button, Line, Post, PostKind, Role, Span, Style
from bot.core.scoring import band, leaves_out
from bot.core.sentence import Evidence
from bot.core.verdict import Analysis, AnalystKind, BasisKind, Finding, Label, Verdict

CARD_MOST = 899
SCAN_SAYS = "Rule-based scan: it shows what the text names, by cue words, and judges nothing."
BUTTONS = (Button("analysis", "Full analysis"), Button("agree", "Agree"), Button("disagree", "Disagree"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a post about one paper is made of. `day` is the announcement's date, `category` where it was announced."""

    paper: Paper
    verdict: Verdict
    lens: Lens
    category: str
    day: date | None
    readable: Readable

    def quote(self, evidence: Evidence) -> str:
        """The raw words of a passage as people read them."""
        return shown(evidence.words, self.readable)

    @property
    def title(self) -> str:
        return shown(self.paper.title, self.readable)


# -- the card ----------------------------------------------------------------------------------------------------------


def card(sheet: Sheet) -> Post:
    """One paper, under 900 characters. What is long is shortened in a fixed order: quotation, title, names, texts."""
    if sheet.paper.is_withdrawn:
        return withdrawn(sheet)
    make = _scan_card if sheet.verdict.analysis is None else _model_card
    lines: tuple[Line, ...] = ()
    for room in (300, 200, 140, 100, 70, 40):
        lines = make(sheet, room)
        if sum(len(one.text) + 1 for one in lines) <= CARD_MOST:
            break
    return Post(PostKind.CARD, notification=fit(lines[0].text, 140), lines=lines, buttons=BUTTONS)


def withdrawn(sheet: Sheet) -> Post:
    """What takes the place of a withdrawn paper's card."""
    lines = (
        line(Role.HEADLINE, Span("Withdrawn by its authors or by arXiv.", Style.STRONG)),
        _title(sheet, 200),
        line(Role.PARAGRAPH, "The verdict that stood here was about a text that is no longer offered."),
        line(Role.SMALL, joined((_source(sheet), "withdrawn"))),
    )
    return Post(PostKind.CARD, notification=lines[0].text, lines=lines)


def _model_card(sheet: Sheet, room: int) -> tuple[Line, ...]:
    analysis = sheet.verdict.analysis
    assert analysis is not None
    classes = joined(defang(one.name) for one in analysis.classes)
    lines = [
        line(Role.HEADLINE, Span(fit(defang(analysis.headline), 140), Style.STRONG)),
        _title(sheet, room),
        field("Does", fit(defang(analysis.does), max(room, 110))),
        field("Core fallacy", fit(_fallacy_words(analysis), max(room, 110))),
        _quoted(sheet, analysis, room),
        _omissions(sheet, room),
        field("Class", classes) if classes else None,
        line(Role.CLOSING, Span(fit(defang(analysis.closing), max(room, 90)), Style.EM)),
        *(line(Role.SMALL, fit(defang(flag), room)) for flag in sheet.verdict.flags[:2]),
        line(Role.SMALL, _source_line(sheet)),
    ]
    return tuple(one for one in lines if one is not None)


def _scan_card(sheet: Sheet, room: int) -> tuple[Line, ...]:
    lines = [_title(sheet, room), *scan_lines(sheet, room), line(Role.SMALL, _source_line(sheet))]
    return tuple(lines)


def scan_lines(sheet: Sheet, room: int) -> list[Line]:
    """What a rule-based scan can show of a paper: first line, what is left out, what is addressed and where."""
    first = sheet.verdict.first_line
    quote = line(Role.QUOTE, f"FIRST LINE “{fit(sheet.quote(first), room)}”") if first else None
    named = addressed(sheet)
    said = field("The abstract names", fit(joined(named), max(room, 60))) if named else None
    return [one for one in (quote, _omissions(sheet, room), said) if one is not None]


def addressed(sheet: Sheet) -> list[str]:
    """The names of the items that the text addresses, in the checklist's order."""
    return [sheet.lens.item(one.item).name for one in sheet.verdict.labelled(Label.ADDRESSED)]


def _title(sheet: Sheet, room: int) -> Line:
    return line(Role.TITLE, Span(fit(sheet.title, max(room, 70)), Style.PLAIN, sheet.paper.id))


def _fallacy_words(analysis: Analysis) -> str:
    if analysis.fallacy is None:
        return "none: no assumption that this lens would contest."
    return f"{defang(analysis.fallacy.assumed)} {defang(analysis.fallacy.instead)}"


def _quoted(sheet: Sheet, analysis: Analysis, room: int) -> Line | None:
    """The first line; where the core fallacy cites another sentence, that one."""
    first = sheet.verdict.first_line
    cited = analysis.fallacy.evidence[0] if analysis.fallacy and analysis.fallacy.evidence else None
    if cited is not None and (first is None or cited.start != first.start):
        return line(Role.QUOTE, f"“{fit(sheet.quote(cited), room)}”")
    return line(Role.QUOTE, f"FIRST LINE “{fit(sheet.quote(first), room)}”") if first else None


def omission_words(sheet: Sheet) -> str:
    """`Abstract leaves out 6 of 8`; after a full-text reading the score with its band."""
    absent, asked = leaves_out(sheet.verdict, sheet.lens)
    if not asked:
        return "Nothing on this lens's list applies"
    if sheet.verdict.basis.kind is BasisKind.FULL:
        name = band(sheet.verdict.score, sheet.lens).name
        return f"{sheet.verdict.score} {name}: leaves out {len(absent)} of {asked}"
    return f"Abstract leaves out {len(absent)} of {asked}"


def _omissions(sheet: Sheet, room: int) -> Line:
    absent, _ = leaves_out(sheet.verdict, sheet.lens)
    return field(omission_words(sheet), fit(joined(one.name for one in absent[:3]), room))


def _source(sheet: Sheet) -> str:
    return joined((f"arXiv {sheet.category}", day_words(sheet.day) if sheet.day else ""))


def _source_line(sheet: Sheet) -> str:
    """Where it is from, who judged, what was read, through which lens."""
    verdict = sheet.verdict
    who = {
        AnalystKind.SCAN: "rule-based scan",
        AnalystKind.WRITTEN: "written by hand",
        AnalystKind.MODEL: defang(verdict.provenance.model or "a model"),
    }[verdict.provenance.analyst]
    by = "AI, one lens" if verdict.provenance.analyst is AnalystKind.MODEL else "one lens"
    return joined((_source(sheet), who, basis_words(verdict), f"{by}: {sheet.lens.key}"))


def basis_words(verdict: Verdict) -> str:
    """`abstract only`, `full text`, or how much of it was read."""
    basis = verdict.basis
    if basis.kind is BasisKind.ABSTRACT:
        return "abstract only"
    if basis.characters >= basis.of_characters:
        return "full text"
    return f"{100 * basis.characters // basis.of_characters} % of the full text"


# -- the full analysis -------------------------------------------------------------------------------------------------


def full_analysis(sheet: Sheet) -> Post:
    """The headings of the page in its order, then the checklist; a scan has only what rules can tell."""
    analysis = sheet.verdict.analysis
    lines = [line(Role.SMALL, _source_line(sheet)), *_head(sheet)]
    if analysis is None:
        lines.append(line(Role.PARAGRAPH, SCAN_SAYS))
    else:
        lines += _body(sheet, analysis)
    lines += _checklist(sheet)
    lines += [line(Role.SMALL, defang(flag)) for flag in sheet.verdict.flags]
    lines.append(line(Role.SMALL, sheet.lens.says_of_itself))
    return Post(PostKind.ANSWER, notification=sheet.title, lines=tuple(lines))


def _head(sheet: Sheet) -> list[Line]:
    first = sheet.verdict.first_line
    return [
        line(Role.FIELD, Span("URL SCAN: ", Style.STRONG), Span(sheet.title, Style.PLAIN, sheet.paper.id)),
        line(
            Role.FIELD,
            Span("FIRST LINE: ", Style.STRONG),
            Span(sheet.quote(first) if first else "(the abstract is empty)"),
        ),
    ]


def _body(sheet: Sheet, analysis: Analysis) -> list[Line]:
    function = [line(Role.PARAGRAPH, defang(analysis.social_function))]
    if analysis.classes:
        function.append(line(Role.PARAGRAPH, Span("Classifications:", Style.STRONG)))
        function += [
            line(Role.BULLET, Span(defang(one.name), Style.STRONG), f": {defang(one.gloss)}")
            for one in analysis.classes
        ]
    return [
        line(Role.HEADING, "TEXT ANALYSIS: The Mechanical Function of This Paper"),
        line(Role.SUBHEADING, "The Dissection"),
        *_paragraphs(analysis.dissection.text),
        *_evidence(sheet, analysis.dissection.evidence),
        line(Role.SUBHEADING, "The Core Fallacy"),
        *_fallacy(sheet, analysis),
        line(Role.SUBHEADING, "Hidden Assumptions"),
        *_assumptions(sheet, analysis),
        line(Role.SUBHEADING, "Social Function"),
        *function,
        line(Role.SUBHEADING, "The Verdict"),
        *_paragraphs(analysis.verdict),
        line(
            Role.CLOSING,
            Span("The Verdict on the Verdict: ", Style.STRONG),
            Span(defang(analysis.closing), Style.EM),
        ),
    ]


def _paragraphs(text: str) -> list[Line]:
    return [line(Role.PARAGRAPH, defang(one)) for one in text.split("\n\n") if one.strip()]


def _fallacy(sheet: Sheet, analysis: Analysis) -> list[Line]:
    if analysis.fallacy is None:
        return [line(Role.PARAGRAPH, "None. The text assumes nothing that this lens would contest.")]
    fallacy = analysis.fallacy
    return [
        *_paragraphs(f"{fallacy.assumed} {fallacy.instead}".strip()),
        *_evidence(sheet, fallacy.evidence),
    ]


def _assumptions(sheet: Sheet, analysis: Analysis) -> list[Line]:
    lines: list[Line] = []
    for number, one in enumerate(analysis.assumptions, 1):
        proposition = Span(f"{number}. {defang(one.proposition)}", Style.STRONG)
        lines.append(line(Role.NUMBERED, proposition, f" {defang(one.exposure)}"))
        lines += _evidence(sheet, one.evidence)
    return lines or [line(Role.PARAGRAPH, "None that this lens would name.")]


def _evidence(sheet: Sheet, evidence: Sequence[Evidence]) -> list[Line]:
    """The passages that a claim points at, quoted with their numbers."""
    return [line(Role.QUOTE, f"[{one.sentence}] “{sheet.quote(one)}”") for one in evidence]


def _checklist(sheet: Sheet) -> list[Line]:
    verdict = sheet.verdict
    lines = [line(Role.HEADING, f"Checklist: {omission_words(sheet)[:1].lower()}{omission_words(sheet)[1:]}")]
    for label in (Label.ADDRESSED, Label.UNCLEAR, Label.ABSENT, Label.NOT_APPLICABLE):
        found = verdict.labelled(label)
        if found:
            lines.append(line(Role.SUBHEADING, _label_words(label, verdict)))
        lines += [_finding(sheet, one) for one in found]
    return lines


def _label_words(label: Label, verdict: Verdict) -> str:
    text = "abstract" if verdict.basis.kind is BasisKind.ABSTRACT else "text read"
    return {
        Label.ADDRESSED: f"Addressed in the {text}",
        Label.UNCLEAR: f"Unclear in the {text}",
        Label.ABSENT: f"The {text} does not mention",
        Label.NOT_APPLICABLE: "Not applicable",
    }[label]


def _finding(sheet: Sheet, finding: Finding) -> Line:
    name = Span(sheet.lens.item(finding.item).name, Style.STRONG)
    reason = f": {defang(finding.reason)}" if finding.reason else ""
    quotes = " ".join(f"[{one.sentence}] “{sheet.quote(one)}”" for one in finding.evidence)
    return line(Role.BULLET, name, f"{reason}{': ' if quotes and not reason else ' ' if quotes else ''}{quotes}")
