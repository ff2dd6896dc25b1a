"""Real messages of a real day on both platforms, as pictures for people who read them aloud.

    PYTHONPATH=. python docs/checks/messages.py <feed.xml> <folder>

The bot is whole: its services, its store, both SDKs, and servers on loopback in place of Discord, Slack and arXiv.
The feed is a saved day of one category; the day is read by rule. Beside what is said live, the golden files are
shown, because they hold what a model would say (invented). Writes NN-name-discord.png and NN-name-slack.png, and the
same as text. It wants `chromium` on the path.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docs.pages import page_of
from docs.shots import shoot
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import Channel, Guild, Message, User
from tests.fakes.feeds import last_weekdays, redated
from tests.fakes.slack_server import FakeSlack
from tests.platforms.slack_whole import Whole, follow, whole

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
FOLLOW = {"lens": "discontinuity", "threshold": 35, "cards": 5, "mode": "top"}
WIDTH = 700
SAID = (
    "help",
    "status",
    "recent",
    "search large language model agents",
    "search zzzzqqq",
    "verdict",
    "verdict hello",
    "similar",
    "report",
    "follow list",
    "follow add cs.QQ",
    "folow list",
    "what do you think of this channel?",
    "limits",
    "lens list",
)


SENTENCES = ("report is late", "similar work exists", "search and rescue robots")


@dataclass
class Book:
    """What was said, in order: the platform, a name, and the payload as it was shown."""

    pages: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def keep(self, platform: str, name: str, payload: dict[str, Any]) -> None:
        self.pages.append((platform, name, payload))


async def until(is_so: Callable[[], Any], seconds: float = 60.0) -> Any:
    """Wait until it is so, and what it is; None after so many seconds."""
    for _ in range(int(seconds / 0.05)):
        if found := is_so():
            return found
        await asyncio.sleep(0.05)
    return None


async def on_slack(here: Whole, book: Book) -> None:
    """The day in #papers, then everything that a member says to the bot there."""
    await until(lambda: len(here.slack.seen("papers")) >= 3)
    await asyncio.sleep(5)
    top = here.slack.seen("papers")
    for number, message in enumerate(top):
        book.keep("slack", f"day {number + 1}", message.body)
    for words in SAID:
        known = len(here.slack.shown_to("bob"))
        await here.slack.slash("bob", "papers", "/copecheck", words)
        await until(lambda known=known: len(here.slack.shown_to("bob")) > known, 15)
        await asyncio.sleep(1)
        for shown in here.slack.shown_to("bob")[known:]:
            book.keep("slack", words, shown.body)
    await _presses_on_slack(here, book, top[0])
    for words in SENTENCES:
        known = len(here.slack.seen("im:bob"))
        await here.slack.mention("bob", "papers", words)
        await until(lambda known=known: len(here.slack.seen("im:bob")) > known, 15)
        for shown in here.slack.seen("im:bob")[known:]:
            book.keep("slack", f"mention {words}", shown.body)


async def _presses_on_slack(here: Whole, book: Book, first: Any) -> None:
    for element in [e for b in first.blocks if b["type"] == "actions" for e in b["elements"]]:
        known = len(here.slack.shown_to("bob"))
        value = element["options"][0]["value"] if element.get("options") else None
        await here.slack.press(first, element["action_id"], user="bob", **({"value": value} if value else {}))
        await asyncio.sleep(2)
        label = element.get("text", element.get("placeholder", {})).get("text", "?")
        for shown in here.slack.shown_to("bob")[known:]:
            book.keep("slack", f"press {label}", shown.body)


async def on_discord(fake: FakeDiscord, channel: Channel, ann: User, book: Book) -> None:
    """The day in the channel and its thread, then commands and presses."""
    await until(lambda: channel.messages and fake.world.commands.get(None))
    await asyncio.sleep(5)
    guild = fake.world.guild_of(channel)
    threads = [one for one in (guild.channels.values() if guild else ()) if one.parent_id == channel.id]
    for number, message in enumerate([post for place in (channel, *threads) for post in fake.posts(place)]):
        book.keep("discord", f"day {number + 1}", _shown(message))
    for words, options in COMMANDS:
        try:
            asked = await fake.slash(ann, channel, words, **options)
            await asked.finished(30)
        except Exception as error:  # noqa: BLE001 - what could not be asked is said, and the rest goes on
            sys.stderr.write(f"{words}: {error}\n")
            continue
        await asyncio.sleep(1)
        for shown in (asked.message, *asked.followups):
            if shown is not None:
                book.keep("discord", f"{words} {' '.join(map(str, options.values()))}", _shown(shown))
    await _presses_on_discord(fake, channel, ann, book)


COMMANDS: tuple[tuple[str, dict[str, str]], ...] = (
    ("help", {}),
    ("status", {}),
    ("recent", {}),
    ("search", {"words": "large language model agents"}),
    ("search", {"words": "zzzzqqq"}),
    ("verdict", {"paper": "hello"}),
    ("similar", {"paper": "2606.00001"}),
    ("report", {}),
    ("follow list", {}),
    ("follow add", {"categories": "cs.QQ"}),
    ("ask", {"question": "what do you think?"}),
)


async def _presses_on_discord(fake: FakeDiscord, channel: Channel, ann: User, book: Book) -> None:
    first = next(iter(sorted(fake.posts(channel), key=lambda one: one.id)))
    for part in [p for p in _walk(first.components) if p.get("type") in (2, 3) and p.get("custom_id")]:
        if part["type"] == 3:
            asked = await fake.select(ann, first, part["custom_id"], part["options"][0]["value"])
        else:
            asked = await fake.press(ann, first, part["custom_id"])
        await asyncio.sleep(3)
        label = part.get("label") or part.get("placeholder") or "?"
        for shown in (asked.message, *asked.followups):
            if shown is not None:
                book.keep("discord", f"press {label}", _shown(shown))
        if asked.modal:
            book.keep("discord", f"form {label}", asked.modal)
        whole = [
            p for p in _walk(asked.message.components if asked.message else ()) if p.get("label") == "Full analysis"
        ]
        if asked.message and whole:
            read = await fake.press(ann, asked.message, whole[0]["custom_id"])
            await read.finished(30)
            if read.message is not None:
                book.keep("discord", "press Full analysis", _shown(read.message))


def _shown(message: Message) -> dict[str, Any]:
    return {"content": message.content, "components": message.components}


def _walk(parts: Any) -> list[dict[str, Any]]:
    found = []
    for part in parts or ():
        found += [part, *_walk(part.get("components"))]
    return found


def golden(book: Book) -> None:
    """What a model would say, as the golden files have it."""
    for name in ("discord", "slack"):
        for file in sorted((GOLDEN / name).glob("*.json")):
            book.keep(name, f"golden {file.stem}", json.loads(file.read_text(encoding="utf-8")))


async def gather(feed: bytes, book: Book) -> None:
    """Run the bot before both platforms until everything was said."""
    with tempfile.TemporaryDirectory() as folder:
        async with FakeDiscord() as discord, _whole(Path(folder), discord, feed) as (here, guild):
            ann = discord.add_user("ann")
            discord.join(guild, ann)
            channel = next(iter(guild.channels.values()))
            talks: list[Awaitable[None]] = [on_slack(here, book), on_discord(discord, channel, ann, book)]
            await asyncio.gather(*talks)
    golden(book)


class _whole:
    """The whole bot with both platforms; `feed` is the day that arXiv shows."""

    def __init__(self, folder: Path, discord: FakeDiscord, feed: bytes) -> None:
        self._guild: Guild = discord.add_guild()
        channel = discord.add_channel(self._guild, "papers")
        follows = [
            {**follow("one", "C0PAPERS"), **FOLLOW},
            {**follow("two", "C0PAPERS"), **FOLLOW, "place": f"discord:{channel.id}"},
        ]
        told = {"token": discord.token, "api_url": discord.api_base}
        self._slack = FakeSlack()
        self._feed = redated(feed, last_weekdays(1)[0])
        self._made = whole(folder, "socket", slack=self._slack, reads_by_rule=False, follows=follows, discord=told)

    async def __aenter__(self) -> tuple[Whole, Guild]:
        here = await self._made.__aenter__()
        here.arxiv.saved[:] = [self._feed]
        return here, self._guild

    async def __aexit__(self, *problem: object) -> None:
        await self._made.__aexit__(*problem)  # type: ignore[arg-type]


def height_of(page: str) -> int:
    """Pixels that hold the page: its lines, and more where they are long."""
    body = page.partition("<body")[2]
    marks = sum(body.count(f"<{tag}") for tag in ("div", "li", "br", "blockquote", "small", "button", "hr", "pre"))
    return min(3000, 120 + 26 * marks + len(body) // 8)


def main() -> None:
    """Gather the messages, and take a picture of each."""
    feed, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    book = Book()
    asyncio.run(gather(feed.read_bytes(), book))
    for number, (platform, name, payload) in enumerate(book.pages, 1):
        stem = f"{number:03}-{platform}-{''.join(sign if sign.isalnum() else '-' for sign in name)[:40]}"
        page = page_of(platform, payload)
        (folder / f"{stem}.json").write_text(json.dumps(payload, indent=1, ensure_ascii=False), encoding="utf-8")
        shoot(page, folder / f"{stem}.png", WIDTH, height_of(page))
        sys.stdout.write(f"{stem}\n")


if __name__ == "__main__":
    main()
