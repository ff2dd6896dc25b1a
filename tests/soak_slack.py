"""The soak's other half: ten attackers in a workspace of Slack, and two communities at work: that workspace's own
channel with a member of it, and a server of Discord beside it. `python -m tests.soak_slack SECONDS`.

One bot, the real slack_bolt, slack_sdk, discord.py and openai, servers on loopback. What must hold is asserted.
"""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.app import App, open_app
from bot.config.settings import Settings
from bot.core.commands.payer import Cause, Payer
from bot.core.posts.connection import LinkState
from bot.platforms.discord import DiscordPlatform
from bot.services.runtime.rounds import run_forever
from tests.fakes import feeds
from tests.fakes.arxiv import FakeArxiv
from tests.fakes.discord_bot import QUICK, until
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import Channel, User
from tests.fakes.openai_server import FakeOpenAi
from tests.fakes.slack_server import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.fakes.slack_server.deliveries import Delivery
from tests.fakes.slack_server.world import TEAM
from tests.soak import (
    ACKNOWLEDGED_SECONDS,
    ANSWERED_SECONDS,
    CARDS,
    DAY_SECONDS,
    GIVEN_UP_SECONDS,
    KEEP,
    PAPERS,
    PRICE_IN,
    PRICE_OUT,
    USD_A_DAY,
    SlowArxiv,
    run,
    weekday,
)

ATTACKED, QUIET = "C0GENERAL", "C0PAPERS"
MOST_PUBLIC = 10  # of the attacked channel's day
Attack = Callable[[int], Awaitable[Any]]


@dataclass
class Findings:
    """What was seen; seconds, counts and dollars."""

    acknowledged: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    attacks: int = 0
    late: int = 0
    worst: float = 0.0
    attacked_posts: int = 0
    doubles: int = 0
    missing: list[str] = field(default_factory=list)
    days_after: list[float] = field(default_factory=list)
    workspace_usd: float = 0.0
    day_usd: float = 0.0
    broken_rules: list[str] = field(default_factory=list)

    def words(self) -> str:
        """One line of figures."""
        return (
            f"{self.attacks} attacks, {self.late} of them acknowledged late, the slowest after {self.worst:.2f} s; "
            f"{len(self.answered)} commands of the two neighbours, slowest acknowledged after "
            f"{max(self.acknowledged, default=0.0):.2f} s and answered after {max(self.answered, default=0.0):.2f} s; "
            f"{self.doubles} double, {len(self.missing)} missing; days stood after "
            f"{' and '.join(f'{after:.1f} s' for after in self.days_after)}; {self.attacked_posts} posts in "
            f"the attacked channel, no threads; workspace spent {self.workspace_usd:.3f} of {USD_A_DAY / 2:.3f}, all "
            f"{self.day_usd:.3f} of {USD_A_DAY}"
        )

    def hold(self, times: float = 1.0) -> None:
        """What must hold; `times`: how much slower a machine may be that is busy with something else."""
        assert len(self.answered) >= 2
        assert max(self.acknowledged) <= ACKNOWLEDGED_SECONDS * times
        assert max(self.answered) <= ANSWERED_SECONDS * times
        assert (self.doubles, self.missing) == (0, [])
        assert max(self.days_after) <= DAY_SECONDS * times
        assert self.attacked_posts <= MOST_PUBLIC
        assert self.workspace_usd <= USD_A_DAY / 2
        assert self.day_usd <= USD_A_DAY
        assert self.broken_rules == []


def _settings(
    discord: FakeDiscord, slack: FakeSlack, server: FakeOpenAi, arxiv: FakeArxiv, folder: Path, papers: Channel
) -> Settings:
    day = {"categories": ["cs.AI"], "lens": "plain", "cards": CARDS, "hour": "00:00", "weekdays": list(range(7))}
    prices = {"price_in": PRICE_IN, "price_out": PRICE_OUT, "max_tokens": 2000}
    where = {"feed_url": arxiv.url, "api_url": arxiv.api_url, "site_url": arxiv.url, "request_gap_seconds": 0.5}
    return Settings.model_validate(
        {
            "store": {"url": str(folder / "store.db")},
            "platforms": {"console": {"show": False, "file": str(folder / "console.jsonl")}},
            "arxiv": where,
            "discord": {"token": discord.token, "api_url": discord.api_base},
            "slack": {
                "bot_token": BOT_TOKEN,
                "app_token": APP_TOKEN,
                "api_url": slack.api_url,
                "post_gap_seconds": 0.2,
            },
            "model": {
                "endpoints": [{"base_url": server.base_url, "model": "fake/model", **prices}],
                "usd_a_day": USD_A_DAY,
            },
            "follows": [
                day | {"name": "far", "place": f"discord:{papers.id}"},
                day | {"name": "near", "place": f"slack:{TEAM}/{QUIET}"},
            ],
        }
    )


@asynccontextmanager
async def _at_work(app: App) -> AsyncIterator[None]:
    discord, slack, stop = app.platforms["discord"], app.platforms["slack"], asyncio.Event()
    assert isinstance(discord, DiscordPlatform)
    discord._life._patience = QUICK
    running = asyncio.create_task(
        run_forever(app.store, app.crews(), app.clock, stop, KEEP, [discord, slack], app.inbox)
    )
    try:
        await until(lambda: {discord.connection.state, slack.connection.state} == {LinkState.CONNECTED}, 30)
        yield
    finally:
        stop.set()
        with suppress(asyncio.CancelledError):
            await running


def _attacks(slack: FakeSlack) -> Sequence[Attack]:
    """Ten kinds, each by a person of its own; the number makes every one new."""
    for number in range(10):
        slack.world.add_person(f"U0EVE{number}", f"eve{number}", is_admin=number in (2, 3), is_restricted=number == 5)
    for channel in slack.world.channels.values():
        channel.members |= {f"U0EVE{number}" for number in range(10)}

    def typed(number: int, text: Callable[[int], str]) -> Attack:
        return lambda turn: slack.slash(f"eve{number}", ATTACKED, "/copecheck", text(turn))

    def known(turn: int) -> str:
        return str(feeds.invent(turn % PAPERS + 1).id)

    def unknown(turn: int) -> str:
        return f"2511.{turn % 90_000:05}"

    return (
        typed(0, lambda turn: f"verdict {unknown(turn)}"),
        typed(1, lambda turn: f"ask What is {turn}? paper={unknown(turn + 30_000)}"),
        typed(2, lambda turn: "follow add cs.AI cs.CL lens=plain mode=every limit=100"),
        typed(3, lambda turn: "follow now"),
        typed(4, lambda turn: f"ask What is {turn}? paper={known(turn)}"),
        lambda turn: slack.remark("eve5", "im", "follow add cs.AI mode=every limit=100" if turn % 2 else "follow now"),
        typed(6, lambda turn: "feedback " + f"{turn} " * 500),
        lambda turn: slack.remark("eve7", "im", "-" * 3900 + str(turn)),
        lambda turn: slack.mention("eve8", ATTACKED, f"What is {turn} in {known(turn)}?"),
        typed(9, lambda turn: f"dispute {known(turn)} plain headline It says {turn}."),
    )


async def _near(slack: FakeSlack, findings: Findings) -> None:
    """A member of the attacked workspace asks for help in another channel."""
    before, begun = len(slack.shown_to("carol")), time.monotonic()
    told: Delivery = await slack.slash("carol", QUIET, "/copecheck", "help")
    findings.acknowledged.append(told.waited if told.waited is not None else float("inf"))
    await until(lambda: len(slack.shown_to("carol")) > before, GIVEN_UP_SECONDS)
    findings.answered.append(time.monotonic() - begun)


async def _far(fake: FakeDiscord, person: User, channel: Channel, findings: Findings) -> None:
    """A member of the other platform's server does."""
    begun = time.monotonic()
    one = await fake.slash(person, channel, "help")
    findings.acknowledged.append(one.acknowledged_after if one.acknowledged_after is not None else float("inf"))
    await until(lambda: "verdict" in one.text, GIVEN_UP_SECONDS)
    findings.answered.append(time.monotonic() - begun)


async def _attack(of: Attack, ends_at: float, made: list[Any], findings: Findings) -> None:
    for turn in itertools.count(1):
        if time.monotonic() > ends_at:
            return
        with suppress(Exception):  # what the fake refuses to a person is no attack
            made.append(await of(turn))
            findings.attacks += 1
        await asyncio.sleep(0.2)


async def _posted(seen: Callable[[], int], begun: float, findings: Findings) -> None:
    """A day stands: its opening line, and what goes under it."""
    await until(lambda: seen() > 1, GIVEN_UP_SECONDS)
    findings.days_after.append(time.monotonic() - begun)


def _waits(made: Sequence[Any]) -> list[float | None]:
    """How long each thing that was sent to the bot waited for its acknowledgement."""
    sent = [one for each in made for one in (each.deliveries if hasattr(each, "deliveries") else [each])]
    return [one.waited for one in sent]


async def soak(folder: Path, seconds: float) -> Findings:
    """Attack for so long, then look at what came of it."""
    findings, made = Findings(), list[Any]()
    papers_of_day = feeds.invent_day(PAPERS)
    source = SlowArxiv.parse(feeds.rss(weekday(), papers_of_day), "the day")
    async with FakeDiscord() as fake, FakeSlack() as slack, FakeOpenAi(delay=0.05) as server, FakeArxiv() as arxiv:
        slack.limits.is_on = False
        guild = fake.add_guild("Modest")
        papers, ann = fake.add_channel(guild, "papers"), fake.add_user("ann")
        fake.join(guild, ann)
        async with open_app(_settings(fake, slack, server, arxiv, folder, papers), source=source) as app:
            async with _at_work(app):
                await until(lambda: bool(fake.world.commands.get(None)), 30)
                begun = time.monotonic()
                ends_at = begun + seconds
                attacking = [asyncio.create_task(_attack(one, ends_at, made, findings)) for one in _attacks(slack)]
                posting = [
                    asyncio.create_task(_posted(lambda: len(fake.posts(papers)), begun, findings)),
                    asyncio.create_task(_posted(lambda: len(slack.seen(QUIET)), begun, findings)),
                ]
                while time.monotonic() < ends_at:
                    await _near(slack, findings)
                    await _far(fake, ann, papers, findings)
                    await asyncio.sleep(0.3)
                await asyncio.gather(*attacking, *posting)
                await until(lambda: not _missing(fake, slack, papers), GIVEN_UP_SECONDS)
            spent = Payer(Cause.COMMAND, "", f"slack:{TEAM}").marks[0]
            findings.workspace_usd = (await app.store.spending(spent)).usd
            findings.day_usd = (await app.store.spending()).usd
        waits = _waits(made)
        findings.late = sum(one is None or one > ACKNOWLEDGED_SECONDS for one in waits)
        findings.worst = max((one for one in waits if one is not None), default=0.0)
        nonces = Counter(line["nonce"] for line in fake.journal.of("message_created") if line["nonce"])
        findings.doubles = sum(count - 1 for count in (*nonces.values(), *slack.journal.keys.values()))
        findings.missing = _missing(fake, slack, papers)
        findings.attacked_posts = sum(one.is_own and not one.is_reply for one in slack.seen(ATTACKED))
        findings.broken_rules = [*slack.faults, *fake.faults]
    return findings


def _missing(fake: FakeDiscord, slack: FakeSlack, papers: Channel) -> list[str]:
    """What does not stand of the two days: an opening line, a card and the list of all others, each on both."""
    keys = [str(one["key"]) for one in slack.journal.of("posted", channel=QUIET)]
    near = [f"slack {kind}" for kind in ("opening", "card", "list") if not any(f"|{kind}|" in key for key in keys)]
    return near + ([] if len(fake.posts(papers)) > 1 else ["discord"])


if __name__ == "__main__":
    run(soak)
