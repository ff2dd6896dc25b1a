"""From nothing to the first post: `init` answered by a script that types, then `run`; questions and seconds of each.

    PYTHONPATH=. python docs/checks/first_hour.py

Discord, Slack and arXiv are our own on loopback; the seconds are the program's, not those of who reads and types.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bot.core.papers.calendar import eastern_day
from tests.cli.test_commands import environment
from tests.cli.test_init import at_a_terminal
from tests.fakes.arxiv import FakeArxiv
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.feeds import invent
from tests.fakes.slack_server.server import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.fakes.slack_server.world import TEAM

ANSWERS = ("me@example.org", "cs.AI", "discontinuity", "00:00", "UTC")
COMMAND_WITHIN_SECONDS = 120.0


async def first_post(name: str, answers: tuple[str, ...], env: dict[str, str], posts: Callable[[], int]) -> str:
    """A row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        code, shown = await asyncio.to_thread(at_a_terminal, Path(folder), answers, **env)
        asked = time.monotonic() - began
        if code != 0:
            raise SystemExit(shown)
        began = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=folder, env=environment() | env, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            async with asyncio.timeout(COMMAND_WITHIN_SECONDS):
                while not posts():  # noqa: ASYNC110 - the servers count in this very process, and tell nobody
                    await asyncio.sleep(0.02)
            seconds = time.monotonic() - began
        finally:
            process.terminate()
            await process.wait()
    return f"| {name} | {len(answers)} | {asked:.1f} | {seconds:.1f} |"


async def main() -> None:
    """The table, for both platforms."""
    async with FakeArxiv() as arxiv, FakeDiscord() as discord, FakeSlack() as slack:
        arxiv.announce(eastern_day(datetime.now(UTC)), [invent(number) for number in range(1, 41)])
        base = {
            "PYTHONWARNINGS": "ignore",
            "COPECHECK_ARXIV__FEED_URL": arxiv.url,
            "COPECHECK_ARXIV__SITE_URL": arxiv.url,
            "COPECHECK_ARXIV__API_URL": arxiv.api_url,
            "COPECHECK_DISCORD__API_URL": discord.api_base,
            "COPECHECK_DISCORD__GATEWAY_URL": discord.gateway.url,
            "COPECHECK_SLACK__API_URL": slack.api_url,
        }
        channel = discord.add_channel(discord.add_guild("Readers"), "papers")
        place = f"{TEAM}/{next(iter(slack.world.channels))}"
        rows = [
            await first_post(
                "Discord",
                (*ANSWERS, "discord", discord.token, str(channel.id), "none"),
                base,
                lambda: len(discord.posts(channel)),
            ),
            await first_post(
                "Slack",
                (*ANSWERS, "slack", BOT_TOKEN, "", APP_TOKEN, place, "none"),
                base,
                lambda: len(slack.journal.keys),
            ),
        ]
    head = "| | questions | init, seconds | from run to the first post, seconds |\n|---|---|---|---|"
    sys.stdout.write("\n".join([head, *rows, ""]))


if __name__ == "__main__":
    asyncio.run(main())
