"""Lines in reading order -> paragraphs under headings, captions, footnotes, references: what a reader sees."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.core.fulltext import Block, SectionKind
from bot.core.hygiene import clean
from bot.core.paper import collapse
from bot.sources.pdf_lines import Line

LONGEST_HEADING = 120
HEAD_OF_PAGE = 0.12
_LISTED = re.compile(r"[\s.]\d{1,3}$")  # a line of the table of contents ends with its page, at the column's edge
_NUMBERED = re.compile(
    r"(?P<number>(?:\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z](?:\.\d{1,2}){1,3}|[A-Z]|[IVX]{1,5}))\.?\s+(?P<words>\S.*)"
)
_KNOWN = re.compile(
    r"abstract|introduction|related works?|background|preliminaries|methods?|methodology|experiments?|results"
    r"|discussion|(?:discussion and )?conclusions?|limitations|acknowledge?ments?|references"
    r"|bibliography|literature cited"
    r"|appendix|appendices|supplementary material|ethics statement|broader impact|future work|data availability",
    re.IGNORECASE,
)
_REFERENCES = re.compile(r"references|bibliography|literature cited|references and notes", re.IGNORECASE)
_APPENDIX = re.compile(r"appendi(?:x|ces)|supplementary material", re.IGNORECASE)
_APPENDIX_LETTER = re.compile(r"appendix\s+([A-Z])\b[.:\s]*(.*)", re.IGNORECASE)
_RUN_IN = re.compile(r"abstract\s*[-–—.:]+\s*(?=\S)", re.IGNORECASE)
_CAPTION = re.compile(
    r"(?P<kind>figure|fig\.|table|algorithm|listing|scheme)\s+(?P<number>[A-Z]?\.?\d+(?:\.\d+)*)\s*[.:|–—]", re.I
)
_NOTE = re.compile(r"(\d{1,2}|[∗†‡§¶*])\s*(?=[A-Za-z“\"(])")
_ENTRY = re.compile(r"\[[\w+\-.]{1,12}\]\s|\d{1,3}\.\s+\S|\(\d{1,3}\)\s")
_ENDED = re.compile(r"[.!?:;)\]”\"]\s*$")
_CUT = re.compile(r"(?<=[^\W\d_])[-‐]$")
_SPELT = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass(slots=True)
class _Section:
    """A section being filled: its own paragraphs, and what stands behind them."""

    kind: SectionKind
    number: str
    heading: str
    level: int
    own: list[Block] = field(default_factory=list)
    behind: list[Block] = field(default_factory=list)


def body_size(lines: Sequence[Line]) -> float:
    """The size that most letters have."""
    count: Counter[float] = Counter()
    for line in lines:
        count[line.size] += len(line.text)
    return count.most_common(1)[0][0] if count else 10.0


def blocks_of(lines: Sequence[Line]) -> tuple[list[Block], list[str]]:
    """The blocks, and the references apart."""
    return _Builder(lines).build()


class _Builder:
    """One pass over the lines."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._size = body_size(lines)
        self._leading = _leading(lines, self._size)
        self._spelt = Counter(word.casefold() for line in lines for word in _SPELT.findall(line.text)[:-1])
        self._sections: list[_Section] = [_Section(SectionKind.BODY, "", "", 1)]
        self._references: list[str] = []
        self._in_references = False
        self._running: list[Line] = []
        self._last_heading: Line | None = None

    def build(self) -> tuple[list[Block], list[str]]:
        for line in self._lines:
            self._take(line)
        self._end_block()
        sections = _without_front(self._sections)
        return [block for one in sections for block in (*one.own, *one.behind)], self._references

    def _take(self, line: Line) -> None:
        heading = self._heading(line)
        if heading is not None:
            self._end_block()
            self._begin(line, *heading)
            return
        if self._goes_on_heading(line):
            self._sections[-1].heading = f"{self._sections[-1].heading} {collapse(line.text)}"[:300]
            self._last_heading = line
            return
        self._last_heading = None
        if self._running and self._is_new(self._running[-1], line):
            self._end_block()
        self._running.append(line)

    def _heading(self, line: Line) -> tuple[str, str] | None:
        """Number and words, when the line is a heading."""
        text = collapse(line.text)
        if not text or len(text) > LONGEST_HEADING or self._runs_on_from_before(line):
            return None
        is_shouted = text.isupper() and len(text) > 4 and line.low > HEAD_OF_PAGE
        is_strong = line.is_bold or line.size >= self._size + 0.9 or is_shouted
        is_listed = _LISTED.search(text) is not None and line.x1 > line.right - line.size
        if line.size < self._size - 0.6 or not is_strong or is_listed:
            return None
        if found := _APPENDIX_LETTER.fullmatch(text):
            return found[1].upper(), found[2]
        if _KNOWN.fullmatch(text.rstrip(".:")):
            return "", text.rstrip(".:")
        if (found := _NUMBERED.fullmatch(text)) and _is_title(found["words"]):
            return found["number"], found["words"].rstrip(".:")
        is_large = line.size >= self._size + 0.9 and not _ENDED.search(text)
        return ("", text) if is_large and _is_title(text) and len(text) < 80 else None

    def _runs_on_from_before(self, line: Line) -> bool:
        """Bold words in the middle of a paragraph are no heading."""
        last = self._running[-1] if self._running else None
        is_below = last is not None and last.page == line.page and last.column == line.column
        return is_below and last is not None and not _ENDED.search(last.text) and last.y - line.y < 1.15 * self._leading

    def _goes_on_heading(self, line: Line) -> bool:
        last = self._last_heading
        if last is None or last.page != line.page or last.column != line.column or not self._sections[-1].heading:
            return False
        is_alike = line.size == last.size and line.is_bold == last.is_bold and line.size > self._size
        return (
            is_alike and 0 < last.y - line.y < 1.6 * line.size and last.x1 > last.left + 0.6 * (last.right - last.left)
        )

    def _begin(self, line: Line, number: str, words: str) -> None:
        if self._in_references and not (_APPENDIX.match(words) or number[:1].isalpha() or not number):
            self._in_references = False
        if _REFERENCES.fullmatch(words):
            self._in_references = True
            return
        was_appendix = self._sections[-1].kind is SectionKind.APPENDIX
        is_appendix = was_appendix or _APPENDIX.match(words) is not None
        is_appendix = (
            is_appendix or (self._in_references and number[:1].isalpha()) or "appendix" in line.text.casefold()
        )
        self._in_references = False
        kind = SectionKind.APPENDIX if is_appendix else SectionKind.BODY
        if words.casefold() == "abstract":
            kind, words = SectionKind.ABSTRACT, "Abstract"
        self._sections.append(_Section(kind, number, words, number.count(".") + 1))
        self._last_heading = line

    def _is_new(self, last: Line, line: Line) -> bool:
        """Whether a line begins another block than the last one's."""
        if self._in_references and _ENTRY.match(line.text):
            return True
        if abs(last.size - line.size) >= 1.0 and not (_is_scrap(last) or _is_scrap(line)):
            return True
        if last.page != line.page or last.column != line.column:
            return bool(_ENDED.search(last.text)) or line.size < self._size - 0.6 or bool(_CAPTION.match(line.text))
        if _CAPTION.match(line.text) and last.y - line.y > 1.2 * self._leading:
            return True
        if last.y - line.y > 1.5 * max(self._leading, 1.1 * line.size) or line.y > last.y + line.size:
            return True
        if not _ENDED.search(last.text):
            return False
        is_indented = line.x0 - line.left > 0.8 * line.size and last.x0 - last.left < 0.8 * line.size
        is_hanging = self._in_references and last.x0 - line.x0 > 0.8 * line.size
        is_short = last.x1 < last.right - 0.15 * (last.right - last.left)
        return is_indented or is_hanging or is_short

    def _end_block(self) -> None:
        if not self._running:
            return
        first = self._running[0]
        text = collapse(clean(self._joined([line.text for line in self._running])).replace("\n", " "))
        self._running = []
        if text:
            self._place(first, text)

    def _place(self, first: Line, text: str) -> None:
        section = self._sections[-1]
        if self._in_references:
            self._references.append(text)
        elif found := _CAPTION.match(text):
            kind = {"fig.": "Figure"}.get(found["kind"].lower(), found["kind"].capitalize())
            section.behind.append(self._block(text, SectionKind.CAPTION, f"{kind} {found['number']}"))
        elif first.size <= self._size - 0.9 and first.low > 0.5 and (note := _NOTE.match(text)):
            section.behind.append(self._block(text[note.end() :], SectionKind.FOOTNOTE, f"Footnote {note[1]}"))
        elif (run_in := _RUN_IN.match(text)) and first.page < 2 and section.kind is SectionKind.BODY:
            abstract = _Section(SectionKind.ABSTRACT, "", "Abstract", 1)
            abstract.own.append(Block(text[run_in.end() :], SectionKind.ABSTRACT, "", "Abstract"))
            self._sections.append(abstract)
        else:
            self._put(section, text)

    def _put(self, section: _Section, text: str) -> None:
        """A paragraph; the second half of one that a figure, note or page parted goes to its first."""
        last = section.own[-1] if section.own else None
        if last is not None and not _ENDED.search(last.text) and text[:1].islower():
            section.own[-1] = Block(self._joined([last.text, text]), last.kind, last.number, last.heading, last.level)
        else:
            section.own.append(Block(text, section.kind, section.number, section.heading, section.level))

    def _block(self, text: str, kind: SectionKind, number: str) -> Block:
        section = self._sections[-1]
        return Block(text, kind, number, section.heading, section.level)

    def _joined(self, texts: Sequence[str]) -> str:
        """Lines as one text, with words put together that the end of a line parted."""
        whole = texts[0]
        for text in texts[1:]:
            text = text.lstrip()
            if _CUT.search(whole.rstrip()) and text[:1].islower():
                whole = self._rejoined(whole.rstrip(), text)
            else:
                whole = f"{whole} {text}"
        return whole

    def _rejoined(self, before: str, after: str) -> str:
        """The hyphen stays where the paper itself writes the word with one elsewhere."""
        first, second = before[:-1].rpartition(" ")[2], after.partition(" ")[0]
        halves = _SPELT.findall(first)[-1:] + _SPELT.findall(second)[:1]
        hyphenated, plain = "-".join(halves).casefold(), "".join(halves).casefold()
        keeps = self._spelt[hyphenated] > self._spelt[plain]
        return f"{before[:-1]}-{after}" if keeps else f"{before[:-1]}{after}"


def _is_scrap(line: Line) -> bool:
    """A piece of a formula that stands on a line of its own."""
    return len(line.text) < 6


def _is_title(words: str) -> bool:
    letters = sum(letter.isalpha() for letter in words)
    return letters >= 3 and letters >= 0.6 * len(words.replace(" ", "")) and not words[:1].islower()


def _leading(lines: Sequence[Line], size: float) -> float:
    """The usual distance from baseline to baseline."""
    steps: Counter[float] = Counter()
    for above, below in pairwise(lines):
        is_next = above.page == below.page and above.column == below.column and above.size == below.size == size
        if is_next and 0 < above.y - below.y < 4 * size:
            steps[round(above.y - below.y, 1)] += 1
    return steps.most_common(1)[0][0] if steps else 1.2 * size


def _without_front(sections: list[_Section]) -> list[_Section]:
    """Title and authors stand before the abstract; without an abstract nobody can tell them from the text."""
    at = next((at for at, one in enumerate(sections[:6]) if one.kind is SectionKind.ABSTRACT and one.own), None)
    return sections if at is None else sections[at:]
