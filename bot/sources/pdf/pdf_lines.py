"""Runs of letters on a page -> lines in reading order: one column or two, what spans both between them.

Running heads, page numbers and arXiv's stamp are no lines of the text.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.sources.pdf.pdf_glyphs import Page, Run
from bot.sources.pdf.pdf_wide import crosses, rows_of, wide_rows

MARGIN = 0.16
FOOT = 0.25
LEAST_REPEATS = 3
LEAST_RUNS = 4
LEAST_ENTRIES = 4
CENTRED = 0.01  # of the page's width, from the middle of its text
NEAR_MIDDLE = 0.04
LEAST_LETTERS = 15  # of a column's lines, on an average
LEAST_AROUND = 25  # of the line that a letter of a column stands in, on an average
_NUMBER = re.compile(
    r"(?:page\s+)?[-–—]?\s*(?:\d{1,4}|[ivxlc]{1,6})\s*(?:[-–—]\s*)?(?:(?:of|/)\s*\d{1,4})?", re.IGNORECASE
)
_STAMP = re.compile(r"arXiv:\d{4}\.\d{4,5}|arXiv:[a-z-]+/\d{7}")
_DIGITS = re.compile(r"\d+")
_AT_END = re.compile(r"^\d{1,4}(?= )|(?<= )\d{1,4}$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is read: `left` and `right` are its column's edges, `low` how far down the page it is (0 to 1).

    `lead`: what of its beginning is set apart, as a title that runs into its paragraph. `cells`: its words as far as
    wide gaps part them, and `gaps` those gaps.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    is_bold: bool
    is_italic: bool
    page: int
    column: int
    left: float
    right: float
    low: float
    lead: str = ""
    cells: tuple[str, ...] = ()
    gaps: tuple[tuple[float, float], ...] = ()


def lines_of(pages: Sequence[Page]) -> list[Line]:
    """All lines of all pages in reading order."""
    bodies = _without_furniture(pages)
    entries = _entries(bodies)
    lines: list[Line] = []
    for number, (page, runs) in enumerate(zip(pages, bodies, strict=True)):
        gutter = _gutter(runs, page.width)
        for part in _parted(runs, entries, gutter, page.width):
            lines += _page_lines(part, page, number, gutter)
    return lines


def _parted(
    runs: Sequence[Run], entries: set[int], gutter: float | None, width: float
) -> tuple[list[Run], list[Run], list[Run]]:
    """What stands before a page's references, they themselves, and what stands behind them."""
    inside = [run for run in runs if id(run) in entries]
    outside = [run for run in runs if id(run) not in entries]
    if not inside:
        return outside, [], []
    middle = gutter if gutter is not None else width
    lowest = {
        side: min((run.y for run in inside if (run.x0 >= middle - 1) == side), default=None) for side in (False, True)
    }

    def is_behind(run: Run) -> bool:
        low = lowest[run.x0 >= middle - 1]
        return run.y < low if low is not None else run.x0 >= middle - 1

    return [run for run in outside if not is_behind(run)], inside, [run for run in outside if is_behind(run)]


def _entries(bodies: Sequence[Sequence[Run]]) -> set[int]:
    """The runs of references set smaller than the text: a layer of their own, for columns are often balanced there."""
    count = Counter(round(run.size, 1) for runs in bodies for run in runs for _ in run.text)
    size = count.most_common(1)[0][0] if count else 0.0
    small: list[Run] = []
    wanted = 1
    for run in (run for runs in bodies for run in runs if run.size < size - 0.4):
        if run.text.startswith("[1] "):
            small, wanted = [], 1
        if run.text.startswith(f"[{wanted}] "):
            wanted += 1
        if wanted > 1 and (not small or abs(run.size - small[0].size) < 0.3):
            small.append(run)
    return {id(run) for run in small} if wanted > LEAST_ENTRIES else set()


def _without_furniture(pages: Sequence[Page]) -> list[list[Run]]:
    """Each page's runs without its number and without what stands at the edge of page after page."""
    heads = [_numbered_head(page) | paged for page, paged in zip(pages, _paged_heads(pages), strict=True)]
    bodies = [
        [run for run in page.runs if not _is_number(run, page) and id(run) not in head]
        for page, head in zip(pages, heads, strict=True)
    ]
    for say in (_digitless, _exact, _exact):  # a second line of a running head must be the same to the letter
        for pick in (max, min):
            edges = [_edge(runs, page, pick) for runs, page in zip(bodies, pages, strict=True)]
            count = Counter(say(row) for row in edges if row)
            most = max(LEAST_REPEATS, len(pages) // 4)
            gone = [{id(run) for run in row} if row and count[say(row)] >= most else set() for row in edges]
            bodies = [[run for run in runs if id(run) not in ids] for runs, ids in zip(bodies, gone, strict=True)]
    return bodies


def _numbered_head(page: Page) -> set[int]:
    """The row at the very top when a page number stands in it, well above the text: a running head."""
    row = _edge(page.runs, page, max)
    if len(row) < 2 or not any(_is_number(run, page) for run in row):
        return set()
    below = max((run.y for run in page.runs if run.y < row[0].y - row[0].size), default=0.0)
    return {id(run) for run in row} if row[0].y - below > 1.6 * row[0].size else set()


def _paged_heads(pages: Sequence[Page]) -> list[set[int]]:
    """Rows at the very top that begin or end with the number of their page: it goes on as the pages do."""
    rows = [_edge(page.runs, page, max) for page in pages]
    counts = [{int(found[0]) - at for found in _AT_END.finditer(_exact(row))} for at, row in enumerate(rows)]
    first, many = (
        Counter(offset for offsets in counts for offset in offsets).most_common(1)[0] if any(counts) else (0, 0)
    )
    if many < max(LEAST_REPEATS, len(pages) // 3):
        return [set() for _ in pages]
    return [{id(run) for run in row} if first in offsets else set() for row, offsets in zip(rows, counts, strict=True)]


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
    if not _NUMBER.fullmatch(run.text.strip()) or not (_is_outer(run, page) or _is_last(run, page)):
        return False
    if any(_is_beside(run, other) and _NUMBER.fullmatch(other.text.strip()) for other in page.runs):
        return False  # a row of a table
    near = 3 * run.size
    return not any(
        other is not run and abs(other.y - run.y) < run.size and other.x0 - near < run.x1 and run.x0 < other.x1 + near
        for other in page.runs
    )


def _is_outer(run: Run, page: Page) -> bool:
    """Whether it stands in the margin, and at most one row farther out."""
    above = {round(other.y) for other in page.runs if other.y > run.y + run.size}
    below = {round(other.y) for other in page.runs if other.y < run.y - run.size}
    return _is_at_edge(run, page) and min(len(above), len(below)) < 2


def _is_beside(run: Run, other: Run) -> bool:
    return other is not run and abs(other.y - run.y) < 0.5 * run.size


def _is_last(run: Run, page: Page) -> bool:
    """Whether nothing stands below it, in the lower part of the page."""
    return run.y < FOOT * page.height and all(other is run or other.y > run.y + run.size for other in page.runs)


def _page_lines(runs: list[Run], page: Page, number: int, gutter: float | None) -> list[Line]:
    gutter = gutter or _gutter(runs, page.width)
    if gutter is None:
        return _column(runs, page, number, 0)
    lines: list[Line] = []
    sides: tuple[list[Run], list[Run]] = ([], [])
    wide = {id(row[0]): row for row in wide_rows(runs, gutter)}
    held = {id(run) for row in wide.values() for run in row[1:]}
    for run in sorted((run for run in runs if id(run) not in held), key=lambda run: -run.y):
        if id(run) in wide or crosses(run, gutter):
            lines += _band(sides, page, number)
            sides = ([], [])
            lines += _column(wide.get(id(run), [run]), page, number, 0)
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
    middle = (min(run.x0 for run in runs) + max(run.x1 for run in runs)) / 2
    aside = [run for run in runs if abs((run.x0 + run.x1) / 2 - middle) > CENTRED * width]  # no title, nor a whole line
    gutter = min(places, key=lambda at: (_crossing(aside, at), abs(at - middle)))
    if abs(gutter - middle) > NEAR_MIDDLE * width:
        gutter = min(places, key=lambda at: (_crossing(runs, at), abs(at - width / 2)))
    left = [run for run in runs if run.x1 <= gutter + 1]
    right = [run for run in runs if run.x0 >= gutter - 1]
    is_parted = _crossing(runs, gutter) <= 0.5 * total and _is_column(left) and _is_column(right)
    return gutter if is_parted else None


def _crossing(runs: Sequence[Run], gutter: float) -> int:
    """How many letters stand in lines that go over it."""
    return sum(len(run.text) for run in runs if crosses(run, gutter))


def _is_column(runs: Sequence[Run]) -> bool:
    """Lines of prose under one another, not the cells of a table; pieces of formulas may stand between them."""
    lengths = [len(run.text) for run in runs]
    is_long = sum(lengths) >= LEAST_LETTERS * len(runs) or sum(n * n for n in lengths) >= LEAST_AROUND * sum(lengths)
    return len(runs) >= LEAST_RUNS and is_long


def _column(runs: Sequence[Run], page: Page, number: int, column: int) -> list[Line]:
    """Runs of one column as lines, from the top down."""
    rows = rows_of(runs)
    if not rows:
        return []
    left, right = min(run.x0 for run in runs), max(run.x1 for run in runs)
    return [_line(row, page, number, column, left, right) for row in rows]


def _line(row: list[Run], page: Page, number: int, column: int, left: float, right: float) -> Line:
    row = sorted(row, key=lambda run: run.x0)
    main = max(row, key=lambda run: len(run.text) * run.size)
    gaps = [gap for run in row for gap in _gaps(run)] + [(left.x1, other.x0) for left, other in pairwise(row)]
    return Line(
        text=" ".join(run.text for run in row),
        x0=row[0].x0,
        x1=max(run.x1 for run in row),
        y=main.y,
        size=round(main.usual_size * 2) / 2,
        is_bold=sum(run.bold for run in row) > 0.6 * sum(len(run.text.replace(" ", "")) for run in row),
        is_italic=sum(run.italic for run in row) > 0.6 * sum(len(run.text.replace(" ", "")) for run in row),
        page=number,
        column=column,
        left=left,
        right=right,
        low=1 - main.y / max(page.height, 1.0),
        lead=row[0].text[: row[0].lead].strip(),
        cells=tuple(cell for run in row for cell in _cells(run)),
        gaps=tuple(sorted(gaps)),
    )


def _gaps(run: Run) -> list[tuple[float, float]]:
    return [(left, right) for _, left, right in run.gaps]


def _cells(run: Run) -> list[str]:
    places = [0, *(at for at, _, _ in run.gaps), len(run.text)]
    return [run.text[start:other].strip() for start, other in pairwise(places)]
