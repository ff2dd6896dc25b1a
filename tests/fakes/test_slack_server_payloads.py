"""Every payload of the fake Slack beside recorded ones: the same keys, at every level that matters."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack_parts import BLOCKS, MODAL
from tests.fakes.slack_server import BOT_TOKEN, FakeSlack
from tests.fakes.slack_server.deliveries import Delivery
from tests.fakes.slack_server.limits import Waits
from tests.fakes.slack_server.socket_mode import envelope_of

GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "schemas" / "slack-golden.jsonl"
# of companies with an Enterprise organisation, and of before 2021
NOT_OURS = {"enterprise_id", "enterprise_name", "authed_users"}
# documented and sent today, though the recorded payload of one kind or another lacks it
TODAY = {
    "": {"event_context", "is_ext_shared_channel", "enterprise", "is_enterprise_install"},
    "event": {"event_ts", "blocks"},
    "message": {"bot_profile"},
    "user": {"team_id", "username"},
}
UNRECORDED = {"event:channel_left", "event:channel_archive"}


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
            slack.archive("general"),
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
    subtype = f".{event['subtype']}" if "subtype" in event else ""
    return f"event:{event['type']}{subtype}" + _of_bot(delivery.payload)


def _of_bot(payload: dict[str, Any]) -> str:
    """A bot's message has other keys than a person's."""
    event = payload.get("event") or {}
    return " of a bot" if event.get("type") == "message" and "bot_id" in event and "subtype" not in event else ""


def recorded() -> dict[str, list[dict[str, Any]]]:
    if not GOLDEN.is_file():
        pytest.skip("the recorded payloads (../shared/schemas/slack-golden.jsonl) are not beside this checkout")
    found: dict[str, list[dict[str, Any]]] = {}
    for line in GOLDEN.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        found.setdefault(one["kind"] + _of_bot(one["payload"]), []).append(one["payload"])
    return found


def levels(payload: dict[str, Any]) -> dict[str, set[str]]:
    """The key sets of a payload and of what stands inside it."""
    inner = {name: value for name, value in payload.items() if isinstance(value, dict)}
    if isinstance(payload.get("actions"), list) and payload["actions"]:
        inner["actions"] = payload["actions"][0]
    return {"": set(payload), **{name: set(value) for name, value in inner.items()}}


async def test_every_payload_has_the_keys_of_a_recorded_one_of_its_kind() -> None:
    golden, made = recorded(), await payloads_of_every_kind()
    assert set(made) - set(golden) == UNRECORDED
    assert len(made) > 15
    for kind in sorted(set(made) & set(golden)):
        for payload in made[kind]:
            for place, keys in levels(payload).items():
                same = [levels(one)[place] for one in golden[kind] if place in levels(one)]
                assert same, f"{kind}: nothing recorded has {place}"
                unknown = keys - set().union(*same) - TODAY.get(place, set())
                assert not unknown, f"{kind} {place}: keys that Slack does not send"
                assert max(same, key=len) - NOT_OURS <= keys, f"{kind} {place}: keys that Slack sends are missing"


async def test_hello_farewell_and_envelopes_have_the_keys_of_recorded_ones() -> None:
    golden = recorded()
    async with FakeSlack() as slack:
        assert set(slack.sockets.hello()) == set(golden["hello"][0])
        assert set(slack.sockets.hello()["debug_info"]) == set(golden["hello"][0]["debug_info"])
        assert set(slack.sockets.farewell("warning")) == set(golden["disconnect"][0])
    for kind in ("events_api", "slash_commands", "interactive"):
        mine = envelope_of(kind, {"type": "shortcut"})
        assert set(mine) == max((set(one) for one in golden[f"envelope:{kind}"]), key=len)
    assert not envelope_of("interactive", {"type": "shortcut"})["accepts_response_payload"]
    assert envelope_of("slash_commands", {})["accepts_response_payload"]
