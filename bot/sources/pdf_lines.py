"""Runs of letters on a page -> lines in reading order: one column or two, what spans both between them.

Running heads, page numbers and arXiv's stamp are no lines of the text.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.sources.pdf_glyphs import Page, Run

MARGIN = 0.16
LEAST_REPEATS = 3
LEAST_RUNS = 4
LEAST_LETTERS = 15
_NUMBER = re.compile(r"(?:page\s+)?[-–—]?\s*(?:\d{1,4}|[ivxlc]{1,6})\s*[-–—]?(?:\s*(?:of|/)\s*\d{1,4})?", re.IGNORECASE)
_STAMP = re.compile(r"arXiv:\d{4}\.\d{4,5}|arXiv:[a-z-]+/\d{7}")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is read: `left` and `right` are its column's edges, `low` how far down the page it is (0 to 1)."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    is_bold: bool
    page: int
    column: int
    left: float
    right: float
    low: float


def lines_of(pages: Sequence[Page]) -> list[Line]:
    """All lines of all pages in reading order."""
    bodies = _without_furniture(pages)
    return [
        line
        for number, (page, runs) in enumerate(zip(pages, bodies, strict=True))
        for line in _page_lines(runs, page, number)
    ]


def _without_furniture(pages: Sequence[Page]) -> list[list[Run]]:
    """Each page's runs without its number and without what stands at the edge of page after page."""
    bodies = [[run for run in page.runs if not _is_number(run, page)] for page in pages]
    for say in (_digitless, _exact, _exact):  # a second line of a running head must be the same to the letter
        for pick in (max, min):
            edges = [_edge(runs, page, pick) for runs, page in zip(bodies, pages, strict=True)]
            count = Counter(say(row) for row in edges if row)
            most = max(LEAST_REPEATS, len(pages) // 4)
            gone = [{id(run) for run in row} if row and count[say(row)] >= most else set() for row in edges]
            bodies = [[run for run in runs if id(run) not in ids] for runs, ids in zip(bodies, gone, strict=True)]
    return bodies


def _exact(row: Sequence[Run]) -> str:
    return " ".join(run.text for run in row)


def _digitless(row: Sequence[Run]) -> str:
    return _DIGITS.sub("", _exact(row)).strip().casefold()


def _is_at_edge(run: Run, page: Page) -> bool:
    return run.y < MARGIN * page.height or run.y > (1 - MARGIN) * page.height


def _edge(runs: Sequence[Run], page: Page, pick: Callable[[Iterable[float]], float]) -> list[Run]:
    """The outermost row at the top or the bottom, when it stands in the margin."""
    if not runs:
        return []
    y = pick(run.y for run in runs)
    row = sorted((run for run in runs if abs(run.y - y) < 0.5 * run.size), key=lambda run: run.x0)
    return row if row and _is_at_edge(row[0], page) else []


def _is_number(run: Run, page: Page) -> bool:
    """A page number stands alone at the edge, or beside a running head; arXiv's stamp is at home nowhere."""
    if _STAMP.match(run.text):
        return True
    if not _is_at_edge(run, page) or not _NUMBER.fullmatch(run.text.strip()):
        return False
    near = 3 * run.size
    return not any(
        other is not run and abs(other.y - run.y) < run.size and other.x0 - near < run.x1 and run.x0 < other.x1 + near
        for other in page.runs
    )


def _page_lines(runs: list[Run], page: Page, number: int) -> list[Line]:
    gutter = _gutter(runs, page.width)
    if gutter is None:
        return _column(runs, page, number, 0)
    lines: list[Line] = []
    sides: tuple[list[Run], list[Run]] = ([], [])
    for run in sorted(runs, key=lambda run: -run.y):
        if run.x0 < gutter - 1 and run.x1 > gutter + 1:
            lines += _band(sides, page, number)
            sides = ([], [])
            lines += _column([run], page, number, 0)
        else:
            sides[run.x0 >= gutter - 1].append(run)
    return lines + _band(sides, page, number)


def _band(sides: tuple[list[Run], list[Run]], page: Page, number: int) -> list[Line]:
    return _column(sides[0], page, number, 1) + _column(sides[1], page, number, 2)


def _gutter(runs: Sequence[Run], width: float) -> float | None:
    """Where the page parts into two columns; None when it does not."""
    total = sum(len(run.text) for run in runs)
    if total < 200:
        return None
    places = [width * (0.38 + 0.24 * step / 60) for step in range(61)]
    crossings = [sum(len(run.text) for run in runs if run.x0 < at - 1 and run.x1 > at + 1) for at in places]
    least = min(crossings)
    clear = [at for at, crossing in zip(places, crossings, strict=True) if crossing == least]
    gutter = min(clear, key=lambda at: abs(at - width / 2))
    left = [run for run in runs if run.x1 <= gutter + 1]
    right = [run for run in runs if run.x0 >= gutter - 1]
    is_parted = least <= 0.5 * total and _is_column(left) and _is_column(right)
    return gutter if is_parted else None


def _is_column(runs: Sequence[Run]) -> bool:
    """Lines of prose under one another, not the cells of a table."""
    return len(runs) >= LEAST_RUNS and sum(len(run.text) for run in runs) / len(runs) >= LEAST_LETTERS


def _column(runs: Sequence[Run], page: Page, number: int, column: int) -> list[Line]:
    """Runs of one column as lines, from the top down."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: (-run.y, run.x0)):
        if rows and abs(rows[-1][0].y - run.y) < 0.5 * max(run.size, rows[-1][0].size):
            rows[-1].append(run)
        else:
            rows.append([run])
    if not rows:
        return []
    left, right = min(run.x0 for run in runs), max(run.x1 for run in runs)
    return [_line(row, page, number, column, left, right) for row in rows]


def _line(row: list[Run], page: Page, number: int, column: int, left: float, right: float) -> Line:
    row = sorted(row, key=lambda run: run.x0)
    main = max(row, key=lambda run: len(run.text) * run.size)
    return Line(
        text=" ".join(run.text for run in row),
        x0=row[0].x0,
        x1=max(run.x1 for run in row),
        y=main.y,
        size=round(main.size * 2) / 2,
        is_bold=sum(run.bold for run in row) > 0,
        page=number,
        column=column,
        left=left,
        right=right,
        low=1 - main.y / max(page.height, 1.0),
    )
