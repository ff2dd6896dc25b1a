"""Real messages of a real day on both platforms, as pictures for people who read them aloud.

    PYTHONPATH=. python docs/checks/messages.py <feed.xml> <folder>

The bot is whole: its services, its store, both SDKs, and servers on loopback in place of Discord, Slack, arXiv and a
model. The feed is a saved day of cs.AI. It is shown twice: all of it, read by rule; and those of its papers of which
`messages_verdicts.toml` holds what a model is made to say. All that people are shown is kept in the order in which
they see it: <folder>/<platform>/NN-day-name.png, the payload as .json, and its words as .txt. It wants `chromium`.
"""

import asyncio
import contextlib
import html
import json
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docs.browser import browser
from docs.checks.messages_model import VERDICTS, server
from docs.pages import page_of
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import Channel, Message, User
from tests.fakes.feeds import last_weekdays, redated
from tests.fakes.slack_server import FakeSlack
from tests.platforms.slack_whole import Whole, follow, whole

Json = dict[str, Any]
FOLLOW = {"lens": "discontinuity", "cards": 5, "mode": "top", "threshold": 0, "report": True}
WIDTH = 700
QUIET_SECONDS, MOST_SECONDS = 2.0, 20.0
ABOUT = "2606.05647"  # the paper that is asked about: the questions below are about it
ITEM = re.compile(r"<item>.*?</item>\s*", re.DOTALL)

# What is typed: for all a member, but what begins with `follow`, `sharing`: who manages the channel.
BY_RULE = (
    "help",
    "help follow add",
    "status",
    "recent",
    "search language model agents",
    "search zzzzqqq",
    "verdict 26061",
    "similar 2606.05449",
    "report",
    "lens list",
    "lens show discontinuity",
    "follow list",
    "follow add cs.QQ",
    "follow add cs.LG",
    "dispute 2606.05449 discontinuity fallacy It names none.",
    "feedback The list is long.",
)
BY_MODEL = (
    f"verdict {ABOUT}",
    "verdict 2606.06201",
    "verdict 2606.05871",
    "analysis 2606.05449",
    "recent",
    "search benchmark",
    f"similar {ABOUT}",
    "report",
    "status",
    f"ask How many people took part? paper={ABOUT}",
    "follow preview {follow}",
    "follow mute {follow}",
    "follow edit {follow} hour=nine",
)
SAID = (
    "help",
    "folow list",
    "report is late",
    "similar work exists",
    "https://arxiv.org/abs/2606.05449",
    "what do you think of this channel?",
)


@dataclass
class Book:
    """What was shown, in order: platform, name, payload."""

    day: str
    pages: list[tuple[str, str, Json]] = field(default_factory=list)

    def keep(self, platform: str, name: str, payload: Json) -> None:
        self.pages.append((platform, f"{self.day} {name}", payload))


class Watched:
    """What people see of a platform, and what of it is new."""

    def __init__(self, platform: str, book: Book, seen: Callable[[], Sequence[tuple[str, Json]]]) -> None:
        self._platform, self._book, self._seen = platform, book, seen
        self._known: dict[str, str] = {}

    async def after(self, name: str, act: Awaitable[Any] | None = None, wait: float = MOST_SECONDS) -> Any:
        """Do it, wait until no more is shown, and keep what is new or changed; what the act gave back."""
        result = await act if act is not None else None
        loop = asyncio.get_running_loop()
        begun = quiet_since = loop.time()
        state, any_new = self._state(), False
        while loop.time() - begun < wait and (not any_new or loop.time() - quiet_since < QUIET_SECONDS):
            await asyncio.sleep(0.1)
            now = self._state()
            if now != state:
                state, quiet_since = now, loop.time()
            any_new = any_new or any(self._known.get(key) != text for key, text in now.items())
        for number, (key, payload) in enumerate(
            [(key, payload) for key, payload in self._seen() if self._known.get(key) != json.dumps(payload)], 1
        ):
            self._known[key] = json.dumps(payload)
            self._book.keep(self._platform, f"{name} {number}" if number > 1 else name, payload)
        return result

    def _state(self) -> dict[str, str]:
        return {key: json.dumps(payload) for key, payload in self._seen()}


async def until(is_so: Callable[[], Any], seconds: float = 90.0) -> None:
    """Wait until it is so, or for so many seconds."""
    for _ in range(int(seconds / 0.05)):
        if is_so():
            return
        await asyncio.sleep(0.05)


# -- Slack


def _on_slack(slack: FakeSlack) -> list[tuple[str, Json]]:
    said = [*slack.seen("papers"), *slack.seen("im:bob")]
    posts = [*(one for one in said if one.body.get("user") not in ("U0BOB", "U0ALICE"))]
    posts += [*slack.shown_to("bob"), *slack.shown_to("alice")]
    views = [(f"view {view.id}", view.body) for view in slack.views.all.values()]
    return [(f"post {one.channel} {one.ts}", one.body) for one in posts if one.body.get("blocks")] + views


async def on_slack(here: Whole, book: Book, typed: Sequence[str]) -> None:
    """The day in #papers, then what people say to the bot, and every button of its posts."""
    slack = here.slack
    watched = Watched("slack", book, lambda: _on_slack(slack))
    await until(lambda: len(slack.seen("papers")) >= 3)
    await asyncio.sleep(6)
    await watched.after("day", wait=1)
    for words in typed:
        who = "alice" if words.startswith(("follow", "sharing")) else "bob"
        words = words.format(follow="cs.AI")
        await watched.after(words, slack.slash(who, "papers", "/copecheck", words))
    opening, *others = slack.seen("papers")
    for post, kind in ((opening, "opening"), *((one, "card") for one in others[:1] if not one.is_reply)):
        for element in _elements(post.blocks):
            label = element.get("text", element.get("placeholder", {})).get("text", "?")
            options = element.get("options")
            value = options[min(1, len(options) - 1)]["value"] if options else None
            act = slack.press(post, element["action_id"], user="bob", **({"value": value} if value else {}))
            await watched.after(f"{kind}, {label}", act)
    talk = next((one for one in slack.seen("papers") if "Ask me about" in str(one.body)), None)
    for element in _elements(talk.blocks) if talk else ():
        await watched.after(f"thread, {element['text']['text']}", slack.press(talk, element["action_id"], user="bob"))
    if talk:
        asked = slack.mention("bob", "papers", "How many people took part?", thread=talk.body["thread_ts"])
        await watched.after("thread, a question", asked)
    await _private_on_slack(slack, watched)
    for words in SAID if book.day == "rule" else ():
        await watched.after(f"mention {words}", slack.mention("bob", "papers", words))
    if book.day == "rule":
        await watched.after("app home", slack.open_home("bob"), wait=6)
        with contextlib.suppress(KeyError):
            book.keep("slack", "app home", slack.home_of("bob").body)


async def _private_on_slack(slack: FakeSlack, watched: Watched) -> None:
    """What was shown in private has buttons of its own: the first of each label is pressed."""
    pressed = set()
    for shown in list(slack.shown_to("bob")):
        for element in _elements(shown.blocks):
            label = element.get("text", element.get("placeholder", {})).get("text", "?")
            if (
                element["type"] == "button"
                and label not in pressed
                and label not in ("What is this?", "Search this day")
            ):
                pressed.add(label)
                with contextlib.suppress(LookupError):
                    await watched.after(f"private, {label}", slack.press(shown, element["action_id"], user="bob"))


def _elements(blocks: Sequence[Json]) -> list[Json]:
    return [element for block in blocks if block["type"] == "actions" for element in block["elements"]]


# -- Discord


@dataclass
class Server:
    """A channel of a fake Discord, a member, and who manages the server; what they were shown in answers."""

    fake: FakeDiscord
    channel: Channel
    ann: User
    root: User
    answers: list[Any] = field(default_factory=list)

    def posts(self) -> list[Message]:
        """What stands in the channel, its threads, and the member's direct messages."""
        guild = self.fake.world.guild_of(self.channel)
        threads = [one for one in guild.channels.values() if one.parent_id == self.channel.id] if guild else []
        places = (self.channel, *threads, self.fake.open_direct(self.ann))
        return [post for place in places for post in self.fake.posts(place)]

    def seen(self) -> list[tuple[str, Json]]:
        posts = self.posts()
        posts += [post for one in self.answers for post in (one.message, *one.followups) if post is not None]
        shown = {f"post {one.id}": _shown(one) for one in posts}
        forms = {f"form {one.id}": one.modal for one in self.answers if one.modal}
        return list({**shown, **forms}.items())

    async def do(self, act: Awaitable[Any]) -> Any:
        asked = await act
        self.answers.append(asked)
        return asked


async def on_discord(here: Server, book: Book, typed: Sequence[str]) -> None:
    """The day in the channel and its thread, then what people do, and every button of its posts."""
    fake, watched = here.fake, Watched("discord", book, here.seen)
    await until(lambda: len(here.seen()) >= 3 and fake.world.commands.get(None))
    await asyncio.sleep(6)
    await watched.after("day", wait=1)
    for words in typed:
        who = here.root if words.startswith(("follow", "sharing")) else here.ann
        words = words.format(follow="cs.AI-2")
        verb, options = _options(words)
        try:
            await watched.after(words, here.do(fake.slash(who, here.channel, verb, **options)))
        except AssertionError as error:
            sys.stderr.write(f"discord, {words}: {error}\n")
    posts = sorted(fake.posts(here.channel), key=lambda one: one.id)
    for post, kind in ((posts[0], "opening"), *((one, "card") for one in posts[1:2])):
        for part in [p for p in _walk(post.components) if p.get("type") in (2, 3) and p.get("custom_id")]:
            label = part.get("label") or part.get("placeholder") or "?"
            if part["type"] == 3:
                value = part["options"][min(1, len(part["options"]) - 1)]["value"]
                act = fake.select(here.ann, post, part["custom_id"], value)
            else:
                act = fake.press(here.ann, post, part["custom_id"])
            await watched.after(f"{kind}, {label}", here.do(act))
    talk = next((one for one in here.posts() if "Ask me about" in str(_shown(one))), None)
    for part in [p for p in _walk(talk.components) if p.get("type") == 2] if talk else ():
        press = here.do(fake.press(here.ann, talk, part["custom_id"]))
        await watched.after(f"thread, {part['label']}", press)
    if talk:
        await watched.after("thread, a question", _said(here, "How many people took part?", talk.channel_id))
    await _private_on_discord(here, watched)
    if book.day == "rule":
        for words in SAID:
            await watched.after(f"mention {words}", _said(here, words))


async def _said(here: Server, words: str, where: int = 0) -> None:
    guild = here.fake.world.guild_of(here.channel)
    place = guild.channels[where] if guild and where else here.channel
    here.fake.say(here.ann, place, f"<@{here.fake.world.bot.id}> {words}")


async def _private_on_discord(here: Server, watched: Watched) -> None:
    pressed = set()
    for asked in list(here.answers):
        if asked.message is None:
            continue
        for part in [p for p in _walk(asked.message.components) if p.get("type") == 2 and p.get("custom_id")]:
            label = part.get("label") or "?"
            if label in pressed or label in ("What is this?", "Search this day"):
                continue
            pressed.add(label)
            with contextlib.suppress(AssertionError):
                act = here.do(here.fake.press(asked.user, asked.message, part["custom_id"]))
                await watched.after(f"private, {label}", act)


OPTIONS = {
    "help": ("command",),
    "search": ("words",),
    "verdict": ("paper",),
    "analysis": ("paper",),
    "similar": ("paper",),
    "report": ("week",),
    "lens show": ("lens",),
    "follow add": ("categories",),
    "follow preview": ("name",),
    "follow mute": ("name",),
    "follow edit": ("name",),
    "dispute": ("paper", "lens", "claim", "reason"),
    "feedback": ("words",),
    "ask": ("question",),
}


def _options(words: str) -> tuple[str, dict[str, str]]:
    """A typed line as Discord's form has it: the verb, and its options by name."""
    verb = next((verb for verb in sorted(OPTIONS, key=len, reverse=True) if f"{words} ".startswith(f"{verb} ")), words)
    rest = words.removeprefix(verb).split()
    given = dict(word.split("=", 1) for word in rest if "=" in word)
    plain, names = [word for word in rest if "=" not in word], OPTIONS.get(verb, ())
    if plain:
        head = plain[: len(names) - 1]
        given |= dict(zip(names, [*head, " ".join(plain[len(head) :])], strict=False))
    return verb, given


def _shown(message: Message) -> Json:
    return {"content": message.content, "components": message.components}


def _walk(parts: Any) -> list[Json]:
    found = []
    for part in parts or ():
        found += [part, *_walk(part.get("components"))]
    return found


# -- The bot, and the pictures


@contextlib.asynccontextmanager
async def at_work(folder: Path, feed: bytes, model: str) -> AsyncIterator[tuple[Whole, Server]]:
    """The whole bot with both platforms; `feed`: the day that arXiv shows; `model`: an address, or empty."""
    async with FakeDiscord() as discord:
        guild = discord.add_guild()
        channel = discord.add_channel(guild, "papers")
        ann, root = discord.add_user("ann"), discord.add_user("root")
        discord.join(guild, ann)
        discord.join(guild, root, discord.add_role(guild, "admins", "manage_guild"))
        follows = [
            {**follow("cs.AI", "C0PAPERS"), **FOLLOW},
            {**follow("cs.AI-2", "C0PAPERS"), **FOLLOW, "place": f"discord:{channel.id}"},
        ]
        told: Json = {"discord": {"token": discord.token, "api_url": discord.api_base}, "follows": follows}
        told["limits"] = {"person_a_day": 200, "place_a_day": 500}
        if model:
            told["model"] = {"endpoints": [{"base_url": model, "model": "a/model", "price_in": 0.3, "price_out": 1.2}]}
        slack = FakeSlack()
        async with whole(folder, "socket", slack=slack, reads_by_rule=False, **told) as here:
            here.arxiv.saved[:] = [redated(feed, last_weekdays(1)[0])]
            yield here, Server(discord, channel, ann, root)


async def gather(feed: bytes, book: Book, typed: Sequence[str]) -> None:
    """Run the bot before both platforms until everything was said."""
    titles = {
        " ".join(html.unescape(title).split()): arxiv_id
        for title, arxiv_id in re.findall(r"<title>([^<]*)</title>\s*<link>[^<]*/abs/([\d.]+)", feed.decode())
    }
    with tempfile.TemporaryDirectory() as folder:
        async with server(titles) as model:
            address = model.base_url if book.day == "model" else ""
            async with at_work(Path(folder), feed, address) as (here, discord):
                await asyncio.gather(on_slack(here, book, typed), on_discord(discord, book, typed))


def of_papers(feed: str, wanted: Sequence[str]) -> str:
    """The feed with those papers alone."""
    return ITEM.sub(lambda found: found[0] if any(f"/abs/{one}<" in found[0] for one in wanted) else "", feed)


def words_of(page: str) -> str:
    """The words of a page, a line each."""
    body = page.partition("<body")[2].partition(">")[2]
    lines = re.sub(r"</?(?:div|li|br|blockquote|button|hr|pre|h3|h4|ul|small)[^>]*>", "\n", body)
    text = html.unescape(re.sub(r"<[^>]+>", "", lines))
    return "\n".join(line.strip() for line in text.split("\n") if line.strip()) + "\n"


def write(book: Book, folder: Path) -> dict[Path, str]:
    """Write each message's payload and words; the page of each, by the picture that is to be taken of it."""
    pages: dict[Path, str] = {}
    for platform in ("discord", "slack"):
        (folder / platform).mkdir(parents=True, exist_ok=True)
        known: set[str] = set()
        for name, payload in [(name, payload) for of, name, payload in book.pages if of == platform]:
            page = page_of(platform, payload)
            if page in known:
                continue
            known.add(page)
            words = re.sub(r"[^A-Za-z0-9]+", "-", name)[:44].strip("-").lower()
            stem = folder / platform / f"{len(known):03}-{words}"
            stem.with_suffix(".json").write_text(json.dumps(payload, indent=1, ensure_ascii=False), encoding="utf-8")
            stem.with_suffix(".txt").write_text(words_of(page), encoding="utf-8")
            pages[stem.with_suffix(".png")] = page
    return pages


async def draw(pages: dict[Path, str]) -> None:
    """Take a picture of each page."""
    async with browser(WIDTH) as shoot:
        for shot, page in pages.items():
            await shoot(page, shot)


def main() -> None:
    """Gather the messages of both days, and take a picture of each."""
    feed, folder = Path(sys.argv[1]).read_text(encoding="utf-8"), Path(sys.argv[2])
    by_rule, by_model = Book("rule"), Book("model")
    asyncio.run(gather(feed.encode(), by_rule, BY_RULE))
    asyncio.run(gather(of_papers(feed, list(VERDICTS)).encode(), by_model, BY_MODEL))
    asyncio.run(draw(write(Book("", [*by_rule.pages, *by_model.pages]), folder)))


if __name__ == "__main__":
    main()
