"""The look for a key after a doubtful send, within the strictest history limit: one call a minute, 15 objects.

Only one post of a place is in flight, and nothing goes there while it is in doubt. So the newest post of ours tells:
either it is the one in doubt, or that one is not there. A channel is read from its newest message on. A thread comes
oldest first: how far it was read is remembered, so that a look that is cut short by a limit goes on where it was.
"""

from datetime import timedelta
from typing import Any

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.core import errors
from bot.core.posts.post import PostKey, PostRef
from bot.platforms.slack.api.client import Request, SlackClient
from bot.platforms.slack.api.errors import code_of
from bot.platforms.slack.posting.posts import own_keys
from bot.ports.store import Gate

PAGE, THREAD_PAGE = 15, 200
PAGES = 40
MINUTE = timedelta(minutes=1)


class Look:
    """Looks in channels and threads; what it read stays known until the look is over."""

    def __init__(self, client: SlackClient, gate: Gate) -> None:
        self._client = client
        self._gate = gate
        self._cursors: dict[str, str] = {}
        self._read: dict[tuple[str, str], str] = {}

    async def find(self, key: PostKey, thread: PostRef | None) -> PostRef | None:
        """Where the post of that key stands; None when it does not. `LookUnavailable` while that cannot be told."""
        try:
            channel = await self._client.channel_of(key.place)
            ts = await (self._in_thread(channel, key, thread.id) if thread else self._in_channel(channel, key))
        except (errors.LookUnavailable, errors.PlaceClosed):
            raise
        except errors.PlatformError as error:
            said = code_of(error.__cause__) if error.__cause__ is not None else ""
            if said == "thread_not_found":
                return None
            if said == "invalid_cursor":  # from the newest message again, else it would be refused for ever
                self._cursors.pop(key.digest, None)
            raise errors.LookUnavailable(error.what, error.remedy, error.retry_after) from error
        return PostRef(key.place, ts, thread.id if thread else None) if ts else None

    async def _in_channel(self, channel: str, key: PostKey) -> str | None:
        who = await self._client.identity()
        for _ in range(PAGES):
            cursor = self._cursors.get(key.digest)
            told = await self._ask(
                lambda web, cursor=cursor: web.conversations_history(  # type: ignore[misc]
                    channel=channel, limit=PAGE, include_all_metadata=True, cursor=cursor
                )
            )
            ours = own_keys(_messages(told), who)
            following = _cursor(told)
            if ours or not following:
                self._cursors.pop(key.digest, None)
                return next((ts for digest, ts in ours if digest == key.digest), None)
            self._cursors[key.digest] = following
        raise errors.LookUnavailable("The channel is too busy to be read at once.", "", MINUTE)

    async def _in_thread(self, channel: str, key: PostKey, root: str) -> str | None:
        at, who = (channel, root), await self._client.identity()
        for _ in range(PAGES):
            oldest = self._read.get(at, root)
            told = await self._ask(
                lambda web, oldest=oldest: web.conversations_replies(  # type: ignore[misc]
                    channel=channel, ts=root, oldest=oldest, limit=THREAD_PAGE, include_all_metadata=True
                )
            )
            messages = [message for message in _messages(told) if str(message.get("ts")) != root]
            found = next((ts for digest, ts in own_keys(messages, who) if digest == key.digest), None)
            if found:
                return found
            newest = max((str(message["ts"]) for message in messages), default=oldest)
            if not _cursor(told) or newest == oldest:
                return None
            self._read[at] = newest
        raise errors.LookUnavailable("The thread is too long to be read at once.", "", MINUTE)

    async def _ask(self, request: Request) -> AsyncSlackResponse:
        """One call of history, by all workers of the workspace within what Slack lets through."""
        bucket = f"slack history {(await self._client.identity()).team}"
        wait = await self._gate.closed_for(bucket)
        if wait > timedelta(0):
            raise errors.LookUnavailable("Slack lets nobody read history just now.", "", wait)
        try:
            return await self._client.read(request)
        except errors.RateLimited as error:
            wait = error.retry_after or MINUTE
            await self._gate.close_gate(bucket, wait)
            raise errors.LookUnavailable("Slack lets history be read seldom.", "", wait) from error


def _messages(told: AsyncSlackResponse) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = told.get("messages") or []
    return found


def _cursor(told: AsyncSlackResponse) -> str:
    return str((told.get("response_metadata") or {}).get("next_cursor") or "") if told.get("has_more") else ""
