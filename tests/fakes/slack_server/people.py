"""What people do: each act is sent to the bot as Slack sends it, and comes back with the attempts and their times."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.slack_server import payloads
from tests.fakes.slack_server.deliveries import Courier, Delivery
from tests.fakes.slack_server.journal import Journal
from tests.fakes.slack_server.payloads import Payload
from tests.fakes.slack_server.response_urls import ResponseUrls
from tests.fakes.slack_server.views import View, Views, keep, refuse_view, replace
from tests.fakes.slack_server.world import BOT_USER, Channel, Message, Token, World

if TYPE_CHECKING:
    from tests.fakes.slack_server.server import FakeSlack

EVENTS = frozenset(
    [
        "app_mention",
        "message.channel",
        "message.group",
        "message.im",
        "app_home_opened",
        "member_joined_channel",
        "member_left_channel",
        "channel_archive",
        "channel_unarchive",
        "channel_left",
        "group_left",
        "app_uninstalled",
        "tokens_revoked",
        "reaction_added",
    ]
)


@dataclass(slots=True, eq=False)
class Remark:
    """What a person said, and what of it was sent to the bot."""

    message: Message
    deliveries: list[Delivery] = field(default_factory=list)

    @property
    def acknowledged(self) -> bool:
        return all(one.acknowledged for one in self.deliveries)

    def told(self) -> dict[str, Any]:
        """The remark as JSON, for a test in another process."""
        message = {"channel": self.message.channel, "ts": self.message.ts, "text": self.message.text}
        return {"message": message, "deliveries": [one.told() for one in self.deliveries]}


class People:
    """The acts of people and of Slack itself; `FakeSlack` has them as its own."""

    world: World
    courier: Courier
    views: Views
    journal: Journal
    response_urls: ResponseUrls
    subscriptions: set[str]
    faults: list[str]
    tokens: dict[str, Token]

    async def slash(self, user: str, channel: str, command: str, text: str = "") -> Delivery:
        """Type a slash command; what its acknowledgement says is shown to the person."""
        slack, person, place = self._slack(), self.world.person(user), self._place(channel, user)
        payload = payloads.slash_command(slack, person.id, place, command, text)
        delivery = await self.courier.deliver("slash_commands", payload)
        self._show_answer(delivery)
        return delivery

    async def remark(self, user: str, channel: str, text: str, *, thread: str | None = None) -> Remark:
        """Say something in a channel, in a thread, or (channel `im`) to the bot alone."""
        place = self._place(channel, user)
        body = self.world.person_body(self.world.person(user).id, text, thread)
        return await self._said(self.world.add(place, body), place)

    async def mention(self, user: str, channel: str, text: str, *, thread: str | None = None) -> Remark:
        """Say something to the bot by name: `app_mention` and `message` of one remark, with two event ids."""
        return await self.remark(user, channel, f"<@{BOT_USER}> {text}", thread=thread)

    async def remark_of_a_bot(self, channel: str, text: str, *, thread: str | None = None) -> Remark:
        """Another bot says something."""
        place = self._place(channel, BOT_USER)
        profile = {"id": "B0OTHER", "deleted": False, "name": "other", "updated": 1, "app_id": "A0OTHER"}
        body = self.world.person_body("U0OTHERBOT", text, thread) | {"bot_id": "B0OTHER", "app_id": "A0OTHER"}
        body.pop("client_msg_id")
        return await self._said(self.world.add(place, body | {"bot_profile": profile}), place)

    async def edit_remark(self, message: Message | dict[str, str], text: str) -> Delivery:
        """A person edits what they said."""
        found = self._message(message)
        before = found.shown()
        found.body |= {"text": text, "edited": {"user": found.body["user"], "ts": self.world.stamp()}}
        channel = self.world.channels[found.channel]
        return await self._event(payloads.message_changed(found, before, channel, self.world.stamp()))

    async def delete_remark(self, message: Message | dict[str, str]) -> Delivery:
        """A message is deleted, the bot's own too."""
        found = self._message(message)
        channel = self.world.channels[found.channel]
        channel.messages.remove(found)
        return await self._event(payloads.message_deleted(found, channel, self.world.stamp()))

    async def press(
        self, message: Message | dict[str, str], action_id: str, *, user: str = "alice", value: Any = None
    ) -> Delivery:
        """Press a button of a message, or choose an option of its menu; LookupError when it has none of that id."""
        found, person = self._message(message), self.world.person(user)
        action = _action(found.blocks, action_id, value)
        payload = payloads.block_actions(self._slack(), person.id, found, action)
        return await self.courier.deliver("interactive", payload)

    async def press_in_view(
        self, view: View | str, action_id: str, *, value: Any = None, values: Payload | None = None
    ) -> Delivery:
        """Press a button in a modal or the Home."""
        found = self._view(view)
        action = _action(found.blocks, action_id, value)
        payload = payloads.view_actions(self._slack(), found, action, values or {})
        return await self.courier.deliver("interactive", payload)

    async def message_shortcut(self, user: str, message: Message | dict[str, str], callback_id: str) -> Delivery:
        """Choose a shortcut from a message's menu."""
        found, person = self._message(message), self.world.person(user)
        payload = payloads.message_action(self._slack(), person.id, found, callback_id)
        return await self.courier.deliver("interactive", payload)

    async def global_shortcut(self, user: str, callback_id: str) -> Delivery:
        """Choose a shortcut from the lightning menu."""
        payload = payloads.shortcut(self._slack(), self.world.person(user).id, callback_id)
        return await self.courier.deliver("interactive", payload)

    async def submit_view(self, view: View | str, values: Payload | None = None) -> Delivery:
        """Submit a modal with values by action id; what the acknowledgement orders is done to the modal."""
        found = self._view(view)
        payload = payloads.view_submission(self._slack(), found, values or {})
        delivery = await self.courier.deliver("interactive", payload)
        if delivery.acknowledged:
            self._after_submit(found, delivery.answer or {})
        return delivery

    async def close_view(self, view: View | str) -> Delivery | None:
        """Close a modal; the bot hears of it only when it asked to."""
        found = self._view(view)
        found.is_open = False
        if not found.body["notify_on_close"]:
            return None
        return await self.courier.deliver("interactive", payloads.view_closed(self._slack(), found))

    async def open_home(self, user: str, *, tab: str = "home") -> Delivery:
        """Open the app's Home (or its Messages tab)."""
        person = self.world.person(user)
        return await self._event(payloads.home_opened(self._slack(), person.id, tab))

    async def react(self, user: str, message: Message | dict[str, str], name: str) -> Delivery:
        """React to a message with an emoji."""
        found, person = self._message(message), self.world.person(user)
        return await self._event(payloads.reaction_added(self._slack(), person.id, found, name))

    async def invite_bot(self, channel: str, *, inviter: str = "alice") -> Delivery:
        """Bring the bot into a channel."""
        place = self.world.channel(channel)
        place.members.add(BOT_USER)
        inner = payloads.membership("member_joined_channel", BOT_USER, place, self.world.person(inviter).id)
        return await self._event(inner | {"event_ts": self.world.stamp()})

    async def remove_bot(self, channel: str, *, by: str = "alice") -> Delivery:
        """Take the bot out of a channel."""
        place = self.world.channel(channel)
        place.members.discard(BOT_USER)
        kind = "channel_left" if place.kind == "channel" else "group_left"
        left = {"type": kind, "channel": place.id, "actor_id": self.world.person(by).id}
        return await self._event(left | {"event_ts": self.world.stamp()})

    async def archive(self, channel: str, *, by: str = "alice") -> Delivery:
        """Archive a channel."""
        place = self.world.channel(channel)
        place.is_archived = True
        inner = {"type": "channel_archive", "channel": place.id, "user": self.world.person(by).id, "is_moved": 0}
        return await self._event(inner | {"event_ts": self.world.stamp()})

    async def unarchive(self, channel: str, *, by: str = "alice") -> Delivery:
        """Open an archived channel again."""
        place = self.world.channel(channel)
        place.is_archived = False
        inner = {"type": "channel_unarchive", "channel": place.id, "user": self.world.person(by).id}
        return await self._event(inner | {"event_ts": self.world.stamp()})

    async def revoke_tokens(self) -> Delivery:
        """Revoke the bot's token, and say so."""
        self._spoil_bot_tokens("token_revoked")
        return await self._event({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}})

    async def uninstall(self) -> Delivery:
        """Take the app off the workspace, and say so."""
        self._spoil_bot_tokens("account_inactive")
        return await self._event({"type": "app_uninstalled"})

    def seen(self, channel: str) -> list[Message]:
        """What stands in a channel and its threads, oldest first (`im:bob`: in bob's direct messages)."""
        kind, _, user = channel.partition(":")
        return list(self._place(kind, user).messages)

    def shown_to(self, user: str) -> list[Message]:
        """The ephemeral messages that a person was shown, oldest first."""
        person = self.world.person(user)
        return [one for one in self.world.ephemerals if one.seen_by == person.id]

    def modal_of(self, user: str) -> View:
        """The modal on top of a person's screen; IndexError when none is open."""
        return self.views.opened_by(self.world.person(user).id)[-1]

    def home_of(self, user: str) -> View:
        """The Home that was published for a person; KeyError when there is none."""
        return self.views.homes[self.world.person(user).id]

    def echo(self, message: Message) -> None:
        """The bot's own post comes back to it as an event."""
        channel = self.world.channels[message.channel]
        if BOT_USER in channel.members and f"message.{channel.kind}" in self.subscriptions:
            self._start(payloads.message_event(message, channel))

    def echo_change(self, message: Message, before: Payload) -> None:
        """So does its own edit."""
        channel = self.world.channels[message.channel]
        if BOT_USER in channel.members and f"message.{channel.kind}" in self.subscriptions:
            self._start(payloads.message_changed(message, before, channel, self.world.stamp()))

    def echo_deletion(self, message: Message) -> None:
        """And its own deletion."""
        channel = self.world.channels[message.channel]
        if BOT_USER in channel.members and f"message.{channel.kind}" in self.subscriptions:
            self._start(payloads.message_deleted(message, channel, self.world.stamp()))

    async def _said(self, message: Message, channel: Channel) -> Remark:
        """Both events of one remark leave at the same time."""
        remark = Remark(message)
        if BOT_USER not in channel.members:
            return remark
        inner = [payloads.app_mention(message)] if f"<@{BOT_USER}" in message.text and channel.kind != "im" else []
        inner += [payloads.message_event(message, channel)]
        wanted = [one for one in inner if self._is_subscribed(one, channel)]
        remark.deliveries = [self._start(one) for one in wanted]
        if not self.courier.is_held:
            for delivery in remark.deliveries:
                await delivery.tried.wait()
        return remark

    def _is_subscribed(self, inner: Payload, channel: Channel | None = None) -> bool:
        kind = f"message.{channel.kind}" if inner["type"] == "message" and channel else inner["type"]
        return kind in self.subscriptions

    async def _event(self, inner: Payload) -> Delivery:
        return await self.courier.deliver("events_api", payloads.event(self._slack(), inner))

    def _start(self, inner: Payload) -> Delivery:
        return self.courier.start("events_api", payloads.event(self._slack(), inner))

    def _show_answer(self, delivery: Delivery) -> None:
        answer = delivery.answer
        if delivery.acknowledged and isinstance(answer, dict) and (answer.get("text") or answer.get("blocks")):
            self.response_urls.answer(self.response_urls.at(delivery.response_url), answer, by="acknowledgement")

    def _after_submit(self, view: View, answer: Payload) -> None:
        order = answer.get("response_action")
        if order == "errors":
            inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
            self.faults.extend(f"error for {id_}, which is no input" for id_ in set(answer["errors"]) - inputs)
            return
        if order in ("update", "push"):
            refuse_view(self._slack(), answer["view"])
        if order == "update":
            replace(self._slack(), view, answer["view"])
        elif order == "push":
            keep(self._slack(), answer["view"], view.user, below=view)
        elif order == "clear":
            for one in self.views.opened_by(view.user):
                one.is_open = False
        else:
            view.is_open = False

    def _spoil_bot_tokens(self, error: str) -> None:
        for token in self.tokens.values():
            if token.kind == "bot":
                token.error = error

    def _place(self, channel: str, user: str) -> Channel:
        return self.world.direct(user) if channel == "im" else self.world.channel(channel)

    def _message(self, message: Message | dict[str, str]) -> Message:
        if isinstance(message, Message):
            return message
        return self.world.message(message["channel"], message["ts"])

    def _view(self, view: View | str) -> View:
        return self.views.all[view] if isinstance(view, str) else view

    def _slack(self) -> "FakeSlack":
        raise NotImplementedError


def _action(blocks: list[Payload], action_id: str, value: Any) -> Payload:
    for block in blocks:
        elements = [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]
        for element in elements:
            if isinstance(element, dict) and element.get("action_id") == action_id:
                return payloads.chosen(element, block["block_id"], value)
    raise LookupError(f"no {action_id} in these blocks")
