"""What the expressions that meet strangers' texts take, each on the text of the tests' table that it stumbles over."""

import signal
import time
import tomllib
from collections.abc import Iterator

from bot.text.tex import LONGEST_READ, readable
from tests import expressions

TEX = (
    "\\frac{",
    "\\sqrt{",
    "\\text{",
    "a^",
    "^{",
    "\\left(",
    "\\hat ",
    "& ",
    "\\'e",
    "\\over ",
    "\\sum_{i",
    "\\mathbf ",
)
BOUND = 1000.0  # milliseconds for 100 kB, which is far more than a message or a title


SHOWN_BOUND = 150.0  # milliseconds for the longest title or abstract that is made readable, once


def readable_milliseconds() -> tuple[float, str]:
    """The piece that holds up most what makes TeX readable, which runs in the process that listens."""
    taken = []
    for piece in (*expressions.PIECES, *TEX):
        for before, behind in (("", ""), ("$", "$"), ("\\(", "\\)")):
            room = LONGEST_READ - len(before) - len(behind)
            text = before + piece * (room // len(piece)) + behind
            began = time.process_time()
            readable(text)
            taken.append((1000 * (time.process_time() - began), before + piece))
    return max(taken)


def measure() -> Iterator[tuple[str, str, str, bool]]:
    """The slowest five on 100 kB, or on as much as is ever read, and how many there are."""
    signal.signal(signal.SIGALRM, expressions._give_up)
    table = tomllib.loads(expressions.TABLE.read_text(encoding="utf-8"))
    taken: dict[str, float] = {}
    for found in expressions.found():
        entry = table[found.key]
        if "inside" in entry:
            continue
        piece, length = entry["text"], entry.get("most", expressions.WHOLE)
        texts = [piece * (length // len(piece)) + end for end in expressions.ENDS]
        patterns = expressions.patterns_of(found, entry)
        each = [expressions.seconds(pattern, entry["use"], text) for pattern in patterns for text in texts]
        taken[found.key] = max(each, default=0.0)
    for key in sorted(taken, key=taken.__getitem__, reverse=True)[:5]:
        milliseconds = 1000 * taken[key]
        yield f"{key}, of {len(taken)}", f"{milliseconds:.1f} ms", f"at most {BOUND:.0f} ms", milliseconds <= BOUND
    milliseconds, piece = readable_milliseconds()
    yield (
        f"{LONGEST_READ:,} characters made readable, of the slowest piece ({piece!r})",
        f"{milliseconds:.0f} ms",
        f"at most {SHOWN_BOUND:.0f} ms",
        milliseconds <= SHOWN_BOUND,
    )
