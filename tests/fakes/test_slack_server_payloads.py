"""Every payload of the fake Slack beside recorded ones: the same keys, at every level that matters."""

import dataclasses
import functools
import json
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack_server import BOT_TOKEN, FakeSlack
from tests.fakes.slack_server.deliveries import Delivery
from tests.fakes.slack_server.limits import Waits
from tests.fakes.slack_server.socket_mode import envelope_of

GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "schemas" / "slack-golden.jsonl"
BUTTON = {"type": "button", "action_id": "cc1.0", "text": {"type": "plain_text", "text": "Why"}, "value": "why"}
BLOCKS = [{"type": "actions", "elements": [BUTTON]}]
MODAL = {
    "type": "modal",
    "callback_id": "feedback",
    "notify_on_close": True,
    "title": {"type": "plain_text", "text": "Feedback"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Why?"},
            "element": {"type": "plain_text_input", "action_id": "reason"},
        }
    ],
}


async def payloads_of_every_kind() -> dict[str, list[dict[str, Any]]]:
    """One payload of each kind that the fake sends, by the kind's name in the recorded file."""
    async with FakeSlack(waits=dataclasses.replace(Waits(), acknowledge=0.01, retries=())) as slack:
        said = (await slack.mention("bob", "papers", "hello")).message
        own = slack.world.add(slack.world.channel("papers"), slack.world.bot_body("Verdict", BLOCKS))
        slack.echo(own)
        view_body = await _opened(slack)
        view = slack.views.all[view_body["id"]]
        acts = [
            slack.press(own, "cc1.0"),
            slack.slash("bob", "papers", "/copecheck", "help"),
            slack.message_shortcut("bob", said, "verdict"),
            slack.global_shortcut("bob", "verdict"),
            slack.submit_view(view, {"reason": "long"}),
            slack.close_view(view),
            slack.open_home("bob", tab="messages"),
            slack.react("bob", said, "eyes"),
            slack.edit_remark(said, "changed"),
            slack.delete_remark(said),
            slack.remove_bot("random"),
            slack.invite_bot("random"),
            slack.uninstall(),
            slack.revoke_tokens(),
        ]
        for act in acts:
            await act
        made: dict[str, list[dict[str, Any]]] = {}
        for one in slack.courier.deliveries:
            made.setdefault(_kind(one), []).append(one.payload)
        return made


async def _opened(slack: FakeSlack) -> dict[str, Any]:
    client = AsyncWebClient(token=BOT_TOKEN, base_url=slack.api_url)
    answer = await client.views_open(trigger_id=slack.views.trigger(slack, "U0BOB"), view=MODAL)
    return dict(answer["view"])


def _kind(delivery: Delivery) -> str:
    if delivery.kind == "slash_commands":
        return "slash_command"
    if delivery.kind == "interactive":
        return str(delivery.payload["type"])
    event = delivery.payload["event"]
    return f"event:{event['type']}" + (f".{event['subtype']}" if "subtype" in event else "")


def recorded() -> dict[str, list[dict[str, Any]]]:
    if not GOLDEN.is_file():
        pytest.skip("the recorded payloads (../shared/schemas/slack-golden.jsonl) are not beside this checkout")
    found: dict[str, list[dict[str, Any]]] = {}
    for line in GOLDEN.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        found.setdefault(one["kind"], []).append(one["payload"])
    return found


def levels(payload: dict[str, Any]) -> dict[str, set[str]]:
    """The key sets of a payload and of what stands inside it."""
    inner = {name: value for name, value in payload.items() if isinstance(value, dict)}
    if isinstance(payload.get("actions"), list) and payload["actions"]:
        inner["actions"] = payload["actions"][0]
    return {"": set(payload), **{name: set(value) for name, value in inner.items()}}
