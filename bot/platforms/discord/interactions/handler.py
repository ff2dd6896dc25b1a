"""Interactions: stored first, acknowledged at once after it, and within Discord's three seconds whatever the load.

Everything that a person sees of it is private. An answer goes to the interaction's own webhook, so that any process
can give it; what is shown later than a token lives is a post.
"""

import asyncio
import logging
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import discord

from bot.core import errors
from bot.core.commands.event import Actor, CommandEvent, Role, direct_community
from bot.core.commands.options import Option, OptionKind
from bot.core.commands.parser import parse
from bot.core.commands.verbs import Verb
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place, Post
from bot.core.present.answer import refused
from bot.core.verdicts.dispute import CLAIMS
from bot.platforms.discord.api.client import Json, Wire
from bot.platforms.discord.api.errors import ALREADY_ACKNOWLEDGED, UNKNOWN_INTERACTION, EffectUnknown
from bot.platforms.discord.api.permissions import ChannelKind, manages, speaks
from bot.platforms.discord.api.places import PLATFORM, Places, spot_of
from bot.platforms.discord.interactions.commands import MENU, invocation
from bot.platforms.discord.interactions.forms import given, missing, modal, submitted, verb_of
from bot.platforms.discord.interactions.menu import MOST_PAPERS, choice, papers_in, said, which
from bot.platforms.discord.posting.escape import one_line
from bot.platforms.discord.posting.limits import shortest, units
from bot.platforms.discord.posting.payload import body_of
from bot.ports.platform import Inbox

log = logging.getLogger(__name__)

MESSAGE, DEFERRED, DEFERRED_UPDATE, CHOICES, MODAL = 4, 5, 6, 8, 9
EPHEMERAL = 1 << 6
STORE_WITHIN_SECONDS = 1.5
SUGGEST_WITHIN_SECONDS = 2.0
CHOICE_MOST = 100
THINKING: Json = {"type": DEFERRED, "data": {"flags": EPHEMERAL}}
UPDATING: Json = {"type": DEFERRED_UPDATE}
LOST = said("Something went wrong in the bot.", "Try again in a minute; the operator finds the reason in the log.")
NO_PAPER = said("That message names no paper on arXiv.", "The entry works on messages with an arXiv id or link.")
OLD_BUTTON = said("That button no longer works.", "Type / and choose a command.")
Heard = discord.Interaction[Any]


def asker_of(heard: Heard) -> Actor:
    """Who asks, where, and what they may do there at this moment."""
    person, channel = f"{PLATFORM}:{heard.user.id}", int(heard.channel_id or 0)
    if heard.guild_id is None:
        return Actor(person, Place.private(person), direct_community(person))
    spot = spot_of(heard.channel) if heard.channel is not None else None
    is_inside = spot is not None and spot.kind is ChannelKind.THREAD and spot.parent is not None
    is_quiet = isinstance(heard.user, discord.Member) and heard.user.is_timed_out()
    is_locked = is_inside and bool(getattr(heard.channel, "locked", False)) and not heard.permissions.manage_threads
    return Actor(
        person,
        Place(PLATFORM, str(spot.parent if is_inside and spot is not None else channel)),
        f"{PLATFORM}:{heard.guild_id}",
        Role.ADMIN if manages(heard.permissions) else Role.MEMBER,
        Place(PLATFORM, str(channel)) if is_inside else None,
        may_post=not is_quiet and speaks(heard.permissions, in_thread=False),
        may_thread=not is_quiet and not is_locked and speaks(heard.permissions, in_thread=True),
    )


def _about(heard: Heard, channel: str | None) -> Actor | None:
    """Who types, about the channel that the command names already; None where they do not see that one."""
    asker = asker_of(heard)
    if channel is None:
        return asker
    found = heard.guild.get_channel_or_thread(int(channel)) if heard.guild and channel.isdecimal() else None
    if found is None or not isinstance(heard.user, discord.Member):
        return None
    if not found.permissions_for(heard.user).view_channel:
        return None
    return replace(asker, place=Place(PLATFORM, channel), within=None)


def asked_of(heard: Heard, text: str, values: Mapping[str, str] | None = None) -> CommandEvent:
    """The event as it is stored; its way back lives as long as the token."""
    reply_to = {"application": str(heard.application_id), "token": heard.token}
    return CommandEvent(str(heard.id), asker_of(heard), text, values, reply_to)


class InteractionHandler:
    """Takes interactions in. Nothing raises out of it: every failure is told in words to who asked, and logged."""

    def __init__(self, wire: Wire, places: Places, site_url: str, patience: float = STORE_WITHIN_SECONDS) -> None:
        self._wire = wire
        self._places = places
        self._site_url = site_url
        self._patience = patience
        self._pending: dict[str, asyncio.Event] = {}

    async def until_acknowledged(self, interaction_id: str) -> None:
        """Wait while this process is about to acknowledge that interaction."""
        pending = self._pending.get(interaction_id)
        if pending is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(3):
                    await pending.wait()

    async def hear(self, heard: Heard, inbox: Inbox) -> None:
        """A command, its completion, a menu entry or a modal; buttons of ours come in by `press`."""
        data: Json = dict(heard.data or {})
        match heard.type:
            case discord.InteractionType.application_command if data.get("type") == MENU:
                await self._guarded(heard, self._menu(heard, data, inbox))
            case discord.InteractionType.application_command:
                await self._guarded(heard, self._command(heard, data, inbox))
            case discord.InteractionType.autocomplete:
                await self._complete(heard, data, inbox)
            case discord.InteractionType.modal_submit:
                await self._guarded(heard, self._submit(heard, data, inbox))
            case _:
                return

    async def refuse(self, heard: Heard) -> None:
        """A component that is none of ours."""
        await self._guarded(heard, self._say(heard, OLD_BUTTON))

    async def press(self, heard: Heard, value: str, inbox: Inbox) -> None:
        """A button: the command that it carries. A page of a private answer takes that answer's place."""
        await self._guarded(heard, self._press(heard, value, inbox))

    async def _press(self, heard: Heard, value: str, inbox: Inbox) -> None:
        found = verb_of(value)
        if found is not None and await self._ask(heard, found[0], given(*found), inbox):
            return
        is_private = heard.message is not None and heard.message.flags.ephemeral
        body = UPDATING if is_private and _turns_page(value) else THINKING
        await self._take(heard, asked_of(heard, value), body, inbox)

    async def _command(self, heard: Heard, data: Json, inbox: Inbox) -> None:
        call = invocation(data)
        found = verb_of(call.name)
        if found is not None and await self._ask(heard, found[0], call.values, inbox):
            return
        await self._take(heard, asked_of(heard, call.name, call.values), THINKING, inbox)

    async def _ask(self, heard: Heard, verb: Verb, values: Mapping[str, str], inbox: Inbox) -> bool:
        """Open the form for what a command lacks; False where it lacks nothing."""
        asked = missing(verb, values)
        if not asked:
            return False
        try:
            chooses = any(option.kind is OptionKind.CHOICE for option in asked)
            offered = await self._claims(values, inbox) if chooses else {}
        except (errors.Refused, errors.MalformedId) as error:
            await self._say(heard, refused(error))
        else:
            await self._acknowledge(heard, {"type": MODAL, "data": modal(verb, values, offered)})
        return True

    async def _claims(self, values: Mapping[str, str], inbox: Inbox) -> Mapping[str, str]:
        """What can be objected to, as far as it is known in time; else what may be claimed of any paper."""
        try:
            async with asyncio.timeout(self._patience):
                return await inbox.claims(values.get("paper", ""), values.get("lens", ""))
        except (errors.Refused, errors.MalformedId):
            raise
        except Exception:
            log.exception("no claims")
            return dict.fromkeys(CLAIMS, "")

    async def _submit(self, heard: Heard, data: Json, inbox: Inbox) -> None:
        found = submitted(data)
        if found is None:
            await self._say(heard, OLD_BUTTON)
            return
        await self._take(heard, asked_of(heard, *found), THINKING, inbox)

    async def _menu(self, heard: Heard, data: Json, inbox: Inbox) -> None:
        messages = (data.get("resolved") or {}).get("messages") or {}
        papers = papers_in(messages.get(str(data.get("target_id"))) or {})
        if len(papers) == 1:
            await self._take(heard, asked_of(heard, "verdict", {"paper": str(papers[0])}), THINKING, inbox)
        elif not papers:
            await self._say(heard, NO_PAPER)
        else:
            menu = choice(papers, await self._titles(papers, inbox))
            body = await self._private(replace(which(papers), menu=menu))
            await self._acknowledge(heard, {"type": MESSAGE, "data": body})

    async def _titles(self, papers: Sequence[ArxivId], inbox: Inbox) -> Mapping[ArxivId, str]:
        """The papers' titles as far as they are known in time; a choice of ids is better than none."""
        try:
            async with asyncio.timeout(SUGGEST_WITHIN_SECONDS):
                return await inbox.titles(papers[:MOST_PAPERS])
        except Exception:
            log.exception("no titles")
            return {}

    async def choose(self, heard: Heard, command: str, inbox: Inbox) -> None:
        """A paper was chosen among several: the command that this is."""
        await self._guarded(heard, self._take(heard, asked_of(heard, command), THINKING, inbox))

    async def _complete(self, heard: Heard, data: Json, inbox: Inbox) -> None:
        """Suggestions, or none: a failure here is no reason to keep anybody from typing."""
        call = invocation(data)
        found: list[Json] = []
        try:
            asker = _about(heard, call.values.get("channel"))
            if call.option is not None and asker is not None:
                found = await self._suggested(asker, call.option, call.values, inbox)
            await self._acknowledge(heard, {"type": CHOICES, "data": {"choices": found}})
        except Exception:
            log.exception("no completion", extra={"option": call.focused})

    async def _suggested(self, asker: Actor, option: Option, values: Mapping[str, str], inbox: Inbox) -> list[Json]:
        typed = values.get(option.name, "")
        try:
            async with asyncio.timeout(SUGGEST_WITHIN_SECONDS):
                is_claim = option.kind is OptionKind.CHOICE
                pairs = await (self._named(option, values, inbox) if is_claim else inbox.suggest(asker, option, typed))
        except (errors.Refused, errors.MalformedId):
            return []
        except Exception:
            log.exception("no suggestions", extra={"option": option.name})
            return []
        return [
            {"name": shortest(one_line(words), CHOICE_MOST) or value, "value": value}
            for words, value in pairs
            if 0 < units(value) <= CHOICE_MOST
        ]

    async def _named(self, option: Option, values: Mapping[str, str], inbox: Inbox) -> Sequence[tuple[str, str]]:
        """What may be objected to of the verdict that is named already: (its name and words, its value)."""
        claims = await inbox.claims(values.get("paper", ""), values.get("lens", ""))
        return [(f"{option.named[claim]}: {words}", claim) for claim, words in claims.items()]

    # -- stored, acknowledged, answered

    async def _take(self, heard: Heard, asked: CommandEvent, body: Json, inbox: Inbox) -> None:
        """Store, then acknowledge; a store that is slow is not waited for, and told of when it fails."""
        pending = self._pending.setdefault(asked.id, asyncio.Event())
        storing = asyncio.ensure_future(inbox.take(asked))
        try:
            await asyncio.wait([storing], timeout=self._patience)
            with suppress(discord.HTTPException):  # what is stored is done and answered all the same
                await self._acknowledge(heard, body)
        finally:
            pending.set()
            self._pending.pop(asked.id, None)
        await storing

    async def _acknowledge(self, heard: Heard, body: Json) -> None:
        """Acknowledge, once more where that is refused or in doubt: without it there is no place for the answer.

        An interaction that is known to be acknowledged (it was delivered twice, or the doubt was none) is fine.
        """
        about = {"interaction": str(heard.id)}
        for is_last in (False, True):
            try:
                await self._wire.acknowledge(heard.id, heard.token, body)
            except discord.HTTPException as error:
                if error.code == UNKNOWN_INTERACTION:
                    log.warning("an interaction was acknowledged too late", extra=about)
                elif error.code != ALREADY_ACKNOWLEDGED:
                    log.warning("an acknowledgement is refused", extra={**about, "reason": str(error)})
                    if is_last:
                        raise
                    continue
            except EffectUnknown as error:
                log.warning("an acknowledgement is in doubt", extra={**about, "reason": str(error)})
                continue
            return

    async def _guarded(self, heard: Heard, doing: Awaitable[None]) -> None:
        try:
            await doing
        except Exception:
            log.exception("an interaction failed", extra={"interaction": str(heard.id)})
            await self._tell_failure(heard)

    async def _tell_failure(self, heard: Heard) -> None:
        """In words, whether it was acknowledged or not."""
        with suppress(discord.HTTPException, EffectUnknown, errors.PlatformError):
            await self._say(heard, LOST)
        with suppress(discord.HTTPException, EffectUnknown, errors.PlatformError):
            body = await body_of(LOST, None, self._places, self._site_url)
            await self._wire.edit_answer(str(heard.application_id), heard.token, body)

    async def _say(self, heard: Heard, post: Post) -> None:
        await self._acknowledge(heard, {"type": MESSAGE, "data": await self._private(post)})

    async def _private(self, post: Post) -> Json:
        body = await body_of(post, None, self._places, self._site_url)
        return body | {"flags": body["flags"] | EPHEMERAL}


def _turns_page(value: str) -> bool:
    try:
        return "page" in parse(value).values
    except errors.CopeCheckError:
        return False
