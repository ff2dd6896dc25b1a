"""The chat in the terminal and the one-shot forms, as real processes against an arXiv on loopback."""

import asyncio
import contextlib
import json
import sqlite3
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.cli.chat.complete import CommandCompleter
from tests.cli.test_commands import environment
from tests.fakes.arxiv import FakeArxiv, answers
from tests.fakes.feeds import invent, last_weekdays, redated
from tests.fakes.latexml import page, section, sections
from tests.kill.targets import free_port

DAY = Path(__file__).resolve().parents[2] / "bot" / "demo" / "day.rss.xml"
KNOWN = "2611.99023"


@pytest.fixture
async def arxiv() -> AsyncIterator[FakeArxiv]:
    async with FakeArxiv() as fake:
        fake.saved = [redated(DAY.read_bytes(), *last_weekdays(1))]
        yield fake


class Bot:
    """Runs the command in a folder of its own."""

    def __init__(self, folder: Path, arxiv: FakeArxiv) -> None:
        self.folder = folder
        self.environment = environment(
            COPECHECK_ARXIV__FEED_URL=arxiv.url,
            COPECHECK_ARXIV__API_URL=arxiv.api_url,
            COPECHECK_ARXIV__SITE_URL=arxiv.url,
            COPECHECK_ARXIV__REQUEST_GAP_SECONDS="0",
        )

    async def run(self, *arguments: str, lines: tuple[str, ...] = ()) -> tuple[int, str, str]:
        """Exit code, stdout and stderr."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *arguments),
            cwd=self.folder,
            env=self.environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, err = await asyncio.wait_for(process.communicate("\n".join((*lines, "")).encode()), 120)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return process.returncode or 0, out.decode(), err.decode()

    async def chat(self, *lines: str, arguments: tuple[str, ...] = ()) -> str:
        """What the chat shows for those lines."""
        code, out, err = await self.run("chat", *arguments, lines=lines)
        assert code == 0, err
        assert "Traceback" not in err
        return out


@pytest.fixture
def bot(tmp_path: Path, arxiv: FakeArxiv) -> Bot:
    return Bot(tmp_path, arxiv)


async def test_what_is_no_command_is_a_question_about_a_paper_and_a_link_asks_for_its_verdict(bot: Bot) -> None:
    out = await bot.chat(f"What does {KNOWN} compare with?", f"Read https://arxiv.org/abs/{KNOWN} please", "verdct 1")
    assert "There is no command" in out.split("verdct 1")[1]
    asked, linked = out.split("verdct 1")[0].split("Read https", 1)
    assert "There is no command" not in asked
    assert f"arXiv knows no paper {KNOWN}" in asked
    assert f"Reading {KNOWN} through the lens" in linked


async def test_with_nothing_but_help_one_gets_a_follow_a_verdict_a_hit_and_the_report(bot: Bot) -> None:
    shown = await bot.chat(
        "help",
        "follow add cs.AI",
        "2",
        "follow on cs.AI",
        "follow now cs.AI",
        f"verdict {KNOWN}",
        "search council minutes",
        "report",
    )
    for said in (
        "you (admin) console:main> help",
        "only you see this",
        "Through which lens? Each judges by its own checklist:",
        "Preview: cs.AI",
        "cs.AI is on. It starts with the next announcement.",
        "36 announced · 5 here",
        "Found for “council minutes”",
        "36 papers were read here. The first five that touch a line of work, in order of matching words:",
    ):
        assert said in shown, said
    code, out, _ = await bot.run("report")
    assert (code, "36 papers were read here." in out) == (0, True)
    code, out, _ = await bot.run("status")
    assert "36 announced, 36 read, 5 posted, 6 listed, 25 by search" in out


async def test_a_number_is_a_press_and_an_unknown_one_is_said(bot: Bot) -> None:
    code, out, err = await bot.run(
        "chat", lines=("lens list", "2", "99", "/as member", "/in other", "/who ben", "help")
    )
    assert code == 0
    assert "What it does, for whom, what is claimed and what is shown." in out
    assert "It asks" in out
    assert "There is no button 99." in err
    assert "ben (member) console:other> help" in out
    assert "only ben sees this" in out


async def test_a_paper_is_discussed_in_its_thread(bot: Bot, arxiv: FakeArxiv) -> None:
    needle = section(4, "The minutes were compared with those of two clerks of the council.")
    arxiv.pages[f"{KNOWN}v1"] = arxiv.pages[KNOWN] = page(sections(2) + needle, id=KNOWN)
    begun = await bot.chat("follow add cs.AI lens=plain", "follow on cs.AI", "follow now cs.AI")
    assert "36 announced" in begun
    shown = await bot.chat(
        f"verdict {KNOWN} plain",
        f"share {KNOWN} plain",
        f"discuss {KNOWN} plain",
        "thread 4",
        "What were the minutes compared with?",
        "/edit Which clerks were the minutes compared with?",
        "/delete",
        "/who ben",
        "I do not know.",
        "@copecheck what about the clerks of the council?",
        "/copecheck stop",
        "/out",
        "/as operator",
        f"ask Which clerks were the minutes compared with? paper={KNOWN} lens=plain",
    )
    for said in (
        "(thread)> What were",
        "Ask me about",
        "§4, sentence",
        "“The minutes were compared with those of two clerks of the council.”",
        "by rule: sentences that match",
        "I am silent here until somebody addresses me again.",
        "The answer will stand in the thread.",
        "Asked: Which clerks were the minutes compared with?",
    ):
        assert said in shown, said + shown


async def test_an_objection_is_listed_and_decided(bot: Bot) -> None:
    code, out, _ = await bot.run("disputes")
    assert (code, out.strip()) == (0, "There are no objections.")
    code, _, err = await bot.run("disputes", "withdraw", "1")
    assert (code, "There is no open objection 1." in err) == (1, True)
    shown = await bot.chat(f"verdict {KNOWN} plain", f"dispute {KNOWN} plain headline It is not.")
    assert "There is no verdict of a model on that paper" in shown


async def test_a_role_decides_what_one_may_do(bot: Bot) -> None:
    shown = await bot.chat("follow add cs.AI lens=plain", arguments=("--as", "member"))
    assert "follow add is for who manages this channel." in shown


async def test_a_shared_card_is_posted_once_and_not_in_another_place(bot: Bot) -> None:
    lines = ("follow add cs.AI lens=plain", f"verdict {KNOWN} plain", f"share {KNOWN} plain", f"share {KNOWN} plain")
    shown = await bot.chat(*lines, "recent", "/in other", "recent")
    assert shown.count("It will stand here in a moment") == 1
    assert "It stands here already." in shown
    assert "Nothing has been posted here yet." in shown.rpartition("console:other> recent")[2]
    posts = [json.loads(line) for line in (bot.folder / "copecheck-console.jsonl").read_text().splitlines()]
    assert len(posts) == 1


async def test_while_arxiv_is_away_everything_is_still_answered(tmp_path: Path, arxiv: FakeArxiv) -> None:
    bot = Bot(tmp_path, arxiv)
    for name in ("FEED", "API", "SITE"):
        bot.environment[f"COPECHECK_ARXIV__{name}_URL"] = "http://127.0.0.1:9"
    shown = await bot.chat("status", "follow add cs.AI lens=plain", "verdict 2611.00001")
    assert "could not be read (unreachable)" in shown
    assert "There is no paper to show yet." in shown
    assert "arXiv cannot be asked just now" in shown


async def test_the_one_shot_verdict_is_a_card_an_analysis_or_json(bot: Bot, arxiv: FakeArxiv) -> None:
    await bot.chat("follow add cs.AI lens=plain")
    code, card, _ = await bot.run("verdict", KNOWN, "plain")
    assert (code, "Read by rule" in card, "leaves out" in card) == (0, True, False)
    _, older, _ = await bot.run("verdict", f"{KNOWN}v7", "plain")
    assert "you asked about v7" in " ".join(older.split())
    code, whole, _ = await bot.run("verdict", f"https://arxiv.org/abs/{KNOWN}", "plain", "--analysis")
    assert (code, "URL SCAN" in whole) == (0, True)
    code, text, _ = await bot.run("verdict", KNOWN, "plain", "--json")
    record = json.loads(text)
    assert (code, record["paper"], record["lens"], record["basis"]) == (0, KNOWN, "plain", "abstract")


async def test_the_one_shot_verdict_says_when_the_paper_was_looked_at_and_looks_again_after_a_day(
    bot: Bot, arxiv: FakeArxiv
) -> None:
    arxiv.saved = []
    known = invent(7)
    arxiv.papers = {known.id: known}
    code, shown, said = await bot.run("verdict", known.id)
    assert (code, "Last looked at on arXiv:" in shown) == (0, True), said
    assert (await bot.run("verdict", known.id))[0] == 0
    assert arxiv.count("api") == 1, "what was looked at within a day is not looked at again"
    with contextlib.closing(sqlite3.connect(bot.folder / "copecheck.db")) as store, store:
        store.execute("UPDATE papers SET looked = looked - 90000")
    arxiv.fail("api", answers(503))
    code, shown, said = await bot.run("verdict", known.id)
    assert (code, "Last looked at on arXiv:" in shown, "could not be asked" in said) == (0, True, True)
    arxiv.mend()
    with contextlib.closing(sqlite3.connect(bot.folder / "copecheck.db")) as store, store:
        store.execute("DELETE FROM gates")
    arxiv.papers[known.id] = known.withdrawn()
    code, shown, _ = await bot.run("verdict", known.id)
    assert (code, "This paper has been withdrawn." in shown) == (0, True)
    code, told, _ = await bot.run("verdict", known.id, "--json")
    assert (code, json.loads(told)["looked_at"][:2]) == (0, "20")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("verdict", "hello"), 2, "That is not an arXiv id. Try 2611.01234"),
        (("verdict", "2611.12345"), 1, "arXiv knows no paper 2611.12345."),
        (("verdict", KNOWN, "nolens"), 1, "There is no lens"),
        (("report", "last"), 2, "is no week"),
        (("report",), 1, "Nobody follows anything yet"),
        (("report", "--place", "nowhere"), 2, "platform:channel"),
        (("forget", "person", "ann"), 2, "platform:id"),
        (("chat", "--place", "discord:1"), 2, "is not a place in the terminal"),
        (("chat", "--as", "king"), 2, "king"),
    ],
)
async def test_what_is_wrong_is_said_in_one_sentence(
    bot: Bot, arguments: tuple[str, ...], code: int, words: str
) -> None:
    got, _, err = await bot.run(*arguments)
    assert (got, words in err) == (code, True), err
    assert "Traceback" not in err


async def test_feedback_is_read_and_a_person_is_forgotten_but_never_unasked(bot: Bot) -> None:
    await bot.chat("feedback The lens misses code links.")
    _, out, _ = await bot.run("feedback")
    assert "console:you in console:main" in out
    assert "The lens misses code links." in out
    code, _, err = await bot.run("forget", "person", "console:you")
    assert (code, "--yes" in err) == (2, True)
    assert "The lens misses code links." in (await bot.run("feedback"))[1]
    _, out, _ = await bot.run("forget", "person", "console:you", "--yes")
    assert "rows about console:you." in out
    _, out, _ = await bot.run("feedback")
    assert "There is no feedback yet." in out
    _, out, _ = await bot.run("forget", "place", "console:main", "--yes")
    assert "Nothing is stored about console:main." in out


@pytest.mark.parametrize(
    ("typed", "some"),
    [
        ("ver", ["verdict"]),
        ("follow a", ["add"]),
        ("follow", ["follow add"]),
        ("verdict 2611.01234 pl", ["plain"]),
        ("lens show ", ["discontinuity", "plain"]),
        ("follow add cs.AI mode=", ["mode=top", "mode=digest"]),
        ("follow add cs.AI lens=p", ["lens=plain"]),
        ("sharing ", ["on", "off"]),
        ("nothing like this ", []),
    ],
)
def test_completion_comes_from_the_table_of_verbs(typed: str, some: list[str]) -> None:
    found = CommandCompleter(["discontinuity", "plain"]).candidates(typed)
    assert set(some) <= set(found)
    assert bool(found) is bool(some)


async def test_a_script_ends_when_what_is_left_only_waits_and_says_what_still_does(bot: Bot) -> None:
    await bot.chat("follow add cs.AI", "2", "follow on cs.AI", "follow now cs.AI")
    nobody = f"http://127.0.0.1:{free_port()}"
    bot.environment |= {f"COPECHECK_ARXIV__{name}_URL": nobody for name in ("SITE", "API", "FEED")}
    begun = asyncio.get_running_loop().time()
    code, out, err = await bot.run("chat", lines=(f"verdict {KNOWN} full", "status"))
    assert asyncio.get_running_loop().time() - begun < 45
    assert (code, "Traceback" in err) == (0, False)
    assert "the model" not in out.split("status")[0]
    assert "waits: arXiv cannot be asked" in " ".join(out.split())
    shown = out.partition("main> status")[2]
    assert "Waiting: 1 to judge · 1 to answer." in shown
    assert "Answers wait: arXiv cannot be asked" in shown
    assert "kept for the next start: 1 paper to ask arXiv about, 1 paper to judge, 1 answer to give." in err
    assert "Why: arXiv cannot be asked" in err
