"""How cost grows: a day by rule with more papers, more follows, and more that is stored from earlier.

`python -m bench growth`; `python -m bench.growth PAPERS FOLLOWS STORED` is one such day, in its own process.
"""

import asyncio
import json
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from bench.days import invented
from bench.path import cpu_seconds
from bench.worlds import world

PAPERS = (100, 300, 1000, 3000)
FOLLOWS = (1, 10, 100, 1000)
STORED = (0, 60_000, 600_000)
USUAL_PAPERS, USUAL_FOLLOWS = 300, 1
FEW_PAPERS = 100
SLACK, FLAT = 1.3, 1.5  # what a figure may be above a straight line, and above that of an empty store

# Earlier days as rows: `n` counts from 0, 400 papers a day, each judged, listed and found by search.
EARLIER = "WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n + 1 < :count) "
ID = "printf('%04d.%05d', 1001 + n / 100000, n % 100000)"
DAY = "date('2015-01-01', '+' || (n / 400) || ' days')"
FILLING = (
    f"INSERT INTO papers (id, version, title, abstract, authors, categories) {EARLIER} SELECT {ID}, 1, 'System ' || n, "
    ":text, 'A. Author', '[\"cs.AI\"]' FROM c",
    f"INSERT INTO announcements {EARLIER} SELECT 'cs.AI', {DAY}, {ID}, 1, 'new', 0, 'feed' FROM c",
    "INSERT INTO jobs (queue, key, paper, lens, payload, priority, state, due, leased, attempts, settled, added, "
    f"ended, reason) {EARLIER} SELECT 'judge', {ID} || '|discontinuity|x', {ID}, 'discontinuity', '{{}}', 0, 'done', "
    "0, 0, 1, 0, 0, 0, '' FROM c",
    f"INSERT INTO verdicts (paper, lens, paper_hash, analyst, body) {EARLIER} SELECT {ID}, 'discontinuity', 'x', "
    "'scan', :body FROM c",
    f"INSERT INTO subjects (paper, lens, classes) {EARLIER} SELECT {ID}, 'discontinuity', '||' FROM c",
    f"INSERT INTO showings {EARLIER} SELECT 'console:0', n + 1, {DAY}, 1 FROM c",
    f"INSERT INTO editions {EARLIER} SELECT '0/' || {DAY} || '/1', '0', {DAY}, 1, n, :follow FROM c WHERE n % 400 = 0",
    f"INSERT INTO fates (edition, paper, fate) {EARLIER} SELECT '0/' || {DAY} || '/1', {ID}, 'listed' FROM c",
    f"INSERT INTO verdict_search (rowid, title, abstract, headline, analysis) {EARLIER} SELECT n + 1, 'System ' || n, "
    ":text, '', '' FROM c",
)
TEXT = "We present a system. It is invented, and it fails on long inputs. " * 8


def _follows(count: int) -> list[dict[str, Any]]:
    return [
        {"name": str(n), "place": f"console:{n}", "categories": ["cs.AI"], "hour": "00:00", "weekdays": list(range(7))}
        for n in range(count)
    ]


def _fill(path: Path, count: int) -> None:
    """What earlier days left behind, as rows."""
    with closing(sqlite3.connect(path)) as connection:
        (follow,) = connection.execute("SELECT body FROM follows WHERE name = '0'").fetchone()
        values = {"count": count, "text": TEXT, "body": "{}", "follow": follow}
        for statement in FILLING:
            connection.execute(statement, values)
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def _day(papers: int, follows: int, stored: int) -> dict[str, float]:
    """A round: polled, judged, closed, posted."""
    statements = 0

    def counted(*_: Any) -> None:
        nonlocal statements
        statements += 1

    async with world({"follows": _follows(follows)}) as made:
        if stored:
            await asyncio.to_thread(_fill, made.folder / "bench.db", stored)
        made.body = invented(papers)
        await made.app.rules.restraints()
        event.listen(Engine, "before_cursor_execute", counted)
        before = cpu_seconds()
        await made.round()
        spent = cpu_seconds() - before
        posts = (made.folder / "posts.jsonl").read_text().count("\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cpu": spent, "statements": statements, "peak": peak, "posts": posts}


def _measured(papers: int, follows: int, stored: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.growth", str(papers), str(follows), str(stored)]
    shown = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(shown.stdout)
    return found


def _said(found: dict[str, float]) -> str:
    cpu, statements, posts, peak = (found[name] for name in ("cpu", "statements", "posts", "peak"))
    return f"{cpu:.1f} s of processor, {statements:.0f} statements, {posts:.0f} posts, {peak:.0f} MB"


def measure() -> Iterator[tuple[str, str, str, bool]]:
    """Each of the three grows while the others stay; nothing grows faster than what is asked for."""
    for size, before in zip(PAPERS, (None, *PAPERS), strict=False):
        yield _line(f"{size:,} papers a day", (size, USUAL_FOLLOWS, 0), before and size / before * SLACK)
    for size, before in zip(FOLLOWS, (None, *FOLLOWS), strict=False):
        yield _line(f"{size:,} follows", (FEW_PAPERS, size, 0), before and size / before * SLACK)
    for size in STORED:
        yield _line(f"{size:,} papers stored", (USUAL_PAPERS, USUAL_FOLLOWS, size), FLAT if size else None)


_last: dict[str, float] = {}


def _line(name: str, day: tuple[int, int, int], most: float | None) -> tuple[str, str, str, bool]:
    """One size, beside the one before (or the empty store): at most so many times as much."""
    found = _measured(*day)
    if most is None:
        _last.update(found)
        return f"a day by rule, {name}", _said(found), "to compare with", True
    times = {figure: found[figure] / _last[figure] for figure in ("cpu", "statements")}
    if not day[2]:
        _last.update(found)
    return f"a day by rule, {name}", _said(found), f"at most {most:g} times", max(times.values()) <= most


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_day(*map(int, sys.argv[1:4])))))
