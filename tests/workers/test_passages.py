"""What is read and quoted for a question is found in a worker, and what a hostile file is made of is bounded there."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable

import pytest

from bot.core.errors import Unreadable
from bot.core.fulltext.fulltext import FullText, TextKind
from bot.ports.workers import ReadLimits
from bot.text.passages import PassagesHere
from bot.workers.pool import Pool
from bot.workers.reader import WorkerReader
from bot.workers.tasks import BLOCKS_MOST, SENTENCES_MOST, read_file
from tests.fakes import latexml
from tests.fakes.texts import a_text

PAUSE_SECONDS = 0.6  # generous: alone it is a tenth of that
WORDS = "how many limits and caveats do they admit for the drawers and cupboards"
ROOM = 48_000


def page(piece: str, times: int) -> bytes:
    """A page of so many paragraphs."""
    return latexml.page(f'<div class="ltx_para"><p class="ltx_p">{piece}</p></div>' * times)


def hostile_text() -> FullText:
    """A text whose index is the dearest: short sentences of words that are all alike in part."""
    lines = [f"A{at % 7} b{at % 11} limits c{at % 13} d{at}." for at in range(24_000)]
    return a_text({"Abstract": "We count.", "1 Body": " ".join(lines)})


async def paused_while(work: Callable[[], Awaitable[object]]) -> float:
    """The most processor time that the event loop spent on one thing, however busy the machine is."""
    longest, is_over = 0.0, False

    async def tick() -> None:
        nonlocal longest
        while not is_over:
            before = time.thread_time()
            await asyncio.sleep(0.001)
            longest = max(longest, time.thread_time() - before)

    gc.collect()
    gc.freeze()  # as `run` does: a search for garbage does not go through what thousands of tests have left
    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0)
    try:
        await work()
    finally:
        is_over = True
        await ticking
        gc.unfreeze()
    return longest


async def test_what_a_question_reads_and_quotes_is_found_by_another_process() -> None:
    text, here = hostile_text(), PassagesHere()
    pool = Pool(1024)
    reader = WorkerReader(pool, ReadLimits())
    try:
        await reader.restraints()
        began = time.process_time()
        reading = await reader.choose(text, WORDS, ROOM)
        quoted = await reader.quote(WORDS, reading, 0.1)
        less = await reader.narrow(reading, WORDS, ROOM // 2)
        away = time.process_time() - began
        began = time.process_time()
        assert reading == await here.choose(text, WORDS, ROOM)
        assert quoted == await here.quote(WORDS, reading, 0.1)
        assert less == await here.narrow(reading, WORDS, ROOM // 2)
        assert away < (time.process_time() - began) / 2, "this process found nothing itself"
        assert await paused_while(lambda: reader.choose(text, f"{WORDS} again", ROOM)) < PAUSE_SECONDS
    finally:
        await reader.close()


async def test_a_short_text_is_read_whole_without_a_worker() -> None:
    pool = Pool(1024)
    reader = WorkerReader(pool, ReadLimits())
    reading = await reader.choose(a_text(), WORDS, ROOM)
    assert reading == await PassagesHere().choose(a_text(), WORDS, ROOM)
    assert not pool.pids


async def test_a_text_in_which_finding_takes_too_long_is_given_up_with_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.workers.reader.PASSAGE_SECONDS", 0.05)
    reader = WorkerReader(Pool(1024), ReadLimits())
    try:
        with pytest.raises(Unreadable, match=r"could not be read within 0.05 seconds") as unread:
            await reader.choose(hostile_text(), WORDS, ROOM)
        assert not unread.value.is_passing
    finally:
        await reader.close()


@pytest.mark.parametrize("piece", ["A.", "It ran. We saw. It fell. We left."], ids=["blocks", "sentences"])
async def test_a_file_of_tiny_parts_does_not_hold_up_the_process_that_listens(piece: str) -> None:
    reader = WorkerReader(Pool(1024), ReadLimits(seconds=60))
    try:
        body, found = page(piece, 60_000), []

        async def read() -> None:
            found.append(await reader.read_file(TextKind.HTML, body, "mallory"))

        assert await paused_while(read) < PAUSE_SECONDS
        (reading,) = found
        assert len(reading.extract.blocks) <= BLOCKS_MOST
        assert len(reading.spans) <= SENTENCES_MOST
        assert reading.extract.known > len(reading.laid.text), "that there is more is said"
    finally:
        await reader.close()


def test_what_is_passed_on_of_a_file_is_bounded_in_each_part() -> None:
    said = read_file(TextKind.HTML, page("It ran. We saw. It fell. We left.", 20_000), ReadLimits())
    assert len(said["spans"]) == SENTENCES_MOST
    last = said["spans"][-1]
    assert last[1] == said["length"], "the text ends with the last sentence that is known of it"
    assert said["known"] > said["length"]


def test_a_text_of_usual_length_is_passed_on_whole() -> None:
    said = read_file(TextKind.HTML, latexml.page(latexml.WHOLE + latexml.sections(60)), ReadLimits())
    assert said["known"] == said["length"]
    assert len(said["spans"]) > 100


def test_a_file_of_one_paragraph_that_is_too_long_is_read_up_to_the_end_of_a_sentence() -> None:
    said = read_file(TextKind.HTML, page("It ran. We saw. " * 10_000, 1), ReadLimits(characters=1000))
    (block,) = said["blocks"]
    assert len(block["text"]) == said["length"] == said["spans"][-1][1]
    assert 990 < said["length"] <= 1000 < said["known"]
    assert block["text"].endswith(".")
