"""Slack behind `ports.Platform`: the parts put together, and how it is connected."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.core.commands.event import Actor, CommandEvent, Role
from bot.core.commands.parser import parse
from bot.core.errors import CommandError, PlatformError, Refused
from bot.core.jobs.backoff import backoff
from bot.core.posts.connection import Connection, LinkState
from bot.core.posts.phrase import line
from bot.core.posts.post import VALUE_MOST, LineRole, Place, Post, PostKey, PostRef
from bot.core.present.answer import run
from bot.platforms.slack.api.client import Identity, SlackClient
from bot.platforms.slack.api.diagnose import introduction, problems_of
from bot.platforms.slack.api.people import People
from bot.platforms.slack.api.places import PLATFORM
from bot.platforms.slack.posting.answers import Answers
from bot.platforms.slack.posting.key_search import Look
from bot.platforms.slack.posting.limits import CHARACTERS, LIST_LINES, TEXT_CHARACTERS, TITLE_LINES, TOTAL
from bot.platforms.slack.posting.posts import GAP, Posts
from bot.ports.platform import Capacity, Inbox, Problem
from bot.ports.store import Clock, Gate

if TYPE_CHECKING:
    from bot.platforms.slack.events.http import HttpServer
    from bot.platforms.slack.events.router import EventRouter

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=2)
TOKEN_CHECK_SECONDS = 300.0
REFUSED_RETRY_SECONDS = 30.0
THREADS = "Slash commands do not work in threads: there, mention me (@CopeCheck verdict 2611.01234) or press a button."
FEWER = "follow fewer "
WORKING = "is reading the paper …"


@dataclass(frozen=True, slots=True)
class SlackAccess:
    """Tokens and addresses, as the settings have them. An app token means Socket Mode, else a port means HTTP."""

    bot_token: str
    app_token: str = ""
    signing_secret: str = ""
    api_url: str = "https://slack.com/api"
    host: str = "127.0.0.1"
    port: int | None = None
    path: str = "/slack/events"
    site_url: str = "https://arxiv.org"
    gap: timedelta = GAP

    @property
    def transport(self) -> str:
        """`socket`, `http`, or empty when nobody can be heard."""
        if self.app_token:
            return "socket"
        return "http" if self.signing_secret and self.port is not None else ""


class SlackPlatform:
    """Posts and answers by the Web API alone; `run` listens, in Socket Mode or over HTTP."""

    name = PLATFORM
    capacity = Capacity(CHARACTERS, LIST_LINES, TITLE_LINES, digest_characters=TOTAL, text_characters=TEXT_CHARACTERS)

    def __init__(self, access: SlackAccess, gate: Gate, clock: Clock) -> None:
        self._access = access
        self._clock = clock
        self._connection = Connection(self.name, LinkState.STARTING)
        self._client = SlackClient(access.bot_token, access.api_url, self._tell)
        self._posts = Posts(self._client, gate, access.site_url, access.gap)
        self._look = Look(self._client, gate)
        self._people = People(self._client)
        self._answers = Answers(self._client, self._posts, access.site_url)
        self._server: HttpServer | None = None
        self._door: EventRouter | None = None

    @property
    def connection(self) -> Connection:
        """How it is connected at this moment."""
        return self._connection

    @property
    def address(self) -> str:
        """Where it listens over HTTP; empty while it does not."""
        return self._server.address if self._server else ""

    def _tell(self, state: LinkState, detail: str, remedy: str) -> None:
        self._connection = Connection(self.name, state, detail, remedy)

    async def send(self, key: PostKey, post: Post, thread: PostRef | None) -> PostRef:
        """Post under `key`, at the channel's pace."""
        return await self._posts.send(key, post, thread)

    async def find(self, key: PostKey, thread: PostRef | None) -> PostRef | None:
        """Look for the key in the channel or thread."""
        return await self._look.find(key, thread)

    async def edit(self, ref: PostRef, key: PostKey, post: Post) -> None:
        """Put `post` in the place of what stands there."""
        await self._posts.edit(ref, key, post)

    def hears(self, asked: CommandEvent) -> bool:
        """Answers go by the Web API, from any process."""
        return True

    async def answer(self, asked: CommandEvent, post: Post) -> None:
        """Answer who asked, and nobody else sees it."""
        warned = await self._with_warning(asked, _with_settings(_with_threads(asked, post)))
        await self._answers.answer(asked, warned)
        if asked.reply_to.get("home") and self._door is not None:
            self._door.refresh_home(asked)

    async def _with_warning(self, asked: CommandEvent, post: Post) -> Post:
        """Where something can be turned on, or was, people know who else reads there."""
        begins = any(button.value.startswith("follow on ") for button in post.buttons)
        if not begins and not asked.text.strip().lower().startswith("follow on"):
            return post
        try:
            channel = parse(asked.text).text("channel") if asked.values is None else asked.values.get("channel")
            place = (await self._people.place_named(asked, channel))[0] if channel else asked.asker.place
        except (CommandError, Refused):
            return post
        warning = await self._people.warning(place)
        return replace(post, lines=(*post.lines, line(LineRole.SMALL, warning))) if warning else post

    def answers_until(self, asked: CommandEvent) -> datetime | None:
        """No end: after the response_url come messages that one person sees, and direct messages."""
        return None

    async def show_work(self, place: Place, thread: PostRef | None) -> None:
        """Show a status in the thread until something is said there; direct messages have none outside of threads."""
        if thread is None:
            return
        with suppress(PlatformError):
            channel, root = await self._client.channel_of(place), thread.id
            await self._client.read(
                lambda web: web.assistant_threads_setStatus(channel_id=channel, thread_ts=root, status=WORKING)
            )

    async def standing(self, asked: CommandEvent) -> Role:
        """What who asked may do, by Slack's word."""
        return await self._people.standing(asked)

    async def may_speak(self, asker: Actor, *, in_thread: bool, is_past: bool) -> bool:
        """Whether Slack would let them write there themselves."""
        return asker.is_alone or await self._people.may_speak(asker, in_thread=in_thread)

    async def check(self, place: Place) -> Sequence[Problem]:
        """What keeps us from posting there."""
        return await self._people.check(place)

    async def diagnose(self) -> Sequence[Problem]:
        """Tokens, scopes, and a way to hear people."""
        return await problems_of(self._client, self._access.transport, self._access.app_token)

    def introduce(self) -> Sequence[str]:
        """How people bring the bot into a channel."""
        return introduction(self._client.known, self._access.transport, self._access.path)

    async def place_named(self, asked: CommandEvent, channel: str) -> tuple[Place, Role]:
        """The channel that was named, if who asked can see it."""
        return await self._people.place_named(asked, channel)

    async def reads_along(self, place: Place) -> bool:
        """By the token's scopes."""
        return await self._people.reads_along(place)

    async def describe(self, place: Place) -> str:
        """The channel's name."""
        return await self._people.describe(place)

    async def has_threads(self, place: Place) -> bool:
        """Every post of Slack can have a thread, in direct messages too."""
        return True

    async def admins(self, place: Place) -> Sequence[Place]:
        """Who made the channel."""
        return await self._people.admins(place)

    def private(self, person: str) -> Place | None:
        """The direct messages with a person."""
        return Place.private(person)

    async def run(self, inbox: Inbox) -> None:
        """Listen until cancelled; whatever fails is a state, and is tried again."""
        # Bolt is slow to import, and needed by no process that only posts
        from bot.platforms.slack.events.http import HttpServer
        from bot.platforms.slack.events.router import EventRouter
        from bot.platforms.slack.events.socket_mode import SocketMode

        who = await self._who()
        self._door = EventRouter(inbox, who, self._client, self._answers, self._people, self._tell)
        app = self._door.app(self._access.signing_secret)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch())
            if self._access.transport == "socket":
                group.create_task(SocketMode(self._client, self._access.app_token, self._tell).run(app))
            elif self._access.transport == "http":
                access = self._access
                where = (access.host, access.port or 0, access.path)
                self._server = HttpServer(access.signing_secret, *where, self._tell, self._clock)
                group.create_task(self._server.run(app))
            else:
                lacks = "neither slack.app_token nor slack.signing_secret with slack.port is set"
                self._tell(LinkState.UNREACHABLE, lacks, "Set one of them: nobody can be heard without.")

    async def _who(self) -> Identity:
        """Who we are, asked with growing waits for as long as Slack does not say."""
        tries = 0
        while True:
            tries += 1
            try:
                return await self._client.identity(fresh=True)
            except PlatformError as error:
                log.warning("slack does not say who we are", extra={"reason": str(error)})
                if self._connection.state is not LinkState.TOKEN_REFUSED:
                    self._tell(LinkState.UNREACHABLE, error.what, error.remedy)
                after = error.retry_after or timedelta(0)
            await asyncio.sleep(max(backoff(tries, FIRST_WAIT, LONGEST_WAIT), after).total_seconds())

    async def _watch(self) -> None:
        """See a token that was taken back, or is good again, also while nobody says anything."""
        while True:
            before = self._connection
            is_refused = before.state is LinkState.TOKEN_REFUSED
            await asyncio.sleep(REFUSED_RETRY_SECONDS if is_refused else TOKEN_CHECK_SECONDS)
            try:
                await self._client.identity(fresh=True)
            except PlatformError as error:
                log.info("slack does not say who we are", extra={"reason": str(error)})
                continue
            if is_refused and self._connection == before:
                self._tell(LinkState.CONNECTED, "the token is good again", "")

    async def close(self) -> None:
        """Let go of connections."""
        await self._answers.close()
        await self._client.close()


def _with_settings(post: Post) -> Post:
    """Where a follow can be changed by a press, all of its settings are one press away: they open as a form."""
    named = [button.value.removeprefix(FEWER) for button in post.buttons if button.value.startswith(FEWER)]
    forms = [run("All settings", f"follow edit {name}") for name in named if "=" not in name]
    fitting = [form for form in forms if len(form.value) <= VALUE_MOST]
    return replace(post, buttons=(*post.buttons, *fitting)) if fitting else post


def _with_threads(asked: CommandEvent, post: Post) -> Post:
    """Help says what works in threads."""
    if asked.text.strip().lower() not in ("help", "/help", "copecheck help"):
        return post
    return replace(post, lines=(*post.lines, line(LineRole.SMALL, THREADS)))
