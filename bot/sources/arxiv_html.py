"""arXiv's HTML of a paper (made by LaTeXML) -> blocks, references, and what was hidden.

Source: LaTeXML's own class names (`ltx_document`, `ltx_para`, `ltx_note` ...) and arXiv's frame around them, whose
`<base href="/html/<id>v<n>/">` and `#watermark-tr` name the version.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.core.arxiv_id import parse_arxiv_id
from bot.core.errors import MalformedId, Unreadable
from bot.core.fulltext import Block, Extract, Hiding, SectionKind
from bot.core.hygiene import clean
from bot.core.paper import collapse
from bot.sources.formula import Formulas
from bot.sources.latexml import (
    APART,
    FLOATS,
    LEFT_OUT,
    LEVELS,
    LOOSE,
    SILENT,
    classes_of,
    ground_of,
    innermost,
    is_out_of_sight,
    is_own_heading,
    old_style,
)
from bot.sources.look import Look, gone
from bot.sources.passages import Passages

Readable = Callable[[str], str]

MOST_DEPTH = 180
LONGEST_NUMBER = 40
A_PAPER = 10_000
_ENDS = re.compile(r"[\s.:]+$")


def read_html(body: bytes, readable: Readable) -> Extract:
    """What the page holds; `Unreadable` when it is no LaTeXML document. Formulas by `readable`, from their TeX."""
    page = LexborHTMLParser(body)
    article = page.css_first("article.ltx_document")
    if article is None:
        is_small = len(body) < A_PAPER  # a bot check or upkeep; a paper in HTML of its authors is larger
        raise Unreadable("arXiv's page holds no paper that LaTeXML made", is_passing=is_small)
    reading = _Reading(Formulas(readable))
    try:
        reading.read(article)
    except RecursionError:
        raise Unreadable("arXiv's HTML is nested too deeply to be read.") from None
    return replace(reading.extract(), version=_version(page))


def _version(page: LexborHTMLParser) -> int | None:
    base, mark = page.css_first("base[href]"), page.css_first("#watermark-tr")
    for said in ((base.attributes.get("href") or "") if base else "", mark.text() if mark else ""):
        try:
            if (version := parse_arxiv_id(said.strip().rstrip("/"))[1]) is not None:
                return version
        except MalformedId:
            continue
    return None


@dataclass(slots=True)
class _Place:
    """Where the reading is: the section that blocks belong to, and what stands behind its own text."""

    kind: SectionKind = SectionKind.BODY
    number: str = ""
    heading: str = ""
    level: int = 1
    behind: list[Block] = field(default_factory=list)

    def block(self, text: str) -> Block:
        return Block(text, self.kind, self.number, self.heading, self.level)

    def float_block(self, text: str, kind: SectionKind, number: str) -> Block:
        return Block(text, kind, number, self.heading, self.level)

    @property
    def name(self) -> str:
        return f"{self.number} {self.heading}".strip() or self.kind.value


class _Reading:
    """One walk over a page."""

    def __init__(self, formulas: Formulas) -> None:
        self._formulas = formulas
        self._blocks: list[Block] = []
        self._references: list[str] = []
        self._place = _Place()
        self._words: list[str] = []
        self._hidden = Passages()
        self._unknown = 0
        self._note = 0
        self._depth = 0
        self._in_aside = False
        self._is_run_in = False

    def extract(self) -> Extract:
        """Everything that was read."""
        note = f"arXiv's converter did not know commands of the source, {self._unknown} times" if self._unknown else ""
        return Extract(tuple(self._blocks), tuple(self._references), self._hidden.all(), note=note)

    def read(self, article: LexborNode) -> None:
        """The whole document."""
        self._walk(article, Look())
        self._flush()
        self._blocks += self._place.behind

    # text

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
                self._say(child.text_content or "", look)
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
            return
        style = (attributes.get("style") or "") + old_style(attributes)
        how = (
            Hiding.NOT_SHOWN if "hidden" in attributes or "ltx_nodisplay" in classes else gone(style) if style else None
        )
        if how is not None:
            self._hidden.add(how, clean(node.text(separator=" ")), self._place.name)
            self._hidden.rest()
            return
        if style:
            look = look.styled(style)
        self._by_class(node, tag, classes, look)

    def _by_class(self, node: LexborNode, tag: str, classes: set[str], look: Look) -> None:
        """Each structure in its own way; what is none of them is walked through."""
        if tag == "math":
            self._math(node, look)
        elif "ltx_ERROR" in classes:
            self._unknown += 1
        elif "ltx_note" in classes:
            self._footnote(node, look)
        elif "ltx_bibliography" in classes:
            self._bibliography(node, look)
        elif level := next((LEVELS[one] for one in classes if one in LEVELS), 0):
            self._section(node, classes, level, look)
        elif "ltx_abstract" in classes:
            self._under(_Place(SectionKind.ABSTRACT, "", "Abstract"), node, look)
        elif classes & FLOATS:
            self._float(node, look)
        elif tag == "figcaption" or "ltx_caption" in classes:
            self._caption(node, look, "")
        elif "ltx_tabular" in classes:
            self._table(node, look, "")
        else:
            self._plain(node, tag, classes, look)

    def _plain(self, node: LexborNode, tag: str, classes: set[str], look: Look) -> None:
        if tag == "br":
            self._words.append(" ")
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
        elif "ltx_tag_item" in classes or "ltx_runin" in classes:
            self._run_in(self._title_words(node, look))
        else:
            is_loose = tag in LOOSE
            self._words.append(" " if is_loose else "")
            self._walk(node, look)
            self._words.append(" " if is_loose else "")

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
        is_appendix = "ltx_appendix" in classes or (self._place.kind is SectionKind.APPENDIX and level > 1)
        kind = SectionKind.APPENDIX if is_appendix else SectionKind.BODY
        if level >= 4 and not number:  # a paragraph's run-in title is its first words
            self._run_in(f"{heading}." if heading else "")
            self._walk(node, look)
            self._flush_unless_aside()
            return
        self._under(_Place(kind, number, heading, level), node, look)

    def _under(self, place: _Place, node: LexborNode, look: Look) -> None:
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
        return _ENDS.sub("", number.removeprefix("Appendix "))[:LONGEST_NUMBER], _ENDS.sub("", heading)[:300]

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
            number = f"Footnote {mark or self._note}"[:LONGEST_NUMBER]
            self._place.behind.append(self._place.float_block(text, SectionKind.FOOTNOTE, number))

    def _bibliography(self, node: LexborNode, look: Look) -> None:
        self._flush_unless_aside()
        with self._as_aside():
            entries = [self._apart(entry, look) for entry in node.css(".ltx_bibitem")]
        self._references += [entry for entry in entries if entry]

    def _float(self, node: LexborNode, look: Look) -> None:
        """A figure, table or algorithm: its caption and its rows stand behind the section's own text."""
        captions = [one for one in node.css(".ltx_caption") if innermost(one, FLOATS) == node.mem_id]
        tag = captions[0].css_first(".ltx_tag") if captions else None
        number = self._number(tag, look)
        self._inside_float(node, look, number)

    def _number(self, tag: LexborNode | None, look: Look) -> str:
        """What a float is called: `Figure 2`."""
        return _ENDS.sub("", self._title_words(tag, look))[:LONGEST_NUMBER] if tag is not None else ""

    def _inside_float(self, node: LexborNode, look: Look, number: str) -> None:
        with self._as_aside(), self._aside() as words:
            self._parts(node, look, number)
            text = collapse(clean("".join(words)).replace("\n", " "))
        if text:
            kind = SectionKind.TABLE if number.startswith(("Table", "Algorithm", "Listing")) else SectionKind.CAPTION
            self._place.behind.append(self._place.float_block(text, kind, number))

    def _parts(self, node: LexborNode, look: Look, number: str) -> None:
        for child in node.iter(include_text=True):
            classes = set() if child.is_text_node else classes_of(child)
            if child.is_text_node:
                self._say(child.text_content or "", look)
            elif classes & {"ltx_caption"} and not is_out_of_sight(child):
                self._caption(child, look.styled(child.attributes.get("style") or ""), number)
            elif classes & {"ltx_tabular"} and not is_out_of_sight(child):
                self._table(child, look.styled(child.attributes.get("style") or ""), number)
            else:
                self._element(child, look)

    def _caption(self, node: LexborNode, look: Look, number: str) -> None:
        tag = node.css_first(".ltx_tag")
        number = number or self._number(tag, look)
        with self._as_aside():
            text = self._apart(node, look)
        if text:
            self._place.behind.append(self._place.float_block(text, SectionKind.CAPTION, number))

    def _table(self, node: LexborNode, look: Look, number: str) -> None:
        """Each row as one block, its cells between bars."""
        found = {one.mem_id: one for one in node.css(".ltx_tr, tr") if innermost(one, {"ltx_tabular"}) == node.mem_id}
        for row in found.values():
            row_look = look.styled(row.attributes.get("style") or "")
            with self._as_aside():
                cells = [self._cell(cell, row_look) for cell in row.iter() if classes_of(cell) & {"ltx_td", "ltx_th"}]
            if any(cells):
                text = " | ".join(cells)
                self._place.behind.append(self._place.float_block(text, SectionKind.TABLE, number))

    def _cell(self, cell: LexborNode, look: Look) -> str:
        if is_out_of_sight(cell):
            self._hidden.add(Hiding.NOT_SHOWN, clean(cell.text(separator=" ")), self._place.name)
            return ""
        return self._apart(cell, look.styled((cell.attributes.get("style") or "") + old_style(cell.attributes)))
