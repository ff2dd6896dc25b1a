"""`response_url`: up to five answers within thirty minutes, private unless `in_channel`, new or in place of it.

https://docs.slack.dev/interactivity/handling-user-interaction. An address that is used up or too old answers 404.
"""

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from aiohttp import web

from tests.fakes.slack_server import checks
from tests.fakes.slack_server.chat import content, written
from tests.fakes.slack_server.faults import spoil
from tests.fakes.slack_server.web_api import Refused
from tests.fakes.slack_server.world import BOT, Message

if TYPE_CHECKING:
    from tests.fakes.slack_server.server import FakeSlack

USES = 5
STATUS = {"used_url": 404, "expired_url": 404, "no_text": 400, "invalid_payload": 400, "invalid_blocks": 400}


@dataclass(slots=True)
class Address:
    """One response_url: for whom, where, about which message."""

    url: str
    user: str
    channel: str
    origin: Message | None
    made_at: float
    uses: int = 0


class ResponseUrls:
    """Every address that was given out."""

    def __init__(self, slack: "FakeSlack") -> None:
        self.slack = slack
        self.addresses: dict[str, Address] = {}

    def new(
        self, kind: Literal["commands", "actions", "app"], user: str, channel: str, origin: Message | None = None
    ) -> str:
        """A new address for an interaction."""
        name = self.slack.world.new_id("R")
        url = f"{self.slack.url}/hooks/{kind}/{name}"
        self.addresses[name] = Address(url, user, channel, origin, time.monotonic())
        return url

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one use."""
        fault = self.slack.wire.next("response_url")
        spoilt = await spoil(fault, "before", request)
        if spoilt is not None:
            return spoilt
        answer = self._used(request.match_info["name"], await request.text())
        return await spoil(fault, "after", request) or answer

    def answer(self, address: Address, body: dict[str, Any], *, by: str) -> None:
        """Do what an answer asks for; `by` says how it came (a response_url or an acknowledgement)."""
        if body.get("delete_original"):
            self._delete(address, by)
        elif body.get("replace_original") and address.origin is not None:
            self._replace(address, body, by)
        else:
            self._say(address, body, by)

    def at(self, url: str) -> Address:
        return self.addresses[url.rpartition("/")[2]]

    def _used(self, name: str, text: str) -> web.Response:
        try:
            address, body = self._good(name), _read(text)
            if disliked := self.slack.dislikes("response_url", body):
                raise Refused(disliked)
            self.answer(address, body, by="response_url")
        except Refused as refused:
            return web.json_response(refused.answer, status=STATUS.get(refused.answer["error"], 400))
        return web.Response(text="ok", content_type="text/html")

    def _good(self, name: str) -> Address:
        address = self.addresses.get(name)
        if address is None or address.uses >= USES:
            raise Refused("used_url")
        if time.monotonic() - address.made_at > self.slack.limits.waits.response_url:
            raise Refused("expired_url")
        address.uses += 1
        return address

    def _delete(self, address: Address, by: str) -> None:
        message = address.origin
        if message is None:
            raise Refused("invalid_payload")
        kept = self.slack.world.ephemerals if message.seen_by else self.slack.world.channels[message.channel].messages
        if message in kept:
            kept.remove(message)
        self.slack.journal.write("responded", how="deleted", by=by, url=address.url, **written(message))
        if message.seen_by is None:
            self.slack.echo_deletion(message)

    def _replace(self, address: Address, body: dict[str, Any], by: str) -> None:
        message = address.origin
        assert message is not None
        text, blocks, metadata = content(self.slack, _without_markdown(body), checks.MESSAGE_TEXT)
        before = message.shown()
        message.body |= {"text": text, "blocks": self.slack.world.with_block_ids(blocks)}
        message.metadata = metadata or message.metadata
        self.slack.journal.write("responded", how="replaced", by=by, url=address.url, **written(message))
        if message.seen_by is None:
            self.slack.echo_change(message, before)

    def _say(self, address: Address, body: dict[str, Any], by: str) -> None:
        text, blocks, metadata = content(self.slack, _without_markdown(body), checks.MESSAGE_TEXT)
        world, channel = self.slack.world, self.slack.world.channels[address.channel]
        new = world.bot_body(text, blocks, thread_ts=body.get("thread_ts"))
        if body.get("response_type", "ephemeral") == "in_channel":
            new = {name: value for name, value in new.items() if name not in ("user", "bot_profile")}
            message = world.add(channel, new | {"subtype": "bot_message", "bot_id": BOT}, metadata)
            self.slack.echo(message)
        else:
            message = world.show_only_to(address.user, channel, new)
        how = "ephemeral" if message.seen_by else "in_channel"
        facts = {"how": how, "by": by, "url": address.url, "user": address.user}
        self.slack.journal.write("responded", **facts, **written(message))


def _read(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except json.JSONDecodeError:
        raise Refused("invalid_payload") from None
    if not isinstance(body, dict):
        raise Refused("invalid_payload")
    return body


def _without_markdown(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "markdown_text"}
