"""One process before Discord and Slack at once, with the real services: trouble with either is no trouble of the other.

No stopwatch: when the healthy one has its whole day and has answered a command, the calls of the other that hang are
still the first ones, and there are more of them than hands, so that a hand that both shared would have waited.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.core.jobs.job import Job, JobState, Queue
from bot.core.posts.connection import LinkState
from bot.platforms.discord import DiscordPlatform
from tests.fakes.discord_bot import QUICK
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import THREAD_STARTER, Channel, Guild, User
from tests.fakes.discord_server.trouble import DROP_BEFORE, HANG
from tests.fakes.slack_server import FakeSlack
from tests.fakes.slack_server.faults import drop_before, hang
from tests.platforms.slack_bench import TEAM, until
from tests.platforms.slack_whole import ALWAYS, Whole, posted, whole

pytest_plugins = ("tests.fakes.discord_fixtures",)
TROUBLES = ("hangs", "is down", "is revoked")
HANDS = 2
WORK = {"lease_seconds": 600, "senders": HANDS, "answerers": HANDS}


@dataclass
class Both:
    """The two fakes, and a channel more of each than there are hands."""

    discord: FakeDiscord
    slack: FakeSlack
    channels: list[Channel]

    @classmethod
    def of(cls, discord: FakeDiscord, guild: Guild) -> "Both":
        slack = FakeSlack()
        for number in range(HANDS + 1):
            slack.world.add_channel(f"C0BOTH{number}", f"both{number}")
        return cls(discord, slack, [discord.add_channel(guild, f"both{number}") for number in range(HANDS + 1)])

    def follows(self, first: str) -> list[dict[str, Any]]:
        """A follow a channel; those of the platform `first` come before the others, in name and in order."""
        numbers = range(HANDS + 1)
        places = {
            "slack": [f"slack:{TEAM}/C0BOTH{number}" for number in numbers],
            "discord": [f"discord:{one.id}" for one in self.channels],
        }
        ordered = [*places.pop(first), *next(iter(places.values()))]
        rest = {"categories": ["cs.AI"], **ALWAYS, "cards": 2}
        return [{"name": f"f{number}", "place": place, **rest} for number, place in enumerate(ordered)]

    def spoil(self, name: str, trouble: str) -> None:
        """From now on that platform is of no use."""
        if name == "slack" and trouble == "is revoked":
            self.slack.bot_token.error = "token_revoked"
        elif name == "slack":
            self.slack.wire.sometimes("*", hang() if trouble == "hangs" else drop_before(), 1.0)
        elif trouble == "is revoked":
            self.discord.revoke_token()
        else:
            self.discord.troubles.add(HANG if trouble == "hangs" else DROP_BEFORE)

    def days(self, name: str) -> list[int]:
        """How many posts stand at each place of a platform: the opening line, two cards, and the list in its thread."""
        if name == "slack":
            kinds = ("opening", "card", "list")
            numbers = range(HANDS + 1)
            return [sum(len(posted(self.slack, f"C0BOTH{number}", kind)) for kind in kinds) for number in numbers]
        return [self._on_discord(one) for one in self.channels]

    def _on_discord(self, channel: Channel) -> int:
        threads = [one for one in self.discord.world.guild_of(channel).channels.values() if one.parent_id == channel.id]  # type: ignore[union-attr]
        return sum(one.kind != THREAD_STARTER for place in (channel, *threads) for one in self.discord.posts(place))


WHOLE_DAY = [4] * (HANDS + 1)


async def asks(here: Whole, both: Both, name: str, root: User) -> None:
    """Ask for the status on that platform, and see the answer."""
    if name == "slack":
        await here.slack.slash("alice", "both0", "/copecheck", "status")
        await here.says("alice", "12 announced")
        return
    await until(lambda: bool(both.discord.world.commands.get(None)))
    asked = await both.discord.slash(root, both.channels[0], "status")
    await until(lambda: "12 announced" in asked.text)


async def tried(here: Whole, name: str) -> list[Job]:
    """What is still to be posted on a platform, once it was tried to post some of it."""
    async with asyncio.timeout(30):
        while True:
            jobs = await here.app.store.list_jobs((JobState.OPEN,), Queue.DELIVER)
            waiting = [job for job in jobs if job.key.startswith(f"{name}:")]
            if any(job.attempt for job in waiting):
                return waiting
            await asyncio.sleep(0.05)


def connected(here: Whole, name: str) -> Callable[[], bool]:
    return lambda: here.app.platforms[name].connection.state is LinkState.CONNECTED


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize(("spoilt", "well"), [("slack", "discord"), ("discord", "slack")])
async def test_trouble_with_one_platform_does_not_delay_the_other(
    fake: FakeDiscord,
    guild: Guild,
    root: User,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoilt: str,
    well: str,
    trouble: str,
) -> None:
    monkeypatch.setattr("bot.platforms.slack.api.client.TIMEOUT", 600)  # what hangs does so to the end of the test
    both = Both.of(fake, guild)
    discord_told = {"token": fake.token, "api_url": fake.api_base}
    told: dict[str, Any] = {"discord": discord_told, "work": WORK, "follows": both.follows(spoilt)}
    both.spoil(spoilt, trouble)
    async with whole(tmp_path, "socket", slack=both.slack, listens=False, **told) as here:
        discord = here.app.platforms["discord"]
        assert isinstance(discord, DiscordPlatform)
        discord._life._patience = QUICK
        await until(connected(here, well))
        await until(lambda: both.days(well) == WHOLE_DAY)
        await asks(here, both, well, root)
        assert both.days(spoilt) == [0] * (HANDS + 1)
        assert not connected(here, spoilt)()
        late = await tried(here, spoilt)
        if trouble == "hangs":
            assert {job.reason for job in late} == {""}  # no call was given up: the first ones are still under way
