"""Private answers: into the window that was opened for them, at the response_url, else seen by one person alone."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from bot.core import errors
from bot.core.commands.event import CommandEvent
from bot.core.posts.phrase import line
from bot.core.posts.plainer import set_in
from bot.core.posts.post import LineRole, Post
from bot.platforms.slack.api.client import SlackClient
from bot.platforms.slack.api.places import direct_of, spot_of, user_of
from bot.platforms.slack.forms.views import Purpose, analysis_view, modal
from bot.platforms.slack.posting.blocks import BARE, PLAIN, RICH, TEXT, fitted
from bot.platforms.slack.posting.escape import Links
from bot.platforms.slack.posting.limits import TOTAL, VIEW_BLOCKS
from bot.platforms.slack.posting.posts import Posts

log = logging.getLogger(__name__)

OPENING = 2.5
OPENING_ELSEWHERE = 2.0
WINDOW_POLL_SECONDS = 0.2


class Answers:
    """Answers one person. Every way that is closed leads to the next one; the last are direct messages."""

    def __init__(self, client: SlackClient, posts: Posts, site_url: str) -> None:
        self._client = client
        self._posts = posts
        self.site_url = site_url
        self._opening: dict[str, asyncio.Task[bool]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    def beside(self, work: Awaitable[None]) -> None:
        """Do that after the acknowledgement."""

        async def run() -> None:
            try:
                await work
            except errors.CopeCheckError as error:
                log.warning("work beside an event failed", extra={"reason": str(error)})
            except Exception:
                log.exception("work beside an event failed")

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def open_window(self, trigger: str, name: str, view: dict[str, Any] | None = None) -> asyncio.Task[bool]:
        """Open a modal at once, since a trigger lives three seconds; whether it stands. `name` finds it again."""
        opened = asyncio.create_task(self._open(trigger, {**(view or loading_view()), "external_id": name}))
        self._opening[name] = opened
        self._tasks.add(opened)
        opened.add_done_callback(self._tasks.discard)
        return opened

    async def _open(self, trigger: str, view: dict[str, Any]) -> bool:
        try:
            await self._client.write(lambda web: web.views_open(trigger_id=trigger, view=view))
        except errors.PlatformError as error:
            log.info("a window did not open", extra={"reason": str(error)})
            return False
        return True

    async def fill_window(self, name: str, view: dict[str, Any]) -> bool:
        """Put a view into the window of that name; False when it is not there (any more).

        Another process may be opening it at this moment: one that nobody here knows of is waited for a little.
        """
        opening = self._opening.pop(name, None)
        if opening is not None:
            await asyncio.wait([opening], timeout=OPENING)
        loop = asyncio.get_running_loop()
        patient_until = loop.time() + (OPENING_ELSEWHERE if opening is None else 0.0)
        while not await self._fill(name, view):
            if loop.time() >= patient_until:
                return False
            await asyncio.sleep(WINDOW_POLL_SECONDS)
        return True

    async def _fill(self, name: str, view: dict[str, Any]) -> bool:
        try:
            await self._client.read(lambda web: web.views_update(external_id=name, view={**view, "external_id": name}))
        except errors.PostRejected as error:
            log.info("a window is not there", extra={"reason": str(error)})
            return False
        return True

    async def answer(self, asked: CommandEvent, post: Post) -> None:
        """Tell who asked."""
        to = asked.reply_to
        if await self._in_window(asked, post):
            return
        if to.get("response_url") and await self._at_url(asked, post):
            return
        await self._alone(asked, post)

    async def _in_window(self, asked: CommandEvent, post: Post) -> bool:
        to = asked.reply_to
        if not (to.get("window") or to.get("view")):
            return False
        await self._posts.know_links(post)
        view = self._view(asked, post)
        if to.get("window"):
            return await self.fill_window(to["window"], view)
        try:
            await self._client.read(lambda web: web.views_update(view_id=to["view"], view=view))
        except errors.PostRejected:
            return False
        return True

    def _view(self, asked: CommandEvent, post: Post) -> dict[str, Any]:
        """The answer as a window to read. The service has cut it into pages already."""
        links = Links(self.site_url, self._posts.link)
        purpose = Purpose("help", {}, str(asked.asker.place))
        view = analysis_view(post, 1, asked.text, purpose, links)
        if not asked.text.startswith("analysis"):
            view["title"] = modal("CopeCheck", purpose, ())["title"]
        return view

    async def _at_url(self, asked: CommandEvent, post: Post) -> bool:
        """By the response_url, which Slack takes five times within half an hour; False when it takes no more."""
        to = asked.reply_to
        await self._posts.know_links(post)
        where: dict[str, Any] = {"response_type": "ephemeral", "replace_original": to.get("replaces") == "yes"}
        if to.get("thread"):
            where["thread_ts"] = to["thread"]
        try:
            await self._tiers(post, lambda payload: self._client.respond(to["response_url"], where | payload))
        except errors.PlaceClosed:
            return False
        return True

    async def _alone(self, asked: CommandEvent, post: Post) -> None:
        """A message that only they see; in direct messages a plain one, and there too where the other cannot be."""
        spot, user, to = spot_of(asked.asker.place), user_of(asked.asker.person), asked.reply_to
        await self._posts.know_links(post)
        if not spot.user:
            where: dict[str, Any] = {
                "channel": spot.channel,
                "user": user,
                **({"thread_ts": to["thread"]} if to.get("thread") else {}),
            }
            try:
                await self._tiers(
                    post, lambda payload: self._client.write(lambda web: web.chat_postEphemeral(**where, **payload))
                )
                return
            except errors.PlaceClosed as error:
                log.info("answered in direct messages", extra={"reason": str(error)})
        channel = str(to.get("direct") or await self._client.channel_of(direct_of(spot.team, user)))
        inside: dict[str, Any] = {"thread_ts": to["thread"]} if spot.user and to.get("thread") else {}
        await self._tiers(
            post,
            lambda payload: self._client.write(lambda web: web.chat_postMessage(channel=channel, **inside, **payload)),
        )

    async def _tiers(self, post: Post, send: Callable[[dict[str, Any]], Awaitable[object]]) -> None:
        """The answer in the first form that Slack takes, at last the least that is one."""
        for form in (RICH, PLAIN, TEXT):
            try:
                await send(self._posts.payload(post, None, form))
                return
            except errors.FormRefused as error:
                log.info("an answer goes out in a plainer form", extra={"reason": str(error)})
        await send(self._posts.payload(set_in(post, BARE), None))

    async def close(self) -> None:
        """Let go of what is under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def loading_view() -> dict[str, Any]:
    """What stands in a window until there is something to read."""
    links = Links("", lambda ref: None)
    blocks = fitted([line(LineRole.SMALL, "One moment …")], links, RICH, VIEW_BLOCKS, TOTAL)
    return modal("CopeCheck", Purpose("help", {}), blocks)
