"""The fake Slack and a real slack_bolt app, in both transports."""

import asyncio
import contextlib
import dataclasses
import json
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack_parts import BLOCKS, MODAL
from tests.fakes.slack_server import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, FakeSlack
from tests.fakes.slack_server.control import RemoteSlack, as_process
from tests.fakes.slack_server.deliveries import Delivery
from tests.fakes.slack_server.http_events import FORM, Forgery
from tests.fakes.slack_server.journal import read_journal
from tests.fakes.slack_server.limits import Waits

QUICK = dataclasses.replace(Waits(), acknowledge=0.3, retries=(0.0, 0.05, 0.05))


# an event that no listener takes is not acknowledged by Bolt over Socket Mode, and Slack delivers it again
HEARD = (
    "message",
    "app_mention",
    "app_home_opened",
    "app_uninstalled",
    "member_joined_channel",
    "channel_left",
    "channel_archive",
)


class Bot:
    """A bolt app that remembers what came and can be told to say nothing."""

    def __init__(self, slack: FakeSlack | RemoteSlack) -> None:
        self.came: list[dict[str, Any]] = []
        self.retries: list[str] = []
        self.is_silent = False
        client = AsyncWebClient(token=BOT_TOKEN, base_url=slack.api_url, retry_handlers=[])
        self.app = AsyncApp(client=client, signing_secret=SIGNING_SECRET)
        self.app.use(self._remember)
        self.app.command("/copecheck")(self._command)
        self.app.action("cc1.0")(self._pressed)
        self.app.shortcut("verdict")(self._shortcut)
        self.app.view("feedback")(self._submitted)
        self.app.view_closed("feedback")(self._shortcut)
        for kind in HEARD:
            self.app.event(kind)(_nothing)

    async def _remember(self, req: Any, body: dict[str, Any], next: Any) -> None:
        self.came.append(body)
        self.retries += req.headers.get("x-slack-retry-num", [])
        if self.is_silent:
            await asyncio.sleep(5)
        await next()

    async def _command(self, ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack(text=f"heard {body['text']}")
        if body["text"] == "modal":
            await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    async def _pressed(self, ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="Pressed", replace_original=True)

    async def _shortcut(self, ack: Any) -> None:
        await ack()

    async def _submitted(self, ack: Any, body: dict[str, Any]) -> None:
        reason = body["view"]["state"]["values"]["why"]["reason"]["value"]
        if reason in ("update", "push"):
            await ack(response_action=reason, view={**MODAL, "private_metadata": reason})
        elif reason in ("clear", None):
            await ack(response_action="clear") if reason else await ack(response_action="errors", errors={"why": "No"})
        else:
            await ack()

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in self.came if one.get("event", {}).get("type") == kind]


async def _nothing() -> None:
    return None


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Bolt warns on its own logger of what no listener takes."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@contextlib.asynccontextmanager
async def connected(bot: Bot) -> AsyncIterator[None]:
    """A socket of that bot; one that is never closed keeps the event loop from ending."""
    handler: Any = AsyncSocketModeHandler(bot.app, APP_TOKEN, ping_interval=0.2)
    await handler.connect_async()
    try:
        yield
    finally:
        await handler.close_async()


@contextlib.asynccontextmanager
async def over_socket(waits: Waits | None = None) -> AsyncIterator[tuple[FakeSlack, Bot]]:
    async with FakeSlack(waits=waits) as slack:
        bot = Bot(slack)
        async with connected(bot):
            await slack.sockets.connected()
            yield slack, bot


@contextlib.asynccontextmanager
async def over_http(waits: Waits | None = None) -> AsyncIterator[tuple[FakeSlack, Bot]]:
    async with FakeSlack(waits=waits) as slack:
        bot = Bot(slack)
        runner = web.AppRunner(bot.app.web_app(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.events_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        try:
            yield slack, bot
        finally:
            await runner.cleanup()


BOTH = pytest.mark.parametrize("transport", [over_socket, over_http])


@BOTH
async def test_a_remark_that_names_the_bot_is_two_events_and_both_are_acknowledged(transport: Any) -> None:
    async with transport() as (slack, bot):
        remark = await slack.mention("bob", "papers", "what about 2611.01234?")
        assert remark.acknowledged
        assert len(remark.deliveries) == 2
        ids = {one.payload["event_id"] for one in remark.deliveries}
        texts = {one.payload["event"]["text"] for one in remark.deliveries}
        assert (len(ids), len(texts)) == (2, 1)
        assert {one["event"]["type"] for one in bot.came} == {"message", "app_mention"}


@BOTH
async def test_what_is_not_acknowledged_is_delivered_again_and_says_so(transport: Any) -> None:
    async with transport(QUICK) as (slack, bot):
        bot.is_silent = True
        remark = await slack.remark("bob", "papers", "hello")
        delivery = remark.deliveries[0]
        assert not delivery.acknowledged
        bot.is_silent = False
        async with asyncio.timeout(10):
            await delivery.finished.wait()
        assert delivery.acknowledged
        assert {one["event_id"] for one in bot.came} == {delivery.payload["event_id"]}
        assert bot.retries[0] == "0" or transport is over_http
        assert "1" in bot.retries


@BOTH
async def test_after_the_last_retry_an_event_is_given_up_and_a_command_is_never_tried_again(transport: Any) -> None:
    async with transport(dataclasses.replace(QUICK, acknowledge=0.1)) as (slack, bot):
        bot.is_silent = True
        event = (await slack.remark("bob", "papers", "hello")).deliveries[0]
        command = await slack.slash("bob", "papers", "/copecheck", "help")
        async with asyncio.timeout(10):
            await event.finished.wait()
        assert (len(event.attempts), event.acknowledged) == (4, False)
        assert (len(command.attempts), command.acknowledged) == (1, False)


@BOTH
async def test_a_command_is_acknowledged_and_its_answer_shown_to_who_asked(transport: Any) -> None:
    async with transport() as (slack, _bot):
        delivery = await slack.slash("bob", "papers", "/copecheck", "verdict 2611.01234")
        assert delivery.acknowledged
        assert delivery.waited is not None
        shown = slack.journal.of("responded", by="acknowledgement")
        assert [(one["how"], one["user"], one["text"]) for one in shown] == [
            ("ephemeral", "U0BOB", "heard verdict 2611.01234")
        ]
        assert slack.seen("papers") == []
        assert [one.text for one in slack.shown_to("bob")] == ["heard verdict 2611.01234"]


@BOTH
async def test_a_press_reaches_the_bot_and_its_answer_replaces_the_message(transport: Any) -> None:
    async with transport() as (slack, bot):
        message = slack.world.add(slack.world.channel("papers"), slack.world.bot_body("Verdict", BLOCKS))
        delivery = await slack.press(message, "cc1.0", user="carol")
        assert delivery.acknowledged
        await slack.journal.first("responded", how="replaced")
        assert message.text == "Pressed"
        with pytest.raises(LookupError):
            await slack.press(message, "cc1.0")
        assert bot.came[0]["actions"][0]["value"] == "why"
        assert slack.faults == []


@BOTH
async def test_a_modal_is_opened_refused_submitted_and_closed(transport: Any) -> None:
    async with transport() as (slack, _bot):
        await slack.slash("bob", "papers", "/copecheck", "modal")
        await slack.journal.first("view_opened")
        view = slack.modal_of("bob")
        refused = await slack.submit_view(view, {})
        assert refused.answer["response_action"] == "errors"
        assert view.is_open
        await slack.submit_view(view, {"reason": "too long"})
        assert not view.is_open
        closed = await slack.close_view(view)
        assert closed is not None
        assert closed.acknowledged
        assert slack.faults == []


async def test_a_submit_can_change_its_modal_put_one_on_top_or_clear_all() -> None:
    async with over_socket() as (slack, _bot):
        await slack.slash("bob", "papers", "/copecheck", "modal")
        await slack.journal.first("view_opened")
        first = slack.modal_of("bob")
        await slack.submit_view(first, {"reason": "update"})
        assert (slack.modal_of("bob"), first.body["private_metadata"]) == (first, "update")
        await slack.submit_view(first, {"reason": "push"})
        assert slack.modal_of("bob").body["previous_view_id"] == first.id
        await slack.submit_view(slack.modal_of("bob"), {"reason": "clear"})
        assert slack.views.opened_by("U0BOB") == []
        assert slack.faults == []


@BOTH
async def test_the_bots_own_posts_edits_and_deletions_come_back_to_it(transport: Any) -> None:
    async with transport() as (slack, bot):
        sent = await bot.app.client.chat_postMessage(channel="C0PAPERS", text="mine")
        await bot.app.client.chat_update(channel="C0PAPERS", ts=sent["ts"], text="changed")
        await bot.app.client.chat_delete(channel="C0PAPERS", ts=sent["ts"])
        await slack.courier.idle()
        subtypes = {one.payload["event"].get("subtype") for one in slack.courier.deliveries}
        assert subtypes == {None, "message_changed", "message_deleted"}
        posted = next(one for one in slack.courier.deliveries if "subtype" not in one.payload["event"])
        assert posted.payload["event"]["bot_id"] == "B0COPECHECK"


async def test_a_remark_in_a_direct_message_is_a_message_of_kind_im_and_no_mention() -> None:
    async with over_socket() as (slack, bot):
        remark = await slack.mention("bob", "im", "hello")
        assert [one.payload["event"]["channel_type"] for one in remark.deliveries] == ["im"]
        outside = slack.world.add_channel("C0OUT", "out", with_bot=False)
        assert (await slack.mention("bob", outside.id, "hello")).deliveries == []
        assert len(bot.came) == 1


async def test_duplicates_and_late_events_come_as_they_are_asked_for() -> None:
    async with over_socket() as (slack, bot):
        slack.courier.is_held = True
        late = (await slack.remark("bob", "papers", "late")).deliveries[0]
        await slack.courier.idle()
        assert late.attempts == []
        slack.courier.release()
        await late.tried.wait()
        await slack.courier.again(late)
        assert [one["event_id"] for one in bot.came] == [late.payload["event_id"]] * 2
        slack.courier.copies = 2
        twice = (await slack.remark("bob", "papers", "twice")).deliveries[0]
        await slack.courier.idle()
        assert len(twice.attempts) == 2
        assert len(bot.came) == 4


async def test_several_connections_share_the_envelopes() -> None:
    async with over_socket() as (slack, bot), connected(bot):
        await slack.sockets.connected(2)
        for number in range(4):
            assert (await slack.remark("bob", "papers", str(number))).acknowledged
        assert [len(one.sent) for one in slack.sockets.connections] == [2, 2]


async def test_a_bot_that_is_told_to_go_or_is_dropped_comes_back_and_gets_what_came_meanwhile() -> None:
    async with over_socket(dataclasses.replace(QUICK, retries=(0.2,) * 20)) as (slack, _bot):
        await slack.sockets.disconnect("warning", seconds=0.1)
        await slack.sockets.connected()
        assert slack.sockets.opened == 2
        slack.sockets.drop()
        delivery = (await slack.remark("bob", "papers", "meanwhile")).deliveries[0]
        await slack.sockets.connected()
        async with asyncio.timeout(10):
            await delivery.finished.wait()
        assert delivery.acknowledged
        assert slack.sockets.opened == 3


async def test_a_ticket_opens_one_connection() -> None:
    async with over_socket() as (slack, bot):
        url = (await bot.app.client.apps_connections_open(app_token=APP_TOKEN))["url"]
        async with aiohttp.ClientSession() as session:
            async with session.ws_connect(url) as socket:
                assert (await socket.receive_json())["type"] == "hello"
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(url)
        assert slack.faults == []


async def test_over_http_a_good_signature_is_taken_and_the_address_verified() -> None:
    async with over_http() as (slack, _bot):
        assert (await slack.http.verify_url()).body == {"challenge": "loopback-challenge"}
        assert (await slack.remark("bob", "papers", "hello")).acknowledged


# bare Bolt raises on the last three and answers 500: a bot has to guard against them itself
FORGERIES = dict.fromkeys(("wrong_secret", "changed_body", "old", "future", "no_headers", "garbage"), 401)


@pytest.mark.parametrize(
    ("forgery", "status"), [*FORGERIES.items(), ("empty", 500), ("no_number", 500), ("not_ascii", 500)]
)
async def test_over_http_a_forged_request_does_not_get_in(forgery: Forgery, status: int) -> None:
    async with over_http() as (slack, bot):
        body = json.dumps({"type": "event_callback", "event": {"type": "message"}})
        assert (await slack.http.post(body, forgery=forgery)).status == status
        assert (await slack.http.post("payload={}", FORM, forgery=forgery)).status == status
        assert bot.came == []


async def test_events_about_channels_and_the_app_arrive() -> None:
    async with over_socket() as (slack, _bot):
        said = (await slack.remark("bob", "papers", "hello")).message
        deliveries: list[Delivery] = [
            await slack.edit_remark(said, "changed"),
            await slack.delete_remark(said),
            await slack.remove_bot("papers"),
            await slack.invite_bot("papers"),
            await slack.archive("papers"),
            await slack.open_home("bob"),
            await slack.uninstall(),
        ]
        kinds = [one.payload["event"].get("subtype") or one.payload["event"]["type"] for one in deliveries]
        assert kinds[:3] == ["message_changed", "message_deleted", "channel_left"]
        assert kinds[3:] == ["member_joined_channel", "channel_archive", "app_home_opened", "app_uninstalled"]
        assert slack.bot_token.error == "account_inactive"


async def test_people_act_on_a_fake_in_another_process(tmp_path: Path) -> None:
    async with as_process(tmp_path, "--no-limits") as (slack, journal):
        bot = Bot(slack)
        async with connected(bot):
            await slack.act("connected")
            said = await slack.act("mention", user="bob", channel="papers", text="hello")
            assert [one["acknowledged"] for one in said["deliveries"]] == [True, True]
            typed = await slack.act("slash", user="bob", channel="papers", command="/copecheck", text="modal")
            assert typed["answer"] == {"text": "heard modal"}
            sent = await bot.app.client.chat_postMessage(channel="C0PAPERS", text="Verdict", blocks=BLOCKS)
            place = {"channel": "C0PAPERS", "ts": sent["ts"]}
            assert (await slack.act("press", message=place, action_id="cc1.0"))["acknowledged"]
            view = (await slack.act("views", user="bob"))[0]
            assert (await slack.act("submit_view", view=view["id"], values={"reason": "x"}))["acknowledged"]
            state = await slack.act("state")
            assert (state["faults"], state["lost"], state["connections"]) == ([], [], 1)
    effects = [one["effect"] for one in read_journal(journal)]
    assert effects.count("posted") == 1
    assert {"view_opened", "responded"} <= set(effects)
