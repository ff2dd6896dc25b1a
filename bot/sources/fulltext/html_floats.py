"""Figures, tables and listings in LaTeXML's HTML: what they are called, and which table of one has which number.

Forms as LaTeXML 0.8.7 makes them of `subfigure`, `minipage`, `resizebox` and `wraptable` (a test makes them anew where
that converter is installed), and as arXiv's pages of August 2026 have them: scaled tables in `ltx_transformed_outer`,
panels in `ltx_flex_figure` and `ltx_flex_cell` (LaTeXML-para-xhtml.xsl), a caption in another
cell than its table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

from selectolax.lexbor import LexborNode

from bot.sources.fulltext.latexml import FLOATS, classes_of, innermost

MOST_NUMBER = 40
MOST_SPAN = 40
LONGEST_REPEATED = 80


@dataclass(slots=True)
class Float:
    """What is known of a float while it is walked through."""

    number: str
    numbers: tuple[str, ...] = ()
    tables: tuple[int, ...] = ()
    said: set[str] = field(default_factory=set)

    def is_new(self, caption: str) -> bool:
        """Whether the caption was not read before: the converter repeats those of tables side by side."""
        is_new = caption not in self.said
        self.said.add(caption)
        return is_new

    def called(self, number: str) -> str:
        """The number for a caption: its own, where there are several; of a part's `(a)` the whole's with it."""
        return number if number in self.numbers else self.number or number

    def number_of(self, table: LexborNode) -> str:
        """The number of a table: of several under several captions each has its own."""
        if len(self.tables) == len(self.numbers) and table.mem_id in self.tables:
            return self.numbers[self.tables.index(table.mem_id)]
        return self.number


def float_of(node: LexborNode, outer: Float | None, number_of: Callable[[LexborNode | None], str]) -> Float:
    """The float that begins with this element, inside another where it is a part."""
    captions = node.css(".ltx_caption")
    own = [caption for caption in captions if innermost(caption, FLOATS) == node.mem_id]
    tags = (lexbor_node.css_first(".ltx_tag") for lexbor_node in own or captions)
    numbers = tuple(dict.fromkeys(said for tag in tags if (said := number_of(tag))))
    first = numbers[0] if numbers and (own or len(numbers) == 1) else ""
    if outer is not None and outer.number and (not first or first.startswith("(")):
        first = f"{outer.number}{first}"[:MOST_NUMBER]
        numbers = (first,)
    tables = tuple(lexbor_node.mem_id for lexbor_node in node.css(".ltx_tabular") if is_outermost_table(lexbor_node))
    return Float(first, numbers, tables)


def is_outermost_table(node: LexborNode) -> bool:
    """Whether it stands in no other table."""
    return innermost(node, {"ltx_tabular"}) == 0


def rows_of(table: LexborNode) -> list[LexborNode]:
    """Its own rows, not those of tables within its cells."""
    found = {
        lexbor_node.mem_id: lexbor_node
        for lexbor_node in table.css(".ltx_tr, tr")
        if innermost(lexbor_node, {"ltx_tabular"}) == table.mem_id
    }
    return list(found.values())


def cells_of(row: LexborNode) -> list[LexborNode]:
    """The cells of a row."""
    return [cell for cell in row.iter() if classes_of(cell) & {"ltx_td", "ltx_th"}]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's words, and over how many columns and rows it stands."""

    text: str
    columns: int = 1
    rows: int = 1


def span_of(cell: LexborNode, way: str) -> int:
    """How many columns or rows a cell takes; one where it does not say a sensible number."""
    said = (cell.attributes.get(way) or "").strip()
    return min(max(int(said), 1), MOST_SPAN) if said.isdecimal() and len(said) < 4 else 1


def set_numbers_last(article: LexborNode) -> None:
    """Move the number of a formula of several lines behind the last of them: in HTML it stands in the first line."""
    for cell in article.css("td.ltx_eqn_eqno[rowspan]"):
        first = last = cell.parent
        for _ in range(span_of(cell, "rowspan") - 1):
            last = _next_row(last) or last
        leads = first is not None and (opening := first.css_first("td")) is not None and opening.mem_id == cell.mem_id
        if first is not None and last is not None and last.mem_id != first.mem_id and not leads:
            last.insert_child(cell)
            cell.remove()


def _next_row(row: LexborNode | None) -> LexborNode | None:
    after = row.next if row is not None else None
    while after is not None and after.tag != "tr":
        after = after.next
    return after


def laid_out(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    """Each row whole by itself: a cell that stands over several is said in each of its rows and columns, so that every
    value stands under its head and beside its name. One that spans the whole table is said once."""
    width = max((sum(cell.columns for cell in row) for row in rows), default=0)
    hanging: dict[int, tuple[int, str]] = {}
    laid = []
    for row in rows:
        line: list[str] = []
        next_hanging: dict[int, tuple[int, str]] = {}
        cells = iter(row)
        for column in count():
            if column < len(line):
                continue
            if column in hanging:
                left, words = hanging[column]
                line.append(words)
                if left > 1:
                    next_hanging[column] = left - 1, words
                continue
            cell = next(cells, None)
            if cell is None:
                if column > max(hanging, default=-1):
                    break
                line.append("")
                continue
            line += _spread(cell, width)
            if cell.rows > 1:
                next_hanging |= {at: (cell.rows - 1, _again(cell.text)) for at in range(column, len(line))}
        hanging = next_hanging
        laid.append(line)
    return laid


def _spread(cell: Cell, width: int) -> list[str]:
    if cell.columns >= width:
        return [cell.text]
    return [cell.text, *[_again(cell.text)] * (cell.columns - 1)]


def _again(text: str) -> str:
    return text if len(text) <= LONGEST_REPEATED else ""
