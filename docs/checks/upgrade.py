"""A store of 0.1, read by this version: `PYTHONPATH=. python docs/checks/upgrade.py` prints the table of upgrade.md.

The program of commit 3ed65cd (0.1.0) is taken out of the repository into a temporary folder and run there against an
arXiv on loopback, in a chat in the terminal: it follows, posts a day, judges, shares, is asked
and told (votes and objections need a model, and are read by tests of the migrations).
Then this version opens that store. Every table of 0.1 is counted before and after.
"""

import asyncio
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tests.fakes.arxiv import FakeArxiv
from tests.fakes.feeds import last_weekdays, redated

ROOT = Path(__file__).resolve().parents[2]
OLD = "3ed65cd"
DAY = ROOT / "bot" / "demo" / "day.rss.xml"
PAPER = "2611.99023"
SAID = f"""\
follow add cs.AI lens=discontinuity threshold=40
follow on cs.AI
follow now cs.AI
verdict {PAPER}
share {PAPER} discontinuity
feedback the cards are good
ask What does it compare with? paper={PAPER}
sharing off
"""
OTHERS = ("alembic_version", "sqlite_sequence")


async def main() -> None:
    """Make the old store, open it with this version, and print what is there before and after."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        before = await made_by_the_old(folder)
        await copecheck(folder, ROOT, "run", "--once")  # what alone brings a store up to date; arXiv is dark
        version = await copecheck(folder, ROOT, "status", "--json")
        after = counted(folder / "copecheck.db")
        print("| table of 0.1 | rows in 0.1 | rows after | ")
        print("|---|---|---|")
        for table, rows in sorted(before.items()):
            print(f"| `{table}` | {rows} | {after.get(table, 'gone')} |")
        facts = json.loads(version)
        print(f"\nstatus: {facts['editions'][0]['says']}; follows: {[one['state'] for one in facts['follows']]}")
        talk = f"status\nfollow list\nrecent\nsearch council\nverdict {PAPER}\nreport\n"
        shown = await copecheck(folder, ROOT, "chat", said=talk)
        for words in (r"36 announced, .*", r"one digest a day[^\n]*", r"Found for .council."):
            found = re.search(words, shown)
            print(f"chat: {found[0] if found else f'NOTHING like {words}'}")
        print("feedback:", (await copecheck(folder, ROOT, "feedback")).splitlines()[-1].strip())


async def made_by_the_old(folder: Path) -> dict[str, int]:
    """A store as 0.1 leaves it behind, with its rows counted."""
    packed = subprocess.run(["git", "archive", OLD], cwd=ROOT, capture_output=True, check=True).stdout
    program = folder / "program"
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(program, filter="data")
    async with FakeArxiv() as arxiv:
        arxiv.saved = [redated(DAY.read_bytes(), *last_weekdays(1))]
        addresses = {"FEED": arxiv.url, "API": arxiv.api_url, "SITE": arxiv.url}
        settings = {f"COPECHECK_ARXIV__{name}_URL": url for name, url in addresses.items()}
        await copecheck(folder, program, "chat", said=SAID, COPECHECK_ARXIV__REQUEST_GAP_SECONDS="0", **settings)
    return counted(folder / "copecheck.db")


async def copecheck(folder: Path, program: Path, *arguments: str, said: str = "", **more: str) -> str:
    """What a command of that program shows."""
    dark = {f"COPECHECK_ARXIV__{name}_URL": "http://127.0.0.1:9" for name in ("FEED", "API", "SITE")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COPECHECK_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=folder,
        env=kept | dark | {"PYTHONPATH": str(program), "PYTHONSAFEPATH": "1"} | more,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(said.encode())
    if process.returncode not in (0, 3):
        raise SystemExit(f"{arguments}: {err.decode()}")
    return out.decode()


def counted(file: Path) -> dict[str, int]:
    """The rows of every table of a store that holds any."""
    with sqlite3.connect(file) as store:
        names = [row[0] for row in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        tables = [name for name in names if name not in OTHERS and not name.startswith("verdict_search_")]
        rows = {name: store.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}
    return {name: count for name, count in rows.items() if count}


if __name__ == "__main__":
    asyncio.run(main())
