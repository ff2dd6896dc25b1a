"""The fake Slack's Web API, driven with the real slack_sdk."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.fakes.slack_server import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.fakes.slack_server.checks import RICHER_BLOCKS, official
from tests.fakes.slack_server.control import as_process
from tests.fakes.slack_server.faults import drop_after, drop_before, hang, rate_limited, status_after, truncated
from tests.fakes.slack_server.journal import posted_keys, read_journal
from tests.fakes.slack_server.limits import Waits

PAPERS = "C0PAPERS"
BUTTON = {"type": "button", "action_id": "cc1.0", "text": {"type": "plain_text", "text": "Why"}, "value": "why"}
BLOCKS = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "A verdict"}},
    {"type": "actions", "elements": [BUTTON]},
]
MODAL = {
    "type": "modal",
    "callback_id": "feedback",
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
HOME = {"type": "home", "blocks": [BLOCKS[0]]}


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as fake:
        yield fake


def client_of(slack: FakeSlack, token: str | None = BOT_TOKEN, **more: Any) -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=slack.api_url, **{"retry_handlers": [], **more})


def keyed(key: str) -> dict[str, Any]:
    return {"event_type": "copecheck_post", "event_payload": {"key": key, "digest": "d" * 25}}


async def post(slack: FakeSlack, key: str = "k1", **more: Any) -> Any:
    sent = {"channel": PAPERS, "text": "A verdict", "metadata": keyed(key), **more}
    return await client_of(slack).chat_postMessage(**sent)


async def error_of(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_a_good_token_is_told_who_it_is(slack: FakeSlack) -> None:
    told = await client_of(slack).auth_test()
    assert (told["team_id"], told["user_id"], told["bot_id"]) == ("T0WORKSPACE", "U0COPECHECK", "B0COPECHECK")


async def test_tokens_that_are_missing_wrong_revoked_or_of_the_wrong_kind_are_told_so(slack: FakeSlack) -> None:
    assert await error_of(client_of(slack, None).auth_test()) == "not_authed"
    assert await error_of(client_of(slack, "xoxb-other").auth_test()) == "invalid_auth"
    assert await error_of(client_of(slack, APP_TOKEN).auth_test()) == "not_allowed_token_type"
    assert await error_of(client_of(slack).apps_connections_open(app_token=BOT_TOKEN)) == "not_allowed_token_type"
    for error in ("token_revoked", "account_inactive"):
        slack.bot_token.error = error
        assert await error_of(post(slack)) == error
    assert not slack.journal.effects


async def test_a_scope_that_is_missing_is_named(slack: FakeSlack) -> None:
    slack.bot_token.scopes.discard("channels:history")
    with pytest.raises(SlackApiError) as caught:
        await client_of(slack).conversations_history(channel=PAPERS)
    answer = caught.value.response
    assert (answer["error"], answer["needed"]) == ("missing_scope", "channels:history")
    assert "chat:write" in answer["provided"]


async def test_metadata_is_found_in_history_only_when_it_is_asked_for(slack: FakeSlack) -> None:
    sent = await post(slack, "edition/one", blocks=BLOCKS)
    client = client_of(slack)
    plain = await client.conversations_history(channel=PAPERS, limit=15)
    assert plain["messages"][0]["ts"] == sent["ts"]
    assert "metadata" not in plain["messages"][0]
    whole = await client.conversations_history(channel=PAPERS, limit=15, include_all_metadata=True)
    assert whole["messages"][0]["metadata"] == keyed("edition/one")
    assert slack.journal.keys == {"edition/one": 1}
    assert slack.faults == []


async def test_arguments_are_taken_from_query_form_and_json(slack: FakeSlack) -> None:
    slack.limits.is_on = False
    client = client_of(slack)
    given = {"channel": PAPERS, "text": "hello"}
    ways: tuple[dict[str, Any], ...] = ({"params": given}, {"data": given}, {"json": given})
    for how in ways:
        await client.api_call("chat.postMessage", **how)
    assert [call.places for call in slack.web_api.of("chat.postMessage")] == [("query",), ("form",), ("json",)]
    blocks = '[{"type": "divider"}]'
    await client.api_call("chat.postMessage", data={**given, "blocks": blocks})
    assert slack.world.channel(PAPERS).messages[-1].blocks[0]["type"] == "divider"


async def test_a_drop_after_the_effect_posts_twice_with_the_default_handlers_and_once_without(slack: FakeSlack) -> None:
    sent: dict[str, Any] = {"channel": PAPERS, "text": "A verdict"}
    slack.wire.will("chat.postMessage", drop_after())
    await client_of(slack, retry_handlers=None).chat_postMessage(**sent, metadata=keyed("handled"))
    slack.limits.is_on = False
    slack.wire.will("chat.postMessage", drop_after())
    with pytest.raises(aiohttp.ClientError):
        await client_of(slack).chat_postMessage(**sent, metadata=keyed("bare"))
    assert slack.journal.keys == {"handled": 2, "bare": 1}


async def test_other_faults_come_before_or_after_the_effect_as_they_say(slack: FakeSlack) -> None:
    slack.limits.is_on = False
    slack.wire.will("chat.postMessage", drop_before(), status_after(503), truncated(), hang(), rate_limited("7"))
    with pytest.raises(aiohttp.ClientError):
        await post(slack, "dropped")
    for key in ("503", "torn"):
        with pytest.raises((SlackApiError, aiohttp.ClientError)):
            await post(slack, key)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await post(slack, "hung")
    with pytest.raises(SlackApiError) as caught:
        await post(slack, "limited")
    assert caught.value.response.headers["Retry-After"] == "7"
    assert slack.journal.keys == {"503": 1, "torn": 1}


async def test_chance_spoils_the_same_calls_for_the_same_seed() -> None:
    async def keys(seed: int) -> set[str]:
        async with FakeSlack(seed=seed) as slack:
            slack.limits.is_on = False
            slack.wire.sometimes("chat.postMessage", drop_before(), 0.5)
            for number in range(20):
                await asyncio.gather(post(slack, str(number)), return_exceptions=True)
            return set(slack.journal.keys)

    first = await keys(3)
    assert first == await keys(3)
    assert 0 < len(first) < 20


async def test_a_channel_takes_a_post_a_second_and_a_burst_and_says_when_to_come_back(slack: FakeSlack) -> None:
    slack.limits.post_burst = 2
    await post(slack)
    await post(slack)
    with pytest.raises(SlackApiError) as caught:
        await post(slack)
    answer = caught.value.response
    assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "1")
    await post(slack, channel="C0GENERAL")
    assert slack.limits.refused == {"chat.postMessage": 1}
    assert len(slack.journal.of("posted")) == 3


async def test_the_strict_limit_gives_fifteen_objects_and_one_call_a_minute() -> None:
    async with FakeSlack(strict_history=True) as slack:
        slack.limits.per_minute["chat.postMessage"] = 1000
        for number in range(20):
            await post(slack, str(number))
        client = client_of(slack)
        page = await client.conversations_history(channel=PAPERS, limit=200)
        assert (len(page["messages"]), page["has_more"]) == (15, True)
        with pytest.raises(SlackApiError) as caught:
            await client.conversations_history(channel=PAPERS)
        assert int(caught.value.response.headers["Retry-After"]) in (59, 60)


async def test_a_stated_factor_shortens_slacks_waits_but_no_deadline_of_the_bot() -> None:
    short = Waits().shortened(60)
    assert (short.history, short.post, short.retries) == (1.0, 1 / 60, (0.0, 1.0, 5.0))
    assert (short.acknowledge, short.trigger) == (3.0, 3.0)


async def test_history_is_newest_first_and_a_thread_oldest_first_in_pages(slack: FakeSlack) -> None:
    slack.limits.is_on = False
    roots = [(await post(slack, str(number)))["ts"] for number in range(3)]
    replies = [(await post(slack, f"r{number}", thread_ts=roots[1]))["ts"] for number in range(3)]
    client = client_of(slack)
    first = await client.conversations_history(channel=PAPERS, limit=2)
    rest = await client.conversations_history(channel=PAPERS, cursor=first["response_metadata"]["next_cursor"])
    assert [one["ts"] for one in [*first["messages"], *rest["messages"]]] == roots[::-1]
    thread = await client.conversations_replies(channel=PAPERS, ts=roots[1])
    assert [one["ts"] for one in thread["messages"]] == [roots[1], *replies]
    assert thread["messages"][0]["reply_count"] == 3
    after = await client.conversations_history(channel=PAPERS, oldest=roots[1])
    assert [one["ts"] for one in after["messages"]] == [roots[2]]
    from_it = await client.conversations_history(channel=PAPERS, oldest=roots[1], inclusive=True)
    assert [one["ts"] for one in from_it["messages"]] == [roots[2], roots[1]]
    assert await error_of(client.conversations_replies(channel=PAPERS, ts="1.000001")) == "thread_not_found"


async def test_a_ts_is_unique_and_grows(slack: FakeSlack) -> None:
    stamps = [slack.world.stamp() for _ in range(1000)]
    assert stamps == sorted(set(stamps))


async def test_every_place_that_cannot_be_written_to_has_its_own_error(slack: FakeSlack) -> None:
    slack.limits.is_on = False
    slack.world.add_channel("C0OUTSIDE", "outside", with_bot=False)
    slack.world.add_channel("C0SECRET", "secret", kind="group", with_bot=False)
    slack.world.channel("random").is_archived = True
    errors = {"C0OUTSIDE": "not_in_channel", "C0SECRET": "channel_not_found", "C0NONE": "channel_not_found"}
    for channel, error in {**errors, "C0RANDOM": "is_archived"}.items():
        assert await error_of(post(slack, channel=channel)) == error
    assert (await post(slack, channel="U0BOB"))["channel"] == slack.world.direct("bob").id


async def test_an_edit_keeps_the_key_unless_another_is_given_and_only_own_messages_are_edited(slack: FakeSlack) -> None:
    sent = await post(slack, "one", blocks=BLOCKS)
    client = client_of(slack)
    await client.chat_update(channel=PAPERS, ts=sent["ts"], text="Changed")
    message = slack.world.message(PAPERS, sent["ts"])
    assert (message.text, message.metadata, len(message.blocks)) == ("Changed", keyed("one"), 2)
    assert message.body["edited"]["user"] == "U0COPECHECK"
    said = slack.world.add(slack.world.channel(PAPERS), slack.world.person_body("U0BOB", "mine"))
    assert await error_of(client.chat_update(channel=PAPERS, ts=said.ts, text="no")) == "cant_update_message"
    assert await error_of(client.chat_update(channel=PAPERS, ts="1.0", text="no")) == "message_not_found"
    await client.chat_delete(channel=PAPERS, ts=sent["ts"])
    assert [one["effect"] for one in slack.journal.effects] == ["posted", "updated", "deleted"]


async def test_what_slack_refuses_is_refused_and_kept_as_a_fault(slack: FakeSlack) -> None:
    slack.limits.is_on = False
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
    twice = {"type": "actions", "elements": [BUTTON, BUTTON]}
    for blocks in ([long], [BLOCKS[0]] * 51, [{"type": "marquee"}], [twice]):
        slack.faults.clear()
        assert await error_of(post(slack, blocks=blocks)) == "invalid_blocks"
        assert slack.faults
    assert await error_of(post(slack, text="x" * 40_001)) == "msg_too_long"
    with pytest.warns(UserWarning, match="text"):
        assert await error_of(client_of(slack).chat_postMessage(channel=PAPERS)) == "no_text"
    assert await error_of(post(slack, metadata={"event_type": "no payload"})) == "invalid_metadata_format"
    assert not slack.journal.effects


async def test_a_workspace_without_the_newer_blocks_refuses_them_and_that_is_no_fault(slack: FakeSlack) -> None:
    rich = [{"type": "markdown", "text": "**hello**"}]
    await post(slack, blocks=rich)
    slack.refused_blocks = set(RICHER_BLOCKS)
    assert await error_of(post(slack, blocks=rich)) == "invalid_blocks"
    slack.limits.is_on = False
    await post(slack, blocks=BLOCKS)
    assert slack.faults == []


async def test_the_official_schema_is_asked_where_it_is_present(slack: FakeSlack) -> None:
    if official() is None:
        pytest.skip("the schemas (../shared/schemas) are not beside this checkout")
    misspelt = [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}, "feilds": []}]
    assert await error_of(post(slack, blocks=misspelt)) == "invalid_blocks"
    assert any("feilds" in fault for fault in slack.faults)


async def test_people_channels_and_links_can_be_read(slack: FakeSlack) -> None:
    client = client_of(slack)
    assert (await client.users_info(user="U0ALICE"))["user"]["is_admin"]
    assert await error_of(client.users_info(user="U0NOBODY")) == "user_not_found"
    assert (await client.conversations_info(channel=PAPERS))["channel"]["is_member"]
    assert "U0BOB" in (await client.conversations_members(channel=PAPERS))["members"]
    assert len((await client.users_conversations(types="public_channel"))["channels"]) == 3
    assert (await client.conversations_open(users="U0BOB"))["channel"]["id"] == "D0BOB"
    assert (await client.team_info())["team"]["id"] == "T0WORKSPACE"
    assert (await client.bots_info(bot="B0COPECHECK"))["bot"]["app_id"] == "A0COPECHECK"
    sent = await post(slack)
    link = await client.chat_getPermalink(channel=PAPERS, message_ts=sent["ts"])
    assert link["permalink"].endswith(f"/{PAPERS}/p{sent['ts'].replace('.', '')}")
    await client.reactions_add(channel=PAPERS, timestamp=sent["ts"], name="eyes")
    await client.assistant_threads_setStatus(channel_id=PAPERS, thread_ts=sent["ts"], status="reading")
    await client.chat_postEphemeral(channel=PAPERS, user="U0BOB", text="only you")
    assert [one["effect"] for one in slack.journal.effects] == ["posted", "reacted", "status", "ephemeral"]
    assert await error_of(client.api_call("no.such")) == "unknown_method"


async def test_a_modal_opens_once_by_its_trigger_and_not_after_three_seconds(slack: FakeSlack) -> None:
    client = client_of(slack)
    trigger = slack.views.trigger(slack, "U0BOB")
    opened = await client.views_open(trigger_id=trigger, view=MODAL)
    assert await error_of(client.views_open(trigger_id=trigger, view=MODAL)) == "exchanged_trigger_id"
    slack.limits.waits = dataclasses.replace(slack.limits.waits, trigger=0.0)
    late = slack.views.trigger(slack, "U0BOB")
    assert await error_of(client.views_open(trigger_id=late, view=MODAL)) == "expired_trigger_id"
    assert await error_of(client.views_open(trigger_id="1.2.3", view=MODAL)) == "invalid_trigger_id"
    view = opened["view"]
    await client.views_update(view_id=view["id"], hash=view["hash"], view={**MODAL, "callback_id": "second"})
    assert await error_of(client.views_update(view_id=view["id"], hash=view["hash"], view=MODAL)) == "hash_conflict"
    await client.views_publish(user_id="U0BOB", view=HOME)
    assert slack.home_of("bob").body["type"] == "home"
    assert slack.faults == []
    nameless = {**MODAL, "title": {"type": "plain_text", "text": "x" * 25}}
    assert await error_of(client.views_open(trigger_id=late, view=nameless)) == "invalid_arguments"
    assert slack.faults


async def test_a_response_url_answers_five_times_and_then_no_more(slack: FakeSlack) -> None:
    url = slack.response_urls.new("commands", "U0BOB", PAPERS)
    webhook = AsyncWebhookClient(url)
    assert (await webhook.send(text="", response_type="ephemeral")).status_code == 400
    for number in range(4):
        kind = "in_channel" if number == 0 else "ephemeral"
        assert (await webhook.send(text=f"answer {number}", response_type=kind)).status_code == 200
    assert (await webhook.send(text="once more")).status_code == 404
    hows = [one["how"] for one in slack.journal.of("responded", url=url)]
    assert hows == ["in_channel", "ephemeral", "ephemeral", "ephemeral"]
    old = slack.response_urls.new("commands", "U0BOB", PAPERS)
    slack.limits.waits = dataclasses.replace(slack.limits.waits, response_url=0.0)
    assert (await AsyncWebhookClient(old).send(text="late")).status_code == 404


async def test_as_its_own_process_it_serves_and_writes_each_effect_to_its_journal(tmp_path: Path) -> None:
    async with as_process(tmp_path, "--factor", "10") as (slack, journal):
        client = AsyncWebClient(token=BOT_TOKEN, base_url=slack.api_url, retry_handlers=[])
        await slack.act("will", method="chat.postMessage", faults=[{"how": "drop", "when": "after"}])
        with pytest.raises(aiohttp.ClientError):
            await client.chat_postMessage(channel=PAPERS, text="x", metadata=keyed("one"))
        assert posted_keys(read_journal(journal)) == {"one": 1}
        assert (await slack.act("messages", channel="papers"))[0]["metadata"] == keyed("one")
        state = await slack.act("state")
        assert (state["faults"], state["spoilt"]) == ([], {"chat.postMessage drop after": 1})
