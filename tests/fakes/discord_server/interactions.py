"""Interactions: what a person did, the token that lives a quarter of an hour, and everything the bot answered."""

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.discord_server.refusal import Refusal, unknown
from tests.fakes.discord_server.state import EPHEMERAL, LOADING, Channel, Message, User, World

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, SHOW_MODAL = 4, 5, 6, 7, 8, 9
TO_ANSWER_SECONDS = 3.0
TOKEN_SECONDS = 900.0
Json = dict[str, Any]


class NoAnswer(AssertionError):
    """The person saw "did not respond"."""


@dataclass(slots=True)
class Interaction:
    """One interaction and its answer; `acknowledged_after` is in seconds from its sending."""

    id: int
    kind: int
    user: User
    channel: Channel
    token: str
    asked_at: float
    source: Message | None = None
    name: str = ""
    shown_by: "Interaction | None" = None
    callback: Json | None = None
    acknowledged_after: float | None = None
    message: Message | None = None
    followups: list[Message] = field(default_factory=list)
    edits: int = 0
    is_original_gone: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_deferred(self) -> bool:
        return self.callback is not None and self.callback["type"] in (DEFERRED, DEFERRED_UPDATE)

    @property
    def is_private(self) -> bool:
        """Whether only the person sees the answer."""
        return self.message is not None and self.message.is_private

    @property
    def is_loading(self) -> bool:
        """Whether it still says "is thinking…"."""
        return self.message is not None and bool(self.message.flags & LOADING)

    @property
    def text(self) -> str:
        """What the answer says now."""
        return "" if self.message is None else self.message.text

    @property
    def texts(self) -> list[str]:
        """The answer, then every followup."""
        return [self.text, *(followup.text for followup in self.followups)]

    @property
    def choices(self) -> list[Json]:
        """What autocompletion offered."""
        return self._data.get("choices") or []

    @property
    def modal(self) -> Json | None:
        """The modal that was shown."""
        return self._data if self.callback is not None and self.callback["type"] == SHOW_MODAL else None

    @property
    def _data(self) -> Json:
        return (self.callback or {}).get("data") or {}

    def tell(self) -> None:
        """Something about the answer is new."""
        self.news.set()

    async def acknowledged(self, patience: float = 5.0) -> "Interaction":
        """Once the bot has answered in any way."""
        return await self._until(lambda: self.callback is not None, patience)

    async def finished(self, patience: float = 10.0) -> "Interaction":
        """Once the answer is no longer "thinking"."""
        return await self._until(lambda: self.callback is not None and not self.is_loading, patience)

    async def edited(self, times: int = 1, patience: float = 10.0) -> "Interaction":
        """Once the answer has been edited so often."""
        return await self._until(lambda: self.edits >= times, patience)

    async def followed(self, count: int = 1, patience: float = 10.0) -> "Interaction":
        """Once there are so many followups."""
        return await self._until(lambda: len(self.followups) >= count, patience)

    async def _until(self, is_so: Any, patience: float) -> "Interaction":
        try:
            async with asyncio.timeout(patience):
                while not is_so():
                    self.news.clear()
                    await self.news.wait()
        except TimeoutError:
            raise NoAnswer(f"{self.name}: nothing of the kind within {patience} s") from None
        return self


class Interactions:
    """All that were ever sent, found by id and by token."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.every: list[Interaction] = []
        self._by_token: dict[str, Interaction] = {}

    def open(self, kind: int, user: User, channel: Channel, name: str, source: Message | None = None) -> Interaction:
        """A new one, with its token."""
        token = secrets.token_urlsafe(48)
        now = self._world.clock.now()
        one = Interaction(self._world.ids.take(), kind, user, channel, token, now, source, name)
        self.every.append(one)
        self._by_token[token] = one
        return one

    def to_answer(self, interaction_id: str, token: str) -> Interaction:
        """The one that a callback names: 10062 when it is not, or too late; 40060 when it was answered before."""
        one = self._by_token.get(token)
        if one is None or str(one.id) != interaction_id:
            raise unknown("Interaction")
        if one.callback is not None:
            raise Refusal(400, 40060, "Interaction has already been acknowledged.")
        if self._world.clock.now() - one.asked_at > TO_ANSWER_SECONDS:
            raise unknown("Interaction")
        return one

    def to_continue(self, token: str) -> Interaction:
        """The one that a webhook names: 10015 before it was answered, 50027 after its time."""
        one = self._by_token.get(token)
        if one is None or self._world.clock.now() - one.asked_at > TOKEN_SECONDS:
            raise Refusal(401, 50027, "Invalid Webhook Token")
        if one.callback is None:
            raise unknown("Webhook")
        return one

    def holding(self, message_id: int) -> Interaction | None:
        """The one whose private message this is."""
        for one in self.every:
            held = [one.message, *one.followups]
            if any(message is not None and message.id == message_id for message in held):
                return one
        return None


def is_public(message: Message) -> bool:
    """Whether it stands in the channel for all."""
    return not message.flags & EPHEMERAL
