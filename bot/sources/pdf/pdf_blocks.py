"""Lines in reading order -> paragraphs under headings, captions, footnotes, references: what a reader sees."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from bot.core.fulltext.fulltext import Block, SectionKind
from bot.core.hostile.hygiene import clean
from bot.core.papers.paper import collapse
from bot.sources.pdf.pdf_front import FrontSection, in_order, without_front
from bot.sources.pdf.pdf_headings import Heading, headings_of, run_in_of
from bot.sources.pdf.pdf_lines import Line

LEAST_ROWS = 2
WIDEST_STEP = 3.0
_NUMBER_OF_EQUATION = re.compile(r"\([A-Z]?\.?\d{1,3}(?:\.\d{1,3})*[a-z]?\)")
_NO_HEAD = re.compile(r"^(?:table|fig)|[.:;,?!]$", re.IGNORECASE)

LEAST_ENTRIES = 4
A_PARAGRAPH = 50
MOST_WORDS = 3
TABLES_APART = 1.8  # times the distance of rows
_REFERENCES = re.compile(r"references|bibliography|literature cited|references and notes", re.IGNORECASE)
_APPENDIX = re.compile(r"appendi(?:x|ces)|supplementary material", re.IGNORECASE)
_RUN_IN = re.compile(r"abstract\s*[-–—.:]+\s*(?=\S)", re.IGNORECASE)
_KIND = r"(?P<kind>(?:extended data |supplementary )?(?:figure|fig\.?|table|algorithm|listing|scheme|box))"
_FLOAT_NUMBER = r"(?P<number>[A-Z]?\.?\d+(?:\.\d+)*|[IVXL]+)"
_CAPTION = re.compile(rf"{_KIND}\s+{_FLOAT_NUMBER}\s*[.:|–—]", re.IGNORECASE)
_SHORT_CAPTION = re.compile(rf"{_KIND}\s+{_FLOAT_NUMBER}", re.IGNORECASE)  # where it is set apart, or capitals follow
_FIG = re.compile(r"\bfig(?:\.|\b)")
_CAPITALS = re.compile(r"(?P<kind>TABLE|FIGURE)\s+(?P<number>[IVXL]+)\s+(?=[A-Z]{2})")
_NOTE = re.compile(r"(\d{1,2}|[∗†‡§¶*])\s*(?=[A-Za-z“\"(])")
_ENTRY = re.compile(r"\[[\w+\-.]{1,12}\]\s|\d{1,3}\.\s+\S|\(\d{1,3}\)\s")
_ENDED = re.compile(r"[.!?:;)\]”\"]\s*$")
_RELATION = re.compile(r"[=<>≤≥≠≈∼≡∈∉→↦⊂⊆∝]")
_EQUATION = re.compile(r"\([A-Z]?\.?\d[\d.]*[a-z]?\)$")
_A_WORD = re.compile(r"[^\W\d_]{4,}")
_CUT = re.compile(r"(?<=[^\W\d_])[-‐]$")
_SPELT = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def body_size(lines: Sequence[Line]) -> float:
    """The size that most letters have."""
    count: Counter[float] = Counter()
    for line in lines:
        count[line.size] += len(line.text)
    return count.most_common(1)[0][0] if count else 10.0


def blocks_of(lines: Sequence[Line]) -> tuple[list[Block], list[str]]:
    """The blocks, and the references apart."""
    return _Builder(in_order(lines, body_size(lines))).build()


class _Builder:
    """One pass over the lines."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._size = body_size(lines)
        self._leading = _leading(lines, self._size)
        self._spelt = Counter(word.casefold() for line in lines for word in _SPELT.findall(line.text)[:-1])
        self._sections: list[FrontSection] = [FrontSection(SectionKind.BODY, "", "", 1)]
        self._references: list[str] = []
        self._in_references = False
        self._running: list[Line] = []
        self._headings = headings_of(lines, self._size, self._leading)
        self._rows = table_rows(lines, self._headings)
        self._table = ""
        self._unheaded = _unheaded_references(lines, self._headings)

    def build(self) -> tuple[list[Block], list[str]]:
        skipped = 0
        for at, line in enumerate(self._lines):
            if at == self._unheaded:
                self._end_block()
                self._in_references = True
            if heading := self._headings.get(at):
                self._end_block()
                self._begin(line, heading.number, heading.words)
                skipped = heading.lines
            if skipped:
                skipped -= 1
            elif (cells := self._rows.get(at)) is not None and not self._in_references:
                if cells:
                    self._row(at, cells)
            else:
                self._take(self._without_run_in(line))
        self._end_block()
        sections = without_front(self._sections)
        return [block for section in sections for block in (*section.own, *section.behind)], self._references

    def _row(self, at: int, cells: Sequence[str]) -> None:
        """A row of a table: behind the section's own text, under the number of the caption beside it.

        A caption has one table: behind a wider gap than that between its rows, another one begins.
        """
        self._end_block()
        if at - 2 in self._rows and at - 1 in self._rows:
            before, last, line = self._lines[at - 2 : at + 1]
            if line.y > last.y or last.y - line.y > TABLES_APART * abs(before.y - last.y):
                self._table = ""
        self._sections[-1].behind.append(self._block(" | ".join(cells), SectionKind.TABLE, self._table))

    def _without_run_in(self, line: Line) -> Line:
        """The line behind a subsection's title that runs into it; the subsection begins."""
        words = run_in_of(line, self._sections[-1].number)
        last = self._running[-1] if self._running else None
        if words is None or self._in_references:
            return line
        is_first = last is None or self._is_new(last, line)
        if not is_first and last is not None:
            is_first = bool(_ENDED.search(last.text)) and last.y - line.y > 1.2 * self._leading
        if not is_first:
            return line
        self._end_block()
        self._begin(line, words.number, words.words)
        return replace(line, text=line.text[len(line.lead) :].lstrip())

    def _take(self, line: Line) -> None:
        if self._running and self._is_new(self._running[-1], line):
            self._end_block()
        self._running.append(line)

    def _begin(self, line: Line, number: str, words: str) -> None:
        if self._in_references and not (_APPENDIX.match(words) or number[:1].isalpha() or not number):
            self._in_references = False
        if _REFERENCES.fullmatch(words):
            self._in_references = True
            return
        was_appendix = self._sections[-1].kind is SectionKind.APPENDIX
        is_appendix = was_appendix or _APPENDIX.match(words) is not None
        is_appendix = (
            is_appendix
            or (number[:1].isalpha() and (self._in_references or self._has_figures()))
            or "appendix" in line.text.casefold()
        )
        self._in_references = False
        kind = SectionKind.APPENDIX if is_appendix else SectionKind.BODY
        if words.casefold() == "abstract":
            kind, words = SectionKind.ABSTRACT, "Abstract"
        self._sections.append(FrontSection(kind, number, words, number.count(".") + 1))

    def _has_figures(self) -> bool:
        """Whether the sections are numbered in figures: then a letter is an appendix."""
        return any(section.number[:1].isdigit() for section in self._sections)

    def _is_new(self, last: Line, line: Line) -> bool:
        """Whether a line begins another block than the last one's."""
        if self._in_references and _ENTRY.match(line.text):
            return True
        first = self._references[0] if self._references else self._running[0].text
        if self._in_references and _ENTRY.match(first):
            return False  # numbered ones end where the next number stands
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
        elif found := _CAPTION.match(text) or _CAPITALS.match(text) or _SHORT_CAPTION.fullmatch(first.lead):
            self._caption(section, text, found)
        elif first.size <= self._size - 0.9 and first.low > 0.5 and (note := _NOTE.match(text)):
            section.behind.append(self._block(text[note.end() :], SectionKind.FOOTNOTE, f"Footnote {note[1]}"))
        elif (run_in := _RUN_IN.match(text)) and first.page < 2 and section.kind is SectionKind.BODY:
            abstract = FrontSection(SectionKind.ABSTRACT, "", "Abstract", 1)
            abstract.own.append(Block(text[run_in.end() :], SectionKind.ABSTRACT, "", "Abstract"))
            self._sections.append(abstract)
        else:
            self._put(section, text)

    def _caption(self, section: FrontSection, text: str, found: re.Match[str]) -> None:
        """A caption; rows that stand right before a table's, or come right behind it, are that table's."""
        kind = _FIG.sub("figure", found["kind"].lower())
        number = f"{kind.capitalize()} {found['number']}"
        self._table = number if "table" in kind else ""
        at = len(section.behind)
        while self._table and at and (row := section.behind[at - 1]).kind is SectionKind.TABLE and not row.number:
            at -= 1
            section.behind[at] = replace(row, number=number)
        section.behind.append(self._block(text, SectionKind.CAPTION, number))

    def _put(self, section: FrontSection, text: str) -> None:
        """A paragraph; the second half of one that a figure, note or page parted goes to its first."""
        at = next((at for at in range(len(section.own))[:-4:-1] if len(section.own[at].text) > A_PARAGRAPH), None)
        last = section.own[at] if at is not None else None
        goes_on = text[:1].islower() or (is_formula(text) and at == len(section.own) - 1)
        if at is not None and last is not None and goes_on and not _ENDED.search(_EQUATION.sub("", last.text)):
            section.own[at] = replace(last, text=self._joined([last.text, text]))
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


def is_formula(text: str) -> bool:
    """Whether it is a displayed formula: a relation, and hardly a word."""
    return _RELATION.search(text) is not None and len(_A_WORD.findall(text)) < MOST_WORDS


def _is_scrap(line: Line) -> bool:
    """A piece of a formula that stands on a line of its own."""
    return len(line.text) < 6


def _unheaded_references(lines: Sequence[Line], headings: Mapping[int, Heading]) -> int | None:
    """Where entries begin over which no heading stands: [1], [2], [3] ... in the later part of the text."""
    if any(_REFERENCES.fullmatch(heading.words) for heading in headings.values()):
        return None
    first, wanted = None, 1
    for at in range(len(lines) // 3, len(lines)):
        if lines[at].text.startswith(f"[{wanted}] "):
            first, wanted = (at if wanted == 1 else first), wanted + 1
        elif lines[at].text.startswith("[1] "):
            first, wanted = at, 2
    return first if wanted > LEAST_ENTRIES else None


def _leading(lines: Sequence[Line], size: float) -> float:
    """The usual distance from baseline to baseline."""
    steps: Counter[float] = Counter()
    for above, below in pairwise(lines):
        is_next = above.page == below.page and above.column == below.column and above.size == below.size == size
        if is_next and 0 < above.y - below.y < 4 * size:
            steps[round(above.y - below.y, 1)] += 1
    return steps.most_common(1)[0][0] if steps else 1.2 * size


def table_rows(lines: Sequence[Line], headings: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The lines that are rows, by their place: the cells of each; none for a line that only ends a cell above it."""
    rows: dict[int, tuple[str, ...]] = {}
    group: list[int] = []
    ends: dict[int, tuple[int, int]] = {}
    for at, line in enumerate([*lines, None]):
        is_row = line is not None and at not in headings and len(line.cells) > 1 and not _is_equation(line.cells)
        if line is not None and is_row and group and _goes_on(lines[group[-1]], line):
            group.append(at)
            continue
        if line is not None and group and at not in headings and (cell := _cell_above(lines[group[-1]], line)):
            ends[at] = group[-1], cell
            continue
        if len(group) >= LEAST_ROWS:
            rows |= {row: lines[row].cells for row in group} | dict.fromkeys(ends, ())
            for below, (row, cell) in ends.items():
                whole = list(rows[row])
                whole[cell] = f"{whole[cell]} {lines[below].text}"
                rows[row] = tuple(whole)
            rows |= _head(lines, group[0], headings)
        group, ends = [at] if is_row else [], {}
    return rows


def _is_equation(cells: Sequence[str]) -> bool:
    """Whether a number of an equation stands at one of its ends; a row may be headed by several such."""
    numbers = [at for at, cell in enumerate(cells) if _NUMBER_OF_EQUATION.fullmatch(cell)]
    return numbers in ([0], [len(cells) - 1])


def _head(lines: Sequence[Line], first: int, headings: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The line above the first row where its words nearly touch, and are as many as the row has cells."""
    at = first - 1
    if at < 0 or at in headings or not _is_below(lines[at], lines[first]) or _NO_HEAD.search(lines[at].text):
        return {}
    words = tuple(lines[at].text.split())
    return {at: words} if len(words) == len(lines[first].cells) else {}


def _goes_on(last: Line, line: Line) -> bool:
    """Whether a row stands below the last one, with a gap below one of its gaps."""
    return _is_below(last, line) and any(
        _overlap(gap, other) > 0.3 * line.size for gap in last.gaps for other in line.gaps
    )


def _cell_above(row: Line, line: Line) -> int:
    """The cell that a line of its own goes on: it stands right below it and begins where it does; 0 where none is."""
    if len(line.cells) != 1 or not _is_below(row, line):
        return 0
    starts = [start for _, start in row.gaps]
    return next((at for at, start in enumerate(starts, 1) if abs(start - line.x0) < 0.3 * line.size), 0)


def _is_below(last: Line, line: Line) -> bool:
    return last.page == line.page and last.column == line.column and 0 < last.y - line.y < WIDEST_STEP * line.size


def _overlap(gap: tuple[float, float], other: tuple[float, float]) -> float:
    return min(gap[1], other[1]) - max(gap[0], other[0])
