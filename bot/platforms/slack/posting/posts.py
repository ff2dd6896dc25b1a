"""Posts: sent once under their key, edited in place, and looked for after a doubtful send."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

from bot.core import errors
from bot.core.posts.post import Form, Post, PostKey, PostRef
from bot.platforms.slack.api.client import Identity, SlackClient
from bot.platforms.slack.api.places import spot_of
from bot.platforms.slack.posting.blocks import EVENT_TYPE, edit_of, message_payload
from bot.platforms.slack.posting.pace import Pace
from bot.ports.store import Gate

GAP = timedelta(seconds=1)
"""From one post of a channel to the next, as Slack counts it."""

EDIT_GAP = timedelta(seconds=1.25)


class Posts:
    """What is said in channels. The pace of a channel is a row that all workers share."""

    def __init__(self, client: SlackClient, gate: Gate, site_url: str, gap: timedelta = GAP) -> None:
        self._client = client
        self._gate = gate
        self._site_url = site_url
        self._gap = gap
        self._pace = Pace(gap.total_seconds())

    async def send(self, key: PostKey, post: Post, thread: PostRef | None) -> PostRef:
        """Post it; `RateLimited` puts it off, and whatever may have come about is `SendUnknown`."""
        channel = await self._client.channel_of(key.place)
        await self.know_links(post)
        more: dict[str, Any] = {"channel": channel, **({"thread_ts": thread.id} if thread else {})}
        bucket = f"slack post {spot_of(key.place).team} {channel}"

        async def once(payload: dict[str, Any]) -> str:
            wait = await self._gate.reserve(bucket, self._gap)
            await asyncio.sleep(wait.total_seconds())
            now = asyncio.get_running_loop().time
            sent = now()
            told = await self._client.write(lambda web: web.chat_postMessage(**more, **payload))
            left = self._pace.wait(str(told["ts"]), sent, now())
            with suppress(errors.StoreError):  # it stands, whatever becomes of the pace
                await self._gate.close_gate(bucket, timedelta(seconds=left))
            return str(told["ts"])

        await self._open(bucket)
        try:
            ts = await once(self.payload(post, key))
        except errors.RateLimited as error:
            await self._gate.close_gate(bucket, error.retry_after or self._gap)
            raise
        return PostRef(key.place, ts, thread.id if thread else None)

    async def edit(self, ref: PostRef, key: PostKey, post: Post) -> None:
        """Put `post` where that one stands; repeating it is harmless."""
        channel = await self._client.channel_of(ref.place)
        await self.know_links(post)
        bucket = f"slack edit {spot_of(ref.place).team}"

        await self._open(bucket)
        try:
            payload = self.payload(post, key)
            await self._client.write(lambda web: web.chat_update(channel=channel, ts=ref.id, **edit_of(payload)))
        except errors.RateLimited as error:
            await self._gate.close_gate(bucket, error.retry_after or EDIT_GAP)
            raise

    async def _open(self, bucket: str) -> None:
        """`RateLimited` while Slack has asked us to wait longer than one would stand in line."""
        wait = await self._gate.closed_for(bucket)
        if wait > 3 * self._gap:
            raise errors.RateLimited("Slack asked to wait.", retry_after=wait)

    def payload(self, post: Post, key: PostKey | None, tier: Form = Form.RICH) -> dict[str, Any]:
        """The arguments of a message."""
        return message_payload(post, key, site_url=self._site_url, link=self.link, tier=tier)

    async def know_links(self, post: Post) -> None:
        """A post that links to another needs the workspace's address."""
        if any(span.post is not None for line in post.lines for span in line.spans):
            await self._client.identity()

    def link(self, ref: PostRef) -> str | None:
        """Where a post stands, by the workspace's address: what chat.getPermalink answers, without a call."""
        known = self._client.known
        if known is None or not known.url or ref.place.platform != "slack":
            return None
        spot = spot_of(ref.place)
        if spot.team != known.team or not spot.channel:
            return None
        inside = f"?thread_ts={ref.thread}&cid={spot.channel}" if ref.thread else ""
        return f"{known.url.rstrip('/')}/archives/{spot.channel}/p{ref.id.replace('.', '')}{inside}"


def own_keys(messages: list[dict[str, Any]], who: Identity) -> list[tuple[str, str]]:
    """(digest, ts) of our messages that carry a key. `who` we are: any app can write such metadata."""
    found = []
    for message in messages:
        if who.user != message.get("user") and who.bot != message.get("bot_id"):
            continue
        told = (message.get("metadata") or {}).get("event_payload") or {}
        if (message.get("metadata") or {}).get("event_type") == EVENT_TYPE and told.get("digest"):
            found.append((str(told["digest"]), str(message["ts"])))
    return found
