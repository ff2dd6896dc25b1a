"""Which lines of a PDF are rows of a table: gaps as wide as cells need, under one another in line after line."""

import re
from collections.abc import Collection, Sequence

from bot.sources.pdf.pdf_lines import Line

LEAST_ROWS = 2
WIDEST_STEP = 3.0
_EQUATION = re.compile(r"\([A-Z]?\.?\d{1,3}(?:\.\d{1,3})*[a-z]?\)")
_NO_HEAD = re.compile(r"^(?:table|fig)|[.:;,?!]$", re.IGNORECASE)


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
    numbers = [at for at, cell in enumerate(cells) if _EQUATION.fullmatch(cell)]
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
