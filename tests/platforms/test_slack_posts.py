"""Posts on Slack: once under their key, at Slack's pace, looked for when in doubt; every refusal has its name."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.core import errors
from bot.core.posts.connection import LinkState
from bot.core.posts.phrase import line
from bot.core.posts.post import Form, LineRole, Place, Post, PostKind, PostRef, Span
from bot.platforms.slack import SlackAccess, SlackPlatform
from bot.platforms.slack.posting.blocks import metadata
from tests.fakes.slack_server import FakeSlack
from tests.fakes.slack_server.faults import (
    delay,
    drop_after,
    drop_before,
    rate_limited,
    refused,
    status_after,
    status_before,
    truncated,
)
from tests.platforms.slack_bench import ALICE, GENERAL, PAPERS, Bench, access_of, bench, key_of, post_of


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench(tmp_path, "") as made:
        made.slack.limits.post_burst = 100
        yield made


async def test_a_post_carries_its_key_and_stands_in_the_channel(here: Bench) -> None:
    ref = await here.platform.send(key_of("2606.00001"), post_of(), None)
    (message,) = here.slack.seen("papers")
    assert (ref.id, ref.place, ref.thread) == (message.ts, PAPERS, None)
    assert here.slack.journal.keys == {str(key_of("2606.00001")): 1}
    assert message.text == "A verdict"
    assert here.slack.journal.of("posted")[0]["unfurls"] is False


async def test_a_list_stands_in_the_thread_of_the_opening_line_and_is_not_broadcast(here: Bench) -> None:
    opening = await here.platform.send(key_of("day", kind=PostKind.OPENING), post_of("3 announced"), None)
    ref = await here.platform.send(key_of("day", kind=PostKind.LIST), post_of("The rest"), opening)
    _, listed = here.slack.seen("papers")
    assert (ref.thread, listed.thread_ts) == (opening.id, opening.id)
    assert "subtype" not in listed.body


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_too_long", "msg_blocks_too_long", "invalid_attachments"])
async def test_a_refusal_of_the_form_is_told_apart_and_each_form_is_found_and_edited(here: Bench, code: str) -> None:
    here.slack.wire.will("chat.postMessage", refused(code))
    with pytest.raises(errors.FormRefused):
        await here.platform.send(key_of("2606.00001"), post_of(), None)
    assert here.slack.seen("papers") == []
    for form, kinds in ((Form.PLAIN, {"section"}), (Form.TEXT, set()), (Form.BARE, set())):
        key = key_of(f"in {form}")
        post = replace(post_of("It says <!channel> & more"), form=form)
        ref = await here.platform.send(key, post, None)
        message = here.slack.seen("papers")[-1]
        assert {block["type"] for block in message.blocks} - {"actions"} == kinds
        assert "It says" in message.text
        assert "<!channel>" not in message.text
        assert await here.platform.find(key, None) == ref
        await here.platform.edit(ref, key, replace(post_of("It says something else"), form=form))
        assert "something else" in here.slack.seen("papers")[-1].text
        assert {block["type"] for block in here.slack.seen("papers")[-1].blocks} - {"actions"} == kinds
    assert here.slack.faults == []


@pytest.mark.parametrize("fault", [drop_after(), status_after(), truncated(), drop_before(), status_before(503)])
async def test_a_doubtful_send_is_looked_for_and_never_doubled(here: Bench, fault: object) -> None:
    here.slack.wire.will("chat.postMessage", fault)  # type: ignore[arg-type]
    key = key_of("2606.00001")
    with pytest.raises(errors.SendUnknown):
        await here.platform.send(key, post_of(), None)
    stands = bool(here.slack.seen("papers"))
    found = await here.platform.find(key, None)
    assert (found is not None) is stands
    if found is None:
        found = await here.platform.send(key, post_of(), None)
    assert found.id == here.slack.seen("papers")[0].ts
    assert here.slack.journal.keys == {str(key): 1}
    assert len(here.slack.web_api.of("chat.postMessage")) == (1 if stands else 2)


async def test_the_look_passes_by_what_others_said_and_stops_at_our_newest_post(here: Bench) -> None:
    await here.platform.send(key_of("old"), post_of(), None)
    await here.platform.send(key_of("2606.00001"), post_of(), None)
    for number in range(40):
        chatter(here, f"remark {number}")
    found = await here.platform.find(key_of("2606.00001"), None)
    assert found is not None
    assert await here.platform.find(key_of("never"), None) is None
    assert len(here.slack.web_api.of("conversations.history")) == 6


async def test_a_key_that_another_app_wrote_is_none_of_ours(here: Bench) -> None:
    """Any app may write such metadata: it neither stands for a post of ours nor hides one."""
    await here.platform.send(key_of("2606.00001"), post_of(), None)
    for subject in ("2606.00001", "2606.00002"):
        posing = {"type": "message", "bot_id": "B0ANOTHER", "user": "U0ANOTHER", "text": "mine"}
        here.slack.world.add(here.slack.world.channel("papers"), posing, metadata(key_of(subject)))
    found = await here.platform.find(key_of("2606.00001"), None)
    assert found == PostRef(PAPERS, here.slack.seen("papers")[0].ts)
    assert await here.platform.find(key_of("2606.00002"), None) is None


async def test_a_look_whose_cursor_slack_forgot_begins_anew(here: Bench) -> None:
    await here.platform.send(key_of("2606.00001"), post_of(), None)
    for number in range(20):
        chatter(here, f"remark {number}")
    here.slack.wire.will("conversations.history", delay(0.0), refused("invalid_cursor"))
    with pytest.raises(errors.LookUnavailable):
        await here.platform.find(key_of("2606.00001"), None)
    assert await here.platform.find(key_of("2606.00001"), None) is not None
    cursors = [one.args.get("cursor") for one in here.slack.web_api.of("conversations.history")]
    assert [bool(one) for one in cursors] == [False, True, False, True]


async def test_t19_a_look_in_a_thread_reads_it_to_its_newest_reply(here: Bench) -> None:
    opening = await here.platform.send(key_of("day", kind=PostKind.OPENING), post_of(), None)
    for number in range(30):
        chatter(here, f"reply {number}", opening.id)
    here.slack.wire.will("chat.postMessage", drop_after())
    key = key_of("day", kind=PostKind.LIST)
    with pytest.raises(errors.SendUnknown):
        await here.platform.send(key, post_of("The rest"), opening)
    found = await here.platform.find(key, opening)
    assert found == PostRef(PAPERS, here.slack.seen("papers")[-1].ts, opening.id)


async def test_t19_a_thread_that_cannot_be_read_leaves_the_post_waiting(here: Bench) -> None:
    opening = await here.platform.send(key_of("day", kind=PostKind.OPENING), post_of(), None)
    here.slack.wire.sometimes("conversations.replies", rate_limited("60"), 1.0)
    for _ in range(2):
        with pytest.raises(errors.LookUnavailable) as caught:
            await here.platform.find(key_of("day", kind=PostKind.LIST), opening)
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > timedelta(seconds=50)
    assert len(here.slack.web_api.of("conversations.replies")) == 1


async def test_a_thread_whose_opening_is_gone_holds_nothing(here: Bench) -> None:
    gone = PostRef(PAPERS, "1700000000.000001")
    assert await here.platform.find(key_of("day", kind=PostKind.LIST), gone) is None


async def test_within_the_strictest_history_limit_a_look_waits_and_goes_on_where_it_was(tmp_path: Path) -> None:
    slack = FakeSlack(strict_history=True)
    async with bench(tmp_path, "", slack=slack) as here:
        key = key_of("2606.00001")
        await here.platform.send(key, post_of(), None)
        for number in range(20):
            chatter(here, f"remark {number}")
        with pytest.raises(errors.LookUnavailable) as caught:
            await here.platform.find(key, None)
        assert caught.value.retry_after is not None
        assert timedelta(seconds=50) < caught.value.retry_after <= timedelta(seconds=60)
        async with second(here) as other:
            with pytest.raises(errors.LookUnavailable):  # nobody asks before that, in no process
                await other.find(key, None)
        asked = len(slack.web_api.of("conversations.history"))
        assert asked == 2
        slack.limits.is_on = False
        here.platform._look._gate = Open()  # type: ignore[assignment]
        assert await here.platform.find(key, None) is not None
        assert len(slack.web_api.of("conversations.history")) == asked + 1


def chatter(here: Bench, words: str, thread: str | None = None) -> None:
    """Somebody says something that nobody has to hear of."""
    world = here.slack.world
    world.add(world.channel("papers"), world.person_body("U0BOB", words, thread))


class Open:
    """A gate that a minute has passed before."""

    async def closed_for(self, bucket: str) -> timedelta:
        return timedelta(0)


@contextlib.asynccontextmanager
async def second(here: Bench) -> AsyncIterator[SlackPlatform]:
    """The platform of another process."""
    other = SlackPlatform(access_of(here.slack, "", gap=here.platform._access.gap), here.store, SystemClock())
    try:
        yield other
    finally:
        await other.close()


REFUSALS = {
    "not_in_channel": errors.PlaceClosed,
    "channel_not_found": errors.PlaceClosed,
    "is_archived": errors.PlaceClosed,
    "restricted_action": errors.PlaceClosed,
    "no_permission": errors.PlaceClosed,
    "access_denied": errors.PlaceClosed,
    "is_inactive": errors.PlaceClosed,
    "team_added_to_org": errors.PlatformDown,
    "org_login_required": errors.PlatformDown,
    "external_channel_migrating": errors.PlatformDown,
    "two_factor_setup_required": errors.PlatformDown,
    "restricted_action_thread_locked": errors.PostRejected,
    "token_revoked": errors.PlatformDown,
    "invalid_auth": errors.PlatformDown,
    "account_inactive": errors.PlatformDown,
    "missing_scope": errors.PlaceClosed,
    "msg_too_long": errors.FormRefused,
    "invalid_blocks": errors.FormRefused,
    "ratelimited": errors.RateLimited,
    "internal_error": errors.SendUnknown,
    "something_new": errors.FormRefused,
}


@pytest.mark.parametrize("error", REFUSALS)
async def test_every_refusal_has_its_outcome_with_words_and_a_remedy(here: Bench, error: str) -> None:
    here.slack.wire.will("chat.postMessage", refused(error))
    with pytest.raises(REFUSALS[error]) as caught:
        await here.platform.send(key_of("2606.00001"), post_of(), None)
    assert type(caught.value) is REFUSALS[error]
    assert caught.value.what.endswith(".")
    if isinstance(caught.value, errors.PlaceClosed):
        assert caught.value.remedy
    is_token = error in ("token_revoked", "invalid_auth", "account_inactive")
    assert (here.platform.connection.state is LinkState.TOKEN_REFUSED) is is_token


async def test_a_channel_that_we_are_not_in_says_how_to_invite_us(here: Bench) -> None:
    here.slack.world.add_channel("C0OUTSIDE", "outside", with_bot=False)
    outside = Place("slack", "T0WORKSPACE/C0OUTSIDE")
    (problem,) = await here.platform.check(outside)
    assert "/invite @CopeCheck" in problem.remedy
    assert await here.platform.describe(Place("slack", "T0WORKSPACE/C0GONE")) == "channel C0GONE"
    with pytest.raises(errors.PlaceClosed) as caught:
        await here.platform.send(key_of("x", outside), post_of(), None)
    assert "/invite @CopeCheck" in caught.value.remedy


async def test_a_scope_that_is_missing_is_named(here: Bench) -> None:
    here.slack.bot_token.scopes -= {"chat:write", "channels:history"}
    with pytest.raises(errors.PlaceClosed, match="chat:write"):
        await here.platform.send(key_of("x"), post_of(), None)
    with pytest.raises(errors.PlatformError, match="channels:history"):
        await here.platform.find(key_of("x"), None)


async def test_a_429_puts_the_post_off_for_every_worker_and_nobody_sleeps_on_it(here: Bench) -> None:
    here.slack.wire.will("chat.postMessage", rate_limited("30"))
    with pytest.raises(errors.RateLimited) as caught:
        await here.platform.send(key_of("x"), post_of(), None)
    assert caught.value.retry_after == timedelta(seconds=30)
    async with second(here) as other:
        with pytest.raises(errors.RateLimited) as again:
            await other.send(key_of("x"), post_of(), None)
    assert again.value.retry_after is not None
    assert again.value.retry_after > timedelta(seconds=25)
    assert len(here.slack.web_api.of("chat.postMessage")) == 1
    await here.platform.send(key_of("y", GENERAL), post_of(), None)


async def test_two_workers_keep_the_pace_of_a_channel_together(tmp_path: Path) -> None:
    async with bench(tmp_path, "", gap=timedelta(seconds=1.1)) as here:
        here.slack.limits.post_burst = 1
        async with second(here) as other:
            await asyncio.gather(
                here.platform.send(key_of("1"), post_of(), None),
                other.send(key_of("2"), post_of(), None),
                here.platform.send(key_of("3", GENERAL), post_of(), None),
            )
        assert here.slack.limits.refused == {}


async def test_a_post_is_edited_where_it_stands_and_again_without_harm(here: Bench) -> None:
    key = key_of("2606.00001")
    ref = await here.platform.send(key, post_of(), None)
    for _ in range(2):
        await here.platform.edit(ref, key, post_of("Another verdict"))
    (message,) = here.slack.seen("papers")
    assert message.text == "Another verdict"
    assert await here.platform.find(key, None) == ref
    here.slack.world.channels["C0PAPERS"].messages.clear()
    with pytest.raises(errors.PostGone):
        await here.platform.edit(ref, key, post_of("Gone"))


async def test_direct_messages_are_opened_once_and_found_again(here: Bench) -> None:
    for subject in ("1", "2"):
        await here.platform.send(key_of(subject, ALICE, PostKind.NOTICE), post_of(), None)
    assert [one.text for one in here.slack.seen("im:alice")] == ["A verdict", "A verdict"]
    assert len(here.slack.web_api.of("conversations.open")) == 1
    assert await here.platform.find(key_of("2", ALICE, PostKind.NOTICE), None) is not None


async def test_a_link_to_another_post_is_the_one_slack_itself_gives(here: Bench) -> None:
    opening = await here.platform.send(key_of("1"), post_of(), None)
    inside = await here.platform.send(key_of("2"), post_of(), opening)
    for ref in (opening, inside):
        linked = Post(PostKind.NOTICE, "See", (line(LineRole.PARAGRAPH, Span("there", post=ref)),))
        await here.platform.send(key_of(f"to {ref.id}"), linked, None)
        told = await here.platform._client.read(
            lambda web, ts=ref.id: web.chat_getPermalink(channel="C0PAPERS", message_ts=ts)  # type: ignore[misc]
        )
        assert str(told["permalink"]) in str(here.slack.seen("papers")[-1].blocks)


async def test_a_slack_that_nobody_reaches_took_nothing(here: Bench) -> None:
    nowhere = SlackPlatform(SlackAccess("xoxb-x", api_url="http://127.0.0.1:9/api"), here.store, SystemClock())
    with pytest.raises(errors.PlatformDown):
        await nowhere.send(key_of("x"), post_of(), None)
    await nowhere.close()
