"""Posts go out, are looked for by their keys, and are edited: in channels, threads, forums and direct messages.

A post's key stands in the custom ids of its buttons, which is what a look compares; so it is found where no nonce is
remembered any more. After a lost connection the channel is asked before the same body, with the same nonce, goes out
once more: a nonce is only good for minutes, and a look alone may come before the effect.
"""

import logging
from collections.abc import Iterator
from typing import Any

import discord

from bot.core import errors
from bot.core.posts.post import Post, PostKey, PostKind, PostRef
from bot.platforms.discord.api.client import Json, Wire
from bot.platforms.discord.api.errors import (
    ARCHIVED,
    CLOSING,
    FORM,
    LOCKED,
    THREAD_EXISTS,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    UNKNOWN_TAG,
    EffectUnknown,
    reason_of,
    refusal,
)
from bot.platforms.discord.api.permissions import FOR_A_POST, IN_A_THREAD, ChannelFacts, ChannelKind
from bot.platforms.discord.api.places import Places
from bot.platforms.discord.posting.limits import components_of
from bot.platforms.discord.posting.markup import TAG, forum_name, mark_of, thread_name
from bot.platforms.discord.posting.payload import body_of, without_nonce
from bot.platforms.discord.posting.tags import fitting, needed
from bot.ports.platform import Problem

log = logging.getLogger(__name__)

MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = "/channels/{channel_id}/messages/{message_id}"
THREADS = "/channels/{channel_id}/threads"
THREAD_OF = "/channels/{channel_id}/messages/{message_id}/threads"
LOOKED_AT = 100
PAGES_LOOKED_AT = 10
POSTS_LOOKED_AT = 15
PUBLISHED = 1 << 0
KNOWN_THREADS = 2000
PLAIN_NAME = "Papers"


class Posting:
    """Sends, finds and edits posts. Every failure is a `PlatformError`."""

    def __init__(self, wire: Wire, places: Places, site_url: str) -> None:
        self._wire = wire
        self._places = places
        self._site_url = site_url
        self._threads: set[int] = set()

    # -- sending

    async def send(self, key: PostKey, post: Post, thread: PostRef | None) -> PostRef:
        """Post under `key`; `SendUnknown` when nobody knows whether it stands."""
        spot = await self._places.spot(await self._places.channel_of(key.place))
        if spot.kind is ChannelKind.OTHER:
            raise errors.PlaceClosed(f"{spot.shown} takes no posts.", "Follow in a text channel, a forum or a thread.")
        self._refuse_closed(spot, thread)
        body = await body_of(post, key, self._places, self._site_url)
        try:
            if thread is None and spot.kind is ChannelKind.FORUM:
                return await self._open_post(spot, key, post, body)
            target = await self._target(spot, thread, post)
            made = await self._sent(target, spot, body, key)
        except EffectUnknown as error:
            raise errors.SendUnknown(f"The connection to Discord broke while posting ({error}).") from error
        except discord.HTTPException as error:
            if error.code == UNKNOWN_CHANNEL and thread is not None:
                raise self._thread_gone(spot, thread) from error
            raise await self._refused(error, spot, thread) from error
        if key.kind is PostKind.REPORT and spot.kind is ChannelKind.ANNOUNCEMENT:
            await self._publish(spot, made)
        return PostRef(key.place, str(made["id"]), str(target) if target != spot.id else None)

    def _refuse_closed(self, spot: ChannelFacts, thread: PostRef | None) -> None:
        """By what the gateway told us, a post that is bound to be refused is not tried: refusals are counted."""
        is_inside = thread is not None and spot.kind is not ChannelKind.THREAD
        needed = IN_A_THREAD if is_inside else FOR_A_POST.get(spot.kind, ())
        for lacking in self._places.missing_now(spot, needed):
            raise errors.PlaceClosed(lacking.what, lacking.remedy)

    async def _refused(
        self, error: discord.HTTPException, spot: ChannelFacts, thread: PostRef | None = None
    ) -> errors.PlatformError:
        missing: list[Problem] = []
        if error.status == 403:
            needed = (*FOR_A_POST.get(spot.kind, ()), *(("create_public_threads", *IN_A_THREAD) if thread else ()))
            missing = await self._missing(spot, tuple(dict.fromkeys(needed)))
        is_of_thread = thread is not None and spot.kind is not ChannelKind.THREAD and error.code in (ARCHIVED, LOCKED)
        return refusal(error, f"under a post in {spot.shown}" if is_of_thread else spot.shown, missing)

    async def _missing(self, spot: ChannelFacts, needed: tuple[str, ...]) -> list[Problem]:
        try:
            return await self._places.missing(spot, needed)
        except errors.PlatformError:
            return []

    async def _sent(self, target: int, spot: ChannelFacts, body: Json, key: PostKey) -> Json:
        """The message, sent once; after a doubt looked for, and only then sent once more with the same nonce."""
        try:
            return await self._post(target, body)
        except EffectUnknown as error:
            log.info("a post is in doubt", extra={"place": spot.shown, "reason": str(error)})
            doubt = error
        try:
            return await self._in(target, key, spot, pages=1) or await self._post(target, body)
        except (errors.PlatformError, discord.HTTPException, EffectUnknown) as error:
            wait = error.retry_after if isinstance(error, errors.PlatformError) else None
            words = f"The connection to Discord broke while posting ({doubt})."
            raise errors.SendUnknown(words, retry_after=wait) from error

    async def _post(self, target: int, body: Json) -> Json:
        made: Json = await self._wire.call("POST", MESSAGES, json=body, channel_id=target)
        return made

    # -- threads and forums

    async def _target(self, spot: ChannelFacts, thread: PostRef | None, post: Post) -> int:
        """The channel that a post goes to; the thread of a post is opened where there is none yet."""
        if thread is None or spot.kind in (ChannelKind.THREAD, ChannelKind.DIRECT):
            return spot.id
        wanted = int(thread.thread or thread.id)
        is_open = (
            spot.kind is ChannelKind.FORUM or thread.thread or wanted in self._threads or self._places.cached(wanted)
        )
        if not is_open:
            await self._open_thread(spot, wanted, post)
        return wanted

    async def _open_thread(self, spot: ChannelFacts, message: int, post: Post) -> None:
        """Open the thread of a message; its id is the message's, so that there can only be one."""
        for lacking in self._places.missing_now(spot, ("view_channel", "create_public_threads")):
            raise errors.PlaceClosed(lacking.what, lacking.remedy)
        try:
            await self._make_thread(spot, message, thread_name(post))
        except discord.HTTPException as error:
            if error.code != THREAD_EXISTS:
                raise
        except EffectUnknown as error:  # nothing of the post itself went out: it is simply tried again
            raise errors.PlatformDown(f"The connection to Discord broke ({error}).") from error
        if len(self._threads) >= KNOWN_THREADS:
            self._threads.clear()
        self._threads.add(message)

    async def _make_thread(self, spot: ChannelFacts, message: int, name: str) -> None:
        """Open the thread of a message under that name, or where Discord takes no such name under a plain one."""
        for chosen in (name, PLAIN_NAME):
            told = {"name": chosen}
            try:
                await self._wire.call("POST", THREAD_OF, json=told, channel_id=spot.id, message_id=message)
                return
            except discord.HTTPException as error:
                if chosen == PLAIN_NAME or error.code == THREAD_EXISTS or not _is_of_form(error):
                    raise
                log.warning("a thread gets a plain name", extra={"place": spot.shown, "reason": reason_of(error)})

    def _thread_gone(self, spot: ChannelFacts, thread: PostRef) -> errors.PlatformError:
        """Somebody deleted the thread: of a message it is opened again; with a forum's post its message is gone too."""
        is_known = int(thread.id) in self._threads
        self._threads.discard(int(thread.id))
        if is_known and spot.kind is not ChannelKind.FORUM:
            return errors.PlatformDown("The thread was deleted; it is opened again.")
        return errors.PostRejected("The thread for this post was deleted.", "It is not made again.")

    async def _open_post(self, spot: ChannelFacts, key: PostKey, post: Post, body: Json) -> PostRef:
        """A post of a forum. It has no nonce, so after a doubt only a later look may tell.

        Where Discord takes no such name or tags, it gets a plain name and only the tag that the forum asks for.
        """
        message = without_nonce(body)
        for name, tags in ((forum_name(post), fitting(spot, key, post)), (PLAIN_NAME, needed(spot))):
            whole = {"name": name, "message": message, **({"applied_tags": tags} if tags else {})}
            try:
                made = await self._wire.call("POST", THREADS, json=whole, channel_id=spot.id)
                break
            except discord.HTTPException as error:
                if name == PLAIN_NAME or not _is_of_form(error):
                    raise
                log.warning("a forum post gets a plain name", extra={"place": spot.shown, "reason": reason_of(error)})
        return PostRef(key.place, str(made["id"]), str(made["id"]))

    async def _publish(self, spot: ChannelFacts, made: Json) -> None:
        """Let an announcement go out to those who follow the channel; where that may not be, the post stands."""
        if made.get("flags", 0) & PUBLISHED:
            return
        try:
            await self._wire.call("POST", f"{MESSAGE}/crosspost", channel_id=spot.id, message_id=int(made["id"]))
        except (errors.PlatformError, discord.HTTPException, EffectUnknown) as error:
            log.warning("a report is not published", extra={"place": spot.shown, "reason": str(error)})

    # -- looking

    async def find(self, key: PostKey, thread: PostRef | None) -> PostRef | None:
        """Where the post of that key stands; None when it certainly stands nowhere."""
        spot = await self._places.spot(await self._places.channel_of(key.place))
        try:
            if thread is None and spot.kind is ChannelKind.FORUM:
                return await self._in_forum(spot, key)
            is_inside = thread is not None and spot.kind not in (ChannelKind.THREAD, ChannelKind.DIRECT)
            target = int(thread.thread or thread.id) if is_inside and thread else spot.id
            found = await self._in(target, key, spot, pages=PAGES_LOOKED_AT)
        except EffectUnknown as error:
            raise errors.LookUnavailable(f"Discord cannot be asked just now ({error}).") from error
        except discord.HTTPException as error:
            if error.code == UNKNOWN_CHANNEL and thread is not None:
                return None
            raise await self._refused(error, spot) from error
        if found is None:
            return None
        if key.kind is PostKind.REPORT and spot.kind is ChannelKind.ANNOUNCEMENT:
            await self._publish(spot, found)
        return PostRef(key.place, str(found["id"]), str(target) if target != spot.id else None)

    async def _in(self, channel: int, key: PostKey, spot: ChannelFacts, *, pages: int) -> Json | None:
        """The message of that key among the newest of a channel; people may have written much since it was sent."""
        own = await self._wire.own_id()
        params = {"limit": str(LOOKED_AT)}
        for _ in range(pages):
            page = await self._wire.call("GET", MESSAGES, params=params, channel_id=channel)
            if not page and "before" not in params:
                await self._need_history(spot)
            found = next((item for item in page if _is_ours(item, own, key)), None)
            if found is not None or len(page) < LOOKED_AT:
                return found
            params["before"] = str(min(int(item["id"]) for item in page))
        return None

    async def _need_history(self, spot: ChannelFacts) -> None:
        """Without the permission to read history, Discord shows an empty channel, and says nothing of it."""
        for lacking in await self._places.missing(spot, ("view_channel", "read_message_history")):
            raise errors.PlaceClosed(lacking.what, lacking.remedy)

    async def _in_forum(self, spot: ChannelFacts, key: PostKey) -> PostRef | None:
        """Look at the first messages of our newest posts, open and archived."""
        active = await self._wire.call("GET", "/guilds/{guild_id}/threads/active", guild_id=spot.guild or 0)
        params = {"limit": str(LOOKED_AT)}
        closed = await self._wire.call("GET", f"{THREADS}/archived/public", params=params, channel_id=spot.id)
        own = await self._wire.own_id()
        ids = {
            int(item["id"])
            for item in (*active["threads"], *closed["threads"])
            if int(item.get("parent_id") or 0) == spot.id and int(item.get("owner_id") or 0) == own
        }
        for thread in sorted(ids, reverse=True)[:POSTS_LOOKED_AT]:
            if await self._begins_with(thread, own, key):
                return PostRef(key.place, str(thread), str(thread))
        return None

    async def _begins_with(self, thread: int, own: int, key: PostKey) -> bool:
        try:
            first = await self._wire.call("GET", MESSAGE, channel_id=thread, message_id=thread)
        except discord.HTTPException as error:
            if error.code in (UNKNOWN_MESSAGE, UNKNOWN_CHANNEL):
                return False
            raise
        return _is_ours(first, own, key)

    # -- editing

    async def edit(self, ref: PostRef, key: PostKey, post: Post) -> None:
        """Put `post` in the place of what stands there; an archived thread is opened for that."""
        spot = await self._places.spot(await self._places.channel_of(ref.place))
        channel = int(ref.thread) if ref.thread else spot.id
        body = without_nonce(await body_of(post, key, self._places, self._site_url))
        try:
            await self._rewritten(channel, int(ref.id), body)
        except EffectUnknown as error:
            raise errors.SendUnknown(f"The connection to Discord broke while editing ({error}).") from error
        except discord.HTTPException as error:
            if error.code == UNKNOWN_CHANNEL and channel != spot.id:
                raise errors.PostRejected("The thread of the post was deleted.", "It is not made again.") from error
            raise await self._refused(error, spot) from error

    async def _rewritten(self, channel: int, message: int, body: Json) -> None:
        try:
            await self._wire.call("PATCH", MESSAGE, json=body, channel_id=channel, message_id=message)
        except discord.HTTPException as error:
            if error.code != ARCHIVED:
                raise
            await self._wire.call("PATCH", "/channels/{channel_id}", json={"archived": False}, channel_id=channel)
            await self._wire.call("PATCH", MESSAGE, json=body, channel_id=channel, message_id=message)


def _is_of_form(error: discord.HTTPException) -> bool:
    return error.code == UNKNOWN_TAG or (error.status in FORM and error.code not in CLOSING)


def _is_ours(message: Json, own: int, key: PostKey) -> bool:
    """Whether a message is ours and carries that key in a button, or in its last words where it has none."""
    if int(message["author"]["id"]) != own:
        return False
    is_bare = str(message.get("content", "")).endswith(mark_of(key.digest))
    return is_bare or any(key.digest == digest for digest in _digests(message))


def _digests(message: Json) -> Iterator[Any]:
    for entry in components_of(message):
        parts = str(entry.get("custom_id", "")).split("|", 2)
        if len(parts) == 3 and parts[0] == TAG:
            yield parts[1]
