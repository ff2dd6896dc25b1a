"""One request as a route sees it: its body, its files, and what the bot may do at the place that it names."""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import BodyPartReader, web

from tests.fakes.discord_server.permissions import bits, permissions_in_channel
from tests.fakes.discord_server.refusal import Refusal, invalid_form, missing_access, missing_permissions, unknown
from tests.fakes.discord_server.state import Channel, Message, Upload

if TYPE_CHECKING:
    from tests.fakes.discord_server.server import FakeDiscord


@dataclass(slots=True)
class Call:
    """A request under way; `files` are the parts of a multipart body by their number."""

    fake: "FakeDiscord"
    request: web.Request
    route: str
    path: str
    body: Any = None
    files: dict[int, tuple[str, bytes]] = field(default_factory=dict)

    def named(self, name: str) -> int:
        """An id of the path."""
        text = self.request.match_info[name]
        if not text.isdecimal():
            raise invalid_form(name, "NUMBER_TYPE_COERCE", f'Value "{text}" is not snowflake.')
        return int(text)

    @property
    def major(self) -> str:
        """What divides the bucket of a route: the channel, the guild, or the webhook."""
        found = self.request.match_info
        names = ("channel_id", "guild_id", "application_id", "interaction_id", "token")
        return "+".join(found[name] for name in names if name in found)

    @property
    def channel(self) -> Channel:
        """The channel of the path, which the bot can see."""
        channel = self.fake.world.channel(self.named("channel_id"))
        guild = self.fake.world.guild_of(channel)
        if guild is not None and not permissions_in_channel(guild, channel, self.fake.world.bot.id):
            raise missing_access()
        return channel

    def message(self, channel: Channel) -> Message:
        """The message of the path."""
        return self.fake.world.message(channel, self.named("message_id"))

    def has(self, channel: Channel, name: str) -> bool:
        """Whether the bot has a permission in a channel; in a direct conversation it always has."""
        guild = self.fake.world.guild_of(channel)
        if guild is None:
            return True
        return bool(permissions_in_channel(guild, channel, self.fake.world.bot.id) & bits(name))

    def need(self, channel: Channel, *names: str) -> None:
        """50013 without every one of the permissions."""
        if not all(self.has(channel, name) for name in names):
            raise missing_permissions()

    def uploads(self, kept: Message | None = None, body: Any = None) -> list[Upload]:
        """The files of a message after this request: those named stay, new ones come after."""
        body = self.body if body is None else body
        old = {} if kept is None else {upload.id: upload for upload in kept.uploads}
        listed = body.get("attachments")
        if listed is None:
            return [*old.values(), *(self._fresh(number, {}) for number in self.files)]
        found = []
        for one in listed:
            number = int(one["id"])
            if number not in self.files and number not in old:
                raise invalid_form("attachments", "ATTACHMENT_NOT_FOUND", f"Attachment {number} not found")
            found.append(self._fresh(number, one) if number in self.files else old[number])
        named = {int(one["id"]) for one in listed}
        return found + [self._fresh(number, {}) for number in self.files if number not in named]

    def _fresh(self, number: int, listed: dict[str, Any]) -> Upload:
        name, content = self.files[number]
        return self.fake.upload(listed.get("filename") or name, content, listed.get("description"))


async def read_body(call: Call) -> None:
    """JSON, or a multipart body with `payload_json` and `files[n]`."""
    request = call.request
    if request.content_type.startswith("multipart/"):
        await _read_parts(call)
        return
    text = await request.text()
    if text:
        try:
            call.body = json.loads(text)
        except ValueError as exc:
            raise Refusal(400, 50109, "The request body contains invalid JSON.") from exc


async def _read_parts(call: Call) -> None:
    async for part in await call.request.multipart():
        assert isinstance(part, BodyPartReader)
        name = part.name or ""
        if name == "payload_json":
            call.body = json.loads(await part.text())
        elif name.startswith("files["):
            call.files[int(name[6:-1])] = (part.filename or "file", bytes(await part.read()))


def user_of(call: Call, user_id: int) -> Any:
    """A user, or 10013."""
    if user_id not in call.fake.world.users:
        raise unknown("User")
    return call.fake.world.users[user_id]
