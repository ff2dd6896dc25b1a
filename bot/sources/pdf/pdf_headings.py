"""Which lines of a PDF are headings: those whose numbers go on through the text in one style, and those of known words.

A number alone proves nothing: list items, formulas and authors' addresses have one too. Of the styles (size, weight,
capitals) in which numbered lines are set, that of the sections is the one whose numbers run up through most of the
text; the others' are no headings.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.papers.paper import collapse
from bot.sources.pdf.pdf_lines import Line

LONGEST_HEADING = 120
HEAD_OF_PAGE = 0.12
FRONT = 0.4
MOST_LINES = 4
_LISTED = re.compile(r"[\s.]\d{1,3}$")  # a line of the table of contents ends with its page, at the column's edge
_NUMBERED = re.compile(
    r"(?P<number>(?:\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z](?:\.\d{1,2}){1,3}|[A-Z]|[IVX]{1,5}))\.?\s+(?P<words>\S.*)"
)
KNOWN = re.compile(
    r"abstract|introduction|related works?|background|preliminaries|methods?|methodology|experiments?|results"
    r"|discussion|(?:discussion and )?conclusions?|limitations|acknowledge?ments?|references"
    r"|bibliography|literature cited"
    r"|appendix|appendices|supplementary material|ethics statement|broader impact|future work|data availability",
    re.IGNORECASE,
)
_APPENDIX_LETTER = re.compile(r"appendix\s+([A-Z](?:\.\d{1,2})*)\b[.:\s]*(.*)", re.IGNORECASE)
_RUN_IN = re.compile(r"(?P<number>(?:\d{1,2}|[A-Z])(?:\.\d{1,2}){1,3})\.?\s+(?P<words>\S.*)")
_ENDED = re.compile(r"[.!?:;)\]”\"]\s*$")
_WORD = re.compile(r"[^\W\d_]{3}")
_ROMAN = {"I": 1, "V": 5, "X": 10}

Style = tuple[float, bool, bool, bool]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its number and words, and how many lines it is set in."""

    number: str
    words: str
    lines: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    at: int
    number: str
    words: str
    style: Style

    @property
    def kind(self) -> str:
        """What its number is made of; a letter may be a Roman one."""
        return "" if not self.number else "1" if self.number[0].isdigit() else "I" if _roman(self.number) else "A"


def headings_of(lines: Sequence[Line], size: float, leading: float) -> dict[int, Heading]:
    """The headings by the place of their first line."""
    found = [heading for at in range(len(lines)) if (heading := _candidate(lines, at, size, leading))]
    sections = _sections(found, len(lines))
    style = _style_of(found, sections)
    unnumbered = {heading.style for heading in found if not heading.number and KNOWN.fullmatch(heading.words)}
    kept: dict[int, Heading] = {}
    numbers: list[str] = []
    free = 0
    for candidate in found:
        top = min((lines[at].low for at in kept if lines[at].page == 0), default=FRONT)
        if candidate.at < free or not _is_kept(candidate, lines[candidate.at], sections, style, numbers, top, size):
            continue
        is_small = not candidate.number and lines[candidate.at].size < size + 0.9 and not candidate.words.isupper()
        if is_small and not (KNOWN.fullmatch(candidate.words) or (style is None and candidate.style in unnumbered)):
            continue  # a bold line is a heading where those of known words look so
        whole = _whole(lines, candidate, size, leading)
        if _is_paragraph(lines, candidate, whole, leading):
            continue
        numbers.append(candidate.number)
        kept[candidate.at] = whole
        free = candidate.at + whole.lines
    return kept


def run_in_of(line: Line, before: str) -> Heading | None:
    """A subsection's title that runs into its paragraph, as amsart and IOP set it: `1.1. Doors. We open each ...`."""
    found = _RUN_IN.fullmatch(line.lead) if len(line.lead) < len(line.text) else None
    if found is None or not is_title(found["words"]) or found["number"].partition(".")[0] != before.partition(".")[0]:
        return None
    return Heading(found["number"], found["words"].rstrip(".:"), 1)


def _is_paragraph(lines: Sequence[Line], candidate: _Candidate, whole: Heading, leading: float) -> bool:
    """Whether it is prose in larger letters: it ends as a sentence does, or goes on beyond what a heading takes."""
    if candidate.number or KNOWN.fullmatch(candidate.words):
        return False
    last, after = lines[candidate.at + whole.lines - 1], candidate.at + whole.lines
    if whole.lines > 1 and _ENDED.search(whole.words):
        return True
    if after == len(lines) or whole.lines < MOST_LINES:
        return False
    line = lines[after]
    return line.page == last.page and line.size == last.size and 0 < last.y - line.y < 1.1 * max(leading, last.size)


def _style_of(found: Sequence[_Candidate], sections: frozenset[int]) -> Style | None:
    """How the sections' headings look; None where none is numbered."""
    return next((candidate.style for candidate in found if candidate.at in sections), None)


def _candidate(lines: Sequence[Line], at: int, size: float, leading: float) -> _Candidate | None:
    line = lines[at]
    text = collapse(line.text)
    if not text or len(text) > LONGEST_HEADING or line.size < 0.75 * size or _runs_on(lines, at, leading):
        return None
    numbered = _NUMBERED.fullmatch(text)
    is_shouted = text.isupper() and len(text) > 4 and (line.low > HEAD_OF_PAGE or numbered is not None)
    is_large = line.size >= size + 0.9
    is_listed = _LISTED.search(text) is not None and line.x1 > line.right - line.size
    if is_listed or not (line.is_bold or is_large or is_shouted or line.is_italic):
        return None
    style = (line.size, line.is_bold, text.isupper(), line.is_italic)
    if found := _APPENDIX_LETTER.fullmatch(text):
        return _Candidate(at, found[1].upper(), found[2], style)
    if KNOWN.fullmatch(text.rstrip(".:")):
        return _Candidate(at, "", text.rstrip(".:"), style) if not line.is_italic or line.is_bold else None
    is_article = numbered is not None and numbered["number"] == "A" and numbered["words"][:1].islower()
    if is_article:  # `A component may ...`
        return None
    if numbered and is_title(numbered["words"], may_begin_small=is_large) and (is_large or _is_in_place(line)):
        return _Candidate(at, numbered["number"], numbered["words"].rstrip(".:"), style)
    is_words = (
        (is_large or (is_shouted and line.is_bold)) and not _ENDED.search(text) and is_title(text) and len(text) < 80
    )
    is_apart = line.is_bold and _is_in_place(line) and _is_apart(lines, at, leading)
    is_words = is_words or (is_apart and not _ENDED.search(text) and is_title(text) and len(text) < 80)
    return _Candidate(at, "", text, style) if is_words else None


def _is_apart(lines: Sequence[Line], at: int, leading: float) -> bool:
    """Whether it stands alone, with room above it, and the text below it begins at once."""
    if not 0 < at < len(lines) - 1:
        return False
    last, line, following = lines[at - 1 : at + 2]
    is_below = following.page == line.page and following.column == line.column
    has_room = last.page != line.page or last.column != line.column or last.y - line.y > 1.25 * leading
    return has_room and is_below and not following.is_bold and 0 < line.y - following.y < 2.5 * leading


def _is_in_place(line: Line) -> bool:
    """At the column's edge or in its middle; items of lists are indented."""
    before, behind = line.x0 - line.left, line.right - line.x1
    return before < 0.6 * line.size or abs(before - behind) < 2 * line.size


def is_title(words: str, *, may_begin_small: bool = False) -> bool:
    """Whether it could be a heading's words: no formula, and no sentence that goes on."""
    letters = sum(letter.isalpha() for letter in words)
    is_wordy = letters >= 0.6 * len(words.replace(" ", "")) and _WORD.search(words) is not None
    return is_wordy and "=" not in words and (may_begin_small or not words[:1].islower())


def _runs_on(lines: Sequence[Line], at: int, leading: float) -> bool:
    """Bold words in the middle of a paragraph are no heading."""
    if not at:
        return False
    last, line = lines[at - 1], lines[at]
    is_below = last.page == line.page and last.column == line.column and 0 < last.y - line.y < 1.15 * leading
    return is_below and not _ENDED.search(last.text) and not last.is_bold and last.size < line.size + 0.5


def _sections(found: Sequence[_Candidate], length: int) -> frozenset[int]:
    """The places of the sections' headings: the chain of numbers, in one style, that spans most of the text."""
    chains: dict[tuple[str, Style], list[_Candidate]] = defaultdict(list)
    for candidate in found:
        if not candidate.number or "." in candidate.number or candidate.kind == "A":
            continue
        chain = chains[candidate.kind, candidate.style]
        last = _value(chain[-1].number) if chain else 0
        if last < _value(candidate.number) <= last + 2:
            chain.append(candidate)
    best = max(chains.values(), key=lambda chain: _weight(chain, length), default=[])
    return frozenset(candidate.at for candidate in best)


def _weight(chain: Sequence[_Candidate], length: int) -> float:
    if not chain:
        return 0.0
    return (chain[-1].at - chain[0].at) / max(length, 1) + 0.02 * chain[0].style[0] + 0.05 * min(len(chain), 4)


def _value(number: str) -> int:
    return int(number) if number.isdigit() else _roman(number)


def _roman(number: str) -> int:
    """The value of a Roman number; 0 where it is none."""
    if not number or set(number) - set(_ROMAN):
        return 0
    values = [_ROMAN[sign] for sign in number]
    return sum(-value if value < max(values[at:]) else value for at, value in enumerate(values))


def _is_kept(
    candidate: _Candidate,
    line: Line,
    sections: frozenset[int],
    style: Style | None,
    numbers: Sequence[str],
    top: float,
    size: float,
) -> bool:
    if candidate.at in sections or KNOWN.fullmatch(candidate.words):
        return True
    if not candidate.number:
        is_front = line.page == 0 and line.low < top
        is_alike = style is None or len(sections) < 3 or (line.size >= style[0] - 0.1 and line.is_bold == style[1])
        return is_alike and not is_front
    return _is_numbered_on(candidate, style, numbers, size)


def _is_numbered_on(candidate: _Candidate, style: Style | None, numbers: Sequence[str], size: float) -> bool:
    """A subsection of the section before it, or an appendix in the sections' style; each number follows the last."""
    head, _, rest = candidate.number.partition(".")
    last = next((number for number in reversed(numbers) if number), "")
    if rest:
        before = last.partition(".")[0]
        goes_on = before.isdigit() and head.isdigit() and 0 <= int(head) - int(before) <= 2
        return (not last or before == head or goes_on) and candidate.number != last
    if candidate.kind == "1" or (style and candidate.style[3] and not style[3] and candidate.kind != "A"):
        return False
    letters = [number for number in numbers if number[:1].isalpha() and "." not in number and not _roman(number)]
    is_next = candidate.number == "A" or (letters and ord(candidate.number[0]) == ord(letters[-1][0]) + 1)
    return len(candidate.number) == 1 and bool(is_next) and (candidate.style[0] >= size - 1.1)


def _whole(lines: Sequence[Line], candidate: _Candidate, size: float, leading: float) -> Heading:
    """The heading with the lines that it goes on over: alike, right below, and no heading of their own."""
    words, count = candidate.words, 1
    while count < MOST_LINES and candidate.at + count < len(lines):
        last, line = lines[candidate.at + count - 1], lines[candidate.at + count]
        text = collapse(line.text)
        is_below = (
            last.page == line.page
            and last.column == line.column
            and 0 < last.y - line.y < max(1.5 * line.size, 1.1 * leading)
        )
        is_upper = line.text.isupper() and last.text.isupper()  # small capitals have two sizes
        is_sized = line.size == last.size or (is_upper and abs(line.size - last.size) < 2.6)
        is_alike = is_sized and line.is_bold == last.is_bold and line.is_italic == last.is_italic
        is_full = last.x1 - last.x0 > 0.5 * (last.right - last.left)
        is_marked = line.is_bold or line.size > size + 0.9 or is_upper
        is_own = KNOWN.fullmatch(text) or _NUMBERED.fullmatch(text) or KNOWN.fullmatch(candidate.words)
        if not (is_below and is_alike and is_full and is_marked) or is_own or len(text) > LONGEST_HEADING:
            break
        words, count = f"{words} {text}", count + 1
    return Heading(candidate.number, words[:300], count)
