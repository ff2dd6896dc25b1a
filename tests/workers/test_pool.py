"""Workers are started on need, used again, gone when idle, and never outlive a task, a caller or a parent."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from bot.core.errors import Unreadable
from bot.core.fulltext.fulltext import TextKind
from bot.ports.workers import ReadLimits
from bot.workers import pool as pool_module
from bot.workers import process as process_module
from bot.workers import reader as reader_module
from bot.workers.pool import Failure, Pool, Task, TaskFailed
from bot.workers.process import HERE, Gone, Origin, StartedAnew, Template, environment
from bot.workers.reader import WorkerReader
from tests.fakes import latexml, pdfs

linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere readers are started one by one")
LIMITS = ReadLimits()
WITHIN_SECONDS = 60.0
PAGE = latexml.page(latexml.WHOLE + latexml.sections(1))
FORMULAS = latexml.page(
    "".join(
        f'<div class="ltx_para"><p class="ltx_p"><math alttext="{"{" * 40}\\foo{at}{"}" * 40}"></math></p></div>'
        for at in range(4000)
    )
)


@asynccontextmanager
async def reading(limits: ReadLimits = LIMITS, idle_seconds: float = 60.0) -> AsyncIterator[tuple[Pool, WorkerReader]]:
    pool = Pool(limits.memory_megabytes, idle_seconds=idle_seconds)
    try:
        yield pool, WorkerReader(pool, limits)
    finally:
        await pool.close()
        assert _children() == []


async def a_sentence(reader: WorkerReader) -> tuple[tuple[int, int], ...]:
    """A short task, whose reader waits for more."""
    return await reader.split_text("We count.", [(0, 9)], "alice")


def _children() -> list[int]:
    """Readers and what they come from."""
    mine = psutil.Process().children(recursive=True)
    modules = {"bot.workers.template", "bot.workers.child"}
    return [one.pid for one in mine if one.is_running() and modules & {*one.cmdline()}]


def _opened(pid: int) -> set[str]:
    return {os.readlink(one) for one in Path(f"/proc/{pid}/fd").iterdir()}


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN_SECONDS):
        while not holds():  # noqa: ASYNC110 - a process has no event for its beginning and its end
            await asyncio.sleep(0.01)


def is_gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


async def test_nothing_runs_before_there_is_something_to_read_and_one_process_does_many_short_tasks() -> None:
    async with reading() as (pool, reader):
        assert list(pool.pids) == []
        await a_sentence(reader)
        first = pool.pids
        await a_sentence(reader)
        assert len(first) == 1
        assert pool.pids == first


async def test_who_has_read_a_file_reads_no_other() -> None:
    async with reading() as (pool, reader):
        await reader.read_file(TextKind.HTML, PAGE, "alice")
        assert pool.pids == ()
        assert (await reader.read_file(TextKind.PDF, pdfs.paper(), "bob")).spans


async def test_a_reader_that_has_nothing_to_do_goes() -> None:
    async with reading(idle_seconds=0.05) as (pool, reader):
        await a_sentence(reader)
        await until(lambda: _children() == [])
        assert pool.pids == ()
        assert await a_sentence(reader)


@pytest.mark.parametrize(
    ("kind", "body", "called"),
    [(TextKind.PDF, pdfs.long_paper(60), "the PDF"), (TextKind.HTML, FORMULAS, "arXiv's HTML")],
    ids=["pdf", "html"],
)
async def test_a_reader_that_takes_too_long_is_stopped_and_another_comes(
    kind: TextKind, body: bytes, called: str
) -> None:
    async with reading(replace(LIMITS, seconds=0.2)) as (pool, reader):
        with pytest.raises(Unreadable, match=rf"{called} could not be read within 0\.2 seconds") as caught:
            await reader.read_file(kind, body, "mallory")
        assert not caught.value.is_passing
        assert pool.pids == ()
        assert (await reader.read_file(TextKind.HTML, PAGE, "mallory")).spans


async def test_a_reader_whose_caller_is_gone_is_stopped() -> None:
    async with reading() as (pool, reader):
        task = asyncio.create_task(reader.read_file(TextKind.PDF, pdfs.long_paper(60), "alice"))
        await until(lambda: bool(pool.pids))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert pool.pids == ()


async def test_a_frozen_reader_is_ended_and_its_text_may_be_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "STARTING_SECONDS", 0.2)
    monkeypatch.setattr(reader_module, "SPLIT_SECONDS", 0.5)
    async with reading() as (pool, reader):
        monkeypatch.setattr(pool_module, "WALL_TIMES", 100)
        await a_sentence(reader)
        monkeypatch.setattr(pool_module, "WALL_TIMES", 1)
        os.kill(pool.pids[0], signal.SIGSTOP)
        with pytest.raises(Unreadable, match="this machine was too busy") as caught:
            await a_sentence(reader)
        assert caught.value.is_passing
        assert pool.pids == ()


async def test_a_reader_that_somebody_killed_is_replaced_and_the_text_is_read() -> None:
    async with reading() as (pool, reader):
        await a_sentence(reader)
        os.kill(pool.pids[0], signal.SIGKILL)
        assert (await reader.read_file(TextKind.HTML, PAGE, "alice")).spans


@linux
async def test_readers_are_copies_that_have_most_of_their_memory_in_common() -> None:
    async with reading() as (pool, reader):
        await a_sentence(reader)
        held = psutil.Process(pool.pids[0]).memory_full_info()
        assert held.uss < held.rss / 2


@linux
async def test_a_reader_has_its_own_channel_and_no_way_to_what_it_is_a_copy_of() -> None:
    async with reading() as (pool, reader):
        await a_sentence(reader)
        assert len(_opened(pool.pids[0]) - {os.devnull}) == 1


@linux
async def test_where_what_readers_come_from_was_killed_the_text_is_read_all_the_same() -> None:
    async with reading() as (pool, reader):
        await a_sentence(reader)
        killed = psutil.Process(pool.pids[0]).parent()
        assert killed is not None
        killed.kill()
        await until(lambda: is_gone(killed.pid))
        assert await a_sentence(reader)
        assert psutil.Process(pool.pids[0]).parent() != killed


@linux
async def test_after_a_reader_broke_down_the_next_are_copies_of_another() -> None:
    """Copies lie in memory alike: who can break one down could learn how, and use it on the next."""
    async with reading() as (pool, reader):
        await a_sentence(reader)
        first = pool.pids[0]
        before = psutil.Process(first).ppid()
        task = asyncio.create_task(reader.read_file(TextKind.HTML, FORMULAS, "mallory"))
        await until(lambda: pool.pids not in ((), (first,)))
        os.kill(pool.pids[0], signal.SIGSEGV)
        with pytest.raises(Unreadable, match="broke down"):
            await task
        await a_sentence(reader)
        assert psutil.Process(pool.pids[0]).ppid() != before


async def test_where_they_are_not_forked_readers_are_started_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_module, "FORKS", False)
    async with reading(idle_seconds=0.05) as (pool, reader):
        assert await a_sentence(reader)
        assert [psutil.Process(pid).ppid() for pid in pool.pids] == [os.getpid()]
        assert (await reader.restraints())[1] == []
        await until(lambda: _children() == [])


async def test_a_reader_may_not_have_more_memory_than_it_is_given() -> None:
    async with reading(replace(LIMITS, memory_megabytes=200)) as (_, reader):
        with pytest.raises(Unreadable, match=r"broke down|more memory") as caught:
            await reader.read_file(TextKind.PDF, pdfs.bomb(400), "mallory")
        assert not caught.value.is_passing


async def test_while_one_members_papers_are_read_anothers_is() -> None:
    async with reading(replace(LIMITS, seconds=20)) as (_, reader):
        hostile = [asyncio.create_task(reader.read_file(TextKind.HTML, FORMULAS, "mallory")) for _ in range(4)]
        await asyncio.sleep(0)
        assert (await reader.read_file(TextKind.HTML, PAGE, "alice")).spans
        assert not any(one.done() for one in hostile)
        for one in hostile:
            one.cancel()
        await asyncio.gather(*hostile, return_exceptions=True)


async def test_what_is_left_out_for_its_length_is_counted() -> None:
    async with reading(replace(LIMITS, characters=5000)) as (_, reader):
        few = await reader.read_file(TextKind.PDF, pdfs.long_paper(60), "")
        assert len(few.laid.text) <= 5000
        assert few.extract.known > 100_000


async def test_ctrl_c_in_a_terminal_is_the_parents_alone() -> None:
    async with reading() as (pool, reader):
        await a_sentence(reader)
        assert os.getsid(pool.pids[0]) != os.getsid(0)


PARENT = """
import asyncio
import psutil
from bot.core.fulltext.fulltext import TextKind
from bot.ports.workers import ReadLimits
from bot.workers.pool import Pool
from bot.workers.reader import WorkerReader
from tests.workers.test_pool import FORMULAS, a_sentence

async def main():
    pool = Pool(1024)
    reader = WorkerReader(pool, ReadLimits(seconds=600))
    task = asyncio.create_task(reader.read_file(TextKind.HTML, FORMULAS, "")) if {busy} else await a_sentence(reader)
    while not pool.pids:
        await asyncio.sleep(0.01)
    print(*(one.pid for one in psutil.Process().children(recursive=True)), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "reading"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["kill", "term"])
def test_a_reader_ends_with_its_parent_however_that_ends(how: signal.Signals, busy: bool) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.replace("{busy}", str(busy))], cwd=HERE, stdout=-1, text=True
    )
    assert parent.stdout is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert pids
    assert not any(map(is_gone, pids))
    parent.send_signal(how)
    parent.wait(WITHIN_SECONDS)
    parent.stdout.close()
    asyncio.run(until(lambda: all(map(is_gone, pids))))


def test_a_reader_knows_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPECHECK_DISCORD__TOKEN", "secret")
    assert "COPECHECK_DISCORD__TOKEN" not in environment()


TRIES = {
    "files": "import tempfile; tempfile.TemporaryFile(buffering=0).write(b'x')",
    "appending": "open('README.md', 'ab').write(b'')",
    "network": "import socket; socket.socket()",
    "programs": "import os; os.fork() or os._exit(0)",
    "exec": "import os; os.execv('/bin/true', ['true'])",
    "kill": "import os; os.kill(os.getppid(), 0)",
    "memory": "bytearray(2_000_000_000)",
}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux refuses system calls")
@pytest.mark.parametrize("tried", TRIES)
def test_a_reader_may_do_nothing_but_read(tried: str) -> None:
    """Each is done without restraint and refused with it."""
    for restraint, word in (("", "done"), ("restrain(1024, refusals())", "refused")):
        script = (
            f"from bot.workers.restraint import refusals, restrain\n{restraint}\n"
            f"try:\n    {TRIES[tried]}\nexcept (OSError, MemoryError):\n    print('refused')\nelse:\n    print('done')"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=HERE, check=True)
        assert done.stdout.strip() == word or (tried == "exec" and word == "done")


# Who is not root can start no program once its processes are limited; root is not held to that.
NOT_ROOT = """
import resource, sys
limited = []
def hook(event, arguments):
    if event == "resource.setrlimit" and arguments[0] == resource.RLIMIT_NPROC:
        limited.append(True)
    if limited and event == "subprocess.Popen":
        raise BlockingIOError("no process can be had")
sys.addaudithook(hook)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux refuses system calls")
def test_a_reader_whose_user_is_not_root_is_held_as_much() -> None:
    script = f"{NOT_ROOT}\nfrom bot.workers.restraint import refusals, restrain\nprint(restrain(1024, refusals()))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=HERE, check=True)
    assert "network" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="the system calls are Linux's")
async def test_what_holds_a_reader_is_said() -> None:
    async with reading() as (pool, _):
        held = await pool.run(Task("held", (), 5, 10_000))
        assert {"memory", "time", "files", "parent", "network", "programs"} <= set(held)


def test_starting_a_reader_takes_no_second_of_the_processor() -> None:
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", "bot.workers.child", "1024"], cwd=HERE, check=True, stdin=subprocess.DEVNULL)
    assert time.monotonic() - began < 20


async def test_a_text_whose_reading_is_too_long_is_given_up_for_good_and_not_asked_for_again() -> None:
    async with reading() as (pool, _):
        with pytest.raises(TaskFailed) as caught:
            await pool.run(Task("read_file", (TextKind.HTML, PAGE, LIMITS), LIMITS.seconds, most=100))
        assert caught.value.failure is Failure.NONSENSE
        assert not caught.value.failure.is_passing
        assert pool.pids == ()


@pytest.mark.parametrize("kind", [pytest.param(Template, marks=linux), StartedAnew])
async def test_who_was_killed_is_known_by_its_code_however_soon_somebody_asks(
    kind: type[Template | StartedAnew],
) -> None:
    origin: Origin = await Template.start(1024) if kind is Template else StartedAnew(1024)
    for _ in range(10):
        worker = await origin.fork("split_text")
        os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(Gone):
            await worker.ask(b"", 0)
        assert not worker.is_alive
        assert await worker.stop() == await worker.stop() == -signal.SIGKILL
    await origin.stop()
