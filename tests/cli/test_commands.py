"""The commands as a person types them: real processes, their output, their exit codes."""

import asyncio
import json
import os
import re
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tarfile
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer.main
from aiohttp import web

from bot.cli.main import application
from bot.cli.operate import _show_jobs
from bot.cli.run import report
from bot.cli.settings.check import _show
from bot.cli.tree import imported
from bot.core.jobs.job import Job, JobState, Queue
from bot.core.posts.phrase import day_words
from bot.services.runtime.rounds import Round
from tests.fakes.arxiv import FakeArxiv
from tests.fakes.feeds import Invented, last_weekdays, redated

ROOT = Path(__file__).resolve().parents[2]
DARK = "http://127.0.0.1:9"


def environment(**more: str) -> dict[str, str]:
    """A clean environment in which arXiv is an address on this machine where nobody listens."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COPECHECK_")}
    dark = {f"COPECHECK_ARXIV__{name}_URL": DARK for name in ("FEED", "API", "SITE")}
    return kept | dark | {"PYTHONPATH": str(ROOT), "COLUMNS": "100", "PYTHONWARNINGS": "error"} | more


def copecheck(folder: Path, *arguments: str, answers: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(**more),
        input=answers,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def day_file(captures: Path) -> str:
    return str(captures / "generated" / "official_cs.AI_2026-06-02_real_metadata.rss.xml")


# -- demo --------------------------------------------------------------------------------------------------------------


def test_the_demo_needs_nothing_and_falls_back_to_the_bundled_day(tmp_path: Path) -> None:
    shown = copecheck(tmp_path, "demo")
    assert shown.returncode == 0, shown.stderr
    first = shown.stdout.splitlines()[0]
    assert first.startswith("CopeCheck reads the day's new papers on arXiv")
    assert "this one by hand; the paper is invented" in shown.stdout
    assert "36 announced, 36 read, 3 posted, 9 listed, 24 by search" in shown.stdout
    assert "could not be read" in shown.stderr
    assert "a day of cs.AI that comes with the program: its papers are invented" in " ".join(shown.stderr.split())
    assert "arXiv has announced" not in shown.stderr, "an invented day is no announcement of arXiv's"
    assert "copecheck init" in shown.stdout.rstrip().splitlines()[-1]
    assert list(tmp_path.iterdir()) == [], "a demo leaves nothing behind"


def test_the_demo_is_two_screens_and_explains_its_terms(tmp_path: Path) -> None:
    if shutil.which("script") is None:
        pytest.skip("this system has no `script`, which is a terminal for a command")
    typed = f"stty cols 80 rows 50; {sys.executable} -m bot demo 2>/dev/null"
    command = ["script", "-qec", typed, "/dev/null"]
    env = {**environment(), "TERM": "xterm"}
    env.pop("COLUMNS", None)
    ran = subprocess.run(
        command,
        cwd=tmp_path,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    shown = re.sub(r"\x1b\][^\x1b]*\x1b\\|\x1b\[[0-9;?]*[A-Za-z]", "", ran.stdout).replace("\r", "")
    lines = shown.rstrip().split("\n")
    assert "What to do next" in shown, ran.stderr
    assert len(lines) <= 100
    assert max(map(len, lines)) <= 80
    words = " ".join(shown.split())
    assert words.index("a lens (a thesis with a list of questions)") < words.index("one lens: discontinuity")
    assert "Core fallacy: what the paper takes for granted and the thesis contests." in words


def test_the_demo_shows_more_on_request_and_nothing_of_it_unasked(tmp_path: Path) -> None:
    short = copecheck(tmp_path, "demo").stdout
    assert "The Verdict on the Verdict" not in short
    assert "in the thread of" not in short
    more = copecheck(tmp_path, "demo", "--all", "--analysis").stdout
    assert "The Verdict on the Verdict" in more
    assert "in the thread of" in more
    assert "36 announced, 36 read, 10 posted, 4 listed, 22 by search" in more
    assert "demo --all" not in more
    assert "demo --analysis" not in more


def test_the_demo_of_an_unknown_category_names_the_nearest(tmp_path: Path) -> None:
    shown = copecheck(tmp_path, "demo", "--category", "cs.AJ")
    assert shown.returncode == 2
    assert shown.stdout == ""
    assert "is no arXiv category; the nearest is cs." in shown.stderr
    other = copecheck(tmp_path, "demo", "--category", "ECON.gn")
    assert other.returncode == 0, other.stderr
    assert "Today's econ.GN could not be read" in " ".join(other.stderr.split())


def test_the_demo_judges_331_papers_and_accounts_for_every_one(
    tmp_path: Path, captures: Path, request: pytest.FixtureRequest
) -> None:
    store = str(tmp_path / "demo.db")
    first = copecheck(tmp_path, "demo", "--feed", day_file(captures), "--store", store)
    assert first.returncode == 0, first.stderr
    counts = re.search(r"331 announced, 331 read, (\d+) posted, (\d+) listed, (\d+) by search", first.stdout)
    assert counts is not None
    assert sum(map(int, counts.groups())) == 331
    if "captured" in request.node.callspec.id:
        assert counts.groups() == ("3", "68", "260")
    assert len(first.stdout.splitlines()) <= 100
    posts = (tmp_path / "copecheck-console.jsonl").read_text(encoding="utf-8")
    second = copecheck(tmp_path, "demo", "--feed", day_file(captures), "--store", store)
    assert second.returncode == 0, second.stderr
    assert "Nothing new since the last time" in second.stdout
    assert (tmp_path / "copecheck-console.jsonl").read_text(encoding="utf-8") == posts


@pytest.mark.parametrize(
    ("name", "text", "words", "code"),
    [
        ("page.html", "<!doctype html><html><body>Maintenance</body></html>", "HTML page", 3),
        (
            "half.xml",
            "<?xml version='1.0'?><rss version='2.0'><channel><title>cs.AI updates on",
            "ends in the middle",
            3,
        ),
        ("empty.xml", "", "empty", 3),
    ],
)
def test_a_feed_file_that_is_none_is_named(tmp_path: Path, name: str, text: str, words: str, code: int) -> None:
    file = tmp_path / name
    file.write_text(text)
    shown = copecheck(tmp_path, "demo", "--feed", str(file))
    assert shown.returncode == code
    assert words in shown.stderr
    assert "Traceback" not in shown.stderr


def test_a_feed_file_that_is_missing_is_wrong_usage(tmp_path: Path) -> None:
    shown = copecheck(tmp_path, "demo", "--feed", "nowhere.xml")
    assert shown.returncode == 2
    assert "nowhere.xml" in shown.stderr


# -- run, status, jobs, export, backup ---


@pytest.fixture
async def arxiv() -> AsyncIterator[str]:
    """A feed server on loopback that serves the bundled day."""
    body = redated((ROOT / "bot" / "demo" / "day.rss.xml").read_bytes(), *last_weekdays(1))

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/rss+xml", headers={"ETag": "abc"})

    application = web.Application()
    application.router.add_get("/rss/cs.AI", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


SETTINGS = """
[arxiv]
contact = "tests@example.org"
feed_url = "{url}"
api_url = "{url}/api"
site_url = "{url}"
request_gap_seconds = 0
[[follows]]
name = "main"
place = "console:main"
categories = ["cs.AI"]
"""


async def typed(folder: Path, *arguments: str, answers: str = "") -> subprocess.CompletedProcess[str]:
    """`copecheck` in a thread, so that the feed server can answer; the settings file's addresses count."""
    kept = {name: value for name, value in environment().items() if not name.startswith("COPECHECK_ARXIV")}
    command = [sys.executable, "-m", "bot", *arguments]
    return await asyncio.to_thread(
        subprocess.run, command, cwd=folder, env=kept, input=answers, capture_output=True, text=True, timeout=120
    )


async def test_the_demos_written_example_can_be_asked_about_in_the_chat_that_follows(
    tmp_path: Path, arxiv: str
) -> None:
    (tmp_path / "config.toml").write_text(SETTINGS.format(url=arxiv))
    await typed(tmp_path, "demo", "--store", "demo.db")
    question = "ask How are the replies rated? paper=2611.99901\n"
    talk = await typed(tmp_path, "chat", "--store", "demo.db", "--place", "demo", answers=question)
    assert "Replies are rated as polite as those of experienced clerks." in " ".join(
        talk.stdout.replace("│", " ").split()
    ), talk.stdout + talk.stderr


async def test_an_operator_runs_asks_exports_and_backs_up(tmp_path: Path, arxiv: str) -> None:
    (tmp_path / "config.toml").write_text(SETTINGS.format(url=arxiv))
    ran = await typed(tmp_path, "run", "--once")
    assert ran.returncode == 0, ran.stderr
    assert "36 announced" in ran.stdout
    again = await typed(tmp_path, "run", "--once")
    assert (again.returncode, again.stdout) == (0, ""), again.stderr

    status = await typed(tmp_path, "status", "--json")
    facts = json.loads(status.stdout)
    [day] = last_weekdays(1)
    assert facts["feeds"][0]["day"] == day.isoformat()
    assert facts["editions"][0]["says"].startswith(f"{day_words(day)}: 36 announced, 36 read")
    assert facts["console_faults"] is None
    plain = await typed(tmp_path, "status")
    assert "36 announced, 36 read" in plain.stdout

    checked = await typed(tmp_path, "check", "--json")
    assert checked.returncode == 0, checked.stdout
    assert all(line["good"] for line in json.loads(checked.stdout))

    assert json.loads((await typed(tmp_path, "jobs", "--json")).stdout)[0]["queue"] == "poll"
    lines = (await typed(tmp_path, "export")).stdout.splitlines()
    rows = [json.loads(line) for line in lines]
    assert sorted(row["rank"] for row in rows) == list(range(1, 37))
    ranked = sorted(rows, key=lambda row: row["rank"])
    assert ranked == sorted(rows, key=lambda row: (-row["interest"], -row["score"], row["paper"]))
    assert all(
        row["ranks"] == [{"category": "cs.AI", "day": day.isoformat(), "rank": row["rank"], "of": 36}] for row in rows
    )
    assert any(row["trade"] for row in rows)
    assert all(
        row["word"].lower() in f"{row['title']} {row['first_line']}".lower() or row["sentence"]
        for row in rows
        if row["trade"]
    )
    assert all(row["sentence"] >= 1 and row["premises"] == [] for row in rows)
    table = await typed(tmp_path, "export", "out.csv")
    assert table.returncode == 0
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 37
    assert (await typed(tmp_path, "backup", "copy.db")).returncode == 0
    assert (await typed(tmp_path, "status", "--store", "copy.db", "--json")).stdout != ""
    assert (await typed(tmp_path, "backup", "copy.db")).returncode == 1


async def test_a_first_round_polls_each_category_once_however_slow_arxiv_is(tmp_path: Path) -> None:
    [day] = last_weekdays(1)
    categories = ("cs.AI", "cs.CY", "econ.GN")

    async def slow(_request: web.Request, good: web.Response) -> web.StreamResponse:
        await asyncio.sleep(1.5)
        return good

    async with FakeArxiv() as server:
        for number, category in enumerate(categories, 1):
            server.announce(day, [Invented(f"2606.{number:05}", categories=(category,))], category)
        server.fail("feed", slow)
        more = SETTINGS.format(url=server.url).replace('["cs.AI"]', json.dumps(categories))
        (tmp_path / "config.toml").write_text(more)
        ran = await typed(tmp_path, "run", "--once")
        feeds = sorted(asked.path for asked in server.asked if asked.kind == "feed")
    assert ran.returncode == 0, ran.stderr
    assert feeds == [f"/rss/{category}" for category in categories]


async def test_an_unreachable_arxiv_is_exit_code_3_and_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(SETTINGS.format(url=DARK))
    ran = await typed(tmp_path, "run", "--once")
    assert ran.returncode == 3
    assert "cs.AI could not be read (unreachable)" in ran.stderr
    assert (await typed(tmp_path, "check")).returncode == 3


async def test_faults_of_the_console_are_shown_in_status(tmp_path: Path, arxiv: str) -> None:
    faults = "[platforms.console.faults]\ndrop_after = 0.5\nseed = 3\n"
    (tmp_path / "config.toml").write_text(SETTINGS.format(url=arxiv) + faults)
    assert (await typed(tmp_path, "run", "--once")).returncode == 0
    records = [json.loads(line) for line in (tmp_path / "copecheck-console.jsonl").read_text().splitlines()]
    posts = [record["key"].split("|")[1] for record in records if record["type"] == "post"]
    assert posts == ["digest", "list"]  # what was dropped was looked for, not sent again
    assert "FAULTS ARE ON" in (await typed(tmp_path, "status")).stdout


def wait_for_posts(file: Path, count: int, deadline: float) -> None:
    while time.monotonic() < deadline:
        if file.exists() and len(file.read_text().splitlines()) >= count:
            return
        time.sleep(0.05)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
async def test_a_running_bot_stops_cleanly(tmp_path: Path, arxiv: str, number: signal.Signals, code: int) -> None:
    (tmp_path / "config.toml").write_text(SETTINGS.format(url=arxiv) + "[health]\nport = 0\n")
    kept = {name: value for name, value in environment().items() if not name.startswith("COPECHECK_ARXIV")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=tmp_path, env=kept, stdout=-1, stderr=-1
    )
    deadline = time.monotonic() + 60
    await asyncio.to_thread(wait_for_posts, tmp_path / "copecheck-console.jsonl", 2, deadline)  # the digest, its list
    process.send_signal(number)
    _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == code, errors.decode()
    assert b"Traceback" not in errors
    assert errors.decode().rstrip().endswith("Stopped. No work is left for the next start.")
    waiting = json.loads((await typed(tmp_path, "jobs", "--json")).stdout)
    assert {job["queue"] for job in waiting} == {"poll"}


@pytest.mark.parametrize("typed", [("backup", "."), ("export", "."), ("chat", "--place", "a b")])
def test_a_file_or_place_that_cannot_be_is_refused_in_words(tmp_path: Path, typed: tuple[str, ...]) -> None:
    refused = copecheck(tmp_path, *typed)
    assert refused.returncode == 2
    assert "is a directory" in refused.stderr or "is not a place in the terminal" in refused.stderr
    assert "unexpected" not in refused.stderr


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("jobs", "retry", "abc"), "whole number"),
        (("jobs", "drop", "0"), "whole number"),
        (("chat", "--as", "king"), "member"),
        (("disputes", "uphold", "x"), "whole number"),
        (("eval", "--papers", "many"), "whole number"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_in_our_words(tmp_path: Path, typed: tuple[str, ...], words: str) -> None:
    refused = copecheck(tmp_path, *typed)
    said = " ".join(refused.stderr.replace("│", " ").split())
    assert refused.returncode == 2
    assert words in said
    assert "Input should be" not in said
    assert "Value error" not in said


# -- settings, lenses, usage ---


def test_init_writes_settings_that_work(tmp_path: Path) -> None:
    answers = "me@example.org\ncs.AI econ.GN\nplain\n08:30\nEurope/Berlin\n"
    assert copecheck(tmp_path, "init", answers=answers).returncode == 0
    text = (tmp_path / "config.toml").read_text()
    assert 'categories = ["cs.AI", "econ.GN"]' in text
    assert copecheck(tmp_path, "status").returncode == 0
    assert copecheck(tmp_path, "init", answers=answers).returncode == 2


def test_init_refuses_answers_that_make_no_sense_and_leaves_no_file(tmp_path: Path) -> None:
    shown = copecheck(tmp_path, "init", answers="me@example.org\ncs.AI\nplain\n25:00\nNowhere/Land\n")
    assert shown.returncode == 2
    assert "hour" in shown.stderr
    assert not (tmp_path / "config.toml").exists()


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ("\n", "that is no address"),
        ("nobody\n", "that is no address; write one like me@example.org"),
        ("m@example.org\ncs.Nope!\n", "is no arXiv category; the nearest is cs.NE."),
        ("m@example.org\ncs.AI\nnothing\n", "there are discontinuity"),
        ("m@example.org\ncs.AI\nplain\n9am\n", "no hour of the day"),
        ("m@example.org\ncs.AI\nplain\n09:00\nNowhere/Land\n", "no time zone"),
        ("m@example.org\n\n\n\n\nirc\n", "there is no platform 'irc'; there are terminal, discord, slack"),
        ("m@example.org\n\n\n\n\ndiscord\n\n", "that is no token"),
        ("m@example.org\n\n\n\n\nterminal\nwww\n", "write one like https://openrouter.ai/api/v1, or none"),
        ("", "Answer all of them, or give options"),
    ],
)
def test_init_names_the_answer_that_makes_no_sense(tmp_path: Path, answers: str, words: str) -> None:
    shown = copecheck(tmp_path, "init", answers=answers)
    assert shown.returncode == 2
    assert words in " ".join(shown.stderr.split())
    assert list(tmp_path.iterdir()) == []


def test_a_demo_of_no_feed_says_so_before_anything_else(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("no feed", encoding="utf-8")
    shown = copecheck(tmp_path, "demo", "--feed", "notes.md")
    assert (shown.returncode, shown.stdout) == (3, "")
    assert "notes.md is not a saved day of arXiv" in shown.stderr
    assert "Save one: curl -o day.xml" in shown.stderr
    assert "settings" not in shown.stderr


def test_a_demo_through_a_lens_that_is_not_there_says_so_before_anything_else(tmp_path: Path) -> None:
    shown = copecheck(tmp_path, "demo", "--lens", "nope")
    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr == (
        "copecheck: --lens: there is no lens 'nope'. There are: discontinuity, plain, reproducibility.\n"
    )


def test_what_the_demo_says_to_do_next_works_on_the_day_that_it_showed(tmp_path: Path) -> None:
    assert "copecheck chat" not in copecheck(tmp_path, "demo").stdout
    assert "copecheck demo --store demo.db" in copecheck(tmp_path, "demo").stdout
    kept = copecheck(tmp_path, "demo", "--store", "demo.db").stdout
    [hint] = re.findall(r"copecheck (chat .*?)  ", kept)
    asked = "search wages\nverdict 2611.99901\n"
    talk = copecheck(tmp_path, *hint.split(), answers=asked)
    assert "2611.99007  Task Exposure Is Not Job Loss: Evidence from Payroll Records of 212 Firms" in talk.stdout
    said = " ".join(talk.stdout.split())
    assert "Takes the clerk out of the letter, then reports that nobody could tell from the tone." in said
    assert "36 announced, 36 read" in copecheck(tmp_path, "status", "--store", "demo.db").stdout
    assert "36 verdicts written" in copecheck(tmp_path, "export", "all.csv", "--store", "demo.db").stderr


def test_check_names_the_settings_file_or_says_that_there_is_none(tmp_path: Path) -> None:
    shown = copecheck(tmp_path, "check").stdout
    assert "settings file: there is no config.toml; what the environment does not say has its default" in shown
    assert "Write one with `copecheck init`." in shown
    assert "held to" not in shown
    (tmp_path / "config.toml").write_text("", encoding="utf-8")
    assert "ok   settings file: config.toml" in copecheck(tmp_path, "check").stdout


def test_every_help_shows_an_example_that_is_a_command_with_options_that_it_has() -> None:
    def walk(command: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
        yield path, getattr(command, "help", "") or ""
        for name, below in getattr(command, "commands", {}).items():
            yield from walk(below if path else imported(name), (*path, name))

    top = typer.main.get_command(application)
    for path, words in walk(top, ()):
        found = re.search(r"Example[^:]*: copecheck (.+)", words)
        assert found, f"copecheck {' '.join(path)} --help has no example"
        typed = shlex.split(found[1])
        command = imported(typed.pop(0))
        while hasattr(command, "commands") and typed and typed[0] in command.commands:
            command = command.commands[typed.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in typed if word.startswith("--")} <= known, found[0]


def test_the_commands_of_the_first_hour_stand_first_in_the_help(tmp_path: Path) -> None:
    shown = copecheck(tmp_path, "--help").stdout
    order = [
        shown.index(f"│ {name} ") for name in ("demo", "init", "check", "run", "status", "chat", "verdict", "jobs")
    ]
    assert order == sorted(order)
    assert "--install-completion" in shown


def test_a_lens_may_be_named_as_an_option_of_verdict_too(tmp_path: Path) -> None:
    copecheck(tmp_path, "demo", "--store", "copecheck.db", "--lens", "plain")
    shown = copecheck(tmp_path, "verdict", "2611.99007", "--lens", "plain")
    assert "one lens: plain" in " ".join(shown.stdout.split()), shown.stderr
    both = copecheck(tmp_path, "verdict", "2611.99007", "plain", "--lens", "discontinuity")
    assert (both.returncode, "Two lenses are named" in both.stderr) == (2, True)


def test_the_status_of_the_shell_has_local_time_and_no_signs_of_machines(tmp_path: Path) -> None:
    copecheck(tmp_path, "demo", "--store", "copecheck.db")
    shown = copecheck(tmp_path, "status", TZ="Asia/Tokyo").stdout
    assert re.search(r"last look \d\d \w{3} \d\d:\d\d JST, next \d\d \w{3} \d\d:\d\d JST", shown), shown
    assert "+00:00" not in shown


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nonsense",), 2, "No such command"),
        (("run", "--config", "nowhere.toml"), 2, "nowhere.toml"),
        (("lens", "show", "nothing"), 2, "There are: discontinuity"),
        (("lens", "check", "nowhere.toml"), 2, "cannot be read"),
        (("jobs", "retry", "7"), 1, "Job 7"),
        (("export", "--format", "xml"), 2, "jsonl"),
        (("status", "--store", "mysql://x/y"), 2, "no store of the kind"),
        (("status", "--store", "postgresql://u:p@h:notaport/x"), 2, "neither a path nor a URL"),
        (("status", "--store", "missing.db"), 2, "There is no store at"),
        (("jobs", "--store", "missing.db"), 2, "There is no store at"),
        (("export", "--store", "missing.db"), 2, "There is no store at"),
        (("backup", "copy.db", "--store", "missing.db"), 2, "There is no store at"),
        (("jobs", "retry", "99999999999999999999"), 2, "9223372036854775807 at most"),
        (("status", "--store", "/nowhere/at/all.db"), 2, "There is no store at"),
        (("demo", "--store", "/nowhere/at/all.db"), 1, "cannot be opened"),
        (("demo", "--lens", "nothing"), 2, "There are:"),
    ],
)
def test_wrong_usage_is_one_clear_sentence(tmp_path: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    shown = copecheck(tmp_path, *arguments)
    assert (shown.returncode, "Traceback" in shown.stderr) == (code, False), shown.stderr
    assert words in shown.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("status",), "Nobody follows anything yet"),
        (("jobs",), "Nothing waits."),
        (("export", "all.jsonl"), "0 verdicts written to all.jsonl."),
        (("follow", "list"), "Nobody follows anything yet"),
        (("disputes",), "There are no objections."),
        (("feedback",), "There is no feedback yet."),
        (("forget", "person", "discord:1", "--yes"), "Nothing is stored"),
    ],
)
def test_who_asks_before_the_bot_has_run_makes_no_store(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    shown = copecheck(tmp_path, *arguments)
    assert shown.returncode == 0, shown.stderr
    assert words in shown.stdout + shown.stderr
    assert [path.name for path in tmp_path.iterdir() if path.name != "all.jsonl"] == []


def test_what_waits_behind_another_says_behind_which_in_jobs_and_is_counted_after_a_round(
    capsys: pytest.CaptureFixture[str],
) -> None:
    at, place = datetime(2026, 6, 2, tzinfo=UTC), "discord:1577113303681859586"
    more = (JobState.OPEN, at, at)
    jobs = [
        Job(number, Queue.DELIVER, f"k{number}", {"papers": [f"2606.0000{number}"]}, 1, False, place, *more, reason)
        for number, reason in ((1, "It is shut."), (2, ""), (3, ""))
    ]
    _show_jobs(jobs)
    assert report(Round((), tuple(jobs))) == 3
    shown = capsys.readouterr()
    assert shown.out.count("after job 1") == 2
    assert "…" not in shown.out, "a place that is torn cannot be copied"
    told = " ".join(shown.err.split())
    assert re.search(rf"Send 2606.00001, in {place}: waits until 0[123] Jun .*: It is shut. 2 more behind that;", told)


def test_status_and_jobs_agree_on_what_waits_and_what_is_late(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        SETTINGS.format(url=DARK).replace('"main"', '"main"\nzone = "America/New_York"', 1)
    )
    copecheck(tmp_path, "demo", "--store", "copecheck.db")
    status, jobs = (copecheck(tmp_path, name).stdout for name in ("status", "jobs"))
    assert "waiting: nothing but the next look at each feed" in status
    assert "Waiting: nothing but the next look at each feed." in jobs
    assert "read a feed" in jobs
    line = (
        r"main \(cs\.AI\) in console:main through discontinuity: next post \w{3} \d\d \w{3} 09:00 America/New_York, if"
    )
    assert re.search(line, status), status
    with sqlite3.connect(tmp_path / "copecheck.db") as store:
        columns = "queue, key, payload, lane, priority, state, due, leased, attempts, settled, added, reason, why"
        row = ("deliver", "console:main|card|2611.99008|plain", "{}", "console:main", 1.0, "open")
        now = time.time()
        values = (*row, now + 300, 0, 40, 40, now - 7500, "Nobody answers.", "platform")
        store.execute(f"INSERT INTO jobs ({columns}) VALUES ({','.join('?' * len(values))})", values)
    status, jobs = (copecheck(tmp_path, name).stdout for name in ("status", "jobs"))
    assert "Late: the oldest post to send has waited for 2 h 5 min." in status
    assert "waiting: 1 post to send" in status
    assert "Waiting: 1 post to send." in jobs
    told = json.loads(copecheck(tmp_path, "status", "--json").stdout)
    ours = told["follows"][-1]
    assert (ours["name"], ours["categories"], ours["lens"]) == ("main", ["cs.AI"], "discontinuity")
    assert re.search(r"T1[34]:00:00\+00:00$", ours["next_post_at"])


def test_jobs_are_told_in_words(tmp_path: Path) -> None:
    copecheck(tmp_path, "demo", "--store", "copecheck.db")
    with sqlite3.connect(tmp_path / "copecheck.db") as store:
        columns = "queue, key, payload, lane, priority, state, due, leased, attempts, settled, added, reason"
        for queue, key, payload, lane in (
            ("look", "2026-11-02/0a1b", '{"papers": ["2611.99001", "2611.99002", "2611.99003", "2611.99004"]}', None),
            ("edition", "day/2026-11-02/2", "{}", "console:main"),
            ("judge", "2611.99007|1|discontinuity|0a1b2c", "{}", None),
            ("deliver", "discord:7|card|2611.99008|plain", "{}", "discord:7"),
        ):
            row = (queue, key, payload, lane, 1.0, "open", 0.0, 0, 0, 0, 0.0, "")
            store.execute(f"INSERT INTO jobs ({columns}) VALUES ({','.join('?' * len(row))})", row)
    shown = copecheck(tmp_path, "jobs").stdout
    for words in (
        "ask arXiv  2611.99001,",
        "make a day's posts  day, 2026-11-02,",
        "judge  2611.99007",
        "send  2611.99008, in",
    ):
        assert words in re.sub(" {2,}", "  ", shown), shown
    assert "0a1b" not in shown


def test_init_over_a_good_file_leaves_it_when_the_answers_are_wrong(tmp_path: Path) -> None:
    kept = tmp_path / "config.toml"
    kept.write_text("[log]\nlevel = 'error'\n", encoding="utf-8")
    shown = copecheck(tmp_path, "init", "--force", answers="me@example.org\ncs.AI\nplain\n25:00\nUTC\n")
    assert shown.returncode == 2
    assert kept.read_text(encoding="utf-8") == "[log]\nlevel = 'error'\n"
    assert [one.name for one in tmp_path.iterdir()] == ["config.toml"]


def test_a_health_port_that_is_taken_is_wrong_settings(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        shown = copecheck(tmp_path, "run", COPECHECK_HEALTH__PORT=port)
    assert shown.returncode == 2
    assert "health.port" in shown.stderr
    assert "Choose another port" in shown.stderr


def test_what_a_terminal_cannot_write_stops_nothing(tmp_path: Path) -> None:
    shown = copecheck(tmp_path, "demo", PYTHONIOENCODING="ascii")
    assert shown.returncode == 0, shown.stderr
    assert "36 announced, 36 read, 3 posted, 9 listed, 24 by search" in shown.stdout


@pytest.mark.parametrize(("redirect", "code"), [(">&-", 0), ("2>&-", 0), (">&- 2>&-", 0), (">/dev/full", 1)], ids=str)
def test_closed_and_full_outputs_are_no_crash(tmp_path: Path, redirect: str, code: int) -> None:
    if "full" in redirect and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    shell = f'"{sys.executable}" -m bot lens list {redirect}'
    shown = subprocess.run(
        ["/bin/sh", "-c", shell],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert shown.returncode == code, shown.stderr
    assert "inside" not in shown.stderr


def test_an_export_that_fails_keeps_the_earlier_one(tmp_path: Path) -> None:
    earlier = tmp_path / "out.jsonl"
    earlier.write_text("precious\n", encoding="utf-8")
    (tmp_path / "bad.db").write_text("no database, but long enough to be read as one" * 30, encoding="utf-8")
    shown = copecheck(tmp_path, "export", "out.jsonl", "--store", "bad.db")
    assert shown.returncode == 1, shown.stderr
    assert earlier.read_text(encoding="utf-8") == "precious\n"
    assert sorted(one.name for one in tmp_path.iterdir() if "out" in one.name) == ["out.jsonl"]


def test_a_link_of_check_is_not_torn_over_two_lines(capsys: pytest.CaptureFixture[str]) -> None:
    link = f"https://example.org/{'x' * 150}"
    _show([{"what": "discord", "good": True, "found": f"invite it by {link}", "remedy": "", "outside": False}])
    assert link in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [("run",), ("run", "--once"), ("chat",), ("check",)])
def test_a_lens_that_is_wrong_is_told_before_the_store_is_brought_up_to_date(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    store = tmp_path / "copecheck.db"
    store.touch()
    (tmp_path / "config.toml").write_text(f'{SETTINGS.format(url=DARK)}lens = "nope"\n')
    ran = copecheck(tmp_path, *arguments)
    assert ran.returncode == 2
    assert "wants the lens 'nope', which there is not. There are: discontinuity" in ran.stderr
    assert store.stat().st_size == 0


def test_a_round_without_a_follow_says_so_and_a_slack_app_without_its_bot_token_too(tmp_path: Path) -> None:
    assert "Nobody follows anything yet." in copecheck(tmp_path, "run", "--once").stderr
    half = copecheck(tmp_path, "check", COPECHECK_SLACK__APP_TOKEN="xapp-1")
    assert (half.returncode, "bot_token is not set" in half.stderr) == (2, True)
    assert "xapp-1" not in half.stdout + half.stderr


def test_a_lens_is_listed_shown_and_checked(tmp_path: Path) -> None:
    assert "reproducibility" in copecheck(tmp_path, "lens", "list").stdout
    assert "not a verdict on reality" in " ".join(copecheck(tmp_path, "lens", "show", "discontinuity").stdout.split())
    shipped = ROOT / "bot" / "lenses" / "plain.toml"
    assert "good" in copecheck(tmp_path, "lens", "check", str(shipped)).stdout
    bad = tmp_path / "bad.toml"
    bad.write_text(shipped.read_text().replace("weight_full", "weight_ful", 1))
    shown = copecheck(tmp_path, "lens", "check", str(bad))
    assert shown.returncode == 2
    assert "weight_full" in shown.stderr


def test_a_lens_of_the_operators_folder_counts_like_a_shipped_one(tmp_path: Path) -> None:
    own = (ROOT / "bot" / "lenses" / "plain.toml").read_text().replace('key = "plain"', 'key = "mine"', 1)
    (tmp_path / "lenses").mkdir()
    (tmp_path / "lenses" / "mine.toml").write_text(own)
    (tmp_path / "config.toml").write_text('[lenses]\nfolder = "lenses"\n')
    assert "mine" in copecheck(tmp_path, "lens", "list").stdout
    assert copecheck(tmp_path, "demo", "--lens", "mine").returncode == 0
    of_cupboards = (ROOT / "docs" / "lenses.md").read_text().split("```toml\n")[1].split("```")[0]
    (tmp_path / "lenses" / "mine.toml").write_text(of_cupboards)
    shown = copecheck(tmp_path, "demo", "--lens", "cupboards").stdout
    assert "No paper reaches the threshold of this lens (20 of 100), so none is opened; `copecheck lens show" in shown


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (("--help",), {"discord", "slack_sdk", "openai", "sqlalchemy", "aiohttp", "feedparser", "pydantic"}),
        (
            ("status",),
            {
                "discord",
                "slack_sdk",
                "openai",
                "aiohttp",
                "feedparser",
                "sqlalchemy.orm",
                "bot.app",
                "bot.core.present.answer",
            },
        ),
        (("run", "--once"), {"discord", "slack_bolt", "openai", "feedparser", "sqlalchemy.orm"}),
    ],
)
def test_a_command_imports_no_heavy_library_that_it_does_not_need(
    tmp_path: Path, arguments: tuple[str, ...], heavy: set[str]
) -> None:
    probe = (
        f"import sys\nsys.argv = ['copecheck', *{arguments}]\nfrom bot.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print('HEAVY', sorted({heavy} & set(sys.modules)))\n"
    )
    command = [sys.executable, "-c", probe]
    kept = environment(COPECHECK_SLACK__BOT_TOKEN="xoxb-1")
    shown = subprocess.run(command, cwd=tmp_path, env=kept, capture_output=True, text=True, check=True)
    assert "HEAVY []" in shown.stdout


def test_the_wheel_holds_everything_the_demo_needs(tmp_path: Path) -> None:
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("copecheck-*.whl")
    target = tmp_path / "installed"
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--target",
        str(target),
        str(wheel),
    ]
    subprocess.run(install, check=True, capture_output=True)
    outside = tmp_path / "outside"
    outside.mkdir()
    shown = copecheck(outside, "demo", PYTHONPATH=str(target))
    assert shown.returncode == 0, shown.stderr
    assert "36 announced" in shown.stdout


def test_status_names_a_followed_category_before_the_first_poll(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(SETTINGS.format(url=DARK))
    assert "cs.AI has not been looked at yet" in " ".join(copecheck(tmp_path, "status").stdout.split())


def test_the_source_package_holds_what_its_readme_and_its_changes_lead_to(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)]
    subprocess.run(build, check=True, capture_output=True, cwd=ROOT)
    (packed,) = tmp_path.glob("copecheck-*.tar.gz")
    with tarfile.open(packed) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "LICENSE",
        "constraints.txt",
        "deploy/Dockerfile",
    } <= names
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    links = {link for link in re.findall(r"\]\(([^)#]+)\)", readme) if "://" not in link}
    assert links <= names
