"""`copecheck init` at a real terminal and from scripts, against loopback Discord, Slack and model."""

import asyncio
import os
import pty
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.test_commands import environment
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.openai_server import FakeOpenAi
from tests.fakes.slack_server.server import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.fakes.slack_server.world import TEAM

FIRST = ("me@example.org", "", "", "", "")


def at_a_terminal(folder: Path, answers: tuple[str, ...], *options: str, **more: str) -> tuple[int, str]:
    """Type an answer whenever a question stands there; the exit code, and all that was shown."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bot", "init", *options]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment() | more,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown, left = "", list(answers)
    asked_at = 0
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:
            break
        shown += piece.decode()
        if left and shown[asked_at:].rstrip("\x1b[0m").endswith((": ", "]: ", "]:")):
            os.write(ours, f"{left.pop(0)}\n".encode())
            asked_at = len(shown)
    os.close(ours)
    return process.wait(timeout=60), shown


async def typed(folder: Path, answers: tuple[str, ...], *options: str, **more: str) -> tuple[int, str]:
    return await asyncio.to_thread(at_a_terminal, folder, answers, *options, **more)


def written(folder: Path) -> dict[str, object]:
    return tomllib.loads((folder / "config.toml").read_text(encoding="utf-8"))


def here(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_at_a_terminal_each_wrong_answer_is_asked_again(tmp_path: Path) -> None:
    wrong_and_right = ("nobody", "me@example.org", "cs.Nope", "cs.AI", "no", "plain", "9am", "08:30", "Mars", "UTC")
    code, shown = await typed(tmp_path, (*wrong_and_right, "irc", "terminal", "www", "none"))
    assert code == 0, shown
    for words in ("that is no address", "is no arXiv category", "no lens", "no hour", "no time zone", "no platform"):
        assert words in " ".join(shown.split())
    assert written(tmp_path)["follows"] == [
        {"name": "first", "place": "console:main", "categories": ["cs.AI"], "lens": "plain", "hour": "08:30"}
        | {"zone": "UTC"}
    ]
    assert stat.S_IMODE((tmp_path / "config.toml").stat().st_mode) == 0o600
    assert [one.name for one in here(tmp_path)] == ["config.toml"]


async def test_an_existing_file_is_kept_unless_one_says_so(tmp_path: Path) -> None:
    kept = tmp_path / "config.toml"
    kept.write_text("[log]\nlevel = 'error'\n", encoding="utf-8")
    code, shown = await typed(tmp_path, ("n",))
    assert (code, kept.read_text(encoding="utf-8")) == (2, "[log]\nlevel = 'error'\n"), shown
    code, shown = await typed(tmp_path, ("y", *FIRST, "", ""))
    assert code == 0, shown
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert written(tmp_path)["arxiv"] == {"contact": "me@example.org"}


async def test_discords_token_and_channel_are_tried_and_asked_again_and_the_token_is_never_shown(
    tmp_path: Path,
) -> None:
    async with FakeDiscord() as fake:
        channel = fake.add_channel(fake.add_guild(), "papers")
        answers = (*FIRST, "discord", "wrong.bot.token", fake.token, "77", str(channel.id), "")
        quiet = {"PYTHONWARNINGS": "ignore"}  # discord.py imports audioop, which Python 3.11 says will go
        code, shown = await typed(tmp_path, answers, COPECHECK_DISCORD__API_URL=fake.api_base, **quiet)
    assert code == 0, shown
    assert "invite it by" in shown
    assert fake.token not in shown
    assert "wrong.bot.token" not in shown
    assert written(tmp_path)["discord"] == {"token": fake.token}
    assert f'place = "discord:{channel.id}"' in (tmp_path / "config.toml").read_text(encoding="utf-8")


async def test_slacks_tokens_and_channel_are_tried_and_asked_again(tmp_path: Path) -> None:
    async with FakeSlack() as fake:
        place = f"{TEAM}/{next(iter(fake.world.channels))}"
        answers = (*FIRST, "slack", "xoxb-wrong", BOT_TOKEN, "", "xapp-wrong", APP_TOKEN, "T1/C1", place, "")
        code, shown = await typed(tmp_path, answers, COPECHECK_SLACK__API_URL=fake.api_url)
    assert code == 0, shown
    assert "Slack refuses slack.app_token" in shown
    assert written(tmp_path)["slack"] == {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN}


@pytest.mark.parametrize("key", ["right", "wrong"])
async def test_a_script_answers_by_options_and_a_refused_key_writes_nothing(tmp_path: Path, key: str) -> None:
    (tmp_path / "key").write_text(key, encoding="utf-8")
    async with FakeOpenAi() as server:
        server.takes_key = "right"
        options = ["--contact", "me@example.org", "--categories", "cs.AI", "--lens", "plain", "--hour", "09:00"]
        options += ("--zone", "UTC", "--model-url", server.base_url, "--model", "fake", "--model-key-file", "key")
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "bot", "init", *options],
            cwd=tmp_path,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert done.returncode == (0 if key == "right" else 2), done.stderr
    assert (tmp_path / "config.toml").exists() is (key == "right")
    assert {one.name for one in here(tmp_path)} <= {"key", "config.toml"}


async def test_slack_over_http_asks_for_the_signing_secret_and_the_port_and_says_where_slack_calls(
    tmp_path: Path,
) -> None:
    async with FakeSlack() as fake:
        place = f"{TEAM}/{next(iter(fake.world.channels))}"
        secret = "0123456789abcdef" * 2
        way = ("post", "http", "my secret", secret, "port", "3000")
        answers = (*FIRST, "slack", BOT_TOKEN, *way, place, "")
        code, shown = await typed(tmp_path, answers, COPECHECK_SLACK__API_URL=fake.api_url)
    assert code == 0, shown
    words = " ".join(shown.split())
    for said in ("there is no way 'post'", "that is no signing secret", "'port' is no port", "/slack/events"):
        assert said in words
    assert secret not in shown
    assert written(tmp_path)["slack"] == {"bot_token": BOT_TOKEN, "signing_secret": secret, "port": 3000}


WRONG = [
    ("contact", "nobody", "that is no address; write one like me@example.org"),
    ("categories", "cs.AJ", "is no arXiv category; the nearest is"),
    ("categories", "", "is no arXiv category"),
    ("lens", "harsh", "there is no lens 'harsh'; there are discontinuity, reproducibility, plain"),
    ("hour", "25:00", '"25:00" is no hour of the day; write it like "09:00"'),
    ("zone", "Mars", "'Mars' is no time zone; use a name like Europe/Berlin"),
    ("platform", "discrod", "there is no platform 'discrod'; there are terminal, discord, slack."),
    ("place", "here", "'here' is not of the form platform:channel; write a place like \"console:main\""),
    ("model-url", "openrouter", "that is no address; write one like https://openrouter.ai/api/v1, or none"),
    ("model", "", "write a name as the provider lists it"),
]


@pytest.mark.parametrize(("name", "wrong", "words"), WRONG)
def test_a_wrong_answer_of_a_script_names_cause_and_remedy_and_writes_nothing(
    tmp_path: Path, name: str, wrong: str, words: str
) -> None:
    good = {"contact": "me@example.org", "categories": "cs.AI", "lens": "plain", "hour": "09:00", "zone": "UTC"}
    given = good | {"platform": "terminal", "model-url": "http://127.0.0.1:9", "model": "m"} | {name: wrong}
    options = [part for option, answer in given.items() for part in (f"--{option}", answer)]
    done = subprocess.run(
        [sys.executable, "-m", "bot", "init", *options],
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert words in done.stderr
    assert "console" not in done.stderr.replace('"console:main"', "")
    assert here(tmp_path) == []


def test_each_question_of_a_script_stands_on_its_own_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "init"],
        cwd=tmp_path,
        env=environment(),
        input="me@example.org\n\n\n\n\n\n\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    questions = [line for line in done.stderr.splitlines() if line.endswith(":")]
    assert questions[1] == "arXiv categories, separated by spaces [cs.AI]:"
    assert len(questions) == 7
