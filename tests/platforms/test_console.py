"""The console as a platform: what is on the disk counts, faults come as told, nothing in a text is obeyed."""

import asyncio
import json
import os
import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from bot.core.errors import PlaceClosed, PlatformDown, PlatformError, RateLimited, SendUnknown
from bot.core.papers.paper import ArxivId
from bot.core.posts.phrase import line
from bot.core.posts.post import Line, LineRole, Place, Post, PostKey, PostKind, PostRef, Span, Style
from bot.core.present.analysis import full_analysis
from bot.core.present.card import card
from bot.platforms.console import ConsoleFaults, ConsolePlatform
from bot.platforms.console.journal import Journal, decode, encode, post_record
from bot.platforms.console.paint import paint
from tests.fakes.verdicts import analysis, paper, sheet, short

ROOT = Path(__file__).resolve().parents[2]
PLACE = Place("console", "main")
HEAD = Post(PostKind.OPENING, "cs.AI", (line(LineRole.HEADLINE, "cs.AI · 2 June 2026"),))
HOSTILE = (
    "\x1b[31mred\x1b[0m \x1b]8;;http://evil\x07x\x1b]8;;\x07 \x9b1m [bold]b[/bold] :smile: \u202egnp \x07\x08\r\nnew"
)


@dataclass
class StandingClock:
    def now(self) -> datetime:
        return datetime(2026, 6, 2, 9, 30, tzinfo=UTC)


def key(subject: str, kind: PostKind = PostKind.CARD) -> PostKey:
    return PostKey(PLACE, kind, subject, "plain")


def console(file: Path, *, out: Console | None = None, faults: ConsoleFaults | None = None) -> ConsolePlatform:
    return ConsolePlatform(file, paint=out, faults=faults, clock=StandingClock())


def terminal(*, width: int = 88, colour: bool = False) -> Console:
    return Console(
        file=StringIO(),
        width=width,
        force_terminal=colour,
        color_system="truecolor" if colour else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )


def printed(out: Console) -> str:
    assert isinstance(out.file, StringIO)
    return out.file.getvalue()


def content(file: Path) -> bytes:
    return file.read_bytes() if file.exists() else b""


def put(file: Path, body: bytes) -> None:
    file.write_bytes(body)


def records(file: Path) -> list[dict[str, Any]]:
    return [json.loads(one) for one in content(file).split(b"\n") if one]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "posts.jsonl"


# -- posts, edits, and asking for them


async def test_a_post_is_one_line_of_the_file_with_its_key(file: Path) -> None:
    ref = await console(file).send(key("2611.1"), card(sheet()), None)
    (record,) = records(file)
    assert record["type"] == "post"
    assert record["key"] == "console:main|card|2611.1|plain"
    assert record["digest"] == key("2611.1").digest
    assert (record["id"], record["place"], record["thread"]) == (ref.id, "console:main", None)
    assert (record["kind"], record["at"]) == ("card", "2026-06-02T09:30:00.000+00:00")
    assert record["lines"][1]["role"] == "title"
    assert record["lines"][1]["spans"] == [{"text": "An Agent for Letters", "style": "plain", "paper": "2611.99900"}]


async def test_a_post_is_found_by_its_key_also_by_another_process_later(file: Path) -> None:
    ref = await console(file).send(key("a"), HEAD, None)
    other = console(file)
    assert await other.find(key("a"), None) == ref
    assert await other.find(key("b"), None) is None
    second = await console(file).send(key("b"), HEAD, ref)
    assert await other.find(key("b"), ref) == second
    assert second.thread == ref.id


async def test_nothing_is_found_where_there_is_no_file(file: Path) -> None:
    assert await console(file).find(key("a"), None) is None


async def test_an_edit_is_a_further_line_and_repeating_it_is_harmless(file: Path) -> None:
    platform = console(file)
    ref = await platform.send(key("a"), HEAD, None)
    for _ in range(2):
        await platform.edit(ref, key("a"), HEAD)
    assert [(one["type"], one["id"]) for one in records(file)] == [("post", ref.id), ("edit", ref.id), ("edit", ref.id)]
    assert await platform.find(key("a"), None) == ref
    assert await console(file).find(key("a"), None) == ref


async def test_a_key_made_twice_is_found_where_it_was_first(file: Path) -> None:
    first = await console(file).send(key("a"), HEAD, None)
    await console(file).send(key("a"), HEAD, None)
    assert await console(file).find(key("a"), None) == first


# -- torn lines


async def test_a_torn_last_line_counts_for_nothing_and_is_ended_before_the_next(file: Path) -> None:
    kept = await console(file).send(key("a"), HEAD, None)
    whole = content(file)
    await console(file).send(key("b"), HEAD, None)
    for cut in range(len(whole), len(content(file)) - 1):
        torn = content(file)[:cut]
        copy = file.with_name("copy.jsonl")
        put(copy, torn)
        platform = console(copy)
        assert await platform.find(key("b"), None) is None
        again = await platform.send(key("b"), HEAD, None)
        assert await platform.find(key("b"), None) == again
        assert await console(copy).find(key("a"), None) == kept
        keys = [record["key"] for one in content(copy).split(b"\n") if (record := decode(one))]
        assert keys == [str(key("a")), str(key("b"))]


async def test_a_whole_line_without_its_end_is_a_post(file: Path) -> None:
    ref = await console(file).send(key("a"), HEAD, None)
    put(file, content(file)[:-1])
    platform = console(file)
    assert await platform.find(key("a"), None) == ref
    await platform.send(key("b"), HEAD, None)
    assert [one["key"] for one in records(file)] == [str(key("a")), str(key("b"))]


async def test_a_line_that_is_still_being_written_is_found_when_it_is_whole(file: Path) -> None:
    ref = await console(file).send(key("a"), HEAD, None)
    body, reader = content(file), console(file)
    put(file, body[:50])
    assert await reader.find(key("a"), None) is None
    put(file, body)
    assert await reader.find(key("a"), None) == ref


async def test_strange_lines_are_passed_over(file: Path) -> None:
    put(
        file,
        b'[1]\n"x"\n{}\n{"type":"post"}\n{"type":"post","key":"nonsense","id":1}\n\xff\xfe\n\n' + b"[" * 99_999 + b"\n",
    )
    platform = console(file)
    assert await platform.find(key("a"), None) is None
    ref = await platform.send(key("a"), HEAD, None)
    assert await platform.find(key("a"), None) == ref


async def test_a_file_that_was_cut_short_is_read_again_from_its_beginning(file: Path) -> None:
    platform = console(file)
    await platform.send(key("a"), HEAD, None)
    await platform.send(key("b"), HEAD, None)
    assert await platform.find(key("b"), None)
    put(file, b"")
    assert await platform.find(key("a"), None) is None


APPEND = """
import sys
from pathlib import Path
from bot.core.posts.post import Place, Post, PostKey, PostKind, PostRef
from bot.platforms.console.journal import Journal, post_record
journal, name, place = Journal(Path(sys.argv[1])), sys.argv[2], Place("console", "main")
for number in range(60):
    key = PostKey(place, PostKind.CARD, f"{name}{number}", "plain")
    journal.append(post_record(PostRef(place, key.subject), key, Post(PostKind.CARD, "x" * 5000, ()), "now"))
    print(number, flush=True)
"""


def test_several_processes_append_and_one_of_them_is_killed(file: Path) -> None:
    workers = {
        name: subprocess.Popen([sys.executable, "-c", APPEND, str(file), name], cwd=ROOT, stdout=subprocess.PIPE)
        for name in "xyz"
    }
    lines = workers["z"].stdout
    assert lines is not None
    for _ in range(10):
        lines.readline()
    workers["z"].kill()
    for worker in workers.values():
        worker.communicate(timeout=60)
    found = [record["id"] for one in content(file).split(b"\n") if (record := decode(one))]
    assert len(found) == len(set(found))
    assert {f"{name}{number}" for name in "xy" for number in range(60)} <= set(found)
    assert {f"z{number}" for number in range(10)} <= set(found)


def test_a_disk_that_takes_half_a_line_keeps_nothing_of_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(file)
    journal.append(post_record(PostRef(PLACE, "1"), key("a"), HEAD, "now"))
    before = content(file)
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, line: write(descriptor, line[: len(line) // 2]))
    with pytest.raises(OSError, match="No space left"):
        journal.append(post_record(PostRef(PLACE, "2"), key("b"), HEAD, "now"))
    assert content(file) == before


async def test_a_disk_that_cannot_sync_leaves_the_post_in_doubt(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(SendUnknown, match="Input/output error"):
        await console(file).send(key("a"), HEAD, None)


# -- what cannot be written


async def test_a_place_that_cannot_be_written_is_closed_and_check_says_why(tmp_path: Path) -> None:
    for bad in (tmp_path, tmp_path / "missing" / "posts.jsonl"):
        platform = console(bad)
        (problem,) = await platform.check(PLACE)
        assert "cannot be written" in problem.what
        assert "platforms.console.file" in problem.remedy
        with pytest.raises(PlaceClosed, match=r"cannot be written.*platforms\.console\.file"):
            await platform.send(key("a"), HEAD, None)


async def test_a_place_that_can_be_written_has_no_problem_and_check_creates_nothing(file: Path) -> None:
    assert not await console(file).check(PLACE)
    assert not content(file)
    await console(file).send(key("a"), HEAD, None)
    assert not await console(file).check(PLACE)


# -- faults


async def outcomes(platform: ConsolePlatform, count: int) -> list[str]:
    said = []
    for number in range(count):
        try:
            await platform.send(key(str(number)), HEAD, None)
            said.append("made")
        except PlatformError as error:
            said.append(type(error).__name__)
    return said


async def test_a_dropped_connection_comes_after_the_post_is_made(file: Path) -> None:
    platform = console(file, faults=ConsoleFaults(drop_after=1.0))
    with pytest.raises(SendUnknown):
        await platform.send(key("a"), HEAD, None)
    assert await platform.find(key("a"), None)


@pytest.mark.parametrize(
    ("faults", "error"),
    [(ConsoleFaults(refuse=1.0), PlatformDown), (ConsoleFaults(rate_limited=1.0), RateLimited)],
)
async def test_a_refusal_comes_before_any_effect(file: Path, faults: ConsoleFaults, error: type[PlatformError]) -> None:
    platform = console(file, faults=faults)
    with pytest.raises(error) as caught:
        await platform.send(key("a"), HEAD, None)
    assert (caught.value.retry_after is not None) is (error is RateLimited), "only a limit names its wait"
    assert not content(file)
    assert await platform.find(key("a"), None) is None


async def test_faults_come_in_their_shares_and_repeat_by_seed(tmp_path: Path) -> None:
    faults = ConsoleFaults(drop_after=0.3, refuse=0.2, rate_limited=0.1, seed=7)
    said = await outcomes(console(tmp_path / "a", faults=faults), 200)
    assert said == await outcomes(console(tmp_path / "b", faults=faults), 200)
    assert 20 <= said.count("PlatformDown") <= 60
    assert 8 <= said.count("RateLimited") <= 35
    assert 30 <= said.count("SendUnknown") <= 70
    other = ConsoleFaults(drop_after=0.3, refuse=0.2, rate_limited=0.1, seed=8)
    assert said != await outcomes(console(tmp_path / "c", faults=other), 200)


async def test_a_restart_does_not_draw_the_same_answer_for_ever(file: Path) -> None:
    faults = ConsoleFaults(refuse=0.7, seed=3)
    said = [(await outcomes(console(file, faults=faults), 1))[0] for _ in range(40)]
    assert {"made", "PlatformDown"} == set(said)


async def test_a_delay_is_kept_without_blocking_others(file: Path) -> None:
    platform = console(file, faults=ConsoleFaults(delay_ms=3_600_000))
    sending = asyncio.create_task(platform.send(key("a"), HEAD, None))
    assert await platform.find(key("a"), None) is None  # the platform answers others, and nothing was sent yet
    assert not sending.done()
    sending.cancel()
    begun = time.perf_counter()
    await console(file, faults=ConsoleFaults(delay_ms=80)).send(key("b"), HEAD, None)
    assert time.perf_counter() - begun >= 0.08


# -- painting


async def test_painting_comes_after_the_disk_and_can_be_off(file: Path) -> None:
    out = terminal()
    await console(file, out=out).send(key("a"), HEAD, None)
    assert printed(out) == "cs.AI · 2 June 2026\n\n"
    assert len(records(file)) == 1


class _Gone(StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


async def test_a_terminal_that_is_gone_does_not_undo_a_post(file: Path) -> None:
    platform = console(file, out=Console(file=_Gone(), width=80))
    first = await platform.send(key("a"), HEAD, None)
    assert await platform.find(key("a"), None) == first
    await platform.send(key("b"), HEAD, None)
    assert len(records(file)) == 2


async def test_posts_of_a_thread_are_set_in_under_a_rule_that_names_it_once(file: Path) -> None:
    out = terminal(width=60)
    opening = await console(file).send(key("o", PostKind.OPENING), HEAD, None)
    platform = console(file, out=out)
    for number in range(2):
        await platform.send(
            key(str(number)), Post(PostKind.LIST, "x", (line(LineRole.PARAGRAPH, f"row {number}"),)), opening
        )
    assert printed(out) == f"── in the thread of cs.AI · 2 June 2026 {'─' * 20}\n    row 0\n\n    row 1\n\n"


async def test_an_edit_is_painted_as_one(file: Path) -> None:
    out = terminal()
    platform = console(file, out=out)
    ref = await platform.send(key("a"), HEAD, None)
    await platform.edit(ref, key("a"), HEAD)
    assert printed(out).endswith("edited\ncs.AI · 2 June 2026\n\n")


def test_a_card_is_calm_in_colour_and_plain_when_piped() -> None:
    colour, plain = terminal(colour=True), terminal()
    for out in (colour, plain):
        paint(out, card(sheet()))
    assert "\x1b" not in printed(plain)
    assert printed(plain).startswith(
        "Takes the clerk out of the letter.\nAn Agent for Letters  2611.99900\n\nDoes  Trains"
    )
    assert printed(colour).startswith("\x1b[1mTakes the clerk out of the letter.\x1b[0m\n")
    assert "https://arxiv.org/abs/2611.99900" in printed(colour)
    assert "\x1b[2marXiv cs.AI · 27 May 2026" in printed(colour)
    assert not [one for one in printed(plain).splitlines() if one != one.rstrip()]


@pytest.mark.parametrize("width", [20, 40, 60, 88, 120, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    out = terminal(width=width)
    rows = Post(
        PostKind.LIST,
        "x",
        (line(LineRole.ROW, Span("漢字 " * 60, paper=ArxivId("2611.99900")), "  leaves out 9 of 9"),),
    )
    for post in (card(sheet()), full_analysis(sheet()), rows):
        paint(out, post)
        paint(out, post, thread="an opening")
    from rich.cells import cell_len

    assert max(cell_len(one) for one in printed(out).splitlines()) <= width


def test_a_paper_of_a_list_is_its_whole_title_with_what_is_said_behind_or_below() -> None:
    out = terminal()
    long = line(
        LineRole.ROW,
        Span("A title that is quite a lot longer than the column " * 2, paper=ArxivId("2611.99900")),
        "  leaves out 10 of 12: limits and failures",
    )
    short = line(LineRole.ROW, Span("Short", paper=ArxivId("2611.1")), "  leaves out 1 of 2: price")
    paint(out, Post(PostKind.LIST, "x", (long, short)))
    first, second, third, fourth = printed(out).rstrip().split("\n")
    assert first.startswith("2611.99900  A title that is")
    assert " ".join(f"{first[12:]} {second}".split()) == " ".join(long.spans[0].text.split())
    assert third == "            leaves out 10 of 12: limits and failures"
    assert fourth == "2611.1      Short  leaves out 1 of 2: price"


def test_a_terminal_without_these_letters_gets_marks_in_their_place() -> None:
    class Narrow(StringIO):
        encoding = "ascii"

    out = Console(file=Narrow(), width=80, highlight=False)
    paint(out, card(sheet()))
    assert printed(out).isascii()


def hostile_post(text: str) -> Post:
    spans = (Span(text, Style.STRONG), Span(text, paper=ArxivId(text)))
    return Post(PostKind.CARD, text, tuple(Line(role, spans) for role in LineRole))


@settings(max_examples=80, deadline=None)
@given(st.one_of(st.text(max_size=40), st.just(HOSTILE)), st.booleans())
def test_nothing_in_a_text_is_obeyed_by_the_terminal(text: str, colour: bool) -> None:
    out = terminal(colour=colour)
    paint(out, hostile_post(text), thread=text)
    shown = re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;(?:id=\d+;https://arxiv\.org/abs/[!-~]*|;)\x1b\\", "", printed(out))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)


def test_markup_of_the_terminal_library_stays_text() -> None:
    out = terminal(colour=True)
    paint(
        out, Post(PostKind.CARD, "x", (line(LineRole.PARAGRAPH, "[bold red]x[/] :smile: [link=http://e.com]y[/link]"),))
    )
    assert "[bold red]x[/] :smile: [link=http://e.com]y[/link]" in printed(out)


@given(st.text(max_size=50))
def test_a_line_of_the_file_is_one_line_and_reads_back_as_it_was(text: str) -> None:
    written = encode({"text": text})
    assert written.count(b"\n") == 1
    assert len(written.decode().splitlines()) == 1
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", written.decode())
    assert decode(written) == {"text": text}


async def test_ten_thousand_of_anything_is_posted_and_found(file: Path) -> None:
    out = terminal()
    of = paper(title="t" * 10_000, abstract="\u202e" * 5000 + "a" * 10_000)
    platform = console(file, out=out)
    one = sheet(of, analysis(of, verdict="v" * 10_000), said=short(of, headline="@everyone " * 1000))
    for number, post in enumerate((card(one), full_analysis(one))):
        ref = await platform.send(key(str(number)), post, None)
        assert await platform.find(key(str(number)), None) == ref


async def test_a_long_post_is_painted_beside_the_event_loop(file: Path) -> None:
    class Watched(StringIO):
        threads: ClassVar[set[int]] = set()

        def write(self, text: str) -> int:
            self.threads.add(threading.get_ident())
            return super().write(text)

    lines = tuple(
        line(LineRole.ROW, Span("A title " * 9, paper=ArxivId("2611.99900")), "  leaves out 9 of 9") for _ in range(40)
    )
    await console(file, out=Console(file=Watched())).send(key("a"), Post(PostKind.DIGEST, "x", lines), None)
    assert Watched.threads
    assert threading.get_ident() not in Watched.threads
