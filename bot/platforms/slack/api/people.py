"""Who may do what where, and what places are called: asked of Slack after the acknowledgement, and kept for a while.

Follows of a channel are managed by admins and owners of the workspace and by who made the channel; of direct messages
by the person themselves. Guests manage nothing, and nobody manages a private channel that they are not in.
"""

import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core.commands.event import Actor, CommandEvent, Role
from bot.core.errors import PlaceClosed, PlatformError, Refused
from bot.core.posts.phrase import quote
from bot.core.posts.post import Place
from bot.platforms.slack.api.client import SlackClient
from bot.platforms.slack.api.errors import INVITE
from bot.platforms.slack.api.places import direct_of, place_of, spot_of, user_of
from bot.ports.platform import Problem

PERSON_KEPT_SECONDS = 300.0
MOST_KEPT = 5000
PAGES_MOST = 20
GUEST = "guest"  # stands with what is needed for an answer, where the request itself tells that it is one's
SHARED = "This channel is shared with another organisation: its people read what is posted here, and may press and ask."
OF_ORGANISATION = "This channel is shared with other workspaces of your organisation: their people read what is posted."
_CHANNEL = re.compile(r"<?#?([CGD][A-Z0-9]{6,})(?:\|[^>]*)?>?")
T = TypeVar("T")


class People:
    """People and channels of a workspace."""

    def __init__(self, client: SlackClient) -> None:
        self._client = client
        self._kept: dict[str, tuple[float, Any]] = {}

    async def _remembered(self, name: str, ask: Callable[[], Awaitable[T]]) -> T:
        """What was asked a few minutes ago is not asked again."""
        now = time.monotonic()
        kept = self._kept.get(name)
        if kept is not None and now - kept[0] < PERSON_KEPT_SECONDS:
            found: T = kept[1]
            return found
        found = await ask()
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[name] = (now, found)
        return found

    def forget(self, channel: str) -> None:
        """Something changed about a channel."""
        self._kept.pop(f"channel {channel}", None)

    async def _channel(self, channel: str) -> dict[str, Any]:
        async def ask() -> dict[str, Any]:
            told = await self._client.read(lambda web: web.conversations_info(channel=channel))
            found: dict[str, Any] = told["channel"]
            return found

        return await self._remembered(f"channel {channel}", ask)

    async def _user(self, user: str) -> dict[str, Any]:
        async def ask() -> dict[str, Any]:
            told = await self._client.read(lambda web: web.users_info(user=user))
            found: dict[str, Any] = told["user"]
            return found

        return await self._remembered(f"user {user}", ask)

    async def standing(self, asked: CommandEvent) -> Role:
        """What who asked may do in the place; a member's rights where Slack does not say."""
        if asked.reply_to.get(GUEST):
            return Role.MEMBER
        return await self.standing_at(user_of(asked.asker.person), asked.asker.place)

    async def standing_at(self, user: str, place: Place) -> Role:
        """What a person may do at a place; a member's rights where Slack does not say."""
        try:
            return await self._standing(user, place)
        except PlatformError:
            return Role.MEMBER

    async def zone(self, person: str) -> str:
        """A person's own time zone by Slack's word; empty where it tells none that is known."""
        try:
            told = str((await self._user(user_of(person))).get("tz") or "")
            ZoneInfo(told)
        except (PlatformError, ZoneInfoNotFoundError, ValueError, OSError):
            return ""
        return told

    async def warning(self, place: Place) -> str:
        """What whoever follows something at a place should know of it: whether others than members read there."""
        try:
            channel = {} if spot_of(place).user else await self._channel(spot_of(place).channel)
        except PlatformError:
            return ""
        if channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"):
            return SHARED
        return OF_ORGANISATION if channel.get("is_org_shared") or channel.get("is_shared") else ""

    async def _standing(self, user: str, place: Place) -> Role:
        spot = spot_of(place)
        if spot.user and spot.user != user:
            return Role.MEMBER
        person = await self._user(user)
        if _is_guest(person, spot.team):
            return Role.MEMBER
        if spot.user:
            return Role.ADMIN
        try:
            channel = await self._channel(spot.channel)
        except PlaceClosed:  # a channel we are not in: it was typed there, so they are
            channel = {}
        is_manager = any(person.get(name) for name in ("is_admin", "is_owner", "is_primary_owner"))
        return Role.ADMIN if is_manager or channel.get("creator") == user else Role.MEMBER

    async def may_speak(self, asker: Actor, *, in_thread: bool) -> bool:
        """Whether they are in the channel and it takes what they write: not archived, not read only, not restricted to
        others. Where Slack does not say, they may not: the answer is private then."""
        try:
            spot, user = spot_of(asker.place), user_of(asker.person)
            channel = await self._channel(spot.channel)
            if channel.get("is_archived") or channel.get("is_frozen") or channel.get("is_read_only"):
                return False
            if channel.get("is_non_threadable" if in_thread else "is_thread_only"):
                return False
            if not await self._is_in(user, spot.channel):
                return False
            return await self._is_among(user, _restricted(channel, "threads_" if in_thread else "posting_"))
        except PlatformError:
            return False

    async def _is_among(self, user: str, restricted: dict[str, Any]) -> bool:
        """Whether a restriction lets them: it names people, or kinds of people."""
        if not restricted or user in (restricted.get("user") or ()):
            return True
        person = await self._user(user)
        kinds = {"admin": ("is_admin", "is_owner", "is_primary_owner"), "owner": ("is_owner", "is_primary_owner")}
        is_guest = bool(person.get("is_restricted") or person.get("is_ultra_restricted"))
        allowed = restricted.get("type") or ()
        if "ra" in allowed or "regular" in allowed:  # Slack's name for members who are no guests
            return not is_guest
        return any(person.get(name) for kind in allowed for name in kinds.get(kind, ()))

    async def place_named(self, asked: CommandEvent, channel: str) -> tuple[Place, Role]:
        """The channel that who asked named (`<#C1|papers>`, `C1`, `#papers`), if they can see it."""
        team, user = spot_of(asked.asker.place).team, user_of(asked.asker.person)
        found = _CHANNEL.fullmatch(channel.strip())
        try:
            id_ = found[1] if found else await self._by_name(channel.strip().lstrip("#").lower())
            known = await self._channel(id_)
            if known.get("is_im") or (known.get("is_private") and not await self._is_in(user, id_)):
                raise _no_channel(channel)
            place = place_of(team, id_)
            is_guest = bool(asked.reply_to.get(GUEST))
            return place, Role.MEMBER if is_guest else await self._standing(user, place)
        except PlaceClosed:
            raise _no_channel(channel) from None
        except PlatformError as error:
            raise Refused(f"Slack cannot be asked for that channel: {error.what}", "Try again in a minute.") from None

    async def _by_name(self, name: str) -> str:
        """Of the channels that we are in, and then of the public ones."""
        for channels in (self._own_channels, self._public_channels):
            found = await channels(name)
            if found:
                return found
        raise PlaceClosed("There is no such channel.", INVITE)

    async def _own_channels(self, name: str) -> str:
        return await self._in_pages(
            name,
            lambda cursor: self._client.read(
                lambda web: web.users_conversations(types="public_channel,private_channel", limit=200, cursor=cursor)
            ),
        )

    async def _public_channels(self, name: str) -> str:
        return await self._in_pages(
            name,
            lambda cursor: self._client.read(
                lambda web: web.conversations_list(
                    types="public_channel", exclude_archived=True, limit=1000, cursor=cursor
                )
            ),
        )

    async def _in_pages(self, name: str, ask: Callable[[str | None], Awaitable[Any]]) -> str:
        cursor: str | None = None
        for _ in range(PAGES_MOST):
            told = await ask(cursor)
            for item in told["channels"]:
                if str(item.get("name", "")).lower() == name:
                    return str(item["id"])
            cursor = (told.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                break
        return ""

    async def _is_in(self, user: str, channel: str) -> bool:
        cursor: str | None = None
        for _ in range(PAGES_MOST):
            told = await self._client.read(
                lambda web, cursor=cursor: web.conversations_members(  # type: ignore[misc]
                    channel=channel, limit=500, cursor=cursor
                )
            )
            if user in told["members"]:
                return True
            cursor = (told.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                break
        return False

    async def places_of(self, team: str, user: str) -> list[Place]:
        """Their direct messages with us, and every channel that both they and we can see."""
        found, cursor = [direct_of(team, user)], None
        for _ in range(PAGES_MOST):
            told = await self._client.read(
                lambda web, cursor=cursor: web.users_conversations(  # type: ignore[misc]
                    user=user, types="public_channel,private_channel", limit=200, cursor=cursor
                )
            )
            found += [place_of(team, str(item["id"])) for item in told["channels"]]
            cursor = (told.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                break
        return found

    async def check(self, place: Place) -> Sequence[Problem]:
        """What keeps us from posting there, by one look at the channel."""
        spot = spot_of(place)
        identity = await self._client.identity()
        if spot.team != identity.team:
            return (
                Problem(f"The token is of another workspace ({identity.team}).", "Correct the place or the token."),
            )
        if spot.user:
            await self._client.channel_of(place)
            return ()
        self.forget(spot.channel)
        try:
            channel = await self._channel(spot.channel)
        except PlaceClosed as error:
            return (Problem(error.what, error.remedy),)
        if channel.get("is_archived"):
            return (Problem("That channel is archived.", "Unarchive it in Slack."),)
        return () if channel.get("is_member") else (Problem("I am not in that channel.", INVITE),)

    async def reads_along(self, place: Place) -> bool:
        """Whether the scopes let events of what is written there reach us; what Slack does not say is not claimed."""
        spot = spot_of(place)
        try:
            scopes = (await self._client.identity()).scopes
            is_private = not spot.user and bool((await self._channel(spot.channel)).get("is_private"))
        except (PlatformError, KeyError):
            return False
        needed = "im:history" if spot.user else "groups:history" if is_private else "channels:history"
        return needed in scopes

    async def describe(self, place: Place) -> str:
        """`#papers`, or `channel` and its id where Slack does not say."""
        try:
            spot = spot_of(place)
            if spot.user:
                return "your direct messages"
            return f"#{(await self._channel(spot.channel))['name']}"
        except (PlatformError, KeyError):
            return f"channel {place.channel.rpartition('/')[2]}"

    async def admins(self, place: Place) -> Sequence[Place]:
        """Who made the channel: nobody else who manages it is known without reading the whole workspace."""
        spot = spot_of(place)
        if spot.user:
            return ()
        try:
            creator = (await self._channel(spot.channel)).get("creator")
        except PlaceClosed:
            return ()
        return (direct_of(spot.team, str(creator)),) if creator else ()


def _is_guest(person: Mapping[str, Any], team: str) -> bool:
    """Whether somebody is no full member of the workspace, whatever else Slack says of them: a guest, a bot, or of
    another workspace, be it in a shared channel (docs.slack.dev/apis/slack-connect) or of one's own organisation."""
    if any(person.get(name) for name in ("is_restricted", "is_ultra_restricted", "is_bot", "is_stranger")):
        return True
    org = person.get("enterprise_user")
    if isinstance(org, Mapping) and org.get("teams"):
        return team not in org["teams"]
    home = str(person.get("team_id") or team)
    return home != team


def _restricted(channel: dict[str, Any], what: str) -> dict[str, Any]:
    """Who may write (`posting_`) or answer in threads (`threads_`); empty where everybody may."""
    told = (channel.get("properties") or {}).get(f"{what}restricted_to")
    return told if isinstance(told, dict) else {}


def _no_channel(channel: str) -> Refused:
    return Refused(
        f"I can see no channel {quote(channel)}.", "Name it with #; in a private one, type /invite @CopeCheck first."
    )
