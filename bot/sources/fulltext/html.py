"""arXiv's HTML of a paper (made by LaTeXML) -> blocks, references, and what was hidden.

Source: LaTeXML's own class names (`ltx_document`, `ltx_para`, `ltx_note` ...).
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.core.errors import Unreadable
from bot.core.fulltext.fulltext import Block, Extract, Hiding, SectionKind
from bot.core.hostile.hygiene import clean
from bot.core.papers.paper import collapse
from bot.sources.fulltext.formula import Formulas
from bot.sources.fulltext.hidden_text import HiddenText
from bot.sources.fulltext.html_floats import (
    MOST_NUMBER,
    Cell,
    Float,
    cells_of,
    float_of,
    laid_out,
    rows_of,
    set_numbers_last,
    span_of,
)
from bot.sources.fulltext.html_page import breaks_off, stops_short, version_of
from bot.sources.fulltext.html_place import ReadingPlace, prose_of, without_front
from bot.sources.fulltext.latexml import (
    APART,
    BROKEN,
    FLOATS,
    INSTEAD,
    LEFT_OUT,
    LEVELS,
    RUN_IN,
    SILENT,
    STRUCK_OUT,
    UNSEEN_BY_NATURE,
    classes_of,
    ground_of,
    is_loose,
    is_out_of_sight,
    is_own_heading,
    old_style,
    raised,
)
from bot.sources.fulltext.visibility import Look, gone

Readable = Callable[[str], str]

MOST_DEPTH = 180
A_PAPER = 10_000
_ENDS = re.compile(r"(?<![\s.:])[\s.:]+$")


def read_html(body: bytes, readable: Readable) -> Extract:
    """What the page holds; `Unreadable` when it is no LaTeXML document. Formulas by `readable`, from their TeX."""
    page = LexborHTMLParser(body)
    article = page.css_first("article.ltx_document")
    if article is None:
        is_small = len(body) < A_PAPER  # a bot check or upkeep; a paper in HTML of its authors is larger
        raise Unreadable("the page holds no paper that LaTeXML made", is_passing=is_small)
    reading = _Reading(Formulas(readable))
    try:
        reading.read(article)
    except RecursionError:
        raise Unreadable("The page is nested too deeply to be read.") from None
    read = reading.extract()
    return replace(read, version=version_of(page), breaks_off=breaks_off(body, page) or stops_short(read))


class _Reading:
    """One walk over a page."""

    def __init__(self, formulas: Formulas) -> None:
        self._formulas = formulas
        self._blocks: list[Block] = []
        self._references: list[str] = []
        self._place = ReadingPlace()
        self._words: list[str] = []
        self._hidden = HiddenText()
        self._unknown = 0
        self._note = 0
        self._depth = 0
        self._in_aside = False
        self._in_cell = False
        self._around: Float | None = None
        self._is_run_in = False

    def extract(self) -> Extract:
        """Everything that was read."""
        times = "once" if self._unknown == 1 else f"{self._unknown} times"
        note = f"arXiv's converter did not know commands of the source, {times}" if self._unknown else ""
        return Extract(tuple(self._blocks), tuple(self._references), self._hidden.all(), note=note)

    def read(self, article: LexborNode) -> None:
        """The whole document."""
        set_numbers_last(article)
        self._walk(article, Look())
        self._flush()
        self._blocks += self._place.behind
        self._blocks = without_front(self._blocks)

    # text

    def _hide(self, how: Hiding, node: LexborNode) -> None:
        """A whole element that nobody sees."""
        self._hidden.add(how, clean(node.text(separator=" ")), self._place.name)
        self._hidden.rest()

    def _say(self, text: str, look: Look) -> None:
        how = look.hiding if text.strip() else None
        if how is not None:
            self._hidden.add(how, clean(text), self._place.name)
            self._words.append(" ")
            return
        if text.strip():
            self._hidden.rest()
            self._is_run_in = False
        self._words.append(text)

    def _flush(self) -> None:
        """End the block."""
        text = collapse(clean("".join(self._words)).replace("\n", " "))
        self._words.clear()
        self._is_run_in = False
        self._hidden.rest()
        if text:
            self._blocks.append(self._place.block(text))

    @contextmanager
    def _aside(self) -> Iterator[list[str]]:
        """Words said inside go to a list of their own."""
        outside, self._words = self._words, []
        try:
            yield self._words
        finally:
            self._words = outside

    def _apart(self, node: LexborNode, look: Look) -> str:
        """The words of an element, none of which go into the running block."""
        with self._aside() as words:
            self._walk(node, look)
            return collapse(clean("".join(words)).replace("\n", " "))

    # the walk

    def _walk(self, node: LexborNode, look: Look) -> None:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise RecursionError
        for child in node.iter(include_text=True):
            if child.is_text_node:
                self._say((child.text_content or "").replace("\xa0", " "), look)
            else:
                self._element(child, look)
        self._depth -= 1

    def _element(self, node: LexborNode, look: Look) -> None:
        tag = node.tag or ""
        if tag in SILENT:
            return
        attributes = node.attributes
        classes = set((attributes.get("class") or "").split())
        if classes & LEFT_OUT:
            if "ltx_title_document" in classes:  # what stands before the title is no text of the paper
                self._blocks = prose_of(self._blocks)
            return
        style = (attributes.get("style") or "") + old_style(attributes)
        how = (
            Hiding.NOT_SHOWN if "hidden" in attributes or "ltx_nodisplay" in classes else gone(style) if style else None
        )
        if classes & UNSEEN_BY_NATURE:
            self._hidden.add_if_it_instructs(Hiding.NOT_SHOWN, clean(node.text(separator=" ")), self._place.name)
            return
        if how is not None:
            self._hide(how, node)
            return
        if style:
            look = look.styled(style)
        self._by_class(node, tag, classes, look)

    def _by_class(self, node: LexborNode, tag: str, classes: set[str], look: Look) -> None:
        """Each structure in its own way; what is none of them is walked through."""
        if tag == "math":
            self._math(node, look)
        elif classes & BROKEN:
            self._unknown += "undefined" in classes
            self._words.append(" ")
        elif "ltx_titlepage" in classes:
            self._title_page(node, look)
        elif shown := next((INSTEAD[text] for text in classes if text in INSTEAD), ""):
            self._say(shown, look)
        elif "ltx_note" in classes:
            self._footnote(node, look)
        elif "ltx_bibliography" in classes:
            self._bibliography(node, look)
        elif level := next((LEVELS[text] for text in classes if text in LEVELS), 0):
            self._section(node, classes, level, look)
        elif "ltx_abstract" in classes:
            self._under(ReadingPlace(SectionKind.ABSTRACT, "", "Abstract"), node, look)
        elif classes & FLOATS or ("ltx_flex_figure" in classes and self._around is None):
            self._float(node, look)
        elif tag == "figcaption" or "ltx_caption" in classes:
            self._caption(node, look)
        elif "ltx_tabular" in classes:
            self._table(node, look)
        else:
            self._plain(node, tag, classes, look)

    def _plain(self, node: LexborNode, tag: str, classes: set[str], look: Look) -> None:
        if tag == "br":
            self._words.append(" ")
        elif tag == "img" and "ltx_Math" in classes:  # formulas as pictures, for browsers that have no MathML
            self._say(self._formulas.read((node.attributes.get("alt") or "").strip("$"))[0], look)
        elif tag in ("sup", "sub"):
            self._raised(node, tag, look)
        elif tag in STRUCK_OUT or classes & STRUCK_OUT:
            self._struck_out(node, look)
        elif tag == "svg":
            self._walk(node, replace(look, ground=ground_of(node)))
        elif classes & {"ltx_title_abstract", "ltx_title_bibliography"} or is_own_heading(node, classes):
            return
        elif tag == "dt":
            self._run_in(self._title_words(node, look))
        elif classes & APART or tag in ("li", "dd"):
            self._begin_block()
            self._walk(node, look)
            self._flush_unless_aside()
        elif "ltx_tag_item" in classes or classes & RUN_IN:
            self._run_in(self._title_words(node, look))
        else:
            around = " " if is_loose(node, classes) else ""
            self._words.append(around)
            self._walk(node, look)
            self._words.append(around)

    def _raised(self, node: LexborNode, tag: str, look: Look) -> None:
        words = self._title_words(node, look)
        self._words.append(raised(tag, words, "".join(self._words[-2:]), is_cited=node.css_first("a") is not None))

    def _struck_out(self, node: LexborNode, look: Look) -> None:
        words = self._title_words(node, look)
        self._words.append(f"[struck out: {words}]" if words else "")

    def _run_in(self, words: str) -> None:
        """Words that the next block begins with: `Theorem 1.`, `(a)`; a bullet says nothing."""
        if any(letter.isalnum() for letter in words):
            self._flush_unless_aside()
            self._words.append(f"{words} ")
            self._is_run_in = True

    def _begin_block(self) -> None:
        if not self._is_run_in:
            self._flush_unless_aside()

    def _flush_unless_aside(self) -> None:
        if self._in_aside:
            self._words.append(" ")
        else:
            self._flush()

    def _title_page(self, node: LexborNode, look: Look) -> None:
        """Of a title page the abstract, and what is as long as prose: names, numbers and places are front matter."""
        self._flush_unless_aside()
        before = len(self._blocks)
        self._walk(node, look)
        self._flush_unless_aside()
        self._blocks[before:] = prose_of(self._blocks[before:])

    def _math(self, node: LexborNode, look: Look) -> None:
        tex = node.attributes.get("alttext")
        if not tex:
            tex = next((note.text() for note in node.css("annotation[encoding='application/x-tex']")), "")
        shown, unseen = self._formulas.read(tex) if tex else (node.text(), "")
        if unseen:
            self._hidden.add(Hiding.COLOUR, clean(unseen), self._place.name)
        self._say(shown, look)

    # structures

    def _section(self, node: LexborNode, classes: set[str], level: int, look: Look) -> None:
        number, heading = self._heading(node, look)
        heading = heading or ("Acknowledgements" if "ltx_acknowledgements" in classes else "")
        is_appendix = "ltx_appendix" in classes or (self._place.kind is SectionKind.APPENDIX and level > 1)
        kind = SectionKind.APPENDIX if is_appendix else SectionKind.BODY
        if level >= 4 and not number:  # a paragraph's run-in title is its first words
            self._run_in(heading if heading[-1:] in ("", "?", "!") else f"{heading}.")
            self._walk(node, look)
            self._flush_unless_aside()
            return
        self._under(ReadingPlace(kind, number, heading, level), node, look)

    def _under(self, place: ReadingPlace, node: LexborNode, look: Look) -> None:
        """Walk with another section around; what stands behind a section's own text comes before its subsections."""
        self._flush_unless_aside()
        outer = self._place
        self._blocks += outer.behind
        outer.behind.clear()
        self._place = place
        self._walk(node, look)
        self._flush_unless_aside()
        self._blocks += place.behind
        self._place = outer

    def _heading(self, node: LexborNode, look: Look) -> tuple[str, str]:
        """Number and words of a section's own title."""
        title = next((child for child in node.iter() if "ltx_title" in classes_of(child)), None)
        if title is None:
            return "", ""
        words = self._title_words(title, look)
        tag = title.css_first(".ltx_tag")
        number = self._title_words(tag, look) if tag is not None else ""
        heading = words.removeprefix(number).strip() if number else words
        return _ENDS.sub("", number.removeprefix("Appendix "))[:MOST_NUMBER], _ENDS.sub("", heading)[:300]

    def _title_words(self, title: LexborNode, look: Look) -> str:
        with self._as_aside():
            return self._apart(title, look)

    @contextmanager
    def _as_aside(self) -> Iterator[None]:
        before, self._in_aside = self._in_aside, True
        try:
            yield
        finally:
            self._in_aside = before

    def _footnote(self, node: LexborNode, look: Look) -> None:
        content = node.css_first(".ltx_note_content") or node
        tag = content.css_first(".ltx_tag_note") or node.css_first(".ltx_note_mark")
        self._note += 1
        mark = self._title_words(tag, look) if tag is not None else ""
        with self._as_aside():
            text = self._apart(content, look)
        text = text.removeprefix(mark).strip()
        if text:
            number = f"Footnote {mark or self._note}"[:MOST_NUMBER]
            self._place.behind.append(self._place.float_block(text, SectionKind.FOOTNOTE, number))

    def _bibliography(self, node: LexborNode, look: Look) -> None:
        self._flush_unless_aside()
        with self._as_aside():
            entries = [self._apart(entry, look) for entry in node.css(".ltx_bibitem")]
        self._references += [entry for entry in entries if entry]

    def _float(self, node: LexborNode, look: Look) -> None:
        """A figure, table or algorithm: its caption and its rows stand behind the section's own text."""
        outer, self._around = self._around, float_of(node, self._around, lambda tag: self._number(tag, look))
        with self._as_aside(), self._aside() as words:
            self._walk(node, look)
            text = collapse(clean("".join(words)).replace("\n", " "))
        if text:
            number = self._around.number
            kind = SectionKind.TABLE if number.startswith(("Table", "Algorithm", "Listing")) else SectionKind.CAPTION
            self._place.behind.append(self._place.float_block(text, kind, number))
        self._around = outer

    def _number(self, tag: LexborNode | None, look: Look) -> str:
        """What a float is called: `Figure 2`."""
        return _ENDS.sub("", self._title_words(tag, look))[:MOST_NUMBER] if tag is not None else ""

    def _caption(self, node: LexborNode, look: Look) -> None:
        number = self._number(node.css_first(".ltx_tag"), look)
        with self._as_aside():
            text = self._apart(node, look)
        if _ENDS.sub("", text) != number and (self._around is None or self._around.is_new(text)):
            number = self._around.called(number) if self._around is not None else number
            self._place.behind.append(self._place.float_block(text, SectionKind.CAPTION, number))

    def _table(self, node: LexborNode, look: Look) -> None:
        """Each row as one block, cells between bars; what stands in a cell, or in a line as one column, is words."""
        rows = rows_of(node)
        if self._in_cell or (self._around is None and all(len(cells_of(row)) < 2 for row in rows)):
            self._words.append(" ")
            self._walk(node, look)
            self._words.append(" ")
            return
        number = self._around.number_of(node) if self._around is not None else ""
        self._in_cell = True
        with self._as_aside():
            cells = [self._cells(row, look.styled(row.attributes.get("style") or "")) for row in rows]
        self._in_cell = False
        lines = [collapse(" | ".join(line)) for line in laid_out(cells) if any(line)]
        self._place.behind += [self._place.float_block(line, SectionKind.TABLE, number) for line in lines]

    def _cells(self, row: LexborNode, look: Look) -> list[Cell]:
        return [
            Cell(self._cell(cell, look), span_of(cell, "colspan"), span_of(cell, "rowspan")) for cell in cells_of(row)
        ]

    def _cell(self, cell: LexborNode, look: Look) -> str:
        if is_out_of_sight(cell):
            self._hide(Hiding.NOT_SHOWN, cell)
            return ""
        return self._apart(cell, look.styled((cell.attributes.get("style") or "") + old_style(cell.attributes)))
