"""Messages that come into the world: stored, told to the gateway, written to the journal."""

import re

from tests.fakes.discord_server.building import Building
from tests.fakes.discord_server.gateway import DIRECT_MESSAGES, GUILD_MESSAGES
from tests.fakes.discord_server.journal import Journal
from tests.fakes.discord_server.permissions import bits, permissions_in_channel
from tests.fakes.discord_server.rules import as_stored
from tests.fakes.discord_server.state import (
    REGULAR,
    REPLY,
    THREAD_CREATED,
    THREAD_STARTER,
    Channel,
    Message,
    Upload,
    User,
    walk,
)
from tests.fakes.discord_server.wire import Json, as_the_bot_sees, member_json, message_json

USER_MENTION = re.compile(r"<@!?(\d+)>")
ROLE_MENTION = re.compile(r"<@&(\d+)>")
ESCAPED = re.compile(r"`[^`]*`|\\<")


class Posting(Building):
    """The part of a server that makes messages of the bot and of people."""

    journal: Journal

    def say(
        self,
        user: User,
        channel: Channel,
        content: str,
        *,
        reply_to: Message | None = None,
        ping: bool = True,
        uploads: tuple[Upload, ...] = (),
        kind: int = REGULAR,
        forwards: Message | None = None,
    ) -> Message:
        """A person writes; a reply pings its target unless `ping` is off. Any other kind is Discord's own note."""
        message = Message(self.world.ids.take(), channel.id, user, self.world.clock.now(), kind, content)
        message.forwarded = [forwards] if forwards is not None else []
        message.uploads = list(uploads)
        self._set_mentions(message, channel, None)
        if reply_to is not None:
            self.refer(message, channel, reply_to, ping=ping)
        self.publish_message(channel, message)
        return message

    def change(self, channel: Channel, message: Message, content: str) -> None:
        """A person edits what they wrote."""
        message.content = content
        message.edited_at = self.world.clock.now()
        self.tell_message("MESSAGE_UPDATE", channel, message)

    def posts(self, channel: Channel) -> list[Message]:
        """What stands in a channel from the bot, in order, without the platform's own lines on threads."""
        own = [one for one in channel.messages.values() if one.author is self.world.bot]
        return [one for one in own if one.kind not in (THREAD_CREATED, THREAD_STARTER)]

    def refer(self, message: Message, channel: Channel, target: Message, *, ping: bool) -> None:
        """Make a message the reply to another."""
        message.kind = REPLY
        message.referenced = target
        message.reference = {"type": 0, "channel_id": str(channel.id), "message_id": str(target.id)}
        if channel.guild_id is not None:
            message.reference["guild_id"] = str(channel.guild_id)
        if ping and target.author not in message.mentions:
            message.mentions.append(target.author)

    def write_of_bot(self, channel: Channel, body: Json, uploads: list[Upload]) -> Message:
        """A message of the bot from a body that has passed the rules; not yet stored."""
        message = Message(self.world.ids.take(), channel.id, self.world.bot, self.world.clock.now())
        message.nonce = None if body.get("nonce") is None else str(body["nonce"])
        self.put_body(message, channel, body, uploads)
        return message

    def put_body(self, message: Message, channel: Channel, body: Json, uploads: list[Upload]) -> None:
        """What a body says, onto a message; what it leaves out stays."""
        if "content" in body:
            message.content = body["content"] or ""
        if "embeds" in body:
            message.embeds = [{"type": "rich", **embed} for embed in body["embeds"] or []]
        message.uploads = uploads
        if "components" in body:
            message.components = self._with_media(message, as_stored(body["components"] or []))
        message.flags |= body.get("flags") or 0
        self._set_mentions(message, channel, body.get("allowed_mentions"))

    def _with_media(self, message: Message, components: list[Json]) -> list[Json]:
        whole = message_json(self.world, message)["attachments"]
        attached = {f"attachment://{one['filename']}": one for one in whole}
        for part in walk(components):
            for holder in [part, *(part.get("items") or [])]:
                for name in ("media", "file"):
                    if name in holder:
                        holder[name] = self._media(holder[name]["url"], attached)
        return components

    def _media(self, url: str, attached: Json) -> Json:
        if url not in attached:
            return {"id": str(self.world.ids.take()), "url": url, "proxy_url": url}
        one = attached[url]
        return {"id": one["id"], "url": one["url"], "proxy_url": one["proxy_url"], "attachment_id": one["id"]}

    def _set_mentions(self, message: Message, channel: Channel, allowed: Json | None) -> None:
        text = ESCAPED.sub("", message.text)
        kinds = {"users", "roles", "everyone"} if allowed is None else set(allowed.get("parse") or [])
        named = {name: {int(one) for one in (allowed or {}).get(name) or []} for name in ("users", "roles")}
        users = [int(one) for one in USER_MENTION.findall(text)]
        roles = [int(one) for one in ROLE_MENTION.findall(text)]
        message.mentions = [
            self.world.users[one]
            for one in dict.fromkeys(users)
            if one in self.world.users and ("users" in kinds or one in named["users"])
        ]
        message.mention_roles = [one for one in roles if "roles" in kinds or one in named["roles"]]
        message.pings_everyone = "everyone" in kinds and bool(re.search(r"@everyone|@here", text))
        message.pings_everyone &= self._may_ping_everyone(message.author, channel)

    def _may_ping_everyone(self, user: User, channel: Channel) -> bool:
        guild = self.world.guild_of(channel)
        if guild is None or user.id not in guild.members:
            return False
        return bool(permissions_in_channel(guild, channel, user.id) & bits("mention_everyone"))

    def publish_message(self, channel: Channel, message: Message, effect: str = "message_created") -> None:
        """Store a message, tell who may hear of it, and write it down if it is ours."""
        channel.messages[message.id] = message
        if message.author is self.world.bot:
            self.journal.write_message(effect, self.world.clock.now(), message, kind=message.kind)
        self.tell_message("MESSAGE_CREATE", channel, message)

    def tell_message(self, event: str, channel: Channel, message: Message) -> None:
        """MESSAGE_CREATE or MESSAGE_UPDATE, without what the intents do not open."""
        guild = self.world.guild_of(channel)
        needs = DIRECT_MESSAGES if guild is None else GUILD_MESSAGES
        if guild is not None and not permissions_in_channel(guild, channel, self.world.bot.id):
            return
        extra: Json = {"channel_type": channel.kind}
        if guild is not None:
            extra["guild_id"] = str(guild.id)
            if message.author.id in guild.members:
                extra["member"] = member_json(guild.members[message.author.id], with_user=False)
        whole = message_json(self.world, message)

        def shown(intents: int) -> Json:
            return as_the_bot_sees(self.world, message, intents, whole) | extra

        self.gateway.publish(event, shown, guild_id=channel.guild_id, needs=needs)
