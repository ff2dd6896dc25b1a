"""Tables over both columns of a PDF's page: their rows are not cut where the columns part.

Two columns of prose have lines at one height, too. So such rows are looked for beside a caption that stands over both
columns alone, and they end where something as wide as a column is written in one piece.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.sources.pdf.pdf_glyphs import Run

LEAST_ROWS = 2
WIDEST_STEP = 3.0
A_LINE = 0.8  # of a column's width: prose
_CAPTION = re.compile(r"(?:extended data |supplementary )?table\s+(?:[A-Z]?\.?\d|[IVXL]+\b)", re.IGNORECASE)


def rows_of(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs at one height, from the top down."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: (-run.y, run.x0)):
        if rows and abs(rows[-1][0].y - run.y) < 0.5 * max(run.size, rows[-1][0].size):
            rows[-1].append(run)
        else:
            rows.append([run])
    return rows


def crosses(run: Run, gutter: float) -> bool:
    """Whether it stands in both columns."""
    return run.x0 < gutter - 1 and run.x1 > gutter + 1


def wide_rows(runs: Sequence[Run], gutter: float) -> list[list[Run]]:
    """The rows of every table over both columns."""
    rows = rows_of(runs)
    column = gutter - min((run.x0 for run in runs), default=0.0)
    found: list[list[Run]] = []
    for at, row in enumerate(rows):
        if any(crosses(run, gutter) for run in row) and _CAPTION.match(row[0].text):
            below = at + 1
            while below < len(rows) and len(rows[below]) == 1 and _is_prose(rows[below][0], gutter, column):
                below += 1  # the caption goes on
            found += _table(rows[below - 1 :], gutter, column) or _table(rows[at::-1], gutter, column)
    return found


def _table(rows: Sequence[list[Run]], gutter: float, column: float) -> list[list[Run]]:
    """The rows behind the first, as far as they are a table's; none where they are not."""
    table: list[list[Run]] = []
    for last, row in pairwise(rows):
        is_near = abs(last[0].y - row[0].y) < WIDEST_STEP * max(run.size for run in row)
        if not is_near or any(_is_prose(run, gutter, column) for run in row):
            break
        table.append(row)
    is_wide = sum(row[0].x0 < gutter - 1 and row[-1].x1 > gutter + 1 and len(row) > 2 for row in table)
    return table if is_wide >= LEAST_ROWS else []


def _is_prose(run: Run, gutter: float, column: float) -> bool:
    """Whether it is written in one piece as wide as a column, or over both and without a gap."""
    return not run.gaps and (run.x1 - run.x0 > A_LINE * column or (crosses(run, gutter) and run.text.count(" ") > 5))
