"""A model that is dead does not hold a round: `run --once` gives it up, keeps the papers, and `status` says why."""

import asyncio
import re
import sys
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

from tests.fakes.openai_server import FakeOpenAi, hangs, status
from tests.kill.targets import free_port
from tests.kill.test_taken_up import feeds

AT_ONCE = 4
MOST_SECONDS = 75  # it was more than two minutes, and with calls that time out many


async def command(folder: Path, *words: str, typed: str = "") -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, "--config", str(folder / "config.toml"),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    told, _ = await process.communicate(typed.encode())
    return process.returncode or 0, told.decode()


async def a_round(folder: Path, feed: str, model: str, timeout: str = "timeout_seconds = 5") -> tuple[float, int, str]:
    """Seconds and exit code of a round of a day that is open for long, and what `status` says after it."""
    write_settings(folder, feed, model, timeout)
    started = time.monotonic()
    code, told = await command(folder, "run", "--once")
    taken = time.monotonic() - started
    assert "Traceback" not in told
    return taken, code, (await command(folder, "status"))[1]


def write_settings(folder: Path, feed: str, model: str, timeout: str) -> None:
    folder.mkdir()
    hour = f"{datetime.now(UTC):%H:%M}"
    (folder / "config.toml").write_text(f"""
[arxiv]
feed_url = "{feed}"
api_url = "{feed}/api/query"
site_url = "{feed}"
request_gap_seconds = 0
[platforms.console]
show = false
[model]
at_once = {AT_ONCE}
[[model.endpoints]]
base_url = "{model}"
model = "fake/model"
{timeout}
[[follows]]
name = "day"
place = "console:main"
categories = ["cs.AI"]
hour = "{hour}"
weekdays = [0, 1, 2, 3, 4, 5, 6]
""")


async def test_a_dead_model_is_given_up_for_a_round_and_status_says_why(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        feed = await stack.enter_async_context(feeds())
        broken, silent = [await stack.enter_async_context(FakeOpenAi()) for _ in range(2)]
        broken.always, silent.always = status(500), hangs
        nobody = f"http://127.0.0.1:{free_port()}/v1"
        kinds = {"gone": nobody, "broken": broken.base_url, "silent": silent.base_url}
        rounds = await asyncio.gather(*(a_round(tmp_path / name, feed, url) for name, url in kinds.items()))
    for taken, code, _ in rounds:
        assert taken < MOST_SECONDS
        assert code == 3, "what is kept is said to be"
    said = [" ".join(told.split()) for *_, told in rounds]
    assert re.search(r"papers wait to be judged: .*cannot be reached", said[0])
    assert re.search(r"papers wait to be judged: .*reports an error on its side", said[1])
    assert re.search(r"papers wait to be judged: .*did not answer in time", said[2])


async def test_a_silent_model_is_given_up_for_a_round_without_a_time_out_in_the_settings_and_admins_read_why(
    tmp_path: Path,
) -> None:
    async with feeds() as feed, FakeOpenAi() as silent:
        silent.always = hangs
        taken, code, told = await a_round(tmp_path / "silent", feed, silent.base_url, timeout="")
        assert taken < MOST_SECONDS, "a whole answer may take 120 seconds, and a round waited for that"
        assert code == 3
        assert 0 < len(silent.asked) <= AT_ONCE, "what is given up is asked no second time in the round"
        assert "gave no first answer within 20 seconds" in " ".join(told.split())
        _, said = await command(tmp_path / "silent", "chat", typed="status\n")
        assert "the model does not answer just now" in " ".join(said.split())
