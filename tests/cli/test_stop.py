"""A stop always stops: also while a cue without end is matched, and while a hostile page is read."""

import asyncio
import os
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import closing
from pathlib import Path

import pytest

from bot.lenses import load
from tests.cli.test_commands import ROOT, SETTINGS
from tests.fakes import latexml
from tests.fakes.arxiv import FakeArxiv
from tests.fakes.feeds import Invented, invent, last_weekdays
from tests.platforms.test_hostile_paper import BRACKETS

ENDLESS = r"(\w+\s?)+$"
PATIENCE_SECONDS = 60


TELLS_AT_ITS_END = """
import atexit, gc, runpy, sys
atexit.register(lambda: print("kept out of the search:", gc.get_freeze_count()))
sys.argv = ["copecheck", "run"]
runpy.run_module("bot", run_name="__main__")
"""


async def started(folder: Path, command: str, script: str = "") -> Process:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COPECHECK_")}
    kept |= {"PYTHONPATH": str(ROOT)}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *(("-c", script) if script else ("-m", "bot", command)),
        cwd=folder,
        env=kept,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
    )


async def stopped(process: Process, number: signal.Signals) -> str:
    """What it said until it ended, which it does soon."""
    process.send_signal(number)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            said, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    return (said + errors).decode()


def judging(store: Path) -> int:
    """How many judgings are under way."""
    if not store.exists():
        return 0
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=30)) as connection:
        try:
            asked = "SELECT count(*) FROM jobs WHERE queue = 'judge' AND leased"
            return int(connection.execute(asked).fetchone()[0])
        except sqlite3.OperationalError:
            return 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_stop_stops_while_a_slow_cue_is_matched_against_a_day(tmp_path: Path, number: signal.Signals) -> None:
    shipped = await asyncio.to_thread((Path(load.__file__).parent / "plain.toml").read_text, encoding="utf-8")
    own = shipped.replace("cues = [", f"cues = ['{ENDLESS}', ").replace('key = "plain"', 'key = "own"', 1)
    (tmp_path / "lenses").mkdir()
    (tmp_path / "lenses" / "own.toml").write_text(own, encoding="utf-8")
    [day] = last_weekdays(1)
    slow = "We count the shelves of many nurses in kitchens that nobody has ever opened before, " * 12 + "and stop!"
    async with FakeArxiv() as arxiv:
        arxiv.announce(day, [Invented(f"2606.{number:05}", abstract=slow) for number in range(1, 120)])
        told = SETTINGS.format(url=arxiv.url) + 'lens = "own"\n[lenses]\nfolder = "lenses"\n'
        (tmp_path / "config.toml").write_text(told)
        process = await started(tmp_path, "run")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await asyncio.to_thread(judging, tmp_path / "copecheck.db"):
                assert process.returncode is None
                await asyncio.sleep(0.05)
        said = await stopped(process, number)
    assert process.returncode == (0 if number is signal.SIGTERM else 130), said
    assert "Traceback" not in said


async def test_a_stop_stops_while_a_hostile_page_is_read(tmp_path: Path) -> None:
    paper = invent(1)
    async with FakeArxiv() as arxiv:
        [day] = last_weekdays(1)
        arxiv.announce(day, [paper])
        for name in (paper.id, f"{paper.id}v1"):
            arxiv.pages[name] = latexml.page(BRACKETS, id=paper.id)
        (tmp_path / "config.toml").write_text(SETTINGS.format(url=arxiv.url))
        process = await started(tmp_path, "chat")
        assert process.stdin is not None
        process.stdin.write(f"ask What is it about? paper={paper.id}\n".encode())
        await process.stdin.drain()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not arxiv.count("html"):
                assert process.returncode is None
                await asyncio.sleep(0.05)
        said = await stopped(process, signal.SIGTERM)
    assert process.returncode is not None
    assert "Traceback" not in said


@pytest.mark.parametrize("words", [b"", b"help\n"])
async def test_a_stop_stops_a_chat_whose_script_never_goes_on(tmp_path: Path, words: bytes) -> None:
    (tmp_path / "config.toml").write_text(SETTINGS.format(url="http://127.0.0.1:9"))
    process = await started(tmp_path, "chat")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"about\n" + words)
    await process.stdin.drain()
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        await process.stdout.read()  # its input stays open all the while
        assert await process.wait() == 0


async def test_a_search_for_garbage_does_not_go_through_what_stands_since_the_start(tmp_path: Path) -> None:
    """Such a search held the loop for a fifth of a second of the processor, again and again."""
    (tmp_path / "config.toml").write_text("[platforms.console]\nshow = false\n", encoding="utf-8")
    process = await started(tmp_path, "run", TELLS_AT_ITS_END)
    assert process.stderr is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        said = ""
        while "At work" not in said and (line := await process.stderr.readline()):
            said += line.decode()
    said += await stopped(process, signal.SIGTERM)
    assert int(said.partition("kept out of the search: ")[2].split()[0]) > 10_000, said
