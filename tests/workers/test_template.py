"""The template does what it is told or says that it cannot; no answer is taken for another's."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from bot.core.errors import Unreadable
from bot.core.fulltext.fulltext import TextKind
from bot.ports.workers import ReadLimits
from bot.workers import template as template_module
from bot.workers.frames import NOT_MINE
from bot.workers.pool import Pool, Task
from bot.workers.process import Gone, Template
from tests.workers.test_pool import FORMULAS, a_sentence, is_gone, reading, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere readers are started one by one")
HELD = Task("held", (), 5, 10_000)
# Runs `-m MODULE MEGABYTES` as Python does, after what is put in.
STARTER = """#!{python}
import os, runpy, sys
sys.path.insert(0, os.getcwd())
{first}
sys.argv = sys.argv[2:]
runpy.run_module(sys.argv[0], run_name="__main__")
"""
NO_FORK = """
def fork(real=os.fork):
    if os.path.exists({flag!r}):
        raise BlockingIOError("no process can be had")
    return real()
os.fork = fork
"""
NO_IMPORT = """
class Finder:
    def find_spec(self, name, *_):
        if name == "bot.text.split":
            raise ImportError("cannot be read from the disk")
sys.meta_path.insert(0, Finder())
"""


@pytest.fixture
def begun_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    def put(first: str) -> None:
        starter = tmp_path / "python"
        starter.write_text(STARTER.format(python=sys.executable, first=first), encoding="utf-8")
        starter.chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(starter))

    return put


async def _cancelled(task: asyncio.Task[Any], times: int) -> None:
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0)
    with suppress(asyncio.CancelledError):
        await task


def _an_order_is_out(pool: Pool) -> bool:
    return isinstance(pool._origin, Template) and pool._origin._turn.locked()


async def test_after_two_cancels_during_the_first_fork_each_worker_is_known_by_its_own_number() -> None:
    async with reading() as (pool, reader):
        first = asyncio.create_task(a_sentence(reader))
        await until(lambda: _an_order_is_out(pool))
        await _cancelled(first, times=2)
        tasks: list[asyncio.Task[Any]] = [
            asyncio.create_task(reader.read_file(TextKind.HTML, FORMULAS, who)) for who in ("a", "b", "c")
        ]
        await until(lambda: len(pool.pids) >= 2)
        tasks.append(asyncio.create_task(a_sentence(reader)))
        await until(lambda: len(pool.pids) == 3)
        assert len({*pool.pids}) == 3
        assert all(pid > 0 and not is_gone(pid) for pid in pool.pids)
        parents = {psutil.Process(pid).ppid() for pid in pool.pids}
        assert len(parents) == 1
        assert {one.pid for one in psutil.Process(parents.pop()).children()} == {*pool.pids}
        for task in tasks:
            await _cancelled(task, times=2)
        await until(lambda: len(pool.pids) <= 1)


async def test_a_template_whose_answer_nobody_heard_answers_nothing_any_more() -> None:
    origin = await Template.start(1024)
    worker = await origin.fork("split_text")
    origin._process.send_signal(signal.SIGSTOP)
    forking = asyncio.create_task(origin.fork("split_text"))
    await until(origin._turn.locked)
    await _cancelled(forking, times=1)
    with suppress(ProcessLookupError):
        origin._process.send_signal(signal.SIGCONT)
    with pytest.raises(Gone):
        await origin.fork("split_text")
    await worker.stop()
    await until(lambda: is_gone(worker.pid))
    await origin.stop()


async def test_a_process_that_is_no_worker_of_the_template_is_let_be() -> None:
    origin = await Template.start(1024)
    worker = await origin.fork("split_text")
    bystander = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=-1)
    await origin.end(bystander.pid)
    await bystander.communicate(b"\n")
    assert bystander.returncode == 0
    await worker.stop()
    await until(lambda: is_gone(worker.pid))
    await origin.stop()


@pytest.mark.parametrize("number", [0, -1, -9, os.getpid(), os.getppid()], ids=["0", "-1", "-9", "own", "parent"])
def test_no_signal_goes_to_a_group_or_to_a_stranger(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def kill(*arguments: int) -> None:
        raise AssertionError(arguments)

    monkeypatch.setattr(os, "kill", kill)
    assert template_module._end(number) == NOT_MINE


async def test_where_no_process_can_be_had_it_is_said_and_the_workers_that_there_are_go_on(
    begun_with: Callable[[str], None], tmp_path: Path
) -> None:
    flag = tmp_path / "full"
    begun_with(NO_FORK.format(flag=str(flag)))
    async with reading(ReadLimits(seconds=600)) as (pool, reader):
        long = asyncio.create_task(reader.read_file(TextKind.HTML, FORMULAS, "alice"))
        await until(lambda: bool(pool.pids))
        there = pool.pids
        flag.touch()
        with pytest.raises(Unreadable, match="this machine has no room for another process") as caught:
            await a_sentence(reader)
        assert caught.value.is_passing
        assert pool.pids == there
        assert not is_gone(there[0])
        flag.unlink()
        assert await a_sentence(reader)
        assert len({psutil.Process(pid).ppid() for pid in pool.pids}) == 1
        await _cancelled(long, times=1)


async def test_what_the_template_cannot_load_is_the_fault_of_that_task_alone(begun_with: Callable[[str], None]) -> None:
    begun_with(NO_IMPORT)
    async with reading() as (pool, reader):
        await pool.run(HELD)
        there = pool.pids
        before = psutil.Process(there[0]).ppid()
        with pytest.raises(Unreadable, match="its reader broke down") as caught:
            await a_sentence(reader)
        assert not caught.value.is_passing
        await pool.run(HELD)
        assert psutil.Process(pool.pids[0]).ppid() == before
