"""Ten attackers of different kinds at once, and two communities at work: `python -m tests.soak SECONDS`.

One server is attacked from within; in the other a follow posts its day and a member asks for help. The real discord.py
and the real openai package, servers on loopback. The figures are printed; what must hold is asserted.
"""

import asyncio
import gc
import itertools
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.app import App, open_app
from bot.config.settings import Settings
from bot.core.commands.payer import Cause, Payer
from bot.core.papers.feed import Fetched
from bot.core.papers.paper import ArxivId, Paper
from bot.core.posts.connection import LinkState
from bot.core.posts.post import Place, PostKey, PostKind
from bot.platforms.discord import DiscordPlatform
from bot.services.runtime.rounds import Keep, run_forever
from bot.sources.saved import SavedSource
from tests.fakes import feeds
from tests.fakes.arxiv import FakeArxiv
from tests.fakes.discord_bot import QUICK, until
from tests.fakes.discord_server.interactions import Interaction
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import Channel, Guild, User
from tests.fakes.openai_server import FakeOpenAi

PAPERS = 12
CARDS = 2
USD_A_DAY = 0.8  # at these prices the attacked server's questions would cost more than its half
PRICE_IN, PRICE_OUT = 2.0, 8.0
DAY_SECONDS = 60.0
ACKNOWLEDGED_SECONDS = 3.0
ANSWERED_SECONDS = 20.0
GIVEN_UP_SECONDS = 120.0
KEEP = Keep(timedelta(days=1), timedelta(days=1))
Attack = Callable[[int], Awaitable[Any]]


class SlowArxiv(SavedSource):
    """The saved day behind one connection that takes its time, as arXiv's gate makes it; any category has it."""

    def __init__(self, fetched: Fetched, category: str = "") -> None:
        super().__init__(fetched, category)
        self._gate = asyncio.Lock()

    async def fetch_feed(self, category: str, etag: str | None, last_modified: str | None) -> Fetched:
        """The day as the asked category's: one of another name would be announced before its follows are known."""
        fetched = await super().fetch_feed(category, etag, last_modified)
        return replace(fetched, batch=replace(fetched.batch, category=category) if fetched.batch else None)

    async def fetch_papers(self, ids: Sequence[ArxivId]) -> Mapping[ArxivId, Paper]:
        async with self._gate:
            await asyncio.sleep(0.5)
            return await super().fetch_papers(ids)


@dataclass
class Findings:
    """What was seen: seconds until the neighbour's commands were acknowledged and answered, and what was posted."""

    acknowledged: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    attacks: int = 0
    posted: Mapping[str, int] = field(default_factory=dict)
    doubles: int = 0
    missing: int = 0
    day_after: float = 0.0
    greedy_usd: float = 0.0
    day_usd: float = 0.0
    attackers_late: int = 0
    attackers_worst: float = 0.0
    longest_pause: float = 0.0

    def words(self) -> str:
        """One line of figures."""
        slowest = (max(self.acknowledged, default=0.0), max(self.answered, default=0.0))
        return (
            f"{self.attacks} attacks; {len(self.answered)} of the neighbour's commands, slowest acknowledged after "
            f"{slowest[0]:.2f} s and answered after {slowest[1]:.2f} s; posts {dict(self.posted)}; "
            f"{self.doubles} double, {self.missing} missing; the neighbour's day stood after {self.day_after:.1f} s; "
            f"attacked server spent {self.greedy_usd:.3f} of {USD_A_DAY / 2:.3f}, all {self.day_usd:.3f} of {USD_A_DAY}"
            f"; {self.attackers_late} of the attackers' own were acknowledged late, the slowest after "
            f"{self.attackers_worst:.2f} s; bot and servers, one process, paused for {self.longest_pause:.2f} s at most"
        )

    def hold(self, times: float = 1.0) -> None:
        """What must hold; `times`: how much slower a machine may be that is busy with something else."""
        assert self.answered
        assert max(self.acknowledged) <= ACKNOWLEDGED_SECONDS * times
        assert max(self.answered) <= ANSWERED_SECONDS * times
        assert self.day_after <= DAY_SECONDS * times
        assert (self.doubles, self.missing) == (0, 0)
        assert self.posted["attacked"] <= 10 // 2
        assert self.posted["announcements"] == 0
        assert self.greedy_usd <= USD_A_DAY / 2
        assert self.day_usd <= USD_A_DAY


def _settings(fake: FakeDiscord, server: FakeOpenAi, arxiv: FakeArxiv, folder: Path, follows: Channel) -> Settings:
    place = f"discord:{follows.id}"
    follow = {"categories": ["cs.AI"], "lens": "plain", "cards": CARDS, "hour": "00:00", "name": "day", "place": place}
    endpoint = {
        "base_url": server.base_url,
        "model": "fake/model",
        "price_in": PRICE_IN,
        "price_out": PRICE_OUT,
        "max_tokens": 2000,
    }
    return Settings.model_validate(
        {
            "store": {"url": str(folder / "store.db")},
            "platforms": {"console": {"show": False, "file": str(folder / "console.jsonl")}},
            "arxiv": {
                "feed_url": arxiv.url,
                "api_url": arxiv.api_url,
                "site_url": arxiv.url,
                "request_gap_seconds": 0.5,
            },
            "discord": {"token": fake.token, "api_url": fake.api_base},
            "model": {"endpoints": [endpoint], "usd_a_day": USD_A_DAY},
            "follows": [follow | {"weekdays": list(range(7))}],
        }
    )


def weekday() -> date:
    """The last day before today on which arXiv announced."""
    day = datetime.now(UTC).date() - timedelta(days=1)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return day


@asynccontextmanager
async def _at_work(app: App) -> AsyncIterator[None]:
    platform, stop = app.platforms["discord"], asyncio.Event()
    assert isinstance(platform, DiscordPlatform)
    platform._life._patience = QUICK
    running = asyncio.create_task(run_forever(app.store, app.crews(), app.clock, stop, KEEP, [platform], app.inbox))
    try:
        await until(lambda: platform.connection.state is LinkState.CONNECTED, 30)
        yield
    finally:
        stop.set()
        with suppress(asyncio.CancelledError):
            await running


def _attacks(fake: FakeDiscord, guild: Guild, attacked: Channel, news: Channel) -> Sequence[Attack]:
    """Ten kinds, each by a person of its own; the number makes every command a new one."""
    people = [fake.add_user(f"eve{number}") for number in range(10)]
    admins = fake.add_role(guild, "admins", "manage_guild")
    for number, person in enumerate(people):
        fake.join(guild, person, *([admins] if number in (2, 3) else []))

    def by(number: int, channel: Channel, verb: str, options: Callable[[int], Mapping[str, Any]]) -> Attack:
        return lambda turn: fake.slash(people[number], channel, verb, wait=False, **options(turn))

    def unknown(turn: int) -> str:
        return f"2511.{turn % 90_000:05}"

    def known(turn: int) -> str:
        return str(feeds.invent(turn % PAPERS + 1).id)

    def objection(turn: int) -> Mapping[str, str]:
        return {"paper": known(turn), "lens": "plain", "claim": "headline", "reason": f"It says {turn}."}

    return (
        by(0, attacked, "verdict", lambda turn: {"paper": unknown(turn)}),
        by(1, attacked, "ask", lambda turn: {"question": f"What is {turn}?", "paper": unknown(turn + 30_000)}),
        by(2, attacked, "follow add", lambda turn: {"categories": "cs.AI cs.CL", "lens": "plain", "mode": "every"}),
        by(3, attacked, "follow now", lambda turn: {}),
        by(4, attacked, "ask", lambda turn: {"question": f"What is {turn}?", "paper": known(turn)}),
        by(5, news, "ask", lambda turn: {"question": f"Who is {turn}?", "paper": known(turn)}),
        by(6, attacked, "feedback", lambda turn: {"words": f"{turn} " * 500}),
        by(7, attacked, "verdict", lambda turn: {"paper": "-" * 1500 + str(turn)}),
        by(8, attacked, "search", lambda turn: {"words": f"system {turn}"}),
        by(
            9,
            attacked,
            "dispute",
            lambda turn: {"paper": known(turn), "lens": "plain", "claim": "headline", "reason": "x"},
        ),
    )


async def _neighbour(fake: FakeDiscord, person: User, channel: Channel, findings: Findings) -> None:
    """One member of the other server asks for help, again and again."""
    begun = time.monotonic()
    one: Interaction = await fake.slash(person, channel, "help")
    findings.acknowledged.append(one.acknowledged_after or 0.0)
    await until(lambda: "verdict" in one.text, GIVEN_UP_SECONDS)
    findings.answered.append(time.monotonic() - begun)


def _key(channel: Channel, kind: PostKind, subject: str) -> PostKey:
    return PostKey(Place("discord", str(channel.id)), kind, subject, "plain")


def _day(channel: Channel) -> list[PostKey]:
    """What stands of the neighbour's day in any case: its opening line, and the list of all others."""
    subject = f"{weekday()}/day"
    return [_key(channel, PostKind.OPENING, subject), _key(channel, PostKind.LIST, f"{subject}/1")]


def _cards(channel: Channel) -> list[PostKey]:
    """The cards that it might have."""
    return [_key(channel, PostKind.CARD, str(one.id)) for one in feeds.invent_day(PAPERS)]


async def soak(folder: Path, seconds: float) -> Findings:
    """Attack for so long, then look at what came of it."""
    findings = Findings()
    body = feeds.rss(weekday(), feeds.invent_day(PAPERS))
    async with FakeDiscord() as fake, FakeOpenAi(delay=0.05) as server, FakeArxiv() as arxiv:
        greedy, modest = fake.add_guild("Greedy"), fake.add_guild("Modest")
        attacked, news = fake.add_channel(greedy, "attacked"), fake.add_channel(greedy, "news")
        papers = fake.add_channel(modest, "papers")
        ann = fake.add_user("ann")
        fake.join(modest, ann)
        fake.set_overwrite(news, greedy.roles[greedy.id], deny=("send_messages", "send_messages_in_threads"))
        fake.set_overwrite(news, fake.bot_role(greedy), allow=("send_messages", "send_messages_in_threads"))
        source = SlowArxiv.parse(body, "the day")
        wanted = {key.digest for key in _day(papers)}
        async with open_app(_settings(fake, server, arxiv, folder, papers), source=source) as app:
            async with _at_work(app):
                await until(lambda: bool(fake.world.commands.get(None)), 30)
                attacks = _attacks(fake, greedy, attacked, news)
                begun = time.monotonic()
                ends_at = begun + seconds

                async def day() -> None:
                    await until(lambda: len(fake.posts(papers)) > 1, GIVEN_UP_SECONDS)
                    findings.day_after = time.monotonic() - begun

                async def watch() -> None:
                    while time.monotonic() < ends_at:
                        before = time.monotonic()
                        await asyncio.sleep(0.01)
                        findings.longest_pause = max(findings.longest_pause, time.monotonic() - before - 0.01)

                made: list[Interaction] = []

                async def attack(of: Attack) -> None:
                    for turn in itertools.count(1):
                        if time.monotonic() > ends_at:
                            return
                        with suppress(Exception):  # what the fake refuses to a person is no attack
                            made.append(await of(turn))
                            findings.attacks += 1
                        await asyncio.sleep(0.2)

                attacking = [asyncio.create_task(attack(one)) for one in attacks]
                posting = asyncio.create_task(day())
                watching = asyncio.create_task(watch())
                while time.monotonic() < ends_at:
                    await _neighbour(fake, ann, papers, findings)
                    await asyncio.sleep(0.3)
                await asyncio.gather(*attacking)
                await posting
                await watching
                acknowledged = [one.acknowledged_after for one in made]
                findings.attackers_late = sum(one is None or one > ACKNOWLEDGED_SECONDS for one in acknowledged)
                findings.attackers_worst = max((one for one in acknowledged if one is not None), default=0.0)
                await until(
                    lambda: not (wanted - {line["nonce"] for line in fake.journal.of("message_created")}),
                    GIVEN_UP_SECONDS,
                )
            community = Payer(Cause.COMMAND, "", f"discord:{greedy.id}").marks[0]
            findings.greedy_usd = (await app.store.spending(community)).usd
            findings.day_usd = (await app.store.spending()).usd
        counted = Counter(line["nonce"] for line in fake.journal.of("message_created") if line["nonce"])
        findings.doubles = sum(count - 1 for count in counted.values())
        cards = [key.digest for key in _cards(papers) if counted[key.digest]]
        findings.missing = len(wanted - counted.keys()) + (
            not 1 <= len(cards) <= CARDS
        )  # two that say the same are one
        posted = {"attacked": attacked, "announcements": news, "papers": papers}
        findings.posted = {name: len(fake.posts(channel)) for name, channel in posted.items()}
    return findings


def run(work: Callable[[Path, float], Coroutine[Any, Any, Any]]) -> None:
    """Print the figures of a soak of so many seconds, 600 by default, and fail where they are not right."""
    gc.freeze()  # as `run` does
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 600.0
    with tempfile.TemporaryDirectory() as folder:
        findings = asyncio.run(work(Path(folder), seconds))
    sys.stdout.write(f"{findings.words()}\n")
    findings.hold()


if __name__ == "__main__":
    run(soak)
